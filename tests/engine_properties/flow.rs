//! How fast queues are served and how soon customers leave, added up anew from the events.

use std::collections::BTreeMap;

use kefud::{
    engine::state::State,
    proto::journal::{
        self as j, ContactEnd, ContactRecord, ContactStage, Dialling, OfferCause, OfferTrigger, event::Kind,
    },
};

use crate::naive::gateway_away;

type Checked<T = ()> = Result<T, String>;

/// What was measured of a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Measured {
    /// Offers to those who had waited, and for how long somebody was to be offered to everybody.
    takes: u64,
    eager_ms: u64,
    /// Customers who left, and for how long each was in line.
    gone: u64,
    in_line_ms: u64,
    answers: u32,
    answer_ms: u64,
}

/// All queues.
#[derive(Debug, Default)]
pub struct Flows {
    at_ms: u64,
    queues: BTreeMap<u32, Measured>,
    /// Minutes in which customers were answered (true) or left.
    outcomes: BTreeMap<u32, Vec<(u64, bool)>>,
    /// Since when each contact has been in line without being offered, or whom it is kept for.
    since_ms: BTreeMap<u64, u64>,
}

fn is_customer(record: &ContactRecord) -> bool {
    record.talk().parent == 0 && record.talk().promise == 0
}

/// To be offered to everybody who fits, as soon as somebody has room.
fn eager(state: &State, record: &ContactRecord) -> bool {
    let talk = record.talk();
    let missing = matches!(talk.dialling(), Dialling::Waits | Dialling::Dialled);
    let lost = || state.gateways().any(|it| it.gateway == record.gateway && it.lost);
    let to_nobody = talk.parent == 0 && talk.promise != 0 && lost();
    record.stage() == ContactStage::Waiting
        && !(record.unservable || record.kept_for() != 0 || talk.asked_agent != 0 || missing || to_nobody)
        && !gateway_away(state, record)
}

fn in_line(record: &ContactRecord) -> bool {
    matches!(record.stage(), ContactStage::Waiting | ContactStage::Offered)
}

/// By queue: whether somebody is eager, and how many customers are in line.
fn lines(state: &State) -> BTreeMap<u32, (bool, u64)> {
    let mut lines: BTreeMap<u32, (bool, u64)> = BTreeMap::new();
    for record in state.live_contacts_after(0).filter(|record| in_line(record)) {
        let line = lines.entry(record.queue).or_default();
        line.0 |= eager(state, record);
        line.1 += u64::from(is_customer(record));
    }
    lines.retain(|queue, _| state.queue_open(*queue));
    lines
}

impl Flows {
    fn pass(&mut self, at_ms: u64, state: &State) {
        let passed_ms = at_ms - std::mem::replace(&mut self.at_ms, at_ms);
        if passed_ms == 0 {
            return;
        }
        for (queue, (eager, customers)) in lines(state) {
            let measured = self.queues.entry(queue).or_default();
            measured.eager_ms += if eager { passed_ms } else { 0 };
            measured.in_line_ms += customers * passed_ms;
        }
    }

