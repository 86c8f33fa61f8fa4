//! kefud: a contact routing and queueing daemon.

pub mod config;
pub mod engine;
pub mod gateway;
pub mod journal;
pub mod plan;
pub mod proto;
pub mod runtime;
pub mod sim;
pub mod streams;
pub mod telemetry;
