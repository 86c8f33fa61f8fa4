//! Who gets what: among waiting contacts that somebody can serve now, the first in order is offered to
//! the agent whom its queue's choice picks; and again, until nothing fits. Eligible before ordered: an
//! agent is compared only with contacts that it can serve. Must not offer anything by itself: it names
//! the next pair, and the caller makes the offer.

pub mod eligible;
pub mod index;
pub mod order;

use std::cmp::Ordering;

use super::state::{Contact, State};
use eligible::capacity_for;
use order::{Standing, more_urgent};

/// A contact and the agent to offer it to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The contact.
    pub contact: u64,
    /// The agent.
    pub agent: u32,
}

impl State {
    /// The next offer to make at `now_ms`, if any. Classes for which there is none are settled until
    /// something about them changes.
    pub(super) fn next_pair(&mut self, now_ms: u64) -> Option<Pair> {
        let mut best: Option<(Standing, Pair)> = None;
        for class in self.index.dirty_classes() {
            let Some((standing, pair)) = self.first_pair(class, now_ms) else {
                self.index.settle(class);
                continue;
            };
            let better = match &best {
                None => true,
                Some((leader, _)) => more_urgent(&standing, leader, now_ms) == Ordering::Less,
            };
            if better {
                best = Some((standing, pair));
            }
        }
        best.map(|(_, pair)| pair)
    }

    /// The first contact of a class that somebody can serve, with that agent.
    fn first_pair(&self, class_number: u32, now_ms: u64) -> Option<(Standing, Pair)> {
        let class = self.index.class(class_number)?;
        // Without exclusions the answer is the same for every contact of the class.
        let anybody = self.longest_idle(class_number, None, now_ms)?;
        for (arrival_ms, number) in &class.waiting {
            let contact = self.contacts.get(number)?;
            let agent = if excluded(contact, anybody, now_ms) {
                self.longest_idle(class_number, Some(contact), now_ms)
            } else {
                Some(anybody)
            };
            if let Some(agent) = agent {
                let standing = Standing {
                    band: class.band,
                    arrival_ms: *arrival_ms,
                    objective_ms: class.key.objective_ms,
                    contact: *number,
                };
                return Some((standing, Pair { contact: *number, agent }));
            }
        }
        None
    }

    /// Of the agents who can take one more of the class, and are not excluded from `contact`, the one
    /// idle longest.
    fn longest_idle(&self, class_number: u32, contact: Option<&Contact>, now_ms: u64) -> Option<u32> {
        let class = self.index.class(class_number)?;
        let channel = self.catalog.channels.get(&class.key.channel)?;
        let first_of = |profile: &u32| {
            self.index.profile(*profile)?.free.iter().copied().find(|(_, number)| {
                let Some(agent) = self.agents.get(number) else {
                    return false;
                };
                let Some(info) = &agent.info else { return false };
                capacity_for(info, &agent.load, channel).is_ok()
                    && !contact.is_some_and(|contact| excluded(contact, *number, now_ms))
            })
        };
        class.profiles.iter().filter_map(first_of).min().map(|(_, agent)| agent)
    }

    /// An agent may be offered the contact again: look at its class.
    pub(super) fn exclusion_over(&mut self, contact: u64) {
        if let Some((class, _)) = self.contacts.get(&contact).and_then(|contact| contact.place) {
            self.index.touch(class);
        }
    }
}

/// Whether the contact is not to be offered to the agent for now.
fn excluded(contact: &Contact, agent: u32, now_ms: u64) -> bool {
    contact.record.exclusions.iter().any(|entry| entry.agent == agent && entry.until_ms > now_ms)
}
