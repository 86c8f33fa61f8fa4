//! How those who wait grow older by the clock of their queue.

use super::check;

#[test]
fn while_a_queue_is_closed_nobody_in_it_grows_older() {
    check(
        "
        wall 2026-09-28T08:00
        enqueue c1 wechat mail        => in c1 mail held
        at 2026-09-28T11:30
        show clock:c1                 => 2h 30m
        enqueue c2 wechat mail        => in c2 mail
        enqueue c3 wechat always      => in c3 always
        at 2026-09-28T12:30
        show clock:c1                 => 3h
        show clock:c2                 => 30m
        show clock:c3                 => 1h
        reload
        at 2026-09-28T13:30
        show clock:c2                 => 1h
        # What is told of waiting is told by time itself.
        show wait:c2                  => 2h
        show c2                       => waiting mail age=2h
        ",
    );
}

#[test]
fn the_longest_wait_counts_open_time() {
    check(
        "
        wall 2026-09-28T16:30
        enqueue c1 wechat mail        => in c1 mail
        enqueue c2 wechat always      => in c2 always
        # An hour and a half before the night, two and a half after it.
        at 2026-09-28T20:30
        show c2                       => closed wait_limit wait=4h
        reload
        at 2026-09-29T11:29:59
        show c1                       => waiting mail age=18h 59m 59s
        at 2026-09-29T11:30           => +1s closed c1 wait_limit
        ",
    );
}

#[test]
fn the_longest_wait_counts_from_an_opening_by_hand() {
    check(
        "
        wall 2026-09-28T17:00
        enqueue c1 wechat mail        => in c1 mail
        at 2026-09-28T22:00
        hours mail open               => hours mail open; opened mail
        at 2026-09-29T00:59:59        => -
        at 2026-09-29T01:00           => +1s closed c1 wait_limit
        ",
    );
}

#[test]
fn who_comes_back_to_waiting_after_its_time_is_not_offered_again() {
    check(
        "
        wall 2026-09-28T13:00
        signin one ready
        enqueue c1 wechat mail        => in c1 mail; offered c1 one
        apply set channels.wechat.offer_timeout=\"10m\"
        pass 4h
        decline one c1                => declined c1 one; closed c1 wait_limit
        ",
    );
}

#[test]
fn the_order_of_queues_goes_by_their_clocks() {
    check(
        "
        wall 2026-09-28T17:30
        enqueue c1 wechat mail        => in c1 mail
        at 2026-09-28T18:30
        enqueue c2 wechat night       => in c2 night
        at 2026-09-29T09:10
        show clock:c1                 => 40m
        show clock:c2                 => 14h 40m
        # Both have an objective of an hour: the one that grew older overnight is first.
        signin one ready              => signed-in one; ready one; offered c2 one
        ",
    );
    check(
        "
        apply set queues.mail.ageing=\"always\" remove queues.mail.max_wait
        wall 2026-09-28T17:30
        enqueue c1 wechat mail        => in c1 mail
        at 2026-09-28T18:30
        enqueue c2 wechat night       => in c2 night
        at 2026-09-29T09:10
        signin one ready              => signed-in one; ready one; offered c1 one
        ",
    );
}

#[test]
fn agents_who_look_for_a_contact_go_by_the_clocks_too() {
    check(
        "
        wall 2026-09-28T17:20
        signin one ready
        enqueue c0 wechat night       => in c0 night; offered c0 one
        accept one c0
        enqueue c1 wechat mail        => in c1 mail
        at 2026-09-28T18:30
        enqueue c2 wechat night       => in c2 night
        at 2026-09-29T09:10
        complete one c0               => closed c0 agent_completed; released c0 one finished; offered c2 one
        ",
    );
}

#[test]
fn what_did_not_count_in_one_queue_does_not_count_in_the_next() {
    check(
        "
        wall 2026-09-28T17:30
        enqueue c1 wechat mail        => in c1 mail
        at 2026-09-29T08:00
        show clock:c1                 => 30m
        transfer gateway c1 queue=night  => moved c1 night
        show clock:c1                 => 30m
        at 2026-09-29T08:30
        show clock:c1                 => 1h
        transfer gateway c1 queue=mail   => moved c1 mail held
        at 2026-09-29T09:30
        show clock:c1                 => 1h 30m
        ",
    );
}

#[test]
fn time_with_an_agent_counts_in_no_clock() {
    check(
        "
        wall 2026-09-28T11:30
        enqueue c1 wechat mail        => in c1 mail
        at 2026-09-28T12:20
        signin a1 ready               => signed-in a1; ready a1; offered c1 a1
        advance 10s
        accept a1 c1
        at 2026-09-28T13:20
        signout a1 return             => signed-out a1 requested; returned c1 agent_lost
                                      ; released c1 a1 agent_lost
        show clock:c1                 => 30m
        advance 10m
        show clock:c1                 => 40m
        show wait:c1                  => 1h 10s
        ",
    );
}

#[test]
fn a_plan_may_change_what_grows_older() {
    check(
        "
        wall 2026-09-28T11:30
        enqueue c1 wechat mail        => in c1 mail
        at 2026-09-28T12:10
        show clock:c1                 => 30m
        apply set queues.mail.ageing=\"always\"  => plan 2; closed mail
        at 2026-09-28T12:20
        show clock:c1                 => 40m
        apply set queues.mail.ageing=\"open_hours\"  => plan 3; closed mail
        at 2026-09-28T13:10
        show clock:c1                 => 50m
        ",
    );
}
