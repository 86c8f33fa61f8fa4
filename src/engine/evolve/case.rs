//! What contacts and promises mean for the cases that they belong to, and what becomes of cases. A case is
//! there as long as contacts that are kept, or open promises, name it, and for a while afterwards; only then
//! is it among those that may be forgotten.

use crate::{
    engine::{limits::CASE_CONTACTS_MAX, lookup::id_hash, state::State, timers::Timer},
    proto::journal::{self as j, ContactStage, PromiseStage},
};

use super::Effect;

/// Beyond any number of a contact.
const NUMBERS: u64 = 1 << 40;

/// Of a case with very many contacts, as many of the latest are asked whether they are live.
const LATEST_MAX: usize = 64;

impl State {
    /// A contact has come in, or names a case only now.
    pub(super) fn case_entered(&mut self, contact: u64) {
        self.contact_in_case(contact, true);
    }

    /// A live contact belongs to another case now, or to none. A case that nothing is left of is forgotten at
    /// once: whoever names one after the other must not fill the memory with them.
    pub(super) fn case_left(&mut self, case_id: &str, contact: u64) {
        let Some(case) = self.case_by_id(case_id).map(|record| record.case) else {
            return;
        };
        let live = self.case_is_live(case_id);
        self.change_case(case, |record| {
            record.contacts.retain(|entry| entry.contact != contact);
            record.contact_count = record.contact_count.saturating_sub(1);
            let closed_ms = record.contacts.iter().map(|entry| entry.closed_ms).max();
            record.closed_ms = if live { 0 } else { closed_ms.unwrap_or(0) };
        });
        let empty = self.cases.get(&case).is_some_and(|record| record.contact_count == 0);
        if empty && !self.case_is_kept(case_id) {
            self.drop_case(case);
        }
    }

    /// A contact has ended.
    pub(super) fn case_closed(&mut self, event: &j::ContactClosed) {
        let named = self.name_case(event.contact, &event.case_id);
        self.contact_in_case(event.contact, named);
        if event.judged_ms == 0 {
            return;
        }
        let Some(record) = self.contact(event.contact) else {
            return;
        };
        let judgement = j::Judgement {
            contact: event.contact,
            queue: record.queue,
            category: record.category,
            channel: record.channel,
            due_ms: event.judged_ms,
        };
        let Some(case) = self.case_by_id(&record.case_id).map(|record| record.case) else {
            return;
        };
        if let Some(record) = self.cases.get_mut(&case) {
            record.judgement = Some(judgement);
            self.timers.arm(Timer::FirstContact(case), event.judged_ms);
        }
    }

    /// A contact that belonged to no case belongs to this one. Returns whether that is new.
    pub(super) fn name_case(&mut self, contact: u64, case_id: &str) -> bool {
        let Some(entry) = self.contacts.get_mut(contact).filter(|_| !case_id.is_empty()) else {
            return false;
        };
        if !entry.record.case_id.is_empty() {
            return false;
        }
        case_id.clone_into(&mut entry.record.case_id);
        self.by_case.insert((case_id.to_owned(), contact));
        true
    }

    pub(super) fn first_contact_judged(&mut self, event: &j::FirstContactJudged) -> Effect {
        let judgement = self.cases.get_mut(&event.case).and_then(|record| record.judgement.take());
        let Some(judgement) = judgement else {
            return Effect::default();
        };
        self.timers.disarm(Timer::FirstContact(event.case), judgement.due_ms);
        self.forget_cases();
        Effect {
            queue: judgement.queue,
            channel: judgement.channel,
            category: judgement.category,
            ..Effect::default()
        }
    }

    /// A promise of the case has been made, or has ended.
    pub(super) fn case_touched(&mut self, case_id: &str) {
        let now_ms = self.now_ms;
        if let Some(case) = self.case_by_id(case_id).map(|record| record.case) {
            self.change_case(case, |record| record.touched_ms = now_ms);
        }
    }

    /// A contact of the case is no longer kept.
    pub(super) fn case_forgot(&mut self, case_id: &str) {
        if let Some(case) = self.case_by_id(case_id).map(|record| record.case) {
            self.change_case(case, |_| ());
        }
    }

