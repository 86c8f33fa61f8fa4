//! Commands that move a contact: transfers to a queue or an agent, a supervisor's assignment. An agent is
//! given a contact by hand only through the same check of presence and capacity as by matching.

use crate::{
    engine::{
        command::{Reply, Target},
        contact::{contact_closed, not_held},
        matching::{choice::Chosen, eligible::Hindrance, hindrance::can_take, rings::Subject},
        refusal::Refusal,
        step::{Answer, Step},
    },
    proto::journal::{
        self as j, AgentRule, ContactStage, OfferEnd, OfferTrigger, PlanKind, TransferReason, event::Kind,
    },
};

impl Step<'_> {
    pub fn transfer(&mut self, by: Option<&str>, id: &str, target: &Target) -> Answer {
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        let (queue, channel, offer) = (record.queue, record.channel, record.offer);
        if stage == ContactStage::Closed {
            return Err(contact_closed(id));
        }
        if let Some(by) = by {
            let number = self.agent(by)?.record.agent;
            // An offer is to be accepted or declined first.
            let held = |leg: &j::AssignmentRecord| leg.agent == number && stage != ContactStage::Offered;
            if !self.state.assignment(offer).is_some_and(held) {
                return Err(not_held(by, id));
            }
        }
        let mut fields = Vec::new();
        let (to, to_agent) = match target {
            Target::Queue(id) => (self.named(PlanKind::Queue, "target.queue", id, &mut fields), None),
            Target::Agent { agent, fallback } => {
                let to = self.named(PlanKind::Queue, "target.fallback_queue", fallback, &mut fields);
                (if fallback.is_empty() { queue } else { to }, Some(self.agent(agent)?.record.agent))
            }
        };
        if fields.is_empty() {
            let field = if to_agent.is_some() { "target.fallback_queue" } else { "target.queue" };
            self.check_channel(to, channel, field, &mut fields);
        }
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        if let Some(agent) = to_agent {
            self.check_agent(agent, channel, Some(offer))?;
        } else if to == queue && stage == ContactStage::Waiting {
            return Ok(Reply::Contact(contact));
        }
        let subject = Subject { queue: to, ..Subject::of(self.contact(id)?) };
        self.check_servable(subject)?;
        self.move_to(contact, to, TransferReason::Requested);
        if let Some(agent) = to_agent {
            self.offer(contact, &named(agent), j::OfferCause::Transfer, OfferTrigger::ByHand);
        }
        Ok(Reply::Contact(contact))
    }

    /// Moves a live contact to a queue at its age; an agent who has it goes into wrap-up.
    pub fn move_to(&mut self, contact: u64, queue: u32, reason: TransferReason) {
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let (stage, offer) = (record.stage(), record.offer);
        if stage == ContactStage::Offered {
            self.end_offer(offer, OfferEnd::ContactMoved);
        }
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let subject = Subject { queue, ..Subject::of(record) };
        // Whoever transfers it away is not to get it back.
        let known = if reason == TransferReason::Requested { 0 } else { record.known_agent };
        let entry = Some(self.state.entry(subject, known, record.exclusions(), self.now_ms));
        let reason = reason.into();
        self.emit(Kind::ContactTransferred(j::ContactTransferred { contact, queue, reason, entry }));
        if matches!(stage, ContactStage::Connecting | ContactStage::Active) {
            self.leave_agent(offer);
        }
    }

    /// Whether a contact of the channel can be given to the agent by hand.
    fn check_agent(&self, agent: u32, channel: u32, held: Option<u64>) -> Result<(), Refusal> {
        let (Some(agent), Some(channel)) =
            (self.state.agent(agent), self.state.catalog.channels.get(&channel))
        else {
            return Err(Refusal::not_found("AGENT_NOT_FOUND", "the plan has no such agent"));
        };
        if held.is_some_and(|offer| agent.work.contains(&offer)) {
            return Err(Refusal::precondition("AGENT_HAS_CONTACT", "the agent has this contact already"));
        }
        can_take(agent, channel).map_err(|why| {
            let text = why.text(&self.state.names, agent);
            Refusal::precondition("AGENT_NOT_AVAILABLE", format!("the agent {text}"))
        })
    }

    pub fn assign(&mut self, id: &str, agent: &str, override_requirements: bool) -> Answer {
        let number = self.agent(agent)?.record.agent;
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        let (channel, offer) = (record.channel, record.offer);
        if !matches!(stage, ContactStage::Waiting | ContactStage::Offered) {
            return Err(Refusal::precondition(
                "CONTACT_NOT_WAITING",
                format!("contact {id} is not waiting; transfer it instead"),
            ));
        }
        let offered_to = self.state.assignment(offer).map(|leg| leg.agent);
        if offered_to == Some(number) {
            return Ok(Reply::Contact(contact));
        }
        self.check_agent(number, channel, None)?;
        // A supervisor goes over exclusions and keeping, and over the requirement if told to.
        let advice = "override_requirements offers it anyway";
        self.check_fits(contact, number, advice, |why| why.is_requirement() && !override_requirements)?;
        if offered_to.is_some() {
            self.end_offer(offer, OfferEnd::ContactMoved);
        }
        self.offer(contact, &named(number), j::OfferCause::Assigned, OfferTrigger::ByHand);
        Ok(Reply::Contact(contact))
    }

    /// Refuses if something of the kind that `counts` keeps the agent from the contact. `advice` ends the
    /// message when it is about groups or skills.
    fn check_fits(
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
        let Some(why) = found.into_iter().find(|why| counts(*why)) else {
            return Ok(());
        };
        let text = why.text(&self.state.names, agent);
        Err(if why.is_requirement() {
            Refusal::precondition("AGENT_NOT_ELIGIBLE", format!("the agent {text}; {advice}"))
        } else {
            Refusal::precondition("AGENT_NOT_AVAILABLE", format!("the agent {text}"))
        })
    }

    /// An agent takes a waiting contact by itself, ready or not: at once offered and accepted.
    pub fn pull(&mut self, agent: &str, id: &str) -> Answer {
        let number = self.agent(agent)?.record.agent;
        let record = self.contact(id)?;
        let (contact, stage, offer) = (record.contact, record.stage(), record.offer);
        let leg = self.state.assignment(offer).filter(|leg| leg.agent == number);
        match (stage, leg.map(|leg| leg.deadline_ms)) {
            (ContactStage::Waiting, _) => {}
            (ContactStage::Offered, Some(deadline_ms)) if self.now_ms < deadline_ms => {
                self.emit(Kind::OfferAccepted(j::OfferAccepted { offer, by_gateway: false }));
                return Ok(Reply::Accepted { contact, offer });
            }
            (ContactStage::Connecting | ContactStage::Active, Some(_)) => {
                return Ok(Reply::Accepted { contact, offer });
            }
            (ContactStage::Closed, _) => return Err(contact_closed(id)),
            _ => {
                return Err(Refusal::precondition(
                    "CONTACT_NOT_WAITING",
                    format!("contact {id} is with somebody else already"),
                ));
            }
        }
        // The agent asks for it itself: it need not be ready, and may have declined it before.
        let advice = "choose another contact";
        self.check_fits(contact, number, advice, |why| {
            !matches!(why, Hindrance::NotReady | Hindrance::Excluded(_))
        })?;
        self.offer(contact, &named(number), j::OfferCause::Pulled, OfferTrigger::ByHand);
        let offer = self.state.last_offer;
        self.emit(Kind::OfferAccepted(j::OfferAccepted { offer, by_gateway: false }));
        Ok(Reply::Accepted { contact, offer })
    }
}

/// An agent whom somebody has named.
fn named(agent: u32) -> Chosen {
    Chosen { agent, rule: AgentRule::Named, preferred_matched: 0, rank: 0 }
}
