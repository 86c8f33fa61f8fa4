//! What is asked of agents' skills, and the rings that ask for less. Part of the schema.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Levels (1 to 10) by skill id.
pub type Levels = BTreeMap<String, u8>;

/// The levels of a skill that will do. Written as the least one (`5`), or as `{ min = 3, max = 8 }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "LevelRangeForm", into = "LevelRangeForm")]
pub struct LevelRange {
    /// The least, 1 to 10.
    pub min: u8,
    /// The greatest, `min` to 10.
    pub max: u8,
}

impl LevelRange {
    /// This level or more.
    #[must_use]
    pub fn at_least(min: u8) -> Self {
        Self { min, max: LEVEL_MAX }
    }
}

/// The greatest level of a skill.
pub const LEVEL_MAX: u8 = 10;

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum LevelRangeForm {
    AtLeast(u8),
    Range { min: u8, max: u8 },
}

impl From<LevelRangeForm> for LevelRange {
    fn from(form: LevelRangeForm) -> Self {
        match form {
            LevelRangeForm::AtLeast(min) => Self::at_least(min),
            LevelRangeForm::Range { min, max } => Self { min, max },
        }
    }
}

impl From<LevelRange> for LevelRangeForm {
    fn from(range: LevelRange) -> Self {
        match range {
            LevelRange { min, max: LEVEL_MAX } => Self::AtLeast(min),
            LevelRange { min, max } => Self::Range { min, max },
        }
    }
}

/// Levels that will do by skill id.
pub type SkillRanges = BTreeMap<String, LevelRange>;

/// What is asked of an agent's skills.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Requirement {
    /// The agent must have each of these at a level in the range. Up to 16.
    #[serde(default, skip_serializing_if = "SkillRanges::is_empty")]
    pub skills: SkillRanges,
    /// Of each of these sets the agent must have at least one skill at a level in its range. Up to 4 sets
    /// of 1 to 16 skills.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any_of: Vec<SkillRanges>,
    /// The agent must not have any of these at a level in the range. Up to 16.
    #[serde(default, skip_serializing_if = "SkillRanges::is_empty")]
    pub none_of: SkillRanges,
    /// Among agents who can serve, those with more of these at a level in the range come first. Nobody
    /// waits for them. Up to 16.
    #[serde(default, skip_serializing_if = "SkillRanges::is_empty")]
    pub preferred_skills: SkillRanges,
}

/// A step that makes it easier to find somebody, after a time without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ring {
    /// It opens when the contact has been in the ring before (at first: in the queue) for so long, or at
    /// once when nobody who is signed in could serve the contact in the ring before. 1 s to 1 day.
    #[serde(rename = "after", with = "crate::plan::duration")]
    pub after_ms: u64,
    /// Skills that are no longer asked for: neither as required, nor by the `any_of` and `none_of` sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
    /// Skills that are required at no more than this least level from now on.
    #[serde(default, skip_serializing_if = "Levels::is_empty")]
    pub lower: Levels,
    /// Groups that serve the queue too from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}
