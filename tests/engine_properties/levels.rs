//! Surge levels by the words of their rules: what is measured, which level follows, which steps are in force. By the plan
//! and the public records.

use std::collections::BTreeMap;

use kefud::{
    plan::model::{Surge, SurgeStep, SurgeWindow, Thresholds, WaitMessage},
    proto::journal::{
        self as j, ContactRecord, ContactStage, Dialling, PlanKind, SurgeCause, SurgeSignals, SurgeStepKind,
        event::Kind,
    },
    schedule::{Day, Zone},
};

use crate::{naive::View, roster::Hours};

type Checked<T = ()> = Result<T, String>;

const DAY_S: i64 = 86_400;

fn same<T: PartialEq + std::fmt::Debug>(what: &str, told: &T, right: &T) -> Checked {
    if told == right { Ok(()) } else { Err(format!("{what} is {told:?}, should be {right:?}")) }
}

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(problem()) }
}

/// Since when a contact in line has waited there.
pub fn since_ms(record: &ContactRecord) -> u64 {
    let talk = record.talk();
    record.effective_arrival_ms + talk.bot_aged_ms + talk.head_start_ms
}

/// The first threshold of a level that is reached.
fn reached(on: &Thresholds, told: &SurgeSignals) -> Option<SurgeCause> {
    let expected = (told.expected_ms > 0).then_some(told.expected_ms);
    let over = |on: Option<u64>, value: u64| on.is_some_and(|on| value >= on);
    let all = [
        (over(on.waiting.map(u64::from), u64::from(told.waiting)), SurgeCause::Waiting),
        (over(on.oldest_wait_ms, told.oldest_ms), SurgeCause::OldestWait),
        (expected.is_some_and(|ms| over(on.expected_wait_ms, ms)), SurgeCause::ExpectedWait),
        (
            over(on.abandoned_permille.map(u64::from), u64::from(told.abandoned_permille)),
            SurgeCause::Abandoned,
        ),
        (on.agents_below.is_some_and(|on| told.agents < on), SurgeCause::Agents),
    ];
    all.into_iter().find(|(reached, _)| *reached).map(|(_, cause)| cause)
}

/// All that a level is left by is reached.
fn calm(off: &Thresholds, told: &SurgeSignals, open: bool) -> bool {
    off.waiting.is_none_or(|off| told.waiting <= off)
        && off.oldest_wait_ms.is_none_or(|off| told.oldest_ms <= off)
        && off.expected_wait_ms.is_none_or(|off| told.expected_ms <= off)
        && off.abandoned_permille.is_none_or(|off| told.abandoned_permille <= off)
        && (!open || off.agents_below.is_none_or(|off| told.agents >= off))
}

