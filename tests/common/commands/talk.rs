//! Lines about conversations as commands: activity, bots, consults, promises, feedback, interventions.

use kefud::{
    engine::command::{
        Activity, BotLeaving, Command, ConsultAction, ConsultTarget, Feedback, FromBot, Hand, Intervention,
        NewPromise, PromiseChange, PromiseDue, Update,
    },
    proto::journal as j,
};
use prost::Message as _;

use super::{Words, fingerprint};
use crate::common::START_MS;

/// The data of a customer who is known by `reference`.
pub fn customer(reference: &str) -> j::Sealed {
    let data = j::Customer { customer_ref: reference.to_owned(), ..j::Customer::default() }.encode_to_vec();
    j::Sealed { key: 0, data, lookup: fingerprint(reference) }
}

/// The command of a line; none if the line is about something else.
pub fn command(words: &Words<'_>) -> Option<Command> {
    Some(match words.get(0) {
        "says" => Command::RecordActivity {
            contact: words.text(1),
            activity: activity(words.get(2)),
            check_only: words.has("check"),
        },
        "tobot" => Command::HandToBot { contact: words.text(1), bot: words.text(2) },
        "frombot" => {
            Command::ReturnFromBot { bot: words.text(1), contact: words.text(2), leaving: leaving(words) }
        }
        "consult" => Command::StartConsult {
            agent: words.text(1),
            contact: words.text(2),
            consult: words.text(3),
            target: asked(words),
            customer: words.named("customer").map(customer).unwrap_or_default(),
            fingerprint: fingerprint(words.line),
        },
        "join" => change_consult(words, ConsultAction::Join),
        "handover" => change_consult(words, ConsultAction::HandOver),
        "endconsult" => change_consult(words, ConsultAction::End),
        "promise" => Command::MakePromise {
            agent: words.text(1),
            contact: words.text(2),
            promise: Box::new(new_promise(words, words.get(3))),
        },
        "chpromise" => Command::ChangePromise {
            by: match words.get(1) {
                "supervisor" => Hand::Supervisor(words.named_text("by")),
                agent => Hand::Agent(agent.to_owned()),
            },
            promise: words.text(2),
            change: promise_change(words),
            reason: words.named_text("reason"),
        },
        "feedback" => Command::RecordFeedback {
            contact: words.text(1),
            feedback: Feedback {
                score: words.get(2).parse().expect("a score"),
                resolved: words.named("resolved").map(|word| word == "yes"),
                comment_ref: words.named_text("ref"),
            },
        },
        word => Command::Intervene {
            contact: words.plain.get(1).copied().unwrap_or_default().to_owned(),
            supervisor: words.named("by").unwrap_or("s").to_owned(),
            reason: words.named("reason").unwrap_or("test").to_owned(),
            action: intervention(word, words)?,
        },
    })
}

fn activity(word: &str) -> Activity {
    match word {
        "customer" => Activity::CustomerMessage,
        "action" => Activity::CustomerAction,
        "agent" => Activity::AgentMessage,
        "auto" => Activity::AutomaticMessage,
        _ => panic!("nobody is called `{word}`"),
    }
}

fn leaving(words: &Words<'_>) -> BotLeaving {
    if words.has("closed") {
        return BotLeaving::Closed(words.ending());
    }
    BotLeaving::HandedOver(Box::new(FromBot {
        queue: words.named_text("queue"),
        category: words.named("category").map(str::to_owned),
        skills: words.ranges("skills"),
        preferred_skills: words.ranges("prefer"),
        priority: words.number("prio"),
        customer: words.named("customer").map(customer),
    }))
}

fn asked(words: &Words<'_>) -> ConsultTarget {
    match words.named("agent") {
        Some(agent) => ConsultTarget::Agent(agent.to_owned()),
        None => ConsultTarget::Queue {
            queue: words.named_text("queue"),
            skills: words.ranges("skills").unwrap_or_default(),
        },
    }
}

fn change_consult(words: &Words<'_>, action: ConsultAction) -> Command {
    Command::ChangeConsult { agent: words.text(1), consult: words.text(2), action }
}

/// `in=2h`, `at=10m` (since the table began), `business=1h`.
fn due(words: &Words<'_>, name: &str) -> Option<PromiseDue> {
    let after = words.ms(name).map(PromiseDue::After);
    let at = || words.ms("at").map(|ms| PromiseDue::At(START_MS + ms));
    after.or_else(at).or_else(|| words.ms("business").map(PromiseDue::BusinessAfter))
}

/// What a line promises, by this id.
pub fn new_promise(words: &Words<'_>, id: &str) -> NewPromise {
    NewPromise {
        id: id.to_owned(),
        due: due(words, "in").expect("in=, at= or business="),
        agent: words.named_text("agent"),
        queue: words.named_text("queue"),
        channel: words.named_text("channel"),
        gateway: words.named_text("gateway"),
        priority: words.number("prio").unwrap_or(0),
        note: words.named_text("note"),
        fingerprint: fingerprint(words.line),
    }
}

fn promise_change(words: &Words<'_>) -> PromiseChange {
    if let Some(agent) = words.named("to") {
        PromiseChange::Reassign(agent.to_owned())
    } else if words.has("fulfil") {
        PromiseChange::Fulfil
    } else if words.has("cancel") {
        PromiseChange::Cancel
    } else {
        PromiseChange::Move(due(words, "move").expect("move=, at=, business=, to=, fulfil or cancel"))
    }
}

fn intervention(word: &str, words: &Words<'_>) -> Option<Intervention> {
    Some(match word {
        "requeue" => Intervention::Requeue { queue: words.named_text("queue"), fresh: words.has("fresh") },
        "reassign" => {
            Intervention::Reassign { agent: words.text(2), override_requirements: words.has("override") }
        }
        "end" => Intervention::End { disposition: words.named_text("disposition") },
        "change" => Intervention::Change(Box::new(Update {
            category: words.named("category").map(str::to_owned),
            priority: words.number("prio"),
            ..Update::default()
        })),
        _ => return None,
    })
}
