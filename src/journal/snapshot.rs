//! The format of a snapshot, writing and reading one.
//!
//! A header, frames, a footer, and then nothing. All numbers are little-endian.
//!
//! | part | bytes | what |
//! | --- | --- | --- |
//! | header | 8 | `kefudsnp` |
//! | | 4 | format version |
//! | | 8 | sequence of the last event in it |
//! | | 32 | hash of the chain there |
//! | | 4 | CRC-32C of the header before |
//! | frame | 4 | length of the frame's bytes |
//! | | 4 | CRC-32C of the length and the bytes |
//! | | … | bytes |
//! | footer | 4 | `0xffff_ffff` in the place of a length |
//! | | 8 | number of frames |
//! | | 32 | blake3 of the header and all frames, lengths and CRCs included |
//! | | 4 | CRC-32C of the footer before |
//!
//! Written under a temporary name, synced, renamed: under its final name it is always whole.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use blake3::{Hash, Hasher};

use super::disk::{Disk, DiskFile, write_all_at};
use super::listing::temporary_path;
use super::record::take;
use super::segment::read_full;
use super::{JournalError, MAX_FRAME_BYTES, Mark, ReadError, SnapshotWriter};

const MAGIC: [u8; 8] = *b"kefudsnp";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 56;
const FOOTER_BYTES: usize = 48;
const END: u32 = u32::MAX;

/// Small frames are gathered up to this before they are written.
const BUFFER_BYTES: usize = 256 << 10;

fn encode_header(mark: &Mark) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&mark.sequence.to_le_bytes());
    bytes.extend_from_slice(mark.chain.as_bytes());
    let crc = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

fn decode_header(bytes: &[u8]) -> Option<(u32, Mark)> {
    let mut rest = bytes;
    let magic: [u8; 8] = take(&mut rest)?;
    let version = u32::from_le_bytes(take(&mut rest)?);
    let sequence = u64::from_le_bytes(take(&mut rest)?);
    let chain = Hash::from_bytes(take(&mut rest)?);
    let crc = u32::from_le_bytes(take(&mut rest)?);
    let sound = magic == MAGIC && crc == crc32c::crc32c(&bytes[..HEADER_BYTES - 4]);
    sound.then_some((version, Mark { sequence, chain }))
}

fn encode_footer(frames: u64, hash: &Hash) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FOOTER_BYTES);
    bytes.extend_from_slice(&END.to_le_bytes());
    bytes.extend_from_slice(&frames.to_le_bytes());
    bytes.extend_from_slice(hash.as_bytes());
    let crc = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

fn frame_crc(length: [u8; 4], bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&length), bytes)
}

/// A snapshot file being written.
pub(super) struct FileSnapshotWriter {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    file: Box<dyn DiskFile>,
    buffer: Vec<u8>,
    written_bytes: u64,
    frames: u64,
    hasher: Hasher,
    finished: bool,
}

impl FileSnapshotWriter {
    pub fn create(disk: Arc<dyn Disk>, path: PathBuf, mark: &Mark) -> io::Result<Self> {
        let file = disk.create(&temporary_path(&path))?;
        let buffer = encode_header(mark);
        let mut hasher = Hasher::new();
        hasher.update(&buffer);
        Ok(FileSnapshotWriter {
            disk,
            path,
            file,
            buffer,
            written_bytes: 0,
            frames: 0,
            hasher,
            finished: false,
        })
    }

