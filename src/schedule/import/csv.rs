//! Shifts as comma-separated values with a header: a row an entry, or one for each agent of a group.

use std::sync::Arc;

use super::{
    Fault, RowZone, WORDS, kind_of, nearest,
    rows::{Draft, Reader, RowPart},
    when, word_of,
};
use crate::schedule::{DAY_S, DatedKind, Day, Span, shift::place};

/// What a column may be called.
const COLUMNS: [&str; 11] =
    ["agent", "group", "date", "start", "end", "kind", "zone", "breaks", "activities", "channels", "reason"];

/// Where each column of [`COLUMNS`] is.
struct Header([Option<usize>; COLUMNS.len()]);

impl Header {
    fn get<'r>(&self, record: &'r csv::StringRecord, column: &str) -> &'r str {
        let at = COLUMNS.iter().position(|known| *known == column).and_then(|known| self.0[known]);
        at.and_then(|at| record.get(at)).unwrap_or_default()
    }

    fn has(&self, column: &str) -> bool {
        COLUMNS.iter().zip(&self.0).any(|(known, at)| *known == column && at.is_some())
    }
}

pub fn read(document: &str, reader: &mut Reader<'_>) {
    let mut filled = document.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = filled.next().unwrap_or_default();
    // A line by which spreadsheets know the separator is none of the document.
    let told = first.strip_prefix("sep=").or_else(|| first.strip_prefix("SEP="));
    let first = if told.is_some() { filled.next().unwrap_or_default() } else { first };
    let separators = [b',', b';', b'\t'];
    let count = |separator: &u8| first.bytes().filter(|byte| byte == separator).count();
    // The last of the greatest counts: of none at all it doesn't matter which.
    let counted = separators.into_iter().rev().max_by_key(count).unwrap_or(b',');
    let separator = match told.map(str::as_bytes) {
        Some([separator]) => *separator,
        _ => counted,
    };
    let mut told = told.is_some();
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(separator)
        .from_reader(document.as_bytes());
    let mut header = None;
    let mut lines = Lines { bytes: document.as_bytes(), passed: 0, line: 1 };
    let mut record = csv::StringRecord::new();
    loop {
        match rows.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                // The document is text, so that nothing else can be wrong with it than what the crate says.
                let line = lines.at(error.position().map_or(0, csv::Position::byte));
                reader.problems.fault(line, "", Fault::new(error.to_string()));
                break;
            }
        }
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(str::is_empty) || std::mem::take(&mut told) {
            continue;
        }
        match &header {
            None => match read_header(&record, line, reader) {
                Some(read) => header = Some(read),
                None => return,
            },
            Some(header) => {
                if let Err((field, fault)) = read_row(header, &record, line, reader) {
                    reader.problems.fault(line, field, fault);
                }
            }
        }
        if reader.full() {
            return;
        }
    }
    if header.is_none() {
        reader.problems.fault(1, "", Fault::nearest("there is no header", "agent,start,end,kind,reason"));
    }
}

/// Lines by places in the document: a record's place is before the blank lines that come first.
struct Lines<'d> {
    bytes: &'d [u8],
    passed: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line of a record, none of which is before the last one that was asked for.
    fn at(&mut self, byte: u64) -> u32 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX).clamp(self.passed, self.bytes.len());
        let blank = self.bytes[byte..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let breaks = self.bytes[self.passed..byte + blank].iter().filter(|byte| **byte == b'\n').count();
        self.passed = byte + blank;
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.line
    }
}

fn read_header(record: &csv::StringRecord, line: u32, reader: &mut Reader<'_>) -> Option<Header> {
    let mut header = Header([None; COLUMNS.len()]);
    let before = reader.problems.list.len();
    for (at, name) in record.iter().enumerate() {
        let lower = name.to_lowercase();
        match COLUMNS.iter().position(|known| *known == lower) {
            Some(known) if header.0[known].is_none() => header.0[known] = Some(at),
            Some(_) => reader.problems.fault(line, COLUMNS[known_at(&lower)], Fault::new("is there twice")),
            None if name.is_empty() => {
                reader.problems.fault(line, "", Fault::new(format!("column {} has no name", at + 1)));
            }
            None => {
                let near = nearest(name, COLUMNS.into_iter()).unwrap_or_default();
                let problem = format!("there is no such column; there are {}", COLUMNS.join(", "));
                let name: String = name.chars().take(64).collect();
                reader.problems.fault(line, &name, Fault::nearest(problem, near));
            }
        }
    }
    for needed in ["start", "end"] {
        if !header.has(needed) {
            reader.problems.fault(line, needed, Fault::new("this column is missing"));
        }
    }
    if !header.has("agent") && !header.has("group") {
        reader.problems.fault(line, "agent", Fault::new("this column is missing, and `group` too"));
    }
    // Rows without a sound header would only repeat what is wrong with it.
    (reader.problems.list.len() == before).then_some(header)
}

fn known_at(name: &str) -> usize {
    COLUMNS.iter().position(|known| *known == name).unwrap_or_default()
}

