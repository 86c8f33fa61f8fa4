//! What is done over time to those who wait: they are told something, offered a callback, given to a bot, or moved on.
//! Owns how far each step has come in a line. A line is in the order in which contacts began to wait, and so do they
//! fall due: a cursor says who has had a step, and nothing about it is kept by contact.

use std::collections::BTreeSet;

use crate::{
    engine::{
        conversation::ContactKind,
        estimate::Unknown,
        limits::{OVERFLOW_HOPS_MAX, SWEEP_BATCH},
        matching::rings::Subject,
        state::State,
        step::Step,
        transfer::Move,
    },
    plan::model::ChannelKind,
    proto::journal::{self as j, ContactStage, SurgeStepKind, SweepCursor, TransferReason, event::Kind},
};

/// Contacts that are looked at in one go by steps that take them out of the line, and whose turn is yet to come by others.
const LOOKED_AT_MAX: usize = 4 * SWEEP_BATCH;

/// So many classes of a queue cost as much as one contact more that is told.
const CLASSES_AS_ONE: usize = 64;

/// What going through a channel's line has found.
#[derive(Debug, Default)]
struct Sweep {
    /// To whom it is done, in order, with since when they have waited.
    due: Vec<(u64, u64)>,
    /// Up to where nobody comes before them whose turn may still come.
    passed: Option<(u64, u64)>,
    /// More are due.
    more: bool,
}

/// Why a contact stays in its queue for good, though a step would move it to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// It has been there.
    Loop,
    /// It has gone from queue to queue often enough.
    Hops,
}

/// What becomes of a contact that is due.
enum Turn {
    /// It is done to it.
    Its,
    /// It never will be.
    Passed,
    /// It is looked at again, and those after it now.
    Later,
    /// Nobody's turn comes before something has changed.
    Stop,
}

/// Where a round of a step has come to in a channel's line.
fn cursor_of(rounds: &[SweepCursor], round: u32, channel: u32) -> (u64, u64) {
    let at = rounds.binary_search_by_key(&(round, channel), |cursor| (cursor.round, cursor.channel));
    at.map_or((0, 0), |at| (rounds[at].since_ms, rounds[at].contact))
}

