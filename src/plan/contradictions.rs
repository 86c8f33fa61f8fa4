//! Looks for rules of channels, schedules, queues and categories that contradict each other or can have no effect, which is an
//! error. Owns what contradicts what. Must not tell of what only follows from another error: a value that is
//! wrong isn't there for it.

mod conversation;
mod schedule;
mod surge;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

pub(super) use surge::at_step;

use super::{
    duration::format_ms,
    entry::EntryKind,
    model::{Category, Plan, Queue, Requirement, Ring},
    place::{offset_of, value_of},
    problem::Path,
    requirement::impossible,
    rules::is_empty,
    values::Context,
};

/// Tells of each contradiction in a plan as far as it was read from `root`, which `document` was parsed to.
pub(super) fn find(plan: &Plan, root: &DeTable<'_>, document: &str, context: &mut Context) {
    let mut search = Search { root, document, context };
    search.schedules(plan);
    let channels = Path::Key(&Path::Root, EntryKind::Channel.section());
    for (id, channel) in &plan.channels {
        search.conversations(&Path::Key(&channels, id), channel);
    }
    let queues = Path::Key(&Path::Root, EntryKind::Queue.section());
    let mut asked = least_levels(plan);
    for (id, queue) in &plan.queues {
        let path = &Path::Key(&queues, id);
        search.requirement(path, &queue.requirement);
        search.waits(path, queue);
        search.rings(path, queue, asked.remove(id.as_str()).unwrap_or_default());
        search.promise_steps(path, queue);
    }
    search.surges(plan);
    let categories = Path::Key(&Path::Root, EntryKind::Category.section());
    for (id, category) in &plan.categories {
        let path = &Path::Key(&categories, id);
        search.requirement(path, &category.requirement);
        if let Some(queue) = plan.queues.get(&category.queue) {
            search.both(path, category, queue);
        }
    }
}

/// The least levels that each queue requires; where one of its categories requires more of a skill, that.
fn least_levels(plan: &Plan) -> BTreeMap<&str, BTreeMap<&str, u8>> {
    let mut asked: BTreeMap<&str, BTreeMap<&str, u8>> = BTreeMap::new();
    for (id, queue) in &plan.queues {
        let levels = queue.requirement.skills.iter().map(|(skill, range)| (skill.as_str(), range.min));
        asked.insert(id, levels.collect());
    }
    for category in plan.categories.values() {
        let Some(levels) = asked.get_mut(category.queue.as_str()) else { continue };
        for (skill, range) in &category.requirement.skills {
            if let Some(least) = levels.get_mut(skill.as_str()) {
                *least = range.min.max(*least);
            }
        }
    }
    asked
}

struct Search<'a> {
    root: &'a DeTable<'a>,
    document: &'a str,
    context: &'a mut Context,
}

/// The groups that serve a queue.
struct Serving<'q> {
    groups: BTreeSet<&'q str>,
    is_everybody: bool,
}

impl<'q> Serving<'q> {
    /// Those that serve it from the beginning.
    fn of(root: &DeTable<'_>, path: &Path<'_>, queue: &'q Queue) -> Self {
        Self {
            groups: queue.groups.iter().map(String::as_str).collect(),
            is_everybody: value_of(root, &Path::Key(path, "groups")).is_none_or(is_empty),
        }
    }
}

