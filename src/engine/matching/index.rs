//! The index of who waits and who is free. Owns classes (contacts with the same queue, channel, objective
//! and requirement, in one order), profiles (agents with the same skills and groups, in idle order), and
//! which serve which. Derived from the state; must hold nothing that can't be rebuilt from it.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::catalog::{QueueInfo, SkillLevel};

use super::eligible::fits;

/// What makes contacts of one class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassKey {
    /// Queue.
    pub queue: u32,
    /// Channel.
    pub channel: u32,
    /// Target wait.
    pub objective_ms: u64,
    /// Least levels by skill: the queue's, the category's and the contact's together.
    pub need: Vec<SkillLevel>,
}

/// Contacts that are alike to agents.
#[derive(Debug)]
pub struct Class {
    /// What they have in common.
    pub key: ClassKey,
    /// Lower is served first.
    pub band: u8,
    /// Those waiting: (virtual arrival, number). The order doesn't change with time.
    pub waiting: BTreeSet<(i64, u64)>,
    /// Profiles that can serve them.
    pub profiles: Vec<u32>,
}

/// Agents that are alike to contacts.
#[derive(Debug)]
pub struct Profile {
    groups: Vec<u32>,
    skills: Vec<SkillLevel>,
    /// Those with free capacity of some kind: (idle sequence, number).
    pub free: BTreeSet<(u64, u32)>,
    /// Classes that they can serve.
    pub classes: Vec<u32>,
}

/// Classes, profiles, and which classes are to be matched.
#[derive(Debug, Default)]
pub struct Index {
    classes: BTreeMap<u32, Class>,
    class_numbers: BTreeMap<ClassKey, u32>,
    profiles: BTreeMap<u32, Profile>,
    profile_numbers: BTreeMap<(Vec<u32>, Vec<SkillLevel>), u32>,
    dirty: BTreeSet<u32>,
    last: u32,
    empty_classes: usize,
}

/// Empty classes kept for contacts to come; beyond, they are dropped.
const EMPTY_CLASSES_MAX: usize = 4_096;

impl Index {
    /// Whether some class is to be matched.
    #[must_use]
    pub fn dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Classes to be matched.
    pub fn dirty_classes(&self) -> Vec<u32> {
        self.dirty.iter().copied().collect()
    }

    /// Nothing of the class can be matched now.
    pub fn settle(&mut self, class: u32) {
        self.dirty.remove(&class);
    }

    /// A class.
    #[must_use]
    pub fn class(&self, class: u32) -> Option<&Class> {
        self.classes.get(&class)
    }

    /// A profile.
    #[must_use]
    pub fn profile(&self, profile: u32) -> Option<&Profile> {
        self.profiles.get(&profile)
    }

    /// Adds a waiting contact and returns its class.
    pub fn wait(&mut self, key: ClassKey, band: u8, queue: &QueueInfo, place: (i64, u64)) -> u32 {
        let number = match self.class_numbers.get(&key) {
            Some(number) => *number,
            None => self.add_class(key, band, queue),
        };
        if let Some(class) = self.classes.get_mut(&number) {
            if class.waiting.is_empty() {
                self.empty_classes = self.empty_classes.saturating_sub(1);
            }
            class.waiting.insert(place);
            self.dirty.insert(number);
        }
        number
    }

    /// Removes a contact that waits no longer.
    pub fn leave(&mut self, class: u32, place: (i64, u64)) {
        let Some(entry) = self.classes.get_mut(&class) else {
            return;
        };
        entry.waiting.remove(&place);
        if entry.waiting.is_empty() {
            self.dirty.remove(&class);
            self.empty_classes += 1;
            if self.empty_classes > EMPTY_CLASSES_MAX {
                self.drop_empty_classes();
            }
        }
    }

    /// Looks at the class again: somebody it may be offered to has come back.
    pub fn touch(&mut self, class: u32) {
        if self.classes.get(&class).is_some_and(|class| !class.waiting.is_empty()) {
            self.dirty.insert(class);
        }
    }

    /// The profile of agents with these groups and skills; `queues` gives each class's queue.
    pub fn profile_of(
        &mut self,
        groups: &[u32],
        skills: &[SkillLevel],
        queues: &BTreeMap<u32, QueueInfo>,
    ) -> u32 {
        let key = (groups.to_vec(), skills.to_vec());
        if let Some(number) = self.profile_numbers.get(&key) {
            return *number;
        }
        self.last += 1;
        let number = self.last;
        let mut classes = Vec::new();
        for (class_number, class) in &mut self.classes {
            let Some(queue) = queues.get(&class.key.queue) else {
                continue;
            };
            if fits(groups, skills, queue, &class.key.need).is_ok() {
                class.profiles.push(number);
                classes.push(*class_number);
            }
        }
        self.profile_numbers.insert(key, number);
        let profile =
            Profile { groups: groups.to_vec(), skills: skills.to_vec(), free: BTreeSet::new(), classes };
        self.profiles.insert(number, profile);
        number
    }

    /// An agent has free capacity; its classes are to be matched.
    pub fn free(&mut self, profile: u32, agent: (u64, u32)) {
        let Some(entry) = self.profiles.get_mut(&profile) else {
            return;
        };
        entry.free.insert(agent);
        for class in &entry.classes {
            if self.classes.get(class).is_some_and(|class| !class.waiting.is_empty()) {
                self.dirty.insert(*class);
            }
        }
    }

    /// An agent has none.
    pub fn busy(&mut self, profile: u32, agent: (u64, u32)) {
        if let Some(entry) = self.profiles.get_mut(&profile) {
            entry.free.remove(&agent);
        }
    }

    fn add_class(&mut self, key: ClassKey, band: u8, queue: &QueueInfo) -> u32 {
        self.last += 1;
        let number = self.last;
        let mut profiles = Vec::new();
        for (profile_number, profile) in &mut self.profiles {
            if fits(&profile.groups, &profile.skills, queue, &key.need).is_ok() {
                profile.classes.push(number);
                profiles.push(*profile_number);
            }
        }
        self.class_numbers.insert(key.clone(), number);
        self.classes.insert(number, Class { key, band, waiting: BTreeSet::new(), profiles });
        self.empty_classes += 1;
        number
    }

    fn drop_empty_classes(&mut self) {
        self.classes.retain(|_, class| !class.waiting.is_empty());
        let classes = &self.classes;
        self.class_numbers.retain(|_, number| classes.contains_key(number));
        for profile in self.profiles.values_mut() {
            profile.classes.retain(|number| classes.contains_key(number));
        }
        self.empty_classes = 0;
    }
}
