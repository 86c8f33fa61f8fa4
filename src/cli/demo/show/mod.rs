//! What is seen while the demo runs: a table redrawn in place on a terminal, plain lines in a pipe. All of
//! it comes from the daemon over gRPC, as a supervisor would see it.

mod board;
mod terminal;

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use anyhow::Context;
use jiff::civil::DateTime;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tonic::{Streaming, transport::Channel};

use super::stage::{RECONNECT_PAUSE, Stage, is_passing};
use crate::proto::v1::{
    ListAgentsRequest, WatchQueuesRequest, WatchQueuesResponse,
    supervisor_service_client::SupervisorServiceClient,
};
use board::Board;
use terminal::Screen;

const DRAW_INTERVAL: Duration = Duration::from_millis(250);
const LINES_INTERVAL: Duration = Duration::from_secs(2);
const QUEUES_INTERVAL: Duration = Duration::from_millis(200);
/// More agents than that don't fit on any screen.
const AGENTS_SHOWN_MAX: u32 = 1_000;

/// A time as minutes and seconds, with hours where there are any.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Shows how it goes until the demo no longer plays. Fails when nobody can see it any more. The heading's
/// lines stay at the top; `opened` is when a trace begins.
pub async fn run(
    stage: Stage,
    channel: Channel,
    heading: Vec<String>,
    opened: Option<DateTime>,
) -> anyhow::Result<()> {
    let mut client = SupervisorServiceClient::new(channel);
    let mut playing = stage.playing.clone();
    let mut board = Board::new(stage.pace, opened);
    let on_terminal = io::stdout().is_terminal();
    let mut screen = Screen::default();
    if !on_terminal {
        print(&(heading.join("\n") + "\n"))?;
    }
    let mut draw = interval(if on_terminal { DRAW_INTERVAL } else { LINES_INTERVAL });
    draw.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick is at once, when there is nothing to see yet.
    draw.reset_at(Instant::now() + DRAW_INTERVAL);
    let mut queues = None;
    while stage.is_playing() {
        tokio::select! {
            // The loop looks at it.
            Ok(()) = playing.changed() => {}
            update = next(&mut client, &mut queues) => match update {
                Ok(update) => board.queues(update),
                Err(status) => {
                    queues = None;
                    if !is_passing(&status) {
                        stage.faults.note("WatchQueues", &status);
                    }
                    sleep(RECONNECT_PAUSE).await;
                }
            },
            _ = draw.tick() => {
                let request = ListAgentsRequest { page_size: AGENTS_SHOWN_MAX, ..ListAgentsRequest::default() };
                match client.list_agents(request).await {
                    Ok(response) => board.agents(response.into_inner().agents),
                    Err(status) => stage.faults.note("ListAgents", &status),
                }
                let text = if on_terminal { screen.frame(&heading, &board) } else { board.plain() };
                print(&text)?;
            }
        }
    }
    Ok(())
}

/// The next message of the queues' stream, which is opened if need be.
async fn next(
    client: &mut SupervisorServiceClient<Channel>,
    queues: &mut Option<Streaming<WatchQueuesResponse>>,
) -> Result<WatchQueuesResponse, tonic::Status> {
    if queues.is_none() {
        let interval = prost_types::Duration::try_from(QUEUES_INTERVAL).ok();
        *queues = Some(client.watch_queues(WatchQueuesRequest { interval }).await?.into_inner());
    }
    let ended = || tonic::Status::unavailable("the stream of queues has ended");
    match queues {
        Some(stream) => stream.message().await?.ok_or_else(ended),
        None => Err(ended()),
    }
}

/// Writes to standard output at once.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("nobody reads what is written")
}
