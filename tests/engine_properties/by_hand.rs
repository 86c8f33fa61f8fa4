//! What is given or taken by hand, worked out again: whether it must be accepted, and whether it has come to pass.

use kefud::{
    engine::command::{Command, Intervention},
    proto::journal::{self as j, AssignmentStage, ContactRecord, ContactStage, event::Kind},
};

use crate::naive::{Held, Person, View};

impl<'a> View<'a> {
    /// Whether a contact may be given in its stage by such a command, whoever is to have it; none: that depends.
    fn in_stage(&self, command: &Command, record: &ContactRecord, agent: u32) -> Option<bool> {
        let leg = self.state.assignment(record.offer).filter(|leg| leg.agent == agent);
        match (command, record.stage(), leg) {
            (_, ContactStage::Waiting, _) | (Command::Pull { .. }, ContactStage::Parked, _) => None,
            (Command::Pull { .. }, ContactStage::Offered, Some(leg)) => Some(self.now_ms < leg.deadline_ms),
            (Command::Pull { .. }, ContactStage::Connecting | ContactStage::Active, Some(_)) => Some(true),
            (Command::Pull { .. }, ..) | (_, ContactStage::Closed, _) => Some(false),
            (_, ContactStage::Offered, own) => own.map(|_| true),
            (Command::Intervene { .. }, _, Some(_)) => Some(false),
            (Command::Intervene { .. }, ..) => None,
            _ => Some(false),
        }
    }

    /// What a command that asks for something of the rules must be answered; none: other things decide.
    pub fn allowed(&self, command: &'a Command) -> Option<Result<(), &'static str>> {
        let (agent, contact, overriding) = match command {
            Command::Pull { agent, contact } => (agent, contact, None),
            Command::Assign { agent, contact, override_requirements } => {
                (agent, contact, Some(*override_requirements))
            }
            Command::Intervene {
                contact,
                action: Intervention::Reassign { agent, override_requirements },
                ..
            } => (agent, contact, Some(*override_requirements)),
            _ => return None,
        };
        let record = self.state.contact_by_id(contact)?;
        let known = self.state.agent_by_id(agent).filter(|agent| !agent.record.removed)?;
        if let Some(allowed) = self.in_stage(command, record, known.record.agent) {
            return Some(if allowed { Ok(()) } else { Err("its stage") });
        }
        let person = self.people.iter().find(|person| person.number == known.record.agent);
        let Some((person, asked)) = person.zip(self.asked(record)) else {
            return Some(Err("not there"));
        };
        if record.awaits_dialling() || self.rests(record) {
            return Some(Err("nobody is on the line"));
        }
        if Self::asks(record, person.number) {
            return Some(Err("asks for it"));
        }
        let fits = asked.fits(self.plan, person.info);
        let reserved = self.reserved(person, &asked);
        let allowed = match overriding {
            Some(overriding) => {
                let never = person.info.limits.get(asked.channel_id) == Some(&0);
                person.ready() && !never && (overriding || (fits && !reserved))
            }
            // Who is parked is in nobody's line.
            None => {
                let in_line = record.stage() == ContactStage::Waiting;
                let barred = in_line && (reserved || Self::kept_from(record, person.number));
                person.record.connected && person.works() && fits && !barred
            }
        };
        let held = self.freed(command, record, person);
        Some(if allowed && self.has_room(&Person { held, ..*person }, &asked) {
            Ok(())
        } else {
            Err("not fit")
        })
    }

    /// Whether what a command asked for, which was accepted, has come of it: these are the events after the state.
    pub fn done(&self, command: &Command, events: &[j::Event]) -> bool {
        let (Command::Pull { agent, contact }
        | Command::Assign { agent, contact, .. }
        | Command::Intervene { contact, action: Intervention::Reassign { agent, .. }, .. }) = command
        else {
            return true;
        };
        let (Some(record), Some(agent)) = (self.state.contact_by_id(contact), self.state.agent_by_id(agent))
        else {
            return false;
        };
        let (number, agent) = (record.contact, agent.record.agent);
        let own = self.state.assignment(record.offer).filter(|leg| leg.agent == agent);
        let own = own.map(|leg| (leg.offer, leg.stage()));
        events.iter().filter_map(|event| event.kind.as_ref()).any(|kind| match (kind, command) {
            (Kind::ContactOffered(offer), Command::Pull { .. }) => {
                offer.contact == number && offer.cause() == j::OfferCause::Pulled
            }
            (Kind::OfferAccepted(accepted), Command::Pull { .. }) => {
                own.is_some_and(|(offer, _)| offer == accepted.offer)
            }
            (Kind::ContactOffered(offer), _) => {
                (offer.contact, offer.agent, offer.cause()) == (number, agent, j::OfferCause::Assigned)
            }
            // To take it from where it was may have ended it.
            (Kind::ContactClosed(closed), Command::Intervene { .. }) => closed.contact == number,
            _ => false,
        }) || own.is_some_and(|(_, stage)| {
            stage != AssignmentStage::Offered || !matches!(command, Command::Pull { .. })
        })
    }

    /// What an agent holds when it is given a contact: it is free of the consult about it that it is asked in, unless
    /// that has a wrap-up.
    fn freed(&self, command: &Command, record: &ContactRecord, person: &Person<'_>) -> Held {
        let consult = self.state.contact(record.talk().consult);
        let leg = consult.and_then(|consult| self.state.assignment(consult.offer));
        let leg =
            leg.filter(|leg| leg.agent == person.number && matches!(command, Command::Intervene { .. }));
        let lasts = |leg: &&j::AssignmentRecord| {
            let channel = self.plan.channels.get(self.id(leg.channel));
            leg.stage() == AssignmentStage::Active && channel.is_some_and(|channel| channel.wrap_up_ms > 0)
        };
        leg.filter(|leg| !lasts(leg)).map_or(person.held.clone(), |leg| person.held.without(leg))
    }
}
