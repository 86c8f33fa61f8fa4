//! Profiles: agents that are alike to every contact but for what they hold now (same groups, skills,
//! capacity and limits), in the orders in which they are chosen. Owns which profiles have somebody with
//! room for a channel, and which fit a requirement, as sets of bits, so that one decision looks at a few
//! words even when every agent is unlike the others. Derived from the state.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    engine::{
        catalog::{AgentInfo, Catalog, ChannelInfo},
        line::Line,
        lookup::Lookup,
        requirement::Ask,
    },
    plan::model::AgentChoice,
};

use super::{bits::Bits, class::Class, eligible::able};

/// Channels as bits by slot.
pub type Slots = u128;

/// Under what an agent is found among the free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FreeKey {
    /// The channels for one more contact of which it has room.
    pub room: Slots,
    /// Sequence since which it is idle.
    pub idle: u64,
    /// Held units in thousandths of the capacity.
    pub load: u32,
    /// Sequence of its last offer.
    pub turn: u64,
}

/// Agents of a profile with room for the same channels.
#[derive(Debug, Default)]
pub struct Free {
    /// For which.
    pub room: Slots,
    /// By idle sequence.
    pub idle: Line<(u64, u32)>,
    /// By load, then idle sequence; if some queue chooses so.
    pub load: Line<(u32, u64, u32)>,
    /// By last offer, then idle sequence (several have had none); if some queue chooses so.
    pub turn: Line<(u64, u64, u32)>,
}

/// Agents that are alike.
#[derive(Debug)]
pub struct Profile {
    /// In what.
    pub info: Arc<AgentInfo>,
    /// A bit for each skill; two skills may share one.
    pub skills: u64,
    /// The sum of all levels.
    pub level_sum: u32,
    /// Those who are free.
    pub free: Vec<Free>,
    /// How many there are.
    agents: u32,
    /// How many are signed in.
    signed_in: u32,
    /// Lasting classes that they fit, of the first `looked_at` of these.
    common: Vec<u32>,
    looked_at: usize,
}

/// All profiles.
#[derive(Debug, Default)]
pub struct Profiles {
    list: Vec<Profile>,
    numbers: Lookup<Arc<AgentInfo>, u32>,
    by_group: BTreeMap<u32, Bits>,
    in_some_group: Bits,
    /// By skill, for each level: those who have it or more.
    by_level: Lookup<u32, Vec<Bits>>,
    /// By channel slot: those who could ever take one.
    able: Vec<Bits>,
    /// By channel slot: those with somebody signed in who could ever take one.
    staffed: Vec<Bits>,
    /// By channel slot: those with somebody who has room.
    open: Vec<Bits>,
    by_load: bool,
    by_turn: bool,
}

/// A bit that stands for a skill; others may have the same.
#[must_use]
pub fn skill_bit(skill: u32) -> u64 {
    1 << (skill % 64)
}

/// Which profiles are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Among {
    /// Those who could ever take a contact of the channel.
    Able,
    /// Of these, with somebody signed in.
    Staffed,
    /// Of these, with somebody who has room now.
    Open,
}

impl Profile {
    /// Lasting classes that they fit, as far as they have been looked at.
    #[must_use]
    pub fn common(&self) -> &[u32] {
        &self.common
    }

    /// Those of the lasting classes that have not been.
    #[must_use]
    pub fn not_looked_at<'a>(&self, lasting: &'a [u32]) -> &'a [u32] {
        lasting.get(self.looked_at..).unwrap_or_default()
    }

    /// Whether there is more than one.
    #[must_use]
    pub fn several(&self) -> bool {
        self.agents > 1
    }

    /// How many are signed in.
    #[must_use]
    pub fn signed_in(&self) -> usize {
        self.signed_in as usize
    }
}