    /// Writes down how a contact is in its case, if it has one. `enters`: the case doesn't know it.
    fn contact_in_case(&mut self, contact: u64, enters: bool) {
        let Some(record) = self.contact(contact).filter(|record| !record.case_id.is_empty()) else {
            return;
        };
        let closed = record.stage() == ContactStage::Closed;
        let known = if closed { record.known_agent } else { 0 };
        let customer = record.customer.as_ref().map_or(0, |customer| customer.lookup);
        let entry = j::CaseContactRecord {
            contact,
            id: record.id.clone(),
            queue: record.queue,
            channel: record.channel,
            agent: record.last_agent(),
            enqueued_ms: record.enqueued_ms,
            closed_ms: record.ended().closed_ms,
        };
        let case_id = record.case_id.clone();
        let (live, now_ms) = (self.case_is_live(&case_id), self.now_ms);
        let case = self.case_for(&case_id, contact);
        self.change_case(case, |record| {
            record.touched_ms = now_ms;
            record.customer = if customer == 0 { record.customer } else { customer };
            record.agent = if known == 0 { record.agent } else { known };
            record.closed_ms = if live { 0 } else { record.closed_ms.max(entry.closed_ms) };
            if let Some(before) = record.contacts.iter_mut().find(|before| before.contact == contact) {
                *before = entry;
            } else if enters {
                record.contact_count += 1;
                record.contacts.push(entry);
                if record.contacts.len() > CASE_CONTACTS_MAX {
                    record.contacts.remove(0);
                }
            }
        });
    }

    /// The number of a case, which is made if there is none.
    fn case_for(&mut self, id: &str, contact: u64) -> u64 {
        if let Some(record) = self.case_by_id(id) {
            return record.case;
        }
        let mut case = contact;
        // A contact that belonged to another case before may have been the first of that one too.
        while self.cases.contains_key(&case) {
            case += NUMBERS;
        }
        self.case_ids.insert(id_hash(id), case);
        self.cases.insert(case, j::CaseRecord { case, id: id.to_owned(), ..j::CaseRecord::default() });
        case
    }

    /// Changes a case, and puts it into the maps that go by what has changed.
    fn change_case(&mut self, case: u64, change: impl FnOnce(&mut j::CaseRecord)) {
        let Some(record) = self.cases.get_mut(&case) else {
            return;
        };
        let before = (record.customer, record.touched_ms, case);
        change(record);
        self.customers.remove(&before);
        self.case_ages.remove(&(before.1, case));
        self.file_case(case);
    }

    fn file_case(&mut self, case: u64) {
        let Some(record) = self.cases.get(&case) else {
            return;
        };
        let (customer, touched_ms) = (record.customer, record.touched_ms);
        if !self.case_is_kept(&record.id) {
            self.case_ages.insert((touched_ms, case));
        }
        if customer != 0 {
            self.customers.insert((customer, touched_ms, case));
        }
    }

    /// Contacts of a case that are kept, the latest first.
    fn contacts_of_case(&self, case_id: &str) -> impl Iterator<Item = &j::ContactRecord> {
        let of_case = (case_id.to_owned(), 0)..=(case_id.to_owned(), u64::MAX);
        self.by_case.range(of_case).rev().filter_map(|(_, number)| self.contact(*number))
    }

    fn case_is_live(&self, case_id: &str) -> bool {
        let mut latest = self.contacts_of_case(case_id).take(LATEST_MAX);
        latest.any(|record| record.stage() != ContactStage::Closed)
    }

    /// Whether contacts that are kept, or open promises, name a case.
    fn case_is_kept(&self, case_id: &str) -> bool {
        let open = |record: &j::PromiseRecord| record.stage() != PromiseStage::Ended;
        self.contacts_of_case(case_id).next().is_some() || self.promises_of_case(case_id).any(open)
    }

    /// Forgets a case.
    pub(super) fn drop_case(&mut self, case: u64) {
        let Some(record) = self.cases.remove(&case) else {
            return;
        };
        self.case_ids.remove(&id_hash(&record.id));
        self.case_ages.remove(&(record.touched_ms, case));
        self.customers.remove(&(record.customer, record.touched_ms, case));
        if let Some(judgement) = record.judgement {
            self.timers.disarm(Timer::FirstContact(case), judgement.due_ms);
        }
    }

    /// Derives what an import leaves out: the maps and timers of cases, and the cases of contacts from a time
    /// in which there were none.
    pub(in crate::engine) fn derive_cases(&mut self) {
        for record in self.cases.values() {
            self.case_ids.insert(id_hash(&record.id), record.case);
            if let Some(judgement) = &record.judgement {
                self.timers.arm(Timer::FirstContact(record.case), judgement.due_ms);
            }
        }
        let without = |(id, _): &&(String, u64)| self.case_by_id(id).is_none();
        let mut without: Vec<u64> = self.by_case.iter().filter(without).map(|(_, number)| *number).collect();
        without.sort_unstable();
        for contact in without {
            self.case_entered(contact);
        }
        let cases: Vec<u64> = self.cases.keys().copied().collect();
        cases.into_iter().for_each(|case| self.file_case(case));
    }
}
