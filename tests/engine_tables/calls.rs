//! The life of a contact that nothing goes wrong with, by telephone and by message.

use crate::common::desk::check;

#[test]
fn a_call_from_ringing_to_the_finished_record() {
    check(
        "
        signin a1 ready                => signed-in a1; ready a1
        enqueue c1 phone consultation  => in c1 consultation; offered c1 a1
        show c1                        => offered consultation a1 age=0s
        advance 5s                     => -
        accept a1 c1                   => accepted c1 a1
        show c1                        => connecting consultation a1 age=5s
        advance 2s                     => -
        connected c1                   => connected c1 a1
        show c1                        => active consultation a1
        show a1                        => ready calls=100 fixed=0 chats=0
        advance 60s                    => -
        complete a1 c1 disposition=resolved resolution=1
                                       => closed c1 agent_completed resolved/1; wrap-up c1 a1 20s
        # Speed of answer ends at connected, and wrap-up holds the agent.
        show c1                        => closed agent_completed resolved/1 wait=7s
        show a1                        => ready calls=100 fixed=0 chats=0
        enqueue c2 phone consultation  => in c2 consultation
        finish a1 c1                   => released c1 a1 finished; offered c2 a1
        show consultation              => offered=1 entered=2 answered=1
        ",
    );
}

#[test]
fn wrap_up_ends_by_itself() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        enqueue c2 phone consultation
        accept a1 c1
        connected c1
        complete a1 c1                 => closed c1 agent_completed; wrap-up c1 a1 20s
        advance 19s                    => -
        advance 5s                     => +1s released c1 a1 wrap_up_timeout; +1s offered c2 a1
        ",
    );
}

#[test]
fn a_channel_without_wrap_up_frees_the_agent_at_once() {
    check(
        "
        signin a1 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        # A message needs no connecting.
        show c1                        => active consultation a1
        complete a1 c1                 => closed c1 agent_completed; released c1 a1 finished
        show a1                        => ready calls=0 fixed=0 chats=0
        finish a1 c1                   => -
        ",
    );
}

#[test]
fn several_chats_at_once() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat consultation => in c1 consultation; offered c1 a1
        enqueue c2 qq consultation     => in c2 consultation; offered c2 a1
        enqueue c3 wechat consultation => in c3 consultation; offered c3 a1
        # 90 of 100 units are taken; a fourth one needs 30.
        enqueue c4 wechat consultation => in c4 consultation
        accept a1 c2                   => accepted c2 a1
        accept a1 c1                   => accepted c1 a1
        accept a1 c3                   => accepted c3 a1
        show a1                        => ready calls=0 fixed=0 chats=90
        complete a1 c2                 => closed c2 agent_completed; released c2 a1 finished; offered c4 a1
        accept a1 c4
        complete a1 c1                 => closed c1 agent_completed; wrap-up c1 a1 10s
        show a1                        => ready calls=0 fixed=0 chats=90
        complete a1 c3                 => closed c3 agent_completed; wrap-up c3 a1 10s
        finish a1 c3                   => released c3 a1 finished
        advance 10s                    => +10s released c1 a1 wrap_up_timeout
        show a1                        => ready calls=0 fixed=0 chats=30
        show consultation              => active=1 entered=4 answered=4
        ",
    );
}

#[test]
fn a_category_brings_its_queue_its_skills_and_its_objective() {
    check(
        "
        enqueue c1 phone category=refund            => in c1 consultation
        enqueue c2 phone complaints category=refund => in c2 complaints
        signin a2 ready                             => signed-in a2; ready a2
        # a2 knows no English, and complaints at level 2 only.
        signin a1 ready                             => signed-in a1; ready a1; offered c1 a1
        update c1 language=en case=k1 category=     => updated c1
        decline a1 c1                               => declined c1 a1; offered c1 a2; offered c2 a1
        ",
    );
}

#[test]
fn what_a_contact_asks_for_can_change_while_it_waits() {
    check(
        "
        signin a2 ready
        enqueue c1 wechat consultation skills=complaints:3 => in c1 consultation
        update c1 skills=complaints:2                      => updated c1; offered c1 a2
        enqueue c2 wechat consultation category=refund     => in c2 consultation
        update c2 category=                                => updated c2; offered c2 a2
        enqueue c3 wechat consultation                     => in c3 consultation; offered c3 a2
        # An offer made stands.
        update c3 skills=english:9                         => updated c3
        accept a2 c3                                       => accepted c3 a2
        ",
    );
}

#[test]
fn an_enqueue_that_makes_no_sense_is_refused() {
    check(
        "
        enqueue c1 fax consultation                   => !channel
        enqueue c1 phone nowhere                      => !queue
        enqueue c1 phone consultation category=none   => !category
        enqueue c1 phone consultation skills=latin:1  => !required_skills
        enqueue c1 email sales                        => !channel
        enqueue c1 phone                                => !queue
        enqueue c1 fax nowhere category=none          => !channel,category,queue
        enqueue c1 phone consultation                 => in c1 consultation
        update c1 category=none                       => !category
        update c1 skills=latin:1                      => !required_skills
        update c9 prio=1                              => !CONTACT_NOT_FOUND
        cancel c1                                     => closed c1 customer_left
        update c1 prio=1                              => !CONTACT_CLOSED
        ",
    );
}