type Wrong = (&'static str, Fault);

fn read_row(
    header: &Header,
    record: &csv::StringRecord,
    line: u32,
    reader: &mut Reader<'_>,
) -> Result<(), Wrong> {
    let cell = |column| header.get(record, column);
    let columns = header.0.iter().flatten().max().map_or(0, |last| last + 1);
    if record.iter().skip(columns).any(|cell| !cell.is_empty()) {
        return Err((
            "",
            Fault::nearest("has more cells than the header has columns", "quote cells with separators"),
        ));
    }
    let agents = agents(cell("agent"), cell("group"), reader)?;
    let kind = match cell("kind") {
        "" => DatedKind::Shift,
        word => kind_of(word).ok_or_else(|| ("kind", no_kind(word)))?,
    };
    let zone = match cell("zone") {
        "" => reader.zone.clone(),
        name => reader.zone_of(name).map_err(|fault| ("zone", fault))?,
    };
    let (start_s, end_s) = times(cell("date"), cell("start"), cell("end"), &zone)?;
    let parts = parts(cell("breaks"), cell("activities"), (start_s, end_s), reader)?;
    if !parts.is_empty() && kind != DatedKind::Shift {
        let field = if cell("breaks").is_empty() { "activities" } else { "breaks" };
        return Err((field, Fault::new("only a shift has breaks and activities")));
    }
    let channels = reader.channels(cell("channels")).map_err(|fault| ("channels", fault))?;
    if !channels.is_empty() && kind != DatedKind::Extra {
        return Err((
            "channels",
            Fault::nearest("only an extra names channels", "a shift's go into activities"),
        ));
    }
    let channels = Some(channels).filter(|channels| !channels.is_empty());
    let reason = cell("reason").to_owned();
    let fields = ("start", "end");
    reader.put(Draft { line, fields, agents, kind, start_s, end_s, zone, parts, channels, reason });
    Ok(())
}

fn agents(agent: &str, group: &str, reader: &mut Reader<'_>) -> Result<Vec<Arc<str>>, Wrong> {
    match (agent, group) {
        ("", "") => Err(("agent", Fault::new("is empty"))),
        (agent, "") => reader.agent(agent).map(|agent| vec![agent]).map_err(|fault| ("agent", fault)),
        ("", group) => reader.group(group).map_err(|fault| ("group", fault)),
        _ => Err(("group", Fault::new("names a group, though the row names an agent"))),
    }
}

pub fn no_kind(word: &str) -> Fault {
    let near = nearest(word, WORDS.into_iter().map(|(known, _)| known));
    let near = near.and_then(word_of).map(|kind| match kind {
        DatedKind::Shift => "shift",
        DatedKind::Extra => "extra",
        DatedKind::Off => "off",
        DatedKind::Break => "break",
    });
    Fault::nearest("is none of shift, extra, off, break", near.unwrap_or_default())
}

/// Start and end, in one of both forms.
fn times(date: &str, start: &str, end: &str, zone: &RowZone) -> Result<(i64, i64), Wrong> {
    let missing = |field| (field, Fault::new("is empty"));
    if start.is_empty() {
        return Err(missing("start"));
    }
    if end.is_empty() {
        return Err(missing("end"));
    }
    if date.is_empty() {
        let start_s = when::time(start, zone).map_err(|fault| ("start", fault))?;
        let end_s = when::time(end, zone).map_err(|fault| match when::date(end) {
            // Who gives a last date means the whole of it.
            Ok(last) => {
                ("end", Fault::nearest("is a date without a time", format!("{}T00:00", last.plus(1))))
            }
            Err(_) => ("end", fault),
        })?;
        return Ok((start_s, end_s));
    }
    let day_s = when::date(date).map_err(|fault| ("date", fault))?.start_local_s();
    let from_s = when::of_day(start, false).map_err(|fault| ("start", fault))?;
    let to_s = when::of_day(end, true).map_err(|fault| ("end", fault))?;
    let span = Span::between(from_s, to_s).ok_or_else(|| {
        ("end", Fault::nearest("is the same as the start", "00:00 and 24:00 for a whole day"))
    })?;
    Ok((day_s + i64::from(span.from_s), day_s + i64::from(span.to_s)))
}

/// Breaks and activities, placed in the row.
fn parts(
    breaks: &str,
    activities: &str,
    (start_s, end_s): (i64, i64),
    reader: &mut Reader<'_>,
) -> Result<Vec<RowPart>, Wrong> {
    let from_s = u32::try_from(start_s - Day::of_local(start_s).start_local_s()).unwrap_or(0);
    // What is no entry is told of start and end.
    let length_s = u32::try_from((end_s - start_s).clamp(0, DAY_S)).unwrap_or(0);
    if length_s == 0 {
        return Ok(Vec::new());
    }
    let row = Span { from_s, to_s: from_s + length_s };
    let mut parts: Vec<RowPart> = Vec::new();
    let mut add = |text: &str, channels: Option<Vec<String>>| -> Result<(), Fault> {
        let written = when::span(text)?;
        let outside = || Fault::new(format!("`{text}` is not within start and end"));
        let at = place(&[row], written).ok_or_else(outside)?;
        let part = RowPart {
            from_s: at.from_s - from_s,
            to_s: at.to_s - from_s,
            is_break: channels.is_none(),
            channels: channels.unwrap_or_default(),
        };
        let overlaps = |other: &RowPart| {
            other.is_break == part.is_break && other.from_s < part.to_s && part.from_s < other.to_s
        };
        if parts.iter().any(overlaps) {
            return Err(Fault::new(format!("`{text}` overlaps another one")));
        }
        parts.push(part);
        Ok(())
    };
    for text in breaks.split_whitespace() {
        add(text, None).map_err(|fault| ("breaks", fault))?;
    }
    for text in activities.split_whitespace() {
        let form = || Fault::nearest(format!("`{text}` is no activity"), "09:00-11:00=phone|wechat");
        let (span, channels) =
            text.split_once('=').ok_or_else(form).map_err(|fault| ("activities", fault))?;
        let channels = reader.channels(channels).map_err(|fault| ("activities", fault))?;
        add(span, Some(channels)).map_err(|fault| ("activities", fault))?;
    }
    parts.sort_by_key(|part| (part.from_s, !part.is_break));
    Ok(parts)
}
