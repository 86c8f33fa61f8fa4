//! kefud: a contact routing and queueing daemon.

pub mod cli;
pub mod config;
pub mod daemon;
pub mod gateway;
pub mod http;
pub mod plan;
pub mod proto;
pub mod runtime;
pub mod telemetry;
