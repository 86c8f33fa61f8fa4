//! What is measured of schedules. Handles are asked of the recorder each time: edges come some times a day, and what
//! stands is read once a scrape.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{TenantGauges, as_f64, names::schedule as names, registry::Registry, seconds};

/// Something that happened by schedules, once it is durable. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Duty {
    /// So many agents came to be `on`, `break`, `off` or `unscheduled`.
    Edges(&'static str, u64),
    /// The first of these edges was due so long before.
    EdgeDelay(u64),
    /// So many agents have departed from their schedules: `absent`, `not_ready` or `off_shift_ready`.
    Deviated(&'static str, u64),
    /// Such a departure ended after so long.
    DeviationEnded(&'static str, u64),
    /// This queue came to be `open` or `closed`.
    QueueEdge(Arc<str>, &'static str),
    /// A contact came to the first of these queues, which is closed, and went on to the second.
    Overflowed(Arc<str>, Arc<str>),
    /// A contact came into this closed queue, to wait there.
    Held(Arc<str>),
    /// A supervisor overrode an agent's schedule.
    Overridden,
}

/// Where a tenant stands by its schedules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DutyGauges {
    /// Agents of the plan by where their schedules have them: `on`, `break`, `off`, `unscheduled`.
    pub scheduled: Vec<(&'static str, u64)>,
    /// Agents who depart from that, by how.
    pub deviating: Vec<(&'static str, u64)>,
    /// Those who are there, by group of the plan. One that is missing here is shown as empty.
    pub on_shift: Vec<(Arc<str>, u64)>,
    /// Seconds until the end of what is known of holidays, by their id; none: nothing is.
    pub holidays_known_s: Vec<(Arc<str>, Option<i64>)>,
    /// Seconds until recurrences were cut; none: none was.
    pub horizon_s: Option<i64>,
    /// Agents and queues that may be others than their schedules say.
    pub pending: u64,
}

/// Records what happened.
pub(super) fn record(registry: &Registry, tenant: &str, duty: &Duty) {
    match duty {
        Duty::Edges(presence, agents) => {
            registry.counter(&names::SHIFT_EDGES, &[tenant, presence]).increment(*agents);
        }
        Duty::EdgeDelay(ms) => registry.histogram(&names::EDGE_DELAY, &[tenant]).record(seconds(*ms)),
        Duty::Deviated(kind, agents) => {
            registry.counter(&names::DEVIATIONS, &[tenant, kind]).increment(*agents);
        }
        Duty::DeviationEnded(kind, ms) => {
            registry.counter(&names::DEVIATION_TIME, &[tenant, kind]).increment((ms + 500) / 1_000);
        }
        Duty::QueueEdge(queue, to) => {
            registry.counter(&names::QUEUE_EDGES, &[tenant, queue, to]).increment(1);
        }
        Duty::Overflowed(queue, to) => {
            registry.counter(&names::CONTACTS_OVERFLOWED, &[tenant, queue, to]).increment(1);
        }
        Duty::Held(queue) => registry.counter(&names::CONTACTS_HELD_TOTAL, &[tenant, queue]).increment(1),
        Duty::Overridden => registry.counter(&names::SHIFT_OVERRIDES, &[tenant]).increment(1),
    }
}

/// What was ever shown, so that what is gone doesn't stay as it was.
#[derive(Default)]
pub(super) struct Shown {
    queues: BTreeSet<Arc<str>>,
    groups: BTreeSet<Arc<str>>,
    holidays: BTreeSet<Arc<str>>,
    horizon: bool,
}

impl Shown {
    /// Shows how the tenant stands. Counts of what has left go to 0, times of it are no number, so that no alert
    /// takes them for short ones.
    pub(super) fn set(&mut self, registry: &Registry, tenant: &str, gauges: &TenantGauges) {
        let duty = &gauges.duty;
        for (presence, agents) in &duty.scheduled {
            registry.gauge(&names::AGENTS_SCHEDULED, &[tenant, presence]).set(as_f64(*agents));
        }
        for (kind, agents) in &duty.deviating {
            registry.gauge(&names::AGENTS_DEVIATING, &[tenant, kind]).set(as_f64(*agents));
        }
        registry.gauge(&names::SCHEDULE_PENDING, &[tenant]).set(as_f64(duty.pending));
        self.horizon |= duty.horizon_s.is_some();
        if self.horizon {
            registry.gauge(&names::SHIFT_HORIZON, &[tenant]).set(left(duty.horizon_s));
        }
        let queues: BTreeMap<_, _> = gauges.queues.iter().map(|queue| (&queue.queue, queue)).collect();
        self.queues.extend(queues.keys().copied().cloned());
        for queue in &self.queues {
            let of = queues.get(queue);
            let set = |metric, value: u64| registry.gauge(metric, &[tenant, queue]).set(as_f64(value));
            set(&names::QUEUE_OPEN, u64::from(of.is_some_and(|of| of.open)));
            set(&names::QUEUE_UNSTAFFED, u64::from(of.is_some_and(|of| of.unstaffed)));
            set(&names::CONTACTS_HELD, of.map_or(0, |of| of.held));
        }
        let groups: BTreeMap<_, _> = duty.on_shift.iter().map(|(group, agents)| (group, *agents)).collect();
        self.groups.extend(groups.keys().copied().cloned());
        for group in &self.groups {
            let agents = groups.get(group).copied().unwrap_or(0);
            registry.gauge(&names::AGENTS_ON_SHIFT, &[tenant, group]).set(as_f64(agents));
        }
        let holidays: BTreeMap<_, _> =
            duty.holidays_known_s.iter().map(|(id, left_s)| (id, *left_s)).collect();
        self.holidays.extend(holidays.keys().copied().cloned());
        for id in &self.holidays {
            let left_s = holidays.get(id).copied().flatten();
            registry.gauge(&names::HOLIDAYS_KNOWN, &[tenant, id]).set(left(left_s));
        }
    }
}

fn left(seconds: Option<i64>) -> f64 {
    seconds.map_or(f64::NAN, |left_s| {
        let length = as_f64(left_s.unsigned_abs());
        if left_s < 0 { -length } else { length }
    })
}
