//! What needs a supervisor's eye, told from events. Must not hold anything back or look for anything that
//! no event tells: filters are the watcher's.

use std::collections::VecDeque;

use crate::{
    engine::{conversation::PAST_DUE, evolve::Effect, state::State},
    gateway::convert,
    proto::{
        journal::{self as j, ContactEnd, InterventionKind, LeftBot, OfferEnd, PromiseEnd, event::Kind},
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

/// The notice of an event that has just become part of `state`, if it is one.
fn notice_of(state: &State, event: &j::Event, effect: &Effect) -> Option<v1::Notice> {
    let names = state.names();
    let contact = || convert::contact_id(state, effect.contact);
    let (kind, text) = match event.kind.as_ref()? {
        Kind::PromiseEscalated(e) => return promise_notice(state, e.promise, escalation(e.step)),
        Kind::PromiseEnded(e) if e.end() == PromiseEnd::Unreached => {
            return promise_notice(state, e.promise, NoticeKind::PromiseUnreached);
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
        Kind::ContactIntervened(e) => {
            let by = if e.supervisor.is_empty() { "a supervisor" } else { &e.supervisor };
            // It is one line, whatever was given.
            let reason = e.reason.replace(char::is_control, " ");
            let text = format!("{by} {} {}: {reason}", intervention(e.kind()), contact());
            (NoticeKind::Intervention, text)
        }
        _ => return None,
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
    let record = state.promise(promise)?;
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
    })
}

fn bot_text(reason: LeftBot, contact: &str) -> Option<String> {
    match reason {
        LeftBot::BotLost => Some(format!("the bot that had {contact} is gone: it waits in its queue")),
        LeftBot::Time => Some(format!("the bot had {contact} for too long: it waits in its queue")),
        LeftBot::Returned | LeftBot::Supervisor | LeftBot::Unspecified => None,
    }
}

fn seconds(ms: u64) -> String {
    let seconds = ms.div_ceil(1_000);
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds / 60) }
}
