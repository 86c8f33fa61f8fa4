//! The metrics of a rush: how long waits are expected to be, and how well that is told; surge levels, what they bring
//! about, and callbacks.

use metrics::Unit;

use super::{
    super::definition::{
        CALLBACK_BUCKETS, Definition, Kind, RATIO_BUCKETS, WAIT_BUCKETS, counter, gauge, metric, seconds,
    },
    BY_QUEUE, QUEUE, TENANT,
};

/// How long who comes now will wait.
pub const EXPECTED_WAIT: Definition = metric(
    Kind::Gauge,
    "kefud_expected_wait_seconds",
    Unit::Seconds,
    BY_QUEUE,
    &[],
    "Expected wait of a contact that comes to the queue now; NaN while it is not known.",
);
/// The same in four of five cases.
pub const EXPECTED_WAIT_BOUND: Definition = metric(
    Kind::Gauge,
    "kefud_expected_wait_bound_seconds",
    Unit::Seconds,
    BY_QUEUE,
    &[],
    "What the wait of a contact that comes to the queue now will not exceed in four of five cases; NaN while it is not known.",
);
/// How far off what was told is.
pub const ESTIMATE_ERROR: Definition = seconds(
    "kefud_estimate_error_seconds",
    BY_QUEUE,
    WAIT_BUCKETS,
    "Difference, either way, between the wait of an answered contact and what it was told when it came.",
);
/// The wait by what was told.
pub const ESTIMATE_RATIO: Definition = metric(
    Kind::Histogram,
    "kefud_estimate_ratio",
    Unit::Count,
    BY_QUEUE,
    RATIO_BUCKETS,
    "Wait of an answered contact divided by what it was told when it came.",
);
/// Whether what is told is too much or too little as a rule.
pub const ESTIMATE_BIAS: Definition = gauge(
    "kefud_estimate_bias_ratio",
    BY_QUEUE,
    "By how much of the wait the latest 512 answered contacts were told too much (less than 0: too little), made up for those who left before they were answered.",
);
/// Whether bounds hold as often as they should.
pub const BOUND_COVERAGE: Definition = gauge(
    "kefud_estimate_bound_coverage_ratio",
    BY_QUEUE,
    "Share of the latest 512 answered contacts that waited no longer than the bound that they were told, made up likewise; 0.8 is meant.",
);
/// Contacts to whom nothing could be told.
pub const ESTIMATES_UNKNOWN: Definition = counter(
    "kefud_estimates_unknown_total",
    &[TENANT, QUEUE, "reason"],
    "Contacts that came while no wait could be told: no_basis, nobody_staffed, stalled or closed.",
);

/// Levels.
pub const SURGE_LEVEL: Definition = gauge(
    "kefud_surge_level",
    BY_QUEUE,
    "Surge level of a queue that has a surge plan: 0 normal, 1 elevated, 2 surge, 3 critical.",
);
/// Levels that a supervisor has set.
pub const SURGE_BY_HAND: Definition =
    gauge("kefud_surge_by_hand", BY_QUEUE, "1 while a supervisor has set the surge level of the queue.");
/// Changes of levels.
pub const SURGE_LEVEL_CHANGES: Definition = counter(
    "kefud_surge_level_changes_total",
    &[TENANT, QUEUE, "level", "direction", "cause"],
    "Changes of the surge level, by the level that they led to, whether it rose or fell, and why.",
);
/// Steps taken and undone.
pub const SURGE_STEPS: Definition = counter(
    "kefud_surge_steps_total",
    &[TENANT, QUEUE, "level", "step", "action"],
    "Surge steps that were taken or undone, by the level whose steps they are, and kind.",
);
/// Steps in force.
pub const SURGE_STEPS_IN_FORCE: Definition =
    gauge("kefud_surge_steps_in_force", &[TENANT, QUEUE, "step"], "Surge steps in force now, by kind.");
/// What customers were to be told.
pub const WAIT_NOTICES: Definition = counter(
    "kefud_wait_notices_total",
    &[TENANT, QUEUE, "kind"],
    "Notices for customers who wait that gateways were given: message or callback_offer.",
);
/// Contacts that went on to other queues.
pub const OVERFLOWED: Definition = counter(
    "kefud_overflowed_total",
    &[TENANT, QUEUE, "to"],
    "Contacts that had waited in the queue and that a surge step moved to another.",
);
/// Contacts that did not.
pub const OVERFLOWS_STOPPED: Definition = counter(
    "kefud_overflows_stopped_total",
    &[TENANT, QUEUE, "reason"],
    "Contacts that a surge step left where they were: they had been in the other queue (loop), or had gone on too often (hops).",
);
/// Contacts that went to bots.
pub const DEFLECTIONS: Definition = counter(
    "kefud_deflections_total",
    BY_QUEUE,
    "Contacts handed to a bot while they waited in the queue, by a surge step or their gateway.",
);
/// Callbacks.
pub const CALLBACKS: Definition = counter(
    "kefud_callbacks_total",
    &[TENANT, QUEUE, "outcome"],
    "Callbacks made, merged into one that was open, and ended: reached, exhausted, expired, cancelled or absorbed.",
);
/// Attempts.
pub const CALLBACK_ATTEMPTS: Definition = counter(
    "kefud_callback_attempts_total",
    &[TENANT, QUEUE, "result"],
    "Attempts to reach customers that ended: reached, no_answer, busy, refused, unreachable, customer_gone or timeout.",
);
/// Open callbacks.
pub const CALLBACKS_OPEN: Definition = gauge(
    "kefud_callbacks",
    &[TENANT, QUEUE, "state"],
    "Open callbacks of a queue that makes any: in_line, or pending (for another time, or with an agent).",
);
/// How long customers wait for them.
pub const CALLBACK_WAIT: Definition = seconds(
    "kefud_callback_wait_seconds",
    BY_QUEUE,
    CALLBACK_BUCKETS,
    "Time from the request for a callback until its customer was reached.",
);

/// All of them.
pub(super) const ALL: &[&Definition] = &[
    &EXPECTED_WAIT,
    &EXPECTED_WAIT_BOUND,
    &ESTIMATE_ERROR,
    &ESTIMATE_RATIO,
    &ESTIMATE_BIAS,
    &BOUND_COVERAGE,
    &ESTIMATES_UNKNOWN,
    &SURGE_LEVEL,
    &SURGE_BY_HAND,
    &SURGE_LEVEL_CHANGES,
    &SURGE_STEPS,
    &SURGE_STEPS_IN_FORCE,
    &WAIT_NOTICES,
    &OVERFLOWED,
    &OVERFLOWS_STOPPED,
    &DEFLECTIONS,
    &CALLBACKS,
    &CALLBACK_ATTEMPTS,
    &CALLBACKS_OPEN,
    &CALLBACK_WAIT,
];
