//! The wall clock is corrected, or the machine was asleep: what is due at a time of day is due at that time, and
//! what is due after a while comes after that while.

use super::{CALL, after};

const OTHERWISE: &str = "
    notready a1 lunch
    complete a1 c1
    finish a1 c1";

/// What is promised in these words, and the table after it.
fn promised(words: &str, table: &str) {
    after(CALL, &format!("promise a1 c1 p1 queue=follow {words}\n{OTHERWISE}\n{table}"));
}

#[test]
fn a_time_of_day_stays() {
    promised(
        "at=4h",
        "
        show promise:p1      => pending a1 follow due=4h enters=3h
        # Two hours have passed in which no engine time did.
        clock 7200000        => clock 7200000
        show promise:p1      => pending a1 follow due=2h enters=1h
        reload
        show promise:p1      => pending a1 follow due=2h enters=1h
        advance 59m59s       => -
        advance 1s           => +1s in follow-up:p1:1 follow age=0s for=a1
        # And one of them had not.
        clock 3600000        => clock 3600000
        show promise:p1      => entered a1 follow due=2h entries=1
        reload
        advance 1h29m59s     => +10m free follow-up:p1:1 time
        advance 1s           => +1s escalated p1 1 raise=3
        clock 9000000        => clock 9000000; escalated p1 2 raise=8 groups=reserve; broken p1
        show promise:p1      => entered a1 follow due=-1h steps=2 entries=1 broken
        # It is past its time, whatever the clock says afterwards.
        clock 0              => clock 0
        show promise:p1      => entered a1 follow due=1h 30m steps=2 entries=1 broken
        advance 2h           => -
        chpromise a1 p1 fulfil => closed follow-up:p1:1 promise_settled; ended p1 late
        ",
    );
}

#[test]
fn past_its_time_at_once() {
    promised(
        "at=4h",
        "
        advance 2h
        clock 9000000
        => clock 9000000; in follow-up:p1:1 follow age=1h 30m for=a1; escalated p1 1 raise=3
         ; escalated p1 2 raise=8 groups=reserve; broken p1
        show promise:p1      => entered a1 follow due=-30m steps=2 entries=1 broken
        ",
    );
}

#[test]
fn a_while_stays() {
    promised(
        "in=4h",
        "
        clock 7200000        => clock 7200000
        show promise:p1      => pending a1 follow due=4h enters=3h
        clock -7200000       => clock -7200000
        advance 2h59m59s     => -
        advance 1s           => +1s in follow-up:p1:1 follow age=0s for=a1
        ",
    );
}

#[test]
fn as_it_was_said_last() {
    promised(
        "at=4h",
        "
        chpromise a1 p1 move=3h reason=later => promise p1 +3h
        clock 3600000                        => clock 3600000
        show promise:p1                      => pending a1 follow due=3h enters=2h moves=1
        # By the clock as it is now.
        chpromise a1 p1 at=5h reason=later   => promise p1 +5h
        clock 0                              => clock 0
        show promise:p1                      => pending a1 follow due=6h enters=5h moves=2
        chpromise a1 p1 cancel reason=no
        clock 3600000                        => clock 3600000
        show promise:p1                      => cancelled a1 follow moves=2
        ",
    );
}

#[test]
fn in_the_order_of_their_times() {
    after(
        CALL,
        "
        promise a1 c1 p1 at=3h queue=follow
        promise a1 c1 p2 in=2h queue=follow
        notready a1 lunch
        complete a1 c1
        finish a1 c1
        clock 5400000 => clock 5400000
        advance 2h
        => +30m in follow-up:p1:1 follow age=0s for=a1; +40m free follow-up:p1:1 time
         ; +1h escalated p1 1 raise=3; +1h in follow-up:p2:1 follow age=0s for=a1
         ; +1h 10m free follow-up:p2:1 time; +1h 20m escalated p1 2 raise=8 groups=reserve
         ; +1h 30m broken p1; +1h 30m escalated p2 1 raise=3
         ; +1h 50m escalated p2 2 raise=8 groups=reserve; +2h broken p2
        ",
    );
}
