//! Silence, and what the customer's next message does, as gateways and desktops see it.

use kefud::proto::v1::{
    self, ActivityKind, AgentRule, AssignmentEndReason, AssignmentPhase, Availability, ContactCause,
    ContactState, NoticeKind, OfferTrigger,
};
use tonic::Code::FailedPrecondition;

use crate::daemon_common::{
    client::{Client, GATEWAY, assert_refused},
    streams::{Desk, Watching},
    talk::talk,
};

/// A contact that its agent has, and then nobody writes in it.
async fn parked(
    client: &Client,
    gateway: &mut Watching<v1::WatchGatewayResponse>,
    desk: &mut Desk,
    channel: &str,
) -> v1::Contact {
    client.enqueue("c", channel, "care").await;
    let offer = client.take(desk, "c").await;
    let parked = gateway.until(ContactCause::Parked).await;
    let ended = desk.assignment_ended().await;
    assert_eq!((ended.offer_id, ended.reason()), (offer.offer_id, AssignmentEndReason::Parked));
    parked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_chat_is_parked_and_comes_back_to_its_agent() {
    let (_place, _daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut notices = client.notices(v1::WatchNoticesRequest::default()).await;
    let mut anna = client.sign_in("anna").await;
    let contact = parked(&client, &mut gateway, &mut anna, "quiet").await;
    assert_eq!((contact.state(), contact.assignment), (ContactState::Parked, None));
    assert!(contact.state_deadline.is_some(), "it says when it ends");
    let agent = client.agent("anna").await;
    assert_eq!((agent.used_units, agent.interruptible_units), (0, 0), "room for another");
    let told = notices.notice().await;
    assert_eq!((told.kind(), told.queue.as_str()), (NoticeKind::UnansweredParked, "care"));
    let request = v1::ListContactsRequest { state: ContactState::Parked.into(), ..Default::default() };
    let listed = client.contacts.clone().list_contacts(request).await.expect("listed").into_inner();
    assert_eq!(listed.contacts.len(), 1);
    assert_eq!(client.queue("care").await.parked, 1);

    // Nobody may write who doesn't have it, and a click is no question.
    let refused = client.says("c", ActivityKind::AgentMessage).await;
    assert_refused(refused, FailedPrecondition, "CONTACT_NOT_HELD");
    let clicked = client.says("c", ActivityKind::CustomerAction).await.expect("noted");
    assert_eq!(clicked.state(), ContactState::Parked);
    let back = client.says("c", ActivityKind::CustomerMessage).await.expect("noted");
    let held = back.assignment.expect("an assignment");
    assert_eq!((back.state, held.agent_id.as_str()), (ContactState::Active.into(), "anna"));
    let expected = [ContactCause::Activity, ContactCause::Activity, ContactCause::Resumed];
    assert_eq!(gateway.changes(3).await, expected.map(|cause| ("c".to_owned(), cause)));

    // The desktop is told of an assignment that is there, not of an offer.
    match anna.update().await {
        v1::stream_assignments_response::Update::AssignmentChanged(change) => {
            let told = change.assignment.expect("an assignment");
            assert_eq!((told.offer_id, told.phase()), (held.offer_id, AssignmentPhase::Active));
        }
        other => panic!("an assignment is expected, not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_channel_says_so_it_is_offered_to_its_agent_again() {
    let (_place, _daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut anna = client.sign_in("anna").await;
    parked(&client, &mut gateway, &mut anna, "polite").await;
    let _ben = client.sign_in("ben").await;
    let back = client.says("c", ActivityKind::CustomerMessage).await.expect("noted");
    assert_eq!(back.state(), ContactState::Offered);
    let expected = [ContactCause::Activity, ContactCause::Returned, ContactCause::Offered];
    assert_eq!(gateway.changes(3).await, expected.map(|cause| ("c".to_owned(), cause)));
    let offer = anna.offer_of("c").await;
    let reason = offer.reason.expect("a reason");
    assert_eq!((reason.rule(), reason.trigger()), (AgentRule::LastAgent, OfferTrigger::ContactWaiting));
    assert_eq!(client.accept(&offer).await.expect("accepted").state(), ContactState::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_its_agent_is_away_it_waits_at_its_age_kept_for_that_agent() {
    let (_place, _daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut anna = client.sign_in("anna").await;
    let contact = parked(&client, &mut gateway, &mut anna, "quiet").await;
    let mut ben = client.sign_in("ben").await;
    let request = v1::SetAvailabilityRequest {
        agent_id: "anna".into(),
        availability: Availability::NotReady.into(),
        reason: "break".into(),
        ..Default::default()
    };
    client.agents.clone().set_availability(request).await.expect("set");
    let back = client.says("c", ActivityKind::CustomerMessage).await.expect("noted");
    assert_eq!((back.state(), back.kept_for_agent_id.as_str()), (ContactState::Waiting, "anna"));
    assert_eq!((back.enqueue_time, back.answer_time), (contact.enqueue_time, contact.answer_time));
    assert_eq!(gateway.until(ContactCause::Returned).await.state(), ContactState::Waiting);
    // Nobody else is offered it.
    client.enqueue("next", "chat", "care").await;
    assert_eq!(ben.offered().await.1.contact_id, "next");
    let request = v1::SetAvailabilityRequest {
        agent_id: "anna".into(),
        availability: Availability::Ready.into(),
        ..Default::default()
    };
    client.agents.clone().set_availability(request).await.expect("set");
    client.take(&mut anna, "c").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_agent_may_take_a_parked_one() {
    let (_place, _daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut anna = client.sign_in("anna").await;
    parked(&client, &mut gateway, &mut anna, "polite").await;
    let _ben = client.sign_in("ben").await;
    let request = v1::PullContactRequest { agent_id: "ben".into(), contact_id: "c".into() };
    let pulled = client.agents.clone().pull_contact(request).await.expect("pulled").into_inner();
    let pulled = pulled.contact.expect("a contact");
    assert_eq!(pulled.assignment.map(|held| held.agent_id), Some("ben".to_owned()));
    let expected = [ContactCause::Returned, ContactCause::Offered, ContactCause::Accepted];
    assert_eq!(gateway.changes(3).await, expected.map(|cause| ("c".to_owned(), cause)));
    let legs: Vec<_> = pulled.legs.iter().map(|leg| (leg.agent_id.as_str(), leg.end())).collect();
    assert_eq!(legs, [("anna", v1::LegEnd::Parked)]);
}
