//! A gateway's own book: which contacts it has brought in, and what it was told of them. It is kept from
//! the answers and the stream alone, so that the daemon's counts can be checked against it. Contacts are
//! counted in the queue that they entered first. Those that the daemon makes itself, consults, follow-ups and
//! callbacks, are learned from the stream and counted like others.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{arrivals::Arrival, counts::Counts, pace::Pace};
use crate::{
    plan::Plan,
    proto::v1::{CloseReason, Contact, ContactCause, ContactKind, ContactState},
};

/// Queue and channel.
pub type Key = (String, String);

/// A contact that has not ended, as far as the gateway knows.
#[derive(Debug)]
struct Live {
    /// None: the daemon has made it.
    arrival: Option<Arrival>,
    /// The first queue; none until the daemon has accepted it.
    queue: Option<String>,
    /// Its customer is called back.
    called_back: bool,
    /// An agent has had it.
    answered: bool,
    /// An agent has it, or had it before it fell silent: it doesn't wait.
    with_agent: bool,
    /// The latest offer and its epoch, which an assignment doesn't tell.
    offer: (u64, u32),
    /// The offer whose connecting has been told.
    connecting: u64,
    /// Of the latest change seen.
    sequence: u64,
}

impl Live {
    fn of(arrival: Option<Arrival>) -> Self {
        Self {
            arrival,
            queue: None,
            called_back: false,
            answered: false,
            with_agent: false,
            offer: (0, 0),
            connecting: 0,
            sequence: 0,
        }
    }

    /// Takes in how it stands, and what of it is news.
    fn note(&mut self, contact: &Contact, news: &mut News) {
        self.sequence = contact.sequence;
        if self.queue.is_none() {
            self.queue = Some(contact.queue.clone());
            news.accepted = Some(self.arrival.as_ref().and_then(|arrival| arrival.patience));
        }
        let with_agent = match contact.state() {
            ContactState::Active | ContactState::Parked => true,
            state if !is_end(state) => false,
            // The answer was missed, if there was one.
            _ => self.with_agent || !self.answered && contact.answer_time.is_some(),
        };
        if with_agent && !self.with_agent {
            news.answered_again = self.answered;
            if !self.answered {
                let ends = self.arrival.as_ref().filter(|arrival| arrival.customer_ends);
                news.answered = Some(ends.map(|arrival| arrival.talk));
            }
            self.answered = true;
        }
        news.returned = self.with_agent && !with_agent;
        self.with_agent = with_agent;
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
    /// It has been answered once more.
    pub answered_again: bool,
    /// It waits again, after an answer.
    pub returned: bool,
    /// Customer and agent are to be connected: offer and epoch.
    pub connect: Option<(u64, u32)>,
}

fn is_end(state: ContactState) -> bool {
    use ContactState as S;
    matches!(
        state,
        S::Completed | S::Abandoned | S::Expired | S::Lost | S::Deflected | S::Lapsed | S::Callback
    )
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
        self.live.insert(contact, Live::of(Some(arrival)));
    }

    /// Enters a contact that the daemon has made: a consult, follow-up or callback.
    fn adopt(&mut self, contact: &Contact, cause: ContactCause) {
        let called_back = contact.kind() == ContactKind::Callback;
        let own = called_back || matches!(contact.kind(), ContactKind::Consult | ContactKind::FollowUp);
        let told_first = matches!(cause, ContactCause::Enqueued | ContactCause::Unspecified);
        if own && told_first && !is_end(contact.state()) && !self.live.contains_key(&contact.contact_id) {
            let live = Live { called_back, ..Live::of(None) };
            self.live.insert(contact.contact_id.clone(), live);
        }
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
        self.adopt(contact, cause);
        let Some(live) = self.live.get_mut(&contact.contact_id) else {
            return news;
        };
        if live.queue.is_some() && contact.sequence <= live.sequence {
            return news;
        }
        live.note(contact, &mut news);
        let queue = live.queue.clone().unwrap_or_default();
        let with_agent = live.with_agent;
        let ended = is_end(contact.state());
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
        counts.returned += u64::from(news.returned);
        // Who comes back has a wait of its own; that of the first answer is what the customer felt.
        counts.answered += u64::from(news.answered_again);
        if ended && with_agent {
            counts.completed += 1;
        } else if ended {
            count_end(counts, contact);
        }
        news
    }

    /// Whether the contact waits for an answer.
    pub fn waits(&self, contact: &str) -> bool {
        self.live.get(contact).is_some_and(|live| live.queue.is_some() && !live.with_agent)
    }

    /// Whether its customer is dialled for it.
    pub fn is_called_back(&self, contact: &str) -> bool {
        self.live.get(contact).is_some_and(|live| live.called_back)
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
            let waiting = |live: &&Live| live.queue.as_deref() == Some(queue) && !live.with_agent;
            u64::try_from(self.live.values().filter(waiting).count()).unwrap_or(u64::MAX)
        };
        let counts = self.counts.iter();
        counts
            .map(|(queue, counts)| ((queue.clone(), self.channel.clone()), (counts.clone(), waits(queue))))
            .collect()
    }
}

/// Counts the end of a contact that waited. A customer who came back has been answered before, so that the
/// state says less than the reason.
fn count_end(counts: &mut Counts, contact: &Contact) {
    let reason = contact.close_reason();
    match contact.state() {
        ContactState::Deflected => counts.deflected += 1,
        ContactState::Lapsed => counts.lapsed += 1,
        ContactState::Callback => counts.called_back += 1,
        ContactState::Abandoned => counts.abandoned += 1,
        ContactState::Expired => counts.expired += 1,
        ContactState::Lost => counts.lost += 1,
        _ if reason == CloseReason::GatewayLost => counts.lost += 1,
        _ if matches!(reason, CloseReason::CustomerLeft | CloseReason::GatewayCompleted) => {
            counts.abandoned += 1;
        }
        _ => counts.expired += 1,
    }
}

#[cfg(test)]
mod tests;
