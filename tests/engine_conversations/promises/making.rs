//! Who may promise what, and when.

use super::{CALL, MAIL, after};

#[test]
fn made_on_completion_of_a_call() {
    after(
        CALL,
        "
        complete a1 c1 disposition=follow_up promise=p1 in=2h queue=follow
            => promised p1 +2h; closed c1 agent_completed follow_up; wrap-up c1 a1 20s
        show promise:p1  => pending a1 follow due=2h enters=1h
        show follow      => promised=1
        show case:case:1 => agent=a1 contacts=1 c1 promises=1
        ",
    );
}

#[test]
fn made_on_completion_of_a_mail() {
    after(
        MAIL,
        "
        complete a1 c1 promise=p1 in=2h
            => promised p1 +2h; closed c1 agent_completed; released c1 a1 finished
        show promise:p1 => pending a1 general due=2h enters=1h 59m 40s
        ",
    );
}

#[test]
fn made_while_they_talk() {
    after(
        CALL,
        "
        promise a1 c1 p1 in=2h => promised p1 +2h
        show c1                => active general a1
        complete a1 c1         => closed c1 agent_completed; wrap-up c1 a1 20s
        show general           => entered=1 answered=1 promised=1
        ",
    );
}

#[test]
fn made_in_wrap_up() {
    after(
        CALL,
        "
        cancel c1              => closed c1 customer_left; wrap-up c1 a1 20s
        promise a1 c1 p1 at=2h => promised p1 +2h
        ",
    );
}

#[test]
fn made_in_the_window_and_too_late() {
    for setup in [CALL, MAIL] {
        after(
            setup,
            "
            complete a1 c1
            advance 10m
            promise a1 c1 p1 in=2h             => promised p1 +2h
            complete a1 c1 promise=p2 in=2h    => promised p2 +2h
            step pass 1s
            promise a1 c1 p3 in=2h             => !CORRECTION_WINDOW_OVER
            complete a1 c1 promise=p3 in=2h    => !CORRECTION_WINDOW_OVER
            show promise:p3                    => unknown
            ",
        );
    }
}

#[test]
fn made_only_by_who_has_the_contact() {
    after(
        CALL,
        "
        signin a2 ready
        promise a2 c1 p1 in=2h  => !CONTACT_NOT_HELD
        enqueue c2 email general => in c2 general; offered c2 a2
        promise a2 c2 p1 in=2h  => !CONTACT_NOT_HELD
        complete a2 c2 promise=p1 in=2h => !CONTACT_NOT_ANSWERED
        cancel c1
        promise a2 c1 p1 in=2h  => !CONTACT_NOT_HELD
        promise a9 c1 p1 in=2h  => !AGENT_NOT_FOUND
        promise a1 c9 p1 in=2h  => !CONTACT_NOT_FOUND
        ",
    );
}

#[test]
fn in_the_past() {
    after(
        CALL,
        "
        advance 1m
        promise a1 c1 p1 at=1m   => !PROMISE_IN_THE_PAST
        promise a1 c1 p1 at=10s  => !PROMISE_IN_THE_PAST
        promise a1 c1 p1 in=0s   => !PROMISE_IN_THE_PAST
        ",
    );
}

#[test]
fn beyond_the_horizon() {
    after(
        CALL,
        "
        promise a1 c1 p1 in=8d         => !PROMISE_BEYOND_HORIZON
        promise a1 c1 p1 in=7d         => promised p1 +168h
        chpromise a1 p1 move=8d reason=later => !PROMISE_BEYOND_HORIZON
        show promise:p1                => pending a1 general due=168h enters=167h 59m 40s
        ",
    );
}

#[test]
fn business_time_without_calendar() {
    after(
        CALL,
        "
        promise a1 c1 p1 business=2h => !NO_CALENDAR
        promise a1 c1 p1 in=2h
        chpromise a1 p1 business=1h  => !NO_CALENDAR
        ",
    );
}

