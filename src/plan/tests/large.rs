//! Plans of the largest size that is meant to be in use. No time is asserted, but a step that is quadratic
//! makes these tests take hours.

use std::fmt::Write;

use super::apply;
use crate::plan::{SAMPLE, check, diff, parse};

const AGENTS: usize = 100_000;

/// The sample with many more agents, each with a profile of its own.
fn document(agents: usize, extra: &str) -> String {
    let mut document = SAMPLE.to_owned();
    for n in 0..agents {
        let (a, b, c, d) = (n % 10 + 1, n / 10 % 10 + 1, n / 100 % 10 + 1, n / 1_000 % 1_000);
        let _ = writeln!(
            document,
            "[agents.x{n:06}]\nname = \"客服{n}\"\ngroups = [\"core_phone\"]\n\
             skills = {{ consultation = {a}, payment = {b}, account = {c} }}\nlimits = {{ wechat = {d} }}{extra}"
        );
    }
    document
}

#[test]
fn hundred_thousand_agents() {
    let document = document(AGENTS, "");
    let report = check(&document);
    assert_eq!(report.errors, []);
    let old = report.plan.unwrap();

    let mut new = old.clone();
    new.agents.values_mut().for_each(|agent| agent.capacity += 1);
    new.agents.retain(|id, _| !id.ends_with('7'));
    let changes = diff(&old, &new);
    assert_eq!((changes.added(), changes.changed(), changes.removed()), (0, new.agents.len(), AGENTS / 10));
    assert_eq!(apply(old, &changes), new);
}

#[test]
fn many_agents_each_with_errors() {
    let document = document(20_000, "\nskils = 1\ncapacity = 0");
    let errors = parse(&document).unwrap_err();
    assert_eq!(
        errors[1].to_string().split_once(' ').unwrap().1,
        "agents.x000000.capacity: 0 is out of range, give 1 to 10000"
    );
    assert!(errors.last().unwrap().message.starts_with("39000 more"));
}

#[test]
fn everything_on_one_line() {
    let agents: Vec<String> = (0..AGENTS).map(|n| format!("x{n:06} = {{ groups = [\"g\"] }}")).collect();
    let document = format!("agents = {{ {} }}", agents.join(", "));
    let errors = parse(&document).unwrap_err();
    let last = &errors[errors.len() - 2];
    // The channels and queues that are missing come first, so two agents fewer are listed.
    assert_eq!(
        last.to_string(),
        format!(
            "1:{} agents.x000997.groups[0]: there is no group `g`: add it or name another group",
            12 + 997 * 30 + 22
        )
    );
}
