//! From the engine's state to the API's messages. Owns the mapping of stored things to public ones; must
//! not decide anything. Times are engine time in, UTC out.

pub mod callback;
pub mod estimate;
mod hours;
pub mod promise;
pub mod schedule;
pub mod shift;
pub mod surge;
pub mod talk;

use prost_types::{Duration, Timestamp};

pub use hours::asked_hours;

use super::wants;
use crate::{
    engine::state::{Agent, State},
    proto::{
        journal::{self as j, AssignmentStage, ContactEnd, ContactStage},
        v1,
    },
};

/// UTC for a millisecond of engine time; none for 0 (never).
#[must_use]
pub fn timestamp(state: &State, engine_ms: u64) -> Option<Timestamp> {
    (engine_ms != 0).then(|| {
        let ms = i64::try_from(engine_ms).unwrap_or(i64::MAX).saturating_add(state.wall_offset_ms());
        let nanos = i32::try_from(ms.rem_euclid(1_000)).unwrap_or(0) * 1_000_000;
        Timestamp { seconds: ms.div_euclid(1_000), nanos }
    })
}

/// A length of time.
#[must_use]
pub fn duration(ms: u64) -> Duration {
    let nanos = i32::try_from(ms % 1_000).unwrap_or(0) * 1_000_000;
    Duration { seconds: i64::try_from(ms / 1_000).unwrap_or(i64::MAX), nanos }
}

/// A contact as it is at `now_ms`.
#[must_use]
pub fn contact(state: &State, record: &j::ContactRecord, now_ms: u64) -> v1::Contact {
    let names = state.names();
    let customer = customer(record.customer.as_deref());
    let ended = record.ended();
    // One that has just been parked, moved or closed leaves its agent by the next event.
    let (offer, assignment) = match (record.stage(), state.assignment(record.offer)) {
        (ContactStage::Offered, Some(leg)) => (Some(self::offer(state, leg)), None),
        (ContactStage::Connecting | ContactStage::Active, Some(leg)) => (None, Some(assignment(state, leg))),
        _ => (None, None),
    };
    let (held, next_opening_time) = hours::held(state, record, now_ms);
    let mut contact = v1::Contact {
        contact_id: record.id.clone(),
        gateway_id: state.gateway_id(record.gateway).to_owned(),
        channel: names.id(record.channel).to_owned(),
        queue: names.id(record.queue).to_owned(),
        category: names.id(record.category).to_owned(),
        customer_ref: customer.customer_ref,
        language: record.language.clone(),
        case_id: record.case_id.clone(),
        priority: record.priority,
        attributes: customer.attributes.into_iter().map(|entry| (entry.key, entry.value)).collect(),
        state: contact_state(record).into(),
        close_reason: close_reason(ended.end()).into(),
        enqueue_time: timestamp(state, record.enqueued_ms),
        queue_enter_time: timestamp(state, record.queue_entered_ms),
        answer_time: timestamp(state, record.answered_ms()),
        close_time: timestamp(state, ended.closed_ms),
        wait: Some(duration(wait_ms(record, now_ms))),
        offer,
        assignment,
        disposition: names.id(ended.disposition).to_owned(),
        resolution: i32::try_from(ended.resolution).unwrap_or(0),
        sequence: record.sequence,
        ring: state.ring_in_force(record),
        ring_open_time: timestamp(state, state.ring_in_force_ms(record)),
        kept_for_agent_id: names.id(record.kept_for()).to_owned(),
        kept_until: timestamp(state, record.kept_until_ms()),
        unservable: record.unservable,
        held,
        next_opening_time,
        overflowed_from: names.id(record.overflowed_from).to_owned(),
        ..v1::Contact::default()
    };
    if let Some(asked) = &record.wants {
        wants::tell(names, asked, &mut contact);
    }
    talk::tell(state, record, now_ms, &mut contact);
    contact.estimate = estimate::of_contact(state, record, now_ms);
    contact.estimate_at_entry = estimate::at_entry(record);
    contact
}

