//! What the events of an agent mean: session, availability, and its place among the free.

use crate::proto::journal::{self as j, AssignmentStage, OfferTrigger};

use super::{BySchedule, Effect};
use crate::engine::{
    matching::{eligible::capacity_for, profile::FreeKey},
    state::{Load, State},
    timers::Timer,
};

impl State {
    pub(super) fn agent_signed_in(&mut self, event: &j::AgentSignedIn) -> Effect {
        self.last_session = self.last_session.max(event.session);
        self.disarm_grace(event.agent);
        if let Some(agent) = self.agents.get_mut(u64::from(event.agent)) {
            let record = &mut agent.record;
            record.session = event.session;
            record.connected = true;
            record.grace_deadline_ms = 0;
            record.missed_in_row = 0;
        }
        self.agent_changed(event.agent, OfferTrigger::AgentAvailable)
    }

    pub(super) fn agent_disconnected(&mut self, event: &j::AgentDisconnected) -> Effect {
        self.disconnect(event.agent, event.grace_deadline_ms)
    }

    fn disarm_grace(&mut self, agent: u32) {
        if let Some(record) = self.agents.get(u64::from(agent)).map(|agent| &agent.record) {
            self.timers.disarm(Timer::AgentGrace(agent), record.grace_deadline_ms);
        }
    }

    pub(super) fn disconnect(&mut self, number: u32, grace_deadline_ms: u64) -> Effect {
        self.disarm_grace(number);
        if let Some(agent) = self.agents.get_mut(u64::from(number)) {
            agent.record.connected = false;
            agent.record.grace_deadline_ms = grace_deadline_ms;
        }
        self.timers.arm(Timer::AgentGrace(number), grace_deadline_ms);
        self.agent_changed(number, OfferTrigger::AgentAvailable)
    }

    pub(super) fn agent_reconnected(&mut self, event: &j::AgentReconnected) -> Effect {
        self.disarm_grace(event.agent);
        if let Some(agent) = self.agents.get_mut(u64::from(event.agent)) {
            agent.record.connected = true;
            agent.record.grace_deadline_ms = 0;
        }
        self.agent_changed(event.agent, OfferTrigger::AgentAvailable)
    }

    pub(super) fn agent_signed_out(&mut self, event: &j::AgentSignedOut) -> Effect {
        self.disarm_grace(event.agent);
        let now_ms = self.now_ms;
        if let Some(agent) = self.agents.get_mut(u64::from(event.agent)) {
            let record = &mut agent.record;
            record.session = 0;
            record.connected = false;
            record.grace_deadline_ms = 0;
            record.ready = false;
            record.reason.clear();
            record.availability_ms = now_ms;
        }
        let effect = self.agent_changed(event.agent, OfferTrigger::AgentAvailable);
        self.drop_removed_agent(event.agent);
        effect
    }

    pub(super) fn agent_availability_set(&mut self, event: &j::AgentAvailabilitySet) -> Effect {
        let (now_ms, sequence) = (self.now_ms, self.sequence);
        if let Some(agent) = self.agents.get_mut(u64::from(event.agent)) {
            let record = &mut agent.record;
            record.ready = event.ready;
            record.reason.clone_from(&event.reason);
            record.availability_ms = now_ms;
            if event.ready {
                record.idle_sequence = sequence;
                record.idle_since_ms = now_ms;
                record.missed_in_row = 0;
            }
        }
        self.agent_changed(event.agent, OfferTrigger::AgentAvailable)
    }

    /// An agent's record or work has changed: whether it is signed in, and for what it has room, may have
    /// too. `trigger`: why, should it be able to take what it could not before.
    pub(super) fn agent_changed(&mut self, number: u32, trigger: OfferTrigger) -> Effect {
        let sequence = self.sequence;
        if let Some(agent) = self.agents.get_mut(u64::from(number)) {
            agent.record.sequence = sequence;
        }
        self.index_agent(number, trigger);
        let over = self.note_schedule(number);
        let by_schedule =
            over.map(|over| Box::new(BySchedule { deviations: vec![over], ..BySchedule::default() }));
        Effect { agent: number, by_schedule, ..Effect::default() }
    }

