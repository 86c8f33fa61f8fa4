//! Reads what a plan says of a queue's callbacks. Owns what that consists of in TOML, which must agree with the serde
//! form in [`super::model`].

use super::{
    fields::Fields,
    limits,
    model::CallbackRules,
    values::{Ids, milliseconds},
    words::{CALLBACK_MODES, CALLBACK_OFFERS},
};

const CALLBACK: &str = "a table such as { mode = \"agent_first\", attempts = 3 }";
const SPACING: &str = "a list of durations such as [\"10m\", \"1h\"]";

impl Fields<'_> {
    /// The callbacks of a queue, if it has any.
    pub fn callback(&mut self, calendars: Ids<'_>) -> Option<CallbackRules> {
        self.table("callback", CALLBACK, false, |fields| callback(fields, calendars))
    }
}

fn callback(fields: &mut Fields<'_>, calendars: Ids<'_>) -> CallbackRules {
    let default = CallbackRules::default();
    let spacing_ms = fields.items(
        "spacing",
        SPACING,
        "duration",
        limits::CALLBACK_SPACINGS_MAX,
        // One that is wrong must not change the places of those after it.
        |value, path, context| {
            Some(milliseconds(value, &limits::CALLBACK_SPACING_MS, path, context).unwrap_or(0))
        },
    );
    let attempts = fields.number("attempts", &limits::CALLBACK_ATTEMPTS, Some(default.attempts));
    // As many as there are pauses between attempts.
    let pauses = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let default_ms = default.spacing_ms.into_iter().take(pauses).collect();
    CallbackRules {
        mode: fields.choice_or_default("mode", &CALLBACK_MODES),
        offer: fields.choice_or_default("offer", &CALLBACK_OFFERS),
        hours: fields.optional_reference("hours", calendars),
        attempts,
        spacing_ms: if spacing_ms.is_empty() { default_ms } else { spacing_ms },
        dial_timeout_ms: fields.duration(
            "dial_timeout",
            &limits::DIAL_TIMEOUT_MS,
            Some(default.dial_timeout_ms),
        ),
        dial_ahead_ms: fields.duration("dial_ahead", &limits::DIAL_AHEAD_MS, Some(default.dial_ahead_ms)),
        agent_wait_ms: fields.duration("agent_wait", &limits::AGENT_WAIT_MS, Some(default.agent_wait_ms)),
        expire_ms: fields.duration("expire", &limits::CALLBACK_EXPIRE_MS, Some(default.expire_ms)),
        max_open: fields.number("max_open", &limits::CALLBACKS_OPEN, Some(default.max_open)),
    }
}
