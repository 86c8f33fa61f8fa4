//! Tests of the plan module as a whole: documents in, problems or plans out.

mod callbacks;
mod conversation_forms;
mod conversations;
mod documents;
mod forms;
mod generated;
mod generated_conversations;
mod generated_schedules;
mod generated_surges;
mod hours;
mod large;
mod limits;
mod places;
mod requirements;
mod rotas;
mod rules;
mod sample;
mod schedule_forms;
mod schedule_meaning;
mod schedules;
mod surge_forms;
mod surge_warnings;
mod surges;
mod warnings;
mod when;

use super::{Diff, Plan, Problem, check, parse};

/// A plan with nothing wrong, on lines 1 to 12, so that what a test adds starts on line 13.
const BASE: &str = r#"[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "20s"
[skills.refund]
[queues.refund]
channels = ["phone"]
objective = "30s"
[groups.core]
[agents.a1]
groups = ["core"]
skills = { refund = 5 }
"#;

/// Checks what is told of [`BASE`] with `addition` after it.
#[track_caller]
fn told(addition: &str, errors: &[&str]) {
    told_of(&format!("{BASE}{addition}"), errors);
}

#[track_caller]
fn told_of(document: &str, errors: &[&str]) {
    let report = check(document);
    assert_eq!(lines(&report.errors), errors, "errors of\n{document}");
    assert_eq!(report.plan.is_none(), !errors.is_empty());
    assert_eq!(parse(document).err().unwrap_or_default(), report.errors);
}

#[track_caller]
fn warned(addition: &str, warnings: &[&str]) {
    let report = check(&format!("{BASE}{addition}"));
    assert_eq!(lines(&report.errors), [""; 0]);
    assert_eq!(lines(&report.warnings), warnings, "warnings of\n{addition}");
}

/// Carries out changes, entry by entry as the journal does.
fn apply(mut plan: Plan, changes: &Diff) -> Plan {
    for upsert in &changes.upserts {
        plan.apply_entry(upsert.kind, &upsert.id, &upsert.document).unwrap();
    }
    for removal in &changes.removals {
        assert!(plan.remove_entry(removal.kind, &removal.id), "{removal:?} was there");
    }
    plan
}

fn lines(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}
