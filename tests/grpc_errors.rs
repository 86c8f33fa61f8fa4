//! Wrong requests: each gets its code, its stable reason, and the paths of all fields at fault at once.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{
    Daemon, Place,
    client::{Client, GATEWAY, assert_refused, contact, fields, reason},
    plans,
};
use kefud::proto::v1::{self, transfer_target::Target};
use prost_types::Duration;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

async fn desk() -> (Place, Daemon, Client) {
    let place = Place::new(plans::DESK, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    (place, daemon, client)
}

/// The request is invalid in exactly these fields.
#[track_caller]
fn invalid<T: std::fmt::Debug>(answer: Result<Response<T>, Status>, expected: &[&str]) {
    let status = answer.expect_err(&format!("{expected:?}"));
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::InvalidArgument, "INVALID_FIELDS"),
        "{status:?}"
    );
    assert_eq!(fields(&status), expected, "{status:?}");
    for field in expected.iter().take(5) {
        assert!(status.message().contains(field), "a client without details sees it too: {status:?}");
    }
}

fn skill(skill: &str, min_level: u32) -> v1::SkillRequirement {
    v1::SkillRequirement { skill: skill.into(), min_level }
}

fn seconds(seconds: i64) -> Option<Duration> {
    Some(Duration { seconds, nanos: 0 })
}

const LONG: &str = "1234567890123456789012345678901234567890123456789012345678901234567890\
                    12345678901234567890123456789012345678901234567890123456789";

