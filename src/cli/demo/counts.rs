//! What is counted of contacts, and how long they waited. Must not know where it comes from.

use std::time::Duration;

use anyhow::Context;
use hdrhistogram::Histogram;

/// Waits are told with so many digits.
const DIGITS: u8 = 3;

/// What became of the contacts of one queue and channel.
#[derive(Debug, Clone)]
pub struct Counts {
    /// Accepted by the daemon.
    pub offered: u64,
    /// Came back to a queue after they had been answered.
    pub returned: u64,
    /// Reached an agent, each time that they did so from a queue.
    pub answered: u64,
    /// Of these, ended.
    pub completed: u64,
    /// The customer left unanswered.
    pub abandoned: u64,
    /// Ended by a limit, unanswered.
    pub expired: u64,
    /// Ended with the gateway, unanswered.
    pub lost: u64,
    /// Ended by a bot.
    pub deflected: u64,
    /// The platform's time for an answer ended, unanswered.
    pub lapsed: u64,
    /// Left the line, unanswered, to be called back.
    pub called_back: u64,
    /// Not accepted by the daemon: the queue was full.
    pub rejected: u64,
    /// Offers that no agent answered.
    pub missed: u64,
    /// Offers that an agent declined.
    pub declined: u64,
    /// Answered within the queue's objective.
    pub within_objective: u64,
    /// Waits of the answered, in milliseconds of the demo's time.
    pub waits_ms: Histogram<u64>,
    /// Their sum.
    pub wait_sum: Duration,
}

impl Counts {
    /// All zero.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            offered: 0,
            returned: 0,
            answered: 0,
            completed: 0,
            abandoned: 0,
            expired: 0,
            lost: 0,
            deflected: 0,
            lapsed: 0,
            called_back: 0,
            rejected: 0,
            missed: 0,
            declined: 0,
            within_objective: 0,
            waits_ms: Histogram::new(DIGITS).context("cannot make a histogram")?,
            wait_sum: Duration::ZERO,
        })
    }

    /// One more was answered.
    pub fn answer(&mut self, wait: Duration, objective: Duration) {
        self.answered += 1;
        self.within_objective += u64::from(wait <= objective);
        // It grows as it needs: this can't fail.
        self.waits_ms.record(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)).ok();
        self.wait_sum += wait;
    }
}
