//! Contacts that nobody can serve, and contacts that everybody has let go.

use crate::common::desk::check;

#[test]
fn a_contact_that_nobody_can_serve_is_accepted_with_a_note() {
    check(
        r#"
        enqueue c1 qq complaints skills=english:6 => in c1 complaints unservable
        enqueue c2 qq consultation     => in c2 consultation
        # a ring would help.
        enqueue c3 qq complaints skills=english:6 rings=5s/lower:english:5
        => in c3 complaints
        enqueue c4 qq complaints skills=complaints:9 rings=5s/drop:complaints
        => in c4 complaints
        "#,
    );
}

#[test]
fn a_queue_may_refuse_what_nobody_can_serve() {
    check(
        r#"
        apply set queues.complaints.unservable="refuse"
        enqueue c1 qq complaints skills=english:6 => !NOBODY_CAN_SERVE
        enqueue c1 qq complaints skills=english:5 => in c1 complaints
        # Signed in or not, with room or not: the plan counts.
        update c1 skills=english:6     => !NOBODY_CAN_SERVE
        update c1 prio=1               => updated c1
        enqueue c2 qq consultation none=complaints:1 => in c2 consultation
        transfer gateway c2 queue=complaints => !NOBODY_CAN_SERVE
        show c2                        => waiting consultation age=0s
        apply set agents.a1.limits={qq=0}
        enqueue c3 qq complaints       => !NOBODY_CAN_SERVE
        enqueue c3 email complaints    => in c3 complaints
        "#,
    );
}

#[test]
fn all_declined_wait_lets_the_contact_wait() {
    check(
        r#"
        signin a1 ready
        signin a2 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        decline a1 c1                  => declined c1 a1; offered c1 a2
        decline a2 c1                  => declined c1 a2
        advance 60s                    => +1m offered c1 a1
        "#,
    );
}

#[test]
fn all_declined_offer_again_forgets_all_but_the_latest() {
    check(
        r#"
        apply set queues.consultation.all_declined="offer_again"
        signin a1 ready
        signin a2 ready
        signin a3 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        decline a1 c1                  => declined c1 a1; offered c1 a2
        decline a2 c1                  => declined c1 a2; offered c1 a3
        decline a3 c1                  => declined c1 a3; again c1; offered c1 a1
        decline a1 c1                  => declined c1 a1; offered c1 a2
        decline a2 c1                  => declined c1 a2; again c1; offered c1 a1
        # With one alone there is nobody to ask again.
        signout a2                     => signed-out a2 requested
        signout a3                     => signed-out a3 requested
        cancel c1                      => ended c1 a1; closed c1 customer_left
        enqueue c2 qq consultation     => in c2 consultation; offered c2 a1
        decline a1 c2                  => declined c2 a1
        "#,
    );
}

#[test]
fn all_declined_counts_everybody_signed_in_who_could_serve() {
    check(
        r#"
        apply set queues.consultation.all_declined="offer_again"
        signin a1 ready
        signin a2 ready
        signin a3 notready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        decline a1 c1                  => declined c1 a1; offered c1 a2
        decline a2 c1                  => declined c1 a2
        "#,
    );
}

#[test]
fn all_declined_next_ring_opens_it_at_once() {
    check(
        r#"
        apply set queues.complaints.all_declined="next_ring"
        apply set queues.complaints.rings=[{after="30s",lower={complaints=1}},{after="60s",groups=["reserve"]}]
        signin a1 ready
        signin a2 ready
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints; offered c1 a1
        decline a1 c1                  => declined c1 a1; ring c1 1 all_declined; offered c1 a2
        decline a2 c1                  => declined c1 a2; ring c1 2 all_declined; offered c1 a3
        decline a3 c1                  => declined c1 a3
        advance 60s                    => +1m offered c1 a1
        "#,
    );
}

#[test]
fn an_offer_taken_back_is_no_declining() {
    check(
        r#"
        apply set queues.consultation.all_declined="offer_again"
        signin a1 ready
        signin a2 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        decline a1 c1                  => declined c1 a1; offered c1 a2
        notready a2 break              => not-ready a2 break; agent-gone c1 a2
        "#,
    );
}
