//! What becomes of who comes to a closed queue, and how long a queue will have been open by when.

use crate::{
    engine::{
        limits::{ADMISSION_RETRY_MS, LIVE_CONTACTS_MAX, OVERFLOW_HOPS_MAX},
        refusal::Refusal,
        step::Step,
    },
    plan::model::ClosedPolicy,
    proto::journal::QueueEntry,
};

/// Into which queue a contact comes by the hours of queues, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hours {
    /// The queue.
    pub queue: u32,
    /// The closure during which it is held; 0: it isn't.
    pub held: u32,
    /// The closed queue that it was meant for; 0: it is in that.
    pub overflowed_from: u32,
}

impl Hours {
    /// How it enters the queue.
    pub fn enter(self, entry: &mut QueueEntry) {
        (entry.held, entry.overflowed_from) = (self.held, self.overflowed_from);
    }
}

impl Step<'_> {
    /// Admission is exact: with a limit of N the N + 1st is refused. Who begins with a bot, or is
    /// for one agent, is not `in_line`.
    pub fn admit(&self, queue: u32, in_line: bool) -> Result<(), Refusal> {
        let live = self.state.queue_live(queue);
        let max = self.state.catalog.queues.get(&queue).map_or(0, |queue| queue.max_waiting);
        let cap = self.state.policy(queue).cap.filter(|(waiting, _)| *waiting < max);
        let (max, retry_ms) = cap.unwrap_or((max, ADMISSION_RETRY_MS));
        if in_line && live.waiting + live.offered >= max {
            return Err(self.full(queue, max, retry_ms, cap.is_some()));
        }
        if self.state.live_contacts >= LIVE_CONTACTS_MAX {
            let message = format!("{LIVE_CONTACTS_MAX} contacts are live");
            return Err(Refusal::exhausted("TENANT_FULL", message, ADMISSION_RETRY_MS));
        }
        Ok(())
    }

    /// `capped`: by a step of its surge, which is to pass.
    fn full(&self, queue: u32, max: u32, retry_ms: u64, capped: bool) -> Refusal {
        let id = self.state.names.id(queue);
        let message = format!("queue {id} is full: {max} contacts wait");
        let mut metadata = Vec::new();
        if capped {
            let level = self.state.surge(queue).map_or(0, |record| record.level);
            metadata.extend([
                ("queue", id.to_owned()),
                ("level", level.to_string()),
                ("waiting_max", max.to_string()),
            ]);
        }
        if self.state.callback_open(queue) {
            metadata.push(("callback", "offered".to_owned()));
        }
        Refusal { metadata, ..Refusal::exhausted("QUEUE_FULL", message, retry_ms) }
    }

    /// What the hours of a queue, and of those to which it overflows, make of a contact that comes to it.
    pub fn admit_hours(&self, queue: u32, channel: u32) -> Result<Hours, Refusal> {
        let mut hours = Hours { queue, held: 0, overflowed_from: 0 };
        let mut asked = vec![queue];
        while !self.state.queue_open(hours.queue) {
            let info = self.state.catalog.queues.get(&hours.queue).map(|queue| &queue.hours);
            let to = info.map_or(0, |info| info.closed_queue);
            let target = self.state.catalog.queues.get(&to);
            let accepts = target.is_some_and(|target| target.channels.contains(&channel));
            match info.map(|info| info.closed) {
                Some(ClosedPolicy::Overflow) if accepts && asked.len() <= OVERFLOW_HOPS_MAX => {
                    hours = Hours { queue: to, overflowed_from: queue, ..hours };
                    asked.push(to);
                }
                Some(ClosedPolicy::Hold) => {
                    let held = self.state.closures(hours.queue);
                    return Ok(Hours { held, ..hours });
                }
                None | Some(ClosedPolicy::Accept) => break,
                Some(ClosedPolicy::Refuse | ClosedPolicy::Overflow | ClosedPolicy::Callback) => {
                    return Err(self.closed(&asked));
                }
            }
        }
        Ok(hours)
    }

    /// The closure during which a contact is held that comes to a queue without anybody to whom it could be refused;
    /// 0: it isn't held.
    pub fn held_by_itself(&self, queue: u32) -> u32 {
        let policy = self.state.catalog.queues.get(&queue).map(|queue| queue.hours.closed);
        let free = self.state.queue_open(queue) || matches!(policy, None | Some(ClosedPolicy::Accept));
        if free { 0 } else { self.state.closures(queue) }
    }

    /// The first of these queues, which was asked for, is closed, and so are those to which it overflows.
    fn closed(&self, asked: &[u32]) -> Refusal {
        let now_s = self.state.wall_s(self.now_ms);
        let queue = self.state.names.id(asked.first().copied().unwrap_or(0));
        let openings = asked.iter().filter_map(|queue| self.state.next_opening_s(*queue, now_s));
        let opening =
            openings.min().and_then(|at_s| jiff::Timestamp::from_second(at_s).ok().map(|at| (at_s, at)));
        let mut metadata = vec![("queue", queue.to_owned())];
        if asked.first().is_some_and(|queue| self.state.callback_open(*queue)) {
            metadata.push(("callback", "offered".to_owned()));
        }
        let (message, retry_after_ms) = match opening {
            Some((at_s, at)) => {
                metadata.push(("next_opening", at.to_string()));
                // At the very instant of an opening that has not been carried out yet: soon.
                let left_ms = self.state.engine_ms(at_s).saturating_sub(self.now_ms).max(1_000);
                (format!("queue {queue} is closed until {at}"), Some(left_ms))
            }
            None => (format!("queue {queue} is closed until further notice"), None),
        };
        Refusal { retry_after_ms, metadata, ..Refusal::precondition("QUEUE_CLOSED", message) }
    }

    /// When a queue will have been open for so long from now on, by its calendar and by hand.
    pub(in crate::engine) fn business_due(&self, queue: u32, open_ms: u64) -> Result<u64, Refusal> {
        let (state, name) = (&self.state, self.state.names.id(queue));
        let none = |message: String| Refusal::precondition("NO_CALENDAR", message);
        let calendar = state.catalog.queues.get(&queue).and_then(|queue| queue.hours.calendar.as_ref());
        let Some(calendar) = calendar else {
            return Err(none(format!("queue {name} has no business hours; give a time by the clock")));
        };
        // A begun second counts as over, so that nothing is due before its time.
        let now_s = state.wall_s(self.now_ms + 999);
        let open_s = open_ms.div_ceil(1_000);
        let due_s = match state.queue_by_hand(queue, now_s) {
            None => calendar.after_open_s(now_s, open_s),
            Some(record) if record.until_s == 0 && record.open => now_s.checked_add_unsigned(open_s),
            Some(record) if record.until_s == 0 => {
                let message = "is closed by hand until further notice; give a time by the clock";
                return Err(none(format!("queue {name} {message}")));
            }
            Some(record) => {
                let by_hand_s = if record.open { record.until_s.abs_diff(now_s) } else { 0 };
                match open_s.checked_sub(by_hand_s) {
                    Some(rest_s) if rest_s > 0 => calendar.after_open_s(record.until_s, rest_s),
                    // All of it is time by hand.
                    Some(_) | None => now_s.checked_add_unsigned(open_s),
                }
            }
        };
        // Never within reach is beyond any horizon.
        Ok(due_s.map_or(u64::MAX, |due_s| state.engine_ms(due_s)))
    }
}
