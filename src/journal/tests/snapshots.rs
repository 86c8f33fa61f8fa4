//! Snapshot files: whole or not there, and checked against the history.

use super::faults::FaultyDisk;
use super::*;

const FRAMES: [&[u8]; 3] = [b"agents", b"", b"contacts"];

fn with_snapshot(dir: &Path) -> Vec<u8> {
    written(dir, &[three()]);
    let (journal, _) = open(dir);
    write_snapshot(&journal, mark_at(&journal, 3), &FRAMES);
    std::fs::read(snapshot_file(dir, 3)).unwrap()
}

/// Reading and opening both refuse.
fn assert_refused(dir: &Path, journal: &FileJournal, other: &Path, case: &str) {
    let read = journal
        .reader()
        .latest_snapshot()
        .map(|snapshot| snapshot.map(|mut frames| frames.find_map(Result::err)));
    let error = match read {
        Err(error) => Some(error),
        Ok(frames) => frames.flatten(),
    };
    assert!(matches!(error, Some(JournalError::Read(ReadError::Damaged(_)))), "{case}: read as {error:?}");
    std::fs::copy(snapshot_file(dir, 3), snapshot_file(other, 3)).unwrap();
    assert_damaged(other, case);
}

#[test]
fn a_snapshot_changed_anywhere_is_refused_and_no_older_one_used() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sound = with_snapshot(dir.path());
    with_snapshot(other.path());
    let (journal, _) = open(dir.path());
    write_snapshot(&journal, mark_at(&journal, 2), &[b"older"]);
    let path = snapshot_file(dir.path(), 3);
    for position in 0..sound.len() {
        let mut flipped = sound.clone();
        flipped[position] ^= 0x80;
        std::fs::write(&path, flipped).unwrap();
        assert_refused(dir.path(), &journal, other.path(), &format!("byte {position} flipped"));
        std::fs::write(&path, &sound[..position]).unwrap();
        assert_refused(dir.path(), &journal, other.path(), &format!("{position} bytes left"));
    }
    std::fs::write(&path, [&sound[..], b"x"].concat()).unwrap();
    assert_refused(dir.path(), &journal, other.path(), "a byte added");
}

#[test]
fn a_frame_left_out_repeated_or_moved_is_noticed() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sound = with_snapshot(dir.path());
    with_snapshot(other.path());
    let (journal, _) = open(dir.path());
    // Header 56; frames of 8 + 6, 8 + 0, 8 + 8.
    let (header, first, second, third, footer) =
        (&sound[..56], &sound[56..70], &sound[70..78], &sound[78..94], &sound[94..]);
    assert_eq!(footer.len(), 48);
    for (case, parts) in [
        ("left out", vec![header, first, third, footer]),
        ("repeated", vec![header, first, second, second, third, footer]),
        ("moved", vec![header, third, second, first, footer]),
        ("all left out", vec![header, footer]),
    ] {
        std::fs::write(snapshot_file(dir.path(), 3), parts.concat()).unwrap();
        assert_refused(dir.path(), &journal, other.path(), case);
    }
}

/// Puts a sound snapshot of another history's mark into the directory.
fn foreign_snapshot(dir: &Path, entries: &[Entry]) {
    let other = tempfile::tempdir().unwrap();
    written(other.path(), &[entries.to_vec()]);
    let (journal, _) = open(other.path());
    write_snapshot(&journal, journal.mark(), &FRAMES);
    let sequence = journal.last_sequence();
    std::fs::copy(snapshot_file(other.path(), sequence), snapshot_file(dir, sequence)).unwrap();
}

