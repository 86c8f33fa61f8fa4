//! The pure core: it decides who gets what. Owns the state of one tenant and every rule about it.
//!
//! A command comes in with the time, is decided upon in one step, and what was decided is a list of
//! events. `evolve` makes events part of the state, live and on replay alike, and is the only thing that
//! does. Safety invariants (capacity, one live offer or assignment a contact, accepted = terminal + live)
//! hold after every event; that nobody eligible is idle holds when nothing more is due.
//!
//! Deliberately absent: async, I/O, clocks, randomness, metrics, logging, and any map whose order could
//! steer a decision. A test checks the sources for them.

mod activity;
mod agent;
mod bot;
pub mod callback;
mod case;
pub mod catalog;
pub mod command;
mod consult;
mod contact;
pub mod conversation;
mod due;
pub mod estimate;
pub mod evolve;
mod feedback;
mod follow_up;
mod gateway;
pub mod limits;
mod line;
mod lookup;
pub mod matching;
mod offer;
mod plan;
mod promise;
mod pull;
pub mod refusal;
pub mod requirement;
pub mod schedule;
mod snapshot;
pub mod state;
mod step;
mod supervise;
pub mod surge;
mod table;
mod timers;
mod transfer;
mod wants;
pub mod window;

pub(crate) use contact::no_contact;
pub use schedule::ScheduleTold;
pub use step::Sink;

use command::{Command, Reply, RequestKey};
use evolve::Slices;
use refusal::Refusal;
use state::State;
use step::Step;

/// What a step has come to.
#[derive(Debug)]
pub struct Outcome {
    /// The answer to the command. A refused command has changed nothing.
    pub answer: Result<Reply, Refusal>,
    /// More is due at once: call again with [`Command::Tick`].
    pub more: bool,
}

/// The engine of one tenant.
#[derive(Debug, Default)]
pub struct Engine {
    state: State,
    slices: Slices,
}

impl Engine {
    /// An engine that goes on from `state`.
    #[must_use]
    pub fn new(mut state: State) -> Self {
        // What was left to derive when the events ended can't be told from them.
        state.settle();
        Self { state, slices: Slices::default() }
    }

    /// Carries changes of rules out in slices of this size.
    pub fn set_slices(&mut self, slices: Slices) {
        self.slices = slices;
    }

    /// The state, to read.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Carries `command` out at `now_ms` of engine time (an earlier time than the latest event's counts as
    /// that). `sink` is told every event. A `request` that was answered before is not carried out again.
    pub fn step(
        &mut self,
        now_ms: u64,
        request: Option<&RequestKey>,
        command: Command,
        sink: &mut dyn Sink,
    ) -> Outcome {
        let answer = Step::new(&mut self.state, now_ms, self.slices, request, sink).run(command);
        let due = self.state.next_deadline_ms().is_some_and(|due| due <= now_ms.max(self.state.now_ms()));
        Outcome { answer, more: due || self.state.more_due() }
    }
}
