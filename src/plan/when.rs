//! Dates, ranges of dates, times of day and kinds of days as text. Owns how they are written, and which form was
//! probably meant by what is written otherwise. Must not know what they are used for.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{
    limits,
    model::{DateRange, DayKind},
    values::quoted,
};
use crate::schedule::{DAY_S, Day, Span, day::days_of_month};

/// Between the first and the last date of a range.
const TO: &str = "..";

const HOUR_S: u32 = 3_600;

/// Reads a date, `2026-10-01`.
pub fn parse_day(text: &str) -> Result<Day, String> {
    let Ok(day) = text.parse::<Day>() else { return Err(no_day(text)) };
    if limits::YEARS.contains(&day.ymd().0) {
        return Ok(day);
    }
    let (first, last) = limits::YEARS.into_inner();
    Err(format!("{day} is out of range, give {first}-01-01 to {last}-12-31"))
}

fn no_day(text: &str) -> String {
    if let [(year, month, day)] = dates_in(text)[..] {
        if let Some(days) = days_of_month(year, month).filter(|days| day > *days) {
            return format!(
                "`{text}` is not a date, {year:04}-{month:02}-{days:02} is the last day of that month"
            );
        }
        if let Some(day) = Day::from_ymd(year, month, day) {
            return format!("`{text}` is not a date, write {day}");
        }
    }
    format!("`{text}` is not a date, write it such as 2026-10-01")
}

/// Reads a date or a range of dates, `2026-10-01..2026-10-07`.
pub fn parse_range(text: &str) -> Result<DateRange, String> {
    if let Some((first, last)) = text.split_once(TO) {
        if let (Ok(first), Ok(last)) = (first.parse::<Day>(), last.parse::<Day>()) {
            for day in [first, last] {
                parse_day(&day.to_string())?;
            }
            return match first.cmp(&last) {
                std::cmp::Ordering::Less => Ok(DateRange { first, last }),
                std::cmp::Ordering::Equal => Err(format!("`{text}` is a single day, write {first}")),
                std::cmp::Ordering::Greater => {
                    Err(format!("`{text}` goes backwards, write {last}{TO}{first}"))
                }
            };
        }
    } else if let Ok(day) = parse_day(text) {
        return Ok(DateRange { first: day, last: day });
    }
    let found = dates_in(text);
    let [first, last] = found[..] else { return Err(no_day(text)) };
    match [first, last].map(|(year, month, day)| Day::from_ymd(year, month, day)) {
        [Some(first), Some(last)] if first < last => {
            Err(format!("`{text}` is not a range of dates, write {first}{TO}{last}"))
        }
        _ => Err(format!("`{text}` is not a range of dates, write it such as 2026-10-01{TO}2026-10-07")),
    }
}

/// What the digits of a text say if they are dates: three numbers each, or one of eight digits.
fn dates_in(text: &str) -> Vec<(i32, i32, i32)> {
    let numbers: Vec<&str> = numbers_in(text).collect();
    let number = |text: &str| text.parse::<i32>().ok();
    let date = |year: &str, month: &str, day: &str| {
        let is_date = year.len() == 4 && month.len() <= 2 && day.len() <= 2;
        is_date.then(|| Some((number(year)?, number(month)?, number(day)?))).flatten()
    };
    let dates: Option<Vec<_>> = if numbers.iter().all(|number| number.len() == 8) {
        numbers.iter().map(|number| date(&number[..4], &number[4..6], &number[6..])).collect()
    } else if numbers.len().is_multiple_of(3) {
        numbers.chunks(3).map(|parts| date(parts[0], parts[1], parts[2])).collect()
    } else {
        None
    };
    dates.unwrap_or_default()
}

/// Runs of digits; too many of them are no use to anybody.
fn numbers_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).take(8)
}

/// Reads a stretch of time on a day, `09:00-18:00`; one that ends on the next day is `22:00-06:00`.
pub fn parse_span(text: &str) -> Result<Span, String> {
    let times = text.split_once('-').and_then(|(from, to)| time_of_day(from).zip(time_of_day(to)));
    let Some((from_s, to_s)) = times else { return Err(no_span(text)) };
    if let Some(span) = Span::between(from_s, to_s) {
        return Ok(span);
    }
    if i64::from(from_s) == DAY_S {
        let rest = text.split_once('-').map_or("", |(_, to)| to);
        return Err(format!("`{text}` begins when the day is over, write 00:00-{rest}"));
    }
    Err(format!("`{text}` lasts no time, write 00:00-24:00 for a whole day"))
}

