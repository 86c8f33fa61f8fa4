//! Doings of a holiday: many come at once to one queue, are served one after the other, leave, and are called back.

use kefud::{
    engine::{
        command::{Command, Connection, Ending, Enqueue},
        state::State,
    },
    proto::journal::{
        self as j, AssignmentRecord, AssignmentStage, ContactRecord, ContactStage, DialResult, Dialling,
        PlanKind, PromiseStage,
    },
};

use super::{Kind, Op, choose};

fn waits(record: &&ContactRecord) -> bool {
    matches!(record.stage(), ContactStage::Waiting | ContactStage::Offered)
}

impl Op {
    /// How often the same is done.
    pub fn times(self) -> u16 {
        match self.kind {
            Kind::Flood => 3 + self.c % 8,
            Kind::Serve => 6 + self.c % 14,
            Kind::Leave => 3 + self.c % 24,
            _ => 2 + self.c % 6,
        }
    }

    /// How long it lasts in between.
    pub fn between_ms(self) -> u64 {
        match self.kind {
            Kind::Serve => u64::from(self.b % 5) * 400,
            Kind::CallBack => u64::from(self.b % 3) * 1_000,
            _ => 0,
        }
    }

    /// One of them.
    pub fn rushes(self, state: &State, fresh: u32, nth: u16, now_ms: u64) -> Command {
        match self.kind {
            Kind::Flood => self.floods(state, fresh, nth),
            Kind::Serve => self.serves(state, nth),
            Kind::Leave => self.leaves(state),
            _ => self.calls_back(state, fresh, nth, now_ms),
        }
    }

    /// A queue with something to it, mostly.
    fn queue_in_use(self, state: &State, has: impl Fn(&kefud::plan::model::Queue) -> bool) -> String {
        let queues = state.plan().queues.iter().filter(|(_, queue)| has(queue));
        let queues: Vec<&str> = queues.map(|(id, _)| id.as_str()).collect();
        let first = state.plan().queues.keys().next().map_or("q0", String::as_str);
        choose(&queues, self.a).unwrap_or(first).to_owned()
    }

    fn floods(self, state: &State, fresh: u32, nth: u16) -> Command {
        let queue = self.queue_in_use(state, |queue| queue.surge.is_some());
        let channels = state.plan().queues.get(&queue).map_or(&[][..], |queue| &queue.channels);
        let channels: Vec<&str> = channels.iter().map(String::as_str).collect();
        // Somebody who waits for a call comes again.
        let number = state.names().number(PlanKind::Queue, &queue).unwrap_or(0);
        let mut open = state.promises().filter(|record| record.stage() != PromiseStage::Ended);
        let called = open.find(|record| record.callback.is_some() && record.queue == number);
        let again = called.and_then(|record| record.customer.as_ref()).filter(|_| nth == 0);
        let lookup = again.map_or(u64::from(self.b.wrapping_add(nth) % 40), |customer| customer.lookup);
        Command::Enqueue(Box::new(Enqueue {
            id: format!("n{fresh}"),
            gateway: format!("gw{}", self.c % 3),
            channel: choose(&channels, self.b.wrapping_add(nth / 3)).unwrap_or_default().to_owned(),
            queue,
            customer: j::Sealed { key: 0, data: vec![1], lookup },
            ..Enqueue::default()
        }))
    }

    /// Somebody does what comes next.
    fn serves(self, state: &State, nth: u16) -> Command {
        let legs: Vec<AssignmentRecord> = state.assignments().copied().collect();
        let Some(leg) = choose(&legs, self.a.wrapping_add(nth)) else { return Command::Tick };
        let agent = state.names().id(leg.agent).to_owned();
        let contact = state.contact(leg.contact).map_or_else(String::new, |record| record.id.clone());
        let (offer, epoch) = (leg.offer, leg.epoch);
        match leg.stage() {
            AssignmentStage::Offered => Command::Accept { agent, offer, epoch },
            AssignmentStage::Connecting => {
                let result = Connection::Connected;
                Command::ReportConnection { contact, offer, epoch, result }
            }
            AssignmentStage::Active => {
                let ending = Ending { disposition: String::new(), resolution: 0 };
                Command::Complete { agent: Some(agent), contact, ending, promise: None }
            }
            _ => Command::FinishWrapUp { agent, contact },
        }
    }

