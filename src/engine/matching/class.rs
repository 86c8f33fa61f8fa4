//! Classes: contacts that are alike to agents (same queue, channel, objective, ring and requirement), each
//! with its waiting contacts in one order that doesn't change with time. Classes of one band, objective
//! and channel share a lane, in which their first contacts are in order. Owns which classes are still to
//! be matched. Derived from the state; must hold nothing that can't be rebuilt from it.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    engine::{
        catalog::{ChannelInfo, QueueInfo},
        line::Line,
        lookup::Lookup,
        requirement::{Requirement, Ring},
    },
    plan::model::AgentChoice,
    proto::journal::OfferTrigger,
};

use super::{bits::Bits, policy::Policy, profile::skill_bit};

/// What makes contacts of one class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassKey {
    /// Queue.
    pub queue: u32,
    /// Channel.
    pub channel: u32,
    /// Target wait.
    pub objective_ms: u64,
    /// The agent for whom they are kept; 0: nobody.
    pub kept_for: u32,
    /// During which closure of the queue they came, to be held until it is over; 0: they aren't.
    pub held: u32,
    /// The ring that they are in.
    pub ring: u32,
    /// Rings of their own; empty: the queue's.
    pub rings: Vec<Ring>,
    /// Groups that the rings opened so far have added, ordered. What counts is [`Class::borrowed`].
    pub borrowed: Vec<u32>,
    /// What is asked for in this ring. What counts is [`Class::asked`].
    pub requirement: Requirement,
}

/// Contacts that are alike to agents.
#[derive(Debug)]
pub struct Class {
    /// What they have in common.
    pub key: ClassKey,
    /// What is asked for now: in this ring, or in a later one that a surge has opened to the queue.
    pub asked: Requirement,
    /// Groups that serve it beside those at home: by its ring, likewise, or by a surge; ordered.
    pub borrowed: Vec<u32>,
    /// Lower is served first.
    pub band: u8,
    /// The channel's place among the plan's.
    pub slot: u8,
    /// Home groups of the queue, ordered.
    pub home: Vec<u32>,
    /// Every group is at home.
    pub every_group: bool,
    /// Whom they are offered to.
    pub choice: AgentChoice,
    /// Skills that the choice adds up, where it does.
    pub wanted: Vec<u32>,
    /// A bit for each required skill: an agent without it can't serve.
    pub skills: u64,
    /// Those waiting: (virtual arrival, number).
    pub waiting: Line<(i64, u64)>,
    /// The queue by whose clock they grow older; 0: by time itself.
    pub clock: u32,
    lane: u32,
    dirty: Option<OfferTrigger>,
    /// Its place among those that stay when they are empty, if it is one of them.
    lasting: Option<u32>,
    /// The profiles that could ever serve it; for lasting classes only.
    pub fit: Option<Bits>,
    /// Whether somebody signed in could serve it, as of which state of the staff.
    pub staffed: Cell<(u64, bool)>,
}

/// A class by what its first contact is ordered by: (virtual arrival, number, class).
type Head = (i64, u64, u32);

/// Classes whose first contacts are in one order that doesn't change with time.
#[derive(Debug)]
pub struct Lane {
    /// Lower is served first.
    pub band: u8,
    /// Target wait.
    pub objective_ms: u64,
    /// The channel's place.
    pub slot: u8,
    /// The queue by whose clock they grow older; 0: by time itself.
    pub clock: u32,
    /// Classes in which somebody waits who is not kept for one agent, by their first contacts; those that
    /// last apart, since whoever fits them knows them.
    pub heads: BTreeSet<Head>,
    /// Those of all classes that are to be matched.
    pub dirty: BTreeSet<Head>,
}

/// All classes.
#[derive(Debug, Default)]
pub struct Classes {
    list: Vec<Option<Class>>,
    vacant: Vec<u32>,
    numbers: Lookup<ClassKey, u32>,
    lanes: Vec<Lane>,
    lane_numbers: BTreeMap<(u8, u64, u8, u32), u32>,
    dirty_lanes: BTreeSet<u32>,
    kept: BTreeMap<u32, BTreeSet<u32>>,
    /// In which somebody waits, by queue.
    of_queue: BTreeMap<u32, BTreeSet<u32>>,
    /// By borrowed group that keeps some of its agents free.
    borrowers: BTreeMap<u32, BTreeSet<u32>>,
    /// In which somebody waits whom nobody signed in can serve.
    unstaffed: BTreeSet<u32>,
    /// Classes that stay, in the order in which they came.
    lasting: Vec<u32>,
    /// Classes without contacts, in the order in which they became so; some may have contacts again.
    empty: Vec<u32>,
}

