//! What the events of callbacks mean beyond those of promises, which carry them.

use crate::{
    engine::state::{Cell, Chore, State},
    proto::journal::{
        self as j, CallbackChange, CallbackMode, ContactStage, Dialling, OfferTrigger, PromiseEnd,
        PromiseStage,
    },
};

use super::Effect;

/// Requests that were merged into a callback and are known again.
const MERGED_REQUESTS_MAX: usize = 8;

impl Cell {
    /// How many callbacks are to be made in it.
    pub(in crate::engine) fn open_callbacks(&self) -> u64 {
        let counts = &self.counts;
        let ended = counts.callbacks_reached
            + counts.callbacks_exhausted
            + counts.callbacks_expired
            + counts.callbacks_cancelled
            + counts.callbacks_absorbed;
        counts.callbacks_made.saturating_sub(ended)
    }
}

/// What is given replaces what is there.
fn set(field: &mut u64, given: u64) {
    if given != 0 {
        *field = given;
    }
}

/// Makes of a callback's own part what the event says.
fn change(callback: &mut j::CallbackRecord, event: &j::CallbackChanged) {
    set(&mut callback.expire_ms, event.expire_ms);
    set(&mut callback.hours_end_ms, event.hours_end_ms);
    if event.end_ms != 0 || event.in_turn {
        (callback.start_ms, callback.end_ms) = (event.start_ms, event.end_ms);
    }
    let another_time = event.change() == CallbackChange::Moved && event.end_ms != 0;
    // Its place in another time is known once that begins.
    if event.arrival_ms != 0 || another_time {
        (callback.arrival_ms, callback.clock_ms) = (event.arrival_ms, event.clock_ms);
    }
    match event.change() {
        CallbackChange::Merged => {
            set(&mut callback.number, event.number);
            callback.merged += 1;
            if callback.merged_requests.len() >= MERGED_REQUESTS_MAX {
                callback.merged_requests.remove(0);
            }
            callback.merged_requests.push(event.request);
        }
        CallbackChange::Resumed => callback.live_contact = 0,
        CallbackChange::Suspended => callback.live_contact = event.live_contact,
        _ => {}
    }
    if leaves_line(event.change()) {
        callback.dial_deadline_ms = 0;
        callback.answered = false;
        callback.hours_end_ms = 0;
    }
}

/// Whether a callback that changes so is no longer in line.
fn leaves_line(change: CallbackChange) -> bool {
    match change {
        CallbackChange::Suspended
        | CallbackChange::AttemptFailed
        | CallbackChange::Postponed
        | CallbackChange::Moved => true,
        CallbackChange::Merged
        | CallbackChange::Resumed
        | CallbackChange::Reassigned
        | CallbackChange::Unspecified => false,
    }
}

impl State {
    pub(super) fn callback_changed(&mut self, event: &j::CallbackChanged) -> Effect {
        let promise = event.promise;
        if self.promise(promise).is_none_or(|record| record.stage() == PromiseStage::Ended) {
            return Effect::default();
        }
        if event.change() == CallbackChange::Suspended {
            self.dialling_called_off(promise);
        }
        self.forget_callback(promise);
        let Some(entry) = self.promises.get_mut(&promise) else {
            return Effect::default();
        };
        let record = &mut entry.record;
        let (queue, before_ms) = (record.queue, record.due_ms);
        if event.by.is_some() || !event.reason.is_empty() {
            record.reason.clone_from(&event.reason);
            record.by = event.by.clone().map(Box::new);
        }
        set(&mut record.enter_ms, event.enter_ms);
        set(&mut record.due_ms, event.expire_ms);
        if event.agent != 0 {
            record.agent = event.agent;
        }
        if event.customer.is_some() {
            record.customer.clone_from(&event.customer);
        }
        change(record.callback.get_or_insert_default(), event);
        if leaves_line(event.change()) {
            record.set_stage(PromiseStage::Pending);
        }
        let (due_ms, channel, case_id) = (record.due_ms, record.channel, record.case_id.clone());
        self.promises_due.remove(&(before_ms, promise));
        self.promises_due.insert((due_ms, promise));
        self.note_callback(promise);
        if event.change() == CallbackChange::Merged {
            self.count(queue, channel).callbacks_merged += 1;
            self.merged_id(promise, &event.merged_id);
        }
        if event.queue != 0 {
            self.promise_to_queue(promise, event.queue);
        }
        self.case_touched(&case_id);
        self.settle_promise(promise);
        self.drained(queue);
        self.about_promise(promise)
    }

