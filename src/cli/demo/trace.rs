//! Recorded calls from a CSV file, as customers who come in. Owns reading: a row that can't be read is told
//! with its line and counted, never passed over in silence. Must not know the plan or the daemon.

use std::{
    collections::{BTreeMap, HashMap},
    io::Read,
    time::Duration,
};

use anyhow::{Context, bail};
use csv::StringRecord;
use jiff::civil::DateTime;

use super::arrivals::{Arrival, TALK_MIN};
use crate::plan::is_valid_id;

/// Rows of one trace; the rest is not read, and told.
const ROWS_MAX: usize = 2_000_000;
/// Unreadable rows that are told one by one.
const TOLD_MAX: usize = 20;
/// Longer times in a row are taken for errors.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);
const PRIORITY_MAX: i32 = 10;

/// What the columns of a trace are called. Time is in seconds, an arrival as `1999-02-01T08:00:00`.
#[derive(Debug, Clone, clap::Args)]
pub struct Columns {
    /// Column of the trace: when the call came in
    #[arg(long = "column-arrival", value_name = "NAME", default_value = "arrival")]
    pub arrival: String,
    /// Column of the trace: what it was about
    #[arg(long = "column-category", value_name = "NAME", default_value = "type")]
    pub category: String,
    /// Column of the trace: seconds of service
    #[arg(long = "column-service", value_name = "NAME", default_value = "service_s")]
    pub service: String,
    /// Column of the trace: seconds in the queue
    #[arg(long = "column-queue-time", value_name = "NAME", default_value = "queue_s")]
    pub queue_time: String,
    /// Column of the trace: AGENT (answered), HANG (the caller hung up) or PHANTOM (left out)
    #[arg(long = "column-outcome", value_name = "NAME", default_value = "outcome")]
    pub outcome: String,
    /// Column of the trace, if it has one: who called; 0 is unknown
    #[arg(long = "column-caller", value_name = "NAME", default_value = "caller")]
    pub caller: String,
    /// Column of the trace, if it has one: priority, 0 to 10
    #[arg(long = "column-priority", value_name = "NAME", default_value = "priority")]
    pub priority: String,
}

/// What a trace holds.
#[derive(Debug)]
pub struct Trace {
    /// The calls to play, in order, the first at 0.
    pub arrivals: Vec<Arrival>,
    /// When the first of them came in.
    pub start: Option<DateTime>,
    /// Rows that say that there was no call.
    pub phantoms: u64,
    /// Rows before the moment to start from.
    pub skipped: u64,
    /// Rows that can't be read.
    pub unreadable: u64,
    /// The first of these, with line and reason.
    pub problems: Vec<String>,
}

struct Places {
    arrival: usize,
    category: usize,
    service: usize,
    queue_time: usize,
    outcome: usize,
    caller: Option<usize>,
    priority: Option<usize>,
}

enum Row {
    Phantom,
    Call { time: DateTime, hung_up: bool, arrival: Arrival },
}

/// Reads a trace. Fails when the file can't be read or lacks a column.
pub fn read(input: impl Read, columns: &Columns, from: Option<DateTime>) -> anyhow::Result<Trace> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    let places = find(reader.headers().context("cannot read its first line")?, columns)?;
    let mut trace = Trace {
        arrivals: Vec::new(),
        start: None,
        phantoms: 0,
        skipped: 0,
        unreadable: 0,
        problems: Vec::new(),
    };
    let mut calls = Vec::new();
    let mut record = StringRecord::new();
    loop {
        let line = reader.position().line();
        let row = match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => parse(&record, &places, columns),
            Err(error) if error.is_io_error() => return Err(error).context("cannot read it to its end"),
            Err(error) => Err(error.to_string()),
        };
        if calls.len() == ROWS_MAX {
            bail!("it has more than {ROWS_MAX} calls; split it");
        }
        match row {
            Ok(Row::Phantom) => trace.phantoms += 1,
            Ok(Row::Call { time, .. }) if from.is_some_and(|from| time < from) => trace.skipped += 1,
            Ok(Row::Call { time, hung_up, arrival }) => calls.push((time, hung_up, arrival)),
            Err(problem) => {
                trace.unreadable += 1;
                if trace.problems.len() < TOLD_MAX {
                    let line = record.position().map_or(line, csv::Position::line);
                    trace.problems.push(format!("line {line}: {problem}"));
                }
            }
        }
    }
    trace.play(calls);
    Ok(trace)
}

