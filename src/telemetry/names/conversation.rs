//! The metrics of conversations: activity, parking, bots, consults, promises, feedback.

use super::{
    super::definition::{Definition, Kind, SCORE_BUCKETS, WAIT_BUCKETS, counter, gauge, metric, seconds},
    BY_CHANNEL, BY_OUTCOME, BY_QUEUE, BY_TENANT, CHANNEL, QUEUE, TENANT,
};
use metrics::Unit;

const CATEGORY: &str = "category";
const BY_ANSWER: &[&str] = &[TENANT, QUEUE, CATEGORY, "resolved"];

/// Messages.
pub const ACTIVITIES: Definition = counter(
    "kefud_activities_total",
    &[TENANT, QUEUE, CHANNEL, "kind"],
    "Messages reported: customer, action, agent or automatic.",
);
/// First answers.
pub const FIRST_RESPONSE: Definition = seconds(
    "kefud_first_response_seconds",
    BY_CHANNEL,
    WAIT_BUCKETS,
    "Time from a contact's coming in to an agent's first message.",
);
/// Answers.
pub const RESPONSE: Definition = seconds(
    "kefud_response_seconds",
    BY_CHANNEL,
    WAIT_BUCKETS,
    "Time in which an agent answered, for each turn.",
);
/// Parked now.
pub const CONTACTS_PARKED: Definition =
    gauge("kefud_contacts_parked", BY_CHANNEL, "Conversations of the queue that are parked now.");
/// With a bot now.
pub const CONTACTS_WITH_BOT: Definition =
    gauge("kefud_contacts_with_bot", BY_CHANNEL, "Contacts of the queue that are with a bot now.");
/// Ends of parking.
pub const PARKED_ENDED: Definition = counter(
    "kefud_parked_ended_total",
    &[TENANT, QUEUE, CHANNEL, "way"],
    "Parked conversations that the customer brought back (resumed with the agent, returned to the queue), that an agent pulled, or that were moved, closed, or idle to their end.",
);
/// Time with a bot.
pub const BOT_TIME: Definition = seconds(
    "kefud_bot_seconds",
    BY_OUTCOME,
    WAIT_BUCKETS,
    "Time with a bot, by how it ended: returned, closed, time, lost, supervisor or other.",
);
/// Transfers.
pub const TRANSFERS: Definition = counter(
    "kefud_transfers_total",
    &[TENANT, QUEUE, CHANNEL, "kind"],
    "Contacts that left the queue or their agent for another: requested, channel, consult, supervisor or queue_removed.",
);
/// Consults.
pub const CONSULTS: Definition = counter(
    "kefud_consults_total",
    BY_OUTCOME,
    "Consults that ended in the queue of who was asked: ended, handed_over, unanswered, lost, parent or other.",
);
/// Windows that neared their end.
pub const WINDOWS_NEAR: Definition = counter(
    "kefud_windows_near_total",
    BY_CHANNEL,
    "Steps by which the priority of contacts rose because their reply window neared its end.",
);
/// Promises made.
pub const PROMISES_MADE: Definition = counter("kefud_promises_made_total", BY_QUEUE, "Promises made.");
/// Promises whose time passed.
pub const PROMISES_BROKEN: Definition = counter(
    "kefud_promises_broken_total",
    BY_QUEUE,
    "Promises whose time passed unkept, or whose queue left the plan, whatever became of them then; each once, however often it is moved.",
);
/// How promises ended.
pub const PROMISES_ENDED: Definition = counter(
    "kefud_promises_ended_total",
    &[TENANT, QUEUE, "outcome"],
    "Promises that have ended: kept, late, unreached or cancelled.",
);
/// Lateness.
pub const PROMISE_LATENESS: Definition = seconds(
    "kefud_promise_lateness_seconds",
    BY_QUEUE,
    WAIT_BUCKETS,
    "Time between a promise's due time and its late fulfilment.",
);
/// Promises open now.
pub const PROMISES_OPEN: Definition =
    gauge("kefud_promises_open", BY_QUEUE, "Promises of the queue that are neither fulfilled nor ended.");
/// Promises overdue now.
pub const PROMISES_OVERDUE: Definition =
    gauge("kefud_promises_overdue", BY_QUEUE, "Open promises of the queue that are past their time.");
/// Scores.
pub const FEEDBACK_SCORE: Definition = metric(
    Kind::Histogram,
    "kefud_feedback_score",
    Unit::Count,
    &[TENANT, QUEUE, CATEGORY],
    SCORE_BUCKETS,
    "Scores that customers gave, 0 to 10.",
);
/// What customers said.
pub const FEEDBACK_RESOLVED: Definition = counter(
    "kefud_feedback_resolved_total",
    BY_ANSWER,
    "Customers who were asked whether their matter is settled, by answer.",
);
/// First-contact resolution.
pub const FIRST_CONTACTS: Definition = counter(
    "kefud_first_contacts_total",
    BY_ANSWER,
    "First contacts of a matter, by whether it was settled with them.",
);
/// Cases.
pub const CASES: Definition = gauge("kefud_cases", BY_TENANT, "Cases that are kept.");

/// All of them.
pub(super) const ALL: &[&Definition] = &[
    &ACTIVITIES,
    &FIRST_RESPONSE,
    &RESPONSE,
    &CONTACTS_PARKED,
    &CONTACTS_WITH_BOT,
    &PARKED_ENDED,
    &BOT_TIME,
    &TRANSFERS,
    &CONSULTS,
    &WINDOWS_NEAR,
    &PROMISES_MADE,
    &PROMISES_BROKEN,
    &PROMISES_ENDED,
    &PROMISE_LATENESS,
    &PROMISES_OPEN,
    &PROMISES_OVERDUE,
    &FEEDBACK_SCORE,
    &FEEDBACK_RESOLVED,
    &FIRST_CONTACTS,
    &CASES,
];
