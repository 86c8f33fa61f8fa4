//! kill -9: what was acknowledged is there, once, in its order and at its age; the rest can be asked for again.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use std::{collections::BTreeMap, sync::Arc};

use daemon_common::{
    Daemon, Place,
    client::{Client, contact},
    plans, soon,
};
use kefud::proto::v1::{
    self, AgentSessionState, ContactState, OfferEndReason, stream_assignments_response::Update as AgentUpdate,
};
use prost_types::Timestamp;
use tokio::{sync::Semaphore, task::JoinSet};

const CLIENTS: usize = 20;
const CONTACTS: usize = 1_000;
const KILLS: usize = 4;

/// What a gateway knows of one of its contacts.
struct Known {
    id: String,
    /// When it came in, once acknowledged.
    enqueue_time: Option<Timestamp>,
    created: bool,
}

impl Known {
    fn new(id: String) -> Self {
        Self { id, enqueue_time: None, created: false }
    }
}

/// A gateway with its own connection, which brings in one contact after the other until the daemon is gone.
async fn bring_in(
    client: Client,
    name: String,
    mut todo: Vec<Known>,
    acknowledged: Arc<Semaphore>,
) -> Vec<Known> {
    for known in &mut todo {
        let mut request = contact(&known.id, "wechat", "service");
        request.gateway_id.clone_from(&name);
        let Ok(answer) = client.contacts.clone().enqueue_contact(request).await else {
            break;
        };
        let answer = answer.into_inner();
        let contact = answer.contact.expect("a contact");
        assert_eq!(contact.contact_id, known.id);
        known.enqueue_time = contact.enqueue_time;
        known.created = answer.created;
        acknowledged.add_permits(1);
    }
    todo
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_contact_survives_kill_9_once_in_order_at_its_age() {
    let place = Place::new(plans::WAITING_ROOM, &[]);
    // By gateway, in the order in which each was acknowledged.
    let mut acknowledged: BTreeMap<String, Vec<(String, Timestamp)>> = BTreeMap::new();
    let mut unsure: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut repeats, mut early_kills) = (0, 0);
    for round in 0..KILLS {
        let daemon = place.start();
        check(&daemon, &acknowledged, &unsure).await;
        let count = Arc::new(Semaphore::new(0));
        let mut gateways = JoinSet::new();
        for number in 0..CLIENTS {
            let name = format!("gateway{number}");
            // What was not acknowledged before is asked for again first.
            let again = unsure.remove(&name).unwrap_or_default();
            let new = (0..CONTACTS / CLIENTS).map(|at| format!("r{round}-{name}-{at}"));
            let todo: Vec<Known> = again.into_iter().chain(new).map(Known::new).collect();
            let client = daemon.client().await;
            let count = Arc::clone(&count);
            gateways.spawn(async move { (name.clone(), bring_in(client, name, todo, count).await) });
        }
        // In the middle, at another moment each time.
        let moment = CONTACTS * (round + 1) / (KILLS + 2);
        let moment = u32::try_from(moment).expect("few");
        soon("the middle", count.acquire_many(moment)).await.expect("open").forget();
        daemon.kill();
        early_kills += usize::from(count.available_permits() + (moment as usize) < CONTACTS);
        while let Some(joined) = gateways.join_next().await {
            let (name, todo) = joined.expect("joined");
            for known in todo {
                match known.enqueue_time {
                    Some(time) => {
                        repeats += usize::from(!known.created);
                        acknowledged.entry(name.clone()).or_default().push((known.id, time));
                    }
                    None => unsure.entry(name.clone()).or_default().push(known.id),
                }
            }
        }
    }
    let daemon = place.start();
    check(&daemon, &acknowledged, &unsure).await;
    assert_eq!(early_kills, KILLS, "each kill came in the middle");

    // The rest is asked for once more; then everything is there, each once.
    let mut gateways = JoinSet::new();
    for (name, ids) in unsure {
        let todo = ids.into_iter().map(Known::new).collect();
        let client = daemon.client().await;
        let count = Arc::new(Semaphore::new(0));
        gateways.spawn(async move { (name.clone(), bring_in(client, name, todo, count).await) });
    }
    while let Some(joined) = gateways.join_next().await {
        let (name, todo) = joined.expect("joined");
        for known in todo {
            repeats += usize::from(!known.created);
            let time = known.enqueue_time.expect("acknowledged");
            acknowledged.entry(name.clone()).or_default().push((known.id, time));
        }
    }
    check(&daemon, &acknowledged, &BTreeMap::new()).await;
    assert_eq!(daemon.client().await.live_contacts().await.len(), KILLS * CONTACTS);
    println!("{} contacts, {KILLS} kills, {repeats} repeats of what was in already", KILLS * CONTACTS);
}

