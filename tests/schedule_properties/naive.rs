//! A year painted minute by minute, the weakest rule first.

use jiff::{
    ToSpan as _,
    civil::{Date, date},
    tz::TimeZone,
};
use kefud::{
    plan::model::{self, DayKind, DayShifts},
    schedule::{ALL, DatedKind, Day, Open, Presence, Span, State},
};

use crate::{
    clock::{DAY_MINUTES, MINUTE_S, instant_s, local, seconds, zone},
    random::{self, Case, Entry},
};

/// Minutes that are compared.
pub const YEAR_MINUTES: usize = 366 * 1_440;

/// Minutes that are painted, so that what comes after the year casts its leads into it.
const PAINTED: usize = YEAR_MINUTES + 2 * 1_440;

/// What is done in each minute from the start of a case.
pub struct Painting {
    minutes: Vec<State>,
}

/// A stretch of equal minutes of a day's work, in minutes of its day.
struct Run {
    from: u32,
    to: u32,
    state: State,
}

impl Painting {
    pub fn at(&self, minute: usize) -> State {
        self.minutes[minute]
    }

    /// Minutes at which the state is another than before.
    pub fn changes(&self) -> Vec<usize> {
        (1..self.minutes.len()).filter(|&minute| self.minutes[minute] != self.minutes[minute - 1]).collect()
    }

    fn paint(&mut self, case: &Case, from_s: i64, to_s: i64, state: State) {
        let minute = |at_s: i64| {
            assert_eq!(at_s % MINUTE_S, 0, "a whole minute");
            usize::try_from((at_s - case.start_s) / MINUTE_S).unwrap_or(0).min(PAINTED)
        };
        if from_s < to_s {
            self.minutes[minute(from_s.max(case.start_s))..minute(to_s.max(case.start_s))].fill(state);
        }
    }

    /// When the calendar is open.
    pub fn of_calendar(case: &Case) -> Self {
        let mut painting = Self { minutes: vec![State::OFF; PAINTED] };
        let calendar = &case.plan.calendars["c"];
        let zone = zone(calendar.zone.as_deref().unwrap_or(case.zone));
        let holidays = calendar.holidays.as_ref().map(|id| &*case.plan.holidays[id]);
        for date in dates(case) {
            let of_date = calendar.days.iter().find(|(days, _)| covers(days, date)).map(|(_, spans)| spans);
            let of_kind = || match kind(date, holidays) {
                DayKind::Makeup => calendar.hours.get(&DayKind::Makeup).or(calendar.hours.get(&DayKind::Mon)),
                kind => calendar.hours.get(&kind),
            };
            for span in of_date.or_else(of_kind).into_iter().flatten() {
                let [from_s, to_s] = [span.from_s, span.to_s].map(|s| instant_s(&zone, date, s / 60));
                painting.paint(case, from_s, to_s, State::on(ALL));
            }
        }
        painting
    }

    /// What agent `a` does, without leads.
    pub fn of_agent(case: &Case) -> Self {
        let agent = &case.plan.agents["a"];
        let mut groups = agent.groups.iter().map(|id| &case.plan.groups[id].follows);
        let own = &agent.follows;
        // Its own rota, none if that is empty, else that of its first group with one.
        let group = match own.rota {
            None => groups.find(|group| group.rota.as_deref().is_some_and(|id| !id.is_empty())),
            Some(_) => None,
        };
        let id =
            own.rota.as_ref().or(group.and_then(|group| group.rota.as_ref())).filter(|id| !id.is_empty());
        let offset = own.rota_offset.or(group.and_then(|group| group.rota_offset)).unwrap_or(0);
        let valid_from = own.valid_from.or(group.and_then(|group| group.valid_from));
        let valid_until = own.valid_until.or(group.and_then(|group| group.valid_until));
        let rota = id.map(|id| &*case.plan.rotas[id]);
        let tenant = case.zone;
        let rota_zone = zone(rota.and_then(|rota| rota.zone.as_deref()).unwrap_or(tenant));
        let shifts: Vec<&Entry> = case.dated.iter().filter(|entry| entry.kind == DatedKind::Shift).collect();
        let dates_given = valid_from.is_some() || valid_until.is_some();
        let scheduled = rota.is_some() || dates_given || !shifts.is_empty() || case.dated_mark;

        let nothing = if scheduled { State::OFF } else { State::UNSCHEDULED };
        let mut painting = Self { minutes: vec![nothing; PAINTED] };
        if let Some(rota) = rota {
            let starts = |entry: &&Entry| local(&rota_zone, entry.starts_s(tenant)).date();
            let replaced: Vec<Date> = shifts.iter().map(starts).collect();
            painting.rota(case, rota, offset, &rota_zone, &replaced);
        }
        painting.dated_shifts(case, &shifts);
        for entry in &case.dated {
            let state = match entry.kind {
                DatedKind::Shift => continue,
                DatedKind::Extra => State::on(entry.open),
                DatedKind::Off => State::OFF,
                DatedKind::Break => State::BREAK,
            };
            painting.paint(case, entry.starts_s(tenant), entry.ends_s(tenant), state);
        }
        for minute in 0..PAINTED {
            let at_s = case.instant_s(minute);
            if dates_given && at_s % 900 == 0 {
                let today = day(local(&rota_zone, at_s).date());
                let valid = valid_from.is_none_or(|from| from <= today)
                    && valid_until.is_none_or(|until| today <= until);
                if !valid {
                    // Dates begin at quarters of an hour in all zones.
                    painting.paint(case, at_s, at_s + 900, State::OFF);
                }
            }
            if let Some(hand) = case.by_hand.filter(|hand| at_s < hand.until_s) {
                painting.minutes[minute] = if hand.on { State::on(hand.open) } else { State::OFF };
            }
        }
        painting
    }

