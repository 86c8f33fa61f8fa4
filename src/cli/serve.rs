//! `kefud serve`: the daemon, from settings to signals.

use std::process::ExitCode;

use anyhow::Context;

use super::{EXIT_WRONG_INPUT, signals::Signals};
use crate::{
    config::{self, Config, Flags},
    daemon::Daemon,
    telemetry,
};

/// Arguments of `kefud serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: Flags,
}

/// Serves until SIGTERM or SIGINT, drains, and exits 0. A second signal exits at once.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = match config::load(&args.settings) {
        Ok(config) => config,
        Err(problems) => {
            for problem in problems.0 {
                eprintln!("kefud: {problem}");
            }
            return Ok(ExitCode::from(EXIT_WRONG_INPUT));
        }
    };
    telemetry::start_logs(&config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("cannot start worker threads")?.block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let started = tokio::select! {
        started = Daemon::start(config) => started,
        // There is nothing to drain yet, and recovery changes nothing that it can't do again.
        caught = signals.next() => std::process::exit(caught.code),
    };
    let daemon = match started {
        Ok(daemon) => daemon,
        Err(error) => {
            eprintln!("kefud: {error}");
            return Ok(ExitCode::from(EXIT_WRONG_INPUT));
        }
    };
    let shutdown = async move {
        let first = signals.next().await;
        tracing::info!("{}: a second signal exits at once", first.name);
        tokio::spawn(async move {
            let second = signals.next().await;
            tracing::warn!("{}: exiting without draining", second.name);
            std::process::exit(second.code);
        });
    };
    daemon.run_until(shutdown).await?;
    Ok(ExitCode::SUCCESS)
}
