//! A disk that fails on demand and remembers what was synced.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::journal::disk::{Disk, DiskFile, OsDisk};
use crate::journal::listing::temporary_path;
use crate::journal::{FileJournal, Options};

/// What goes wrong, and what was done.
#[derive(Debug, Default)]
pub struct Plan {
    /// Bytes that can still be written before the disk is full.
    pub free_bytes: Option<usize>,
    /// The most that one call writes.
    pub write_bytes_max: Option<usize>,
    pub interrupt_next_write: bool,
    pub fail_sync: bool,
    pub fail_truncate: bool,
    pub fail_rename: bool,
    pub fail_sync_dir: bool,
    pub writes: usize,
    pub syncs: usize,
    pub dir_syncs: usize,
    /// Files removed since the directory was synced, and the most that there ever were.
    pub unsynced_removals: usize,
    pub unsynced_removals_max: usize,
    /// Length of each file at its last sync.
    pub synced_bytes: HashMap<PathBuf, u64>,
}

#[derive(Clone, Default)]
pub struct FaultyDisk {
    pub plan: Arc<Mutex<Plan>>,
}

impl FaultyDisk {
    pub fn with_plan() -> (Arc<dyn Disk>, Arc<Mutex<Plan>>) {
        let disk = FaultyDisk::default();
        let plan = Arc::clone(&disk.plan);
        (Arc::new(disk), plan)
    }

    fn file(&self, path: &Path, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        Box::new(FaultyFile { path: final_path(path), file, plan: Arc::clone(&self.plan) })
    }
}

impl Plan {
    /// How much of a file survives a crash at least.
    pub fn synced_bytes(&self, path: &Path) -> u64 {
        self.synced_bytes.get(path).copied().unwrap_or(0)
    }
}

/// A journal with small segments on a disk that can fail.
pub fn open_faulty(dir: &Path) -> (FileJournal, Arc<Mutex<Plan>>) {
    let (disk, plan) = FaultyDisk::with_plan();
    let options = Options { segment_bytes_max: 1500 };
    let (journal, _) = FileJournal::open_on(disk, dir, options).unwrap();
    (journal, plan)
}

/// A file keeps its record when it is renamed into place.
fn final_path(path: &Path) -> PathBuf {
    PathBuf::from(path.to_str().unwrap().trim_end_matches(".tmp"))
}

fn failed(what: &str) -> io::Error {
    io::Error::other(format!("injected: {what}"))
}

impl Disk for FaultyDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.file(path, OsDisk.create(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.file(path, OsDisk.open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        match self.plan.lock().unwrap().fail_rename {
            true => Err(failed("rename")),
            false => OsDisk.rename(from, to),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        OsDisk.remove(path)?;
        let mut plan = self.plan.lock().unwrap();
        plan.unsynced_removals += 1;
        plan.unsynced_removals_max = plan.unsynced_removals_max.max(plan.unsynced_removals);
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut plan = self.plan.lock().unwrap();
        if plan.fail_sync_dir {
            return Err(failed("sync of the directory"));
        }
        plan.dir_syncs += 1;
        plan.unsynced_removals = 0;
        OsDisk.sync_dir(dir)
    }
}

struct FaultyFile {
    path: PathBuf,
    file: Box<dyn DiskFile>,
    plan: Arc<Mutex<Plan>>,
}

impl DiskFile for FaultyFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let mut plan = self.plan.lock().unwrap();
        if std::mem::take(&mut plan.interrupt_next_write) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        plan.writes += 1;
        let free = plan.free_bytes.unwrap_or(usize::MAX);
        let bytes = &bytes[..bytes.len().min(free).min(plan.write_bytes_max.unwrap_or(usize::MAX))];
        if bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        plan.free_bytes = plan.free_bytes.map(|free| free - bytes.len());
        self.file.write_at(bytes, offset)
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        match self.plan.lock().unwrap().fail_truncate {
            true => Err(failed("truncation")),
            false => self.file.truncate(bytes),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut plan = self.plan.lock().unwrap();
        if plan.fail_sync {
            return Err(failed("sync"));
        }
        plan.syncs += 1;
        // Not synced for real: the tests crash files themselves, and only the recorded length counts.
        let temporary = temporary_path(&self.path);
        let path = if temporary.exists() { &temporary } else { &self.path };
        let bytes = std::fs::metadata(path)?.len();
        plan.synced_bytes.insert(self.path.clone(), bytes);
        Ok(())
    }
}