#[test]
fn what_is_not_in_the_plan() {
    after(
        CALL,
        "
        promise a1 c1 p1 in=2h queue=nowhere   => !promise.queue
        promise a1 c1 p1 in=2h channel=pigeon  => !promise.channel
        promise a1 c1 p1 in=2h queue=follow channel=qq => !promise.channel
        promise a1 c1 p1 in=2h agent=a9        => !promise.agent_id
        promise a1 c1 p1 in=2h agent=a2 queue=follow channel=wechat gateway=w
            => named w; promised p1 +2h
        show promise:p1                        => pending a2 follow due=2h enters=1h
        ",
    );
}

#[test]
fn the_same_again() {
    after(
        CALL,
        "
        promise a1 c1 p1 in=2h               => promised p1 +2h
        promise a1 c1 p1 in=2h               => -
        promise a1 c1 p1 in=3h               => !PROMISE_EXISTS
        complete a1 c1 promise=p1 in=2h      => !PROMISE_EXISTS
        show c1                              => active general a1
        complete a1 c1 promise=p2 in=2h      => promised p2 +2h; closed c1 agent_completed; wrap-up c1 a1 20s
        complete a1 c1 promise=p2 in=2h      => -
        show general                         => entered=1 answered=1 promised=2
        # Long after, a retry still changes nothing.
        advance 1h
        complete a1 c1 promise=p2 in=2h      => -
        ",
    );
}

#[test]
fn a_refused_promise_completes_nothing() {
    after(
        CALL,
        "
        complete a1 c1 disposition=resolved promise=p1 at=0s        => !PROMISE_IN_THE_PAST
        complete a1 c1 disposition=resolved promise=p1 in=9d        => !PROMISE_BEYOND_HORIZON
        complete a1 c1 disposition=resolved promise=p1 business=1h  => !NO_CALENDAR
        complete a1 c1 disposition=resolved promise=p1 in=1h queue=q gateway=new => !promise.queue
        show c1                                                     => active general a1
        complete a1 c1 disposition=nonsense promise=p1 in=1h        => !disposition
        show promise:p1                                             => unknown
        complete a1 c1
        advance 11m
        # Neither does a correction that comes too late.
        complete a1 c1 disposition=resolved promise=p1 in=1h        => !CORRECTION_WINDOW_OVER
        show promise:p1                                             => unknown
        ",
    );
}

#[test]
fn eight_of_one_contact() {
    let promised: String = (1..=8).map(|n| format!("promise a1 c1 p{n} in=2h\n")).collect();
    after(
        CALL,
        &format!(
            "
            {promised}
            promise a1 c1 p9 in=2h               => !TOO_MANY_PROMISES
            chpromise a1 p3 cancel reason=no     => ended p3 cancelled
            promise a1 c1 p9 in=2h               => promised p9 +2h
            # Neither by another case, nor after a restart.
            update c1 case=y
            promise a1 c1 p10 in=2h              => !TOO_MANY_PROMISES
            reload
            promise a1 c1 p10 in=2h              => !TOO_MANY_PROMISES
            chpromise a1 p1 cancel reason=no     => ended p1 cancelled
            promise a1 c1 p10 in=2h              => promised p10 +2h
            promise a1 c1 p11 in=2h              => !TOO_MANY_PROMISES
            "
        ),
    );
}

#[test]
fn where_nobody_could_serve_it() {
    after(
        CALL,
        "
        apply set queues.experts.skills={complaints=9} set queues.experts.unservable=\"refuse\"
        promise a1 c1 p1 in=2h queue=experts            => !NOBODY_CAN_SERVE
        complete a1 c1 promise=p1 in=2h queue=experts   => !NOBODY_CAN_SERVE
        show c1                                         => active general a1
        show promise:p1                                 => unknown
        apply set queues.experts.unservable=\"accept\"
        promise a1 c1 p1 in=2h queue=experts            => promised p1 +2h
        ",
    );
}

#[test]
fn on_the_contact_itself_not_on_a_consult_about_it() {
    after(
        CALL,
        "
        signin a2 ready
        consult a1 c1 k1 agent=a2
        accept a2 k1
        promise a2 k1 p1 in=2h  => !PROMISE_ON_CONSULT
        ",
    );
}
