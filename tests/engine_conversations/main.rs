//! What the engine does with conversations, as tables: a command a line, and what comes of it. The language and
//! the plans are in `tests/common`; the plan here is `conversations.toml`.

#![allow(clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod bots;
mod cases;
mod consults;
mod feedback;
mod interventions;
mod parking;
mod promises;
mod times;
mod torn;
mod transfers;
mod whole;
mod windows;
