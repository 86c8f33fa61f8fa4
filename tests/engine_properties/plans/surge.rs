//! Surges with levels that a few contacts reach, of all kinds of steps, and callbacks of queues.

use fastrand::Rng;
use kefud::{
    plan::{
        Plan,
        model::{
            CallbackMode, CallbackOffer, CallbackRules, ClosedPolicy, Closing, Surge, SurgeLevel, SurgeStep,
            SurgeWindow, Texts, Thresholds, WaitMessage,
        },
    },
    schedule::Span,
};

const SURGES: [&str; 2] = ["u0", "u1"];

fn one<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.usize(..of.len())]
}

fn message(rng: &mut Rng) -> WaitMessage {
    let times = one(rng, &[1, 1, 2, 3]);
    WaitMessage {
        text: Texts::from([("default".to_owned(), one(rng, &["{ahead} ahead", "soon"]).to_owned())]),
        first_ms: one(rng, &[0, 0, 3_000, 10_000]),
        every_ms: (times > 1).then(|| one(rng, &[2_000, 5_000, 30_000])),
        times,
        channels: if rng.u8(..4) == 0 { vec![format!("k{}", rng.u8(..4))] } else { Vec::new() },
        ..WaitMessage::default()
    }
}

fn step(rng: &mut Rng) -> SurgeStep {
    let after_ms = one(rng, &[0, 0, 2_000, 8_000]);
    match rng.u8(..11) {
        0 => SurgeStep::OpenRings { rings: one(rng, &[1, 1, 2, 3]) },
        1 | 2 => {
            let mut groups: Vec<String> = (0..3).filter(|_| rng.bool()).map(|at| format!("g{at}")).collect();
            groups.extend(groups.is_empty().then(|| "g1".to_owned()));
            SurgeStep::OpenGroups { groups }
        }
        3 => SurgeStep::Message(message(rng)),
        4 | 5 => SurgeStep::OfferCallback(message(rng)),
        6 => {
            let gateway = format!("gw{}", rng.u8(..3));
            SurgeStep::Bot { gateway, after_ms, at_most: one(rng, &[1, 2, 50]) }
        }
        7 | 8 => SurgeStep::Overflow { queue: format!("q{}", rng.u8(..4)), after_ms },
        9 => SurgeStep::WrapUp { limit_ms: one(rng, &[0, 1_000, 8_000]) },
        _ => SurgeStep::Cap { waiting: rng.u32(..8), retry_ms: one(rng, &[1_000, 60_000]) },
    }
}

fn steps(rng: &mut Rng, most: usize) -> Vec<SurgeStep> {
    (0..rng.usize(..=most)).map(|_| step(rng)).collect()
}

/// What each of up to three levels is entered and left by: from level to level more of it.
fn thresholds(rng: &mut Rng, levels: u32) -> Vec<(Thresholds, Thresholds)> {
    let some = |rng: &mut Rng, of: u8| rng.u8(..of) == 0;
    let (waiting, oldest) = (some(rng, 1), some(rng, 3));
    let (expected, gone, agents) = (some(rng, 3), some(rng, 3), some(rng, 6));
    let (first, each) = (rng.u32(1..4), rng.u32(1..3));
    let both = |at: u32| {
        let on = Thresholds {
            waiting: waiting.then_some(first + at * each),
            oldest_wait_ms: oldest.then_some(u64::from(at + 1) * 12_000),
            expected_wait_ms: expected.then_some(u64::from(at + 1) * 6_000),
            abandoned_permille: gone.then_some((at + 1) * 150),
            agents_below: (agents && at == 0).then_some(2),
        };
        let off = Thresholds {
            waiting: on.waiting.map(|on| on - 1),
            oldest_wait_ms: on.oldest_wait_ms.map(|on| on - 4_000),
            expected_wait_ms: on.expected_wait_ms.map(|on| on - 2_000),
            abandoned_permille: on.abandoned_permille.map(|on| on - 60),
            agents_below: on.agents_below.map(|on| on + 1),
        };
        (on, off)
    };
    (0..levels).map(both).collect()
}

fn windows(rng: &mut Rng, levels: u32) -> Vec<SurgeWindow> {
    let level = u8::try_from(rng.u32(1..=levels)).expect("a level");
    match rng.u8(..4) {
        0 => vec![SurgeWindow {
            calendar: Some(one(rng, &["c0", "c1"]).to_owned()),
            eve_of: None,
            at: Vec::new(),
            level,
        }],
        1 => {
            let at = vec![Span { from_s: 0, to_s: rng.u32(1..1_440) * 60 }];
            vec![SurgeWindow { calendar: None, eve_of: Some("h".to_owned()), at, level }]
        }
        _ => Vec::new(),
    }
}

