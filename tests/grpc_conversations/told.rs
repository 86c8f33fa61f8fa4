//! Conversations from outside: who changed a promise, as both sides are told; feedback that is sent again; what a
//! gateway is told when a consult takes its contact over; what is offered and changes.

use crate::daemon_common::{
    self,
    client::{Client, GATEWAY, assert_invalid, assert_refused},
    desk,
};
use kefud::proto::v1::{
    self, promise::ChangedBy, promise_due::Due, start_consult_request::Target,
    stream_assignments_response::Update as AgentUpdate,
    supervisor_service_update_promise_request::Change as AnyChange, update_promise_request::Change,
};
use tonic::Code::{AlreadyExists, FailedPrecondition};

const HOUR: i64 = 3_600;

fn due(seconds: i64) -> v1::PromiseDue {
    v1::PromiseDue { due: Some(Due::After(prost_types::Duration { seconds, nanos: 0 })) }
}

/// anna has a chat, and has promised its customer something.
async fn promised(client: &Client) -> daemon_common::streams::Desk {
    let mut anna = client.sign_in("anna").await;
    client.enqueue("chat", "wechat", "service").await;
    client.accept(&anna.offer().await).await.expect("accepted");
    let request = v1::MakePromiseRequest {
        agent_id: "anna".into(),
        contact_id: "chat".into(),
        promise: Some(v1::NewPromise {
            promise_id: "p1".into(),
            due: Some(due(2 * HOUR)),
            ..Default::default()
        }),
    };
    let made = client.agents.clone().make_promise(request).await.expect("made").into_inner();
    assert_eq!(made.promise.expect("a promise").changed_by, None);
    anna
}

