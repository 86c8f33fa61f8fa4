//! Shifts brought by documents. Reading and comparing take a while and are done where nobody else is served, from a
//! copy of what is in force; the engine is given the change in parts and refuses it if anything has come between,
//! and then all of it is done anew.

mod copy;
mod told;

use std::{collections::BTreeMap, sync::Arc};

use tonic::{Request, Response};

use crate::{
    engine::{
        command::{
            Command, DatedChange, DatedId, DatedKind, ImportSummary, NewDated, NewPart, Reply, RequestKey,
        },
        limits::{DATED_MAX, DATED_OF_AGENT_MAX, SHIFT_ENTRIES_PER_EVENT},
        refusal::{Class, Refusal},
    },
    plan::Plan,
    proto::v1,
    runtime::{CallError, Tenant},
    schedule::{
        self, Zone,
        import::{Changes, Comparison, Context, Format, Key, Problem, Problems, Row, RowPart, compare, read},
    },
};

use super::{Answer, Api, Check, aside::IMPORTS, plans::stage_part, request_key};
use copy::{before, copy};
use told::{refusal, response};

/// An import that was worked out from entries that are no longer in force is worked out anew so many times.
const ATTEMPTS_MAX: usize = 4;
/// The name of what is imported without one.
const SOURCE: &str = "import";
/// Characters of a source's name.
const SOURCE_CHARS: usize = 64;

/// What is asked for, checked.
struct Wanted {
    document: String,
    format: Option<Format>,
    replace: bool,
    source: String,
    zone: String,
    validate_only: bool,
}

/// What an import is worked out from.
#[derive(Clone)]
struct Basis {
    plan: Arc<Plan>,
    /// Of dated entries.
    revision: u64,
    now_s: i64,
    zone: Arc<Zone>,
    /// Where recurrences of this source were cut before; None: it brought nothing yet.
    horizon_s: Option<i64>,
    /// Ids of the plan's channels by number.
    channels: Arc<BTreeMap<u32, String>>,
}

/// What a document comes to.
struct Worked {
    basis: Basis,
    changes: Changes,
    problems: Problems,
    warnings: Problems,
    horizon_s: Option<i64>,
}

pub(super) async fn import_shifts(
    api: &Api,
    request: Request<v1::ImportShiftsRequest>,
) -> Answer<v1::ImportShiftsResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    let key = request_key(&mut check, &request.request_id, "ImportShifts", &request);
    let wanted = wanted(&mut check, request);
    check.done()?;
    let wanted = Arc::new(wanted);
    // Whoever only asks needn't wait for those who stage.
    let _turn = if wanted.validate_only { None } else { Some(tenant.turn_to_plan().await) };
    if key.is_some() && is_repeat(&tenant, key.clone()).await? {
        return Ok(Response::new(v1::ImportShiftsResponse::default()));
    }
    let mut attempts = 0;
    loop {
        attempts += 1;
        match import(&tenant, key.as_ref(), &wanted).await {
            Err(CallError::Refused(refusal))
                if refusal.class == Class::Aborted && attempts < ATTEMPTS_MAX => {}
            answer => return Ok(Response::new(answer?)),
        }
    }
}

fn wanted(check: &mut Check, request: v1::ImportShiftsRequest) -> Wanted {
    if request.document.is_empty() {
        check.problem("document", "is required");
    }
    let format = match v1::ShiftFormat::try_from(request.format) {
        Ok(v1::ShiftFormat::Unspecified) => None,
        Ok(v1::ShiftFormat::Csv) => Some(Format::Csv),
        Ok(v1::ShiftFormat::Icalendar) => Some(Format::Icalendar),
        Err(_) => {
            check.problem("format", "is none of the known values");
            None
        }
    };
    if v1::ImportMode::try_from(request.mode).is_err() {
        check.problem("mode", "is none of the known values");
    }
    let source = if request.source.is_empty() { SOURCE.to_owned() } else { request.source };
    let visible = source.chars().all(|c| !c.is_whitespace() && !c.is_control());
    if source.chars().count() > SOURCE_CHARS || !visible {
        check
            .problem("source", format!("must be 1 to {SOURCE_CHARS} visible characters without white space"));
    }
    if let Err(unknown) = if request.zone.is_empty() { Ok(()) } else { Zone::load(&request.zone).map(drop) } {
        check.problem("zone", unknown.to_string());
    }
    Wanted {
        replace: request.mode == i32::from(v1::ImportMode::Replace),
        document: request.document,
        format,
        source,
        zone: request.zone,
        validate_only: request.validate_only,
    }
}

