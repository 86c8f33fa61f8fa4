//! Refusals of promises.

use super::*;

/// Anna still has `asked`.
pub async fn promises(client: &Client, anna: &mut Desk, reached: &mut Reached) {
    client.make_promise("anna", "asked", promise("p0", 7_200)).await.expect("promised");
    let past = v1::PromiseDue {
        due: Some(v1::promise_due::Due::Time(prost_types::Timestamp { seconds: 1, nanos: 0 })),
    };
    let business = v1::PromiseDue {
        due: Some(v1::promise_due::Due::BusinessAfter(prost_types::Duration { seconds: 60, nanos: 0 })),
    };
    let due = |due| v1::NewPromise { due: Some(due), ..promise("p9", 60) };
    let make = |promise| v1::MakePromiseRequest {
        agent_id: "anna".into(),
        contact_id: "asked".into(),
        promise: Some(promise),
    };
    let rows: Vec<Row> = vec![
        (FailedPrecondition, "PROMISE_IN_THE_PAST", call!(client, agents.make_promise(make(due(past))))),
        (
            FailedPrecondition,
            "PROMISE_BEYOND_HORIZON",
            call!(client, agents.make_promise(make(promise("p9", 8 * 86_400)))),
        ),
        (FailedPrecondition, "NO_CALENDAR", call!(client, agents.make_promise(make(due(business))))),
        (
            AlreadyExists,
            "PROMISE_EXISTS",
            call!(client, agents.make_promise(make(v1::NewPromise { priority: 1, ..promise("p0", 7_200) }))),
        ),
        (
            NotFound,
            "PROMISE_NOT_FOUND",
            call!(client, agents.update_promise(change("anna", "p9", Change::Fulfil(true)))),
        ),
        (
            FailedPrecondition,
            "PROMISE_OF_ANOTHER_AGENT",
            call!(client, agents.update_promise(change("chen", "p0", Change::Fulfil(true)))),
        ),
    ];
    check(reached, rows).await;
    let moved = || Change::Move(after(7_200).expect("a time"));
    for _ in 0..10 {
        client.agents.clone().update_promise(change("anna", "p0", moved())).await.expect("moved");
    }
    // By another account's chat, which comes at once, to her who has one already.
    let by_chat =
        v1::NewPromise { channel: "chat".into(), gateway_id: "second".into(), ..promise("p1", 3_000) };
    client.make_promise("anna", "asked", by_chat).await.expect("promised");
    client.take(anna, "follow-up:p1:1").await;
    for at in 2..8 {
        client.make_promise("anna", "asked", promise(&format!("p{at}"), 7_200)).await.expect("promised");
    }
    let rows: Vec<Row> = vec![
        (
            FailedPrecondition,
            "PROMISE_MOVED_TOO_OFTEN",
            call!(client, agents.update_promise(change("anna", "p0", moved()))),
        ),
        (
            FailedPrecondition,
            "PROMISE_IN_PROGRESS",
            call!(client, agents.update_promise(change("anna", "p1", Change::Cancel(true)))),
        ),
        (
            FailedPrecondition,
            "REPLY_WINDOW_OVER",
            call!(client, contacts.record_activity(says("follow-up:p1:1", ActivityKind::AgentMessage))),
        ),
        (
            ResourceExhausted,
            "TOO_MANY_PROMISES",
            call!(client, agents.make_promise(make(promise("p9", 7_200)))),
        ),
    ];
    check(reached, rows).await;
    for _ in 0..2 {
        client.says("asked", ActivityKind::AgentMessage).await.expect("allowed");
    }
    let kept = client.agents.clone().update_promise(change("anna", "p2", Change::Fulfil(true))).await;
    kept.expect("kept");
    let rows: Vec<Row> = vec![
        (
            FailedPrecondition,
            "PROMISE_ENDED",
            call!(client, agents.update_promise(change("anna", "p2", Change::Cancel(true)))),
        ),
        (
            FailedPrecondition,
            "REPLY_QUOTA_SPENT",
            call!(client, contacts.record_activity(says("asked", ActivityKind::AgentMessage))),
        ),
    ];
    check(reached, rows).await;
}
