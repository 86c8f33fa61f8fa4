//! What a consult means for the contact that it is about.

use crate::{
    engine::state::State,
    proto::journal::{self as j, AgentRule, AssignmentStage, OfferTrigger},
};

use super::Effect;

impl State {
    /// A contact has got a consult.
    pub(super) fn consult_began(&mut self, parent: u64, consult: u64) {
        if let Some(talk) = self.talk_mut(parent) {
            talk.consult = consult;
        }
        self.rearm_dues(parent);
        self.about_contact(parent);
    }

    /// If what has ended was a consult, its parent has none any more. Returns the parent; 0: it was none.
    pub(super) fn consult_closed(&mut self, consult: u64) -> u64 {
        let parent = self.contact(consult).map_or(0, |record| record.talk().parent);
        if self.contact(parent).is_some_and(|record| record.talk().consult == consult) {
            let now_ms = self.now_ms;
            if let Some(talk) = self.talk_mut(parent) {
                talk.consult = 0;
                talk.consult_ended_ms = now_ms;
            }
            self.rearm_dues(parent);
            self.about_contact(parent);
        }
        parent
    }

    pub(super) fn consult_joined(&mut self, event: &j::ConsultJoined) -> Effect {
        if let Some(talk) = self.talk_mut(event.consult) {
            talk.conference = true;
        }
        let parent = self.contact(event.consult).map_or(0, |record| record.talk().parent);
        self.about_contact(parent);
        Effect { parent, ..self.about_contact(event.consult) }
    }

    /// A consult that has gone to a queue is for anybody there.
    pub(super) fn consult_for_anybody(&mut self, consult: u64) {
        if self.contact(consult).is_some_and(|record| record.talk().asked_agent != 0)
            && let Some(talk) = self.talk_mut(consult)
        {
            talk.asked_agent = 0;
        }
    }

    /// The agent who asked keeps its assignment until the next event; what the consultant held for the consult
    /// has gone with the event before.
    pub(super) fn consult_handed_over(&mut self, event: &j::ConsultHandedOver) -> Effect {
        let now_ms = self.now_ms;
        let effect = self.about_contact(event.contact);
        let record = j::AssignmentRecord {
            offer: event.offer,
            epoch: event.epoch,
            contact: event.contact,
            agent: event.agent,
            stage: AssignmentStage::Active.into(),
            units: event.units,
            realtime: event.realtime,
            interruptible: event.interruptible,
            channel: effect.channel,
            queue: effect.queue,
            offered_ms: now_ms,
            accepted_ms: now_ms,
            connected_ms: now_ms,
            trigger: OfferTrigger::ByHand.into(),
            rule: AgentRule::Named.into(),
            ring: self.contact(event.contact).map_or(0, |record| record.ring),
            ..j::AssignmentRecord::default()
        };
        self.last_offer = self.last_offer.max(event.offer);
        self.add_assignment(record);
        if let Some(contact) = self.contacts.get_mut(event.contact) {
            contact.record.offer = event.offer;
            contact.record.epoch = event.epoch;
            contact.record.known_agent = event.agent;
            contact.record.service_mut().last_agent = event.agent;
        }
        self.agent_changed(event.agent, OfferTrigger::CapacityFreed);
        self.rearm_dues(event.contact);
        Effect { agent: event.agent, offer: event.offer, ..effect }
    }
}
