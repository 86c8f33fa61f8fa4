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

#[test]
fn a_call_that_is_not_connected_at_first_and_whose_promise_is_kept_too_late() {
    check_in(
        CONVERSATIONS,
        "
        signin a1 ready                            => signed-in a1; ready a1
        enqueue c1 phone general customer=u1       => in c1 general; offered c1 a1
        accept a1 c1                               => accepted c1 a1
        unreachable c1
        => returned c1 agent_unreachable; released c1 a1 unreachable; not-ready a1 unreachable
        signin a2 ready                            => signed-in a2; ready a2; offered c1 a2
        accept a2 c1                               => accepted c1 a2
        connected c1                               => connected c1 a2
        show c1                                    => active general a2
        signin a3 ready                            => signed-in a3; ready a3
        consult a2 c1 k1 queue=general skills=complaints:4 => in k1 general about=c1; offered k1 a3
        accept a3 k1                               => accepted k1 a3
        handover a2 k1                             => !CONSULT_NOT_ANSWERED
        connected k1                               => connected k1 a3
        join a2 k1                                 => joined k1
        handover a2 k1
        => closed k1 consult_handed_over; released k1 a3 handed_over; handed-over c1 a3; wrap-up c1 a2 20s
        finish a2 c1                               => released c1 a2 finished
        promise a3 c1 p1 in=2h queue=follow        => promised p1 +2h
        complete a3 c1 resolution=2
        => closed c1 agent_completed /2; wrap-up c1 a3 20s; judged case:1 no
        finish a3 c1                               => released c1 a3 finished
        show promise:p1                            => pending a3 follow due=2h enters=1h
        show-legs c1
        => general/phone a2 wait=0s handle=0s handed_over; general/phone a3 wait=0s handle=0s closed
        notready a3 lunch                          => not-ready a3 lunch
        advance 1h
        => +1h in follow-up:p1:1 follow age=0s; +1h offered follow-up:p1:1 a2
        advance 10m
        => +15s missed follow-up:p1:1 a2; +45s offered follow-up:p1:1 a2; +1m missed follow-up:p1:1 a2
        ; +1m not-ready a2 missed
        advance 20m                                => +20m escalated p1 1 raise=3
        advance 31m                                => +20m escalated p1 2 raise=8 groups=reserve; +30m broken p1
        reload                                     => -
        ready a3                                   => ready a3; offered follow-up:p1:1 a3
        show promise:p1                            => entered a3 follow due=-1m steps=2 entries=1 broken
        accept a3 follow-up:p1:1                   => accepted follow-up:p1:1 a3
        connected follow-up:p1:1                   => connected follow-up:p1:1 a3; ended p1 late
        complete a3 follow-up:p1:1
        => closed follow-up:p1:1 agent_completed; wrap-up follow-up:p1:1 a3 20s
        show promise:p1                            => late a3 follow steps=2 entries=1 broken
        show follow                                => entered=1 answered=1 follow-ups=1 promised=1 late=1 broken=1
        ",
    );
}

#[test]
fn a_chat_from_the_bot_that_falls_silent_and_lapses() {
    check_in(
        CONVERSATIONS,
        "
        enqueue c1 wechat general customer=u1 bot=b => named b; in c1 general bot=b left=5 until=48h
        says c1 auto                               => said c1 auto left=4 until=48h
        says c1 customer                           => said c1 customer left=5 until=48h
        advance 30s                                => -
        frombot b c1 category=fraud prio=2         => left-bot c1 returned experts age=0s
        says c1 auto                               => said c1 auto left=4 until=47h 59m 30s
        signin a1 ready                            => signed-in a1; ready a1; offered c1 a1
        accept a1 c1                               => accepted c1 a1
        says c1 agent                              => said c1 agent left=3 until=47h 59m 30s
        says c1 customer                           => said c1 customer left=5 until=48h
        says c1 agent                              => said c1 agent left=4 until=48h
        advance 10m                                => +10m parked c1; +10m released c1 a1 parked
        reload                                     => -
        says c1 agent                              => !CONTACT_NOT_HELD
        signout a1                                 => signed-out a1 requested
        signin a4 ready                            => signed-in a4; ready a4
        says c1 customer                           => said c1 customer left=5 until=48h; returned c1 customer_wrote
        show c1                                    => waiting experts age=0s turn=0s left=5/48h
        advance 10s                                => -
        tobot c1 b                                 => bot c1 b
        frombot b c1                               => left-bot c1 returned experts
        advance 45h59m                             => -
        advance 1h30m                              => +50s near c1 1 raise=3
        advance 31m                                => +10m 50s near c1 2 raise=8; +30m 50s closed c1 window_lapsed
        says c1 customer                           => !CONTACT_CLOSED
        show-legs c1
        => general/wechat b wait=0s handle=30s bot_returned; experts/wechat a1 wait=0s handle=10m parked
        ; experts/wechat b wait=10s handle=0s bot_returned
        show experts                               => in=2 answered=1 lapsed=1
        enqueue c2 wechat general customer=u1      => in c2 general left=5 until=48h; judged case:1 no; offered c2 a4
        ",
    );
}

