//! Fan-out to desktops, gateways and watchers. One publisher (the tenant's writer) owns
//! snapshot-then-subscribe: a subscription is registered at one sequence, its snapshot is of that
//! sequence, and what is published afterwards reaches it, so nothing falls between. Recent items of each
//! topic are kept for a while, so that a stream can be resumed without a gap.
//!
//! Must never publish what is not durable, and never wait for a consumer: one whose bounded mailbox is
//! full is cut off and told so.

mod causes;
mod items;
mod notices;
mod shown;
mod subscription;
#[cfg(test)]
mod tests;
mod wait_notices;

pub use items::{Item, items_of};
pub use notices::Notices;
pub use shown::Shown;
pub use subscription::{Cut, Subscription};

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use dashmap::DashMap;
use tokio::sync::mpsc;

use shown::Watched;
use subscription::CutSlot;

/// What a stream is about, by the engine's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// One contact.
    Contact(u64),
    /// The contacts of one gateway.
    Gateway(u32),
    /// One agent.
    Agent(u32),
    /// What needs a supervisor's eye.
    Notices,
}

/// How long an item is kept for those who resume, and a topic that nobody watches with it …
const RESUME_GRACE: Duration = Duration::from_secs(60);
/// … and at most so many items a topic.
const HISTORY_ITEMS: usize = 4_096;

/// What begins a stream.
pub struct Opening {
    /// The state as it was at the subscription's sequence.
    pub snapshot: Vec<Item>,
    /// The sequence after which the consumer wants to go on, if it does.
    pub after: Option<u64>,
    /// What to say first when it can, if anything.
    pub resume: Option<Item>,
    /// Close after the snapshot: nothing more will come.
    pub ends: bool,
}

struct Subscriber {
    id: u64,
    session: u64,
    mailbox: mpsc::Sender<Arc<Item>>,
    cut: CutSlot,
}

struct TopicState {
    /// Everything later than this is in `history`.
    floor: u64,
    history: VecDeque<(Instant, Arc<Item>)>,
    subscribers: Vec<Subscriber>,
    /// Subscriptions registered whose snapshot is not durable yet.
    pending: usize,
    idle_since: Instant,
}

impl TopicState {
    /// Drops what is too old or too much. The floor rises to what was dropped.
    fn trim(&mut self, now: Instant) {
        while let Some((published, item)) = self.history.front() {
            if self.history.len() <= HISTORY_ITEMS && now.duration_since(*published) < RESUME_GRACE {
                break;
            }
            self.floor = item.sequence();
            self.history.pop_front();
        }
    }
}

