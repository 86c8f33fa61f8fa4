//! `kefud demo`: a daemon in this process, and synthetic gateways and agents that talk to it over gRPC, as
//! real ones would. Owns how these are put together, and in which order they start and end.
//!
//! | module | owns |
//! | --- | --- |
//! | [`host`] | the daemon |
//! | [`scene`], [`rush`], [`cast`] | the plan as it is played; who plays |
//! | [`arrivals`], [`trace`], [`chance`], [`pace`] | who comes when; the demo's time |
//! | [`gateway`], [`agent`], [`stage`] | the actors, and what they share |
//! | [`show`] | what is seen meanwhile |
//! | [`book`], [`counts`], [`balance`], [`finale`], [`summary`] | the end: counts, and whether they add up |
//!
//! Nothing here reads the daemon's insides: all that is shown and checked comes over its API.

mod agent;
mod args;
mod arrivals;
mod balance;
mod book;
mod cast;
mod chance;
mod counts;
mod finale;
mod gateway;
mod host;
mod pace;
mod rush;
mod scene;
mod show;
mod stage;
mod summary;
mod trace;

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tonic::transport::Channel;

pub use args::Args;
use book::{Book, SharedBook};
use cast::Cast;
use host::Host;
use pace::Pace;
use stage::{Faults, Stage};
use trace::Trace;

use super::{EXIT_WRONG_INPUT, signals::Signals};
use crate::{
    config::{Log, LogFormat},
    plan::{self, Plan, model::ChannelKind},
    proto::v1::{ApplyPlanRequest, GetPlanRequest, plan_service_client::PlanServiceClient},
    telemetry,
};

