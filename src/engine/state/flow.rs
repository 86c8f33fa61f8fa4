//! How fast queues are served, and how soon their customers leave. Owns the layout; only `evolve` changes it.

use std::collections::BTreeMap;

use crate::{
    engine::{estimate::Rate, line::Line, state::State},
    proto::journal as j,
};

/// A bucket of takes has at most so much exposure: where little happens, old times end too.
const TAKES_LONGEST_MS: u64 = 4 * 3_600_000;
/// Answers are halved in number and sum when there are so many, so that the latest count most.
const ANSWERS_MAX: u32 = 1_024;
/// So many of the latest minutes are told.
const MINUTES: u64 = 10;

/// Who is in a queue's line. Derived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InLine {
    /// Waiting, to be offered to everybody who fits.
    pub eager: u32,
    /// Waiting or offered: customers, who may leave.
    pub customers: u32,
    /// The same with those who are no customers on the line: consults, follow-ups, callbacks.
    pub all: u32,
}

impl InLine {
    pub(in crate::engine) fn enter(&mut self, other: Self) {
        self.eager += other.eager;
        self.customers += other.customers;
        self.all += other.all;
    }

    pub(in crate::engine) fn leave(&mut self, other: Self) {
        self.eager = self.eager.saturating_sub(other.eager);
        self.customers = self.customers.saturating_sub(other.customers);
        self.all = self.all.saturating_sub(other.all);
    }
}

/// Of a queue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    /// Up to when exposure has been counted; 0: none has been.
    pub(in crate::engine) run_ms: u64,
    /// How often somebody who had waited is offered, while somebody waits.
    pub takes: Rate,
    /// How often customers leave, by the time that they are in line.
    pub patience: Rate,
    /// From offer to answer, over so many answers.
    pub(in crate::engine) answer_sum_ms: u64,
    pub(in crate::engine) answers: u32,
    /// The latest minutes, oldest first.
    pub(in crate::engine) minutes: Vec<j::FlowMinute>,
}

impl Flow {
    /// Counts the time since the last such call, in which `line` stood, as exposure. While its queue is closed none
    /// is.
    pub fn run(&mut self, now_ms: u64, line: InLine, open: bool) {
        let ms = self.since_ms(now_ms);
        self.run_ms = now_ms;
        if !open || ms == 0 {
            return;
        }
        if line.eager > 0 {
            self.takes.expose(ms, TAKES_LONGEST_MS);
        }
        if line.customers > 0 {
            self.patience.expose(ms.saturating_mul(line.customers.into()), u64::MAX);
        }
    }

    /// The time since exposure was counted.
    pub(in crate::engine) fn since_ms(&self, now_ms: u64) -> u64 {
        if self.run_ms == 0 { 0 } else { now_ms.saturating_sub(self.run_ms) }
    }

    /// Time in which nothing was observed is no exposure.
    pub(in crate::engine) fn skip_to(&mut self, now_ms: u64) {
        if self.run_ms != 0 {
            self.run_ms = now_ms;
        }
    }

    /// A customer was answered so long after the offer.
    pub(in crate::engine) fn answered(&mut self, now_ms: u64, after_ms: u64) {
        self.answer_sum_ms += after_ms;
        self.answers += 1;
        if self.answers >= ANSWERS_MAX {
            self.answer_sum_ms /= 2;
            self.answers /= 2;
        }
        self.minute(now_ms).answered += 1;
    }

    /// Somebody who had waited is offered to an agent.
    pub fn took(&mut self) {
        self.takes.add();
    }

    /// A customer has left the line.
    pub fn left(&mut self, now_ms: u64, open: bool) {
        self.minute(now_ms).abandoned += 1;
        if open {
            self.patience.add();
        }
    }

    /// The minute of `now_ms`; those that are too old to be told are forgotten.
    fn minute(&mut self, now_ms: u64) -> &mut j::FlowMinute {
        let minute = now_ms / 60_000;
        self.minutes.retain(|known| known.minute + MINUTES > minute);
        let at = match self.minutes.binary_search_by_key(&minute, |known| known.minute) {
            Ok(at) => at,
            Err(at) => {
                self.minutes.insert(at, j::FlowMinute { minute, ..j::FlowMinute::default() });
                at
            }
        };
        &mut self.minutes[at]
    }

    /// Customers answered and customers who left, in the latest ten minutes.
    #[must_use]
    pub fn outcomes(&self, now_ms: u64) -> (u32, u32) {
        let latest = self.minutes.iter().filter(|known| known.minute + MINUTES > now_ms / 60_000);
        latest.fold((0, 0), |(answered, abandoned), known| {
            (answered + known.answered, abandoned + known.abandoned)
        })
    }

    /// From offer to answer, in the mean; 0 without answers.
    #[must_use]
    pub fn answer_ms(&self) -> u64 {
        self.answer_sum_ms.checked_div(self.answers.into()).unwrap_or(0)
    }

    /// As it is stored.
    #[must_use]
    pub fn record(&self, queue: u32) -> j::FlowRecord {
        j::FlowRecord {
            queue,
            run_ms: self.run_ms,
            takes: Some(self.takes.record()),
            patience: Some(self.patience.record()),
            answer_sum_ms: self.answer_sum_ms,
            answers: self.answers,
            minutes: self.minutes.clone(),
        }
    }

    /// From how it was stored.
    #[must_use]
    pub fn of(record: &j::FlowRecord) -> Self {
        let rate = |record: &Option<j::RateRecord>| record.as_ref().map(Rate::of).unwrap_or_default();
        Self {
            run_ms: record.run_ms,
            takes: rate(&record.takes),
            patience: rate(&record.patience),
            answer_sum_ms: record.answer_sum_ms,
            answers: record.answers,
            minutes: record.minutes.clone(),
        }
    }
}

