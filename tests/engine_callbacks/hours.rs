//! Callbacks go by calling hours on their customer's clock, and by the hours of their queue.

use super::{CALLBACKS, check, check_office, common::desk::check_in};

#[test]
fn nobody_is_called_out_of_hours() {
    check(
        "
        wall 2026-09-28T21:30
        enqueue c1 phone polite
        callback k1 c1            => called k1 +10h 30m; closed c1 callback_requested
        signin a1 ready
        reload
        advance 10h29m59s         => -
        # At its place.
        advance 1s                => +1s in callback:k1:1 polite age=10h 30m; +1s offered callback:k1:1 a1
        ",
    );
}

#[test]
fn hours_are_those_of_the_customers_clock() {
    // 20:30 in Shanghai is 21:30 in Tokyo, and 13:30 in London.
    for (zone, called) in [
        ("", "called k1; in callback:k1:1 polite age=0s"),
        ("Asia/Shanghai", "called k1; in callback:k1:1 polite age=0s"),
        ("Asia/Tokyo", "called k1 +10h 30m"),
        ("Europe/London", "called k1; in callback:k1:1 polite age=0s"),
    ] {
        check(&format!(
            "
            wall 2026-09-28T20:30
            callback k1 - channel=phone queue=polite zone={zone}  => {called}
            "
        ));
    }
}

#[test]
fn it_leaves_the_line_when_hours_end_unless_somebody_has_it() {
    check(
        "
        wall 2026-09-28T20:59
        callback k1 - channel=phone queue=polite
        callback k2 - channel=phone queue=polite
        callback k3 - channel=phone queue=polite
        signin a1 ready           => signed-in a1; ready a1; offered callback:k1:1 a1
        accept a1 callback:k1:1
        connected callback:k1:1
        signin a2 ready           => signed-in a2; ready a2; offered callback:k2:1 a2
        reload
        decline a2 callback:k2:1  => declined callback:k2:1 a2; offered callback:k3:1 a2
        decline a2 callback:k3:1  => declined callback:k3:1 a2
        advance 1m
        => +1m closed callback:k2:1 callback_postponed; +1m postponed k2 +11h
         ; +1m closed callback:k3:1 callback_postponed; +1m postponed k3 +11h
        show callback:k3          => pending polite expires=71h 59m enters=+11h attempts=0/3
        complete a1 callback:k1:1
        finish a1 callback:k1:1
        advance 11h
        => +11h in callback:k2:2 polite age=11h 1m; +11h in callback:k3:2 polite age=11h 1m
         ; +11h offered callback:k2:2 a2; +11h offered callback:k3:2 a1
        ",
    );
}

#[test]
fn an_offer_that_stands_at_their_end_is_let_stand() {
    check(
        "
        wall 2026-09-28T20:59:50
        callback k1 - channel=phone queue=polite
        signin a1 ready           => signed-in a1; ready a1; offered callback:k1:1 a1
        advance 10s               => -
        # And if it is let go, the callback goes with it.
        decline a1 callback:k1:1
        => declined callback:k1:1 a1; closed callback:k1:1 callback_postponed; postponed k1 +11h
        ",
    );
}

#[test]
fn an_attempt_that_fails_in_the_evening_is_repeated_in_the_morning() {
    check(
        "
        wall 2026-09-28T20:30
        callback k1 - channel=phone queue=polite
        signin a1 ready
        accept a1 callback:k1:1
        gone callback:k1:1
        => closed callback:k1:1 callback_failed; released callback:k1:1 a1 finished
         ; attempt_failed k1 customer_gone +11h 30m
        ",
    );
}

#[test]
fn a_window_has_to_reach_into_calling_hours() {
    check(
        "
        wall 2026-09-28T20:00
        callback k1 - channel=phone queue=polite window=1h30m-11h30m  => !window
        callback k1 - channel=phone queue=polite window=1h30m-12h30m  => called k1 +12h
        callback k2 - channel=phone queue=polite zone=Asia/Hanghzou   => !zone
        ",
    );
}