/// Seconds from midnight of `HH:MM` or `HH:MM:SS`, up to 24:00.
fn time_of_day(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let mut next = |max: u32| {
        let part = parts.next()?;
        let plain = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|number| plain && *number <= max)
    };
    let (hours, minutes) = (next(24)?, next(59)?);
    let seconds = if text.len() > 5 { next(59)? } else { 0 };
    let time_s = hours * HOUR_S + minutes * 60 + seconds;
    (parts.next().is_none() && i64::from(time_s) <= DAY_S).then_some(time_s)
}

fn no_span(text: &str) -> String {
    let meant = span_in(text).and_then(|(from_s, to_s)| Span::between(from_s, to_s));
    match meant {
        Some(span) => format!("`{text}` is not a time span, write {}", format_span(span)),
        None => format!("`{text}` is not a time span, write it such as 09:00-18:00"),
    }
}

/// What the digits of a text say if they are two times of day. An end beyond 24:00 is on the next day.
fn span_in(text: &str) -> Option<(u32, u32)> {
    // Nobody knows whether 6 is 18:00 where somebody writes `6pm`.
    if text.contains(char::is_alphabetic) {
        return None;
    }
    let numbers: Vec<u32> = numbers_in(text).map(str::parse).collect::<Result<_, _>>().ok()?;
    let (from, to) = match numbers[..] {
        [from, to] if text.contains([':', '：']) || from.max(to) > 9_999 => return None,
        [from, to] if from < 100 && to < 100 => ((from, 0), (to, 0)),
        [from, to] => ((from / 100, from % 100), (to / 100, to % 100)),
        [from, minutes, to, to_minutes] => ((from, minutes), (to, to_minutes)),
        _ => return None,
    };
    let seconds =
        |(hours, minutes): (u32, u32)| (hours < 48 && minutes < 60).then_some(hours * HOUR_S + minutes * 60);
    let day_s = u32::try_from(DAY_S).ok()?;
    let (from_s, to_s) = (seconds(from)?, seconds(to)?);
    if to_s <= day_s {
        return Some((from_s, to_s));
    }
    (to_s - day_s < from_s).then(|| (from_s, to_s - day_s))
}

/// Writes a span so that [`parse_span`] reads it back.
pub fn format_span(span: Span) -> String {
    let day_s = u32::try_from(DAY_S).unwrap_or_default();
    // The end of a day is 24:00.
    let to_s = if span.to_s == 0 { 0 } else { (span.to_s - 1) % day_s + 1 };
    format!("{}-{}", format_time(span.from_s % day_s), format_time(to_s))
}

/// Writes a time of day, with seconds only if there are some.
pub fn format_time(time_s: u32) -> String {
    let (hours, minutes, seconds) = (time_s / HOUR_S, time_s / 60 % 60, time_s % 60);
    if seconds == 0 {
        format!("{hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    }
}

/// Stands for every day of the week.
const ALL: &str = "all";

/// Reads a kind of days, or several of the week: `mon`, `mon-fri`, `sat-mon`, `all`, `holiday`, `makeup`.
pub fn parse_days(text: &str) -> Result<Vec<DayKind>, String> {
    let kind = |word: &str| DayKind::ALL.into_iter().find(|kind| kind.word() == word);
    if text == ALL {
        return Ok(DayKind::WEEK.to_vec());
    }
    if let Some(kind) = kind(text) {
        return Ok(vec![kind]);
    }
    let in_week = |word: &str| DayKind::WEEK.into_iter().position(|day| day.word() == word);
    let ends = text.split_once('-').map(|(first, last)| (in_week(first), in_week(last)));
    if let Some((Some(first), Some(last))) = ends {
        if first == last {
            return Err(format!("`{text}` is a single day, write {}", DayKind::WEEK[first].word()));
        }
        let days = (last + 7 - first) % 7 + 1;
        return Ok((first..first + days).map(|day| DayKind::WEEK[day % 7]).collect());
    }
    Err(match days_in(text) {
        Some(meant) => format!("there is no such day as `{text}`, write {meant}"),
        None => {
            let words = quoted(&DayKind::ALL.map(DayKind::word));
            format!("there is no such day as `{text}`, give one of {words}, `mon-fri` or `{ALL}`")
        }
    })
}

/// What is meant by `Monday`, `Mon` and `MON-FRI`.
fn days_in(text: &str) -> Option<String> {
    let short = |word: &str| {
        let lower = word.trim().to_lowercase();
        DayKind::ALL.into_iter().find(|kind| lower.starts_with(kind.word()))
    };
    let kinds: Vec<DayKind> = text.split('-').map(short).collect::<Option<_>>()?;
    match kinds[..] {
        [kind] => Some(kind.word().to_owned()),
        [first, last] if first == last => Some(first.word().to_owned()),
        [first, last] if last < DayKind::Holiday && first < DayKind::Holiday => {
            Some(format!("{}-{}", first.word(), last.word()))
        }
        _ => None,
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_day(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for DateRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_range(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format_span(*self))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_span(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
