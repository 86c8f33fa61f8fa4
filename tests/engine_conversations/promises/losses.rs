//! What they depend on goes: gateways, agents, queues, channels, the process.

use super::{CALL, PROMISED, PROMISED_MAIL, after};

#[test]
fn gateway_lost_and_back() {
    // There is no customer on the line who would be lost with it.
    after(
        PROMISED,
        "
        gateway g 2h
        notready a1 lunch
        advance 1h       => +1h in follow-up:p1:1 follow age=0s for=a1
        advance 59m      => +10m free follow-up:p1:1 time; +30m escalated p1 1 raise=3
            ; +50m escalated p1 2 raise=8 groups=reserve
        gateway g 10s
        advance 2m       => +10s lost g; +1m broken p1
        # Nobody can call by it.
        ready a1         => ready a1
        show promise:p1  => entered a1 follow due=-1m steps=2 entries=1 broken
        gateway g open   => leased g open; offered follow-up:p1:1 a1
        ",
    );
}

#[test]
fn entered_while_its_gateway_is_away() {
    after(
        PROMISED,
        "
        gateway g 10s
        advance 1h       => +10s lost g; +1h in follow-up:p1:1 follow age=0s for=a1
        gateway g open   => leased g open; offered follow-up:p1:1 a1
        ",
    );
}

#[test]
fn who_brings_its_gateway_back_comes_after_it() {
    after(
        PROMISED,
        "
        gateway g 10s
        notready a1 lunch
        advance 90m      => +10s lost g; +1h in follow-up:p1:1 follow age=0s for=a1; +1h 10m free follow-up:p1:1 time
            ; +1h 30m escalated p1 1 raise=3
        ready a1         => ready a1
        enqueue c2 phone general => in c2 general; offered follow-up:p1:1 a1
        ",
    );
}

#[test]
fn gateway_lost_where_nobody_is_on_the_line() {
    after(
        PROMISED_MAIL,
        "
        gateway g 10s
        advance 1h => +10s lost g; +1h in follow-up:p1:1 follow age=0s for=a1; +1h offered follow-up:p1:1 a1
        ",
    );
}

#[test]
fn agent_lost() {
    after(
        PROMISED,
        "
        signin a2 ready
        away a1 session=1
        advance 1h   => +30s signed-out a1 grace_over; +1h in follow-up:p1:1 follow age=0s
            ; +1h offered follow-up:p1:1 a2
        show promise:p1 => entered a1 follow due=1h entries=1
        ",
    );
}

#[test]
fn agent_lost_while_it_is_kept() {
    after(
        PROMISED,
        "
        notready a1 lunch
        signin a2 ready
        advance 1h    => +1h in follow-up:p1:1 follow age=0s for=a1
        signout a1    => signed-out a1 requested; free follow-up:p1:1 agent_gone; offered follow-up:p1:1 a2
        ",
    );
}

#[test]
fn agent_lost_with_the_follow_up() {
    after(
        PROMISED_MAIL,
        "
        advance 1h
        accept a1 follow-up:p1:1
        signout a1 return   => signed-out a1 requested; returned follow-up:p1:1 agent_lost
            ; released follow-up:p1:1 a1 agent_lost
        show promise:p1     => entered a1 follow due=1h entries=1
        signin a2 ready     => signed-in a2; ready a2; offered follow-up:p1:1 a2
        ",
    );
}

#[test]
fn agent_removed() {
    after(
        PROMISED,
        "
        signin a2 ready
        apply remove agents.a1
        show promise:p1 => pending a1 follow due=2h enters=1h
        advance 1h      => +1h in follow-up:p1:1 follow age=0s; +1h offered follow-up:p1:1 a2
        ",
    );
}

