//! What a queue's calendar and a supervisor's word make of its hours, now and next. Derived, as the rules of agents
//! are; must not change whether a queue is open, which is what events do.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    engine::{state::State, timers::Timer},
    plan::model::Closing,
    proto::journal::{self as j, ContactStage},
    schedule::LOOK_AHEAD_S,
};

/// A queue that has no change as far ahead as changes are looked for is looked at again at the next multiple of this.
const LOOK_AGAIN_S: i64 = LOOK_AHEAD_S / 2;

impl State {
    /// A supervisor's word about a queue, while it counts.
    #[must_use]
    pub fn queue_by_hand(&self, queue: u32, at_s: i64) -> Option<&j::QueueOverrideRecord> {
        let record = self.schedules.hours.get(&queue)?.override_record.as_ref();
        record.filter(|record| record.until_s == 0 || at_s < record.until_s)
    }

    /// Whether a queue is open at an instant of the wall clock by all that is known now. One that has left the plan
    /// has no hours any more.
    #[must_use]
    pub fn open_by_rules(&self, queue: u32, at_s: i64) -> bool {
        let Some(info) = self.catalog.queues.get(&queue) else {
            return true;
        };
        let calendar = info.hours.calendar.as_ref();
        match self.queue_by_hand(queue, at_s) {
            Some(record) => record.open,
            None => calendar.is_none_or(|calendar| calendar.open_at(at_s)),
        }
    }

    /// Whether a queue was closed at an instant by its calendar alone.
    #[must_use]
    pub fn closed_by_calendar(&self, queue: u32, at_s: i64) -> bool {
        let calendar = self.catalog.queues.get(&queue).and_then(|info| info.hours.calendar.as_ref());
        calendar.is_some_and(|calendar| !calendar.open_at(at_s))
    }

    /// When that changes next, in wall seconds; none: not as far as is known.
    #[must_use]
    pub fn hours_change_s(&self, queue: u32, at_s: i64) -> Option<i64> {
        let calendar = self.catalog.queues.get(&queue)?.hours.calendar.as_ref();
        let Some(record) = self.queue_by_hand(queue, at_s) else {
            return calendar?.next_edge(at_s);
        };
        if record.until_s == 0 {
            return None;
        }
        if self.open_by_rules(queue, record.until_s) != record.open {
            return Some(record.until_s);
        }
        calendar?.next_edge(record.until_s)
    }

    /// The next instant at which a queue is open, in wall seconds; none: it is not known.
    #[must_use]
    pub fn next_opening_s(&self, queue: u32, at_s: i64) -> Option<i64> {
        if self.open_by_rules(queue, at_s) { Some(at_s) } else { self.hours_change_s(queue, at_s) }
    }

    /// Whether nobody is offered this contact before its queue opens.
    #[must_use]
    pub fn is_held(&self, record: &j::ContactRecord) -> bool {
        record.stage() == ContactStage::Waiting && self.holds(record.queue, record.held)
    }

    /// Whether a queue is closed and holds those who came in during the closure of this number (0: who came while it
    /// was open).
    pub(in crate::engine) fn holds(&self, queue: u32, held: u32) -> bool {
        let closed = self.schedules.hours.get(&queue).filter(|hours| hours.closed);
        closed.is_some_and(|hours| {
            let info = self.catalog.queues.get(&queue);
            held == hours.closures || info.is_some_and(|info| info.hours.closing == Closing::Hold)
        })
    }

    /// How many contacts of a queue wait whom nobody is offered before it opens.
    #[must_use]
    pub fn held_in(&self, queue: u32) -> usize {
        if self.queue_open(queue) || self.queue_live(queue).waiting == 0 {
            return 0;
        }
        let held = |held: u32| self.holds(queue, held);
        let classes = self.index.classes.of_queue(queue).into_iter().flatten();
        let classes = classes.filter_map(|number| self.index.classes.get(*number));
        let classes = classes.filter(|class| held(class.key.held));
        classes.map(|class| class.waiting.len()).sum()
    }

