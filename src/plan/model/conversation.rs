//! What a plan says of conversations: parking, reply windows, bots and promises. Part of the schema.

use serde::{Deserialize, Serialize};

/// A channel's `parked_keep` unless told: 2 days.
pub const DEFAULT_PARKED_KEEP_MS: u64 = 2 * 24 * 3_600_000;
/// A channel's `bot_limit` unless told: 30 min.
pub const DEFAULT_BOT_LIMIT_MS: u64 = 30 * 60_000;
/// A reply window's `keep` unless told.
pub const DEFAULT_REPLIES_KEPT: u32 = 1;

pub(super) fn default_parked_keep_ms() -> u64 {
    DEFAULT_PARKED_KEEP_MS
}

pub(super) fn default_bot_limit_ms() -> u64 {
    DEFAULT_BOT_LIMIT_MS
}

fn default_replies_kept() -> u32 {
    DEFAULT_REPLIES_KEPT
}

/// Where a parked conversation goes when the customer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkedReturn {
    /// Straight to its agent, if that one is there and has room; else as [`ParkedReturn::Queue`].
    #[default]
    Agent,
    /// It is offered to its agent, if that one could take it; else as [`ParkedReturn::Queue`].
    Offer,
    /// To its queue, at its age; kept there for its agent by `last_agent_wait`.
    Queue,
}

/// The age that a contact has after it is transferred into a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferAge {
    /// What it had before.
    #[default]
    Keep,
    /// None: it waits as one that has just come in.
    Fresh,
}

/// The age of a contact that began with a bot, when it comes to the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterBot {
    /// It counts from when the bot handed it over.
    #[default]
    Fresh,
    /// It counts from when the contact came in.
    Age,
}

/// So many replies within so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyAllowance {
    /// Messages that may be sent, 1 to 1,000.
    pub replies: u32,
    /// Time within which they may be sent, 10 s to 30 days.
    #[serde(rename = "within", with = "crate::plan::duration")]
    pub within_ms: u64,
}

/// What becomes of a contact when its reply window nears its end while the customer waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowRise {
    /// So long before the end, 1 s to 30 days.
    #[serde(rename = "before", with = "crate::plan::duration")]
    pub before_ms: u64,
    /// Points of priority on top of the contact's own, instead of those of the step before. 1 to 10.
    pub priority: u8,
}

/// What a platform lets be sent to a customer. What a customer's act allows isn't added to what is left: the
/// number is then the larger of the two, and the end the later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyWindow {
    /// What a customer's message allows.
    pub message: ReplyAllowance,
    /// What a menu click, a follow or a scan allows. Absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ReplyAllowance>,
    /// Automatic messages leave so many replies for the agent. Up to 1,000.
    #[serde(default = "default_replies_kept")]
    pub keep: u32,
    /// Steps of rising priority, each nearer to the end and higher than the one before. Up to 5, each shorter
    /// before the end than a message's window is long.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rise: Vec<WindowRise>,
}

/// What becomes of a promise's follow-up when its time nears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromiseStep {
    /// So long before it is due, up to 30 days. Each step is nearer to it than the one before.
    #[serde(rename = "before", with = "crate::plan::duration")]
    pub before_ms: u64,
    /// Points of priority on top of the follow-up's own; what an earlier step gave stays if it is more. Up to
    /// 10.
    #[serde(default)]
    pub priority: u8,
    /// Ids of groups that may serve the follow-up too from now on. Up to 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}
