//! Metrics and logs: what the daemon tells about itself. Owns the metrics' names, the recorder, the
//! conversion of measures into metrics, the layer around each RPC, and the set-up of logs.
//!
//! Nothing here is global but the log subscriber: each daemon has its own recorder, so several can run
//! in one process. Handles of what is frequent are cached; recording it never looks anything up in
//! the recorder. Must never hold customer data, must never be called by a replay, and nothing may depend
//! on what is recorded.

mod definition;
mod duty;
mod estimate;
mod log;
mod measure;
pub mod names;
mod registry;
mod rpc;
mod surge;
mod talk;
mod tenant;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use metrics::{Counter, Gauge};

pub use duty::{Duty, DutyGauges};
pub use estimate::{Answered, Told};
pub use log::start_logs;
pub(crate) use measure::ACCEPTED;
pub use measure::{Measure, QueueGauges, TenantGauges};
use registry::Registry;
pub use rpc::{RpcLayer, RpcService, services};
pub use surge::{CallbackGauges, Surge, SurgeGauges};
pub use talk::{Place, Talk};
pub use tenant::TenantMetrics;

fn seconds(ms: u64) -> f64 {
    as_f64(ms) / 1_000.0
}

#[allow(clippy::cast_precision_loss)] // exact up to 2^53
fn as_f64(value: u64) -> f64 {
    value as f64
}

/// Samples of histograms are gathered this often, so that they don't pile up between two scrapes.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// One daemon's metrics. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    registry: Registry,
    tenants: Mutex<BTreeMap<String, TenantMetrics>>,
    connections: Gauge,
    connections_refused: Counter,
    scrape_timeouts: Counter,
}

impl Metrics {
    /// A new set, all at zero.
    #[must_use]
    pub fn new() -> Self {
        let registry = Registry::new();
        registry.gauge(&names::BUILD_INFO, &[env!("CARGO_PKG_VERSION")]).set(1.0);
        registry.gauge(&names::schedule::TIME_ZONES, &[crate::schedule::zone::version()]).set(1.0);
        let inner = Inner {
            tenants: Mutex::default(),
            connections: registry.gauge(&names::CONNECTIONS, &[]),
            connections_refused: registry.counter(&names::CONNECTIONS_REFUSED, &[]),
            scrape_timeouts: registry.counter(&names::SCRAPE_TIMEOUTS, &[]),
            registry,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The metrics of one tenant; the same for the same name.
    #[must_use]
    pub fn tenant(&self, tenant: &str) -> TenantMetrics {
        let mut tenants = self.inner.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = tenants.get(tenant) {
            return known.clone();
        }
        let new = TenantMetrics::new(self.inner.registry.clone(), tenant);
        tenants.insert(tenant.to_owned(), new.clone());
        new
    }

    /// A gRPC connection was opened.
    pub fn connection_opened(&self) {
        self.inner.connections.increment(1);
    }

    /// A gRPC connection was closed.
    pub fn connection_closed(&self) {
        self.inner.connections.decrement(1);
    }

    /// A gRPC connection was refused.
    pub fn connection_refused(&self) {
        self.inner.connections_refused.increment(1);
    }

    /// A scrape tells older gauges.
    pub fn scrape_timed_out(&self) {
        self.inner.scrape_timeouts.increment(1);
    }

    /// The metrics in Prometheus' text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.inner.registry.render()
    }

    /// Gathers samples for as long as it is polled.
    pub async fn run_upkeep(&self) {
        let mut interval = tokio::time::interval(UPKEEP_INTERVAL);
        loop {
            interval.tick().await;
            self.inner.registry.upkeep();
        }
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.inner.registry
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
