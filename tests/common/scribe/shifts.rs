//! Events of schedules as short text.

use kefud::{
    engine::state::State,
    proto::journal::{self as j, event::Kind},
};

use super::word;

/// `on`, `on:wechat,email`, `break`, `off`, or `-` without a schedule.
pub fn shift_state(state: &State, of: Option<&j::ScheduleState>) -> String {
    let Some(of) = of else { return "-".to_owned() };
    let presence = word(of.presence().as_str_name(), "PRESENCE_");
    if !of.restricted {
        return presence;
    }
    let channels: Vec<&str> = of.channels.iter().map(|channel| state.names().id(*channel)).collect();
    format!("{presence}:{}", channels.join(","))
}

/// The text of an event about schedules; none for any other.
pub fn text(kind: &Kind, state: &State) -> Option<String> {
    let name = |number: &u32| state.names().id(*number).to_owned();
    let names = |numbers: &[u32]| match numbers {
        [first, .., last] if numbers.len() > 10 => {
            format!("{}..{} ({})", name(first), name(last), numbers.len())
        }
        numbers => numbers.iter().map(name).collect::<Vec<_>>().join(" "),
    };
    Some(match kind {
        Kind::ShiftEdges(e) => {
            let edge = |edge: &j::ShiftEdge| {
                format!("{} {}", shift_state(state, edge.state.as_ref()), names(&edge.agents))
            };
            format!("shift {}", e.edges.iter().map(edge).collect::<Vec<_>>().join(" / "))
        }
        Kind::ShiftsChanged(e) => {
            let staged = if e.staged { "staged" } else { "dated" };
            let some = |sign: &str, count: usize| match count {
                0 => String::new(),
                count => format!(" {sign}{count}"),
            };
            format!("{staged}{}{}", some("+", e.set.len()), some("-", e.removed.len()))
        }
        Kind::ShiftsCommitted(e) => format!("imported {} +{} -{}", e.source, e.added, e.removed),
        Kind::ShiftOverridden(e) => match &e.record {
            None => format!("overridden {} -", name(&e.agent)),
            Some(record) => {
                let on = if record.on { "on" } else { "off" };
                let by = Some(&record.supervisor).filter(|by| !by.is_empty());
                let by = by.map_or_else(String::new, |by| format!(" by={by}"));
                format!("overridden {} {on}{by}", name(&e.agent))
            }
        },
        Kind::DeviationsNoted(e) => {
            let group = |group: &j::DeviationGroup| {
                format!("{} {}", word(group.kind().as_str_name(), "DEVIATION_KIND_"), names(&group.agents))
            };
            format!("noted {}", e.groups.iter().map(group).collect::<Vec<_>>().join(" / "))
        }
        _ => return None,
    })
}

/// Where an agent stands: `on:phone`.
pub fn stands(state: &State, id: &str) -> String {
    let agent = state.agent_by_id(id);
    agent.map_or_else(|| "unknown".to_owned(), |agent| shift_state(state, agent.record.schedule.as_ref()))
}

/// How an agent departs from its schedule, and for how long: `absent 5m`, and whether that is noted.
pub fn departs(state: &State, now_ms: u64, id: &str) -> String {
    let record = state.agent_by_id(id).map(|agent| &agent.record);
    let Some(record) = record.filter(|record| record.deviation() != j::DeviationKind::Unspecified) else {
        return "-".to_owned();
    };
    let kind = word(record.deviation().as_str_name(), "DEVIATION_KIND_");
    let noted = if record.deviation_noted { " noted" } else { "" };
    format!("{kind} {}{noted}", kefud::plan::format_ms(now_ms - record.deviation_ms))
}
