//! `kefud check`: is a plan valid?

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::EXIT_WRONG_INPUT;
use crate::{plan, schedule::Day};

/// Stands for standard input in place of a path.
const STDIN: &str = "-";

/// Arguments of `kefud check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan, a TOML file; - reads standard input
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
}

/// Prints a line for every error and warning. Exits 0 without errors.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    // Holidays are known for years in advance or not at all, so that the zone doesn't matter.
    let today = Day::of_local(jiff::Timestamp::now().as_second());
    check(&args.plan, today, &mut io::stdin().lock(), &mut io::stdout().lock(), &mut io::stderr().lock())
}

fn check(
    path: &Path,
    today: Day,
    input: &mut impl Read,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let document = match read("plan", path, input) {
        Ok(document) => document,
        Err(problem) => {
            writeln!(err, "kefud: {problem}")?;
            return Ok(ExitCode::from(EXIT_WRONG_INPUT));
        }
    };
    let report = plan::check_on(&document, today);
    let name = path.display();
    for warning in &report.warnings {
        writeln!(out, "{name}:{warning} (warning)")?;
    }
    for error in &report.errors {
        writeln!(out, "{name}:{error}")?;
    }
    if report.errors.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let count = report.errors.len();
    writeln!(err, "kefud: {count} {} in {name}", if count == 1 { "error" } else { "errors" })?;
    Ok(ExitCode::from(EXIT_WRONG_INPUT))
}

/// Reads a text, which is this, such as a plan; the error is one line that says what to do.
pub fn read(what: &str, path: &Path, input: &mut impl Read) -> Result<String, String> {
    let (read, name) = if path == Path::new(STDIN) {
        (io::read_to_string(input), "from standard input".to_owned())
    } else {
        (fs::read_to_string(path), path.display().to_string())
    };
    read.map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::InvalidData => "save it as UTF-8",
            _ => "name a file that you may read",
        };
        format!("cannot read the {what} {name}: {error}; {advice}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(path: &str, input: &str) -> (ExitCode, String, String) {
        checked_on("2026-01-01", path, input)
    }

    fn checked_on(today: &str, path: &str, input: &str) -> (ExitCode, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let today = today.parse().expect("a date");
        let code = check(Path::new(path), today, &mut input.as_bytes(), &mut out, &mut err).expect("written");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (code, text(out), text(err))
    }

    #[test]
    fn the_sample_plan_is_valid() {
        assert_eq!(checked("-", plan::SAMPLE), (ExitCode::SUCCESS, String::new(), String::new()));
    }

    #[test]
    fn holidays_that_end_soon_are_told() {
        let (code, out, err) = checked_on("2026-11-01", "-", plan::SAMPLE);
        assert_eq!((code, err.as_str()), (ExitCode::SUCCESS, ""));
        let line = plan::SAMPLE.lines().position(|line| line == "[holidays.cn]").expect("holidays") + 1;
        let expected = format!(
            "-:{line}:11 holidays.cn: knows nothing after 2026-12-31, add the days of 2027 (warning)\n"
        );
        assert_eq!(out, expected);
    }

    #[test]
    fn errors_are_told_with_their_place() {
        let (code, out, err) = checked("-", "quues = 1\n");
        assert_eq!(code, ExitCode::from(EXIT_WRONG_INPUT));
        assert!(out.lines().any(|line| line.starts_with("-:1:1 quues: ")), "{out}");
        assert_eq!(err, format!("kefud: {} errors in -\n", out.lines().count()));
        let (_, out, err) = checked("-", &format!("quues = 1\n{}", plan::SAMPLE));
        assert_eq!(err, "kefud: 1 error in -\n", "{out}");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_one_line() {
        let (code, out, err) = checked("/nowhere/plan.toml", "");
        assert_eq!((code, out.as_str()), (ExitCode::from(EXIT_WRONG_INPUT), ""));
        let expected = "kefud: cannot read the plan /nowhere/plan.toml: No such file or directory (os error 2); \
                        name a file that you may read\n";
        assert_eq!(err, expected);
    }
}
