//! gRPC health (`grpc.health.v1`): the daemon as a whole (the empty name) and each of its services.

use tonic_health::{
    ServingStatus,
    pb::health_server::{Health as HealthApi, HealthServer},
    server::{HealthReporter, HealthService},
};

use crate::telemetry::services;

/// What health tells.
#[derive(Debug)]
pub struct Health {
    reporter: HealthReporter,
}

impl Health {
    /// Everything serves.
    pub async fn serving() -> (Self, HealthServer<impl HealthApi>) {
        let health = Self { reporter: HealthReporter::new() };
        health.set(ServingStatus::Serving).await;
        let service = HealthServer::new(HealthService::from_health_reporter(health.reporter.clone()));
        (health, service)
    }

    /// Nothing serves any more.
    pub async fn not_serving(&self) {
        self.set(ServingStatus::NotServing).await;
    }

    /// Ends the streams of those who watch, after their last message. Without this they would hold up
    /// the drain for its whole grace time.
    pub async fn end_watches(&mut self) {
        for name in names() {
            self.reporter.clear_service_status(&name).await;
        }
    }

    async fn set(&self, status: ServingStatus) {
        for name in names() {
            self.reporter.set_service_status(&name, status).await;
        }
    }
}

/// Of whom health is told.
pub(super) fn names() -> impl Iterator<Item = String> {
    std::iter::once(String::new()).chain(services())
}
