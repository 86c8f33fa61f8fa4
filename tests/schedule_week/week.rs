//! Drives the week: contacts come, agents answer, finish, go away and come back, supervisors intervene; whatever is
//! due happens at its very millisecond, and everything is looked at after it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    fmt,
};

use fastrand::Rng;
use kefud::{
    engine::command::{ApplyPlan, Command, Connection, Ending, Enqueue, RemovedQueuePolicy},
    proto::journal::{self as j, event::Kind},
    sim::Sim,
};

use crate::{
    checks::Model,
    staff::{self, Act, DAY_S, DAYS, ZONE_S, agent_id, begins_s},
};

/// Engine time at which the week begins, and so many agents.
const START_MS: u64 = 1_000_000_000;

/// What there was to look at.
#[derive(Debug, Default)]
pub struct Figures {
    pub agents: u32,
    pub contacts: u64,
    pub refused: u64,
    pub overflowed: u64,
    pub held: u64,
    pub moved: u64,
    pub offers: u64,
    pub handed_over: u64,
    pub edges: u64,
    pub hours: u64,
    pub settled: u64,
    pub waited: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} contacts ({} refused, {} overflowed, {} held, {} moved at closing), {} offers to {} agents, \
             {} edges of agents ({} contacts handed over), {} of queues, looked {} times, {} while somebody waited",
            self.contacts,
            self.refused,
            self.overflowed,
            self.held,
            self.moved,
            self.offers,
            self.agents,
            self.edges,
            self.handed_over,
            self.hours,
            self.settled,
            self.waited
        )
    }
}

impl Figures {
    /// A week in which little happens shows little.
    pub fn check(&self) {
        let at_least = [
            (u64::from(self.agents), 200),
            (self.contacts, 4_000),
            (self.refused, 100),
            (self.overflowed, 100),
            (self.held, 100),
            (self.moved, 1),
            (self.offers, 4_000),
            (self.handed_over, 20),
            (self.edges, 5_000),
            (self.hours, 40),
            (self.waited, 500),
        ];
        for (count, least) in at_least {
            assert!(count >= least, "{count} of at least {least}: {self}");
        }
    }
}

/// What somebody does at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Arrival,
    Answer(u64),
    Complete(u64),
    GoAway(u32),
    ComeBack(u32),
    Act(usize),
}

pub struct Week {
    sim: Sim,
    rng: Rng,
    model: Model,
    queue: BinaryHeap<Reverse<(u64, Next)>>,
    acts: Vec<Act>,
    /// Offers by contact, agent and epoch.
    offers: BTreeMap<u64, (u64, u32, u32)>,
    looked: usize,
    pub figures: Figures,
}