/// The same for the gateways that have brought it or dial its customer: with the number of a callback.
#[must_use]
pub fn contact_for_gateway(state: &State, record: &j::ContactRecord, now_ms: u64) -> v1::Contact {
    let mut contact = contact(state, record, now_ms);
    if let Some(callback) = &mut contact.callback
        && let Some(known) = state.callback_by_id(&callback.callback_id)
    {
        callback.number = customer(known.customer.as_ref()).number;
    }
    contact
}

/// Waiting time so far; final once the contact has ended.
#[must_use]
pub fn wait_ms(record: &j::ContactRecord, now_ms: u64) -> u64 {
    match record.stage() {
        ContactStage::Closed => record.ended().final_wait_ms,
        _ => record.waited_ms(now_ms),
    }
}

/// The customer data of a contact.
#[must_use]
pub fn customer(sealed: Option<&j::Sealed>) -> j::Customer {
    sealed.and_then(|sealed| prost::Message::decode(sealed.data.as_slice()).ok()).unwrap_or_default()
}

/// The public state of a contact.
#[must_use]
pub fn contact_state(record: &j::ContactRecord) -> v1::ContactState {
    match record.stage() {
        ContactStage::Unspecified => v1::ContactState::Unspecified,
        ContactStage::Waiting => v1::ContactState::Waiting,
        ContactStage::Offered => v1::ContactState::Offered,
        ContactStage::Connecting => v1::ContactState::Connecting,
        ContactStage::Active => v1::ContactState::Active,
        ContactStage::Parked => v1::ContactState::Parked,
        ContactStage::WithBot => v1::ContactState::WithBot,
        ContactStage::Closed => match record.ended().end() {
            ContactEnd::WindowLapsed => v1::ContactState::Lapsed,
            ContactEnd::BotCompleted => v1::ContactState::Deflected,
            ContactEnd::CallbackRequested | ContactEnd::CallbackFailed | ContactEnd::CallbackPostponed => {
                v1::ContactState::Callback
            }
            _ if record.answered_ms() != 0 => v1::ContactState::Completed,
            ContactEnd::GatewayLost => v1::ContactState::Lost,
            ContactEnd::WaitLimit
            | ContactEnd::QueueRemoved
            | ContactEnd::SupervisorEnded
            | ContactEnd::PromiseSettled => v1::ContactState::Expired,
            // There was no customer on it who could have left.
            _ if record.is_consult() => v1::ContactState::Expired,
            _ => v1::ContactState::Abandoned,
        },
    }
}

fn close_reason(end: ContactEnd) -> v1::CloseReason {
    match end {
        ContactEnd::Unspecified => v1::CloseReason::Unspecified,
        ContactEnd::AgentCompleted => v1::CloseReason::AgentCompleted,
        ContactEnd::GatewayCompleted => v1::CloseReason::GatewayCompleted,
        ContactEnd::CustomerLeft => v1::CloseReason::CustomerLeft,
        ContactEnd::GatewayLost => v1::CloseReason::GatewayLost,
        ContactEnd::WaitLimit => v1::CloseReason::WaitLimit,
        ContactEnd::QueueRemoved => v1::CloseReason::QueueRemoved,
        ContactEnd::BotCompleted => v1::CloseReason::BotCompleted,
        ContactEnd::Idle => v1::CloseReason::Idle,
        ContactEnd::WindowLapsed => v1::CloseReason::WindowLapsed,
        ContactEnd::SupervisorEnded => v1::CloseReason::SupervisorEnded,
        ContactEnd::ConsultEnded => v1::CloseReason::ConsultEnded,
        ContactEnd::ConsultHandedOver => v1::CloseReason::ConsultHandedOver,
        ContactEnd::ConsultUnanswered => v1::CloseReason::ConsultUnanswered,
        ContactEnd::ConsultantLost => v1::CloseReason::ConsultantLost,
        ContactEnd::ParentEnded => v1::CloseReason::ParentEnded,
        ContactEnd::ParentMoved => v1::CloseReason::ParentMoved,
        ContactEnd::PromiseSettled => v1::CloseReason::PromiseSettled,
        ContactEnd::CallbackRequested => v1::CloseReason::CallbackRequested,
        ContactEnd::CallbackFailed => v1::CloseReason::CallbackFailed,
        ContactEnd::CallbackPostponed => v1::CloseReason::CallbackPostponed,
    }
}

