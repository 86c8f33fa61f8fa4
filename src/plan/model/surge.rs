//! What a plan says of surges: levels of queues, what they are entered and left by, what is done at each, and
//! callbacks. Part of the schema.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_default;
use crate::schedule::Span;

/// A surge's `hold` unless told: 10 min.
pub const DEFAULT_HOLD_MS: u64 = 10 * 60_000;

/// How queues behave when more come than can be served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surge {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// For so long after a change of level there is none in the opposite direction. 10 s to 24 h.
    #[serde(rename = "hold", with = "crate::plan::duration", default = "default_hold_ms")]
    pub hold_ms: u64,
    /// What is in force at every level, also the normal one. Up to 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<SurgeStep>,
    /// When the level is at least so high. Up to 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<SurgeWindow>,
    /// Levels from 1: elevated, surge, critical. Up to 3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<SurgeLevel>,
}

/// One level above the normal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurgeLevel {
    /// It is entered when one of these is reached.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on: Thresholds,
    /// It is left when all of these are reached.
    #[serde(default, skip_serializing_if = "is_default")]
    pub off: Thresholds,
    /// What is done, in this order; undone from the last. Up to 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<SurgeStep>,
}

/// Values of what is measured of a queue. Absent: it doesn't matter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Customers in line, up to 1,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u32>,
    /// The longest wait, up to 24 h.
    #[serde(
        rename = "oldest_wait",
        with = "crate::plan::duration::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub oldest_wait_ms: Option<u64>,
    /// The expected wait of who would come, up to 24 h.
    #[serde(
        rename = "expected_wait",
        with = "crate::plan::duration::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub expected_wait_ms: Option<u64>,
    /// Of those answered or gone within ten minutes, thousandths gone. Up to 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abandoned_permille: Option<u32>,
    /// Agents on shift in the home groups: below this it is on, from this on off. Up to 100,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agents_below: Option<u32>,
}

/// A time in which the level is at least so high: either while a calendar is open, or before days off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurgeWindow {
    /// Id of a calendar: while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// Id of a holiday set: on days before its days off that are none themselves, in the tenant's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eve_of: Option<String>,
    /// When on such days. 1 to 8 spans.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<Span>,
    /// The least level.
    pub level: u8,
}

/// Texts by language tag; `default` stands for all others.
pub type Texts = BTreeMap<String, String>;

/// What customers in line are told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitMessage {
    /// What, if the wait is known, by language; see [`crate::plan::template`].
    pub text: Texts,
    /// What, if it isn't. Empty: the same.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub text_unknown: Texts,
    /// Link to frequent questions; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub faq: String,
    /// To those who have waited so long, in this queue and since the step was taken. Up to 24 h.
    #[serde(rename = "first", with = "crate::plan::duration", default)]
    pub first_ms: u64,
    /// And again so long after. 30 s to 1 h.
    #[serde(
        rename = "every",
        with = "crate::plan::duration::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub every_ms: Option<u64>,
    /// So often in all. 1 to 10.
    #[serde(default = "once")]
    pub times: u32,
    /// Ids of channels; empty: by every channel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
}

/// What is done in a surge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum SurgeStep {
    /// Who waits counts as in this ring at least.
    OpenRings {
        /// 1 to 10.
        rings: u32,
    },
    /// More groups serve the queue; what they keep free counts.
    OpenGroups {
        /// Ids, 1 to 16.
        groups: Vec<String>,
    },
    /// Those who wait are told something.
    Message(WaitMessage),
    /// They are asked, once, whether they want to be called back. `every` and `times` mean nothing.
    OfferCallback(WaitMessage),
    /// Those who wait by messages go to a bot meanwhile, and keep their place.
    Bot {
        /// The gateway of the bot.
        gateway: String,
        /// Who has waited so long. Up to 24 h.
        #[serde(rename = "after", with = "crate::plan::duration", default)]
        after_ms: u64,
        /// At most so many of the queue are with it at a time. 1 to 1,000,000.
        at_most: u32,
    },
    /// They go to another queue, at their age.
    Overflow {
        /// Its id.
        queue: String,
        /// Who has waited so long. Up to 24 h.
        #[serde(rename = "after", with = "crate::plan::duration", default)]
        after_ms: u64,
    },
    /// Wrap-ups that begin now last at most so long.
    WrapUp {
        /// Up to 1 h; 0 s: there are none.
        #[serde(rename = "limit", with = "crate::plan::duration")]
        limit_ms: u64,
    },
    /// At most so many wait.
    Cap {
        /// Up to 1,000,000.
        waiting: u32,
        /// When trying again makes sense. 1 s to 24 h.
        #[serde(rename = "retry", with = "crate::plan::duration")]
        retry_ms: u64,
    },
}

impl SurgeStep {
    /// The word for what it does.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::OpenRings { .. } => "open_rings",
            Self::OpenGroups { .. } => "open_groups",
            Self::Message(_) => "message",
            Self::OfferCallback(_) => "offer_callback",
            Self::Bot { .. } => "bot",
            Self::Overflow { .. } => "overflow",
            Self::WrapUp { .. } => "wrap_up",
            Self::Cap { .. } => "cap",
        }
    }
}

impl Surge {
    /// All steps in the order in which they are taken, with their level and place in it.
    pub fn flat_steps(&self) -> impl Iterator<Item = (usize, usize, &SurgeStep)> {
        let levels = std::iter::once(&self.steps).chain(self.levels.iter().map(|level| &level.steps));
        levels
            .enumerate()
            .flat_map(|(level, steps)| steps.iter().enumerate().map(move |(at, step)| (level, at, step)))
    }

    /// The step at a place of a level.
    #[must_use]
    pub fn step(&self, level: usize, index: usize) -> Option<&SurgeStep> {
        let steps = match level {
            0 => &self.steps,
            _ => &self.levels.get(level - 1)?.steps,
        };
        steps.get(index)
    }
}

fn default_hold_ms() -> u64 {
    DEFAULT_HOLD_MS
}

fn once() -> u32 {
    1
}
