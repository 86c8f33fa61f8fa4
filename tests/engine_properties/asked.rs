//! What a contact asks for in each ring, by the words of the rules: names only, nothing kept, nothing clever.

use std::collections::{BTreeMap, BTreeSet};

use kefud::{
    engine::state::State,
    plan::model::{self, LEVEL_MAX, LevelRange, Plan, SkillRanges},
    proto::journal as j,
};

type Ask<'a> = (&'a str, LevelRange);

/// A ring, the plan's or a contact's own.
#[derive(Debug, Clone)]
pub struct Ring<'a> {
    pub after_ms: u64,
    drop: Vec<&'a str>,
    lower: Vec<(&'a str, u8)>,
    groups: Vec<&'a str>,
}

/// A requirement, written out.
#[derive(Debug, Clone, Default)]
struct Parts<'a> {
    skills: Vec<Ask<'a>>,
    any_of: Vec<Vec<Ask<'a>>>,
    none_of: Vec<Ask<'a>>,
    preferred: Vec<Ask<'a>>,
}

/// A contact as far as what it asks for goes.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    pub queue: &'a str,
    pub channel: &'a str,
    pub category: &'a str,
    pub preferred_agent: u32,
    own: Parts<'a>,
    own_rings: Vec<Ring<'a>>,
    /// Groups that a promise's steps have added.
    lent: Vec<&'a str>,
    /// Who asks, and so can't answer.
    pub asking_agent: u32,
    opened: Opened<'a>,
}

/// What the surge steps in force of a queue open, by their record.
#[derive(Debug, Clone, Default)]
struct Opened<'a> {
    rings: u32,
    groups: Vec<&'a str>,
}

impl<'a> Opened<'a> {
    fn of(state: &'a State, queue: u32) -> Self {
        let Some(record) = state.surge(queue) else { return Self::default() };
        let mut opened = Self { rings: record.linger_rings, groups: Vec::new() };
        for step in record.steps.iter().filter_map(|applied| applied.step.as_ref()) {
            opened.rings = opened.rings.max(step.rings);
            opened.groups.extend(step.groups.iter().map(|group| state.names().id(*group)));
        }
        opened
    }
}

/// What is asked of an agent in one ring.
#[derive(Debug)]
pub struct Asked<'a> {
    queue: &'a model::Queue,
    pub channel_id: &'a str,
    pub channel: &'a model::Channel,
    borrowed: Vec<&'a str>,
    required: BTreeMap<&'a str, LevelRange>,
    any_of: Vec<Vec<Ask<'a>>>,
    none_of: Vec<Ask<'a>>,
    preferred: BTreeSet<Ask<'a>>,
}

fn list(ranges: &SkillRanges) -> Vec<Ask<'_>> {
    ranges.iter().map(|(skill, range)| (skill.as_str(), *range)).collect()
}

fn parts(requirement: &model::Requirement) -> Parts<'_> {
    Parts {
        skills: list(&requirement.skills),
        any_of: requirement.any_of.iter().map(list).collect(),
        none_of: list(&requirement.none_of),
        preferred: list(&requirement.preferred_skills),
    }
}

fn strs(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

fn ring(ring: &model::Ring) -> Ring<'_> {
    Ring {
        after_ms: ring.after_ms,
        drop: strs(&ring.drop),
        lower: ring.lower.iter().map(|(skill, level)| (skill.as_str(), *level)).collect(),
        groups: strs(&ring.groups),
    }
}

