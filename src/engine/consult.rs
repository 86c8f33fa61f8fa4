//! Commands about consults: an agent asks a colleague about a contact, by a contact of its own whose parent is
//! that one. Owns how consults begin and end, and what becomes of them when either side is lost; must not match
//! them, which is done as for any contact.

use crate::{
    engine::{
        command::{ConsultAction, ConsultTarget, Reply, Wants},
        contact::{contact_closed, not_held},
        matching::rings::Subject,
        refusal::Refusal,
        step::{Answer, Step},
        transfer::named,
    },
    plan::model::{Requirement, SkillRanges},
    proto::journal::{
        self as j, AssignmentEnd, AssignmentStage, ContactEnd, ContactStage, LegEnd, OfferCause, OfferEnd,
        OfferTrigger, PlanKind, event::Kind,
    },
};

/// A consult that begins.
#[derive(Debug)]
pub struct NewConsult {
    /// Id of its own contact.
    pub id: String,
    /// Who is asked.
    pub target: ConsultTarget,
    /// What it is about.
    pub customer: j::Sealed,
    /// Of the request.
    pub fingerprint: u64,
}

/// Where a consult goes. Of one agent it never stands in the queue.
struct Asked {
    queue: u32,
    /// 0: whom the queue has.
    agent: u32,
    wants: Option<Box<j::Wants>>,
    entry: Option<j::QueueEntry>,
    unservable: bool,
}

