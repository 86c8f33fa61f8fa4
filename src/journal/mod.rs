//! The journal: durable, ordered storage of batches of events, and of snapshots of what they add up to.
//!
//! # What it owns
//! The data directory, the order of batches, and the moment at which a batch counts as durable. Payloads and
//! frames are opaque bytes: their meaning belongs to the callers.
//!
//! # Invariants
//! - Sequences have no gaps: a batch begins where the one before ended, from 1 on.
//! - Every batch carries the hash of the one before (a chain), every snapshot the hash of the chain at its
//!   sequence, so what belongs to another history is noticed.
//! - An append that returned `Ok` survives a crash. One that was `Rejected` leaves nothing. After `Broken`
//!   nobody knows, so nothing more is appended and the process must end.
//! - Readers tell of durable batches only.
//! - A snapshot under its final name is complete; its segments are deleted after it, never before.
//! - Opening either repairs what a crash explains (an append cut short, a leftover temporary file), or fails
//!   and changes nothing.
//!
//! # What it must never do
//! Pass over damage: serve a part of the history as if it were all, fall back to an older snapshot, or guess.
//! Use async or threads: it blocks, and the runtime gives it a thread of its own.
//!
//! # Why own segment files
//! An embedded LSM store was tried. After one flipped byte in the middle of its log it opened without a word,
//! with 499 of 1,000 synced rows; and it doubled the bytes written. What is needed here is far less than a
//! store (append, read in order, delete the oldest), and has to be strict.
//!
//! # Layout
//! | file | what |
//! | --- | --- |
//! | `record`, `segment`, `snapshot` | the formats on disk, encoding and checked reading |
//! | `directory`, `listing` | the data directory: its lock, the names in it |
//! | `recover` | the rules of opening and verifying |
//! | `file`, `writer`, `reader`, `snapshots` | the embedded journal |
//! | `disk` | the file operations that can fail half-way, so that tests can make them |
//! | `memory` | a journal for tests, with faults on demand |

mod directory;
mod disk;
mod error;
mod file;
mod listing;
#[cfg(test)]
mod memory;
mod reader;
mod record;
mod recover;
mod segment;
mod snapshot;
mod snapshots;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;

use blake3::Hash;

pub use error::{AppendError, Damage, JournalError, OpenError, ReadError};
pub use file::{FileJournal, Options};
#[cfg(test)]
pub(crate) use memory::{AppendFault, MemoryStorage};
pub use recover::{Contents, Cut, verify};

/// The largest payload of a batch.
pub const MAX_PAYLOAD_BYTES: usize = 64 << 20;

/// The largest frame of a snapshot.
pub const MAX_FRAME_BYTES: usize = 64 << 20;

/// A place in the history: everything up to and including a sequence, identified by the hash of the chain
/// there. Only the journal makes marks, so a mark always lies between two batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    sequence: u64,
    chain: Hash,
}

impl Mark {
    /// Before the first event.
    pub const START: Mark = Mark { sequence: 0, chain: Hash::from_bytes([0; 32]) };

    /// The last sequence that the mark covers; 0 when it covers nothing.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The hash of the chain after that sequence.
    pub fn chain(&self) -> Hash {
        self.chain
    }

    /// The mark after one more batch. The caller has checked that the sequence doesn't overflow.
    fn advanced(&self, count: u32, payload: &[u8]) -> Mark {
        let first_sequence = self.sequence + 1;
        Mark {
            sequence: self.sequence + u64::from(count),
            chain: record::chain(&self.chain, first_sequence, count, payload),
        }
    }
}

/// A batch as it was appended: `count` events with consecutive sequences from `first_sequence` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The sequence of its first event.
    pub first_sequence: u64,
    /// How many events it holds; at least one.
    pub count: u32,
    /// The bytes that were appended.
    pub payload: Vec<u8>,
    /// The place in the history just after it.
    pub mark: Mark,
}

impl Batch {
    /// The sequence of its last event.
    pub fn last_sequence(&self) -> u64 {
        self.mark.sequence
    }
}

/// What [`Journal::retire`] deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retired {
    /// Segments deleted.
    pub segments: usize,
    /// Snapshots deleted.
    pub snapshots: usize,
    /// Bytes freed.
    pub bytes: u64,
}

