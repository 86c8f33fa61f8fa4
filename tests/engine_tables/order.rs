//! Who is served first, and by whom.

use crate::common::desk::check;

#[test]
fn oldest_first_and_priority_as_a_head_start() {
    check(
        "
        apply set agents.a1.capacity=30
        enqueue c1 qq consultation
        enqueue c2 qq consultation
        # A point is worth half an objective of twenty seconds.
        enqueue c3 qq consultation prio=1
        advance 5s
        enqueue c4 qq consultation prio=2
        enqueue c5 qq consultation prio=1
        signin a1 ready                => signed-in a1; ready a1; offered c4 a1
        cancel c4                      => ended c4 a1; closed c4 customer_left; offered c3 a1
        cancel c3                      => ended c3 a1; closed c3 customer_left; offered c5 a1
        cancel c5                      => ended c5 a1; closed c5 customer_left; offered c1 a1
        cancel c1                      => ended c1 a1; closed c1 customer_left; offered c2 a1
        # The order changes with the priority.
        enqueue c6 qq consultation
        enqueue c7 qq consultation
        update c7 prio=1               => updated c7
        cancel c2                      => ended c2 a1; closed c2 customer_left; offered c7 a1
        ",
    );
}

#[test]
fn several_objectives_are_weighed_by_wait_over_objective() {
    check(
        "
        apply set agents.a1.capacity=30
        enqueue c1 qq complaints
        advance 20s
        enqueue c2 qq consultation
        enqueue c3 qq consultation category=fraud
        advance 5s
        # c1 25 of 60 s, c2 5 of 20 s, c3 5 of 5 s.
        signin a1 ready                => signed-in a1; ready a1; offered c3 a1
        cancel c3                      => ended c3 a1; closed c3 customer_left; offered c1 a1
        advance 10s
        enqueue c4 qq complaints
        advance 5s
        # c2 20 of 20 s, c4 5 of 60 s.
        cancel c1                      => ended c1 a1; closed c1 customer_left; offered c2 a1
        cancel c2                      => ended c2 a1; closed c2 customer_left; offered c4 a1
        ",
    );
}

#[test]
fn equal_urgency_is_served_in_order_of_number_whatever_the_queue() {
    check(
        "
        apply set agents.a1.capacity=30 set queues.complaints.objective=\"20s\"
        enqueue c1 qq complaints
        enqueue c2 qq consultation
        enqueue c3 qq complaints
        signin a1 ready                => signed-in a1; ready a1; offered c1 a1
        cancel c1                      => ended c1 a1; closed c1 customer_left; offered c2 a1
        cancel c2                      => ended c2 a1; closed c2 customer_left; offered c3 a1
        ",
    );
}

#[test]
fn bands_come_before_urgency() {
    check(
        "
        enqueue c1 email consultation prio=10
        advance 1h
        enqueue c2 wechat consultation prio=10
        advance 10m
        enqueue c3 phone consultation
        signin a1 ready                => signed-in a1; ready a1; offered c3 a1
        cancel c3                      => ended c3 a1; closed c3 customer_left; offered c2 a1; offered c1 a1
        ",
    );
}

#[test]
fn a_queue_can_have_a_band_of_its_own() {
    check(
        "
        apply set queues.consultation.band=0 set queues.complaints.band=1 set agents.a1.capacity=100
        enqueue c1 phone complaints
        advance 10m
        enqueue c2 email consultation
        enqueue c3 email consultation
        signin a1 ready                => signed-in a1; ready a1; offered c2 a1; offered c3 a1
        ",
    );
}

#[test]
fn an_agent_is_only_compared_with_contacts_that_it_can_serve() {
    check(
        "
        enqueue c1 phone complaints
        enqueue c2 phone consultation skills=english:5
        enqueue c3 phone consultation skills=english:6
        advance 10m
        enqueue c4 phone consultation
        signin a2 ready                => signed-in a2; ready a2; offered c4 a2
        signin a3 ready                => signed-in a3; ready a3
        signin a1 ready                => signed-in a1; ready a1; offered c2 a1
        cancel c2                      => ended c2 a1; closed c2 customer_left; offered c1 a1
        ",
    );
}

#[test]
fn the_agent_idle_longest_is_chosen() {
    check(
        "
        signin a3 ready
        signin a1 ready
        signin a2 ready
        enqueue c1 wechat consultation => in c1 consultation; offered c1 a3
        # An offer is no work yet; taking it is.
        enqueue c2 wechat consultation => in c2 consultation; offered c2 a3
        accept a3 c1
        enqueue c3 wechat consultation => in c3 consultation; offered c3 a1
        accept a1 c3
        enqueue c4 wechat consultation => in c4 consultation; offered c4 a2
        accept a2 c4
        enqueue c5 wechat consultation => in c5 consultation; offered c5 a3
        # Finishing work counts as well as getting it, and so does a break.
        complete a1 c3
        finish a1 c3
        notready a2 lunch
        ready a2
        accept a3 c2
        accept a3 c5
        enqueue c6 wechat consultation => in c6 consultation; offered c6 a1
        accept a1 c6
        enqueue c7 wechat consultation => in c7 consultation; offered c7 a2
        ",
    );
}
