//! Commands about offers and assignments: offering, accepting, declining, connecting, wrapping up.

use crate::{
    engine::{
        command::{Connection, Reply},
        contact::ended_by,
        matching::{choice::Chosen, rings::Subject},
        refusal::Refusal,
        step::{Answer, Step},
    },
    plan::model::AllDeclined,
    proto::journal::{
        self as j, AssignmentEnd, AssignmentStage, ContactEnd, OfferEnd, ReturnReason, event::Kind,
    },
};

impl Step<'_> {
    /// Offers a waiting contact to an agent who can take it.
    pub fn offer(&mut self, contact: u64, chosen: &Chosen, cause: j::OfferCause, trigger: j::OfferTrigger) {
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let Some(channel) = self.state.catalog.channels.get(&record.channel) else {
            return;
        };
        let idle_since_ms = self.state.agent(chosen.agent).map_or(0, |agent| agent.record.idle_since_ms);
        let event = j::ContactOffered {
            contact,
            offer: self.state.last_offer + 1,
            epoch: record.epoch + 1,
            agent: chosen.agent,
            deadline_ms: self.now_ms + channel.offer_timeout_ms,
            units: channel.units,
            realtime: channel.realtime(),
            interruptible: channel.interruptible,
            cause: cause.into(),
            trigger: trigger.into(),
            rule: chosen.rule.into(),
            ring: record.ring,
            preferred_matched: chosen.preferred_matched,
            idle_ms: self.now_ms - idle_since_ms,
            rank: chosen.rank,
            waited: cause == j::OfferCause::Matched && self.has_waited(record, trigger),
        };
        self.emit(Kind::ContactOffered(event));
    }

    /// Whether a contact that is being offered has waited for it, to be offered to everybody, and not only come by:
    /// then its queue has no agents to spare, and those whom it gets tell how fast it is served. Not so of those whom
    /// it gets in one instant because the rules or shifts are others, which tells nothing of the pace from then on.
    fn has_waited(&self, record: &j::ContactRecord, trigger: j::OfferTrigger) -> bool {
        use j::OfferTrigger::{RulesChanged, ShiftEdge, Surge};
        if matches!(trigger, Surge | ShiftEdge | RulesChanged) {
            return false;
        }
        let opened_ms = self.state.queue_hours(record.queue).map_or(0, |hours| hours.changed_ms);
        let back_ms = record.service.as_ref().map_or(0, |service| service.back_ms);
        let since_ms = record.queue_entered_ms.max(back_ms).max(opened_ms);
        since_ms < self.now_ms && self.state.queue_open(record.queue) && self.state.eager(record)
    }

    pub fn end_offer(&mut self, offer: u64, reason: OfferEnd) {
        let settings = &self.state.catalog.settings;
        let excluded_ms = match reason {
            OfferEnd::Declined => settings.exclude_after_decline_ms,
            OfferEnd::NoAnswer => settings.exclude_after_no_answer_ms,
            _ => 0,
        };
        let excluded_until_ms = if excluded_ms > 0 { self.now_ms + excluded_ms } else { 0 };
        let contact = self.state.assignment(offer).map_or(0, |record| record.contact);
        self.emit(Kind::OfferEnded(j::OfferEnded { offer, reason: reason.into(), excluded_until_ms }));
        let declined = matches!(reason, OfferEnd::Declined | OfferEnd::NoAnswer);
        let of_one = self.state.contact(contact).is_some_and(|record| record.talk().asked_agent != 0);
        if declined && !of_one {
            self.all_declined(contact);
        }
        self.after_consult_offer(contact, reason);
    }

    /// What the queue says when everybody signed in who could serve the contact has let it go.
    fn all_declined(&mut self, contact: u64) {
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let rule = self.state.catalog.queues.get(&record.queue).map(|queue| queue.all_declined);
        let (ring, exclusions) = (record.ring, record.exclusions().len());
        if matches!(rule, None | Some(AllDeclined::Wait))
            || !self.state.everybody_excluded(record, self.now_ms)
        {
            return;
        }
        let subject = Subject::of(record);
        if rule == Some(AllDeclined::OfferAgain) {
            if exclusions > 1 {
                self.emit(Kind::ExclusionsCleared(j::ExclusionsCleared { contact }));
            }
        } else if ring < self.state.last_ring(subject) && self.state.queue_open(subject.queue) {
            let ring = self.state.staffed_ring(subject, ring + 1).unwrap_or(ring + 1);
            let cause = j::RingCause::AllDeclined.into();
            self.emit(Kind::RingOpened(j::RingOpened { contact, ring, cause }));
        }
    }

    /// The offer's deadline has passed. Too many in a row, and the agent is no longer ready.
    pub fn no_answer(&mut self, offer: u64) {
        let Some(agent) = self.state.assignment(offer).map(|record| record.agent) else {
            return;
        };
        self.end_offer(offer, OfferEnd::NoAnswer);
        let limit = self.state.catalog.settings.missed_limit;
        let missed = self.state.agent(agent).map_or(0, |agent| agent.record.missed_in_row);
        if limit > 0 && missed >= limit {
            self.make_not_ready(agent, "missed");
        }
    }

    /// The assignment that an offer id and epoch speak of, if it is there.
    fn find_offer(&self, offer: u64, epoch: u32) -> Result<Option<&j::AssignmentRecord>, Refusal> {
        match self.state.assignment(offer) {
            Some(record) if record.epoch != epoch => Err(Refusal::precondition(
                "OFFER_EPOCH_MISMATCH",
                format!("offer {offer} has epoch {}, not {epoch}", record.epoch),
            )),
            Some(record) => Ok(Some(record)),
            None if offer > self.state.last_offer || offer == 0 => {
                Err(Refusal::not_found("OFFER_NOT_FOUND", format!("there is no offer {offer}")))
            }
            None => Ok(None),
        }
    }

    /// The same for an answer of `agent`.
    fn find_own_offer(
        &self,
        agent: u32,
        offer: u64,
        epoch: u32,
    ) -> Result<Option<&j::AssignmentRecord>, Refusal> {
        let record = self.find_offer(offer, epoch)?;
        if record.is_some_and(|record| record.agent != agent) {
            let message = format!("offer {offer} is another agent's");
            return Err(Refusal::precondition("OFFER_OF_ANOTHER_AGENT", message));
        }
        Ok(record)
    }

    pub fn accept(&mut self, agent: &str, offer: u64, epoch: u32) -> Answer {
        let number = self.agent(agent)?.record.agent;
        let record = self.find_own_offer(number, offer, epoch)?.ok_or_else(|| offer_ended(offer))?;
        let contact = record.contact;
        if record.stage() == AssignmentStage::Offered {
            if self.now_ms >= record.deadline_ms {
                return Err(offer_ended(offer));
            }
            self.check_dials(contact, offer)?;
            self.accepted(offer, false);
        }
        Ok(Reply::Accepted { contact, offer })
    }

    /// Refuses to take a callback whose gateway is away since it was offered: its offer is about to be withdrawn.
    pub fn check_dials(&self, contact: u64, offer: u64) -> Result<(), Refusal> {
        let rests = self.state.contact(contact).is_some_and(|record| self.state.dialling_rests(record));
        if rests { Err(offer_ended(offer)) } else { Ok(()) }
    }

    /// An offer is taken; of a callback, its customer is dialled from now on.
    pub fn accepted(&mut self, offer: u64, by_gateway: bool) {
        let contact = self.state.assignment(offer).map_or(0, |leg| leg.contact);
        let dial_deadline_ms = self.dial_deadline_ms(contact);
        self.emit(Kind::OfferAccepted(j::OfferAccepted { offer, by_gateway, dial_deadline_ms }));
        if self.state.contact(contact).is_some_and(|record| record.stage() == j::ContactStage::Active) {
            self.live_answered(contact);
        }
    }

    pub fn decline(&mut self, agent: &str, offer: u64, epoch: u32) -> Answer {
        let number = self.agent(agent)?.record.agent;
        // An offer that is over needs no declining: a late or repeated decline is as good as done.
        match self.find_own_offer(number, offer, epoch)?.map(j::AssignmentRecord::stage) {
            None => {}
            Some(AssignmentStage::Offered) => self.end_offer(offer, OfferEnd::Declined),
            Some(_) => {
                return Err(Refusal::precondition(
                    "OFFER_ACCEPTED",
                    format!("offer {offer} has been accepted; complete or transfer the contact"),
                ));
            }
        }
        Ok(Reply::Agent(number))
    }

    pub fn report_connection(&mut self, id: &str, offer: u64, epoch: u32, result: Connection) -> Answer {
        let now_ms = self.now_ms;
        let record = self.contact(id)?;
        let (contact, closed) = (record.contact, record.stage() == j::ContactStage::Closed);
        let end = ended_by(record, ContactEnd::CustomerLeft);
        let Some(record) = self.find_offer(offer, epoch)?.filter(|record| record.contact == contact) else {
            // The contact has gone its way; a report that asks for just that is as good as done.
            return match result {
                Connection::CustomerGone if closed => Ok(Reply::Contact(contact)),
                Connection::AgentUnreachable => Ok(Reply::Contact(contact)),
                _ => Err(offer_ended(offer)),
            };
        };
        let stage = record.stage();
        let realtime = record.realtime;
        let lapsed = stage == AssignmentStage::Offered && now_ms >= record.deadline_ms;
        match (result, stage) {
            (Connection::Answered | Connection::Connected, AssignmentStage::Offered) => {
                if lapsed {
                    return Err(offer_ended(offer));
                }
                self.accepted(offer, true);
                if result == Connection::Connected && realtime {
                    self.emit(Kind::ContactConnected(j::ContactConnected { offer }));
                    self.promise_reached(contact);
                }
            }
            (Connection::Connected, AssignmentStage::Connecting) => {
                self.emit(Kind::ContactConnected(j::ContactConnected { offer }));
                self.promise_reached(contact);
            }
            (Connection::AgentUnreachable, AssignmentStage::Offered | AssignmentStage::Connecting) => {
                self.agent_unreachable(offer);
            }
            (Connection::AgentUnreachable, AssignmentStage::Active) => {
                return Err(Refusal::precondition(
                    "ALREADY_CONNECTED",
                    "customer and agent are connected; complete or cancel the contact",
                ));
            }
            (Connection::CustomerGone, AssignmentStage::WrapUp) => {}
            (Connection::CustomerGone, _) if self.called_customer_gone(contact) => {}
            (Connection::CustomerGone, _) => self.close(contact, end, 0, 0),
            _ => {}
        }
        Ok(Reply::Contact(contact))
    }

    /// The agent could not be reached: the contact waits again in its place, the agent is not ready.
    fn agent_unreachable(&mut self, offer: u64) {
        let Some(record) = self.state.assignment(offer) else {
            return;
        };
        let (contact, agent) = (record.contact, record.agent);
        if record.stage() == AssignmentStage::Offered {
            self.end_offer(offer, OfferEnd::AgentGone);
        } else {
            let reason = ReturnReason::AgentUnreachable.into();
            self.emit(Kind::ContactReturned(j::ContactReturned { contact, reason, entry: None }));
            self.end_assignment(offer, AssignmentEnd::Unreachable);
            self.after_consult_offer(contact, OfferEnd::AgentGone);
        }
        self.make_not_ready(agent, "unreachable");
    }

    pub fn end_assignment(&mut self, offer: u64, reason: AssignmentEnd) {
        self.emit(Kind::AssignmentEnded(j::AssignmentEnded { offer, reason: reason.into() }));
    }

    /// The customer is no longer with the agent: wrap-up, where the channel has one.
    pub fn leave_agent(&mut self, offer: u64) {
        let Some(record) = self.state.assignment(offer) else {
            return;
        };
        if self.wraps_up(record) {
            let deadline_ms = self.now_ms + self.wrap_up_ms(record);
            self.emit(Kind::WrapUpStarted(j::WrapUpStarted { offer, deadline_ms }));
        } else {
            self.end_assignment(offer, AssignmentEnd::Finished);
        }
    }

    /// Whether its agent goes on to be taken by it when its contact has gone.
    pub fn wraps_up(&self, leg: &j::AssignmentRecord) -> bool {
        leg.stage() == AssignmentStage::Active && self.wrap_up_ms(leg) > 0
    }

    pub fn finish_wrap_up(&mut self, agent: &str, contact: &str) -> Answer {
        let agent = self.agent(agent)?;
        let number = agent.record.agent;
        let contact = self.contact(contact)?.contact;
        let legs = agent.work.iter().filter_map(|offer| self.state.assignment(*offer));
        let legs: Vec<&j::AssignmentRecord> = legs.filter(|leg| leg.contact == contact).collect();
        let wrap_up = legs.iter().find(|leg| leg.stage() == AssignmentStage::WrapUp).map(|leg| leg.offer);
        match wrap_up {
            Some(offer) => self.end_assignment(offer, AssignmentEnd::Finished),
            // It has ended by itself, or there was none.
            None if legs.is_empty() => {}
            None => {
                return Err(Refusal::precondition(
                    "NOT_IN_WRAP_UP",
                    "the contact is not in wrap-up; complete or transfer it first",
                ));
            }
        }
        Ok(Reply::Agent(number))
    }
}

fn offer_ended(offer: u64) -> Refusal {
    Refusal::precondition(
        "OFFER_ENDED",
        format!("offer {offer} is over: it lapsed, was withdrawn, or the contact is gone"),
    )
}
