//! Callbacks by the words of their rules: who may ask for one, at which place and when it enters, whom it stands for,
//! when customers are dialled and what becomes of an attempt; and what the events alone say of each.

use std::collections::BTreeMap;

use kefud::{
    engine::{
        command::{Command, ConsultTarget},
        refusal::Refusal,
        state::State,
    },
    plan::model::{AfterBot, CallbackMode, CallbackOffer, CallbackRules, ChannelKind},
    proto::journal::{
        self as j, CallbackChange, ContactRecord, ContactStage, DialResult, Dialling, PlanKind, PromiseEnd,
        PromiseRecord, PromiseStage, SurgeStepKind, event::Kind,
    },
};

use crate::{
    asked::Subject,
    naive::{View, gateway_away},
    roster::Hours,
};

type Checked<T = ()> = Result<T, String>;

mod place;

use place::in_window;

const DAY_S: i64 = 86_400;

fn same<T: PartialEq + std::fmt::Debug>(what: &str, told: &T, right: &T) -> Checked {
    if told == right { Ok(()) } else { Err(format!("{what} is {told:?}, should be {right:?}")) }
}

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(problem()) }
}

fn own(record: &PromiseRecord) -> j::CallbackRecord {
    record.callback.as_deref().cloned().unwrap_or_default()
}

impl<'a> View<'a> {
    /// By its plan, or as callbacks are made by of which that says nothing any more.
    fn callback_rules(&self, queue: u32) -> CallbackRules {
        self.plan.queues.get(self.id(queue)).and_then(|queue| queue.callback.clone()).unwrap_or_default()
    }

    /// Whether callbacks may be asked for.
    fn offers_callbacks(&self, queue: u32) -> bool {
        let rules = self.plan.queues.get(self.id(queue)).and_then(|queue| queue.callback.as_ref());
        let steps = self.state.surge(queue).map_or(&[][..], |record| &record.steps);
        let kinds = steps.iter().filter_map(|applied| applied.step.as_ref()).map(j::SurgeStep::kind);
        let surges = || kinds.into_iter().any(|kind| kind == SurgeStepKind::OfferCallback);
        let closed = || !self.state.queue_open(queue) && self.calls_back_while_closed(queue);
        rules.is_some_and(|rules| rules.offer == CallbackOffer::Always || surges() || closed())
    }

    /// Whether a customer in this zone may be called now, by the calling hours.
    fn may_call(&self, queue: u32, zone: &str) -> bool {
        let hours = self.callback_rules(queue).hours;
        let Some(calendar) = hours.and_then(|id| self.plan.calendars.get(&id)) else { return true };
        let mut calendar = (**calendar).clone();
        if !zone.is_empty() {
            calendar.zone = Some(zone.to_owned());
        }
        let at_s = self.state.wall_s(self.now_ms);
        Hours::new(self.plan, &calendar, at_s - DAY_S, at_s + DAY_S).open(at_s)
    }

    /// How a callback enters its queue.
    pub fn calls_back(&self, event: &'a j::ContactEnqueued, subject: &Subject<'a>) -> Checked {
        let origin = event.origin.as_deref().copied().unwrap_or_default();
        let record = self.state.promise(origin.promise).ok_or("the callback is not there")?;
        let own = own(record);
        let pending = record.stage() == PromiseStage::Pending && own.live_contact == 0;
        ensure(pending && record.enter_ms <= self.now_ms, || format!("{record:?} enters"))?;
        ensure(self.now_ms < own.expire_ms, || format!("it has expired at {}", own.expire_ms))?;
        ensure(own.attempts < own.attempts_max, || "all attempts were made".to_owned())?;
        ensure(self.may_call(event.queue, &own.zone), || "its customer may not be called now".to_owned())?;
        same("the way", &(event.queue, event.channel), &(record.queue, record.channel))?;
        same("the agent known", &event.known_agent, &record.agent)?;
        let queue = self.plan.queues.get(subject.queue).ok_or("its queue is gone")?;
        let category = subject.category_in_force(self.plan);
        let objective_ms = category.and_then(|it| it.objective_ms).unwrap_or(queue.objective_ms);
        let arrival_ms = match own.arrival_ms {
            0 => own.end_ms.saturating_sub(objective_ms),
            at_ms => at_ms,
        };
        let kept = (record.agent, self.callback_rules(event.queue).agent_wait_ms);
        let entry = self.entry_for(subject, kept, record.agent, &[]);
        let arrival_ms = arrival_ms.clamp(1, self.now_ms);
        same("the entry", &event.entry.unwrap_or_default(), &j::QueueEntry { arrival_ms, ..entry })
    }