impl<'a> View<'a> {
    /// Those in a queue's line whose customers are there.
    pub fn there(&self, queue: u32) -> impl Iterator<Item = &'a ContactRecord> {
        let live = self.state.live_contacts_after(0).filter(move |record| record.queue == queue);
        let live = live.filter(|it| matches!(it.stage(), ContactStage::Waiting | ContactStage::Offered));
        live.filter(|it| !it.talk().callback || it.talk().dialling() == Dialling::Answered)
    }

    pub fn surge_of(&self, queue: u32) -> Option<&'a Surge> {
        let id = self.plan.queues.get(self.id(queue))?.surge.as_ref()?;
        self.plan.surges.get(id).map(|surge| &**surge)
    }

    /// What is measured of a queue; the expected wait is another's to say.
    fn signals(&self, queue: u32, expected_ms: u64) -> SurgeSignals {
        if !self.state.queue_open(queue) {
            return SurgeSignals::default();
        }
        let (answered, gone) = self.state.flow(queue).map_or((0, 0), |flow| flow.outcomes(self.now_ms));
        let all = answered + gone;
        let surge = self.surge_of(queue);
        let asks =
            surge.is_some_and(|surge| surge.levels.iter().any(|level| level.on.agents_below.is_some()));
        let rules = self.plan.queues.get(self.id(queue));
        let home = |group: &String| {
            let open = self.plan.groups.get(group).is_some_and(|group| !group.closed);
            open && rules.is_some_and(|queue| queue.groups.is_empty() || queue.groups.contains(group))
        };
        let agents = self.people.iter().filter(|person| person.info.groups.iter().any(home)).count();
        let agents = if asks { u32::try_from(agents).unwrap_or(u32::MAX) } else { 0 };
        SurgeSignals {
            waiting: u32::try_from(self.there(queue).count()).unwrap_or(u32::MAX),
            oldest_ms: self.there(queue).map(since_ms).min().map_or(0, |since_ms| self.now_ms - since_ms),
            expected_ms,
            abandoned_permille: if all < 20 { 0 } else { gone * 1_000 / all },
            agents,
        }
    }

    fn window_open(&self, window: &SurgeWindow, wall_s: i64) -> bool {
        if let Some(calendar) = window.calendar.as_ref().and_then(|id| self.plan.calendars.get(id)) {
            return Hours::new(self.plan, calendar, wall_s - DAY_S, wall_s + DAY_S).open(wall_s);
        }
        let Some(holidays) = window.eve_of.as_ref().and_then(|id| self.plan.holidays.get(id)) else {
            return false;
        };
        let local_s = Zone::load(&self.plan.settings.zone).map_or(wall_s, |zone| zone.local_s(wall_s));
        let (day, of_day_s) = (Day::of_local(local_s), local_s.rem_euclid(DAY_S));
        let off = |day: Day| holidays.off.keys().any(|range| range.first <= day && day <= range.last);
        let within = window
            .at
            .iter()
            .any(|span| i64::from(span.from_s) <= of_day_s && of_day_s < i64::from(span.to_s));
        off(day.plus(1)) && !off(day) && within
    }

    /// The least level by planned windows.
    pub fn floor(&self, queue: u32) -> u32 {
        let wall_s = self.state.wall_s(self.now_ms);
        let windows = self.surge_of(queue).map_or(&[][..], |surge| &surge.windows);
        let open = windows.iter().filter(|window| self.window_open(window, wall_s));
        open.map(|window| u32::from(window.level)).max().unwrap_or(0)
    }

    /// The level that a queue should have now, if it is another than it has. `looked`: what is measured counts.
    fn level_due(&self, queue: u32, told: &SurgeSignals, looked: bool) -> Option<(u32, SurgeCause)> {
        let record = self.state.surge(queue).cloned().unwrap_or_default();
        let level = record.level;
        let Some(surge) = self.surge_of(queue) else {
            return (level > 0).then_some((0, SurgeCause::Plan));
        };
        let top = u32::try_from(surge.levels.len()).unwrap_or(u32::MAX);
        if level > top {
            return Some((top, SurgeCause::Plan));
        }
        let wall_s = self.state.wall_s(self.now_ms);
        if let Some(word) = record.override_record.as_ref().filter(|word| word.until_s > wall_s) {
            let exactly = word.level.min(top);
            return (exactly != level).then_some((exactly, SurgeCause::ByHand));
        }
        let open = self.state.queue_open(queue) && looked;
        let mut up = (0, SurgeCause::Unspecified);
        for (number, entry) in (1..).zip(&surge.levels) {
            if let Some(cause) = reached(&entry.on, told).filter(|_| open) {
                up = (number, cause);
            }
        }
        let held = record.changed_ms != 0 && self.now_ms < record.changed_ms + surge.hold_ms;
        let floor = self.floor(queue).min(top);
        let may_rise = !(held && record.fell);
        let rise = if may_rise { up.0 } else { 0 };
        if rise.max(floor) > level {
            return Some(if rise >= floor { up } else { (floor, SurgeCause::Window) });
        }
        let calm = level > up.0.max(floor) && calm(&surge.levels[level as usize - 1].off, told, open);
        (calm && !held).then(|| (level - 1, SurgeCause::Calm))
    }

    fn level_changed(&self, event: &j::SurgeLevelChanged) -> Checked {
        let told = event.signals.unwrap_or_default();
        same("what is measured", &told, &self.signals(event.queue, told.expected_ms))?;
        same("the planned level", &event.planned, &self.floor(event.queue))?;
        let record = self.state.surge(event.queue);
        if event.cause() == SurgeCause::ByHandEnded {
            let word = record.and_then(|record| record.override_record.as_ref());
            let over = word.is_none_or(|word| word.until_s <= self.state.wall_s(self.now_ms));
            ensure(over, || "a supervisor's word still holds".to_owned())?;
            return same("the level", &event.level, &record.map_or(0, |record| record.level));
        }
        let due = self.level_due(event.queue, &told, true);
        same("the level", &Some((event.level, event.cause())), &due)
    }

    /// The steps of the plan up to a level, in the order in which they are taken.
    fn wanted(&self, queue: u32, level: u32) -> Vec<(u32, u32, &'a SurgeStep)> {
        let mut all = Vec::new();
        let Some(surge) = self.surge_of(queue) else { return all };
        let lists = std::iter::once(&surge.steps).chain(surge.levels.iter().map(|level| &level.steps));
        for (of, steps) in (0..=level).zip(lists) {
            all.extend((0..).zip(steps).map(|(index, step)| (of, index, step)));
        }
        all
    }
}

