//! Before a break or the end of a shift, channels take no new contacts.

use super::check;

#[test]
fn no_new_calls_come_shortly_before_the_end() {
    check(
        "
        apply set channels.phone.end_lead=\"5m\"
        wall 2026-09-28T17:54:59
        signin a1 ready
        signin a2 ready
        enqueue c1 phone help         => in c1 help; offered c1 a1
        at 2026-09-28T17:55           => +1s shift on:email,wechat a1 a2
        # What is offered stays, by hand all is possible, and other channels go on.
        accept a1 c1                  => accepted c1 a1
        connected c1
        enqueue c2 phone help         => in c2 help
        enqueue c3 wechat help        => in c3 help; offered c3 a2
        decline a2 c3
        assign c2 a2                  => offered c2 a2 by-assign
        decline a2 c2
        pull a2 c2                    => offered c2 a2 by-pull; accepted c2 a2
        at 2026-09-28T18:00           => +5m shift off a1 a2
        ",
    );
}

#[test]
fn a_break_has_its_own_lead_and_so_has_an_activity() {
    check(
        "
        apply set channels.phone.break_lead=\"2m\" set channels.wechat.break_lead=\"1m\"
        wall 2026-09-28T11:57
        signin a1 ready
        at 2026-09-28T11:58           => +1m shift on:email,wechat a1 a2
        at 2026-09-28T11:59           => +1m shift on:email a1 a2
        enqueue c1 phone help         => in c1 help
        at 2026-09-28T12:00           => +1m shift break a1 a2
        at 2026-09-28T13:00           => +1h shift on a1 a2; +1h offered c1 a1
        accept a1 c1
        gone c1
        # Before the hour for mail: calls and chats go, mail goes on.
        at 2026-09-28T15:57
        at 2026-09-28T15:58           => +1m shift on:email,wechat a1 a2
        at 2026-09-28T15:59           => +1m shift on:email a1 a2
        at 2026-09-28T16:00           => -
        at 2026-09-28T17:00           => +1h shift on a1 a2; +1h noted absent a2
        # The end is no break.
        at 2026-09-28T18:00           => +1h shift off a1 a2
        ",
    );
}

#[test]
fn who_is_on_shift_by_hand_has_no_lead() {
    check(
        "
        apply set channels.phone.end_lead=\"5m\"
        wall 2026-09-28T18:30
        signin a1 ready
        override a1 on 2026-09-28T19:00 => overridden a1 on; shift on a1
        at 2026-09-28T18:59           => -
        enqueue c1 phone help         => in c1 help; offered c1 a1
        at 2026-09-28T19:00           => +15s missed c1 a1; +45s offered c1 a1; +1m shift off a1; +1m missed c1 a1
        ",
    );
}
