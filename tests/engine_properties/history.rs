//! What the events alone say of each contact and promise: stage, whom it knows and is kept for, what may be sent,
//! how often it was moved. Each event must be one that can come in that stage, and the engine's records must say
//! the same after every step.

use std::collections::BTreeMap;

use kefud::{
    engine::{
        command::Command,
        limits::{PROMISE_MOVES_MAX, PROMISES_OF_CONTACT_MAX},
        state::State,
    },
    proto::journal::{
        self as j, AssignmentEnd, ContactRecord, ContactStage, Dialling, OfferCause, OfferEnd, PromiseEnd,
        PromiseStage, ReturnReason, TransferReason, event::Kind,
    },
};

type Checked<T = ()> = Result<T, String>;

/// How often a surge's steps move a contact at most.
const OVERFLOWS_MAX: usize = 8;

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(problem()) }
}

/// A live contact.
#[derive(Debug, Clone, PartialEq)]
struct Past {
    stage: ContactStage,
    /// Its offer or assignment; 0: none.
    offer: u64,
    /// Whom its customer knows, and who had it last.
    known: u32,
    last: u32,
    /// For whom it is kept, and until when.
    kept: (u32, u64),
    /// It went to a bot from its queue.
    deflected: bool,
    /// Since when it is with a bot, and its time with bots that its age includes.
    bot_ms: u64,
    bot_aged_ms: u64,
    transfers: u32,
    window: Option<j::Window>,
    /// Of a callback whose customer is dialled first.
    dialling: Dialling,
    /// The queues that it has left because too many waited there, each time.
    overflowed: Vec<u32>,
}

impl Past {
    fn of(record: &ContactRecord) -> Self {
        Self {
            stage: record.stage(),
            offer: record.offer,
            known: record.known_agent,
            last: record.last_agent(),
            kept: (record.kept_for(), record.kept_until_ms()),
            deflected: record.talk().deflected,
            bot_ms: record.talk().bot_ms,
            bot_aged_ms: record.talk().bot_aged_ms,
            transfers: record.talk().transfers,
            window: record.window().copied(),
            dialling: record.talk().dialling(),
            overflowed: record.talk().visited.clone(),
        }
    }

    fn enter(&mut self, entry: Option<&j::QueueEntry>) {
        let entry = entry.copied().unwrap_or_default();
        self.kept = (entry.kept_for, entry.kept_until_ms);
        if entry.arrival_ms != 0 {
            self.bot_aged_ms = 0;
        }
    }

    fn served_by(&mut self, agent: u32, offer: u64) {
        (self.known, self.last, self.offer) = (agent, agent, offer);
    }
}

/// A promise that is kept in mind.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Promise {
    contact: u64,
    agent: u32,
    moves: u32,
    due_ms: u64,
    /// The time of day that was promised.
    said_wall_ms: Option<i64>,
    open: bool,
    follow_up: u64,
}

impl Promise {
    fn of(record: &j::PromiseRecord) -> Self {
        Self {
            contact: record.contact,
            agent: record.agent,
            moves: record.moves,
            due_ms: record.due_ms,
            said_wall_ms: record.said_wall_ms,
            open: record.stage() != PromiseStage::Ended,
            follow_up: record.follow_up,
        }
    }
}

/// Everything that has happened.
#[derive(Debug, Default)]
pub struct History {
    live: BTreeMap<u64, Past>,
    /// Contact, agent, whether it is a call.
    offers: BTreeMap<u64, (u64, u32, bool)>,
    promises: BTreeMap<u64, Promise>,
    /// Open callbacks, by the contacts on which they were asked for. What becomes of them is in `called.rs`.
    callbacks: BTreeMap<u64, u64>,
    /// The assignment of a consult whose colleague has just got the contact.
    handed_over: Option<j::AssignmentRecord>,
    /// The contact that its puller has just taken from where it was parked.
    pulled: Option<u64>,
}

impl History {
    /// The contact that has just been pulled from being parked, and is offered next.
    pub fn pulled(&self) -> Option<u64> {
        self.pulled
    }

