//! What is counted and shown of surges and callbacks that an engine carries out.

use std::sync::Arc;

use super::{super::gauges, surge_of};
use crate::{
    engine::{
        command::{
            ApplyPlan, Command, Connection, Ending, Enqueue, NewCallback, RemovedQueuePolicy, Reply,
            SurgeLevel, Word,
        },
        state::State,
    },
    plan,
    proto::journal::{self as j, DialResult},
    sim::Sim,
    telemetry::{CallbackGauges, Measure, QueueGauges, Surge},
};

const PLAN: &str = r#"
[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "20s"
[channels.chat]
kind = "messaging"
units = 30
offer_timeout = "20s"
[surges.busy]
hold = "10s"
steps = [{ do = "message", text = { default = "{ahead}" } }]
levels = [
    { on = { waiting = 2 }, off = { waiting = 0 }, steps = [{ do = "offer_callback", text = { default = "?" } }] },
    { on = { waiting = 90 }, off = { waiting = 50 }, steps = [{ do = "wrap_up", limit = "5s" }, { do = "wrap_up", limit = "3s" }] },
]
[queues.busy]
channels = ["phone"]
objective = "20s"
surge = "busy"
[queues.busy.callback]
offer = "always"
attempts = 2
spacing = ["1m"]
[queues.first]
channels = ["phone"]
objective = "20s"
[queues.first.callback]
mode = "customer_first"
offer = "always"
attempts = 2
spacing = ["1m"]
dial_timeout = "30s"
[surges.over]
steps = [{ do = "overflow", queue = "spare" }]
[queues.over]
channels = ["phone"]
objective = "20s"
surge = "over"
[surges.back]
steps = [{ do = "overflow", queue = "over" }]
[queues.spare]
channels = ["phone"]
objective = "20s"
[surges.bot]
steps = [{ do = "bot", gateway = "bot", after = "0s", at_most = 2 }]
[queues.talk]
channels = ["chat"]
objective = "20s"
surge = "bot"
[groups.all]
[agents.a1]
groups = ["all"]
"#;

/// Replays what an engine did, and tells what was counted.
fn counted(sim: &Sim) -> Vec<(Arc<str>, Surge)> {
    let (mut state, mut told) = (State::default(), Vec::new());
    for event in sim.events() {
        let effect = state.evolve(event);
        let kind = event.kind.as_ref().expect("a kind");
        surge_of(&state, kind, &effect, &mut |measure| match measure {
            Measure::Surge { queue, surge } => told.push((queue, surge)),
            other => panic!("{other:?}"),
        });
    }
    told
}

/// The same of one queue.
fn counted_of(sim: &Sim, of: &str) -> Vec<Surge> {
    counted(sim).into_iter().filter(|(queue, _)| &**queue == of).map(|(_, surge)| surge).collect()
}

fn run(sim: &mut Sim, command: Command) -> Reply {
    let told = format!("{command:?}");
    sim.run(command).unwrap_or_else(|refusal| panic!("{told}: {refusal:?}"))
}

fn apply(sim: &mut Sim, document: &str) {
    let plan = Box::new(plan::parse(document).expect("a plan"));
    let removed_queues = RemovedQueuePolicy::Refuse;
    run(
        sim,
        Command::ApplyPlan(ApplyPlan { plan, expected_revision: 0, validate_only: false, removed_queues }),
    );
}

/// An engine without steps that are in force at every level.
fn desk() -> Sim {
    let mut sim = Sim::new(1_000_000);
    apply(&mut sim, PLAN);
    run(&mut sim, Command::GatewayAlive { gateway: "g".to_owned(), lease_ms: 0 });
    sim
}

fn enqueue(sim: &mut Sim, id: &str, channel: &str, queue: &str) {
    let contact = Enqueue {
        id: id.to_owned(),
        gateway: "g".to_owned(),
        channel: channel.to_owned(),
        queue: queue.to_owned(),
        ..Enqueue::default()
    };
    run(sim, Command::Enqueue(Box::new(contact)));
}

fn callback(sim: &mut Sim, id: &str, contact: &str, queue: &str) {
    let customer = j::Sealed { key: 0, data: Vec::new(), lookup: u64::from(id.as_bytes()[0]) };
    let new = NewCallback {
        id: id.to_owned(),
        contact: contact.to_owned(),
        gateway: if contact.is_empty() { "g".to_owned() } else { String::new() },
        channel: if contact.is_empty() { "phone".to_owned() } else { String::new() },
        queue: queue.to_owned(),
        category: String::new(),
        language: String::new(),
        case_id: String::new(),
        priority: 0,
        customer,
        number: u64::from(id.as_bytes()[0]),
        window: None,
        zone: String::new(),
        agent: String::new(),
        fingerprint: u64::from(id.as_bytes()[1]),
    };
    run(sim, Command::RequestCallback(Box::new(new)));
}

fn level(sim: &mut Sim, level: u32) {
    let until_s = sim.state().wall_s(sim.now_ms()) + 3_600;
    let word = Word { supervisor: String::new(), reason: "test".to_owned() };
    let state = Some(SurgeLevel { level, until_s });
    run(sim, Command::SetSurgeLevel { queue: "busy".to_owned(), state, word });
}

fn of_queue(sim: &Sim, queue: &str) -> QueueGauges {
    let gauges = gauges::of(sim.state(), sim.now_ms());
    gauges.queues.into_iter().find(|known| &*known.queue == queue).expect("a queue")
}

#[test]
fn levels_steps_and_what_is_told_are_counted_and_shown() {
    let mut sim = desk();
    sim.advance(1_000);
    enqueue(&mut sim, "c1", "phone", "busy");
    enqueue(&mut sim, "c2", "phone", "busy");
    sim.advance(1_000);
    level(&mut sim, 2);
    let surge = of_queue(&sim, "busy").surge.expect("a plan");
    assert_eq!((surge.level, surge.by_hand), (2, true));
    assert_eq!(surge.steps, [("message", 1), ("offer_callback", 1), ("wrap_up", 2)].into());
    level(&mut sim, 0);
    let word = Word { supervisor: String::new(), reason: "test".to_owned() };
    run(&mut sim, Command::SetSurgeLevel { queue: "busy".to_owned(), state: None, word });
    let surge = of_queue(&sim, "busy").surge.expect("a plan");
    assert_eq!((surge.level, surge.by_hand, surge.steps), (0, false, [("message", 1)].into()));
    assert_eq!(of_queue(&sim, "spare").surge, None);
    // That the word ended leaves the level as it is, which is no change of it.
    let expected = [
        Surge::Step(0, "message", "taken"),
        Surge::Level(1, "rose", "waiting"),
        Surge::Step(1, "offer_callback", "taken"),
        Surge::Told("message", 2),
        Surge::Told("callback_offer", 2),
        Surge::Level(2, "rose", "by_hand"),
        Surge::Step(2, "wrap_up", "taken"),
        Surge::Step(2, "wrap_up", "taken"),
        Surge::Level(0, "fell", "by_hand"),
        Surge::Step(2, "wrap_up", "undone"),
        Surge::Step(2, "wrap_up", "undone"),
        Surge::Step(1, "offer_callback", "undone"),
    ];
    assert_eq!(counted_of(&sim, "busy"), expected);
}

#[test]
fn who_goes_on_and_who_has_to_stay_is_counted() {
    let mut sim = desk();
    sim.advance(1_000);
    // Somebody is there, though not now: nobody is moved on to where nobody serves.
    run(&mut sim, Command::SignIn { agent: "a1".to_owned(), session: 0, ready: Some(false) });
    enqueue(&mut sim, "c1", "phone", "over");
    sim.advance(2_000);
    let taken = Surge::Step(0, "overflow", "taken");
    assert_eq!(counted_of(&sim, "over"), [taken.clone(), Surge::Overflowed("spare".into())]);
    // The other way round: who has been there stays, and is counted once.
    apply(
        &mut sim,
        &PLAN.replace("surge = \"over\"", "").replace("[queues.spare]", "[queues.spare]\nsurge = \"back\""),
    );
    sim.advance(5_000);
    assert_eq!(counted_of(&sim, "spare"), [taken, Surge::OverflowStopped("loop")]);
}

#[test]
fn who_goes_to_a_bot_is_counted() {
    let mut sim = desk();
    run(&mut sim, Command::GatewayAlive { gateway: "bot".to_owned(), lease_ms: 0 });
    enqueue(&mut sim, "c1", "chat", "talk");
    sim.advance(1_000);
    assert_eq!(counted_of(&sim, "talk"), [Surge::Step(0, "bot", "taken"), Surge::Deflected]);
}

#[test]
fn callbacks_and_attempts_are_counted_by_how_they_end() {
    let mut sim = desk();
    callback(&mut sim, "k1", "", "first");
    callback(&mut sim, "k2", "", "first");
    callback(&mut sim, "j1", "", "first");
    let open = of_queue(&sim, "first").callbacks;
    assert_eq!(open, Some(CallbackGauges { pending: 0, in_line: 2 }));
    assert_eq!(of_queue(&sim, "spare").callbacks, None);
    run(&mut sim, Command::SignIn { agent: "a1".to_owned(), session: 0, ready: Some(true) });
    sim.advance(1_000);
    let dial = |result| Command::ReportDial { contact: "callback:k1:1".to_owned(), attempt: 1, result };
    run(&mut sim, dial(DialResult::Answered));
    let offer = sim.state().assignments().last().expect("an offer");
    let (offer, epoch) = (offer.offer, offer.epoch);
    run(&mut sim, Command::Accept { agent: "a1".to_owned(), offer, epoch });
    sim.advance(1_000);
    let (contact, result) = ("callback:k1:1".to_owned(), Connection::Connected);
    run(&mut sim, Command::ReportConnection { contact: contact.clone(), offer, epoch, result });
    let (agent, ending) = (Some("a1".to_owned()), Ending::default());
    run(&mut sim, Command::Complete { agent, contact, ending, promise: None });
    // Nobody says anything of the other one, twice.
    sim.advance(200_000);
    let expected = [
        Surge::Callback("made"),
        Surge::Callback("merged"),
        Surge::Callback("made"),
        Surge::Callback("reached"),
        Surge::Attempt("reached"),
        Surge::Reached(2_000),
        Surge::Attempt("timeout"),
        Surge::Attempt("timeout"),
        Surge::Callback("exhausted"),
    ];
    assert_eq!(counted_of(&sim, "first"), expected);
    assert_eq!(of_queue(&sim, "first").callbacks, Some(CallbackGauges::default()));
}
