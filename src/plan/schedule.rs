//! Reads what a plan says of working time: holidays, calendars, shifts, rotas and who follows them. Owns what these
//! consist of in TOML, which must agree with the serde form in [`super::model`]; how dates and times are written
//! is the business of [`super::when`], what contradicts what that of [`super::contradictions`].

use std::{
    collections::{BTreeMap, btree_map::Entry},
    ops::RangeInclusive,
};

use toml::de::DeValue;

use super::{
    fields::{Fields, id_list, label, table},
    limits,
    model::{
        Activity, Calendar, DateRange, DayHours, DayKind, DayShifts, Follows, Holidays, Rota, RotaWeek, Shift,
    },
    problem::Path,
    values::{Context, Ids, Value, count_within, text, wrong_type},
    when::{parse_day, parse_days, parse_range, parse_span},
};
use crate::schedule::{
    Day, Span,
    zone::{is_known, nearest},
};

const ZONE: &str = "the name of a time zone such as \"Asia/Shanghai\"";
const DATE: &str = "a date in quotes such as \"2026-10-01\"";
const SPAN: &str = "a time span such as \"09:00-18:00\"";
const SPANS: &str = "a list of time spans such as [\"09:00-12:00\", \"13:00-18:00\"]";
const NAMED_DATES: &str =
    "a table of names by date such as { \"2026-10-01..2026-10-07\" = \"National Day\" }";
const HOURS: &str = "a table of lists of time spans such as { mon-fri = [\"09:00-18:00\"] }";
const DATED_HOURS: &str = "a table of lists of time spans such as { 2026-10-01 = [\"09:00-18:00\"] }";
const ACTIVITIES: &str = "a list of activities such as [{ at = \"09:00-11:00\", channels = [\"some_id\"] }]";
const ACTIVITY: &str = "an activity such as { at = \"09:00-11:00\", channels = [\"some_id\"] }";
const DAY_SHIFTS: &str = "the id of a shift, a list of them, or \"\" for a day off";
const WEEKS: &str = "a list of weeks such as [{ mon-fri = \"some_id\" }]";
const WEEK: &str = "a table of shifts such as { mon-fri = \"some_id\" }";
const CYCLE: &str = "a list of shifts by day such as [\"some_id\", \"some_id\", \"\"]";

/// Stands in for a span that is wrong.
pub(super) const NO_SPAN: Span = Span { from_s: 0, to_s: 0 };

/// The days off and make-up workdays of a section.
pub(super) fn holidays(fields: &mut Fields<'_>) -> Holidays {
    let name = |value: &Value<'_>, path: &Path<'_>, context: &mut Context| label(value, path, context);
    let mut left = limits::HOLIDAY_DAYS_MAX;
    Holidays {
        name: fields.name(),
        source: fields.label("source"),
        off: fields.by_dates("off", NAMED_DATES, &mut left, limits::HOLIDAY_DAYS_MAX, name),
        work: fields.by_dates("work", NAMED_DATES, &mut left, limits::HOLIDAY_DAYS_MAX, name),
    }
}

/// When queues are open.
pub(super) fn calendar(fields: &mut Fields<'_>, holidays: Ids<'_>) -> Calendar {
    let count = 0..=limits::SPANS_MAX;
    let open =
        |value: &Value<'_>, path: &Path<'_>, context: &mut Context| spans(value, &count, path, context);
    let mut left = limits::DATED_DAYS_MAX;
    Calendar {
        name: fields.name(),
        zone: fields.zone("zone"),
        holidays: fields.optional_reference("holidays", holidays),
        hours: fields.hours("hours", open),
        days: fields.by_dates("days", DATED_HOURS, &mut left, limits::DATED_DAYS_MAX, open),
    }
}

/// A day's work.
pub(super) fn shift(fields: &mut Fields<'_>, channels: Ids<'_>) -> Shift {
    Shift {
        name: fields.name(),
        at: fields.spans("at", 1..=limits::SHIFT_SPANS_MAX),
        breaks: fields.spans("breaks", 0..=limits::BREAKS_MAX),
        activities: fields.items(
            "activities",
            ACTIVITIES,
            "part",
            limits::ACTIVITIES_MAX,
            |value, path, context| Some(activity(value, channels, path, context)),
        ),
    }
}

