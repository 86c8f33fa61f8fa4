//! What watchers of contacts were shown last of what these can expect, so that they are told again only when that is
//! another. By contact, so that rounds over them go on where the one before ended.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::mpsc::error::TrySendError;

use super::{Item, Streams, Topic};
use crate::proto::v1;

/// What was shown of a contact in line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Its place.
    pub position: u32,
    /// How long it will wait, in whole seconds; none: that is not known.
    pub expected_s: Option<u64>,
    /// Whether that is because its gateway is away, which is told at once.
    pub gateway_away: bool,
}

impl Shown {
    /// Of an estimate.
    #[must_use]
    pub fn of(estimate: &v1::Estimate) -> Self {
        let expected_s = estimate.expected.as_ref().map(|expected| expected.seconds.unsigned_abs());
        let gateway_away = estimate.unknown() == v1::EstimateUnknown::GatewayAway;
        Self { position: estimate.position, expected_s, gateway_away }
    }

    fn of_item(item: &Item) -> Option<Self> {
        let Item::Contact(message) = item else {
            return None;
        };
        message.contact.as_ref()?.estimate.as_ref().map(Self::of)
    }
}

/// Contacts that are watched, with what their watchers were shown last of them.
#[derive(Debug, Default)]
pub(super) struct Watched {
    contacts: Mutex<BTreeMap<u64, Option<Shown>>>,
}

impl Watched {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<u64, Option<Shown>>) -> T) -> T {
        work(&mut self.contacts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One more watches. Whatever it is shown first, others may have been shown something later.
    pub fn attach(&self, topic: Topic, first: Option<&Arc<Item>>) {
        if let Topic::Contact(contact) = topic {
            let first = first.and_then(|item| Shown::of_item(item));
            self.with(|contacts| contacts.insert(contact, first));
        }
    }

    /// Its watchers are shown this.
    pub fn show(&self, topic: Topic, item: &Item) {
        if let Topic::Contact(contact) = topic {
            self.with(|contacts| {
                if let Some(shown) = contacts.get_mut(&contact) {
                    *shown = Shown::of_item(item);
                }
            });
        }
    }

    /// Nobody watches it any more.
    pub fn leave(&self, topic: Topic) {
        if let Topic::Contact(contact) = topic {
            self.with(|contacts| contacts.remove(&contact));
        }
    }
}

impl Streams {
    /// Contacts with larger numbers that are watched, so many at most, with what was shown of them.
    #[must_use]
    pub fn watched_contacts(&self, after: u64, max: usize) -> Vec<(u64, Option<Shown>)> {
        self.shown.with(|contacts| {
            let later = contacts.range((Bound::Excluded(after), Bound::Unbounded));
            later.take(max).map(|(contact, shown)| (*contact, *shown)).collect()
        })
    }

    /// Shows watchers of a contact how it stands between events. Nothing is missed by who doesn't get it: it is no
    /// part of the history, and whose mailbox is full goes without.
    pub fn refresh(&self, contact: u64, item: Item) {
        let topic = Topic::Contact(contact);
        let Some(mut state) = self.topics.get_mut(&topic) else {
            return;
        };
        self.shown.show(topic, &item);
        let item = Arc::new(item);
        state.subscribers.retain(|subscriber| {
            !matches!(subscriber.mailbox.try_send(item.clone()), Err(TrySendError::Closed(_)))
        });
    }
}
