//! The state of a tenant: what events add up to, and the indexes derived from it. Owns the layout; only
//! `evolve` changes it. Reading it is open to everybody.

mod agent;
mod callback;
mod flow;
mod schedule;
mod surge;

pub use agent::{Agent, Load};
pub use callback::Callbacks;
pub use flow::{Flow, Flows, InLine};
pub use schedule::{Dated, DatedRecord, Pending, Schedules};
pub use surge::Surges;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use crate::{plan::model::Plan, proto::journal as j};

use super::{
    catalog::{AgentInfo, Catalog, Names},
    conversation::{Dues, Promise},
    evolve::{Replaced, Settling},
    line::Line,
    lookup::{Ids, Lookup, id_hash},
    matching::index::Index,
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
    /// A promise whose queue may be gone.
    Promise(u64),
    /// A queue that has opened, whose callbacks from this one on may enter it.
    Callbacks(u32, u64),
    /// A class that nobody signed in may be able to serve, while a later ring has somebody. In the order of
    /// the classes' first contacts: numbers of classes are others in an engine that was rebuilt.
    Ring(u64, u32),
    /// A class that is kept for an agent who may be gone, in the same order.
    Keep(u64, u32),
    /// An agent whose shift may be over, and who may have contacts to hand over.
    ShiftOver(u32),
    /// A queue that may have closed, and whose contacts may have to move.
    Closing(u32),
    /// A queue whose surge steps, or what they do to those who wait, are not all done.
    Surge(u32),
}

/// Where a contact waits in the index: the epoch of the index, the class, and the key in it.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::engine) struct Place {
    /// 0: nowhere.
    epoch: u32,
    class: u32,
    key: i64,
}

impl Place {
    pub(in crate::engine) fn new(epoch: u32, class: u32, key: i64) -> Self {
        Self { epoch, class, key }
    }

    /// Class and key, if it is a place in the index of this epoch.
    pub(in crate::engine) fn in_index(self, epoch: u32) -> Option<(u32, i64)> {
        (self.epoch != 0 && self.epoch == epoch).then_some((self.class, self.key))
    }
}

/// A contact and where it is found.
#[derive(Debug)]
pub struct Contact {
    /// What is stored.
    pub record: j::ContactRecord,
    /// In the index, while it waits.
    pub(in crate::engine) place: Place,
    /// Offers and assignments of it, wrap-ups after a transfer included.
    pub(in crate::engine) legs: u32,
    /// Where its queue and channel are counted, while it is live.
    pub(in crate::engine) cell: u32,
    /// What its timers are armed for; 0: they are not.
    pub(in crate::engine) ring_due_ms: u64,
    pub(in crate::engine) max_wait_due_ms: u64,
    /// What the timers of its stage and its reply window are armed for; most have neither.
    pub(in crate::engine) dues: Option<Box<Dues>>,
}

impl Contact {
    pub(in crate::engine) fn new(record: j::ContactRecord) -> Self {
        Self {
            record,
            place: Place::default(),
            legs: 0,
            cell: 0,
            ring_due_ms: 0,
            max_wait_due_ms: 0,
            dues: None,
        }
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
    /// Parked.
    pub parked: u32,
    /// With a bot.
    pub with_bot: u32,
}

impl QueueLive {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.waiting + self.offered + self.connecting + self.active + self.parked + self.with_bot
    }
}

/// A queue's contacts of one channel.
#[derive(Debug, Default)]
pub(in crate::engine) struct Cell {
    pub queue: u32,
    pub channel: u32,
    /// What became of them. Authoritative.
    pub counts: j::QueueCounts,
    pub live: QueueLive,
    /// Those waiting or offered, by since when they have waited and number.
    pub arrivals: Line<(u64, u64)>,
    /// The same of callbacks whose customers are not on the line.
    pub callbacks: Line<(u64, u64)>,
}

impl Cell {
    /// Whether there are live contacts in it, or promises or callbacks to be kept.
    pub fn in_use(&self) -> bool {
        self.live != QueueLive::default() || self.open_promises() > 0 || self.open_callbacks() > 0
    }

