//! What it means that the wall clock stands otherwise to engine time: what is due at a time of day is due at another
//! engine time.

use crate::{
    engine::state::State,
    proto::journal::{self as j, PromiseStage},
};

use super::{Effect, Settling};

impl State {
    /// Promises that are due at a time of day stay so. Their timers are armed anew in slices.
    pub(super) fn clock_observed(&mut self, event: &j::ClockObserved) -> Effect {
        if event.wall_offset_ms == self.wall_offset_ms {
            return Effect::default();
        }
        self.wall_offset_ms = event.wall_offset_ms;
        self.look_at_schedules();
        let open: Vec<u64> = self.promises_due.iter().map(|(_, promise)| *promise).collect();
        let mut moved = false;
        for promise in &open {
            moved |= self.keep_time_of_day(*promise);
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
