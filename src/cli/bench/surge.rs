//! `kefud bench surge`: how long it takes to tell how long everybody waits, and to change the level of a queue in which
//! very many wait. Of the former the median over passes through all queues is measured; of the latter an engine's steps
//! from the second in which the level rises, and from a supervisor's word that has it fall, until the policies are in force
//! and matching goes on, with events encoded as for the journal.

use std::{
    hint::black_box,
    io::{self, Write},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context as _, anyhow, ensure};
use serde::Serialize;

use crate::sim::{lines::Lines, rush::Rush};

const QUEUES: u32 = 1_000;
const WAITING_EACH: u32 = 50;

/// Passes through all queues; the median counts.
const PASSES: usize = 101;

const AGENTS: u32 = 5_000;
const WAITING: u32 = 100_000;

/// Centres whose level changes; the median counts.
const CENTRES: u64 = 5;

/// What the medians may be at most with `--check`.
const ESTIMATE_US_MAX: f64 = 5.0;
const CHANGE_MS_MAX: f64 = 50.0;
const STEP_MS_MAX: f64 = 10.0;

/// Arguments of `kefud bench surge`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Seed of agents and contacts
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
    /// Of who would come to a queue.
    estimate_queue_us: f64,
    /// Of the last in line.
    estimate_contact_us: f64,
    /// From level 0 to 3, and the longest step until nothing more is due: all are told, and all are offered to who are free.
    rise_ms: f64,
    rise_step_ms: f64,
    /// Back to 0.
    fall_ms: f64,
    fall_step_ms: f64,
    seed: u64,
}

/// Measures and prints.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (estimate_queue_us, estimate_contact_us) = estimates_us()?;
    let (rise, fall) = changes_ms(args.seed)?;
    let (rise_ms, rise_step_ms) = rise;
    let (fall_ms, fall_step_ms) = fall;
    let seed = args.seed;
    let figures = Figures {
        estimate_queue_us,
        estimate_contact_us,
        rise_ms,
        rise_step_ms,
        fall_ms,
        fall_step_ms,
        seed,
    };
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&figures).context("the figures as JSON")?)?;
    } else {
        writeln!(out, "{QUEUES} queues with {WAITING_EACH} waiting in each")?;
        writeln!(out, "  {estimate_queue_us:>10.2} µs the wait of who comes to one of them now")?;
        writeln!(out, "  {estimate_contact_us:>10.2} µs the wait of the last in line")?;
        writeln!(out, "a queue with {WAITING} waiting, and {AGENTS} agents who are all different")?;
        writeln!(out, "  {rise_ms:>10.1} ms until it has risen from level 0 to 3 and matching goes on")?;
        writeln!(out, "  {rise_step_ms:>10.1} ms the longest step, until all are told and nobody is free")?;
        writeln!(out, "  {fall_ms:>10.1} ms until it has fallen to 0 and matching goes on")?;
        writeln!(out, "  {fall_step_ms:>10.1} ms the longest step")?;
    }
    let missed = [
        ("estimate_queue_us", estimate_queue_us, ESTIMATE_US_MAX),
        ("estimate_contact_us", estimate_contact_us, ESTIMATE_US_MAX),
        ("rise_ms", rise_ms, CHANGE_MS_MAX),
        ("rise_step_ms", rise_step_ms, STEP_MS_MAX),
        ("fall_ms", fall_ms, CHANGE_MS_MAX),
        ("fall_step_ms", fall_step_ms, STEP_MS_MAX),
    ];
    let missed: Vec<_> =
        missed.into_iter().filter(|(_, found, target)| args.check && found > target).collect();
    for (name, found, target) in &missed {
        writeln!(out, "{name} is {found:.1}, which is beyond {target:.0}")?;
    }
    Ok(if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// How long the estimate of a queue takes, and that of a contact.
fn estimates_us() -> anyhow::Result<(f64, f64)> {
    let lines = Lines::new(QUEUES, WAITING_EACH);
    let (state, now_ms) = (lines.state(), lines.now_ms());
    let (queues, contacts) = (lines.queues(), lines.last_in_line());
    let known = queues.iter().filter(|queue| state.estimate_of_queue(**queue, now_ms).wait.is_ok()).count();
    ensure!(known == QUEUES as usize, "the wait is known of {known} queues only");
    let of_queues = passes_us(|| {
        for queue in &queues {
            black_box(state.estimate_of_queue(black_box(*queue), now_ms));
        }
    });
    let of_contacts = passes_us(|| {
        for record in contacts.iter().filter_map(|contact| state.contact(*contact)) {
            black_box(state.estimate_of(black_box(record), now_ms));
        }
    });
    Ok((of_queues, of_contacts))
}

/// The median time of one of a pass through all.
fn passes_us(mut pass: impl FnMut()) -> f64 {
    let mut once = |_| {
        let start = Instant::now();
        pass();
        start.elapsed().as_secs_f64() * 1e6 / f64::from(QUEUES)
    };
    median((0..PASSES).map(&mut once).collect())
}

/// How long the steps of a change take, and the longest of them.
type Change = (f64, f64);

/// The steps of a change until nothing more is due: all of them until `done`, the longest at all.
fn change_ms(
    rush: &mut Rush,
    mut step: impl FnMut(&mut Rush) -> bool,
    done: impl Fn(&Rush) -> bool,
) -> Change {
    let (mut total_ms, mut longest_ms, mut over) = (0.0, 0.0_f64, false);
    loop {
        let start = Instant::now();
        let more = step(rush);
        let took_ms = start.elapsed().as_secs_f64() * 1e3;
        longest_ms = longest_ms.max(took_ms);
        if !over {
            total_ms += took_ms;
            over = done(rush);
        }
        if !more {
            return (total_ms, longest_ms);
        }
    }
}

/// What rising and falling take: the medians of some centres.
fn changes_ms(seed: u64) -> anyhow::Result<(Change, Change)> {
    let (mut rises, mut falls) = (Vec::new(), Vec::new());
    for number in 0..CENTRES {
        let rush = Rush::new(AGENTS, WAITING, seed.wrapping_add(number));
        let mut rush = rush.map_err(|problems| anyhow!("the plan to measure with: {problems:?}"))?;
        let before = rush.offers();
        rises.push(change_ms(&mut rush, Rush::tick, |rush| {
            rush.level_in_force() == Some(3) && rush.offers() > before
        }));
        ensure!(rush.level_in_force() == Some(3), "the level is {:?}", rush.level_in_force());
        let mut first = true;
        let fall = |rush: &mut Rush| if std::mem::take(&mut first) { rush.fall() } else { rush.tick() };
        falls.push(change_ms(&mut rush, fall, |rush| rush.level_in_force() == Some(0)));
        ensure!(rush.level_in_force() == Some(0), "the level is {:?}", rush.level_in_force());
    }
    let medians = |changes: &[Change]| {
        let totals = changes.iter().map(|(total_ms, _)| *total_ms).collect();
        (median(totals), median(changes.iter().map(|(_, longest_ms)| *longest_ms).collect()))
    };
    Ok((medians(&rises), medians(&falls)))
}
