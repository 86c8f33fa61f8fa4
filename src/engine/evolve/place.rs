//! Where a contact is found by its stage: counts, arrivals, timers, its class in the index. Owns entering
//! and leaving them; what makes a contact change its stage is the business of the events.

use crate::{
    engine::{
        matching::order::virtual_arrival_ms,
        state::{Cell, Chore, Contact, Place, QueueLive, State},
        timers::{Timer, Timers},
    },
    proto::journal::{self as j, ContactStage, OfferTrigger},
};

/// Whether a contact of this stage is in line, though it may be offered just now.
pub(super) fn in_line(stage: ContactStage) -> bool {
    matches!(stage, ContactStage::Waiting | ContactStage::Offered)
}

impl State {
    fn cell(&mut self, queue: u32, channel: u32) -> u32 {
        let cells = &mut self.cells;
        *self.cell_numbers.entry((queue, channel)).or_insert_with(|| {
            let counts = j::QueueCounts { queue, channel, ..j::QueueCounts::default() };
            cells.push(Cell { queue, channel, counts, ..Cell::default() });
            u32::try_from(cells.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// What became of the contacts of a queue and channel.
    pub(in crate::engine) fn count(&mut self, queue: u32, channel: u32) -> &mut j::QueueCounts {
        let cell = self.cell(queue, channel);
        &mut self.cells[cell as usize].counts
    }

    /// Takes a contact out of whatever its stage has it in, by an event. The record keeps its stage.
    pub(super) fn leave_stage(&mut self, number: u64) {
        if self.contact(number).is_some_and(|record| in_line(record.stage())) {
            self.run_flow_of(number);
        }
        self.take_out(number);
    }

    /// The same of what is derived anew: no time passes by it.
    pub(super) fn take_out(&mut self, number: u64) {
        self.unplace(number);
        let Some(contact) = self.contacts.get_mut(number) else {
            return;
        };
        let stage = contact.record.stage();
        if stage == ContactStage::Closed {
            return;
        }
        let Some(cell) = self.cells.get_mut(contact.cell as usize) else {
            return;
        };
        if in_line(stage) {
            leave_line(contact, cell, &mut self.timers);
            self.callbacks.leaves_line(&contact.record);
            self.schedules.resting.remove(&(contact.record.queue, number));
        }
        if let Some(count) = stage_count(&mut cell.live, stage) {
            *count = count.saturating_sub(1);
        }
        self.leave_flow(number);
    }

    /// Sets a contact's stage and puts it into whatever that has it in, by an event.
    pub(super) fn enter_stage(&mut self, number: u64, stage: ContactStage, trigger: OfferTrigger) {
        if in_line(stage) {
            self.run_flow_of(number);
        }
        self.put_in(number, stage, trigger);
    }

    /// The same of what is derived anew.
    pub(in crate::engine) fn put_in(&mut self, number: u64, stage: ContactStage, trigger: OfferTrigger) {
        let Some(contact) = self.contacts.get_mut(number) else {
            return;
        };
        contact.record.set_stage(stage);
        if stage == ContactStage::Closed {
            return;
        }
        let (queue, channel) = (contact.record.queue, contact.record.channel);
        let cell_number = self.cell(queue, channel);
        let (Some(contact), Some(cell)) =
            (self.contacts.get_mut(number), self.cells.get_mut(cell_number as usize))
        else {
            return;
        };
        contact.cell = cell_number;
        if let Some(count) = stage_count(&mut cell.live, stage) {
            *count += 1;
        }
        self.enter_flow(number);
        if in_line(stage) {
            self.enter_line(number);
        }
        if stage == ContactStage::Waiting {
            self.place(number, trigger);
        }
        self.rearm_dues(number);
    }

    /// Moves a contact to another stage while its queue and place in the order stay.
    pub(in crate::engine) fn change_stage(
        &mut self,
        number: u64,
        stage: ContactStage,
        trigger: OfferTrigger,
    ) {
        self.unplace(number);
        let in_line_before = self.contact(number).is_some_and(|record| in_line(record.stage()));
        if in_line_before || in_line(stage) {
            self.run_flow_of(number);
        }
        self.leave_flow(number);
        let Some(contact) = self.contacts.get_mut(number) else {
            return;
        };
        let before = contact.record.stage();
        contact.record.set_stage(stage);
        let Some(cell) = self.cells.get_mut(contact.cell as usize) else {
            return;
        };
        if let Some(count) = stage_count(&mut cell.live, before) {
            *count = count.saturating_sub(1);
        }
        if let Some(count) = stage_count(&mut cell.live, stage) {
            *count += 1;
        }
        match (in_line_before, in_line(stage)) {
            (true, false) => {
                leave_line(contact, cell, &mut self.timers);
                self.callbacks.leaves_line(&contact.record);
            }
            (false, true) => self.enter_line(number),
            _ => {}
        }
        self.enter_flow(number);
        if stage == ContactStage::Waiting {
            self.place(number, trigger);
        }
        self.rearm_dues(number);
    }

    /// Arms what has to do with how a contact is now: its stage and its reply window.
    pub(in crate::engine) fn rearm_dues(&mut self, number: u64) {
        self.rearm_stage(number);
        self.rearm_window(number);
        self.rearm_callback(number);
    }

    /// Puts a contact in line: by its arrival, with the timers of its ring and of whom it is kept for.
    fn enter_line(&mut self, number: u64) {
        let Some(contact) = self.contacts.get_mut(number) else {
            return;
        };
        let record = &contact.record;
        let queue = record.queue;
        self.callbacks.enters_line(record);
        if let Some(cell) = self.cells.get_mut(contact.cell as usize) {
            cell.line_mut(record).insert((record.waiting_since_ms(), number));
        }
        if record.kept_for() != 0 {
            self.timers.arm(Timer::Keep(number), record.kept_until_ms());
        }
        self.arm_ring(number);
        self.surge_soon(queue);
    }

    /// When a contact's next ring opens by time; none: there is none. In a closed queue rings don't open: what falls
    /// due then counts from the opening.
    fn ring_due_ms(&self, record: &j::ContactRecord) -> Option<u64> {
        let own = record.wants.as_ref().map_or(&[][..], |wants| &wants.rings);
        let ring = record.ring as usize;
        let after_ms = if own.is_empty() {
            self.catalog.queues.get(&record.queue)?.rings.get(ring)?.after_ms
        } else {
            own.get(ring)?.after_ms
        };
        let due_ms = record.ring_opened_ms + after_ms;
        let hours = self.schedules.hours.get(&record.queue);
        let opened = hours.filter(|hours| !hours.closed && hours.closures > 0 && due_ms < hours.changed_ms);
        Some(opened.map_or(due_ms, |hours| hours.changed_ms + after_ms))
    }

    fn arm_ring(&mut self, number: u64) {
        let due_ms = self.contact(number).and_then(|record| self.ring_due_ms(record));
        if let (Some(contact), Some(due_ms)) = (self.contacts.get_mut(number), due_ms) {
            contact.ring_due_ms = due_ms;
            self.timers.arm(Timer::Ring(number), due_ms);
        }
    }

    /// A contact's next ring is due: whether it does not open all the same, as its queue is closed or was until just
    /// now.
    pub(in crate::engine) fn ring_rests(&mut self, number: u64, now_ms: u64) -> bool {
        let Some(record) = self.contact(number) else {
            return true;
        };
        let queue = record.queue;
        if !self.queue_open(queue) {
            if let Some(contact) = self.contacts.get_mut(number) {
                contact.ring_due_ms = 0;
                self.schedules.resting.insert((queue, number));
            }
            return true;
        }
        let later = self.ring_due_ms(record).is_some_and(|due_ms| due_ms > now_ms);
        if later {
            self.arm_ring(number);
        }
        later
    }

    /// Timers that rest while a queue is closed, or its clock stands still, are armed again: those of a queue whose
    /// hours have changed.
    pub(in crate::engine) fn wake_resting(&mut self, queue: u32) {
        let resting = self.schedules.resting.range((queue, 0)..=(queue, u64::MAX));
        let contacts: Vec<u64> = resting.map(|(_, contact)| *contact).collect();
        for number in contacts {
            self.schedules.resting.remove(&(queue, number));
            let Some(contact) = self.contacts.get(number).filter(|contact| contact.record.queue == queue)
            else {
                continue;
            };
            if in_line(contact.record.stage()) && contact.ring_due_ms == 0 {
                self.arm_ring(number);
            }
            self.arm_longest_wait(number);
        }
    }

    /// When a waiting contact will have waited as long as its queue allows, if the queue's clock doesn't stand still
    /// from now on; none: that is not limited. Time with bots is no waiting, nor is the age of the callback whose place it
    /// took, and a promise doesn't expire by itself.
    pub(in crate::engine) fn longest_wait_ms(&self, record: &j::ContactRecord, now_ms: u64) -> Option<u64> {
        let queue = self.catalog.queues.get(&record.queue)?;
        let max_wait_ms = queue.max_wait_ms.filter(|_| !record.keeps_promise())?;
        let by_time_ms = record.waiting_since_ms() + max_wait_ms;
        let not_counted_ms = self.idle_of(record.queue, now_ms) - record.clock_ms;
        Some(by_time_ms.saturating_add_signed(not_counted_ms).max(1))
    }

    /// Arms the longest wait of a contact that is in its class, if it has one and is not armed.
    fn arm_longest_wait(&mut self, number: u64) {
        let due_ms = self.contact(number).and_then(|record| self.longest_wait_ms(record, self.now_ms));
        let epoch = self.index.epoch;
        if let (Some(contact), Some(due_ms)) = (self.contacts.get_mut(number), due_ms)
            && contact.max_wait_due_ms == 0
            && contact.place.in_index(epoch).is_some()
        {
            contact.max_wait_due_ms = due_ms;
            self.timers.arm(Timer::MaxWait(number), due_ms);
        }
    }

    /// A contact's longest wait fell due, but not all of the time counted: it is armed again, or rests while the
    /// queue's clock stands still.
    pub(in crate::engine) fn wait_on(&mut self, number: u64) {
        let Some(contact) = self.contacts.get_mut(number) else {
            return;
        };
        contact.max_wait_due_ms = 0;
        let queue = contact.record.queue;
        if self.schedules.hours.get(&queue).is_some_and(|hours| hours.clock_stopped) {
            self.schedules.resting.insert((queue, number));
        } else {
            self.arm_longest_wait(number);
        }
    }

    /// Takes a contact out of its class.
    pub(in crate::engine) fn unplace(&mut self, number: u64) {
        self.leave_dial_line(number);
        let Some(contact) = self.contacts.get_mut(number) else {
            return;
        };
        if contact.max_wait_due_ms > 0 {
            self.timers.disarm(Timer::MaxWait(number), std::mem::take(&mut contact.max_wait_due_ms));
        }
        let place = std::mem::take(&mut contact.place);
        if let Some((class, key)) = place.in_index(self.index.epoch) {
            self.index.classes.leave(class, (key, number));
        }
    }

    /// Puts a waiting contact into its class, and arms its longest wait.
    fn place(&mut self, number: u64, trigger: OfferTrigger) {
        if !self.agents_indexed() {
            // Its turn comes with all the others'.
            return;
        }
        let Some(record) = self.contact(number) else {
            return;
        };
        let rests = self.dialling_rests(record);
        let lost = self.gateway_lost(record.gateway) && !rests;
        let queue = self.catalog.queues.get(&record.queue);
        let channel =
            self.catalog.channels.get(&record.channel).filter(|channel| !(lost && channel.realtime()));
        let (Some(queue), Some(_)) = (queue, channel) else {
            // It is to end or to move: nobody is to be offered it meanwhile.
            self.chores.insert(Chore::Contact(number));
            return;
        };
        if record.talk().asked_agent != 0 {
            // It is offered to the agent who is asked, in the step in which it comes in, and to nobody else.
            return;
        }
        if rests || record.awaits_dialling() {
            // There is nobody on the line yet, or nobody who could dial.
            self.enter_dial_line(number);
            return;
        }
        let boost_permille = queue.boost_permille;
        let (arrival_ms, priority) = (record.clocked_arrival_ms(), record.priority_in_force());
        let (queue, moves) = (record.queue, self.is_to_move(record));
        let Some(class) = self.class_of(number) else { return };
        let Some(objective_ms) = self.index.classes.get(class).map(|class| class.key.objective_ms) else {
            return;
        };
        let arrival_ms = virtual_arrival_ms(arrival_ms, priority, boost_permille, objective_ms);
        if let Some(contact) = self.contacts.get_mut(number) {
            contact.place = Place::new(self.index.epoch, class, arrival_ms);
        }
        self.arm_longest_wait(number);
        self.index.wait(class, (arrival_ms, number), trigger);
        self.check_class(class);
        if moves {
            self.note_closing(queue);
        }
    }

    /// Puts a waiting contact into the index of rules that have changed.
    pub(super) fn place_anew(&mut self, number: u64) {
        if self.place_of_contact(number).is_none() {
            self.unplace(number);
            self.place(number, OfferTrigger::RulesChanged);
        }
    }

    /// Gives a waiting contact that is in no class (it was to end, but need not any more) its place again.
    pub(in crate::engine) fn wait_again(&mut self, number: u64) {
        let waits = self.contact(number).is_some_and(|record| record.stage() == ContactStage::Waiting);
        if waits && self.place_of_contact(number).is_none() {
            self.leave_dial_line(number);
            self.place(number, OfferTrigger::ContactWaiting);
        }
    }

    /// Takes a waiting contact out of its class whose gateway is gone.
    pub(in crate::engine) fn wait_apart(&mut self, number: u64) {
        self.unplace(number);
        if self.contact(number).is_some_and(|record| self.dialling_rests(record)) {
            self.enter_dial_line(number);
        }
    }

    /// Forgets that a queue is draining once nothing live is in it, nor to come.
    pub(super) fn drained(&mut self, queue: u32) {
        if self.draining.contains_key(&queue) && !self.cells_of(queue).any(Cell::in_use) {
            self.draining.remove(&queue);
            self.drop_hours();
        }
    }
}

fn leave_line(contact: &mut Contact, cell: &mut Cell, timers: &mut Timers) {
    let record = &contact.record;
    let number = record.contact;
    cell.line_mut(record).remove(&(record.waiting_since_ms(), number));
    if record.kept_for() != 0 {
        timers.disarm(Timer::Keep(number), record.kept_until_ms());
    }
    if contact.ring_due_ms > 0 {
        timers.disarm(Timer::Ring(number), std::mem::take(&mut contact.ring_due_ms));
    }
}

fn stage_count(live: &mut QueueLive, stage: ContactStage) -> Option<&mut u32> {
    match stage {
        ContactStage::Waiting => Some(&mut live.waiting),
        ContactStage::Offered => Some(&mut live.offered),
        ContactStage::Connecting => Some(&mut live.connecting),
        ContactStage::Active => Some(&mut live.active),
        ContactStage::Parked => Some(&mut live.parked),
        ContactStage::WithBot => Some(&mut live.with_bot),
        ContactStage::Closed | ContactStage::Unspecified => None,
    }
}