/// Which shift is worked when.
pub(super) fn rota(fields: &mut Fields<'_>, holidays: Ids<'_>, shifts: Ids<'_>) -> Rota {
    let on_day = |value: &Value<'_>, path: &Path<'_>, context: &mut Context| {
        // One that is wrong must not change the places of those after it.
        Some(day_shifts(value, shifts, path, context).unwrap_or_default())
    };
    Rota {
        name: fields.name(),
        zone: fields.zone("zone"),
        holidays: fields.optional_reference("holidays", holidays),
        from: fields.optional_day("from"),
        weeks: fields.items("weeks", WEEKS, "week", limits::ROTA_WEEKS_MAX, |value, path, context| {
            let week: Option<RotaWeek> = by_days(value, WEEK, path, context, on_day);
            Some(week.unwrap_or_default())
        }),
        cycle: fields.items("cycle", CYCLE, "day", limits::CYCLE_DAYS_MAX, on_day),
        on_holiday: fields.day_shifts("on_holiday", shifts),
        on_makeup: fields.day_shifts("on_makeup", shifts),
    }
}

impl Fields<'_> {
    /// The name of a time zone, if it is there and right.
    pub fn zone(&mut self, key: &'static str) -> Option<String> {
        self.read(key, ZONE, Some(None), |value, path, context| {
            let name = text(value, ZONE, path, context)?;
            if !is_known(name) {
                context.error(value.span().start, path, || match nearest(name) {
                    Some(meant) => format!("there is no time zone `{name}`, did you mean `{meant}`?"),
                    None => format!("there is no time zone `{name}`, give {ZONE}"),
                });
                return None;
            }
            Some(Some(name.to_owned()))
        })
    }

    /// A date, if it is there and right.
    pub fn optional_day(&mut self, key: &'static str) -> Option<Day> {
        self.read(key, DATE, Some(None), |value, path, context| {
            let day = parse_day(text(value, DATE, path, context)?);
            told(day, value.span().start, path, context).map(Some)
        })
    }

    /// By what an agent, or the agents of a group, work.
    pub fn follows(&mut self, rotas: Ids<'_>, none_is: Option<&str>) -> Follows {
        let needed = "the id of a rota";
        Follows {
            rota: self.read("rota", needed, Some(None), |value, path, context| {
                let id = text(value, needed, path, context)?;
                match none_is {
                    Some(problem) if id.is_empty() => {
                        context.error(value.span().start, path, || problem.to_owned());
                    }
                    None if id.is_empty() => {}
                    _ => ids_known(rotas, id, value, path, context),
                }
                Some(Some(id.to_owned()))
            }),
            rota_offset: self.optional_number("rota_offset", &limits::ROTA_OFFSET),
            valid_from: self.optional_day("valid_from"),
            valid_until: self.optional_day("valid_until"),
        }
    }

    /// A list of spans; it may be absent if it may be empty.
    pub fn spans(&mut self, key: &'static str, count: RangeInclusive<usize>) -> Vec<Span> {
        let default = (*count.start() == 0).then(Vec::new);
        self.read(key, SPANS, default, |value, path, context| spans(value, &count, path, context))
    }

    fn hours(
        &mut self,
        key: &'static str,
        read: impl FnMut(&Value<'_>, &Path<'_>, &mut Context) -> Option<Vec<Span>>,
    ) -> DayHours {
        self.read(key, HOURS, Some(DayHours::new()), |value, path, context| {
            by_days(value, HOURS, path, context, read)
        })
    }

    fn day_shifts(&mut self, key: &'static str, shifts: Ids<'_>) -> Option<DayShifts> {
        self.read(key, DAY_SHIFTS, Some(None), |value, path, context| {
            day_shifts(value, shifts, path, context).map(Some)
        })
    }

    /// A table of values by dates and ranges of dates, together at most `left` days, which are taken from it.
    fn by_dates<T>(
        &mut self,
        key: &'static str,
        needed: &str,
        left: &mut usize,
        max: usize,
        mut read: impl FnMut(&Value<'_>, &Path<'_>, &mut Context) -> Option<T>,
    ) -> BTreeMap<DateRange, T> {
        self.read(key, needed, Some(BTreeMap::new()), |value, path, context| {
            let DeValue::Table(table) = value.get_ref() else {
                return wrong_type(value, needed, path, context);
            };
            let mut values = BTreeMap::new();
            for (date, value) in table {
                let (written, offset) = (date.get_ref(), date.span().start);
                let path = Path::Key(path, written);
                let range = told(parse_range(written), offset, &path, context);
                let Some(rest) = left.checked_sub(range.map_or(1, DateRange::len)) else {
                    context.error(offset, &path, || format!("is beyond the {max} days that there may be"));
                    break;
                };
                *left = rest;
                if let Some((range, value)) = range.zip(read(value, &path, context)) {
                    values.insert(range, value);
                }
            }
            Some(values)
        })
    }
}