#[tokio::test(flavor = "multi_thread")]
async fn every_limit_of_a_contact() {
    let (_place, _daemon, client) = desk().await;
    assert_eq!(LONG.len(), 129);
    let right = contact("c", "phone", "service");
    let enqueue = |request: v1::EnqueueContactRequest| {
        let mut contacts = client.contacts.clone();
        async move { contacts.enqueue_contact(request).await }
    };
    let many_attributes = (0..33).map(|at| (format!("k{at}"), String::new())).collect();
    type Case = (&'static [&'static str], v1::EnqueueContactRequest);
    let table: Vec<Case> = vec![
        (&["contact_id"], v1::EnqueueContactRequest { contact_id: String::new(), ..right.clone() }),
        (&["contact_id"], v1::EnqueueContactRequest { contact_id: LONG.into(), ..right.clone() }),
        (&["contact_id"], v1::EnqueueContactRequest { contact_id: "a b".into(), ..right.clone() }),
        (&["contact_id"], v1::EnqueueContactRequest { contact_id: "a\u{7}".into(), ..right.clone() }),
        (&["gateway_id"], v1::EnqueueContactRequest { gateway_id: String::new(), ..right.clone() }),
        (&["gateway_id"], v1::EnqueueContactRequest { gateway_id: LONG.into(), ..right.clone() }),
        (&["channel"], v1::EnqueueContactRequest { channel: String::new(), ..right.clone() }),
        (&["channel"], v1::EnqueueContactRequest { channel: "fax".into(), ..right.clone() }),
        (
            &["channel"],
            v1::EnqueueContactRequest { channel: "wechat".into(), queue: "calls".into(), ..right.clone() },
        ),
        (&["queue"], v1::EnqueueContactRequest { queue: String::new(), ..right.clone() }),
        (&["queue"], v1::EnqueueContactRequest { queue: "nowhere".into(), ..right.clone() }),
        (&["category"], v1::EnqueueContactRequest { category: "nothing".into(), ..right.clone() }),
        (&["customer_ref"], v1::EnqueueContactRequest { customer_ref: "x".repeat(257), ..right.clone() }),
        (&["language"], v1::EnqueueContactRequest { language: "x".repeat(36), ..right.clone() }),
        (&["case_id"], v1::EnqueueContactRequest { case_id: LONG.into(), ..right.clone() }),
        (&["priority"], v1::EnqueueContactRequest { priority: 11, ..right.clone() }),
        (&["priority"], v1::EnqueueContactRequest { priority: -1, ..right.clone() }),
        (
            &["required_skills"],
            v1::EnqueueContactRequest { required_skills: vec![skill("refund", 1); 17], ..right.clone() },
        ),
        (
            &["required_skills[0].min_level", "required_skills[1].skill", "required_skills[2].skill"],
            v1::EnqueueContactRequest {
                required_skills: vec![skill("refund", 11), skill("", 1), skill("refund", 1)],
                ..right.clone()
            },
        ),
        (
            &["required_skills[1].skill"],
            v1::EnqueueContactRequest {
                required_skills: vec![skill("refund", 1), skill("juggling", 1)],
                ..right.clone()
            },
        ),
        (&["attributes"], v1::EnqueueContactRequest { attributes: many_attributes, ..right.clone() }),
        (
            &["attributes"],
            v1::EnqueueContactRequest {
                attributes: [("k".repeat(65), String::new())].into(),
                ..right.clone()
            },
        ),
        (
            &["attributes[k]"],
            v1::EnqueueContactRequest {
                attributes: [("k".into(), "v".repeat(1_025))].into(),
                ..right.clone()
            },
        ),
        // All at once.
        (
            &[
                "contact_id",
                "gateway_id",
                "channel",
                "queue",
                "customer_ref",
                "language",
                "case_id",
                "priority",
            ],
            v1::EnqueueContactRequest {
                customer_ref: "x".repeat(257),
                language: "zh CN".into(),
                case_id: "a b".into(),
                priority: 99,
                ..Default::default()
            },
        ),
        (
            &["channel", "category", "queue"],
            v1::EnqueueContactRequest {
                channel: "fax".into(),
                category: "nothing".into(),
                queue: "nowhere".into(),
                ..right.clone()
            },
        ),
    ];
    for (expected, request) in table {
        invalid(enqueue(request).await, expected);
    }

    // At the limits it is right.
    let widest = v1::EnqueueContactRequest {
        contact_id: "界".repeat(128),
        gateway_id: LONG[1..].into(),
        customer_ref: "x".repeat(256),
        language: "x".repeat(35),
        case_id: LONG[1..].into(),
        priority: 10,
        attributes: (0..32).map(|at| (format!("{at:064}"), "v".repeat(1_024))).collect(),
        ..right.clone()
    };
    let entered = client.try_enqueue(widest.clone()).await.expect("at the limits");
    assert_eq!((entered.attributes, entered.customer_ref), (widest.attributes, widest.customer_ref));

    let update = v1::UpdateContactRequest {
        contact_id: "a b".into(),
        priority: Some(11),
        language: Some("x".repeat(36)),
        case_id: Some(LONG.into()),
        category: Some("a b".into()),
        required_skills: Some(v1::SkillRequirements { skills: vec![skill("refund", 11)] }),
        attributes: Some(v1::Attributes { entries: [(String::new(), String::new())].into() }),
        request_id: "a b".into(),
    };
    let expected = [
        "contact_id",
        "priority",
        "language",
        "case_id",
        "category",
        "required_skills.skills[0].min_level",
        "attributes.entries",
        "request_id",
    ];
    invalid(client.contacts.clone().update_contact(update).await, &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_of_gateways() {
    let (_place, _daemon, client) = desk().await;
    client.enqueue("c", "phone", "service").await;
    let mut contacts = client.contacts.clone();
    let id = |contact_id: &str| contact_id.to_owned();
    invalid(contacts.get_contact(v1::GetContactRequest::default()).await, &["contact_id"]);
    invalid(contacts.cancel_contact(v1::CancelContactRequest::default()).await, &["contact_id"]);
    invalid(
        contacts.watch_contact(v1::WatchContactRequest::default()).await.map(|_| Response::new(())),
        &["contact_id"],
    );
    invalid(
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
    invalid(
        contacts.list_contacts(request).await,
        &["queue", "gateway_id", "state", "page_size", "page_token"],
    );
    let request = v1::ReportConnectionRequest::default();
    invalid(contacts.report_connection(request).await, &["contact_id", "offer_id", "epoch", "result"]);
    let request = v1::ReportConnectionRequest { contact_id: id("c"), offer_id: 1, epoch: 1, result: 99 };
    invalid(contacts.report_connection(request).await, &["result"]);
    let request =
        v1::CompleteContactRequest { contact_id: id("a b"), disposition: "a b".into(), resolution: 99 };
    invalid(contacts.complete_contact(request).await, &["contact_id", "disposition", "resolution"]);
    let request =
        v1::CompleteContactRequest { contact_id: id("c"), disposition: "lost".into(), resolution: 0 };
    invalid(contacts.complete_contact(request).await, &["disposition"]);
    for (lease, gateway_id, expected) in [
        (seconds(4), "", vec!["gateway_id", "lease"]),
        (seconds(301), "g", vec!["lease"]),
        (seconds(-1), "g", vec!["lease"]),
    ] {
        invalid(
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
        invalid(contacts.transfer_contact(request).await, &expected);
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
    Some(v1::TransferTarget { target: Some(target), fallback_queue: fallback_queue.into() })
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
    invalid(stream("", 99).await, &["agent_id", "availability"]);
    assert_refused(stream("nobody", 0).await, Code::NotFound, "AGENT_NOT_FOUND");
    invalid(
        agents.keep_alive(v1::AgentServiceKeepAliveRequest::default()).await,
        &["agent_id", "session_id"],
    );
    invalid(agents.sign_out(v1::SignOutRequest::default()).await, &["agent_id"]);
    invalid(agents.accept_offer(v1::AcceptOfferRequest::default()).await, &["agent_id", "offer_id", "epoch"]);
    invalid(
        agents.decline_offer(v1::DeclineOfferRequest::default()).await,
        &["agent_id", "offer_id", "epoch"],
    );
    invalid(agents.finish_wrap_up(v1::FinishWrapUpRequest::default()).await, &["agent_id", "contact_id"]);
    let request = v1::AgentServiceCompleteContactRequest { resolution: 99, ..Default::default() };
    invalid(agents.complete_contact(request).await, &["agent_id", "contact_id", "resolution"]);
    let request = v1::AgentServiceTransferContactRequest { request_id: "a b".into(), ..Default::default() };
    invalid(agents.transfer_contact(request).await, &["agent_id", "contact_id", "request_id", "target"]);
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
        invalid(agents.set_availability(request).await, &expected);
    }
    let signed_out = agents.set_availability(availability(ready, "", "")).await;
    assert_refused(signed_out, Code::FailedPrecondition, "AGENT_SIGNED_OUT");
    let request = v1::AcceptOfferRequest { agent_id: "anna".into(), offer_id: 9, epoch: 1 };
    assert_refused(agents.accept_offer(request).await, Code::NotFound, "OFFER_NOT_FOUND");

    for page_size in [1_001, u32::MAX] {
        let request = v1::ListQueuesRequest { page_size, ..Default::default() };
        invalid(supervisors.list_queues(request).await, &["page_size"]);
        let request = v1::ListAgentsRequest { page_size, group: "a b".into(), ..Default::default() };
        invalid(supervisors.list_agents(request).await, &["group", "page_size"]);
    }
    let request = v1::ListAgentsRequest { group: "nothing".into(), ..Default::default() };
    assert_refused(supervisors.list_agents(request).await, Code::NotFound, "GROUP_NOT_FOUND");
    for interval in [seconds(0), seconds(61), seconds(-5)] {
        let answer = supervisors.watch_queues(v1::WatchQueuesRequest { interval }).await;
        invalid(answer.map(|_| Response::new(())), &["interval"]);
    }
    let request = v1::AssignContactRequest::default();
    invalid(supervisors.assign_contact(request).await, &["contact_id", "agent_id"]);
    let request = v1::SetAgentAvailabilityRequest::default();
    invalid(supervisors.set_agent_availability(request).await, &["agent_id", "availability"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_is_answered_once_and_not_reused() {
    let (_place, _daemon, client) = desk().await;
    client.enqueue("c", "phone", "service").await;
    let update = |priority, request_id: &str| {
        let request = v1::UpdateContactRequest {
            contact_id: "c".into(),
            priority: Some(priority),
            request_id: request_id.into(),
            ..Default::default()
        };
        let mut contacts = client.contacts.clone();
        async move { contacts.update_contact(request).await.map(|answer| answer.into_inner().contact) }
    };
    let first = update(5, "r1").await.expect("updated").expect("a contact");
    update(8, "r2").await.expect("updated");
    let repeat = update(5, "r1").await.expect("a repeat").expect("a contact");
    assert_eq!((first.priority, repeat.priority), (5, 8), "not carried out again; told as it is now");
    assert_refused(update(6, "r1").await, Code::AlreadyExists, "REQUEST_ID_REUSED");
    // The same id for another method is another request.
    let request = v1::TransferContactRequest {
        contact_id: "c".into(),
        target: target(Target::Queue("sales".into()), ""),
        request_id: "r1".into(),
    };
    let reused = client.contacts.clone().transfer_contact(request).await;
    assert_refused(reused, Code::AlreadyExists, "REQUEST_ID_REUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_are_separate() {
    let place = Place::with_tenants(&[("east", plans::DESK), ("west", plans::WAITING_ROOM)]);
    let daemon = place.start();
    let (east, west) = (daemon.client_of("east").await, daemon.client_of("west").await);
    for nobody in [daemon.client().await, daemon.client_of("north").await] {
        let refused = nobody.try_enqueue(contact("c", "wechat", "service")).await;
        assert_refused(refused, Code::NotFound, "TENANT_NOT_FOUND");
        let refused = nobody.contacts.clone().watch_gateway(v1::WatchGatewayRequest::default()).await;
        assert_eq!(refused.map(|_| ()).expect_err("refused").code(), Code::NotFound);
    }
    let mut watch = west.watch_gateway(GATEWAY, 0).await;
    watch.snapshot().await;
    let _anna = east.sign_in("anna").await;
    // The same id in both, and neither sees the other's.
    let (first, second) = (contact("same", "wechat", "service"), contact("same", "wechat", "service"));
    east.try_enqueue(v1::EnqueueContactRequest { customer_ref: "east's".into(), ..first }).await.expect("in");
    west.try_enqueue(v1::EnqueueContactRequest { customer_ref: "west's".into(), ..second })
        .await
        .expect("in");
    assert_eq!(watch.change().await.0.customer_ref, "west's");
    assert_eq!(east.contact("same").await.state(), v1::ContactState::Offered);
    assert_eq!(west.contact("same").await.state(), v1::ContactState::Waiting);
    east.cancel("same").await;
    assert_eq!(west.live_contacts().await.len(), 1);
    invalid(west.contacts.clone().enqueue_contact(contact("c", "phone", "service")).await, &["channel"]);
    daemon.kill();

    let daemon = place.start();
    let (east, west) = (daemon.client_of("east").await, daemon.client_of("west").await);
    assert_eq!(east.live_contacts().await.len(), 0);
    assert_eq!(west.live_contacts().await[0].customer_ref, "west's");
}
