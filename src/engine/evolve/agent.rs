//! What the events of an agent mean: session, availability, and its place among the free.

use crate::proto::journal::{self as j, AssignmentStage};

use super::Effect;
use crate::engine::{
    matching::eligible::capacity_for,
    state::{Load, State},
    timers::Timer,
};

impl State {
    pub(super) fn agent_signed_in(&mut self, event: &j::AgentSignedIn) -> Effect {
        self.last_session = self.last_session.max(event.session);
        self.timers.disarm(Timer::AgentGrace(event.agent));
        if let Some(agent) = self.agents.get_mut(&event.agent) {
            let record = &mut agent.record;
            record.session = event.session;
            record.connected = true;
            record.grace_deadline_ms = 0;
            record.missed_in_row = 0;
        }
        self.agent_changed(event.agent)
    }

    pub(super) fn agent_disconnected(&mut self, event: &j::AgentDisconnected) -> Effect {
        self.disconnect(event.agent, event.grace_deadline_ms)
    }

    pub(super) fn disconnect(&mut self, number: u32, grace_deadline_ms: u64) -> Effect {
        if let Some(agent) = self.agents.get_mut(&number) {
            agent.record.connected = false;
            agent.record.grace_deadline_ms = grace_deadline_ms;
        }
        self.timers.arm(Timer::AgentGrace(number), grace_deadline_ms);
        self.agent_changed(number)
    }

    pub(super) fn agent_reconnected(&mut self, event: &j::AgentReconnected) -> Effect {
        self.timers.disarm(Timer::AgentGrace(event.agent));
        if let Some(agent) = self.agents.get_mut(&event.agent) {
            agent.record.connected = true;
            agent.record.grace_deadline_ms = 0;
        }
        self.agent_changed(event.agent)
    }

    pub(super) fn agent_signed_out(&mut self, event: &j::AgentSignedOut) -> Effect {
        self.timers.disarm(Timer::AgentGrace(event.agent));
        let now_ms = self.now_ms;
        if let Some(agent) = self.agents.get_mut(&event.agent) {
            let record = &mut agent.record;
            record.session = 0;
            record.connected = false;
            record.grace_deadline_ms = 0;
            record.ready = false;
            record.reason.clear();
            record.availability_ms = now_ms;
        }
        let effect = self.agent_changed(event.agent);
        self.drop_removed_agent(event.agent);
        effect
    }

    pub(super) fn agent_availability_set(&mut self, event: &j::AgentAvailabilitySet) -> Effect {
        let (now_ms, sequence) = (self.now_ms, self.sequence);
        if let Some(agent) = self.agents.get_mut(&event.agent) {
            let record = &mut agent.record;
            record.ready = event.ready;
            record.reason.clone_from(&event.reason);
            record.availability_ms = now_ms;
            if event.ready {
                record.idle_sequence = sequence;
                record.missed_in_row = 0;
            }
        }
        self.agent_changed(event.agent)
    }

    fn agent_changed(&mut self, number: u32) -> Effect {
        self.work_changed(number, true);
        Effect { agent: number, ..Effect::default() }
    }

    /// Recomputes what an agent's work takes, and whether it is free. `gained`: it may be able to take
    /// what it could not before.
    pub(in crate::engine) fn work_changed(&mut self, number: u32, gained: bool) {
        let sequence = self.sequence;
        let Some(agent) = self.agents.get_mut(&number) else {
            return;
        };
        agent.record.sequence = sequence;
        agent.load = Load::default();
        for offer in &agent.work {
            if let Some(record) = self.assignments.get(offer) {
                agent.load.add(record);
            }
        }
        let free = agent.routable()
            && agent.info.as_ref().is_some_and(|info| {
                self.catalog.channels.values().any(|channel| capacity_for(info, &agent.load, channel).is_ok())
            });
        let key = free.then_some(agent.record.idle_sequence);
        let before = std::mem::replace(&mut agent.free_key, key);
        let profile = agent.profile;
        if before != key
            && let Some(before) = before
        {
            self.index.busy(profile, (before, number));
        }
        if let Some(key) = key
            && (gained || before != Some(key))
        {
            self.index.free(profile, (key, number));
        }
    }

    /// Forgets an agent who is out of the plan and holds nothing.
    pub(super) fn drop_removed_agent(&mut self, number: u32) {
        let gone = self
            .agents
            .get(&number)
            .is_some_and(|agent| agent.record.removed && agent.record.session == 0 && agent.work.is_empty());
        if gone {
            self.agents.remove(&number);
        }
    }
}

impl Load {
    fn add(&mut self, record: &j::AssignmentRecord) {
        if record.realtime {
            self.realtime_units += record.units;
        } else if record.interruptible {
            self.interruptible_units += record.units;
        } else {
            self.fixed_units += record.units;
        }
        match self.by_channel.iter_mut().find(|(channel, _)| *channel == record.channel) {
            Some((_, count)) => *count += 1,
            None => self.by_channel.push((record.channel, 1)),
        }
        match record.stage() {
            AssignmentStage::Offered => self.offers += 1,
            AssignmentStage::WrapUp => self.wrap_up += 1,
            _ => self.active += 1,
        }
    }
}
