//! What a consult means for the contact that it is about.

use crate::{
    engine::state::State,
    proto::journal::{self as j, AgentRule, OfferTrigger},
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

    /// A consult that has gone to a queue is for anybody there, who has yet to join the conversation.
    pub(super) fn consult_begins_anew(&mut self, consult: u64) {
        if self.contact(consult).is_some_and(j::ContactRecord::is_consult)
            && let Some(talk) = self.talk_mut(consult)
        {
            talk.asked_agent = 0;
            talk.conference = false;
        }
    }

    /// The agent who asked keeps its assignment until the next event; what the consultant held for the consult
    /// has gone with the event before.
    pub(super) fn consult_handed_over(&mut self, event: &j::ConsultHandedOver) -> Effect {
        let effect = self.about_contact(event.contact);
        self.assign_at_once(j::AssignmentRecord {
            offer: event.offer,
            epoch: event.epoch,
            contact: event.contact,
            agent: event.agent,
            units: event.units,
            realtime: event.realtime,
            interruptible: event.interruptible,
            channel: effect.channel,
            queue: effect.queue,
            trigger: OfferTrigger::ByHand.into(),
            rule: AgentRule::Named.into(),
            ring: self.contact(event.contact).map_or(0, |record| record.ring),
            ..j::AssignmentRecord::default()
        });
        self.handed_leg_over(event);
        self.agent_changed(event.agent, OfferTrigger::CapacityFreed);
        self.rearm_dues(event.contact);
        Effect { agent: event.agent, offer: event.offer, ..effect }
    }
}
