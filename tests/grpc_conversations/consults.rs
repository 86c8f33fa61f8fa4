//! Asking a colleague, as both desktops, the gateway and watchers see it.

use kefud::proto::v1::{
    self, AssignmentEndReason, AssignmentPhase, CloseReason, ConsultAction, ContactCause, ContactKind,
    ContactState,
};

use crate::daemon_common::{
    Daemon, Place,
    client::{Client, GATEWAY},
    streams::{Desk, Watching},
    talk::{consult, talk},
};

/// Anna has the contact `c`, and chen is asked and there.
struct Asked {
    client: Client,
    gateway: Watching<v1::WatchGatewayResponse>,
    anna: Desk,
    chen: Desk,
    /// Chen's offer of the consult.
    offer: v1::Offer,
    _running: (Place, Daemon),
}

async fn asked(channel: &str) -> Asked {
    let (place, daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let (mut anna, mut chen) = (client.sign_in("anna").await, client.sign_in("chen").await);
    let entered = v1::EnqueueContactRequest {
        customer_ref: "openid-1".into(),
        ..crate::daemon_common::client::contact("c", channel, "care")
    };
    client.try_enqueue(entered).await.expect("in");
    client.take(&mut anna, "c").await;
    let request = v1::StartConsultRequest {
        attributes: [("question".to_owned(), "is it insured?".to_owned())].into(),
        ..consult("anna", "c", "k", "chen")
    };
    for _ in 0..2 {
        let (child, parent) = client.start_consult(request.clone()).await.expect("asked");
        assert_eq!((child.kind(), child.parent_contact_id.as_str()), (ContactKind::Consult, "c"));
        assert_eq!(parent.consult.expect("a consult").contact_id, "k");
    }
    // Whoever asks is told that it began, and who is asked what it is about.
    let begun = loop {
        if let Some(consult) = anna.change_of("c").await.1.consult {
            break consult;
        }
    };
    assert_eq!((begun.agent_id.as_str(), begun.consultant_id.as_str()), ("anna", ""));
    let (offer, about) = chen.offered().await;
    assert_eq!((about.customer_ref.as_str(), about.attributes.len()), ("openid-1", 1));
    client.accept(&offer).await.expect("accepted");
    if channel == "phone" {
        client.report("k", &offer, v1::ConnectionResult::Connected).await.expect("connected");
    }
    let (_, answered) = anna.change_of("c").await;
    assert_eq!(answered.consult.expect("a consult").consultant_id, "chen");
    Asked { client, gateway, anna, chen, offer, _running: (place, daemon) }
}

/// What the gateway is told from here on: contacts and what happened to them.
async fn told(gateway: &mut Watching<v1::WatchGatewayResponse>, expected: &[(&str, ContactCause)]) {
    let changes = gateway.changes(expected.len()).await;
    let changes: Vec<_> = changes.iter().map(|(id, cause)| (id.as_str(), *cause)).collect();
    assert_eq!(changes, expected);
}

use ContactCause::{
    Accepted, Closed, Connected, ConsultAnswered, ConsultEnded, ConsultJoined, ConsultStarted, Enqueued,
    HandedOver, Offered,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_in_conference_that_the_colleague_takes_over() {
    let Asked { client, mut gateway, mut anna, mut chen, offer, _running } = asked("phone").await;
    let begin = [("c", Enqueued), ("c", Offered), ("c", Accepted), ("c", Connected)];
    told(&mut gateway, &begin).await;
    told(&mut gateway, &[("k", Enqueued), ("k", Offered), ("k", Accepted), ("k", Connected)]).await;

    for _ in 0..2 {
        let (_, parent) = client.change_consult("anna", "k", ConsultAction::Join).await.expect("joined");
        assert!(parent.consult.expect("a consult").conference);
    }
    told(&mut gateway, &[("k", ConsultJoined)]).await;
    assert!(anna.change_of("c").await.1.consult.expect("a consult").conference);
    while chen.stream.last_sequence < client.contact("k").await.sequence {
        chen.change_of("k").await;
    }

    for _ in 0..2 {
        let handed = client.change_consult("anna", "k", ConsultAction::HandOver).await;
        let (child, parent) = handed.expect("handed over");
        assert_eq!(
            (child.state(), child.close_reason()),
            (ContactState::Completed, CloseReason::ConsultHandedOver)
        );
        assert_eq!((parent.state(), parent.consult), (ContactState::Active, None));
        assert_eq!(parent.assignment.expect("an assignment").agent_id, "chen");
    }
    told(&mut gateway, &[("k", Closed), ("c", HandedOver)]).await;
    // Each desktop is told what it has: the one the customer, the other the record.
    let ended = chen.assignment_ended().await;
    assert_eq!((ended.offer_id, ended.reason()), (offer.offer_id, AssignmentEndReason::HandedOver));
    assert_eq!(chen.change_of("c").await.0.phase(), AssignmentPhase::Active);
    while anna.change_of("c").await.0.phase() != AssignmentPhase::WrapUp {}
    let (anna, chen) = (client.agent("anna").await, client.agent("chen").await);
    assert_eq!((anna.wrap_up, chen.active, chen.wrap_up), (1, 1, 0));
    client.complete("chen", "c").await;
    told(&mut gateway, &[("c", Closed)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_goes_on_after_the_colleague_is_let_go() {
    let Asked { client, mut gateway, mut anna, mut chen, offer, _running } = asked("chat").await;
    told(&mut gateway, &[("c", Enqueued), ("c", Offered), ("c", Accepted)]).await;
    told(&mut gateway, &[("k", Enqueued), ("k", Offered), ("k", Accepted)]).await;
    let mut watch = client.watch_contact("c", 0).await;
    watch.next().await;

    // The colleague completes it as any contact.
    client.complete("chen", "k").await;
    let done = client.contact("k").await;
    assert_eq!((done.state(), done.close_reason()), (ContactState::Completed, CloseReason::ConsultEnded));
    told(&mut gateway, &[("k", Closed)]).await;
    assert_eq!(anna.change_of("c").await.1.consult, None);
    while chen.assignment_changed().await.phase() != AssignmentPhase::WrapUp {}
    client.finish_wrap_up("chen", "k").await;
    assert_eq!(chen.assignment_ended().await.offer_id, offer.offer_id);

    // Again, and ended by who asked; its watchers are told of each.
    client.start_consult(consult("anna", "c", "k2", "chen")).await.expect("asked");
    client.take(&mut chen, "k2").await;
    client.change_consult("anna", "k2", ConsultAction::Join).await.expect("joined");
    client.change_consult("anna", "k2", ConsultAction::End).await.expect("ended");
    client.complete("anna", "c").await;
    let causes = watch.causes_until(Closed).await;
    let expected = [ConsultEnded, ConsultStarted, ConsultAnswered, ConsultJoined, ConsultEnded, Closed];
    assert_eq!(causes, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_leaves_takes_the_consult_along() {
    let Asked { client, mut gateway, mut chen, _running, .. } = asked("phone").await;
    let before = [("c", Enqueued), ("c", Offered), ("c", Accepted), ("c", Connected)];
    told(&mut gateway, &before).await;
    told(&mut gateway, &[("k", Enqueued), ("k", Offered), ("k", Accepted), ("k", Connected)]).await;
    let left = client.cancel("c").await;
    assert_eq!((left.state(), left.consult), (ContactState::Completed, None));
    told(&mut gateway, &[("k", Closed), ("c", Closed)]).await;
    assert_eq!(client.contact("k").await.close_reason(), CloseReason::ParentEnded);
    while chen.change_of("k").await.0.phase() != AssignmentPhase::WrapUp {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_colleague_who_declines_ends_it() {
    let (_place, _daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let (mut anna, mut chen) = (client.sign_in("anna").await, client.sign_in("chen").await);
    client.enqueue("c", "phone", "care").await;
    client.take(&mut anna, "c").await;
    client.start_consult(consult("anna", "c", "k", "chen")).await.expect("asked");
    client.decline(&chen.offer_of("k").await).await.expect("declined");
    let closed = gateway.until(Closed).await;
    assert_eq!((closed.contact_id.as_str(), closed.close_reason()), ("k", CloseReason::ConsultUnanswered));
    loop {
        let (_, told) = anna.change_of("c").await;
        if told.consult.is_none() && told.sequence == closed.sequence {
            break;
        }
        assert!(told.sequence <= closed.sequence, "never told of the end");
    }
    // A skill of another queue instead, for whom it waits.
    let request = v1::StartConsultRequest {
        target: Some(v1::start_consult_request::Target::Queue("experts".into())),
        required_skills: vec![v1::SkillRequirement { skill: "refund".into(), min_level: 3, max_level: 0 }],
        ..consult("anna", "c", "k2", "")
    };
    let (child, _) = client.start_consult(request).await.expect("asked");
    assert_eq!((child.state(), child.queue.as_str()), (ContactState::Offered, "experts"));
    assert_eq!(chen.offer_of("k2").await.agent_id, "chen");
}
