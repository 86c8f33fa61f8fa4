//! Levels rise and fall by what is measured, and with them their steps.

use super::check;

#[test]
fn a_level_rises_at_once_and_falls_after_its_hold() {
    check(
        "
        enqueue c1 phone line   => in c1 line
        enqueue c2 phone line   => in c2 line
        advance 1s              => -
        level line              => 0
        enqueue c3 phone line   => in c3 line
        advance 999ms           => -
        advance 1ms             => +1ms level line 1 waiting; +1ms step line open_rings
        steps line              => open_rings
        cancel c3
        advance 30s             => -
        level line              => 1 waiting since=30s
        cancel c2
        advance 29s             => -
        # The hold is over.
        advance 1s              => +1s level line 0 calm; +1s undone line open_rings
        steps line              => -
        # Not up again so soon.
        enqueue c4 phone line   => in c4 line
        enqueue c5 phone line   => in c5 line
        advance 59s             => -
        advance 1s              => +1s level line 1 waiting; +1s step line open_rings
        ",
    );
}

#[test]
fn levels_may_be_passed_over_on_the_way_up_but_not_their_steps() {
    check(
        "
        enqueue c1 phone line   => in c1 line
        enqueue c2 phone line   => in c2 line
        enqueue c3 phone line   => in c3 line
        enqueue c4 phone line   => in c4 line
        enqueue c5 phone line   => in c5 line
        enqueue c6 phone line   => in c6 line
        advance 1s              => +1s level line 3 waiting; +1s step line open_rings; +1s step line wrap_up
                                ; +1s step line cap; +1s step line open_groups
        steps line              => open_rings wrap_up cap open_groups
        cancel c1
        cancel c2
        cancel c3
        cancel c4
        cancel c5
        # One by one on the way down, each undone from the last.
        advance 60s             => +1m level line 2 calm; +1m undone line open_groups
        advance 59s             => -
        advance 1s              => +1s level line 1 calm; +1s undone line cap; +1s undone line wrap_up
        advance 60s             => +1m level line 0 calm; +1m undone line open_rings
        level line              => 0 calm since=0s lingers
        ",
    );
}

#[test]
fn the_longest_wait_counts_only_while_somebody_waits() {
    check(
        "
        enqueue c1 phone planned => in c1 planned
        advance 59s              => -
        advance 1s               => +1s level planned 1 oldest_wait; +1s step planned open_groups
        cancel c1
        advance 1m               => +1m level planned 0 calm; +1m undone planned open_groups
        # Nothing is due any more.
        advance 30m              => -
        ",
    );
}

#[test]
fn agents_on_shift_are_counted_once_and_only_while_the_queue_is_open() {
    check(
        "
        wall 2026-09-28T09:00
        signin a1 ready
        signin n1 ready
        enqueue c1 phone staff   => in c1 staff; offered c1 a1
        advance 1s               => -
        signout n1
        advance 1s               => +1s level staff 1 agents
        signin n1 ready
        # Two are not below two, and not the three that it takes to be calm.
        advance 14s              => +13s missed c1 a1; +13s offered c1 n1
        signin a2 ready
        advance 1s               => +1s level staff 0 calm
        ",
    );
}

#[test]
fn a_reload_goes_on_where_it_was() {
    check(
        "
        enqueue c1 phone line   => in c1 line
        enqueue c2 phone line   => in c2 line
        enqueue c3 phone line   => in c3 line
        advance 1s              => +1s level line 1 waiting; +1s step line open_rings
        cancel c1
        cancel c2
        reload                  => -
        advance 59s             => -
        reload                  => -
        advance 1s              => +1s level line 0 calm; +1s undone line open_rings
        ",
    );
}
