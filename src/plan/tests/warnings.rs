//! What is told of plans that are allowed but hardly meant.

use super::{BASE, lines, warned};
use crate::plan::check;

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
            "24:9 queues.repair: no agent of its groups has the skills it asks for, in whatever ring: ask for less or add one",
            "31:13 categories.hard: no agent who serves queue `refund` has the skills that this asks for too: ask for less or add one",
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
fn what_a_queue_and_its_category_rule_out_stands_beside_each_other() {
    let addition = |queue: &str, category: &str| {
        format!(
            "[queues.q]\nchannels = [\"phone\"]\nobjective = \"1m\"\nnone_of = {{ refund = {queue} }}\n\
             [categories.c]\nqueue = \"q\"\nnone_of = {{ refund = {category} }}\n"
        )
    };
    // The agent's level is between the two.
    warned(&addition("{ min = 1, max = 2 }", "9"), &[]);
    warned(
        &addition("{ min = 1, max = 2 }", "{ min = 4, max = 9 }"),
        &[
            "17:13 categories.c: no agent who serves queue `q` has the skills that this asks for too: ask for less or add one",
        ],
    );
}

#[test]
fn a_category_asks_for_the_higher_of_two_levels() {
    let addition = |queue: u8, category: u8| {
        format!(
            "[queues.q]\nchannels = [\"phone\"]\nobjective = \"1m\"\nskills = {{ refund = {queue} }}\n\
             [categories.c]\nqueue = \"q\"\nskills = {{ refund = {category} }}\n"
        )
    };
    warned(&addition(5, 2), &[]);
    warned(
        &addition(2, 6),
        &[
            "17:13 categories.c: no agent who serves queue `q` has the skills that this asks for too: ask for less or add one",
        ],
    );
}

#[test]
fn somebody_in_the_last_ring_is_enough() {
    let addition = |ring: &str| {
        format!(
            "[skills.vip]\n[skills.trainee]\n[groups.night]\n[agents.a2]\ngroups = [\"night\"]\n\
             skills = {{ vip = 4, trainee = 2 }}\n[queues.vip]\nchannels = [\"phone\"]\nobjective = \"1m\"\n\
             groups = [\"core\"]\nskills = {{ vip = 5 }}\nany_of = [{{ refund = 5, vip = 5 }}]\n\
             none_of = {{ trainee = 2 }}\nrings = [{{ after = \"1m\", groups = [\"night\"] }}, {ring}]\n"
        )
    };
    warned(&addition("{ after = \"1m\", lower = { vip = 4 }, drop = [\"trainee\", \"refund\"] }"), &[]);
    let nobody = "19:9 queues.vip: no agent of its groups has the skills it asks for, in whatever ring: ask for less or add one";
    for ring in [
        "",
        "{ after = \"1m\", lower = { vip = 4 }, drop = [\"trainee\"] }",
        "{ after = \"1m\", lower = { vip = 4 }, drop = [\"refund\"] }",
        "{ after = \"1m\", drop = [\"trainee\", \"refund\"] }",
    ] {
        warned(&addition(ring), &[nobody]);
    }
    warned(&format!("{}unservable = \"refuse\"\n", addition("")), &[nobody]);
}

#[test]
fn too_much_of_a_skill() {
    let addition = |max: u8| {
        format!(
            "[queues.q]\nchannels = [\"phone\"]\nobjective = \"1m\"\nskills = {{ refund = {{ min = 1, max = {max} }} }}\n"
        )
    };
    warned(&addition(5), &[]);
    warned(
        &addition(4),
        &[
            "13:9 queues.q: no agent of its groups has the skills it asks for, in whatever ring: ask for less or add one",
        ],
    );
}

#[test]
fn closed_groups() {
    let document = |first: bool, second: bool, ring: &str| {
        let base = BASE.replace("[groups.core]", &format!("[groups.core]\nclosed = {first}"));
        format!(
            "{base}[groups.night]\nclosed = {second}\n[agents.a2]\ngroups = [\"night\"]\n[queues.q]\n\
             channels = [\"phone\"]\nobjective = \"1m\"\ngroups = [\"core\"]\n{ring}"
        )
    };
    let told = |first, second, ring: &str| lines(&check(&document(first, second, ring)).warnings);
    let ring = "rings = [{ after = \"1m\", groups = [\"night\"] }]\n";
    assert_eq!(told(false, false, ""), [""; 0]);
    assert_eq!(told(false, true, ring), [""; 0]);
    let closed = "18:9 queues.q: all its groups are closed: open one, or name one that is open";
    assert_eq!(told(true, false, ring), [closed]);
    assert_eq!(told(true, false, ""), [closed], "not also that nobody has the skills");
    let first = "6:9 queues.refund: all its groups are closed: open one, or name one that is open";
    assert_eq!(told(true, true, ring), [first, closed]);
}

