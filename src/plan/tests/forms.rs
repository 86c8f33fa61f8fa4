//! Entries in TOML and in JSON are the same.

use super::BASE;
use crate::plan::{EntryKind, Plan, parse};

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
