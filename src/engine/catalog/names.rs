//! Numbers of names. A name keeps its number for ever. Must not know what a name stands for.

use std::sync::Arc;

use crate::{engine::lookup::Lookup, plan::model, proto::journal::PlanKind};

/// A skill's number with a level, 1 to 10. As a requirement: the least level.
pub type SkillLevel = (u32, u8);

/// Numbers of the names that plans have ever used. A name keeps its number for ever.
#[derive(Debug, Default)]
pub struct Names {
    by_number: Vec<Option<(PlanKind, Arc<str>)>>,
    /// By kind.
    numbers: [Lookup<Arc<str>, u32>; KINDS],
}

/// Kinds of names, the unspecified one included.
const KINDS: usize = PlanKind::Surge as usize + 1;

impl Names {
    /// Remembers that `number` stands for `id`.
    pub(in crate::engine) fn insert(&mut self, kind: PlanKind, id: &str, number: u32) {
        let at = number as usize;
        if self.by_number.len() <= at {
            self.by_number.resize(at + 1, None);
        }
        match &self.by_number[at] {
            Some((of, name)) if *of == kind && &**name == id => return,
            // It was given to a name of a plan that came to nothing.
            Some((of, name)) => {
                let (of, name) = (*of as usize, name.clone());
                self.numbers[of].remove(&name);
            }
            None => {}
        }
        let id: Arc<str> = id.into();
        self.by_number[at] = Some((kind, id.clone()));
        self.numbers[kind as usize].insert(id, number);
    }

    /// The number of a name.
    #[must_use]
    pub fn number(&self, kind: PlanKind, id: &str) -> Option<u32> {
        self.numbers[kind as usize].get(id).copied()
    }

    /// The name of a number; empty for 0 and for numbers never given.
    #[must_use]
    pub fn id(&self, number: u32) -> &str {
        self.named(number).map_or("", |(_, id)| id)
    }

    /// The name of a number, shared.
    #[must_use]
    pub fn shared_id(&self, number: u32) -> Arc<str> {
        self.named(number).map_or_else(|| Arc::from(""), |(_, id)| id.clone())
    }

    fn named(&self, number: u32) -> Option<&(PlanKind, Arc<str>)> {
        self.by_number.get(number as usize)?.as_ref()
    }

    /// All names by number.
    pub(in crate::engine) fn iter(&self) -> impl Iterator<Item = (u32, PlanKind, &Arc<str>)> {
        let named = (0..).zip(&self.by_number);
        named.filter_map(|(number, entry)| entry.as_ref().map(|(kind, id)| (number, *kind, id)))
    }
}

impl Names {
    /// Skills with levels, ordered by number.
    pub(in crate::engine) fn levels(&self, levels: &model::Levels) -> Vec<SkillLevel> {
        let level = |(id, level): (&String, &u8)| (self.number(PlanKind::Skill, id).unwrap_or(0), *level);
        let mut list: Vec<SkillLevel> = levels.iter().map(level).collect();
        list.sort_unstable();
        list
    }

    /// Numbers, ordered.
    pub(super) fn list(&self, kind: PlanKind, ids: &[String]) -> Vec<u32> {
        let mut list: Vec<u32> = ids.iter().map(|id| self.number(kind, id).unwrap_or(0)).collect();
        list.sort_unstable();
        list
    }
}
