//! Durations as text (`20s`, `1h 30m`, read and written by jiff) held as milliseconds.

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Reads a duration that is not negative. The error says what is wrong with the text.
pub fn parse_ms(text: &str) -> Result<u64, String> {
    let duration: SignedDuration = text
        .parse()
        .map_err(|_| format!("`{text}` is not a duration such as `20s`, `5m` or `1h 30m`"))?;
    u64::try_from(duration.as_millis()).map_err(|_| format!("`{text}` is negative"))
}

/// Writes milliseconds so that [`parse_ms`] reads them back.
#[must_use]
pub fn format_ms(ms: u64) -> String {
    let duration = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
    format!("{duration:#}")
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
