//! The plan as the engine uses it: numbers instead of names, lists instead of maps. Derived from the
//! plan whenever it changes. Must not decide anything.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    plan::model::{self, ChannelKind, Plan},
    proto::journal::PlanKind,
    schedule::Schedules,
};

use super::requirement::{Requirement, Ring};

mod callback;
mod conversation;
mod names;
mod schedule;
mod surge;

pub use callback::CallbackInfo;
pub use conversation::{ParkingInfo, PromiseStepInfo, ReplyWindowInfo};
pub use names::{Names, SkillLevel};
pub use schedule::HoursInfo;
pub use surge::{LevelInfo, SurgeInfo};

/// A channel of the plan.
#[derive(Debug, Clone)]
pub struct ChannelInfo {
    /// Its number.
    pub channel: u32,
    /// Its place among the plan's channels, below 128.
    pub slot: u8,
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
    /// How its conversations are parked; none: never.
    pub parking: Option<ParkingInfo>,
    /// What its platform lets be sent; none: everything.
    pub reply_window: Option<ReplyWindowInfo>,
    /// A customer who comes again so long after the end has the same case; 0: never.
    pub reopen_within_ms: u64,
    /// A contact that is with a bot for so long goes to its queue.
    pub bot_limit_ms: u64,
    /// What becomes of its contacts when their agent's shift ends.
    pub at_shift_end: model::AtShiftEnd,
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
    /// What all its contacts ask for.
    pub requirement: Requirement,
    /// Numbers of its home groups that are not closed, ordered.
    pub groups: Vec<u32>,
    /// Whether it named no groups: every group that is not closed is at home.
    pub every_group: bool,
    /// Steps of relaxation.
    pub rings: Vec<Ring>,
    /// Whom a contact is offered to.
    pub agent_choice: model::AgentChoice,
    /// A contact is kept for its preferred agent for so long.
    pub preferred_agent_wait_ms: u64,
    /// The same for the last agent.
    pub last_agent_wait_ms: u64,
    /// When everybody has declined.
    pub all_declined: model::AllDeclined,
    /// For contacts that nobody in the plan could serve.
    pub unservable: model::Unservable,
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
    /// The age of contacts that are transferred into it.
    pub transfer_age: model::TransferAge,
    /// The age of contacts that began with a bot.
    pub after_bot: model::AfterBot,
    /// A promise's follow-up is kept for its agent for so long; none: by the objective. See
    /// [`QueueInfo::kept_for_promise_ms`].
    pub promise_agent_wait_ms: Option<u64>,
    /// What becomes of a follow-up when its time nears, in the order in which it does.
    pub promise_steps: Vec<PromiseStepInfo>,
    /// When it is open.
    pub hours: HoursInfo,
    /// How it behaves when more come than can be served; none: as always.
    pub surge: Option<Arc<SurgeInfo>>,
    /// How its customers are called back; none: they aren't.
    pub callback: Option<Arc<CallbackInfo>>,
}

/// A category of the plan.
#[derive(Debug, Clone)]
pub struct CategoryInfo {
    /// Where its contacts go.
    pub queue: u32,
    /// What they ask for beyond the queue's requirement.
    pub requirement: Requirement,
    /// Their own objective.
    pub objective_ms: Option<u64>,
}

/// A group of the plan.
#[derive(Debug, Clone, Copy)]
pub struct GroupInfo {
    /// Its agents get nothing through it.
    pub closed: bool,
    /// It helps other queues only while more than so many of its agents are free.
    pub keep_free: u32,
}

/// An agent of the plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentInfo {
    /// Numbers of the groups that are not closed, ascending.
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
    /// Groups by number.
    pub groups: BTreeMap<u32, GroupInfo>,
    /// Agents by number.
    pub agents: BTreeMap<u32, Arc<AgentInfo>>,
    /// Its rules of working time.
    pub schedules: Schedules,
}

