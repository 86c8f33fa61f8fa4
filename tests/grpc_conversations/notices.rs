//! The stream of what needs a supervisor's eye.

use kefud::proto::v1::{self, InterventionKind, NoticeKind, watch_notices_response::Update::Notice as Told};

use crate::daemon_common::{
    client::Client,
    streams::Watching,
    talk::{talk, with_bot},
};

/// Something that is told, with a word by which it is known.
async fn intervene(client: &Client, id: &str, word: &str) {
    let request = v1::ChangeContactRequest {
        contact_id: id.into(),
        priority: Some(1),
        reason: word.into(),
        supervisor_id: "li".into(),
        ..Default::default()
    };
    client.supervisors.clone().change_contact(request).await.expect(word);
}

/// The words of the next notices, and their sequences.
async fn words(stream: &mut Watching<v1::WatchNoticesResponse>, count: usize) -> Vec<(u64, String)> {
    let mut words = Vec::new();
    while words.len() < count {
        let message = stream.next().await;
        let Some(Told(notice)) = message.update else { panic!("a notice is expected, not {message:?}") };
        assert_eq!(notice.kind(), NoticeKind::Intervention);
        let record = notice.contact.expect("a contact").interventions.pop().expect("on the record");
        assert_eq!((record.kind(), record.supervisor_id.as_str()), (InterventionKind::Changed, "li"));
        assert!(notice.text.contains(&record.reason), "{}", notice.text);
        words.push((message.sequence, record.reason));
    }
    words
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_stream_goes_on_where_it_broke_off() {
    let (_place, daemon, client) = talk().await;
    client.enqueue("c", "chat", "night").await;
    let mut whole = client.notices(v1::WatchNoticesRequest::default()).await;
    let mut broken = daemon.client().await.notices(v1::WatchNoticesRequest::default()).await;
    let mut seen = Vec::new();
    // It breaks at each distance from what is told last, and while nobody watches more happens.
    for round in 0..6 {
        for at in 0..5 {
            intervene(&client, "c", &format!("{round}-{at}")).await;
        }
        seen.extend(words(&mut broken, round).await);
        let after_sequence = broken.last_sequence;
        drop(broken);
        intervene(&client, "c", &format!("{round}-away")).await;
        let request = v1::WatchNoticesRequest { after_sequence, ..Default::default() };
        broken = daemon.client().await.notices(request).await;
    }
    let expected = words(&mut whole, 36).await;
    seen.extend(words(&mut broken, 36 - seen.len()).await);
    assert_eq!(seen, expected, "none lost, none twice, in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_asked_for_is_told() {
    let (_place, _daemon, client) = talk().await;
    let opened = |kinds: &[NoticeKind], queue: &str| {
        let kinds = kinds.iter().map(|kind| (*kind).into()).collect();
        client.notices(v1::WatchNoticesRequest { kinds, queue: queue.into(), ..Default::default() })
    };
    let mut all = opened(&[], "").await;
    let mut lost = opened(&[NoticeKind::BotLost, NoticeKind::OfferMissed], "").await;
    let mut night = opened(&[], "night").await;
    let mut both = opened(&[NoticeKind::Intervention], "care").await;

    client.enqueue("waits", "chat", "night").await;
    intervene(&client, "waits", "at night").await;
    // A bot that keeps a customer for too long.
    client.try_enqueue(with_bot("botched", "quiet", "care")).await.expect("in");
    assert_eq!(lost.notice().await.kind(), NoticeKind::BotLost);
    intervene(&client, "botched", "at day").await;
    // An agent who lets it ring, and is out of the game after one.
    let mut anna = client.sign_in("anna").await;
    client.take(&mut anna, "botched").await;
    client.enqueue("rings", "hurried", "care").await;

    let missed = lost.notice().await;
    assert_eq!((missed.kind(), missed.agent_id.as_str()), (NoticeKind::OfferMissed, "anna"));
    assert_eq!(missed.missed_in_row, 1);
    let told = both.notice().await;
    assert_eq!((told.queue.as_str(), told.contact.map(|c| c.contact_id)), ("care", Some("botched".into())));
    for kind in [NoticeKind::Intervention, NoticeKind::AgentMissed] {
        assert_eq!(night.notice().await.kind(), kind, "an agent's are everybody's");
    }
    let mut kinds = Vec::new();
    while kinds.last() != Some(&NoticeKind::AgentMissed) {
        kinds.push(all.notice().await.kind());
    }
    // Whether its chat has fallen silent by then is a matter of time, and so is the window of what rings.
    kinds.retain(|kind| !matches!(kind, NoticeKind::UnansweredParked | NoticeKind::WindowNear));
    use NoticeKind::{AgentMissed, BotLost, Intervention, OfferMissed};
    assert_eq!(kinds, [Intervention, BotLost, Intervention, OfferMissed, AgentMissed]);
}
