//! Very many queues with somebody waiting, to measure estimates with: each has been served for a while by agents of its
//! own, while customers left, so that there is something to estimate from. Must not measure anything itself.

use std::collections::VecDeque;

use crate::{
    engine::{
        Engine, Sink,
        command::{ApplyPlan, Command, Ending, Enqueue, RemovedQueuePolicy},
        evolve::Effect,
        state::State,
    },
    plan::{
        Plan,
        model::{Agent, Channel, ChannelKind, Follows, Group, GroupKind, Queue},
    },
    proto::journal::{self as j, PlanKind, event::Kind},
};

/// Agents of a queue.
const AGENTS: u32 = 2;
/// So often each of them takes somebody who has waited.
const TAKES: u32 = 8;
/// Customers who leave.
const LEAVE: u32 = 6;
/// From one take to the next.
const SERVICE_MS: u64 = 20_000;

/// Notes offers, by contact, agent, offer and epoch.
#[derive(Debug, Default)]
struct Tape(VecDeque<(u64, u32, u64, u32)>);

impl Sink for Tape {
    fn event(&mut self, _: &State, event: j::Event, _: Effect) {
        if let Some(Kind::ContactOffered(offer)) = event.kind {
            self.0.push_back((offer.contact, offer.agent, offer.offer, offer.epoch));
        }
    }
}

/// Queues with somebody waiting.
#[derive(Debug)]
pub struct Lines {
    engine: Engine,
    tape: Tape,
    now_ms: u64,
}

fn plan(queues: u32) -> Plan {
    let mut plan = Plan::default();
    plan.channels.insert("chat".to_owned(), Channel::new(ChannelKind::Messaging, 100, 20_000));
    for number in 0..queues {
        let group = format!("g{number}");
        let queue = Queue { groups: vec![group.clone()], ..Queue::new(vec!["chat".to_owned()], 30_000) };
        plan.queues.insert(queue_id(number), queue);
        for of_queue in 0..AGENTS {
            let agent = Agent {
                name: String::new(),
                groups: vec![group.clone()],
                skills: [].into(),
                capacity: 100,
                limits: [].into(),
                follows: Follows::default(),
            };
            plan.agents.insert(format!("a{number}-{of_queue}"), agent.into());
        }
        let entry = Group {
            name: String::new(),
            kind: GroupKind::Core,
            closed: false,
            keep_free: 0,
            follows: Follows::default(),
        };
        plan.groups.insert(group, entry);
    }
    plan
}

fn queue_id(number: u32) -> String {
    format!("q{number}")
}

impl Lines {
    /// So many queues, and so many waiting in each.
    #[must_use]
    pub fn new(queues: u32, waiting: u32) -> Self {
        let mut lines = Self { engine: Engine::default(), tape: Tape::default(), now_ms: 1_000_000 };
        let plan = Box::new(plan(queues));
        let agents: Vec<String> = plan.agents.keys().cloned().collect();
        lines.run(Command::ApplyPlan(ApplyPlan {
            plan,
            expected_revision: 0,
            validate_only: false,
            removed_queues: RemovedQueuePolicy::Refuse,
        }));
        for agent in agents {
            lines.run(Command::SignIn { agent, session: 0, ready: Some(true) });
        }
        let all = waiting + AGENTS * (1 + TAKES) + LEAVE;
        for queue in 0..queues {
            (0..all).for_each(|number| lines.enqueue(queue, number));
        }
        let mut served = lines.accept();
        for _ in 0..TAKES {
            lines.now_ms += SERVICE_MS;
            for (agent, contact) in served {
                lines.run(Command::Complete {
                    agent: Some(agent),
                    contact,
                    ending: Ending::default(),
                    promise: None,
                });
            }
            served = lines.accept();
        }
        // The last ones, whose turn has not come.
        for (queue, number) in
            (0..queues).flat_map(|queue| (all - LEAVE..all).map(move |number| (queue, number)))
        {
            lines.run(Command::Cancel { contact: format!("c{queue}-{number}") });
        }
        lines
    }

    fn run(&mut self, command: Command) {
        let mut more = self.step(command);
        while more {
            more = self.step(Command::Tick);
        }
    }

    fn step(&mut self, command: Command) -> bool {
        let outcome = self.engine.step(self.now_ms, None, command, &mut self.tape);
        debug_assert!(outcome.answer.is_ok(), "{:?}", outcome.answer);
        outcome.more
    }

    fn enqueue(&mut self, queue: u32, number: u32) {
        self.run(Command::Enqueue(Box::new(Enqueue {
            id: format!("c{queue}-{number}"),
            gateway: "g".to_owned(),
            channel: "chat".to_owned(),
            queue: queue_id(queue),
            ..Enqueue::default()
        })));
    }

    /// Takes what is offered. Agents, and the contacts that they have now.
    fn accept(&mut self) -> Vec<(String, String)> {
        let mut taken = Vec::new();
        while let Some((contact, agent, offer, epoch)) = self.tape.0.pop_front() {
            let state = self.engine.state();
            let agent = state.names().id(agent).to_owned();
            let contact = state.contact(contact).map(|record| record.id.clone()).unwrap_or_default();
            self.run(Command::Accept { agent: agent.clone(), offer, epoch });
            taken.push((agent, contact));
        }
        taken
    }

    /// The engine's state.
    #[must_use]
    pub fn state(&self) -> &State {
        self.engine.state()
    }

    /// Engine time.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// The queues by number.
    #[must_use]
    pub fn queues(&self) -> Vec<u32> {
        let names = self.state().names();
        (0..).map_while(|number| names.number(PlanKind::Queue, &queue_id(number))).collect()
    }

    /// The last in each line.
    #[must_use]
    pub fn last_in_line(&self) -> Vec<u64> {
        let waits = |record: &&j::ContactRecord| record.stage() == j::ContactStage::Waiting;
        let mut last: Vec<(u32, u64)> = self
            .state()
            .live_contacts_after(0)
            .filter(waits)
            .map(|record| (record.queue, record.contact))
            .collect();
        last.sort_unstable_by_key(|(queue, contact)| (*queue, std::cmp::Reverse(*contact)));
        last.dedup_by_key(|(queue, _)| *queue);
        last.into_iter().map(|(_, contact)| contact).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_an_estimate() {
        let lines = Lines::new(3, 50);
        let (state, now_ms) = (lines.state(), lines.now_ms());
        assert_eq!(lines.queues().len(), 3);
        for queue in lines.queues() {
            assert_eq!(state.queue_live(queue).waiting, 50);
            let flow = state.flow(queue).unwrap();
            assert_eq!(flow.takes.rate().map(|(events, _)| events), Some(u64::from(AGENTS * TAKES)));
            let wait = state.estimate_of_queue(queue, now_ms).wait;
            assert!(wait.is_ok(), "{wait:?}");
        }
        for contact in lines.last_in_line() {
            let record = state.contact(contact).unwrap();
            let estimated = state.estimate_of(record, now_ms).unwrap();
            assert!(estimated.wait.is_ok() && estimated.ahead == 49, "{estimated:?}");
        }
    }
}
