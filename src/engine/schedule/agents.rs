//! Brings agents in line with their schedules, tells who has departed from them for too long, and hands over the
//! work of those whose shift is over.

use std::collections::BTreeMap;

use crate::{
    engine::{limits::SHIFT_AGENTS_PER_STEP, state::Agent, step::Step, timers::Timer},
    proto::journal::{
        self as j, AssignmentEnd, AssignmentStage, DeviationKind, Presence, ReturnReason, event::Kind,
    },
};

impl Step<'_> {
    /// Looks at agents whose state may be another now. Who is not as the rules say is part of one event.
    pub(super) fn agent_edges(&mut self) -> bool {
        let mut changed = BTreeMap::new();
        let mut looked = 0;
        while looked < SHIFT_AGENTS_PER_STEP
            && let Some(agent) = self.state.next_shift(self.now_ms)
        {
            looked += 1;
            if let Some(state) = self.state.shift_now(agent, self.now_ms) {
                changed.insert(agent, state);
            }
        }
        // Those who come into the same state together, which mostly are many, are told together.
        let mut alike: BTreeMap<_, j::ShiftEdge> = BTreeMap::new();
        for (agent, state) in changed {
            let key = state.as_ref().map(|state| (state.presence, state.restricted, state.channels.clone()));
            let edge = alike.entry(key).or_insert(j::ShiftEdge { state, agents: Vec::new() });
            edge.agents.push(agent);
        }
        if !alike.is_empty() {
            self.emit(Kind::ShiftEdges(j::ShiftEdges { edges: alike.into_values().collect() }));
        }
        looked > 0
    }

    /// Notes who has departed from its schedule for as long as is tolerated.
    pub(super) fn deviations_due(&mut self) -> bool {
        let mut noted: BTreeMap<i32, Vec<u32>> = BTreeMap::new();
        let mut looked = 0;
        while looked < SHIFT_AGENTS_PER_STEP
            && let Some(Timer::Deviation(number)) =
                self.state.timers.pop_due_like(Timer::Deviation(0), self.now_ms)
        {
            looked += 1;
            let Some(agent) = self.state.agents.get_mut(u64::from(number)) else {
                continue;
            };
            agent.deviation_due_ms = 0;
            let kind = agent.record.deviation();
            if kind != DeviationKind::Unspecified && !agent.record.deviation_noted {
                noted.entry(kind.into()).or_default().push(number);
            }
        }
        let groups = noted.into_iter().map(|(kind, mut agents)| {
            agents.sort_unstable();
            j::DeviationGroup { kind, agents }
        });
        let groups: Vec<_> = groups.collect();
        if !groups.is_empty() {
            self.emit(Kind::DeviationsNoted(j::DeviationsNoted { groups }));
        }
        looked > 0
    }

    /// Contacts of an agent whose shift is over go back, at their age, if their channels say so; or on with the
    /// colleague who is in conference with the customer. Returns how much more than one chore it was.
    pub fn hand_over_work(&mut self, agent: u32) -> usize {
        let Some(entry) = self.state.agent(agent).filter(|agent| agent.presence() == Some(Presence::Off))
        else {
            return 0;
        };
        let legs = self.handed_over(entry);
        for leg in &legs {
            if !self.without_agent(leg.contact) {
                self.give_back(leg.contact, ReturnReason::ShiftOver);
            }
            self.end_assignment(leg.offer, AssignmentEnd::ShiftOver);
        }
        legs.len().saturating_sub(1)
    }

    fn handed_over(&self, agent: &Agent) -> Vec<j::AssignmentRecord> {
        let legs = agent.work.iter().filter_map(|offer| self.state.assignment(*offer)).copied();
        legs.filter(|leg| leg.stage() == AssignmentStage::Active && self.state.is_handed_over(leg)).collect()
    }
}
