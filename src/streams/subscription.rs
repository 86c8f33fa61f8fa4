//! One stream's receiving end: what it begins with, then its mailbox, then why it ended.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use tokio::sync::mpsc;
use tokio_stream::Stream;

use super::{Item, Streams, Topic};

/// Why a stream was ended from this side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The consumer's mailbox was full. It may resume.
    TooSlow,
    /// The agent has signed in elsewhere.
    SessionReplaced,
    /// The same session has opened another stream.
    StreamReplaced,
    /// The daemon is stopping.
    Stopping,
}

/// Where the reason of an ending is put. The first one counts.
#[derive(Debug, Clone, Default)]
pub(super) struct CutSlot(Arc<OnceLock<Cut>>);

impl CutSlot {
    pub fn set(&self, cut: Cut) {
        // An earlier reason stands.
        let _ = self.0.set(cut);
    }
}

/// A stream of items. Ends by itself, or with why it was cut.
pub struct Subscription {
    streams: Arc<Streams>,
    topic: Topic,
    id: u64,
    first: VecDeque<Arc<Item>>,
    mailbox: mpsc::Receiver<Arc<Item>>,
    cut: CutSlot,
    ended: bool,
}

impl Subscription {
    pub(super) fn new(
        streams: Arc<Streams>,
        topic: Topic,
        id: u64,
        first: VecDeque<Arc<Item>>,
        mailbox: mpsc::Receiver<Arc<Item>>,
        cut: CutSlot,
    ) -> Self {
        Self { streams, topic, id, first, mailbox, cut, ended: false }
    }
}

impl Stream for Subscription {
    type Item = Result<Arc<Item>, Cut>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(item) = self.first.pop_front() {
            return Poll::Ready(Some(Ok(item)));
        }
        if self.ended {
            return Poll::Ready(None);
        }
        match self.mailbox.poll_recv(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(item)) => Poll::Ready(Some(Ok(item))),
            Poll::Ready(None) => {
                self.ended = true;
                Poll::Ready(self.cut.0.get().map(|cut| Err(*cut)))
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.streams.leave(self.topic, self.id);
    }
}
