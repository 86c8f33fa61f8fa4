//! Agents who come first for a contact: the preferred and the last one, and keeping it for them.

use crate::common::desk::check;

#[test]
fn a_contact_is_kept_for_its_preferred_agent() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="10s"
        signin a1 notready
        signin a2 ready
        enqueue c1 qq consultation agent=a1 => in c1 consultation for=a1
        advance 5s                     => -
        ready a1                       => ready a1; offered c1 a1
        "#,
    );
}

#[test]
fn keeping_ends_with_its_time() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="10s"
        signin a1 notready
        signin a2 ready
        enqueue c1 qq consultation agent=a1 => in c1 consultation for=a1
        advance 9s                     => -
        advance 1s                     => +1s free c1 time; +1s offered c1 a2
        # Afterwards the preferred agent still comes first among those who are free.
        signin a4 ready
        ready a1                       => ready a1
        decline a2 c1                  => declined c1 a2; offered c1 a1
        "#,
    );
}

#[test]
fn keeping_ends_when_the_agent_signs_out() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="10s"
        signin a1 notready
        signin a2 ready
        enqueue c1 qq consultation agent=a1 => in c1 consultation for=a1
        away a1 session=1              => away a1 30s
        signout a1                     => signed-out a1 requested; free c1 agent_gone; offered c1 a2
        "#,
    );
}

#[test]
fn keeping_ends_when_the_agent_signs_out_though_another_like_it_stays() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="10s"
        apply set agents.a5.groups=["core"] set agents.a5.skills={english=5,complaints=5}
        signin a1 notready
        signin a5 notready
        signin a2 ready
        enqueue c1 qq consultation agent=a1 => in c1 consultation for=a1
        signout a1                     => signed-out a1 requested; free c1 agent_gone; offered c1 a2
        "#,
    );
}

#[test]
fn keeping_ends_when_the_agent_declines_or_misses() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="60s"
        signin a1 ready
        signin a2 ready
        enqueue c1 qq consultation agent=a1 => in c1 consultation for=a1; offered c1 a1
        decline a1 c1                  => declined c1 a1; offered c1 a2
        cancel c1                      => ended c1 a2; closed c1 customer_left
        enqueue c2 qq consultation agent=a1 => in c2 consultation for=a1; offered c2 a1
        advance 20s                    => +20s missed c2 a1; +20s offered c2 a2
        "#,
    );
}

#[test]
fn keeping_ends_when_ring_1_opens() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="60s"
        signin a1 notready
        signin a2 ready
        enqueue c1 qq consultation agent=a1 rings=10s/drop:english
        => in c1 consultation for=a1
        advance 10s                    => +10s ring c1 1 time; +10s offered c1 a2
        "#,
    );
}

#[test]
fn keeping_ends_when_the_agent_no_longer_fits() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="60s"
        signin a1 notready
        signin a2 ready
        enqueue c1 qq consultation agent=a1 => in c1 consultation for=a1
        update c1 skills=complaints:2-4 => updated c1; free c1 agent_gone; offered c1 a2
        enqueue c2 qq consultation agent=a1 => in c2 consultation for=a1
        apply set agents.a1.limits={qq=0} => plan 3; free c2 agent_gone; offered c2 a2
        "#,
    );
}

#[test]
fn a_contact_is_kept_only_for_an_agent_who_is_there_and_fits() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="10s"
        apply set queues.complaints.preferred_agent_wait="10s"
        signin a2 ready
        enqueue c1 qq consultation agent=a1 => in c1 consultation; offered c1 a2
        signin a3 ready
        enqueue c2 qq complaints agent=a3 => in c2 complaints
        enqueue c3 qq complaints agent=a2 => in c3 complaints
        "#,
    );
}

#[test]
fn a_wait_of_0_only_puts_the_preferred_agent_first() {
    check(
        r#"
        signin a2 ready
        advance 1s                     => -
        signin a1 ready
        enqueue c1 qq consultation agent=a1 => in c1 consultation; offered c1 a1
        notready a1 break              => not-ready a1 break; agent-gone c1 a1; offered c1 a2
        enqueue c2 qq consultation agent=a1 => in c2 consultation; offered c2 a2
        "#,
    );
}

