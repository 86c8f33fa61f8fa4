//! The hours of queues as contacts and their gateways are told them.

use prost_types::Timestamp;

use crate::{
    engine::state::State,
    proto::{journal as j, v1},
};

use super::schedule::{queue_override, wall};

/// The hours of a queue as they are told.
pub(super) struct QueueHours {
    pub next_change_time: Option<Timestamp>,
    pub text: String,
    pub by_hand: Option<v1::QueueOverride>,
    pub held: u32,
}

/// Of a queue of the plan, at `now_ms`.
pub(super) fn queue(state: &State, queue: u32, now_ms: u64) -> QueueHours {
    let now_s = state.wall_s(now_ms);
    QueueHours {
        next_change_time: state.hours_change_s(queue, now_s).map(wall),
        text: state.hours_text(queue, now_ms),
        by_hand: state.queue_by_hand(queue, now_s).map(queue_override),
        held: u32::try_from(state.held_in(queue)).unwrap_or(u32::MAX),
    }
}

/// When a queue that is closed opens; none: it is open, or that is not known.
fn next_opening(state: &State, queue: u32, now_ms: u64) -> Option<Timestamp> {
    let seconds = state.next_opening_s(queue, state.wall_s(now_ms)).filter(|_| !state.queue_open(queue))?;
    Some(Timestamp { seconds, nanos: 0 })
}

/// Whether nobody is offered a contact before its queue opens, and when that is, if it is known.
pub(super) fn held(state: &State, record: &j::ContactRecord, now_ms: u64) -> (bool, Option<Timestamp>) {
    let held = state.is_held(record);
    (held, next_opening(state, record.queue, now_ms).filter(|_| held))
}

/// Whether the queue that a contact was meant for was closed when it came in, and when it opens, which is told as of
/// now. Who asks again for one that is in gets the same answer, as far as it is known: of a queue that has opened or
/// closed since by what the contact shows, or its calendar says of that time.
#[must_use]
pub fn asked_hours(state: &State, id: &str, now_ms: u64) -> (bool, Option<Timestamp>) {
    let Some(record) = state.contact_by_id(id) else {
        return (false, None);
    };
    let asked = if record.overflowed_from == 0 { record.queue } else { record.overflowed_from };
    let shows = record.held != 0 || record.overflowed_from != 0;
    let closed = match state.queue_hours(asked) {
        _ if shows => true,
        Some(hours) if hours.changed_ms <= record.queue_entered_ms => hours.closed,
        Some(_) => state.closed_by_calendar(asked, state.wall_s(record.queue_entered_ms)),
        None => false,
    };
    (closed, next_opening(state, asked, now_ms))
}
