//! The tenant's plan: what channels, skills, queues, groups and agents there are.
//!
//! Owns the plan from document to data and back: reading TOML with every error at once ([`parse()`],
//! [`check()`], [`check_on()`]), its canonical form ([`render()`]), and the difference of two plans ([`diff()`]), entry by
//! entry as JSON, which is how a plan is journaled ([`Plan::apply_entry`]).
//!
//! Invariants:
//! - A plan that [`parse()`] returns is whole: every id that it names exists, every value is within
//!   [`limits`], no rule of it contradicts another.
//! - `parse(render(plan)) == plan`, and applying `diff(a, b)` to `a` gives `b`.
//! - Everything here takes time n log n in the documents, but for two searches that have a bound: for nearest
//!   names, and for warnings.
//!
//! Must never hold state of its own, do I/O, read the clock, or stop at the first error of a document.

mod callback;
mod contradictions;
mod conversation;
mod diff;
mod duration;
mod entry;
mod fields;
pub mod limits;
pub mod model;
mod parse;
mod place;
mod problem;
mod render;
mod requirement;
mod rules;
mod schedule;
mod sections;
mod shared;
mod staff;
mod surge;
pub mod template;
#[cfg(test)]
mod tests;
mod values;
mod warnings;
mod when;
mod words;

pub use diff::{Diff, Part, Removal, Upsert, diff};
pub use duration::{format_ms, parse_ms, show_ms};
pub use entry::EntryKind;
pub use model::Plan;
pub use parse::{Report, check, check_on, is_valid_id, parse};
pub use problem::Problem;
pub use render::render;
pub use shared::Shared;

/// The plan that is used when none is given: a service desk of a consumer-finance company.
pub const SAMPLE: &str = include_str!("sample.toml");
