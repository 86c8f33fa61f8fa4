//! What the journal promises, by behaviour. `faults` holds the disk that fails on demand.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::needless_pass_by_value)]

mod contract;
mod crashes;
mod damage;
mod faults;
mod model;
mod opening;
mod snapshots;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;

/// Count and payload of a batch.
type Entry = (u32, Vec<u8>);

fn entry(count: u32, text: &str) -> Entry {
    (count, text.as_bytes().to_vec())
}

/// Three batches with sequences 1 to 6, in one segment.
fn three() -> Vec<Entry> {
    vec![entry(2, "first"), entry(1, "second"), entry(3, "third")]
}

fn append_all(journal: &mut dyn Journal, entries: &[Entry]) {
    for (count, payload) in entries {
        journal.append(journal.last_sequence(), *count, payload).unwrap();
    }
}

fn open(dir: &Path) -> (FileJournal, Contents) {
    FileJournal::open(dir, Options::default()).unwrap()
}

/// A closed journal in `dir`, with a new segment after each of the given groups.
fn written(dir: &Path, groups: &[Vec<Entry>]) {
    let (mut journal, _) = open(dir);
    for (index, entries) in groups.iter().enumerate() {
        if index > 0 {
            journal.roll().unwrap();
        }
        append_all(&mut journal, entries);
    }
}

fn entries_after(journal: &dyn Journal, sequence: u64) -> Vec<Entry> {
    let batches = journal.reader().batches_after(sequence).unwrap();
    batches.map(|batch| batch.unwrap()).map(|batch| (batch.count, batch.payload)).collect()
}

fn mark_at(journal: &dyn Journal, sequence: u64) -> Mark {
    let mut batches = journal.reader().batches_after(0).unwrap().map(|batch| batch.unwrap().mark);
    batches.find(|mark| mark.sequence() == sequence).unwrap()
}

fn write_snapshot(journal: &dyn Journal, mark: Mark, frames: &[&[u8]]) {
    let mut writer = journal.snapshots().create(mark).unwrap();
    for frame in frames {
        writer.frame(frame).unwrap();
    }
    writer.finish().unwrap();
}

fn segment(dir: &Path, first_sequence: u64) -> PathBuf {
    listing::segment_path(dir, first_sequence)
}

fn snapshot_file(dir: &Path, sequence: u64) -> PathBuf {
    listing::snapshot_path(dir, sequence)
}

/// Every file with its content.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// Opening and verifying agree that the directory is damaged, say so in one line, and change nothing.
#[track_caller]
fn assert_damaged(dir: &Path, case: &str) -> Damage {
    let before = files(dir);
    let verified = verify(dir);
    let Err(OpenError::Read(ReadError::Damaged(damage))) = verified else {
        panic!("{case}: verified as {verified:?}")
    };
    let opened = FileJournal::open(dir, Options::default()).map(|(_, contents)| contents);
    let Err(OpenError::Read(ReadError::Damaged(again))) = opened else {
        panic!("{case}: opened as {opened:?}")
    };
    assert_eq!(again, damage, "{case}");
    assert_eq!(files(dir), before, "{case}: changed");
    let text = damage.to_string();
    assert!(text.contains("restore") && !text.contains('\n'), "{case}: {text}");
    damage
}
