//! Dated entries of shifts: from the API's words to the engine's and back, and their ids.

use prost_types::Timestamp;

use crate::{
    engine::{
        command::{DatedId, DatedKind, NewDated, NewPart},
        state::{DatedRecord, State},
    },
    gateway::Check,
    proto::{journal as j, v1},
    schedule::local,
};

/// Breaks and activities of one entry.
const PARTS_MAX: usize = 16;
/// An entry lasts at most so long, in seconds of the local clock.
const SHIFT_MAX_S: i64 = 86_400;
const OFF_MAX_S: i64 = 366 * 86_400;

/// An entry as it is told.
#[must_use]
pub fn shift(state: &State, agent: u32, entry: &DatedRecord) -> v1::Shift {
    let ids = |channels: &[u32]| channels.iter().map(|id| state.names().id(*id).to_owned()).collect();
    let end_s = entry.start_s + i64::from(entry.length_s);
    let part = |part: &j::DatedPart| v1::ShiftPart {
        start: local::show(entry.start_s + i64::from(part.from_s)),
        end: local::show(entry.start_s + i64::from(part.to_s)),
        is_break: part.is_break,
        channels: ids(&part.channels),
    };
    let zone = entry.zone.clone().unwrap_or_else(|| state.catalog().schedules.default_zone.clone());
    let time = |local_s| Some(Timestamp { seconds: zone.utc_s(local_s), nanos: 0 });
    let agent_id = state.names().id(agent).to_owned();
    v1::Shift {
        shift_id: shift_id(&agent_id, entry.kind, entry.start_s, entry.zone_name()),
        agent_id,
        kind: kind_of_api(entry.kind).into(),
        start: local::show(entry.start_s),
        end: local::show(end_s),
        zone: entry.zone_name().to_owned(),
        parts: entry.parts.iter().map(part).collect(),
        channels: ids(entry.channels.as_deref().unwrap_or_default()),
        reason: entry.reason.to_string(),
        source: entry.source.to_string(),
        start_time: time(entry.start_s),
        end_time: time(end_s),
    }
}

/// `AGENT/kind/2026-10-01T09:00:00[Zone]`. An agent's id has no white space, but it may have slashes: what follows it
/// is read from the end.
#[must_use]
pub fn shift_id(agent: &str, kind: j::DatedKind, start_s: i64, zone: &str) -> String {
    format!("{agent}/{}/{}[{zone}]", kind_word(kind), local::show(start_s))
}

/// What an id says.
#[must_use]
pub fn parse_id(id: &str) -> Option<DatedId> {
    let (rest, zone) = id.strip_suffix(']')?.rsplit_once('[')?;
    let (rest, start) = rest.rsplit_once('/')?;
    let (agent, kind) = rest.rsplit_once('/')?;
    let kind = [DatedKind::Shift, DatedKind::Extra, DatedKind::Off, DatedKind::Break]
        .into_iter()
        .find(|of| kind_word(of.journal()) == kind)?;
    let start_s = local::parse(start).ok()?;
    Some(DatedId { agent: agent.to_owned(), kind, start_s, zone: zone.to_owned() })
}

fn kind_word(kind: j::DatedKind) -> &'static str {
    match kind {
        j::DatedKind::Unspecified => "",
        j::DatedKind::Shift => "shift",
        j::DatedKind::Extra => "extra",
        j::DatedKind::Off => "off",
        j::DatedKind::Break => "break",
    }
}

/// The API's word for a kind.
#[must_use]
pub fn kind_of_api(kind: j::DatedKind) -> v1::ShiftKind {
    match kind {
        j::DatedKind::Unspecified => v1::ShiftKind::Unspecified,
        j::DatedKind::Shift => v1::ShiftKind::Shift,
        j::DatedKind::Extra => v1::ShiftKind::Extra,
        j::DatedKind::Off => v1::ShiftKind::Off,
        j::DatedKind::Break => v1::ShiftKind::Break,
    }
}

