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
use crate::{
    engine::command::Command,
    sim::load::{Load, Watch, plan},
};

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
    longest_part_ms: f64,
    longest_commit_ms: f64,
    longest_slice_ms: f64,
    steps: u64,
    contacts_before: usize,
    contacts_after: usize,
}

/// What a step of a change does.
#[derive(Debug, Clone, Copy, Default)]
enum Kind {
    /// Sets a part aside.
    Part,
    /// Puts it into force.
    Commit,
    /// Carries a slice of it out.
    #[default]
    Slice,
}

/// Notes how long steps take, by kind.
struct Longest {
    began: Instant,
    kind: Kind,
    milliseconds: [f64; 3],
    steps: u64,
}

impl Watch for Longest {
    fn begin(&mut self, command: &Command) {
        self.kind = match command {
            Command::StagePlan { .. } => Kind::Part,
            Command::CommitPlan { .. } => Kind::Commit,
            _ => Kind::Slice,
        };
        self.began = Instant::now();
    }

    fn end(&mut self) {
        let longest = &mut self.milliseconds[self.kind as usize];
        *longest = longest.max(self.began.elapsed().as_secs_f64() * 1e3);
        self.steps += 1;
    }
}

/// Measures and prints.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let size = args.size.size(0);
    let mut load = Load::new(size, args.size.seed);
    load.apply(&plan(size, size.agents, args.size.seed));
    load.sign_in();
    load.fill();
    for _ in 0..size.waiting {
        load.enqueue();
    }
    let contacts_before = load.state().live_count();
    // Another seed gives everybody other skills.
    let changed = plan(size, size.agents, args.size.seed + 1);
    let watch = Longest { began: Instant::now(), kind: Kind::default(), milliseconds: [0.0; 3], steps: 0 };
    let mut load = load.watched(watch);
    let start = Instant::now();
    load.apply(&changed);
    let applied = start.elapsed().as_secs_f64();
    let figures = Figures {
        agents: size.agents,
        waiting: size.waiting,
        applied_ms: applied * 1e3,
        longest_step_ms: load.watch().milliseconds.iter().copied().fold(0.0, f64::max),
        longest_part_ms: load.watch().milliseconds[Kind::Part as usize],
        longest_commit_ms: load.watch().milliseconds[Kind::Commit as usize],
        longest_slice_ms: load.watch().milliseconds[Kind::Slice as usize],
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
        writeln!(out, "  {:>10.1} ms the longest step; of these:", figures.longest_step_ms)?;
        writeln!(out, "  {:>10.1} ms the longest that sets a part aside", figures.longest_part_ms)?;
        writeln!(out, "  {:>10.1} ms the one that puts it into force", figures.longest_commit_ms)?;
        writeln!(out, "  {:>10.1} ms the longest that carries a slice out", figures.longest_slice_ms)?;
        writeln!(out, "  {contacts_after:>10} contacts live afterwards")?;
    }
    Ok(ExitCode::SUCCESS)
}
