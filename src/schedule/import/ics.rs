//! Shifts as iCalendar: an event is a shift, for each of its agents and at each of its occurrences.

mod told;
mod zone;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Fault, RowZone, STEPS_MAX,
    lines::{self, Calendar, Event, Prop},
    recur,
    rows::{Draft, Reader},
    when,
};
use crate::schedule::{DAY_S, Day};
use told::Told;

/// Rules that never come are dear to look at: after so many no more are.
const NEVER_MAX: usize = 5;

/// How long an occurrence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    /// By the clock on the wall.
    Local(i64),
    /// Days by the clock on the wall, then an exact rest.
    Duration(i64, i64),
}

/// A time of a property.
#[derive(Debug, Clone)]
struct When {
    local_s: i64,
    zone: RowZone,
    date_only: bool,
}

type Wrong = (u32, String, Fault);

fn wrong(prop: &Prop, fault: Fault) -> Wrong {
    (prop.line, prop.name.clone(), fault)
}

pub fn read(document: &str, reader: &mut Reader<'_>) {
    let calendar = lines::read(document, &mut reader.problems);
    if calendar.events.is_empty() && reader.problems.is_empty() {
        reader.problems.fault(1, "", Fault::nearest("there is no event", "BEGIN:VEVENT"));
    }
    if let Some(method) = calendar.method.as_ref().filter(|prop| prop.value.eq_ignore_ascii_case("CANCEL")) {
        let problem = "takes events back, which an import can't: import the calendar as it is now, in place of what it \
                       brought before (REPLACE, `--replace`)";
        reader.problems.fault(method.line, "METHOD", Fault::new(problem));
        return;
    }
    let mut desk =
        Desk { reader, calendar: &calendar, never: 0, steps_left: STEPS_MAX, categories: BTreeSet::new() };
    desk.floating();
    let events = desk.latest();
    let is_child = |event: &&&Event| event.get("RECURRENCE-ID").is_some();
    let mut children: BTreeMap<String, Vec<&Event>> = BTreeMap::new();
    for child in events.iter().filter(is_child) {
        children.entry(uid(child).unwrap_or_default()).or_default().push(child);
    }
    let mut parents = BTreeSet::new();
    for event in events.iter().filter(|event| !is_child(event)) {
        let uid = uid(event);
        let children = uid.as_ref().and_then(|uid| children.get(uid)).map_or(&[][..], Vec::as_slice);
        parents.extend(uid.as_ref().filter(|_| !children.is_empty()).cloned());
        if let Err((line, field, fault)) = desk.event(event, children) {
            desk.reader.problems.fault(line, &field, fault);
        }
        if desk.reader.full() {
            return;
        }
    }
    // Occurrences whose event is not in the document stand for themselves.
    for (uid, children) in &children {
        for child in children.iter().filter(|_| !parents.contains(uid)) {
            desk.told_cancelled(child);
            if let Err((line, field, fault)) = desk.one(child, child) {
                desk.reader.problems.fault(line, &field, fault);
            }
        }
    }
}

struct Desk<'d, 'r> {
    reader: &'d mut Reader<'r>,
    calendar: &'d Calendar,
    never: usize,
    /// Occurrences that may still be looked at.
    steps_left: usize,
    /// Categories that say no kind, and were told.
    categories: BTreeSet<String>,
}

fn cancelled(event: &Event) -> bool {
    event.get("STATUS").is_some_and(|status| status.value.eq_ignore_ascii_case("CANCELLED"))
}

fn uid(event: &Event) -> Option<String> {
    event.get("UID").map(|prop| prop.value.clone()).filter(|uid| !uid.is_empty())
}

impl<'d> Desk<'d, '_> {
    /// All events but those of which the document has a later state: one with the same UID, and of the same
    /// occurrence, with a higher SEQUENCE.
    fn latest(&mut self) -> Vec<&'d Event> {
        let sequence = |event: &Event| {
            event.get("SEQUENCE").and_then(|prop| prop.value.parse::<u32>().ok()).unwrap_or_default()
        };
        let of = |event: &Event| {
            uid(event).map(|uid| (uid, event.get("RECURRENCE-ID").map(|prop| prop.value.clone())))
        };
        let mut latest: BTreeMap<(String, Option<String>), (u32, u32)> = BTreeMap::new();
        for event in &self.calendar.events {
            if let Some(key) = of(event) {
                let found = latest.entry(key).or_insert((sequence(event), event.line));
                if sequence(event) > found.0 {
                    *found = (sequence(event), event.line);
                }
            }
        }
        let mut events = Vec::with_capacity(self.calendar.events.len());
        for event in &self.calendar.events {
            match of(event).and_then(|key| latest.get(&key)) {
                Some((highest, line)) if sequence(event) < *highest => {
                    let problem =
                        format!("the event of line {line} has the same UID and a higher SEQUENCE: left out");
                    self.reader.warnings.fault(event.line, "SEQUENCE", Fault::new(problem));
                }
                _ => events.push(event),
            }
        }
        events
    }
}