    fn leaves(self, state: &State) -> Command {
        let waiting: Vec<&ContactRecord> = state.live_contacts_after(0).filter(waits).collect();
        let fullest = choose(&waiting, self.a).map(|record| record.queue);
        let of_queue = waiting.into_iter().find(|record| Some(record.queue) == fullest);
        of_queue.map_or(Command::Tick, |record| Command::Cancel { contact: record.id.clone() })
    }

    /// A callback goes on by what comes next, or is asked for where that is offered.
    fn calls_back(self, state: &State, fresh: u32, nth: u16, now_ms: u64) -> Command {
        let called: Vec<&ContactRecord> =
            state.live_contacts_after(0).filter(|record| record.talk().callback).collect();
        let next = called.iter().find_map(|record| {
            let contact = record.id.clone();
            let away = !state.gateway_listens(record.gateway) && !self.b.is_multiple_of(5);
            if let Some(gateway) = state.gateways().find(|it| away && it.gateway == record.gateway) {
                // It watches its stream, as mostly.
                return Some(Command::GatewayAlive { gateway: gateway.id.clone(), lease_ms: 0 });
            }
            if record.talk().dialling() == Dialling::Dialled {
                let promise = state.promise(record.talk().promise)?;
                let attempt = promise.callback.as_deref()?.attempts;
                let failures =
                    [DialResult::Busy, DialResult::NoAnswer, DialResult::Refused, DialResult::Unreachable];
                let fails = self.b.is_multiple_of(3);
                let result = if fails { failures[usize::from(self.c % 4)] } else { DialResult::Answered };
                return Some(Command::ReportDial { contact, attempt, result });
            }
            let leg = state.assignment(record.offer)?;
            let (offer, epoch) = (leg.offer, leg.epoch);
            match leg.stage() {
                AssignmentStage::Offered => {
                    Some(Command::Accept { agent: state.names().id(leg.agent).to_owned(), offer, epoch })
                }
                AssignmentStage::Connecting => {
                    let gone = self.b.is_multiple_of(3);
                    let result = if gone { Connection::CustomerGone } else { Connection::Connected };
                    Some(Command::ReportConnection { contact, offer, epoch, result })
                }
                _ => None,
            }
        });
        next.unwrap_or_else(|| self.asks_on(state, fresh, nth, now_ms))
    }

    fn asks_on(self, state: &State, fresh: u32, nth: u16, now_ms: u64) -> Command {
        let op = Self { kind: Kind::AskCallback, a: self.a.wrapping_add(nth), ..self };
        let Command::RequestCallback(mut asked) = op.command(state, &[], fresh, now_ms) else {
            return Command::Tick;
        };
        let open = |record: &&ContactRecord| record.talk().promise == 0 && state.callback_open(record.queue);
        let waiting: Vec<&ContactRecord> = state.live_contacts_after(0).filter(waits).filter(open).collect();
        if let Some(record) = choose(&waiting, self.a.wrapping_add(nth)) {
            asked.contact.clone_from(&record.id);
            // What is known of a customer is sealed: there is something.
            let lookup = record.customer.as_ref().map_or(0, |customer| customer.lookup);
            asked.customer = j::Sealed { key: 0, data: vec![1], lookup };
            (asked.zone, asked.channel, asked.window) = (String::new(), String::new(), None);
            if self.b.wrapping_add(nth).is_multiple_of(4) {
                // Without saying on which contact.
                asked.contact.clear();
                asked.queue = state.names().id(record.queue).to_owned();
                asked.channel = state.names().id(record.channel).to_owned();
                asked.gateway = state.gateway_id(record.gateway).to_owned();
            }
        }
        Command::RequestCallback(asked)
    }
}