    /// Whether anything has ever been counted.
    pub fn counted(&self) -> bool {
        let none = j::QueueCounts { queue: self.queue, channel: self.channel, ..j::QueueCounts::default() };
        self.counts != none
    }
}

/// A plan that is being staged, and its agents by numbers.
#[derive(Debug)]
pub(in crate::engine) struct Draft {
    pub plan: Plan,
    pub agents: BTreeMap<u32, Arc<AgentInfo>>,
}

/// Everything about a tenant.
#[derive(Debug, Default)]
pub struct State {
    pub(in crate::engine) sequence: u64,
    pub(in crate::engine) now_ms: u64,
    pub(in crate::engine) wall_offset_ms: i64,
    pub(in crate::engine) plan_revision: u64,
    pub(in crate::engine) last_contact: u64,
    pub(in crate::engine) last_offer: u64,
    pub(in crate::engine) last_session: u64,
    pub(in crate::engine) last_number: u32,
    pub(in crate::engine) plan: Arc<Plan>,
    pub(in crate::engine) names: Names,
    pub(in crate::engine) staged: Vec<j::PlanStaged>,
    pub(in crate::engine) draining: BTreeMap<u32, j::DrainingQueue>,
    pub(in crate::engine) gateways: BTreeMap<u32, j::GatewayRecord>,
    pub(in crate::engine) agents: Table<Agent>,
    pub(in crate::engine) contacts: Table<Contact>,
    pub(in crate::engine) assignments: Table<j::AssignmentRecord>,
    pub(in crate::engine) cells: Vec<Cell>,
    /// Closed contacts that are kept whole, oldest first.
    pub(in crate::engine) closed: VecDeque<u64>,
    /// Ids of closed contacts that are no longer kept, oldest first.
    pub(in crate::engine) compacted: VecDeque<j::ClosedRecord>,
    /// Requests answered, oldest first.
    pub(in crate::engine) requests: VecDeque<j::RequestRecord>,
    pub(in crate::engine) last_promise: u64,
    pub(in crate::engine) promises: BTreeMap<u64, Promise>,
    /// Promises that have ended and are kept, oldest first.
    pub(in crate::engine) ended_promises: VecDeque<u64>,
    /// By their numbers, each made of the number of a contact.
    pub(in crate::engine) cases: BTreeMap<u64, j::CaseRecord>,
    /// Dated entries, the hours of queues, and what is to be brought in line with the rules.
    pub(in crate::engine) schedules: Schedules,
    /// How queues stand in a surge.
    pub(in crate::engine) surges: Surges,
    /// How fast queues are served.
    pub(in crate::engine) flows: Flows,

    // Derived from the above.
    /// What is staged, made ready.
    pub(in crate::engine) draft: Option<Box<Draft>>,
    /// Sequence of the event with which staging began, if it was in this process; 0: none is.
    pub(in crate::engine) stage: u64,
    /// What is left of deriving the index anew.
    pub(in crate::engine) settling: Option<Settling>,
    /// What was in force before, until there is time to drop it.
    pub(in crate::engine) replaced: Option<Box<Replaced>>,
    pub(in crate::engine) catalog: Catalog,
    /// Contacts by their id.
    pub(in crate::engine) contact_ids: Ids,
    pub(in crate::engine) compacted_ids: Lookup<u128, u64>,
    pub(in crate::engine) request_ids: Lookup<String, u64>,
    pub(in crate::engine) gateway_ids: Lookup<String, u32>,
    /// Live contacts by gateway.
    pub(in crate::engine) by_gateway: BTreeMap<u32, Line<u64>>,
    /// Of these, follow-ups and callbacks: those for whom it matters at once whether their gateway is there.
    pub(in crate::engine) promised_by_gateway: BTreeMap<u32, Line<u64>>,
    /// Contacts that are kept and name a case, by case.
    pub(in crate::engine) by_case: BTreeSet<(String, u64)>,
    /// Live contacts with a bot, by the bot's gateway.
    pub(in crate::engine) by_bot: BTreeMap<u32, Line<u64>>,
    pub(in crate::engine) promise_ids: Lookup<String, u64>,
    /// Open promises by when they are due.
    pub(in crate::engine) promises_due: BTreeSet<(u64, u64)>,
    /// Open promises by the contact of which they were made.
    pub(in crate::engine) promises_made: BTreeSet<(u64, u64)>,
    /// Promises by case.
    pub(in crate::engine) promises_of: BTreeSet<(String, u64)>,
    /// Open callbacks, by what they are looked for.
    pub(in crate::engine) callbacks: Callbacks,
    pub(in crate::engine) case_ids: Lookup<u128, u64>,
    /// Cases of customers who are known: by what, when touched last, the case.
    pub(in crate::engine) customers: BTreeSet<(u64, u64, u64)>,
    /// Cases that may be forgotten, by when they were touched last.
    pub(in crate::engine) case_ages: Line<(u64, u64)>,
    pub(in crate::engine) cell_numbers: BTreeMap<(u32, u32), u32>,
    pub(in crate::engine) live_contacts: usize,
    pub(in crate::engine) timers: Timers,
    pub(in crate::engine) chores: BTreeSet<Chore>,
    pub(in crate::engine) index: Index,
    /// What replay could not make sense of. The engine must not run with it.
    pub(in crate::engine) fault: Option<String>,
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

