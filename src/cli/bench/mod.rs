//! `kefud bench`: how fast is this machine with that much of it? Owns what is measured and how it is
//! printed; the load itself is made by [`crate::sim::load`].

mod engine;
mod plan;

use std::process::ExitCode;

use clap::Subcommand;

/// Arguments of `kefud bench`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The engine alone, in this process, without I/O
    Engine(engine::Args),
    /// A change of the plan under load, without I/O
    Plan(plan::Args),
}

/// Measures, and prints the figures.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Engine(args) => engine::run(args),
        What::Plan(args) => plan::run(args),
    }
}
