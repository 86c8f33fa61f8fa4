//! stub
use std::process::ExitCode;
/// Arguments of `kefud demo`.
#[derive(Debug, clap::Args)]
pub struct Args {}
/// Runs the demo.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
