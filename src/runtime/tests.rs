//! The writer on a journal in memory, whose faults are made on demand.

use std::{sync::Arc, task::Poll};

use tokio::sync::watch;
use tokio_stream::StreamExt;

use super::{
    CallError, Desk, Start, Tenant,
    open::{Setting, open_on, read_plan},
    recover::replay,
    snapshot,
};
use crate::{
    config::{Limits, PlanSource},
    engine::{
        command::{Command, Enqueue, Intervention, Reply},
        refusal::Refusal,
    },
    journal::{AppendFault, JournalError, Mark, MemoryStorage, Reader, SnapshotWriter, Snapshots},
    proto::v1,
    streams::{Cut, Item, Opening, Topic},
    telemetry::Metrics,
};

struct House {
    storage: MemoryStorage,
    tenant: Tenant,
    failed: watch::Receiver<bool>,
    metrics: Metrics,
}

fn open(storage: &MemoryStorage, limits: &Limits, snapshot_bytes: u64) -> House {
    let metrics = Metrics::new();
    let (sender, failed) = watch::channel(false);
    let source = PlanSource::Sample;
    let setting = Setting {
        name: "test",
        source: &source,
        limits,
        metrics: metrics.tenant("test"),
        failed: sender,
        snapshot_bytes,
    };
    let plan = read_plan(&source).unwrap();
    let tenant = open_on(Box::new(storage.open()), plan, setting).unwrap();
    House { storage: storage.clone(), tenant, failed, metrics }
}

fn house() -> House {
    open(&MemoryStorage::new(), &Limits::default(), u64::MAX)
}

fn enqueue(id: &str) -> Command {
    Command::Enqueue(Box::new(Enqueue {
        id: id.to_owned(),
        gateway: "sip".to_owned(),
        channel: "phone".to_owned(),
        category: "consultation".to_owned(),
        ..Enqueue::default()
    }))
}

impl House {
    async fn enqueue(&self, id: &str) -> Result<bool, CallError> {
        let created = |reply: &Reply| matches!(reply, Reply::Enqueued { created: true, .. });
        self.tenant.call(None, enqueue(id), move |_, reply, _| Ok(created(reply))).await
    }

    async fn ids(&self) -> Vec<String> {
        let ids = |state: &crate::engine::state::State| {
            state.live_contacts_after(0).map(|record| record.id.clone()).collect()
        };
        self.tenant.read(move |state, _| Ok(ids(state))).await.unwrap()
    }

    /// Waits until everything is durable and nothing more is to be done, so that the next append is the test's:
    /// a start goes on in turns of its own while the first calls are answered.
    async fn at_rest(&self) {
        let rests = |desk: &mut Desk<'_>| {
            let due = desk.state().next_deadline_ms().is_some_and(|due_ms| due_ms <= desk.now_ms());
            Ok(!*desk.more && !due && desk.durable_sequence == desk.state().sequence())
        };
        while !self.tenant.run(rests).await.unwrap() {
            tokio::task::yield_now().await;
        }
    }

    async fn watch(&self, id: &str) -> Result<super::Watch, CallError> {
        let id = id.to_owned();
        self.tenant
            .watch(move |desk: &mut Desk<'_>| {
                let record = desk.state().contact_by_id(&id);
                let record = record.ok_or_else(|| Refusal::not_found("X", "x"))?;
                let item = Item::Contact(v1::WatchContactResponse {
                    sequence: desk.state().sequence(),
                    ..v1::WatchContactResponse::default()
                });
                let opening = Opening { snapshot: vec![item], after: None, resume: None, ends: false };
                Ok(Start { topic: Topic::Contact(record.contact), session: 0, opening, lost: None })
            })
            .await
    }
}

#[tokio::test]
async fn a_rejected_append_undoes_what_ran_ahead_and_the_writer_goes_on() {
    let house = house();
    assert_eq!(house.enqueue("kept").await, Ok(true));
    house.at_rest().await;
    house.storage.fail_next_append(AppendFault::Rejected);
    assert_eq!(house.enqueue("undone").await, Err(CallError::NotDurable));
    assert_eq!(house.ids().await, ["kept"]);
    assert_eq!(house.enqueue("undone").await, Ok(true));
    assert_eq!(house.enqueue("undone").await, Ok(false));
    assert_eq!(house.ids().await, ["kept", "undone"]);
    assert!(!*house.failed.borrow());
    assert!(house.metrics.render().contains("kefud_journal_failures_total"));
}

