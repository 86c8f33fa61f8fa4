//! The one writer of a tenant: a thread that takes jobs from a bounded inbox, steps the engine, hands
//! events to the journal and, when they are durable, lets out what they came to. While one part is being
//! synced the next is stepped. A failed append throws away the state that ran ahead and rebuilds it from
//! what is durable.

use std::{sync::Arc, thread, time::Duration};

use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep_until},
};
use tracing::{error, info, warn};

use crate::{
    engine::{Engine, command::Command},
    journal::{AppendError, Reader, Snapshots},
    streams::{Streams, Topic},
    telemetry::TenantMetrics,
};

use super::{
    clock::Clock,
    desk::{Deliver, Desk, Outgoing, Recorder},
    pump::{AbortOnPanic, Ask, Done, Pump},
    recover::replay,
    refresh, snapshot,
};

/// Something to do on the writer. What it returns runs once what it saw is durable.
pub type Job = Box<dyn FnOnce(&mut Desk<'_>) -> Deliver + Send>;

/// What the writer is told beside jobs. As many as there are streams and snapshots, so not bounded here.
pub enum Control {
    /// A stream is gone; the command says so unless somebody else watches the topic.
    StreamLost(Topic, Command),
    /// A snapshot is there, or not.
    Snapshot(Result<snapshot::Written, snapshot::SnapshotError>),
    /// Finish what is in the inbox, flush, end.
    Stop(oneshot::Sender<()>),
}

/// Jobs taken in one go.
const JOBS_PER_TURN: usize = 256;
/// Parts that may wait for the journal before no more jobs are taken.
const PARTS_MAX: usize = 4;
/// After a failed append nothing is tried for so long, twice as long after each further one, since each
/// costs a replay …
const FAILURE_PAUSE: Duration = Duration::from_millis(100);
/// … but at most so long, so that callers are answered in time.
const FAILURE_PAUSE_MAX: Duration = Duration::from_secs(2);
/// The wall clock's offset is looked at, and idle topics are swept, this often.
const HOUSEKEEPING: Duration = Duration::from_secs(15);
/// A change of the wall clock's offset below this is not worth an event.
const OFFSET_CHANGE_MIN_MS: u64 = 500;
/// Watchers of contacts are told this often what these can expect, if that is another than before.
const REFRESH: Duration = Duration::from_secs(1);

/// Everything that a writer is made of.
pub struct Parts {
    pub name: Arc<str>,
    pub engine: Engine,
    pub clock: Clock,
    pub pump: Pump,
    pub done: mpsc::Receiver<Done>,
    pub reader: Box<dyn Reader>,
    pub snapshots: Arc<dyn Snapshots>,
    pub durable_sequence: u64,
    pub inbox: mpsc::Receiver<Job>,
    pub control: mpsc::UnboundedReceiver<Control>,
    pub control_sender: mpsc::UnboundedSender<Control>,
    pub streams: Arc<Streams>,
    pub metrics: TenantMetrics,
    pub failed: watch::Sender<bool>,
    pub recorder: Recorder,
    pub snapshot_bytes: u64,
}

pub(super) struct Writer {
    parts: Parts,
    more: bool,
    in_flight: bool,
    paused_until: Option<Instant>,
    failure_pause: Duration,
    /// The state has gone back, perhaps to before a stream was lost.
    streams_unsure: bool,
    bytes_since_snapshot: u64,
    snapshotting: bool,
    stopping: Option<oneshot::Sender<()>>,
    housekeeping: Instant,
    /// When watchers of contacts are told next what these can expect, and of those after which.
    refresh: (Instant, u64),
}

/// Starts the writer's thread.
pub fn start(parts: Parts) -> std::io::Result<thread::JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let name = format!("writer-{}", parts.name);
    thread::Builder::new().name(name).spawn(move || {
        let _abort = AbortOnPanic;
        let writer = Writer {
            parts,
            more: true,
            in_flight: false,
            paused_until: None,
            failure_pause: FAILURE_PAUSE,
            streams_unsure: false,
            bytes_since_snapshot: 0,
            snapshotting: false,
            stopping: None,
            housekeeping: Instant::now(),
            refresh: (Instant::now(), 0),
        };
        runtime.block_on(writer.run());
    })
}

