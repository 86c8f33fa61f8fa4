//! What is measured of surges and callbacks. Handles are asked of the recorder each time: all of it is rare beside waits
//! and offers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{QueueGauges, as_f64, names::surge as names, registry::Registry, seconds};

/// Something of a queue's surge or callbacks, once it is durable. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Surge {
    /// Its level is this, from below or above, because of this.
    Level(u32, &'static str, &'static str),
    /// A step of this level, of this kind, was `taken` or `undone`.
    Step(u32, &'static str, &'static str),
    /// Gateways were to tell so many this: `message` or `callback_offer`.
    Told(&'static str, u64),
    /// A contact that had waited went on to that queue.
    Overflowed(Arc<str>),
    /// A contact stays that would have gone on: `loop` or `hops`.
    OverflowStopped(&'static str),
    /// A contact that waited went to a bot.
    Deflected,
    /// A callback was `made`, `merged`, `reached`, `exhausted`, `expired`, `cancelled` or `absorbed`.
    Callback(&'static str),
    /// An attempt to reach a customer ended so.
    Attempt(&'static str),
    /// A customer was reached so long after the callback was made.
    Reached(u64),
}

/// How a queue stands in a surge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SurgeGauges {
    /// Its level.
    pub level: u32,
    /// A supervisor has set that.
    pub by_hand: bool,
    /// Steps in force, by kind.
    pub steps: BTreeMap<&'static str, u64>,
}

/// How many callbacks are open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallbackGauges {
    /// For another time, or with an agent.
    pub pending: u64,
    /// In line.
    pub in_line: u64,
}

/// Records what happened.
pub(super) fn record(registry: &Registry, tenant: &str, queue: &str, surge: &Surge) {
    let count = |metric, labels: &[&str], by: u64| registry.counter(metric, labels).increment(by);
    match surge {
        Surge::Level(level, direction, cause) => {
            let labels = [tenant, queue, &level.to_string(), direction, cause];
            count(&names::SURGE_LEVEL_CHANGES, &labels, 1);
        }
        Surge::Step(level, step, action) => {
            count(&names::SURGE_STEPS, &[tenant, queue, &level.to_string(), step, action], 1);
        }
        Surge::Told(kind, contacts) => count(&names::WAIT_NOTICES, &[tenant, queue, kind], *contacts),
        Surge::Overflowed(to) => count(&names::OVERFLOWED, &[tenant, queue, to], 1),
        Surge::OverflowStopped(reason) => count(&names::OVERFLOWS_STOPPED, &[tenant, queue, reason], 1),
        Surge::Deflected => count(&names::DEFLECTIONS, &[tenant, queue], 1),
        Surge::Callback(outcome) => count(&names::CALLBACKS, &[tenant, queue, outcome], 1),
        Surge::Attempt(result) => count(&names::CALLBACK_ATTEMPTS, &[tenant, queue, result], 1),
        Surge::Reached(ms) => {
            registry.histogram(&names::CALLBACK_WAIT, &[tenant, queue]).record(seconds(*ms));
        }
    }
}

/// What was ever shown, so that what is gone doesn't stay as it was.
#[derive(Default)]
pub(super) struct Shown {
    /// Queues that had a surge plan, or stood at a level.
    surges: BTreeSet<Arc<str>>,
    /// Kinds of steps that were in force.
    steps: BTreeSet<(Arc<str>, &'static str)>,
    /// Queues that had callbacks.
    callbacks: BTreeSet<Arc<str>>,
}

impl Shown {
    /// Shows how queues stand.
    pub(super) fn set(&mut self, registry: &Registry, tenant: &str, queues: &[QueueGauges]) {
        let by_id: BTreeMap<&Arc<str>, &QueueGauges> =
            queues.iter().map(|known| (&known.queue, known)).collect();
        for known in queues {
            if let Some(surge) = &known.surge {
                self.surges.insert(Arc::clone(&known.queue));
                self.steps.extend(surge.steps.keys().map(|step| (Arc::clone(&known.queue), *step)));
            }
            if known.callbacks.is_some() {
                self.callbacks.insert(Arc::clone(&known.queue));
            }
        }
        let surge = |queue| by_id.get(queue).and_then(|known| known.surge.as_ref());
        for queue in &self.surges {
            let (level, by_hand) = surge(queue).map_or((0, false), |surge| (surge.level, surge.by_hand));
            registry.gauge(&names::SURGE_LEVEL, &[tenant, queue]).set(f64::from(level));
            registry.gauge(&names::SURGE_BY_HAND, &[tenant, queue]).set(f64::from(u8::from(by_hand)));
        }
        for (queue, step) in &self.steps {
            let in_force = surge(queue).and_then(|surge| surge.steps.get(step)).copied().unwrap_or(0);
            registry.gauge(&names::SURGE_STEPS_IN_FORCE, &[tenant, queue, step]).set(as_f64(in_force));
        }
        for queue in &self.callbacks {
            let open = by_id.get(queue).and_then(|known| known.callbacks).unwrap_or_default();
            for (state, count) in [("pending", open.pending), ("in_line", open.in_line)] {
                registry.gauge(&names::CALLBACKS_OPEN, &[tenant, queue, state]).set(as_f64(count));
            }
        }
    }
}

#[cfg(test)]
mod tests;
