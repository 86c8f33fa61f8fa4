//! The index of who waits and who is free: classes and profiles, the agents who have just become able to
//! take more, and how many of a reserve are free. Derived from the state; must hold nothing that can't be
//! rebuilt from it, and must not decide.

use std::collections::BTreeMap;

use crate::{
    engine::{catalog::Catalog, lookup::Lookup, requirement::Ring},
    proto::journal::OfferTrigger,
};

use super::{
    bits::Bits,
    class::{Class, Classes},
    eligible::{Hindrance, in_group, unfit},
    policy::Policy,
    profile::{Among, FreeKey, Profile, Profiles},
};

/// What most contacts are known by: queue, channel, and category if it is in force.
pub type Kind = (u32, u32, u32);

/// What is known of contacts of a kind that want nothing of their own.
#[derive(Debug, Default, Clone)]
pub struct Known {
    /// Their classes by ring.
    pub classes: Vec<u32>,
    /// Whether somebody in the plan could serve them, in the last ring at least.
    pub servable: bool,
}

/// Everything that matching looks at.
#[derive(Debug, Default)]
pub struct Index {
    /// Who is free.
    pub profiles: Profiles,
    /// Who waits.
    pub classes: Classes,
    /// Which index of the tenant it is: places in another one say nothing.
    pub epoch: u32,
    kinds: Lookup<Kind, Known>,
    /// Agents who may be able to take what they could not before, ordered.
    fresh: Vec<(u32, OfferTrigger)>,
    /// Changes with who is signed in, as far as profiles go.
    staff_version: u64,
    /// Groups that keep some of their agents free, with how many.
    guarded: BTreeMap<u32, u32>,
    /// Agents of these groups with room, by channel slot.
    guards: BTreeMap<(u32, u8), u32>,
}

/// With more agents to be matched than this, all classes are looked at instead.
const FRESH_MAX: usize = 32;

impl Index {
    /// An empty one for a plan.
    #[must_use]
    pub fn new(catalog: &Catalog, epoch: u32) -> Self {
        let guarded = catalog.groups.iter().filter(|(_, group)| group.keep_free > 0);
        Self {
            epoch,
            profiles: Profiles::new(catalog),
            guarded: guarded.map(|(number, group)| (*number, group.keep_free)).collect(),
            ..Self::default()
        }
    }

    /// Drops what is in it, by one in `left`. It is of no use then.
    pub fn drop_slice(&mut self, left: usize) {
        self.profiles.drop_slice(left);
        self.classes.drop_slice(left);
    }

    /// Whether something is to be matched.
    #[must_use]
    pub fn dirty(&self) -> bool {
        !self.fresh.is_empty() || !self.classes.dirty_lanes().is_empty()
    }

    /// What is known of a kind.
    #[must_use]
    pub fn known(&self, kind: Kind) -> Option<&Known> {
        self.kinds.get(&kind)
    }

    /// Remembers a kind. Its classes stay.
    pub fn remember(&mut self, kind: Kind, known: Known) {
        for number in &known.classes {
            let Some(class) = self.classes.get(*number) else { continue };
            let mut fit = Bits::default();
            self.profiles.fitting(Among::Able, class).for_each(|profile| fit.set(profile, true));
            self.classes.make_lasting(*number, fit);
        }
        self.kinds.insert(kind, known);
    }

    /// Has a class ask for what `policy` makes of it. Returns whether that is something else than before.
    pub fn ask_anew(&mut self, number: u32, policy: &Policy, rings: &[Ring]) -> bool {
        let Some(before) = self.classes.ask_anew(number, policy, rings) else { return false };
        let Some(class) = self.classes.get(number) else { return true };
        if let (Some(at), Some(before)) = (class.lasting(), before) {
            let mut fit = Bits::default();
            self.profiles.fitting(Among::Able, class).for_each(|profile| fit.set(profile, true));
            let places = |class: u32| self.classes.get(class).and_then(Class::lasting);
            self.profiles.fit_changed((number, at), &before, &fit, places);
            self.classes.set_fit(number, fit);
        }
        true
    }

    /// Adds a waiting contact to its class.
    pub fn wait(&mut self, class: u32, place: (i64, u64), trigger: OfferTrigger) {
        // Where nobody who fits has room, whoever gets some will look for it.
        let open = self.classes.get(class).is_some_and(|class| self.profiles.may_take(class));
        self.classes.wait(class, place, open.then_some(trigger));
    }

    /// Agents who may be able to take what they could not before. Many of them at once: none, and every
    /// class is to be matched.
    pub fn fresh(&mut self) -> &[(u32, OfferTrigger)] {
        if self.fresh.len() > FRESH_MAX {
            let trigger = self.fresh.first().map_or(OfferTrigger::RulesChanged, |(_, trigger)| *trigger);
            self.fresh.clear();
            self.classes.touch_all(trigger);
        }
        &self.fresh
    }

    /// Agents need not be looked at: nobody waits yet, and a class into which somebody comes is.
    pub fn forget_fresh(&mut self) {
        self.fresh.clear();
    }

    /// There is nothing for this agent now.
    pub fn settle_agent(&mut self, agent: u32) {
        if let Ok(at) = self.fresh.binary_search_by_key(&agent, |(agent, _)| *agent) {
            self.fresh.remove(at);
        }
    }

