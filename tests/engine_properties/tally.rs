//! What events add up to, counted by the test itself: contacts that came and went, and queues' figures.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    mem::{Discriminant, discriminant},
};

use crate::covered::Covered;
use kefud::{
    engine::{command::Reply, refusal::Refusal, state::State},
    proto::journal::{self as j, ContactEnd, PromiseEnd, PromiseStage, event::Kind},
};

fn name(kind: &Kind) -> String {
    format!("{kind:?}").split('(').next().unwrap_or_default().to_owned()
}

/// Its arrival from now on: as the entry says, or as it was.
fn arrival(entry: Option<&j::QueueEntry>, before_ms: u64) -> u64 {
    entry.map(|entry| entry.arrival_ms).filter(|ms| *ms != 0).unwrap_or(before_ms)
}

/// A contact as its events tell it.
#[derive(Debug, Clone)]
struct Known {
    queue: u32,
    channel: u32,
    answered: bool,
    /// Its arrival, moved on by the time with agents.
    arrival_ms: u64,
    active_ms: u64,
}

/// Promises by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Promises {
    made: u64,
    kept: u64,
    late: u64,
    unreached: u64,
    cancelled: u64,
    broken: u64,
}

/// Callbacks by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Callbacks {
    made: u64,
    reached: u64,
    exhausted: u64,
    expired: u64,
    cancelled: u64,
    absorbed: u64,
    merged: u64,
}

/// Figures of a queue and channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Figures {
    entered: u64,
    moved_in: u64,
    moved_out: u64,
    answered: u64,
    abandoned: u64,
    expired: u64,
    lost: u64,
    deflected: u64,
    lapsed: u64,
    called_back: u64,
    consults: u64,
    follow_ups: u64,
    callbacks: u64,
}

/// Everything counted so far.
#[derive(Debug, Default)]
pub struct Tally {
    accepted: u64,
    terminal: u64,
    live: BTreeMap<u64, Known>,
    offers: BTreeMap<u64, (u64, bool)>,
    figures: BTreeMap<(u32, u32), Figures>,
    promises: Promises,
    callbacks: Callbacks,
    /// Queues in which something was ever to be kept.
    promised: BTreeSet<u32>,
    matched: u64,
    steps: u64,
    unsettled: u64,
    /// Engines that went on from a rebuilt state.
    pub forks: u64,
    /// Events by kind, with the name of the kind.
    events: HashMap<Discriminant<Kind>, (String, u64)>,
    refusals: BTreeMap<&'static str, u64>,
    /// Rules that have decided something.
    pub covered: Covered,
}

impl Tally {
    fn figures(&mut self, queue: u32, channel: u32) -> &mut Figures {
        self.figures.entry((queue, channel)).or_default()
    }

    fn answered(&mut self, contact: u64, at_ms: u64) {
        if let Some(known) = self.live.get_mut(&contact) {
            known.answered = true;
            known.active_ms = at_ms;
            let (queue, channel) = (known.queue, known.channel);
            self.figures(queue, channel).answered += 1;
        }
    }

    /// Counts an event that comes upon this state.
    pub fn count(&mut self, event: &j::Event, state: &State) {
        self.covered.event(event, state);
        match event.kind.as_ref() {
            Some(Kind::ContactEnqueued(e)) => {
                self.accepted += 1;
                self.live.insert(
                    e.contact,
                    Known {
                        queue: e.queue,
                        channel: e.channel,
                        answered: false,
                        arrival_ms: arrival(e.entry.as_ref(), event.at_ms),
                        active_ms: 0,
                    },
                );
                let origin = e.origin.as_deref().copied().unwrap_or_default();
                let figures = self.figures(e.queue, e.channel);
                figures.entered += 1;
                figures.consults += u64::from(origin.parent != 0);
                figures.follow_ups += u64::from(origin.promise != 0 && !origin.callback);
                figures.callbacks += u64::from(origin.callback);
            }
            Some(Kind::ContactOffered(e)) => {
                self.matched += u64::from(e.cause() == j::OfferCause::Matched);
                self.offers.insert(e.offer, (e.contact, e.realtime));
            }
            Some(Kind::OfferAccepted(e)) => {
                let (contact, realtime) = self.offers[&e.offer];
                if !realtime {
                    self.answered(contact, event.at_ms);
                }
            }
            Some(Kind::ContactConnected(e)) => self.answered(self.offers[&e.offer].0, event.at_ms),
            Some(Kind::ContactReturned(e)) => {
                self.moved(e.contact, None, e.entry.as_ref(), event.at_ms);
            }
            Some(Kind::ContactTransferred(e)) => {
                self.moved(e.contact, Some((e.queue, e.channel)), e.entry.as_ref(), event.at_ms);
                // A callback goes along with its contact.
                self.promised.insert(e.queue);
            }
            Some(Kind::ContactLeftBot(e)) => self.left_bot(e),
            Some(Kind::ContactClosed(e)) => self.closed(e),
            Some(Kind::PromiseMade(e)) => {
                match e.promise.as_ref().and_then(|promise| promise.callback.as_ref()) {
                    Some(_) => self.callbacks.made += 1,
                    None => self.promises.made += 1,
                }
                self.promised.extend(e.promise.as_ref().map(|promise| promise.queue));
            }
            Some(Kind::PromiseChanged(e)) if e.queue != 0 => {
                self.promised.insert(e.queue);
            }
            Some(Kind::PromiseEscalated(e)) => self.promises.broken += u64::from(e.step == 255 && !e.again),
            Some(Kind::CallbackChanged(e)) if e.change() == j::CallbackChange::Merged => {
                self.callbacks.merged += 1;
            }
            Some(Kind::PromiseEnded(e)) => {
                let called = state.promise(e.promise).is_some_and(|promise| promise.callback.is_some());
                self.promise_ended(e.end(), called);
            }
            _ => {}
        }
    }

