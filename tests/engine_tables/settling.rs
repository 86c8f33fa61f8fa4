//! What a change of the plan means for agents and contacts is carried out in slices: commands get their
//! turn between them, nothing is offered until all is done, and then as if it had been done at once.

use kefud::{
    engine::{
        command::{Command, PlanChange, RemovedQueuePolicy, Reply},
        evolve::Slices,
        state::State,
    },
    plan::{self, Part, Plan},
    sim::Sim,
};

use crate::common::desk::Desk;

/// Agents (a1 to a4, of whom a2 is there) and contacts are both more than a slice.
fn desk(agents: usize, contacts: usize) -> Desk {
    let mut desk = Desk::new();
    desk.sim.set_slices(Slices { agents, contacts });
    for chat in 0..9 {
        assert_eq!(desk.run(&format!("enqueue c{chat} wechat complaints")), format!("in c{chat} complaints"));
    }
    desk.run("signin a2 ready");
    desk
}

/// The change after which a2 can serve them, not carried out yet.
const CHANGE: &str = "step apply set agents.a2.skills={complaints=3} set queues.complaints.max_wait=\"10m\"";

/// An engine that was rebuilt does nothing at once, and then the same.
fn goes_on_like_a_rebuilt_one(mut desk: Desk) {
    desk.run("tick");
    assert!(desk.sim.state().settled());
    let states = [desk.sim.replayed(), desk.sim.reimported()];
    let told = desk.sim.events().len();
    let agents = ["a1", "a3", "a4"].map(str::to_owned);
    let commands = agents.map(|agent| Command::SignIn { agent, session: 0, ready: Some(true) });
    let answers = commands.clone().map(|command| desk.sim.run(command));
    for state in states {
        let mut rebuilt = Sim::from_state(state);
        rebuilt.pass(desk.sim.now_ms() - rebuilt.now_ms());
        rebuilt.settle();
        assert_eq!(rebuilt.events(), &[]);
        assert_eq!(commands.clone().map(|command| rebuilt.run(command)), answers);
        assert_eq!(rebuilt.events(), &desk.sim.events()[told..]);
        assert!(rebuilt.state().hash() == desk.sim.state().hash());
    }
}

#[test]
fn nothing_is_offered_until_everybody_is_known() {
    let mut desk = desk(1, 2);
    assert_eq!(desk.run(CHANGE), "plan 2");
    let mut ticks = 0;
    let offered = loop {
        let told = desk.run("step tick");
        ticks += 1;
        if told != "-" {
            break told;
        }
        assert!(!desk.sim.state().settled(), "after {ticks} ticks");
    };
    assert_eq!(offered, "offered c0 a2; offered c1 a2; offered c2 a2");
    assert!(ticks > 4 + 9 / 2, "in {ticks} ticks");
    goes_on_like_a_rebuilt_one(desk);
}

#[test]
fn commands_get_their_turn_after_any_slice() {
    for ticks in 0..12 {
        let mut desk = desk(1, 2);
        desk.run(CHANGE);
        (0..ticks).for_each(|_| drop(desk.run("step tick")));
        let settled = desk.sim.state().settled();
        for (command, expected) in [
            ("step enqueue late wechat complaints", "in late complaints"),
            ("step cancel c8", "closed c8 customer_left"),
            ("step signin a1", "signed-in a1; not-ready a1 signed_in"),
            ("step pull a1 c7", "offered c7 a1 by-pull; accepted c7 a1"),
            ("step update c6 prio=5", "updated c6"),
            ("step transfer gateway c5 queue=consultation", "moved c5 consultation"),
            ("step signin a3 ready", "signed-in a3; ready a3"),
            ("step signout a3", "signed-out a3 requested"),
        ] {
            let told = desk.run(command);
            assert!(told.starts_with(expected), "after {ticks} ticks {command} => {told}");
            assert!(settled || told == expected, "after {ticks} ticks {command} => {told}");
        }
        goes_on_like_a_rebuilt_one(desk);
    }
}

