//! Local times as text: `2026-10-01T09:00`, with or without seconds. Owns their reading and writing; jiff does both,
//! the time that it reads is on no clock yet.

use jiff::{civil::DateTime, tz::TimeZone};

use super::{KNOWN_FROM_S, KNOWN_UNTIL_S};

/// Seconds since 1970-01-01T00:00 as a clock on the wall shows them.
///
/// # Errors
/// What is wrong, and the nearest form that is right.
pub fn parse(text: &str) -> Result<i64, String> {
    let form = "write 2026-10-01T09:00";
    if text.ends_with(['Z', 'z']) || text.contains(['+', '[']) {
        return Err(format!("is a time with an offset or zone: {form}, and the zone apart"));
    }
    let time: DateTime = text.parse().map_err(|_| format!("is no local time: {form}"))?;
    if !text.contains([':', 'T', 't', ' ']) {
        return Err(format!("is a date without a time: {form}"));
    }
    let time = TimeZone::UTC.to_timestamp(time).map_err(|_| "is beyond all times".to_owned())?;
    let local_s = time.as_second();
    if !(KNOWN_FROM_S..KNOWN_UNTIL_S).contains(&local_s) {
        return Err("must be in the years 2000 to 2100".to_owned());
    }
    Ok(local_s)
}

/// The same as text, with seconds.
#[must_use]
pub fn show(local_s: i64) -> String {
    let time = jiff::Timestamp::from_second(local_s).unwrap_or_default();
    TimeZone::UTC.to_datetime(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_are_read_and_written() {
        for (text, expected) in [
            ("2026-10-01T09:00", Ok("2026-10-01T09:00:00")),
            ("2026-10-01 09:00:30", Ok("2026-10-01T09:00:30")),
            ("2024-02-29T00:00", Ok("2024-02-29T00:00:00")),
            ("2026-02-29T00:00", Err("no local time")),
            ("2026-10-01T24:00", Err("no local time")),
            ("2026-10-01T09:00Z", Err("offset or zone")),
            ("2026-10-01T09:00+08:00", Err("offset or zone")),
            ("2026-10-01", Err("without a time")),
            ("1999-10-01T09:00", Err("2000 to 2100")),
            ("nine", Err("no local time")),
        ] {
            match (parse(text), expected) {
                (Ok(local_s), Ok(shown)) => assert_eq!(show(local_s), shown, "{text}"),
                (Err(problem), Err(part)) => assert!(problem.contains(part), "{text}: {problem}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }
}
