//! Days off and days of work that make up for them (调休). Owns which kind of day a date is. Must not know
//! what is worked on it.

use std::sync::Arc;

use super::Day;

/// How many kinds of day there are: 0: Monday … 6: Sunday, [`HOLIDAY`], [`MAKEUP`].
pub const DAY_KINDS: usize = 9;
/// The kind of a day off.
pub const HOLIDAY: usize = 7;
/// The kind of a day of work that makes up for a day off.
pub const MAKEUP: usize = 8;

/// What makes a date another kind of day than its week says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// A day off.
    Holiday,
    /// A day of work.
    Makeup,
}

/// The special days of a country or a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HolidaySet {
    /// By day; a day of work before a day off.
    days: Vec<(Day, Special, u16)>,
    names: Vec<Arc<str>>,
}

impl HolidaySet {
    /// Inclusive ranges of days with their kind and name. A day that is both is a day of work.
    #[must_use]
    pub fn new<'a>(ranges: impl IntoIterator<Item = (Day, Day, Special, &'a str)>) -> Self {
        let (mut days, mut names) = (Vec::new(), Vec::<Arc<str>>::new());
        for (first, last, special, name) in ranges {
            let known = names.iter().position(|known| **known == *name).unwrap_or(names.len());
            if known == names.len() {
                names.push(name.into());
            }
            // A plan has fewer names than days, and of those at most 2,000.
            let name = u16::try_from(known).unwrap_or(u16::MAX);
            days.extend((first.0..=last.0).map(|day| (Day(day), special, name)));
        }
        days.sort_by_key(|&(day, special, _)| (day, special == Special::Holiday));
        days.dedup_by_key(|&mut (day, _, _)| day);
        Self { days, names }
    }

    /// What a date is, if it isn't just a day of the week.
    #[must_use]
    pub fn special(&self, day: Day) -> Option<Special> {
        self.find(day).map(|(_, special, _)| special)
    }

    /// By which holiday.
    #[must_use]
    pub fn name(&self, day: Day) -> Option<&str> {
        let (_, _, name) = self.find(day)?;
        self.names.get(usize::from(name)).map(|name| &**name)
    }

    fn find(&self, day: Day) -> Option<(Day, Special, u16)> {
        let index = self.days.binary_search_by_key(&day, |&(day, _, _)| day).ok()?;
        self.days.get(index).copied()
    }
}

/// The kind of a date by these holidays, below [`DAY_KINDS`].
#[must_use]
pub fn day_kind(day: Day, holidays: Option<&HolidaySet>) -> usize {
    match holidays.and_then(|holidays| holidays.special(day)) {
        Some(Special::Holiday) => HOLIDAY,
        Some(Special::Makeup) => MAKEUP,
        None => day.weekday(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_day_off_a_day_of_work_or_a_day_of_the_week() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let holidays = HolidaySet::new([
            (day("2026-10-01"), day("2026-10-07"), Special::Holiday, "国庆节"),
            (day("2026-10-10"), day("2026-10-10"), Special::Makeup, "国庆节"),
            (day("2026-01-01"), day("2026-01-03"), Special::Holiday, "元旦"),
            (day("2026-01-03"), day("2026-01-03"), Special::Makeup, "元旦"),
        ]);
        for (date, kind, name) in [
            ("2026-09-30", 2, None),
            ("2026-10-01", HOLIDAY, Some("国庆节")),
            ("2026-10-07", HOLIDAY, Some("国庆节")),
            ("2026-10-08", 3, None),
            ("2026-10-10", MAKEUP, Some("国庆节")),
            ("2026-01-01", HOLIDAY, Some("元旦")),
            ("2026-01-03", MAKEUP, Some("元旦")),
        ] {
            assert_eq!(day_kind(day(date), Some(&holidays)), kind, "{date}");
            assert_eq!(holidays.name(day(date)), name, "{date}");
        }
        assert_eq!(day_kind(day("2026-10-01"), None), 3);
    }
}
