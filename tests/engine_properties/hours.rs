//! Hours of queues and shifts of agents by the words of their rules, over the public records: who is let into a closed
//! queue and who is held there, whose age stands still, who goes elsewhere and what is taken from who goes home. Where
//! an agent stands and whether a queue is open are looked at as they are stored; `shifts.rs` compares that with the
//! plan.

use std::collections::BTreeMap;

use kefud::{
    engine::state::State,
    plan::model::{Ageing, AtShiftEnd, ChannelKind, ClosedPolicy, Closing, Queue},
    proto::journal::{
        self as j, AssignmentStage, ContactRecord, ContactStage, DeviationKind, PlanKind, Presence,
        event::Kind,
    },
};

use crate::naive::View;

type Checked<T = ()> = Result<T, String>;

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(problem()) }
}

/// Overflows that are followed at most.
const HOPS_MAX: usize = 8;

impl<'a> View<'a> {
    pub fn is_open(&self, queue: &str) -> bool {
        self.state.names().number(PlanKind::Queue, queue).is_none_or(|queue| self.state.queue_open(queue))
    }

    /// When a queue that is open now opened, if that was after a time.
    pub fn opened_since(&self, queue: u32, at_ms: u64) -> Option<u64> {
        let hours = self.state.queue_hours(queue).filter(|hours| !hours.closed && hours.closures > 0);
        hours.map(|hours| hours.changed_ms).filter(|opened_ms| *opened_ms > at_ms)
    }

    /// What becomes of who comes to a closed queue. Unless told: callers are refused, others wait.
    fn closed_policy(&self, queue: u32) -> Option<ClosedPolicy> {
        let rules = self.plan.queues.get(self.id(queue))?;
        let calls = rules.channels.iter().any(|id| {
            self.plan.channels.get(id).is_some_and(|channel| channel.kind == ChannelKind::Realtime)
        });
        Some(rules.closed.unwrap_or(if calls { ClosedPolicy::Refuse } else { ClosedPolicy::Hold }))
    }

    /// Into which queue who comes to this one is let, and during which closure it is held there; none: nowhere.
    pub fn admits(&self, queue: u32, channel: u32) -> Option<(u32, u32)> {
        let mut into = queue;
        for _ in 0..=HOPS_MAX {
            if self.state.queue_open(into) {
                return Some((into, 0));
            }
            match self.closed_policy(into) {
                Some(ClosedPolicy::Hold) => return Some((into, self.state.closures(into))),
                None | Some(ClosedPolicy::Accept) => return Some((into, 0)),
                Some(ClosedPolicy::Refuse | ClosedPolicy::Callback) => return None,
                Some(ClosedPolicy::Overflow) => {
                    let to = self.plan.queues[self.id(into)].closed_queue.as_ref()?;
                    let accepts = self.plan.queues.get(to)?.channels.iter().any(|id| id == self.id(channel));
                    into = self.state.names().number(PlanKind::Queue, to).filter(|_| accepts)?;
                }
            }
        }
        None
    }

    /// The queue into which who comes to this one is let, if it is.
    pub fn overflows(&self, queue: &'a str, channel: &str) -> &'a str {
        let number = |kind, id: &str| self.state.names().number(kind, id);
        let numbers = number(PlanKind::Queue, queue).zip(number(PlanKind::Channel, channel));
        let into = numbers.and_then(|(queue, channel)| self.admits(queue, channel));
        into.map_or(queue, |(into, _)| self.id(into))
    }

    /// Who has come into this queue was let into it, or into the closed one that it is said to come from: by which
    /// closure it is held, and from where it is said to come.
    pub fn lets_in(&self, queue: u32, channel: u32, entry: Option<&j::QueueEntry>) -> Checked<(u32, u32)> {
        let from = entry.map_or(0, |entry| entry.overflowed_from);
        match self.admits(if from == 0 { queue } else { from }, channel) {
            Some((into, held)) if into == queue && from != queue => Ok((held, from)),
            other => Err(format!("queue {}, from {}: lets it into {other:?}", self.id(queue), self.id(from))),
        }
    }

    /// The closure during which somebody is held who can't be refused.
    pub fn held_by_itself(&self, queue: u32) -> u32 {
        let free = matches!(self.closed_policy(queue), None | Some(ClosedPolicy::Accept));
        if free || self.state.queue_open(queue) { 0 } else { self.state.closures(queue) }
    }

    /// The clock of a queue stands still while that is closed. Unless told: where nobody calls.
    pub fn clock_stands(&self, queue: &Queue) -> bool {
        let calls = queue.channels.iter().any(|id| {
            self.plan.channels.get(id).is_some_and(|channel| channel.kind == ChannelKind::Realtime)
        });
        let ageing = queue.ageing.unwrap_or(if calls { Ageing::Always } else { Ageing::OpenHours });
        queue.calendar.is_some() && ageing == Ageing::OpenHours
    }

    fn closing(&self, queue: u32) -> Option<Closing> {
        Some(self.plan.queues.get(self.id(queue))?.closing)
    }

    /// Nobody is offered it before its queue opens.
    pub fn held(&self, record: &ContactRecord) -> bool {
        let this_closure = record.held == self.state.closures(record.queue);
        !self.state.queue_open(record.queue)
            && (this_closure || self.closing(record.queue) == Some(Closing::Hold))
    }

    /// Those who wait and may be offered.
    pub fn servable(&self) -> impl Iterator<Item = &'a ContactRecord> {
        self.waiting().filter(|record| !self.held(record))
    }

