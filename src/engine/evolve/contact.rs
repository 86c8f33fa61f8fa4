//! What the events of a contact mean: coming in, changing, ending; and its place in the index.

use crate::proto::journal::{self as j, ContactEnd, ContactStage, LegEnd};

use super::{Effect, WaitEnd};
use crate::{
    engine::{
        lookup::id_hash,
        state::{Contact, State},
        timers::Timer,
    },
    proto::journal::OfferTrigger,
};

impl State {
    pub(super) fn contact_enqueued(&mut self, event: &j::ContactEnqueued) -> Effect {
        let mut record = j::ContactRecord {
            contact: event.contact,
            id: event.id.clone(),
            gateway: event.gateway,
            channel: event.channel,
            queue: event.queue,
            category: event.category,
            language: event.language.clone(),
            case_id: event.case_id.clone(),
            priority: event.priority,
            wants: event.wants.clone().or_else(|| required_only(&event.skills)),
            customer: event.customer.clone().map(Box::new),
            known_agent: event.known_agent,
            unservable: event.unservable,
            fingerprint: event.fingerprint,
            enqueued_ms: self.now_ms,
            effective_arrival_ms: self.now_ms,
            queue_entered_ms: self.now_ms,
            held: event.entry.map_or(0, |entry| entry.held),
            overflowed_from: event.overflowed_from,
            expected_ms: event.expected_ms,
            bound_ms: event.bound_ms,
            ..j::ContactRecord::default()
        };
        if let Some(window) = &event.window {
            record.service_mut().window = Some(window.clone());
        }
        let stage = self.begin_with_origin(&mut record, event.origin.as_deref());
        self.last_contact = self.last_contact.max(event.contact);
        // An agent or a promise brings it through a gateway that may be away.
        let by_gateway = !record.is_consult() && !record.keeps_promise();
        if by_gateway {
            self.gateway_is_back(event.gateway);
        }
        self.add_contact(record);
        self.start_clock(event.contact);
        self.enter_queue(event.contact, event.entry.as_ref());
        let origin = event.origin.as_deref().copied().unwrap_or_default();
        if origin.callback {
            self.callback_enters(event.contact, &origin);
        }
        self.enter_stage(event.contact, stage, OfferTrigger::ContactWaiting);
        self.check_gateways(event.contact);
        let counts = self.count(event.queue, event.channel);
        counts.entered += 1;
        counts.consults += u64::from(origin.parent != 0);
        counts.follow_ups += u64::from(origin.promise != 0 && !origin.callback);
        counts.callbacks += u64::from(origin.callback);
        if origin.parent != 0 {
            self.consult_began(origin.parent, event.contact);
        }
        if origin.promise != 0 {
            self.follow_up_entered(origin.promise, event.contact);
        }
        self.case_entered(event.contact);
        let effect = self.about_contact(event.contact);
        Effect { other_gateway: origin.bot, parent: origin.parent, promise: origin.promise, ..effect }
    }

    /// Notes where a new contact comes from, and tells in which stage it begins.
    fn begin_with_origin(&self, record: &mut j::ContactRecord, origin: Option<&j::Origin>) -> ContactStage {
        let Some(origin) = origin else {
            return ContactStage::Waiting;
        };
        let by_customer = origin.parent == 0 && origin.promise == 0;
        let talk = j::Conversation {
            turn_ms: if by_customer { self.first_turn_ms(record) } else { 0 },
            bot: origin.bot,
            bot_ms: if origin.bot == 0 { 0 } else { record.enqueued_ms },
            parent: origin.parent,
            asking_agent: origin.asking_agent,
            asked_agent: origin.asked_agent,
            promise: origin.promise,
            callback: origin.callback,
            ..j::Conversation::default()
        };
        record.service_mut().conversation = Some(Box::new(talk));
        let stage = if origin.bot == 0 { ContactStage::Waiting } else { ContactStage::WithBot };
        // The maps that it is put into first go by it.
        record.set_stage(stage);
        stage
    }

    /// Puts a contact into the maps that don't depend on its stage.
    pub(in crate::engine) fn add_contact(&mut self, record: j::ContactRecord) {
        let number = record.contact;
        self.contact_ids.insert(id_hash(&record.id), number);
        if record.stage() != ContactStage::Closed {
            self.goes_to_gateway(number, record.gateway, record.keeps_promise());
            self.live_contacts += 1;
        }
        if record.stage() == ContactStage::WithBot {
            self.by_bot.entry(record.talk().bot).or_default().insert(number);
        }
        if !record.case_id.is_empty() {
            self.by_case.insert((record.case_id.clone(), number));
        }
        self.contacts.insert(number, Contact::new(record));
    }