#[test]
fn a_closed_queue_is_entered_when_it_opens() {
    check_office(
        "
        wall 2026-09-28T18:30
        callback k1 - channel=phone queue=office      => called k1 +14h 30m
        # Friday noon, for Saturday.
        callback k2 - channel=phone queue=office window=110h-160h   => called k2 +158h 30m
        reload
        advance 14h30m
        => +14h 30m opened office; +14h 30m in callback:k1:1 office age=14h 30m
        ",
    );
}

#[test]
fn a_queue_that_opens_sooner_than_was_known_takes_them_in() {
    check_office(
        "
        wall 2026-09-28T10:00
        hours office closed
        callback k1 - channel=phone queue=office   => called k1 +?
        show callback:k1                           => pending office expires=72h enters=+? attempts=0/3
        reload
        advance 1h                                 => -
        hours office clear
        => hours office -; opened office; postponed k1; in callback:k1:1 office age=1h
        at 2026-09-28T19:00                        => +7h closed office
        callback k2 - channel=phone queue=office   => called k2 +14h
        hours office open 2026-09-28T20:00
        => hours office open; opened office; postponed k2; in callback:k2:1 office age=0s
        ",
    );
}

#[test]
fn a_closed_queue_calls_back_when_it_opens() {
    let later = CALLBACKS.to_owned()
        + r#"
[calendars.office]
[calendars.office.hours]
mon-fri = ["09:00-18:00"]
[queues.later]
channels = ["phone"]
groups = ["desk"]
calendar = "office"
closed = "callback"
closing = "callback"
objective = "1m"
[queues.later.callback]
offer = "surge"
expire = "3d"
"#;
    check_in(
        &later,
        "
        gateway g open
        wall 2026-09-28T17:50
        signin a1 break
        enqueue c1 phone later
        # While it is open only a surge would offer them.
        callback k1 c1              => !CALLBACK_NOT_OFFERED queue=later level=0
        advance 15m                 => +10m closed later; +10m 1s told later closing c1
        enqueue c2 phone later      => !QUEUE_CLOSED queue=later callback=offered next_opening=2026-09-29T01:00:00Z
        callback k2 - channel=phone queue=later  => called k2 +14h 55m
        callback k1 c1              => called k1 +14h 55m; closed c1 callback_requested
        advance 15h
        => +14h 55m opened later; +14h 55m in callback:k2:1 later age=14h 55m; +14h 55m in callback:k1:1 later age=15h 10m
        ",
    );
}

#[test]
fn all_of_a_queue_that_opens_sooner_are_taken_in() {
    let asked: Vec<String> =
        (0..150).map(|at| format!("callback k{at} - channel=phone queue=office number={at}")).collect();
    check_office(&format!(
        "
            wall 2026-09-28T19:00
            {}
            callback last - channel=phone queue=office number=last  => called last +14h
            hours office open 2026-09-28T20:00
            reload
            show callback:last    => in-line office expires=86h attempts=0/3
            show callbacks:office => made=151 in-line=151
            ",
        asked.join("\n")
    ));
}

#[test]
fn hours_that_never_meet_the_opening_of_the_queue_are_refused() {
    let nights = CALLBACKS.to_owned()
        + r#"
[calendars.nights]
[calendars.nights.hours]
mon-fri = ["22:00-24:00"]
[queues.nights]
channels = ["phone"]
groups = ["desk"]
calendar = "nights"
closed = "accept"
objective = "1m"
[queues.nights.callback]
offer = "always"
hours = "calling"
"#;
    check_in(
        &nights,
        "
        wall 2026-09-28T10:00
        callback k1 - channel=phone queue=nights                          => !CALLBACK_OUT_OF_HOURS
        callback k1 - channel=phone queue=nights window=1h-200h           => !window
        # 22 h there is 15 h in London, or 16 h.
        callback k1 - channel=phone queue=nights zone=Europe/London       => called k1 +12h
        # Nobody knows when it opens: it may.
        hours nights closed
        callback k2 - channel=phone queue=nights zone=Europe/London number=2  => called k2 +?
        ",
    );
}
