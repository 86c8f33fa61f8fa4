//! The command that changes the plan: checked against the contacts inside, staged in parts, committed.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    engine::{
        command::{ApplyPlan, RemovedQueuePolicy, Reply},
        evolve::plan_kind,
        limits::PLAN_ENTRIES_PER_EVENT,
        refusal::Refusal,
        step::{Answer, Step},
    },
    plan::{self, Diff, EntryKind},
    proto::journal::{self as j, PlanKind, RemovedQueues, event::Kind},
};

impl Step<'_> {
    pub fn apply_plan(&mut self, apply: &ApplyPlan) -> Answer {
        let revision = self.state.plan_revision;
        if apply.expected_revision != 0 && apply.expected_revision != revision {
            return Err(Refusal::aborted(
                "REVISION_MISMATCH",
                format!(
                    "the plan in force has revision {revision}, not {}; read it and make the change again",
                    apply.expected_revision
                ),
            ));
        }
        let diff = plan::diff(&self.state.plan, &apply.plan);
        self.check_channels(&diff)?;
        self.check_queues(&diff, apply)?;
        let (added, changed, removed) = (clamp(diff.added()), clamp(diff.changed()), clamp(diff.removed()));
        if apply.validate_only || diff.is_empty() {
            return Ok(Reply::Plan { revision, added, changed, removed });
        }
        let numbers = self.stage_parts(diff);
        let (policy, move_to) = match &apply.removed_queues {
            RemovedQueuePolicy::Refuse | RemovedQueuePolicy::End => (RemovedQueues::End, 0),
            RemovedQueuePolicy::Move(to) => {
                let number = numbers
                    .get(&(PlanKind::Queue as i32, to.clone()))
                    .copied()
                    .or_else(|| self.state.names.number(PlanKind::Queue, to));
                (RemovedQueues::Move, number.unwrap_or(0))
            }
        };
        let revision = revision + 1;
        self.emit(Kind::PlanCommitted(j::PlanCommitted { revision, removed_queues: policy.into(), move_to }));
        Ok(Reply::Plan { revision, added, changed, removed })
    }

    /// Stages the change in parts. Returns the numbers that new names got.
    fn stage_parts(&mut self, diff: Diff) -> BTreeMap<(i32, String), u32> {
        let mut numbers = BTreeMap::new();
        let mut last = self.state.last_number;
        let mut entries = Vec::with_capacity(diff.upserts.len());
        for upsert in diff.upserts {
            let kind = plan_kind(upsert.kind);
            let number = self.state.names.number(kind, &upsert.id).unwrap_or_else(|| {
                last += 1;
                last
            });
            numbers.insert((kind as i32, upsert.id.clone()), number);
            entries.push(j::PlanEntry {
                kind: kind.into(),
                id: upsert.id,
                number,
                document: upsert.document,
            });
        }
        let removals: Vec<j::PlanKey> = diff
            .removals
            .iter()
            .filter_map(|removal| {
                let kind = plan_kind(removal.kind);
                let number = self.state.names.number(kind, &removal.id)?;
                Some(j::PlanKey { kind: kind.into(), number })
            })
            .collect();
        let mut first = true;
        for part in entries.chunks(PLAN_ENTRIES_PER_EVENT) {
            self.emit(Kind::PlanStaged(j::PlanStaged {
                first,
                upserts: part.to_vec(),
                removals: Vec::new(),
            }));
            first = false;
        }
        for part in removals.chunks(PLAN_ENTRIES_PER_EVENT) {
            self.emit(Kind::PlanStaged(j::PlanStaged {
                first,
                upserts: Vec::new(),
                removals: part.to_vec(),
            }));
            first = false;
        }
        numbers
    }

    fn removed(&self, diff: &Diff, kind: EntryKind) -> BTreeSet<u32> {
        diff.removals
            .iter()
            .filter(|removal| removal.kind == kind)
            .filter_map(|removal| self.state.names.number(plan_kind(kind), &removal.id))
            .collect()
    }

    /// A channel can't go while live contacts came in by it.
    fn check_channels(&self, diff: &Diff) -> Result<(), Refusal> {
        let removed = self.removed(diff, EntryKind::Channel);
        if removed.is_empty() {
            return Ok(());
        }
        match self.state.live_contacts_after(0).find(|record| removed.contains(&record.channel)) {
            None => Ok(()),
            Some(record) => Err(Refusal::precondition(
                "CHANNEL_IN_USE",
                format!(
                    "live contacts came in by channel {}; keep it until they have ended",
                    self.state.names.id(record.channel)
                ),
            )),
        }
    }

    /// A queue can go while it has contacts only if the change says what becomes of them.
    fn check_queues(&self, diff: &Diff, apply: &ApplyPlan) -> Result<(), Refusal> {
        if let RemovedQueuePolicy::Move(to) = &apply.removed_queues
            && !apply.plan.queues.contains_key(to)
        {
            return Err(Refusal::field("move_to_queue", format!("the new plan has no queue {to}")));
        }
        let removed = self.removed(diff, EntryKind::Queue);
        // Contacts of a queue that went earlier may be on their way to one that goes now.
        let adrift = self.state.draining().filter(|draining| removed.contains(&draining.move_to));
        let adrift: Vec<u32> = adrift.map(|draining| draining.queue).collect();
        let mut leaving: BTreeMap<u32, Vec<&j::ContactRecord>> = BTreeMap::new();
        if !removed.is_empty() {
            let concerned: BTreeSet<u32> = removed.into_iter().chain(adrift).collect();
            let live = self.state.live_contacts_after(0);
            live.filter(|record| concerned.contains(&record.queue))
                .for_each(|record| leaving.entry(record.queue).or_default().push(record));
        }
        for (queue, inside) in leaving {
            let id = self.state.names.id(queue);
            match &apply.removed_queues {
                RemovedQueuePolicy::End => {}
                RemovedQueuePolicy::Refuse => {
                    return Err(Refusal::precondition(
                        "QUEUE_NOT_EMPTY",
                        format!(
                            "queue {id} has {} contacts; say with removed_queue_policy what becomes of them",
                            inside.len()
                        ),
                    ));
                }
                RemovedQueuePolicy::Move(to) => {
                    let accepted = apply.plan.queues.get(to).map(|queue| &queue.channels);
                    let homeless =
                        inside.iter().map(|record| self.state.names.id(record.channel)).find(|channel| {
                            accepted.is_none_or(|accepted| !accepted.iter().any(|id| id == channel))
                        });
                    if let Some(channel) = homeless {
                        let problem =
                            format!("{to} does not accept {channel}, which contacts in {id} came by");
                        return Err(Refusal::field("move_to_queue", problem));
                    }
                }
            }
        }
        Ok(())
    }
}

fn clamp(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
