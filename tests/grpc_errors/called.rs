//! Wrong requests about callbacks: the paths of all fields at fault at once.

use kefud::proto::v1::{self, update_callback_request::Change};

use crate::{
    daemon_common::{Place, client::assert_invalid},
    reasons::callbacks::{PLAN, asked},
};

fn at(seconds: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds, nanos: 0 })
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_of_gateways_about_callbacks() {
    let place = Place::new(PLAN, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let mut contacts = client.contacts.clone();
    let made = contacts.request_callback(asked("k", "1", "line")).await.expect("offered").into_inner();
    let now_s = made.callback.and_then(|callback| callback.make_time).expect("a time").seconds;
    let right = asked("k2", "1", "line");
    let window = |start, end| Some(v1::CallbackWindow { start, end });
    let long = "x".repeat(129);
    type Case = (&'static [&'static str], v1::RequestCallbackRequest);
    let table: Vec<Case> = vec![
        (&["callback_id", "number", "gateway_id", "channel", "queue"], v1::RequestCallbackRequest::default()),
        (
            &["callback_id", "number", "gateway_id", "channel", "queue", "zone"],
            v1::RequestCallbackRequest {
                callback_id: "k".repeat(101),
                number: long.clone(),
                gateway_id: "a b".into(),
                channel: "a b".into(),
                queue: "a b".into(),
                zone: long.clone(),
                ..Default::default()
            },
        ),
        (
            &["category", "customer_ref", "language", "case_id", "priority", "attributes[k]", "agent_id"],
            v1::RequestCallbackRequest {
                category: "a b".into(),
                customer_ref: "x".repeat(257),
                language: "zh CN".into(),
                case_id: "a b".into(),
                priority: 11,
                attributes: [("k".into(), "v".repeat(1_025))].into(),
                agent_id: "a b".into(),
                ..right.clone()
            },
        ),
        // What goes without a contact only.
        (
            &["queue", "category", "customer_ref", "language", "case_id", "priority", "attributes"],
            v1::RequestCallbackRequest {
                contact_id: "c".into(),
                category: "refund".into(),
                customer_ref: "li".into(),
                language: "en".into(),
                case_id: "case".into(),
                priority: 1,
                attributes: [("k".into(), "v".into())].into(),
                ..right.clone()
            },
        ),
        (
            &["window.start", "window.end"],
            v1::RequestCallbackRequest { window: window(None, None), ..right.clone() },
        ),
        (
            &["window.end"],
            v1::RequestCallbackRequest {
                window: window(at(now_s + 900), at(now_s + 1_199)),
                ..right.clone()
            },
        ),
        // What only the plan and the clock can tell.
        (
            &["window"],
            v1::RequestCallbackRequest { window: window(at(now_s - 900), at(now_s - 100)), ..right.clone() },
        ),
        (
            &["window"],
            v1::RequestCallbackRequest {
                window: window(at(now_s + 400 * 86_400), at(now_s + 401 * 86_400)),
                ..right.clone()
            },
        ),
        (&["zone"], v1::RequestCallbackRequest { zone: "Asia/Shangai".into(), ..right.clone() }),
        (&["queue"], v1::RequestCallbackRequest { queue: "nowhere".into(), ..right.clone() }),
        (&["channel"], v1::RequestCallbackRequest { channel: "fax".into(), ..right.clone() }),
        (&["channel"], v1::RequestCallbackRequest { channel: "chat".into(), ..right.clone() }),
        (&["agent_id"], v1::RequestCallbackRequest { agent_id: "nobody".into(), ..right.clone() }),
    ];
    for (expected, request) in table {
        assert_invalid(contacts.request_callback(request).await, expected);
    }
    let request = v1::CancelCallbackRequest { callback_id: String::new(), reason: "x".repeat(257) };
    assert_invalid(contacts.cancel_callback(request).await, &["callback_id", "reason"]);
    assert_invalid(contacts.get_callback(v1::GetCallbackRequest::default()).await, &["callback_id"]);
    let request = v1::ReportDialRequest::default();
    assert_invalid(contacts.report_dial(request).await, &["contact_id", "attempt", "result"]);
    let request = v1::ReportDialRequest { contact_id: "callback:k:1".into(), attempt: 1, result: 99 };
    assert_invalid(contacts.report_dial(request).await, &["result"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_of_supervisors_about_callbacks() {
    let place = Place::new(PLAN, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let mut contacts = client.contacts.clone();
    let made = contacts.request_callback(asked("k", "1", "line")).await.expect("offered").into_inner();
    let now_s = made.callback.and_then(|callback| callback.make_time).expect("a time").seconds;
    let mut supervisors = client.supervisors.clone();
    let request = v1::UpdateCallbackRequest {
        supervisor_id: "l i".into(),
        request_id: "a b".into(),
        ..Default::default()
    };
    let expected = ["supervisor_id", "callback_id", "request_id", "change"];
    assert_invalid(supervisors.update_callback(request).await, &expected);
    let past = v1::CallbackWindow { start: at(now_s - 900), end: at(now_s - 100) };
    for (change, expected) in [
        (Change::Move(v1::CallbackWindow::default()), vec!["move.start", "move.end"]),
        (Change::Move(past), vec!["move"]),
        (Change::ReassignTo("a b".into()), vec!["reassign_to"]),
        (Change::ReassignTo("nobody".into()), vec!["reassign_to"]),
        (Change::Cancel(false), vec!["cancel"]),
        (Change::Now(false), vec!["now"]),
    ] {
        let request = v1::UpdateCallbackRequest {
            callback_id: "k".into(),
            change: Some(change),
            reason: "why".into(),
            ..Default::default()
        };
        assert_invalid(supervisors.update_callback(request).await, &expected);
    }
    let request = v1::ListCallbacksRequest {
        queue: "a b".into(),
        page_size: 1_001,
        page_token: "nonsense".into(),
        ..Default::default()
    };
    assert_invalid(supervisors.list_callbacks(request).await, &["queue", "page_size", "page_token"]);
}