#[test]
fn an_agent_who_leaves_meanwhile_is_offered_nothing() {
    for ticks in 0..8 {
        let mut desk = desk(1, 3);
        desk.run(CHANGE);
        (0..ticks).for_each(|_| drop(desk.run("step tick")));
        assert_eq!(desk.run("signout a2"), "signed-out a2 requested", "after {ticks} ticks");
        assert_eq!(desk.run("tick"), "-");
        goes_on_like_a_rebuilt_one(desk);
    }
}

#[test]
fn whether_anybody_could_serve_is_known_before_all_is_done() {
    for ticks in 0..12 {
        let mut desk = desk(1, 2);
        desk.run("apply set queues.sales.unservable=\"refuse\" set queues.sales.skills={english=1}");
        desk.run("step apply set agents.a1.skills={complaints=5} set agents.a4.skills={english=1}");
        (0..ticks).for_each(|_| drop(desk.run("step tick")));
        for (command, expected) in [
            // a1 spoke it until now, a4 takes no calls.
            ("step enqueue r1 phone sales", "!NOBODY_CAN_SERVE"),
            ("step enqueue r2 wechat sales", "in r2 sales"),
            ("step enqueue r3 phone consultation skills=english:1", "in r3 consultation unservable"),
            ("step enqueue r4 phone consultation skills=complaints:4", "in r4 consultation"),
        ] {
            assert_eq!(desk.run(command), expected, "after {ticks} ticks {command}");
        }
        goes_on_like_a_rebuilt_one(desk);
    }
}

#[test]
fn a_reserve_keeps_agents_free_before_all_is_done() {
    for ticks in 0..12 {
        // a3 is alone in the reserve.
        for (keep_free, expected) in
            [(0, "offered c0 a3 by-pull; accepted c0 a3"), (1, "!AGENT_NOT_ELIGIBLE")]
        {
            let mut desk = desk(1, 2);
            desk.run("signin a3");
            let borrowing = "set queues.complaints.rings=[{after=\"1s\",groups=[\"reserve\"]}]";
            desk.run(&format!("apply set groups.reserve.keep_free={keep_free} {borrowing}"));
            desk.run("advance 2s");
            desk.run("step apply set agents.a1.capacity=90");
            (0..ticks).for_each(|_| drop(desk.run("step tick")));
            assert_eq!(desk.run("step pull a3 c0"), expected, "after {ticks} ticks");
        }
    }
}

#[test]
fn a_change_on_top_of_a_change_begins_anew() {
    for ticks in 0..12 {
        let mut desk = desk(1, 2);
        desk.run(CHANGE);
        (0..ticks).for_each(|_| drop(desk.run("step tick")));
        let before = desk.sim.state().settled();
        let told = desk.run("step apply set agents.a2.skills={complaints=2} remove agents.a4");
        assert_eq!(told, "plan 3");
        if !before {
            assert_eq!(desk.run("tick"), "-", "after {ticks} ticks");
        }
        goes_on_like_a_rebuilt_one(desk);
    }
}

/// A change of the plan in force, in parts of one entry.
struct Staging {
    base: u64,
    stage: u64,
    parts: std::vec::IntoIter<Part>,
    change: Box<PlanChange>,
    plan: Plan,
}

impl Staging {
    fn new(state: &State, change: impl Fn(&mut Plan)) -> Self {
        let mut plan = (**state.plan()).clone();
        change(&mut plan);
        let (base, diff) = (state.plan_revision(), plan::diff(state.plan(), &plan));
        let change = Box::new(PlanChange::new(base, &diff, &plan, RemovedQueuePolicy::Refuse));
        Self { base, stage: 0, parts: diff.into_parts(1).into_iter(), change, plan }
    }

    /// Stages the next part. The reason if that is refused; whether there was one.
    fn next(&mut self, sim: &mut Sim) -> Result<bool, &'static str> {
        let Some(part) = self.parts.next() else { return Ok(false) };
        match sim.run(Command::StagePlan { base: self.base, stage: self.stage, part }) {
            Ok(Reply::Staged(stage)) => self.stage = stage,
            Ok(other) => panic!("{other:?}"),
            Err(refusal) => return Err(refusal.reason),
        }
        Ok(true)
    }

    fn commit(&self, sim: &mut Sim) -> Result<Reply, &'static str> {
        let commit = Command::CommitPlan { change: self.change.clone(), stage: self.stage };
        sim.run(commit).map_err(|refusal| refusal.reason)
    }
}

