//! Who could serve whom, and who should come first, by plain rules over the public state and the plan.
//! Shares no code with the engine's matching.

use std::{cmp::Ordering, collections::BTreeMap};

use kefud::{
    engine::state::State,
    plan::model::{self, ChannelKind, Plan},
    proto::journal::{AssignmentStage, ContactRecord, ContactStage},
};

/// What an agent holds, added up from the assignments.
#[derive(Debug, Clone, Default)]
pub struct Held {
    pub realtime: u32,
    pub fixed: u32,
    pub interruptible: u32,
    pub by_channel: BTreeMap<u32, u32>,
}

/// What every agent holds.
pub fn held(state: &State) -> BTreeMap<u32, Held> {
    let mut all: BTreeMap<u32, Held> = BTreeMap::new();
    for leg in state.assignments() {
        let held = all.entry(leg.agent).or_default();
        match (leg.realtime, leg.interruptible) {
            (true, _) => held.realtime += leg.units,
            (false, true) => held.interruptible += leg.units,
            (false, false) => held.fixed += leg.units,
        }
        *held.by_channel.entry(leg.channel).or_default() += 1;
    }
    all
}

/// Someone who could be given something.
struct Candidate<'a> {
    number: u32,
    idle: u64,
    info: &'a model::Agent,
    held: Held,
}

/// The state as the rules see it.
pub struct View<'a> {
    state: &'a State,
    plan: &'a Plan,
    now_ms: u64,
    agents: Vec<Candidate<'a>>,
}

impl<'a> View<'a> {
    pub fn new(state: &'a State, now_ms: u64) -> Self {
        let plan = state.plan();
        let mut held = held(state);
        let agents = state
            .agents()
            .filter(|agent| agent.record.session != 0 && agent.record.connected && agent.record.ready)
            .filter_map(|agent| {
                let number = agent.record.agent;
                let info = plan.agents.get(state.names().id(number))?;
                let held = held.remove(&number).unwrap_or_default();
                Some(Candidate { number, idle: agent.record.idle_sequence, info, held })
            })
            .collect();
        Self { state, plan, now_ms, agents }
    }

