//! Whole conversations, as they really go.

use super::common::{CONVERSATIONS, desk::check_in};

#[test]
fn a_chat_that_is_asked_about_handed_over_falls_silent_and_goes_on() {
    check_in(
        CONVERSATIONS,
        "
        signin a1 ready
        enqueue c1 wechat general
        accept a1 c1
        says c1 customer
        says c1 agent
        signin a2 ready
        consult a1 c1 k1 agent=a2
        accept a2 k1
        says k1 agent  => !ACTIVITY_NOT_TRACKED
        join a1 k1
        handover a1 k1
        says c1 agent
        advance 9m59s
        says c1 customer
        advance 10m
        says c1 agent  => !CONTACT_NOT_HELD
        says c1 customer
        says c1 agent
        promise a2 c1 p1 in=2h queue=follow
        complete a2 c1
        feedback c1 9
        advance 1h
        reload
        accept a2 follow-up:p1:1
        complete a2 follow-up:p1:1
        says c1 customer  => !CONTACT_COMPACTED
        ",
    );
}

#[test]
fn a_call_whose_agent_asks_and_promises_to_call_back() {
    check_in(
        CONVERSATIONS,
        "
        signin a1 ready
        enqueue c1 phone general
        accept a1 c1
        connected c1
        signin a2 ready
        consult a1 c1 k1 agent=a2
        accept a2 k1
        connected k1
        join a1 k1
        endconsult a1 k1
        promise a1 c1 p1 in=2h queue=follow
        complete a1 c1
        finish a1 c1
        advance 1h
        accept a1 follow-up:p1:1
        connected follow-up:p1:1
        complete a1 follow-up:p1:1
        ",
    );
}
