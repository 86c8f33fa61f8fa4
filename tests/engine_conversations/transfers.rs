//! Contacts that go to other queues, agents and channels, and what is remembered of their way.

use crate::common::{CONVERSATIONS, desk::check_in, stages::at_each_stage};

fn check(table: &str) {
    check_in(CONVERSATIONS, table);
}

#[test]
fn cold_to_queue() {
    check(
        "
        signin a1 ready
        enqueue c1 phone general
        accept a1 c1
        connected c1
        advance 30s
        transfer a1 c1 queue=experts      => moved c1 experts; wrap-up c1 a1 20s
        show c1                           => waiting experts age=0s
        signin a2 ready                   => signed-in a2; ready a2; offered c1 a2
        accept a2 c1
        connected c1                      => connected c1 a2
        show-legs c1                      => general/phone a1 wait=0s handle=30s moved
        ",
    );
    check(
        "
        signin a2 ready
        enqueue c1 qq general
        advance 5s
        accept a2 c1
        advance 30s
        transfer a2 c1 queue=experts      => moved c1 experts; released c1 a2 finished; offered c1 a2
        show c1                           => offered experts a2 age=5s turn=35s
        advance 7s
        show-legs c1                      => general/qq a2 wait=5s handle=30s moved
        show general                      => entered=1 answered=1
        show experts                      => offered=1 in=1
        ",
    );
}

#[test]
fn cold_to_agent() {
    check(
        "
        signin a1 ready
        signin a2 ready
        enqueue c1 phone general
        accept a1 c1
        connected c1
        transfer a1 c1 agent=a2           => moved c1 general; wrap-up c1 a1 20s; offered c1 a2 by-transfer
        accept a2 c1                      => accepted c1 a2
        connected c1                      => connected c1 a2
        transfer a2 c1 agent=a2           => !AGENT_HAS_CONTACT
        transfer a1 c1 agent=a2           => !CONTACT_NOT_HELD
        transfer a2 c1 agent=a3           => !AGENT_NOT_AVAILABLE
        transfer a2 c1 agent=nobody       => !AGENT_NOT_FOUND
        ",
    );
    check(
        "
        signin a1 ready
        signin a2 ready
        enqueue c1 qq general
        accept a1 c1
        transfer a1 c1 agent=a2 fallback=experts  => moved c1 experts; released c1 a1 finished; offered c1 a2 by-transfer
        advance 20s                               => +20s missed c1 a2; +20s offered c1 a1
        show c1                                   => offered experts a1 age=20s turn=20s
        ",
    );
}

#[test]
fn to_another_channel() {
    check(
        "
        gateway pbx 2m
        signin a1 ready
        signin a2 ready
        enqueue c1 qq general
        accept a1 c1
        advance 1m
        transfer a1 c1 queue=experts channel=phone gateway=pbx   => moved c1 experts by=phone/pbx; released c1 a1 finished; offered c1 a2
        accept a2 c1                      => accepted c1 a2
        connected c1                      => connected c1 a2
        show c1                           => active experts a2
        show a2                           => ready calls=100 fixed=0 chats=0
        show-legs c1                      => general/qq a1 wait=0s handle=1m moved
        show general                      => entered=1 answered=1
        show experts                      => active=1 in=1 answered=1
        # It is the other gateway's now.
        gateway g 10s
        advance 10s
        show c1                           => active experts a2
        ",
    );
    check(
        "
        signin a1 ready
        enqueue c1 phone general
        accept a1 c1
        connected c1
        advance 1m
        transfer gateway c1 agent=a1 channel=qq gateway=im       => !AGENT_HAS_CONTACT
        transfer gateway c1 queue=general channel=qq gateway=im  => named im; moved c1 general by=qq/im; wrap-up c1 a1 20s
        advance 3s
        # Who was on a call waits for a first message since the call.
        show c1                           => waiting general age=3s turn=3s
        show-legs c1                      => general/phone a1 wait=0s handle=1m moved
        # The same again changes nothing, another gateway does.
        transfer gateway c1 queue=general channel=qq gateway=im  => -
        transfer gateway c1 queue=general channel=qq gateway=g   => moved c1 general by=qq/g
        ",
    );
}

