//! Contacts that go elsewhere, with what is remembered of their way.

use kefud::proto::v1::{self, ContactCause, ContactState, LegEnd, transfer_target::Target};
use tonic::Code::FailedPrecondition;

use crate::daemon_common::{
    client::{GATEWAY, assert_refused},
    talk::{talk, to_queue},
};

/// Each leg: queue, channel, agent, how it ended.
fn way(contact: &v1::Contact) -> Vec<(&str, &str, &str, LegEnd)> {
    let legs = contact.legs.iter();
    legs.map(|leg| (leg.queue.as_str(), leg.channel.as_str(), leg.agent_id.as_str(), leg.end())).collect()
}

fn to_agent(agent: &str) -> Option<v1::TransferTarget> {
    Some(v1::TransferTarget { target: Some(Target::AgentId(agent.into())), ..Default::default() })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_becomes_a_call_is_the_other_gateways() {
    let (_place, _daemon, client) = talk().await;
    let mut chats = client.watch_gateway(GATEWAY, 0).await;
    let mut calls = client.watch_gateway("pbx", 0).await;
    assert!(chats.snapshot().await.is_empty() && calls.snapshot().await.is_empty());
    let (mut anna, mut chen) = (client.sign_in("anna").await, client.sign_in("chen").await);
    let entered = client.enqueue("c", "chat", "care").await;
    client.take(&mut anna, "c").await;

    let target = v1::TransferTarget {
        channel: "phone".into(),
        gateway_id: "pbx".into(),
        ..to_queue("experts").expect("a target")
    };
    let request = v1::AgentServiceTransferContactRequest {
        agent_id: "anna".into(),
        contact_id: "c".into(),
        target: Some(target),
        request_id: "t".into(),
    };
    for _ in 0..2 {
        let moved = client.agents.clone().transfer_contact(request.clone()).await.expect("moved");
        let moved = moved.into_inner().contact.expect("a contact");
        assert_eq!((moved.channel.as_str(), moved.gateway_id.as_str()), ("phone", "pbx"));
        assert_eq!((moved.transfers, moved.enqueue_time), (1, entered.enqueue_time));
        assert_eq!(moved.reply_window, None, "a call has none");
        assert_eq!(way(&moved), [("care", "chat", "anna", LegEnd::Moved)]);
    }
    // The gateway that had it is told that it went, the other one that it came and all that follows.
    let gone = chats.until(ContactCause::Transferred).await;
    assert_eq!((gone.contact_id.as_str(), gone.gateway_id.as_str()), ("c", "pbx"));
    let came = calls.until(ContactCause::Transferred).await;
    assert_eq!(came, gone);
    client.take(&mut chen, "c").await;
    calls.until(ContactCause::Connected).await;
    client.complete("chen", "c").await;
    // What is told last tells the whole way.
    let closed = calls.until(ContactCause::Closed).await;
    let expected = [("care", "chat", "anna", LegEnd::Moved), ("experts", "phone", "chen", LegEnd::Closed)];
    assert_eq!(way(&closed), expected);
    client.enqueue("next", "chat", "night").await;
    assert_eq!(chats.change().await.0.contact_id, "next", "the rest isn't told to who had it");
    let counts = |queue: v1::Queue| {
        let sum = |of: fn(&v1::QueueChannelCounts) -> u64| queue.channels.iter().map(of).sum::<u64>();
        (sum(|c| c.entered), sum(|c| c.moved_in), sum(|c| c.moved_out), sum(|c| c.answered))
    };
    assert_eq!(counts(client.queue("care").await), (1, 0, 0, 1));
    assert_eq!(counts(client.queue("experts").await), (0, 1, 0, 1), "it entered once");
}

#[tokio::test(flavor = "multi_thread")]
async fn round_and_round_ends_with_a_supervisor() {
    let (_place, _daemon, client) = talk().await;
    let (mut anna, mut ben) = (client.sign_in("anna").await, client.sign_in("ben").await);
    let entered = client.enqueue("c", "phone", "care").await;
    client.take(&mut anna, "c").await;
    let offered = client.transfer("c", to_agent("ben")).await.expect("offered");
    assert_eq!(offered.offer.expect("an offer").agent_id, "ben");
    client.take(&mut ben, "c").await;
    client.transfer("c", to_queue("night")).await.expect("moved");
    let refused = client.transfer("c", to_queue("experts")).await;
    assert_refused(refused, FailedPrecondition, "TRANSFER_LOOP");
    let told = client.contact("c").await;
    assert_eq!((told.state(), told.queue.as_str(), told.transfers), (ContactState::Waiting, "night", 2));
    assert_eq!(told.enqueue_time, entered.enqueue_time);

    let request = v1::RequeueContactRequest {
        contact_id: "c".into(),
        queue: "experts".into(),
        reason: "sent round".into(),
        ..Default::default()
    };
    let moved = client.supervisors.clone().requeue_contact(request).await.expect("moved").into_inner();
    let moved = moved.contact.expect("a contact");
    assert_eq!(moved.queue, "experts");
    let expected = [
        ("care", "phone", "anna", LegEnd::Moved),
        ("care", "phone", "ben", LegEnd::Moved),
        ("night", "phone", "", LegEnd::Moved),
    ];
    assert_eq!(way(&moved), expected);
    assert!(moved.legs.iter().all(|leg| leg.wait.is_some() && leg.end_time.is_some()), "{moved:?}");
}
