//! The journal's format is kept: what an earlier version wrote is replayed by this one. Each fixture holds
//! one history in which every kind of event of its time happens, an event a line in hexadecimal.
//!
//! A change of the format adds a fixture beside the old ones and never changes them. To write one, run
//! with `KEFUD_WRITE_FIXTURE=path`; the test then fails, so that this can't pass for a check.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "journal_format/names.rs"]
mod names;
#[path = "journal_format/shifts.rs"]
mod shifts;
#[path = "journal_format/surge.rs"]
mod surge;
#[path = "journal_format/talk.rs"]
mod talk;

use std::collections::BTreeSet;

use kefud::{
    engine::{
        command::{
            ApplyPlan, Command, Connection, Ending, Enqueue, RemovedQueuePolicy, RequestKey, Target, Update,
            Wants,
        },
        state::State,
    },
    plan::{
        self,
        model::{LevelRange, Requirement, Ring},
    },
    proto::journal::{self as j, ContactStage},
    sim::Sim,
};
use names::kind_name;
use prost::Message;

/// The first.
const JOURNAL_1: &str = include_str!("fixtures/journal-1.hex");
/// With rings, keeping, and what contacts want.
const JOURNAL_2: &str = include_str!("fixtures/journal-2.hex");

/// With conversations.
const JOURNAL_3: &str = include_str!("fixtures/journal-3.hex");
/// With whose hand changed promises, windows in transfers, and legs with hand-overs.
const JOURNAL_4: &str = include_str!("fixtures/journal-4.hex");
/// With shifts, and hours of queues.
const JOURNAL_5: &str = include_str!("fixtures/journal-5.hex");
/// With surges and callbacks.
const JOURNAL_6: &str = include_str!("fixtures/journal-6.hex");

fn events(fixture: &str) -> impl Iterator<Item = j::Event> {
    fixture.lines().map(|line| j::Event::decode(unhex(line).as_slice()).expect("an event"))
}

fn replayed(fixture: &str, kinds_expected: usize) -> State {
    let mut state = State::default();
    let mut kinds = BTreeSet::new();
    for (number, event) in events(fixture).enumerate() {
        kinds.insert(kind_name(event.kind.as_ref().expect("a kind")));
        state.evolve(&event);
        assert_eq!(state.fault(), None, "line {}", number + 1);
    }
    assert_eq!(kinds.len(), kinds_expected, "the fixture has every kind: {kinds:?}");
    state
}

#[test]
fn a_history_of_before_rings_is_replayed() {
    let state = replayed(JOURNAL_1, 24);
    check_first(&state, ContactStage::Waiting);
    assert!(state.agent_by_id("a1001").is_some_and(|agent| agent.record.session == 0));
}

#[test]
fn a_history_with_rings_is_replayed() {
    let state = replayed(JOURNAL_2, 27);
    check_first(&state, ContactStage::Offered);
    let picky = state.contact_by_id("picky").expect("it is there");
    assert_eq!((picky.ring, picky.kept_for()), (2, 0));
    let wants = picky.wants.as_ref().expect("its wants");
    assert_eq!((wants.required.len(), wants.any_of.len(), wants.rings.len()), (1, 1, 2));
}

#[test]
fn a_history_with_conversations_is_replayed() {
    let (_, by) = check_conversations(JOURNAL_3);
    assert_eq!(by, None);
}

#[test]
fn a_history_with_hands_is_replayed() {
    let (state, by) = check_conversations(JOURNAL_4);
    let handed = state.contact_by_id("talk").map(|record| record.talk().legs[2].end());
    assert_eq!(handed, Some(j::LegEnd::HandedOver));
    let switched = state.contact_by_id("switched").expect("it is there");
    assert_eq!(switched.window(), Some(&j::Window::default()));
    assert_eq!(by, Some(j::PromiseHand { agent: 0, supervisor: "boss".to_owned() }));
}

#[test]
fn a_history_with_shifts_is_replayed() {
    let events: Vec<j::Event> = events(JOURNAL_5).collect();
    shifts::check(&replayed(JOURNAL_5, 49), &events);
}

#[test]
fn a_history_with_a_surge_is_replayed() {
    surge::check(&replayed(JOURNAL_6, 58));
}

