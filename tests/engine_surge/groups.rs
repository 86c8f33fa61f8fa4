//! Groups that serve a queue too.

use kefud::proto::journal::PlanKind;

use super::{check, common::desk::Desk};

#[test]
fn an_opened_group_helps_and_keeps_free_what_it_is_to_keep() {
    check(
        "
        signin t1 ready
        enqueue c1 phone planned => in c1 planned
        enqueue c2 phone planned => in c2 planned
        advance 1m               => +1m level planned 1 oldest_wait; +1m step planned open_groups
        # One of them is to stay free.
        signin t2 ready          => signed-in t2; ready t2; offered c1 t1
        accept t1 c1
        connected c1
        # What it has stays, and nothing new comes once it is closed.
        surge planned 0 until=1h => word planned 0; level planned 0 by_hand; undone planned open_groups
        complete t1 c1
        finish t1 c1             => released c1 t1 finished
        show c2                  => waiting planned age=1m
        ",
    );
}

#[test]
fn those_whom_it_gets_in_that_instant_tell_nothing_of_the_pace() {
    let mut desk = Desk::with(super::SURGE);
    desk.run("signin t1 ready");
    desk.run("signin t2 ready");
    desk.run("enqueue c1 phone planned");
    desk.run("enqueue c2 phone planned");
    let offered = desk.run("advance 1m");
    assert!(offered.contains("step planned open_groups; +1m offered c1 t1"), "{offered}");
    let takes = |desk: &Desk| {
        let state = desk.sim.state();
        let queue = state.names().number(PlanKind::Queue, "planned").expect("a queue");
        state.flow(queue).and_then(|flow| flow.takes.rate()).expect("somebody has waited").0
    };
    assert_eq!(takes(&desk), 0);
    // Whom somebody takes who has become free does.
    desk.run("advance 1s");
    assert_eq!(desk.run("signin a1 ready"), "signed-in a1; ready a1; offered c2 a1");
    assert_eq!(takes(&desk), 1);
}

#[test]
fn an_offer_stands_when_its_group_closes() {
    check(
        "
        signin t1 ready
        signin t2 ready
        surge planned 1 until=1h => word planned 1; level planned 1 by_hand; step planned open_groups
        enqueue c1 phone planned => in c1 planned; offered c1 t1
        surge planned 0 until=1h => word planned 0; level planned 0 by_hand; undone planned open_groups
        accept t1 c1             => accepted c1 t1
        ",
    );
}
