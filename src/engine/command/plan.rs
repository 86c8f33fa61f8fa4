//! Words of the commands that change the plan.

use crate::plan::{Diff, EntryKind, model::Plan};

/// What becomes of contacts in queues that a plan removes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemovedQueuePolicy {
    /// The plan is refused.
    Refuse,
    /// They move to this queue.
    Move(String),
    /// They end.
    End,
}

/// A new plan.
#[derive(Debug, Clone)]
pub struct ApplyPlan {
    /// The whole plan, checked.
    pub plan: Box<Plan>,
    /// Refuse unless this revision is in force; 0: whichever.
    pub expected_revision: u64,
    /// Change nothing.
    pub validate_only: bool,
    /// For queues that are gone.
    pub removed_queues: RemovedQueuePolicy,
}

/// What makes a new plan of the one in force, as far as it is to be checked. It is worked out beforehand,
/// so that it need not be by whoever carries commands out.
#[derive(Debug, Clone)]
pub struct PlanChange {
    /// The revision that is changed: it must still be in force.
    pub base: u64,
    /// Refuse unless this revision is in force; 0: whichever.
    pub expected_revision: u64,
    /// Entries added.
    pub added: u32,
    /// Entries changed.
    pub changed: u32,
    /// Entries removed.
    pub removed: u32,
    /// Agents that are gone.
    pub removed_agents: Vec<String>,
    /// Channels that are gone.
    pub removed_channels: Vec<String>,
    /// Queues that are gone.
    pub removed_queues: Vec<String>,
    /// What becomes of the contacts in them.
    pub policy: RemovedQueuePolicy,
    /// The channels that the queue accepts to which they move; none: there will be no such queue.
    pub move_accepts: Option<Vec<String>>,
}

impl PlanChange {
    /// What `diff` comes to, which makes `plan` of the plan of revision `base`.
    #[must_use]
    pub fn new(base: u64, diff: &Diff, plan: &Plan, policy: RemovedQueuePolicy) -> Self {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let removed = |kind: EntryKind| {
            let removals = diff.removals.iter().filter(|removal| removal.kind == kind);
            removals.map(|removal| removal.id.clone()).collect()
        };
        let move_accepts = match &policy {
            RemovedQueuePolicy::Move(to) => plan.queues.get(to).map(|queue| queue.channels.clone()),
            RemovedQueuePolicy::Refuse | RemovedQueuePolicy::End => None,
        };
        Self {
            base,
            expected_revision: 0,
            added: count(diff.added()),
            changed: count(diff.changed()),
            removed: count(diff.removed()),
            removed_agents: removed(EntryKind::Agent),
            removed_channels: removed(EntryKind::Channel),
            removed_queues: removed(EntryKind::Queue),
            policy,
            move_accepts,
        }
    }

    /// Whether the plans are the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added == 0 && self.changed == 0 && self.removed == 0
    }
}
