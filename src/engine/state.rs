//! The state of a tenant: what events add up to, and the indexes derived from it. Owns the layout; only
//! `evolve` changes it. Reading it is open to everybody.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use crate::{plan::model::Plan, proto::journal as j};

use super::{
    catalog::{AgentInfo, Catalog, Names},
    evolve::{Replaced, Settling},
    line::Line,
    lookup::{Ids, Lookup, id_hash},
    matching::{index::Index, profile::FreeKey},
    table::Table,
    timers::Timers,
};

/// Something to look at again, because a rule that concerns it has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chore {
    /// An offer whose agent may be gone.
    Offer(u64),
    /// An agent who may be out of the plan.
    Agent(u32),
    /// A contact whose queue or gateway may be gone.
    Contact(u64),
    /// A class that nobody signed in may be able to serve, while a later ring has somebody. In the order of
    /// the classes' first contacts: numbers of classes are others in an engine that was rebuilt.
    Ring(u64, u32),
    /// A class that is kept for an agent who may be gone, in the same order.
    Keep(u64, u32),
}

/// Where a contact waits in the index: the epoch of the index, the class, and the key in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// 0: nowhere.
    epoch: u32,
    class: u32,
    key: i64,
}

impl Place {
    pub(super) fn new(epoch: u32, class: u32, key: i64) -> Self {
        Self { epoch, class, key }
    }

    /// Class and key, if it is a place in the index of this epoch.
    pub(super) fn in_index(self, epoch: u32) -> Option<(u32, i64)> {
        (self.epoch != 0 && self.epoch == epoch).then_some((self.class, self.key))
    }
}

/// A contact and where it is found.
#[derive(Debug)]
pub struct Contact {
    /// What is stored.
    pub record: j::ContactRecord,
    /// In the index, while it waits.
    pub(super) place: Place,
    /// Offers and assignments of it, wrap-ups after a transfer included.
    pub(super) legs: u32,
    /// Where its queue and channel are counted, while it is live.
    pub(super) cell: u32,
    /// What its timers are armed for; 0: they are not.
    pub(super) ring_due_ms: u64,
    pub(super) max_wait_due_ms: u64,
}

impl Contact {
    pub(super) fn new(record: j::ContactRecord) -> Self {
        Self { record, place: Place::default(), legs: 0, cell: 0, ring_due_ms: 0, max_wait_due_ms: 0 }
    }
}

/// Capacity that an agent's work takes. Derived from the work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Load {
    /// Units of realtime channels.
    pub realtime_units: u32,
    /// Units of messaging and deferred channels that are not interruptible.
    pub fixed_units: u32,
    /// Units of interruptible channels.
    pub interruptible_units: u32,
    /// Contacts and offers by channel.
    pub by_channel: Vec<(u32, u32)>,
    /// Offers.
    pub offers: u32,
    /// Contacts connecting or active.
    pub active: u32,
    /// Wrap-ups.
    pub wrap_up: u32,
}

impl Load {
    /// Holds a realtime contact or offer.
    #[must_use]
    pub fn on_call(&self) -> bool {
        self.realtime_units > 0
    }

    /// Contacts and offers of a channel.
    #[must_use]
    pub fn of_channel(&self, channel: u32) -> u32 {
        self.by_channel.iter().find(|(of, _)| *of == channel).map_or(0, |(_, count)| *count)
    }
}

/// An agent, with what the plan says and the work that it has.
#[derive(Debug)]
pub struct Agent {
    /// What is stored.
    pub record: j::AgentRecord,
    /// From the plan; none when the agent is no longer in it.
    pub info: Option<Arc<AgentInfo>>,
    /// Offers and assignments by number.
    pub work: Vec<u64>,
    /// What they take.
    pub load: Load,
    /// The index of which the following tells.
    pub(super) epoch: u32,
    /// Its profile in the index.
    pub(super) profile: u32,
    /// Under what the index has it as free.
    pub(super) free: FreeKey,
    /// Whether the index counts it as signed in.
    pub(super) counted: bool,
}

impl Agent {
    /// One who holds nothing, as far as is known.
    pub(super) fn new(record: j::AgentRecord, info: Option<Arc<AgentInfo>>) -> Self {
        Self {
            record,
            info,
            work: Vec::new(),
            load: Load::default(),
            epoch: 0,
            profile: 0,
            free: FreeKey::default(),
            counted: false,
        }
    }

    /// Whether it is signed in and in the plan.
    #[must_use]
    pub fn signed_in(&self) -> bool {
        self.record.session != 0 && !self.record.removed && self.info.is_some()
    }

