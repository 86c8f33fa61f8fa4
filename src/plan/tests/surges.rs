//! What is told of surges.

use super::{told, warned};

/// A queue with a surge, another queue and two groups; what a test adds to the surge starts on line 27.
const SURGE: &str = "[channels.chat]\nkind = \"messaging\"\nunits = 10\noffer_timeout = \"20s\"\n[groups.spare]\n\
                     [groups.shut]\nclosed = true\n[queues.other]\nchannels = [\"phone\"]\nobjective = \"30s\"\n\
                     [queues.q]\nchannels = [\"phone\"]\nobjective = \"30s\"\nsurge = \"s\"\n[surges.s]\n";

#[track_caller]
pub(super) fn surge(fields: &str, errors: &[&str]) {
    told(&format!("{SURGE}{fields}"), errors);
}

/// A step at every level.
#[track_caller]
fn step(step: &str, errors: &[&str]) {
    surge(&format!("steps = [{{ {step} }}]\n"), errors);
}

#[track_caller]
pub(super) fn odd(fields: &str, warnings: &[&str]) {
    let staffed = "[agents.a2]\ngroups = [\"spare\", \"shut\"]\n";
    let chats = "[queues.chats]\nchannels = [\"chat\"]\nobjective = \"30s\"\n";
    warned(&format!("{SURGE}{fields}{chats}{staffed}"), warnings);
}

#[test]
fn everything_may_be_there() {
    surge(
        r#"name = "节假日高峰"
hold = "10s"
steps = [{ do = "overflow", queue = "other", after = "20m" }, { do = "cap", waiting = 500, retry = "1s" }]
windows = [{ calendar = "days", level = 1 }, { eve_of = "cn", at = ["09:00-21:00"], level = 3 }]
[[surges.s.levels]]
on = { waiting = 30, oldest_wait = "5m", expected_wait = "3m", abandoned_permille = 200, agents_below = 10 }
off = { waiting = 27, oldest_wait = "4m 30s", expected_wait = "0s", abandoned_permille = 180, agents_below = 11 }
steps = [
  { do = "open_rings", rings = 1 },
  { do = "open_groups", groups = ["spare", "core"] },
  { do = "message", first = "1m", every = "2m", times = 5, faq = "https://example.cn/faq", channels = ["phone"],
    text = { default = "{position} {ahead} {wait} {wait_at_most} {queue} {faq} {{x}}", en = "Wait." },
    text_unknown = { default = "{ahead}" } },
]
[[surges.s.levels]]
steps = [{ do = "bot", gateway = "bot", after = "1m", at_most = 200 }, { do = "wrap_up", limit = "0s" }]
on = { waiting = 31 }
off = { waiting = 27 }
[[surges.s.levels]]
steps = [{ do = "offer_callback", text = { default = "Later?" } }, { do = "cap", waiting = 0, retry = "24h" }]
[queues.q.callback]
[calendars.days]
hours = { mon = ["09:00-18:00"] }
[holidays.cn]
off = { 2026-10-01 = "国庆节" }
"#,
        &[],
    );
}

#[test]
fn values_are_within_their_ranges() {
    surge(
        "hold = \"9s\"\nsteps = 5\nwindows = [5, { calendar = \"x\", level = 4 }]\nlevels = [5, { on = 5, of = 3 }]\n",
        &[
            "28:8 surges.s.hold: 9s is out of range, give 10s to 24h",
            "29:9 surges.s.steps: is an integer, give a list of steps such as [{ do = \"open_rings\", rings = 1 }]",
            "30:12 surges.s.windows[0]: is an integer, give a window such as { calendar = \"some_id\", level = 1 }",
            "30:28 surges.s.windows[1].calendar: there is no calendar `x`: add it or name another calendar",
            "30:41 surges.s.windows[1].level: 4 is out of range, give 1 to 3",
            "31:11 surges.s.levels[0]: is an integer, give a level such as { on = { waiting = 30 }, off = { waiting = 15 } }",
            "31:21 surges.s.levels[1].on: is an integer, give a table such as { waiting = 30, oldest_wait = \"5m\" }",
            "31:24 surges.s.levels[1].of: unknown key `of`, did you mean `off`?",
        ],
    );
    surge(
        "[[surges.s.levels]]\non = { waiting = 0, oldest_wait = \"999ms\", expected_wait = \"25h\", abandoned_permille = 1001, agents_below = 0 }\n\
         off = { waiting = -1, oldest_wait = 3, expected_wait = \"25h\", abandoned_permille = 1001, agents_below = 100001 }\n",
        &[
            "29:18 surges.s.levels[0].on.waiting: 0 is out of range, give 1 to 1000000",
            "29:35 surges.s.levels[0].on.oldest_wait: 999ms is out of range, give 1s to 24h",
            "29:60 surges.s.levels[0].on.expected_wait: 25h is out of range, give 1s to 24h",
            "29:88 surges.s.levels[0].on.abandoned_permille: 1001 is out of range, give 1 to 1000",
            "29:109 surges.s.levels[0].on.agents_below: 0 is out of range, give 1 to 100000",
            "30:19 surges.s.levels[0].off.waiting: -1 is out of range, give 0 to 1000000",
            "30:37 surges.s.levels[0].off.oldest_wait: is an integer, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "30:56 surges.s.levels[0].off.expected_wait: 25h is out of range, give 0s to 24h",
            "30:84 surges.s.levels[0].off.abandoned_permille: 1001 is out of range, give 0 to 1000",
            "30:105 surges.s.levels[0].off.agents_below: 100001 is out of range, give 1 to 100000",
        ],
    );
}

