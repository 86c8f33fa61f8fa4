//! What an event means to the metrics. Must not look at anything but the event, its effect and the state.

use std::sync::Arc;

use crate::{
    engine::{
        conversation::ContactKind,
        estimate::Unknown,
        evolve::{Effect, WaitEnd},
        state::State,
    },
    gateway::convert::contact_state,
    proto::{
        journal::{self as j, OfferEnd, event::Kind},
        v1,
    },
    telemetry::{ACCEPTED, Answered, Measure, Told},
};

use super::{duty::duty_of, surge::surge_of, talk::talk_of};

/// The measures of an event that has just become part of `state`.
pub(super) fn measures_of(state: &State, event: &j::Event, effect: &Effect, mut put: impl FnMut(Measure)) {
    let Some(kind) = &event.kind else { return };
    talk_of(state, kind, effect, &mut put);
    duty_of(state, kind, effect, &mut put);
    surge_of(state, kind, effect, &mut put);
    if effect.channel == 0 {
        return;
    }
    let place = || (state.names().shared_id(effect.queue), state.names().shared_id(effect.channel));
    times(effect, place, &mut put);
    if let Some(told) = told(state, kind, effect) {
        put(Measure::Told { queue: place().0, told });
    }
    if let (Some(result), Some(after_ms)) = (offer_result(kind), effect.offer_ms) {
        let (queue, channel) = place();
        put(Measure::OfferEnded { queue, channel, result, after_ms });
    }
    match kind {
        Kind::ContactEnqueued(e) => {
            let (queue, channel) = place();
            if e.unservable {
                put(Measure::ContactUnservable { queue: queue.clone(), channel: channel.clone() });
            }
            put(Measure::ContactEntered { queue, channel });
        }
        Kind::ContactClosed(_) => {
            let (queue, channel) = place();
            let outcome = match state.contact(effect.contact).map(contact_state) {
                Some(v1::ContactState::Completed) => "completed",
                Some(v1::ContactState::Expired) => "expired",
                Some(v1::ContactState::Lost) => "lost",
                Some(v1::ContactState::Deflected) => "deflected",
                Some(v1::ContactState::Lapsed) => "lapsed",
                Some(v1::ContactState::Callback) => "called_back",
                _ => "abandoned",
            };
            put(Measure::ContactClosed { queue, channel, outcome });
        }
        _ => {}
    }
}

fn times(effect: &Effect, place: impl Fn() -> (Arc<str>, Arc<str>), put: &mut impl FnMut(Measure)) {
    if let Some((end, wait_ms)) = effect.wait {
        let (queue, channel) = place();
        let outcome = match end {
            WaitEnd::Answered => "answered",
            WaitEnd::AnsweredCallback => "answered_callback",
            WaitEnd::Abandoned => "abandoned",
            WaitEnd::Expired => "expired",
            WaitEnd::Lost => "lost",
            WaitEnd::Moved => "moved",
            WaitEnd::Deflected => "deflected",
            WaitEnd::Lapsed => "lapsed",
            WaitEnd::CalledBack => "called_back",
        };
        put(Measure::WaitEnded { queue, channel, outcome, wait_ms });
    }
    if let Some(handle_ms) = effect.handle_ms {
        let (queue, channel) = place();
        put(Measure::HandleEnded { queue, channel, handle_ms });
    }
    if let Some(wrap_up_ms) = effect.wrap_up_ms {
        let (queue, channel) = place();
        put(Measure::WrapUpEnded { queue, channel, wrap_up_ms });
    }
}

/// What a customer was told of its wait, once that has ended with an answer; or why nothing could be told.
fn told(state: &State, kind: &Kind, effect: &Effect) -> Option<Told> {
    let record = state.contact(effect.contact)?;
    if record.kind() != ContactKind::Customer {
        return None;
    }
    if let Kind::ContactEnqueued(event) = kind {
        let unknown = event.expected_ms == 0 && event.origin.is_none();
        return unknown.then(|| {
            let reason = state.estimate_of(record, state.now_ms()).and_then(|estimated| estimated.wait.err());
            Told::Unknown(match reason {
                Some(Unknown::NoBasis) | None => "no_basis",
                Some(Unknown::NobodyStaffed) => "nobody_staffed",
                Some(Unknown::Stalled) => "stalled",
                Some(Unknown::Closed) => "closed",
                Some(Unknown::GatewayAway) => "gateway_away",
            })
        });
    }
    let Some((WaitEnd::Answered, wait_ms)) = effect.wait else {
        return None;
    };
    // Who came back after an answer waits anew, and was told nothing of that.
    let back_ms = record.service.as_ref().map_or(0, |service| service.back_ms);
    let patience = state.flow(effect.queue).and_then(|flow| flow.patience.rate());
    (record.expected_ms != 0 && back_ms != record.queue_entered_ms).then(|| {
        Told::Answered(Answered {
            expected_ms: record.expected_ms.into(),
            bound_ms: record.bound_ms.into(),
            wait_ms,
            lost_per_ms: patience.map_or(0.0, |(left, exposure_ms)| left as f64 / exposure_ms as f64),
        })
    })
}

fn offer_result(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::OfferAccepted(_) => Some(ACCEPTED),
        Kind::OfferEnded(e) => Some(match e.reason() {
            OfferEnd::NoAnswer => "no_answer",
            OfferEnd::Declined => "declined",
            _ => "withdrawn",
        }),
        _ => None,
    }
}
