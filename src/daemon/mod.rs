//! Puts the daemon together: binds, recovers, serves, and at the end drains. Owns the order in which
//! parts start and stop.
//!
//! The order of the end: health and readiness tell it at once, the listener closes and streams are
//! asked to end, calls in flight are answered within the grace time, what is left is cut, and only then
//! do the tenants flush and stop. Must hold nothing global, so that several daemons can run in one
//! process.

mod connections;
mod health;

use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};
use tonic::service::Routes;

use self::{connections::Connections, health::Health};
use crate::{
    config::{self, Config},
    gateway, http,
    http::{Pages, Readiness},
    runtime::{self, Tenants},
    telemetry::{Metrics, RpcLayer},
};

/// A silent connection is asked for a sign of life after this time …
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(20);

/// … and closed when there was none for so long.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of a request's headers.
const HEADER_BYTES_MAX: u32 = 16 << 10;

/// A scrape waits so long for the tenants' gauges.
const GAUGES_TIMEOUT: Duration = Duration::from_secs(2);

/// Connections that are cut get so long to notice.
const CUT_TIMEOUT: Duration = Duration::from_secs(1);

/// Why a daemon didn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address may not be used.
    #[error("{0}")]
    Address(String),
    /// The address can't be used.
    #[error("cannot listen on {address}: {source}; stop what listens there or set --{flag}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The flag that sets it.
        flag: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The tenants can't be opened.
    #[error(transparent)]
    Tenants(#[from] runtime::StartError),
}

/// Why a daemon stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A tenant's writer or its journal failed.
    #[error("a tenant failed, see the log: start again, nothing acknowledged is lost")]
    TenantFailed,
    /// The gRPC server failed.
    #[error("the gRPC server failed: {0}")]
    Server(String),
}

/// A daemon that serves. Dropped without [`Daemon::run_until`], it stops at once without draining.
#[derive(Debug)]
pub struct Daemon {
    config: Config,
    grpc_addr: SocketAddr,
    metrics_addr: SocketAddr,
    metrics: Metrics,
    tenants: Tenants,
    health: Health,
    readiness: watch::Sender<Readiness>,
    drain: watch::Sender<bool>,
    connections: Connections,
    grpc: AbortOnDrop<Result<(), tonic::transport::Error>>,
    _background: [AbortOnDrop<()>; 2],
}

impl Daemon {
    /// Binds, recovers the tenants and serves. From here on [`Daemon::run_until`] must be awaited.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let grpc_listener = bind(config.grpc_listen, "grpc-listen").await?;
        let http_listener = bind(config.metrics_listen, "metrics-listen").await?;
        let grpc_addr = grpc_listener.local_addr().unwrap_or(config.grpc_listen);
        let metrics_addr = http_listener.local_addr().unwrap_or(config.metrics_listen);

        let metrics = Metrics::new();
        let readiness = watch::Sender::new(Readiness::Starting);
        let opened = Arc::new(OnceLock::new());
        let (scraped, of) = (metrics.clone(), Arc::clone(&opened));
        let refreshed = move || refresh(scraped.clone(), Arc::clone(&of));
        let pages = Pages::new(metrics.clone(), readiness.subscribe(), refreshed);
        let http = AbortOnDrop(tokio::spawn(http::serve(http_listener, pages)));
        let upkeep = metrics.clone();
        let upkeep = AbortOnDrop(tokio::spawn(async move { upkeep.run_upkeep().await }));
        tracing::info!("metrics on http://{metrics_addr}/metrics");
        tracing::info!("data in {}", config.tenants.data_dir.display());

        let tenants = Tenants::open(&config.tenants, &config.limits, metrics.clone()).await?;
        opened.get_or_init(|| tenants.clone());

        let drain = watch::Sender::new(false);
        let (health, service) = Health::serving().await;
        let routes = gateway::routes(tenants.clone(), &config.limits, drain.subscribe()).add_service(service);
        let connections = Connections::new(config.limits.connections, metrics.clone());
        let incoming = connections.accept(grpc_listener);
        let serving = serve_grpc(&config, &metrics, routes, incoming, drain.subscribe());
        let grpc = AbortOnDrop(tokio::spawn(serving));
        readiness.send_replace(Readiness::Serving);
        tracing::info!("gRPC on http://{grpc_addr}");
        Ok(Self {
            config,
            grpc_addr,
            metrics_addr,
            metrics,
            tenants,
            health,
            readiness,
            drain,
            connections,
            grpc,
            _background: [http, upkeep],
        })
    }

    /// Where the gRPC services listen.
    #[must_use]
    pub fn grpc_addr(&self) -> SocketAddr {
        self.grpc_addr
    }

    /// Where metrics and health are served.
    #[must_use]
    pub fn metrics_addr(&self) -> SocketAddr {
        self.metrics_addr
    }

    /// Its metrics.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Serves until `shutdown` completes, then drains and flushes. Fails at once, without draining, when
    /// a part of it fails: what is durable then is what counts.
    pub async fn run_until(mut self, shutdown: impl Future<Output = ()>) -> Result<(), RunError> {
        tokio::select! {
            () = shutdown => {}
            _ = self.tenants.failed() => {
                self.readiness.send_replace(Readiness::Draining);
                return Err(RunError::TenantFailed);
            }
            ended = &mut self.grpc.0 => {
                self.readiness.send_replace(Readiness::Draining);
                return Err(RunError::Server(format!("{ended:?}")));
            }
        }
        self.drain().await;
        self.tenants.shutdown().await;
        tracing::info!("stopped");
        Ok(())
    }

    async fn drain(&mut self) {
        let grace = self.config.drain_grace;
        tracing::info!("draining for at most {grace:?}");
        self.readiness.send_replace(Readiness::Draining);
        self.health.not_serving().await;
        self.drain.send_replace(true);
        self.health.end_watches().await;
        if timeout(grace, &mut self.grpc.0).await.is_ok() {
            return;
        }
        tracing::warn!("the grace time is over: cutting {} connections", self.connections.open());
        self.connections.cut();
        drop(timeout(CUT_TIMEOUT, &mut self.grpc.0).await);
    }
}

fn serve_grpc(
    config: &Config,
    metrics: &Metrics,
    routes: Routes,
    incoming: connections::Incoming,
    mut drain: watch::Receiver<bool>,
) -> impl Future<Output = Result<(), tonic::transport::Error>> + use<> {
    let server = tonic::transport::Server::builder()
        .max_concurrent_streams(config.limits.streams_per_connection)
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .layer(RpcLayer::new(metrics, config.rpc_timeout));
    let stopped = async move {
        // A dropped sender is a dropped daemon.
        let _ = drain.wait_for(|drains| *drains).await;
    };
    server.serve_with_incoming_shutdown(routes.prepare(), incoming, stopped)
}

async fn bind(address: SocketAddr, flag: &'static str) -> Result<TcpListener, StartError> {
    config::check_address(address).map_err(StartError::Address)?;
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| StartError::Listen { address, flag, source })
}

/// Brings the gauges up to date before a scrape.
async fn refresh(metrics: Metrics, opened: Arc<OnceLock<Tenants>>) {
    let Some(tenants) = opened.get() else { return };
    match timeout(GAUGES_TIMEOUT, tenants.gauges()).await {
        Ok(all) => {
            for gauges in &all {
                metrics.tenant(&gauges.tenant).set_gauges(gauges);
            }
        }
        Err(_) => metrics.scrape_timed_out(),
    }
}

/// A task that doesn't outlive its owner.
#[derive(Debug)]
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests;