const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(30);
const OVER_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Runs the demo. 0: it ended and adds up; 1: it doesn't, or broke off; 2: the trace can't be played.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    // The daemon's lines would run through the table.
    telemetry::start_logs(&Log { format: LogFormat::Auto, level: "warn".to_owned() });
    let trace = match args.read_trace() {
        Ok(trace) => trace,
        Err(error) => {
            eprintln!("kefud: {error:#}");
            return Ok(ExitCode::from(EXIT_WRONG_INPUT));
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("cannot start worker threads")?.block_on(play(args, trace))
}

async fn play(args: Args, trace: Option<Trace>) -> anyhow::Result<ExitCode> {
    let mut host = Host::start().await?;
    let interrupted = listen_for_interrupts(&host)?;
    let played = play_with(&args, trace, &mut host, interrupted).await;
    let stopped = host.stop().await;
    let code = played?;
    stopped?;
    Ok(code)
}

/// Becomes true at the first interrupt. The second ends the process at once.
fn listen_for_interrupts(host: &Host) -> anyhow::Result<watch::Receiver<bool>> {
    let mut signals = Signals::listen()?;
    let (sender, interrupted) = watch::channel(false);
    let dir = host.dir().to_owned();
    tokio::spawn(async move {
        signals.next().await;
        sender.send_replace(true);
        let second = signals.next().await;
        // There is nobody left to tell if it doesn't work.
        std::fs::remove_dir_all(&dir).ok();
        std::process::exit(second.code);
    });
    Ok(interrupted)
}

async fn play_with(
    args: &Args,
    trace: Option<Trace>,
    host: &mut Host,
    mut interrupted: watch::Receiver<bool>,
) -> anyhow::Result<ExitCode> {
    let (playing, plays) = watch::channel(true);
    let mut stage = Stage {
        address: host.grpc,
        pace: Pace::start(args.speed),
        seed: args.seed,
        playing: plays,
        faults: Faults::default(),
    };
    let channel = stage.connect().await?;
    let (plan, cast) = set_scene(args, trace.as_ref(), &channel).await?;
    let mut actors = JoinSet::new();
    sign_in(&mut actors, &stage, &plan, &cast, trace.is_none()).await?;
    // Time runs from the moment when the doors open.
    stage.pace = Pace::start(args.speed);
    let heading = args.heading(host, trace.as_ref());
    let opened = trace.as_ref().and_then(|trace| trace.start);
    let notes = args.notes(trace.as_ref());
    let books = open_doors(&mut actors, args, trace, &stage, &plan, &cast).await?;
    let mut shown = tokio::spawn(show::run(stage.clone(), channel.clone(), heading, opened));

    tokio::select! {
        _ = interrupted.wait_for(|interrupted| *interrupted) => {}
        () = lasts(args.duration) => {}
        () = all_gone(&books) => {}
        error = host.failed() => {
            shown.abort();
            return Err(error);
        }
        ended = &mut shown => ended.context("the display broke off")??,
    }
    playing.send_replace(false);
    if !shown.is_finished() {
        shown.await.context("the display broke off")??;
    }
    let settled = tokio::select! {
        settled = finale::settle(&books, &channel) => settled?,
        error = host.failed() => return Err(error),
    };
    actors.shutdown().await;
    show::print(&format!("\n{}{notes}", summary::render(&settled)))?;
    let faults = stage.faults.list();
    for (fault, count) in &faults {
        show::print(&format!("UNEXPECTED, {count} times: {fault}\n"))?;
    }
    let good = settled.problems.is_empty() && faults.is_empty();
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Puts the plan in force as it is played. Gives it with the demo's times.
async fn set_scene(
    args: &Args,
    trace: Option<&Trace>,
    channel: &Channel,
) -> anyhow::Result<(Arc<Plan>, Cast)> {
    let mut plans = PlanServiceClient::new(channel.clone());
    let in_force = plans.get_plan(GetPlanRequest {}).await.context("cannot read the plan")?.into_inner();
    let mut plan = plan::parse(&in_force.document)
        .map_err(|problems| anyhow::anyhow!("the plan in force: {} problems", problems.len()))?;
    scene::make_lively(&mut plan);
    scene::ignore_hours(&mut plan);
    let cast = Cast::of(&plan, args.agents);
    if let Some(trace) = trace {
        let by = scene::trace_channel(&plan)?;
        scene::add_categories(&mut plan, &cast, &by, &trace.work())?;
    }
    let request = ApplyPlanRequest {
        document: plan::render(&scene::shortened(&plan, args.speed)),
        expected_revision: in_force.revision,
        ..ApplyPlanRequest::default()
    };
    plans.apply_plan(request).await.context("the daemon refused the plan of the demo")?;
    Ok((Arc::new(plan), cast))
}

/// Brings the agents to their desks, each with a connection of its own, and waits until all are there.
async fn sign_in(
    actors: &mut JoinSet<()>,
    stage: &Stage,
    plan: &Arc<Plan>,
    cast: &Cast,
    lively: bool,
) -> anyhow::Result<()> {
    let count = cast.agents.len();
    let (signed_in, mut signs_in) = mpsc::channel(count.max(1));
    for id in &cast.agents {
        let (plan, signed_in) = (plan.clone(), signed_in.clone());
        let player = agent::Player { id: id.clone(), plan, lively, signed_in };
        actors.spawn(agent::run(player, stage.clone(), stage.connect().await?));
    }
    let all = async {
        for _ in 0..count {
            signs_in.recv().await;
        }
    };
    let Ok(()) = timeout(SIGN_IN_TIMEOUT, all).await else {
        bail!("not all {count} agents are signed in after {SIGN_IN_TIMEOUT:?}: {:?}", stage.faults.list());
    };
    Ok(())
}

/// Starts the gateways: one for the trace, or one for each channel that somebody serves.
async fn open_doors(
    actors: &mut JoinSet<()>,
    args: &Args,
    trace: Option<Trace>,
    stage: &Stage,
    plan: &Arc<Plan>,
    cast: &Cast,
) -> anyhow::Result<Vec<SharedBook>> {
    // Of who hung up in a trace it is known that it did.
    let takes_callbacks = trace.is_none();
    let mut doors: Vec<(String, arrivals::Arrivals)> = Vec::new();
    match trace {
        Some(trace) => doors.push((scene::trace_channel(plan)?, Box::new(trace.arrivals.into_iter()))),
        None => {
            for channel in plan.channels.keys() {
                let arrivals = arrivals::poisson(plan, cast, channel, args.load, args.seed);
                doors.extend(arrivals.map(|arrivals| (channel.clone(), arrivals)));
            }
        }
    }
    if doors.is_empty() {
        bail!("nobody would come: give more --agents or --load");
    }
    let mut books = Vec::new();
    for (channel, arrivals) in doors {
        let book = SharedBook::new(Book::new(plan, &channel, stage.pace)?);
        books.push(book.clone());
        let realtime = plan.channels.get(&channel).is_some_and(|c| c.kind == ChannelKind::Realtime);
        if channel == gateway::BOT_CHANNEL {
            actors.spawn(gateway::bot::run(stage.clone(), stage.connect().await?));
        }
        let plan = plan.clone();
        let gateway = gateway::Gateway { channel, realtime, takes_callbacks, arrivals, book, plan };
        actors.spawn(gateway::run(gateway, stage.clone(), stage.connect().await?));
    }
    Ok(books)
}

/// Waits for the end that was asked for; for ever if none was.
async fn lasts(duration: Option<Duration>) {
    match duration {
        Some(duration) => sleep(duration).await,
        None => std::future::pending().await,
    }
}

/// Waits until all customers of a trace have come and gone.
async fn all_gone(books: &[SharedBook]) {
    let gone = |book: &SharedBook| {
        let book = book.open();
        book.arrivals_over && book.live_count() == 0
    };
    while !books.iter().all(gone) {
        sleep(OVER_POLL_INTERVAL).await;
    }
}
