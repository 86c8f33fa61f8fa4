//! Which rules have really decided something in all those cases: a rule that never does is not tested.

use std::collections::BTreeMap;

use kefud::{
    engine::{
        command::{Command, PromiseDue, Reply},
        refusal::Refusal,
        state::State,
    },
    proto::journal::{self as j, event::Kind},
};

use crate::naive::View;

mod surge;

pub use surge::SURGE;
use surge::of_surge;

/// What must happen wherever contacts are served.
pub const CALM: &[&str] = &[
    "AGENT_RULE_LONGEST_IDLE",
    "AGENT_RULE_LEAST_LOADED",
    "AGENT_RULE_MOST_SKILLED",
    "AGENT_RULE_LEAST_SKILLED",
    "AGENT_RULE_ROUND_ROBIN",
    "AGENT_RULE_PREFERRED_AGENT",
    "OFFER_TRIGGER_CONTACT_WAITING",
    "OFFER_TRIGGER_AGENT_AVAILABLE",
    "OFFER_TRIGGER_CAPACITY_FREED",
    "RING_CAUSE_TIME",
    "RING_CAUSE_UNSTAFFED",
    "kept at entry",
    "ring passed over at entry",
    "held back by reserve",
];

/// What must happen where everything does.
pub const RULES: &[&str] = &[
    "AGENT_RULE_LONGEST_IDLE",
    "AGENT_RULE_LEAST_LOADED",
    "AGENT_RULE_MOST_SKILLED",
    "AGENT_RULE_LEAST_SKILLED",
    "AGENT_RULE_ROUND_ROBIN",
    "AGENT_RULE_PREFERRED_AGENT",
    "AGENT_RULE_LAST_AGENT",
    "AGENT_RULE_NAMED",
    "OFFER_TRIGGER_CONTACT_WAITING",
    "OFFER_TRIGGER_AGENT_AVAILABLE",
    "OFFER_TRIGGER_CAPACITY_FREED",
    "OFFER_TRIGGER_EXCLUSION_ENDED",
    "OFFER_TRIGGER_RING_OPENED",
    "OFFER_TRIGGER_KEEP_ENDED",
    "OFFER_TRIGGER_RESERVE_FREED",
    "OFFER_TRIGGER_RULES_CHANGED",
    "OFFER_TRIGGER_BY_HAND",
    "RING_CAUSE_TIME",
    "RING_CAUSE_UNSTAFFED",
    "RING_CAUSE_ALL_DECLINED",
    "KEEP_END_REASON_TIME",
    "KEEP_END_REASON_AGENT_GONE",
    "exclusions cleared",
    "kept at entry",
    "kept after a transfer",
    "ring passed over at entry",
    "known of a case",
    "unservable accepted",
    "unservable refused",
    "held back by reserve",
    "pull accepted",
    "pull refused",
    "assignment accepted",
    "assignment refused",
];

/// What must happen in conversations: every kind of event, and every reason for which something is refused.
pub const TALK: &[&str] = &[
    "activity recorded",
    "parked",
    "resumed",
    "returned by the customer",
    "pulled from being parked",
    "offered on return",
    "offered as a consult",
    "to a bot",
    "left a bot",
    "bot lost",
    "a bot's time over",
    "closed by a bot",
    "window neared",
    "window lapsed",
    "idle",
    "consult joined",
    "consult handed over",
    "consult unanswered",
    "consultant lost",
    "parent ended",
    "parent moved",
    "promise made",
    "promise changed",
    "promise escalated",
    "promise broken",
    "promise kept",
    "promise late",
    "promise unreached",
    "promise cancelled",
    "feedback recorded",
    "judged settled",
    "judged unsettled",
    "intervened",
    "by another channel",
    "ACTIVITY_NOT_TRACKED",
    "AGENT_NOT_AVAILABLE",
    "CONSULT_NOT_ANSWERED",
    "CONSULT_OF_CONSULT",
    "CONSULT_RUNNING",
    "CONSULT_WITH_ONESELF",
    "CONTACT_CLOSED",
    "CONTACT_NOT_CLOSED",
    "CONTACT_NOT_FOR_BOT",
    "CONTACT_NOT_FOR_TRANSFER",
    "CONTACT_NOT_HELD",
    "CONTACT_NOT_WITH_BOT",
    "CONTACT_WITH_BOT",
    "FEEDBACK_EXISTS",
    "NO_CALENDAR",
    "PROMISE_BEYOND_HORIZON",
    "PROMISE_ENDED",
    "PROMISE_EXISTS",
    "PROMISE_IN_PROGRESS",
    "PROMISE_IN_THE_PAST",
    "PROMISE_MOVED_TOO_OFTEN",
    "PROMISE_NOT_FOUND",
    "PROMISE_OF_ANOTHER_AGENT",
    "REPLY_QUOTA_RESERVED",
    "REPLY_QUOTA_SPENT",
    "REPLY_WINDOW_OVER",
    "TOO_MANY_PROMISES",
    "TRANSFER_LOOP",
];

