//! Random plans with schedules, and random entries of one agent.

use std::fmt;

use fastrand::Rng;
use jiff::{
    ToSpan as _,
    civil::{Date, DateTime, date},
};
use kefud::{
    plan::{
        Plan,
        model::{
            Activity, Calendar, DateRange, DayKind, DayShifts, Follows, Holidays, Rota, RotaWeek, Shift,
        },
        parse, render,
    },
    schedule::{ALL, ByHand, DatedInput, DatedKind, Day, Open, PartInput, Span},
};

use crate::clock::{MINUTE_S, instant_s, seconds, zone};

/// Zones with odd clocks, and years in which they did something odd.
const ZONES: [(&str, Option<i16>); 12] = [
    ("America/New_York", None),
    ("Europe/Berlin", None),
    ("Asia/Shanghai", None),
    ("Australia/Lord_Howe", None),
    ("Pacific/Apia", Some(2011)),
    ("America/Sao_Paulo", Some(2018)),
    ("Asia/Kathmandu", None),
    ("America/St_Johns", None),
    ("Pacific/Chatham", None),
    ("Africa/Casablanca", None),
    ("Asia/Gaza", None),
    ("America/Caracas", Some(2016)),
];

const CHANNELS: [&str; 3] = ["email", "phone", "wechat"];

pub fn slot_of(id: &str) -> Option<u8> {
    CHANNELS.iter().zip(0..).find(|(channel, _)| **channel == id).map(|(_, slot)| slot)
}

pub fn open(channels: &[String]) -> Open {
    channels.iter().map(|id| 1 << slot_of(id).expect("a slot")).sum()
}

/// A plan with a calendar `c`, and an agent `a` with what is its own.
pub struct Case {
    pub plan: Plan,
    pub zone: &'static str,
    /// The first day of the year that is looked at, and its midnight in UTC.
    pub first_day: Date,
    pub start_s: i64,
    pub dated: Vec<Entry>,
    pub dated_mark: bool,
    pub by_hand: Option<ByHand>,
}

/// A dated entry.
#[derive(Debug)]
pub struct Entry {
    pub number: u64,
    pub kind: DatedKind,
    pub start: DateTime,
    pub minutes: u32,
    pub zone: Option<&'static str>,
    pub parts: Vec<PartInput>,
    pub open: Open,
}

impl Entry {
    pub fn input(&self) -> DatedInput<'_> {
        DatedInput {
            number: self.number,
            kind: self.kind,
            start_local_s: seconds(self.start),
            length_s: self.minutes * 60,
            zone: self.zone,
            parts: &self.parts,
            open: self.open,
        }
    }

    pub fn starts_s(&self, tenant: &str) -> i64 {
        self.after_s(tenant, 0)
    }

    pub fn ends_s(&self, tenant: &str) -> i64 {
        self.after_s(tenant, self.minutes)
    }

    fn after_s(&self, tenant: &str, minutes: u32) -> i64 {
        let local = self.start + i64::from(minutes).minutes();
        let midnight = local.date();
        let of_day =
            u32::try_from((seconds(local) - seconds(midnight.at(0, 0, 0, 0))) / 60).expect("minutes");
        instant_s(&zone(self.zone.unwrap_or(tenant)), midnight, of_day)
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}\nfrom {} by {}, dated: {}",
            render(&self.plan),
            self.first_day,
            self.zone,
            self.dated_mark
        )?;
        for entry in &self.dated {
            writeln!(f, "{entry:?}")?;
        }
        writeln!(f, "{:?}", self.by_hand)
    }
}

const BASE: &str = r#"
channels.email = { kind = "deferred", units = 10, offer_timeout = "1m" }
channels.phone = { kind = "realtime", units = 100, offer_timeout = "20s" }
channels.wechat = { kind = "messaging", units = 25, offer_timeout = "30s" }
queues.q = { channels = ["phone"], objective = "30s" }
groups.g.name = "g"
groups.h.name = "h"
agents.a.groups = ["g", "h"]
"#;

impl Case {
    /// The instant of a minute of the year.
    pub fn instant_s(&self, minute: usize) -> i64 {
        self.start_s + i64::try_from(minute).expect("a minute of a year") * MINUTE_S
    }

