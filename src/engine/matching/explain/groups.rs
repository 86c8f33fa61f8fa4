//! The groups that matter to a contact, and which ring opens each. Asks the same predicate as matching does
//! for an agent of that group alone.

use std::collections::BTreeSet;

use crate::{
    engine::{
        matching::{eligible::in_group, rings::Looked},
        state::{Contact, State},
    },
    proto::journal::PlanKind,
};

use super::{Counts, GroupExplained, Opening};

/// So many groups are told at most.
pub const GROUPS_MAX: usize = 100;

impl State {
    /// The groups that the contact's queue and rings name, closed ones too; all of the plan's if the queue
    /// names none.
    fn groups_named(&self, contact: &Contact) -> BTreeSet<u32> {
        let record = &contact.record;
        let queue = self.plan.queues.get(self.names.id(record.queue));
        let own = record.wants.as_ref().map_or(&[][..], |wants| &wants.rings);
        let number = |id: &String| self.names.number(PlanKind::Group, id);
        let home = queue.map_or(&[][..], |queue| &queue.groups);
        let surge = self.catalog.queues.get(&record.queue).and_then(|info| info.surge.as_ref());
        let by_surge = surge.into_iter().flat_map(|surge| &surge.steps).flat_map(|step| &step.groups);
        if home.is_empty() {
            return self.catalog.groups.keys().copied().collect();
        }
        let rings = queue.map_or(&[][..], |queue| &queue.rings);
        let rings = if own.is_empty() { rings } else { &[] };
        let of_rings = rings.iter().flat_map(|ring| &ring.groups);
        let named = home.iter().chain(of_rings).filter_map(number);
        let named = named.chain(own.iter().flat_map(|ring| &ring.groups).copied());
        // Steps in force may be those of an earlier plan.
        named.chain(by_surge.chain(&self.policy(record.queue).groups).copied()).collect()
    }

    /// The groups that matter to a contact, without their agents: those that are open first, then in the
    /// order in which rings open them, then by id. Also how many are left out.
    pub(super) fn groups_of(
        &self,
        contact: &Contact,
        rings: &[Looked<'_>],
        ring: u32,
    ) -> (Vec<GroupExplained>, usize) {
        let named = self.groups_named(contact);
        let mut groups: Vec<GroupExplained> = named
            .iter()
            .filter(|group| self.catalog.groups.contains_key(group))
            .map(|group| {
                let (opening, by_surge) = self.opening(*group, contact, rings, ring);
                GroupExplained { group: *group, opening, by_surge, counts: Counts::default() }
            })
            .collect();
        groups.sort_by_key(|entry| {
            let ring = match entry.opening {
                Opening::Open(ring) | Opening::Later(ring) => (0, ring),
                Opening::BySurge(level) => (1, level),
                Opening::Never => (2, 0),
                Opening::Closed => (3, 0),
            };
            (ring, self.names.id(entry.group))
        });
        let left_out = groups.len().saturating_sub(GROUPS_MAX);
        groups.truncate(GROUPS_MAX);
        (groups, left_out)
    }

    /// Whether a group is open, and by a step of which level if a ring alone would not have opened it.
    fn opening(
        &self,
        group: u32,
        contact: &Contact,
        rings: &[Looked<'_>],
        ring: u32,
    ) -> (Opening, Option<u32>) {
        if self.catalog.groups.get(&group).is_some_and(|group| group.closed) {
            return (Opening::Closed, None);
        }
        let queue = contact.record.queue;
        // By rings alone: what classes ask for has what surge steps open in it.
        let opens = |class: &&Looked<'_>| {
            in_group(&[group], &class.key.borrowed, &class.home, class.every_group).is_ok()
        };
        let first = rings.iter().find(opens).map(|class| class.key.ring);
        match (first, self.surge_of_group(queue, group)) {
            (Some(first), _) if first <= contact.record.ring => (Opening::Open(first), None),
            (Some(first), _) if first <= ring => {
                (Opening::Open(first), Some(self.surge_of_ring(queue, first)))
            }
            (_, Some(level)) => (Opening::Open(0), Some(level)),
            (Some(first), None) => (Opening::Later(first), None),
            (None, None) => {
                let level = self.surge_would_open(queue, group);
                (level.map_or(Opening::Never, Opening::BySurge), None)
            }
        }
    }

    /// How many agents a closed group has: nothing else matters of them.
    pub(super) fn closed_group_agents(&self, group: u32) -> usize {
        let id = self.names.id(group);
        self.plan.agents.values().filter(|agent| agent.groups.iter().any(|of| of == id)).count()
    }
}