    /// Its arrival, moved on by the time that the clocks of its queues have stood still while it waited.
    pub fn clocked_ms(&self, record: &ContactRecord) -> u64 {
        let idle_ms = i64::try_from(self.state.idle_ms(record.queue, self.now_ms)).unwrap_or(i64::MAX);
        record.effective_arrival_ms.saturating_add_signed(idle_ms - record.clock_ms)
    }

    /// The queue to which it goes because its own has closed.
    pub fn closes_for(&self, record: &ContactRecord) -> Option<u32> {
        let rules = self.plan.queues.get(self.id(record.queue))?;
        let hours = self.state.queue_hours(record.queue).filter(|hours| hours.closed)?;
        let before = record.queue_entered_ms <= hours.closed_ms && record.held != hours.closures;
        let moves = rules.closing == Closing::Move && before && record.stage() == ContactStage::Waiting;
        let to = rules.closing_queue.as_ref().filter(|_| moves)?;
        let accepts = self.plan.queues.get(to)?.channels.iter().any(|id| id == self.id(record.channel));
        let to = self.state.names().number(PlanKind::Queue, to).filter(|_| accepts)?;
        self.state.queue_open(to).then_some(to)
    }

    /// The contact goes back when the shift of its agent ends, which it has.
    pub fn goes_home_without(&self, leg: &j::AssignmentRecord) -> bool {
        let agent = self.state.agent(leg.agent);
        let off = agent.is_some_and(|agent| agent.presence() == Some(Presence::Off));
        let channel = self.plan.channels.get(self.id(leg.channel));
        let hands_over = channel.is_some_and(|channel| channel.at_shift_end == AtShiftEnd::HandOver);
        off && hands_over && !leg.realtime && leg.stage() == AssignmentStage::Active
    }

    /// An offer by matching goes to who works and serves the channel.
    pub fn works_for(&self, offer: &j::ContactOffered) -> bool {
        let Some(person) = self.people.iter().find(|person| person.number == offer.agent) else {
            return false;
        };
        let channel = self.state.contact(offer.contact).map_or(0, |record| record.channel);
        let state = person.record.schedule.as_ref();
        person.works() && state.is_none_or(|state| !state.restricted || state.channels.contains(&channel))
    }
}

/// How an agent departs from its schedule.
fn departs(record: &j::AgentRecord) -> DeviationKind {
    let signed_in = record.session != 0;
    let there = signed_in && record.connected && record.ready;
    match record.schedule.as_ref().map(j::ScheduleState::presence) {
        Some(Presence::On) if !signed_in => DeviationKind::Absent,
        Some(Presence::On) if !there => DeviationKind::NotReady,
        Some(Presence::Off) if signed_in && record.ready => DeviationKind::OffShiftReady,
        _ => DeviationKind::Unspecified,
    }
}

