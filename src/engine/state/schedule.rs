//! Where a tenant stands by its schedules: dated entries, overrides, the hours of its queues, and what is yet to be
//! brought in line with the rules. Owns the layout; only `evolve` changes what is stored.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::Arc,
};

use crate::{
    engine::{catalog::Catalog, state::State},
    proto::journal::{self as j, Presence},
    schedule::{Zone, Zones},
};

use super::Agent;

/// All channels.
const ALL: u128 = u128::MAX;

/// A dated entry, with its names shared by all that have the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedRecord {
    /// In the order in which they were set.
    pub number: u64,
    /// What it says.
    pub kind: j::DatedKind,
    /// Local seconds.
    pub start_s: i64,
    /// In seconds of the local clock.
    pub length_s: u32,
    /// None: the tenant's.
    pub zone: Option<Arc<Zone>>,
    /// Breaks and activities.
    pub parts: Box<[j::DatedPart]>,
    /// Channels, if not all.
    pub channels: Option<Box<[u32]>>,
    /// Why.
    pub reason: Arc<str>,
    /// Where it comes from.
    pub source: Arc<str>,
}

impl DatedRecord {
    /// As it is stored.
    #[must_use]
    pub fn entry(&self, agent: u32) -> j::DatedEntry {
        j::DatedEntry {
            number: self.number,
            agent,
            kind: self.kind.into(),
            start_s: self.start_s,
            length_s: self.length_s,
            zone: self.zone_name().to_owned(),
            parts: self.parts.to_vec(),
            restricted: self.channels.is_some(),
            channels: self.channels.as_deref().unwrap_or_default().to_vec(),
            reason: self.reason.to_string(),
            source: self.source.to_string(),
        }
    }

    /// The name of its zone; empty: the tenant's.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        self.zone.as_ref().map_or("", |zone| zone.name())
    }

    /// Whether it has this key.
    #[must_use]
    pub fn is(&self, key: &j::DatedKey) -> bool {
        self.kind == key.kind() && self.start_s == key.start_s && self.zone_name() == key.zone
    }
}

/// Dated entries of agents.
#[derive(Debug, Clone, Default)]
pub struct Dated {
    /// By agent, ordered by start, kind and zone.
    by_agent: BTreeMap<u32, Arc<Vec<DatedRecord>>>,
    /// Names and zones that entries share.
    names: BTreeSet<Arc<str>>,
    /// Entries by their source, of those that have any.
    by_source: BTreeMap<Arc<str>, usize>,
    zones: Zones,
    /// How many there are.
    count: usize,
}

impl Dated {
    /// Of an agent.
    #[must_use]
    pub fn of(&self, agent: u32) -> &[DatedRecord] {
        self.by_agent.get(&agent).map_or(&[], |list| list)
    }

    /// The same, to be kept while others change.
    #[must_use]
    pub fn shared(&self, agent: u32) -> Option<Arc<Vec<DatedRecord>>> {
        self.by_agent.get(&agent).cloned()
    }

    /// The same of all agents with greater numbers than this.
    pub fn shared_after(&self, agent: u32) -> impl Iterator<Item = (u32, Arc<Vec<DatedRecord>>)> {
        let after = self.by_agent.range((Bound::Excluded(agent), Bound::Unbounded));
        after.map(|(agent, list)| (*agent, list.clone()))
    }

