//! What the events of a promise mean, and its timer.

use crate::{
    engine::{
        callback::NOT_KNOWN_MS,
        conversation::{PAST_DUE, Promise},
        state::{Cell, Chore, State},
        timers::Timer,
        window,
    },
    proto::journal::{self as j, ContactStage, Dialling, OfferTrigger, PromiseEnd, PromiseStage},
};

use super::{Effect, place::in_line};

/// Of a case with very many open promises, as many are told of a contact that ends.
const PROMISES_TOLD_MAX: usize = 64;

impl Cell {
    /// How many promises are to be kept in it.
    pub(in crate::engine) fn open_promises(&self) -> u64 {
        let counts = &self.counts;
        let ended = counts.promises_kept
            + counts.promises_late
            + counts.promises_unreached
            + counts.promises_cancelled;
        counts.promises_made.saturating_sub(ended)
    }
}

/// Why a promise changed, and by whose hand. Who gave no reason is not told with the one of somebody before.
fn note_hand(record: &mut j::PromiseRecord, reason: &str, by: Option<&j::PromiseHand>) {
    if by.is_some() || !reason.is_empty() {
        record.reason = reason.to_owned();
        record.by = by.cloned().map(Box::new);
    }
}

impl State {
    pub(super) fn promise_made(&mut self, event: &j::PromiseMade) -> Effect {
        let Some(record) = event.promise.as_deref() else {
            return Effect::default();
        };
        let (promise, contact) = (record.promise, record.contact);
        self.last_promise = self.last_promise.max(promise);
        if self.name_case(contact, &event.case_id) {
            self.case_entered(contact);
            self.about_contact(contact);
        }
        self.add_promise(record.clone());
        let counts = self.count(record.queue, record.channel);
        match record.callback {
            Some(_) => counts.callbacks_made += 1,
            None => counts.promises_made += 1,
        }
        self.case_touched(&record.case_id);
        self.settle_promise(promise);
        self.about_promise(promise)
    }

    pub(super) fn promise_changed(&mut self, event: &j::PromiseChanged) -> Effect {
        let Some(entry) = self.promises.get_mut(&event.promise) else {
            return Effect::default();
        };
        let record = &mut entry.record;
        let (before_ms, agent, queue) = (record.due_ms, record.agent, record.queue);
        note_hand(record, &event.reason, event.by.as_ref());
        if event.due_ms != 0 {
            record.due_ms = event.due_ms;
            record.said = event.said;
            record.said_ms = event.said_ms;
            record.said_wall_ms = event.said_wall_ms;
            record.renewed = record.broken;
            record.moves += 1;
            record.steps = 0;
        }
        if event.enter_ms != 0 {
            record.enter_ms = event.enter_ms;
        }
        if event.agent != 0 {
            record.agent = event.agent;
        }
        if event.pending {
            record.set_stage(PromiseStage::Pending);
            record.follow_up = 0;
        }
        let (due_ms, follow_up, case_id) = (record.due_ms, record.follow_up, record.case_id.clone());
        self.promises_due.remove(&(before_ms, event.promise));
        self.promises_due.insert((due_ms, event.promise));
        if event.agent != 0 {
            self.follow_up_of(follow_up, agent, event.agent);
        }
        if event.queue != 0 {
            self.promise_to_queue(event.promise, event.queue);
        }
        self.case_touched(&case_id);
        self.settle_promise(event.promise);
        self.drained(queue);
        self.about_promise(event.promise)
    }

    /// Somebody else is to keep a promise: whom its follow-up was kept for, and knows, changes with it.
    fn follow_up_of(&mut self, contact: u64, before: u32, agent: u32) {
        let live = |record: &&j::ContactRecord| record.stage() != ContactStage::Closed;
        if self.contact(contact).filter(live).is_none() {
            return;
        }
        self.re_place(contact, OfferTrigger::RulesChanged, |state| {
            let Some(contact) = state.contacts.get_mut(contact) else {
                return;
            };
            contact.record.known_agent = agent;
            if contact.record.kept_for() == before {
                contact.record.keep(agent, contact.record.kept_until_ms());
            }
        });
    }

    /// A promise is to be kept in another queue, and is counted there from now on.
    pub(super) fn promise_to_queue(&mut self, promise: u64, queue: u32) {
        let Some(entry) = self.promises.get_mut(&promise) else {
            return;
        };
        if entry.record.callback.is_some() {
            self.callback_to_queue(promise, queue);
            return;
        }
        let (channel, broken) = (entry.record.channel, u64::from(entry.record.broken));
        let before = std::mem::replace(&mut entry.record.queue, queue);
        let counts = self.count(before, channel);
        counts.promises_made -= 1;
        counts.promises_broken -= broken;
        let counts = self.count(queue, channel);
        counts.promises_made += 1;
        counts.promises_broken += broken;
    }

