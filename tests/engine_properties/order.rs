//! The order in which things came into the plan, and in which a contact lists what it asks for, decides
//! nothing: two engines whose names have other numbers bring the same people together.

use kefud::{
    engine::{
        command::{ApplyPlan, Command, Enqueue, RemovedQueuePolicy, Update},
        state::State,
    },
    plan::{Plan, model::SkillRanges},
    proto::journal::{self as j, event::Kind},
    sim::Sim,
};

use crate::{
    plans::mend,
    run::{Case, START_MS},
    wants::Dice,
};

/// A decision with names for numbers.
fn told(state: &State, event: &j::Event) -> Option<String> {
    let name = |number: u32| state.names().id(number);
    let entry = |entry: Option<&j::QueueEntry>| {
        let entry = entry.copied().unwrap_or_default();
        format!("ring {} for {} until {}", entry.ring, name(entry.kept_for), entry.kept_until_ms)
    };
    Some(match event.kind.as_ref()? {
        Kind::ContactEnqueued(e) => {
            let known = name(e.known_agent);
            format!("in {} {} {} {known}", e.contact, entry(e.entry.as_ref()), e.unservable)
        }
        Kind::ContactOffered(e) => format!(
            "offer {} of {} to {}, {:?} in ring {}, {} preferred, idle {}, rank {}",
            e.offer,
            e.contact,
            name(e.agent),
            e.rule(),
            e.ring,
            e.preferred_matched,
            e.idle_ms,
            e.rank
        ),
        Kind::RingOpened(e) => format!("ring {} of {}, {:?}", e.ring, e.contact, e.cause()),
        Kind::ContactReturned(e) => format!("back {} {}", e.contact, entry(e.entry.as_ref())),
        Kind::ContactTransferred(e) => format!("moved {} {}", e.contact, entry(e.entry.as_ref())),
        Kind::ContactUpdated(e) => format!("updated {} {}", e.contact, e.unservable),
        Kind::AgentSignedOut(e) => format!("out {}", name(e.agent)),
        Kind::PlanStaged(_) | Kind::PlanCommitted(_) => return None,
        other => format!("{other:?}").split('{').next().unwrap_or_default().to_owned(),
    })
}

fn apply(sim: &mut Sim, plan: Plan) -> Result<(), String> {
    let apply = ApplyPlan {
        plan: Box::new(plan),
        expected_revision: 0,
        validate_only: false,
        removed_queues: RemovedQueuePolicy::Refuse,
    };
    sim.run(Command::ApplyPlan(apply)).map(|_| ()).map_err(|refusal| format!("{refusal:?}"))
}

/// Some of the entries, in no order of theirs.
fn some<T: Clone>(
    entries: &std::collections::BTreeMap<String, T>,
    dice: &mut Dice,
) -> std::collections::BTreeMap<String, T> {
    let kept = entries.iter().filter(|_| dice.once_in(2));
    kept.map(|(id, entry)| (id.clone(), entry.clone())).collect()
}

/// Puts a plan into force bit by bit, so that its names are numbered in another order.
fn apply_in_parts(sim: &mut Sim, plan: &Plan, dice: &mut Dice) -> Result<(), String> {
    for _ in 0..3 {
        let mut part = Plan {
            settings: plan.settings.clone(),
            channels: some(&plan.channels, dice),
            skills: some(&plan.skills, dice),
            dispositions: plan.dispositions.clone(),
            groups: some(&plan.groups, dice),
            agents: some(&plan.agents, dice),
            ..Plan::default()
        };
        // Names that are taken out again keep their numbers.
        if !part.channels.is_empty() && !part.groups.is_empty() {
            part.queues = some(&plan.queues, dice);
        }
        if part.groups.is_empty() {
            part.agents.clear();
        }
        mend(&mut part);
        apply(sim, part)?;
    }
    apply(sim, plan.clone())
}

/// The same command with every list the other way round.
fn turned(command: &Command) -> Command {
    let sets = |sets: &[SkillRanges]| sets.iter().rev().cloned().collect::<Vec<_>>();
    match command {
        Command::Enqueue(enqueue) => {
            let mut other: Enqueue = (**enqueue).clone();
            other.wants.requirement.any_of = sets(&enqueue.wants.requirement.any_of);
            for ring in &mut other.wants.rings {
                ring.drop.reverse();
                ring.groups.reverse();
            }
            Command::Enqueue(Box::new(other))
        }
        Command::Update { contact, update } => {
            let any_of = update.any_of.as_deref().map(sets);
            let update = Update { any_of, ..(**update).clone() };
            Command::Update { contact: contact.clone(), update: Box::new(update) }
        }
        other => other.clone(),
    }
}

struct Twins {
    one: Sim,
    other: Sim,
}

impl Twins {
    /// Both have decided the same since they had so many events.
    fn compare(&self, told_one: usize, told_other: usize) -> Result<(), String> {
        let decided = |sim: &Sim, from: usize| -> Vec<String> {
            sim.events()[from..].iter().filter_map(|event| told(sim.state(), event)).collect()
        };
        let (one, other) = (decided(&self.one, told_one), decided(&self.other, told_other));
        if one == other { Ok(()) } else { Err(format!("decided {one:#?}\nand {other:#?}")) }
    }

    fn both(&mut self, act: impl Fn(&mut Sim, bool)) -> Result<(), String> {
        let told = (self.one.events().len(), self.other.events().len());
        act(&mut self.one, false);
        act(&mut self.other, true);
        self.compare(told.0, told.1)
    }
}

/// Carries a case out in both.
pub fn run(case: &Case) -> Result<(), String> {
    let mut twins = Twins { one: Sim::new(START_MS), other: Sim::new(START_MS) };
    let plan = &case.plans[0];
    let mut dice = Dice::new(case.present.into(), 7, 11);
    apply(&mut twins.one, plan.clone())?;
    apply_in_parts(&mut twins.other, plan, &mut dice)?;
    for agent in case.agents_present() {
        let sign_in = Command::SignIn { agent, session: 0, ready: Some(true) };
        twins.both(|sim, _| drop(sim.run(sign_in.clone())))?;
    }
    for (fresh, op) in (1..).zip(&case.ops) {
        let by_ms = op.by_ms(twins.one.state(), twins.one.now_ms());
        if matches!(op.kind, crate::ops::Kind::Advance) {
            twins.both(|sim, _| sim.advance(by_ms))?;
        } else {
            let command = op.command(twins.one.state(), &case.plans, fresh, twins.one.now_ms());
            let other = turned(&command);
            let result =
                twins.both(|sim, turned| drop(sim.run(if turned { &other } else { &command }.clone())));
            result.map_err(|problem| format!("{command:?}: {problem}"))?;
        }
    }
    Ok(())
}
