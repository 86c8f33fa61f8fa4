//! What a change of the plan means. It is staged in parts and counts as a whole once committed: then the
//! catalog and the index are derived anew.

use std::collections::BTreeSet;

use crate::{
    plan::EntryKind,
    proto::journal::{self as j, ContactStage, OfferTrigger, PlanKind},
};

use super::Effect;
use crate::engine::{
    catalog::Catalog,
    matching::{index::Index, profile::FreeKey},
    state::{Agent, Chore, QueueLive, State},
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
        let gone: BTreeSet<u32> = self
            .cells
            .iter()
            .filter(|cell| cell.live != QueueLive::default())
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

    fn note_agents(&mut self) {
        let known: Vec<u64> = self.agents.iter().map(|(number, _)| number).collect();
        for number in known {
            let Some(agent) = self.agents.get_mut(number) else { continue };
            agent.record.removed = !self.catalog.agents.contains_key(&agent.record.agent);
            if agent.record.removed {
                let kept = agent.record.session != 0 || !agent.work.is_empty();
                self.chores.insert(Chore::Agent(agent.record.agent));
                if !kept {
                    self.agents.remove(number);
                }
            }
        }
        for number in self.catalog.agents.keys() {
            if !self.agents.contains(u64::from(*number)) {
                let record = j::AgentRecord { agent: *number, ..j::AgentRecord::default() };
                self.agents.insert(u64::from(*number), Agent::new(record, None));
            }
        }
    }

    /// Derives the index anew from agents and waiting contacts.
    fn reindex(&mut self) {
        self.index = Index::new(&self.catalog);
        // These tell of classes that are gone; contacts that come to wait anew make their own.
        self.chores.retain(|chore| !matches!(chore, Chore::Ring(..) | Chore::Keep(..)));
        self.index_agents();
        let live: Vec<(u64, ContactStage)> = self
            .contacts
            .iter()
            .map(|(number, contact)| (number, contact.record.stage()))
            .filter(|(_, stage)| matches!(stage, ContactStage::Waiting | ContactStage::Offered))
            .collect();
        for (number, stage) in live {
            if let Some(contact) = self.contacts.get_mut(number) {
                contact.place = None;
            }
            self.leave_stage(number);
            self.enter_stage(number, stage, OfferTrigger::RulesChanged);
            if stage == ContactStage::Offered {
                // Its channel may be realtime now, and its gateway gone.
                self.chores.insert(Chore::Contact(number));
            }
        }
    }

    /// Puts every agent into an index that has none. The records stay as they are.
    pub(in crate::engine) fn index_agents(&mut self) {
        let numbers: Vec<u64> = self.agents.iter().map(|(number, _)| number).collect();
        for number in numbers {
            let Some(agent) = self.agents.get_mut(number) else {
                continue;
            };
            agent.free = FreeKey::default();
            agent.counted = false;
            agent.info = self.catalog.agents.get(&agent.record.agent).cloned();
            if let Some(info) = &agent.info {
                agent.profile = self.index.profiles.number_of(info, &self.catalog.channels);
            }
            let number = agent.record.agent;
            self.index_agent(number, OfferTrigger::RulesChanged);
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
