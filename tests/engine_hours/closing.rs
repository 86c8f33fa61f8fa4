//! Who waits when a queue closes.

use kefud::engine::command::Command;

use super::{HOURS, check};
use crate::common::desk::Desk;

#[test]
fn who_came_in_time_is_served_out() {
    check(
        "
        wall 2026-09-28T11:30
        enqueue c1 wechat mail        => in c1 mail
        at 2026-09-28T12:00
        show c1                       => waiting mail age=30m
        signin a1 ready               => signed-in a1; ready a1; offered c1 a1
        ",
    );
}

#[test]
fn a_queue_that_holds_offers_nothing_while_it_is_closed() {
    check(
        "
        wall 2026-09-28T11:30
        enqueue c1 wechat stop        => in c1 stop
        at 2026-09-28T12:00
        show c1                       => waiting stop age=30m held
        signin a1 ready               => signed-in a1; ready a1
        # What it accepts meanwhile waits likewise.
        enqueue c2 wechat stop        => in c2 stop
        show c2                       => waiting stop age=0s held
        at 2026-09-28T13:00           => +1h opened always chain far line mail over ringed shut stop walk
                                      ; +1h offered c1 a1; +1h offered c2 a1
        ",
    );
}

#[test]
fn an_offer_that_was_made_in_time_goes_on() {
    check(
        "
        wall 2026-09-28T11:59:50
        signin a1 ready
        enqueue c1 wechat stop        => in c1 stop; offered c1 a1
        at 2026-09-28T12:00:05
        accept a1 c1                  => accepted c1 a1
        ",
    );
}

#[test]
fn those_who_are_to_move_do_so_at_their_age_while_the_other_queue_is_open() {
    check(
        "
        wall 2026-09-28T11:30
        enqueue c1 phone over         => in c1 over
        enqueue c2 wechat over        => in c2 over
        at 2026-09-28T12:00           => +30m closed always chain far line mail over ringed shut stop walk
                                      ; +30m moved c1 night closed; +30m moved c2 night closed
        show c1                       => waiting night age=30m
        cancel c1
        cancel c2
        at 2026-09-28T13:00
        enqueue c3 wechat over        => in c3 over
        hours night closed
        at 2026-09-28T18:00           => +5h closed always chain far line mail over ringed shut stop walk
        # Meanwhile it is served out.
        signin one ready              => signed-in one; ready one; offered c3 one
        decline one c3                => declined c3 one
        hours night open              => hours night open; opened night; moved c3 night closed
        ",
    );
}

#[test]
fn who_is_held_or_came_since_does_not_move() {
    check(
        "
        apply set queues.over.closed=\"hold\" remove queues.over.closed_queue
        wall 2026-09-28T11:30
        hours night closed
        enqueue c1 wechat over        => in c1 over
        at 2026-09-28T12:30
        enqueue c2 wechat over        => in c2 over held
        apply set queues.over.closed=\"accept\"
        enqueue c3 wechat over        => in c3 over
        hours night open              => hours night open; opened night; moved c1 night closed
        show c2                       => waiting over age=0s held
        show c3                       => waiting over age=0s
        # Nor does it after a start, which looks at everybody anew.
        reload                        => -
        show c3                       => waiting over age=0s
        ",
    );
}

/// Whoever has to move does, however many there are, and no step moves more than it may.
#[test]
fn a_full_queue_moves_in_slices() {
    let mut desk = Desk::with(HOURS);
    desk.run("wall 2026-09-28T11:00");
    for contact in 0..150 {
        desk.run(&format!("enqueue c{contact} wechat over"));
    }
    desk.run("wall 2026-09-28T11:59:59");
    desk.sim.pass(1_000);
    let mut moved = Vec::new();
    for _ in 0..20 {
        let before = desk.sim.events().len();
        let (_, more) = desk.sim.step(None, Command::Tick);
        moved.push(desk.sim.events().len() - before);
        if !more {
            break;
        }
    }
    // The edge, then the contacts.
    assert_eq!(moved, [1, 64, 64, 22], "events a step");
    assert!(desk.run("show night").starts_with("waiting=150 in=150"));
}