    /// A callback that was asked for has its customer's place.
    fn asked_back(&self, record: &PromiseRecord) -> Checked {
        let own = own(record);
        let rules = self.callback_rules(record.queue);
        ensure(self.offers_callbacks(record.queue), || "nobody offers it".to_owned())?;
        let known = self.known_before(record);
        ensure(known.is_none(), || format!("it should be merged into {known:?}"))?;
        let open = self.state.promises().filter(|other| other.stage() != PromiseStage::Ended);
        let open = open.filter(|other| other.callback.is_some() && other.queue == record.queue).count();
        ensure(open < rules.max_open as usize, || format!("{open} are open"))?;
        let channel = self.plan.channels.get(self.id(record.channel)).ok_or("there is no such channel")?;
        let first = rules.mode == CallbackMode::CustomerFirst && channel.kind == ChannelKind::Realtime;
        same("customer first", &(own.mode() == j::CallbackMode::CustomerFirst), &first)?;
        same("the attempts", &(own.attempts, own.attempts_max), &(0, rules.attempts))?;
        let enter_ms = if record.enter_ms == u64::MAX { 0 } else { record.enter_ms };
        // Never dialled after its window.
        let expire_ms =
            if own.end_ms == 0 { self.now_ms.max(enter_ms) + rules.expire_ms } else { own.end_ms };
        same("the expiry", &own.expire_ms, &expire_ms)?;
        self.not_twice(record)?;
        let place = if own.end_ms == 0 { self.place_of(record) } else { (0, 0) };
        same("the place", &(own.arrival_ms, own.clock_ms), &place)
    }

    fn place_of(&self, record: &PromiseRecord) -> (u64, i64) {
        let from_now = || {
            let idle_ms = self.state.idle_ms(record.queue, self.now_ms);
            (self.now_ms, i64::try_from(idle_ms).unwrap_or(i64::MAX))
        };
        let Some(contact) = self.state.contact(record.contact) else { return from_now() };
        let anew = self.queue(contact).is_some_and(|queue| queue.after_bot == AfterBot::Fresh);
        let with_bot = contact.stage() == ContactStage::WithBot && !contact.talk().deflected;
        if with_bot && anew { from_now() } else { (contact.effective_arrival_ms, contact.clock_ms) }
    }

    /// When nobody else has this to say: until when a customer is dialled whose contact is accepted.
    fn dials_until(&self, contact: &ContactRecord) -> u64 {
        let talk = contact.talk();
        let realtime = self.channel(contact).is_some_and(|channel| channel.kind == ChannelKind::Realtime);
        let open = self.state.promise(talk.promise).is_some_and(|record| {
            record.stage() == PromiseStage::Entered && record.follow_up == contact.contact
        });
        let dials = talk.callback && realtime && open && talk.dialling() != Dialling::Answered;
        if dials { self.now_ms + self.callback_rules(contact.queue).dial_timeout_ms } else { 0 }
    }

