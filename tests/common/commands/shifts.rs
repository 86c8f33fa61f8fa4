//! Lines about schedules: times of the wall clock, dated entries, overrides. Times are local ones of the tenant's
//! zone: `2026-10-01T09:00`.

use kefud::{
    engine::command::{Command, DatedChange, DatedId, DatedKind, NewDated, NewPart, ShiftOverride, Word},
    schedule::{Day, Zone},
};

use super::Words;

/// Seconds of a time of day.
fn time_s(text: &str) -> u32 {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().expect("a time of day"));
    let mut next = || parts.next().unwrap_or(0);
    next() * 3_600 + next() * 60 + next()
}

/// Local seconds.
pub fn local_s(text: &str) -> i64 {
    let (day, time) = text.split_once('T').unwrap_or((text, "00:00"));
    let day: Day = day.parse().expect("a day");
    day.start_local_s() + i64::from(time_s(time))
}

/// Wall seconds of a local time.
pub fn wall_s(text: &str, zone: &str) -> i64 {
    Zone::load(zone).expect("a zone").utc_s(local_s(text))
}

/// The command of a line; none if the line is about something else.
pub(super) fn command(words: &Words<'_>, zone: &str) -> Option<Command> {
    Some(match words.get(0) {
        "dated" => Command::SetShifts(Box::new(change([dated(words)], []))),
        "undated" => Command::SetShifts(Box::new(change([], [id(words)]))),
        "override" => Command::OverrideShift {
            agent: words.text(1),
            state: (words.get(2) != "clear").then(|| ShiftOverride {
                on: words.get(2) == "on",
                channels: list(words.named("channels").unwrap_or_default()),
                until_s: wall_s(words.get(3), zone),
            }),
            word: Word { supervisor: words.named_text("by"), reason: words.named_text("reason") },
        },
        _ => return None,
    })
}

fn change<const S: usize, const R: usize>(set: [NewDated; S], removed: [DatedId; R]) -> DatedChange {
    DatedChange { set: set.into(), removed: removed.into() }
}

fn list(text: &str) -> Vec<String> {
    text.split([',', '+']).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

fn id(words: &Words<'_>) -> DatedId {
    let kind = match words.get(2) {
        "shift" => DatedKind::Shift,
        "extra" => DatedKind::Extra,
        "off" => DatedKind::Off,
        "break" => DatedKind::Break,
        kind => panic!("unknown kind `{kind}`"),
    };
    DatedId { agent: words.text(1), kind, start_s: local_s(words.get(3)), zone: words.named_text("zone") }
}

/// `dated a1 shift START END break=12:00-13:00 activity=09:00-10:00/phone`.
fn dated(words: &Words<'_>) -> NewDated {
    let id = id(words);
    let after = |time: &str| time_s(time) - u32::try_from(id.start_s.rem_euclid(86_400)).expect("a time");
    let part = |is_break: bool, text: &str| {
        let (span, channels) = text.split_once('/').unwrap_or((text, ""));
        let (from, to) = span.split_once('-').expect("from-to");
        NewPart { from_s: after(from), to_s: after(to), is_break, channels: list(channels) }
    };
    let parts = [("break", true), ("activity", false)];
    let parts = parts.into_iter().filter_map(|(name, is_break)| Some(part(is_break, words.named(name)?)));
    NewDated {
        length_s: u32::try_from(local_s(words.get(4)) - id.start_s).expect("a length"),
        parts: parts.collect(),
        channels: words.named("channels").map(list),
        reason: words.named_text("reason"),
        source: words.named_text("source"),
        id,
    }
}
