//! What the events of surges mean: levels, steps, words by hand, and how far a step has gone through a line.

use std::collections::BTreeSet;

use crate::{
    engine::{matching::policy::Policy, state::State, timers::Timer},
    proto::journal::{self as j, SurgeCause, SurgeStepKind},
};

use super::Effect;

/// Moves the cursor of a round and channel on. Returns where it was.
fn advance(rounds: &mut Vec<j::SweepCursor>, to: j::SweepCursor) -> (u64, u64) {
    match rounds.binary_search_by_key(&(to.round, to.channel), |cursor| (cursor.round, cursor.channel)) {
        Ok(at) => {
            let before = std::mem::replace(&mut rounds[at], to);
            (before.since_ms, before.contact)
        }
        Err(at) => {
            rounds.insert(at, to);
            (0, 0)
        }
    }
}

impl State {
    fn surge_mut(&mut self, queue: u32) -> &mut j::SurgeRecord {
        let new = || j::SurgeRecord { queue, ..j::SurgeRecord::default() };
        self.surges.records.entry(queue).or_insert_with(new)
    }

    pub(super) fn surge_level_changed(&mut self, event: &j::SurgeLevelChanged) -> Effect {
        let now_ms = self.now_ms;
        let record = self.surge_mut(event.queue);
        let level_before = Some(record.level);
        if event.level != record.level {
            record.fell = event.level < record.level;
        }
        record.level = event.level;
        record.changed_ms = now_ms;
        record.cause = event.cause;
        record.signals = event.signals;
        record.planned = event.planned;
        if event.cause() == SurgeCause::ByHandEnded {
            record.override_record = None;
        }
        self.surge_soon(event.queue);
        Effect { queue: event.queue, level_before, ..Effect::default() }
    }

    pub(super) fn surge_step_changed(&mut self, event: &j::SurgeStepChanged) -> Effect {
        let (queue, now_ms) = (event.queue, self.now_ms);
        let in_line = self.cells_of(queue).any(|cell| cell.arrivals.first().is_some());
        let record = self.surge_mut(queue);
        if event.undone {
            let undone = record.steps.pop().and_then(|applied| applied.step).unwrap_or_default();
            if undone.kind() == SurgeStepKind::OpenRings && in_line {
                record.linger_rings = record.linger_rings.max(undone.rings);
                record.linger_ms = now_ms;
            }
        } else {
            let step = event.step.clone();
            record.steps.push(j::AppliedStep { step, taken_ms: now_ms, rounds: Vec::new() });
        }
        self.derive_policy(queue);
        self.surge_soon(queue);
        Effect { queue, ..Effect::default() }
    }

    pub(super) fn surge_overridden(&mut self, event: &j::SurgeOverridden) -> Effect {
        self.surge_mut(event.queue).override_record.clone_from(&event.record);
        self.surge_soon(event.queue);
        Effect { queue: event.queue, ..Effect::default() }
    }

    pub(super) fn surge_rings_ended(&mut self, event: &j::SurgeRingsEnded) -> Effect {
        let record = self.surge_mut(event.queue);
        (record.linger_rings, record.linger_ms) = (0, 0);
        self.derive_policy(event.queue);
        self.surge_soon(event.queue);
        Effect { queue: event.queue, ..Effect::default() }
    }

    pub(super) fn waiters_told(&mut self, event: &j::WaitersTold) -> Effect {
        let (queue, channel, since_ms) = (event.queue, event.channel, event.since_ms);
        let contact = event.contacts.last().copied().unwrap_or(0);
        let to = j::SweepCursor { round: event.round, channel, since_ms, contact };
        if event.closing {
            advance(&mut self.hours_mut(queue).told, to);
        } else {
            self.swept_to(queue, event.step, to);
        }
        Effect { queue, channel, ..Effect::default() }
    }

    pub(super) fn surge_swept(&mut self, event: &j::SurgeSwept) -> Effect {
        let j::SurgeSwept { queue, step, channel, since_ms, contact } = *event;
        let to = j::SweepCursor { round: 0, channel, since_ms, contact };
        let swept_from = self.swept_to(queue, step, to);
        Effect { queue, channel, swept_from, ..Effect::default() }
    }

    fn swept_to(&mut self, queue: u32, step: u32, to: j::SweepCursor) -> (u64, u64) {
        let applied = self.surge_mut(queue).steps.get_mut(step as usize);
        let before = applied.map_or((0, 0), |applied| advance(&mut applied.rounds, to));
        self.surge_soon(queue);
        before
    }

