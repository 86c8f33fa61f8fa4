//! Surges and callbacks as the demo plays them: at the size of its cast, at any hour, and in its time. Owns these changes
//! to a copy of the plan; the plan's own rules say what is valid.

use super::scene::{shorten, shorten_any};
use crate::plan::{
    limits::{
        AGENT_WAIT_MS, CALLBACK_EXPIRE_MS, CALLBACK_SPACING_MS, DIAL_AHEAD_MS, DIAL_TIMEOUT_MS,
        SURGE_AFTER_MS, SURGE_EVERY_MS, SURGE_HOLD_MS, SURGE_RETRY_MS, SURGE_WAIT_MS, WRAP_UP_MS,
    },
    model::{CallbackMode, CallbackRules, Plan, Surge, SurgeStep, Thresholds, WaitMessage},
};

/// A plan's thresholds are for so many times as many customers as the demo has.
const SMALLER: u32 = 20;

/// Has levels reached by as many as wait in the demo.
pub fn make_small(plan: &mut Plan) {
    for surge in plan.surges.values_mut() {
        let surge: &mut Surge = surge;
        for (level, entry) in (0..).zip(&mut surge.levels) {
            let least = 4 + 4 * level;
            if let (Some(on), Some(off)) = (&mut entry.on.waiting, &mut entry.off.waiting) {
                *on = (*on / SMALLER).max(least);
                *off = (*off / SMALLER).clamp(least / 2, *on - 1 - *on / 10);
            }
        }
        for step in surge.steps.iter_mut().chain(surge.levels.iter_mut().flat_map(|level| &mut level.steps)) {
            if let SurgeStep::Cap { waiting, .. } = step {
                *waiting = waiting.div_ceil(SMALLER);
            }
        }
    }
}

/// Lets nothing depend on calendars.
pub fn ignore_hours(plan: &mut Plan) {
    plan.surges.values_mut().for_each(|surge| surge.windows.clear());
    let callbacks = plan.queues.values_mut().filter_map(|queue| queue.callback.as_mut());
    callbacks.for_each(|rules| rules.hours = None);
}

/// Shortens all times by `speed`, none below what a plan may hold.
pub fn shorten_all(plan: &mut Plan, speed: f64) {
    plan.surges.values_mut().for_each(|entry| surge(entry, speed));
    plan.queues
        .values_mut()
        .filter_map(|queue| queue.callback.as_mut())
        .for_each(|rules| callback(rules, speed));
}

fn surge(surge: &mut Surge, speed: f64) {
    shorten(&mut surge.hold_ms, speed, &SURGE_HOLD_MS);
    for (level, entry) in (0..).zip(&mut surge.levels) {
        waits(&mut entry.on, &mut entry.off, speed, level);
        entry.steps.iter_mut().for_each(|entry| step(entry, speed));
    }
    surge.steps.iter_mut().for_each(|entry| step(entry, speed));
}

/// Levels stay apart, and on and off of each have the room that a plan asks for.
fn waits(on: &mut Thresholds, off: &mut Thresholds, speed: f64, level: u64) {
    let pairs = [
        (&mut on.oldest_wait_ms, &mut off.oldest_wait_ms),
        (&mut on.expected_wait_ms, &mut off.expected_wait_ms),
    ];
    let (least_off_ms, most_ms) = (*SURGE_WAIT_MS.start() * (1 + level), *SURGE_WAIT_MS.end());
    for (on_ms, off_ms) in pairs {
        if let (Some(on_ms), Some(off_ms)) = (on_ms, off_ms) {
            shorten(on_ms, speed, &(2 * least_off_ms + 1_000..=most_ms));
            shorten(off_ms, speed, &(least_off_ms..=*on_ms - (*on_ms / 10).max(1_000)));
        }
    }
}

fn step(step: &mut SurgeStep, speed: f64) {
    match step {
        SurgeStep::Message(message) | SurgeStep::OfferCallback(message) => told(message, speed),
        SurgeStep::Bot { after_ms, .. } | SurgeStep::Overflow { after_ms, .. } => {
            shorten_any(after_ms, speed, &SURGE_AFTER_MS);
        }
        SurgeStep::WrapUp { limit_ms } => shorten_any(limit_ms, speed, &WRAP_UP_MS),
        SurgeStep::Cap { retry_ms, .. } => shorten(retry_ms, speed, &SURGE_RETRY_MS),
        SurgeStep::OpenRings { .. } | SurgeStep::OpenGroups { .. } => {}
    }
}

