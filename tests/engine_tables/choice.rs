//! Whom a contact goes to among those who can take it.

use crate::common::desk::check;

#[test]
fn longest_idle_is_who_was_given_or_relieved_of_work_longest_ago() {
    check(
        r#"
        signin a1 ready
        advance 1s                     => -
        signin a2 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        enqueue c2 qq consultation     => in c2 consultation; offered c2 a2
        # Declining is no work: a2 is still idle longest.
        decline a2 c2                  => declined c2 a2; offered c2 a1
        enqueue c3 qq consultation     => in c3 consultation; offered c3 a2
        "#,
    );
}

#[test]
fn least_loaded_weighs_units_by_capacity() {
    check(
        r#"
        apply set queues.consultation.agent_choice="least_loaded"
        apply set agents.a1.capacity=200
        apply set agents.a2.capacity=60
        signin a1 ready
        signin a2 ready
        # 0 and 0: a1 is idle longer. Then 150 and 0, 150 and 500, 300 and 500.
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        enqueue c2 qq consultation     => in c2 consultation; offered c2 a2
        enqueue c3 qq consultation     => in c3 consultation; offered c3 a1
        enqueue c4 qq consultation     => in c4 consultation; offered c4 a1
        enqueue c5 qq consultation     => in c5 consultation; offered c5 a1
        "#,
    );
}

#[test]
fn most_skilled_adds_up_what_is_asked_for() {
    check(
        r#"
        apply set queues.consultation.agent_choice="most_skilled"
        apply set agents.a2.skills={english=6,complaints=2}
        apply set agents.a3.skills={english=3,complaints=9}
        signin a1 ready
        signin a2 ready
        signin a3 ready
        # English alone: 5, 6, 3.
        enqueue c1 qq consultation skills=english:2 => in c1 consultation; offered c1 a2
        # Both: 10, 8, 12.
        enqueue c2 qq consultation skills=english:2 prefer=complaints:1
        => in c2 consultation; offered c2 a3
        # Named twice, a skill counts once: 10, 8, 12 again.
        enqueue c3 qq consultation any=english:1,complaints:1|complaints:1
        => in c3 consultation; offered c3 a3
        # Nothing is asked for: the one idle longest.
        enqueue c4 qq consultation     => in c4 consultation; offered c4 a1
        "#,
    );
}

#[test]
fn least_skilled_keeps_the_versatile_free() {
    check(
        r#"
        apply set queues.consultation.agent_choice="least_skilled"
        signin a1 ready
        signin a3 ready
        signin a2 ready
        # 10, 5 and 2 levels.
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a2
        enqueue c2 qq consultation skills=complaints:3
        => in c2 consultation; offered c2 a3
        enqueue c3 qq consultation skills=english:1 => in c3 consultation; offered c3 a1
        "#,
    );
}

#[test]
fn round_robin_is_whose_last_offer_is_longest_ago() {
    check(
        r#"
        apply set queues.consultation.agent_choice="round_robin"
        signin a2 ready
        signin a1 ready
        signin a4 ready
        # Never offered anything: whoever is idle longest.
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a2
        enqueue c2 qq consultation     => in c2 consultation; offered c2 a1
        enqueue c3 qq consultation     => in c3 consultation; offered c3 a4
        enqueue c4 qq consultation     => in c4 consultation; offered c4 a2
        decline a2 c4                  => declined c4 a2; offered c4 a1
        # a2's latest offer is c4.
        enqueue c5 qq consultation     => in c5 consultation; offered c5 a4
        "#,
    );
}

#[test]
fn ties_go_to_the_longest_idle() {
    check(
        r#"
        apply set queues.consultation.agent_choice="least_skilled"
        apply set agents.a4.skills={complaints=2}
        signin a4 ready
        signin a2 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a4
        accept a4 c1                   => accepted c1 a4
        enqueue c2 qq consultation     => in c2 consultation; offered c2 a2
        "#,
    );
}

#[test]
fn a_change_of_the_choice_counts_at_once() {
    check(
        r#"
        apply set agents.a1.capacity=60
        signin a1 ready
        signin a2 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        apply set queues.consultation.agent_choice="least_skilled"
        enqueue c2 qq consultation     => in c2 consultation; offered c2 a2
        apply set queues.consultation.agent_choice="least_loaded"
        enqueue c3 qq consultation     => in c3 consultation; offered c3 a2
        "#,
    );
}
