//! `kefud bench engine`: full cycles (enqueue, offer, accept, connect, complete, wrap-up) on one engine and
//! one thread, events encoded as for the journal and evolved, nothing written. First throughput without
//! looking at the clock, then the time of each step, and memory by the allocator's own count.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use hdrhistogram::Histogram;
use serde::Serialize;

use super::SizeArgs;
use crate::{
    engine::command::Command,
    sim::load::{Load, Watch, plan},
};

/// Arguments of `kefud bench engine`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    size: SizeArgs,
    /// Every so many contacts one asks for skills of its own; 0: none does
    #[arg(long, default_value_t = 0)]
    own_every: u32,
    /// Seconds to measure throughput for, and again as many for the time of each step
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What was measured. The names are stable.
#[derive(Debug, Serialize)]
struct Figures {
    agents: u32,
    profiles: u32,
    skills: u32,
    waiting: u32,
    cycles_per_s: f64,
    decision_ns_p50: u64,
    decision_ns_p99: u64,
    bytes_per_waiting_contact: f64,
    bytes_per_agent: f64,
    events_per_cycle: f64,
    own_every: u32,
    seed: u64,
}

/// Bytes that the program holds now.
fn allocated() -> anyhow::Result<f64> {
    tikv_jemalloc_ctl::epoch::advance().map_err(|error| anyhow::anyhow!("the allocator: {error}"))?;
    let bytes = tikv_jemalloc_ctl::stats::allocated::read()
        .map_err(|error| anyhow::anyhow!("the allocator: {error}"))?;
    #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
    Ok(bytes as f64)
}

/// Cycles done between two looks at the clock.
const CYCLES_PER_LOOK: u32 = 256;

/// Measures and prints.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let figures = measure(args)?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&figures).context("the figures as JSON")?)?;
    } else {
        print(&mut out, &figures)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(out: &mut impl Write, figures: &Figures) -> io::Result<()> {
    let Figures { agents, profiles, skills, waiting, .. } = figures;
    writeln!(out, "{agents} agents of {profiles} profiles, {skills} skills, {waiting} contacts waiting")?;
    writeln!(
        out,
        "  {:>12.0} full cycles a second ({:.1} events each)",
        figures.cycles_per_s, figures.events_per_cycle
    )?;
    writeln!(out, "  {:>12} ns a step in the median", figures.decision_ns_p50)?;
    writeln!(out, "  {:>12} ns at the 99th percentile", figures.decision_ns_p99)?;
    writeln!(out, "  {:>12.0} bytes a waiting contact", figures.bytes_per_waiting_contact)?;
    writeln!(out, "  {:>12.0} bytes an agent", figures.bytes_per_agent)
}

fn measure(args: &Args) -> anyhow::Result<Figures> {
    let size = args.size.size(args.own_every);
    let mut load = Load::new(size, args.size.seed);
    load.apply(&plan(size, 0, args.size.seed));
    let without_agents = allocated()?;
    load.apply(&plan(size, size.agents, args.size.seed));
    load.sign_in();
    let with_agents = allocated()?;
    load.fill();
    let before = (allocated()?, load.state().live_count());
    for _ in 0..size.waiting {
        load.enqueue();
    }
    load.accept_offers();
    let waiting = load.state().live_count() - before.1;
    let after = allocated()?;
    let (cycles_per_s, events_per_cycle) = throughput(&mut load, args.seconds)?;
    let steps = step_times(load, args.seconds)?;
    Ok(Figures {
        agents: size.agents,
        profiles: size.profiles,
        skills: size.skills,
        waiting: size.waiting,
        cycles_per_s,
        decision_ns_p50: steps.value_at_quantile(0.5),
        decision_ns_p99: steps.value_at_quantile(0.99),
        bytes_per_waiting_contact: per(after - before.0, waiting),
        bytes_per_agent: per(with_agents - without_agents, size.agents as usize),
        events_per_cycle,
        own_every: size.own_every,
        seed: args.size.seed,
    })
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn per(bytes: f64, count: usize) -> f64 {
    bytes / count.max(1) as f64
}

/// Cycles a second, and events a cycle.
fn throughput(load: &mut Load, seconds: u32) -> anyhow::Result<(f64, f64)> {
    let (start, events) = (Instant::now(), load.events());
    let mut cycles = 0_u32;
    while start.elapsed() < Duration::from_secs(seconds.into()) {
        for _ in 0..CYCLES_PER_LOOK {
            if !load.cycle() {
                bail!("nobody can serve anybody: give the plan more agents or fewer skills");
            }
        }
        cycles += CYCLES_PER_LOOK;
    }
    let took = start.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
    let events = (load.events() - events) as f64;
    Ok((f64::from(cycles) / took, events / f64::from(cycles)))
}

/// Times every step.
struct Stopwatch {
    began: Instant,
    nanoseconds: Histogram<u64>,
}

impl Watch for Stopwatch {
    fn begin(&mut self, _: &Command) {
        self.began = Instant::now();
    }

    fn end(&mut self) {
        let took = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.saturating_record(took);
    }
}

/// How long steps take, in nanoseconds.
fn step_times(load: Load, seconds: u32) -> anyhow::Result<Histogram<u64>> {
    let nanoseconds = Histogram::new_with_bounds(1, 60_000_000_000, 3).context("a histogram")?;
    let mut load = load.watched(Stopwatch { began: Instant::now(), nanoseconds });
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(seconds.into()) {
        for _ in 0..CYCLES_PER_LOOK {
            load.cycle();
        }
    }
    Ok(load.watch().nanoseconds.clone())
}
