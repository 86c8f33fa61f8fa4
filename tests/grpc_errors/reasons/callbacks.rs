//! Refusals about callbacks and surge levels, by a plan of their own.

use super::*;
use crate::daemon_common::{Place, client::GATEWAY};

/// A queue that makes one callback at a time, and one that makes none.
pub const PLAN: &str = r#"
[settings]
agent_grace = "1h"
[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "10m"
[channels.chat]
kind = "messaging"
units = 100
offer_timeout = "10m"
[queues.line]
channels = ["phone"]
groups = ["desk"]
objective = "30s"
[queues.line.callback]
offer = "always"
max_open = 1
[queues.none]
channels = ["phone"]
groups = ["nobody"]
objective = "30s"
[calendars.mornings.hours]
mon-sun = ["06:00-12:00"]
[calendars.evenings.hours]
mon-sun = ["18:00-22:00"]
# Open when nobody may be called.
[queues.evenings]
channels = ["phone"]
groups = ["desk"]
objective = "30s"
calendar = "evenings"
closed = "accept"
[queues.evenings.callback]
offer = "always"
hours = "mornings"
[groups.desk]
[groups.nobody]
[agents.anna]
groups = ["desk"]
"#;

/// A callback without a contact.
pub fn asked(id: &str, number: &str, queue: &str) -> v1::RequestCallbackRequest {
    v1::RequestCallbackRequest {
        callback_id: id.into(),
        number: number.into(),
        gateway_id: GATEWAY.into(),
        channel: "phone".into(),
        queue: queue.into(),
        ..Default::default()
    }
}

fn instead_of(contact: &str) -> v1::RequestCallbackRequest {
    v1::RequestCallbackRequest {
        callback_id: "k9".into(),
        number: "9".into(),
        contact_id: contact.into(),
        ..Default::default()
    }
}

fn dialled(contact: &str) -> v1::ReportDialRequest {
    v1::ReportDialRequest { contact_id: contact.into(), attempt: 1, result: v1::DialResult::Busy.into() }
}

fn taken_back(id: &str) -> v1::CancelCallbackRequest {
    v1::CancelCallbackRequest { callback_id: id.into(), reason: String::new() }
}

fn cancelled(id: &str) -> v1::UpdateCallbackRequest {
    v1::UpdateCallbackRequest {
        callback_id: id.into(),
        change: Some(v1::update_callback_request::Change::Cancel(true)),
        reason: "why".into(),
        ..Default::default()
    }
}

pub async fn callbacks(reached: &mut Reached) {
    let place = Place::new(PLAN, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let _listens = client.watch_gateway(GATEWAY, 0).await;
    client.contacts.clone().request_callback(asked("k", "1", "line")).await.expect("offered");
    client.enqueue("waits", "phone", "none").await;
    client.enqueue("gone", "phone", "none").await;
    client.cancel("gone").await;
    let first = "callback:k:1";
    let word = v1::SetSurgeLevelRequest { queue: "line".into(), reason: "why".into(), ..Default::default() };
    let rows: Vec<Row> = vec![
        (NotFound, "CALLBACK_NOT_FOUND", call!(client, contacts.cancel_callback(taken_back("k9")))),
        (NotFound, "CALLBACK_NOT_FOUND", call!(client, supervisors.update_callback(cancelled("k9")))),
        (
            NotFound,
            "PROMISE_NOT_FOUND",
            call!(client, agents.update_promise(change("anna", "k", Change::Fulfil(true)))),
        ),
        (AlreadyExists, "CALLBACK_EXISTS", call!(client, contacts.request_callback(asked("k", "2", "line")))),
        (
            ResourceExhausted,
            "TOO_MANY_CALLBACKS",
            call!(client, contacts.request_callback(asked("k2", "2", "line"))),
        ),
        (
            FailedPrecondition,
            "CALLBACK_NOT_OFFERED",
            call!(client, contacts.request_callback(asked("k2", "2", "none"))),
        ),
        (
            FailedPrecondition,
            "CALLBACK_NOT_OFFERED",
            call!(client, contacts.request_callback(instead_of("waits"))),
        ),
        (
            FailedPrecondition,
            "CALLBACK_OUT_OF_HOURS",
            call!(client, contacts.request_callback(asked("k2", "2", "evenings"))),
        ),
        (NotFound, "CONTACT_NOT_FOUND", call!(client, contacts.request_callback(instead_of("nobody")))),
        (FailedPrecondition, "CONTACT_CLOSED", call!(client, contacts.request_callback(instead_of("gone")))),
        (
            FailedPrecondition,
            "CONTACT_NOT_FOR_CALLBACK",
            call!(client, contacts.request_callback(instead_of(first))),
        ),
        (FailedPrecondition, "CALLBACK_NOT_DIALLED", call!(client, contacts.report_dial(dialled(first)))),
        (FailedPrecondition, "CALLBACK_NOT_DIALLED", call!(client, contacts.report_dial(dialled("waits")))),
        (NotFound, "CONTACT_NOT_FOUND", call!(client, contacts.report_dial(dialled("nobody")))),
        (FailedPrecondition, "NO_SURGE_PLAN", call!(client, supervisors.set_surge_level(word.clone()))),
        (
            NotFound,
            "QUEUE_NOT_FOUND",
            call!(
                client,
                supervisors.set_surge_level(v1::SetSurgeLevelRequest { queue: "nowhere".into(), ..word })
            ),
        ),
    ];
    check(reached, rows).await;
    let fulfilled = client.agents.clone().update_promise(change("anna", "k", Change::Fulfil(true))).await;
    let status = fulfilled.expect_err("no promise");
    assert!(status.message().contains("UpdateCallback"), "{status:?}");
    let mut anna = client.sign_in("anna").await;
    let offer = anna.offer_of(first).await;
    client.accept(&offer).await.expect("accepted");
    let rows: Vec<Row> = vec![
        (
            FailedPrecondition,
            "CALLBACK_IN_PROGRESS",
            call!(client, contacts.cancel_callback(taken_back("k"))),
        ),
        (
            FailedPrecondition,
            "CALLBACK_IN_PROGRESS",
            call!(client, supervisors.update_callback(cancelled("k"))),
        ),
    ];
    check(reached, rows).await;
    client.report(first, &offer, v1::ConnectionResult::Connected).await.expect("connected");
    let rows: Vec<Row> = vec![
        (FailedPrecondition, "CALLBACK_ENDED", call!(client, supervisors.update_callback(cancelled("k")))),
        (FailedPrecondition, "CALLBACK_ENDED", call!(client, contacts.cancel_callback(taken_back("k")))),
    ];
    check(reached, rows).await;
}
