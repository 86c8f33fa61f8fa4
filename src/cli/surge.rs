//! `kefud surge`: how does a queue stand, and a supervisor's word about it.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use prost_types::{Duration, Timestamp};

use super::{
    EXIT_WRONG_INPUT,
    remote::{PROGRAM, Server, block_on, refused},
};
use crate::{
    plan::{parse_ms, show_ms},
    proto::v1::{self, ListQueuesRequest, SetSurgeLevelRequest, SurgeCause},
};

/// Arguments of `kefud surge`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The queue
    #[arg(value_name = "QUEUE")]
    queue: String,
    /// Keep it at this level, whatever is measured
    #[arg(long, value_name = "N", group = "word", requires = "until", requires = "reason")]
    level: Option<u32>,
    /// For so long, such as 2h; at most 7 days
    #[arg(long, value_name = "DURATION", requires = "level")]
    until: Option<String>,
    /// Let the rules decide again
    #[arg(long, group = "word", requires = "reason")]
    clear: bool,
    /// Why; with --level or --clear
    #[arg(long, value_name = "TEXT", requires = "word")]
    reason: Option<String>,
    /// Who; with --level or --clear
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true, requires = "word")]
    supervisor: String,
    #[command(flatten)]
    server: Server,
}

/// Shows or sets it.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    block_on(surge(args, &mut io::stdout(), &mut io::stderr()))
}

async fn surge(args: &Args, out: &mut impl Write, err: &mut impl Write) -> anyhow::Result<ExitCode> {
    let mut service = args.server.supervisors().await?;
    if args.level.is_some() || args.clear {
        let until = match args.until.as_deref().map(parse_ms) {
            Some(Err(problem)) => {
                writeln!(err, "kefud: --until: {problem}")?;
                return Ok(ExitCode::from(EXIT_WRONG_INPUT));
            }
            Some(Ok(ms)) => Some(from_now(ms)?),
            None => None,
        };
        let request = SetSurgeLevelRequest {
            queue: args.queue.clone(),
            level: args.level,
            until,
            reason: args.reason.clone().unwrap_or_default(),
            supervisor_id: args.supervisor.clone(),
            request_id: String::new(),
        };
        return match service.set_surge_level(args.server.request(request)?).await {
            Ok(answer) => shown(answer.into_inner().queue.as_ref(), out),
            Err(status) => refused(&status, PROGRAM, err),
        };
    }
    let mut page_token = String::new();
    loop {
        let request = ListQueuesRequest { page_size: 1_000, page_token };
        let page = match service.list_queues(args.server.request(request)?).await {
            Ok(page) => page.into_inner(),
            Err(status) => return refused(&status, PROGRAM, err),
        };
        if let Some(queue) = page.queues.iter().find(|queue| queue.queue == args.queue) {
            return shown(Some(queue), out);
        }
        if page.next_page_token.is_empty() {
            writeln!(err, "kefud: there is no queue {}", args.queue)?;
            return Ok(ExitCode::FAILURE);
        }
        page_token = page.next_page_token;
    }
}

fn from_now(ms: u64) -> anyhow::Result<Timestamp> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?;
    let seconds = i64::try_from(now.as_secs() + ms / 1_000).context("--until is too far ahead")?;
    Ok(Timestamp { seconds, nanos: 0 })
}

