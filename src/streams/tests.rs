//! What is kept for those who resume, and for how long.

use tokio_stream::StreamExt;

use super::*;
use crate::proto::v1;

const TOPIC: Topic = Topic::Contact(1);

fn item(sequence: u64) -> Item {
    Item::Contact(v1::WatchContactResponse { sequence, ..v1::WatchContactResponse::default() })
}

/// What a stream begins with that was opened at sequence 100 and has seen everything up to `after`.
async fn first_of(streams: &Arc<Streams>, after: u64) -> Vec<u64> {
    streams.register(TOPIC, 100);
    let opening = Opening { snapshot: vec![item(100)], after: Some(after), resume: None, ends: true };
    let stream = streams.attach(TOPIC, 0, opening);
    stream.map(|item| item.unwrap().sequence()).collect().await
}

#[tokio::test]
async fn items_are_kept_for_the_grace_time_and_a_stream_resumes_from_what_it_has_seen() {
    let streams = Streams::new(8, Box::new(|_| {}));
    streams.register(TOPIC, 10);
    streams.publish(TOPIC, item(11));
    streams.publish(TOPIC, item(12));
    assert_eq!(first_of(&streams, 11).await, [12]);
    let later = Instant::now() + RESUME_GRACE;
    streams.sweep(later);
    assert_eq!(first_of(&streams, 11).await, [100], "what it missed is gone, so it begins anew");
    assert_eq!(first_of(&streams, 12).await, [0; 0], "it had seen what is gone, so nothing is missing");
}

#[tokio::test]
async fn no_more_than_so_many_items_are_kept() {
    let streams = Streams::new(8, Box::new(|_| {}));
    streams.register(TOPIC, 10);
    let last = 11 + HISTORY_ITEMS as u64;
    (11..=last).for_each(|sequence| streams.publish(TOPIC, item(sequence)));
    assert_eq!(first_of(&streams, 10).await, [100]);
    assert_eq!(first_of(&streams, 11).await.len(), HISTORY_ITEMS);
}

#[test]
fn a_topic_that_nobody_watches_is_forgotten_after_the_grace_time() {
    let streams = Streams::new(8, Box::new(|_| {}));
    streams.register(TOPIC, 10);
    streams.abandon(TOPIC);
    streams.sweep(Instant::now());
    assert!(streams.wanted(TOPIC));
    streams.sweep(Instant::now() + RESUME_GRACE);
    assert!(!streams.wanted(TOPIC));
}