impl Writer {
    async fn run(mut self) {
        let mut jobs = Vec::with_capacity(JOBS_PER_TURN);
        loop {
            let room = self.parts.recorder.parts.len() < PARTS_MAX && self.paused_until.is_none();
            let wake = self.wake();
            tokio::select! {
                biased;
                Some(done) = self.parts.done.recv() => {
                    if !self.done(done) {
                        return self.fail();
                    }
                }
                Some(control) = self.parts.control.recv() => self.control(control),
                count = self.parts.inbox.recv_many(&mut jobs, JOBS_PER_TURN), if room => {
                    if count == 0 && self.stopping.is_none() {
                        // Every handle is gone: nobody can want anything any more.
                        return self.parts.pump.stop();
                    }
                }
                () = sleep_until(wake) => self.paused_until = None,
            }
            // What is due comes before what is asked.
            self.tick_if_due();
            for job in jobs.drain(..) {
                self.job(job);
            }
            self.parts.metrics.inbox_depth(self.parts.inbox.len());
            self.tick_if_due();
            self.housekeep();
            self.refresh();
            self.flush();
            if self.finished() {
                self.parts.pump.stop();
                if let Some(stopped) = self.stopping {
                    let _ = stopped.send(());
                }
                return;
            }
        }
    }

    /// When there is something to do without being told.
    fn wake(&self) -> Instant {
        if let Some(until) = self.paused_until {
            return until;
        }
        if self.parts.recorder.parts.len() >= PARTS_MAX {
            return self.housekeeping;
        }
        if self.more {
            return Instant::now();
        }
        let deadline = self.parts.engine.state().next_deadline_ms();
        let deadline = deadline.map(|due_ms| Instant::now() + self.parts.clock.until(due_ms));
        let watched = !self.parts.streams.watched_contacts(0, 1).is_empty();
        let refresh = watched.then_some(self.refresh.0);
        [deadline, refresh].into_iter().flatten().fold(self.housekeeping, Instant::min)
    }

    fn with_desk<T>(&mut self, work: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        let mut desk = Desk {
            now_ms: self.parts.clock.now_ms(),
            durable_sequence: self.parts.durable_sequence,
            engine: &mut self.parts.engine,
            recorder: &mut self.parts.recorder,
            more: &mut self.more,
        };
        work(&mut desk)
    }

    fn job(&mut self, job: Job) {
        let deliver = self.with_desk(job);
        let sequence = self.parts.engine.state().sequence();
        self.parts.recorder.outgoing.push_back((sequence, Outgoing::Deliver(deliver)));
    }

    fn command(&mut self, command: Command) {
        let answer = self.with_desk(|desk| desk.step(None, command));
        if let Err(refusal) = answer {
            warn!(tenant = %self.parts.name, reason = refusal.reason, "{}", refusal.message);
        }
    }

    fn tick_if_due(&mut self) {
        if self.paused_until.is_some() || self.parts.recorder.parts.len() >= PARTS_MAX {
            return;
        }
        if std::mem::take(&mut self.streams_unsure) {
            self.tell_lost_streams();
        }
        let now_ms = self.parts.clock.now_ms();
        let due = self.parts.engine.state().next_deadline_ms().is_some_and(|due_ms| due_ms <= now_ms);
        if due || self.more {
            self.more = false;
            self.command(Command::Tick);
        }
    }

