//! `kefud plan`: which plan is in force?

use std::{
    io::{self, Write},
    process::ExitCode,
};

use super::remote::{PROGRAM, Server, block_on, refused};
use crate::proto::v1::GetPlanRequest;

/// Arguments of `kefud plan`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    server: Server,
}

/// Prints the plan to standard output, its revision to standard error.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    block_on(print(args, &mut io::stdout(), &mut io::stderr()))
}

async fn print(args: &Args, out: &mut impl Write, err: &mut impl Write) -> anyhow::Result<ExitCode> {
    let request = args.server.request(GetPlanRequest {})?;
    match args.server.plans().await?.get_plan(request).await {
        Ok(response) => {
            let plan = response.into_inner();
            out.write_all(plan.document.as_bytes())?;
            writeln!(err, "kefud: revision {}", plan.revision)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(status) => refused(&status, PROGRAM, err),
    }
}
