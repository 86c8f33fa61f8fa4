//! What an event means to the metrics of schedules. Must not look at anything but the event, its effect and the
//! state.

use crate::{
    engine::{evolve::Effect, state::State},
    proto::journal::{DeviationKind, Presence, QueueEntry, ScheduleState, event::Kind},
    telemetry::{Duty, Measure},
};

/// Words for where schedules have agents.
pub(super) const PRESENCES: [&str; 4] = ["unscheduled", "on", "break", "off"];
/// Words for how they depart from that.
pub(super) const DEVIATIONS: [&str; 3] = ["absent", "not_ready", "off_shift_ready"];

/// The place among [`PRESENCES`] of where a schedule has an agent.
pub(super) fn presence_index(presence: Option<Presence>) -> usize {
    match presence {
        None | Some(Presence::Unspecified) => 0,
        Some(Presence::On) => 1,
        Some(Presence::Break) => 2,
        Some(Presence::Off) => 3,
    }
}

/// The place among [`DEVIATIONS`]; none: it doesn't depart.
pub(super) fn deviation_index(kind: DeviationKind) -> Option<usize> {
    match kind {
        DeviationKind::Unspecified => None,
        DeviationKind::Absent => Some(0),
        DeviationKind::NotReady => Some(1),
        DeviationKind::OffShiftReady => Some(2),
    }
}

/// The measures of an event that has just become part of `state`.
pub(super) fn duty_of(state: &State, kind: &Kind, effect: &Effect, put: &mut impl FnMut(Measure)) {
    let mut tell = |duty| put(Measure::Duty(duty));
    if let Some(schedule) = &effect.by_schedule {
        for (kind, ms) in &schedule.deviations {
            if let Some(at) = deviation_index(*kind) {
                tell(Duty::DeviationEnded(DEVIATIONS[at], *ms));
            }
        }
        if let Some(late_ms) = schedule.edge_late_ms {
            tell(Duty::EdgeDelay(late_ms));
        }
        for queue in &schedule.queues {
            let to = if state.queue_open(*queue) { "open" } else { "closed" };
            tell(Duty::QueueEdge(state.names().shared_id(*queue), to));
        }
    }
    match kind {
        Kind::ShiftEdges(e) => {
            let mut agents = [0; PRESENCES.len()];
            for edge in &e.edges {
                let presence = edge.state.as_ref().map(ScheduleState::presence);
                agents[presence_index(presence)] += edge.agents.len() as u64;
            }
            for (presence, agents) in PRESENCES.into_iter().zip(agents).filter(|(_, agents)| *agents > 0) {
                tell(Duty::Edges(presence, agents));
            }
        }
        Kind::DeviationsNoted(e) => {
            for group in &e.groups {
                if let Some(at) = deviation_index(group.kind()) {
                    tell(Duty::Deviated(DEVIATIONS[at], group.agents.len() as u64));
                }
            }
        }
        Kind::ShiftOverridden(e) if e.record.is_some() => tell(Duty::Overridden),
        Kind::ContactEnqueued(e) => {
            if e.overflowed_from != 0 {
                let id = |queue| state.names().shared_id(queue);
                tell(Duty::Overflowed(id(e.overflowed_from), id(e.queue)));
            }
            entered(state, effect.contact, e.entry, tell);
        }
        Kind::ContactTransferred(e) => entered(state, effect.contact, e.entry, tell),
        Kind::ContactLeftBot(e) => entered(state, effect.contact, e.entry, tell),
        _ => {}
    }
}

fn entered(state: &State, contact: u64, entry: Option<QueueEntry>, mut tell: impl FnMut(Duty)) {
    if entry.is_some_and(|entry| entry.held != 0) {
        let queue = state.contact(contact).map_or(0, |record| record.queue);
        tell(Duty::Held(state.names().shared_id(queue)));
    }
}

#[cfg(test)]
mod tests;
