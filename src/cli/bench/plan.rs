//! `kefud bench plan`: a change of the plan that touches every agent, while contacts wait: how long until
//! it has taken effect, and how long any single step of it holds up other commands.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Instant,
};

use anyhow::Context as _;
use serde::Serialize;

use super::SizeArgs;
use crate::sim::load::{Load, Watch, plan};

/// Arguments of `kefud bench plan`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    size: SizeArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What was measured. The names are stable.
#[derive(Debug, Serialize)]
struct Figures {
    agents: u32,
    waiting: u32,
    applied_ms: f64,
    longest_step_ms: f64,
    steps: u64,
    contacts_before: usize,
    contacts_after: usize,
}

/// Notes how long steps take.
struct Longest {
    began: Instant,
    seconds: f64,
    steps: u64,
}

impl Watch for Longest {
    fn begin(&mut self) {
        self.began = Instant::now();
    }

    fn end(&mut self) {
        self.seconds = self.seconds.max(self.began.elapsed().as_secs_f64());
        self.steps += 1;
    }
}

/// Measures and prints.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let size = args.size.size(0);
    let mut load = Load::new(size, args.size.seed);
    load.apply(plan(size, size.agents, args.size.seed));
    load.sign_in();
    load.fill();
    for _ in 0..size.waiting {
        load.enqueue();
    }
    let contacts_before = load.state().live_count();
    // Another seed gives everybody other skills.
    let changed = plan(size, size.agents, args.size.seed + 1);
    let mut load = load.watched(Longest { began: Instant::now(), seconds: 0.0, steps: 0 });
    let start = Instant::now();
    load.apply(changed);
    let applied = start.elapsed().as_secs_f64();
    let figures = Figures {
        agents: size.agents,
        waiting: size.waiting,
        applied_ms: applied * 1e3,
        longest_step_ms: load.watch().seconds * 1e3,
        steps: load.watch().steps,
        contacts_before,
        contacts_after: load.state().live_count(),
    };
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&figures).context("the figures as JSON")?)?;
    } else {
        let Figures { agents, contacts_before, contacts_after, steps, .. } = figures;
        writeln!(out, "a plan that changes {agents} agents, {contacts_before} contacts live")?;
        writeln!(out, "  {:>10.1} ms until it has taken effect, in {steps} steps", figures.applied_ms)?;
        writeln!(out, "  {:>10.1} ms the longest step", figures.longest_step_ms)?;
        writeln!(out, "  {contacts_after:>10} contacts live afterwards")?;
    }
    Ok(ExitCode::SUCCESS)
}
