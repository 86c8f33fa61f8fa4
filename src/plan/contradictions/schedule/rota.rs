//! What contradicts what in rotas.

use std::collections::BTreeSet;

use super::{DayKind, Path, Plan, Search};
use crate::{
    plan::{
        model::{DayShifts, Rota},
        rules::is_empty,
        when::format_time,
    },
    schedule::{DAY_S, Span},
};

/// A day of a rota: how it is written, and what is worked.
struct RotaDay<'p> {
    /// The week, or the day of the cycle.
    index: usize,
    /// Of a week: the day, and its key.
    in_week: Option<(DayKind, String)>,
    /// By start.
    work: Vec<(Span, &'p str)>,
}

impl Search<'_> {
    pub(super) fn rota(&mut self, path: &Path<'_>, rota: &Rota, plan: &Plan) {
        self.rota_form(path, rota);
        self.rota_holidays(path, rota);
        let weeks = Path::Key(path, "weeks");
        let cycle = Path::Key(path, "cycle");
        let mut days = Vec::new();
        for (index, week) in rota.weeks.iter().enumerate() {
            let week_path = Path::Item(&weeks, index);
            let keys = self.keys_of(&week_path, week.keys().copied());
            let has_holidays = rota.holidays.is_some() || self.is_written(path, "holidays");
            self.idle_kinds(&week_path, &keys, has_holidays);
            for kind in [DayKind::Holiday, DayKind::Makeup] {
                if let Some(shifts) = week.get(&kind) {
                    self.day_apart(&Path::Key(&week_path, &keys[&kind]), &work(shifts, plan));
                }
            }
            for kind in DayKind::WEEK {
                let work = week.get(&kind).map(|shifts| work(shifts, plan)).unwrap_or_default();
                let key = keys.get(&kind).cloned().unwrap_or_default();
                days.push(RotaDay { index, in_week: Some((kind, key)), work });
            }
        }
        let in_cycle = rota.cycle.iter().enumerate();
        days.extend(in_cycle.map(|(index, shifts)| RotaDay {
            index,
            in_week: None,
            work: work(shifts, plan),
        }));
        self.days_apart(&weeks, &cycle, &days);
        for (key, shifts) in [("on_holiday", &rota.on_holiday), ("on_makeup", &rota.on_makeup)] {
            if let Some(shifts) = shifts {
                self.day_apart(&Path::Key(path, key), &work(shifts, plan));
            }
        }
    }

    fn rota_form(&mut self, path: &Path<'_>, rota: &Rota) {
        let written = |key| self.is_written(path, key);
        match (written("weeks"), written("cycle")) {
            (false, false) => self.idle(path, || "has no days, give it `weeks` or `cycle`".to_owned()),
            (true, true) => self.error(&Path::Key(path, "cycle"), || {
                "can't stand beside `weeks`, remove one of them".to_owned()
            }),
            (has_weeks, _) => {
                let (key, noun) = if has_weeks { ("weeks", "week") } else { ("cycle", "day") };
                let path = &Path::Key(path, key);
                if super::value_of(self.root, path).is_some_and(is_empty) {
                    self.error(path, || format!("is empty, give it at least one {noun}"));
                }
            }
        }
        let is_long = rota.weeks.len() > 1 || !rota.cycle.is_empty();
        let from = &Path::Key(path, "from");
        if is_long && !self.is_written(path, "from") {
            self.idle(from, || {
                let first =
                    if rota.cycle.is_empty() { "the Monday of its first week" } else { "its first day" };
                format!("is missing, give {first}")
            });
        }
        if !is_long && rota.weeks.len() == 1 && self.is_written(path, "from") {
            self.idle(from, || "has no effect with one week, remove it".to_owned());
        } else if let Some(day) = rota.from.filter(|day| rota.weeks.len() > 1 && day.monday() != *day) {
            self.error(from, || {
                let (before, after) = (day.monday(), day.monday().plus(7));
                format!("{day} is no Monday, when weeks begin: write {before} or {after}")
            });
        }
    }

    fn rota_holidays(&mut self, path: &Path<'_>, rota: &Rota) {
        for key in ["on_holiday", "on_makeup"] {
            if !self.is_written(path, key) {
                continue;
            }
            if !rota.weeks.is_empty() && rota.cycle.is_empty() {
                let kind = &key["on_".len()..];
                self.error(&Path::Key(path, key), || {
                    format!("is for cycles, write `{kind}` in each of the weeks instead")
                });
            } else if !self.is_written(path, "holidays") {
                self.idle(&Path::Key(path, key), || {
                    "has no effect without `holidays`, add that or remove this".to_owned()
                });
            }
        }
    }

    /// Tells of shifts of one day, or of days that follow each other, that share time; once for each place.
    fn days_apart(&mut self, weeks: &Path<'_>, cycle: &Path<'_>, days: &[RotaDay<'_>]) {
        let mut told: BTreeSet<(usize, Option<&str>)> = BTreeSet::new();
        for (at, day) in days.iter().enumerate() {
            let before = &days[(at + days.len() - 1) % days.len()];
            let key = day.in_week.as_ref().map(|(_, key)| key.as_str());
            if day.work.is_empty() || told.contains(&(day.index, key)) {
                continue;
            }
            let week = Path::Item(weeks, day.index);
            let path = &key.map_or(Path::Item(cycle, day.index), |key| Path::Key(&week, key));
            let is_told = self.day_apart(path, &day.work) || self.night_apart(path, &before.work, &day.work);
            if is_told {
                told.insert((day.index, key));
            }
        }
    }

    /// Whether shifts of a day share time, which is told then.
    fn day_apart(&mut self, path: &Path<'_>, work: &[(Span, &str)]) -> bool {
        let overlapping =
            work.windows(2).find(|pair| pair[0].1 != pair[1].1 && pair[0].0.overlaps(pair[1].0));
        if let Some([(_, one), (_, other)]) = overlapping {
            self.error(path, || format!("shifts `{one}` and `{other}` overlap, change one of them"));
        }
        overlapping.is_some()
    }

    /// Whether a shift of the day before lasts until one of this day has begun, which is told then.
    fn night_apart(&mut self, path: &Path<'_>, before: &[(Span, &str)], work: &[(Span, &str)]) -> bool {
        let last = before.iter().max_by_key(|(span, _)| span.to_s);
        let Some(((last, earlier), (first, later))) = last.zip(work.first()) else { return false };
        if !last.overlaps_next_day(*first) {
            return false;
        }
        self.error(path, || {
            let day_s = u32::try_from(DAY_S).unwrap_or_default();
            let (ends, begins) = (format_time(last.to_s - day_s), format_time(first.from_s));
            format!(
                "shift `{later}` begins at {begins}, but `{earlier}` of the day before lasts until {ends}"
            )
        });
        true
    }
}

/// When a day's shifts are worked, as far as they are known.
fn work<'p>(DayShifts(shifts): &'p DayShifts, plan: &'p Plan) -> Vec<(Span, &'p str)> {
    let known = shifts.iter().filter_map(|id| plan.shifts.get(id).map(|shift| (id, shift)));
    let spans = known.flat_map(|(id, shift)| shift.at.iter().map(move |span| (*span, id.as_str())));
    let mut work: Vec<_> = spans.filter(|(span, _)| span.length_s() > 0).collect();
    work.sort_unstable();
    work
}
