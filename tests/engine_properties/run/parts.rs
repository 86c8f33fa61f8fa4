//! Plans and imports that come in parts, as the daemon brings them.

use kefud::{
    engine::command::{ApplyPlan, Command, PlanChange, RequestKey},
    plan,
};

use super::{Checked, Run};
use crate::ops::{Kind, Op};

impl Run {
    /// A plan comes as the daemon brings it, with somebody in between, and sometimes not to its end.
    pub(super) fn apply_in_parts(
        &mut self,
        op: Op,
        request: Option<&RequestKey>,
        apply: ApplyPlan,
    ) -> Checked<bool> {
        let base = self.sim.state().plan_revision();
        let diff = plan::diff(self.sim.state().plan(), &apply.plan);
        let mut change = PlanChange::new(base, &diff, &apply.plan, apply.removed_queues);
        change.expected_revision = apply.expected_revision;
        let change = Box::new(change);
        let mut more = self.step(request, Command::CheckPlan(change.clone()))?;
        if change.is_empty() {
            return Ok(more);
        }
        let mut stage = 0;
        for part in diff.into_parts(3) {
            let next = self.sim.state().sequence() + 1;
            self.step(None, Command::StagePlan { base, stage, part })?;
            if stage == 0 {
                stage = next;
                self.fresh += 1;
                more = self.step(None, op.enqueue(self.sim.state(), self.fresh))?;
            }
        }
        if op.a.is_multiple_of(5) {
            return Ok(more);
        }
        self.step(request, Command::CommitPlan { change, stage })
    }

    /// Dated entries come as the daemon brings them, with something else in between, and sometimes not to the end.
    pub(super) fn import(&mut self, op: Op) -> Checked<bool> {
        let base = self.sim.state().dated_revision();
        let (mut stage, mut more) = (0, false);
        for nth in 1..3 {
            let part = Box::new(op.dated_change(self.sim.state(), self.sim.now_ms(), nth));
            let next = self.sim.state().sequence() + 1;
            more = self.step(None, Command::StageShifts { base, stage, part })?;
            if stage == 0 && self.sim.state().sequence() >= next {
                stage = next;
            }
            if op.b.is_multiple_of(7) {
                let other = Op { kind: Kind::SetShifts, a: op.a ^ 5, ..op };
                more = self.step(None, other.command(self.sim.state(), &[], 0, self.sim.now_ms()))?;
            }
        }
        if op.c.is_multiple_of(5) {
            return Ok(more);
        }
        self.step(None, Command::CommitShifts { base, stage, summary: op.summary() })
    }
}
