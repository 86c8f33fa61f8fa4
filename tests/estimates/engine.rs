//! The engine itself, with the customers of a simulated queue: it tells each what the simulation told it, so that what
//! is proved of the one holds for the other.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    fmt::Write as _,
};

use kefud::{
    engine::command::{ApplyPlan, Command, Ending, Enqueue, RemovedQueuePolicy},
    plan,
    proto::journal::event::Kind,
    sim::Sim,
};

use crate::queue::{Queue, START_MS, Setting};

const AGENTS: u32 = 10;

fn plan_document() -> String {
    let mut document = "\
        [channels.chat]\nkind = \"messaging\"\nunits = 100\noffer_timeout = \"20s\"\nwrap_up = \"0s\"\n\
        [groups.all]\n\
        [queues.line]\nchannels = [\"chat\"]\ngroups = [\"all\"]\nobjective = \"1m\"\n"
        .to_owned();
    for agent in 0..AGENTS {
        let _ = writeln!(document, "[agents.a{agent}]\ngroups = [\"all\"]");
    }
    document
}

/// What comes next, in the order of the simulation: those who are done first, then who leaves, then who comes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Done { agent: u32, customer: usize },
    Leaves(usize),
    Comes(usize),
}

struct Desk {
    sim: Sim,
    read: usize,
    next: BinaryHeap<Reverse<(u64, Next)>>,
    service_ms: Vec<u64>,
    /// By customer: expected wait as told, how many ahead.
    told: BTreeMap<usize, (u32, u32)>,
}

impl Desk {
    fn run(&mut self, command: Command) {
        self.sim.run(command).unwrap();
        self.follow();
    }

    /// Offers are accepted as soon as they are made.
    fn follow(&mut self) {
        while let Some(event) = self.sim.events().get(self.read).cloned() {
            self.read += 1;
            match event.kind {
                Some(Kind::ContactEnqueued(came)) => {
                    self.told.insert(came.id.parse().unwrap(), (came.expected_ms, came.ahead));
                }
                Some(Kind::ContactOffered(offer)) => {
                    let state = self.sim.state();
                    let agent = state.names().id(offer.agent).to_owned();
                    let customer: usize = state.contact(offer.contact).unwrap().id.parse().unwrap();
                    let done_ms = self.sim.now_ms() + self.service_ms[customer];
                    let number = agent[1..].parse().unwrap();
                    self.next.push(Reverse((done_ms, Next::Done { agent: number, customer })));
                    let accept = Command::Accept { agent, offer: offer.offer, epoch: offer.epoch };
                    self.sim.run(accept).unwrap();
                }
                _ => {}
            }
        }
    }

    fn carry_out(&mut self, next: Next, patience_ms: &[u64]) {
        match next {
            Next::Comes(customer) => {
                let enqueue = Enqueue {
                    id: customer.to_string(),
                    gateway: "web".to_owned(),
                    channel: "chat".to_owned(),
                    queue: "line".to_owned(),
                    ..Enqueue::default()
                };
                self.run(Command::Enqueue(Box::new(enqueue)));
                let leaves_ms = self.sim.now_ms() + patience_ms[customer];
                self.next.push(Reverse((leaves_ms, Next::Leaves(customer))));
            }
            Next::Leaves(customer) => {
                let contact = self.sim.state().contact_by_id(&customer.to_string());
                let waits = contact.is_some_and(|record| record.stage().as_str_name().ends_with("WAITING"));
                if waits {
                    self.run(Command::Cancel { contact: customer.to_string() });
                }
            }
            Next::Done { agent, customer } => self.run(Command::Complete {
                agent: Some(format!("a{agent}")),
                contact: customer.to_string(),
                ending: Ending::default(),
                promise: None,
            }),
        }
    }
}

#[test]
fn the_engine_tells_what_the_simulation_does() {
    let setting =
        Setting { agents: AGENTS, patience: 2.0, load: (1.2, 1.2), ramp_ms: 1.0, customers: 3_000, seed: 11 };
    let queue = Queue::run(setting);
    let mut desk = Desk {
        sim: Sim::new(START_MS - 1),
        read: 0,
        next: BinaryHeap::new(),
        service_ms: queue.customers.iter().map(|customer| customer.service_ms).collect(),
        told: BTreeMap::new(),
    };
    desk.run(Command::ApplyPlan(ApplyPlan {
        plan: Box::new(plan::parse(&plan_document()).unwrap()),
        expected_revision: 0,
        validate_only: false,
        removed_queues: RemovedQueuePolicy::Refuse,
    }));
    for agent in 0..AGENTS {
        desk.run(Command::SignIn { agent: format!("a{agent}"), session: 0, ready: Some(true) });
    }
    let patience_ms: Vec<u64> = queue.customers.iter().map(|customer| customer.patience_ms).collect();
    for (number, customer) in queue.customers.iter().enumerate() {
        desk.next.push(Reverse((customer.came_ms, Next::Comes(number))));
    }
    while let Some(Reverse((at_ms, next))) = desk.next.pop() {
        let now_ms = desk.sim.now_ms();
        desk.sim.advance(at_ms - now_ms);
        desk.carry_out(next, &patience_ms);
    }
    let (mut told, mut unknown) = (0, 0);
    for (number, customer) in queue.customers.iter().enumerate() {
        let (expected_ms, _) = desk.told[&number];
        match customer.told {
            // Nobody is there yet who has answered, so that whoever is free answers at once.
            _ if !customer.waited => assert_eq!(expected_ms, 1, "customer {number}"),
            Ok((expected_here_ms, ..)) => {
                told += 1;
                assert!(
                    expected_ms.abs_diff(expected_here_ms) <= 1,
                    "customer {number}: {expected_ms} ms, {customer:?}"
                );
            }
            Err(_) => {
                unknown += 1;
                assert_eq!(expected_ms, 0, "customer {number}");
            }
        }
    }
    assert!(told > 2_000 && unknown < 50, "{told} told, {unknown} not");
    assert_eq!(desk.sim.replayed().hash(), desk.sim.state().hash(), "a replay measures the same");
    assert_eq!(desk.sim.reimported().hash(), desk.sim.state().hash(), "a snapshot keeps it");
}
