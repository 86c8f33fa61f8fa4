//! What a change of the plan means. It is staged in parts, each of which is read and translated as it comes,
//! and counts as a whole once committed: then what has been made ready is put in the place of what was in
//! force, and the index is derived anew (`settle.rs`).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    plan::{EntryKind, Plan},
    proto::journal::{self as j, PlanKind},
};

use super::{Effect, replaced::Replaced};
use crate::engine::{
    catalog::{AgentInfo, Catalog, Names, Open},
    state::{Agent, Chore, Draft, State},
};

impl State {
    pub(super) fn plan_staged(&mut self, event: &j::PlanStaged) -> Effect {
        if event.first {
            self.stage = self.sequence;
        }
        self.stage_part(event);
        Effect::default()
    }

    /// Makes a part ready, without putting it into force.
    pub(in crate::engine) fn stage_part(&mut self, part: &j::PlanStaged) {
        if part.first {
            // What a process has left that ended before it could commit.
            self.staged.clear();
            self.draft = None;
        }
        let mut draft =
            self.draft.take().unwrap_or_else(|| Box::new(Draft::new(&self.plan, &self.catalog.agents)));
        for entry in &part.upserts {
            self.name_entry(entry);
            if let Err(fault) = draft.put(entry, &self.names) {
                self.fault = Some(fault);
            }
        }
        for key in &part.removals {
            let id = self.names.shared_id(key.number);
            if let Some(kind) = entry_kind(key.kind()) {
                draft.plan.remove_entry(kind, &id);
                draft.agents.remove(&key.number);
            }
        }
        self.draft = Some(draft);
        self.staged.push(part.clone());
    }

    pub(super) fn plan_committed(&mut self, event: &j::PlanCommitted) -> Effect {
        self.plan_revision = event.revision;
        self.stage = 0;
        let staged = std::mem::take(&mut self.staged);
        let Some(draft) = self.draft.take() else {
            return Effect::default();
        };
        let Draft { plan, mut agents } = *draft;
        open_groups(&self.plan, &plan, &self.names, &mut agents);
        let requeued = self.plan.queues != plan.queues;
        let before = std::mem::replace(&mut self.plan, Arc::new(plan));
        let catalog = Catalog::new(&self.plan, &self.names, agents);
        let catalog = std::mem::replace(&mut self.catalog, catalog);
        self.note_draining(event);
        self.drop_hours();
        self.note_agents();
        self.schedules.time_zones.clone_from(&event.time_zones);
        self.drop_draft();
        self.look_at_schedules();
        self.look_at_surges();
        let index = self.begin_settling(requeued);
        self.replaced = Some(Box::new(Replaced::new(before, catalog, index, staged)));
        Effect::default()
    }

    /// Remembers the name of an entry.
    fn name_entry(&mut self, entry: &j::PlanEntry) {
        self.last_number = self.last_number.max(entry.number);
        self.names.insert(entry.kind(), &entry.id, entry.number);
    }

    /// Puts an entry of a snapshot into the plan (or only its name, when the document is empty).
    pub(in crate::engine) fn put_entry(&mut self, entry: &j::PlanEntry) {
        self.name_entry(entry);
        if !entry.document.is_empty()
            && let Err(fault) = apply(Arc::make_mut(&mut self.plan), entry)
        {
            self.fault = Some(fault);
        }
    }

    fn note_draining(&mut self, event: &j::PlanCommitted) {
        self.draining.retain(|queue, _| !self.catalog.queues.contains_key(queue));
        let gone: BTreeSet<u32> = self
            .cells
            .iter()
            .filter(|cell| cell.in_use())
            .map(|cell| cell.queue)
            .filter(|queue| !self.catalog.queues.contains_key(queue))
            .collect();
        for queue in gone {
            let settled = j::DrainingQueue { queue, policy: event.removed_queues, move_to: event.move_to };
            let entry = self.draining.entry(queue).or_insert(settled);
            // A queue that contacts were to move to may be gone now too.
            if entry.policy() == j::RemovedQueues::Move && !self.catalog.queues.contains_key(&entry.move_to) {
                *entry = settled;
            }
        }
    }

