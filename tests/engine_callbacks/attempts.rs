//! How often a customer is dialled, and how long after one another.

use super::check;

/// Dials, in vain.
fn in_vain(entry: u32, then: &str) -> String {
    format!(
        "
        accept a1 callback:k1:{entry}
        gone callback:k1:{entry}
        => closed callback:k1:{entry} callback_failed; released callback:k1:{entry} a1 finished
         ; attempt_failed k1 customer_gone{then}"
    )
}

#[test]
fn attempts_are_spaced_and_counted() {
    let (first, second, third) =
        (in_vain(1, " +10m"), in_vain(2, " +1h"), in_vain(3, "; ended k1 exhausted"));
    check(&format!(
        "
        enqueue c1 phone line
        callback k1 c1
        signin a1 ready
        {first}
        advance 9m59s        => -
        advance 1s           => +1s in callback:k1:2 line age=10m; +1s offered callback:k1:2 a1
        {second}
        reload
        advance 59m59s       => -
        advance 1s           => +1s in callback:k1:3 line age=1h 10m; +1s offered callback:k1:3 a1
        {third}
        show callback:k1     => exhausted line attempts=3/3
        show callbacks:line  => made=1 exhausted=1 attempts=3
        advance 2d           => -
        "
    ));
}

#[test]
fn what_the_customer_says_ends_it_at_once() {
    for (said, end) in [("refused", "cancelled"), ("unreachable", "exhausted")] {
        check(&format!(
            "
            enqueue c1 phone line
            callback k1 c1
            signin a1 ready
            accept a1 callback:k1:1
            dialled callback:k1:1 2 {said}  => !CALLBACK_NOT_DIALLED
            dialled callback:k1:1 1 {said}
            => closed callback:k1:1 callback_failed; released callback:k1:1 a1 finished
             ; attempt_failed k1 {said}; ended k1 {end}
            # As it was said.
            dialled callback:k1:1 1 {said}  => -
            "
        ));
    }
}

#[test]
fn the_place_outlives_attempts() {
    check(&format!(
        "
        enqueue c1 phone line
        callback k1 c1
        signin a1 ready
        {}
        notready a1 lunch
        advance 1m
        enqueue c2 phone line
        advance 9m
        => +9m in callback:k1:2 line age=10m
        # It came back to the line behind c2, and stands before it.
        ready a1             => ready a1; offered callback:k1:2 a1
        ",
        in_vain(1, " +10m")
    ));
}
