//! Commands that move a contact: transfers to a queue or an agent, a supervisor's assignment. An agent is
//! given a contact by hand only through the same check of presence and capacity as by matching.

use crate::{
    engine::{
        command::{Reply, Target},
        contact::{contact_closed, not_held},
        matching::eligible::{can_take, fits},
        refusal::Refusal,
        step::{Answer, Step},
    },
    proto::journal::{self as j, ContactStage, OfferEnd, PlanKind, TransferReason, event::Kind},
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
        self.move_to(contact, to, TransferReason::Requested);
        if let Some(agent) = to_agent {
            self.offer(contact, agent, j::OfferCause::Transfer);
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
        self.emit(Kind::ContactTransferred(j::ContactTransferred { contact, queue, reason: reason.into() }));
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
            Refusal::precondition("AGENT_NOT_AVAILABLE", format!("the agent {}", why.text(&self.state.names)))
        })
    }

    pub fn assign(&mut self, id: &str, agent: &str, override_requirements: bool) -> Answer {
        let number = self.agent(agent)?.record.agent;
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        let (queue, channel, offer) = (record.queue, record.channel, record.offer);
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
        if !override_requirements {
            let need = self.state.need(contact);
            let (info, queue) = (
                self.state.agent(number).and_then(|agent| agent.info.as_ref()),
                self.state.catalog.queues.get(&queue),
            );
            if let (Some(info), Some(queue)) = (info, queue) {
                fits(&info.groups, &info.skills, queue, &need).map_err(|why| {
                    let message = format!(
                        "the agent {}; override_requirements offers it anyway",
                        why.text(&self.state.names)
                    );
                    Refusal::precondition("AGENT_NOT_ELIGIBLE", message)
                })?;
            }
        }
        if offered_to.is_some() {
            self.end_offer(offer, OfferEnd::ContactMoved);
        }
        self.offer(contact, number, j::OfferCause::Assigned);
        Ok(Reply::Contact(contact))
    }
}
