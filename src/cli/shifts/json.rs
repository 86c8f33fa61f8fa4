//! Imports and charts as JSON: the API's fields by their names. Values of enums come without their prefix, times as
//! UTC in RFC 3339; what is not set is null, empty or 0.

use prost_types::Timestamp;
use serde_json::{Value, json};

use crate::proto::v1;

/// UTC in RFC 3339.
#[must_use]
pub fn utc(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

fn time(time: Option<&Timestamp>) -> Option<String> {
    time.map(|time| utc(time.seconds))
}

fn plain(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_owned()
}

/// What an import comes to.
#[must_use]
pub fn import(answer: &v1::ImportShiftsResponse) -> String {
    let problem = |problem: &v1::ImportProblem| {
        json!({
            "line": problem.line,
            "field": problem.field,
            "problem": problem.problem,
            "suggestion": problem.suggestion,
        })
    };
    let change = |change: &v1::ShiftChange| {
        json!({
            "kind": plain(change.kind().as_str_name(), "SHIFT_CHANGE_KIND_"),
            "shift": change.shift.as_ref().map(shift),
            "before": change.before.as_ref().map(shift),
        })
    };
    let value = json!({
        "added": answer.added,
        "changed": answer.changed,
        "removed": answer.removed,
        "unchanged": answer.unchanged,
        "changes": answer.changes.iter().map(change).collect::<Value>(),
        "problems": answer.problems.iter().map(problem).collect::<Value>(),
        "problems_left_out": answer.problems_left_out,
        "horizon_time": time(answer.horizon_time.as_ref()),
        "warnings": answer.warnings.iter().map(problem).collect::<Value>(),
    });
    format!("{value:#}\n")
}

fn shift(shift: &v1::Shift) -> Value {
    json!({
        "shift_id": shift.shift_id,
        "agent_id": shift.agent_id,
        "kind": plain(shift.kind().as_str_name(), "SHIFT_KIND_"),
        "start": shift.start,
        "end": shift.end,
        "zone": shift.zone,
        "parts": shift.parts.iter().map(|part| json!({
            "start": part.start,
            "end": part.end,
            "is_break": part.is_break,
            "channels": part.channels,
        })).collect::<Value>(),
        "channels": shift.channels,
        "reason": shift.reason,
        "source": shift.source,
        "start_time": time(shift.start_time.as_ref()),
        "end_time": time(shift.end_time.as_ref()),
    })
}

/// Schedules of some days.
#[must_use]
pub fn schedule(answer: &v1::GetScheduleResponse) -> String {
    let span = |span: &v1::ScheduleSpan| {
        json!({
            "start_time": time(span.start_time.as_ref()),
            "end_time": time(span.end_time.as_ref()),
            "presence": plain(span.presence().as_str_name(), "SCHEDULE_PRESENCE_"),
            "rule": plain(span.rule().as_str_name(), "SCHEDULE_RULE_"),
            "text": span.text,
            "channels": span.channels,
            "restricted": span.restricted,
        })
    };
    let spans = |spans: &[v1::ScheduleSpan]| spans.iter().map(span).collect::<Value>();
    let agent = |agent: &v1::AgentWeek| {
        json!({
            "agent_id": agent.agent_id,
            "name": agent.name,
            "unscheduled": agent.unscheduled,
            "spans": spans(&agent.spans),
        })
    };
    let value = json!({
        "agents": answer.agents.iter().map(agent).collect::<Value>(),
        "agents_left_out": answer.agents_left_out,
        "headcounts": answer.headcounts,
        "start_time": time(answer.start_time.as_ref()),
        "unscheduled": answer.unscheduled,
        "zone": answer.zone,
        "open_spans": spans(&answer.open_spans),
    });
    format!("{value:#}\n")
}
