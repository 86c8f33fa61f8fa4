//! Events of conversations as short text.

use kefud::{
    engine::state::State,
    plan::format_ms,
    proto::journal::{self as j, event::Kind},
};

use super::{Scribe, entered, word};

/// What may be sent, for so long: ` left=5 until=48h`; nothing where there is no such rule.
pub fn window(window: Option<&j::Window>, at_ms: u64) -> String {
    window.map_or_else(String::new, |window| {
        let left = window.left(at_ms);
        let until = |ms: u64| format_ms(ms.saturating_sub(at_ms));
        let later = left.later.map(|later| format!(" later={}/{}", later.replies, until(later.until_ms)));
        format!(" left={} until={}{}", left.replies, until(left.until_ms), later.unwrap_or_default())
    })
}

/// The step that says that a promise is past its time.
const PAST: u32 = 255;

impl Scribe {
    /// Where a new contact comes from.
    pub(super) fn origin(&self, event: &j::ContactEnqueued, state: &State) -> String {
        let origin = event.origin.as_deref().copied().unwrap_or_default();
        let bot = if origin.bot == 0 { "" } else { state.gateway_id(origin.bot) };
        let bot = if bot.is_empty() { String::new() } else { format!(" bot={bot}") };
        let about = if origin.parent == 0 { "" } else { self.contact(origin.parent) };
        let about = if about.is_empty() { String::new() } else { format!(" about={about}") };
        bot + &about
    }

    pub(super) fn promise(&self, promise: u64) -> &str {
        self.promises.get(&promise).map_or("?", String::as_str)
    }

    /// An event's text; none for those about something else.
    pub(super) fn talk(&mut self, kind: &Kind, at_ms: u64, state: &State) -> Option<String> {
        let name = |number: u32| state.names().id(number).to_owned();
        Some(match kind {
            Kind::ActivityRecorded(e) => {
                let who = match e.kind() {
                    j::ActivityKind::CustomerMessage => "customer",
                    j::ActivityKind::CustomerAction => "action",
                    j::ActivityKind::AgentMessage => "agent",
                    j::ActivityKind::AutomaticMessage => "auto",
                    j::ActivityKind::Unspecified => "?",
                };
                format!("said {} {who}{}", self.contact(e.contact), window(e.window.as_ref(), at_ms))
            }
            Kind::ContactParked(e) => format!("parked {}", self.contact(e.contact)),
            Kind::ContactResumed(e) => {
                self.offers.insert(e.offer, (e.contact, e.agent, e.epoch));
                format!("resumed {} {}", self.contact(e.contact), name(e.agent))
            }
            Kind::ContactHandedToBot(e) => {
                format!("bot {} {}", self.contact(e.contact), state.gateway_id(e.bot))
            }
            Kind::ContactLeftBot(e) => {
                let entry = entered(&e.entry.unwrap_or_default(), at_ms, &name);
                let reason = word(e.reason().as_str_name(), "LEFT_BOT_").replace('_', "-");
                format!("left-bot {} {reason} {}{entry}", self.contact(e.contact), name(e.queue))
            }
            Kind::WindowNeared(e) => {
                format!("near {} {} raise={}", self.contact(e.contact), e.steps, e.raise)
            }
            Kind::ConsultJoined(e) => format!("joined {}", self.contact(e.consult)),
            Kind::ConsultHandedOver(e) => {
                self.offers.insert(e.offer, (e.contact, e.agent, e.epoch));
                format!("handed-over {} {}", self.contact(e.contact), name(e.agent))
            }
            Kind::FeedbackRecorded(e) => {
                let score = e.feedback.as_ref().map_or(0, |feedback| feedback.score);
                format!("feedback {} {score}", self.contact(e.contact))
            }
            Kind::FirstContactJudged(e) => {
                let case = state.cases().find(|record| record.case == e.case);
                let case = case.map_or("?", |record| record.id.as_str());
                format!("judged {case} {}", if e.resolved { "yes" } else { "no" })
            }
            Kind::ContactIntervened(e) => {
                let what = word(e.kind().as_str_name(), "INTERVENTION_KIND_");
                format!("by-supervisor {} {what}", self.contact(e.contact))
            }
            kind => return self.promised(kind, at_ms, &name),
        })
    }

    fn promised(&mut self, kind: &Kind, at_ms: u64, name: &dyn Fn(u32) -> String) -> Option<String> {
        let left = |ms: u64| format_ms(ms.saturating_sub(at_ms));
        Some(match kind {
            Kind::PromiseMade(e) => {
                let record = e.promise.as_deref()?;
                self.promises.insert(record.promise, record.id.clone());
                if let Some(called) = self.called(record, at_ms) {
                    return Some(called);
                }
                format!("promised {} +{}", record.id, left(record.due_ms))
            }
            Kind::PromiseChanged(e) => {
                let mut text = format!("promise {}", self.promise(e.promise));
                if e.due_ms > 0 {
                    text.push_str(&format!(" +{}", left(e.due_ms)));
                }
                if e.agent > 0 {
                    text.push_str(&format!(" to={}", name(e.agent)));
                }
                if e.queue > 0 {
                    text.push_str(&format!(" queue={}", name(e.queue)));
                }
                text + if e.pending { " pending" } else { "" }
            }
            Kind::PromiseEscalated(e) if e.step == PAST => format!("broken {}", self.promise(e.promise)),
            Kind::PromiseEscalated(e) => {
                let groups: Vec<String> = e.groups.iter().map(|group| name(*group)).collect();
                let groups =
                    if groups.is_empty() { String::new() } else { format!(" groups={}", groups.join(",")) };
                format!("escalated {} {} raise={}{groups}", self.promise(e.promise), e.step, e.raise)
            }
            Kind::PromiseEnded(e) => {
                format!("ended {} {}", self.promise(e.promise), word(e.end().as_str_name(), "PROMISE_END_"))
            }
            _ => return None,
        })
    }
}
