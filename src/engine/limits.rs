//! Bounds of the engine. Each is answered with a reason that the API documents.

/// Live contacts of a tenant. Beyond: `RESOURCE_EXHAUSTED`, reason `TENANT_FULL`.
pub const LIVE_CONTACTS_MAX: usize = 2_000_000;
/// Gateways that a tenant has ever named. Beyond: `RESOURCE_EXHAUSTED`, reason `TOO_MANY_GATEWAYS`.
pub const GATEWAYS_MAX: usize = 10_000;
/// Request ids remembered, and ids of closed contacts. The oldest are forgotten first.
pub const REMEMBERED_MAX: usize = 1_000_000;
/// How long they are remembered.
pub const REMEMBERED_MS: u64 = 24 * 3_600_000;
/// Exclusions that a contact remembers; the one that ends first is forgotten.
pub const EXCLUSIONS_MAX: usize = 64;
/// Offers that one step makes at most; more are due in the next.
pub const OFFERS_PER_STEP: usize = 64;
/// So many profiles with somebody free make an offer take as long as two.
pub const PROFILES_AS_ONE: usize = 256;
/// Timers and chores that one step settles at most.
pub const CHORES_PER_STEP: usize = 64;
/// Entries of a plan's change in one event, which is a step of its own: reading them takes a few
/// milliseconds, in which nobody else is served.
pub const PLAN_ENTRIES_PER_EVENT: usize = 500;
/// Advice to somebody who was not admitted.
pub const ADMISSION_RETRY_MS: u64 = 5_000;
/// A gateway's lease unless it asks for another.
pub const GATEWAY_LEASE_MS: u64 = 30_000;
/// Promises open in a tenant, beside [`PROMISES_OF_CONTACT_MAX`]. Beyond: reason `TOO_MANY_PROMISES`.
pub const PROMISES_OPEN_MAX: usize = 200_000;
/// Promises open of one contact.
pub const PROMISES_OF_CONTACT_MAX: usize = 8;
/// Promises that have ended and are still kept. The oldest are forgotten first.
pub const PROMISES_ENDED_MAX: usize = 100_000;
/// How often a promise is moved. Beyond: reason `PROMISE_MOVED_TOO_OFTEN`.
pub const PROMISE_MOVES_MAX: u32 = 10;
/// Legs that a contact remembers, the latest.
pub const LEGS_MAX: usize = 16;
/// Interventions that a contact remembers, the latest.
pub const INTERVENTIONS_MAX: usize = 8;
/// Dated shift entries of a tenant. Beyond: `RESOURCE_EXHAUSTED`, reason `TOO_MANY_SHIFTS`.
pub const DATED_MAX: usize = 500_000;
/// Of an agent, likewise.
pub const DATED_OF_AGENT_MAX: usize = 2_000;
/// Dated entries in one event, which is a step of its own.
pub const SHIFT_ENTRIES_PER_EVENT: usize = 2_000;
/// Names of imports. Beyond: reason `TOO_MANY_SHIFTS`.
pub const SHIFT_SOURCES_MAX: usize = 100;
/// Agents whose schedule one step looks at.
pub const SHIFT_AGENTS_PER_STEP: usize = 1_000;
/// How far ahead an override of a shift may end.
pub const SHIFT_OVERRIDE_MAX_S: i64 = 7 * 86_400;
/// How far ahead an override of a queue's hours may end; none need end at all.
pub const QUEUE_OVERRIDE_MAX_S: i64 = 366 * 86_400;
/// From one closed queue to another, or by surge steps, a contact goes at most so often.
pub const OVERFLOW_HOPS_MAX: usize = 8;
/// Contacts that a case remembers, the latest.
pub const CASE_CONTACTS_MAX: usize = 8;
/// How far ahead a supervisor's word about a surge level may end.
pub const SURGE_OVERRIDE_MAX_S: i64 = 7 * 86_400;
/// Contacts of a line that one step tells something, hands to a bot or moves on.
pub const SWEEP_BATCH: usize = 64;
/// Surge steps that are taken or undone in one step of the engine.
pub const SURGE_STEPS_PER_STEP: usize = 64;
/// Classes that are asked anew in a slice, when surge steps change what their queue asks for.
pub const CLASSES_PER_SLICE: usize = 200;
/// Callbacks open in a tenant. Beyond: `RESOURCE_EXHAUSTED`, reason `TOO_MANY_CALLBACKS`.
pub const CALLBACKS_OPEN_MAX: usize = 50_000;
/// An estimate is never more.
pub const ESTIMATE_MAX_MS: u64 = 24 * 3_600_000;
