//! From a plan and an agent's dated entries to rules by integers. Owns the translation; the only file here that
//! knows the plan. A plan that is checked has no faults.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::plan::{
    Plan,
    model::{self, DayKind, Follows},
};

use super::{
    AgentRules, ByHand, Calendar, Day, HolidaySet, Leads, Open, Rota, Shift, Span, State, Zone, Zones,
    agent::Dated,
    calendar::Hours,
    flat::{Flat, flatten},
    holidays::{DAY_KINDS, HOLIDAY, MAKEUP, Special},
    rota::{DayShifts, Form},
    shift::{PieceState, cut, pieces},
};

/// Where rounds begin that have no first day: a Monday.
const SOME_MONDAY: Day = Day(4);

/// The schedules of a plan.
#[derive(Debug)]
pub struct Schedules {
    /// The zone of everything that names none.
    pub default_zone: Arc<Zone>,
    /// Calendars by id.
    pub calendars: BTreeMap<String, Arc<Calendar>>,
    /// Rotas by id.
    pub rotas: BTreeMap<String, Arc<Rota>>,
    /// Holidays by id.
    pub holidays: BTreeMap<String, Arc<HolidaySet>>,
    /// How long before a change channels get no new work.
    pub leads: Leads,
    /// What a plan that was not checked gets wrong; the rules do without it.
    pub faults: Vec<String>,
    /// Nobody follows a rota or has dates, and no queue has a calendar.
    none: bool,
    /// All zones that the plan or a dated entry names. Locked, as entries may name others than the plan; what is
    /// in it depends on the bundled database alone.
    zones: Mutex<Zones>,
}

/// What a dated entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DatedKind {
    /// Works then, instead of the rota's shifts of that day.
    Shift,
    /// Works then too.
    Extra,
    /// Doesn't work then.
    Off,
    /// On a break then.
    Break,
}

/// A dated entry, in local time of its zone.
#[derive(Debug, Clone, Copy)]
pub struct DatedInput<'a> {
    /// The one with the higher number was set later.
    pub number: u64,
    /// What it is.
    pub kind: DatedKind,
    /// From.
    pub start_local_s: i64,
    /// How long by the clock on the wall.
    pub length_s: u32,
    /// None: the tenant's.
    pub zone: Option<&'a str>,
    /// Parts of a SHIFT.
    pub parts: &'a [PartInput],
    /// Of an EXTRA: the channels.
    pub open: Open,
}

/// A part of a dated shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartInput {
    /// Seconds after the entry's local start.
    pub from_s: u32,
    /// Likewise.
    pub to_s: u32,
    /// A break; otherwise an activity.
    pub is_break: bool,
    /// Of an activity: the channels.
    pub open: Open,
}

impl Default for Schedules {
    /// Those of an empty plan.
    fn default() -> Self {
        Self {
            default_zone: Arc::new(Zone::fixed_utc()),
            calendars: BTreeMap::new(),
            rotas: BTreeMap::new(),
            holidays: BTreeMap::new(),
            leads: Leads::default(),
            faults: Vec::new(),
            none: true,
            zones: Mutex::default(),
        }
    }
}

impl Schedules {
    /// Translates a plan. `slot_of` gives the slot of a channel by its id.
    #[must_use]
    pub fn new(plan: &Plan, slot_of: &dyn Fn(&str) -> Option<u8>) -> Self {
        let mut all = Self::default();
        all.default_zone = all.zone_or_utc(Some(&plan.settings.zone), "settings.zone");
        all.holidays =
            plan.holidays.iter().map(|(id, entry)| (id.clone(), Arc::new(holidays(entry)))).collect();
        for (id, entry) in &plan.calendars {
            let zone = all.zone_or_utc(entry.zone.as_deref(), id);
            let holidays = entry.holidays.as_ref().and_then(|id| all.holidays.get(id).cloned());
            all.calendars.insert(id.clone(), Arc::new(calendar(zone, holidays, entry)));
        }
        let mut shifts = BTreeMap::new();
        for (id, entry) in &plan.shifts {
            let shift = shift(id, entry, slot_of);
            shifts.insert(
                &id[..],
                shift.unwrap_or_else(|fault| {
                    all.faults.push(format!("shifts.{id}: {fault}"));
                    Arc::new(Shift { id: id[..].into(), name: id[..].into(), pieces: Box::default() })
                }),
            );
        }
        for (id, entry) in &plan.rotas {
            let zone = all.zone_or_utc(entry.zone.as_deref(), id);
            let holidays = entry.holidays.as_ref().and_then(|id| all.holidays.get(id).cloned());
            all.rotas.insert(id.clone(), Arc::new(rota(zone, holidays, entry, &shifts)));
        }
        let seconds = |ms: u64| u32::try_from(ms.div_ceil(1_000)).unwrap_or(u32::MAX);
        let lead = |(id, channel): (&String, &model::Channel)| {
            Some((slot_of(id)?, seconds(channel.break_lead_ms), seconds(channel.end_lead_ms)))
        };
        all.leads = Leads::new(plan.channels.iter().filter_map(lead));
        let follows = plan.groups.values().map(|group| &group.follows);
        let mut follows = follows.chain(plan.agents.values().map(|agent| &agent.follows));
        all.none =
            follows.all(Follows::is_nothing) && plan.queues.values().all(|queue| queue.calendar.is_none());
        all
    }

