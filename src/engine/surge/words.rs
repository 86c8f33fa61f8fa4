//! Surge levels in words.

use crate::{
    engine::{schedule::override_text, state::State},
    plan::show_ms,
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
    let seconds = |ms: u64| show_ms(ms / 1_000 * 1_000);
    let waiting = || {
        let verb = if told.waiting == 1 { "waits" } else { "wait" };
        format!("{} {verb}, oldest {}", told.waiting, seconds(told.oldest_ms))
    };
    match cause {
        SurgeCause::ExpectedWait => format!("expected wait {}", seconds(told.expected_ms)),
        SurgeCause::Abandoned => format!("{} in 1,000 leave", told.abandoned_permille),
        SurgeCause::Agents => {
            format!("{} {} on shift", told.agents, if told.agents == 1 { "agent" } else { "agents" })
        }
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

#[cfg(test)]
mod tests {
    use super::{SurgeCause, SurgeSignals, why};

    #[test]
    fn what_was_measured_is_told_in_words() {
        for (cause, waiting, agents, expected) in [
            (SurgeCause::Waiting, 1, 0, "1 waits, oldest 1m 1s"),
            (SurgeCause::Calm, 2, 0, "2 wait, oldest 1m 1s"),
            (SurgeCause::Agents, 0, 1, "1 agent on shift"),
            (SurgeCause::Agents, 0, 2, "2 agents on shift"),
            (SurgeCause::ExpectedWait, 0, 0, "expected wait 1d 1s"),
        ] {
            let told = SurgeSignals {
                waiting,
                agents,
                oldest_ms: 61_999,
                expected_ms: 86_401_000,
                ..SurgeSignals::default()
            };
            assert_eq!(why(cause, told), expected);
        }
    }
}
