//! Where agents stand by their schedules, as it is told.

use prost_types::Timestamp;

use crate::{
    engine::state::{Agent, State},
    proto::{
        journal::{self as j, DeviationKind},
        v1,
    },
    schedule::{Presence, Rule},
};

use super::timestamp;

/// Seconds of the wall clock.
#[must_use]
pub fn wall(wall_s: i64) -> Timestamp {
    Timestamp { seconds: wall_s, nanos: 0 }
}

/// Where an agent stands by its schedule, and what comes next.
#[must_use]
pub fn agent_schedule(state: &State, agent: &Agent, now_ms: u64) -> v1::AgentSchedule {
    let record = &agent.record;
    let told = state.agent_schedule(agent, now_ms);
    let names = |channels: &[u32]| channels.iter().map(|id| state.names().id(*id).to_owned()).collect();
    let noted = record.deviation_noted;
    v1::AgentSchedule {
        presence: stored_presence(told.presence).into(),
        since: timestamp(state, told.since_ms),
        open_channels: told.only.as_deref().map_or_else(Vec::new, names),
        restricted: told.only.is_some(),
        rule: told.rule.map_or(v1::ScheduleRule::Unspecified, api_rule).into(),
        text: told.text,
        next_change_time: told.next_s.map(wall),
        next_presence: told.next.map_or(v1::SchedulePresence::Unspecified, api_presence).into(),
        by_hand: told.by_hand.map(|hand| v1::ShiftOverride {
            on_shift: hand.on,
            channels: names(&hand.channels),
            until: Some(wall(hand.until_s)),
            reason: hand.reason,
            supervisor_id: hand.supervisor,
        }),
        deviation: if noted { deviation(record.deviation()) } else { v1::Deviation::Unspecified }.into(),
        deviation_since: timestamp(state, record.deviation_ms).filter(|_| noted),
    }
}

fn stored_presence(presence: Option<j::Presence>) -> v1::SchedulePresence {
    match presence {
        None | Some(j::Presence::Unspecified) => v1::SchedulePresence::Unscheduled,
        Some(j::Presence::On) => v1::SchedulePresence::OnShift,
        Some(j::Presence::Break) => v1::SchedulePresence::OnBreak,
        Some(j::Presence::Off) => v1::SchedulePresence::OffShift,
    }
}

/// The API's word for where an agent stands.
#[must_use]
pub fn api_presence(presence: Presence) -> v1::SchedulePresence {
    match presence {
        Presence::Unscheduled => v1::SchedulePresence::Unscheduled,
        Presence::On => v1::SchedulePresence::OnShift,
        Presence::Break => v1::SchedulePresence::OnBreak,
        Presence::Off => v1::SchedulePresence::OffShift,
    }
}

/// The API's word for a rule.
#[must_use]
pub fn api_rule(rule: Rule) -> v1::ScheduleRule {
    match rule {
        Rule::ByHand => v1::ScheduleRule::Override,
        Rule::NotValid => v1::ScheduleRule::NotValid,
        Rule::Exception(_) => v1::ScheduleRule::Exception,
        Rule::DatedShift(_) => v1::ScheduleRule::DatedShift,
        Rule::Rota { .. } => v1::ScheduleRule::Rota,
        Rule::Default => v1::ScheduleRule::Default,
    }
}

/// The API's word for a departure.
#[must_use]
pub fn deviation(kind: DeviationKind) -> v1::Deviation {
    match kind {
        DeviationKind::Unspecified => v1::Deviation::Unspecified,
        DeviationKind::Absent => v1::Deviation::Absent,
        DeviationKind::NotReady => v1::Deviation::NotReady,
        DeviationKind::OffShiftReady => v1::Deviation::OffShiftReady,
    }
}

/// A supervisor's word about a queue.
#[must_use]
pub fn queue_override(record: &j::QueueOverrideRecord) -> v1::QueueOverride {
    v1::QueueOverride {
        open: record.open,
        until: (record.until_s != 0).then(|| wall(record.until_s)),
        reason: record.reason.clone(),
        supervisor_id: record.supervisor.clone(),
    }
}
