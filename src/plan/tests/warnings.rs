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
            "17:13 categories.c: no agent who serves queue `q` has the skills that this asks for too: lower them or add one",
        ],
    );
}
