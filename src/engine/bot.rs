//! Commands about bots: a contact goes to one, and comes back or ends there. Owns what is decided when a contact
//! leaves a bot, whoever makes it leave.

use crate::{
    engine::{
        command::{BotLeaving, Ending, FromBot, Reply, Update},
        contact::contact_closed,
        conversation::ContactKind,
        matching::rings::Subject,
        refusal::Refusal,
        schedule::Hours,
        step::{Answer, Step},
    },
    plan::model::AfterBot,
    proto::journal::{self as j, ContactEnd, ContactStage, LeftBot, OfferEnd, PlanKind, event::Kind},
};

impl Step<'_> {
    /// A contact that waits goes to a bot meanwhile, and keeps its place.
    pub fn hand_to_bot(&mut self, id: &str, bot: &str) -> Answer {
        let record = self.contact(id)?;
        let (contact, stage, offer) = (record.contact, record.stage(), record.offer);
        if stage == ContactStage::Closed {
            return Err(contact_closed(id));
        }
        if record.kind() != ContactKind::Customer {
            let message = format!("contact {id} is a consult or a follow-up, for which no bot answers");
            return Err(Refusal::precondition("CONTACT_NOT_FOR_BOT", message));
        }
        let with_bot = stage == ContactStage::WithBot;
        if with_bot && self.state.gateway_by_id(bot) == Some(record.talk().bot) {
            return Ok(Reply::Contact(contact));
        }
        if with_bot {
            let message =
                format!("contact {id} is with the bot of another gateway, which has to return it first");
            return Err(Refusal::precondition("CONTACT_WITH_BOT", message));
        }
        if !matches!(stage, ContactStage::Waiting | ContactStage::Offered) {
            let message = format!("contact {id} is not waiting, so it can't be given to a bot");
            return Err(Refusal::precondition("CONTACT_NOT_WAITING", message));
        }
        let bot = self.gateway_number(bot)?;
        if stage == ContactStage::Offered {
            self.end_offer(offer, OfferEnd::ContactMoved);
        }
        self.emit(Kind::ContactHandedToBot(j::ContactHandedToBot { contact, bot }));
        Ok(Reply::Contact(contact))
    }

    pub fn return_from_bot(&mut self, id: &str, bot: &str, leaving: BotLeaving) -> Answer {
        let bot_number = self.state.gateway_by_id(bot).unwrap_or(0);
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        if stage == ContactStage::Closed {
            return match leaving {
                BotLeaving::Closed(ending) if self.closed_so(record, bot_number, &ending) => {
                    Ok(Reply::Contact(contact))
                }
                _ => Err(contact_closed(id)),
            };
        }
        if stage != ContactStage::WithBot || record.talk().bot != bot_number {
            let message = format!("contact {id} is not with the bot of gateway {bot}");
            return Err(Refusal::precondition("CONTACT_NOT_WITH_BOT", message));
        }
        match leaving {
            BotLeaving::HandedOver(found) => self.handed_over_by_bot(id, *found),
            BotLeaving::Closed(ending) => {
                let mut fields = Vec::new();
                let disposition =
                    self.named(PlanKind::Disposition, "disposition", &ending.disposition, &mut fields);
                if !fields.is_empty() {
                    return Err(Refusal::invalid(fields));
                }
                self.close(contact, ContactEnd::BotCompleted, disposition, ending.resolution);
                Ok(Reply::Contact(contact))
            }
        }
    }

    /// Whether this bot has ended the contact in this way already.
    fn closed_so(&self, record: &j::ContactRecord, bot: u32, ending: &Ending) -> bool {
        let ended = record.ended();
        let by = record.talk().legs.last().map_or(0, |leg| leg.bot);
        ended.end() == ContactEnd::BotCompleted
            && by == bot
            && self.state.names.id(ended.disposition) == ending.disposition
            && ended.resolution == ending.resolution
    }

    /// The bot gives a contact to people, with what it has found out.
    fn handed_over_by_bot(&mut self, id: &str, found: FromBot) -> Answer {
        let record = self.contact(id)?;
        let contact = record.contact;
        let mut fields = Vec::new();
        let category =
            found.category.as_ref().map(|id| self.named(PlanKind::Category, "category", id, &mut fields));
        let named = self.named(PlanKind::Queue, "queue", &found.queue, &mut fields);
        let of_category = category.and_then(|number| self.state.catalog.categories.get(&number));
        let (queue, field) = match of_category {
            _ if !found.queue.is_empty() => (named, "queue"),
            Some(category) => (category.queue, "category"),
            None => (record.queue, "queue"),
        };
        let update =
            Update { skills: found.skills, preferred_skills: found.preferred_skills, ..Update::default() };
        let wants = self.changed_wants(record, &update, &mut fields);
        if fields.is_empty() && queue != record.queue {
            self.check_channel(queue, record.channel, field, &mut fields);
        }
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        let now = Subject::of(record);
        let subject = Subject {
            queue,
            category: category.unwrap_or(record.category),
            wants: wants.as_deref().or(now.wants),
            ..now
        };
        let hours = self.admit_hours(queue, record.channel)?;
        let queue = hours.queue;
        let subject = Subject { queue, ..subject };
        let asks_anew = queue != record.queue || category.is_some() || wants.is_some();
        let unservable = if asks_anew { self.check_servable(subject)? } else { record.unservable };
        let left = j::ContactLeftBot {
            contact,
            reason: LeftBot::Returned.into(),
            queue,
            entry: None,
            category,
            wants,
            priority: found.priority,
            customer: found.customer.map(Box::new),
            unservable,
        };
        self.leave_bot(left, hours, false);
        Ok(Reply::Contact(contact))
    }

    /// A contact leaves its bot and waits, as `left` says; how it enters the queue is worked out here. Who began
    /// with the bot is as old as the queue says, unless it is `fresh` in any case; who was deflected has kept
    /// its place. `hours`: what the hours of queues make of it.
    fn leave_bot(&mut self, mut left: j::ContactLeftBot, hours: Hours, fresh: bool) {
        let Some(record) = self.state.contact(left.contact) else {
            return;
        };
        let now = Subject::of(record);
        let subject = Subject {
            queue: left.queue,
            category: left.category.unwrap_or(now.category),
            wants: left.wants.as_deref().or(now.wants),
            ..now
        };
        let mut entry = self.state.entry(subject, record.known_agent, record.exclusions(), self.now_ms);
        hours.enter(&mut entry);
        let rule =
            self.state.catalog.queues.get(&left.queue).map(|queue| queue.after_bot).unwrap_or_default();
        if fresh || (!record.talk().deflected && rule == AfterBot::Fresh) {
            entry.arrival_ms = self.now_ms.max(1);
        }
        let absorbed = self.place_of_callback(record, left.queue, &mut entry);
        if left.queue != record.queue || !record.talk().deflected {
            self.predict(&mut entry, record, subject);
        }
        left.entry = Some(entry);
        let (contact, elsewhere) = (left.contact, left.queue != record.queue);
        self.emit(Kind::ContactLeftBot(left));
        if elsewhere {
            self.resume_callback(contact);
        }
        if let Some(promise) = absorbed {
            self.absorb(contact, promise);
        }
    }

    /// A contact is taken from its bot, which has found out nothing.
    pub fn take_from_bot(&mut self, contact: u64, reason: LeftBot, queue: u32, fresh: bool) {
        let unservable = self.state.contact(contact).is_some_and(|record| record.unservable);
        let left = j::ContactLeftBot {
            contact,
            reason: reason.into(),
            queue,
            unservable,
            ..j::ContactLeftBot::default()
        };
        let hours = Hours { queue, held: self.held_by_itself(queue), ..Hours::default() };
        self.leave_bot(left, hours, fresh);
    }

    /// A bot has had a contact for as long as it may.
    pub fn bot_over(&mut self, contact: u64) {
        let queue = self.state.contact(contact).map_or(0, |record| record.queue);
        self.take_from_bot(contact, LeftBot::Time, queue, false);
    }
}