impl Search<'_> {
    fn error(&mut self, path: &Path<'_>, message: impl FnOnce() -> String) {
        self.context.error(offset_of(self.root, path), path, message);
    }

    /// Something has no effect. Nothing to tell if what it would change may be in an unreadable line.
    fn idle(&mut self, path: &Path<'_>, message: impl FnOnce() -> String) {
        self.context.absent(offset_of(self.root, path), path, message);
    }

    fn requirement(&mut self, path: &Path<'_>, requirement: &Requirement) {
        for skill in impossible(&[requirement]) {
            self.error(&Path::Key(&Path::Key(path, "none_of"), skill), || {
                "rules out every level that `skills` asks for, change or remove one of them".to_owned()
            });
        }
    }

    /// A category can't be met in its queue though each could be alone.
    fn both(&mut self, path: &Path<'_>, category: &Category, queue: &Queue) {
        let (own, queues) = (&category.requirement, &queue.requirement);
        let alone = &impossible(&[own]) | &impossible(&[queues]);
        for skill in &impossible(&[own, queues]) - &alone {
            let key = if own.skills.contains_key(skill) { "skills" } else { "none_of" };
            self.error(&Path::Key(&Path::Key(path, key), skill), || {
                format!(
                    "leaves no level together with what queue `{}` asks for, change one of them",
                    category.queue
                )
            });
        }
    }

    fn waits(&mut self, path: &Path<'_>, queue: &Queue) {
        // 0 is the stand-in for a duration that is wrong.
        let Some(after_ms) = queue.rings.first().map(|ring| ring.after_ms).filter(|ms| *ms > 0) else {
            return;
        };
        let waits = [
            ("preferred_agent_wait", queue.preferred_agent_wait_ms),
            ("last_agent_wait", queue.last_agent_wait_ms),
            ("promise_agent_wait", queue.promise_agent_wait_ms.unwrap_or(0)),
        ];
        for (key, ms) in waits {
            if ms > after_ms {
                self.error(&Path::Key(path, key), || {
                    let (wait, after) = (format_ms(ms), format_ms(after_ms));
                    format!("{wait} is longer than the {after} after which the first ring opens, shorten it")
                });
            }
        }
    }

    /// `least` has the least levels that are required before any ring opens.
    fn rings<'q>(&mut self, path: &Path<'_>, queue: &'q Queue, mut least: BTreeMap<&'q str, u8>) {
        let rings = Path::Key(path, "rings");
        let mut dropped: BTreeSet<&str> = BTreeSet::new();
        let mut serving = Serving::of(self.root, path, queue);
        for (index, ring) in queue.rings.iter().enumerate() {
            let path = &Path::Item(&rings, index);
            self.lowered(path, ring, &dropped, &mut least);
            self.listed(&Path::Key(path, "drop"), &ring.drop, &mut dropped, |skill| {
                format!("`{skill}` is dropped by an earlier ring already, remove it here")
            });
            self.added(&Path::Key(path, "groups"), &ring.groups, &mut serving);
        }
    }

    /// Groups that a ring or step adds to those that serve a queue.
    fn added<'q>(&mut self, path: &Path<'_>, groups: &'q [String], serving: &mut Serving<'q>) {
        if serving.is_everybody && !groups.is_empty() {
            self.idle(path, || {
                "every group serves the queue already, name its home groups in the queue's `groups` or \
                 remove this"
                    .to_owned()
            });
        } else {
            self.listed(path, groups, &mut serving.groups, |group| {
                format!("`{group}` serves the queue already, remove it here")
            });
        }
    }

    fn lowered<'q>(
        &mut self,
        path: &Path<'_>,
        ring: &'q Ring,
        dropped: &BTreeSet<&str>,
        least: &mut BTreeMap<&'q str, u8>,
    ) {
        let lower = Path::Key(path, "lower");
        for (skill, level) in &ring.lower {
            let path = &Path::Key(&lower, skill);
            let before = least.insert(skill, *level).filter(|before| level >= before);
            if ring.drop.contains(skill) {
                self.idle(path, || "is dropped by this ring, remove one of the two".to_owned());
            } else if dropped.contains(skill.as_str()) {
                self.idle(path, || "is dropped by an earlier ring already, remove it here".to_owned());
            } else if let Some(before) = before {
                least.insert(skill, before);
                self.idle(path, || {
                    format!("{level} is not lower than the {before} asked for before, lower it or remove it")
                });
            }
        }
    }

    /// Adds the ids that a ring lists to those of the rings before, and tells of each that is one of them.
    fn listed<'q>(
        &mut self,
        path: &Path<'_>,
        ids: &'q [String],
        before: &mut BTreeSet<&'q str>,
        message: impl Fn(&str) -> String,
    ) {
        let mut own = BTreeSet::new();
        // An id without text is the stand-in for one that is wrong; one that is listed twice has been told.
        let ids = ids.iter().enumerate().filter(|(_, id)| !id.is_empty());
        for (index, id) in ids.filter(|(_, id)| own.insert(id.as_str())) {
            if !before.insert(id) {
                self.idle(&Path::Item(path, index), || message(id));
            }
        }
    }
}
