//! The legs of a contact that are over: stretches in one queue and with one agent or bot.

use crate::{
    engine::{limits::LEGS_MAX, state::State},
    proto::journal::{self as j, AssignmentEnd, AssignmentStage, ContactStage, LegEnd},
};

impl State {
    /// An agent is done with the customer, if it was talking until now.
    pub(super) fn agent_leg_over(&mut self, leg: &j::AssignmentRecord, reason: Option<AssignmentEnd>) {
        if leg.stage() != AssignmentStage::Active {
            return;
        }
        let contact = self.contact(leg.contact);
        let end = match reason {
            Some(AssignmentEnd::Parked) => LegEnd::Parked,
            Some(AssignmentEnd::AgentLost | AssignmentEnd::Unreachable) => LegEnd::AgentLost,
            Some(AssignmentEnd::HandedOver) => LegEnd::HandedOver,
            _ => match contact.map(|record| (record.stage(), record.offer)) {
                Some((ContactStage::Closed, _)) => LegEnd::Closed,
                Some((ContactStage::Active, offer)) if offer != leg.offer => LegEnd::HandedOver,
                _ => LegEnd::Moved,
            },
        };
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