impl<'a> Subject<'a> {
    /// A contact of a queue, channel and category with what it wants as journaled.
    pub fn journaled(
        state: &'a State,
        (queue, channel, category): (u32, u32, u32),
        wants: Option<&'a j::Wants>,
    ) -> Self {
        let id = |number: u32| state.names().id(number);
        let level = |level: u32| u8::try_from(level).unwrap_or(u8::MAX);
        let asks = |skills: &'a [j::Skill]| -> Vec<Ask<'a>> {
            let max =
                |skill: &j::Skill| if skill.max_level == 0 { LEVEL_MAX } else { level(skill.max_level) };
            let ask =
                |skill: &j::Skill| (id(skill.skill), LevelRange { min: level(skill.level), max: max(skill) });
            skills.iter().map(ask).collect()
        };
        let ids = |numbers: &'a [u32]| numbers.iter().map(|number| id(*number)).collect();
        let ring = |ring: &'a j::Ring| Ring {
            after_ms: ring.after_ms,
            drop: ids(&ring.drop),
            lower: ring.lower.iter().map(|skill| (id(skill.skill), level(skill.level))).collect(),
            groups: ids(&ring.groups),
        };
        let own = wants.map_or_else(Parts::default, |wants| Parts {
            skills: asks(&wants.required),
            any_of: wants.any_of.iter().map(|set| asks(&set.skills)).collect(),
            none_of: asks(&wants.none_of),
            preferred: asks(&wants.preferred),
        });
        Self {
            queue: id(queue),
            channel: id(channel),
            category: id(category),
            preferred_agent: wants.map_or(0, |wants| wants.preferred_agent),
            own,
            own_rings: wants.map_or_else(Vec::new, |wants| wants.rings.iter().map(ring).collect()),
            lent: Vec::new(),
            asking_agent: 0,
            opened: Opened::of(state, queue),
        }
    }

    /// The contact of a record.
    pub fn of(state: &'a State, record: &'a j::ContactRecord) -> Self {
        let numbers = (record.queue, record.channel, record.category);
        let lent = record.talk().groups.iter().map(|group| state.names().id(*group)).collect();
        let asking_agent = record.talk().asking_agent;
        Self { lent, asking_agent, ..Self::journaled(state, numbers, record.wants.as_deref()) }
    }

    /// With the groups that are lent to a contact, and who asks.
    pub fn lent_as(self, state: &'a State, record: &'a j::ContactRecord) -> Self {
        let Self { lent, asking_agent, .. } = Self::of(state, record);
        Self { lent, asking_agent, ..self }
    }

    /// As a gateway names it.
    pub fn named(
        (queue, channel, category): (&'a str, &'a str, &'a str),
        requirement: &'a model::Requirement,
        rings: &'a [model::Ring],
    ) -> Self {
        let own_rings = rings.iter().map(ring).collect();
        Self {
            queue,
            channel,
            category,
            preferred_agent: 0,
            own: parts(requirement),
            own_rings,
            lent: Vec::new(),
            asking_agent: 0,
            opened: Opened::default(),
        }
    }

    /// Without anything that a surge opens.
    pub fn calm(self) -> Self {
        Self { opened: Opened::default(), ..self }
    }

    /// The same in another queue, without anything that a surge opens.
    pub fn in_queue(self, queue: &'a str) -> Self {
        Self { queue, ..self }.calm()
    }

    /// The same by another channel.
    pub fn by_channel(self, channel: &'a str) -> Self {
        Self { channel, ..self }
    }

    /// The category, which counts in its own queue only.
    pub fn category_in_force(&self, plan: &'a Plan) -> Option<&'a model::Category> {
        plan.categories.get(self.category).filter(|category| category.queue == self.queue)
    }

    /// Its own rings, or the queue's.
    pub fn rings(&self, plan: &'a Plan) -> Vec<Ring<'a>> {
        if !self.own_rings.is_empty() {
            return self.own_rings.clone();
        }
        plan.queues.get(self.queue).map_or_else(Vec::new, |queue| queue.rings.iter().map(ring).collect())
    }

    pub fn last_ring(&self, plan: &'a Plan) -> u32 {
        u32::try_from(self.rings(plan).len()).unwrap_or(u32::MAX)
    }

    /// What it asks for in a ring; none if its queue or channel is gone.
    pub fn asked(&self, plan: &'a Plan, ring: u32) -> Option<Asked<'a>> {
        let queue = plan.queues.get(self.queue)?;
        let channel = plan.channels.get(self.channel)?;
        let mut sources = vec![parts(&queue.requirement)];
        sources.extend(self.category_in_force(plan).map(|category| parts(&category.requirement)));
        sources.push(self.own.clone());
        let known = |(skill, _): &Ask<'a>| plan.skills.contains_key(*skill);
        let mut asked = Asked {
            queue,
            channel_id: self.channel,
            channel,
            borrowed: [&self.lent[..], &self.opened.groups].concat(),
            required: BTreeMap::new(),
            any_of: Vec::new(),
            none_of: Vec::new(),
            preferred: BTreeSet::new(),
        };
        for source in sources {
            for (skill, range) in source.skills.into_iter().filter(known) {
                let both = asked.required.entry(skill).or_insert(range);
                *both = LevelRange { min: both.min.max(range.min), max: both.max.min(range.max) };
            }
            let sets = source.any_of.into_iter().map(|set| set.into_iter().filter(known).collect());
            asked.any_of.extend(sets.filter(|set: &Vec<Ask<'a>>| !set.is_empty()));
            asked.none_of.extend(source.none_of.into_iter().filter(known));
            asked.preferred.extend(source.preferred.into_iter().filter(known));
        }
        for opened in self.rings(plan).into_iter().take(ring.max(self.opened.rings) as usize) {
            asked.relax(&opened);
        }
        Some(asked)
    }
}

/// Whether an agent has a skill at a level in the range.
fn has(info: &model::Agent, (skill, range): Ask<'_>) -> bool {
    info.skills.get(skill).is_some_and(|level| *level >= range.min && *level <= range.max)
}

impl<'a> Asked<'a> {
    fn relax(&mut self, ring: &Ring<'a>) {
        let dropped = |(skill, _): &Ask<'a>| ring.drop.contains(skill);
        self.required.retain(|skill, _| !ring.drop.contains(skill));
        self.any_of.retain(|set| !set.iter().any(dropped));
        self.none_of.retain(|ask| !dropped(ask));
        self.preferred.retain(|ask| !dropped(ask));
        for (skill, level) in &ring.lower {
            if let Some(range) = self.required.get_mut(skill) {
                range.min = range.min.min(*level);
            }
        }
        self.borrowed.extend(&ring.groups);
    }

    fn is_home(&self, group: &str) -> bool {
        self.queue.groups.is_empty() || self.queue.groups.iter().any(|home| home == group)
    }

    /// The agent's groups that are not closed and open to the contact.
    fn open_groups(&self, plan: &Plan, info: &'a model::Agent) -> Vec<&'a str> {
        let groups = info.groups.iter().map(String::as_str);
        let groups = groups.filter(|group| plan.groups.get(*group).is_some_and(|group| !group.closed));
        groups.filter(|group| self.is_home(group) || self.borrowed.contains(group)).collect()
    }

    /// Groups through which the agent only helps; none if it is at home in one.
    pub fn helps_through(&self, plan: &Plan, info: &'a model::Agent) -> Vec<&'a str> {
        let groups = self.open_groups(plan, info);
        if groups.iter().any(|group| self.is_home(group)) { Vec::new() } else { groups }
    }

    /// Groups, skills, and capacity if the agent held nothing.
    pub fn fits(&self, plan: &Plan, info: &'a model::Agent) -> bool {
        let able = info.limits.get(self.channel_id) != Some(&0) && self.channel.units <= info.capacity;
        able && !self.open_groups(plan, info).is_empty()
            && self.required.iter().all(|(skill, range)| has(info, (skill, *range)))
            && self.any_of.iter().all(|set| set.iter().any(|ask| has(info, *ask)))
            && !self.none_of.iter().any(|ask| has(info, *ask))
    }

    /// How many of the preferred skills the agent has.
    pub fn preferred_matched(&self, info: &model::Agent) -> u32 {
        u32::try_from(self.preferred.iter().filter(|ask| has(info, **ask)).count()).unwrap_or(u32::MAX)
    }

    /// The sum of the agent's levels in what is asked for, each skill once.
    pub fn asked_levels(&self, info: &model::Agent) -> u32 {
        let mut skills: BTreeSet<&str> = self.required.keys().copied().collect();
        skills.extend(self.any_of.iter().flatten().map(|(skill, _)| *skill));
        skills.extend(self.preferred.iter().map(|(skill, _)| *skill));
        skills.into_iter().filter_map(|skill| info.skills.get(skill)).map(|level| u32::from(*level)).sum()
    }
}