    fn waiting(&self) -> impl Iterator<Item = &'a ContactRecord> {
        let all = self.state.live_contacts_after(0);
        all.filter(|record| record.stage() == ContactStage::Waiting)
    }

    fn id(&self, number: u32) -> &'a str {
        self.state.names().id(number)
    }

    /// The category, which counts in its own queue only.
    fn category(&self, contact: &ContactRecord) -> Option<&'a kefud::plan::model::Category> {
        let category = self.plan.categories.get(self.id(contact.category));
        category.filter(|category| category.queue == self.id(contact.queue))
    }

    /// What the contact asks for by skill.
    fn need(&self, contact: &ContactRecord) -> BTreeMap<&'a str, u32> {
        let mut need = BTreeMap::new();
        let mut ask = |skill: &'a str, level: u32| {
            let least = need.entry(skill).or_insert(level);
            *least = level.max(*least);
        };
        if let Some(queue) = self.plan.queues.get(self.id(contact.queue)) {
            queue.skills.iter().for_each(|(skill, level)| ask(skill, u32::from(*level)));
        }
        if let Some(category) = self.category(contact) {
            category.skills.iter().for_each(|(skill, level)| ask(skill, u32::from(*level)));
        }
        for skill in &contact.skills {
            ask(self.id(skill.skill), skill.level);
        }
        need.retain(|skill, _| self.plan.skills.contains_key(*skill));
        need
    }

    fn eligible(&self, contact: &ContactRecord, agent: &Candidate<'_>) -> bool {
        let (Some(queue), Some(channel)) =
            (self.plan.queues.get(self.id(contact.queue)), self.plan.channels.get(self.id(contact.channel)))
        else {
            return false;
        };
        let in_group =
            queue.groups.is_empty() || agent.info.groups.iter().any(|id| queue.groups.contains(id));
        let skilled = self.need(contact).into_iter().all(|(skill, least)| {
            agent.info.skills.get(skill).is_some_and(|level| u32::from(*level) >= least)
        });
        let excluded = contact
            .exclusions
            .iter()
            .any(|exclusion| exclusion.agent == agent.number && exclusion.until_ms > self.now_ms);
        in_group && skilled && !excluded && self.has_room(agent, contact.channel, channel)
    }

    /// One more of the channel keeps calls and fixed work, and chats and fixed work, within the capacity,
    /// and the channel's own limit; no new chat beside a call.
    fn has_room(&self, agent: &Candidate<'_>, number: u32, channel: &model::Channel) -> bool {
        let held = &agent.held;
        let limit = agent.info.limits.get(self.id(number)).copied().unwrap_or(u32::MAX);
        if held.by_channel.get(&number).copied().unwrap_or(0) >= limit {
            return false;
        }
        let beside_calls = held.fixed + held.realtime + channel.units <= agent.info.capacity;
        let beside_chats = held.fixed + held.interruptible + channel.units <= agent.info.capacity;
        match (channel.kind, channel.interruptible) {
            (ChannelKind::Realtime, _) => beside_calls,
            (_, true) => beside_chats && held.realtime == 0,
            (_, false) => beside_calls && beside_chats,
        }
    }

    /// `Less` when `a` comes first: band, then age ÷ objective + priority × boost, then number.
    fn order(&self, a: &ContactRecord, b: &ContactRecord) -> Ordering {
        let standing = |contact: &ContactRecord| {
            let queue = &self.plan.queues[self.id(contact.queue)];
            let channel = &self.plan.channels[self.id(contact.channel)];
            let by_kind = match channel.kind {
                ChannelKind::Realtime => 0,
                ChannelKind::Messaging => 1,
                ChannelKind::Deferred => 2,
            };
            let category = self.category(contact);
            let objective = category.and_then(|category| category.objective_ms).unwrap_or(queue.objective_ms);
            let age = i128::from(self.now_ms) - i128::from(contact.effective_arrival_ms);
            // In thousandths of an objective, times the objective.
            let boost = i128::from(contact.priority) * i128::from(queue.boost_permille);
            (
                queue.band.unwrap_or(by_kind),
                age * 1_000 + boost * i128::from(objective),
                i128::from(objective),
            )
        };
        let ((band_a, urgency_a, objective_a), (band_b, urgency_b, objective_b)) = (standing(a), standing(b));
        let by_urgency = (urgency_b * objective_a).cmp(&(urgency_a * objective_b));
        band_a.cmp(&band_b).then(by_urgency).then(a.contact.cmp(&b.contact))
    }

    /// The first contact in order whom anybody can serve, and the one of those who is idle longest.
    pub fn best(&self) -> Option<(u64, u32)> {
        let in_plan = |contact: &&ContactRecord| self.plan.queues.contains_key(self.id(contact.queue));
        let mut waiting: Vec<&ContactRecord> = self.waiting().filter(in_plan).collect();
        waiting.sort_by(|a, b| self.order(a, b));
        waiting.into_iter().find_map(|contact| {
            let able = self.agents.iter().filter(|agent| self.eligible(contact, agent));
            let first = able.min_by_key(|agent| (agent.idle, agent.number))?;
            Some((contact.contact, first.number))
        })
    }

    /// What must not be so when nothing more is due.
    pub fn unsettled(&self) -> Result<(), String> {
        for contact in self.waiting() {
            if !self.plan.queues.contains_key(self.id(contact.queue)) {
                return Err(format!("contact {} waits in a queue that is gone", contact.id));
            }
            if let Some(agent) = self.agents.iter().find(|agent| self.eligible(contact, agent)) {
                return Err(format!(
                    "contact {} waits and agent {} is idle",
                    contact.id,
                    self.id(agent.number)
                ));
            }
        }
        for leg in self.state.assignments().filter(|leg| leg.stage() == AssignmentStage::Offered) {
            if leg.deadline_ms <= self.now_ms {
                return Err(format!("offer {} is overdue", leg.offer));
            }
            if !self.agents.iter().any(|agent| agent.number == leg.agent) {
                return Err(format!("offer {} rings where nobody is", leg.offer));
            }
        }
        Ok(())
    }
}
