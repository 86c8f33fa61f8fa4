//! What it means that queues open or close, and the clocks by which those who wait grow older. A queue's clock may
//! stand still while it is closed. How long it has stood still in all is one number; a contact remembers as another
//! how much of that was before its time, so that neither opening nor closing touches contacts.

use crate::{
    engine::state::{Chore, State},
    plan::model::Closing,
    proto::journal::{self as j, OfferTrigger},
};

use super::super::{BySchedule, Effect};

impl State {
    pub(in crate::engine::evolve) fn queue_hours_changed(&mut self, event: &j::QueueHours) -> Effect {
        let changed = event.changes.iter().filter(|change| self.queue_hours_change(**change));
        let queues = changed.map(|change| change.queue).collect();
        Effect::by_schedule(BySchedule { queues, ..BySchedule::default() })
    }

    /// Returns whether it opened or closed: its clock alone may have started or stopped.
    fn queue_hours_change(&mut self, change: j::QueueHoursChange) -> bool {
        let (queue, now_ms, wall_s) = (change.queue, self.now_ms, self.wall_s(self.now_ms));
        if self.flow(queue).is_some() {
            self.run_flow(queue);
        }
        let hours = self.hours_mut(queue);
        if hours.clock_stopped {
            hours.stopped_ms += now_ms - hours.changed_ms;
        }
        let (closes, opens) = (!hours.closed && !change.open, hours.closed && change.open);
        hours.closures += u32::from(closes);
        hours.closed = !change.open;
        if closes || opens {
            hours.told.clear();
        }
        if closes {
            hours.closed_ms = now_ms;
        }
        hours.clock_stopped = change.clock_stopped;
        hours.changed_ms = now_ms;
        hours.override_record.take_if(|record| record.until_s != 0 && record.until_s <= wall_s);
        self.wake_resting(queue);
        if opens {
            self.queue_opened(queue);
        } else if closes {
            self.note_closing(queue);
            self.surge_soon(queue);
        }
        opens || closes
    }

    /// The hours of a queue, to change; made if it has none yet.
    pub(in crate::engine::evolve) fn hours_mut(&mut self, queue: u32) -> &mut j::QueueHoursRecord {
        let new = || j::QueueHoursRecord { queue, changed_ms: self.now_ms, ..j::QueueHoursRecord::default() };
        self.schedules.hours.entry(queue).or_insert_with(new)
    }

    /// Those who wait may be offered; rings that have nobody may be passed over again; and who waits in a closed
    /// queue to come here may come.
    fn queue_opened(&mut self, queue: u32) {
        let classes: Vec<u32> = self.index.classes.of_queue(queue).into_iter().flatten().copied().collect();
        for class in classes {
            self.index.classes.touch(class, OfferTrigger::QueueOpened);
            self.check_class(class);
        }
        self.wake_callbacks(queue);
        let queues = self.catalog.queues.iter();
        let to_here = queues.filter(|(_, info)| info.hours.closing_queue == queue).map(|(from, _)| *from);
        for from in to_here.collect::<Vec<_>>() {
            self.note_closing(from);
        }
    }

    /// If a queue is closed and those who wait in it are to go elsewhere, that is to be looked at.
    pub(in crate::engine) fn note_closing(&mut self, queue: u32) {
        let info = self.catalog.queues.get(&queue);
        let moves = info.is_some_and(|info| info.hours.closing == Closing::Move);
        if moves && !self.queue_open(queue) {
            self.chores.insert(Chore::Closing(queue));
        }
    }

    /// Whether a contact that waits in a closed queue was there before that closed, and is not held.
    pub(in crate::engine) fn is_to_move(&self, record: &j::ContactRecord) -> bool {
        let closed = self.schedules.hours.get(&record.queue).filter(|hours| hours.closed);
        closed.is_some_and(|hours| {
            record.held != hours.closures && record.queue_entered_ms <= hours.closed_at()
        })
    }

    /// Hours of queues that have left the plan, and in which nobody is any more, are forgotten.
    pub(in crate::engine::evolve) fn drop_hours(&mut self) {
        self.drop_flows();
        self.drop_surges();
        let gone =
            |queue: &u32| !self.catalog.queues.contains_key(queue) && !self.draining.contains_key(queue);
        let gone: Vec<u32> = self.schedules.hours.keys().copied().filter(gone).collect();
        for queue in gone {
            self.schedules.hours.remove(&queue);
            self.arm_hours(queue, None);
        }
    }

    /// A contact's age goes by the clock of its queue from now on.
    pub(in crate::engine::evolve) fn start_clock(&mut self, number: u64) {
        let idle_ms = self.idle_now(number);
        if let Some(contact) = self.contacts.get_mut(number) {
            contact.record.clock_ms += idle_ms;
        }
    }

    /// A contact's age no longer goes by the clock of its queue.
    pub(in crate::engine::evolve) fn stop_clock(&mut self, number: u64) {
        let idle_ms = self.idle_now(number);
        if let Some(contact) = self.contacts.get_mut(number) {
            contact.record.clock_ms -= idle_ms;
        }
    }

    fn idle_now(&self, number: u64) -> i64 {
        let queue = self.contact(number).map_or(0, |record| record.queue);
        self.idle_of(queue, self.now_ms)
    }
}
