//! The format of a segment, and reading one with every check that the segment itself allows.
//!
//! A segment is a header and then records, back to back. All numbers are little-endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `kefudjnl` |
//! | 4 | format version |
//! | 4 | marker |
//! | 8 | first sequence |
//! | 32 | hash of the chain before it |
//! | 4 | CRC-32C of all of the above |
//!
//! The header's size, magic, version and CRC keep their places in every future version, so that a newer file
//! isn't taken for a damaged one. The marker is drawn at random for each segment and begins its records:
//! customers' text inside a payload can't imitate a record when one is searched for.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use blake3::Hash;

use super::record::{self, take};
use super::{Batch, Mark, ReadError};

/// The size of a segment's header.
pub(super) const HEADER_BYTES: usize = 60;

/// The version that this release writes, and the newest that it reads.
pub(super) const VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"kefudjnl";

/// How much is read at once in a search for records.
const SEARCH_BYTES: usize = 64 << 10;

/// The header of the segment that begins after `mark`.
pub(super) fn encode_header(marker: u32, mark: &Mark) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&marker.to_le_bytes());
    bytes.extend_from_slice(&(mark.sequence + 1).to_le_bytes());
    bytes.extend_from_slice(mark.chain.as_bytes());
    let crc = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

/// The version, the marker and the mark before the segment; `None` when the header isn't sound.
fn decode_header(bytes: &[u8]) -> Option<(u32, u32, Mark)> {
    let mut rest = bytes;
    let magic: [u8; 8] = take(&mut rest)?;
    let version = u32::from_le_bytes(take(&mut rest)?);
    let marker = u32::from_le_bytes(take(&mut rest)?);
    let first_sequence = u64::from_le_bytes(take(&mut rest)?);
    let chain = Hash::from_bytes(take(&mut rest)?);
    let crc = u32::from_le_bytes(take(&mut rest)?);
    let sound = magic == MAGIC && crc == crc32c::crc32c(&bytes[..HEADER_BYTES - 4]);
    let mark = Mark { sequence: first_sequence.checked_sub(1)?, chain };
    sound.then_some((version, marker, mark))
}

/// Why no batch could be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// No sound record at `offset`. `end`: where it would end, when its header is sound.
    Torn { offset: u64, end: Option<u64>, what: &'static str },
    /// Anything that no crash explains.
    Error(ReadError),
}

/// Reads the batches of one segment in order.
pub(super) struct SegmentReader {
    path: PathBuf,
    file: BufReader<File>,
    marker: u32,
    mark: Mark,
    offset: u64,
    last_record_offset: Option<u64>,
}

impl SegmentReader {
    /// Opens a segment and checks its header against its name.
    pub fn open(path: &Path, first_sequence: u64) -> Result<Self, ReadError> {
        let io = |error| ReadError::io(path, error);
        let mut file = BufReader::with_capacity(SEARCH_BYTES, File::open(path).map_err(io)?);
        let mut header = [0; HEADER_BYTES];
        let bytes = read_full(&mut file, &mut header).map_err(io)?;
        let Some((version, marker, mark)) = decode_header(&header[..bytes]) else {
            return Err(ReadError::damaged(path, 0, "the segment's header is not sound"));
        };
        if version != VERSION {
            return Err(ReadError::NewerFormat { file: path.to_owned(), version });
        }
        if mark.sequence.checked_add(1) != Some(first_sequence) {
            let what = format!(
                "the segment's name says that it begins at sequence {first_sequence}, its header doesn't"
            );
            return Err(ReadError::damaged(path, 0, what));
        }
        let path = path.to_owned();
        Ok(SegmentReader { path, file, marker, mark, offset: HEADER_BYTES as u64, last_record_offset: None })
    }

