//! Drives the day: customers come, wait, leave and come again; agents answer; the bot and the gateway do what they are told.
//! Whatever is due happens at its very millisecond, and every event is looked at.

use std::{cmp::Reverse, collections::BinaryHeap};

use kefud::{
    engine::{
        command::{ApplyPlan, Command, Enqueue, NewCallback, RemovedQueuePolicy},
        refusal::Refusal,
    },
    plan::Plan,
    proto::journal as j,
    sim::Sim,
};

use crate::{
    checks::{Checks, sealed},
    customers::{Customer, DAY_MS, customers},
    figures::{Book, Outcome},
    reactions::Next,
};

/// Engine time of midnight, and what the wall clock has then: 2026-09-30 00:00 in Shanghai.
pub const START_MS: u64 = 1_000_000_000;
const MIDNIGHT_S: i64 = 1_790_697_600;

/// Who is there.
const TEAMS: [(&str, u32); 5] =
    [("core", 34), ("reserve", 4), ("temporary", 4), ("outsourced", 3), ("office", 4)];

/// A customer as it stands.
#[derive(Debug, Default)]
pub struct Person {
    /// Its contact by number; 0: none yet.
    pub contact: u64,
    /// When that came.
    pub came_ms: u64,
    /// Contacts so far.
    pub tries: u32,
    /// Times in line so far: a patience runs out only in the one for which it was.
    pub stays: usize,
    /// It has asked for a callback.
    pub asked: bool,
    pub outcome: Option<Outcome>,
}

pub struct Day {
    pub sim: Sim,
    pub checks: Checks,
    pub book: Book,
    pub customers: Vec<Customer>,
    pub people: Vec<Person>,
    /// What customers were told while they waited, and attempts to call them that came to nothing.
    pub messages: u64,
    pub in_vain: u64,
    next: BinaryHeap<Reverse<(u64, u64, Next)>>,
    /// Of what is planned, so that what comes at the same time comes in the order in which that was planned.
    planned: u64,
    looked: usize,
}

pub fn plan() -> Plan {
    kefud::plan::parse(&document()).expect("a plan without problems")
}

fn document() -> String {
    let agents = TEAMS.iter().flat_map(|(team, count)| {
        (1..=*count).map(move |number| format!("[agents.{team}{number}]\ngroups = [\"{team}\"]\n"))
    });
    include_str!("holiday.toml").to_owned() + &agents.collect::<String>()
}

/// By what a customer is known.
pub fn lookup(customer: usize) -> u64 {
    customer as u64 + 1
}

impl Day {
    /// The whole of it.
    pub fn of(plan: Plan, seed: u64) -> Self {
        let mut day = Self::new(plan, seed);
        day.run();
        day
    }

    fn new(plan: Plan, seed: u64) -> Self {
        let customers = customers(seed);
        let mut day = Self {
            sim: Sim::new(START_MS),
            checks: Checks::default(),
            book: Book::default(),
            people: customers.iter().map(|_| Person::default()).collect(),
            customers,
            messages: 0,
            in_vain: 0,
            next: BinaryHeap::new(),
            planned: 0,
            looked: 0,
        };
        let start_ms = i64::try_from(START_MS).expect("a time");
        day.must(Command::ObserveClock { wall_offset_ms: MIDNIGHT_S * 1_000 - start_ms });
        let agents: Vec<String> = plan.agents.keys().cloned().collect();
        day.must(Command::ApplyPlan(ApplyPlan {
            plan: Box::new(plan),
            expected_revision: 0,
            validate_only: false,
            removed_queues: RemovedQueuePolicy::Refuse,
        }));
        for gateway in ["gate", "bot"] {
            day.must(Command::GatewayAlive { gateway: gateway.to_owned(), lease_ms: 0 });
        }
        for agent in agents {
            day.must(Command::SignIn { agent, session: 0, ready: Some(true) });
        }
        for customer in 0..day.customers.len() {
            day.soon(day.customers[customer].comes_ms, Next::Comes(customer));
        }
        day
    }

    /// Until it is over, and nobody is left.
    fn run(&mut self) {
        let end_ms = START_MS + DAY_MS;
        loop {
            let planned_ms = self.next.peek().map(|Reverse((at_ms, ..))| *at_ms);
            let until_ms = planned_ms.unwrap_or(end_ms.max(self.sim.now_ms()));
            let due_ms = self.sim.state().next_deadline_ms().filter(|due_ms| *due_ms <= until_ms);
            if let Some(due_ms) = due_ms {
                self.sim.pass(due_ms.saturating_sub(self.sim.now_ms()));
                self.sim.settle();
                self.look();
                continue;
            }
            self.sim.pass(until_ms - self.sim.now_ms());
            match self.next.pop() {
                Some(Reverse((.., next))) => self.carry_out(next),
                // Nothing is planned any more, but callbacks may be pending.
                None => match self.sim.state().next_deadline_ms().filter(|_| self.open()) {
                    Some(due_ms) => self.sim.pass(due_ms.saturating_sub(self.sim.now_ms())),
                    None => break,
                },
            }
        }
    }

    /// Whether somebody's matter is not settled yet.
    fn open(&self) -> bool {
        self.sim.state().live_count() > 0 || self.sim.state().open_callbacks() > 0
    }

    pub fn soon(&mut self, after_ms: u64, next: Next) {
        self.planned += 1;
        self.next.push(Reverse((self.sim.now_ms() + after_ms, self.planned, next)));
    }

    /// After midnight.
    pub fn clock_ms(&self) -> u64 {
        self.sim.now_ms() - START_MS
    }

