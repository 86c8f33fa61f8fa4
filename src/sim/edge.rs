//! A shift edge to measure with: a centre in which everybody's shift begins at nine, a millisecond before that, with
//! everybody signed in and contacts waiting. Must not measure anything itself.

use crate::{
    engine::{
        Engine, Sink,
        command::{ApplyPlan, Command, Enqueue, RemovedQueuePolicy},
        evolve::Effect,
        state::State,
    },
    plan::{
        Plan, Problem,
        model::{Agent, Follows},
        parse,
    },
    proto::journal as j,
    schedule::{Day, Zone},
};

const PLAN: &str = r#"
[settings]
zone = "Asia/Shanghai"
[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "20s"
break_lead = "2m"
end_lead = "5m"
[channels.wechat]
kind = "messaging"
units = 25
offer_timeout = "30s"
end_lead = "10m"
[holidays.cn.off]
"2026-10-01..2026-10-07" = "国庆节"
[shifts.day]
at = ["09:00-18:00"]
breaks = ["10:30-10:45", "12:00-13:00", "15:30-15:45"]
[rotas.desk]
holidays = "cn"
weeks = [{ mon-fri = "day" }]
[queues.q]
channels = ["phone", "wechat"]
objective = "30s"
max_waiting = 100000
[groups.g]
rota = "desk"
"#;

/// A Thursday.
const DAY: Day = Day(20_741);

/// Engine time at which the centre begins.
const START_MS: u64 = 1_000_000;

/// Encodes events as for the journal.
#[derive(Debug, Default)]
struct Tape(Vec<u8>);

impl Sink for Tape {
    fn event(&mut self, _: &State, event: j::Event, _: Effect) {
        event.append_to(&mut self.0);
    }
}

/// A centre whose shift begins.
#[derive(Debug)]
pub struct Edge {
    engine: Engine,
    tape: Tape,
    now_ms: u64,
}

impl Edge {
    /// With so many agents and contacts, a millisecond before nine.
    ///
    /// # Errors
    /// The plan that is measured with has problems.
    pub fn new(agents: u32, waiting: u32) -> Result<Self, Vec<Problem>> {
        let mut plan = parse(PLAN)?;
        for number in 0..agents {
            let agent = Agent {
                name: String::new(),
                groups: vec!["g".to_owned()],
                skills: [].into(),
                capacity: 100,
                limits: [].into(),
                follows: Follows::default(),
            };
            plan.agents.insert(agent_id(number), agent.into());
        }
        let nine_s =
            Zone::load("Asia/Shanghai").map_or(0, |zone| zone.utc_s(DAY.start_local_s() + 9 * 3_600));
        let mut edge = Self { engine: Engine::default(), tape: Tape::default(), now_ms: START_MS };
        let start_ms = i64::try_from(START_MS).unwrap_or_default();
        // A minute before, so that all that signing in leaves to do is done.
        edge.step(Command::ObserveClock { wall_offset_ms: (nine_s - 60) * 1_000 - start_ms });
        edge.apply(plan);
        for number in 0..agents {
            edge.step(Command::SignIn { agent: agent_id(number), session: 0, ready: Some(true) });
        }
        for number in 0..waiting {
            let channel = if number.is_multiple_of(2) { "phone" } else { "wechat" };
            let (id, channel, queue) = (format!("c{number}"), channel.to_owned(), "q".to_owned());
            let enqueue = Enqueue { id, gateway: "g".to_owned(), channel, queue, ..Enqueue::default() };
            edge.step(Command::Enqueue(Box::new(enqueue)));
        }
        while edge.step(Command::Tick) {}
        edge.now_ms = START_MS + 60_000;
        edge.tape.0.clear();
        Ok(edge)
    }

    fn apply(&mut self, plan: Plan) {
        let removed_queues = RemovedQueuePolicy::Refuse;
        let plan = Box::new(plan);
        self.step(Command::ApplyPlan(ApplyPlan {
            plan,
            expected_revision: 0,
            validate_only: false,
            removed_queues,
        }));
        while self.step(Command::Tick) {}
    }

    fn step(&mut self, command: Command) -> bool {
        self.engine.step(self.now_ms, None, command, &mut self.tape).more
    }

    /// One step at nine sharp. Whether there is more to do until everybody is on shift, which is before anything is
    /// offered.
    pub fn tick(&mut self) -> bool {
        self.step(Command::Tick);
        !self.engine.state().settled_schedules(self.now_ms)
    }

    /// How many are on shift.
    #[must_use]
    pub fn on_shift(&self) -> usize {
        self.engine.state().agents().filter(|agent| agent.on_shift()).count()
    }
}

fn agent_id(number: u32) -> String {
    format!("a{number:06}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_begins_at_nine_in_several_steps() {
        let mut edge = Edge::new(2_500, 100).unwrap();
        assert_eq!(edge.on_shift(), 0);
        let mut steps = 1;
        while edge.tick() {
            assert!(edge.on_shift() > 0);
            steps += 1;
        }
        assert_eq!((steps, edge.on_shift()), (3, 2_500));
    }
}
