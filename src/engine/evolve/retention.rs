//! What is forgotten, and when: closed contacts, their ids, ended promises, cases, request ids. A part of evolving (a pure
//! function of state and event), so that replay forgets the same. Each event forgets only a few.

use crate::proto::journal as j;

use crate::engine::{
    limits::{PROMISES_ENDED_MAX, REMEMBERED_MAX, REMEMBERED_MS},
    lookup::id_hash,
    state::State,
};

/// Things forgotten by one event at most; more than one, so that a backlog shrinks.
const PER_EVENT: usize = 4;

fn halves(hash: u128) -> [u64; 2] {
    [
        u64::try_from(hash >> 64).unwrap_or_default(),
        u64::try_from(hash & u128::from(u64::MAX)).unwrap_or_default(),
    ]
}

fn whole(record: &j::ClosedRecord) -> u128 {
    u128::from(record.id_high) << 64 | u128::from(record.id_low)
}

impl State {
    /// Forgets closed contacts beyond the plan's number or age, except for their ids.
    pub(super) fn compact(&mut self) {
        let keep_ms = self.catalog.settings.closed_contacts_keep_ms;
        let max = self.catalog.settings.closed_contacts_max as usize;
        let latest = self.closed.back().copied();
        for _ in 0..PER_EVENT {
            // The one that has just ended stays until the next does: its answer, and what follows from its end,
            // speak of it.
            let Some(number) = self.closed.front().copied().filter(|first| Some(*first) != latest) else {
                break;
            };
            let Some(contact) = self.contacts.get(number) else {
                self.closed.pop_front();
                continue;
            };
            if self.closed.len() <= max && contact.record.ended().closed_ms + keep_ms > self.now_ms {
                break;
            }
            self.closed.pop_front();
            if contact.legs > 0 {
                // An agent still wraps it up.
                self.closed.push_back(number);
                continue;
            }
            if let Some(contact) = self.contacts.remove(number) {
                let record = contact.record;
                let (hash, closed_ms) = (id_hash(&record.id), record.ended().closed_ms);
                self.contact_ids.remove(hash, number);
                if !record.case_id.is_empty() {
                    let entry = (record.case_id, number);
                    self.by_case.remove(&entry);
                    self.case_forgot(&entry.0);
                }
                let [high, low] = halves(hash);
                self.add_compacted(j::ClosedRecord {
                    contact: number,
                    closed_ms,
                    id_high: high,
                    id_low: low,
                });
            }
        }
    }

    /// Forgets ended promises beyond their number or age.
    pub(super) fn forget_promises(&mut self) {
        let keep_ms = self.catalog.settings.cases_keep_ms;
        for _ in 0..PER_EVENT {
            // The one that has just ended stays until the next does: its answer speaks of it.
            let Some(promise) =
                self.ended_promises.front().copied().filter(|_| self.ended_promises.len() > 1)
            else {
                break;
            };
            let ended_ms = self.promise(promise).map_or(0, |record| record.ended_ms);
            if self.ended_promises.len() <= PROMISES_ENDED_MAX && ended_ms + keep_ms > self.now_ms {
                break;
            }
            self.ended_promises.pop_front();
            if let Some(entry) = self.promises.remove(&promise) {
                self.promise_ids.remove(&entry.record.id);
                for id in entry.record.callback.iter().flat_map(|callback| &callback.merged_ids) {
                    self.promise_ids.remove(id);
                }
                self.promises_of.remove(&(entry.record.case_id, promise));
            }
        }
    }

    /// Forgets cases that nothing live belongs to, beyond the plan's number or age.
    pub(super) fn forget_cases(&mut self) {
        let keep_ms = self.catalog.settings.cases_keep_ms;
        let max = self.catalog.settings.cases_max as usize;
        for _ in 0..PER_EVENT {
            let Some((touched_ms, case)) = self.case_ages.first() else {
                break;
            };
            if self.cases.len() <= max && touched_ms + keep_ms > self.now_ms {
                break;
            }
            self.drop_case(case);
        }
    }

    fn add_compacted(&mut self, record: j::ClosedRecord) {
        self.import_compacted(record);
        for _ in 0..PER_EVENT {
            let Some(first) = self.compacted.front() else {
                break;
            };
            if self.compacted.len() <= REMEMBERED_MAX && first.closed_ms + REMEMBERED_MS > self.now_ms {
                break;
            }
            if let Some(first) = self.compacted.pop_front()
                && self.compacted_ids.get(&whole(&first)) == Some(&first.contact)
            {
                self.compacted_ids.remove(&whole(&first));
            }
        }
    }

    /// The same from a snapshot, which forgets nothing.
    pub(in crate::engine) fn import_compacted(&mut self, record: j::ClosedRecord) {
        self.compacted_ids.insert(whole(&record), record.contact);
        self.compacted.push_back(record);
    }

    pub(super) fn remember_request(&mut self, event: &j::Event) {
        let record = j::RequestRecord {
            id: event.request_id.clone(),
            fingerprint: event.request_fingerprint,
            at_ms: self.now_ms,
        };
        self.add_request(record);
        for _ in 0..PER_EVENT {
            let Some(first) = self.requests.front() else { break };
            if self.requests.len() <= REMEMBERED_MAX && first.at_ms + REMEMBERED_MS > self.now_ms {
                break;
            }
            if let Some(first) = self.requests.pop_front() {
                self.request_ids.remove(&first.id);
            }
        }
    }

    pub(in crate::engine) fn add_request(&mut self, record: j::RequestRecord) {
        self.request_ids.insert(record.id.clone(), record.fingerprint);
        self.requests.push_back(record);
    }
}
