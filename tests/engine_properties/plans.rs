//! Random small plans whose names overlap, so that one can take the place of another.

use std::collections::BTreeMap;

use kefud::plan::model::{
    Agent, AgentChoice, AllDeclined, Category, Channel, ChannelKind, Disposition, Follows, Group, GroupKind,
    Levels, Plan, Queue, Requirement, Settings, Skill, Unservable,
};

mod shifts;
mod surge;
mod talk;

use proptest::{collection::vec, option, prelude::*, sample::select};
pub use shifts::{BEGINNINGS_S, schedule};
pub use surge::surge;

use crate::wants::{requirement, rings};

/// Name number `number` of a kind.
fn ids(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

/// Seconds in milliseconds.
fn seconds(of: &'static [u64]) -> impl Strategy<Value = u64> {
    select(of).prop_map(|seconds| seconds * 1_000)
}

fn settings() -> impl Strategy<Value = Settings> {
    let times = (seconds(&[0, 5, 30]), seconds(&[0, 5, 30]), seconds(&[0, 10, 30]), seconds(&[0, 60]));
    (0..4u32, times, seconds(&[0, 60, 3_600]), select(&[0u32, 1, 5, 1_000]), talk::settings()).prop_map(
        |(missed_limit, (decline, no_answer, grace, window), keep, max, talk)| Settings {
            missed_limit,
            exclude_after_decline_ms: decline,
            exclude_after_no_answer_ms: no_answer,
            agent_grace_ms: grace,
            correction_window_ms: window,
            closed_contacts_keep_ms: keep,
            closed_contacts_max: max,
            ..talk
        },
    )
}

fn channel() -> impl Strategy<Value = Channel> {
    let kind = select(&[ChannelKind::Realtime, ChannelKind::Messaging, ChannelKind::Deferred]);
    let units = select(&[10u32, 20, 30, 40, 60, 100]);
    (kind, units, 1..30u64, seconds(&[0, 0, 5, 15]), any::<bool>(), talk::Talk::any()).prop_map(
        |(kind, units, offer_s, wrap_up_ms, interruptible, talk)| {
            talk.of(Channel {
                wrap_up_ms,
                interruptible: interruptible && kind != ChannelKind::Realtime,
                ..Channel::new(kind, units, offer_s * 1_000)
            })
        },
    )
}

/// Levels of some of three skills.
fn levels(some: usize) -> impl Strategy<Value = Levels> {
    vec((0..3usize, 1..5u8), 0..=some)
        .prop_map(|list| list.into_iter().map(|(skill, level)| (format!("s{skill}"), level)).collect())
}

fn some_of(prefix: &'static str, count: usize) -> impl Strategy<Value = Vec<String>> {
    vec(0..count, 1..=count).prop_map(move |mut list| {
        list.sort_unstable();
        list.dedup();
        list.into_iter().map(|number| format!("{prefix}{number}")).collect()
    })
}

/// By what agents are found.
fn choices() -> impl Strategy<Value = (AgentChoice, AllDeclined, Unservable, u64, u64)> {
    let choice = select(&[
        AgentChoice::LongestIdle,
        AgentChoice::LeastLoaded,
        AgentChoice::MostSkilled,
        AgentChoice::LeastSkilled,
        AgentChoice::RoundRobin,
    ]);
    let all_declined = select(&[AllDeclined::Wait, AllDeclined::OfferAgain, AllDeclined::NextRing]);
    let unservable = select(&[Unservable::Accept, Unservable::Accept, Unservable::Refuse]);
    let waits = || seconds(&[0, 2, 5, 20]);
    (choice, all_declined, unservable, waits(), waits())
}

fn queue() -> impl Strategy<Value = Queue> {
    let order = (
        seconds(&[5, 10, 20, 60, 300]),
        prop_oneof![3 => Just(None), 1 => (0..3u8).prop_map(Some)],
        select(&[0u32, 250, 500, 1_000]),
    );
    let limits = (
        prop_oneof![4 => Just(100_000u32), 1 => 0..6u32],
        prop_oneof![4 => Just(None), 1 => seconds(&[10, 45, 120]).prop_map(Some)],
    );
    let staff = (requirement(), prop_oneof![1 => Just(Vec::new()), 2 => some_of("g", 2)], rings());
    (some_of("k", 4), staff, order, limits, choices(), talk::queue()).prop_map(
        |(channels, (requirement, groups, rings), order, (max_waiting, max_wait_ms), choices, talk)| {
            let (objective_ms, band, boost_permille) = order;
            let (agent_choice, all_declined, unservable, preferred_agent_wait_ms, last_agent_wait_ms) =
                choices;
            Queue {
                requirement,
                groups,
                rings,
                preferred_agent_wait_ms,
                last_agent_wait_ms,
                band,
                boost_permille,
                agent_choice,
                all_declined,
                unservable,
                max_waiting,
                max_wait_ms,
                transfer_age: talk.transfer_age,
                after_bot: talk.after_bot,
                promise_agent_wait_ms: talk.promise_agent_wait_ms,
                promise_steps: talk.promise_steps,
                ..Queue::new(channels, objective_ms)
            }
        },
    )
}

fn category() -> impl Strategy<Value = Category> {
    (0..4usize, requirement(), option::of(seconds(&[5, 40]))).prop_map(
        |(queue, requirement, objective_ms)| Category {
            name: String::new(),
            queue: format!("q{queue}"),
            requirement,
            objective_ms,
        },
    )
}

fn agent() -> impl Strategy<Value = Agent> {
    let capacity = select(&[30u32, 60, 100, 100, 150]);
    let limits = vec((0..4usize, select(&[0u32, 1, 1, 2, 2, 3])), 0..3);
    (some_of("g", 3), levels(4), capacity, limits).prop_map(|(groups, skills, capacity, limits)| Agent {
        name: String::new(),
        groups,
        skills,
        capacity,
        limits: limits.into_iter().map(|(channel, limit)| (format!("k{channel}"), limit)).collect(),
        follows: Follows::default(),
    })
}

fn group() -> impl Strategy<Value = Group> {
    let kind = select(&[GroupKind::Core, GroupKind::Reserve, GroupKind::Temporary, GroupKind::Outsourced]);
    let closed = prop_oneof![14 => Just(false), 1 => Just(true)];
    let keep_free = select(&[0u32, 0, 0, 1, 1, 2]);
    (kind, closed, keep_free).prop_map(|(kind, closed, keep_free)| Group {
        name: String::new(),
        kind,
        closed,
        keep_free,
        follows: Follows::default(),
    })
}

fn named<T>(prefix: &'static str, entries: Vec<T>) -> BTreeMap<String, T> {
    ids(prefix, entries.len()).into_iter().zip(entries).collect()
}

/// A plan in which everything that is named exists.
pub fn plan() -> impl Strategy<Value = Plan> {
    // Some are like the one before.
    let agents = vec((agent(), any::<bool>()), 2..=6).prop_map(|list| {
        let mut agents: Vec<Agent> = Vec::new();
        for (agent, like) in list {
            let before = agents.last().filter(|_| like).cloned();
            agents.push(before.unwrap_or(agent));
        }
        agents
    });
    let people = (vec(group(), 1..=3), agents);
    let work = (vec(channel(), 2..=4), vec(queue(), 2..=4), vec(category(), 0..=2), 1..=3usize);
    (settings(), work, people).prop_map(
        |(settings, (channels, queues, categories, skills), (groups, agents))| {
            let skill = |id| (id, Skill { name: String::new() });
            let disposition = |id| (id, Disposition { name: String::new() });
            let mut plan = Plan {
                settings,
                channels: named("k", channels),
                skills: ids("s", skills).into_iter().map(skill).collect(),
                categories: named("c", categories),
                dispositions: ids("d", 2).into_iter().map(disposition).collect(),
                queues: named("q", queues),
                groups: named("g", groups),
                agents: named("a", agents.into_iter().map(Into::into).collect()),
                ..Plan::default()
            };
            mend(&mut plan);
            plan
        },
    )
}

/// `base` with parts of `other`, one bit a part.
pub fn mixed(base: &Plan, other: &Plan, parts: u16) -> Plan {
    let mut plan = base.clone();
    let takes = |bit: u16| parts >> bit & 1 == 1;
    if takes(0) {
        plan.agents.clone_from(&other.agents);
    }
    if takes(1) {
        plan.queues.clone_from(&other.queues);
    }
    if takes(2) {
        plan.channels.clone_from(&other.channels);
    }
    if takes(3) {
        plan.categories.clone_from(&other.categories);
        plan.skills.clone_from(&other.skills);
    }
    if takes(4) {
        plan.groups.clone_from(&other.groups);
        plan.settings.clone_from(&other.settings);
    }
    if takes(5) {
        plan.agents.pop_first();
    }
    if takes(6) {
        plan.queues.pop_last();
    }
    if takes(7) {
        plan.holidays.clone_from(&other.holidays);
        plan.calendars.clone_from(&other.calendars);
        plan.shifts.clone_from(&other.shifts);
        plan.rotas.clone_from(&other.rotas);
    }
    if takes(8) {
        plan.surges.clone_from(&other.surges);
    }
    mend(&mut plan);
    plan
}

/// Makes room in a plan for more than one step does.
pub fn enlarge(plan: &mut Plan) {
    for agent in plan.agents.values_mut() {
        agent.capacity *= 20;
        agent.limits.clear();
    }
    plan.queues.values_mut().for_each(|queue| queue.max_waiting = 100_000);
}

/// Lets everybody serve everything, mostly by messages, so that contacts are soon with somebody.
pub fn ease(plan: &mut Plan) {
    let channels: Vec<String> = plan.channels.keys().cloned().collect();
    for queue in plan.queues.values_mut() {
        queue.requirement = Requirement::default();
        queue.groups.clear();
        queue.channels.clone_from(&channels);
        queue.max_waiting = 100_000;
        queue.max_wait_ms = None;
    }
    plan.categories.values_mut().for_each(|category| category.requirement = Requirement::default());
    for group in plan.groups.values_mut() {
        group.closed = false;
        group.keep_free = group.keep_free.min(1);
    }
    plan.agents.values_mut().for_each(|agent| agent.limits.retain(|_, limit| *limit > 0));
    for channel in plan.channels.values_mut().skip(1) {
        channel.units = channel.units.min(30);
        if channel.kind == ChannelKind::Realtime {
            channel.kind = ChannelKind::Messaging;
        }
        if channel.kind == ChannelKind::Messaging {
            channel.park_after_ms = channel.park_after_ms.or(Some(5_000));
            channel.parked_keep_ms = channel.parked_keep_ms.max(40_000);
        }
    }
    mend(plan);
}

/// Takes out of a requirement the skills that are not there.
fn mend_requirement(requirement: &mut Requirement, skills: &BTreeMap<String, Skill>) {
    requirement.skills.retain(|id, _| skills.contains_key(id));
    requirement.none_of.retain(|id, _| skills.contains_key(id));
    requirement.preferred_skills.retain(|id, _| skills.contains_key(id));
    requirement.any_of.iter_mut().for_each(|set| set.retain(|id, _| skills.contains_key(id)));
    requirement.any_of.retain(|set| !set.is_empty());
}

/// Takes out what names something that isn't there.
pub fn mend(plan: &mut Plan) {
    mend_work(plan);
    shifts::mend(plan);
    surge::mend(plan);
}

fn mend_work(plan: &mut Plan) {
    let Plan { channels, skills, categories, queues, groups, agents, .. } = plan;
    for queue in queues.values_mut() {
        queue.channels.retain(|id| channels.contains_key(id));
        if queue.channels.is_empty() {
            queue.channels.extend(channels.keys().next().cloned());
        }
        queue.groups.retain(|id| groups.contains_key(id));
        mend_requirement(&mut queue.requirement, skills);
        for ring in &mut queue.rings {
            ring.drop.retain(|id| skills.contains_key(id));
            ring.lower.retain(|id, _| skills.contains_key(id));
            ring.groups.retain(|id| groups.contains_key(id));
        }
        for step in &mut queue.promise_steps {
            step.groups.retain(|id| groups.contains_key(id));
        }
        // Nobody is waited for beyond the first ring.
        let longest_ms = queue.rings.first().map_or(u64::MAX, |ring| ring.after_ms);
        queue.preferred_agent_wait_ms = queue.preferred_agent_wait_ms.min(longest_ms);
        queue.last_agent_wait_ms = queue.last_agent_wait_ms.min(longest_ms);
        queue.promise_agent_wait_ms = queue.promise_agent_wait_ms.map(|wait_ms| wait_ms.min(longest_ms));
    }
    categories.retain(|_, category| queues.contains_key(&category.queue));
    for category in categories.values_mut() {
        mend_requirement(&mut category.requirement, skills);
    }
    for agent in agents.values_mut() {
        agent.groups.retain(|id| groups.contains_key(id));
        if agent.groups.is_empty() {
            agent.groups.extend(groups.keys().next().cloned());
        }
        agent.skills.retain(|id, _| skills.contains_key(id));
        agent.limits.retain(|id, _| channels.contains_key(id));
    }
}
