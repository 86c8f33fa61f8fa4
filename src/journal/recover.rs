//! The rules of opening: what a crash explains is repaired, everything else is refused.
//!
//! Only reads. What is to be repaired is handed to the caller, so that verifying and opening can't disagree.
//!
//! One append is in flight at a time, and a segment is whole when the next is begun. So a crash leaves at most
//! one record incomplete, at the very end of the last segment, with nothing after it. A record that can't be
//! read anywhere else, or with a sound one behind it, was durable once: that is damage.

use std::path::{Path, PathBuf};

use super::listing::{Listing, segment_path, snapshot_path};
use super::segment::{Fault, SegmentReader};
use super::{Mark, OpenError, ReadError, directory, snapshot};

/// The end of the last segment, which an append cut short by a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The segment.
    pub file: PathBuf,
    /// How many bytes it loses.
    pub bytes: u64,
    /// What is wrong with them.
    pub reason: String,
}

/// What a sound data directory holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// What opening has cut off, or would.
    pub cut: Option<Cut>,
    /// The last sequence; 0 when there is none.
    pub last_sequence: u64,
    /// The newest snapshot, if there is one.
    pub snapshot_sequence: Option<u64>,
    /// How many segments there are.
    pub segments: usize,
    /// How many batches are in them.
    pub batches: u64,
    /// The size of the sound part of the segments.
    pub bytes: u64,
}

/// The segment that appending continues in.
#[derive(Debug)]
pub(super) struct Tail {
    pub path: PathBuf,
    pub marker: u32,
    /// The length of its sound part.
    pub bytes: u64,
    pub last_record_offset: Option<u64>,
}

/// A directory that was found sound, perhaps after a crash.
#[derive(Debug)]
pub(super) struct Scan {
    pub contents: Contents,
    pub end: Mark,
    pub tail: Option<Tail>,
    pub temporaries: Vec<PathBuf>,
}

/// Checks a data directory by the rules of opening, all of it, and changes nothing.
pub fn verify(dir: impl AsRef<Path>) -> Result<Contents, OpenError> {
    let dir = dir.as_ref();
    directory::check(dir)?;
    // Beside a running daemon an append in flight would look like a crash.
    let _lock = directory::lock_shared(dir)?;
    Ok(scan(dir)?.contents)
}

/// Reads everything and applies the rules.
pub(super) fn scan(dir: &Path) -> Result<Scan, ReadError> {
    let listing = Listing::read(dir)?;
    // Older snapshots are only waiting to be retired; the newest is what will be used.
    let snapshot = match listing.snapshots.last() {
        Some(&sequence) => Some(snapshot::check(&snapshot_path(dir, sequence), sequence)?),
        None => None,
    };
    let mut walk = Walk { dir, snapshot, end: None, tail: None, contents: Contents::default() };
    for (index, &first_sequence) in listing.segments.iter().enumerate() {
        walk.segment(first_sequence, index + 1 == listing.segments.len())?;
    }
    let end = walk.check_end()?;
    let contents = Contents {
        last_sequence: end.sequence,
        snapshot_sequence: snapshot.map(|mark| mark.sequence),
        segments: listing.segments.len(),
        ..walk.contents
    };
    Ok(Scan { contents, end, tail: walk.tail, temporaries: listing.temporaries })
}

/// Going through the segments in order.
struct Walk<'a> {
    dir: &'a Path,
    snapshot: Option<Mark>,
    end: Option<Mark>,
    tail: Option<Tail>,
    contents: Contents,
}

