//! `kefud apply`: give a running daemon a plan.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use super::{
    EXIT_WRONG_INPUT, check,
    remote::{Server, block_on, refused},
};
use crate::proto::v1::{ApplyPlanRequest, ApplyPlanResponse, RemovedQueuePolicy};

/// Arguments of `kefud apply`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan, a TOML file; - reads standard input
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[command(flatten)]
    server: Server,
    /// Only tell what would change
    #[arg(long)]
    dry_run: bool,
    /// Refuse unless this revision is in force
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    expected_revision: u64,
    /// What becomes of contacts in queues that the plan no longer has: refuse, move:QUEUE or end
    #[arg(long, value_name = "POLICY", default_value = "refuse")]
    removed_queues: RemovedQueues,
}

/// What becomes of contacts in queues that are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
enum RemovedQueues {
    Refuse,
    Move(String),
    End,
}

impl std::str::FromStr for RemovedQueues {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("move:")) {
            ("refuse", _) => Ok(Self::Refuse),
            ("end", _) => Ok(Self::End),
            (_, Some(queue)) if !queue.is_empty() => Ok(Self::Move(queue.to_owned())),
            _ => Err("give refuse, move:QUEUE or end".to_owned()),
        }
    }
}

/// Applies the plan and prints what changed.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let document = match check::read("plan", &args.plan, &mut io::stdin().lock()) {
        Ok(document) => document,
        Err(problem) => {
            eprintln!("kefud: {problem}");
            return Ok(ExitCode::from(EXIT_WRONG_INPUT));
        }
    };
    block_on(apply(args, document, &mut io::stdout(), &mut io::stderr()))
}

async fn apply(
    args: Args,
    document: String,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let subject = args.plan.display().to_string();
    let (policy, move_to_queue) = match args.removed_queues {
        RemovedQueues::Refuse => (RemovedQueuePolicy::Refuse, String::new()),
        RemovedQueues::Move(queue) => (RemovedQueuePolicy::Move, queue),
        RemovedQueues::End => (RemovedQueuePolicy::End, String::new()),
    };
    let request = args.server.request(ApplyPlanRequest {
        document,
        validate_only: args.dry_run,
        expected_revision: args.expected_revision,
        removed_queue_policy: policy.into(),
        move_to_queue,
        request_id: String::new(),
    })?;
    match args.server.plans().await?.apply_plan(request).await {
        Ok(response) => {
            writeln!(out, "{}", changes(&response.into_inner(), args.dry_run))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(status) => refused(&status, &subject, err),
    }
}

fn changes(response: &ApplyPlanResponse, dry_run: bool) -> String {
    let ApplyPlanResponse { revision, added, changed, removed, shifts_removed } = response;
    let shifts = match shifts_removed {
        0 => String::new(),
        1 => ", with 1 dated shift of removed agents".to_owned(),
        count => format!(", with {count} dated shifts of removed agents"),
    };
    let counts = format!("{added} added, {changed} changed, {removed} removed{shifts}");
    if dry_run {
        format!("would change: {counts}; revision {revision} stays in force")
    } else {
        format!("{counts}; revision {revision} is in force")
    }
}

#[cfg(test)]
mod tests;
