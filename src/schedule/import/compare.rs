//! What an import changes: entries of a document beside those that are there. Owns what each kind of import takes
//! away, and that shifts of one agent don't overlap afterwards.

use std::{collections::BTreeMap, sync::Arc};

use super::{Fault, Key, Problems, Row, when};
use crate::schedule::{DatedKind, local};

/// An entry that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it says; its line is 0.
    pub row: Row,
    /// Which import brought it; empty: by hand.
    pub source: Arc<str>,
}

/// What is compared.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// Entries of the agents whom the document names, and, to replace, all of the source.
    pub before: Vec<Known>,
    /// Entries of the document.
    pub rows: Vec<Row>,
    /// Those of the source that aren't in the document go, as far as they have not ended.
    pub replace: bool,
    /// Under which name the import is known.
    pub source: &'a str,
    /// The wall clock.
    pub now_s: i64,
}

/// What an import comes to, each by agent and start.
#[derive(Debug, Default)]
pub struct Changes {
    /// New.
    pub added: Vec<Row>,
    /// What was, and what is then.
    pub changed: Vec<(Known, Row)>,
    /// Gone.
    pub removed: Vec<Known>,
    /// There already as they are.
    pub unchanged: u32,
    /// Why it can't be.
    pub problems: Problems,
}

impl Changes {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

/// Compares.
#[must_use]
pub fn compare(comparison: Comparison<'_>) -> Changes {
    let Comparison { before, rows, replace, source, now_s } = comparison;
    let mut before: BTreeMap<Key, Known> =
        before.into_iter().map(|known| (known.row.key.clone(), known)).collect();
    let mut changes = Changes::default();
    let mut stays = Vec::new();
    for row in rows {
        match before.remove(&row.key) {
            None => changes.added.push(row),
            Some(known) if known.row.says(&row) && *known.source == *source => {
                changes.unchanged += 1;
                stays.push(row);
            }
            Some(known) => changes.changed.push((known, row)),
        }
    }
    for known in before.into_values() {
        if replace && *known.source == *source && known.row.to_s > now_s {
            changes.removed.push(known);
        } else {
            stays.push(known.row);
        }
    }
    let order = |row: &Row| (row.key.agent.clone(), row.from_s, row.key.kind);
    changes.added.sort_by_key(order);
    changes.changed.sort_by_key(|(_, row)| order(row));
    changes.removed.sort_by_key(|known| order(&known.row));
    overlaps(&stays, &mut changes);
    changes
}

/// Shifts of one agent that overlap, by what the document says.
fn overlaps(stays: &[Row], changes: &mut Changes) {
    let told = changes.added.iter().chain(changes.changed.iter().map(|(_, row)| row));
    let mut shifts: Vec<&Row> =
        stays.iter().chain(told).filter(|row| row.key.kind == DatedKind::Shift).collect();
    shifts.sort_by(|a, b| {
        a.key.agent.cmp(&b.key.agent).then_with(|| (a.from_s, a.to_s).cmp(&(b.from_s, b.to_s)))
    });
    let mut problems = Problems::default();
    for pair in shifts.windows(2) {
        let (first, second) = (pair[0], pair[1]);
        if first.key.agent != second.key.agent || second.from_s >= first.to_s {
            continue;
        }
        // The later line is told, beside the other, which may be there already.
        let (told, other) = if first.line > second.line { (first, second) } else { (second, first) };
        let place = match other.line {
            0 => "that is there already".to_owned(),
            line => format!("of line {line}"),
        };
        let problem = format!(
            "the shift of {} from {} to {} overlaps that from {} to {} {place}, for {}",
            told.key.agent,
            local::show(told.key.start_s),
            local::show(told.end_s),
            local::show(other.key.start_s),
            local::show(other.end_s),
            when::length((first.to_s.min(second.to_s) - second.from_s).max(60)),
        );
        let suggestion = if first.from_s < second.from_s {
            let end_s = first.key.start_s + (second.from_s - first.from_s);
            format!("end the first one at {}", local::show(end_s))
        } else {
            "take one of the two out".to_owned()
        };
        problems.fault(told.line, "", Fault { problem, suggestion });
    }
    problems.list.sort();
    changes.problems = problems;
}
