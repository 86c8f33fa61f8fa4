//! Random surges and callbacks, as a part of random plans.

use std::collections::BTreeMap;

use super::generated_schedules::Dice;
use crate::plan::model::{
    CallbackMode, CallbackOffer, CallbackRules, ChannelKind, ClosedPolicy, Closing, Plan, Queue, Surge,
    SurgeLevel, SurgeStep, SurgeWindow, Texts, Thresholds, WaitMessage,
};

/// Gives some queues of a plan surges and callbacks.
pub(super) fn surges(plan: &mut Plan, dice: &mut Dice) {
    let ids: Vec<String> = plan.queues.keys().cloned().collect();
    for (n, id) in ids.iter().enumerate() {
        let mut queue = plan.queues[id].clone();
        if dice.once_in(2) {
            queue.callback = Some(callback(plan, &queue, dice));
            if dice.once_in(3) && queue.closed_queue.is_none() {
                queue.closed = Some(ClosedPolicy::Callback);
            }
            if dice.once_in(3) && queue.closing_queue.is_none() {
                queue.closing = Closing::Callback;
            }
        }
        if dice.once_in(2) {
            let name = format!("高峰.{n}");
            let surge = surge(plan, id, &queue, dice);
            plan.surges.insert(name.clone(), surge.into());
            queue.surge = Some(name);
        }
        plan.queues.insert(id.clone(), queue);
    }
}

fn callback(plan: &Plan, queue: &Queue, dice: &mut Dice) -> CallbackRules {
    let realtime = |id: &String| plan.channels[id].kind == ChannelKind::Realtime;
    let customer_first = queue.channels.iter().any(realtime) && dice.once_in(2);
    let open = plan.calendars.iter().filter(|(_, calendar)| {
        calendar.hours.values().chain(calendar.days.values()).any(|spans| !spans.is_empty())
    });
    let open: Vec<String> = open.map(|(id, _)| id.clone()).collect();
    let attempts = 1 + dice.below(10);
    let spacing = 1 + dice.below(9).min(attempts.saturating_sub(2));
    let spacing = if attempts == 1 { 0 } else { spacing };
    let expire_ms = 604_800_000 + u64::from(dice.below(1_000_000_000));
    CallbackRules {
        mode: if customer_first { CallbackMode::CustomerFirst } else { CallbackMode::AgentFirst },
        offer: if dice.once_in(2) { CallbackOffer::Always } else { CallbackOffer::Surge },
        hours: dice.maybe(&open),
        attempts,
        spacing_ms: (0..spacing).map(|_| 60_000 + u64::from(dice.below(604_000_000))).collect(),
        dial_timeout_ms: 5_000 + u64::from(dice.below(295_000)),
        dial_ahead_ms: if customer_first { dice.below(600_000).into() } else { 30_000 },
        agent_wait_ms: dice.below(3_600_000).into(),
        expire_ms,
        max_open: 1 + dice.below(50_000),
    }
}

fn surge(plan: &Plan, id: &str, queue: &Queue, dice: &mut Dice) -> Surge {
    let mut surge = Surge {
        name: dice.name(),
        hold_ms: 10_000 + u64::from(dice.below(86_390_000)),
        steps: Vec::new(),
        windows: Vec::new(),
        levels: Vec::new(),
    };
    let triggers = 1 + dice.below(31);
    for number in 1..=dice.below(4) {
        let (on, off) = thresholds(triggers, number);
        surge.levels.push(SurgeLevel { on, off, steps: steps(plan, id, queue, number, dice) });
    }
    surge.steps = steps(plan, id, queue, 0, dice);
    let levels = u32::try_from(surge.levels.len()).unwrap();
    let (calendars, holidays): (Vec<String>, Vec<String>) =
        (plan.calendars.keys().cloned().collect(), plan.holidays.keys().cloned().collect());
    for _ in 0..dice.below(3).min(levels) {
        let level = u8::try_from(1 + dice.below(levels)).unwrap();
        let window = SurgeWindow { calendar: None, eve_of: None, at: Vec::new(), level };
        if let Some(calendar) = dice.maybe(&calendars) {
            surge.windows.push(SurgeWindow { calendar: Some(calendar), ..window });
        } else if let Some(holidays) = dice.maybe(&holidays) {
            let at = dice.hours(3);
            if !at.is_empty() {
                surge.windows.push(SurgeWindow { eve_of: Some(holidays), at, ..window });
            }
        }
    }
    surge
}

