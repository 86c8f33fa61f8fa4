//! Rings don't open in a closed queue.

use super::check;

#[test]
fn a_ring_that_falls_due_while_closed_counts_from_the_opening() {
    for reload in ["", "reload"] {
        check(&format!(
            "
            wall 2026-09-28T11:55
            signin a1 notready
            signin a3 ready
            enqueue c1 wechat ringed  => in c1 ringed
            at 2026-09-28T12:06
            {reload}
            at 2026-09-28T13:00
            {reload}
            show c1                   => waiting ringed age=1h 5m
            at 2026-09-28T13:09:59    => -
            at 2026-09-28T13:10       => +1s ring c1 1 time; +1s offered c1 a3
            "
        ));
    }
}

#[test]
fn a_ring_counts_from_an_opening_by_hand_as_well() {
    check(
        "
        wall 2026-09-28T11:55
        signin a1 notready
        signin a3 ready
        enqueue c1 wechat ringed      => in c1 ringed
        at 2026-09-28T12:30
        hours ringed open             => hours ringed open; opened ringed
        at 2026-09-28T12:39:59        => -
        at 2026-09-28T12:40           => +1s ring c1 1 time; +1s offered c1 a3
        ",
    );
}

#[test]
fn a_ring_that_falls_due_after_the_opening_is_in_time() {
    check(
        "
        wall 2026-09-28T12:55
        signin a1 notready
        signin a3 ready
        enqueue c1 wechat ringed      => in c1 ringed held
        at 2026-09-28T13:05           => +5m opened always chain far line mail over ringed shut stop walk
                                      ; +10m ring c1 1 time; +10m offered c1 a3
        ",
    );
}

#[test]
fn a_ring_without_anybody_is_passed_over_at_the_opening_only() {
    check(
        "
        wall 2026-09-28T11:55
        signin a1 notready
        signin a3 ready
        enqueue c1 wechat ringed      => in c1 ringed
        at 2026-09-28T12:00
        signout a1                    => signed-out a1 requested
        enqueue c2 wechat ringed      => in c2 ringed held
        advance 5m                    => -
        at 2026-09-28T13:00           => +55m opened always chain far line mail over ringed shut stop walk
                                      ; +55m ring c1 1 unstaffed; +55m ring c2 1 unstaffed
                                      ; +55m offered c1 a3; +55m offered c2 a3
        ",
    );
}
