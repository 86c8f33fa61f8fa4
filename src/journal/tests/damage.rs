//! Damage is never passed over.

use super::*;
use crate::journal::{record, segment as segment_format};

/// Where each record of a segment begins, and the end.
fn record_offsets(entries: &[Entry]) -> Vec<usize> {
    let mut offsets = vec![segment_format::HEADER_BYTES];
    for (_, payload) in entries {
        offsets.push(offsets[offsets.len() - 1] + record::HEADER_BYTES + payload.len());
    }
    offsets
}

#[test]
fn a_flipped_byte_anywhere_is_damage_or_cuts_the_last_record() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), &[three()]);
    let path = segment(dir.path(), 1);
    let sound = std::fs::read(&path).unwrap();
    let last_record = record_offsets(&three())[2];
    assert_eq!(sound.len(), record_offsets(&three())[3]);
    for position in 0..sound.len() {
        for mask in [0x01, 0x80, 0xff] {
            let case = format!("byte {position} ^ {mask:#x}");
            let mut flipped = sound.clone();
            flipped[position] ^= mask;
            std::fs::write(&path, &flipped).unwrap();
            if position < last_record {
                assert_damaged(dir.path(), &case);
                continue;
            }
            let verified = verify(dir.path()).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), flipped, "{case}: verifying changed it");
            let (journal, contents) = open(dir.path());
            assert_eq!(contents, verified, "{case}");
            let cut = contents.cut.expect(&case);
            assert_eq!((cut.file, cut.bytes), (path.clone(), (sound.len() - last_record) as u64), "{case}");
            assert_eq!(entries_after(&journal, 0), three()[..2], "{case}");
            assert_eq!(std::fs::read(&path).unwrap(), sound[..last_record], "{case}");
        }
    }
}

#[test]
fn a_segment_cut_at_any_byte_loses_the_record_there_or_is_damaged() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), &[three()]);
    let path = segment(dir.path(), 1);
    let sound = std::fs::read(&path).unwrap();
    let offsets = record_offsets(&three());
    for length in 0..sound.len() {
        std::fs::write(&path, &sound[..length]).unwrap();
        if length < segment_format::HEADER_BYTES {
            // No crash leaves a segment without its header: it gets its name only afterwards.
            assert_damaged(dir.path(), &format!("{length} bytes"));
            continue;
        }
        let whole = offsets.iter().filter(|&&offset| offset <= length).count() - 1;
        let (journal, contents) = open(dir.path());
        assert_eq!(entries_after(&journal, 0), three()[..whole], "{length} bytes");
        let cut = (length - offsets[whole]) as u64;
        assert_eq!(contents.cut.map_or(0, |cut| cut.bytes), cut, "{length} bytes");
    }
}

#[test]
fn zeros_and_noise_after_the_last_record_are_cut() {
    for tail in [vec![0; 1], vec![0; 5000], (0..200_000u32).map(|n| ((n * 7919) >> 3) as u8).collect()] {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), &[three()]);
        let path = segment(dir.path(), 1);
        let sound = std::fs::read(&path).unwrap();
        std::fs::write(&path, [sound.clone(), tail.clone()].concat()).unwrap();
        let (mut journal, contents) = open(dir.path());
        assert_eq!(contents.cut.map(|cut| cut.bytes), Some(tail.len() as u64));
        journal.append(6, 1, b"goes on").unwrap();
        assert_eq!(entries_after(&journal, 3), [entry(3, "third"), entry(1, "goes on")]);
    }
}

#[test]
fn a_sound_record_is_found_wherever_it_lies_behind_a_bad_one() {
    // Around the borders of the windows in which the search reads.
    for gap in [0, 1, 65_400, 65_475, 65_476, 65_477, 65_535, 65_536, 65_537, 131_072] {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), &[three()]);
        let path = segment(dir.path(), 1);
        let sound = std::fs::read(&path).unwrap();
        let offsets = record_offsets(&three());
        let bytes = [&sound[..offsets[2]], &vec![0xaa; gap + 1], &sound[offsets[2]..]].concat();
        std::fs::write(&path, bytes).unwrap();
        let damage = assert_damaged(dir.path(), &format!("gap of {gap}"));
        assert_eq!(damage.offset, offsets[2] as u64);
    }
}

#[test]
fn an_earlier_record_repeated_in_what_was_cut_short_is_no_evidence_of_damage() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), &[three()]);
    let path = segment(dir.path(), 1);
    let sound = std::fs::read(&path).unwrap();
    let offsets = record_offsets(&three());
    let tail = [b"garbage", &sound[offsets[1]..offsets[2]]].concat();
    std::fs::write(&path, [&sound[..], &tail].concat()).unwrap();
    assert_eq!(verify(dir.path()).unwrap().cut.map(|cut| cut.bytes), Some(tail.len() as u64));
}

