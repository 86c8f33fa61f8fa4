//! The simulated queue: customers come, wait in order of arrival, are served by one of `agents`, or leave. It feeds the
//! same measurements as the engine, by the same rules, and knows of each customer how long it would have waited.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use fastrand::Rng;
use kefud::engine::{
    estimate::{
        Expected, Unknown,
        formula::{self, Pace},
    },
    state::{Flow, InLine},
};

/// One service, in the mean.
pub const SERVICE_MS: f64 = 300_000.0;
/// Engine time does not begin at 0.
pub const START_MS: u64 = 1_000;

/// What is simulated.
#[derive(Clone, Copy)]
pub struct Setting {
    pub agents: u32,
    /// Of a service: how much more patience customers have.
    pub patience: f64,
    /// Offered work ÷ what agents can do, at first; and at last, if it changes by the time `ramp_ms`.
    pub load: (f64, f64),
    pub ramp_ms: f64,
    pub customers: usize,
    pub seed: u64,
}

/// What became of a customer.
#[derive(Clone, Copy, Debug)]
pub struct Customer {
    /// When it came, how long it was served if it was, and when it had enough of waiting.
    pub came_ms: u64,
    pub service_ms: u64,
    pub patience_ms: u64,
    /// What it was told when it came.
    pub told: Result<Expected, Unknown>,
    /// What could have been told at best.
    pub best_ms: f64,
    /// How long the first in line had waited then, and the one who was taken last.
    pub head_ms: f64,
    pub last_ms: f64,
    /// It waited at all, and would have so long had it not left.
    pub waited: bool,
    pub wait_ms: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// An agent is done.
    Done,
    /// A customer leaves if it still waits.
    Leaves(usize),
    /// The next customer comes.
    Comes,
}

/// The queue.
pub struct Queue {
    setting: Setting,
    rng: Rng,
    events: BinaryHeap<Reverse<(u64, Event)>>,
    /// Agents who are free.
    free: u32,
    /// Those who wait or waited until they left, in order of arrival; true: it waits.
    line: VecDeque<(usize, bool)>,
    waiting: u32,
    pub flow: Flow,
    last_ms: f64,
    pub customers: Vec<Customer>,
}

/// At least a millisecond, so that nothing happens in no time.
fn millis(ms: f64) -> u64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = ms.max(1.0) as u64;
    whole
}

impl Queue {
    pub fn run(setting: Setting) -> Self {
        let mut queue = Self {
            setting,
            rng: Rng::with_seed(setting.seed),
            events: BinaryHeap::new(),
            free: setting.agents,
            line: VecDeque::new(),
            waiting: 0,
            flow: Flow::default(),
            last_ms: 0.0,
            customers: Vec::with_capacity(setting.customers),
        };
        queue.events.push(Reverse((START_MS, Event::Comes)));
        while let Some(Reverse((now_ms, event))) = queue.events.pop() {
            match event {
                Event::Comes => queue.comes(now_ms),
                Event::Done => queue.done(now_ms),
                Event::Leaves(customer) => queue.leaves(customer, now_ms),
            }
        }
        queue
    }

    fn exponential(&mut self, mean_ms: f64) -> f64 {
        -mean_ms * (1.0 - self.rng.f64()).ln()
    }

    fn in_line(&self) -> InLine {
        InLine { eager: self.waiting, customers: self.waiting, all: self.waiting }
    }

    /// The mean between two customers now.
    fn between_ms(&self, now_ms: u64) -> f64 {
        let (first, last) = self.setting.load;
        let share = ((now_ms - START_MS) as f64 / self.setting.ramp_ms).min(1.0);
        SERVICE_MS / f64::from(self.setting.agents) / (first + (last - first) * share)
    }

