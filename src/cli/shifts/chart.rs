//! A week as a chart: a block a day, a line an agent, a cell half an hour.

use std::fmt::Write as _;

use anyhow::Context;

use super::columns::{padded, width};
use crate::{
    proto::v1::{self, GetScheduleResponse, SchedulePresence},
    schedule::{Day, Zone},
};

const HALF_HOUR_S: i64 = 1_800;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// How it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// With ASCII characters only.
    pub ascii: bool,
    /// A cell an hour.
    pub narrow: bool,
}

/// What an agent does in a cell; of what takes as long, the last of these is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    Off,
    On,
    Some,
    Break,
}

impl Look {
    fn sign(self, sign: Sign) -> char {
        let (plain, drawn) = match sign {
            Sign::Off => ('.', '·'),
            Sign::On => ('#', '█'),
            Sign::Some => ('~', '▒'),
            Sign::Break => ('-', '░'),
        };
        if self.ascii { plain } else { drawn }
    }

    fn cell_s(self) -> i64 {
        if self.narrow { 2 * HALF_HOUR_S } else { HALF_HOUR_S }
    }
}

/// A stretch in seconds.
struct Stretch {
    from_s: i64,
    to_s: i64,
    sign: Sign,
}

fn stretches(spans: &[v1::ScheduleSpan]) -> Vec<Stretch> {
    let second = |time: Option<&prost_types::Timestamp>| time.map_or(0, |time| time.seconds);
    let stretch = |span: &v1::ScheduleSpan| Stretch {
        from_s: second(span.start_time.as_ref()),
        to_s: second(span.end_time.as_ref()),
        sign: match span.presence() {
            SchedulePresence::OnBreak => Sign::Break,
            _ if span.restricted => Sign::Some,
            _ => Sign::On,
        },
    };
    spans.iter().map(stretch).collect()
}

/// Seconds of a sign between two instants.
fn seconds(stretches: &[Stretch], sign: Sign, from_s: i64, to_s: i64) -> i64 {
    let shared = |stretch: &Stretch| (stretch.to_s.min(to_s) - stretch.from_s.max(from_s)).max(0);
    stretches.iter().filter(|stretch| stretch.sign == sign).map(shared).sum()
}

/// What takes the most of a stretch of time.
fn most(stretches: &[Stretch], from_s: i64, to_s: i64) -> Sign {
    let [on, some, rest] =
        [Sign::On, Sign::Some, Sign::Break].map(|sign| seconds(stretches, sign, from_s, to_s));
    let off = to_s - from_s - on - some - rest;
    let signs = [(off, Sign::Off), (on, Sign::On), (some, Sign::Some), (rest, Sign::Break)];
    signs.into_iter().max().map_or(Sign::Off, |(_, sign)| sign)
}

/// Draws schedules.
pub fn draw(answer: &GetScheduleResponse, look: Look) -> anyhow::Result<String> {
    let zone = Zone::load(&answer.zone).with_context(|| format!("unknown time zone {}", answer.zone))?;
    let start_s = answer.start_time.as_ref().map_or(0, |time| time.seconds);
    let parts = i64::try_from(answer.headcounts.len()).unwrap_or(0);
    let end_s = start_s + parts * HALF_HOUR_S;
    let names: Vec<String> = answer.agents.iter().map(name).collect();
    let left = names.iter().map(|name| width(name)).max().unwrap_or(0).max("on shift".len()) + 2;
    let mut out = String::new();
    let mut day = Day::of_local(zone.local_s(start_s));
    while zone.utc_s(day.start_local_s()) < end_s {
        let from_s = zone.utc_s(day.start_local_s());
        let to_s = zone.utc_s(day.plus(1).start_local_s()).min(end_s);
        let block = Block { answer, look, zone: &zone, names: &names, left, start_s, from_s, to_s };
        let weekday = DAYS.get(day.weekday()).copied().unwrap_or_default();
        let _ = writeln!(out, "{day} {weekday}  {}", answer.zone);
        block.draw(&mut out);
        out.push('\n');
        day = day.plus(1);
    }
    if answer.agents_left_out > 0 {
        let _ = writeln!(out, "{} more agents are counted, but not drawn", answer.agents_left_out);
    }
    if answer.unscheduled > 0 {
        let _ = writeln!(out, "{} without schedule are not counted", answer.unscheduled);
    }
    let signs = [
        (Sign::On, "on shift"),
        (Sign::Some, "for some channels"),
        (Sign::Break, "break"),
        (Sign::Off, "off"),
    ];
    let signs = signs.map(|(sign, text)| format!("{} {text}", look.sign(sign)));
    let _ = writeln!(out, "{}", signs.join("   "));
    Ok(out)
}

