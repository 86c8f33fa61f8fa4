//! What a contact's conversation tells, for all who ask: its kind, its priority as it is now, its turn. Owns
//! reading and making the parts of a record that only some contacts have; must not decide anything.

use std::{ops::Bound, sync::LazyLock};

use crate::{plan::model::ChannelKind, proto::journal as j};

use super::{
    line::Line,
    state::{Cell, State},
};

/// The step of a promise's escalation that says that its time has passed.
pub const PAST_DUE: u32 = 255;

/// Where a contact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactKind {
    /// A customer came.
    Customer,
    /// An agent asks a colleague about another contact.
    Consult,
    /// A promise has come due.
    FollowUp,
    /// A customer is called back.
    Callback,
}

/// What the timers of a contact's stage and reply window are armed for; 0: they are not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dues {
    /// The stage ends.
    pub stage_ms: u64,
    /// The window takes a step, or ends.
    pub window_ms: u64,
}

/// A promise, with what its timer is armed for.
#[derive(Debug)]
pub struct Promise {
    /// What is stored.
    pub record: j::PromiseRecord,
    /// 0: it is not.
    pub(super) due_ms: u64,
}

/// How the conversation of a contact reads that has none.
static SILENT: LazyLock<j::Conversation> = LazyLock::new(j::Conversation::default);

impl j::ContactRecord {
    /// The conversation as it is recorded; all zero while nothing is.
    #[must_use]
    pub fn talk(&self) -> &j::Conversation {
        let talk = self.service.as_ref().and_then(|service| service.conversation.as_deref());
        talk.unwrap_or_else(|| &SILENT)
    }

    /// What may still be sent; none: anything.
    #[must_use]
    pub fn window(&self) -> Option<&j::Window> {
        self.service.as_ref().and_then(|service| service.window.as_deref())
    }

    /// Whether it reaches the customer of a promise by the way by which that is to be kept.
    #[must_use]
    pub fn reaches_for(&self, promise: &j::PromiseRecord) -> bool {
        let of = |customer: Option<&j::Sealed>| customer.map_or(0, |customer| customer.lookup);
        let known = of(self.customer.as_deref());
        let its_own = self.contact == promise.contact || self.talk().promise == promise.promise;
        let same_customer = its_own || (known != 0 && known == of(promise.customer.as_ref()));
        same_customer && (self.channel, self.gateway) == (promise.channel, promise.gateway)
    }

    /// Where it comes from.
    #[must_use]
    pub fn kind(&self) -> ContactKind {
        let talk = self.talk();
        if talk.parent != 0 {
            ContactKind::Consult
        } else if talk.callback {
            ContactKind::Callback
        } else if talk.promise != 0 {
            ContactKind::FollowUp
        } else {
            ContactKind::Customer
        }
    }

    /// Whether an agent asks a colleague by it.
    #[must_use]
    pub fn is_consult(&self) -> bool {
        self.kind() == ContactKind::Consult
    }

    /// Whether it keeps a promise, or is a callback.
    #[must_use]
    pub fn keeps_promise(&self) -> bool {
        matches!(self.kind(), ContactKind::FollowUp | ContactKind::Callback)
    }

    /// Whether its customer is still to be called: nobody is on the line whose gateway could be lost.
    #[must_use]
    pub fn to_be_called(&self) -> bool {
        self.keeps_promise() && self.talk().dialling() != j::Dialling::Answered
    }

    /// Whether it stands in line for a customer who is not there: a callback, until its customer has answered.
    #[must_use]
    pub fn holds_place(&self) -> bool {
        self.talk().callback && self.talk().dialling() != j::Dialling::Answered
    }

    /// Whether its customer has to be on the line before it is offered, and is not.
    #[must_use]
    pub fn awaits_dialling(&self) -> bool {
        matches!(self.talk().dialling(), j::Dialling::Waits | j::Dialling::Dialled)
    }

    /// Points added to its own priority now: by its reply window or its promise, whichever is more.
    #[must_use]
    pub fn added_priority(&self) -> i32 {
        self.window().map_or(0, |window| window.raise).max(self.talk().raise)
    }

    /// How long it has waited for agents so far, in all queues: time with agents and bots is no waiting, nor is
    /// the age with which a follow-up comes in.
    #[must_use]
    pub fn waited_ms(&self, now_ms: u64) -> u64 {
        self.waited_until_ms(now_ms).saturating_sub(self.waiting_since_ms())
    }

