//! The signals that end a subcommand: the first one in good order, the second one at once.

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT and SIGTERM, from the moment when they are listened for.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

/// A signal that came.
pub struct Caught {
    /// Its name.
    pub name: &'static str,
    /// What a shell reports for a program that the signal ended.
    pub code: i32,
}

impl Signals {
    /// Listens: from here on, signals no longer end the process by themselves.
    pub fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// The next one.
    pub async fn next(&mut self) -> Caught {
        tokio::select! {
            // Which of two came first isn't known; it's always the same that is taken first.
            biased;
            _ = self.interrupt.recv() => Caught { name: "SIGINT", code: 130 },
            _ = self.terminate.recv() => Caught { name: "SIGTERM", code: 143 },
        }
    }
}
