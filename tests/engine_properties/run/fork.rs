//! The second engine, which was rebuilt and must do the same from then on.

use kefud::{
    engine::{
        command::{Command, Reply, RequestKey},
        refusal::Refusal,
        state::State,
    },
    proto::journal as j,
    sim::Sim,
};

use super::{Checked, Run, ensure};

/// Whether the clock of a queue stands still, or ever has.
fn clocks_stand(state: &State) -> bool {
    let mut hours = state.catalog().queues.keys().filter_map(|queue| state.queue_hours(*queue));
    hours.any(|hours| hours.clock_stopped || hours.stopped_ms > 0)
}

impl Run {
    /// A second engine goes on from a rebuilt state.
    pub(super) fn split(&mut self, how: u16) -> Checked {
        self.settle()?;
        self.check_hashes()?;
        let rebuilt = if how.is_multiple_of(2) { self.sim.reimported() } else { self.sim.replayed() };
        let mut fork = Sim::from_state(rebuilt);
        fork.set_slices(self.slices);
        fork.pass(self.sim.now_ms() - fork.now_ms());
        fork.settle();
        self.tally.forks += 1;
        self.fork_alike = false;
        self.fork_ms = (self.sim.now_ms() / 1_000 + 1) * 1_000;
        ensure(fork.events().is_empty(), || format!("rebuilt, it does at once {:?}", fork.events()))?;
        self.fork = Some(fork);
        Ok(())
    }

    /// It answers a command in the same way, and does the same.
    pub(super) fn check_fork(
        &mut self,
        request: Option<&RequestKey>,
        command: Command,
        (answer, more): &(Result<Reply, Refusal>, bool),
        events: &[j::Event],
    ) -> Checked {
        let Some(fork) = &mut self.fork else {
            return Ok(());
        };
        let told = fork.events().len();
        let ticks = matches!(command, Command::Tick);
        let mut other = fork.step(request, command);
        // In its first whole second it looks at more queues, for which it may take more steps.
        while ticks && other.1 && !*more && !self.fork_alike {
            other = fork.step(None, Command::Tick);
        }
        // A longest wait may fall due, and nothing come of it, if a clock has stood still since it was armed. And with
        // the first whole second a rebuilt engine looks at every queue that may be in a surge.
        let may_differ = !self.fork_alike || clocks_stand(self.sim.state());
        let alike = other.1 == *more || may_differ;
        if ticks && !other.1 && !*more && self.sim.now_ms() >= self.fork_ms {
            self.fork_alike = true;
            let (due, right) = (fork.state().next_deadline_ms(), self.sim.state().next_deadline_ms());
            ensure(due == right || clocks_stand(self.sim.state()), || {
                format!("rebuilt, something is due at {due:?}, not {right:?}")
            })?;
        }
        ensure(other.0 == *answer && alike, || {
            format!("rebuilt, it answers {other:?}, not {answer:?}, {more}")
        })?;
        let other = &fork.events()[told..];
        ensure(other == events, || format!("rebuilt, it does {other:#?}\nnot {events:#?}"))
    }
}
