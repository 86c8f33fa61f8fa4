//! The journal's thread: appends one part of a batch after the other, so that the writer can step the
//! next while one is being synced. Owns the journal; must not know what is in a batch.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use tokio::sync::mpsc as tokio_mpsc;

use crate::journal::{AppendError, Journal, JournalError, Retired};

/// The writer has one append in flight and one snapshot in the making, so this is never reached.
const ASKS_MAX: usize = 8;

/// Encoded events with consecutive sequences.
#[derive(Debug, Default)]
pub struct Part {
    /// How many events.
    pub count: u32,
    /// A `kefud.journal.v1.Batch`.
    pub payload: Vec<u8>,
}

/// What the journal is asked to do.
pub enum Ask {
    /// Make a part durable.
    Append {
        /// The sequence before it.
        expected_last: u64,
        /// The part.
        part: Part,
    },
    /// Close the current segment, so that a snapshot can cover it.
    Roll,
    /// Drop what the verified snapshot covers.
    Retire(u64),
}

/// What has come of it.
pub enum Done {
    /// The part is durable, or not.
    Appended {
        /// Events in it.
        count: u32,
        /// Its size.
        bytes: usize,
        /// How long it took.
        took: Duration,
        /// How it went.
        result: Result<(), AppendError>,
    },
    /// The segment that ended at this sequence is closed.
    Rolled(u64, Result<(), AppendError>),
    /// Old segments are gone.
    Retired(Result<Retired, JournalError>),
}

/// The asking end.
pub struct Pump {
    asks: mpsc::SyncSender<Ask>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Pump {
    /// Starts the thread. Answers come in the order of the asks.
    pub fn start(
        name: &str,
        mut journal: Box<dyn Journal>,
    ) -> std::io::Result<(Self, tokio_mpsc::Receiver<Done>)> {
        let (asks, inbox) = mpsc::sync_channel(ASKS_MAX);
        let (done, answers) = tokio_mpsc::channel(ASKS_MAX);
        let run = move || {
            let _abort = AbortOnPanic;
            for ask in inbox {
                if done.blocking_send(answer(&mut *journal, ask)).is_err() {
                    break;
                }
            }
        };
        let thread = thread::Builder::new().name(format!("journal-{name}")).spawn(run)?;
        Ok((Self { asks, thread: Some(thread) }, answers))
    }

    /// Asks. False when the thread is gone.
    pub fn ask(&self, ask: Ask) -> bool {
        self.asks.send(ask).is_ok()
    }

    /// Ends the thread after what was asked, and so closes the journal.
    pub fn stop(self) {
        drop(self.asks);
        if let Some(thread) = self.thread {
            // A panic would have ended the process.
            let _ = thread.join();
        }
    }
}

/// A writer or journal that has panicked must not leave a process that looks alive.
pub struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            std::process::abort();
        }
    }
}

fn answer(journal: &mut dyn Journal, ask: Ask) -> Done {
    match ask {
        Ask::Append { expected_last, part } => {
            let started = Instant::now();
            let result = journal.append(expected_last, part.count, &part.payload);
            Done::Appended { count: part.count, bytes: part.payload.len(), took: started.elapsed(), result }
        }
        Ask::Roll => {
            let result = journal.roll();
            Done::Rolled(journal.last_sequence(), result)
        }
        Ask::Retire(sequence) => Done::Retired(journal.retire(sequence)),
    }
}
