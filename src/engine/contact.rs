//! Commands about contacts: coming in, changing, leaving, ending.

use crate::{
    engine::{
        command::{Ending, Enqueue, NewPromise, Reply, Update},
        matching::rings::Subject,
        refusal::Refusal,
        schedule::Hours,
        state::State,
        step::{Answer, Step},
    },
    plan::{model::ChannelKind, show_ms},
    proto::journal::{self as j, AssignmentStage, ContactEnd, ContactStage, OfferEnd, PlanKind, event::Kind},
};

/// What a contact that comes in names, by numbers.
struct Asked {
    channel: u32,
    category: u32,
    queue: u32,
    wants: Option<Box<j::Wants>>,
}

impl Step<'_> {
    /// The contact of an id.
    pub fn contact(&self, id: &str) -> Result<&j::ContactRecord, Refusal> {
        self.state.contact_by_id(id).ok_or_else(|| no_contact(self.state, id))
    }

    /// The number of a name of the plan; 0 for an empty name, a note in `fields` for an unknown one.
    pub fn named(&self, kind: PlanKind, field: &str, id: &str, fields: &mut Vec<(String, String)>) -> u32 {
        if id.is_empty() {
            return 0;
        }
        let catalog = &self.state.catalog;
        let known = self.state.names.number(kind, id).filter(|number| match kind {
            PlanKind::Channel => catalog.channels.contains_key(number),
            PlanKind::Queue => catalog.queues.contains_key(number),
            PlanKind::Category => catalog.categories.contains_key(number),
            PlanKind::Skill => catalog.skills.contains_key(number),
            PlanKind::Group => catalog.groups.contains_key(number),
            PlanKind::Disposition => catalog.dispositions.contains_key(number),
            _ => false,
        });
        known.unwrap_or_else(|| {
            fields.push((field.to_owned(), format!("the plan has no such entry: {id}")));
            0
        })
    }

    /// What to answer if the id of a contact that comes in is taken: the contact, if it is the same.
    pub fn known_contact(&self, id: &str, fingerprint: u64) -> Result<Option<Reply>, Refusal> {
        if let Some(record) = self.state.contact_by_id(id) {
            return if record.fingerprint == fingerprint {
                Ok(Some(Reply::Enqueued { contact: record.contact, created: false }))
            } else {
                Err(Refusal::exists(
                    "CONTACT_EXISTS",
                    format!("another contact has the id {id}; choose a new one"),
                ))
            };
        }
        if self.state.compacted(id) {
            return Err(Refusal::exists(
                "CONTACT_COMPACTED",
                format!("a contact with the id {id} has ended already; choose a new one"),
            ));
        }
        Ok(None)
    }

    pub fn enqueue(&mut self, enqueue: Enqueue) -> Answer {
        if let Some(reply) = self.known_contact(&enqueue.id, enqueue.fingerprint)? {
            return Ok(reply);
        }
        let Asked { channel, category, mut queue, wants } = self.asked(&enqueue)?;
        let with_bot = !enqueue.bot.is_empty();
        // Who begins with a bot comes to the queue only later.
        let mut hours = Hours { queue, held: 0, overflowed_from: 0 };
        if !with_bot {
            hours = self.admit_hours(queue, channel)?;
            queue = hours.queue;
        }
        // Whose customer has a place in line already takes that place, and needs no other.
        let customer = enqueue.customer.lookup;
        let absorbed = self.state.callback_to_absorb(queue, customer).filter(|_| !with_bot);
        let in_line = absorbed.is_some_and(|promise| self.state.callback_in_line(promise));
        self.admit(queue, !with_bot && !in_line)?;
        let subject =
            Subject { queue, channel, category, wants: wants.as_deref(), groups: &[], asking_agent: 0 };
        let unservable = self.check_servable(subject)?;
        let case_id = self.case_of(&enqueue);
        let known_agent = self.known_agent(&case_id);
        let window = self.first_window(channel, enqueue.by_action);
        let arrival_ms = absorbed.map_or(0, |promise| self.state.arrival_for(promise, self.now_ms));
        let since_ms = if arrival_ms == 0 { self.now_ms } else { arrival_ms };
        let (expected_ms, bound_ms, ahead) =
            if with_bot { (0, 0, 0) } else { self.predicted(subject, enqueue.priority, since_ms) };
        let entry = self.first_entry(subject, known_agent, hours.held, arrival_ms).filter(|_| !with_bot);
        // Both or neither: a refusal leaves no trace.
        self.check_gateways(&[&enqueue.gateway, &enqueue.bot])?;
        let gateway = self.gateway_number(&enqueue.gateway)?;
        let bot = if with_bot { self.gateway_number(&enqueue.bot)? } else { 0 };
        let origin = with_bot.then(|| Box::new(j::Origin { bot, ..j::Origin::default() }));
        let contact = self.state.last_contact + 1;
        self.emit(Kind::ContactEnqueued(j::ContactEnqueued {
            contact,
            id: enqueue.id,
            gateway,
            channel,
            queue,
            category,
            language: enqueue.language,
            case_id,
            priority: enqueue.priority,
            wants,
            customer: Some(enqueue.customer).filter(|customer| !customer.data.is_empty()),
            fingerprint: enqueue.fingerprint,
            entry,
            known_agent,
            unservable,
            skills: Vec::new(),
            origin,
            window,
            overflowed_from: hours.overflowed_from,
            expected_ms,
            bound_ms,
            ahead,
        }));
        if let Some(promise) = absorbed {
            self.absorb(contact, promise);
        }
        self.came_again(contact);
        Ok(Reply::Enqueued { contact, created: true })
    }

    /// What a contact that comes in names.
    fn asked(&self, enqueue: &Enqueue) -> Result<Asked, Refusal> {
        let mut fields = Vec::new();
        let channel = self.named(PlanKind::Channel, "channel", &enqueue.channel, &mut fields);
        let category = self.named(PlanKind::Category, "category", &enqueue.category, &mut fields);
        let queue = self.asked_queue(enqueue, category, &mut fields);
        let wants = self.wants(&enqueue.wants, &mut fields);
        self.check_case(&enqueue.case_id, &mut fields);
        if enqueue.by_action {
            self.check_clicked(channel, &mut fields);
        }
        if fields.is_empty() {
            self.check_channel(queue, channel, "channel", &mut fields);
        }
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        Ok(Asked { channel, category, queue, wants })
    }

    /// How a contact that comes in enters its queue; none: as most do.
    fn first_entry(
        &self,
        subject: Subject<'_>,
        known_agent: u32,
        held: u32,
        arrival_ms: u64,
    ) -> Option<j::QueueEntry> {
        let entry = self.state.entry(subject, known_agent, &[], self.now_ms);
        Some(j::QueueEntry { held, arrival_ms, ..entry }).filter(|entry| *entry != j::QueueEntry::default())
    }

    /// Whether a contact of the channel can come by a click.
    fn check_clicked(&self, channel: u32, fields: &mut Vec<(String, String)>) {
        let channel = self.state.catalog.channels.get(&channel);
        if channel.is_some_and(|channel| channel.kind != ChannelKind::Messaging) {
            fields.push(("by_action".to_owned(), "goes with messaging channels only".to_owned()));
        }
    }

    /// The queue that a contact names, or that of its category.
    fn asked_queue(&self, enqueue: &Enqueue, category: u32, fields: &mut Vec<(String, String)>) -> u32 {
        if !enqueue.queue.is_empty() {
            return self.named(PlanKind::Queue, "queue", &enqueue.queue, fields);
        }
        if enqueue.category.is_empty() {
            fields.push(("queue".to_owned(), "or `category` is required".to_owned()));
        }
        self.state.catalog.categories.get(&category).map_or(0, |category| category.queue)
    }

    pub fn check_channel(&self, queue: u32, channel: u32, field: &str, fields: &mut Vec<(String, String)>) {
        let accepts =
            self.state.catalog.queues.get(&queue).is_some_and(|queue| queue.channels.contains(&channel));
        if !accepts {
            let (queue, channel) = (self.state.names.id(queue), self.state.names.id(channel));
            fields.push((field.to_owned(), format!("queue {queue} does not accept channel {channel}")));
        }
    }

    pub fn update(&mut self, id: &str, update: Update) -> Answer {
        let record = self.contact(id)?;
        let contact = record.contact;
        if record.stage() == ContactStage::Closed {
            return Err(contact_closed(id));
        }
        let mut fields = Vec::new();
        let category =
            update.category.as_ref().map(|id| self.named(PlanKind::Category, "category", id, &mut fields));
        let wants = self.changed_wants(record, &update, &mut fields);
        self.check_case(update.case_id.as_deref().unwrap_or_default(), &mut fields);
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        let now = Subject::of(record);
        let subject = Subject {
            category: category.unwrap_or(record.category),
            wants: wants.as_deref().or(now.wants),
            ..now
        };
        let asks_anew = wants.is_some() || category.is_some();
        let unservable = if asks_anew { self.check_servable(subject)? } else { record.unservable };
        self.emit(Kind::ContactUpdated(j::ContactUpdated {
            contact,
            priority: update.priority,
            language: update.language,
            case_id: update.case_id,
            category,
            wants,
            customer: update.customer,
            unservable,
            skills: None,
        }));
        Ok(Reply::Contact(contact))
    }

    pub fn cancel(&mut self, id: &str) -> Answer {
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        let reason = ended_by(record, ContactEnd::CustomerLeft);
        if stage != ContactStage::Closed && !self.called_customer_gone(contact) {
            self.close(contact, reason, 0, 0);
        }
        Ok(Reply::Contact(contact))
    }

    /// The contact has waited for as long as its queue allows, if all of the time counted.
    pub fn max_wait_over(&mut self, contact: u64) {
        if self.state.waited_too_long(contact, self.now_ms) {
            self.close(contact, ContactEnd::WaitLimit, 0, 0);
        } else {
            self.state.wait_on(contact);
        }
    }

    /// Ends a live contact: its offer is over, its agent goes into wrap-up.
    pub fn close(&mut self, contact: u64, reason: ContactEnd, disposition: u32, resolution: u32) {
        self.end_consult_of(contact, ContactEnd::ParentEnded);
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let (stage, offer) = (record.stage(), record.offer);
        if stage == ContactStage::Offered {
            self.end_offer(offer, OfferEnd::ContactEnded);
        }
        let (case_id, judged_ms) = self.closing_case(contact);
        self.emit(Kind::ContactClosed(j::ContactClosed {
            contact,
            reason: reason.into(),
            disposition,
            resolution,
            case_id,
            judged_ms,
        }));
        if matches!(stage, ContactStage::Connecting | ContactStage::Active) {
            self.leave_agent(offer);
        }
        self.judge_end(contact, resolution);
        self.after_close(contact, reason);
    }

    fn disposition(&self, ending: &Ending) -> Result<u32, Refusal> {
        let mut fields = Vec::new();
        let disposition = self.named(PlanKind::Disposition, "disposition", &ending.disposition, &mut fields);
        if fields.is_empty() { Ok(disposition) } else { Err(Refusal::invalid(fields)) }
    }

    pub fn complete_by_gateway(&mut self, id: &str, ending: &Ending) -> Answer {
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        let reason = ended_by(record, ContactEnd::GatewayCompleted);
        let disposition = self.disposition(ending)?;
        match stage {
            ContactStage::Active | ContactStage::Parked => {
                self.close(contact, reason, disposition, ending.resolution);
            }
            ContactStage::WithBot => return Err(contact_with_bot(id)),
            ContactStage::Closed => self.correct(contact, disposition, ending.resolution)?,
            _ => return Err(not_answered()),
        }
        Ok(Reply::Contact(contact))
    }

    pub fn complete_by_agent(
        &mut self,
        agent: &str,
        id: &str,
        ending: &Ending,
        promise: Option<&NewPromise>,
    ) -> Answer {
        let number = self.agent(agent)?.record.agent;
        let record = self.contact(id)?;
        let (contact, stage, last_agent) = (record.contact, record.stage(), record.last_agent());
        let reason = ended_by(record, ContactEnd::AgentCompleted);
        let held = self.state.assignment(record.offer).is_some_and(|leg| leg.agent == number);
        let disposition = self.disposition(ending)?;
        match stage {
            ContactStage::Closed | ContactStage::Parked if last_agent == number => {}
            ContactStage::Active if held => {}
            ContactStage::Connecting | ContactStage::Offered if held => return Err(not_answered()),
            _ => return Err(not_held(agent, id)),
        }
        // All of it is checked before any of it happens.
        let checked = promise.map(|promise| self.check_promise(agent, id, promise)).transpose()?;
        if stage == ContactStage::Closed {
            self.correction(contact, disposition, ending.resolution)?;
        }
        let made = checked.map(|checked| self.promise(checked)).transpose()?;
        if stage == ContactStage::Closed {
            self.correct(contact, disposition, ending.resolution)?;
        } else {
            self.promise_reached(contact);
            self.close(contact, reason, disposition, ending.resolution);
        }
        if let Some(promise) = made {
            self.enter_if_due(promise);
        }
        Ok(Reply::Contact(contact))
    }

    /// Sets disposition and resolution of a contact that has ended, while that is allowed.
    fn correct(&mut self, contact: u64, disposition: u32, resolution: u32) -> Result<(), Refusal> {
        if let Some(correction) = self.correction(contact, disposition, resolution)? {
            let resolution = correction.resolution;
            self.emit(Kind::DispositionRecorded(correction));
            self.judge_correction(contact, resolution);
        }
        Ok(())
    }

    /// What a correction comes to; none: it changes nothing.
    fn correction(
        &self,
        contact: u64,
        disposition: u32,
        resolution: u32,
    ) -> Result<Option<j::DispositionRecorded>, Refusal> {
        let Some(record) = self.state.contact(contact) else {
            return Ok(None);
        };
        let ended = record.ended();
        let nothing_new = (disposition == 0 || disposition == ended.disposition)
            && (resolution == 0 || resolution == ended.resolution);
        if nothing_new {
            return Ok(None);
        }
        self.check_correctable(record)?;
        let disposition = if disposition == 0 { ended.disposition } else { disposition };
        let resolution = if resolution == 0 { ended.resolution } else { resolution };
        Ok(Some(j::DispositionRecorded { contact, disposition, resolution }))
    }

    /// Whether what became of a contact that has ended may still be added to.
    pub fn check_correctable(&self, record: &j::ContactRecord) -> Result<(), Refusal> {
        let wrapping_up =
            self.state.assignment(record.offer).is_some_and(|leg| leg.stage() == AssignmentStage::WrapUp);
        let window_ms = self.state.catalog.settings.correction_window_ms;
        if !wrapping_up && self.now_ms > record.ended().closed_ms + window_ms {
            return Err(Refusal::precondition(
                "CORRECTION_WINDOW_OVER",
                format!("the contact ended more than {} ago", show_ms(window_ms)),
            ));
        }
        Ok(())
    }
}

