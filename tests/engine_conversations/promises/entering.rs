//! A promise enters its queue, and what becomes of it there.

use super::{CALL, PROMISED, PROMISED_MAIL, after};

#[test]
fn enters_in_time_and_the_same_agent_first() {
    after(
        PROMISED,
        "
        signin a2 ready
        advance 59m59s
        advance 1s  => +1s in follow-up:p1:1 follow age=0s for=a1; +1s offered follow-up:p1:1 a1
        show promise:p1  => entered a1 follow due=1h entries=1
        show follow      => offered=1 entered=1 follow-ups=1 promised=1
        ",
    );
}

#[test]
fn then_the_group() {
    after(
        PROMISED,
        "
        signin a2 ready
        notready a1 lunch
        advance 1h       => +1h in follow-up:p1:1 follow age=0s for=a1
        advance 9m59s    => -
        advance 1s       => +1s free follow-up:p1:1 time; +1s offered follow-up:p1:1 a2
        ",
    );
}

#[test]
fn at_once_if_it_is_due_soon() {
    after(
        CALL,
        "
        advance 1h
        complete a1 c1 promise=p1 in=20m queue=follow
            => promised p1 +20m; closed c1 agent_completed; wrap-up c1 a1 20s
            ; in follow-up:p1:1 follow age=40m for=a1; escalated p1 1 raise=3
        finish a1 c1 => released c1 a1 finished; offered follow-up:p1:1 a1
        show promise:p1 => entered a1 follow due=20m steps=1 entries=1
        ",
    );
}

#[test]
fn its_wait_begins_when_it_comes_in() {
    // It is as urgent as if it had waited for 40 minutes, and has not.
    let hasty = "
        advance 1h
        enqueue c2 email follow
        advance 3s
        complete a1 c1 promise=p1 in=20m queue=follow
        show follow-up:p1:1                  => waiting follow age=40m for=a1 added=3
        show wait:follow-up:p1:1             => 0s
        show wait:follow                     => 3s
        advance 5s
        show wait:follow-up:p1:1             => 5s
        show wait:follow                     => 8s
        cancel c2
        show wait:follow                     => 5s";
    // Neither does time with agents and bots, or another queue, make it older.
    let moved = "
        advance 15s
        accept a1 follow-up:p1:1             => accepted follow-up:p1:1 a1
        connected follow-up:p1:1
        advance 30m
        transfer a1 follow-up:p1:1 queue=experts
        show follow-up:p1:1                  => waiting experts age=40m 20s added=3
        advance 10s
        show wait:follow-up:p1:1             => 30s";
    after(
        CALL,
        &format!("{hasty}\ncancel follow-up:p1:1\nshow follow-up:p1:1 => closed customer_left wait=5s"),
    );
    after(CALL, &format!("{hasty}{moved}\nreload\nshow wait:follow-up:p1:1 => 30s"));
    after(
        CALL,
        &format!(
            "{hasty}{moved}
            requeue follow-up:p1:1 fresh
            advance 7s
            show wait:follow-up:p1:1         => 7s
            cancel follow-up:p1:1
            show follow-up:p1:1              => closed customer_left wait=7s"
        ),
    );
}

#[test]
fn in_the_order_of_its_due_time() {
    // By its due time it is as urgent as a contact that has waited for as long as it may.
    after(
        CALL,
        "
        apply set queues.follow.promise_steps=[]
        advance 1h
        enqueue c2 phone follow
        advance 30m
        promise a1 c1 p1 in=50m queue=follow  => promised p1 +50m; in follow-up:p1:1 follow age=10m for=a1
        promise a1 c1 p2 in=20m queue=follow  => promised p2 +20m; in follow-up:p2:1 follow age=40m for=a1
        complete a1 c1
        finish a1 c1              => released c1 a1 finished; offered follow-up:p2:1 a1
        cancel follow-up:p2:1
            => ended follow-up:p2:1 a1; closed follow-up:p2:1 customer_left; ended p2 unreached; offered c2 a1
        ",
    );
}

#[test]
fn escalates_by_priority_and_group() {
    after(
        PROMISED,
        "
        signin a3 ready
        notready a1 lunch
        advance 1h       => +1h in follow-up:p1:1 follow age=0s for=a1
        advance 30m      => +10m free follow-up:p1:1 time; +30m escalated p1 1 raise=3
        show follow-up:p1:1 => waiting follow age=30m added=3
        advance 20m
            => +20m escalated p1 2 raise=8 groups=reserve; +20m offered follow-up:p1:1 a3
        show promise:p1  => entered a1 follow due=10m steps=2 entries=1
        ",
    );
}

#[test]
fn a_plan_takes_nothing_back() {
    after(
        PROMISED,
        r#"
        notready a1 lunch
        advance 1h30m
        show follow-up:p1:1 => waiting follow age=30m added=3
        apply set queues.follow.promise_steps=[{before="30m",priority=1},{before="10m",priority=2}]
        advance 20m         => +20m escalated p1 2 raise=2
        show follow-up:p1:1 => waiting follow age=50m added=3
        "#,
    );
}

#[test]
fn its_groups_stay_when_it_comes_back() {
    after(
        PROMISED_MAIL,
        "
        signin a3 ready
        notready a1 lunch
        advance 1h50m
        accept a3 follow-up:p1:1
        signout a3 return => signed-out a3 requested; returned follow-up:p1:1 agent_lost
            ; released follow-up:p1:1 a3 agent_lost
        show follow-up:p1:1 => waiting follow age=50m added=8
        signin a3 ready     => signed-in a3; ready a3; offered follow-up:p1:1 a3
        ",
    );
}

#[test]
fn nothing_may_be_sent_before_the_customer_writes() {
    after(
        PROMISED,
        "
        chpromise a1 p1 cancel reason=mail
        enqueue c2 phone general
        accept a1 c2
        connected c2
        complete a1 c2 promise=p2 in=2h queue=follow channel=wechat
        finish a1 c2
        advance 1h
            => +1h in follow-up:p2:1 follow age=0s for=a1 left=0 until=0s; +1h offered follow-up:p2:1 a1
        ",
    );
}

#[test]
fn survives_max_wait() {
    after(
        CALL,
        "
        complete a1 c1 promise=p1 in=2m queue=small
        finish a1 c1
        notready a1 lunch
        advance 1m40s => +1m 40s in follow-up:p1:1 small age=0s for=a1
        enqueue c2 phone small => !QUEUE_FULL
        advance 1h    => +10s free follow-up:p1:1 time; +20s broken p1
        show follow-up:p1:1 => waiting small age=1h
        ",
    );
}

#[test]
fn into_a_full_queue() {
    after(
        CALL,
        "
        complete a1 c1 promise=p1 in=2m queue=small
        finish a1 c1
        notready a1 lunch
        advance 1m
        enqueue c2 phone small => in c2 small
        advance 40s   => +40s in follow-up:p1:1 small age=0s for=a1
        ",
    );
}

#[test]
fn its_id_is_counted_on_while_it_is_taken() {
    after(
        PROMISED,
        "
        notready a1 lunch
        enqueue follow-up:p1:1 phone general
        advance 1h => +1h in follow-up:p1:2 follow age=0s for=a1
        ",
    );
}
