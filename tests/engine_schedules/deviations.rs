//! Who departs from its schedule: from when, when it is noted, and when it is over.

use kefud::{
    engine::{Engine, Sink, command::Command, evolve::Effect, state::State},
    proto::journal::{self as j, DeviationKind, event::Kind},
};

use crate::common::{
    SHIFTS,
    desk::{Desk, check_in},
};

/// The plan, with a tolerance that is soon over.
fn plan() -> String {
    SHIFTS.replace("adherence_tolerance = \"4h\"", "adherence_tolerance = \"5m\"")
}

fn check(table: &str) {
    check_in(&plan(), table);
}

#[test]
fn who_is_not_there_when_its_shift_begins_is_noted_after_the_tolerance() {
    check(
        "
        wall 2026-09-28T08:59
        signin a2 ready
        at 2026-09-28T09:00           => +1m shift on a1 a2
        departs a1                      => absent 0s
        at 2026-09-28T09:04:59        => -
        at 2026-09-28T09:05           => +1s noted absent a1
        at 2026-09-28T09:10           => -
        departs a1                      => absent 10m noted
        # There, but not ready, is something else, which is tolerated anew.
        signin a1 notready
        departs a1                      => not_ready 0s
        advance 5m                    => +5m noted not_ready a1
        ready a1
        departs a1                      => -
        ",
    );
}

#[test]
fn who_comes_back_in_time_is_not_noted() {
    check(
        "
        wall 2026-09-28T09:00
        signin a1 ready
        signin a2 ready
        notready a1 coffee
        advance 4m
        ready a1
        advance 1h                    => -
        # Nor whose stream is lost for a moment.
        away a1 session=1
        departs a1                      => not_ready 0s
        signin a1 session=1
        advance 1h                    => -
        ",
    );
}

#[test]
fn a_break_is_no_departure_and_so_is_no_schedule() {
    check(
        "
        wall 2026-09-28T11:58
        signin a1 ready
        signin a2 ready
        signin u1 notready
        notready a1 lunch
        at 2026-09-28T12:00           => +2m shift break a1 a2
        departs a1                      => -
        signout a2
        at 2026-09-28T12:59           => -
        at 2026-09-28T13:00           => +1m shift on a1 a2
        departs a1                      => not_ready 0s
        departs a2                      => absent 0s
        at 2026-09-28T13:05           => +5m noted absent a2 / not_ready a1
        ",
    );
}

#[test]
fn who_goes_on_after_its_shift_is_noted() {
    check(
        "
        wall 2026-09-28T17:59
        signin a1 ready
        signin a2 notready
        at 2026-09-28T18:00           => +1m shift off a1 a2
        departs a1                      => off_shift_ready 0s
        departs a2                      => -
        at 2026-09-28T18:05           => +5m noted off_shift_ready a1
        signout a1
        departs a1                      => -
        ",
    );
}

#[test]
fn the_tolerance_is_that_of_the_plan_in_force() {
    check(
        "
        wall 2026-09-28T09:00
        signin a2 ready
        apply set settings.adherence_tolerance=\"1m\" => plan 2
        advance 1m                    => +1m noted absent a1
        signin a1 notready
        apply set settings.adherence_tolerance=\"10m\" => plan 3
        advance 9m                    => -
        reload
        advance 1m                    => +1m noted not_ready a1
        # Noted once.
        reload
        advance 1h                    => -
        ",
    );
}

#[test]
fn who_leaves_the_plan_departs_from_nothing() {
    check(
        "
        wall 2026-09-28T09:00
        signin a2 ready
        apply remove agents.a1
        advance 1h                    => -
        enqueue c1 phone help         => in c1 help; offered c1 a2
        accept a2 c1
        connected c1
        notready a2 late
        # Nor who leaves it with a call in hand.
        apply remove agents.a2        => plan 3; shift - a2; signed-out a2 removed
        shows a2                      => -
        advance 1h                    => -
        ",
    );
}

/// What is told of events.
#[derive(Default)]
struct Told(Vec<(Kind, Effect)>);

impl Sink for Told {
    fn event(&mut self, _: &State, event: j::Event, effect: Effect) {
        self.0.extend(event.kind.map(|kind| (kind, effect)));
    }
}

#[test]
fn effects_tell_who_is_to_be_told_and_how_long_a_departure_was() {
    let mut desk = Desk::with(&plan());
    for row in ["wall 2026-09-28T08:59", "signin a2 ready", "at 2026-09-28T09:05", "at 2026-09-28T09:20"] {
        desk.run(row);
    }
    let now_ms = desk.sim.now_ms();
    let mut engine = Engine::new(desk.sim.reimported());
    let mut told = Told::default();
    let sign_in = Command::SignIn { agent: "a1".to_owned(), session: 0, ready: Some(true) };
    engine.step(now_ms, None, sign_in, &mut told);
    let ended: Vec<_> = told
        .0
        .iter()
        .filter_map(|(_, effect)| effect.by_schedule.as_ref())
        .flat_map(|by| by.deviations.clone())
        .collect();
    assert_eq!(ended, [(DeviationKind::Absent, 20 * 60_000)]);

    let mut told = Told::default();
    let later_ms = now_ms + 3 * 3_600_000;
    while engine.step(later_ms, None, Command::Tick, &mut told).more {}
    let (kind, effect) = told.0.first().expect("an edge");
    assert!(matches!(kind, Kind::ShiftEdges(_)));
    let by = effect.by_schedule.as_ref().expect("a shift");
    let names: Vec<&str> = by.agents.iter().map(|agent| engine.state().names().id(*agent)).collect();
    assert_eq!(names, ["a1", "a2"]);
}
