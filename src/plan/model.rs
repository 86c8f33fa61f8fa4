//! The plan as data: one map of entries by id for each kind of thing. Owns the schema of an entry, in
//! TOML (a plan file) and JSON (the journal). Must not hold anything that changes by itself: agents'
//! availability, queue lengths and the like are state of the engine.
//!
//! Durations are written as text (`20s`, `1h 30m`, `2d`) and held in milliseconds. The ranges given here
//! are in [`super::limits`]; [`super::parse`] keeps to them, serde doesn't.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shared::Shared;

mod callback;
mod conversation;
mod rules;
mod schedule;
mod settings;
mod surge;

pub use callback::{CallbackMode, CallbackOffer, CallbackRules};
pub use conversation::{
    AfterBot, DEFAULT_BOT_LIMIT_MS, DEFAULT_PARKED_KEEP_MS, DEFAULT_REPLIES_KEPT, ParkedReturn, PromiseStep,
    ReplyAllowance, ReplyWindow, TransferAge, WindowRise,
};
pub use rules::{LEVEL_MAX, LevelRange, Levels, Requirement, Ring, SkillRanges};
pub use schedule::{
    Activity, Ageing, AtShiftEnd, Calendar, ClosedPolicy, Closing, DEFAULT_ZONE, DateRange, DayHours,
    DayKind, DayShifts, Followed, Follows, Holidays, Rota, RotaWeek, Shift,
};
pub use settings::Settings;
pub use surge::{DEFAULT_HOLD_MS, Surge, SurgeLevel, SurgeStep, SurgeWindow, Texts, Thresholds, WaitMessage};

/// Entries of one kind by id.
pub type Entries<T> = BTreeMap<String, T>;

/// A whole plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What holds for the whole tenant.
    pub settings: Settings,
    /// Ways in which contacts come in.
    pub channels: Entries<Channel>,
    /// What agents can be good at.
    pub skills: Entries<Skill>,
    /// Kinds of matters, and where they go.
    pub categories: Entries<Category>,
    /// How contacts can end.
    pub dispositions: Entries<Disposition>,
    /// Days off and make-up workdays.
    pub holidays: Entries<Shared<Holidays>>,
    /// When queues are open.
    pub calendars: Entries<Shared<Calendar>>,
    /// Days' work.
    pub shifts: Entries<Shared<Shift>>,
    /// Which shift is worked when.
    pub rotas: Entries<Shared<Rota>>,
    /// How queues behave when more come than can be served.
    pub surges: Entries<Shared<Surge>>,
    /// Where contacts wait.
    pub queues: Entries<Queue>,
    /// Teams of agents.
    pub groups: Entries<Group>,
    /// Those who answer. There can be very many of them.
    pub agents: Entries<Shared<Agent>>,
}

/// What a channel is like to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// A live connection that must be made and can fail.
    Realtime,
    /// A conversation by messages.
    Messaging,
    /// Work that may wait for hours.
    Deferred,
}

/// A way in which contacts come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it is like to serve.
    pub kind: ChannelKind,
    /// Capacity that one contact takes, 1 to 1,000 (an agent has 100 unless told).
    pub units: u32,
    /// An offer lapses after this time, 1 s to 10 min.
    #[serde(rename = "offer_timeout", with = "super::duration")]
    pub offer_timeout_ms: u64,
    /// Wrap-up ends by itself after this time; 0 s: no wrap-up at all. Up to 1 h.
    #[serde(rename = "wrap_up", with = "super::duration", default)]
    pub wrap_up_ms: u64,
    /// Its contacts are set aside while the agent holds a realtime contact. Not for realtime channels.
    #[serde(default)]
    pub interruptible: bool,
    /// A conversation in which nobody has written for so long is parked: it leaves the agent's hands until the
    /// customer writes. Absent: never. Only for messaging channels. 1 min to 30 days.
    #[serde(
        rename = "park_after",
        with = "super::duration::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub park_after_ms: Option<u64>,
    /// One that is parked for so long ends. Means nothing without `park_after`, as the two below. 1 min to 90
    /// days.
    #[serde(
        rename = "parked_keep",
        with = "super::duration",
        default = "conversation::default_parked_keep_ms"
    )]
    pub parked_keep_ms: u64,
    /// Where one that is parked goes when the customer writes.
    #[serde(default)]
    pub parked_return: ParkedReturn,
    /// So many contacts above the agent's own limit on the channel may come back to it at once; its capacity
    /// is never exceeded. Only with [`ParkedReturn::Agent`]. Up to 100.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub return_allowance: u32,
    /// A customer who comes again so long after the end has the same case, and by the queue's
    /// `last_agent_wait` the same agent. 0 s: never. Not for realtime channels. Up to 30 days.
    #[serde(rename = "reopen_within", with = "super::duration", default, skip_serializing_if = "is_no_time")]
    pub reopen_within_ms: u64,
    /// A contact that is with a bot for so long goes to its queue. 10 s to 1 day.
    #[serde(rename = "bot_limit", with = "super::duration", default = "conversation::default_bot_limit_ms")]
    pub bot_limit_ms: u64,
    /// What the platform lets be sent. Absent: everything, at any time. Only for messaging channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_window: Option<ReplyWindow>,
    /// So long before a break, or a part of the shift in which other channels are served, nobody is offered a new
    /// contact. Up to 4 h.
    #[serde(rename = "break_lead", with = "super::duration", default, skip_serializing_if = "is_no_time")]
    pub break_lead_ms: u64,
    /// The same before the end of the shift.
    #[serde(rename = "end_lead", with = "super::duration", default, skip_serializing_if = "is_no_time")]
    pub end_lead_ms: u64,
    /// What becomes of an agent's contacts when its shift ends. Not for realtime channels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub at_shift_end: AtShiftEnd,
}

