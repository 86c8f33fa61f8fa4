//! What an edge makes of agents, and how they depart from their schedules.

use crate::{
    engine::{
        state::{Agent, Chore, State},
        timers::Timer,
    },
    plan::model::AtShiftEnd,
    proto::journal::{self as j, AssignmentStage, DeviationKind, OfferTrigger, Presence},
};

use super::super::{BySchedule, Effect};

impl State {
    pub(in crate::engine::evolve) fn shift_edges(&mut self, event: &j::ShiftEdges) -> Effect {
        self.schedules.used = true;
        let due_ms = std::mem::take(&mut self.schedules.edge_due_ms);
        let edge_late_ms = (due_ms != 0).then(|| self.now_ms.saturating_sub(due_ms));
        let mut effect = BySchedule { edge_late_ms, ..BySchedule::default() };
        for edge in &event.edges {
            for agent in &edge.agents {
                let told = self.shift_edge(*agent, edge.state.as_ref());
                effect.deviations.extend(told.by_schedule.into_iter().flat_map(|told| told.deviations));
                effect
                    .agents
                    .extend(self.agent(*agent).filter(|agent| agent.record.connected).map(|_| agent));
            }
        }
        Effect::by_schedule(effect)
    }

    fn shift_edge(&mut self, number: u32, state: Option<&j::ScheduleState>) -> Effect {
        let (now_ms, sequence) = (self.now_ms, self.sequence);
        let wall_s = self.wall_s(now_ms);
        let Some(agent) = self.agents.get_mut(u64::from(number)) else {
            return Effect::default();
        };
        let (before, worked) = (agent.presence(), agent.on_shift());
        let record = &mut agent.record;
        record.schedule = state.cloned();
        if record.override_record.take_if(|hand| hand.until_s <= wall_s).is_some() {
            // Should the wall clock go back, it is over all the same.
            agent.rules_epoch = 0;
        }
        agent.derive_open(&self.catalog);
        if agent.presence() != before {
            agent.record.schedule_ms = if state.is_some() { now_ms } else { 0 };
        }
        if agent.on_shift() && !worked && agent.work.is_empty() {
            // As if it had just become ready: who comes on shift first has been idle for longest.
            agent.record.idle_sequence = sequence;
            agent.record.idle_since_ms = now_ms;
        }
        if !agent.on_shift() {
            self.chores.extend(agent.work.iter().map(|offer| Chore::Offer(*offer)));
        }
        self.forget_dated(number);
        self.agent_changed(number, OfferTrigger::ShiftEdge)
    }

    pub(in crate::engine::evolve) fn deviations_noted(&mut self, event: &j::DeviationsNoted) -> Effect {
        let mut effect = BySchedule::default();
        let sequence = self.sequence;
        for number in event.groups.iter().flat_map(|group| &group.agents) {
            let Some(agent) = self.agents.get_mut(u64::from(*number)) else {
                continue;
            };
            agent.record.deviation_noted = true;
            agent.record.sequence = sequence;
            if agent.record.connected {
                effect.agents.push(*number);
            }
            self.time_deviation(*number);
        }
        Effect::by_schedule(effect)
    }

    /// Keeps what follows from an agent's schedule and what it does right: how it departs from it, and whether it
    /// has work to hand over. Returns a departure that had been noted and is over, with its length.
    pub(in crate::engine::evolve) fn note_schedule(&mut self, number: u32) -> Option<(DeviationKind, u64)> {
        let agent = self.agents.get_mut(u64::from(number))?;
        let (kind, record) = (agent.departs(), &mut agent.record);
        if record.schedule.is_none() && record.deviation() == DeviationKind::Unspecified {
            return None;
        }
        let mut over = None;
        if record.deviation() != kind {
            let length_ms = self.now_ms.saturating_sub(record.deviation_ms);
            over = record.deviation_noted.then(|| (record.deviation(), length_ms));
            record.deviation = kind.into();
            record.deviation_ms = if kind == DeviationKind::Unspecified { 0 } else { self.now_ms };
            record.deviation_noted = false;
        }
        self.note_dues(number);
        over
    }

    /// What is due of an agent by its schedule and the plan in force: derived from what is stored.
    pub(in crate::engine::evolve) fn note_dues(&mut self, number: u32) {
        self.time_deviation(number);
        if self.agent(number).is_some_and(|agent| self.has_to_hand_over(agent)) {
            self.chores.insert(Chore::ShiftOver(number));
        }
    }

    /// Arms the timer by which a departure is noted, by the tolerance of the plan in force.
    fn time_deviation(&mut self, number: u32) {
        let tolerance_ms = self.catalog.settings.adherence_tolerance_ms;
        let Some(agent) = self.agents.get_mut(u64::from(number)) else {
            return;
        };
        let record = &agent.record;
        let departs = record.deviation() != DeviationKind::Unspecified && !record.deviation_noted;
        let due_ms = if departs { record.deviation_ms + tolerance_ms } else { 0 };
        let before_ms = std::mem::replace(&mut agent.deviation_due_ms, due_ms);
        if before_ms == due_ms {
            return;
        }
        self.timers.disarm(Timer::Deviation(number), before_ms);
        if due_ms != 0 {
            self.timers.arm(Timer::Deviation(number), due_ms);
        }
    }

    /// Whether the agent's shift is over and it has contacts, or may yet have, that go back then.
    fn has_to_hand_over(&self, agent: &Agent) -> bool {
        let mut legs = agent.work.iter().filter_map(|offer| self.assignment(*offer));
        let over = agent.presence() == Some(Presence::Off);
        over && legs.any(|leg| leg.stage() != AssignmentStage::WrapUp && self.is_handed_over(leg))
    }

    /// Whether the contact goes back to the queue when its agent's shift is over.
    pub(in crate::engine) fn is_handed_over(&self, leg: &j::AssignmentRecord) -> bool {
        let channel = self.catalog.channels.get(&leg.channel);
        !leg.realtime && channel.is_some_and(|channel| channel.at_shift_end == AtShiftEnd::HandOver)
    }
}
