//! Values of the API's messages as words, for text and JSON alike.

use prost_types::{Duration, Timestamp};

use crate::{proto::v1::SkillRequirement, schedule::zone::Zone};

/// The name of an enum's value without its prefix.
pub fn plain(name: &'static str, prefix: &str) -> &'static str {
    name.strip_prefix(prefix).unwrap_or(name)
}

/// Milliseconds since 1970.
pub fn instant_ms(time: &Timestamp) -> i64 {
    time.seconds.saturating_mul(1_000).saturating_add(i64::from(time.nanos) / 1_000_000)
}

/// UTC in RFC 3339.
pub fn utc(time: &Timestamp) -> String {
    jiff::Timestamp::from_millisecond(instant_ms(time)).map(|time| time.to_string()).unwrap_or_default()
}

/// Whose times of day are told.
pub struct Clock {
    /// None: it is not known, as the daemon doesn't tell it.
    zone: Option<Zone>,
    now_s: i64,
}

impl Clock {
    /// Of a zone, at the time of an answer.
    pub fn new(zone: &str, now: Option<&Timestamp>) -> Self {
        Self { zone: Zone::load(zone).ok(), now_s: now.map_or(0, |now| now.seconds) }
    }

    /// A time as the daemon's own texts tell it.
    pub fn text(&self, time: &Timestamp) -> String {
        self.zone.as_ref().map_or_else(|| utc(time), |zone| zone.clock_text(time.seconds, self.now_s))
    }
}

/// A length of time in milliseconds.
pub fn ms(duration: &Duration) -> i64 {
    duration.seconds.saturating_mul(1_000).saturating_add(i64::from(duration.nanos) / 1_000_000)
}

/// A length of time in whole seconds, for people.
pub fn seconds(ms: i64) -> String {
    crate::plan::show_ms(u64::try_from(ms).unwrap_or(0) / 1_000 * 1_000)
}

/// Skills with levels: `english 5`, from that level on, or `english 3-8`.
pub fn skills(skills: &[SkillRequirement]) -> String {
    let one = |ask: &SkillRequirement| match ask.max_level {
        10 => format!("{} {}", ask.skill, ask.min_level),
        max => format!("{} {}-{max}", ask.skill, ask.min_level),
    };
    skills.iter().map(one).collect::<Vec<_>>().join(", ")
}