impl Walk<'_> {
    fn segment(&mut self, first_sequence: u64, last: bool) -> Result<(), ReadError> {
        let path = segment_path(self.dir, first_sequence);
        let mut reader = SegmentReader::open(&path, first_sequence)?;
        self.check_start(&path, &reader.mark())?;
        self.check_snapshot(&path, 0, reader.mark().sequence, &reader.mark())?;
        loop {
            match reader.next_batch() {
                Ok(Some(batch)) => {
                    self.contents.batches += 1;
                    self.check_snapshot(&path, reader.sound_bytes(), batch.first_sequence, &batch.mark)?;
                }
                Ok(None) => break,
                Err(Fault::Torn { offset, end, what }) => {
                    self.contents.cut = Some(check_cut(&path, &reader, last, offset, end, what)?);
                    break;
                }
                Err(Fault::Error(error)) => return Err(error),
            }
        }
        self.contents.bytes += reader.sound_bytes();
        self.end = Some(reader.mark());
        self.tail = Some(Tail {
            path,
            marker: reader.marker(),
            bytes: reader.sound_bytes(),
            last_record_offset: reader.last_record_offset(),
        });
        Ok(())
    }

    /// A segment continues the one before. The first begins with the first event, or no later than just after
    /// the snapshot.
    fn check_start(&self, path: &Path, start: &Mark) -> Result<(), ReadError> {
        let (expected, first) = match (&self.end, &self.snapshot) {
            (Some(end), _) => (*end, false),
            (None, Some(snapshot)) if start.sequence > snapshot.sequence => (*snapshot, false),
            (None, Some(_)) if start.sequence > 0 => return Ok(()),
            (None, _) => (Mark::START, true),
        };
        if start.sequence > expected.sequence {
            let (from, to) = (expected.sequence + 1, start.sequence);
            return Err(ReadError::damaged(
                path,
                0,
                format!("the segments before it, with sequences {from} to {to}, are missing"),
            ));
        }
        if start.sequence < expected.sequence {
            let what = format!(
                "it begins at sequence {}, which the segment before it holds too",
                start.sequence + 1
            );
            return Err(ReadError::damaged(path, 0, what));
        }
        if start.chain != expected.chain {
            let what = if first {
                "it doesn't begin a history"
            } else {
                "it doesn't continue the segment before it"
            };
            return Err(ReadError::damaged(path, 0, what));
        }
        Ok(())
    }

    /// Where the snapshot ends, a batch ends, with the same hash.
    fn check_snapshot(&self, path: &Path, offset: u64, first: u64, mark: &Mark) -> Result<(), ReadError> {
        let Some(snapshot) = &self.snapshot else {
            return Ok(());
        };
        let sequence = snapshot.sequence;
        if sequence == mark.sequence && snapshot.chain != mark.chain {
            let what = format!("the history up to sequence {sequence} is not that of the snapshot there");
            return Err(ReadError::damaged(path, offset, what));
        }
        if (first..mark.sequence).contains(&sequence) {
            let what = format!("the snapshot at sequence {sequence} ends inside a batch");
            return Err(ReadError::damaged(path, offset, what));
        }
        Ok(())
    }

    /// The history reaches the snapshot.
    fn check_end(&self) -> Result<Mark, ReadError> {
        let end = self.end.unwrap_or(Mark::START);
        match &self.snapshot {
            Some(snapshot) if end.sequence < snapshot.sequence => {
                let what = format!("it is newer than the journal, which ends at sequence {}", end.sequence);
                Err(ReadError::damaged(&snapshot_path(self.dir, snapshot.sequence), 0, what))
            }
            _ => Ok(end),
        }
    }
}

/// Whether a record that can't be read is what a crash leaves.
fn check_cut(
    path: &Path,
    reader: &SegmentReader,
    last: bool,
    offset: u64,
    end: Option<u64>,
    what: &str,
) -> Result<Cut, ReadError> {
    let damaged = |why: &str| Err(ReadError::damaged(path, offset, format!("{what}, and {why}")));
    if !last {
        return damaged("another segment follows");
    }
    let file_bytes = reader.file_bytes()?;
    if end.is_some_and(|end| end < file_bytes) {
        return damaged("more was appended after it");
    }
    if let Some(later) = reader.find_later_record()? {
        return damaged(&format!("a sound one follows at byte {later}"));
    }
    Ok(Cut { file: path.to_owned(), bytes: file_bytes - offset, reason: what.to_owned() })
}
