//! The customer of a callback comes again, and stands in line itself.

use super::check;

/// li is to be called back in turn, and comes 5 minutes later.
const AGAIN: &str = "
    enqueue c1 phone line customer=li
    callback k1 c1 customer=li
    advance 5m
    enqueue c2 phone line customer=li
    => in c2 line age=5m; closed callback:k1:1 callback_postponed; suspended k1 by=c2
    reload";

fn after(table: &str) {
    check(&format!("{AGAIN}\n{table}"));
}

#[test]
fn who_comes_again_takes_the_place_of_its_callback() {
    after(
        "
        show callback:k1   => pending line expires=23h 55m enters= attempts=0/3 live=c2
        signin a1 ready    => signed-in a1; ready a1; offered c2 a1
        accept a1 c2       => accepted c2 a1
        connected c2       => connected c2 a1; ended k1 absorbed
        show callbacks:line => made=1 absorbed=1
        ",
    );
}

#[test]
fn who_leaves_again_is_called_back() {
    after("cancel c2 => closed c2 customer_left; resumed k1; in callback:k1:2 line age=5m");
}

#[test]
fn who_goes_to_another_queue_is_called_back() {
    after(
        "
        transfer gateway c2 queue=none
        => moved c2 none; resumed k1; in callback:k1:2 line age=5m
        ",
    );
}

#[test]
fn who_asks_for_a_callback_again_has_the_one_before() {
    after(
        "
        callback k2 c2 customer=li
        => merged k1; closed c2 callback_requested; resumed k1; in callback:k1:2 line age=5m
        ",
    );
}

#[test]
fn an_answer_by_message_is_one_too() {
    check(
        "
        callback k1 - channel=wechat queue=line customer=li
        enqueue c2 wechat line customer=li
        signin a1 ready
        accept a1 c2       => accepted c2 a1; ended k1 absorbed
        ",
    );
}

#[test]
fn what_waits_for_its_time_is_suspended_as_well() {
    check(
        "
        callback k1 - channel=phone queue=line customer=li window=2h-3h
        advance 1h
        enqueue c2 phone line customer=li  => in c2 line; suspended k1 by=c2
        cancel c2                          => closed c2 customer_left; resumed k1 +1h
        advance 1h                         => +1h in callback:k1:1 line age=0s
        ",
    );
}

#[test]
fn who_comes_while_being_offered_or_dialled_is_not_called_as_well() {
    check(
        "
        callback k1 - channel=phone queue=line customer=li
        signin a1 ready
        enqueue c2 phone line customer=li
        => in c2 line age=0s; withdrawn callback:k1:1 a1; closed callback:k1:1 callback_postponed; suspended k1 by=c2
         ; offered c2 a1
        cancel c2
        accept a1 callback:k1:2
        enqueue c3 phone line customer=li
        => in c3 line age=0s; closed callback:k1:2 callback_postponed; released callback:k1:2 a1 finished
         ; suspended k1 by=c3; offered c3 a1
        accept a1 c3
        connected c3                       => connected c3 a1; ended k1 absorbed
        ",
    );
}

#[test]
fn whom_an_agent_talks_to_is_let_be() {
    check(
        "
        callback k1 - channel=wechat queue=line customer=li
        signin a1 ready
        accept a1 callback:k1:1
        enqueue c2 phone line customer=li  => in c2 line
        ",
    );
}

#[test]
fn others_and_other_queues_are_not_concerned() {
    check(
        "
        callback k1 - channel=phone queue=line customer=li
        enqueue c2 phone line customer=wu  => in c2 line
        enqueue c3 phone none customer=li  => in c3 none
        enqueue c4 phone line              => in c4 line
        ",
    );
}

#[test]
fn a_full_queue_lets_in_who_is_in_line() {
    check(
        "
        callback k0 - channel=phone queue=small customer=yu window=2m-20m
        callback k1 - channel=phone queue=small customer=li
        enqueue c1 phone small customer=wu  => !QUEUE_FULL callback=offered
        enqueue c2 phone small customer=yu  => !QUEUE_FULL callback=offered
        enqueue c2 phone small customer=li
        => in c2 small age=0s; closed callback:k1:1 callback_postponed; suspended k1 by=c2
        ",
    );
}

#[test]
fn a_callback_expires_while_its_customer_waits() {
    check(
        "
        callback k1 - channel=phone queue=small customer=li
        enqueue c2 phone small customer=li
        advance 5m                          => +5m ended k1 expired
        cancel c2                           => closed c2 customer_left
        ",
    );
}

#[test]
fn who_comes_from_elsewhere_takes_the_place_too() {
    check(
        "
        callback k1 - channel=wechat queue=line customer=li
        advance 5m
        enqueue c2 wechat none customer=li
        transfer gateway c2 queue=line
        => moved c2 line age=5m; closed callback:k1:1 callback_postponed; suspended k1 by=c2
        transfer gateway c2 queue=none
        => moved c2 none; resumed k1; in callback:k1:2 line age=5m left=0 until=0s
        enqueue c3 wechat line customer=li bot=b
        advance 1m
        frombot b c3
        => left-bot c3 returned line age=6m; closed callback:k1:2 callback_postponed; suspended k1 by=c3
        cancel c3
        => closed c3 customer_left; resumed k1; in callback:k1:3 line age=6m left=0 until=0s
        ",
    );
}

#[test]
fn who_takes_the_place_of_a_callback_may_wait_as_long_as_anybody() {
    for (comes, waits) in [
        ("enqueue c2 phone small customer=li", "10m"),
        // Who came to another queue before has waited since then.
        ("enqueue c2 phone none customer=li\nadvance 30s\ntransfer gateway c2 queue=small", "9m 30s"),
        ("enqueue c2 wechat small customer=li bot=b\nadvance 30s\nfrombot b c2", "10m"),
        (
            "enqueue c2 wechat none customer=li\nadvance 10s\ntobot c2 b\nadvance 20s\nfrombot b c2 queue=small",
            "9m 50s",
        ),
    ] {
        check(&format!(
            "
            callback k1 - channel=phone queue=small customer=li
            advance 4m
            {comes}
            reload
            uncallback k1     => ended k1 cancelled
            advance 10m       => +{waits} closed c2 wait_limit
            "
        ));
    }
}
