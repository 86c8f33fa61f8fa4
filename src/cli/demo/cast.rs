//! Who plays: the agents of the plan that sign in, what they can serve, and from it what customers come
//! with. Reads the plan's rules only to send customers in proportion to those who can serve them; routing
//! is the daemon's.

use std::collections::BTreeMap;

use crate::plan::model::{Agent, Category, Plan, Queue};

/// The agents who sign in.
#[derive(Debug, Clone)]
pub struct Cast {
    /// Ids, in order.
    pub agents: Vec<String>,
}

impl Cast {
    /// All agents of the plan, or `max` of them taken evenly from the list.
    pub fn of(plan: &Plan, max: Option<usize>) -> Self {
        let all = plan.agents.len();
        let count = max.unwrap_or(all).min(all);
        let chosen = |place: usize| (place + 1) * count / all > place * count / all;
        let agents = plan.agents.keys().enumerate().filter(|(place, _)| chosen(*place));
        Self { agents: agents.map(|(_, id)| id.clone()).collect() }
    }

    fn entries<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = &'a Agent> {
        self.agents.iter().filter_map(|id| plan.agents.get(id).map(|agent| &**agent))
    }

    /// Categories of a channel with their weights: each agent's attention, shared evenly among what the
    /// agent can serve there. What nobody can serve is left out.
    pub fn mix(&self, plan: &Plan, channel: &str) -> BTreeMap<String, f64> {
        let mut mix = BTreeMap::new();
        for agent in self.entries(plan) {
            let serves = |category: &Category| {
                plan.queues
                    .get(&category.queue)
                    .is_some_and(|queue| can_serve(plan, agent, channel, queue, Some(category)))
            };
            let served: Vec<&String> =
                plan.categories.iter().filter(|(_, category)| serves(category)).map(|(id, _)| id).collect();
            for id in &served {
                *mix.entry((*id).clone()).or_insert(0.0) += 1.0 / served.len() as f64;
            }
        }
        mix
    }

    /// Capacity of the agents who can serve anything.
    pub fn capacity_units(&self, plan: &Plan) -> f64 {
        let useful = |agent: &&Agent| {
            plan.queues.values().any(|queue| {
                queue.channels.iter().any(|channel| can_serve(plan, agent, channel, queue, None))
            })
        };
        self.entries(plan).filter(useful).map(|agent| f64::from(agent.capacity)).sum()
    }

    /// How many agents can serve a queue by a channel.
    pub fn servers(&self, plan: &Plan, channel: &str, queue: &Queue) -> usize {
        self.entries(plan).filter(|agent| can_serve(plan, agent, channel, queue, None)).count()
    }
}

/// Whether an agent can serve from the beginning, before any ring opens.
fn can_serve(plan: &Plan, agent: &Agent, channel: &str, queue: &Queue, category: Option<&Category>) -> bool {
    let units = plan.channels.get(channel).map_or(u32::MAX, |channel| channel.units);
    let own = &queue.requirement;
    let is_met = own.is_met_by(&agent.skills)
        && category.is_none_or(|category| category.requirement.is_met_by(&agent.skills));
    let is_open = |group: &&String| plan.groups.get(*group).is_some_and(|group| !group.closed);
    let mut groups = agent.groups.iter().filter(is_open);
    queue.channels.iter().any(|accepted| accepted == channel)
        && units <= agent.capacity
        && agent.limits.get(channel) != Some(&0)
        && groups.any(|group| queue.groups.is_empty() || queue.groups.contains(group))
        && is_met
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;

    #[test]
    fn agents_are_taken_evenly() {
        let plan = plan::parse(plan::SAMPLE).unwrap();
        let all = plan.agents.len();
        for (max, count) in [(None, all), (Some(0), 0), (Some(1), 1), (Some(7), 7), (Some(1_000), all)] {
            assert_eq!(Cast::of(&plan, max).agents.len(), count, "{max:?}");
        }
        let few = Cast::of(&plan, Some(all / 2));
        let teams: std::collections::BTreeSet<&str> = few.agents.iter().map(|id| &id[..2]).collect();
        assert!(teams.len() > 4, "{teams:?}");
    }

    #[test]
    fn nobody_comes_whom_nobody_serves() {
        let plan = plan::parse(plan::SAMPLE).unwrap();
        let cast = Cast::of(&plan, None);
        let phone = cast.mix(&plan, "phone");
        assert!(phone.contains_key("complaint") && !phone.contains_key("mail"), "{phone:?}");
        assert_eq!(cast.mix(&plan, "email").keys().collect::<Vec<_>>(), ["mail"]);
        assert!(cast.mix(&plan, "qq").keys().all(|category| category != "vip"));
        let reserve = Cast { agents: vec!["r6001".into()] };
        assert!(reserve.mix(&plan, "phone").is_empty());
        assert_eq!(reserve.capacity_units(&plan), 0.0);
    }

    #[test]
    fn what_rules_out_an_agent_sends_its_customers_elsewhere() {
        let mut plan = plan::parse(plan::SAMPLE).unwrap();
        let learner = Cast { agents: vec!["a2004".into()] };
        let served = |plan: &Plan| learner.mix(plan, "wechat").into_keys().collect::<Vec<_>>();
        assert_eq!(served(&plan), ["consultation", "instalment"], "no failed payments");
        plan.groups.get_mut("core_wechat").unwrap().closed = true;
        assert!(served(&plan).is_empty());
    }
}
