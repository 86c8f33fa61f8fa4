//! The plan as the demo plays it: its times shortened by the speed, and the categories of a trace added.
//! Owns these changes to a copy; the plan's own rules say what is valid.

use std::{collections::BTreeMap, ops::RangeInclusive, time::Duration};

use anyhow::{Context, bail};

use super::cast::Cast;
use crate::plan::{
    limits::{
        AGENT_WAIT_MS, EXCLUDE_MS, MAX_WAIT_MS, OBJECTIVE_MS, OFFER_TIMEOUT_MS, RING_AFTER_MS, WRAP_UP_MS,
    },
    model::{Category, ChannelKind, Plan, Requirement},
};

/// A copy whose times are shortened by `speed`, none below what a plan may hold. Objectives keep their
/// proportions, since these steer who is served first. How long a lost desktop may stay away and how long
/// ended contacts are kept stay as they are.
pub fn shortened(plan: &Plan, speed: f64) -> Plan {
    let mut plan = plan.clone();
    let to = |ms: &mut u64, speed: f64, range: &RangeInclusive<u64>| {
        *ms = divided(*ms, speed).clamp(*range.start(), *range.end());
    };
    to(&mut plan.settings.exclude_after_decline_ms, speed, &EXCLUDE_MS);
    to(&mut plan.settings.exclude_after_no_answer_ms, speed, &EXCLUDE_MS);
    for channel in plan.channels.values_mut() {
        to(&mut channel.offer_timeout_ms, speed, &OFFER_TIMEOUT_MS);
        // None at all is another thing than a very short one.
        if channel.wrap_up_ms > 0 {
            to(&mut channel.wrap_up_ms, speed, &(1..=*WRAP_UP_MS.end()));
        }
    }
    let shortest_ms = objectives(&mut plan).map(|ms| *ms).min().unwrap_or(*OBJECTIVE_MS.start());
    let most =
        Duration::from_millis(shortest_ms).div_duration_f64(Duration::from_millis(*OBJECTIVE_MS.start()));
    for ms in objectives(&mut plan) {
        to(ms, speed.min(most), &OBJECTIVE_MS);
    }
    for queue in plan.queues.values_mut() {
        if let Some(ms) = &mut queue.max_wait_ms {
            to(ms, speed, &MAX_WAIT_MS);
        }
        for ring in &mut queue.rings {
            to(&mut ring.after_ms, speed, &RING_AFTER_MS);
        }
        let waits = [&mut queue.preferred_agent_wait_ms, &mut queue.last_agent_wait_ms];
        for ms in waits.into_iter().filter(|ms| **ms > 0) {
            to(ms, speed, &(1..=*AGENT_WAIT_MS.end()));
        }
    }
    plan
}

fn objectives(plan: &mut Plan) -> impl Iterator<Item = &mut u64> {
    let queues = plan.queues.values_mut().map(|queue| &mut queue.objective_ms);
    queues.chain(plan.categories.values_mut().filter_map(|category| category.objective_ms.as_mut()))
}

fn divided(ms: u64, by: f64) -> u64 {
    let time = Duration::try_from_secs_f64(Duration::from_millis(ms).as_secs_f64() / by);
    time.ok().and_then(|time| u64::try_from(time.as_millis()).ok()).unwrap_or(u64::MAX)
}

/// The channel that calls of a trace come by: the plan's first realtime one.
pub fn trace_channel(plan: &Plan) -> anyhow::Result<String> {
    let mut channels = plan.channels.iter();
    let channel = channels.find(|(_, channel)| channel.kind == ChannelKind::Realtime);
    channel.map(|(id, _)| id.clone()).context("the plan has no realtime channel for the calls of the trace")
}

/// Adds what a trace is about to the plan, a queue for each that takes its channel: the heaviest first,
/// each where it is least work for an agent. Gives the new categories with their queues.
pub fn add_categories(
    plan: &mut Plan,
    cast: &Cast,
    channel: &str,
    work: &BTreeMap<&str, Duration>,
) -> anyhow::Result<BTreeMap<String, String>> {
    let queues = plan.queues.iter();
    let mut loads: Vec<(String, f64, f64)> = queues
        .map(|(id, queue)| (id.clone(), cast.servers(plan, channel, queue) as f64, 0.0))
        .filter(|(_, servers, _)| *servers > 0.0)
        .collect();
    for (category, work) in work {
        if let Some(known) = plan.categories.get(*category) {
            let load = loads.iter_mut().find(|(id, ..)| *id == known.queue);
            let Some((_, _, load)) = load else {
                bail!("nobody serves the plan's category {category} by {channel}");
            };
            *load += work.as_secs_f64();
        }
    }
    let mut new: Vec<(&str, Duration)> = work
        .iter()
        .map(|(id, work)| (*id, *work))
        .filter(|(id, _)| !plan.categories.contains_key(*id))
        .collect();
    new.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut added = BTreeMap::new();
    for (id, work) in new {
        let work = work.as_secs_f64();
        let after = |(_, servers, load): &(String, f64, f64)| (load + work) / servers;
        let least = loads.iter_mut().min_by(|a, b| after(a).total_cmp(&after(b)));
        let Some((queue, _, load)) = least else { bail!("the plan has no queue that takes {channel}") };
        *load += work;
        added.insert(id.to_owned(), queue.clone());
        let category = Category {
            name: String::new(),
            queue: queue.clone(),
            requirement: Requirement::default(),
            objective_ms: None,
        };
        plan.categories.insert(id.to_owned(), category);
    }
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;

    fn sample() -> Plan {
        plan::parse(plan::SAMPLE).unwrap()
    }

    #[test]
    fn shortened_plans_are_valid_and_keep_proportions() {
        let plan = sample();
        for speed in [0.5, 1.0, 10.0, 60.0, 10_000.0] {
            let short = shortened(&plan, speed);
            assert_eq!(plan::parse(&plan::render(&short)).unwrap(), short, "{speed}");
            let ratio =
                |plan: &Plan| plan.queues["consultation"].objective_ms / plan.queues["vip"].objective_ms;
            assert_eq!(ratio(&short), ratio(&plan), "{speed}");
            assert_eq!(short.channels["email"].wrap_up_ms, 0);
            assert!(short.channels["phone"].wrap_up_ms > 0);
        }
        let short = shortened(&plan, 10.0);
        assert_eq!(short.channels["phone"].offer_timeout_ms, 2_000);
        assert_eq!(short.queues["vip"].objective_ms, 1_000);
        assert_eq!(shortened(&plan, 1.0), plan);
    }

    #[test]
    fn categories_of_a_trace_go_where_agents_are() {
        let mut plan = sample();
        let cast = Cast::of(&plan, None);
        let hours = |hours: u64| Duration::from_secs(hours * 3_600);
        let work = BTreeMap::from([("PS", hours(50)), ("NW", hours(8)), ("complaint", hours(1))]);
        let added = add_categories(&mut plan, &cast, "phone", &work).unwrap();
        assert_eq!(added.keys().collect::<Vec<_>>(), ["NW", "PS"]);
        assert_eq!(added["PS"], "consultation");
        assert_ne!(added["NW"], "consultation");
        assert_eq!(plan.categories["PS"].queue, "consultation");
        assert!(plan::parse(&plan::render(&plan)).is_ok());
    }

    #[test]
    fn a_trace_that_nobody_can_serve_is_refused() {
        let mut plan = sample();
        let work = BTreeMap::from([("PS", Duration::from_secs(1))]);
        assert!(add_categories(&mut plan, &Cast { agents: vec![] }, "phone", &work).is_err());
    }
}
