//! What an event means to those who watch: at most one item a topic and event, so that a sequence names
//! an item.

use std::collections::BTreeSet;

use crate::{
    engine::{evolve::Effect, state::State},
    gateway::convert,
    proto::{
        journal::{self as j, AssignmentEnd, OfferEnd, event::Kind},
        v1::{
            self, ContactCause, stream_assignments_response::Update as AgentUpdate,
            watch_gateway_response::Update as GatewayUpdate,
        },
    },
};

use super::{
    Streams, Topic,
    causes::{contact_cause, parent_cause},
    notices::item_of,
    wait_notices::notice_items,
};

/// A message on a stream.
#[derive(Debug, Clone)]
pub enum Item {
    /// To watchers of a contact.
    Contact(v1::WatchContactResponse),
    /// To a gateway.
    Gateway(v1::WatchGatewayResponse),
    /// To an agent.
    Agent(v1::StreamAssignmentsResponse),
    /// To supervisors.
    Notice(Box<v1::WatchNoticesResponse>),
}

impl Item {
    /// Its place in the tenant's history.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        match self {
            Self::Contact(message) => message.sequence,
            Self::Gateway(message) => message.sequence,
            Self::Agent(message) => message.sequence,
            Self::Notice(message) => message.sequence,
        }
    }

    /// Whether the stream ends with it.
    pub(super) fn last(&self) -> bool {
        match self {
            Self::Contact(message) => message.cause() == ContactCause::Closed,
            Self::Gateway(_) | Self::Notice(_) => false,
            Self::Agent(message) => matches!(&message.update, Some(AgentUpdate::AgentChanged(agent))
                if agent.session_state() == v1::AgentSessionState::SignedOut),
        }
    }
}

/// The items of an event that has just become part of `state`, for topics that somebody wants.
pub fn items_of(
    state: &State,
    event: &j::Event,
    effect: &Effect,
    streams: &Streams,
    mut put: impl FnMut(Topic, Item),
) {
    let Some(kind) = &event.kind else { return };
    if let Some(cause) = contact_cause(kind) {
        contact_items(state, event, effect, cause, streams, &mut put);
    }
    if let Some(cause) = parent_cause(kind) {
        parent_items(state, event, effect, cause, streams, &mut put);
    }
    if let Kind::WaitersTold(told) = kind {
        notice_items(state, event, told, streams, &mut put);
    }
    if let Kind::QueueHours(hours) = kind {
        opening_items(state, event, hours, effect, streams, &mut put);
    }
    let told = agent_items(state, event, kind, effect, streams, &mut put);
    let others = effect.by_schedule.iter().flat_map(|by| &by.agents);
    for agent in others.filter(|agent| streams.wanted(Topic::Agent(**agent))) {
        if let Some(changed) = state.agent(*agent) {
            let update = AgentUpdate::AgentChanged(convert::agent(state, changed, event.at_ms));
            put(Topic::Agent(*agent), agent_item(state, event, update));
        }
    }
    if effect.promise != 0 {
        promise_item(state, event, effect, told, streams, &mut put);
    }
    if streams.wanted(Topic::Notices)
        && let Some(item) = item_of(state, event, effect)
    {
        put(Topic::Notices, item);
    }
}

/// Tells gateways which queues opened, and the watchers of contacts that wait there. By who watches, so that it
/// doesn't matter how many wait.
fn opening_items(
    state: &State,
    event: &j::Event,
    hours: &j::QueueHours,
    effect: &Effect,
    streams: &Streams,
    put: &mut impl FnMut(Topic, Item),
) {
    let Some(effect) = &effect.by_schedule else { return };
    let changes = hours.changes.iter().filter(|change| change.open && effect.queues.contains(&change.queue));
    let opened: BTreeSet<u32> = changes.map(|change| change.queue).collect();
    if opened.is_empty() {
        return;
    }
    let queues: Vec<String> = opened.iter().map(|queue| state.names().id(*queue).to_owned()).collect();
    let (sequence, time) = (state.sequence(), convert::timestamp(state, event.at_ms));
    for topic in streams.all_wanted() {
        match topic {
            Topic::Gateway(_) => {
                let update = Some(GatewayUpdate::QueuesOpened(v1::QueuesOpened { queues: queues.clone() }));
                put(topic, Item::Gateway(v1::WatchGatewayResponse { sequence, time, update }));
            }
            Topic::Contact(number) => {
                let waits = |record: &&j::ContactRecord| {
                    record.stage() == j::ContactStage::Waiting && opened.contains(&record.queue)
                };
                if let Some(record) = state.contact(number).filter(waits) {
                    let contact = Some(convert::contact(state, record, event.at_ms));
                    let cause = ContactCause::QueueOpened.into();
                    put(topic, Item::Contact(v1::WatchContactResponse { contact, cause, sequence, time }));
                }
            }
            Topic::Agent(_) | Topic::Notices => {}
        }
    }
}

