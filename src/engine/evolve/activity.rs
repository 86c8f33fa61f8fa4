//! What activity, parking and reply windows mean, and the timers of a contact's stage and window: armed for
//! what record and catalog say, whenever either may have changed.

use crate::{
    engine::{catalog::ChannelInfo, conversation::Dues, state::State, timers::Timer, window},
    proto::journal::{self as j, ActivityKind, AgentRule, ContactStage, OfferTrigger},
};

use super::Effect;

impl State {
    pub(super) fn activity_recorded(&mut self, event: &j::ActivityRecorded) -> Effect {
        let number = event.contact;
        let Some(record) = self.contact(number) else {
            return Effect::default();
        };
        let raise = event.window.map_or(0, |window| window.raise).max(record.talk().raise);
        let told = if raise == record.added_priority() {
            let told = self.note_activity(event);
            self.rearm_dues(number);
            told
        } else {
            let mut told = Effect::default();
            self.re_place(number, OfferTrigger::RulesChanged, |state| told = state.note_activity(event));
            told
        };
        let Effect { first_response_ms, response_ms, .. } = told;
        Effect { first_response_ms, response_ms, ..self.about_served(number) }
    }

    /// Notes who wrote when and what may be sent now. Tells the times of an agent's answer.
    fn note_activity(&mut self, event: &j::ActivityRecorded) -> Effect {
        let (number, now_ms) = (event.contact, self.now_ms);
        let mut told = Effect::default();
        let Some(record) = self.contact(number) else {
            return told;
        };
        let (enqueued_ms, waits_ms) = (record.enqueued_ms, !record.keeps_promise());
        let connected_ms = self.assignment(record.offer).map_or(0, |leg| leg.connected_ms);
        let Some(talk) = self.talk_mut(number) else {
            return told;
        };
        match event.kind() {
            ActivityKind::CustomerMessage => {
                talk.customer_ms = now_ms;
                if talk.turn_ms == 0 {
                    talk.turn_ms = now_ms;
                }
            }
            ActivityKind::CustomerAction => talk.customer_ms = now_ms,
            ActivityKind::AgentMessage => {
                if talk.agent_ms == 0 {
                    talk.first_response_ms = now_ms - enqueued_ms;
                    // Whom a promise is kept to has not come in and waited.
                    told.first_response_ms = waits_ms.then_some(talk.first_response_ms);
                }
                talk.agent_ms = now_ms;
                if talk.turn_ms != 0 {
                    // What the customer waited in the queue is not the agent's time.
                    let response_ms = now_ms - talk.turn_ms.max(connected_ms);
                    talk.responses += 1;
                    talk.responses_ms += response_ms;
                    talk.turn_ms = 0;
                    told.response_ms = Some(response_ms);
                }
            }
            ActivityKind::AutomaticMessage | ActivityKind::Unspecified => {}
        }
        if let Some(service) =
            self.contacts.get_mut(number).and_then(|contact| contact.record.service.as_mut())
        {
            service.window = event.window.map(Box::new);
        }
        told
    }

    /// An effect about the contact and the agent who has it, if one does.
    fn about_served(&mut self, number: u64) -> Effect {
        let effect = self.about_contact(number);
        let leg = self.contact(number).and_then(|record| self.assignment(record.offer));
        let (agent, offer) = leg.map_or((0, 0), |leg| (leg.agent, leg.offer));
        Effect { agent, offer, ..effect }
    }

    pub(super) fn contact_parked(&mut self, event: &j::ContactParked) -> Effect {
        let now_ms = self.now_ms;
        if let Some(talk) = self.talk_mut(event.contact) {
            talk.parked_ms = now_ms;
        }
        self.change_stage(event.contact, ContactStage::Parked, OfferTrigger::ContactWaiting);
        self.about_served(event.contact)
    }

    /// It is with its agent again as if it had never been away: no wait ends and nothing is answered, and its age
    /// still stands since it was answered.
    pub(super) fn contact_resumed(&mut self, event: &j::ContactResumed) -> Effect {
        let (now_ms, sequence) = (self.now_ms, self.sequence);
        let parked = self.is_parked(event.contact);
        let effect = self.about_contact(event.contact);
        self.assign_at_once(j::AssignmentRecord {
            offer: event.offer,
            epoch: event.epoch,
            contact: event.contact,
            agent: event.agent,
            units: event.units,
            interruptible: event.interruptible,
            channel: effect.channel,
            queue: effect.queue,
            trigger: OfferTrigger::ContactWaiting.into(),
            rule: AgentRule::LastAgent.into(),
            ..j::AssignmentRecord::default()
        });
        if let Some(agent) = self.agents.get_mut(u64::from(event.agent)) {
            agent.record.idle_sequence = sequence;
            agent.record.idle_since_ms = now_ms;
        }
        self.change_stage(event.contact, ContactStage::Active, OfferTrigger::ContactWaiting);
        self.agent_changed(event.agent, OfferTrigger::CapacityFreed);
        Effect { agent: event.agent, offer: event.offer, unparked: parked, ..effect }
    }

