//! What streams promise: a snapshot, then every change in order; a lost one goes on where it broke off; a slow
//! consumer is cut off rather than waited for.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{
    Place,
    client::{Client, GATEWAY, assert_refused, contact, reason},
    desk, desk_with, plans,
    streams::Watching,
};
use kefud::proto::v1::{
    self, AgentSessionState, ContactCause, ContactState, OfferEndReason,
    stream_assignments_response::Update as AgentUpdate, watch_gateway_response::Update as GatewayUpdate,
};
use tonic::Code;

#[tokio::test(flavor = "multi_thread")]
async fn a_large_snapshot_comes_in_parts_and_nothing_falls_between() {
    let place = Place::new(plans::WAITING_ROOM, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let ids: Vec<String> = (0..1_300).map(|number| format!("c{number}")).collect();
    for part in ids.chunks(100) {
        let entering = part.iter().map(|id| client.try_enqueue(contact(id, "wechat", "service")));
        futures_util::future::try_join_all(entering).await.expect("in");
    }
    // Contacts keep coming in while the stream is opened.
    let late: Vec<String> = (0..300).map(|number| format!("late{number}")).collect();
    let entering = async {
        for part in late.chunks(20) {
            let entering = part.iter().map(|id| client.try_enqueue(contact(id, "wechat", "service")));
            futures_util::future::try_join_all(entering).await.expect("in");
        }
    };
    let watching = async {
        let mut gateway = client.watch_gateway(GATEWAY, 0).await;
        let mut seen: Vec<String> = gateway.snapshot().await.into_iter().map(|c| c.contact_id).collect();
        while seen.len() < ids.len() + late.len() {
            let (contact, cause) = gateway.change().await;
            assert_eq!(cause, ContactCause::Enqueued);
            seen.push(contact.contact_id);
        }
        seen
    };
    let (mut seen, ()) = tokio::join!(watching, entering);
    let mut expected = [ids, late].concat();
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_comes_back_gets_exactly_what_it_missed() {
    let (_place, _daemon, client) = desk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    client.enqueue("seen", "wechat", "tiny").await;
    assert_eq!(gateway.change().await.0.contact_id, "seen");
    let last = gateway.last_sequence;
    drop(gateway);

    client.enqueue("missed", "wechat", "service").await;
    client.cancel("missed").await;
    let mut other = contact("not mine", "wechat", "service");
    other.contact_id = "not-mine".into();
    other.gateway_id = "another".into();
    client.try_enqueue(other).await.expect("in");

    let mut gateway = client.watch_gateway(GATEWAY, last).await;
    match gateway.next().await.update {
        Some(GatewayUpdate::Resumed(resumed)) => assert_eq!(resumed.after_sequence, last),
        other => panic!("resumed is expected, not {other:?}"),
    }
    for cause in [ContactCause::Enqueued, ContactCause::Closed] {
        let (contact, seen) = gateway.change().await;
        assert_eq!((contact.contact_id.as_str(), seen), ("missed", cause));
    }
    client.enqueue("next", "wechat", "service").await;
    assert_eq!(gateway.change().await.0.contact_id, "next");

    // A sequence that is not this daemon's to resume from gets a snapshot.
    for after in [1, u64::MAX] {
        let mut gateway = client.watch_gateway(GATEWAY, after).await;
        let ids: Vec<String> = gateway.snapshot().await.into_iter().map(|c| c.contact_id).collect();
        assert_eq!(ids, ["seen", "next"], "after {after}");
    }
}

async fn resume(
    client: &Client,
    agent_id: &str,
    session_id: u64,
    after_sequence: u64,
) -> Watching<v1::StreamAssignmentsResponse> {
    let request = v1::StreamAssignmentsRequest {
        agent_id: agent_id.into(),
        session_id,
        after_sequence,
        ..Default::default()
    };
    client.stream(request).await.expect("resumed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_that_comes_back_gets_exactly_what_it_missed() {
    let (_place, daemon, client) = desk().await;
    let connection = daemon.client().await;
    let mut anna = connection.sign_in("anna").await;
    client.enqueue("kept", "wechat", "service").await;
    let kept = anna.offer().await;
    client.accept(&kept).await.expect("accepted");
    anna.assignment_changed().await;
    client.enqueue("offered", "wechat", "service").await;
    let withdrawn = anna.offer().await;
    let (session, last) = (anna.session_id(), anna.stream.last_sequence);

    // The network breaks: what is offered goes back, what is held stays.
    drop((anna, connection));
    let mut offered = client.watch_contact("offered", 0).await;
    while offered.next().await.contact.expect("a contact").state() != ContactState::Waiting {}
    assert_eq!(client.agent("anna").await.session_state(), AgentSessionState::Disconnected);
    let request = v1::AgentServiceKeepAliveRequest { agent_id: "anna".into(), session_id: session };
    client.agents.clone().keep_alive(request).await.expect("kept");
    client.complete("anna", "kept").await;

    let mut back = resume(&client, "anna", session, last).await;
    match back.next().await.update {
        Some(AgentUpdate::Resumed(resumed)) => assert_eq!(resumed.after_sequence, last),
        other => panic!("resumed is expected, not {other:?}"),
    }
    let (mut ended, mut finished, mut states) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        match back.next().await.update.expect("an update") {
            AgentUpdate::OfferEnded(end) => ended.push((end.offer_id, end.reason())),
            AgentUpdate::AssignmentEnded(end) => finished.push(end.contact_id),
            AgentUpdate::AgentChanged(agent) => states.push(agent.session_state()),
            AgentUpdate::Offered(offered) => {
                assert_eq!(offered.contact.expect("a contact").contact_id, "offered", "offered again");
                break;
            }
            other => panic!("nobody did {other:?}"),
        }
    }
    assert_eq!(ended, [(withdrawn.offer_id, OfferEndReason::AgentGone)]);
    assert_eq!(finished, ["kept"]);
    assert_eq!(states.last(), Some(&AgentSessionState::Connected));
    assert!(states.contains(&AgentSessionState::Disconnected), "{states:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_desktop_passes_its_offers_on() {
    let (_place, daemon, client) = desk().await;
    let connection = daemon.client().await;
    let mut anna = connection.sign_in("anna").await;
    let mut ben = client.sign_in("ben").await;
    client.enqueue("c", "phone", "service").await;
    let offer = anna.offer().await;
    drop((anna, connection));
    let (again, contact) = ben.offered().await;
    assert_eq!((contact.contact_id.as_str(), again.epoch), ("c", offer.epoch + 1));
    assert_refused(client.accept(&offer).await, Code::FailedPrecondition, "OFFER_ENDED");
    assert!(!client.agent("anna").await.routable);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_sign_in_wins_and_the_first_is_told() {
    let (_place, daemon, client) = desk().await;
    let mut first = client.sign_in("anna").await;
    client.enqueue("c", "wechat", "service").await;
    let offer = first.offer().await;
    client.accept(&offer).await.expect("accepted");

    let elsewhere = daemon.client().await;
    let mut second = elsewhere.sign_in("anna").await;
    assert!(second.session_id() > first.session_id());
    assert_eq!(second.snapshot.assignments.len(), 1, "what the agent holds goes along");
    let end = first.stream.end().await.expect("told");
    assert_eq!((end.code(), reason(&end).as_str()), (Code::FailedPrecondition, "SESSION_REPLACED"));

    // The loser can neither come back unasked nor keep the session alive.
    let request = v1::StreamAssignmentsRequest {
        agent_id: "anna".into(),
        session_id: first.session_id(),
        after_sequence: first.stream.last_sequence,
        ..Default::default()
    };
    let back = client.stream(request).await.map(|_| ());
    assert_refused(back, Code::FailedPrecondition, "SESSION_REPLACED");
    let request =
        v1::AgentServiceKeepAliveRequest { agent_id: "anna".into(), session_id: first.session_id() };
    let kept = client.agents.clone().keep_alive(request).await;
    assert_refused(kept, Code::FailedPrecondition, "SESSION_REPLACED");
    drop(first);

    // One that opens the same session twice keeps the newer stream, and is not lost by the older's end.
    let mut third = resume(&elsewhere, "anna", second.session_id(), 0).await;
    let end = second.stream.end().await.expect("told");
    assert_eq!((end.code(), reason(&end).as_str()), (Code::Aborted, "STREAM_REPLACED"));
    drop(second);
    assert!(matches!(third.next().await.update, Some(AgentUpdate::Snapshot(_))));
    client.complete("anna", "c").await;
    assert!(matches!(third.next().await.update, Some(AgentUpdate::AssignmentEnded(_))));
    assert_eq!(client.agent("anna").await.session_state(), AgentSessionState::Connected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_consumer_is_cut_off_and_resumes() {
    let (_place, daemon, client) = desk_with(&["--limits-stream-mailbox", "16"]).await;
    // Enough to fill what the network buffers, whose reader doesn't read.
    let mut slow = daemon.client().await.watch_gateway(GATEWAY, 0).await;
    slow.snapshot().await;
    let overflows = "kefud_stream_overflows_total{tenant=\"default\",stream=\"gateway\"}";
    let mut entered = 0;
    while daemon.metric(overflows) != Some(1.0) {
        assert!(entered < 100_000, "never cut off");
        let entering = (entered..entered + 200).map(|number| {
            let mut request = contact(&format!("c{number}"), "wechat", "service");
            request.attributes = (0..8).map(|at| (format!("key{at}"), "v".repeat(1_000))).collect();
            client.try_enqueue(request)
        });
        futures_util::future::try_join_all(entering).await.expect("nobody else waits for it");
        entered += 200;
    }

    // What was on its way still arrives, then the reason.
    let mut seen = Vec::new();
    let end = loop {
        match slow.try_next().await {
            Ok(Some(message)) => seen.push(entered_id(message)),
            Ok(None) => panic!("cut off without a reason"),
            Err(status) => break status,
        }
    };
    assert_eq!((end.code(), reason(&end).as_str()), (Code::ResourceExhausted, "CONSUMER_TOO_SLOW"));
    assert!(seen.len() < entered, "{} of {entered}", seen.len());
    let mut resumed = client.watch_gateway(GATEWAY, slow.last_sequence).await;
    assert!(matches!(resumed.next().await.update, Some(GatewayUpdate::Resumed(_))));
    while seen.len() < entered {
        seen.push(entered_id(resumed.next().await));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), entered, "none lost, none twice");
}

fn entered_id(message: v1::WatchGatewayResponse) -> String {
    match message.update {
        Some(GatewayUpdate::ContactChange(change)) => {
            assert_eq!(change.cause(), ContactCause::Enqueued);
            change.contact.expect("a contact").contact_id
        }
        _ => panic!("a change is expected"),
    }
}
