//! The sample plan: it is the first that a newcomer sees.

use crate::plan::{SAMPLE, check, parse, render};

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

[channels.email]
name = "邮件"
kind = "deferred"
units = 50
offer_timeout = "2m"
wrap_up = "0s"
interruptible = false
reopen_within = "0s"
bot_limit = "30m"
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
