//! What will change by itself, and when: the deadlines that concern a contact or an agent. Reads what timers
//! are armed for; must not arm any.

use crate::{
    engine::state::{Agent, Contact, State},
    plan::model::Ring,
    proto::journal::{AssignmentStage, ContactStage},
};

use super::{AgentHindered, Change, Happening};

/// So many changes are told at most.
pub const CHANGES_MAX: usize = 50;

impl State {
    /// What will change for a contact. `near`: the agents told, whose wrap-ups and offers matter where only
    /// room is missing; `shifts`: the changes of schedules.
    pub(super) fn contact_changes(
        &self,
        contact: &Contact,
        near: &[AgentHindered],
        shifts: Vec<Change>,
        now_ms: u64,
    ) -> (Vec<Change>, usize) {
        let record = &contact.record;
        let stage = record.stage();
        let mut changes = shifts;
        if matches!(stage, ContactStage::Waiting | ContactStage::Offered) {
            self.hours_changes(contact, now_ms, &mut changes);
            self.ring_changes(contact, now_ms, &mut changes);
            self.surge_changes(record.queue, now_ms, &mut changes);
            if record.kept_for() != 0 {
                changes.push(Change {
                    at_ms: record.kept_until_ms(),
                    what: Happening::KeepEnds(record.kept_for()),
                });
            }
            let excluded = record.exclusions().iter().filter(|entry| entry.until_ms > now_ms);
            changes.extend(
                excluded.map(|entry| Change {
                    at_ms: entry.until_ms,
                    what: Happening::ExclusionEnds(entry.agent),
                }),
            );
        }
        self.leg_change(record.offer, &mut changes);
        self.conversation_changes(contact, &mut changes);
        for entry in near.iter().filter(|entry| entry.hindrances.iter().all(|why| why.is_room())) {
            let work = self.agent(entry.agent).map_or(&[][..], |agent| &agent.work);
            work.iter().for_each(|offer| self.leg_change(*offer, &mut changes));
        }
        changes.sort_unstable();
        changes.dedup();
        let left_out = changes.len().saturating_sub(CHANGES_MAX);
        changes.truncate(CHANGES_MAX);
        (changes, left_out)
    }

    /// What will change by the conversation's times.
    fn conversation_changes(&self, contact: &Contact, changes: &mut Vec<Change>) {
        let record = &contact.record;
        let dues = self.dues(record.contact);
        let stage = match record.stage() {
            ContactStage::Active => Some(Happening::Parks),
            ContactStage::Parked => Some(Happening::ParkedEnds),
            ContactStage::WithBot => Some(Happening::LeavesBot),
            _ => None,
        };
        if let Some(what) = stage.filter(|_| dues.stage_ms > 0) {
            changes.push(Change { at_ms: dues.stage_ms, what });
        }
        if let Some(window) = record.window().filter(|_| dues.window_ms > 0) {
            let ends = dues.window_ms >= window.until_ms;
            let what = if ends { Happening::WindowEnds } else { Happening::WindowRises };
            changes.push(Change { at_ms: dues.window_ms, what });
        }
        // What becomes of a promise or callback later is no longer about a contact of it that has ended.
        let live = record.stage() != ContactStage::Closed;
        let promise = self.promises.get(&record.talk().promise).filter(|_| live);
        if let Some(promise) = promise.filter(|promise| promise.due_ms > 0) {
            let at_ms = promise.due_ms;
            let what = match promise.record.callback.as_deref() {
                None => Happening::PromiseEscalates,
                Some(callback) if callback.dial_deadline_ms == at_ms => Happening::DialEnds,
                Some(callback) if callback.expire_ms == at_ms => Happening::CallbackExpires,
                Some(_) => Happening::CallbackRests,
            };
            changes.push(Change { at_ms, what });
        }
    }

    /// When a closed queue opens, as far as is known.
    fn opening_ms(&self, queue: u32, now_ms: u64) -> Option<u64> {
        let opening_s = self.next_opening_s(queue, self.wall_s(now_ms))?;
        Some(self.engine_ms(opening_s).max(now_ms))
    }

