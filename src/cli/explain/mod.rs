//! `kefud explain`: why does a contact wait, what could an agent get?

mod json;
mod text;
mod words;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use super::remote::{PROGRAM, Server, block_on, refused};
use crate::proto::v1::{ExplainAgentRequest, ExplainContactRequest};

/// What `--help` says of `--json`.
const JSON_HELP: &str = "With --json the keys are the fields of ExplainContactResponse and \
                         ExplainAgentResponse (proto/kefud/v1); values of enums come without their prefix, \
                         times as UTC in RFC 3339, lengths of time as whole milliseconds in keys that end in \
                         _ms; times of day in texts are those of `zone`; what is not set is null, empty or 0.";

/// Arguments of `kefud explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = JSON_HELP)]
pub struct Args {
    /// The contact
    #[arg(value_name = "CONTACT", required_unless_present = "agent")]
    contact: Option<String>,
    /// What keeps this agent from the contact; without a contact: what the agent could get
    #[arg(long, value_name = "AGENT")]
    agent: Option<String>,
    /// Tell at most so many agents (or, of an agent, contacts), 1 to 200
    #[arg(long, value_name = "N", default_value_t = 20)]
    max: u32,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// Prints the explanation.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    block_on(explain(args, &mut io::stdout(), &mut io::stderr()))
}

async fn explain(args: &Args, out: &mut impl Write, err: &mut impl Write) -> anyhow::Result<ExitCode> {
    let mut service = args.server.supervisors().await?;
    let agent_id = args.agent.clone().unwrap_or_default();
    let printed = if let Some(contact) = &args.contact {
        let request = ExplainContactRequest { contact_id: contact.clone(), max_agents: args.max, agent_id };
        let answer = service.explain_contact(args.server.request(request)?).await;
        answer.map(|answer| {
            let answer = answer.into_inner();
            if args.json { json::print(&json::contact(&answer)) } else { text::contact(&answer) }
        })
    } else {
        let request = ExplainAgentRequest { agent_id, max_contacts: args.max };
        let answer = service.explain_agent(args.server.request(request)?).await;
        answer.map(|answer| {
            let answer = answer.into_inner();
            if args.json { json::print(&json::agent(&answer)) } else { text::agent(&answer) }
        })
    };
    match printed {
        Ok(printed) => {
            out.write_all(printed.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(status) => refused(&status, PROGRAM, err),
    }
}
