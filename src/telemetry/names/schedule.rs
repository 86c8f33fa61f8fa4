//! The metrics of schedules: who is on shift, who departs from that, when queues are open, how far ahead dates are
//! known.

use metrics::Unit;

use super::{
    super::definition::{Definition, EDGE_BUCKETS, Kind, counter, gauge, metric, seconds},
    BY_QUEUE, BY_TENANT, QUEUE, TENANT,
};

const BY_PRESENCE: &[&str] = &[TENANT, "presence"];
const BY_DEVIATION: &[&str] = &[TENANT, "deviation"];
const TO: &[&str] = &[TENANT, QUEUE, "to"];

/// Where agents stand by their schedules now.
pub const AGENTS_SCHEDULED: Definition = gauge(
    "kefud_agents_scheduled",
    BY_PRESENCE,
    "Agents of the plan, signed in or not, by where their schedules have them: on, break, off, or unscheduled.",
);
/// Who is there now.
pub const AGENTS_ON_SHIFT: Definition = gauge(
    "kefud_agents_on_shift",
    &[TENANT, "group"],
    "Agents of the group who are signed in, and on shift, on a break or without schedule.",
);
/// Who departs now.
pub const AGENTS_DEVIATING: Definition = gauge(
    "kefud_agents_deviating",
    BY_DEVIATION,
    "Agents who depart from their schedules for longer than is tolerated: absent, not_ready or off_shift_ready.",
);
/// Queues that are open now.
pub const QUEUE_OPEN: Definition = gauge("kefud_queue_open", BY_QUEUE, "1 while the queue is open, else 0.");
/// Queues without agents now.
pub const QUEUE_UNSTAFFED: Definition = gauge(
    "kefud_queue_unstaffed",
    BY_QUEUE,
    "1 while the queue is open and no agent of its groups, in whatever ring, is signed in and on shift, on a break or without schedule.",
);
/// Held now.
pub const CONTACTS_HELD: Definition =
    gauge("kefud_contacts_held", BY_QUEUE, "Contacts that nobody is offered before the queue opens.");
/// How far ahead holidays are known.
pub const HOLIDAYS_KNOWN: Definition = metric(
    Kind::Gauge,
    "kefud_holidays_known_seconds",
    Unit::Seconds,
    &[TENANT, "holidays"],
    &[],
    "Time until the end of the last year of which the plan has days; negative when that is over, NaN when there is none.",
);
/// How far ahead shifts are known.
pub const SHIFT_HORIZON: Definition = metric(
    Kind::Gauge,
    "kefud_shift_horizon_seconds",
    Unit::Seconds,
    BY_TENANT,
    &[],
    "Time until the first place where imported recurrences were cut, after which they have to be imported again; NaN or absent when none was.",
);
/// What is not as it should be yet.
pub const SCHEDULE_PENDING: Definition = gauge(
    "kefud_schedule_pending",
    BY_TENANT,
    "Agents and queues that may be others than their schedules say; nothing is offered while there are any.",
);
/// Edges of agents.
pub const SHIFT_EDGES: Definition = counter(
    "kefud_shift_edges_total",
    BY_PRESENCE,
    "Agents whose schedule put them elsewhere, leads and activities included, by where they were from then on.",
);
/// How late edges are.
pub const EDGE_DELAY: Definition = seconds(
    "kefud_shift_edge_delay_seconds",
    BY_TENANT,
    EDGE_BUCKETS,
    "Time from the first edge of a batch to its event, of edges that came while the daemon ran.",
);
/// Departures.
pub const DEVIATIONS: Definition = counter(
    "kefud_deviations_total",
    BY_DEVIATION,
    "Departures of agents from their schedules that lasted for longer than is tolerated.",
);
/// How long these were.
pub const DEVIATION_TIME: Definition = metric(
    Kind::Counter,
    "kefud_deviation_seconds_total",
    Unit::Seconds,
    BY_DEVIATION,
    &[],
    "Length of these departures from their begin, counted when they end.",
);
/// Edges of queues.
pub const QUEUE_EDGES: Definition =
    counter("kefud_queue_edges_total", TO, "How often the queue came to be open or closed.");
/// Contacts for whom another queue was open.
pub const CONTACTS_OVERFLOWED: Definition = counter(
    "kefud_contacts_overflowed_total",
    TO,
    "Contacts from a gateway that the closed queue sent on to another.",
);
/// Contacts that came while it was closed.
pub const CONTACTS_HELD_TOTAL: Definition = counter(
    "kefud_contacts_held_total",
    BY_QUEUE,
    "Contacts that came into the closed queue to wait for its opening.",
);
/// Supervisors' words.
pub const SHIFT_OVERRIDES: Definition = counter(
    "kefud_shift_overrides_total",
    BY_TENANT,
    "Overrides of agents' schedules that supervisors have set.",
);
/// The zones.
pub const TIME_ZONES: Definition = gauge(
    "kefud_time_zones_info",
    &["version"],
    "Always 1; the version of the bundled time-zone database is in the label.",
);

/// All of them.
pub(super) const ALL: &[&Definition] = &[
    &AGENTS_SCHEDULED,
    &AGENTS_ON_SHIFT,
    &AGENTS_DEVIATING,
    &QUEUE_OPEN,
    &QUEUE_UNSTAFFED,
    &CONTACTS_HELD,
    &HOLIDAYS_KNOWN,
    &SHIFT_HORIZON,
    &SCHEDULE_PENDING,
    &SHIFT_EDGES,
    &EDGE_DELAY,
    &DEVIATIONS,
    &DEVIATION_TIME,
    &QUEUE_EDGES,
    &CONTACTS_OVERFLOWED,
    &CONTACTS_HELD_TOTAL,
    &SHIFT_OVERRIDES,
    &TIME_ZONES,
];
