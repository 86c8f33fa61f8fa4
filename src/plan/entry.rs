//! One entry of a plan by kind and id, as JSON: the form in which a plan is journaled. Owns the names of
//! the kinds. Must not check what is in an entry: what is journaled has been checked by
//! [`super::parse`].

use serde::{Serialize, de::DeserializeOwned};

use super::{
    limits,
    model::{Entries, Plan, Settings},
};

/// A kind of entry, in the order of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// [`Plan::settings`], the one entry of its kind, with an empty id.
    Settings,
    /// One of [`Plan::channels`].
    Channel,
    /// One of [`Plan::skills`].
    Skill,
    /// One of [`Plan::categories`].
    Category,
    /// One of [`Plan::dispositions`].
    Disposition,
    /// One of [`Plan::holidays`].
    Holidays,
    /// One of [`Plan::calendars`].
    Calendar,
    /// One of [`Plan::shifts`].
    Shift,
    /// One of [`Plan::rotas`].
    Rota,
    /// One of [`Plan::surges`].
    Surge,
    /// One of [`Plan::queues`].
    Queue,
    /// One of [`Plan::groups`].
    Group,
    /// One of [`Plan::agents`].
    Agent,
}

impl EntryKind {
    /// Every kind, in the order of the model.
    pub const ALL: [Self; 13] = [
        Self::Settings,
        Self::Channel,
        Self::Skill,
        Self::Category,
        Self::Disposition,
        Self::Holidays,
        Self::Calendar,
        Self::Shift,
        Self::Rota,
        Self::Surge,
        Self::Queue,
        Self::Group,
        Self::Agent,
    ];

    /// Its section in a document.
    #[must_use]
    pub fn section(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Channel => "channels",
            Self::Skill => "skills",
            Self::Category => "categories",
            Self::Disposition => "dispositions",
            Self::Holidays => "holidays",
            Self::Calendar => "calendars",
            Self::Shift => "shifts",
            Self::Rota => "rotas",
            Self::Surge => "surges",
            Self::Queue => "queues",
            Self::Group => "groups",
            Self::Agent => "agents",
        }
    }

    /// What one of them is called.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Channel => "channel",
            Self::Skill => "skill",
            Self::Category => "category",
            Self::Disposition => "disposition",
            Self::Holidays => "holiday set",
            Self::Calendar => "calendar",
            Self::Shift => "shift",
            Self::Rota => "rota",
            Self::Surge => "surge",
            Self::Queue => "queue",
            Self::Group => "group",
            Self::Agent => "agent",
        }
    }

    /// How many of them a plan may have.
    #[must_use]
    pub fn count_max(self) -> usize {
        match self {
            Self::Settings => 1,
            Self::Channel => limits::CHANNELS_MAX,
            Self::Skill => limits::SKILLS_MAX,
            Self::Category => limits::CATEGORIES_MAX,
            Self::Disposition => limits::DISPOSITIONS_MAX,
            Self::Holidays => limits::HOLIDAYS_MAX,
            Self::Calendar => limits::CALENDARS_MAX,
            Self::Shift => limits::SHIFTS_MAX,
            Self::Rota => limits::ROTAS_MAX,
            Self::Surge => limits::SURGES_MAX,
            Self::Queue => limits::QUEUES_MAX,
            Self::Group => limits::GROUPS_MAX,
            Self::Agent => limits::AGENTS_MAX,
        }
    }
}

impl Plan {
    /// Adds or replaces an entry, given as JSON. The settings have the id "".
    ///
    /// # Errors
    /// The document is not such an entry. The plan is unchanged then.
    pub fn apply_entry(&mut self, kind: EntryKind, id: &str, document: &str) -> serde_json::Result<()> {
        match kind {
            EntryKind::Settings => {
                self.settings = serde_json::from_str(document)?;
                Ok(())
            }
            EntryKind::Channel => insert(&mut self.channels, id, document),
            EntryKind::Skill => insert(&mut self.skills, id, document),
            EntryKind::Category => insert(&mut self.categories, id, document),
            EntryKind::Disposition => insert(&mut self.dispositions, id, document),
            EntryKind::Holidays => insert(&mut self.holidays, id, document),
            EntryKind::Calendar => insert(&mut self.calendars, id, document),
            EntryKind::Shift => insert(&mut self.shifts, id, document),
            EntryKind::Rota => insert(&mut self.rotas, id, document),
            EntryKind::Surge => insert(&mut self.surges, id, document),
            EntryKind::Queue => insert(&mut self.queues, id, document),
            EntryKind::Group => insert(&mut self.groups, id, document),
            EntryKind::Agent => insert(&mut self.agents, id, document),
        }
    }

    /// Removes an entry; whether it was there. The settings can't be absent, they return to their
    /// defaults.
    pub fn remove_entry(&mut self, kind: EntryKind, id: &str) -> bool {
        match kind {
            EntryKind::Settings => {
                self.settings = Settings::default();
                true
            }
            EntryKind::Channel => self.channels.remove(id).is_some(),
            EntryKind::Skill => self.skills.remove(id).is_some(),
            EntryKind::Category => self.categories.remove(id).is_some(),
            EntryKind::Disposition => self.dispositions.remove(id).is_some(),
            EntryKind::Holidays => self.holidays.remove(id).is_some(),
            EntryKind::Calendar => self.calendars.remove(id).is_some(),
            EntryKind::Shift => self.shifts.remove(id).is_some(),
            EntryKind::Rota => self.rotas.remove(id).is_some(),
            EntryKind::Surge => self.surges.remove(id).is_some(),
            EntryKind::Queue => self.queues.remove(id).is_some(),
            EntryKind::Group => self.groups.remove(id).is_some(),
            EntryKind::Agent => self.agents.remove(id).is_some(),
        }
    }
}

fn insert<T: DeserializeOwned>(entries: &mut Entries<T>, id: &str, document: &str) -> serde_json::Result<()> {
    entries.insert(id.to_owned(), serde_json::from_str(document)?);
    Ok(())
}

/// An entry as compact JSON.
#[expect(clippy::expect_used, reason = "not input: the model's own types always have a JSON form")]
pub(super) fn to_json(entry: &impl Serialize) -> String {
    serde_json::to_string(entry).expect("an entry is texts, numbers and maps by text, which JSON can hold")
}
