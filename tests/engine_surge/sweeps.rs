//! What is done over time to those who wait: messages, offers of callbacks, bots and overflow.

use super::{check, common::desk::Desk};

#[test]
fn each_round_tells_everybody_once() {
    check(
        "
        enqueue c1 phone told   => in c1 told
        advance 9s              => -
        enqueue c2 phone told   => in c2 told
        advance 1s              => +1s level told 1 waiting; +1s step told offer_callback; +1s told told message c1
        advance 9s              => +9s told told message c2
        advance 20s             => -
        advance 1s              => +1s told told message c1
        advance 9s              => +9s told told message c2
        advance 10m             => -
        ",
    );
}

#[test]
fn who_comes_from_elsewhere_is_not_told_all_rounds_at_once() {
    check(
        "
        wall 2026-09-28T10:00
        enqueue c1 phone spare        => in c1 spare
        advance 5m                    => +1s level staff 1 agents
        transfer gateway c1 queue=told => moved c1 told
        advance 10s                   => +10s told told message c1
        advance 29s                   => -
        advance 1s                    => +1s told told message c1
        ",
    );
}

#[test]
fn an_offer_is_made_once_by_the_channels_named() {
    check(
        "
        enqueue c1 phone told   => in c1 told
        enqueue c2 wechat told  => in c2 told
        enqueue c3 wechat told  => in c3 told
        advance 1s              => +1s level told 1 waiting; +1s step told offer_callback
        # Counted from when the step was taken, at the earliest.
        advance 5s              => +5s told told offer_callback c2,c3
        reload                  => -
        advance 3s              => -
        advance 1s              => +1s told told message c1; +1s told told message c2,c3
        ",
    );
}

#[test]
fn who_writes_goes_to_the_bot_as_far_as_it_has_room() {
    check(
        "
        enqueue c1 phone bot    => in c1 bot
        enqueue c2 wechat bot   => in c2 bot
        enqueue c3 wechat bot   => in c3 bot
        enqueue c4 wechat bot   => in c4 bot
        # The bot is not there yet.
        advance 20s             => -
        gateway bot open
        advance 1s              => +1s bot c2 bot; +1s bot c3 bot
        advance 1s              => -
        # Whoever comes back has been there, and there is room for the next.
        frombot bot c2
        advance 1s              => +1s bot c4 bot
        gateway bot lost
        show c1                 => waiting bot age=23s
        ",
    );
}

#[test]
fn others_with_other_bots_take_none_of_its_room() {
    check(
        "
        gateway front open
        gateway bot open
        enqueue c1 wechat bot bot=front => in c1 bot bot=front
        enqueue c2 wechat bot bot=front => in c2 bot bot=front
        enqueue c3 wechat bot           => in c3 bot
        advance 10s                     => +10s bot c3 bot
        ",
    );
}

#[test]
fn nobody_goes_where_nobody_could_serve_it() {
    check(
        "
        wall 2026-09-28T10:00
        signin n1 break
        enqueue c1 phone over skills=video:1-10 => in c1 over
        enqueue c2 phone over                   => in c2 over
        advance 30s                             => +1s level staff 1 agents; +30s moved c2 spare overflowed
        cancel c2
        advance 1m                              => -
        show c1                                 => waiting over age=1m 30s
        ",
    );
}

#[test]
fn when_many_are_new_in_a_queue_nobody_misses_what_is_told() {
    let mut desk = Desk::with(super::SURGE);
    let many = 300;
    for number in 0..many {
        desk.run(&format!("enqueue m{number} phone plain"));
    }
    desk.run("enqueue c1 phone told");
    desk.run("advance 5s");
    for number in 0..many {
        desk.run(&format!("transfer gateway m{number} queue=told"));
    }
    // So many are not looked through each second: who comes after them waits with them.
    let early = desk.run("advance 5s");
    assert!(!early.contains("message"), "{early}");
    let told = desk.run("advance 5s");
    let told =
        told.split("; ").filter_map(|part| part.split_once("message ")).flat_map(|(_, ids)| ids.split(','));
    let expected = (0..many).map(|number| format!("m{number}")).chain(["c1".to_owned()]);
    assert!(told.map(str::to_owned).eq(expected), "each once, in their order");
}

#[test]
fn who_has_waited_for_long_goes_where_it_is_served_sooner() {
    check(
        "
        wall 2026-09-28T10:00
        enqueue c1 phone over   => in c1 over
        enqueue c2 phone over   => in c2 over
        enqueue c3 phone over   => in c3 over
        # There nobody serves.
        advance 1m              => +1s level staff 1 agents
        # Nobody waits there; of who would come then, nothing is known.
        signin n1 break
        advance 1s              => +1s moved c1 spare overflowed
        advance 1m              => -
        cancel c1
        advance 1s              => +1s moved c2 spare overflowed
        hours spare closed
        cancel c2
        advance 1m              => -
        hours spare clear
        advance 1s              => +1s moved c3 spare overflowed
        ",
    );
}

#[test]
fn nobody_goes_round_though_the_plan_changes() {
    check(
        "
        wall 2026-09-28T10:00
        signin n1 break
        signin a1 break
        enqueue c1 phone over   => in c1 over
        advance 30s             => +30s moved c1 spare overflowed
        apply remove queues.over.surge set queues.spare.surge=\"back\" => plan 2
        # It has been there.
        advance 1s              => +1s undone over overflow; +1s step spare overflow; +1s swept spare c1
        enqueue c2 phone spare  => in c2 spare
        advance 1s              => +1s moved c2 over overflowed
        show c1                 => waiting spare age=32s
        ",
    );
}

#[test]
fn those_who_wait_when_their_queue_closes_are_asked_once() {
    check(
        "
        wall 2026-09-28T17:59
        enqueue c1 wechat desk  => in c1 desk
        enqueue c2 wechat desk  => in c2 desk
        advance 1m              => +1s level staff 1 agents; +1m closed desk spare staff; +1m level staff 0 calm
        advance 1s              => +1s told desk closing c1,c2
        advance 1h              => -
        enqueue c3 wechat desk  => !QUEUE_CLOSED queue=desk callback=offered next_opening=2026-09-29T01:00:00Z
        ",
    );
}