    pub(super) fn promise_escalated(&mut self, event: &j::PromiseEscalated) -> Effect {
        let Some(entry) = self.promises.get_mut(&event.promise) else {
            return Effect::default();
        };
        let record = &mut entry.record;
        let (queue, channel, follow_up) = (record.queue, record.channel, record.follow_up);
        if event.step == PAST_DUE {
            record.broken = true;
            record.renewed = false;
            self.count(queue, channel).promises_broken += u64::from(!event.again);
        } else {
            record.steps = event.step;
            self.raise_follow_up(follow_up, event);
        }
        self.settle_promise(event.promise);
        let Effect { contact, gateway, .. } = self.about_contact(follow_up);
        Effect { contact, gateway, ..self.about_promise(event.promise) }
    }

    fn raise_follow_up(&mut self, contact: u64, event: &j::PromiseEscalated) {
        self.re_place(contact, OfferTrigger::RulesChanged, |state| {
            let Some(talk) = state.talk_mut(contact) else {
                return;
            };
            // What an earlier step gave stays, though the plan may give less now.
            talk.raise = talk.raise.max(event.raise);
            talk.groups.extend_from_slice(&event.groups);
            talk.groups.sort_unstable();
            talk.groups.dedup();
        });
    }

    pub(super) fn promise_ended(&mut self, event: &j::PromiseEnded) -> Effect {
        let now_ms = self.now_ms;
        self.forget_callback(event.promise);
        let Some(entry) = self.promises.get_mut(&event.promise) else {
            return Effect::default();
        };
        let record = &mut entry.record;
        record.set_stage(PromiseStage::Ended);
        record.end = event.end;
        record.ended_ms = now_ms;
        note_hand(record, &event.reason, event.by.as_ref());
        let (queue, channel, due_ms, contact) = (record.queue, record.channel, record.due_ms, record.contact);
        let (case_id, callback, follow_up) =
            (record.case_id.clone(), record.callback.is_some(), record.follow_up);
        if matches!(event.end(), PromiseEnd::Kept | PromiseEnd::Late) {
            self.customer_is_there(follow_up);
        }
        let counts = self.count(queue, channel);
        match event.end() {
            end if callback => self.count_callback_end(queue, channel, end),
            PromiseEnd::Kept => counts.promises_kept += 1,
            PromiseEnd::Late => {
                counts.promises_late += 1;
                counts.promises_lateness_ms += now_ms.saturating_sub(due_ms);
            }
            // The last three are of callbacks only.
            PromiseEnd::Unreached | PromiseEnd::Exhausted | PromiseEnd::Expired => {
                counts.promises_unreached += 1;
            }
            PromiseEnd::Cancelled | PromiseEnd::Absorbed | PromiseEnd::Unspecified => {
                counts.promises_cancelled += 1;
            }
        }
        self.promises_due.remove(&(due_ms, event.promise));
        self.promises_made.remove(&(contact, event.promise));
        self.ended_promises.push_back(event.promise);
        self.case_touched(&case_id);
        self.settle_promise(event.promise);
        self.drained(queue);
        let effect = self.about_promise(event.promise);
        self.forget_promises();
        self.forget_cases();
        effect
    }

    /// The customer of a follow-up has been reached: wherever that goes from its agent, nobody is called any more, and
    /// somebody is on the line.
    fn customer_is_there(&mut self, contact: u64) {
        let with_agent = self
            .contact(contact)
            .is_some_and(|record| !in_line(record.stage()) && record.stage() != ContactStage::Closed);
        if with_agent && let Some(talk) = self.talk_mut(contact) {
            talk.set_dialling(Dialling::Answered);
        }
    }

    /// A promise has entered its queue as this contact.
    pub(super) fn follow_up_entered(&mut self, promise: u64, contact: u64) {
        if let Some(entry) = self.promises.get_mut(&promise) {
            entry.record.set_stage(PromiseStage::Entered);
            entry.record.entries += 1;
            entry.record.follow_up = contact;
        }
        self.about_promise(promise);
        self.settle_promise(promise);
    }

