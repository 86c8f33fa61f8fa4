//! Plans that change while contacts and agents are inside.

use crate::common::desk::check;

#[test]
fn a_plan_is_applied_to_the_revision_that_was_read() {
    check(
        "
        apply set agents.a1.capacity=60 revision=2       => !REVISION_MISMATCH
        apply set agents.a1.capacity=60 dry revision=1   => would add 0, change 1, remove 0
        apply set agents.a1.capacity=60 revision=1       => plan 2
        apply revision=2                                 => -
        apply set agents.a5.groups=[\"core\"] remove agents.a4 revision=2 dry => would add 1, change 0, remove 1
        apply remove agents.a4 revision=1                => !REVISION_MISMATCH
        ",
    );
}

#[test]
fn an_agent_who_is_added_serves_at_once() {
    check(
        "
        enqueue c1 phone consultation
        signin a5 ready                             => !AGENT_NOT_FOUND
        apply set agents.a5.groups=[\"core\"]       => plan 2
        signin a5 ready                             => signed-in a5; ready a5; offered c1 a5
        ",
    );
}

#[test]
fn an_agent_who_is_removed_gives_chats_back_and_keeps_the_call() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat consultation
        accept a1 c1
        enqueue c2 phone consultation
        accept a1 c2
        connected c2
        apply remove agents.a1         => plan 2; signed-out a1 removed; returned c1 agent_lost
                                        ; released c1 a1 agent_lost
        show c2                        => active consultation a1
        signin a1                      => !AGENT_NOT_FOUND
        complete a1 c2                 => closed c2 agent_completed; wrap-up c2 a1 20s
        complete a1 c2 disposition=resolved => recorded c2 resolved
        advance 20s                    => +20s released c2 a1 wrap_up_timeout
        complete a1 c2                 => !AGENT_NOT_FOUND
        ",
    );
}

#[test]
fn an_agent_who_is_removed_and_added_again_finds_the_call() {
    check(
        "
        signin a2 ready
        enqueue c1 phone consultation
        accept a2 c1
        apply remove agents.a2         => plan 2; signed-out a2 removed
        apply set agents.a2.groups=[\"core\"] => plan 3
        show a2                        => signed-out calls=100 fixed=0 chats=0
        signin a2 ready                => signed-in a2; ready a2
        connected c1                   => connected c1 a2
        ",
    );
}

#[test]
fn an_offer_to_an_agent_who_is_removed_is_withdrawn() {
    check(
        "
        signin a1 ready
        signin a2 ready
        enqueue c1 phone consultation  => in c1 consultation; offered c1 a1
        apply remove agents.a1         => plan 2; signed-out a1 removed; agent-gone c1 a1; offered c1 a2
        ",
    );
}

#[test]
fn skills_groups_and_limits_change_at_once() {
    check(
        "
        signin a2 ready
        signin a4 ready
        enqueue c1 wechat complaints                       => in c1 complaints
        apply set agents.a2.skills={complaints=3}          => plan 2; offered c1 a2
        enqueue c2 wechat consultation                     => in c2 consultation; offered c2 a2
        enqueue c3 wechat consultation skills=english:1    => in c3 consultation
        apply set agents.a4.skills={english=1}             => plan 3; offered c3 a4
        enqueue c4 wechat consultation skills=english:1    => in c4 consultation
        apply set agents.a4.limits={}                      => plan 4; offered c4 a4
        enqueue c5 wechat complaints skills=complaints:4   => in c5 complaints
        apply set queues.complaints.groups=[\"core\",\"reserve\"]  => plan 5
        signin a3 ready                                    => signed-in a3; ready a3; offered c5 a3
        # A skill that the plan no longer knows is not asked for.
        enqueue c6 phone consultation skills=english:9     => in c6 consultation unservable
        apply remove skills.english remove categories.refund set agents.a4.skills={} set agents.a1.skills={}
            => plan 6; offered c6 a2
        ",
    );
}

#[test]
fn less_capacity_takes_nothing_away() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat consultation
        enqueue c2 wechat consultation
        accept a1 c1
        accept a1 c2
        apply set agents.a1.capacity=30 => plan 2
        show a1                         => ready calls=0 fixed=0 chats=60
        enqueue c3 wechat consultation  => in c3 consultation
        complete a1 c1
        finish a1 c1                    => released c1 a1 finished
        complete a1 c2
        finish a1 c2                    => released c2 a1 finished; offered c3 a1
        ",
    );
}

#[test]
fn a_queue_with_contacts_is_not_removed_unasked() {
    check(
        "
        enqueue c1 phone sales
        apply remove queues.sales                     => !QUEUE_NOT_EMPTY
        apply remove queues.sales policy=move:sales   => !move_to_queue
        apply remove queues.sales policy=move:nowhere => !move_to_queue
        apply set queues.sales.objective=\"10s\"      => plan 2
        cancel c1
        apply remove queues.sales                     => plan 3
        enqueue c2 phone sales                        => !queue
        ",
    );
}

#[test]
fn contacts_of_a_removed_queue_move_at_their_age() {
    check(
        "
        enqueue c1 phone sales
        advance 10s
        signin a1 ready
        enqueue c2 wechat sales
        apply remove queues.sales policy=move:consultation => plan 2; moved c2 consultation removed
        show c2                                       => waiting consultation age=0s turn=0s
        # An offer made stands, and whoever waits again goes.
        show c1                                       => offered sales a1 age=10s
        decline a1 c1                                 => declined c1 a1; offered c2 a1
                                                       ; moved c1 consultation removed
        show c1                                       => waiting consultation age=10s
        show consultation                             => waiting=1 offered=1 in=2
        ",
    );
}

#[test]
fn contacts_of_a_removed_queue_end() {
    check(
        "
        enqueue c1 phone sales
        apply remove queues.sales policy=end          => plan 2; closed c1 queue_removed
        show sales                                    => entered=1 expired=1
        ",
    );
}

#[test]
fn a_contact_with_an_agent_outlives_its_queue() {
    check(
        "
        signin a1 ready
        signin a2 ready
        enqueue c1 wechat sales                       => in c1 sales; offered c1 a1
        accept a1 c1
        enqueue c2 wechat sales                       => in c2 sales; offered c2 a2
        apply remove queues.sales policy=move:consultation => plan 2
        decline a2 c2                                 => declined c2 a2; moved c2 consultation removed; offered c2 a1
        show c1                                       => active sales a1
        reload                                        => -
        # It goes where the change said as soon as it waits.
        signout a1 return                             => signed-out a1 requested; agent-gone c2 a1
                                                       ; returned c1 agent_lost; released c1 a1 agent_lost
                                                       ; moved c1 consultation removed; offered c1 a2
        ",
    );
}

#[test]
fn a_channel_in_use_stays() {
    check(
        "
        enqueue c1 qq consultation
        apply remove channels.qq set queues.consultation.channels=[\"phone\"] set queues.complaints.channels=[\"phone\"]
            => !CHANNEL_IN_USE
        cancel c1
        apply remove channels.qq set queues.consultation.channels=[\"phone\"] set queues.complaints.channels=[\"phone\"]
            => plan 2
        enqueue c2 qq consultation                    => !channel
        ",
    );
}