    fn rota(&mut self, case: &Case, rota: &model::Rota, offset: u32, zone: &TimeZone, replaced: &[Date]) {
        let holidays = rota.holidays.as_ref().map(|id| &*case.plan.holidays[id]);
        let mut layer: Vec<(bool, i64, i64, i64, State)> = Vec::new();
        for date in dates(case).filter(|date| !replaced.contains(date)) {
            for id in shifts_on(rota, offset, date, holidays).into_iter().flat_map(|shifts| &shifts.0) {
                for run in runs_of_shift(&case.plan.shifts[id]) {
                    let [from_s, to_s] = [run.from, run.to].map(|minutes| instant_s(zone, date, minutes));
                    let nominal_s = seconds(date.to_datetime(jiff::civil::Time::midnight()))
                        + i64::from(run.from) * MINUTE_S;
                    layer.push((run.state.presence == Presence::Break, nominal_s, from_s, to_s, run.state));
                }
            }
        }
        // Breaks over work, and what begins later over what began before.
        layer.sort_by_key(|&(is_break, nominal_s, ..)| (is_break, nominal_s));
        for (_, _, from_s, to_s, state) in layer {
            self.paint(case, from_s, to_s, state);
        }
    }

    fn dated_shifts(&mut self, case: &Case, shifts: &[&Entry]) {
        let mut layer: Vec<(bool, i64, i64, i64, State)> = Vec::new();
        for entry in shifts {
            let zone = zone(entry.zone.unwrap_or(case.zone));
            let start = entry.start;
            let part = |part: &kefud::schedule::PartInput| (part.from_s / 60, part.to_s / 60, part.open);
            let breaks = entry.parts.iter().filter(|part| part.is_break).map(part).collect::<Vec<_>>();
            let activities = entry.parts.iter().filter(|part| !part.is_break).map(part).collect::<Vec<_>>();
            for run in runs(&[(0, entry.minutes)], &breaks, &activities) {
                let midnight = seconds(start) / 86_400 * 86_400;
                let first = u32::try_from((seconds(start) - midnight) / MINUTE_S).expect("minutes of a day");
                let at = |minutes: u32| instant_s(&zone, start.date(), first + minutes);
                let nominal_s = seconds(start) + i64::from(run.from) * MINUTE_S;
                let is_break = run.state.presence == Presence::Break;
                layer.push((is_break, nominal_s, at(run.from), at(run.to), run.state));
            }
        }
        layer.sort_by_key(|&(is_break, nominal_s, ..)| (is_break, nominal_s));
        for (_, _, from_s, to_s, state) in layer {
            self.paint(case, from_s, to_s, state);
        }
    }

    /// Closes channels before they stop being served.
    pub fn with_leads(&self, case: &Case) -> Self {
        let mut minutes = self.minutes.clone();
        let by_hand = |minute: usize| case.by_hand.is_some_and(|hand| case.instant_s(minute) < hand.until_s);
        for edge in self.changes() {
            let (before, then) = (self.minutes[edge - 1], self.minutes[edge]);
            for (id, channel) in &case.plan.channels {
                let bit = 1 << random::slot_of(id).expect("a slot");
                if before.open & bit == 0 || then.open & bit != 0 {
                    continue;
                }
                let lead_ms = match then.presence {
                    Presence::Off => channel.end_lead_ms,
                    Presence::On | Presence::Break | Presence::Unscheduled => channel.break_lead_ms,
                };
                let lead = usize::try_from(lead_ms / 60_000).expect("minutes");
                let from = edge.saturating_sub(lead);
                for (state, minute) in minutes[from..edge].iter_mut().zip(from..) {
                    if state.presence == Presence::On && !by_hand(minute) {
                        state.open &= !bit;
                    }
                }
            }
        }
        Self { minutes }
    }
}

