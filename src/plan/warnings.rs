//! Looks for what a plan allows but hardly means: work that nobody can do and people who get none. Owns
//! the list of such findings. Must not refuse anything, and must not take longer than its budget: the
//! search for able agents ([`super::staff`]) stops when that is spent, and says nothing of the rest.

mod callback;
mod conversation;
mod schedule;
mod surge;

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use super::{
    entry::EntryKind,
    model::{GroupKind, Plan, Queue, Requirement, SurgeStep},
    place::offset_of,
    problem::{Path, Problems},
    staff::{Able, Staff},
};
use crate::schedule::Day;

/// Finds what is odd in a plan that was read from `root`; with `today` also what will soon be.
pub(super) fn find(plan: &Plan, root: &DeTable<'_>, today: Option<Day>) -> Problems {
    let mut search = Search { plan, root, today, warnings: Problems::default() };
    search.settings();
    search.idle_channels();
    search.missing_skills();
    search.idle_groups();
    search.closed_queues();
    search.useless_reserves();
    search.idle_rings();
    search.conversations();
    search.schedules();
    search.surges();
    search.callbacks();
    search.unmet_requirements();
    search.warnings
}

struct Search<'a> {
    plan: &'a Plan,
    root: &'a DeTable<'a>,
    today: Option<Day>,
    warnings: Problems,
}

impl<'a> Search<'a> {
    fn warn(&mut self, kind: EntryKind, id: &str, message: impl FnOnce() -> String) {
        self.warn_at(&Path::Key(&Path::Key(&Path::Root, kind.section()), id), message);
    }

    fn warn_at(&mut self, path: &Path<'_>, message: impl FnOnce() -> String) {
        self.warnings.add(offset_of(self.root, path), path, message);
    }

