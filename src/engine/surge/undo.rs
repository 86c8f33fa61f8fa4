//! Property: whatever steps are taken and undone, what classes ask for, who may serve, who is let in and how long
//! wrap-up lasts is what the steps in force come to, and without any as if there had never been a surge.

use std::fmt::Write as _;

use proptest::{collection::vec, prelude::*};

use crate::{
    engine::{
        command::{ApplyPlan, Command, Enqueue, RemovedQueuePolicy, SurgeLevel, Wants, Word},
        matching::{class::Class, index::fits, policy::Policy},
        state::State,
    },
    plan::{self, model::Requirement},
    proto::journal::{PlanKind, event::Kind},
    sim::Sim,
};

const BASE: &str = r#"
[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "20s"
wrap_up = "30s"
[skills.x]
[queues.q]
channels = ["phone"]
objective = "30s"
groups = ["core"]
skills = { x = 7 }
agent_choice = "most_skilled"
rings = [{ after = "10m", lower = { x = 3 } }, { after = "20m", drop = ["x"], groups = ["night"] }]
surge = "s"
[groups.core]
[groups.night]
[groups.temp]
keep_free = 1
[groups.out]
"#;

/// A kind of step, each as it is written.
const STEPS: [&str; 6] = [
    "do = \"open_rings\", rings = 1",
    "do = \"open_rings\", rings = 2",
    "do = \"open_groups\", groups = [\"temp\"]",
    "do = \"open_groups\", groups = [\"out\", \"night\"]",
    "do = \"wrap_up\", limit = \"5s\"",
    "do = \"cap\", retry = \"1m\", waiting = ",
];

/// What happens.
#[derive(Debug, Clone)]
enum Op {
    /// Somebody comes, with a wish of its own or without.
    Come(bool),
    /// An agent signs in or out.
    Sign(u8),
    /// A supervisor says a level.
    Level(u8),
    /// The plan has other steps.
    Plan(Vec<Vec<usize>>),
    /// Time passes.
    Pass(u16),
}

fn steps() -> impl Strategy<Value = Vec<Vec<usize>>> {
    vec(vec(0..STEPS.len(), 0..4), 4)
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => any::<bool>().prop_map(Op::Come),
        3 => (0..8_u8).prop_map(Op::Sign),
        4 => (0..4_u8).prop_map(Op::Level),
        1 => steps().prop_map(Op::Plan),
        1 => (1..3_000_u16).prop_map(Op::Pass),
    ]
}

/// A plan with these steps at levels from 0.
fn document(steps: &[Vec<usize>]) -> String {
    let mut text = BASE.to_owned();
    for (agent, (group, level)) in [
        ("core", 9),
        ("core", 4),
        ("night", 9),
        ("night", 1),
        ("temp", 8),
        ("temp", 3),
        ("out", 7),
        ("out", 1),
    ]
    .into_iter()
    .enumerate()
    {
        let _ = write!(text, "[agents.a{agent}]\ngroups = [\"{group}\"]\nskills = {{ x = {level} }}\n");
    }
    text.push_str("[surges.s]\nhold = \"10s\"\n");
    let mut cap = 1_000;
    for (level, kinds) in steps.iter().enumerate() {
        if level > 0 {
            let on = level * 1_000;
            let _ =
                write!(text, "[[surges.s.levels]]\non = {{ waiting = {on} }}\noff = {{ waiting = 99 }}\n");
        }
        let written = kinds.iter().map(|kind| {
            cap -= 1;
            let waiting = if *kind == 5 { cap.to_string() } else { String::new() };
            format!("{{ {}{waiting} }}", STEPS[*kind])
        });
        let _ = writeln!(text, "steps = [{}]", written.collect::<Vec<_>>().join(", "));
    }
    text
}

fn apply(sim: &mut Sim, steps: &[Vec<usize>]) {
    let plan = plan::parse(&document(steps)).expect("a plan");
    let apply = ApplyPlan {
        plan: Box::new(plan),
        expected_revision: 0,
        validate_only: false,
        removed_queues: RemovedQueuePolicy::Refuse,
    };
    sim.run(Command::ApplyPlan(apply)).expect("a change");
    // With the next second the steps follow.
    sim.advance(1_000);
}

fn level(sim: &mut Sim, level: u32) {
    let until_s = sim.state().wall_s(sim.now_ms()) + 100_000;
    let word = Word { supervisor: String::new(), reason: "test".to_owned() };
    let state = Some(SurgeLevel { level, until_s });
    sim.run(Command::SetSurgeLevel { queue: "q".to_owned(), state, word }).expect("a level");
}

