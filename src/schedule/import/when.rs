//! Times as rows write them: local, with an offset, a date and a time of day. Owns the nearest form of what is
//! none of these.

use super::{Fault, RowZone};
use crate::schedule::{DAY_S, Day, KNOWN_FROM_S, KNOWN_UNTIL_S, Span, local};

/// What is told when nothing can be made of a text.
const FORM: &str = "such as 2026-10-01T09:00";

/// A local time of a zone: `2026-10-01T09:00`, with seconds or a space, or as `2026/10/1 9:00`, or an instant with its
/// offset.
pub fn time(text: &str, zone: &RowZone) -> Result<i64, Fault> {
    let instant = text.ends_with(['Z', 'z']) || offset(text);
    if !instant {
        return local::parse(text).or_else(|problem| match slashed(text) {
            Some(local_s) => known(local_s),
            None => Err(no_time(text, problem.split(':').next().unwrap_or_default())),
        });
    }
    let at: jiff::Timestamp = text
        .parse()
        .map_err(|_| Fault::nearest("is no time with an offset", "such as 2026-10-01T09:00+08:00"))?;
    known(at_local(at.as_second(), zone)?)
}

/// `2026/10/1 9:00` as spreadsheets write it: year, month and day can't be taken for one another.
fn slashed(text: &str) -> Option<i64> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let of_day_s = of_day(time.trim(), false).ok()?;
    slashed_date(date).map(|day| day.start_local_s() + i64::from(of_day_s))
}

/// `2026/10/1`.
fn slashed_date(text: &str) -> Option<Day> {
    let (year, rest) = text.split_once('/')?;
    let (month, day) = rest.split_once('/')?;
    let number = |text: &str, most: usize| {
        let sound = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        sound.then(|| text.parse::<i32>().ok())?
    };
    let year = number(year, 4).filter(|_| year.len() == 4)?;
    Day::from_ymd(year, number(month, 2)?, number(day, 2)?)
}

/// Why a text is no time, with what it may mean.
fn no_time(text: &str, problem: &str) -> Fault {
    let numbers = numbers(text);
    let days = days(text, &numbers);
    let Some(first) = days.first() else {
        return Fault::nearest(problem, FORM);
    };
    if known(first.start_local_s()).is_err() {
        // There is no nearest form of what is no year of schedules.
        return Fault::new("must be in the years 2000 to 2100");
    }
    match numbers.get(3..).unwrap_or_default() {
        [] => Fault::nearest("is a date without a time", format!("{first}T00:00")),
        time => match clock(text, time) {
            Some((next, clock)) => {
                let of = |day: &Day| format!("{}T{clock}", day.plus(i32::from(next)));
                Fault::nearest("is no local time", days.iter().map(of).collect::<Vec<_>>().join(" or "))
            }
            None => Fault::nearest("is no local time", FORM),
        },
    }
}

/// The dates that a text may mean, from its numbers: the year first, or last. Then day and month can be either, unless
/// they are written with dots, where the day is first.
fn days(text: &str, numbers: &[i32]) -> Vec<Day> {
    let mut days: Vec<Day> = match *numbers {
        [year, month, day, ..] if year >= 1000 => Day::from_ymd(year, month, day).into_iter().collect(),
        [first, second, year, ..] if year >= 1000 => {
            let month_first = Day::from_ymd(year, first, second).filter(|_| !text.contains('.'));
            month_first.into_iter().chain(Day::from_ymd(year, second, first)).collect()
        }
        _ => Vec::new(),
    };
    days.dedup();
    days
}

/// The time of day that a text may mean, from its numbers; true: of the next date.
fn clock(text: &str, numbers: &[i32]) -> Option<(bool, String)> {
    let (hour, minute, second) = match *numbers {
        [hour] if hour >= 100 => (hour / 100, hour % 100, 0),
        [hour] => (hour, 0, 0),
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second, ..] => (hour, minute, second),
        [] => return None,
    };
    let lower = text.to_lowercase();
    let half = |words: [&str; 3]| words.into_iter().any(|word| lower.contains(word));
    let hour = match hour {
        1..=11 if half(["pm", "p.m", "下午"]) => hour + 12,
        12 if half(["am", "a.m", "上午"]) => 0,
        hour => hour,
    };
    match (hour, minute, second) {
        (24, 0, 0) => Some((true, "00:00".to_owned())),
        (0..=23, 0..=59, 0) => Some((false, format!("{hour:02}:{minute:02}"))),
        (0..=23, 0..=59, 1..=59) => Some((false, format!("{hour:02}:{minute:02}:{second:02}"))),
        _ => None,
    }
}

