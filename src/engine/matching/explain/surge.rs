//! What the surge of its queue has to do with a contact: rings and groups that it has opened or would open, and when
//! what holds it up ends.

use crate::{
    engine::{matching::rings::Subject, state::State},
    proto::journal::{self as j, ContactStage, SurgeStepKind},
};

use super::{Change, Happening};

impl State {
    /// The ring that a contact is in, or up to which its queue's surge has opened them.
    #[must_use]
    pub fn ring_in_force(&self, record: &j::ContactRecord) -> u32 {
        if !matches!(record.stage(), ContactStage::Waiting | ContactStage::Offered) {
            return record.ring;
        }
        let opened = self.policy(record.queue).rings;
        if opened <= record.ring {
            record.ring
        } else {
            opened.min(self.last_ring(Subject::of(record))).max(record.ring)
        }
    }

    /// When that ring opened to it, in milliseconds; of rings that are only still open, when its own did.
    #[must_use]
    pub fn ring_in_force_ms(&self, record: &j::ContactRecord) -> u64 {
        let ring = self.ring_in_force(record);
        let taken = self.applied_step(record.queue, |step| {
            step.kind() == SurgeStepKind::OpenRings && step.rings >= ring && ring > record.ring
        });
        taken.map_or(record.ring_opened_ms, |applied| applied.taken_ms.max(record.queue_entered_ms))
    }

    fn applied_step(&self, queue: u32, of: impl Fn(&j::SurgeStep) -> bool) -> Option<&j::AppliedStep> {
        let steps = self.surge(queue)?.steps.iter();
        steps.clone().find(|applied| applied.step.as_ref().is_some_and(&of))
    }

    /// The level whose step has opened a ring, or still keeps it open.
    pub(super) fn surge_of_ring(&self, queue: u32, ring: u32) -> u32 {
        let applied = self
            .applied_step(queue, |step| step.kind() == SurgeStepKind::OpenRings && step.rings >= ring)
            .and_then(|applied| applied.step.as_ref());
        applied.map_or(0, |step| step.level)
    }

    /// The level whose step has opened a group; none: none has.
    pub(super) fn surge_of_group(&self, queue: u32, group: u32) -> Option<u32> {
        let applied = self.applied_step(queue, |step| step.groups.contains(&group))?;
        applied.step.as_ref().map(|step| step.level)
    }

    /// The least level whose step would open a group.
    pub(super) fn surge_would_open(&self, queue: u32, group: u32) -> Option<u32> {
        self.catalog.queues.get(&queue)?.surge.as_ref()?.opens_group(group)
    }

    /// When a supervisor's word about the level of a queue, or a planned window, ends. A word counts alone.
    pub(super) fn surge_changes(&self, queue: u32, now_ms: u64, changes: &mut Vec<Change>) {
        let wall_s = self.wall_s(now_ms);
        let word =
            self.surge_by_hand(queue, wall_s).map(|word| (word.until_s, Happening::SurgeWordEnds(queue)));
        let window = || {
            let ends_s = self.catalog.queues.get(&queue)?.surge.as_ref()?.floor_falls_s(wall_s)?;
            Some((ends_s, Happening::SurgeWindowEnds(queue)))
        };
        if let Some((ends_s, what)) = word.or_else(window) {
            changes.push(Change { at_ms: self.engine_ms(ends_s).max(now_ms), what });
        }
    }
}