#[tokio::test]
async fn a_broken_journal_fails_the_tenant_and_every_call_says_so() {
    let house = house();
    assert_eq!(house.enqueue("kept").await, Ok(true));
    house.at_rest().await;
    house.storage.fail_next_append(AppendFault::BrokenLost);
    assert_eq!(house.enqueue("unknown").await, Err(CallError::NotDurable));
    let mut failed = house.failed.clone();
    failed.wait_for(|failed| *failed).await.unwrap();
    assert_eq!(house.enqueue("late").await, Err(CallError::Stopping));
    let again = open(&house.storage, &Limits::default(), u64::MAX);
    assert_eq!(again.ids().await, ["kept"]);
}

#[tokio::test]
async fn a_deposed_writer_is_refused() {
    let old = house();
    assert_eq!(old.enqueue("first").await, Ok(true));
    let new = open(&old.storage, &Limits::default(), u64::MAX);
    assert_eq!(new.enqueue("second").await, Ok(true));
    assert_eq!(old.enqueue("third").await, Err(CallError::NotDurable));
    let mut failed = old.failed.clone();
    failed.wait_for(|failed| *failed).await.unwrap();
    assert_eq!(new.ids().await, ["first", "second"]);
}

#[tokio::test]
async fn a_full_inbox_refuses_at_once() {
    let limits = Limits { inbox: 1, ..Limits::default() };
    let house = open(&MemoryStorage::new(), &limits, u64::MAX);
    let (hold, held) = std::sync::mpsc::sync_channel::<()>(0);
    let tenant = house.tenant.clone();
    let (entered, inside) = tokio::sync::oneshot::channel();
    let busy = tokio::spawn(async move {
        let work = move |_: &mut Desk<'_>| {
            entered.send(()).unwrap();
            held.recv().unwrap();
            Ok(())
        };
        tenant.run(work).await
    });
    inside.await.unwrap();
    // The writer is busy: one job has its place in the inbox, the next has none.
    let tenant = house.tenant.clone();
    let mut queued = Box::pin(async move { tenant.read(|_, _| Ok(())).await });
    let pending = std::future::poll_fn(|context| Poll::Ready(queued.as_mut().poll(context).is_pending()));
    assert!(pending.await);
    assert_eq!(house.tenant.read(|_, _| Ok(())).await, Err(CallError::Overloaded));
    hold.send(()).unwrap();
    assert_eq!(busy.await.unwrap(), Ok(()));
    assert_eq!(queued.await, Ok(()));
}

#[tokio::test]
async fn a_snapshot_is_verified_and_then_drops_the_segments_that_it_covers() {
    let house = open(&MemoryStorage::new(), &Limits::default(), 2_000);
    let mut n = 0;
    loop {
        n += 1;
        assert_eq!(house.enqueue(&format!("c{n}")).await, Ok(true));
        let dropped = house.storage.clone().batches_after(0).is_err();
        if dropped {
            break;
        }
        tokio::task::yield_now().await;
        assert!(n < 100_000, "no snapshot was made");
    }
    let (state, _) = replay(&mut house.storage.clone(), None).unwrap();
    assert!(house.storage.clone().latest_snapshot().unwrap().is_some());
    let live = house.tenant.read(|state, _| Ok(state.hash())).await.unwrap();
    assert_eq!(state.hash(), live);
    drop(house.tenant);
    let again = open(&house.storage, &Limits::default(), u64::MAX);
    assert_eq!(again.ids().await.len(), n);
}

/// Writes snapshots of which every frame is spoilt.
struct Spoiling(Arc<dyn Snapshots>);

struct SpoilingWriter(Box<dyn SnapshotWriter>);

impl Snapshots for Spoiling {
    fn create(&self, mark: Mark) -> Result<Box<dyn SnapshotWriter>, JournalError> {
        Ok(Box::new(SpoilingWriter(self.0.create(mark)?)))
    }

    fn discard(&self, sequence: u64) -> Result<(), JournalError> {
        self.0.discard(sequence)
    }
}

impl SnapshotWriter for SpoilingWriter {
    fn frame(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        // No record starts with a field of number 0.
        self.0.frame(&[&[0], bytes].concat())
    }

    fn finish(self: Box<Self>) -> Result<(), JournalError> {
        self.0.finish()
    }
}

