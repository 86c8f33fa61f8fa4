//! A journal in memory, for tests. What it wrote outlives it, so a restart can be played; it fails on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{AppendError, Batch, Batches, Journal, JournalError, MAX_FRAME_BYTES, Mark, Reader, Retired};
use super::{SnapshotReader, SnapshotWriter, Snapshots, check_append};

/// How the next append fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendFault {
    /// As a full disk does: nothing of it remains.
    Rejected,
    /// The journal is broken and the batch is found after a restart.
    BrokenKept,
    /// The journal is broken and the batch is gone after a restart.
    BrokenLost,
}

/// What a [`MemoryJournal`] writes to; clones are the same storage.
#[derive(Clone, Debug, Default)]
pub struct MemoryStorage {
    state: Arc<Mutex<State>>,
}

type Snapshot = (Mark, Arc<Vec<Vec<u8>>>);

#[derive(Debug, Default)]
struct State {
    batches: Vec<Batch>,
    /// The end when no batch is left.
    retired: Option<Mark>,
    /// First sequences of the segments; empty stands for one segment from 1 on.
    segments: Vec<u64>,
    snapshots: BTreeMap<u64, Snapshot>,
    being_written: BTreeSet<u64>,
    fault: Option<AppendFault>,
}

impl State {
    fn mark(&self) -> Mark {
        let last = self.batches.last().map(|batch| batch.mark);
        last.or(self.retired).unwrap_or(Mark::START)
    }

    fn first_sequence(&self) -> u64 {
        self.segments.first().copied().unwrap_or(1)
    }
}

impl MemoryStorage {
    /// Storage that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a journal on it, as after a restart.
    pub fn open(&self) -> MemoryJournal {
        MemoryJournal { storage: self.clone(), broken: false }
    }