    /// The assignment of a consult that goes on as that of its contact.
    pub fn handed_over(&self) -> Option<&j::AssignmentRecord> {
        self.handed_over.as_ref()
    }

    /// The live contact, which must be in one of these stages.
    fn at(&mut self, contact: u64, stages: &[ContactStage]) -> Checked<&mut Past> {
        let past = self.live.get_mut(&contact).ok_or_else(|| format!("contact {contact} is gone"))?;
        let stage = past.stage;
        ensure(stages.contains(&stage), || format!("contact {contact} is {stage:?}, not {stages:?}"))?;
        Ok(past)
    }

    /// The contact of an offer or assignment, in one of these stages, and its agent.
    fn of_offer(&mut self, offer: u64, stages: &[ContactStage]) -> Checked<(&mut Past, u32, bool)> {
        let known = self.offers.get(&offer).copied();
        let (contact, agent, realtime) = known.ok_or_else(|| format!("there is no offer {offer}"))?;
        let past = self.at(contact, stages)?;
        let now = past.offer;
        ensure(now == offer, || format!("offer {offer} is over, {now} is now"))?;
        Ok((past, agent, realtime))
    }

    /// An event comes in a stage in which it can, and what it says is so from now on.
    pub fn event(&mut self, event: &j::Event, state: &State) -> Checked {
        let Some(kind) = &event.kind else { return Ok(()) };
        if let Some(pulled) = self.pulled.take() {
            let right = matches!(kind, Kind::ContactOffered(offer)
                if offer.contact == pulled && offer.cause() == OfferCause::Pulled);
            ensure(right, || format!("contact {pulled} was pulled, not offered"))?;
        }
        let takes = |leg: j::AssignmentRecord| (leg.agent, leg.units, leg.realtime, leg.interruptible);
        let taken = match kind {
            Kind::ConsultHandedOver(e) => Some((e.agent, e.units, e.realtime, e.interruptible)),
            _ => None,
        };
        let handed_over = self.handed_over.take().map(takes);
        ensure(taken == handed_over, || format!("{handed_over:?} is handed over"))?;
        match kind {
            Kind::AssignmentEnded(e) if e.reason() == AssignmentEnd::HandedOver => {
                self.handed_over = state.assignment(e.offer).copied();
                ensure(self.handed_over.is_some(), || "nothing is handed over".to_owned())
            }
            Kind::ContactOffered(_)
            | Kind::OfferEnded(_)
            | Kind::OfferAccepted(_)
            | Kind::ContactConnected(_) => self.offer_event(kind),
            Kind::ClockObserved(e) => {
                for promise in self.promises.values_mut().filter(|promise| promise.open) {
                    if let Some(said_ms) = promise.said_wall_ms {
                        promise.due_ms = u64::try_from(said_ms - e.wall_offset_ms).unwrap_or(0).max(1);
                    }
                }
                Ok(())
            }
            Kind::PromiseMade(_) | Kind::PromiseChanged(_) | Kind::PromiseEnded(_) => {
                self.reached(kind, state);
                self.promise_event(kind, event.at_ms)
            }
            Kind::ContactEnqueued(e) => {
                self.enqueued(e, event.at_ms, state);
                Ok(())
            }
            Kind::CallbackDialled(e) => {
                self.at(e.contact, &[ContactStage::Waiting])?.dialling = Dialling::Dialled;
                Ok(())
            }
            Kind::CallbackAnswered(e) => {
                let past = self.at(e.contact, &[ContactStage::Waiting])?;
                past.dialling = Dialling::Answered;
                past.enter(e.entry.as_ref());
                Ok(())
            }
            Kind::ContactTransferred(e) => self.transferred(e, state),
            Kind::ContactHandedToBot(_) | Kind::ContactLeftBot(_) => self.bot_event(kind, event.at_ms),
            _ => self.talk_event(kind),
        }
    }

