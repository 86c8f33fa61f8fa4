//! Surge: levels of queues, the steps that they ask for, and what these do to those who wait.

pub mod level;
mod signals;
mod steps;
mod sweep;
#[cfg(test)]
mod undo;
pub mod words;

use crate::{
    engine::{
        command::{Reply, SurgeLevel, Word},
        limits::{CHORES_PER_STEP, CLASSES_PER_SLICE, SURGE_OVERRIDE_MAX_S, SWEEP_BATCH},
        refusal::Refusal,
        state::Chore,
        step::{Answer, Step},
    },
    proto::journal::{self as j, AssignmentRecord, PlanKind, SurgeCause, event::Kind},
};

pub use sweep::Stopped;

use level::{Standing, next_level};

impl Step<'_> {
    /// A supervisor's word about the level of a queue.
    pub fn set_surge_level(&mut self, id: &str, state: Option<SurgeLevel>, word: Word) -> Answer {
        let queue = self.state.names.number(PlanKind::Queue, id);
        let Some((queue, info)) =
            queue.and_then(|queue| Some((queue, self.state.catalog.queues.get(&queue)?)))
        else {
            return Err(Refusal::not_found("QUEUE_NOT_FOUND", format!("the plan has no queue {id}")));
        };
        let Some(top) = info.surge.as_ref().map(|surge| surge.top()) else {
            let message = format!("queue {id} has no surge plan: give it one, or change what it is");
            return Err(Refusal::precondition("NO_SURGE_PLAN", message));
        };
        let before = self.state.surge(queue).and_then(|record| record.override_record.clone());
        let Some(state) = state else {
            if before.is_some() || self.is_to_be_remembered() {
                self.emit(Kind::SurgeOverridden(j::SurgeOverridden { queue, record: None }));
            }
            if before.is_some() {
                self.word_over(queue);
                self.look_at_once(queue);
            }
            return Ok(Reply::Queue(queue));
        };
        let mut fields = Vec::new();
        if state.level > top {
            fields
                .push(("level".to_owned(), format!("must be at most {top}, the highest of its surge plan")));
        }
        let now_s = self.state.wall_s(self.now_ms);
        if state.until_s <= now_s {
            fields.push(("until".to_owned(), "must be in the future".to_owned()));
        } else if state.until_s > now_s + SURGE_OVERRIDE_MAX_S {
            let days = SURGE_OVERRIDE_MAX_S / 86_400;
            fields.push(("until".to_owned(), format!("must be within {days} days")));
        }
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        let record = j::SurgeOverrideRecord {
            level: state.level,
            until_s: state.until_s,
            reason: word.reason,
            supervisor: word.supervisor,
        };
        if before.as_ref() != Some(&record) || self.is_to_be_remembered() {
            self.emit(Kind::SurgeOverridden(j::SurgeOverridden { queue, record: Some(record) }));
            self.look_at_once(queue);
        }
        Ok(Reply::Queue(queue))
    }

    /// So that the answer tells it. While the index is derived anew it has to wait.
    fn look_at_once(&mut self, queue: u32) {
        if self.state.settled() {
            self.surge_on(queue);
        }
    }

    /// A queue is looked at: its level, its steps, callbacks to be dialled, and those who wait.
    pub fn surge_due(&mut self, queue: u32) -> usize {
        self.state.surge_timer_over(queue);
        let more = self.surge_on(queue);
        let looked_at = self.state.waits_for_dialling(queue).min(CHORES_PER_STEP);
        self.dial_due(queue);
        self.state.arm_surge(queue, self.now_ms);
        more + looked_at
    }

    /// Looks at a queue's level, its steps and those who wait. What is not all done is a chore. Returns how much more
    /// than one thing it was.
    pub fn surge_on(&mut self, queue: u32) -> usize {
        let (before, mut left) = (self.state.sequence(), SWEEP_BATCH);
        self.find_level(queue);
        let mut done = self.reconcile(queue);
        if done {
            self.end_lingering(queue);
        }
        // Mostly that is all of them: then who comes next meets classes that ask for what counts.
        let asked = self.state.reask_slice(CLASSES_PER_SLICE);
        // Not both in one step, where that takes long.
        done = done && self.state.surges.asking.is_empty() && self.sweep(queue, &mut left);
        if !done {
            self.state.chores.insert(Chore::Surge(queue));
        }
        // One event tells many, and a whole slice of classes is as much as a step is to do beside matching.
        let beside = SWEEP_BATCH - left + asked * CHORES_PER_STEP / CLASSES_PER_SLICE;
        let events = usize::try_from(self.state.sequence() - before).unwrap_or(usize::MAX);
        events.max(beside).saturating_sub(1)
    }

    /// A supervisor's word has ended: the rules go on from the level as it is.
    fn word_over(&mut self, queue: u32) {
        let level = self.state.surge(queue).map_or(0, |record| record.level);
        self.change_level(queue, level, SurgeCause::ByHandEnded);
    }

    fn change_level(&mut self, queue: u32, level: u32, cause: SurgeCause) {
        let asked = self.state.surge_asked(queue, self.now_ms);
        self.emit(Kind::SurgeLevelChanged(j::SurgeLevelChanged {
            queue,
            level,
            cause: cause.into(),
            signals: Some(asked.signals.told),
            planned: asked.floor,
        }));
    }

    fn find_level(&mut self, queue: u32) {
        let wall_s = self.state.wall_s(self.now_ms);
        let record = self.state.surge(queue);
        let over = record.and_then(|record| record.override_record.as_ref());
        if over.is_some_and(|word| word.until_s <= wall_s) {
            self.word_over(queue);
        }
        let record = self.state.surge(queue);
        let at = record.map_or_else(Standing::default, |record| Standing {
            level: record.level,
            changed_ms: record.changed_ms,
            fell: record.fell,
        });
        let rules = self.state.catalog.queues.get(&queue).and_then(|info| info.surge.as_ref());
        let next = match rules {
            Some(rules) => next_level(rules, at, &self.state.surge_asked(queue, self.now_ms)),
            // Its plan has none any more.
            None => (at.level > 0).then_some((0, SurgeCause::Plan)),
        };
        if let Some((level, cause)) = next {
            self.change_level(queue, level, cause);
        }
    }

    /// How long wrapping up after a contact of this leg may take; 0: there is none.
    pub fn wrap_up_ms(&self, leg: &AssignmentRecord) -> u64 {
        let by_channel_ms =
            self.state.catalog.channels.get(&leg.channel).map_or(0, |channel| channel.wrap_up_ms);
        self.state.policy(leg.queue).wrap_up_ms.map_or(by_channel_ms, |limit_ms| limit_ms.min(by_channel_ms))
    }
}