    /// Makes the next append fail.
    pub fn fail_next_append(&self, fault: AppendFault) {
        self.state().fault = Some(fault);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A journal on a [`MemoryStorage`]. Two on one storage fence each other.
#[derive(Debug)]
pub struct MemoryJournal {
    storage: MemoryStorage,
    broken: bool,
}

impl MemoryJournal {
    fn check_usable(&self) -> Result<(), AppendError> {
        match self.broken {
            true => Err(AppendError::Broken(io::Error::other("an earlier append has failed"))),
            false => Ok(()),
        }
    }
}

impl Journal for MemoryJournal {
    fn mark(&self) -> Mark {
        self.storage.state().mark()
    }

    fn append(&mut self, expected_last: u64, count: u32, payload: &[u8]) -> Result<(), AppendError> {
        self.check_usable()?;
        let mut state = self.storage.state();
        let last = state.mark();
        check_append(last.sequence, expected_last, count, payload)?;
        let fault = state.fault.take();
        if matches!(fault, None | Some(AppendFault::BrokenKept)) {
            let mark = last.advanced(count, payload);
            let first_sequence = last.sequence + 1;
            state.batches.push(Batch { first_sequence, count, payload: payload.to_vec(), mark });
        }
        drop(state);
        match fault {
            None => Ok(()),
            Some(AppendFault::Rejected) => Err(AppendError::Rejected(io::ErrorKind::StorageFull.into())),
            Some(AppendFault::BrokenKept | AppendFault::BrokenLost) => {
                self.broken = true;
                Err(AppendError::Broken(io::Error::other("a fault was injected")))
            }
        }
    }

    fn roll(&mut self) -> Result<(), AppendError> {
        self.check_usable()?;
        let mut state = self.storage.state();
        let next = state.mark().sequence + 1;
        if state.segments.is_empty() {
            state.segments.push(1);
        }
        if state.segments.last() != Some(&next) {
            state.segments.push(next);
        }
        Ok(())
    }

    fn retire(&mut self, snapshot_sequence: u64) -> Result<Retired, JournalError> {
        if self.broken {
            return Err(JournalError::Broken);
        }
        let mut state = self.storage.state();
        if !state.snapshots.contains_key(&snapshot_sequence) {
            return Err(JournalError::NoSnapshot { sequence: snapshot_sequence });
        }
        let kept = state.snapshots.split_off(&snapshot_sequence);
        let older = std::mem::replace(&mut state.snapshots, kept);
        let covered = |pair: &[u64]| pair[1] <= snapshot_sequence + 1;
        let segments = state.segments.windows(2).take_while(|pair| covered(pair)).count();
        state.segments.drain(..segments);
        let first_sequence = state.first_sequence();
        state.retired = Some(state.mark());
        let before: usize = state.batches.iter().map(|batch| batch.payload.len()).sum();
        state.batches.retain(|batch| batch.first_sequence >= first_sequence);
        let after: usize = state.batches.iter().map(|batch| batch.payload.len()).sum();
        let frames = older.values().flat_map(|(_, frames)| frames.iter().map(Vec::len));
        let bytes = (before - after + frames.sum::<usize>()) as u64;
        Ok(Retired { segments, snapshots: older.len(), bytes })
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(self.storage.clone())
    }

    fn snapshots(&self) -> Arc<dyn Snapshots> {
        Arc::new(self.storage.clone())
    }
}

impl Reader for MemoryStorage {
    fn latest_snapshot(&mut self) -> Result<Option<SnapshotReader>, JournalError> {
        let state = self.state();
        let Some((mark, frames)) = state.snapshots.values().next_back().cloned() else {
            return Ok(None);
        };
        let frames = (0..frames.len()).map(move |index| Ok(frames[index].clone()));
        Ok(Some(SnapshotReader { mark, frames: Box::new(frames) }))
    }

    fn batches_after(&mut self, sequence: u64) -> Result<Batches, JournalError> {
        let state = self.state();
        let first_sequence = state.first_sequence();
        if sequence < state.mark().sequence && sequence + 1 < first_sequence {
            return Err(JournalError::Compacted { first_sequence });
        }
        let batches = state.batches.iter().filter(|batch| batch.last_sequence() > sequence);
        let batches: Vec<Batch> = batches.cloned().collect();
        Ok(Box::new(batches.into_iter().map(Ok)))
    }

    fn another(&self) -> Box<dyn Reader> {
        Box::new(self.clone())
    }
}

impl Snapshots for MemoryStorage {
    fn create(&self, mark: Mark) -> Result<Box<dyn SnapshotWriter>, JournalError> {
        let mut state = self.state();
        if state.snapshots.contains_key(&mark.sequence) || !state.being_written.insert(mark.sequence) {
            return Err(JournalError::SnapshotExists { sequence: mark.sequence });
        }
        drop(state);
        Ok(Box::new(MemorySnapshotWriter { storage: self.clone(), mark, frames: Vec::new() }))
    }

    fn discard(&self, sequence: u64) -> Result<(), JournalError> {
        let mut state = self.state();
        if !state.snapshots.contains_key(&sequence) {
            return Err(JournalError::NoSnapshot { sequence });
        }
        let others = state.snapshots.keys().filter(|&&other| other != sequence);
        if state.first_sequence() > others.max().copied().unwrap_or(0) + 1 {
            return Err(JournalError::SnapshotNeeded { sequence });
        }
        state.snapshots.remove(&sequence);
        Ok(())
    }
}

struct MemorySnapshotWriter {
    storage: MemoryStorage,
    mark: Mark,
    frames: Vec<Vec<u8>>,
}

impl SnapshotWriter for MemorySnapshotWriter {
    fn frame(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        if bytes.len() > MAX_FRAME_BYTES {
            return Err(JournalError::FrameTooLarge { bytes: bytes.len() });
        }
        self.frames.push(bytes.to_vec());
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), JournalError> {
        let frames = Arc::new(std::mem::take(&mut self.frames));
        self.storage.state().snapshots.insert(self.mark.sequence, (self.mark, frames));
        Ok(())
    }
}

impl Drop for MemorySnapshotWriter {
    fn drop(&mut self) {
        self.storage.state().being_written.remove(&self.mark.sequence);
    }
}