impl Step<'_> {
    /// Does the steps in force to those who are due, as many as are `left` at most. Returns whether nobody is left.
    pub(super) fn sweep(&mut self, queue: u32, left: &mut usize) -> bool {
        let steps = self.state.surge(queue).map_or(0, |record| record.steps.len());
        for index in 0..steps {
            let applied = self.state.surge(queue).and_then(|record| record.steps.get(index));
            let Some((step, taken_ms)) =
                applied.and_then(|applied| Some((applied.step.clone()?, applied.taken_ms)))
            else {
                continue;
            };
            let at = At { queue, index, step: &step, taken_ms };
            let done = match step.kind() {
                SurgeStepKind::Message | SurgeStepKind::OfferCallback => self.tell(at, left),
                SurgeStepKind::Bot => self.deflect(at, left),
                SurgeStepKind::Overflow => self.overflow(at, left),
                _ => true,
            };
            if !done {
                return false;
            }
        }
        self.tell_at_closing(queue, left)
    }

    fn channels(&self, queue: u32) -> Vec<u32> {
        self.state.cells_of(queue).map(|cell| cell.channel).collect()
    }

    fn tell(&mut self, at: At<'_>, left: &mut usize) -> bool {
        let At { queue, index, step, taken_ms } = at;
        for round in 0..step.times.max(1) {
            let after_ms = step.first_ms + u64::from(round) * step.every_ms;
            for channel in self.channels(queue) {
                if !step.channels.is_empty() && !step.channels.contains(&channel) {
                    continue;
                }
                let rounds = self.state.surge(queue).and_then(|record| record.steps.get(index));
                let from = rounds.map_or((0, 0), |applied| cursor_of(&applied.rounds, round, channel));
                let due = Due { from, after_ms, not_before_ms: taken_ms, leave: false };
                let now_ms = self.now_ms;
                // Who has come from elsewhere at its age is not told all rounds at once.
                let here_for_long =
                    |record: &j::ContactRecord| record.queue_entered_ms.max(taken_ms) + after_ms <= now_ms;
                let swept = self.state.swept(queue, channel, now_ms, &due, *left, |state, record| {
                    if here_for_long(record) { told_turn(state, record) } else { Turn::Later }
                });
                let more = swept.more;
                let told = j::WaitersTold {
                    queue,
                    step: number(index),
                    round,
                    channel,
                    ..j::WaitersTold::default()
                };
                self.told(told, &swept.due, left);
                if more {
                    return false;
                }
            }
        }
        true
    }

    /// Those who waited when their queue closed are asked once whether they want to be called back.
    fn tell_at_closing(&mut self, queue: u32, left: &mut usize) -> bool {
        let Some(hours) = self.state.queue_hours(queue).filter(|_| self.state.closing_offers(queue)) else {
            return true;
        };
        let (closed_ms, closures) = (hours.closed_at(), hours.closures);
        for channel in self.channels(queue) {
            let told = self.state.queue_hours(queue).map_or(&[][..], |hours| &hours.told);
            let due = Due { from: cursor_of(told, 0, channel), after_ms: 0, not_before_ms: 0, leave: false };
            let swept = self.state.swept(queue, channel, self.now_ms, &due, *left, |state, record| {
                let came_since = record.held == closures || record.queue_entered_ms > closed_ms;
                if came_since { Turn::Later } else { told_turn(state, record) }
            });
            let more = swept.more;
            let told = j::WaitersTold { queue, channel, closing: true, ..j::WaitersTold::default() };
            self.told(told, &swept.due, left);
            if more {
                return false;
            }
        }
        true
    }

    fn told(&mut self, told: j::WaitersTold, due: &[(u64, u64)], left: &mut usize) {
        let Some((since_ms, _)) = due.last() else { return };
        // Where each of them stands is looked up in every class of their queue.
        let classes = self.state.index.classes.of_queue(told.queue).map_or(0, BTreeSet::len);
        *left = left.saturating_sub(due.len() + classes / CLASSES_AS_ONE);
        let contacts: Vec<u64> = due.iter().map(|(_, contact)| *contact).collect();
        let mut told = j::WaitersTold { since_ms: *since_ms, ..told };
        for estimated in self.state.estimates_of(&contacts, self.now_ms) {
            let wait = estimated.and_then(|estimated| estimated.wait.ok());
            let (expected_ms, bound_ms) = wait.map_or((0, 0), |(expected, bound, _)| (expected, bound));
            told.ahead.push(estimated.map_or(0, |estimated| estimated.ahead));
            told.expected_ms.push(expected_ms);
            told.bound_ms.push(bound_ms);
        }
        told.contacts = contacts;
        self.emit(Kind::WaitersTold(told));
    }

    /// Customers who wait by messages go to a bot, as far as it has room.
    fn deflect(&mut self, at: At<'_>, left: &mut usize) -> bool {
        let At { queue, step, .. } = at;
        let bot = self.state.gateway_by_id(&step.gateway);
        let Some(bot) = bot.filter(|bot| self.state.gateway_here(*bot)) else { return true };
        for channel in self.channels(queue) {
            let kind = self.state.catalog.channels.get(&channel).map(|channel| channel.kind);
            if kind != Some(ChannelKind::Messaging) {
                continue;
            }
            let room = (step.at_most as usize).saturating_sub(self.state.of_queue_with_bot(queue, bot));
            if room == 0 {
                return true;
            }
            let max = room.min(*left);
            let swept = self.sweep_cell(at, channel, max, |_, record| match record.stage() {
                _ if record.kind() != ContactKind::Customer || record.talk().deflected => Turn::Passed,
                ContactStage::Offered => Turn::Later,
                _ => Turn::Its,
            });
            *left = left.saturating_sub(swept.due.len());
            for (_, contact) in &swept.due {
                self.emit(Kind::ContactHandedToBot(j::ContactHandedToBot { contact: *contact, bot }));
            }
            if swept.more && swept.due.len() < room {
                return false;
            }
        }
        true
    }

    /// Those who have waited for so long go on to another queue, while they would be served sooner there.
    fn overflow(&mut self, at: At<'_>, left: &mut usize) -> bool {
        let At { queue, step, .. } = at;
        let to = step.queue;
        let Some(mut room) = self.state.better_queue(queue, to, self.now_ms) else { return true };
        for channel in self.channels(queue) {
            let accepts = |info: &crate::engine::catalog::QueueInfo| info.channels.contains(&channel);
            if !self.state.catalog.queues.get(&to).is_some_and(accepts) {
                continue;
            }
            let max = room.min(*left);
            let swept = self.sweep_cell(at, channel, max, |state, record| match record.stage() {
                _ if record.kind() != ContactKind::Customer => Turn::Passed,
                _ if overflow_stopped(record, to).is_some() => Turn::Passed,
                ContactStage::Offered => Turn::Later,
                _ if room == 0 => Turn::Stop,
                // What it asks for by itself it asks for there.
                _ if state.staffed_ring(Subject { queue: to, ..Subject::of(record) }, 0).is_none() => {
                    Turn::Later
                }
                _ => Turn::Its,
            });
            *left = left.saturating_sub(swept.due.len());
            room -= swept.due.len().min(room);
            for (_, contact) in &swept.due {
                // One by one: each that goes there makes it less of a help to the next.
                if self.state.better_queue(queue, to, self.now_ms).is_none() {
                    return true;
                }
                self.move_to(*contact, Move::to(to, TransferReason::Overflowed));
            }
            if swept.more && room > 0 {
                return false;
            }
        }
        true
    }

    /// Goes through a channel's line for a step that takes contacts out of it, and puts on record whom it passes by for
    /// good.
    fn sweep_cell(
        &mut self,
        at: At<'_>,
        channel: u32,
        max: usize,
        turn: impl Fn(&State, &j::ContactRecord) -> Turn,
    ) -> Sweep {
        let At { queue, index, step, taken_ms } = at;
        let applied = self.state.surge(queue).and_then(|record| record.steps.get(index));
        let from = applied.map_or((0, 0), |applied| cursor_of(&applied.rounds, 0, channel));
        let due = Due { from, after_ms: step.first_ms, not_before_ms: taken_ms, leave: true };
        let swept = self.state.swept(queue, channel, self.now_ms, &due, max, turn);
        if let Some((since_ms, contact)) = swept.passed {
            let step = number(index);
            self.emit(Kind::SurgeSwept(j::SurgeSwept { queue, step, channel, since_ms, contact }));
        }
        swept
    }
}

