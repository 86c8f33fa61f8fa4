//! What needs a supervisor's eye, told from events. Must not hold anything back or look for anything that
//! no event tells: filters are the watcher's.

use std::collections::VecDeque;

use crate::{
    engine::{conversation::PAST_DUE, evolve::Effect, schedule::override_text, state::State},
    gateway::convert,
    proto::{
        journal::{
            self as j, ContactEnd, DeviationKind, InterventionKind, LeftBot, OfferEnd, PromiseEnd,
            event::Kind,
        },
        v1::{self, NoticeKind, watch_notices_response::Update as NoticeUpdate},
    },
};

use super::{HISTORY_ITEMS, Item, Streams, Topic};

/// The notices of what is replayed at a start: as many of the latest as are kept for those who resume.
#[derive(Default)]
pub struct Notices {
    /// Sequence of the event before the first that was seen, or of the latest that was dropped.
    floor: Option<u64>,
    items: VecDeque<Item>,
}

impl Notices {
    /// Notes what an event, which has just become part of `state`, tells.
    pub fn see(&mut self, state: &State, event: &j::Event, effect: &Effect) {
        self.floor.get_or_insert(state.sequence() - 1);
        let Some(item) = item_of(state, event, effect) else { return };
        self.items.push_back(item);
        if self.items.len() > HISTORY_ITEMS {
            self.floor = self.items.pop_front().map(|dropped| dropped.sequence());
        }
    }

    /// Keeps them for those who resume. `sequence`: where the replay ended.
    pub fn keep(self, streams: &Streams, sequence: u64) {
        streams.resume_from(Topic::Notices, self.floor.unwrap_or(sequence), self.items);
    }
}

/// The item of an event that has just become part of `state`, if it is a notice.
pub(super) fn item_of(state: &State, event: &j::Event, effect: &Effect) -> Option<Item> {
    let notice = notice_of(state, event, effect)?;
    let (sequence, time) = (state.sequence(), convert::timestamp(state, event.at_ms));
    let update = Some(NoticeUpdate::Notice(notice));
    Some(Item::Notice(Box::new(v1::WatchNoticesResponse { sequence, time, update })))
}

/// Agents named in the text of a notice about many …
const NAMED_MAX: usize = 10;
/// … and those whose ids it has.
const AGENTS_MAX: usize = 100;

/// The notice of an event that has just become part of `state`, if it is one.
fn notice_of(state: &State, event: &j::Event, effect: &Effect) -> Option<v1::Notice> {
    let names = state.names();
    let contact = || convert::contact_id(state, effect.contact);
    let (kind, text) = match event.kind.as_ref()? {
        Kind::PromiseEscalated(e) => return promise_notice(state, e.promise, escalation(e.step)),
        Kind::PromiseEnded(e) if e.end() == PromiseEnd::Unreached => {
            return promise_notice(state, e.promise, NoticeKind::PromiseUnreached);
        }
        Kind::PromiseEnded(e) if e.end() == PromiseEnd::Exhausted => {
            return exhausted_notice(state, e.promise);
        }
        Kind::WindowNeared(_) => {
            let left_ms = state.contact(effect.contact)?.window()?.left(event.at_ms).until_ms;
            let left = left_ms.saturating_sub(event.at_ms);
            let text = format!("{} can be answered for {} more", contact(), seconds(left));
            (NoticeKind::WindowNear, text)
        }
        Kind::ContactClosed(e) if e.reason() == ContactEnd::WindowLapsed => {
            let text = format!("{} was not answered while its channel allowed it", contact());
            (NoticeKind::WindowLapsed, text)
        }
        Kind::OfferEnded(e) if e.reason() == OfferEnd::NoAnswer => {
            let text = format!("{} did not answer the offer of {}", names.id(effect.agent), contact());
            (NoticeKind::OfferMissed, text)
        }
        Kind::AgentAvailabilitySet(e) if !e.ready && e.reason == "missed" => {
            let text = format!("{} missed so many offers that it is not ready now", names.id(effect.agent));
            (NoticeKind::AgentMissed, text)
        }
        Kind::ContactParked(_) if state.turn_ms(state.contact(effect.contact)?) != 0 => {
            let text = format!("{} was parked while its customer waits for an answer", contact());
            (NoticeKind::UnansweredParked, text)
        }
        Kind::ContactLeftBot(e) => (NoticeKind::BotLost, bot_text(e.reason(), &contact())?),
        Kind::QueueHours(e) => return closed_notice(state, e),
        Kind::DeviationsNoted(e) => return Some(deviation_notice(state, e)),
        kind => change_by_hand(state, kind, &contact)?,
    };
    let missed = matches!(kind, NoticeKind::OfferMissed | NoticeKind::AgentMissed);
    let missed = state.agent(effect.agent).filter(|_| missed).map_or(0, |agent| agent.record.missed_in_row);
    let record = state.contact(effect.contact);
    Some(v1::Notice {
        kind: kind.into(),
        text,
        contact: record.map(|record| convert::contact(state, record, event.at_ms)),
        agent_id: names.id(effect.agent).to_owned(),
        queue: names.id(record.map_or(effect.queue, |record| record.queue)).to_owned(),
        promise: None,
        missed_in_row: missed,
        callback: None,
        agent_ids: Vec::new(),
    })
}

