//! Durations as text (`20s`, `1h 30m`, `2d`; read and written by jiff) held as milliseconds. Must not lose
//! anything of a duration that it accepts.

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Reads a duration of whole milliseconds that is not negative; a day is 24 hours. The error says what
/// is wrong with the text.
pub fn parse_ms(text: &str) -> Result<u64, String> {
    let duration = parse(text)
        .ok_or_else(|| format!("`{text}` is not a duration, write it such as `20s`, `5m` or `1h 30m`"))?;
    if duration.subsec_nanos() % 1_000_000 != 0 {
        return Err(format!("`{text}` is finer than a millisecond, round it"));
    }
    u64::try_from(duration.as_millis()).map_err(|_| format!("`{text}` is negative, write how long it lasts"))
}

fn parse(text: &str) -> Option<SignedDuration> {
    // Hours and less as a duration; with days it must be a span, whose hours are limited.
    text.parse().ok().or_else(|| {
        let span: Span = text.parse().ok()?;
        span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
    })
}

/// Writes milliseconds so that [`parse_ms`] reads them back.
#[must_use]
pub fn format_ms(ms: u64) -> String {
    let duration = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
    format!("{duration:#}")
}

/// Writes milliseconds for people: whole days as such, which [`format_ms`] writes as hours.
#[must_use]
pub fn show_ms(ms: u64) -> String {
    const DAY_MS: u64 = 86_400_000;
    match (ms / DAY_MS, ms % DAY_MS) {
        (0, rest_ms) => format_ms(rest_ms),
        (days, 0) => format!("{days}d"),
        (days, rest_ms) => format!("{days}d {}", format_ms(rest_ms)),
    }
}

pub fn serialize<S: Serializer>(ms: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_ms(*ms))
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_ms(&text).map_err(D::Error::custom)
}

/// The same for durations that may be absent.
pub mod option {
    use super::{Deserialize, Deserializer, Error, Serializer, format_ms, parse_ms};

    pub fn serialize<S: Serializer>(ms: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
        match ms {
            Some(ms) => serializer.serialize_str(&format_ms(*ms)),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| parse_ms(&text).map_err(D::Error::custom))
            .transpose()
    }
}

/// The same for lists of durations.
pub mod list {
    use super::{Deserialize, Deserializer, Error, Serializer, format_ms, parse_ms};

    pub fn serialize<S: Serializer>(list: &[u64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|ms| format_ms(*ms)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| parse_ms(text).map_err(D::Error::custom)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{format_ms, parse_ms, show_ms};

    #[test]
    fn texts() {
        for (text, ms, canonical) in [
            ("20s", 20_000, "20s"),
            ("0s", 0, "0s"),
            ("1h30m", 5_400_000, "1h 30m"),
            ("90 minutes", 5_400_000, "1h 30m"),
            ("1.5s", 1_500, "1s 500ms"),
            ("250ms", 250, "250ms"),
            ("2d", 172_800_000, "48h"),
            ("1w 1h", 608_400_000, "169h"),
        ] {
            assert_eq!(parse_ms(text), Ok(ms), "{text}");
            assert_eq!(format_ms(ms), canonical);
            assert_eq!(parse_ms(canonical), Ok(ms), "{canonical}");
        }
    }

    #[test]
    fn days_are_shown_as_days() {
        for (ms, shown) in [
            (0, "0s"),
            (86_399_000, "23h 59m 59s"),
            (86_400_000, "1d"),
            (2_592_000_000, "30d"),
            (129_600_000, "1d 12h"),
            (86_401_500, "1d 1s 500ms"),
        ] {
            assert_eq!(show_ms(ms), shown);
            assert_eq!(parse_ms(shown), Ok(ms), "{shown}");
        }
    }

    #[test]
    fn texts_that_are_no_duration() {
        for (text, message) in [
            ("", "is not a duration"),
            ("20", "is not a duration"),
            ("soon", "is not a duration"),
            ("1mo", "is not a duration"),
            ("99999999999999999999s", "is not a duration"),
            ("-1s", "is negative"),
            ("1d ago", "is negative"),
            ("1500us", "is finer than a millisecond"),
        ] {
            let error = parse_ms(text).unwrap_err();
            assert!(error.starts_with(&format!("`{text}` {message}")), "{error}");
        }
    }
}