impl Desk<'_, '_> {
    /// Whether an event is cancelled, which is told.
    fn told_cancelled(&mut self, event: &Event) -> bool {
        let status = event.get("STATUS").filter(|_| cancelled(event));
        if let Some(status) = status {
            self.reader.warnings.fault(status.line, "STATUS", Fault::new("the event is cancelled: left out"));
        }
        status.is_some()
    }

    /// An event with all its occurrences; `children` stand in place of some.
    fn event(&mut self, event: &Event, children: &[&Event]) -> Result<(), Wrong> {
        if self.told_cancelled(event) {
            return Ok(());
        }
        let (start, length) = self.span(event)?;
        let mut starts = self.starts(event, &start, length)?;
        for child in children {
            let Some(id) = child.get("RECURRENCE-ID") else { continue };
            if id.param("RANGE").is_some() {
                let problem =
                    "changes this and all later occurrences: end the rule with UNTIL and begin a new event";
                self.reader.problems.fault(id.line, "RECURRENCE-ID", Fault::new(problem));
                continue;
            }
            match self.times(id) {
                Ok(times) => times.iter().for_each(|time| remove(&mut starts, time, &start)),
                Err((line, field, fault)) => {
                    self.reader.problems.fault(line, &field, fault);
                    continue;
                }
            }
            if let Err((line, field, fault)) = self.one(child, event) {
                self.reader.problems.fault(line, &field, fault);
            }
        }
        if starts.is_empty() {
            return Ok(());
        }
        let told = self.told(event, event)?;
        for (start_s, length) in starts {
            self.put(event, &told, &start, start_s, length)?;
            if self.reader.full() {
                break;
            }
        }
        Ok(())
    }

    /// An event as it stands, once. What it doesn't say `parent` says.
    fn one(&mut self, event: &Event, parent: &Event) -> Result<(), Wrong> {
        if cancelled(event) {
            return Ok(());
        }
        let (start, length) = self.span(event)?;
        let told = self.told(event, parent)?;
        self.put(event, &told, &start, start.local_s, length)
    }

    fn put(
        &mut self,
        event: &Event,
        told: &Told,
        start: &When,
        start_s: i64,
        length: Length,
    ) -> Result<(), Wrong> {
        let zone = &start.zone.zone;
        let end_s = match length {
            Length::Local(length_s) => start_s + length_s,
            Length::Duration(days_s, 0) => start_s + days_s,
            Length::Duration(days_s, exact_s) => {
                let end_s = zone.utc_s(start_s + days_s) + exact_s;
                when::at_local(end_s, &start.zone).unwrap_or_else(|fault| {
                    let problem = format!("the end {}; the first time counts", fault.problem);
                    self.reader.warnings.fault(event.line, "DURATION", Fault::new(problem));
                    zone.local_s(end_s)
                })
            }
        };
        let end = if event.get("DTEND").is_some() { "DTEND" } else { "DURATION" };
        self.reader.put(Draft {
            line: event.line,
            fields: ("DTSTART", end),
            agents: told.agents.clone(),
            kind: told.kind,
            start_s,
            end_s,
            zone: start.zone.clone(),
            parts: Vec::new(),
            channels: told.channels.clone(),
            reason: told.reason.clone(),
        });
        Ok(())
    }

    /// Starts of all occurrences, in local time, each with its length.
    fn starts(
        &mut self,
        event: &Event,
        start: &When,
        length: Length,
    ) -> Result<BTreeMap<i64, Length>, Wrong> {
        let mut starts = BTreeMap::new();
        let rules: Vec<&Prop> = event.all("RRULE").collect();
        match rules[..] {
            [] => {
                starts.insert(start.local_s, length);
            }
            [rule] => {
                if self.never >= NEVER_MAX {
                    let problem = format!("was not looked at: {NEVER_MAX} other rules never come");
                    return Err(wrong(rule, Fault::nearest(problem, "mend those first")));
                }
                let horizon_s = start.zone.zone.local_s(self.reader.horizon_s());
                // An occurrence of OFF may have begun a year before it ends.
                let from_s = start.zone.zone.local_s(self.reader.keep_from_s()) - 367 * DAY_S;
                let found = recur::parse(&rule.value, &start.zone).and_then(|parsed| {
                    parsed.expand(start.local_s, (from_s, horizon_s), &mut self.steps_left)
                });
                let found = found.map_err(|fault| {
                    self.never += usize::from(fault.problem.ends_with("never comes"));
                    wrong(rule, fault)
                })?;
                if found.cut {
                    self.reader.cut();
                }
                starts.extend(found.starts.into_iter().map(|start_s| (start_s, length)));
            }
            [_, second, ..] => {
                return Err(wrong(
                    second,
                    Fault::new("is the second rule of the event: make it an event of its own"),
                ));
            }
        }
        if let Some(prop) = event.get("EXRULE") {
            return Err(wrong(prop, Fault::nearest("rules of exceptions are no longer in use", "EXDATE")));
        }
        for prop in event.all("RDATE") {
            for (time, own) in self.periods(prop)? {
                let at_s = in_zone(&time, start);
                starts.insert(at_s, own.unwrap_or(length));
            }
        }
        for prop in event.all("EXDATE") {
            for time in self.times(prop)? {
                remove(&mut starts, &time, start);
            }
        }
        Ok(starts)
    }

