//! What the events of schedules mean. Never looks at a rule: what an edge makes of an agent or a queue was worked
//! out before it happened. Owns dated entries and overrides; `agents.rs` has the edges of agents and how they
//! depart from them, `queues.rs` the hours of queues.

mod agents;
mod queues;

use std::collections::BTreeSet;

use crate::{
    engine::{
        limits::SHIFT_SOURCES_MAX,
        state::{Dated, State},
    },
    proto::journal::{self as j, DatedKind},
};

use super::{BySchedule, Effect};

impl State {
    /// Dated entries are set aside, or put into force.
    pub(super) fn shifts_changed(&mut self, event: &j::ShiftsChanged) -> Effect {
        if event.staged {
            if event.first {
                self.drop_draft();
                self.schedules.stage = self.sequence;
            }
            self.stage_dated(event);
            self.schedules.staged.push(event.clone());
        } else {
            // What was set aside was worked out from what was in force.
            self.drop_draft();
            self.note_last_dated(event);
            put(&mut self.schedules.dated, event);
            return self.dated_changed(agents_of(event));
        }
        Effect::default()
    }

    /// Drops what was set aside and can't come into force any more.
    pub(super) fn drop_draft(&mut self) {
        self.schedules.stage = 0;
        self.schedules.staged.clear();
        self.schedules.draft = None;
        self.schedules.draft_agents.clear();
    }

    /// Makes a part ready, without putting it into force.
    pub(in crate::engine) fn stage_dated(&mut self, part: &j::ShiftsChanged) {
        self.note_last_dated(part);
        let schedules = &mut self.schedules;
        let draft = schedules.draft.get_or_insert_with(|| Box::new(schedules.dated.clone()));
        put(draft, part);
        for (agent, gone) in agents_of(part) {
            *schedules.draft_agents.entry(agent).or_default() |= gone;
        }
    }

    /// All that was set aside comes into force.
    pub(super) fn shifts_committed(&mut self, event: &j::ShiftsCommitted) -> Effect {
        if let Some(draft) = self.schedules.draft.take() {
            self.schedules.dated = *draft;
        }
        let agents = std::mem::take(&mut self.schedules.draft_agents);
        self.drop_draft();
        self.note_source(event);
        self.dated_changed(agents)
    }

    /// Names of imports that have no entries any more are given back when a new one finds no room.
    fn note_source(&mut self, event: &j::ShiftsCommitted) {
        let schedules = &mut self.schedules;
        if !schedules.sources.contains_key(&event.source) && schedules.sources.len() >= SHIFT_SOURCES_MAX {
            let dated = &schedules.dated;
            schedules.sources.retain(|source, _| dated.has_source(source));
        }
        schedules.sources.insert(event.source.clone(), event.horizon_s);
    }

    fn note_last_dated(&mut self, part: &j::ShiftsChanged) {
        let last = part.set.iter().map(|entry| entry.number).max().unwrap_or(0);
        self.schedules.last_dated = self.schedules.last_dated.max(last);
    }

    /// Dated entries of these agents are others; true: SHIFTs are gone. Who has had any is off without them, until
    /// they are taken away: entries that were only forgotten leave the mark. Those connected are told.
    fn dated_changed(&mut self, agents: impl IntoIterator<Item = (u32, bool)>) -> Effect {
        let mut told = BTreeSet::new();
        self.schedules.dated_revision += 1;
        self.schedules.used = true;
        for (number, gone) in agents {
            let mut entries = self.schedules.dated.of(number).iter();
            let shifts = entries.any(|entry| entry.kind == DatedKind::Shift);
            if let Some(agent) = self.agents.get_mut(u64::from(number)) {
                agent.record.dated = shifts || (agent.record.dated && !gone);
                // What comes next may be something else, though where it stands is not.
                if agent.record.connected {
                    told.insert(number);
                }
            }
            self.schedules.pending.agents.insert(number);
        }
        let agents = told.into_iter().collect();
        Effect::by_schedule(BySchedule { agents, ..BySchedule::default() })
    }

    /// Forgets entries of an agent that have ended for so long that nobody asks for them any more. That the agent
    /// had dated shifts stays known.
    pub(super) fn forget_dated(&mut self, agent: u32) {
        if self.schedules.draft.is_some() {
            // The draft was made from what is in force, and takes its place as it is.
            return;
        }
        let keep_s = i64::try_from(self.catalog.settings.shifts_keep_ms / 1_000).unwrap_or(i64::MAX);
        // Local times differ from the wall's by less than a day, which does not matter here.
        let before_s = self.wall_s(self.now_ms).saturating_sub(keep_s);
        let dated = &mut self.schedules.dated;
        let before = dated.of(agent).len();
        dated.remove(agent, |entry| entry.start_s + i64::from(entry.length_s) < before_s);
        if dated.of(agent).len() < before
            && let Some(agent) = self.agents.get_mut(u64::from(agent))
        {
            // Should the wall clock go back, they are forgotten all the same.
            agent.rules_epoch = 0;
        }
    }

    /// The dated entries of an agent who leaves the plan go with it.
    pub(super) fn drop_dated(&mut self, agent: u32) {
        if !self.schedules.dated.of(agent).is_empty() {
            self.schedules.dated.remove(agent, |_| true);
            self.schedules.dated_revision += 1;
        }
    }

    pub(super) fn shift_overridden(&mut self, event: &j::ShiftOverridden) -> Effect {
        if let Some(agent) = self.agents.get_mut(u64::from(event.agent)) {
            agent.record.override_record.clone_from(&event.record);
            agent.record.sequence = self.sequence;
        }
        self.schedules.used = true;
        self.schedules.pending.agents.insert(event.agent);
        Effect { agent: event.agent, ..Effect::default() }
    }

    pub(super) fn queue_overridden(&mut self, event: &j::QueueOverridden) -> Effect {
        let hours = self.schedules.hours.entry(event.queue).or_insert_with(|| j::QueueHoursRecord {
            queue: event.queue,
            changed_ms: self.now_ms,
            ..j::QueueHoursRecord::default()
        });
        hours.override_record.clone_from(&event.record);
        self.schedules.pending.queues = true;
        Effect { queue: event.queue, ..Effect::default() }
    }
}

fn put(dated: &mut Dated, part: &j::ShiftsChanged) {
    for key in &part.removed {
        dated.remove(key.agent, |entry| entry.is(key));
    }
    part.set.iter().for_each(|entry| dated.put(entry));
}

/// Whose entries change, and whether SHIFTs go.
fn agents_of(part: &j::ShiftsChanged) -> impl Iterator<Item = (u32, bool)> {
    let removed = part.removed.iter().map(|key| (key.agent, key.kind() == DatedKind::Shift));
    removed.chain(part.set.iter().map(|entry| (entry.agent, false)))
}
