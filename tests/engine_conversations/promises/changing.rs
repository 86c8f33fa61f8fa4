//! Promises that are moved, or given to somebody else.

use super::{PROMISED, after};

#[test]
fn moved_before_entering() {
    after(
        PROMISED,
        "
        chpromise a1 p1 move=4h reason=later => promise p1 +4h
        show promise:p1 => pending a1 follow due=4h enters=3h moves=1
        advance 2h59m   => -
        advance 1m      => +1m in follow-up:p1:1 follow age=0s for=a1; +1m offered follow-up:p1:1 a1
        ",
    );
}

#[test]
fn moved_after_entering() {
    after(
        PROMISED,
        "
        advance 1h
        chpromise a1 p1 move=2h reason=later
        => ended follow-up:p1:1 a1; closed follow-up:p1:1 promise_settled; promise p1 +2h pending
        show promise:p1 => pending a1 follow due=2h enters=1h moves=1 entries=1
        advance 1h      => +1h in follow-up:p1:2 follow age=0s for=a1; +1h offered follow-up:p1:2 a1
        show follow     => offered=1 entered=2 expired=1 follow-ups=2 promised=1
        ",
    );
}

#[test]
fn moved_to_soon() {
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 1h
        chpromise a1 p1 move=25m reason=sooner
        => closed follow-up:p1:1 promise_settled; promise p1 +25m pending
         ; in follow-up:p1:2 follow age=35m for=a1; escalated p1 1 raise=3
        ",
    );
}

#[test]
fn moved_when_it_was_broken() {
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 2h1m
        chpromise a1 p1 move=2h reason=again
        => closed follow-up:p1:1 promise_settled; promise p1 +2h pending
        show promise:p1 => pending a1 follow due=2h enters=1h moves=1 entries=1 broken
        # It is told again, and counts as broken once.
        reload
        advance 2h
        => +1h in follow-up:p1:2 follow age=0s for=a1; +1h 10m free follow-up:p1:2 time
         ; +1h 30m escalated p1 1 raise=3; +1h 50m escalated p1 2 raise=8 groups=reserve
         ; +2h broken p1
        reload
        advance 1m => -
        show promise:p1 => entered a1 follow due=-1m steps=2 moves=1 entries=2 broken
        ready a1
        accept a1 follow-up:p1:2
        connected follow-up:p1:2 => connected follow-up:p1:2 a1; ended p1 late
        show follow
        => active=1 entered=2 answered=1 expired=1 follow-ups=2 promised=1 late=1 broken=1
        ",
    );
}

#[test]
fn moved_while_served() {
    after(
        PROMISED,
        "
        advance 1h
        accept a1 follow-up:p1:1
        chpromise a1 p1 move=2h reason=later => !PROMISE_IN_PROGRESS
        chpromise a1 p1 to=a2 reason=away    => !PROMISE_IN_PROGRESS
        chpromise a1 p1 cancel reason=no     => !PROMISE_IN_PROGRESS
        chpromise a1 p1 fulfil               => !PROMISE_IN_PROGRESS
        connected follow-up:p1:1
        chpromise a1 p1 move=2h reason=later => !PROMISE_ENDED
        ",
    );
}

#[test]
fn moved_into_the_past() {
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 1h
        chpromise a1 p1 at=30m reason=x => !PROMISE_IN_THE_PAST
        show follow-up:p1:1             => waiting follow age=0s for=a1
        ",
    );
}

#[test]
fn moved_too_often() {
    let moved: String = (1..=10).map(|_| "chpromise a1 p1 move=3h reason=later\n").collect();
    after(
        PROMISED,
        &format!(
            "
            {moved}
            chpromise a1 p1 move=4h reason=later         => !PROMISE_MOVED_TOO_OFTEN
            chpromise supervisor p1 move=4h reason=later => !PROMISE_MOVED_TOO_OFTEN
            show promise:p1                              => pending a1 follow due=3h enters=2h moves=10
            "
        ),
    );
}