/// The topics that are watched, or were a moment ago. Shared by the writer, which publishes, and the
/// streams, which leave.
pub struct Streams {
    topics: DashMap<Topic, TopicState>,
    shown: Watched,
    mailbox_items: usize,
    last_id: AtomicU64,
    overflowed: Box<dyn Fn(&'static str) + Send + Sync>,
}

impl Streams {
    /// No topics yet. `mailbox_items` bounds what a slow consumer may be behind; `overflowed` is told of
    /// each one cut off.
    #[must_use]
    pub fn new(mailbox_items: usize, overflowed: Box<dyn Fn(&'static str) + Send + Sync>) -> Arc<Self> {
        let last_id = AtomicU64::new(0);
        Arc::new(Self {
            topics: DashMap::new(),
            shown: Watched::default(),
            mailbox_items,
            last_id,
            overflowed,
        })
    }

    /// Whether anybody wants items of `topic`.
    #[must_use]
    pub fn wanted(&self, topic: Topic) -> bool {
        self.topics.contains_key(&topic)
    }

    /// Topics of which anybody wants items.
    #[must_use]
    pub fn all_wanted(&self) -> Vec<Topic> {
        self.topics.iter().map(|state| *state.key()).collect()
    }

    /// Whether somebody watches `topic` or is about to.
    #[must_use]
    pub fn watched(&self, topic: Topic) -> bool {
        self.topics.get(&topic).is_some_and(|state| !state.subscribers.is_empty() || state.pending > 0)
    }

    /// From `sequence` on items of `topic` are wanted. Follow with [`Streams::attach`] or
    /// [`Streams::abandon`].
    pub fn register(&self, topic: Topic, sequence: u64) {
        let mut state = self.topics.entry(topic).or_insert_with(|| TopicState {
            floor: sequence,
            history: VecDeque::new(),
            subscribers: Vec::new(),
            pending: 0,
            idle_since: Instant::now(),
        });
        state.pending += 1;
    }

    /// Nobody watches `topic` yet, but who did before the process began may: everything later than `floor` is in
    /// `history`.
    pub(super) fn resume_from(&self, topic: Topic, floor: u64, history: impl IntoIterator<Item = Item>) {
        let now = Instant::now();
        let history = history.into_iter().map(|item| (now, Arc::new(item))).collect();
        let (subscribers, pending) = (Vec::new(), 0);
        self.topics.insert(topic, TopicState { floor, history, subscribers, pending, idle_since: now });
    }

    /// A registered subscription comes to nothing: what it saw is not durable.
    pub fn abandon(&self, topic: Topic) {
        if let Some(mut state) = self.topics.get_mut(&topic) {
            state.pending = state.pending.saturating_sub(1);
        }
    }

    /// A registered subscription's sequence is durable: opens its stream. On an agent's topic it is the
    /// only one: earlier streams end, those of another session with [`Cut::SessionReplaced`].
    pub fn attach(self: &Arc<Self>, topic: Topic, session: u64, opening: Opening) -> Subscription {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let first = self.first_items(topic, opening.after, opening.resume, opening.snapshot);
        let (mailbox, receiver) = mpsc::channel(self.mailbox_items.max(1));
        let cut = CutSlot::default();
        if let Some(mut state) = self.topics.get_mut(&topic) {
            state.pending = state.pending.saturating_sub(1);
            if matches!(topic, Topic::Agent(_)) {
                for other in state.subscribers.drain(..) {
                    let replaced = other.session != session;
                    other.cut.set(if replaced { Cut::SessionReplaced } else { Cut::StreamReplaced });
                }
            }
            if !opening.ends {
                self.shown.attach(topic, first.back());
                state.subscribers.push(Subscriber { id, session, mailbox, cut: cut.clone() });
            }
            state.idle_since = Instant::now();
        }
        Subscription::new(self.clone(), topic, id, first, receiver, cut)
    }

    fn first_items(
        &self,
        topic: Topic,
        after: Option<u64>,
        resumed: Option<Item>,
        snapshot: Vec<Item>,
    ) -> VecDeque<Arc<Item>> {
        if let Some(after) = after
            && let Some(state) = self.topics.get(&topic)
            && after >= state.floor
        {
            let missed = state.history.iter().map(|(_, item)| item).filter(|item| item.sequence() > after);
            return resumed.map(Arc::new).into_iter().chain(missed.cloned()).collect();
        }
        snapshot.into_iter().map(Arc::new).collect()
    }

    /// Hands a durable item to those who watch its topic.
    pub fn publish(&self, topic: Topic, item: Item) {
        let Some(mut state) = self.topics.get_mut(&topic) else {
            return;
        };
        self.shown.show(topic, &item);
        let item = Arc::new(item);
        let now = Instant::now();
        state.history.push_back((now, item.clone()));
        state.trim(now);
        let last = item.last();
        state.subscribers.retain(|subscriber| match subscriber.mailbox.try_send(item.clone()) {
            Ok(()) => !last,
            Err(mpsc::error::TrySendError::Closed(_)) => false,
            Err(mpsc::error::TrySendError::Full(_)) => {
                subscriber.cut.set(Cut::TooSlow);
                (self.overflowed)(topic.name());
                false
            }
        });
    }

    /// A stream is gone.
    pub(super) fn leave(&self, topic: Topic, id: u64) {
        if let Some(mut state) = self.topics.get_mut(&topic) {
            state.subscribers.retain(|subscriber| subscriber.id != id);
            state.idle_since = Instant::now();
            if state.subscribers.is_empty() {
                self.shown.leave(topic);
            }
        }
    }

    /// What was registered after `sequence` was never durable: such sequences will be used again.
    pub fn roll_back(&self, sequence: u64) {
        for mut state in self.topics.iter_mut() {
            state.floor = state.floor.min(sequence);
        }
    }

    /// Forgets items that are old at `now`, and topics that nobody has watched for a while.
    pub fn sweep(&self, now: Instant) {
        self.topics.retain(|_, state| {
            state.trim(now);
            state.subscribers.retain(|subscriber| !subscriber.mailbox.is_closed());
            state.pending > 0
                || !state.subscribers.is_empty()
                || now.duration_since(state.idle_since) < RESUME_GRACE
        });
    }

    /// Ends all streams.
    pub fn cut_all(&self, cut: Cut) {
        for mut state in self.topics.iter_mut() {
            for subscriber in state.subscribers.drain(..) {
                subscriber.cut.set(cut);
            }
        }
    }
}

impl Topic {
    fn name(self) -> &'static str {
        match self {
            Self::Contact(_) => "contact",
            Self::Gateway(_) => "gateway",
            Self::Agent(_) => "agent",
            Self::Notices => "notices",
        }
    }
}
