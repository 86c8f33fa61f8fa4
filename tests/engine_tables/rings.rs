//! Rings: when they open, what they change, and when they are passed over.

use crate::common::desk::check;

#[test]
fn a_ring_opens_after_its_time_and_the_next_counts_from_there() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="10s",lower={complaints=2}},{after="5s",drop=["complaints"]}]
        signin a4 ready
        signin a1 notready
        signin a2 notready
        enqueue c1 qq complaints       => in c1 complaints
        advance 9s                     => -
        ready a2                       => ready a2
        advance 1s                     => +1s ring c1 1 time; +1s offered c1 a2
        decline a2 c1                  => declined c1 a2
        advance 5s                     => +5s ring c1 2 time; +5s offered c1 a4
        "#,
    );
}

#[test]
fn a_ring_borrows_a_group() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="10s",groups=["reserve"]}]
        signin a1 notready
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints
        advance 10s                    => +10s ring c1 1 time; +10s offered c1 a3
        # A group borrowed is one more, not one instead.
        cancel c1                      => ended c1 a3; closed c1 customer_left
        ready a1                       => ready a1
        signout a3                     => signed-out a3 requested
        enqueue c2 qq complaints rings=1s/groups:reserve
        => in c2 complaints; offered c2 a1
        "#,
    );
}

#[test]
fn lower_never_raises() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="10s",lower={complaints=2}}]
        signin a1 notready
        signin a2 ready
        enqueue c1 qq complaints       => in c1 complaints
        # The contact's own ring would raise what is asked for.
        enqueue c2 qq complaints rings=5s/lower:complaints:9
        => in c2 complaints
        advance 5s                     => +5s ring c2 1 time
        ready a1                       => ready a1; offered c1 a1; offered c2 a1
        advance 5s                     => +5s ring c1 1 time
        "#,
    );
}

#[test]
fn drop_takes_a_skill_out_of_every_part() {
    check(
        r#"
        signin a1 notready
        enqueue c1 qq consultation skills=english:9 rings=5s/drop:english
        => in c1 consultation ring=1
        enqueue c2 qq consultation any=english:9|complaints:9 rings=5s/drop:english+5s/drop:complaints
        => in c2 consultation ring=2
        enqueue c3 qq consultation none=english:1 rings=5s/drop:english
        => in c3 consultation ring=1
        ready a1                       => ready a1; offered c1 a1; offered c2 a1; offered c3 a1
        advance 5s                     => -
        advance 5s                     => -
        "#,
    );
}

#[test]
fn rings_without_anybody_signed_in_are_passed_over_at_entry() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="10s",lower={complaints=1}},{after="10s",groups=["reserve"]}]
        signin a3 notready
        enqueue c1 qq complaints       => in c1 complaints ring=2
        # With nobody at all it stays in ring 0.
        signout a3                     => signed-out a3 requested
        enqueue c2 qq complaints       => in c2 complaints
        signin a2 notready             => signed-in a2; not-ready a2 signed_in; ring c2 1 unstaffed
        enqueue c3 qq complaints       => in c3 complaints ring=1
        "#,
    );
}

#[test]
fn rings_open_at_once_when_the_last_one_signs_out() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="10s",groups=["reserve"]}]
        signin a1 notready
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints
        enqueue c2 qq complaints       => in c2 complaints
        signout a1
        => signed-out a1 requested; ring c1 1 unstaffed; ring c2 1 unstaffed; offered c1 a3
        ; offered c2 a3
        "#,
    );
}

#[test]
fn rings_open_at_once_when_somebody_of_a_later_ring_comes() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="20s",lower={complaints=1}},{after="20s",groups=["reserve"]}]
        enqueue c1 qq complaints       => in c1 complaints
        signin a3 ready                => signed-in a3; ready a3; ring c1 2 unstaffed; offered c1 a3
        "#,
    );
}