impl Catalog {
    /// Translates `plan`, all of whose names must have numbers. `agents`: its agents, see [`agents_of`].
    pub(super) fn new(plan: &Plan, names: &Names, agents: BTreeMap<u32, Arc<AgentInfo>>) -> Self {
        let of = |kind, id: &str| names.number(kind, id).unwrap_or(0);
        let channels = (0..).zip(&plan.channels).map(|(slot, (id, channel))| {
            let number = of(PlanKind::Channel, id);
            (number, ChannelInfo::new(number, slot, channel))
        });
        let slots: BTreeMap<&str, u8> = plan.channels.keys().map(String::as_str).zip(0..).collect();
        let schedules = Schedules::new(plan, &|channel| slots.get(channel).copied());
        let open = Open { plan, names };
        let surges = plan.surges.iter();
        let surges: BTreeMap<&str, Arc<SurgeInfo>> = surges
            .map(|(id, surge)| (id.as_str(), Arc::new(SurgeInfo::new(surge, open, &schedules))))
            .collect();
        let queues = plan.queues.iter().map(|(id, queue)| {
            let surge = queue.surge.as_deref().and_then(|id| surges.get(id)).cloned();
            (of(PlanKind::Queue, id), QueueInfo { surge, ..QueueInfo::new(queue, open, &schedules) })
        });
        let queues = queues.collect();
        let group = |(id, group): (&String, &model::Group)| {
            (of(PlanKind::Group, id), GroupInfo { closed: group.closed, keep_free: group.keep_free })
        };
        let categories = plan.categories.iter().map(|(id, category)| {
            let info = CategoryInfo {
                queue: of(PlanKind::Queue, &category.queue),
                requirement: names.requirement(&category.requirement),
                objective_ms: category.objective_ms,
            };
            (of(PlanKind::Category, id), info)
        });
        let dispositions = plan.dispositions.keys().map(|id| (of(PlanKind::Disposition, id), ()));
        Self {
            settings: plan.settings.clone(),
            channels: channels.collect(),
            skills: plan.skills.keys().map(|id| (of(PlanKind::Skill, id), ())).collect(),
            categories: categories.collect(),
            dispositions: dispositions.collect(),
            queues,
            groups: plan.groups.iter().map(group).collect(),
            agents,
            schedules,
        }
    }
}

/// The agents of a plan by number.
pub(super) fn agents_of(plan: &Plan, names: &Names) -> BTreeMap<u32, Arc<AgentInfo>> {
    let open = Open { plan, names };
    let number = |id: &str| names.number(PlanKind::Agent, id).unwrap_or(0);
    let agents = plan.agents.iter();
    agents.map(|(id, agent)| (number(id), Arc::new(AgentInfo::new(agent, open)))).collect()
}

/// The plan and its names, to find open groups.
#[derive(Clone, Copy)]
pub(super) struct Open<'a> {
    pub plan: &'a Plan,
    pub names: &'a Names,
}

impl Open<'_> {
    /// Numbers of the groups that are not closed, ordered.
    fn groups(self, ids: &[String]) -> Vec<u32> {
        let open = |id: &&String| self.plan.groups.get(*id).is_some_and(|group| !group.closed);
        let number = |id: &String| self.names.number(PlanKind::Group, id).unwrap_or(0);
        let mut list: Vec<u32> = ids.iter().filter(open).map(number).collect();
        list.sort_unstable();
        list
    }
}

impl ChannelInfo {
    fn new(channel: u32, slot: u8, entry: &model::Channel) -> Self {
        Self {
            channel,
            slot,
            kind: entry.kind,
            units: entry.units,
            offer_timeout_ms: entry.offer_timeout_ms,
            wrap_up_ms: entry.wrap_up_ms,
            interruptible: entry.interruptible,
            parking: ParkingInfo::of(entry),
            reply_window: entry.reply_window.clone(),
            reopen_within_ms: entry.reopen_within_ms,
            bot_limit_ms: entry.bot_limit_ms,
            at_shift_end: entry.at_shift_end,
        }
    }
}

impl QueueInfo {
    fn new(entry: &model::Queue, open: Open<'_>, schedules: &Schedules) -> Self {
        let names = open.names;
        let ring = |ring: &model::Ring| Ring { groups: open.groups(&ring.groups), ..names.ring(ring) };
        Self {
            channels: names.list(PlanKind::Channel, &entry.channels),
            requirement: names.requirement(&entry.requirement),
            groups: open.groups(&entry.groups),
            every_group: entry.groups.is_empty(),
            rings: entry.rings.iter().map(ring).collect(),
            agent_choice: entry.agent_choice,
            preferred_agent_wait_ms: entry.preferred_agent_wait_ms,
            last_agent_wait_ms: entry.last_agent_wait_ms,
            all_declined: entry.all_declined,
            unservable: entry.unservable,
            objective_ms: entry.objective_ms,
            band: entry.band,
            boost_permille: entry.boost_permille,
            max_waiting: entry.max_waiting,
            max_wait_ms: entry.max_wait_ms,
            transfer_age: entry.transfer_age,
            after_bot: entry.after_bot,
            promise_agent_wait_ms: entry.promise_agent_wait_ms,
            promise_steps: conversation::promise_steps(&entry.promise_steps, open),
            hours: HoursInfo::new(entry, open, schedules),
            surge: None,
            callback: entry.callback.as_ref().map(|rules| Arc::new(CallbackInfo::new(rules, schedules))),
        }
    }
}

impl AgentInfo {
    pub(super) fn new(entry: &model::Agent, open: Open<'_>) -> Self {
        let names = open.names;
        let limit = |(id, limit): (&String, &u32)| (names.number(PlanKind::Channel, id).unwrap_or(0), *limit);
        let mut limits: Vec<(u32, u32)> = entry.limits.iter().map(limit).collect();
        limits.sort_unstable();
        Self {
            groups: open.groups(&entry.groups),
            skills: names.levels(&entry.skills),
            capacity: entry.capacity,
            limits,
        }
    }
}
