//! Which level a queue is to have. Pure: by its rules, what is measured, and where it stands; no other clocks.

use crate::{
    engine::catalog::{LevelInfo, SurgeInfo},
    plan::model::Thresholds,
    proto::journal::{SurgeCause, SurgeSignals},
};

/// What is measured of a queue at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signals {
    /// The numbers; of a closed queue all 0.
    pub told: SurgeSignals,
    /// Whether it is open: else nothing is on.
    pub open: bool,
}

/// Where a queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// The level.
    pub level: u32,
    /// When it changed; 0: never.
    pub changed_ms: u64,
    /// The last change was a fall.
    pub fell: bool,
}

/// What a queue's level is asked with beside its rules.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// What is measured.
    pub signals: Signals,
    /// The least level by planned windows.
    pub floor: u32,
    /// A supervisor's word.
    pub by_hand: Option<u32>,
    /// Now.
    pub now_ms: u64,
}

/// The level to change to, and why; none: it stays.
#[must_use]
pub fn next_level(rules: &SurgeInfo, at: Standing, asked: &Asked) -> Option<(u32, SurgeCause)> {
    if at.level > rules.top() {
        return Some((rules.top(), SurgeCause::Plan));
    }
    if let Some(level) = asked.by_hand {
        let level = level.min(rules.top());
        return (level != at.level).then_some((level, SurgeCause::ByHand));
    }
    let signals = &asked.signals;
    let floor = asked.floor.min(rules.top());
    let holds =
        (1..).zip(&rules.levels).filter_map(|(number, level)| Some((number, reached(level, signals)?)));
    let up: Option<(u32, SurgeCause)> = holds.last();
    let settled = at.changed_ms == 0 || asked.now_ms >= at.changed_ms + rules.hold_ms;
    // A change in the other direction waits, unless a window asks for it.
    let may_rise = settled || !at.fell;
    let risen = up.filter(|(level, _)| may_rise && *level > at.level);
    match risen {
        Some((level, cause)) if level >= floor => return Some((level, cause)),
        _ if floor > at.level => return Some((floor, SurgeCause::Window)),
        _ => {}
    }
    let needed = up.map_or(0, |(level, _)| level).max(floor);
    if at.level > needed && settled && calm(rules.levels.get(at.level as usize - 1)?, signals) {
        return Some((at.level - 1, SurgeCause::Calm));
    }
    None
}

/// Whether one of a level's thresholds is reached, and which.
fn reached(level: &LevelInfo, signals: &Signals) -> Option<SurgeCause> {
    let (on, told) = (&level.on, &signals.told);
    if !signals.open {
        return None;
    }
    let over = |threshold: Option<u64>, value: u64| threshold.is_some_and(|on| value >= on);
    let known = told.expected_ms > 0;
    [
        (over(on.waiting.map(u64::from), u64::from(told.waiting)), SurgeCause::Waiting),
        (over(on.oldest_wait_ms, told.oldest_ms), SurgeCause::OldestWait),
        (known && over(on.expected_wait_ms, told.expected_ms), SurgeCause::ExpectedWait),
        (
            over(on.abandoned_permille.map(u64::from), u64::from(told.abandoned_permille)),
            SurgeCause::Abandoned,
        ),
        (on.agents_below.is_some_and(|below| told.agents < below), SurgeCause::Agents),
    ]
    .into_iter()
    .find_map(|(reached, cause)| reached.then_some(cause))
}

/// Whether all of a level's thresholds for leaving it are reached. What is unknown is no hindrance.
fn calm(level: &LevelInfo, signals: &Signals) -> bool {
    let Thresholds { waiting, oldest_wait_ms, expected_wait_ms, abandoned_permille, agents_below } =
        &level.off;
    let told = &signals.told;
    let under = |threshold: Option<u64>, value: u64| threshold.is_none_or(|off| value <= off);
    under(waiting.map(u64::from), u64::from(told.waiting))
        && under(*oldest_wait_ms, told.oldest_ms)
        && under(*expected_wait_ms, told.expected_ms)
        && under(abandoned_permille.map(u64::from), u64::from(told.abandoned_permille))
        && (!signals.open || agents_below.is_none_or(|below| told.agents >= below))
}

#[cfg(test)]
mod tests;