    /// Whether new work can reach it: signed in, connected, ready, in the plan.
    #[must_use]
    pub fn routable(&self) -> bool {
        let record = &self.record;
        record.session != 0 && record.connected && record.ready && !record.removed && self.info.is_some()
    }
}

/// A queue's contacts at this moment. Derived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueLive {
    /// Waiting.
    pub waiting: u32,
    /// Offered.
    pub offered: u32,
    /// Connecting.
    pub connecting: u32,
    /// Active.
    pub active: u32,
}

/// A queue's contacts of one channel.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub queue: u32,
    pub channel: u32,
    /// What became of them. Authoritative.
    pub counts: j::QueueCounts,
    pub live: QueueLive,
    /// Those waiting or offered, by effective arrival and number.
    pub arrivals: Line<(u64, u64)>,
}

impl Cell {
    /// Whether anything has ever been counted.
    pub fn counted(&self) -> bool {
        let none = j::QueueCounts { queue: self.queue, channel: self.channel, ..j::QueueCounts::default() };
        self.counts != none
    }
}

/// A plan that is being staged, and its agents by numbers.
#[derive(Debug)]
pub(super) struct Draft {
    pub plan: Plan,
    pub agents: BTreeMap<u32, Arc<AgentInfo>>,
}

/// Everything about a tenant.
#[derive(Debug, Default)]
pub struct State {
    pub(super) sequence: u64,
    pub(super) now_ms: u64,
    pub(super) wall_offset_ms: i64,
    pub(super) plan_revision: u64,
    pub(super) last_contact: u64,
    pub(super) last_offer: u64,
    pub(super) last_session: u64,
    pub(super) last_number: u32,
    pub(super) plan: Arc<Plan>,
    pub(super) names: Names,
    pub(super) staged: Vec<j::PlanStaged>,
    pub(super) draining: BTreeMap<u32, j::DrainingQueue>,
    pub(super) gateways: BTreeMap<u32, j::GatewayRecord>,
    pub(super) agents: Table<Agent>,
    pub(super) contacts: Table<Contact>,
    pub(super) assignments: Table<j::AssignmentRecord>,
    pub(super) cells: Vec<Cell>,
    /// Closed contacts that are kept whole, oldest first.
    pub(super) closed: VecDeque<u64>,
    /// Ids of closed contacts that are no longer kept, oldest first.
    pub(super) compacted: VecDeque<j::ClosedRecord>,
    /// Requests answered, oldest first.
    pub(super) requests: VecDeque<j::RequestRecord>,

    // Derived from the above.
    /// What is staged, made ready.
    pub(super) draft: Option<Box<Draft>>,
    /// Sequence of the event with which staging began, if it was in this process; 0: none is.
    pub(super) stage: u64,
    /// What is left of deriving the index anew.
    pub(super) settling: Option<Settling>,
    /// What was in force before, until there is time to drop it.
    pub(super) replaced: Option<Box<Replaced>>,
    pub(super) catalog: Catalog,
    /// Contacts by their id.
    pub(super) contact_ids: Ids,
    pub(super) compacted_ids: Lookup<u128, u64>,
    pub(super) request_ids: Lookup<String, u64>,
    pub(super) gateway_ids: Lookup<String, u32>,
    /// Live contacts by gateway.
    pub(super) by_gateway: BTreeMap<u32, Line<u64>>,
    /// Contacts that are kept and name a case, by case.
    pub(super) by_case: BTreeSet<(String, u64)>,
    pub(super) cell_numbers: BTreeMap<(u32, u32), u32>,
    pub(super) live_contacts: usize,
    pub(super) timers: Timers,
    pub(super) chores: BTreeSet<Chore>,
    pub(super) index: Index,
    /// What replay could not make sense of. The engine must not run with it.
    pub(super) fault: Option<String>,
}

impl State {
    /// Events so far.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Engine time of the latest event.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Wall clock − engine time.
    #[must_use]
    pub fn wall_offset_ms(&self) -> i64 {
        self.wall_offset_ms
    }

    /// The plan in force.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Its revision; 0: there is none yet.
    #[must_use]
    pub fn plan_revision(&self) -> u64 {
        self.plan_revision
    }

    /// The plan by numbers.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Names by number.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// A contact by number.
    #[must_use]
    pub fn contact(&self, contact: u64) -> Option<&j::ContactRecord> {
        self.contacts.get(contact).map(|contact| &contact.record)
    }

    /// A contact by id.
    #[must_use]
    pub fn contact_by_id(&self, id: &str) -> Option<&j::ContactRecord> {
        let same = |number: u64| self.contact(number).filter(|record| record.id == id);
        self.contact_ids.find(id_hash(id), same)
    }

