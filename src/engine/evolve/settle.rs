//! After a change of the plan: the index is derived anew, in slices, so that other commands come in between.
//! First the agents, then the contacts, then promises (which a correction of the clock changes too), each by
//! number; what an event touches meanwhile is put in at once, and passed over later. Nothing of it is
//! journaled, it must not change anything that is stored, and nothing is decided by it: until the index is
//! whole nothing is offered, nothing falls due, and whether somebody could serve a contact is asked of the
//! agents themselves (`matching/staff.rs`). Whoever goes on from a state that was rebuilt settles it first, so
//! that both decide the same.

use crate::{
    engine::{
        matching::index::Index,
        state::{Chore, State},
    },
    proto::journal::{ContactStage, OfferTrigger},
};

/// How much of the index one step derives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slices {
    /// So many agents …
    pub agents: usize,
    /// … or so many contacts.
    pub contacts: usize,
}

impl Default for Slices {
    fn default() -> Self {
        Self { agents: 500, contacts: 2_000 }
    }
}

impl Slices {
    /// All at once.
    pub const WHOLE: Self = Self { agents: usize::MAX, contacts: usize::MAX };
}

/// How far the index has come.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) enum Settling {
    /// Agents up to this number are in it, others only if something has happened to them. `requeued`: queues
    /// have changed, and with them when rings open.
    Agents { after: u64, requeued: bool },
    /// All agents are, and contacts up to this number.
    Contacts { after: u64, requeued: bool },
    /// All contacts are, and promises up to this number have been looked at.
    Promises { after: u64 },
}

impl State {
    /// Whether nothing of the latest change of rules is still to be carried out.
    #[must_use]
    pub fn settled(&self) -> bool {
        self.settling.is_none()
    }

    /// Whether all agents are in the index.
    pub(in crate::engine) fn agents_indexed(&self) -> bool {
        !matches!(self.settling, Some(Settling::Agents { .. }))
    }

    /// Begins an index for the catalog as it is now. Returns the one before.
    pub(in crate::engine) fn begin_settling(&mut self, requeued: bool) -> Index {
        let requeued = requeued
            || match self.settling {
                Some(Settling::Agents { requeued, .. } | Settling::Contacts { requeued, .. }) => requeued,
                Some(Settling::Promises { .. }) | None => false,
            };
        self.settling = Some(Settling::Agents { after: 0, requeued });
        // These tell of classes that are gone; contacts that come to wait anew make their own.
        self.chores.split_off(&Chore::Ring(0, 0));
        // Its classes ask for what counts now from the beginning.
        self.surges.asking.clear();
        let index = Index::new(&self.catalog, self.index.epoch + 1);
        std::mem::replace(&mut self.index, index)
    }

    /// Derives all that is left.
    pub fn settle(&mut self) {
        while !self.settled() {
            self.settle_slice(Slices::WHOLE);
        }
        self.settle_shifts();
        self.settle_hours();
        while !self.surges.asking.is_empty() {
            self.reask_slice(usize::MAX);
        }
        self.look_at_surges();
        self.replaced = None;
    }

    /// Derives a slice of what is left.
    pub(in crate::engine) fn settle_slice(&mut self, slices: Slices) {
        match self.settling {
            Some(Settling::Agents { after, requeued }) => {
                let next = self.index_agents_after(after, slices.agents);
                self.settling = Some(if let Some(after) = next {
                    Settling::Agents { after, requeued }
                } else {
                    // Contacts are looked at as they come in.
                    self.index.forget_fresh();
                    Settling::Contacts { after: 0, requeued }
                });
            }
            Some(Settling::Contacts { after, requeued }) => {
                let next = self.index_contacts_after(after, slices.contacts, requeued);
                self.settling = match next {
                    Some(after) => Some(Settling::Contacts { after, requeued }),
                    None if self.promises.is_empty() => None,
                    None => Some(Settling::Promises { after: 0 }),
                };
            }
            Some(Settling::Promises { after }) => {
                let next = self.settle_promises_after(after, slices.contacts);
                self.settling = next.map(|after| Settling::Promises { after });
            }
            None => {}
        }
    }

    /// Returns the last one, if there may be more.
    fn index_agents_after(&mut self, after: u64, max: usize) -> Option<u64> {
        let numbers: Vec<u32> =
            self.agents.after(after).take(max).map(|(_, agent)| agent.record.agent).collect();
        for number in &numbers {
            self.index_agent(*number, OfferTrigger::RulesChanged);
            self.note_dues(*number);
        }
        numbers.last().filter(|_| numbers.len() == max).map(|last| u64::from(*last))
    }

    fn index_contacts_after(&mut self, after: u64, max: usize, requeued: bool) -> Option<u64> {
        let contacts = self.contacts.after(after).take(max);
        let contacts: Vec<(u64, ContactStage)> =
            contacts.map(|(number, contact)| (number, contact.record.stage())).collect();
        for (number, stage) in &contacts {
            match stage {
                ContactStage::Waiting | ContactStage::Offered if requeued => {
                    self.take_out(*number);
                    self.put_in(*number, *stage, OfferTrigger::RulesChanged);
                }
                ContactStage::Waiting => self.place_anew(*number),
                _ => {}
            }
            if matches!(stage, ContactStage::Offered | ContactStage::WithBot) {
                // The channel may be realtime now, and a gateway gone.
                self.check_gateways(*number);
            }
            if *stage != ContactStage::Closed {
                self.rearm_dues(*number);
            }
        }
        contacts.last().filter(|_| contacts.len() == max).map(|(last, _)| *last)
    }

    /// Rules for promises may be others now, and a queue of theirs gone.
    fn settle_promises_after(&mut self, after: u64, max: usize) -> Option<u64> {
        let numbers: Vec<u64> =
            self.promises.range(after + 1..).take(max).map(|(number, _)| *number).collect();
        numbers.iter().for_each(|number| self.settle_promise(*number));
        numbers.last().filter(|_| numbers.len() == max).copied()
    }
}
