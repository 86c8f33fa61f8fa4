//! Contacts that go elsewhere: transferred to a queue or an agent, assigned by a supervisor.

use crate::common::desk::check;

#[test]
fn a_transfer_to_a_queue_keeps_the_age_without_the_time_with_the_agent() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        advance 4s
        accept a1 c1
        connected c1
        advance 10m
        transfer a1 c1 queue=complaints => moved c1 complaints; wrap-up c1 a1 20s
        show c1                         => waiting complaints age=4s
        show consultation               => entered=1 answered=1
        show complaints                 => waiting=1 in=1
        transfer a1 c1 queue=consultation => !CONTACT_NOT_HELD
        complete a1 c1                  => !CONTACT_NOT_HELD
        enqueue c2 phone complaints     => in c2 complaints
        advance 20s                     => +20s released c1 a1 wrap_up_timeout; +20s offered c1 a1
        ",
    );
}

#[test]
fn a_gateway_moves_a_contact_in_any_state() {
    check(
        "
        enqueue c1 phone consultation
        advance 5s
        transfer gateway c1 queue=complaints   => moved c1 complaints
        transfer gateway c1 queue=complaints   => -
        show c1                                => waiting complaints age=5s
        signin a2 ready
        transfer gateway c1 queue=consultation => moved c1 consultation; offered c1 a2
        transfer gateway c1 queue=complaints   => withdrawn c1 a2; moved c1 complaints
        show consultation                      => entered=1 in=1 out=2
        transfer gateway c1 queue=consultation => moved c1 consultation; offered c1 a2
        accept a2 c1
        transfer gateway c1 queue=complaints   => moved c1 complaints; released c1 a2 finished
        show c1                                => waiting complaints age=5s
        transfer gateway c1 queue=nowhere      => !target.queue
        enqueue c2 email consultation          => in c2 consultation; offered c2 a2
        transfer gateway c2 queue=sales        => !target.queue
        cancel c1
        transfer gateway c1 queue=consultation => !CONTACT_CLOSED
        transfer gateway c9 queue=consultation => !CONTACT_NOT_FOUND
        ",
    );
}

#[test]
fn a_transfer_to_an_agent_that_is_answered() {
    check(
        "
        signin a1 ready
        signin a2 ready
        enqueue c1 phone complaints       => in c1 complaints; offered c1 a1
        accept a1 c1
        connected c1
        advance 60s
        transfer a1 c1 agent=a2           => moved c1 complaints; wrap-up c1 a1 20s; offered c1 a2 by-transfer
        # a2 could not serve complaints by itself: whoever transfers decides that.
        accept a2 c1                      => accepted c1 a2
        connected c1                      => connected c1 a2
        show complaints                   => active=1 entered=1 in=1 answered=2
        complete a1 c1                    => !CONTACT_NOT_HELD
        complete a2 c1                    => closed c1 agent_completed; wrap-up c1 a2 20s
        advance 20s                       => +20s released c1 a1 wrap_up_timeout; +20s released c1 a2 wrap_up_timeout
        ",
    );
}

#[test]
fn an_unanswered_transfer_to_an_agent_falls_to_the_queue_that_was_named() {
    check(
        "
        signin a1 ready
        signin a2 ready
        enqueue c1 phone complaints       => in c1 complaints; offered c1 a1
        accept a1 c1
        connected c1
        transfer a1 c1 agent=a2 fallback=consultation
                                          => moved c1 consultation; wrap-up c1 a1 20s; offered c1 a2 by-transfer
        advance 15s                       => +15s missed c1 a2
        show c1                           => waiting consultation age=15s
        advance 5s                        => +5s released c1 a1 wrap_up_timeout; +5s offered c1 a1
        ",
    );
}

#[test]
fn a_transfer_to_an_agent_who_cannot_take_it_is_refused() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        accept a1 c1
        connected c1
        transfer a1 c1 agent=a1           => !AGENT_HAS_CONTACT
        transfer a1 c1 agent=a2           => !AGENT_NOT_AVAILABLE
        signin a2
        transfer a1 c1 agent=a2           => !AGENT_NOT_AVAILABLE
        signin a4 ready
        transfer a1 c1 agent=a4           => !AGENT_NOT_AVAILABLE
        transfer a1 c1 agent=a9           => !AGENT_NOT_FOUND
        transfer a1 c1 agent=a4 fallback=nowhere => !target.fallback_queue
        transfer a2 c1 queue=complaints   => !CONTACT_NOT_HELD
        transfer a9 c1 queue=complaints   => !AGENT_NOT_FOUND
        show c1                           => active consultation a1
        # Back to where it was: whoever is free there, in its place.
        transfer a1 c1 queue=consultation => moved c1 consultation; wrap-up c1 a1 20s
        ",
    );
}

#[test]
fn a_supervisor_gives_a_contact_to_an_agent() {
    check(
        "
        signin a2 ready
        enqueue c1 wechat consultation    => in c1 consultation; offered c1 a2
        enqueue c2 wechat consultation    => in c2 consultation; offered c2 a2
        signin a1 ready                   => signed-in a1; ready a1
        assign c1 a1                      => withdrawn c1 a2; offered c1 a1 by-assign
        assign c1 a1                      => -
        accept a2 c1 offer=1 epoch=1      => !OFFER_ENDED
        accept a1 c1                      => accepted c1 a1
        assign c1 a2                      => !CONTACT_NOT_WAITING
        assign c9 a2                      => !CONTACT_NOT_FOUND
        assign c2 a9                      => !AGENT_NOT_FOUND
        assign c2 a4                      => !AGENT_NOT_AVAILABLE
        ",
    );
}

#[test]
fn a_supervisor_can_set_skills_and_groups_aside_but_not_capacity() {
    check(
        "
        signin a2 ready
        signin a3 ready
        enqueue c1 wechat complaints      => in c1 complaints
        assign c1 a2                      => !AGENT_NOT_ELIGIBLE
        assign c1 a3                      => !AGENT_NOT_ELIGIBLE
        assign c1 a2 override             => offered c1 a2 by-assign
        # Unanswered, it is as before: a2 can't serve it by itself.
        advance 20s                       => +20s missed c1 a2
        enqueue c2 email consultation     => in c2 consultation; offered c2 a2
        enqueue c3 email consultation     => in c3 consultation; offered c3 a2
        enqueue c4 email consultation     => in c4 consultation; offered c4 a3
        assign c1 a2 override             => !AGENT_NOT_AVAILABLE
        notready a3 lunch                 => not-ready a3 lunch; agent-gone c4 a3
        assign c1 a3 override             => !AGENT_NOT_AVAILABLE
        ",
    );
}

#[test]
fn an_assigned_contact_that_is_declined_waits_in_its_place() {
    check(
        "
        enqueue c1 wechat consultation
        advance 5s
        enqueue c2 wechat consultation
        apply set agents.a1.capacity=30   => plan 2
        signin a1 notready
        assign c2 a1                      => !AGENT_NOT_AVAILABLE
        ready a1                          => ready a1; offered c1 a1
        assign c2 a1                      => !AGENT_NOT_AVAILABLE
        decline a1 c1                     => declined c1 a1; offered c2 a1
        decline a1 c2                     => declined c2 a1
        assign c2 a1                      => offered c2 a1 by-assign
        decline a1 c2                     => declined c2 a1
        show c2                           => waiting consultation age=0s
        advance 60s                       => +1m offered c1 a1
        ",
    );
}
