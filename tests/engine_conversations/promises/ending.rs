//! How promises end.

use super::{PROMISED, PROMISED_MAIL, after};

#[test]
fn kept_by_a_call() {
    after(
        PROMISED,
        "
        advance 1h
        accept a1 follow-up:p1:1    => accepted follow-up:p1:1 a1
        show promise:p1             => entered a1 follow due=1h entries=1
        connected follow-up:p1:1    => connected follow-up:p1:1 a1; ended p1 kept
        complete a1 follow-up:p1:1  => closed follow-up:p1:1 agent_completed; wrap-up follow-up:p1:1 a1 20s
        show promise:p1             => kept a1 follow entries=1
        show follow                 => entered=1 answered=1 follow-ups=1 promised=1 kept=1
        show case:x                 => agent=a1 contacts=2 follow-up:p1:1,c1
        ",
    );
}

#[test]
fn kept_by_a_completion_where_nothing_was_reported() {
    after(
        PROMISED_MAIL,
        "
        advance 1h
        accept a1 follow-up:p1:1    => accepted follow-up:p1:1 a1
        complete a1 follow-up:p1:1
            => ended p1 kept; closed follow-up:p1:1 agent_completed; released follow-up:p1:1 a1 finished
        ",
    );
}

#[test]
fn kept_by_the_gateways_completion() {
    after(
        PROMISED_MAIL,
        "
        advance 1h
        accept a1 follow-up:p1:1
        complete gateway follow-up:p1:1
            => closed follow-up:p1:1 gateway_completed; released follow-up:p1:1 a1 finished; ended p1 kept
        ",
    );
}

#[test]
fn broken_then_late() {
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 2h
        => +1h in follow-up:p1:1 follow age=0s for=a1; +1h 10m free follow-up:p1:1 time
         ; +1h 30m escalated p1 1 raise=3; +1h 50m escalated p1 2 raise=8 groups=reserve; +2h broken p1
        show promise:p1             => entered a1 follow due=0s steps=2 entries=1 broken
        advance 3m                  => -
        ready a1                    => ready a1; offered follow-up:p1:1 a1
        accept a1 follow-up:p1:1
        connected follow-up:p1:1    => connected follow-up:p1:1 a1; ended p1 late
        show follow                 => active=1 entered=1 answered=1 follow-ups=1 promised=1 late=1 broken=1
        ",
    );
}

#[test]
fn broken_before_the_tick_that_would_have_noted_it() {
    after(
        PROMISED,
        "
        advance 1h
        accept a1 follow-up:p1:1
        step pass 1h1s
        step connected follow-up:p1:1 => connected follow-up:p1:1 a1; broken p1; ended p1 late
        show follow                   => active=1 entered=1 answered=1 follow-ups=1 promised=1 late=1 broken=1
        ",
    );
}

#[test]
fn unreached() {
    for setup in [PROMISED, PROMISED_MAIL] {
        after(
            setup,
            "
            advance 1h
            cancel follow-up:p1:1
            => ended follow-up:p1:1 a1; closed follow-up:p1:1 customer_left; ended p1 unreached
            show promise:p1 => unreached a1 follow entries=1
            show follow     => entered=1 abandoned=1 follow-ups=1 promised=1 unreached=1
            ",
        );
    }
}

#[test]
fn unreached_by_the_call() {
    after(
        PROMISED,
        "
        advance 1h
        accept a1 follow-up:p1:1
        gone follow-up:p1:1
            => closed follow-up:p1:1 customer_left; released follow-up:p1:1 a1 finished; ended p1 unreached
        ",
    );
}

#[test]
fn an_unreachable_agent_is_no_unreached_customer() {
    after(
        PROMISED,
        "
        advance 1h
        accept a1 follow-up:p1:1
        unreachable follow-up:p1:1
        show promise:p1     => entered a1 follow due=1h entries=1
        show follow-up:p1:1 => waiting follow age=0s for=a1
        ",
    );
}

#[test]
fn fulfilled_early() {
    after(
        PROMISED,
        "
        chpromise a1 p1 fulfil => ended p1 kept
        show promise:p1        => kept a1 follow
        advance 2h             => -
        chpromise a1 p1 fulfil => !PROMISE_ENDED
        ",
    );
}

#[test]
fn fulfilled_by_other_means_while_it_is_offered() {
    after(
        PROMISED,
        "
        advance 1h
        chpromise supervisor p1 fulfil
        => ended follow-up:p1:1 a1; closed follow-up:p1:1 promise_settled; ended p1 kept
        show follow => entered=1 expired=1 follow-ups=1 promised=1 kept=1
        ",
    );
}

#[test]
fn fulfilled_by_other_means_too_late() {
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 2h1m
        chpromise a1 p1 fulfil => closed follow-up:p1:1 promise_settled; ended p1 late
        show follow            => entered=1 expired=1 follow-ups=1 promised=1 late=1 broken=1
        ",
    );
}

#[test]
fn cancelled() {
    after(
        PROMISED,
        "
        chpromise a1 p1 cancel reason=done => ended p1 cancelled
        show follow                        => promised=1 cancelled=1
        advance 2h                         => -
        chpromise a1 p1 cancel reason=done => !PROMISE_ENDED
        chpromise a1 p9 cancel reason=done => !PROMISE_NOT_FOUND
        ",
    );
}

#[test]
fn cancelled_while_its_follow_up_waits() {
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 1h
        chpromise supervisor p1 cancel reason=done => closed follow-up:p1:1 promise_settled; ended p1 cancelled
        show follow => entered=1 expired=1 follow-ups=1 promised=1 cancelled=1
        ",
    );
}