    /// All, by agent.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[DatedRecord])> {
        self.by_agent.iter().map(|(agent, list)| (*agent, list.as_slice()))
    }

    /// Zones that entries name.
    #[must_use]
    pub fn zones(&self) -> &Zones {
        &self.zones
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether any entry is of this source.
    #[must_use]
    pub fn has_source(&self, source: &str) -> bool {
        self.by_source.contains_key(source)
    }

    fn shared_name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.names.insert(name.clone());
        name
    }

    /// Puts an entry in, in place of one with its key.
    pub(in crate::engine) fn put(&mut self, entry: &j::DatedEntry) {
        let record = DatedRecord {
            number: entry.number,
            kind: entry.kind(),
            start_s: entry.start_s,
            length_s: entry.length_s,
            // A name that this version does not know was once known: the tenant's comes nearest.
            zone: Some(&entry.zone)
                .filter(|name| !name.is_empty())
                .and_then(|name| self.zones.get(name).ok()),
            parts: entry.parts.clone().into_boxed_slice(),
            channels: entry.restricted.then(|| entry.channels.clone().into_boxed_slice()),
            reason: self.shared_name(&entry.reason),
            source: self.shared_name(&entry.source),
        };
        *self.by_source.entry(record.source.clone()).or_default() += 1;
        let list = Arc::make_mut(self.by_agent.entry(entry.agent).or_default());
        let order = |a: &DatedRecord, b: &DatedRecord| {
            let of = |record: &DatedRecord| (record.start_s, record.kind as i32);
            of(a).cmp(&of(b)).then_with(|| a.zone_name().cmp(b.zone_name()))
        };
        match list.binary_search_by(|known| order(known, &record)) {
            Ok(at) => {
                let before = std::mem::replace(&mut list[at], record);
                leave(&mut self.by_source, &before.source);
            }
            Err(at) => {
                list.insert(at, record);
                self.count += 1;
            }
        }
    }

    /// Takes out what `gone` says of an agent.
    pub(in crate::engine) fn remove(&mut self, agent: u32, gone: impl Fn(&DatedRecord) -> bool) {
        let Some(list) = self.by_agent.get_mut(&agent) else {
            return;
        };
        if !list.iter().any(&gone) {
            return;
        }
        let before = list.len();
        let by_source = &mut self.by_source;
        Arc::make_mut(list).retain(|record| {
            let goes = gone(record);
            if goes {
                leave(by_source, &record.source);
            }
            !goes
        });
        self.count -= before - list.len();
        if list.is_empty() {
            self.by_agent.remove(&agent);
        }
    }
}

/// An entry of a source goes.
fn leave(by_source: &mut BTreeMap<Arc<str>, usize>, source: &str) {
    if let Some(count) = by_source.get_mut(source) {
        *count -= 1;
        if *count == 0 {
            by_source.remove(source);
        }
    }
}

/// Agents and queues that may not be as the rules say.
#[derive(Debug, Default)]
pub struct Pending {
    /// All agents with greater numbers than this.
    pub all_after: Option<u64>,
    /// These agents, whose rules have changed too.
    pub agents: BTreeSet<u32>,
    /// The queues.
    pub queues: bool,
}

impl Pending {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all_after.is_none() && self.agents.is_empty() && !self.queues
    }

    /// All of them.
    pub fn everything(&mut self) {
        self.all_after = Some(0);
        self.queues = true;
    }
}

/// Everything about schedules that is the state's and no agent's.
#[derive(Debug, Default)]
pub struct Schedules {
    /// By queue.
    pub(in crate::engine) hours: BTreeMap<u32, j::QueueHoursRecord>,
    pub(in crate::engine) dated: Dated,
    /// Number of the entry that was set last.
    pub(in crate::engine) last_dated: u64,
    /// Grows with each change of dated entries in force.
    pub(in crate::engine) dated_revision: u64,
    /// Where recurrences were cut, by source, in wall seconds; 0: nowhere.
    pub(in crate::engine) sources: BTreeMap<String, i64>,
    /// Parts of an import that is not committed.
    pub(in crate::engine) staged: Vec<j::ShiftsChanged>,
    /// Derived: what dated entries will be once it is, and whose change; true:
    /// SHIFTs of theirs go.
    pub(in crate::engine) draft: Option<Box<Dated>>,
    pub(in crate::engine) draft_agents: BTreeMap<u32, bool>,
    /// Sequence of the event with which it began, if it was in this process; 0: none is staged.
    pub(in crate::engine) stage: u64,
    /// Version of the time-zone database that was told last.
    pub(in crate::engine) time_zones: String,
    /// Derived: what is to be looked at.
    pub(in crate::engine) pending: Pending,
    /// Derived: whether any agent has a schedule, dated entries or an override, or had one.
    pub(in crate::engine) used: bool,
    /// Derived: what the timer of each queue is armed for.
    pub(in crate::engine) hours_due_ms: BTreeMap<u32, u64>,
    /// Derived: when the first of the edges was due that are about to be told; 0: they are due by no timer.
    pub(in crate::engine) edge_due_ms: u64,
    /// Derived: contacts, by queue, whose next ring or longest wait fell due while the queue was closed or its clock
    /// stood still, and has no timer until that changes.
    pub(in crate::engine) resting: BTreeSet<(u32, u64)>,
}