impl Channel {
    /// A channel with the defaults for everything that may be left out.
    #[must_use]
    pub fn new(kind: ChannelKind, units: u32, offer_timeout_ms: u64) -> Self {
        Self {
            name: String::new(),
            kind,
            units,
            offer_timeout_ms,
            wrap_up_ms: 0,
            interruptible: false,
            park_after_ms: None,
            parked_keep_ms: DEFAULT_PARKED_KEEP_MS,
            parked_return: ParkedReturn::default(),
            return_allowance: 0,
            reopen_within_ms: 0,
            bot_limit_ms: DEFAULT_BOT_LIMIT_MS,
            reply_window: None,
            break_lead_ms: 0,
            end_lead_ms: 0,
            at_shift_end: AtShiftEnd::default(),
        }
    }
}

/// What agents can be good at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skill {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// What happens when everybody signed in who could serve a contact has declined it or not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllDeclined {
    /// It waits until the exclusions end, or somebody else comes.
    #[default]
    Wait,
    /// It is offered to them again at once, except to the one who has just declined.
    OfferAgain,
    /// The next ring opens at once; in the last ring it waits.
    NextRing,
}

/// What happens to a contact that nobody in the plan could ever serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unservable {
    /// It is accepted, with a note in the answer.
    #[default]
    Accept,
    /// It is refused.
    Refuse,
}

/// A kind of matter: consultation, complaint, refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The queue it goes to unless the contact names another.
    pub queue: String,
    /// What it asks for beyond the queue's requirement.
    #[serde(flatten)]
    pub requirement: Requirement,
    /// Its own objective, instead of the queue's. 1 s to 30 days.
    #[serde(
        rename = "objective",
        with = "super::duration::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub objective_ms: Option<u64>,
}

/// How contacts can end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Whom a contact is offered to among those who can take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentChoice {
    /// The one whose last work (given or finished) or readiness is longest ago.
    #[default]
    LongestIdle,
    /// The one with the smallest share of its capacity in use; of several the one idle longest.
    LeastLoaded,
    /// The one with the greatest sum of levels in the skills that are asked for (required, preferred, and
    /// those of the `any_of` sets); of several the one idle longest.
    MostSkilled,
    /// The one with the smallest sum of levels in all its skills, which keeps the versatile free; of several
    /// the one idle longest.
    LeastSkilled,
    /// The one whose last offer is longest ago.
    RoundRobin,
}