fn carry_out(sim: &mut Sim, number: usize, op: &Op) {
    match op {
        Op::Come(own) => {
            let skills = if *own {
                [("x".to_owned(), plan::model::LevelRange::at_least(9))].into()
            } else {
                [].into()
            };
            let requirement = Requirement { skills, ..Requirement::default() };
            let enqueue = Enqueue {
                id: format!("c{number}"),
                gateway: "g".to_owned(),
                channel: "phone".to_owned(),
                queue: "q".to_owned(),
                category: String::new(),
                language: String::new(),
                case_id: String::new(),
                priority: 0,
                wants: Wants { requirement, rings: Vec::new(), preferred_agent: String::new() },
                fingerprint: 1,
                customer: Default::default(),
                bot: String::new(),
                by_action: false,
            };
            sim.run(Command::Enqueue(Box::new(enqueue))).expect("room");
        }
        Op::Sign(agent) => {
            let agent = format!("a{agent}");
            let session = sim.state().agent_by_id(&agent).map_or(0, |agent| agent.record.session);
            let command = if session == 0 {
                Command::SignIn { agent, session: 0, ready: Some(true) }
            } else {
                Command::SignOut { agent, session: 0, return_contacts: true }
            };
            sim.run(command).expect("signing");
        }
        Op::Level(to) => level(sim, u32::from(*to)),
        Op::Plan(steps) => apply(sim, steps),
        Op::Pass(ms) => sim.advance(u64::from(*ms)),
    }
}

/// Everything that is derived is as if it had just been.
fn check(state: &State) -> Result<(), TestCaseError> {
    let queue = state.names().number(PlanKind::Queue, "q").expect("a queue");
    let policy = state.surge(queue).map(Policy::of).unwrap_or_default();
    prop_assert_eq!(state.policy(queue), &policy);
    prop_assert!(state.surges.asking.is_empty());
    let info = &state.catalog.queues[&queue];
    let classes = &state.index.classes;
    for number in classes.all_of(queue, 0) {
        let class = classes.get(number).expect("a class");
        let channel = &state.catalog.channels[&class.key.channel];
        let fresh = Class::of(class.key.clone(), info, channel, &policy);
        prop_assert_eq!(&class.asked, &fresh.asked);
        prop_assert_eq!(&class.borrowed, &fresh.borrowed);
        prop_assert_eq!((class.skills, &class.wanted), (fresh.skills, &fresh.wanted));
        if policy == Policy::default() {
            prop_assert_eq!((&class.asked, &class.borrowed), (&class.key.requirement, &class.key.borrowed));
        }
        for at in 0.. {
            let Some(profile) = state.index.profiles.get(at) else { break };
            let fit = fits(profile, &fresh);
            if let Some(bits) = &class.fit {
                prop_assert_eq!(bits.word(at as usize / 64) >> (at % 64) & 1 == 1, fit, "fit of {}", at);
            }
            let unseen = profile.not_looked_at(classes.lasting());
            if class.lasting().is_some() && !unseen.contains(&number) {
                prop_assert_eq!(profile.common().contains(&number), fit, "known by {}", at);
            }
        }
    }
    Ok(())
}

/// Steps are undone in the reverse order of their taking.
fn check_order(sim: &Sim) -> Result<(), TestCaseError> {
    let mut taken = Vec::new();
    for event in sim.events() {
        if let Some(Kind::SurgeStepChanged(change)) = &event.kind {
            if change.undone {
                prop_assert_eq!(taken.pop(), change.step.clone());
            } else {
                taken.push(change.step.clone().expect("a step"));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn undoing_restores_exactly(first in steps(), ops in vec(op(), 1..40)) {
        let mut sim = Sim::new(1_000_000);
        apply(&mut sim, &first);
        for (number, op) in ops.iter().enumerate() {
            carry_out(&mut sim, number, op);
            check(sim.state())?;
        }
        let rebuilt = Sim::from_state(sim.replayed());
        check(rebuilt.state())?;
        check(Sim::from_state(sim.reimported()).state())?;
        // Back to the normal level, without steps that hold there too, and nobody who was there before.
        level(&mut sim, 0);
        apply(&mut sim, &[vec![], first[1].clone(), first[2].clone(), first[3].clone()]);
        for number in 0..ops.len() {
            let _ = sim.run(Command::Cancel { contact: format!("c{number}") });
        }
        sim.advance(2_000);
        check(sim.state())?;
        check_order(&sim)?;
        let queue = sim.state().names().number(PlanKind::Queue, "q").expect("a queue");
        prop_assert_eq!(sim.state().policy(queue), &Policy::default());
        prop_assert!(sim.state().surge(queue).is_none_or(|record| record.steps.is_empty()));
    }
}