fn told(message: &mut WaitMessage, speed: f64) {
    shorten_any(&mut message.first_ms, speed, &SURGE_AFTER_MS);
    if let Some(ms) = &mut message.every_ms {
        shorten(ms, speed, &SURGE_EVERY_MS);
    }
}

fn callback(rules: &mut CallbackRules, speed: f64) {
    rules.spacing_ms.iter_mut().for_each(|ms| shorten(ms, speed, &CALLBACK_SPACING_MS));
    shorten(&mut rules.dial_timeout_ms, speed, &DIAL_TIMEOUT_MS);
    shorten(&mut rules.expire_ms, speed, &CALLBACK_EXPIRE_MS);
    // Agent first, it means nothing and is not written.
    if rules.mode == CallbackMode::CustomerFirst {
        shorten_any(&mut rules.dial_ahead_ms, speed, &DIAL_AHEAD_MS);
    }
    shorten_any(&mut rules.agent_wait_ms, speed, &AGENT_WAIT_MS);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;

    fn sample() -> Plan {
        let mut plan = plan::parse(plan::SAMPLE).unwrap();
        plan.calendars.clear();
        plan.rotas.clear();
        plan
    }

    #[test]
    fn what_is_small_and_fast_is_still_a_plan() {
        for speed in [0.5, 1.0, 10.0, 60.0, 333.0, 10_000.0] {
            let mut plan = plan::parse(plan::SAMPLE).unwrap();
            make_small(&mut plan);
            shorten_all(&mut plan, speed);
            let read = plan::parse(&plan::render(&plan)).unwrap();
            assert_eq!(read.surges, plan.surges, "{speed}");
            let callback = |plan: &Plan| plan.queues["consultation"].callback.clone();
            assert_eq!(callback(&read), callback(&plan), "{speed}");
        }
        let mut plan = sample();
        make_small(&mut plan);
        shorten_all(&mut plan, 60.0);
        let surge = &plan.surges["holiday"];
        let waiting: Vec<_> =
            surge.levels.iter().map(|level| (level.on.waiting, level.off.waiting)).collect();
        assert_eq!(waiting, [(Some(10), Some(5)), (Some(25), Some(12)), (Some(50), Some(30))]);
        let first = &surge.levels[0];
        assert_eq!((first.on.oldest_wait_ms, first.off.oldest_wait_ms), (Some(8_000), Some(4_000)));
        assert_eq!(surge.levels[2].steps, [SurgeStep::Cap { waiting: 75, retry_ms: 15_000 }]);
        assert_eq!(surge.hold_ms, 10_000);
        let rules = plan.queues["consultation"].callback.as_ref().unwrap();
        assert_eq!((&rules.spacing_ms, rules.dial_timeout_ms), (&vec![60_000, 60_000], 5_000));
    }

    #[test]
    fn room_between_on_and_off_is_left_at_any_speed() {
        let mut plan = plan::parse(plan::SAMPLE).unwrap();
        let levels = &mut plan.surges.get_mut("holiday").unwrap().levels;
        for (level, entry) in (0..).zip(levels.iter_mut()) {
            entry.on.oldest_wait_ms = Some(480_000 + 1_000 * level);
            entry.off.oldest_wait_ms = Some(430_000 + 1_000 * level);
        }
        for (level, entry) in (0..).zip(levels.iter_mut()) {
            (entry.on.waiting, entry.off.waiting) = (Some(2 + level * 2), Some(1));
        }
        make_small(&mut plan);
        for speed in [1.0, 7.0, 150.0, 480.0, 100_000.0] {
            let mut plan = plan.clone();
            shorten_all(&mut plan, speed);
            let read = plan::parse(&plan::render(&plan)).unwrap();
            assert_eq!(read.surges, plan.surges, "{speed}");
            let callback = |plan: &Plan| plan.queues["consultation"].callback.clone();
            assert_eq!(callback(&read), callback(&plan), "{speed}");
        }
    }
}
