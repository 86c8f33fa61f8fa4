//! What can become of an offer, and how contacts are moved by hand.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{
    client::{GATEWAY, assert_refused, contact},
    desk,
};
use kefud::proto::v1::{
    self, AssignmentEndReason, Availability, CloseReason, ConnectionResult, ContactCause, ContactState,
    OfferEndReason, transfer_target::Target,
};
use tonic::Code::FailedPrecondition;

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_leaves_while_offered() {
    let (_place, _daemon, client) = desk().await;
    let mut anna = client.sign_in("anna").await;
    client.enqueue("c", "phone", "service").await;
    let offer = anna.offer().await;
    for _ in 0..2 {
        let left = client.cancel("c").await;
        assert_eq!(
            (left.state(), left.close_reason(), left.offer),
            (ContactState::Abandoned, CloseReason::CustomerLeft, None)
        );
    }
    assert_eq!(anna.offer_ended().await.reason(), OfferEndReason::ContactEnded);
    assert_refused(client.accept(&offer).await, FailedPrecondition, "OFFER_ENDED");
    let report = client.report("c", &offer, ConnectionResult::Connected).await;
    assert_refused(report, FailedPrecondition, "OFFER_ENDED");
    let report = client.report("c", &offer, ConnectionResult::CustomerGone).await;
    assert_eq!(report.expect("as good as done").state(), ContactState::Abandoned);
    let agent = client.agent("anna").await;
    assert_eq!((agent.used_units, agent.offers, agent.missed_in_row), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_contact_goes_to_the_next_agent() {
    let (_place, _daemon, client) = desk().await;
    let (mut anna, mut ben) = (client.sign_in("anna").await, client.sign_in("ben").await);
    client.enqueue("c", "phone", "service").await;
    let first = anna.offer().await;
    for _ in 0..2 {
        client.decline(&first).await.expect("declined");
    }
    assert_eq!(anna.offer_ended().await.reason(), OfferEndReason::Declined);
    let second = ben.offer().await;
    assert_eq!((second.epoch, second.offer_id > first.offer_id), (2, true));
    assert_refused(client.accept(&first).await, FailedPrecondition, "OFFER_ENDED");
    let stolen = v1::Offer { agent_id: "anna".into(), ..second.clone() };
    assert_refused(client.accept(&stolen).await, FailedPrecondition, "OFFER_OF_ANOTHER_AGENT");
    let stale = v1::Offer { epoch: 1, ..second.clone() };
    assert_refused(client.accept(&stale).await, FailedPrecondition, "OFFER_EPOCH_MISMATCH");
    client.accept(&second).await.expect("accepted");
    assert_refused(client.decline(&second).await, FailedPrecondition, "OFFER_ACCEPTED");
}

#[tokio::test(flavor = "multi_thread")]
async fn unanswered_offers_go_on_and_make_the_agent_not_ready() {
    let (_place, _daemon, client) = desk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut anna = client.sign_in("anna").await;
    for id in ["first", "second"] {
        client.enqueue(id, "hasty", "service").await;
        let offer = anna.offer().await;
        let ended = anna.offer_ended().await;
        assert_eq!((ended.offer_id, ended.reason()), (offer.offer_id, OfferEndReason::NoAnswer));
        assert_eq!(gateway.until(ContactCause::NoAnswer).await.state(), ContactState::Waiting);
        assert_refused(client.accept(&offer).await, FailedPrecondition, "OFFER_ENDED");
    }
    let agent = anna.agent_changed().await;
    assert_eq!(
        (agent.availability(), agent.availability_reason.as_str()),
        (Availability::NotReady, "missed")
    );
    // Both kept their place: they reach the next agent in order.
    let mut ben = client.sign_in("ben").await;
    let first = match ben.snapshot.offers.pop() {
        Some(offered) => offered.contact.expect("a contact"),
        None => ben.offered().await.1,
    };
    assert_eq!(first.contact_id, "first");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_answers_for_a_ringing_agent() {
    let (_place, _daemon, client) = desk().await;
    let mut anna = client.sign_in("anna").await;
    client.enqueue("picked_up", "phone", "service").await;
    let offer = anna.offer().await;
    let answered = client.report("picked_up", &offer, ConnectionResult::Answered).await.expect("answered");
    assert_eq!(answered.state(), ContactState::Connecting);
    let connected = client.report("picked_up", &offer, ConnectionResult::Connected).await.expect("connected");
    assert_eq!(connected.state(), ContactState::Active);
    client.accept(&offer).await.expect("the desktop may say it too");
    let left = client.cancel("picked_up").await;
    assert_eq!((left.state(), left.close_reason()), (ContactState::Completed, CloseReason::CustomerLeft));
    client.finish_wrap_up("anna", "picked_up").await;

    // Connected at once, without an acceptance before.
    client.enqueue("at_once", "phone", "service").await;
    let offer = anna.offer().await;
    let connected = client.report("at_once", &offer, ConnectionResult::Connected).await.expect("connected");
    assert_eq!(connected.state(), ContactState::Active);
    let unreachable = client.report("at_once", &offer, ConnectionResult::AgentUnreachable).await;
    assert_refused(unreachable, FailedPrecondition, "ALREADY_CONNECTED");
    let completed = v1::CompleteContactRequest { contact_id: "at_once".into(), ..Default::default() };
    let completed =
        client.contacts.clone().complete_contact(completed).await.expect("completed").into_inner();
    let reason = completed.contact.map(|contact| contact.close_reason());
    assert_eq!(reason, Some(CloseReason::GatewayCompleted));
    client.finish_wrap_up("anna", "at_once").await;

    // The agent can't be reached: the contact waits again, the agent is taken out.
    client.enqueue("dead_line", "phone", "service").await;
    let offer = anna.offer().await;
    client.accept(&offer).await.expect("accepted");
    let waiting = client.report("dead_line", &offer, ConnectionResult::AgentUnreachable).await.expect("told");
    assert_eq!((waiting.state(), waiting.assignment), (ContactState::Waiting, None));
    loop {
        if anna.assignment_ended().await.reason() == AssignmentEndReason::Unreachable {
            break;
        }
    }
    assert_eq!(client.agent("anna").await.availability_reason, "unreachable");

    // The customer hangs up while being connected.
    let mut ben = client.sign_in("ben").await;
    let offer = match ben.snapshot.offers.pop() {
        Some(offered) => offered.offer.expect("an offer"),
        None => ben.offer().await,
    };
    client.accept(&offer).await.expect("accepted");
    let gone = client.report("dead_line", &offer, ConnectionResult::CustomerGone).await.expect("told");
    assert_eq!((gone.state(), gone.close_reason()), (ContactState::Abandoned, CloseReason::CustomerLeft));
}

fn to_queue(queue: &str) -> Option<v1::TransferTarget> {
    Some(v1::TransferTarget { target: Some(Target::Queue(queue.into())), ..Default::default() })
}

fn to_agent(agent: &str, fallback_queue: &str) -> Option<v1::TransferTarget> {
    let target = Some(Target::AgentId(agent.into()));
    Some(v1::TransferTarget { target, fallback_queue: fallback_queue.into(), ..Default::default() })
}

#[tokio::test(flavor = "multi_thread")]
async fn transfer_to_a_queue_and_to_an_agent() {
    let (_place, _daemon, client) = desk().await;
    let (mut anna, mut chen) = (client.sign_in("anna").await, client.sign_in("chen").await);
    let entered = client.enqueue("c", "phone", "service").await.enqueue_time;
    let offer = anna.offer().await;
    client.accept(&offer).await.expect("accepted");
    client.report("c", &offer, ConnectionResult::Connected).await.expect("connected");

    let transfer = |agent: &str, target| v1::AgentServiceTransferContactRequest {
        agent_id: agent.into(),
        contact_id: "c".into(),
        target,
        request_id: format!("{agent}-1"),
    };
    let refused = client.agents.clone().transfer_contact(transfer("chen", to_queue("sales"))).await;
    assert_refused(refused, FailedPrecondition, "CONTACT_NOT_HELD");
    let refused = client.agents.clone().transfer_contact(transfer("anna", to_agent("ben", ""))).await;
    assert_refused(refused, FailedPrecondition, "AGENT_NOT_AVAILABLE");
    for _ in 0..2 {
        let moved = client.agents.clone().transfer_contact(transfer("anna", to_queue("sales"))).await;
        let moved = moved.expect("moved").into_inner().contact.expect("a contact");
        assert_eq!((moved.queue.as_str(), moved.enqueue_time), ("sales", entered));
    }
    assert_eq!(client.agent("anna").await.wrap_up, 1, "whoever gave it away writes it up");
    let (offer, moved) = chen.offered().await;
    assert_eq!((moved.contact_id.as_str(), moved.enqueue_time), ("c", entered), "at its age");
    client.accept(&offer).await.expect("accepted");
    client.report("c", &offer, ConnectionResult::Connected).await.expect("connected");

    // To a person, by the gateway; when she declines it waits in the queue that was named.
    let mut dora = client.sign_in("dora").await;
    let request = v1::TransferContactRequest {
        contact_id: "c".into(),
        target: to_agent("dora", "service"),
        request_id: "t2".into(),
    };
    client.contacts.clone().transfer_contact(request).await.expect("offered to her");
    let offer = dora.offer().await;
    client.decline(&offer).await.expect("declined");
    let waiting = client.contact("c").await;
    assert_eq!((waiting.state(), waiting.queue.as_str()), (ContactState::Waiting, "service"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_assigns() {
    let (_place, _daemon, client) = desk().await;
    let mut ben = client.sign_in("ben").await;
    let mut request = contact("c", "phone", "");
    request.category = "refund".into();
    client.try_enqueue(request).await.expect("in");
    let assign = |agent: &str, override_requirements| {
        let request = v1::AssignContactRequest {
            contact_id: "c".into(),
            agent_id: agent.into(),
            override_requirements,
            ..Default::default()
        };
        let mut supervisors = client.supervisors.clone();
        async move { supervisors.assign_contact(request).await.map(tonic::Response::into_inner) }
    };
    assert_refused(assign("ben", false).await, FailedPrecondition, "AGENT_NOT_ELIGIBLE");
    assert_refused(assign("anna", true).await, FailedPrecondition, "AGENT_NOT_AVAILABLE");
    assign("ben", true).await.expect("assigned");
    assert_eq!(ben.offer().await.epoch, 1);

    // Taken from one agent, given to another.
    let mut chen = client.sign_in("chen").await;
    assert_refused(assign("chen", false).await, FailedPrecondition, "AGENT_NOT_ELIGIBLE");
    let given = assign("chen", true).await.expect("assigned").contact.expect("a contact");
    assert_eq!(given.offer.map(|offer| offer.epoch), Some(2));
    assert_eq!(ben.offer_ended().await.reason(), OfferEndReason::ContactMoved);
    let offer = chen.offer().await;
    client.accept(&offer).await.expect("accepted");
    assert_refused(assign("ben", true).await, FailedPrecondition, "CONTACT_NOT_WAITING");

    let request = v1::SetAgentAvailabilityRequest {
        agent_id: "ben".into(),
        availability: Availability::NotReady.into(),
        reason: "training".into(),
        ..Default::default()
    };
    client.supervisors.clone().set_agent_availability(request).await.expect("set");
    assert_eq!(ben.agent_changed().await.availability_reason, "training");
}
