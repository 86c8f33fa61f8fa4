//! What a supervisor knows of queues and agents, and how it reads in lines.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use jiff::{SignedDuration, civil::DateTime};

use super::clock;
use crate::{
    cli::demo::{pace::Pace, summary::mean},
    proto::v1::{Agent, AgentSessionState, Availability, Queue, WatchQueuesResponse},
};

/// Queues and agents as told last.
#[derive(Debug)]
pub struct Board {
    pace: Pace,
    opened: Option<DateTime>,
    queues: BTreeMap<String, Queue>,
    agents: Vec<Agent>,
}

/// What is shown of a queue. Times are the demo's.
struct Figures {
    oldest: String,
    answered: u64,
    abandoned: u64,
    speed: String,
    asked: u64,
    promised: u32,
    level: String,
    expected: String,
    called: u64,
}

impl Board {
    /// Nothing is known. `opened` is when a trace begins.
    pub fn new(pace: Pace, opened: Option<DateTime>) -> Self {
        Self { pace, opened, queues: BTreeMap::new(), agents: Vec::new() }
    }

    /// Takes in a message of the queues' stream.
    pub fn queues(&mut self, update: WatchQueuesResponse) {
        for id in update.removed_queues {
            self.queues.remove(&id);
        }
        self.queues.extend(update.queues.into_iter().map(|queue| (queue.queue.clone(), queue)));
    }

    /// Takes in the list of agents.
    pub fn agents(&mut self, agents: Vec<Agent>) {
        self.agents = agents;
    }

    fn played(&self, time: Option<prost_types::Duration>) -> Duration {
        let real = time.and_then(|time| Duration::try_from(time).ok()).unwrap_or_default();
        self.pace.played(real)
    }

    fn figures(&self, queue: &Queue) -> Figures {
        let sum = |of: fn(&crate::proto::v1::QueueChannelCounts) -> u64| queue.channels.iter().map(of).sum();
        let answered = sum(|counts| counts.answered);
        let wait = queue.channels.iter().map(|counts| self.played(counts.answered_wait)).sum();
        let oldest = queue.oldest_wait.is_some().then(|| clock(self.played(queue.oldest_wait)));
        Figures {
            oldest: oldest.unwrap_or_else(|| "-".to_owned()),
            answered,
            abandoned: sum(|counts| counts.abandoned),
            speed: mean(wait, answered.saturating_sub(sum(|counts| counts.callbacks_answered))),
            asked: sum(|counts| counts.consults),
            promised: queue.promises.as_ref().map_or(0, |promises| promises.open),
            level: queue.surge.as_ref().map_or_else(|| "-".to_owned(), |surge| surge.level.to_string()),
            expected: queue
                .estimate
                .as_ref()
                .and_then(|estimate| estimate.expected)
                .map_or_else(|| "-".to_owned(), |expected| clock(self.played(Some(expected)))),
            called: queue.callbacks.as_ref().map_or(0, |callbacks| callbacks.made),
        }
    }

    /// A line for each queue, and one for the agents.
    pub fn plain(&self) -> String {
        let mut out = String::new();
        let at = format!("{:.0}s", self.pace.elapsed().as_secs_f64());
        for (id, queue) in &self.queues {
            let Figures { oldest, answered, abandoned, speed, asked, promised, level, expected, called } =
                self.figures(queue);
            // Writing to a string can't fail.
            writeln!(
                out,
                "{at} queue {id}: waiting {}, oldest {oldest}, with agents {}, parked {}, with bot {}, answered \
                 {answered}, abandoned {abandoned}, colleagues asked {asked}, promises {promised}, average speed of \
                 answer {speed}, expected wait {expected}, surge level {level}, callbacks {called}",
                queue.waiting, queue.active, queue.parked, queue.with_bot,
            ).ok();
        }
        writeln!(out, "{at} agents: {}", self.agent_states()).ok();
        out
    }

    /// The table: a head, a line for each queue, and the agents side by side.
    pub fn table(&self, width: usize) -> Vec<String> {
        let mut lines = vec![self.now(), String::new()];
        lines.push(format!(
            "{:<13}{:>6}{:>8}{:>8}{:>9}{:>8}{:>7}{:>4}{:>6}{:>9}{:>7}{:>9}{:>10}{:>8}",
            "queue",
            "level",
            "waiting",
            "oldest",
            "expected",
            "talking",
            "parked",
            "bot",
            "asked",
            "promises",
            "called",
            "answered",
            "abandoned",
            "ASA"
        ));
        for (id, queue) in &self.queues {
            let Figures { oldest, answered, abandoned, speed, asked, promised, level, expected, called } =
                self.figures(queue);
            lines.push(format!(
                "{id:<13}{level:>6}{:>8}{oldest:>8}{expected:>9}{:>8}{:>7}{:>4}{asked:>6}{promised:>9}{called:>7}{answered:>9}{abandoned:>10}{speed:>8}  {}",
                queue.waiting, queue.active, queue.parked, queue.with_bot, queue.name,
            ));
        }
        lines.push(String::new());
        lines.push(format!("agents: {}", self.agent_states()));
        const CELL: usize = 26;
        let cells: Vec<String> = self.agents.iter().map(|agent| format!("{:<CELL$}", cell(agent))).collect();
        let rows = cells.chunks((width / CELL).max(1));
        lines.extend(rows.map(|row| row.concat().trim_end().to_owned()));
        lines
    }

