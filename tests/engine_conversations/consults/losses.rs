//! What becomes of a consult and of the contact that it is about when somebody is lost, at every stage.

use super::{ANSWERED_CALL, ANSWERED_CHAT, CALL, CHAT, check};
use crate::common::stages::at_each_stage;

/// The stages of a consult about a call, and the lines that lead there.
fn call_stages() -> [(&'static str, String); 5] {
    [
        ("waiting", format!("{CALL}notready a2 x\nconsult a1 c1 k1 queue=experts")),
        ("offered", format!("{CALL}consult a1 c1 k1 queue=experts")),
        ("connecting", format!("{CALL}consult a1 c1 k1 agent=a2\naccept a2 k1")),
        ("active", format!("{CALL}{ANSWERED_CALL}")),
        ("conference", format!("{CALL}{ANSWERED_CALL}join a1 k1")),
    ]
}

/// The same about a chat: whoever accepts is there.
fn chat_stages() -> [(&'static str, String); 4] {
    [
        ("waiting", format!("{CHAT}notready a2 x\nconsult a1 c1 k1 queue=experts")),
        ("offered", format!("{CHAT}consult a1 c1 k1 queue=experts")),
        ("active", format!("{CHAT}{ANSWERED_CHAT}")),
        ("conference", format!("{CHAT}{ANSWERED_CHAT}join a1 k1")),
    ]
}

fn each(stages: &[(&str, String)], loss: &str, expected: &[(&str, &str)]) {
    let stages: Vec<(&str, &str)> = stages.iter().map(|(stage, lines)| (*stage, lines.as_str())).collect();
    at_each_stage(&stages, loss, expected);
}

#[test]
fn consultant_lost_on_the_phone() {
    let waits = "away a2 30s; agent-gone k1 a2
        show k1 => waiting experts age=0s about=c1
        advance 30s => +30s signed-out a2 grace_over
        show c1 => active general a1 asks=k1";
    // As every call, it stays until somebody ends it.
    let stays = |at: &str| {
        format!(
            "away a2 30s
             advance 30s => +30s signed-out a2 grace_over
             show k1 => {at}
             show c1 => active general a1 asks=k1"
        )
    };
    let ended = "endconsult a1 k1 => closed k1 consult_ended; wrap-up k1 a2 20s
        show c1 => active general a1";
    each(
        &call_stages()[1..],
        "away a2 session=2",
        &[
            ("offered", waits),
            ("connecting", &stays("connecting general a2 age=30s about=c1")),
            ("active", &format!("{}\n{ended}", stays("active general a2 about=c1"))),
            ("conference", &format!("{}\n{ended}", stays("active general a2 about=c1 conference"))),
        ],
    );
}

#[test]
fn consultant_lost_in_a_chat() {
    let ended = "signed-out a2 requested; closed k1 consultant_lost; released k1 a2 agent_lost
        show c1 => active general a1 turn=0s
        show a2 => signed-out calls=0 fixed=0 chats=0";
    each(
        &chat_stages()[1..],
        "signout a2 return",
        &[
            (
                "offered",
                "signed-out a2 requested; agent-gone k1 a2
                 show k1 => waiting experts age=0s about=c1",
            ),
            ("active", ended),
            ("conference", ended),
        ],
    );
    check(&[
        CHAT,
        ANSWERED_CHAT,
        "away a2 session=2
         advance 30s => +30s signed-out a2 grace_over; +30s closed k1 consultant_lost
         ; +30s released k1 a2 agent_lost
         show c1 => active general a1 turn=30s
         show general => active=1 entered=2 answered=2 consults=1
        ",
    ]);
}

#[test]
fn asking_agent_lost_on_the_phone() {
    // Both calls stay, and can be ended.
    let stays = "plan 2; signed-out a1 removed
        show c1 => active general a1 asks=k1
        endconsult a1 k1 =>";
    each(
        &call_stages(),
        "apply remove agents.a1",
        &[
            ("waiting", &format!("{stays} closed k1 consult_ended")),
            ("offered", &format!("{stays} ended k1 a2; closed k1 consult_ended")),
            ("connecting", &format!("{stays} closed k1 consult_ended; released k1 a2 finished")),
            ("active", &format!("{stays} closed k1 consult_ended; wrap-up k1 a2 20s")),
            ("conference", &format!("{stays} closed k1 consult_ended; wrap-up k1 a2 20s")),
        ],
    );
}

#[test]
fn asking_agent_lost_in_a_chat() {
    let returned = "; returned c1 agent_lost; released c1 a1 agent_lost";
    each(
        &chat_stages(),
        "signout a1 return",
        &[
            (
                "waiting",
                &format!(
                    "signed-out a1 requested; closed k1 parent_moved{returned}
                     show k1 => closed parent_moved wait=0s
                     show c1 => waiting general age=0s turn=0s
                     show experts => entered=1 expired=1 consults=1"
                ),
            ),
            (
                "offered",
                &format!(
                    "signed-out a1 requested; ended k1 a2; closed k1 parent_moved{returned}; offered c1 a2"
                ),
            ),
            (
                "active",
                &format!(
                    "signed-out a1 requested; closed k1 parent_moved; released k1 a2 finished{returned}
                     ; offered c1 a2
                     show a2 => ready calls=0 fixed=0 chats=30"
                ),
            ),
            // The customer keeps whom it talks to.
            (
                "conference",
                "signed-out a1 requested; closed k1 consult_handed_over; released k1 a2 handed_over
                 ; handed-over c1 a2; released c1 a1 agent_lost
                 show c1 => active general a2 turn=0s
                 show-legs c1 => general/qq a1 wait=0s handle=0s agent_lost
                 show a1 => signed-out calls=0 fixed=0 chats=0
                 show a2 => ready calls=0 fixed=0 chats=30
                 show general => active=1 entered=2 answered=2 consults=1
                 signin a1 ready
                 complete a1 c1 => !CONTACT_NOT_HELD
                 complete a2 c1 => closed c1 agent_completed; released c1 a2 finished",
            ),
        ],
    );
}

#[test]
fn both_agents_lost() {
    check(&[
        CHAT,
        ANSWERED_CHAT,
        "join a1 k1
         away a1 session=1
         away a2 session=2
         advance 30s => +30s signed-out a1 grace_over; +30s closed k1 consult_handed_over
         ; +30s released k1 a2 handed_over; +30s handed-over c1 a2; +30s released c1 a1 agent_lost
         ; +30s signed-out a2 grace_over; +30s returned c1 agent_lost; +30s released c1 a2 agent_lost
         show c1 => waiting general age=0s turn=30s
        ",
    ]);
}

#[test]
fn customer_gone_on_the_phone() {
    let gone = "closed c1 customer_left; wrap-up c1 a1 20s";
    each(
        &call_stages(),
        "gone c1",
        &[
            ("waiting", &format!("closed k1 parent_ended; {gone}")),
            ("offered", &format!("ended k1 a2; closed k1 parent_ended; {gone}")),
            ("connecting", &format!("closed k1 parent_ended; released k1 a2 finished; {gone}")),
            ("active", &format!("closed k1 parent_ended; wrap-up k1 a2 20s; {gone}")),
            ("conference", &format!("closed k1 parent_ended; wrap-up k1 a2 20s; {gone}")),
        ],
    );
}

#[test]
fn customer_gone_in_a_chat() {
    let gone = "closed c1 customer_left; released c1 a1 finished";
    each(
        &chat_stages(),
        "cancel c1",
        &[
            ("waiting", &format!("closed k1 parent_ended; {gone}")),
            ("offered", &format!("ended k1 a2; closed k1 parent_ended; {gone}")),
            ("active", &format!("closed k1 parent_ended; released k1 a2 finished; {gone}")),
            ("conference", &format!("closed k1 parent_ended; released k1 a2 finished; {gone}")),
        ],
    );
}

#[test]
fn gateway_lost_on_the_phone() {
    let stages = call_stages().map(|(stage, lines)| (stage, format!("gateway g 10s\n{lines}")));
    let goes_on = "show c1 => active general a1\nshow general => active=1 entered=1 answered=1";
    let stays = "+10s lost g\nshow c1 => active general a1 asks=k1";
    each(
        &stages,
        "advance 10s",
        &[
            ("waiting", &format!("+10s lost g; +10s closed k1 gateway_lost\n{goes_on}")),
            ("offered", &format!("+10s lost g; +10s ended k1 a2; +10s closed k1 gateway_lost\n{goes_on}")),
            ("connecting", stays),
            ("active", stays),
            ("conference", stays),
        ],
    );
}

#[test]
fn gateway_lost_in_a_chat() {
    let stages = chat_stages().map(|(stage, lines)| (stage, format!("gateway g 10s\n{lines}")));
    let stays = "+10s lost g\nshow c1 => active general a1 turn=10s asks=k1";
    each(
        &stages,
        "advance 10s",
        &[("waiting", stays), ("offered", stays), ("active", stays), ("conference", stays)],
    );
}

#[test]
fn parent_transferred() {
    check(&[
        CALL,
        ANSWERED_CALL,
        "signin a3 ready
         transfer a1 c1 agent=a3 => closed k1 parent_moved; wrap-up k1 a2 20s; moved c1 general; wrap-up c1 a1 20s
         ; offered c1 a3 by-transfer
        ",
    ]);
    check(&[
        CHAT,
        "consult a1 c1 k1 queue=experts
         transfer a1 c1 queue=experts => ended k1 a2; closed k1 parent_moved; moved c1 experts
         ; released c1 a1 finished; offered c1 a2
        ",
    ]);
}

#[test]
fn parent_requeued() {
    check(&[
        CHAT,
        ANSWERED_CHAT,
        "notready a1 x
         notready a2 x
         requeue c1 => by-supervisor c1 requeued; closed k1 parent_moved; released k1 a2 finished
         ; moved c1 general requeued; released c1 a1 finished
        ",
    ]);
}

#[test]
fn parent_lapsed() {
    check(&["signin a1 ready
         enqueue c1 wechat general
         accept a1 c1
         signin a2 ready
         consult a1 c1 k1 agent=a2
         accept a2 k1
         advance 2865m
         advance 15m => +15m closed k1 parent_ended; +15m wrap-up k1 a2 10s; +15m closed c1 window_lapsed
         ; +15m wrap-up c1 a1 10s
        "]);
}

#[test]
fn parent_completed() {
    check(&[
        CALL,
        ANSWERED_CALL,
        "complete a1 c1 => closed k1 parent_ended; wrap-up k1 a2 20s; closed c1 agent_completed; wrap-up c1 a1 20s
         show k1 => closed parent_ended wait=0s
        ",
    ]);
}

#[test]
fn the_consults_queue_is_removed() {
    for first in [CALL, CHAT] {
        let asked = "notready a2 x\nconsult a1 c1 k1 queue=experts\n";
        let plan = "apply set categories.fraud.queue=\"general\" remove queues.experts";
        check(&[first, asked, plan, " => !QUEUE_NOT_EMPTY\n"]);
        check(&[
            first,
            asked,
            plan,
            " policy=move:general => plan 2; moved k1 general removed
             ready a2 => ready a2; offered k1 a2
             accept a2 k1\n",
        ]);
        check(&[first, asked, plan, " policy=end => plan 2; closed k1 queue_removed\n"]);
        // One that is asked for by name waits for nobody: it is as it was.
        check(&[
            first,
            "consult a1 c1 k1 agent=a2
             apply remove queues.general set categories.refund.queue=\"experts\" policy=move:experts => plan 2
             decline a2 k1 => declined k1 a2; closed k1 consult_unanswered\n",
        ]);
    }
}

#[test]
fn no_parking_meanwhile() {
    check(&[
        CHAT,
        "says c1 agent
         advance 9m
        ",
        ANSWERED_CHAT,
        "advance 20m => -
         show k1 => active general a2 about=c1
         endconsult a1 k1 => closed k1 consult_ended; released k1 a2 finished
         advance 9m => -
         advance 1m => +1m parked c1; +1m released c1 a1 parked
        ",
    ]);
}
