//! What surges make of queues and of those who wait in them, as tables. The language is in `tests/common`, the plan
//! beside this.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod by_hand;
mod caps;
mod groups;
mod levels;
mod plans;
mod rings;
mod sweeps;
mod walks;
mod windows;

/// The plan of these tables.
const SURGE: &str = include_str!("surge.toml");

/// Runs a table with that plan in force, the steps of every level taken.
fn check(table: &str) {
    let begun = "advance 1s => +1s step bot bot; +1s step over overflow; +1s step told message";
    common::desk::check_in(SURGE, &format!("{begun}\n{table}"));
}