impl Profiles {
    /// None yet, for a plan.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        let chosen = |choice| catalog.queues.values().any(|queue| queue.agent_choice == choice);
        let sets = || vec![Bits::default(); catalog.channels.len()];
        Self {
            able: sets(),
            staffed: sets(),
            open: sets(),
            by_load: chosen(AgentChoice::LeastLoaded),
            by_turn: chosen(AgentChoice::RoundRobin),
            ..Self::default()
        }
    }

    /// Drops one in `left` of them, for good.
    pub fn drop_slice(&mut self, left: usize) {
        for _ in 0..self.list.len().div_ceil(left) {
            if let Some(profile) = self.list.pop() {
                self.numbers.remove(&profile.info);
            }
        }
    }

    /// A profile.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&Profile> {
        self.list.get(number as usize)
    }

    /// Adds an agent like this to its profile, whose number it returns.
    pub fn add_agent(&mut self, info: &Arc<AgentInfo>, channels: &BTreeMap<u32, ChannelInfo>) -> u32 {
        let number = self.number_of(info, channels);
        if let Some(profile) = self.list.get_mut(number as usize) {
            profile.agents += 1;
        }
        number
    }

    fn number_of(&mut self, info: &Arc<AgentInfo>, channels: &BTreeMap<u32, ChannelInfo>) -> u32 {
        if let Some(number) = self.numbers.get(info) {
            return *number;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.numbers.insert(info.clone(), number);
        for group in &info.groups {
            self.by_group.entry(*group).or_default().set(number, true);
            self.in_some_group.set(number, true);
        }
        let mut skills = 0;
        for (skill, level) in &info.skills {
            skills |= skill_bit(*skill);
            if self.by_level.get(skill).is_none() {
                self.by_level.insert(*skill, vec![Bits::default(); 11]);
            }
            if let Some(levels) = self.by_level.get_mut(skill) {
                (1..=*level).for_each(|level| levels[usize::from(level)].set(number, true));
            }
        }
        for channel in channels.values().filter(|channel| able(info, channel).is_ok()) {
            self.able[usize::from(channel.slot)].set(number, true);
        }
        let level_sum = info.skills.iter().map(|(_, level)| u32::from(*level)).sum();
        let profile = Profile {
            info: info.clone(),
            skills,
            level_sum,
            free: Vec::new(),
            agents: 0,
            signed_in: 0,
            common: Vec::new(),
            looked_at: 0,
        };
        self.list.push(profile);
        number
    }

    /// One more or one less of the profile is signed in. Whether there was none before, or is none now.
    pub fn sign(&mut self, number: u32, here: bool) -> bool {
        let Some(profile) = self.list.get_mut(number as usize) else {
            return false;
        };
        let before = profile.signed_in > 0;
        profile.signed_in = if here { profile.signed_in + 1 } else { profile.signed_in.saturating_sub(1) };
        let staffed = profile.signed_in > 0;
        if staffed != before {
            for (able, set) in self.able.iter().zip(&mut self.staffed) {
                let able = able.word(number as usize / 64) >> (number % 64) & 1 == 1;
                set.set(number, staffed && able);
            }
        }
        staffed != before
    }

    /// An agent was free under `before` (room for nothing: it was not) and is now under `after`.
    pub fn update(&mut self, number: u32, agent: u32, before: &FreeKey, after: &FreeKey) {
        let Some(profile) = self.list.get_mut(number as usize) else {
            return;
        };
        if before.room != 0
            && let Some(free) = profile.free.iter_mut().find(|free| free.room == before.room)
        {
            free.idle.remove(&(before.idle, agent));
            if self.by_load {
                free.load.remove(&(before.load, before.idle, agent));
            }
            if self.by_turn {
                free.turn.remove(&(before.turn, before.idle, agent));
            }
        }
        if after.room != 0 {
            if !profile.free.iter().any(|free| free.room == after.room) {
                profile.free.retain(|free| !free.idle.is_empty());
                // Mostly the only one: a list that grows by itself would make room for four.
                profile.free.reserve_exact(1);
                profile.free.push(Free { room: after.room, ..Free::default() });
            }
            if let Some(free) = profile.free.iter_mut().find(|free| free.room == after.room) {
                free.idle.insert((after.idle, agent));
                if self.by_load {
                    free.load.insert((after.load, after.idle, agent));
                }
                if self.by_turn {
                    free.turn.insert((after.turn, after.idle, agent));
                }
            }
        }
        let mut changed = before.room ^ after.room;
        if changed == 0 {
            return;
        }
        let room = profile.free.iter().filter(|free| !free.idle.is_empty());
        let room = room.fold(0, |room, free| room | free.room);
        while changed != 0 {
            let slot = changed.trailing_zeros();
            changed &= changed - 1;
            if let Some(open) = self.open.get_mut(slot as usize) {
                open.set(number, room >> slot & 1 == 1);
            }
        }
    }

    /// Looks at lasting classes that have come since the profile was asked last. `fits`: whether it fits
    /// one.
    pub fn look_at(&mut self, number: u32, lasting: &[u32], fits: impl Fn(&Profile, u32) -> bool) {
        let Some(profile) = self.list.get_mut(number as usize) else {
            return;
        };
        if profile.looked_at == lasting.len() {
            return;
        }
        for class in lasting.get(profile.looked_at..).unwrap_or_default() {
            if fits(profile, *class) {
                profile.common.push(*class);
            }
        }
        profile.common.shrink_to_fit();
        profile.looked_at = lasting.len();
    }

    /// A lasting class, at this place among these, fits others than before: profiles that have looked at it know.
    /// `places`: those of lasting classes.
    pub fn fit_changed(
        &mut self,
        (class, at): (u32, u32),
        before: &Bits,
        after: &Bits,
        places: impl Fn(u32) -> Option<u32>,
    ) {
        for word in 0..before.words().max(after.words()) {
            let mut changed = before.word(word) ^ after.word(word);
            while changed != 0 {
                let bit = changed.trailing_zeros() as usize;
                changed &= changed - 1;
                let Some(profile) = self.list.get_mut(word * 64 + bit) else { continue };
                if profile.looked_at <= at as usize {
                    continue;
                }
                let place = profile.common.partition_point(|other| places(*other) < Some(at));
                if after.word(word) >> bit & 1 == 1 {
                    profile.common.insert(place, class);
                } else if profile.common.get(place) == Some(&class) {
                    profile.common.remove(place);
                }
            }
        }
    }

    /// Agents who are there, by a bit for each group; each once, though in several of them.
    #[must_use]
    pub fn signed_in_of(&self, groups: &[u32], every_group: bool) -> u32 {
        let sets: Vec<&Bits> = if every_group {
            vec![&self.in_some_group]
        } else {
            groups.iter().filter_map(|group| self.by_group.get(group)).collect()
        };
        let words = sets.iter().map(|set| set.words()).max().unwrap_or(0);
        let mut sum = 0;
        for word in 0..words {
            let mut bits = sets.iter().fold(0, |bits, set| bits | set.word(word));
            while bits != 0 {
                let profile = self.list.get(word * 64 + bits.trailing_zeros() as usize);
                bits &= bits - 1;
                sum += profile.map_or(0, |profile| profile.signed_in);
            }
        }
        sum
    }

    /// How many profiles have somebody with room, for the channel of which most do.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.iter().map(Bits::len).max().unwrap_or(0)
    }

    /// Whether anybody has room who fits the class, rules of the moment aside.
    #[must_use]
    pub fn may_take(&self, class: &Class) -> bool {
        match (self.open.get(usize::from(class.slot)), &class.fit) {
            (Some(open), Some(fit)) => fit.intersects(open),
            _ => self.fitting(Among::Open, class).next().is_some(),
        }
    }

    /// How many agents have room who fit the class, rules of the moment aside, counted up to `max`.
    #[must_use]
    pub fn free_agents(&self, class: &Class, max: u32) -> u32 {
        let mut count = 0;
        for profile in self.fitting(Among::Open, class).filter_map(|number| self.list.get(number as usize)) {
            let free = profile.free.iter().filter(|free| free.room & (1 << class.slot) != 0);
            count += free.map(|free| u32::try_from(free.idle.len()).unwrap_or(u32::MAX)).sum::<u32>();
            if count >= max {
                return max;
            }
        }
        count
    }

    /// The profiles that fit a class, rules of the moment (reserve, keeping, exclusions) aside.
    pub fn fitting<'a>(&'a self, among: Among, class: &'a Class) -> impl Iterator<Item = u32> + 'a {
        let filter = self.filter(among, class);
        let words = filter.as_ref().map_or(0, |filter| filter.base.words());
        (0..words).flat_map(move |at| {
            let mut word = filter.as_ref().map_or(0, |filter| filter.word(at));
            let first = u32::try_from(at * 64).unwrap_or(u32::MAX);
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros())?;
                word &= word - 1;
                Some(first + bit)
            })
        })
    }

    /// None when it is plain that nobody fits.
    fn filter<'a>(&'a self, among: Among, class: &'a Class) -> Option<Filter<'a>> {
        let sets = match among {
            Among::Able => &self.able,
            Among::Staffed => &self.staffed,
            Among::Open => &self.open,
        };
        let base = sets.get(usize::from(class.slot)).filter(|base| !base.is_empty())?;
        if let Some(fit) = &class.fit {
            return Some(Filter { base, fit: Some(fit), all: Vec::new(), none: Vec::new(), any: Vec::new() });
        }
        let requirement = &class.asked;
        let mut filter = Filter { base, fit: None, all: Vec::new(), none: Vec::new(), any: Vec::new() };
        if class.every_group {
            filter.all.push(&self.in_some_group);
        } else {
            let groups = class.home.iter().chain(&class.borrowed);
            let groups: Vec<&Bits> = groups.filter_map(|group| self.by_group.get(group)).collect();
            filter.any.push(groups.into_iter().map(|bits| (bits, None)).collect());
        }
        for ask in &requirement.required {
            let (within, beyond) = self.within(ask)?;
            filter.all.push(within);
            filter.none.extend(beyond.map(|beyond| (beyond, None)));
        }
        for set in &requirement.any_of {
            filter.any.push(set.iter().filter_map(|ask| self.within(ask)).collect());
        }
        for ask in &requirement.none_of {
            filter.none.extend(self.within(ask));
        }
        Some(filter)
    }

    /// Those with the least level, and those beyond the greatest.
    fn within(&self, ask: &Ask) -> Option<(&Bits, Option<&Bits>)> {
        let levels = self.by_level.get(&ask.skill)?;
        let beyond = levels.get(usize::from(ask.max) + 1);
        Some((levels.get(usize::from(ask.min.max(1)))?, beyond.filter(|beyond| !beyond.is_empty())))
    }
}

/// Sets of profiles to combine: those of the second of a pair are not meant.
struct Filter<'a> {
    base: &'a Bits,
    /// The answer, where it is known.
    fit: Option<&'a Bits>,
    all: Vec<&'a Bits>,
    none: Vec<(&'a Bits, Option<&'a Bits>)>,
    any: Vec<Vec<(&'a Bits, Option<&'a Bits>)>>,
}

impl Filter<'_> {
    fn word(&self, at: usize) -> u64 {
        let mut word = self.base.word(at);
        if word == 0 {
            return 0;
        }
        if let Some(fit) = self.fit {
            return word & fit.word(at);
        }
        let within = |(bits, beyond): &(&Bits, Option<&Bits>)| {
            bits.word(at) & !beyond.map_or(0, |beyond| beyond.word(at))
        };
        for set in &self.any {
            word &= set.iter().fold(0, |any, pair| any | within(pair));
        }
        for bits in &self.all {
            word &= bits.word(at);
        }
        for pair in &self.none {
            word &= !within(pair);
        }
        word
    }
}
