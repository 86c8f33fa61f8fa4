//! The forms of surges and callbacks: canonical TOML, and JSON.

use crate::plan::{
    EntryKind, Plan, diff,
    model::{SurgeStep, WaitMessage},
    parse, render,
};

const ALL: &str = r#"[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "20s"
[calendars.days]
hours = { mon = ["09:00-18:00"] }
[holidays.cn]
off = { 2026-10-01 = "" }
[surges.s]
name = "高峰"
hold = "5m"
steps = [{ do = "overflow", queue = "b", after = "20m" }]
windows = [{ calendar = "days", level = 1 }, { eve_of = "cn", at = ["09:00-21:00"], level = 2 }]
[[surges.s.levels]]
on = { waiting = 30, expected_wait = "3m" }
off = { waiting = 15, expected_wait = "90s" }
steps = [
  { do = "open_rings", rings = 1 },
  { do = "message", every = "2m", times = 5, faq = "https://e.cn", text = { default = "{ahead} \"位\"", en = "{wait}" }, text_unknown = { default = "?" }, channels = ["phone"] },
]
[[surges.s.levels]]
on = { oldest_wait = "8m", abandoned_permille = 250, agents_below = 3 }
off = { oldest_wait = "4m", abandoned_permille = 120, agents_below = 5 }
steps = [
  { do = "open_groups", groups = ["g"] },
  { do = "offer_callback", first = "2m", text = { default = "?" } },
  { do = "bot", gateway = "bot", after = "1m", at_most = 200 },
  { do = "wrap_up", limit = "10s" },
  { do = "cap", waiting = 400, retry = "15m" },
]
[queues.a]
channels = ["phone"]
objective = "30s"
surge = "s"
callback = { mode = "customer_first", offer = "always", hours = "days", attempts = 2, dial_ahead = "1m" }
[queues.b]
channels = ["phone"]
objective = "30s"
callback = { attempts = 1 }
[groups.g]
"#;

fn plan() -> Plan {
    parse(ALL).unwrap()
}

#[test]
fn canonical_form() {
    let plan = plan();
    let document = render(&plan);
    for part in [
        r#"
[surges.s]
name = "高峰"
hold = "5m"
steps = [
    { do = "overflow", queue = "b", after = "20m" },
]
windows = [
    { calendar = "days", level = 1 },
    { eve_of = "cn", at = ["09:00-21:00"], level = 2 },
]
levels = [
    { on = { waiting = 30, expected_wait = "3m" }, off = { waiting = 15, expected_wait = "1m 30s" }, steps = [
        { do = "open_rings", rings = 1 },
        { do = "message", first = "0s", every = "2m", times = 5, channels = ["phone"], faq = "https://e.cn", text = { default = "{ahead} \"位\"", en = "{wait}" }, text_unknown = { default = "?" } },
    ] },
    { on = { oldest_wait = "8m", abandoned_permille = 250, agents_below = 3 }, off = { oldest_wait = "4m", abandoned_permille = 120, agents_below = 5 }, steps = [
        { do = "open_groups", groups = ["g"] },
        { do = "offer_callback", first = "2m", text = { default = "?" } },
        { do = "bot", gateway = "bot", after = "1m", at_most = 200 },
        { do = "wrap_up", limit = "10s" },
        { do = "cap", waiting = 400, retry = "15m" },
    ] },
]
"#,
        r#"surge = "s"
callback.mode = "customer_first"
callback.offer = "always"
callback.hours = "days"
callback.attempts = 2
callback.spacing = ["10m"]
callback.dial_timeout = "45s"
callback.dial_ahead = "1m"
callback.agent_wait = "0s"
callback.expire = "24h"
callback.max_open = 10000
"#,
        r#"callback.mode = "agent_first"
callback.offer = "surge"
callback.attempts = 1
callback.dial_timeout = "45s"
callback.agent_wait = "0s"
"#,
    ] {
        assert!(document.contains(part), "{part}\n{document}");
    }
    assert_eq!(parse(&document).unwrap(), plan);
}

#[test]
fn journaled_form() {
    let plan = plan();
    let mut again = Plan::default();
    for entry in diff(&Plan::default(), &plan).upserts {
        again.apply_entry(entry.kind, &entry.id, &entry.document).unwrap();
        if entry.kind == EntryKind::Surge {
            let start = r#"{"name":"高峰","hold":"5m","steps":[{"do":"overflow","queue":"b","after":"20m"}],"windows":[{"calendar":"days","level":1},"#;
            assert!(entry.document.starts_with(start), "{}", entry.document);
        }
    }
    again.settings = plan.settings.clone();
    assert_eq!(again, plan);
    assert!(again.remove_entry(EntryKind::Surge, "s"));
    assert!(again.surges.is_empty());
}

#[test]
fn what_is_left_out_is_the_same_in_both_forms() {
    let mut plan = Plan::default();
    let step = r#"{"steps":[{"do":"message","text":{"default":"a"}}]}"#;
    plan.apply_entry(EntryKind::Surge, "s", step).unwrap();
    let surge = &plan.surges["s"];
    assert_eq!(surge.hold_ms, 600_000);
    let text = [("default".to_owned(), "a".to_owned())].into();
    assert_eq!(surge.steps, [SurgeStep::Message(WaitMessage { text, times: 1, ..WaitMessage::default() })]);
    for wrong in [
        r#"{"x":1}"#,
        r#"{"steps":[{"do":"x"}]}"#,
        r#"{"steps":[{"do":"open_rings","rings":1,"x":2}]}"#,
        r#"{"steps":[{"do":"message","text":{},"x":2}]}"#,
        r#"{"levels":[{"onn":{}}]}"#,
        r#"{"levels":[{"on":{"wating":3}}]}"#,
        r#"{"windows":[{"calendar":"c"}]}"#,
    ] {
        assert!(Plan::default().apply_entry(EntryKind::Surge, "s", wrong).is_err(), "{wrong}");
    }
}
