//! Which groups may help: closed ones never, a reserve only while enough of it stay free.

use crate::common::desk::check;

#[test]
fn nobody_gets_anything_through_a_closed_group() {
    check(
        r#"
        apply set groups.core.closed=true
        signin a1 ready
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints unservable
        enqueue c2 qq consultation     => in c2 consultation; offered c2 a3
        apply remove groups.core.closed => plan 3; offered c1 a1
        "#,
    );
}

#[test]
fn a_closed_group_is_not_opened_by_a_ring() {
    check(
        r#"
        apply set groups.reserve.closed=true
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints
        advance 5s                     => +5s ring c1 1 time
        apply set groups.reserve.closed=false => plan 4; offered c1 a3
        "#,
    );
}

#[test]
fn a_reserve_helps_only_while_enough_of_it_stay_free() {
    check(
        r#"
        apply set groups.reserve.keep_free=1
        apply set agents.a4.groups=["reserve"]
        apply set agents.a4.skills={complaints=4}
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints ring=1
        # Two are free, one is to stay so.
        signin a4 ready                => signed-in a4; ready a4; offered c1 a3
        enqueue c2 qq complaints       => in c2 complaints ring=1; offered c2 a3
        notready a3 break              => not-ready a3 break; agent-gone c1 a3; agent-gone c2 a3
        notready a4 break              => not-ready a4 break
        enqueue c3 qq complaints       => in c3 complaints ring=1
        ready a3                       => ready a3
        ready a4                       => ready a4; offered c1 a3; offered c2 a3; offered c3 a3
        "#,
    );
}

#[test]
fn a_reserve_counts_those_with_room_for_the_channel() {
    check(
        r#"
        apply set groups.reserve.keep_free=1
        apply set agents.a4.groups=["reserve"]
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        apply set queues.complaints.skills={}
        apply set agents.a4.limits={wechat=1}
        signin a4 ready
        signin a3 ready
        enqueue c1 wechat complaints   => in c1 complaints ring=1; offered c1 a4
        enqueue c2 wechat complaints   => in c2 complaints ring=1
        # a4 is at its limit of wechat, not of qq; c2 waits for a second one free.
        enqueue c3 qq complaints       => in c3 complaints ring=1; offered c3 a4
        cancel c1                      => ended c1 a4; closed c1 customer_left; offered c2 a4
        "#,
    );
}

#[test]
fn a_reserve_serves_its_own_queues_freely() {
    check(
        r#"
        apply set groups.reserve.keep_free=1
        apply set queues.sales.groups=["reserve"]
        apply set queues.complaints.groups=["core"] => -
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        signin a3 ready
        enqueue c1 wechat complaints   => in c1 complaints ring=1
        enqueue c2 wechat sales        => in c2 sales; offered c2 a3
        "#,
    );
}

#[test]
fn who_is_also_at_home_is_not_held_back() {
    check(
        r#"
        apply set groups.reserve.keep_free=5
        apply set agents.a1.groups=["core","reserve"]
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        signin a1 ready
        enqueue c1 qq complaints rings=1s/groups:reserve
        => in c1 complaints; offered c1 a1
        "#,
    );
}

#[test]
fn lowering_what_a_reserve_keeps_counts_at_once() {
    check(
        r#"
        apply set groups.reserve.keep_free=1
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints ring=1
        apply set groups.reserve.keep_free=0 => plan 4; offered c1 a3
        "#,
    );
}

#[test]
fn a_reserve_helps_again_when_one_of_it_is_free_again() {
    check(
        r#"
        apply set groups.reserve.keep_free=1
        apply set agents.a4.groups=["reserve"] set agents.a4.skills={complaints=4}
        apply set agents.a4.limits={phone=1}
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        signin a3 ready
        signin a4 ready
        enqueue c1 phone complaints    => in c1 complaints ring=1; offered c1 a3
        enqueue c2 phone complaints    => in c2 complaints ring=1
        # a3 is on the telephone: a4 alone is free, and stays so.
        accept a3 c1                   => accepted c1 a3
        connected c1                   => connected c1 a3
        complete a3 c1                 => closed c1 agent_completed; wrap-up c1 a3 20s
        finish a3 c1                   => released c1 a3 finished; offered c2 a4
        "#,
    );
}

#[test]
fn whoever_frees_the_reserve_need_not_be_who_helps() {
    check(
        r#"
        apply set groups.reserve.keep_free=1 set agents.a4.groups=["reserve"]
        apply set queues.complaints.rings=[{after="5s",groups=["reserve"]}]
        signin a3 ready
        enqueue c1 qq complaints       => in c1 complaints ring=1
        # a4 knows nothing of complaints, but now a3 may go.
        signin a4 ready                => signed-in a4; ready a4; offered c1 a3
        "#,
    );
}
