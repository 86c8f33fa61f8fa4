//! Nobody is dialled through a gateway that doesn't listen: that would be an attempt in vain.

use super::{CALLBACKS, common::desk::check_in};

/// Runs a table with no gateway that listens from the first.
fn check(table: &str) {
    check_in(CALLBACKS, table);
}

#[test]
fn a_gateway_that_never_watched_dials_nobody() {
    check(
        "
        signin a1 ready
        callback k1 - channel=phone queue=first
        callback k2 - channel=phone queue=line
        => called k2; in callback:k2:1 line age=0s
        advance 5m                    => -
        # Word of it alone is none that it could read an order.
        gateway g 10m                 => leased g 10m
        advance 5m                    => -
        show callback:k1              => in-line first expires=23h 50m attempts=0/2
        show callback:k2              => in-line line expires=23h 50m attempts=0/3
        show callbacks:first          => made=1 in-line=1 away=1
        reload
        show callbacks:first          => made=1 in-line=1 away=1
        # At their places.
        gateway g open                => leased g open; offered callback:k2:1 a1
        show callbacks:first          => made=1 in-line=1
        decline a1 callback:k2:1
        advance 1s                    => +1s dials callback:k1:1 1 30s
        ",
    );
}

#[test]
fn others_whose_gateway_listens_are_not_held_up() {
    for queue in ["first", "line"] {
        let told = if queue == "first" { "dials" } else { "offered" };
        let (at_once, later) = match told {
            "dials" => ("", "+1s dials callback:k2:1 1 30s"),
            _ => ("; offered callback:k2:1 a1", "-"),
        };
        check(&format!(
            "
            gateway h open
            signin a1 ready
            callback k1 - channel=phone queue={queue} gateway=g
            callback k2 - channel=phone queue={queue} gateway=h
            => called k2; in callback:k2:1 {queue} age=0s{at_once}
            advance 1s                    => {later}
            show callbacks:{queue}        => made=2 {attempts}in-line=2 away=1
            ",
            attempts = if queue == "first" { "attempts=1 " } else { "" },
        ));
    }
}

#[test]
fn while_its_stream_is_lost_orders_rest() {
    check(
        "
        gateway g open
        callback k1 - channel=phone queue=first
        callback k2 - channel=phone queue=line
        gateway g lost                => leased g 30s
        signin a1 ready               => signed-in a1; ready a1
        advance 10s                   => -
        gateway g open                => leased g open; offered callback:k2:1 a1
        # What is offered is withdrawn: whoever took it would wait for nobody.
        gateway g lost                => leased g 30s; withdrawn callback:k2:1 a1
        reload
        advance 30s                   => +30s lost g
        # To have heard of it is not enough.
        enqueue c1 phone none         => in c1 none; offered c1 a1
        gateway g open                => leased g open
        advance 1s                    => -
        cancel c1
        => ended c1 a1; closed c1 customer_left; offered callback:k2:1 a1
        ",
    );
}

#[test]
fn a_new_process_waits_for_its_gateways() {
    check(
        "
        gateway g open
        callback k1 - channel=phone queue=first
        start
        signin a1 ready
        advance 2s                    => -
        gateway g open                => leased g open
        advance 1s                    => +1s dials callback:k1:1 1 30s
        ",
    );
}

#[test]
fn whom_it_dials_it_dials_on() {
    check(
        "
        gateway g open
        signin a1 ready
        callback k1 - channel=phone queue=first
        advance 1s                    => +1s dials callback:k1:1 1 30s
        gateway g lost
        advance 5s
        dialled callback:k1:1 1 answered  => answered callback:k1:1; offered callback:k1:1 a1
        ",
    );
}

#[test]
fn it_expires_meanwhile_all_the_same() {
    check(
        "
        signin a1 ready
        callback k1 - channel=phone queue=small
        advance 5m
        => +5m closed callback:k1:1 callback_postponed; +5m ended k1 expired
        show callbacks:small          => made=1 expired=1
        ",
    );
}

#[test]
fn nobody_takes_what_could_not_be_dialled() {
    check(
        "
        signin a1 ready
        callback k1 - channel=phone queue=line
        pull a1 callback:k1:1                    => !AGENT_NOT_AVAILABLE
        assign callback:k1:1 a1 override by=s1   => !AGENT_NOT_AVAILABLE
        # By messages the agent writes.
        callback k2 - channel=wechat queue=line
        => called k2; in callback:k2:1 line age=0s left=0 until=0s; offered callback:k2:1 a1
        ",
    );
}