/// What somebody has changed by hand.
fn change_by_hand(state: &State, kind: &Kind, contact: &dyn Fn() -> String) -> Option<(NoticeKind, String)> {
    let names = state.names();
    Some(match kind {
        Kind::ContactIntervened(e) => {
            let by = if e.supervisor.is_empty() { "a supervisor" } else { &e.supervisor };
            // It is one line, whatever was given.
            let reason = e.reason.replace(char::is_control, " ");
            let text = format!("{by} {} {}: {reason}", intervention(e.kind()), contact());
            (NoticeKind::Intervention, text)
        }
        Kind::ShiftOverridden(e) => {
            let what = match &e.record {
                None => "follows its schedule again".to_owned(),
                Some(record) if record.on => {
                    format!("is on shift, {}", override_text(&record.supervisor, &record.reason))
                }
                Some(record) => {
                    format!("is off shift, {}", override_text(&record.supervisor, &record.reason))
                }
            };
            (NoticeKind::ShiftOverridden, format!("{} {what}", names.id(e.agent)))
        }
        Kind::QueueOverridden(e) => {
            let what = match &e.record {
                None => "follows its calendar again".to_owned(),
                Some(record) if record.open => {
                    format!("is open, {}", override_text(&record.supervisor, &record.reason))
                }
                Some(record) => format!("is closed, {}", override_text(&record.supervisor, &record.reason)),
            };
            (NoticeKind::QueueOverridden, format!("queue {} {what}", names.id(e.queue)))
        }
        Kind::SurgeLevelChanged(_) | Kind::SurgeStepChanged(_) | Kind::SurgeOverridden(_) => {
            return convert::surge::notice(state, kind);
        }
        Kind::ShiftsCommitted(e) => {
            let text = format!(
                "shifts were imported from {}: {} added, {} changed, {} removed",
                e.source, e.added, e.changed, e.removed
            );
            (NoticeKind::ShiftsChanged, text)
        }
        Kind::ShiftsChanged(e) if !e.staged => {
            let text = format!("shifts were changed: {} set, {} deleted", e.set.len(), e.removed.len());
            (NoticeKind::ShiftsChanged, text)
        }
        _ => return None,
    })
}

fn intervention(kind: InterventionKind) -> &'static str {
    match kind {
        InterventionKind::Requeued => "requeued",
        InterventionKind::Reassigned => "reassigned",
        InterventionKind::Ended => "ended",
        InterventionKind::Changed => "changed",
        InterventionKind::Unspecified => "intervened in",
    }
}

fn escalation(step: u32) -> NoticeKind {
    if step == PAST_DUE { NoticeKind::PromiseBroken } else { NoticeKind::PromiseNear }
}

fn promise_notice(state: &State, promise: u64, kind: NoticeKind) -> Option<v1::Notice> {
    let record = state.promise(promise).filter(|record| record.callback.is_none())?;
    let what = match kind {
        NoticeKind::PromiseNear => "comes due",
        NoticeKind::PromiseBroken if record.due_ms <= state.now_ms() => "is past its time",
        NoticeKind::PromiseBroken => "can't be kept: its queue left the plan",
        _ => "ended without its customer being reached",
    };
    let names = state.names();
    let agent = names.id(record.agent);
    let by = if agent.is_empty() { String::new() } else { format!(" of {agent}") };
    let follow_up = state.contact(record.follow_up);
    Some(v1::Notice {
        kind: kind.into(),
        text: format!("promise {}{by} {what}", record.id),
        contact: follow_up.map(|record| convert::contact(state, record, state.now_ms())),
        agent_id: agent.to_owned(),
        queue: names.id(record.queue).to_owned(),
        promise: Some(convert::promise::promise(state, record)),
        missed_in_row: 0,
        callback: None,
        agent_ids: Vec::new(),
    })
}

