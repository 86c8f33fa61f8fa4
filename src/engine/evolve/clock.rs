//! What it means that the wall clock stands otherwise to engine time: what is due at a time of day is due at another
//! engine time.

use crate::{
    engine::{callback::NOT_KNOWN_MS, state::State},
    proto::journal::{self as j, PromiseStage},
};

use super::{Effect, Settling};

impl State {
    /// Promises that are due at a time of day stay so. Their timers are armed anew in slices.
    pub(super) fn clock_observed(&mut self, event: &j::ClockObserved) -> Effect {
        if event.wall_offset_ms == self.wall_offset_ms {
            return Effect::default();
        }
        self.look_at_schedules();
        let later_ms = self.wall_offset_ms - event.wall_offset_ms;
        self.wall_offset_ms = event.wall_offset_ms;
        self.look_at_surges();
        let open: Vec<u64> = self.promises_due.iter().map(|(_, promise)| *promise).collect();
        let mut moved = false;
        for promise in &open {
            moved |= self.keep_time_of_day(*promise);
            moved |= self.keep_window(*promise, later_ms);
        }
        if moved {
            let due = open.iter().filter_map(|promise| Some((self.promise(*promise)?.due_ms, *promise)));
            self.promises_due = due.collect();
            if matches!(self.settling, None | Some(Settling::Promises { .. })) {
                self.settling = Some(Settling::Promises { after: 0 });
            }
        }
        Effect::default()
    }

    /// A callback's window and calling hours are times of the wall clock, which come so much later now. Returns whether
    /// it falls due at another engine time.
    fn keep_window(&mut self, promise: u64, later_ms: i64) -> bool {
        let Some(record) = self.promises.get_mut(&promise).map(|entry| &mut entry.record) else {
            return false;
        };
        let pending = record.stage() == PromiseStage::Pending;
        let Some(callback) = record.callback.as_deref_mut() else {
            return false;
        };
        let put_off = |ms: &mut u64| {
            if *ms != 0 && *ms != NOT_KNOWN_MS {
                *ms = ms.saturating_add_signed(later_ms).max(1);
            }
        };
        put_off(&mut callback.hours_end_ms);
        if callback.end_ms == 0 {
            return callback.hours_end_ms != 0;
        }
        put_off(&mut callback.start_ms);
        put_off(&mut callback.end_ms);
        put_off(&mut callback.expire_ms);
        record.due_ms = callback.expire_ms;
        if pending {
            put_off(&mut record.enter_ms);
        }
        true
    }

    /// Returns whether the promise is due at another engine time now.
    fn keep_time_of_day(&mut self, promise: u64) -> bool {
        let said_ms = self.promise(promise).and_then(|record| record.said_wall_ms);
        let Some(due_ms) = said_ms.map(|wall_ms| self.engine_ms_at(wall_ms)) else {
            return false;
        };
        let Some(record) = self.promises.get_mut(&promise).map(|entry| &mut entry.record) else {
            return false;
        };
        let ahead_ms = record.due_ms.saturating_sub(record.enter_ms);
        let moved = std::mem::replace(&mut record.due_ms, due_ms) != due_ms;
        // When it has entered its queue is past, and stays so.
        if moved && record.stage() == PromiseStage::Pending {
            record.enter_ms = due_ms.saturating_sub(ahead_ms).max(1);
        }
        moved
    }
}
