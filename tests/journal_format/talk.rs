//! Conversations in the history: a chat with a bot that is asked about, handed over, parked and resumed; a promise
//! that is moved, escalates and is broken; feedback, judgements and a supervisor.

use kefud::{
    engine::command::{
        Activity, BotLeaving, ByChannel, Command, ConsultAction, ConsultTarget, Ending, Enqueue, Feedback,
        FromBot, Hand, Intervention, NewPromise, PromiseChange, PromiseDue, Target, Update,
    },
    proto::journal as j,
    sim::Sim,
};

use super::{new_contact, offer_of, run};

const SECOND: u64 = 1_000;
const HOUR: u64 = 3_600 * SECOND;

fn says(sim: &mut Sim, contact: &str, activity: Activity) {
    let contact = contact.to_owned();
    run(sim, Command::RecordActivity { contact, activity, check_only: false });
}

fn known(id: &str, channel: &str) -> Enqueue {
    let customer = j::Sealed { key: 0, data: vec![7], lookup: 42 };
    Enqueue { customer, ..new_contact(id, channel) }
}

/// They may have missed offers meanwhile.
fn ready(sim: &mut Sim) {
    for agent in ["a2002", "a2003"] {
        let (agent, reason) = (agent.to_owned(), String::new());
        run(sim, Command::SetAvailability { agent, ready: true, reason });
    }
}

/// Whoever has been offered the contact accepts it. Returns who.
fn accept(sim: &mut Sim, contact: &str) -> String {
    let (offer, epoch) = offer_of(sim, contact);
    let number = sim.state().assignment(offer).expect("an offer").agent;
    let agent = sim.state().names().id(number).to_owned();
    run(sim, Command::Accept { agent: agent.clone(), offer, epoch });
    agent
}

pub fn conversations(sim: &mut Sim) {
    run(sim, Command::GatewayAlive { gateway: "pbx".to_owned(), lease_ms: 300_000 });
    for agent in ["a2002", "a2003"] {
        run(sim, Command::SignIn { agent: agent.to_owned(), session: 0, ready: Some(true) });
    }
    chat(sim);
    promised(sim);
    switched(sim);
}

/// From a call to a channel by which the customer has yet to write.
fn switched(sim: &mut Sim) {
    let contact = "switched".to_owned();
    run(sim, Command::Enqueue(Box::new(known("switched", "phone"))));
    let target = Target::Queue("consultation".to_owned());
    let other_channel = Some(ByChannel { channel: "wechat".to_owned(), gateway: "wechat".to_owned() });
    run(sim, Command::Transfer { agent: None, contact, target, other_channel });
}

fn chat(sim: &mut Sim) {
    let talk = "talk".to_owned();
    let bot = "bot".to_owned();
    run(sim, Command::Enqueue(Box::new(Enqueue { bot: bot.clone(), ..known("talk", "wechat") })));
    says(sim, "talk", Activity::AutomaticMessage);
    let leaving = BotLeaving::HandedOver(Box::new(FromBot { priority: Some(5), ..FromBot::default() }));
    run(sim, Command::ReturnFromBot { contact: talk.clone(), bot: bot.clone(), leaving });
    run(sim, Command::HandToBot { contact: talk.clone(), bot: bot.clone() });
    let leaving = BotLeaving::HandedOver(Box::default());
    run(sim, Command::ReturnFromBot { contact: talk.clone(), bot, leaving });
    let first = accept(sim, "talk");
    let other = if first == "a2002" { "a2003" } else { "a2002" };
    run(
        sim,
        Command::StartConsult {
            agent: first.clone(),
            contact: talk.clone(),
            consult: "ask".to_owned(),
            target: ConsultTarget::Agent(other.to_owned()),
            customer: j::Sealed::default(),
            fingerprint: 1,
        },
    );
    accept(sim, "ask");
    for action in [ConsultAction::Join, ConsultAction::HandOver] {
        run(sim, Command::ChangeConsult { agent: first.clone(), consult: "ask".to_owned(), action });
    }
    says(sim, "talk", Activity::AgentMessage);
    // It falls silent, and the customer writes again.
    sim.advance(HOUR);
    ready(sim);
    says(sim, "talk", Activity::CustomerMessage);
    // Nobody answers until the platform's window nears its end.
    sim.advance(47 * HOUR);
}

fn promised(sim: &mut Sim) {
    let call = "kept-word".to_owned();
    run(sim, Command::Enqueue(Box::new(known("kept-word", "wechat"))));
    let update = Update { priority: Some(9), ..Update::default() };
    let action = Intervention::Change(Box::new(update));
    let (supervisor, reason) = ("boss".to_owned(), "urgent".to_owned());
    run(sim, Command::Intervene { contact: call.clone(), supervisor, reason, action });
    ready(sim);
    let agent = accept(sim, "kept-word");
    let promise = |id: &str, due| {
        Box::new(NewPromise {
            id: id.to_owned(),
            due,
            agent: String::new(),
            queue: "follow_up".to_owned(),
            channel: String::new(),
            gateway: String::new(),
            priority: 2,
            note: "call back".to_owned(),
            fingerprint: 1,
        })
    };
    let made = promise("late", PromiseDue::After(5 * HOUR));
    run(sim, Command::MakePromise { agent: agent.clone(), contact: call.clone(), promise: made });
    let ending = Ending::default();
    let promise = Some(promise("dropped", PromiseDue::After(6 * HOUR)));
    run(sim, Command::Complete { agent: Some(agent), contact: call.clone(), ending, promise });
    let change = |promise: &str, change| Command::ChangePromise {
        by: Hand::Supervisor("boss".to_owned()),
        promise: promise.to_owned(),
        change,
        reason: "asked".to_owned(),
    };
    run(sim, change("late", PromiseChange::Move(PromiseDue::After(3 * HOUR))));
    run(sim, change("dropped", PromiseChange::Cancel));
    let feedback = Feedback { score: 9, resolved: Some(false), comment_ref: "survey/1".to_owned() };
    run(sim, Command::RecordFeedback { contact: call, feedback });
    sim.advance(4 * HOUR);
}
