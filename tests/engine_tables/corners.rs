//! Rules that meet at a corner: each line here was wrong once.

use crate::common::desk::check;

#[test]
fn a_queue_that_contacts_are_on_their_way_to_is_not_removed_unasked() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat sales                            => in c1 sales; offered c1 a1
        accept a1 c1
        apply remove queues.sales policy=move:complaints   => plan 2
        apply remove queues.complaints                     => !QUEUE_NOT_EMPTY
        apply remove queues.complaints policy=end          => plan 3
        signout a1 return                                  => signed-out a1 requested; returned c1 agent_lost
                                                            ; released c1 a1 agent_lost; closed c1 queue_removed
        ",
    );
}

#[test]
fn a_lost_gateways_call_that_comes_back_to_waiting_is_offered_to_nobody() {
    check(
        "
        gateway pbx 10s
        signin a1 ready
        enqueue c1 phone consultation gateway=pbx  => in c1 consultation; offered c1 a1
        accept a1 c1
        signin a2 ready
        advance 10s                                => +10s lost pbx
        unreachable c1                             => returned c1 agent_unreachable; released c1 a1 unreachable
                                                    ; not-ready a1 unreachable; closed c1 gateway_lost
        ",
    );
}

#[test]
fn an_agent_transfers_only_what_it_has_accepted() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat consultation     => in c1 consultation; offered c1 a1
        transfer a1 c1 queue=complaints    => !CONTACT_NOT_HELD
        transfer gateway c1 queue=sales    => withdrawn c1 a1; moved c1 sales; offered c1 a1
        ",
    );
}

#[test]
fn a_contact_declined_after_its_longest_wait_expires() {
    check(
        "
        signin a1 ready
        enqueue c1 phone sales        => in c1 sales; offered c1 a1
        accept a1 c1
        signin a2 ready
        advance 61s
        unreachable c1                => returned c1 agent_unreachable; released c1 a1 unreachable
                                       ; not-ready a1 unreachable; closed c1 wait_limit
        ",
    );
}

#[test]
fn the_contact_that_ended_last_is_kept_whatever_the_plan_says() {
    check(
        "
        apply set settings.closed_contacts_max=0 set settings.closed_contacts_keep=\"0s\" => plan 2
        enqueue c1 phone consultation
        cancel c1                      => closed c1 customer_left
        cancel c1                      => -
        enqueue c2 phone consultation
        cancel c2                      => closed c2 customer_left
        cancel c1                      => !CONTACT_COMPACTED
        ",
    );
}

#[test]
fn a_categorys_skills_count_in_its_own_queue_only() {
    check(
        "
        signin a3 ready
        enqueue c1 wechat consultation category=refund => in c1 consultation
        transfer gateway c1 queue=sales                => moved c1 sales; offered c1 a3
        ",
    );
}
