//! The schedule library against a model that shares nothing with it: random rotas, calendars, dated entries,
//! overrides and leads in zones with odd clocks, for a year, minute by minute. The model paints every minute from
//! the rules as the README words them, one rule over the other, and turns local times by jiff.
//!
//! Runs are the same every time. `KEFUD_TEST_SEED` begins elsewhere, `KEFUD_TEST_CASES` sets how many cases there
//! are; a failure tells both, and the case.

#![allow(clippy::expect_used, clippy::panic)]

mod clock;
mod naive;
mod random;

use std::collections::BTreeSet;

use fastrand::Rng;
use kefud::schedule::{ALL, Leads, Schedules, State};

use clock::{MINUTE_S, shown};
use naive::{Painting, YEAR_MINUTES};
use random::Case;

/// Cases unless told.
const CASES: u64 = 24;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect("a number"))
}

/// Runs a check on random cases.
fn cases(part: u64, check: impl Fn(&Case, &mut Rng)) {
    let (seed, cases) = (setting("KEFUD_TEST_SEED", 20_260_101), setting("KEFUD_TEST_CASES", CASES));
    for number in 0..cases {
        let mut rng = Rng::with_seed(seed.wrapping_add(number) ^ (part << 32));
        let case = Case::random(&mut rng);
        let told = format!("KEFUD_TEST_SEED={} KEFUD_TEST_CASES=1 (part {part})\n{case}", seed + number);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&case, &mut rng)));
        assert!(outcome.is_ok(), "{told}");
    }
}

/// Minutes worth a look: those around every change that the model has, and some others.
fn probes(changes: &[usize], rng: &mut Rng) -> Vec<usize> {
    let mut probes: BTreeSet<usize> = (0..4_000).map(|_| rng.usize(..YEAR_MINUTES)).collect();
    for &change in changes {
        probes.extend(change.saturating_sub(2)..change + 2);
    }
    probes.into_iter().filter(|minute| *minute < YEAR_MINUTES).collect()
}

/// The first of `changes`, ordered, after a minute.
fn after(changes: &[usize], minute: usize) -> Option<usize> {
    changes.get(changes.partition_point(|change| *change <= minute)).copied()
}

/// Asserts that the library's next change is the model's, as far as the model goes.
#[track_caller]
fn same_edge(case: &Case, at: usize, expected: Option<usize>, found_s: Option<i64>) {
    let end_s = case.instant_s(YEAR_MINUTES);
    let expected_s = expected.map(|minute| case.instant_s(minute)).filter(|at_s| *at_s < end_s);
    let found_s = found_s.filter(|at_s| *at_s < end_s);
    if found_s != expected_s {
        let told = |at_s: Option<i64>| at_s.map_or_else(|| "never".to_owned(), |at_s| shown(case.zone, at_s));
        let after = shown(case.zone, case.instant_s(at));
        panic!("the next change after {after} is {}, expected {}", told(found_s), told(expected_s));
    }
}

#[test]
fn an_agent_s_state_and_its_next_change_are_the_model_s_at_every_minute() {
    cases(0, |case, rng| {
        let schedules = Schedules::new(&case.plan, &random::slot_of);
        assert_eq!(schedules.faults, Vec::<String>::new());
        let agent = &case.plan.agents["a"];
        let groups: Vec<_> = agent.groups.iter().map(|id| &case.plan.groups[id].follows).collect();
        let dated: Vec<_> = case.dated.iter().map(random::Entry::input).collect();
        let rules = schedules.agent(&agent.follows, &groups, &dated, case.by_hand, case.dated_mark);
        let base = Painting::of_agent(case);
        let with_leads = base.with_leads(case);
        for (painting, leads) in [(&base, &Leads::default()), (&with_leads, &schedules.leads)] {
            let changes = painting.changes();
            for minute in probes(&changes, rng) {
                let at_s = case.instant_s(minute);
                let (found, expected) = (rules.state_at(at_s, leads), painting.at(minute));
                assert_eq!(found, expected, "at {}", shown(case.zone, at_s));
                assert_eq!(found.open == ALL, expected.open == ALL);
                same_edge(case, minute, after(&changes, minute), rules.next_edge(at_s, leads));
                // Edges are whole minutes, so nothing changes within one.
                assert_eq!(rules.state_at(at_s + rng.i64(0..MINUTE_S), leads), expected);
            }
        }
        let end_s = case.instant_s(YEAR_MINUTES);
        let spans = rules.spans(case.start_s, end_s);
        let total_s: i64 = spans.iter().map(|span| span.to_s - span.from_s).sum();
        assert_eq!(total_s, end_s - case.start_s, "spans have no gap");
        for span in spans {
            let minute = usize::try_from((span.from_s - case.start_s) / MINUTE_S).expect("within the year");
            assert_eq!(span.state, base.at(minute), "span from {}", shown(case.zone, span.from_s));
        }
    });
}

#[test]
fn a_calendar_s_hours_and_its_next_change_are_the_model_s_at_every_minute() {
    cases(1, |case, rng| {
        let schedules = Schedules::new(&case.plan, &random::slot_of);
        let calendar = &schedules.calendars["c"];
        let painting = Painting::of_calendar(case);
        let changes = painting.changes();
        let is_open = |minute: usize| painting.at(minute) != State::OFF;
        let mut open_before = vec![0_i64; YEAR_MINUTES + 1];
        for minute in 0..YEAR_MINUTES {
            open_before[minute + 1] = open_before[minute] + if is_open(minute) { MINUTE_S } else { 0 };
        }
        for minute in probes(&changes, rng) {
            let at_s = case.instant_s(minute);
            assert_eq!(calendar.open_at(at_s), is_open(minute), "at {}", shown(case.zone, at_s));
            same_edge(case, minute, after(&changes, minute), calendar.next_edge(at_s));
        }
        for _ in 0..50 {
            let (a, b) = (rng.usize(..YEAR_MINUTES), rng.usize(..YEAR_MINUTES));
            let (from, until) = (a.min(b), a.max(b));
            let [from_s, until_s] = [from, until].map(|minute| case.instant_s(minute));
            let open_s = open_before[until] - open_before[from];
            assert_eq!(calendar.open_between(from_s, until_s), u64::try_from(open_s).expect("a length"));
            // So much open time ends at the first minute by which there was that much; none, at the next opening.
            let enough = |minute: &usize| open_before[*minute] - open_before[from] >= open_s;
            let end = if open_s == 0 {
                (from..YEAR_MINUTES).find(|m| is_open(*m))
            } else {
                (from..=until).find(enough)
            };
            let found_s = calendar.after_open_s(from_s, u64::try_from(open_s).expect("a length"));
            let end_s = end.map(|minute| case.instant_s(minute));
            let within = |at_s: &i64| *at_s < case.instant_s(YEAR_MINUTES);
            assert_eq!(found_s.filter(within), end_s, "{open_s} s from {}", shown(case.zone, from_s));
        }
    });
}