impl Trace {
    /// Orders the calls and counts their time from the first. Callers who hung up were never served; when
    /// they are now, it takes the mean of their category.
    fn play(&mut self, mut calls: Vec<(DateTime, bool, Arrival)>) {
        calls.sort_by_key(|(time, ..)| *time);
        self.start = calls.first().map(|(time, ..)| *time);
        let mut service: HashMap<String, (Duration, u32)> = HashMap::new();
        for (_, _, arrival) in calls.iter().filter(|(_, hung_up, _)| !hung_up) {
            let (sum, count) = service.entry(arrival.category.clone()).or_default();
            (*sum, *count) = (*sum + arrival.talk, *count + 1);
        }
        self.arrivals = calls
            .into_iter()
            .map(|(time, hung_up, mut arrival)| {
                let start = self.start.unwrap_or(time);
                arrival.at = time.duration_since(start).unsigned_abs();
                if hung_up && let Some((sum, count)) = service.get(&arrival.category) {
                    arrival.talk = *sum / *count;
                }
                arrival.talk = arrival.talk.max(TALK_MIN);
                arrival
            })
            .collect();
    }

    /// The work of each category: the sum of its talk.
    pub fn work(&self) -> BTreeMap<&str, Duration> {
        let mut work = BTreeMap::new();
        for arrival in &self.arrivals {
            *work.entry(arrival.category.as_str()).or_default() += arrival.talk;
        }
        work
    }
}

fn find(headers: &StringRecord, columns: &Columns) -> anyhow::Result<Places> {
    let place = |name: &str| headers.iter().position(|header| header == name);
    let needed = |flag: &str, name: &str| {
        place(name).with_context(|| {
            let has: Vec<&str> = headers.iter().collect();
            format!("it has no column `{name}`; name it with --column-{flag} (it has {})", has.join(", "))
        })
    };
    Ok(Places {
        arrival: needed("arrival", &columns.arrival)?,
        category: needed("category", &columns.category)?,
        service: needed("service", &columns.service)?,
        queue_time: needed("queue-time", &columns.queue_time)?,
        outcome: needed("outcome", &columns.outcome)?,
        caller: place(&columns.caller),
        priority: place(&columns.priority),
    })
}

fn parse(record: &StringRecord, places: &Places, columns: &Columns) -> Result<Row, String> {
    let get = |place: usize| record.get(place).unwrap_or_default();
    let hung_up = match get(places.outcome) {
        "AGENT" => false,
        "HANG" => true,
        "PHANTOM" => return Ok(Row::Phantom),
        other => {
            return Err(format!("{} `{other}` is none of AGENT, HANG, PHANTOM", columns.outcome));
        }
    };
    let text = get(places.arrival);
    let time = text
        .parse::<DateTime>()
        .map_err(|_| format!("{} `{text}` is not a time such as 1999-02-01T08:00:00", columns.arrival))?;
    let category = get(places.category);
    if !is_valid_id(category) {
        return Err(format!("{} `{category}` is not an id of 1 to 128 visible characters", columns.category));
    }
    let customer = match places.caller.map(get).unwrap_or_default() {
        "" | "0" => String::new(),
        caller if caller.len() <= 200 => format!("caller-{caller}"),
        _ => return Err(format!("{} is longer than 200 bytes", columns.caller)),
    };
    let priority = match places.priority.map(get).unwrap_or_default() {
        "" => 0,
        text => text
            .parse()
            .ok()
            .filter(|priority| (0..=PRIORITY_MAX).contains(priority))
            .ok_or_else(|| format!("{} `{text}` is not 0 to {PRIORITY_MAX}", columns.priority))?,
    };
    let patience = if hung_up { Some(seconds(get(places.queue_time), &columns.queue_time)?) } else { None };
    let talk = if hung_up { TALK_MIN } else { seconds(get(places.service), &columns.service)? };
    let arrival = Arrival {
        at: Duration::ZERO,
        category: category.to_owned(),
        customer,
        priority,
        patience,
        talk,
        customer_ends: false,
    };
    Ok(Row::Call { time, hung_up, arrival })
}

fn seconds(text: &str, column: &str) -> Result<Duration, String> {
    let time = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.filter(|time| *time <= LONGEST)
        .ok_or_else(|| format!("{column} `{text}` is not a number of seconds, 0 to 86400"))
}

#[cfg(test)]
mod tests;