/// A callback that ended without its customer being reached. What it is called by is nobody's here.
fn exhausted_notice(state: &State, promise: u64) -> Option<v1::Notice> {
    let record = state.promise(promise)?;
    let (now_ms, names) = (state.now_ms(), state.names());
    let callback = convert::callback::callback(state, record, now_ms);
    let attempts = match callback.attempts {
        1 => "1 attempt".to_owned(),
        attempts => format!("{attempts} attempts"),
    };
    let queue = names.id(record.queue).to_owned();
    let text = format!(
        "callback {} of queue {queue} ended after {attempts}: its customer was not reached",
        record.id
    );
    Some(v1::Notice {
        kind: NoticeKind::CallbackExhausted.into(),
        text,
        contact: state.contact(record.follow_up).map(|record| convert::contact(state, record, now_ms)),
        agent_id: names.id(record.agent).to_owned(),
        queue,
        callback: Some(callback),
        ..v1::Notice::default()
    })
}

fn bot_text(reason: LeftBot, contact: &str) -> Option<String> {
    match reason {
        LeftBot::BotLost => Some(format!("the bot that had {contact} is gone: it waits in its queue")),
        LeftBot::Time => Some(format!("the bot had {contact} for too long: it waits in its queue")),
        LeftBot::Returned | LeftBot::Supervisor | LeftBot::Unspecified => None,
    }
}

/// Queues that closed while somebody waited: one, or the first few by name.
fn closed_notice(state: &State, event: &j::QueueHours) -> Option<v1::Notice> {
    let closed = event.changes.iter().filter(|change| !change.open).map(|change| {
        let live = state.queue_live(change.queue);
        (state.names().id(change.queue), live.waiting + live.offered)
    });
    let closed: Vec<(&str, u32)> = closed.filter(|(_, waiting)| *waiting > 0).collect();
    let queue = match closed.as_slice() {
        [] => return None,
        [(queue, _)] => *queue,
        _ => "",
    };
    let named = closed.iter().take(NAMED_MAX);
    let mut told: Vec<String> =
        named.map(|(queue, waiting)| format!("{queue} while {waiting} waited")).collect();
    if closed.len() > NAMED_MAX {
        told.push(format!("{} more", closed.len() - NAMED_MAX));
    }
    let what = if queue.is_empty() { "queues closed" } else { "queue closed" };
    Some(v1::Notice {
        kind: NoticeKind::QueueClosed.into(),
        text: format!("{what}: {}", told.join(", ")),
        queue: queue.to_owned(),
        ..v1::Notice::default()
    })
}

fn deviation_notice(state: &State, event: &j::DeviationsNoted) -> v1::Notice {
    let agents = event.groups.iter().flat_map(|group| &group.agents);
    let agent_ids: Vec<String> =
        agents.take(AGENTS_MAX).map(|agent| state.names().id(*agent).to_owned()).collect();
    let agent_id = if let [agent] = &agent_ids[..] { agent.clone() } else { String::new() };
    let text = deviations_text(state, event);
    v1::Notice { kind: NoticeKind::Deviation.into(), text, agent_id, agent_ids, ..v1::Notice::default() }
}

/// Who departs from its schedule, by how: the first few by name.
fn deviations_text(state: &State, event: &j::DeviationsNoted) -> String {
    let group = |group: &j::DeviationGroup| {
        let mut who: Vec<&str> =
            group.agents.iter().take(NAMED_MAX).map(|agent| state.names().id(*agent)).collect();
        let more = group.agents.len().saturating_sub(NAMED_MAX);
        let more = format!("{more} more");
        if group.agents.len() > NAMED_MAX {
            who.push(&more);
        }
        let what = match group.kind() {
            DeviationKind::Absent => "on shift, but not signed in",
            DeviationKind::NotReady => "on shift, but not ready",
            DeviationKind::OffShiftReady | DeviationKind::Unspecified => "ready, but off shift",
        };
        format!("{what}: {}", who.join(", "))
    };
    event.groups.iter().map(group).collect::<Vec<_>>().join("; ")
}

fn seconds(ms: u64) -> String {
    let seconds = ms.div_ceil(1_000);
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds / 60) }
}
