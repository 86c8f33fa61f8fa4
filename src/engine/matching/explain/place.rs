//! A waiting contact's place in the order, and what it is made of. Asks the order itself.

use crate::engine::{
    matching::{
        class::Class,
        order::{Standing, urgency_permille},
    },
    state::{Contact, State},
};

use super::{Place, Urgency};

impl State {
    /// The class in which a contact waits, with its standing; none when it doesn't wait.
    pub(super) fn waiting_class(&self, contact: &Contact, now_ms: u64) -> Option<(&Class, Standing)> {
        let (number, key) = contact.place.in_index(self.index.epoch)?;
        let class = self.index.classes.get(number)?;
        Some((class, self.standing(class, key, contact.record.contact, now_ms)))
    }

    /// The place of a contact of this standing that waits in `queue`.
    pub(super) fn place_of(&self, queue: u32, mine: &Standing, now_ms: u64) -> Place {
        let mut place = Place { position: 1, waiting: 0, more_urgent: 0 };
        for (_, class) in self.index.classes.waiting() {
            let before = self.before_in(class, mine, now_ms);
            place.more_urgent += before;
            if class.key.queue == queue {
                place.position += before;
                place.waiting += class.waiting.len();
            }
        }
        place
    }

    /// What a contact's standing is made of.
    pub(super) fn urgency_of(&self, contact: &Contact, mine: &Standing, now_ms: u64) -> Urgency {
        let record = &contact.record;
        Urgency {
            band: mine.band,
            age_ms: self.age_ms(record, now_ms),
            objective_ms: mine.objective_ms,
            priority: record.priority,
            added_priority: record.added_priority(),
            boost_permille: self.catalog.queues.get(&record.queue).map_or(0, |queue| queue.boost_permille),
            permille: urgency_permille(mine, now_ms),
        }
    }
}
