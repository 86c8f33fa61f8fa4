//! `kefud shifts show`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use terminal_size::{Width, terminal_size};

use super::{
    chart::{Look, draw},
    json,
};
use crate::{
    cli::remote::{PROGRAM, Server, block_on, refused},
    proto::v1::{GetScheduleRequest, get_schedule_request::Who},
};

/// A terminal narrower than this gets a cell an hour.
const WIDE: u16 = 80;

/// What `--help` says of the chart.
const SIGNS: &str = "A cell is half an hour, or an hour in a terminal of less than 80 columns:\n  \
                     █ (#) on shift   ▒ (~) on shift for some channels   ░ (-) break   · (.) off\n\
                     Below are the agents on shift in each, and when the queue is open. --ascii draws with the \
                     signs in brackets, which are also taken where the locale is not UTF-8.";

/// Arguments of `kefud shifts show`.
#[derive(Debug, clap::Args)]
#[command(after_help = SIGNS, group(clap::ArgGroup::new("of").required(true)))]
pub struct Args {
    /// Of one agent
    #[arg(long, value_name = "AGENT", group = "of")]
    agent: Option<String>,
    /// Of a group's agents
    #[arg(long, value_name = "GROUP", group = "of")]
    group: Option<String>,
    /// Of the agents of a queue's groups, with its opening hours
    #[arg(long, value_name = "QUEUE", group = "of")]
    queue: Option<String>,
    /// Seven days from this one, if not from today
    #[arg(long, value_name = "YYYY-MM-DD")]
    week: Option<jiff::civil::Date>,
    /// At most so many agents, 1 to 500; headcounts are of all
    #[arg(long, value_name = "N", default_value_t = 100)]
    max: u32,
    /// Draw with ASCII characters only
    #[arg(long)]
    ascii: bool,
    /// Print JSON instead of a chart: the fields of GetScheduleResponse
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// Prints the chart.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let narrow = terminal_size().is_some_and(|(Width(width), _)| width < WIDE);
    let look = Look { ascii: args.ascii || !utf8(), narrow };
    block_on(show(args, look, &mut io::stdout(), &mut io::stderr()))
}

/// Whether the locale says so, or nothing.
fn utf8() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| std::env::var(name).ok());
    let locale = set.into_iter().find(|value| !value.is_empty());
    locale.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

async fn show(
    args: &Args,
    look: Look,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let who = match (&args.agent, &args.group, &args.queue) {
        (Some(agent), ..) => Some(Who::AgentId(agent.clone())),
        (_, Some(group), _) => Some(Who::Group(group.clone())),
        (.., queue) => queue.clone().map(Who::Queue),
    };
    let request = args.server.request(GetScheduleRequest {
        who,
        from_date: args.week.map(|day| day.to_string()).unwrap_or_default(),
        days: 7,
        max_agents: args.max,
    })?;
    match args.server.plans().await?.get_schedule(request).await {
        Ok(answer) => {
            let answer = answer.into_inner();
            let told = if args.json { json::schedule(&answer) } else { draw(&answer, look)? };
            out.write_all(told.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(status) => refused(&status, PROGRAM, err),
    }
}
