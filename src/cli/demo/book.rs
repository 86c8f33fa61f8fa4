//! A gateway's own book: which contacts it has brought in, and what it was told of them. It is kept from
//! the answers and the stream alone, so that the daemon's counts can be checked against it. Contacts are
//! counted in the queue that they entered first.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{arrivals::Arrival, counts::Counts, pace::Pace};
use crate::{
    plan::Plan,
    proto::v1::{Contact, ContactCause, ContactState},
};

/// Queue and channel.
pub type Key = (String, String);

/// A contact that has not ended, as far as the gateway knows.
#[derive(Debug)]
struct Live {
    arrival: Arrival,
    /// The first queue; none until the daemon has accepted it.
    queue: Option<String>,
    answered: bool,
    /// The latest offer and its epoch, which an assignment doesn't tell.
    offer: (u64, u32),
    /// The offer whose connecting has been told.
    connecting: u64,
    /// Of the latest change seen.
    sequence: u64,
}

impl Live {
    /// Takes in how it stands, and what of it is news.
    fn note(&mut self, contact: &Contact, news: &mut News) {
        self.sequence = contact.sequence;
        if self.queue.is_none() {
            self.queue = Some(contact.queue.clone());
            news.accepted = Some(self.arrival.patience);
        }
        if !self.answered && contact.answer_time.is_some() {
            self.answered = true;
            news.answered = Some(self.arrival.customer_ends.then_some(self.arrival.talk));
        }
        if let Some(offer) = &contact.offer {
            self.offer = (offer.offer_id, offer.epoch);
        }
        if contact.state() == ContactState::Connecting
            && let Some(assignment) = &contact.assignment
            && self.offer.0 == assignment.offer_id
            && self.connecting != assignment.offer_id
        {
            self.connecting = assignment.offer_id;
            news.connect = Some(self.offer);
        }
    }
}

/// What a change means to the gateway.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// It has been accepted: how long the customer will wait.
    pub accepted: Option<Option<Duration>>,
    /// It has been answered: how long the talk takes if the customer ends it.
    pub answered: Option<Option<Duration>>,
    /// Customer and agent are to be connected: offer and epoch.
    pub connect: Option<(u64, u32)>,
}

/// The book of one gateway.
#[derive(Debug)]
pub struct Book {
    pace: Pace,
    channel: String,
    /// By queue, in the demo's time.
    objectives: BTreeMap<String, Duration>,
    live: BTreeMap<String, Live>,
    counts: BTreeMap<String, Counts>,
    zero: Counts,
    /// Nobody else will come.
    pub arrivals_over: bool,
}

/// A book that is read while it is written.
#[derive(Debug, Clone)]
pub struct SharedBook(Arc<Mutex<Book>>);

impl SharedBook {
    /// Shares a book.
    pub fn new(book: Book) -> Self {
        Self(Arc::new(Mutex::new(book)))
    }

    /// Opens it. Never hold it across an await.
    pub fn open(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// An empty book of a gateway with one channel. `plan` is the one in the demo's time.
    pub fn new(plan: &Plan, channel: &str, pace: Pace) -> anyhow::Result<Self> {
        let objective = |ms| Duration::from_millis(ms);
        let queues = plan.queues.iter();
        Ok(Self {
            pace,
            channel: channel.to_owned(),
            objectives: queues.map(|(id, queue)| (id.clone(), objective(queue.objective_ms))).collect(),
            live: BTreeMap::new(),
            counts: BTreeMap::new(),
            zero: Counts::new()?,
            arrivals_over: false,
        })
    }

    fn count(&mut self, queue: &str) -> &mut Counts {
        let zero = &self.zero;
        self.counts.entry(queue.to_owned()).or_insert_with(|| zero.clone())
    }

    /// A customer came; the daemon has not been heard yet.
    pub fn arrive(&mut self, contact: String, arrival: Arrival) {
        let live = Live { arrival, queue: None, answered: false, offer: (0, 0), connecting: 0, sequence: 0 };
        self.live.insert(contact, live);
    }

    /// The daemon refused the contact that would have entered `queue`.
    pub fn reject(&mut self, contact: &str, queue: &str) {
        if self.live.remove(contact).is_some() {
            self.count(queue).rejected += 1;
        }
    }

    /// The contact couldn't be brought in for another reason; that is told as a fault.
    pub fn forget(&mut self, contact: &str) {
        self.live.remove(contact);
    }

    /// Takes in how a contact stands. What is older than what was seen, or of none of ours, says nothing.
    pub fn see(&mut self, contact: &Contact, cause: ContactCause) -> News {
        let mut news = News::default();
        let Some(live) = self.live.get_mut(&contact.contact_id) else {
            return news;
        };
        if live.queue.is_some() && contact.sequence <= live.sequence {
            return news;
        }
        live.note(contact, &mut news);
        let queue = live.queue.clone().unwrap_or_default();
        let was_answered = live.answered;
        let state = contact.state();
        let ended = matches!(
            state,
            ContactState::Completed | ContactState::Abandoned | ContactState::Expired | ContactState::Lost
        );
        if ended {
            self.live.remove(&contact.contact_id);
        }

        let wait = contact.wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or_default();
        let wait = self.pace.played(wait);
        let objective = self.objectives.get(&queue).copied().unwrap_or_default();
        let counts = self.count(&queue);
        counts.offered += u64::from(news.accepted.is_some());
        if news.answered.is_some() {
            counts.answer(wait, objective);
        }
        match cause {
            ContactCause::NoAnswer => counts.missed += 1,
            ContactCause::Declined => counts.declined += 1,
            _ => {}
        }
        match state {
            _ if !ended => {}
            _ if was_answered => counts.completed += 1,
            ContactState::Abandoned => counts.abandoned += 1,
            ContactState::Expired => counts.expired += 1,
            ContactState::Lost => counts.lost += 1,
            // Ended as answered without an answer: it will not add up, and shall not.
            _ => {}
        }
        news
    }

    /// Whether the contact waits for an answer.
    pub fn waits(&self, contact: &str) -> bool {
        self.live.get(contact).is_some_and(|live| live.queue.is_some() && !live.answered)
    }

    /// Whether the contact has not ended.
    pub fn is_live(&self, contact: &str) -> bool {
        self.live.contains_key(contact)
    }

    /// Contacts that have not ended.
    pub fn live_count(&self) -> usize {
        self.live.len()
    }

    /// Accepted contacts that are not among those that the daemon knows to be live: they ended unseen.
    pub fn missing_from(&self, live: &[Contact]) -> Vec<String> {
        let known: std::collections::BTreeSet<&str> = live.iter().map(|c| c.contact_id.as_str()).collect();
        let accepted = self.live.iter().filter(|(_, live)| live.queue.is_some());
        accepted.map(|(id, _)| id.clone()).filter(|id| !known.contains(id.as_str())).collect()
    }

    /// Contacts of which the daemon has not been heard.
    pub fn unheard(&self) -> usize {
        self.live.values().filter(|live| live.queue.is_none()).count()
    }

    /// The counts so far, and how many wait for an answer now.
    pub fn tally(&self) -> BTreeMap<Key, (Counts, u64)> {
        let waits = |queue: &str| {
            let waiting = |live: &&Live| live.queue.as_deref() == Some(queue) && !live.answered;
            u64::try_from(self.live.values().filter(waiting).count()).unwrap_or(u64::MAX)
        };
        let counts = self.counts.iter();
        counts
            .map(|(queue, counts)| ((queue.clone(), self.channel.clone()), (counts.clone(), waits(queue))))
            .collect()
    }
}

#[cfg(test)]
mod tests;
