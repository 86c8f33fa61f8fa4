//! Commands about agents: signing in and out, losing the stream, availability.

use crate::{
    engine::{
        command::Reply,
        refusal::Refusal,
        step::{Answer, Step},
    },
    proto::journal::{
        self as j, AssignmentEnd, AssignmentStage, OfferEnd, PlanKind, ReturnReason, SignOutReason,
        event::Kind,
    },
};

impl Step<'_> {
    pub fn agent_number(&self, id: &str) -> Result<u32, Refusal> {
        self.state
            .names
            .number(PlanKind::Agent, id)
            .filter(|number| self.state.agents.contains_key(number))
            .ok_or_else(|| Refusal::not_found("AGENT_NOT_FOUND", format!("the plan has no agent {id}")))
    }

    /// The agent's session; 0 when signed out.
    fn session(&self, agent: u32) -> u64 {
        self.state.agent(agent).map_or(0, |agent| agent.record.session)
    }

    pub fn sign_in(&mut self, id: &str, session: u64, ready: Option<bool>) -> Answer {
        let number = self.agent_number(id)?;
        let Some(agent) = self.state.agent(number) else {
            return Ok(Reply::Done);
        };
        if agent.record.removed {
            return Err(Refusal::not_found("AGENT_NOT_FOUND", format!("the plan has no agent {id}")));
        }
        let (current, connected) = (agent.record.session, agent.record.connected);
        if session != 0 && session == current {
            if !connected {
                self.emit(Kind::AgentReconnected(j::AgentReconnected { agent: number }));
            }
            return Ok(Reply::SignedIn { agent: number, session, resumed: true });
        }
        if session != 0 && current != 0 && connected {
            return Err(Refusal::precondition(
                "SESSION_REPLACED",
                format!("agent {id} has signed in elsewhere; sign in anew (session_id 0) to take over"),
            ));
        }
        let session = self.state.last_session + 1;
        self.emit(Kind::AgentSignedIn(j::AgentSignedIn { agent: number, session }));
        match ready {
            Some(true) => self.make_ready(number),
            Some(false) => self.make_not_ready(number, "signed_in"),
            None if current == 0 => self.make_not_ready(number, "signed_in"),
            None => {}
        }
        Ok(Reply::SignedIn { agent: number, session, resumed: false })
    }

    pub fn agent_stream_lost(&mut self, id: &str, session: u64) -> Answer {
        let number = self.agent_number(id)?;
        let connected = self.state.agent(number).is_some_and(|agent| agent.record.connected);
        if self.session(number) == session && connected {
            let grace_deadline_ms = self.now_ms + self.state.catalog.settings.agent_grace_ms;
            self.emit(Kind::AgentDisconnected(j::AgentDisconnected { agent: number, grace_deadline_ms }));
            self.withdraw_offers(number);
        }
        Ok(Reply::Agent(number))
    }

    pub fn agent_alive(&mut self, id: &str, session: u64) -> Answer {
        let number = self.agent_number(id)?;
        self.check_session(id, number, session)?;
        if self.state.agent(number).is_some_and(|agent| !agent.record.connected) {
            let grace_deadline_ms = self.now_ms + self.state.catalog.settings.agent_grace_ms;
            self.emit(Kind::AgentDisconnected(j::AgentDisconnected { agent: number, grace_deadline_ms }));
        }
        Ok(Reply::Agent(number))
    }

    fn check_session(&self, id: &str, agent: u32, session: u64) -> Result<(), Refusal> {
        match self.session(agent) {
            0 => Err(signed_out(id)),
            current if current != session => Err(Refusal::precondition(
                "SESSION_REPLACED",
                format!("agent {id} has signed in elsewhere since session {session}"),
            )),
            _ => Ok(()),
        }
    }

    pub fn sign_out(&mut self, id: &str, session: u64, return_contacts: bool) -> Answer {
        let number = self.agent_number(id)?;
        if self.session(number) == 0 {
            return Ok(Reply::Agent(number));
        }
        if session != 0 {
            self.check_session(id, number, session)?;
        }
        let mut calls = 0;
        let mut others = 0;
        if let Some(agent) = self.state.agent(number) {
            for leg in agent.work.iter().filter_map(|offer| self.state.assignment(*offer)) {
                match leg.stage() {
                    AssignmentStage::Connecting | AssignmentStage::Active if leg.realtime => calls += 1,
                    AssignmentStage::Connecting | AssignmentStage::Active => others += 1,
                    _ => {}
                }
            }
        }
        if calls > 0 || (others > 0 && !return_contacts) {
            return Err(Refusal::precondition(
                "AGENT_HAS_CONTACTS",
                format!(
                    "agent {id} has {} contacts; complete or transfer them (return_contacts gives back all \
                     but calls)",
                    calls + others
                ),
            ));
        }
        self.end_session(number, SignOutReason::Requested);
        Ok(Reply::Agent(number))
    }

    /// Ends a session: offers are withdrawn, messaging contacts go back at their age, wrap-ups end. Calls
    /// keep the agent occupied until somebody ends them.
    pub fn end_session(&mut self, agent: u32, reason: SignOutReason) {
        self.emit(Kind::AgentSignedOut(j::AgentSignedOut { agent, reason: reason.into() }));
        self.withdraw_offers(agent);
        let Some(entry) = self.state.agent(agent) else {
            return;
        };
        let work: Vec<j::AssignmentRecord> =
            entry.work.iter().filter_map(|offer| self.state.assignment(*offer)).copied().collect();
        for leg in work {
            match leg.stage() {
                AssignmentStage::Active if !leg.realtime => {
                    let reason = ReturnReason::AgentLost.into();
                    self.emit(Kind::ContactReturned(j::ContactReturned { contact: leg.contact, reason }));
                    self.end_assignment(leg.offer, AssignmentEnd::AgentLost);
                }
                AssignmentStage::WrapUp => self.end_assignment(leg.offer, AssignmentEnd::AgentLost),
                _ => {}
            }
        }
    }

    pub fn set_availability(&mut self, id: &str, ready: bool, reason: &str) -> Answer {
        let number = self.agent_number(id)?;
        let Some(agent) = self.state.agent(number) else {
            return Ok(Reply::Done);
        };
        if agent.record.session == 0 {
            return Err(signed_out(id));
        }
        if ready {
            self.make_ready(number);
        } else {
            self.make_not_ready(number, reason);
        }
        Ok(Reply::Agent(number))
    }

    fn make_ready(&mut self, agent: u32) {
        if self.state.agent(agent).is_some_and(|agent| !agent.record.ready) {
            let event = j::AgentAvailabilitySet { agent, ready: true, reason: String::new() };
            self.emit(Kind::AgentAvailabilitySet(event));
        }
    }

    /// Makes an agent not ready and takes back what is offered to it.
    pub fn make_not_ready(&mut self, agent: u32, reason: &str) {
        let Some(entry) = self.state.agent(agent) else {
            return;
        };
        let record = &entry.record;
        if record.session != 0 && (record.ready || record.reason != reason) {
            let event = j::AgentAvailabilitySet { agent, ready: false, reason: reason.to_owned() };
            self.emit(Kind::AgentAvailabilitySet(event));
        }
        self.withdraw_offers(agent);
    }

    fn withdraw_offers(&mut self, agent: u32) {
        let Some(entry) = self.state.agent(agent) else {
            return;
        };
        let offers: Vec<u64> = entry.work.iter().copied().collect();
        for offer in offers {
            self.withdraw_stale(offer);
        }
    }

    /// Takes an offer back if its agent can't be reached any more.
    pub fn withdraw_stale(&mut self, offer: u64) {
        let Some(leg) = self.state.assignment(offer) else {
            return;
        };
        let reachable = self.state.agent(leg.agent).is_some_and(super::state::Agent::routable);
        if leg.stage() == AssignmentStage::Offered && !reachable {
            self.end_offer(offer, OfferEnd::AgentGone);
        }
    }
}

fn signed_out(id: &str) -> Refusal {
    Refusal::precondition("AGENT_SIGNED_OUT", format!("agent {id} is not signed in"))
}
