//! What the events of offers and assignments mean, for the contact and for the agent's capacity.

use crate::proto::journal::{self as j, AssignmentStage, ContactStage, OfferEnd};

use super::{Effect, WaitEnd};
use crate::{
    engine::{limits::EXCLUSIONS_MAX, state::State, timers::Timer},
    proto::journal::OfferTrigger,
};

impl State {
    pub(super) fn contact_offered(&mut self, event: &j::ContactOffered) -> Effect {
        let mut effect = self.about_contact(event.contact);
        let record = j::AssignmentRecord {
            offer: event.offer,
            epoch: event.epoch,
            contact: event.contact,
            agent: event.agent,
            stage: AssignmentStage::Offered.into(),
            units: event.units,
            realtime: event.realtime,
            interruptible: event.interruptible,
            channel: effect.channel,
            queue: effect.queue,
            offered_ms: self.now_ms,
            deadline_ms: event.deadline_ms,
            trigger: event.trigger,
            rule: event.rule,
            ring: event.ring,
            preferred_matched: event.preferred_matched,
            idle_ms: event.idle_ms,
            rank: event.rank,
            waited: event.waited,
            ..j::AssignmentRecord::default()
        };
        self.last_offer = self.last_offer.max(event.offer);
        self.add_assignment(record);
        if let Some(agent) = self.agents.get_mut(u64::from(event.agent)) {
            agent.record.offered_sequence = self.sequence;
        }
        self.agent_changed(event.agent, OfferTrigger::CapacityFreed);
        if let Some(contact) = self.contacts.get_mut(event.contact) {
            contact.record.offer = event.offer;
            contact.record.epoch = event.epoch;
        }
        self.change_stage(event.contact, ContactStage::Offered, OfferTrigger::ContactWaiting);
        if event.waited {
            self.taken(effect.queue);
        }
        effect.agent = event.agent;
        effect.offer = event.offer;
        effect
    }

    /// Puts an assignment into the maps, and arms its timer.
    pub(in crate::engine) fn add_assignment(&mut self, record: j::AssignmentRecord) {
        match record.stage() {
            AssignmentStage::Offered => self.timers.arm(Timer::Offer(record.offer), record.deadline_ms),
            AssignmentStage::WrapUp if record.deadline_ms > 0 => {
                self.timers.arm(Timer::WrapUp(record.offer), record.deadline_ms);
            }
            _ => {}
        }
        if let Some(contact) = self.contacts.get_mut(record.contact) {
            contact.legs += 1;
        }
        if let Some(agent) = self.agents.get_mut(u64::from(record.agent)) {
            agent.work.push(record.offer);
            agent.load.add(&record);
        }
        self.assignments.insert(record.offer, record);
    }

    /// Puts in an assignment that nobody was offered: its contact is with the agent from now on.
    pub(super) fn assign_at_once(&mut self, leg: j::AssignmentRecord) {
        let now_ms = self.now_ms;
        self.last_offer = self.last_offer.max(leg.offer);
        self.add_assignment(j::AssignmentRecord {
            stage: AssignmentStage::Active.into(),
            offered_ms: now_ms,
            accepted_ms: now_ms,
            connected_ms: now_ms,
            ..leg
        });
        if let Some(contact) = self.contacts.get_mut(leg.contact) {
            let record = &mut contact.record;
            record.offer = leg.offer;
            record.epoch = leg.epoch;
            record.known_agent = leg.agent;
            record.service_mut().last_agent = leg.agent;
        }
    }

    pub(super) fn drop_assignment(&mut self, offer: u64) -> Option<j::AssignmentRecord> {
        let record = self.assignments.remove(offer)?;
        self.not_taken(&record);
        match record.stage() {
            AssignmentStage::Offered => self.timers.disarm(Timer::Offer(offer), record.deadline_ms),
            AssignmentStage::WrapUp if record.deadline_ms > 0 => {
                self.timers.disarm(Timer::WrapUp(offer), record.deadline_ms);
            }
            _ => {}
        }
        if let Some(contact) = self.contacts.get_mut(record.contact) {
            contact.legs = contact.legs.saturating_sub(1);
            if contact.record.offer == offer {
                contact.record.offer = 0;
            }
        }
        if let Some(agent) = self.agents.get_mut(u64::from(record.agent)) {
            agent.work.retain(|other| *other != offer);
            agent.load.remove(&record);
        }
        Some(record)
    }

