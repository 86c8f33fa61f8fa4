//! What is told of contacts in a queue at a surge level, and of callbacks.

use kefud::{
    engine::matching::explain::{Happening, Opening},
    plan::format_ms,
};

use crate::{after_in, check_settled, common::desk::Desk, explained, told};

const SURGE: &str = include_str!("../engine_surge/surge.toml");
const CALLBACKS: &str = include_str!("../engine_callbacks/callbacks.toml");

fn surge(lines: &str) -> Desk {
    after_in(Desk::with(SURGE), lines)
}

fn called(lines: &str) -> Desk {
    after_in(Desk::with(CALLBACKS), &format!("gateway g open|{lines}"))
}

/// The groups of a contact: whether they are open, and by a step of which level.
fn groups(desk: &Desk, contact: &str) -> Vec<(String, Opening, Option<u32>)> {
    let names = desk.sim.state().names();
    let groups = explained(desk, contact).groups;
    groups.iter().map(|entry| (names.id(entry.group).to_owned(), entry.opening, entry.by_surge)).collect()
}

fn changes(desk: &Desk, contact: &str) -> Vec<String> {
    let (state, now_ms) = (desk.sim.state(), desk.sim.now_ms());
    let changes = explained(desk, contact).changes;
    let told = |at_ms: u64, what: Happening| format!("{} {}", format_ms(at_ms - now_ms), what.text(state));
    changes.iter().map(|change| told(change.at_ms, change.what)).collect()
}

#[test]
fn rings_and_groups_that_a_level_has_opened_are_told_as_open() {
    let waits = "signin a1|signin n1|signin t1|enqueue c1 phone line|enqueue c2 phone line";
    let all = |rows: &[(&str, Opening, Option<u32>)]| {
        rows.iter().map(|(id, opening, level)| ((*id).to_owned(), *opening, *level)).collect::<Vec<_>>()
    };
    let core = ("core", Opening::Open(0), None);
    // At the normal level a ring will open one group, and only a level the other.
    let desk = surge(waits);
    let normal = [core, ("night", Opening::Later(2), None), ("temp", Opening::BySurge(3), None)];
    assert_eq!(groups(&desk, "c2"), all(&normal));
    let found = explained(&desk, "c2");
    assert_eq!((found.ring, found.last_ring), (0, 2));
    assert!(!found.summary.contains("level"), "{}", found.summary);
    assert_eq!(changes(&desk, "c2"), ["10m ring 1 opens", "30m ring 2 opens"]);

    // Level 1 opens the first ring, level 3 the group too.
    let desk = surge(&format!("{waits}|surge line 3 until=1h by=s1 reason=news"));
    let by_hand = [core, ("temp", Opening::Open(0), Some(3)), ("night", Opening::Later(2), None)];
    assert_eq!(groups(&desk, "c2"), all(&by_hand));
    let found = explained(&desk, "c2");
    assert_eq!((found.ring, found.requirement.required[0].min), (1, 1), "what ring 1 asks for");
    let kept = "RESERVED: is reserved: group temp has 0 free and keeps 1";
    assert_eq!(told(&desk, "c2", "t1"), ["NOT_READY: is not ready (signed_in)", kept]);
    assert_eq!(told(&desk, "c2", "n1")[1], "RING_NOT_OPEN: is in a group that only ring 2 opens");
    // The ring that is open already changes nothing.
    let expected = ["30m ring 2 opens", "1h the word about the surge level of queue line ends"];
    assert_eq!(changes(&desk, "c2"), expected);
    let since = " Queue line is at surge level 3 since 08:16 (by hand). It is number 2 of 2 waiting in line;";
    assert!(found.summary.contains(since), "{}", found.summary);
    check_settled(desk.sim.state(), desk.sim.now_ms());

    // Once the word ends, and calm returns, all is as it was.
    let desk = after_in(desk, "cancel c1|advance 1h|advance 10m");
    assert_eq!(explained(&desk, "c2").ring, 2, "by itself");
    assert_eq!(groups(&desk, "c2")[2], ("temp".to_owned(), Opening::BySurge(3), None));
}

#[test]
fn a_ring_opened_by_a_level_is_told_with_it() {
    let other =
        "apply set surges.line.levels=[{on={waiting=3},off={waiting=1},steps=[{do=\"open_rings\",rings=2}]}]";
    let desk = surge(&format!("{other}|enqueue c1 phone line|surge line 1 until=1h"));
    let night = ("night".to_owned(), Opening::Open(2), Some(1));
    assert!(groups(&desk, "c1").contains(&night), "{:?}", groups(&desk, "c1"));
    assert_eq!(explained(&desk, "c1").ring, 2);
    // Whoever was there keeps it, though no level says so any more.
    let desk = after_in(desk, "surge line 0 until=1h");
    assert!(groups(&desk, "c1").contains(&("night".to_owned(), Opening::Open(2), Some(0))));
}

