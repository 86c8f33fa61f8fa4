//! Whose place a customer takes that comes to a queue while a callback of it is open there.

use kefud::{
    plan::model::{ClosedPolicy, Closing},
    proto::journal::{self as j, ContactRecord, ContactStage, PromiseRecord, PromiseStage},
};

use super::{Checked, ensure, own};
use crate::naive::View;

/// A customer who said when to be called is dialled then, and at no other time.
pub fn in_window(record: &PromiseRecord, now_ms: u64) -> Checked {
    let own = own(record);
    let inside = own.end_ms == 0 || (own.start_ms..own.end_ms).contains(&now_ms);
    ensure(inside, || format!("{now_ms} is out of {}..{}", own.start_ms, own.end_ms))
}

impl<'a> View<'a> {
    /// A customer who asks without its contact, and has exactly one in line there, gives up that one.
    pub fn not_twice(&self, record: &PromiseRecord) -> Checked {
        let of = |customer: Option<&j::Sealed>| customer.map_or(0, |customer| customer.lookup);
        let customer = of(record.customer.as_ref());
        let of_customer = |other: &&ContactRecord| {
            let in_line = matches!(other.stage(), ContactStage::Waiting | ContactStage::Offered);
            let own = other.talk().promise == 0 && other.talk().parent == 0;
            in_line && own && other.queue == record.queue && of(other.customer.as_deref()) == customer
        };
        let in_line = self.state.live_contacts_after(0).filter(of_customer).count();
        let twice = record.contact == 0 && customer != 0 && in_line == 1;
        ensure(!twice, || "its customer is in line twice".to_owned())
    }

    /// Whether a queue says of when it is closed that callbacks may be asked for.
    pub(super) fn calls_back_while_closed(&self, queue: u32) -> bool {
        self.plan.queues.get(self.id(queue)).is_some_and(|queue| {
            queue.closed == Some(ClosedPolicy::Callback) || queue.closing == Closing::Callback
        })
    }

    /// The open callback of who is known by this in a queue: the first of them.
    pub(super) fn callback_of(&self, queue: u32, hash: u64) -> Option<&'a PromiseRecord> {
        let open = self.state.promises().filter(|record| record.stage() != PromiseStage::Ended);
        let known = |record: &&PromiseRecord| {
            let customer = record.customer.as_ref().map_or(0, |customer| customer.lookup);
            let number = record.callback.as_ref().map(|own| own.number);
            number.is_some_and(|number| record.queue == queue && [customer, number].contains(&hash))
        };
        open.filter(|_| hash != 0).filter(known).min_by_key(|record| record.promise)
    }

    /// The open callback of the customer of one that is asked for: by its reference, or by its number if one of the two
    /// has no reference.
    pub(super) fn known_before(&self, asked: &PromiseRecord) -> Option<&'a PromiseRecord> {
        let of = |record: &PromiseRecord| record.customer.as_ref().map_or(0, |customer| customer.lookup);
        let number = own(asked).number;
        let open = self.state.promises().filter(|record| record.stage() != PromiseStage::Ended);
        let mut alike =
            open.filter(|record| record.callback.as_ref().is_some_and(|own| own.number == number));
        self.callback_of(asked.queue, of(asked)).or_else(|| {
            alike.find(|record| record.queue == asked.queue && (of(asked) == 0 || of(record) == 0))
        })
    }

    fn stage_of(&self, contact: u64) -> Option<ContactStage> {
        self.state.contact(contact).map(ContactRecord::stage)
    }

    /// In line, and nobody dials, has it on the line, or is offered it.
    pub(super) fn nobody_has(&self, record: &PromiseRecord) -> bool {
        let own = own(record);
        let waits = self.stage_of(record.follow_up) == Some(ContactStage::Waiting);
        record.stage() == PromiseStage::Entered && waits && own.dial_deadline_ms == 0 && !own.answered
    }

    /// The callback instead of which a customer stands in line who comes to a queue.
    pub fn absorbs(&self, queue: u32, customer: u64) -> Option<&'a PromiseRecord> {
        let record = self.callback_of(queue, customer)?;
        let own = own(record);
        let free = match record.stage() {
            PromiseStage::Pending => true,
            PromiseStage::Entered => !own.answered && (own.dial_deadline_ms != 0 || self.holds_place(record)),
            _ => false,
        };
        (free && own.live_contact == 0).then_some(record)
    }

    /// Whether a callback counts in line.
    pub fn holds_place(&self, record: &PromiseRecord) -> bool {
        let stage = self.stage_of(record.follow_up);
        record.stage() == PromiseStage::Entered
            && matches!(stage, Some(ContactStage::Waiting | ContactStage::Offered))
    }

    /// The arrival of who takes the place of a callback; 0: it has none yet.
    pub fn place_for(&self, record: &PromiseRecord) -> u64 {
        let own = own(record);
        let idle_ms = i64::try_from(self.state.idle_ms(record.queue, self.now_ms)).unwrap_or(i64::MAX);
        match own.arrival_ms {
            0 => 0,
            at_ms => at_ms.saturating_add_signed(idle_ms - own.clock_ms).clamp(1, self.now_ms),
        }
    }

    /// The callback instead of which a customer's contact stands in line that comes to a queue from elsewhere.
    pub fn takes_place(&self, record: &ContactRecord, queue: u32) -> Option<&'a PromiseRecord> {
        let by_customer = record.talk().parent == 0 && record.talk().promise == 0;
        let customer = record.customer.as_ref().filter(|_| by_customer)?;
        self.absorbs(queue, customer.lookup)
    }

    /// With which arrival it comes there: the older one of both. `own`: as it would come otherwise.
    pub fn older_place(&self, record: &ContactRecord, queue: u32, own: &j::QueueEntry) -> u64 {
        let place_ms = self.takes_place(record, queue).map_or(0, |callback| self.place_for(callback));
        let since_ms = match (own.arrival_ms, record.stage()) {
            (0, ContactStage::Active | ContactStage::Parked) => {
                let active_ms = record.service.as_ref().map_or(0, |service| service.active_ms);
                let clocked_ms = record.effective_arrival_ms.saturating_add_signed(-record.clock_ms);
                clocked_ms + self.now_ms - active_ms
            }
            (0, _) => self.clocked_ms(record),
            (arrival_ms, _) => arrival_ms,
        };
        if place_ms != 0 && place_ms < since_ms { place_ms } else { own.arrival_ms }
    }
}
