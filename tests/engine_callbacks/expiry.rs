//! Callbacks that nobody makes in time.

use super::check;

#[test]
fn in_line_and_waiting_for_its_time() {
    check(
        "
        callback k1 - channel=phone queue=small
        callback k2 - channel=phone queue=small window=10m-20m
        # Waiting as long as customers may is nothing to it, but for its own end.
        reload
        advance 5m
        => +5m closed callback:k1:1 callback_postponed; +5m ended k1 expired
        advance 20m
        => +5m in callback:k2:1 small age=0s; +15m closed callback:k2:1 callback_postponed; +15m ended k2 expired
        show callbacks:small   => made=2 expired=2
        show small             => entered=2 called-back=2
        ",
    );
}

#[test]
fn what_somebody_has_goes_on() {
    check(
        "
        callback k1 - channel=phone queue=small
        advance 4m50s
        signin a1 ready
        advance 10s                 => -
        accept a1 callback:k1:1     => accepted callback:k1:1 a1 dial=45s
        connected callback:k1:1     => connected callback:k1:1 a1; ended k1 kept
        callback k2 - channel=phone queue=small
        advance 4m50s
        signin a2 ready             => signed-in a2; ready a2; offered callback:k2:1 a2
        advance 15s                 
        => +15s missed callback:k2:1 a2; +15s closed callback:k2:1 callback_postponed; +15s ended k2 expired
        ",
    );
}
