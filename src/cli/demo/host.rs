//! The daemon of the demo, in this process but reached by its address only. Owns its ports, its directory
//! and its end.

use std::{io, net::SocketAddr, path::Path, time::Duration};

use anyhow::Context;
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

use crate::{
    config::Config,
    daemon::{Daemon, RunError, StartError},
};

const DRAIN_GRACE: Duration = Duration::from_secs(2);

/// A daemon that runs.
#[derive(Debug)]
pub struct Host {
    /// Where its services are.
    pub grpc: SocketAddr,
    /// Where its metrics are.
    pub metrics: SocketAddr,
    dir: TempDir,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), RunError>>,
}

impl Host {
    /// Starts a daemon with the sample plan, in a temporary directory, on its usual ports or free ones.
    pub async fn start() -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("kefud-demo-").tempdir();
        let dir = dir.context("cannot make a temporary directory")?;
        let mut config = Config { drain_grace: DRAIN_GRACE, ..Config::default() };
        config.tenants.data_dir = dir.path().to_owned();
        let daemon = start(config).await.context("cannot start the daemon")?;
        let (grpc, metrics) = (daemon.grpc_addr(), daemon.metrics_addr());
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(daemon.run_until(async move {
            // A sender that is gone says the same.
            stopped.await.ok();
        }));
        Ok(Self { grpc, metrics, dir, stop, running })
    }

    /// The directory that must not remain.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Resolves when the daemon has stopped by itself, with the reason.
    pub async fn failed(&mut self) -> anyhow::Error {
        match (&mut self.running).await {
            Ok(Err(error)) => anyhow::Error::new(error).context("the daemon stopped"),
            Ok(Ok(())) => anyhow::anyhow!("the daemon stopped"),
            Err(error) => anyhow::Error::new(error).context("the daemon stopped"),
        }
    }

    /// Drains and stops the daemon, and removes its data.
    pub async fn stop(self) -> anyhow::Result<()> {
        let Self { dir, stop, running, .. } = self;
        // An error says that it has stopped already; why, is told below.
        stop.send(()).ok();
        running.await.context("the daemon broke off")?.context("the daemon did not stop in good order")?;
        dir.close().context("cannot remove the temporary directory")
    }
}

/// Starts on the configured ports, or where these are taken on free ones.
async fn start(mut config: Config) -> Result<Daemon, StartError> {
    loop {
        let (address, taken) = match Daemon::start(config.clone()).await {
            Err(StartError::Listen { address, source, .. })
                if address.port() != 0 && source.kind() == io::ErrorKind::AddrInUse =>
            {
                let taken = if address == config.grpc_listen {
                    &mut config.grpc_listen
                } else {
                    &mut config.metrics_listen
                };
                (address, taken)
            }
            other => return other,
        };
        tracing::info!("{address} is taken: using a free port");
        taken.set_port(0);
    }
}