    fn comes(&mut self, now_ms: u64) {
        let number = self.customers.len();
        let service_ms = millis(self.exponential(SERVICE_MS));
        let patience_ms = millis(self.exponential(SERVICE_MS * self.setting.patience));
        let between_ms = self.between_ms(now_ms);
        self.flow.run(now_ms, self.in_line(), true);
        let waited = self.free == 0;
        let pace = Pace {
            served: f64::from(self.setting.agents) / SERVICE_MS,
            lost: 1.0 / (SERVICE_MS * self.setting.patience),
        };
        let head = self.line.iter().find(|(_, waits)| *waits).map(|(first, _)| *first);
        let head_ms = head.map_or(0.0, |first| (now_ms - self.customers[first].came_ms) as f64);
        let told = self.flow.expect(self.waiting, self.in_line(), now_ms);
        self.customers.push(Customer {
            came_ms: now_ms,
            service_ms,
            patience_ms,
            told,
            best_ms: formula::wait(self.waiting, pace).mean,
            head_ms,
            last_ms: self.last_ms,
            waited,
            wait_ms: None,
        });
        if waited {
            self.line.push_back((number, true));
            self.waiting += 1;
            self.events.push(Reverse((now_ms + patience_ms, Event::Leaves(number))));
        } else {
            self.free -= 1;
            self.events.push(Reverse((now_ms + service_ms, Event::Done)));
        }
        if self.customers.len() < self.setting.customers {
            let next_ms = now_ms + millis(self.exponential(between_ms));
            self.events.push(Reverse((next_ms, Event::Comes)));
        }
    }

    fn leaves(&mut self, customer: usize, now_ms: u64) {
        let Ok(at) = self.line.binary_search_by_key(&customer, |(number, _)| *number) else { return };
        self.flow.run(now_ms, self.in_line(), true);
        self.line[at].1 = false;
        self.waiting -= 1;
        self.flow.left(now_ms, true);
    }

    /// An agent takes the first who waits. Those who have left and would have been before it would have been taken now.
    fn done(&mut self, now_ms: u64) {
        self.flow.run(now_ms, self.in_line(), true);
        while let Some((first, waits)) = self.line.pop_front() {
            let wait_ms = now_ms - self.customers[first].came_ms;
            self.customers[first].wait_ms = Some(wait_ms);
            if !waits {
                // Its agent would have been this one, who is free for the next all the same.
                continue;
            }
            self.waiting -= 1;
            self.last_ms = wait_ms as f64;
            self.flow.took();
            let service_ms = self.customers[first].service_ms;
            self.events.push(Reverse((now_ms + service_ms, Event::Done)));
            return;
        }
        self.free += 1;
    }
}

/// How well something is told.
#[derive(Default, Clone, Copy)]
pub struct Error {
    count: f64,
    squares: f64,
    told: f64,
    actual: f64,
}

impl Error {
    pub fn note(&mut self, told_ms: f64, actual_ms: f64) {
        self.count += 1.0;
        self.squares += (told_ms - actual_ms) * (told_ms - actual_ms);
        self.told += told_ms;
        self.actual += actual_ms;
    }

    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.squares += other.squares;
        self.told += other.told;
        self.actual += other.actual;
    }

    pub fn rmse(&self) -> f64 {
        (self.squares / self.count).sqrt()
    }

    pub fn bias(&self) -> f64 {
        self.told / self.actual - 1.0
    }
}

/// How well customers who waited were told, and how well they could have been.
#[derive(Default, Clone, Copy)]
pub struct Score {
    pub told: Error,
    pub best: Error,
    pub head: Error,
    pub last: Error,
    covered: f64,
    pub unknown: u32,
}

impl Score {
    /// Of these customers.
    pub fn of(customers: &[Customer]) -> Self {
        let mut score = Self::default();
        for customer in customers.iter().filter(|customer| customer.waited) {
            let Some(wait_ms) = customer.wait_ms.map(|wait_ms| wait_ms as f64) else { continue };
            let Ok((expected_ms, bound_ms, _)) = customer.told else {
                score.unknown += 1;
                continue;
            };
            score.told.note(expected_ms.into(), wait_ms);
            score.best.note(customer.best_ms, wait_ms);
            score.head.note(customer.head_ms, wait_ms);
            score.last.note(customer.last_ms, wait_ms);
            score.covered += f64::from(u8::from(wait_ms <= f64::from(bound_ms)));
        }
        score
    }

    pub fn add(&mut self, other: &Self) {
        self.told.add(&other.told);
        self.best.add(&other.best);
        self.head.add(&other.head);
        self.last.add(&other.last);
        self.covered += other.covered;
        self.unknown += other.unknown;
    }

    /// How much worse than the best, from 1.
    pub fn excess(&self) -> f64 {
        self.told.rmse() / self.best.rmse()
    }

    /// The share of waits within the bound.
    pub fn coverage(&self) -> f64 {
        self.covered / self.told.count
    }

    pub fn count(&self) -> f64 {
        self.told.count
    }
}
