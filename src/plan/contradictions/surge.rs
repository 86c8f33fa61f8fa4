//! What contradicts what in surges and callbacks: levels, windows, steps, and ways from queue to queue.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use toml::de::DeValue;

use super::{EntryKind, Path, Plan, Queue, Search, format_ms, value_of};
use crate::plan::model::{
    CallbackMode, CallbackRules, ChannelKind, ClosedPolicy, Closing, Surge, SurgeStep, SurgeWindow,
    Thresholds,
};

/// What a level can be entered and left by.
struct Trigger {
    key: &'static str,
    value: fn(&Thresholds) -> Option<u64>,
    /// It is on below its threshold, not above.
    below: bool,
    /// In milliseconds.
    is_time: bool,
}

const TRIGGERS: [Trigger; 5] = [
    Trigger { key: "waiting", value: |all| all.waiting.map(u64::from), below: false, is_time: false },
    Trigger { key: "oldest_wait", value: |all| all.oldest_wait_ms, below: false, is_time: true },
    Trigger { key: "expected_wait", value: |all| all.expected_wait_ms, below: false, is_time: true },
    Trigger {
        key: "abandoned_permille",
        value: |all| all.abandoned_permille.map(u64::from),
        below: false,
        is_time: false,
    },
    Trigger {
        key: "agents_below",
        value: |all| all.agents_below.map(u64::from),
        below: true,
        is_time: false,
    },
];

impl Trigger {
    fn show(&self, value: u64) -> String {
        if self.is_time { format_ms(value) } else { value.to_string() }
    }

    /// The nearest value that leaves room beside that of `on`.
    fn calm(&self, on: u64) -> u64 {
        let room = on.div_ceil(10).max(if self.is_time { 1_000 } else { 1 });
        if self.below { on + room } else { on.saturating_sub(room) }
    }

    /// Whether a value is further from calm than another.
    fn is_worse(&self, value: u64, than: u64) -> bool {
        if self.below { value < than } else { value > than }
    }
}

