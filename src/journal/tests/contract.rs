//! What every journal does, on disk and in memory.

use super::*;

/// Runs a check against each kind of journal; the second argument opens it again.
fn each_kind(check: impl Fn(&str, &dyn Fn() -> Box<dyn Journal>)) {
    let dir = tempfile::tempdir().unwrap();
    check("file", &|| Box::new(open(dir.path()).0));
    let storage = MemoryStorage::new();
    check("memory", &|| Box::new(storage.open()));
}

#[test]
fn appended_batches_are_read_back_in_order_and_after_a_restart() {
    each_kind(|kind, open| {
        let mut journal = open();
        assert_eq!((journal.last_sequence(), entries_after(&*journal, 0)), (0, vec![]), "{kind}");
        append_all(&mut *journal, &three());
        assert_eq!(journal.last_sequence(), 6, "{kind}");
        let mark = journal.mark();
        drop(journal);
        let journal = open();
        assert_eq!(journal.mark(), mark, "{kind}");
        let batches: Vec<Batch> = journal.reader().batches_after(0).unwrap().map(Result::unwrap).collect();
        assert_eq!(batches.iter().map(|batch| batch.first_sequence).collect::<Vec<_>>(), [1, 3, 4], "{kind}");
        assert_eq!(batches.iter().map(Batch::last_sequence).collect::<Vec<_>>(), [2, 3, 6], "{kind}");
        assert_eq!(batches[2].mark, mark, "{kind}");
        assert_eq!(entries_after(&*journal, 0), three(), "{kind}");
    });
}

#[test]
fn reading_starts_with_the_batch_that_holds_the_next_event() {
    each_kind(|kind, open| {
        let mut journal = open();
        append_all(&mut *journal, &three());
        journal.roll().unwrap();
        append_all(&mut *journal, &[entry(1, "fourth")]);
        for (after, skipped) in [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 2), (6, 3), (7, 4), (99, 4)] {
            let all = [three(), vec![entry(1, "fourth")]].concat();
            assert_eq!(entries_after(&*journal, after), all[skipped..], "{kind} after {after}");
        }
    });
}

#[test]
fn an_append_that_expects_another_end_is_fenced() {
    each_kind(|kind, open| {
        let mut journal = open();
        append_all(&mut *journal, &three());
        for wrong in [0, 5, 7, u64::MAX] {
            let refused = journal.append(wrong, 1, b"x");
            let fenced =
                matches!(refused, Err(AppendError::Fenced { expected, actual: 6 }) if expected == wrong);
            assert!(fenced, "{kind}: {refused:?}");
        }
        assert_eq!(entries_after(&*journal, 0), three(), "{kind}");
    });
}

#[test]
fn batches_over_the_limits_are_refused_and_the_journal_goes_on() {
    each_kind(|kind, open| {
        let mut journal = open();
        let refused = journal.append(0, 1, &vec![0; MAX_PAYLOAD_BYTES + 1]);
        assert!(
            matches!(refused, Err(AppendError::TooLarge { bytes }) if bytes == MAX_PAYLOAD_BYTES + 1),
            "{kind}"
        );
        assert!(matches!(journal.append(0, 0, b""), Err(AppendError::BadCount { count: 0, .. })), "{kind}");
        append_all(&mut *journal, &[entry(1, "")]);
        assert_eq!(entries_after(&*journal, 0), [entry(1, "")], "{kind}");
    });
}

#[test]
fn the_same_history_has_the_same_chain_and_another_has_not() {
    let mut marks = vec![];
    each_kind_marks(&mut marks, &three());
    assert_eq!(marks[0], marks[1]);
    for (index, change) in [entry(2, "First"), entry(3, "first")].into_iter().enumerate() {
        let mut other = three();
        other[0] = change;
        let mut changed = vec![];
        each_kind_marks(&mut changed, &other);
        assert_ne!(changed[0].chain(), marks[0].chain(), "change {index}");
    }
}

fn each_kind_marks(marks: &mut Vec<Mark>, entries: &[Entry]) {
    let marks = std::cell::RefCell::new(marks);
    each_kind(|_, open| {
        let mut journal = open();
        append_all(&mut *journal, entries);
        marks.borrow_mut().push(journal.mark());
    });
}