#[test]
fn groups_that_only_rings_name_are_named() {
    let document = |groups: &str| {
        BASE.replace("objective", "groups = [\"core\"]\nobjective")
            + "[groups.day]\n[agents.a2]\ngroups = [\"day\"]\n[queues.q]\nchannels = [\"phone\"]\nobjective = \"1m\"\n\
               groups = [\"core\"]\n"
            + groups
    };
    let unnamed = "14:9 groups.day: no queue names this group, so its agents get nothing: add it to one";
    assert_eq!(lines(&check(&document("")).warnings), [unnamed]);
    assert_eq!(
        lines(&check(&document("rings = [{ after = \"1m\", groups = [\"day\"] }]\n")).warnings),
        [""; 0]
    );
    let closed = document("").replace("[groups.day]", "[groups.day]\nclosed = true");
    assert_eq!(lines(&check(&closed).warnings), [""; 0]);
}

#[test]
fn a_reserve_that_is_never_free() {
    let addition = |keep_free: u8| {
        format!(
            "[groups.g]\nkeep_free = {keep_free}\n[agents.a2]\ngroups = [\"g\"]\n[agents.a3]\ngroups = [\"g\", \"core\"]\n"
        )
    };
    warned(&addition(1), &[]);
    warned(
        &addition(2),
        &["13:9 groups.g: keeps 2 free, which is everybody in it, so it never helps: lower keep_free"],
    );
}

#[test]
fn rings_that_take_away_what_nobody_asks_for() {
    warned(
        r#"[skills.b]
[skills.c]
[agents.a2]
groups = ["core"]
skills = { b = 9, c = 9, refund = 9 }
[categories.one]
queue = "q"
skills = { refund = 2 }
preferred_skills = { b = 3 }
[categories.other]
queue = "refund"
skills = { c = 2 }
[queues.q]
channels = ["phone"]
objective = "1m"
rings = [
    { after = "1m", lower = { refund = 1, b = 2 }, drop = ["c"] },
    { after = "1m", drop = ["b"] },
]
"#,
        &[
            "29:47 queues.q.rings[0].lower.b: neither the queue nor a category of it requires `b`, remove it unless contacts do so themselves",
            "29:60 queues.q.rings[0].drop[0]: neither the queue nor a category of it asks for `c`, remove it unless contacts do so themselves",
        ],
    );
}

#[test]
fn calendars_that_never_open() {
    warned(
        "[calendars.a]\n[calendars.b.hours]\nmon = []\n[calendars.c.days]\n2026-10-01 = [\"09:00-18:00\"]\n[calendars.d.hours]\nsun = [\"09:00-18:00\"]\n",
        &[
            "13:12 calendars.a: is never open, give it `hours`",
            "14:12 calendars.b: is never open, give it `hours`",
        ],
    );
}

#[test]
fn callers_who_wait_all_night() {
    let addition = |closed: &str| {
        format!(
            "[channels.chat]\nkind = \"messaging\"\nunits = 10\noffer_timeout = \"20s\"\n[queues.a]\nchannels = [\"chat\"]\n\
             objective = \"1m\"\nclosed = \"hold\"\n[queues.b]\nchannels = [\"chat\", \"phone\"]\nobjective = \"1m\"\n{closed}"
        )
    };
    for closed in ["", "closed = \"refuse\"\n", "closed = \"accept\"\n"] {
        warned(&addition(closed), &[]);
    }
    warned(
        &addition("closed = \"hold\"\n"),
        &[
            "24:10 queues.b.closed: lets callers by channel `phone` wait all night: refuse them or let them overflow",
        ],
    );
}

#[test]
fn leads_that_leave_nothing() {
    let told = |break_lead: &str, end_lead: &str| {
        let leads = format!("break_lead = \"{break_lead}\"\nend_lead = \"{end_lead}\"\n");
        let document = BASE.replacen("units = 100\n", &format!("units = 100\n{leads}"), 1)
            + r#"[channels.chat]
kind = "messaging"
units = 10
offer_timeout = "20s"
[queues.chat]
channels = ["chat"]
objective = "1m"
[shifts.a]
at = ["09:00-12:00", "13:00-18:00"]
breaks = ["10:00-10:30"]
activities = [{ at = "10:30-11:00", channels = ["phone", "chat"] }, { at = "11:00-12:00", channels = ["phone"] }, { at = "17:00-18:00", channels = ["chat"] }]
[shifts.b]
at = ["22:00-06:00"]
breaks = ["02:00-02:15"]
"#;
        lines(&check(&document).warnings)
    };
    // Phone is served 9:00-10:00, 10:30-12:00 (whatever else is), 13:00-17:00; 22:00-2:00, 2:15-6:00.
    assert_eq!(told("59m", "1h 29m"), [""; 0]);
    assert_eq!(
        told("1h", "90m"),
        [
            "4:14 channels.phone.break_lead: 1h leaves nothing of the 1h for which shift `a` serves this before it stops: shorten it",
            "5:12 channels.phone.end_lead: 1h 30m leaves nothing of the 1h 30m for which shift `a` serves this before it stops: shorten it",
        ]
    );
}