    /// An event that comes upon this state.
    pub fn event(&mut self, event: &j::Event, state: &State) -> Checked {
        let at_ms = event.at_ms;
        let Some(kind) = event.kind.as_ref() else { return Ok(()) };
        if matches!(kind, Kind::DaemonStarted(_)) {
            // What was before, and has not been counted by then, is not.
            self.at_ms = at_ms;
            self.queues.clear();
            return Ok(());
        }
        self.pass(at_ms, state);
        let leg = |offer: u64| state.assignment(offer).copied().unwrap_or_default();
        match kind {
            Kind::ContactEnqueued(event) => self.comes(event.contact, at_ms),
            Kind::ContactTransferred(event) => self.comes(event.contact, at_ms),
            Kind::ContactLeftBot(event) => self.comes(event.contact, at_ms),
            Kind::ContactReturned(event) => self.comes(event.contact, at_ms),
            Kind::KeepEnded(event) => self.comes(event.contact, at_ms),
            Kind::CallbackAnswered(event) => self.comes(event.contact, at_ms),
            Kind::OfferEnded(event) => {
                let leg = leg(event.offer);
                self.comes(leg.contact, at_ms);
                if leg.waited {
                    self.queues.entry(leg.queue).or_default().takes -= 1;
                }
            }
            Kind::ContactOffered(event) => {
                let record = state.contact(event.contact).ok_or("it is not there")?;
                let opened_ms = state.queue_hours(record.queue).map_or(0, |hours| hours.changed_ms);
                let since_ms = self.since_ms.get(&event.contact).copied().unwrap_or(0).max(opened_ms);
                let matched = event.cause() == OfferCause::Matched && state.queue_open(record.queue);
                // Those whom it gets in one instant by other rules tell nothing of its pace.
                let at_once = matches!(
                    event.trigger(),
                    OfferTrigger::Surge | OfferTrigger::ShiftEdge | OfferTrigger::RulesChanged
                );
                let waited = matched && !at_once && since_ms < at_ms && eager(state, record);
                if waited != event.waited {
                    return Err(format!("it has waited: {waited}, since {since_ms}"));
                }
                self.queues.entry(record.queue).or_default().takes += u64::from(waited);
            }
            Kind::OfferAccepted(event) if !leg(event.offer).realtime => {
                self.answered(&leg(event.offer), state, at_ms);
            }
            Kind::ContactConnected(event) => self.answered(&leg(event.offer), state, at_ms),
            Kind::ContactClosed(event) => {
                self.since_ms.remove(&event.contact);
                let left = event.reason() == ContactEnd::CustomerLeft;
                let record = state.contact(event.contact).filter(|_| left);
                if let Some(record) = record.filter(|record| is_customer(record) && in_line(record)) {
                    let open = u64::from(state.queue_open(record.queue));
                    self.queues.entry(record.queue).or_default().gone += open;
                    self.outcomes.entry(record.queue).or_default().push((at_ms / 60_000, false));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn comes(&mut self, contact: u64, at_ms: u64) {
        self.since_ms.insert(contact, at_ms);
    }

    fn answered(&mut self, leg: &j::AssignmentRecord, state: &State, at_ms: u64) {
        if state.contact(leg.contact).is_some_and(is_customer) {
            let measured = self.queues.entry(leg.queue).or_default();
            measured.answers += 1;
            measured.answer_ms += at_ms - leg.offered_ms;
            self.outcomes.entry(leg.queue).or_default().push((at_ms / 60_000, true));
        }
    }

    /// The engine has measured the same.
    pub fn check(&mut self, state: &State) -> Checked {
        let lines = lines(state);
        self.outcomes.retain(|queue, _| state.flow(*queue).is_some());
        self.queues.retain(|queue, _| state.flow(*queue).is_some());
        let queues = state.catalog().queues.keys().copied();
        for queue in queues.chain(state.draining().map(|draining| draining.queue)) {
            let Some(flow) = state.flow(queue) else { continue };
            let record = flow.record(queue);
            let rate = |rate: &Option<j::RateRecord>| {
                let rate = rate.clone().unwrap_or_default();
                let n = rate.closed.iter().map(|bucket| u64::from(bucket.n)).sum::<u64>();
                let t_ms = rate.closed.iter().map(|bucket| bucket.t_ms).sum::<u64>();
                (n + u64::from(rate.open_n), t_ms + rate.open_t_ms)
            };
            let (takes, eager_ms) = rate(&record.takes);
            let (gone, in_line_ms) = rate(&record.patience);
            // What has passed since it was counted last is counted with the next change of who is in line.
            let left_ms = if record.run_ms == 0 { 0 } else { state.now_ms() - record.run_ms };
            let (eager, customers) = lines.get(&queue).copied().unwrap_or_default();
            let told = Measured {
                takes,
                eager_ms: eager_ms + if eager { left_ms } else { 0 },
                gone,
                in_line_ms: in_line_ms + customers * left_ms,
                answers: record.answers,
                answer_ms: record.answer_sum_ms,
            };
            // What is of another pace than what came after it is dropped.
            let drops = record.takes.as_ref().is_some_and(|rate| rate.fresh > 0)
                || record.patience.as_ref().is_some_and(|rate| rate.fresh > 0);
            let ours = self.queues.entry(queue).or_insert_with(|| told.clone());
            if drops {
                ours.clone_from(&told);
            }
            if *ours != told {
                return Err(format!("of queue {queue} is measured {told:?}, events say {ours:?}"));
            }
            let minute = state.now_ms() / 60_000;
            let outcomes = self.outcomes.get(&queue).map_or(&[][..], Vec::as_slice);
            let count = |answered: bool| {
                let latest = outcomes.iter().filter(|(at, what)| at + 10 > minute && *what == answered);
                u32::try_from(latest.count()).unwrap_or(u32::MAX)
            };
            let (told, right) = (flow.outcomes(state.now_ms()), (count(true), count(false)));
            if told != right {
                return Err(format!("outcomes of queue {queue} are {told:?}, events say {right:?}"));
            }
        }
        Ok(())
    }
}
