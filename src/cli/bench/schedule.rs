//! `kefud bench schedule`: how long it takes to tell whether an agent is on shift, and when that changes next, and to
//! bring a whole shift in. Of the former the median over a year is measured, with leads, three breaks a shift and fifty
//! dated exceptions; of the latter an engine's steps at nine sharp, events encoded as for the journal.

use std::{
    hint::black_box,
    io::{self, Write},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context as _, anyhow};
use serde::Serialize;

use crate::{
    schedule::Schedules,
    sim::{
        edge::Edge,
        rules::{instants, largest_plan, open_calendar, rules},
    },
};

/// Questions of one look at the clock, which itself takes as long as a fraction of one.
const BATCH: usize = 64;

const BATCHES: usize = 4_096;

/// Looks at the calendar's next change, each of which takes longer.
const CALENDAR_BATCHES: usize = 64;

/// Agents whose shift begins at nine, and contacts that wait for them.
const EDGE_AGENTS: u32 = 5_000;
const EDGE_WAITING: u32 = 1_000;

/// Centres whose shift begins; the median counts.
const EDGES: usize = 9;

/// What the medians may be at most with `--check`.
const ON_SHIFT_NS_MAX: f64 = 1_000.0;
const NEXT_EDGE_NS_MAX: f64 = 5_000.0;
const CALENDAR_NEXT_NS_MAX: f64 = 50_000.0;

/// What an edge may take, and its longest step.
const EDGE_MS_MAX: f64 = 50.0;
const EDGE_STEP_MS_MAX: f64 = 10.0;

/// Arguments of `kefud bench schedule`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Seed of the instants
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// End with status 1 if a figure is beyond its target
    #[arg(long)]
    check: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What was measured. The names are stable.
#[derive(Debug, Serialize)]
struct Figures {
    on_shift_ns_p50: f64,
    state_ns_p50: f64,
    next_edge_ns_p50: f64,
    /// The next change of a calendar that is open all year.
    calendar_next_ns_p50: f64,
    /// Until everybody of a shift is on it, and the longest step on the way.
    edge_ms: f64,
    edge_step_ms: f64,
    /// Of the largest plan: its calendars, rotas and zones, as at a change of the plan.
    compile_ms: f64,
    seed: u64,
}

/// Measures and prints.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (rules, leads) = rules().map_err(|problems| anyhow!("the plan to measure with: {problems:?}"))?;
    let instants = instants(args.seed, BATCH * BATCHES);
    let calendar = open_calendar();
    let some = instants.get(..BATCH * CALENDAR_BATCHES).unwrap_or(&instants);
    let (edge_ms, edge_step_ms) = edge_ms()?;
    let figures = Figures {
        on_shift_ns_p50: median_ns(&instants, |at_s| rules.on_shift(at_s)),
        state_ns_p50: median_ns(&instants, |at_s| rules.state_at(at_s, &leads)),
        next_edge_ns_p50: median_ns(&instants, |at_s| rules.next_edge(at_s, &leads)),
        calendar_next_ns_p50: median_ns(some, |at_s| calendar.next_edge(at_s)),
        edge_ms,
        edge_step_ms,
        compile_ms: compile_ms(),
        seed: args.seed,
    };
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&figures).context("the figures as JSON")?)?;
    } else {
        let Figures { on_shift_ns_p50, state_ns_p50, next_edge_ns_p50, compile_ms, .. } = figures;
        let Figures { calendar_next_ns_p50, .. } = figures;
        writeln!(
            out,
            "an agent with three shifts of three breaks and 50 dated exceptions, medians over a year"
        )?;
        writeln!(out, "  {on_shift_ns_p50:>10.0} ns whether it is on shift")?;
        writeln!(out, "  {state_ns_p50:>10.0} ns which channels may be offered")?;
        writeln!(out, "  {next_edge_ns_p50:>10.0} ns when that changes next")?;
        writeln!(
            out,
            "  {calendar_next_ns_p50:>10.0} ns when a calendar that is open all year changes next"
        )?;
        writeln!(out, "  {compile_ms:>10.1} ms the largest plan's calendars and rotas, when it changes")?;
    }
    if !args.json {
        writeln!(out, "a shift of {EDGE_AGENTS} begins, while {EDGE_WAITING} contacts wait")?;
        writeln!(out, "  {edge_ms:>10.1} ms until everybody is on it")?;
        writeln!(out, "  {edge_step_ms:>10.1} ms the longest step of these")?;
    }
    let missed = [
        ("on_shift_ns_p50", figures.on_shift_ns_p50, ON_SHIFT_NS_MAX),
        ("next_edge_ns_p50", figures.next_edge_ns_p50, NEXT_EDGE_NS_MAX),
        ("calendar_next_ns_p50", figures.calendar_next_ns_p50, CALENDAR_NEXT_NS_MAX),
        ("edge_ms", edge_ms, EDGE_MS_MAX),
        ("edge_step_ms", edge_step_ms, EDGE_STEP_MS_MAX),
    ];
    let missed: Vec<_> =
        missed.into_iter().filter(|(_, found, target)| args.check && found > target).collect();
    for (name, found, target) in &missed {
        writeln!(out, "{name} is {found:.0}, which is beyond {target:.0}")?;
    }
    Ok(if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How long it takes until a whole shift is in, and the longest step of that: the medians of some centres.
fn edge_ms() -> anyhow::Result<(f64, f64)> {
    let (mut totals_ms, mut longest_ms) = (Vec::new(), Vec::new());
    for _ in 0..EDGES {
        let edge = Edge::new(EDGE_AGENTS, EDGE_WAITING);
        let mut edge = edge.map_err(|problems| anyhow!("the plan to measure with: {problems:?}"))?;
        let (mut total_ms, mut step_ms) = (0.0, 0.0_f64);
        loop {
            let start = Instant::now();
            let more = edge.tick();
            let took_ms = start.elapsed().as_secs_f64() * 1e3;
            total_ms += took_ms;
            step_ms = step_ms.max(took_ms);
            if !more {
                break;
            }
        }
        totals_ms.push(total_ms);
        longest_ms.push(step_ms);
    }
    Ok((median(&mut totals_ms), median(&mut longest_ms)))
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// How long the schedules of the largest plan take: the best of a few, as it is done once.
fn compile_ms() -> f64 {
    let plan = largest_plan();
    let once = |_| {
        let start = Instant::now();
        black_box(Schedules::new(black_box(&plan), &|_| None));
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..5).map(once).fold(f64::INFINITY, f64::min)
}

/// The median time of a question, over batches of them.
fn median_ns<T>(instants: &[i64], ask: impl Fn(i64) -> T) -> f64 {
    let mut batches_ns: Vec<f64> = instants
        .chunks_exact(BATCH)
        .map(|batch| {
            let start = Instant::now();
            for &at_s in batch {
                black_box(ask(black_box(at_s)));
            }
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            let each_ns = start.elapsed().as_secs_f64() * 1e9 / BATCH as f64;
            each_ns
        })
        .collect();
    median(&mut batches_ns)
}