/// A queue's flow, and who is in its line.
#[derive(Debug, Default)]
struct QueueFlow {
    flow: Flow,
    line: InLine,
    /// Derived: those in line whose customers are to be dialled first, by arrival. They are in no class.
    undialled: Line<(i64, u64)>,
}

/// Of all queues that were ever entered.
#[derive(Debug, Default)]
pub struct Flows {
    queues: BTreeMap<u32, QueueFlow>,
}

impl Flows {
    /// Of a queue.
    #[must_use]
    pub fn of(&self, queue: u32) -> Option<&Flow> {
        self.queues.get(&queue).map(|queue| &queue.flow)
    }

    /// The same to change; made if there is none.
    pub(in crate::engine) fn of_mut(&mut self, queue: u32) -> &mut Flow {
        &mut self.queues.entry(queue).or_default().flow
    }

    /// Who is in a queue's line.
    #[must_use]
    pub fn line(&self, queue: u32) -> InLine {
        self.queues.get(&queue).map_or_else(InLine::default, |queue| queue.line)
    }

    pub(in crate::engine) fn line_mut(&mut self, queue: u32) -> &mut InLine {
        &mut self.queues.entry(queue).or_default().line
    }

    /// Callbacks in line whose customers are to be dialled first, by arrival.
    pub(in crate::engine) fn undialled(&self, queue: u32) -> Option<&Line<(i64, u64)>> {
        self.queues.get(&queue).map(|queue| &queue.undialled)
    }

    pub(in crate::engine) fn undialled_mut(&mut self, queue: u32) -> &mut Line<(i64, u64)> {
        &mut self.queues.entry(queue).or_default().undialled
    }

    /// Counts exposure up to now.
    pub(in crate::engine) fn run(&mut self, queue: u32, now_ms: u64, open: bool) {
        let queue = self.queues.entry(queue).or_default();
        queue.flow.run(now_ms, queue.line, open);
    }

    /// Nothing was observed up to now.
    pub(in crate::engine) fn skip_to(&mut self, now_ms: u64) {
        self.queues.values_mut().for_each(|queue| queue.flow.skip_to(now_ms));
    }

    /// Keeps those of these queues.
    pub(in crate::engine) fn keep(&mut self, kept: impl Fn(u32) -> bool) {
        self.queues.retain(|queue, _| kept(*queue));
    }

    /// Those of which anything was measured, by queue.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Flow)> {
        let flows = self.queues.iter().map(|(queue, entry)| (*queue, &entry.flow));
        flows.filter(|(_, flow)| **flow != Flow::default())
    }

    /// Takes one of a snapshot in.
    pub(in crate::engine) fn import(&mut self, record: &j::FlowRecord) {
        *self.of_mut(record.queue) = Flow::of(record);
    }
}

impl State {
    /// What was measured of a queue.
    #[must_use]
    pub fn flow(&self, queue: u32) -> Option<&Flow> {
        self.flows.of(queue)
    }

    /// Who is in a queue's line.
    #[must_use]
    pub fn in_line(&self, queue: u32) -> InLine {
        self.flows.line(queue)
    }
}

#[cfg(test)]
mod tests {
    use super::{Flow, Flows, InLine};
    use crate::proto::journal as j;

    #[test]
    fn flows_are_stored_as_they_are() {
        let minutes = vec![j::FlowMinute { minute: 3, answered: 5, abandoned: 2 }];
        let flow = Flow { run_ms: 5, answer_sum_ms: 900, answers: 3, minutes, ..Flow::default() };
        let mut flows = Flows::default();
        flows.line_mut(7).all = 1;
        flows.import(&flow.record(9));
        assert_eq!(flows.iter().collect::<Vec<_>>(), [(9, &flow)], "of the other nothing was measured");
        assert_eq!(flows.of(9), Some(&flow));
        flows.keep(|queue| queue == 7);
        assert_eq!(flows.of(9), None);
    }

    #[test]
    fn exposure_is_counted_while_somebody_is_there() {
        let line = |eager, customers| InLine { eager, customers, all: customers };
        let mut flow = Flow::default();
        flow.run(1_000, line(4, 4), true);
        assert_eq!(flow.takes.rate(), None, "what was before the first is not known");
        flow.run(3_000, line(2, 5), true);
        flow.run(4_000, line(0, 1), true);
        flow.run(9_000, line(3, 3), false);
        assert_eq!(flow.takes.rate(), Some((0, 2_000)));
        assert_eq!(flow.patience.rate(), Some((0, 11_000)));
        flow.skip_to(20_000);
        flow.run(20_500, line(1, 1), true);
        assert_eq!(flow.takes.rate(), Some((0, 2_500)), "without the time in which nothing was observed");
    }

    #[test]
    fn the_latest_minutes_and_answers_count() {
        let mut flow = Flow::default();
        for minute in 0..20 {
            flow.answered(minute * 60_000, 4_000);
            flow.left(minute * 60_000 + 59_999, false);
        }
        assert_eq!(flow.minutes.len(), 10);
        assert_eq!(flow.patience.record().open_n, 0, "who leaves a closed queue says nothing of patience");
        assert_eq!(flow.outcomes(19 * 60_000), (10, 10));
        assert_eq!(flow.outcomes(25 * 60_000), (4, 4));
        assert_eq!(flow.outcomes(40 * 60_000), (0, 0));
        assert_eq!(flow.answer_ms(), 4_000);
        for _ in 0..1_024 {
            flow.answered(0, 8_000);
        }
        assert!(flow.answers < 1_024 && flow.answer_ms() > 7_500, "{} {}", flow.answers, flow.answer_ms());
        assert_eq!(Flow::default().answer_ms(), 0);
    }
}