/// What must happen where people work by shifts: every kind of event, every policy, every way to depart.
pub const SHIFTS: &[&str] = &[
    "shift edges",
    "on shift",
    "on break",
    "off shift",
    "some channels only",
    "no schedule any more",
    "queue closes",
    "queue opens",
    "clock stands still",
    "closed, and the clock goes on",
    "shifts set",
    "shifts removed",
    "shifts staged",
    "shifts committed",
    "shift overridden",
    "shift override cleared",
    "queue overridden",
    "queue override cleared",
    "DEVIATION_KIND_ABSENT",
    "DEVIATION_KIND_NOT_READY",
    "DEVIATION_KIND_OFF_SHIFT_READY",
    "QUEUE_CLOSED",
    "held at entry",
    "accepted though closed",
    "overflowed",
    "held by a transfer",
    "held after a bot",
    "moved at closing",
    "held at closing",
    "served out",
    "handed over at the end",
    "finished after the end",
    "OFFER_TRIGGER_SHIFT_EDGE",
    "OFFER_TRIGGER_QUEUE_OPENED",
    "SHIFTS_CHANGED",
    "AGENT_OFF_SHIFT",
    "promised by open hours",
];

/// The names of what an event of shifts and hours tells, in the state before it.
fn of_shifts(kind: &Kind, state: &State) -> Vec<&'static str> {
    let closed = |contact: u64| {
        let record = state.contact(contact);
        record.is_some_and(|record| !state.queue_open(record.queue))
    };
    let held = |entry: Option<&j::QueueEntry>| entry.is_some_and(|entry| entry.held != 0);
    let some = |what: &'static str, happens: bool| if happens { vec![what] } else { Vec::new() };
    match kind {
        Kind::ShiftEdges(edges) => {
            let of = |edge: &j::ShiftEdge| match edge.state.as_ref().map(|state| (state.presence(), state)) {
                None => "no schedule any more",
                Some((j::Presence::On, state)) if state.restricted => "some channels only",
                Some((j::Presence::On, _)) => "on shift",
                Some((j::Presence::Break, _)) => "on break",
                Some(_) => "off shift",
            };
            edges.edges.iter().map(of).chain(["shift edges"]).collect()
        }
        Kind::QueueHours(hours) => {
            let of = |change: &j::QueueHoursChange| match (change.open, change.clock_stopped) {
                (true, _) => vec!["queue opens"],
                (false, true) => vec!["queue closes", "clock stands still"],
                (false, false) => vec!["queue closes", "closed, and the clock goes on"],
            };
            hours.changes.iter().flat_map(of).collect()
        }
        Kind::ShiftsChanged(part) if part.staged => vec!["shifts staged"],
        Kind::ShiftsChanged(part) if part.removed.is_empty() => vec!["shifts set"],
        Kind::ShiftsChanged(_) => vec!["shifts removed"],
        Kind::ShiftsCommitted(_) => vec!["shifts committed"],
        Kind::ShiftOverridden(event) if event.record.is_none() => vec!["shift override cleared"],
        Kind::ShiftOverridden(_) => vec!["shift overridden"],
        Kind::QueueOverridden(event) if event.record.is_none() => vec!["queue override cleared"],
        Kind::QueueOverridden(_) => vec!["queue overridden"],
        Kind::DeviationsNoted(event) => event.groups.iter().map(|group| group.kind().as_str_name()).collect(),
        Kind::ContactEnqueued(event) => {
            let waits = event.origin.is_none() && !state.queue_open(event.queue);
            let mut happens = some("held at entry", held(event.entry.as_ref()));
            happens.extend(some("accepted though closed", waits && !held(event.entry.as_ref())));
            happens.extend(some("overflowed", event.overflowed_from != 0));
            happens
        }
        Kind::ContactTransferred(event) if event.reason() == j::TransferReason::QueueClosed => {
            vec!["moved at closing"]
        }
        Kind::ContactTransferred(event) => some("held by a transfer", held(event.entry.as_ref())),
        Kind::ContactLeftBot(event) => some("held after a bot", held(event.entry.as_ref())),
        Kind::ContactOffered(event) if event.cause() == j::OfferCause::Matched => {
            some("served out", closed(event.contact))
        }
        Kind::ContactReturned(event) => {
            some("handed over at the end", event.reason() == j::ReturnReason::ShiftOver)
        }
        _ => Vec::new(),
    }
}