/// Empty classes kept for contacts to come; beyond, they are dropped.
const EMPTY_CLASSES_MAX: usize = 4_096;

impl Classes {
    /// A class.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&Class> {
        self.list.get(number as usize)?.as_ref()
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut Class> {
        self.list.get_mut(number as usize)?.as_mut()
    }

    /// Drops one in `left` of them, for good.
    pub fn drop_slice(&mut self, left: usize) {
        for _ in 0..self.list.len().div_ceil(left) {
            if let Some(class) = self.list.pop().flatten() {
                self.numbers.remove(&class.key);
            }
        }
    }

    /// All lanes.
    pub fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.iter()
    }

    /// A lane.
    #[must_use]
    pub fn lane(&self, number: u32) -> Option<&Lane> {
        self.lanes.get(number as usize)
    }

    /// Lanes with classes to be matched.
    #[must_use]
    pub fn dirty_lanes(&self) -> &BTreeSet<u32> {
        &self.dirty_lanes
    }

    /// Classes in which somebody waits for this agent alone.
    pub fn kept_for(&self, agent: u32) -> impl Iterator<Item = u32> + '_ {
        self.kept.get(&agent).into_iter().flatten().copied()
    }

    /// Classes in which somebody waits and that may borrow this group.
    pub fn borrowers_of(&self, group: u32) -> impl Iterator<Item = u32> + '_ {
        self.borrowers.get(&group).into_iter().flatten().copied()
    }

    /// Classes of a queue in which somebody waits.
    #[must_use]
    pub fn of_queue(&self, queue: u32) -> Option<&BTreeSet<u32>> {
        self.of_queue.get(&queue)
    }

    /// Classes with waiting contacts, in an order of no meaning that is the same on every machine.
    pub fn waiting(&self) -> impl Iterator<Item = (u32, &Class)> {
        let all = (0..).zip(&self.list).filter_map(|(number, class)| Some((number, class.as_ref()?)));
        all.filter(|(_, class)| !class.waiting.is_empty())
    }

    /// Classes in which somebody waits whom nobody signed in can serve, as far as is known.
    #[must_use]
    pub fn unstaffed(&self) -> &BTreeSet<u32> {
        &self.unstaffed
    }

    /// Notes whether nobody signed in can serve a class.
    pub fn set_unstaffed(&mut self, number: u32, unstaffed: bool) {
        if unstaffed {
            self.unstaffed.insert(number);
        } else {
            self.unstaffed.remove(&number);
        }
    }

    /// The number of the class of this key, whose contacts grow older by the clock of a queue (0: by time itself).
    /// A new one asks for what `policy` makes of it.
    pub fn number_of(
        &mut self,
        key: ClassKey,
        (queue, channel): (&QueueInfo, &ChannelInfo),
        policy: &Policy,
        clock: u32,
    ) -> u32 {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let class = self.new_class(Class { clock, ..Class::of(key.clone(), queue, channel, policy) });
        let number = if let Some(number) = self.vacant.pop() {
            self.list[number as usize] = Some(class);
            number
        } else {
            self.list.push(Some(class));
            u32::try_from(self.list.len() - 1).unwrap_or(u32::MAX)
        };
        self.numbers.insert(key, number);
        number
    }

    /// A class that is in no list yet.
    fn new_class(&mut self, class: Class) -> Class {
        let (band, objective_ms, slot, clock) = (class.band, class.key.objective_ms, class.slot, class.clock);
        let lanes = &mut self.lanes;
        let lane = *self.lane_numbers.entry((band, objective_ms, slot, clock)).or_insert_with(|| {
            lanes.push(Lane {
                band,
                objective_ms,
                slot,
                clock,
                heads: BTreeSet::new(),
                dirty: BTreeSet::new(),
            });
            u32::try_from(lanes.len() - 1).unwrap_or(u32::MAX)
        });
        Class { lane, ..class }
    }

    /// Adds a waiting contact. `trigger`: the class is to be matched, because of this.
    pub fn wait(&mut self, number: u32, place: (i64, u64), trigger: Option<OfferTrigger>) {
        let Some(class) = self.get_mut(number) else { return };
        let before = class.waiting.first();
        class.waiting.insert(place);
        self.head_changed(number, before);
        if let Some(trigger) = trigger {
            self.touch(number, trigger);
        }
    }

    /// Removes a contact that waits no longer.
    pub fn leave(&mut self, number: u32, place: (i64, u64)) {
        let Some(class) = self.get_mut(number) else { return };
        let before = class.waiting.first();
        class.waiting.remove(&place);
        if !class.waiting.is_empty() {
            self.head_changed(number, before);
            return;
        }
        self.settle_at(number, before);
        self.head_changed(number, before);
        self.unstaffed.remove(&number);
        if self.get(number).is_some_and(|class| class.lasting.is_none()) {
            self.empty.push(number);
        }
        if self.empty.len() > EMPTY_CLASSES_MAX {
            self.drop_empty();
        }
    }

    /// Keeps the places of a class in order; `before` was its first contact.
    fn head_changed(&mut self, number: u32, before: Option<(i64, u64)>) {
        let Some(class) = self.list.get(number as usize).and_then(Option::as_ref) else { return };
        let after = class.waiting.first();
        if before == after {
            return;
        }
        let head = |(arrival_ms, contact)| (arrival_ms, contact, number);
        if let Some(lane) = self.lanes.get_mut(class.lane as usize) {
            let listed = class.key.kept_for == 0 && class.lasting.is_none();
            if let Some(before) = before.map(head) {
                if listed {
                    lane.heads.remove(&before);
                }
                if class.dirty.is_some() {
                    lane.dirty.remove(&before);
                }
            }
            if let Some(after) = after.map(head) {
                if listed {
                    lane.heads.insert(after);
                }
                if class.dirty.is_some() {
                    lane.dirty.insert(after);
                }
            }
        }
        if before.is_none() || after.is_none() {
            self.list_special(number, after.is_some());
        }
    }

    /// Files a class by its queue, and if it is kept for an agent or may borrow by these, while somebody waits in it.
    fn list_special(&mut self, number: u32, waiting: bool) {
        let Some(class) = self.list.get(number as usize).and_then(Option::as_ref) else { return };
        let file = |map: &mut BTreeMap<u32, BTreeSet<u32>>, of: u32| {
            if waiting {
                map.entry(of).or_default().insert(number);
            } else if let Some(list) = map.get_mut(&of) {
                list.remove(&number);
                if list.is_empty() {
                    map.remove(&of);
                }
            }
        };
        file(&mut self.of_queue, class.key.queue);
        if class.key.kept_for != 0 {
            file(&mut self.kept, class.key.kept_for);
        }
        for group in &class.borrowed {
            file(&mut self.borrowers, *group);
        }
    }

    /// The class is to be matched, because of this.
    pub fn touch(&mut self, number: u32, trigger: OfferTrigger) {
        let Some(class) = self.list.get_mut(number as usize).and_then(Option::as_mut) else { return };
        let Some((arrival_ms, contact)) = class.waiting.first() else { return };
        if class.dirty.replace(trigger).is_none()
            && let Some(lane) = self.lanes.get_mut(class.lane as usize)
        {
            lane.dirty.insert((arrival_ms, contact, number));
            self.dirty_lanes.insert(class.lane);
        }
    }

    /// Every class in which somebody waits is to be matched.
    pub fn touch_all(&mut self, trigger: OfferTrigger) {
        let all: Vec<u32> = self.waiting().map(|(number, _)| number).collect();
        all.into_iter().for_each(|number| self.touch(number, trigger));
    }

    /// Why a class is to be matched.
    #[must_use]
    pub fn trigger(&self, number: u32) -> OfferTrigger {
        self.get(number).and_then(|class| class.dirty).unwrap_or_default()
    }

    /// Nothing of the class can be matched now.
    pub fn settle(&mut self, number: u32) {
        let first = self.get(number).and_then(|class| class.waiting.first());
        self.settle_at(number, first);
    }

    fn settle_at(&mut self, number: u32, first: Option<(i64, u64)>) {
        let Some(class) = self.list.get_mut(number as usize).and_then(Option::as_mut) else { return };
        if class.dirty.take().is_some()
            && let Some((arrival_ms, contact)) = first
            && let Some(lane) = self.lanes.get_mut(class.lane as usize)
        {
            lane.dirty.remove(&(arrival_ms, contact, number));
            if lane.dirty.is_empty() {
                self.dirty_lanes.remove(&class.lane);
            }
        }
    }

    /// Classes that stay, in the order in which they came.
    #[must_use]
    pub fn lasting(&self) -> &[u32] {
        &self.lasting
    }

    /// Keeps a class also when it is empty. `fit`: the profiles that could ever serve it.
    pub fn make_lasting(&mut self, number: u32, fit: Bits) {
        let at = u32::try_from(self.lasting.len()).unwrap_or(u32::MAX);
        let Some(class) = self.get_mut(number).filter(|class| class.lasting.is_none()) else { return };
        let first = class.waiting.first();
        class.lasting = Some(at);
        class.fit = Some(fit);
        let lane = class.lane;
        self.lasting.push(number);
        if let (Some((arrival_ms, contact)), Some(lane)) = (first, self.lanes.get_mut(lane as usize)) {
            lane.heads.remove(&(arrival_ms, contact, number));
        }
    }

    /// Classes of a queue from a number on, with or without contacts.
    pub fn all_of(&self, queue: u32, from: u32) -> impl Iterator<Item = u32> + '_ {
        let all = (from..).zip(self.list.iter().skip(from as usize));
        let of_queue =
            move |class: &Option<Class>| class.as_ref().is_some_and(|class| class.key.queue == queue);
        all.filter(move |(_, class)| of_queue(class)).map(|(number, _)| number)
    }

    /// Has a class ask for what `policy` makes of it, and files it accordingly. Returns what was known of who fits it
    /// before, if it asks for something else now.
    pub fn ask_anew(&mut self, number: u32, policy: &Policy, of_queue: &[Ring]) -> Option<Option<Bits>> {
        let waiting = !self.get(number)?.waiting.is_empty();
        if waiting {
            self.list_special(number, false);
        }
        let class = self.get_mut(number)?;
        let before = class.fit.take();
        let changed = class.dress(policy, of_queue);
        let known = if changed {
            Some(before)
        } else {
            class.fit = before;
            None
        };
        if waiting {
            self.list_special(number, true);
        }
        known
    }

    /// Notes who fits a class that stays.
    pub fn set_fit(&mut self, number: u32, fit: Bits) {
        if let Some(class) = self.get_mut(number) {
            class.fit = Some(fit);
        }
    }

    fn drop_empty(&mut self) {
        for number in std::mem::take(&mut self.empty) {
            let empty =
                self.get(number).is_some_and(|class| class.waiting.is_empty() && class.lasting.is_none());
            if empty && let Some(class) = self.list[number as usize].take() {
                self.numbers.remove(&class.key);
                self.vacant.push(number);
            }
        }
    }
}

