//! What is told of those whom their shifts keep from contacts, and of contacts that their queue's hours keep.

use kefud::engine::matching::{eligible::Hindrance, explain::Happening};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    after_in, check_offers, check_settled,
    common::{SHIFTS, desk::Desk},
    explained, told,
};

/// Queues with hours.
const HOURS: &str = include_str!("../engine_hours/hours.toml");

fn after(plan: &str, lines: &str) -> Desk {
    after_in(Desk::with(plan), lines)
}

#[test]
fn what_a_schedule_hinders_is_told_with_its_rule_and_its_end() {
    let works = "signin a1 ready|enqueue c phone desk";
    let waits = "signin a1 ready|enqueue c wechat";
    let table: &[(&str, &str, &str)] = &[
        (
            SHIFTS,
            &format!("wall 2026-09-28T08:00|{works}"),
            "OFF_SHIFT: is off shift until 09:00 (OverrideShift puts it on shift)",
        ),
        (
            SHIFTS,
            &format!("wall 2026-09-28T12:30|{works}"),
            "ON_BREAK: is on a break, day of rota desk until 13:00 (OverrideShift puts it on shift)",
        ),
        (
            SHIFTS,
            &format!("wall 2026-09-28T16:30|{works}"),
            "OTHER_ACTIVITY: does not serve phone now (on shift, day of rota desk until 17:00)",
        ),
        (
            SHIFTS,
            &format!("apply set channels.phone.end_lead=\"10m\"|wall 2026-09-28T17:55|{works}"),
            "SHIFT_LEAD: has a break or the end before it, too soon for a new contact of phone \
             (on shift, day of rota desk until 18:00)",
        ),
        (
            SHIFTS,
            &format!("wall 2026-09-28T10:00|override a1 off 2026-09-28T11:00 by=li reason=ill|{works}"),
            "OFF_SHIFT: is off shift by li until 11:00 (OverrideShift puts it on shift)",
        ),
        (
            SHIFTS,
            &format!(
                "wall 2026-09-28T10:00|dated a1 off 2026-09-28T09:00 2026-09-28T12:00 reason=sick|{works}"
            ),
            "OFF_SHIFT: is off shift by a dated time off (sick) until 12:00 (OverrideShift puts it on shift)",
        ),
        (
            HOURS,
            &format!("wall 2026-09-28T08:00|{waits} mail"),
            "QUEUE_CLOSED: may not be offered it: queue mail is closed by calendar office until 09:00",
        ),
        // By a clock that is not the tenant's.
        (
            HOURS,
            &format!("apply set calendars.office.zone=\"Asia/Tokyo\"|wall 2026-09-28T07:00|{waits} mail"),
            "QUEUE_CLOSED: may not be offered it: queue mail is closed by calendar office until 09:00 Asia/Tokyo",
        ),
        (
            HOURS,
            &format!("wall 2026-10-01T10:00|{waits} mail"),
            "QUEUE_CLOSED: may not be offered it: queue mail is closed by holidays cn (国庆节) \
             until 2026-10-08 09:00",
        ),
        (
            HOURS,
            &format!("wall 2026-09-30T16:00|{waits} mail"),
            "QUEUE_CLOSED: may not be offered it: queue mail is closed by calendar office, hours of 2026-09-30 \
             until 2026-10-08 09:00",
        ),
        (
            HOURS,
            &format!("wall 2026-09-28T10:00|hours stop closed by=li reason=typhoon|{waits} stop"),
            "QUEUE_CLOSED: may not be offered it: queue stop is closed by li (typhoon) until further notice",
        ),
    ];
    for (plan, lines, expected) in table {
        let desk = after(plan, lines);
        assert_eq!(told(&desk, "c", "a1"), [*expected], "{lines}");
        check_settled(desk.sim.state(), desk.sim.now_ms());
    }
}

/// What changes by itself for a contact, each with its seconds from now.
fn changes(desk: &Desk, contact: &str) -> Vec<String> {
    let (state, now_ms) = (desk.sim.state(), desk.sim.now_ms());
    let changes = explained(desk, contact).changes;
    changes
        .iter()
        .map(|change| format!("{} {}", (change.at_ms - now_ms) / 1_000, change.what.text(state)))
        .collect()
}

#[test]
fn what_hours_and_shifts_will_change_is_told_with_its_time() {
    let desk = after(HOURS, "wall 2026-09-28T08:00|enqueue c wechat ringed|enqueue m wechat mail");
    let rests = "ring 1 opens: not while the queue is closed";
    let expected = ["3600 queue ringed opens".to_owned(), format!("4200 {rests}")];
    assert_eq!(changes(&desk, "c"), expected);
    // Four hours of waiting, none of which pass before nine.
    assert_eq!(
        changes(&desk, "m"),
        ["3600 queue mail opens", "18000 it ends: it has waited as long as its queue allows"]
    );
    // Its ring has fallen due meanwhile, and rests.
    let desk = after_in(desk, "at 2026-09-28T08:15");
    let expected = ["2700 queue ringed opens".to_owned(), format!("3300 {rests}")];
    assert_eq!(changes(&desk, "c"), expected);
    let desk = after_in(desk, "at 2026-09-28T09:00|at 2026-09-28T09:05");
    assert_eq!(changes(&desk, "c"), ["300 ring 1 opens", "10500 queue ringed closes"]);

    let desk = after(SHIFTS, "wall 2026-09-28T08:00|signin a1 ready|enqueue c phone desk");
    // Who is free comes from a group that is not open yet.
    let expected =
        ["3600 the schedule of a1 changes", "3600 the schedule of a2 changes", "3600 ring 1 opens"];
    let mut found = changes(&desk, "c");
    found.sort();
    let mut sorted = expected;
    sorted.sort_unstable();
    assert_eq!(found, sorted);
    let state = desk.sim.state();
    let a1 = state.agent_by_id("a1").expect("a1");
    let found = state.explain_agent(a1.record.agent, desk.sim.now_ms(), 5).expect("a1");
    let nine_s = state.wall_s(desk.sim.now_ms()) + 3_600;
    assert_eq!(found.absent, Some(Hindrance::OffShift(nine_s)));
    let whats: Vec<Happening> = found.changes.iter().map(|change| change.what).collect();
    assert_eq!(whats, [Happening::ShiftChanges(a1.record.agent)]);
    assert_eq!(
        found.summary,
        "The agent is off shift until 09:00 (OverrideShift puts it on shift) and has room for email, phone, \
         wechat. It would get c next if it were on shift."
    );
}

