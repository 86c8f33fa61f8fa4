//! Starting and discarding snapshots in the data directory.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::disk::Disk;
use super::listing::{Listing, snapshot_path};
use super::snapshot::FileSnapshotWriter;
use super::{JournalError, Mark, ReadError, SnapshotWriter, Snapshots};

/// The handle; independent of the writer of batches.
pub(super) struct FileSnapshots {
    pub dir: PathBuf,
    pub disk: Arc<dyn Disk>,
}

impl Snapshots for FileSnapshots {
    fn create(&self, mark: Mark) -> Result<Box<dyn SnapshotWriter>, JournalError> {
        let path = snapshot_path(&self.dir, mark.sequence);
        let exists = JournalError::SnapshotExists { sequence: mark.sequence };
        if Listing::read(&self.dir)?.snapshots.contains(&mark.sequence) {
            return Err(exists);
        }
        match FileSnapshotWriter::create(Arc::clone(&self.disk), path.clone(), &mark) {
            Ok(writer) => Ok(Box::new(writer)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists),
            Err(error) => Err(ReadError::io(&path, error).into()),
        }
    }

    fn discard(&self, sequence: u64) -> Result<(), JournalError> {
        let listing = Listing::read(&self.dir)?;
        if !listing.snapshots.contains(&sequence) {
            return Err(JournalError::NoSnapshot { sequence });
        }
        let others = || listing.snapshots.iter().filter(|&&other| other != sequence);
        let reached = others().max().copied().unwrap_or(0);
        if listing.segments.first().is_none_or(|&first| first > reached + 1) {
            return Err(JournalError::SnapshotNeeded { sequence });
        }
        let path = snapshot_path(&self.dir, sequence);
        self.disk.remove(&path).map_err(|error| ReadError::io(&path, error))?;
        Ok(self.disk.sync_dir(&self.dir).map_err(|error| ReadError::io(&self.dir, error))?)
    }
}
