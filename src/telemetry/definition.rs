//! What a metric is made of, and the buckets of histograms.

use metrics::Unit;

/// What kind of metric it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, from zero when the process starts.
    Counter,
    /// Is what it is now.
    Gauge,
    /// Counts by buckets.
    Histogram,
}

/// One metric.
#[derive(Debug)]
pub struct Definition {
    /// Its full name.
    pub name: &'static str,
    /// What kind it is.
    pub kind: Kind,
    /// What it is counted in.
    pub unit: Unit,
    /// The names of its labels, in the order in which values are given.
    pub labels: &'static [&'static str],
    /// Upper bounds of the buckets of a histogram.
    pub buckets: &'static [f64],
    /// What it tells.
    pub help: &'static str,
}

/// Waits and working times: 0.1 s to 1 h, with the usual objectives (5, 10, 15, 20, 30, 45, 60, 90 s, 2, 3,
/// 5, 10, 15, 20, 30 min) as bounds, so that service levels are exact.
pub const WAIT_BUCKETS: &[f64] = &[
    0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0,
    900.0, 1200.0, 1800.0, 3600.0,
];

/// From offer to acceptance: machines accept in milliseconds, people in seconds, slow ones in minutes.
pub const ACCEPT_BUCKETS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0,
    60.0, 120.0, 300.0, 600.0,
];

/// Calls, syncs of the journal: 50 µs to 1 s, and what is worse.
pub const LATENCY_BUCKETS: &[f64] = &[
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// From the time of an edge to its event: milliseconds as a rule, minutes when something is wrong.
pub const EDGE_BUCKETS: &[f64] =
    &[0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0];

/// From a request for a callback to the customer: minutes as a rule, days where it was asked for.
pub const CALLBACK_BUCKETS: &[f64] = &[
    60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 86400.0, 172_800.0, 604_800.0,
];

/// Scores: each its own.
pub const SCORE_BUCKETS: &[f64] = &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];

/// What was by what was said: 1 when that was right.
pub const RATIO_BUCKETS: &[f64] = &[0.1, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0];

/// Sizes of batches: powers of two.
pub const SIZE_BUCKETS: &[f64] =
    &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0];

pub(super) const fn counter(
    name: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Definition {
    metric(Kind::Counter, name, Unit::Count, labels, &[], help)
}

pub(super) const fn gauge(
    name: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Definition {
    metric(Kind::Gauge, name, Unit::Count, labels, &[], help)
}

pub(super) const fn seconds(
    name: &'static str,
    labels: &'static [&'static str],
    buckets: &'static [f64],
    help: &'static str,
) -> Definition {
    metric(Kind::Histogram, name, Unit::Seconds, labels, buckets, help)
}

pub(super) const fn metric(
    kind: Kind,
    name: &'static str,
    unit: Unit,
    labels: &'static [&'static str],
    buckets: &'static [f64],
    help: &'static str,
) -> Definition {
    Definition { name, kind, unit, labels, buckets, help }
}
