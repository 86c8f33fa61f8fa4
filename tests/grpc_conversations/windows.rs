//! Reply windows: what is left is told, and a refusal comes before anything is sent.

use kefud::proto::v1::{
    self, ActivityKind, CloseReason, ContactCause, ContactKind, ContactState, NoticeKind,
};
use tonic::Code::FailedPrecondition;

use crate::daemon_common::{
    client::{GATEWAY, assert_refused},
    talk::{promise, talk},
};

fn left(contact: &v1::Contact) -> u32 {
    contact.reply_window.as_ref().expect("a window").replies_left
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_told_and_refused_before_it_is_sent() {
    let (_place, _daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut anna = client.sign_in("anna").await;
    let entered = client.enqueue("c", "chat", "care").await;
    assert_eq!((left(&entered), entered.turn_time), (2, entered.enqueue_time));
    client.take(&mut anna, "c").await;
    gateway.until(ContactCause::Accepted).await;

    // An automatic message leaves the last one to the agent, and asking spends nothing.
    let automatic = client.says("c", ActivityKind::AutomaticMessage).await.expect("allowed");
    assert_eq!((left(&automatic), automatic.turn_time), (1, entered.turn_time), "it answers nothing");
    let refused = client.says("c", ActivityKind::AutomaticMessage).await;
    assert_refused(refused, FailedPrecondition, "REPLY_QUOTA_RESERVED");
    let ask = v1::RecordActivityRequest {
        contact_id: "c".into(),
        kind: ActivityKind::AgentMessage.into(),
        validate_only: true,
        request_id: "m1".into(),
    };
    for _ in 0..3 {
        let asked = client.contacts.clone().record_activity(ask.clone()).await.expect("allowed");
        assert_eq!(left(&asked.into_inner().contact.expect("a contact")), 1);
    }
    // The message itself may have the id under which was asked, and counts once however often it is told.
    let send = v1::RecordActivityRequest { validate_only: false, ..ask.clone() };
    for _ in 0..3 {
        let sent = client.contacts.clone().record_activity(send.clone()).await.expect("allowed");
        let sent = sent.into_inner().contact.expect("a contact");
        assert_eq!((left(&sent), sent.turn_time, sent.responses), (0, None, 1));
        assert!(sent.first_response.is_some() && sent.agent_message_time.is_some());
    }
    for request in [ask, v1::RecordActivityRequest { request_id: "m2".into(), ..send }] {
        let refused = client.contacts.clone().record_activity(request).await;
        assert_refused(refused, FailedPrecondition, "REPLY_QUOTA_SPENT");
    }
    let again = client.says("c", ActivityKind::CustomerMessage).await.expect("always");
    assert_eq!(left(&again), 2);

    // The streams tell what was allowed, and nothing of what was refused.
    for replies in [1, 0, 2] {
        let (told, cause) = gateway.change().await;
        assert_eq!((cause, left(&told)), (ContactCause::Activity, replies));
    }
    let mut told = Vec::new();
    while told.last() != Some(&2) || told.len() == 1 {
        told.push(left(&anna.change_of("c").await.1));
    }
    assert_eq!(told, [2, 1, 0, 2], "accepted, and three messages");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_written_to_first_has_no_window() {
    let (_place, _daemon, client) = talk().await;
    let mut anna = client.sign_in("anna").await;
    client.enqueue("c", "chat", "care").await;
    client.take(&mut anna, "c").await;
    // A follow-up by another account's chat, by which the customer has not written, which enters at once.
    let by_chat =
        v1::NewPromise { channel: "chat".into(), gateway_id: "second".into(), ..promise("p", 3_000) };
    client.make_promise("anna", "c", by_chat).await.expect("promised");
    client.take(&mut anna, "follow-up:p:1").await;
    let told = client.contact("follow-up:p:1").await;
    assert_eq!((told.kind(), left(&told)), (ContactKind::FollowUp, 0));
    let refused = client.says("follow-up:p:1", ActivityKind::AgentMessage).await;
    assert_refused(refused, FailedPrecondition, "REPLY_WINDOW_OVER");
    client.says("follow-up:p:1", ActivityKind::CustomerMessage).await.expect("always");
    client.says("follow-up:p:1", ActivityKind::AgentMessage).await.expect("within the window");
}

#[tokio::test(flavor = "multi_thread")]
async fn as_the_end_nears_priority_rises_and_then_it_lapses() {
    let (_place, _daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut notices = client.notices(v1::WatchNoticesRequest::default()).await;
    let mut watch = client.watch_contact(&client.enqueue("c", "hurried", "night").await.contact_id, 0).await;
    let near = gateway.until(ContactCause::WindowNear).await;
    let window = near.reply_window.as_ref().expect("a window");
    assert_eq!((near.state(), window.added_priority, near.added_priority), (ContactState::Waiting, 4, 4));
    let lapsed = gateway.until(ContactCause::Closed).await;
    assert_eq!((lapsed.state(), lapsed.close_reason()), (ContactState::Lapsed, CloseReason::WindowLapsed));
    for expected in [NoticeKind::WindowNear, NoticeKind::WindowLapsed] {
        let told = notices.notice().await;
        assert_eq!((told.kind(), told.queue.as_str()), (expected, "night"));
        assert_eq!(told.contact.map(|contact| contact.contact_id), Some("c".to_owned()));
    }
    let causes = watch.causes_until(ContactCause::Closed).await;
    assert!(causes.ends_with(&[ContactCause::WindowNear, ContactCause::Closed]), "{causes:?}");
    assert_eq!(watch.try_next().await.expect("ended well"), None, "it has ended");
    let lapsed = client.queue("night").await.channels.iter().map(|counts| counts.lapsed).sum::<u64>();
    assert_eq!(lapsed, 1);
}