/// Whether the request was carried out before. To commit what was never staged is refused, but not before the engine
/// has looked whether it knows the request.
async fn is_repeat(tenant: &Tenant, key: Option<RequestKey>) -> Result<bool, CallError> {
    let probe = Command::CommitShifts { base: 0, stage: 0, summary: ImportSummary::default() };
    match tenant.call(key, probe, |_, reply, _| Ok(*reply == Reply::Repeat)).await {
        Err(CallError::Refused(refusal)) if refusal.class == Class::Aborted => Ok(false),
        answer => answer,
    }
}

async fn import(
    tenant: &Tenant,
    key: Option<&RequestKey>,
    wanted: &Arc<Wanted>,
) -> Result<v1::ImportShiftsResponse, CallError> {
    let worked = work_out(tenant, wanted).await?;
    if wanted.validate_only {
        let wants = Arc::clone(wanted);
        return Ok(IMPORTS.run(move || response(&worked, &wants.source, true)).await?);
    }
    if !worked.problems.is_empty() {
        return Err(refusal(worked.problems).into());
    }
    let answer = response(&worked, &wanted.source, false);
    let Worked { basis, changes, horizon_s, .. } = worked;
    let summary = ImportSummary {
        source: wanted.source.clone(),
        horizon_s: horizon_s.unwrap_or(0),
        added: answer.added,
        changed: answer.changed,
        removed: answer.removed,
    };
    if changes.is_empty() && key.is_none() && basis.horizon_s == Some(summary.horizon_s) {
        return Ok(answer);
    }
    let source = wanted.source.clone();
    let parts = IMPORTS.run(move || parts(changes, &source)).await?;
    let mut stage = 0;
    for part in parts {
        let command = Command::StageShifts { base: basis.revision, stage, part: Box::new(part) };
        if let Reply::Staged(first) = stage_part(tenant, command).await.map_err(outdated)? {
            stage = first;
        }
    }
    let commit = Command::CommitShifts { base: basis.revision, stage, summary };
    tenant.call(key.cloned(), commit, move |_, _, _| Ok(answer)).await
}

/// What was worked out fits what was in force: if it's wrong now, the plan has changed.
fn outdated(error: CallError) -> CallError {
    match error {
        CallError::Refused(refusal) if refusal.class == Class::Invalid => {
            let message = format!("the plan was changed meanwhile ({}); import again", refusal.message);
            Refusal::aborted("SHIFTS_CHANGED", message).into()
        }
        error => error,
    }
}

async fn work_out(tenant: &Tenant, wanted: &Arc<Wanted>) -> Result<Worked, CallError> {
    let source = wanted.source.clone();
    let basis = tenant
        .read(move |state, now_ms| {
            let channels = state.catalog().channels.keys();
            let channels = channels.map(|number| (*number, state.names().id(*number).to_owned())).collect();
            Ok(Basis {
                plan: state.plan().clone(),
                revision: state.dated_revision(),
                now_s: state.wall_s(now_ms),
                zone: state.catalog().schedules.default_zone.clone(),
                horizon_s: state.shift_sources().get(&source).copied(),
                channels: Arc::new(channels),
            })
        })
        .await?;
    let (of, wants) = (basis.clone(), Arc::clone(wanted));
    let read = IMPORTS.run(move || {
        read(&wants.document, wants.format, Context { plan: &of.plan, zone: &wants.zone, now_s: of.now_s })
    });
    let read = read.await?;
    let entries = copy(tenant, basis.revision).await?;
    let (of, wants) = (basis.clone(), Arc::clone(wanted));
    let compared = IMPORTS.run(move || {
        let count = entries.iter().map(|(_, list)| list.len()).sum();
        let before = before(&entries, &read.rows, &of, &wants);
        let mut counts: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        for known in &before {
            *counts.entry(known.row.key.agent.clone()).or_default() += 1;
        }
        let comparison = Comparison {
            before,
            rows: read.rows,
            replace: wants.replace,
            source: &wants.source,
            now_s: of.now_s,
        };
        let mut changes = compare(comparison);
        let mut problems = read.problems;
        problems.left_out += changes.problems.left_out;
        std::mem::take(&mut changes.problems.list).into_iter().for_each(|problem| problems.push(problem));
        if wants.validate_only {
            // Otherwise the engine refuses, by its own count.
            too_many(&changes, counts, count, &mut problems);
        }
        problems.list.sort();
        (changes, problems, read.warnings, read.horizon_s)
    });
    let (changes, problems, warnings, horizon_s) = compared.await?;
    Ok(Worked { basis, changes, problems, warnings, horizon_s })
}