    /// Nobody undialled who is like it is older, and somebody is there for it.
    fn dials(&self, event: &j::CallbackDialled) -> Checked {
        let record = self.state.contact(event.contact).ok_or("it is not there")?;
        let promise = self.state.promise(record.talk().promise).ok_or("there is no callback")?;
        same("its dialling", &record.talk().dialling(), &Dialling::Waits)?;
        same("the attempt", &event.attempt, &(own(promise).attempts + 1))?;
        let until_ms = self.now_ms + self.callback_rules(record.queue).dial_timeout_ms;
        same("the end", &event.deadline_ms, &until_ms)?;
        in_window(promise, self.now_ms)?;
        let undialled = self.state.live_contacts_after(0).filter(|other| {
            (other.queue, other.stage()) == (record.queue, ContactStage::Waiting)
                && other.talk().dialling() == Dialling::Waits
                && other.contact != record.contact
        });
        let place = |record: &ContactRecord| (self.clocked_ms(record), record.contact);
        let alike = |record: &ContactRecord| {
            (record.channel, record.category, record.priority_in_force(), record.ring)
        };
        let here = |record: &ContactRecord| !gateway_away(self.state, record);
        ensure(here(record), || "its gateway does not listen".to_owned())?;
        let mut older = undialled
            .filter(|other| alike(other) == alike(record) && here(other) && place(other) < place(record));
        let older = older.next();
        ensure(older.is_none(), || format!("{older:?} is older"))?;
        let staffed = self.staffed_from(&self.subject(record), 0);
        ensure(staffed.is_some(), || "nobody is there".to_owned())
    }

    /// What an event says of callbacks is right in the state before it.
    pub fn called(&self, kind: &'a Kind, timely: bool) -> Checked {
        match kind {
            Kind::PromiseMade(event) => match event.promise.as_deref() {
                Some(record) if record.callback.is_some() => self.asked_back(record),
                _ => Ok(()),
            },
            Kind::OfferAccepted(event) => {
                let leg = self.state.assignment(event.offer);
                let contact =
                    leg.and_then(|leg| self.state.contact(leg.contact)).ok_or("nothing accepted")?;
                let promise = self.state.promise(contact.talk().promise);
                promise
                    .filter(|_| event.dial_deadline_ms != 0)
                    .map_or(Ok(()), |it| in_window(it, self.now_ms))?;
                same("the end of dialling", &event.dial_deadline_ms, &self.dials_until(contact))
            }
            Kind::CallbackDialled(event) => self.dials(event),
            Kind::CallbackAnswered(event) => {
                let record = self.state.contact(event.contact).ok_or("it is not there")?;
                same("its dialling", &record.talk().dialling(), &Dialling::Dialled)?;
                let kept = (record.known_agent, self.callback_rules(record.queue).agent_wait_ms);
                let right =
                    self.entry_for(&self.subject(record), kept, record.known_agent, record.exclusions());
                same("the entry", &event.entry.unwrap_or_default(), &right)
            }
            Kind::CallbackChanged(event) if event.change() == CallbackChange::AttemptFailed => {
                let record = self.state.promise(event.promise).ok_or("there is no callback")?;
                let own = own(record);
                let (late, used) = (own.dial_deadline_ms <= self.now_ms, own.attempts >= own.attempts_max);
                let over = event.result() == DialResult::Timeout;
                ensure(late || !over, || format!("it may take until {}", own.dial_deadline_ms))?;
                let last = matches!(event.result(), DialResult::Refused | DialResult::Unreachable);
                same("no further attempt", &(event.enter_ms == 0), &(used || last))
            }
            Kind::PromiseEnded(event) => self.ends(event, timely),
            _ => Ok(()),
        }
    }

    fn ends(&self, event: &j::PromiseEnded, timely: bool) -> Checked {
        let record = self.state.promise(event.promise).ok_or("there is no promise")?;
        if record.callback.is_none() {
            return Ok(());
        }
        let own = own(record);
        let right = match event.end() {
            PromiseEnd::Kept => record.stage() == PromiseStage::Entered,
            PromiseEnd::Expired => own.expire_ms <= self.now_ms && own.dial_deadline_ms == 0 && timely,
            PromiseEnd::Absorbed => own.live_contact != 0,
            PromiseEnd::Exhausted | PromiseEnd::Cancelled => true,
            _ => false,
        };
        ensure(right || !timely, || format!("{record:?} ends so"))
    }

