//! kefud: a contact routing and queueing daemon. This file is the map of the house.
//!
//! A command comes in by a gRPC service ([`gateway`]), goes to the one writer of its tenant ([`runtime`]),
//! is decided upon by the pure [`engine`], becomes events, which the [`journal`] makes durable; only then
//! do answers, offers ([`streams`]) and metrics ([`telemetry`]) leave.
//!
//! | module | owns | must never |
//! | --- | --- | --- |
//! | [`engine`] | every rule and the state of a tenant | do I/O, read a clock, depend on chance |
//! | [`schedule`] | what working time means: zones, calendars, shifts, who works when | know the engine, read a clock |
//! | [`plan`] | the tenant's plan: parse, check, diff | hold state |
//! | [`journal`] | order and durability on disk | pass over damage |
//! | [`runtime`] | the writer, batches, time, recovery | let out what is not durable |
//! | [`streams`] | fan-out, resuming | wait for a consumer |
//! | [`gateway`] | gRPC: proto ↔ domain, codes | decide about contacts |
//! | [`telemetry`] | metrics, logs | hold customer data |
//! | [`http`] | the pages of metrics and health | change anything |
//! | [`config`] | settings | read plans or data |
//! | [`daemon`] | start and end in order | hold anything global |
//! | [`cli`] | the subcommands | know rules |
//! | [`sim`] | the engine on a virtual clock | know rules |
//! | [`proto`] | generated code | – |

pub mod cli;
pub mod config;
pub mod daemon;
pub mod engine;
pub mod gateway;
pub mod http;
pub mod journal;
pub mod plan;
pub mod proto;
pub mod runtime;
pub mod schedule;
pub mod sim;
pub mod streams;
pub mod telemetry;