#[test]
fn a_channel_that_cannot_be() {
    check(
        "
        gateway pbx 10s
        signin a1 ready
        signin a4 ready
        enqueue c1 qq general
        advance 10s
        transfer gateway c1 queue=general channel=fax gateway=pbx    => !target.channel
        transfer gateway c1 queue=follow channel=qq gateway=g        => !target.channel
        transfer gateway c1 queue=fresh channel=email gateway=g      => !target.channel
        # Its calls would be lost at once.
        transfer gateway c1 queue=general channel=phone gateway=pbx  => !GATEWAY_LOST
        # It can never have a call.
        transfer gateway c1 agent=a4 channel=phone gateway=g         => !AGENT_NOT_AVAILABLE
        show c1                                                      => offered general a1 age=10s
        show-legs c1                                                 => -
        gateway pbx 10s
        transfer gateway c1 queue=general channel=phone gateway=pbx  => withdrawn c1 a1; moved c1 general by=phone/pbx; offered c1 a1
        ",
    );
}

#[test]
fn a_channel_while_it_waits() {
    check(
        "
        enqueue c1 qq general
        advance 10s
        transfer gateway c1 queue=general channel=phone gateway=pbx  => named pbx; moved c1 general by=phone/pbx
        show c1                           => waiting general age=10s
        show-legs c1                      => general/qq - wait=10s handle=0s moved
        gateway pbx 10s
        advance 10s                       => +10s lost pbx; +10s closed c1 gateway_lost
        show general                      => entered=1 in=1 out=1 lost=1
        ",
    );
}

#[test]
fn age_kept() {
    check(
        "
        signin a1 ready
        enqueue c1 phone general
        notready a1 lunch
        advance 10s
        transfer gateway c1 queue=experts => moved c1 experts
        advance 10s
        show c1                           => waiting experts age=20s
        ready a1                          => ready a1; offered c1 a1
        accept a1 c1
        connected c1
        advance 1m
        transfer a1 c1 queue=general      => moved c1 general; wrap-up c1 a1 20s
        show c1                           => waiting general age=20s
        show-legs c1                      => general/phone - wait=10s handle=0s moved; experts/phone a1 wait=10s handle=1m moved
        ",
    );
}

#[test]
fn age_fresh() {
    check(
        "
        enqueue c1 phone general
        advance 40s
        transfer gateway c1 queue=fresh   => moved c1 fresh age=0s
        advance 5s
        show c1                           => waiting fresh age=5s
        # Nobody but who transfers makes it young.
        enqueue c2 phone small
        advance 9s
        apply remove queues.small policy=move:fresh  => plan 2; moved c2 fresh removed
        show c2                           => waiting fresh age=9s
        cancel c1
        show c1                           => closed customer_left wait=14s
        ",
    );
}

#[test]
fn the_loop_is_bounded() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general
        accept a1 c1
        transfer a1 c1 queue=fresh        => moved c1 fresh age=0s; released c1 a1 finished; offered c1 a1
        transfer gateway c1 queue=general
        # What changes nothing doesn't count.
        transfer gateway c1 queue=fresh   => withdrawn c1 a1; moved c1 fresh age=0s; offered c1 a1
        transfer gateway c1 queue=general => !TRANSFER_LOOP
        accept a1 c1
        transfer a1 c1 queue=general      => !TRANSFER_LOOP
        transfer a1 c1 queue=general channel=phone gateway=g  => !TRANSFER_LOOP
        show c1                           => active fresh a1 turn=0s
        apply set settings.transfers_max=4
        transfer a1 c1 queue=general      => moved c1 general; released c1 a1 finished; offered c1 a1
        transfer gateway c1 queue=fresh   => !TRANSFER_LOOP
        ",
    );
}

#[test]
fn supervisors_may_go_on() {
    check(
        "
        apply set settings.transfers_max=1
        signin a1 ready
        enqueue c1 qq general
        accept a1 c1
        transfer a1 c1 queue=experts      => moved c1 experts; released c1 a1 finished; offered c1 a1
        accept a1 c1
        transfer a1 c1 queue=general      => !TRANSFER_LOOP
        requeue c1 queue=general          => by-supervisor c1 requeued; moved c1 general requeued; released c1 a1 finished; offered c1 a1
        requeue c1 queue=experts          => by-supervisor c1 requeued; withdrawn c1 a1; moved c1 experts requeued; offered c1 a1
        accept a1 c1
        signin a2 ready
        reassign c1 a2                    => by-supervisor c1 reassigned; moved c1 experts reassigned; released c1 a1 finished; offered c1 a2 by-assign
        # They don't count, nor is the count forgotten.
        accept a2 c1
        transfer a2 c1 queue=general      => !TRANSFER_LOOP
        complete a2 c1                    => closed c1 agent_completed; released c1 a2 finished
        ",
    );
}