    /// When it came in, had it done nothing but wait: its arrival, without what of its age was no waiting.
    #[must_use]
    pub fn waiting_since_ms(&self) -> u64 {
        let talk = self.talk();
        let since_ms = self.effective_arrival_ms + talk.bot_aged_ms + talk.head_start_ms;
        // Snapshots of before head starts were told lack them.
        since_ms.max(self.enqueued_ms)
    }

    /// Until when it has waited, while it is live.
    pub(super) fn waited_until_ms(&self, now_ms: u64) -> u64 {
        match self.stage() {
            j::ContactStage::Active | j::ContactStage::Parked => self.active_ms(),
            j::ContactStage::WithBot => self.talk().bot_ms,
            _ => now_ms,
        }
    }

    /// How long it has waited since it entered its queue or its latest leg ended, until then.
    pub(super) fn leg_wait_ms(&self, until_ms: u64) -> u64 {
        let ended_ms = self.talk().legs.last().map_or(0, |leg| leg.ended_ms);
        until_ms.saturating_sub(self.queue_entered_ms.max(ended_ms))
    }

    /// Its arrival as if all the time before it on its queue's clock had counted: now − this − what the clock has
    /// stood still in all = age.
    #[must_use]
    pub fn clocked_arrival_ms(&self) -> i64 {
        i64::try_from(self.effective_arrival_ms).unwrap_or(i64::MAX).saturating_sub(self.clock_ms)
    }

    /// The priority that gives it its place.
    #[must_use]
    pub fn priority_in_force(&self) -> i32 {
        self.priority + self.added_priority()
    }
}

impl Cell {
    /// The line in which a contact stands while it waits or is offered.
    pub(super) fn line_mut(&mut self, record: &j::ContactRecord) -> &mut Line<(u64, u64)> {
        if record.holds_place() { &mut self.callbacks } else { &mut self.arrivals }
    }
}

impl j::PromiseRecord {
    /// Whether it is not yet noted that it is past its time.
    #[must_use]
    pub fn may_break(&self) -> bool {
        !self.broken || self.renewed
    }
}

impl State {
    /// Since when the customer waits for an agent's answer; 0: it doesn't. Who came in by writing waits for
    /// one from the beginning, though nothing is recorded of it.
    #[must_use]
    pub fn turn_ms(&self, record: &j::ContactRecord) -> u64 {
        let talked = record.service.as_ref().is_some_and(|service| service.conversation.is_some());
        if talked { record.talk().turn_ms } else { self.first_turn_ms(record) }
    }

    /// When the first turn of a customer's contact began, if it came in by writing.
    pub(super) fn first_turn_ms(&self, record: &j::ContactRecord) -> u64 {
        let written = |kind| matches!(kind, ChannelKind::Messaging | ChannelKind::Deferred);
        let channel = self.catalog.channels.get(&record.channel);
        if channel.is_some_and(|channel| written(channel.kind)) { record.enqueued_ms } else { 0 }
    }

    /// The conversation of a contact, to change; made if it has none.
    pub(super) fn talk_mut(&mut self, number: u64) -> Option<&mut j::Conversation> {
        let first = self.contact(number).map(|record| self.first_turn_ms(record))?;
        let service = self.contacts.get_mut(number)?.record.service_mut();
        let new = || Box::new(j::Conversation { turn_ms: first, ..j::Conversation::default() });
        Some(service.conversation.get_or_insert_with(new))
    }

    /// Live contacts that are with the bot of a gateway, with larger numbers, in the order they came in.
    pub fn bot_contacts_after(&self, gateway: u32, after: u64) -> impl Iterator<Item = &j::ContactRecord> {
        let contacts = self.by_bot.get(&gateway).into_iter().flat_map(move |line| line.after(after));
        contacts.filter_map(|contact| self.contact(contact))
    }

    /// A promise by number.
    #[must_use]
    pub fn promise(&self, promise: u64) -> Option<&j::PromiseRecord> {
        self.promises.get(&promise).map(|promise| &promise.record)
    }

    /// A promise by id.
    #[must_use]
    pub fn promise_by_id(&self, id: &str) -> Option<&j::PromiseRecord> {
        self.promise(*self.promise_ids.get(id)?)
    }

