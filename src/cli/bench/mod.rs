//! `kefud bench`: how fast is this machine with that much of it? Owns what is measured and how it is
//! printed; the load itself is made by [`crate::sim`].

mod engine;
mod plan;
mod schedule;
mod surge;

use std::process::ExitCode;

use clap::Subcommand;

use crate::sim::load::Size;

/// Arguments of `kefud bench`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

/// How large the centre is that is measured.
#[derive(Debug, clap::Args)]
struct SizeArgs {
    /// Agents, all signed in and ready
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    agents: u32,
    /// Different combinations of skills and groups among them
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    profiles: u32,
    /// Skills in the plan
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    skills: u32,
    /// Contacts that wait all the time
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(0..=1_800_000))]
    waiting: u32,
    /// Seed of the load
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl SizeArgs {
    fn size(&self, own_every: u32) -> Size {
        let Self { agents, profiles, skills, waiting, .. } = *self;
        Size { agents, profiles: profiles.min(agents), skills, waiting, own_every }
    }
}

#[derive(Debug, Subcommand)]
enum What {
    /// The engine alone, in this process, without I/O
    Engine(engine::Args),
    /// A change of the plan under load, without I/O
    Plan(plan::Args),
    /// What an agent's schedule says, without I/O
    Schedule(schedule::Args),
    /// Estimates of waits, and a level change with very many waiting, without I/O
    Surge(surge::Args),
}

/// Measures, and prints the figures.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Engine(args) => engine::run(args),
        What::Plan(args) => plan::run(args),
        What::Schedule(args) => schedule::run(args),
        What::Surge(args) => surge::run(args),
    }
}
