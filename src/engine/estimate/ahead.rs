//! How many come before a contact of its own queue: all of them, which is its place; and those eager ones on whom the time
//! until its turn depends. Asks the order of matching. Must not change anything.

use crate::{
    engine::{
        matching::{
            class::Class,
            order::{Standing, more_urgent, virtual_arrival_ms},
            rings::Subject,
        },
        state::State,
    },
    proto::journal::{self as j, ContactStage},
};

/// With more classes than this in its queue, who comes is taken to come last: they are not looked at one by one.
const CLASSES_MAX: usize = 64;

/// How urgent one is, and its place among those who are to be dialled.
type Mine = (Standing, (i64, u64));

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl State {
    /// All who wait in a queue, and the eager ones of them.
    pub(super) fn behind_all(&self, queue: u32) -> (u32, u32) {
        let undialled = self.flows.undialled(queue).map_or(0, |line| number(line.len()));
        (self.queue_live(queue).waiting, self.in_line(queue).eager + undialled)
    }

    /// Those before a waiting contact.
    pub(super) fn ahead(&self, record: &j::ContactRecord, now_ms: u64) -> (u32, u32) {
        let contact = record.contact;
        let clocked = (record.clocked_arrival_ms(), contact);
        if !self.settled() {
            // Some are not in their classes yet.
            let key = (record.waiting_since_ms(), contact);
            let before: usize = self
                .cells_of(record.queue)
                .map(|cell| cell.arrivals.rank(&key) + cell.callbacks.rank(&key))
                .sum();
            return (number(before), number(before));
        }
        let mine = self.standing_in_line(record, now_ms);
        mine.map_or((0, 0), |mine| self.before(record.queue, &(mine, clocked), now_ms))
    }

    /// The same of several of one queue, for not much more than one of them takes where they come one after the other.
    pub(super) fn ahead_of_each(&self, records: &[&j::ContactRecord], now_ms: u64) -> Vec<(u32, u32)> {
        let Some(queue) = records.first().map(|record| record.queue) else { return Vec::new() };
        let mine = |record: &&j::ContactRecord| {
            Some((self.standing_in_line(record, now_ms)?, (record.clocked_arrival_ms(), record.contact)))
        };
        let mine: Option<Vec<Mine>> = records.iter().map(mine).collect();
        match mine.filter(|_| self.settled()) {
            Some(mine) => self.before_each(queue, &mine, now_ms),
            None => records.iter().map(|record| self.ahead(record, now_ms)).collect(),
        }
    }

    /// How urgent a waiting contact is.
    fn standing_in_line(&self, record: &j::ContactRecord, now_ms: u64) -> Option<Standing> {
        let contact = record.contact;
        let indexed = self.place_of_contact(contact).and_then(|(class, key)| {
            let class = self.index.classes.get(class)?;
            Some(self.standing(class, key, contact, now_ms))
        });
        indexed.or_else(|| {
            let class = self.class_in_ring(Subject::of(record), record.ring)?;
            let arrival_ms = record.clocked_arrival_ms().saturating_add(self.idle_of(record.queue, now_ms));
            Some(self.standing_of_arrival(&class, record.priority_in_force(), arrival_ms, contact))
        })
    }

    /// Those before one who comes now, to wait in this class.
    pub(super) fn ahead_of_arrival(
        &self,
        class: &Class,
        priority: i32,
        arrival_ms: i64,
        now_ms: u64,
    ) -> (u32, u32) {
        let queue = class.key.queue;
        let classes = self.index.classes.of_queue(queue).map_or(0, std::collections::BTreeSet::len);
        if !self.settled() || classes > CLASSES_MAX {
            return self.behind_all(queue);
        }
        let mine = self.standing_of_arrival(class, priority, arrival_ms, u64::MAX);
        let clocked_ms = arrival_ms.saturating_sub(self.idle_of(queue, now_ms));
        self.before(queue, &(mine, (clocked_ms, u64::MAX)), now_ms)
    }

    fn standing_of_arrival(&self, class: &Class, priority: i32, arrival_ms: i64, contact: u64) -> Standing {
        let objective_ms = class.key.objective_ms;
        let boost_permille =
            self.catalog.queues.get(&class.key.queue).map_or(0, |queue| queue.boost_permille);
        let arrival_ms = virtual_arrival_ms(arrival_ms, priority, boost_permille, objective_ms);
        Standing { band: class.band, arrival_ms, objective_ms, contact }
    }

    /// Eager ones before a contact that is in no class, as its customer is not on the line.
    pub(in crate::engine) fn ahead_of_callback(
        &self,
        record: &j::ContactRecord,
        class: &Class,
        now_ms: u64,
    ) -> u32 {
        let arrival_ms = record.clocked_arrival_ms().saturating_add(self.idle_of(record.queue, now_ms));
        let mine = self.standing_of_arrival(class, record.priority_in_force(), arrival_ms, record.contact);
        // Those who are to be dialled are not asked for: before all of them.
        self.before(record.queue, &(mine, (i64::MIN, 0)), now_ms).1
    }

    /// Those of a queue before this one.
    fn before(&self, queue: u32, (standing, clocked): &Mine, now_ms: u64) -> (u32, u32) {
        let undialled = self.undialled_before(queue, clocked);
        let (mut all, mut eager) = (undialled, undialled);
        for class in self.classes_in_line(queue) {
            let before = self.before_in(class, standing, now_ms);
            all += before;
            if before > 0 && self.counts_as_eager(class) {
                eager += before;
            }
        }
        (number(all), number(eager))
    }

    fn undialled_before(&self, queue: u32, clocked: &(i64, u64)) -> usize {
        self.flows.undialled(queue).map_or(0, |line| line.rank(clocked))
    }

    /// Classes of a queue in which somebody waits.
    pub(super) fn classes_in_line(&self, queue: u32) -> impl Iterator<Item = &Class> {
        let classes = self.index.classes.of_queue(queue).into_iter().flatten();
        classes.filter_map(|number| self.index.classes.get(*number))
    }

    /// Whether those who wait in a class are for everybody, and somebody signed in could serve them.
    pub(super) fn counts_as_eager(&self, class: &Class) -> bool {
        class.key.kept_for == 0 && self.staffed(class)
    }

    /// Those of a queue before each of these.
    fn before_each(&self, queue: u32, mine: &[Mine], now_ms: u64) -> Vec<(u32, u32)> {
        let undialled = mine.iter().map(|(_, clocked)| self.undialled_before(queue, clocked));
        let mut counts: Vec<(usize, usize)> = undialled.map(|before| (before, before)).collect();
        let urgency = |a: &&Mine, b: &&Mine| more_urgent(&a.0, &b.0, now_ms);
        let (Some((first, _)), Some((last, _))) = (mine.iter().min_by(urgency), mine.iter().max_by(urgency))
        else {
            return Vec::new();
        };
        for class in self.classes_in_line(queue) {
            let before = |mine: &Standing| self.before_in(class, mine, now_ms);
            let (least, most) = (before(first), before(last));
            if most == 0 {
                continue;
            }
            let counts_as_eager = self.counts_as_eager(class);
            for ((all, eager), (standing, _)) in counts.iter_mut().zip(mine) {
                // Mostly nobody of a class stands between them.
                let before = if least == most { least } else { before(standing) };
                *all += before;
                *eager += if counts_as_eager { before } else { 0 };
            }
        }
        counts.into_iter().map(|(all, eager)| (number(all), number(eager))).collect()
    }

    /// When a contact would have come to another queue, by the age that it takes along to it.
    pub(in crate::engine) fn arrival_elsewhere_ms(&self, record: &j::ContactRecord, now_ms: u64) -> i64 {
        let clocked_ms = record.clocked_arrival_ms();
        match record.stage() {
            // Its age has stood still since it was answered.
            ContactStage::Active | ContactStage::Parked => {
                let since_ms = now_ms.saturating_sub(record.active_ms());
                clocked_ms.saturating_add(i64::try_from(since_ms).unwrap_or(i64::MAX))
            }
            _ => clocked_ms.saturating_add(self.idle_of(record.queue, now_ms)),
        }
    }
}
