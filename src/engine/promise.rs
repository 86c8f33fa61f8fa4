//! Commands about promises: making, changing, keeping them. What becomes of them by themselves is in
//! `follow_up.rs`. Whether a promise may be made is checked before anything happens, so that what brings it
//! (the completion of a contact) is refused with it or happens with it.

use crate::{
    engine::{
        command::{Hand, NewPromise, PromiseChange, PromiseDue, Reply},
        contact::not_held,
        limits::{ADMISSION_RETRY_MS, PROMISE_MOVES_MAX, PROMISES_OF_CONTACT_MAX, PROMISES_OPEN_MAX},
        matching::rings::Subject,
        refusal::Refusal,
        state::State,
        step::{Answer, Step},
    },
    plan::show_ms,
    proto::journal::{
        self as j, ContactEnd, ContactStage, DueSaid, PlanKind, PromiseEnd, PromiseStage, event::Kind,
    },
};

/// What may be promised, with nothing done yet.
pub enum Checked {
    /// This promise has been made.
    Known(u64),
    /// It may be made, with this gateway, which may have no number yet.
    New { record: Box<j::PromiseRecord>, gateway: String },
}

/// When a promise is due, and how that was said.
struct Due {
    at_ms: u64,
    said: DueSaid,
    said_ms: u64,
    /// The wall time that was said, if one was.
    said_wall_ms: Option<i64>,
}

