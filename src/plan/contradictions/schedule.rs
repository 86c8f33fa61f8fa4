//! What contradicts what in holidays, calendars and shifts, and how many zones there are.

mod follows;
mod hours;
mod rota;

use std::collections::{BTreeMap, BTreeSet};

use super::{EntryKind, Path, Plan, Search, value_of};
use crate::{
    plan::{
        limits,
        model::{Calendar, DateRange, DayKind, Holidays, Shift},
        schedule::NO_SPAN,
        when::{format_span, parse_days},
    },
    schedule::{DAY_S, Span, shift::place},
};

impl Search<'_> {
    pub(super) fn schedules(&mut self, plan: &Plan) {
        self.zones(plan);
        let section = |kind: EntryKind| Path::Key(&Path::Root, kind.section());
        for (id, holidays) in &plan.holidays {
            self.holidays(&Path::Key(&section(EntryKind::Holidays), id), holidays);
        }
        for (id, calendar) in &plan.calendars {
            self.calendar(&Path::Key(&section(EntryKind::Calendar), id), calendar);
        }
        for (id, shift) in &plan.shifts {
            self.shift(&Path::Key(&section(EntryKind::Shift), id), shift);
        }
        for (id, rota) in &plan.rotas {
            self.rota(&Path::Key(&section(EntryKind::Rota), id), rota, plan);
        }
        for (id, group) in &plan.groups {
            self.group(&Path::Key(&section(EntryKind::Group), id), &group.follows, plan);
        }
        for (id, agent) in &plan.agents {
            self.agent(&Path::Key(&section(EntryKind::Agent), id), agent, plan);
        }
        for (id, channel) in &plan.channels {
            self.channel_hours(&Path::Key(&section(EntryKind::Channel), id), channel);
        }
        for (id, queue) in &plan.queues {
            self.queue_hours(&Path::Key(&section(EntryKind::Queue), id), queue, plan);
        }
        self.circles(plan);
    }

    fn zones(&mut self, plan: &Plan) {
        let section = |kind: EntryKind| Path::Key(&Path::Root, kind.section());
        let calendars = plan.calendars.iter().map(|(id, calendar)| (EntryKind::Calendar, id, &calendar.zone));
        let rotas = plan.rotas.iter().map(|(id, rota)| (EntryKind::Rota, id, &rota.zone));
        let mut zones = BTreeSet::from([&plan.settings.zone]);
        for (kind, id, zone) in calendars.chain(rotas) {
            let is_new = zone.as_ref().is_some_and(|zone| zones.insert(zone));
            if is_new && zones.len() > limits::ZONES_MAX {
                let (count, max) = (zones.len(), limits::ZONES_MAX);
                self.error(&Path::Key(&Path::Key(&section(kind), id), "zone"), || {
                    format!("is time zone {count} of the plan, use at most {max} different ones")
                });
            }
        }
    }

    fn holidays(&mut self, path: &Path<'_>, holidays: &Holidays) {
        let off = holidays.off.keys().map(|range| (*range, "off"));
        self.days_once(path, off.chain(holidays.work.keys().map(|range| (*range, "work"))).collect());
    }

    /// Tells of each range that has a day of another. `ranges` come with the names of their tables.
    fn days_once(&mut self, path: &Path<'_>, mut ranges: Vec<(DateRange, &str)>) {
        ranges.sort_unstable();
        let mut furthest: Option<(DateRange, &str)> = None;
        for (range, table) in ranges {
            if let Some((before, of)) = furthest.filter(|(before, _)| range.first <= before.last) {
                let written = range.to_string();
                self.error(&Path::Key(&Path::Key(path, table), &written), || {
                    let of = if of == table { String::new() } else { format!(" of `{of}`") };
                    format!("has days that `{before}`{of} has too, name each day once")
                });
            }
            if furthest.is_none_or(|(before, _)| before.last < range.last) {
                furthest = Some((range, table));
            }
        }
    }

    fn calendar(&mut self, path: &Path<'_>, calendar: &Calendar) {
        let hours = Path::Key(path, "hours");
        let keys = self.keys_of(&hours, calendar.hours.keys().copied());
        let mut told = BTreeSet::new();
        for (kind, spans) in &calendar.hours {
            let key = &keys[kind];
            if told.insert(key) {
                self.apart(&Path::Key(&hours, key), spans);
            }
        }
        self.idle_kinds(&hours, &keys, calendar.holidays.is_some() || self.is_written(path, "holidays"));
        let mut told = BTreeSet::new();
        for (index, day) in DayKind::WEEK.into_iter().enumerate() {
            let next = DayKind::WEEK[(index + 1) % 7];
            if let (Some(spans), Some(following)) = (calendar.hours.get(&day), calendar.hours.get(&next))
                && !told.contains(&keys[&next])
                && self.apart_overnight(&Path::Key(&hours, &keys[&next]), day.word(), spans, following)
            {
                told.insert(&keys[&next]);
            }
        }
        self.dated_hours(path, calendar);
    }

    fn dated_hours(&mut self, path: &Path<'_>, calendar: &Calendar) {
        self.days_once(path, calendar.days.keys().map(|range| (*range, "days")).collect());
        let days = Path::Key(path, "days");
        let mut before: Option<(DateRange, &Vec<Span>)> = None;
        for (range, spans) in &calendar.days {
            let written = range.to_string();
            let path = Path::Key(&days, &written);
            self.apart(&path, spans);
            let last = before.filter(|(before, _)| before.last.plus(1) == range.first);
            if let Some((before, earlier)) = last {
                self.apart_overnight(&path, &before.last.to_string(), earlier, spans);
            }
            if range.len() > 1 {
                self.apart_overnight(&path, &range.first.to_string(), spans, spans);
            }
            before = Some((*range, spans));
        }
    }

    fn shift(&mut self, path: &Path<'_>, shift: &Shift) {
        let written = &Path::Key(path, "at");
        self.apart(written, &shift.at);
        let count =
            value_of(self.root, written).and_then(|at| at.get_ref().as_array()).map_or(0, |at| at.len());
        // Where there are too many, a part may be in one that was left out.
        let at = if count > limits::SHIFT_SPANS_MAX { &[][..] } else { &shift.at };
        let breaks = Path::Key(path, "breaks");
        let spans = shift.breaks.iter().enumerate();
        let placed = spans.map(|(index, span)| self.within(&Path::Item(&breaks, index), *span, at));
        let placed: Vec<Span> = placed.collect();
        self.apart(&breaks, &placed);
        let activities = Path::Key(path, "activities");
        let mut placed: Vec<Span> = Vec::new();
        for (index, activity) in shift.activities.iter().enumerate() {
            let path = Path::Item(&activities, index);
            placed.push(self.within(&Path::Key(&path, "at"), activity.at, at));
        }
        self.apart(&activities, &placed);
    }

    /// The time of a part of a shift: the first such time after the start of the span of `at` that has it. Tells of
    /// one that is outside. What isn't known, since something is wrong, is no time.
    fn within(&mut self, path: &Path<'_>, part: Span, at: &[Span]) -> Span {
        if part == NO_SPAN || at.is_empty() || at.contains(&NO_SPAN) {
            return NO_SPAN;
        }
        let day_s = u32::try_from(DAY_S).unwrap_or_default();
        let on_next_day = Span { from_s: part.from_s + day_s, to_s: part.to_s + day_s };
        let places = || at.iter().flat_map(|span| [(*span, part), (*span, on_next_day)]);
        if let Some(part) = place(at, part) {
            return part;
        }
        self.error(path, || {
            let written = format_span(part);
            match places().find(|(span, part)| span.overlaps(*part)) {
                Some((span, part)) => {
                    let from_s = part.from_s.max(span.from_s);
                    let meant = Span {
                        from_s: from_s % day_s,
                        to_s: from_s % day_s + (part.to_s.min(span.to_s) - from_s),
                    };
                    let (span, meant) = (format_span(span), format_span(meant));
                    format!("{written} reaches beyond {span} of `at`, write {meant}")
                }
                None => format!("{written} is outside `at`, put it into one of its spans"),
            }
        });
        NO_SPAN
    }

    /// Tells of each span of a list that shares time with one before it.
    fn apart(&mut self, path: &Path<'_>, spans: &[Span]) {
        for (index, span) in spans.iter().enumerate() {
            if let Some(other) = spans[..index].iter().find(|other| other.overlaps(*span)) {
                self.error(&Path::Item(path, index), || {
                    format!("{} and {} overlap, change one of them", format_span(*other), format_span(*span))
                });
            }
        }
    }

    /// Tells of the first span of a list that shares time with one of the day before, called `day`. Whether there
    /// is any.
    fn apart_overnight(&mut self, path: &Path<'_>, day: &str, before: &[Span], spans: &[Span]) -> bool {
        let pairs = spans
            .iter()
            .enumerate()
            .flat_map(|(index, span)| before.iter().map(move |last| (index, *span, *last)));
        let mut overlapping = pairs.filter(|(_, span, last)| last.overlaps_next_day(*span));
        let Some((index, span, last)) = overlapping.next() else { return false };
        self.error(&Path::Item(path, index), || {
            let (span, last) = (format_span(span), format_span(last));
            format!("{last} of {day} reaches into {span} of the day after, change one of them")
        });
        true
    }

    /// Tells of what is said of holidays where none count.
    fn idle_kinds(&mut self, path: &Path<'_>, keys: &BTreeMap<DayKind, String>, has_holidays: bool) {
        for kind in [DayKind::Holiday, DayKind::Makeup] {
            if let Some(key) = keys.get(&kind).filter(|_| !has_holidays) {
                self.idle(&Path::Key(path, key), || {
                    "has no effect without `holidays`, add that or remove this".to_owned()
                });
            }
        }
    }

    /// How each kind of days is written in a table: `wed` may be in `mon-fri`.
    fn keys_of(&self, path: &Path<'_>, kinds: impl Iterator<Item = DayKind>) -> BTreeMap<DayKind, String> {
        let mut keys: BTreeMap<DayKind, String> = kinds.map(|kind| (kind, kind.word().to_owned())).collect();
        let table = value_of(self.root, path).and_then(|value| value.get_ref().as_table());
        for key in table.into_iter().flat_map(|table| table.keys()) {
            let written = key.get_ref();
            for kind in parse_days(written).unwrap_or_default() {
                keys.insert(kind, written.to_string());
            }
        }
        keys
    }
}
