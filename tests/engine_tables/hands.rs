//! What is done by hand: an agent pulls a contact, a supervisor assigns one.

use crate::common::desk::check;

#[test]
fn a_pulled_contact_is_accepted_at_once() {
    check(
        r#"
        signin a1 notready
        enqueue c1 qq consultation     => in c1 consultation
        enqueue c2 phone consultation  => in c2 consultation
        # Not ready is no hindrance, and not the first contact either.
        pull a1 c2                     => offered c2 a1 by-pull; accepted c2 a1
        pull a1 c2                     => -
        connected c2                   => connected c2 a1
        show c2                        => active consultation a1
        "#,
    );
}

#[test]
fn an_agent_may_pull_what_it_declined() {
    check(
        r#"
        signin a1 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        decline a1 c1                  => declined c1 a1
        pull a1 c1                     => offered c1 a1 by-pull; accepted c1 a1
        "#,
    );
}

#[test]
fn an_agent_may_pull_what_is_offered_to_it() {
    check(
        r#"
        signin a1 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        pull a1 c1                     => accepted c1 a1
        "#,
    );
}

#[test]
fn a_pull_checks_presence_skills_groups_and_capacity() {
    check(
        r#"
        enqueue c1 qq complaints       => in c1 complaints
        pull a1 c1                     => !AGENT_NOT_AVAILABLE
        signin a2 notready
        pull a2 c1                     => !AGENT_NOT_ELIGIBLE
        signin a3 notready
        pull a3 c1                     => !AGENT_NOT_ELIGIBLE
        signin a1 notready
        enqueue c2 phone consultation  => in c2 consultation
        pull a1 c2                     => offered c2 a1 by-pull; accepted c2 a1
        connected c2                   => connected c2 a1
        pull a1 c1                     => !AGENT_NOT_AVAILABLE
        signin a4 notready
        enqueue c3 phone consultation  => in c3 consultation
        pull a4 c3                     => !AGENT_NOT_AVAILABLE
        pull a9 c3                     => !AGENT_NOT_FOUND
        pull a4 c9                     => !CONTACT_NOT_FOUND
        away a4 session=4              => away a4 30s
        enqueue c4 qq consultation     => in c4 consultation
        pull a4 c4                     => !AGENT_NOT_AVAILABLE
        "#,
    );
}

#[test]
fn a_pull_takes_nothing_from_others() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="10s"
        signin a1 ready
        signin a2 notready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        pull a2 c1                     => !CONTACT_NOT_WAITING
        accept a1 c1                   => accepted c1 a1
        pull a2 c1                     => !CONTACT_NOT_WAITING
        notready a1 break              => not-ready a1 break
        enqueue c2 qq consultation agent=a1 => in c2 consultation for=a1
        pull a2 c2                     => !AGENT_NOT_AVAILABLE
        cancel c2                      => closed c2 customer_left
        pull a2 c2                     => !CONTACT_CLOSED
        "#,
    );
}

#[test]
fn a_pull_respects_the_reserve() {
    check(
        r#"
        apply set groups.reserve.keep_free=1
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints ring=1
        pull a3 c1                     => !AGENT_NOT_ELIGIBLE
        "#,
    );
}

#[test]
fn an_assignment_ignores_exclusions_and_keeping() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="60s"
        signin a1 notready
        signin a2 ready
        enqueue c1 qq consultation agent=a1 => in c1 consultation for=a1
        assign c1 a2                   => offered c1 a2 by-assign
        decline a2 c1                  => declined c1 a2
        show c1                        => waiting consultation age=0s for=a1
        assign c1 a2                   => offered c1 a2 by-assign
        "#,
    );
}

#[test]
fn an_assignment_overrides_groups_skills_and_reserve_if_told() {
    check(
        r#"
        apply set groups.reserve.keep_free=1
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        signin a3 ready
        signin a2 ready
        enqueue c1 qq complaints       => in c1 complaints ring=1
        assign c1 a3                   => !AGENT_NOT_ELIGIBLE
        assign c1 a3 override          => offered c1 a3 by-assign
        enqueue c2 qq complaints none=complaints:1 => in c2 complaints unservable
        assign c2 a2                   => !AGENT_NOT_ELIGIBLE
        assign c2 a2 override          => offered c2 a2 by-assign
        # Capacity and limits are never overridden.
        enqueue c3 phone complaints    => in c3 complaints ring=1
        signin a4 ready
        assign c3 a4 override          => !AGENT_NOT_AVAILABLE
        "#,
    );
}

#[test]
fn nothing_is_given_out_by_hand_from_a_queue_that_is_gone() {
    check(
        r#"
        signin a1 ready
        signin a2 ready
        enqueue c1 wechat sales        => in c1 sales; offered c1 a1
        notready a1 break              => not-ready a1 break; agent-gone c1 a1; offered c1 a2
        apply remove queues.sales policy=end
        ready a1                       => ready a1
        # No rule is left by which that could be right; who has the offer may take it.
        assign c1 a1 override          => !CONTACT_NOT_WAITING
        accept a2 c1                   => accepted c1 a2
        "#,
    );
}