impl Step<'_> {
    pub fn make_promise(&mut self, agent: &str, id: &str, promise: &NewPromise) -> Answer {
        let checked = self.check_promise(agent, id, promise)?;
        let promise = self.promise(checked)?;
        self.enter_if_due(promise);
        Ok(Reply::Promise(promise))
    }

    /// Whether the agent may promise this to the contact's customer.
    pub fn check_promise(&self, by: &str, id: &str, promise: &NewPromise) -> Result<Checked, Refusal> {
        let agent = self.agent(by)?.record.agent;
        if let Some(known) = self.state.promise_by_id(&promise.id) {
            if known.fingerprint == promise.fingerprint && known.contact_id == id {
                return Ok(Checked::Known(known.promise));
            }
            let message = format!("another promise has the id {}; choose a new one", promise.id);
            return Err(Refusal::exists("PROMISE_EXISTS", message));
        }
        let contact = self.contact(id)?;
        self.may_promise(agent, by, contact)?;
        let mut fields = Vec::new();
        let named = |kind, field: &str, id: &str, else_of: u32, fields: &mut Vec<(String, String)>| {
            if id.is_empty() { else_of } else { self.named(kind, field, id, fields) }
        };
        let queue = named(PlanKind::Queue, "promise.queue", &promise.queue, contact.queue, &mut fields);
        let channel =
            named(PlanKind::Channel, "promise.channel", &promise.channel, contact.channel, &mut fields);
        let agent = match promise.agent.as_str() {
            "" => agent,
            id => self.staff("promise.agent_id", id, &mut fields),
        };
        if fields.is_empty() {
            self.check_channel(queue, channel, "promise.channel", &mut fields);
        }
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        let due = self.due(promise.due, queue)?;
        let (category, groups) = (contact.category, &[][..]);
        self.check_servable(Subject { queue, channel, category, wants: None, groups, asking_agent: 0 })?;
        self.check_room(contact, &promise.gateway)?;
        let own = || State::own_case(contact.contact);
        let mut record = j::PromiseRecord {
            promise: self.state.last_promise + 1,
            id: promise.id.clone(),
            stage: PromiseStage::Pending.into(),
            fingerprint: promise.fingerprint,
            agent,
            queue,
            channel,
            gateway: contact.gateway,
            category: contact.category,
            language: contact.language.clone(),
            priority: promise.priority,
            case_id: if contact.case_id.is_empty() { own() } else { contact.case_id.clone() },
            contact: contact.contact,
            contact_id: contact.id.clone(),
            customer: contact.customer.as_deref().cloned(),
            note: promise.note.clone(),
            made_ms: self.now_ms,
            due_ms: due.at_ms,
            enter_ms: self.enter_ms(queue, channel, contact.category, due.at_ms),
            said: due.said.into(),
            said_ms: due.said_ms,
            said_wall_ms: due.said_wall_ms,
            ..j::PromiseRecord::default()
        };
        let gateway = self.state.gateway_by_id(&promise.gateway).unwrap_or(0);
        if promise.gateway.is_empty() || gateway == record.gateway {
            record.window = contact.window().filter(|_| contact.reaches_for(&record)).copied().map(Box::new);
        }
        Ok(Checked::New { record: Box::new(record), gateway: promise.gateway.clone() })
    }

    /// Who has the contact may promise, and who had it last as long as its ending may be corrected.
    fn may_promise(&self, agent: u32, by: &str, contact: &j::ContactRecord) -> Result<(), Refusal> {
        let leg = self.state.assignment(contact.offer);
        let held = leg.is_some_and(|leg| leg.agent == agent && leg.contact == contact.contact);
        let last = contact.last_agent() == agent;
        match contact.stage() {
            _ if contact.is_consult() => {
                let message = format!(
                    "{} is a consult, on which there is no customer; promises are made on the contact that it is \
                     about",
                    contact.id
                );
                Err(Refusal::precondition("PROMISE_ON_CONSULT", message))
            }
            ContactStage::Active if held => Ok(()),
            ContactStage::Parked if last => Ok(()),
            ContactStage::Closed if last => self.check_correctable(contact),
            _ => Err(not_held(by, &contact.id)),
        }
    }

    /// The agent of an id, who must be in the plan; a note in `fields` otherwise.
    pub fn staff(&self, field: &str, id: &str, fields: &mut Vec<(String, String)>) -> u32 {
        let agent = self.state.agent_by_id(id).filter(|agent| !agent.record.removed);
        agent.map_or_else(
            || {
                fields.push((field.to_owned(), format!("the plan has no such entry: {id}")));
                0
            },
            |agent| agent.record.agent,
        )
    }

    /// When a promise is due that is made or moved now. The one place where what was said becomes a time.
    fn due(&self, due: PromiseDue, queue: u32) -> Result<Due, Refusal> {
        let due = match due {
            PromiseDue::At(ms) => Due {
                at_ms: ms,
                said: DueSaid::Time,
                said_ms: ms,
                said_wall_ms: Some(self.state.wall_ms(ms)),
            },
            PromiseDue::After(ms) => Due {
                at_ms: self.now_ms.saturating_add(ms),
                said: DueSaid::After,
                said_ms: ms,
                said_wall_ms: None,
            },
            PromiseDue::BusinessAfter(ms) => {
                let at_ms = self.business_due(queue, ms)?;
                // What calendars say goes by the wall's clock.
                let said_wall_ms = Some(self.state.wall_ms(at_ms));
                Due { at_ms, said: DueSaid::BusinessAfter, said_ms: ms, said_wall_ms }
            }
        };
        if due.at_ms <= self.now_ms {
            let message = "a promise must be due in the future; choose another time";
            return Err(Refusal::precondition("PROMISE_IN_THE_PAST", message));
        }
        let horizon_ms = self.state.catalog.settings.promise_horizon_ms;
        if due.at_ms > self.now_ms + horizon_ms {
            let message =
                format!("promises are due within {} at most; choose another time", show_ms(horizon_ms));
            return Err(Refusal::precondition("PROMISE_BEYOND_HORIZON", message));
        }
        Ok(due)
    }

    /// Whether one more promise finds room.
    fn check_room(&self, contact: &j::ContactRecord, gateway: &str) -> Result<(), Refusal> {
        let full = |message: String| Refusal::exhausted("TOO_MANY_PROMISES", message, ADMISSION_RETRY_MS);
        if self.state.open_promises() >= PROMISES_OPEN_MAX {
            return Err(full(format!("{PROMISES_OPEN_MAX} promises are open; cancel some")));
        }
        // Not by its case, which may be another by now.
        let of_contact = (contact.contact, 0)..=(contact.contact, u64::MAX);
        if self.state.promises_made.range(of_contact).count() >= PROMISES_OF_CONTACT_MAX {
            let message = format!("{PROMISES_OF_CONTACT_MAX} promises of this contact are open; cancel some");
            return Err(full(message));
        }
        self.check_gateways(&[gateway])
    }

    /// When a promise that is due then enters its queue: as long before as contacts wait there at most.
    pub fn enter_ms(&self, queue: u32, channel: u32, category: u32, due_ms: u64) -> u64 {
        let subject = Subject { queue, channel, category, wants: None, groups: &[], asking_agent: 0 };
        self.now_ms.max(due_ms.saturating_sub(self.state.objective_ms(subject)))
    }

    /// Makes a promise that may be made. Whoever calls this lets it enter in the same step, if it is time.
    pub fn promise(&mut self, checked: Checked) -> Result<u64, Refusal> {
        let (mut record, gateway) = match checked {
            Checked::Known(promise) => return Ok(promise),
            Checked::New { record, gateway } => (record, gateway),
        };
        if !gateway.is_empty() {
            record.gateway = self.gateway_number(&gateway)?;
        }
        let (promise, case_id) = (record.promise, record.case_id.clone());
        let unnamed = self.state.contact(record.contact).is_some_and(|contact| contact.case_id.is_empty());
        let named = if unnamed { case_id.clone() } else { String::new() };
        self.emit(Kind::PromiseMade(j::PromiseMade { promise: Some(record), case_id: named }));
        self.not_settled(&case_id);
        Ok(promise)
    }

    pub fn change_promise(&mut self, by: Hand, id: &str, change: PromiseChange, reason: &str) -> Answer {
        let by = match by {
            Hand::Agent(id) => {
                j::PromiseHand { agent: self.agent(&id)?.record.agent, ..j::PromiseHand::default() }
            }
            Hand::Supervisor(supervisor) => j::PromiseHand { agent: 0, supervisor },
        };
        let record = self.state.promise_by_id(id).filter(|record| record.callback.is_none()).cloned();
        let record = record.ok_or_else(|| self.state.no_promise(id))?;
        if by.agent != 0 && by.agent != record.agent {
            let message = format!("promise {id} is another agent's; its agent or a supervisor may change it");
            return Err(Refusal::precondition("PROMISE_OF_ANOTHER_AGENT", message));
        }
        if record.stage() == PromiseStage::Ended {
            let message = format!("promise {id} has ended; read it again");
            return Err(Refusal::precondition("PROMISE_ENDED", message));
        }
        let in_line = |contact: &j::ContactRecord| {
            matches!(contact.stage(), ContactStage::Waiting | ContactStage::Offered)
        };
        if self.live_follow_up(&record).is_some_and(|contact| !in_line(contact)) {
            let message = format!("an agent has the follow-up of promise {id}; complete that");
            return Err(Refusal::precondition("PROMISE_IN_PROGRESS", message));
        }
        match change {
            PromiseChange::Move(due) => self.move_promise(&record, due, by, reason)?,
            PromiseChange::Reassign(agent) => self.reassign_promise(&record, &agent, by, reason)?,
            PromiseChange::Fulfil => {
                self.settle_follow_up(&record);
                self.fulfilled(record.promise, reason, Some(by));
            }
            PromiseChange::Cancel => {
                self.settle_follow_up(&record);
                self.end_promise(record.promise, PromiseEnd::Cancelled, reason, Some(by));
            }
        }
        Ok(Reply::Promise(record.promise))
    }

    fn live_follow_up(&self, record: &j::PromiseRecord) -> Option<&j::ContactRecord> {
        let follow_up = self.state.contact(record.follow_up);
        follow_up.filter(|contact| contact.stage() != ContactStage::Closed)
    }

    /// The follow-up of a promise that is settled otherwise, or later, ends.
    fn settle_follow_up(&mut self, record: &j::PromiseRecord) {
        if self.live_follow_up(record).is_some() {
            self.close(record.follow_up, ContactEnd::PromiseSettled, 0, 0);
        }
    }

    fn move_promise(
        &mut self,
        record: &j::PromiseRecord,
        due: PromiseDue,
        by: j::PromiseHand,
        reason: &str,
    ) -> Result<(), Refusal> {
        if record.moves >= PROMISE_MOVES_MAX {
            let message = format!("the promise has been moved {PROMISE_MOVES_MAX} times; keep or cancel it");
            return Err(Refusal::precondition("PROMISE_MOVED_TOO_OFTEN", message));
        }
        let due = self.due(due, record.queue)?;
        self.settle_follow_up(record);
        // It may have been past its time.
        self.note_broken(record.promise);
        self.emit(Kind::PromiseChanged(j::PromiseChanged {
            promise: record.promise,
            due_ms: due.at_ms,
            enter_ms: self.enter_ms(record.queue, record.channel, record.category, due.at_ms),
            said: due.said.into(),
            said_ms: due.said_ms,
            said_wall_ms: due.said_wall_ms,
            reason: reason.to_owned(),
            pending: record.stage() == PromiseStage::Entered,
            by: Some(by),
            ..j::PromiseChanged::default()
        }));
        self.enter_if_due(record.promise);
        Ok(())
    }

    fn reassign_promise(
        &mut self,
        record: &j::PromiseRecord,
        agent: &str,
        by: j::PromiseHand,
        reason: &str,
    ) -> Result<(), Refusal> {
        let mut fields = Vec::new();
        let to = self.staff("reassign_to", agent, &mut fields);
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        if to == record.agent {
            return Ok(());
        }
        let offered = self.live_follow_up(record).map(|contact| contact.offer);
        let offered = offered
            .filter(|offer| self.state.assignment(*offer).is_some_and(|leg| leg.agent == record.agent));
        if let Some(offer) = offered {
            self.end_offer(offer, j::OfferEnd::ContactMoved);
        }
        self.emit(Kind::PromiseChanged(j::PromiseChanged {
            promise: record.promise,
            agent: to,
            reason: reason.to_owned(),
            by: Some(by),
            ..j::PromiseChanged::default()
        }));
        Ok(())
    }
}

impl State {
    /// There is no promise of this id. It may be a callback's, which is not changed in this way.
    #[must_use]
    pub fn no_promise(&self, id: &str) -> Refusal {
        let why = match self.callback_by_id(id) {
            Some(_) => "it is a callback, which is changed by UpdateCallback",
            None => "it never was, or is no longer kept",
        };
        Refusal::not_found("PROMISE_NOT_FOUND", format!("there is no promise {id}: {why}"))
    }
}
