//! The plan as the demo plays it: at any hour, its times shortened by the speed, and the categories of a trace
//! added.
//! Owns these changes to a copy; the plan's own rules say what is valid.

use std::{collections::BTreeMap, ops::RangeInclusive, time::Duration};

use anyhow::{Context, bail};

use super::{cast::Cast, rush};
use crate::plan::{
    limits::{
        AGENT_WAIT_MS, BOT_LIMIT_MS, EXCLUDE_MS, FIRST_CONTACT_WINDOW_MS, MAX_WAIT_MS, OBJECTIVE_MS,
        OFFER_TIMEOUT_MS, PARK_AFTER_MS, PARKED_KEEP_MS, PROMISE_STEP_BEFORE_MS, REOPEN_WITHIN_MS,
        REPLY_WITHIN_MS, RING_AFTER_MS, RISE_BEFORE_MS, WRAP_UP_MS,
    },
    model::{Category, Channel, ChannelKind, Follows, Plan, Queue, ReplyWindow, Requirement},
};

/// A copy whose times are shortened by `speed`, none below what a plan may hold. Objectives keep their
/// proportions, since these steer who is served first. How long a lost desktop may stay away, how far ahead a
/// promise may be made, and how long ended contacts and cases are kept stay as they are.
pub fn shortened(plan: &Plan, speed: f64) -> Plan {
    let mut plan = plan.clone();
    let settings = &mut plan.settings;
    shorten(&mut settings.exclude_after_decline_ms, speed, &EXCLUDE_MS);
    shorten(&mut settings.exclude_after_no_answer_ms, speed, &EXCLUDE_MS);
    shorten_any(&mut settings.first_contact_window_ms, speed, &FIRST_CONTACT_WINDOW_MS);
    plan.channels.values_mut().for_each(|entry| channel(entry, speed));
    let shortest_ms = objectives(&mut plan).map(|ms| *ms).min().unwrap_or(*OBJECTIVE_MS.start());
    let most =
        Duration::from_millis(shortest_ms).div_duration_f64(Duration::from_millis(*OBJECTIVE_MS.start()));
    for ms in objectives(&mut plan) {
        shorten(ms, speed.min(most), &OBJECTIVE_MS);
    }
    plan.queues.values_mut().for_each(|entry| queue(entry, speed));
    rush::shorten_all(&mut plan, speed);
    plan
}

/// In the demo promises come due so many times as fast …
const LIVELY_PROMISES: u64 = 60;
/// … and a conversation is parked after so long at the latest.
const LIVELY_PARK_AFTER_MS: u64 = 2 * 60_000;

/// Lets conversations fall silent, promises come due, and a rush be one, within minutes and with few, so that there is
/// something to see of it.
pub fn make_lively(plan: &mut Plan) {
    rush::make_small(plan);
    for channel in plan.channels.values_mut() {
        if let Some(ms) = &mut channel.park_after_ms {
            *ms = (*ms).min(LIVELY_PARK_AFTER_MS);
        }
    }
    let for_promises = |queue: &&mut Queue| !queue.promise_steps.is_empty();
    for queue in plan.queues.values_mut().filter(for_promises) {
        let times = [Some(&mut queue.objective_ms), queue.promise_agent_wait_ms.as_mut()];
        let steps = queue.promise_steps.iter_mut().map(|step| &mut step.before_ms);
        times.into_iter().flatten().chain(steps).for_each(|ms| *ms /= LIVELY_PROMISES);
    }
}

/// Lets everybody work and every queue be open, so that there is something to see at any hour: the demo has the
/// time of day of whoever looks at it.
pub fn ignore_hours(plan: &mut Plan) {
    rush::ignore_hours(plan);
    plan.queues.values_mut().for_each(|queue| queue.calendar = None);
    plan.groups.values_mut().for_each(|group| group.follows = Follows::default());
    for agent in plan.agents.values_mut().filter(|agent| !agent.follows.is_nothing()) {
        agent.follows = Follows::default();
    }
    plan.calendars.clear();
    plan.rotas.clear();
}

fn channel(channel: &mut Channel, speed: f64) {
    shorten(&mut channel.offer_timeout_ms, speed, &OFFER_TIMEOUT_MS);
    shorten_any(&mut channel.wrap_up_ms, speed, &WRAP_UP_MS);
    if let Some(ms) = &mut channel.park_after_ms {
        shorten(ms, speed, &PARK_AFTER_MS);
        shorten(&mut channel.parked_keep_ms, speed, &PARKED_KEEP_MS);
    }
    shorten_any(&mut channel.reopen_within_ms, speed, &REOPEN_WITHIN_MS);
    shorten(&mut channel.bot_limit_ms, speed, &BOT_LIMIT_MS);
    if let Some(window) = &mut channel.reply_window {
        reply_window(window, speed);
    }
}

fn reply_window(window: &mut ReplyWindow, speed: f64) {
    // Steps come before the end, so a window is longer than the shortest of them.
    let least_ms = *REPLY_WITHIN_MS.start() + *RISE_BEFORE_MS.start();
    shorten(&mut window.message.within_ms, speed, &(least_ms..=*REPLY_WITHIN_MS.end()));
    if let Some(action) = &mut window.action {
        shorten(&mut action.within_ms, speed, &REPLY_WITHIN_MS);
    }
    window.rise.iter_mut().for_each(|step| shorten(&mut step.before_ms, speed, &RISE_BEFORE_MS));
    let range = *RISE_BEFORE_MS.start()..=window.message.within_ms - 1;
    keep_apart(window.rise.iter_mut().map(|step| &mut step.before_ms).collect(), &range);
}

