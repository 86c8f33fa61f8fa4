//! Wrong requests: each gets its code, its stable reason, and the paths of all fields at fault at once.

#![allow(clippy::expect_used, clippy::panic)]

mod called;
#[path = "../daemon_common/mod.rs"]
mod daemon_common;
mod fields;
mod reasons;

use daemon_common::{
    client::{assert_invalid, assert_refused, contact, reason},
    desk,
};
use kefud::proto::v1::{self, transfer_target::Target};
use prost_types::Duration;
use tonic::{Code, Response};
use tonic_types::StatusExt;

fn seconds(seconds: i64) -> Option<Duration> {
    Some(Duration { seconds, nanos: 0 })
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_of_gateways() {
    let (_place, _daemon, client) = desk().await;
    client.enqueue("c", "phone", "service").await;
    let mut contacts = client.contacts.clone();
    let id = |contact_id: &str| contact_id.to_owned();
    assert_invalid(contacts.get_contact(v1::GetContactRequest::default()).await, &["contact_id"]);
    assert_invalid(contacts.cancel_contact(v1::CancelContactRequest::default()).await, &["contact_id"]);
    assert_invalid(
        contacts.watch_contact(v1::WatchContactRequest::default()).await.map(|_| Response::new(())),
        &["contact_id"],
    );
    assert_invalid(
        contacts.watch_gateway(v1::WatchGatewayRequest::default()).await.map(|_| Response::new(())),
        &["gateway_id"],
    );
    let request = v1::ListContactsRequest {
        queue: "a b".into(),
        gateway_id: "a b".into(),
        state: v1::ContactState::Completed.into(),
        page_size: 1_001,
        page_token: "nonsense".into(),
    };
    assert_invalid(
        contacts.list_contacts(request).await,
        &["queue", "gateway_id", "state", "page_size", "page_token"],
    );
    let request = v1::ReportConnectionRequest::default();
    assert_invalid(contacts.report_connection(request).await, &["contact_id", "offer_id", "epoch", "result"]);
    let request = v1::ReportConnectionRequest { contact_id: id("c"), offer_id: 1, epoch: 1, result: 99 };
    assert_invalid(contacts.report_connection(request).await, &["result"]);
    let request =
        v1::CompleteContactRequest { contact_id: id("a b"), disposition: "a b".into(), resolution: 99 };
    assert_invalid(contacts.complete_contact(request).await, &["contact_id", "disposition", "resolution"]);
    let request =
        v1::CompleteContactRequest { contact_id: id("c"), disposition: "lost".into(), resolution: 0 };
    assert_invalid(contacts.complete_contact(request).await, &["disposition"]);
    for (lease, gateway_id, expected) in [
        (seconds(4), "", vec!["gateway_id", "lease"]),
        (seconds(301), "g", vec!["lease"]),
        (seconds(-1), "g", vec!["lease"]),
    ] {
        assert_invalid(
            contacts.keep_alive(v1::KeepAliveRequest { gateway_id: gateway_id.into(), lease }).await,
            &expected,
        );
    }
    for (target, expected) in [
        (None, vec!["target"]),
        (Some(v1::TransferTarget::default()), vec!["target"]),
        (target(Target::Queue(String::new()), ""), vec!["target.queue"]),
        (target(Target::Queue("nowhere".into()), ""), vec!["target.queue"]),
        (target(Target::Queue("sales".into()), "service"), vec!["target.fallback_queue"]),
        (target(Target::AgentId("a b".into()), "a b"), vec!["target.fallback_queue", "target.agent_id"]),
        (target(Target::AgentId("anna".into()), "nowhere"), vec!["target.fallback_queue"]),
    ] {
        let request = v1::TransferContactRequest { contact_id: id("c"), target, request_id: String::new() };
        assert_invalid(contacts.transfer_contact(request).await, &expected);
    }

    let missing = v1::GetContactRequest { contact_id: id("nobody") };
    assert_refused(contacts.get_contact(missing).await, Code::NotFound, "CONTACT_NOT_FOUND");
    let request = v1::CompleteContactRequest { contact_id: id("c"), ..Default::default() };
    assert_refused(
        contacts.complete_contact(request).await,
        Code::FailedPrecondition,
        "CONTACT_NOT_ANSWERED",
    );
    let request = v1::ReportConnectionRequest { contact_id: id("c"), offer_id: 77, epoch: 1, result: 2 };
    assert_refused(contacts.report_connection(request).await, Code::NotFound, "OFFER_NOT_FOUND");
    let request = v1::ListContactsRequest { queue: "nowhere".into(), ..Default::default() };
    assert_refused(contacts.list_contacts(request).await, Code::NotFound, "QUEUE_NOT_FOUND");
    let other = v1::EnqueueContactRequest { priority: 1, ..contact("c", "phone", "service") };
    assert_refused(client.try_enqueue(other).await, Code::AlreadyExists, "CONTACT_EXISTS");
    client.cancel("c").await;
    let request = v1::UpdateContactRequest { contact_id: id("c"), priority: Some(1), ..Default::default() };
    assert_refused(contacts.update_contact(request).await, Code::FailedPrecondition, "CONTACT_CLOSED");
    let again = client.try_enqueue(contact("c", "phone", "service")).await.expect("the same answer");
    assert_eq!(again.state(), v1::ContactState::Abandoned);

    client.enqueue("fits", "phone", "tiny").await;
    let full = client.try_enqueue(contact("full", "phone", "tiny")).await.expect_err("full");
    assert_eq!((full.code(), reason(&full).as_str()), (Code::ResourceExhausted, "QUEUE_FULL"));
    assert!(full.get_details_retry_info().and_then(|info| info.retry_delay).is_some(), "{full:?}");
    client.try_enqueue(contact("fits", "phone", "tiny")).await.expect("a repeat is not one more");
}

fn target(target: Target, fallback_queue: &str) -> Option<v1::TransferTarget> {
    Some(v1::TransferTarget {
        target: Some(target),
        fallback_queue: fallback_queue.into(),
        ..Default::default()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_of_desktops_and_supervisors() {
    let (_place, _daemon, client) = desk().await;
    let (mut agents, mut supervisors) = (client.agents.clone(), client.supervisors.clone());
    let stream = |agent_id: &str, availability| {
        let request =
            v1::StreamAssignmentsRequest { agent_id: agent_id.into(), availability, ..Default::default() };
        let client = client.clone();
        async move { client.stream(request).await.map(|_| Response::new(())) }
    };
    assert_invalid(stream("", 99).await, &["agent_id", "availability"]);
    assert_refused(stream("nobody", 0).await, Code::NotFound, "AGENT_NOT_FOUND");
    assert_invalid(
        agents.keep_alive(v1::AgentServiceKeepAliveRequest::default()).await,
        &["agent_id", "session_id"],
    );
    assert_invalid(agents.sign_out(v1::SignOutRequest::default()).await, &["agent_id"]);
    assert_invalid(
        agents.accept_offer(v1::AcceptOfferRequest::default()).await,
        &["agent_id", "offer_id", "epoch"],
    );
    assert_invalid(
        agents.decline_offer(v1::DeclineOfferRequest::default()).await,
        &["agent_id", "offer_id", "epoch"],
    );
    assert_invalid(
        agents.finish_wrap_up(v1::FinishWrapUpRequest::default()).await,
        &["agent_id", "contact_id"],
    );
    let request = v1::AgentServiceCompleteContactRequest { resolution: 99, ..Default::default() };
    assert_invalid(agents.complete_contact(request).await, &["agent_id", "contact_id", "resolution"]);
    let request = v1::AgentServiceTransferContactRequest { request_id: "a b".into(), ..Default::default() };
    assert_invalid(
        agents.transfer_contact(request).await,
        &["agent_id", "contact_id", "request_id", "target"],
    );
    let availability = |availability: v1::Availability, reason: &str, request_id: &str| {
        let (reason, request_id) = (reason.to_owned(), request_id.to_owned());
        v1::SetAvailabilityRequest {
            agent_id: "anna".into(),
            availability: availability.into(),
            reason,
            request_id,
        }
    };
    let (ready, not_ready) = (v1::Availability::Ready, v1::Availability::NotReady);
    let unspecified = v1::Availability::Unspecified;
    for (request, expected) in [
        (availability(unspecified, "", "a b"), vec!["request_id", "availability"]),
        (availability(ready, "break", ""), vec!["reason"]),
        (availability(not_ready, "", ""), vec!["reason"]),
        (availability(not_ready, "a b", ""), vec!["reason"]),
        (availability(not_ready, &"x".repeat(65), ""), vec!["reason"]),
    ] {
        assert_invalid(agents.set_availability(request).await, &expected);
    }
    let signed_out = agents.set_availability(availability(ready, "", "")).await;
    assert_refused(signed_out, Code::FailedPrecondition, "AGENT_SIGNED_OUT");
    let request = v1::AcceptOfferRequest { agent_id: "anna".into(), offer_id: 9, epoch: 1 };
    assert_refused(agents.accept_offer(request).await, Code::NotFound, "OFFER_NOT_FOUND");

    for page_size in [1_001, u32::MAX] {
        let request = v1::ListQueuesRequest { page_size, ..Default::default() };
        assert_invalid(supervisors.list_queues(request).await, &["page_size"]);
        let request = v1::ListAgentsRequest { page_size, group: "a b".into(), ..Default::default() };
        assert_invalid(supervisors.list_agents(request).await, &["group", "page_size"]);
    }
    let request = v1::ListAgentsRequest { group: "nothing".into(), ..Default::default() };
    assert_refused(supervisors.list_agents(request).await, Code::NotFound, "GROUP_NOT_FOUND");
    for interval in [seconds(0), seconds(61), seconds(-5)] {
        let answer = supervisors.watch_queues(v1::WatchQueuesRequest { interval }).await;
        assert_invalid(answer.map(|_| Response::new(())), &["interval"]);
    }
    let request = v1::AssignContactRequest::default();
    assert_invalid(supervisors.assign_contact(request).await, &["contact_id", "agent_id"]);
    let request = v1::SetAgentAvailabilityRequest::default();
    assert_invalid(supervisors.set_agent_availability(request).await, &["agent_id", "availability"]);
}