    pub fn random(rng: &mut Rng) -> Self {
        let (zone, odd_year) = ZONES[rng.usize(..ZONES.len())];
        let year = odd_year.filter(|_| rng.u8(..4) > 0).unwrap_or_else(|| rng.i16(2_005..2_040));
        let first_day = date(year, 1, 1) + rng.i32(0..365).days();
        let first_day = if odd_year == Some(year) { date(year, 1, 1) } else { first_day };
        let start_s = seconds(first_day.at(0, 0, 0, 0));
        let mut plan = parse(BASE).expect("a plan");
        plan.settings.zone = zone.to_owned();
        for channel in plan.channels.values_mut() {
            channel.break_lead_ms = u64::from(rng.bool()) * rng.u64(..90) * 60_000;
            channel.end_lead_ms = u64::from(rng.bool()) * rng.u64(..240) * 60_000;
        }
        plan.holidays.insert("days".to_owned(), holidays(rng, first_day).into());
        plan.calendars.insert("c".to_owned(), calendar(rng, first_day).into());
        for id in ["s0", "s1", "s2", "s3"] {
            plan.shifts.insert(id.to_owned(), shift(rng).into());
        }
        for id in ["r0", "r1"] {
            let rota = rota(rng, &plan, first_day);
            plan.rotas.insert(id.to_owned(), rota.into());
        }
        for group in ["g", "h"] {
            plan.groups.get_mut(group).expect("a group").follows = follows(rng, first_day, 60);
        }
        let mut agent = (*plan.agents["a"]).clone();
        agent.follows = follows(rng, first_day, 30);
        plan.agents.insert("a".to_owned(), agent.into());
        let dated = dated(rng, zone, first_day);
        let until_s = start_s + rng.i64(0..400) * 1_800;
        let hand = ByHand { on: rng.bool(), open: some_open(rng), until_s };
        let by_hand = (rng.u8(..3) == 0).then_some(hand);
        Self { plan, zone, first_day, start_s, dated, dated_mark: rng.u8(..4) == 0, by_hand }
    }
}

fn day(date: Date) -> Day {
    date.to_string().parse().expect("a date")
}

fn some_day(rng: &mut Rng, first: Date) -> Date {
    first + rng.i32(-5..375).days()
}

/// Whether something that comes so often, in percent, comes now.
fn chance(rng: &mut Rng, percent: u8) -> bool {
    rng.u8(..100) < percent
}

fn some_zone(rng: &mut Rng) -> Option<String> {
    chance(rng, 30).then(|| ZONES[rng.usize(..ZONES.len())].0.to_owned())
}

fn some_open(rng: &mut Rng) -> Open {
    if rng.bool() { ALL } else { rng.u128(..8) }
}

fn some_channels(rng: &mut Rng) -> Vec<String> {
    CHANNELS.iter().filter(|_| rng.bool()).map(|id| (*id).to_owned()).collect()
}

