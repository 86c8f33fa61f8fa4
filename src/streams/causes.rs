//! What an event changed about a contact, in the API's words. Must not look at anything but the event.

use crate::proto::{
    journal::{OfferEnd, ReturnReason, TransferReason, event::Kind},
    v1::ContactCause,
};

/// What changed about the contact; none where another event of the same step tells it better.
pub(super) fn contact_cause(kind: &Kind) -> Option<ContactCause> {
    Some(match kind {
        Kind::ContactEnqueued(_) => ContactCause::Enqueued,
        Kind::ContactUpdated(_) | Kind::DispositionRecorded(_) | Kind::FeedbackRecorded(_) => {
            ContactCause::Updated
        }
        Kind::ContactOffered(_) => ContactCause::Offered,
        Kind::OfferEnded(e) => return offer_cause(e.reason()),
        Kind::RingOpened(_) => ContactCause::RingOpened,
        Kind::KeepEnded(_) => ContactCause::KeepEnded,
        Kind::ExclusionsCleared(_) => ContactCause::ExclusionsCleared,
        Kind::OfferAccepted(e) if e.dial_deadline_ms != 0 => ContactCause::Dial,
        Kind::OfferAccepted(_) => ContactCause::Accepted,
        Kind::ContactConnected(_) => ContactCause::Connected,
        Kind::ContactReturned(e) => match e.reason() {
            ReturnReason::AgentUnreachable => ContactCause::AgentUnreachable,
            ReturnReason::CustomerWrote | ReturnReason::Pulled => ContactCause::Returned,
            ReturnReason::ShiftOver => ContactCause::ShiftOver,
            _ => ContactCause::AgentLost,
        },
        Kind::ContactTransferred(e) => match e.reason() {
            TransferReason::QueueRemoved => ContactCause::QueueRemoved,
            TransferReason::QueueClosed => ContactCause::QueueClosed,
            TransferReason::Overflowed => ContactCause::Overflowed,
            _ => ContactCause::Transferred,
        },
        Kind::ContactClosed(_) => ContactCause::Closed,
        Kind::ActivityRecorded(_) => ContactCause::Activity,
        Kind::ContactParked(_) => ContactCause::Parked,
        Kind::ContactResumed(_) => ContactCause::Resumed,
        Kind::ContactHandedToBot(_) => ContactCause::HandedToBot,
        Kind::ContactLeftBot(_) => ContactCause::LeftBot,
        Kind::WindowNeared(_) => ContactCause::WindowNear,
        Kind::ConsultJoined(_) => ContactCause::ConsultJoined,
        Kind::ConsultHandedOver(_) => ContactCause::HandedOver,
        Kind::PromiseEscalated(_) => ContactCause::Escalated,
        Kind::ContactIntervened(_) => ContactCause::Intervened,
        Kind::CallbackDialled(_) => ContactCause::Dial,
        Kind::CallbackAnswered(_) => ContactCause::CustomerAnswered,
        _ => return None,
    })
}

fn offer_cause(end: OfferEnd) -> Option<ContactCause> {
    match end {
        OfferEnd::NoAnswer => Some(ContactCause::NoAnswer),
        OfferEnd::Declined => Some(ContactCause::Declined),
        OfferEnd::AgentGone => Some(ContactCause::Withdrawn),
        OfferEnd::ContactEnded | OfferEnd::ContactMoved | OfferEnd::Unspecified => None,
    }
}

/// What an event of a consult means to the contact that it is about.
pub(super) fn parent_cause(kind: &Kind) -> Option<ContactCause> {
    Some(match kind {
        Kind::ContactEnqueued(_) => ContactCause::ConsultStarted,
        Kind::OfferAccepted(_) | Kind::ContactConnected(_) => ContactCause::ConsultAnswered,
        Kind::ConsultJoined(_) => ContactCause::ConsultJoined,
        Kind::ContactClosed(_) => ContactCause::ConsultEnded,
        _ => return None,
    })
}