/// A step in force of a queue: its place among these, itself, and when it was taken.
#[derive(Clone, Copy)]
struct At<'a> {
    queue: u32,
    index: usize,
    step: &'a j::SurgeStep,
    taken_ms: u64,
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Who is due in a channel's line.
struct Due {
    /// Those beyond this.
    from: (u64, u64),
    /// So long after they began to wait …
    after_ms: u64,
    /// … but counted from then at the earliest.
    not_before_ms: u64,
    /// Those to whom it is done leave the line, so that nothing need be known of them.
    leave: bool,
}

/// Why a contact does not go on to another queue; none: it may.
fn overflow_stopped(record: &j::ContactRecord, to: u32) -> Option<Stopped> {
    let talk = record.talk();
    if talk.overflows as usize >= OVERFLOW_HOPS_MAX {
        Some(Stopped::Hops)
    } else {
        talk.visited.contains(&to).then_some(Stopped::Loop)
    }
}

fn told_turn(_: &State, record: &j::ContactRecord) -> Turn {
    if record.kind() == ContactKind::Customer { Turn::Its } else { Turn::Passed }
}

impl State {
    /// Goes through a channel's line to those who are due, so many at most.
    fn swept(
        &self,
        queue: u32,
        channel: u32,
        now_ms: u64,
        due: &Due,
        max: usize,
        turn: impl Fn(&Self, &j::ContactRecord) -> Turn,
    ) -> Sweep {
        let mut sweep = Sweep::default();
        let Some(cell) = self.cells_of(queue).find(|cell| cell.channel == channel) else { return sweep };
        let (mut passing, mut later) = (due.leave, 0);
        for (looked_at, (since_ms, contact)) in cell.arrivals.after(due.from).enumerate() {
            if since_ms.max(due.not_before_ms) + due.after_ms > now_ms {
                break;
            }
            if due.leave && looked_at >= LOOKED_AT_MAX {
                // Without anything done or passed it would come to the same at once.
                sweep.more = sweep.passed.is_some() || !sweep.due.is_empty();
                break;
            }
            let Some(record) = self.contact(contact) else { continue };
            match turn(self, record) {
                Turn::Its if sweep.due.len() >= max => {
                    sweep.more = true;
                    break;
                }
                Turn::Its => sweep.due.push((since_ms, contact)),
                Turn::Passed if passing => {
                    sweep.passed = Some((since_ms, contact));
                    continue;
                }
                Turn::Passed => {}
                Turn::Later if !due.leave && later >= LOOKED_AT_MAX => break,
                Turn::Later => later += 1,
                Turn::Stop => break,
            }
            passing = false;
        }
        sweep
    }

