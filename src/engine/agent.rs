//! Commands about agents: signing in and out, losing the stream, availability.

use crate::{
    engine::{
        command::Reply,
        matching::rings::Subject,
        refusal::Refusal,
        state::Agent,
        step::{Answer, Step},
    },
    proto::journal::{
        self as j, AssignmentEnd, AssignmentStage, ContactEnd, ContactStage, OfferEnd, ReturnReason,
        SignOutReason, event::Kind,
    },
};

impl Step<'_> {
    /// The agent of an id: one of the plan, or one who has left it and still holds contacts.
    pub fn agent(&self, id: &str) -> Result<&Agent, Refusal> {
        self.state.agent_by_id(id).ok_or_else(|| no_agent(id))
    }

    pub fn sign_in(&mut self, id: &str, session: u64, ready: Option<bool>) -> Answer {
        let record = &self.agent(id)?.record;
        if record.removed {
            return Err(no_agent(id));
        }
        let (number, current, connected) = (record.agent, record.session, record.connected);
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
        let record = &self.agent(id)?.record;
        let (number, lost) = (record.agent, record.session == session && record.connected);
        if lost {
            self.disconnect(number);
            self.withdraw_offers(number);
        }
        Ok(Reply::Agent(number))
    }

    pub fn agent_alive(&mut self, id: &str, session: u64) -> Answer {
        let record = &self.agent(id)?.record;
        let (number, connected) = (record.agent, record.connected);
        check_session(id, record, session)?;
        if !connected {
            self.disconnect(number);
        }
        Ok(Reply::Agent(number))
    }

    /// Starts the agent's grace time, anew if it has begun.
    fn disconnect(&mut self, agent: u32) {
        let grace_deadline_ms = self.now_ms + self.state.catalog.settings.agent_grace_ms;
        self.emit(Kind::AgentDisconnected(j::AgentDisconnected { agent, grace_deadline_ms }));
    }

    pub fn sign_out(&mut self, id: &str, session: u64, return_contacts: bool) -> Answer {
        let agent = self.agent(id)?;
        let number = agent.record.agent;
        if agent.record.session == 0 {
            return Ok(Reply::Agent(number));
        }
        if session != 0 {
            check_session(id, &agent.record, session)?;
        }
        let mut calls = 0;
        let mut others = 0;
        for leg in agent.work.iter().filter_map(|offer| self.state.assignment(*offer)) {
            match leg.stage() {
                AssignmentStage::Connecting | AssignmentStage::Active if leg.realtime => calls += 1,
                AssignmentStage::Connecting | AssignmentStage::Active => others += 1,
                _ => {}
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

    /// Ends a session: offers are withdrawn, messaging contacts go back at their age (or on with the
    /// colleague who is in conference with the customer), consults of messaging contacts and wrap-ups end. Calls
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
            let contact = self.state.contact(leg.contact);
            let holds = contact
                .is_some_and(|record| record.offer == leg.offer && record.stage() == ContactStage::Active);
            match leg.stage() {
                AssignmentStage::Active if !leg.realtime => {
                    // A journal that ends in the middle of a step may have left it with an assignment whose
                    // contact has gone on without it.
                    if holds && !self.without_agent(leg.contact) {
                        self.give_back(leg.contact, ReturnReason::AgentLost);
                    }
                    self.end_assignment(leg.offer, AssignmentEnd::AgentLost);
                }
                AssignmentStage::WrapUp => self.end_assignment(leg.offer, AssignmentEnd::AgentLost),
                _ => {}
            }
        }
    }

    /// A contact whose agent is gone waits again at its age.
    pub fn give_back(&mut self, contact: u64, reason: ReturnReason) {
        self.end_consult_of(contact, ContactEnd::ParentMoved);
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let (known, exclusions) = (record.known_agent, record.exclusions());
        let entry = Some(self.state.entry(Subject::of(record), known, exclusions, self.now_ms));
        self.emit(Kind::ContactReturned(j::ContactReturned { contact, reason: reason.into(), entry }));
    }

    pub fn set_availability(&mut self, id: &str, ready: bool, reason: &str) -> Answer {
        let record = &self.agent(id)?.record;
        let number = record.agent;
        if record.session == 0 {
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
        let offers: Vec<u64> = entry.work.clone();
        for offer in offers {
            self.withdraw_stale(offer);
        }
    }

    /// Takes an offer back if its agent can't be reached any more.
    pub fn withdraw_stale(&mut self, offer: u64) {
        let Some(leg) = self.state.assignment(offer) else {
            return;
        };
        let reachable = self.state.agent(leg.agent).is_some_and(Agent::routable);
        if leg.stage() == AssignmentStage::Offered && !reachable {
            self.end_offer(offer, OfferEnd::AgentGone);
        }
    }
}

fn no_agent(id: &str) -> Refusal {
    Refusal::not_found("AGENT_NOT_FOUND", format!("the plan has no agent {id}"))
}

fn check_session(id: &str, record: &j::AgentRecord, session: u64) -> Result<(), Refusal> {
    match record.session {
        0 => Err(signed_out(id)),
        current if current != session => Err(Refusal::precondition(
            "SESSION_REPLACED",
            format!("agent {id} has signed in elsewhere since session {session}"),
        )),
        _ => Ok(()),
    }
}

fn signed_out(id: &str) -> Refusal {
    Refusal::precondition("AGENT_SIGNED_OUT", format!("agent {id} is not signed in"))
}