/// Disjoint spans of minutes, ordered, within some of them: often at hours when clocks are changed.
fn cuts(rng: &mut Rng, from: u32, to: u32, most: usize) -> Vec<(u32, u32)> {
    let step = [5, 15, 30][rng.usize(..3)];
    let mut times: Vec<u32> =
        (0..2 * rng.usize(..=most)).map(|_| rng.u32(from / step..=to / step) * step).collect();
    times.retain(|time| (from..=to).contains(time));
    times.sort_unstable();
    times.dedup();
    times.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

fn span((from, to): (u32, u32)) -> Span {
    // Written as times of day, as in a plan.
    let day = if from >= 1_440 { 1_440 } else { 0 };
    Span { from_s: (from - day) * 60, to_s: (to - day) * 60 }
}

/// Spans that begin on a day and may end on the next.
fn spans(rng: &mut Rng, most: usize) -> Vec<(u32, u32)> {
    if chance(rng, 10) {
        return vec![(0, 1_440)];
    }
    let from = if rng.bool() { rng.u32(..4) * 60 } else { rng.u32(..1_440) };
    let to = (from + rng.u32(60..1_440)).min(from + 1_440);
    let mut spans = cuts(rng, from, to, most);
    spans.retain(|&(from, to)| from < 1_440 && to > from);
    spans
}

fn holidays(rng: &mut Rng, first: Date) -> Holidays {
    let mut holidays = Holidays::default();
    let mut at = first - 3.days();
    while at < first + 380.days() {
        let last = at + rng.i32(0..5).days();
        let days = DateRange { first: day(at), last: day(last) };
        let map = if chance(rng, 65) { &mut holidays.off } else { &mut holidays.work };
        map.insert(days, "day".to_owned());
        at = last + rng.i32(1..40).days();
    }
    holidays
}

fn some_holidays(rng: &mut Rng) -> Option<String> {
    rng.bool().then(|| "days".to_owned())
}

fn calendar(rng: &mut Rng, first: Date) -> Calendar {
    let mut calendar = Calendar { zone: some_zone(rng), holidays: some_holidays(rng), ..Calendar::default() };
    for kind in DayKind::ALL {
        if chance(rng, 80) {
            calendar.hours.insert(kind, spans(rng, 3).into_iter().map(span).collect());
        }
    }
    for _ in 0..rng.u8(..20) {
        let day = day(some_day(rng, first));
        calendar
            .days
            .insert(DateRange { first: day, last: day }, spans(rng, 2).into_iter().map(span).collect());
    }
    calendar
}

fn shift(rng: &mut Rng) -> Shift {
    let mut at = spans(rng, 4);
    if at.is_empty() {
        at.push((540, 1_080));
    }
    let (mut breaks, mut activities) = (Vec::new(), Vec::new());
    for &(from, to) in &at {
        breaks.extend(cuts(rng, from, to, 2).into_iter().map(span));
        activities.extend(cuts(rng, from, to, 2).into_iter().map(span));
    }
    // What would be placed in an earlier span of work, by its time of day, would overlap others there.
    if at.len() > 1 && at.last().is_some_and(|&(_, to)| to > 1_440) {
        (breaks, activities) = (Vec::new(), Vec::new());
    }
    let activity = |at| Activity { at, channels: some_channels(rng) };
    let activities = activities.into_iter().map(activity).collect();
    Shift { at: at.into_iter().map(span).collect(), breaks, activities, ..Shift::default() }
}

fn day_shifts(rng: &mut Rng, plan: &Plan) -> DayShifts {
    let ids: Vec<&String> = plan.shifts.keys().collect();
    let mut shifts: Vec<String> = Vec::new();
    for _ in 0..[0, 1, 1, 1, 2][rng.usize(..5)] {
        let id = ids[rng.usize(..ids.len())];
        let at = |id: &String| plan.shifts[id].at.clone();
        let free = |other: &String| at(other).iter().all(|a| at(id).iter().all(|b| !a.overlaps(*b)));
        if shifts.iter().all(free) {
            shifts.push(id.clone());
        }
    }
    DayShifts(shifts)
}

fn rota(rng: &mut Rng, plan: &Plan, first: Date) -> Rota {
    let mut rota = Rota { zone: some_zone(rng), holidays: some_holidays(rng), ..Rota::default() };
    let from = some_day(rng, first);
    if rng.bool() {
        rota.from = Some(Day::monday(day(from)));
        for _ in 0..rng.usize(1..4) {
            let kinds = DayKind::ALL.into_iter().filter(|_| chance(rng, 75)).collect::<Vec<_>>();
            rota.weeks
                .push(kinds.into_iter().map(|kind| (kind, day_shifts(rng, plan))).collect::<RotaWeek>());
        }
        if rota.weeks.len() == 1 && rng.bool() {
            rota.from = None;
        }
    } else {
        rota.from = Some(day(from));
        rota.cycle = (0..rng.usize(1..10)).map(|_| day_shifts(rng, plan)).collect();
        rota.on_holiday = chance(rng, 40).then(|| day_shifts(rng, plan)).filter(|_| rota.holidays.is_some());
        rota.on_makeup = chance(rng, 40).then(|| day_shifts(rng, plan)).filter(|_| rota.holidays.is_some());
    }
    rota
}

fn follows(rng: &mut Rng, first: Date, percent: u8) -> Follows {
    let rota =
        chance(rng, percent).then(|| ["r0", "r1", ""][[0, 0, 0, 1, 1, 1, 2][rng.usize(..7)]].to_owned());
    let valid_from = first + rng.i32(-20..120).days();
    Follows {
        rota,
        rota_offset: chance(rng, 30).then(|| rng.u32(..6)),
        valid_from: chance(rng, 20).then(|| day(valid_from)),
        valid_until: chance(rng, 20).then(|| day(valid_from + rng.i32(0..300).days())),
    }
}

fn dated(rng: &mut Rng, tenant: &str, first: Date) -> Vec<Entry> {
    let most = [0, 5, 60][rng.usize(..3)];
    let mut entries: Vec<Entry> = Vec::new();
    for number in 1..=most {
        let kind = [DatedKind::Shift, DatedKind::Extra, DatedKind::Off, DatedKind::Break][rng.usize(..4)];
        let start = some_day(rng, first).at(0, 0, 0, 0) + (rng.i64(0..288) * 5).minutes();
        let days = if kind == DatedKind::Off && rng.bool() { rng.u32(..10) } else { 0 };
        let minutes = days * 1_440 + rng.u32(1..=288) * 5;
        let zone = chance(rng, 30).then(|| ZONES[rng.usize(..ZONES.len())].0);
        let mut entry = Entry { number, kind, start, minutes, zone, parts: Vec::new(), open: some_open(rng) };
        if kind == DatedKind::Shift {
            // Of one agent, they don't overlap.
            let stretch = |entry: &Entry| entry.starts_s(tenant)..entry.ends_s(tenant);
            let taken = |other: &Entry| {
                let (a, b) = (stretch(other), stretch(&entry));
                a.start < b.end + 7_200 && b.start < a.end + 7_200
            };
            if entries.iter().filter(|other| other.kind == DatedKind::Shift).any(taken) {
                continue;
            }
            for is_break in [true, false] {
                for (from, to) in cuts(rng, 0, minutes, 3) {
                    let open = if is_break { 0 } else { rng.u128(..8) };
                    entry.parts.push(PartInput { from_s: from * 60, to_s: to * 60, is_break, open });
                }
            }
        }
        entries.push(entry);
    }
    entries
}
