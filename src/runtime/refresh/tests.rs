//! What watchers are told between events, and when.

use tokio_stream::StreamExt;

use super::*;
use crate::{
    engine::command::{ApplyPlan, Command, Enqueue, RemovedQueuePolicy},
    plan,
    sim::Sim,
    streams::{Opening, Topic},
};

fn shown(position: u32, expected_s: Option<u64>) -> Shown {
    Shown { position, expected_s, gateway_away: false }
}

#[test]
fn only_what_differs_enough_is_told() {
    let table = [
        (None, shown(3, None), true),
        (Some(shown(3, None)), shown(3, None), false),
        (Some(shown(3, None)), shown(3, Some(60)), true),
        (Some(shown(3, Some(60))), shown(3, None), true),
        (Some(shown(3, Some(60))), shown(2, Some(60)), true),
        (Some(shown(3, Some(60))), shown(3, Some(65)), false),
        (Some(shown(3, Some(60))), shown(3, Some(66)), true),
        (Some(shown(3, Some(20))), shown(3, Some(16)), false),
        (Some(shown(3, Some(20))), shown(3, Some(15)), true),
        (Some(shown(3, Some(600))), shown(3, Some(541)), false),
        (Some(shown(3, None)), Shown { gateway_away: true, ..shown(3, None) }, true),
    ];
    for (before, now, told) in table {
        assert_eq!(worth_telling(before, now), told, "{before:?} {now:?}");
    }
}

fn call(id: &str) -> Command {
    Command::Enqueue(Box::new(Enqueue {
        id: id.to_owned(),
        gateway: "pbx".to_owned(),
        channel: "phone".to_owned(),
        queue: "consultation".to_owned(),
        ..Enqueue::default()
    }))
}

#[tokio::test]
async fn who_moves_up_in_line_is_told_so_once_and_need_not_have_seen_it_to_resume() {
    let mut sim = Sim::new(1_000);
    let apply = ApplyPlan {
        plan: Box::new(plan::parse(plan::SAMPLE).unwrap()),
        expected_revision: 0,
        validate_only: false,
        removed_queues: RemovedQueuePolicy::Refuse,
    };
    sim.run(Command::ApplyPlan(apply)).unwrap();
    sim.run(call("first")).unwrap();
    sim.run(call("second")).unwrap();
    let streams = Streams::new(8, Box::new(|_| {}));
    let contact = sim.state().contact_by_id("second").unwrap().contact;
    let topic = Topic::Contact(contact);
    streams.register(topic, sim.state().sequence());
    let told = v1::WatchContactResponse {
        contact: Some(convert::contact(sim.state(), sim.state().contact(contact).unwrap(), sim.now_ms())),
        sequence: sim.state().sequence(),
        ..v1::WatchContactResponse::default()
    };
    assert_eq!(told.contact.as_ref().unwrap().estimate.as_ref().unwrap().position, 2);
    let opening = Opening { snapshot: vec![Item::Contact(told)], after: None, resume: None, ends: false };
    let mut stream = streams.attach(topic, 0, opening);
    assert!(stream.next().await.is_some());

    assert_eq!(round(sim.state(), sim.now_ms(), &streams, 0).1.len(), 0, "it has just been told");
    sim.run(Command::Cancel { contact: "first".to_owned() }).unwrap();
    let (next, items) = round(sim.state(), sim.now_ms(), &streams, 0);
    assert_eq!((next, items.len()), (0, 1));
    for (contact, item) in items {
        streams.refresh(contact, item);
    }
    let item = stream.next().await.unwrap().unwrap();
    let Item::Contact(message) = &*item else { panic!("{item:?}") };
    assert_eq!(message.cause(), v1::ContactCause::Estimate);
    assert_eq!(message.sequence, sim.state().sequence());
    assert_eq!(message.contact.as_ref().unwrap().estimate.as_ref().unwrap().position, 1);
    assert_eq!(round(sim.state(), sim.now_ms(), &streams, 0).1.len(), 0, "it has been told");

    let opening =
        Opening { snapshot: Vec::new(), after: Some(message.sequence - 1), resume: None, ends: true };
    streams.register(topic, sim.state().sequence());
    let resumed: Vec<_> = streams.attach(topic, 0, opening).collect().await;
    assert!(resumed.is_empty(), "it is no part of the history");
    drop(stream);
    sim.run(call("third")).unwrap();
    assert_eq!(streams.watched_contacts(0, 9), [], "nobody watches any more");
}