    /// How a contact has entered its queue.
    pub(super) fn enter_queue(&mut self, number: u64, entry: Option<&j::QueueEntry>) {
        let now_ms = self.now_ms;
        let entry = entry.copied().unwrap_or_default();
        let idle_ms = self.contact(number).map_or(0, |record| self.idle_of(record.queue, now_ms));
        // It has waited since it came itself; what its clock stood still is left out of it, as that begins anew.
        let came_ms = self.contact(number).map_or(0, |record| {
            let stood_ms = idle_ms - record.clock_ms;
            record.waiting_since_ms().saturating_add_signed(stood_ms).min(now_ms)
        });
        let head_start_ms = came_ms.saturating_sub(entry.arrival_ms);
        // Whoever takes the place of a callback may be an ordinary contact: its age is more than it has waited.
        if entry.arrival_ms != 0 && head_start_ms > 0 {
            self.talk_mut(number);
        }
        if let Some(contact) = self.contacts.get_mut(number) {
            contact.record.ring = entry.ring;
            contact.record.ring_opened_ms = now_ms;
            contact.record.keep(entry.kept_for, entry.kept_until_ms);
            if entry.arrival_ms != 0 {
                contact.record.effective_arrival_ms = entry.arrival_ms;
                contact.record.clock_ms = idle_ms;
                let service = contact.record.service.as_mut();
                if let Some(talk) = service.and_then(|service| service.conversation.as_mut()) {
                    talk.bot_aged_ms = 0;
                    talk.head_start_ms = head_start_ms;
                }
            }
        }
    }

    pub(super) fn contact_updated(&mut self, event: &j::ContactUpdated) -> Effect {
        let Some(stage) = self.contact(event.contact).map(j::ContactRecord::stage) else {
            return Effect::default();
        };
        self.leave_stage(event.contact);
        let mut case_before = None;
        if let Some(contact) = self.contacts.get_mut(event.contact) {
            let record = &mut contact.record;
            record.priority = event.priority.unwrap_or(record.priority);
            record.category = event.category.unwrap_or(record.category);
            if let Some(language) = &event.language {
                record.language.clone_from(language);
            }
            if let Some(case_id) = &event.case_id {
                let before = (std::mem::take(&mut record.case_id), event.contact);
                self.by_case.remove(&before);
                record.case_id.clone_from(case_id);
                if !case_id.is_empty() {
                    self.by_case.insert((case_id.clone(), event.contact));
                }
                case_before = Some(before.0).filter(|before| before != case_id);
            }
            if event.wants.is_some() {
                record.wants.clone_from(&event.wants);
            } else if let Some(skills) = &event.skills {
                record.wants = required_only(&skills.skills);
            }
            record.unservable = event.unservable;
            if event.customer.is_some() {
                record.customer = event.customer.clone().map(Box::new);
            }
        }
        if let Some(before) = case_before {
            self.case_left(&before, event.contact);
            self.case_entered(event.contact);
            self.forget_cases();
        }
        self.enter_stage(event.contact, stage, OfferTrigger::RulesChanged);
        self.about_contact(event.contact)
    }

    pub(super) fn ring_opened(&mut self, event: &j::RingOpened) -> Effect {
        let entry = j::QueueEntry { ring: event.ring, ..j::QueueEntry::default() };
        self.re_place(event.contact, OfferTrigger::RingOpened, |state| {
            state.enter_queue(event.contact, Some(&entry));
        })
    }

    pub(super) fn keep_ended(&mut self, event: &j::KeepEnded) -> Effect {
        self.note_back(event.contact);
        self.re_place(event.contact, OfferTrigger::KeepEnded, |state| {
            if let Some(contact) = state.contacts.get_mut(event.contact) {
                contact.record.keep(0, 0);
            }
        })
    }

    pub(super) fn exclusions_cleared(&mut self, event: &j::ExclusionsCleared) -> Effect {
        if let Some(contact) = self.contacts.get_mut(event.contact) {
            let list = &mut contact.record.service_mut().exclusions;
            let cleared: Vec<j::Exclusion> = list.drain(..list.len().saturating_sub(1)).collect();
            for entry in cleared {
                self.timers.disarm(Timer::Exclusion(event.contact, entry.agent), entry.until_ms);
            }
        }
        self.exclusion_over(event.contact);
        self.about_contact(event.contact)
    }

    /// Changes a live contact in a way that gives it another place.
    pub(super) fn re_place(
        &mut self,
        number: u64,
        trigger: OfferTrigger,
        change: impl FnOnce(&mut Self),
    ) -> Effect {
        let Some(stage) = self.contact(number).map(j::ContactRecord::stage) else {
            return Effect::default();
        };
        self.leave_stage(number);
        change(self);
        self.enter_stage(number, stage, trigger);
        self.about_contact(number)
    }

