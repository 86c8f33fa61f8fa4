//! `kefud check`: is a plan valid?

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::EXIT_WRONG_INPUT;
use crate::plan;

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
    check(&args.plan, &mut io::stdin().lock(), &mut io::stdout().lock(), &mut io::stderr().lock())
}

fn check(
    path: &Path,
    input: &mut impl Read,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let document = match read(path, input) {
        Ok(document) => document,
        Err(problem) => {
            writeln!(err, "kefud: {problem}")?;
            return Ok(ExitCode::from(EXIT_WRONG_INPUT));
        }
    };
    let report = plan::check(&document);
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
    writeln!(err, "kefud: {} errors in {name}", report.errors.len())?;
    Ok(ExitCode::from(EXIT_WRONG_INPUT))
}

/// Reads a plan's text; the error is one line that says what to do.
pub fn read(path: &Path, input: &mut impl Read) -> Result<String, String> {
    if path == Path::new(STDIN) {
        let mut document = String::new();
        let read = input.read_to_string(&mut document);
        return read.map(|_| document).map_err(|error| format!("cannot read standard input: {error}"));
    }
    fs::read_to_string(path).map_err(|error| {
        format!("cannot read the plan {}: {error}; name a TOML file that you may read", path.display())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(path: &str, input: &str) -> (ExitCode, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = check(Path::new(path), &mut input.as_bytes(), &mut out, &mut err).expect("written");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (code, text(out), text(err))
    }

    #[test]
    fn the_sample_plan_is_valid() {
        assert_eq!(checked("-", plan::SAMPLE), (ExitCode::SUCCESS, String::new(), String::new()));
    }

    #[test]
    fn errors_are_told_with_their_place() {
        let (code, out, err) = checked("-", "quues = 1\n");
        assert_eq!(code, ExitCode::from(EXIT_WRONG_INPUT));
        assert!(out.starts_with("-:1:1 quues: "), "{out}");
        assert_eq!(err, "kefud: 1 errors in -\n");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_one_line() {
        let (code, out, err) = checked("/nowhere/plan.toml", "");
        assert_eq!((code, out.as_str()), (ExitCode::from(EXIT_WRONG_INPUT), ""));
        let expected = "kefud: cannot read the plan /nowhere/plan.toml: No such file or directory (os error 2); \
                        name a TOML file that you may read\n";
        assert_eq!(err, expected);
    }
}
