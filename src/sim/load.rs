//! A contact centre under steady load, to measure the engine with: a plan of a given size, and a driver
//! that serves contacts as fast as the engine lets it while as many others wait. Everything is made from a
//! seed. Must not measure anything itself.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    engine::{
        Engine, Outcome, Sink,
        command::{Command, Connection, Ending, Enqueue, PlanChange, RemovedQueuePolicy, Reply},
        evolve::Effect,
        limits::PLAN_ENTRIES_PER_EVENT,
        state::State,
    },
    plan::{
        self,
        model::{
            Agent, AgentChoice, Category, Channel, ChannelKind, Follows, Group, GroupKind, LevelRange, Plan,
            Queue, Requirement, Ring, SkillRanges,
        },
    },
    proto::journal::{self as j, event::Kind},
};
use fastrand::Rng;

/// How large the centre is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Agents, all signed in and ready.
    pub agents: u32,
    /// Different combinations of groups and skills among them.
    pub profiles: u32,
    /// Skills of the plan, of which an agent has up to 12.
    pub skills: u32,
    /// Contacts that wait while agents are busy.
    pub waiting: u32,
    /// Every so many contacts one asks for a skill and level of its own; 0: none does.
    pub own_every: u32,
}

/// Queues of the plan, each with two categories.
const QUEUES: u32 = 20;
/// Groups of the plan; each queue names half of them.
const GROUPS: u32 = 10;
/// Skills of an agent.
const AGENT_SKILLS: u32 = 12;
/// Virtual time from one contact to the next.
const STEP_MS: u64 = 1;
/// Virtual time at which a centre begins.
const START_MS: u64 = 1_000_000;

fn ranges(list: &[(u32, u8)]) -> SkillRanges {
    list.iter().map(|(skill, level)| (format!("s{skill}"), LevelRange::at_least(*level))).collect()
}

fn requirement(list: &[(u32, u8)]) -> Requirement {
    Requirement { skills: ranges(list), ..Requirement::default() }
}

/// Half of the queues ask for one skill, half for two; a quarter relax after half a minute; a few choose
/// by skill or load.
fn queue(number: u32, skills: u32) -> Queue {
    let (first, second) = (number % skills, (number * 7 + 3) % skills);
    let mut asked = vec![(first, 2)];
    if number % 2 == 1 && second != first {
        asked.push((second, 1));
    }
    let lower = [(format!("s{first}"), 1)].into();
    let ring = Ring { after_ms: 30_000, drop: Vec::new(), lower, groups: Vec::new() };
    let objective_ms = [20_000, 30_000, 60_000, 120_000][number as usize % 4];
    Queue {
        requirement: requirement(&asked),
        groups: (0..GROUPS)
            .filter(|group| (group + number).is_multiple_of(2))
            .map(|group| format!("g{group}"))
            .collect(),
        rings: if number.is_multiple_of(4) { vec![ring] } else { Vec::new() },
        agent_choice: match number % 10 {
            8 => AgentChoice::MostSkilled,
            9 => AgentChoice::LeastLoaded,
            _ => AgentChoice::LongestIdle,
        },
        max_waiting: 1_000_000,
        ..Queue::new(vec!["phone".to_owned(), "wechat".to_owned()], objective_ms)
    }
}

fn channel(kind: ChannelKind) -> Channel {
    Channel { wrap_up_ms: 30_000, ..Channel::new(kind, 100, 20_000) }
}

/// A plan of this size; `agents` of its agents, so that it can be applied without any first.
#[must_use]
pub fn plan(size: Size, agents: u32, seed: u64) -> Plan {
    let mut rng = Rng::with_seed(seed);
    let skills = size.skills.max(1);
    let profiles: Vec<BTreeMap<String, u8>> = (0..size.profiles.max(1))
        .map(|_| {
            let list = (0..AGENT_SKILLS).map(|_| (format!("s{}", rng.u32(..skills)), rng.u8(1..=10)));
            list.collect()
        })
        .collect();
    let agent = |number: u32| {
        let profile = number % size.profiles.max(1);
        let agent = Agent {
            name: format!("agent {number}"),
            groups: vec![format!("g{}", profile % GROUPS)],
            skills: profiles[profile as usize].clone(),
            capacity: 100,
            limits: BTreeMap::new(),
            follows: Follows::default(),
        };
        (agent_id(number), agent.into())
    };
    let category = |number: u32| {
        let queue = number / 2;
        let second = (number * 3 + 5) % skills;
        let asked = if number % 2 == 1 && second != queue % skills { vec![(second, 1)] } else { Vec::new() };
        let category = Category {
            name: String::new(),
            queue: format!("q{queue}"),
            requirement: requirement(&asked),
            objective_ms: None,
        };
        (format!("c{number}"), category)
    };
    Plan {
        channels: [
            ("phone".to_owned(), channel(ChannelKind::Realtime)),
            ("wechat".to_owned(), channel(ChannelKind::Messaging)),
        ]
        .into(),
        skills: (0..skills).map(|skill| (format!("s{skill}"), skill_entry())).collect(),
        categories: (0..2 * QUEUES).map(category).collect(),
        queues: (0..QUEUES).map(|number| (format!("q{number}"), queue(number, skills))).collect(),
        groups: (0..GROUPS).map(|group| (format!("g{group}"), group_entry())).collect(),
        agents: (0..agents).map(agent).collect(),
        ..Plan::default()
    }
}