/// Of the kinds that `triggers` has bits of, rising with the level.
fn thresholds(triggers: u32, level: u32) -> (Thresholds, Thresholds) {
    let has = |bit: u32| triggers & (1 << bit) != 0;
    let of = |high: bool| {
        let value = |low: u32| if high { low * 2 * level } else { low * level };
        let ms = |low: u32| u64::from(value(low)) * 1_000;
        Thresholds {
            waiting: has(0).then(|| value(10)),
            oldest_wait_ms: has(1).then(|| ms(60)),
            expected_wait_ms: has(2).then(|| ms(45)),
            abandoned_permille: has(3).then(|| value(100)),
            agents_below: has(4).then(|| if high { 40 - 10 * level } else { 80 - 10 * level }),
        }
    };
    (of(true), of(false))
}

fn steps(plan: &Plan, id: &str, queue: &Queue, level: u32, dice: &mut Dice) -> Vec<SurgeStep> {
    let groups: Vec<String> =
        plan.groups.iter().filter(|(_, group)| !group.closed).map(|(id, _)| id.clone()).collect();
    let onward = plan.queues.iter().filter(|(other, info)| {
        other.as_str() > id && queue.channels.iter().all(|channel| info.channels.contains(channel))
    });
    let onward: Vec<String> = onward.map(|(other, _)| other.clone()).collect();
    let mut steps = Vec::new();
    for _ in 0..dice.below(5) {
        let after_ms = u64::from(dice.below(86_400_000));
        let step = match dice.below(8) {
            0 => Some(SurgeStep::OpenRings { rings: 1 + dice.below(10) }),
            1 => dice.maybe(&groups).map(|group| SurgeStep::OpenGroups { groups: vec![group] }),
            2 => Some(SurgeStep::Message(message(queue, dice))),
            3 => queue.callback.as_ref().map(|_| SurgeStep::OfferCallback(offer(queue, dice))),
            4 => Some(SurgeStep::Bot {
                gateway: "bot".to_owned(),
                after_ms,
                at_most: 1 + dice.below(1_000_000),
            }),
            5 => dice.maybe(&onward).map(|queue| SurgeStep::Overflow { queue, after_ms }),
            6 => Some(SurgeStep::WrapUp { limit_ms: dice.below(3_600_001).into() }),
            // Lower with each level.
            _ => Some(SurgeStep::Cap {
                waiting: (4 - level) * 200_000 + dice.below(100_000),
                retry_ms: 1_000 + u64::from(dice.below(86_399_000)),
            }),
        };
        // Twice the same at a level would be one too many of some kinds.
        steps.extend(step.filter(|step| !steps.iter().any(|known: &SurgeStep| known.word() == step.word())));
    }
    steps
}

fn message(queue: &Queue, dice: &mut Dice) -> WaitMessage {
    let times = 1 + dice.below(10);
    let plain = texts("{ahead} 位 {{x}}", dice);
    let (text, text_unknown) =
        if dice.once_in(2) { (plain, Texts::new()) } else { (texts("{wait} {wait_at_most}", dice), plain) };
    WaitMessage {
        text,
        text_unknown,
        faq: if dice.once_in(2) { "https://example.cn/faq?\"x\"".to_owned() } else { String::new() },
        first_ms: dice.below(86_400_000).into(),
        every_ms: (times > 1).then(|| 30_000 + u64::from(dice.below(3_570_000))),
        times,
        channels: dice.maybe(&queue.channels).into_iter().collect(),
    }
}

fn offer(queue: &Queue, dice: &mut Dice) -> WaitMessage {
    WaitMessage { every_ms: None, times: 1, ..message(queue, dice) }
}

fn texts(text: &str, dice: &mut Dice) -> Texts {
    let mut texts = BTreeMap::from([("default".to_owned(), text.to_owned())]);
    for tag in ["en", "zh-Hant-TW"] {
        if dice.once_in(3) {
            texts.insert(tag.to_owned(), format!("{tag} \\ \"{text}\""));
        }
    }
    texts
}