    /// Tells every agent what the plan says of it now.
    fn note_agents(&mut self) {
        for (number, info) in &self.catalog.agents {
            match self.agents.get_mut(u64::from(*number)) {
                Some(agent) => {
                    agent.record.removed = false;
                    if !agent.info.as_ref().is_some_and(|before| Arc::ptr_eq(before, info)) {
                        agent.info = Some(info.clone());
                    }
                    if agent.record.schedule.is_some() {
                        // Channels have other slots now.
                        agent.derive_open(&self.catalog);
                    }
                }
                None => {
                    let record = j::AgentRecord { agent: *number, ..j::AgentRecord::default() };
                    self.agents.insert(u64::from(*number), Agent::new(record, Some(info.clone())));
                }
            }
        }
        if self.agents.iter().count() == self.catalog.agents.len() {
            return;
        }
        let known = self.agents.iter().map(|(_, agent)| agent.record.agent);
        let gone: Vec<u32> = known.filter(|number| !self.catalog.agents.contains_key(number)).collect();
        for number in gone {
            self.chores.insert(Chore::Agent(number));
            if let Some(agent) = self.agents.get_mut(u64::from(number)) {
                agent.record.removed = true;
                agent.record.dated = false;
                agent.record.override_record = None;
                agent.info = None;
            }
            self.drop_dated(number);
            self.drop_removed_agent(number);
        }
    }
}

impl Draft {
    /// The plan in force, to be changed.
    fn new(plan: &Plan, agents: &BTreeMap<u32, Arc<AgentInfo>>) -> Self {
        Self { plan: plan.clone(), agents: agents.clone() }
    }

    fn put(&mut self, entry: &j::PlanEntry, names: &Names) -> Result<(), String> {
        if entry.document.is_empty() {
            return Ok(());
        }
        apply(&mut self.plan, entry)?;
        // Groups come before agents, so that it is known here which of them are closed.
        if entry.kind() == PlanKind::Agent
            && let Some(agent) = self.plan.agents.get(&entry.id)
        {
            let info = AgentInfo::new(agent, Open { plan: &self.plan, names });
            self.agents.insert(entry.number, Arc::new(info));
        }
        Ok(())
    }
}

/// Agents who have not changed are in other groups all the same where a group was opened or closed.
fn open_groups(before: &Plan, plan: &Plan, names: &Names, agents: &mut BTreeMap<u32, Arc<AgentInfo>>) {
    let open = |plan: &Plan, group: &String| plan.groups.get(group).is_some_and(|group| !group.closed);
    let all: BTreeSet<&String> = before.groups.keys().chain(plan.groups.keys()).collect();
    let changed: BTreeSet<&String> =
        all.into_iter().filter(|group| open(before, group) != open(plan, group)).collect();
    if changed.is_empty() {
        return;
    }
    for (id, agent) in &plan.agents {
        if agent.groups.iter().any(|group| changed.contains(group)) {
            let number = names.number(PlanKind::Agent, id).unwrap_or(0);
            agents.insert(number, Arc::new(AgentInfo::new(agent, Open { plan, names })));
        }
    }
}

fn apply(plan: &mut Plan, entry: &j::PlanEntry) -> Result<(), String> {
    let applied = match entry_kind(entry.kind()) {
        Some(kind) => plan.apply_entry(kind, &entry.id, &entry.document).map_err(|error| error.to_string()),
        None => Err("its kind is unknown".to_owned()),
    };
    applied.map_err(|error| format!("the plan's entry {} can't be read: {error}", entry.id))
}

/// The plan's word for a kind of entry.
fn entry_kind(kind: PlanKind) -> Option<EntryKind> {
    EntryKind::ALL.into_iter().find(|entry| plan_kind(*entry) == kind)
}

/// The journal's word for a kind of entry.
pub(in crate::engine) fn plan_kind(kind: EntryKind) -> PlanKind {
    match kind {
        EntryKind::Settings => PlanKind::Settings,
        EntryKind::Channel => PlanKind::Channel,
        EntryKind::Skill => PlanKind::Skill,
        EntryKind::Category => PlanKind::Category,
        EntryKind::Disposition => PlanKind::Disposition,
        EntryKind::Holidays => PlanKind::Holidays,
        EntryKind::Calendar => PlanKind::Calendar,
        EntryKind::Shift => PlanKind::Shift,
        EntryKind::Rota => PlanKind::Rota,
        EntryKind::Surge => PlanKind::Surge,
        EntryKind::Queue => PlanKind::Queue,
        EntryKind::Group => PlanKind::Group,
        EntryKind::Agent => PlanKind::Agent,
    }
}
