//! Random working time, as a part of random plans.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};

use crate::{
    plan::{
        model::{
            Activity, Ageing, AtShiftEnd, Calendar, Channel, ChannelKind, ClosedPolicy, Closing, DateRange,
            DayKind, DayShifts, Follows, Holidays, Plan, Rota, RotaWeek, Shift,
        },
        words::{AGEING, CLOSING},
    },
    schedule::{Day, Span},
};

/// Spans begin and end between this hour and the same of the next day, so that days never overlap.
const FIRST_S: u32 = 5 * 3_600;
const DAY_S: u32 = 86_400;

/// Choices made beforehand; smaller numbers make plainer plans.
#[derive(Debug, Clone)]
pub(super) struct Dice {
    numbers: Vec<u32>,
    at: usize,
}

impl Dice {
    pub fn any() -> impl Strategy<Value = Self> {
        vec(any::<u32>(), 200).prop_map(|numbers| Self { numbers, at: 0 })
    }

    /// Below `count`.
    pub fn below(&mut self, count: u32) -> u32 {
        self.at += 1;
        self.numbers[self.at % self.numbers.len()] % count.max(1)
    }

    pub fn once_in(&mut self, count: u32) -> bool {
        self.below(count) == count - 1
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let count = u32::try_from(list.len()).unwrap();
        if count == 0 { None } else { list.get(self.below(count) as usize) }
    }

    pub fn maybe<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        if self.once_in(2) { self.pick(list).cloned() } else { None }
    }

    fn day(&mut self) -> Day {
        Day::from_ymd(2020, 1, 1).unwrap().plus(i32::try_from(self.below(4_000)).unwrap())
    }

    fn zone(&mut self) -> Option<String> {
        let zones = ["UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"];
        self.maybe(&zones).map(str::to_owned)
    }

    pub fn name(&mut self) -> String {
        ["", "早班", "\"x\"\\"][self.below(3) as usize].to_owned()
    }

    /// At most so many spans between two times, apart from each other.
    fn spans(&mut self, within: Span, max: u32) -> Vec<Span> {
        let count = 2 * self.below(max + 1);
        let mut times: Vec<u32> = (0..count)
            .map(|_| within.from_s + self.below(within.length_s()) / 10 * 10 + self.below(2))
            .collect();
        times.retain(|time| *time < within.to_s);
        times.sort_unstable();
        times.dedup();
        times.chunks_exact(2).map(|ends| Span { from_s: ends[0], to_s: ends[1] }).collect()
    }

    /// Spans of a day, each beginning on it.
    pub fn hours(&mut self, max: u32) -> Vec<Span> {
        let mut spans = self.spans(Span { from_s: FIRST_S, to_s: FIRST_S + DAY_S }, max);
        spans.retain(|span| span.from_s < DAY_S);
        spans
    }

    /// Ranges of dates, apart from each other.
    fn ranges(&mut self, max: u32) -> Vec<DateRange> {
        let mut first = self.day();
        let mut ranges = Vec::new();
        for _ in 0..self.below(max + 1) {
            let last = first.plus(i32::try_from(self.below(9)).unwrap());
            ranges.push(DateRange { first, last });
            first = last.plus(1 + i32::try_from(self.below(3)).unwrap());
        }
        ranges
    }
}

/// Adds working time to a plan, and lets its parts go by it.
pub(super) fn schedule(plan: &mut Plan, dice: &mut Dice) {
    plan.settings.zone = dice.zone().unwrap_or_else(|| "UTC".to_owned());
    for n in 0..dice.below(3) {
        plan.holidays.insert(format!("h{n}"), holidays(dice).into());
    }
    let holidays: Vec<String> = plan.holidays.keys().cloned().collect();
    for n in 0..dice.below(3) {
        plan.calendars.insert(format!("客服 {n}").replace(' ', "."), calendar(&holidays, dice).into());
    }
    let channels: Vec<String> = plan.channels.keys().cloned().collect();
    for n in 0..dice.below(4) {
        plan.shifts.insert(format!("s{n}"), shift(&channels, dice).into());
    }
    for n in 0..dice.below(3) {
        let rota = rota(plan, &holidays, dice);
        plan.rotas.insert(format!("r{n}"), rota.into());
    }
    plan.channels.values_mut().for_each(|entry| channel(entry, dice));
    queues(plan, dice);
    follows(plan, dice);
}

fn holidays(dice: &mut Dice) -> Holidays {
    let mut holidays = Holidays { name: dice.name(), source: dice.name(), ..Holidays::default() };
    for range in dice.ranges(6) {
        let list = if dice.once_in(3) { &mut holidays.work } else { &mut holidays.off };
        list.insert(range, dice.name());
    }
    holidays
}

fn calendar(holidays: &[String], dice: &mut Dice) -> Calendar {
    let mut calendar = Calendar {
        name: dice.name(),
        zone: dice.zone(),
        holidays: dice.maybe(holidays),
        ..Calendar::default()
    };
    for kind in DayKind::ALL {
        let counts = kind < DayKind::Holiday || calendar.holidays.is_some();
        if counts && dice.once_in(2) {
            calendar.hours.insert(kind, dice.hours(8));
        }
    }
    for range in dice.ranges(4) {
        calendar.days.insert(range, dice.hours(3));
    }
    calendar
}