#[test]
fn a_snapshot_that_doesnt_belong_to_the_journal_is_damage() {
    type Change = fn(&Path);
    let cases: [(&str, &str, Change); 7] = [
        ("of another history", "not that of the snapshot", |dir| {
            foreign_snapshot(dir, &[entry(3, "other")]);
        }),
        ("of another history, at the start of a segment", "not that of the snapshot", |dir| {
            foreign_snapshot(dir, &[entry(6, "other")]);
        }),
        ("inside a batch", "inside a batch", |dir| {
            foreign_snapshot(dir, &[entry(5, "other")]);
        }),
        ("newer than the journal", "newer than the journal", |dir| {
            foreign_snapshot(dir, &[entry(13, "other")]);
        }),
        ("beyond a record cut short", "newer than the journal", |dir| {
            foreign_snapshot(dir, &[three(), three()].concat());
            let bytes = std::fs::read(segment(dir, 7)).unwrap();
            std::fs::write(segment(dir, 7), &bytes[..bytes.len() - 1]).unwrap();
        }),
        ("alone", "newer than the journal", |dir| {
            foreign_snapshot(dir, &three());
            std::fs::remove_file(segment(dir, 1)).unwrap();
            std::fs::remove_file(segment(dir, 7)).unwrap();
        }),
        ("before a missing segment", "4 to 6, are missing", |dir| {
            foreign_snapshot(dir, &three()[..2]);
            std::fs::remove_file(segment(dir, 1)).unwrap();
        }),
    ];
    for (case, what, change) in cases {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), &[three(), three()]);
        change(dir.path());
        let damage = assert_damaged(dir.path(), case);
        assert!(damage.what.contains(what), "{case}: {damage}");
    }
}

#[test]
fn a_snapshot_under_another_name_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    with_snapshot(dir.path());
    std::fs::rename(snapshot_file(dir.path(), 3), snapshot_file(dir.path(), 6)).unwrap();
    assert!(assert_damaged(dir.path(), "renamed").what.contains("name says sequence 6"));
}

#[test]
fn the_segments_before_a_snapshot_may_be_gone() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), &[three(), three()]);
    foreign_snapshot(dir.path(), &three());
    std::fs::remove_file(segment(dir.path(), 1)).unwrap();
    assert_eq!(verify(dir.path()).unwrap().last_sequence, 12);
}

#[test]
fn a_snapshot_that_cant_be_made_durable_is_not_there() {
    type Fault = fn(&mut super::faults::Plan);
    let faults: [(&str, Fault); 4] = [
        ("full disk", |plan| plan.free_bytes = Some(70)),
        ("sync", |plan| plan.fail_sync = true),
        ("rename", |plan| plan.fail_rename = true),
        ("sync of the directory", |plan| plan.fail_sync_dir = true),
    ];
    for (case, fault) in faults {
        let dir = tempfile::tempdir().unwrap();
        let (disk, plan) = FaultyDisk::with_plan();
        let (mut journal, _) = FileJournal::open_on(disk, dir.path(), Options::default()).unwrap();
        append_all(&mut journal, &three());
        fault(&mut plan.lock().unwrap());
        let mut writer = journal.snapshots().create(journal.mark()).unwrap();
        let outcome = writer.frame(&[1; 1000]).and_then(|()| writer.finish());
        assert!(matches!(outcome, Err(JournalError::Read(ReadError::Io { .. }))), "{case}: {outcome:?}");
        *plan.lock().unwrap() = Default::default();
        assert!(journal.reader().latest_snapshot().unwrap().is_none(), "{case}");
        assert!(listing::Listing::read(dir.path()).unwrap().temporaries.is_empty(), "{case}");
        assert!(matches!(journal.retire(6), Err(JournalError::NoSnapshot { .. })), "{case}");
        write_snapshot(&journal, journal.mark(), &FRAMES);
    }
}

#[test]
fn a_builder_thread_snapshots_while_the_writer_appends() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = FileJournal::open(dir.path(), Options { segment_bytes_max: 2000 }).unwrap();
    append_all(&mut journal, &vec![entry(2, "before"); 50]);
    let (mut reader, snapshots) = (journal.reader(), journal.snapshots());
    let builder = std::thread::spawn(move || {
        let batches: Vec<Batch> = reader.batches_after(0).unwrap().map(Result::unwrap).collect();
        assert!(batches.len() >= 50);
        let mark = batches[batches.len() - 1].mark;
        let mut writer = snapshots.create(mark).unwrap();
        batches.iter().for_each(|batch| writer.frame(&batch.payload).unwrap());
        writer.finish().unwrap();
        let again = reader.latest_snapshot().unwrap().unwrap().map(Result::unwrap);
        assert!(again.eq(batches.iter().map(|batch| batch.payload.clone())));
        mark.sequence()
    });
    append_all(&mut journal, &vec![entry(1, "meanwhile"); 100]);
    let sequence = builder.join().unwrap();
    assert!(journal.retire(sequence).unwrap().segments > 0);
    let last = journal.last_sequence();
    drop(journal);
    let contents = open(dir.path()).1;
    assert_eq!((contents.last_sequence, contents.snapshot_sequence), (last, Some(sequence)));
}