    /// How queues stood that have left the plan, in which nobody is any more and of which all is undone, is forgotten.
    pub(super) fn drop_surges(&mut self) {
        let (queues, draining) = (&self.catalog.queues, &self.draining);
        self.surges.records.retain(|queue, record| {
            let gone = !queues.contains_key(queue) && !draining.contains_key(queue);
            !gone || record.level > 0 || record.linger_rings > 0 || !record.steps.is_empty()
        });
    }

    /// Derives what the steps in force of a queue come to.
    pub(in crate::engine) fn derive_policy(&mut self, queue: u32) {
        let policy = self.surges.records.get(&queue).map(Policy::of).unwrap_or_default();
        let before = self.policy(queue);
        if (before.rings, &before.groups) != (policy.rings, &policy.groups) {
            self.surges.asking.insert(queue, 0);
        }
        if policy == Policy::default() {
            self.surges.policies.remove(&queue);
        } else {
            self.surges.policies.insert(queue, policy);
        }
    }

    /// A queue is to be looked at with the next whole second of engine time, if surge concerns it at all.
    pub(in crate::engine) fn surge_soon(&mut self, queue: u32) {
        let due_ms = (self.now_ms / 1_000 + 1) * 1_000;
        let armed = self.surges.due_ms.get(&queue).is_some_and(|armed_ms| *armed_ms <= due_ms);
        if !armed && self.surge_concerns(queue) {
            self.arm_surge_for(queue, due_ms);
        }
    }

    /// A queue is to be looked at when something about it may be due.
    pub(in crate::engine) fn arm_surge(&mut self, queue: u32, now_ms: u64) {
        if let Some(due_ms) = self.surge_due_ms(queue, now_ms) {
            self.arm_surge_for(queue, due_ms);
        }
    }

    /// It is to be found out what is due of all queues that surge concerns: the rules may be others, or this process has
    /// just begun.
    pub(in crate::engine) fn look_at_surges(&mut self) {
        let planned =
            self.catalog.queues.values().any(|info| info.surge.is_some() || info.callback.is_some());
        self.surges.pending = planned || !self.surges.records.is_empty();
    }

    /// Finds it out.
    pub(in crate::engine) fn arm_surges(&mut self, now_ms: u64) {
        self.surges.pending = false;
        // What was armed before is of other rules, or of events that were replayed, and long past by now.
        for (queue, before_ms) in std::mem::take(&mut self.surges.due_ms) {
            self.timers.disarm(Timer::Surge(queue), before_ms);
        }
        let planned = self.catalog.queues.keys().copied();
        let queues: BTreeSet<u32> = planned.chain(self.surges.records.keys().copied()).collect();
        for queue in queues {
            let stands = self.catalog.queues.get(&queue).is_some_and(|info| info.surge.is_some())
                || self.surges.records.contains_key(&queue);
            // Steps may be in force that are wanted no more, and steps at every level are taken at once.
            if stands {
                self.arm_surge_for(queue, (now_ms / 1_000 + 1) * 1_000);
            } else {
                self.arm_surge(queue, now_ms);
            }
        }
    }

    fn arm_surge_for(&mut self, queue: u32, due_ms: u64) {
        match self.surges.due_ms.get(&queue) {
            Some(before_ms) if *before_ms <= due_ms => return,
            Some(before_ms) => self.timers.disarm(Timer::Surge(queue), *before_ms),
            None => {}
        }
        self.surges.due_ms.insert(queue, due_ms);
        self.timers.arm(Timer::Surge(queue), due_ms);
    }

    /// The timer of a queue has fallen due.
    pub(in crate::engine) fn surge_timer_over(&mut self, queue: u32) {
        self.surges.due_ms.remove(&queue);
    }
}

#[cfg(test)]
mod tests {
    use super::State;
    use crate::proto::journal::{
        self as j, CallbackChange, CallbackMode, PromiseEnd, PromiseStage, SurgeCause, SurgeStepKind,
        event::Kind,
    };

    fn evolve(state: &mut State, at_ms: u64, kind: Kind) {
        state.evolve(&j::Event { at_ms, kind: Some(kind), ..j::Event::default() });
    }

    fn level(level: u32, cause: SurgeCause) -> Kind {
        let signals = Some(j::SurgeSignals { waiting: 84, ..j::SurgeSignals::default() });
        Kind::SurgeLevelChanged(j::SurgeLevelChanged {
            queue: 3,
            level,
            cause: cause.into(),
            signals,
            planned: 1,
        })
    }

    fn step(undone: bool, kind: SurgeStepKind) -> Kind {
        let step = j::SurgeStep { kind: kind.into(), rings: 2, waiting: 9, ..j::SurgeStep::default() };
        let cause = SurgeCause::Waiting.into();
        Kind::SurgeStepChanged(j::SurgeStepChanged { queue: 3, undone, step: Some(step), cause })
    }