    /// A callback is found by one more id: the oldest of too many is forgotten.
    fn merged_id(&mut self, promise: u64, id: &str) {
        let Some(callback) = self.callback_mut(promise).filter(|_| !id.is_empty()) else {
            return;
        };
        let ids = &mut callback.merged_ids;
        let forgotten = (ids.len() >= MERGED_REQUESTS_MAX).then(|| ids.remove(0));
        ids.push(id.to_owned());
        if let Some(forgotten) = forgotten {
            self.promise_ids.remove(&forgotten);
        }
        self.promise_ids.insert(id.to_owned(), promise);
    }

    pub(super) fn callback_dialled(&mut self, event: &j::CallbackDialled) -> Effect {
        self.leave_dial_line(event.contact);
        if let Some(talk) = self.talk_mut(event.contact) {
            talk.set_dialling(Dialling::Dialled);
        }
        self.enter_dial_line(event.contact);
        self.attempt_began(event.contact, event.deadline_ms);
        self.about_contact(event.contact)
    }

    /// The customer waits for an agent from now on: nobody may have been offered the contact before.
    pub(super) fn callback_answered(&mut self, event: &j::CallbackAnswered) -> Effect {
        let promise = self.contact(event.contact).map_or(0, |record| record.talk().promise);
        if let Some(callback) = self.callback_mut(promise) {
            callback.answered = true;
            callback.dial_deadline_ms = 0;
        }
        self.settle_promise(promise);
        self.note_back(event.contact);
        self.re_place(event.contact, OfferTrigger::ContactWaiting, |state| {
            if let Some(talk) = state.talk_mut(event.contact) {
                talk.set_dialling(Dialling::Answered);
            }
            state.enter_queue(event.contact, event.entry.as_ref());
        })
    }

    /// The customer of a callback's contact is dialled, at most until then: an attempt.
    pub(super) fn attempt_began(&mut self, contact: u64, deadline_ms: u64) {
        let Some(record) = self.contact(contact) else {
            return;
        };
        let (promise, queue, channel) = (record.talk().promise, record.queue, record.channel);
        let open = self.promise(promise).is_some_and(|record| record.stage() != PromiseStage::Ended);
        let Some(callback) = self.callback_mut(promise).filter(|_| open) else {
            return;
        };
        callback.attempts += 1;
        callback.dial_deadline_ms = deadline_ms;
        self.count(queue, channel).callbacks_attempts += 1;
        self.settle_promise(promise);
    }

    /// An attempt has reached its customer, or is over: nothing more is waited for.
    pub(super) fn attempt_over(&mut self, contact: u64) {
        let promise = self.contact(contact).map_or(0, |record| record.talk().promise);
        let Some(callback) = self.callback_mut(promise).filter(|callback| callback.dial_deadline_ms != 0)
        else {
            return;
        };
        callback.dial_deadline_ms = 0;
        self.settle_promise(promise);
    }

    /// A callback's contact goes back to its line, or to another, before its agent and its customer were connected:
    /// nobody was dialled, so that it was no attempt. Before it leaves its stage.
    pub(super) fn attempt_undone(&mut self, contact: u64) {
        let agent_first = |record: &&j::ContactRecord| {
            record.talk().callback && record.talk().dialling() == Dialling::Unspecified
        };
        let Some(record) = self.contact(contact).filter(agent_first) else {
            return;
        };
        let promise = record.talk().promise;
        self.dialling_called_off(promise);
        self.settle_promise(promise);
    }

    /// An attempt that was under way is none.
    fn dialling_called_off(&mut self, promise: u64) {
        let Some((queue, channel)) = self.promise(promise).map(|record| (record.queue, record.channel))
        else {
            return;
        };
        let Some(callback) = self.callback_mut(promise).filter(|callback| callback.dial_deadline_ms != 0)
        else {
            return;
        };
        callback.dial_deadline_ms = 0;
        callback.attempts = callback.attempts.saturating_sub(1);
        let counts = self.count(queue, channel);
        counts.callbacks_attempts = counts.callbacks_attempts.saturating_sub(1);
    }

    fn callback_mut(&mut self, promise: u64) -> Option<&mut j::CallbackRecord> {
        self.promises.get_mut(&promise)?.record.callback.as_deref_mut()
    }

    /// A callback enters its queue as this contact: at its place, which it has from now on if it had none, and to be
    /// dialled first if it is to be.
    pub(super) fn callback_enters(&mut self, contact: u64, origin: &j::Origin) {
        let place = self.contact(contact).map(|record| (record.effective_arrival_ms, record.clock_ms));
        let Some(callback) = self.callback_mut(origin.promise) else {
            return;
        };
        callback.hours_end_ms = origin.hours_end_ms;
        if callback.arrival_ms == 0 {
            (callback.arrival_ms, callback.clock_ms) = place.unwrap_or_default();
        }
        let (clock_ms, first) = (callback.clock_ms, callback.mode() == CallbackMode::CustomerFirst);
        if let Some(entry) = self.contacts.get_mut(contact) {
            entry.record.clock_ms = clock_ms;
        }
        if first && let Some(talk) = self.talk_mut(contact) {
            talk.set_dialling(Dialling::Waits);
        }
    }

