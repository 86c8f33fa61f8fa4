//! Helpers of the engine's tests. Owns the language in which their tables are written: a command a line,
//! and beside it what is to come of it. Must not know what is right: it only compares.
//!
//! ```text
//! signin a1 ready                => signed-in a1; ready a1
//! enqueue c1 phone consultation  => in c1 consultation; offered c1 a1
//! advance 15s                    => +15s missed c1 a1
//! accept a1 c1                   => !OFFER_ENDED
//! ```
//! Without `=>` the command must be accepted and its events are not looked at; `-` stands for no events;
//! an expectation that is long begins a line with `=>`, or goes on in one with `;`; `#` begins a comment. After each
//! table, replaying its events and importing an export must give the state that it ended with.

#![allow(dead_code, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

pub mod commands;
pub mod desk;
pub mod edits;
pub mod scribe;
pub mod show;
pub mod stages;

/// The plan of the tables.
pub const PLAN: &str = include_str!("plan.toml");
/// The plan of the tables about conversations.
pub const CONVERSATIONS: &str = include_str!("conversations.toml");
/// The plan of the tables about shifts.
pub const SHIFTS: &str = include_str!("shifts.toml");
/// Engine time at which tables begin.
pub const START_MS: u64 = 1_000_000;
