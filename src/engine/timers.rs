//! Deadlines of the engine: one named enum, one ordered set. Derived from the state and rebuilt with it,
//! never stored. Must not know the clock: the caller brings the time.

use std::collections::BTreeSet;

use super::lookup::Lookup;

/// What falls due. The order breaks ties between timers of the same millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// The offer lapses unanswered.
    Offer(u64),
    /// The wrap-up of the assignment ends.
    WrapUp(u64),
    /// The agent's grace time after a lost stream is over.
    AgentGrace(u32),
    /// The gateway's lease is over.
    GatewayLease(u32),
    /// The contact has waited as long as its queue allows.
    MaxWait(u64),
    /// The agent may be offered the contact again.
    Exclusion(u64, u32),
}

/// The armed timers.
#[derive(Debug, Default)]
pub struct Timers {
    order: BTreeSet<(u64, Timer)>,
    due: Lookup<Timer, u64>,
}

impl Timers {
    /// Arms `timer` for `due_ms`, instead of whatever it was armed for.
    pub fn arm(&mut self, timer: Timer, due_ms: u64) {
        if let Some(before) = self.due.insert(timer, due_ms) {
            self.order.remove(&(before, timer));
        }
        self.order.insert((due_ms, timer));
    }

    /// Disarms `timer`, if it is armed.
    pub fn disarm(&mut self, timer: Timer) {
        if let Some(before) = self.due.remove(&timer) {
            self.order.remove(&(before, timer));
        }
    }

    /// Whether `timer` is armed and due at `now_ms`.
    #[must_use]
    pub fn is_due(&self, timer: Timer, now_ms: u64) -> bool {
        self.due.get(&timer).is_some_and(|due_ms| *due_ms <= now_ms)
    }

    /// When the first one falls due, in milliseconds of engine time.
    #[must_use]
    pub fn next_ms(&self) -> Option<u64> {
        self.order.first().map(|(due, _)| *due)
    }

    /// Takes out the first one that is due at `now_ms`.
    pub fn pop_due(&mut self, now_ms: u64) -> Option<Timer> {
        let (due, timer) = *self.order.first()?;
        if due > now_ms {
            return None;
        }
        self.disarm(timer);
        Some(timer)
    }
}
