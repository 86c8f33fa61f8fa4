//! How a daemon starts, stops, and meets what is wrong with its directory or its disk.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

use daemon_common::{
    Daemon, Place,
    client::{Client, GATEWAY, assert_refused, contact, reason},
    plans, soon, start_in_vain,
    streams::Watching,
};
use futures_util::future::join_all;
use kefud::proto::v1::{self, AgentSessionState, ContactState};
use tokio::sync::Semaphore;
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

/// Every file below a directory with what is in it.
fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            let bytes = fs::read(&path).expect("read");
            found.insert(path, bytes);
        }
    }
    found
}

/// Brings contacts in until the daemon takes no more. Returns those that were acknowledged.
async fn bring_in(client: Client, count: Arc<Semaphore>) -> Vec<String> {
    let mut acknowledged = vec!["first".to_owned()];
    for burst in 0.. {
        let entering = (0..20).map(|at| {
            let request = contact(&format!("c{burst}-{at}"), "wechat", "sales");
            client.try_enqueue(request)
        });
        let (entered, refused): (Vec<_>, Vec<_>) =
            join_all(entering).await.into_iter().partition(Result::is_ok);
        count.add_permits(entered.len());
        acknowledged.extend(entered.into_iter().flatten().map(|contact| contact.contact_id));
        if !refused.is_empty() {
            break;
        }
    }
    acknowledged
}

/// The segment that is being written.
fn segment(place: &Place) -> PathBuf {
    let segments = contents(&place.data()).into_keys();
    segments.filter(|path| path.extension().is_some_and(|end| end == "seg")).max().expect("a segment")
}

