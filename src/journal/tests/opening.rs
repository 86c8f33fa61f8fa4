//! Opening a data directory.

use super::*;

#[test]
fn a_second_process_is_refused_and_nothing_is_disturbed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    append_all(&mut journal, &three());
    let second = FileJournal::open(dir.path(), Options::default()).map(|_| ());
    assert!(matches!(second, Err(OpenError::Locked { .. })), "{second:?}");
    assert!(matches!(verify(dir.path()), Err(OpenError::Locked { .. })));
    journal.append(6, 1, b"still").unwrap();
    drop(journal);
    assert_eq!(open(dir.path()).1.last_sequence, 7);
}

#[test]
fn a_directory_is_created_with_its_parents_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("a/b");
    let (_journal, contents) = open(&dir);
    assert_eq!(contents, Contents { segments: 1, ..Contents::default() });
    for path in [parent.path().join("a"), dir.clone(), segment(&dir, 1)] {
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
    }
}

#[test]
fn what_is_not_a_data_directory_is_refused_in_one_line() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    let refused = FileJournal::open(&file, Options::default()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::NotADirectory { .. }), "{refused:?}");
    let below = FileJournal::open(file.join("below"), Options::default()).map(|_| ()).unwrap_err();
    assert!(matches!(below, OpenError::Read(ReadError::Io { .. })), "{below:?}");
    let missing = verify(parent.path().join("missing")).unwrap_err();
    assert!(matches!(missing, OpenError::Read(ReadError::Io { .. })), "{missing:?}");
    assert!(!parent.path().join("missing").exists());
    for error in [refused, below, missing] {
        let text = error.to_string();
        assert!(!text.contains('\n') && text.contains(parent.path().to_str().unwrap()), "{text}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), b"x");
}

#[test]
fn files_of_others_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let others =
        ["notes.txt", "journal-1.seg", "journal-+0000000000000000001.seg", "snapshot-x.snap", "a.tmp"];
    for name in others {
        std::fs::write(dir.path().join(name), b"not ours").unwrap();
    }
    written(dir.path(), &[three()]);
    assert_eq!(verify(dir.path()).unwrap().last_sequence, 6);
    for name in others {
        assert_eq!(std::fs::read(dir.path().join(name)).unwrap(), b"not ours", "{name}");
    }
}

#[test]
fn leftover_temporary_files_are_removed_but_not_by_verifying() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), &[three()]);
    let leftovers =
        [segment(dir.path(), 7), snapshot_file(dir.path(), 6)].map(|path| listing::temporary_path(&path));
    for path in &leftovers {
        std::fs::write(path, b"half").unwrap();
    }
    verify(dir.path()).unwrap();
    assert!(leftovers.iter().all(|path| path.exists()));
    let (_journal, contents) = open(dir.path());
    assert_eq!(contents.last_sequence, 6);
    assert!(!leftovers.iter().any(|path| path.exists()));
}

/// Makes a header of format version 2, sound otherwise.
fn make_newer(path: &Path, header_bytes: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[8] = 2;
    let crc = crc32c::crc32c(&bytes[..header_bytes - 4]);
    bytes[header_bytes - 4..header_bytes].copy_from_slice(&crc.to_le_bytes());
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_newer_format_is_refused_and_not_taken_for_damage() {
    for newer_snapshot in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), &[three()]);
        let (journal, _) = open(dir.path());
        write_snapshot(&journal, journal.mark(), &[b"state"]);
        drop(journal);
        match newer_snapshot {
            true => make_newer(&snapshot_file(dir.path(), 6), 56),
            false => make_newer(&segment(dir.path(), 1), 60),
        }
        let before = files(dir.path());
        let opened = FileJournal::open(dir.path(), Options::default()).map(|_| ());
        assert!(
            matches!(opened, Err(OpenError::Read(ReadError::NewerFormat { version: 2, .. }))),
            "{opened:?}"
        );
        assert!(matches!(
            verify(dir.path()),
            Err(OpenError::Read(ReadError::NewerFormat { version: 2, .. }))
        ));
        assert_eq!(files(dir.path()), before);
    }
}

#[test]
fn a_failed_opening_of_a_restored_directory_leaves_not_even_a_lock_file() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), &[three()]);
    std::fs::remove_file(dir.path().join(listing::LOCK)).unwrap();
    let mut bytes = std::fs::read(segment(dir.path(), 1)).unwrap();
    bytes[100] ^= 1;
    std::fs::write(segment(dir.path(), 1), bytes).unwrap();
    assert_damaged(dir.path(), "without a lock file");
}

#[test]
fn contents_tell_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), &[three(), vec![], three()]);
    let (journal, opened) = open(dir.path());
    let bytes = [segment(dir.path(), 1), segment(dir.path(), 7)];
    let bytes = bytes.iter().map(|path| std::fs::metadata(path).unwrap().len()).sum();
    let expected =
        Contents { cut: None, last_sequence: 12, snapshot_sequence: None, segments: 2, batches: 6, bytes };
    assert_eq!(opened, expected);
    write_snapshot(&journal, mark_at(&journal, 3), &[]);
    drop(journal);
    assert_eq!(verify(dir.path()).unwrap(), Contents { snapshot_sequence: Some(3), ..expected });
}

#[test]
fn a_full_segment_is_closed_and_a_large_batch_has_one_to_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = FileJournal::open(dir.path(), Options { segment_bytes_max: 400 }).unwrap();
    // A segment's header is 60 bytes, a record's too: two of 110 bytes of payload fill one exactly.
    let entries: Vec<Entry> = [110, 110, 110, 1000, 0].map(|bytes| (1, vec![b'x'; bytes])).to_vec();
    append_all(&mut journal, &entries);
    assert_eq!(entries_after(&journal, 0), entries);
    drop(journal);
    let segments = listing::Listing::read(dir.path()).unwrap().segments;
    assert_eq!(segments, [1, 3, 4, 5]);
    assert_eq!(entries_after(&open(dir.path()).0, 0), entries);
}
