//! How contacts end: the customer leaves at any moment, either side completes, and what is recorded.

use crate::common::desk::check;

#[test]
fn the_customer_leaves_at_any_moment() {
    check(
        "
        enqueue c1 phone consultation  => in c1 consultation
        advance 3s
        cancel c1                      => closed c1 customer_left
        cancel c1                      => -
        show c1                        => closed customer_left wait=3s
        signin a1 ready                => signed-in a1; ready a1
        enqueue c2 phone consultation  => in c2 consultation; offered c2 a1
        cancel c2                      => ended c2 a1; closed c2 customer_left
        accept a1 c2                   => !OFFER_ENDED
        enqueue c3 phone consultation  => in c3 consultation; offered c3 a1
        accept a1 c3
        advance 2s
        # Nothing was said, so there is nothing to record.
        cancel c3                      => closed c3 customer_left; released c3 a1 finished
        show c3                        => closed customer_left wait=2s
        enqueue c4 phone consultation  => in c4 consultation; offered c4 a1
        accept a1 c4
        connected c4
        advance 30s
        cancel c4                      => closed c4 customer_left; wrap-up c4 a1 20s
        cancel c4                      => -
        show c4                        => closed customer_left wait=0s
        show consultation              => entered=4 answered=1 abandoned=3
        cancel c9                      => !CONTACT_NOT_FOUND
        ",
    );
}

#[test]
fn a_gateway_that_finds_the_customer_gone_says_so() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        gone c1                        => ended c1 a1; closed c1 customer_left
        gone c1                        => -
        enqueue c2 phone consultation
        accept a1 c2
        gone c2                        => closed c2 customer_left; released c2 a1 finished
        enqueue c3 phone consultation
        accept a1 c3
        connected c3
        gone c3                        => closed c3 customer_left; wrap-up c3 a1 20s
        gone c3                        => -
        ",
    );
}

#[test]
fn either_side_completes() {
    check(
        "
        signin a1 ready
        signin a2 notready
        enqueue c1 phone consultation
        complete a1 c1                 => !CONTACT_NOT_ANSWERED
        complete gateway c1            => !CONTACT_NOT_ANSWERED
        complete a2 c1                 => !CONTACT_NOT_HELD
        accept a1 c1
        complete a1 c1                 => !CONTACT_NOT_ANSWERED
        connected c1
        complete a2 c1                 => !CONTACT_NOT_HELD
        complete a1 c1 disposition=no  => !disposition
        complete a1 c9                 => !CONTACT_NOT_FOUND
        complete gateway c1            => closed c1 gateway_completed; wrap-up c1 a1 20s
        complete gateway c1            => -
        # The agent says how it went when the customer has hung up already.
        complete a1 c1 disposition=resolved resolution=2 => recorded c1 resolved/2
        complete a1 c1 disposition=resolved resolution=2 => -
        complete a2 c1 disposition=follow_up             => !CONTACT_NOT_HELD
        show c1                        => closed gateway_completed resolved/2 wait=0s
        ",
    );
}

#[test]
fn dispositions_are_accepted_until_the_correction_window_is_over() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat consultation
        accept a1 c1
        complete a1 c1 disposition=resolved   => closed c1 agent_completed resolved; wrap-up c1 a1 10s
        advance 10s                           => +10s released c1 a1 wrap_up_timeout
        complete a1 c1 disposition=follow_up  => recorded c1 follow_up
        complete gateway c1 resolution=1      => recorded c1 follow_up/1
        advance 9m50s                         => -
        complete a1 c1 disposition=resolved   => recorded c1 resolved/1
        advance 1s
        complete a1 c1 disposition=follow_up  => !CORRECTION_WINDOW_OVER
        complete a1 c1 disposition=resolved   => -
        ",
    );
}

#[test]
fn a_long_wrap_up_outlasts_the_correction_window() {
    check(
        "
        apply set channels.wechat.wrap_up=\"30m\" set settings.correction_window=\"1s\"
        signin a1 ready
        enqueue c1 wechat consultation
        accept a1 c1
        complete a1 c1                       => closed c1 agent_completed; wrap-up c1 a1 30m
        advance 29m
        complete a1 c1 disposition=resolved  => recorded c1 resolved
        finish a1 c1                         => released c1 a1 finished
        complete a1 c1 disposition=follow_up => !CORRECTION_WINDOW_OVER
        ",
    );
}

#[test]
fn wrap_up_is_finished_by_its_agent_only_and_only_once_it_has_begun() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        finish a1 c1                   => !NOT_IN_WRAP_UP
        accept a1 c1
        connected c1
        finish a1 c1                   => !NOT_IN_WRAP_UP
        complete a1 c1
        finish a2 c1                   => -
        show a1                        => ready calls=100 fixed=0 chats=0
        finish a1 c1                   => released c1 a1 finished
        finish a1 c1                   => -
        finish a1 c9                   => !CONTACT_NOT_FOUND
        finish a9 c1                   => !AGENT_NOT_FOUND
        ",
    );
}