#[test]
fn values_of_steps_are_within_their_ranges() {
    for (written, errors) in [
        (
            "do = \"open_ring\", rings = 1",
            vec![
                "28:17 surges.s.steps[0].do: there is no such choice as `open_ring`, did you mean `open_rings`?",
            ],
        ),
        (
            "rings = 1",
            vec![
                "28:10 surges.s.steps[0].do: is missing, give one of `open_rings`, `open_groups`, `message`, `offer_callback`, `bot`, `overflow`, `wrap_up`, `cap`",
            ],
        ),
        (
            "do = \"open_rings\", rings = 0",
            vec!["28:39 surges.s.steps[0].rings: 0 is out of range, give 1 to 10"],
        ),
        (
            "do = \"open_rings\", groups = []",
            vec![
                "28:10 surges.s.steps[0].rings: is missing, give a whole number from 1 to 10",
                "28:31 surges.s.steps[0].groups: unknown key `groups`, the keys here are `do`, `rings`",
            ],
        ),
        (
            "do = \"open_groups\", groups = []",
            vec!["28:41 surges.s.steps[0].groups: is empty, name at least one group"],
        ),
        (
            "do = \"open_groups\", groups = [\"spar\", \"shut\", \"spare\", \"spare\"]",
            vec![
                "28:42 surges.s.steps[0].groups[0]: there is no group `spar`, did you mean `spare`?",
                "28:50 surges.s.steps[0].groups[1]: group `shut` is closed, opening it has no effect: open it or remove this",
                "28:67 surges.s.steps[0].groups[3]: `spare` is listed twice, keep one of them",
            ],
        ),
        (
            "do = \"bot\", gateway = \"a b\", after = \"25h\", at_most = 0",
            vec![
                "28:34 surges.s.steps[0].gateway: is not an id, use 1 to 128 characters without white space",
                "28:49 surges.s.steps[0].after: 25h is out of range, give 0s to 24h",
                "28:66 surges.s.steps[0].at_most: 0 is out of range, give 1 to 1000000",
            ],
        ),
        (
            "do = \"overflow\", queue = \"othr\", after = \"25h\"",
            vec![
                "28:37 surges.s.steps[0].queue: there is no queue `othr`, did you mean `other`?",
                "28:53 surges.s.steps[0].after: 25h is out of range, give 0s to 24h",
            ],
        ),
        (
            "do = \"wrap_up\", limit = \"61m\"",
            vec!["28:36 surges.s.steps[0].limit: 1h 1m is out of range, give 0s to 1h"],
        ),
        (
            "do = \"cap\", waiting = 1000001, retry = \"0s\"",
            vec![
                "28:34 surges.s.steps[0].waiting: 1000001 is out of range, give 0 to 1000000",
                "28:51 surges.s.steps[0].retry: 0s is out of range, give 1s to 24h",
            ],
        ),
    ] {
        step(written, &errors);
    }
}