#[test]
fn a_kept_contact_holds_nobody_up() {
    check(
        r#"
        apply set queues.consultation.preferred_agent_wait="10s"
        signin a1 notready
        signin a2 ready
        enqueue c1 qq consultation agent=a1 => in c1 consultation for=a1
        enqueue c2 qq consultation     => in c2 consultation; offered c2 a2
        "#,
    );
}

#[test]
fn the_preferred_agent_can_be_changed() {
    check(
        r#"
        signin a2 ready
        signin a1 notready
        notready a2 break              => not-ready a2 break
        enqueue c1 qq consultation agent=a2 => in c1 consultation
        update c1 agent=a1             => updated c1
        ready a1                       => ready a1; offered c1 a1
        ready a2                       => ready a2
        "#,
    );
}

#[test]
fn a_contact_of_a_lost_agent_comes_back_to_that_agent_first() {
    check(
        r#"
        apply set queues.consultation.last_agent_wait="10s"
        signin a1 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        signout a1 return              => signed-out a1 requested; returned c1 agent_lost; released c1 a1 agent_lost
        signin a2 ready                => signed-in a2; ready a2; offered c1 a2
        signin a4 ready
        signin a1 ready
        # a4 is idle longer.
        decline a2 c1                  => declined c1 a2; offered c1 a1
        "#,
    );
}

#[test]
fn without_a_wait_the_last_agent_does_not_come_first() {
    check(
        r#"
        signin a1 ready
        signin a2 ready
        enqueue c1 qq consultation case=x => in c1 consultation; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        enqueue c2 qq consultation case=x => in c2 consultation; offered c2 a2
        "#,
    );
}

#[test]
fn a_contact_is_kept_for_who_had_the_latest_of_its_case() {
    check(
        r#"
        apply set queues.consultation.last_agent_wait="10s"
        signin a1 ready
        enqueue c1 qq consultation case=x => in c1 consultation; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        notready a1 break              => not-ready a1 break
        signin a2 ready
        enqueue c2 qq consultation case=x => in c2 consultation for=a1
        enqueue c3 qq consultation case=y => in c3 consultation; offered c3 a2
        advance 10s                    => +10s free c2 time; +10s offered c2 a2
        # It still comes first, though a4 is idle longer.
        signin a4 ready
        ready a1                       => ready a1
        decline a2 c2                  => declined c2 a2; offered c2 a1
        "#,
    );
}

#[test]
fn the_preferred_agent_comes_before_the_last() {
    check(
        r#"
        apply set queues.consultation.last_agent_wait="10s"
        apply set queues.consultation.preferred_agent_wait="5s"
        signin a1 ready
        enqueue c1 qq consultation case=x => in c1 consultation; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        signin a2 ready
        enqueue c2 qq consultation case=x agent=a2 => in c2 consultation for=a2; offered c2 a2
        notready a2 break              => not-ready a2 break; agent-gone c2 a2
        signout a2                     => signed-out a2 requested; free c2 agent_gone; offered c2 a1
        enqueue c3 qq consultation case=x agent=a2 => in c3 consultation for=a1; offered c3 a1
        "#,
    );
}

#[test]
fn who_transfers_a_contact_away_does_not_come_first() {
    check(
        r#"
        apply set queues.consultation.last_agent_wait="10s"
        apply set queues.complaints.last_agent_wait="10s"
        signin a1 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        signin a2 ready
        transfer a1 c1 queue=consultation
        => moved c1 consultation; released c1 a1 finished; offered c1 a2
        "#,
    );
}

#[test]
fn a_contact_moved_off_a_removed_queue_is_still_kept_for_the_last_agent() {
    check(
        r#"
        apply set queues.consultation.last_agent_wait="10s"
        signin a1 ready
        enqueue c1 wechat sales case=x => in c1 sales; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        notready a1 break              => not-ready a1 break
        signin a2 notready
        enqueue c2 wechat sales case=x => in c2 sales
        apply remove queues.sales policy=move:consultation
        => plan 3; moved c2 consultation for=a1 removed
        "#,
    );
}
