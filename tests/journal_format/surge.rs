//! A surge in the history: a level set by hand with rings, a message, callback offers and a bot; one who was with the
//! bot before and is passed by; a callback that is merged, dialled and answered; and how it all ends.

use kefud::{
    engine::{
        command::{BotLeaving, Command, FromBot, NewCallback, SurgeLevel, Word},
        state::State,
    },
    plan,
    proto::journal::{self as j, ContactEnd, ContactStage, DialResult, Dialling, PlanKind, PromiseStage},
    sim::Sim,
};

use super::{apply, new_contact, run};

const SECOND: u64 = 1_000;

const RUSH: &str = r#"
[surges.rush]
hold = "10s"
levels = [{ on = { waiting = 20 }, off = { waiting = 15 }, steps = [
    { do = "open_rings", rings = 1 },
    { do = "message", text = { default = "{ahead} ahead of you" } },
    { do = "offer_callback", text = { default = "shall we call back?" } },
    { do = "bot", gateway = "helper", at_most = 5 },
    { do = "cap", waiting = 30, retry = "1m" },
] }]
[queues.rush]
channels = ["phone", "wechat"]
objective = "1m"
groups = ["core_wechat"]
rings = [{ after = "10m", groups = ["reserve"] }]
surge = "rush"
callback = { mode = "customer_first" }
"#;

fn enqueue(sim: &mut Sim, id: &str, channel: &str) {
    let mut contact = new_contact(id, channel);
    contact.category = String::new();
    contact.queue = "rush".to_owned();
    run(sim, Command::Enqueue(Box::new(contact)));
}

fn level(sim: &mut Sim, level: Option<u32>) {
    let until_s = sim.state().wall_s(sim.now_ms()) + 3_600;
    let state = level.map(|level| SurgeLevel { level, until_s });
    let word = Word { supervisor: "boss".to_owned(), reason: "holiday".to_owned() };
    run(sim, Command::SetSurgeLevel { queue: "rush".to_owned(), state, word });
}

fn call_back(sim: &mut Sim, id: &str, contact: &str) {
    let callback = NewCallback {
        id: id.to_owned(),
        contact: contact.to_owned(),
        gateway: String::new(),
        channel: String::new(),
        queue: String::new(),
        category: String::new(),
        language: String::new(),
        case_id: String::new(),
        priority: 0,
        customer: j::Sealed { key: 0, data: b"555".to_vec(), lookup: 0 },
        number: 555,
        window: None,
        zone: "Asia/Shanghai".to_owned(),
        agent: String::new(),
        fingerprint: 1,
    };
    run(sim, Command::RequestCallback(Box::new(callback)));
}

pub fn surge(sim: &mut Sim) {
    let rush = plan::parse(&format!("{}{RUSH}", plan::SAMPLE)).expect("a plan");
    let mut plan = plan::Plan::clone(sim.state().plan());
    plan.surges.insert("rush".to_owned(), rush.surges["rush"].clone());
    plan.queues.insert("rush".to_owned(), rush.queues["rush"].clone());
    apply(sim, &plan);
    for gateway in ["pbx", "helper"] {
        run(sim, Command::GatewayAlive { gateway: gateway.to_owned(), lease_ms: 0 });
    }
    level(sim, Some(1));
    enqueue(sim, "told", "wechat");
    sim.advance(2 * SECOND);
    let back = FromBot {
        queue: String::new(),
        category: None,
        skills: None,
        preferred_skills: None,
        priority: None,
        customer: None,
    };
    let leaving = BotLeaving::HandedOver(Box::new(back));
    run(sim, Command::ReturnFromBot { contact: "told".to_owned(), bot: "helper".to_owned(), leaving });
    for call in ["first", "second"] {
        enqueue(sim, call, "phone");
    }
    sim.advance(2 * SECOND);
    call_back(sim, "called", "first");
    call_back(sim, "again", "second");
    run(sim, Command::Cancel { contact: "told".to_owned() });
    // Whoever is free next would go to this one, if the callback were not dialled.
    enqueue(sim, "behind", "phone");
    sim.advance(2 * SECOND);
    let contact = "callback:called:1".to_owned();
    run(sim, Command::ReportDial { contact, attempt: 1, result: DialResult::Answered });
    run(sim, Command::Cancel { contact: "behind".to_owned() });
    level(sim, None);
    sim.advance(12 * SECOND);
    run(sim, Command::Cancel { contact: "callback:called:1".to_owned() });
    enqueue(sim, "last", "phone");
    sim.advance(2 * SECOND);
}

/// How it all ends.
pub fn check(state: &State) {
    let queue = state.names().number(PlanKind::Queue, "rush").expect("a queue");
    let record = state.surge(queue).expect("it was in a surge");
    assert_eq!((record.level, record.steps.len(), record.linger_rings), (0, 0, 0));
    assert_eq!(record.override_record, None);
    let end = |id: &str| state.contact_by_id(id).expect("it is kept").ended().end();
    assert_eq!(end("told"), ContactEnd::CustomerLeft);
    assert_eq!([end("first"), end("second")], [ContactEnd::CallbackRequested; 2]);
    let called = state.contact_by_id("callback:called:1").expect("it is kept");
    assert_eq!((called.stage(), called.talk().dialling()), (ContactStage::Closed, Dialling::Answered));
    assert_eq!(called.ended().end(), ContactEnd::CustomerLeft);
    let callback = state.callback_by_id("called").expect("it is kept");
    let own = callback.callback.as_deref().expect("its own part");
    assert_eq!((callback.stage(), own.attempts, own.merged), (PromiseStage::Pending, 1, 1));
    let first = state.contact_by_id("first").expect("it is kept");
    assert_eq!(own.arrival_ms, first.enqueued_ms);
    assert!(state.flow(queue).is_some(), "its pace was measured");
    assert_eq!(state.contact_by_id("last").map(j::ContactRecord::stage), Some(ContactStage::Waiting));
}