/// The path of a step; level 0 has those in force at every level.
pub(in crate::plan) fn at_step<R>(
    surge: &Path<'_>,
    level: usize,
    index: usize,
    then: impl FnOnce(&Path<'_>) -> R,
) -> R {
    match level.checked_sub(1) {
        None => then(&Path::Item(&Path::Key(surge, "steps"), index)),
        Some(level) => {
            let levels = Path::Key(surge, "levels");
            let level = Path::Item(&levels, level);
            then(&Path::Item(&Path::Key(&level, "steps"), index))
        }
    }
}

impl Search<'_> {
    pub(super) fn surges(&mut self, plan: &Plan) {
        let section = Path::Key(&Path::Root, EntryKind::Surge.section());
        for (id, surge) in &plan.surges {
            let path = &Path::Key(&section, id);
            self.levels(path, surge);
            let windows = Path::Key(path, "windows");
            for (index, window) in surge.windows.iter().enumerate() {
                self.window(&Path::Item(&windows, index), window, surge.levels.len());
            }
            self.caps(path, surge);
            for (level, index, step) in surge.flat_steps() {
                at_step(path, level, index, |path| self.surge_step(path, step, plan));
            }
        }
        let queues = Path::Key(&Path::Root, EntryKind::Queue.section());
        for (id, queue) in &plan.queues {
            let path = &Path::Key(&queues, id);
            self.without_callback(path, queue, plan);
            if let Some(callback) = &queue.callback {
                self.callback(&Path::Key(path, "callback"), callback, queue, plan);
            }
        }
        self.overflows(plan);
    }

    fn levels(&mut self, path: &Path<'_>, surge: &Surge) {
        let levels = Path::Key(path, "levels");
        for (index, level) in surge.levels.iter().enumerate() {
            let path = &Path::Item(&levels, index);
            let (on, off) = (&Path::Key(path, "on"), &Path::Key(path, "off"));
            let mut entered = surge.windows.iter().any(|window| usize::from(window.level) == index + 1);
            for trigger in &TRIGGERS {
                let key = trigger.key;
                let written = (self.is_written(on, key), self.is_written(off, key));
                entered |= written.0;
                match written {
                    (true, false) => {
                        self.idle(off, || format!("lacks `{key}`, say when it is calm again"));
                    }
                    (false, true) => self.idle(&Path::Key(off, key), || {
                        format!("has no effect without `on.{key}`, add that or remove this")
                    }),
                    (true, true) => {
                        let values = (trigger.value)(&level.on).zip((trigger.value)(&level.off));
                        self.room(&Path::Key(off, key), trigger, values);
                    }
                    (false, false) => {}
                }
                self.rising(path, trigger, surge, index);
            }
            // What is no table may hold a trigger.
            let readable = value_of(self.root, on).is_none_or(|value| value.get_ref().as_table().is_some());
            let is_table =
                value_of(self.root, path).is_some_and(|value| value.get_ref().as_table().is_some());
            if !entered && readable && is_table {
                self.idle(path, || "is never entered, give it a trigger in `on`".to_owned());
            }
        }
    }

    fn room(&mut self, path: &Path<'_>, trigger: &Trigger, values: Option<(u64, u64)>) {
        let Some((on, off)) = values else { return };
        let calm = trigger.calm(on);
        if trigger.is_worse(off, calm) {
            self.error(path, || {
                let (most, side) = if trigger.below { ("least", "above") } else { ("most", "below") };
                let (calm, on) = (trigger.show(calm), trigger.show(on));
                format!(
                    "must be at {most} {calm}, a tenth {side} the {on} of `on`: without room the level would flap"
                )
            });
        }
    }

    /// A level is entered later than the one below it, and left no later.
    fn rising(&mut self, path: &Path<'_>, trigger: &Trigger, surge: &Surge, index: usize) {
        let level = &surge.levels[index];
        let below = surge.levels[..index].iter().enumerate().rev();
        let below = below
            .filter(|(_, level)| (trigger.value)(&level.on).is_some())
            .map(|(at, level)| (at + 1, level));
        let Some((number, lower)) = below.into_iter().next() else { return };
        if let Some((own, before)) = (trigger.value)(&level.on).zip((trigger.value)(&lower.on))
            && !trigger.is_worse(own, before)
        {
            self.error(&Path::Key(&Path::Key(path, "on"), trigger.key), || {
                let word = if trigger.below { "less" } else { "more" };
                format!("must be {word} than the {} of level {number}", trigger.show(before))
            });
        }
        if let Some((own, before)) = (trigger.value)(&level.off).zip((trigger.value)(&lower.off))
            && trigger.is_worse(before, own)
        {
            self.error(&Path::Key(&Path::Key(path, "off"), trigger.key), || {
                let word = if trigger.below { "most" } else { "least" };
                format!("must be at {word} the {} of level {number}", trigger.show(before))
            });
        }
    }

    fn window(&mut self, path: &Path<'_>, window: &SurgeWindow, levels: usize) {
        if value_of(self.root, path).is_none_or(|value| value.get_ref().as_table().is_none()) {
            return;
        }
        let written = ["calendar", "eve_of", "at"].map(|key| self.is_written(path, key));
        match written {
            [true, true, _] => self.error(&Path::Key(path, "eve_of"), || {
                "stands beside `calendar`, remove one of them".to_owned()
            }),
            [false, false, _] => {
                self.idle(path, || "is never open, name a `calendar` or `eve_of`".to_owned());
            }
            [true, false, true] => self.idle(&Path::Key(path, "at"), || {
                "has no effect with `calendar`, which has its own hours: remove this".to_owned()
            }),
            [false, true, false] => self.idle(path, || "lacks `at`, say when on such days".to_owned()),
            [false, true, true] if window.at.is_empty() => {
                let at = &Path::Key(path, "at");
                let is_list = value_of(self.root, at).and_then(|value| value.get_ref().as_array());
                if is_list.is_some_and(|list| list.is_empty()) {
                    self.error(at, || "is empty, name at least one span".to_owned());
                }
            }
            _ => {}
        }
        if usize::from(window.level) > levels {
            self.error(&Path::Key(path, "level"), || match levels {
                0 => "there are no levels, add them or remove this window".to_owned(),
                1 => "there is only 1 level".to_owned(),
                _ => format!("there are only {levels} levels"),
            });
        }
    }

    /// A cap above one of a lower level would have no effect.
    fn caps(&mut self, path: &Path<'_>, surge: &Surge) {
        let mut before: Option<(usize, u32)> = None;
        for (level, index, step) in surge.flat_steps() {
            let SurgeStep::Cap { waiting, .. } = step else { continue };
            at_step(path, level, index, |path| {
                let key = &Path::Key(path, "waiting");
                // 0 is the stand-in for what is wrong.
                let zero =
                    |value: &DeValue<'_>| value.as_integer().is_some_and(|number| number.as_str() == "0");
                let is_right =
                    *waiting > 0 || value_of(self.root, key).is_some_and(|value| zero(value.get_ref()));
                if !is_right {
                    return;
                }
                if let Some((level, last)) = before.filter(|(_, last)| waiting >= last) {
                    self.error(key, || match level {
                        0 => format!("must be below the {last} that holds at every level"),
                        _ => format!("must be below the {last} of level {level}"),
                    });
                }
                before = Some((level, *waiting));
            });
        }
    }

    fn surge_step(&mut self, path: &Path<'_>, step: &SurgeStep, plan: &Plan) {
        match step {
            SurgeStep::OpenGroups { groups } => {
                let key = Path::Key(path, "groups");
                for (index, id) in groups.iter().enumerate() {
                    if plan.groups.get(id).is_some_and(|group| group.closed) {
                        self.error(&Path::Item(&key, index), || {
                            format!(
                                "group `{id}` is closed, opening it has no effect: open it or remove this"
                            )
                        });
                    }
                }
            }
            SurgeStep::Message(message) => {
                self.wait_message(path, message);
                let times = &Path::Key(path, "times");
                if message.times > 1 && !self.is_written(path, "every") {
                    self.idle(times, || "has no effect without `every`, add that or remove this".to_owned());
                } else if message.every_ms.is_some() && message.times == 1 {
                    self.idle(&Path::Key(path, "every"), || {
                        "has no effect unless `times` is more than 1, change that or remove this".to_owned()
                    });
                }
            }
            SurgeStep::OfferCallback(message) => self.wait_message(path, message),
            SurgeStep::OpenRings { .. }
            | SurgeStep::Bot { .. }
            | SurgeStep::Overflow { .. }
            | SurgeStep::WrapUp { .. }
            | SurgeStep::Cap { .. } => {}
        }
    }

    /// Something of a queue asks for callbacks that it doesn't have.
    fn without_callback(&mut self, path: &Path<'_>, queue: &Queue, plan: &Plan) {
        if self.is_written(path, "callback") {
            return;
        }
        let needed = "needs to know how customers are called back, give the queue a `callback`";
        if queue.closed == Some(ClosedPolicy::Callback) {
            self.idle(&Path::Key(path, "closed"), || needed.to_owned());
        }
        if queue.closing == Closing::Callback {
            self.idle(&Path::Key(path, "closing"), || needed.to_owned());
        }
        let Some((id, surge)) = queue.surge.as_ref().and_then(|id| Some((id, plan.surges.get(id)?))) else {
            return;
        };
        if surge.flat_steps().any(|(.., step)| matches!(step, SurgeStep::OfferCallback(_))) {
            self.idle(&Path::Key(path, "surge"), || {
                format!("surge `{id}` offers callbacks, give the queue a `callback`")
            });
        }
    }

    fn callback(&mut self, path: &Path<'_>, callback: &CallbackRules, queue: &Queue, plan: &Plan) {
        let hours = callback.hours.as_ref().and_then(|id| Some((id, plan.calendars.get(id)?)));
        if let Some((id, calendar)) = hours
            && calendar.hours.values().chain(calendar.days.values()).all(Vec::is_empty)
        {
            self.idle(&Path::Key(path, "hours"), || {
                format!("calendar `{id}` is never open, give it `hours`")
            });
        }
        let known = |id: &String| plan.channels.get(id).map(|channel| channel.kind);
        let may_dial =
            queue.channels.iter().any(|id| known(id).is_none_or(|kind| kind == ChannelKind::Realtime));
        if callback.mode == CallbackMode::CustomerFirst && !may_dial {
            self.error(&Path::Key(path, "mode"), || {
                "the queue has no realtime channel by which customers could be dialled first".to_owned()
            });
        }
        if callback.mode == CallbackMode::AgentFirst && self.is_written(path, "dial_ahead") {
            // A mode that is wrong may be the other one.
            let mode = value_of(self.root, &Path::Key(path, "mode"));
            if mode.is_none_or(|word| word.get_ref().as_str() == Some("agent_first")) {
                self.idle(&Path::Key(path, "dial_ahead"), || {
                    "has no effect unless `mode` is `customer_first`, change that or remove this".to_owned()
                });
            }
        }
        let spacing = &Path::Key(path, "spacing");
        if !self.is_written(path, "spacing") {
            return;
        }
        let (attempts, count) = (callback.attempts, callback.spacing_ms.len());
        // 0 is the stand-in for what is wrong.
        if attempts > 0 && count >= attempts as usize {
            self.idle(spacing, || {
                format!("has {count} durations, there are only {} between {attempts} attempts", attempts - 1)
            });
        }
        for (index, ms) in callback.spacing_ms.iter().enumerate().filter(|(_, ms)| **ms > callback.expire_ms)
        {
            self.error(&Path::Item(spacing, index), || {
                let (ms, expire) = (format_ms(*ms), format_ms(callback.expire_ms));
                format!("{ms} is longer than the {expire} after which callbacks expire, shorten it")
            });
        }
    }

    /// Tells of overflow to queues that don't take a channel, and of ways that come back to where they began.
    fn overflows(&mut self, plan: &Plan) {
        let ways = ways(plan);
        let section = Path::Key(&Path::Root, EntryKind::Surge.section());
        let (mut told, mut refused) = (BTreeSet::new(), BTreeSet::new());
        for (id, queue) in &plan.queues {
            let Some((surge_id, surge)) = queue.surge.as_ref().and_then(|id| plan.surges.get_key_value(id))
            else {
                continue;
            };
            let path = &Path::Key(&section, surge_id);
            for (level, index, step) in surge.flat_steps() {
                let SurgeStep::Overflow { queue: to, .. } = step else { continue };
                let Some(target) = plan.queues.get(to) else { continue };
                at_step(path, level, index, |path| {
                    let key = &Path::Key(path, "queue");
                    let lacks = |channel: &&String| !channel.is_empty() && !target.channels.contains(channel);
                    let lacking = queue.channels.iter().find(lacks);
                    if let Some(channel) = lacking.filter(|_| refused.insert((surge_id, level, index))) {
                        self.error(key, || {
                            format!(
                                "queue `{to}` does not accept channel `{channel}` of queue `{id}`, add it there or \
                                 name another queue"
                            )
                        });
                    }
                    let Some(back) = way(&ways, to, id) else { return };
                    let circle: BTreeSet<&str> = back.iter().copied().collect();
                    if told.insert(circle) {
                        self.error(key, || format!("overflow goes round: {id} → {}", back.join(" → ")));
                    }
                });
            }
        }
    }
}

