//! What an event means to those who watch: at most one item a topic and event, so that a sequence names
//! an item.

use crate::{
    engine::{evolve::Effect, state::State},
    gateway::convert,
    proto::{
        journal::{self as j, AssignmentEnd, OfferEnd, ReturnReason, TransferReason, event::Kind},
        v1::{
            self, ContactCause, stream_assignments_response::Update as AgentUpdate,
            watch_gateway_response::Update as GatewayUpdate,
        },
    },
};

use super::{Streams, Topic};

/// A message on a stream.
#[derive(Debug, Clone)]
pub enum Item {
    /// To watchers of a contact.
    Contact(v1::WatchContactResponse),
    /// To a gateway.
    Gateway(v1::WatchGatewayResponse),
    /// To an agent.
    Agent(v1::StreamAssignmentsResponse),
}

impl Item {
    /// Its place in the tenant's history.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        match self {
            Self::Contact(message) => message.sequence,
            Self::Gateway(message) => message.sequence,
            Self::Agent(message) => message.sequence,
        }
    }

    /// Whether the stream ends with it.
    pub(super) fn last(&self) -> bool {
        match self {
            Self::Contact(message) => message.cause() == ContactCause::Closed,
            Self::Gateway(_) => false,
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
    if effect.agent != 0 && streams.wanted(Topic::Agent(effect.agent)) {
        if let Some(update) = agent_update(state, kind, effect) {
            put(Topic::Agent(effect.agent), agent_item(state, event, update));
        }
    } else if matches!(kind, Kind::ContactUpdated(_)) {
        updated_contact_for_agent(state, event, effect, streams, &mut put);
    }
}

fn contact_items(
    state: &State,
    event: &j::Event,
    effect: &Effect,
    cause: ContactCause,
    streams: &Streams,
    put: &mut impl FnMut(Topic, Item),
) {
    let by_contact = streams.wanted(Topic::Contact(effect.contact));
    let by_gateway = streams.wanted(Topic::Gateway(effect.gateway));
    if !by_contact && !by_gateway {
        return;
    }
    let Some(record) = state.contact(effect.contact) else {
        return;
    };
    let contact = convert::contact(state, record, event.at_ms);
    let (sequence, time) = (state.sequence(), convert::timestamp(state, event.at_ms));
    if by_contact {
        let contact = Some(contact.clone());
        let message = v1::WatchContactResponse { contact, cause: cause.into(), sequence, time };
        put(Topic::Contact(effect.contact), Item::Contact(message));
    }
    if by_gateway {
        let change = v1::ContactChange { contact: Some(contact), cause: cause.into() };
        let update = Some(GatewayUpdate::ContactChange(change));
        let message = v1::WatchGatewayResponse { sequence, time, update };
        put(Topic::Gateway(effect.gateway), Item::Gateway(message));
    }
}

/// What changed about the contact; none where another event of the same step tells it better.
fn contact_cause(kind: &Kind) -> Option<ContactCause> {
    Some(match kind {
        Kind::ContactEnqueued(_) => ContactCause::Enqueued,
        Kind::ContactUpdated(_) | Kind::DispositionRecorded(_) => ContactCause::Updated,
        Kind::ContactOffered(_) => ContactCause::Offered,
        Kind::OfferEnded(e) => match e.reason() {
            OfferEnd::NoAnswer => ContactCause::NoAnswer,
            OfferEnd::Declined => ContactCause::Declined,
            OfferEnd::AgentGone => ContactCause::Withdrawn,
            OfferEnd::ContactEnded | OfferEnd::ContactMoved | OfferEnd::Unspecified => return None,
        },
        Kind::RingOpened(_) => ContactCause::RingOpened,
        Kind::KeepEnded(_) => ContactCause::KeepEnded,
        Kind::ExclusionsCleared(_) => ContactCause::ExclusionsCleared,
        Kind::OfferAccepted(_) => ContactCause::Accepted,
        Kind::ContactConnected(_) => ContactCause::Connected,
        Kind::ContactReturned(e) => match e.reason() {
            ReturnReason::AgentUnreachable => ContactCause::AgentUnreachable,
            _ => ContactCause::AgentLost,
        },
        Kind::ContactTransferred(e) => match e.reason() {
            TransferReason::QueueRemoved => ContactCause::QueueRemoved,
            _ => ContactCause::Transferred,
        },
        Kind::ContactClosed(_) => ContactCause::Closed,
        _ => return None,
    })
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
        Kind::OfferAccepted(_) | Kind::ContactConnected(_) | Kind::WrapUpStarted(_) => {
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
        | Kind::AgentAvailabilitySet(_) => {
            AgentUpdate::AgentChanged(convert::agent(state, state.agent(effect.agent)?))
        }
        _ => return None,
    })
}

/// An agent who has a contact is told of changes to it.
fn updated_contact_for_agent(
    state: &State,
    event: &j::Event,
    effect: &Effect,
    streams: &Streams,
    put: &mut impl FnMut(Topic, Item),
) {
    let leg = state.contact(effect.contact).and_then(|record| state.assignment(record.offer));
    let Some(leg) = leg.filter(|leg| streams.wanted(Topic::Agent(leg.agent))) else {
        return;
    };
    let update = if leg.stage() == j::AssignmentStage::Offered {
        AgentUpdate::Offered(convert::offered_contact(state, leg, event.at_ms))
    } else {
        AgentUpdate::AssignmentChanged(convert::assignment_change(state, leg, event.at_ms))
    };
    put(Topic::Agent(leg.agent), agent_item(state, event, update));
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
    }
}