fn a_surge(rng: &mut Rng) -> Surge {
    let levels = rng.u32(1..=3);
    let hold_ms = one(rng, &[10_000, 10_000, 30_000]);
    let always = if rng.u8(..3) == 0 { steps(rng, 2) } else { Vec::new() };
    let windows = windows(rng, levels);
    let levels = thresholds(rng, levels).into_iter();
    let levels = levels.map(|(on, off)| SurgeLevel { on, off, steps: steps(rng, 3) }).collect();
    Surge { name: String::new(), hold_ms, steps: always, windows, levels }
}

fn rules(rng: &mut Rng) -> CallbackRules {
    CallbackRules {
        mode: one(rng, &[CallbackMode::AgentFirst, CallbackMode::CustomerFirst]),
        offer: one(rng, &[CallbackOffer::Surge, CallbackOffer::Always, CallbackOffer::Always]),
        hours: (rng.u8(..3) == 0).then(|| one(rng, &["c0", "c1"]).to_owned()),
        attempts: rng.u32(1..4),
        spacing_ms: (0..rng.usize(1..3)).map(|_| one(rng, &[1_000, 5_000, 20_000])).collect(),
        dial_timeout_ms: one(rng, &[5_000, 20_000]),
        dial_ahead_ms: one(rng, &[0, 30_000, 600_000]),
        agent_wait_ms: one(rng, &[0, 0, 4_000, 30_000]),
        expire_ms: one(rng, &[60_000, 300_000, 3_600_000]),
        max_open: one(rng, &[1, 3, 10_000, 10_000]),
    }
}

/// Gives a plan surges, and some of its queues callbacks.
pub fn surge(plan: &mut Plan, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let rng = &mut rng;
    for id in SURGES {
        plan.surges.insert(id.to_owned(), a_surge(rng).into());
    }
    let (calendars, groups) = (!plan.calendars.is_empty(), plan.groups.len());
    for queue in plan.queues.values_mut() {
        queue.surge = (rng.u8(..5) > 0).then(|| one(rng, &SURGES).to_owned());
        queue.callback = (rng.u8(..4) > 0).then(|| rules(rng));
        if !calendars || rng.u8(..3) > 0 {
            queue.calendar = None;
        } else if queue.callback.is_some() {
            queue.closed = if rng.bool() { Some(ClosedPolicy::Callback) } else { queue.closed };
            queue.closed_queue.take_if(|_| queue.closed == Some(ClosedPolicy::Callback));
            queue.closing = if rng.bool() { Closing::Callback } else { queue.closing };
            queue.closing_queue.take_if(|_| queue.closing == Closing::Callback);
        }
        // Some are at home in one group only, so that others can be opened to them.
        if groups > 1 && rng.u8(..3) == 0 {
            queue.groups = vec!["g0".to_owned()];
        }
        // So that not all is refused by what is nobody's concern here.
        queue.max_waiting = queue.max_waiting.max(4);
    }
    // Windows reach over calls that come late and callbacks that are asked for.
    plan.settings.promise_horizon_ms = plan.settings.promise_horizon_ms.max(300_000);
    super::mend(plan);
}

/// Takes out what names something that isn't there.
pub fn mend(plan: &mut Plan) {
    let Plan { surges, queues, groups, channels, calendars, holidays, .. } = plan;
    let known: Vec<String> = queues.keys().cloned().collect();
    for queue in queues.values_mut() {
        queue.surge.take_if(|id| !surges.contains_key(id));
        if let Some(callback) = &mut queue.callback {
            callback.hours.take_if(|id| !calendars.contains_key(id));
        } else {
            queue.closed.take_if(|closed| *closed == ClosedPolicy::Callback);
            if queue.closing == Closing::Callback {
                queue.closing = Closing::ServeOut;
            }
        }
    }
    let there = |step: &mut SurgeStep| match step {
        SurgeStep::OpenGroups { groups: opened } => {
            opened.retain(|id| groups.contains_key(id));
            !opened.is_empty()
        }
        SurgeStep::Message(message) | SurgeStep::OfferCallback(message) => {
            message.channels.retain(|id| channels.contains_key(id));
            true
        }
        SurgeStep::Overflow { queue, .. } => known.contains(queue),
        _ => true,
    };
    for surge in surges.values_mut() {
        surge.steps.retain_mut(there);
        surge.levels.iter_mut().for_each(|level| level.steps.retain_mut(there));
        surge.windows.retain(|window| match (&window.calendar, &window.eve_of) {
            (Some(id), _) => calendars.contains_key(id),
            (None, Some(id)) => holidays.contains_key(id),
            (None, None) => false,
        });
    }
}
