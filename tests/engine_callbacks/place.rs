//! A customer gives up its line, and nobody's place.

use super::{check, check_office};

#[test]
fn a_callback_stands_where_its_customer_stood() {
    check(
        "
        enqueue c1 phone line
        advance 1m
        enqueue c2 phone line customer=li
        advance 1m
        enqueue c3 phone line
        advance 1m
        callback k2 c2 customer=li number=555
        => called k2; closed c2 callback_requested; in callback:k2:1 line age=2m
        show c2               => closed callback_requested wait=2m
        show callback:k2      => in-line line expires=24h attempts=0/3
        show callback:k2:1    => waiting line age=2m
        show callbacks:line   => made=1 in-line=1
        show line             => waiting=3 entered=4 called-back=1
        # Who has waited longest is told of customers alone.
        show wait:line        => 3m
        # The order is that of arrival, as if nobody had left.
        signin a1 ready       => signed-in a1; ready a1; offered c1 a1
        accept a1 c1
        connected c1
        complete a1 c1
        finish a1 c1          => released c1 a1 finished; offered callback:k2:1 a1
        accept a1 callback:k2:1 => accepted callback:k2:1 a1 dial=45s
        reload
        connected callback:k2:1 => connected callback:k2:1 a1; ended k2 kept
        complete a1 callback:k2:1
        finish a1 callback:k2:1 => released callback:k2:1 a1 finished; offered c3 a1
        show callbacks:line   => made=1 reached=1 attempts=1
        show callback:k2      => reached line attempts=1/3
        ",
    );
}

#[test]
fn priority_goes_with_it() {
    check(
        "
        enqueue c1 phone line
        enqueue c2 phone line prio=9
        callback k2 c2
        signin a1 ready       => signed-in a1; ready a1; offered callback:k2:1 a1
        ",
    );
}

#[test]
fn an_offer_that_stands_is_withdrawn() {
    check(
        "
        signin a1 ready
        enqueue c1 phone line  => in c1 line; offered c1 a1
        # The agent is not blamed, and is offered the callback.
        callback k1 c1
        => called k1; ended c1 a1; closed c1 callback_requested; in callback:k1:1 line age=0s
         ; offered callback:k1:1 a1
        ",
    );
}

#[test]
fn who_is_with_a_bot_keeps_the_place_that_it_would_come_back_to() {
    check(
        "
        enqueue c1 wechat line
        advance 1m
        tobot c1 b
        enqueue c2 wechat line bot=b
        advance 1m
        callback k1 c1
        => called k1; closed c1 callback_requested; in callback:k1:1 line age=2m left=5 until=47h 58m
        # It began with the bot, and would come to the line now.
        callback k2 c2
        => called k2; closed c2 callback_requested; in callback:k2:1 line age=0s left=5 until=47h 59m
        ",
    );
}

#[test]
fn without_a_contact_a_place_is_from_now() {
    check(
        "
        callback k1 - channel=phone queue=line number=555
        => called k1; in callback:k1:1 line age=0s
        callback k2 - channel=phone category=refund number=556 gateway=h
        => named h; called k2; in callback:k2:1 line age=0s
        ",
    );
}

#[test]
fn a_repeated_request_is_the_same_callback() {
    check(
        "
        enqueue c1 phone line
        callback k1 c1 number=555
        callback k1 c1 number=555  => -
        callback k1 c1 number=556  => !CALLBACK_EXISTS
        show callbacks:line        => made=1 in-line=1
        ",
    );
}

#[test]
fn time_that_does_not_count_does_not_count_for_a_callback_either() {
    check_office(
        "
        wall 2026-09-28T17:00
        enqueue c1 phone office
        advance 50m
        callback k1 c1             => called k1; closed c1 callback_requested; in callback:k1:1 office age=50m
        at 2026-09-29T09:00        => +10m closed office; +15h 10m opened office
        show clock:callback:k1:1   => 1h
        reload
        show clock:callback:k1:1   => 1h
        ",
    );
}

#[test]
fn nobody_else_gives_up_a_line() {
    check(
        "
        signin a1 ready
        enqueue c1 phone line
        accept a1 c1
        callback k1 c1             => !CONTACT_NOT_WAITING
        connected c1
        callback k1 c1             => !CONTACT_NOT_WAITING
        complete a1 c1
        callback k1 c1             => !CONTACT_CLOSED
        callback k1 c9             => !CONTACT_NOT_FOUND
        enqueue c2 phone line
        callback k2 c2
        callback k3 callback:k2:1  => !CONTACT_NOT_FOR_CALLBACK
        ",
    );
}

#[test]
fn a_customer_in_line_who_asks_without_its_contact_is_not_in_line_twice() {
    check(
        "
        enqueue c1 phone line customer=li prio=2
        enqueue c2 phone line customer=mei
        advance 5m
        callback k1 - channel=phone queue=line customer=li
        => called k1; closed c1 callback_requested; in callback:k1:1 line age=5m
        callback k1 - channel=phone queue=line customer=li   => -
        show line                     => waiting=2 entered=3 called-back=1
        # In another queue, it is another matter.
        callback k2 - channel=phone queue=own customer=mei   => called k2; in callback:k2:1 own age=0s
        reload
        # One that is offered is in line.
        signin a1 ready               => signed-in a1; ready a1; offered callback:k1:1 a1
        signin a2 ready               => signed-in a2; ready a2; offered c2 a2
        callback k3 - channel=phone queue=line customer=mei
        => called k3; ended c2 a2; closed c2 callback_requested; in callback:k3:1 line age=5m; offered callback:k3:1 a2
        ",
    );
}

#[test]
fn which_of_several_is_meant_nobody_knows() {
    check(
        "
        enqueue c1 phone line customer=li
        enqueue c2 wechat line customer=li
        advance 5m
        callback k1 - channel=phone queue=line customer=li   => called k1; in callback:k1:1 line age=0s
        # By the number alone nobody in line is known.
        enqueue c3 phone own
        callback k2 - channel=phone queue=own number=7       => called k2; in callback:k2:1 own age=0s
        ",
    );
}

#[test]
fn who_is_with_an_agent_is_not_in_line() {
    check(
        "
        signin a1 ready
        enqueue c1 phone line customer=wu                    => in c1 line; offered c1 a1
        accept a1 c1
        connected c1
        advance 5m
        callback k1 - channel=phone queue=line customer=wu   => called k1; in callback:k1:1 line age=0s
        ",
    );
}
