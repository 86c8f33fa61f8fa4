//! Plans over gRPC: checked whole, applied at once, careful with what waits in queues that go.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use std::time::Instant;

use daemon_common::{
    Place,
    client::{Client, assert_refused, contact, fields, reason},
    desk, plans,
};
use futures_util::future::join_all;
use kefud::proto::v1::{self, CloseReason, ContactCause, ContactState, RemovedQueuePolicy};
use tonic::{Code, Status};
use tonic_types::StatusExt;

fn request(document: impl Into<String>) -> v1::ApplyPlanRequest {
    v1::ApplyPlanRequest { document: document.into(), ..Default::default() }
}

async fn apply(client: &Client, request: v1::ApplyPlanRequest) -> Result<v1::ApplyPlanResponse, Status> {
    client.plans.clone().apply_plan(request).await.map(tonic::Response::into_inner)
}

async fn plan(client: &Client) -> v1::GetPlanResponse {
    client.plans.clone().get_plan(v1::GetPlanRequest {}).await.expect("a plan").into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_has_its_place() {
    let (_place, _daemon, client) = desk().await;
    let document =
        plans::DESK.replace("objective", "objektive").replace("groups = [\"sales\"]", "groups = [\"sails\"]");
    let refused = apply(&client, request(document.clone())).await.expect_err("wrong");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "INVALID_FIELDS"));
    let told = refused.get_details_bad_request().expect("details").field_violations;
    for (part, hint) in [("objektive", "objective"), ("sails", "there is no group `sails`")] {
        for (at, line) in document.lines().enumerate().filter(|(_, line)| line.contains(part)) {
            let place = format!("document:{}:", at + 1);
            let found = told.iter().find(|violation| violation.field.starts_with(&place));
            let found = found.unwrap_or_else(|| panic!("{line} is told in {told:#?}"));
            assert!(found.description.contains(hint), "{found:?}");
        }
    }
    for wrong in ["", "[[[", "\u{0}", "[agents.x]\ngroups = []"] {
        let refused = apply(&client, request(wrong)).await.expect_err(wrong);
        assert_eq!(refused.code(), Code::InvalidArgument, "{wrong}");
        let fields = fields(&refused);
        assert!(
            !fields.is_empty() && fields.iter().all(|field| field.starts_with("document:")),
            "{refused:?}"
        );
    }
    assert_eq!(plan(&client).await.revision, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_full_of_errors_is_still_answered() {
    let (_place, _daemon, client) = desk().await;
    // Errors travel in headers, whose size clients limit.
    let wrong: String =
        (0..2_000).map(|at| format!("[agents.客户服务{at}]\ngroops = [\"客服\"]\n")).collect();
    let refused = apply(&client, request(plans::DESK.to_owned() + &wrong)).await.expect_err("wrong");
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "INVALID_FIELDS"),
        "{refused:?}"
    );
    let told = refused.get_details_bad_request().expect("details").field_violations;
    assert!(told.len() > 10, "{}", told.len());
    let last = told.last().expect("some");
    assert!(last.field.is_empty() && last.description.contains("more"), "{last:?}");

    let attributes = (0..32).map(|at| (format!("{at:0>60}客"), "v".repeat(2_000))).collect();
    let wide = v1::EnqueueContactRequest { attributes, ..contact("c", "phone", "service") };
    let refused = client.try_enqueue(wide).await.expect_err("wrong");
    assert_eq!((refused.code(), fields(&refused).len() >= 32), (Code::InvalidArgument, true), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn revisions_and_repeats() {
    let (_place, _daemon, client) = desk().await;
    let more = format!("{}\n[agents.eve]\ngroups = [\"sales\"]\n", plans::DESK);
    let checked = v1::ApplyPlanRequest { validate_only: true, ..request(more.clone()) };
    let checked = apply(&client, checked).await.expect("right");
    assert_eq!((checked.revision, checked.added, checked.changed, checked.removed), (1, 1, 0, 0));
    assert_eq!(plan(&client).await.revision, 1);

    let stale = v1::ApplyPlanRequest { expected_revision: 7, ..request(more.clone()) };
    assert_refused(apply(&client, stale).await, Code::Aborted, "REVISION_MISMATCH");
    let once =
        v1::ApplyPlanRequest { expected_revision: 1, request_id: "once".into(), ..request(more.clone()) };
    for _ in 0..2 {
        assert_eq!(apply(&client, once.clone()).await.expect("applied").revision, 2);
    }
    assert_eq!(apply(&client, request(more)).await.expect("nothing to change").revision, 2);
    client.sign_in("eve").await;

    // What is read can be applied.
    let read = plan(&client).await;
    assert_eq!(apply(&client, request(read.document)).await.expect("the same").revision, 2);
    let unknown = v1::ApplyPlanRequest { removed_queue_policy: 9, ..request(plans::DESK) };
    assert_eq!(fields(&apply(&client, unknown).await.expect_err("wrong")), ["removed_queue_policy"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn shifts_that_go_with_their_agents_are_counted() {
    let plan = |agents: &str| format!("{}\n{agents}", plans::DESK);
    let place =
        Place::new(&plan("[agents.eve]\ngroups = [\"sales\"]\n[agents.finn]\ngroups = [\"sales\"]\n"), &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let shift = |agent: &str, day: u32| v1::Shift {
        agent_id: agent.into(),
        kind: v1::ShiftKind::Off.into(),
        start: format!("2090-10-{day:02}T09:00"),
        end: format!("2090-10-{day:02}T17:00"),
        ..Default::default()
    };
    let shifts = vec![shift("anna", 1), shift("eve", 1), shift("eve", 2), shift("finn", 1)];
    let set = v1::SetShiftRequest { shifts, ..Default::default() };
    client.plans.clone().set_shift(set).await.expect("set");
    for (document, validate_only, gone) in [
        (plan(""), true, 3),
        (plan("[agents.finn]\ngroups = [\"sales\"]\n"), false, 2),
        (plan(""), false, 1),
        (plan("[agents.finn]\ngroups = [\"sales\"]\n"), false, 0),
        (plan(""), false, 0),
    ] {
        let request = v1::ApplyPlanRequest { validate_only, ..request(document.clone()) };
        assert_eq!(apply(&client, request).await.expect("right").shifts_removed, gone, "{document}");
    }
    let left = client.plans.clone().list_shifts(v1::ListShiftsRequest::default()).await.expect("a page");
    assert_eq!(left.into_inner().shifts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_that_go_while_contacts_wait() {
    let (_place, _daemon, client) = desk().await;
    let without = |queue: &str| plans::DESK.replace(&format!("[queues.{queue}]"), "[queues.instead]");
    let mut events = client.watch_gateway(daemon_common::client::GATEWAY, 0).await;
    events.snapshot().await;
    let entered = client.enqueue("c", "phone", "sales").await.enqueue_time;
    assert_refused(
        apply(&client, request(without("sales"))).await,
        Code::FailedPrecondition,
        "QUEUE_NOT_EMPTY",
    );
    let moving = |to: &str| v1::ApplyPlanRequest {
        removed_queue_policy: RemovedQueuePolicy::Move.into(),
        move_to_queue: to.into(),
        ..request(without("sales"))
    };
    for nowhere in ["", "nowhere", "sales"] {
        let refused = apply(&client, moving(nowhere)).await.expect_err(nowhere);
        assert_eq!(
            (refused.code(), fields(&refused)),
            (Code::InvalidArgument, vec!["move_to_queue".to_owned()])
        );
    }
    client.enqueue("chat", "wechat", "sales").await;
    let refused = apply(&client, moving("calls")).await.expect_err("it takes no chats");
    assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, vec!["move_to_queue".to_owned()]));
    let pointless = v1::ApplyPlanRequest { move_to_queue: "calls".into(), ..request(plans::DESK) };
    assert_eq!(fields(&apply(&client, pointless).await.expect_err("wrong")), ["move_to_queue"]);

    apply(&client, moving("service")).await.expect("applied");
    for id in ["c", "chat"] {
        let moved = events.until(ContactCause::QueueRemoved).await;
        assert_eq!((moved.contact_id.as_str(), moved.queue.as_str()), (id, "service"));
    }
    assert_eq!(client.contact("c").await.enqueue_time, entered);
    let gone = client.try_enqueue(contact("late", "phone", "sales")).await.expect_err("gone");
    assert_eq!((gone.code(), fields(&gone)), (Code::InvalidArgument, vec!["queue".to_owned()]));

    // Or they end.
    let ending = v1::ApplyPlanRequest {
        removed_queue_policy: RemovedQueuePolicy::End.into(),
        ..request(without("service").replace("queue = \"service\"", "queue = \"instead\""))
    };
    apply(&client, ending).await.expect("applied");
    let ended = events.until(ContactCause::Closed).await;
    assert_eq!((ended.state(), ended.close_reason()), (ContactState::Expired, CloseReason::QueueRemoved));
    events.until(ContactCause::Closed).await;
    assert!(client.live_contacts().await.is_empty());
    // A channel stays while somebody came by it.
    client.enqueue("waits", "hasty", "tiny").await;
    let document = plan(&client).await.document.replace("\"hasty\", ", "").replace(", \"hasty\"", "");
    let document = document.replace("[channels.hasty]", "[channels.instead]");
    let refused = apply(&client, request(document)).await;
    assert_refused(refused, Code::FailedPrecondition, "CHANNEL_IN_USE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_agents_are_applied_and_recovered() {
    let count = 100_000;
    let place = Place::new(&plans::agents(1), &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let document = plans::agents(count);
    let bytes = document.len();
    let started = Instant::now();
    let applied = apply(&client, request(document)).await.expect("applied");
    println!("{count} agents, {bytes} bytes: applied in {:?}", started.elapsed());
    assert_eq!((applied.revision, applied.added as usize), (2, count - 1));
    let last = format!("a{:06}", count - 1);
    let mut desk = client.sign_in(&last).await;
    client.enqueue("c", "wechat", "service").await;
    desk.offer().await;
    let started = Instant::now();
    drop(daemon);
    let daemon = place.start();
    println!("{count} agents: recovered in {:?}", started.elapsed());
    let client = daemon.client().await;
    assert_eq!(client.agent(&last).await.agent_id, last);
    assert_eq!(plan(&client).await.document.matches("[agents.").count(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_applied_at_once_come_one_after_the_other() {
    let place = Place::new(&plans::agents(1_500), &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    // Each has other agents, in more than one part.
    let documents: Vec<String> = (1..=6).map(|at| plans::agents(1_500 + at * 400)).collect();
    let all = documents.iter().map(|document| apply(&client, request(document.clone())));
    let mut revisions = Vec::new();
    for applied in join_all(all).await {
        revisions.push(applied.expect("applied").revision);
    }
    revisions.sort_unstable();
    assert_eq!(revisions, (2..=7).collect::<Vec<u64>>());
    let in_force = plan(&client).await;
    assert_eq!(in_force.revision, 7);
    let counts = documents.iter().map(|document| document.matches("[agents.").count());
    assert!(counts.into_iter().any(|count| in_force.document.matches("[agents.").count() == count));

    // Of those that name a revision, one is right.
    let same = |at: usize| v1::ApplyPlanRequest { expected_revision: 7, ..request(plans::agents(700 + at)) };
    let answers = join_all((0..4).map(|at| apply(&client, same(at)))).await;
    let (right, wrong): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((right.len(), wrong.len()), (1, 3));
    for answer in wrong {
        assert_refused(answer, Code::Aborted, "REVISION_MISMATCH");
    }
    // A request that is repeated at once is carried out once.
    let once = v1::ApplyPlanRequest { request_id: "once".into(), ..request(plans::agents(900)) };
    for answer in join_all((0..3).map(|_| apply(&client, once.clone()))).await {
        assert_eq!(answer.expect("applied").revision, 9);
    }
    drop(daemon);
    let daemon = place.start();
    let read = plan(&daemon.client().await).await;
    assert_eq!((read.revision, read.document.matches("[agents.").count()), (9, 900));
}

#[tokio::test(flavor = "multi_thread")]
async fn explanations_wait_until_a_plan_has_taken_effect() {
    let place = Place::new(&plans::agents(5_000), &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    for at in 0..20 {
        client.enqueue(&format!("c{at}"), "wechat", "service").await;
    }
    let explained = async || {
        let request = v1::ExplainContactRequest { contact_id: "c7".into(), ..Default::default() };
        client.supervisors.clone().explain_contact(request).await.expect("c7").into_inner()
    };
    for count in [6_000, 5_000, 6_000] {
        let applied = tokio::spawn({
            let client = client.clone();
            async move { apply(&client, request(plans::agents(count))).await.expect("applied") }
        });
        while !applied.is_finished() {
            assert_eq!(explained().await.place.map(|place| place.waiting), Some(20));
        }
        assert_eq!(explained().await.agent_counts.map(|counts| counts.agents as usize), Some(count));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_inbox_says_when_to_try_again() {
    let place = Place::new(plans::WAITING_ROOM, &["--limits-inbox", "1"]);
    let daemon = place.start();
    let client = daemon.client().await;
    let (mut entered, mut refused) = (0, 0);
    // More at once than one command may wait.
    while refused == 0 {
        let burst = (0..200)
            .map(|at| client.try_enqueue(contact(&format!("c{}", entered + at), "wechat", "service")));
        for answer in join_all(burst).await {
            match answer {
                Ok(_) => entered += 1,
                Err(status) => {
                    assert_eq!(
                        (status.code(), reason(&status).as_str()),
                        (Code::ResourceExhausted, "OVERLOADED")
                    );
                    let delay = status.get_details_retry_info().and_then(|info| info.retry_delay);
                    assert!(delay.is_some_and(|delay| !delay.is_zero()), "{status:?}");
                    refused += 1;
                }
            }
        }
        assert!(entered < 100_000, "never overloaded");
    }
    let rejected =
        "kefud_contacts_rejected_total{tenant=\"default\",queue=\"\",channel=\"\",reason=\"OVERLOADED\"}";
    assert_eq!(daemon.metric(rejected), Some(f64::from(refused)));
}
