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
    /// None once it has been seen to end.
    running: Option<JoinHandle<Result<(), RunError>>>,
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
        Ok(Self { grpc, metrics, dir, stop, running: Some(running) })
    }

    /// The directory that must not remain.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Resolves when the daemon has stopped by itself, with the reason, which is told once.
    pub async fn failed(&mut self) -> anyhow::Error {
        let Some(running) = &mut self.running else { return std::future::pending().await };
        let ended = running.await;
        self.running = None;
        match ended {
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
        if let Some(running) = running {
            running
                .await
                .context("the daemon broke off")?
                .context("the daemon did not stop in good order")?;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failure_is_told_once_and_leaves_nothing_behind() {
        let any = "127.0.0.1:0".parse().unwrap();
        let (stop, _stopped) = oneshot::channel();
        let running = Some(tokio::spawn(async { Err(RunError::TenantFailed) }));
        let mut host = Host { grpc: any, metrics: any, dir: TempDir::new().unwrap(), stop, running };
        let error = format!("{:#}", host.failed().await);
        assert_eq!(error, format!("the daemon stopped: {}", RunError::TenantFailed));
        let again = tokio::time::timeout(Duration::ZERO, host.failed()).await;
        assert!(again.is_err(), "{again:?}");
        let dir = host.dir().to_owned();
        host.stop().await.unwrap();
        assert!(!dir.exists());
    }
}