    pub(super) fn contact_closed(&mut self, event: &j::ContactClosed) -> Effect {
        let unparked = self.is_parked(event.contact);
        let mut effect = Effect { unparked, ..self.about_contact(event.contact) };
        let now_ms = self.now_ms;
        self.closed_leg_over(event.contact, event.reason());
        self.leave_stage(event.contact);
        let stage = self.contact(event.contact).map_or(ContactStage::Closed, j::ContactRecord::stage);
        self.patience_ended(event.contact, stage, event.reason());
        self.disarm_dues(event.contact);
        let Some(contact) = self.contacts.get_mut(event.contact) else {
            return effect;
        };
        let record = &mut contact.record;
        let unanswered = !matches!(record.stage(), ContactStage::Active | ContactStage::Parked);
        let until_ms = record.waited_until_ms(now_ms);
        record.closing = Some(Box::new(j::Closing {
            closed_ms: now_ms,
            end: event.reason,
            disposition: event.disposition,
            resolution: event.resolution,
            final_wait_ms: record.waited_ms(now_ms),
        }));
        record.keep(0, 0);
        record.set_stage(ContactStage::Closed);
        let service = record.service.as_mut();
        let exclusions = service.map_or(Vec::new(), |service| std::mem::take(&mut service.exclusions));
        let queue_wait_ms = until_ms.saturating_sub(record.queue_entered_ms);
        let gateway = record.gateway;
        if let Some((bot, stayed_ms)) = self.take_from_bot(event.contact, LegEnd::Closed) {
            effect.other_gateway = bot;
            effect.bot_ms = Some(stayed_ms);
        }
        if unanswered {
            let end = wait_end(event.reason());
            effect.wait = Some((end, queue_wait_ms));
            let counts = self.count(effect.queue, effect.channel);
            match end {
                WaitEnd::Lost => counts.lost += 1,
                WaitEnd::Expired => counts.expired += 1,
                WaitEnd::Deflected => counts.deflected += 1,
                WaitEnd::Lapsed => counts.lapsed += 1,
                WaitEnd::CalledBack => counts.called_back += 1,
                _ => counts.abandoned += 1,
            }
        }
        for exclusion in exclusions {
            self.timers.disarm(Timer::Exclusion(event.contact, exclusion.agent), exclusion.until_ms);
        }
        self.leaves_gateway(event.contact, gateway);
        self.live_contacts -= 1;
        self.closed.push_back(event.contact);
        self.drained(effect.queue);
        effect.parent = self.consult_closed(event.contact);
        self.case_closed(event);
        self.leave_window(event.contact);
        self.compact();
        self.forget_promises();
        self.forget_cases();
        effect
    }

    pub(super) fn disposition_recorded(&mut self, event: &j::DispositionRecorded) -> Effect {
        let closing =
            self.contacts.get_mut(event.contact).and_then(|contact| contact.record.closing.as_mut());
        if let Some(closing) = closing {
            closing.disposition = event.disposition;
            closing.resolution = event.resolution;
        }
        self.about_contact(event.contact)
    }

    /// An effect about the contact as it is now; also stamps the contact with the sequence.
    pub(super) fn about_contact(&mut self, number: u64) -> Effect {
        let sequence = self.sequence;
        let Some(contact) = self.contacts.get_mut(number) else {
            return Effect::default();
        };
        let record = &mut contact.record;
        record.sequence = sequence;
        Effect {
            contact: number,
            gateway: record.gateway,
            queue: record.queue,
            channel: record.channel,
            category: record.category,
            ..Effect::default()
        }
    }
}

/// What a contact wants by an event of before there was more to want than skills.
fn required_only(skills: &[j::Skill]) -> Option<Box<j::Wants>> {
    (!skills.is_empty()).then(|| Box::new(j::Wants { required: skills.to_vec(), ..j::Wants::default() }))
}

fn wait_end(reason: ContactEnd) -> WaitEnd {
    match reason {
        ContactEnd::GatewayLost => WaitEnd::Lost,
        ContactEnd::WaitLimit
        | ContactEnd::QueueRemoved
        | ContactEnd::SupervisorEnded
        | ContactEnd::PromiseSettled
        // There was no customer on it who could have left.
        | ContactEnd::ConsultEnded
        | ContactEnd::ConsultUnanswered
        | ContactEnd::ConsultantLost
        | ContactEnd::ParentEnded
        | ContactEnd::ParentMoved => WaitEnd::Expired,
        ContactEnd::BotCompleted => WaitEnd::Deflected,
        ContactEnd::WindowLapsed => WaitEnd::Lapsed,
        // The place goes on without the contact, or has with its callback.
        ContactEnd::CallbackRequested | ContactEnd::CallbackFailed | ContactEnd::CallbackPostponed => {
            WaitEnd::CalledBack
        }
        _ => WaitEnd::Abandoned,
    }
}