    /// Whether something of a callback is due.
    pub fn callback_due(&self, record: &PromiseRecord) -> bool {
        let own = own(record);
        let past = |ms: u64| ms != 0 && ms <= self.now_ms;
        match record.stage() {
            PromiseStage::Pending => past(own.expire_ms) || (own.live_contact == 0 && past(record.enter_ms)),
            PromiseStage::Entered if own.dial_deadline_ms != 0 => past(own.dial_deadline_ms),
            PromiseStage::Entered if self.nobody_has(record) => past(own.expire_ms) || past(own.hours_end_ms),
            _ => false,
        }
    }

    /// Whether one more is let into a queue, and when to try again if not.
    fn room_in(&self, queue: &str) -> Result<(), u64> {
        let number = self.state.names().number(PlanKind::Queue, queue).unwrap_or(0);
        let waits = |record: &&ContactRecord| {
            record.queue == number && matches!(record.stage(), ContactStage::Waiting | ContactStage::Offered)
        };
        let in_line = self.state.live_contacts_after(0).filter(waits).count();
        let max = self.plan.queues.get(queue).map_or(0, |queue| queue.max_waiting);
        let steps = self.state.surge(number).map_or(&[][..], |record| &record.steps);
        let steps = steps.iter().filter_map(|applied| applied.step.as_ref());
        let caps = steps.filter(|step| step.kind() == SurgeStepKind::Cap && step.waiting < max);
        let (max, retry_ms) = caps.map(|step| (step.waiting, step.retry_ms)).min().unwrap_or((max, RETRY_MS));
        if in_line < max as usize { Ok(()) } else { Err(retry_ms) }
    }

    /// Who was let in found room, or has a place that a callback holds.
    pub fn let_in(&self, queue: &str, absorbed: bool) -> Checked {
        ensure(absorbed || self.room_in(queue).is_ok(), || format!("queue {queue} is full"))
    }

