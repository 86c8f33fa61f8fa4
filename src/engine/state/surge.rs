//! Where queues stand in a surge: levels, steps in force, and what these come to. Owns the layout; only `evolve`
//! changes what is stored.

use std::collections::BTreeMap;

use crate::{
    engine::{matching::policy::Policy, state::State},
    proto::journal as j,
};

/// Everything about surges.
#[derive(Debug, Default)]
pub struct Surges {
    /// By queue.
    pub(in crate::engine) records: BTreeMap<u32, j::SurgeRecord>,
    /// Derived: what the steps in force come to, of queues that have any.
    pub(in crate::engine) policies: BTreeMap<u32, Policy>,
    /// Derived: what the timer of each queue is armed for.
    pub(in crate::engine) due_ms: BTreeMap<u32, u64>,
    /// Derived: the rules may be others, or this process has just begun: it is to be found out what is due.
    pub(in crate::engine) pending: bool,
    /// Derived: queues whose classes are to be asked anew, from this class on.
    pub(in crate::engine) asking: BTreeMap<u32, u32>,
}

impl State {
    /// How a queue stands in a surge, if it ever had a level, a step or a word about it.
    #[must_use]
    pub fn surge(&self, queue: u32) -> Option<&j::SurgeRecord> {
        self.surges.records.get(&queue)
    }

    /// What the surge steps in force come to for a queue.
    #[must_use]
    pub fn policy(&self, queue: u32) -> &Policy {
        self.surges.policies.get(&queue).unwrap_or_else(|| Policy::calm())
    }

    /// Whether all classes ask for what the steps in force come to.
    #[must_use]
    pub fn policies_in_force(&self) -> bool {
        self.settled() && self.surges.asking.is_empty()
    }
}
