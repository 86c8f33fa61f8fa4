//! Whom a contact is offered to among the agents who can take it. Owns the order of agents; must not rank
//! contacts.

use crate::{
    engine::state::{Contact, State},
    plan::model::AgentChoice,
    proto::journal::AgentRule,
};

use super::{
    class::Class,
    eligible::{level_sum, not_excluded, preferred_matched},
    index::fits,
    profile::{Among, Free, Profile},
};

/// An agent chosen, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Its number.
    pub agent: u32,
    /// By which rule.
    pub rule: AgentRule,
    /// Preferred skills that it has.
    pub preferred_matched: u32,
    /// What the rule compared: load in thousandths, or a sum of levels; 0 for the others.
    pub rank: u32,
}

/// What agents are compared by; the smaller comes first.
type Rank = (std::cmp::Reverse<u32>, u64, u64, u32);

impl State {
    /// Of the agents who can take one more of the class, the one to offer it to. `contact`: not those
    /// excluded from it, and its preferred or last agent first.
    pub(super) fn choose(&self, class: &Class, contact: Option<&Contact>, now_ms: u64) -> Option<Chosen> {
        if class.key.kept_for != 0 {
            let rule = match contact.and_then(|contact| contact.record.wants.as_ref()) {
                Some(wants) if wants.preferred_agent == class.key.kept_for => AgentRule::PreferredAgent,
                _ => AgentRule::LastAgent,
            };
            return self.if_free(class, class.key.kept_for, contact, now_ms, rule);
        }
        if let Some(contact) = contact
            && let Some(chosen) = self.choose_known(class, contact, now_ms)
        {
            return Some(chosen);
        }
        let mut best: Option<(Rank, Chosen)> = None;
        let mut look_at = |profile: &Profile| {
            if self.index.not_reserved(&profile.info.groups, class).is_err() {
                return;
            }
            if let Some(found) = first_of(profile, class, contact, now_ms)
                && best.as_ref().is_none_or(|(rank, _)| found.0 < *rank)
            {
                best = Some(found);
            }
        };
        let profiles = &self.index.profiles;
        let open = profiles.fitting(Among::Open, class);
        open.filter_map(|number| profiles.get(number)).for_each(&mut look_at);
        best.map(|(_, chosen)| chosen)
    }

    /// Whether the contact has somebody who comes first wherever that agent is free.
    pub(super) fn has_known(&self, contact: &Contact) -> bool {
        let record = &contact.record;
        record.wants.as_ref().is_some_and(|wants| wants.preferred_agent != 0)
            || self.last_agent_of(contact) != 0
    }

    /// The last agent, where the queue wants it first.
    fn last_agent_of(&self, contact: &Contact) -> u32 {
        let record = &contact.record;
        let queue = self.catalog.queues.get(&record.queue);
        if queue.is_some_and(|queue| queue.last_agent_wait_ms > 0) { record.known_agent } else { 0 }
    }

    fn choose_known(&self, class: &Class, contact: &Contact, now_ms: u64) -> Option<Chosen> {
        let preferred = contact.record.wants.as_ref().map_or(0, |wants| wants.preferred_agent);
        let candidates =
            [(preferred, AgentRule::PreferredAgent), (self.last_agent_of(contact), AgentRule::LastAgent)];
        let mut known = candidates.into_iter().filter(|(agent, _)| *agent != 0);
        known.find_map(|(agent, rule)| self.if_free(class, agent, Some(contact), now_ms, rule))
    }

    /// This agent, if it can take one more of the class.
    fn if_free(
        &self,
        class: &Class,
        number: u32,
        contact: Option<&Contact>,
        now_ms: u64,
        rule: AgentRule,
    ) -> Option<Chosen> {
        let agent = self.agent(number)?;
        let profile = self.index.profiles.get(agent.profile)?;
        let able = agent.free.room >> class.slot & 1 == 1
            && fits(profile, class)
            && self.index.not_reserved(&profile.info.groups, class).is_ok()
            && contact.is_none_or(|contact| not_excluded(&contact.record, number, now_ms).is_ok());
        let preferred_matched = preferred_matched(&profile.info.skills, &class.asked);
        able.then_some(Chosen { agent: number, rule, preferred_matched, rank: 0 })
    }
}

/// The first agent of a profile by the class's choice.
fn first_of(
    profile: &Profile,
    class: &Class,
    contact: Option<&Contact>,
    now_ms: u64,
) -> Option<(Rank, Chosen)> {
    let matched = preferred_matched(&profile.info.skills, &class.asked);
    let welcome =
        |agent: u32| contact.is_none_or(|contact| not_excluded(&contact.record, agent, now_ms).is_ok());
    let first = |free: &Free| -> Option<(u64, u64, u32)> {
        match class.choice {
            AgentChoice::LeastLoaded => free
                .load
                .find(|(_, _, agent)| welcome(*agent))
                .map(|(load, idle, agent)| (u64::from(load), idle, agent)),
            AgentChoice::RoundRobin => free.turn.find(|(_, _, agent)| welcome(*agent)),
            AgentChoice::LongestIdle | AgentChoice::MostSkilled | AgentChoice::LeastSkilled => {
                free.idle.find(|(_, agent)| welcome(*agent)).map(|(idle, agent)| (0, idle, agent))
            }
        }
    };
    let with_room = profile.free.iter().filter(|free| free.room >> class.slot & 1 == 1);
    let (rank, idle, agent) = with_room.filter_map(first).min()?;
    let load = u32::try_from(rank).unwrap_or(u32::MAX);
    let (rule, order, told) = match class.choice {
        AgentChoice::LongestIdle => (AgentRule::LongestIdle, 0, 0),
        AgentChoice::LeastLoaded => (AgentRule::LeastLoaded, rank, load),
        AgentChoice::RoundRobin => (AgentRule::RoundRobin, rank, 0),
        AgentChoice::MostSkilled => {
            let sum = level_sum(&profile.info.skills, &class.wanted);
            (AgentRule::MostSkilled, u64::from(u32::MAX - sum), sum)
        }
        AgentChoice::LeastSkilled => {
            (AgentRule::LeastSkilled, u64::from(profile.level_sum), profile.level_sum)
        }
    };
    let chosen = Chosen { agent, rule, preferred_matched: matched, rank: told };
    Some(((std::cmp::Reverse(matched), order, idle, agent), chosen))
}