    /// The same, when the agent holds what it held and is as ready as it was.
    pub(super) fn agent_moved(&mut self, number: u32) {
        let sequence = self.sequence;
        let Some(agent) = self.agents.get_mut(u64::from(number)) else {
            return;
        };
        agent.record.sequence = sequence;
        // Who has room for nothing is found nowhere, however long idle.
        if agent.free.room != 0 {
            self.index_agent(number, OfferTrigger::CapacityFreed);
        }
    }

    /// Keeps the index right about an agent.
    pub(in crate::engine) fn index_agent(&mut self, number: u32, trigger: OfferTrigger) {
        let Some(agent) = self.agents.get_mut(u64::from(number)) else {
            return;
        };
        if agent.epoch != self.index.epoch {
            // The index has not seen it: whatever is known of its place is of an earlier one.
            agent.epoch = self.index.epoch;
            agent.free = FreeKey::default();
            agent.counted = false;
            if let Some(info) = &agent.info {
                agent.profile = self.index.profiles.add_agent(info, &self.catalog.channels);
            }
        }
        let counted = agent.on_staff();
        let signed = std::mem::replace(&mut agent.counted, counted) != counted;
        let mut after = FreeKey {
            room: 0,
            idle: agent.record.idle_sequence,
            load: 0,
            turn: agent.record.offered_sequence,
        };
        if let Some(info) = agent.info.as_ref().filter(|_| agent.routable()) {
            for channel in self.catalog.channels.values() {
                let room = agent.open_to(channel.slot) && capacity_for(info, &agent.load, channel).is_ok();
                after.room |= u128::from(room) << channel.slot;
            }
            after.load = agent.load.permille(info.capacity);
        }
        let profile = agent.profile;
        let before = std::mem::replace(&mut agent.free, after);
        if before != after {
            self.index.set_free(profile, number, &before, &after, trigger);
        }
        if signed {
            if self.index.sign(profile, counted) {
                self.staffing_changed(profile, counted);
            }
            if !counted {
                self.check_kept(number);
            }
        }
    }

    /// Forgets an agent who is out of the plan and holds nothing.
    pub(super) fn drop_removed_agent(&mut self, number: u32) {
        let gone = self
            .agents
            .get(u64::from(number))
            .is_some_and(|agent| agent.record.removed && agent.record.session == 0 && agent.work.is_empty());
        if gone && let Some(agent) = self.agents.remove(u64::from(number)) {
            self.timers.disarm(Timer::Shift(number), agent.shift_due_ms);
            self.timers.disarm(Timer::Deviation(number), agent.deviation_due_ms);
        }
    }
}

impl Load {
    fn units_of(&mut self, record: &j::AssignmentRecord) -> &mut u32 {
        if record.realtime {
            &mut self.realtime_units
        } else if record.interruptible {
            &mut self.interruptible_units
        } else {
            &mut self.fixed_units
        }
    }

    fn stage_of(&mut self, record: &j::AssignmentRecord) -> &mut u32 {
        match record.stage() {
            AssignmentStage::Offered => &mut self.offers,
            AssignmentStage::WrapUp => &mut self.wrap_up,
            _ => &mut self.active,
        }
    }

    pub(in crate::engine) fn add(&mut self, record: &j::AssignmentRecord) {
        *self.units_of(record) += record.units;
        *self.stage_of(record) += 1;
        match self.by_channel.iter_mut().find(|(channel, _)| *channel == record.channel) {
            Some((_, count)) => *count += 1,
            None => self.by_channel.push((record.channel, 1)),
        }
    }

    pub(in crate::engine) fn remove(&mut self, record: &j::AssignmentRecord) {
        let units = self.units_of(record);
        *units = units.saturating_sub(record.units);
        let stage = self.stage_of(record);
        *stage = stage.saturating_sub(1);
        if let Some((_, count)) = self.by_channel.iter_mut().find(|(channel, _)| *channel == record.channel) {
            *count = count.saturating_sub(1);
        }
    }

    /// Held units in thousandths of a capacity, rounded down.
    fn permille(&self, capacity: u32) -> u32 {
        let held = u64::from(self.realtime_units + self.fixed_units + self.interruptible_units);
        u32::try_from(held * 1_000 / u64::from(capacity.max(1))).unwrap_or(u32::MAX)
    }
}
