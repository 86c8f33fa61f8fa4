//! The virtual-clock driver of the engine: engine tests, what-if runs and fault tests all use this one. It
//! steps the same engine as the daemon does, and fires deadlines at their very millisecond, in order. Owns
//! virtual time; must not know any rule.

pub mod edge;
pub mod lines;
pub mod load;
pub mod rules;
pub mod rush;

use crate::{
    engine::{
        Engine,
        command::{Command, Reply, RequestKey},
        evolve::Slices,
        refusal::Refusal,
        state::State,
    },
    proto::journal as j,
};

/// Steps that one command or deadline may need before nothing more is due. Reaching it is a bug: the
/// engine would be busy for ever.
const STEPS_MAX: usize = 1_000_000;

/// An engine with its clock in hand.
#[derive(Debug, Default)]
pub struct Sim {
    engine: Engine,
    now_ms: u64,
    events: Vec<j::Event>,
}

impl Sim {
    /// An empty engine at `now_ms` of engine time.
    #[must_use]
    pub fn new(now_ms: u64) -> Self {
        Self { now_ms, ..Self::default() }
    }

    /// Goes on from a state, at its time.
    #[must_use]
    pub fn from_state(state: State) -> Self {
        let now_ms = state.now_ms();
        Self { engine: Engine::new(state), now_ms, events: Vec::new() }
    }

    /// Carries changes of rules out in slices of this size.
    pub fn set_slices(&mut self, slices: Slices) {
        self.engine.set_slices(slices);
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> &State {
        self.engine.state()
    }

    /// Engine time.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Everything that has happened since the driver was made.
    #[must_use]
    pub fn events(&self) -> &[j::Event] {
        &self.events
    }

    /// Carries a command out, one step only.
    pub fn step(&mut self, request: Option<&RequestKey>, command: Command) -> (Result<Reply, Refusal>, bool) {
        let outcome = self.engine.step(self.now_ms, request, command, &mut self.events);
        (outcome.answer, outcome.more)
    }

    /// Carries a command out, and what is due after it.
    pub fn run(&mut self, command: Command) -> Result<Reply, Refusal> {
        let (answer, more) = self.step(None, command);
        if more {
            self.settle();
        }
        answer
    }

    /// Ticks until nothing more is due now.
    ///
    /// # Panics
    /// If that never happens.
    #[allow(clippy::panic)]
    pub fn settle(&mut self) {
        for _ in 0..STEPS_MAX {
            if !self.step(None, Command::Tick).1 {
                return;
            }
        }
        panic!("the engine is not settled after {STEPS_MAX} steps at {} ms", self.now_ms);
    }

    /// Lets time pass and nothing happen, as when the process is busy: deadlines are late until the next step.
    pub fn pass(&mut self, by_ms: u64) {
        self.now_ms += by_ms;
    }

    /// Lets time pass. Each deadline on the way fires when it is due.
    pub fn advance(&mut self, by_ms: u64) {
        let until_ms = self.now_ms + by_ms;
        while let Some(due_ms) = self.state().next_deadline_ms().filter(|due_ms| *due_ms <= until_ms) {
            self.now_ms = self.now_ms.max(due_ms);
            self.settle();
        }
        self.now_ms = until_ms;
    }

    /// The state that replaying all events gives. Only for a driver that began empty.
    #[must_use]
    pub fn replayed(&self) -> State {
        let mut state = State::default();
        for event in &self.events {
            state.evolve(event);
        }
        state
    }

    /// The state that exporting and importing gives.
    #[must_use]
    pub fn reimported(&self) -> State {
        let mut state = State::default();
        self.state().export(|record| state.import(record));
        state.imported();
        state
    }
}