    /// Agents and gateways whose stream the state takes for open, but is not: losing it was taken back.
    fn tell_lost_streams(&mut self) {
        let (state, streams) = (self.parts.engine.state(), &self.parts.streams);
        let agents = state.agents().map(|agent| &agent.record);
        let agents = agents
            .filter(|record| record.connected && !streams.watched(Topic::Agent(record.agent)))
            .map(|record| Command::AgentStreamLost {
                agent: state.names().id(record.agent).to_owned(),
                session: record.session,
            });
        let gateways = state.gateways();
        let gateways = gateways
            .filter(|record| record.leased && record.deadline_ms == 0)
            .filter(|record| !streams.watched(Topic::Gateway(record.gateway)))
            .map(|record| Command::GatewayStreamLost { gateway: record.id.clone() });
        for command in agents.chain(gateways).collect::<Vec<_>>() {
            self.command(command);
        }
    }

    fn housekeep(&mut self) {
        if Instant::now() < self.housekeeping {
            return;
        }
        self.housekeeping = Instant::now() + HOUSEKEEPING;
        self.parts.streams.sweep(std::time::Instant::now());
        let wall_offset_ms = self.parts.clock.wall_offset_ms();
        let known_ms = self.parts.engine.state().wall_offset_ms();
        if known_ms.abs_diff(wall_offset_ms) >= OFFSET_CHANGE_MIN_MS && self.paused_until.is_none() {
            self.command(Command::ObserveClock { wall_offset_ms });
        }
    }

    /// What watchers are told waits for the sequence that it was read at, as everything does.
    fn refresh(&mut self) {
        let now = Instant::now();
        if now < self.refresh.0 || self.paused_until.is_some() {
            return;
        }
        let (state, now_ms) = (self.parts.engine.state(), self.parts.clock.now_ms());
        let (after, items) = refresh::round(state, now_ms, &self.parts.streams, self.refresh.1);
        self.refresh = (now + REFRESH, after);
        let sequence = state.sequence();
        for (contact, item) in items {
            let refresh = Outgoing::Refresh(contact, Box::new(item));
            self.parts.recorder.outgoing.push_back((sequence, refresh));
        }
    }

    fn control(&mut self, control: Control) {
        match control {
            Control::StreamLost(topic, command) => {
                if !self.parts.streams.watched(topic) {
                    self.command(command);
                }
            }
            Control::Snapshot(result) => match result {
                Ok(written) => {
                    self.parts.metrics.snapshot_written(
                        written.took.as_secs_f64(),
                        usize::try_from(written.bytes).unwrap_or(usize::MAX),
                    );
                    self.parts.pump.ask(Ask::Retire(written.sequence));
                }
                Err(error) => {
                    self.snapshotting = false;
                    self.parts.metrics.journal_failed("snapshot");
                    error!(tenant = %self.parts.name, "no snapshot: {error}");
                }
            },
            Control::Stop(stopped) => {
                self.parts.inbox.close();
                self.stopping = Some(stopped);
            }
        }
    }

    /// Hands the next part to the journal, and lets out what is durable.
    fn flush(&mut self) {
        if !self.in_flight
            && let Some(part) = self.parts.recorder.parts.pop_front()
        {
            let expected_last = self.parts.durable_sequence;
            self.in_flight = self.parts.pump.ask(Ask::Append { expected_last, part });
        }
        while let Some((sequence, _)) = self.parts.recorder.outgoing.front() {
            if *sequence > self.parts.durable_sequence {
                break;
            }
            match self.parts.recorder.outgoing.pop_front() {
                Some((_, Outgoing::Deliver(deliver))) => deliver(true),
                Some((_, Outgoing::Item(topic, item))) => self.parts.streams.publish(topic, *item),
                Some((_, Outgoing::Refresh(contact, item))) => self.parts.streams.refresh(contact, *item),
                Some((_, Outgoing::Measure(measure))) => self.parts.metrics.record(&measure),
                None => break,
            }
        }
    }

    fn finished(&self) -> bool {
        self.stopping.is_some()
            && self.parts.inbox.is_empty()
            && self.parts.recorder.outgoing.is_empty()
            && self.parts.recorder.parts.is_empty()
            && !self.in_flight
    }

