//! What agents, customers, the bot and the gateway make of what the engine says: when they do what.

use kefud::{
    engine::{
        command::{BotLeaving, Command, Connection, Ending},
        conversation::ContactKind,
    },
    proto::journal::{
        self as j, AssignmentStage, CallbackChange, ContactEnd, ContactStage, DialResult, LeftBot,
        PromiseEnd, SurgeStepKind, event::Kind,
    },
};

use crate::{
    day::{Day, lookup},
    figures::Outcome,
};

/// How connecting went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    Connected,
    CustomerGone,
}

/// What somebody does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Next {
    Comes(usize),
    /// If it is still in line, for this time.
    Leaves(usize, usize),
    /// An agent takes this offer.
    Accepts(u64),
    Declines(u64),
    /// Its gateway says how connecting went.
    Reports(u64, Said),
    /// The agent who has it has done with it.
    Finishes(u64),
    /// For a callback; whether as one in line.
    Asks(usize, bool),
    BotDone(usize),
    /// The gateway says how dialling went.
    Dialled(u64, u32, DialResult),
}

/// Whose contact or callback it is, by its id: `c17-1`, `k17`, `callback:k17:1`.
fn customer_of(id: &str) -> usize {
    let digits = id.trim_start_matches("callback:").trim_start_matches(['c', 'k']);
    let digits = digits.split(['-', ':']).next().unwrap_or_default();
    digits.parse().expect("a customer's number")
}

impl Day {
    /// Something is about to have happened.
    pub fn react(&mut self, event: &j::Event) {
        match event.kind.as_ref().expect("an event of some kind") {
            Kind::ContactEnqueued(came) => self.has_come(came),
            Kind::ContactOffered(offer) => self.rings(offer),
            Kind::OfferAccepted(accepted) => self.accepted(accepted),
            Kind::ContactConnected(connected) => self.talks(connected.offer),
            Kind::WaitersTold(told) => self.told(told),
            Kind::ContactHandedToBot(handed) => {
                let customer = self.customer(handed.contact);
                self.people[customer].stays += 1;
                self.soon(self.customers[customer].bot_ms, Next::BotDone(customer));
            }
            Kind::ContactLeftBot(left) => {
                assert!(matches!(left.reason(), LeftBot::Returned | LeftBot::Time), "{left:?}");
                let customer = self.customer(left.contact);
                self.in_line_again(customer);
            }
            Kind::CallbackDialled(dialled) => self.dials(dialled),
            Kind::CallbackAnswered(answered) => {
                let customer = self.customer(answered.contact);
                self.people[customer].contact = answered.contact;
                self.in_line_again(customer);
            }
            Kind::CallbackChanged(changed) if changed.change() == CallbackChange::AttemptFailed => {
                let customer = self.customer_by_promise(changed.promise);
                self.in_vain += 1;
                if self.customers[customer].comes_again && self.people[customer].tries < 2 {
                    self.soon(300_000, Next::Comes(customer));
                }
            }
            Kind::PromiseEnded(ended) => {
                let customer = self.customer_by_promise(ended.promise);
                let in_vain =
                    !matches!(ended.end(), PromiseEnd::Kept | PromiseEnd::Late | PromiseEnd::Absorbed);
                if in_vain {
                    self.ends(customer, Outcome::Unreached);
                }
            }
            Kind::ContactClosed(closed) => self.closed(closed),
            _ => {}
        }
    }

    fn customer(&self, contact: u64) -> usize {
        customer_of(&self.sim.state().contact(contact).expect("a contact").id)
    }

    fn customer_by_promise(&self, promise: u64) -> usize {
        customer_of(&self.sim.state().promise(promise).expect("a callback").id)
    }

    /// What becomes of a customer, unless it has been served already.
    pub fn ends(&mut self, customer: usize, outcome: Outcome) {
        let before = &mut self.people[customer].outcome;
        if before.is_none_or(|before| outcome.served() && !before.served()) {
            *before = Some(outcome);
        }
    }

    /// A number from 0 to 99, and some milliseconds.
    fn chance(&mut self, customer: usize, ms: std::ops::Range<u64>) -> (u8, u64) {
        let rng = &mut self.customers[customer].chance;
        (rng.u8(..100), rng.u64(ms))
    }

    fn has_come(&mut self, came: &j::ContactEnqueued) {
        let customer = customer_of(&came.id);
        if came.origin.as_ref().is_some_and(|origin| origin.callback) {
            return;
        }
        let came_ms = self.clock_ms();
        let person = &mut self.people[customer];
        (person.contact, person.came_ms) = (came.contact, came_ms);
        person.stays += 1;
        let stays = person.stays;
        self.soon(self.customers[customer].patience_ms[0], Next::Leaves(customer, stays));
    }

    fn in_line_again(&mut self, customer: usize) {
        self.people[customer].stays += 1;
        let stays = self.people[customer].stays;
        self.soon(self.customers[customer].patience_ms[1], Next::Leaves(customer, stays));
    }

    /// An agent's desktop rings: mostly it is answered soon.
    fn rings(&mut self, offer: &j::ContactOffered) {
        let customer = self.customer(offer.contact);
        let (chance, after_ms) = self.chance(customer, 1_000..5_000);
        match chance {
            0 => {}
            1 => self.soon(after_ms, Next::Declines(offer.offer)),
            _ => self.soon(after_ms, Next::Accepts(offer.offer)),
        }
    }