    /// A contact has ended: what could still be sent to its customer counts for promises of its case that are to be
    /// kept by the same way, for it may be forgotten before they come due.
    pub(super) fn leave_window(&mut self, contact: u64) {
        let Some(record) = self.contact(contact) else {
            return;
        };
        let Some(window) = record.window().copied() else {
            return;
        };
        let own = self.promises_made.range((contact, 0)..=(contact, u64::MAX)).map(|(_, promise)| *promise);
        let of_case = self.promises_of_case(&record.case_id).filter(|_| !record.case_id.is_empty());
        let open = of_case.filter(|promise| promise.stage() != PromiseStage::Ended).take(PROMISES_TOLD_MAX);
        let others = open.filter(|promise| promise.contact != contact).map(|promise| promise.promise);
        let reached =
            |promise: &u64| self.promise(*promise).is_some_and(|promise| record.reaches_for(promise));
        let promises: Vec<u64> = own.chain(others).filter(reached).collect();
        for promise in promises {
            if let Some(entry) = self.promises.get_mut(&promise) {
                let before = entry.record.window.take().unwrap_or_default();
                entry.record.window = Some(Box::new(window::merged(&before, &window)));
            }
        }
    }

    /// Puts a promise into the maps.
    pub(in crate::engine) fn add_promise(&mut self, record: j::PromiseRecord) {
        let promise = record.promise;
        self.promise_ids.insert(record.id.clone(), promise);
        for id in record.callback.iter().flat_map(|callback| &callback.merged_ids) {
            self.promise_ids.insert(id.clone(), promise);
        }
        self.promises_of.insert((record.case_id.clone(), promise));
        if record.stage() == PromiseStage::Ended {
            self.ended_promises.push_back(promise);
        } else {
            self.promises_due.insert((record.due_ms, promise));
            self.promises_made.insert((record.contact, promise));
        }
        self.promises.insert(promise, Promise { record, due_ms: 0 });
        self.note_callback(promise);
    }

    /// Arms a promise's timer by the rules as they are, and notes a promise whose queue is gone.
    pub(in crate::engine) fn settle_promise(&mut self, promise: u64) {
        let due_ms = self.promise(promise).map_or(0, |record| self.promise_due_ms(record));
        let queues = &self.catalog.queues;
        let Some(entry) = self.promises.get_mut(&promise) else {
            return;
        };
        let adrift = !queues.contains_key(&entry.record.queue);
        // It waits for an opening that nobody knew of.
        let waits = entry.record.stage() == PromiseStage::Pending && entry.record.enter_ms == NOT_KNOWN_MS;
        let opened = || self.schedules.hours.get(&entry.record.queue).is_none_or(|hours| !hours.closed);
        if entry.record.stage() != PromiseStage::Ended && (adrift || (waits && opened())) {
            self.chores.insert(Chore::Promise(promise));
        }
        let before_ms = std::mem::replace(&mut entry.due_ms, due_ms);
        if before_ms != 0 {
            self.timers.disarm(Timer::Promise(promise), before_ms);
        }
        if due_ms != 0 {
            self.timers.arm(Timer::Promise(promise), due_ms);
        }
    }

    /// When something becomes of a promise by itself; 0: never.
    fn promise_due_ms(&self, record: &j::PromiseRecord) -> u64 {
        if let Some(callback) = record.callback.as_deref() {
            return self.callback_due_ms(record, callback);
        }
        match record.stage() {
            PromiseStage::Pending => record.enter_ms,
            PromiseStage::Entered => {
                let step_ms = self.next_step(record).map(|(_, due_ms)| due_ms);
                step_ms.unwrap_or(if record.may_break() { record.due_ms } else { 0 })
            }
            PromiseStage::Ended | PromiseStage::Unspecified => 0,
        }
    }

    /// The step that a promise in its queue takes next, counted from 1, and when.
    pub(in crate::engine) fn next_step(&self, record: &j::PromiseRecord) -> Option<(u32, u64)> {
        let steps = &self.catalog.queues.get(&record.queue)?.promise_steps;
        let step = steps.get(record.steps as usize)?;
        Some((record.steps + 1, record.due_ms.saturating_sub(step.before_ms).max(1)))
    }

    /// An effect about a promise; also stamps it with the sequence.
    pub(super) fn about_promise(&mut self, promise: u64) -> Effect {
        let sequence = self.sequence;
        let Some(entry) = self.promises.get_mut(&promise) else {
            return Effect::default();
        };
        let record = &mut entry.record;
        record.sequence = sequence;
        Effect {
            promise,
            queue: record.queue,
            channel: record.channel,
            category: record.category,
            ..Effect::default()
        }
    }
}
