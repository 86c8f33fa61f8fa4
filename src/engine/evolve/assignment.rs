//! What the events of offers and assignments mean, for the contact and for the agent's capacity.

use crate::proto::journal::{self as j, AssignmentStage, ContactStage, OfferEnd};

use super::{Effect, WaitEnd};
use crate::engine::{limits::EXCLUSIONS_MAX, state::State, timers::Timer};

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
            ..j::AssignmentRecord::default()
        };
        self.last_offer = self.last_offer.max(event.offer);
        self.add_assignment(record);
        self.work_changed(event.agent, false);
        self.leave_stage(event.contact);
        if let Some(contact) = self.contacts.get_mut(&event.contact) {
            contact.record.offer = event.offer;
            contact.record.epoch = event.epoch;
        }
        self.enter_stage(event.contact, ContactStage::Offered);
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
        if let Some(contact) = self.contacts.get_mut(&record.contact) {
            contact.legs += 1;
        }
        if let Some(agent) = self.agents.get_mut(&record.agent) {
            agent.work.insert(record.offer);
        }
        self.assignments.insert(record.offer, record);
    }

    fn drop_assignment(&mut self, offer: u64) -> Option<j::AssignmentRecord> {
        let record = self.assignments.remove(&offer)?;
        self.timers.disarm(Timer::Offer(offer));
        self.timers.disarm(Timer::WrapUp(offer));
        if let Some(contact) = self.contacts.get_mut(&record.contact) {
            contact.legs = contact.legs.saturating_sub(1);
            if contact.record.offer == offer {
                contact.record.offer = 0;
            }
        }
        if let Some(agent) = self.agents.get_mut(&record.agent) {
            agent.work.remove(&offer);
        }
        Some(record)
    }

    pub(super) fn offer_ended(&mut self, event: &j::OfferEnded) -> Effect {
        let Some(record) = self.drop_assignment(event.offer) else {
            return Effect::default();
        };
        let mut effect = self.about_contact(record.contact);
        self.leave_stage(record.contact);
        if event.excluded_until_ms > self.now_ms {
            self.exclude(record.contact, record.agent, event.excluded_until_ms);
        }
        self.enter_stage(record.contact, ContactStage::Waiting);
        if let Some(agent) = self.agents.get_mut(&record.agent) {
            match event.reason() {
                OfferEnd::NoAnswer => agent.record.missed_in_row += 1,
                OfferEnd::Declined => agent.record.missed_in_row = 0,
                _ => {}
            }
        }
        self.work_changed(record.agent, true);
        effect.agent = record.agent;
        effect.offer = event.offer;
        effect.offer_ms = Some(self.now_ms - record.offered_ms);
        effect
    }

    fn exclude(&mut self, number: u64, agent: u32, until_ms: u64) {
        let now_ms = self.now_ms;
        let Some(contact) = self.contacts.get_mut(&number) else {
            return;
        };
        let list = &mut contact.record.exclusions;
        list.retain(|entry| entry.agent != agent && entry.until_ms > now_ms);
        if list.len() >= EXCLUSIONS_MAX
            && let Some(first) = list.iter().enumerate().min_by_key(|(_, entry)| entry.until_ms)
        {
            let first = first.0;
            let dropped = list.remove(first);
            self.timers.disarm(Timer::Exclusion(number, dropped.agent));
        }
        list.push(j::Exclusion { agent, until_ms });
        self.timers.arm(Timer::Exclusion(number, agent), until_ms);
    }

    pub(super) fn offer_accepted(&mut self, event: &j::OfferAccepted) -> Effect {
        let (now_ms, sequence) = (self.now_ms, self.sequence);
        self.timers.disarm(Timer::Offer(event.offer));
        let Some(record) = self.assignments.get_mut(&event.offer) else {
            return Effect::default();
        };
        record.accepted_ms = now_ms;
        record.deadline_ms = 0;
        record.set_stage(AssignmentStage::Connecting);
        let (number, agent_number) = (record.contact, record.agent);
        let (offered_ms, realtime) = (record.offered_ms, record.realtime);
        if let Some(agent) = self.agents.get_mut(&agent_number) {
            agent.record.missed_in_row = 0;
            agent.record.idle_sequence = sequence;
        }
        self.leave_stage(number);
        if let Some(contact) = self.contacts.get_mut(&number) {
            contact.record.last_agent = agent_number;
        }
        self.enter_stage(number, ContactStage::Connecting);
        let mut effect = if realtime {
            let mut effect = self.about_contact(number);
            effect.agent = agent_number;
            effect.offer = event.offer;
            self.work_changed(agent_number, false);
            effect
        } else {
            self.contact_connected(event.offer)
        };
        effect.offer_ms = Some(now_ms - offered_ms);
        effect
    }

    pub(super) fn contact_connected(&mut self, offer: u64) -> Effect {
        let now_ms = self.now_ms;
        let Some(record) = self.assignments.get_mut(&offer) else {
            return Effect::default();
        };
        record.connected_ms = now_ms;
        record.set_stage(AssignmentStage::Active);
        let (number, agent) = (record.contact, record.agent);
        let mut effect = self.about_contact(number);
        self.leave_stage(number);
        if let Some(contact) = self.contacts.get_mut(&number) {
            let record = &mut contact.record;
            if record.answered_ms == 0 {
                record.answered_ms = now_ms;
            }
            record.active_ms = now_ms;
            effect.wait = Some((WaitEnd::Answered, now_ms - record.queue_entered_ms));
        }
        self.enter_stage(number, ContactStage::Active);
        if let Some((_, wait_ms)) = effect.wait {
            let counts = self.count(effect.queue, effect.channel);
            counts.answered += 1;
            counts.answered_wait_ms += wait_ms;
        }
        self.work_changed(agent, false);
        effect.agent = agent;
        effect.offer = offer;
        effect
    }

    pub(super) fn wrap_up_started(&mut self, event: &j::WrapUpStarted) -> Effect {
        let now_ms = self.now_ms;
        let Some(record) = self.assignments.get_mut(&event.offer) else {
            return Effect::default();
        };
        let handle_ms = now_ms - record.connected_ms;
        record.set_stage(AssignmentStage::WrapUp);
        record.deadline_ms = event.deadline_ms;
        record.ended_ms = now_ms;
        let effect = about_assignment(record);
        if event.deadline_ms > 0 {
            self.timers.arm(Timer::WrapUp(event.offer), event.deadline_ms);
        }
        self.work_changed(effect.agent, false);
        Effect { handle_ms: Some(handle_ms), ..effect }
    }

    pub(super) fn assignment_ended(&mut self, event: &j::AssignmentEnded) -> Effect {
        let Some(record) = self.drop_assignment(event.offer) else {
            return Effect::default();
        };
        if let Some(agent) = self.agents.get_mut(&record.agent) {
            agent.record.idle_sequence = self.sequence;
        }
        self.work_changed(record.agent, true);
        self.drop_removed_agent(record.agent);
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