/// The writer's side. There is one for a history, on the thread of that history's writer.
pub trait Journal: Send {
    /// The end of the history, as far as it is durable.
    fn mark(&self) -> Mark;

    /// The last durable sequence; 0 when there is none.
    fn last_sequence(&self) -> u64 {
        self.mark().sequence
    }

    /// Appends a batch of `count` events; durable when it returns `Ok`. Refused as [`AppendError::Fenced`]
    /// when `expected_last` is not the last sequence. After [`AppendError::Broken`] the process must end.
    fn append(&mut self, expected_last: u64, count: u32, payload: &[u8]) -> Result<(), AppendError>;

    /// Closes the current segment and starts another, so that a snapshot can cover the closed one. Does
    /// nothing when the current one is empty. Appending does the same by itself when a segment is full.
    fn roll(&mut self) -> Result<(), AppendError>;

    /// Drops the snapshots older than `snapshot_sequence` and every whole segment that it covers; the segment
    /// being written stays. To be called after the snapshot was read again and compared; refused when there
    /// is no snapshot of that sequence.
    fn retire(&mut self, snapshot_sequence: u64) -> Result<Retired, JournalError>;

    /// A reader that any thread may use while appends go on.
    fn reader(&self) -> Box<dyn Reader>;

    /// The handle to write snapshots with, from any thread.
    fn snapshots(&self) -> Arc<dyn Snapshots>;
}

/// Batches in order. Ends after the last batch, or after the first error.
pub type Batches = Box<dyn Iterator<Item = Result<Batch, JournalError>> + Send>;

/// Reads the history, independently of the writer.
pub trait Reader: Send {
    /// The newest snapshot, if there is one.
    fn latest_snapshot(&mut self) -> Result<Option<SnapshotReader>, JournalError>;

    /// The batches that hold events after `sequence`, up to what is durable now. The first may begin at or
    /// before `sequence`, when that lies inside a batch. [`JournalError::Compacted`] when events after
    /// `sequence` were retired.
    fn batches_after(&mut self, sequence: u64) -> Result<Batches, JournalError>;

    /// One more reader of the same history, for another thread.
    fn another(&self) -> Box<dyn Reader>;
}

/// A snapshot being read: its frames in order. It is verified as it is read, so it may be trusted only when
/// the iterator has ended without an error.
pub struct SnapshotReader {
    mark: Mark,
    frames: Box<dyn Iterator<Item = Result<Vec<u8>, JournalError>> + Send>,
}

impl SnapshotReader {
    /// The place in the history whose state it holds.
    pub fn mark(&self) -> Mark {
        self.mark
    }
}

impl Iterator for SnapshotReader {
    type Item = Result<Vec<u8>, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.frames.next()
    }
}

/// Starts and discards snapshots.
pub trait Snapshots: Send + Sync {
    /// Starts a snapshot of the state at `mark` (of the last batch that went into it). Refused while another
    /// of that sequence is being written or exists.
    fn create(&self, mark: Mark) -> Result<Box<dyn SnapshotWriter>, JournalError>;

    /// Deletes a finished snapshot that turned out wrong. Refused when nothing else tells the state.
    fn discard(&self, sequence: u64) -> Result<(), JournalError>;
}

/// A snapshot being written. Dropped before [`SnapshotWriter::finish`], it leaves nothing.
pub trait SnapshotWriter: Send {
    /// Adds a frame of at most [`MAX_FRAME_BYTES`].
    fn frame(&mut self, bytes: &[u8]) -> Result<(), JournalError>;

    /// Makes the snapshot durable and visible, both or neither.
    fn finish(self: Box<Self>) -> Result<(), JournalError>;
}

/// Refuses an append that could never be right, whatever the storage.
fn check_append(last: u64, expected: u64, count: u32, payload: &[u8]) -> Result<(), AppendError> {
    if expected != last {
        return Err(AppendError::Fenced { expected, actual: last });
    }
    if payload.len() > MAX_PAYLOAD_BYTES {
        return Err(AppendError::TooLarge { bytes: payload.len() });
    }
    // One sequence is kept free, so that "the one after the last" always exists.
    if count == 0 || last.checked_add(u64::from(count) + 1).is_none() {
        return Err(AppendError::BadCount { count, last });
    }
    Ok(())
}