/// The dates whose work may touch the year of a case.
fn dates(case: &Case) -> impl Iterator<Item = Date> {
    let first = case.first_day - 4.days();
    (0..(366 + 10)).map(move |days: i32| first + days.days())
}

fn day(date: Date) -> Day {
    date.to_string().parse().expect("a date")
}

fn covers(days: &model::DateRange, date: Date) -> bool {
    days.first <= day(date) && day(date) <= days.last
}

fn kind(date: Date, holidays: Option<&model::Holidays>) -> DayKind {
    let any = |days: &std::collections::BTreeMap<model::DateRange, String>| {
        days.keys().any(|days| covers(days, date))
    };
    match holidays {
        Some(holidays) if any(&holidays.work) => DayKind::Makeup,
        Some(holidays) if any(&holidays.off) => DayKind::Holiday,
        _ => {
            DayKind::WEEK[usize::try_from(date.weekday().to_monday_zero_offset()).expect("a day of the week")]
        }
    }
}

fn shifts_on<'r>(
    rota: &'r model::Rota,
    offset: u32,
    on: Date,
    holidays: Option<&model::Holidays>,
) -> Option<&'r DayShifts> {
    let from = rota.from.map_or(date(1970, 1, 5), |from| from.to_string().parse().expect("a date"));
    let days = (on - from).get_days();
    let kind = kind(on, holidays);
    let turn = |steps: i32, length: usize| {
        let length = i32::try_from(length).expect("a length");
        usize::try_from((steps + i32::try_from(offset).expect("an offset")).rem_euclid(length))
            .expect("a turn")
    };
    if rota.weeks.is_empty() {
        let instead = match kind {
            DayKind::Holiday => rota.on_holiday.as_ref(),
            DayKind::Makeup => rota.on_makeup.as_ref(),
            _ => None,
        };
        return instead.or(Some(&rota.cycle[turn(days, rota.cycle.len())]));
    }
    let week = &rota.weeks[turn(days.div_euclid(7), rota.weeks.len())];
    match kind {
        DayKind::Makeup => week.get(&DayKind::Makeup).or(week.get(&DayKind::Mon)),
        kind => week.get(&kind),
    }
}

fn minutes(span: Span) -> (u32, u32) {
    (span.from_s / 60, span.to_s / 60)
}

fn runs_of_shift(shift: &model::Shift) -> Vec<Run> {
    let mut at: Vec<(u32, u32)> = shift.at.iter().copied().map(minutes).collect();
    at.sort_unstable();
    // On the day itself or the next, in the first span of work that has room.
    let place = |span: Span| {
        let (from, to) = minutes(span);
        let fits = |&(start, end): &(u32, u32)| {
            [0, DAY_MINUTES].into_iter().find(|shift| start <= from + shift && to + shift <= end)
        };
        let shift = at.iter().find_map(fits).expect("within work");
        (from + shift, to + shift)
    };
    let breaks: Vec<(u32, u32, Open)> = shift
        .breaks
        .iter()
        .map(|span| {
            let (from, to) = place(*span);
            (from, to, 0)
        })
        .collect();
    let activities: Vec<(u32, u32, Open)> = shift
        .activities
        .iter()
        .map(|activity| {
            let (from, to) = place(activity.at);
            (from, to, random::open(&activity.channels))
        })
        .collect();
    runs(&at, &breaks, &activities)
}

/// What is done in each minute of a day's work, as runs of equal minutes.
fn runs(at: &[(u32, u32)], breaks: &[(u32, u32, Open)], activities: &[(u32, u32, Open)]) -> Vec<Run> {
    let state_at = |minute: u32| {
        let within = |from: u32, to: u32| from <= minute && minute < to;
        if !at.iter().any(|&(from, to)| within(from, to)) {
            return None;
        }
        if breaks.iter().any(|&(from, to, _)| within(from, to)) {
            return Some(State::BREAK);
        }
        let activity = activities.iter().find(|&&(from, to, _)| within(from, to));
        Some(State::on(activity.map_or(ALL, |&(_, _, open)| open)))
    };
    let mut runs: Vec<Run> = Vec::new();
    for minute in 0..3 * DAY_MINUTES {
        let Some(state) = state_at(minute) else { continue };
        match runs.last_mut() {
            Some(last) if last.to == minute && last.state == state => last.to += 1,
            _ => runs.push(Run { from: minute, to: minute + 1, state }),
        }
    }
    runs
}
