//! Who of the staff could serve a class, now or ever. Asked of the index; and while it is derived anew after
//! a change of the plan, and does not know all agents yet, of the agents themselves, so that the answer is
//! the same. Must not rank anybody.

use crate::engine::{
    catalog::AgentInfo,
    state::{Agent, State},
};

use super::{
    class::Class,
    eligible::{Hindrance, able, capacity_for, in_group, unfit},
};

/// Whether an agent fits a class: groups and skills, which don't change with the moment.
fn fits(info: &AgentInfo, class: &Class) -> bool {
    in_group(&info.groups, &class.borrowed, &class.home, class.every_group).is_ok()
        && unfit(&info.skills, &class.asked).next().is_none()
}

impl State {
    /// Agents of the plan, signed in or not, who could ever serve contacts of the class.
    fn able_agents(&self, class: &Class) -> impl Iterator<Item = &Agent> {
        let channel = self.catalog.channels.get(&class.key.channel);
        let agents = channel.map(|channel| {
            self.agents.values().filter(move |agent| {
                let info = agent.info.as_ref();
                info.is_some_and(|info| able(info, channel).is_ok() && fits(info, class))
            })
        });
        agents.into_iter().flatten()
    }

    /// Whether somebody there, signed in and not off shift, could serve contacts of the class.
    pub(in crate::engine) fn staffed(&self, class: &Class) -> bool {
        if self.agents_indexed() {
            return self.index.staffed(class);
        }
        class.key.kept_for != 0 || self.able_agents(class).any(Agent::on_staff)
    }

    /// Whether somebody in the plan could.
    pub(super) fn able_to_serve(&self, class: &Class) -> bool {
        if self.agents_indexed() {
            return self.index.servable(class);
        }
        class.key.kept_for != 0 || self.able_agents(class).next().is_some()
    }

    /// Whether somebody in the plan could, other than this agent.
    pub(super) fn able_besides(&self, class: &Class, agent: u32) -> bool {
        if !self.agents_indexed() {
            return self.able_agents(class).any(|other| other.record.agent != agent);
        }
        let planned = self.agent(agent).filter(|agent| agent.info.is_some());
        self.index.servable_besides(class, planned.map(|agent| agent.profile))
    }

    /// Whether somebody there could serve contacts of the class, other than this agent (0: anybody).
    pub(super) fn staffed_besides(&self, class: &Class, agent: u32) -> bool {
        self.staffed(class) && (agent == 0 || self.staff(class) > usize::from(self.serves(agent, class)))
    }

    /// How many who are there could serve contacts of the class.
    pub(super) fn staff(&self, class: &Class) -> usize {
        if self.agents_indexed() {
            return self.index.staff(class);
        }
        self.able_agents(class).filter(|agent| agent.on_staff()).count()
    }

    /// Whether the agent is signed in, not off shift, and fits the class.
    pub(in crate::engine) fn serves(&self, agent: u32, class: &Class) -> bool {
        let Some(agent) = self.agent(agent).filter(|agent| agent.on_staff()) else {
            return false;
        };
        let channel = self.catalog.channels.get(&class.key.channel);
        let (Some(info), Some(channel)) = (agent.info.as_ref(), channel) else { return false };
        able(info, channel).is_ok() && fits(info, class)
    }

    /// Whether agents of these groups may help the class.
    ///
    /// # Errors
    /// [`Hindrance::Reserved`].
    pub(super) fn not_reserved(&self, groups: &[u32], class: &Class) -> Result<(), Hindrance> {
        if self.agents_indexed() {
            return self.index.not_reserved(groups, class);
        }
        self.index.not_reserved_by(groups, class, |group| {
            let Some(channel) = self.catalog.channels.get(&class.key.channel) else { return 0 };
            let free = self.agents.values().filter(|agent| agent.routable()).filter(|agent| {
                agent.info.as_ref().is_some_and(|info| {
                    info.groups.contains(&group)
                        && agent.open_to(channel.slot)
                        && capacity_for(info, &agent.load, channel).is_ok()
                })
            });
            u32::try_from(free.count()).unwrap_or(u32::MAX)
        })
    }
}