#[test]
fn reassigned() {
    after(
        PROMISED,
        "
        signin a2 ready
        chpromise a1 p1 to=a9 reason=away => !reassign_to
        chpromise a1 p1 to=a1 reason=away => -
        chpromise a1 p1 to=a2 reason=away => promise p1 to=a2
        chpromise a1 p1 cancel reason=no  => !PROMISE_OF_ANOTHER_AGENT
        advance 1h  => +1h in follow-up:p1:1 follow age=0s for=a2; +1h offered follow-up:p1:1 a2
        ",
    );
}

#[test]
fn reassigned_while_it_waits() {
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 1h                                => +1h in follow-up:p1:1 follow age=0s for=a1
        signin a2 ready
        chpromise supervisor p1 to=a2 reason=away => promise p1 to=a2; offered follow-up:p1:1 a2
        ",
    );
}

#[test]
fn reassigned_while_it_is_offered() {
    after(
        PROMISED,
        "
        signin a2 ready
        advance 1h
        chpromise supervisor p1 to=a2 reason=away
        => withdrawn follow-up:p1:1 a1; promise p1 to=a2; offered follow-up:p1:1 a2
        ",
    );
}

#[test]
fn of_another_agent() {
    after(
        PROMISED,
        "
        chpromise a2 p1 move=3h reason=x         => !PROMISE_OF_ANOTHER_AGENT
        chpromise a2 p1 fulfil                   => !PROMISE_OF_ANOTHER_AGENT
        chpromise a2 p1 cancel reason=x          => !PROMISE_OF_ANOTHER_AGENT
        chpromise a9 p1 cancel reason=x          => !AGENT_NOT_FOUND
        chpromise supervisor p1 move=3h reason=x => promise p1 +3h
        ",
    );
}

#[test]
fn by_whose_hand() {
    after(
        PROMISED,
        "
        show by:p1                                      => nobody
        chpromise supervisor p1 move=3h by=s1 reason=x  => promise p1 +3h
        show by:p1                                      => supervisor:s1 x
        chpromise a1 p1 move=2h reason=later            => promise p1 +2h
        show by:p1                                      => a1 later
        # A supervisor need not give a name, and is told all the same.
        chpromise supervisor p1 to=a2 reason=away       => promise p1 to=a2
        show by:p1                                      => supervisor: away
        # What changes nothing leaves no trace.
        chpromise supervisor p1 to=a2 by=s9 reason=same => -
        chpromise a1 p1 cancel reason=mine              => !PROMISE_OF_ANOTHER_AGENT
        reload
        show by:p1                                      => supervisor: away
        # Nobody speaks with the words of somebody before.
        chpromise supervisor p1 fulfil by=s2            => ended p1 kept
        show by:p1                                      => supervisor:s2
        ",
    );
}

#[test]
fn cancelled_by_whose_hand() {
    after(PROMISED, "chpromise a1 p1 cancel reason=no\nshow by:p1 => a1 no");
    // By ending its follow-up, too.
    after(
        PROMISED,
        "
        notready a1 lunch
        advance 1h
        end follow-up:p1:1 by=s1 reason=enough
        show promise:p1 => cancelled a1 follow entries=1
        show by:p1      => supervisor:s1 enough
        ",
    );
}

#[test]
fn what_happens_by_itself_is_by_nobody() {
    // Kept, but moved by somebody before.
    after(
        PROMISED,
        "
        chpromise supervisor p1 move=1h by=s1 reason=sooner
        accept a1 follow-up:p1:1
        connected follow-up:p1:1 => connected follow-up:p1:1 a1; ended p1 kept
        show by:p1               => supervisor:s1 sooner
        ",
    );
    after(
        PROMISED,
        "
        chpromise supervisor p1 to=a2 by=s1 reason=away
        apply remove queues.follow policy=end => plan 2; broken p1; ended p1 cancelled
        show by:p1                            => nobody its queue left the plan
        ",
    );
}