    /// Whether the plan leaves everything to availability, and every queue open.
    #[must_use]
    pub fn none(&self) -> bool {
        self.none
    }

    /// The rules of an agent: what it and its groups, in its order, follow, its dated entries, the override, and
    /// whether dated shifts schedule it though none may be left.
    #[must_use]
    pub fn agent(
        &self,
        follows: &Follows,
        groups: &[&Follows],
        dated: &[DatedInput<'_>],
        by_hand: Option<ByHand>,
        dated_mark: bool,
    ) -> AgentRules {
        let followed = follows.over(groups.iter().copied());
        let rota = followed.rota.and_then(|id| self.rotas.get(id));
        let zone = rota.map_or(&*self.default_zone, |rota| rota.zone());
        let starts_s = |day: Day| zone.utc_s(day.start_local_s());
        let valid = match (followed.valid_from, followed.valid_until) {
            (None, None) => None,
            (from, until) => {
                let from_s = from.map_or(i64::MIN, starts_s);
                Some((from_s, until.map_or(i64::MAX, |until| starts_s(until.plus(1)))))
            }
        };
        let has_shift = dated.iter().any(|entry| entry.kind == DatedKind::Shift);
        AgentRules {
            base: rota.map(|rota| (Arc::clone(rota), followed.rota_offset)),
            valid,
            dated: self.dated(dated, rota.map(|_| zone)),
            by_hand,
            scheduled: dated_mark || has_shift || valid.is_some() || rota.is_some(),
        }
    }

    /// Dated entries as instants; `rota`: the zone in which days of the rota are replaced.
    fn dated(&self, entries: &[DatedInput<'_>], rota: Option<&Zone>) -> Dated {
        let (mut shifts, mut exceptions, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries {
            let zone = self.zone(entry.zone);
            let stretch = |from_s: u32, to_s: u32, state: State| {
                let at = |offset_s: u32| zone.utc_s(entry.start_local_s + i64::from(offset_s));
                Flat { from_s: at(from_s), to_s: at(to_s), number: entry.number, state }
            };
            let state = match entry.kind {
                DatedKind::Extra => State::on(entry.open),
                DatedKind::Off => State::OFF,
                DatedKind::Break => State::BREAK,
                DatedKind::Shift => {
                    for piece in &cut_dated(entry) {
                        // As in a rota: where pieces overlap by a change of the clock, breaks and what begins later.
                        let begins_s = entry.start_local_s + i64::from(piece.from_s);
                        let rank = (piece.state == PieceState::Break, begins_s, entry.number);
                        shifts.push((stretch(piece.from_s, piece.to_s, piece.state.into()), rank));
                    }
                    let start_s = zone.utc_s(entry.start_local_s);
                    replaced.extend(rota.map(|rota| Day::of_local(rota.local_s(start_s))));
                    continue;
                }
            };
            exceptions.push((stretch(0, entry.length_s, state), entry.number));
        }
        replaced.sort_unstable();
        replaced.dedup();
        Dated { shifts: flatten(&shifts), replaced: replaced.into(), exceptions: flatten(&exceptions) }
    }

    /// A zone by name; the tenant's without one, or without such a zone.
    #[must_use]
    pub fn zone(&self, name: Option<&str>) -> Arc<Zone> {
        let find = |name| self.zones.lock().unwrap_or_else(PoisonError::into_inner).get(name).ok();
        name.and_then(find).unwrap_or_else(|| Arc::clone(&self.default_zone))
    }

    fn zone_or_utc(&mut self, name: Option<&str>, of: &str) -> Arc<Zone> {
        let Some(name) = name else { return Arc::clone(&self.default_zone) };
        let zones = self.zones.get_mut().unwrap_or_else(PoisonError::into_inner);
        zones.get(name).unwrap_or_else(|unknown| {
            self.faults.push(format!("{of}: {unknown}"));
            Arc::new(Zone::fixed_utc())
        })
    }
}

fn cut_dated(entry: &DatedInput<'_>) -> Box<[super::shift::Piece]> {
    let span = |part: &PartInput| Span { from_s: part.from_s, to_s: part.to_s };
    let breaks: Vec<Span> = entry.parts.iter().filter(|part| part.is_break).map(span).collect();
    let activities = entry.parts.iter().filter(|part| !part.is_break);
    let activities: Vec<(Span, Open)> = activities.map(|part| (span(part), part.open)).collect();
    cut(&[Span { from_s: 0, to_s: entry.length_s }], &breaks, &activities)
}

fn holidays(entry: &model::Holidays) -> HolidaySet {
    let off = entry.off.iter().map(|(days, name)| (days.first, days.last, Special::Holiday, &name[..]));
    let work = entry.work.iter().map(|(days, name)| (days.first, days.last, Special::Makeup, &name[..]));
    HolidaySet::new(off.chain(work))
}

/// What is written by kind of day as a list; what is not written of days of work that make up for days off is as
/// on Mondays.
fn by_kind<T, U: Clone + Default>(written: &BTreeMap<DayKind, T>, read: impl Fn(&T) -> U) -> [U; DAY_KINDS] {
    let mut kinds: [U; DAY_KINDS] = Default::default();
    for (kind, place) in DayKind::WEEK.into_iter().chain([DayKind::Holiday]).zip(0..=HOLIDAY) {
        if let Some(value) = written.get(&kind) {
            kinds[place] = read(value);
        }
    }
    kinds[MAKEUP] = written.get(&DayKind::Makeup).map_or_else(|| kinds[0].clone(), read);
    kinds
}

fn calendar(zone: Arc<Zone>, holidays: Option<Arc<HolidaySet>>, entry: &model::Calendar) -> Calendar {
    let hours = by_kind(&entry.hours, |spans| Hours::from(&spans[..]));
    let days =
        entry.days.iter().flat_map(|(days, spans)| days.days().map(|day| (day, Hours::from(&spans[..]))));
    Calendar::new(zone, holidays, hours, days.collect())
}

fn shift(
    id: &str,
    entry: &model::Shift,
    slot_of: &dyn Fn(&str) -> Option<u8>,
) -> Result<Arc<Shift>, super::shift::PieceFault> {
    let bit = |id: &String| slot_of(id).and_then(|slot| 1_u128.checked_shl(slot.into())).unwrap_or(0);
    let open = |channels: &[String]| channels.iter().map(bit).fold(0, |open, bit| open | bit);
    let activities: Vec<(Span, Open)> =
        entry.activities.iter().map(|activity| (activity.at, open(&activity.channels))).collect();
    let name = if entry.name.is_empty() { id } else { &entry.name };
    let pieces = pieces(&entry.at, &entry.breaks, &activities)?;
    Ok(Arc::new(Shift { id: id.into(), name: name.into(), pieces }))
}

fn rota(
    zone: Arc<Zone>,
    holidays: Option<Arc<HolidaySet>>,
    entry: &model::Rota,
    all: &BTreeMap<&str, Arc<Shift>>,
) -> Rota {
    // Only the shifts that are worked by it.
    let weeks = entry.weeks.iter().flat_map(BTreeMap::values);
    let days = weeks.chain(&entry.cycle).chain(&entry.on_holiday).chain(&entry.on_makeup);
    let mut ids: Vec<&str> = days.flat_map(|day| day.0.iter().map(|id| &id[..])).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|id| all.contains_key(id));
    let place = |id: &String| ids.binary_search(&&id[..]).ok().and_then(|place| u16::try_from(place).ok());
    let day = |day: &model::DayShifts| day.0.iter().filter_map(place).collect::<DayShifts>();
    let form = if entry.weeks.is_empty() {
        Form::Cycle {
            days: entry.cycle.iter().map(day).collect(),
            on_holiday: entry.on_holiday.as_ref().map(day),
            on_makeup: entry.on_makeup.as_ref().map(day),
        }
    } else {
        Form::Weeks(entry.weeks.iter().map(|week| by_kind(week, day)).collect())
    };
    let shifts = ids.iter().filter_map(|id| all.get(id).cloned()).collect();
    Rota::new(zone, holidays, entry.from.unwrap_or(SOME_MONDAY), form, shifts)
}
