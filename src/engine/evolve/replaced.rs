//! What was in force before a change of the plan. It is taken apart in slices once the change has been carried
//! out, since giving ten thousand agents back takes as long as several slices of anything else. Must not
//! be read: it says nothing any more.

use std::sync::Arc;

use super::settle::Slices;
use crate::{
    engine::{catalog::Catalog, matching::index::Index, state::State},
    plan::Plan,
    proto::journal as j,
};

/// What is no longer in force.
#[derive(Debug)]
pub(in crate::engine) struct Replaced {
    /// None: somebody still reads it.
    plan: Option<Plan>,
    catalog: Catalog,
    index: Index,
    staged: Vec<j::PlanStaged>,
    /// Slices that are left; 0: not known yet.
    left: usize,
}

impl Replaced {
    pub fn new(plan: Arc<Plan>, catalog: Catalog, index: Index, staged: Vec<j::PlanStaged>) -> Self {
        Self { plan: Arc::try_unwrap(plan).ok(), catalog, index, staged, left: 0 }
    }

    fn drop_slice(&mut self) {
        let left = self.left.max(1);
        if let Some(plan) = &mut self.plan {
            for _ in 0..plan.agents.len().div_ceil(left) {
                plan.agents.pop_first();
            }
        }
        for _ in 0..self.catalog.agents.len().div_ceil(left) {
            self.catalog.agents.pop_first();
        }
        self.staged.truncate(self.staged.len() - self.staged.len().div_ceil(left));
        self.index.drop_slice(left);
    }
}

impl State {
    /// Takes a slice apart of what was in force before, if anything is left of it.
    pub(in crate::engine) fn drop_replaced(&mut self, slices: Slices) {
        // The same number in an engine that was rebuilt, whatever its index looked like.
        let contacts = self.live_contacts / slices.contacts.max(1);
        let Some(replaced) = &mut self.replaced else { return };
        if replaced.left == 0 {
            replaced.left = 1 + contacts.max(replaced.catalog.agents.len() / slices.agents.max(1));
        }
        replaced.drop_slice();
        replaced.left -= 1;
        if replaced.left == 0 {
            self.replaced = None;
        }
    }
}