    fn promise_ended(&mut self, end: PromiseEnd, called: bool) {
        let (promises, callbacks) = (&mut self.promises, &mut self.callbacks);
        let count = match (end, called) {
            (PromiseEnd::Kept, false) => &mut promises.kept,
            (PromiseEnd::Late, false) => &mut promises.late,
            (PromiseEnd::Unreached, false) => &mut promises.unreached,
            (_, false) => &mut promises.cancelled,
            (PromiseEnd::Kept, true) => &mut callbacks.reached,
            (PromiseEnd::Exhausted, true) => &mut callbacks.exhausted,
            (PromiseEnd::Expired, true) => &mut callbacks.expired,
            (PromiseEnd::Absorbed, true) => &mut callbacks.absorbed,
            (_, true) => &mut callbacks.cancelled,
        };
        *count += 1;
    }

    /// Back to people; who is sent to another queue was in this one and goes.
    fn left_bot(&mut self, event: &j::ContactLeftBot) {
        let Some(known) = self.live.get_mut(&event.contact) else {
            return;
        };
        known.arrival_ms = arrival(event.entry.as_ref(), known.arrival_ms);
        let (from, channel) = (known.queue, known.channel);
        known.queue = event.queue;
        if from != event.queue {
            self.figures(from, channel).moved_out += 1;
            self.figures(event.queue, channel).moved_in += 1;
        }
    }

    /// Back to waiting, in another queue and by another channel (0: the same) if they are given.
    fn moved(&mut self, contact: u64, to: Option<(u32, u32)>, entry: Option<&j::QueueEntry>, at_ms: u64) {
        let Some(known) = self.live.get_mut(&contact) else {
            return;
        };
        let (from, channel, answered) = (known.queue, known.channel, known.answered);
        let (queue, by) = to.unwrap_or((from, 0));
        known.queue = queue;
        known.channel = if by == 0 { channel } else { by };
        known.answered = false;
        if answered {
            known.arrival_ms += at_ms - known.active_ms;
        }
        known.arrival_ms = arrival(entry, known.arrival_ms);
        let to_channel = known.channel;
        if answered || to.is_some() {
            self.figures(queue, to_channel).moved_in += 1;
        }
        if !answered && to.is_some() {
            self.figures(from, channel).moved_out += 1;
        }
    }

    fn closed(&mut self, event: &j::ContactClosed) {
        self.terminal += 1;
        let Some(known) = self.live.remove(&event.contact) else {
            return;
        };
        if known.answered {
            return;
        }
        let figures = self.figures(known.queue, known.channel);
        match event.reason() {
            ContactEnd::GatewayLost => figures.lost += 1,
            ContactEnd::BotCompleted => figures.deflected += 1,
            ContactEnd::WindowLapsed => figures.lapsed += 1,
            ContactEnd::CallbackRequested | ContactEnd::CallbackFailed | ContactEnd::CallbackPostponed => {
                figures.called_back += 1;
            }
            ContactEnd::CustomerLeft
            | ContactEnd::AgentCompleted
            | ContactEnd::GatewayCompleted
            | ContactEnd::Idle => figures.abandoned += 1,
            _ => figures.expired += 1,
        }
    }

    /// Writes down what a step has come to, for the summary.
    pub fn seen(&mut self, answer: &Result<Reply, Refusal>, events: &[j::Event], more: bool) {
        self.steps += 1;
        self.unsettled += u64::from(more);
        match answer {
            Ok(Reply::Repeat) => *self.refusals.entry("(repeat)").or_default() += 1,
            Ok(_) => {}
            Err(refusal) => *self.refusals.entry(refusal.reason).or_default() += 1,
        }
        for kind in events.iter().filter_map(|event| event.kind.as_ref()) {
            self.events.entry(discriminant(kind)).or_insert_with(|| (name(kind), 0)).1 += 1;
        }
    }