/// Limits that the engine would refuse.
fn too_many(changes: &Changes, mut counts: BTreeMap<Arc<str>, usize>, count: usize, problems: &mut Problems) {
    for known in &changes.removed {
        if let Some(count) = counts.get_mut(&known.row.key.agent) {
            *count -= 1;
        }
    }
    for row in &changes.added {
        let agent = &row.key.agent;
        let count = counts.entry(agent.clone()).or_default();
        *count += 1;
        if *count == DATED_OF_AGENT_MAX + 1 {
            problems.push(Problem {
                line: row.line,
                field: String::new(),
                problem: format!("agent {agent} would have more than {DATED_OF_AGENT_MAX} dated shifts"),
                suggestion: "import less of the future".to_owned(),
            });
        }
    }
    if count - changes.removed.len() + changes.added.len() > DATED_MAX {
        problems.push(Problem {
            line: 0,
            field: String::new(),
            problem: format!("there would be more than {DATED_MAX} dated shifts"),
            suggestion: "import less of the future".to_owned(),
        });
    }
}

/// The change in parts. What goes does so first and shifts follow by start, so that none overlaps another between two
/// parts that it doesn't in the end; of exceptions that overlap the one written last is set last.
fn parts(changes: Changes, source: &str) -> Vec<DatedChange> {
    let removed: Vec<DatedId> = changes.removed.into_iter().map(|known| id(&known.row.key)).collect();
    let mut set: Vec<Row> = changes.added;
    set.extend(changes.changed.into_iter().map(|(_, row)| row));
    set.sort_by_cached_key(|row| {
        let shift = row.key.kind == schedule::DatedKind::Shift;
        let line = if shift { 0 } else { row.line };
        (row.key.agent.clone(), !shift, line, row.from_s)
    });
    let mut parts: Vec<DatedChange> = removed
        .chunks(SHIFT_ENTRIES_PER_EVENT)
        .map(|removed| DatedChange { set: Vec::new(), removed: removed.to_vec() })
        .collect();
    for rows in set.chunks(SHIFT_ENTRIES_PER_EVENT) {
        let set = rows.iter().map(|row| new_dated(row, source)).collect();
        parts.push(DatedChange { set, removed: Vec::new() });
    }
    if parts.is_empty() {
        // Only where recurrences were cut is another.
        parts.push(DatedChange::default());
    }
    parts
}

fn id(key: &Key) -> DatedId {
    let kind = match key.kind {
        schedule::DatedKind::Shift => DatedKind::Shift,
        schedule::DatedKind::Extra => DatedKind::Extra,
        schedule::DatedKind::Off => DatedKind::Off,
        schedule::DatedKind::Break => DatedKind::Break,
    };
    DatedId { agent: key.agent.to_string(), kind, start_s: key.start_s, zone: key.zone.to_string() }
}

fn new_dated(row: &Row, source: &str) -> NewDated {
    let part = |part: &RowPart| NewPart {
        from_s: part.from_s,
        to_s: part.to_s,
        is_break: part.is_break,
        channels: part.channels.clone(),
    };
    NewDated {
        id: id(&row.key),
        length_s: u32::try_from(row.end_s - row.key.start_s).unwrap_or(0),
        parts: row.parts.iter().map(part).collect(),
        channels: row.channels.as_ref().map(|channels| channels.to_vec()),
        reason: row.reason.to_string(),
        source: source.to_owned(),
    }
}
