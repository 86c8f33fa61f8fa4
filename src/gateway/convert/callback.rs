//! Callbacks as messages.

use super::{contact_id, estimate, timestamp};
use crate::{
    engine::{callback::NOT_KNOWN_MS, state::State},
    proto::{
        journal::{self as j, PromiseEnd, PromiseStage},
        v1,
    },
};

/// A callback as it is now, without its number: that is for gateways alone.
#[must_use]
pub fn callback(state: &State, record: &j::PromiseRecord, now_ms: u64) -> v1::Callback {
    let names = state.names();
    let nothing = j::CallbackRecord::default();
    let own = record.callback.as_deref().unwrap_or(&nothing);
    let window = (own.end_ms != 0).then(|| v1::CallbackWindow {
        start: timestamp(state, own.start_ms),
        end: timestamp(state, own.end_ms),
    });
    let pending = record.stage() == PromiseStage::Pending && own.live_contact == 0;
    let in_line = state.contact(record.follow_up).filter(|_| record.stage() == PromiseStage::Entered);
    v1::Callback {
        callback_id: record.id.clone(),
        state: callback_state(record).into(),
        number: String::new(),
        // The API's numbers of modes are the journal's.
        mode: own.mode,
        queue: names.id(record.queue).to_owned(),
        channel: names.id(record.channel).to_owned(),
        gateway_id: state.gateway_id(record.gateway).to_owned(),
        agent_id: names.id(record.agent).to_owned(),
        zone: own.zone.clone(),
        window,
        make_time: timestamp(state, record.made_ms),
        place_time: timestamp(state, own.arrival_ms),
        enter_time: timestamp(state, record.enter_ms).filter(|_| pending && record.enter_ms != NOT_KNOWN_MS),
        expire_time: timestamp(state, own.expire_ms),
        end_time: timestamp(state, record.ended_ms),
        attempts: own.attempts,
        attempts_max: own.attempts_max,
        contact_id: record.contact_id.clone(),
        callback_contact_id: contact_id(state, record.follow_up),
        live_contact_id: contact_id(state, own.live_contact),
        merged: own.merged,
        reason: record.reason.clone(),
        estimate: in_line.and_then(|contact| estimate::of_contact(state, contact, now_ms)),
        sequence: record.sequence,
        dial_deadline: timestamp(state, own.dial_deadline_ms),
    }
}

/// The same with its number, for a gateway.
#[must_use]
pub fn for_gateway(state: &State, record: &j::PromiseRecord, now_ms: u64) -> v1::Callback {
    let number = super::customer(record.customer.as_ref()).number;
    v1::Callback { number, ..callback(state, record, now_ms) }
}

fn callback_state(record: &j::PromiseRecord) -> v1::CallbackState {
    match (record.stage(), record.end()) {
        (PromiseStage::Unspecified, _) => v1::CallbackState::Unspecified,
        (PromiseStage::Pending, _) => v1::CallbackState::Pending,
        (PromiseStage::Entered, _) => v1::CallbackState::InLine,
        (PromiseStage::Ended, PromiseEnd::Kept | PromiseEnd::Late) => v1::CallbackState::Reached,
        (PromiseStage::Ended, PromiseEnd::Exhausted | PromiseEnd::Unreached) => v1::CallbackState::Exhausted,
        (PromiseStage::Ended, PromiseEnd::Expired) => v1::CallbackState::Expired,
        (PromiseStage::Ended, PromiseEnd::Absorbed) => v1::CallbackState::Absorbed,
        (PromiseStage::Ended, PromiseEnd::Cancelled | PromiseEnd::Unspecified) => {
            v1::CallbackState::Cancelled
        }
    }
}

/// What became of the callbacks of a queue.
#[must_use]
pub fn counts(state: &State, queue: u32) -> v1::CallbackCounts {
    let mut sum = v1::CallbackCounts::default();
    for counts in state.queue_counts(queue) {
        sum.made += counts.callbacks_made;
        sum.reached += counts.callbacks_reached;
        sum.exhausted += counts.callbacks_exhausted;
        sum.expired += counts.callbacks_expired;
        sum.cancelled += counts.callbacks_cancelled;
        sum.absorbed += counts.callbacks_absorbed;
        sum.merged += counts.callbacks_merged;
        sum.attempts += counts.callbacks_attempts;
    }
    let ended = sum.reached + sum.exhausted + sum.expired + sum.cancelled + sum.absorbed;
    let open = u32::try_from(sum.made.saturating_sub(ended)).unwrap_or(u32::MAX);
    sum.gateway_away = state.callbacks_away(queue);
    sum.in_line = state.callbacks_in_line(queue);
    sum.pending = open.saturating_sub(sum.in_line);
    sum
}
