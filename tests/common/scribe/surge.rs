//! Events of surges as short text, and how a queue stands.

use kefud::{
    engine::state::State,
    plan::format_ms,
    proto::journal::{self as j, PlanKind, event::Kind},
};

use super::{Scribe, word};

fn step(step: Option<&j::SurgeStep>) -> String {
    step.map_or_else(|| "?".to_owned(), |step| word(step.kind().as_str_name(), "SURGE_STEP_KIND_"))
}

impl Scribe {
    /// The text of an event about surges; none for any other.
    pub(super) fn surge(&self, kind: &Kind, state: &State) -> Option<String> {
        let name = |number: u32| state.names().id(number);
        Some(match kind {
            Kind::SurgeLevelChanged(e) => {
                let cause = word(e.cause().as_str_name(), "SURGE_CAUSE_");
                format!("level {} {} {cause}", name(e.queue), e.level)
            }
            Kind::SurgeStepChanged(e) => {
                let verb = if e.undone { "undone" } else { "step" };
                format!("{verb} {} {}", name(e.queue), step(e.step.as_ref()))
            }
            Kind::SurgeOverridden(e) => {
                let level =
                    e.record.as_ref().map_or_else(|| "-".to_owned(), |record| record.level.to_string());
                format!("word {} {level}", name(e.queue))
            }
            Kind::SurgeRingsEnded(e) => format!("lingered {}", name(e.queue)),
            Kind::WaitersTold(e) => {
                let applied = state.surge(e.queue).and_then(|record| record.steps.get(e.step as usize));
                let what = if e.closing {
                    "closing".to_owned()
                } else {
                    step(applied.and_then(|applied| applied.step.as_ref()))
                };
                let whom: Vec<&str> = e.contacts.iter().map(|contact| self.contact(*contact)).collect();
                format!("told {} {what} {}", name(e.queue), whom.join(","))
            }
            Kind::SurgeSwept(e) => format!("swept {} {}", name(e.queue), self.contact(e.contact)),
            _ => return None,
        })
    }
}

/// `2 waiting since=3m`, or `0`.
pub fn level(state: &State, now_ms: u64, id: &str) -> String {
    let queue = state.names().number(PlanKind::Queue, id);
    let Some(record) = queue.and_then(|queue| state.surge(queue)).filter(|record| record.changed_ms > 0)
    else {
        return "0".to_owned();
    };
    let cause = word(record.cause().as_str_name(), "SURGE_CAUSE_");
    let lingers = if record.linger_rings > 0 { " lingers" } else { "" };
    format!("{} {cause} since={}{lingers}", record.level, format_ms(now_ms - record.changed_ms))
}

/// `open_rings message`, or `-`.
pub fn steps(state: &State, id: &str) -> String {
    let queue = state.names().number(PlanKind::Queue, id);
    let record = queue.and_then(|queue| state.surge(queue));
    let steps: Vec<String> =
        record.iter().flat_map(|record| &record.steps).map(|applied| step(applied.step.as_ref())).collect();
    if steps.is_empty() { "-".to_owned() } else { steps.join(" ") }
}