    /// Whether the contact of this id has ended so long ago that only its id is kept.
    #[must_use]
    pub fn compacted(&self, id: &str) -> bool {
        self.compacted_ids.get(&id_hash(id)).is_some()
    }

    /// Live contacts with larger numbers, in the order they came in.
    pub fn live_contacts_after(&self, after: u64) -> impl Iterator<Item = &j::ContactRecord> {
        let later = self.contacts.after(after).map(|(_, contact)| &contact.record);
        later.filter(|record| record.stage() != j::ContactStage::Closed)
    }

    /// The same of one gateway.
    pub fn gateway_contacts_after(
        &self,
        gateway: u32,
        after: u64,
    ) -> impl Iterator<Item = &j::ContactRecord> {
        let contacts = self.by_gateway.get(&gateway).into_iter().flat_map(move |line| line.after(after));
        contacts.filter_map(|contact| self.contact(contact))
    }

    /// How many contacts are live.
    #[must_use]
    pub fn live_count(&self) -> usize {
        self.live_contacts
    }

    /// An offer or assignment.
    #[must_use]
    pub fn assignment(&self, offer: u64) -> Option<&j::AssignmentRecord> {
        self.assignments.get(offer)
    }

    /// All offers and assignments by number.
    pub fn assignments(&self) -> impl Iterator<Item = &j::AssignmentRecord> {
        self.assignments.values()
    }

    /// An agent by number.
    #[must_use]
    pub fn agent(&self, agent: u32) -> Option<&Agent> {
        self.agents.get(u64::from(agent))
    }

    /// An agent by id.
    #[must_use]
    pub fn agent_by_id(&self, id: &str) -> Option<&Agent> {
        self.agent(self.names.number(j::PlanKind::Agent, id)?)
    }

    /// All gateways by number.
    pub fn gateways(&self) -> impl Iterator<Item = &j::GatewayRecord> {
        self.gateways.values()
    }

    /// All agents by number.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// The id of a gateway.
    #[must_use]
    pub fn gateway_id(&self, gateway: u32) -> &str {
        self.gateways.get(&gateway).map_or("", |record| &record.id)
    }

    /// The number of a gateway.
    #[must_use]
    pub fn gateway_by_id(&self, id: &str) -> Option<u32> {
        self.gateway_ids.get(id).copied()
    }

    /// A queue's contacts at this moment.
    #[must_use]
    pub fn queue_live(&self, queue: u32) -> QueueLive {
        let mut sum = QueueLive::default();
        for (_, live) in self.queue_live_by_channel(queue) {
            sum.waiting += live.waiting;
            sum.offered += live.offered;
            sum.connecting += live.connecting;
            sum.active += live.active;
        }
        sum
    }

    /// The same by channel.
    pub fn queue_live_by_channel(&self, queue: u32) -> impl Iterator<Item = (u32, QueueLive)> {
        self.cells_of(queue).map(|cell| (cell.channel, cell.live))
    }

    /// The cells of a queue, by channel.
    pub(super) fn cells_of(&self, queue: u32) -> impl Iterator<Item = &Cell> {
        let numbers = self.cell_numbers.range((queue, 0)..=(queue, u32::MAX));
        numbers.filter_map(|(_, number)| self.cells.get(*number as usize))
    }

    /// Effective arrival of the contact that has waited longest in a queue, offered ones included.
    #[must_use]
    pub fn oldest_arrival_ms(&self, queue: u32) -> Option<u64> {
        self.cells_of(queue).filter_map(|cell| cell.arrivals.first()).min().map(|(arrival, _)| arrival)
    }

    /// What became of the contacts of a queue, by channel.
    pub fn queue_counts(&self, queue: u32) -> impl Iterator<Item = &j::QueueCounts> {
        self.cells_of(queue).map(|cell| &cell.counts)
    }

    /// Queues out of the plan that still have contacts.
    pub fn draining(&self) -> impl Iterator<Item = &j::DrainingQueue> {
        self.draining.values()
    }

    /// What replay could not make sense of, if anything.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// When the engine next has something to do by itself, in milliseconds of engine time.
    #[must_use]
    pub fn next_deadline_ms(&self) -> Option<u64> {
        self.timers.next_ms()
    }

    /// Whether a waiting contact is past its longest wait.
    pub(super) fn waited_too_long(&self, contact: u64, now_ms: u64) -> bool {
        let due_ms = self.contacts.get(contact).map_or(0, |contact| contact.max_wait_due_ms);
        due_ms > 0 && due_ms <= now_ms
    }

    /// Whether something is due whatever the time.
    #[must_use]
    pub fn more_due(&self) -> bool {
        !self.settled() || !self.chores.is_empty() || self.index.dirty() || self.replaced.is_some()
    }
}
