//! Commands about schedules: overrides by hand, and dated entries.

use crate::proto::journal as j;

/// What a supervisor says of an agent's shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftOverride {
    /// On shift or off.
    pub on: bool,
    /// Ids of the only channels; empty: all.
    pub channels: Vec<String>,
    /// Wall seconds.
    pub until_s: i64,
}

/// What a supervisor says of a queue's hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueOverride {
    /// Open or closed.
    pub open: bool,
    /// Wall seconds; 0: until cleared.
    pub until_s: i64,
}

/// Who overrides, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The supervisor; may be empty.
    pub supervisor: String,
    /// Why.
    pub reason: String,
}

/// What a dated entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DatedKind {
    /// Works then, instead of the rota's shifts of that day.
    Shift,
    /// Works then too.
    Extra,
    /// Doesn't work then.
    Off,
    /// On a break then.
    Break,
}

impl DatedKind {
    /// The journal's word.
    #[must_use]
    pub fn journal(self) -> j::DatedKind {
        match self {
            Self::Shift => j::DatedKind::Shift,
            Self::Extra => j::DatedKind::Extra,
            Self::Off => j::DatedKind::Off,
            Self::Break => j::DatedKind::Break,
        }
    }
}

/// By what a dated entry is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DatedId {
    /// The agent's id.
    pub agent: String,
    /// What it says.
    pub kind: DatedKind,
    /// Local seconds.
    pub start_s: i64,
    /// Empty: the tenant's.
    pub zone: String,
}

/// A part of a dated shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPart {
    /// Seconds after the entry's start.
    pub from_s: u32,
    /// Likewise.
    pub to_s: u32,
    /// A break; otherwise an activity.
    pub is_break: bool,
    /// Ids of the channels of an activity.
    pub channels: Vec<String>,
}

/// A dated entry to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDated {
    /// By what it is known.
    pub id: DatedId,
    /// In seconds of the local clock.
    pub length_s: u32,
    /// Breaks and activities.
    pub parts: Vec<NewPart>,
    /// Ids of the only channels of an EXTRA; none: all.
    pub channels: Option<Vec<String>>,
    /// Why.
    pub reason: String,
    /// From which import; empty: by hand.
    pub source: String,
}

/// A change of dated entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatedChange {
    /// Set, in place of what is known by the same.
    pub set: Vec<NewDated>,
    /// Taken away.
    pub removed: Vec<DatedId>,
}

/// What an import comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Under which name.
    pub source: String,
    /// Where recurrences were cut, in wall seconds; 0: nowhere.
    pub horizon_s: i64,
    /// Entries that are new.
    pub added: u32,
    /// Entries that are replaced.
    pub changed: u32,
    /// Entries that go.
    pub removed: u32,
}