#[track_caller]
fn assert_refused_start(output: &Output, part: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!((stderr.lines().count(), output.stdout.len()), (1, 0), "{stderr}");
    assert!(stderr.starts_with("kefud: ") && stderr.contains(part), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_the_directory_is_refused() {
    let place = Place::new(plans::WAITING_ROOM, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    client.enqueue("before", "wechat", "service").await;
    assert_refused_start(&start_in_vain(&place.data(), &["--log-level", "off"]), "in use by another process");
    client.enqueue("after", "wechat", "service").await;
    daemon.kill();
    let ids = live_ids(&place.start().client().await).await;
    assert_eq!(ids, ["before", "after"]);
}

async fn live_ids(client: &Client) -> Vec<String> {
    client.live_contacts().await.into_iter().map(|contact| contact.contact_id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_tells_everybody_and_keeps_everything() {
    let place = Place::new(plans::DESK, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let mut health = HealthClient::new(client.channel.clone());
    let request = HealthCheckRequest { service: "kefud.v1.ContactService".into() };
    let mut health = health.watch(request).await.expect("a watch").into_inner();
    let status = soon("health", health.message()).await.expect("health").expect("health").status();
    assert_eq!(status, ServingStatus::Serving);
    assert!(daemon.page("/readyz").starts_with("HTTP/1.1 200"));

    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut desk = client.sign_in("anna").await;
    client.enqueue("first", "phone", "service").await;
    desk.offer().await;
    let mut watched = client.watch_contact("first", 0).await;
    let queues = client.supervisors.clone().watch_queues(v1::WatchQueuesRequest::default()).await;
    let mut queues = Watching::new(queues.expect("opened").into_inner());
    queues.next().await;

    // Contacts come in all the while.
    let count = Arc::new(Semaphore::new(0));
    let bringing = tokio::spawn(bring_in(client.clone(), Arc::clone(&count)));
    soon("some contacts", count.acquire_many(200)).await.expect("open").forget();
    daemon.signal("TERM");
    let status = soon("health", health.message()).await.expect("health").expect("health").status();
    assert_eq!(status, ServingStatus::NotServing);
    for end in [gateway.end().await, desk.stream.end().await, watched.end().await, queues.end().await] {
        let end = end.expect("a reason");
        assert_eq!((end.code(), reason(&end).as_str()), (Code::Unavailable, "STOPPING"), "{end:?}");
    }
    let mut acknowledged = bringing.await.expect("joined");
    drop((client, health));
    assert_eq!(daemon.wait().code(), Some(0));

    let mut found = live_ids(&place.start().client().await).await;
    acknowledged.sort();
    found.sort();
    let missing: Vec<_> = acknowledged.iter().filter(|id| found.binary_search(id).is_err()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    found.dedup();
    println!("{} acknowledged, {} there", acknowledged.len(), found.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_byte_stops_the_start_and_nothing_is_changed() {
    let place = Place::new(plans::WAITING_ROOM, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    for number in 0..20 {
        client.enqueue(&format!("c{number}"), "wechat", "service").await;
    }
    daemon.kill();
    let path = segment(&place);
    let whole = fs::read(&path).expect("read");
    for at in [10, whole.len() / 3, whole.len() / 2] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&path, &damaged).expect("written");
        let before = contents(&place.data());
        assert_refused_start(&start_in_vain(&place.data(), &["--log-level", "off"]), "is damaged at byte");
        assert!(contents(&place.data()) == before, "byte {at}: the directory was changed");
    }
    fs::write(&path, &whole).expect("written");
    assert_eq!(live_ids(&place.start().client().await).await.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_tail_is_cut_and_told() {
    let place = Place::new(plans::WAITING_ROOM, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    client.enqueue("whole", "wechat", "service").await;
    let path = segment(&place);
    let before = fs::read(&path).expect("read").len();
    client.enqueue("torn", "wechat", "service").await;
    daemon.kill();
    let whole = fs::read(&path).expect("read");
    // As if the crash had come while the last record was being written.
    for end in [before + 1, whole.len() - 1] {
        fs::write(&path, &whole[..end]).expect("written");
        let daemon = place.start();
        daemon.wait_for_line(path.file_name().and_then(|name| name.to_str()).expect("a name"));
        let client = daemon.client().await;
        assert_eq!(live_ids(&client).await, ["whole"]);
        assert_refused(
            client.contacts.clone().get_contact(v1::GetContactRequest { contact_id: "torn".into() }).await,
            Code::NotFound,
            "CONTACT_NOT_FOUND",
        );
        client.enqueue("torn", "wechat", "service").await;
        drop(daemon);
    }
}

/// Lets the daemon write to files up to this size, or any.
fn limit_file_size(daemon: &Daemon, bytes: Option<u64>) {
    let bytes = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
    let status = Command::new("prlimit")
        .args(["--pid", &daemon.id().to_string(), &format!("--fsize={bytes}:")])
        .status()
        .expect("prlimit, which util-linux brings");
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_changes_and_answers_reads_until_there_is_space() {
    let place = Place::new(plans::DESK, &[]);
    // A file that can't grow answers a write as a full disk does: with an error, part of it written or none.
    let daemon = place.start_ignoring_file_size_signal();
    let client = daemon.client().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let leaving = daemon.client().await;
    let desk = leaving.sign_in("ben").await;
    client.enqueue("before", "wechat", "sales").await;
    for round in 0..3 {
        // Room for a part of the next record.
        let size = fs::metadata(segment(&place)).expect("read").len();
        limit_file_size(&daemon, Some(size + 7 * round));
        let id = format!("during{round}");
        for _ in 0..3 {
            let refused = client.try_enqueue(contact(&id, "wechat", "sales")).await.expect_err("full");
            assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unavailable, "NOT_DURABLE"));
            assert_eq!(client.contact("before").await.state(), ContactState::Waiting);
        }
        let missing =
            client.contacts.clone().get_contact(v1::GetContactRequest { contact_id: id.clone() }).await;
        assert_refused(missing, Code::NotFound, "CONTACT_NOT_FOUND");
        limit_file_size(&daemon, None);
        client.try_enqueue(contact(&id, "wechat", "sales")).await.expect("the same id again");
    }

    // A desktop that goes meanwhile is not forgotten.
    let size = fs::metadata(segment(&place)).expect("read").len();
    limit_file_size(&daemon, Some(size));
    let failures = "kefud_journal_failures_total{tenant=\"default\",kind=\"rejected\"}";
    let before = daemon.metric(failures).expect("counted");
    drop((desk, leaving));
    soon("the loss to be noticed", async {
        while daemon.metric(failures) == Some(before) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    limit_file_size(&daemon, None);
    soon("the agent to be disconnected", async {
        while client.agent("ben").await.session_state() != AgentSessionState::Disconnected {
            tokio::task::yield_now().await;
        }
    })
    .await;

    let expected = ["before", "during0", "during1", "during2"];
    for id in expected {
        assert_eq!(gateway.change().await.0.contact_id, id, "the stream saw nothing that was taken back");
    }
    assert_eq!(live_ids(&client).await, expected);
    daemon.kill();
    assert_eq!(live_ids(&place.start().client().await).await, expected);
}