    /// A callback by id.
    #[must_use]
    pub fn callback_by_id(&self, id: &str) -> Option<&j::PromiseRecord> {
        self.promise_by_id(id).filter(|record| record.callback.is_some())
    }

    /// All promises that are kept, open or not, by number.
    pub fn promises(&self) -> impl Iterator<Item = &j::PromiseRecord> {
        self.promises.values().map(|promise| &promise.record)
    }

    /// Promises of a case that are kept, open or not, by number.
    pub fn promises_of_case(&self, case_id: &str) -> impl Iterator<Item = &j::PromiseRecord> {
        let of_case = (case_id.to_owned(), 0)..=(case_id.to_owned(), u64::MAX);
        self.promises_of.range(of_case).filter_map(|(_, promise)| self.promise(*promise))
    }

    /// Open promises that are due after this (a time and a number), soonest first.
    pub fn open_promises_after(&self, after: (u64, u64)) -> impl Iterator<Item = &j::PromiseRecord> {
        let later = (Bound::Excluded(after), Bound::Unbounded);
        self.promises_due.range(later).filter_map(|(_, promise)| self.promise(*promise))
    }

    /// Promises with larger numbers that are kept, open or not.
    pub fn promises_after(&self, after: u64) -> impl Iterator<Item = &j::PromiseRecord> {
        let later = (Bound::Excluded(after), Bound::Unbounded);
        self.promises.range(later).map(|(_, promise)| &promise.record)
    }

    /// How many promises are open, callbacks not counted.
    #[must_use]
    pub fn open_promises(&self) -> usize {
        self.promises_due.len() - self.open_callbacks()
    }

    /// How many contacts of a queue are with this bot.
    pub(in crate::engine) fn of_queue_with_bot(&self, queue: u32, bot: u32) -> usize {
        let contacts = self.by_bot.get(&bot).into_iter().flat_map(Line::iter);
        contacts.filter(|number| self.contact(*number).is_some_and(|record| record.queue == queue)).count()
    }

    /// How many callbacks of a queue are in line, and their customers not on it.
    #[must_use]
    pub fn callbacks_in_line(&self, queue: u32) -> u32 {
        let waiting: usize = self.cells_of(queue).map(|cell| cell.callbacks.len()).sum();
        u32::try_from(waiting).unwrap_or(u32::MAX)
    }

    /// How many promises of a queue are open.
    #[must_use]
    pub fn open_promises_of(&self, queue: u32) -> u64 {
        self.cells_of(queue).map(Cell::open_promises).sum()
    }

    /// Open promises that are past their time, the longest first. Callbacks are no promises of that kind.
    pub fn overdue_promises(&self, now_ms: u64) -> impl Iterator<Item = &j::PromiseRecord> {
        let due = self.promises_due.range(..=(now_ms, u64::MAX));
        let due = due.filter_map(|(_, promise)| self.promise(*promise));
        due.filter(|record| record.callback.is_none())
    }

    /// When a contact's stage and reply window fall due; 0: never.
    #[must_use]
    pub fn dues(&self, contact: u64) -> Dues {
        let dues = self.contacts.get(contact).and_then(|contact| contact.dues.as_deref());
        dues.copied().unwrap_or_default()
    }

    /// A case by id.
    #[must_use]
    pub fn case_by_id(&self, id: &str) -> Option<&j::CaseRecord> {
        let number = self.case_ids.get(&super::lookup::id_hash(id))?;
        self.cases.get(number).filter(|record| record.id == id)
    }

    /// The case of a customer (by what it is known by) that was touched last.
    #[must_use]
    pub fn latest_case(&self, customer: u64) -> Option<&j::CaseRecord> {
        self.cases_of(customer).next()
    }

    /// The cases of a customer, the one that was touched last first.
    pub(super) fn cases_of(&self, customer: u64) -> impl Iterator<Item = &j::CaseRecord> {
        let own = self.customers.range((customer, 0, 0)..=(customer, u64::MAX, u64::MAX)).rev();
        own.filter_map(|(_, _, case)| self.cases.get(case))
    }

    /// How many cases are kept.
    #[must_use]
    pub fn case_count(&self) -> usize {
        self.cases.len()
    }

    /// All cases that are kept, by number.
    pub fn cases(&self) -> impl Iterator<Item = &j::CaseRecord> {
        self.cases.values()
    }
}
