//! From the first ring to the end of the wrap-up, as gateway, desktop and supervisor see it.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{Place, client::GATEWAY, plans};
use kefud::proto::v1::{
    self, AssignmentEndReason, AssignmentPhase, Availability, CloseReason, ConnectionResult, ContactCause,
    ContactState, Resolution,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_from_the_first_ring_to_the_end_of_the_wrap_up() {
    let place = Place::new(plans::DESK, &["--log-level", "kefud=trace"]);
    let daemon = place.start();
    let (phone, desktop) = (daemon.client().await, daemon.client().await);
    let mut gateway = phone.watch_gateway(GATEWAY, 0).await;
    assert!(gateway.snapshot().await.is_empty());
    let mut anna = desktop.sign_in("anna").await;

    let call = enter(&phone).await;
    assert_eq!((call.queue.as_str(), call.category.as_str()), ("service", "refund"));
    assert_eq!(call.attributes["line"], "400-1");
    assert_eq!(gateway.change().await.1, ContactCause::Enqueued);

    // The gateway rings the agent, and the desktop shows why.
    let (ringing, cause) = gateway.change().await;
    assert_eq!((cause, ringing.state()), (ContactCause::Offered, ContactState::Offered));
    let (offer, shown) = anna.offered().await;
    assert_eq!(ringing.offer.as_ref(), Some(&offer));
    assert_eq!((offer.agent_id.as_str(), offer.epoch), ("anna", 1));
    assert_eq!((shown.customer_ref.as_str(), shown.language.as_str()), ("客户 7", "zh-CN"));

    // Accepting is the order to connect; a repeat changes nothing.
    for _ in 0..2 {
        let accepted = desktop.accept(&offer).await.expect("accepted");
        assert_eq!(accepted.state(), ContactState::Connecting);
        assert_eq!(accepted.answer_time, None);
    }
    let (connect, cause) = gateway.change().await;
    assert_eq!((cause, connect.state()), (ContactCause::Accepted, ContactState::Connecting));
    let leg = connect.assignment.expect("an assignment");
    assert_eq!((leg.agent_id.as_str(), leg.phase()), ("anna", AssignmentPhase::Connecting));
    for _ in 0..2 {
        let connected = phone.report("c1", &offer, ConnectionResult::Connected).await.expect("reported");
        assert_eq!(connected.state(), ContactState::Active);
        assert!(connected.answer_time.is_some());
    }
    assert_eq!(gateway.change().await.1, ContactCause::Connected);

    for _ in 0..2 {
        let completed = desktop.complete("anna", "c1").await;
        let (contact, agent) = (completed.contact.expect("a contact"), completed.agent.expect("an agent"));
        assert_eq!(
            (contact.state(), contact.close_reason(), contact.disposition.as_str(), contact.resolution()),
            (ContactState::Completed, CloseReason::AgentCompleted, "resolved", Resolution::Resolved)
        );
        assert_eq!(
            (agent.used_units, agent.active, agent.wrap_up),
            (100, 0, 1),
            "wrap-up holds the capacity"
        );
    }
    assert_eq!(gateway.change().await.1, ContactCause::Closed);
    for _ in 0..2 {
        let agent = desktop.finish_wrap_up("anna", "c1").await;
        assert_eq!((agent.used_units, agent.wrap_up, agent.routable), (0, 0, true));
    }

    let mut phases = Vec::new();
    while phases.last() != Some(&AssignmentPhase::WrapUp) {
        phases.push(anna.assignment_changed().await.phase());
    }
    assert_eq!(phases, [AssignmentPhase::Connecting, AssignmentPhase::Active, AssignmentPhase::WrapUp]);
    assert_eq!(anna.assignment_ended().await.reason(), AssignmentEndReason::Finished);
    assert!(phone.live_contacts().await.is_empty());

    let by = "tenant=\"default\",queue=\"service\",channel=\"phone\"";
    for (series, value) in [
        (format!("kefud_contacts_entered_total{{{by}}}"), 1.0),
        (format!("kefud_contacts_closed_total{{{by},outcome=\"completed\"}}"), 1.0),
        (format!("kefud_contact_wait_seconds_count{{{by},outcome=\"answered\"}}"), 1.0),
        (format!("kefud_offers_ended_total{{{by},result=\"accepted\"}}"), 1.0),
        (format!("kefud_offer_accept_seconds_count{{{by}}}"), 1.0),
        (format!("kefud_contact_handle_seconds_count{{{by}}}"), 1.0),
        (format!("kefud_wrap_up_seconds_count{{{by}}}"), 1.0),
        ("kefud_contacts_live{tenant=\"default\"}".to_owned(), 0.0),
        ("kefud_agents{tenant=\"default\",state=\"ready\"}".to_owned(), 1.0),
    ] {
        assert_eq!(daemon.metric(&series), Some(value), "{series} in\n{}", daemon.page("/metrics"));
    }
    for secret in ["客户", "400-1"] {
        assert!(!daemon.has_line(secret), "customer data in the log");
        assert!(!daemon.page("/metrics").contains(secret), "customer data in the metrics");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_by_a_closed_queue_is_counted() {
    let (_place, daemon, client) = daemon_common::desk().await;
    let open = "kefud_queue_open{tenant=\"default\",queue=\"service\"}";
    assert_eq!(daemon.metric(open), Some(1.0));
    let request = v1::OverrideQueueRequest {
        queue: "service".into(),
        state: v1::OverrideState::Off.into(),
        reason: "evacuation".into(),
        ..Default::default()
    };
    client.supervisors.clone().override_queue(request).await.expect("closed");
    let closed = async {
        while daemon.metric(open) != Some(0.0) {
            tokio::task::yield_now().await;
        }
    };
    daemon_common::soon("the queue to close", closed).await;
    let refused = client.try_enqueue(daemon_common::client::contact("c1", "phone", "service")).await;
    daemon_common::client::assert_refused(refused, tonic::Code::FailedPrecondition, "QUEUE_CLOSED");
    for (series, value) in [
        (
            "kefud_contacts_rejected_total{tenant=\"default\",queue=\"service\",channel=\"phone\",reason=\"QUEUE_CLOSED\"}",
            1.0,
        ),
        ("kefud_queue_edges_total{tenant=\"default\",queue=\"service\",to=\"closed\"}", 1.0),
        ("kefud_contacts_held{tenant=\"default\",queue=\"service\"}", 0.0),
        ("kefud_queue_unstaffed{tenant=\"default\",queue=\"service\"}", 0.0),
        ("kefud_schedule_pending{tenant=\"default\"}", 0.0),
    ] {
        assert_eq!(daemon.metric(series), Some(value), "{series} in\n{}", daemon.page("/metrics"));
    }
}

async fn enter(phone: &daemon_common::client::Client) -> v1::Contact {
    let request = v1::EnqueueContactRequest {
        contact_id: "c1".into(),
        gateway_id: GATEWAY.into(),
        channel: "phone".into(),
        category: "refund".into(),
        customer_ref: "客户 7".into(),
        language: "zh-CN".into(),
        case_id: "case-9".into(),
        priority: 3,
        attributes: [("line".into(), "400-1".into())].into(),
        ..Default::default()
    };
    let mut contacts = phone.contacts.clone();
    let first = contacts.enqueue_contact(request.clone()).await.expect("in").into_inner();
    let again = contacts.enqueue_contact(request).await.expect("in").into_inner();
    assert_eq!((first.created, again.created), (true, false));
    first.contact.expect("a contact")
}

#[tokio::test(flavor = "multi_thread")]
async fn several_chats_at_once_and_a_call_that_comes_in_between() {
    let place = Place::new(plans::DESK, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let mut anna = client.sign_in("anna").await;

    // Four chats fit; the fifth waits.
    for number in 1..=5 {
        client.enqueue(&format!("chat{number}"), "wechat", "service").await;
    }
    for number in 1..=4 {
        let (offer, contact) = anna.offered().await;
        assert_eq!(contact.contact_id, format!("chat{number}"));
        let accepted = client.accept(&offer).await.expect("accepted");
        assert_eq!(accepted.state(), ContactState::Active, "nothing has to be connected");
    }
    assert_eq!(client.contact("chat5").await.state(), ContactState::Waiting);
    let agent = client.agent("anna").await;
    assert_eq!((agent.interruptible_units, agent.used_units, agent.active), (100, 0, 4));

    // A call sets them aside: it is offered although they take all of the capacity.
    client.enqueue("call", "phone", "service").await;
    let (ring, contact) = anna.offered().await;
    assert_eq!(contact.contact_id, "call");
    client.accept(&ring).await.expect("accepted");
    client.report("call", &ring, ConnectionResult::Connected).await.expect("connected");
    let agent = client.agent("anna").await;
    assert_eq!((agent.interruptible_units, agent.used_units, agent.active), (100, 100, 5));

    // While the call goes on no chat is added, even where one has ended.
    client.complete("anna", "chat1").await;
    assert_eq!(client.contact("chat5").await.state(), ContactState::Waiting);
    client.complete("anna", "call").await;
    assert_eq!(client.contact("chat5").await.state(), ContactState::Waiting, "wrap-up is part of the call");
    client.finish_wrap_up("anna", "call").await;
    let (offer, contact) = anna.offered().await;
    assert_eq!((contact.contact_id.as_str(), contact.state()), ("chat5", ContactState::Offered));
    client.accept(&offer).await.expect("accepted");
    for number in 2..=5 {
        client.complete("anna", &format!("chat{number}")).await;
    }
    let agent = client.agent("anna").await;
    assert_eq!((agent.interruptible_units, agent.used_units, agent.active), (0, 0, 0));
    let queues = client.supervisors.clone().list_queues(v1::ListQueuesRequest::default()).await;
    let queues = queues.expect("queues").into_inner().queues;
    let service = queues.iter().find(|queue| queue.queue == "service").expect("the queue");
    let counts: Vec<_> =
        service.channels.iter().map(|c| (c.channel.as_str(), c.entered, c.answered)).collect();
    assert!(counts.contains(&("wechat", 5, 5)) && counts.contains(&("phone", 1, 1)), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_signs_out() {
    let place = Place::new(plans::DESK, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let sign_out = |return_contacts| {
        let request = v1::SignOutRequest { agent_id: "anna".into(), return_contacts, ..Default::default() };
        let mut agents = client.agents.clone();
        async move { agents.sign_out(request).await.map(|answer| answer.into_inner().agent.expect("an agent")) }
    };
    let mut anna = client.sign_in_as("anna", Availability::Unspecified).await;
    let agent = anna.snapshot.agent.clone().expect("an agent");
    assert_eq!(
        (agent.availability(), agent.availability_reason.as_str()),
        (Availability::NotReady, "signed_in")
    );
    let ready = v1::SetAvailabilityRequest {
        agent_id: "anna".into(),
        availability: Availability::Ready.into(),
        ..Default::default()
    };
    client.agents.clone().set_availability(ready).await.expect("ready");

    client.enqueue("chat", "wechat", "service").await;
    let offer = anna.offer().await;
    client.accept(&offer).await.expect("accepted");
    daemon_common::client::assert_refused(
        sign_out(false).await,
        tonic::Code::FailedPrecondition,
        "AGENT_HAS_CONTACTS",
    );
    let agent = sign_out(true).await.expect("signed out");
    assert_eq!((agent.session_state(), agent.session_id), (v1::AgentSessionState::SignedOut, 0));
    sign_out(false).await.expect("a repeat is harmless");

    // The chat is back at its age, and the stream ends in good order.
    let chat = client.contact("chat").await;
    assert_eq!(chat.state(), ContactState::Waiting);
    assert!(chat.answer_time.is_some());
    assert_eq!(anna.stream.end().await.map(|status| status.to_string()), None);

    // It is there for whoever comes next.
    let mut ben = client.sign_in("ben").await;
    let (offer, contact) = match ben.snapshot.offers.pop() {
        Some(offered) => (offered.offer.expect("an offer"), offered.contact.expect("a contact")),
        None => ben.offered().await,
    };
    assert_eq!((contact.contact_id.as_str(), offer.epoch), ("chat", 2));
}