    /// Counts a callback that has ended, by the queue and channel in which it was due.
    pub(super) fn count_callback_end(&mut self, queue: u32, channel: u32, end: PromiseEnd) {
        let counts = self.count(queue, channel);
        match end {
            PromiseEnd::Kept | PromiseEnd::Late => counts.callbacks_reached += 1,
            PromiseEnd::Exhausted | PromiseEnd::Unreached => counts.callbacks_exhausted += 1,
            PromiseEnd::Expired => counts.callbacks_expired += 1,
            PromiseEnd::Absorbed => counts.callbacks_absorbed += 1,
            PromiseEnd::Cancelled | PromiseEnd::Unspecified => counts.callbacks_cancelled += 1,
        }
    }

    /// A callback is due in another queue from now on, at its age: clocks of queues stand still by themselves.
    pub(super) fn callback_to_queue(&mut self, promise: u64, queue: u32) {
        self.forget_callback(promise);
        let now_ms = self.now_ms;
        let Some(record) = self.promises.get_mut(&promise).map(|entry| &mut entry.record) else {
            return;
        };
        let (before, channel) = (std::mem::replace(&mut record.queue, queue), record.channel);
        let apart_ms = self.idle_of(queue, now_ms) - self.idle_of(before, now_ms);
        if let Some(callback) = self.callback_mut(promise).filter(|callback| callback.arrival_ms != 0) {
            callback.clock_ms += apart_ms;
        }
        self.count(before, channel).callbacks_made -= 1;
        self.count(queue, channel).callbacks_made += 1;
        self.note_callback(promise);
    }

    /// The contact of a callback has come to another queue: whose callback it is from then on, unless it has ended.
    pub(super) fn callback_goes_along(&mut self, contact: u64) {
        let of_callback = self.contact(contact).filter(|record| record.talk().callback);
        let Some((promise, queue)) = of_callback.map(|record| (record.talk().promise, record.queue)) else {
            return;
        };
        let open = self.promise(promise).filter(|record| record.stage() != PromiseStage::Ended);
        if open.is_some_and(|record| record.queue != queue) {
            self.callback_to_queue(promise, queue);
        }
    }

    /// What falls due for the callback of a contact goes by the contact's stage.
    pub(super) fn rearm_callback(&mut self, contact: u64) {
        let of_callback = self.contact(contact).map(j::ContactRecord::talk).filter(|talk| talk.callback);
        if let Some(promise) = of_callback.map(|talk| talk.promise) {
            self.settle_promise(promise);
        }
    }

    /// A queue has opened, perhaps sooner than was known: callbacks that wait for it are looked at. Those whose time is
    /// told by something else wait on.
    pub(super) fn wake_callbacks(&mut self, queue: u32) {
        if self.callbacks.open.range((queue, 0)..=(queue, u64::MAX)).next().is_some() {
            self.chores.insert(Chore::Callbacks(queue, 0));
        }
    }

    /// When something becomes of a callback by itself; 0: never. What is in somebody's hands neither expires nor goes
    /// by the hours; what is only offered has its window.
    pub(super) fn callback_due_ms(&self, record: &j::PromiseRecord, callback: &j::CallbackRecord) -> u64 {
        let stage = self.contact(record.follow_up).map(j::ContactRecord::stage);
        let dues = match record.stage() {
            PromiseStage::Pending if callback.live_contact == 0 => [record.enter_ms, callback.expire_ms],
            PromiseStage::Pending => [callback.expire_ms, 0],
            PromiseStage::Entered if callback.dial_deadline_ms != 0 => [callback.dial_deadline_ms, 0],
            PromiseStage::Entered if stage == Some(ContactStage::Waiting) && !callback.answered => {
                [callback.expire_ms, callback.hours_end_ms]
            }
            // Whoever accepted it after its window would have its customer dialled out of it.
            PromiseStage::Entered if stage == Some(ContactStage::Offered) && callback.end_ms != 0 => {
                [callback.expire_ms, 0]
            }
            PromiseStage::Entered | PromiseStage::Ended | PromiseStage::Unspecified => [0; 2],
        };
        dues.into_iter().filter(|due_ms| *due_ms != 0).min().unwrap_or(0)
    }
}