#[test]
fn legs_tell_waits_and_times() {
    check(
        "
        enqueue c1 phone general
        advance 4s
        signin a2 ready
        accept a2 c1
        advance 2s
        connected c1
        advance 30s
        transfer a2 c1 queue=experts
        advance 8s
        transfer gateway c1 queue=fresh
        advance 5s
        signin a1 ready
        accept a1 c1
        connected c1
        advance 1m
        cancel c1                         => closed c1 customer_left; wrap-up c1 a1 20s
        show-legs c1                      => general/phone a2 wait=6s handle=30s moved; experts/phone - wait=8s handle=0s moved; fresh/phone a1 wait=5s handle=1m closed
        show c1                           => closed customer_left wait=5s
        ",
    );
    check(
        "
        signin a1 ready
        enqueue c1 qq general
        advance 3s
        accept a1 c1
        advance 10s
        signout a1 return                 => signed-out a1 requested; returned c1 agent_lost; released c1 a1 agent_lost
        advance 6s
        signin a2 ready
        accept a2 c1
        advance 9s
        complete a2 c1
        show-legs c1                      => general/qq a1 wait=3s handle=10s agent_lost; general/qq a2 wait=6s handle=9s closed
        show c1                           => closed agent_completed wait=9s
        ",
    );
}

#[test]
fn the_earliest_legs_are_forgotten() {
    let bounce =
        "transfer gateway c1 queue=fresh\nadvance 1s\ntransfer gateway c1 queue=general\nadvance 2s\n";
    let lines = bounce.repeat(9);
    let kept = ["general/qq - wait=2s handle=0s moved; fresh/qq - wait=1s handle=0s moved"; 8].join("; ");
    check(&format!(
        "apply set settings.transfers_max=100\nenqueue c1 qq general\n{lines}show-legs c1 => {kept}\n"
    ));
}

#[test]
fn the_contact_is_counted_once() {
    check(
        "
        signin a1 ready
        enqueue c1 phone general
        accept a1 c1
        connected c1
        transfer a1 c1 queue=experts
        transfer gateway c1 queue=fresh
        transfer gateway c1 queue=general
        show general                      => waiting=1 entered=1 in=1 answered=1
        show experts                      => in=1 out=1
        show fresh                        => in=1 out=1
        cancel c1
        show general                      => entered=1 in=1 answered=1 abandoned=1
        show c1                           => closed customer_left wait=0s
        ",
    );
}

/// A contact that has been transferred to the agent's queue, at each stage.
const CALL: [(&str, &str); 4] = [
    ("waiting", "gateway g 2m\nenqueue c1 phone general\ntransfer gateway c1 queue=experts\nadvance 5s"),
    (
        "offered",
        "gateway g 2m\nenqueue c1 phone general\ntransfer gateway c1 queue=experts\nadvance 5s\nsignin a1 ready",
    ),
    (
        "connecting",
        "gateway g 2m\nenqueue c1 phone general\ntransfer gateway c1 queue=experts\nadvance 5s\nsignin a1 ready\naccept a1 c1",
    ),
    (
        "active",
        "gateway g 2m\nenqueue c1 phone general\ntransfer gateway c1 queue=experts\nadvance 5s\nsignin a1 ready\naccept a1 c1\n\
         connected c1",
    ),
];

/// The same of a chat, which connects by itself.
const CHAT: [(&str, &str); 3] = [
    ("waiting", "gateway g 2m\nenqueue c1 qq general\ntransfer gateway c1 queue=experts\nadvance 5s"),
    (
        "offered",
        "gateway g 2m\nenqueue c1 qq general\ntransfer gateway c1 queue=experts\nadvance 5s\nsignin a1 ready",
    ),
    (
        "active",
        "gateway g 2m\nenqueue c1 qq general\ntransfer gateway c1 queue=experts\nadvance 5s\nsignin a1 ready\naccept a1 c1",
    ),
];