    fn told(round: u32, channel: u32, contacts: &[u64]) -> Kind {
        let contacts = contacts.to_vec();
        let told =
            j::WaitersTold { queue: 3, step: 1, round, channel, since_ms: 70, ..j::WaitersTold::default() };
        Kind::WaitersTold(j::WaitersTold { contacts, ..told })
    }

    fn contact(contact: u64, origin: Option<j::Origin>) -> Kind {
        let entry = Some(j::QueueEntry { arrival_ms: 40, ..j::QueueEntry::default() });
        Kind::ContactEnqueued(j::ContactEnqueued {
            contact,
            id: format!("c{contact}"),
            gateway: 1,
            channel: 2,
            queue: 3,
            origin: origin.map(Box::new),
            entry,
            expected_ms: 500,
            bound_ms: 900,
            ..j::ContactEnqueued::default()
        })
    }

    /// The same state by its snapshot.
    fn imported(state: &State) -> State {
        let mut other = State::default();
        state.export(|record| other.import(record));
        other.imported();
        assert_eq!(other.hash(), state.hash());
        other
    }

    #[test]
    fn levels_steps_and_cursors_are_kept() {
        let mut state = State::default();
        evolve(&mut state, 1_500, level(2, SurgeCause::Waiting));
        evolve(&mut state, 1_500, step(false, SurgeStepKind::OpenRings));
        evolve(&mut state, 1_500, step(false, SurgeStepKind::Cap));
        evolve(&mut state, 1_600, told(1, 8, &[4, 9]));
        evolve(&mut state, 1_600, told(0, 8, &[4]));
        evolve(&mut state, 1_700, told(1, 8, &[12]));
        assert_eq!(state.next_deadline_ms(), Some(2_000), "it is looked at with the next whole second");
        let other = imported(&state);
        for state in [&state, &other] {
            let record = state.surge(3).expect("a record");
            assert_eq!((record.level, record.changed_ms, record.fell, record.planned), (2, 1_500, false, 1));
            let cursor = |round, contact| j::SweepCursor { round, channel: 8, since_ms: 70, contact };
            assert_eq!(record.steps[1].rounds, [cursor(0, 4), cursor(1, 12)]);
            let policy = state.policy(3);
            assert_eq!((policy.rings, policy.cap, policy.offers), (2, Some((9, 0)), false));
            assert_eq!(state.policy(4), &super::Policy::default());
        }
    }

    #[test]
    fn undone_rings_linger_while_somebody_is_in_line() {
        for waits in [false, true] {
            let mut state = State::default();
            if waits {
                evolve(&mut state, 900, contact(1, None));
            }
            evolve(&mut state, 1_000, step(false, SurgeStepKind::OpenRings));
            evolve(&mut state, 2_000, step(true, SurgeStepKind::OpenRings));
            let lingers = if waits { (2, 2_000) } else { (0, 0) };
            let record = state.surge(3).expect("a record");
            assert_eq!((record.linger_rings, record.linger_ms), lingers);
            assert_eq!((record.steps.len(), state.policy(3).rings), (0, lingers.0));
            imported(&state);
            evolve(&mut state, 3_000, Kind::SurgeRingsEnded(j::SurgeRingsEnded { queue: 3 }));
            assert_eq!(state.policy(3), &super::Policy::default());
        }
    }

    #[test]
    fn a_word_is_forgotten_with_the_change_that_ends_it() {
        let mut state = State::default();
        let word = j::SurgeOverrideRecord { level: 3, until_s: 60, ..j::SurgeOverrideRecord::default() };
        evolve(&mut state, 1_000, level(3, SurgeCause::Waiting));
        evolve(&mut state, 2_000, level(1, SurgeCause::Calm));
        let record = Some(word);
        evolve(&mut state, 3_000, Kind::SurgeOverridden(j::SurgeOverridden { queue: 3, record }));
        evolve(&mut state, 4_000, level(1, SurgeCause::ByHandEnded));
        let record = state.surge(3).expect("a record");
        assert_eq!((record.fell, record.changed_ms, &record.override_record), (true, 4_000, &None));
        imported(&state);
    }

