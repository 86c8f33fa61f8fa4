//! Open callbacks by what they are looked for: their queue, what their customers are known by, the contacts that stand
//! in line instead of them, and those whose customers are to be dialled. All of it is derived.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    engine::{catalog::ChannelInfo, conversation::ContactKind, line::Line, state::State},
    proto::journal::{self as j, Dialling, PromiseStage},
    schedule::Zones,
};

/// Open callbacks.
#[derive(Debug, Default)]
pub struct Callbacks {
    /// By queue.
    pub(in crate::engine) open: BTreeSet<(u32, u64)>,
    /// By what their customers are known by, and queue.
    pub(in crate::engine) known: BTreeSet<(u64, u32, u64)>,
    /// Those whose customers are in line again, by these contacts.
    pub(in crate::engine) suspended: BTreeMap<u64, u64>,
    /// Those whose customers are dialled first, by queue.
    pub(in crate::engine) dial: BTreeMap<u32, DialLine>,
    /// Contacts in line, by what their customers are known by and queue.
    pub(in crate::engine) in_line: BTreeSet<(u64, u32, u64)>,
    /// Zones of customers, each loaded once.
    pub(in crate::engine) zones: Zones,
}

/// Contacts of callbacks that nobody is offered: their customers have to be on the line before, and are not yet, or
/// there is nobody who could dial them.
#[derive(Debug, Default)]
pub(in crate::engine) struct DialLine {
    /// To be dialled, by arrival on the clock of their queue.
    pub waits: Line<(i64, u64)>,
    /// Being dialled.
    pub dialled: BTreeSet<u64>,
    /// Whose gateways are away.
    pub away: BTreeSet<u64>,
}

/// What the customer of a callback is known by; 0: nothing.
fn hashes(record: &j::PromiseRecord, callback: &j::CallbackRecord) -> [u64; 2] {
    [record.customer.as_ref().map_or(0, |customer| customer.lookup), callback.number]
}

/// Under which a contact is found while it is in line.
fn known_in_line(record: &j::ContactRecord) -> Option<(u64, u32, u64)> {
    let hash = record.customer.as_ref().map_or(0, |customer| customer.lookup);
    (hash != 0 && record.kind() == ContactKind::Customer).then_some((hash, record.queue, record.contact))
}

impl Callbacks {
    /// A contact comes into line.
    pub(in crate::engine) fn enters_line(&mut self, record: &j::ContactRecord) {
        self.in_line.extend(known_in_line(record));
    }

    /// A contact leaves it. Before its queue or its customer change.
    pub(in crate::engine) fn leaves_line(&mut self, record: &j::ContactRecord) {
        if let Some(known) = known_in_line(record) {
            self.in_line.remove(&known);
        }
    }
}

impl State {
    /// How many callbacks are open.
    #[must_use]
    pub fn open_callbacks(&self) -> usize {
        self.callbacks.open.len()
    }

    /// The oldest open callback in a queue of a customer who is known by this.
    #[must_use]
    pub fn callback_of_customer(&self, queue: u32, hash: u64) -> Option<&j::PromiseRecord> {
        let mut known = self.callbacks.known.range((hash, queue, 0)..=(hash, queue, u64::MAX));
        self.promise(known.next().filter(|_| hash != 0)?.2)
    }

    /// The contact of a customer who is known by this that is in line in a queue; none: there is none, or more than one.
    #[must_use]
    pub fn contact_in_line(&self, queue: u32, hash: u64) -> Option<&j::ContactRecord> {
        let mut found = self.callbacks.in_line.range((hash, queue, 0)..=(hash, queue, u64::MAX));
        let only = found.next().filter(|_| hash != 0 && found.next().is_none())?;
        self.contact(only.2)
    }

    /// The open callback that a contact's customer has asked for on it.
    #[must_use]
    pub fn callback_asked_on(&self, contact: u64) -> Option<&j::PromiseRecord> {
        let made = self.promises_made.range((contact, 0)..=(contact, u64::MAX));
        let made = made.filter_map(|(_, promise)| self.promise(*promise));
        made.filter(|record| record.callback.is_some() && contact != 0).last()
    }

    /// Whether customers of a queue are to be dialled before anybody is offered their callbacks.
    #[must_use]
    pub fn has_to_dial(&self, queue: u32) -> bool {
        self.waits_for_dialling(queue) > 0
    }

    /// How many of a queue's callbacks wait for their customers to be dialled.
    pub(in crate::engine) fn waits_for_dialling(&self, queue: u32) -> usize {
        self.callbacks.dial.get(&queue).map_or(0, |line| line.waits.len())
    }

