//! `kefud shifts import`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::ValueEnum;

use super::{json, text};
use crate::{
    cli::{
        EXIT_WRONG_INPUT, check,
        remote::{Server, block_on, refused},
    },
    proto::v1::{ImportMode, ImportShiftsRequest, ShiftFormat},
};

/// What `--help` says of columns and properties.
const FORMATS: &str = "CSV needs a header: agent (or group), start, end; optional are date, kind (shift, extra, off, \
                       break), zone, breaks (12:00-13:00 15:00-15:15), activities (09:00-11:00=phone|wechat), \
                       channels, reason. Of iCalendar events the agent is X-KEFUD-AGENT, ATTENDEE or SUMMARY, or \
                       X-KEFUD-GROUP names a group; the kind is X-KEFUD-KIND or follows from CATEGORIES, of which \
                       known are SHIFT, 上班; EXTRA, OVERTIME, 加班; OFF, LEAVE, SICK, VACATION, HOLIDAY, ABSENCE, 休假, \
                       年假, 病假, 事假, 请假, 调休; BREAK, MEETING, TRAINING, 会议, 培训. Events of other categories are \
                       taken for shifts, with a warning. Recurrences are expanded up to the plan's shift_horizon.\n\n\
                       Exit codes: 0 imported, or nothing is wrong with it; 1 the dry run found problems; \
                       2 refused, nothing is changed.";

/// Arguments of `kefud shifts import`.
#[derive(Debug, clap::Args)]
#[command(after_help = FORMATS)]
pub struct Args {
    /// The document; - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How it is written, if not as it looks
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// The name under which the entries are known
    #[arg(long, value_name = "NAME", default_value = "import")]
    source: String,
    /// Entries of the same source that are not in the document and not over go
    #[arg(long)]
    replace: bool,
    /// Zone of local times that name none, if not the tenant's
    #[arg(long, value_name = "ZONE", default_value = "", hide_default_value = true)]
    zone: String,
    /// Only tell what would change, and what is wrong
    #[arg(long)]
    dry_run: bool,
    /// Print JSON instead of text: the fields of ImportShiftsResponse
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Ics,
}

/// Imports and prints what changed.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let document = match check::read("document", &args.file, &mut io::stdin().lock()) {
        Ok(document) => document,
        Err(problem) => {
            eprintln!("kefud: {problem}");
            return Ok(ExitCode::from(EXIT_WRONG_INPUT));
        }
    };
    block_on(import(args, document, &mut io::stdout(), &mut io::stderr()))
}

async fn import(
    args: &Args,
    document: String,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let format = match args.format {
        None => ShiftFormat::Unspecified,
        Some(Format::Csv) => ShiftFormat::Csv,
        Some(Format::Ics) => ShiftFormat::Icalendar,
    };
    let mode = if args.replace { ImportMode::Replace } else { ImportMode::Merge };
    let request = args.server.request(ImportShiftsRequest {
        document,
        format: format.into(),
        mode: mode.into(),
        source: args.source.clone(),
        zone: args.zone.clone(),
        validate_only: args.dry_run,
        request_id: String::new(),
    })?;
    match args.server.plans().await?.import_shifts(request).await {
        Ok(answer) => {
            let answer = answer.into_inner();
            let told = if args.json { json::import(&answer) } else { text::import(&answer, args.dry_run) };
            out.write_all(told.as_bytes())?;
            Ok(if answer.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Err(status) => refused(&status, &args.file.display().to_string(), err),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::import::WORDS;

    #[test]
    fn all_categories_that_are_known_are_in_the_help() {
        for (word, _) in WORDS {
            let word = word.to_uppercase();
            assert!(FORMATS.contains(&format!(" {word}")), "{word}");
        }
    }
}