    fn flush(&mut self) -> Result<(), JournalError> {
        write_all_at(&mut *self.file, &self.buffer, self.written_bytes).map_err(|error| self.io(error))?;
        self.written_bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    fn io(&self, error: io::Error) -> JournalError {
        ReadError::io(&self.path, error).into()
    }
}

impl SnapshotWriter for FileSnapshotWriter {
    fn frame(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        if bytes.len() > MAX_FRAME_BYTES {
            return Err(JournalError::FrameTooLarge { bytes: bytes.len() });
        }
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
        let start = self.buffer.len();
        self.buffer.extend_from_slice(&length);
        self.buffer.extend_from_slice(&frame_crc(length, bytes).to_le_bytes());
        self.buffer.extend_from_slice(bytes);
        self.hasher.update(&self.buffer[start..]);
        self.frames += 1;
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), JournalError> {
        let footer = encode_footer(self.frames, &self.hasher.finalize());
        self.buffer.extend_from_slice(&footer);
        self.flush()?;
        self.file.sync().map_err(|error| self.io(error))?;
        let renamed = self.disk.rename(&temporary_path(&self.path), &self.path);
        renamed.map_err(|error| self.io(error))?;
        self.finished = true;
        let dir = self.path.parent().unwrap_or(Path::new("."));
        if let Err(error) = self.disk.sync_dir(dir) {
            // Not known to be durable, so not to be relied on: nothing has been retired yet.
            let _ = self.disk.remove(&self.path);
            return Err(self.io(error));
        }
        Ok(())
    }
}

impl Drop for FileSnapshotWriter {
    fn drop(&mut self) {
        if !self.finished {
            // What can't be removed now is removed at the next opening.
            let _ = self.disk.remove(&temporary_path(&self.path));
        }
    }
}

/// Reads and verifies the frames of a snapshot file.
pub(super) struct FrameReader {
    path: PathBuf,
    file: BufReader<File>,
    mark: Mark,
    offset: u64,
    frames: u64,
    hasher: Hasher,
    ended: bool,
}

impl FrameReader {
    /// Opens a snapshot and checks its header against its name.
    pub fn open(path: &Path, sequence: u64) -> Result<Self, ReadError> {
        let io = |error| ReadError::io(path, error);
        let mut file = BufReader::with_capacity(BUFFER_BYTES, File::open(path).map_err(io)?);
        let mut header = [0; HEADER_BYTES];
        let bytes = read_full(&mut file, &mut header).map_err(io)?;
        let Some((version, mark)) = decode_header(&header[..bytes]) else {
            return Err(ReadError::damaged(path, 0, "the snapshot's header is not sound"));
        };
        if version != VERSION {
            return Err(ReadError::NewerFormat { file: path.to_owned(), version });
        }
        if mark.sequence != sequence {
            let what = format!("the snapshot's name says sequence {sequence}, its header {}", mark.sequence);
            return Err(ReadError::damaged(path, 0, what));
        }
        let mut hasher = Hasher::new();
        hasher.update(&header);
        let (path, offset) = (path.to_owned(), HEADER_BYTES as u64);
        Ok(FrameReader { path, file, mark, offset, frames: 0, hasher, ended: false })
    }

    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// The next frame; `None` after a footer that agrees with what was read.
    fn read(&mut self) -> Result<Option<Vec<u8>>, ReadError> {
        let length = self.read_array::<4>()?;
        let bytes = u32::from_le_bytes(length);
        if bytes == END {
            return self.read_footer().map(|()| None);
        }
        if bytes as usize > MAX_FRAME_BYTES {
            return Err(self.damaged("a frame's length is over the limit"));
        }
        let crc = self.read_array::<4>()?;
        let mut frame = Vec::new();
        let mut file = self.file.by_ref().take(u64::from(bytes));
        file.read_to_end(&mut frame).map_err(|error| ReadError::io(&self.path, error))?;
        if frame.len() < bytes as usize {
            return Err(self.damaged("the snapshot ends inside a frame"));
        }
        if frame_crc(length, &frame) != u32::from_le_bytes(crc) {
            return Err(self.damaged("a frame doesn't match its checksum"));
        }
        self.hasher.update(&length).update(&crc).update(&frame);
        self.frames += 1;
        self.offset += 8 + u64::from(bytes);
        Ok(Some(frame))
    }

    fn read_footer(&mut self) -> Result<(), ReadError> {
        let rest = self.read_array::<{ FOOTER_BYTES - 4 }>()?;
        if encode_footer(self.frames, &self.hasher.finalize())[4..] != rest {
            return Err(self.damaged("the snapshot's footer doesn't agree with its frames"));
        }
        let mut beyond = [0; 1];
        let bytes =
            read_full(&mut self.file, &mut beyond).map_err(|error| ReadError::io(&self.path, error))?;
        if bytes > 0 {
            return Err(self.damaged("something follows the snapshot's footer"));
        }
        Ok(())
    }

    fn read_array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut array = [0; N];
        let bytes =
            read_full(&mut self.file, &mut array).map_err(|error| ReadError::io(&self.path, error))?;
        if bytes < N {
            return Err(self.damaged("the snapshot ends before its footer does"));
        }
        Ok(array)
    }

    fn damaged(&self, what: &str) -> ReadError {
        ReadError::damaged(&self.path, self.offset, what)
    }
}

impl Iterator for FrameReader {
    type Item = Result<Vec<u8>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let frame = self.read().transpose();
        self.ended = !matches!(frame, Some(Ok(_)));
        frame
    }
}

/// Reads a whole snapshot and says where in the history it belongs.
pub(super) fn check(path: &Path, sequence: u64) -> Result<Mark, ReadError> {
    let mut reader = FrameReader::open(path, sequence)?;
    reader.try_for_each(|frame| frame.map(drop))?;
    Ok(reader.mark())
}