    /// Moves an assignment on, with what it takes of its agent.
    pub(super) fn move_assignment(
        &mut self,
        offer: u64,
        change: impl FnOnce(&mut j::AssignmentRecord),
    ) -> Option<j::AssignmentRecord> {
        let record = self.assignments.get_mut(offer)?;
        let before = *record;
        change(record);
        if let Some(agent) = self.agents.get_mut(u64::from(before.agent)) {
            agent.load.remove(&before);
            agent.load.add(record);
        }
        Some(before)
    }

    pub(super) fn offer_ended(&mut self, event: &j::OfferEnded) -> Effect {
        let Some(record) = self.drop_assignment(event.offer) else {
            return Effect::default();
        };
        let mut effect = self.about_contact(record.contact);
        if event.excluded_until_ms > self.now_ms {
            self.exclude(record.contact, record.agent, event.excluded_until_ms);
        }
        if matches!(event.reason(), OfferEnd::NoAnswer | OfferEnd::Declined) {
            self.keep_no_longer(record.contact, record.agent);
        }
        self.note_back(record.contact);
        self.change_stage(record.contact, ContactStage::Waiting, OfferTrigger::ContactWaiting);
        if let Some(agent) = self.agents.get_mut(u64::from(record.agent)) {
            match event.reason() {
                OfferEnd::NoAnswer => agent.record.missed_in_row += 1,
                OfferEnd::Declined => agent.record.missed_in_row = 0,
                _ => {}
            }
        }
        self.agent_changed(record.agent, OfferTrigger::CapacityFreed);
        effect.agent = record.agent;
        effect.offer = event.offer;
        effect.offer_ms = Some(self.now_ms - record.offered_ms);
        effect
    }

    /// A contact kept for this agent is not, after the agent has let it go.
    fn keep_no_longer(&mut self, number: u64, agent: u32) {
        let Some(contact) = self.contacts.get_mut(number) else {
            return;
        };
        let record = &mut contact.record;
        if record.kept_for() == agent {
            self.timers.disarm(Timer::Keep(number), record.kept_until_ms());
            record.keep(0, 0);
        }
    }

    fn exclude(&mut self, number: u64, agent: u32, until_ms: u64) {
        let now_ms = self.now_ms;
        let Some(contact) = self.contacts.get_mut(number) else {
            return;
        };
        let list = &mut contact.record.service_mut().exclusions;
        let timers = &mut self.timers;
        list.retain(|entry| {
            let kept = entry.agent != agent && entry.until_ms > now_ms;
            if !kept {
                timers.disarm(Timer::Exclusion(number, entry.agent), entry.until_ms);
            }
            kept
        });
        if list.len() >= EXCLUSIONS_MAX
            && let Some(first) = list.iter().enumerate().min_by_key(|(_, entry)| entry.until_ms)
        {
            let first = first.0;
            let dropped = list.remove(first);
            self.timers.disarm(Timer::Exclusion(number, dropped.agent), dropped.until_ms);
        }
        list.push(j::Exclusion { agent, until_ms });
        self.timers.arm(Timer::Exclusion(number, agent), until_ms);
    }

    pub(super) fn offer_accepted(&mut self, event: &j::OfferAccepted) -> Effect {
        let (now_ms, sequence) = (self.now_ms, self.sequence);
        let before = self.move_assignment(event.offer, |record| {
            record.accepted_ms = now_ms;
            record.deadline_ms = 0;
            record.set_stage(AssignmentStage::Connecting);
        });
        let Some(before) = before else {
            return Effect::default();
        };
        self.timers.disarm(Timer::Offer(event.offer), before.deadline_ms);
        if let Some(agent) = self.agents.get_mut(u64::from(before.agent)) {
            agent.record.missed_in_row = 0;
            agent.record.idle_sequence = sequence;
            agent.record.idle_since_ms = now_ms;
        }
        if let Some(contact) = self.contacts.get_mut(before.contact) {
            contact.record.service_mut().last_agent = before.agent;
            contact.record.known_agent = before.agent;
        }
        let mut effect = if before.realtime {
            self.change_stage(before.contact, ContactStage::Connecting, OfferTrigger::ContactWaiting);
            self.agent_moved(before.agent);
            let effect = self.about_contact(before.contact);
            Effect { agent: before.agent, offer: event.offer, ..effect }
        } else {
            self.contact_connected(event.offer)
        };
        effect.offer_ms = Some(now_ms - before.offered_ms);
        if event.dial_deadline_ms != 0 {
            self.attempt_began(before.contact, event.dial_deadline_ms);
        }
        effect
    }

