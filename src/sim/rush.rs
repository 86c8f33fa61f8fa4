//! A level change to measure with: one queue with very many waiting, agents who are all different, and groups that steps
//! of its surge open. Must not measure anything itself.

use std::{collections::VecDeque, fmt::Write as _};

use fastrand::Rng;

use crate::{
    engine::{
        Engine, Sink,
        command::{ApplyPlan, Command, Enqueue, RemovedQueuePolicy, SurgeLevel, Word},
        evolve::Effect,
        state::State,
    },
    plan::{
        Plan, Problem,
        model::{Agent, Follows, LevelRange},
        parse,
    },
    proto::journal::{self as j, PlanKind, event::Kind},
};

const PLAN: &str = r#"
[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "10m"
wrap_up = "30s"
[channels.wechat]
kind = "messaging"
units = 50
offer_timeout = "10m"
wrap_up = "10s"
[groups.core]
[groups.reserve]
[groups.temporary]
[groups.outsourced]
[surges.rush]
levels = [
    { on = { waiting = 100 }, off = { waiting = 50 }, steps = [
        { do = "open_rings", rings = 1 },
        { do = "message", every = "2m", times = 3, text = { default = "{ahead}" } },
    ] },
    { on = { waiting = 200 }, off = { waiting = 100 }, steps = [
        { do = "open_groups", groups = ["temporary"] },
        { do = "offer_callback", text = { default = "{ahead}" } },
        { do = "wrap_up", limit = "5s" },
    ] },
    { on = { waiting = 300 }, off = { waiting = 200 }, steps = [
        { do = "open_groups", groups = ["outsourced"] },
        { do = "cap", waiting = 1000, retry = "10m" },
    ] },
]
[queues.q]
channels = ["phone", "wechat"]
groups = ["core"]
skills = { s0 = 3 }
rings = [{ after = "1h", lower = { s0 = 1 }, groups = ["reserve"] }]
objective = "30s"
max_waiting = 1000000
callback = {}
"#;

/// Skills of the plan, of which an agent has up to so many; categories that ask for one more.
const SKILLS: u32 = 40;
const AGENT_SKILLS: u32 = 12;
const CATEGORIES: u32 = 20;
/// Every so many contacts one asks for a skill and level of its own.
const OWN_EVERY: u32 = 100;

/// Out of ten agents, so many are at home in the queue, and one each in the three groups that steps open.
const HOME_OF_TEN: u32 = 7;

/// Engine time at which it begins: a whole second.
const START_MS: u64 = 1_000_000;

/// Encodes events as for the journal, and notes offers.
#[derive(Debug, Default)]
struct Tape {
    bytes: Vec<u8>,
    offered: VecDeque<(u64, u32, u32)>,
    offers: u64,
}

impl Sink for Tape {
    fn event(&mut self, _: &State, event: j::Event, _: Effect) {
        event.append_to(&mut self.bytes);
        if self.bytes.len() > 1 << 20 {
            self.bytes.clear();
        }
        if let Some(Kind::ContactOffered(offer)) = event.kind {
            self.offered.push_back((offer.offer, offer.agent, offer.epoch));
            self.offers += 1;
        }
    }
}

/// A queue whose level is about to change.
#[derive(Debug)]
pub struct Rush {
    engine: Engine,
    tape: Tape,
    now_ms: u64,
}

/// The plan with so many agents; with a surge or without.
fn plan(agents: u32, surge: bool, rng: &mut Rng) -> Result<Plan, Vec<Problem>> {
    let mut document = PLAN.to_owned();
    for skill in 0..SKILLS {
        let _ = writeln!(document, "[skills.s{skill}]");
    }
    for category in 0..CATEGORIES {
        let _ = writeln!(
            document,
            "[categories.c{category}]\nqueue = \"q\"\nskills = {{ s{} = 1 }}",
            category + 1
        );
    }
    let mut plan = parse(&document)?;
    for number in 0..agents {
        let group = match number % 10 {
            ..HOME_OF_TEN => "core",
            HOME_OF_TEN => "reserve",
            8 => "temporary",
            _ => "outsourced",
        };
        let first = [("s0".to_owned(), rng.u8(2..=10))];
        let others = (1..AGENT_SKILLS).map(|_| (format!("s{}", rng.u32(1..SKILLS)), rng.u8(1..=10)));
        let agent = Agent {
            name: String::new(),
            groups: vec![group.to_owned()],
            skills: first.into_iter().chain(others).collect(),
            capacity: 100,
            limits: [].into(),
            follows: Follows::default(),
        };
        plan.agents.insert(format!("a{number:06}"), agent.into());
    }
    if surge && let Some(queue) = plan.queues.get_mut("q") {
        queue.surge = Some("rush".to_owned());
    }
    Ok(plan)
}

impl Rush {
    /// With so many agents, those at home busy, and so many contacts waiting: just before the queue's level is looked at
    /// for the first time.
    ///
    /// # Errors
    /// The plan that is measured with has problems.
    pub fn new(agents: u32, waiting: u32, seed: u64) -> Result<Self, Vec<Problem>> {
        let mut rush = Self { engine: Engine::default(), tape: Tape::default(), now_ms: START_MS };
        rush.apply(plan(agents, false, &mut Rng::with_seed(seed))?);
        for number in 0..agents {
            rush.settle(Command::SignIn { agent: format!("a{number:06}"), session: 0, ready: Some(true) });
        }
        let mut rng = Rng::with_seed(seed);
        for number in 0.. {
            let in_line = rush.queue().map_or(0, |queue| rush.engine.state().queue_live(queue).waiting);
            if in_line >= waiting {
                break;
            }
            rush.enqueue(number, &mut rng);
            rush.accept();
        }
        rush.apply(plan(agents, true, &mut Rng::with_seed(seed))?);
        rush.now_ms += 1_000;
        Ok(rush)
    }

    fn queue(&self) -> Option<u32> {
        self.engine.state().names().number(PlanKind::Queue, "q")
    }

    fn apply(&mut self, plan: Plan) {
        let expected_revision = self.engine.state().plan_revision();
        self.settle(Command::ApplyPlan(ApplyPlan {
            plan: Box::new(plan),
            expected_revision,
            validate_only: false,
            removed_queues: RemovedQueuePolicy::Refuse,
        }));
    }

    fn enqueue(&mut self, number: u32, rng: &mut Rng) {
        let mut enqueue = Enqueue {
            id: format!("c{number}"),
            gateway: "g".to_owned(),
            channel: if rng.bool() { "phone" } else { "wechat" }.to_owned(),
            category: format!("c{}", rng.u32(..CATEGORIES)),
            ..Enqueue::default()
        };
        if number.is_multiple_of(OWN_EVERY) {
            let own = (format!("s{}", rng.u32(1..SKILLS)), LevelRange::at_least(rng.u8(1..=8)));
            enqueue.wants.requirement.skills.extend([own]);
        }
        self.settle(Command::Enqueue(Box::new(enqueue)));
    }

    /// Takes what is offered.
    fn accept(&mut self) {
        while let Some((offer, agent, epoch)) = self.tape.offered.pop_front() {
            let agent = self.engine.state().names().id(agent).to_owned();
            self.settle(Command::Accept { agent, offer, epoch });
        }
    }

    fn step(&mut self, command: Command) -> bool {
        let outcome = self.engine.step(self.now_ms, None, command, &mut self.tape);
        debug_assert!(outcome.answer.is_ok(), "{:?}", outcome.answer);
        outcome.more
    }

    fn settle(&mut self, command: Command) {
        let mut more = self.step(command);
        while more {
            more = self.step(Command::Tick);
        }
    }

    /// One step more of what is due. Whether there is more.
    pub fn tick(&mut self) -> bool {
        self.step(Command::Tick)
    }

    /// A supervisor has the level fall to nothing. Whether there is more to do.
    pub fn fall(&mut self) -> bool {
        let wall_s = self.engine.state().wall_ms(self.now_ms).div_euclid(1_000);
        let state = Some(SurgeLevel { level: 0, until_s: wall_s + 3_600 });
        let word = Word { reason: "measured".to_owned(), supervisor: String::new() };
        self.step(Command::SetSurgeLevel { queue: "q".to_owned(), state, word })
    }

    /// The queue's level, if all that follows from it is in force.
    #[must_use]
    pub fn level_in_force(&self) -> Option<u32> {
        let (state, queue) = (self.engine.state(), self.queue()?);
        let level = state.surge(queue).map_or(0, |record| record.level);
        state.policies_in_force().then_some(level)
    }

    /// How many offers there have been.
    #[must_use]
    pub fn offers(&self) -> u64 {
        self.tape.offers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::limits::SWEEP_BATCH;

    #[test]
    fn a_rush_rises_at_once_and_opens_groups_and_falls_again() {
        let mut rush = Rush::new(100, 2_000, 1).unwrap();
        let before = rush.offers();
        assert!(before >= 60 && rush.level_in_force() == Some(0), "{before}");
        while rush.tick() {}
        assert_eq!(rush.level_in_force(), Some(3));
        assert!(rush.offers() >= before + 25, "{} after {before}", rush.offers());
        rush.accept();
        let (state, now_ms) = (rush.engine.state(), rush.now_ms);
        let in_line: Vec<u64> = state.live_contacts_after(0).map(|record| record.contact).collect();
        let one_by_one = in_line.iter().map(|contact| state.estimate_of(state.contact(*contact)?, now_ms));
        assert_eq!(state.estimates_of(&in_line, now_ms), one_by_one.collect::<Vec<_>>());
        let mut more = rush.fall();
        while more {
            more = rush.tick();
        }
        assert_eq!(rush.level_in_force(), Some(0));
        let policy = rush.engine.state().policy(rush.queue().unwrap());
        assert!(policy.groups.is_empty() && policy.cap.is_none(), "{policy:?}");
    }

    #[test]
    fn no_step_tells_more_than_a_batch_though_all_are_due() {
        let mut rush = Rush::new(100, 1_000, 1).unwrap();
        let (mut all, mut more) = (0, true);
        while more {
            let mut events: Vec<j::Event> = Vec::new();
            more = rush.engine.step(rush.now_ms, None, Command::Tick, &mut events).more;
            let told = events.into_iter().filter_map(|event| match event.kind {
                Some(Kind::WaitersTold(told)) => Some(told.contacts.len()),
                _ => None,
            });
            let told: usize = told.sum();
            assert!(told <= SWEEP_BATCH, "{told}");
            all += told;
        }
        // What they are told first, and that they may be called back.
        assert!((1_000..=2_000).contains(&all), "{all}");
    }
}