    /// What is refused for callbacks, or because a queue is full, is so.
    pub fn refused(&self, command: &Command, refusal: &Refusal) -> Checked {
        match (refusal.reason, command) {
            ("QUEUE_FULL", Command::Enqueue(enqueue)) => {
                let of_category = self.plan.categories.get(&enqueue.category).map(|it| it.queue.as_str());
                let asked = if enqueue.queue.is_empty() { of_category } else { Some(&*enqueue.queue) };
                let into = self.overflows(asked.unwrap_or_default(), &enqueue.channel);
                let number = self.state.names().number(PlanKind::Queue, into).unwrap_or(0);
                let absorbed = self.absorbs(number, enqueue.customer.lookup);
                let held = absorbed.is_some_and(|record| self.holds_place(record));
                same("full until", &refusal.retry_after_ms, &self.room_in(into).err())?;
                ensure(!held, || "a callback holds a place".to_owned())
            }
            (
                "QUEUE_FULL",
                Command::StartConsult { contact, target: ConsultTarget::Queue { queue, .. }, .. },
            ) => {
                let own = self.state.contact_by_id(contact).map_or("", |record| self.id(record.queue));
                let asked = if queue.is_empty() { own } else { queue };
                same("full until", &refusal.retry_after_ms, &self.room_in(asked).err())
            }
            ("QUEUE_FULL", _) => Err("nothing else asks for room".to_owned()),
            ("CALLBACK_NOT_OFFERED", Command::RequestCallback(asked)) => {
                let record = self.state.contact_by_id(&asked.contact).filter(|_| !asked.contact.is_empty());
                let queue = record.map(|record| record.queue);
                let named = || self.state.names().number(PlanKind::Queue, &asked.queue);
                let offered = queue.or_else(named).is_some_and(|queue| self.offers_callbacks(queue));
                ensure(!offered || asked.queue.is_empty() && queue.is_none(), || "it is offered".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// When trying again makes sense where no step says.
const RETRY_MS: u64 = 5_000;

/// A callback as its events tell it.
#[derive(Debug, Clone, PartialEq)]
struct Call {
    queue: u32,
    agent: u32,
    stage: PromiseStage,
    contact: u64,
    place: (u64, i64),
    attempts: u32,
    dial_deadline_ms: u64,
    answered: bool,
    live: u64,
    merged: u32,
}

impl Call {
    fn of(record: &PromiseRecord) -> Self {
        let own = own(record);
        Self {
            queue: record.queue,
            agent: record.agent,
            stage: record.stage(),
            contact: record.follow_up,
            place: (own.arrival_ms, own.clock_ms),
            attempts: own.attempts,
            dial_deadline_ms: own.dial_deadline_ms,
            answered: own.answered,
            live: own.live_contact,
            merged: own.merged,
        }
    }

    /// It is another queue's, and its place counts by the clock of that.
    fn goes_to(&mut self, queue: u32, view: &View<'_>) {
        let idle = |queue| i64::try_from(view.state.idle_ms(queue, view.now_ms)).unwrap_or(0);
        if self.stage == PromiseStage::Ended || self.queue == queue {
            return;
        }
        if self.place.0 != 0 {
            self.place.1 += idle(queue) - idle(self.queue);
        }
        self.queue = queue;
    }

    fn changed(&mut self, event: &j::CallbackChanged) {
        if event.agent != 0 {
            self.agent = event.agent;
        }
        let moved = event.change() == CallbackChange::Moved && event.end_ms != 0;
        if event.arrival_ms != 0 || moved {
            self.place = (event.arrival_ms, event.clock_ms);
        }
        match event.change() {
            CallbackChange::Merged => self.merged += 1,
            CallbackChange::Resumed => self.live = 0,
            CallbackChange::Suspended => {
                self.live = event.live_contact;
                // Whom is dialled while it comes by itself was not reached in vain.
                self.attempts -= u32::from(self.dial_deadline_ms != 0);
            }
            _ => {}
        }
        if matches!(
            event.change(),
            CallbackChange::Suspended
                | CallbackChange::AttemptFailed
                | CallbackChange::Postponed
                | CallbackChange::Moved
        ) {
            (self.stage, self.dial_deadline_ms, self.answered) = (PromiseStage::Pending, 0, false);
        }
    }
}

/// All callbacks, by their events.
#[derive(Debug, Default)]
pub struct Called {
    calls: BTreeMap<u64, Call>,
    /// The callback that must be suspended next, and by whom.
    absorbing: Option<(u64, u64)>,
}

impl Called {
    fn of_contact(&mut self, state: &State, contact: u64) -> Option<&mut Call> {
        let promise = state.contact(contact).map_or(0, |record| record.talk().promise);
        self.calls.get_mut(&promise)
    }

    /// An event that comes upon this state.
    pub fn event(&mut self, event: &j::Event, state: &State) -> Checked {
        let view = View::new(state, event.at_ms);
        match event.kind.as_ref() {
            Some(Kind::PromiseMade(event)) => {
                let record = event.promise.as_deref().filter(|record| record.callback.is_some());
                self.calls.extend(record.map(|record| (record.promise, Call::of(record))));
            }
            Some(Kind::ContactEnqueued(event)) => self.enqueued(event, &view),
            Some(Kind::CallbackChanged(event)) => {
                let change = event.change();
                let call = self.calls.get_mut(&event.promise).ok_or("there is no callback")?;
                ensure(call.stage != PromiseStage::Ended, || "it has ended".to_owned())?;
                call.changed(event);
                if change == CallbackChange::Suspended {
                    let told = Some((event.promise, event.live_contact));
                    same("suspended", &told, &self.absorbing.take())?;
                }
            }
            Some(Kind::CallbackDialled(event)) => {
                let call = self.of_contact(state, event.contact).ok_or("there is no callback")?;
                (call.attempts, call.dial_deadline_ms) = (event.attempt, event.deadline_ms);
            }
            Some(Kind::CallbackAnswered(event)) => {
                let call = self.of_contact(state, event.contact).ok_or("there is no callback")?;
                (call.answered, call.dial_deadline_ms) = (true, 0);
            }
            Some(Kind::OfferAccepted(event)) if event.dial_deadline_ms != 0 => {
                let contact = state.assignment(event.offer).map_or(0, |leg| leg.contact);
                let call = self.of_contact(state, contact).ok_or("there is no callback")?;
                call.attempts += 1;
                call.dial_deadline_ms = event.dial_deadline_ms;
            }
            Some(Kind::ContactConnected(event)) => {
                let contact = state.assignment(event.offer).map_or(0, |leg| leg.contact);
                if let Some(call) = self.of_contact(state, contact) {
                    call.dial_deadline_ms = 0;
                }
            }
            Some(Kind::ContactReturned(event)) => self.undone(state, event.contact),
            Some(Kind::ContactTransferred(event)) => {
                self.undone(state, event.contact);
                if let Some(call) = self.of_contact(state, event.contact) {
                    call.goes_to(event.queue, &view);
                }
                self.comes_to(&view, event.contact, event.queue, false);
            }
            Some(Kind::ContactLeftBot(event)) => self.comes_to(&view, event.contact, event.queue, true),
            Some(Kind::PromiseChanged(event)) => {
                if let Some(call) = self.calls.get_mut(&event.promise).filter(|_| event.queue != 0) {
                    call.goes_to(event.queue, &view);
                }
            }
            Some(Kind::PromiseEnded(event)) => {
                if let Some(call) = self.calls.get_mut(&event.promise) {
                    call.stage = PromiseStage::Ended;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn enqueued(&mut self, event: &j::ContactEnqueued, view: &View<'_>) {
        let origin = event.origin.as_deref().copied().unwrap_or_default();
        if let Some(call) = self.calls.get_mut(&origin.promise) {
            (call.stage, call.contact) = (PromiseStage::Entered, event.contact);
            if call.place.0 == 0 {
                let idle_ms = view.state.idle_ms(event.queue, view.now_ms);
                let arrival_ms = event.entry.map_or(0, |entry| entry.arrival_ms);
                call.place = (arrival_ms, i64::try_from(idle_ms).unwrap_or(0));
            }
        }
        let customer = event.customer.as_ref().map_or(0, |customer| customer.lookup);
        let absorbed = view.absorbs(event.queue, customer).filter(|_| event.origin.is_none());
        self.absorbing = absorbed.map(|record| (record.promise, event.contact));
    }

    /// A contact comes to a queue from elsewhere, perhaps in place of a callback.
    fn comes_to(&mut self, view: &View<'_>, contact: u64, queue: u32, from_bot: bool) {
        let record = view.state.contact(contact).filter(|record| from_bot || record.queue != queue);
        let absorbed = record.and_then(|record| view.takes_place(record, queue));
        self.absorbing = absorbed.map(|callback| (callback.promise, contact));
    }

    /// Agent and customer were not connected: nobody was dialled.
    fn undone(&mut self, state: &State, contact: u64) {
        let dialled = state.contact(contact).map(|record| record.talk().dialling());
        let call = self.of_contact(state, contact).filter(|_| dialled == Some(Dialling::Unspecified));
        if let Some(call) = call.filter(|call| call.dial_deadline_ms != 0) {
            call.dial_deadline_ms = 0;
            call.attempts -= 1;
        }
    }

    /// The engine's records say the same.
    pub fn check(&self, state: &State) -> Checked {
        same("to be suspended", &self.absorbing, &None)?;
        for record in state.promises().filter(|record| record.callback.is_some()) {
            let (told, right) = (Call::of(record), self.calls.get(&record.promise));
            ensure(right == Some(&told), || {
                format!("callback {}: {told:?}, events say {right:?}", record.id)
            })?;
        }
        Ok(())
    }
}
