//! What the engine does, as tables: a command a line, and what comes of it. Each table tells one behaviour.
//! The language and the plan are in `tests/common`.

#![allow(clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod calls;
mod capacity;
mod choice;
mod corners;
mod endings;
mod gateways;
mod groups;
mod hands;
mod known;
mod moves;
mod nobody;
mod offers;
mod order;
mod plans;
mod presence;
mod retention;
mod rings;
mod settling;
mod skills;
mod slices;
