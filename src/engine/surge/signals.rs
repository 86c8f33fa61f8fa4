//! What is measured of a queue at an instant, and when it is looked at again.

use crate::{
    engine::state::State,
    plan::model::Closing,
    proto::journal::{self as j, SurgeSignals},
};

use super::level::{Asked, Signals};

/// With fewer than these answered or gone, the share of those gone says nothing.
const ABANDONED_OF_MIN: u32 = 20;

impl State {
    /// What is measured of a queue. Where its plan does not ask, agents are not counted.
    #[must_use]
    pub fn surge_signals(&self, queue: u32, now_ms: u64) -> Signals {
        if !self.queue_open(queue) {
            return Signals { told: SurgeSignals::default(), open: false };
        }
        let in_line: usize = self.cells_of(queue).map(|cell| cell.arrivals.len()).sum();
        let oldest = self.oldest_waiting_since_ms(queue);
        let expected = self.estimate_of_queue(queue, now_ms).wait;
        let info = self.catalog.queues.get(&queue);
        let counts_agents =
            info.and_then(|info| info.surge.as_ref()).is_some_and(|surge| surge.counts_agents());
        let told = SurgeSignals {
            waiting: u32::try_from(in_line).unwrap_or(u32::MAX),
            oldest_ms: oldest.map_or(0, |since_ms| now_ms.saturating_sub(since_ms)),
            expected_ms: expected.map_or(0, |(expected_ms, ..)| u64::from(expected_ms)),
            abandoned_permille: self.abandoned_permille(queue, now_ms),
            agents: if counts_agents { self.home_staff(queue) } else { 0 },
        };
        Signals { told, open: true }
    }

    fn abandoned_permille(&self, queue: u32, now_ms: u64) -> u32 {
        let (answered, abandoned) = self.flow(queue).map_or((0, 0), |flow| flow.outcomes(now_ms));
        let all = answered + abandoned;
        if all < ABANDONED_OF_MIN { 0 } else { abandoned.saturating_mul(1_000) / all }
    }

    /// What a queue's level is asked with at an instant.
    pub(super) fn surge_asked(&self, queue: u32, now_ms: u64) -> Asked {
        let wall_s = self.wall_s(now_ms);
        let surge = self.catalog.queues.get(&queue).and_then(|info| info.surge.as_ref());
        Asked {
            signals: self.surge_signals(queue, now_ms),
            floor: surge.map_or(0, |surge| surge.floor(wall_s)),
            by_hand: self.surge_by_hand(queue, wall_s).map(|word| word.level),
            now_ms,
        }
    }

    /// A supervisor's word about a queue's level that holds at a wall time.
    #[must_use]
    pub fn surge_by_hand(&self, queue: u32, wall_s: i64) -> Option<&j::SurgeOverrideRecord> {
        self.surge(queue)?.override_record.as_ref().filter(|word| word.until_s > wall_s)
    }

    /// Whether those who wait in a closed queue are asked whether they want to be called back.
    pub(in crate::engine) fn closing_offers(&self, queue: u32) -> bool {
        let info = self.catalog.queues.get(&queue);
        info.is_some_and(|info| info.hours.closing == Closing::Callback && info.callback.is_some())
            && !self.queue_open(queue)
    }

    /// Whether a queue is to be looked at each second while somebody is in line.
    pub(in crate::engine) fn surge_concerns(&self, queue: u32) -> bool {
        let info = self.catalog.queues.get(&queue);
        let planned = info.is_some_and(|info| info.surge.is_some());
        let callback = info.is_some_and(|info| info.callback.is_some());
        planned
            || self.surge(queue).is_some_and(stands)
            || self.has_to_dial(queue)
            || self.callbacks_in_line(queue) > 0
            || callback && self.closing_offers(queue)
    }

    /// When a queue is to be looked at again: with the next whole second while it is in use, or its agents count, else when a window or a
    /// supervisor's word begins or ends.
    pub(in crate::engine) fn surge_due_ms(&self, queue: u32, now_ms: u64) -> Option<u64> {
        let record = self.surge(queue);
        let surge = self.catalog.queues.get(&queue).and_then(|info| info.surge.as_ref());
        let in_line = self.cells_of(queue).any(|cell| cell.arrivals.first().is_some());
        let calls = self.callbacks_in_line(queue) > 0;
        let stands = record.is_some_and(stands);
        // Agents come and go whoever waits.
        let staff = surge.is_some_and(|surge| surge.counts_agents());
        if self.surge_concerns(queue) && (in_line || calls || stands || staff) {
            return Some((now_ms / 1_000 + 1) * 1_000);
        }
        let wall_s = self.wall_s(now_ms);
        let edge_s = surge.and_then(|surge| surge.next_edge_s(wall_s));
        let word_s = record.and_then(|record| record.override_record.as_ref()).map(|word| word.until_s);
        let next_s = edge_s.into_iter().chain(word_s).min()?;
        Some(self.engine_ms(next_s).max((now_ms / 1_000 + 1) * 1_000))
    }
}

/// Whether a queue is not as it always is.
fn stands(record: &j::SurgeRecord) -> bool {
    let steps = record.steps.iter().filter_map(|applied| applied.step.as_ref());
    record.level > 0 || record.linger_rings > 0 || steps.into_iter().any(|step| step.level > 0)
}