fn shown(queue: Option<&v1::Queue>, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    if let Some(queue) = queue {
        out.write_all(text(queue).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn length(duration: Option<&Duration>) -> String {
    let ms = duration.map_or(0, |length| u64::try_from(length.seconds).unwrap_or(0) * 1_000);
    show_ms(ms)
}

fn instant(time: &Timestamp) -> String {
    jiff::Timestamp::from_second(time.seconds).map(|time| time.to_string()).unwrap_or_default()
}

/// How a queue stands, for people.
fn text(queue: &v1::Queue) -> String {
    let id = &queue.queue;
    let Some(surge) = &queue.surge else {
        return format!("{id} has no surge plan; {} wait\n", queue.waiting);
    };
    let cause = SurgeCause::try_from(surge.cause).unwrap_or_default().as_str_name();
    let cause = cause.trim_start_matches("SURGE_CAUSE_").to_ascii_lowercase().replace('_', " ");
    let since = surge.since.as_ref().map(|time| format!(" since {} ({cause})", instant(time)));
    let mut lines = vec![format!("{id} is at level {}{}", surge.level, since.unwrap_or_default())];
    if let Some(signals) = &surge.signals {
        let expected =
            signals.expected_wait.as_ref().map(|wait| format!(", expected {}", length(Some(wait))));
        lines.push(format!(
            "then: {} waiting, oldest {}{}, {} in 1,000 gone",
            signals.waiting,
            length(signals.oldest_wait.as_ref()),
            expected.unwrap_or_default(),
            signals.abandoned_permille,
        ));
    }
    // As thresholds count: whoever is offered just now is in line, and callbacks aren't.
    let callbacks = queue.callbacks.as_ref().map_or(0, |callbacks| callbacks.in_line);
    let waiting = (queue.waiting + queue.offered).saturating_sub(callbacks);
    let beside = match callbacks {
        0 => String::new(),
        1 => ", 1 callback beside".to_owned(),
        callbacks => format!(", {callbacks} callbacks beside"),
    };
    lines.push(format!("now:  {waiting} waiting{beside}, oldest {}", length(queue.oldest_wait.as_ref())));
    if let Some(word) = &surge.by_hand {
        let until = word.until.as_ref().map(instant).unwrap_or_default();
        let by = if word.supervisor_id.is_empty() { "by hand" } else { &word.supervisor_id };
        lines.push(format!("kept at {} until {until}, {by}: {}", word.level, word.reason));
    }
    if surge.planned_level > 0 {
        lines.push(format!("at least {} by a planned window", surge.planned_level));
    }
    lines.extend(surge.steps.iter().map(|step| format!("  {}. {}", step.level, step.text)));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Duration, Timestamp, text, v1};
    use crate::cli::Cli;

    #[test]
    fn arguments_that_would_do_nothing_are_refused() {
        let table: [(&[&str], &str); 9] = [
            (&[], ""),
            (&["--level", "1", "--until", "2h", "--reason", "x"], ""),
            (&["--level", "1", "--until", "2h", "--reason", "x", "--supervisor", "s1"], ""),
            (&["--clear", "--reason", "x", "--supervisor", "s1"], ""),
            (&["--reason", "x"], "--reason <TEXT> <--level <N>|--clear>"),
            (&["--supervisor", "s1"], "--supervisor <ID> <--level <N>|--clear>"),
            (&["--until", "2h"], "--level <N>"),
            (&["--clear"], "--reason <TEXT>"),
            (&["--level", "1", "--clear", "--until", "2h", "--reason", "x"], "--clear"),
        ];
        for (arguments, named) in table {
            let parsed = Cli::try_parse_from([&["kefud", "surge", "line"], arguments].concat());
            let told = parsed.err().map(|error| error.to_string()).unwrap_or_default();
            assert_eq!(told.is_empty(), named.is_empty(), "{arguments:?}: {told}");
            assert!(told.contains(named), "{arguments:?}: {told}");
        }
    }

    #[test]
    fn a_queue_is_told_in_a_few_lines() {
        let seconds = |seconds| Some(Duration { seconds, nanos: 0 });
        let step =
            |level, text: &str| v1::SurgeStep { level, text: text.to_owned(), ..v1::SurgeStep::default() };
        let surge = v1::QueueSurge {
            level: 2,
            since: Some(Timestamp { seconds: 1_790_000_000, nanos: 0 }),
            cause: v1::SurgeCause::OldestWait.into(),
            signals: Some(v1::SurgeSignals {
                waiting: 84,
                oldest_wait: seconds(370),
                expected_wait: seconds(240),
                abandoned_permille: 120,
                agents: 0,
            }),
            steps: vec![step(1, "rings up to 1 are open"), step(2, "opens groups temp, out")],
            by_hand: Some(v1::SurgeOverride {
                level: 2,
                until: Some(Timestamp { seconds: 1_790_003_600, nanos: 0 }),
                reason: "news".to_owned(),
                supervisor_id: "s1".to_owned(),
            }),
            planned_level: 1,
        };
        let queue = v1::Queue {
            queue: "line".to_owned(),
            waiting: 90,
            offered: 3,
            callbacks: Some(v1::CallbackCounts { in_line: 5, ..v1::CallbackCounts::default() }),
            oldest_wait: seconds(400),
            surge: Some(surge),
            ..v1::Queue::default()
        };
        let expected = "line is at level 2 since 2026-09-21T14:13:20Z (oldest wait)\n\
            then: 84 waiting, oldest 6m 10s, expected 4m, 120 in 1,000 gone\n\
            now:  88 waiting, 5 callbacks beside, oldest 6m 40s\n\
            kept at 2 until 2026-09-21T15:13:20Z, s1: news\n\
            at least 1 by a planned window\n  \
            1. rings up to 1 are open\n  2. opens groups temp, out\n";
        assert_eq!(text(&queue), expected);
        assert_eq!(text(&v1::Queue { surge: None, ..queue }), "line has no surge plan; 90 wait\n");
    }
}