/// An entry to be set, as far as it can be checked without knowing the plan.
pub fn new_dated(check: &mut Check, field: &str, shift: v1::Shift) -> NewDated {
    let at = |name: &str| format!("{field}.{name}");
    check.id(&at("agent_id"), &shift.agent_id);
    let kind = match shift.kind() {
        v1::ShiftKind::Shift => DatedKind::Shift,
        v1::ShiftKind::Extra => DatedKind::Extra,
        v1::ShiftKind::Off => DatedKind::Off,
        v1::ShiftKind::Break => DatedKind::Break,
        v1::ShiftKind::Unspecified => {
            check.problem(&at("kind"), "must be SHIFT, EXTRA, OFF or BREAK");
            DatedKind::Shift
        }
    };
    let start_s = time(check, &at("start"), &shift.start);
    let end_s = time(check, &at("end"), &shift.end);
    let length_s = length(check, &at("end"), start_s, end_s, kind);
    check.short_why(&at("reason"), &shift.reason);
    if kind != DatedKind::Shift && !shift.parts.is_empty() {
        check.problem(&at("parts"), "only a SHIFT has parts");
    }
    if kind != DatedKind::Extra && !shift.channels.is_empty() {
        check.problem(&at("channels"), "only an EXTRA names channels; a SHIFT's activities do");
    }
    if shift.parts.len() > PARTS_MAX {
        check.problem(&at("parts"), format!("at most {PARTS_MAX}"));
    }
    let parts = (0..).zip(shift.parts).map(|(number, part)| {
        let field = format!("{field}.parts[{number}]");
        new_part(check, &field, part, start_s, i64::from(length_s))
    });
    let parts: Vec<NewPart> = parts.collect();
    for (at, part) in parts.iter().enumerate() {
        let overlaps = |other: &NewPart| {
            other.is_break == part.is_break && other.from_s < part.to_s && part.from_s < other.to_s
        };
        if let Some(first) = parts[..at].iter().position(overlaps) {
            check.problem(&format!("{field}.parts[{at}]"), format!("overlaps {field}.parts[{first}]"));
        }
    }
    NewDated {
        id: DatedId { agent: shift.agent_id, kind, start_s, zone: shift.zone },
        length_s,
        parts,
        channels: Some(shift.channels).filter(|channels| !channels.is_empty()),
        reason: shift.reason,
        source: String::new(),
    }
}

fn time(check: &mut Check, field: &str, text: &str) -> i64 {
    if text.is_empty() {
        check.problem(field, "is required");
        return 0;
    }
    local::parse(text).unwrap_or_else(|problem| {
        check.problem(field, problem);
        0
    })
}

fn length(check: &mut Check, field: &str, start_s: i64, end_s: i64, kind: DatedKind) -> u32 {
    let max_s = if kind == DatedKind::Off { OFF_MAX_S } else { SHIFT_MAX_S };
    if start_s == 0 || end_s == 0 {
        // Told already.
        return 0;
    }
    if end_s <= start_s {
        check.problem(field, format!("must be after the start, {}", local::show(start_s)));
    } else if end_s - start_s > max_s {
        check.problem(field, format!("must be within {} h of the start", max_s / 3_600));
    }
    u32::try_from(end_s - start_s).unwrap_or(0)
}

fn new_part(check: &mut Check, field: &str, part: v1::ShiftPart, start_s: i64, length_s: i64) -> NewPart {
    let from_s = time(check, &format!("{field}.start"), &part.start) - start_s;
    let to_s = time(check, &format!("{field}.end"), &part.end) - start_s;
    if !(0 <= from_s && from_s < to_s && to_s <= length_s) {
        check.problem(field, "must begin before it ends, and be within the shift");
    }
    if part.is_break && !part.channels.is_empty() {
        check.problem(&format!("{field}.channels"), "a break has none");
    }
    let second = |s: i64| u32::try_from(s).unwrap_or(0);
    NewPart { from_s: second(from_s), to_s: second(to_s), is_break: part.is_break, channels: part.channels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        for (agent, zone) in [("a1001", ""), ("team/li.na", "Asia/Shanghai"), ("x[1]", "America/New_York")] {
            let id = shift_id(agent, j::DatedKind::Off, 1_790_845_200, zone);
            let read = parse_id(&id).unwrap();
            assert_eq!((read.agent.as_str(), read.zone.as_str()), (agent, zone), "{id}");
            assert_eq!((read.kind, read.start_s), (DatedKind::Off, 1_790_845_200), "{id}");
        }
        for wrong in ["", "a", "a/off/2026-10-01T09:00:00", "a/holiday/2026-10-01T09:00:00[]", "a/off/soon[]"]
        {
            assert_eq!(parse_id(wrong), None, "{wrong}");
        }
    }
}
