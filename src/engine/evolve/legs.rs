//! The legs of a contact that are over: stretches in one queue and with one agent or bot.

use crate::{
    engine::{limits::LEGS_MAX, state::State},
    proto::journal::{self as j, AssignmentEnd, AssignmentStage, ContactEnd, ContactStage, LegEnd},
};

impl State {
    /// A contact ends. Whoever follows it hears no more of it, so the leg is over with it and not by what becomes
    /// of its assignment afterwards.
    pub(super) fn closed_leg_over(&mut self, contact: u64, reason: ContactEnd) {
        let leg = self.contact(contact).and_then(|record| self.assignment(record.offer));
        if let Some(leg) = leg.filter(|leg| leg.stage() == AssignmentStage::Active).copied() {
            let end = match reason {
                ContactEnd::ConsultHandedOver => LegEnd::HandedOver,
                ContactEnd::ConsultantLost => LegEnd::AgentLost,
                _ => LegEnd::Closed,
            };
            self.push_agent_leg(&leg, end);
        }
    }

    /// An agent is done with the customer of a live contact, if it was talking until now.
    pub(super) fn agent_leg_over(&mut self, leg: &j::AssignmentRecord, reason: Option<AssignmentEnd>) {
        let Some(contact) = self.contact(leg.contact) else { return };
        let (stage, offer) = (contact.stage(), contact.offer);
        if leg.stage() != AssignmentStage::Active || stage == ContactStage::Closed {
            return;
        }
        let told = contact.talk().legs.last();
        let handed = stage == ContactStage::Active && offer != leg.offer;
        if handed && told.is_some_and(|last| last.agent == leg.agent && last.ended_ms == self.now_ms) {
            // With the event by which it was handed over.
            return;
        }
        let end = match reason {
            Some(AssignmentEnd::Parked) => LegEnd::Parked,
            Some(AssignmentEnd::AgentLost | AssignmentEnd::Unreachable) => LegEnd::AgentLost,
            Some(AssignmentEnd::HandedOver) => LegEnd::HandedOver,
            Some(AssignmentEnd::ShiftOver) => LegEnd::ShiftOver,
            _ if handed => LegEnd::HandedOver,
            _ => LegEnd::Moved,
        };
        self.push_agent_leg(leg, end);
    }

    fn push_agent_leg(&mut self, leg: &j::AssignmentRecord, end: LegEnd) {
        let record = j::LegRecord {
            queue: leg.queue,
            channel: leg.channel,
            agent: leg.agent,
            bot: 0,
            wait_ms: leg.wait_ms,
            handle_ms: self.now_ms - leg.connected_ms,
            ended_ms: self.now_ms,
            end: end.into(),
        };
        self.push_leg(leg.contact, record);
    }

    /// A contact has gone from the agent who asked to the one who was, and watchers are told so with the leg.
    pub(super) fn handed_leg_over(&mut self, event: &j::ConsultHandedOver) {
        let before = self.assignment(event.before).copied();
        if let Some(before) = before.filter(|_| event.before_end() != LegEnd::Unspecified) {
            self.push_agent_leg(&before, event.before_end());
        }
    }

    /// A contact that nobody answered in its queue is moved out of it.
    pub(super) fn moved_unanswered(&mut self, number: u64) {
        let now_ms = self.now_ms;
        let Some(record) = self.contact(number) else {
            return;
        };
        if matches!(record.stage(), ContactStage::Active | ContactStage::Parked) {
            // With its agent, it has a leg of its own.
            return;
        }
        let leg = j::LegRecord {
            queue: record.queue,
            channel: record.channel,
            wait_ms: record.leg_wait_ms(now_ms),
            ended_ms: now_ms,
            end: LegEnd::Moved.into(),
            ..j::LegRecord::default()
        };
        self.push_leg(number, leg);
    }

    /// Remembers a leg that is over; the earliest is forgotten beyond the bound.
    pub(super) fn push_leg(&mut self, contact: u64, leg: j::LegRecord) {
        let Some(talk) = self.talk_mut(contact) else {
            return;
        };
        if talk.legs.len() >= LEGS_MAX {
            talk.legs.remove(0);
            talk.legs_dropped += 1;
        }
        talk.legs.push(leg);
    }
}
