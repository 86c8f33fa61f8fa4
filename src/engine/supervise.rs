//! Commands by which a supervisor takes a contact in hand, whatever it is doing. Everything is checked before
//! the first event, and who did it and why is on the record before what was done.

use crate::{
    engine::{
        command::{Intervention, Reply, Update},
        contact::contact_closed,
        matching::{choice::Chosen, eligible::Hindrance, rings::Subject},
        refusal::Refusal,
        step::{Answer, Step},
        transfer::{Move, named},
    },
    proto::journal::{
        self as j, ContactEnd, ContactStage, InterventionKind, LeftBot, OfferCause, OfferEnd, OfferTrigger,
        PlanKind, TransferReason, event::Kind,
    },
};

/// Who intervenes, and why.
#[derive(Clone, Copy)]
struct By<'a> {
    supervisor: &'a str,
    reason: &'a str,
}

impl Step<'_> {
    pub fn intervene(&mut self, id: &str, supervisor: &str, reason: &str, action: Intervention) -> Answer {
        let by = By { supervisor, reason };
        match action {
            Intervention::Requeue { queue, fresh } => self.requeue(id, by, &queue, fresh),
            Intervention::Reassign { agent, override_requirements } => {
                self.reassign(id, by, &agent, override_requirements)
            }
            Intervention::End { disposition } => self.end(id, by, &disposition),
            Intervention::Change(update) => self.change(id, by, &update),
        }
    }

    fn put_on_record(&mut self, contact: u64, kind: InterventionKind, by: By<'_>) {
        self.emit(Kind::ContactIntervened(j::ContactIntervened {
            contact,
            kind: kind.into(),
            supervisor: by.supervisor.to_owned(),
            reason: by.reason.to_owned(),
        }));
    }

    /// Back into a queue, from an agent, a bot, or where it is parked.
    fn requeue(&mut self, id: &str, by: By<'_>, queue: &str, fresh: bool) -> Answer {
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        if stage == ContactStage::Closed {
            return Err(contact_closed(id));
        }
        let mut fields = Vec::new();
        let to = match queue {
            "" => record.queue,
            queue => self.named(PlanKind::Queue, "queue", queue, &mut fields),
        };
        // It may stay where it is, whatever has become of the queue.
        if fields.is_empty() && to != record.queue {
            self.check_channel(to, record.channel, "queue", &mut fields);
        }
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        if to != record.queue {
            self.check_servable(Subject { queue: to, ..Subject::of(record) })?;
        }
        self.put_on_record(contact, InterventionKind::Requeued, by);
        if stage == ContactStage::WithBot {
            self.take_from_bot(contact, LeftBot::Supervisor, to, fresh);
        } else {
            self.move_to(contact, Move { fresh, ..Move::to(to, TransferReason::Requeued) });
        }
        Ok(Reply::Contact(contact))
    }

    /// To another agent, who is offered it.
    fn reassign(&mut self, id: &str, by: By<'_>, agent: &str, override_requirements: bool) -> Answer {
        let number = self.agent(agent)?.record.agent;
        let record = self.contact(id)?;
        let (contact, stage, queue, offer) = (record.contact, record.stage(), record.queue, record.offer);
        if stage == ContactStage::Closed {
            return Err(contact_closed(id));
        }
        if record.talk().asking_agent == number {
            let message = format!("agent {agent} asks for this consult; choose another agent");
            return Err(Refusal::precondition("CONSULT_WITH_ONESELF", message));
        }
        let offered = stage == ContactStage::Offered;
        if offered && self.state.assignment(offer).is_some_and(|leg| leg.agent == number) {
            return Ok(Reply::Contact(contact));
        }
        self.check_receiver(record, number, record.channel)?;
        let advice = "override_requirements offers it anyway";
        self.check_fits(contact, number, advice, |why| {
            why.is_requirement() && !override_requirements || why == Hindrance::GatewayAway
        })?;
        self.put_on_record(contact, InterventionKind::Reassigned, by);
        match stage {
            ContactStage::Waiting => {}
            ContactStage::Offered => self.end_offer(offer, OfferEnd::ContactMoved),
            ContactStage::WithBot => self.take_from_bot(contact, LeftBot::Supervisor, queue, false),
            _ => self.move_to(contact, Move::to(queue, TransferReason::Reassigned)),
        }
        self.offer_by_hand(contact, &named(number), OfferCause::Assigned);
        Ok(Reply::Contact(contact))
    }

    fn end(&mut self, id: &str, by: By<'_>, disposition: &str) -> Answer {
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        let mut fields = Vec::new();
        let disposition = self.named(PlanKind::Disposition, "disposition", disposition, &mut fields);
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        if stage != ContactStage::Closed {
            self.put_on_record(contact, InterventionKind::Ended, by);
            self.close(contact, ContactEnd::SupervisorEnded, disposition, 0);
        }
        Ok(Reply::Contact(contact))
    }

    /// Category and priority, in the queue that it is in.
    fn change(&mut self, id: &str, by: By<'_>, update: &Update) -> Answer {
        let record = self.contact(id)?;
        let contact = record.contact;
        if record.stage() == ContactStage::Closed {
            return Err(contact_closed(id));
        }
        let mut fields = Vec::new();
        let category =
            update.category.as_ref().map(|id| self.named(PlanKind::Category, "category", id, &mut fields));
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        let unservable = match category {
            Some(category) => self.check_servable(Subject { category, ..Subject::of(record) })?,
            None => record.unservable,
        };
        self.put_on_record(contact, InterventionKind::Changed, by);
        self.emit(Kind::ContactUpdated(j::ContactUpdated {
            contact,
            priority: update.priority,
            category,
            unservable,
            ..j::ContactUpdated::default()
        }));
        Ok(Reply::Contact(contact))
    }

    /// Offers a contact to an agent whom somebody has named, if it still waits: taking it from where it was may
    /// have ended it.
    pub fn offer_by_hand(&mut self, contact: u64, chosen: &Chosen, cause: OfferCause) {
        if self.state.contact(contact).is_some_and(|record| record.stage() == ContactStage::Waiting) {
            self.offer(contact, chosen, cause, OfferTrigger::ByHand);
        }
    }
}
