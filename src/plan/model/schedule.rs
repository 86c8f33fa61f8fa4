//! What a plan says of working time: holidays, calendars of queues, shifts, rotas and who follows them. Part of
//! the schema. Texts of dates and times are read and written by [`crate::plan::when`]; what the rules mean is
//! the business of [`crate::schedule`].

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Channel, ChannelKind, Entries, Queue};
use crate::schedule::{Day, Span};

/// What zone a tenant's times are in unless told.
pub const DEFAULT_ZONE: &str = "UTC";

/// One or more days without a gap: `2026-10-01` or `2026-10-01..2026-10-07`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateRange {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
}

impl DateRange {
    /// How many days it has.
    #[must_use]
    pub fn len(self) -> usize {
        usize::try_from(i64::from(self.last.0) - i64::from(self.first.0) + 1).unwrap_or(0)
    }

    /// Whether it has none, which is never written.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.last < self.first
    }

    /// Each of its days.
    pub fn days(self) -> impl Iterator<Item = Day> {
        (self.first.0..=self.last.0).map(Day)
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        if self.last == self.first { Ok(()) } else { write!(f, "..{}", self.last) }
    }
}

/// What kind of day a date is: by the holidays that count, else by the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DayKind {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
    /// A day off, whatever day of the week.
    Holiday,
    /// A day of work that makes up for a day off, whatever day of the week.
    Makeup,
}

impl DayKind {
    /// Those of the week, from Monday.
    pub const WEEK: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];
    /// All, in their order.
    pub const ALL: [Self; 9] = [
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
        Self::Holiday,
        Self::Makeup,
    ];

    /// How it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
            Self::Holiday => "holiday",
            Self::Makeup => "makeup",
        }
    }
}

/// Days off and days of work that make up for them (调休), by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holidays {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Where the dates are from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Days off with the name of the holiday. With `work` at most 2,000 days, none of them twice.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub off: BTreeMap<DateRange, String>,
    /// Days of work with the name of the holiday that they make up for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub work: BTreeMap<DateRange, String>,
}

impl Holidays {
    /// The last day that it knows of: 31 December of the year of its last date. None: it has no date.
    #[must_use]
    pub fn known_until(&self) -> Option<Day> {
        let last = self.off.keys().chain(self.work.keys()).map(|range| range.last).max()?;
        Day::from_ymd(last.ymd().0, 12, 31)
    }
}

/// Times by kind of day. A kind that is absent: no time; `makeup`: as Monday.
pub type DayHours = BTreeMap<DayKind, Vec<Span>>;

/// When queues are open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// IANA zone of its times. Absent: the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Id of the holidays that count. Absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holidays: Option<String>,
    /// When it is open by kind of day, up to 8 spans each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hours: DayHours,
    /// When it is open on some dates, before holidays and `hours`; no span: closed. Up to 1,000 days, none of
    /// them twice.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub days: BTreeMap<DateRange, Vec<Span>>,
}

/// A part of a shift in which only some channels are served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// When.
    pub at: Span,
    /// Ids of the channels that are served then; empty: none, such as in a training.
    pub channels: Vec<String>,
}

/// A day's work.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When it is worked, 1 to 4 spans, each of which begins on the day of the shift.
    pub at: Vec<Span>,
    /// Up to 8 breaks, each within one span of `at`: it is the first such time after the start of that span.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<Span>,
    /// Up to 8 parts in which only some channels are served, each within one span of `at` likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<Activity>,
}

/// Ids of the shifts of one day, up to 4; none: a day off. Written as one id, a list of ids, or `""`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayShifts(pub Vec<String>);

impl Serialize for DayShifts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [] => serializer.serialize_str(""),
            [shift] => serializer.serialize_str(shift),
            shifts => shifts.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for DayShifts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            One(String),
            Several(Vec<String>),
        }
        Ok(Self(match Form::deserialize(deserializer)? {
            Form::One(shift) if shift.is_empty() => Vec::new(),
            Form::One(shift) => vec![shift],
            Form::Several(shifts) => shifts,
        }))
    }
}

/// The shifts of a week by kind of day. A kind that is absent: off; `makeup`: as Monday.
pub type RotaWeek = BTreeMap<DayKind, DayShifts>;

/// Which shift is worked on which day: either by weeks or in a cycle of days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rota {
    /// Name to show; empty shows the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// IANA zone of its days and times. Absent: the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Id of the holidays that count. Absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holidays: Option<String>,
    /// The first day of the first week, a Monday, or of the cycle; the rota goes round before it as after it.
    /// Absent: there is one week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// 1 to 52 weeks that follow each other, unless there is a cycle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weeks: Vec<RotaWeek>,
    /// 1 to 366 days that follow each other, whatever days of the week, unless there are weeks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cycle: Vec<DayShifts>,
    /// What is worked on a day off instead of the cycle's shifts. Absent: the cycle goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_holiday: Option<DayShifts>,
    /// What is worked on a day that makes up for one. Absent: the cycle goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_makeup: Option<DayShifts>,
}

