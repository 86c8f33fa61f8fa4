//! What becomes of an agent's contacts when its shift ends.

use super::check;

#[test]
fn chats_go_back_at_their_age_if_the_channel_says_so() {
    check(
        "
        apply set channels.wechat.at_shift_end=\"hand_over\"
        wall 2026-09-28T17:59
        signin a1 ready
        enqueue c1 wechat help
        advance 5s
        accept a1 c1
        enqueue c2 email help
        accept a1 c2
        signin u1 ready
        # Mail is finished by whom it is with.
        at 2026-09-28T18:00           => +55s shift off a1 a2; +55s returned c1 shift_over
                                       ; +55s released c1 a1 shift_over; +55s offered c1 u1
        show c1                       => offered help u1 age=5s turn=1m
        show c2                       => active help a1
        ",
    );
}

#[test]
fn a_break_hands_nothing_over_and_calls_are_finished() {
    check(
        "
        apply set channels.wechat.at_shift_end=\"hand_over\"
        wall 2026-09-28T11:59
        signin a1 ready
        enqueue c1 wechat help
        accept a1 c1
        enqueue c2 phone help
        accept a1 c2
        connected c2
        at 2026-09-28T12:00           => +1m shift break a1 a2
        wall 2026-09-28T17:59:30
        at 2026-09-28T18:00           => +30s shift off a1 a2; +30s returned c1 shift_over
                                       ; +30s released c1 a1 shift_over
        show c2                       => active help a1
        ",
    );
}

#[test]
fn what_is_accepted_at_the_last_moment_goes_back_too() {
    check(
        "
        apply set channels.wechat.at_shift_end=\"hand_over\"
        wall 2026-09-28T17:59:50
        signin a1 ready
        enqueue c1 wechat help        => in c1 help; offered c1 a1
        pass 10s
        step tick                     => shift off a1 a2
        step accept a1 c1             => accepted c1 a1
        tick                          => returned c1 shift_over; released c1 a1 shift_over
        ",
    );
}

#[test]
fn a_plan_that_says_so_later_counts_for_those_who_are_off_by_then() {
    check(
        "
        wall 2026-09-28T17:59
        signin a1 ready
        enqueue c1 wechat help
        accept a1 c1
        at 2026-09-28T18:10           => +1m shift off a1 a2
        apply set channels.wechat.at_shift_end=\"hand_over\"
                                      => plan 2; returned c1 shift_over; released c1 a1 shift_over
        ",
    );
}

#[test]
fn consults_end_and_conferences_go_on_without_who_goes() {
    check(
        "
        apply set channels.wechat.at_shift_end=\"hand_over\"
        wall 2026-09-28T17:59
        signin a1 ready
        signin u1 ready
        enqueue c1 wechat help agent=a1 => in c1 help; offered c1 a1
        accept a1 c1
        consult a1 c1 k1 agent=u1
        accept u1 k1
        join a1 k1
        at 2026-09-28T18:00
        show c1                       => active help u1 turn=1m
        show a1                       => ready calls=0 fixed=0 chats=0
        ",
    );
}
