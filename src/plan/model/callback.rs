//! What a plan says of a queue's callbacks. Part of the schema.

use serde::{Deserialize, Serialize};

/// Who is called first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackMode {
    /// An agent accepts, then the customer is dialled.
    #[default]
    AgentFirst,
    /// The customer is dialled when an agent is about to be free. On channels that are not realtime it is as
    /// [`CallbackMode::AgentFirst`].
    CustomerFirst,
}

/// When callbacks may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackOffer {
    /// While a surge step offers them, or the queue is closed and offers them.
    #[default]
    Surge,
    /// At any time.
    Always,
}

/// How customers of a queue are called back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallbackRules {
    /// Who is called first.
    pub mode: CallbackMode,
    /// When callbacks may be asked for.
    pub offer: CallbackOffer,
    /// Id of the calendar of calling hours, read in the customer's zone. Absent: always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// So often the customer is dialled at most. 1 to 10.
    pub attempts: u32,
    /// So long after each attempt that failed the next one is made; the last repeats. 1 to 9 of them, 1 min to 7 days
    /// each.
    #[serde(rename = "spacing", with = "crate::plan::duration::list")]
    pub spacing_ms: Vec<u64>,
    /// An attempt of which nothing is heard for so long has failed. 5 s to 5 min.
    #[serde(rename = "dial_timeout", with = "crate::plan::duration")]
    pub dial_timeout_ms: u64,
    /// Customer first: it is dialled when its turn is so near. Up to 10 min.
    #[serde(rename = "dial_ahead", with = "crate::plan::duration")]
    pub dial_ahead_ms: u64,
    /// A callback that is for an agent is kept for that one for so long after it has entered the queue. Up to 1 h.
    #[serde(rename = "agent_wait", with = "crate::plan::duration")]
    pub agent_wait_ms: u64,
    /// So long after it may first be made, or after the end of its window, a callback ends. 5 min to 30 days.
    #[serde(rename = "expire", with = "crate::plan::duration")]
    pub expire_ms: u64,
    /// At most so many are open. 1 to 50,000.
    pub max_open: u32,
}

impl Default for CallbackRules {
    fn default() -> Self {
        Self {
            mode: CallbackMode::default(),
            offer: CallbackOffer::default(),
            hours: None,
            attempts: 3,
            spacing_ms: vec![10 * 60_000, 3_600_000],
            dial_timeout_ms: 45_000,
            dial_ahead_ms: 30_000,
            agent_wait_ms: 0,
            expire_ms: 24 * 3_600_000,
            max_open: 10_000,
        }
    }
}