fn queue(queue: &mut Queue, speed: f64) {
    if let Some(ms) = &mut queue.max_wait_ms {
        shorten(ms, speed, &MAX_WAIT_MS);
    }
    for ring in &mut queue.rings {
        shorten(&mut ring.after_ms, speed, &RING_AFTER_MS);
    }
    let waits = [&mut queue.preferred_agent_wait_ms, &mut queue.last_agent_wait_ms];
    for ms in waits.into_iter().chain(queue.promise_agent_wait_ms.as_mut()) {
        shorten_any(ms, speed, &AGENT_WAIT_MS);
    }
    let steps = &mut queue.promise_steps;
    steps.iter_mut().for_each(|step| shorten(&mut step.before_ms, speed, &PROMISE_STEP_BEFORE_MS));
    keep_apart(steps.iter_mut().map(|step| &mut step.before_ms).collect(), &PROMISE_STEP_BEFORE_MS);
}

pub(super) fn shorten(ms: &mut u64, speed: f64, range: &RangeInclusive<u64>) {
    *ms = divided(*ms, speed).clamp(*range.start(), *range.end());
}

/// Shortens a time that may be none: none at all is another thing than a very short one.
pub(super) fn shorten_any(ms: &mut u64, speed: f64, range: &RangeInclusive<u64>) {
    if *ms > 0 {
        shorten(ms, speed, &(1..=*range.end()));
    }
}

/// Makes times that were descending so again, within a range that has room for all of them.
fn keep_apart(mut times: Vec<&mut u64>, range: &RangeInclusive<u64>) {
    let mut most = *range.end();
    for ms in &mut times {
        **ms = most.min(**ms);
        most = ms.saturating_sub(1);
    }
    let mut least = *range.start();
    for ms in times.into_iter().rev() {
        *ms = least.max(*ms);
        least = *ms + 1;
    }
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
/// each where it is least work for an agent. Queues without a category get none, unless there are no others:
/// they are for what comes in another way, such as follow-ups. Gives the new categories with their queues.
pub fn add_categories(
    plan: &mut Plan,
    cast: &Cast,
    channel: &str,
    work: &BTreeMap<&str, Duration>,
) -> anyhow::Result<BTreeMap<String, String>> {
    let named = |id: &String| plan.categories.values().any(|category| category.queue == *id);
    let queues = plan.queues.iter().filter(|(id, _)| plan.categories.is_empty() || named(id));
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
        let short = shortened(&plan, 60.0);
        let (wechat, follow_up) = (&short.channels["wechat"], &short.queues["follow_up"]);
        assert_eq!((wechat.park_after_ms, wechat.parked_keep_ms), (Some(30_000), 2_880_000));
        assert_eq!((wechat.reopen_within_ms, wechat.bot_limit_ms), (1_440_000, 30_000));
        let window = wechat.reply_window.as_ref().unwrap();
        assert_eq!((window.message.within_ms, window.action.unwrap().within_ms), (2_880_000, 1_000));
        assert_eq!(window.rise.iter().map(|step| step.before_ms).collect::<Vec<_>>(), [120_000, 20_000]);
        let steps = follow_up.promise_steps.iter();
        assert_eq!(steps.map(|step| step.before_ms).collect::<Vec<_>>(), [60_000, 15_000]);
        let short = shortened(&plan, 10.0);
        assert_eq!(short.channels["phone"].offer_timeout_ms, 2_000);
        assert_eq!(short.queues["vip"].objective_ms, 1_000);
        assert_eq!(shortened(&plan, 1.0), plan);
    }

    #[test]
    fn everybody_works_at_any_hour() {
        let mut plan = sample();
        plan.groups.get_mut("temporary").unwrap().follows.rota = Some("desk".to_owned());
        let follows = &mut plan.agents.get_mut("a1001").unwrap().follows;
        follows.rota = Some("four_two".to_owned());
        follows.valid_until = "2026-01-31".parse().ok();
        assert!(plan.queues.values().any(|queue| queue.calendar.is_some()));
        assert!(plan::parse(&plan::render(&plan)).is_ok());
        ignore_hours(&mut plan);
        assert!(plan.queues.values().all(|queue| queue.calendar.is_none()));
        assert!(plan.groups.values().all(|group| group.follows.is_nothing()));
        assert!(plan.agents.values().all(|agent| agent.follows.is_nothing()));
        assert_eq!(plan::parse(&plan::render(&plan)).unwrap(), plan);
    }

    #[test]
    fn shortened_steps_stay_apart() {
        let range = 1_000..=9_999;
        for (mut times, apart) in [
            ([9_000, 5_000, 2_000], [9_000, 5_000, 2_000]),
            ([1_000, 1_000, 1_000], [1_002, 1_001, 1_000]),
            ([20_000, 20_000, 20_000], [9_999, 9_998, 9_997]),
            ([20_000, 9_999, 0], [9_999, 9_998, 1_000]),
        ] {
            keep_apart(times.iter_mut().collect(), &range);
            assert_eq!(times, apart);
        }
        keep_apart(Vec::new(), &range);
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
        assert_ne!(added["NW"], "follow_up", "no category leads there");
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