#[test]
fn customer_gone_after_a_transfer() {
    at_each_stage(
        &CALL,
        "cancel c1",
        &[
            ("waiting", "closed c1 customer_left"),
            ("offered", "ended c1 a1; closed c1 customer_left"),
            ("connecting", "closed c1 customer_left; released c1 a1 finished"),
            ("active", "closed c1 customer_left; wrap-up c1 a1 20s"),
        ],
    );
    at_each_stage(
        &CHAT,
        "cancel c1",
        &[
            ("waiting", "closed c1 customer_left"),
            ("offered", "ended c1 a1; closed c1 customer_left"),
            ("active", "closed c1 customer_left; released c1 a1 finished"),
        ],
    );
}

#[test]
fn agent_lost_after_a_transfer() {
    let gone = "away a1 session=1\nadvance 30s";
    at_each_stage(
        &CALL[1..],
        gone,
        &[
            ("offered", "+30s signed-out a1 grace_over"),
            ("connecting", "+30s signed-out a1 grace_over"),
            ("active", "+30s signed-out a1 grace_over"),
        ],
    );
    at_each_stage(
        &CHAT[1..],
        gone,
        &[
            ("offered", "+30s signed-out a1 grace_over"),
            (
                "active",
                "+30s signed-out a1 grace_over; +30s returned c1 agent_lost; +30s released c1 a1 agent_lost",
            ),
        ],
    );
}

#[test]
fn a_parked_one() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general
        advance 5s
        accept a1 c1
        advance 10m
        # Only its gateway can move it.
        transfer a1 c1 queue=experts      => !CONTACT_NOT_HELD
        transfer gateway c1 queue=experts => moved c1 experts; offered c1 a1
        show c1                           => offered experts a1 age=5s turn=10m 5s
        show-legs c1                      => general/qq a1 wait=5s handle=10m parked
        show general                      => entered=1 answered=1
        show experts                      => offered=1 in=1
        ",
    );
}

#[test]
fn gateway_lost_after_a_transfer() {
    at_each_stage(
        &CALL,
        "advance 119s",
        &[
            ("waiting", "+1m 55s lost g; +1m 55s closed c1 gateway_lost"),
            (
                "offered",
                "+15s missed c1 a1; +45s offered c1 a1; +1m missed c1 a1; +1m not-ready a1 missed; +1m 55s lost g; +1m 55s closed c1 gateway_lost",
            ),
            ("connecting", "+1m 55s lost g"),
            ("active", "+1m 55s lost g"),
        ],
    );
    at_each_stage(
        &CHAT,
        "advance 119s",
        &[
            ("waiting", "+1m 55s lost g"),
            (
                "offered",
                "+20s missed c1 a1; +50s offered c1 a1; +1m 10s missed c1 a1; +1m 10s not-ready a1 missed; +1m 55s lost g",
            ),
            ("active", "+1m 55s lost g"),
        ],
    );
}

#[test]
fn to_whom_it_was_asked_about() {
    // The consult ends with the transfer, so that what it takes is free again.
    let limited = "
        apply set agents.a4={groups=[\"core\"],limits={qq=1,wechat=1}}
        signin a1 ready
        enqueue c1 qq general
        accept a1 c1
        signin a4 ready
        consult a1 c1 k1 agent=a4";
    let moves = [
        ("transfer a1 c1 agent=a4", "", " by-transfer"),
        ("transfer gateway c1 agent=a4", "", " by-transfer"),
        ("reassign c1 a4", " reassigned", " by-assign"),
    ];
    for (moves, reassigned, by) in moves {
        let first = if reassigned.is_empty() { "" } else { "by-supervisor c1 reassigned; " };
        let moved = format!("moved c1 general{reassigned}; released c1 a1 finished; offered c1 a4{by}");
        let offered = "ended k1 a4; closed k1 parent_moved";
        check(&format!("{limited}\n{moves} => {first}{offered}; {moved}"));
        let answered = "closed k1 parent_moved; released k1 a4 finished";
        check(&format!("{limited}\naccept a4 k1\n{moves} => {first}{answered}; {moved}"));
    }
    // Unless it has to be wrapped up first; then it is for a hand-over.
    check(&format!(
        "
        {}
        accept a4 k1
        transfer a1 c1 agent=a4 => !AGENT_NOT_AVAILABLE
        reassign c1 a4          => !AGENT_NOT_AVAILABLE
        handover a1 k1
            => closed k1 consult_handed_over; released k1 a4 handed_over; handed-over c1 a4; wrap-up c1 a1 10s
        ",
        limited.replace(" qq ", " wechat ")
    ));
}