    /// A callback is made whose customer is dialled first.
    fn made() -> Kind {
        let callback = j::CallbackRecord {
            mode: CallbackMode::CustomerFirst.into(),
            attempts_max: 3,
            arrival_ms: 40,
            clock_ms: 5,
            expire_ms: 90_000,
            ..j::CallbackRecord::default()
        };
        let promise = j::PromiseRecord {
            promise: 1,
            id: "k".to_owned(),
            stage: PromiseStage::Pending.into(),
            queue: 3,
            channel: 2,
            due_ms: 90_000,
            enter_ms: 60,
            callback: Some(Box::new(callback)),
            ..j::PromiseRecord::default()
        };
        let promise = Some(Box::new(promise));
        Kind::PromiseMade(j::PromiseMade { promise, case_id: String::new() })
    }

    /// A callback whose customer is dialled first, from its making to its end.
    #[test]
    fn a_callback_is_kept_with_its_attempts() {
        let mut state = State::default();
        evolve(&mut state, 50, contact(1, None));
        evolve(&mut state, 60, made());
        let origin = j::Origin { promise: 1, callback: true, hours_end_ms: 80_000, ..j::Origin::default() };
        evolve(&mut state, 70, contact(2, Some(origin)));
        let record = state.contact(2).expect("its contact");
        assert_eq!((record.effective_arrival_ms, record.clock_ms, record.expected_ms), (40, 5, 500));
        assert!(record.awaits_dialling() && record.holds_place());
        assert_eq!((state.callbacks_in_line(3), state.queue_live(3).waiting), (1, 2));
        let dialled = j::CallbackDialled { contact: 2, attempt: 1, deadline_ms: 5_000 };
        evolve(&mut state, 100, Kind::CallbackDialled(dialled));
        let own = |state: &State| state.callback_by_id("k").and_then(|record| record.callback.clone());
        let told = own(&state).expect("its own part");
        assert_eq!((told.attempts, told.dial_deadline_ms, told.hours_end_ms), (1, 5_000, 80_000));
        let other = imported(&state);
        assert_eq!((other.callbacks_in_line(3), other.queue_live(3).waiting), (1, 2));
        let answered = j::CallbackAnswered { contact: 2, attempt: 1, entry: None };
        evolve(&mut state, 200, Kind::CallbackAnswered(answered));
        assert_eq!(
            (state.callbacks_in_line(3), state.queue_live(3).waiting),
            (0, 2),
            "it waits like anybody"
        );
        assert!(!state.contact(2).is_some_and(j::ContactRecord::to_be_called));
        let failed = j::CallbackChanged {
            promise: 1,
            change: CallbackChange::AttemptFailed.into(),
            enter_ms: 7_000,
            ..j::CallbackChanged::default()
        };
        evolve(&mut state, 300, Kind::CallbackChanged(failed));
        let told = own(&state).expect("its own part");
        assert_eq!((told.attempts, told.dial_deadline_ms, told.answered, told.arrival_ms), (1, 0, false, 40));
        imported(&state);
        let end = PromiseEnd::Exhausted.into();
        evolve(
            &mut state,
            400,
            Kind::PromiseEnded(j::PromiseEnded { promise: 1, end, ..j::PromiseEnded::default() }),
        );
        let counts = state.queue_counts(3).next().copied().unwrap_or_default();
        let ended = (counts.callbacks_made, counts.callbacks_exhausted, counts.callbacks_attempts);
        assert_eq!((ended, counts.callbacks, counts.promises_made), ((1, 1, 1), 1, 0));
        imported(&state);
    }

    #[test]
    fn what_comes_after_its_end_changes_nothing_of_a_callback() {
        let mut state = State::default();
        evolve(&mut state, 60, made());
        let origin = j::Origin { promise: 1, callback: true, ..j::Origin::default() };
        evolve(&mut state, 70, contact(2, Some(origin)));
        let ended =
            j::PromiseEnded { promise: 1, end: PromiseEnd::Kept.into(), ..j::PromiseEnded::default() };
        evolve(&mut state, 80, Kind::PromiseEnded(ended));
        let before = state.callback_by_id("k").cloned().expect("a record");
        let dialled = j::CallbackDialled { contact: 2, attempt: 1, deadline_ms: 5_000 };
        evolve(&mut state, 90, Kind::CallbackDialled(dialled));
        for change in [CallbackChange::AttemptFailed, CallbackChange::Suspended, CallbackChange::Merged] {
            let change = change.into();
            let changed = j::CallbackChanged { promise: 1, change, ..j::CallbackChanged::default() };
            evolve(&mut state, 100, Kind::CallbackChanged(changed));
        }
        assert_eq!(state.callback_by_id("k"), Some(&before));
        let counts = state.queue_counts(3).next().copied().unwrap_or_default();
        let told = (counts.callbacks_reached, counts.callbacks_attempts, counts.callbacks_merged);
        assert_eq!(told, (1, 0, 0));
        imported(&state);
    }
}
