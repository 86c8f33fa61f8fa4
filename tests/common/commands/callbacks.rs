//! Lines about callbacks. Windows are given as times since the table began: `window=2h-3h`.

use kefud::{
    engine::command::{CallbackChange, CallbackWindow, Command, NewCallback, Word},
    plan::parse_ms,
    proto::journal::{self as j, DialResult},
};
use prost::Message as _;

use super::{Words, fingerprint};
use crate::common::START_MS;

/// The command of a line; none if the line is about something else.
pub(super) fn command(words: &Words<'_>) -> Option<Command> {
    let word = || Word { supervisor: words.named_text("by"), reason: words.named_text("reason") };
    Some(match words.get(0) {
        "callback" => Command::RequestCallback(Box::new(asked(words))),
        "uncallback" => {
            Command::CancelCallback { callback: words.text(1), reason: words.named_text("reason") }
        }
        "chcallback" => {
            Command::ChangeCallback { callback: words.text(1), change: change(words), word: word() }
        }
        "dialled" => Command::ReportDial {
            contact: words.text(1),
            attempt: words.get(2).parse().expect("an attempt"),
            result: result(words.get(3)),
        },
        _ => return None,
    })
}

fn asked(words: &Words<'_>) -> NewCallback {
    let number = words.named("number").unwrap_or(words.get(1));
    let reference = words.named_text("customer");
    let data = j::Customer { customer_ref: reference.clone(), number: number.into(), ..Default::default() };
    let lookup = if reference.is_empty() { 0 } else { fingerprint(&reference) };
    let contact = Some(words.text(2)).filter(|contact| contact != "-");
    let gateway = words.named("gateway").or(contact.is_none().then_some("g"));
    NewCallback {
        id: words.text(1),
        gateway: gateway.unwrap_or_default().to_owned(),
        contact: contact.unwrap_or_default(),
        channel: words.named_text("channel"),
        queue: words.named_text("queue"),
        category: words.named_text("category"),
        language: words.named_text("language"),
        case_id: words.named_text("case"),
        priority: words.number("prio").unwrap_or(0),
        customer: j::Sealed { key: 0, data: data.encode_to_vec(), lookup },
        number: fingerprint(&format!("number {number}")),
        window: words.named("window").map(window),
        zone: words.named_text("zone"),
        agent: words.named_text("agent"),
        fingerprint: fingerprint(words.line),
    }
}

fn window(text: &str) -> CallbackWindow {
    let (start, end) = text.split_once('-').expect("start-end");
    let at = |text| START_MS + parse_ms(text).expect("a duration");
    CallbackWindow { start_ms: at(start), end_ms: at(end) }
}

fn change(words: &Words<'_>) -> CallbackChange {
    match (words.named("move"), words.named("to")) {
        (Some(times), _) => CallbackChange::Move(window(times)),
        (_, Some(agent)) => CallbackChange::Reassign(agent.to_owned()),
        _ if words.has("now") => CallbackChange::Now,
        _ if words.has("cancel") => CallbackChange::Cancel,
        _ => panic!("move=, to=, now or cancel in `{}`", words.line),
    }
}

fn result(word: &str) -> DialResult {
    match word {
        "answered" => DialResult::Answered,
        "no_answer" => DialResult::NoAnswer,
        "busy" => DialResult::Busy,
        "refused" => DialResult::Refused,
        "unreachable" => DialResult::Unreachable,
        _ => panic!("nobody answers a call by `{word}`"),
    }
}
