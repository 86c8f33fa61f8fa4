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
        let other = fork.step(request, command);
        // A longest wait may fall due, and nothing come of it, if a clock has stood still since it was armed.
        let alike = other.1 == *more || clocks_stand(self.sim.state());
        ensure(other.0 == *answer && alike, || {
            format!("rebuilt, it answers {other:?}, not {answer:?}, {more}")
        })?;
        let other = &fork.events()[told..];
        ensure(other == events, || format!("rebuilt, it does {other:#?}\nnot {events:#?}"))
    }
}
