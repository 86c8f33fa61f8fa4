//! Surge levels in words.

use crate::{
    engine::{schedule::override_text, state::State},
    plan::format_ms,
    proto::journal::{SurgeCause, SurgeOverrideRecord, SurgeSignals},
};

/// The name of a level.
#[must_use]
pub fn level_name(level: u32) -> &'static str {
    ["normal", "elevated", "surge", "critical"].get(level as usize).copied().unwrap_or("critical")
}

/// Why a level came to be, and what was measured then.
#[must_use]
pub fn why(cause: SurgeCause, told: SurgeSignals) -> String {
    let waiting = || format!("{} wait, oldest {}", told.waiting, format_ms(told.oldest_ms / 1_000 * 1_000));
    match cause {
        SurgeCause::ExpectedWait => format!("expected wait {}", format_ms(told.expected_ms / 1_000 * 1_000)),
        SurgeCause::Abandoned => format!("{} in 1,000 leave", told.abandoned_permille),
        SurgeCause::Agents => format!("{} agents on shift", told.agents),
        SurgeCause::Window => "planned".to_owned(),
        SurgeCause::ByHand => "by hand".to_owned(),
        SurgeCause::ByHandEnded => "no longer by hand".to_owned(),
        SurgeCause::Plan => "the plan changed".to_owned(),
        SurgeCause::Waiting | SurgeCause::OldestWait | SurgeCause::Calm | SurgeCause::Unspecified => {
            waiting()
        }
    }
}

/// What a supervisor has said.
#[must_use]
pub fn word(record: &SurgeOverrideRecord) -> String {
    format!("is kept at level {}, {}", record.level, override_text(&record.supervisor, &record.reason))
}

impl State {
    /// At which level a queue is, since when and why, in a sentence without its dot; empty at the normal level.
    pub(in crate::engine) fn surge_text(&self, queue: u32, now_ms: u64) -> String {
        let Some(record) = self.surge(queue).filter(|record| record.level > 0) else {
            return String::new();
        };
        let (level, id) = (record.level, self.names.id(queue));
        let since = self.local_text(queue, record.changed_ms, now_ms);
        let why = why(record.cause(), record.signals.unwrap_or_default());
        format!("Queue {id} is at surge level {level} since {since} ({why})")
    }
}