    /// Makes sure that a profile knows the lasting classes that it fits.
    pub fn look_at_classes(&mut self, profile: u32) {
        let classes = &self.classes;
        self.profiles.look_at(profile, classes.lasting(), |profile, class| {
            classes.get(class).is_some_and(|class| fits(profile, class))
        });
    }

    /// One more or one less of a profile is signed in. Whether there was none before, or is none now.
    pub fn sign(&mut self, profile: u32, here: bool) -> bool {
        let changed = self.profiles.sign(profile, here);
        self.staff_version += u64::from(changed);
        changed
    }

    /// An agent has other room than before.
    pub fn set_free(
        &mut self,
        profile: u32,
        agent: u32,
        before: &FreeKey,
        after: &FreeKey,
        trigger: OfferTrigger,
    ) {
        self.profiles.update(profile, agent, before, after);
        if after.room & !before.room != 0 {
            match self.fresh.binary_search_by_key(&agent, |(agent, _)| *agent) {
                Ok(at) => self.fresh[at].1 = trigger,
                Err(at) => self.fresh.insert(at, (agent, trigger)),
            }
        } else if after.room == 0 {
            self.settle_agent(agent);
        }
        if !self.guarded.is_empty() && before.room != after.room {
            self.count_guards(profile, before.room, after.room);
        }
    }

    fn count_guards(&mut self, profile: u32, before: u128, after: u128) {
        let Some(profile) = self.profiles.get(profile) else { return };
        let mut freed = Vec::new();
        for group in &profile.info.groups {
            let Some(keep) = self.guarded.get(group) else { continue };
            for slot in 0..128u8 {
                let (was, is) = (before >> slot & 1, after >> slot & 1);
                if was == is {
                    continue;
                }
                let count = self.guards.entry((*group, slot)).or_default();
                *count = if is == 1 { *count + 1 } else { count.saturating_sub(1) };
                if is == 1 && *count == keep + 1 {
                    freed.push((*group, slot));
                }
            }
        }
        for (group, slot) in freed {
            let classes: Vec<u32> = self.classes.borrowers_of(group).collect();
            for class in classes {
                if self.classes.get(class).is_some_and(|class| class.slot == slot) {
                    self.classes.touch(class, OfferTrigger::ReserveFreed);
                }
            }
        }
    }

    /// Whether agents of these groups may help the class: one of the groups is at home, or keeps enough
    /// free.
    ///
    /// # Errors
    /// [`Hindrance::Reserved`].
    pub fn not_reserved(&self, groups: &[u32], class: &Class) -> Result<(), Hindrance> {
        self.not_reserved_by(groups, class, |group| {
            self.guards.get(&(group, class.slot)).copied().unwrap_or(0)
        })
    }

    /// The same; `free_in`: how many agents of a group have room.
    ///
    /// # Errors
    /// [`Hindrance::Reserved`].
    pub fn not_reserved_by(
        &self,
        groups: &[u32],
        class: &Class,
        free_in: impl Fn(u32) -> u32,
    ) -> Result<(), Hindrance> {
        let at_home = class.every_group || groups.iter().any(|group| class.home.binary_search(group).is_ok());
        if at_home || self.guarded.is_empty() {
            return Ok(());
        }
        let mut reserved = Ok(());
        for group in groups.iter().filter(|group| class.borrowed.binary_search(group).is_ok()) {
            let Some(keep) = self.guarded.get(group) else { return Ok(()) };
            let free = free_in(*group);
            if free > *keep {
                return Ok(());
            }
            reserved = Err(Hindrance::Reserved(*group, free, *keep));
        }
        reserved
    }

    /// Whether somebody signed in could serve contacts of the class.
    #[must_use]
    pub fn staffed(&self, class: &Class) -> bool {
        let (version, staffed) = class.staffed.get();
        // Versions begin at 1, so that a class that has not been looked at is.
        if version == self.staff_version + 1 {
            return staffed;
        }
        let staffed = self.anybody(Among::Staffed, class);
        class.staffed.set((self.staff_version + 1, staffed));
        staffed
    }

    /// Whether somebody in the plan could.
    #[must_use]
    pub fn servable(&self, class: &Class) -> bool {
        self.anybody(Among::Able, class)
    }

    /// Whether somebody in the plan could who is not the one agent of this profile.
    #[must_use]
    pub fn servable_besides(&self, class: &Class, profile: Option<u32>) -> bool {
        let several = |number| self.profiles.get(number).is_some_and(Profile::several);
        self.profiles.fitting(Among::Able, class).any(|number| Some(number) != profile || several(number))
    }

    /// How many who are signed in could serve contacts of the class.
    #[must_use]
    pub fn staff(&self, class: &Class) -> usize {
        let profiles = self.profiles.fitting(Among::Staffed, class);
        profiles.filter_map(|number| self.profiles.get(number)).map(Profile::signed_in).sum()
    }

    fn anybody(&self, among: Among, class: &Class) -> bool {
        let mut profiles = self.profiles.fitting(among, class);
        if class.key.kept_for == 0 { profiles.next().is_some() } else { true }
    }
}

/// Whether agents of a profile fit a class: groups and skills, which don't change with the moment.
#[must_use]
pub fn fits(profile: &Profile, class: &Class) -> bool {
    class.skills & !profile.skills == 0
        && in_group(&profile.info.groups, &class.borrowed, &class.home, class.every_group).is_ok()
        && unfit(&profile.info.skills, &class.asked).next().is_none()
}