fn skill_entry() -> crate::plan::model::Skill {
    crate::plan::model::Skill { name: String::new() }
}

fn group_entry() -> Group {
    Group {
        name: String::new(),
        kind: GroupKind::Core,
        closed: false,
        keep_free: 0,
        follows: Follows::default(),
    }
}

/// `contact-` and nine digits, without the machinery of `format!`, which would be a part of what is
/// measured.
fn contact_id(number: u64) -> String {
    let mut id = "contact-000000000".to_owned().into_bytes();
    let mut rest = number;
    for digit in id.iter_mut().rev().take(9) {
        *digit += u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    String::from_utf8(id).unwrap_or_default()
}

fn agent_id(number: u32) -> String {
    format!("a{number:06}")
}

/// What agents of a profile can serve: contacts come in so that there is work for all, and nobody waits for
/// whom there is no agent.
#[derive(Debug)]
struct Demand {
    categories: Vec<String>,
    skills: Vec<(String, u8)>,
}

/// The demand of each profile that can serve anything.
fn demands(size: Size, seed: u64) -> Vec<Demand> {
    let plan = plan(size, size.profiles.min(size.agents), seed);
    let of = |agent: &Agent| {
        let serves = |category: &Category| {
            let queue = &plan.queues[&category.queue];
            queue.groups.iter().any(|group| agent.groups.contains(group))
                && queue.requirement.is_met_by(&agent.skills)
                && category.requirement.is_met_by(&agent.skills)
        };
        let categories = plan.categories.iter().filter(|(_, category)| serves(category));
        Demand {
            categories: categories.map(|(id, _)| id.clone()).collect(),
            skills: agent.skills.iter().map(|(skill, level)| (skill.clone(), *level)).collect(),
        }
    };
    plan.agents.values().map(|agent| of(agent)).filter(|demand| !demand.categories.is_empty()).collect()
}

/// What the driver must do next for a contact.
#[derive(Debug, Clone, Copy)]
struct Leg {
    contact: u64,
    agent: u32,
    offer: u64,
    epoch: u32,
    realtime: bool,
}

/// About what one append takes.
const TAPE_BYTES: usize = 1 << 20;

/// Encodes events as for the journal, and notes offers.
#[derive(Debug)]
struct Tape {
    bytes: Vec<u8>,
    events: u64,
    offered: VecDeque<Leg>,
}

impl Sink for Tape {
    fn event(&mut self, _: &State, event: j::Event, _: Effect) {
        event.append_to(&mut self.bytes);
        if self.bytes.len() > TAPE_BYTES {
            self.bytes.clear();
        }
        self.events += 1;
        if let Some(Kind::ContactOffered(offer)) = event.kind {
            self.offered.push_back(Leg {
                contact: offer.contact,
                agent: offer.agent,
                offer: offer.offer,
                epoch: offer.epoch,
                realtime: offer.realtime,
            });
        }
    }
}

/// Somebody who wants to know when a step begins and ends.
pub trait Watch {
    /// A step begins, with this command.
    fn begin(&mut self, _: &Command) {}
    /// It has ended.
    fn end(&mut self) {}
}

/// Nobody.
impl Watch for () {}

/// A centre under load.
#[derive(Debug)]
pub struct Load<W = ()> {
    engine: Engine,
    watch: W,
    tape: Tape,
    rng: Rng,
    size: Size,
    now_ms: u64,
    enqueued: u64,
    active: VecDeque<Leg>,
    demands: Vec<Demand>,
}

impl Load {
    /// An engine without a plan.
    #[must_use]
    pub fn new(size: Size, seed: u64) -> Self {
        Self {
            engine: Engine::default(),
            watch: (),
            // All its room at once, so that none of it is counted as an agent's.
            tape: Tape { bytes: Vec::with_capacity(2 * TAPE_BYTES), events: 0, offered: VecDeque::new() },
            rng: Rng::with_seed(seed),
            size,
            now_ms: START_MS,
            enqueued: 0,
            active: VecDeque::new(),
            demands: demands(size, seed),
        }
    }

    /// Goes on with somebody who watches.
    #[must_use]
    pub fn watched<W: Watch>(self, watch: W) -> Load<W> {
        let Self { engine, watch: (), tape, rng, size, now_ms, enqueued, active, demands } = self;
        Load { engine, watch, tape, rng, size, now_ms, enqueued, active, demands }
    }
}

impl<W: Watch> Load<W> {
    /// Who watches.
    pub fn watch(&self) -> &W {
        &self.watch
    }

    /// The engine's state.
    #[must_use]
    pub fn state(&self) -> &State {
        self.engine.state()
    }

    /// Events so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.tape.events
    }

    /// Makes `plan` the one in force, as the daemon does: the plans are compared beforehand, and the change
    /// comes in parts.
    pub fn apply(&mut self, plan: &Plan) {
        let base = self.state().plan_revision();
        let diff = plan::diff(self.state().plan(), plan);
        let change = Box::new(PlanChange::new(base, &diff, plan, RemovedQueuePolicy::Refuse));
        let mut stage = 0;
        for part in diff.into_parts(PLAN_ENTRIES_PER_EVENT) {
            if let Ok(Reply::Staged(first)) = self.step(Command::StagePlan { base, stage, part }).answer {
                stage = first;
            }
        }
        self.step(Command::CommitPlan { change, stage });
        self.settle();
    }

    /// Signs all agents in, ready.
    pub fn sign_in(&mut self) {
        for number in 0..self.size.agents {
            let agent = agent_id(number);
            self.step(Command::SignIn { agent, session: 0, ready: Some(true) });
        }
    }

    /// Lets contacts come until every agent is busy, and accepts what is offered.
    pub fn fill(&mut self) {
        for _ in 0..self.size.agents.saturating_mul(4) {
            self.enqueue();
            self.accept_offers();
        }
    }

    /// One command, and what was due after it.
    fn step(&mut self, command: Command) -> Outcome {
        self.watch.begin(&command);
        let outcome = self.engine.step(self.now_ms, None, command, &mut self.tape);
        self.watch.end();
        debug_assert!(outcome.answer.is_ok(), "{:?}", outcome.answer);
        outcome
    }

    fn settle(&mut self) {
        while self.step(Command::Tick).more {}
    }

    /// A contact comes in.
    pub fn enqueue(&mut self) {
        let command = self.next_contact();
        self.now_ms += STEP_MS;
        if self.step(command).more {
            self.settle();
        }
    }

    fn next_contact(&mut self) -> Command {
        let number = self.enqueued;
        self.enqueued += 1;
        let demand = self.rng.usize(..self.demands.len().max(1));
        let demand = self.demands.get(demand);
        let category =
            demand.map_or("", |demand| &demand.categories[self.rng.usize(..demand.categories.len())]);
        let mut enqueue = Enqueue {
            id: contact_id(number),
            gateway: ["gateway-0", "gateway-1", "gateway-2", "gateway-3"]
                [usize::try_from(number % 4).unwrap_or_default()]
            .to_owned(),
            channel: if self.rng.bool() { "phone" } else { "wechat" }.to_owned(),
            queue: String::new(),
            category: category.to_owned(),
            language: "zh-CN".to_owned(),
            priority: if self.rng.u8(..10) == 0 { 3 } else { 0 },
            fingerprint: number,
            ..Enqueue::default()
        };
        let own = self.size.own_every;
        if own > 0
            && number.is_multiple_of(u64::from(own))
            && let Some(demand) = demand
        {
            // Two skills at levels that this profile has, so that there is somebody.
            for _ in 0..2 {
                let (skill, level) = &demand.skills[self.rng.usize(..demand.skills.len())];
                let range = LevelRange::at_least(self.rng.u8(1..=*level));
                enqueue.wants.requirement.skills.insert(skill.clone(), range);
            }
        }
        Command::Enqueue(Box::new(enqueue))
    }

    /// Takes what is offered, and connects calls.
    pub fn accept_offers(&mut self) {
        while let Some(leg) = self.tape.offered.pop_front() {
            let agent = self.agent_id(leg.agent);
            self.step(Command::Accept { agent, offer: leg.offer, epoch: leg.epoch });
            if leg.realtime {
                let contact = self.contact_id(leg.contact);
                let result = Connection::Connected;
                self.step(Command::ReportConnection { contact, offer: leg.offer, epoch: leg.epoch, result });
            }
            self.active.push_back(leg);
        }
    }

    fn agent_id(&self, agent: u32) -> String {
        self.state().names().id(agent).to_owned()
    }

    fn contact_id(&self, contact: u64) -> String {
        self.state().contact(contact).map(|record| record.id.clone()).unwrap_or_default()
    }

    /// The contact served longest is completed and wrapped up, which frees its agent; another one comes in.
    /// Whether there was one.
    pub fn cycle(&mut self) -> bool {
        self.enqueue();
        let Some(leg) = self.active.pop_front() else {
            return false;
        };
        let agent = self.agent_id(leg.agent);
        let contact = self.contact_id(leg.contact);
        let ending = Ending::default();
        self.step(Command::Complete {
            agent: Some(agent.clone()),
            contact: contact.clone(),
            ending,
            promise: None,
        });
        if self.step(Command::FinishWrapUp { agent, contact }).more {
            self.settle();
        }
        self.accept_offers();
        true
    }
}