    pub(super) fn contact_connected(&mut self, offer: u64) -> Effect {
        let now_ms = self.now_ms;
        let before = self.move_assignment(offer, |record| {
            record.connected_ms = now_ms;
            record.set_stage(AssignmentStage::Active);
        });
        let Some(before) = before else {
            return Effect::default();
        };
        self.answered(&before);
        let mut effect = self.about_contact(before.contact);
        let wait_ms = self.contact(before.contact).map_or(0, |record| record.leg_wait_ms(now_ms));
        if let Some(record) = self.assignments.get_mut(offer) {
            record.wait_ms = wait_ms;
        }
        self.change_stage(before.contact, ContactStage::Active, OfferTrigger::ContactWaiting);
        self.stop_clock(before.contact);
        let callback = self.contact(before.contact).is_some_and(|record| self.is_to_reach(record));
        let end = if callback { WaitEnd::AnsweredCallback } else { WaitEnd::Answered };
        if let Some(contact) = self.contacts.get_mut(before.contact) {
            let service = contact.record.service_mut();
            if service.answered_ms == 0 {
                service.answered_ms = now_ms;
            }
            service.active_ms = now_ms;
            effect.wait = Some((end, now_ms - contact.record.queue_entered_ms));
        }
        if let Some((_, wait_ms)) = effect.wait {
            let counts = self.count(effect.queue, effect.channel);
            counts.answered += 1;
            if callback {
                counts.callbacks_answered += 1;
            } else {
                counts.answered_wait_ms += wait_ms;
            }
        }
        if self.contact(before.contact).is_some_and(|record| record.talk().callback) {
            self.attempt_over(before.contact);
        }
        self.agent_moved(before.agent);
        effect.agent = before.agent;
        effect.offer = offer;
        effect
    }

    pub(super) fn wrap_up_started(&mut self, event: &j::WrapUpStarted) -> Effect {
        let now_ms = self.now_ms;
        let before = self.move_assignment(event.offer, |record| {
            record.set_stage(AssignmentStage::WrapUp);
            record.deadline_ms = event.deadline_ms;
            record.ended_ms = now_ms;
        });
        let Some(before) = before else {
            return Effect::default();
        };
        if event.deadline_ms > 0 {
            self.timers.arm(Timer::WrapUp(event.offer), event.deadline_ms);
        }
        self.agent_moved(before.agent);
        self.agent_leg_over(&before, None);
        Effect { handle_ms: Some(now_ms - before.connected_ms), ..about_assignment(&before) }
    }

    pub(super) fn assignment_ended(&mut self, event: &j::AssignmentEnded) -> Effect {
        let Some(record) = self.drop_assignment(event.offer) else {
            return Effect::default();
        };
        if let Some(agent) = self.agents.get_mut(u64::from(record.agent)) {
            agent.record.idle_sequence = self.sequence;
            agent.record.idle_since_ms = self.now_ms;
        }
        self.agent_changed(record.agent, OfferTrigger::CapacityFreed);
        self.drop_removed_agent(record.agent);
        self.agent_leg_over(&record, Some(event.reason()));
        let (handle_ms, wrap_up_ms) = match record.stage() {
            AssignmentStage::Active => (Some(self.now_ms - record.connected_ms), None),
            AssignmentStage::WrapUp => (None, Some(self.now_ms - record.ended_ms)),
            _ => (None, None),
        };
        Effect { handle_ms, wrap_up_ms, ..about_assignment(&record) }
    }
}

/// An effect about an assignment, in the queue in which it was offered.
fn about_assignment(record: &j::AssignmentRecord) -> Effect {
    Effect {
        contact: record.contact,
        agent: record.agent,
        queue: record.queue,
        channel: record.channel,
        offer: record.offer,
        ..Effect::default()
    }
}
