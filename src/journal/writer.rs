//! Writing one segment: the record that reaches the disk whole or not at all.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::disk::{Disk, DiskFile, write_all_at};
use super::listing::{segment_path, temporary_path};
use super::recover::Tail;
use super::segment::{self, encode_header};
use super::{AppendError, Mark};

/// The segment that is appended to.
pub(super) struct SegmentWriter {
    file: Box<dyn DiskFile>,
    marker: u32,
    durable_bytes: u64,
}

impl SegmentWriter {
    /// Creates the segment that begins after `mark`.
    ///
    /// It gets its name only when its header is durable, so no crash leaves a segment without one.
    pub fn create(disk: &dyn Disk, dir: &Path, mark: &Mark, marker: u32) -> Result<Self, AppendError> {
        let path = segment_path(dir, mark.sequence + 1);
        let temporary = temporary_path(&path);
        let header = encode_header(marker, mark);
        // Of an attempt whose clearing away failed as well.
        let _ = disk.remove(&temporary);
        let created = (|| {
            let mut file = disk.create(&temporary)?;
            write_all_at(&mut *file, &header, 0)?;
            file.sync()?;
            disk.rename(&temporary, &path)?;
            Ok(file)
        })();
        let file = created.map_err(|error| {
            let _ = disk.remove(&temporary);
            AppendError::Rejected(error)
        })?;
        // From here on the name may or may not outlive a crash.
        disk.sync_dir(dir).map_err(AppendError::Broken)?;
        Ok(SegmentWriter { file, marker, durable_bytes: header.len() as u64 })
    }

    /// Continues a segment after a start: cuts what isn't sound and makes sure of what is.
    pub fn resume(disk: &dyn Disk, tail: &Tail, cut: bool) -> io::Result<Self> {
        let mut file = disk.open(&tail.path)?;
        if cut {
            file.truncate(tail.bytes)?;
        }
        if let Some(offset) = tail.last_record_offset {
            // The process before may have died between write and sync, or after a failed sync: then the page
            // cache shows a record that the disk doesn't hold, in pages that count as clean. Writing the same
            // bytes again makes the next sync mean what it says.
            let mut record = vec![0; usize::try_from(tail.bytes - offset).unwrap_or(usize::MAX)];
            File::open(&tail.path)?.read_exact_at(&mut record, offset)?;
            write_all_at(&mut *file, &record, offset)?;
        }
        file.sync()?;
        let (marker, durable_bytes) = (tail.marker, tail.bytes);
        Ok(SegmentWriter { file, marker, durable_bytes })
    }

    /// Appends an encoded record; durable when it returns `Ok`.
    pub fn append(&mut self, record: &[u8]) -> Result<(), AppendError> {
        if let Err(error) = write_all_at(&mut *self.file, record, self.durable_bytes) {
            // A part may have been written. Take it back, and say so only when that is certain.
            let undone = self.file.truncate(self.durable_bytes).and_then(|()| self.file.sync());
            return Err(match undone {
                Ok(()) => AppendError::Rejected(error),
                Err(_) => AppendError::Broken(error),
            });
        }
        // After a failed sync the kernel may have dropped the dirty pages and marked them clean: another sync
        // would succeed without having written anything. So there is no retry, and no taking back either.
        self.file.sync().map_err(AppendError::Broken)?;
        self.durable_bytes += record.len() as u64;
        Ok(())
    }

    pub fn marker(&self) -> u32 {
        self.marker
    }

    pub fn durable_bytes(&self) -> u64 {
        self.durable_bytes
    }

    pub fn is_empty(&self) -> bool {
        self.durable_bytes == segment::HEADER_BYTES as u64
    }
}