    /// The wall time of an engine time, as the clock stands.
    #[must_use]
    pub fn wall_ms(&self, engine_ms: u64) -> i64 {
        i64::try_from(engine_ms).unwrap_or(i64::MAX).saturating_add(self.wall_offset_ms)
    }

    /// The engine time of a wall time, as the clock stands; 1 for what is before it began.
    #[must_use]
    pub fn engine_ms_at(&self, wall_ms: i64) -> u64 {
        u64::try_from(wall_ms.saturating_sub(self.wall_offset_ms)).unwrap_or(0).max(1)
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

    /// Whether a gateway has been given up until it is heard of again.
    pub(in crate::engine) fn gateway_lost(&self, gateway: u32) -> bool {
        self.gateways.get(&gateway).is_some_and(|record| record.lost)
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
            sum.parked += live.parked;
            sum.with_bot += live.with_bot;
        }
        sum
    }

    /// The same by channel.
    pub fn queue_live_by_channel(&self, queue: u32) -> impl Iterator<Item = (u32, QueueLive)> {
        self.cells_of(queue).map(|cell| (cell.channel, cell.live))
    }

    /// The cells of a queue, by channel.
    pub(in crate::engine) fn cells_of(&self, queue: u32) -> impl Iterator<Item = &Cell> {
        let numbers = self.cell_numbers.range((queue, 0)..=(queue, u32::MAX));
        numbers.filter_map(|(_, number)| self.cells.get(*number as usize))
    }

    /// Since when the contact of a queue has waited that has waited longest, offered ones included.
    #[must_use]
    pub fn oldest_waiting_since_ms(&self, queue: u32) -> Option<u64> {
        self.cells_of(queue).filter_map(|cell| cell.arrivals.first()).min().map(|(since, _)| since)
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

    /// Whether a waiting contact is past its longest wait, by its queue's clock.
    pub(in crate::engine) fn waited_too_long(&self, contact: u64, now_ms: u64) -> bool {
        let contact = self.contacts.get(contact).filter(|contact| contact.max_wait_due_ms > 0);
        let due_ms = contact.and_then(|contact| self.longest_wait_ms(&contact.record, now_ms));
        due_ms.is_some_and(|due_ms| due_ms <= now_ms)
    }

    /// Whether something is due whatever the time.
    #[must_use]
    pub fn more_due(&self) -> bool {
        !self.settled()
            || !self.schedules.pending.is_empty()
            || self.surges.pending
            || !self.surges.asking.is_empty()
            || !self.chores.is_empty()
            || self.index.dirty()
            || self.replaced.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Contact;

    /// A million may wait: what most of them lack is boxed.
    #[test]
    fn a_waiting_contact_stays_small() {
        assert!(size_of::<Contact>() <= 280, "{}", size_of::<Contact>());
    }
}
