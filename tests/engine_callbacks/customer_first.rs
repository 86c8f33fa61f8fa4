//! The customer is dialled when an agent is about to be free, and waits in its place.

use super::check;

#[test]
fn with_nobody_before_it_a_customer_is_dialled() {
    check(
        "
        callback k1 - channel=phone queue=first
        => called k1; in callback:k1:1 first age=0s
        # Nobody is there to talk with.
        advance 1m                    => -
        signin a1 ready               => signed-in a1; ready a1
        reload
        advance 1s                    => +1s dials callback:k1:1 1 30s
        show callback:k1              => in-line first expires=23h 58m 59s attempts=1/2
        dialled callback:k1:1 2 answered  => !CALLBACK_NOT_DIALLED
        reload
        dialled callback:k1:1 1 answered
        => answered callback:k1:1; offered callback:k1:1 a1
        dialled callback:k1:1 1 answered  => -
        show callbacks:first          => made=1 attempts=1
        show first                    => offered=1 entered=1
        # It is at the age of its callback, and connected as any call.
        show callback:k1:1            => offered first a1 age=1m 1s
        accept a1 callback:k1:1       => accepted callback:k1:1 a1
        connected callback:k1:1       => connected callback:k1:1 a1; ended k1 kept
        ",
    );
}

#[test]
fn as_many_are_dialled_as_agents_are_free() {
    check(
        "
        signin a1 ready
        signin a2 ready
        callback k1 - channel=phone queue=first
        callback k2 - channel=phone queue=first
        callback k3 - channel=phone queue=first
        advance 1s                    => +1s dials callback:k1:1 1 30s; +1s dials callback:k2:1 1 30s
        advance 10s                   => -
        dialled callback:k1:1 1 answered  => answered callback:k1:1; offered callback:k1:1 a1
        advance 1s                    => -
        # One less is dialled, and still one is free.
        dialled callback:k2:1 1 busy
        => closed callback:k2:1 callback_failed; attempt_failed k2 busy +10m
        advance 1s                    => +1s dials callback:k3:1 1 30s
        ",
    );
}

#[test]
fn nobody_is_called_to_wait_for_nobody() {
    check(
        "
        signin a1 ready
        signin a2 break
        enqueue c1 phone first        => in c1 first; offered c1 a1
        accept a1 c1
        connected c1
        callback k1 - channel=phone queue=first
        advance 1m                    => -
        # Whoever is free next would go to who came later.
        enqueue c2 phone first        => in c2 first
        advance 1s                    => +1s dials callback:k1:1 1 30s
        dialled callback:k1:1 1 answered  => answered callback:k1:1
        complete a1 c1
        advance 20s                   => +20s released c1 a1 wrap_up_timeout; +20s offered callback:k1:1 a1
        ",
    );
}

#[test]
fn whom_nobody_there_could_serve_holds_nobody_up() {
    check(
        "
        signin a1 ready
        callback k1 - channel=phone queue=first category=rare
        callback k2 - channel=phone queue=first
        advance 1s                    => +1s dials callback:k2:1 1 30s
        ",
    );
}

#[test]
fn who_does_not_answer_is_dialled_again_later() {
    for said in ["no_answer", "busy"] {
        check(&format!(
            "
            signin a1 ready
            callback k1 - channel=phone queue=first
            advance 1s                       => +1s dials callback:k1:1 1 30s
            dialled callback:k1:1 1 {said}
            => closed callback:k1:1 callback_failed; attempt_failed k1 {said} +10m
            dialled callback:k1:1 1 {said}   => -
            advance 10m                      => +10m in callback:k1:2 first age=10m 1s
            advance 1s                       => +1s dials callback:k1:2 2 30s
            reload
            advance 29s999ms                 => -
            advance 1ms
            => +1ms closed callback:k1:2 callback_failed; +1ms attempt_failed k1 timeout; +1ms ended k1 exhausted
            "
        ));
    }
}

#[test]
fn who_hangs_up_while_waiting_is_dialled_again_later() {
    check(
        "
        signin a1 ready
        enqueue c1 phone none         => in c1 none; offered c1 a1
        accept a1 c1
        connected c1
        callback k1 - channel=phone queue=first
        enqueue c2 phone first
        advance 1s                    => +1s dials callback:k1:1 1 30s
        dialled callback:k1:1 1 answered  => answered callback:k1:1
        cancel callback:k1:1          => closed callback:k1:1 customer_left; attempt_failed k1 customer_gone +10m
        # A customer left a line.
        show first                    => waiting=1 entered=2 abandoned=1
        ",
    );
}

#[test]
fn who_hangs_up_while_being_dialled_is_dialled_again_later() {
    check(
        "
        signin a1 ready
        callback k1 - channel=phone queue=first
        advance 1s
        cancel callback:k1:1          => closed callback:k1:1 callback_failed; attempt_failed k1 customer_gone +10m
        show first                    => entered=1 called-back=1
        ",
    );
}

#[test]
fn by_messages_the_agent_is_first() {
    check(
        "
        signin a1 ready
        callback k1 - channel=wechat queue=first
        => called k1; in callback:k1:1 first age=0s left=0 until=0s; offered callback:k1:1 a1
        ",
    );
}

#[test]
fn the_customer_of_an_unreachable_agent_waits_on() {
    check(
        "
        signin a1 ready
        callback k1 - channel=phone queue=first
        advance 1s
        dialled callback:k1:1 1 answered
        accept a1 callback:k1:1
        unreachable callback:k1:1
        => returned callback:k1:1 agent_unreachable; released callback:k1:1 a1 unreachable; not-ready a1 unreachable
        show callback:k1              => in-line first expires=23h 59m 59s attempts=1/2
        signin a2 ready               => signed-in a2; ready a2; offered callback:k1:1 a2
        ",
    );
}

#[test]
fn whose_customer_is_not_on_the_line_is_given_to_nobody() {
    check(
        "
        signin a1 ready
        signin a2 break
        enqueue c1 phone first                => in c1 first; offered c1 a1
        accept a1 c1
        connected c1
        callback k1 - channel=phone queue=first
        ready a2
        assign callback:k1:1 a2               => !AGENT_NOT_AVAILABLE
        assign callback:k1:1 a2 override      => !AGENT_NOT_AVAILABLE
        reassign callback:k1:1 a2 reason=x    => !AGENT_NOT_AVAILABLE
        transfer gateway callback:k1:1 agent=a2  => !AGENT_NOT_AVAILABLE
        pull a2 callback:k1:1                 => !AGENT_NOT_AVAILABLE
        advance 1s                            => +1s dials callback:k1:1 1 30s
        assign callback:k1:1 a2               => !AGENT_NOT_AVAILABLE
        dialled callback:k1:1 1 answered      => answered callback:k1:1; offered callback:k1:1 a2
        ",
    );
}

#[test]
fn a_customer_who_was_reached_is_not_dialled_when_passed_on() {
    check(
        "
        signin a1 ready
        callback k1 - channel=phone queue=first
        advance 1s
        dialled callback:k1:1 1 answered
        accept a1 callback:k1:1
        connected callback:k1:1                     => connected callback:k1:1 a1; ended k1 kept
        transfer a1 callback:k1:1 queue=first       => moved callback:k1:1 first; wrap-up callback:k1:1 a1 20s
        show callbacks:first                        => made=1 reached=1 attempts=1
        show wait:first                             => 1s
        advance 5s                                  => -
        dialled callback:k1:1 1 answered            => -
        ",
    );
}