impl Rota {
    /// How many weeks, or days of the cycle, it has.
    #[must_use]
    pub fn len(&self) -> usize {
        if self.weeks.is_empty() { self.cycle.len() } else { self.weeks.len() }
    }

    /// Whether it has none, which is an error.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// By what an agent, or a group's agents, work.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Follows {
    /// Id of the rota. Absent: an agent's is the one of its first group that has one, so that without any its
    /// availability alone decides; empty: none in spite of its groups'.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rota: Option<String>,
    /// So many weeks, or days of the cycle, ahead of the rota. Absent: an agent's is the one of the group whose
    /// rota it follows, else 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rota_offset: Option<u32>,
    /// The first day of work, in the rota's zone or else the tenant's. Absent: as `rota_offset`, else always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last day of work, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Day>,
}

/// What an agent follows in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Followed<'a> {
    /// Id of the rota, if there is one.
    pub rota: Option<&'a str>,
    /// So many weeks, or days of the cycle, ahead of it.
    pub rota_offset: u32,
    /// The first day of work.
    pub valid_from: Option<Day>,
    /// The last day of work.
    pub valid_until: Option<Day>,
}

impl Follows {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What an agent of whom this is said follows. `groups` are those of its groups, in its order.
    #[must_use]
    pub fn over<'a>(&'a self, groups: impl IntoIterator<Item = &'a Follows>) -> Followed<'a> {
        let of_group =
            || groups.into_iter().find(|group| group.rota.as_ref().is_some_and(|id| !id.is_empty()));
        let group = if self.rota.is_none() { of_group() } else { None };
        let or = |own: Option<Day>, of: fn(&Follows) -> Option<Day>| own.or_else(|| of(group?));
        Followed {
            rota: self.rota.as_deref().or_else(|| group?.rota.as_deref()).filter(|id| !id.is_empty()),
            rota_offset: self.rota_offset.or_else(|| group?.rota_offset).unwrap_or(0),
            valid_from: or(self.valid_from, |group| group.valid_from),
            valid_until: or(self.valid_until, |group| group.valid_until),
        }
    }
}

/// What becomes of an agent's contacts when its shift ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtShiftEnd {
    /// The agent finishes them.
    #[default]
    Finish,
    /// They go back to the queue.
    HandOver,
}

/// What becomes of a contact that comes while its queue is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedPolicy {
    /// It is refused, with the time of the next opening.
    Refuse,
    /// It waits, and nobody is offered it before the queue opens.
    Hold,
    /// It waits as if the queue were open.
    Accept,
    /// It goes to the queue that `closed_queue` names.
    Overflow,
    /// It is refused as by [`ClosedPolicy::Refuse`], but may ask to be called back once the queue is open.
    Callback,
}

/// What becomes of those who wait when their queue closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// They are served as long as somebody is there.
    #[default]
    ServeOut,
    /// They wait, and nobody is offered them before the queue opens.
    Hold,
    /// They go to the queue that `closing_queue` names, if that is open; else as [`Closing::ServeOut`].
    Move,
    /// They are asked once whether they want to be called back; else as [`Closing::ServeOut`].
    Callback,
}

/// When those who wait grow older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ageing {
    /// While the queue is open, as far as it has a calendar.
    OpenHours,
    /// Always.
    Always,
}

impl Queue {
    /// What becomes of a contact that comes while it is closed. Unless told, nobody is left to wait on a line that
    /// nobody answers.
    #[must_use]
    pub fn closed_policy(&self, channels: &Entries<Channel>) -> ClosedPolicy {
        let by_kind = if self.takes_realtime(channels) { ClosedPolicy::Refuse } else { ClosedPolicy::Hold };
        self.closed.unwrap_or(by_kind)
    }

    /// When those who wait in it grow older. Unless told, what need not be answered at once waits for office hours.
    #[must_use]
    pub fn ages(&self, channels: &Entries<Channel>) -> Ageing {
        let by_kind = if self.takes_realtime(channels) { Ageing::Always } else { Ageing::OpenHours };
        self.ageing.unwrap_or(by_kind)
    }

    fn takes_realtime(&self, channels: &Entries<Channel>) -> bool {
        let kind = |id: &String| channels.get(id).map(|channel| channel.kind);
        self.channels.iter().any(|id| kind(id) == Some(ChannelKind::Realtime))
    }
}
