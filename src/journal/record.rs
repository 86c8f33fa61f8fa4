//! The format of a record: one batch in a segment.
//!
//! All numbers are little-endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | the segment's marker |
//! | 4 | length of the payload |
//! | 8 | first sequence |
//! | 4 | count of events |
//! | 32 | hash of the chain before this batch |
//! | 4 | CRC-32C of the payload |
//! | 4 | CRC-32C of all of the above |
//! | … | payload |
//!
//! The header has a CRC of its own so that its length can be trusted when the payload can't be: that tells a
//! record that a crash cut short (nothing follows it) from a damaged one.
//!
//! Hash of the chain after a batch = blake3(hash before ‖ first sequence ‖ count ‖ payload).

use blake3::Hash;

use super::MAX_PAYLOAD_BYTES;

/// The size of a record without its payload.
pub(super) const HEADER_BYTES: usize = 60;

/// A header whose CRC and limits hold.
#[derive(Debug)]
pub(super) struct Header {
    pub payload_bytes: u32,
    pub first_sequence: u64,
    pub count: u32,
    pub previous: Hash,
    pub payload_crc: u32,
}

impl Header {
    pub fn record_bytes(&self) -> u64 {
        HEADER_BYTES as u64 + u64::from(self.payload_bytes)
    }
}

/// The hash of the chain after a batch.
pub(super) fn chain(previous: &Hash, first_sequence: u64, count: u32, payload: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous.as_bytes());
    hasher.update(&first_sequence.to_le_bytes());
    hasher.update(&count.to_le_bytes());
    hasher.update(payload);
    hasher.finalize()
}

/// Fills `buffer` with the record of a batch. The payload is within its limit.
pub(super) fn encode(
    buffer: &mut Vec<u8>,
    marker: u32,
    first_sequence: u64,
    count: u32,
    previous: &Hash,
    payload: &[u8],
) {
    debug_assert!(payload.len() <= MAX_PAYLOAD_BYTES && count > 0);
    buffer.clear();
    buffer.reserve(HEADER_BYTES + payload.len());
    buffer.extend_from_slice(&marker.to_le_bytes());
    buffer.extend_from_slice(&u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes());
    buffer.extend_from_slice(&first_sequence.to_le_bytes());
    buffer.extend_from_slice(&count.to_le_bytes());
    buffer.extend_from_slice(previous.as_bytes());
    buffer.extend_from_slice(&crc32c::crc32c(payload).to_le_bytes());
    let header_crc = crc32c::crc32c(buffer);
    buffer.extend_from_slice(&header_crc.to_le_bytes());
    buffer.extend_from_slice(payload);
}

/// The header at the beginning of `bytes`, when it is a sound one with that marker.
pub(super) fn decode_header(bytes: &[u8], marker: u32) -> Option<Header> {
    let mut rest = bytes;
    if u32::from_le_bytes(take(&mut rest)?) != marker {
        return None;
    }
    let header = Header {
        payload_bytes: u32::from_le_bytes(take(&mut rest)?),
        first_sequence: u64::from_le_bytes(take(&mut rest)?),
        count: u32::from_le_bytes(take(&mut rest)?),
        previous: Hash::from_bytes(take(&mut rest)?),
        payload_crc: u32::from_le_bytes(take(&mut rest)?),
    };
    let crc = crc32c::crc32c(&bytes[..HEADER_BYTES - 4]);
    let sound = u32::from_le_bytes(take(&mut rest)?) == crc
        && header.payload_bytes as usize <= MAX_PAYLOAD_BYTES
        && header.first_sequence > 0
        && header.count > 0
        && header.first_sequence.checked_add(u64::from(header.count)).is_some();
    sound.then_some(header)
}

/// Takes the first `N` bytes off `bytes`.
pub(super) fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}
