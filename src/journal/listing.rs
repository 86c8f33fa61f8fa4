//! The names in the data directory. Files that aren't ours are left alone.

use std::io;
use std::path::{Path, PathBuf};

use super::ReadError;

/// The file whose lock says that the directory is in use. Its content means nothing.
pub(super) const LOCK: &str = "LOCK";

const TEMPORARY: &str = ".tmp";

/// What is in the directory, each list in ascending order.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// First sequences of the segments.
    pub segments: Vec<u64>,
    /// Sequences of the snapshots.
    pub snapshots: Vec<u64>,
    /// Segments and snapshots that were being created.
    pub temporaries: Vec<PathBuf>,
}

impl Listing {
    pub fn read(dir: &Path) -> Result<Self, ReadError> {
        Self::read_raw(dir).map_err(|error| ReadError::io(dir, error))
    }

    fn read_raw(dir: &Path) -> io::Result<Self> {
        let mut listing = Listing::default();
        for entry in std::fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if let Some(sequence) = segment_sequence(name) {
                listing.segments.push(sequence);
            } else if let Some(sequence) = snapshot_sequence(name) {
                listing.snapshots.push(sequence);
            } else if let Some(name) = name.strip_suffix(TEMPORARY)
                && (segment_sequence(name).is_some() || snapshot_sequence(name).is_some())
            {
                listing.temporaries.push(entry.path());
            }
        }
        listing.segments.sort_unstable();
        listing.snapshots.sort_unstable();
        listing.temporaries.sort_unstable();
        Ok(listing)
    }
}

pub(super) fn segment_path(dir: &Path, first_sequence: u64) -> PathBuf {
    dir.join(format!("journal-{first_sequence:020}.seg"))
}

pub(super) fn snapshot_path(dir: &Path, sequence: u64) -> PathBuf {
    dir.join(format!("snapshot-{sequence:020}.snap"))
}

/// The name under which a file is written until it is complete.
pub(super) fn temporary_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(TEMPORARY);
    PathBuf::from(name)
}

fn segment_sequence(name: &str) -> Option<u64> {
    sequence(name.strip_prefix("journal-")?.strip_suffix(".seg")?)
}

fn snapshot_sequence(name: &str) -> Option<u64> {
    sequence(name.strip_prefix("snapshot-")?.strip_suffix(".snap")?)
}

/// Exactly 20 digits: `parse` alone would take a sign and fewer digits.
fn sequence(digits: &str) -> Option<u64> {
    let exact = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    exact.then(|| digits.parse().ok()).flatten()
}
