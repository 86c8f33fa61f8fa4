//! What the events of a contact mean: coming in, changing, moving, ending; and its place in the index.

use crate::proto::journal::{self as j, ContactEnd, ContactStage};

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
        let record = j::ContactRecord {
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
            ..j::ContactRecord::default()
        };
        self.last_contact = self.last_contact.max(event.contact);
        if let Some(gateway) = self.gateways.get_mut(&event.gateway) {
            gateway.lost = false;
        }
        self.add_contact(record);
        self.enter_queue(event.contact, event.entry.as_ref());
        self.enter_stage(event.contact, ContactStage::Waiting, OfferTrigger::ContactWaiting);
        self.count(event.queue, event.channel).entered += 1;
        self.about_contact(event.contact)
    }

    /// Puts a contact into the maps that don't depend on its stage.
    pub(in crate::engine) fn add_contact(&mut self, record: j::ContactRecord) {
        let number = record.contact;
        self.contact_ids.insert(id_hash(&record.id), number);
        if record.stage() != ContactStage::Closed {
            self.by_gateway.entry(record.gateway).or_default().insert(number);
            self.live_contacts += 1;
        }
        if !record.case_id.is_empty() {
            self.by_case.insert((record.case_id.clone(), number));
        }
        self.contacts.insert(number, Contact::new(record));
    }

    /// How a contact has entered its queue.
    fn enter_queue(&mut self, number: u64, entry: Option<&j::QueueEntry>) {
        let now_ms = self.now_ms;
        let entry = entry.copied().unwrap_or_default();
        if let Some(contact) = self.contacts.get_mut(number) {
            contact.record.ring = entry.ring;
            contact.record.ring_opened_ms = now_ms;
            contact.record.keep(entry.kept_for, entry.kept_until_ms);
        }
    }

    pub(super) fn contact_updated(&mut self, event: &j::ContactUpdated) -> Effect {
        let Some(stage) = self.contact(event.contact).map(j::ContactRecord::stage) else {
            return Effect::default();
        };
        self.leave_stage(event.contact);
        if let Some(contact) = self.contacts.get_mut(event.contact) {
            let record = &mut contact.record;
            record.priority = event.priority.unwrap_or(record.priority);
            record.category = event.category.unwrap_or(record.category);
            if let Some(language) = &event.language {
                record.language.clone_from(language);
            }
            if let Some(case_id) = &event.case_id {
                self.by_case.remove(&(std::mem::take(&mut record.case_id), event.contact));
                record.case_id.clone_from(case_id);
                if !case_id.is_empty() {
                    self.by_case.insert((case_id.clone(), event.contact));
                }
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
        self.enter_stage(event.contact, stage, OfferTrigger::RulesChanged);
        self.about_contact(event.contact)
    }

    pub(super) fn contact_returned(&mut self, event: &j::ContactReturned) -> Effect {
        let effect = self.about_contact(event.contact);
        self.leave_stage(event.contact);
        self.requeue(event.contact, None, event.entry.as_ref());
        self.enter_stage(event.contact, ContactStage::Waiting, OfferTrigger::ContactWaiting);
        effect
    }

    pub(super) fn ring_opened(&mut self, event: &j::RingOpened) -> Effect {
        let entry = j::QueueEntry { ring: event.ring, ..j::QueueEntry::default() };
        self.re_place(event.contact, OfferTrigger::RingOpened, |state| {
            state.enter_queue(event.contact, Some(&entry));
        })
    }

    pub(super) fn keep_ended(&mut self, event: &j::KeepEnded) -> Effect {
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
    fn re_place(&mut self, number: u64, trigger: OfferTrigger, change: impl FnOnce(&mut Self)) -> Effect {
        let Some(stage) = self.contact(number).map(j::ContactRecord::stage) else {
            return Effect::default();
        };
        self.leave_stage(number);
        change(self);
        self.enter_stage(number, stage, trigger);
        self.about_contact(number)
    }

    pub(super) fn contact_transferred(&mut self, event: &j::ContactTransferred) -> Effect {
        let mut effect = self.about_contact(event.contact);
        self.leave_stage(event.contact);
        let moved = self.requeue(event.contact, Some(event.queue), event.entry.as_ref());
        effect.wait = moved.map(|wait_ms| (WaitEnd::Moved, wait_ms));
        if let Some(contact) = self.contacts.get_mut(event.contact)
            && event.reason() == j::TransferReason::Requested
        {
            contact.record.known_agent = 0;
        }
        self.enter_stage(event.contact, ContactStage::Waiting, OfferTrigger::ContactWaiting);
        self.drained(effect.queue);
        effect
    }

    /// Puts a contact that has left its stage back to waiting, in `queue` if given. Age is waiting time:
    /// time with an agent moves the effective arrival on. Returns the wait that ended, for a move of a
    /// contact that was not answered in its queue.
    fn requeue(&mut self, number: u64, queue: Option<u32>, entry: Option<&j::QueueEntry>) -> Option<u64> {
        let now_ms = self.now_ms;
        let record = &mut self.contacts.get_mut(number)?.record;
        let (from, channel) = (record.queue, record.channel);
        let answered = record.stage() == ContactStage::Active;
        let wait_ms = now_ms - record.queue_entered_ms;
        if answered {
            record.effective_arrival_ms += now_ms - record.active_ms();
        }
        if answered || queue.is_some() {
            record.queue_entered_ms = now_ms;
        }
        record.queue = queue.unwrap_or(from);
        record.offer = 0;
        let to = record.queue;
        if answered || queue.is_some() {
            self.enter_queue(number, entry);
            self.count(to, channel).moved_in += 1;
        }
        if answered || queue.is_none() {
            return None;
        }
        self.count(from, channel).moved_out += 1;
        Some(wait_ms)
    }

    pub(super) fn contact_closed(&mut self, event: &j::ContactClosed) -> Effect {
        let mut effect = self.about_contact(event.contact);
        let now_ms = self.now_ms;
        self.leave_stage(event.contact);
        let Some(contact) = self.contacts.get_mut(event.contact) else {
            return effect;
        };
        let record = &mut contact.record;
        let unanswered = record.stage() != ContactStage::Active;
        let until_ms = if unanswered { now_ms } else { record.active_ms() };
        record.closing = Some(Box::new(j::Closing {
            closed_ms: now_ms,
            end: event.reason,
            disposition: event.disposition,
            resolution: event.resolution,
            final_wait_ms: until_ms - record.effective_arrival_ms,
        }));
        record.keep(0, 0);
        record.set_stage(ContactStage::Closed);
        let service = record.service.as_mut();
        let exclusions = service.map_or(Vec::new(), |service| std::mem::take(&mut service.exclusions));
        let queue_wait_ms = now_ms - record.queue_entered_ms;
        let gateway = record.gateway;
        if unanswered {
            let end = wait_end(event.reason());
            effect.wait = Some((end, queue_wait_ms));
            let counts = self.count(effect.queue, effect.channel);
            match end {
                WaitEnd::Lost => counts.lost += 1,
                WaitEnd::Expired => counts.expired += 1,
                _ => counts.abandoned += 1,
            }
        }
        for exclusion in exclusions {
            self.timers.disarm(Timer::Exclusion(event.contact, exclusion.agent), exclusion.until_ms);
        }
        if let Some(line) = self.by_gateway.get_mut(&gateway) {
            line.remove(&event.contact);
        }
        self.live_contacts -= 1;
        self.closed.push_back(event.contact);
        self.drained(effect.queue);
        self.compact();
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
        ContactEnd::WaitLimit | ContactEnd::QueueRemoved => WaitEnd::Expired,
        _ => WaitEnd::Abandoned,
    }
}
