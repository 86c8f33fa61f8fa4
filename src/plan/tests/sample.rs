//! The sample plan: it is the first that a newcomer sees.

use std::collections::BTreeMap;

use crate::{
    plan::{SAMPLE, check, check_on, model::DateRange, parse, render},
    schedule::Day,
};

#[test]
fn sample_has_neither_errors_nor_warnings() {
    let report = check(SAMPLE);
    assert_eq!(report.errors, []);
    assert_eq!(report.warnings, []);
    assert!(report.plan.is_some());
}

#[test]
fn every_entry_of_the_sample_has_a_name() {
    let plan = parse(SAMPLE).unwrap();
    let names = (plan.channels.values().map(|entry| &entry.name))
        .chain(plan.skills.values().map(|entry| &entry.name))
        .chain(plan.categories.values().map(|entry| &entry.name))
        .chain(plan.dispositions.values().map(|entry| &entry.name))
        .chain(plan.holidays.values().map(|entry| &entry.name))
        .chain(plan.calendars.values().map(|entry| &entry.name))
        .chain(plan.shifts.values().map(|entry| &entry.name))
        .chain(plan.rotas.values().map(|entry| &entry.name))
        .chain(plan.surges.values().map(|entry| &entry.name))
        .chain(plan.queues.values().map(|entry| &entry.name))
        .chain(plan.groups.values().map(|entry| &entry.name))
        .chain(plan.agents.values().map(|entry| &entry.name));
    assert!(names.into_iter().all(|name| !name.is_empty()));
}

#[test]
fn canonical_form_of_the_sample() {
    let plan = parse(SAMPLE).unwrap();
    let document = render(&plan);
    assert_eq!(parse(&document).unwrap(), plan);
    assert_eq!(render(&parse(&document).unwrap()), document);
    let start = r#"[settings]
zone = "Asia/Shanghai"
missed_limit = 3
exclude_after_decline = "1m"
exclude_after_no_answer = "30s"
agent_grace = "30s"
correction_window = "10m"
closed_contacts_keep = "1h"
closed_contacts_max = 10000
transfers_max = 10
promise_horizon = "720h"
first_contact_window = "72h"
cases_keep = "720h"
cases_max = 100000
adherence_tolerance = "5m"
shift_horizon = "9600h"
shifts_keep = "840h"

[channels.email]
name = "邮件"
kind = "deferred"
units = 50
offer_timeout = "2m"
wrap_up = "0s"
interruptible = false
reopen_within = "0s"
bot_limit = "30m"
break_lead = "0s"
end_lead = "0s"
at_shift_end = "finish"
"#;
    assert!(document.starts_with(start), "{document}");
    let agent = r#"
[agents.a3004]
name = "林子豪"
groups = ["core_third_party"]
skills = { cantonese = 6, consultation = 3, mandarin = 7 }
capacity = 100
limits = { email = 2, phone = 0, qq = 3 }
"#;
    assert!(document.contains(agent), "{document}");
}

/// Days off and days of work that make up for them: chinesecalendar 1.11.0, with which chinese-days 1.5.7 and
/// holidays 0.109 agree.
const HOLIDAYS: [(&str, &str, &str); 6] = [
    (
        "2024",
        "off",
        "01-01 02-10 02-11 02-12 02-13 02-14 02-15 02-16 02-17 04-04 04-05 04-06 05-01 05-02 05-03 05-04 05-05 06-10 09-15 09-16 09-17 10-01 10-02 10-03 10-04 10-05 10-06 10-07",
    ),
    ("2024", "work", "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
    (
        "2025",
        "off",
        "01-01 01-28 01-29 01-30 01-31 02-01 02-02 02-03 02-04 04-04 04-05 04-06 05-01 05-02 05-03 05-04 05-05 05-31 06-01 06-02 10-01 10-02 10-03 10-04 10-05 10-06 10-07 10-08",
    ),
    ("2025", "work", "01-26 02-08 04-27 09-28 10-11"),
    (
        "2026",
        "off",
        "01-01 01-02 01-03 02-15 02-16 02-17 02-18 02-19 02-20 02-21 02-22 02-23 04-04 04-05 04-06 05-01 05-02 05-03 05-04 05-05 06-19 06-20 06-21 09-25 09-26 09-27 10-01 10-02 10-03 10-04 10-05 10-06 10-07",
    ),
    ("2026", "work", "01-04 02-14 02-28 05-09 09-20 10-10"),
];

#[test]
fn holidays_of_the_sample_are_those_of_china() {
    let plan = parse(SAMPLE).unwrap();
    let holidays = &plan.holidays["cn"];
    let mut told: BTreeMap<Day, &str> = BTreeMap::new();
    let days = |ranges: &BTreeMap<DateRange, String>| {
        ranges.keys().flat_map(|range| range.days()).collect::<Vec<_>>()
    };
    told.extend(days(&holidays.off).into_iter().map(|day| (day, "off")));
    told.extend(days(&holidays.work).into_iter().map(|day| (day, "work")));
    let mut known: BTreeMap<Day, &str> = BTreeMap::new();
    for (year, kind, days) in HOLIDAYS {
        known.extend(days.split(' ').map(|day| (format!("{year}-{day}").parse().unwrap(), kind)));
    }
    // Each of the days of three years: those of neither table are as their week says.
    let (first, last): (Day, Day) = ("2024-01-01".parse().unwrap(), "2026-12-31".parse().unwrap());
    for day in (first.0..=last.0).map(Day) {
        assert_eq!(told.remove(&day), known.remove(&day), "{day}");
    }
    assert_eq!((told, known), (BTreeMap::new(), BTreeMap::new()));
    assert!(!holidays.source.is_empty(), "facts have a source");
    // Nobody makes up for a day off on a day that is one of work anyway.
    assert!(days(&holidays.work).iter().all(|day| day.weekday() >= 5));
}

#[test]
fn nobody_is_off_and_nothing_is_refused_in_the_sample_whatever_the_hour() {
    use crate::plan::model::ClosedPolicy;
    let plan = parse(SAMPLE).unwrap();
    assert!(plan.groups.values().all(|group| group.follows.is_nothing()));
    assert!(plan.agents.values().all(|agent| agent.follows.is_nothing()));
    let closing: Vec<_> = plan.queues.values().filter(|queue| queue.calendar.is_some()).collect();
    assert!(!closing.is_empty() && closing.iter().all(|queue| queue.closed == Some(ClosedPolicy::Accept)));
}

#[test]
fn the_year_after_the_holidays_that_are_known_is_asked_for() {
    for (today, is_told) in [
        ("2024-06-01", false),
        ("2026-09-30", false),
        ("2026-10-01", true),
        ("2026-12-31", true),
        ("2031-05-01", true),
    ] {
        let report = check_on(SAMPLE, today.parse().unwrap());
        let told: Vec<String> =
            report.warnings.iter().map(|warning| format!("{}: {}", warning.key, warning.message)).collect();
        let expected = ["holidays.cn: knows nothing after 2026-12-31, add the days of 2027"];
        assert_eq!(told, if is_told { &expected[..] } else { &[] }, "{today}");
    }
}
