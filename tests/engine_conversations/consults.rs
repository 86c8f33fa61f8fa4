//! Asking a colleague, at every stage of both contacts.

mod losses;

use super::common::{CONVERSATIONS, desk::check_in};

/// `a1` has a call, `a2` is free.
const CALL: &str = "
    signin a1 ready
    enqueue c1 phone general
    accept a1 c1
    connected c1
    signin a2 ready
";

/// The same with a chat.
const CHAT: &str = "
    signin a1 ready
    enqueue c1 qq general
    accept a1 c1
    signin a2 ready
";

/// `a2` is asked and there.
const ANSWERED_CALL: &str = "
    consult a1 c1 k1 agent=a2
    accept a2 k1
    connected k1
";

/// The same with a chat.
const ANSWERED_CHAT: &str = "
    consult a1 c1 k1 agent=a2
    accept a2 k1
";

fn check(parts: &[&str]) {
    check_in(CONVERSATIONS, &parts.concat());
}

#[test]
fn ask_an_agent_by_phone() {
    check(&[
        CALL,
        "consult a1 c1 k1 agent=a2 => in k1 general about=c1; offered k1 a2 by-consult
         show c1 => active general a1 asks=k1
         show k1 => offered general a2 age=0s about=c1
         accept a2 k1 => accepted k1 a2
         connected k1 => connected k1 a2
         show k1 => active general a2 about=c1
         show a1 => ready calls=100 fixed=0 chats=0
         show a2 => ready calls=100 fixed=0 chats=0
         reload
         endconsult a1 k1 => closed k1 consult_ended; wrap-up k1 a2 20s
         show c1 => active general a1
         show general => active=1 entered=2 answered=2 consults=1
         complete a1 c1 => closed c1 agent_completed; wrap-up c1 a1 20s
        ",
    ]);
}

#[test]
fn ask_an_agent_in_a_chat() {
    check(&[
        CHAT,
        "consult a1 c1 k1 agent=a2 => in k1 general about=c1; offered k1 a2 by-consult
         accept a2 k1 => accepted k1 a2
         show c1 => active general a1 turn=0s asks=k1
         show k1 => active general a2 about=c1
         show a2 => ready calls=0 fixed=0 chats=30
         endconsult a1 k1 => closed k1 consult_ended; released k1 a2 finished
         show c1 => active general a1 turn=0s
        ",
    ]);
}

#[test]
fn ask_a_queue_by_phone() {
    check(&[
        CALL,
        "notready a2 lunch
         consult a1 c1 k1 queue=experts => in k1 experts about=c1
         show k1 => waiting experts age=0s about=c1
         advance 5s
         ready a2 => ready a2; offered k1 a2
         decline a2 k1 => declined k1 a2
         show k1 => waiting experts age=5s about=c1
         advance 60s => +1m offered k1 a2
         accept a2 k1
         connected k1 => connected k1 a2
         show experts => active=1 entered=1 answered=1 consults=1
        ",
    ]);
}

#[test]
fn ask_a_queue_in_a_chat() {
    check(&[
        CHAT,
        "consult a1 c1 k1 queue=experts => in k1 experts about=c1; offered k1 a2
         accept a2 k1 => accepted k1 a2
         show experts => active=1 entered=1 answered=1 consults=1
         show general => active=1 entered=1 answered=1
        ",
    ]);
}

#[test]
fn ask_for_a_skill() {
    for first in [CALL, CHAT] {
        check(&[
            first,
            "signin a3 ready
             consult a1 c1 k1 skills=complaints:4 => in k1 general about=c1; offered k1 a3
            ",
        ]);
    }
}

#[test]
fn what_cannot_be_asked() {
    check(&[
        CHAT,
        "signin a4 notready
         consult a9 c1 k1 agent=a2 => !AGENT_NOT_FOUND
         consult a1 c9 k1 agent=a2 => !CONTACT_NOT_FOUND
         consult a2 c1 k1 agent=a1 => !CONTACT_NOT_HELD
         consult a1 c1 k1 agent=a9 => !AGENT_NOT_FOUND
         consult a1 c1 k1 agent=a3 => !AGENT_NOT_AVAILABLE
         consult a1 c1 k1 agent=a4 => !AGENT_NOT_AVAILABLE
         consult a1 c1 k1 queue=nowhere skills=juggling:2 => !queue,required_skills
         consult a1 c1 k1 queue=small => !queue
         consult a1 c1 k1 queue=experts skills=complaints:9 => in k1 experts about=c1 unservable
         endconsult a1 k1 => closed k1 consult_ended
         consult a1 c1 c1 agent=a2 => !CONTACT_EXISTS
         show c1 => active general a1 turn=0s
         complete a1 c1
         consult a1 c1 k2 agent=a2 => !CONTACT_NOT_HELD
        ",
    ]);
}

