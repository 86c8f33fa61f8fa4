//! kefud: a contact routing and queueing daemon.

pub mod journal;
pub mod plan;
pub mod proto;
