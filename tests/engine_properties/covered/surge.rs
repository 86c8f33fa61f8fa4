//! What must have happened in surges and of callbacks.

use kefud::{
    engine::state::State,
    proto::journal::{self as j, event::Kind},
};

/// What must happen in a surge: every kind of event, step and end, and every reason for which something is refused.
pub const SURGE: &[&str] = &[
    "level changed",
    "step taken",
    "step undone",
    "level set",
    "level set no more",
    "rings ended",
    "calm again",
    "wrap-up shortened",
    "waiters told",
    "told at closing",
    "swept",
    "callback changed",
    "callback dialled",
    "callback answered",
    "SURGE_CAUSE_WAITING",
    "SURGE_CAUSE_OLDEST_WAIT",
    "SURGE_CAUSE_EXPECTED_WAIT",
    "SURGE_CAUSE_AGENTS",
    "SURGE_CAUSE_WINDOW",
    "SURGE_CAUSE_BY_HAND",
    "SURGE_CAUSE_BY_HAND_ENDED",
    "SURGE_CAUSE_CALM",
    "SURGE_CAUSE_PLAN",
    "SURGE_STEP_KIND_OPEN_RINGS",
    "SURGE_STEP_KIND_OPEN_GROUPS",
    "SURGE_STEP_KIND_MESSAGE",
    "SURGE_STEP_KIND_OFFER_CALLBACK",
    "SURGE_STEP_KIND_BOT",
    "SURGE_STEP_KIND_OVERFLOW",
    "SURGE_STEP_KIND_WRAP_UP",
    "SURGE_STEP_KIND_CAP",
    "CALLBACK_CHANGE_MERGED",
    "CALLBACK_CHANGE_SUSPENDED",
    "CALLBACK_CHANGE_RESUMED",
    "CALLBACK_CHANGE_ATTEMPT_FAILED",
    "CALLBACK_CHANGE_POSTPONED",
    "CALLBACK_CHANGE_MOVED",
    "CALLBACK_CHANGE_REASSIGNED",
    "a failure is reported",
    "DIAL_RESULT_CUSTOMER_GONE",
    "DIAL_RESULT_TIMEOUT",
    "callback made",
    "callback in turn",
    "callback entered",
    "callback accepted",
    "callback ended as PROMISE_END_KEPT",
    "callback ended as PROMISE_END_EXHAUSTED",
    "callback ended as PROMISE_END_EXPIRED",
    "callback ended as PROMISE_END_CANCELLED",
    "callback ended as PROMISE_END_ABSORBED",
    "moved by overflow",
    "OFFER_TRIGGER_SURGE",
    "QUEUE_FULL",
    "NO_SURGE_PLAN",
    "CALLBACK_ENDED",
    "CALLBACK_EXISTS",
    "CALLBACK_IN_PROGRESS",
    "CALLBACK_NOT_DIALLED",
    "CALLBACK_NOT_FOUND",
    "CALLBACK_NOT_OFFERED",
    "CONTACT_NOT_FOR_CALLBACK",
    "TOO_MANY_CALLBACKS",
];

/// The names of what an event of a surge or of callbacks tells, in the state before it.
pub(super) fn of_surge(kind: &Kind, state: &State) -> Vec<&'static str> {
    let called = |promise: u64| state.promise(promise).is_some_and(|record| record.callback.is_some());
    let of_contact = |contact: u64| state.contact(contact).is_some_and(|record| record.talk().callback);
    match kind {
        Kind::SurgeLevelChanged(event) => vec!["level changed", event.cause().as_str_name()],
        Kind::SurgeStepChanged(event) if event.undone => vec!["step undone"],
        Kind::SurgeStepChanged(event) => {
            let kind = event.step.as_ref().map_or("no step", |step| step.kind().as_str_name());
            vec!["step taken", kind]
        }
        Kind::SurgeOverridden(event) if event.record.is_none() => vec!["level set no more"],
        Kind::SurgeOverridden(_) => vec!["level set"],
        Kind::WrapUpStarted(event) => {
            let leg = state.assignment(event.offer).copied().unwrap_or_default();
            let shortened = state.policy(leg.queue).wrap_up_ms.is_some();
            if shortened { vec!["wrap-up shortened"] } else { Vec::new() }
        }
        Kind::SurgeRingsEnded(_) => vec!["rings ended"],
        Kind::WaitersTold(event) if event.closing => vec!["told at closing"],
        Kind::WaitersTold(_) => vec!["waiters told"],
        Kind::SurgeSwept(_) => vec!["swept"],
        Kind::CallbackChanged(event) => {
            let result = match event.result() {
                // One by one they are in the tables.
                j::DialResult::NoAnswer
                | j::DialResult::Busy
                | j::DialResult::Refused
                | j::DialResult::Unreachable => "a failure is reported",
                other => other.as_str_name(),
            };
            vec!["callback changed", event.change().as_str_name(), result]
        }
        Kind::CallbackDialled(_) => vec!["callback dialled"],
        Kind::CallbackAnswered(_) => vec!["callback answered"],
        Kind::PromiseMade(event) => match event.promise.as_ref().and_then(|it| it.callback.as_ref()) {
            Some(own) if own.end_ms == 0 => vec!["callback made", "callback in turn"],
            Some(_) => vec!["callback made"],
            None => Vec::new(),
        },
        Kind::PromiseEnded(event) if called(event.promise) => vec![match event.end() {
            j::PromiseEnd::Kept => "callback ended as PROMISE_END_KEPT",
            j::PromiseEnd::Exhausted => "callback ended as PROMISE_END_EXHAUSTED",
            j::PromiseEnd::Expired => "callback ended as PROMISE_END_EXPIRED",
            j::PromiseEnd::Absorbed => "callback ended as PROMISE_END_ABSORBED",
            _ => "callback ended as PROMISE_END_CANCELLED",
        }],
        Kind::OfferAccepted(event) => {
            let contact = state.assignment(event.offer).map_or(0, |leg| leg.contact);
            if of_contact(contact) { vec!["callback accepted"] } else { Vec::new() }
        }
        Kind::ContactEnqueued(event) if event.origin.as_ref().is_some_and(|origin| origin.callback) => {
            vec!["callback entered"]
        }
        Kind::ContactTransferred(event) if event.reason() == j::TransferReason::Overflowed => {
            vec!["moved by overflow"]
        }
        _ => Vec::new(),
    }
}
