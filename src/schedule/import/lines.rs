//! Content lines of iCalendar (RFC 5545, section 3.1): unfolded, cut into events, each property with its line. Owns
//! how times and lengths of time are written in them.

use std::collections::BTreeMap;

use icalendar::parser::Property;

use super::{EVENTS_MAX, Fault, Problems};
use crate::schedule::{DAY_S, Day};

/// A property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prop {
    pub line: u32,
    /// Upper case.
    pub name: String,
    /// Names in upper case.
    params: Vec<(String, String)>,
    pub value: String,
}

impl Prop {
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn parse(line: u32, text: &str) -> Result<Self, Fault> {
        let form = || Fault::nearest("is no property", "NAME:value");
        // The crate knows what is text by names in upper case only.
        let end = text.find([':', ';']).ok_or_else(form)?;
        let (name, rest) = text.split_at(end);
        let name = name.trim().to_uppercase();
        if name.is_empty() {
            return Err(form());
        }
        if let ("BEGIN" | "END", Some(value)) = (name.as_str(), rest.strip_prefix(':')) {
            // To the crate these are no properties.
            return Ok(Self { line, name, params: Vec::new(), value: value.trim().to_owned() });
        }
        let text = format!("{name}{rest}");
        let parsed = Property::try_from(text.as_str()).map_err(|_| form())?;
        if parsed.name.as_str() != name || parsed.val.as_str().is_empty() && !text.ends_with(':') {
            return Err(form());
        }
        let param = |param: &icalendar::parser::Parameter<'_>| {
            let value = param.val.as_ref().map_or("", |value| value.as_str());
            (param.key.as_str().to_uppercase(), value.trim_matches('"').to_owned())
        };
        Ok(Self {
            line,
            params: parsed.params.iter().map(param).collect(),
            value: parsed.val.as_str().trim().to_owned(),
            name,
        })
    }
}

/// A VEVENT.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// Where it begins.
    pub line: u32,
    pub props: Vec<Prop>,
}

