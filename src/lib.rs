//! kefud: a contact routing and queueing daemon.

pub mod engine;
pub mod journal;
pub mod plan;
pub mod proto;