#[test]
fn the_clock_goes_on_through_offers() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="30s",groups=["reserve"]}]
        signin a1 ready
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints; offered c1 a1
        advance 20s                    => +20s missed c1 a1
        ready a1                       => -
        advance 9s                     => -
        advance 1s                     => +1s ring c1 1 time; +1s offered c1 a3
        "#,
    );
}

#[test]
fn a_ring_opens_while_the_contact_is_offered() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="10s",groups=["reserve"]}]
        signin a1 ready
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints; offered c1 a1
        advance 10s                    => +10s ring c1 1 time
        decline a1 c1                  => declined c1 a1; offered c1 a3
        "#,
    );
}

#[test]
fn the_clock_starts_again_in_another_queue_and_rings_close() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="10s",groups=["reserve"]}]
        signin a1 notready
        enqueue c1 qq complaints       => in c1 complaints
        advance 10s                    => +10s ring c1 1 time
        show c1                        => waiting complaints age=10s ring=1
        transfer gateway c1 queue=consultation => moved c1 consultation
        show c1                        => waiting consultation age=10s turn=10s
        advance 5s                     => -
        transfer gateway c1 queue=complaints => moved c1 complaints
        advance 9s                     => -
        advance 1s                     => +1s ring c1 1 time
        "#,
    );
}

#[test]
fn a_returned_contact_begins_in_ring_0() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="10s",groups=["reserve"]}]
        signin a1 ready
        enqueue c1 qq complaints       => in c1 complaints; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        advance 30s                    => -
        signout a1 return              => signed-out a1 requested; returned c1 agent_lost; released c1 a1 agent_lost
        signin a1 notready
        advance 9s                     => -
        show c1                        => waiting complaints age=9s turn=39s
        "#,
    );
}

#[test]
fn a_contact_that_could_not_be_connected_keeps_its_ring() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="10s",groups=["reserve"]}]
        signin a1 ready
        signin a2 notready
        enqueue c1 phone complaints    => in c1 complaints; offered c1 a1
        advance 10s                    => +10s ring c1 1 time
        accept a1 c1                   => accepted c1 a1
        unreachable c1
        => returned c1 agent_unreachable; released c1 a1 unreachable; not-ready a1 unreachable
        show c1                        => waiting complaints age=10s ring=1
        "#,
    );
}

#[test]
fn a_contacts_own_rings_take_the_place_of_the_queues() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="10s",groups=["reserve"]}]
        signin a1 notready
        signin a3 ready
        enqueue c1 qq complaints rings=4s/lower:complaints:1+20s/groups:reserve
        => in c1 complaints
        advance 4s                     => +4s ring c1 1 time
        advance 19s                    => -
        advance 1s                     => +1s ring c1 2 time; +1s offered c1 a3
        "#,
    );
}

#[test]
fn the_last_ring_stays_open() {
    check(
        r#"
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        signin a1 notready
        enqueue c1 qq complaints       => in c1 complaints
        advance 5s                     => +5s ring c1 1 time
        advance 1h                     => -
        signin a3 ready                => signed-in a3; ready a3; offered c1 a3
        "#,
    );
}

#[test]
fn rings_changed_by_a_plan_count_at_once() {
    check(
        r#"
        signin a1 notready
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints
        advance 10s                    => -
        # It has been in ring 0 for ten seconds: the ring is due.
        apply set queues.complaints.rings=[{after="10s",groups=["reserve"]}]
        => plan 2; ring c1 1 time; offered c1 a3
        cancel c1                      => ended c1 a3; closed c1 customer_left
        enqueue c2 qq complaints       => in c2 complaints
        advance 5s                     => -
        apply set queues.complaints.rings=[{after="7s",groups=["reserve"]}]
        advance 2s                     => +2s ring c2 1 time; +2s offered c2 a3
        cancel c2                      => ended c2 a3; closed c2 customer_left
        enqueue c3 qq complaints       => in c3 complaints
        advance 7s                     => +7s ring c3 1 time; +7s offered c3 a3
        decline a3 c3                  => declined c3 a3
        # Without rings there is no borrowing.
        apply remove queues.complaints.rings
        advance 60s                    => -
        "#,
    );
}