impl Step<'_> {
    pub fn start_consult(&mut self, agent: &str, id: &str, new: NewConsult) -> Answer {
        if let Some(Reply::Enqueued { contact, .. }) = self.known_contact(&new.id, new.fingerprint)? {
            let about = self.state.contact(contact).map_or(0, |record| record.talk().parent);
            return Ok(Reply::Consult { consult: contact, contact: about });
        }
        let asking = self.agent(agent)?.record.agent;
        let about = self.contact(id)?;
        let leg = self.state.assignment(about.offer).filter(|_| about.stage() == ContactStage::Active);
        if leg.is_none_or(|leg| leg.agent != asking) {
            return Err(not_held(agent, id));
        }
        if about.is_consult() {
            let message = format!("{id} is a consult itself; ask about the contact that it is about");
            return Err(Refusal::precondition("CONSULT_OF_CONSULT", message));
        }
        if let Some(running) = self.state.contact(about.talk().consult) {
            let message = format!("consult {} about {id} is going on; end it first", running.id);
            return Err(Refusal::precondition("CONSULT_RUNNING", message));
        }
        let asked = match &new.target {
            ConsultTarget::Agent(agent) => self.ask_agent(asking, about, agent)?,
            ConsultTarget::Queue { queue, skills } => self.ask_queue(asking, about, queue, skills)?,
        };
        let (contact, asked_agent) = (about.contact, asked.agent);
        let consult = self.state.last_contact + 1;
        let event = j::ContactEnqueued {
            contact: consult,
            id: new.id,
            gateway: about.gateway,
            channel: about.channel,
            queue: asked.queue,
            language: about.language.clone(),
            priority: about.priority,
            customer: Some(new.customer).filter(|customer| !customer.data.is_empty()),
            wants: asked.wants,
            entry: asked.entry,
            unservable: asked.unservable,
            fingerprint: new.fingerprint,
            origin: Some(Box::new(j::Origin {
                parent: contact,
                asking_agent: asking,
                asked_agent,
                ..j::Origin::default()
            })),
            ..j::ContactEnqueued::default()
        };
        self.emit(Kind::ContactEnqueued(event));
        if asked_agent != 0 {
            self.offer(consult, &named(asked_agent), OfferCause::Consult, OfferTrigger::ByHand);
        }
        Ok(Reply::Consult { consult, contact })
    }

    /// A consult of one agent, who is offered it at once.
    fn ask_agent(&self, asking: u32, about: &j::ContactRecord, agent: &str) -> Result<Asked, Refusal> {
        let asked_agent = self.agent(agent)?.record.agent;
        if asked_agent == asking {
            return Err(consult_with_oneself());
        }
        self.check_agent(asked_agent, about.channel)?;
        self.admit(about.queue, false)?;
        Ok(Asked { queue: about.queue, agent: asked_agent, wants: None, entry: None, unservable: false })
    }

    /// A consult of anybody whom the queue, or the contact's own, has for these skills.
    fn ask_queue(
        &self,
        asking: u32,
        about: &j::ContactRecord,
        queue: &str,
        skills: &SkillRanges,
    ) -> Result<Asked, Refusal> {
        let mut fields = Vec::new();
        let (own, channel) = (about.queue, about.channel);
        let queue =
            if queue.is_empty() { own } else { self.named(PlanKind::Queue, "queue", queue, &mut fields) };
        let asked = Requirement { skills: skills.clone(), ..Requirement::default() };
        let wants = self.wants(&Wants { requirement: asked, ..Wants::default() }, &mut fields);
        if fields.is_empty() {
            self.check_channel(queue, channel, "queue", &mut fields);
        }
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        self.admit(queue, true)?;
        let subject = Subject {
            queue,
            channel,
            category: 0,
            wants: wants.as_deref(),
            groups: &[],
            asking_agent: asking,
        };
        let unservable = self.check_servable(subject)?;
        let entry = Some(self.state.entry(subject, 0, &[], self.now_ms));
        let entry = entry.filter(|entry| *entry != j::QueueEntry::default());
        Ok(Asked { queue, agent: 0, wants, entry, unservable })
    }

    pub fn change_consult(&mut self, agent: &str, id: &str, action: ConsultAction) -> Answer {
        let number = self.agent(agent)?.record.agent;
        let record = self.contact(id)?;
        if !record.is_consult() {
            return Err(Refusal::not_found("CONTACT_NOT_FOUND", format!("contact {id} is no consult")));
        }
        let (consult, talk) = (record.contact, record.talk());
        let contact = talk.parent;
        let asks = talk.asking_agent == number;
        let closed = record.stage() == ContactStage::Closed;
        // Who is only offered it has to accept or decline first.
        let leg = self.state.assignment(record.offer).filter(|leg| leg.stage() != AssignmentStage::Offered);
        let answers = leg.map_or(closed && record.last_agent() == number, |leg| leg.agent == number);
        let allowed = asks || (answers && action == ConsultAction::End);
        if !allowed {
            let about = self.state.contact(contact).map_or(id, |about| about.id.as_str());
            return Err(not_held(agent, if action == ConsultAction::End { id } else { about }));
        }
        let done = match action {
            ConsultAction::Join => !closed && talk.conference,
            ConsultAction::HandOver => closed && record.ended().end() == ContactEnd::ConsultHandedOver,
            ConsultAction::End => closed,
        };
        if done {
            return Ok(Reply::Consult { consult, contact });
        }
        if closed {
            return Err(contact_closed(id));
        }
        if action != ConsultAction::End && record.stage() != ContactStage::Active {
            let message = format!("nobody has answered consult {id} yet; wait, or end it");
            return Err(Refusal::precondition("CONSULT_NOT_ANSWERED", message));
        }
        match action {
            ConsultAction::Join => self.emit(Kind::ConsultJoined(j::ConsultJoined { consult })),
            ConsultAction::HandOver => {
                let Some(before) = self.hand_over(consult, LegEnd::HandedOver) else {
                    let message = "the colleague has signed out, but for this; transfer the contact instead";
                    return Err(Refusal::precondition("AGENT_NOT_AVAILABLE", message));
                };
                self.leave_agent(before);
            }
            ConsultAction::End => self.close(consult, ContactEnd::ConsultEnded, 0, 0),
        }
        Ok(Reply::Consult { consult, contact })
    }

    /// Gives the contact that an answered consult is about to the colleague, at once and with what the consult
    /// has taken of it. Returns the assignment of the agent who asked, which is to end; none: nothing is done,
    /// as the colleague's session is over.
    fn hand_over(&mut self, consult: u64, before_end: LegEnd) -> Option<u64> {
        let record = self.state.contact(consult)?;
        let about = self.state.contact(record.talk().parent)?;
        let (contact, before, epoch) = (about.contact, about.offer, about.epoch + 1);
        let leg = *self.state.assignment(record.offer)?;
        let colleague = &self.state.agent(leg.agent)?.record;
        if colleague.session == 0 || colleague.removed || leg.stage() != AssignmentStage::Active {
            return None;
        }
        self.close_consult(consult, ContactEnd::ConsultHandedOver);
        self.end_assignment(leg.offer, AssignmentEnd::HandedOver);
        self.emit(Kind::ConsultHandedOver(j::ConsultHandedOver {
            contact,
            offer: self.state.last_offer + 1,
            epoch,
            agent: leg.agent,
            units: leg.units,
            realtime: leg.realtime,
            interruptible: leg.interruptible,
            before,
            before_end: before_end.into(),
        }));
        Some(before)
    }

    /// Ends a consult but not its assignment, which the caller does.
    fn close_consult(&mut self, consult: u64, reason: ContactEnd) {
        let reason_told = reason.into();
        let event = j::ContactClosed { contact: consult, reason: reason_told, ..j::ContactClosed::default() };
        self.emit(Kind::ContactClosed(event));
        self.after_close(consult, reason);
    }

    /// What becomes of a contact whose agent's session is over: a consult ends; whose customer talks to a
    /// colleague as well is handed over to that one. False if neither is so, and nothing has been done.
    pub fn without_agent(&mut self, contact: u64) -> bool {
        let Some(record) = self.state.contact(contact) else {
            return false;
        };
        if record.is_consult() {
            self.close_consult(contact, ContactEnd::ConsultantLost);
            return true;
        }
        let consult = record.talk().consult;
        let joined = self.state.contact(consult).is_some_and(|record| record.talk().conference);
        joined && self.hand_over(consult, LegEnd::AgentLost).is_some()
    }

    /// Ends the consult of a contact, if it has one.
    pub fn end_consult_of(&mut self, contact: u64, reason: ContactEnd) {
        let consult = self.state.contact(contact).map_or(0, |record| record.talk().consult);
        if consult != 0 {
            self.close(consult, reason, 0, 0);
        }
    }

    /// An offer has come to nothing: a consult of the one agent to whom it was offered ends with it, as nobody
    /// else is to get it.
    pub fn after_consult_offer(&mut self, contact: u64, reason: OfferEnd) {
        let waits_for_one = self
            .state
            .contact(contact)
            .is_some_and(|record| record.talk().asked_agent != 0 && record.stage() == ContactStage::Waiting);
        // One that ends or goes elsewhere is taken care of there.
        if waits_for_one && !matches!(reason, OfferEnd::ContactEnded | OfferEnd::ContactMoved) {
            self.close(contact, ContactEnd::ConsultUnanswered, 0, 0);
        }
    }
}

/// Who asks can't be the one who answers.
pub(super) fn consult_with_oneself() -> Refusal {
    Refusal::precondition("CONSULT_WITH_ONESELF", "the agent asks for this consult itself; ask somebody else")
}
