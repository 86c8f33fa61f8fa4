//! What a change of the plan means. It is staged in parts and counts as a whole once committed: then the
//! catalog and the index are derived anew.

use crate::{
    plan::EntryKind,
    proto::journal::{self as j, ContactStage, PlanKind},
};

use super::Effect;
use crate::engine::{
    catalog::Catalog,
    matching::index::Index,
    state::{Agent, Chore, State},
};

impl State {
    pub(super) fn plan_staged(&mut self, event: &j::PlanStaged) -> Effect {
        if event.first {
            self.staged.clear();
        }
        self.staged.push(event.clone());
        Effect::default()
    }

    pub(super) fn plan_committed(&mut self, event: &j::PlanCommitted) -> Effect {
        for part in std::mem::take(&mut self.staged) {
            for entry in &part.upserts {
                self.put_entry(entry);
            }
            for key in &part.removals {
                let id = self.names.shared_id(key.number);
                if let Some(kind) = entry_kind(key.kind()) {
                    self.plan.remove_entry(kind, &id);
                }
            }
        }
        self.plan_revision = event.revision;
        self.catalog = Catalog::new(&self.plan, &self.names);
        self.note_draining(event);
        self.note_agents();
        self.reindex();
        Effect::default()
    }

    /// Puts an entry into the plan (or only its name, when the document is empty).
    pub(in crate::engine) fn put_entry(&mut self, entry: &j::PlanEntry) {
        self.last_number = self.last_number.max(entry.number);
        self.names.insert(entry.kind(), &entry.id, entry.number);
        if entry.document.is_empty() {
            return;
        }
        let applied = match entry_kind(entry.kind()) {
            Some(kind) => {
                self.plan.apply_entry(kind, &entry.id, &entry.document).map_err(|error| error.to_string())
            }
            None => Err("its kind is unknown".to_owned()),
        };
        if let Err(error) = applied {
            self.fault = Some(format!("the plan's entry {} can't be read: {error}", entry.id));
        }
    }

    fn note_draining(&mut self, event: &j::PlanCommitted) {
        self.draining.retain(|queue, _| !self.catalog.queues.contains_key(queue));
        let mut queue = 0;
        while let Some((next, _)) = self.by_queue.range((queue, 0)..).next().copied() {
            if !self.catalog.queues.contains_key(&next) {
                let settled =
                    j::DrainingQueue { queue: next, policy: event.removed_queues, move_to: event.move_to };
                let entry = self.draining.entry(next).or_insert(settled);
                // A queue that contacts were to move to may be gone now too.
                if entry.policy() == j::RemovedQueues::Move
                    && !self.catalog.queues.contains_key(&entry.move_to)
                {
                    *entry = settled;
                }
            }
            queue = next + 1;
        }
    }

    fn note_agents(&mut self) {
        for (number, agent) in &mut self.agents {
            agent.info = self.catalog.agents.get(number).cloned();
            agent.record.removed = agent.info.is_none();
            if agent.record.removed {
                self.chores.insert(Chore::Agent(*number));
            }
        }
        self.agents
            .retain(|_, agent| !agent.record.removed || agent.record.session != 0 || !agent.work.is_empty());
        for (number, info) in &self.catalog.agents {
            self.agents.entry(*number).or_insert_with(|| {
                let record = j::AgentRecord { agent: *number, ..j::AgentRecord::default() };
                Agent::new(record, Some(info.clone()))
            });
        }
    }

    /// Derives the index anew from agents and waiting contacts.
    fn reindex(&mut self) {
        self.index = Index::default();
        self.index_agents();
        let waiting: Vec<u64> = self
            .by_queue
            .iter()
            .map(|(_, contact)| *contact)
            .filter(|contact| self.contact(*contact).is_some_and(|r| r.stage() == ContactStage::Waiting))
            .collect();
        for number in waiting {
            if let Some(contact) = self.contacts.get_mut(&number) {
                contact.place = None;
            }
            self.leave_stage(number);
            self.enter_stage(number, ContactStage::Waiting);
        }
    }

    /// Puts every agent into an index that has none. The records stay as they are.
    pub(in crate::engine) fn index_agents(&mut self) {
        let agents: Vec<u32> = self.agents.keys().copied().collect();
        for number in agents {
            let Some(agent) = self.agents.get_mut(&number) else {
                continue;
            };
            agent.free_key = None;
            if let Some(info) = &agent.info {
                agent.profile = self.index.profile_of(&info.groups, &info.skills, &self.catalog.queues);
            }
            let sequence = agent.record.sequence;
            self.work_changed(number, true);
            if let Some(agent) = self.agents.get_mut(&number) {
                agent.record.sequence = sequence;
            }
        }
    }
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
        EntryKind::Queue => PlanKind::Queue,
        EntryKind::Group => PlanKind::Group,
        EntryKind::Agent => PlanKind::Agent,
    }
}
