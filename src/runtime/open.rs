//! Opening a tenant: the data directory is locked and read, the state rebuilt, the first plan applied,
//! the writer started. When anything is wrong nothing is started and nothing on disk is changed.

use std::{path::Path, sync::Arc};

use tokio::sync::{mpsc, watch};
use tracing::{info, warn};

use crate::{
    config::{Limits, PlanSource},
    engine::{
        Engine,
        command::{ApplyPlan, Command, RemovedQueuePolicy},
        state::State,
    },
    journal::{FileJournal, Journal, Options},
    plan::{self, Plan},
    streams::{Notices, Streams},
    telemetry::TenantMetrics,
};

use super::{
    clock::Clock,
    desk::{Desk, Recorder},
    pump::Pump,
    recover::replay_seen,
    tenant::Tenant,
    writer,
};

/// Two clocks that are read in whole milliseconds, one after the other, may differ by so much for nothing.
const OFFSET_ROUNDING_MS: u64 = 1;

/// Why a tenant can't be opened, in one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(String);

impl StartError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// What a tenant is opened with, beside its journal.
pub(super) struct Setting<'a> {
    pub name: &'a str,
    pub source: &'a PlanSource,
    pub limits: &'a Limits,
    pub metrics: TenantMetrics,
    pub failed: watch::Sender<bool>,
    /// A snapshot is made after so many bytes of events.
    pub snapshot_bytes: u64,
}

/// Opens the tenant whose data is in `dir`.
pub(super) fn open(dir: &Path, setting: Setting<'_>) -> Result<Tenant, StartError> {
    // First, so that a plan that can't be read leaves the disk alone.
    let plan = read_plan(setting.source)?;
    let (journal, contents) = FileJournal::open(dir, Options::default())
        .map_err(|error| StartError::new(format!("tenant {}: {error}", setting.name)))?;
    if let Some(cut) = &contents.cut {
        warn!(tenant = setting.name, file = %cut.file.display(), bytes = cut.bytes, "{}", cut.reason);
    }
    open_on(Box::new(journal), plan, setting)
}

/// Opens a tenant on its journal.
pub(super) fn open_on(
    journal: Box<dyn Journal>,
    plan: Plan,
    setting: Setting<'_>,
) -> Result<Tenant, StartError> {
    let Setting { name, source, limits, metrics, failed, snapshot_bytes } = setting;
    let in_tenant = |error: &dyn std::fmt::Display| StartError::new(format!("tenant {name}: {error}"));
    let streams = make_streams(limits, &metrics);
    // Who watched notices before may go on where it was: what happened since is told from the journal.
    let mut notices = Notices::default();
    let (state, mark) =
        replay_seen(&mut *journal.reader(), None, |state, event, effect| notices.see(state, event, effect))
            .map_err(|error| in_tenant(&error))?;
    notices.keep(&streams, mark.sequence());
    let recovered = state.sequence();
    let planned = state.plan_revision() > 0;
    let last_ms = state.now_ms();
    let last_wall_ms = i64::try_from(last_ms).unwrap_or(i64::MAX).saturating_add(state.wall_offset_ms());
    // It carries out what is left of a change of rules: before the clock goes on.
    let mut engine = Engine::new(state);
    let clock = Clock::resume(last_ms, last_wall_ms);
    // What happens at the start is journaled by the writer before anything else is.
    let mut recorder = Recorder::new(streams.clone());
    let mut more = true;
    let mut desk = Desk {
        now_ms: clock.now_ms(),
        durable_sequence: mark.sequence(),
        engine: &mut engine,
        recorder: &mut recorder,
        more: &mut more,
    };
    begin(&mut desk, &clock, plan, name, source).map_err(|error| in_tenant(&error))?;
    let plan = if planned { "plan of the journal".to_owned() } else { source.to_string() };
    announce(name, engine.state(), recovered, &plan);

    let (inbox_sender, inbox) = mpsc::channel(limits.inbox.max(1));
    #[expect(clippy::disallowed_methods, reason = "one notice a stream, and streams are limited")]
    let (control_sender, control) = mpsc::unbounded_channel();
    let reader = journal.reader();
    let snapshots = journal.snapshots();
    let (pump, done) = Pump::start(name, journal).map_err(|error| in_tenant(&error))?;
    let name: Arc<str> = name.into();
    let parts = writer::Parts {
        name: name.clone(),
        engine,
        clock,
        pump,
        done,
        reader,
        snapshots,
        durable_sequence: mark.sequence(),
        inbox,
        control,
        control_sender: control_sender.clone(),
        streams: streams.clone(),
        metrics: metrics.clone(),
        failed,
        recorder,
        snapshot_bytes,
    };
    writer::start(parts).map_err(|error| StartError::new(format!("tenant {name}: {error}")))?;
    let planning = Arc::default();
    Ok(Tenant { name, inbox: inbox_sender, control: control_sender, streams, metrics, planning })
}

fn announce(name: &str, state: &State, recovered: u64, plan: &str) {
    let (contacts, revision) = (state.live_count(), state.plan_revision());
    info!(
        tenant = name,
        sequence = recovered,
        contacts,
        revision,
        "tenant {name}: {contacts} live contacts at sequence {recovered}, {plan}, revision {revision}"
    );
}

fn make_streams(limits: &Limits, metrics: &TenantMetrics) -> Arc<Streams> {
    let metrics = metrics.clone();
    Streams::new(limits.stream_mailbox, Box::new(move |stream| metrics.mailbox_overflow(stream)))
}

/// The first steps of a process: tells the engine that streams are gone and what time it is, and applies
/// the plan if there is none.
fn begin(
    desk: &mut Desk<'_>,
    clock: &Clock,
    plan: Plan,
    name: &str,
    source: &PlanSource,
) -> Result<(), StartError> {
    let wall_offset_ms = clock.wall_offset_ms();
    let mut commands = Vec::new();
    if desk.state().sequence() > 0 {
        commands.push(Command::Start);
    }
    if desk.state().wall_offset_ms().abs_diff(wall_offset_ms) > OFFSET_ROUNDING_MS {
        commands.push(Command::ObserveClock { wall_offset_ms });
    }
    if desk.state().plan_revision() == 0 {
        commands.push(Command::ApplyPlan(ApplyPlan {
            plan: Box::new(plan),
            expected_revision: 0,
            validate_only: false,
            removed_queues: RemovedQueuePolicy::Refuse,
        }));
    } else if let PlanSource::File(path) = source
        && **desk.state().plan() != plan
    {
        warn!(
            tenant = name,
            revision = desk.state().plan_revision(),
            "{} differs from the plan in force, which stays: `kefud apply` puts the file in force",
            path.display()
        );
    }
    for command in commands {
        desk.step(None, command).map_err(|refusal| StartError::new(refusal.message))?;
    }
    Ok(())
}

pub(super) fn read_plan(source: &PlanSource) -> Result<Plan, StartError> {
    let (document, shown) = match source {
        PlanSource::Sample => (plan::SAMPLE.to_owned(), "the embedded plan".to_owned()),
        PlanSource::File(path) => {
            let shown = path.display().to_string();
            let document = std::fs::read_to_string(path)
                .map_err(|error| StartError::new(format!("cannot read the plan {shown}: {error}")))?;
            (document, shown)
        }
    };
    plan::parse(&document).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        StartError::new(format!(
            "{shown}:{first} ({} problems in all; `kefud check {shown}` lists them)",
            problems.len()
        ))
    })
}
