//! What requirements mean: what a ring takes away, which skills meet one, and which can't be met. Several
//! together ask for what each of them does: nothing is merged. Owns these rules for levels and ids. Must not
//! know who is there.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{LEVEL_MAX, LevelRange, Levels, Requirement, Ring};

impl LevelRange {
    /// Whether a level will do.
    #[must_use]
    pub fn contains(self, level: u8) -> bool {
        (self.min..=self.max).contains(&level)
    }
}

impl Requirement {
    /// Takes away what a ring takes away when it opens.
    pub fn relax(&mut self, ring: &Ring) {
        for skill in &ring.drop {
            self.skills.remove(skill);
            self.any_of.retain(|set| !set.contains_key(skill));
            self.none_of.remove(skill);
            self.preferred_skills.remove(skill);
        }
        for (skill, level) in &ring.lower {
            if let Some(range) = self.skills.get_mut(skill) {
                range.min = range.min.min(*level);
            }
        }
    }

    /// Whether an agent with these skills can serve. Preferred skills don't matter for that.
    #[must_use]
    pub fn is_met_by(&self, held: &Levels) -> bool {
        let met = |(skill, range): (&String, &LevelRange)| {
            held.get(skill).is_some_and(|level| range.contains(*level))
        };
        self.skills.iter().all(met)
            && self.any_of.iter().all(|set| set.iter().any(met))
            && !self.none_of.iter().any(met)
    }

    /// Every skill it names, some more than once.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let sets = self.any_of.iter().chain([&self.skills, &self.none_of, &self.preferred_skills]);
        sets.flat_map(BTreeMap::keys).map(String::as_str)
    }
}

/// Skills that these require together, and of which no level is left that would do.
pub(super) fn impossible<'a>(parts: &[&'a Requirement]) -> BTreeSet<&'a str> {
    let would_do = |skill: &str, level: u8| {
        parts.iter().all(|part| {
            part.skills.get(skill).is_none_or(|range| range.contains(level))
                && part.none_of.get(skill).is_none_or(|unwanted| !unwanted.contains(level))
        })
    };
    let required = parts.iter().flat_map(|part| part.skills.keys()).map(String::as_str);
    required.filter(|skill| !(1..=LEVEL_MAX).any(|level| would_do(skill, level))).collect()
}