/// Returns also by whom a promise was cancelled.
fn check_conversations(fixture: &str) -> (State, Option<j::PromiseHand>) {
    let state = replayed(fixture, 42);
    let talk = state.contact_by_id("talk").expect("it is there");
    assert!(talk.talk().legs.len() > 2, "{:?}", talk.talk().legs);
    assert_eq!(talk.talk().responses, 1);
    let late = state.promise_by_id("late").expect("it is there");
    assert_eq!((late.stage(), late.broken, late.moves), (j::PromiseStage::Entered, true, 1));
    let dropped = state.promise_by_id("dropped").expect("it is there");
    assert_eq!(dropped.end(), j::PromiseEnd::Cancelled);
    assert_eq!(dropped.reason, "asked");
    let by = dropped.by.as_deref().cloned();
    (state, by)
}

fn check_first(state: &State, chat: ContactStage) {
    let stage = |id: &str| state.contact_by_id(id).map(|record| (record.stage(), record.ended().end()));
    assert_eq!(stage("call"), Some((ContactStage::Closed, j::ContactEnd::AgentCompleted)));
    assert_eq!(stage("lost"), Some((ContactStage::Closed, j::ContactEnd::GatewayLost)));
    assert_eq!(stage("chat").map(|(stage, _)| stage), Some(chat));
    assert_eq!(state.contact_by_id("chat").unwrap().priority, 7);
    assert_eq!(state.names().id(state.contact_by_id("chat").unwrap().queue), "consultation");
    assert_eq!(state.plan_revision(), 2);
    assert_eq!(state.wall_offset_ms(), -5);
}

/// The next fixture is written from it.
#[test]
fn every_kind_of_event_is_in_the_history() {
    let events = history();
    let kinds: BTreeSet<&str> =
        events.iter().filter_map(|event| event.kind.as_ref()).map(kind_name).collect();
    if let Ok(path) = std::env::var("KEFUD_WRITE_FIXTURE") {
        let lines: Vec<String> = events.iter().map(|event| hex(&event.encode_to_vec()) + "\n").collect();
        std::fs::write(&path, lines.concat()).unwrap();
        panic!("wrote {path}; run again without KEFUD_WRITE_FIXTURE");
    }
    assert_eq!(kinds.len(), 58, "{kinds:?}");
}

fn history() -> Vec<j::Event> {
    let mut sim = Sim::new(1_000_000);
    let mut plan = plan::parse(plan::SAMPLE).unwrap();
    apply(&mut sim, &plan);
    run(&mut sim, Command::ObserveClock { wall_offset_ms: -5 });
    plan.settings.missed_limit = 2;
    apply(&mut sim, &plan);
    let agent = "a1001".to_owned();
    run(&mut sim, Command::GatewayAlive { gateway: "pbx".to_owned(), lease_ms: 300_000 });
    run(&mut sim, Command::SignIn { agent: agent.clone(), session: 0, ready: Some(true) });
    enqueue(&mut sim, "call", "phone");
    let (offer, epoch) = offer_of(&sim, "call");
    run(&mut sim, Command::Decline { agent: agent.clone(), offer, epoch });
    sim.advance(70_000);
    let (offer, epoch) = offer_of(&sim, "call");
    run(&mut sim, Command::Accept { agent: agent.clone(), offer, epoch });
    let result = Connection::Connected;
    run(&mut sim, Command::ReportConnection { contact: "call".to_owned(), offer, epoch, result });
    let ending = |disposition: &str| Ending { disposition: disposition.to_owned(), resolution: 1 };
    let complete = |disposition| Command::Complete {
        agent: Some("a1001".to_owned()),
        contact: "call".to_owned(),
        ending: ending(disposition),
        promise: None,
    };
    run(&mut sim, complete("resolved"));
    run(&mut sim, complete("spam"));
    run(&mut sim, Command::FinishWrapUp { agent: agent.clone(), contact: "call".to_owned() });
    enqueue(&mut sim, "moved", "phone");
    let (offer, epoch) = offer_of(&sim, "moved");
    run(&mut sim, Command::Accept { agent: agent.clone(), offer, epoch });
    let result = Connection::AgentUnreachable;
    run(&mut sim, Command::ReportConnection { contact: "moved".to_owned(), offer, epoch, result });
    let target = Target::Queue("complaints".to_owned());
    run(
        &mut sim,
        Command::Transfer { agent: None, contact: "moved".to_owned(), target, other_channel: None },
    );
    enqueue(&mut sim, "chat", "wechat");
    let update = Update { priority: Some(7), ..Update::default() };
    let request = RequestKey { id: "request".to_owned(), fingerprint: 42 };
    let command = Command::Update { contact: "chat".to_owned(), update: Box::new(update) };
    sim.step(Some(&request), command).0.unwrap();
    let session = sim.state().agent_by_id("a1001").unwrap().record.session;
    run(&mut sim, Command::AgentStreamLost { agent: agent.clone(), session });
    run(&mut sim, Command::SignIn { agent, session, ready: None });
    run(&mut sim, Command::GatewayAlive { gateway: "pbx".to_owned(), lease_ms: 5_000 });
    enqueue(&mut sim, "lost", "phone");
    run(&mut sim, Command::Start);
    sim.advance(120_000);
    rings(&mut sim);
    talk::conversations(&mut sim);
    shifts::shifts(&mut sim);
    shifts::check(sim.state(), sim.events());
    surge::surge(&mut sim);
    surge::check(sim.state());
    sim.events().to_vec()
}

