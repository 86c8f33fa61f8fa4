//! What is told of conversations: parking, reply windows, bots, promises and cases.

use super::{BASE, lines, told, told_of, warned};
use crate::plan::check;

/// A messaging channel; what a test adds to it starts on line 17.
const CHAT: &str = "[channels.chat]\nkind = \"messaging\"\nunits = 10\noffer_timeout = \"20s\"\n";

/// A queue with a home group and two others; what a test adds to it starts on line 19.
const QUEUE: &str = "[groups.night]\n[groups.spare]\n[queues.q]\nchannels = [\"phone\"]\nobjective = \"1h\"\ngroups = [\"core\"]\n";

#[track_caller]
fn chat(fields: &str, errors: &[&str]) {
    told(&format!("{CHAT}{fields}"), errors);
}

#[track_caller]
fn queue(fields: &str, errors: &[&str]) {
    told(&format!("{QUEUE}{fields}"), errors);
}

#[test]
fn settings() {
    told(
        "[settings]\ntransfers_max = 0\npromise_horizon = \"59m\"\nfirst_contact_window = \"31d\"\ncases_keep = \"366d\"\n\
         cases_max = 1_000_001\n",
        &[
            "14:17 settings.transfers_max: 0 is out of range, give 1 to 100",
            "15:19 settings.promise_horizon: 59m is out of range, give 1h to 8760h",
            "16:24 settings.first_contact_window: 744h is out of range, give 0s to 720h",
            "17:14 settings.cases_keep: 8784h is out of range, give 0s to 8760h",
            "18:13 settings.cases_max: 1000001 is out of range, give 0 to 1000000",
        ],
    );
    told(
        "[settings]\ntransfers_max = 101\npromise_horizon = \"366d\"\nfirst_contact_window = 3\ncases_keep = true\n\
         cases_max = -1\n",
        &[
            "14:17 settings.transfers_max: 101 is out of range, give 1 to 100",
            "15:19 settings.promise_horizon: 8784h is out of range, give 1h to 8760h",
            "16:24 settings.first_contact_window: is an integer, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "17:14 settings.cases_keep: is a boolean, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "18:13 settings.cases_max: -1 is out of range, give 0 to 1000000",
        ],
    );
    for edge in ["1", "100"] {
        told(&format!("[settings]\ntransfers_max = {edge}\ncases_max = 0\n"), &[]);
    }
}

#[test]
fn values_of_channels() {
    chat(
        "park_after = \"999ms\"\nparked_keep = \"91d\"\nparked_return = \"agnet\"\nreturn_allowance = 101\n\
         reopen_within = \"31d\"\nbot_limit = \"999ms\"\nreply_window = 5\n",
        &[
            "17:14 channels.chat.park_after: 999ms is out of range, give 1s to 720h",
            "18:15 channels.chat.parked_keep: 2184h is out of range, give 1s to 2160h",
            "19:17 channels.chat.parked_return: there is no such choice as `agnet`, did you mean `agent`?",
            "20:20 channels.chat.return_allowance: 101 is out of range, give 0 to 100",
            "21:17 channels.chat.reopen_within: 744h is out of range, give 0s to 720h",
            "22:13 channels.chat.bot_limit: 999ms is out of range, give 1s to 24h",
            "23:16 channels.chat.reply_window: is an integer, give a table such as { message = { replies = 5, within = \"48h\" } }",
        ],
    );
    chat(
        "park_after = 10\nparked_keep = \"999ms\"\nparked_return = \"home\"\nreturn_allowance = \"1\"\n\
         reopen_within = \"-1s\"\nbot_limit = \"25h\"\npark_afer = \"1m\"\n",
        &[
            "17:14 channels.chat.park_after: is an integer, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "18:15 channels.chat.parked_keep: 999ms is out of range, give 1s to 2160h",
            "19:17 channels.chat.parked_return: there is no such choice as `home`, give one of `agent`, `offer`, `queue`",
            "20:20 channels.chat.return_allowance: is a string, give a whole number from 0 to 100",
            "21:17 channels.chat.reopen_within: `-1s` is negative, write how long it lasts",
            "22:13 channels.chat.bot_limit: 25h is out of range, give 1s to 24h",
            "23:1 channels.chat.park_afer: unknown key `park_afer`, did you mean `park_after`?",
        ],
    );
    chat(
        "park_after = \"1s\"\nparked_keep = \"90d\"\nreturn_allowance = 100\nreopen_within = \"30d\"\nbot_limit = \"1s\"\n",
        &[],
    );
    chat("park_after = \"30d\"\nparked_keep = \"1s\"\nparked_return = \"offer\"\nbot_limit = \"1d\"\n", &[]);
}

