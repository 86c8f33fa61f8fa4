//! stub
use crate::{config, telemetry};
/// stub
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(String);
/// stub
#[derive(Debug, Clone)]
pub struct Tenants {
    names: Vec<String>,
}
impl Tenants {
    /// stub
    pub async fn open(
        settings: &config::Tenants,
        _limits: &config::Limits,
        metrics: telemetry::Metrics,
    ) -> Result<Self, StartError> {
        for (name, plan) in &settings.plans {
            let _ = metrics.tenant(name);
            if let config::PlanSource::File(path) = plan {
                std::fs::read_to_string(path).map_err(|error| {
                    StartError(format!("cannot read the plan {}: {error}", path.display()))
                })?;
            }
        }
        Ok(Self {
            names: settings.plans.keys().cloned().collect(),
        })
    }
    /// stub
    pub async fn shutdown(&self) {}
    /// stub
    pub async fn gauges(&self) -> Vec<telemetry::TenantGauges> {
        let gauges = |name: &String| telemetry::TenantGauges {
            tenant: name.as_str().into(),
            ..Default::default()
        };
        self.names.iter().map(gauges).collect()
    }
    /// stub
    pub async fn failed(&self) {
        std::future::pending().await
    }
}