/// A live offer.
#[must_use]
pub fn offer(state: &State, leg: &j::AssignmentRecord) -> v1::Offer {
    v1::Offer {
        offer_id: leg.offer,
        epoch: leg.epoch,
        agent_id: state.names().id(leg.agent).to_owned(),
        offer_time: timestamp(state, leg.offered_ms),
        deadline: timestamp(state, leg.deadline_ms),
        reason: Some(v1::OfferReason {
            // The API's numbers of triggers and rules are the journal's.
            trigger: leg.trigger,
            rule: leg.rule,
            ring: leg.ring,
            preferred_skills_matched: leg.preferred_matched,
            idle: Some(duration(leg.idle_ms)),
            rank: leg.rank,
        }),
    }
}

/// An accepted assignment.
#[must_use]
pub fn assignment(state: &State, leg: &j::AssignmentRecord) -> v1::Assignment {
    let phase = match leg.stage() {
        AssignmentStage::Unspecified | AssignmentStage::Offered => v1::AssignmentPhase::Unspecified,
        AssignmentStage::Connecting => v1::AssignmentPhase::Connecting,
        AssignmentStage::Active => v1::AssignmentPhase::Active,
        AssignmentStage::WrapUp => v1::AssignmentPhase::WrapUp,
    };
    v1::Assignment {
        offer_id: leg.offer,
        agent_id: state.names().id(leg.agent).to_owned(),
        contact_id: contact_id(state, leg.contact),
        phase: phase.into(),
        accept_time: timestamp(state, leg.accepted_ms),
        connect_time: timestamp(state, leg.connected_ms),
        wrap_up_deadline: timestamp(state, leg.deadline_ms),
        epoch: leg.epoch,
    }
}

/// The id of a contact; empty once it is no longer kept.
#[must_use]
pub fn contact_id(state: &State, contact: u64) -> String {
    state.contact(contact).map(|record| record.id.clone()).unwrap_or_default()
}

/// An assignment with its contact.
#[must_use]
pub fn assignment_change(state: &State, leg: &j::AssignmentRecord, now_ms: u64) -> v1::AssignmentChange {
    v1::AssignmentChange {
        assignment: Some(assignment(state, leg)),
        contact: state.contact(leg.contact).map(|record| contact(state, record, now_ms)),
    }
}

/// An offer with its contact.
#[must_use]
pub fn offered_contact(state: &State, leg: &j::AssignmentRecord, now_ms: u64) -> v1::OfferedContact {
    v1::OfferedContact {
        offer: Some(offer(state, leg)),
        contact: state.contact(leg.contact).map(|record| contact(state, record, now_ms)),
    }
}

/// An agent as it is at `now_ms`.
#[must_use]
pub fn agent(state: &State, agent: &Agent, now_ms: u64) -> v1::Agent {
    let record = &agent.record;
    let id = state.names().id(record.agent);
    let entry = state.plan().agents.get(id);
    let session_state = match (record.session, record.connected) {
        (0, _) => v1::AgentSessionState::SignedOut,
        (_, true) => v1::AgentSessionState::Connected,
        (_, false) => v1::AgentSessionState::Disconnected,
    };
    let availability = if record.ready { v1::Availability::Ready } else { v1::Availability::NotReady };
    v1::Agent {
        agent_id: id.to_owned(),
        name: entry.map_or("", |entry| entry.name.as_str()).to_owned(),
        session_state: session_state.into(),
        session_id: record.session,
        availability: availability.into(),
        availability_reason: record.reason.clone(),
        availability_time: timestamp(state, record.availability_ms),
        routable: agent.routable(),
        capacity: agent.info.as_ref().map_or(0, |info| info.capacity),
        used_units: agent.load.realtime_units + agent.load.fixed_units,
        interruptible_units: agent.load.interruptible_units,
        offers: agent.load.offers,
        active: agent.load.active,
        wrap_up: agent.load.wrap_up,
        groups: entry.map(|entry| entry.groups.clone()).unwrap_or_default(),
        missed_in_row: record.missed_in_row,
        sequence: record.sequence,
        schedule: Some(schedule::agent_schedule(state, agent, now_ms)),
    }
}