    /// Puts a callback, if it is an open one, among those that are looked for.
    pub(in crate::engine) fn note_callback(&mut self, promise: u64) {
        let Some(record) = self.promise(promise).filter(|record| record.stage() != PromiseStage::Ended)
        else {
            return;
        };
        let Some(callback) = record.callback.as_deref() else {
            return;
        };
        let (queue, live, hashes) = (record.queue, callback.live_contact, hashes(record, callback));
        let callbacks = &mut self.callbacks;
        callbacks.open.insert((queue, promise));
        for hash in hashes.into_iter().filter(|hash| *hash != 0) {
            callbacks.known.insert((hash, queue, promise));
        }
        if live != 0 {
            callbacks.suspended.insert(live, promise);
        }
    }

    /// Takes it out again. Before what it is found by changes.
    pub(in crate::engine) fn forget_callback(&mut self, promise: u64) {
        let Some(record) = self.promise(promise) else {
            return;
        };
        let Some(callback) = record.callback.as_deref() else {
            return;
        };
        let (queue, live, hashes) = (record.queue, callback.live_contact, hashes(record, callback));
        let callbacks = &mut self.callbacks;
        callbacks.open.remove(&(queue, promise));
        for hash in hashes {
            callbacks.known.remove(&(hash, queue, promise));
        }
        callbacks.suspended.remove(&live);
    }

    /// How many callbacks of a queue are in line and not dialled because their gateways are away.
    #[must_use]
    pub fn callbacks_away(&self, queue: u32) -> u32 {
        let away = self.callbacks.dial.get(&queue).map_or(0, |line| line.away.len());
        u32::try_from(away).unwrap_or(u32::MAX)
    }

    /// Whether a gateway reads what it is told: an order to dial that nobody reads would be an attempt made in vain.
    #[must_use]
    pub fn gateway_listens(&self, gateway: u32) -> bool {
        self.gateways.get(&gateway).is_some_and(|record| record.leased && record.deadline_ms == 0)
    }

    /// Whether a contact is a callback that has not been made yet: whoever was reached before has only been moved.
    pub(in crate::engine) fn is_to_reach(&self, record: &j::ContactRecord) -> bool {
        let talk = record.talk();
        let open =
            |promise: u64| self.promise(promise).is_some_and(|record| record.stage() != PromiseStage::Ended);
        talk.callback && open(talk.promise)
    }

    /// Whether the customer of a contact is still to be dialled, if it is one to be dialled at all.
    fn undialled(&self, record: &j::ContactRecord) -> bool {
        let ordered = matches!(record.talk().dialling(), Dialling::Dialled | Dialling::Answered);
        !ordered && self.is_to_reach(record)
    }

    /// Whether a contact is a callback, still to be made, whose gateway doesn't listen. By records alone.
    pub(in crate::engine) fn gateway_away(&self, record: &j::ContactRecord) -> bool {
        self.undialled(record) && !self.gateway_listens(record.gateway)
    }

    /// Whether a contact is a callback that rests for that: by messages the agent writes, and nobody dials.
    #[must_use]
    pub fn dialling_rests(&self, record: &j::ContactRecord) -> bool {
        let channel = self.catalog.channels.get(&record.channel);
        channel.is_some_and(ChannelInfo::realtime) && self.gateway_away(record)
    }

    /// Puts the contact of a callback among those whose customers are to be dialled, or are being, or can't be.
    pub(in crate::engine) fn enter_dial_line(&mut self, number: u64) {
        let Some(record) = self.contact(number) else {
            return;
        };
        let (queue, dialling, arrival_ms) =
            (record.queue, record.talk().dialling(), record.clocked_arrival_ms());
        let rests = self.dialling_rests(record);
        let line = self.callbacks.dial.entry(queue).or_default();
        if rests {
            line.away.insert(number);
        } else if dialling == Dialling::Dialled {
            line.dialled.insert(number);
        } else {
            line.waits.insert((arrival_ms, number));
            self.surge_soon(queue);
        }
    }

    /// Takes it out again, if it is there. Before its place or its queue change.
    pub(in crate::engine) fn leave_dial_line(&mut self, number: u64) {
        let Some(record) = self.contact(number).filter(|record| record.talk().callback) else {
            return;
        };
        let (queue, key) = (record.queue, (record.clocked_arrival_ms(), number));
        if let Some(line) = self.callbacks.dial.get_mut(&queue) {
            line.waits.remove(&key);
            line.dialled.remove(&number);
            line.away.remove(&number);
            if line.waits.is_empty() && line.dialled.is_empty() && line.away.is_empty() {
                self.callbacks.dial.remove(&queue);
            }
        }
    }
}
