//! What surge steps do to those who wait, by the words of their rules: who is told something and when, who goes to a bot,
//! who is moved on; that nobody is told twice, nor passed over.

use std::collections::BTreeSet;

use kefud::{
    plan::model::{ChannelKind, Closing},
    proto::journal::{
        self as j, AssignmentEnd, AssignmentStage, ContactRecord, ContactStage, SurgeStepKind,
        TransferReason, event::Kind,
    },
};

use crate::{levels::since_ms, naive::View};

type Checked<T = ()> = Result<T, String>;

/// Contacts of one batch at most.
const BATCH_MAX: usize = 64;

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(problem()) }
}

fn is_customer(record: &ContactRecord) -> bool {
    record.talk().parent == 0 && record.talk().promise == 0
}

/// A telling: queue and channel, step and round (none: at this closing of the queue), contact and since when it has waited: who was
/// with a bot or an agent meanwhile comes anew.
type Telling = ((u32, u32), Option<(u32, u32)>, u32, (u64, u64));

/// Who was told what.
#[derive(Debug, Default)]
pub struct Sweeps(BTreeSet<Telling>);

impl<'a> View<'a> {
    fn applied(&self, queue: u32) -> &'a [j::AppliedStep] {
        self.state.surge(queue).map_or(&[], |record| &record.steps)
    }

    /// The contact has been in line for so long, and since the step was taken.
    fn ripe(&self, record: &ContactRecord, taken_ms: u64, after_ms: u64) -> bool {
        since_ms(record).max(taken_ms) + after_ms <= self.now_ms
    }

    fn waits_for(&self, record: &ContactRecord) -> bool {
        is_customer(record) && matches!(record.stage(), ContactStage::Waiting | ContactStage::Offered)
    }

    fn told_by(&self, event: &j::WaitersTold) -> Checked<(u64, u64)> {
        let applied = self.applied(event.queue).get(event.step as usize).ok_or("there is no such step")?;
        let step = applied.step.clone().unwrap_or_default();
        let tells = matches!(step.kind(), SurgeStepKind::Message | SurgeStepKind::OfferCallback);
        let channel = step.channels.is_empty() || step.channels.contains(&event.channel);
        ensure(tells && channel && event.round < step.times.max(1), || format!("{step:?} tells"))?;
        Ok((applied.taken_ms, step.first_ms + u64::from(event.round) * step.every_ms))
    }

    fn told_at_closing(&self, event: &j::WaitersTold, record: &ContactRecord) -> Checked {
        let rules = self.plan.queues.get(self.id(event.queue)).ok_or("the queue is gone")?;
        let hours = self.state.queue_hours(event.queue).filter(|hours| hours.closed).ok_or("it is open")?;
        let before = record.held != hours.closures && record.queue_entered_ms <= hours.closed_ms;
        let offers = rules.closing == Closing::Callback && rules.callback.is_some();
        ensure(offers && before, || "it is not to be told at this closing".to_owned())
    }

    /// A customer is moved on by a step.
    fn moved_on(&self, event: &j::ContactTransferred) -> Checked {
        let record = self.state.contact(event.contact).ok_or("it is not there")?;
        let steps = self.applied(record.queue).iter();
        let moves = |applied: &&j::AppliedStep| {
            applied.step.as_ref().is_some_and(|step| {
                let to = step.kind() == SurgeStepKind::Overflow && step.queue == event.queue;
                to && self.ripe(record, applied.taken_ms, step.first_ms)
            })
        };
        ensure(steps.into_iter().any(|applied| moves(&applied)), || "no step moves it".to_owned())?;
        ensure(is_customer(record) && record.stage() == ContactStage::Waiting, || "it stays".to_owned())?;
        let to = self.id(event.queue);
        let accepts = self
            .plan
            .queues
            .get(to)
            .is_some_and(|queue| queue.channels.iter().any(|channel| channel == self.id(record.channel)));
        ensure(accepts && self.state.queue_open(event.queue), || "it is not let in".to_owned())?;
        self.let_in(to, false)
    }

    /// How long wrapping up after an assignment lasts.
    fn wraps_up_ms(&self, offer: u64) -> u64 {
        let leg = self.state.assignment(offer).copied().unwrap_or_default();
        let of_channel = self.plan.channels.get(self.id(leg.channel)).map_or(0, |it| it.wrap_up_ms);
        let steps = self.applied(leg.queue).iter().filter_map(|applied| applied.step.as_ref());
        let limits = steps.filter(|step| step.kind() == SurgeStepKind::WrapUp).map(|step| step.limit_ms);
        limits.chain([of_channel]).min().unwrap_or(0)
    }

    /// A customer goes to a bot by a step.
    fn deflected(&self, event: &j::ContactHandedToBot) -> Checked {
        let record = self.state.contact(event.contact).ok_or("it is not there")?;
        let here = self.state.gateways().find(|it| it.gateway == event.bot).ok_or("there is no such bot")?;
        let with_bot = self
            .state
            .live_contacts_after(0)
            .filter(|other| other.queue == record.queue && other.stage() == ContactStage::WithBot)
            .filter(|other| other.talk().bot == event.bot);
        let count = with_bot.count();
        let gives = |applied: &&j::AppliedStep| {
            applied.step.as_ref().is_some_and(|step| {
                let to = step.kind() == SurgeStepKind::Bot && step.gateway == here.id;
                to && count < step.at_most as usize && self.ripe(record, applied.taken_ms, step.first_ms)
            })
        };
        let right = self.applied(record.queue).iter().any(|applied| gives(&applied));
        ensure(right && here.leased && !here.lost, || "no step gives it to the bot".to_owned())?;
        let writes = self.channel(record).is_some_and(|channel| channel.kind == ChannelKind::Messaging);
        let first = is_customer(record) && !record.talk().deflected;
        ensure(writes && first, || "it is not for a bot".to_owned())
    }
}

