//! Looks for agents who can serve a queue, in whatever ring. Owns the budget of this search for a whole plan:
//! when it is spent, everybody is taken for able. Must not know what agents do at the moment.

use std::collections::{BTreeMap, HashSet};

use super::model::{Agent, Channel, Plan, Queue, Requirement};

/// Agents looked at for all queues and categories together.
const LOOKS_MAX: usize = 20_000_000;

/// Whether somebody can serve.
pub(super) enum Able<'a> {
    /// Yes, or the search was given up.
    Somebody,
    /// Not contacts of this channel.
    NotOn(&'a str),
    /// No one at all.
    Nobody,
}

/// One agent of each profile (same groups, skills, capacity and limits), by group; only of groups that are open.
pub(super) struct Staff<'a> {
    channels: &'a BTreeMap<String, Channel>,
    everybody: Vec<&'a Agent>,
    by_group: BTreeMap<&'a str, Vec<&'a Agent>>,
    looks_left: usize,
}

impl<'a> Staff<'a> {
    /// The agents of a plan.
    pub fn of(plan: &'a Plan) -> Self {
        let mut seen = HashSet::new();
        let mut everybody = Vec::new();
        let mut by_group: BTreeMap<&str, Vec<&Agent>> = BTreeMap::new();
        for agent in plan.agents.values().map(|agent| &**agent) {
            let is_open = |group: &&String| plan.groups.get(*group).is_some_and(|group| !group.closed);
            let mut groups = agent.groups.iter().filter(is_open).peekable();
            if groups.peek().is_some()
                && seen.insert((&agent.groups, &agent.skills, agent.capacity, &agent.limits))
            {
                everybody.push(agent);
                for group in groups {
                    by_group.entry(group).or_default().push(agent);
                }
            }
        }
        Self { channels: &plan.channels, everybody, by_group, looks_left: LOOKS_MAX }
    }

    /// Whether somebody can serve what asks for all of `requirements` in a queue at last, when all rings are open:
    /// no ring before has more people or asks for less.
    pub fn able<'q>(&mut self, queue: &'q Queue, requirements: &[&Requirement]) -> Able<'q> {
        let relaxed = |requirement: &&Requirement| {
            let mut relaxed = (*requirement).clone();
            queue.rings.iter().for_each(|ring| relaxed.relax(ring));
            relaxed
        };
        let requirements: Vec<Requirement> = requirements.iter().map(relaxed).collect();
        let mut channels: Vec<&str> = queue.channels.iter().map(String::as_str).collect();
        let mut somebody = false;
        let borrowed = queue.rings.iter().flat_map(|ring| &ring.groups);
        let groups = queue.groups.iter().chain(borrowed);
        let groups = groups.filter_map(|group| self.by_group.get(group.as_str()));
        let everybody = queue.groups.is_empty().then_some(&self.everybody);
        for agent in groups.chain(everybody).flatten() {
            if self.looks_left == 0 {
                return Able::Somebody;
            }
            self.looks_left -= 1;
            if !requirements.iter().all(|requirement| requirement.is_met_by(&agent.skills)) {
                continue;
            }
            somebody = true;
            channels.retain(|channel| !can_take(agent, channel, self.channels));
            if channels.is_empty() {
                return Able::Somebody;
            }
        }
        match channels.first() {
            Some(channel) if somebody => Able::NotOn(channel),
            _ => Able::Nobody,
        }
    }
}

fn can_take(agent: &Agent, channel: &str, channels: &BTreeMap<String, Channel>) -> bool {
    let fits = channels.get(channel).is_some_and(|channel| channel.units <= agent.capacity);
    fits && agent.limits.get(channel) != Some(&0)
}

#[cfg(test)]
mod tests {
    use super::{Able, LOOKS_MAX, Staff};
    use crate::plan::{
        SAMPLE,
        model::{LevelRange, Requirement},
        parse,
    };

    #[test]
    fn search_ends_with_its_budget() {
        let plan = parse(SAMPLE).unwrap();
        let queue = &plan.queues["consultation"];
        let nobody_has = Requirement {
            skills: [("account".to_owned(), LevelRange::at_least(10))].into(),
            ..Requirement::default()
        };
        let mut staff = Staff::of(&plan);
        assert!(matches!(staff.able(queue, &[&nobody_has]), Able::Nobody));
        // Six groups of 22 agents, one of them twice.
        let looks = LOOKS_MAX - staff.looks_left;
        assert_eq!(looks, 23);
        staff.looks_left = looks - 1;
        assert!(matches!(staff.able(queue, &[&nobody_has]), Able::Somebody));
    }
}
