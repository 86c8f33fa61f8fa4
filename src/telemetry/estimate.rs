//! How well waits are told, by queue: what was told when a contact came, held against its wait when it is answered.
//!
//! Who leaves never shows its wait, and those with long waits leave more often: among those answered, waits seem shorter
//! than was told even if all was told right. So each counts by one over its chance not to have left by then.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use super::{names::surge as names, registry::Registry, seconds};

/// So many of the latest answered contacts tell of bias and coverage.
const LATEST: usize = 512;
/// None counts for more than so many.
const WEIGHT_MAX: f64 = 10.0;

/// Something of estimates, once it is durable. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// A contact was answered after it had been told something.
    Answered(Answered),
    /// A contact came, and nothing could be told, because of this.
    Unknown(&'static str),
}

/// A wait that was told and has ended with an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answered {
    /// What was expected.
    pub expected_ms: u64,
    /// What it was not to exceed in four of five cases.
    pub bound_ms: u64,
    /// How long it was.
    pub wait_ms: u64,
    /// How often customers of the queue leave, per millisecond in line.
    pub lost_per_ms: f64,
}

impl Answered {
    /// One over the chance that its customer had patience for so long.
    fn weight(&self) -> f64 {
        (self.lost_per_ms * self.wait_ms as f64).exp().min(WEIGHT_MAX)
    }
}

/// The latest answered contacts of queues.
#[derive(Default)]
pub(super) struct Latest(HashMap<Arc<str>, VecDeque<Answered>>);

impl Latest {
    /// Records what happened.
    pub fn record(&mut self, registry: &Registry, tenant: &str, queue: &Arc<str>, told: &Told) {
        let labels = [tenant, queue];
        let answered = match told {
            Told::Unknown(reason) => {
                registry.counter(&names::ESTIMATES_UNKNOWN, &[tenant, queue, reason]).increment(1);
                return;
            }
            Told::Answered(answered) => *answered,
        };
        let error_ms = answered.expected_ms.abs_diff(answered.wait_ms);
        registry.histogram(&names::ESTIMATE_ERROR, &labels).record(seconds(error_ms));
        let ratio = answered.wait_ms as f64 / answered.expected_ms.max(1) as f64;
        registry.histogram(&names::ESTIMATE_RATIO, &labels).record(ratio);
        let latest = self.0.entry(Arc::clone(queue)).or_default();
        if latest.len() >= LATEST {
            latest.pop_front();
        }
        latest.push_back(answered);
    }

    /// Shows how far off what was told is as a rule.
    pub fn show(&self, registry: &Registry, tenant: &str) {
        for (queue, latest) in &self.0 {
            let (bias, coverage) = bias_and_coverage(latest);
            registry.gauge(&names::ESTIMATE_BIAS, &[tenant, queue]).set(bias);
            registry.gauge(&names::BOUND_COVERAGE, &[tenant, queue]).set(coverage);
        }
    }
}

fn bias_and_coverage(latest: &VecDeque<Answered>) -> (f64, f64) {
    let (mut excess, mut waits, mut within, mut weights) = (0.0, 0.0, 0.0, 0.0);
    for answered in latest {
        let (weight, wait) = (answered.weight(), answered.wait_ms as f64);
        excess += weight * (answered.expected_ms as f64 - wait);
        waits += weight * wait;
        within += if answered.wait_ms <= answered.bound_ms { weight } else { 0.0 };
        weights += weight;
    }
    // Where nobody has waited for a moment there is nothing to be off by.
    (if waits > 0.0 { excess / waits } else { f64::NAN }, within / weights)
}

#[cfg(test)]
mod tests;