/// The local time of an instant, if it has one that means it.
pub fn at_local(utc_s: i64, zone: &RowZone) -> Result<i64, Fault> {
    let local_s = zone.zone.local_s(utc_s);
    if zone.zone.utc_s(local_s) == utc_s {
        return Ok(local_s);
    }
    let problem = format!("is in the hour that comes twice in {}, the second time", zone.zone.name());
    Err(Fault::nearest(problem, format!("{} in the zone UTC", local::show(utc_s))))
}

/// Within the years that schedules know.
pub fn known(local_s: i64) -> Result<i64, Fault> {
    if (KNOWN_FROM_S..KNOWN_UNTIL_S).contains(&local_s) {
        Ok(local_s)
    } else {
        Err(Fault::new("must be in the years 2000 to 2100"))
    }
}

/// Whether a time has an offset from UTC: a sign after the time of day.
fn offset(text: &str) -> bool {
    text.split_once(':').is_some_and(|(_, rest)| rest.contains(['+', '-']))
}

/// A date: `2026-10-01`, or `2026/10/1`.
pub fn date(text: &str) -> Result<Day, Fault> {
    let day = text.parse::<Day>().ok().or_else(|| slashed_date(text)).ok_or_else(|| {
        let days = days(text, &numbers(text));
        let known: Vec<String> =
            days.iter().filter(|day| known(day.start_local_s()).is_ok()).map(ToString::to_string).collect();
        match (days.is_empty(), known.is_empty()) {
            (true, _) => Fault::nearest("is no date", "such as 2026-10-01"),
            (false, true) => Fault::new("must be in the years 2000 to 2100"),
            (false, false) => Fault::nearest("is no date", known.join(" or ")),
        }
    })?;
    known(day.start_local_s()).map(|_| day)
}

/// A time of day in seconds; 24:00 only as an end.
pub fn of_day(text: &str, end: bool) -> Result<u32, Fault> {
    let parts: Vec<&str> = text.split(':').collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = (2..=3).contains(&parts.len())
        && parts.iter().all(digits)
        && parts.iter().enumerate().all(|(at, part)| part.len() == 2 || at == 0 && part.len() == 1);
    let number = |at: usize| parts.get(at).map_or(Some(0), |part| part.parse::<u32>().ok());
    match (number(0), number(1), number(2)) {
        (Some(hour @ 0..=23), Some(minute @ 0..=59), Some(second @ 0..=59)) if well_formed => {
            Ok(hour * 3_600 + minute * 60 + second)
        }
        (Some(24), Some(0), Some(0)) if well_formed && end => Ok(86_400),
        _ => Err(match clock(text, &numbers(text)) {
            Some((true, _)) if !end => {
                Fault::nearest("is no time of day to begin at", "00:00 of the next date")
            }
            Some((true, _)) => Fault::nearest("is no time of day", "24:00"),
            Some((false, clock)) => Fault::nearest("is no time of day", clock),
            None => Fault::nearest("is no time of day", "such as 09:00"),
        }),
    }
}

/// `12:00-13:00`.
pub fn span(text: &str) -> Result<Span, Fault> {
    let problem = || format!("`{text}` is no span of time");
    let no_form = || Fault::nearest(problem(), "such as 12:00-13:00");
    let (from, to) = text.split_once(['-', '–', '—', '~', '～']).ok_or_else(no_form)?;
    let of = |text: &str, end: bool| match of_day(text.trim(), end) {
        Ok(_) => Ok(text.trim().to_owned()),
        Err(fault) => clock(text, &numbers(text)).map(|(_, clock)| clock).ok_or(fault),
    };
    match (of_day(from, false), of_day(to, true)) {
        (Ok(from_s), Ok(to_s)) if text.contains('-') => Span::between(from_s, to_s).ok_or_else(no_form),
        _ => Err(match (of(from, false), of(to, true)) {
            (Ok(from), Ok(to)) => Fault::nearest(problem(), format!("{from}-{to}")),
            _ => no_form(),
        }),
    }
}

/// The numbers in a text; those of a compact iCalendar date and time are taken apart.
fn numbers(text: &str) -> Vec<i32> {
    let mut numbers = Vec::new();
    for digits in text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()) {
        let cuts: &[usize] = match digits.len() {
            8 => &[4, 2, 2],
            6 => &[2, 2, 2],
            length => &[length],
        };
        let mut rest = digits;
        for cut in cuts {
            let (number, more) = rest.split_at(*cut);
            numbers.push(number.parse().unwrap_or(i32::MAX));
            rest = more;
        }
    }
    numbers
}

