//! Streams that end by themselves, and those of supervisors.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{
    desk, plans,
    streams::{Desk, Watching},
};
use kefud::proto::v1::{self, AgentSessionState, ContactCause, ContactState};

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_contact_ends_its_stream() {
    let (_place, _daemon, client) = desk().await;
    client.enqueue("c", "wechat", "tiny").await;
    let mut watch = client.watch_contact("c", 0).await;
    let first = watch.next().await;
    assert_eq!(
        (first.cause(), first.contact.expect("a contact").state()),
        (ContactCause::Unspecified, ContactState::Waiting)
    );
    let update = v1::UpdateContactRequest { contact_id: "c".into(), priority: Some(7), ..Default::default() };
    client.contacts.clone().update_contact(update).await.expect("updated");
    let updated = watch.next().await;
    assert_eq!((updated.cause(), updated.contact.expect("a contact").priority), (ContactCause::Updated, 7));
    let seen = watch.last_sequence;
    client.cancel("c").await;
    assert_eq!(watch.next().await.cause(), ContactCause::Closed);
    assert!(watch.try_next().await.expect("a good end").is_none());

    // Whoever comes late gets what was missed, or how it ended; either way the stream ends.
    for (after, cause) in [(seen, ContactCause::Closed), (0, ContactCause::Unspecified)] {
        let mut watch = client.watch_contact("c", after).await;
        let last = watch.next().await;
        assert_eq!(
            (last.cause(), last.contact.expect("a contact").state()),
            (cause, ContactState::Abandoned)
        );
        assert!(watch.try_next().await.expect("a good end").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_are_told_first_all_then_those_that_changed() {
    let (_place, _daemon, client) = desk().await;
    let interval = Some(prost_types::Duration { seconds: 0, nanos: 100_000_000 });
    let request = v1::WatchQueuesRequest { interval };
    let opened = client.supervisors.clone().watch_queues(request).await.expect("opened");
    let mut queues = Watching::new(opened.into_inner());
    let names = |message: &v1::WatchQueuesResponse| -> Vec<String> {
        message.queues.iter().map(|queue| queue.queue.clone()).collect()
    };
    let first = queues.next().await;
    assert_eq!(names(&first), ["calls", "sales", "service", "tiny"]);
    client.enqueue("c", "wechat", "sales").await;
    let changed = queues.next().await;
    assert_eq!(names(&changed), ["sales"]);
    assert_eq!(changed.queues[0].waiting, 1);
    client.cancel("c").await;
    let without = plans::DESK.replace("[queues.calls]", "[queues.more_calls]");
    client.apply(&without).await;
    let mut removed = Vec::new();
    while removed.is_empty() {
        removed = queues.next().await.removed_queues;
    }
    assert_eq!(removed, ["calls"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_agent_is_told_and_signed_out() {
    let (_place, _daemon, client) = desk().await;
    let mut dora: Desk = client.sign_in("dora").await;
    client.apply(plans::DESK.split("[agents.dora]").next().expect("the rest")).await;
    assert_eq!(dora.agent_changed().await.session_state(), AgentSessionState::SignedOut);
    assert_eq!(dora.stream.end().await.map(|status| status.to_string()), None);
}