/// Tells the contact's watchers and gateways.
fn contact_items(
    state: &State,
    event: &j::Event,
    effect: &Effect,
    cause: ContactCause,
    streams: &Streams,
    put: &mut impl FnMut(Topic, Item),
) {
    let by_contact = streams.wanted(Topic::Contact(effect.contact));
    // A bot's gateway, or the one of another channel, is told beside the contact's own.
    let other = Some(effect.other_gateway).filter(|other| *other != 0 && *other != effect.gateway);
    let gateways = [Some(effect.gateway), other]
        .map(|gateway| gateway.filter(|gateway| *gateway != 0 && streams.wanted(Topic::Gateway(*gateway))));
    if !by_contact && gateways == [None, None] {
        return;
    }
    let Some(record) = state.contact(effect.contact) else {
        return;
    };
    let contact = convert::contact_for_gateway(state, record, event.at_ms);
    let (sequence, time) = (state.sequence(), convert::timestamp(state, event.at_ms));
    for gateway in gateways.into_iter().flatten() {
        let mut contact = contact.clone();
        if let Some(callback) = contact.callback.as_mut().filter(|_| gateway != record.gateway) {
            // Only who dials is told the number.
            callback.number.clear();
        }
        let change = v1::ContactChange { contact: Some(contact), cause: cause.into() };
        let update = Some(GatewayUpdate::ContactChange(change));
        let message = v1::WatchGatewayResponse { sequence, time, update };
        put(Topic::Gateway(gateway), Item::Gateway(message));
    }
    if by_contact {
        let message =
            v1::WatchContactResponse { contact: Some(contact), cause: cause.into(), sequence, time };
        put(Topic::Contact(effect.contact), Item::Contact(message));
    }
}

/// Tells the watchers of the contact that a consult is about, and the agent who asks. Gateways see the
/// consult itself.
fn parent_items(
    state: &State,
    event: &j::Event,
    effect: &Effect,
    cause: ContactCause,
    streams: &Streams,
    put: &mut impl FnMut(Topic, Item),
) {
    let Some(consult) = state.contact(effect.contact) else { return };
    // Whose call is only being connected is not there yet.
    if cause == ContactCause::ConsultAnswered && consult.stage() != j::ContactStage::Active {
        return;
    }
    let Some(parent) = state.contact(consult.talk().parent) else { return };
    let (sequence, time) = (state.sequence(), convert::timestamp(state, event.at_ms));
    // One that the consult's end has closed with it has told its watchers so, or will.
    let live = parent.stage() != j::ContactStage::Closed;
    if live && streams.wanted(Topic::Contact(parent.contact)) {
        let contact = Some(convert::contact(state, parent, event.at_ms));
        let message = v1::WatchContactResponse { contact, cause: cause.into(), sequence, time };
        put(Topic::Contact(parent.contact), Item::Contact(message));
    }
    let holder = state.assignment(parent.offer).filter(|leg| leg.agent != effect.agent);
    if let Some(leg) = holder.filter(|leg| streams.wanted(Topic::Agent(leg.agent))) {
        let update = AgentUpdate::AssignmentChanged(convert::assignment_change(state, leg, event.at_ms));
        put(Topic::Agent(leg.agent), agent_item(state, event, update));
    }
}

/// Tells the agent whom the event is about, or who has the contact that it is about. Returns who was told;
/// 0: nobody.
fn agent_items(
    state: &State,
    event: &j::Event,
    kind: &Kind,
    effect: &Effect,
    streams: &Streams,
    put: &mut impl FnMut(Topic, Item),
) -> u32 {
    let concerns_holder = matches!(
        kind,
        Kind::ContactUpdated(_)
            | Kind::ActivityRecorded(_)
            | Kind::WindowNeared(_)
            | Kind::ConsultJoined(_)
            | Kind::ContactIntervened(_)
            | Kind::PromiseEscalated(_)
    );
    if concerns_holder {
        return updated_contact_for_agent(state, event, effect, streams, put);
    }
    if effect.agent == 0 || !streams.wanted(Topic::Agent(effect.agent)) {
        return 0;
    }
    let Some(update) = agent_update(state, kind, effect) else { return 0 };
    put(Topic::Agent(effect.agent), agent_item(state, event, update));
    effect.agent
}

/// Tells the agent who is to keep a promise, unless the event has told that agent something already.
fn promise_item(
    state: &State,
    event: &j::Event,
    effect: &Effect,
    told: u32,
    streams: &Streams,
    put: &mut impl FnMut(Topic, Item),
) {
    // Whom a callback is for first is told of its contact.
    let promise = state.promise(effect.promise).filter(|record| record.callback.is_none());
    let Some(record) = promise else {
        return;
    };
    if record.agent != 0 && record.agent != told && streams.wanted(Topic::Agent(record.agent)) {
        let update = AgentUpdate::PromiseChanged(convert::promise::promise(state, record));
        put(Topic::Agent(record.agent), agent_item(state, event, update));
    }
}

