//! Brings the steps in force of a queue in line with its level and the plan: one at a time, undone from the last.

use crate::{
    engine::{limits::SURGE_STEPS_PER_STEP, step::Step},
    proto::journal::{self as j, SurgeCause, event::Kind},
};

impl Step<'_> {
    /// Takes and undoes steps until those in force are those of the plan up to the level. Returns whether all is done.
    pub(super) fn reconcile(&mut self, queue: u32) -> bool {
        for _ in 0..SURGE_STEPS_PER_STEP {
            let Some(change) = self.next_step(queue) else { return true };
            self.emit(Kind::SurgeStepChanged(change));
        }
        self.next_step(queue).is_none()
    }

    /// What is to be undone or taken next: what does not go on as wanted is undone first.
    fn next_step(&self, queue: u32) -> Option<j::SurgeStepChanged> {
        let record = self.state.surge(queue);
        let level = record.map_or(0, |record| record.level);
        let surge = self.state.catalog.queues.get(&queue).and_then(|info| info.surge.as_ref());
        let wanted = surge.map_or(&[][..], |surge| surge.steps_at(level));
        let applied = record.map_or(&[][..], |record| &record.steps);
        let same =
            wanted.iter().zip(applied).take_while(|(step, applied)| applied.step.as_ref() == Some(step));
        let same = same.count();
        let (undone, step) = match applied.last() {
            Some(last) if same < applied.len() => (true, last.step.clone()),
            _ => (false, Some(wanted.get(same)?.clone())),
        };
        // What does not follow from the level changing just now follows from the plan.
        let of_level = record.filter(|record| record.changed_ms == self.now_ms && record.changed_ms > 0);
        let cause = of_level.map_or(SurgeCause::Plan, j::SurgeRecord::cause);
        Some(j::SurgeStepChanged { queue, undone, step, cause: cause.into() })
    }

    /// Rings that were opened, and stayed open for those who were in line when that was undone, close once these are
    /// gone.
    pub(super) fn end_lingering(&mut self, queue: u32) {
        let Some(record) = self.state.surge(queue).filter(|record| record.linger_rings > 0) else { return };
        let oldest_ms = self.state.oldest_waiting_since_ms(queue);
        if oldest_ms.is_none_or(|since_ms| since_ms > record.linger_ms) {
            self.emit(Kind::SurgeRingsEnded(j::SurgeRingsEnded { queue }));
        }
    }
}