/// Hours and minutes for people.
pub fn length(length_s: i64) -> String {
    let (hours, minutes) = (length_s / 3_600, length_s % 3_600 / 60);
    match (length_s / DAY_S, hours, minutes) {
        (days @ 2.., _, _) => format!("{days} days"),
        (_, hours, 0) => format!("{hours} h"),
        (_, 0, minutes) => format!("{minutes} min"),
        (_, hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::schedule::Zone;

    fn zone(name: &str) -> RowZone {
        RowZone { name: name.to_owned(), zone: Arc::new(Zone::load(name).unwrap()) }
    }

    #[test]
    fn times_are_read_or_guessed() {
        let shanghai = zone("Asia/Shanghai");
        for (text, expected) in [
            ("2026-10-01T09:00", Ok("2026-10-01T09:00:00")),
            ("2026-10-01 09:00:30", Ok("2026-10-01T09:00:30")),
            ("2026-10-01T09:00Z", Ok("2026-10-01T17:00:00")),
            ("2026-10-01T09:00+09:00", Ok("2026-10-01T08:00:00")),
            ("2026-10-01T09:00-04:00", Ok("2026-10-01T21:00:00")),
            ("2026/10/1 9:00", Ok("2026-10-01T09:00:00")),
            ("2026/12/11 19:05:30", Ok("2026-12-11T19:05:30")),
            ("2026/13/1 9:00", Err("such as 2026-10-01T09:00")),
            ("12/11/2026 09:00 AM", Err("2026-12-11T09:00 or 2026-11-12T09:00")),
            ("12/25/2026 9:30 pm", Err("2026-12-25T21:30")),
            ("25/12/2026 12:15 AM", Err("2026-12-25T00:15")),
            ("25.12.2026 下午3:00", Err("2026-12-25T15:00")),
            ("6/6/2026 8", Err("2026-06-06T08:00")),
            ("2026-12-11 9:00:00 PM", Err("2026-12-11T21:00")),
            ("9999-12-31", Err("")),
            ("9999-12-31T00:00", Err("")),
            ("12/31/9999 10:00", Err("")),
            ("2101/1/1 10:00", Err("")),
            ("20261001T090000", Ok("2026-10-01T09:00:00")),
            ("2026-10-01T24:00", Err("2026-10-02T00:00")),
            ("2026-12-11", Err("2026-12-11T00:00")),
            ("tomorrow", Err("such as 2026-10-01T09:00")),
            ("1999-10-01T09:00", Err("")),
            ("2026-10-01T09:00+99:00", Err("such as 2026-10-01T09:00+08:00")),
        ] {
            let read = time(text, &shanghai).map(local::show).map_err(|fault| fault.suggestion);
            assert_eq!(read, expected.map(str::to_owned).map_err(str::to_owned), "{text}");
        }
        let twice = time("2026-11-01T06:30Z", &zone("America/New_York")).unwrap_err();
        assert!(twice.problem.contains("comes twice"), "{twice:?}");
        assert_eq!(twice.suggestion, "2026-11-01T06:30:00 in the zone UTC");
    }

    #[test]
    fn times_of_day_and_spans() {
        for (text, end, expected) in [
            ("09:00", false, Ok(32_400)),
            ("23:59:59", false, Ok(86_399)),
            ("24:00", true, Ok(86_400)),
            ("24:00", false, Err("00:00 of the next date")),
            ("9:30", false, Ok(34_200)),
            ("9:5", false, Err("09:05")),
            ("9", false, Err("09:00")),
            ("0930", false, Err("09:30")),
            ("7:45 PM", false, Err("19:45")),
            ("25:00", false, Err("such as 09:00")),
            ("", false, Err("such as 09:00")),
        ] {
            let read = of_day(text, end).map_err(|fault| fault.suggestion);
            assert_eq!(read, expected.map_err(str::to_owned), "{text}");
        }
        assert_eq!(span("22:00-02:00"), Ok(Span { from_s: 79_200, to_s: 93_600 }));
        for (wrong, near) in [
            ("12:00", "such as 12:00-13:00"),
            ("12:00-12:00", "such as 12:00-13:00"),
            ("15-16", "15:00-16:00"),
            ("14:00–14:30", "14:00-14:30"),
            ("1pm-2pm", "13:00-14:00"),
        ] {
            assert_eq!(span(wrong).map_err(|fault| fault.suggestion), Err(near.to_owned()), "{wrong}");
        }
        for (text, expected) in [
            ("2026/10/1", Ok("2026-10-01")),
            ("20261001", Err("2026-10-01")),
            ("3/12/2026", Err("2026-03-12 or 2026-12-03")),
            ("soon", Err("such as 2026-10-01")),
            ("9999-12-31", Err("")),
            ("31/12/9999", Err("")),
        ] {
            let read = date(text).map(|day| day.to_string()).map_err(|fault| fault.suggestion);
            assert_eq!(read, expected.map(str::to_owned).map_err(str::to_owned), "{text}");
        }
    }
}
