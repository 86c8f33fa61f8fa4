//! What the plan says of a queue's callbacks, by numbers.

use std::sync::{Arc, LazyLock};

use crate::{
    plan::model::{CallbackMode, CallbackOffer, CallbackRules},
    schedule::{Calendar, compile::Schedules},
};

/// How customers of a queue are called back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackInfo {
    /// The customer is dialled when an agent is about to be free, where the channel is realtime.
    pub customer_first: bool,
    /// They may be asked for at any time.
    pub always: bool,
    /// Calling hours; none: always.
    pub hours: Option<Arc<Calendar>>,
    /// So often the customer is dialled at most.
    pub attempts: u32,
    /// After each attempt that failed; the last repeats.
    pub spacing_ms: Vec<u64>,
    /// An attempt of which nothing is heard for so long has failed.
    pub dial_timeout_ms: u64,
    /// Customer first: it is dialled when its turn is so near.
    pub dial_ahead_ms: u64,
    /// One that is for an agent is kept for that one for so long.
    pub agent_wait_ms: u64,
    /// So long after it may first be made one ends; one with a window, as that ends.
    pub expire_ms: u64,
    /// At most so many are open.
    pub max_open: u32,
}

/// For callbacks whose queue has no rules for them any more.
static WITHOUT_RULES: LazyLock<CallbackInfo> = LazyLock::new(|| CallbackInfo::of(&CallbackRules::default()));

impl CallbackInfo {
    fn of(rules: &CallbackRules) -> Self {
        Self {
            customer_first: rules.mode == CallbackMode::CustomerFirst,
            always: rules.offer == CallbackOffer::Always,
            hours: None,
            attempts: rules.attempts,
            spacing_ms: rules.spacing_ms.clone(),
            dial_timeout_ms: rules.dial_timeout_ms,
            dial_ahead_ms: rules.dial_ahead_ms,
            agent_wait_ms: rules.agent_wait_ms,
            expire_ms: rules.expire_ms,
            max_open: rules.max_open,
        }
    }

    pub(super) fn new(rules: &CallbackRules, schedules: &Schedules) -> Self {
        let hours = rules.hours.as_ref().and_then(|id| schedules.calendars.get(id)).cloned();
        Self { hours, ..Self::of(rules) }
    }

    /// What holds for callbacks whose queue has no rules for them any more: the plan's defaults.
    pub(in crate::engine) fn without_rules() -> &'static Self {
        &WITHOUT_RULES
    }

    /// How long after so many attempts, of which the last has failed, the next one is made.
    #[must_use]
    pub fn spacing_after_ms(&self, attempts: u32) -> u64 {
        let at = attempts.saturating_sub(1) as usize;
        self.spacing_ms.get(at).or(self.spacing_ms.last()).copied().unwrap_or(0)
    }
}
