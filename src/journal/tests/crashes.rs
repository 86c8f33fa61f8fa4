//! Failing writes and crashes: what was acknowledged is there, what was refused is not.

use super::faults::{Plan, open_faulty};
use super::*;

#[test]
fn an_append_is_one_write_and_one_sync() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, plan) = open_faulty(dir.path());
    for (count, payload) in three() {
        *plan.lock().unwrap() = Plan::default();
        journal.append(journal.last_sequence(), count, &payload).unwrap();
        let plan = plan.lock().unwrap();
        assert_eq!((plan.writes, plan.syncs), (1, 1));
    }
}

#[test]
fn short_and_interrupted_writes_are_completed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, plan) = open_faulty(dir.path());
    plan.lock().unwrap().write_bytes_max = Some(7);
    plan.lock().unwrap().interrupt_next_write = true;
    append_all(&mut journal, &three());
    drop(journal);
    assert_eq!(entries_after(&open(dir.path()).0, 0), three());
}

#[test]
fn a_disk_that_fills_up_at_any_byte_rejects_the_append_without_a_trace() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, plan) = open_faulty(dir.path());
    append_all(&mut journal, &three());
    let before = std::fs::read(segment(dir.path(), 1)).unwrap();
    for free_bytes in 0..65 {
        plan.lock().unwrap().free_bytes = Some(free_bytes);
        let refused = journal.append(6, 1, b"denied");
        assert!(matches!(refused, Err(AppendError::Rejected(_))), "{free_bytes} bytes: {refused:?}");
        assert_eq!(std::fs::read(segment(dir.path(), 1)).unwrap(), before, "{free_bytes} bytes");
        assert_eq!(plan.lock().unwrap().synced_bytes(&segment(dir.path(), 1)), before.len() as u64);
    }
    plan.lock().unwrap().free_bytes = None;
    journal.append(6, 1, b"granted").unwrap();
    drop(journal);
    assert_eq!(entries_after(&open(dir.path()).0, 3), [entry(3, "third"), entry(1, "granted")]);
}

#[test]
fn after_an_unknown_outcome_nothing_more_is_done() {
    type Fault = fn(&mut Plan);
    let faults: [(&str, Fault); 3] = [
        ("sync", |plan| plan.fail_sync = true),
        ("taking back", |plan| {
            (plan.free_bytes, plan.fail_truncate) = (Some(20), true);
        }),
        ("making the taking back durable", |plan| {
            (plan.free_bytes, plan.fail_sync) = (Some(20), true);
        }),
    ];
    for (case, fault) in faults {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, plan) = open_faulty(dir.path());
        append_all(&mut journal, &three());
        write_snapshot(&journal, journal.mark(), &[]);
        fault(&mut plan.lock().unwrap());
        assert!(matches!(journal.append(6, 1, b"x"), Err(AppendError::Broken(_))), "{case}");
        *plan.lock().unwrap() = Plan::default();
        let found = files(dir.path());
        assert!(matches!(journal.append(6, 1, b"x"), Err(AppendError::Broken(_))), "{case}");
        assert!(matches!(journal.roll(), Err(AppendError::Broken(_))), "{case}");
        assert!(matches!(journal.retire(6), Err(JournalError::Broken)), "{case}");
        assert_eq!(files(dir.path()), found, "{case}");
        // What may or may not be durable is not shown to anybody.
        assert_eq!((journal.last_sequence(), entries_after(&journal, 0)), (6, three()), "{case}");
    }
}

#[test]
fn a_segment_that_cant_be_created_rejects_or_breaks() {
    type Fault = fn(&mut Plan);
    let faults: [(&str, bool, Fault); 4] = [
        ("full disk", false, |plan| plan.free_bytes = Some(10)),
        ("sync", false, |plan| plan.fail_sync = true),
        ("rename", false, |plan| plan.fail_rename = true),
        ("sync of the directory", true, |plan| plan.fail_sync_dir = true),
    ];
    for (case, breaks, fault) in faults {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, plan) = open_faulty(dir.path());
        append_all(&mut journal, &three());
        fault(&mut plan.lock().unwrap());
        let rolled = journal.roll();
        assert_eq!(matches!(rolled, Err(AppendError::Broken(_))), breaks, "{case}: {rolled:?}");
        assert_eq!(matches!(rolled, Err(AppendError::Rejected(_))), !breaks, "{case}: {rolled:?}");
        *plan.lock().unwrap() = Plan::default();
        let appended = journal.append(6, 1, b"x");
        assert_eq!(appended.is_err(), breaks, "{case}: {appended:?}");
        assert!(listing::Listing::read(dir.path()).unwrap().temporaries.is_empty(), "{case}");
        drop(journal);
        assert_eq!(open(dir.path()).1.last_sequence, if breaks { 6 } else { 7 }, "{case}");
    }
}

#[test]
fn opening_makes_durable_what_a_dead_process_left_in_the_page_cache() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), &[three()]);
    let (_journal, plan) = open_faulty(dir.path());
    let plan = plan.lock().unwrap();
    let path = segment(dir.path(), 1);
    assert_eq!(plan.synced_bytes(&path), std::fs::metadata(&path).unwrap().len());
    assert_eq!(plan.writes, 1, "the last record is written again");
    assert_eq!(plan.dir_syncs, 1);
}

#[test]
fn files_are_retired_one_by_one_so_that_no_crash_leaves_a_gap() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, plan) = open_faulty(dir.path());
    for _ in 0..4 {
        append_all(&mut journal, &three());
        write_snapshot(&journal, journal.mark(), &[]);
        journal.roll().unwrap();
    }
    let retired = journal.retire(24).unwrap();
    assert_eq!((retired.segments, retired.snapshots), (4, 3));
    let plan = plan.lock().unwrap();
    assert_eq!((plan.unsynced_removals, plan.unsynced_removals_max), (0, 1));
}
