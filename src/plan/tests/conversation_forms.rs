//! Rules of conversations in TOML and in JSON are the same.

use super::BASE;
use crate::plan::{
    EntryKind, Plan, diff,
    model::{
        AfterBot, Channel, ChannelKind, ParkedReturn, PromiseStep, Queue, ReplyAllowance, ReplyWindow,
        Settings, TransferAge, WindowRise,
    },
    parse, render,
};

const ALL: &str = r#"[settings]
transfers_max = 3
promise_horizon = "365d"
first_contact_window = "0s"
cases_keep = "0s"
cases_max = 7
[channels.chat]
kind = "messaging"
units = 10
offer_timeout = "20s"
park_after = "10m"
parked_keep = "1h"
return_allowance = 2
reopen_within = "1d"
bot_limit = "90s"
[channels.chat.reply_window]
message = { replies = 5, within = "2d" }
action = { replies = 3, within = "60s" }
keep = 2
rise = [{ before = "2h", priority = 3 }, { before = "20m", priority = 8 }]
[groups.night]
[queues.q]
channels = ["chat"]
objective = "1h"
groups = ["core"]
transfer_age = "fresh"
after_bot = "age"
promise_agent_wait = "0s"
promise_steps = [{ before = "10m", priority = 3 }, { before = "0s", groups = ["night"] }]
"#;

/// What [`ALL`] says.
fn all() -> (Settings, Channel, Queue) {
    let settings = Settings {
        transfers_max: 3,
        promise_horizon_ms: 365 * 24 * 3_600_000,
        first_contact_window_ms: 0,
        cases_keep_ms: 0,
        cases_max: 7,
        ..Settings::default()
    };
    let channel = Channel {
        park_after_ms: Some(600_000),
        parked_keep_ms: 3_600_000,
        parked_return: ParkedReturn::Agent,
        return_allowance: 2,
        reopen_within_ms: 86_400_000,
        bot_limit_ms: 90_000,
        reply_window: Some(ReplyWindow {
            message: ReplyAllowance { replies: 5, within_ms: 2 * 86_400_000 },
            action: Some(ReplyAllowance { replies: 3, within_ms: 60_000 }),
            keep: 2,
            rise: vec![
                WindowRise { before_ms: 7_200_000, priority: 3 },
                WindowRise { before_ms: 1_200_000, priority: 8 },
            ],
        }),
        ..Channel::new(ChannelKind::Messaging, 10, 20_000)
    };
    let queue = Queue {
        groups: vec!["core".to_owned()],
        transfer_age: TransferAge::Fresh,
        after_bot: AfterBot::Age,
        promise_agent_wait_ms: Some(0),
        promise_steps: vec![
            PromiseStep { before_ms: 600_000, priority: 3, groups: Vec::new() },
            PromiseStep { before_ms: 0, priority: 0, groups: vec!["night".to_owned()] },
        ],
        ..Queue::new(vec!["chat".to_owned()], 3_600_000)
    };
    (settings, channel, queue)
}

#[test]
fn canonical_form() {
    let plan = parse(&format!("{BASE}{ALL}")).unwrap();
    let (settings, channel, queue) = all();
    assert_eq!((&plan.settings, &plan.channels["chat"], &plan.queues["q"]), (&settings, &channel, &queue));
    let document = render(&plan);
    for part in [
        "transfers_max = 3\npromise_horizon = \"8760h\"\nfirst_contact_window = \"0s\"\ncases_keep = \"0s\"\ncases_max = 7\n",
        r#"interruptible = false
park_after = "10m"
parked_keep = "1h"
parked_return = "agent"
return_allowance = 2
reopen_within = "24h"
bot_limit = "1m 30s"
reply_window.message = { replies = 5, within = "48h" }
reply_window.action = { replies = 3, within = "1m" }
reply_window.keep = 2
reply_window.rise = [{ before = "2h", priority = 3 }, { before = "20m", priority = 8 }]
"#,
        r#"transfer_age = "fresh"
after_bot = "age"
promise_agent_wait = "0s"
promise_steps = [
    { before = "10m", priority = 3 },
    { before = "0s", priority = 0, groups = ["night"] },
]
"#,
        "interruptible = false\nbot_limit = \"30m\"\nbreak_lead = \"0s\"\nend_lead = \"0s\"\n\n",
        "max_waiting = 100000\ntransfer_age = \"keep\"\nafter_bot = \"fresh\"\nclosing = \"serve_out\"\n\n",
    ] {
        assert!(document.contains(part), "{part}\n{document}");
    }
    assert_eq!(parse(&document).unwrap(), plan);
}

