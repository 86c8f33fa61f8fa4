//! A rush, and after it: when nobody is left, everything that a surge has changed is as it was.

use kefud::{
    engine::command::{CallbackChange, Command, Hand, Intervention, PromiseChange, Word},
    proto::journal::{PlanKind, PromiseStage},
};

use super::{Checked, Run, ensure};
use crate::{naive::View, ops::Op};

/// Longer than all levels are held …
const CALM_MS: u64 = 130_000;
/// … and than customers who have left are remembered, where that counts.
const FORGOTTEN_MS: u64 = 600_000;
/// What ends may bring something else into its queue.
const ROUNDS: usize = 4;

impl Run {
    /// The same again and again.
    pub(super) fn rushes(&mut self, op: Op) -> Checked<bool> {
        let mut more = false;
        for nth in 0..op.times() {
            self.fresh += 1;
            let command = op.rushes(self.sim.state(), self.fresh, nth, self.sim.now_ms());
            more = self.step(None, command)?;
            if op.between_ms() > 0 {
                self.advance(op.between_ms())?;
                more = false;
            }
        }
        Ok(more)
    }

    /// Everybody goes, and supervisors take back what they have said.
    fn ends_all(&mut self) -> Checked {
        for _ in 0..ROUNDS {
            let open = self.sim.state().promises().filter(|record| record.stage() != PromiseStage::Ended);
            let open: Vec<(String, bool)> =
                open.map(|record| (record.id.clone(), record.callback.is_some())).collect();
            for (id, callback) in open {
                let cancel = if callback {
                    Command::ChangeCallback { callback: id, change: CallbackChange::Cancel, word: word() }
                } else {
                    let (by, change) = (Hand::Supervisor("boss".to_owned()), PromiseChange::Cancel);
                    Command::ChangePromise { by, promise: id, change, reason: String::new() }
                };
                self.step(None, cancel)?;
            }
            let live: Vec<String> =
                self.sim.state().live_contacts_after(0).map(|record| record.id.clone()).collect();
            for contact in live {
                let action = Intervention::End { disposition: String::new() };
                let (supervisor, reason) = ("boss".to_owned(), "late".to_owned());
                self.step(None, Command::Intervene { contact, supervisor, reason, action })?;
            }
            self.settle()?;
        }
        let queues: Vec<String> = self.sim.state().plan().queues.keys().cloned().collect();
        for queue in queues {
            self.step(None, Command::SetSurgeLevel { queue, state: None, word: word() })?;
        }
        self.settle()
    }

    /// Levels fall one by one, each undoes its steps, and nothing is left of them.
    pub(super) fn calms_down(&mut self) -> Checked {
        if self.sim.state().plan().surges.is_empty() {
            return Ok(());
        }
        self.ends_all()?;
        let mut levels = self.sim.state().plan().surges.values().flat_map(|surge| &surge.levels);
        let gone = levels.any(|level| level.on.abandoned_permille.is_some());
        self.advance(if gone { CALM_MS + FORGOTTEN_MS } else { CALM_MS })?;
        let state = self.sim.state();
        ensure(state.live_count() == 0, || "somebody is still there".to_owned())?;
        let view = View::new(state, self.sim.now_ms());
        for (id, rules) in &view.plan.queues {
            let queue = state.names().number(PlanKind::Queue, id).unwrap_or(0);
            let surge = rules.surge.as_ref().and_then(|id| view.plan.surges.get(id));
            let record = state.surge(queue).cloned().unwrap_or_default();
            // Without anybody in line there may still be nobody who could serve who comes.
            let asks = surge.is_some_and(|surge| {
                let mut on = surge.levels.iter().map(|level| &level.on);
                on.any(|on| on.agents_below.is_some() || on.expected_wait_ms.is_some())
            });
            // A window may have ended just now.
            let held_ms = surge.map_or(0, |surge| surge.hold_ms);
            let falls = record.level > 0 && view.now_ms < record.changed_ms + held_ms;
            if asks || falls || view.floor(queue) > 0 {
                continue;
            }
            let always = surge.map_or(0, |surge| surge.steps.len());
            let left = (record.level, record.steps.len(), record.linger_rings);
            ensure(left == (0, always, 0), || format!("queue {id} is left with {record:?}"))?;
            let policy = state.policy(queue);
            let none = policy.rings == 0
                && policy.groups.is_empty()
                && (policy.wrap_up_ms, policy.cap, policy.offers) == (None, None, false);
            ensure(none || always > 0, || format!("of queue {id} is left {policy:?}"))?;
            self.tally.covered.note("calm again");
        }
        Ok(())
    }
}

fn word() -> Word {
    Word { supervisor: "boss".to_owned(), reason: "late".to_owned() }
}
