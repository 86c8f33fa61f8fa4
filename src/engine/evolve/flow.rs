//! What events tell of the pace of queues: who is in line, who is taken, who leaves; and what was said of a contact's
//! wait when it came. By records alone, never by the index, which is not whole at all times.

use crate::{
    engine::{
        conversation::ContactKind,
        line::Line,
        state::{InLine, State},
    },
    proto::journal::{self as j, ContactEnd, ContactStage},
};

use super::place::in_line;

impl State {
    /// Whether a contact waits to be offered to everybody who fits, and somebody could ever: one who is kept for an
    /// agent doesn't, nor does one whose customer is not on the line or can't be reached.
    pub(in crate::engine) fn eager(&self, record: &j::ContactRecord) -> bool {
        record.stage() == ContactStage::Waiting
            && !record.unservable
            && record.kept_for() == 0
            && record.talk().asked_agent == 0
            && !record.awaits_dialling()
            && !(record.keeps_promise() && self.gateway_lost(record.gateway))
            && !self.gateway_away(record)
    }

    /// What a contact that is in line counts for.
    fn counts_in_line(&self, record: &j::ContactRecord) -> InLine {
        InLine {
            eager: u32::from(self.eager(record)),
            customers: u32::from(record.kind() == ContactKind::Customer),
            all: 1,
        }
    }

    /// Counts the exposure of a contact's queue up to now. To be called by events before who is in line changes, and
    /// never by what is only derived anew, which happens at other times in an engine that was rebuilt.
    pub(super) fn run_flow_of(&mut self, number: u64) {
        if let Some(queue) = self.contact(number).map(|record| record.queue) {
            self.run_flow(queue);
        }
    }

    /// The same of a queue.
    pub(super) fn run_flow(&mut self, queue: u32) {
        let open = self.queue_open(queue);
        self.flows.run(queue, self.now_ms, open);
    }

    /// A contact is among those in line from now on, as far as its stage has it there.
    pub(super) fn enter_flow(&mut self, number: u64) {
        let Some(record) = self.contact(number).filter(|record| in_line(record.stage())) else { return };
        let (queue, counts, undialled) =
            (record.queue, self.counts_in_line(record), record.awaits_dialling());
        let arrival_ms = record.clocked_arrival_ms();
        self.flows.line_mut(queue).enter(counts);
        if undialled {
            self.flows.undialled_mut(queue).insert((arrival_ms, number));
        }
    }

    /// A contact is not among those in line from now on.
    pub(super) fn leave_flow(&mut self, number: u64) {
        let Some(record) = self.contact(number).filter(|record| in_line(record.stage())) else { return };
        let (queue, counts, undialled) =
            (record.queue, self.counts_in_line(record), record.awaits_dialling());
        let arrival_ms = record.clocked_arrival_ms();
        self.flows.line_mut(queue).leave(counts);
        if undialled {
            self.flows.undialled_mut(queue).remove(&(arrival_ms, number));
        }
    }

    /// A gateway is lost, or back: those in line for whom it is to reach somebody count otherwise from now on.
    pub(super) fn recount_flow(&mut self, gateway: u32, change: impl FnOnce(&mut j::GatewayRecord)) {
        let contacts = self.promised_by_gateway.get(&gateway).into_iter().flat_map(Line::iter);
        let in_line = |number: &u64| self.contact(*number).is_some_and(|record| in_line(record.stage()));
        let concerned: Vec<u64> = contacts.filter(in_line).collect();
        for number in &concerned {
            self.run_flow_of(*number);
            self.leave_flow(*number);
        }
        if let Some(record) = self.gateways.get_mut(&gateway) {
            change(record);
        }
        concerned.iter().for_each(|number| self.enter_flow(*number));
    }

    /// A contact is back in line, without having entered its queue anew.
    pub(super) fn note_back(&mut self, number: u64) {
        let now_ms = self.now_ms;
        if let Some(contact) = self.contacts.get_mut(number) {
            contact.record.service_mut().back_ms = now_ms;
        }
    }

    /// Somebody who had waited is offered to an agent.
    pub(super) fn taken(&mut self, queue: u32) {
        self.flows.of_mut(queue).took();
    }

    /// That came to nothing.
    pub(super) fn not_taken(&mut self, leg: &j::AssignmentRecord) {
        if leg.stage() == j::AssignmentStage::Offered && leg.waited {
            self.flows.of_mut(leg.queue).takes.sub();
        }
    }

    /// An offer was answered.
    pub(super) fn answered(&mut self, leg: &j::AssignmentRecord) {
        let kind = self.contact(leg.contact).map(j::ContactRecord::kind);
        if kind == Some(ContactKind::Customer) {
            let now_ms = self.now_ms;
            self.flows.of_mut(leg.queue).answered(now_ms, now_ms.saturating_sub(leg.offered_ms));
        }
    }

    /// A contact of this stage ends. If that was its customer's doing, while it was in line, its patience has.
    pub(super) fn patience_ended(&mut self, number: u64, stage: ContactStage, reason: ContactEnd) {
        let Some(record) = self.contact(number) else { return };
        if record.kind() != ContactKind::Customer || !in_line(stage) || reason != ContactEnd::CustomerLeft {
            return;
        }
        let (queue, now_ms) = (record.queue, self.now_ms);
        let open = self.queue_open(queue);
        self.flows.of_mut(queue).left(now_ms, open);
    }

    /// What was measured of queues that have left the plan, and in which nobody is any more, is forgotten.
    pub(super) fn drop_flows(&mut self) {
        let (queues, draining) = (&self.catalog.queues, &self.draining);
        self.flows.keep(|queue| queues.contains_key(&queue) || draining.contains_key(&queue));
    }

    /// What was told of a contact's wait when it entered a queue.
    pub(super) fn note_told(&mut self, contact: u64, expected_ms: u32, bound_ms: u32) {
        if let Some(contact) = self.contacts.get_mut(contact) {
            (contact.record.expected_ms, contact.record.bound_ms) = (expected_ms, bound_ms);
        }
    }

    /// The same of one that has entered another queue than before.
    pub(super) fn note_told_anew(&mut self, contact: u64, entry: Option<&j::QueueEntry>) {
        let entry = entry.copied().unwrap_or_default();
        self.note_told(contact, entry.expected_ms, entry.bound_ms);
    }
}
