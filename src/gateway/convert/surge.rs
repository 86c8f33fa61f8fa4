//! Where queues stand in a surge, as messages.

use super::{duration, timestamp};
use crate::{
    engine::{state::State, surge::words},
    plan::{format_ms, show_ms},
    proto::{
        journal::{self as j, SurgeStepKind, event::Kind},
        v1::{self, NoticeKind},
    },
};

/// How a queue stands; none: it has no surge plan, and never had a level, a step or a word about it.
#[must_use]
pub fn queue(state: &State, queue: u32, now_ms: u64) -> Option<v1::QueueSurge> {
    let rules = state.catalog().queues.get(&queue).and_then(|info| info.surge.as_ref());
    let planned_level = rules.map_or(0, |rules| rules.floor(state.wall_s(now_ms)));
    let Some(record) = state.surge(queue) else {
        return rules.map(|_| v1::QueueSurge { planned_level, ..v1::QueueSurge::default() });
    };
    let steps = record.steps.iter().filter_map(|applied| step(state, applied));
    Some(v1::QueueSurge {
        level: record.level,
        since: (record.changed_ms > 0).then(|| timestamp(state, record.changed_ms)).flatten(),
        // The API's numbers of causes and kinds are the journal's.
        cause: record.cause,
        signals: record.signals.as_ref().map(signals),
        steps: steps.collect(),
        by_hand: record.override_record.as_ref().map(by_hand),
        planned_level,
    })
}

fn step(state: &State, applied: &j::AppliedStep) -> Option<v1::SurgeStep> {
    let step = applied.step.as_ref()?;
    Some(v1::SurgeStep {
        kind: step.kind,
        level: step.level,
        index: step.index,
        time: timestamp(state, applied.taken_ms),
        text: step_text(state, step),
    })
}

/// What a step does, for people.
fn step_text(state: &State, step: &j::SurgeStep) -> String {
    let name = |number: u32| state.names().id(number);
    // Who is told, given away or moved at once, without having waited for some time: nothing to say.
    let after = || match step.first_ms {
        0 => String::new(),
        first_ms => format!(" after {}", show_ms(first_ms)),
    };
    match step.kind() {
        SurgeStepKind::OpenRings => format!("rings up to {} are open", step.rings),
        SurgeStepKind::OpenGroups => {
            let groups: Vec<&str> = step.groups.iter().map(|group| name(*group)).collect();
            format!("opens groups {}", groups.join(", "))
        }
        SurgeStepKind::Message => match step.first_ms {
            0 => "tells those who wait how it stands".to_owned(),
            first_ms => format!("tells those who have waited for {} how it stands", show_ms(first_ms)),
        },
        SurgeStepKind::OfferCallback => format!("offers callbacks{}", after()),
        SurgeStepKind::Bot => {
            format!("gives up to {} at a time to the bot of {}{}", step.at_most, step.gateway, after())
        }
        SurgeStepKind::Overflow => format!("moves to {}{}", name(step.queue), after()),
        SurgeStepKind::WrapUp if step.limit_ms == 0 => "leaves no time for wrap-up".to_owned(),
        SurgeStepKind::WrapUp => format!("shortens wrap-up to {}", format_ms(step.limit_ms)),
        SurgeStepKind::Cap if step.waiting == 0 => "lets nobody in".to_owned(),
        SurgeStepKind::Cap => format!("lets in up to {}", step.waiting),
        SurgeStepKind::Unspecified => String::new(),
    }
}

/// The notice of an event about surges, if it is one.
pub fn notice(state: &State, event: &Kind) -> Option<(NoticeKind, String)> {
    let name = |number: u32| state.names().id(number);
    Some(match event {
        Kind::SurgeLevelChanged(e) => {
            let (level, queue) = (e.level, name(e.queue));
            let why = words::why(e.cause(), e.signals.unwrap_or_default());
            let text = format!("queue {queue} is at level {level} ({}): {}", words::level_name(level), why);
            (NoticeKind::SurgeLevel, text)
        }
        Kind::SurgeStepChanged(e) => {
            let what = step_text(state, e.step.as_ref()?);
            let verb = if e.undone { "no longer" } else { "now" };
            (NoticeKind::SurgeStep, format!("queue {} {verb}: {what}", name(e.queue)))
        }
        Kind::SurgeOverridden(e) => {
            let what = match &e.record {
                None => "goes by its surge plan again".to_owned(),
                Some(record) => words::word(record),
            };
            (NoticeKind::SurgeOverridden, format!("queue {} {what}", name(e.queue)))
        }
        _ => return None,
    })
}

fn signals(signals: &j::SurgeSignals) -> v1::SurgeSignals {
    v1::SurgeSignals {
        waiting: signals.waiting,
        oldest_wait: Some(duration(signals.oldest_ms)),
        expected_wait: (signals.expected_ms != 0).then(|| duration(signals.expected_ms)),
        abandoned_permille: signals.abandoned_permille,
        agents: signals.agents,
    }
}

fn by_hand(record: &j::SurgeOverrideRecord) -> v1::SurgeOverride {
    v1::SurgeOverride {
        level: record.level,
        until: Some(prost_types::Timestamp { seconds: record.until_s, nanos: 0 }),
        reason: record.reason.clone(),
        supervisor_id: record.supervisor.clone(),
    }
}
