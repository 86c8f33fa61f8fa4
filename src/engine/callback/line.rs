//! How a callback enters and leaves its line by itself: its time comes, calling hours end, it expires, its customer comes
//! again, its contact ends.

use crate::{
    engine::{
        callback::{Hands, NOT_KNOWN_MS},
        conversation::ContactKind,
        follow_up::Entering,
        limits::CHORES_PER_STEP,
        matching::rings::Subject,
        state::{Chore, State},
        step::Step,
    },
    proto::journal::{
        self as j, CallbackChange, ContactEnd, ContactStage, DialResult, Dialling, PromiseEnd, PromiseStage,
        event::Kind,
    },
};

impl Step<'_> {
    /// Something is due for a callback.
    pub fn callback_due(&mut self, record: &j::PromiseRecord) {
        let own = record.callback.as_deref().cloned().unwrap_or_default();
        match self.state.callback_hands(record) {
            Hands::Pending | Hands::InLine if own.expire_ms <= self.now_ms => self.expire_callback(record),
            // Whoever accepted it would have the customer dialled out of its window.
            Hands::Offered if own.end_ms != 0 && own.expire_ms <= self.now_ms => self.expire_callback(record),
            Hands::Pending if own.live_contact == 0 => self.enter_or_wait(record),
            Hands::InLine if own.hours_end_ms != 0 && own.hours_end_ms <= self.now_ms => {
                self.hours_over(record, &own.zone);
            }
            Hands::Taken if own.dial_deadline_ms != 0 && own.dial_deadline_ms <= self.now_ms => {
                self.attempt_failed(record.promise, DialResult::Timeout);
            }
            _ => {}
        }
    }

    /// A callback was not made in time.
    fn expire_callback(&mut self, record: &j::PromiseRecord) {
        let own = record.callback.as_deref().cloned().unwrap_or_default();
        let in_line =
            self.state.contact(record.follow_up).filter(|_| record.stage() == PromiseStage::Entered);
        let away = in_line.is_some_and(|contact| self.state.dialling_rests(contact));
        let reason = match (own.end_ms != 0, away, own.attempts) {
            (true, true, _) => "its window is over, and its gateway is away",
            (false, true, _) => "it was not made in time: its gateway is away",
            (true, false, 0) => "its window is over, and no agent had time",
            (false, false, 0) => "it was not made in time: no agent had time",
            (true, false, _) => "its window is over, and its customer was not reached",
            (false, false, _) => "it was not made in time: its customer was not reached",
        };
        self.close_callback_contact(record);
        self.end_promise(record.promise, PromiseEnd::Expired, reason, None);
    }

    /// The time of a callback has come, unless its queue or calling hours have closed since that was known.
    fn enter_or_wait(&mut self, record: &j::PromiseRecord) {
        let zone = record.callback.as_deref().map_or("", |own| &own.zone);
        let enter_ms = self.enters_ms(record.queue, zone, self.now_ms);
        if enter_ms <= self.now_ms {
            self.enter_callback(record);
        } else if enter_ms != record.enter_ms {
            self.change_callback_by_itself(record.promise, CallbackChange::Postponed, enter_ms);
        }
    }

    /// A queue has opened: its callbacks from this one on are looked at. Returns how many were.
    pub fn callbacks_may_enter(&mut self, queue: u32, from: u64) -> usize {
        let open = self.state.callbacks.open.range((queue, from)..=(queue, u64::MAX));
        let mut open: Vec<u64> = open.map(|(_, promise)| *promise).take(CHORES_PER_STEP + 1).collect();
        if open.len() > CHORES_PER_STEP
            && let Some(next) = open.pop()
        {
            self.state.chores.insert(Chore::Callbacks(queue, next));
        }
        open.iter().for_each(|promise| self.promise_adrift(*promise));
        open.len()
    }

    /// A queue has opened: a callback that waits for nothing else may enter it sooner than was known.
    pub fn callback_may_enter(&mut self, record: &j::PromiseRecord) {
        let own = record.callback.as_deref().cloned().unwrap_or_default();
        let waits = record.stage() == PromiseStage::Pending && record.enter_ms > self.now_ms;
        // After an attempt, it waits for the next one's time.
        let tried = own.attempts > 0 && record.enter_ms != NOT_KNOWN_MS;
        if !waits || tried || own.live_contact != 0 {
            return;
        }
        let enter_ms = self.enters_ms(record.queue, &own.zone, own.start_ms);
        if enter_ms < record.enter_ms {
            self.change_callback_by_itself(record.promise, CallbackChange::Postponed, enter_ms);
            self.enter_if_due(record.promise);
        }
    }

    /// A callback becomes a contact in its queue, at its place.
    fn enter_callback(&mut self, record: &j::PromiseRecord) {
        let own = record.callback.as_deref().cloned().unwrap_or_default();
        let (queue, channel, category) = (record.queue, record.channel, record.category);
        let subject = Subject { queue, channel, category, wants: None, groups: &[], asking_agent: 0 };
        let arrival_ms = match own.arrival_ms {
            // By the end of its time it is as urgent as a contact that has waited for as long as it may.
            0 => own.end_ms.saturating_sub(self.state.objective_ms(subject)),
            arrival_ms => arrival_ms,
        };
        let kept_ms = self.state.callback_rules(queue).agent_wait_ms;
        let hours_end_ms = self.state.hours_end_ms(queue, &own.zone, self.now_ms);
        let origin =
            j::Origin { promise: record.promise, callback: true, hours_end_ms, ..j::Origin::default() };
        self.enter_as(record, Entering { prefix: "callback", arrival_ms, kept_ms, origin });
    }

    /// Calling hours have ended for one that nobody has, unless they go on by now.
    fn hours_over(&mut self, record: &j::PromiseRecord, zone: &str) {
        let enter_ms = self.enters_ms(record.queue, zone, self.now_ms);
        if enter_ms > self.now_ms {
            self.leave_line(record, enter_ms);
            return;
        }
        let hours_end_ms = self.state.hours_end_ms(record.queue, zone, self.now_ms);
        // Without hours any more, there is nothing to look at before it expires.
        let own_expire_ms = record.callback.as_deref().map_or(0, |own| own.expire_ms);
        let hours_end_ms = if hours_end_ms == 0 { own_expire_ms } else { hours_end_ms };
        let promise = record.promise;
        self.emit(Kind::CallbackChanged(j::CallbackChanged {
            promise,
            hours_end_ms,
            ..j::CallbackChanged::default()
        }));
    }

    /// A callback leaves its line until then, and keeps its place.
    pub(super) fn leave_line(&mut self, record: &j::PromiseRecord, enter_ms: u64) {
        self.close_callback_contact(record);
        self.change_callback_by_itself(record.promise, CallbackChange::Postponed, enter_ms);
    }

    fn change_callback_by_itself(&mut self, promise: u64, change: CallbackChange, enter_ms: u64) {
        let change = change.into();
        let changed = j::CallbackChanged { promise, change, enter_ms, ..j::CallbackChanged::default() };
        self.emit(Kind::CallbackChanged(changed));
    }

    /// The contact of a callback has come, at its callback's place: that is suspended, as its customer is in line again.
    pub fn absorb(&mut self, contact: u64, promise: u64) {
        let Some(record) = self.state.promise(promise).cloned() else {
            return;
        };
        self.close_callback_contact(&record);
        self.emit(Kind::CallbackChanged(j::CallbackChanged {
            promise,
            change: CallbackChange::Suspended.into(),
            live_contact: contact,
            ..j::CallbackChanged::default()
        }));
    }

    /// The callback whose place a customer takes that comes to a queue from elsewhere; `entry` gets that place if it is
    /// the older one.
    pub fn place_of_callback(
        &self,
        record: &j::ContactRecord,
        queue: u32,
        entry: &mut j::QueueEntry,
    ) -> Option<u64> {
        let customer = record.customer.as_ref().filter(|_| record.kind() == ContactKind::Customer)?;
        let promise = self.state.callback_to_absorb(queue, customer.lookup)?;
        let place_ms = self.state.arrival_for(promise, self.now_ms);
        let own_ms = match i64::try_from(entry.arrival_ms) {
            Ok(0) | Err(_) => self.state.arrival_elsewhere_ms(record, self.now_ms),
            Ok(own_ms) => own_ms,
        };
        if place_ms != 0 && i64::try_from(place_ms).is_ok_and(|place_ms| place_ms < own_ms) {
            entry.arrival_ms = place_ms;
        }
        Some(promise)
    }

    /// The contact that stands in line instead of a callback is with an agent: that callback is no longer needed.
    pub fn live_answered(&mut self, contact: u64) {
        if let Some(promise) = self.state.callbacks.suspended.get(&contact).copied() {
            self.end_promise(promise, PromiseEnd::Absorbed, "", None);
        }
    }

    /// A contact is no longer in the line of the callback instead of which it stood there: that goes on.
    pub fn resume_callback(&mut self, contact: u64) {
        let suspended = self.state.callbacks.suspended.get(&contact);
        let Some(record) = suspended.and_then(|promise| self.state.promise(*promise)) else {
            return;
        };
        let own = record.callback.as_deref().cloned().unwrap_or_default();
        let (promise, queue) = (record.promise, record.queue);
        // What it waited for before counts on.
        let from_ms = if record.enter_ms == NOT_KNOWN_MS { own.start_ms } else { record.enter_ms };
        let enter_ms = self.enters_ms(queue, &own.zone, from_ms);
        self.change_callback_by_itself(promise, CallbackChange::Resumed, enter_ms);
        self.enter_if_due(promise);
    }

    /// The contact of a callback in line has ended.
    pub fn callback_closed(&mut self, promise: u64, contact: u64, reason: ContactEnd) {
        let answered =
            self.state.contact(contact).is_some_and(|record| record.talk().dialling() == Dialling::Answered);
        match reason {
            // Whoever did this goes on with the callback.
            ContactEnd::CallbackPostponed | ContactEnd::CallbackFailed => {}
            ContactEnd::AgentCompleted | ContactEnd::GatewayCompleted => self.fulfilled(promise, "", None),
            // Whose customer was on the line, and is no longer.
            ContactEnd::CustomerLeft | ContactEnd::GatewayLost if answered => {
                self.attempt_failed(promise, DialResult::CustomerGone);
            }
            ContactEnd::CustomerLeft | ContactEnd::Idle | ContactEnd::WindowLapsed => {
                self.end_promise(promise, PromiseEnd::Exhausted, "", None);
            }
            ContactEnd::SupervisorEnded => self.ended_by_supervisor(promise, contact),
            ContactEnd::QueueRemoved => {
                self.end_promise(promise, PromiseEnd::Cancelled, "its queue left the plan", None);
            }
            // None of these is known to come to one.
            _ => self.end_promise(promise, PromiseEnd::Cancelled, "its contact has ended", None),
        }
    }
}