#[test]
fn what_is_told_is_within_its_limits() {
    for (written, errors) in [
        (
            "do = \"message\", every = \"29s\", times = 11, text = {}, channels = [\"pone\"], faq = \"a b\"",
            vec![
                "28:36 surges.s.steps[0].every: 29s is out of range, give 30s to 1h",
                "28:51 surges.s.steps[0].times: 11 is out of range, give 1 to 10",
                "28:62 surges.s.steps[0].text: has no `default`, give the text for all other languages",
                "28:78 surges.s.steps[0].channels[0]: there is no channel `pone`, did you mean `phone`?",
                "28:93 surges.s.steps[0].faq: has white space in it, remove that",
            ],
        ),
        (
            "do = \"message\"",
            vec![
                "28:10 surges.s.steps[0].text: is missing, give a table of texts by language such as { default = \"{ahead} ahead of you\" }",
            ],
        ),
        (
            "do = \"message\", text = { default = \"\", \"z h\" = 5 }",
            vec![
                "28:47 surges.s.steps[0].text.default: is empty, write what is told",
                "28:51 surges.s.steps[0].text.\"z h\": is not a language tag such as `zh` or `en-GB`, change it",
                "28:59 surges.s.steps[0].text.\"z h\": is an integer, give a text",
            ],
        ),
    ] {
        step(written, &errors);
    }
    let long = "x".repeat(1_025);
    step(
        &format!("do = \"message\", text = {{ default = \"{long}\" }}"),
        &["28:47 surges.s.steps[0].text.default: has 1025 bytes, shorten it to at most 1024"],
    );
}

#[test]
fn levels_leave_room_and_rise() {
    let levels = |levels: &[(&str, &str)]| {
        let level =
            |(on, off): &(&str, &str)| format!("[[surges.s.levels]]\non = {{ {on} }}\noff = {{ {off} }}\n");
        levels.iter().map(level).collect::<String>()
    };
    let flaps = "without room the level would flap";
    for (on, off, column, key, problem) in [
        ("waiting = 30", "waiting = 28", 19, "waiting", "at most 27, a tenth below the 30"),
        ("waiting = 1", "waiting = 1", 19, "waiting", "at most 0, a tenth below the 1"),
        (
            "oldest_wait = \"5s\"",
            "oldest_wait = \"5s\"",
            23,
            "oldest_wait",
            "at most 4s, a tenth below the 5s",
        ),
        (
            "expected_wait = \"5m\"",
            "expected_wait = \"4m 31s\"",
            25,
            "expected_wait",
            "at most 4m 30s, a tenth below the 5m",
        ),
        (
            "abandoned_permille = 200",
            "abandoned_permille = 181",
            30,
            "abandoned_permille",
            "at most 180, a tenth below the 200",
        ),
        ("agents_below = 20", "agents_below = 21", 24, "agents_below", "at least 22, a tenth above the 20"),
    ] {
        surge(
            &levels(&[(on, off)]),
            &[&format!("30:{column} surges.s.levels[0].off.{key}: must be {problem} of `on`: {flaps}")],
        );
    }
    surge(
        &levels(&[
            ("waiting = 30, agents_below = 9", "waiting = 20, agents_below = 12"),
            ("waiting = 30, agents_below = 9", "waiting = 19, agents_below = 13"),
            ("waiting = 29, agents_below = 8", "waiting = 20, agents_below = 13"),
        ]),
        &[
            "32:18 surges.s.levels[1].on.waiting: must be more than the 30 of level 1",
            "32:37 surges.s.levels[1].on.agents_below: must be less than the 9 of level 1",
            "33:19 surges.s.levels[1].off.waiting: must be at least the 20 of level 1",
            "33:38 surges.s.levels[1].off.agents_below: must be at most the 12 of level 1",
            "35:18 surges.s.levels[2].on.waiting: must be more than the 30 of level 2",
        ],
    );
    surge(
        "levels = [{ on = { waiting = 9, oldest_wait = \"1m\" }, off = { waiting = 5, expected_wait = \"1m\" } }, {}, \
         { off = { waiting = 5 } }]\n",
        &[
            "28:61 surges.s.levels[0].off: lacks `oldest_wait`, say when it is calm again",
            "28:92 surges.s.levels[0].off.expected_wait: has no effect without `on.expected_wait`, add that or remove this",
            "28:102 surges.s.levels[1]: is never entered, give it a trigger in `on`",
            "28:106 surges.s.levels[2]: is never entered, give it a trigger in `on`",
            "28:126 surges.s.levels[2].off.waiting: has no effect without `on.waiting`, add that or remove this",
        ],
    );
    surge(
        "levels = [{ on = { waiting = 9 }, off = { waiting = 5 } }, {}]\n\
         windows = [{ calendar = \"c\", level = 2 }]\n[calendars.c]\nhours = { mon = [\"09:00-18:00\"] }\n",
        &[],
    );
}

