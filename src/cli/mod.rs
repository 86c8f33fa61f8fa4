//! The command line: one file a subcommand. Owns arguments, what is printed, and exit codes (0 done, 1
//! failed, 2 wrong input or settings). Must not hold logic that another caller would need.

mod apply;
mod bench;
mod check;
pub mod demo;
mod explain;
mod plan;
mod remote;
mod serve;
mod shifts;
mod signals;
mod surge;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What was asked for is wrong: arguments, settings, a plan.
const EXIT_WRONG_INPUT: u8 = 2;

/// Real-time contact routing and queueing daemon for contact centres.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Args,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (the default)
    Serve(serve::Args),
    /// Run a daemon with synthetic gateways and agents, and watch it
    Demo(demo::Args),
    /// Check a plan, telling every error with its place
    Check(check::Args),
    /// Give a plan to a running daemon
    Apply(apply::Args),
    /// Print the plan in force
    Plan(plan::Args),
    /// Measure how fast this machine does it
    Bench(bench::Args),
    /// Tell why a contact waits, or what an agent could get
    Explain(explain::Args),
    /// Import shifts, and draw who works when
    Shifts(shifts::Args),
    /// Tell how a queue stands in a surge, or keep it at a level
    Surge(surge::Args),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => serve::run(&cli.serve),
        Some(Command::Serve(args)) => serve::run(&args),
        Some(Command::Demo(args)) => demo::run(args),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Apply(args)) => apply::run(args),
        Some(Command::Plan(args)) => plan::run(&args),
        Some(Command::Bench(args)) => bench::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Shifts(args)) => shifts::run(&args),
        Some(Command::Surge(args)) => surge::run(&args),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kefud: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serving_is_the_default() {
        let table: [(&[&str], bool); 5] = [
            (&["kefud"], true),
            (&["kefud", "--grpc-listen", "127.0.0.1:0"], true),
            (&["kefud", "serve", "--limits-inbox", "5"], true),
            (&["kefud", "--grpc-listen", "127.0.0.1:0", "check", "x"], false),
            (&["kefud", "--grpc-lisen", "127.0.0.1:0"], false),
        ];
        for (arguments, valid) in table {
            let parsed = Cli::try_parse_from(arguments.iter().copied());
            assert_eq!(parsed.is_ok(), valid, "{arguments:?}");
            let serves = parsed.is_ok_and(|cli| matches!(cli.command, None | Some(Command::Serve(_))));
            assert_eq!(serves, valid, "{arguments:?}");
        }
    }
}
