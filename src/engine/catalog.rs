//! The plan as the engine uses it: numbers instead of names, lists instead of maps. Derived from the
//! plan whenever it changes. Must not decide anything.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    plan::model::{self, ChannelKind, Plan},
    proto::journal::PlanKind,
};

use super::lookup::Lookup;

/// A skill's number with a level, 1 to 10. As a requirement: the least level.
pub type SkillLevel = (u32, u8);

/// Numbers of the names that plans have ever used. A name keeps its number for ever.
#[derive(Debug, Default)]
pub struct Names {
    by_number: BTreeMap<u32, (PlanKind, Arc<str>)>,
    numbers: BTreeMap<PlanKind, Lookup<Arc<str>, u32>>,
}

impl Names {
    /// Remembers that `number` stands for `id`.
    pub(super) fn insert(&mut self, kind: PlanKind, id: &str, number: u32) {
        let id: Arc<str> = id.into();
        self.by_number.insert(number, (kind, id.clone()));
        self.numbers.entry(kind).or_default().insert(id, number);
    }

    /// The number of a name.
    #[must_use]
    pub fn number(&self, kind: PlanKind, id: &str) -> Option<u32> {
        self.numbers.get(&kind)?.get(id).copied()
    }

    /// The name of a number; empty for 0 and for numbers never given.
    #[must_use]
    pub fn id(&self, number: u32) -> &str {
        self.by_number.get(&number).map_or("", |(_, id)| id)
    }

    /// The name of a number, shared.
    #[must_use]
    pub fn shared_id(&self, number: u32) -> Arc<str> {
        self.by_number.get(&number).map_or_else(|| Arc::from(""), |(_, id)| id.clone())
    }

    /// All names by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, PlanKind, &Arc<str>)> {
        self.by_number.iter().map(|(number, (kind, id))| (*number, *kind, id))
    }
}

/// A channel of the plan.
#[derive(Debug, Clone)]
pub struct ChannelInfo {
    /// Its number.
    pub channel: u32,
    /// What it is like to serve.
    pub kind: ChannelKind,
    /// Capacity that one contact takes.
    pub units: u32,
    /// How long an offer lasts.
    pub offer_timeout_ms: u64,
    /// How long a wrap-up lasts at most; 0: there is none.
    pub wrap_up_ms: u64,
    /// Set aside while the agent holds a realtime contact.
    pub interruptible: bool,
}

impl ChannelInfo {
    /// Whether it is a realtime channel.
    #[must_use]
    pub fn realtime(&self) -> bool {
        self.kind == ChannelKind::Realtime
    }
}

/// A queue of the plan.
#[derive(Debug, Clone)]
pub struct QueueInfo {
    /// Numbers of the channels that it accepts.
    pub channels: Vec<u32>,
    /// What all its contacts ask for, by skill.
    pub skills: Vec<SkillLevel>,
    /// Numbers of its home groups; empty: every group.
    pub groups: Vec<u32>,
    /// Target wait.
    pub objective_ms: u64,
    /// Lower is served first; none: by the channel's kind.
    pub band: Option<u8>,
    /// What a point of priority is worth, in thousandths of the objective.
    pub boost_permille: u32,
    /// At most so many wait.
    pub max_waiting: u32,
    /// A contact that has waited so long ends.
    pub max_wait_ms: Option<u64>,
}

/// A category of the plan.
#[derive(Debug, Clone)]
pub struct CategoryInfo {
    /// Where its contacts go.
    pub queue: u32,
    /// What they ask for beyond the queue's requirements.
    pub skills: Vec<SkillLevel>,
    /// Their own objective.
    pub objective_ms: Option<u64>,
}

/// An agent of the plan.
#[derive(Debug, Clone)]
pub struct AgentInfo {
    /// Numbers of the groups, ascending.
    pub groups: Vec<u32>,
    /// Skills with levels, by skill.
    pub skills: Vec<SkillLevel>,
    /// Units of capacity.
    pub capacity: u32,
    /// Contacts at once by channel.
    pub limits: Vec<(u32, u32)>,
}

