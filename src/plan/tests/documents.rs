//! What is told of documents: `line:column key: message`.

use super::{BASE, told, told_of, warned};

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
            "15:33 queues.refund.skills.refund: is a string, give a level from 1 to 10, or a range such as { min = 3, max = 8 }",
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
        "[queues.mail]\nobjective = 20s\nband = 12\nmax_waiting = \n[queues.chat\nband = 1\n[skills.x]\nname = \"x\nname = \"y\"\n[skills.x]\n",
        &[
            "14:13 syntax: string values must be quoted, expected literal string",
            "15:8 queues.mail.band: 12 is out of range, give 0 to 9",
            "16:15 syntax: string values must be quoted, expected literal string",
            "17:13 syntax: unclosed table, expected `]`",
            "20:10 syntax: invalid basic string, expected `\"`",
            "21:1 syntax: duplicate key",
            "22:9 syntax: duplicate key",
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
             `dispositions`, `holidays`, `calendars`, `shifts`, `rotas`, `surges`, `queues`, `groups`, `agents`",
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
            "22:10 categories.c.skills: is an array, give a table of levels such as { some_id = 3 }",
            "23:1 categories.c.priority: unknown key `priority`, the keys here are `name`, `queue`, `skills`, `any_of`, `none_of`, `preferred_skills`, `objective`",
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
all_declined = "ring"
unservable = "refused"
"#,
        &[
            "14:12 queues.a.channels: is empty, name at least one channel",
            "15:11 queues.a.groups[0]: there is no group `cor`, did you mean `core`?",
            "16:13 queues.a.objective: 0s is out of range, give 1s to 720h",
            "17:18 queues.a.boost_permille: 100001 is out of range, give 0 to 100000",
            "18:16 queues.a.agent_choice: there is no such choice as `random`, give one of `longest_idle`, `least_loaded`, `most_skilled`, `least_skilled`, `round_robin`",
            "19:15 queues.a.max_waiting: 1000001 is out of range, give 0 to 1000000",
            "20:12 queues.a.max_wait: 1ms is out of range, give 1s to 720h",
            "21:9 queues.b.objective: is missing, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "22:12 queues.b.channels: is a string, give a list of ids of channels such as [\"one\", \"two\"]",
            "23:11 queues.b.groups[0]: is an array, give an id in quotes",
            "24:16 queues.b.agent_choice: is a boolean, give one of `longest_idle`, `least_loaded`, `most_skilled`, `least_skilled`, `round_robin`",
            "25:16 queues.b.all_declined: there is no such choice as `ring`, give one of `wait`, `offer_again`, `next_ring`",
            "26:14 queues.b.unservable: there is no such choice as `refused`, did you mean `refuse`?",
        ],
    );
}

#[test]
fn groups_dispositions_and_skills() {
    told(
        "[groups.g]\nkind = \"temp\"\nclosed = 1\nkeep_free = 10001\n[dispositions.d]\nkind = 1\n[skills.s]\nname = \"a\\tb\"\n",
        &[
            "14:8 groups.g.kind: there is no such choice as `temp`, give one of `core`, `reserve`, `temporary`, `outsourced`",
            "15:10 groups.g.closed: is an integer, give true or false",
            "16:13 groups.g.keep_free: 10001 is out of range, give 0 to 10000",
            "18:1 dispositions.d.kind: unknown key `kind`, the keys here are `name`",
            "20:8 skills.s.name: has a control character such as a line break, remove it",
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
