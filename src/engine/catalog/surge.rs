//! What the plan says of surges, by numbers.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::{
    plan::model::{self, SurgeStep, Thresholds, WaitMessage},
    proto::journal::{PlanKind, SurgeStep as Step, SurgeStepKind},
    schedule::{Calendar, Day, Span, compile::Schedules},
};

use super::Open;

/// The end of what windows ask for is looked for over so many of their edges.
const EDGES_MAX: usize = 64;

/// A level above the normal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelInfo {
    /// It is entered when one of these is reached.
    pub on: Thresholds,
    /// It is left when all of these are.
    pub off: Thresholds,
}

/// How queues behave when more come than can be served.
#[derive(Debug, Clone, Default)]
pub struct SurgeInfo {
    /// For so long after a change there is none in the opposite direction.
    pub hold_ms: u64,
    /// From level 1.
    pub levels: Vec<LevelInfo>,
    /// In the order in which they are taken, levels never falling.
    pub steps: Vec<Step>,
    /// While one is open, the level is at least so high.
    pub windows: Vec<(Arc<Calendar>, u32)>,
}

impl SurgeInfo {
    pub(super) fn new(entry: &model::Surge, open: Open<'_>, schedules: &Schedules) -> Self {
        let level = |level: &model::SurgeLevel| LevelInfo { on: level.on.clone(), off: level.off.clone() };
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let steps = entry.flat_steps().map(|(level, index, step)| Step {
            level: number(level),
            index: number(index),
            ..by_numbers(step, open)
        });
        let windows = entry.windows.iter();
        let windows = windows
            .filter_map(|window| Some((window_calendar(window, open, schedules)?, u32::from(window.level))));
        Self {
            hold_ms: entry.hold_ms,
            levels: entry.levels.iter().map(level).collect(),
            steps: steps.collect(),
            windows: windows.collect(),
        }
    }

    /// The highest level.
    #[must_use]
    pub fn top(&self) -> u32 {
        u32::try_from(self.levels.len()).unwrap_or(u32::MAX)
    }

    /// The steps that are in force at a level.
    #[must_use]
    pub fn steps_at(&self, level: u32) -> &[Step] {
        &self.steps[..self.steps.partition_point(|step| step.level <= level)]
    }

    /// Whether agents on shift are counted.
    #[must_use]
    pub fn counts_agents(&self) -> bool {
        self.levels.iter().any(|level| level.on.agents_below.is_some())
    }

    /// The least level by its windows.
    #[must_use]
    pub fn floor(&self, wall_s: i64) -> u32 {
        let open = self.windows.iter().filter(|(calendar, _)| calendar.open_at(wall_s));
        open.map(|(_, level)| *level).max().unwrap_or(0)
    }

    /// When the level that its windows ask for falls next, in wall seconds; none: they ask for none, or no end is known.
    #[must_use]
    pub fn floor_falls_s(&self, wall_s: i64) -> Option<i64> {
        let floor = self.floor(wall_s);
        let mut edges = std::iter::successors(self.next_edge_s(wall_s), |edge_s| self.next_edge_s(*edge_s));
        edges.by_ref().take(EDGES_MAX).find(|edge_s| self.floor(*edge_s) < floor)
    }

    /// Whether a step that is taken at some level opens this group; the least such level.
    #[must_use]
    pub fn opens_group(&self, group: u32) -> Option<u32> {
        let opens = self.steps.iter().filter(|step| step.groups.contains(&group));
        opens.map(|step| step.level).min()
    }

    /// When one of its windows opens or closes next, in wall seconds.
    #[must_use]
    pub fn next_edge_s(&self, wall_s: i64) -> Option<i64> {
        self.windows.iter().filter_map(|(calendar, _)| calendar.next_edge(wall_s)).min()
    }
}

fn by_numbers(step: &SurgeStep, open: Open<'_>) -> Step {
    let of = |kind: SurgeStepKind| Step { kind: kind.into(), ..Step::default() };
    match step {
        SurgeStep::OpenRings { rings } => Step { rings: *rings, ..of(SurgeStepKind::OpenRings) },
        SurgeStep::OpenGroups { groups } => {
            Step { groups: open.groups(groups), ..of(SurgeStepKind::OpenGroups) }
        }
        SurgeStep::Message(message) => told(message, of(SurgeStepKind::Message), open),
        SurgeStep::OfferCallback(message) => {
            Step { times: 1, every_ms: 0, ..told(message, of(SurgeStepKind::OfferCallback), open) }
        }
        SurgeStep::Bot { gateway, after_ms, at_most } => Step {
            gateway: gateway.clone(),
            first_ms: *after_ms,
            at_most: *at_most,
            ..of(SurgeStepKind::Bot)
        },
        SurgeStep::Overflow { queue, after_ms } => Step {
            queue: open.names.number(PlanKind::Queue, queue).unwrap_or(0),
            first_ms: *after_ms,
            ..of(SurgeStepKind::Overflow)
        },
        SurgeStep::WrapUp { limit_ms } => Step { limit_ms: *limit_ms, ..of(SurgeStepKind::WrapUp) },
        SurgeStep::Cap { waiting, retry_ms } => {
            Step { waiting: *waiting, retry_ms: *retry_ms, ..of(SurgeStepKind::Cap) }
        }
    }
}

fn told(message: &WaitMessage, step: Step, open: Open<'_>) -> Step {
    // Each text after its length, so that no two messages are written alike.
    let mut texts = Vec::new();
    let mut add = |text: &str| {
        texts.extend_from_slice(&(text.len() as u64).to_le_bytes());
        texts.extend_from_slice(text.as_bytes());
    };
    for (key, all) in [("text", &message.text), ("unknown", &message.text_unknown)] {
        all.iter().for_each(|(tag, text)| [key, tag, text].into_iter().for_each(&mut add));
    }
    add(&message.faq);
    Step {
        text: xxh3_64(&texts),
        first_ms: message.first_ms,
        every_ms: message.every_ms.unwrap_or(0),
        times: message.times,
        channels: open.names.list(PlanKind::Channel, &message.channels),
        ..step
    }
}

/// When a window is open; none: what it names is not there.
fn window_calendar(
    window: &model::SurgeWindow,
    open: Open<'_>,
    schedules: &Schedules,
) -> Option<Arc<Calendar>> {
    if let Some(id) = &window.calendar {
        return schedules.calendars.get(id).cloned();
    }
    let holidays = open.plan.holidays.get(window.eve_of.as_ref()?)?;
    let is_off = |day: Day| holidays.off.keys().any(|range| range.first <= day && day <= range.last);
    let spans: Box<[Span]> = window.at.clone().into_boxed_slice();
    let eves = holidays.off.keys().map(|range| range.first.plus(-1)).filter(|day| !is_off(*day));
    let days = eves.map(|day| (day, spans.clone())).collect();
    Some(Arc::new(Calendar::new(schedules.default_zone.clone(), None, Default::default(), days)))
}
