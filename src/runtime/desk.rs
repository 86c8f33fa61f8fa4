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
    proto::journal::{self as j, event::Kind},
    streams::{Item, Streams, Topic, items_of},
    telemetry::Measure,
};

use super::{measures::measures_of, pump::Part};

/// A part of a batch is closed at this size, so that one append stays small; but no step is torn by it.
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
    /// How a contact stands between events, for those who watch it.
    Refresh(u64, Box<Item>),
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
    /// Whether what comes next may do without what came before being followed by it.
    may_part: bool,
}

impl Recorder {
    /// An empty one.
    pub fn new(streams: Arc<Streams>) -> Self {
        Self { parts: VecDeque::new(), outgoing: VecDeque::new(), streams, may_part: true }
    }

    /// A step begins. Each part becomes durable by itself, and a step must be durable whole or not at all.
    fn begin_step(&mut self) {
        self.may_part = true;
    }

    fn encode(&mut self, event: &j::Event) {
        let full = |part: &Part| part.payload.len() >= PART_BYTES_MAX || part.count >= PART_EVENTS_MAX;
        if self.parts.back().is_none_or(|part| self.may_part && full(part)) {
            self.parts.push_back(Part::default());
        }
        if let Some(part) = self.parts.back_mut() {
            event.append_to(&mut part.payload);
            part.count += 1;
        }
        // A whole plan in one step is large. Until it is committed, what is staged of it counts for nothing.
        self.may_part = matches!(event.kind, Some(Kind::PlanStaged(_)));
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
        self.recorder.begin_step();
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

#[cfg(test)]
mod tests {
    use super::{PART_BYTES_MAX, PART_EVENTS_MAX, Recorder};
    use crate::{
        engine::{Sink, evolve::Effect, state::State},
        proto::journal::{self as j, event::Kind},
        streams::Streams,
    };

    /// A part that can take no more, and a step of these events after it. Returns the events of each part.
    fn parts_after(full: impl FnOnce(&mut Recorder), step: &[Kind]) -> Vec<u32> {
        let mut recorder = Recorder::new(Streams::new(1, Box::new(|_| ())));
        recorder.begin_step();
        full(&mut recorder);
        recorder.begin_step();
        for kind in step {
            let event = j::Event { kind: Some(kind.clone()), ..j::Event::default() };
            recorder.event(&State::default(), event, Effect::default());
        }
        recorder.parts.iter().map(|part| part.count).collect()
    }

    fn events(recorder: &mut Recorder, count: u32) {
        let offset = Kind::ClockObserved(j::ClockObserved::default());
        let event = j::Event { kind: Some(offset), ..j::Event::default() };
        (0..count).for_each(|_| recorder.encode(&event));
    }

    #[test]
    fn a_part_ends_between_steps_but_where_a_plan_is_staged() {
        let clock = || Kind::ClockObserved(j::ClockObserved::default());
        let commit = || Kind::PlanCommitted(j::PlanCommitted::default());
        let staged = |bytes| {
            let entry = j::PlanEntry { document: "x".repeat(bytes), ..j::PlanEntry::default() };
            Kind::PlanStaged(j::PlanStaged { upserts: vec![entry], ..j::PlanStaged::default() })
        };
        let steps = [
            // Room for one more, and two come.
            (PART_EVENTS_MAX - 1, vec![clock(), clock()], vec![PART_EVENTS_MAX + 1]),
            (PART_EVENTS_MAX, vec![clock(), clock()], vec![PART_EVENTS_MAX, 2]),
            (0, vec![staged(PART_BYTES_MAX), staged(1), commit(), clock()], vec![1, 3]),
            (0, vec![staged(PART_BYTES_MAX), commit(), clock()], vec![1, 2]),
            (0, vec![staged(1), staged(PART_BYTES_MAX), commit()], vec![2, 1]),
        ];
        for (before, step, expected) in steps {
            let found = parts_after(|recorder| events(recorder, before), &step);
            assert_eq!(found, expected, "{before} events before");
        }
    }
}
