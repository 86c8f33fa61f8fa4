//! Dates and times of day as integers. Must not know zones.

use std::{fmt, str::FromStr};

use super::DAY_S;

/// A date of the Gregorian calendar: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Day(pub i32);

/// Days from 0000-03-01, where the years of [`Day::from_ymd`] begin, to 1970-01-01.
const EPOCH_DAYS: i32 = 719_468;

/// Days of 400 years.
const ERA_DAYS: i32 = 146_097;

impl Day {
    /// The date of a year (0–9999), month (1–12) and day of the month (1–31), if there is such a date.
    #[must_use]
    pub fn from_ymd(year: i32, month: i32, day: i32) -> Option<Self> {
        let exists = (0..=9999).contains(&year) && day >= 1 && day <= days_of_month(year, month)?;
        exists.then(|| {
            // Years begin in March, so that the leap day is the last of its year.
            let year = year - i32::from(month <= 2);
            let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
            let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
            Self(era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAYS)
        })
    }

    /// Year, month (1–12) and day of the month (1–31).
    #[must_use]
    pub fn ymd(self) -> (i32, i32, i32) {
        let days = self.0.saturating_add(EPOCH_DAYS);
        let (era, of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = (month + 2) % 12 + 1;
        (era * 400 + year + i32::from(month <= 2), month, day)
    }

    /// 0: Monday … 6: Sunday.
    #[must_use]
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        usize::try_from((i64::from(self.0) + 3).rem_euclid(7)).unwrap_or_default()
    }

    /// The Monday of its week.
    #[must_use]
    pub fn monday(self) -> Self {
        Self(self.0 - (self.0.rem_euclid(7) + 3) % 7)
    }

    /// So many days later.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Its midnight in local seconds.
    #[must_use]
    pub fn start_local_s(self) -> i64 {
        i64::from(self.0) * DAY_S
    }

    /// The date of a local time.
    #[must_use]
    pub fn of_local(local_s: i64) -> Self {
        let day = local_s.div_euclid(DAY_S);
        Self(i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX }))
    }
}

/// Days of a month (1–12) of a year.
#[must_use]
pub fn days_of_month(year: i32, month: i32) -> Option<i32> {
    match month {
        4 | 6 | 9 | 11 => Some(30),
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => Some(29),
        2 => Some(28),
        1..=12 => Some(31),
        _ => None,
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// Not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date: write YYYY-MM-DD")]
pub struct NoDay;

impl FromStr for Day {
    type Err = NoDay;

    /// `2026-10-01`, all digits written.
    fn from_str(text: &str) -> Result<Self, NoDay> {
        let number = |text: &str, digits: usize| {
            let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse::<i32>().ok()).flatten()
        };
        let mut parts = text.split('-');
        let mut next = |digits| parts.next().and_then(|part| number(part, digits));
        let (year, month, day) = (next(4), next(2), next(2));
        let (Some(year), Some(month), Some(day), None) = (year, month, day, parts.next()) else {
            return Err(NoDay);
        };
        Self::from_ymd(year, month, day).ok_or(NoDay)
    }
}

/// A stretch of time that begins on a day, in seconds of that day: it may reach into the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Below 86,400.
    pub from_s: u32,
    /// After `from_s`, by a day at most.
    pub to_s: u32,
}

impl Span {
    /// From one time of day (00:00–23:59:59) to another (00:00–24:00): the next one that comes. None if they
    /// are the same, or not times of day.
    #[must_use]
    pub fn between(from_s: u32, to_s: u32) -> Option<Self> {
        let day_s = u32::try_from(DAY_S).unwrap_or_default();
        let times = from_s < day_s && to_s <= day_s && from_s != to_s;
        times.then(|| Self { from_s, to_s: if to_s < from_s { to_s + day_s } else { to_s } })
    }

    /// Its length.
    #[must_use]
    pub fn length_s(self) -> u32 {
        self.to_s.saturating_sub(self.from_s)
    }

    /// Whether they share any time, when both begin on the same day.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from_s < other.to_s && other.from_s < self.to_s
    }

    /// Whether it shares any time with `next`, which begins on the next day.
    #[must_use]
    pub fn overlaps_next_day(self, next: Self) -> bool {
        i64::from(self.to_s) > i64::from(next.from_s) + DAY_S
    }

    /// Whether `inner` lies within it.
    #[must_use]
    pub fn contains(self, inner: Self) -> bool {
        self.from_s <= inner.from_s && inner.to_s <= self.to_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_date_of_two_centuries_is_jiffs() {
        let mut date = jiff::civil::date(1899, 12, 25);
        let first = Day::from_ymd(1899, 12, 25).unwrap();
        for days in 0..80_000 {
            let day = first.plus(days);
            let (year, month, of_month) = day.ymd();
            assert_eq!((year, month, of_month), (date.year().into(), date.month().into(), date.day().into()));
            assert_eq!(Day::from_ymd(year, month, of_month), Some(day), "{date}");
            let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap();
            assert_eq!(day.weekday(), weekday, "{date}");
            assert_eq!(day.monday(), day.plus(-i32::try_from(weekday).unwrap()), "{date}");
            assert_eq!(day.to_string(), date.to_string());
            assert_eq!(date.to_string().parse(), Ok(day));
            assert_eq!(Day::of_local(day.start_local_s()), day);
            assert_eq!(Day::of_local(day.start_local_s() - 1), day.plus(-1));
            date = date.tomorrow().unwrap();
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-01", "2026-01-01-", "x", ""]
        {
            assert_eq!(text.parse::<Day>(), Err(NoDay), "{text}");
        }
        assert_eq!("1970-01-01".parse(), Ok(Day(0)));
    }

    #[test]
    fn spans_end_at_the_next_such_time() {
        let hour = 3600;
        for (from, to, end) in [(9, 18, Some(18)), (22, 6, Some(30)), (0, 24, Some(24)), (22, 0, Some(24))] {
            let span = Span::between(from * hour, to * hour);
            assert_eq!(span, end.map(|end| Span { from_s: from * hour, to_s: end * hour }), "{from}-{to}");
        }
        for (from, to) in [(9, 9), (24, 6), (3, 25)] {
            assert_eq!(Span::between(from * hour, to * hour), None, "{from}-{to}");
        }
        let span = |from, to| Span::between(from * hour, to * hour).unwrap();
        assert!(span(22, 6).overlaps_next_day(span(5, 9)) && !span(22, 6).overlaps_next_day(span(6, 9)));
        assert!(span(9, 12).overlaps(span(11, 13)) && !span(9, 12).overlaps(span(12, 13)));
        assert!(span(22, 6).contains(Span { from_s: 26 * hour, to_s: 27 * hour }));
    }
}