/// What was said by messages, by what stands for it, so that other texts are told from these.
#[derive(Debug, Default)]
pub struct Levels {
    texts: BTreeMap<u64, WaitMessage>,
    /// The last change by queue: when, and whether it was a fall.
    changed: BTreeMap<u32, (u64, bool)>,
}

impl Levels {
    fn alike(
        &self,
        view: &View<'_>,
        told: &j::SurgeStep,
        (level, index, step): (u32, u32, &SurgeStep),
    ) -> bool {
        let of = |kind: SurgeStepKind| j::SurgeStep { kind: kind.into(), level, index, ..Default::default() };
        let number = |kind, id: &String| view.state.names().number(kind, id).unwrap_or(0);
        let sorted = |mut numbers: Vec<u32>| {
            numbers.sort_unstable();
            numbers
        };
        let said = |kind, message: &WaitMessage, times, every_ms| {
            let known = self.texts.get(&told.text);
            let of_text = |of: &WaitMessage| (of.text.clone(), of.text_unknown.clone(), of.faq.clone());
            let other = known.is_none_or(|known| of_text(known) != of_text(message));
            let channels = message.channels.iter().map(|id| number(PlanKind::Channel, id)).collect();
            let text = if other { 0 } else { told.text };
            let channels =
                if sorted(told.channels.clone()) == sorted(channels) { &told.channels[..] } else { &[0] };
            let first_ms = message.first_ms;
            j::SurgeStep { text, first_ms, every_ms, times, channels: channels.to_vec(), ..of(kind) }
        };
        let right = match step {
            SurgeStep::OpenRings { rings } => j::SurgeStep { rings: *rings, ..of(SurgeStepKind::OpenRings) },
            SurgeStep::OpenGroups { groups } => {
                let groups = groups.iter().filter(|id| !view.plan.groups[*id].closed);
                let groups = sorted(groups.map(|id| number(PlanKind::Group, id)).collect());
                let groups = if groups == sorted(told.groups.clone()) { told.groups.clone() } else { groups };
                j::SurgeStep { groups, ..of(SurgeStepKind::OpenGroups) }
            }
            SurgeStep::Message(message) => {
                said(SurgeStepKind::Message, message, message.times, message.every_ms.unwrap_or(0))
            }
            SurgeStep::OfferCallback(message) => said(SurgeStepKind::OfferCallback, message, 1, 0),
            SurgeStep::Bot { gateway, after_ms, at_most } => j::SurgeStep {
                gateway: gateway.clone(),
                first_ms: *after_ms,
                at_most: *at_most,
                ..of(SurgeStepKind::Bot)
            },
            SurgeStep::Overflow { queue, after_ms } => j::SurgeStep {
                queue: number(PlanKind::Queue, queue),
                first_ms: *after_ms,
                ..of(SurgeStepKind::Overflow)
            },
            SurgeStep::WrapUp { limit_ms } => {
                j::SurgeStep { limit_ms: *limit_ms, ..of(SurgeStepKind::WrapUp) }
            }
            SurgeStep::Cap { waiting, retry_ms } => {
                j::SurgeStep { waiting: *waiting, retry_ms: *retry_ms, ..of(SurgeStepKind::Cap) }
            }
        };
        right == *told
    }

