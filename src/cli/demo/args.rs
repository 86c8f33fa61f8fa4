//! What `kefud demo` is asked for, and what it says of it. Must not start anything.

use std::{fs::File, path::PathBuf, time::Duration};

use anyhow::{Context, bail};
use clap::builder::RangedU64ValueParser;
use jiff::civil::DateTime;

use super::{
    host::Host,
    trace::{self, Columns, Trace},
};
use crate::plan;

const SPEED_MIN: f64 = 0.1;
const SPEED_MAX: f64 = 100_000.0;
const LOAD_MIN: f64 = 0.01;
const LOAD_MAX: f64 = 100.0;

/// What `--help` says below the options.
const HELP: &str = "\
The daemon runs in this process, on ports 7770 (gRPC) and 7771 (metrics) or on free ones, with the
sample plan, and with data in a temporary directory that is removed at the end. Gateways and agents
talk to it over gRPC.

With --speed N everything goes N times as fast: arrivals, patience, talks, reactions, and also the
times of the plan (a copy of it is applied: offer timeouts, wrap-ups, exclusions, objectives), though
none below the second that a plan allows; objectives keep their proportions. All times shown are the
demo's, not the clock's; those on the metrics page are the clock's. Above a speed of about 100 the
milliseconds that this machine takes show in them.

The demo ends after --duration, when all calls of a trace are over, or at Ctrl-C (the second one ends
it at once), with a summary. It exits with 1 when the gateways' own counts and the daemon's do not add
up, or when a call was answered as it shouldn't have been.";

/// Arguments of `kefud demo`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = HELP)]
pub struct Args {
    /// How much faster than the clock, 0.1 to 100000
    #[arg(long, value_name = "N", default_value = "30", value_parser = speed)]
    pub speed: f64,
    /// End after this time by the clock, such as 20s or 5m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub duration: Option<Duration>,
    /// Seed of the chance by which customers come and agents behave
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Sign in so many agents of the plan, taken evenly from its list; all if not given
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub agents: Option<usize>,
    /// Work that customers bring, as a share of what the agents can do, 0.01 to 100
    #[arg(long, value_name = "SHARE", default_value = "0.85", value_parser = load)]
    pub load: f64,
    /// Play the calls of a CSV file instead of synthetic customers
    ///
    /// They come by the plan's first realtime channel. Categories that the plan lacks are added to the
    /// copy of the plan, each to the queue with the most room among its agents. A caller who hung up has
    /// the patience of the row, and talks for the mean of the category when answered this time; all others
    /// wait as long as it takes. Unreadable rows are told and counted.
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Start with the first call of the trace at or after this time, such as 1999-02-01T08:00
    #[arg(long, value_name = "TIME", requires = "trace")]
    pub from: Option<DateTime>,
    #[command(flatten)]
    columns: Columns,
}

impl Args {
    /// Reads the trace, if there is one, and tells rows that can't be read.
    pub fn read_trace(&self) -> anyhow::Result<Option<Trace>> {
        let Some(path) = &self.trace else { return Ok(None) };
        let shown = path.display();
        let file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
        let trace = trace::read(file, &self.columns, self.from).with_context(|| shown.to_string())?;
        for problem in &trace.problems {
            eprintln!("kefud: {shown}: {problem}");
        }
        let told = u64::try_from(trace.problems.len()).unwrap_or(u64::MAX);
        if trace.unreadable > told {
            eprintln!("kefud: {shown}: {} more rows can't be read", trace.unreadable - told);
        }
        if trace.arrivals.is_empty() {
            bail!(
                "{shown} has no calls to play{}",
                if self.from.is_some() { " at or after --from" } else { "" }
            );
        }
        Ok(Some(trace))
    }

    /// The lines at the top.
    pub fn heading(&self, host: &Host, trace: Option<&Trace>) -> Vec<String> {
        let (grpc, metrics) = (host.grpc, host.metrics);
        let what = match (trace, &self.trace) {
            (Some(trace), Some(path)) => {
                let calls = trace.arrivals.len();
                format!("{calls} calls of {}", path.display())
            }
            _ => format!("synthetic customers with seed {}", self.seed),
        };
        let end = self.duration.map_or_else(String::new, |time| format!(" after {time:?}, or"));
        vec![
            format!("kefud demo  gRPC http://{grpc}  metrics http://{metrics}/metrics"),
            format!("{what}, {} times as fast as the clock; ends{end} by Ctrl-C", self.speed),
        ]
    }

    /// What the summary has to say of the trace's rows.
    pub fn notes(&self, trace: Option<&Trace>) -> String {
        trace.map_or_else(String::new, |trace| {
            let Trace { arrivals, phantoms, skipped, unreadable, .. } = trace;
            format!(
                "Trace: {} calls to play; left out {phantoms} phantoms, {skipped} before --from, {unreadable} \
                 unreadable rows.\n",
                arrivals.len()
            )
        })
    }
}

fn number(text: &str, min: f64, max: f64) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (min..=max).contains(number));
    number.ok_or_else(|| format!("give a number from {min} to {max}"))
}

fn speed(text: &str) -> Result<f64, String> {
    number(text, SPEED_MIN, SPEED_MAX)
}

fn load(text: &str) -> Result<f64, String> {
    number(text, LOAD_MIN, LOAD_MAX)
}

fn duration(text: &str) -> Result<Duration, String> {
    plan::parse_ms(text).map(Duration::from_millis)
}