    pub(super) fn is_parked(&self, contact: u64) -> bool {
        self.contact(contact).is_some_and(|record| record.stage() == ContactStage::Parked)
    }

    pub(super) fn window_neared(&mut self, event: &j::WindowNeared) -> Effect {
        self.re_place(event.contact, OfferTrigger::RulesChanged, |state| {
            let contact = state.contacts.get_mut(event.contact);
            let service = contact.and_then(|contact| contact.record.service.as_mut());
            if let Some(window) = service.and_then(|service| service.window.as_mut()) {
                window.steps = event.steps;
                window.raise = event.raise;
            }
        });
        self.about_served(event.contact)
    }

    /// Arms the end of a contact's stage anew.
    pub(in crate::engine) fn rearm_stage(&mut self, number: u64) {
        let due_ms = self.contact(number).map_or(0, |record| self.stage_due_ms(record));
        self.arm_due(Timer::Stage(number), number, due_ms, |dues| &mut dues.stage_ms);
    }

    /// Arms the next step of a contact's reply window anew.
    pub(in crate::engine) fn rearm_window(&mut self, number: u64) {
        let due_ms = self.contact(number).map_or(0, |record| self.window_due_ms(record));
        self.arm_due(Timer::Window(number), number, due_ms, |dues| &mut dues.window_ms);
    }

    /// Nothing falls due for a contact any more.
    pub(super) fn disarm_dues(&mut self, number: u64) {
        let dues = self.contacts.get_mut(number).and_then(|contact| contact.dues.take());
        if let Some(dues) = dues {
            self.timers.disarm(Timer::Stage(number), dues.stage_ms);
            self.timers.disarm(Timer::Window(number), dues.window_ms);
        }
    }

    fn arm_due(&mut self, timer: Timer, number: u64, due_ms: u64, of: fn(&mut Dues) -> &mut u64) {
        let Some(contact) = self.contacts.get_mut(number) else {
            return;
        };
        if contact.dues.is_none() && due_ms == 0 {
            return;
        }
        let dues = contact.dues.get_or_insert_default();
        let before_ms = std::mem::replace(of(dues), due_ms);
        if **dues == Dues::default() {
            contact.dues = None;
        }
        // It may have fired, so it is armed though its time be the same.
        if before_ms != 0 {
            self.timers.disarm(timer, before_ms);
        }
        if due_ms != 0 {
            self.timers.arm(timer, due_ms);
        }
    }

    /// When a contact's stage ends by itself; 0: it doesn't.
    fn stage_due_ms(&self, record: &j::ContactRecord) -> u64 {
        let Some(channel) = self.catalog.channels.get(&record.channel) else {
            return 0;
        };
        let talk = record.talk();
        match record.stage() {
            ContactStage::Active => self.idle_due_ms(record, channel),
            ContactStage::Parked => talk.parked_ms + channel.parking_in_force().parked_keep_ms,
            ContactStage::WithBot => talk.bot_ms + channel.bot_limit_ms,
            _ => 0,
        }
    }

    /// When nobody has written for so long that a contact is parked; 0: it isn't by itself. While a colleague is
    /// asked nobody is expected to write.
    fn idle_due_ms(&self, record: &j::ContactRecord, channel: &ChannelInfo) -> u64 {
        let talk = record.talk();
        let (Some(parking), Some(leg)) = (channel.parking, self.assignment(record.offer)) else {
            return 0;
        };
        if talk.consult != 0 || record.is_consult() {
            return 0;
        }
        let wrote_ms = talk.customer_ms.max(talk.agent_ms);
        let since_ms = wrote_ms.max(leg.connected_ms).max(talk.consult_ended_ms);
        since_ms + parking.park_after_ms
    }

    /// When a contact's reply window takes its next step, or ends; 0: never, for nobody waits for an answer.
    fn window_due_ms(&self, record: &j::ContactRecord) -> u64 {
        let channel = self.catalog.channels.get(&record.channel);
        let rule = channel.and_then(|channel| channel.reply_window.as_ref());
        let (Some(rule), Some(window)) = (rule, record.window()) else {
            return 0;
        };
        let waits = record.stage() != ContactStage::Closed && self.turn_ms(record) != 0;
        if waits { window::next_ms(rule, window) } else { 0 }
    }
}
