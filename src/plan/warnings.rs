//! Looks for what a plan allows but hardly means: work that nobody can do and people who get none. Owns
//! the list of such findings. Must not refuse anything, and must not take longer than its budget: the
//! search for able agents stops when that is spent, and says nothing of the rest.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use toml::de::DeTable;

use super::{
    entry::EntryKind,
    model::{Agent, Channel, GroupKind, Levels, Plan, Queue},
    problem::{Path, Problems},
};

/// Agents looked at for all queues and categories together.
const LOOKS_MAX: usize = 20_000_000;

/// Finds what is odd in a plan that was read from `root`.
pub(super) fn find(plan: &Plan, root: &DeTable<'_>) -> Problems {
    let mut search = Search { plan, root, warnings: Problems::default() };
    search.settings();
    search.idle_channels();
    search.missing_skills();
    search.idle_groups();
    search.unmet_requirements();
    search.warnings
}

struct Search<'a> {
    plan: &'a Plan,
    root: &'a DeTable<'a>,
    warnings: Problems,
}

impl<'a> Search<'a> {
    fn warn(&mut self, kind: EntryKind, id: &str, message: impl FnOnce() -> String) {
        let section = self.root.get(kind.section()).and_then(|section| section.get_ref().as_table());
        let entry = section.and_then(|section| section.get_key_value(id));
        let offset = entry.map_or(0, |(key, _)| key.span().start);
        self.warnings.add(offset, &Path::Key(&Path::Key(&Path::Root, kind.section()), id), message);
    }

    fn settings(&mut self) {
        let settings = &self.plan.settings;
        if settings.correction_window_ms > settings.closed_contacts_keep_ms {
            self.warn(EntryKind::Settings, "correction_window", || {
                "is longer than closed_contacts_keep, after which there is nothing left to correct".to_owned()
            });
        }
    }

    fn idle_channels(&mut self) {
        let accepted: BTreeSet<&String> =
            self.plan.queues.values().flat_map(|queue| &queue.channels).collect();
        for id in self.plan.channels.keys().filter(|id| !accepted.contains(id)) {
            self.warn(EntryKind::Channel, id, || {
                "no queue accepts this channel, add it to the channels of one".to_owned()
            });
        }
    }

    fn missing_skills(&mut self) {
        let held: BTreeSet<&String> =
            self.plan.agents.values().flat_map(|agent| agent.skills.keys()).collect();
        for id in self.plan.skills.keys().filter(|id| !held.contains(id)) {
            self.warn(EntryKind::Skill, id, || {
                "nobody has this skill, give it to an agent or remove it".to_owned()
            });
        }
    }

    fn idle_groups(&mut self) {
        let manned: BTreeSet<&String> = self.plan.agents.values().flat_map(|agent| &agent.groups).collect();
        let queues = || self.plan.queues.values();
        let named: BTreeSet<&String> = queues().flat_map(|queue| &queue.groups).collect();
        let open_to_all = queues().any(|queue| queue.groups.is_empty());
        for (id, group) in &self.plan.groups {
            if !manned.contains(id) {
                self.warn(EntryKind::Group, id, || {
                    "no agent is in this group, add one or remove the group".to_owned()
                });
            }
            // Reserve, temporary and outsourced groups may wait for their day.
            if group.kind == GroupKind::Core && !open_to_all && !named.contains(id) {
                self.warn(EntryKind::Group, id, || {
                    "no queue names this group, so its agents get nothing: add it to one".to_owned()
                });
            }
        }
    }

    fn unmet_requirements(&mut self) {
        let mut staff = Staff::of(self.plan);
        let mut unmet: BTreeSet<&String> = BTreeSet::new();
        for (id, queue) in &self.plan.queues {
            match staff.able(queue, &queue.skills) {
                Able::Nobody => {
                    unmet.insert(id);
                    self.warn(EntryKind::Queue, id, || {
                        "no agent of its groups has all its skills at these levels: lower them or add one"
                            .to_owned()
                    });
                }
                Able::NotOn(channel) => self.warn(EntryKind::Queue, id, || {
                    format!(
                        "no agent who could serve it has the capacity and limit for channel `{channel}`: \
                         raise them or remove the channel"
                    )
                }),
                Able::Somebody => {}
            }
        }
        for (id, category) in &self.plan.categories {
            let Some(queue) =
                self.plan.queues.get(&category.queue).filter(|_| !unmet.contains(&category.queue))
            else {
                continue;
            };
            let mut skills = queue.skills.clone();
            for (skill, level) in &category.skills {
                let both = skills.entry(skill.clone()).or_insert(*level);
                *both = (*both).max(*level);
            }
            if matches!(staff.able(queue, &skills), Able::Nobody) {
                self.warn(EntryKind::Category, id, || {
                    format!(
                        "no agent who serves queue `{}` has the skills that this asks for too: lower them or \
                         add one",
                        category.queue
                    )
                });
            }
        }
    }
}

/// Whether somebody can serve.
enum Able<'a> {
    /// Yes, or the search was given up.
    Somebody,
    /// Not contacts of this channel.
    NotOn(&'a str),
    /// No one at all.
    Nobody,
}

/// One agent of each profile (same groups, skills, capacity and limits), by group.
struct Staff<'a> {
    channels: &'a BTreeMap<String, Channel>,
    everybody: Vec<&'a Agent>,
    by_group: BTreeMap<&'a str, Vec<&'a Agent>>,
    looks_left: usize,
}

impl<'a> Staff<'a> {
    fn of(plan: &'a Plan) -> Self {
        let mut seen = HashSet::new();
        let mut everybody = Vec::new();
        let mut by_group: BTreeMap<&str, Vec<&Agent>> = BTreeMap::new();
        for agent in plan.agents.values() {
            if seen.insert((&agent.groups, &agent.skills, agent.capacity, &agent.limits)) {
                everybody.push(agent);
                for group in &agent.groups {
                    by_group.entry(group).or_default().push(agent);
                }
            }
        }
        Self { channels: &plan.channels, everybody, by_group, looks_left: LOOKS_MAX }
    }

    fn able<'q>(&mut self, queue: &'q Queue, skills: &Levels) -> Able<'q> {
        let mut channels: Vec<&str> = queue.channels.iter().map(String::as_str).collect();
        let mut somebody = false;
        let groups = queue.groups.iter().filter_map(|group| self.by_group.get(group.as_str()));
        let everybody = queue.groups.is_empty().then_some(&self.everybody);
        for agent in groups.chain(everybody).flatten() {
            if self.looks_left == 0 {
                return Able::Somebody;
            }
            self.looks_left -= 1;
            if !skills.iter().all(|(skill, level)| agent.skills.get(skill).is_some_and(|own| own >= level)) {
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
    use crate::plan::{SAMPLE, parse};

    #[test]
    fn search_ends_with_its_budget() {
        let plan = parse(SAMPLE).unwrap();
        let queue = &plan.queues["consultation"];
        let nobody_has = [("consultation".to_owned(), 10)].into();
        let mut staff = Staff::of(&plan);
        assert!(matches!(staff.able(queue, &nobody_has), Able::Nobody));
        // Five groups of 19 agents, one of them twice.
        let looks = LOOKS_MAX - staff.looks_left;
        assert_eq!(looks, 20);
        staff.looks_left = looks - 1;
        assert!(matches!(staff.able(queue, &nobody_has), Able::Somebody));
    }
}
