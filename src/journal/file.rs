//! The embedded journal: segments and snapshots in a directory of their own.
//!
//! Must never append after [`AppendError::Broken`], nor delete a file before what replaces it is durable.

use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::BuildHasher;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::disk::{Disk, OsDisk};
use super::listing::{Listing, segment_path, snapshot_path};
use super::reader::FileReader;
use super::recover::{self, Contents, Scan};
use super::snapshots::FileSnapshots;
use super::writer::SegmentWriter;
use super::{AppendError, Journal, JournalError, Mark, OpenError, ReadError, Reader, Retired, Snapshots};
use super::{check_append, directory, record};

/// A buffer that a large batch has grown beyond this is given back.
const BUFFER_KEPT_BYTES: usize = 4 << 20;

/// How a data directory is written.
#[derive(Clone, Debug)]
pub struct Options {
    /// A batch that would make its segment larger than this begins another. A larger batch has its segment
    /// to itself.
    pub segment_bytes_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { segment_bytes_max: 64 << 20 }
    }
}

/// A journal in a directory that it holds locked.
pub struct FileJournal {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    options: Options,
    segment: SegmentWriter,
    mark: Mark,
    /// The last durable sequence, for readers.
    durable: Arc<AtomicU64>,
    buffer: Vec<u8>,
    broken: bool,
    _lock: File,
}

impl FileJournal {
    /// Opens a data directory, creating it when it doesn't exist, and tells what was found. What a crash has
    /// left is cleared away; anything else that is wrong is an error, and then nothing was changed.
    pub fn open(dir: impl AsRef<Path>, options: Options) -> Result<(FileJournal, Contents), OpenError> {
        Self::open_on(Arc::new(OsDisk), dir.as_ref(), options)
    }

    pub(super) fn open_on(
        disk: Arc<dyn Disk>,
        dir: &Path,
        options: Options,
    ) -> Result<(FileJournal, Contents), OpenError> {
        directory::ensure(dir)?;
        let lock = directory::lock(dir)?;
        let Scan { mut contents, end, tail, temporaries } = recover::scan(dir)?;
        let resumed = match &tail {
            Some(tail) => {
                let resumed = SegmentWriter::resume(&*disk, tail, contents.cut.is_some());
                Some(resumed.map_err(|error| ReadError::io(&tail.path, error))?)
            }
            None => None,
        };
        for path in &temporaries {
            disk.remove(path).map_err(|error| ReadError::io(path, error))?;
        }
        // Also for names that the process before has given without living to sync them.
        disk.sync_dir(dir).map_err(|error| ReadError::io(dir, error))?;
        let segment = match resumed {
            Some(segment) => segment,
            None => create_first(&*disk, dir, &end)?,
        };
        contents.segments = contents.segments.max(1);
        let journal = FileJournal {
            dir: dir.to_owned(),
            disk,
            options,
            segment,
            mark: end,
            durable: Arc::new(AtomicU64::new(end.sequence)),
            buffer: Vec::new(),
            broken: false,
            _lock: lock,
        };
        Ok((journal, contents))
    }

    fn check(&self, expected_last: u64, count: u32, payload: &[u8]) -> Result<(), AppendError> {
        self.check_usable()?;
        check_append(self.mark.sequence, expected_last, count, payload)
    }

    fn check_usable(&self) -> Result<(), AppendError> {
        match self.broken {
            true => Err(AppendError::Broken(io::Error::other("an earlier append has failed"))),
            false => Ok(()),
        }
    }

    /// Remembers that nothing may be appended any more.
    fn note<T>(&mut self, outcome: Result<T, AppendError>) -> Result<T, AppendError> {
        self.broken |= matches!(outcome, Err(AppendError::Broken(_)));
        outcome
    }

    fn remove(&self, path: &Path) -> Result<u64, JournalError> {
        let io = |error| ReadError::io(path, error);
        let bytes = std::fs::metadata(path).map_err(io)?.len();
        self.disk.remove(path).map_err(io)?;
        // One by one: a crash must not leave a later removal done and an earlier one not, which would look
        // like a missing segment.
        self.disk.sync_dir(&self.dir).map_err(|error| ReadError::io(&self.dir, error))?;
        Ok(bytes)
    }
}

impl Journal for FileJournal {
    fn mark(&self) -> Mark {
        self.mark
    }

    fn append(&mut self, expected_last: u64, count: u32, payload: &[u8]) -> Result<(), AppendError> {
        self.check(expected_last, count, payload)?;
        let bytes = self.segment.durable_bytes() + (record::HEADER_BYTES + payload.len()) as u64;
        if bytes > self.options.segment_bytes_max {
            self.roll()?;
        }
        let (marker, first_sequence) = (self.segment.marker(), self.mark.sequence + 1);
        record::encode(&mut self.buffer, marker, first_sequence, count, &self.mark.chain, payload);
        let appended = self.segment.append(&self.buffer);
        if self.buffer.capacity() > BUFFER_KEPT_BYTES {
            self.buffer = Vec::new();
        }
        self.note(appended)?;
        self.mark = self.mark.advanced(count, payload);
        self.durable.store(self.mark.sequence, Ordering::Release);
        Ok(())
    }

    fn roll(&mut self) -> Result<(), AppendError> {
        self.check_usable()?;
        if !self.segment.is_empty() {
            let created = SegmentWriter::create(&*self.disk, &self.dir, &self.mark, draw_marker());
            self.segment = self.note(created)?;
        }
        Ok(())
    }

    fn retire(&mut self, snapshot_sequence: u64) -> Result<Retired, JournalError> {
        if self.broken {
            return Err(JournalError::Broken);
        }
        let listing = Listing::read(&self.dir)?;
        if !listing.snapshots.contains(&snapshot_sequence) {
            return Err(JournalError::NoSnapshot { sequence: snapshot_sequence });
        }
        let mut retired = Retired::default();
        for &sequence in listing.snapshots.iter().filter(|&&sequence| sequence < snapshot_sequence) {
            retired.bytes += self.remove(&snapshot_path(&self.dir, sequence))?;
            retired.snapshots += 1;
        }
        for pair in listing.segments.windows(2) {
            // All that it holds comes before the next one. The last is never the first of a pair.
            if pair[1] <= snapshot_sequence + 1 {
                retired.bytes += self.remove(&segment_path(&self.dir, pair[0]))?;
                retired.segments += 1;
            }
        }
        Ok(retired)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(FileReader { dir: self.dir.clone(), durable: Arc::clone(&self.durable) })
    }

    fn snapshots(&self) -> Arc<dyn Snapshots> {
        Arc::new(FileSnapshots { dir: self.dir.clone(), disk: Arc::clone(&self.disk) })
    }
}

fn create_first(disk: &dyn Disk, dir: &Path, end: &Mark) -> Result<SegmentWriter, OpenError> {
    SegmentWriter::create(disk, dir, end, draw_marker()).map_err(|error| {
        let source = match error {
            AppendError::Rejected(source) | AppendError::Broken(source) => source,
            other => io::Error::other(other),
        };
        ReadError::io(&segment_path(dir, end.sequence + 1), source).into()
    })
}

/// Not to be guessed from outside; the standard library's hash keys are as random as is needed for that.
#[expect(clippy::disallowed_methods, reason = "randomness is wanted here")]
fn draw_marker() -> u32 {
    let [a, b, c, d, ..] = RandomState::new().hash_one(()).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}
