//! What must add up once a day is over: nobody is lost, and everything is as before.

use std::collections::BTreeMap;

use kefud::{
    engine::{matching::policy::Policy, state::State},
    proto::journal as j,
};

use crate::{day::Day, figures::Outcome};

/// How many customers ended in which way.
pub fn outcomes(day: &Day) -> BTreeMap<Outcome, u64> {
    let mut outcomes = BTreeMap::new();
    for (number, person) in day.people.iter().enumerate() {
        let outcome = person.outcome.unwrap_or_else(|| panic!("customer {number} is lost: {person:?}"));
        *outcomes.entry(outcome).or_default() += 1;
    }
    outcomes
}

/// All queues and channels together.
pub fn counts(state: &State) -> j::QueueCounts {
    let mut all = j::QueueCounts::default();
    for counts in state.catalog().queues.keys().flat_map(|queue| state.queue_counts(*queue)) {
        all.entered += counts.entered;
        all.moved_in += counts.moved_in;
        all.moved_out += counts.moved_out;
        all.answered += counts.answered;
        all.abandoned += counts.abandoned;
        all.expired += counts.expired;
        all.lost += counts.lost;
        all.deflected += counts.deflected;
        all.lapsed += counts.lapsed;
        all.called_back += counts.called_back;
        all.callbacks_made += counts.callbacks_made;
        all.callbacks_reached += counts.callbacks_reached;
        all.callbacks_exhausted += counts.callbacks_exhausted;
        all.callbacks_expired += counts.callbacks_expired;
        all.callbacks_cancelled += counts.callbacks_cancelled;
        all.callbacks_absorbed += counts.callbacks_absorbed;
        all.callbacks_merged += counts.callbacks_merged;
    }
    all
}

/// Who came in has left in one way, of which the engine and those who saw it count the same.
pub fn add_up(day: &Day) {
    let state = day.sim.state();
    for queue in state.catalog().queues.keys() {
        for it in state.queue_counts(*queue) {
            let ends =
                [it.answered, it.abandoned, it.expired, it.lost, it.deflected, it.lapsed, it.called_back];
            let left: u64 = ends.iter().sum::<u64>() + it.moved_out;
            assert_eq!(it.entered + it.moved_in, left, "{it:?}");
            let ended = [
                it.callbacks_reached,
                it.callbacks_exhausted,
                it.callbacks_expired,
                it.callbacks_cancelled,
                it.callbacks_absorbed,
            ];
            assert_eq!(it.callbacks_made, ended.iter().sum::<u64>(), "{it:?}");
        }
    }
    let (told, seen) = (counts(state), day.book.all());
    assert_eq!((state.live_count(), state.open_callbacks()), (0, 0));
    assert_eq!(told.moved_in, told.moved_out);
    assert_eq!(told.answered, seen.answered + seen.called_back);
    assert_eq!(told.abandoned, seen.abandoned);
    assert_eq!(told.deflected, seen.by_bot);
    assert_eq!((told.callbacks_made, told.callbacks_reached), (seen.callbacks, seen.called_back));
    let outcomes = outcomes(day);
    assert_eq!(outcomes.values().sum::<u64>(), seen.customers, "{outcomes:?}");
    assert_eq!(seen.customers, day.customers.len() as u64);
    let served = |outcome| outcomes.get(&outcome).copied().unwrap_or(0);
    assert!(served(Outcome::CalledBack) <= seen.called_back && served(Outcome::ByBot) == seen.by_bot);
}

/// No level, no step, and nothing that any of them came to: as in an engine that never had a surge.
pub fn restored(day: &Day, plain: &Day) {
    let (state, never) = (day.sim.state(), plain.sim.state());
    let by_name = |state: &State| -> BTreeMap<String, Policy> {
        let queues = state.catalog().queues.keys();
        queues.map(|queue| (state.names().id(*queue).to_owned(), state.policy(*queue).clone())).collect()
    };
    assert_eq!(by_name(state), by_name(never));
    for queue in state.catalog().queues.keys() {
        let record = state.surge(*queue).cloned().unwrap_or_default();
        assert_eq!((record.level, record.steps.len(), record.linger_rings), (0, 0, 0), "{record:?}");
        assert_eq!(never.surge(*queue), None);
    }
}

/// What was decided is in the events, and a snapshot keeps it.
pub fn kept(day: &Day) {
    let hash = day.sim.state().hash();
    assert_eq!(day.checks.state().hash(), hash, "a replay comes to the same");
    assert_eq!(day.sim.reimported().hash(), hash, "a snapshot keeps it");
}