    /// How many of the steps in force are as the plan wants them, how many there are, and how many it wants.
    fn counts(&self, view: &View<'_>, queue: u32) -> (usize, usize, usize) {
        let record = view.state.surge(queue).cloned().unwrap_or_default();
        let wanted = view.wanted(queue, record.level);
        let applied: Vec<j::SurgeStep> =
            record.steps.iter().map(|applied| applied.step.clone().unwrap_or_default()).collect();
        let both = applied.iter().zip(&wanted);
        let same = both.take_while(|(told, wanted)| self.alike(view, told, **wanted)).count();
        (same, applied.len(), wanted.len())
    }

    fn step_changed(&mut self, view: &View<'_>, event: &j::SurgeStepChanged) -> Checked {
        let step = event.step.clone().unwrap_or_default();
        let record = view.state.surge(event.queue).cloned().unwrap_or_default();
        let (same_steps, applied, count) = self.counts(view, event.queue);
        if event.undone {
            let last = record.steps.last().and_then(|applied| applied.step.clone());
            same("what is undone", &Some(step), &last)?;
            return ensure(same_steps < applied, || "it goes on as wanted".to_owned());
        }
        ensure(same_steps == applied && applied < count, || "it should be undone first".to_owned())?;
        let next = view.wanted(event.queue, record.level)[applied];
        if let SurgeStep::Message(message) | SurgeStep::OfferCallback(message) = next.2 {
            self.texts.entry(step.text).or_insert_with(|| message.clone());
        }
        ensure(self.alike(view, &step, next), || format!("the next step is {next:?}"))
    }

    /// An event is right in the state before it.
    pub fn event(&mut self, view: &View<'_>, kind: &Kind) -> Checked {
        match kind {
            Kind::SurgeLevelChanged(event) => {
                view.level_changed(event)?;
                let before = view.state.surge(event.queue).map_or(0, |record| record.level);
                let falls = event.level < before;
                let by_rules = !matches!(
                    event.cause(),
                    SurgeCause::ByHand | SurgeCause::ByHandEnded | SurgeCause::Window | SurgeCause::Plan
                );
                let hold_ms = view.surge_of(event.queue).map_or(0, |surge| surge.hold_ms);
                let flaps = self
                    .changed
                    .get(&event.queue)
                    .is_some_and(|(at_ms, fell)| *fell != falls && view.now_ms < at_ms + hold_ms);
                ensure(!(by_rules && flaps), || "it flaps".to_owned())?;
                if event.level != before {
                    self.changed.insert(event.queue, (view.now_ms, falls));
                }
                Ok(())
            }
            Kind::SurgeStepChanged(event) => self.step_changed(view, event),
            Kind::SurgeRingsEnded(event) => {
                let linger = view.state.surge(event.queue).map(|it| (it.linger_rings, it.linger_ms));
                let (rings, since) = linger.unwrap_or_default();
                let stays = view.there(event.queue).any(|record| since_ms(record) <= since);
                ensure(rings > 0 && !stays, || "somebody is still there".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// What must be so where a whole second has passed in which nothing happened.
    pub fn quiet(&self, view: &View<'_>) -> Checked {
        for id in view.plan.queues.keys() {
            let queue = view.state.names().number(PlanKind::Queue, id).unwrap_or(0);
            let expected = view.state.estimate_of_queue(queue, view.now_ms).wait;
            let told = view.signals(queue, expected.map_or(0, |(expected_ms, ..)| expected_ms.into()));
            let level = view.state.surge(queue).map_or(0, |record| record.level);
            let looked = told.waiting > 0 || level > 0;
            let due = view.level_due(queue, &told, looked);
            ensure(due.is_none(), || format!("queue {id} should be at {due:?}, {told:?}"))?;
            let (same_steps, applied, wanted) = self.counts(view, queue);
            ensure((same_steps, applied) == (wanted, wanted), || {
                format!("of {wanted} steps of queue {id} {same_steps} are in force, and {applied} in all")
            })?;
            let linger = view.state.surge(queue).filter(|record| record.linger_rings > 0);
            let lingers = |since: u64| view.there(queue).any(|record| since_ms(record) <= since);
            ensure(linger.is_none_or(|record| lingers(record.linger_ms)), || "rings linger".to_owned())?;
        }
        Ok(())
    }
}