#[test]
fn several_lost_records_are_not_taken_for_one_cut_short() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), &[three()]);
    let path = segment(dir.path(), 1);
    let mut bytes = std::fs::read(&path).unwrap();
    let offsets = record_offsets(&three());
    // The payload of the second and all of the third: no sound record is left behind the bad one.
    bytes[offsets[1] + record::HEADER_BYTES..].fill(0);
    std::fs::write(&path, bytes).unwrap();
    assert_damaged(dir.path(), "two records zeroed");
}

/// Copies the segment that begins with `from` of one history over the one that begins with `to` of another.
fn transplant(dir: &Path, entries: &[Vec<Entry>], from: u64, to: u64) {
    let other = tempfile::tempdir().unwrap();
    written(other.path(), entries);
    std::fs::copy(segment(other.path(), from), segment(dir, to)).unwrap();
}

fn remove(dir: &Path, first_sequence: u64) {
    std::fs::remove_file(segment(dir, first_sequence)).unwrap();
}

#[test]
fn a_history_with_a_piece_missing_or_foreign_is_damaged() {
    type Change = fn(&Path);
    let cases: [(&str, &str, Change); 9] = [
        ("first segment missing", "1 to 6, are missing", |dir| {
            remove(dir, 1);
        }),
        ("middle segment missing", "7 to 12, are missing", |dir| {
            remove(dir, 7);
        }),
        ("segment of another history", "doesn't continue", |dir| {
            transplant(dir, &[vec![entry(6, "other")], three()], 7, 7);
        }),
        ("first segment of another history", "doesn't continue", |dir| {
            transplant(dir, &[vec![entry(6, "other")]], 1, 1);
        }),
        ("segment under a wrong name", "name says", |dir| {
            std::fs::copy(segment(dir, 1), segment(dir, 7)).unwrap();
        }),
        ("segments overlap", "holds too", |dir| {
            transplant(dir, &[vec![entry(4, "other")], three()], 5, 5);
        }),
        ("closed segment cut short", "another segment follows", |dir| {
            let bytes = std::fs::read(segment(dir, 7)).unwrap();
            std::fs::write(segment(dir, 7), &bytes[..bytes.len() - 1]).unwrap();
        }),
        ("closed segment loses its last record", "are missing", |dir| {
            let bytes = std::fs::read(segment(dir, 7)).unwrap();
            std::fs::write(segment(dir, 7), &bytes[..record_offsets(&three())[2]]).unwrap();
        }),
        ("empty last segment without a header", "header is not sound", |dir| {
            std::fs::write(segment(dir, 19), b"").unwrap();
        }),
    ];
    for (case, what, change) in cases {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), &[three(), three(), three()]);
        verify(dir.path()).expect(case);
        change(dir.path());
        let damage = assert_damaged(dir.path(), case);
        assert!(damage.what.contains(what), "{case}: {damage}");
    }
}

/// A segment with a sound header whose records are made by hand.
fn forged(dir: &Path, records: &[(u64, u32, Mark)]) {
    let mut bytes = segment_format::encode_header(7, &Mark::START);
    for (first_sequence, count, before) in records {
        let mut buffer = vec![];
        record::encode(&mut buffer, 7, *first_sequence, *count, &before.chain(), b"payload");
        bytes.extend(buffer);
    }
    std::fs::write(segment(dir, 1), bytes).unwrap();
}

#[test]
fn sound_records_that_dont_follow_each_other_are_damaged() {
    let after_one = Mark::START.advanced(1, b"payload");
    let cases = [
        ("gap", vec![(1, 1, Mark::START), (3, 1, after_one)], Some("expected 2")),
        ("repeated", vec![(1, 1, Mark::START), (1, 1, after_one)], Some("expected 2")),
        ("broken chain", vec![(1, 1, Mark::START), (2, 1, Mark::START)], Some("doesn't continue")),
        ("in order", vec![(1, 1, Mark::START), (2, 1, after_one)], None),
    ];
    for (case, records, what) in cases {
        let dir = tempfile::tempdir().unwrap();
        forged(dir.path(), &records);
        match what {
            Some(what) => {
                let damage = assert_damaged(dir.path(), case);
                assert!(damage.what.contains(what), "{case}: {damage}");
            }
            None => assert_eq!(verify(dir.path()).unwrap().last_sequence, 2, "{case}"),
        }
    }
}

#[test]
fn a_reader_reports_damage_in_what_is_durable() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    append_all(&mut journal, &three());
    let path = segment(dir.path(), 1);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let read: Vec<_> = journal.reader().batches_after(0).unwrap().collect();
    assert_eq!(read.len(), 3);
    assert!(matches!(read[2], Err(JournalError::Read(ReadError::Damaged(_)))), "{:?}", read[2]);
}
