//! Callbacks: a customer's place in line without the customer. Each is a promise whose record has a callback
//! part; what is not said here is as with promises. How one is asked for is in `made.rs`, what is done to it by hand in
//! `change.rs`, how it enters and leaves its line by itself in `line.rs`, dialling in `dial.rs`, calling hours in
//! `hours.rs`.

mod change;
mod dial;
mod hours;
mod line;
mod made;

use crate::{
    engine::{catalog::CallbackInfo, refusal::Refusal, state::State, step::Step},
    plan::model::{ClosedPolicy, Closing},
    proto::journal::{self as j, ContactStage, PromiseStage},
};

/// When a callback enters its queue that waits for an opening of which nobody knows.
pub const NOT_KNOWN_MS: u64 = u64::MAX;

/// In whose hands a callback is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hands {
    /// It is not in line.
    Pending,
    /// In line, and nobody has it.
    InLine,
    /// An agent is offered it.
    Offered,
    /// Its customer is dialled or on the line, or an agent has it.
    Taken,
    /// It has ended.
    Ended,
}

impl Step<'_> {
    fn not_offered(&self, queue: u32) -> Refusal {
        let id = self.state.names.id(queue);
        let level = self.state.surge(queue).map_or(0, |record| record.level);
        let message = format!("queue {id} offers no callbacks now: the customer keeps its place in line");
        let mut refusal = Refusal::precondition("CALLBACK_NOT_OFFERED", message);
        refusal.metadata = vec![("queue", id.to_owned()), ("level", level.to_string())];
        refusal
    }

    /// A callback by its id.
    fn callback(&self, id: &str) -> Result<&j::PromiseRecord, Refusal> {
        self.state.callback_by_id(id).ok_or_else(|| {
            Refusal::not_found(
                "CALLBACK_NOT_FOUND",
                format!("there is no callback {id}, or it is no longer kept"),
            )
        })
    }
}

impl State {
    /// Whether callbacks may be asked for in a queue now.
    #[must_use]
    pub fn callback_open(&self, queue: u32) -> bool {
        let rules = self.catalog.queues.get(&queue).and_then(|info| info.callback.as_ref());
        rules.is_some_and(|rules| {
            rules.always || self.policy(queue).offers || self.callback_while_closed(queue)
        })
    }

    /// Whether a queue is closed, and those who come to it or wait in it then may be called back when it opens.
    fn callback_while_closed(&self, queue: u32) -> bool {
        let hours = self.catalog.queues.get(&queue).map(|info| &info.hours);
        let offers = hours.is_some_and(|hours| {
            hours.closed == ClosedPolicy::Callback || hours.closing == Closing::Callback
        });
        offers && !self.queue_open(queue)
    }

    /// How customers of a queue are called back. Those of callbacks that are left of a queue which has no such rules
    /// any more: by the plan's defaults.
    pub(in crate::engine) fn callback_rules(&self, queue: u32) -> &CallbackInfo {
        let info = self.catalog.queues.get(&queue);
        info.and_then(|info| info.callback.as_deref()).unwrap_or_else(|| CallbackInfo::without_rules())
    }

    /// In whose hands a callback is.
    #[must_use]
    pub fn callback_hands(&self, record: &j::PromiseRecord) -> Hands {
        let dialled = record.callback.as_deref().is_some_and(|own| own.dial_deadline_ms != 0 || own.answered);
        match record.stage() {
            PromiseStage::Pending => Hands::Pending,
            PromiseStage::Entered => match self.contact(record.follow_up).map(j::ContactRecord::stage) {
                _ if dialled => Hands::Taken,
                Some(ContactStage::Waiting) => Hands::InLine,
                Some(ContactStage::Offered) => Hands::Offered,
                _ => Hands::Taken,
            },
            PromiseStage::Ended | PromiseStage::Unspecified => Hands::Ended,
        }
    }
}