impl Event {
    pub fn get(&self, name: &str) -> Option<&Prop> {
        self.all(name).next()
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &Prop> {
        self.props.iter().filter(move |prop| prop.name == name)
    }
}

/// A document.
#[derive(Debug, Default)]
pub struct Calendar {
    pub events: Vec<Event>,
    /// What the document is for: METHOD.
    pub method: Option<Prop>,
    /// Zone of times that name none: X-WR-TIMEZONE.
    pub zone: Option<Prop>,
    /// What a VTIMEZONE is called outside, by its TZID; empty: it doesn't say.
    pub zones: BTreeMap<String, String>,
}

/// Cuts a document up.
pub fn read(document: &str, problems: &mut Problems) -> Calendar {
    let mut calendar = Calendar::default();
    // Components that are open, with their lines.
    let mut open: Vec<(String, u32)> = Vec::new();
    let mut event = Event::default();
    let mut zone = (String::new(), String::new());
    for (line, text) in unfolded(document) {
        let prop = match Prop::parse(line, &text) {
            Ok(prop) => prop,
            Err(fault) => {
                problems.fault(line, "", fault);
                continue;
            }
        };
        let within = open.last().map_or("", |(name, _)| name.as_str());
        match prop.name.as_str() {
            "BEGIN" => {
                let name = prop.value.to_uppercase();
                if within == "VCALENDAR" && name == "VEVENT" {
                    event = Event { line, props: Vec::new() };
                }
                if let Some(fault) = misplaced(&name, &open) {
                    problems.fault(line, "BEGIN", fault);
                }
                open.push((name, line));
            }
            "END" => {
                let name = prop.value.to_uppercase();
                if within != name {
                    let problem = match open.last() {
                        Some((open, line)) => Fault::nearest(
                            format!("ends {name}, but {open} of line {line} is not ended"),
                            format!("END:{open}"),
                        ),
                        None => Fault::new(format!("ends {name}, which was not begun")),
                    };
                    problems.fault(line, "END", problem);
                    return calendar;
                }
                open.pop();
                if name == "VTIMEZONE" {
                    let (id, outside) = std::mem::take(&mut zone);
                    calendar.zones.insert(id, outside);
                }
                if name == "VEVENT" && open.last().is_some_and(|(name, _)| name == "VCALENDAR") {
                    if calendar.events.len() == EVENTS_MAX {
                        let problem = format!("the document has more than {EVENTS_MAX} events");
                        let fault = Fault::nearest(problem, "split it by time or team");
                        problems.fault(event.line, "VEVENT", fault);
                        return calendar;
                    }
                    calendar.events.push(std::mem::take(&mut event));
                }
            }
            "TZID" if within == "VTIMEZONE" => zone.0 = prop.value,
            "X-LIC-LOCATION" if within == "VTIMEZONE" => zone.1 = prop.value,
            "METHOD" if within == "VCALENDAR" => calendar.method = Some(prop),
            "X-WR-TIMEZONE" if within == "VCALENDAR" => calendar.zone = Some(prop),
            _ if within == "VEVENT" && open.len() == 2 => event.props.push(prop),
            // Alarms, to-dos, other properties of the calendar.
            _ => {}
        }
    }
    if let Some((name, line)) = open.last() {
        problems.fault(*line, "BEGIN", Fault::nearest(format!("{name} is not ended"), format!("END:{name}")));
    }
    calendar
}

/// What is wrong with a component that begins within others.
fn misplaced(name: &str, open: &[(String, u32)]) -> Option<Fault> {
    if open.is_empty() {
        let outside = || Fault::nearest("is outside a calendar", "BEGIN:VCALENDAR");
        return (name != "VCALENDAR").then(outside);
    }
    let (_, around) = open.iter().find(|(of, _)| name == "VEVENT" && of == name)?;
    Some(Fault::nearest(format!("an event within that of line {around}"), "END:VEVENT before it"))
}

/// Lines as they were before they were folded, with the number of the first of each.
fn unfolded(document: &str) -> impl Iterator<Item = (u32, String)> {
    let mut lines = (1..).zip(document.lines()).peekable();
    std::iter::from_fn(move || {
        let (number, first) = lines.find(|(_, line)| !line.trim().is_empty())?;
        let mut text = first.to_owned();
        while let Some((_, more)) = lines.next_if(|(_, line)| line.starts_with([' ', '\t'])) {
            text.push_str(&more[1..]);
        }
        Some((number, text))
    })
}

/// A date, or a date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// As written: local seconds, or UTC.
    pub local_s: i64,
    pub date_only: bool,
    pub utc: bool,
}

/// `20261001`, `20261001T090000` or `20261001T090000Z`.
pub fn stamp(text: &str) -> Option<Stamp> {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let number = |text: &str, at: usize, length: usize| {
        let digits = text.get(at..at + length)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i32>().ok())?
    };
    if date.len() != 8 {
        return None;
    }
    let day = Day::from_ymd(number(date, 0, 4)?, number(date, 4, 2)?, number(date, 6, 2)?)?;
    let Some(time) = time else {
        return Some(Stamp { local_s: day.start_local_s(), date_only: true, utc: false });
    };
    let (time, utc) = time.strip_suffix('Z').map_or((time, false), |time| (time, true));
    if time.len() != 6 {
        return None;
    }
    // A leap second counts as the one before it.
    let (hour, minute, second) = (number(time, 0, 2)?, number(time, 2, 2)?, number(time, 4, 2)?.min(59));
    let within = hour < 24 && minute < 60;
    let of_day_s = i64::from(hour * 3_600 + minute * 60 + second);
    within.then(|| Stamp { local_s: day.start_local_s() + of_day_s, date_only: false, utc })
}

/// `20261001T090000`.
pub fn compact(local_s: i64) -> String {
    let day = Day::of_local(local_s);
    let ((year, month, of_month), rest_s) = (day.ymd(), local_s - day.start_local_s());
    let (hour, minute, second) = (rest_s / 3_600, rest_s / 60 % 60, rest_s % 60);
    format!("{year:04}{month:02}{of_month:02}T{hour:02}{minute:02}{second:02}")
}