    fn offer_event(&mut self, kind: &Kind) -> Checked {
        use ContactStage::{Active, Connecting, Offered, Waiting};
        match kind {
            Kind::ContactOffered(e) => {
                let past = self.at(e.contact, &[Waiting])?;
                (past.stage, past.offer) = (Offered, e.offer);
                self.offers.insert(e.offer, (e.contact, e.agent, e.realtime));
            }
            Kind::OfferEnded(e) => {
                let (past, agent, _) = self.of_offer(e.offer, &[Offered])?;
                (past.stage, past.offer) = (Waiting, 0);
                let let_go = matches!(e.reason(), OfferEnd::Declined | OfferEnd::NoAnswer);
                if let_go && past.kept.0 == agent {
                    past.kept = (0, 0);
                }
            }
            Kind::OfferAccepted(e) => {
                let (past, agent, realtime) = self.of_offer(e.offer, &[Offered])?;
                past.stage = if realtime { Connecting } else { Active };
                past.served_by(agent, e.offer);
            }
            Kind::ContactConnected(e) => self.of_offer(e.offer, &[Connecting])?.0.stage = Active,
            _ => {}
        }
        Ok(())
    }

    fn bot_event(&mut self, kind: &Kind, at_ms: u64) -> Checked {
        use ContactStage::{Waiting, WithBot};
        match kind {
            Kind::ContactHandedToBot(e) => {
                let past = self.at(e.contact, &[Waiting])?;
                (past.stage, past.deflected, past.kept) = (WithBot, true, (0, 0));
                past.bot_ms = at_ms;
            }
            Kind::ContactLeftBot(e) => {
                let past = self.at(e.contact, &[WithBot])?;
                past.stage = Waiting;
                past.bot_aged_ms += at_ms - std::mem::take(&mut past.bot_ms);
                past.enter(e.entry.as_ref());
            }
            _ => {}
        }
        Ok(())
    }

    fn talk_event(&mut self, kind: &Kind) -> Checked {
        use ContactStage::{Active, Connecting, Offered, Parked, Waiting, WithBot};
        match kind {
            Kind::ContactReturned(e) => {
                let from = match e.reason() {
                    ReturnReason::AgentUnreachable => Connecting,
                    ReturnReason::AgentLost | ReturnReason::ShiftOver => Active,
                    _ => Parked,
                };
                let past = self.at(e.contact, &[from])?;
                (past.stage, past.offer) = (Waiting, 0);
                if from != Connecting {
                    past.enter(e.entry.as_ref());
                }
                self.pulled = (e.reason() == ReturnReason::Pulled).then_some(e.contact);
            }
            Kind::ContactParked(e) => {
                let past = self.at(e.contact, &[Active])?;
                (past.stage, past.offer) = (Parked, 0);
            }
            Kind::ContactResumed(e) => {
                let past = self.at(e.contact, &[Parked])?;
                past.stage = Active;
                past.served_by(e.agent, e.offer);
                self.offers.insert(e.offer, (e.contact, e.agent, false));
            }
            Kind::ConsultHandedOver(e) => {
                let past = self.at(e.contact, &[Active])?;
                past.served_by(e.agent, e.offer);
                self.offers.insert(e.offer, (e.contact, e.agent, e.realtime));
            }
            Kind::ConsultJoined(e) => drop(self.at(e.consult, &[Active])?),
            Kind::ContactClosed(e) => {
                // An offer ends before.
                self.at(e.contact, &[Waiting, Connecting, Active, Parked, WithBot])?;
                self.live.remove(&e.contact);
            }
            Kind::RingOpened(e) => self.at(e.contact, &[Waiting, Offered])?.kept = (0, 0),
            Kind::KeepEnded(e) => self.at(e.contact, &[Waiting, Offered])?.kept = (0, 0),
            Kind::ActivityRecorded(e) => {
                let all = [Waiting, Offered, Connecting, Active, Parked, WithBot];
                self.at(e.contact, &all)?.window = e.window;
            }
            Kind::WindowNeared(e) => {
                let past = self.live.get_mut(&e.contact).and_then(|past| past.window.as_mut());
                let window = past.ok_or_else(|| format!("contact {} has no window", e.contact))?;
                (window.steps, window.raise) = (e.steps, e.raise);
            }
            _ => {}
        }
        Ok(())
    }

