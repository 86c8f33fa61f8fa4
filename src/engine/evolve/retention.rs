//! What is forgotten, and when: closed contacts, their ids, request ids. A part of evolving (a pure
//! function of state and event), so that replay forgets the same. Each event forgets only a few.

use crate::proto::journal as j;

use crate::engine::{
    limits::{REMEMBERED_MAX, REMEMBERED_MS},
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
        for _ in 0..PER_EVENT {
            // The one that has just ended stays until the next does: its answer speaks of it.
            if self.closed.len() <= 1 {
                break;
            }
            let Some(number) = self.closed.front().copied() else {
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
                    self.by_case.remove(&(record.case_id, number));
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