/// `P1W`, `P1DT8H30M`: days in seconds of the local clock, and the exact rest.
pub fn duration(text: &str) -> Option<(i64, i64)> {
    let text = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (days, time) = text.split_once('T').map_or((text, None), |(days, time)| (days, Some(time)));
    let sum = |text: &str, units: &[(char, i64)]| {
        let (mut sum_s, mut rest) = (0_i64, text);
        let mut units = units.iter();
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let (number, unit) = (
                rest[..end].parse::<i64>().ok().filter(|number| *number <= 1_000_000)?,
                rest[end..].chars().next()?,
            );
            // Each at most once, the longest first.
            let (_, unit_s) = units.by_ref().find(|(known, _)| *known == unit)?;
            sum_s += number * unit_s;
            rest = &rest[end + 1..];
        }
        Some(sum_s)
    };
    let days_s = sum(days, &[('W', 7 * DAY_S), ('D', DAY_S)])?;
    let exact_s = time.map_or(Some(0), |time| {
        if time.is_empty() { None } else { sum(time, &[('H', 3_600), ('M', 60), ('S', 1)]) }
    })?;
    (days_s + exact_s > 0).then_some((days_s, exact_s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::local;

    #[test]
    fn lines_are_unfolded_and_numbered() {
        let document = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Ours\r\nX-LIC-LOCATION:Asia/Shanghai\r\n\
                        BEGIN:STANDARD\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY:Early\\, or\r\n  late\r\n\
                        dtstart;tzid=\"Europe/Berlin\":20261001T090000\r\nBEGIN:VALARM\r\nSUMMARY:ring\r\nEND:VALARM\r\n\
                        END:VEVENT\r\nEND:VCALENDAR\r\n";
        let mut problems = Problems::default();
        let calendar = read(document, &mut problems);
        assert_eq!(problems, Problems::default());
        assert_eq!(calendar.zones["Ours"], "Asia/Shanghai");
        let [event] = &calendar.events[..] else { panic!("{:?}", calendar.events) };
        assert_eq!((event.line, event.props.len()), (8, 2));
        assert_eq!((event.props[0].line, event.props[0].value.as_str()), (9, "Early, or late"));
        let start = event.get("DTSTART").unwrap();
        assert_eq!(
            (start.line, start.param("TZID"), start.value.as_str()),
            (11, Some("Europe/Berlin"), "20261001T090000")
        );
    }

    #[test]
    fn broken_lines_are_told() {
        for (document, line, problem) in [
            ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", 3, "VEVENT of line 2 is not ended"),
            ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", 2, "VEVENT is not ended"),
            (
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nBEGIN:VEVENT\nUID:2\nEND:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n",
                4,
                "an event within that of line 2",
            ),
            ("END:VCALENDAR\n", 1, "not begun"),
            ("BEGIN:VEVENT\nEND:VEVENT\n", 1, "outside a calendar"),
            ("BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR\n", 2, "no property"),
            ("BEGIN:VCALENDAR\n:value\nEND:VCALENDAR\n", 2, "no property"),
        ] {
            let mut problems = Problems::default();
            read(document, &mut problems);
            let [told] = &problems.list[..] else { panic!("{document}: {problems:?}") };
            assert!(told.line == line && told.problem.contains(problem), "{document}: {told:?}");
        }
    }

    #[test]
    fn times_and_lengths() {
        for (text, expected) in [
            ("20261001T090000", Some(("2026-10-01T09:00:00", false, false))),
            ("20261001T235960Z", Some(("2026-10-01T23:59:59", false, true))),
            ("20261001", Some(("2026-10-01T00:00:00", true, false))),
            ("20260229", None),
            ("20261001T250000", None),
            ("2026-10-01", None),
            ("20261001T0900", None),
            ("2026100１", None),
        ] {
            let read = stamp(text).map(|stamp| (local::show(stamp.local_s), stamp.date_only, stamp.utc));
            let expected = expected.map(|(shown, date_only, utc)| (shown.to_owned(), date_only, utc));
            assert_eq!(read, expected, "{text}");
        }
        assert_eq!(compact(stamp("20261001T090509").unwrap().local_s), "20261001T090509");
        for (text, expected) in [
            ("P1W", Some((604_800, 0))),
            ("P1DT8H30M", Some((86_400, 30_600))),
            ("+PT15M", Some((0, 900))),
            ("PT8H", Some((0, 28_800))),
            ("PT0S", None),
            ("-PT1H", None),
            ("P1H", None),
            ("PT", None),
            ("8H", None),
            ("PT1M1H", None),
        ] {
            assert_eq!(duration(text), expected, "{text}");
        }
    }
}
