//! What must come right after a request or an event, whatever else is going on.

use kefud::{
    engine::{
        command::{Command, Intervention, Reply, RequestKey, Target},
        refusal::Refusal,
    },
    proto::journal::{self as j, event},
};

use super::{Checked, Run, ensure};
use crate::{
    naive::{Told, View},
    talk::Way,
};

/// What a command asks for that its events don't tell.
pub(super) fn asked_by(command: &Command) -> Told {
    match command {
        Command::Enqueue(enqueue) => Told { by_action: enqueue.by_action, ..Told::default() },
        Command::Transfer { target: Target::Agent { .. }, .. } => Told { to_agent: true, ..Told::default() },
        Command::Intervene { action: Intervention::Requeue { fresh, .. }, .. } => {
            Told { fresh: *fresh, ..Told::default() }
        }
        _ => Told::default(),
    }
}

impl Run {
    /// The first event of a request carries it, and a repeated one is answered as such.
    pub(super) fn check_request(
        &mut self,
        request: Option<&RequestKey>,
        answer: &Result<Reply, Refusal>,
        events: &[j::Event],
    ) -> Checked {
        let carried = events.iter().filter(|event| !event.request_id.is_empty()).count();
        let Some(request) = request else {
            return ensure(carried == 0, || "events carry a request that was not made".to_owned());
        };
        let first = events.first().is_some_and(|event| event.request_id == request.id);
        ensure(carried == usize::from(first), || "the first event does not carry the request".to_owned())?;
        let repeated = matches!(answer, Ok(Reply::Repeat));
        let reused = answer.as_ref().is_err_and(|refusal| refusal.reason == "REQUEST_ID_REUSED");
        let (repeat, reuse) = match self.requests.get(&request.id) {
            Some(known) => (*known == request.fingerprint, *known != request.fingerprint),
            None => (false, false),
        };
        ensure((repeated, reused) == (repeat, reuse), || {
            format!("request {} is answered {answer:?}, repeat {repeat}, reuse {reuse}", request.id)
        })?;
        if first {
            self.requests.insert(request.id.clone(), request.fingerprint);
        }
        Ok(())
    }

    /// The parked contact whose customer writes by this event.
    pub(super) fn parked_writes(&self, kind: &event::Kind) -> Option<u64> {
        let event::Kind::ActivityRecorded(activity) = kind else {
            return None;
        };
        let record = self.mirror.contact(activity.contact)?;
        let wrote = activity.kind() == j::ActivityKind::CustomerMessage;
        (wrote && record.stage() == j::ContactStage::Parked).then_some(record.contact)
    }

    /// Who was parked and has written comes back at once, by the one way that is right.
    pub(super) fn check_way(&self, kind: &event::Kind, expected: &mut Option<(u64, Way)>) -> Checked {
        let told = Way::gone(kind);
        let right = match (&*expected, kind) {
            (Some((contact, Way::Offered(agent))), event::Kind::ContactOffered(offer)) => {
                let cause = offer.cause() == j::OfferCause::Return;
                cause && (offer.contact, offer.agent) == (*contact, *agent)
            }
            (Some((contact, Way::Offered(_))), event::Kind::ContactReturned(event)) => {
                return ensure(event.contact == *contact && event.entry.is_none(), || {
                    format!("{kind:?} goes before no offer")
                });
            }
            (None, event::Kind::ContactOffered(offer)) => offer.cause() != j::OfferCause::Return,
            (right, _) => *right == told,
        };
        let wrong = || format!("{kind:?} is not the way back, which is {expected:?}");
        ensure(right, wrong)?;
        *expected = None;
        Ok(())
    }

    /// The contact and agent of an offer that this event ends.
    pub(super) fn ended_offer(&self, kind: &event::Kind) -> Option<(u64, u32, j::OfferEnd)> {
        let event::Kind::OfferEnded(ended) = kind else {
            return None;
        };
        let leg = self.mirror.assignment(ended.offer)?;
        Some((leg.contact, leg.agent, ended.reason()))
    }

    /// The exclusion that must be left after the others are forgotten.
    pub(super) fn left_exclusion(&self, kind: &event::Kind) -> Option<(u64, j::Exclusion)> {
        let event::Kind::ExclusionsCleared(cleared) = kind else {
            return None;
        };
        let latest = self.mirror.contact(cleared.contact)?.exclusions().last().copied();
        Some((cleared.contact, latest?))
    }

    /// What must come next after an offer has ended.
    pub(super) fn after_offer(
        &self,
        at_ms: u64,
        contact: u64,
        agent: u32,
        reason: j::OfferEnd,
    ) -> Checked<Option<event::Kind>> {
        let Some(record) = self.mirror.contact(contact) else {
            return Err(format!("contact {contact} went with its offer"));
        };
        let let_go = matches!(reason, j::OfferEnd::Declined | j::OfferEnd::NoAnswer);
        ensure(!(let_go && record.kept_for() == agent), || {
            format!("contact {} is kept for an agent who let it go", record.id)
        })?;
        Ok(View::new(&self.mirror, at_ms).after_offer(record, reason))
    }
}