/// An agent who has left the plan and is signed out.
#[must_use]
pub fn forgotten_agent(state: &State, number: u32) -> v1::Agent {
    v1::Agent {
        agent_id: state.names().id(number).to_owned(),
        session_state: v1::AgentSessionState::SignedOut.into(),
        availability: v1::Availability::NotReady.into(),
        availability_time: timestamp(state, state.now_ms()),
        sequence: state.sequence(),
        ..v1::Agent::default()
    }
}

/// An agent with everything that it holds.
#[must_use]
pub fn agent_snapshot(state: &State, entry: &Agent, now_ms: u64) -> v1::AgentSnapshot {
    let mut snapshot =
        v1::AgentSnapshot { agent: Some(agent(state, entry, now_ms)), ..v1::AgentSnapshot::default() };
    for leg in entry.work.iter().filter_map(|offer| state.assignment(*offer)) {
        if leg.stage() == AssignmentStage::Offered {
            snapshot.offers.push(offered_contact(state, leg, now_ms));
        } else {
            snapshot.assignments.push(assignment_change(state, leg, now_ms));
        }
    }
    snapshot
}

/// A queue of the plan as it is at `now_ms`.
#[must_use]
pub fn queue(state: &State, id: &str, now_ms: u64) -> v1::Queue {
    let number = state.names().number(j::PlanKind::Queue, id).unwrap_or(0);
    let live = state.queue_live(number);
    let counts = state.queue_counts(number).map(|counts| v1::QueueChannelCounts {
        channel: state.names().id(counts.channel).to_owned(),
        entered: counts.entered,
        moved_in: counts.moved_in,
        moved_out: counts.moved_out,
        answered: counts.answered,
        abandoned: counts.abandoned,
        expired: counts.expired,
        lost: counts.lost,
        answered_wait: Some(duration(counts.answered_wait_ms)),
        deflected: counts.deflected,
        lapsed: counts.lapsed,
        consults: counts.consults,
        follow_ups: counts.follow_ups,
        called_back: counts.called_back,
        callbacks: counts.callbacks,
        callbacks_answered: counts.callbacks_answered,
    });
    let hours = hours::queue(state, number, now_ms);
    v1::Queue {
        queue: id.to_owned(),
        name: state.plan().queues.get(id).map_or("", |queue| queue.name.as_str()).to_owned(),
        waiting: live.waiting + live.offered,
        offered: live.offered,
        active: live.connecting + live.active,
        oldest_wait: oldest_wait_ms(state, number, now_ms).map(duration),
        channels: counts.collect(),
        parked: live.parked,
        with_bot: live.with_bot,
        promises: Some(promise::counts(state, number)),
        open: state.queue_open(number),
        next_change_time: hours.next_change_time,
        hours_text: hours.text,
        by_hand: hours.by_hand,
        held: hours.held,
        estimate: estimate::of_queue(state, number, now_ms),
        surge: surge::queue(state, number, now_ms),
        callbacks: Some(callback::counts(state, number)),
    }
}

/// How long the longest waiting contact of a queue has waited.
#[must_use]
pub fn oldest_wait_ms(state: &State, queue: u32, now_ms: u64) -> Option<u64> {
    state.oldest_waiting_since_ms(queue).map(|since_ms| now_ms.saturating_sub(since_ms))
}