    pub fn must(&mut self, command: Command) {
        let told = format!("{command:?}");
        if let Err(refusal) = self.tries(command) {
            panic!("{told} is refused: {refusal:?}");
        }
    }

    pub fn tries(&mut self, command: Command) -> Result<(), Refusal> {
        let answer = self.sim.run(command).map(|_| ());
        self.look();
        answer
    }

    /// Looks at what has happened since.
    fn look(&mut self) {
        while let Some(event) = self.sim.events().get(self.looked).cloned() {
            self.looked += 1;
            self.react(&event);
            self.checks.see(&event);
        }
        let state = self.sim.state();
        let (mut waiting, mut level) = (0, 0);
        for queue in state.catalog().queues.keys() {
            let live = state.queue_live(*queue);
            waiting += u64::from(live.waiting + live.offered - state.callbacks_in_line(*queue));
            level = state.surge(*queue).map_or(0, |record| record.level).max(level);
        }
        let clock_ms = self.clock_ms();
        let figures = self.book.at(clock_ms);
        figures.waiting = figures.waiting.max(waiting);
        figures.level = figures.level.max(level);
    }

    fn carry_out(&mut self, next: Next) {
        match next {
            Next::Comes(customer) => self.comes(customer),
            Next::Leaves(customer, stay) => {
                let person = &self.people[customer];
                let record = self.sim.state().contact(person.contact);
                let stage = record.map(j::ContactRecord::stage);
                let in_line = matches!(stage, Some(j::ContactStage::Waiting | j::ContactStage::Offered));
                if person.stays == stay && in_line {
                    self.must(Command::Cancel { contact: self.id_of(person.contact) });
                }
            }
            Next::Accepts(offer) => self.answers(offer, true),
            Next::Declines(offer) => self.answers(offer, false),
            Next::Reports(offer, said) => self.reports(offer, said),
            Next::Finishes(offer) => self.finishes(offer),
            Next::Asks(customer, on_line) => self.asks(customer, on_line),
            Next::BotDone(customer) => self.bot_done(customer),
            Next::Dialled(contact, attempt, result) => {
                let contact = self.id_of(contact);
                self.must(Command::ReportDial { contact, attempt, result });
            }
        }
    }

    pub fn id_of(&self, contact: u64) -> String {
        self.sim.state().contact(contact).map_or_else(String::new, |record| record.id.clone())
    }

    fn comes(&mut self, customer: usize) {
        let person = &mut self.people[customer];
        person.tries += 1;
        let first = person.tries == 1;
        let Customer { queue, channel, .. } = self.customers[customer];
        let id = format!("c{customer}-{}", person.tries);
        let sealed = sealed(lookup(customer));
        let has_room = self.checks.has_room(queue, sealed.lookup);
        let enqueue = Enqueue {
            id,
            gateway: "gate".to_owned(),
            channel: channel.to_owned(),
            queue: queue.to_owned(),
            customer: sealed,
            ..Enqueue::default()
        };
        let clock_ms = self.clock_ms();
        self.book.at(clock_ms).customers += u64::from(first);
        match self.tries(Command::Enqueue(Box::new(enqueue))) {
            Ok(()) => assert!(has_room, "customer {customer} is let in into a full queue"),
            Err(refusal) => {
                assert_eq!(refusal.reason, "QUEUE_FULL");
                assert!(!has_room, "customer {customer} is refused by a queue with room: {refusal:?}");
                self.refused(customer, &refusal);
            }
        }
    }

    fn refused(&mut self, customer: usize, refusal: &Refusal) {
        let clock_ms = self.clock_ms();
        self.book.at(clock_ms).refused += 1;
        self.checks.seen.refused += 1;
        let offered = refusal.metadata.iter().any(|(key, value)| *key == "callback" && value == "offered");
        let (by_phone, like) = (self.customers[customer].channel == "phone", &self.customers[customer]);
        if offered && by_phone && like.wants_callback && !self.people[customer].asked {
            self.soon(5_000, Next::Asks(customer, false));
        } else if like.comes_again && self.people[customer].tries < 2 {
            let retry_ms = refusal.retry_after_ms.expect("when it makes sense");
            self.soon(retry_ms, Next::Comes(customer));
        } else {
            self.ends(customer, Outcome::Refused);
        }
    }

    /// A customer gives up its place on the line for a callback, or asks for one without being in line.
    fn asks(&mut self, customer: usize, on_line: bool) {
        let contact = if on_line { self.id_of(self.people[customer].contact) } else { String::new() };
        let word = |word: &str| if on_line { String::new() } else { word.to_owned() };
        let asked = NewCallback {
            id: format!("k{customer}"),
            contact,
            gateway: word("gate"),
            channel: word("phone"),
            queue: word("hotline"),
            category: String::new(),
            language: String::new(),
            case_id: String::new(),
            priority: 0,
            customer: sealed(lookup(customer)),
            number: lookup(customer),
            window: None,
            zone: String::new(),
            agent: String::new(),
            fingerprint: 0,
        };
        let clock_ms = self.clock_ms();
        match self.tries(Command::RequestCallback(Box::new(asked))) {
            Ok(()) => {
                self.people[customer].asked = true;
                self.book.at(clock_ms).callbacks += 1;
            }
            Err(refusal) => {
                let late = ["CONTACT_NOT_WAITING", "CONTACT_CLOSED", "CALLBACK_NOT_OFFERED"];
                assert!(late.contains(&refusal.reason), "{refusal:?}");
                if !on_line {
                    self.ends(customer, Outcome::Refused);
                }
            }
        }
    }
}