#[test]
fn who_asks_is_nobody_who_could_answer() {
    // a1 and a3 have complaints at 5; general is open to both groups, experts to a1's alone.
    let refuse = "apply set queues.experts.unservable=\"refuse\" set queues.general.unservable=\"refuse\"";
    for table in [
        "consult a1 c1 k1 queue=experts skills=complaints:5 => !NOBODY_CAN_SERVE
         consult a1 c1 k1 queue=general skills=complaints:5 => in k1 general about=c1",
        // Alike to whom asks, and still somebody else.
        "apply set agents.a2.skills={complaints=5} set queues.experts.unservable=\"refuse\"
         consult a1 c1 k1 queue=experts skills=complaints:5 => in k1 experts about=c1",
        "apply remove agents.a2
         consult a1 c1 k1 queue=experts                     => !NOBODY_CAN_SERVE",
    ] {
        check(&[CHAT, "notready a2 lunch\n", refuse, "\n", table]);
    }
    // Where it may wait all the same, it is told.
    check(&[CHAT, "consult a1 c1 k1 queue=experts skills=complaints:5 => in k1 experts about=c1 unservable"]);
    // What wants the same and is asked by nobody has somebody.
    check(&["signin a1 ready
         enqueue c1 qq experts skills=complaints:5          => in c1 experts; offered c1 a1
         accept a1 c1
         consult a1 c1 k1 queue=experts                     => in k1 experts about=c1
         endconsult a1 k1
         apply remove agents.a2
         consult a1 c1 k2 queue=experts                     => in k2 experts about=c1 unservable
         enqueue c2 qq experts                              => in c2 experts; offered c2 a1
         consult a1 c1 k3 queue=experts                     => !CONSULT_RUNNING
        "]);
}

#[test]
fn a_full_queue_is_not_asked() {
    check(&["signin a1 ready
         enqueue c1 phone small
         accept a1 c1
         connected c1
         enqueue c2 phone small => in c2 small
         consult a1 c1 k1 queue=small => !QUEUE_FULL
         signin a2 notready
         show c1 => active small a1
         cancel c2
         ready a2
         consult a1 c1 k1 agent=a2 => in k1 small about=c1; offered k1 a2 by-consult
        "]);
}

#[test]
fn to_oneself() {
    check(&[
        CHAT,
        "consult a1 c1 k1 agent=a1 => !CONSULT_WITH_ONESELF
         notready a2 lunch
         consult a1 c1 k1 queue=experts => in k1 experts about=c1
         pull a1 k1 => !CONSULT_WITH_ONESELF
         assign k1 a1 => !CONSULT_WITH_ONESELF
         assign k1 a1 override => !CONSULT_WITH_ONESELF
         show k1 => waiting experts age=0s about=c1
         pull a2 k1 => offered k1 a2 by-pull; accepted k1 a2
        ",
    ]);
}

#[test]
fn two_at_once() {
    check(&[
        CHAT,
        "signin a3 ready
         consult a1 c1 k1 agent=a2 => in k1 general about=c1; offered k1 a2 by-consult
         consult a1 c1 k2 agent=a3 => !CONSULT_RUNNING
         consult a1 c1 k1 agent=a2 => -
         consult a1 c1 k1 agent=a3 => !CONTACT_EXISTS
         endconsult a1 k1 => ended k1 a2; closed k1 consult_ended
         consult a1 c1 k1 agent=a2 => -
         consult a1 c1 k2 agent=a3 => in k2 general about=c1; offered k2 a3 by-consult
         show c1 => active general a1 turn=0s asks=k2
        ",
    ]);
}

#[test]
fn a_consult_of_a_consult() {
    check(&[
        CHAT,
        ANSWERED_CHAT,
        "signin a3 ready
         consult a2 k1 k2 agent=a3 => !CONSULT_OF_CONSULT
        ",
    ]);
}

#[test]
fn declined_missed_withdrawn() {
    for first in [CALL, CHAT] {
        let asked = "consult a1 c1 k1 agent=a2\n";
        check(&[first, asked, "decline a2 k1 => declined k1 a2; closed k1 consult_unanswered\n"]);
        check(&[
            first,
            asked,
            "notready a2 x => not-ready a2 x; agent-gone k1 a2; closed k1 consult_unanswered\n",
        ]);
        check(&[
            first,
            asked,
            "away a2 session=2 => away a2 30s; agent-gone k1 a2; closed k1 consult_unanswered\n",
        ]);
    }
    check(&[
        CALL,
        "consult a1 c1 k1 agent=a2\nadvance 15s => +15s missed k1 a2; +15s closed k1 consult_unanswered
        show k1 => closed consult_unanswered wait=15s
        show general => active=1 entered=2 answered=1 expired=1 consults=1\n",
    ]);
    check(&[
        CHAT,
        "consult a1 c1 k1 agent=a2\nadvance 20s => +20s missed k1 a2; +20s closed k1 consult_unanswered\n",
    ]);
    check(&[
        CALL,
        "consult a1 c1 k1 agent=a2
         accept a2 k1
         unreachable k1 => returned k1 agent_unreachable; released k1 a2 unreachable; closed k1 consult_unanswered; not-ready a2 unreachable
         show c1 => active general a1
        ",
    ]);
}

#[test]
fn a_supervisor_gives_it_to_another() {
    check(&[
        CHAT,
        "signin a3 ready
         consult a1 c1 k1 agent=a2
         assign k1 a3 => withdrawn k1 a2; offered k1 a3 by-assign
         decline a3 k1 => declined k1 a3; closed k1 consult_unanswered
        ",
    ]);
}

#[test]
fn a_conference_ends_where_its_consult_goes_on() {
    // Whoever gets the consult next is not in the conversation yet, and doesn't get it if the first one goes.
    for moves in ["requeue k1", "reassign k1 a3"] {
        check(&[
            CHAT,
            ANSWERED_CHAT,
            "join a1 k1 => joined k1
             signin a3 ready
             notready a2 lunch\n",
            moves,
            "
             accept a3 k1 => accepted k1 a3
             show k1      => active general a3 about=c1
             join a1 k1   => joined k1
             show k1      => active general a3 about=c1 conference
             endconsult a1 k1",
        ]);
        check(&[
            CHAT,
            ANSWERED_CHAT,
            "join a1 k1
             signin a3 ready
             notready a2 lunch\n",
            moves,
            "
             show k1           => offered general a3 age=0s about=c1
             accept a3 k1
             signout a1 return
                 => signed-out a1 requested; closed k1 parent_moved; released k1 a3 finished
                 ; returned c1 agent_lost; released c1 a1 agent_lost; offered c1 a3
            ",
        ]);
    }
}

#[test]
fn conference() {
    for (first, answered, rest) in [
        (
            CALL,
            ANSWERED_CALL,
            "endconsult a2 k1 => closed k1 consult_ended; wrap-up k1 a2 20s\n show c1 => active general a1\n",
        ),
        (
            CHAT,
            ANSWERED_CHAT,
            "endconsult a2 k1 => closed k1 consult_ended; released k1 a2 finished\n show c1 => active general a1 turn=0s\n",
        ),
    ] {
        check(&[
            first,
            "consult a1 c1 k1 agent=a2
             join a1 k1 => !CONSULT_NOT_ANSWERED
             handover a1 k1 => !CONSULT_NOT_ANSWERED
             endconsult a2 k1 => !CONTACT_NOT_HELD
             endconsult a3 k1 => !CONTACT_NOT_HELD
             join a1 c1 => !CONTACT_NOT_FOUND
            ",
            &answered.replace("consult a1 c1 k1 agent=a2", ""),
            "join a2 k1 => !CONTACT_NOT_HELD
             handover a2 k1 => !CONTACT_NOT_HELD
             join a3 k1 => !CONTACT_NOT_HELD
             show k1 => active general a2 about=c1
             join a1 k1 => joined k1
             join a1 k1 => -
             show k1 => active general a2 about=c1 conference
             reload
            ",
            rest,
            "endconsult a1 k1 => -
             endconsult a2 k1 => -
             endconsult a3 k1 => !CONTACT_NOT_HELD
             join a1 k1 => !CONTACT_CLOSED
             handover a1 k1 => !CONTACT_CLOSED
            ",
        ]);
    }
}

#[test]
fn handed_over_in_one_step() {
    check(&[
        CALL,
        "advance 20s\n",
        ANSWERED_CALL,
        "advance 40s
         show c1 => active general a1 asks=k1
         handover a1 k1 => closed k1 consult_handed_over; released k1 a2 handed_over; handed-over c1 a2; wrap-up c1 a1 20s
         show c1 => active general a2
         show-legs c1 => general/phone a1 wait=0s handle=1m handed_over
         show a1 => ready calls=100 fixed=0 chats=0
         show a2 => ready calls=100 fixed=0 chats=0
         show general => active=1 entered=2 answered=2 consults=1
         handover a1 k1 => -
         complete a1 c1 => !CONTACT_NOT_HELD
         reload
         advance 20s => +20s released c1 a1 wrap_up_timeout
         consult a2 c1 k2 agent=a1 => in k2 general about=c1; offered k2 a1 by-consult
         complete a2 c1 => ended k2 a1; closed k2 parent_ended; closed c1 agent_completed; wrap-up c1 a2 20s
         show c1 => closed agent_completed wait=0s
        ",
    ]);
    check(&[
        CHAT,
        ANSWERED_CHAT,
        "join a1 k1
         handover a1 k1 => closed k1 consult_handed_over; released k1 a2 handed_over; handed-over c1 a2; released c1 a1 finished
         show a1 => ready calls=0 fixed=0 chats=0
         show a2 => ready calls=0 fixed=0 chats=30
         signout a2 return => signed-out a2 requested; returned c1 agent_lost; released c1 a2 agent_lost; offered c1 a1
        ",
    ]);
}

#[test]
fn not_to_a_colleague_who_has_signed_out() {
    check(&[
        CALL,
        ANSWERED_CALL,
        "away a2 session=2
         advance 30s => +30s signed-out a2 grace_over
         show k1 => active general a2 about=c1
         handover a1 k1 => !AGENT_NOT_AVAILABLE
         apply remove agents.a2
         handover a1 k1 => !AGENT_NOT_AVAILABLE
         endconsult a1 k1 => closed k1 consult_ended; wrap-up k1 a2 20s
        ",
    ]);
}

#[test]
fn completed_returns() {
    check(&[
        CALL,
        ANSWERED_CALL,
        "complete a2 k1 => closed k1 consult_ended; wrap-up k1 a2 20s
         show c1 => active general a1
        ",
    ]);
    check(&[
        CHAT,
        ANSWERED_CHAT,
        "complete gateway k1 => closed k1 consult_ended; released k1 a2 finished
         show c1 => active general a1 turn=0s
        ",
    ]);
    check(&[
        CALL,
        "consult a1 c1 k1 agent=a2
         cancel k1 => ended k1 a2; closed k1 consult_ended
         consult a1 c1 k2 agent=a2
         gone k2 => ended k2 a2; closed k2 consult_ended
        ",
    ]);
}

#[test]
fn it_is_not_transferred() {
    check(&[
        CHAT,
        ANSWERED_CHAT,
        "transfer a2 k1 queue=experts => !CONTACT_NOT_FOR_TRANSFER
         transfer gateway k1 queue=experts => !CONTACT_NOT_FOR_TRANSFER
         show k1 => active general a2 about=c1
        ",
    ]);
}

#[test]
fn the_asking_agent_is_never_offered_it() {
    check(&["signin a1 ready
         enqueue c1 qq general
         accept a1 c1
         consult a1 c1 k1 queue=experts => in k1 experts about=c1
         enqueue c2 qq experts => in c2 experts; offered c2 a1
         accept a1 c2
         notready a1 x
         ready a1 => ready a1
         advance 1m
         signin a2 ready => signed-in a2; ready a2; offered k1 a2
         decline a2 k1 => declined k1 a2
         show k1 => waiting experts age=1m about=c1
        "]);
}

#[test]
fn capacity_of_both() {
    check(&[
        CHAT,
        "notready a1 x
         enqueue c2 qq general => in c2 general; offered c2 a2
         accept a2 c2
         enqueue c3 phone general => in c3 general; offered c3 a2
         accept a2 c3
         connected c3
         consult a1 c1 k1 agent=a2 => !AGENT_NOT_AVAILABLE
         consult a1 c1 k1 queue=experts => in k1 experts about=c1
         show a1 => not-ready x calls=0 fixed=0 chats=30
         cancel c3 => closed c3 customer_left; wrap-up c3 a2 20s
         finish a2 c3 => released c3 a2 finished; offered k1 a2
         show a2 => ready calls=0 fixed=0 chats=60
         accept a2 k1
         handover a1 k1 => closed k1 consult_handed_over; released k1 a2 handed_over; handed-over c1 a2
         ; released c1 a1 finished
         show a1 => not-ready x calls=0 fixed=0 chats=0
         show a2 => ready calls=0 fixed=0 chats=60
        ",
    ]);
}