impl Sweeps {
    fn tells(&mut self, view: &View<'_>, event: &j::WaitersTold) -> Checked {
        ensure((1..=BATCH_MAX).contains(&event.contacts.len()), || "a batch of this size".to_owned())?;
        let count = event.contacts.len();
        let lists = [event.ahead.len(), event.expected_ms.len(), event.bound_ms.len()];
        ensure(lists == [count; 3], || "lists of other lengths".to_owned())?;
        let (taken_ms, after_ms) = if event.closing { (0, 0) } else { view.told_by(event)? };
        let of = (!event.closing).then_some((event.step, event.round));
        let closures = if event.closing { view.state.closures(event.queue) } else { 0 };
        let mut last = (0, 0);
        for contact in &event.contacts {
            let record = view.state.contact(*contact).ok_or("somebody is not there")?;
            let place = (since_ms(record), *contact);
            let here = (record.queue, record.channel) == (event.queue, event.channel);
            ensure(here && view.waits_for(record), || format!("{record:?} is told"))?;
            ensure(view.ripe(record, taken_ms, after_ms), || format!("{record:?} is told too early"))?;
            ensure(place > last, || "not in the order of their arrival".to_owned())?;
            last = place;
            if event.closing {
                view.told_at_closing(event, record)?;
            }
            let first = self.0.insert(((event.queue, event.channel), of, closures, place));
            ensure(first, || format!("{record:?} is told twice"))?;
        }
        ensure(last.0 == event.since_ms, || "the last one has waited otherwise".to_owned())
    }

    /// An event is right in the state before it. `by_hand`: a gateway gives contacts to bots.
    pub fn event(&mut self, view: &View<'_>, kind: &Kind, by_hand: bool) -> Checked {
        match kind {
            Kind::WaitersTold(event) => self.tells(view, event),
            Kind::SurgeStepChanged(event) if event.undone => {
                let at = u32::try_from(view.applied(event.queue).len()).unwrap_or(0);
                self.0.retain(|((queue, _), of, ..)| {
                    *queue != event.queue || of.is_none_or(|(step, _)| step + 1 != at)
                });
                Ok(())
            }
            Kind::ContactTransferred(event) if event.reason() == TransferReason::Overflowed => {
                view.moved_on(event)
            }
            Kind::ContactHandedToBot(event) if !by_hand => view.deflected(event),
            Kind::WrapUpStarted(event) => {
                let wraps_ms = view.wraps_up_ms(event.offer);
                let until_ms = view.now_ms + wraps_ms;
                ensure(wraps_ms > 0 && event.deadline_ms == until_ms, || format!("it is to last {wraps_ms}"))
            }
            Kind::AssignmentEnded(event) if event.reason() == AssignmentEnd::Finished => {
                let leg = view.state.assignment(event.offer).copied().unwrap_or_default();
                let wraps = leg.stage() == AssignmentStage::Active && view.wraps_up_ms(event.offer) > 0;
                ensure(!wraps, || "its agent has to wrap up".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Nobody is passed over: who is due, and stands behind those who were told, has been told.
    pub fn quiet(&self, view: &View<'_>) -> Checked {
        for record in view.state.live_contacts_after(0).filter(|record| view.waits_for(record)) {
            for (at, applied) in (0..).zip(view.applied(record.queue)) {
                let step = applied.step.clone().unwrap_or_default();
                let tells = matches!(step.kind(), SurgeStepKind::Message | SurgeStepKind::OfferCallback);
                if !tells || !(step.channels.is_empty() || step.channels.contains(&record.channel)) {
                    continue;
                }
                for round in 0..step.times.max(1) {
                    let place = (since_ms(record), record.contact);
                    let cursor = applied.rounds.iter();
                    let mut cursor = cursor.filter(|it| (it.round, it.channel) == (round, record.channel));
                    let passed =
                        cursor.next().is_some_and(|cursor| place <= (cursor.since_ms, cursor.contact));
                    let after_ms = step.first_ms + u64::from(round) * step.every_ms;
                    let here_ms = record.queue_entered_ms.max(applied.taken_ms) + after_ms;
                    let ripe = view.ripe(record, applied.taken_ms, after_ms) && here_ms <= view.now_ms;
                    let told =
                        self.0.contains(&((record.queue, record.channel), Some((at, round)), 0, place));
                    ensure(passed || told || !ripe, || format!("{record:?} is not told in round {round}"))?;
                }
            }
        }
        Ok(())
    }
}