impl Agent {
    /// Where it stands by its schedule; none: it has none.
    #[must_use]
    pub fn presence(&self) -> Option<Presence> {
        self.record.schedule.as_ref().map(j::ScheduleState::presence)
    }

    /// Whether its schedule lets it take work at all.
    #[must_use]
    pub fn on_shift(&self) -> bool {
        matches!(self.presence(), None | Some(Presence::On))
    }

    /// Whether it is there to count on: signed in and not off shift.
    #[must_use]
    pub fn on_staff(&self) -> bool {
        self.signed_in() && self.presence() != Some(Presence::Off)
    }

    /// Whether its schedule lets it be newly offered contacts of the channel in this slot.
    #[must_use]
    pub fn open_to(&self, slot: u8) -> bool {
        self.open >> slot & 1 == 1
    }

    /// Derives what the stored state comes to by the channels of the plan in force.
    pub(in crate::engine) fn derive_open(&mut self, catalog: &Catalog) {
        self.open = match &self.record.schedule {
            None => ALL,
            Some(state) if state.presence() != Presence::On => 0,
            Some(state) if !state.restricted => ALL,
            Some(state) => {
                let slots = state.channels.iter().filter_map(|channel| catalog.channels.get(channel));
                slots.fold(0, |open, channel| open | 1 << channel.slot)
            }
        };
    }
}

impl State {
    /// The wall clock at an engine time, in seconds.
    #[must_use]
    pub fn wall_s(&self, at_ms: u64) -> i64 {
        let wall_ms = i64::try_from(at_ms).unwrap_or(i64::MAX).saturating_add(self.wall_offset_ms);
        wall_ms.div_euclid(1_000)
    }

    /// The engine time at which the wall clock shows these seconds; 0 if that is before all time.
    #[must_use]
    pub fn engine_ms(&self, wall_s: i64) -> u64 {
        self.engine_ms_at(wall_s.saturating_mul(1_000))
    }

    /// Whether a queue is open: by its calendar or by hand, and always if it has neither.
    #[must_use]
    pub fn queue_open(&self, queue: u32) -> bool {
        self.schedules.hours.get(&queue).is_none_or(|hours| !hours.closed)
    }

    /// How often a queue has closed.
    #[must_use]
    pub fn closures(&self, queue: u32) -> u32 {
        self.schedules.hours.get(&queue).map_or(0, |hours| hours.closures)
    }

    /// How long a queue's clock has stood still in all, in milliseconds.
    #[must_use]
    pub fn idle_ms(&self, queue: u32, now_ms: u64) -> u64 {
        self.schedules.hours.get(&queue).map_or(0, |hours| {
            let standing_ms = if hours.clock_stopped { now_ms.saturating_sub(hours.changed_ms) } else { 0 };
            hours.stopped_ms + standing_ms
        })
    }

    /// Whether all agents and queues are as their schedules say, as far as is known. Until they are, nothing is
    /// offered.
    #[must_use]
    pub fn settled_schedules(&self, now_ms: u64) -> bool {
        self.schedules.pending.is_empty() && !self.timers.edge_due(now_ms)
    }

    /// Dated entries in force.
    #[must_use]
    pub fn dated(&self) -> &Dated {
        &self.schedules.dated
    }

    /// Grows with each change of dated entries in force.
    #[must_use]
    pub fn dated_revision(&self) -> u64 {
        self.schedules.dated_revision
    }

    /// A queue's hours, if it has any.
    #[must_use]
    pub fn queue_hours(&self, queue: u32) -> Option<&j::QueueHoursRecord> {
        self.schedules.hours.get(&queue)
    }

    /// Where recurrences were cut, by source, in wall seconds; 0: nowhere.
    #[must_use]
    pub fn shift_sources(&self) -> &BTreeMap<String, i64> {
        &self.schedules.sources
    }
}
