//! What is counted of conversations that are carried on by an engine.

use super::talk_of;
use crate::{
    engine::{
        Sink,
        command::{
            Activity, ApplyPlan, Command, Ending, Enqueue, Hand, Intervention, NewPromise, PromiseChange,
            PromiseDue, RemovedQueuePolicy, Target,
        },
        evolve::Effect,
        state::State,
    },
    plan,
    proto::journal::Event,
    sim::Sim,
    telemetry::{Measure, Talk},
};

const PLAN: &str = include_str!("../../../tests/common/conversations.toml");
const MINUTE_MS: u64 = 60_000;

/// Replays what an engine did, and tells what was counted of these.
fn counted(sim: &Sim, of: fn(&Talk) -> Option<&'static str>) -> Vec<&'static str> {
    struct Measures(Vec<Talk>);
    impl Sink for Measures {
        fn event(&mut self, state: &State, event: Event, effect: Effect) {
            let Some(kind) = &event.kind else { return };
            talk_of(state, kind, &effect, &mut |measure| match measure {
                Measure::Talk { talk, .. } => self.0.push(talk),
                other => panic!("{other:?}"),
            });
        }
    }
    let (mut state, mut measures) = (State::default(), Measures(Vec::new()));
    for event in sim.events() {
        let effect = state.evolve(event);
        measures.event(&state, event.clone(), effect);
    }
    measures.0.iter().filter_map(of).collect()
}

fn run(sim: &mut Sim, command: Command) {
    let told = format!("{command:?}");
    sim.run(command).unwrap_or_else(|refusal| panic!("{told}: {refusal:?}"));
}

fn accept(sim: &mut Sim) {
    let offer = sim.state().assignments().last().unwrap();
    let (offer, epoch) = (offer.offer, offer.epoch);
    run(sim, Command::Accept { agent: "a1".to_owned(), offer, epoch });
}

/// a1 has a contact of this channel.
fn served(channel: &str) -> Sim {
    let mut sim = Sim::new(1_000);
    let apply = ApplyPlan {
        plan: Box::new(plan::parse(PLAN).unwrap()),
        expected_revision: 0,
        validate_only: false,
        removed_queues: RemovedQueuePolicy::Refuse,
    };
    run(&mut sim, Command::ApplyPlan(apply));
    run(&mut sim, Command::SignIn { agent: "a1".to_owned(), session: 0, ready: Some(true) });
    let contact = Enqueue {
        id: "c1".to_owned(),
        gateway: "g".to_owned(),
        channel: channel.to_owned(),
        queue: "general".to_owned(),
        ..Enqueue::default()
    };
    run(&mut sim, Command::Enqueue(Box::new(contact)));
    accept(&mut sim);
    sim
}

#[test]
fn every_end_of_parking_is_counted_by_its_way() {
    let c1 = || "c1".to_owned();
    let wrote =
        || Command::RecordActivity { contact: c1(), activity: Activity::CustomerMessage, check_only: false };
    let intervene = |action| Command::Intervene {
        contact: c1(),
        supervisor: String::new(),
        reason: "x".to_owned(),
        action,
    };
    let complete = |agent: Option<String>| Command::Complete {
        agent,
        contact: c1(),
        ending: Ending::default(),
        promise: None,
    };
    let moved = Command::Transfer {
        agent: None,
        contact: c1(),
        target: Target::Queue("experts".to_owned()),
        other_channel: None,
    };
    let ways = [
        ("qq", None, "idle"),
        ("wechat", Some(wrote()), "resumed"),
        ("webchat", Some(wrote()), "returned"),
        ("qq", Some(Command::Pull { agent: "a1".to_owned(), contact: c1() }), "pulled"),
        ("qq", Some(moved), "moved"),
        ("qq", Some(intervene(Intervention::Requeue { queue: String::new(), fresh: false })), "moved"),
        ("qq", Some(intervene(Intervention::End { disposition: String::new() })), "closed"),
        ("qq", Some(Command::Cancel { contact: c1() }), "closed"),
        ("qq", Some(complete(None)), "closed"),
        ("qq", Some(complete(Some("a1".to_owned()))), "closed"),
    ];
    for (channel, command, way) in ways {
        let mut sim = served(channel);
        sim.advance(10 * MINUTE_MS);
        let told = format!("{channel}: {command:?}");
        match command {
            Some(command) => run(&mut sim, command),
            None => sim.advance(60 * MINUTE_MS),
        }
        let ended = counted(&sim, |talk| match talk {
            Talk::ParkedEnded(way) => Some(*way),
            _ => None,
        });
        assert_eq!(ended, [way], "{told}");
    }
    // What was never parked ends no parking.
    let mut sim = served("qq");
    run(&mut sim, complete(None));
    assert!(counted(&sim, |talk| matches!(talk, Talk::ParkedEnded(_)).then_some("")).is_empty());
}

#[test]
fn a_promise_that_is_missed_twice_is_broken_once() {
    let mut sim = served("email");
    let promise = NewPromise {
        id: "p1".to_owned(),
        due: PromiseDue::After(120 * MINUTE_MS),
        agent: String::new(),
        queue: "follow".to_owned(),
        channel: String::new(),
        gateway: String::new(),
        priority: 0,
        note: String::new(),
        fingerprint: 1,
    };
    let (agent, contact) = ("a1".to_owned(), "c1".to_owned());
    run(&mut sim, Command::MakePromise { agent, contact, promise: Box::new(promise) });
    let away = Command::SetAvailability { agent: "a1".to_owned(), ready: false, reason: String::new() };
    run(&mut sim, away);
    let overdue = |sim: &Sim| sim.state().overdue_promises(sim.now_ms()).count();
    let queue = |sim: &Sim| sim.state().promise_by_id("p1").unwrap().queue;
    for _ in 0..2 {
        assert_eq!(overdue(&sim), 0);
        sim.advance(121 * MINUTE_MS);
        assert_eq!(overdue(&sim), 1);
        run(
            &mut sim,
            Command::ChangePromise {
                by: Hand::Supervisor(String::new()),
                promise: "p1".to_owned(),
                change: PromiseChange::Move(PromiseDue::After(120 * MINUTE_MS)),
                reason: "x".to_owned(),
            },
        );
    }
    assert_eq!((overdue(&sim), sim.state().open_promises_of(queue(&sim))), (0, 1));
    let told = counted(&sim, |talk| match talk {
        Talk::PromiseMade => Some("made"),
        Talk::PromiseBroken => Some("broken"),
        Talk::PromiseEnded(word) => Some(*word),
        _ => None,
    });
    assert_eq!(told, ["made", "broken"]);
}