#[test]
fn retiring_drops_what_the_snapshot_covers_and_nothing_else() {
    each_kind(|kind, open| {
        let mut journal = open();
        assert!(matches!(journal.retire(6), Err(JournalError::NoSnapshot { sequence: 6 })), "{kind}");
        append_all(&mut *journal, &three());
        journal.roll().unwrap();
        journal.roll().unwrap();
        append_all(&mut *journal, &three());
        journal.roll().unwrap();
        append_all(&mut *journal, &three());
        write_snapshot(&*journal, mark_at(&*journal, 2), &[b"old"]);
        write_snapshot(&*journal, mark_at(&*journal, 8), &[b"new"]);
        let retired = journal.retire(8).unwrap();
        // The snapshot ends inside the second segment, so that one stays.
        assert_eq!((retired.segments, retired.snapshots), (1, 1), "{kind}");
        assert!(retired.bytes > 0, "{kind}");
        drop(journal);
        let mut journal = open();
        assert_eq!(journal.last_sequence(), 18, "{kind}");
        assert_eq!(entries_after(&*journal, 6), [three(), three()].concat(), "{kind}");
        let compacted = journal.reader().batches_after(5).map(|_| ());
        assert!(
            matches!(compacted, Err(JournalError::Compacted { first_sequence: 7 })),
            "{kind}: {compacted:?}"
        );
        // The only record of the first events.
        let refused = journal.snapshots().discard(8);
        assert!(matches!(refused, Err(JournalError::SnapshotNeeded { sequence: 8 })), "{kind}: {refused:?}");
        write_snapshot(&*journal, journal.mark(), &[b"newest"]);
        let retired = journal.retire(18).unwrap();
        assert_eq!((retired.segments, retired.snapshots), (1, 1), "{kind}: the open segment stays");
        journal.append(18, 1, b"more").unwrap();
        drop(journal);
        assert_eq!(entries_after(&*open(), 18), [entry(1, "more")], "{kind}");
    });
}

#[test]
fn a_snapshot_is_read_back_and_a_bad_one_discarded() {
    each_kind(|kind, open| {
        let mut journal = open();
        append_all(&mut *journal, &three());
        let frames: [&[u8]; 3] = [b"one", b"", &[7; 300_000]];
        assert!(journal.reader().latest_snapshot().unwrap().is_none(), "{kind}");
        write_snapshot(&*journal, mark_at(&*journal, 3), &[b"old"]);
        write_snapshot(&*journal, journal.mark(), &frames);
        let again = journal.snapshots().create(journal.mark()).map(|_| ());
        assert!(matches!(again, Err(JournalError::SnapshotExists { sequence: 6 })), "{kind}");
        let snapshot = journal.reader().latest_snapshot().unwrap().unwrap();
        assert_eq!(snapshot.mark(), journal.mark(), "{kind}");
        assert_eq!(snapshot.map(Result::unwrap).collect::<Vec<_>>(), frames, "{kind}");
        journal.snapshots().discard(6).unwrap();
        let snapshot = journal.reader().latest_snapshot().unwrap().unwrap();
        assert_eq!(snapshot.mark().sequence(), 3, "{kind}");
        assert!(
            matches!(journal.snapshots().discard(6), Err(JournalError::NoSnapshot { sequence: 6 })),
            "{kind}"
        );
    });
}

#[test]
fn an_unfinished_snapshot_leaves_nothing_and_shuts_out_a_second() {
    each_kind(|kind, open| {
        let mut journal = open();
        append_all(&mut *journal, &three());
        let mut writer = journal.snapshots().create(journal.mark()).unwrap();
        writer.frame(b"half").unwrap();
        let second = journal.snapshots().create(journal.mark()).map(|_| ());
        assert!(matches!(second, Err(JournalError::SnapshotExists { sequence: 6 })), "{kind}");
        let large = writer.frame(&vec![0; MAX_FRAME_BYTES + 1]);
        assert!(matches!(large, Err(JournalError::FrameTooLarge { .. })), "{kind}");
        drop(writer);
        assert!(journal.reader().latest_snapshot().unwrap().is_none(), "{kind}");
        write_snapshot(&*journal, journal.mark(), &[]);
        assert_eq!(journal.reader().latest_snapshot().unwrap().unwrap().count(), 0, "{kind}");
    });
}

#[test]
fn memory_fails_on_demand() {
    for (fault, kept, broken) in [
        (AppendFault::Rejected, false, false),
        (AppendFault::BrokenLost, false, true),
        (AppendFault::BrokenKept, true, true),
    ] {
        let storage = MemoryStorage::new();
        let mut journal = storage.open();
        append_all(&mut journal, &three());
        storage.fail_next_append(fault);
        let failed = journal.append(6, 1, b"x");
        assert_eq!(matches!(failed, Err(AppendError::Broken(_))), broken, "{fault:?}");
        assert_eq!(matches!(failed, Err(AppendError::Rejected(_))), !broken, "{fault:?}");
        let last = journal.last_sequence();
        assert_eq!(matches!(journal.append(last, 1, b"y"), Err(AppendError::Broken(_))), broken, "{fault:?}");
        let restarted = storage.open();
        assert_eq!(entries_after(&restarted, 6).contains(&entry(1, "x")), kept, "{fault:?}");
        assert_eq!(entries_after(&restarted, 6).contains(&entry(1, "y")), !broken, "{fault:?}");
    }
}
