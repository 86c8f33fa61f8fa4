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
        show callback:k1             => pending line expires=26h 55m enters=+1h 55m attempts=0/3
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
        callback k1 - channel=phone queue=line window=0s-5m  => called k1; in callback:k1:1 line age=0s
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
        show callback:k1     => pending line expires=27h enters=+2h attempts=0/3
        show by:k1           => supervisor:s1 later
        advance 1m
        chcallback k1 move=0s-1m => !move
        reload
        chcallback k1 now    => moved k1; in callback:k1:2 line age=0s
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
        show callback:k1     => pending line expires=27h enters=+2h attempts=0/3
        reload
        advance 2h           => +2h in callback:k1:1 line age=0s
        ",
    );
}
