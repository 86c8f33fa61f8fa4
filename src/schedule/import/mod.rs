//! Shifts from documents: CSV and iCalendar in, dated entries out, with every problem at its line.
//!
//! Owns what a document may say and what it comes to: recurrences are expanded in local time, up to the plan's
//! horizon. [`compare`] tells what an import would change. Must not know what is in force but for what it is
//! given, nor change anything; the zones of [`super::zone`] alone decide what a local time is.

mod compare;
mod csv;
mod ics;
mod lines;
mod recur;
mod rows;
#[cfg(test)]
mod tests;
mod when;

use std::sync::Arc;

use super::{DatedKind, Zone};
use crate::plan::Plan;

pub use compare::{Changes, Comparison, Known, compare};
pub use rows::{Key, Row, RowPart};

/// Bytes of a document.
pub const DOCUMENT_BYTES_MAX: usize = 32 << 20;
/// Entries that a document may give.
pub const ENTRIES_MAX: usize = 200_000;
/// Occurrences of one recurrence.
pub const OCCURRENCES_MAX: usize = 10_000;
/// Occurrences that are looked at for all recurrences of a document, those that are long over among them.
pub const STEPS_MAX: usize = 2_000_000;
/// VEVENTs of a document.
pub const EVENTS_MAX: usize = 50_000;
/// Problems that are told, and warnings.
pub const PROBLEMS_MAX: usize = 1_000;

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// iCalendar, RFC 5545.
    Icalendar,
}

impl Format {
    /// By its beginning.
    #[must_use]
    pub fn of(document: &str) -> Self {
        let start = document.trim_start_matches('\u{feff}').trim_start();
        let begins = start.get(..15).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCALENDAR"));
        if begins { Self::Icalendar } else { Self::Csv }
    }
}

/// What is wrong, or good to know, about a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// From 1; 0: the document.
    pub line: u32,
    /// Column or property; empty: the row.
    pub field: String,
    /// What is wrong.
    pub problem: String,
    /// The nearest form that is right; empty: none is near.
    pub suggestion: String,
}

/// What is wrong with a value, and the nearest that is right.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    problem: String,
    suggestion: String,
}

impl Fault {
    fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), suggestion: String::new() }
    }

    fn nearest(problem: impl Into<String>, suggestion: impl Into<String>) -> Self {
        Self { problem: problem.into(), suggestion: suggestion.into() }
    }
}

/// Problems, as many as are told, and how many there are beyond.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// By line.
    pub list: Vec<Problem>,
    /// Beyond those.
    pub left_out: u32,
}

impl Problems {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds one, if there is room.
    pub fn push(&mut self, problem: Problem) {
        if self.list.len() < PROBLEMS_MAX {
            self.list.push(problem);
        } else {
            self.left_out += 1;
        }
    }

    fn fault(&mut self, line: u32, field: &str, fault: Fault) {
        let Fault { problem, suggestion } = fault;
        self.push(Problem { line, field: field.to_owned(), problem, suggestion });
    }
}

/// What a document is read against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Agents, groups and channels, the tenant's zone, the horizon.
    pub plan: &'a Plan,
    /// Of local times that name none; empty: the tenant's.
    pub zone: &'a str,
    /// The wall clock.
    pub now_s: i64,
}

/// What a document says.
#[derive(Debug, Default)]
pub struct Read {
    /// By agent and start. What has problems isn't among them.
    pub rows: Vec<Row>,
    /// What is wrong.
    pub problems: Problems,
    /// What is good to know.
    pub warnings: Problems,
    /// Where recurrences were cut, if any was.
    pub horizon_s: Option<i64>,
}

/// Reads a document.
#[must_use]
pub fn read(document: &str, format: Option<Format>, context: Context<'_>) -> Read {
    let mut reader = match rows::Reader::new(context) {
        Ok(reader) => reader,
        Err(fault) => return refused("zone", fault),
    };
    if document.len() > DOCUMENT_BYTES_MAX {
        let problem = format!("has {} bytes, at most {DOCUMENT_BYTES_MAX}", document.len());
        return refused("document", Fault::nearest(problem, "split it by time or team"));
    }
    let document = document.trim_start_matches('\u{feff}');
    match format.unwrap_or_else(|| Format::of(document)) {
        Format::Csv => csv::read(document, &mut reader),
        Format::Icalendar => ics::read(document, &mut reader),
    }
    reader.done()
}

fn refused(field: &str, fault: Fault) -> Read {
    let mut read = Read::default();
    read.problems.fault(0, field, fault);
    read
}

/// A zone as a row names it: by an empty name if it is the tenant's because nothing else was said.
#[derive(Debug, Clone)]
struct RowZone {
    name: String,
    zone: Arc<Zone>,
}

/// What people call kinds: what categories of events say, and what a wrong kind may mean.
pub const WORDS: [(&str, DatedKind); 22] = [
    ("shift", DatedKind::Shift),
    ("上班", DatedKind::Shift),
    ("extra", DatedKind::Extra),
    ("overtime", DatedKind::Extra),
    ("加班", DatedKind::Extra),
    ("off", DatedKind::Off),
    ("leave", DatedKind::Off),
    ("sick", DatedKind::Off),
    ("vacation", DatedKind::Off),
    ("holiday", DatedKind::Off),
    ("absence", DatedKind::Off),
    ("休假", DatedKind::Off),
    ("年假", DatedKind::Off),
    ("病假", DatedKind::Off),
    ("事假", DatedKind::Off),
    ("请假", DatedKind::Off),
    ("调休", DatedKind::Off),
    ("break", DatedKind::Break),
    ("meeting", DatedKind::Break),
    ("training", DatedKind::Break),
    ("会议", DatedKind::Break),
    ("培训", DatedKind::Break),
];

fn word_of(word: &str) -> Option<DatedKind> {
    let lower = word.trim().to_lowercase();
    WORDS.into_iter().find(|(known, _)| *known == lower).map(|(_, kind)| kind)
}

fn kind_of(word: &str) -> Option<DatedKind> {
    let kinds = [
        ("shift", DatedKind::Shift),
        ("extra", DatedKind::Extra),
        ("off", DatedKind::Off),
        ("break", DatedKind::Break),
    ];
    kinds.into_iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).map(|(_, kind)| kind)
}

/// The candidate that a wrong word may mean.
fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let length = lower.chars().count();
    if length > 64 {
        return None;
    }
    let near = candidates.filter(|candidate| candidate.chars().count().abs_diff(length) <= 2);
    let distance = |candidate: &'a str| (strsim::osa_distance(&lower, &candidate.to_lowercase()), candidate);
    let (distance, candidate) = near.map(distance).min()?;
    (distance <= 1 || distance * 3 <= length).then_some(candidate)
}