/// There is no contact of this id, any more or at all.
pub(crate) fn no_contact(state: &State, id: &str) -> Refusal {
    if state.compacted(id) {
        Refusal::not_found("CONTACT_COMPACTED", format!("contact {id} has ended and is no longer kept"))
    } else {
        Refusal::not_found("CONTACT_NOT_FOUND", format!("there is no contact {id}"))
    }
}

pub(super) fn contact_closed(id: &str) -> Refusal {
    Refusal::precondition("CONTACT_CLOSED", format!("contact {id} has ended"))
}

pub(super) fn contact_with_bot(id: &str) -> Refusal {
    Refusal::precondition(
        "CONTACT_WITH_BOT",
        format!("contact {id} is with a bot; the bot returns it, or a supervisor requeues it"),
    )
}

/// Why a contact ends that somebody ends: there is no customer on a consult.
pub(super) fn ended_by(record: &j::ContactRecord, reason: ContactEnd) -> ContactEnd {
    if record.is_consult() { ContactEnd::ConsultEnded } else { reason }
}

fn not_answered() -> Refusal {
    Refusal::precondition(
        "CONTACT_NOT_ANSWERED",
        "nobody has answered the contact yet; cancel it if the customer left",
    )
}

pub(super) fn not_held(agent: &str, contact: &str) -> Refusal {
    Refusal::precondition("CONTACT_NOT_HELD", format!("agent {agent} does not have contact {contact}"))
}
