//! The data directory itself: that it exists and that one process uses it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use super::listing::LOCK;
use super::{OpenError, ReadError, recover};

/// Refuses what isn't a directory.
pub(super) fn check(dir: &Path) -> Result<(), OpenError> {
    match std::fs::metadata(dir) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(OpenError::NotADirectory { path: dir.to_owned() }),
        Err(error) => Err(ReadError::io(dir, error).into()),
    }
}

/// Turns the outcome of locking into ours.
fn locked(dir: &Path, outcome: Result<(), TryLockError>) -> Result<(), OpenError> {
    outcome.map_err(|error| match error {
        TryLockError::WouldBlock => OpenError::Locked { dir: dir.to_owned() },
        TryLockError::Error(error) => ReadError::io(&dir.join(LOCK), error).into(),
    })
}

/// Creates the directory, durably, unless it exists.
pub(super) fn ensure(dir: &Path) -> Result<(), OpenError> {
    let io = |error| ReadError::io(dir, error);
    let missing: Vec<&Path> = dir.ancestors().take_while(|path| is_missing(path)).collect();
    if missing.is_empty() {
        return check(dir);
    }
    // Customers' data: for nobody else to read.
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(io)?;
    for created in missing {
        let parent = created.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new("."))).and_then(|parent| parent.sync_all()).map_err(io)?;
    }
    Ok(())
}

fn is_missing(path: &Path) -> bool {
    let not_found = |error: io::Error| error.kind() == io::ErrorKind::NotFound;
    !path.as_os_str().is_empty() && std::fs::metadata(path).is_err_and(not_found)
}

/// Takes the lock of the one process that may write.
pub(super) fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(LOCK);
    if is_missing(&path) {
        // A failed opening changes nothing, and the lock file would be a change: look first.
        recover::scan(dir)?;
    }
    let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = opened.map_err(|error| ReadError::io(&path, error))?;
    locked(dir, file.try_lock())?;
    Ok(file)
}

/// Keeps the process that writes away while the lock is held. `None` where nobody has ever written.
pub(super) fn lock_shared(dir: &Path) -> Result<Option<File>, OpenError> {
    let path = dir.join(LOCK);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ReadError::io(&path, error).into()),
    };
    locked(dir, file.try_lock_shared())?;
    Ok(Some(file))
}