/// What must not be so when nothing more is due.
pub fn unsettled(view: &View<'_>) -> Checked {
    for record in view.waiting().filter(|record| record.talk().asked_agent == 0) {
        let to = view.closes_for(record);
        ensure(to.is_none(), || format!("{record:?} should be in {to:?}, as its queue has closed"))?;
    }
    for leg in view.state.assignments() {
        ensure(!view.goes_home_without(leg), || format!("{leg:?} is with who has gone home"))?;
    }
    let tolerance_ms = view.plan.settings.adherence_tolerance_ms;
    for agent in view.state.agents() {
        let record = &agent.record;
        let (kind, told) = (departs(record), record.deviation());
        ensure(kind == told, || format!("{record:?} departs by {kind:?}"))?;
        let due = kind != DeviationKind::Unspecified && record.deviation_ms + tolerance_ms <= view.now_ms;
        ensure(record.deviation_noted || !due, || format!("{record:?} is to be told of"))?;
    }
    Ok(())
}

/// The clocks of queues, and what of the age of each contact they have left out, by the events alone.
#[derive(Debug, Default)]
pub struct Clocks {
    stopped: BTreeMap<u32, bool>,
    left_out_ms: BTreeMap<u64, i64>,
    at_ms: u64,
}

fn grows_older(record: &ContactRecord) -> bool {
    !matches!(record.stage(), ContactStage::Active | ContactStage::Parked | ContactStage::Closed)
}

impl Clocks {
    /// An event that comes upon this state.
    pub fn event(&mut self, event: &j::Event, state: &State) {
        let passed_ms = i64::try_from(event.at_ms - self.at_ms).unwrap_or(i64::MAX);
        self.at_ms = event.at_ms;
        // A queue that leaves the plan takes its hours along; under its name another may come.
        self.stopped.retain(|queue, _| state.queue_hours(*queue).is_some());
        if passed_ms > 0 && self.stopped.values().any(|stopped| *stopped) {
            let standing = |record: &&ContactRecord| self.stopped.get(&record.queue) == Some(&true);
            for record in state.live_contacts_after(0).filter(standing).filter(|record| grows_older(record)) {
                *self.left_out_ms.entry(record.contact).or_default() += passed_ms;
            }
        }
        let entered = match event.kind.as_ref() {
            Some(Kind::QueueHours(hours)) => {
                let changes = hours.changes.iter();
                self.stopped.extend(changes.map(|change| (change.queue, change.clock_stopped)));
                None
            }
            Some(Kind::ContactEnqueued(event)) => Some((event.contact, event.entry.as_ref())),
            Some(Kind::ContactTransferred(event)) => Some((event.contact, event.entry.as_ref())),
            Some(Kind::ContactLeftBot(event)) => Some((event.contact, event.entry.as_ref())),
            Some(Kind::ContactReturned(event)) => Some((event.contact, event.entry.as_ref())),
            Some(Kind::ContactClosed(event)) => {
                self.left_out_ms.remove(&event.contact);
                None
            }
            _ => None,
        };
        // Whose age begins anew brings nothing along.
        if let Some((contact, Some(entry))) = entered
            && entry.arrival_ms != 0
        {
            self.left_out_ms.remove(&contact);
        }
        if let Some(Kind::ContactEnqueued(event)) = event.kind.as_ref() {
            self.calls_back(event, state);
        }
    }

    /// Who is called back brings along what its queue's clock left out while nobody was in line for it.
    fn calls_back(&mut self, event: &j::ContactEnqueued, state: &State) {
        let origin = event.origin.as_deref().copied().unwrap_or_default();
        let own = state.promise(origin.promise).and_then(|promise| promise.callback.as_deref());
        if let Some(own) = own.filter(|own| own.arrival_ms != 0) {
            let idle_ms = i64::try_from(state.idle_ms(event.queue, self.at_ms)).unwrap_or(i64::MAX);
            self.left_out_ms.insert(event.contact, idle_ms - own.clock_ms);
        }
    }

    /// The engine's records say the same.
    pub fn check(&self, state: &State) -> Checked {
        for record in state.live_contacts_after(0) {
            let left_out_ms = self.left_out_ms.get(&record.contact).copied().unwrap_or(0);
            let idle_ms = i64::try_from(state.idle_ms(record.queue, self.at_ms)).unwrap_or(i64::MAX);
            let told_ms = if grows_older(record) { idle_ms - record.clock_ms } else { -record.clock_ms };
            ensure(told_ms == left_out_ms, || {
                format!("{record:?} is told to leave {told_ms} ms out, events say {left_out_ms}")
            })?;
        }
        Ok(())
    }
}
