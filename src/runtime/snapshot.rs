//! Snapshots, off the writer: an independent replay of what is on disk builds the state, writes it, reads
//! it back and compares the two. Only then may the journal drop what the snapshot covers. The writer is
//! never asked for its state, so damage on disk is found while the segments are still there.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use prost::Message;

use crate::journal::{JournalError, Reader, Snapshots};

use super::recover::{ReplayError, read_snapshot, replay};

/// Why there is no new snapshot. The journal goes on without.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The history can't be replayed.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The snapshot can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// What was read back is not what was written.
    #[error("the snapshot differs from the replayed state; it was discarded and the segments are kept")]
    Differs,
}

/// A snapshot that was written and verified.
#[derive(Debug)]
pub struct Written {
    /// Its sequence.
    pub sequence: u64,
    /// Its size.
    pub bytes: u64,
    /// How long it took.
    pub took: Duration,
}

/// Writes and verifies a snapshot of the state after `sequence`.
pub fn write(
    mut reader: Box<dyn Reader>,
    snapshots: &Arc<dyn Snapshots>,
    sequence: u64,
) -> Result<Written, SnapshotError> {
    let started = Instant::now();
    let (state, mark) = replay(&mut *reader, Some(sequence))?;
    let mut writer = snapshots.create(mark)?;
    let mut bytes = 0;
    let mut failed = None;
    state.export(|record| {
        let frame = record.encode_to_vec();
        bytes += frame.len() as u64;
        if failed.is_none() {
            failed = writer.frame(&frame).err();
        }
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    writer.finish()?;
    let read_back = read_snapshot(&mut *reader);
    if !matches!(&read_back, Ok(Some((copy, at))) if *at == mark && copy.hash() == state.hash()) {
        // Whatever is wrong with it, it must not be what the next start begins with.
        snapshots.discard(mark.sequence())?;
        return Err(read_back.err().map_or(SnapshotError::Differs, SnapshotError::from));
    }
    Ok(Written { sequence: mark.sequence(), bytes, took: started.elapsed() })
}