#[test]
fn values_of_reply_windows() {
    chat(
        r#"[channels.chat.reply_window]
message = { replies = 0, within = "999ms" }
action = { replies = 1001, within = "31d", x = 1 }
keep = 1001
rise = [{ before = "999ms", priority = 0 }, 5, { before = "31d", priority = 11 }, { prioriti = 3 }]
kep = 1
"#,
        &[
            "18:23 channels.chat.reply_window.message.replies: 0 is out of range, give 1 to 1000",
            "18:35 channels.chat.reply_window.message.within: 999ms is out of range, give 1s to 720h",
            "19:22 channels.chat.reply_window.action.replies: 1001 is out of range, give 1 to 1000",
            "19:37 channels.chat.reply_window.action.within: 744h is out of range, give 1s to 720h",
            "19:44 channels.chat.reply_window.action.x: unknown key `x`, the keys here are `replies`, `within`",
            "20:8 channels.chat.reply_window.keep: 1001 is out of range, give 0 to 1000",
            "21:20 channels.chat.reply_window.rise[0].before: 999ms is out of range, give 1s to 720h",
            "21:40 channels.chat.reply_window.rise[0].priority: 0 is out of range, give 1 to 10",
            "21:45 channels.chat.reply_window.rise[1]: is an integer, give a step such as { before = \"2h\", priority = 3 }",
            "21:59 channels.chat.reply_window.rise[2].before: 744h is out of range, give 1s to 720h",
            "21:77 channels.chat.reply_window.rise[2].priority: 11 is out of range, give 1 to 10",
            "21:83 channels.chat.reply_window.rise[3].before: is missing, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "21:83 channels.chat.reply_window.rise[3].priority: is missing, give a whole number from 1 to 10",
            "21:85 channels.chat.reply_window.rise[3].prioriti: unknown key `prioriti`, did you mean `priority`?",
            "22:1 channels.chat.reply_window.kep: unknown key `kep`, did you mean `keep`?",
        ],
    );
    chat(
        "reply_window = { action = { within = 1 }, rise = { before = \"1s\" } }\n",
        &[
            "17:16 channels.chat.reply_window.message: is missing, give a table such as { replies = 5, within = \"48h\" }",
            "17:27 channels.chat.reply_window.action.replies: is missing, give a whole number from 1 to 1000",
            "17:38 channels.chat.reply_window.action.within: is an integer, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "17:50 channels.chat.reply_window.rise: is a table, give a list of steps such as [{ before = \"2h\", priority = 3 }]",
        ],
    );
    let rises = |count: usize| {
        let step = |n: usize| format!("{{ before = \"{}s\", priority = {} }}", 20 - n, n + 1);
        let steps = (0..count).map(step).collect::<Vec<_>>().join(", ");
        format!(
            "[channels.chat.reply_window]\nmessage = {{ replies = 5, within = \"1m\" }}\nrise = [{steps}]\n"
        )
    };
    chat(&rises(5), &[]);
    chat(&rises(6), &["19:8 channels.chat.reply_window.rise: has 6 steps, keep at most 5"]);
}

#[test]
fn steps_of_a_window_rise_towards_its_end() {
    let rise = |rise: &str, errors: &[&str]| {
        let window = "[channels.chat.reply_window]\nmessage = { replies = 5, within = \"48h\" }\naction = { replies = 5, within = \"1m\" }\n";
        chat(&format!("{window}rise = [{rise}]\n"), errors);
    };
    rise("{ before = \"47h\", priority = 1 }, { before = \"1s\", priority = 10 }", &[]);
    rise(
        "{ before = \"48h\", priority = 3 }, { before = \"20m\", priority = 3 }, { before = \"20m\", priority = 2 }",
        &[
            "20:20 channels.chat.reply_window.rise[0].before: 48h is as long as the window of 48h itself, shorten it",
            "20:72 channels.chat.reply_window.rise[1].priority: 3 doesn't rise above the 3 of the step before, raise it",
            "20:88 channels.chat.reply_window.rise[2].before: 20m is not nearer to the end than the 20m of the step before, shorten it",
            "20:106 channels.chat.reply_window.rise[2].priority: 2 doesn't rise above the 3 of the step before, raise it",
        ],
    );
    // Nothing is compared with what is wrong.
    rise(
        "{ before = 5, priority = 9 }, { before = \"1h\", priority = 3 }",
        &[
            "20:20 channels.chat.reply_window.rise[0].before: is an integer, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
        ],
    );
}

#[test]
fn channels_that_hold_no_conversations() {
    let fields = "park_after = \"5m\"\nreply_window = { message = { replies = 5, within = \"48h\" } }\nreopen_within = \"1h\"\nbot_limit = \"1m\"\n";
    let silent = "only messaging channels have conversations that fall silent, remove this";
    told_of(
        &BASE.replacen("units = 100", &format!("units = 100\n{fields}"), 1),
        &[
            &format!("4:14 channels.phone.park_after: {silent}"),
            &format!("5:16 channels.phone.reply_window: {silent}"),
            "6:17 channels.phone.reopen_within: a call that ended can't be written to, remove this",
        ],
    );
    told(
        &format!("{}{fields}", CHAT.replace("messaging", "deferred")),
        &[
            &format!("17:14 channels.chat.park_after: {silent}"),
            &format!("18:16 channels.chat.reply_window: {silent}"),
        ],
    );
    // What it is to be is not known.
    told(
        &format!("{}{fields}", CHAT.replace("\"messaging\"", "7")),
        &["14:8 channels.chat.kind: is an integer, give one of `realtime`, `messaging`, `deferred`"],
    );
}

#[test]
fn what_has_no_effect_without_parking() {
    let idle = "has no effect without `park_after`, add that or remove this";
    chat(
        "parked_keep = \"2d\"\nparked_return = \"agent\"\nreturn_allowance = 0\n",
        &[
            &format!("17:15 channels.chat.parked_keep: {idle}"),
            &format!("18:17 channels.chat.parked_return: {idle}"),
            &format!("19:20 channels.chat.return_allowance: {idle}"),
        ],
    );
    for way in ["offer", "queue"] {
        chat(
            &format!("park_after = \"5m\"\nparked_return = \"{way}\"\nreturn_allowance = 1\n"),
            &[
                "19:20 channels.chat.return_allowance: has no effect unless `parked_return` is `agent`, change that or remove this",
            ],
        );
    }
    // It may be in the line that is unreadable.
    chat(
        "parked_keep = \"2d\"\npark_after = 5m\n",
        &["18:14 syntax: string values must be quoted, expected literal string"],
    );
}

#[test]
fn values_of_queues() {
    queue(
        r#"transfer_age = "keeps"
after_bot = "kept"
promise_agent_wait = "61m"
promise_steps = [
    { before = "31d", priority = 11 },
    { priority = -1, groups = ["nigt", "night", "night"] },
    7,
    { before = "1h" },
    { before = "30m", priority = 0, groups = [], x = 1 },
    { before = "20m", priority = 0, groups = [] },
]
"#,
        &[
            "19:16 queues.q.transfer_age: there is no such choice as `keeps`, did you mean `keep`?",
            "20:13 queues.q.after_bot: there is no such choice as `kept`, give one of `fresh`, `age`",
            "21:22 queues.q.promise_agent_wait: 1h 1m is out of range, give 0s to 1h",
            "22:17 queues.q.promise_steps: has 6 steps, keep at most 5",
            "23:16 queues.q.promise_steps[0].before: 744h is out of range, give 0s to 720h",
            "23:34 queues.q.promise_steps[0].priority: 11 is out of range, give 0 to 10",
            "24:5 queues.q.promise_steps[1].before: is missing, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "24:18 queues.q.promise_steps[1].priority: -1 is out of range, give 0 to 10",
            "24:32 queues.q.promise_steps[1].groups[0]: there is no group `nigt`, did you mean `night`?",
            "24:49 queues.q.promise_steps[1].groups[2]: `night` is listed twice, keep one of them",
            "25:5 queues.q.promise_steps[2]: is an integer, give a step such as { before = \"10m\", priority = 3, groups = [\"some_id\"] }",
            "26:5 queues.q.promise_steps[3]: does nothing, give it `priority` or `groups`",
            "27:50 queues.q.promise_steps[4].x: unknown key `x`, the keys here are `before`, `priority`, `groups`",
        ],
    );
    queue(
        "transfer_age = 1\nafter_bot = true\npromise_agent_wait = 5\npromise_steps = { before = \"1m\" }\n",
        &[
            "19:16 queues.q.transfer_age: is an integer, give one of `keep`, `fresh`",
            "20:13 queues.q.after_bot: is a boolean, give one of `fresh`, `age`",
            "21:22 queues.q.promise_agent_wait: is an integer, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "22:17 queues.q.promise_steps: is a table, give a list of steps such as [{ before = \"10m\", priority = 3, groups = [\"some_id\"] }]",
        ],
    );
    queue(
        "promise_steps = [{ before = \"0s\", priority = 0 }]\n",
        &["19:18 queues.q.promise_steps[0]: does nothing, give it `priority` or `groups`"],
    );
}

#[test]
fn many_groups_in_a_step() {
    let groups = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("\"g{n}\"")).collect();
        let known: String = (0..count).map(|n| format!("[groups.g{n}]\n")).collect();
        format!("promise_steps = [{{ before = \"1m\", groups = [{}] }}]\n{known}", names.join(", "))
    };
    queue(&groups(16), &[]);
    queue(&groups(17), &["19:44 queues.q.promise_steps[0].groups: has 17 groups, keep at most 16"]);
}

#[test]
fn steps_of_promises_near_their_time() {
    queue(
        "promise_steps = [{ before = \"1m\", priority = 1 }, { before = \"0s\", groups = [\"night\"] }]\n",
        &[],
    );
    queue(
        r#"promise_steps = [
    { before = "1m", priority = 3, groups = ["core", "night"] },
    { before = "1m", priority = 3, groups = ["night", "spare"] },
    { before = "2m", priority = 1, groups = ["spare"] },
    { before = "3x", priority = 1 },
    { before = "2m", priority = 1 },
]
"#,
        &[
            "20:46 queues.q.promise_steps[0].groups[0]: `core` serves the queue already, remove it here",
            "21:16 queues.q.promise_steps[1].before: 1m is not nearer to its time than the 1m of the step before, shorten it",
            "21:46 queues.q.promise_steps[1].groups[0]: `night` serves the queue already, remove it here",
            "22:16 queues.q.promise_steps[2].before: 2m is not nearer to its time than the 1m of the step before, shorten it",
            "22:46 queues.q.promise_steps[2].groups[0]: `spare` serves the queue already, remove it here",
            "23:16 queues.q.promise_steps[3].before: `3x` is not a duration, write it such as `20s`, `5m` or `1h 30m`",
        ],
    );
    // A ring may never open, so its groups may be named here too.
    queue(
        "rings = [{ after = \"1m\", groups = [\"night\"] }]\npromise_steps = [{ before = \"1m\", groups = [\"night\"] }]\n",
        &[],
    );
    told(
        "[queues.q]\nchannels = [\"phone\"]\nobjective = \"1m\"\npromise_steps = [{ before = \"1m\", groups = [\"core\"] }]\n",
        &[
            "16:44 queues.q.promise_steps[0].groups: every group serves the queue already, name its home groups in the queue's `groups` or remove this",
        ],
    );
}

#[test]
fn the_wait_for_who_promised_ends_with_the_first_ring() {
    let ring = "rings = [{ after = \"20s\", groups = [\"night\"] }]\n";
    queue(&format!("promise_agent_wait = \"20s\"\n{ring}"), &[]);
    queue(ring, &[]);
    queue(
        &format!("promise_agent_wait = \"21s\"\n{ring}"),
        &[
            "19:22 queues.q.promise_agent_wait: 21s is longer than the 20s after which the first ring opens, shorten it",
        ],
    );
}

#[test]
fn warnings() {
    warned(
        r#"[settings]
first_contact_window = "3d"
cases_keep = "71h"
[channels.chat]
kind = "messaging"
units = 10
offer_timeout = "20s"
park_after = "5m"
[channels.chat.reply_window]
message = { replies = 1, within = "47h" }
[channels.mail]
kind = "deferred"
units = 10
offer_timeout = "20s"
reopen_within = "1h"
[queues.a]
channels = ["phone", "mail", "chat"]
objective = "10m"
groups = ["core"]
promise_steps = [{ before = "11m", priority = 1 }, { before = "10m", priority = 2, groups = ["night"] }]
[queues.b]
channels = ["mail", "chat"]
objective = "10m"
last_agent_wait = "1s"
[groups.night]
[agents.a2]
groups = ["night"]
"#,
        &[
            "14:1 settings.first_contact_window: is longer than cases_keep, so some are never judged: shorten it or keep cases longer",
            "16:11 channels.chat.parked_keep: parked conversations outlive the reply window, so nobody can answer in them: shorten it",
            "21:1 channels.chat.reply_window.keep: leaves nothing for automatic messages to send, lower it",
            "28:9 queues.a: customers who come back by channel `mail` aren't kept for their agent, set last_agent_wait",
            "32:29 queues.a.promise_steps[0].before: comes before the follow-up is in the queue, which it enters by the objective before its time: it counts at once",
        ],
    );
    warned(
        r#"[channels.chat]
kind = "messaging"
units = 10
offer_timeout = "20s"
park_after = "5m"
parked_keep = "48h"
[channels.chat.reply_window]
message = { replies = 2, within = "48h" }
keep = 1
[channels.other]
kind = "messaging"
units = 10
offer_timeout = "20s"
reply_window = { message = { replies = 3, within = "1h" }, keep = 3 }
[queues.a]
channels = ["chat"]
objective = "10m"
last_agent_wait = "1s"
[queues.b]
channels = ["phone", "other"]
objective = "10m"
"#,
        &["26:67 channels.other.reply_window.keep: leaves nothing for automatic messages to send, lower it"],
    );
}

#[test]
fn groups_that_only_steps_of_promises_name_are_named() {
    let addition = |steps: &str| {
        format!(
            "groups = [\"core\"]\n[groups.night]\n[agents.a2]\ngroups = [\"night\"]\n[queues.q]\nchannels = [\"phone\"]\n\
             objective = \"1m\"\ngroups = [\"core\"]\n{steps}"
        )
    };
    let document = |steps: &str| {
        BASE.replace("[groups.core]", "groups = [\"core\"]\n[groups.core]")
            + &addition(steps)["groups = [\"core\"]\n".len()..]
    };
    let told = |steps: &str| lines(&check(&document(steps)).warnings);
    assert_eq!(
        told(""),
        ["14:9 groups.night: no queue names this group, so its agents get nothing: add it to one"]
    );
    assert_eq!(told("promise_steps = [{ before = \"1s\", groups = [\"night\"] }]\n"), [""; 0]);
}
