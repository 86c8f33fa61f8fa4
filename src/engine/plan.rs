//! The commands that change the plan: a change is checked against the contacts inside, staged in parts, and
//! committed. Parts of two changes can't get mixed up: whoever stages names the first part of its change.

use std::collections::BTreeSet;

use crate::{
    engine::{
        command::{ApplyPlan, PlanChange, RemovedQueuePolicy, Reply},
        evolve::plan_kind,
        limits::PLAN_ENTRIES_PER_EVENT,
        refusal::Refusal,
        state::Cell,
        step::{Answer, Step},
    },
    plan::{self, Part},
    proto::journal::{self as j, PlanKind, RemovedQueues, event::Kind},
    schedule,
};

impl Step<'_> {
    /// The whole of a change in one step, for when nobody waits for other commands.
    pub fn apply_plan(&mut self, apply: ApplyPlan) -> Answer {
        let base = self.state.plan_revision;
        let diff = plan::diff(&self.state.plan, &apply.plan);
        let mut change = PlanChange::new(base, &diff, &apply.plan, apply.removed_queues);
        change.expected_revision = apply.expected_revision;
        let checked = self.check_plan(&change)?;
        if apply.validate_only || change.is_empty() {
            return Ok(checked);
        }
        let mut stage = 0;
        for part in diff.into_parts(PLAN_ENTRIES_PER_EVENT) {
            stage = self.stage(part, stage == 0);
        }
        self.commit_plan(&change, stage)
    }

    /// Whether the change is accepted as things are now.
    pub fn check_plan(&self, change: &PlanChange) -> Answer {
        let revision = self.state.plan_revision;
        if change.expected_revision != 0 && change.expected_revision != revision {
            return Err(outdated(revision, change.expected_revision));
        }
        self.check_base(change.base)?;
        self.check_channels(change)?;
        self.check_queues(change)?;
        let PlanChange { added, changed, removed, .. } = *change;
        Ok(Reply::Plan { revision, added, changed, removed, shifts_removed: self.shifts_of(change) })
    }

    /// How many dated shifts go with agents who leave.
    fn shifts_of(&self, change: &PlanChange) -> u32 {
        let dated = &self.state.schedules.dated;
        if dated.count() == 0 {
            return 0;
        }
        let gone = change.removed_agents.iter().filter_map(|id| self.state.names.number(PlanKind::Agent, id));
        gone.fold(0, |sum, agent| {
            sum.saturating_add(u32::try_from(dated.of(agent).len()).unwrap_or(u32::MAX))
        })
    }

    /// Sets a part of a change aside.
    pub fn stage_plan(&mut self, base: u64, stage: u64, part: Part) -> Answer {
        self.check_base(base)?;
        if stage != 0 {
            self.check_stage(stage)?;
        }
        Ok(Reply::Staged(self.stage(part, stage == 0)))
    }

    /// Puts what was set aside into force.
    pub fn commit_plan(&mut self, change: &PlanChange, stage: u64) -> Answer {
        self.check_plan(change)?;
        self.check_stage(stage)?;
        let shifts_removed = self.shifts_of(change);
        let (policy, move_to) = match &change.policy {
            RemovedQueuePolicy::Refuse | RemovedQueuePolicy::End => (RemovedQueues::End, 0),
            RemovedQueuePolicy::Move(to) => {
                (RemovedQueues::Move, self.state.names.number(PlanKind::Queue, to).unwrap_or(0))
            }
        };
        let revision = self.state.plan_revision + 1;
        self.emit(Kind::PlanCommitted(j::PlanCommitted {
            revision,
            removed_queues: policy.into(),
            move_to,
            time_zones: schedule::zone::version().to_owned(),
        }));
        let PlanChange { added, changed, removed, .. } = *change;
        Ok(Reply::Plan { revision, added, changed, removed, shifts_removed })
    }

    /// Returns what the parts after it and the commit must name.
    fn stage(&mut self, part: Part, first: bool) -> u64 {
        let mut last = self.state.last_number;
        let entry = |upsert: plan::Upsert| {
            let kind = plan_kind(upsert.kind);
            let number = self.state.names.number(kind, &upsert.id).unwrap_or_else(|| {
                last += 1;
                last
            });
            j::PlanEntry { kind: kind.into(), id: upsert.id, number, document: upsert.document }
        };
        let upserts = part.upserts.into_iter().map(entry).collect();
        let removals = part.removals.iter().filter_map(|removal| {
            let kind = plan_kind(removal.kind);
            let number = self.state.names.number(kind, &removal.id)?;
            Some(j::PlanKey { kind: kind.into(), number })
        });
        let removals = removals.collect();
        self.emit(Kind::PlanStaged(j::PlanStaged { first, upserts, removals }));
        self.state.stage
    }

    /// A change was worked out for a plan that must still be in force.
    fn check_base(&self, base: u64) -> Result<(), Refusal> {
        let revision = self.state.plan_revision;
        if base == revision { Ok(()) } else { Err(outdated(revision, base)) }
    }

    /// Somebody else may have begun to stage, or what was staged is lost with a failed append.
    fn check_stage(&self, stage: u64) -> Result<(), Refusal> {
        if stage != 0 && stage == self.state.stage {
            return Ok(());
        }
        let message = "another change of the plan came between; read the plan and make the change again";
        Err(Refusal::aborted("REVISION_MISMATCH", message))
    }

    /// A channel can't go while live contacts came in by it, or promises are to be kept by it.
    fn check_channels(&self, change: &PlanChange) -> Result<(), Refusal> {
        let removed = self.numbers(PlanKind::Channel, &change.removed_channels);
        let in_use =
            |channel: &u32| self.state.cells.iter().any(|cell| cell.channel == *channel && cell.in_use());
        removed.iter().find(|channel| in_use(channel)).map_or(Ok(()), |channel| {
            Err(Refusal::precondition(
                "CHANNEL_IN_USE",
                format!(
                    "live contacts came in by channel {}, or promises are to be kept by it; keep it until they \
                     have ended",
                    self.state.names.id(*channel)
                ),
            ))
        })
    }

    fn numbers(&self, kind: PlanKind, ids: &[String]) -> BTreeSet<u32> {
        ids.iter().filter_map(|id| self.state.names.number(kind, id)).collect()
    }

    /// A queue can go while it has contacts only if the change says what becomes of them.
    fn check_queues(&self, change: &PlanChange) -> Result<(), Refusal> {
        if let (RemovedQueuePolicy::Move(to), None) = (&change.policy, &change.move_accepts) {
            return Err(Refusal::field("move_to_queue", format!("the new plan has no queue {to}")));
        }
        let mut leaving = self.numbers(PlanKind::Queue, &change.removed_queues);
        // Contacts of a queue that went earlier may be on their way to one that goes now.
        let adrift = self.state.draining().filter(|draining| leaving.contains(&draining.move_to));
        let adrift: Vec<u32> = adrift.map(|draining| draining.queue).collect();
        leaving.extend(adrift);
        for queue in leaving {
            if !self.state.cells_of(queue).any(Cell::in_use) {
                continue;
            }
            let id = self.state.names.id(queue);
            match &change.policy {
                RemovedQueuePolicy::End => {}
                RemovedQueuePolicy::Refuse => {
                    let count = self.state.queue_live(queue).total();
                    let promises = self.state.open_promises_of(queue);
                    let message = format!(
                        "queue {id} has {count} contacts and {promises} promises; say with \
                         removed_queue_policy what becomes of them"
                    );
                    return Err(Refusal::precondition("QUEUE_NOT_EMPTY", message));
                }
                RemovedQueuePolicy::Move(to) => {
                    let accepted = change.move_accepts.as_deref().unwrap_or_default();
                    let cells = self.state.cells_of(queue).filter(|cell| cell.in_use());
                    let mut channels = cells.map(|cell| self.state.names.id(cell.channel));
                    if let Some(channel) = channels.find(|channel| !accepted.iter().any(|id| id == channel)) {
                        let problem = format!(
                            "{to} does not accept {channel}, which contacts or promises in {id} go by"
                        );
                        return Err(Refusal::field("move_to_queue", problem));
                    }
                }
            }
        }
        Ok(())
    }
}

fn outdated(revision: u64, expected: u64) -> Refusal {
    Refusal::aborted(
        "REVISION_MISMATCH",
        format!(
            "the plan in force has revision {revision}, not {expected}; read it and make the change again"
        ),
    )
}
