//! Times as rows write them: local, with an offset, a date and a time of day. Owns the nearest form of what is
//! none of these.

use super::{Fault, RowZone};
use crate::schedule::{DAY_S, Day, KNOWN_FROM_S, KNOWN_UNTIL_S, Span, local};

const FORM: &str = "2026-10-01T09:00";

/// A local time of a zone: `2026-10-01T09:00`, with seconds or a space, or an instant with its offset.
pub fn time(text: &str, zone: &RowZone) -> Result<i64, Fault> {
    let instant = text.ends_with(['Z', 'z']) || offset(text);
    if !instant {
        return local::parse(text).map_err(|problem| match guess(text) {
            Some(guess) => Fault::nearest("is no local time", guess),
            None => Fault::nearest(problem.split(':').next().unwrap_or_default(), FORM),
        });
    }
    let at: jiff::Timestamp =
        text.parse().map_err(|_| Fault::nearest("is no time with an offset", "2026-10-01T09:00+08:00"))?;
    known(at_local(at.as_second(), zone)?)
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

/// A date and a time of day.
pub fn date(text: &str) -> Result<Day, Fault> {
    let day = text.parse::<Day>().map_err(|_| {
        let numbers = numbers(text);
        let guess = numbers.get(..3).and_then(|ymd| Day::from_ymd(ymd[0], ymd[1], ymd[2]));
        Fault::nearest("is no date", guess.map_or("2026-10-01".to_owned(), |day| day.to_string()))
    })?;
    known(day.start_local_s()).map(|_| day)
}

/// A time of day in seconds; 24:00 only as an end.
pub fn of_day(text: &str, end: bool) -> Result<u32, Fault> {
    let fault = || {
        let guess = match numbers(text)[..] {
            [hour @ 0..=23, minute @ 0..=59] | [hour @ 0..=23, minute @ 0..=59, _] => {
                format!("{hour:02}:{minute:02}")
            }
            [hour @ 0..=23] => format!("{hour:02}:00"),
            _ => "09:00".to_owned(),
        };
        Fault::nearest("is no time of day", guess)
    };
    let parts: Vec<&str> = text.split(':').collect();
    let well_formed = (2..=3).contains(&parts.len())
        && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()));
    if !well_formed {
        return Err(fault());
    }
    let number = |at: usize| parts.get(at).map_or(Some(0), |part| part.parse::<u32>().ok());
    match (number(0), number(1), number(2)) {
        (Some(hour @ 0..=23), Some(minute @ 0..=59), Some(second @ 0..=59)) => {
            Ok(hour * 3_600 + minute * 60 + second)
        }
        (Some(24), Some(0), Some(0)) if end => Ok(86_400),
        _ => Err(fault()),
    }
}

/// `12:00-13:00`.
pub fn span(text: &str) -> Result<Span, Fault> {
    let form = || Fault::nearest(format!("`{text}` is no span of time"), "12:00-13:00");
    let (from, to) = text.split_once('-').ok_or_else(form)?;
    let (Ok(from_s), Ok(to_s)) = (of_day(from, false), of_day(to, true)) else { return Err(form()) };
    Span::between(from_s, to_s).ok_or_else(form)
}

/// What a time in another order or with other signs may mean.
fn guess(text: &str) -> Option<String> {
    let numbers = numbers(text);
    let (year, month, day, time) = match numbers[..] {
        [year, month, day, ref time @ ..] if year >= 2000 => (year, month, day, time),
        _ => return None,
    };
    let (hour, minute, second) = match *time {
        [] => return None,
        [hour] => (hour, 0, 0),
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second, ..] => (hour, minute, second),
    };
    let day = Day::from_ymd(year, month, day)?;
    match (hour, minute, second) {
        (24, 0, 0) => Some(format!("{}T00:00", day.plus(1))),
        (0..=23, 0..=59, 0) => Some(format!("{day}T{hour:02}:{minute:02}")),
        (0..=23, 0..=59, 1..=59) => Some(format!("{day}T{hour:02}:{minute:02}:{second:02}")),
        _ => None,
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
            ("2026/10/1 9:00", Err("2026-10-01T09:00")),
            ("20261001T090000", Ok("2026-10-01T09:00:00")),
            ("2026-10-01T24:00", Err("2026-10-02T00:00")),
            ("2026-10-01", Err("2026-10-01T09:00")),
            ("tomorrow", Err("2026-10-01T09:00")),
            ("1999-10-01T09:00", Err("2026-10-01T09:00")),
            ("2026-10-01T09:00+99:00", Err("2026-10-01T09:00+08:00")),
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
            ("24:00", false, Err("09:00")),
            ("9:30", false, Err("09:30")),
            ("9", false, Err("09:00")),
            ("0930", false, Err("09:00")),
            ("", false, Err("09:00")),
        ] {
            let read = of_day(text, end).map_err(|fault| fault.suggestion);
            assert_eq!(read, expected.map_err(str::to_owned), "{text}");
        }
        assert_eq!(span("22:00-02:00"), Ok(Span { from_s: 79_200, to_s: 93_600 }));
        for wrong in ["12:00", "12:00-12:00", "12-13", "12:00–13:00"] {
            assert_eq!(
                span(wrong).map_err(|fault| fault.suggestion),
                Err("12:00-13:00".to_owned()),
                "{wrong}"
            );
        }
        assert_eq!(date("2026/10/1").map_err(|fault| fault.suggestion), Err("2026-10-01".to_owned()));
    }
}