/// Where contacts may go by themselves from each queue: when it is closed or closes, and by steps of its surge.
fn ways(plan: &Plan) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut ways: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (id, queue) in &plan.queues {
        let closed = queue.closed_queue.as_ref().filter(|_| queue.closed == Some(ClosedPolicy::Overflow));
        let closing = queue.closing_queue.as_ref().filter(|_| queue.closing == Closing::Move);
        let surge = queue.surge.as_ref().and_then(|id| plan.surges.get(id));
        let steps =
            surge.into_iter().flat_map(|surge| surge.flat_steps()).filter_map(|(.., step)| match step {
                SurgeStep::Overflow { queue, .. } => Some(queue),
                _ => None,
            });
        let to = closed.into_iter().chain(closing).chain(steps).map(String::as_str);
        ways.insert(id, to.filter(|to| plan.queues.contains_key(*to)).collect());
    }
    ways
}

/// The shortest way between two queues, with both; none: there is no way.
fn way<'p>(ways: &BTreeMap<&'p str, BTreeSet<&'p str>>, from: &'p str, to: &str) -> Option<Vec<&'p str>> {
    let mut came: BTreeMap<&str, &'p str> = BTreeMap::new();
    let mut next = VecDeque::from([from]);
    while let Some(at) = next.pop_front() {
        if at == to {
            let mut back = vec![at];
            while let Some(before) = back.last().filter(|last| **last != from).and_then(|last| came.get(last))
            {
                back.push(*before);
            }
            back.reverse();
            return Some(back);
        }
        for on in ways.get(at).into_iter().flatten() {
            if *on != from && !came.contains_key(on) {
                came.insert(on, at);
                next.push_back(on);
            }
        }
    }
    None
}
