//! Writes what a plan says of a queue's callbacks.

use super::Writer;
use crate::plan::{
    duration::format_ms,
    model::{CallbackMode, CallbackRules},
    words::{CALLBACK_MODES, CALLBACK_OFFERS, word},
};

impl Writer {
    /// One line a key, each with the name of the table.
    pub(super) fn callback(&mut self, rules: Option<&CallbackRules>) {
        let Some(rules) = rules else { return };
        self.text("callback.mode", word(&CALLBACK_MODES, &rules.mode));
        self.text("callback.offer", word(&CALLBACK_OFFERS, &rules.offer));
        if let Some(hours) = &rules.hours {
            self.text("callback.hours", hours);
        }
        self.value("callback.attempts", rules.attempts);
        let spacing: Vec<String> = rules.spacing_ms.iter().map(|ms| format_ms(*ms)).collect();
        self.list("callback.spacing", &spacing);
        self.duration("callback.dial_timeout", rules.dial_timeout_ms);
        if rules.mode == CallbackMode::CustomerFirst {
            self.duration("callback.dial_ahead", rules.dial_ahead_ms);
        }
        self.duration("callback.agent_wait", rules.agent_wait_ms);
        self.duration("callback.expire", rules.expire_ms);
        self.value("callback.max_open", rules.max_open);
    }
}