#[test]
fn queue_removed_move() {
    after(
        PROMISED,
        "
        apply remove queues.follow policy=move:general => plan 2; promise p1 queue=general
        show promise:p1 => pending a1 general due=2h enters=1h 59m 40s
        show follow     =>
        show general    => entered=1 answered=1 promised=1
        advance 7180s
        => +1h 59m 40s in follow-up:p1:1 general age=0s for=a1; +1h 59m 40s offered follow-up:p1:1 a1
        ",
    );
}

#[test]
fn queue_removed_move_to_one_that_does_not_accept_it() {
    after(
        PROMISED_MAIL,
        "
        apply remove queues.follow policy=move:small => !move_to_queue
        ",
    );
}

#[test]
fn queue_removed_move_while_its_follow_up_waits() {
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 1h
        apply remove queues.follow policy=move:general
        => plan 2; moved follow-up:p1:1 general for=a1 removed; promise p1 queue=general
        show general    => waiting=1 entered=1 in=1 answered=1 promised=1
        ready a1        => ready a1; offered follow-up:p1:1 a1
        accept a1 follow-up:p1:1
        connected follow-up:p1:1 => connected follow-up:p1:1 a1; ended p1 kept
        ",
    );
}

#[test]
fn queue_removed_end() {
    after(
        PROMISED,
        "
        apply remove queues.follow policy=end => plan 2; broken p1; ended p1 cancelled
        show promise:p1                       => cancelled a1 follow broken
        ",
    );
}

#[test]
fn queue_removed_end_while_its_follow_up_waits() {
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 1h
        apply remove queues.follow policy=end
        => plan 2; closed follow-up:p1:1 queue_removed; broken p1; ended p1 cancelled
        ",
    );
}

#[test]
fn queue_removed_refuse() {
    after(
        PROMISED,
        "
        apply remove queues.follow         => !QUEUE_NOT_EMPTY
        chpromise a1 p1 cancel reason=plan => ended p1 cancelled
        apply remove queues.follow         => plan 2
        ",
    );
}

#[test]
fn channel_in_use() {
    after(
        CALL,
        "
        complete a1 c1 promise=p1 in=2h queue=follow channel=email
        apply remove channels.email set queues.general.channels=[\"phone\"] set queues.experts.channels=[\"phone\"] set queues.follow.channels=[\"phone\"] => !CHANNEL_IN_USE
        chpromise a1 p1 cancel reason=plan
        apply remove channels.email set queues.general.channels=[\"phone\"] set queues.experts.channels=[\"phone\"] set queues.follow.channels=[\"phone\"] => plan 2
        ",
    );
}

#[test]
fn a_plan_that_escalates_otherwise() {
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 1h10m
        apply set queues.follow.promise_steps=[{before=\"55m\",priority=2}] => plan 2; escalated p1 1 raise=2
        apply set queues.follow.promise_steps=[] => plan 3
        advance 50m => +50m broken p1
        ",
    );
}

#[test]
fn across_a_restart() {
    after(
        PROMISED,
        "
        reload
        notready a1 lunch
        advance 1h       => +1h in follow-up:p1:1 follow age=0s for=a1
        reload
        advance 30m      => +10m free follow-up:p1:1 time; +30m escalated p1 1 raise=3
        reload
        advance 20m      => +20m escalated p1 2 raise=8 groups=reserve
        reload
        advance 10m      => +10m broken p1
        ",
    );
}

#[test]
fn gateway_lost_once_the_customer_was_reached() {
    after(
        PROMISED,
        "
        gateway g 2h
        advance 1h                       => +1h in follow-up:p1:1 follow age=0s for=a1; +1h offered follow-up:p1:1 a1
        accept a1 follow-up:p1:1
        connected follow-up:p1:1         => connected follow-up:p1:1 a1; ended p1 kept
        gateway g 10s
        # Now there is a customer on the line.
        transfer a1 follow-up:p1:1 queue=general
        notready a1 lunch
        advance 10s                      => +10s lost g; +10s closed follow-up:p1:1 gateway_lost
        ",
    );
}
