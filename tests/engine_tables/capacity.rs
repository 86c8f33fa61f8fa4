//! Capacity over several channels: a call beside chats, chats set aside, mail, limits of a channel.

use crate::common::desk::check;

#[test]
fn a_call_reaches_an_agent_in_chats_and_sets_them_aside() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat consultation
        enqueue c2 qq consultation
        accept a1 c1
        accept a1 c2
        enqueue c3 phone consultation  => in c3 consultation; offered c3 a1
        show a1                        => ready calls=100 fixed=0 chats=60
        # While it rings, connects, lasts and is wrapped up: no new chat.
        enqueue c4 wechat consultation => in c4 consultation
        accept a1 c3                   => accepted c3 a1
        connected c3                   => connected c3 a1
        complete a1 c2                 => closed c2 agent_completed; released c2 a1 finished
        complete a1 c3                 => closed c3 agent_completed; wrap-up c3 a1 20s
        show a1                        => ready calls=100 fixed=0 chats=30
        advance 20s                    => +20s released c3 a1 wrap_up_timeout; +20s offered c4 a1
        ",
    );
}

#[test]
fn chats_that_are_set_aside_leave_no_room_for_more() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        accept a1 c1
        connected c1
        enqueue c2 phone consultation  => in c2 consultation
        enqueue c3 wechat consultation => in c3 consultation
        enqueue c4 email consultation  => in c4 consultation
        complete a1 c1
        # A call comes before messages and these before mail, whatever their order.
        finish a1 c1                   => released c1 a1 finished; offered c2 a1
        ",
    );
}

#[test]
fn mail_shares_the_capacity_with_calls_and_chats() {
    check(
        "
        signin a1 ready
        enqueue c1 email consultation  => in c1 consultation; offered c1 a1
        accept a1 c1
        show a1                        => ready calls=0 fixed=50 chats=0
        # Mail is not interruptible: no room for a call beside it, but for one chat.
        enqueue c2 phone consultation  => in c2 consultation
        enqueue c3 wechat consultation => in c3 consultation; offered c3 a1
        enqueue c4 wechat consultation => in c4 consultation
        enqueue c5 email consultation  => in c5 consultation
        complete a1 c1                 => closed c1 agent_completed; released c1 a1 finished; offered c2 a1
        decline a1 c2                  => declined c2 a1; offered c4 a1
        decline a1 c4                  => declined c4 a1; offered c5 a1
        show a1                        => ready calls=0 fixed=50 chats=30
        ",
    );
}

#[test]
fn a_channel_can_have_a_limit_of_its_own() {
    check(
        "
        signin a4 ready
        enqueue c1 phone consultation  => in c1 consultation
        enqueue c2 wechat consultation => in c2 consultation; offered c2 a4
        enqueue c3 wechat consultation => in c3 consultation
        enqueue c4 qq consultation     => in c4 consultation; offered c4 a4
        accept a4 c2
        complete a4 c2                 => closed c2 agent_completed; wrap-up c2 a4 10s
        # Wrap-up counts.
        enqueue c5 qq consultation     => in c5 consultation; offered c5 a4
        finish a4 c2                   => released c2 a4 finished; offered c3 a4
        cancel c3                      => ended c3 a4; closed c3 customer_left
        enqueue c6 wechat consultation => in c6 consultation; offered c6 a4
        ",
    );
}

#[test]
fn capacity_below_a_contact_of_the_channel_serves_none_of_it() {
    check(
        "
        apply set agents.a1.capacity=60 => plan 2
        signin a1 ready
        enqueue c1 phone consultation   => in c1 consultation
        enqueue c2 wechat consultation  => in c2 consultation; offered c2 a1
        enqueue c3 wechat consultation  => in c3 consultation; offered c3 a1
        enqueue c4 wechat consultation  => in c4 consultation
        ",
    );
}
