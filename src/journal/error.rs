//! What can go wrong, told in one line that says what to do.

use std::io;
use std::path::{Path, PathBuf};

use super::{MAX_FRAME_BYTES, MAX_PAYLOAD_BYTES};

/// Why a batch was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else has appended, or the caller lost count. Nothing was written.
    #[error(
        "the journal ends at sequence {actual}, not at {expected}: read again from there before appending"
    )]
    Fenced {
        /// The last sequence that the caller expected.
        expected: u64,
        /// The last sequence of the journal.
        actual: u64,
    },
    /// The payload is over [`MAX_PAYLOAD_BYTES`]. Nothing was written.
    #[error("a batch of {bytes} bytes is over the limit of {MAX_PAYLOAD_BYTES}: split it")]
    TooLarge {
        /// The size of the payload.
        bytes: usize,
    },
    /// A batch of no events, or of more than there are sequences left. Nothing was written.
    #[error("a batch of {count} events after sequence {last} can't be numbered: append at least one event")]
    BadCount {
        /// The number of events given.
        count: u32,
        /// The last sequence of the journal.
        last: u64,
    },
    /// The disk refused, for instance because it is full. Nothing of the batch remains and the journal is
    /// usable.
    #[error("the batch was not written, and nothing of it remains: {0}; free some space, then retry")]
    Rejected(#[source] io::Error),
    /// Unknown what is on disk: the process must end and start again from what is there.
    #[error("the journal is broken, unknown what reached the disk: {0}; check the disk, then restart")]
    Broken(#[source] io::Error),
}

/// Where a data directory is damaged, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} is damaged at byte {offset}: {what}; nothing was changed: restore the directory from a backup, or \
     move it away to start empty",
    file.display()
)]
pub struct Damage {
    /// The file that is damaged, or that shows that another is missing.
    pub file: PathBuf,
    /// Where in the file.
    pub offset: u64,
    /// What is wrong there.
    pub what: String,
}

impl Damage {
    pub(super) fn new(file: &Path, offset: u64, what: impl Into<String>) -> Self {
        Damage { file: file.to_owned(), offset, what: what.into() }
    }
}

/// What reading a file of the data directory, or changing one, can meet.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A part of the history is missing or wrong.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// Written by a newer release.
    #[error("{} has format version {version}, which this release can't read: start a newer one", file.display())]
    NewerFormat {
        /// The file.
        file: PathBuf,
        /// The version of its format.
        version: u32,
    },
    /// The operating system refused.
    #[error("can't use {}: {source}; check its owner, its permissions and the disk", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl ReadError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        ReadError::Io { path: path.to_owned(), source }
    }

    pub(super) fn damaged(file: &Path, offset: u64, what: impl Into<String>) -> Self {
        ReadError::Damaged(Damage::new(file, offset, what))
    }
}

/// Why a data directory was not opened or did not pass verification. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("{} is in use by another process: stop that one first, or give this one another directory", dir.display())]
    Locked {
        /// The data directory.
        dir: PathBuf,
    },
    /// There is something else in its place.
    #[error("{} is not a directory: give the path of a directory, or of none yet", path.display())]
    NotADirectory {
        /// The path that was given.
        path: PathBuf,
    },
    /// What is there can't be read or used.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Why reading, writing a snapshot or retiring failed.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// What is there can't be read or used.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Those events were retired: only the snapshot still knows what they added up to.
    #[error("events before sequence {first_sequence} were compacted: start from the snapshot")]
    Compacted {
        /// The first sequence that can still be read.
        first_sequence: u64,
    },
    /// A snapshot of that sequence exists or is being written.
    #[error("a snapshot at sequence {sequence} exists or is being written: wait for it, or discard it first")]
    SnapshotExists {
        /// Its sequence.
        sequence: u64,
    },
    /// There is no finished snapshot of that sequence.
    #[error("there is no snapshot at sequence {sequence}: write and verify one first")]
    NoSnapshot {
        /// The sequence asked for.
        sequence: u64,
    },
    /// The history before that snapshot was retired, so it is the only record of the state.
    #[error("the snapshot at sequence {sequence} is the only record of the state: write another first")]
    SnapshotNeeded {
        /// Its sequence.
        sequence: u64,
    },
    /// A frame is over [`MAX_FRAME_BYTES`].
    #[error("a snapshot frame of {bytes} bytes is over the limit of {MAX_FRAME_BYTES}: split it")]
    FrameTooLarge {
        /// The size of the frame.
        bytes: usize,
    },
    /// An append has broken the journal; nothing more is changed on disk.
    #[error("the journal broke at an earlier append: restart the daemon")]
    Broken,
}