/// Everything acknowledged is there once, in order and at its time; what is there beyond that was asked for.
async fn check(
    daemon: &Daemon,
    acknowledged: &BTreeMap<String, Vec<(String, Timestamp)>>,
    unsure: &BTreeMap<String, Vec<String>>,
) {
    let mut there: BTreeMap<String, Vec<(String, Timestamp)>> = BTreeMap::new();
    for contact in daemon.client().await.live_contacts().await {
        assert_eq!(contact.state(), ContactState::Waiting);
        let time = contact.enqueue_time.expect("a time");
        there.entry(contact.gateway_id).or_default().push((contact.contact_id, time));
    }
    for (name, expected) in acknowledged {
        let found = there.remove(name).unwrap_or_default();
        let (extra, found): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(id, _)| unsure.get(name).is_some_and(|unsure| unsure.contains(id)));
        assert_eq!(&found, expected, "{name}");
        assert!(extra.len() <= 1, "{name} had one request on its way, not {extra:?}");
    }
    assert!(there.is_empty(), "nobody asked for {there:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_and_agents_survive_kill_9() {
    let place = Place::new(plans::DESK, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let mut anna = client.sign_in("anna").await;
    client.enqueue("held", "wechat", "service").await;
    let held = anna.offer().await;
    client.accept(&held).await.expect("accepted");
    client.enqueue("offered", "wechat", "service").await;
    let offered = anna.offer().await;
    let mut chen = client.sign_in("chen").await;
    client.enqueue("lapsing", "phone", "sales").await;
    let lapsing = chen.offer().await;
    let (session, last) = (anna.session_id(), anna.stream.last_sequence);
    let age = client.contact("offered").await.enqueue_time;
    daemon.kill();

    // Nobody is connected, and within the grace time everybody may come back to what they had.
    let daemon = place.start();
    let client = daemon.client().await;
    for agent in ["anna", "chen"] {
        let agent = client.agent(agent).await;
        assert_eq!((agent.session_state(), agent.routable), (AgentSessionState::Disconnected, false));
    }
    assert_eq!(client.contact("offered").await.enqueue_time, age);
    let request = v1::StreamAssignmentsRequest {
        agent_id: "anna".into(),
        session_id: session,
        after_sequence: last,
        ..Default::default()
    };
    let mut stream = client.stream(request).await.expect("the session goes on");
    let snapshot = match stream.next().await.update {
        Some(AgentUpdate::Snapshot(snapshot)) => snapshot,
        other => panic!("a snapshot is expected, not {other:?}"),
    };
    let agent = snapshot.agent.expect("an agent");
    assert_eq!((agent.session_id, agent.session_state()), (session, AgentSessionState::Connected));
    assert_eq!(agent.availability(), v1::Availability::Ready, "nothing is lost");
    assert_eq!(snapshot.assignments.len(), 1);
    assert_eq!(snapshot.assignments[0].assignment.as_ref().map(|leg| leg.offer_id), Some(held.offer_id));
    client.accept(&held).await.expect("a repeat of what was accepted before the kill");

    // The offer made before is either still good, or over and made again.
    let offer = match snapshot.offers.first().and_then(|offered| offered.offer.clone()) {
        Some(offer) => offer,
        None => loop {
            if let Some(AgentUpdate::Offered(offer)) = stream.next().await.update {
                break offer.offer.expect("an offer");
            }
        },
    };
    assert!(offer.offer_id == offered.offer_id || offer.epoch == offered.epoch + 1, "{offer:?}");
    let accepted = client.accept(&offer).await.expect("accepted");
    assert_eq!((accepted.contact_id.as_str(), accepted.enqueue_time), ("offered", age));
    for contact in ["held", "offered"] {
        client.complete("anna", contact).await;
    }
    // Whoever stays away has no offer that blocks the contact.
    let waiting = client.contact("lapsing").await;
    assert_eq!(waiting.state(), ContactState::Waiting, "the offer {} is over", lapsing.offer_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_go_on_over_a_restart() {
    let brief = "[queues.brief]\nchannels = [\"wechat\"]\nobjective = \"30s\"\nmax_wait = \"1s\"\n";
    let place = Place::new(&format!("{}\n{brief}", plans::DESK), &[]);
    let daemon = place.start();
    let waiting = daemon.client().await.enqueue("c", "wechat", "brief").await;
    daemon.kill();
    let daemon = place.start();
    let client = daemon.client().await;
    let mut watch = client.watch_contact("c", 0).await;
    let closed = loop {
        let contact = watch.next().await.contact.expect("a contact");
        if contact.state() != ContactState::Waiting {
            break contact;
        }
    };
    assert_eq!(
        (closed.state(), closed.close_reason()),
        (ContactState::Expired, v1::CloseReason::WaitLimit),
        "{closed:?}"
    );
    assert_eq!(closed.enqueue_time, waiting.enqueue_time);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_a_crash_cut_short_is_made_again() {
    let place = Place::new(plans::DESK, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let mut anna = client.sign_in("anna").await;
    client.enqueue("c", "hasty", "service").await;
    let offer = anna.offer().await;
    let session = anna.session_id();
    daemon.kill();
    let daemon = place.start();
    let client = daemon.client().await;
    let request =
        v1::StreamAssignmentsRequest { agent_id: "anna".into(), session_id: session, ..Default::default() };
    let mut stream = client.stream(request).await.expect("the session goes on");
    // Withdrawn at the start, offered anew, and then nobody answers.
    let ended = loop {
        if let Some(AgentUpdate::OfferEnded(ended)) = stream.next().await.update {
            break ended;
        }
    };
    assert!(ended.offer_id > offer.offer_id, "{ended:?}");
    assert_eq!(ended.reason(), OfferEndReason::NoAnswer);
    assert_eq!(client.agent("anna").await.missed_in_row, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_id_is_known_after_kill_9() {
    let place = Place::new(plans::DESK, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    client.enqueue("c", "phone", "service").await;
    let request = v1::UpdateContactRequest {
        contact_id: "c".into(),
        priority: Some(5),
        request_id: "once".into(),
        ..Default::default()
    };
    client.contacts.clone().update_contact(request.clone()).await.expect("updated");
    let later = v1::UpdateContactRequest { priority: Some(9), request_id: String::new(), ..request.clone() };
    client.contacts.clone().update_contact(later).await.expect("updated");
    let before = client.contact("c").await.sequence;
    daemon.kill();
    let daemon = place.start();
    let client = daemon.client().await;
    let repeat = client.contacts.clone().update_contact(request).await.expect("a repeat").into_inner();
    let contact = repeat.contact.expect("a contact");
    assert_eq!((contact.priority, contact.sequence), (9, before), "not carried out again");
}
