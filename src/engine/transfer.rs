//! Commands that move a contact: transfers to a queue or an agent, a supervisor's assignment. An agent is
//! given a contact by hand only through the same check of presence and capacity as by matching.

use crate::{
    engine::{
        catalog::ChannelInfo,
        command::{ByChannel, Reply, Target},
        consult::consult_with_oneself,
        contact::{contact_closed, contact_with_bot, not_held},
        matching::{choice::Chosen, eligible::Hindrance, hindrance::can_take, rings::Subject},
        refusal::Refusal,
        schedule::Hours,
        step::{Answer, Step},
    },
    plan::model::TransferAge,
    proto::journal::{
        self as j, AgentRule, ContactEnd, ContactStage, OfferEnd, PlanKind, TransferReason, event::Kind,
    },
};

/// Where a contact is moved, and how.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// The queue.
    pub queue: u32,
    /// Why.
    pub reason: TransferReason,
    /// Its age begins anew, whatever the queue says.
    pub fresh: bool,
    /// The channel and the gateway by which it goes on; 0: as before.
    pub by: (u32, u32),
    /// What the hours of queues make of it.
    pub hours: Hours,
}

impl Move {
    /// To a queue.
    pub fn to(queue: u32, reason: TransferReason) -> Self {
        Self { queue, reason, fresh: false, by: (0, 0), hours: Hours { queue, ..Hours::default() } }
    }
}

/// A transfer by the plan's numbers.
struct Resolved {
    queue: u32,
    agent: Option<u32>,
    /// The channel by which it goes on, which may be the one by which it is there.
    channel: u32,
}

