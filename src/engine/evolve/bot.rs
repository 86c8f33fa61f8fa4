//! What it means that a contact goes to a bot, comes back, or ends there.

use crate::{
    engine::state::State,
    proto::journal::{self as j, ContactStage, LeftBot, LegEnd, OfferTrigger},
};

use super::{Effect, WaitEnd};

impl State {
    pub(super) fn contact_handed_to_bot(&mut self, event: &j::ContactHandedToBot) -> Effect {
        let now_ms = self.now_ms;
        self.leave_stage(event.contact);
        if let Some(contact) = self.contacts.get_mut(event.contact) {
            // Whoever comes back enters its queue anew.
            contact.record.keep(0, 0);
        }
        if let Some(talk) = self.talk_mut(event.contact) {
            talk.bot = event.bot;
            talk.bot_ms = now_ms;
            talk.deflected = true;
        }
        self.by_bot.entry(event.bot).or_default().insert(event.contact);
        self.enter_stage(event.contact, ContactStage::WithBot, OfferTrigger::ContactWaiting);
        self.check_gateways(event.contact);
        Effect { other_gateway: event.bot, ..self.about_contact(event.contact) }
    }

    /// Who began with a bot enters a queue only now. Who was deflected has been in one all the time: in its own
    /// it waits on as if the time with the bot had not been.
    pub(super) fn contact_left_bot(&mut self, event: &j::ContactLeftBot) -> Effect {
        let mut effect = self.about_contact(event.contact);
        let now_ms = self.now_ms;
        self.leave_stage(event.contact);
        let wait_ms = self
            .contact(event.contact)
            .map_or(0, |record| record.talk().bot_ms.saturating_sub(record.queue_entered_ms));
        let end = match event.reason() {
            LeftBot::Supervisor => LegEnd::Moved,
            LeftBot::BotLost => LegEnd::AgentLost,
            _ => LegEnd::BotReturned,
        };
        let Some((bot, stayed_ms)) = self.take_from_bot(event.contact, end) else {
            return effect;
        };
        (effect.other_gateway, effect.bot_ms) = (bot, Some(stayed_ms));
        self.stop_clock(event.contact);
        let Some(contact) = self.contacts.get_mut(event.contact) else {
            return effect;
        };
        let record = &mut contact.record;
        let deflected = record.talk().deflected;
        let to = if event.queue == 0 { record.queue } else { event.queue };
        let moved = to != record.queue;
        record.queue = to;
        let entry = event.entry.unwrap_or_default();
        record.held = entry.held;
        // It may have overflowed into the very queue that it was meant for at first.
        if moved || entry.overflowed_from != 0 {
            record.overflowed_from = entry.overflowed_from;
        }
        record.queue_entered_ms =
            if deflected && !moved { record.queue_entered_ms + stayed_ms } else { now_ms };
        record.category = event.category.unwrap_or(record.category);
        record.priority = event.priority.unwrap_or(record.priority);
        if event.wants.is_some() {
            record.wants.clone_from(&event.wants);
        }
        if event.customer.is_some() {
            record.customer.clone_from(&event.customer);
        }
        record.unservable = event.unservable;
        let channel = record.channel;
        self.start_clock(event.contact);
        self.enter_queue(event.contact, event.entry.as_ref());
        self.note_back(event.contact);
        if moved || !deflected {
            self.note_told_anew(event.contact, event.entry.as_ref());
        }
        if moved {
            self.count(effect.queue, channel).moved_out += 1;
            self.count(to, channel).moved_in += 1;
            effect.wait = deflected.then_some((WaitEnd::Moved, wait_ms));
        }
        self.enter_stage(event.contact, ContactStage::Waiting, OfferTrigger::ContactWaiting);
        self.drained(effect.queue);
        effect
    }

    /// A contact is no longer with its bot: that leg is over. Returns the bot's gateway and how long it was
    /// there, if it was.
    pub(super) fn take_from_bot(&mut self, number: u64, end: LegEnd) -> Option<(u32, u64)> {
        let record = self.contact(number)?;
        let (bot, bot_ms) = (record.talk().bot, record.talk().bot_ms);
        if bot == 0 {
            return None;
        }
        let now_ms = self.now_ms;
        let stayed_ms = now_ms - bot_ms;
        let leg = j::LegRecord {
            queue: record.queue,
            channel: record.channel,
            bot,
            wait_ms: record.leg_wait_ms(bot_ms),
            handle_ms: stayed_ms,
            ended_ms: now_ms,
            end: end.into(),
            ..j::LegRecord::default()
        };
        self.push_leg(number, leg);
        let talk = self.talk_mut(number)?;
        talk.bot = 0;
        talk.bot_ms = 0;
        talk.bot_total_ms += stayed_ms;
        talk.bot_aged_ms += stayed_ms;
        if let Some(line) = self.by_bot.get_mut(&bot) {
            line.remove(&number);
        }
        Some((bot, stayed_ms))
    }
}
