//! kefud: a contact routing and queueing daemon.

pub mod plan;
pub mod proto;