#[tokio::test]
async fn a_snapshot_that_can_not_be_read_back_is_discarded() {
    let house = house();
    assert_eq!(house.enqueue("c1").await, Ok(true));
    let sequence = house.tenant.read(|state, _| Ok(state.sequence())).await.unwrap();
    let spoiling: Arc<dyn Snapshots> = Arc::new(Spoiling(Arc::new(house.storage.clone())));
    let written = snapshot::write(house.storage.another(), &spoiling, sequence);
    assert!(written.is_err(), "{written:?}");
    assert!(house.storage.clone().latest_snapshot().unwrap().is_none());
    assert_eq!(replay(&mut house.storage.clone(), None).unwrap().0.sequence(), sequence);
}

#[tokio::test]
async fn a_stream_gets_what_happens_after_its_snapshot_and_a_slow_one_is_cut_off() {
    let limits = Limits { stream_mailbox: 2, ..Limits::default() };
    let house = open(&MemoryStorage::new(), &limits, u64::MAX);
    assert_eq!(house.enqueue("c1").await, Ok(true));
    let mut prompt = house.watch("c1").await.unwrap();
    let mut slow = house.watch("c1").await.unwrap();
    let first = prompt.next().await.unwrap().unwrap().sequence();
    let mut last = first;
    for priority in 1..=4 {
        let update = crate::engine::command::Update { priority: Some(priority), ..Default::default() };
        let command = Command::Update { contact: "c1".to_owned(), update: Box::new(update) };
        house.tenant.call(None, command, |_, _, _| Ok(())).await.unwrap();
        let sequence = prompt.next().await.unwrap().unwrap().sequence();
        assert!(sequence > last, "{sequence} after {last}");
        last = sequence;
    }
    let mut seen = Vec::new();
    let end = loop {
        match slow.next().await {
            Some(Ok(item)) => seen.push(item.sequence()),
            end => break end,
        }
    };
    assert_eq!(seen.len(), 3, "the snapshot and what the mailbox holds");
    assert!(matches!(end, Some(Err(Cut::TooSlow))));
}

#[tokio::test]
async fn nothing_is_published_of_what_is_not_durable() {
    let house = house();
    assert_eq!(house.enqueue("c1").await, Ok(true));
    let mut watch = house.watch("c1").await.unwrap();
    let first = watch.next().await.unwrap().unwrap().sequence();
    house.at_rest().await;
    house.storage.fail_next_append(AppendFault::Rejected);
    let cancel = || Command::Cancel { contact: "c1".to_owned() };
    let refused = house.tenant.call(None, cancel(), |_, _, _| Ok(())).await;
    assert_eq!(refused, Err(CallError::NotDurable));
    assert_eq!(house.tenant.call(None, cancel(), |_, _, _| Ok(())).await, Ok(()));
    let mut seen = Vec::new();
    while let Some(Ok(item)) = watch.next().await {
        seen.push(item.sequence());
    }
    assert_eq!(seen, [first + 1], "the cancellation is told once, after it is durable");
}

/// The sequences of the notices that a watcher who goes on after `after` is told first; none: it begins anew.
async fn notices_after(house: &House, after: u64) -> Option<Vec<u64>> {
    let opened = |sequence| {
        let update =
            Some(v1::watch_notices_response::Update::Opened(v1::StreamResumed { after_sequence: sequence }));
        Item::Notice(Box::new(v1::WatchNoticesResponse {
            sequence,
            update,
            ..v1::WatchNoticesResponse::default()
        }))
    };
    let opening = move |_: &mut Desk<'_>| {
        let (snapshot, resume) = (vec![opened(u64::MAX)], Some(opened(after)));
        let opening = Opening { snapshot, after: Some(after), resume, ends: true };
        Ok(Start { topic: Topic::Notices, session: 0, opening, lost: None })
    };
    let stream = house.tenant.watch(opening).await.unwrap();
    let sequences: Vec<u64> = stream.map(|item| item.unwrap().sequence()).collect().await;
    (sequences[0] == after).then(|| sequences[1..].to_vec())
}

#[tokio::test]
async fn a_restart_loses_no_notices() {
    let first = house();
    let mut told = Vec::new();
    for id in ["one", "two"] {
        first.enqueue(id).await.unwrap();
        let end = Command::Intervene {
            contact: id.to_owned(),
            supervisor: String::new(),
            reason: "a\nb".to_owned(),
            action: Intervention::End { disposition: String::new() },
        };
        told.push(first.tenant.call(None, end, |state, _, _| Ok(state.sequence() - 1)).await.unwrap());
    }
    let again = open(&first.storage, &Limits::default(), u64::MAX);
    assert_eq!(notices_after(&again, 1).await, Some(told.clone()));
    assert_eq!(notices_after(&again, told[0]).await, Some(vec![told[1]]));
    assert_eq!(notices_after(&again, told[1]).await, Some(Vec::new()));
}
