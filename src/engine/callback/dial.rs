//! Dialling customers: when, for how long, and what becomes of an attempt.

use crate::{
    engine::{
        callback::Hands,
        catalog::ChannelInfo,
        command::Reply,
        matching::{class::Class, rings::Subject},
        refusal::Refusal,
        state::State,
        step::{Answer, Step},
    },
    plan::model::Closing,
    proto::journal::{
        self as j, CallbackChange, ContactEnd, ContactStage, DialResult, Dialling, PromiseEnd, event::Kind,
    },
};

/// Callbacks of one queue that one look looks at.
const LOOKED_AT_MAX: usize = 64;

impl Step<'_> {
    /// Until when the customer of a contact is dialled at most, if it is a callback whose offer is accepted now; 0: it
    /// is not dialled.
    pub fn dial_deadline_ms(&self, contact: u64) -> u64 {
        let Some(record) = self.state.contact(contact).filter(|record| record.talk().callback) else {
            return 0;
        };
        let channel = self.state.catalog.channels.get(&record.channel);
        let by_call = channel.is_some_and(ChannelInfo::realtime);
        // Whose customer is on the line is connected, and whoever was reached before has only been moved.
        let to_be_dialled = record.to_be_called() && self.promise_of(contact).is_some();
        let timeout_ms = self.state.callback_rules(record.queue).dial_timeout_ms;
        if by_call && to_be_dialled { self.now_ms + timeout_ms } else { 0 }
    }

    /// Has those customers of a queue's callbacks dialled who are about to be first.
    pub fn dial_due(&mut self, queue: u32) {
        for contact in self.state.to_be_dialled(queue, self.now_ms) {
            let Some(own) = self.promise_of(contact).and_then(|record| record.callback.as_deref()) else {
                continue;
            };
            let attempt = own.attempts + 1;
            let deadline_ms = self.now_ms + self.state.callback_rules(queue).dial_timeout_ms;
            self.emit(Kind::CallbackDialled(j::CallbackDialled { contact, attempt, deadline_ms }));
        }
    }

    /// How dialling a customer went.
    pub fn report_dial(&mut self, id: &str, attempt: u32, result: DialResult) -> Answer {
        let record = self.contact(id)?;
        let (contact, dialling, stage) = (record.contact, record.talk().dialling(), record.stage());
        let failed_before = record.ended().end() == ContactEnd::CallbackFailed;
        let not_dialled = || {
            let message = format!(
                "attempt {attempt} to dial for contact {id} is not under way; read the contact again"
            );
            Err(Refusal::precondition("CALLBACK_NOT_DIALLED", message))
        };
        let kept = self.state.promise(record.talk().promise).filter(|_| record.talk().callback);
        let Some(kept) = kept else {
            return not_dialled();
        };
        let own = kept.callback.as_deref().cloned().unwrap_or_default();
        let answered_before = dialling == Dialling::Answered && own.answered;
        if result == DialResult::Answered && answered_before && attempt == own.attempts {
            return Ok(Reply::Contact(contact));
        }
        if stage == ContactStage::Closed && failed_before && result != DialResult::Answered {
            // Said before, or found out by time.
            return if (1..=own.attempts).contains(&attempt) {
                Ok(Reply::Contact(contact))
            } else {
                not_dialled()
            };
        }
        if own.dial_deadline_ms == 0 || attempt != own.attempts || kept.follow_up != contact {
            return not_dialled();
        }
        match result {
            DialResult::Answered if dialling == Dialling::Dialled => self.customer_answered(contact, attempt),
            // Agent first, both are connected or not.
            DialResult::Answered => return not_dialled(),
            _ => self.attempt_failed(kept.promise, result),
        }
        Ok(Reply::Contact(contact))
    }

    /// The customer is on the line, and waits in its place for an agent.
    fn customer_answered(&mut self, contact: u64, attempt: u32) {
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let kept = (record.known_agent, self.state.callback_rules(record.queue).agent_wait_ms);
        let (subject, exclusions) = (Subject::of(record), record.exclusions());
        let entry = self.state.entry_for(subject, kept, record.known_agent, exclusions, self.now_ms);
        let entry = Some(entry);
        self.emit(Kind::CallbackAnswered(j::CallbackAnswered { contact, attempt, entry }));
    }

    /// An attempt has come to nothing: its contact ends, and the next attempt comes later, if there is one left.
    pub fn attempt_failed(&mut self, promise: u64, result: DialResult) {
        let Some(record) = self.state.promise(promise).cloned() else {
            return;
        };
        let live = self.state.contact(record.follow_up).map(j::ContactRecord::stage);
        if live.is_some_and(|stage| stage != ContactStage::Closed) {
            self.close(record.follow_up, ContactEnd::CallbackFailed, 0, 0);
        }
        let own = record.callback.as_deref().cloned().unwrap_or_default();
        let over = match result {
            DialResult::Refused => Some((PromiseEnd::Cancelled, "the customer does not want it any more")),
            DialResult::Unreachable => Some((PromiseEnd::Exhausted, "the number can't be reached")),
            _ if own.attempts >= own.attempts_max => Some((PromiseEnd::Exhausted, "")),
            _ => None,
        };
        let mut changed = j::CallbackChanged {
            promise,
            change: CallbackChange::AttemptFailed.into(),
            result: result.into(),
            ..j::CallbackChanged::default()
        };
        if over.is_none() {
            let spacing_ms = self.state.callback_rules(record.queue).spacing_after_ms(own.attempts);
            changed.enter_ms = self.enters_ms(record.queue, &own.zone, self.now_ms + spacing_ms);
        }
        self.emit(Kind::CallbackChanged(changed));
        if let Some((end, reason)) = over {
            self.end_promise(promise, end, reason, None);
        }
    }

    /// The customer of a callback's contact is gone, by its gateway. Returns whether that was settled here: not so of
    /// one who was on the line, or was reached before.
    pub fn called_customer_gone(&mut self, contact: u64) -> bool {
        let record = self.promise_of(contact).filter(|record| record.callback.is_some());
        let Some(record) = record.cloned() else {
            return false;
        };
        let dialled = record.callback.as_deref().is_some_and(|own| own.dial_deadline_ms != 0);
        match self.state.callback_hands(&record) {
            Hands::Taken if dialled => self.attempt_failed(record.promise, DialResult::CustomerGone),
            Hands::InLine | Hands::Offered => {
                self.call_off(&record, "its gateway says that the customer is gone", None);
            }
            _ => return false,
        }
        true
    }
}

