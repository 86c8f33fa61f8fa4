//! What is told of an import: what it changes, and what is wrong with it.

use prost_types::Timestamp;

use crate::{
    engine::{command::DatedId, refusal::Refusal},
    gateway::convert::shift::{kind_of_api, shift_id},
    proto::v1,
    schedule::{
        import::{Changes, Known, Problem, Problems, Row, RowPart},
        local,
    },
};

use super::{Worked, id};

/// Changes that are told.
const CHANGES_MAX: usize = 1_000;

/// Why a document is refused.
pub(super) fn refusal(problems: Problems) -> Refusal {
    let fields = problems.list.into_iter().map(|problem| {
        let place = match (problem.line, problem.field.as_str()) {
            (0, "") => "document".to_owned(),
            (0, field) => field.to_owned(),
            (line, "") => format!("line {line}"),
            (line, field) => format!("line {line}, {field}"),
        };
        let instead = match problem.suggestion.as_str() {
            "" => String::new(),
            suggestion => format!("; instead: {suggestion}"),
        };
        (place, problem.problem + &instead)
    });
    Refusal { reason: "SHIFTS_INVALID", ..Refusal::invalid(fields.collect()) }
}

/// What an import comes to; `all`: one by one.
pub(super) fn response(worked: &Worked, source: &str, all: bool) -> v1::ImportShiftsResponse {
    let Worked { changes, problems, warnings, horizon_s, .. } = worked;
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let told = |problem: &Problem| v1::ImportProblem {
        line: problem.line,
        field: problem.field.clone(),
        problem: problem.problem.clone(),
        suggestion: problem.suggestion.clone(),
    };
    let told = |problems: &Problems| problems.list.iter().map(told).collect();
    v1::ImportShiftsResponse {
        added: count(changes.added.len()),
        changed: count(changes.changed.len()),
        removed: count(changes.removed.len()),
        unchanged: changes.unchanged,
        changes: if all { told_changes(changes, source) } else { Vec::new() },
        problems: if all { told(problems) } else { Vec::new() },
        problems_left_out: problems.left_out,
        horizon_time: horizon_s.map(|seconds| Timestamp { seconds, nanos: 0 }),
        warnings: told(warnings),
    }
}

/// The first changes, by agent and start.
fn told_changes(changes: &Changes, source: &str) -> Vec<v1::ShiftChange> {
    use v1::ShiftChangeKind as Kind;
    type Told<'a> = (Kind, &'a Row, Option<&'a Known>);
    let added = changes.added.iter().map(|row| (Kind::Added, row, None));
    let changed = changes.changed.iter().map(|(known, row)| (Kind::Changed, row, Some(known)));
    let removed = changes.removed.iter().map(|known| (Kind::Removed, &known.row, Some(known)));
    let mut told: Vec<Told<'_>> = added.chain(changed).chain(removed).collect();
    told.sort_by_key(|(kind, row, _)| (row.key.agent.clone(), row.from_s, *kind as i32));
    told.truncate(CHANGES_MAX);
    let told = told.into_iter().map(|(kind, row, known)| {
        let was = known.map(|known| shift(&known.row, &known.source));
        let (now, before) = match kind {
            Kind::Removed => (was, None),
            _ => (Some(shift(row, source)), was),
        };
        v1::ShiftChange { kind: kind.into(), shift: now, before }
    });
    told.collect()
}

fn shift(row: &Row, source: &str) -> v1::Shift {
    let DatedId { agent, kind, start_s, zone } = id(&row.key);
    let part = |part: &RowPart| v1::ShiftPart {
        start: local::show(start_s + i64::from(part.from_s)),
        end: local::show(start_s + i64::from(part.to_s)),
        is_break: part.is_break,
        channels: part.channels.clone(),
    };
    let time = |seconds| Some(Timestamp { seconds, nanos: 0 });
    v1::Shift {
        shift_id: shift_id(&agent, kind.journal(), start_s, &zone),
        agent_id: agent,
        kind: kind_of_api(kind.journal()).into(),
        start: local::show(start_s),
        end: local::show(row.end_s),
        zone,
        parts: row.parts.iter().map(part).collect(),
        channels: row.channels.as_ref().map(|channels| channels.to_vec()).unwrap_or_default(),
        reason: row.reason.to_string(),
        source: source.to_owned(),
        start_time: time(row.from_s),
        end_time: time(row.to_s),
    }
}
