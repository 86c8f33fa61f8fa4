//! Promises: made, read, changed by agents and supervisors, coming due.

use kefud::proto::v1::{
    self, ContactCause, ContactKind, NoticeKind, PromiseState,
    supervisor_service_update_promise_request::Change as AnyChange, update_promise_request::Change,
};
use tonic::{Code::FailedPrecondition, Status};

use crate::daemon_common::{
    client::{Client, GATEWAY, assert_refused},
    streams::Desk,
    talk::{after, promise, talk},
};

const HOUR: i64 = 3_600;

/// Anna has `c`.
async fn served(client: &Client) -> Desk {
    let mut anna = client.sign_in("anna").await;
    client.enqueue("c", "chat", "care").await;
    client.take(&mut anna, "c").await;
    anna
}

async fn change(client: &Client, agent: &str, id: &str, change: Change) -> Result<v1::Promise, Status> {
    let request = v1::UpdatePromiseRequest {
        agent_id: agent.into(),
        promise_id: id.into(),
        change: Some(change),
        reason: "the customer asked for it".into(),
        ..Default::default()
    };
    let answer = client.agents.clone().update_promise(request).await?;
    Ok(answer.into_inner().promise.expect("a promise"))
}

async fn change_any(client: &Client, id: &str, change: AnyChange) -> Result<v1::Promise, Status> {
    let request = v1::SupervisorServiceUpdatePromiseRequest {
        supervisor_id: "li".into(),
        promise_id: id.into(),
        change: Some(change),
        reason: "by hand".into(),
        ..Default::default()
    };
    let answer = client.supervisors.clone().update_promise(request).await?;
    Ok(answer.into_inner().promise.expect("a promise"))
}