    /// When the contact's queue opens or closes, and when its longest wait is over by the queue's clock.
    fn hours_changes(&self, contact: &Contact, now_ms: u64, changes: &mut Vec<Change>) {
        let record = &contact.record;
        let (queue, now_s) = (record.queue, self.wall_s(now_ms));
        if let Some(at_s) = self.hours_change_s(queue, now_s) {
            let opens = !self.open_by_rules(queue, now_s);
            let what = if opens { Happening::QueueOpens(queue) } else { Happening::QueueCloses(queue) };
            changes.push(Change { at_ms: self.engine_ms(at_s).max(now_ms), what });
        }
        let stands = self.queue_hours(queue).is_some_and(|hours| hours.clock_stopped);
        let wait_ends_ms = if stands {
            let opening_ms = self.opening_ms(queue, now_ms);
            let left = self.longest_wait_ms(record, now_ms).zip(opening_ms);
            left.map(|(due_ms, opening_ms)| due_ms.saturating_add(opening_ms - now_ms))
        } else {
            Some(contact.max_wait_due_ms).filter(|due_ms| *due_ms > 0)
        };
        changes.extend(wait_ends_ms.map(|at_ms| Change { at_ms, what: Happening::WaitEnds }));
    }

    /// The rings to come, each after the one before. None opens while the queue is closed: what falls due till the
    /// opening counts from there.
    fn ring_changes(&self, contact: &Contact, now_ms: u64, changes: &mut Vec<Change>) {
        let record = &contact.record;
        let closed = !self.queue_open(record.queue);
        let opening_ms = if closed { self.opening_ms(record.queue, now_ms) } else { Some(0) };
        let resting = self.schedules.resting.contains(&(record.queue, record.contact));
        let mut at_ms = contact.ring_due_ms;
        let (Some(opening_ms), true) = (opening_ms, at_ms > 0 || (closed && resting)) else {
            return;
        };
        let own = record.wants.as_ref().map_or(&[][..], |wants| &wants.rings);
        let queue = self.plan.queues.get(self.names.id(record.queue));
        let of_queue = queue.map_or(&[][..], |queue| &queue.rings);
        let afters: Vec<u64> = if own.is_empty() {
            of_queue.iter().map(|ring: &Ring| ring.after_ms).collect()
        } else {
            own.iter().map(|ring| ring.after_ms).collect()
        };
        let open = self.ring_in_force(record);
        for (ring, after_ms) in (1..).zip(afters).skip(record.ring as usize) {
            if ring > record.ring + 1 {
                at_ms += after_ms;
            } else if at_ms < opening_ms {
                at_ms = opening_ms + after_ms;
            }
            // What the surge of its queue has opened already does not change anything.
            if ring > open {
                let what = if closed { Happening::RingRests(ring) } else { Happening::RingOpens(ring) };
                changes.push(Change { at_ms, what });
            }
        }
    }

    /// The deadline of an offer or a wrap-up, if it has one.
    fn leg_change(&self, offer: u64, changes: &mut Vec<Change>) {
        let Some(leg) = self.assignment(offer).filter(|leg| leg.deadline_ms > 0) else {
            return;
        };
        let what = match leg.stage() {
            AssignmentStage::Offered => Happening::OfferLapses(leg.contact, leg.agent),
            AssignmentStage::WrapUp => Happening::WrapUpEnds(leg.contact, leg.agent),
            _ => return,
        };
        changes.push(Change { at_ms: leg.deadline_ms, what });
    }

    /// What will change for an agent.
    pub(super) fn agent_changes(&self, agent: &Agent, now_ms: u64) -> Vec<Change> {
        let mut changes = Vec::new();
        let record = &agent.record;
        if record.session != 0 && !record.connected {
            let what = Happening::GraceEnds(record.agent);
            changes.push(Change { at_ms: record.grace_deadline_ms, what });
        }
        let shift_s = self.shift_changes_s(agent, now_ms);
        if shift_s != 0 {
            let what = Happening::ShiftChanges(record.agent);
            changes.push(Change { at_ms: self.engine_ms(shift_s), what });
        }
        agent.work.iter().for_each(|offer| self.leg_change(*offer, &mut changes));
        changes.sort_unstable();
        changes
    }
}