impl State {
    /// The callback of a customer who comes to a queue, unless they are talking already. Whom is dialled is not
    /// reached that way any more.
    pub(in crate::engine) fn callback_to_absorb(&self, queue: u32, customer: u64) -> Option<u64> {
        let record = self.callback_of_customer(queue, customer)?;
        let own = record.callback.as_deref()?;
        let free = match self.callback_hands(record) {
            Hands::Pending | Hands::InLine | Hands::Offered => true,
            Hands::Taken => own.dial_deadline_ms != 0,
            Hands::Ended => false,
        };
        (free && own.live_contact == 0).then_some(record.promise)
    }

    /// Whether a callback counts among those in line: who takes its place needs no other.
    pub(in crate::engine) fn callback_in_line(&self, promise: u64) -> bool {
        let contact = self.promise(promise).filter(|record| record.stage() == PromiseStage::Entered);
        let stage = contact.and_then(|record| self.contact(record.follow_up)).map(j::ContactRecord::stage);
        matches!(stage, Some(ContactStage::Waiting | ContactStage::Offered))
    }

    /// The arrival that gives who enters a callback's queue now that callback's age; 0: it has no place yet.
    pub(in crate::engine) fn arrival_for(&self, promise: u64, now_ms: u64) -> u64 {
        let record = self.promise(promise);
        let own = record.and_then(|record| record.callback.as_deref().filter(|own| own.arrival_ms != 0));
        let (Some(record), Some(own)) = (record, own) else {
            return 0;
        };
        // Counted by the clock from now on: what it has stood still since is no age.
        let stood_ms = self.idle_of(record.queue, now_ms) - own.clock_ms;
        own.arrival_ms.saturating_add_signed(stood_ms).clamp(1, now_ms.max(1))
    }
}
