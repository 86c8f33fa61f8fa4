//! What a job on the writer has at hand: the engine at the present time, and a recorder that turns events
//! into bytes for the journal, items for streams and measures for the metrics. None of it leaves before
//! its sequence is durable.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    engine::{
        Engine, Sink,
        command::{Command, Reply, RequestKey},
        evolve::Effect,
        refusal::Refusal,
        state::State,
    },
    proto::journal as j,
    streams::{Item, Streams, Topic, items_of},
    telemetry::Measure,
};

use super::{measures::measures_of, pump::Part};

/// A part of a batch is closed at this size, so that one append stays small.
const PART_BYTES_MAX: usize = 4 << 20;
/// … or at this number of events.
const PART_EVENTS_MAX: u32 = 8_192;

/// Whether what a job saw is durable.
pub type Durable = bool;

/// Runs when what a job saw is durable, or never will be.
pub type Deliver = Box<dyn FnOnce(Durable) + Send>;

/// Something that waits for its sequence to be durable.
pub enum Outgoing {
    /// An answer.
    Deliver(Deliver),
    /// A message on a stream.
    Item(Topic, Box<Item>),
    /// A fact for the metrics.
    Measure(Measure),
}

/// Collects what events come to.
pub struct Recorder {
    /// Events not handed to the journal yet, oldest first.
    pub parts: VecDeque<Part>,
    /// What waits, by the sequence that it waits for.
    pub outgoing: VecDeque<(u64, Outgoing)>,
    streams: Arc<Streams>,
}

impl Recorder {
    /// An empty one.
    pub fn new(streams: Arc<Streams>) -> Self {
        Self { parts: VecDeque::new(), outgoing: VecDeque::new(), streams }
    }

    fn encode(&mut self, event: &j::Event) {
        let full = |part: &Part| part.payload.len() >= PART_BYTES_MAX || part.count >= PART_EVENTS_MAX;
        if self.parts.back().is_none_or(full) {
            self.parts.push_back(Part::default());
        }
        if let Some(part) = self.parts.back_mut() {
            event.append_to(&mut part.payload);
            part.count += 1;
        }
    }
}

impl Sink for Recorder {
    fn event(&mut self, state: &State, event: j::Event, effect: Effect) {
        self.encode(&event);
        let sequence = state.sequence();
        let outgoing = &mut self.outgoing;
        items_of(state, &event, &effect, &self.streams, |topic, item| {
            outgoing.push_back((sequence, Outgoing::Item(topic, Box::new(item))));
        });
        measures_of(state, &event, &effect, |measure| {
            outgoing.push_back((sequence, Outgoing::Measure(measure)));
        });
    }
}

/// The engine at the present time.
pub struct Desk<'a> {
    pub(super) engine: &'a mut Engine,
    pub(super) recorder: &'a mut Recorder,
    pub(super) now_ms: u64,
    pub(super) durable_sequence: u64,
    pub(super) more: &'a mut bool,
}

impl Desk<'_> {
    /// Carries a command out.
    pub fn step(&mut self, request: Option<&RequestKey>, command: Command) -> Result<Reply, Refusal> {
        let outcome = self.engine.step(self.now_ms, request, command, self.recorder);
        *self.more |= outcome.more;
        outcome.answer
    }

    /// The state, which may be ahead of what is durable: what is taken from it waits.
    #[must_use]
    pub fn state(&self) -> &State {
        self.engine.state()
    }

    /// Engine time.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// The sequence that is durable.
    #[must_use]
    pub fn durable_sequence(&self) -> u64 {
        self.durable_sequence
    }
}
