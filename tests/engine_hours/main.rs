//! What the hours of queues make of contacts, as tables: who comes while a queue is closed, who waits when it closes,
//! how those who wait grow older, and promises by business time. The language is in `tests/common`, the plan beside
//! this. 2026-09-28 is a Monday.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod ages;
mod business;
mod clock;
mod closed;
mod closing;
mod rings;
mod told;

/// The plan of these tables.
const HOURS: &str = include_str!("hours.toml");

/// Runs a table with that plan in force.
fn check(table: &str) {
    common::desk::check_in(HOURS, table);
}
