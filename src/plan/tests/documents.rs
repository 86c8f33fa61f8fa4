//! What is told of documents: `line:column key: message`.

use crate::plan::{EntryKind, Plan, Problem, check, is_valid_id, limits, parse};

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

fn lines(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn good_document_has_no_problems() {
    told("", &[]);
    warned("", &[]);
}

#[test]
fn every_problem_is_told_at_once() {
    told_of(
        r#"[settings]
misssed_limit = 3
agent_grace = "2h"
[chanels.phone]
[channels.wechat]
name = 1
kind = "mesaging"
units = 0
interruptible = "yes"
[skills]
"a b" = {}
refund = "退款"
[queues.refund]
name = "退款"
skills = { refnd = 11, refund = "high" }
channels = ["wechat", "phon", 7, "wechat"]
objective = "30 apples"
band = 10
[agents.a1]
groups = []
capacity = -5
"#,
        &[
            "2:1 settings.misssed_limit: unknown key `misssed_limit`, did you mean `missed_limit`?",
            "3:15 settings.agent_grace: 2h is out of range, give 0s to 1h",
            "4:2 chanels: unknown section `chanels`, did you mean `channels`?",
            "5:11 channels.wechat.offer_timeout: is missing, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "6:8 channels.wechat.name: is an integer, give a text",
            "7:8 channels.wechat.kind: there is no such choice as `mesaging`, did you mean `messaging`?",
            "8:9 channels.wechat.units: 0 is out of range, give 1 to 1000",
            "9:17 channels.wechat.interruptible: is a string, give true or false",
            "11:1 skills.\"a b\": is not an id, use 1 to 128 characters without white space",
            "12:1 skills.refund: is not a table, write [skills.refund]",
            "15:12 queues.refund.skills.refnd: there is no skill `refnd`, did you mean `refund`?",
            "15:20 queues.refund.skills.refnd: 11 is out of range, give 1 to 10",
            "15:33 queues.refund.skills.refund: is a string, give a whole number from 1 to 10",
            "16:23 queues.refund.channels[1]: there is no channel `phon`: add it or name another channel",
            "16:31 queues.refund.channels[2]: is an integer, give an id in quotes",
            "16:34 queues.refund.channels[3]: `wechat` is listed twice, keep one of them",
            "17:13 queues.refund.objective: `30 apples` is not a duration, write it such as `20s`, `5m` or `1h 30m`",
            "18:8 queues.refund.band: 10 is out of range, give 0 to 9",
            "20:10 agents.a1.groups: is empty, name at least one group",
            "21:12 agents.a1.capacity: -5 is out of range, give 1 to 10000",
        ],
    );
}

#[test]
fn empty_document() {
    told_of(
        "",
        &[
            "1:1 channels: there is no channel, add at least one as [channels.some_id]",
            "1:1 queues: there is no queue, add at least one as [queues.some_id]",
        ],
    );
    told_of(
        "\n[channels]\n[queues]\n",
        &[
            "2:1 channels: there is no channel, add at least one as [channels.some_id]",
            "3:1 queues: there is no queue, add at least one as [queues.some_id]",
        ],
    );
}

#[test]
fn syntax() {
    // Each error once: nothing of what only follows from it, everything else.
    told(
        "[queues.mail]\nobjective = 20s\nband = 12\n[queues.chat\nband = 1\n[skills.x]\nname = \"x\nname = \"y\"\n[skills.x]\n",
        &[
            "14:13 syntax: string values must be quoted, expected literal string",
            "15:8 queues.mail.band: 12 is out of range, give 0 to 9",
            "16:13 syntax: unclosed table, expected `]`",
            "19:10 syntax: invalid basic string, expected `\"`",
            "20:1 syntax: duplicate key",
            "21:9 syntax: duplicate key",
        ],
    );
}

#[test]
fn sections_of_the_wrong_type() {
    told_of(
        "queues = 1\nsettings = []\nzebra = 1\n[[channels]]\n[categories.x]\nqueue = \"refund\"\n",
        &[
            "1:1 queues: is not a table, write [queues.some_id]",
            "2:1 settings: is not a table, write [settings]",
            "3:1 zebra: unknown section `zebra`, the sections are `settings`, `channels`, `skills`, `categories`, \
             `dispositions`, `queues`, `groups`, `agents`",
            "4:3 channels: is not a table, write [channels.some_id]",
        ],
    );
}

#[test]
fn settings() {
    told(
        r#"[settings]
missed_limit = 1001
exclude_after_decline = "25h"
exclude_after_no_answer = "86400001ms"
agent_grace = "1h 1s"
correction_window = "2d"
closed_contacts_keep = "31d"
closed_contacts_max = 1_000_001
"#,
        &[
            "14:16 settings.missed_limit: 1001 is out of range, give 0 to 1000",
            "15:25 settings.exclude_after_decline: 25h is out of range, give 0s to 24h",
            "16:27 settings.exclude_after_no_answer: 24h 1ms is out of range, give 0s to 24h",
            "17:15 settings.agent_grace: 1h 1s is out of range, give 0s to 1h",
            "18:21 settings.correction_window: 48h is out of range, give 0s to 24h",
            "19:24 settings.closed_contacts_keep: 744h is out of range, give 0s to 720h",
            "20:23 settings.closed_contacts_max: 1000001 is out of range, give 0 to 1000000",
        ],
    );
}

#[test]
fn channels() {
    told(
        r#"[channels.wechat]
kind = "realtime"
units = 1001
offer_timeout = "999ms"
wrap_up = "61m"
interruptible = true
[channels.qq]
kind = "messaging"
units = 2.5
offer_timeout = 20
wrap_up = "-1s"
interruptible = true
[channels.email]
"#,
        &[
            "15:9 channels.wechat.units: 1001 is out of range, give 1 to 1000",
            "16:17 channels.wechat.offer_timeout: 999ms is out of range, give 1s to 10m",
            "17:11 channels.wechat.wrap_up: 1h 1m is out of range, give 0s to 1h",
            "18:17 channels.wechat.interruptible: a realtime contact can't be set aside, remove this or change the kind",
            "21:9 channels.qq.units: is a float, give a whole number from 1 to 1000",
            "22:17 channels.qq.offer_timeout: is an integer, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "23:11 channels.qq.wrap_up: `-1s` is negative, write how long it lasts",
            "25:11 channels.email.kind: is missing, give one of `realtime`, `messaging`, `deferred`",
            "25:11 channels.email.offer_timeout: is missing, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "25:11 channels.email.units: is missing, give a whole number from 1 to 1000",
        ],
    );
    told(
        "[channels.email]\nkind = \"deferred\"\nunits = 5\noffer_timeout = \"10m 1ms\"\ninterruptible = true\n",
        &["16:17 channels.email.offer_timeout: 10m 1ms is out of range, give 1s to 10m"],
    );
}

#[test]
fn categories() {
    told(
        r#"[categories.a]
queue = "refunds"
objective = "500us"
skils = { refund = 1 }
[categories.b]
queue = ["refund"]
objective = "31d"
skills = { refund = 0 }
[categories.c]
skills = ["refund"]
priority = 1
"#,
        &[
            "14:9 categories.a.queue: there is no queue `refunds`, did you mean `refund`?",
            "15:13 categories.a.objective: `500us` is finer than a millisecond, round it",
            "16:1 categories.a.skils: unknown key `skils`, did you mean `skills`?",
            "18:9 categories.b.queue: is an array, give the id of a queue",
            "19:13 categories.b.objective: 744h is out of range, give 1s to 720h",
            "20:21 categories.b.skills.refund: 0 is out of range, give 1 to 10",
            "21:13 categories.c.queue: is missing, give the id of a queue",
            "22:10 categories.c.skills: is an array, give a table of numbers such as { some_id = 3 }",
            "23:1 categories.c.priority: unknown key `priority`, the keys here are `name`, `queue`, `skills`, `objective`",
        ],
    );
}

#[test]
fn queues() {
    told(
        r#"[queues.a]
channels = []
groups = ["cor", "core"]
objective = "0s"
boost_permille = 100001
agent_choice = "random"
max_waiting = 1000001
max_wait = "1ms"
[queues.b]
channels = "phone"
groups = [["core"]]
agent_choice = true
"#,
        &[
            "14:12 queues.a.channels: is empty, name at least one channel",
            "15:11 queues.a.groups[0]: there is no group `cor`, did you mean `core`?",
            "16:13 queues.a.objective: 0s is out of range, give 1s to 720h",
            "17:18 queues.a.boost_permille: 100001 is out of range, give 0 to 100000",
            "18:16 queues.a.agent_choice: there is no such choice as `random`, give one of `longest_idle`",
            "19:15 queues.a.max_waiting: 1000001 is out of range, give 0 to 1000000",
            "20:12 queues.a.max_wait: 1ms is out of range, give 1s to 720h",
            "21:9 queues.b.objective: is missing, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "22:12 queues.b.channels: is a string, give a list of ids of channels such as [\"one\", \"two\"]",
            "23:11 queues.b.groups[0]: is an array, give an id in quotes",
            "24:16 queues.b.agent_choice: is a boolean, give one of `longest_idle`",
        ],
    );
}

#[test]
fn groups_dispositions_and_skills() {
    told(
        "[groups.g]\nkind = \"temp\"\n[dispositions.d]\nkind = 1\n[skills.s]\nname = \"a\\tb\"\n",
        &[
            "14:8 groups.g.kind: there is no such choice as `temp`, give one of `core`, `reserve`, `temporary`, `outsourced`",
            "16:1 dispositions.d.kind: unknown key `kind`, the keys here are `name`",
            "18:8 skills.s.name: has a control character such as a line break, remove it",
        ],
    );
}

#[test]
fn agents() {
    told(
        r#"[agents.a2]
groups = ["core"]
capacity = 99
[agents.a3]
limits = { phone = 10001, fax = 1 }
[agents.a4]
groups = ["core"]
capacity = 10001
limits = { phone = -1 }
"#,
        &[
            "15:12 agents.a2.capacity: 99 is too little for any channel, give at least 100",
            "16:9 agents.a3.groups: is missing, give a list of ids of groups such as [\"one\", \"two\"]",
            "17:20 agents.a3.limits.phone: 10001 is out of range, give 0 to 10000",
            "17:27 agents.a3.limits.fax: there is no channel `fax`: add it or name another channel",
            "20:12 agents.a4.capacity: 10001 is out of range, give 1 to 10000",
            "21:20 agents.a4.limits.phone: -1 is out of range, give 0 to 10000",
        ],
    );
}

#[test]
fn capacity_left_out_may_be_too_little() {
    told_of(
        &BASE.replace("units = 100", "units = 101"),
        &["10:9 agents.a1.capacity: 100 is too little for any channel, give at least 101"],
    );
}

#[test]
fn places_count_characters() {
    told(
        "\"客服\" = 1\r\n[skills.\"退款\"]\r\nname = \"退款\" # 退\r\nnote = 1\r\n[skills]\n",
        &[
            "13:1 agents.a1.\"客服\": unknown key `客服`, the keys here are `name`, `groups`, `skills`, `capacity`, `limits`",
            "16:1 skills.\"退款\".note: unknown key `note`, the keys here are `name`",
        ],
    );
    let one_line =
        "channels = { \"客\" = { kind = \"deferred\", units = 1, offer_timeout = \"1s\", x = 1 } }";
    told_of(
        &format!("\u{feff}{one_line}\n[queues.q]\nchannels = [\"客\"]\nobjective = \"1s\""),
        &[
            "1:73 channels.\"客\".x: unknown key `x`, the keys here are `kind`, `name`, `units`, `offer_timeout`, `wrap_up`, `interruptible`",
        ],
    );
}

#[test]
fn ids() {
    let longest = "客".repeat(limits::ID_CHARS_MAX);
    for (id, valid) in [
        ("a1001", true),
        ("退款/a.b\"c\\", true),
        (longest.as_str(), true),
        (&format!("{longest}x"), false),
        ("", false),
        ("a b", false),
        ("a\u{a0}b", false),
        ("a\u{3000}", false),
        ("a\u{7f}", false),
        ("\u{85}", false),
    ] {
        assert_eq!(is_valid_id(id), valid, "{id:?}");
        let document = format!("{BASE}[skills.{}]\n", quoted(id));
        assert_eq!(parse(&document).is_ok(), valid, "{id:?}");
    }
}

fn quoted(id: &str) -> String {
    format!(
        "\"{}\"",
        id.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\u{7f}', "\\u007F")
    )
}

#[test]
fn names() {
    let name = "客".repeat(85) + "x";
    assert_eq!(name.len(), limits::NAME_BYTES_MAX);
    told(&format!("[skills.s]\nname = \"{name}\"\n"), &[]);
    told(
        &format!("[skills.s]\nname = \"{name}x\"\n"),
        &["14:8 skills.s.name: has 257 bytes, shorten it to at most 256"],
    );
}

/// `count` entries or ids, each made of its number.
fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

#[test]
fn counts_of_entries() {
    let limit = |kind: EntryKind, existing: usize, body: &str| {
        let fill = |extra: usize| {
            many(kind.count_max() - existing + extra, |n| {
                format!("[{}.x{n}]\n{body}\n", kind.section())
            })
        };
        told(&fill(0), &[]);
        let report = check(&format!("{BASE}{}", fill(1)));
        let (section, noun, max) = (kind.section(), kind.noun(), kind.count_max());
        let expected = format!("{section}: has {} {noun}s, keep at most {max}", max + 1);
        let [problem] = &report.errors[..] else {
            panic!("{:?}", report.errors)
        };
        assert!(problem.to_string().ends_with(&expected), "{problem}");
    };
    limit(
        EntryKind::Channel,
        1,
        "kind = \"deferred\"\nunits = 1\noffer_timeout = \"1s\"",
    );
    limit(EntryKind::Skill, 1, "");
    limit(EntryKind::Category, 0, "queue = \"refund\"");
    limit(EntryKind::Disposition, 0, "");
    limit(EntryKind::Queue, 1, "channels = [\"phone\"]\nobjective = \"1s\"");
    limit(EntryKind::Group, 1, "");
}

#[test]
fn counts_in_entries() {
    let skills = |count: usize| {
        let levels = many(count, |n| format!("s{n} = 1, "));
        format!("skills = {{ {} }}\n", levels.trim_end_matches(", "))
    };
    let groups = |count: usize| format!("groups = [{}]\n", many(count, |n| format!("\"g{n}\", ")));
    let known = many(65, |n| format!("[skills.s{n}]\n")) + &many(17, |n| format!("[groups.g{n}]\n"));
    let entries = |extra: usize| {
        format!(
            "[categories.c]\nqueue = \"refund\"\n{}[queues.q]\nchannels = [\"phone\"]\nobjective = \"1s\"\n{}\
             [agents.a2]\n{}{}{known}",
            skills(16 + extra),
            skills(16 + extra),
            skills(64 + extra),
            groups(16 + extra),
        )
    };
    told(&entries(0), &[]);
    told(
        &entries(1),
        &[
            "15:10 categories.c.skills: has 17 skills, keep at most 16",
            "19:10 queues.q.skills: has 17 skills, keep at most 16",
            "21:10 agents.a2.skills: has 65 skills, keep at most 64",
            "22:10 agents.a2.groups: has 17 groups, keep at most 16",
        ],
    );
}

#[test]
fn problems_beyond_the_limit_are_counted() {
    let errors = check(&format!("{BASE}{}", many(1_500, |n| format!("x{n} = 1\n")))).errors;
    assert_eq!(errors.len(), limits::PROBLEMS_MAX + 1);
    assert_eq!(
        errors[limits::PROBLEMS_MAX].message,
        "500 more like these are not listed, mend these first"
    );
}

#[test]
fn document_beyond_the_limit() {
    let comment = "#".repeat(limits::DOCUMENT_BYTES_MAX + 1);
    told_of(
        &comment,
        &["1:1 the document has 67108865 bytes, shorten it to at most 67108864"],
    );
}

#[test]
fn warnings() {
    warned(
        r#"[settings]
correction_window = "20m"
closed_contacts_keep = "19m"
[channels.email]
kind = "deferred"
units = 50
offer_timeout = "1m"
[skills.repair]
[groups.spare]
[groups.night]
kind = "reserve"
[queues.repair]
channels = ["phone"]
groups = ["core"]
skills = { repair = 1 }
objective = "1m"
[categories.repair]
queue = "repair"
[categories.hard]
queue = "refund"
skills = { refund = 6 }
"#,
        &[
            "14:1 settings.correction_window: is longer than closed_contacts_keep, after which there is nothing left to correct",
            "16:11 channels.email: no queue accepts this channel, add it to the channels of one",
            "20:9 skills.repair: nobody has this skill, give it to an agent or remove it",
            "21:9 groups.spare: no agent is in this group, add one or remove the group",
            "22:9 groups.night: no agent is in this group, add one or remove the group",
            "24:9 queues.repair: no agent of its groups has all its skills at these levels: lower them or add one",
            "31:13 categories.hard: no agent who serves queue `refund` has the skills that this asks for too: lower them or add one",
        ],
    );
    warned(
        r#"[channels.fax]
kind = "deferred"
units = 200
offer_timeout = "1m"
[queues.fax]
channels = ["phone", "fax"]
objective = "1m"
"#,
        &[
            "17:9 queues.fax: no agent who could serve it has the capacity and limit for channel `fax`: raise them or remove the channel",
        ],
    );
}

#[test]
fn a_core_group_that_no_queue_names() {
    let document = BASE.replace("objective", "groups = [\"core\"]\nobjective")
        + "[groups.day]\n[groups.night]\nkind = \"temporary\"\n[agents.a2]\ngroups = [\"day\", \"night\"]\n";
    assert_eq!(
        lines(&check(&document).warnings),
        ["14:9 groups.day: no queue names this group, so its agents get nothing: add it to one"]
    );
}

#[test]
fn a_limit_of_zero_forbids_a_channel() {
    let document = BASE.to_owned() + "limits = { phone = 0 }\n";
    assert_eq!(
        lines(&check(&document).warnings),
        [
            "6:9 queues.refund: no agent who could serve it has the capacity and limit for channel `phone`: raise them or remove the channel"
        ]
    );
}

#[test]
fn what_is_left_out_has_its_default_in_both_forms() {
    let parsed = parse(BASE).unwrap();
    let entries = [
        (EntryKind::Settings, "", "{}"),
        (
            EntryKind::Channel,
            "phone",
            r#"{"kind":"realtime","units":100,"offer_timeout":"20s"}"#,
        ),
        (EntryKind::Skill, "refund", "{}"),
        (
            EntryKind::Queue,
            "refund",
            r#"{"channels":["phone"],"objective":"30s"}"#,
        ),
        (EntryKind::Group, "core", "{}"),
        (
            EntryKind::Agent,
            "a1",
            r#"{"groups":["core"],"skills":{"refund":5}}"#,
        ),
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
        assert!(
            plan.apply_entry(kind, "x", document).is_err(),
            "{kind:?} {document}"
        );
        assert_eq!(plan, Plan::default());
    }
}