#[test]
fn windows_are_of_one_kind() {
    let rest = "levels = [{ on = { waiting = 9 }, off = { waiting = 5 } }]\n[calendars.c]\nhours = { mon = [\"09:00-18:00\"] }\n[holidays.h]\n";
    for (window, errors) in [
        (
            "calendar = \"c\", eve_of = \"h\", level = 1",
            vec!["28:39 surges.s.windows[0].eve_of: stands beside `calendar`, remove one of them"],
        ),
        ("level = 1", vec!["28:12 surges.s.windows[0]: is never open, name a `calendar` or `eve_of`"]),
        (
            "calendar = \"c\", at = [\"09:00-12:00\"], level = 1",
            vec![
                "28:35 surges.s.windows[0].at: has no effect with `calendar`, which has its own hours: remove this",
            ],
        ),
        ("eve_of = \"h\", level = 1", vec!["28:12 surges.s.windows[0]: lacks `at`, say when on such days"]),
        (
            "eve_of = \"h\", at = [], level = 1",
            vec!["28:33 surges.s.windows[0].at: is empty, name at least one span"],
        ),
        ("calendar = \"c\", level = 2", vec!["28:38 surges.s.windows[0].level: there is only 1 level"]),
        (
            "calendar = \"c\"",
            vec!["28:12 surges.s.windows[0].level: is missing, give a whole number from 1 to 3"],
        ),
    ] {
        surge(&format!("windows = [{{ {window} }}]\n{rest}"), &errors);
    }
    surge(
        "windows = [{ calendar = \"c\", level = 1 }]\n[calendars.c]\nhours = { mon = [\"09:00-18:00\"] }\n",
        &["28:38 surges.s.windows[0].level: there are no levels, add them or remove this window"],
    );
}

#[test]
fn caps_fall_with_the_level() {
    surge(
        "steps = [{ do = \"cap\", waiting = 400, retry = \"1m\" }]\nlevels = [\n\
         { on = { waiting = 9 }, off = { waiting = 5 }, steps = [{ do = \"cap\", waiting = 400, retry = \"1m\" }] },\n\
         { on = { waiting = 10 }, off = { waiting = 5 }, steps = [{ do = \"cap\", waiting = 300, retry = \"1m\" }, { do = \"cap\", waiting = 301, retry = \"1m\" }] },\n]\n",
        &[
            "30:81 surges.s.levels[0].steps[0].waiting: must be below the 400 that holds at every level",
            "31:127 surges.s.levels[1].steps[1].waiting: must be below the 300 of level 2",
        ],
    );
}

#[test]
fn texts_have_known_fields() {
    for (written, errors) in [
        (
            "text = { default = \"{postion}\" }",
            vec![
                "28:48 surges.s.steps[0].text.default: unknown field `{postion}`, did you mean `{position}`?",
            ],
        ),
        (
            "text = { default = \"{x}\" }",
            vec![
                "28:48 surges.s.steps[0].text.default: unknown field `{x}`, the fields are `{position}`, `{ahead}`, `{wait}`, `{wait_at_most}`, `{queue}`, `{faq}`",
            ],
        ),
        (
            "text = { default = \"{ahead\" }",
            vec![
                "28:48 surges.s.steps[0].text.default: has a `{` without its other, write `{{` for the brace itself",
            ],
        ),
        (
            "text = { default = \"a}\" }",
            vec![
                "28:49 surges.s.steps[0].text.default: has a `}` without its other, write `}}` for the brace itself",
            ],
        ),
        (
            "text = { default = \"{wait}\" }",
            vec![
                "28:48 surges.s.steps[0].text.default: `{wait}` is not always known, say in `text_unknown` what is told then",
            ],
        ),
        (
            "text = { default = \"a\" }, text_unknown = { default = \"{wait_at_most}\" }",
            vec![
                "28:82 surges.s.steps[0].text_unknown.default: `{wait_at_most}` is not known then, remove it",
            ],
        ),
        (
            "text = { default = \"a\" }, text_unknown = { en = \"b\" }",
            vec![
                "28:69 surges.s.steps[0].text_unknown: has no `default`, give the text for all other languages",
            ],
        ),
        (
            "text = { default = \"{faq}\" }",
            vec!["28:48 surges.s.steps[0].text.default: uses `{faq}`, but there is no `faq`: add one"],
        ),
        (
            "times = 3, text = { default = \"a\" }",
            vec!["28:36 surges.s.steps[0].times: has no effect without `every`, add that or remove this"],
        ),
        (
            "every = \"1m\", text = { default = \"a\" }",
            vec![
                "28:36 surges.s.steps[0].every: has no effect unless `times` is more than 1, change that or remove this",
            ],
        ),
    ] {
        step(&format!("do = \"message\", {written}"), &errors);
    }
    step(
        "do = \"offer_callback\", every = \"1m\", text = { default = \"a\" }",
        &[
            "26:9 queues.q.surge: surge `s` offers callbacks, give the queue a `callback`",
            "28:35 surges.s.steps[0].every: unknown key `every`, the keys here are `do`, `text`, `text_unknown`, `faq`, `first`, `channels`",
        ],
    );
}

