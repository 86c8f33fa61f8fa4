//! What events add up to, counted by the test itself: contacts that came and went, and queues' figures.

use std::{
    collections::{BTreeMap, HashMap},
    mem::{Discriminant, discriminant},
};

use crate::covered::Covered;
use kefud::{
    engine::{command::Reply, refusal::Refusal, state::State},
    proto::journal::{self as j, ContactEnd, event::Kind},
};

fn name(kind: &Kind) -> String {
    format!("{kind:?}").split('(').next().unwrap_or_default().to_owned()
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
}

/// Everything counted so far.
#[derive(Debug, Default)]
pub struct Tally {
    accepted: u64,
    terminal: u64,
    live: BTreeMap<u64, Known>,
    offers: BTreeMap<u64, (u64, bool)>,
    figures: BTreeMap<(u32, u32), Figures>,
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

    /// Counts an event.
    pub fn count(&mut self, event: &j::Event) {
        self.covered.event(event);
        match event.kind.as_ref() {
            Some(Kind::ContactEnqueued(e)) => {
                self.accepted += 1;
                self.live.insert(
                    e.contact,
                    Known {
                        queue: e.queue,
                        channel: e.channel,
                        answered: false,
                        arrival_ms: event.at_ms,
                        active_ms: 0,
                    },
                );
                self.figures(e.queue, e.channel).entered += 1;
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
            Some(Kind::ContactReturned(e)) => self.moved(e.contact, None, event.at_ms),
            Some(Kind::ContactTransferred(e)) => self.moved(e.contact, Some(e.queue), event.at_ms),
            Some(Kind::ContactClosed(e)) => self.closed(e),
            _ => {}
        }
    }

    /// Back to waiting, in another queue if one is given.
    fn moved(&mut self, contact: u64, to: Option<u32>, at_ms: u64) {
        let Some(known) = self.live.get_mut(&contact) else {
            return;
        };
        let (from, channel, answered) = (known.queue, known.channel, known.answered);
        known.queue = to.unwrap_or(from);
        known.answered = false;
        if answered {
            known.arrival_ms += at_ms - known.active_ms;
        }
        let to_queue = known.queue;
        if answered || to.is_some() {
            self.figures(to_queue, channel).moved_in += 1;
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
            ContactEnd::WaitLimit | ContactEnd::QueueRemoved => figures.expired += 1,
            _ => figures.abandoned += 1,
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

    /// Compares with what the state has counted.
    pub fn check(&self, state: &State) -> Result<(), String> {
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
            });
            let name = state.names().id(*queue);
            if theirs.as_ref() != Some(ours) {
                return Err(format!("queue {name} has {theirs:?}, events say {ours:?}"));
            }
            let of_queue = |known: &&Known| known.queue == *queue && known.channel == *channel;
            let unanswered =
                self.live.values().filter(of_queue).filter(|known| !known.answered).count() as u64;
            let out = ours.answered + ours.abandoned + ours.expired + ours.lost + ours.moved_out;
            if ours.entered + ours.moved_in != out + unanswered {
                return Err(format!(
                    "queue {name}: {ours:?} and {unanswered} unanswered inside don't add up"
                ));
            }
            let inside = state.queue_live_by_channel(*queue).find(|(of, _)| of == channel);
            let inside =
                inside.map_or(0, |(_, live)| u64::from(live.waiting + live.offered + live.connecting));
            if inside != unanswered {
                return Err(format!("queue {name} has {inside} unanswered inside, events say {unanswered}"));
            }
        }
        Ok(())
    }
}