impl Week {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let plan = staff::plan();
        let agents = u32::try_from(plan.agents.len()).expect("a number");
        let mut acts = staff::dated(&mut rng, agents);
        acts.extend(staff::by_hand(&mut rng, agents));
        let mut week = Self {
            sim: Sim::new(START_MS),
            rng,
            model: Model::new(&plan),
            queue: BinaryHeap::new(),
            acts,
            offers: BTreeMap::new(),
            looked: 0,
            figures: Figures { agents, ..Figures::default() },
        };
        let start_ms = i64::try_from(START_MS).expect("a time");
        week.run_one(Command::ObserveClock { wall_offset_ms: begins_s() * 1_000 - start_ms });
        let apply = ApplyPlan {
            plan: Box::new(plan),
            expected_revision: 0,
            validate_only: false,
            removed_queues: RemovedQueuePolicy::Refuse,
        };
        week.run_one(Command::ApplyPlan(apply));
        week.run_one(Command::GatewayAlive { gateway: "g".to_owned(), lease_ms: 1_000 * 86_400 * 30 });
        for agent in 0..agents {
            week.run_one(Command::SignIn { agent: agent_id(agent), session: 0, ready: Some(true) });
            week.away(agent);
        }
        for at in 0..week.acts.len() {
            let after_s = (week.acts[at].at_s - begins_s()).max(1);
            week.soon(u64::try_from(after_s).expect("a time") * 1_000 - 400, Next::Act(at));
        }
        week.soon(1_000, Next::Arrival);
        week
    }

    fn soon(&mut self, after_ms: u64, next: Next) {
        self.queue.push(Reverse((self.sim.now_ms() + after_ms, next)));
    }

    /// The agent goes away for a while at some time of the next two days.
    fn away(&mut self, agent: u32) {
        let after_ms = self.rng.u64(0..2 * 86_400_000);
        self.soon(after_ms, Next::GoAway(agent));
    }

    pub fn run(&mut self) {
        let end_ms = START_MS + u64::try_from(DAYS * DAY_S).expect("a time") * 1_000;
        loop {
            let next_ms = self.queue.peek().map_or(end_ms, |Reverse((at_ms, _))| *at_ms).min(end_ms);
            let due_ms = self.sim.state().next_deadline_ms().filter(|due_ms| *due_ms <= next_ms);
            if let Some(due_ms) = due_ms {
                self.sim.pass(due_ms.saturating_sub(self.sim.now_ms()));
                self.sim.settle();
                self.look();
                continue;
            }
            self.sim.pass(next_ms - self.sim.now_ms());
            let Some(Reverse((_, next))) = self.queue.pop().filter(|_| next_ms < end_ms) else {
                break;
            };
            self.next(&next);
        }
        self.model.whole(self.sim.state(), self.wall_s());
    }

    fn wall_s(&self) -> i64 {
        let after_ms = i64::try_from(self.sim.now_ms() - START_MS).expect("a time");
        begins_s() + after_ms.div_euclid(1_000)
    }

    fn next(&mut self, next: &Next) {
        match next {
            Next::Arrival => self.arrival(),
            Next::Answer(offer) => self.answer(*offer),
            Next::Complete(contact) => self.complete(*contact),
            Next::GoAway(agent) => {
                let id = agent_id(*agent);
                let command = match self.rng.u8(..3) {
                    0 => Command::SignOut { agent: id, session: 0, return_contacts: true },
                    _ => Command::SetAvailability { agent: id, ready: false, reason: "tea".to_owned() },
                };
                self.run_one(command);
                let after_ms = self.rng.u64(60_000..5_400_000);
                self.soon(after_ms, Next::ComeBack(*agent));
            }
            Next::ComeBack(agent) => {
                self.run_one(Command::SignIn { agent: agent_id(*agent), session: 0, ready: Some(true) });
                self.away(*agent);
            }
            Next::Act(at) => {
                let act = self.acts[*at].clone();
                self.model.act(&act);
                assert!(self.run_one(act.command.clone()), "{act:?} is refused");
            }
        }
    }

    /// Carries a command out and looks at what came of it.
    fn run_one(&mut self, command: Command) -> bool {
        let done = self.sim.run(command).is_ok();
        self.look();
        done
    }

    /// More come by day, and most at ten and at three.
    fn arrival(&mut self) {
        let hour = (self.wall_s() + ZONE_S).rem_euclid(DAY_S) / 3_600;
        let every_s = match hour {
            0..=6 => 500,
            9..=11 | 14..=16 => 40,
            _ => 90,
        };
        let after_ms = self.rng.u64(1..2 * every_s * 1_000);
        self.soon(after_ms, Next::Arrival);
        let (queue, channel) = match self.rng.u8(..10) {
            0..=3 => ("calls", "phone"),
            4 => ("calls", "wechat"),
            5..=7 => ("chats", "wechat"),
            _ => ("letters", "email"),
        };
        self.figures.contacts += 1;
        let enqueue = Enqueue {
            id: format!("c{}", self.figures.contacts),
            gateway: "g".to_owned(),
            channel: channel.to_owned(),
            queue: queue.to_owned(),
            ..Enqueue::default()
        };
        let id = enqueue.id.clone();
        let answer = self.sim.run(Command::Enqueue(Box::new(enqueue)));
        let into = self.model.admits(queue, self.wall_s());
        match (answer, into) {
            (Ok(_), Some(into)) => {
                let record = self.sim.state().contact_by_id(&id).expect("it came in");
                assert_eq!(self.sim.state().names().id(record.queue), into.queue, "{id}");
                assert_eq!(record.held != 0, into.held, "{id}");
                self.model.came(record.contact, &into);
                self.figures.overflowed += u64::from(into.queue != queue);
                self.figures.held += u64::from(into.held);
            }
            (Err(refusal), None) => {
                assert_eq!(refusal.reason, "QUEUE_CLOSED");
                self.figures.refused += 1;
            }
            (answer, into) => panic!("{queue} answers {answer:?}, should be {into:?}, at {}", self.wall_s()),
        }
        self.look();
    }

    fn answer(&mut self, offer: u64) {
        let Some((_, agent, epoch)) = self.offers.get(&offer).copied() else { return };
        let Some(leg) = self.sim.state().assignment(offer).copied() else { return };
        if leg.stage() != j::AssignmentStage::Offered {
            return;
        }
        let agent = self.sim.state().names().id(agent).to_owned();
        if self.rng.u8(..20) == 0 {
            self.run_one(Command::Decline { agent, offer, epoch });
            return;
        }
        assert!(self.run_one(Command::Accept { agent, offer, epoch }));
        let contact = leg.contact;
        if leg.realtime {
            let id = self.id_of(contact);
            let result = Connection::Connected;
            assert!(self.run_one(Command::ReportConnection { contact: id, offer, epoch, result }));
        }
        let after_ms = self.rng.u64(300_000..2_400_000);
        self.soon(after_ms, Next::Complete(contact));
    }

    fn id_of(&self, contact: u64) -> String {
        self.sim.state().contact(contact).map_or_else(String::new, |record| record.id.clone())
    }

    fn complete(&mut self, contact: u64) {
        let Some(record) = self.sim.state().contact(contact) else { return };
        if record.stage() != j::ContactStage::Active {
            return;
        }
        let (id, ending) = (record.id.clone(), Ending::default());
        assert!(self.run_one(Command::Complete { agent: None, contact: id, ending, promise: None }));
    }

    /// Looks at everything that has happened since, and at how it all is now.
    fn look(&mut self) {
        let events = self.sim.events().len();
        for at in self.looked..events {
            let event = self.sim.events()[at].clone();
            self.event(&event);
        }
        let changed = self.looked < events;
        self.looked = events;
        self.figures.settled += 1;
        let (state, wall_s) = (self.sim.state(), self.wall_s());
        let now_ms = self.sim.now_ms();
        self.figures.waited += u64::from(self.model.settled(state, now_ms, wall_s));
        if changed && self.figures.settled.is_multiple_of(64) {
            self.model.whole(state, wall_s);
        }
    }

    fn event(&mut self, event: &j::Event) {
        let state = self.sim.state();
        match event.kind.as_ref() {
            Some(Kind::ContactOffered(offer)) => {
                let after_ms = i64::try_from(event.at_ms - START_MS).expect("a time");
                let at_s = begins_s() + after_ms.div_euclid(1_000);
                self.model.offered(state, offer, at_s);
                self.figures.offers += 1;
                self.offers.insert(offer.offer, (offer.contact, offer.agent, offer.epoch));
                let after_ms = self.rng.u64(500..25_000);
                self.soon(after_ms, Next::Answer(offer.offer));
            }
            Some(Kind::ShiftEdges(edges)) => {
                self.figures.edges += edges.edges.iter().map(|edge| edge.agents.len() as u64).sum::<u64>();
            }
            Some(Kind::QueueHours(hours)) => self.figures.hours += hours.changes.len() as u64,
            Some(Kind::ContactReturned(event)) => {
                self.figures.handed_over += u64::from(event.reason() == j::ReturnReason::ShiftOver);
            }
            Some(Kind::ContactTransferred(event)) => {
                self.model.moved(event.contact);
                self.figures.moved += u64::from(event.reason() == j::TransferReason::QueueClosed);
            }
            _ => {}
        }
    }
}