/// The name of what an event of a conversation tells.
fn talk(kind: &Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::ActivityRecorded(_) => "activity recorded",
        Kind::ContactParked(_) => "parked",
        Kind::ContactResumed(_) => "resumed",
        Kind::ContactReturned(event) => match event.reason() {
            j::ReturnReason::CustomerWrote => "returned by the customer",
            j::ReturnReason::Pulled => "pulled from being parked",
            _ => return None,
        },
        Kind::ContactOffered(event) => match event.cause() {
            j::OfferCause::Return => "offered on return",
            j::OfferCause::Consult => "offered as a consult",
            _ => return None,
        },
        Kind::ContactHandedToBot(_) => "to a bot",
        Kind::ContactLeftBot(event) => match event.reason() {
            j::LeftBot::BotLost => "bot lost",
            j::LeftBot::Time => "a bot's time over",
            _ => "left a bot",
        },
        Kind::ContactClosed(event) => match event.reason() {
            j::ContactEnd::BotCompleted => "closed by a bot",
            j::ContactEnd::WindowLapsed => "window lapsed",
            j::ContactEnd::Idle => "idle",
            j::ContactEnd::ConsultUnanswered => "consult unanswered",
            j::ContactEnd::ConsultantLost => "consultant lost",
            j::ContactEnd::ParentEnded => "parent ended",
            j::ContactEnd::ParentMoved => "parent moved",
            _ => return None,
        },
        Kind::WindowNeared(_) => "window neared",
        Kind::ConsultJoined(_) => "consult joined",
        Kind::ConsultHandedOver(_) => "consult handed over",
        Kind::PromiseMade(_) => "promise made",
        Kind::PromiseChanged(_) => "promise changed",
        Kind::PromiseEscalated(event) if event.step == 255 => "promise broken",
        Kind::PromiseEscalated(_) => "promise escalated",
        Kind::PromiseEnded(event) => match event.end() {
            j::PromiseEnd::Kept => "promise kept",
            j::PromiseEnd::Late => "promise late",
            j::PromiseEnd::Unreached => "promise unreached",
            _ => "promise cancelled",
        },
        Kind::FeedbackRecorded(_) => "feedback recorded",
        Kind::FirstContactJudged(event) if event.resolved => "judged settled",
        Kind::FirstContactJudged(_) => "judged unsettled",
        Kind::ContactIntervened(_) => "intervened",
        Kind::ContactTransferred(event) if event.channel != 0 => "by another channel",
        _ => return None,
    })
}

