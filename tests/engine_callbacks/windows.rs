//! Callbacks that are to be made at a time.

use super::check;

#[test]
fn not_before_its_time_and_by_its_end() {
    check(
        "
        enqueue c1 phone line
        advance 5m
        # It has no place before its time comes.
        callback k1 c1 window=2h-3h  => called k1 +1h 55m; closed c1 callback_requested
        show callback:k1             => pending line expires=2h 55m enters=+1h 55m attempts=0/3
        reload
        advance 1h54m59s             => -
        advance 1s                   => +1s in callback:k1:1 line age=0s
        ",
    );
}

#[test]
fn at_the_end_of_its_time_it_is_as_old_as_anybody_may_get() {
    check(
        "
        callback k1 - channel=phone queue=line window=0s-20m  => called k1; in callback:k1:1 line age=0s
        signin a1 ready
        accept a1 callback:k1:1
        advance 30s
        gone callback:k1:1
        => closed callback:k1:1 callback_failed; released callback:k1:1 a1 finished
         ; attempt_failed k1 customer_gone +10m
        # The place that it had then.
        advance 10m                  => +10m in callback:k1:2 line age=10m 30s; +10m offered callback:k1:2 a1
        ",
    );
}

#[test]
fn a_window_is_in_the_future_and_within_reach() {
    check(
        "
        advance 1h
        callback k1 - channel=phone queue=line window=10m-30m    => !window
        callback k1 - channel=phone queue=line window=3h-2h      => !window
        callback k1 - channel=phone queue=line window=2h-800h    => !window
        callback k1 - channel=phone queue=line window=30m-2h     => called k1; in callback:k1:1 line age=0s
        ",
    );
}

#[test]
fn a_supervisor_moves_it() {
    check(
        "
        enqueue c1 phone line
        callback k1 c1
        chcallback k1 move=2h-3h by=s1 reason=later
        => closed callback:k1:1 callback_postponed; moved k1 +2h
        show callback:k1     => pending line expires=3h enters=+2h attempts=0/3
        show by:k1           => supervisor:s1 later
        advance 1m
        chcallback k1 move=0s-1m => !move
        reload
        chcallback k1 now    => moved k1; in callback:k1:2 line age=0s
        show callback:k1     => in-line line expires=24h attempts=0/3
        chcallback k1 now    => -
        ",
    );
}

#[test]
fn who_is_called_now_stands_where_it_stood() {
    check(
        "
        enqueue c1 phone line
        callback k1 c1
        signin a1 ready
        accept a1 callback:k1:1
        gone callback:k1:1
        advance 5m
        chcallback k1 now    => moved k1; in callback:k1:2 line age=5m; offered callback:k1:2 a1
        ",
    );
}

#[test]
fn a_corrected_clock_moves_its_time() {
    check(
        "
        callback k1 - channel=phone queue=line window=4h-5h  => called k1 +4h
        clock 7200000        => clock 7200000
        show callback:k1     => pending line expires=3h enters=+2h attempts=0/3
        reload
        advance 2h           => +2h in callback:k1:1 line age=0s
        ",
    );
}

#[test]
fn nobody_is_dialled_after_its_end() {
    check(
        "
        # In line, offered, between two attempts, and to be dialled.
        callback k1 - channel=phone queue=line number=1 window=0s-10m
        advance 9m50s
        signin a1 ready              => signed-in a1; ready a1; offered callback:k1:1 a1
        callback k2 - channel=phone queue=line number=2 window=0s-10m
        callback k4 - channel=phone queue=first number=4 window=0s-10m
        reload
        advance 10s
        => +10s withdrawn callback:k1:1 a1; +10s closed callback:k1:1 callback_postponed; +10s ended k1 expired
         ; +10s closed callback:k2:1 callback_postponed; +10s ended k2 expired
         ; +10s closed callback:k4:1 callback_postponed; +10s ended k4 expired
        show by:k1                   => nobody its window is over, and no agent had time
        advance 1m                   => -
        ",
    );
}

#[test]
fn an_attempt_that_began_in_it_is_let_end_and_is_the_last() {
    check(
        "
        callback k1 - channel=phone queue=line window=0s-10m
        advance 9m50s
        signin a1 ready
        accept a1 callback:k1:1      => accepted callback:k1:1 a1 dial=45s
        advance 20s                  => -
        gone callback:k1:1
        => closed callback:k1:1 callback_failed; released callback:k1:1 a1 finished
         ; attempt_failed k1 customer_gone +10m; ended k1 expired
        show by:k1                   => nobody its window is over, and its customer was not reached
        ",
    );
}

#[test]
fn a_window_that_hours_cut_short_is_not_made_up_for_the_next_day() {
    check(
        "
        wall 2026-09-28T20:30
        signin a1 notready
        callback k1 - channel=phone queue=polite window=0s-2h
        advance 1h30m
        => +30m closed callback:k1:1 callback_postponed; +30m postponed k1 +11h
        advance 30m                  => +30m ended k1 expired
        ",
    );
}
