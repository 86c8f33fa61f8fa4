//! Entries in TOML and in JSON are the same.

use super::BASE;
use crate::plan::{EntryKind, Plan, diff, model::LevelRange, parse};

#[test]
fn what_is_left_out_has_its_default_in_both_forms() {
    let parsed = parse(BASE).unwrap();
    let entries = [
        (EntryKind::Settings, "", "{}"),
        (EntryKind::Channel, "phone", r#"{"kind":"realtime","units":100,"offer_timeout":"20s"}"#),
        (EntryKind::Skill, "refund", "{}"),
        (EntryKind::Queue, "refund", r#"{"channels":["phone"],"objective":"30s"}"#),
        (EntryKind::Group, "core", "{}"),
        (EntryKind::Agent, "a1", r#"{"groups":["core"],"skills":{"refund":5}}"#),
    ];
    let mut plan = Plan::default();
    for (kind, id, document) in entries {
        plan.apply_entry(kind, id, document).unwrap();
    }
    assert_eq!(plan, parsed);
}

#[test]
fn both_forms_refuse_unknown_and_missing_keys() {
    for (kind, document) in [
        (EntryKind::Settings, r#"{"x":1}"#),
        (EntryKind::Channel, r#"{"units":100,"offer_timeout":"20s"}"#),
        (EntryKind::Channel, r#"{"kind":"realtime","offer_timeout":"20s"}"#),
        (EntryKind::Channel, r#"{"kind":"realtime","units":100}"#),
        (EntryKind::Skill, r#"{"x":1}"#),
        (EntryKind::Category, "{}"),
        (EntryKind::Disposition, r#"{"x":1}"#),
        (EntryKind::Queue, r#"{"channels":["phone"]}"#),
        (EntryKind::Queue, r#"{"objective":"30s"}"#),
        (EntryKind::Group, r#"{"x":1}"#),
        (EntryKind::Agent, "{}"),
    ] {
        let mut plan = Plan::default();
        assert!(plan.apply_entry(kind, "x", document).is_err(), "{kind:?} {document}");
        assert_eq!(plan, Plan::default());
    }
}

#[test]
fn rules_are_the_same_in_both_forms() {
    let document = BASE.to_owned()
        + r#"[groups.g]
closed = true
keep_free = 2
[categories.c]
queue = "q"
any_of = [{ refund = 3 }, { refund = { min = 1, max = 9 } }]
[queues.q]
channels = ["phone"]
objective = "1m"
skills = { refund = { min = 3, max = 10 } }
none_of = { refund = { min = 9, max = 9 } }
preferred_skills = { refund = 4 }
groups = ["core"]
preferred_agent_wait = "5s"
last_agent_wait = "1s"
agent_choice = "least_skilled"
all_declined = "next_ring"
unservable = "refuse"
[[queues.q.rings]]
after = "5s"
lower = { refund = 2 }
[[queues.q.rings]]
after = "1m"
drop = ["refund"]
groups = ["g"]
"#;
    let mut plan = Plan::default();
    for (kind, id, document) in [
        (EntryKind::Group, "g", r#"{"kind":"core","closed":true,"keep_free":2}"#),
        (EntryKind::Category, "c", r#"{"queue":"q","any_of":[{"refund":3},{"refund":{"min":1,"max":9}}]}"#),
        (
            EntryKind::Queue,
            "q",
            r#"{"channels":["phone"],"skills":{"refund":3},"none_of":{"refund":{"min":9,"max":9}},"preferred_skills":{"refund":4},"groups":["core"],"rings":[{"after":"5s","lower":{"refund":2}},{"after":"1m","drop":["refund"],"groups":["g"]}],"preferred_agent_wait":"5s","last_agent_wait":"1s","objective":"1m","boost_permille":500,"agent_choice":"least_skilled","all_declined":"next_ring","unservable":"refuse","max_waiting":100000}"#,
        ),
    ] {
        plan.apply_entry(kind, id, document).unwrap();
    }
    let parsed = parse(&document).unwrap();
    assert_eq!(plan.groups["g"], parsed.groups["g"]);
    assert_eq!(plan.categories, parsed.categories);
    assert_eq!(plan.queues["q"], parsed.queues["q"]);
    assert_eq!(plan.queues["q"].requirement.skills["refund"], LevelRange { min: 3, max: 10 });
    // What is journaled is as short as what was applied here.
    let changes = diff(&Plan::default(), &plan);
    let again = changes.upserts.iter().find(|upsert| upsert.kind == EntryKind::Queue).unwrap();
    assert!(
        again.document.contains(r#""skills":{"refund":3},"none_of":{"refund":{"min":9,"max":9}}"#),
        "{again:?}"
    );
}

#[test]
fn entries_from_before_rings_are_read() {
    let mut plan = Plan::default();
    for (kind, document) in [
        (EntryKind::Category, r#"{"name":"x","queue":"q","skills":{"refund":4},"objective":"15s"}"#),
        (
            EntryKind::Queue,
            r#"{"channels":["phone"],"skills":{"refund":5},"groups":["core"],"objective":"20s","boost_permille":500,"agent_choice":"longest_idle","max_waiting":100000}"#,
        ),
        (EntryKind::Group, r#"{"name":"x","kind":"reserve"}"#),
    ] {
        plan.apply_entry(kind, "x", document).unwrap();
    }
    let queue = "[queues.x]\nchannels = [\"phone\"]\nskills = { refund = 5 }\ngroups = [\"core\"]\nobjective = \"20s\"\n";
    assert_eq!(plan.queues["x"], parse(&format!("{BASE}{queue}")).unwrap().queues["x"]);
    assert_eq!(plan.categories["x"].requirement.skills["refund"], LevelRange::at_least(4));
    assert!(!plan.groups["x"].closed && plan.groups["x"].keep_free == 0);
}