async fn supervise(client: &Client, supervisor_id: &str, reason: &str, change: AnyChange) -> v1::Promise {
    let request = v1::SupervisorServiceUpdatePromiseRequest {
        supervisor_id: supervisor_id.into(),
        promise_id: "p1".into(),
        change: Some(change),
        reason: reason.into(),
        ..Default::default()
    };
    let answer = client.supervisors.clone().update_promise(request).await.expect("changed");
    answer.into_inner().promise.expect("a promise")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changed_a_promise() {
    let (_place, _daemon, client) = desk().await;
    let mut anna = promised(&client).await;
    let told = supervise(&client, "chief", "later", AnyChange::Move(due(3 * HOUR))).await;
    let chief = Some(ChangedBy::ChangedBySupervisorId("chief".into()));
    assert_eq!((told.moves, told.reason.as_str(), &told.changed_by), (1, "later", &chief));
    // Its agent's desktop is told the same.
    let streamed = loop {
        match anna.update().await {
            AgentUpdate::PromiseChanged(promise) if promise.moves == 1 => break promise,
            _ => {}
        }
    };
    assert_eq!(streamed, told);
    let request = v1::UpdatePromiseRequest {
        agent_id: "anna".into(),
        promise_id: "p1".into(),
        change: Some(Change::ReassignTo("ben".into())),
        reason: "holiday".into(),
        ..Default::default()
    };
    let answer = client.agents.clone().update_promise(request.clone()).await.expect("changed");
    let told = answer.into_inner().promise.expect("a promise");
    let by_anna = Some(ChangedBy::ChangedByAgentId("anna".into()));
    assert_eq!((told.agent_id.as_str(), &told.changed_by), ("ben", &by_anna));
    assert_refused(
        client.agents.clone().update_promise(request).await,
        FailedPrecondition,
        "PROMISE_OF_ANOTHER_AGENT",
    );
    // Without a name it still was a supervisor.
    let told = supervise(&client, "", "", AnyChange::Fulfil(true)).await;
    let nameless = Some(ChangedBy::ChangedBySupervisorId(String::new()));
    assert_eq!((told.reason.as_str(), &told.changed_by), ("", &nameless));
    let request = v1::SupervisorServiceListPromisesRequest { ended: true, ..Default::default() };
    let list = client.supervisors.clone().list_promises(request).await.expect("listed").into_inner();
    assert_eq!(list.promises, [told]);
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_again() {
    let (_place, _daemon, client) = desk().await;
    client.enqueue("chat", "wechat", "service").await;
    client.cancel("chat").await;
    let feedback = |score, request_id: &str, seconds| {
        let time = Some(prost_types::Timestamp { seconds, nanos: 0 });
        let request = v1::RecordFeedbackRequest {
            contact_id: "chat".into(),
            feedback: Some(v1::Feedback { score, time, ..Default::default() }),
            request_id: request_id.into(),
        };
        let mut contacts = client.contacts.clone();
        async move { contacts.record_feedback(request).await }
    };
    assert_invalid(feedback(8, "with space", 1).await, &["request_id"]);
    let score = |answer: Result<tonic::Response<v1::RecordFeedbackResponse>, tonic::Status>| {
        let contact = answer.expect("recorded").into_inner().contact.expect("a contact");
        contact.feedback.map(|feedback| feedback.score)
    };
    assert_eq!(score(feedback(8, "r1", 1).await), Some(8));
    // A retry is the same request, also if it tells another time, which is not read.
    assert_eq!(score(feedback(8, "r1", 2).await), Some(8));
    assert_refused(feedback(9, "r1", 1).await, AlreadyExists, "REQUEST_ID_REUSED");
    // Without one it is known by what it says.
    assert_eq!(score(feedback(8, "", 1).await), Some(8));
    assert_refused(feedback(9, "", 1).await, AlreadyExists, "FEEDBACK_EXISTS");
    assert_refused(feedback(9, "r2", 1).await, AlreadyExists, "FEEDBACK_EXISTS");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_promise_with_the_same_id() {
    let (_place, _daemon, client) = desk().await;
    let _anna = promised(&client).await;
    let promise = v1::NewPromise { promise_id: "p1".into(), due: Some(due(2 * HOUR)), ..Default::default() };
    let make = |promise: v1::NewPromise| {
        let (agent_id, contact_id) = ("anna".into(), "chat".into());
        let request = v1::MakePromiseRequest { agent_id, contact_id, promise: Some(promise) };
        let mut agents = client.agents.clone();
        async move { agents.make_promise(request).await }
    };
    let known = make(promise.clone()).await.expect("the same").into_inner().promise.expect("a promise");
    assert_eq!(known.promise_id, "p1");
    let business = v1::PromiseDue {
        due: Some(Due::BusinessAfter(prost_types::Duration { seconds: 2 * HOUR, nanos: 0 })),
    };
    for other in [due(3 * HOUR), due(2 * HOUR + 1), business] {
        let answer = make(v1::NewPromise { due: Some(other), ..promise.clone() }).await;
        assert_refused(answer, AlreadyExists, "PROMISE_EXISTS");
    }
    let by_channel = v1::NewPromise { channel: "phone".into(), ..promise.clone() };
    assert_invalid(make(by_channel).await, &["promise.gateway_id"]);
    // No time at all by the rules of such messages.
    for (seconds, nanos) in [(5, -1), (-5, 1), (0, 2_000_000_000)] {
        let odd = v1::PromiseDue { due: Some(Due::After(prost_types::Duration { seconds, nanos })) };
        assert_invalid(
            make(v1::NewPromise { due: Some(odd), ..promise.clone() }).await,
            &["promise.due.after"],
        );
    }
    let unseen = v1::NewPromise { promise_id: "p1\u{200b}".into(), ..promise };
    assert_invalid(make(unseen).await, &["promise.promise_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_enumeration_names() {
    let (_place, _daemon, client) = desk().await;
    for (kind, problem) in
        [(0, "is required"), (99, "is none of the known values"), (-1, "is none of the known values")]
    {
        let request = v1::RecordActivityRequest { contact_id: "chat".into(), kind, ..Default::default() };
        let refused = client.contacts.clone().record_activity(request).await.expect_err("refused");
        assert!(refused.message().contains(&format!("kind: {problem}")), "{}", refused.message());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn handed_over_with_the_leg_before() {
    let (_place, _daemon, client) = desk().await;
    let mut anna = client.sign_in("anna").await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    assert!(gateway.snapshot().await.is_empty());
    client.enqueue("chat", "wechat", "service").await;
    client.accept(&anna.offer().await).await.expect("accepted");
    let mut ben = client.sign_in("ben").await;
    let request = v1::StartConsultRequest {
        agent_id: "anna".into(),
        contact_id: "chat".into(),
        consult_id: "ask".into(),
        target: Some(Target::ConsultantId("ben".into())),
        ..Default::default()
    };
    client.agents.clone().start_consult(request).await.expect("asked");
    client.accept(&ben.offer().await).await.expect("accepted");
    let request = v1::ChangeConsultRequest {
        agent_id: "anna".into(),
        consult_id: "ask".into(),
        action: v1::ConsultAction::HandOver.into(),
    };
    client.agents.clone().change_consult(request).await.expect("handed over");
    let told = gateway.until(v1::ContactCause::HandedOver).await;
    let legs: Vec<(&str, v1::LegEnd)> =
        told.legs.iter().map(|leg| (leg.agent_id.as_str(), leg.end())).collect();
    assert_eq!((told.contact_id.as_str(), legs), ("chat", vec![("anna", v1::LegEnd::HandedOver)]));
    // And once only.
    assert_eq!(client.contact("chat").await.legs, told.legs);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_is_told_again_when_it_changes() {
    let (_place, _daemon, client) = desk().await;
    let mut anna = client.sign_in("anna").await;
    client.enqueue("chat", "wechat", "service").await;
    let (offer, contact) = anna.offered().await;
    let request =
        v1::UpdateContactRequest { contact_id: "chat".into(), priority: Some(7), ..Default::default() };
    client.contacts.clone().update_contact(request).await.expect("updated");
    let (again, changed) = anna.offered().await;
    assert_eq!(again, offer);
    assert_eq!((contact.priority, changed.priority), (0, 7));
    client.accept(&offer).await.expect("accepted");
}