/// A contact that is kept for one agent, then declined by everybody; one that asks for a lot, less and less.
fn rings(sim: &mut Sim) {
    let sign_in =
        |agent: &str, ready| Command::SignIn { agent: agent.to_owned(), session: 0, ready: Some(ready) };
    run(sim, sign_in("a4001", false));
    let mut kept = new_contact("kept", "wechat");
    kept.queue = "vip".to_owned();
    kept.wants.preferred_agent = "a4001".to_owned();
    run(sim, Command::Enqueue(Box::new(kept)));
    sim.advance(16_000);
    let agent = "a4001".to_owned();
    run(sim, Command::SignOut { agent, session: 0, return_contacts: false });
    for agent in ["a1001", "a2001"] {
        run(sim, sign_in(agent, true));
        let (offer, epoch) = offer_of(sim, "kept");
        run(sim, Command::Decline { agent: agent.to_owned(), offer, epoch });
    }
    let skill = |id: &str, min| (id.to_owned(), LevelRange::at_least(min));
    let ring = |after_ms, drop: &str| Ring {
        after_ms,
        drop: vec![drop.to_owned()],
        lower: [].into(),
        groups: vec!["reserve".to_owned()],
    };
    let mut picky = new_contact("picky", "phone");
    picky.wants = Wants {
        requirement: Requirement {
            skills: [skill("english", 9)].into(),
            any_of: vec![[skill("cantonese", 10)].into()],
            ..Requirement::default()
        },
        rings: vec![ring(10_000, "english"), ring(20_000, "mandarin")],
        preferred_agent: String::new(),
    };
    run(sim, Command::Enqueue(Box::new(picky)));
    sim.advance(31_000);
}

fn run(sim: &mut Sim, command: Command) {
    let shown = format!("{command:?}");
    if let Err(refusal) = sim.run(command) {
        panic!("{shown}: {refusal:?}");
    }
}

fn apply(sim: &mut Sim, plan: &plan::Plan) {
    let apply = ApplyPlan {
        plan: Box::new(plan.clone()),
        expected_revision: 0,
        validate_only: false,
        removed_queues: RemovedQueuePolicy::Refuse,
    };
    run(sim, Command::ApplyPlan(apply));
}

fn new_contact(id: &str, channel: &str) -> Enqueue {
    Enqueue {
        id: id.to_owned(),
        gateway: "pbx".to_owned(),
        channel: channel.to_owned(),
        category: "consultation".to_owned(),
        ..Enqueue::default()
    }
}

fn enqueue(sim: &mut Sim, id: &str, channel: &str) {
    run(sim, Command::Enqueue(Box::new(new_contact(id, channel))));
}

fn offer_of(sim: &Sim, contact: &str) -> (u64, u32) {
    let record = sim.state().contact_by_id(contact).unwrap();
    let leg = sim.state().assignment(record.offer).expect("it is offered");
    (leg.offer, leg.epoch)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(line: &str) -> Vec<u8> {
    (0..line.len()).step_by(2).map(|at| u8::from_str_radix(&line[at..at + 2], 16).unwrap()).collect()
}
