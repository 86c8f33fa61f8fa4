//! What is done to callbacks by hand: their gateway takes one back, a supervisor changes one.

use crate::{
    engine::{
        callback::{Hands, NOT_KNOWN_MS},
        command::{CallbackChange as Asked, CallbackWindow, Reply, Word},
        refusal::Refusal,
        step::{Answer, Step},
    },
    proto::journal::{self as j, CallbackChange, OfferEnd, PromiseEnd, event::Kind},
};

impl Step<'_> {
    /// Its gateway takes a callback back.
    pub fn cancel_callback(&mut self, id: &str, reason: &str) -> Answer {
        let record = self.callback(id)?.clone();
        if record.end() == PromiseEnd::Cancelled {
            return Ok(answer(&record));
        }
        self.check_in_nobodys_hands(&record)?;
        self.call_off(&record, reason, None);
        Ok(answer(&record))
    }

    /// A supervisor changes a callback.
    pub fn change_callback(&mut self, id: &str, change: Asked, word: Word) -> Answer {
        let record = self.callback(id)?.clone();
        self.check_in_nobodys_hands(&record)?;
        let Word { supervisor, reason } = word;
        let by = Some(j::PromiseHand { agent: 0, supervisor });
        let changed =
            j::CallbackChanged { promise: record.promise, reason, by, ..j::CallbackChanged::default() };
        match change {
            Asked::Move(window) => self.move_callback(&record, window, changed)?,
            Asked::Now => self.call_now(&record, changed),
            Asked::Reassign(agent) => self.reassign_callback(&record, &agent, changed)?,
            Asked::Cancel => {
                let j::CallbackChanged { reason, by, .. } = changed;
                self.call_off(&record, &reason, by);
            }
        }
        Ok(answer(&record))
    }

    fn check_in_nobodys_hands(&self, record: &j::PromiseRecord) -> Result<(), Refusal> {
        let id = &record.id;
        match self.state.callback_hands(record) {
            Hands::Ended => {
                let message = format!("callback {id} has ended; read it again");
                Err(Refusal::precondition("CALLBACK_ENDED", message))
            }
            Hands::Taken => {
                let message = format!("callback {id} is being made; let it come to its end");
                Err(Refusal::precondition("CALLBACK_IN_PROGRESS", message))
            }
            Hands::Pending | Hands::InLine | Hands::Offered => Ok(()),
        }
    }

    /// It will not be made.
    pub(super) fn call_off(&mut self, record: &j::PromiseRecord, reason: &str, by: Option<j::PromiseHand>) {
        self.close_callback_contact(record);
        self.end_promise(record.promise, PromiseEnd::Cancelled, reason, by);
    }

    /// It will be made at another time.
    fn move_callback(
        &mut self,
        record: &j::PromiseRecord,
        window: CallbackWindow,
        changed: j::CallbackChanged,
    ) -> Result<(), Refusal> {
        let zone = record.callback.as_deref().map_or("", |own| &own.zone);
        let enter_ms = self.enters_within(record.queue, zone, Some(window));
        let enter_ms = enter_ms.map_err(|problem| Refusal::field("move", problem))?;
        self.close_callback_contact(record);
        self.emit(Kind::CallbackChanged(j::CallbackChanged {
            change: CallbackChange::Moved.into(),
            start_ms: window.start_ms,
            end_ms: window.end_ms,
            enter_ms,
            expire_ms: window.end_ms,
            ..changed
        }));
        self.enter_if_due(record.promise);
        Ok(())
    }

    /// It is in turn from now on. What is in line is so already.
    fn call_now(&mut self, record: &j::PromiseRecord, changed: j::CallbackChanged) {
        if self.state.callback_hands(record) != Hands::Pending {
            return;
        }
        let own = record.callback.as_deref().cloned().unwrap_or_default();
        let enter_ms = self.enters_ms(record.queue, &own.zone, self.now_ms);
        let (arrival_ms, clock_ms) = if own.arrival_ms == 0 {
            (self.now_ms.max(1), self.state.idle_of(record.queue, self.now_ms))
        } else {
            (own.arrival_ms, own.clock_ms)
        };
        // Its window is none any more, nor the end of that its own.
        let from_ms = if enter_ms == NOT_KNOWN_MS { self.now_ms } else { enter_ms };
        let kept_ms = self.state.callback_rules(record.queue).expire_ms;
        let expire_ms = if own.end_ms == 0 { 0 } else { from_ms + kept_ms };
        self.emit(Kind::CallbackChanged(j::CallbackChanged {
            change: CallbackChange::Moved.into(),
            in_turn: true,
            expire_ms,
            enter_ms,
            arrival_ms,
            clock_ms,
            ..changed
        }));
        self.enter_if_due(record.promise);
    }

    /// Somebody else is to have it first. What is in line enters it anew, at its place, to be kept for that one.
    fn reassign_callback(
        &mut self,
        record: &j::PromiseRecord,
        agent: &str,
        changed: j::CallbackChanged,
    ) -> Result<(), Refusal> {
        let mut fields = Vec::new();
        let agent = self.staff("reassign_to", agent, &mut fields);
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        if agent == record.agent {
            return Ok(());
        }
        let in_line = self.state.callback_hands(record) != Hands::Pending;
        if in_line {
            self.leave_line(record, self.now_ms);
        }
        let change = CallbackChange::Reassigned.into();
        self.emit(Kind::CallbackChanged(j::CallbackChanged { change, agent, ..changed }));
        if in_line {
            self.enter_if_due(record.promise);
        }
        Ok(())
    }

    /// The contact of a callback that is in line ends; its offer is withdrawn.
    pub(super) fn close_callback_contact(&mut self, record: &j::PromiseRecord) {
        if self.state.callback_hands(record) == Hands::Pending {
            return;
        }
        let offer = self.state.contact(record.follow_up).map_or(0, |contact| contact.offer);
        if self.state.callback_hands(record) == Hands::Offered {
            self.end_offer(offer, OfferEnd::ContactMoved);
        }
        self.close(record.follow_up, j::ContactEnd::CallbackPostponed, 0, 0);
    }
}

fn answer(record: &j::PromiseRecord) -> Reply {
    Reply::Callback { promise: record.promise, merged: false }
}
