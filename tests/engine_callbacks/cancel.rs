//! Callbacks that are taken back, or given to somebody else.

use super::check;

#[test]
fn at_each_stage() {
    for (lines, outcome) in [
        ("", "closed callback:k1:1 callback_postponed; ended k1 cancelled"),
        (
            "signin a1 ready",
            "withdrawn callback:k1:1 a1; closed callback:k1:1 callback_postponed; ended k1 cancelled",
        ),
        ("signin a1 ready\naccept a1 callback:k1:1", "!CALLBACK_IN_PROGRESS"),
        ("signin a1 ready\naccept a1 callback:k1:1\ngone callback:k1:1", "ended k1 cancelled"),
        ("signin a1 ready\naccept a1 callback:k1:1\nconnected callback:k1:1", "!CALLBACK_ENDED"),
        ("uncallback k1", "-"),
    ] {
        for by in ["uncallback k1 reason=x", "chcallback k1 cancel by=s1 reason=x"] {
            let again = lines == "uncallback k1";
            // Only its gateway repeats itself.
            let outcome = if again && by.starts_with("ch") { "!CALLBACK_ENDED" } else { outcome };
            check(&format!("callback k1 - channel=phone queue=line\n{lines}\n{by} => {outcome}\n"));
        }
    }
    check("uncallback k9 => !CALLBACK_NOT_FOUND\nchcallback k9 cancel => !CALLBACK_NOT_FOUND");
}

#[test]
fn its_gateway_ends_its_contact() {
    check(
        "
        callback k1 - channel=phone queue=line
        cancel callback:k1:1  => closed callback:k1:1 callback_postponed; ended k1 cancelled
        show line             => entered=1 called-back=1
        ",
    );
}

#[test]
fn for_an_agent_first() {
    check(
        "
        signin a1 ready
        signin a2 ready
        notready a2 lunch
        enqueue c1 phone own
        callback k1 c1 agent=a2
        => called k1; ended c1 a1; closed c1 callback_requested; in callback:k1:1 own age=0s for=a2
        show callback:k1             => in-line own expires=24h attempts=0/3 agent=a2
        reload
        advance 10m                  => +10m free callback:k1:1 time; +10m offered callback:k1:1 a1
        chcallback k1 to=a9          => !reassign_to
        chcallback k1 to=a2          => -
        chcallback k1 to=a1 reason=knows
        => withdrawn callback:k1:1 a1; closed callback:k1:1 callback_postponed; postponed k1; reassigned k1 to=a1
         ; in callback:k1:2 own age=10m for=a1; offered callback:k1:2 a1
        ",
    );
}

#[test]
fn for_an_agent_who_is_not_there_it_is_anybodys() {
    check(
        "
        signin a1 ready
        callback k1 - channel=phone queue=own agent=a2
        => called k1; in callback:k1:1 own age=0s; offered callback:k1:1 a1
        callback k2 - channel=phone queue=own agent=a9  => !agent_id
        ",
    );
}

#[test]
fn a_callback_is_no_promise_to_be_changed() {
    check(
        "
        callback k1 - channel=phone queue=line agent=a1
        callback k2 - channel=phone queue=line number=556 window=2h-3h
        uncallback k2
        chpromise a1 k1 cancel              => !PROMISE_NOT_FOUND
        chpromise a1 k1 fulfil              => !PROMISE_NOT_FOUND
        chpromise supervisor k1 to=a2       => !PROMISE_NOT_FOUND
        chpromise supervisor k1 move=2h     => !PROMISE_NOT_FOUND
        chpromise supervisor k2 move=2h     => !PROMISE_NOT_FOUND
        show callback:k1                    => in-line line expires=24h attempts=0/3 agent=a1
        show callback:k2                    => cancelled line attempts=0/3
        show callbacks:line                 => made=2 cancelled=1 in-line=1
        ",
    );
}
