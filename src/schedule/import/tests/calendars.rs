//! What calendars say beside their events: which of them count, for whom, and in which zone.

use super::*;

const START: &str = "DTSTART:20261001T090000\nDURATION:PT8H";

#[test]
fn categories_that_say_no_kind_are_told_once() {
    let events = ["Early", "early", "Late,Leav", "Team,Sick", "", "加班", "Meeting"];
    let events: Vec<String> = (1..)
        .zip(events)
        .map(|(day, words)| {
            format!("X-KEFUD-AGENT:anna\nCATEGORIES:{words}\nDTSTART:2026100{day}T090000\nDURATION:PT8H")
        })
        .collect();
    let read = read_now(&calendar(&events.iter().map(String::as_str).collect::<Vec<_>>()));
    let kinds: Vec<String> =
        rows(&read).iter().map(|row| row.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(kinds, ["shift", "shift", "shift", "off", "shift", "extra", "break"]);
    assert_eq!(
        told(&read.warnings),
        [
            "5 CATEGORIES: `Early` says no kind: its events are taken for shifts -> ",
            "17 CATEGORIES: `Late` says no kind: its events are taken for shifts -> ",
            "17 CATEGORIES: `Leav` says no kind: its events are taken for shifts -> LEAVE",
        ]
    );
    // Where the kind is said nothing is taken for anything.
    let said = format!("X-KEFUD-AGENT:anna\nX-KEFUD-KIND:off\nCATEGORIES:Early\n{START}");
    assert_eq!(told(&read_now(&calendar(&[&said])).warnings), [""; 0]);
}

#[test]
fn who_has_declined_and_what_is_cancelled_is_left_out() {
    let declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:";
    for (event, expected, warned) in [
        (format!("SUMMARY:Early\n{declined}anna@x\n{START}"), &[][..], "5 ATTENDEE: anna has declined"),
        (
            format!("ATTENDEE;PARTSTAT=ACCEPTED:mailto:ben@x\n{declined}anna@x\n{START}"),
            &["ben shift 10-01T09:00 10-01T17:00"][..],
            "5 ATTENDEE: anna has declined",
        ),
        (format!("SUMMARY:ben\n{declined}anna@x\n{START}"), &[][..], "5 ATTENDEE: anna has declined"),
        (
            format!("X-KEFUD-GROUP:desk\n{declined}anna@x\n{START}"),
            &["ben shift 10-01T09:00 10-01T17:00"][..],
            "5 ATTENDEE: anna has declined",
        ),
        (
            format!("X-KEFUD-AGENT:anna\nSTATUS:CANCELLED\n{START}"),
            &[][..],
            "5 STATUS: the event is cancelled",
        ),
        (
            format!("UID:1\nRECURRENCE-ID:20261001T090000\nX-KEFUD-AGENT:anna\nSTATUS:CANCELLED\n{START}"),
            &[][..],
            "7 STATUS: the event is cancelled",
        ),
    ] {
        let read = read_now(&calendar(&[&event]));
        assert_eq!(
            (told(&read.problems), rows(&read)),
            (vec![], expected.iter().map(|row| (*row).to_owned()).collect()),
            "{event}"
        );
        assert_eq!(told(&read.warnings), [format!("{warned}: left out -> ")], "{event}");
    }
}

#[test]
fn of_several_states_of_an_event_the_latest_counts() {
    let event = |uid: &str, sequence: &str, hour: u32| {
        format!("UID:{uid}\nX-KEFUD-AGENT:anna\n{sequence}DTSTART:20261001T{hour:02}0000\nDURATION:PT1H")
    };
    let events = [
        event("1", "SEQUENCE:2\n", 9),
        event("1", "", 10),
        event("1", "SEQUENCE:10\n", 11),
        event("2", "SEQUENCE:1\n", 13),
        // As far as it is said, they are no states of one.
        event("2", "SEQUENCE:1\n", 15),
    ];
    let read = read_now(&calendar(&events.each_ref().map(String::as_str)));
    assert_eq!(
        rows(&read),
        [
            "anna shift 10-01T11:00 10-01T12:00",
            "anna shift 10-01T13:00 10-01T14:00",
            "anna shift 10-01T15:00 10-01T16:00"
        ]
    );
    let warned = |line: u32| {
        format!("{line} SEQUENCE: the event of line 16 has the same UID and a higher SEQUENCE: left out -> ")
    };
    assert_eq!((told(&read.problems), told(&read.warnings)), (vec![], vec![warned(3), warned(10)]));
    // An occurrence that stands for another one has states of its own.
    let series = "UID:1\nX-KEFUD-AGENT:anna\nSEQUENCE:5\nDTSTART:20261001T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2";
    let moved = |sequence: u32, hour: u32| {
        format!(
            "UID:1\nRECURRENCE-ID:20261002T090000\nSEQUENCE:{sequence}\nDTSTART:20261002T{hour}0000\nDURATION:PT1H"
        )
    };
    let read = read_now(&calendar(&[&moved(2, 15), series, &moved(1, 14)]));
    assert_eq!(rows(&read), ["anna shift 10-01T09:00 10-01T10:00", "anna shift 10-02T15:00 10-02T16:00"]);
}

#[test]
fn a_calendar_that_takes_events_back_is_refused() {
    let event = format!("X-KEFUD-AGENT:anna\n{START}");
    for (method, refused) in [("CANCEL", true), ("cancel", true), ("PUBLISH", false), ("REQUEST", false)] {
        let document = calendar(&[&event]).replace("VERSION:2.0", &format!("VERSION:2.0\nMETHOD:{method}"));
        let read = read_now(&document);
        assert_eq!(rows(&read).is_empty(), refused, "{method}");
        let told = told(&read.problems);
        assert_eq!(
            told.iter().any(|told| told.starts_with("3 METHOD: takes events back")),
            refused,
            "{told:?}"
        );
    }
}

#[test]
fn events_within_events_are_told() {
    let read =
        read_now(&calendar(&[&format!("X-KEFUD-AGENT:anna\n{START}\nBEGIN:VEVENT\nUID:2\nEND:VEVENT")]));
    assert_eq!(told(&read.problems), ["7 BEGIN: an event within that of line 3 -> END:VEVENT before it"]);
}

#[test]
fn floating_times_are_of_the_calendars_zone() {
    let event = format!("X-KEFUD-AGENT:anna\n{START}");
    let plan = plan::parse(PLAN).unwrap();
    for (says, zone, expected, warned) in [
        ("Europe/Berlin", "", " Europe/Berlin", ""),
        ("W. Europe Standard Time", "", " Europe/Berlin", ""),
        ("Asia/Shanghai", "", "", ""),
        ("Europe/Berlin", "Europe/Berlin", " Europe/Berlin", ""),
        (
            "Europe/Berlin",
            "Asia/Tokyo",
            " Asia/Tokyo",
            "3 X-WR-TIMEZONE: says Europe/Berlin; times without a zone count as of Asia/Tokyo -> ",
        ),
        (
            "Europe/Belin",
            "",
            "",
            "3 X-WR-TIMEZONE: there is no time zone `Europe/Belin`; times without a zone count as of Asia/Shanghai -> \
             Europe/Berlin",
        ),
    ] {
        let document =
            calendar(&[&event]).replace("VERSION:2.0", &format!("VERSION:2.0\nX-WR-TIMEZONE:{says}"));
        let now_s = local::parse("2026-09-30T00:00").unwrap();
        let read = read(&document, None, Context { plan: &plan, zone, now_s });
        assert_eq!(rows(&read), [format!("anna shift 10-01T09:00 10-01T17:00{expected}")], "{says}");
        assert_eq!(told(&read.warnings).join(""), warned, "{says}");
    }
}
