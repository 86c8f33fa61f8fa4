//! What falls due by itself: timers, and chores that a change of rules has left behind. Each step settles
//! a bounded number of them.

use crate::{
    engine::{
        catalog::ChannelInfo,
        command::Reply,
        limits::{CHORES_PER_STEP, CLASSES_PER_SLICE},
        matching::rings::Subject,
        state::Chore,
        step::{Answer, Step},
        timers::Timer,
        transfer::Move,
    },
    proto::journal::{
        self as j, AssignmentEnd, ContactEnd, ContactStage, KeepEndReason, LeftBot, OfferEnd, RemovedQueues,
        RingCause, SignOutReason, TransferReason, event::Kind,
    },
    schedule,
};

impl Step<'_> {
    pub fn start(&mut self) -> Answer {
        let grace_deadline_ms = self.now_ms + self.state.catalog.settings.agent_grace_ms;
        self.emit(Kind::DaemonStarted(j::DaemonStarted {
            grace_deadline_ms,
            time_zones: schedule::zone::version().to_owned(),
        }));
        Ok(Reply::Done)
    }

    pub fn tick(&mut self) -> Answer {
        if !self.state.settled() {
            // What falls due meanwhile has to wait for its index, which takes less than a second.
            self.state.settle_slice(self.slices);
            return Ok(Reply::Done);
        }
        self.state.drop_replaced(self.slices);
        if self.schedules_due() {
            // Nothing else is looked at while half a shift is in.
            return Ok(Reply::Done);
        }
        if std::mem::take(&mut self.state.surges.pending) {
            self.state.arm_surges(self.now_ms);
        }
        if !self.state.surges.asking.is_empty() {
            self.state.reask_slice(CLASSES_PER_SLICE);
            // What falls due meanwhile has to wait for them, which takes less than a second.
            return Ok(Reply::Done);
        }
        let mut left = CHORES_PER_STEP;
        while left > 0 {
            left -= 1;
            if let Some(timer) = self.state.timers.pop_due(self.now_ms) {
                left = left.saturating_sub(self.timer(timer));
            } else if let Some(chore) = self.state.chores.pop_first() {
                left = left.saturating_sub(self.chore(chore));
            } else {
                break;
            }
        }
        Ok(Reply::Done)
    }

    /// Does what has fallen due; returns how much more than one thing it was.
    fn timer(&mut self, timer: Timer) -> usize {
        match timer {
            Timer::Offer(offer) => self.no_answer(offer),
            Timer::WrapUp(offer) => self.end_assignment(offer, AssignmentEnd::WrapUpTimeout),
            Timer::AgentGrace(agent) => self.end_session(agent, SignOutReason::GraceOver),
            Timer::GatewayLease(gateway) => self.emit(Kind::GatewayLost(j::GatewayLost { gateway })),
            Timer::MaxWait(contact) => self.max_wait_over(contact),
            Timer::Keep(contact) => self.end_keep(contact, KeepEndReason::Time),
            Timer::Ring(contact) => self.open_ring(contact),
            Timer::Exclusion(contact, _) => self.state.exclusion_over(contact),
            Timer::Stage(contact) => self.stage_over(contact),
            Timer::Window(contact) => self.window_due(contact),
            Timer::Promise(promise) => self.promise_due(promise),
            Timer::FirstContact(case) => self.first_contact_due(case),
            Timer::Surge(queue) => return self.surge_due(queue),
            // `schedules_due` takes these.
            Timer::Shift(_) | Timer::Hours(_) | Timer::Deviation(_) => {}
        }
        0
    }

    fn end_keep(&mut self, contact: u64, reason: KeepEndReason) {
        self.emit(Kind::KeepEnded(j::KeepEnded { contact, reason: reason.into() }));
    }

    /// The contact has been in its ring for long enough. Rings without anybody are passed over. In a closed queue
    /// none opens.
    fn open_ring(&mut self, contact: u64) {
        if self.state.ring_rests(contact, self.now_ms) {
            return;
        }
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let next = record.ring + 1;
        let ring = self.state.staffed_ring(Subject::of(record), next).unwrap_or(next);
        self.emit(Kind::RingOpened(j::RingOpened { contact, ring, cause: RingCause::Time.into() }));
    }

    /// If nobody signed in can serve a class, its contacts go on to the first ring that has somebody.
    /// Returns how many did.
    fn skip_ring(&mut self, class: u32) -> usize {
        let Some(entry) = self.state.index.classes.get(class) else {
            return 0;
        };
        let first = entry.waiting.first().and_then(|(_, contact)| self.state.contact(contact));
        let open = self.state.queue_open(entry.key.queue);
        let Some(subject) = first.map(Subject::of).filter(|_| open) else {
            return 0;
        };
        if self.state.staffed(entry) {
            self.state.index.classes.set_unstaffed(class, false);
            return 0;
        }
        let Some(ring) = self.state.staffed_ring(subject, entry.key.ring + 1) else {
            return 0;
        };
        let mut contacts: Vec<u64> =
            entry.waiting.iter().map(|(_, contact)| contact).take(CHORES_PER_STEP + 1).collect();
        let left = if contacts.len() > CHORES_PER_STEP { contacts.pop() } else { None };
        let cause = RingCause::Unstaffed.into();
        for contact in &contacts {
            self.emit(Kind::RingOpened(j::RingOpened { contact: *contact, ring, cause }));
        }
        if let Some(first) = left {
            self.state.chores.insert(Chore::Ring(first, class));
        }
        contacts.len()
    }

    /// If the agent for whom a class is kept is gone, its contacts are no longer kept. Returns how many.
    fn release(&mut self, class: u32) -> usize {
        let Some(entry) = self.state.index.classes.get(class) else {
            return 0;
        };
        if entry.key.kept_for == 0 || self.state.serves(entry.key.kept_for, entry) {
            return 0;
        }
        let mut contacts: Vec<u64> =
            entry.waiting.iter().map(|(_, contact)| contact).take(CHORES_PER_STEP + 1).collect();
        if contacts.len() > CHORES_PER_STEP
            && let Some(first) = contacts.pop()
        {
            self.state.chores.insert(Chore::Keep(first, class));
        }
        contacts.iter().for_each(|contact| self.end_keep(*contact, KeepEndReason::AgentGone));
        contacts.len()
    }

    /// Settles a chore; returns how much more than one it was.
    fn chore(&mut self, chore: Chore) -> usize {
        match chore {
            Chore::Offer(offer) => self.withdraw_stale(offer),
            Chore::Agent(agent) => {
                let signed_in = self
                    .state
                    .agent(agent)
                    .is_some_and(|agent| agent.record.removed && agent.record.session != 0);
                if signed_in {
                    self.end_session(agent, SignOutReason::Removed);
                }
            }
            Chore::Contact(contact) => self.settle_contact(contact),
            Chore::Ring(_, class) => return self.skip_ring(class),
            Chore::Keep(_, class) => return self.release(class),
            Chore::ShiftOver(agent) => return self.hand_over_work(agent),
            Chore::Closing(queue) => return self.move_closing(queue),
            Chore::Promise(promise) => self.promise_adrift(promise),
            Chore::Callbacks(queue, from) => return self.callbacks_may_enter(queue, from),
            Chore::Surge(queue) => return self.surge_on(queue),
        }
        0
    }

    /// A contact whose queue has left the plan goes where the change said; one whose gateway is gone, and
    /// that nobody serves, is lost, and one whose bot is gone waits for people.
    fn settle_contact(&mut self, contact: u64) {
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let (queue, stage, offer, bot) = (record.queue, record.stage(), record.offer, record.talk().bot);
        let unserved = matches!(stage, ContactStage::Waiting | ContactStage::Offered | ContactStage::WithBot);
        if !unserved {
            return;
        }
        let channel = self.state.catalog.channels.get(&record.channel);
        let unreachable = self.state.dialling_rests(record)
            || self.state.gateway_lost(record.gateway) && channel.is_some_and(ChannelInfo::realtime);
        // There is no customer on the line of a follow-up: it waits, in no class, until its gateway is back.
        let to_be_called = record.to_be_called();
        if unreachable && !to_be_called {
            self.close(contact, ContactEnd::GatewayLost, 0, 0);
        } else if unreachable && stage == ContactStage::Offered {
            self.end_offer(offer, OfferEnd::ContactMoved);
        } else if stage == ContactStage::WithBot {
            if self.state.gateway_lost(bot) {
                self.take_from_bot(contact, LeftBot::BotLost, queue, false);
            }
        } else if stage == ContactStage::Waiting {
            self.settle_waiting(contact, queue, unreachable);
        }
    }

    /// The same for one that waits. An offered one is let be: if it comes back to waiting, it becomes a chore
    /// again.
    fn settle_waiting(&mut self, contact: u64, queue: u32, unreachable: bool) {
        let draining = self.state.draining.get(&queue);
        match draining.map(|draining| (draining.policy(), draining.move_to)) {
            Some((RemovedQueues::Move, move_to)) => {
                self.move_to(contact, Move::to(move_to, TransferReason::QueueRemoved));
            }
            Some(_) => self.close(contact, ContactEnd::QueueRemoved, 0, 0),
            None if unreachable => self.state.wait_apart(contact),
            // Its gateway has come back.
            None => self.state.wait_again(contact),
        }
    }
}
