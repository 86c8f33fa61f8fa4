//! What it means that a contact goes back to a queue, or on to another one, and perhaps by another channel.

use crate::{
    engine::state::State,
    proto::journal::{self as j, ContactStage, OfferTrigger, TransferReason},
};

use super::{Effect, WaitEnd};

impl State {
    pub(super) fn contact_returned(&mut self, event: &j::ContactReturned) -> Effect {
        let unparked = self.is_parked(event.contact);
        let effect = Effect { unparked, ..self.about_contact(event.contact) };
        self.attempt_undone(event.contact);
        self.leave_stage(event.contact);
        self.requeue(event.contact, None, event.entry.as_ref());
        self.note_back(event.contact);
        self.enter_stage(event.contact, ContactStage::Waiting, OfferTrigger::ContactWaiting);
        effect
    }

    pub(super) fn contact_transferred(&mut self, event: &j::ContactTransferred) -> Effect {
        let unparked = self.is_parked(event.contact);
        let mut effect = Effect { unparked, ..self.about_contact(event.contact) };
        self.attempt_undone(event.contact);
        self.leave_stage(event.contact);
        self.consult_begins_anew(event.contact);
        self.moved_unanswered(event.contact);
        self.note_transfer(event);
        let moved = self.requeue(event.contact, Some(event), event.entry.as_ref());
        self.callback_goes_along(event.contact);
        effect.wait = moved.map(|wait_ms| (WaitEnd::Moved, wait_ms));
        effect.other_gateway = event.gateway;
        self.enter_stage(event.contact, ContactStage::Waiting, OfferTrigger::ContactWaiting);
        self.drained(effect.queue);
        effect
    }

    /// What a transfer means for whom the contact knows, and for whom it asks.
    fn note_transfer(&mut self, event: &j::ContactTransferred) {
        if event.reason() == TransferReason::Overflowed {
            self.note_overflow(event.contact);
            return;
        }
        if matches!(event.reason(), TransferReason::QueueRemoved | TransferReason::QueueClosed) {
            return;
        }
        if let Some(contact) = self.contacts.get_mut(event.contact) {
            contact.record.known_agent = 0;
        }
        let requested = event.reason() == TransferReason::Requested;
        if let Some(talk) = self.talk_mut(event.contact) {
            talk.transfers += u32::from(requested);
        }
    }

    /// A contact leaves its queue because too many wait there: it is not to come back to it in this way.
    fn note_overflow(&mut self, number: u64) {
        let queue = self.contact(number).map_or(0, |record| record.queue);
        if let Some(talk) = self.talk_mut(number) {
            talk.overflows += 1;
            if !talk.visited.contains(&queue) {
                talk.visited.push(queue);
            }
        }
    }

    /// A contact goes on by another channel and gateway, with what may be sent there.
    fn change_channel(&mut self, number: u64, to: &j::ContactTransferred) {
        let written =
            |state: &Self| state.contact(number).is_some_and(|record| state.first_turn_ms(record) != 0);
        let before = written(self);
        let Some(contact) = self.contacts.get_mut(number) else {
            return;
        };
        contact.record.channel = to.channel;
        let from = std::mem::replace(&mut contact.record.gateway, to.gateway);
        if to.window.is_some() || contact.record.service.is_some() {
            contact.record.service_mut().window = to.window.map(Box::new);
        }
        let keeps_promise = contact.record.keeps_promise();
        self.leaves_gateway(number, from);
        self.goes_to_gateway(number, to.gateway, keeps_promise);
        let (now_ms, after) = (self.now_ms, written(self));
        if before != after
            && let Some(talk) = self.talk_mut(number)
        {
            // Nobody writes on a call; who was on one waits for the first message from now on.
            talk.turn_ms = if after { now_ms } else { 0 };
        }
    }

    /// Puts a contact that has left its stage back to waiting, where `to` says if it is given. Age is waiting
    /// time: time with an agent moves the effective arrival on. Returns the wait that ended, for a move of a
    /// contact that was not answered in its queue.
    fn requeue(
        &mut self,
        number: u64,
        to: Option<&j::ContactTransferred>,
        entry: Option<&j::QueueEntry>,
    ) -> Option<u64> {
        let now_ms = self.now_ms;
        let answered = matches!(self.contact(number)?.stage(), ContactStage::Active | ContactStage::Parked);
        if !answered {
            // Of who was answered it has stood still since.
            self.stop_clock(number);
        }
        let record = &mut self.contacts.get_mut(number)?.record;
        let (from, from_channel) = (record.queue, record.channel);
        let wait_ms = now_ms - record.queue_entered_ms;
        if answered {
            record.effective_arrival_ms += now_ms - record.active_ms();
        }
        if answered || to.is_some() {
            record.queue_entered_ms = now_ms;
        }
        record.offer = 0;
        if let Some(to) = to {
            record.queue = to.queue;
            let entry = entry.copied().unwrap_or_default();
            (record.held, record.overflowed_from) = (entry.held, entry.overflowed_from);
            if to.channel != 0 {
                self.change_channel(number, to);
            }
        }
        self.start_clock(number);
        if answered || to.is_some() {
            self.enter_queue(number, entry);
            if to.is_some() {
                self.note_told_anew(number, entry);
            }
            let (queue, channel) = self.contact(number).map(|record| (record.queue, record.channel))?;
            self.count(queue, channel).moved_in += 1;
        }
        if answered || to.is_none() {
            return None;
        }
        self.count(from, from_channel).moved_out += 1;
        Some(wait_ms)
    }
}