    /// The next batch; `None` where the file ends after a whole record.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, Fault> {
        let mut bytes = [0; record::HEADER_BYTES];
        let read = read_full(&mut self.file, &mut bytes).map_err(|error| self.io(error))?;
        if read == 0 {
            return Ok(None);
        }
        if read < bytes.len() {
            return Err(self.torn(None, "a record's header is incomplete"));
        }
        let Some(header) = record::decode_header(&bytes, self.marker) else {
            return Err(self.torn(None, "a record's header is not sound"));
        };
        let end = self.offset + header.record_bytes();
        let mut payload = Vec::new();
        let mut file = self.file.by_ref().take(u64::from(header.payload_bytes));
        file.read_to_end(&mut payload).map_err(|error| self.io(error))?;
        if payload.len() < header.payload_bytes as usize {
            return Err(self.torn(Some(end), "a record's payload is incomplete"));
        }
        if crc32c::crc32c(&payload) != header.payload_crc {
            return Err(self.torn(Some(end), "a record's payload doesn't match its checksum"));
        }
        if header.first_sequence != self.mark.sequence + 1 {
            let (found, expected) = (header.first_sequence, self.mark.sequence + 1);
            return Err(self.wrong(format!("a record begins at sequence {found}, expected {expected}")));
        }
        if header.previous != self.mark.chain {
            return Err(self.wrong("a record doesn't continue the batch before it".to_owned()));
        }
        self.mark = self.mark.advanced(header.count, &payload);
        self.last_record_offset = Some(self.offset);
        self.offset = end;
        let (first_sequence, count) = (header.first_sequence, header.count);
        Ok(Some(Batch { first_sequence, count, payload, mark: self.mark }))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the next batch continues.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// What begins every record.
    pub fn marker(&self) -> u32 {
        self.marker
    }

    /// The bytes that were read and found sound.
    pub fn sound_bytes(&self) -> u64 {
        self.offset
    }

    /// Where the last record begins that was read.
    pub fn last_record_offset(&self) -> Option<u64> {
        self.last_record_offset
    }

    /// The length of the file.
    pub fn file_bytes(&self) -> Result<u64, ReadError> {
        let metadata = self.file.get_ref().metadata();
        Ok(metadata.map_err(|error| ReadError::io(&self.path, error))?.len())
    }

    /// Searches byte by byte, beyond the record that couldn't be read, for a sound one of a later sequence.
    pub fn find_later_record(&self) -> Result<Option<u64>, ReadError> {
        self.search(self.offset + 1).map_err(|error| ReadError::io(&self.path, error))
    }

    fn search(&self, from: u64) -> io::Result<Option<u64>> {
        let file = self.file.get_ref();
        let marker = self.marker.to_le_bytes();
        // Each window holds whole headers for the offsets that it is searched at, and overlaps the next.
        let mut window = vec![0; SEARCH_BYTES + record::HEADER_BYTES];
        let mut start = from;
        loop {
            let bytes = read_full_at(file, &mut window, start)?;
            let searched = bytes.min(SEARCH_BYTES);
            for at in 0..searched {
                if window[at..bytes].starts_with(&marker)
                    && let Some(header) = record::decode_header(&window[at..bytes], self.marker)
                    && header.first_sequence > self.mark.sequence
                    && payload_is_sound(file, start + at as u64, &header)?
                {
                    return Ok(Some(start + at as u64));
                }
            }
            if bytes < window.len() {
                return Ok(None);
            }
            start += SEARCH_BYTES as u64;
        }
    }

    fn io(&self, error: io::Error) -> Fault {
        Fault::Error(ReadError::io(&self.path, error))
    }

    fn torn(&self, end: Option<u64>, what: &'static str) -> Fault {
        Fault::Torn { offset: self.offset, end, what }
    }

    fn wrong(&self, what: String) -> Fault {
        Fault::Error(ReadError::damaged(&self.path, self.offset, what))
    }
}

fn payload_is_sound(file: &File, offset: u64, header: &record::Header) -> io::Result<bool> {
    // The file's length first: a header's claim alone must not make us allocate.
    if file.metadata()?.len() < offset + header.record_bytes() {
        return Ok(false);
    }
    let mut payload = vec![0; header.payload_bytes as usize];
    let bytes = read_full_at(file, &mut payload, offset + record::HEADER_BYTES as u64)?;
    Ok(bytes == payload.len() && crc32c::crc32c(&payload) == header.payload_crc)
}

/// Fills the buffer unless the file ends before; says how much was read.
pub(super) fn read_full(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn read_full_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
