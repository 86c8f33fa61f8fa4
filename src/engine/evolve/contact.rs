//! What the events of a contact mean: coming in, changing, moving, ending; and its place in the index.

use crate::proto::journal::{self as j, ContactEnd, ContactStage};

use super::{Effect, WaitEnd};
use crate::engine::{
    catalog::{CategoryInfo, SkillLevel},
    matching::{index::ClassKey, order::virtual_arrival_ms},
    state::{Chore, Contact, QueueLive, State},
    timers::Timer,
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
            skills: event.skills.clone(),
            customer: event.customer.clone(),
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
        self.enter_stage(event.contact, ContactStage::Waiting);
        self.count(event.queue, event.channel).entered += 1;
        self.about_contact(event.contact)
    }

    /// Puts a contact into the maps that don't depend on its stage.
    pub(in crate::engine) fn add_contact(&mut self, record: j::ContactRecord) {
        let number = record.contact;
        self.contact_ids.insert(record.id.clone(), number);
        if record.stage() != ContactStage::Closed {
            self.by_gateway.insert((record.gateway, number));
            self.live_contacts += 1;
        }
        self.contacts.insert(number, Contact { record, place: None, legs: 0 });
    }

    pub(super) fn contact_updated(&mut self, event: &j::ContactUpdated) -> Effect {
        let Some(stage) = self.contact(event.contact).map(j::ContactRecord::stage) else {
            return Effect::default();
        };
        self.leave_stage(event.contact);
        if let Some(contact) = self.contacts.get_mut(&event.contact) {
            let record = &mut contact.record;
            record.priority = event.priority.unwrap_or(record.priority);
            record.category = event.category.unwrap_or(record.category);
            if let Some(language) = &event.language {
                record.language.clone_from(language);
            }
            if let Some(case_id) = &event.case_id {
                record.case_id.clone_from(case_id);
            }
            if let Some(skills) = &event.skills {
                record.skills.clone_from(&skills.skills);
            }
            if event.customer.is_some() {
                record.customer.clone_from(&event.customer);
            }
        }
        self.enter_stage(event.contact, stage);
        self.about_contact(event.contact)
    }

    pub(super) fn contact_returned(&mut self, event: &j::ContactReturned) -> Effect {
        let effect = self.about_contact(event.contact);
        self.leave_stage(event.contact);
        self.requeue(event.contact, None);
        self.enter_stage(event.contact, ContactStage::Waiting);
        effect
    }

    pub(super) fn contact_transferred(&mut self, event: &j::ContactTransferred) -> Effect {
        let mut effect = self.about_contact(event.contact);
        self.leave_stage(event.contact);
        effect.wait = self.requeue(event.contact, Some(event.queue)).map(|wait_ms| (WaitEnd::Moved, wait_ms));
        self.enter_stage(event.contact, ContactStage::Waiting);
        self.drained(effect.queue);
        effect
    }

    /// Puts a contact that has left its stage back to waiting, in `queue` if given. Age is waiting time:
    /// time with an agent moves the effective arrival on. Returns the wait that ended, for a move of a
    /// contact that was not answered in its queue.
    fn requeue(&mut self, number: u64, queue: Option<u32>) -> Option<u64> {
        let now_ms = self.now_ms;
        let record = &mut self.contacts.get_mut(&number)?.record;
        let (from, channel) = (record.queue, record.channel);
        let answered = record.stage() == ContactStage::Active;
        let wait_ms = now_ms - record.queue_entered_ms;
        if answered {
            record.effective_arrival_ms += now_ms - record.active_ms;
        }
        if answered || queue.is_some() {
            record.queue_entered_ms = now_ms;
        }
        record.queue = queue.unwrap_or(from);
        record.offer = 0;
        let to = record.queue;
        if answered || queue.is_some() {
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
        let Some(contact) = self.contacts.get_mut(&event.contact) else {
            return effect;
        };
        let record = &mut contact.record;
        let unanswered = record.stage() != ContactStage::Active;
        let until_ms = if unanswered { now_ms } else { record.active_ms };
        record.final_wait_ms = until_ms - record.effective_arrival_ms;
        record.closed_ms = now_ms;
        record.set_end(event.reason());
        record.disposition = event.disposition;
        record.resolution = event.resolution;
        record.set_stage(ContactStage::Closed);
        let exclusions = std::mem::take(&mut record.exclusions);
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
            self.timers.disarm(Timer::Exclusion(event.contact, exclusion.agent));
        }
        self.by_gateway.remove(&(gateway, event.contact));
        self.live_contacts -= 1;
        self.closed.push_back(event.contact);
        self.drained(effect.queue);
        self.compact();
        effect
    }

    pub(super) fn disposition_recorded(&mut self, event: &j::DispositionRecorded) -> Effect {
        if let Some(contact) = self.contacts.get_mut(&event.contact) {
            contact.record.disposition = event.disposition;
            contact.record.resolution = event.resolution;
        }
        self.about_contact(event.contact)
    }

    /// An effect about the contact as it is now; also stamps the contact with the sequence.
    pub(super) fn about_contact(&mut self, number: u64) -> Effect {
        let sequence = self.sequence;
        let Some(contact) = self.contacts.get_mut(&number) else {
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

    pub(super) fn count(&mut self, queue: u32, channel: u32) -> &mut j::QueueCounts {
        self.counts.entry((queue, channel)).or_insert_with(|| j::QueueCounts {
            queue,
            channel,
            ..j::QueueCounts::default()
        })
    }

    /// Takes a contact out of whatever its stage has it in. The record keeps its stage.
    pub(in crate::engine) fn leave_stage(&mut self, number: u64) {
        let Some(contact) = self.contacts.get_mut(&number) else {
            return;
        };
        let record = &contact.record;
        self.by_queue.remove(&(record.queue, number));
        self.arrivals.remove(&(record.queue, record.effective_arrival_ms, number));
        let live = self.live.entry((record.queue, record.channel)).or_default();
        if let Some(count) = stage_count(live, record.stage()) {
            *count = count.saturating_sub(1);
        }
        self.timers.disarm(Timer::MaxWait(number));
        if let Some((class, key)) = contact.place.take() {
            self.index.leave(class, (key, number));
        }
    }

    /// Sets a contact's stage and puts it into whatever that has it in.
    pub(in crate::engine) fn enter_stage(&mut self, number: u64, stage: ContactStage) {
        let Some(contact) = self.contacts.get_mut(&number) else {
            return;
        };
        let record = &mut contact.record;
        record.set_stage(stage);
        if stage == ContactStage::Closed {
            return;
        }
        self.by_queue.insert((record.queue, number));
        if matches!(stage, ContactStage::Waiting | ContactStage::Offered) {
            self.arrivals.insert((record.queue, record.effective_arrival_ms, number));
        }
        let live = self.live.entry((record.queue, record.channel)).or_default();
        if let Some(count) = stage_count(live, stage) {
            *count += 1;
        }
        if stage == ContactStage::Waiting {
            self.place(number);
        }
    }

    /// Puts a waiting contact into the index, and arms its longest wait.
    fn place(&mut self, number: u64) {
        let Some(record) = self.contact(number) else {
            return;
        };
        let lost = self.gateways.get(&record.gateway).is_some_and(|gateway| gateway.lost);
        let queue = self.catalog.queues.get(&record.queue);
        let channel =
            self.catalog.channels.get(&record.channel).filter(|channel| !(lost && channel.realtime()));
        let (Some(queue), Some(channel)) = (queue, channel) else {
            // It is to end or to move: nobody is to be offered it meanwhile.
            self.chores.insert(Chore::Contact(number));
            return;
        };
        let category = self.category_in_force(record);
        let objective_ms =
            category.and_then(|category| category.objective_ms).unwrap_or(queue.objective_ms).max(1);
        let need = self.need(number);
        let arrival_ms = virtual_arrival_ms(
            record.effective_arrival_ms,
            record.priority,
            queue.boost_permille,
            objective_ms,
        );
        let key = ClassKey { queue: record.queue, channel: record.channel, objective_ms, need };
        let band = queue.band.unwrap_or(channel.kind as u8);
        if let Some(max_wait_ms) = queue.max_wait_ms {
            self.timers.arm(Timer::MaxWait(number), record.effective_arrival_ms + max_wait_ms);
        }
        let class = self.index.wait(key, band, queue, (arrival_ms, number));
        if let Some(contact) = self.contacts.get_mut(&number) {
            contact.place = Some((class, arrival_ms));
        }
    }

    /// Gives a waiting contact that is in no class (it was to end, but need not any more) its place again.
    pub(in crate::engine) fn wait_again(&mut self, number: u64) {
        let adrift = self.contacts.get(&number).is_some_and(|contact| {
            contact.place.is_none() && contact.record.stage() == ContactStage::Waiting
        });
        if adrift {
            self.leave_stage(number);
            self.enter_stage(number, ContactStage::Waiting);
        }
    }

    /// The category, while the contact is in the category's own queue: elsewhere (by transfer, or because
    /// the gateway named another queue) its skills and objective need not make sense.
    fn category_in_force(&self, record: &j::ContactRecord) -> Option<&CategoryInfo> {
        self.catalog.categories.get(&record.category).filter(|category| category.queue == record.queue)
    }

    /// What a contact asks for: the queue's, the category's and its own requirements together. Skills that
    /// the plan no longer has are not asked for.
    pub(in crate::engine) fn need(&self, number: u64) -> Vec<SkillLevel> {
        let Some(record) = self.contact(number) else {
            return Vec::new();
        };
        let queue = self.catalog.queues.get(&record.queue);
        let category = self.category_in_force(record);
        let own = record.skills.iter().map(|skill| (skill.skill, u8::try_from(skill.level).unwrap_or(10)));
        let of_queue = queue.into_iter().flat_map(|queue| queue.skills.iter().copied());
        let of_category = category.into_iter().flat_map(|category| category.skills.iter().copied());
        let mut need = Vec::new();
        for (skill, level) in of_queue.chain(of_category).chain(own) {
            if self.catalog.skills.contains_key(&skill) {
                raise(&mut need, skill, level);
            }
        }
        need
    }

    /// Forgets that a queue is draining once nothing live is in it.
    fn drained(&mut self, queue: u32) {
        if self.draining.contains_key(&queue)
            && self.by_queue.range((queue, 0)..=(queue, u64::MAX)).next().is_none()
        {
            self.draining.remove(&queue);
        }
    }
}

/// Raises the least level of a skill in a list ordered by skill.
fn raise(need: &mut Vec<SkillLevel>, skill: u32, level: u8) {
    match need.binary_search_by_key(&skill, |(skill, _)| *skill) {
        Ok(at) => need[at].1 = need[at].1.max(level),
        Err(at) => need.insert(at, (skill, level)),
    }
}

fn stage_count(live: &mut QueueLive, stage: ContactStage) -> Option<&mut u32> {
    match stage {
        ContactStage::Waiting => Some(&mut live.waiting),
        ContactStage::Offered => Some(&mut live.offered),
        ContactStage::Connecting => Some(&mut live.connecting),
        ContactStage::Active => Some(&mut live.active),
        ContactStage::Closed | ContactStage::Unspecified => None,
    }
}

fn wait_end(reason: ContactEnd) -> WaitEnd {
    match reason {
        ContactEnd::GatewayLost => WaitEnd::Lost,
        ContactEnd::WaitLimit | ContactEnd::QueueRemoved => WaitEnd::Expired,
        _ => WaitEnd::Abandoned,
    }
}
