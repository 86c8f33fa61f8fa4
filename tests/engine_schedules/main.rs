//! What schedules make of agents, as tables: shifts that begin and end, breaks, overrides, dated entries, and who
//! departs from them. The language and the plan are in `tests/common`.

#![allow(clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod dated;
mod deviations;
mod edges;
mod handing_over;
mod leads;
mod overrides;

/// Runs a table with the plan about shifts in force.
fn check(table: &str) {
    common::desk::check_in(common::SHIFTS, table);
}