fn shift(channels: &[String], dice: &mut Dice) -> Shift {
    let mut at = dice.hours(4);
    if at.is_empty() {
        at.push(Span { from_s: 9 * 3_600, to_s: 18 * 3_600 });
    }
    // As it is written: after midnight the same times count from there.
    let written = |span: Span| {
        let after = if span.from_s >= DAY_S { DAY_S } else { 0 };
        Span { from_s: span.from_s - after, to_s: span.to_s - after }
    };
    let mut breaks = Vec::new();
    let mut activities = Vec::new();
    for span in &at {
        breaks.extend(dice.spans(*span, 2).into_iter().map(written));
        for at in dice.spans(*span, 2).into_iter().map(written) {
            activities.push(Activity { at, channels: dice.maybe(channels).into_iter().collect() });
        }
    }
    Shift { name: dice.name(), at, breaks, activities }
}

/// Shifts of a day, which begin and end apart from each other.
fn day_shifts(plan: &Plan, dice: &mut Dice) -> DayShifts {
    let ids: Vec<String> = plan.shifts.keys().cloned().collect();
    let mut day = DayShifts::default();
    for _ in 0..dice.below(3) {
        let Some(id) = dice.pick(&ids) else { break };
        let overlaps = |other: &String| {
            let (one, other) = (&plan.shifts[id], &plan.shifts[other]);
            one.at.iter().any(|one| other.at.iter().any(|other| one.overlaps(*other)))
        };
        if !day.0.iter().any(overlaps) {
            day.0.push(id.clone());
        }
    }
    day
}

fn rota(plan: &Plan, holidays: &[String], dice: &mut Dice) -> Rota {
    let mut rota =
        Rota { name: dice.name(), zone: dice.zone(), holidays: dice.maybe(holidays), ..Rota::default() };
    if dice.once_in(2) {
        rota.from = Some(dice.day());
        rota.cycle = (0..=dice.below(7)).map(|_| day_shifts(plan, dice)).collect();
        if rota.holidays.is_some() {
            rota.on_holiday = dice.once_in(2).then(|| day_shifts(plan, dice));
            rota.on_makeup = dice.once_in(2).then(|| day_shifts(plan, dice));
        }
        return rota;
    }
    for _ in 0..=dice.below(3) {
        let mut week = RotaWeek::new();
        for kind in DayKind::ALL {
            if dice.once_in(2) && (kind < DayKind::Holiday || rota.holidays.is_some()) {
                week.insert(kind, day_shifts(plan, dice));
            }
        }
        rota.weeks.push(week);
    }
    rota.from = (rota.weeks.len() > 1).then(|| dice.day().monday());
    rota
}

fn channel(channel: &mut Channel, dice: &mut Dice) {
    channel.break_lead_ms = u64::from(dice.below(3) * dice.below(4_000_000));
    channel.end_lead_ms = u64::from(dice.below(3) * dice.below(4_000_000));
    if channel.kind != ChannelKind::Realtime && dice.once_in(2) {
        channel.at_shift_end = AtShiftEnd::HandOver;
    }
}

fn queues(plan: &mut Plan, dice: &mut Dice) {
    let calendars: Vec<String> = plan.calendars.keys().cloned().collect();
    let channels: BTreeMap<String, Vec<String>> =
        plan.queues.iter().map(|(id, queue)| (id.clone(), queue.channels.clone())).collect();
    for (id, queue) in &mut plan.queues {
        queue.calendar = dice.maybe(&calendars);
        queue.ageing = dice.maybe::<(&str, Ageing)>(&AGEING).map(|(_, ageing)| ageing);
        queue.closing = CLOSING[dice.below(3) as usize].1;
        queue.closed = dice.maybe(&[ClosedPolicy::Refuse, ClosedPolicy::Hold, ClosedPolicy::Accept]);
        // On to a queue with a greater id, so that no way goes round.
        let onward = channels.iter().filter(|(other, accepted)| {
            **other > *id && queue.channels.iter().all(|channel| accepted.contains(channel))
        });
        let onward: Vec<String> = onward.map(|(other, _)| other.clone()).collect();
        if let Some(to) = dice.maybe(&onward) {
            queue.closed = Some(ClosedPolicy::Overflow);
            queue.closed_queue = Some(to);
        }
        if queue.closing == Closing::Move {
            queue.closing_queue = dice.pick(&onward).cloned();
            queue.closing = queue.closing_queue.as_ref().map_or(Closing::Hold, |_| Closing::Move);
        }
    }
}

fn follows(plan: &mut Plan, dice: &mut Dice) {
    let rotas: BTreeMap<String, u32> =
        plan.rotas.iter().map(|(id, rota)| (id.clone(), u32::try_from(rota.len()).unwrap())).collect();
    let ids: Vec<String> = rotas.keys().cloned().collect();
    for group in plan.groups.values_mut() {
        if let Some(rota) = dice.maybe(&ids) {
            group.follows = Follows {
                rota_offset: dice.once_in(2).then(|| dice.below(rotas[&rota])),
                rota: Some(rota),
                valid_from: dice.once_in(2).then(|| Day::from_ymd(2026, 2, 28).unwrap()),
                valid_until: dice.once_in(2).then(|| Day::from_ymd(2028, 2, 29).unwrap()),
            };
        }
    }
    for agent in plan.agents.values_mut() {
        let rota = match dice.below(4) {
            0 | 1 => None,
            2 => Some(String::new()),
            _ => dice.pick(&ids).cloned(),
        };
        let own = Follows { rota, ..Follows::default() };
        let groups = agent.groups.iter().map(|id| &plan.groups[id].follows);
        let rota_offset = own.over(groups).rota.map(|rota| dice.below(rotas[rota]));
        agent.follows = Follows {
            rota_offset: rota_offset.filter(|_| dice.once_in(2)),
            valid_from: dice.once_in(3).then(|| Day::from_ymd(2026, 12, 31).unwrap()),
            valid_until: dice.once_in(3).then(|| Day::from_ymd(2027, 1, 1).unwrap()),
            ..own
        };
    }
}
