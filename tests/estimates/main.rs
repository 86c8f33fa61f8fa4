//! What is told of waits, held against waits: a queue with one kind of agents, simulated, with customers who leave. The
//! truth is the wait that each would have had who doesn't leave; the best that anybody could tell is the mean of it
//! given how many are ahead, which needs the true pace and patience. What is told has to come near to that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod engine;
mod mms;
mod queue;
mod ramp;
mod rate;
mod told;