impl State {
    /// The contacts of a queue's callbacks whose customers are to be dialled now, in the order of their places. One
    /// whom nobody who is there could serve is passed by.
    fn to_be_dialled(&self, queue: u32, now_ms: u64) -> Vec<u64> {
        let mut found = Vec::new();
        let (Some(line), Some(info)) = (self.callbacks.dial.get(&queue), self.catalog.queues.get(&queue))
        else {
            return found;
        };
        let rests = !self.queue_open(queue) && info.hours.closing == Closing::Hold;
        if rests || !self.settled() {
            return found;
        }
        let mut dialling = u32::try_from(line.dialled.len()).unwrap_or(u32::MAX);
        for (_, contact) in line.waits.iter().take(LOOKED_AT_MAX) {
            let Some(record) = self.contact(contact).filter(|record| !self.expires(record, now_ms)) else {
                continue;
            };
            let subject = Subject::of(record);
            let ring = self.staffed_ring(subject, 0);
            let class = ring.and_then(|ring| self.class_in_ring(subject, ring.max(record.ring)));
            if class.is_some_and(|class| self.turn_is_near(record, &class, dialling, now_ms)) {
                found.push(contact);
                dialling += 1;
            }
        }
        found
    }

    /// Whether the callback of a contact is about to expire.
    fn expires(&self, record: &j::ContactRecord, now_ms: u64) -> bool {
        let own = self.promise(record.talk().promise).and_then(|record| record.callback.as_deref());
        own.is_some_and(|own| own.expire_ms <= now_ms)
    }

    /// Whether the customer of a callback is to be dialled while so many others are being.
    fn turn_is_near(&self, record: &j::ContactRecord, class: &Class, dialling: u32, now_ms: u64) -> bool {
        let queue = record.queue;
        let ahead = self.ahead_of_callback(record, class, now_ms) + dialling;
        if self.index.profiles.free_agents(class, ahead + 1) > ahead {
            return true;
        }
        let line = self.in_line(queue);
        if ahead == 0 && line.eager > 0 {
            // Whoever is free next would go to those behind it.
            return true;
        }
        let pace = self.flow(queue).and_then(|flow| flow.pace(line, now_ms).ok());
        pace.is_some_and(|takes| {
            let by_then =
                (u128::from(takes.events) + 1) * u128::from(self.callback_rules(queue).dial_ahead_ms);
            by_then >= u128::from(ahead.max(1)) * u128::from(takes.exposure_ms)
        })
    }
}
