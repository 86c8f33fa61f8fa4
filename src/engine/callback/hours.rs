//! When customers may be called: by the calling hours of their queue on their own clock, and while that is open.

use std::sync::Arc;

use crate::{
    engine::{callback::NOT_KNOWN_MS, command::CallbackWindow, state::State, step::Step},
    plan::show_ms,
    schedule::Calendar,
};

/// Of hours and openings so many are looked at; those that shut each other out for so many turns never meet.
const TURNS_MAX: usize = 1_000;

/// Why there is no instant at which a customer may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Uncallable {
    /// Nobody knows when the queue opens.
    NotKnown,
    /// Within the horizon of promises the queue is never open in calling hours.
    Never,
}

impl State {
    /// The calling hours of a queue for a customer in this zone (empty: the queue's); none: always.
    fn calling_hours(&mut self, queue: u32, zone: &str) -> Option<Arc<Calendar>> {
        let hours = self.callback_rules(queue).hours.clone()?;
        if zone.is_empty() || zone == hours.zone().name() {
            return Some(hours);
        }
        // A name that this version does not know any more: the queue's comes nearest.
        let zone = self.callbacks.zones.get(zone).ok();
        Some(zone.map_or(hours.clone(), |zone| Arc::new(hours.in_zone(zone))))
    }

    /// The first instant from this one on at which a customer in this zone may be called and the queue is open.
    fn callable_ms(&mut self, queue: u32, zone: &str, from_ms: u64) -> Result<u64, Uncallable> {
        let hours = self.calling_hours(queue, zone);
        let horizon_ms = self.catalog.settings.promise_horizon_ms;
        let (mut at_ms, mut until_ms) = (from_ms, None);
        for _ in 0..TURNS_MAX {
            let at_s = self.wall_s(at_ms);
            let next_s = if !self.open_by_rules(queue, at_s) {
                self.next_opening_s(queue, at_s).ok_or(Uncallable::NotKnown)?
            } else if let Some(hours) = hours.as_ref().filter(|hours| !hours.open_at(at_s)) {
                hours.after_open_s(at_s, 0).ok_or(Uncallable::Never)?
            } else {
                return Ok(at_ms);
            };
            at_ms = self.engine_ms(next_s.max(at_s + 1));
            // However long a closure is: from its end on.
            if at_ms > *until_ms.get_or_insert(at_ms.saturating_add(horizon_ms)) {
                break;
            }
        }
        Err(Uncallable::Never)
    }

    /// When calling hours end for a customer in this zone who may be called now; 0: never, as far as is known.
    pub(in crate::engine) fn hours_end_ms(&mut self, queue: u32, zone: &str, now_ms: u64) -> u64 {
        let now_s = self.wall_s(now_ms);
        let end_s = self.calling_hours(queue, zone).and_then(|hours| hours.next_edge(now_s));
        end_s.map_or(0, |end_s| self.engine_ms(end_s))
    }
}

impl Step<'_> {
    /// When a callback enters its queue that may not enter before this.
    pub fn enters_ms(&mut self, queue: u32, zone: &str, from_ms: u64) -> u64 {
        let from_ms = if from_ms == NOT_KNOWN_MS { 0 } else { from_ms };
        self.state.callable_ms(queue, zone, from_ms.max(self.now_ms)).unwrap_or(NOT_KNOWN_MS)
    }

    /// When a callback enters its queue that may be called in this window (none: in turn), or what is wrong with the
    /// window, or with calling in turn.
    pub(super) fn enters_within(
        &mut self,
        queue: u32,
        zone: &str,
        window: Option<CallbackWindow>,
    ) -> Result<u64, String> {
        let Some(CallbackWindow { start_ms, end_ms }) = window else {
            return match self.state.callable_ms(queue, zone, self.now_ms) {
                Ok(enter_ms) => Ok(enter_ms),
                Err(Uncallable::NotKnown) => Ok(NOT_KNOWN_MS),
                Err(Uncallable::Never) => {
                    let id = self.state.names.id(queue);
                    Err(format!(
                        "queue {id} is never open in calling hours on the clock of the customer's zone"
                    ))
                }
            };
        };
        if end_ms <= start_ms {
            return Err("ends before it begins".to_owned());
        }
        if end_ms <= self.now_ms {
            return Err("is in the past; choose another time".to_owned());
        }
        let horizon_ms = self.state.catalog.settings.promise_horizon_ms;
        if end_ms > self.now_ms + horizon_ms {
            return Err(format!("must end within {}; choose another time", show_ms(horizon_ms)));
        }
        match self.enters_ms(queue, zone, start_ms) {
            enter_ms if enter_ms < end_ms => Ok(enter_ms),
            _ => Err("is out of calling hours; choose another time".to_owned()),
        }
    }
}
