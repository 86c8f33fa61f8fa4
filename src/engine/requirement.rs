//! What is asked of an agent's skills, by numbers: how the parts of it add up, and how rings relax it.
//! Must not know agents.

use std::collections::BTreeMap;

use crate::{
    plan::model::{self, LEVEL_MAX, SkillRanges},
    proto::journal as j,
};

use super::catalog::{Names, SkillLevel};

/// A skill with the levels that will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ask {
    /// Its number.
    pub skill: u32,
    /// The least level.
    pub min: u8,
    /// The greatest level. Below `min`: no level will do.
    pub max: u8,
}

impl Ask {
    /// Whether a level will do.
    #[must_use]
    pub fn met_by(self, level: u8) -> bool {
        (self.min..=self.max).contains(&level)
    }
}

/// What is asked of an agent's skills. Lists are ordered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Requirement {
    /// All of these, each skill once.
    pub required: Vec<Ask>,
    /// One of each set.
    pub any_of: Vec<Vec<Ask>>,
    /// None of these.
    pub none_of: Vec<Ask>,
    /// The more of these the better.
    pub preferred: Vec<Ask>,
}

/// A ring, by numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ring {
    /// It opens after so long in the ring before.
    pub after_ms: u64,
    /// Skills no longer asked for, ordered.
    pub drop: Vec<u32>,
    /// Least levels from now on.
    pub lower: Vec<SkillLevel>,
    /// Groups from now on, ordered.
    pub groups: Vec<u32>,
}

/// Puts into an ordered list what it lacks of another.
fn unite<T: Ord + Clone>(list: &mut Vec<T>, other: &[T]) {
    for item in other {
        if let Err(at) = list.binary_search(item) {
            list.insert(at, item.clone());
        }
    }
}

impl Requirement {
    /// Asks for what `other` asks for too.
    pub fn add(&mut self, other: &Self) {
        for ask in &other.required {
            match self.required.binary_search_by_key(&ask.skill, |ask| ask.skill) {
                Ok(at) => {
                    let both = &mut self.required[at];
                    both.min = both.min.max(ask.min);
                    both.max = both.max.min(ask.max);
                }
                Err(at) => self.required.insert(at, *ask),
            }
        }
        unite(&mut self.any_of, &other.any_of);
        unite(&mut self.none_of, &other.none_of);
        unite(&mut self.preferred, &other.preferred);
    }

    /// No longer asks for skills that `known` doesn't hold.
    pub fn keep_known(&mut self, known: &BTreeMap<u32, ()>) {
        let keep = |ask: &Ask| known.contains_key(&ask.skill);
        self.required.retain(keep);
        self.none_of.retain(keep);
        self.preferred.retain(keep);
        self.any_of.iter_mut().for_each(|set| set.retain(keep));
        self.any_of.retain(|set| !set.is_empty());
    }

    /// Relaxes it by a ring.
    pub fn relax(&mut self, ring: &Ring) {
        let dropped = |ask: &Ask| ring.drop.binary_search(&ask.skill).is_ok();
        self.required.retain(|ask| !dropped(ask));
        self.none_of.retain(|ask| !dropped(ask));
        self.preferred.retain(|ask| !dropped(ask));
        self.any_of.retain(|set| !set.iter().any(dropped));
        for (skill, level) in &ring.lower {
            if let Ok(at) = self.required.binary_search_by_key(skill, |ask| ask.skill) {
                self.required[at].min = self.required[at].min.min(*level);
            }
        }
    }

    /// The skills that an agent is the better for, each once, ordered: required, of any-of sets, preferred.
    #[must_use]
    pub fn wanted(&self) -> Vec<u32> {
        let asks = self.required.iter().chain(self.any_of.iter().flatten()).chain(&self.preferred);
        let mut skills: Vec<u32> = asks.map(|ask| ask.skill).collect();
        skills.sort_unstable();
        skills.dedup();
        skills
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Names {
    fn asks(&self, ranges: &SkillRanges) -> Vec<Ask> {
        let ask = |(id, range): (&String, &model::LevelRange)| Ask {
            skill: self.number(j::PlanKind::Skill, id).unwrap_or(0),
            min: range.min,
            max: range.max,
        };
        let mut asks: Vec<Ask> = ranges.iter().map(ask).collect();
        asks.sort_unstable();
        asks
    }

    /// A requirement of the plan.
    pub(super) fn requirement(&self, entry: &model::Requirement) -> Requirement {
        let mut any_of: Vec<Vec<Ask>> = entry.any_of.iter().map(|set| self.asks(set)).collect();
        any_of.sort_unstable();
        any_of.dedup();
        Requirement {
            required: self.asks(&entry.skills),
            any_of,
            none_of: self.asks(&entry.none_of),
            preferred: self.asks(&entry.preferred_skills),
        }
    }

    /// A ring of the plan.
    pub(super) fn ring(&self, entry: &model::Ring) -> Ring {
        let numbers = |kind, ids: &[String]| {
            let mut list: Vec<u32> = ids.iter().map(|id| self.number(kind, id).unwrap_or(0)).collect();
            list.sort_unstable();
            list
        };
        Ring {
            after_ms: entry.after_ms,
            drop: numbers(j::PlanKind::Skill, &entry.drop),
            lower: self.levels(&entry.lower),
            groups: numbers(j::PlanKind::Group, &entry.groups),
        }
    }
}

fn asks_of(skills: &[j::Skill]) -> Vec<Ask> {
    skills
        .iter()
        .map(|skill| Ask {
            skill: skill.skill,
            min: u8::try_from(skill.level).unwrap_or(LEVEL_MAX),
            max: u8::try_from(skill.max_level).ok().filter(|max| *max > 0).unwrap_or(LEVEL_MAX),
        })
        .collect()
}

/// What a contact asks for by itself, as it is journaled.
pub(super) fn of_wants(wants: &j::Wants) -> Requirement {
    let mut any_of: Vec<Vec<Ask>> = wants.any_of.iter().map(|set| asks_of(&set.skills)).collect();
    any_of.sort_unstable();
    any_of.dedup();
    Requirement {
        required: asks_of(&wants.required),
        any_of,
        none_of: asks_of(&wants.none_of),
        preferred: asks_of(&wants.preferred),
    }
}

/// A contact's own rings, as they are journaled.
pub(super) fn rings_of_wants(wants: &j::Wants) -> Vec<Ring> {
    let levels = |skills: &[j::Skill]| {
        asks_of(skills).into_iter().map(|ask| (ask.skill, ask.min)).collect::<Vec<SkillLevel>>()
    };
    let ring = |ring: &j::Ring| Ring {
        after_ms: ring.after_ms,
        drop: ring.drop.clone(),
        lower: levels(&ring.lower),
        groups: ring.groups.clone(),
    };
    wants.rings.iter().map(ring).collect()
}