    fn settings(&mut self) {
        let settings = &self.plan.settings;
        if settings.correction_window_ms > settings.closed_contacts_keep_ms {
            self.warn(EntryKind::Settings, "correction_window", || {
                "is longer than closed_contacts_keep, after which there is nothing left to correct".to_owned()
            });
        }
        if settings.first_contact_window_ms > settings.cases_keep_ms {
            self.warn(EntryKind::Settings, "first_contact_window", || {
                "is longer than cases_keep, so some are never judged: shorten it or keep cases longer"
                    .to_owned()
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
        let by_rings = queues().flat_map(|queue| &queue.rings).flat_map(|ring| &ring.groups);
        let by_steps = queues().flat_map(|queue| &queue.promise_steps).flat_map(|step| &step.groups);
        let at_home = queues().flat_map(|queue| &queue.groups);
        let in_surges = self.plan.surges.values().flat_map(|surge| surge.flat_steps());
        let in_surges = in_surges.filter_map(|(.., step)| match step {
            SurgeStep::OpenGroups { groups } => Some(groups),
            _ => None,
        });
        let named: BTreeSet<&String> =
            at_home.chain(by_rings).chain(by_steps).chain(in_surges.flatten()).collect();
        let open_to_all = queues().any(|queue| queue.groups.is_empty());
        for (id, group) in &self.plan.groups {
            if !manned.contains(id) {
                self.warn(EntryKind::Group, id, || {
                    "no agent is in this group, add one or remove the group".to_owned()
                });
            }
            // Reserve, temporary and outsourced groups may wait for their day, and so may closed ones.
            let is_idle = !open_to_all && !named.contains(id);
            if is_idle && group.kind == GroupKind::Core && !group.closed {
                self.warn(EntryKind::Group, id, || {
                    "no queue names this group, so its agents get nothing: add it to one".to_owned()
                });
            }
        }
    }

    /// Whether all groups that serve a queue from the beginning are closed.
    fn is_closed(&self, queue: &Queue) -> bool {
        let groups = &self.plan.groups;
        if queue.groups.is_empty() {
            return !groups.is_empty() && groups.values().all(|group| group.closed);
        }
        queue.groups.iter().all(|id| groups.get(id).is_some_and(|group| group.closed))
    }

    fn closed_queues(&mut self) {
        for (id, queue) in &self.plan.queues {
            if self.is_closed(queue) {
                self.warn(EntryKind::Queue, id, || {
                    "all its groups are closed: open one, or name one that is open".to_owned()
                });
            }
        }
    }

    fn useless_reserves(&mut self) {
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        for group in self.plan.agents.values().flat_map(|agent| &agent.groups) {
            *sizes.entry(group).or_default() += 1;
        }
        for (id, group) in &self.plan.groups {
            let size = sizes.get(id.as_str()).copied().unwrap_or(0);
            if size > 0 && usize::try_from(group.keep_free).is_ok_and(|keep| keep >= size) {
                self.warn(EntryKind::Group, id, || {
                    format!(
                        "keeps {} free, which is everybody in it, so it never helps: lower keep_free",
                        group.keep_free
                    )
                });
            }
        }
    }

    /// Rings that take away what nobody asks for, other than perhaps the contacts themselves.
    fn idle_rings(&mut self) {
        let mut asked: BTreeMap<&String, Asked<'_>> = BTreeMap::new();
        for (id, queue) in self.plan.queues.iter().filter(|(_, queue)| !queue.rings.is_empty()) {
            asked.entry(id).or_default().add(&queue.requirement);
        }
        for category in self.plan.categories.values() {
            if let Some(asked) = asked.get_mut(&category.queue) {
                asked.add(&category.requirement);
            }
        }
        let section = Path::Key(&Path::Root, EntryKind::Queue.section());
        for (id, asked) in asked {
            let queue = Path::Key(&section, id);
            let rings = Path::Key(&queue, "rings");
            for (index, ring) in self.plan.queues[id].rings.iter().enumerate() {
                let ring_path = Path::Item(&rings, index);
                let (drop, lower) = (Path::Key(&ring_path, "drop"), Path::Key(&ring_path, "lower"));
                for (index, skill) in ring.drop.iter().enumerate() {
                    if !asked.at_all.contains(skill.as_str()) {
                        self.unasked(&Path::Item(&drop, index), skill, "asks for");
                    }
                }
                for skill in ring.lower.keys().filter(|skill| !asked.required.contains(skill.as_str())) {
                    self.unasked(&Path::Key(&lower, skill), skill, "requires");
                }
            }
        }
    }

    fn unasked(&mut self, path: &Path<'_>, skill: &str, verb: &str) {
        self.warn_at(path, || {
            format!(
                "neither the queue nor a category of it {verb} `{skill}`, remove it unless contacts do so \
                 themselves"
            )
        });
    }

    fn unmet_requirements(&mut self) {
        let mut staff = Staff::of(self.plan);
        let mut unmet: BTreeSet<&String> = BTreeSet::new();
        for (id, queue) in &self.plan.queues {
            match staff.able(queue, &[&queue.requirement]) {
                Able::Nobody => {
                    unmet.insert(id);
                    // That its groups are closed has been told.
                    if self.is_closed(queue) {
                        continue;
                    }
                    self.warn(EntryKind::Queue, id, || {
                        "no agent of its groups has the skills it asks for, in whatever ring: ask for less or \
                         add one"
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
            let both = [&queue.requirement, &category.requirement];
            if matches!(staff.able(queue, &both), Able::Nobody) {
                self.warn(EntryKind::Category, id, || {
                    format!(
                        "no agent who serves queue `{}` has the skills that this asks for too: ask for less or \
                         add one",
                        category.queue
                    )
                });
            }
        }
    }
}

/// The skills that a queue and its categories name.
#[derive(Default)]
struct Asked<'a> {
    required: BTreeSet<&'a str>,
    at_all: BTreeSet<&'a str>,
}

impl<'a> Asked<'a> {
    fn add(&mut self, requirement: &'a Requirement) {
        self.required.extend(requirement.skills.keys().map(String::as_str));
        self.at_all.extend(requirement.names());
    }
}