/// A value, or a problem.
fn told<T>(read: Result<T, String>, offset: usize, path: &Path<'_>, context: &mut Context) -> Option<T> {
    read.map_err(|problem| context.error(offset, path, || problem)).ok()
}

fn ids_known(ids: Ids<'_>, id: &str, value: &Value<'_>, path: &Path<'_>, context: &mut Context) {
    ids.check(id, value.span().start, path, context);
}

/// A list of spans, each in its place.
fn spans(
    value: &Value<'_>,
    count: &RangeInclusive<usize>,
    path: &Path<'_>,
    context: &mut Context,
) -> Option<Vec<Span>> {
    let DeValue::Array(items) = value.get_ref() else {
        return wrong_type(value, SPANS, path, context);
    };
    count_within(items.len(), count, "span", value.span().start, path, context);
    let items = items.iter().enumerate().take(*count.end());
    Some(items.map(|(index, item)| span(item, &Path::Item(path, index), context)).collect())
}

fn span(value: &Value<'_>, path: &Path<'_>, context: &mut Context) -> Span {
    let span = text(value, SPAN, path, context).map(parse_span);
    span.and_then(|span| told(span, value.span().start, path, context)).unwrap_or(NO_SPAN)
}

fn activity(value: &Value<'_>, channels: Ids<'_>, path: &Path<'_>, context: &mut Context) -> Activity {
    let read = table(value, ACTIVITY, path, context, |fields| Activity {
        at: fields.span("at"),
        channels: fields.references("channels", channels, 0..=limits::CHANNELS_MAX),
    });
    // All channels and none are too different for either to be meant by leaving it out.
    if value.get_ref().as_table().is_some_and(|table| !table.contains_key("channels")) {
        context.absent(value.span().start, &Path::Key(path, "channels"), || {
            "is missing, name the channels that are served then, [] for none".to_owned()
        });
    }
    read.unwrap_or(Activity { at: NO_SPAN, channels: Vec::new() })
}

impl Fields<'_> {
    fn span(&mut self, key: &'static str) -> Span {
        self.read(key, SPAN, None, |value, path, context| Some(Some(span(value, path, context))))
            .unwrap_or(NO_SPAN)
    }
}

fn day_shifts(
    value: &Value<'_>,
    shifts: Ids<'_>,
    path: &Path<'_>,
    context: &mut Context,
) -> Option<DayShifts> {
    match value.get_ref() {
        DeValue::String(id) if id.is_empty() => Some(DayShifts::default()),
        DeValue::String(id) => {
            shifts.check(id, value.span().start, path, context);
            Some(DayShifts(vec![id.to_string()]))
        }
        DeValue::Array(_) => {
            id_list(value, DAY_SHIFTS, shifts, &(0..=limits::DAY_SHIFTS_MAX), path, context).map(DayShifts)
        }
        _ => wrong_type(value, DAY_SHIFTS, path, context),
    }
}

/// A table of values by kinds of days.
fn by_days<T: Clone>(
    value: &Value<'_>,
    needed: &str,
    path: &Path<'_>,
    context: &mut Context,
    mut read: impl FnMut(&Value<'_>, &Path<'_>, &mut Context) -> Option<T>,
) -> Option<BTreeMap<DayKind, T>> {
    let DeValue::Table(table) = value.get_ref() else {
        return wrong_type(value, needed, path, context);
    };
    let mut values: BTreeMap<DayKind, T> = BTreeMap::new();
    let mut said: BTreeMap<DayKind, &str> = BTreeMap::new();
    for (key, value) in table {
        let (written, offset) = (key.get_ref(), key.span().start);
        let path = Path::Key(path, written);
        let kinds = told(parse_days(written), offset, &path, context).unwrap_or_default();
        let read = read(value, &path, context);
        for kind in kinds {
            match said.entry(kind) {
                Entry::Vacant(free) => {
                    free.insert(written);
                    values.extend(read.clone().map(|read| (kind, read)));
                }
                Entry::Occupied(other) => {
                    context.error(offset, &path, || {
                        format!("says of `{}` what `{}` has said, keep one of them", kind.word(), other.get())
                    });
                    break;
                }
            }
        }
    }
    Some(values)
}