/// Where contacts wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Ids of the channels it accepts; at least one.
    pub channels: Vec<String>,
    /// What all its contacts ask for.
    #[serde(flatten)]
    pub requirement: Requirement,
    /// Ids of its home groups, which serve it from the beginning; empty: every group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Steps that make it easier to find somebody, in the order in which they open. Up to 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rings: Vec<Ring>,
    /// A contact that names a preferred agent is kept for that agent for so long after it has entered the
    /// queue, unless the agent is signed out, can't serve it, or has declined it. Up to 1 h, and not beyond
    /// the first ring's `after`. 0 s: the agent comes first if free, and nobody waits.
    #[serde(rename = "preferred_agent_wait", with = "super::duration", default)]
    pub preferred_agent_wait_ms: u64,
    /// The same for the agent who had the contact, or another one of its case, last.
    #[serde(rename = "last_agent_wait", with = "super::duration", default)]
    pub last_agent_wait_ms: u64,
    /// Target wait, 1 s to 30 days. Urgency is age ÷ objective.
    #[serde(rename = "objective", with = "super::duration")]
    pub objective_ms: u64,
    /// Lower bands are served first, 0 to 9. Absent: by the channel's kind, realtime 0, messaging 1,
    /// deferred 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<u8>,
    /// What a point of priority is worth, in thousandths of the objective. 0 to 100,000.
    #[serde(default = "default_boost_permille")]
    pub boost_permille: u32,
    /// Whom a contact is offered to among those who can take it.
    #[serde(default)]
    pub agent_choice: AgentChoice,
    /// What happens when everybody signed in who could serve a contact has declined it or not answered.
    #[serde(default)]
    pub all_declined: AllDeclined,
    /// What happens to a contact that nobody in the plan could ever serve.
    #[serde(default)]
    pub unservable: Unservable,
    /// At most so many contacts wait (waiting or offered); more are refused. Absent: 100,000. 0 (refuse
    /// everything) to 1,000,000.
    #[serde(default = "default_max_waiting")]
    pub max_waiting: u32,
    /// A contact that has waited so long ends EXPIRED. Absent: never. 1 s to 30 days.
    #[serde(
        rename = "max_wait",
        with = "super::duration::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub max_wait_ms: Option<u64>,
    /// The age of contacts that are transferred into it.
    #[serde(default)]
    pub transfer_age: TransferAge,
    /// The age of contacts that began with a bot.
    #[serde(default)]
    pub after_bot: AfterBot,
    /// A promise's follow-up is kept for its agent for so long after it has entered the queue. Up to 1 h, and
    /// not beyond the first ring's `after`. Absent: half the objective, within the same bounds.
    #[serde(
        rename = "promise_agent_wait",
        with = "super::duration::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub promise_agent_wait_ms: Option<u64>,
    /// What becomes of a follow-up when its time nears, in the order in which it does. Up to 5.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promise_steps: Vec<PromiseStep>,
    /// Id of the calendar by which it opens and closes. Absent: it is always open, unless closed by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// What becomes of a contact that comes while it is closed. Absent: [`Queue::closed_policy`] tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<ClosedPolicy>,
    /// Id of the queue that takes such contacts. Only with [`ClosedPolicy::Overflow`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_queue: Option<String>,
    /// What becomes of those who wait when it closes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub closing: Closing,
    /// Id of the queue that they go to. Only with [`Closing::Move`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing_queue: Option<String>,
    /// When those who wait grow older. Absent: [`Queue::ages`] tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ageing: Option<Ageing>,
    /// Id of the surge by which it has levels. Absent: it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surge: Option<String>,
    /// How its customers are called back. Absent: they aren't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<CallbackRules>,
}

impl Queue {
    /// A queue with the defaults for everything that may be left out.
    #[must_use]
    pub fn new(channels: Vec<String>, objective_ms: u64) -> Self {
        Self {
            name: String::new(),
            channels,
            requirement: Requirement::default(),
            groups: Vec::new(),
            rings: Vec::new(),
            preferred_agent_wait_ms: 0,
            last_agent_wait_ms: 0,
            objective_ms,
            band: None,
            boost_permille: DEFAULT_BOOST_PERMILLE,
            agent_choice: AgentChoice::default(),
            all_declined: AllDeclined::default(),
            unservable: Unservable::default(),
            max_waiting: DEFAULT_MAX_WAITING,
            max_wait_ms: None,
            transfer_age: TransferAge::default(),
            after_bot: AfterBot::default(),
            promise_agent_wait_ms: None,
            promise_steps: Vec::new(),
            calendar: None,
            closed: None,
            closed_queue: None,
            closing: Closing::default(),
            closing_queue: None,
            ageing: None,
            surge: None,
            callback: None,
        }
    }
}

/// A queue's `boost_permille` unless told.
pub const DEFAULT_BOOST_PERMILLE: u32 = 500;
/// A queue's `max_waiting` unless told.
pub const DEFAULT_MAX_WAITING: u32 = 100_000;

fn default_boost_permille() -> u32 {
    DEFAULT_BOOST_PERMILLE
}

fn default_max_waiting() -> u32 {
    DEFAULT_MAX_WAITING
}

/// What a team is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupKind {
    /// The daily staff.
    #[default]
    Core,
    /// Staff of other duties who can help.
    Reserve,
    /// Hired for a season.
    Temporary,
    /// Another company's.
    Outsourced,
}

/// A team of agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub kind: GroupKind,
    /// Its agents get nothing through it, in whatever ring: as if no queue named it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// A queue that borrows this group by a ring or a step of a promise is helped only while more than so many of its agents could
    /// take one more contact of that channel. Up to 10,000. Does not hold for queues whose home group it is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub keep_free: u32,
    /// By what its agents work who have no rota of their own.
    #[serde(flatten)]
    pub follows: Follows,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_no_time(ms: &u64) -> bool {
    *ms == 0
}

/// One who answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Ids of its groups; at least one.
    pub groups: Vec<String>,
    /// Levels (1 to 10) of its skills.
    #[serde(default, skip_serializing_if = "Levels::is_empty")]
    pub skills: Levels,
    /// Units of capacity, 1 to 10,000.
    #[serde(default = "default_capacity")]
    pub capacity: u32,
    /// At most so many contacts at once by channel id; a channel that is absent has no limit of its
    /// own, 0 forbids it. Up to 10,000.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, u32>,
    /// By what it works.
    #[serde(flatten)]
    pub follows: Follows,
}

/// An agent's `capacity` unless told.
pub const DEFAULT_CAPACITY: u32 = 100;

fn default_capacity() -> u32 {
    DEFAULT_CAPACITY
}