    fn enqueued(&mut self, event: &j::ContactEnqueued, at_ms: u64, state: &State) {
        let origin = event.origin.as_deref().copied().unwrap_or_default();
        let entry = event.entry.unwrap_or_default();
        let called = state.promise(origin.promise).and_then(|promise| promise.callback.as_deref());
        let first = called.is_some_and(|own| own.mode() == j::CallbackMode::CustomerFirst);
        let past = Past {
            stage: if origin.bot == 0 { ContactStage::Waiting } else { ContactStage::WithBot },
            offer: 0,
            known: event.known_agent,
            last: 0,
            kept: (entry.kept_for, entry.kept_until_ms),
            deflected: false,
            bot_ms: if origin.bot == 0 { 0 } else { at_ms },
            bot_aged_ms: 0,
            transfers: 0,
            window: event.window.as_deref().copied(),
            dialling: if first { Dialling::Waits } else { Dialling::Unspecified },
            overflowed: Vec::new(),
        };
        self.live.insert(event.contact, past);
        if let Some(promise) = self.promises.get_mut(&origin.promise) {
            promise.follow_up = event.contact;
        }
    }

    fn transferred(&mut self, event: &j::ContactTransferred, state: &State) -> Checked {
        use ContactStage::{Active, Connecting, Parked, Waiting};
        let stages: &[ContactStage] = match event.reason() {
            TransferReason::QueueRemoved | TransferReason::QueueClosed | TransferReason::Overflowed => {
                &[Waiting]
            }
            _ => &[Waiting, Connecting, Active, Parked],
        };
        let past = self.at(event.contact, stages)?;
        (past.stage, past.offer) = (Waiting, 0);
        past.enter(event.entry.as_ref());
        match event.reason() {
            TransferReason::QueueRemoved | TransferReason::QueueClosed => {}
            TransferReason::Overflowed => {
                let from = state.contact(event.contact).map_or(0, |record| record.queue);
                let (to, left) = (event.queue, past.overflowed.len());
                ensure(from != to && !past.overflowed.contains(&to), || format!("it goes back to {to}"))?;
                ensure(left < OVERFLOWS_MAX, || format!("it has overflowed {left} times"))?;
                past.overflowed.push(from);
            }
            _ => past.known = 0,
        }
        if event.channel != 0 {
            past.window = event.window;
        }
        if event.reason() == TransferReason::Requested {
            let max = state.plan().settings.transfers_max;
            ensure(past.transfers < max, || format!("it is transferred beyond {max} times"))?;
            past.transfers += 1;
        }
        Ok(())
    }

    /// Open promises of a contact, callbacks included.
    fn open_of(&self, contact: u64) -> usize {
        let called = self.callbacks.values().filter(|asked_on| **asked_on == contact).count();
        self.promises.values().filter(|promise| promise.open && promise.contact == contact).count() + called
    }

    /// Whose promise is kept while an agent has it is on the line from then on.
    fn reached(&mut self, kind: &Kind, state: &State) {
        let Kind::PromiseEnded(e) = kind else { return };
        let kept = matches!(e.end(), PromiseEnd::Kept | PromiseEnd::Late);
        let contact = state.promise(e.promise).filter(|_| kept).map_or(0, |record| record.follow_up);
        let held = |past: &&mut Past| matches!(past.stage, ContactStage::Active | ContactStage::Parked);
        if let Some(past) = self.live.get_mut(&contact).filter(held) {
            past.dialling = Dialling::Answered;
        }
    }

