//! Promises and cases as messages.

use super::{contact_id, duration, timestamp};
use crate::{
    engine::state::State,
    proto::{
        journal::{self as j, PromiseEnd, PromiseStage},
        v1::{self, promise::ChangedBy},
    },
};

/// A promise as it is now.
#[must_use]
pub fn promise(state: &State, record: &j::PromiseRecord) -> v1::Promise {
    let names = state.names();
    v1::Promise {
        promise_id: record.id.clone(),
        state: promise_state(record).into(),
        broken: record.broken,
        due_time: timestamp(state, record.due_ms),
        enter_time: timestamp(state, record.enter_ms),
        make_time: timestamp(state, record.made_ms),
        end_time: timestamp(state, record.ended_ms),
        agent_id: names.id(record.agent).to_owned(),
        queue: names.id(record.queue).to_owned(),
        channel: names.id(record.channel).to_owned(),
        case_id: record.case_id.clone(),
        contact_id: record.contact_id.clone(),
        follow_up_contact_id: contact_id(state, record.follow_up),
        note: record.note.clone(),
        priority: record.priority,
        moves: record.moves,
        reason: record.reason.clone(),
        escalations: record.steps,
        sequence: record.sequence,
        changed_by: record.by.as_deref().map(|by| match by.agent {
            0 => ChangedBy::ChangedBySupervisorId(by.supervisor.clone()),
            agent => ChangedBy::ChangedByAgentId(names.id(agent).to_owned()),
        }),
    }
}

fn promise_state(record: &j::PromiseRecord) -> v1::PromiseState {
    match (record.stage(), record.end()) {
        (PromiseStage::Unspecified, _) => v1::PromiseState::Unspecified,
        (PromiseStage::Pending, _) => v1::PromiseState::Pending,
        (PromiseStage::Entered, _) => v1::PromiseState::Entered,
        (PromiseStage::Ended, PromiseEnd::Kept) => v1::PromiseState::Kept,
        (PromiseStage::Ended, PromiseEnd::Late) => v1::PromiseState::Late,
        // The last three are of callbacks only.
        (PromiseStage::Ended, PromiseEnd::Unreached | PromiseEnd::Exhausted | PromiseEnd::Expired) => {
            v1::PromiseState::Unreached
        }
        (PromiseStage::Ended, PromiseEnd::Cancelled | PromiseEnd::Absorbed | PromiseEnd::Unspecified) => {
            v1::PromiseState::Cancelled
        }
    }
}

/// A case as it is now.
#[must_use]
pub fn case(state: &State, record: &j::CaseRecord) -> v1::Case {
    let names = state.names();
    let contacts = record.contacts.iter().rev().map(|contact| v1::CaseContact {
        contact_id: contact.id.clone(),
        queue: names.id(contact.queue).to_owned(),
        channel: names.id(contact.channel).to_owned(),
        agent_id: names.id(contact.agent).to_owned(),
        enqueue_time: timestamp(state, contact.enqueued_ms),
        close_time: timestamp(state, contact.closed_ms),
    });
    let open = state.promises_of_case(&record.id);
    let open = open.filter(|record| record.stage() != PromiseStage::Ended && record.callback.is_none());
    let mut open: Vec<&j::PromiseRecord> = open.collect();
    open.sort_by_key(|record| record.due_ms);
    v1::Case {
        case_id: record.id.clone(),
        last_agent_id: names.id(record.agent).to_owned(),
        contacts: contacts.collect(),
        contact_count: record.contact_count,
        promises: open.into_iter().map(|record| promise(state, record)).collect(),
    }
}

/// What became of the promises of a queue.
#[must_use]
pub fn counts(state: &State, queue: u32) -> v1::PromiseCounts {
    let mut sum = v1::PromiseCounts::default();
    let mut lateness_ms = 0;
    for counts in state.queue_counts(queue) {
        sum.made += counts.promises_made;
        sum.kept += counts.promises_kept;
        sum.late += counts.promises_late;
        sum.unreached += counts.promises_unreached;
        sum.cancelled += counts.promises_cancelled;
        sum.broken += counts.promises_broken;
        lateness_ms += counts.promises_lateness_ms;
    }
    let ended = sum.kept + sum.late + sum.unreached + sum.cancelled;
    sum.open = u32::try_from(sum.made.saturating_sub(ended)).unwrap_or(u32::MAX);
    sum.lateness = Some(duration(lateness_ms));
    sum
}
