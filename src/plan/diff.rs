//! The difference of two plans, entry by entry. Owns the order in which changes are told, which is the
//! same for the same plans. Must stay n log n in the size of the plans.

use serde::Serialize;

use super::{
    entry::{EntryKind, to_json},
    model::{Entries, Plan},
};

/// An entry that is new or different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upsert {
    /// Its kind.
    pub kind: EntryKind,
    /// Its id; empty for the settings.
    pub id: String,
    /// The whole entry as compact JSON.
    pub document: String,
    /// It is new.
    pub added: bool,
}

/// An entry that is no longer there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Its kind.
    pub kind: EntryKind,
    /// Its id.
    pub id: String,
}

/// What makes one plan of another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff {
    /// Entries to add or replace: kinds in the order of the model, ids in order.
    pub upserts: Vec<Upsert>,
    /// Entries to remove, in the same order. The settings are never among them.
    pub removals: Vec<Removal>,
}

impl Diff {
    /// Whether the plans are the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.upserts.is_empty() && self.removals.is_empty()
    }

    /// How many entries are new.
    #[must_use]
    pub fn added(&self) -> usize {
        self.upserts.iter().filter(|upsert| upsert.added).count()
    }

    /// How many entries are different.
    #[must_use]
    pub fn changed(&self) -> usize {
        self.upserts.len() - self.added()
    }

    /// How many entries are gone.
    #[must_use]
    pub fn removed(&self) -> usize {
        self.removals.len()
    }

    /// In parts of at most `max` entries, in order; what is removed comes after everything else.
    #[must_use]
    pub fn into_parts(self, max: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut upserts = self.upserts.into_iter().peekable();
        while upserts.peek().is_some() {
            parts.push(Part { upserts: upserts.by_ref().take(max).collect(), removals: Vec::new() });
        }
        let mut removals = self.removals.into_iter().peekable();
        while removals.peek().is_some() {
            parts.push(Part { upserts: Vec::new(), removals: removals.by_ref().take(max).collect() });
        }
        parts
    }
}

/// A part of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// Entries to add or replace.
    pub upserts: Vec<Upsert>,
    /// Entries to remove.
    pub removals: Vec<Removal>,
}

/// Compares two plans.
#[must_use]
pub fn diff(old: &Plan, new: &Plan) -> Diff {
    let mut diff = Diff::default();
    if old.settings != new.settings {
        diff.upsert(EntryKind::Settings, "", &new.settings, false);
    }
    diff.compare(EntryKind::Channel, &old.channels, &new.channels);
    diff.compare(EntryKind::Skill, &old.skills, &new.skills);
    diff.compare(EntryKind::Category, &old.categories, &new.categories);
    diff.compare(EntryKind::Disposition, &old.dispositions, &new.dispositions);
    diff.compare(EntryKind::Holidays, &old.holidays, &new.holidays);
    diff.compare(EntryKind::Calendar, &old.calendars, &new.calendars);
    diff.compare(EntryKind::Shift, &old.shifts, &new.shifts);
    diff.compare(EntryKind::Rota, &old.rotas, &new.rotas);
    diff.compare(EntryKind::Surge, &old.surges, &new.surges);
    diff.compare(EntryKind::Queue, &old.queues, &new.queues);
    diff.compare(EntryKind::Group, &old.groups, &new.groups);
    diff.compare(EntryKind::Agent, &old.agents, &new.agents);
    diff
}

impl Diff {
    fn upsert(&mut self, kind: EntryKind, id: &str, entry: &impl Serialize, added: bool) {
        self.upserts.push(Upsert { kind, id: id.to_owned(), document: to_json(entry), added });
    }

    /// What is new or different, then what is gone, each in the order of the ids.
    fn compare<T: PartialEq + Serialize>(&mut self, kind: EntryKind, old: &Entries<T>, new: &Entries<T>) {
        for (id, entry) in new {
            let before = old.get(id);
            if before != Some(entry) {
                self.upsert(kind, id, entry, before.is_none());
            }
        }
        let gone = old.keys().filter(|id| !new.contains_key(*id));
        self.removals.extend(gone.map(|id| Removal { kind, id: id.clone() }));
    }
}
