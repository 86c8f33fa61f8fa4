//! What an event means to the metrics of surges and callbacks, and where queues stand by them. Must not look at anything
//! but the event, its effect and the state.

use std::collections::BTreeMap;

use crate::{
    engine::{evolve::Effect, state::State, surge::Stopped},
    proto::journal::{
        self as j, CallbackChange, DialResult, PromiseEnd, SurgeCause, SurgeStepKind, TransferReason,
        event::Kind,
    },
    telemetry::{CallbackGauges, Measure, Surge, SurgeGauges},
};

/// The measures of an event that has just become part of `state`.
pub(super) fn surge_of(state: &State, kind: &Kind, effect: &Effect, put: &mut impl FnMut(Measure)) {
    let id = |queue| state.names().shared_id(queue);
    let mut tell = |queue, surge| put(Measure::Surge { queue: id(queue), surge });
    match kind {
        Kind::SurgeLevelChanged(e) => {
            // The end of a supervisor's word may leave it as it is.
            let before = effect.level_before.unwrap_or(0);
            if before != e.level {
                let direction = if e.level > before { "rose" } else { "fell" };
                tell(e.queue, Surge::Level(e.level, direction, cause(e.cause())));
            }
        }
        Kind::SurgeStepChanged(e) => {
            let step = e.step.clone().unwrap_or_default();
            let action = if e.undone { "undone" } else { "taken" };
            tell(e.queue, Surge::Step(step.level, step_kind(step.kind()), action));
        }
        Kind::WaitersTold(e) => {
            let applied = state.surge(e.queue).and_then(|record| record.steps.get(e.step as usize));
            let step = applied.and_then(|applied| applied.step.as_ref()).map(j::SurgeStep::kind);
            let offers = e.closing || step == Some(SurgeStepKind::OfferCallback);
            let kind = if offers { "callback_offer" } else { "message" };
            tell(e.queue, Surge::Told(kind, e.contacts.len() as u64));
        }
        Kind::SurgeSwept(e) => {
            for stopped in state.overflows_stopped(e, effect.swept_from) {
                let reason = match stopped {
                    Stopped::Loop => "loop",
                    Stopped::Hops => "hops",
                };
                tell(e.queue, Surge::OverflowStopped(reason));
            }
        }
        Kind::ContactTransferred(e) if e.reason() == TransferReason::Overflowed => {
            let to = state.contact(effect.contact).map_or(0, |record| record.queue);
            tell(effect.queue, Surge::Overflowed(id(to)));
        }
        Kind::ContactHandedToBot(_) => tell(effect.queue, Surge::Deflected),
        _ => callback_of(state, kind, effect, tell),
    }
}

fn callback_of(state: &State, kind: &Kind, effect: &Effect, mut tell: impl FnMut(u32, Surge)) {
    let Some(record) = state.promise(effect.promise) else { return };
    let (Some(callback), queue) = (record.callback.as_deref(), record.queue) else { return };
    match kind {
        Kind::PromiseMade(_) => tell(queue, Surge::Callback("made")),
        Kind::CallbackChanged(e) if e.change() == CallbackChange::Merged => {
            tell(queue, Surge::Callback("merged"));
        }
        Kind::CallbackChanged(e) if e.change() == CallbackChange::AttemptFailed => {
            tell(queue, Surge::Attempt(attempt(e.result())));
        }
        Kind::PromiseEnded(e) => {
            tell(queue, Surge::Callback(outcome(e.end())));
            if matches!(e.end(), PromiseEnd::Kept | PromiseEnd::Late) {
                // Where people write, nobody is dialled.
                if callback.attempts > 0 {
                    tell(queue, Surge::Attempt("reached"));
                }
                tell(queue, Surge::Reached(record.ended_ms.saturating_sub(record.made_ms)));
            }
        }
        _ => {}
    }
}

fn outcome(end: PromiseEnd) -> &'static str {
    match end {
        PromiseEnd::Kept | PromiseEnd::Late => "reached",
        PromiseEnd::Exhausted | PromiseEnd::Unreached => "exhausted",
        PromiseEnd::Expired => "expired",
        PromiseEnd::Absorbed => "absorbed",
        PromiseEnd::Cancelled | PromiseEnd::Unspecified => "cancelled",
    }
}

fn attempt(result: DialResult) -> &'static str {
    match result {
        DialResult::Answered => "reached",
        DialResult::NoAnswer => "no_answer",
        DialResult::Busy => "busy",
        DialResult::Refused => "refused",
        DialResult::Unreachable => "unreachable",
        DialResult::CustomerGone => "customer_gone",
        DialResult::Timeout | DialResult::Unspecified => "timeout",
    }
}

fn cause(cause: SurgeCause) -> &'static str {
    match cause {
        SurgeCause::Waiting => "waiting",
        SurgeCause::OldestWait => "oldest_wait",
        SurgeCause::ExpectedWait => "expected_wait",
        SurgeCause::Abandoned => "abandoned",
        SurgeCause::Agents => "agents",
        SurgeCause::Window => "window",
        SurgeCause::ByHand => "by_hand",
        SurgeCause::ByHandEnded => "by_hand_ended",
        SurgeCause::Calm => "calm",
        SurgeCause::Plan => "plan",
        SurgeCause::Unspecified => "",
    }
}

fn step_kind(kind: SurgeStepKind) -> &'static str {
    match kind {
        SurgeStepKind::OpenRings => "open_rings",
        SurgeStepKind::OpenGroups => "open_groups",
        SurgeStepKind::Message => "message",
        SurgeStepKind::OfferCallback => "offer_callback",
        SurgeStepKind::Bot => "bot",
        SurgeStepKind::Overflow => "overflow",
        SurgeStepKind::WrapUp => "wrap_up",
        SurgeStepKind::Cap => "cap",
        SurgeStepKind::Unspecified => "",
    }
}

/// How a queue stands in a surge; none: it has no surge plan, and no steps are in force.
pub(super) fn surge_gauges(state: &State, queue: u32, now_ms: u64) -> Option<SurgeGauges> {
    let planned = state.catalog().queues.get(&queue).is_some_and(|info| info.surge.is_some());
    let record = state.surge(queue);
    if !planned && record.is_none_or(|record| record.steps.is_empty() && record.level == 0) {
        return None;
    }
    let mut steps = BTreeMap::new();
    for applied in record.into_iter().flat_map(|record| &record.steps) {
        let kind = applied.step.as_ref().map_or(SurgeStepKind::Unspecified, j::SurgeStep::kind);
        *steps.entry(step_kind(kind)).or_default() += 1;
    }
    Some(SurgeGauges {
        level: record.map_or(0, |record| record.level),
        by_hand: state.surge_by_hand(queue, state.wall_s(now_ms)).is_some(),
        steps,
    })
}

/// The open callbacks of a queue; none: it makes none.
pub(super) fn callback_gauges(state: &State, queue: u32) -> Option<CallbackGauges> {
    let counts = crate::gateway::convert::callback::counts(state, queue);
    let makes = state.catalog().queues.get(&queue).is_some_and(|info| info.callback.is_some());
    let open = CallbackGauges { pending: counts.pending.into(), in_line: counts.in_line.into() };
    (makes || counts.made > 0).then_some(open)
}

#[cfg(test)]
mod tests;
