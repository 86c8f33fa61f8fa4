//! Events of callbacks as short text, and how one stands.

use kefud::{
    engine::{callback::NOT_KNOWN_MS, state::State},
    plan::format_ms,
    proto::journal::{self as j, CallbackChange, PromiseEnd, PromiseStage, event::Kind},
};

use super::{Scribe, entered, word};

/// `+2h` for what is to come; `+?` if nobody knows when.
fn until(at_ms: u64, now_ms: u64) -> String {
    match at_ms {
        NOT_KNOWN_MS => " +?".to_owned(),
        at_ms if at_ms > now_ms => format!(" +{}", format_ms(at_ms - now_ms)),
        _ => String::new(),
    }
}

impl Scribe {
    /// A callback that is made: `called k1 +2h`; none: it is a promise.
    pub(super) fn called(&mut self, record: &j::PromiseRecord, at_ms: u64) -> Option<String> {
        record.callback.as_ref()?;
        Some(format!("called {}{}", record.id, until(record.enter_ms, at_ms)))
    }

    /// An event's text; none for those about something else.
    pub(super) fn callback(&self, kind: &Kind, at_ms: u64, name: &dyn Fn(u32) -> String) -> Option<String> {
        Some(match kind {
            Kind::CallbackChanged(e) => {
                let change = match e.change() {
                    CallbackChange::Unspecified => "goes-on".to_owned(),
                    change => word(change.as_str_name(), "CALLBACK_CHANGE_"),
                };
                let mut text = format!("{change} {}", self.promise(e.promise));
                if e.change() == CallbackChange::AttemptFailed {
                    text.push_str(&format!(" {}", word(e.result().as_str_name(), "DIAL_RESULT_")));
                }
                if e.live_contact != 0 {
                    text.push_str(&format!(" by={}", self.contact(e.live_contact)));
                }
                if e.agent != 0 {
                    text.push_str(&format!(" to={}", name(e.agent)));
                }
                text + &until(e.enter_ms, at_ms)
            }
            Kind::CallbackDialled(e) => {
                let left = format_ms(e.deadline_ms.saturating_sub(at_ms));
                format!("dials {} {} {left}", self.contact(e.contact), e.attempt)
            }
            Kind::CallbackAnswered(e) => {
                let entry = entered(&e.entry.unwrap_or_default(), at_ms, name);
                format!("answered {}{entry}", self.contact(e.contact))
            }
            _ => return None,
        })
    }
}

/// `pending line expires=24h enters=1h attempts=1/3 merged=1 live=c2 agent=a1`.
pub fn stands(state: &State, now_ms: u64, record: &j::PromiseRecord) -> String {
    let own = record.callback.as_deref().cloned().unwrap_or_default();
    let stage = match record.stage() {
        PromiseStage::Pending => "pending".to_owned(),
        PromiseStage::Entered => "in-line".to_owned(),
        _ if record.end() == PromiseEnd::Kept => "reached".to_owned(),
        _ => word(record.end().as_str_name(), "PROMISE_END_"),
    };
    let mut told = format!("{stage} {}", state.names().id(record.queue));
    if record.stage() != PromiseStage::Ended {
        told.push_str(&format!(" expires={}", format_ms(own.expire_ms.saturating_sub(now_ms))));
    }
    if record.stage() == PromiseStage::Pending {
        told.push_str(&format!(" enters={}", until(record.enter_ms, now_ms).trim()));
    }
    told.push_str(&format!(" attempts={}/{}", own.attempts, own.attempts_max));
    if own.merged > 0 {
        told.push_str(&format!(" merged={}", own.merged));
    }
    if let Some(live) = state.contact(own.live_contact) {
        told.push_str(&format!(" live={}", live.id));
    }
    if record.agent != 0 {
        told.push_str(&format!(" agent={}", state.names().id(record.agent)));
    }
    told
}

/// What became of the callbacks of a queue: `made=2 reached=1 in-line=1`.
pub fn counts(state: &State, queue: u32) -> String {
    let sum = |of: fn(&j::QueueCounts) -> u64| state.queue_counts(queue).map(of).sum::<u64>();
    let figures = [
        ("made", sum(|counts| counts.callbacks_made)),
        ("reached", sum(|counts| counts.callbacks_reached)),
        ("exhausted", sum(|counts| counts.callbacks_exhausted)),
        ("expired", sum(|counts| counts.callbacks_expired)),
        ("cancelled", sum(|counts| counts.callbacks_cancelled)),
        ("absorbed", sum(|counts| counts.callbacks_absorbed)),
        ("merged", sum(|counts| counts.callbacks_merged)),
        ("attempts", sum(|counts| counts.callbacks_attempts)),
        ("in-line", u64::from(state.callbacks_in_line(queue))),
        ("away", u64::from(state.callbacks_away(queue))),
    ];
    let told = figures.iter().filter(|(_, figure)| *figure > 0);
    told.map(|(name, figure)| format!("{name}={figure}")).collect::<Vec<_>>().join(" ")
}