impl Step<'_> {
    pub fn transfer(
        &mut self,
        by: Option<&str>,
        id: &str,
        target: &Target,
        other_channel: Option<&ByChannel>,
    ) -> Answer {
        self.check_transferable(by, id)?;
        let to = self.resolve(id, target, other_channel)?;
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        let here = self.state.gateway_id(record.gateway);
        let other_channel =
            other_channel.filter(|other| to.channel != record.channel || other.gateway != here);
        if let Some(agent) = to.agent {
            self.check_receiver(record, agent, to.channel)?;
        } else if other_channel.is_none() && to.queue == record.queue && stage == ContactStage::Waiting {
            return Ok(Reply::Contact(contact));
        }
        let max = self.state.catalog.settings.transfers_max;
        if record.talk().transfers >= max {
            let message = format!(
                "contact {id} has been transferred {max} times; complete it, or let a supervisor requeue it"
            );
            return Err(Refusal::precondition("TRANSFER_LOOP", message));
        }
        // Whoever is given it by name is asked whatever the hours.
        let hours = match to.agent {
            Some(_) => Hours { queue: to.queue, held: self.held_by_itself(to.queue), overflowed_from: 0 },
            None => self.admit_hours(to.queue, to.channel)?,
        };
        let queue = hours.queue;
        self.check_servable(Subject { queue, channel: to.channel, ..Subject::of(record) })?;
        let by = match other_channel {
            Some(other) => (to.channel, self.gateway_number(&other.gateway)?),
            None => (0, 0),
        };
        self.move_to(contact, Move { by, hours, ..Move::to(queue, TransferReason::Requested) });
        if let Some(agent) = to.agent {
            self.offer_by_hand(contact, &named(agent), j::OfferCause::Transfer);
        }
        Ok(Reply::Contact(contact))
    }

    /// Whether the gateway (no agent) or the agent may transfer the contact as it is.
    fn check_transferable(&self, by: Option<&str>, id: &str) -> Result<(), Refusal> {
        let record = self.contact(id)?;
        let stage = record.stage();
        if stage == ContactStage::Closed {
            return Err(contact_closed(id));
        }
        if record.is_consult() {
            let message = format!("{id} is a consult; end it, or have the contact handed over");
            return Err(Refusal::precondition("CONTACT_NOT_FOR_TRANSFER", message));
        }
        if let Some(by) = by {
            let number = self.agent(by)?.record.agent;
            // An offer is to be accepted or declined first.
            let held = |leg: &j::AssignmentRecord| leg.agent == number && stage != ContactStage::Offered;
            if !self.state.assignment(record.offer).is_some_and(held) {
                return Err(not_held(by, id));
            }
        }
        if stage == ContactStage::WithBot {
            return Err(contact_with_bot(id));
        }
        Ok(())
    }

    /// Where a transfer goes, by numbers.
    fn resolve(
        &self,
        id: &str,
        target: &Target,
        other_channel: Option<&ByChannel>,
    ) -> Result<Resolved, Refusal> {
        let record = self.contact(id)?;
        let mut fields = Vec::new();
        let (queue, agent) = match target {
            Target::Queue(id) => (self.named(PlanKind::Queue, "target.queue", id, &mut fields), None),
            Target::Agent { agent, fallback } => {
                let to = self.named(PlanKind::Queue, "target.fallback_queue", fallback, &mut fields);
                (if fallback.is_empty() { record.queue } else { to }, Some(self.agent(agent)?.record.agent))
            }
        };
        let channel = other_channel.map_or(record.channel, |other| {
            self.named(PlanKind::Channel, "target.channel", &other.channel, &mut fields)
        });
        if fields.is_empty() {
            let field = match agent {
                _ if other_channel.is_some() => "target.channel",
                Some(_) => "target.fallback_queue",
                None => "target.queue",
            };
            self.check_channel(queue, channel, field, &mut fields);
        }
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        if let Some(other) = other_channel.filter(|other| self.would_be_lost(channel, &other.gateway)) {
            let message = format!("gateway {} is not there, and calls don't wait for it", other.gateway);
            return Err(Refusal::precondition("GATEWAY_LOST", message));
        }
        Ok(Resolved { queue, agent, channel })
    }

    /// Whether a contact that came by this channel and gateway now would be lost at once.
    fn would_be_lost(&self, channel: u32, gateway: &str) -> bool {
        let gateway = self.state.gateway_by_id(gateway);
        let channel = self.state.catalog.channels.get(&channel);
        gateway.is_some_and(|gateway| self.state.gateway_lost(gateway))
            && channel.is_some_and(ChannelInfo::realtime)
    }

    /// Moves a live contact to a queue; an agent who has it goes into wrap-up. Its age is kept, unless somebody
    /// wants it otherwise.
    pub fn move_to(&mut self, contact: u64, to: Move) {
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let (stage, offer) = (record.stage(), record.offer);
        if stage == ContactStage::Offered {
            self.end_offer(offer, OfferEnd::ContactMoved);
        }
        self.end_consult_of(contact, ContactEnd::ParentMoved);
        // With its offer, a consult may have ended.
        let Some(record) =
            self.state.contact(contact).filter(|record| record.stage() != ContactStage::Closed)
        else {
            return;
        };
        let Move { queue, reason, fresh, by: (channel, gateway), hours } = to;
        let elsewhere = queue != record.queue;
        let subject = Subject { queue, ..Subject::of(record) };
        let subject = if channel == 0 { subject } else { Subject { channel, ..subject } };
        // From whomever it is taken away, that agent is not to get it back.
        let by_itself = matches!(
            reason,
            TransferReason::QueueRemoved | TransferReason::QueueClosed | TransferReason::Overflowed
        );
        let known = if by_itself { record.known_agent } else { 0 };
        let mut entry = self.state.entry(subject, known, record.exclusions(), self.now_ms);
        hours.enter(&mut entry);
        if fresh || self.begins_anew(queue, reason) {
            entry.arrival_ms = self.now_ms.max(1);
        }
        let absorbed = if elsewhere { self.place_of_callback(record, queue, &mut entry) } else { None };
        self.predict(&mut entry, record, subject);
        // What may be sent by a channel is the customer's doing there: by another gateway it stays.
        let window = match channel {
            0 => None,
            same if same == record.channel => record.window().copied(),
            other => self.unopened_window(other),
        };
        self.emit(Kind::ContactTransferred(j::ContactTransferred {
            contact,
            queue,
            reason: reason.into(),
            entry: Some(entry),
            channel,
            gateway,
            window,
        }));
        if matches!(stage, ContactStage::Connecting | ContactStage::Active) {
            self.leave_agent(offer);
        }
        if elsewhere {
            self.resume_callback(contact);
        }
        if let Some(promise) = absorbed {
            self.absorb(contact, promise);
        }
    }

    /// Whether what is transferred into the queue waits there as if it had just come in. Whom a supervisor gives
    /// to another agent, and who has to leave a queue that is gone, has lost nothing of its place.
    fn begins_anew(&self, queue: u32, reason: TransferReason) -> bool {
        let rule = self.state.catalog.queues.get(&queue).map(|queue| queue.transfer_age);
        rule == Some(TransferAge::Fresh)
            && matches!(reason, TransferReason::Requested | TransferReason::Requeued)
    }

    /// Whether a contact of the channel can be given to the agent by hand.
    pub fn check_agent(&self, agent: u32, channel: u32) -> Result<(), Refusal> {
        self.check_agent_without(agent, channel, None)
    }

    /// The same for a contact that is taken from where it is: whoever has it can't be given it, and who is asked
    /// about it is free of the consult by then. Nobody can while its customer is still to be dialled.
    pub fn check_receiver(&self, record: &j::ContactRecord, agent: u32, channel: u32) -> Result<(), Refusal> {
        if self.state.assignment(record.offer).is_some_and(|leg| leg.agent == agent) {
            return Err(Refusal::precondition("AGENT_HAS_CONTACT", "the agent has this contact already"));
        }
        if let Some(agent) = self.state.agent(agent).filter(|_| record.awaits_dialling()) {
            let text = self.state.hindrance_text(Hindrance::NotDialled, agent, self.now_ms);
            return Err(Refusal::precondition("AGENT_NOT_AVAILABLE", format!("the agent {text}")));
        }
        let consult = self.state.contact(record.talk().consult);
        let asked = consult.and_then(|consult| self.state.assignment(consult.offer));
        self.check_agent_without(
            agent,
            channel,
            asked.filter(|leg| leg.agent == agent && !self.wraps_up(leg)),
        )
    }

    /// `ends`: an assignment of the agent that ends before.
    fn check_agent_without(
        &self,
        agent: u32,
        channel: u32,
        ends: Option<&j::AssignmentRecord>,
    ) -> Result<(), Refusal> {
        let (Some(agent), Some(channel)) =
            (self.state.agent(agent), self.state.catalog.channels.get(&channel))
        else {
            return Err(Refusal::not_found("AGENT_NOT_FOUND", "the plan has no such agent"));
        };
        let mut load = agent.load.clone();
        ends.into_iter().for_each(|leg| load.remove(leg));
        can_take(agent, &load, channel).map_err(|why| {
            let text = self.state.hindrance_text(why, agent, self.now_ms);
            Refusal::precondition("AGENT_NOT_AVAILABLE", format!("the agent {text}"))
        })
    }

    pub fn assign(&mut self, id: &str, agent: &str, override_requirements: bool) -> Answer {
        let number = self.agent(agent)?.record.agent;
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        let offer = record.offer;
        if stage == ContactStage::WithBot {
            let message = format!("contact {id} is with a bot; requeue or reassign it");
            return Err(Refusal::precondition("CONTACT_WITH_BOT", message));
        }
        if !matches!(stage, ContactStage::Waiting | ContactStage::Offered) {
            return Err(Refusal::precondition(
                "CONTACT_NOT_WAITING",
                format!("contact {id} is not waiting; reassign or transfer it instead"),
            ));
        }
        let offered_to = self.state.assignment(offer).map(|leg| leg.agent);
        if offered_to == Some(number) {
            return Ok(Reply::Contact(contact));
        }
        self.check_receiver(record, number, record.channel)?;
        // A supervisor goes over exclusions and keeping, and over the requirement if told to.
        let advice = "override_requirements offers it anyway";
        self.check_fits(contact, number, advice, |why| {
            why.is_requirement() && !override_requirements || why == Hindrance::GatewayAway
        })?;
        if offered_to.is_some() {
            self.end_offer(offer, OfferEnd::ContactMoved);
        }
        self.offer_by_hand(contact, &named(number), j::OfferCause::Assigned);
        Ok(Reply::Contact(contact))
    }

    /// Refuses if something of the kind that `counts` keeps the agent from the contact. `advice` ends the
    /// message when it is about groups or skills.
    pub fn check_fits(
        &self,
        contact: u64,
        agent: u32,
        advice: &str,
        counts: impl Fn(Hindrance) -> bool,
    ) -> Result<(), Refusal> {
        let (Some(contact), Some(agent)) = (self.state.contacts.get(contact), self.state.agent(agent)) else {
            return Ok(());
        };
        let Some(class) = self.state.class_in_ring(Subject::of(&contact.record), contact.record.ring) else {
            let message = "the contact's queue has left the plan; transfer the contact instead";
            return Err(Refusal::precondition("CONTACT_NOT_WAITING", message));
        };
        let found = self.state.hindrances(contact, &class, agent, self.now_ms);
        let Some(why) = found.into_iter().find(|why| why.is_final() || counts(*why)) else {
            return Ok(());
        };
        if why.is_final() {
            return Err(consult_with_oneself());
        }
        let text = self.state.hindrance_text(why, agent, self.now_ms);
        Err(if why.is_requirement() {
            Refusal::precondition("AGENT_NOT_ELIGIBLE", format!("the agent {text}; {advice}"))
        } else {
            let reason = if why.is_shift() { "AGENT_OFF_SHIFT" } else { "AGENT_NOT_AVAILABLE" };
            Refusal::precondition(reason, format!("the agent {text}"))
        })
    }
}

/// An agent whom somebody has named.
pub(super) fn named(agent: u32) -> Chosen {
    Chosen { agent, rule: AgentRule::Named, preferred_matched: 0, rank: 0 }
}