fn fewer_units(plan: &mut Plan) {
    plan.agents.values_mut().for_each(|agent| agent.capacity = 77);
}

fn another_agent(plan: &mut Plan) {
    let agent = plan.agents["a1"].clone();
    plan.agents.insert("b1".to_owned(), agent.clone());
    plan.agents.insert("b2".to_owned(), agent);
}

#[test]
fn commands_get_their_turn_between_the_parts_of_a_plan() {
    let mut desk = desk(1, 2);
    let mut staging = Staging::new(desk.sim.state(), |plan| {
        fewer_units(plan);
        another_agent(plan);
    });
    let mut parts = 0;
    while staging.next(&mut desk.sim) == Ok(true) {
        parts += 1;
        assert!(desk.run(&format!("enqueue d{parts} wechat complaints")).contains("in d"));
        assert_eq!(desk.run("signin b1 ready"), "!AGENT_NOT_FOUND");
        // A gateway gets a number of its own, though names of the plan have got theirs.
        desk.run(&format!("gateway g{parts} 60s"));
    }
    let counts =
        |added, changed, removed| Reply::Plan { revision: 2, added, changed, removed, shifts_removed: 0 };
    assert_eq!(staging.commit(&mut desk.sim), Ok(counts(2, 4, 0)));
    assert_eq!(**desk.sim.state().plan(), staging.plan);
    assert_eq!(parts, 6);
    let replayed = desk.sim.replayed();
    assert_eq!((replayed.fault(), replayed.hash()), (None, desk.sim.state().hash()));
}

#[test]
fn parts_of_two_changes_are_never_mixed() {
    let mut sim = desk(1, 2).sim;
    let mut first = Staging::new(sim.state(), fewer_units);
    let mut second = Staging::new(sim.state(), another_agent);
    assert_eq!(first.next(&mut sim), Ok(true));
    assert_eq!(first.next(&mut sim), Ok(true));
    assert_eq!(second.next(&mut sim), Ok(true));
    // Whoever began later goes on.
    assert_eq!(first.next(&mut sim), Err("REVISION_MISMATCH"));
    assert_eq!(first.commit(&mut sim), Err("REVISION_MISMATCH"));
    assert_eq!(second.next(&mut sim), Ok(true));
    assert!(second.commit(&mut sim).is_ok());
    assert_eq!(**sim.state().plan(), second.plan);
    // What was worked out for another revision is for nothing.
    let mut late = Staging::new(sim.state(), fewer_units);
    late.base = 1;
    assert_eq!(late.next(&mut sim), Err("REVISION_MISMATCH"));
    assert_eq!(second.commit(&mut sim), Err("REVISION_MISMATCH"));
}

#[test]
fn parts_that_a_process_left_behind_come_to_nothing() {
    let mut sim = desk(1, 2).sim;
    let mut left = Staging::new(sim.state(), another_agent);
    assert_eq!(left.next(&mut sim), Ok(true));
    for state in [sim.replayed(), sim.reimported()] {
        assert!(state.hash() == sim.state().hash());
        let mut rebuilt = Sim::from_state(state);
        assert!(!rebuilt.state().plan().agents.contains_key("b1"));
        let mut next = Staging::new(rebuilt.state(), fewer_units);
        while next.next(&mut rebuilt) == Ok(true) {}
        assert!(next.commit(&mut rebuilt).is_ok());
        assert_eq!(**rebuilt.state().plan(), next.plan);
        assert!(rebuilt.reimported().hash() == rebuilt.state().hash());
    }
    // A snapshot does not tell who staged.
    let mut rebuilt = Sim::from_state(sim.reimported());
    assert_eq!(left.next(&mut rebuilt), Err("REVISION_MISMATCH"));
}