impl Class {
    /// A class by itself: what the index says of it is not known.
    #[must_use]
    pub fn of(key: ClassKey, queue: &QueueInfo, channel: &ChannelInfo, policy: &Policy) -> Self {
        let mut class = Self {
            asked: Requirement::default(),
            borrowed: Vec::new(),
            band: queue.band.unwrap_or(channel.kind as u8),
            slot: channel.slot,
            home: queue.groups.clone(),
            every_group: queue.every_group,
            choice: queue.agent_choice,
            wanted: Vec::new(),
            skills: 0,
            waiting: Line::default(),
            clock: 0,
            lane: 0,
            dirty: None,
            lasting: None,
            fit: None,
            staffed: Cell::new((0, false)),
            key,
        };
        class.dress(policy, &queue.rings);
        class
    }

    /// Works out what is asked for now, whom that may be, and what is known of it no more. Returns whether it is something
    /// else than before.
    fn dress(&mut self, policy: &Policy, of_queue: &[Ring]) -> bool {
        let rings = if self.key.rings.is_empty() { of_queue } else { &self.key.rings };
        let mut asked = self.key.requirement.clone();
        let mut borrowed = [&self.key.borrowed[..], &policy.groups].concat();
        let opened = rings.iter().take(policy.rings as usize).skip(self.key.ring as usize);
        for ring in opened {
            asked.relax(ring);
            borrowed.extend_from_slice(&ring.groups);
        }
        borrowed.sort_unstable();
        borrowed.dedup();
        if asked == self.asked && borrowed == self.borrowed {
            return false;
        }
        self.skills = asked.required.iter().fold(0, |bits, ask| bits | skill_bit(ask.skill));
        self.wanted = if self.choice == AgentChoice::MostSkilled { asked.wanted() } else { Vec::new() };
        (self.asked, self.borrowed) = (asked, borrowed);
        self.fit = None;
        self.staffed.set((0, false));
        true
    }

    /// Its place among the classes that stay.
    #[must_use]
    pub fn lasting(&self) -> Option<u32> {
        self.lasting
    }
}