#[test]
fn overflow_ends() {
    let queue = |id: &str, rest: &str| {
        format!("[queues.{id}]\nchannels = [\"phone\"]\nobjective = \"30s\"\n{rest}\n")
    };
    let over =
        |id: &str, to: &str| format!("[surges.{id}]\nsteps = [{{ do = \"overflow\", queue = \"{to}\" }}]\n");
    step("do = \"overflow\", queue = \"q\"", &["28:37 surges.s.steps[0].queue: overflow goes round: q → q"]);
    // By another surge.
    surge(
        &format!(
            "steps = [{{ do = \"overflow\", queue = \"b\" }}]\n{}{}",
            queue("b", "surge = \"back\""),
            over("back", "q"),
        ),
        &["34:37 surges.back.steps[0].queue: overflow goes round: b → q → b"],
    );
    // By what becomes of who comes to a closed queue, and of who waits when one closes.
    for way in ["closed = \"overflow\"\nclosed_queue = \"q\"", "closing = \"move\"\nclosing_queue = \"q\""] {
        surge(
            &format!("steps = [{{ do = \"overflow\", queue = \"z\" }}]\n{}", queue("z", way)),
            &["28:37 surges.s.steps[0].queue: overflow goes round: q → z → q"],
        );
    }
    // To the end of the line it may go.
    surge(
        &format!(
            "steps = [{{ do = \"overflow\", queue = \"b\" }}]\n{}{}",
            queue("b", "surge = \"on\""),
            over("on", "other"),
        ),
        &[],
    );
    surge(
        "steps = [{ do = \"overflow\", queue = \"chats\" }]\n[queues.chats]\nchannels = [\"chat\"]\nobjective = \"30s\"\n",
        &[
            "28:37 surges.s.steps[0].queue: queue `chats` does not accept channel `phone` of queue `q`, add it there or name another queue",
        ],
    );
}

#[test]
fn every_fault_of_a_text_is_told_at_its_place() {
    step(
        "do = \"message\", text = { default = \"客{x} {postion} {{y}} {wait} {wait_at_most} {faq} {z\" }, text_unknown = { en = \"{wait} {wait_at_most}\" }",
        &[
            "28:49 surges.s.steps[0].text.default: unknown field `{x}`, the fields are `{position}`, `{ahead}`, `{wait}`, `{wait_at_most}`, `{queue}`, `{faq}`",
            "28:53 surges.s.steps[0].text.default: unknown field `{postion}`, did you mean `{position}`?",
            "28:91 surges.s.steps[0].text.default: uses `{faq}`, but there is no `faq`: add one",
            "28:97 surges.s.steps[0].text.default: has a `{` without its other, write `{{` for the brace itself",
            "28:119 surges.s.steps[0].text_unknown: has no `default`, give the text for all other languages",
            "28:127 surges.s.steps[0].text_unknown.en: `{wait}` is not known then, remove it",
            "28:134 surges.s.steps[0].text_unknown.en: `{wait_at_most}` is not known then, remove it",
        ],
    );
    // One remedy is told once.
    step(
        "do = \"message\", text = { default = \"{wait} {wait_at_most} {faq} {faq}\" }",
        &[
            "28:48 surges.s.steps[0].text.default: `{wait}` is not always known, say in `text_unknown` what is told then",
            "28:70 surges.s.steps[0].text.default: uses `{faq}`, but there is no `faq`: add one",
        ],
    );
    // Over several lines, and behind escapes that are no braces.
    surge(
        "steps = [{ do = \"message\", text = { default = \"\"\"\n\\\"a\\\"\n  {x1}\n\"\"\" } }]\n",
        &[
            "30:3 surges.s.steps[0].text.default: unknown field `{x1}`, the fields are `{position}`, `{ahead}`, `{wait}`, `{wait_at_most}`, `{queue}`, `{faq}`",
        ],
    );
    // A brace that is written as an escape isn't found: that is told where the text is.
    step(
        "do = \"message\", text = { default = \"{faq} \\u007Bx}\" }, faq = \"a\"",
        &[
            "28:47 surges.s.steps[0].text.default: unknown field `{x}`, the fields are `{position}`, `{ahead}`, `{wait}`, `{wait_at_most}`, `{queue}`, `{faq}`",
        ],
    );
}
