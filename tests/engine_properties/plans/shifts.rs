//! Shifts, rotas, holidays and calendars around the time at which a case begins, short enough for their edges to fall
//! into it.

use std::collections::BTreeMap;

use fastrand::Rng;
use kefud::{
    plan::{
        Plan,
        model::{
            Activity, Ageing, AtShiftEnd, Calendar, ChannelKind, ClosedPolicy, Closing, DateRange, DayKind,
            DayShifts, Follows, Holidays, Rota, RotaWeek, Shift,
        },
    },
    schedule::{Day, Span, Zone},
};

const DAY_S: i64 = 86_400;
const ZONES: [&str; 4] = ["UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"];

/// When cases begin: on plain days, before midnights, in holidays, and where clocks are changed in New York or on
/// Lord Howe Island within minutes.
pub const BEGINNINGS_S: [i64; 6] =
    [1_791_043_200, 1_791_561_300, 1_791_561_000, 1_772_953_000, 1_793_511_900, 1_775_314_500];

/// Minutes about now, disjoint and ordered.
fn cuts(rng: &mut Rng, from: i64, to: i64, most: usize) -> Vec<(i64, i64)> {
    let mut times: Vec<i64> = (0..2 * rng.usize(..=most)).map(|_| rng.i64(from..=to)).collect();
    times.sort_unstable();
    times.dedup();
    times.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

/// The time as clocks show it where a plan, calendar or rota is.
struct Clock {
    local_s: i64,
}

impl Clock {
    fn new(zone: &str, wall_s: i64) -> Self {
        Self { local_s: Zone::load(zone).expect("a zone").local_s(wall_s) }
    }

    /// So many minutes after now, as a time of day.
    fn span(&self, (from, to): (i64, i64)) -> Span {
        let from_s = (self.local_s.div_euclid(60) * 60 + from * 60).rem_euclid(DAY_S);
        let s = |s: i64| u32::try_from(s).expect("a time of day");
        Span { from_s: s(from_s), to_s: s(from_s + (to - from) * 60) }
    }

    fn today(&self) -> Day {
        Day::of_local(self.local_s)
    }
}

fn shift(rng: &mut Rng, clock: &Clock) -> Shift {
    let mut at = cuts(rng, -12, 20, 2);
    if at.is_empty() {
        at.push(if rng.u8(..4) == 0 { (-600, 780) } else { (-5, rng.i64(1..25)) });
    }
    let (mut breaks, mut activities) = (Vec::new(), Vec::new());
    if let [(from, to)] = at[..] {
        let (from, to) = (from.max(-12), to.min(20));
        breaks = cuts(rng, from, to, 2);
        activities = cuts(rng, from, to, 2);
    }
    let mut spans: Vec<Span> = at.into_iter().map(|span| clock.span(span)).collect();
    spans.sort_unstable_by_key(|span| span.from_s);
    let some = |rng: &mut Rng| (0..4).filter(|_| rng.bool()).map(|channel| format!("k{channel}")).collect();
    Shift {
        at: spans,
        breaks: breaks.into_iter().map(|span| clock.span(span)).collect(),
        activities: activities
            .into_iter()
            .map(|at| Activity { at: clock.span(at), channels: some(rng) })
            .collect(),
        ..Shift::default()
    }
}

fn day_shifts(rng: &mut Rng) -> DayShifts {
    let number = rng.u8(..5);
    DayShifts(if number == 0 { Vec::new() } else { vec![format!("s{}", number % 3)] })
}

fn some_zone(rng: &mut Rng) -> Option<String> {
    (rng.u8(..4) == 0).then(|| ZONES[rng.usize(..ZONES.len())].to_owned())
}

fn some_holidays(rng: &mut Rng) -> Option<String> {
    rng.bool().then(|| "h".to_owned())
}

fn holidays(rng: &mut Rng, today: Day) -> Holidays {
    let mut holidays = Holidays::default();
    for day in -2..4 {
        let day = today.plus(day);
        let days = DateRange { first: day, last: day };
        match rng.u8(..4) {
            0 => drop(holidays.off.insert(days, "off".to_owned())),
            1 => drop(holidays.work.insert(days, "work".to_owned())),
            _ => {}
        }
    }
    holidays
}

fn rota(rng: &mut Rng, today: Day) -> Rota {
    let mut rota = Rota { zone: some_zone(rng), holidays: some_holidays(rng), ..Rota::default() };
    if rng.bool() {
        rota.from = Some(today.monday().plus(7 * rng.i32(-3..2)));
        for _ in 0..rng.usize(1..3) {
            let kinds: Vec<DayKind> = DayKind::ALL.into_iter().filter(|_| rng.u8(..5) > 0).collect();
            rota.weeks.push(kinds.into_iter().map(|kind| (kind, day_shifts(rng))).collect::<RotaWeek>());
        }
    } else {
        rota.from = Some(today.plus(rng.i32(-5..3)));
        rota.cycle = (0..rng.usize(1..4)).map(|_| day_shifts(rng)).collect();
        let holidays = rota.holidays.is_some();
        rota.on_holiday = (holidays && rng.bool()).then(|| day_shifts(rng));
        rota.on_makeup = (holidays && rng.bool()).then(|| day_shifts(rng));
    }
    rota
}

fn calendar(rng: &mut Rng, zone: Option<String>, clock: &Clock) -> Calendar {
    let mut calendar = Calendar { zone, holidays: some_holidays(rng), ..Calendar::default() };
    let spans = |rng: &mut Rng| -> Vec<Span> {
        if rng.u8(..8) == 0 {
            return vec![Span { from_s: 0, to_s: 86_400 }];
        }
        cuts(rng, -12, 20, 3).into_iter().map(|span| clock.span(span)).collect()
    };
    for kind in DayKind::ALL {
        if rng.u8(..5) > 0 {
            calendar.hours.insert(kind, spans(rng));
        }
    }
    if rng.u8(..3) == 0 {
        let day = clock.today().plus(rng.i32(0..2));
        calendar.days.insert(DateRange { first: day, last: day }, spans(rng));
    }
    calendar
}

fn follows(rng: &mut Rng, today: Day, percent: u8) -> Follows {
    let rota = (rng.u8(..100) < percent).then(|| ["r0", "r1", "r1", ""][rng.usize(..4)].to_owned());
    let first = today.plus(rng.i32(-3..2));
    Follows {
        rota,
        rota_offset: (rng.u8(..3) == 0).then(|| rng.u32(..3)),
        valid_from: (rng.u8(..8) == 0).then_some(first),
        valid_until: (rng.u8(..8) == 0).then(|| first.plus(rng.i32(0..4))),
    }
}

/// Gives a plan schedules about a time.
pub fn schedule(plan: &mut Plan, seed: u64, wall_s: i64) {
    let mut rng = Rng::with_seed(seed);
    let rng = &mut rng;
    let zone = ZONES[rng.usize(..ZONES.len())];
    zone.clone_into(&mut plan.settings.zone);
    let clock = Clock::new(zone, wall_s);
    plan.settings.adherence_tolerance_ms = [0, 20_000, 90_000][rng.usize(..3)];
    plan.settings.shifts_keep_ms = [86_400_000, 35 * 86_400_000][rng.usize(..2)];
    for channel in plan.channels.values_mut() {
        channel.break_lead_ms = [0, 0, 60_000, 150_000][rng.usize(..4)];
        channel.end_lead_ms = [0, 0, 90_000, 300_000][rng.usize(..4)];
        let hands_over = channel.kind != ChannelKind::Realtime && rng.bool();
        channel.at_shift_end = if hands_over { AtShiftEnd::HandOver } else { AtShiftEnd::Finish };
    }
    plan.holidays.insert("h".to_owned(), holidays(rng, clock.today()).into());
    for id in ["c0", "c1"] {
        let zone = some_zone(rng);
        let there = zone.as_ref().map(|zone| Clock::new(zone, wall_s));
        let calendar = calendar(rng, zone, there.as_ref().unwrap_or(&clock));
        plan.calendars.insert(id.to_owned(), calendar.into());
    }
    for id in ["s0", "s1", "s2"] {
        plan.shifts.insert(id.to_owned(), shift(rng, &clock).into());
    }
    for id in ["r0", "r1"] {
        plan.rotas.insert(id.to_owned(), rota(rng, clock.today()).into());
    }
    plan.groups.values_mut().for_each(|group| group.follows = follows(rng, clock.today(), 50));
    let agents: Vec<String> = plan.agents.keys().cloned().collect();
    for id in agents {
        let mut agent = (*plan.agents[&id]).clone();
        agent.follows = follows(rng, clock.today(), 25);
        plan.agents.insert(id, agent.into());
    }
    let ids: Vec<String> = plan.queues.keys().cloned().collect();
    for (at, queue) in plan.queues.values_mut().enumerate() {
        let later = |rng: &mut Rng| {
            let later = &ids[(at + 1).min(ids.len())..];
            (!later.is_empty()).then(|| later[rng.usize(..later.len())].clone())
        };
        queue.calendar = (rng.u8(..5) > 0).then(|| ["c0", "c1"][rng.usize(..2)].to_owned());
        queue.closed_queue = later(rng);
        queue.closed = match rng.u8(..6) {
            0 => Some(ClosedPolicy::Refuse),
            1 => Some(ClosedPolicy::Hold),
            2 => Some(ClosedPolicy::Accept),
            3 | 4 if queue.closed_queue.is_some() => Some(ClosedPolicy::Overflow),
            _ => None,
        };
        queue.closed_queue.take_if(|_| queue.closed != Some(ClosedPolicy::Overflow));
        queue.closing_queue = later(rng);
        queue.closing = match rng.u8(..4) {
            0 => Closing::Hold,
            1 | 2 if queue.closing_queue.is_some() => Closing::Move,
            _ => Closing::ServeOut,
        };
        queue.closing_queue.take_if(|_| queue.closing != Closing::Move);
        queue.ageing = [None, Some(Ageing::OpenHours), Some(Ageing::Always)][rng.usize(..3)];
    }
    super::mend(plan);
}

/// Takes out what names something that isn't there.
pub fn mend(plan: &mut Plan) {
    let Plan { channels, queues, groups, agents, holidays, calendars, shifts, rotas, .. } = plan;
    let known = |id: &Option<String>| id.as_ref().is_none_or(|id| id.is_empty() || rotas.contains_key(id));
    for group in groups.values_mut() {
        if !known(&group.follows.rota) {
            group.follows = Follows::default();
        }
    }
    let lost: Vec<String> =
        agents.iter().filter(|(_, agent)| !known(&agent.follows.rota)).map(|(id, _)| id.clone()).collect();
    for id in lost {
        let mut agent = (*agents[&id]).clone();
        agent.follows = Follows::default();
        agents.insert(id, agent.into());
    }
    debug_assert!(rotas.values().all(|rota| rota.holidays.is_none() || !holidays.is_empty()));
    debug_assert!(rotas.is_empty() || !shifts.is_empty());
    let accepted: BTreeMap<String, Vec<String>> =
        queues.iter().map(|(id, queue)| (id.clone(), queue.channels.clone())).collect();
    for queue in queues.values_mut() {
        queue.calendar.take_if(|id| !calendars.contains_key(id));
        let takes = |id: &String| {
            accepted.get(id).is_some_and(|others| queue.channels.iter().all(|id| others.contains(id)))
        };
        if queue.closed_queue.as_ref().is_some_and(|id| !takes(id)) {
            queue.closed_queue = None;
            queue.closed = None;
        }
        if queue.closing_queue.as_ref().is_some_and(|id| !takes(id)) {
            queue.closing_queue = None;
            queue.closing = Closing::ServeOut;
        }
    }
    for channel in channels.values_mut().filter(|channel| channel.kind == ChannelKind::Realtime) {
        channel.at_shift_end = AtShiftEnd::Finish;
    }
}
