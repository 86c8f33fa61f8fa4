//! Business hours, and how much of them lies between instants.

use super::*;
use crate::schedule::holidays::Special;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn hours(spans: &[(u32, u32)]) -> Hours {
    spans.iter().map(|(from, to)| Span::between(from * 3600, to * 3600).unwrap()).collect()
}

/// 9 to 12 and 13 to 18 on working days, 9 to 18 on days of work that make up for days off, to midnight once.
fn service() -> Calendar {
    let holidays = HolidaySet::new([
        (day("2026-10-01"), day("2026-10-07"), Special::Holiday, "国庆节"),
        (day("2026-10-10"), day("2026-10-10"), Special::Makeup, "国庆节"),
    ]);
    let mut by_kind: [Hours; DAY_KINDS] = Default::default();
    by_kind[..5].fill(hours(&[(9, 12), (13, 18)]));
    by_kind[MAKEUP] = hours(&[(9, 18)]);
    let days = vec![(day("2026-11-11"), hours(&[(8, 24)])), (day("2026-10-05"), hours(&[(10, 11)]))];
    Calendar::new(Arc::new(Zone::load("Asia/Shanghai").unwrap()), Some(Arc::new(holidays)), by_kind, days)
}

/// Local time of Shanghai.
fn at(text: &str) -> i64 {
    format!("{text}:00+08:00").parse::<jiff::Timestamp>().unwrap().as_second()
}

#[test]
fn a_queue_is_open_by_date_then_by_kind_of_day() {
    let calendar = service();
    for (time, open, next, rule) in [
        ("2026-09-30T08:59", false, "2026-09-30T09:00", HoursRule::Week(day("2026-09-30"))),
        ("2026-09-30T09:00", true, "2026-09-30T12:00", HoursRule::Week(day("2026-09-30"))),
        ("2026-09-30T12:00", false, "2026-09-30T13:00", HoursRule::Week(day("2026-09-30"))),
        ("2026-09-30T18:00", false, "2026-10-05T10:00", HoursRule::Week(day("2026-09-30"))),
        ("2026-10-01T10:00", false, "2026-10-05T10:00", HoursRule::Holiday(day("2026-10-01"))),
        ("2026-10-05T10:30", true, "2026-10-05T11:00", HoursRule::Days(day("2026-10-05"))),
        ("2026-10-10T12:30", true, "2026-10-10T18:00", HoursRule::Makeup(day("2026-10-10"))),
        ("2026-11-11T23:59", true, "2026-11-12T00:00", HoursRule::Days(day("2026-11-11"))),
    ] {
        assert_eq!(calendar.open_at(at(time)), open, "{time}");
        assert_eq!(calendar.next_edge(at(time)), Some(at(next)), "{time}");
        assert_eq!(calendar.rule_at(at(time)), rule, "{time}");
    }
}

#[test]
fn open_time_is_counted_over_nights_and_holidays() {
    let calendar = service();
    const HOUR_S: u64 = 3600;
    for (from, open_s, until) in [
        ("2026-09-30T10:00", 0, "2026-09-30T10:00"),
        ("2026-09-30T12:30", 0, "2026-09-30T13:00"),
        ("2026-09-30T10:00", 2 * HOUR_S, "2026-09-30T12:00"),
        ("2026-09-30T10:00", 2 * HOUR_S + 1, "2026-09-30T13:00"),
        ("2026-09-30T17:00", 2 * HOUR_S, "2026-10-05T11:00"),
        ("2026-09-30T17:00", 4 * HOUR_S, "2026-10-08T11:00"),
    ] {
        let end_s = at(until) + i64::from(open_s % HOUR_S == 1);
        assert_eq!(calendar.after_open_s(at(from), open_s), Some(end_s), "{from} {open_s}");
        assert_eq!(calendar.open_between(at(from), end_s), open_s, "{from} {open_s}");
    }
    assert_eq!(
        calendar.open_between(at("2026-09-28T00:00"), at("2026-10-12T00:00")),
        (3 * 8 + 1 + 2 * 8 + 9) * HOUR_S
    );
}

#[test]
fn a_calendar_that_never_changes_has_no_edge() {
    let zone = Arc::new(Zone::load("America/New_York").unwrap());
    let never = Calendar::new(Arc::clone(&zone), None, Default::default(), Vec::new());
    let always = Calendar::new(zone, None, std::array::from_fn(|_| hours(&[(0, 24)])), Vec::new());
    for (calendar, open) in [(never, false), (always, true)] {
        let now = at("2026-03-08T00:00");
        assert_eq!((calendar.open_at(now), calendar.next_edge(now)), (open, None));
        assert_eq!(calendar.open_between(now, now + 86_400), if open { 86_400 } else { 0 });
        assert_eq!(calendar.after_open_s(now, 90), open.then_some(now + 90));
    }
}

#[test]
fn days_that_are_open_from_end_to_end_are_one_span() {
    let of = |week: &[(u32, u32)], holiday: &[(u32, u32)], days: Vec<(Day, Hours)>| {
        let set = HolidaySet::new([(day("2018-11-20"), day("2018-11-20"), Special::Holiday, "day off")]);
        let mut by_kind: [Hours; DAY_KINDS] = Default::default();
        by_kind[..7].fill(hours(week));
        by_kind[HOLIDAY] = hours(holiday);
        by_kind[MAKEUP] = hours(week);
        // Midnight comes an hour late there on 2018-11-04.
        let zone = Arc::new(Zone::load("America/Sao_Paulo").unwrap());
        Calendar::new(zone, Some(Arc::new(set)), by_kind, days)
    };
    let whole: &[(u32, u32)] = &[(0, 24)];
    let parts: &[(u32, u32)] = &[(12, 24), (0, 8), (8, 12)];
    let dated = |spans: &[(u32, u32)]| vec![(day("2018-11-04"), hours(spans))];
    // Shanghai is ten hours ahead from then on, eleven before.
    for (calendar, open, next) in [
        (of(whole, whole, vec![]), true, None),
        (of(parts, whole, dated(parts)), true, None),
        (of(parts, &[(0, 9)], dated(whole)), true, Some("2018-11-20T19:00")),
        (of(whole, &[], vec![]), true, Some("2018-11-20T10:00")),
        (of(whole, whole, dated(&[])), true, Some("2018-11-04T11:00")),
        (of(&[(0, 12), (13, 24)], whole, vec![]), true, Some("2018-11-03T23:00")),
        (of(&[], &[], dated(&[])), false, None),
        (of(&[], &[], dated(&[(9, 10)])), false, Some("2018-11-04T19:00")),
    ] {
        let at_s = at("2018-11-03T20:00");
        assert_eq!((calendar.open_at(at_s), calendar.next_edge(at_s)), (open, next.map(at)), "{calendar:?}");
    }
}
