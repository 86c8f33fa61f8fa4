//! When a queue is open. Owns business hours by kind of day and by date. Must not know overrides by hand.

use std::sync::Arc;

use super::{
    DAY_S, Day, HolidaySet, LOOK_AHEAD_S, Span, Zone,
    holidays::{DAY_KINDS, HOLIDAY, MAKEUP, day_kind},
};

/// Spans of a day.
pub type Hours = Box<[Span]>;

/// How far [`Calendar::after_open_s`] looks.
const OPEN_TIME_AHEAD_S: i64 = 2 * LOOK_AHEAD_S;

/// A calendar of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    zone: Arc<Zone>,
    holidays: Option<Arc<HolidaySet>>,
    hours: [Hours; DAY_KINDS],
    /// By day.
    days: Vec<(Day, Hours)>,
    /// Kinds of day that are open all day.
    whole: [bool; DAY_KINDS],
}

/// Which rule gives the hours of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoursRule {
    /// Hours of that date.
    Days(Day),
    /// Those of days off.
    Holiday(Day),
    /// Those of days of work that make up for one.
    Makeup(Day),
    /// Those of the day of the week.
    Week(Day),
}

impl HoursRule {
    /// The day.
    #[must_use]
    pub fn day(self) -> Day {
        match self {
            Self::Days(day) | Self::Holiday(day) | Self::Makeup(day) | Self::Week(day) => day,
        }
    }
}

impl Calendar {
    /// A calendar by kind of day and, before these, by date. `days` in any order, none twice.
    #[must_use]
    pub fn new(
        zone: Arc<Zone>,
        holidays: Option<Arc<HolidaySet>>,
        hours: [Hours; DAY_KINDS],
        mut days: Vec<(Day, Hours)>,
    ) -> Self {
        days.sort_by_key(|(day, _)| *day);
        let whole = std::array::from_fn(|kind| hours.get(kind).is_some_and(|hours| is_whole(hours)));
        Self { zone, holidays, hours, days, whole }
    }

    /// Its zone.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The same hours on the clock of another zone.
    #[must_use]
    pub fn in_zone(&self, zone: Arc<Zone>) -> Self {
        Self { zone, ..self.clone() }
    }

    /// The holidays that count.
    #[must_use]
    pub fn holidays(&self) -> Option<&HolidaySet> {
        self.holidays.as_deref()
    }

    /// The spans that begin on a day, and by which rule.
    #[must_use]
    pub fn hours_on(&self, day: Day) -> (&[Span], HoursRule) {
        if let Ok(index) = self.days.binary_search_by_key(&day, |(day, _)| *day) {
            return (&self.days[index].1, HoursRule::Days(day));
        }
        let kind = day_kind(day, self.holidays());
        let rule = match kind {
            HOLIDAY => HoursRule::Holiday(day),
            MAKEUP => HoursRule::Makeup(day),
            _ => HoursRule::Week(day),
        };
        (&self.hours[kind], rule)
    }

    /// Whether it is open.
    #[must_use]
    pub fn open_at(&self, at_s: i64) -> bool {
        self.covered(at_s).is_some()
    }

    /// By which rule it is open or closed: that of the span that covers the instant, else of the local date.
    #[must_use]
    pub fn rule_at(&self, at_s: i64) -> HoursRule {
        let day = self.covered(at_s).map(|(_, day)| day);
        self.hours_on(day.unwrap_or_else(|| Day::of_local(self.zone.local_s(at_s)))).1
    }

    /// When it opens or closes next; none: not within [`LOOK_AHEAD_S`].
    #[must_use]
    pub fn next_edge(&self, at_s: i64) -> Option<i64> {
        self.edge(at_s, at_s + LOOK_AHEAD_S)
    }

    /// How long it is open between two instants.
    #[must_use]
    pub fn open_between(&self, from_s: i64, until_s: i64) -> u64 {
        let (mut at_s, mut open_s) = (from_s, 0);
        while at_s < until_s {
            let next_s = self.edge(at_s, until_s).unwrap_or(until_s);
            if self.open_at(at_s) {
                open_s += next_s - at_s;
            }
            at_s = next_s;
        }
        u64::try_from(open_s).unwrap_or_default()
    }

