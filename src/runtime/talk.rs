//! What an event means to the metrics of conversations. Must not look at anything but the event, its effect
//! and the state.

use crate::{
    engine::{conversation::PAST_DUE, evolve::Effect, state::State},
    proto::journal::{
        ActivityKind, ContactEnd, FeedbackRecord, LeftBot, PromiseEnd, ReturnReason, TransferReason,
        event::Kind,
    },
    telemetry::{Measure, Place, Talk},
};

/// The measures of an event that has just become part of `state`.
pub(super) fn talk_of(state: &State, kind: &Kind, effect: &Effect, put: &mut impl FnMut(Measure)) {
    let place = || place(state, kind, effect);
    let mut tell = |talk| put(Measure::Talk { place: place(), talk });
    if let Some(ms) = effect.first_response_ms {
        tell(Talk::FirstResponse(ms));
    }
    if let Some(ms) = effect.response_ms {
        tell(Talk::Response(ms));
    }
    if let Some(ms) = effect.bot_ms {
        tell(Talk::BotEnded(bot_outcome(kind), ms));
    }
    if effect.unparked {
        tell(Talk::ParkedEnded(way_back(kind)));
    }
    let of_callback = state.promise(effect.promise).is_some_and(|record| record.callback.is_some());
    if let Some(talk) = happening(kind, effect)
        && !(of_callback && is_of_promise(kind))
    {
        tell(talk);
    }
    match kind {
        Kind::PromiseEnded(e) if e.end() == PromiseEnd::Late && !of_callback => {
            let record = state.promise(e.promise);
            tell(Talk::PromiseLateness(record.map_or(0, |record| record.ended_ms - record.due_ms)));
        }
        Kind::FeedbackRecorded(e) => {
            let FeedbackRecord { score, resolved, .. } = e.feedback.clone().unwrap_or_default();
            tell(Talk::FeedbackScore(score));
            if resolved != 0 {
                tell(Talk::FeedbackResolved(resolved == 1));
            }
        }
        _ => {}
    }
}

/// What the event counts as.
fn happening(kind: &Kind, effect: &Effect) -> Option<Talk> {
    Some(match kind {
        Kind::ActivityRecorded(e) => Talk::Activity(match e.kind() {
            ActivityKind::CustomerMessage | ActivityKind::Unspecified => "customer",
            ActivityKind::CustomerAction => "action",
            ActivityKind::AgentMessage => "agent",
            ActivityKind::AutomaticMessage => "automatic",
        }),
        Kind::ContactClosed(e) if effect.parent != 0 => Talk::ConsultEnded(consult_outcome(e.reason())),
        Kind::ContactTransferred(e) => Talk::Transferred(match e.reason() {
            TransferReason::QueueRemoved => "queue_removed",
            TransferReason::Requeued | TransferReason::Reassigned => "supervisor",
            _ if e.channel != 0 => "channel",
            _ => "requested",
        }),
        Kind::ConsultHandedOver(_) => Talk::Transferred("consult"),
        Kind::WindowNeared(_) => Talk::WindowNeared,
        Kind::PromiseMade(_) => Talk::PromiseMade,
        Kind::PromiseEscalated(e) if e.step == PAST_DUE && !e.again => Talk::PromiseBroken,
        Kind::PromiseEnded(e) => Talk::PromiseEnded(match e.end() {
            PromiseEnd::Kept => "kept",
            PromiseEnd::Late => "late",
            // The last three are of callbacks only, which are counted apart.
            PromiseEnd::Unreached | PromiseEnd::Exhausted | PromiseEnd::Expired => "unreached",
            PromiseEnd::Cancelled | PromiseEnd::Absorbed | PromiseEnd::Unspecified => "cancelled",
        }),
        Kind::FirstContactJudged(e) => Talk::FirstContact(e.resolved),
        _ => return None,
    })
}

/// Whether the event is about a promise alone. Callbacks, which it may be about too, are counted apart.
fn is_of_promise(kind: &Kind) -> bool {
    matches!(kind, Kind::PromiseMade(_) | Kind::PromiseEscalated(_) | Kind::PromiseEnded(_))
}

fn place(state: &State, kind: &Kind, effect: &Effect) -> Place {
    let names = state.names();
    let promise = state.promise(effect.promise);
    let (queue, channel) = match promise.filter(|_| is_of_promise(kind)) {
        Some(promise) => (promise.queue, promise.channel),
        None => (effect.queue, effect.channel),
    };
    Place {
        queue: names.shared_id(queue),
        channel: names.shared_id(channel),
        category: names.shared_id(effect.category),
    }
}

/// How what was parked has come to be so no longer.
fn way_back(kind: &Kind) -> &'static str {
    match kind {
        Kind::ContactResumed(_) => "resumed",
        Kind::ContactReturned(e) if e.reason() == ReturnReason::Pulled => "pulled",
        Kind::ContactReturned(_) => "returned",
        Kind::ContactClosed(e) if e.reason() == ContactEnd::Idle => "idle",
        Kind::ContactClosed(_) => "closed",
        Kind::ContactTransferred(_) => "moved",
        _ => "other",
    }
}

fn bot_outcome(kind: &Kind) -> &'static str {
    match kind {
        Kind::ContactLeftBot(e) => match e.reason() {
            LeftBot::Returned => "returned",
            LeftBot::Time => "time",
            LeftBot::BotLost => "lost",
            LeftBot::Supervisor => "supervisor",
            LeftBot::Unspecified => "other",
        },
        Kind::ContactClosed(e) if e.reason() == ContactEnd::BotCompleted => "closed",
        _ => "other",
    }
}

fn consult_outcome(end: ContactEnd) -> &'static str {
    match end {
        ContactEnd::ConsultEnded => "ended",
        ContactEnd::ConsultHandedOver => "handed_over",
        ContactEnd::ConsultUnanswered => "unanswered",
        ContactEnd::ConsultantLost => "lost",
        ContactEnd::ParentEnded | ContactEnd::ParentMoved => "parent",
        _ => "other",
    }
}

#[cfg(test)]
mod tests;