    /// Why those contacts stay that an overflow step has just passed by, from where it had come to before.
    pub fn overflows_stopped(&self, swept: &j::SurgeSwept, from: (u64, u64)) -> Vec<Stopped> {
        let applied = self.surge(swept.queue).and_then(|record| record.steps.get(swept.step as usize));
        let step = applied.and_then(|applied| applied.step.as_ref());
        let Some(step) = step.filter(|step| step.kind() == SurgeStepKind::Overflow) else {
            return Vec::new();
        };
        let cell = self.cells_of(swept.queue).find(|cell| cell.channel == swept.channel);
        let passed = cell.into_iter().flat_map(|cell| cell.arrivals.after(from));
        let passed = passed.take_while(|key| *key <= (swept.since_ms, swept.contact));
        let customers = passed
            .filter_map(|(_, contact)| self.contact(contact))
            .filter(|record| record.kind() == ContactKind::Customer);
        customers.filter_map(|record| overflow_stopped(record, step.queue)).collect()
    }

    /// Whether a gateway is heard of.
    fn gateway_here(&self, gateway: u32) -> bool {
        self.gateways.get(&gateway).is_some_and(|record| record.leased && !record.lost)
    }

    /// How many a queue has room for whose contacts would be served sooner than here; none: they wouldn't.
    fn better_queue(&self, here: u32, to: u32, now_ms: u64) -> Option<usize> {
        let info = self.catalog.queues.get(&to)?;
        let live = self.queue_live(to);
        let in_line = live.waiting + live.offered;
        let cap = self.policy(to).cap.map_or(u32::MAX, |(waiting, _)| waiting);
        let room = info.max_waiting.min(cap).saturating_sub(in_line);
        if to == here || room == 0 || !self.queue_open(to) {
            return None;
        }
        let there = self.estimate_of_queue(to, now_ms).wait;
        let sooner = match (there, self.estimate_of_queue(here, now_ms).wait) {
            (Ok((there_ms, ..)), Ok((here_ms, ..))) => there_ms < here_ms,
            // Here nothing is known but that they have waited.
            (Ok(_), Err(_)) => true,
            // That nobody waits there says nothing if nobody serves.
            (Err(unknown), _) => in_line == 0 && unknown != Unknown::NobodyStaffed,
        };
        sooner.then_some(room as usize)
    }
}