#[test]
fn rules_are_the_same_in_both_forms() {
    let mut plan = Plan::default();
    for (kind, id, document) in [
        (
            EntryKind::Settings,
            "",
            r#"{"transfers_max":3,"promise_horizon":"365d","first_contact_window":"0s","cases_keep":"0s","cases_max":7}"#,
        ),
        (
            EntryKind::Channel,
            "chat",
            r#"{"kind":"messaging","units":10,"offer_timeout":"20s","wrap_up":"0s","interruptible":false,"park_after":"10m","parked_keep":"1h","parked_return":"agent","return_allowance":2,"reopen_within":"24h","bot_limit":"1m 30s","reply_window":{"message":{"replies":5,"within":"48h"},"action":{"replies":3,"within":"1m"},"keep":2,"rise":[{"before":"2h","priority":3},{"before":"20m","priority":8}]}}"#,
        ),
        (
            EntryKind::Queue,
            "q",
            r#"{"channels":["chat"],"groups":["core"],"preferred_agent_wait":"0s","last_agent_wait":"0s","objective":"1h","boost_permille":500,"agent_choice":"longest_idle","all_declined":"wait","unservable":"accept","max_waiting":100000,"transfer_age":"fresh","after_bot":"age","promise_agent_wait":"0s","promise_steps":[{"before":"10m","priority":3},{"before":"0s","priority":0,"groups":["night"]}]}"#,
        ),
    ] {
        plan.apply_entry(kind, id, document).unwrap();
        let again =
            diff(&Plan::default(), &plan).upserts.into_iter().find(|upsert| upsert.kind == kind).unwrap();
        if kind != EntryKind::Settings {
            assert_eq!(again.document, document);
        }
    }
    let (settings, channel, queue) = all();
    assert_eq!((&plan.settings, &plan.channels["chat"], &plan.queues["q"]), (&settings, &channel, &queue));
}

#[test]
fn entries_from_before_conversations_are_read() {
    let mut plan = Plan::default();
    for (kind, id, document) in [
        (EntryKind::Settings, "", r#"{"missed_limit":3,"closed_contacts_max":10000}"#),
        (
            EntryKind::Channel,
            "chat",
            r#"{"kind":"messaging","units":10,"offer_timeout":"20s","wrap_up":"0s","interruptible":false}"#,
        ),
        (EntryKind::Queue, "q", r#"{"channels":["chat"],"objective":"1m","max_waiting":100000}"#),
        // The table as short as it may be.
        (
            EntryKind::Channel,
            "window",
            r#"{"kind":"messaging","units":10,"offer_timeout":"20s","reply_window":{"message":{"replies":5,"within":"48h"}}}"#,
        ),
    ] {
        plan.apply_entry(kind, id, document).unwrap();
    }
    assert_eq!(plan.settings, Settings::default());
    assert_eq!(plan.channels["chat"], Channel::new(ChannelKind::Messaging, 10, 20_000));
    assert_eq!(plan.queues["q"], Queue::new(vec!["chat".to_owned()], 60_000));
    let window = plan.channels["window"].reply_window.as_ref().unwrap();
    assert_eq!((window.keep, window.action, window.rise.len()), (1, None, 0));
    for wrong in [
        r#"{"kind":"messaging","units":10,"offer_timeout":"20s","reply_window":{}}"#,
        r#"{"kind":"messaging","units":10,"offer_timeout":"20s","park_afer":"1m"}"#,
        r#"{"kind":"messaging","units":10,"offer_timeout":"20s","reply_window":{"message":{"replies":5,"within":"48h","x":1}}}"#,
    ] {
        assert!(plan.apply_entry(EntryKind::Channel, "wrong", wrong).is_err(), "{wrong}");
    }
}
