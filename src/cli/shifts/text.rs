//! What an import changes, for a terminal.

use std::fmt::Write as _;

use super::columns::table;
use crate::proto::v1::{self, ImportShiftsResponse, Shift, ShiftChangeKind, ShiftKind};

const HEADING: [&str; 8] = ["CHANGE", "AGENT", "KIND", "START", "END", "ZONE", "DETAIL", "REASON"];

/// All that is told of an import.
#[must_use]
pub fn import(answer: &ImportShiftsResponse, dry_run: bool) -> String {
    let mut out = String::new();
    let changes: Vec<Vec<String>> = answer.changes.iter().map(change).collect();
    if !changes.is_empty() {
        out.push_str(&table(&HEADING, &changes));
    }
    let sum = answer.added + answer.changed + answer.removed;
    let left_out = (sum as usize).saturating_sub(changes.len());
    if dry_run && left_out > 0 {
        let _ = writeln!(out, "and {left_out} more changes");
    }
    for (title, problems) in [("Problems", &answer.problems), ("Warnings", &answer.warnings)] {
        if problems.is_empty() {
            continue;
        }
        let blank = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{blank}{title}");
        problems.iter().for_each(|problem| out.push_str(&self::problem(problem)));
    }
    if answer.problems_left_out > 0 {
        let _ = writeln!(out, "and {} more problems", answer.problems_left_out);
    }
    if let Some(time) = answer.horizon_time {
        let _ =
            writeln!(out, "Recurrences go on beyond {} and are cut there.", super::json::utc(time.seconds));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let would = if dry_run { "would be " } else { "" };
    let v1::ImportShiftsResponse { added, changed, removed, unchanged, .. } = answer;
    let _ = write!(out, "{would}added {added}, changed {changed}, removed {removed}; unchanged {unchanged}");
    if !answer.problems.is_empty() {
        out.push_str("; refused, while there are problems");
    }
    out.push('\n');
    out
}

fn problem(problem: &v1::ImportProblem) -> String {
    let place = match (problem.line, problem.field.as_str()) {
        (0, "") => String::new(),
        (0, field) => format!("{field}: "),
        (line, "") => format!("line {line}: "),
        (line, field) => format!("line {line}, {field}: "),
    };
    let instead = match problem.suggestion.as_str() {
        "" => String::new(),
        suggestion => format!(" → {suggestion}"),
    };
    format!("  {place}{}{instead}\n", problem.problem)
}

fn change(change: &v1::ShiftChange) -> Vec<String> {
    let none = Shift::default();
    let shift = change.shift.as_ref().unwrap_or(&none);
    let before = change.before.as_ref();
    // What was, if it was something else.
    let both = |of: &dyn Fn(&Shift) -> String| {
        let (now, was) = (of(shift), before.map(of));
        match was.filter(|was| *was != now) {
            Some(was) => format!("{} → {now}", if was.is_empty() { "none" } else { &was }),
            None => now,
        }
    };
    let sign = match change.kind() {
        ShiftChangeKind::Unspecified => "?",
        ShiftChangeKind::Added => "+",
        ShiftChangeKind::Changed => "~",
        ShiftChangeKind::Removed => "-",
    };
    let source = |shift: &Shift| shift.source.clone();
    let from = before.map(source).filter(|was| *was != source(shift));
    let from =
        from.map(|was| if was.is_empty() { "was set by hand".to_owned() } else { format!("was of {was}") });
    let reason = both(&|shift| shift.reason.clone());
    vec![
        sign.to_owned(),
        shift.agent_id.clone(),
        kind(shift.kind()).to_owned(),
        minutes(&shift.start),
        both(&|shift| minutes(&shift.end)),
        shift.zone.clone(),
        [both(&detail), from.unwrap_or_default()].join(" ").trim().to_owned(),
        reason,
    ]
}

fn kind(kind: ShiftKind) -> &'static str {
    match kind {
        ShiftKind::Unspecified => "?",
        ShiftKind::Shift => "shift",
        ShiftKind::Extra => "extra",
        ShiftKind::Off => "off",
        ShiftKind::Break => "break",
    }
}

/// Without seconds that are none.
fn minutes(time: &str) -> String {
    let time = time.strip_suffix(":00").filter(|time| time.len() == 16).unwrap_or(time);
    time.replace('T', " ")
}

fn detail(shift: &Shift) -> String {
    let of_day = |time: &str| minutes(time).split(' ').nth(1).unwrap_or_default().to_owned();
    let part = |part: &v1::ShiftPart| {
        let what = match (part.is_break, part.channels.is_empty()) {
            (true, _) => "break".to_owned(),
            (false, true) => "no channels".to_owned(),
            (false, false) => part.channels.join("|"),
        };
        format!("{what} {}-{}", of_day(&part.start), of_day(&part.end))
    };
    let parts = shift.parts.iter().map(part);
    let only = (!shift.channels.is_empty()).then(|| shift.channels.join("|"));
    parts.chain(only).collect::<Vec<_>>().join(", ")
}
