//! Runs the engines: each tenant has one writer, on a thread of its own, with a journal thread beside it.
//! Owns batching, durability, time and recovery. Must not decide about contacts, and lets nothing out
//! before it is durable: every answer — success, refusal, read, repeat — waits for the sequence it saw.

mod clock;
mod desk;
mod duty;
mod gauges;
mod measures;
mod open;
mod pump;
mod recover;
mod refresh;
mod snapshot;
mod surge;
mod talk;
mod tenant;
#[cfg(test)]
mod tests;
mod writer;

pub use desk::Desk;
pub use open::StartError;
pub use recover::{ReplayError, replay};
pub use tenant::{CallError, Start, Tenant, Watch};

use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::watch;

use crate::{
    config,
    telemetry::{Metrics, TenantGauges},
};

/// A snapshot is made after so many bytes of events: replaying less takes less than a second or two.
const SNAPSHOT_BYTES: u64 = 64 << 20;

/// The tenants of a daemon.
#[derive(Clone)]
pub struct Tenants {
    tenants: Arc<DashMap<String, Tenant>>,
    failed: watch::Receiver<bool>,
}

impl std::fmt::Debug for Tenants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<String> = self.tenants.iter().map(|entry| entry.key().clone()).collect();
        f.debug_struct("Tenants").field("tenants", &names).finish_non_exhaustive()
    }
}

impl Tenants {
    /// Opens every tenant: recovers its state, starts its writer.
    pub async fn open(
        settings: &config::Tenants,
        limits: &config::Limits,
        metrics: Metrics,
    ) -> Result<Self, StartError> {
        let (failed_sender, failed) = watch::channel(false);
        let tenants = DashMap::new();
        for (name, source) in &settings.plans {
            let (source, dir, limits) = (source.clone(), settings.data_dir.join(name), limits.clone());
            let (metrics, failed, id) = (metrics.tenant(name), failed_sender.clone(), name.clone());
            let open = move || {
                let setting = open::Setting {
                    name: &id,
                    source: &source,
                    limits: &limits,
                    metrics,
                    failed,
                    snapshot_bytes: SNAPSHOT_BYTES,
                };
                open::open(&dir, setting)
            };
            let tenant = tokio::task::spawn_blocking(open)
                .await
                .map_err(|error| StartError::new(format!("tenant {name}: {error}")))??;
            tenants.insert(name.clone(), tenant);
        }
        Ok(Self { tenants: Arc::new(tenants), failed })
    }

    /// One tenant.
    pub fn get(&self, name: &str) -> Result<Tenant, CallError> {
        let tenant = self.tenants.get(name).map(|entry| entry.value().clone());
        tenant.ok_or_else(|| CallError::UnknownTenant(name.to_owned()))
    }

    fn all(&self) -> Vec<Tenant> {
        self.tenants.iter().map(|entry| entry.value().clone()).collect()
    }

    /// How each stands. One that can't tell now is left out.
    pub async fn gauges(&self) -> Vec<TenantGauges> {
        let mut list = Vec::new();
        for tenant in self.all() {
            let name = tenant.name().clone();
            if let Ok(gauges) = tenant.run(move |desk| Ok(gauges::read(name, desk))).await {
                list.push(gauges);
            }
        }
        list
    }

    /// Ends all streams, telling them that the daemon stops.
    pub fn cut_streams(&self) {
        self.all().iter().for_each(Tenant::cut_streams);
    }

    /// Finishes what was taken, flushes, closes the journals.
    pub async fn shutdown(&self) {
        for tenant in self.all() {
            tenant.stop().await;
        }
    }

    /// Resolves when a writer or its journal has failed: the process has to end.
    pub async fn failed(&self) {
        let mut failed = self.failed.clone();
        if failed.wait_for(|failed| *failed).await.is_err() {
            // All writers have ended in good order.
            std::future::pending::<()>().await;
        }
    }
}