    /// The same of all closed queues at once.
    #[must_use]
    pub fn held_by_queue(&self) -> BTreeMap<u32, usize> {
        let closed = self.schedules.hours.iter().filter(|(_, hours)| hours.closed);
        let mut held: BTreeMap<u32, usize> = closed.map(|(queue, _)| (*queue, 0)).collect();
        if held.is_empty() {
            return held;
        }
        for (_, class) in self.index.classes.waiting() {
            if let Some(count) = held.get_mut(&class.key.queue)
                && self.holds(class.key.queue, class.key.held)
            {
                *count += class.waiting.len();
            }
        }
        held
    }

    /// The queue by whose clock those who wait in a queue grow older; 0: by time itself.
    pub(in crate::engine) fn clock_of(&self, queue: u32) -> u32 {
        let stands = self.catalog.queues.get(&queue).is_some_and(|queue| queue.hours.stands);
        let hours = self.schedules.hours.get(&queue);
        let stood = hours.is_some_and(|hours| hours.clock_stopped || hours.stopped_ms > 0);
        if stands || stood { queue } else { 0 }
    }

    /// Looks at all queues if they are pending. If one is not as its rules say, they stay so.
    pub(in crate::engine) fn settle_hours(&mut self) {
        let mut differs = false;
        for queue in self.pending_queues() {
            differs |= self.hours_now(queue, self.now_ms).is_some();
        }
        self.schedules.pending.queues = differs;
    }

    /// The queues to be looked at, if they are pending: all that have hours, or had.
    pub(super) fn pending_queues(&mut self) -> BTreeSet<u32> {
        if !std::mem::take(&mut self.schedules.pending.queues) {
            return BTreeSet::new();
        }
        let by_calendar = self.catalog.queues.iter().filter(|(_, queue)| queue.hours.calendar.is_some());
        let by_calendar = by_calendar.map(|(queue, _)| *queue);
        let schedules = &self.schedules;
        by_calendar
            .chain(schedules.hours.keys().copied())
            .chain(schedules.hours_due_ms.keys().copied())
            .collect()
    }

    /// What a queue is by its rules, if that is not what is stored, and arms its timer for the next change.
    pub(super) fn hours_now(&mut self, queue: u32, now_ms: u64) -> Option<j::QueueHoursChange> {
        let Some(info) = self.catalog.queues.get(&queue) else {
            // Who is still in a queue that has left the plan leaves it; its hours are forgotten with the last.
            self.arm_hours(queue, None);
            return None;
        };
        let (has_calendar, stands) = (info.hours.calendar.is_some(), info.hours.stands);
        let now_s = self.wall_s(now_ms);
        let open = self.open_by_rules(queue, now_s);
        let clock_stopped = !open && stands;
        let hours = self.schedules.hours.get(&queue);
        let stored = hours.map_or((true, false), |hours| (!hours.closed, hours.clock_stopped));
        let ruled = has_calendar || self.queue_by_hand(queue, now_s).is_some();
        let again_s = || (now_s.div_euclid(LOOK_AGAIN_S) + 1) * LOOK_AGAIN_S;
        let next_s = ruled.then(|| self.hours_change_s(queue, now_s).unwrap_or_else(again_s));
        debug_assert!(next_s.is_none_or(|next_s| next_s > now_s), "{next_s:?} is not after {now_s}");
        self.arm_hours(queue, next_s.map(|next_s| self.engine_ms(next_s.max(now_s + 1))));
        (stored != (open, clock_stopped)).then_some(j::QueueHoursChange { queue, open, clock_stopped })
    }

    /// Arms the timer of a queue's hours; none: it has none any more.
    pub(in crate::engine) fn arm_hours(&mut self, queue: u32, due_ms: Option<u64>) {
        let due = &mut self.schedules.hours_due_ms;
        let before_ms = match due_ms {
            Some(due_ms) => due.insert(queue, due_ms),
            None => due.remove(&queue),
        };
        if let Some(before_ms) = before_ms {
            self.timers.disarm(Timer::Hours(queue), before_ms);
        }
        if let Some(due_ms) = due_ms {
            self.timers.arm(Timer::Hours(queue), due_ms);
        }
    }
}