    /// Adds what another case has seen.
    pub fn add(&mut self, other: &Self) {
        self.matched += other.matched;
        self.steps += other.steps;
        self.unsettled += other.unsettled;
        self.forks += other.forks;
        for (kind, (name, count)) in &other.events {
            self.events.entry(*kind).or_insert_with(|| (name.clone(), 0)).1 += count;
        }
        self.covered.add(&other.covered);
        for (reason, count) in &other.refusals {
            *self.refusals.entry(reason).or_default() += count;
        }
    }

    /// What was looked at.
    pub fn summary(&self) -> String {
        let events: BTreeMap<&str, u64> =
            self.events.values().map(|(name, count)| (name.as_str(), *count)).collect();
        format!(
            "{} steps ({} with more due), {} offers by matching, {} rebuilt\n{events:?}\n{:?}\n{}",
            self.steps,
            self.unsettled,
            self.matched,
            self.forks,
            self.refusals,
            self.covered.summary()
        )
    }

    /// What was promised has become of one kind or is still open, by the state's figures and by the events.
    fn check_promises(&self, state: &State) -> Result<(), String> {
        let mut theirs = Promises::default();
        let mut called = Callbacks::default();
        for queue in &self.promised {
            for counts in state.queue_counts(*queue) {
                called.made += counts.callbacks_made;
                called.reached += counts.callbacks_reached;
                called.exhausted += counts.callbacks_exhausted;
                called.expired += counts.callbacks_expired;
                called.cancelled += counts.callbacks_cancelled;
                called.absorbed += counts.callbacks_absorbed;
                called.merged += counts.callbacks_merged;
                theirs.made += counts.promises_made;
                theirs.kept += counts.promises_kept;
                theirs.late += counts.promises_late;
                theirs.unreached += counts.promises_unreached;
                theirs.cancelled += counts.promises_cancelled;
                theirs.broken += counts.promises_broken;
            }
        }
        let Promises { made, kept, late, unreached, cancelled, broken } = self.promises;
        let open = |called: bool| {
            let open = state.promises().filter(|it| it.stage() != PromiseStage::Ended);
            open.filter(|it| it.callback.is_some() == called).count() as u64
        };
        let Callbacks { made: asked, reached, exhausted, expired, cancelled: off, absorbed, .. } = called;
        let ended = reached + exhausted + expired + off + absorbed;
        if asked != ended + open(true) || called != self.callbacks {
            let (ours, open) = (&self.callbacks, open(true));
            return Err(format!("callbacks are {called:?}, events say {ours:?} and {open} open"));
        }
        let open = open(false);
        if made != kept + late + unreached + cancelled + open || theirs != self.promises || broken < late {
            return Err(format!("promises are {theirs:?}, events say {:?} and {open} open", self.promises));
        }
        Ok(())
    }

    /// Compares with what the state has counted.
    pub fn check(&self, state: &State) -> Result<(), String> {
        self.check_promises(state)?;
        let live = u64::try_from(state.live_count()).unwrap_or(u64::MAX);
        if self.accepted != self.terminal + live {
            return Err(format!("{} accepted, {} terminal, {live} live", self.accepted, self.terminal));
        }
        for (contact, known) in &self.live {
            let arrival_ms = state.contact(*contact).map(|record| record.effective_arrival_ms);
            if arrival_ms != Some(known.arrival_ms) {
                return Err(format!(
                    "contact {contact} came at {}, is told {arrival_ms:?}",
                    known.arrival_ms
                ));
            }
        }
        for ((queue, channel), ours) in &self.figures {
            let theirs = state.queue_counts(*queue).find(|counts| counts.channel == *channel);
            let theirs = theirs.map(|counts| Figures {
                entered: counts.entered,
                moved_in: counts.moved_in,
                moved_out: counts.moved_out,
                answered: counts.answered,
                abandoned: counts.abandoned,
                expired: counts.expired,
                lost: counts.lost,
                deflected: counts.deflected,
                lapsed: counts.lapsed,
                called_back: counts.called_back,
                callbacks: counts.callbacks,
                consults: counts.consults,
                follow_ups: counts.follow_ups,
            });
            let name = state.names().id(*queue);
            if theirs.as_ref() != Some(ours) {
                return Err(format!("queue {name} has {theirs:?}, events say {ours:?}"));
            }
            let of_queue = |known: &&Known| known.queue == *queue && known.channel == *channel;
            let unanswered =
                self.live.values().filter(of_queue).filter(|known| !known.answered).count() as u64;
            let out = ours.answered + ours.abandoned + ours.expired + ours.lost + ours.moved_out;
            let out = out + ours.deflected + ours.lapsed + ours.called_back;
            if ours.entered + ours.moved_in != out + unanswered {
                return Err(format!(
                    "queue {name}: {ours:?} and {unanswered} unanswered inside don't add up"
                ));
            }
            let inside = state.queue_live_by_channel(*queue).find(|(of, _)| of == channel);
            let inside = inside.map_or(0, |(_, live)| {
                u64::from(live.waiting + live.offered + live.connecting + live.with_bot)
            });
            if inside != unanswered {
                return Err(format!("queue {name} has {inside} unanswered inside, events say {unanswered}"));
            }
        }
        Ok(())
    }
}