    /// What time it is.
    fn now(&self) -> String {
        let real = self.pace.elapsed();
        let played = self.pace.played(real);
        let date = self.opened.zip(SignedDuration::try_from(played).ok());
        let date = date.and_then(|(opened, played)| opened.checked_add(played).ok());
        let inside = date.map_or_else(|| clock(played), |date| date.strftime("%F %T").to_string());
        format!("{} by the clock, {inside} in the demo", clock(real))
    }

    fn agent_states(&self) -> String {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for agent in &self.agents {
            *counts.entry(state(agent)).or_default() += 1;
        }
        let counts: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
        if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
    }
}

/// Id, state, and load of one agent.
fn cell(agent: &Agent) -> String {
    let used = agent.used_units + agent.interruptible_units;
    let load = (used * 100).checked_div(agent.capacity).unwrap_or(0);
    let contacts = agent.active + agent.wrap_up;
    format!("{:<7}{:<10}{contacts:>2}{load:>4}%", agent.agent_id, state(agent))
}

fn state(agent: &Agent) -> &str {
    match agent.session_state() {
        AgentSessionState::Disconnected => return "gone",
        AgentSessionState::Connected => {}
        AgentSessionState::SignedOut | AgentSessionState::Unspecified => return "out",
    }
    if agent.availability() != Availability::Ready {
        return &agent.availability_reason;
    }
    match (agent.offers, agent.active, agent.wrap_up) {
        (0, 0, 0) => "idle",
        (0, 0, _) => "wrap-up",
        (_, 0, _) => "ringing",
        _ => "talking",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::{CallbackCounts, Estimate, PromiseCounts, QueueChannelCounts, QueueSurge};

    fn seconds(seconds: i64) -> Option<prost_types::Duration> {
        Some(prost_types::Duration { seconds, nanos: 0 })
    }

    fn board() -> Board {
        let mut board = Board::new(Pace::start(10.0), None);
        let counts = |answered, wait, consults| QueueChannelCounts {
            consults,
            answered,
            abandoned: 1,
            answered_wait: seconds(wait),
            // Nobody held the line for this one.
            callbacks_answered: u64::from(answered == 4),
            ..QueueChannelCounts::default()
        };
        let vip = Queue {
            queue: "vip".into(),
            name: "贵宾".into(),
            waiting: 2,
            active: 3,
            parked: 2,
            with_bot: 1,
            oldest_wait: seconds(7),
            channels: vec![counts(1, 4, 0), counts(4, 20, 1)],
            promises: Some(PromiseCounts { open: 3, ..PromiseCounts::default() }),
            surge: Some(QueueSurge { level: 2, ..QueueSurge::default() }),
            estimate: Some(Estimate { expected: seconds(5), ..Estimate::default() }),
            callbacks: Some(CallbackCounts { made: 6, ..CallbackCounts::default() }),
            ..Queue::default()
        };
        let mail = Queue { queue: "mail".into(), ..Queue::default() };
        board.queues(WatchQueuesResponse { queues: vec![vip, mail], ..WatchQueuesResponse::default() });
        let agent = |id: &str, ready, active| Agent {
            agent_id: id.into(),
            session_state: AgentSessionState::Connected.into(),
            availability: if ready { Availability::Ready } else { Availability::NotReady }.into(),
            availability_reason: if ready { "" } else { "break" }.into(),
            capacity: 100,
            used_units: active * 25,
            active,
            ..Agent::default()
        };
        board.agents(vec![agent("a1", true, 3), agent("a2", true, 0), agent("a3", false, 0)]);
        board
    }

    #[test]
    fn lines() {
        assert_eq!(
            board().plain(),
            "0s queue mail: waiting 0, oldest -, with agents 0, parked 0, with bot 0, answered 0, abandoned 0, colleagues asked 0, promises 0, average speed of answer -, expected wait -, surge level -, callbacks 0\n\
             0s queue vip: waiting 2, oldest 1:10, with agents 3, parked 2, with bot 1, answered 5, abandoned 2, colleagues asked 1, promises 3, average speed of answer 1:00, expected wait 0:50, surge level 2, callbacks 6\n\
             0s agents: 1 break, 1 idle, 1 talking\n"
        );
    }

    #[test]
    fn tables() {
        let lines = board().table(60);
        assert_eq!(
            lines[4].split_whitespace().collect::<Vec<_>>(),
            ["vip", "2", "2", "1:10", "0:50", "3", "2", "1", "1", "3", "6", "5", "2", "1:00", "贵宾"]
        );
        assert_eq!(lines[6], "agents: 1 break, 1 idle, 1 talking");
        assert!(lines[7].starts_with("a1     talking    3  75%"), "{}", lines[7]);
        assert_eq!(lines.len(), 9, "{lines:?}");
        assert_eq!(board().table(10).len(), 10);
    }
}