fn agent_update(state: &State, kind: &Kind, effect: &Effect) -> Option<AgentUpdate> {
    let now_ms = state.now_ms();
    let contact_id = || convert::contact_id(state, effect.contact);
    Some(match kind {
        Kind::ContactOffered(_) => {
            AgentUpdate::Offered(convert::offered_contact(state, state.assignment(effect.offer)?, now_ms))
        }
        Kind::OfferEnded(e) => AgentUpdate::OfferEnded(v1::OfferEnded {
            offer_id: effect.offer,
            contact_id: contact_id(),
            reason: offer_end(e.reason()).into(),
        }),
        Kind::OfferAccepted(_)
        | Kind::ContactConnected(_)
        | Kind::ContactResumed(_)
        | Kind::ConsultHandedOver(_)
        | Kind::WrapUpStarted(_) => {
            let leg = state.assignment(effect.offer)?;
            AgentUpdate::AssignmentChanged(convert::assignment_change(state, leg, now_ms))
        }
        Kind::AssignmentEnded(e) => AgentUpdate::AssignmentEnded(v1::AssignmentEnded {
            offer_id: effect.offer,
            contact_id: contact_id(),
            reason: assignment_end(e.reason()).into(),
        }),
        // One that has left the plan is forgotten with its session.
        Kind::AgentSignedOut(_) if state.agent(effect.agent).is_none() => {
            AgentUpdate::AgentChanged(convert::forgotten_agent(state, effect.agent))
        }
        Kind::AgentSignedIn(_)
        | Kind::AgentDisconnected(_)
        | Kind::AgentReconnected(_)
        | Kind::AgentSignedOut(_)
        | Kind::AgentAvailabilitySet(_)
        | Kind::ShiftOverridden(_) => {
            AgentUpdate::AgentChanged(convert::agent(state, state.agent(effect.agent)?, now_ms))
        }
        _ => return None,
    })
}

/// An agent who has a contact is told of changes to it. Returns who was told; 0: nobody.
fn updated_contact_for_agent(
    state: &State,
    event: &j::Event,
    effect: &Effect,
    streams: &Streams,
    put: &mut impl FnMut(Topic, Item),
) -> u32 {
    let leg = state.contact(effect.contact).and_then(|record| state.assignment(record.offer));
    let Some(leg) = leg.filter(|leg| streams.wanted(Topic::Agent(leg.agent))) else {
        return 0;
    };
    let update = if leg.stage() == j::AssignmentStage::Offered {
        AgentUpdate::Offered(convert::offered_contact(state, leg, event.at_ms))
    } else {
        AgentUpdate::AssignmentChanged(convert::assignment_change(state, leg, event.at_ms))
    };
    put(Topic::Agent(leg.agent), agent_item(state, event, update));
    leg.agent
}

fn agent_item(state: &State, event: &j::Event, update: AgentUpdate) -> Item {
    let (sequence, time) = (state.sequence(), convert::timestamp(state, event.at_ms));
    Item::Agent(v1::StreamAssignmentsResponse { sequence, time, update: Some(update) })
}

fn offer_end(reason: OfferEnd) -> v1::OfferEndReason {
    match reason {
        OfferEnd::Unspecified => v1::OfferEndReason::Unspecified,
        OfferEnd::NoAnswer => v1::OfferEndReason::NoAnswer,
        OfferEnd::Declined => v1::OfferEndReason::Declined,
        OfferEnd::AgentGone => v1::OfferEndReason::AgentGone,
        OfferEnd::ContactEnded => v1::OfferEndReason::ContactEnded,
        OfferEnd::ContactMoved => v1::OfferEndReason::ContactMoved,
    }
}

fn assignment_end(reason: AssignmentEnd) -> v1::AssignmentEndReason {
    match reason {
        AssignmentEnd::Unspecified => v1::AssignmentEndReason::Unspecified,
        AssignmentEnd::Finished => v1::AssignmentEndReason::Finished,
        AssignmentEnd::WrapUpTimeout => v1::AssignmentEndReason::WrapUpTimeout,
        AssignmentEnd::Unreachable => v1::AssignmentEndReason::Unreachable,
        AssignmentEnd::AgentLost => v1::AssignmentEndReason::AgentLost,
        AssignmentEnd::Parked => v1::AssignmentEndReason::Parked,
        AssignmentEnd::HandedOver => v1::AssignmentEndReason::HandedOver,
        AssignmentEnd::ShiftOver => v1::AssignmentEndReason::ShiftOver,
    }
}
