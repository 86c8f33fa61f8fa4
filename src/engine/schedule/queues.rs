//! Brings queues in line with their calendars, and moves those who wait in one that closes.

use crate::{
    engine::{limits::CHORES_PER_STEP, step::Step, timers::Timer, transfer::Move},
    plan::model::Closing,
    proto::journal::{self as j, TransferReason, event::Kind},
};

impl Step<'_> {
    /// Looks at all queues that may be others now. Those that are not as the rules say are part of one event.
    pub(super) fn queue_edges(&mut self) -> bool {
        let mut queues = self.state.pending_queues();
        while let Some(Timer::Hours(queue)) = self.state.timers.pop_due_like(Timer::Hours(0), self.now_ms) {
            queues.insert(queue);
        }
        let changes = queues.iter().filter_map(|queue| self.state.hours_now(*queue, self.now_ms));
        let changes: Vec<j::QueueHoursChange> = changes.collect();
        if !changes.is_empty() {
            self.emit(Kind::QueueHours(j::QueueHours { changes }));
        }
        !queues.is_empty()
    }

    /// Those who waited when their queue closed go to another, at their age, if it says so and while that one is
    /// open. Who came since, or is held, stays. Returns how much more than one chore it was.
    pub fn move_closing(&mut self, queue: u32) -> usize {
        let contacts = self.state.to_be_moved(queue, CHORES_PER_STEP);
        let to = self.state.catalog.queues.get(&queue).map_or(0, |queue| queue.hours.closing_queue);
        for contact in &contacts {
            self.move_to(*contact, Move::to(to, TransferReason::QueueClosed));
        }
        if contacts.len() == CHORES_PER_STEP {
            self.state.note_closing(queue);
        }
        contacts.len().saturating_sub(1)
    }
}

impl crate::engine::state::State {
    /// Contacts that have to leave a closed queue for another, so many at most.
    fn to_be_moved(&self, queue: u32, max: usize) -> Vec<u64> {
        let Some(info) = self.catalog.queues.get(&queue).filter(|info| info.hours.closing == Closing::Move)
        else {
            return Vec::new();
        };
        let to = info.hours.closing_queue;
        let Some(target) = self.catalog.queues.get(&to) else {
            return Vec::new();
        };
        if self.queue_open(queue) || !self.queue_open(to) {
            return Vec::new();
        }
        let classes = self.index.classes.waiting().map(|(_, class)| class);
        let classes = classes.filter(|class| {
            let key = &class.key;
            key.queue == queue && target.channels.contains(&key.channel) && !self.holds(queue, key.held)
        });
        // The first of each class are among its first so many; and classes have other numbers in an engine that was
        // rebuilt, so that only ages and contacts decide.
        let first = classes.flat_map(|class| {
            let waiting = class.waiting.iter();
            waiting
                .filter(|(_, contact)| self.contact(*contact).is_some_and(|it| self.is_to_move(it)))
                .take(max)
        });
        let mut first: Vec<_> = first.collect();
        first.sort_unstable();
        first.iter().take(max).map(|(_, contact)| *contact).collect()
    }
}