    /// When an event begins, and how long it is.
    fn span(&mut self, event: &Event) -> Result<(When, Length), Wrong> {
        let no = |problem: &str, suggestion: &str| {
            (event.line, String::new(), Fault::nearest(problem, suggestion))
        };
        let first = event.get("DTSTART");
        let first =
            first.ok_or_else(|| no("has no DTSTART", "DTSTART;TZID=Asia/Shanghai:20261001T090000"))?;
        let start = self.time(first, &first.value)?;
        let length = match (event.get("DTEND"), event.get("DURATION")) {
            (Some(prop), None) => {
                let end = self.time(prop, &prop.value)?;
                if end.date_only != start.date_only {
                    let form =
                        if start.date_only { "DTEND;VALUE=DATE:20261002" } else { "DTEND:20261001T170000" };
                    return Err(wrong(prop, Fault::nearest("is not of the same form as DTSTART", form)));
                }
                Length::Local(in_zone(&end, &start) - start.local_s)
            }
            (None, Some(prop)) => {
                let length = lines::duration(&prop.value);
                let (days_s, exact_s) =
                    length.ok_or_else(|| wrong(prop, Fault::nearest("is no length of time", "PT8H30M")))?;
                Length::Duration(days_s, exact_s)
            }
            (Some(_), Some(prop)) => {
                return Err(wrong(prop, Fault::new("is there beside DTEND: take one of them out")));
            }
            (None, None) if start.date_only => Length::Local(DAY_S),
            (None, None) => return Err(no("has neither DTEND nor DURATION", "DURATION:PT8H")),
        };
        Ok((start, length))
    }

    /// A time, by the property's parameters.
    fn time(&mut self, prop: &Prop, text: &str) -> Result<When, Wrong> {
        let form = || {
            let plain: String = text.chars().filter(|c| !matches!(c, '-' | ':' | ' ')).take(32).collect();
            let digits = plain.bytes().filter(u8::is_ascii_digit).count();
            let guess = match (plain.split_once('T'), digits) {
                (Some((date, time)), 12) => format!("{date}T{}00", time.trim_end_matches('Z')),
                (None, 14) => format!("{}T{}", &plain[..8], &plain[8..]),
                _ => plain,
            };
            let guess = if lines::stamp(&guess).is_some_and(|stamp| when::known(stamp.local_s).is_ok()) {
                guess
            } else {
                "such as 20261001T090000".to_owned()
            };
            wrong(prop, Fault::nearest("is no time", guess))
        };
        let stamp = lines::stamp(text.trim()).ok_or_else(form)?;
        when::known(stamp.local_s).map_err(|fault| wrong(prop, fault))?;
        let zone = if stamp.utc {
            self.reader.zone_of("UTC")
        } else {
            match prop.param("TZID") {
                Some(name) if !stamp.date_only => self.zone(name),
                _ => Ok(self.reader.zone.clone()),
            }
        };
        let zone = zone.map_err(|fault| wrong(prop, fault))?;
        Ok(When { local_s: stamp.local_s, zone, date_only: stamp.date_only })
    }

    fn times(&mut self, prop: &Prop) -> Result<Vec<When>, Wrong> {
        prop.value.split(',').filter(|text| !text.is_empty()).map(|text| self.time(prop, text)).collect()
    }

    /// Times, or stretches of time.
    fn periods(&mut self, prop: &Prop) -> Result<Vec<(When, Option<Length>)>, Wrong> {
        let mut periods = Vec::new();
        for text in prop.value.split(',').filter(|text| !text.is_empty()) {
            let (start, end) = text.split_once('/').map_or((text, None), |(start, end)| (start, Some(end)));
            let start = self.time(prop, start)?;
            let length = match end {
                None => None,
                Some(end) if end.starts_with(['P', '+']) => {
                    let form = || wrong(prop, Fault::nearest("is no length of time", "PT8H30M"));
                    let (days_s, exact_s) = lines::duration(end).ok_or_else(form)?;
                    Some(Length::Duration(days_s, exact_s))
                }
                Some(end) => {
                    let end = self.time(prop, end)?;
                    Some(Length::Local(in_zone(&end, &start) - start.local_s))
                }
            };
            periods.push((start, length));
        }
        Ok(periods)
    }
}

/// A time as the clocks of another's zone show it.
fn in_zone(time: &When, start: &When) -> i64 {
    if time.date_only && !start.date_only {
        // A date stands for the occurrence of that day.
        return time.local_s + (start.local_s - Day::of_local(start.local_s).start_local_s());
    }
    if Arc::ptr_eq(&time.zone.zone, &start.zone.zone) || time.date_only {
        return time.local_s;
    }
    start.zone.zone.local_s(time.zone.zone.utc_s(time.local_s))
}

/// Takes out the occurrence at a time, or those of a date.
fn remove(starts: &mut BTreeMap<i64, Length>, time: &When, start: &When) {
    if time.date_only {
        starts.retain(|start_s, _| !recur::on(*start_s, time.local_s));
    } else {
        starts.remove(&in_zone(time, start));
    }
}