#[test]
fn a_chat_that_is_sent_round_and_round_until_a_supervisor_ends_it() {
    check_in(
        CONVERSATIONS,
        "
        signin a1 ready                            => signed-in a1; ready a1
        signin a2 ready                            => signed-in a2; ready a2
        enqueue c1 qq general                      => in c1 general; offered c1 a1
        accept a1 c1                               => accepted c1 a1
        says c1 agent                              => said c1 agent
        transfer a1 c1 agent=a2
        => moved c1 general; released c1 a1 finished; offered c1 a2 by-transfer
        accept a2 c1                               => accepted c1 a2
        advance 1m                                 => -
        transfer a2 c1 queue=experts               => moved c1 experts; released c1 a2 finished; offered c1 a1
        accept a1 c1                               => accepted c1 a1
        advance 1m                                 => -
        transfer a1 c1 agent=a2 fallback=general
        => moved c1 general; released c1 a1 finished; offered c1 a2 by-transfer
        decline a2 c1                              => declined c1 a2; offered c1 a1
        transfer gateway c1 queue=fresh            => !TRANSFER_LOOP
        accept a1 c1                               => accepted c1 a1
        transfer a1 c1 queue=fresh                 => !TRANSFER_LOOP
        tobot c1 b                                 => !CONTACT_NOT_WAITING
        requeue c1 queue=fresh fresh by=s1 reason=round
        => by-supervisor c1 requeued; moved c1 fresh age=0s requeued; released c1 a1 finished; offered c1 a1
        change c1 prio=5 by=s1 reason=round        => by-supervisor c1 changed; updated c1
        reassign c1 a2 by=s1 reason=round
        => by-supervisor c1 reassigned; withdrawn c1 a1; offered c1 a2 by-assign
        accept a2 c1                               => accepted c1 a2
        says c1 customer                           => said c1 customer
        end c1 disposition=resolved by=s2 reason=spam
        => by-supervisor c1 ended; closed c1 supervisor_ended resolved; released c1 a2 finished
        end c1 by=s2 reason=spam                   => -
        says c1 agent                              => !CONTACT_CLOSED
        show c1                                    => closed supervisor_ended resolved wait=0s
        show-legs c1
        => general/qq a1 wait=0s handle=0s moved; general/qq a2 wait=0s handle=1m moved
        ; experts/qq a1 wait=0s handle=1m moved; general/qq a1 wait=0s handle=0s moved
        ; fresh/qq a2 wait=0s handle=0s closed
        show general                               => entered=1 in=2 answered=3
        show experts                               => in=1 answered=1
        show fresh                                 => in=1 answered=1
        ",
    );
}

#[test]
fn a_customer_who_is_not_content_and_comes_again() {
    check_in(
        CONVERSATIONS,
        "
        signin a1 ready                            => signed-in a1; ready a1
        signin a2 ready                            => signed-in a2; ready a2
        enqueue c1 wechat general customer=u1      => in c1 general left=5 until=48h; offered c1 a1
        accept a1 c1                               => accepted c1 a1
        says c1 agent                              => said c1 agent left=4 until=48h
        feedback c1 8                              => !CONTACT_NOT_CLOSED
        complete a1 c1 disposition=resolved resolution=1 => closed c1 agent_completed resolved/1; wrap-up c1 a1 10s
        feedback c1 2 resolved=no                  => feedback c1 2; judged case:1 no
        feedback c1 2 resolved=no                  => -
        feedback c1 9                              => !FEEDBACK_EXISTS
        finish a1 c1                               => released c1 a1 finished
        enqueue x phone general                    => in x general; offered x a2
        accept a2 x                                => accepted x a2
        advance 3h                                 => -
        enqueue c2 wechat general customer=u1      => in c2 general for=a1 left=5 until=48h; offered c2 a1
        accept a1 c2                               => accepted c2 a1
        transfer a1 c2 queue=general channel=phone gateway=pbx
        => named pbx; moved c2 general by=phone/pbx; wrap-up c2 a1 10s; offered c2 a1
        accept a1 c2                               => accepted c2 a1
        connected c2                               => connected c2 a1
        complete a1 c2 resolution=2 promise=p1 in=1d
        => promised p1 +24h; closed c2 agent_completed /2; wrap-up c2 a1 20s
        show case:case:1                           => agent=a1 contacts=2 c2,c1 promises=1
        chpromise a1 p1 fulfil                     => ended p1 kept
        chpromise supervisor p1 cancel reason=late => !PROMISE_ENDED
        complete a1 c2 resolution=1                => recorded c2 /1
        feedback c2 9 resolved=yes                 => feedback c2 9
        advance 21h
        => +10s released c2 a1 wrap_up_timeout; +20s released c2 a1 wrap_up_timeout
        show case:case:1                           => agent=a1 contacts=2 c2,c1
        enqueue c3 wechat general customer=u1      => in c3 general for=a1 left=5 until=48h; offered c3 a1
        advance 10d
        => +10s free c3 time; +20s missed c3 a1; +50s offered c3 a1; +1m 10s missed c3 a1
        ; +1m 10s not-ready a1 missed; +46h near c3 1 raise=3; +47h 40m near c3 2 raise=8
        ; +48h closed c3 window_lapsed
        ",
    );
}