/// How often each has happened.
#[derive(Debug, Default)]
pub struct Covered(BTreeMap<&'static str, u64>);

impl Covered {
    pub fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    fn entry(&mut self, entry: Option<&j::QueueEntry>, kept: &'static str) {
        let entry = entry.copied().unwrap_or_default();
        if entry.kept_for != 0 {
            self.note(kept);
        }
        if entry.ring > 0 {
            self.note("ring passed over at entry");
        }
    }

    /// An event comes upon this state.
    pub fn event(&mut self, event: &j::Event, state: &State) {
        for what in event.kind.iter().flat_map(|kind| of_shifts(kind, state)) {
            self.note(what);
        }
        for what in event.kind.iter().flat_map(|kind| of_surge(kind, state)) {
            self.note(what);
        }
        if let Some(what) = event.kind.as_ref().and_then(talk) {
            self.note(what);
        }
        match event.kind.as_ref() {
            Some(Kind::ContactOffered(offer)) => {
                self.note(offer.rule().as_str_name());
                self.note(offer.trigger().as_str_name());
            }
            Some(Kind::RingOpened(opened)) => self.note(opened.cause().as_str_name()),
            Some(Kind::KeepEnded(ended)) => self.note(ended.reason().as_str_name()),
            Some(Kind::ExclusionsCleared(_)) => self.note("exclusions cleared"),
            Some(Kind::ContactTransferred(moved)) => {
                self.entry(moved.entry.as_ref(), "kept after a transfer");
            }
            Some(Kind::ContactEnqueued(enqueued)) => {
                self.entry(enqueued.entry.as_ref(), "kept at entry");
                if enqueued.known_agent != 0 {
                    self.note("known of a case");
                }
                if enqueued.unservable {
                    self.note("unservable accepted");
                }
            }
            _ => {}
        }
    }

    pub fn answered(&mut self, command: &Command, answer: &Result<Reply, Refusal>) {
        if let Err(refusal) = answer {
            self.note(refusal.reason);
        }
        match (command, answer) {
            (Command::MakePromise { promise, .. }, Ok(_))
                if matches!(promise.due, PromiseDue::BusinessAfter(_)) =>
            {
                self.note("promised by open hours");
            }
            (Command::Pull { .. }, Ok(_)) => self.note("pull accepted"),
            (Command::Pull { .. }, Err(_)) => self.note("pull refused"),
            (Command::Assign { .. }, Ok(_)) => self.note("assignment accepted"),
            (Command::Assign { .. }, Err(_)) => self.note("assignment refused"),
            (_, Err(refusal)) if refusal.reason == "NOBODY_CAN_SERVE" => self.note("unservable refused"),
            _ => {}
        }
    }

    /// Nothing more is due; once a case it is looked whether a reserve is the reason.
    pub fn settled(&mut self, state: &State, now_ms: u64) {
        let view = View::new(state, now_ms);
        if view.waiting().any(|record| view.held(record) && record.held != state.closures(record.queue)) {
            self.note("held at closing");
        }
        let active = state.assignments().filter(|leg| leg.stage() == j::AssignmentStage::Active);
        let off =
            |agent: u32| state.agent(agent).is_some_and(|agent| agent.presence() == Some(j::Presence::Off));
        if active.filter(|leg| !leg.realtime).any(|leg| off(leg.agent)) {
            self.note("finished after the end");
        }
        if self.0.contains_key("held back by reserve") {
            return;
        }
        let reserved = |contact: &j::ContactRecord| {
            let asked = view.asked(contact)?;
            view.people.iter().find(|person| {
                person.ready()
                    && !view.held(contact)
                    && asked.fits(view.plan, person.info)
                    && view.has_room(person, &asked)
                    && view.reserved(person, &asked)
            })
        };
        if view.waiting().any(|contact| reserved(contact).is_some()) {
            self.note("held back by reserve");
        }
    }

    pub fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    /// What of this has not happened.
    pub fn missing(&self, wanted: &[&'static str]) -> Vec<&'static str> {
        wanted.iter().copied().filter(|what| !self.0.contains_key(what)).collect()
    }

    pub fn summary(&self) -> String {
        format!("{:?}", self.0)
    }
}