#[test]
fn who_is_on_shift_is_counted() {
    let desk = after(SHIFTS, "wall 2026-09-28T12:30|signin a1 ready|signin n1 ready|enqueue c phone desk");
    let found = explained(&desk, "c");
    // a1 is on a break, n1 sleeps.
    assert_eq!((found.everybody.agents, found.everybody.signed_in, found.everybody.on_shift), (4, 2, 1));
    assert_eq!(found.everybody.ready, 0);
    assert!(
        found.summary.starts_with("The only agent signed in who could serve it isn't free: 1 is on a break."),
        "{}",
        found.summary
    );
    let desk = after(SHIFTS, "wall 2026-09-28T08:00|signin a1 ready|enqueue c phone desk");
    assert!(
        explained(&desk, "c").summary.starts_with(
            "Nobody who is signed in could serve it as it is now (1 is off shift). It is number 1 of 1"
        ),
        "{}",
        explained(&desk, "c").summary
    );
}

#[test]
fn a_channel_that_a_shift_does_not_serve_now_is_no_room() {
    let desk = after(SHIFTS, "wall 2026-09-28T16:30|signin a1 ready|enqueue c phone desk");
    let state = desk.sim.state();
    let a1 = state.agent_by_id("a1").expect("a1").record.agent;
    let found = state.explain_agent(a1, desk.sim.now_ms(), 5).expect("a1");
    let closed: Vec<&str> = found.channels.iter().filter_map(|(_, why)| why.map(Hindrance::code)).collect();
    assert_eq!((closed, found.next), (vec!["OTHER_ACTIVITY"; 2], None));
    assert_eq!(found.summary, "The agent is ready and has room for email. Nothing that waits is for it.");
}

#[test]
fn a_summary_names_the_hours_of_a_closed_queue() {
    let desk =
        after(HOURS, "wall 2026-10-01T10:00|signin a1 ready|enqueue c1 wechat mail|enqueue c2 email mail");
    assert_eq!(
        explained(&desk, "c1").summary,
        "Queue mail is closed by holidays cn (国庆节) until 2026-10-08 09:00, and holds 2 till then, this one too. \
         It is number 1 of 2 waiting in mail; in 6d 23h queue mail opens."
    );
    // Who may be served all the same is told of the hours, too.
    let desk = after(HOURS, "wall 2026-09-28T08:00|enqueue c wechat walk");
    assert_eq!(
        explained(&desk, "c").summary,
        "Nobody who is signed in could serve it as it is now. Queue walk is closed by calendar office until 09:00, \
         and serves who is not held. It is number 1 of 1 waiting in walk; in 1h queue walk opens."
    );
}

fn line() -> impl Strategy<Value = String> {
    let agent = || select(&["a1", "a2", "a3", "one"]);
    let contact = || (0..12u32).prop_map(|number| format!("c{number}"));
    let queue = || select(&["mail", "always", "walk", "over", "stop", "ringed", "night"]);
    let word = select(&["open", "closed", "clear", "closed 2026-09-30T10:00"]);
    prop_oneof![
        6 => (contact(), queue()).prop_map(|(contact, queue)| format!("enqueue {contact} wechat {queue}")),
        4 => agent().prop_map(|agent| format!("signin {agent} ready")),
        1 => agent().prop_map(|agent| format!("signout {agent} return")),
        3 => (agent(), contact()).prop_map(|(agent, contact)| format!("accept {agent} {contact}")),
        2 => (agent(), contact()).prop_map(|(agent, contact)| format!("complete {agent} {contact}")),
        2 => (queue(), word).prop_map(|(queue, word)| format!("hours {queue} {word} reason=x")),
        2 => (agent(), select(&["on", "off"]))
            .prop_map(|(agent, on)| format!("override {agent} {on} 2026-09-30T20:00 reason=x")),
        1 => agent().prop_map(|agent| format!("override {agent} clear x reason=x")),
        1 => agent().prop_map(|agent| {
            format!("dated {agent} shift 2026-09-29T09:00 2026-09-29T18:00 break=12:00-13:00")
        }),
        4 => select(&["10s", "1m", "30m", "2h", "7h"]).prop_map(|time| format!("advance {time}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn explanation_equals_decision_by_hours_and_shifts(lines in vec(line(), 1..60)) {
        let mut desk = Desk::with(HOURS);
        desk.run("wall 2026-09-28T08:30");
        for line in lines {
            desk.run(&line);
            check_settled(desk.sim.state(), desk.sim.now_ms());
        }
        check_offers(&desk);
    }
}