/// The plan by numbers.
#[derive(Debug, Default)]
pub struct Catalog {
    /// What holds for the whole tenant.
    pub settings: model::Settings,
    /// Channels by number.
    pub channels: BTreeMap<u32, ChannelInfo>,
    /// Numbers of the skills.
    pub skills: BTreeMap<u32, ()>,
    /// Categories by number.
    pub categories: BTreeMap<u32, CategoryInfo>,
    /// Numbers of the dispositions.
    pub dispositions: BTreeMap<u32, ()>,
    /// Queues by number.
    pub queues: BTreeMap<u32, QueueInfo>,
    /// Agents by number.
    pub agents: BTreeMap<u32, AgentInfo>,
}

impl Catalog {
    /// Translates `plan`, all of whose names must have numbers.
    pub(super) fn new(plan: &Plan, names: &Names) -> Self {
        let of = |kind, id: &str| names.number(kind, id).unwrap_or(0);
        let channels = plan.channels.iter().map(|(id, channel)| {
            let number = of(PlanKind::Channel, id);
            (number, ChannelInfo::new(number, channel))
        });
        let queues =
            plan.queues.iter().map(|(id, queue)| (of(PlanKind::Queue, id), QueueInfo::new(queue, names)));
        let categories = plan.categories.iter().map(|(id, category)| {
            let info = CategoryInfo {
                queue: of(PlanKind::Queue, &category.queue),
                skills: names.levels(&category.skills),
                objective_ms: category.objective_ms,
            };
            (of(PlanKind::Category, id), info)
        });
        let agents =
            plan.agents.iter().map(|(id, agent)| (of(PlanKind::Agent, id), AgentInfo::new(agent, names)));
        let dispositions = plan.dispositions.keys().map(|id| (of(PlanKind::Disposition, id), ()));
        Self {
            settings: plan.settings.clone(),
            channels: channels.collect(),
            skills: plan.skills.keys().map(|id| (of(PlanKind::Skill, id), ())).collect(),
            categories: categories.collect(),
            dispositions: dispositions.collect(),
            queues: queues.collect(),
            agents: agents.collect(),
        }
    }
}

impl ChannelInfo {
    fn new(channel: u32, entry: &model::Channel) -> Self {
        Self {
            channel,
            kind: entry.kind,
            units: entry.units,
            offer_timeout_ms: entry.offer_timeout_ms,
            wrap_up_ms: entry.wrap_up_ms,
            interruptible: entry.interruptible,
        }
    }
}

impl QueueInfo {
    fn new(entry: &model::Queue, names: &Names) -> Self {
        Self {
            channels: names.list(PlanKind::Channel, &entry.channels),
            skills: names.levels(&entry.skills),
            groups: names.list(PlanKind::Group, &entry.groups),
            objective_ms: entry.objective_ms,
            band: entry.band,
            boost_permille: entry.boost_permille,
            max_waiting: entry.max_waiting,
            max_wait_ms: entry.max_wait_ms,
        }
    }
}

impl AgentInfo {
    fn new(entry: &model::Agent, names: &Names) -> Self {
        let limit = |(id, limit): (&String, &u32)| (names.number(PlanKind::Channel, id).unwrap_or(0), *limit);
        let mut limits: Vec<(u32, u32)> = entry.limits.iter().map(limit).collect();
        limits.sort_unstable();
        Self {
            groups: names.list(PlanKind::Group, &entry.groups),
            skills: names.levels(&entry.skills),
            capacity: entry.capacity,
            limits,
        }
    }
}

impl Names {
    /// Skills with levels, ordered by number.
    fn levels(&self, levels: &model::Levels) -> Vec<SkillLevel> {
        let level = |(id, level): (&String, &u8)| (self.number(PlanKind::Skill, id).unwrap_or(0), *level);
        let mut list: Vec<SkillLevel> = levels.iter().map(level).collect();
        list.sort_unstable();
        list
    }

    /// Numbers, ordered.
    fn list(&self, kind: PlanKind, ids: &[String]) -> Vec<u32> {
        let mut list: Vec<u32> = ids.iter().map(|id| self.number(kind, id).unwrap_or(0)).collect();
        list.sort_unstable();
        list
    }
}