fn name(agent: &v1::AgentWeek) -> String {
    if agent.name.is_empty() || agent.name == agent.agent_id {
        agent.agent_id.clone()
    } else {
        format!("{} {}", agent.agent_id, agent.name)
    }
}

/// A day.
struct Block<'a> {
    answer: &'a GetScheduleResponse,
    look: Look,
    zone: &'a Zone,
    names: &'a [String],
    /// Cells before the chart.
    left: usize,
    /// Of the first day.
    start_s: i64,
    from_s: i64,
    to_s: i64,
}

impl Block<'_> {
    /// The cells of the day: from and to.
    fn cells(&self) -> impl Iterator<Item = (i64, i64)> {
        let (step_s, to_s) = (self.look.cell_s(), self.to_s);
        let first = std::iter::successors(Some(self.from_s), move |at_s| Some(at_s + step_s));
        first.take_while(move |at_s| *at_s < to_s).map(move |at_s| (at_s, (at_s + step_s).min(to_s)))
    }

    fn draw(&self, out: &mut String) {
        let _ = writeln!(out, "{}{}", " ".repeat(self.left), self.hours().trim_end());
        for (agent, name) in self.answer.agents.iter().zip(self.names) {
            let _ = write!(out, "{}", padded(name, self.left));
            if agent.unscheduled {
                let _ = writeln!(out, "without schedule");
                continue;
            }
            let stretches = stretches(&agent.spans);
            let sign = |(from_s, to_s)| self.look.sign(most(&stretches, from_s, to_s));
            let cells: String = self.cells().map(sign).collect();
            let on_s: i64 = [Sign::On, Sign::Some]
                .map(|sign| seconds(&stretches, sign, self.from_s, self.to_s))
                .iter()
                .sum();
            let _ = writeln!(out, "{cells}  {}", hours(on_s));
        }
        self.headcounts(out);
        self.open(out);
    }

    /// Every third hour.
    fn hours(&self) -> String {
        let mut line = String::new();
        for (at, (from_s, _)) in self.cells().enumerate() {
            let of_day_s = self.zone.local_s(from_s).rem_euclid(86_400);
            // Where clocks go back an hour comes twice, and its number with it if there is room.
            if of_day_s % 10_800 == 0 && line.len() <= at {
                line = format!("{line:at$}{}", of_day_s / 3_600);
            }
        }
        line
    }

    fn headcounts(&self, out: &mut String) {
        let count = |(from_s, to_s): (i64, i64)| {
            let at = |at_s: i64| usize::try_from((at_s - self.start_s) / HALF_HOUR_S).unwrap_or(0);
            let counts = self.answer.headcounts.get(at(from_s)..at(to_s).max(at(from_s) + 1));
            counts.and_then(|counts| counts.iter().max().copied()).unwrap_or(0)
        };
        let counts: Vec<String> = self.cells().map(|cell| count(cell).to_string()).collect();
        let digits = counts.iter().map(String::len).max().unwrap_or(1);
        for digit in 0..digits {
            let title = if digit == 0 { "on shift" } else { "" };
            let of = |count: &String| {
                let at = (digit + count.len()).checked_sub(digits);
                at.and_then(|at| count.as_bytes().get(at)).map_or(' ', |digit| char::from(*digit))
            };
            let line: String = counts.iter().map(of).collect();
            let _ = writeln!(out, "{}{}", padded(title, self.left), line.trim_end());
        }
    }

    fn open(&self, out: &mut String) {
        if self.answer.open_spans.is_empty() {
            return;
        }
        let stretches = stretches(&self.answer.open_spans);
        let sign = if self.look.ascii { '=' } else { '═' };
        let of = |(from_s, to_s)| if most(&stretches, from_s, to_s) == Sign::Off { ' ' } else { sign };
        let line: String = self.cells().map(of).collect();
        let line = padded("open", self.left) + &line;
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// Hours, with a half or what there is.
fn hours(seconds: i64) -> String {
    let tenths = (seconds + 180) / 360;
    if tenths % 10 == 0 { format!("{} h", tenths / 10) } else { format!("{}.{} h", tenths / 10, tenths % 10) }
}
