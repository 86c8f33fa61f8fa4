//! Documents, and what they come to.

mod calendars;

use super::*;
use crate::{plan, schedule::local};

const PLAN: &str = r#"
[settings]
zone = "Asia/Shanghai"

[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "20s"

[channels.wechat]
kind = "messaging"
units = 25
offer_timeout = "1m"

[queues.service]
channels = ["phone", "wechat"]
groups = ["desk"]
objective = "30s"

[groups.desk]
[groups.empty]

[agents.anna]
groups = ["desk"]

[agents.ben]
groups = ["desk"]

[groups.night]

[agents.chen]
groups = ["night"]
"#;

fn read_at(document: &str, now: &str) -> Read {
    let plan = plan::parse(PLAN).unwrap();
    read(document, None, Context { plan: &plan, zone: "", now_s: local::parse(now).unwrap() })
}

fn read_now(document: &str) -> Read {
    read_at(document, "2026-09-30T00:00")
}

fn shown(row: &Row) -> String {
    let zone = if row.key.zone.is_empty() { String::new() } else { format!(" {}", row.key.zone) };
    let time = |local_s| local::show(local_s)[5..16].to_owned();
    let parts = row.parts.iter().map(|part| {
        let sign = if part.is_break { "-".to_owned() } else { part.channels.join("|") };
        format!(" {sign}{}+{}", part.from_s / 60, (part.to_s - part.from_s) / 60)
    });
    let parts: String = parts.collect();
    let channels = row.channels.as_ref().map(|ids| format!(" only {}", ids.join("|"))).unwrap_or_default();
    let reason = if row.reason.is_empty() { String::new() } else { format!(" ({})", row.reason) };
    let kind = format!("{:?}", row.key.kind).to_lowercase();
    let (start, end) = (time(row.key.start_s), time(row.end_s));
    format!("{} {kind} {start} {end}{zone}{parts}{channels}{reason}", row.key.agent)
}

fn rows(read: &Read) -> Vec<String> {
    read.rows.iter().map(shown).collect()
}

fn told(problems: &Problems) -> Vec<String> {
    let told =
        |told: &Problem| format!("{} {}: {} -> {}", told.line, told.field, told.problem, told.suggestion);
    problems.list.iter().map(told).collect()
}

#[test]
fn csv_in_all_its_forms() {
    let header = "agent,start,end,kind,zone,breaks,activities,channels,reason,group,date";
    for (row, expected) in [
        ("anna,2026-10-01T09:00,2026-10-01T18:00", "anna shift 10-01T09:00 10-01T18:00"),
        (
            "anna,2026-10-01 22:00,2026-10-02 06:00,shift,,02:00-02:30",
            "anna shift 10-01T22:00 10-02T06:00 -240+30",
        ),
        ("anna,09:00,18:00,,,,,,,,2026-10-01", "anna shift 10-01T09:00 10-01T18:00"),
        ("anna,22:00,06:00,,,,,,,,2026-10-01", "anna shift 10-01T22:00 10-02T06:00"),
        ("anna,00:00,24:00,OFF,,,,,sick,,2026-10-01", "anna off 10-01T00:00 10-02T00:00 (sick)"),
        ("anna,2026-10-01T09:00Z,2026-10-01T10:00Z", "anna shift 10-01T17:00 10-01T18:00"),
        (
            "anna,2026-10-01T09:00,2026-10-01T10:00,break,America/New_York",
            "anna break 10-01T09:00 10-01T10:00 America/New_York",
        ),
        (
            "anna,2026-10-01T09:00,2026-10-01T18:00,shift,,12:00-13:00,09:00-11:00=wechat|phone 17:00-18:00=",
            "anna shift 10-01T09:00 10-01T18:00 phone|wechat0+120 -180+60 480+60",
        ),
        (
            "anna,2026-10-01T19:00,2026-10-01T21:00,extra,,,,phone,overtime",
            "anna extra 10-01T19:00 10-01T21:00 only phone (overtime)",
        ),
    ] {
        let read = read_now(&format!("{header}\n{row}\n"));
        assert_eq!((told(&read.problems), rows(&read)), (vec![], vec![expected.to_owned()]), "{row}");
    }
    let group = read_now("\u{feff}Group;Start;End\r\n\r\ndesk;2026-10-01 09:00;2026-10-01 18:00\r\n");
    assert_eq!(
        rows(&group),
        ["anna shift 10-01T09:00 10-01T18:00", "ben shift 10-01T09:00 10-01T18:00"],
        "{group:?}"
    );
    assert_eq!(group.rows[0].line, 3);
    let slashes = "\u{feff}sep=;\r\n\r\nagent;start;end\r\nanna;2026/10/1 9:00;2026/10/1 18:00\r\n";
    let slashes = read_now(slashes);
    assert_eq!(rows(&slashes), ["anna shift 10-01T09:00 10-01T18:00"], "{slashes:?}");
    assert_eq!(slashes.rows[0].line, 4);
    let told = read_now("sep=|\nagent|start|end|reason\nanna|2026-10-01 09:00|2026-10-01 18:00|a;b\n");
    assert_eq!(rows(&told), ["anna shift 10-01T09:00 10-01T18:00 (a;b)"], "{told:?}");
    let tabs = read_now("agent\tstart\tend\treason\nanna\t2026-10-01 09:00\t2026-10-01 18:00\tone, two\n");
    assert_eq!(rows(&tabs), ["anna shift 10-01T09:00 10-01T18:00 (one, two)"]);
}

/// Rows of a document, and what is told about each.
const WRONG_ROWS: &[(&str, &str)] = &[
    (
        "anna,2026-10-01T18:00,2026-10-01T09:00",
        "end: reversed: is not after the start, 2026-10-01T18:00:00 -> start 2026-10-01T09:00:00, end 2026-10-01T18:00:00",
    ),
    ("anna,2026-10-01T18:00,2026-09-29T09:00", "end: is not after the start, 2026-10-01T18:00:00 -> "),
    (
        "anna,2026-10-01T09:00,2026-10-02T10:00",
        "end: is 25 h after the start, at most 24 h -> 2026-10-02T09:00:00",
    ),
    (
        "anna,2026-10-01T09:00,2027-12-02T10:00,off",
        "end: is 427 days after the start, at most 366 days -> 2027-10-02T09:00:00",
    ),
    ("ana,2026-10-01T09:00,2026-10-01T18:00", "agent: the plan has no agent `ana` -> anna"),
    ("xyz,2026-10-01T09:00,2026-10-01T18:00", "agent: the plan has no agent `xyz` -> "),
    (",2026-10-01T09:00,2026-10-01T18:00", "agent: is empty -> "),
    ("anna,,2026-10-01T18:00", "start: is empty -> "),
    (
        "anna,12/11/2026 09:00 AM,2026-10-01T18:00",
        "start: is no local time -> 2026-12-11T09:00 or 2026-11-12T09:00",
    ),
    ("anna,2026-10-01T09:00,later", "end: is no local time -> such as 2026-10-01T09:00"),
    ("anna,2026-10-01,2026-10-03,off", "start: is a date without a time -> 2026-10-01T00:00"),
    ("anna,2026-10-01T00:00,2026-10-03,off", "end: is a date without a time -> 2026-10-04T00:00"),
    ("anna,2026-10-01T00:00,9999-12-31T00:00,off", "end: must be in the years 2000 to 2100 -> "),
    ("anna,900,18:00,,,,,,,,2026-10-01", "start: is no time of day -> 09:00"),
    (
        "anna,09:00,09:00,,,,,,,,2026-10-01",
        "end: is the same as the start -> 00:00 and 24:00 for a whole day",
    ),
    ("anna,09:00,18:00,,,,,,,,1.10.2026", "date: is no date -> 2026-10-01"),
    ("anna,2026-10-01T09:00,2026-10-01T18:00,shft", "kind: is none of shift, extra, off, break -> shift"),
    ("anna,2026-10-01T09:00,2026-10-01T18:00,Sick", "kind: is none of shift, extra, off, break -> off"),
    ("anna,2026-10-01T09:00,2026-10-01T18:00,vacaton", "kind: is none of shift, extra, off, break -> off"),
    ("anna,2026-10-01T09:00,2026-10-01T18:00,休假", "kind: is none of shift, extra, off, break -> off"),
    ("anna,2026-10-01T09:00,2026-10-01T18:00,培训", "kind: is none of shift, extra, off, break -> break"),
    ("anna,2026-10-01T09:00,2026-10-01T18:00,xyz", "kind: is none of shift, extra, off, break -> "),
    (
        "anna,2026-10-01T09:00,2026-10-01T18:00,,Asia/Shangai",
        "zone: there is no time zone `Asia/Shangai` -> Asia/Shanghai",
    ),
    (
        "anna,2026-10-01T09:00,2026-10-01T18:00,,,19:00-20:00",
        "breaks: `19:00-20:00` is not within start and end -> ",
    ),
    ("anna,2026-10-01T09:00,2026-10-01T18:00,,,12-13", "breaks: `12-13` is no span of time -> 12:00-13:00"),
    (
        "anna,2026-10-01T09:00,2026-10-01T18:00,,,12:00-13:00 12:30-14:00",
        "breaks: `12:30-14:00` overlaps another one -> ",
    ),
    (
        "anna,2026-10-01T09:00,2026-10-01T18:00,off,,12:00-13:00",
        "breaks: only a shift has breaks and activities -> ",
    ),
    (
        "anna,2026-10-01T09:00,2026-10-01T18:00,,,,09:00-10:00",
        "activities: `09:00-10:00` is no activity -> 09:00-11:00=phone|wechat",
    ),
    (
        "anna,2026-10-01T09:00,2026-10-01T18:00,,,,09:00-10:00=fone",
        "activities: the plan has no channel `fone` -> ",
    ),
    (
        "anna,2026-10-01T09:00,2026-10-01T18:00,extra,,,,wechatt",
        "channels: the plan has no channel `wechatt` -> wechat",
    ),
    (
        "anna,2026-10-01T09:00,2026-10-01T18:00,,,,,phone",
        "channels: only an extra names channels -> a shift's go into activities",
    ),
    (",2026-10-01T09:00,2026-10-01T18:00,,,,,,,desks", "group: the plan has no group `desks` -> desk"),
    (",2026-10-01T09:00,2026-10-01T18:00,,,,,,,empty", "group: the group empty has no agents -> "),
    (
        "anna,2026-10-01T09:00,2026-10-01T18:00,,,,,,,desk",
        "group: names a group, though the row names an agent -> ",
    ),
    (
        "anna,2026-10-01T09:00,2026-10-01T18:00,,,,,,,,,more",
        ": has more cells than the header has columns -> quote cells with separators",
    ),
];

#[test]
fn every_problem_of_a_row_is_told_with_the_nearest_form() {
    let header = "agent,start,end,kind,zone,breaks,activities,channels,reason,group,date";
    for (row, expected) in WRONG_ROWS {
        let read = read_now(&format!("{header}\n{row}\n"));
        assert_eq!(told(&read.problems), [format!("2 {expected}")], "{row}");
        assert_eq!(rows(&read), [""; 0], "{row}");
    }
    let many = "agent,start,end\n".to_owned() + &"ana,x,y\n".repeat(1_500);
    let read = read_now(&many);
    assert_eq!((read.problems.list.len(), read.problems.left_out), (1_000, 500));
}

#[test]
fn a_header_is_needed() {
    for (document, expected) in [
        ("", "1 : there is no header -> agent,start,end,kind,reason"),
        ("agent,start\nanna,2026-10-01T09:00\n", "1 end: this column is missing -> "),
        ("start,end\n", "1 agent: this column is missing, and `group` too -> "),
        ("agent,start,end,start\n", "1 start: is there twice -> "),
        ("agent,start,end,\n", "1 : column 4 has no name -> "),
    ] {
        assert_eq!(told(&read_now(document).problems), [expected], "{document}");
    }
    let read = read_now("agent,start,end,resaon\nanna,2026-10-01T09:00,2026-10-01T18:00,x\n");
    let [problem] = &read.problems.list[..] else { panic!("{read:?}") };
    assert_eq!((problem.line, problem.field.as_str(), problem.suggestion.as_str()), (1, "resaon", "reason"));
}

#[test]
fn what_is_said_twice_is_told() {
    let header = "agent,start,end,kind,reason\n";
    let row = "anna,2026-10-01T09:00,2026-10-01T18:00,off,sick\n";
    let read = read_now(&format!("{header}{row}{row}"));
    assert_eq!((rows(&read).len(), told(&read.problems).len()), (1, 0));
    assert_eq!(told(&read.warnings), ["3 : says the same as line 2 -> "]);
    let read = read_now(&format!("{header}{row}{}", row.replace("18:00", "17:00")));
    assert!(
        told(&read.problems)[0].starts_with("3 : agent anna, kind and start are those of line 2"),
        "{read:?}"
    );
}

#[test]
fn gaps_and_old_entries_are_warned_of() {
    let header = "agent,start,end,zone\n";
    let gap = "anna,2027-03-14T02:30,2027-03-14T09:00,America/New_York\n";
    let read = read_now(&format!("{header}anna,2026-01-01T09:00,2026-01-01T18:00,\n{gap}"));
    assert_eq!(rows(&read).len(), 1);
    assert_eq!(
        told(&read.warnings),
        [
            "2 : left out 1 entry that ended more than 35 days ago -> ",
            "3 start: 2027-03-14T02:30:00 does not exist in America/New_York: clocks go forward; it counts as \
             2027-03-14T03:30:00 -> 2027-03-14T03:30:00",
        ]
    );
}

fn calendar(events: &[&str]) -> String {
    let event = |event: &&str| format!("BEGIN:VEVENT\n{event}\nEND:VEVENT\n");
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{}END:VCALENDAR\n", events.iter().map(event).collect::<String>())
}

#[test]
fn events_in_all_their_forms() {
    for (event, expected) in [
        (
            "SUMMARY:anna\nDTSTART:20261001T090000\nDTEND:20261001T180000",
            "anna shift 10-01T09:00 10-01T18:00",
        ),
        (
            "SUMMARY:Early\nATTENDEE;CN=Anna:MAILTO:anna@example.com\nDTSTART:20261001T090000\nDURATION:PT8H30M",
            "anna shift 10-01T09:00 10-01T17:30 (Early)",
        ),
        (
            "X-KEFUD-AGENT:anna\nCATEGORIES:Team,Sick\nDTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261004",
            "anna off 10-01T00:00 10-04T00:00",
        ),
        (
            "X-KEFUD-AGENT:anna\nX-KEFUD-KIND:break\nDTSTART;VALUE=DATE:20261001",
            "anna break 10-01T00:00 10-02T00:00",
        ),
        (
            "X-KEFUD-AGENT:anna\nDTSTART;TZID=Europe/Berlin:20261001T090000\nDTEND;TZID=Europe/Berlin:20261001T170000",
            "anna shift 10-01T09:00 10-01T17:00 Europe/Berlin",
        ),
        (
            "X-KEFUD-AGENT:anna\nDTSTART;TZID=W. Europe Standard Time:20261001T090000\nDTEND:20261001T150000Z",
            "anna shift 10-01T09:00 10-01T17:00 Europe/Berlin",
        ),
        (
            "X-KEFUD-AGENT:anna\nDTSTART;TZID=/mozilla.org/2005/Europe/Berlin:20261001T090000\nDURATION:PT1H",
            "anna shift 10-01T09:00 10-01T10:00 Europe/Berlin",
        ),
        (
            "X-KEFUD-AGENT:anna\nDTSTART:20261001T090000Z\nDURATION:PT8H",
            "anna shift 10-01T09:00 10-01T17:00 UTC",
        ),
        (
            "X-KEFUD-AGENT:anna\nX-KEFUD-KIND:extra\nX-KEFUD-CHANNELS:phone\nDTSTART:20261001T190000\nDURATION:PT2H",
            "anna extra 10-01T19:00 10-01T21:00 only phone",
        ),
    ] {
        let read = read_now(&calendar(&[event]));
        assert_eq!((told(&read.problems), rows(&read)), (vec![], vec![expected.to_owned()]), "{event}");
    }
    let group = read_now(&calendar(&["X-KEFUD-GROUP:desk\nDTSTART:20261001T090000\nDURATION:PT8H"]));
    assert_eq!(rows(&group).len(), 2);
}

#[test]
fn events_that_are_no_shifts_are_told() {
    let start = "X-KEFUD-AGENT:anna\nDTSTART:20261001T090000";
    for (event, line, expected) in [
        (start.to_owned(), 3, "has neither DTEND nor DURATION -> DURATION:PT8H"),
        (format!("{start}\nDURATION:8H"), 6, "is no length of time -> PT8H30M"),
        (format!("{start}\nDTEND:20261001T180000\nDURATION:PT1H"), 7, "take one of them out -> "),
        (
            format!("{start}\nDTEND;VALUE=DATE:20261002"),
            6,
            "not of the same form as DTSTART -> DTEND:20261001T170000",
        ),
        (format!("{start}\nDTEND:2026-10-01T18:00"), 6, "is no time -> 20261001T180000"),
        ("SUMMARY:anna\nDTEND:20261001T180000".to_owned(), 3, "has no DTSTART -> DTSTART;"),
        ("SUMMARY:Early\nDTSTART:20261001T090000\nDURATION:PT1H".to_owned(), 3, "names no agent"),
        (
            "ATTENDEE:mailto:ana@x\nDTSTART:20261001T090000\nDURATION:PT1H".to_owned(),
            4,
            "no agent `ana` -> anna",
        ),
        (format!("{start}\nDURATION:PT1H\nX-KEFUD-KIND:holiday"), 7, "is none of"),
        (
            "SUMMARY:anna\nDTSTART;TZID=Europe/Belin:20261001T090000\nDURATION:PT1H".to_owned(),
            5,
            "no time zone `Europe/Belin` -> Europe/Berlin",
        ),
        (
            format!("{start}\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
            7,
            "never comes -> BYMONTHDAY=28",
        ),
        (format!("{start}\nDURATION:PT1H\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY"), 8, "second rule"),
        (format!("{start}\nDURATION:PT1H\nEXRULE:FREQ=DAILY"), 7, "no longer in use -> EXDATE"),
        (format!("{start}\nDTEND:20261001T080000"), 3, "reversed: is not after the start"),
    ] {
        let read = read_now(&calendar(&[&event]));
        let told = told(&read.problems);
        let [problem] = &told[..] else { panic!("{event}: {told:?}") };
        assert!(problem.starts_with(&format!("{line} ")) && problem.contains(expected), "{event}: {problem}");
        assert_eq!(rows(&read), [""; 0], "{event}");
    }
    assert_eq!(told(&read_now(&calendar(&[])).problems), ["1 : there is no event -> BEGIN:VEVENT"]);
    let unnamed = "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Ours\nEND:VTIMEZONE\nBEGIN:VEVENT\nSUMMARY:anna\n\
                   DTSTART;TZID=Ours:20261001T090000\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n";
    assert!(told(&read_now(unnamed).problems)[0].contains("its rules are not used -> X-LIC-LOCATION"));
    let named = unnamed.replace("TZID:Ours\n", "TZID:Ours\nX-LIC-LOCATION:Europe/Berlin\n");
    assert_eq!(rows(&read_now(&named)), ["anna shift 10-01T09:00 10-01T10:00 Europe/Berlin"]);
}

#[test]
fn recurrences_with_their_exceptions() {
    let series = "UID:1\nX-KEFUD-AGENT:anna\nDTSTART:20261001T090000\nDTEND:20261001T170000\n\
                  RRULE:FREQ=DAILY;COUNT=5\nEXDATE:20261002T090000\nRDATE:20261010T100000\n\
                  RDATE;VALUE=PERIOD:20261011T100000/PT1H";
    let moved =
        "UID:1\nRECURRENCE-ID:20261003T090000\nDTSTART:20261003T120000\nDTEND:20261003T130000\nSUMMARY:late";
    let dropped =
        "UID:1\nRECURRENCE-ID:20261004T090000\nSTATUS:CANCELLED\nDTSTART:20261004T090000\nDURATION:PT1H";
    let read = read_now(&calendar(&[moved, series, dropped]));
    assert_eq!(told(&read.problems), [""; 0]);
    assert_eq!(
        rows(&read),
        [
            "anna shift 10-01T09:00 10-01T17:00",
            "anna shift 10-03T12:00 10-03T13:00 (late)",
            "anna shift 10-05T09:00 10-05T17:00",
            "anna shift 10-10T10:00 10-10T18:00",
            "anna shift 10-11T10:00 10-11T11:00",
        ]
    );
    assert_eq!(read.horizon_s, None);
    let later = moved.replace("RECURRENCE-ID:", "RECURRENCE-ID;RANGE=THISANDFUTURE:");
    let read = read_now(&calendar(&[series, &later]));
    assert!(told(&read.problems)[0].contains("end the rule with UNTIL"), "{read:?}");
    let dates = "X-KEFUD-AGENT:anna\nX-KEFUD-KIND:off\nDTSTART;VALUE=DATE:20261001\nRRULE:FREQ=DAILY;COUNT=3\n\
                 EXDATE;VALUE=DATE:20261002";
    assert_eq!(rows(&read_now(&calendar(&[dates]))).len(), 2);
}

#[test]
fn a_recurrence_ends_at_the_horizon() {
    let series = "X-KEFUD-AGENT:anna\nDTSTART:20200101T090000\nDURATION:PT8H\nRRULE:FREQ=DAILY";
    let read = read_now(&calendar(&[series]));
    // 35 days that are kept, 400 that come, and the day of the horizon itself.
    assert_eq!(rows(&read).len(), 435);
    assert_eq!(read.horizon_s, Some(local::parse("2026-09-30T00:00").unwrap() + 400 * 86_400));
    // It stays nine o'clock across changes of clocks.
    let series = series.replace("DTSTART:", "DTSTART;TZID=America/New_York:");
    let read = read_now(&calendar(&[&series]));
    assert!(read.rows.iter().all(|row| row.key.start_s.rem_euclid(86_400) == 9 * 3_600));
    let mut offsets: Vec<i64> = read.rows.iter().map(|row| row.key.start_s - row.from_s).collect();
    offsets.dedup();
    assert_eq!(offsets, [-14_400, -18_000, -14_400]);
}

#[test]
fn limits_are_named() {
    let daily = "X-KEFUD-GROUP:desk\nX-KEFUD-KIND:break\nDTSTART:20261001T0%0000\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9;COUNT=4000";
    let events: Vec<String> = (0..30).map(|at| daily.replace("0%", &format!("{:02}", at % 10))).collect();
    let read = read_now(&calendar(&events.iter().map(String::as_str).collect::<Vec<_>>()));
    assert!(told(&read.problems)[0].ends_with("gives more than 200000 entries -> split it by time or team"));
    let huge = "x".repeat(DOCUMENT_BYTES_MAX + 1);
    assert!(told(&read_now(&huge).problems)[0].contains("at most 33554432 -> split it"));
    let events = "BEGIN:VEVENT\nEND:VEVENT\n".repeat(EVENTS_MAX + 1);
    let read = read_now(&format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n"));
    assert!(read.problems.list.iter().any(|told| told.problem.contains("more than 50000 events")));
    let never =
        "X-KEFUD-AGENT:anna\nDTSTART:20261001T090000\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9";
    let read = read_now(&calendar(&[never; 7]));
    let skipped = read.problems.list.iter().filter(|told| told.problem.contains("was not looked at"));
    assert_eq!(skipped.count(), 2);
}

fn known(rows: &[Row], source: &str) -> Vec<Known> {
    let known = |row: &Row| Known { row: Row { line: 0, ..row.clone() }, source: source.into() };
    rows.iter().map(known).collect()
}

#[test]
fn what_an_import_changes() {
    let header = "agent,start,end,reason\n";
    let first = read_now(&format!(
        "{header}anna,2026-10-01T09:00,2026-10-01T17:00,\nanna,2026-10-02T09:00,2026-10-02T17:00,\n\
         ben,2026-09-20T09:00,2026-09-20T17:00,\nben,2026-10-03T09:00,2026-10-03T17:00,\n"
    ));
    let second = read_now(&format!(
        "{header}anna,2026-10-01T09:00,2026-10-01T17:00,\nanna,2026-10-02T09:00,2026-10-02T18:00,long\n\
         chen,2026-10-04T09:00,2026-10-04T17:00,\n"
    ));
    let now_s = local::parse("2026-09-30T00:00").unwrap();
    let of = |before: Vec<Known>, replace| {
        let changes =
            compare(Comparison { before, rows: second.rows.clone(), replace, source: "wfm", now_s });
        let lines = |rows: Vec<&Row>| rows.into_iter().map(shown).collect::<Vec<_>>().join("; ");
        let added = lines(changes.added.iter().collect());
        let changed = lines(changes.changed.iter().map(|(_, row)| row).collect());
        let removed = lines(changes.removed.iter().map(|known| &known.row).collect());
        (added, changed, removed, changes.unchanged, told(&changes.problems))
    };
    let (new, long) = ("chen shift 10-04T09:00 10-04T17:00", "anna shift 10-02T09:00 10-02T18:00 (long)");
    let gone = "ben shift 10-03T09:00 10-03T17:00";
    let expected = |removed: &str| (new.to_owned(), long.to_owned(), removed.to_owned(), 1, vec![]);
    assert_eq!(of(known(&first.rows, "wfm"), false), expected(""));
    // What is over stays.
    assert_eq!(of(known(&first.rows, "wfm"), true), expected(gone));
    // What another brought stays too, and what is said anew is this import's from then on.
    let (_, changed, removed, unchanged, _) = of(known(&first.rows, "other"), true);
    assert_eq!((removed.as_str(), unchanged), ("", 0));
    assert!(changed.contains(long) && changed.contains("anna shift 10-01"), "{changed}");
}

#[test]
fn shifts_that_overlap_are_told() {
    let header = "agent,start,end,zone\n";
    let read = read_now(&format!(
        "{header}anna,2026-10-01T09:00,2026-10-01T17:00,\nanna,2026-10-01T16:00,2026-10-01T20:00,\n\
         ben,2026-10-01T01:00,2026-10-01T02:00,UTC\n"
    ));
    let before = read_now(&format!("{header}ben,2026-10-01T09:30,2026-10-01T12:00,\n"));
    let before = known(&before.rows, "");
    let changes = compare(Comparison { before, rows: read.rows, replace: true, source: "wfm", now_s: 0 });
    assert_eq!(
        told(&changes.problems),
        [
            "3 : the shift of anna from 2026-10-01T16:00:00 to 2026-10-01T20:00:00 overlaps that from \
             2026-10-01T09:00:00 to 2026-10-01T17:00:00 of line 2, for 1 h -> end the first one at 2026-10-01T16:00:00",
            "4 : the shift of ben from 2026-10-01T01:00:00 to 2026-10-01T02:00:00 overlaps that from \
             2026-10-01T09:30:00 to 2026-10-01T12:00:00 that is there already, for 30 min -> end the first one at \
             2026-10-01T01:30:00",
        ]
    );
}
