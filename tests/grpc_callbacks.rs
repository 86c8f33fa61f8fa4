//! Callbacks over gRPC: asked for, dialled by gateways in both orders, read and changed.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{
    Daemon, Place,
    client::{Client, GATEWAY, assert_invalid, assert_refused, contact},
};
use kefud::proto::v1::{
    self, CallbackMode, CallbackState, CloseReason, ConnectionResult, ContactCause, ContactKind,
    ContactState, DialResult, update_callback_request::Change,
};
use tonic::{
    Code::{AlreadyExists, FailedPrecondition, NotFound},
    Status,
};
use tonic_types::StatusExt;

const PLAN: &str = r#"
[settings]
agent_grace = "1h"

[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "10m"

[queues.line]
channels = ["phone"]
objective = "30s"
[queues.line.callback]
offer = "always"

[queues.first]
channels = ["phone"]
objective = "30s"
[queues.first.callback]
mode = "customer_first"
offer = "always"
dial_timeout = "5m"

[queues.once]
channels = ["phone"]
objective = "30s"
[queues.once.callback]
mode = "customer_first"
offer = "always"
attempts = 1

[queues.none]
channels = ["phone"]
objective = "30s"

[groups.service]

[agents.anna]
groups = ["service"]
[agents.ben]
groups = ["service"]
"#;

const NUMBER: &str = "sealed:1380013xyz";

async fn line() -> (Place, Daemon, Client) {
    let place = Place::new(PLAN, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    (place, daemon, client)
}

/// A callback instead of a contact in line.
fn instead_of(contact_id: &str, callback_id: &str) -> v1::RequestCallbackRequest {
    v1::RequestCallbackRequest {
        callback_id: callback_id.into(),
        contact_id: contact_id.into(),
        number: NUMBER.into(),
        ..Default::default()
    }
}

/// A callback without a contact.
fn new(callback_id: &str, queue: &str) -> v1::RequestCallbackRequest {
    v1::RequestCallbackRequest {
        gateway_id: GATEWAY.into(),
        channel: "phone".into(),
        queue: queue.into(),
        ..instead_of("", callback_id)
    }
}

async fn request(
    client: &Client,
    request: v1::RequestCallbackRequest,
) -> Result<v1::RequestCallbackResponse, Status> {
    Ok(client.contacts.clone().request_callback(request).await?.into_inner())
}

async fn called(client: &Client, asked: v1::RequestCallbackRequest) -> v1::Callback {
    request(client, asked).await.expect("offered").callback.expect("a callback")
}

async fn read(client: &Client, callback_id: &str) -> Result<v1::Callback, Status> {
    let request = v1::GetCallbackRequest { callback_id: callback_id.into() };
    let answer = client.contacts.clone().get_callback(request).await?;
    Ok(answer.into_inner().callback.expect("a callback"))
}

async fn dialled(client: &Client, attempt: u32, result: DialResult) -> Result<v1::Contact, Status> {
    let contact_id = "callback:k:1".into();
    let request = v1::ReportDialRequest { contact_id, attempt, result: result.into() };
    let answer = client.contacts.clone().report_dial(request).await?;
    Ok(answer.into_inner().contact.expect("a contact"))
}

async fn change(client: &Client, change: Change) -> Result<v1::Callback, Status> {
    let request = v1::UpdateCallbackRequest {
        supervisor_id: "li".into(),
        callback_id: "k".into(),
        change: Some(change),
        reason: "by hand".into(),
        ..Default::default()
    };
    let answer = client.supervisors.clone().update_callback(request).await?;
    Ok(answer.into_inner().callback.expect("a callback"))
}

async fn listed(client: &Client, ended: bool) -> Vec<v1::Callback> {
    let request = v1::ListCallbacksRequest { ended, ..Default::default() };
    let answer = client.supervisors.clone().list_callbacks(request).await;
    answer.expect("a list").into_inner().callbacks
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_accepts_and_then_the_customer_is_dialled() {
    let (_place, daemon, client) = line().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    assert!(gateway.snapshot().await.is_empty());
    let waiting = v1::EnqueueContactRequest { customer_ref: "li".into(), ..contact("c", "phone", "line") };
    let waiting = client.contacts.clone().enqueue_contact(waiting).await.expect("in").into_inner();
    assert!(waiting.callback_offered);
    let callback = called(&client, instead_of("c", "k")).await;
    assert_eq!(
        (callback.state(), callback.mode(), callback.number.as_str(), callback.contact_id.as_str()),
        (CallbackState::InLine, CallbackMode::AgentFirst, NUMBER, "c")
    );
    let (came, _) = gateway.change().await;
    let (gone, cause) = gateway.change().await;
    assert_eq!((gone.state(), gone.close_reason()), (ContactState::Callback, CloseReason::CallbackRequested));
    assert_eq!((cause, gone.callback.map(|told| told.callback_id)), (ContactCause::Closed, Some("k".into())));
    let (stands, cause) = gateway.change().await;
    let told = stands.callback.as_deref().expect("the callback");
    assert_eq!(
        (cause, stands.kind(), stands.contact_id.as_str()),
        (ContactCause::Enqueued, ContactKind::Callback, "callback:k:1")
    );
    assert_eq!((told.number.as_str(), told.place_time), (NUMBER, came.enqueue_time));
    // Agents and supervisors have nothing to dial.
    let mut anna = client.sign_in("anna").await;
    let offer = match anna.snapshot.offers.pop() {
        Some(offered) => {
            let told = offered.contact.and_then(|contact| contact.callback).expect("the callback");
            assert_eq!((told.callback_id.as_str(), told.number.as_str()), ("k", ""));
            offered.offer.expect("an offer")
        }
        None => {
            let (offer, contact) = anna.offered().await;
            assert_eq!(contact.callback.expect("the callback").number, "");
            offer
        }
    };
    assert_eq!(gateway.change().await.1, ContactCause::Offered);
    let accepted = client.accept(&offer).await.expect("accepted");
    assert_eq!(
        (accepted.state(), accepted.callback.expect("it").number.as_str()),
        (ContactState::Connecting, "")
    );
    let before = gateway.last_sequence;
    let (order, cause) = gateway.change().await;
    let told = order.callback.as_deref().expect("the callback");
    assert_eq!((cause, told.number.as_str(), told.attempts), (ContactCause::Dial, NUMBER, 1));
    assert!(order.assignment.is_some(), "whom to connect the customer with");
    // Whoever was away then is told the same.
    let mut again = client.watch_gateway(GATEWAY, before).await;
    again.next().await;
    assert_eq!(again.change().await.1, ContactCause::Dial);
    client.report("callback:k:1", &offer, ConnectionResult::Connected).await.expect("connected");
    let reached = read(&client, "k").await.expect("kept");
    assert_eq!(
        (reached.state(), reached.attempts, reached.number.as_str()),
        (CallbackState::Reached, 1, NUMBER)
    );
    assert!(listed(&client, false).await.is_empty());
    let ended = listed(&client, true).await;
    assert_eq!(
        ended.iter().map(|told| (told.callback_id.as_str(), told.number.as_str())).collect::<Vec<_>>(),
        [("k", "")]
    );
    let promises = v1::SupervisorServiceListPromisesRequest { ended: true, ..Default::default() };
    let promises = client.supervisors.clone().list_promises(promises).await.expect("a list").into_inner();
    assert!(promises.promises.is_empty(), "callbacks are no promises of agents");
    let counts = client.queue("line").await.callbacks.expect("counts");
    assert_eq!((counts.made, counts.reached, counts.attempts, counts.in_line), (1, 1, 1, 0));
    let channels = client.queue("line").await.channels;
    let calls = channels.iter().find(|counts| counts.channel == "phone").expect("calls");
    assert_eq!((calls.answered, calls.callbacks_answered), (1, 1));
    assert_eq!(calls.answered_wait, Some(prost_types::Duration::default()), "nobody held the line");
    let page = daemon.page("/metrics");
    let measured = |line: &str| page.lines().any(|told| told.starts_with(line) && told.ends_with(" 1"));
    let wait =
        "kefud_contact_wait_seconds_count{tenant=\"default\",queue=\"line\",channel=\"phone\",outcome=";
    assert!(
        measured(&format!("{wait}\"answered_callback\"}}"))
            && !page.contains(&format!("{wait}\"answered\"}}"))
    );
    assert!(measured("kefud_callback_wait_seconds_count{tenant=\"default\",queue=\"line\"}"));
    assert!(!daemon.has_line("1380013xyz") && !daemon.page("/metrics").contains("1380013xyz"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_is_dialled_and_waits_for_an_agent() {
    let (_place, _daemon, client) = line().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut anna = client.sign_in("anna").await;
    called(&client, new("k", "first")).await;
    assert_eq!(gateway.change().await.1, ContactCause::Enqueued);
    let (order, cause) = gateway.change().await;
    let told = order.callback.as_deref().expect("the callback");
    assert_eq!(
        (cause, told.number.as_str(), told.attempts, &order.offer),
        (ContactCause::Dial, NUMBER, 1, &None)
    );
    let other = dialled(&client, 2, DialResult::Answered).await;
    let told = "attempt 2 to dial for contact callback:k:1 is not under way; read the contact again";
    assert_eq!(other.as_ref().err().map(Status::message), Some(told));
    assert_refused(other, FailedPrecondition, "CALLBACK_NOT_DIALLED");
    for _ in 0..2 {
        dialled(&client, 1, DialResult::Answered).await.expect("reported");
    }
    assert_eq!(
        gateway.changes(2).await.into_iter().map(|(_, cause)| cause).collect::<Vec<_>>(),
        [ContactCause::CustomerAnswered, ContactCause::Offered]
    );
    let offer = anna.offer().await;
    client.accept(&offer).await.expect("accepted");
    assert_eq!(gateway.change().await.1, ContactCause::Accepted, "the customer is on the line already");
    client.report("callback:k:1", &offer, ConnectionResult::Connected).await.expect("connected");
    assert_eq!(read(&client, "k").await.expect("kept").state(), CallbackState::Reached);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_in_vain_is_repeated_later() {
    let (_place, _daemon, client) = line().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let _anna = client.sign_in("anna").await;
    called(&client, new("k", "first")).await;
    gateway.changes(2).await;
    let failed = dialled(&client, 1, DialResult::Busy).await.expect("reported");
    assert_eq!(
        (failed.state(), failed.close_reason()),
        (ContactState::Callback, CloseReason::CallbackFailed)
    );
    let pending = read(&client, "k").await.expect("kept");
    assert_eq!((pending.state(), pending.attempts), (CallbackState::Pending, 1));
    assert!(pending.enter_time.is_some());
}

/// The number is the gateway's alone: whatever happens, nobody else is told it, and the log never has it.
#[tokio::test(flavor = "multi_thread")]
async fn a_callback_in_vain_is_told_without_its_number() {
    let (_place, daemon, client) = line().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut notices = client.notices(v1::WatchNoticesRequest::default()).await;
    let mut anna = client.sign_in("anna").await;
    called(&client, new("k", "once")).await;
    let order = gateway.until(ContactCause::Dial).await;
    assert_eq!(order.callback.expect("the callback").number, NUMBER);
    dialled(&client, 1, DialResult::NoAnswer).await.expect("reported");
    let notice = notices.notice().await;
    let callback = notice.callback.as_ref().expect("the callback");
    assert_eq!(
        (notice.kind(), notice.queue.as_str(), callback.state()),
        (v1::NoticeKind::CallbackExhausted, "once", CallbackState::Exhausted)
    );
    assert_eq!((callback.callback_id.as_str(), callback.attempts, callback.number.as_str()), ("k", 1, ""));
    let text = "callback k of queue once ended after 1 attempt: its customer was not reached";
    assert_eq!(notice.text, text);
    assert!(!format!("{notice:?}").contains(NUMBER));
    // The same customer on the line of an agent.
    called(&client, new("k2", "first")).await;
    gateway.until(ContactCause::Dial).await;
    let report = v1::ReportDialRequest {
        contact_id: "callback:k2:1".into(),
        attempt: 1,
        result: DialResult::Answered.into(),
    };
    client.contacts.clone().report_dial(report).await.expect("reported");
    let offer = loop {
        let update = anna.update().await;
        assert!(!format!("{update:?}").contains(NUMBER));
        if let v1::stream_assignments_response::Update::Offered(offered) = update {
            break offered.offer.expect("an offer");
        }
    };
    client.accept(&offer).await.expect("accepted");
    client.report("callback:k2:1", &offer, ConnectionResult::Connected).await.expect("connected");
    let request = v1::ExplainContactRequest { contact_id: "callback:k2:1".into(), ..Default::default() };
    let told = client.supervisors.clone().explain_contact(request).await.expect("explained").into_inner();
    assert!(!format!("{told:?}").contains(NUMBER));
    assert!(listed(&client, true).await.iter().all(|callback| callback.number.is_empty()));
    assert!(!daemon.has_line("1380013xyz") && !daemon.page("/metrics").contains("1380013xyz"));
    let metric = |name: &str| daemon.metric(&format!("kefud_{name}"));
    let once = r#"{tenant="default",queue="once",outcome="exhausted"}"#;
    assert_eq!(metric(&format!("callbacks_total{once}")), Some(1.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_repeated_merged_and_taken_back() {
    let (_place, _daemon, client) = line().await;
    client.enqueue("c", "phone", "line").await;
    for _ in 0..2 {
        let answer = request(&client, instead_of("c", "k")).await.expect("offered");
        assert!(!answer.merged);
    }
    let other = v1::RequestCallbackRequest { number: "other".into(), ..instead_of("c", "k") };
    assert_refused(request(&client, other).await, AlreadyExists, "CALLBACK_EXISTS");
    let answer = request(&client, new("k2", "line")).await.expect("offered");
    assert_eq!(
        (answer.merged, answer.callback.map(|told| (told.callback_id, told.merged))),
        (true, Some(("k".into(), 1)))
    );
    client.enqueue("n", "phone", "none").await;
    assert_refused(request(&client, instead_of("n", "k3")).await, FailedPrecondition, "CALLBACK_NOT_OFFERED");
    for _ in 0..2 {
        let taken = v1::CancelCallbackRequest { callback_id: "k".into(), reason: "solved".into() };
        let taken = client.contacts.clone().cancel_callback(taken).await.expect("cancelled").into_inner();
        let taken = taken.callback.expect("it");
        assert_eq!((taken.state(), taken.reason.as_str()), (CallbackState::Cancelled, "solved"));
    }
    // What became of it is known by the id that was merged too.
    let known = read(&client, "k2").await.expect("kept");
    assert_eq!((known.callback_id.as_str(), known.state()), ("k", CallbackState::Cancelled));
    assert_refused(change(&client, Change::Now(true)).await, FailedPrecondition, "CALLBACK_ENDED");
    assert_refused(read(&client, "k9").await, NotFound, "CALLBACK_NOT_FOUND");
    let bad =
        v1::RequestCallbackRequest { number: String::new(), zone: "x".repeat(200), ..new("k 1", "line") };
    assert_invalid(client.contacts.clone().request_callback(bad).await, &["callback_id", "number", "zone"]);
    let nowhere =
        v1::RequestCallbackRequest { zone: "Mars/Olympus".into(), number: "9".into(), ..new("k4", "line") };
    assert_invalid(client.contacts.clone().request_callback(nowhere).await, &["zone"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn supervisors_move_reassign_and_cancel() {
    let (_place, _daemon, client) = line().await;
    let callback = called(&client, new("k", "line")).await;
    let at = |seconds| {
        let made = callback.make_time.expect("a time");
        Some(prost_types::Timestamp { seconds: made.seconds + seconds, nanos: 0 })
    };
    let beyond = v1::CallbackWindow { start: at(3_600), end: at(31 * 86_400) };
    let refused = change(&client, Change::Move(beyond)).await.expect_err("beyond promise_horizon");
    let details = refused.get_error_details();
    let told = details.bad_request().and_then(|request| request.field_violations.first());
    assert_eq!(told.map(|told| &*told.description), Some("must end within 30d; choose another time"));
    let window = v1::CallbackWindow { start: at(3_600), end: at(7_200) };
    let moved = change(&client, Change::Move(window)).await.expect("moved");
    assert_eq!(
        (moved.state(), &moved.window, moved.enter_time),
        (CallbackState::Pending, &Some(window), window.start)
    );
    let short = v1::CallbackWindow { start: at(3_600), end: at(3_700) };
    let short = v1::UpdateCallbackRequest {
        callback_id: "k".into(),
        change: Some(Change::Move(short)),
        reason: "x".into(),
        ..Default::default()
    };
    assert_invalid(client.supervisors.clone().update_callback(short).await, &["move.end"]);
    let given = change(&client, Change::ReassignTo("ben".into())).await.expect("reassigned");
    assert_eq!(given.agent_id, "ben");
    let now = change(&client, Change::Now(true)).await.expect("in turn");
    assert_eq!((now.state(), now.window), (CallbackState::InLine, None));
    let cancelled = change(&client, Change::Cancel(true)).await.expect("cancelled");
    assert_eq!((cancelled.state(), cancelled.reason.as_str()), (CallbackState::Cancelled, "by hand"));
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_outlive_the_daemon() {
    let (place, daemon, client) = line().await;
    called(&client, new("k", "line")).await;
    daemon.kill();
    let daemon = place.start();
    let client = daemon.client().await;
    let known = read(&client, "k").await.expect("kept");
    assert_eq!((known.state(), known.number.as_str()), (CallbackState::InLine, NUMBER));
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    let told = gateway.snapshot().await.pop().and_then(|contact| contact.callback).expect("the callback");
    assert_eq!((told.callback_id.as_str(), told.number.as_str()), ("k", NUMBER));
}

/// How many of a queue's callbacks wait for their gateways.
async fn away(client: &Client) -> (u32, u32) {
    let counts = client.queue("first").await.callbacks.expect("counts");
    (counts.in_line, counts.gateway_away)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gateway_that_watches_nobody_is_dialled_and_that_is_told() {
    let (_place, _daemon, client) = line().await;
    let _anna = client.sign_in("anna").await;
    let callback = called(&client, new("k", "first")).await;
    let unknown = |callback: &v1::Callback| callback.estimate.as_ref().expect("in line").unknown();
    assert_eq!(unknown(&callback), v1::EstimateUnknown::GatewayAway);
    assert_eq!(away(&client).await, (1, 1));
    let request =
        v1::WatchContactRequest { contact_id: callback.callback_contact_id.clone(), ..Default::default() };
    let mut watch = client.contacts.clone().watch_contact(request).await.expect("a stream").into_inner();
    watch.message().await.expect("a message").expect("how it stands");
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    // Somebody is free: it is dialled at once.
    let order = gateway.until(ContactCause::Dial).await;
    assert_eq!(order.callback.as_deref().map(|told| told.attempts), Some(1));
    assert_eq!(away(&client).await, (1, 0));
    dialled(&client, 1, DialResult::Busy).await.expect("reported");
    assert_eq!(read(&client, "k").await.expect("kept").attempts, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn watchers_are_told_that_the_gateway_of_a_callback_is_away() {
    let (_place, _daemon, client) = line().await;
    let gateway = client.watch_gateway(GATEWAY, 0).await;
    // Nobody is there to talk with.
    let callback = called(&client, new("k", "first")).await;
    let request =
        v1::WatchContactRequest { contact_id: callback.callback_contact_id.clone(), ..Default::default() };
    let mut watch = client.contacts.clone().watch_contact(request).await.expect("a stream").into_inner();
    watch.message().await.expect("a message").expect("how it stands");
    drop(gateway);
    let told = watch.message().await.expect("a message").expect("what is known now");
    let estimate = told.contact.as_ref().and_then(|contact| contact.estimate.as_ref()).expect("in line");
    assert_eq!(
        (told.cause(), estimate.unknown()),
        (ContactCause::Estimate, v1::EstimateUnknown::GatewayAway)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_in_line_is_known_by_its_reference() {
    let (_place, _daemon, client) = line().await;
    let waiting = v1::EnqueueContactRequest { customer_ref: "li".into(), ..contact("c", "phone", "line") };
    client.contacts.clone().enqueue_contact(waiting).await.expect("in");
    let asked = v1::RequestCallbackRequest { customer_ref: "li".into(), ..new("k", "line") };
    assert_eq!(called(&client, asked).await.contact_id, "c");
    let queue = client.queue("line").await;
    assert_eq!((queue.waiting, queue.callbacks.expect("counts").in_line), (1, 1));
}