/// All pages of a list, of this size, as the agents' and the supervisors' service give them.
async fn listed(client: &Client, filter: &v1::ListPromisesRequest, page_size: u32) -> Vec<String> {
    let mut found: [Vec<String>; 2] = Default::default();
    let v1::ListPromisesRequest { agent_id, queue, case_id, ended, overdue, .. } = filter.clone();
    let any = v1::SupervisorServiceListPromisesRequest {
        agent_id,
        queue,
        case_id,
        ended,
        overdue,
        page_size,
        ..Default::default()
    };
    let mut page_token = String::new();
    loop {
        let request = v1::ListPromisesRequest { page_size, page_token: page_token.clone(), ..filter.clone() };
        let page = client.agents.clone().list_promises(request).await.expect("a page").into_inner();
        let request = v1::SupervisorServiceListPromisesRequest { page_token, ..any.clone() };
        let same = client.supervisors.clone().list_promises(request).await.expect("a page").into_inner();
        assert!(page.promises.len() <= page_size as usize && page.sequence > 0);
        found[0].extend(page.promises.into_iter().map(|promise| promise.promise_id));
        found[1].extend(same.promises.into_iter().map(|promise| promise.promise_id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            let [agents, supervisors] = found;
            assert_eq!(agents, supervisors);
            return agents;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_listed_by_due_time_page_by_page() {
    let (_place, _daemon, client) = talk().await;
    let mut anna = served(&client).await;
    // Not in the order in which they come due, and two at about the same time.
    for (id, hours) in [("late", 9), ("soon", 3), ("middle", 6), ("soon-too", 3)] {
        let made = client.make_promise("anna", "c", promise(id, hours * HOUR)).await.expect(id);
        assert_eq!((made.state(), made.agent_id.as_str()), (PromiseState::Pending, "anna"));
        assert_eq!((made.queue.as_str(), made.contact_id.as_str()), ("calls", "c"));
        let lead = made.due_time.expect("a time").seconds - made.enter_time.expect("a time").seconds;
        assert_eq!(lead, HOUR, "it enters as long before as the queue's objective");
        assert_eq!(anna.promise_changed().await, made);
    }
    let same = client.make_promise("anna", "c", promise("soon", 3 * HOUR)).await.expect("the same");
    // One is for somebody else, one comes with the contact's end.
    let of_ben = v1::NewPromise { agent_id: "ben".into(), ..promise("bens", 4 * HOUR) };
    client.make_promise("anna", "c", of_ben).await.expect("promised");
    let request = v1::AgentServiceCompleteContactRequest {
        agent_id: "anna".into(),
        contact_id: "c".into(),
        promise: Some(promise("at-the-end", 5 * HOUR)),
        ..Default::default()
    };
    for _ in 0..2 {
        let done = client.agents.clone().complete_contact(request.clone()).await.expect("completed");
        assert_eq!(done.into_inner().contact.expect("a contact").state(), v1::ContactState::Completed);
    }
    for id in ["done", "done-too"] {
        client.make_promise("anna", "c", promise(id, 2 * HOUR)).await.expect("promised");
        change(&client, "anna", id, Change::Fulfil(true)).await.expect("kept");
    }
    let fulfilled = change(&client, "anna", "middle", Change::Fulfil(true)).await.expect("kept");
    assert_eq!((fulfilled.state(), fulfilled.end_time.is_some()), (PromiseState::Kept, true));

    let all = v1::ListPromisesRequest::default();
    let open = ["soon", "soon-too", "bens", "at-the-end", "late"];
    for size in 1..=8 {
        assert_eq!(listed(&client, &all, size).await, open, "pages of {size}");
        let ended = v1::ListPromisesRequest { ended: true, ..all.clone() };
        let expected = [open.as_slice(), &["middle", "done", "done-too"]].concat();
        assert_eq!(listed(&client, &ended, size).await, expected, "pages of {size}");
        let anna = v1::ListPromisesRequest { agent_id: "anna".into(), ..all.clone() };
        assert_eq!(listed(&client, &anna, size).await, ["soon", "soon-too", "at-the-end", "late"]);
    }
    assert_eq!(same.promise_id, "soon");
    for (filter, count) in [
        (v1::ListPromisesRequest { queue: "calls".into(), ..all.clone() }, 5),
        (v1::ListPromisesRequest { queue: "care".into(), ..all.clone() }, 0),
        (v1::ListPromisesRequest { case_id: same.case_id.clone(), ..all.clone() }, 5),
        (v1::ListPromisesRequest { case_id: "another".into(), ..all.clone() }, 0),
        (v1::ListPromisesRequest { overdue: true, ..all.clone() }, 0),
    ] {
        assert_eq!(listed(&client, &filter, 2).await.len(), count, "{filter:?}");
    }
    let request = v1::GetCaseRequest { case_id: same.case_id };
    let case = client.contacts.clone().get_case(request).await.expect("a case").into_inner();
    let case = case.case.expect("a case");
    assert_eq!(case.promises.iter().map(|told| told.promise_id.as_str()).collect::<Vec<_>>(), open);
    assert_eq!((case.last_agent_id.as_str(), case.contact_count), ("anna", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_and_supervisors_change_them() {
    let (_place, _daemon, client) = talk().await;
    let mut anna = served(&client).await;
    let mut ben = client.sign_in("ben").await;
    let made = client.make_promise("anna", "c", promise("p", 3 * HOUR)).await.expect("promised");
    assert_eq!(anna.promise_changed().await, made);

    let moved = change(&client, "anna", "p", Change::Move(after(4 * HOUR).expect("a time"))).await;
    let moved = moved.expect("moved");
    assert!(moved.due_time.expect("a time").seconds >= made.due_time.expect("a time").seconds + HOUR);
    assert_eq!((moved.moves, moved.reason.as_str()), (1, "the customer asked for it"));
    assert_eq!(anna.promise_changed().await, moved);
    let refused = change(&client, "ben", "p", Change::Cancel(true)).await;
    assert_refused(refused, FailedPrecondition, "PROMISE_OF_ANOTHER_AGENT");

    let given = change_any(&client, "p", AnyChange::ReassignTo("ben".into())).await.expect("given");
    assert_eq!((given.agent_id.as_str(), given.reason.as_str()), ("ben", "by hand"));
    assert_eq!(ben.promise_changed().await, given);
    let refused = change(&client, "anna", "p", Change::Fulfil(true)).await;
    assert_refused(refused, FailedPrecondition, "PROMISE_OF_ANOTHER_AGENT");
    // So far ahead that it enters at once, and is offered to ben, though anna is free too.
    client.complete("anna", "c").await;
    client.finish_wrap_up("anna", "c").await;
    let moved = change_any(&client, "p", AnyChange::Move(after(HOUR - 60).expect("a time"))).await;
    assert_eq!(moved.expect("moved").state(), PromiseState::Entered);
    let offer = ben.offer_of("follow-up:p:1").await;
    assert_eq!(client.contact("follow-up:p:1").await.kind(), ContactKind::FollowUp);
    let cancelled = change_any(&client, "p", AnyChange::Cancel(true)).await.expect("cancelled");
    assert_eq!((cancelled.state(), cancelled.broken), (PromiseState::Cancelled, false));
    assert_eq!(ben.offer_ended().await.offer_id, offer.offer_id, "there is nothing to do any more");
    let closed = client.contact("follow-up:p:1").await;
    assert_eq!(closed.close_reason(), v1::CloseReason::PromiseSettled);
    let again = change_any(&client, "p", AnyChange::Fulfil(true)).await;
    assert_refused(again, FailedPrecondition, "PROMISE_ENDED");
    let counts = client.queue("calls").await.promises.expect("counts");
    assert_eq!((counts.made, counts.cancelled, counts.open, counts.kept), (1, 1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_one_is_told_and_so_is_everybody() {
    let (_place, _daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let kinds = [NoticeKind::PromiseNear, NoticeKind::PromiseBroken, NoticeKind::PromiseUnreached];
    let kinds = kinds.map(Into::into).to_vec();
    let mut notices = client.notices(v1::WatchNoticesRequest { kinds, ..Default::default() }).await;
    let mut anna = served(&client).await;
    // Due in a second: it enters at once, its step of escalation is past, and then it is broken.
    client.make_promise("anna", "c", promise("p", 1)).await.expect("promised");
    for kind in [NoticeKind::PromiseNear, NoticeKind::PromiseBroken] {
        let told = notices.notice().await;
        let record = told.promise.clone().expect("a promise");
        assert_eq!((told.kind(), told.agent_id.as_str(), told.queue.as_str()), (kind, "anna", "calls"));
        assert_eq!((record.promise_id.as_str(), record.broken), ("p", kind == NoticeKind::PromiseBroken));
        assert_eq!(told.contact.expect("a contact").contact_id, "follow-up:p:1");
    }
    let near = gateway.until(ContactCause::Escalated).await;
    assert_eq!((near.contact_id.as_str(), near.added_priority), ("follow-up:p:1", 5));
    let overdue = v1::ListPromisesRequest { overdue: true, ..Default::default() };
    assert_eq!(listed(&client, &overdue, 1).await, ["p"]);
    // Who is offered it sees it too, in the same offer.
    let first = anna.offer_of("follow-up:p:1").await;
    let offer = loop {
        let (offer, told) = anna.offered().await;
        if told.promise.is_some_and(|promise| promise.broken) {
            break offer;
        }
    };
    assert_eq!(offer.offer_id, first.offer_id);

    // Late is not never, but the customer isn't there.
    client.accept(&offer).await.expect("accepted");
    client.report("follow-up:p:1", &offer, v1::ConnectionResult::CustomerGone).await.expect("told");
    let told = notices.notice().await;
    assert_eq!((told.kind(), told.agent_id.as_str()), (NoticeKind::PromiseUnreached, "anna"));
    let counts = client.queue("calls").await.promises.expect("counts");
    assert_eq!((counts.made, counts.unreached, counts.broken, counts.open), (1, 1, 1, 0));
}