    pub fn answers(&mut self, offer: u64, accepts: bool) {
        let Some(leg) = self.sim.state().assignment(offer).copied() else { return };
        if leg.stage() != AssignmentStage::Offered {
            return;
        }
        let agent = self.sim.state().names().id(leg.agent).to_owned();
        let epoch = leg.epoch;
        self.must(if accepts {
            Command::Accept { agent, offer, epoch }
        } else {
            Command::Decline { agent, offer, epoch }
        });
    }

    /// By telephone both are connected; who is dialled for it may not be there, or nothing is heard of it.
    fn accepted(&mut self, accepted: &j::OfferAccepted) {
        let leg = *self.sim.state().assignment(accepted.offer).expect("an offer");
        if !leg.realtime {
            return self.talks(accepted.offer);
        }
        let customer = self.customer(leg.contact);
        if accepted.dial_deadline_ms == 0 {
            return self.soon(1_000, Next::Reports(accepted.offer, Said::Connected));
        }
        let (chance, after_ms) = self.chance(customer, 6_000..20_000);
        match chance {
            0..5 => {}
            5..15 => self.soon(after_ms, Next::Reports(accepted.offer, Said::CustomerGone)),
            _ => self.soon(after_ms, Next::Reports(accepted.offer, Said::Connected)),
        }
    }

    pub fn reports(&mut self, offer: u64, said: Said) {
        let Some(leg) = self.sim.state().assignment(offer).copied() else { return };
        if leg.stage() == AssignmentStage::Connecting {
            let (contact, epoch) = (self.id_of(leg.contact), leg.epoch);
            let result = match said {
                Said::Connected => Connection::Connected,
                Said::CustomerGone => Connection::CustomerGone,
            };
            self.must(Command::ReportConnection { contact, offer, epoch, result });
        }
    }

    /// An agent and a customer talk.
    fn talks(&mut self, offer: u64) {
        let contact = self.sim.state().assignment(offer).expect("a leg").contact;
        let called = self.sim.state().contact(contact).expect("a contact").kind() == ContactKind::Callback;
        let customer = self.customer(contact);
        let clock_ms = self.clock_ms();
        let waited_ms = clock_ms - self.people[customer].came_ms;
        let figures = self.book.at(clock_ms);
        if called {
            figures.called_back += 1;
        } else {
            figures.answered += 1;
            figures.wait_ms += waited_ms;
        }
        self.ends(customer, if called { Outcome::CalledBack } else { Outcome::Answered });
        self.soon(self.customers[customer].service_ms, Next::Finishes(offer));
    }

    pub fn finishes(&mut self, offer: u64) {
        let leg = *self.sim.state().assignment(offer).expect("a leg");
        let agent = Some(self.sim.state().names().id(leg.agent).to_owned());
        let contact = self.id_of(leg.contact);
        self.must(Command::Complete { agent, contact, ending: Ending::default(), promise: None });
    }

    fn told(&mut self, told: &j::WaitersTold) {
        let surge = self.checks.state().surge(told.queue).expect("it has a surge");
        let step = surge.steps[told.step as usize].step.clone().expect("a step");
        if step.kind() != SurgeStepKind::OfferCallback {
            self.messages += told.contacts.len() as u64;
            return;
        }
        for contact in &told.contacts {
            let customer = self.customer(*contact);
            let (_, after_ms) = self.chance(customer, 3_000..15_000);
            if self.customers[customer].wants_callback && !self.people[customer].asked {
                self.soon(after_ms, Next::Asks(customer, true));
            }
        }
    }

    pub fn bot_done(&mut self, customer: usize) {
        let contact = self.people[customer].contact;
        let stage = self.sim.state().contact(contact).map(j::ContactRecord::stage);
        if stage != Some(ContactStage::WithBot) {
            return;
        }
        let leaving = if self.customers[customer].bot_solves {
            BotLeaving::Closed(Ending::default())
        } else {
            BotLeaving::HandedOver(Box::default())
        };
        let bot = "bot".to_owned();
        self.must(Command::ReturnFromBot { contact: self.id_of(contact), bot, leaving });
    }

    /// The gateway dials a customer, who will be connected when an agent is free.
    fn dials(&mut self, dialled: &j::CallbackDialled) {
        let customer = self.customer(dialled.contact);
        let (chance, after_ms) = self.chance(customer, 6_000..20_000);
        let result = match chance {
            // Nothing is heard of it.
            0..5 => return,
            5..11 => DialResult::NoAnswer,
            11..15 => DialResult::Busy,
            _ => DialResult::Answered,
        };
        self.soon(after_ms, Next::Dialled(dialled.contact, dialled.attempt, result));
    }

    fn closed(&mut self, closed: &j::ContactClosed) {
        let customer = self.customer(closed.contact);
        let clock_ms = self.clock_ms();
        match closed.reason() {
            ContactEnd::CustomerLeft => {
                self.book.at(clock_ms).abandoned += 1;
                // Unless it is going to be called.
                if !self.checks.has_callback(lookup(customer)) {
                    self.ends(customer, Outcome::Abandoned);
                }
            }
            ContactEnd::BotCompleted => {
                self.book.at(clock_ms).by_bot += 1;
                self.ends(customer, Outcome::ByBot);
            }
            _ => {}
        }
    }
}
