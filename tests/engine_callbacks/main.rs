//! Callbacks, as tables: a command a line, and what comes of it. The language is in `tests/common`, the plan beside this.
//! 2026-09-28 is a Monday.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod absorb;
mod agent_first;
mod attempts;
mod away;
mod cancel;
mod customer_first;
mod expiry;
mod hours;
mod limits;
mod merge;
mod place;
mod removed;
mod windows;

/// The plan of these tables.
const CALLBACKS: &str = include_str!("callbacks.toml");

/// That the gateway which dials listens.
const LISTENS: &str = "gateway g open";

/// Runs a table with that plan in force, and a gateway that listens.
fn check(table: &str) {
    common::desk::check_in(CALLBACKS, &format!("{LISTENS}\n{table}"));
}

/// The same with a queue that opens and closes.
fn check_office(table: &str) {
    let plan = format!("{CALLBACKS}\n{}", include_str!("office.toml"));
    common::desk::check_in(&plan, &format!("{LISTENS}\n{table}"));
}