    /// When it has been open for so long, counted from an instant; with 0 the first instant at which it is open.
    /// None: not within two years.
    #[must_use]
    pub fn after_open_s(&self, from_s: i64, open_s: u64) -> Option<i64> {
        let mut rest_s = i64::try_from(open_s).ok()?;
        let limit_s = from_s + OPEN_TIME_AHEAD_S;
        let mut at_s = from_s;
        loop {
            let next_s = self.edge(at_s, limit_s);
            if self.open_at(at_s) {
                let end_s = next_s.unwrap_or(limit_s);
                if at_s + rest_s <= end_s {
                    return Some(at_s + rest_s);
                }
                rest_s -= end_s - at_s;
            }
            at_s = next_s?;
        }
    }

    /// The next edge before `limit_s`.
    fn edge(&self, at_s: i64, limit_s: i64) -> Option<i64> {
        let Some((mut end_s, _)) = self.covered(at_s) else { return self.opening(at_s, limit_s) };
        while end_s < limit_s {
            // Spans that follow each other without a gap are one.
            let Some((next_s, _)) = self.covered(end_s) else { return Some(end_s) };
            end_s = self.after_whole_days(next_s, limit_s);
        }
        None
    }

    /// The end of the days after an instant that are open all day, if it lies in one; else the instant.
    fn after_whole_days(&self, at_s: i64, limit_s: i64) -> i64 {
        let first = Day::of_local(self.zone.local_s(at_s));
        let last = Day::of_local(self.zone.local_s(limit_s)).plus(1);
        let whole = |day: Day| {
            let dated = self.days.binary_search_by_key(&day, |(day, _)| *day).is_ok();
            !dated && self.whole.get(day_kind(day, self.holidays())).is_some_and(|whole| *whole)
        };
        let mut day = first;
        while day < last && whole(day) {
            day = day.plus(1);
        }
        if day == first { at_s } else { self.zone.utc_s(day.start_local_s()).max(at_s) }
    }

    /// The end of what covers an instant, and the day to which it belongs.
    fn covered(&self, at_s: i64) -> Option<(i64, Day)> {
        let near = self.zone.near(at_s);
        let (first, last) = near.dates(at_s);
        let mut found: Option<(i64, Day)> = None;
        let mut day = first.plus(-1);
        while day <= last {
            for span in self.hours_on(day).0 {
                let (from_s, to_s) = near.span(day, span.from_s, span.to_s);
                if from_s <= at_s && at_s < to_s && found.is_none_or(|(end_s, _)| end_s < to_s) {
                    found = Some((to_s, day));
                }
            }
            day = day.plus(1);
        }
        found
    }

    /// The first opening after an instant at which it is closed.
    fn opening(&self, at_s: i64, limit_s: i64) -> Option<i64> {
        let near = self.zone.near(at_s);
        let (mut day, last) = near.dates(at_s);
        let mut opening_s = limit_s;
        while day <= last || near.earliest_s(day.start_local_s()) < opening_s {
            for span in self.hours_on(day).0 {
                let (from_s, to_s) = near.span(day, span.from_s, span.to_s);
                if at_s < from_s && from_s < to_s {
                    opening_s = opening_s.min(from_s);
                }
            }
            day = day.plus(1);
        }
        (opening_s < limit_s).then_some(opening_s)
    }
}

/// Whether spans leave nothing out of their day, however long that is by the clock.
fn is_whole(hours: &[Span]) -> bool {
    let mut spans: Vec<Span> = hours.to_vec();
    spans.sort_unstable_by_key(|span| span.from_s);
    let covered_s = |until_s: u32, span: &Span| {
        if span.from_s > until_s { until_s } else { until_s.max(span.to_s) }
    };
    i64::from(spans.iter().fold(0, covered_s)) >= DAY_S
}

#[cfg(test)]
mod tests;
