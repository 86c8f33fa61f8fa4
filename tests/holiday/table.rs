//! Both days as they are told in the README, and the changes of level as they are expected.

use std::{env, fmt::Write as _, fs, path::Path};

use kefud::proto::journal::SurgeCause;
use serde::Deserialize;

use crate::{
    accounts::outcomes,
    checks::Change,
    day::{Day, START_MS},
    figures::{Figures, Outcome},
};

const BEGIN: &str =
    "<!-- written by `KEFUD_WRITE_DOCS=1 cargo test --test holiday`, which else compares it -->";
const END: &str = "<!-- so far -->";

/// Half hours that are told: from half past eight to half past two.
const TOLD: std::ops::Range<u64> = 17..29;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    change: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// By the clock.
    at: String,
    level: u32,
    direction: String,
    steps: Vec<String>,
}

fn clock(at_ms: u64) -> String {
    let minutes = (at_ms - START_MS) / 60_000;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn minutes(clock: &str) -> i64 {
    let (hours, minutes) = clock.split_once(':').expect("hh:mm");
    let number = |text: &str| text.parse::<i64>().expect("a number");
    number(hours) * 60 + number(minutes)
}

fn direction(change: &Change) -> &'static str {
    if change.to > change.from { "up" } else { "down" }
}

/// The levels and steps are those of the table, within two minutes.
pub fn as_expected(changes: &[Change]) {
    let expected: Expected = toml::from_str(include_str!("expected.toml")).expect("a table of changes");
    let told: Vec<_> = changes.iter().map(|change| (clock(change.at_ms), change)).collect();
    assert_eq!(told.len(), expected.change.len(), "{told:#?}");
    for ((at, change), row) in told.iter().zip(&expected.change) {
        let same = (minutes(at) - minutes(&row.at)).abs() <= 2
            && change.to == row.level
            && direction(change) == row.direction
            && change.steps == row.steps;
        assert!(same, "expected {row:?}, and at {at} came {change:?}");
    }
}

/// A level falls by one, and not so soon after a change; nor does it rise so soon after a fall.
pub fn holds(changes: &[Change], hold_ms: u64) {
    for pair in changes.windows(2) {
        let (before, change) = (&pair[0], &pair[1]);
        let turns = (direction(before), direction(change)) != ("up", "up");
        assert!(!turns || change.at_ms >= before.at_ms + hold_ms, "{before:?}, {change:?}");
        assert!(direction(change) == "up" || change.to + 1 == change.from, "{change:?}");
    }
}

/// Each level is entered and left once at most.
pub fn does_not_flap(changes: &[Change]) {
    for level in 1..=3 {
        let crossed = |up: bool| {
            let (below, above) = (level - 1, level);
            let crosses = move |change: &&Change| {
                let (from, to) = if up { (change.from, change.to) } else { (change.to, change.from) };
                from <= below && to >= above
            };
            changes.iter().filter(crosses).count()
        };
        assert!(crossed(true) <= 1 && crossed(false) <= 1, "level {level}: {changes:#?}");
    }
}

fn time(wait_ms: u64, of: u64) -> String {
    match (wait_ms / 1_000).checked_div(of) {
        Some(seconds) => format!("{}:{:02}", seconds / 60, seconds % 60),
        None => "–".to_owned(),
    }
}

fn row(table: &mut String, what: &str, without: Figures, with: Figures) {
    let Figures { customers, waiting, answered, abandoned, wait_ms, .. } = without;
    let asa = time(wait_ms, answered);
    let _ = write!(table, "| {what} | {customers} | {waiting} | {answered} | {abandoned} | {asa} ");
    let Figures { level, waiting, answered, called_back, by_bot, refused, abandoned, wait_ms, .. } = with;
    let asa = time(wait_ms, answered);
    let _ = write!(table, "| {level} | {waiting} | {answered} | {called_back} | {by_bot} | {refused} ");
    let _ = writeln!(table, "| {abandoned} | {asa} |");
}

fn why(cause: SurgeCause) -> &'static str {
    match cause {
        SurgeCause::Waiting => "so many wait",
        SurgeCause::OldestWait => "the oldest wait",
        SurgeCause::ExpectedWait => "the expected wait",
        SurgeCause::Abandoned => "the share of those who leave",
        SurgeCause::Calm => "calm",
        _ => cause.as_str_name(),
    }
}

fn of_hundred(part: u64, all: u64) -> String {
    format!("{} %", (part * 100 + all / 2) / all)
}

fn written(with: &Day, without: &Day) -> String {
    let mut table = "\
        | from | customers | waiting | answered | abandoned | speed of answer | with it: level | waiting | answered | called \
        back | by the bot | refused | abandoned | speed of answer |\n\
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for half_hour in TOLD {
        let from = format!("{:02}:{:02}", half_hour / 2, half_hour % 2 * 30);
        row(&mut table, &from, without.book.of(half_hour), with.book.of(half_hour));
    }
    row(&mut table, "the whole day", without.book.all(), with.book.all());
    let customers = with.customers.len() as u64;
    let unserved = |day: &Day| -> u64 {
        let outcomes = outcomes(day);
        outcomes.iter().filter(|(outcome, _)| !outcome.served()).map(|(_, count)| count).sum()
    };
    let in_vain = outcomes(with).get(&Outcome::Unreached).copied().unwrap_or(0);
    let _ = write!(
        table,
        "\nWithout the plan {} of all customers were not served that day, with it {} ({in_vain} of whom were called in \
         vain). Its levels and steps:\n\n| at | level | why | steps |\n| --- | --- | --- | --- |\n",
        of_hundred(unserved(without), customers),
        of_hundred(unserved(with), customers),
    );
    for change in &with.checks.changes {
        let steps: Vec<_> = change.steps.iter().map(|step| format!("`{step}`")).collect();
        let (at, to, steps) = (clock(change.at_ms), change.to, steps.join(" "));
        let _ = writeln!(table, "| {at} | {to} | {} | {steps} |", why(change.cause));
    }
    table
}

/// The README tells of both days as they are, or is made to.
pub fn is_told(with: &Day, without: &Day) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).expect("a README");
    let (before, rest) = readme.split_once(BEGIN).expect("where the table begins");
    let (told, after) = rest.split_once(END).expect("where it ends");
    let written = format!("\n{}", written(with, without));
    if env::var_os("KEFUD_WRITE_DOCS").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{written}{END}{after}"))
            .expect("a README that can be written");
        return;
    }
    assert!(told == written, "README.md tells of another day, write it with KEFUD_WRITE_DOCS=1: {written}");
}