    fn promise_event(&mut self, kind: &Kind, at_ms: u64) -> Checked {
        let number = match kind {
            Kind::PromiseMade(e) => {
                let record = e.promise.as_deref().ok_or("nothing is promised")?;
                if record.callback.is_some() {
                    self.callbacks.insert(record.promise, record.contact);
                    return Ok(());
                }
                let open = self.open_of(record.contact);
                ensure(open < PROMISES_OF_CONTACT_MAX, || format!("{open} promises are open already"))?;
                self.promises.insert(record.promise, Promise::of(record));
                return Ok(());
            }
            Kind::PromiseChanged(e) => e.promise,
            Kind::PromiseEnded(e) => {
                if self.callbacks.remove(&e.promise).is_some() {
                    return Ok(());
                }
                e.promise
            }
            _ => return Ok(()),
        };
        if self.callbacks.contains_key(&number) {
            return Ok(());
        }
        let promise =
            self.promises.get_mut(&number).ok_or_else(|| format!("there is no promise {number}"))?;
        ensure(promise.open, || format!("promise {number} has ended"))?;
        match kind {
            Kind::PromiseChanged(e) => {
                if e.due_ms != 0 {
                    ensure(promise.moves < PROMISE_MOVES_MAX, || "it is moved too often".to_owned())?;
                    promise.moves += 1;
                    promise.due_ms = e.due_ms;
                    promise.said_wall_ms = e.said_wall_ms;
                }
                let before = promise.agent;
                if e.agent != 0 {
                    promise.agent = e.agent;
                    if let Some(past) = self.live.get_mut(&promise.follow_up) {
                        past.known = e.agent;
                        past.kept.0 = if past.kept.0 == before { e.agent } else { past.kept.0 };
                    }
                }
                if e.pending {
                    promise.follow_up = 0;
                }
            }
            Kind::PromiseEnded(e) => {
                promise.open = false;
                let in_time = at_ms <= promise.due_ms;
                let right = match e.end() {
                    PromiseEnd::Kept => in_time,
                    PromiseEnd::Late => !in_time,
                    _ => true,
                };
                ensure(right, || format!("due at {}, it ends as {:?}", promise.due_ms, e.end()))?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The engine's records say the same.
    pub fn check(&self, state: &State) -> Checked {
        for record in state.live_contacts_after(0) {
            let (told, right) = (Past::of(record), self.live.get(&record.contact));
            ensure(right == Some(&told), || {
                format!("contact {}: {told:?}, events say {right:?}", record.id)
            })?;
        }
        let count = state.live_contacts_after(0).count();
        ensure(count == self.live.len(), || format!("{count} live, events say {}", self.live.len()))?;
        for record in state.promises().filter(|record| record.callback.is_none()) {
            let (told, right) = (Promise::of(record), self.promises.get(&record.promise));
            ensure(right == Some(&told), || {
                format!("promise {}: {told:?}, events say {right:?}", record.id)
            })?;
        }
        Ok(())
    }

    /// What is refused for a bound has reached it, and what for being there is there.
    pub fn refused(&self, command: &Command, reason: &str, state: &State) -> Checked {
        let contact = |id: &str| state.contact_by_id(id).map_or(0, |record| record.contact);
        let transfers = |id: &str| self.live.get(&contact(id)).map_or(0, |past| past.transfers);
        let right = match (reason, command) {
            ("TRANSFER_LOOP", Command::Transfer { contact, .. }) => {
                transfers(contact) >= state.plan().settings.transfers_max
            }
            (
                "TOO_MANY_PROMISES",
                Command::MakePromise { contact: id, .. } | Command::Complete { contact: id, .. },
            ) => self.open_of(contact(id)) >= PROMISES_OF_CONTACT_MAX,
            ("PROMISE_MOVED_TOO_OFTEN", Command::ChangePromise { promise, .. }) => {
                let known = state.promise_by_id(promise).and_then(|it| self.promises.get(&it.promise));
                known.is_some_and(|promise| promise.moves >= PROMISE_MOVES_MAX)
            }
            ("PROMISE_EXISTS", Command::MakePromise { contact, promise, .. }) => {
                let known = state.promise_by_id(&promise.id);
                known.is_some_and(|it| it.fingerprint != promise.fingerprint || it.contact_id != *contact)
            }
            ("PROMISE_EXISTS", Command::Complete { promise, .. }) => {
                promise.as_ref().is_some_and(|promise| state.promise_by_id(&promise.id).is_some())
            }
            ("TRANSFER_LOOP" | "TOO_MANY_PROMISES" | "PROMISE_MOVED_TOO_OFTEN" | "PROMISE_EXISTS", _) => {
                false
            }
            _ => true,
        };
        ensure(right, || format!("{reason} is not so"))
    }
}
