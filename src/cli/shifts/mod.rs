//! `kefud shifts`: import shifts from a document, and draw who works when.

mod chart;
mod columns;
mod import;
mod json;
mod show;
#[cfg(test)]
mod tests;
mod text;

use std::process::ExitCode;

use clap::Subcommand;

/// Arguments of `kefud shifts`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Import dated shifts from CSV or iCalendar, all or none
    Import(import::Args),
    /// Draw who works when, with headcounts
    Show(show::Args),
}

/// Imports or draws.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Import(args) => import::run(args),
        Command::Show(args) => show::run(args),
    }
}
