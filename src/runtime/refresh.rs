//! Tells those who watch a contact in line when what it can expect is another. Nothing of it is stored: it is read off
//! the state, a bounded number of contacts a round.

use crate::{
    engine::state::State,
    gateway::convert,
    proto::v1,
    streams::{Item, Shown, Streams},
};

/// Contacts that one round looks at; the next goes on from there.
const ROUND: usize = 500;
/// Another expected wait is told if it differs by at least so many seconds …
const APART_MIN_S: u64 = 5;
/// … and so much of the one that was told.
const APART_PERCENT: u64 = 10;

/// Whether watchers who were shown the one are to be shown the other.
fn worth_telling(before: Option<Shown>, now: Shown) -> bool {
    let Some(before) = before else {
        return true;
    };
    let apart = match (before.expected_s, now.expected_s) {
        (Some(before_s), Some(now_s)) => {
            let apart_s = before_s.abs_diff(now_s);
            apart_s >= APART_MIN_S && apart_s * 100 >= before_s * APART_PERCENT
        }
        (before_s, now_s) => before_s != now_s,
    };
    apart || before.position != now.position || before.gateway_away != now.gateway_away
}

/// What is to be told to watchers of contacts with larger numbers than `after`, and after which to go on.
pub(super) fn round(state: &State, now_ms: u64, streams: &Streams, after: u64) -> (u64, Vec<(u64, Item)>) {
    let watched = streams.watched_contacts(after, ROUND);
    let next = watched.last().filter(|_| watched.len() == ROUND).map_or(0, |(contact, _)| *contact);
    let told = watched.into_iter().filter_map(|(contact, before)| {
        let record = state.contact(contact)?;
        let estimate = convert::estimate::of_contact(state, record, now_ms)?;
        if !worth_telling(before, Shown::of(&estimate)) {
            return None;
        }
        let message = v1::WatchContactResponse {
            contact: Some(convert::contact(state, record, now_ms)),
            cause: v1::ContactCause::Estimate.into(),
            sequence: state.sequence(),
            time: convert::timestamp(state, now_ms),
        };
        Some((contact, Item::Contact(message)))
    });
    (next, told.collect())
}

#[cfg(test)]
mod tests;
