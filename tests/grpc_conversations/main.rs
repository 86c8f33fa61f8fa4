//! Conversations over gRPC: what each of the streams tells of them, and what the calls answer.

#![allow(clippy::expect_used, clippy::panic)]

mod bots;
mod consults;
#[path = "../daemon_common/mod.rs"]
mod daemon_common;
mod interventions;
mod notices;
mod parking;
mod promises;
mod told;
mod transfers;
mod windows;
