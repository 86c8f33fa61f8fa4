//! What becomes of promises by themselves: they enter their queue as follow-ups, take their steps, are broken, and
//! end with what became of their follow-up. What agents and supervisors do to them is in `promise.rs`.

use crate::{
    engine::{conversation::PAST_DUE, matching::rings::Subject, step::Step, window},
    proto::journal::{self as j, ContactEnd, PromiseEnd, PromiseStage, RemovedQueues, event::Kind},
};

/// How a promise becomes a contact.
#[derive(Debug, Clone, Copy)]
pub struct Entering {
    /// Of the contact's id.
    pub prefix: &'static str,
    /// As if it had waited since then; what is to come is now.
    pub arrival_ms: u64,
    /// Kept for its agent for so long.
    pub kept_ms: u64,
    /// Where it comes from.
    pub origin: j::Origin,
}

impl Step<'_> {
    /// A promise enters its queue, if it is time.
    pub fn enter_if_due(&mut self, promise: u64) {
        let pending = |record: &&j::PromiseRecord| record.stage() == PromiseStage::Pending;
        let record = self.state.promise(promise).filter(pending);
        if record.is_some_and(|record| record.enter_ms <= self.now_ms) {
            self.promise_due(promise);
        }
    }

    /// A promise becomes a contact in its queue. Nobody who waits is asked for room: it was promised.
    fn enter(&mut self, record: &j::PromiseRecord) {
        let (queue, channel, category) = (record.queue, record.channel, record.category);
        let subject = Subject { queue, channel, category, wants: None, groups: &[], asking_agent: 0 };
        let objective_ms = self.state.objective_ms(subject);
        let kept_ms = self.state.catalog.queues.get(&queue);
        let kept_ms = kept_ms.map_or(0, |queue| queue.kept_for_promise_ms(objective_ms));
        // By its due time it is as urgent as a contact that has waited for as long as it may.
        let arrival_ms = record.due_ms.saturating_sub(objective_ms);
        let origin = j::Origin { promise: record.promise, ..j::Origin::default() };
        self.enter_as(record, Entering { prefix: "follow-up", arrival_ms, kept_ms, origin });
    }

    /// The same as its rules say how.
    pub fn enter_as(&mut self, record: &j::PromiseRecord, how: Entering) {
        let (queue, channel, category) = (record.queue, record.channel, record.category);
        let subject = Subject { queue, channel, category, wants: None, groups: &[], asking_agent: 0 };
        let arrival_ms = how.arrival_ms.clamp(1, self.now_ms.max(1));
        let kept = (record.agent, how.kept_ms);
        let entry = self.state.entry_for(subject, kept, record.agent, &[], self.now_ms);
        let mut entries = record.entries + 1;
        let id = loop {
            let id = format!("{}:{}:{entries}", how.prefix, record.id);
            if self.state.contact_by_id(&id).is_none() && !self.state.compacted(&id) {
                break id;
            }
            entries += 1;
        };
        let unservable = !self.state.servable(subject);
        self.emit(Kind::ContactEnqueued(j::ContactEnqueued {
            contact: self.state.last_contact + 1,
            id,
            gateway: record.gateway,
            channel,
            queue,
            category,
            language: record.language.clone(),
            case_id: record.case_id.clone(),
            priority: record.priority,
            wants: None,
            customer: record.customer.clone(),
            fingerprint: 0,
            entry: Some(j::QueueEntry { arrival_ms, ..entry }),
            known_agent: record.agent,
            unservable,
            skills: Vec::new(),
            origin: Some(Box::new(how.origin)),
            window: self.follow_up_window(record).map(Box::new),
            overflowed_from: 0,
            ..j::ContactEnqueued::default()
        }));
    }

    /// What may be sent to the customer of a promise now: what is left of what could be on the contact on which it
    /// was made, or on a later one. None: its channel has no such rule.
    fn follow_up_window(&self, record: &j::PromiseRecord) -> Option<j::Window> {
        let unopened = self.unopened_window(record.channel)?;
        let live = self.state.contact(record.contact).filter(|contact| contact.reaches_for(record));
        let live = live.and_then(j::ContactRecord::window);
        let windows = live.into_iter().chain(record.window.as_deref());
        Some(windows.fold(unopened, |all, window| window::merged(&all, window)))
    }

    /// A promise enters its queue, takes a step of escalation, or is past its time.
    pub fn promise_due(&mut self, promise: u64) {
        let Some(record) = self.state.promise(promise).cloned() else {
            return;
        };
        match record.stage() {
            PromiseStage::Pending if !self.state.catalog.queues.contains_key(&record.queue) => {
                self.promise_adrift(promise);
            }
            _ if record.callback.is_some() => self.callback_due(&record),
            PromiseStage::Pending => self.enter(&record),
            PromiseStage::Entered => self.escalate(&record),
            PromiseStage::Ended | PromiseStage::Unspecified => {}
        }
    }

    fn escalate(&mut self, record: &j::PromiseRecord) {
        let Some((step, due_ms)) = self.state.next_step(record) else {
            self.note_broken(record.promise);
            return;
        };
        if due_ms > self.now_ms {
            return;
        }
        let steps = self.state.catalog.queues.get(&record.queue).map(|queue| &queue.promise_steps);
        let taken = steps.and_then(|steps| steps.get(record.steps as usize));
        let (raise, groups) = taken.map_or((0, Vec::new()), |step| (step.raise, step.groups.clone()));
        let promise = record.promise;
        let event = j::PromiseEscalated { promise, step, raise, groups, again: false };
        self.emit(Kind::PromiseEscalated(event));
    }

    /// If a promise is past its time, that is noted, once for each time that it is promised for.
    pub fn note_broken(&mut self, promise: u64) {
        self.break_promise(promise, |record, now_ms| record.due_ms <= now_ms);
    }

    /// Breaks a promise that is so, unless that has been noted.
    fn break_promise(&mut self, promise: u64, is_so: fn(&j::PromiseRecord, u64) -> bool) {
        // Callbacks expire instead.
        let breaks = |record: &&j::PromiseRecord| {
            record.callback.is_none() && record.may_break() && is_so(record, self.now_ms)
        };
        if let Some(again) = self.state.promise(promise).filter(breaks).map(|record| record.broken) {
            let event =
                j::PromiseEscalated { promise, step: PAST_DUE, again, ..j::PromiseEscalated::default() };
            self.emit(Kind::PromiseEscalated(event));
        }
    }

    /// The queue of a promise has left the plan.
    pub fn promise_adrift(&mut self, promise: u64) {
        let adrift = |record: &&j::PromiseRecord| {
            record.stage() != PromiseStage::Ended && !self.state.catalog.queues.contains_key(&record.queue)
        };
        let Some(record) = self.state.promise(promise).cloned() else {
            return;
        };
        if !adrift(&&record) {
            if record.callback.is_some() {
                self.callback_may_enter(&record);
            }
            return;
        }
        let pending = record.stage() == PromiseStage::Pending;
        let draining = self.state.draining.get(&record.queue);
        let queue = draining.filter(|draining| draining.policy() == RemovedQueues::Move);
        let queue = queue.map(|draining| draining.move_to);
        let queue = queue.filter(|queue| self.state.catalog.queues.contains_key(queue));
        if let Some(queue) = queue {
            let enter_ms = match record.callback.as_deref() {
                Some(own) => self.enters_ms(queue, &own.zone, record.enter_ms),
                None => self.enter_ms(queue, record.channel, record.category, record.due_ms),
            };
            let enter_ms = if pending { enter_ms } else { 0 };
            let changed = j::PromiseChanged { promise, queue, enter_ms, ..j::PromiseChanged::default() };
            self.emit(Kind::PromiseChanged(changed));
            self.enter_if_due(promise);
        } else if pending {
            self.give_up(promise);
        }
        // What has entered goes the way of its follow-up, which may have gone to another queue.
    }

    /// Nobody will keep a promise any more, and nobody has decided so: it is broken now.
    fn give_up(&mut self, promise: u64) {
        self.break_promise(promise, |_, _| true);
        self.end_promise(promise, PromiseEnd::Cancelled, "its queue left the plan", None);
    }

    /// `by`: by whose hand, if not by what became of its follow-up.
    pub fn end_promise(&mut self, promise: u64, end: PromiseEnd, reason: &str, by: Option<j::PromiseHand>) {
        self.note_broken_before(promise, end);
        let reason = reason.to_owned();
        self.emit(Kind::PromiseEnded(j::PromiseEnded { promise, end: end.into(), reason, by }));
    }

    /// The tick that would have noted it may not have come yet. What is kept at its very time is not broken.
    fn note_broken_before(&mut self, promise: u64, end: PromiseEnd) {
        if end != PromiseEnd::Kept {
            self.note_broken(promise);
        }
    }

    /// The customer was reached.
    pub fn fulfilled(&mut self, promise: u64, reason: &str, by: Option<j::PromiseHand>) {
        let record = self.state.promise(promise);
        // Who is called back is reached at whatever time.
        let due_ms =
            record.map_or(0, |record| if record.callback.is_some() { u64::MAX } else { record.due_ms });
        let end = if self.now_ms <= due_ms { PromiseEnd::Kept } else { PromiseEnd::Late };
        self.end_promise(promise, end, reason, by);
    }

    /// The promise of which a contact is the follow-up, if it still is open.
    pub fn promise_of(&self, contact: u64) -> Option<&j::PromiseRecord> {
        let promise = self.state.contact(contact)?.talk().promise;
        let record = self.state.promise(promise)?;
        (record.stage() == PromiseStage::Entered && record.follow_up == contact).then_some(record)
    }

    /// The customer of a contact has been reached: if it is a follow-up, its promise is kept.
    pub fn promise_reached(&mut self, contact: u64) {
        self.live_answered(contact);
        if let Some(promise) = self.promise_of(contact).map(|record| record.promise) {
            self.fulfilled(promise, "", None);
        }
    }

    /// A contact has ended: if it is a follow-up, its promise is told.
    pub fn after_close(&mut self, contact: u64, reason: ContactEnd) {
        self.resume_callback(contact);
        let Some(record) = self.promise_of(contact) else {
            return;
        };
        let promise = record.promise;
        if record.callback.is_some() {
            self.callback_closed(promise, contact, reason);
            return;
        }
        match reason {
            // Whoever did this goes on with the promise.
            ContactEnd::PromiseSettled => {}
            // The agent who had it, or the gateway for it, says that it is done.
            ContactEnd::AgentCompleted | ContactEnd::GatewayCompleted => self.fulfilled(promise, "", None),
            ContactEnd::CustomerLeft | ContactEnd::Idle | ContactEnd::WindowLapsed => {
                self.end_promise(promise, PromiseEnd::Unreached, "", None);
            }
            // Before its time nothing was broken.
            ContactEnd::SupervisorEnded => self.ended_by_supervisor(promise, contact),
            _ => self.give_up(promise),
        }
    }

    /// A supervisor has ended the contact of a promise.
    pub fn ended_by_supervisor(&mut self, promise: u64, contact: u64) {
        let talk = self.state.contact(contact).map(j::ContactRecord::talk);
        let last = talk.and_then(|talk| talk.interventions.last());
        let last = last.cloned().unwrap_or_default();
        let by = j::PromiseHand { agent: 0, supervisor: last.supervisor };
        self.end_promise(promise, PromiseEnd::Cancelled, &last.reason, Some(by));
    }
}