    /// False when the writer can't go on.
    fn done(&mut self, done: Done) -> bool {
        match done {
            Done::Appended { count, bytes, took, result } => {
                self.in_flight = false;
                match result {
                    Ok(()) => {
                        self.parts.durable_sequence += u64::from(count);
                        self.failure_pause = FAILURE_PAUSE;
                        self.parts.metrics.journal_synced(took.as_secs_f64(), count as usize, bytes);
                        self.bytes_since_snapshot += bytes as u64;
                        if self.bytes_since_snapshot >= self.parts.snapshot_bytes && !self.snapshotting {
                            self.snapshotting = true;
                            self.bytes_since_snapshot = 0;
                            self.parts.pump.ask(Ask::Roll);
                        }
                        true
                    }
                    Err(error) => self.append_failed(&error),
                }
            }
            Done::Rolled(sequence, Ok(())) => {
                self.make_snapshot(sequence);
                true
            }
            Done::Rolled(_, Err(error)) => {
                self.snapshotting = false;
                warn!(tenant = %self.parts.name, "no snapshot now: {error}");
                !matches!(error, AppendError::Broken(_))
            }
            Done::Retired(result) => {
                self.snapshotting = false;
                match result {
                    Ok(retired) => info!(
                        tenant = %self.parts.name,
                        segments = retired.segments,
                        bytes = retired.bytes,
                        "snapshot verified, old segments dropped"
                    ),
                    Err(error) => warn!(tenant = %self.parts.name, "old segments are kept: {error}"),
                }
                true
            }
        }
    }

    fn make_snapshot(&mut self, sequence: u64) {
        let reader = self.parts.reader.another();
        let snapshots = self.parts.snapshots.clone();
        let control = self.parts.control_sender.clone();
        let work = move || {
            // The writer may have stopped meanwhile.
            let _ = control.send(Control::Snapshot(snapshot::write(reader, &snapshots, sequence)));
        };
        let name = format!("snapshot-{}", self.parts.name);
        if let Err(error) = thread::Builder::new().name(name).spawn(work) {
            self.snapshotting = false;
            warn!(tenant = %self.parts.name, "no snapshot now: {error}");
        }
    }

    /// Back to what is durable. False when that is not possible.
    fn append_failed(&mut self, failure: &AppendError) -> bool {
        error!(tenant = %self.parts.name, "append failed: {failure}");
        let kind = if matches!(failure, AppendError::Rejected(_)) { "rejected" } else { "broken" };
        self.parts.metrics.journal_failed(kind);
        self.parts.recorder.parts.clear();
        for (_, outgoing) in self.parts.recorder.outgoing.drain(..) {
            if let Outgoing::Deliver(deliver) = outgoing {
                deliver(false);
            }
        }
        if !matches!(failure, AppendError::Rejected(_)) {
            return false;
        }
        match replay(&mut *self.parts.reader, None) {
            Ok((state, mark)) if mark.sequence() == self.parts.durable_sequence => {
                self.parts.streams.roll_back(mark.sequence());
                self.parts.engine = Engine::new(state);
                self.more = true;
                self.streams_unsure = true;
                self.paused_until = Some(Instant::now() + self.failure_pause);
                self.failure_pause = (self.failure_pause * 2).min(FAILURE_PAUSE_MAX);
                true
            }
            Ok((_, mark)) => {
                error!(
                    tenant = %self.parts.name,
                    durable = self.parts.durable_sequence,
                    found = mark.sequence(),
                    "the journal does not end where it should"
                );
                false
            }
            Err(error) => {
                error!(tenant = %self.parts.name, "the state can't be rebuilt: {error}");
                false
            }
        }
    }

    /// The end of the process: whoever runs it is told.
    fn fail(self) {
        let _ = self.parts.failed.send(true);
    }
}
