//! An agent accepts, then the customer is dialled.

use super::check;

/// A callback is a1's to dial.
const OFFERED: &str = "
    enqueue c1 phone line
    callback k1 c1
    signin a1 ready
    => signed-in a1; ready a1; offered callback:k1:1 a1";

fn after(table: &str) {
    check(&format!("{OFFERED}\n{table}"));
}

#[test]
fn by_messages_nobody_is_dialled() {
    check(
        "
        enqueue c1 wechat line customer=li
        callback k1 c1 customer=li
        => called k1; closed c1 callback_requested; in callback:k1:1 line age=0s left=5 until=48h
        signin a1 ready            => signed-in a1; ready a1; offered callback:k1:1 a1
        accept a1 callback:k1:1    => accepted callback:k1:1 a1
        show callback:k1           => in-line line expires=24h attempts=0/3
        says callback:k1:1 agent   => said callback:k1:1 agent left=4 until=48h; ended k1 kept
        ",
    );
}

#[test]
fn whoever_completes_a_message_has_reached_the_customer() {
    check(
        "
        enqueue c1 wechat line
        callback k1 c1
        signin a1 ready
        accept a1 callback:k1:1
        complete a1 callback:k1:1
        => ended k1 kept; closed callback:k1:1 agent_completed; released callback:k1:1 a1 finished
        ",
    );
}

#[test]
fn a_customer_who_does_not_answer_is_called_again_later() {
    after(
        "
        accept a1 callback:k1:1  => accepted callback:k1:1 a1 dial=45s
        show callback:k1         => in-line line expires=24h attempts=1/3
        # No wrap-up: there was nobody to talk with.
        gone callback:k1:1
        => closed callback:k1:1 callback_failed; released callback:k1:1 a1 finished
         ; attempt_failed k1 customer_gone +10m
        show callback:k1:1       => closed callback_failed wait=0s
        show line                => entered=2 called-back=2
        show callback:k1         => pending line expires=24h enters=+10m attempts=1/3
        reload
        advance 10m
        => +10m in callback:k1:2 line age=10m; +10m offered callback:k1:2 a1
        ",
    );
}

#[test]
fn without_word_of_it_an_attempt_has_failed() {
    after(
        "
        accept a1 callback:k1:1
        reload
        advance 44s999ms         => -
        advance 1ms
        => +1ms closed callback:k1:1 callback_failed; +1ms released callback:k1:1 a1 finished
         ; +1ms attempt_failed k1 timeout +10m
        # It is known by then, and over.
        gone callback:k1:1       => -
        connected callback:k1:1  => !OFFER_ENDED
        ",
    );
}

#[test]
fn whose_agent_is_not_there_has_not_been_dialled() {
    after(
        "
        accept a1 callback:k1:1
        show callbacks:line         => made=1 attempts=1
        unreachable callback:k1:1
        => returned callback:k1:1 agent_unreachable; released callback:k1:1 a1 unreachable
         ; not-ready a1 unreachable
        show callback:k1            => in-line line expires=24h attempts=0/3
        show callbacks:line         => made=1 in-line=1
        reload
        # Nothing is waited for any more.
        advance 45s                 => -
        ready a1                    => ready a1; offered callback:k1:1 a1
        decline a1 callback:k1:1    => declined callback:k1:1 a1
        advance 1m                  => +1m offered callback:k1:1 a1
        advance 15s                 => +15s missed callback:k1:1 a1
        show callback:k1            => in-line line expires=23h 58m attempts=0/3
        ",
    );
}

#[test]
fn an_agent_who_is_lost_while_the_customer_is_dialled_costs_an_attempt() {
    after(
        "
        accept a1 callback:k1:1
        away a1 session=1
        # The gateway dials on: nobody has told it otherwise.
        advance 30s                 => +30s signed-out a1 grace_over
        advance 15s
        => +15s closed callback:k1:1 callback_failed; +15s released callback:k1:1 a1 finished
         ; +15s attempt_failed k1 timeout +10m
        ",
    );
}

#[test]
fn what_is_moved_on_goes_on_as_a_callback() {
    after(
        "
        accept a1 callback:k1:1
        signin a2 ready
        requeue callback:k1:1 queue=none
        => by-supervisor callback:k1:1 requeued; moved callback:k1:1 none requeued
         ; released callback:k1:1 a1 finished; offered callback:k1:1 a2
        show callback:k1            => in-line none expires=24h attempts=0/3
        accept a2 callback:k1:1     => accepted callback:k1:1 a2 dial=45s
        connected callback:k1:1     => connected callback:k1:1 a2; ended k1 kept
        # Whoever was reached is not dialled anew.
        transfer a2 callback:k1:1 queue=line
        => moved callback:k1:1 line; wrap-up callback:k1:1 a2 20s; offered callback:k1:1 a1
        accept a1 callback:k1:1     => accepted callback:k1:1 a1
        ",
    );
}

/// The customer is on the line with a1.
const REACHED: &str = "
    accept a1 callback:k1:1
    advance 10s
    connected callback:k1:1     => connected callback:k1:1 a1; ended k1 kept
    advance 1m";

#[test]
fn whoever_was_reached_waits_like_anybody_else() {
    for back in ["transfer a1 callback:k1:1 queue=line", "requeue callback:k1:1 queue=line"] {
        after(&format!(
            "{REACHED}
            {back}
            show callbacks:line         => made=1 reached=1 attempts=1
            # The call waits, and not its callback.
            show wait:line              => 10s
            reload
            show callbacks:line         => made=1 reached=1 attempts=1
            show wait:line              => 10s
            dialled callback:k1:1 1 answered  => !CALLBACK_NOT_DIALLED
            advance 50s
            show callbacks:line         => made=1 reached=1 attempts=1
            "
        ));
    }
}

#[test]
fn whoever_was_reached_is_lost_with_the_line() {
    after(&format!(
        "{REACHED}
        gateway g lost
        gateway g 10s
        transfer a1 callback:k1:1 queue=none  => moved callback:k1:1 none; wrap-up callback:k1:1 a1 20s
        advance 10s                           => +10s lost g; +10s closed callback:k1:1 gateway_lost
        "
    ));
}

#[test]
fn a_customer_who_has_not_been_written_to_is_still_to_be_reached() {
    check(
        "
        enqueue c1 wechat line customer=li
        callback k1 c1 customer=li
        signin a1 ready
        accept a1 callback:k1:1    => accepted callback:k1:1 a1
        away a1 session=1
        advance 30s
        show callbacks:line        => made=1 in-line=1
        show callback:k1           => in-line line expires=23h 59m 30s attempts=0/3
        ",
    );
}

#[test]
fn a_supervisor_ends_it() {
    after(
        "
        accept a1 callback:k1:1
        end callback:k1:1 by=s1 reason=gone
        => by-supervisor callback:k1:1 ended; closed callback:k1:1 supervisor_ended
         ; released callback:k1:1 a1 finished; ended k1 cancelled
        show by:k1                  => supervisor:s1 gone
        ",
    );
}

#[test]
fn its_wait_is_nobodys_on_the_line() {
    after(
        "
        show speed:line                 => answered=0 wait=0s
        advance 10s
        accept a1 callback:k1:1
        connected callback:k1:1
        show speed:line                 => answered=1 called=1 wait=0s
        # Who was reached and is passed on does hold the line.
        requeue callback:k1:1 queue=line
        advance 10s
        signin a2 ready                 => signed-in a2; ready a2; offered callback:k1:1 a2
        accept a2 callback:k1:1
        connected callback:k1:1
        show speed:line                 => answered=2 called=1 wait=10s
        ",
    );
}
