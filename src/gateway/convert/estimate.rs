//! Estimates as messages. Times are told in whole seconds, rounded up: finer would be more than is known.

use crate::{
    engine::{
        estimate::{Confidence, Estimated, Unknown},
        state::State,
    },
    plan::show_ms,
    proto::{
        journal::{self as j},
        v1,
    },
};

use super::duration;

/// How long a contact that is in line will wait.
pub(crate) fn of_contact(state: &State, record: &j::ContactRecord, now_ms: u64) -> Option<v1::Estimate> {
    let estimated = state.estimate_of(record, now_ms)?;
    Some(message(state, record.queue, estimated))
}

/// What one in line was told as of this event: so much was put on record. How far it can be trusted, and why nothing is
/// known, follow from its estimate by the state as it was then and still is.
pub(crate) fn as_told(
    state: &State,
    record: &j::ContactRecord,
    (ahead, expected_ms, bound_ms): (u32, u32, u32),
    now: Option<Estimated>,
) -> v1::Estimate {
    let wait = match (expected_ms, now.map(|estimated| estimated.wait)) {
        (0, Some(Err(unknown))) => Err(unknown),
        (0, _) => Err(Unknown::NoBasis),
        (_, Some(Ok((.., confidence)))) => Ok((expected_ms, bound_ms, confidence)),
        (_, _) => Ok((expected_ms, bound_ms, Confidence::Low)),
    };
    message(state, record.queue, Estimated { wait, ahead })
}

/// How long one would wait who came to a queue now.
pub(super) fn of_queue(state: &State, queue: u32, now_ms: u64) -> Option<v1::Estimate> {
    state.catalog().queues.get(&queue)?;
    Some(message(state, queue, state.estimate_of_queue(queue, now_ms)))
}

/// What was told when a contact entered its queue.
pub(super) fn at_entry(record: &j::ContactRecord) -> Option<v1::Estimate> {
    (record.expected_ms != 0).then(|| v1::Estimate {
        expected: Some(whole(record.expected_ms)),
        at_most: Some(whole(record.bound_ms)),
        ..v1::Estimate::default()
    })
}

fn whole(ms: u32) -> prost_types::Duration {
    duration(u64::from(ms).div_ceil(1_000) * 1_000)
}

fn message(state: &State, queue: u32, estimated: Estimated) -> v1::Estimate {
    let told = v1::Estimate {
        position: estimated.ahead.saturating_add(1),
        text: text(state, queue, estimated),
        ..v1::Estimate::default()
    };
    match estimated.wait {
        Ok((expected_ms, bound_ms, confidence)) => v1::Estimate {
            expected: Some(whole(expected_ms)),
            at_most: Some(whole(bound_ms)),
            confidence: match confidence {
                Confidence::Low => v1::EstimateConfidence::Low,
                Confidence::Medium => v1::EstimateConfidence::Medium,
                Confidence::High => v1::EstimateConfidence::High,
            }
            .into(),
            ..told
        },
        Err(unknown) => v1::Estimate {
            unknown: match unknown {
                Unknown::NoBasis => v1::EstimateUnknown::NoBasis,
                Unknown::NobodyStaffed => v1::EstimateUnknown::NobodyStaffed,
                Unknown::Stalled => v1::EstimateUnknown::Stalled,
                Unknown::Closed => v1::EstimateUnknown::Closed,
                Unknown::GatewayAway => v1::EstimateUnknown::GatewayAway,
            }
            .into(),
            ..told
        },
    }
}

/// What it is made of, for people.
fn text(state: &State, queue: u32, estimated: Estimated) -> String {
    let ahead = estimated.ahead;
    let measured = state.flow(queue).and_then(|flow| flow.takes.rate()).map(|(takes, exposure_ms)| {
        let exposure = show_ms(exposure_ms.div_ceil(60_000) * 60_000);
        format!("{takes} served in the last {exposure} of waiting")
    });
    match (estimated.wait, measured) {
        (Ok(_), Some(measured)) => format!("{ahead} ahead; {measured}"),
        (Ok(_), None) => format!("{ahead} ahead; somebody is free"),
        (Err(Unknown::NoBasis), None) => format!("{ahead} ahead; nobody has had to wait yet"),
        (Err(Unknown::NoBasis), Some(measured)) => format!("{ahead} ahead; {measured}: too few to tell"),
        (Err(Unknown::NobodyStaffed), _) => format!("{ahead} ahead; nobody signed in could serve it"),
        (Err(Unknown::Stalled), _) => format!("{ahead} ahead; nobody has been served for long"),
        (Err(Unknown::Closed), _) => format!("{ahead} ahead; the queue is closed"),
        (Err(Unknown::GatewayAway), _) => format!("{ahead} ahead; its gateway is away, and can't dial"),
    }
}