#[test]
fn what_was_measured_is_told_with_the_level() {
    let lines = "enqueue c1 phone line|enqueue c2 phone line|enqueue c3 phone line|advance 1s";
    let desk = surge(lines);
    let found = explained(&desk, "c1").summary;
    let expected = " Queue line is at surge level 1 since 08:16 (3 wait, oldest 1s). ";
    assert!(found.contains(expected), "{found}");
}

#[test]
fn the_end_of_a_planned_window_is_told() {
    // The window is from nine to nine.
    let desk = surge("wall 2026-11-11T08:00|enqueue c1 phone planned|advance 2h");
    let ends = "11h the window that keeps up the surge level of queue planned ends".to_owned();
    assert!(changes(&desk, "c1").contains(&ends), "{:?}", changes(&desk, "c1"));
    // A word counts alone.
    let desk = after_in(desk, "surge planned 2 until=30m");
    let word = "30m the word about the surge level of queue planned ends".to_owned();
    let told = changes(&desk, "c1");
    assert!(told.contains(&word) && !told.contains(&ends), "{told:?}");
}

#[test]
fn callbacks_say_who_is_dialled_and_until_when() {
    // Nobody is there to talk with yet.
    let desk = called("signin a1|callback k1 - channel=phone queue=first");
    let waits =
        "It is callback k1. It has its place in queue first; its customer is dialled when that comes near.";
    assert_eq!(explained(&desk, "callback:k1:1").summary, waits);
    assert_eq!(
        told(&desk, "callback:k1:1", "a1"),
        [
            "NOT_READY: is not ready (signed_in)",
            "NOT_DIALLED: may not be offered it: its customer is not on the line yet"
        ]
    );
    let found = explained(&desk, "callback:k1:1");
    assert_eq!((found.place, found.everybody.agents, found.groups.len()), (None, 3, 1));
    assert_eq!(changes(&desk, "callback:k1:1"), ["24h it leaves the line: its callback expires"]);

    let desk = called("signin a1 ready|callback k1 - channel=phone queue=first|advance 1s");
    assert!(explained(&desk, "callback:k1:1").summary.ends_with("its customer is being dialled."));
    assert_eq!(changes(&desk, "callback:k1:1"), ["30s the attempt to reach its customer is over"]);

    // By an agent who has accepted.
    let desk = called("signin a1 ready|callback k1 - channel=phone queue=line|accept a1 callback:k1:1");
    assert_eq!(changes(&desk, "callback:k1:1"), ["45s the attempt to reach its customer is over"]);

    let desk = called("wall 2026-11-11T20:00|callback k1 - channel=phone queue=polite");
    let rests = "1h it leaves the line: its customer may not be called then";
    assert_eq!(changes(&desk, "callback:k1:1"), [rests]);
}

#[test]
fn what_becomes_of_a_callback_is_no_change_of_a_contact_of_it_that_has_ended() {
    let in_vain =
        "callback k1 - channel=phone queue=line|signin a1 ready|accept a1 callback:k1:1|gone callback:k1:1";
    let over = "wall 2026-11-11T20:00|callback k1 - channel=phone queue=polite|advance 1h";
    for (lines, end) in [
        (
            in_vain.to_owned(),
            "the attempt to reach its customer came to nothing after 0s of waiting; a1 had it last. The callback is \
             in line again in 10m.",
        ),
        (
            format!("{in_vain}|advance 10m"),
            "the attempt to reach its customer came to nothing after 0s of waiting; a1 had it last.",
        ),
        (
            format!("{in_vain}|uncallback k1"),
            "the attempt to reach its customer came to nothing after 0s of waiting; a1 had it last.",
        ),
        (
            over.to_owned(),
            "its callback waits for another time, or has ended after 1h of waiting. The callback is in line again in \
             11h.",
        ),
    ] {
        let desk = called(&lines);
        let summary = explained(&desk, "callback:k1:1").summary;
        assert_eq!(summary, format!("It is callback k1. It has ended: {end}"), "{lines}");
        assert_eq!(changes(&desk, "callback:k1:1"), [""; 0], "{lines}");
    }
}

#[test]
fn a_callback_whose_gateway_is_away_says_so() {
    for (queue, codes) in [("first", &["NOT_DIALLED", "GATEWAY_AWAY"][..]), ("line", &["GATEWAY_AWAY"])] {
        let desk =
            called(&format!("gateway g lost|signin a1 ready|callback k1 - channel=phone queue={queue}"));
        let rests = format!(
            "It is callback k1. It has its place in queue {queue}, but its gateway g is away: nobody could dial its \
             customer, and it is offered to nobody until that gateway watches again."
        );
        assert_eq!(explained(&desk, "callback:k1:1").summary, rests);
        let told = told(&desk, "callback:k1:1", "a1");
        let told: Vec<&str> = told.iter().filter_map(|told| Some(told.split_once(':')?.0)).collect();
        assert_eq!(told, codes);
        let desk = after_in(desk, "gateway g open|advance 1s");
        assert!(!explained(&desk, "callback:k1:1").summary.contains("away"));
    }
}
