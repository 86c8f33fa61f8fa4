//! Random appends, failures and crashes against a model: exactly what was acknowledged is there.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::faults::{Plan, open_faulty};
use super::*;

#[derive(Clone, Debug)]
enum Op {
    Append { count: u32, bytes: usize },
    FullDisk { bytes: usize, free_bytes: usize },
    FullDiskNoTakingBack { bytes: usize, free_bytes: usize },
    ShortWrites { bytes: usize, write_bytes_max: usize },
    FailedSync { count: u32, bytes: usize },
    Roll,
    FailedRoll { free_bytes: usize },
    SnapshotAndRetire,
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (1..5u32, 0..300usize).prop_map(|(count, bytes)| Op::Append { count, bytes }),
        2 => (0..300usize, 0..400usize).prop_map(|(bytes, free_bytes)| Op::FullDisk { bytes, free_bytes }),
        1 => (0..300usize, 0..400usize)
            .prop_map(|(bytes, free_bytes)| Op::FullDiskNoTakingBack { bytes, free_bytes }),
        1 => (0..300usize, 1..50usize)
            .prop_map(|(bytes, write_bytes_max)| Op::ShortWrites { bytes, write_bytes_max }),
        2 => (1..5u32, 0..300usize).prop_map(|(count, bytes)| Op::FailedSync { count, bytes }),
        1 => Just(Op::Roll),
        1 => (0..60usize).prop_map(|free_bytes| Op::FailedRoll { free_bytes }),
        1 => Just(Op::SnapshotAndRetire),
        1 => Just(Op::Restart),
    ]
}

/// A journal, what was acknowledged, and what was in flight when it broke.
struct Run {
    dir: tempfile::TempDir,
    journal: Option<FileJournal>,
    plan: Arc<Mutex<Plan>>,
    acknowledged: Vec<Entry>,
    in_flight: Option<Entry>,
    next_byte: u8,
}

impl Run {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (journal, plan) = open_faulty(dir.path());
        Run { dir, journal: Some(journal), plan, acknowledged: vec![], in_flight: None, next_byte: 0 }
    }

    fn append(&mut self, count: u32, bytes: usize, plan: Plan) {
        self.next_byte = self.next_byte.wrapping_add(1);
        let entry = (count, vec![self.next_byte; bytes]);
        self.set_faults(plan);
        let journal = self.journal.as_mut().unwrap();
        match journal.append(journal.last_sequence(), count, &entry.1) {
            Ok(()) => self.acknowledged.push(entry),
            Err(AppendError::Broken(_)) => self.in_flight = Some(entry),
            Err(AppendError::Rejected(_)) => {}
            Err(other) => panic!("{other}"),
        }
        self.set_faults(Plan::default());
    }

    fn set_faults(&mut self, plan: Plan) {
        let mut current = self.plan.lock().unwrap();
        current.free_bytes = plan.free_bytes;
        current.write_bytes_max = plan.write_bytes_max;
        current.fail_sync = plan.fail_sync;
        current.fail_truncate = plan.fail_truncate;
    }

    /// Ends the process, loses an arbitrary part of what wasn't synced, and starts again.
    fn restart(&mut self, kept: f64) {
        self.journal = None;
        let last = *listing::Listing::read(self.dir.path()).unwrap().segments.last().unwrap();
        let path = segment(self.dir.path(), last);
        let bytes = std::fs::metadata(&path).unwrap().len();
        let synced = self.plan.lock().unwrap().synced_bytes(&path);
        let kept = synced + ((bytes - synced) as f64 * kept).round() as u64;
        std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(kept).unwrap();
        let (journal, plan) = open_faulty(self.dir.path());
        let in_flight = self.in_flight.take();
        let end: u64 = self.acknowledged.iter().map(|(count, _)| u64::from(*count)).sum();
        if journal.last_sequence() > end {
            self.acknowledged.push(in_flight.expect("more is there than was ever appended"));
        }
        (self.journal, self.plan) = (Some(journal), plan);
        self.check();
    }

    fn check(&self) {
        let journal = self.journal.as_ref().unwrap();
        let end: u64 = self.acknowledged.iter().map(|(count, _)| u64::from(*count)).sum();
        assert_eq!(journal.last_sequence(), end);
        let mut reader = journal.reader();
        let snapshot = reader.latest_snapshot().unwrap().map(|snapshot| snapshot.mark().sequence());
        let read = entries_after(journal, snapshot.unwrap_or(0));
        assert_eq!(read, self.acknowledged[self.acknowledged.len() - read.len()..]);
        let covered: u64 = read.iter().map(|(count, _)| u64::from(*count)).sum();
        assert_eq!(covered + snapshot.unwrap_or(0), end);
    }

    fn snapshot_and_retire(&mut self) {
        let journal = self.journal.as_mut().unwrap();
        let mark = journal.mark();
        if mark.sequence() > 0 && journal.snapshots().create(mark).is_ok() {
            write_snapshot(journal, mark, &[b"state"]);
            journal.retire(mark.sequence()).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_any_failures_and_crashes_exactly_what_was_acknowledged_is_there(
        ops in prop::collection::vec((op(), 0.0..=1.0f64), 1..40)
    ) {
        let mut run = Run::new();
        for (op, kept) in ops {
            match op {
                Op::Append { count, bytes } => run.append(count, bytes, Plan::default()),
                Op::FullDisk { bytes, free_bytes } => {
                    run.append(1, bytes, Plan { free_bytes: Some(free_bytes), ..Plan::default() });
                    assert!(run.in_flight.is_none(), "a full disk must not break the journal");
                }
                Op::FullDiskNoTakingBack { bytes, free_bytes } => {
                    let plan = Plan { free_bytes: Some(free_bytes), fail_truncate: true, ..Plan::default() };
                    run.append(1, bytes, plan);
                }
                Op::ShortWrites { bytes, write_bytes_max } => {
                    let plan = Plan { write_bytes_max: Some(write_bytes_max), ..Plan::default() };
                    run.append(1, bytes, plan);
                }
                Op::FailedSync { count, bytes } => {
                    run.append(count, bytes, Plan { fail_sync: true, ..Plan::default() });
                }
                Op::Roll => run.journal.as_mut().unwrap().roll().unwrap(),
                Op::FailedRoll { free_bytes } => {
                    run.set_faults(Plan { free_bytes: Some(free_bytes), ..Plan::default() });
                    let _ = run.journal.as_mut().unwrap().roll();
                    run.set_faults(Plan::default());
                }
                Op::SnapshotAndRetire => run.snapshot_and_retire(),
                Op::Restart => run.restart(kept),
            }
            match run.in_flight {
                Some(_) => run.restart(kept),
                None => run.check(),
            }
        }
        run.restart(1.0);
    }
}
