//! Reading the directory while the writer goes on.
//!
//! A reader stops at what was durable when it began, so it never meets an append in flight: what it can't
//! read is damage.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::listing::{Listing, segment_path, snapshot_path};
use super::segment::{Fault, SegmentReader};
use super::snapshot::FrameReader;
use super::{Batch, Batches, JournalError, ReadError, Reader, SnapshotReader};

/// How often a file that vanished is looked for under another name. Each time means that a retirement has
/// overtaken the reader.
const ATTEMPTS_MAX: usize = 8;

/// A reader of a data directory.
pub(super) struct FileReader {
    pub dir: PathBuf,
    pub durable: Arc<AtomicU64>,
}

impl Reader for FileReader {
    fn latest_snapshot(&mut self) -> Result<Option<SnapshotReader>, JournalError> {
        let mut attempt = 1;
        loop {
            let Some(&sequence) = Listing::read(&self.dir)?.snapshots.last() else {
                return Ok(None);
            };
            match FrameReader::open(&snapshot_path(&self.dir, sequence), sequence) {
                Err(error) if is_missing(&error) && attempt < ATTEMPTS_MAX => attempt += 1,
                Err(error) => return Err(error.into()),
                Ok(frames) => {
                    let mark = frames.mark();
                    let frames = Box::new(frames.map(|frame| frame.map_err(JournalError::from)));
                    return Ok(Some(SnapshotReader { mark, frames }));
                }
            }
        }
    }

    fn batches_after(&mut self, sequence: u64) -> Result<Batches, JournalError> {
        // Before the directory is listed: whatever is durable by now is in files that exist by then.
        let limit = self.durable.load(Ordering::Acquire);
        if sequence >= limit {
            return Ok(Box::new(std::iter::empty()));
        }
        let mut attempt = 1;
        let segment = loop {
            let segments = Listing::read(&self.dir)?.segments;
            let Some(&first) = segments.iter().rfind(|&&first| first <= sequence + 1) else {
                return Err(missing(&self.dir, sequence + 1, &segments));
            };
            match SegmentReader::open(&segment_path(&self.dir, first), first) {
                Err(error) if is_missing(&error) && attempt < ATTEMPTS_MAX => attempt += 1,
                opened => break opened?,
            }
        };
        let dir = self.dir.clone();
        Ok(Box::new(FileBatches { dir, after: sequence, limit, segment, ended: false }))
    }

    fn another(&self) -> Box<dyn Reader> {
        Box::new(FileReader { dir: self.dir.clone(), durable: self.durable.clone() })
    }
}

/// Batches out of one segment after the other.
struct FileBatches {
    dir: PathBuf,
    after: u64,
    limit: u64,
    segment: SegmentReader,
    ended: bool,
}

impl FileBatches {
    fn read(&mut self) -> Result<Option<Batch>, JournalError> {
        while self.segment.mark().sequence < self.limit {
            match self.segment.next_batch() {
                Ok(Some(batch)) if batch.last_sequence() > self.after => return Ok(Some(batch)),
                Ok(Some(_)) => {}
                Ok(None) => self.next_segment()?,
                Err(Fault::Torn { offset, what, .. }) => {
                    return Err(ReadError::damaged(self.segment.path(), offset, what).into());
                }
                Err(Fault::Error(error)) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    fn next_segment(&mut self) -> Result<(), JournalError> {
        let mark = self.segment.mark();
        let path = segment_path(&self.dir, mark.sequence + 1);
        let next = match SegmentReader::open(&path, mark.sequence + 1) {
            Err(error) if is_missing(&error) => {
                return Err(missing(&path, mark.sequence + 1, &Listing::read(&self.dir)?.segments));
            }
            opened => opened?,
        };
        if next.mark() != mark {
            return Err(ReadError::damaged(&path, 0, "it doesn't continue the segment before it").into());
        }
        self.segment = next;
        Ok(())
    }
}

impl Iterator for FileBatches {
    type Item = Result<Batch, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let batch = self.read().transpose();
        self.ended = !matches!(batch, Some(Ok(_)));
        batch
    }
}

fn is_missing(error: &ReadError) -> bool {
    matches!(error, ReadError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
}

/// The segment with that sequence isn't there: retired, when only later ones are left.
fn missing(path: &Path, sequence: u64, segments: &[u64]) -> JournalError {
    match segments.first() {
        Some(&first_sequence) if first_sequence > sequence => JournalError::Compacted { first_sequence },
        _ => ReadError::damaged(path, 0, format!("the segment with sequence {sequence} is missing")).into(),
    }
}
