//! A bot is a gateway: what its stream tells, and the stream of the gateway that holds the customer.

use kefud::proto::v1::{self, CloseReason, ContactCause, ContactState};

use crate::daemon_common::{
    client::GATEWAY,
    talk::{BOT, closed_by_bot, from_bot, talk, with_bot},
};

#[tokio::test(flavor = "multi_thread")]
async fn both_gateways_follow_what_a_bot_has() {
    let (_place, _daemon, client) = talk().await;
    let mut own = client.watch_gateway(GATEWAY, 0).await;
    let mut bot = client.watch_gateway(BOT, 0).await;
    assert!(own.snapshot().await.is_empty() && bot.snapshot().await.is_empty());

    // It begins with the bot, who finds out what it is about.
    let entered = client.try_enqueue(with_bot("begins", "chat", "night")).await.expect("in");
    assert_eq!((entered.state(), entered.bot_gateway_id.as_str()), (ContactState::WithBot, BOT));
    let request = v1::ReturnFromBotRequest {
        category: "refund".into(),
        priority: Some(3),
        attributes: Some(v1::Attributes { entries: [("order".into(), "77".into())].into() }),
        request_id: "r".into(),
        ..from_bot("begins")
    };
    for _ in 0..2 {
        let back = client.leave_bot(request.clone()).await.expect("returned");
        assert_eq!((back.state(), back.queue.as_str()), (ContactState::Waiting, "experts"));
        assert_eq!((back.category.as_str(), back.priority), ("refund", 3));
        assert_eq!(back.attributes.get("order").map(String::as_str), Some("77"));
    }

    // Handed to it while it waits, and closed by it.
    client.enqueue("offered", "chat", "night").await;
    assert_eq!(client.hand_to_bot("offered").await.expect("handed").state(), ContactState::WithBot);
    let closed = v1::ReturnFromBotRequest {
        resolution: v1::Resolution::Resolved.into(),
        disposition: "resolved".into(),
        ..closed_by_bot("offered")
    };
    for _ in 0..2 {
        let closed = client.leave_bot(closed.clone()).await.expect("closed");
        assert_eq!(
            (closed.state(), closed.close_reason()),
            (ContactState::Deflected, CloseReason::BotCompleted)
        );
        assert_eq!(
            (closed.disposition.as_str(), closed.resolution()),
            ("resolved", v1::Resolution::Resolved)
        );
    }

    // What the bot keeps for too long is taken from it.
    client.try_enqueue(with_bot("slow", "quiet", "night")).await.expect("in");
    let taken = own.until(ContactCause::LeftBot).await;
    assert_eq!(taken.contact_id, "begins");
    use ContactCause::{Closed, Enqueued, HandedToBot, LeftBot};
    let told = own.changes(5).await;
    let told: Vec<_> = told.iter().map(|(id, cause)| (id.as_str(), *cause)).collect();
    let expected = [
        ("offered", Enqueued),
        ("offered", HandedToBot),
        ("offered", Closed),
        ("slow", Enqueued),
        ("slow", LeftBot),
    ];
    assert_eq!(told, expected);
    // The bot is told of what it has or had, and of nothing else.
    client.enqueue("not-the-bots", "chat", "night").await;
    client.try_enqueue(with_bot("last", "chat", "night")).await.expect("in");
    let told = bot.changes(7).await;
    let told: Vec<_> = told.iter().map(|(id, cause)| (id.as_str(), *cause)).collect();
    let expected = [
        ("begins", Enqueued),
        ("begins", LeftBot),
        ("offered", HandedToBot),
        ("offered", Closed),
        ("slow", Enqueued),
        ("slow", LeftBot),
        ("last", Enqueued),
    ];
    assert_eq!(told, expected);
    let held: Vec<_> = client.watch_gateway(BOT, 0).await.snapshot().await;
    assert_eq!(held.iter().map(|contact| contact.contact_id.as_str()).collect::<Vec<_>>(), ["last"]);
    let queue = client.queue("night").await;
    assert_eq!((queue.with_bot, queue.channels.iter().map(|counts| counts.deflected).sum::<u64>()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_comes_back_gets_exactly_what_it_missed() {
    let (_place, daemon, client) = talk().await;
    let mut bot = daemon.client().await.watch_gateway(BOT, 0).await;
    bot.snapshot().await;
    client.try_enqueue(with_bot("seen", "chat", "night")).await.expect("in");
    assert_eq!(bot.change().await.0.contact_id, "seen");
    let last = bot.last_sequence;
    drop(bot);
    client.enqueue("missed", "chat", "night").await;
    client.hand_to_bot("missed").await.expect("handed");
    client.cancel("seen").await;
    let mut bot = client.watch_gateway(BOT, last).await;
    assert!(matches!(bot.next().await.update, Some(v1::watch_gateway_response::Update::Resumed(_))));
    for (id, cause) in [("missed", ContactCause::HandedToBot), ("seen", ContactCause::Closed)] {
        let (contact, seen) = bot.change().await;
        assert_eq!((contact.contact_id.as_str(), seen), (id, cause));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_deflected_keeps_its_place() {
    let (_place, _daemon, client) = talk().await;
    for id in ["first", "second", "third"] {
        client.enqueue(id, "chat", "care").await;
    }
    client.hand_to_bot("second").await.expect("handed");
    let mut anna = client.sign_in("anna").await;
    client.take(&mut anna, "first").await;
    anna.offer_of("third").await;
    let back = client.leave_bot(from_bot("second")).await.expect("returned");
    assert_eq!(back.state(), ContactState::Offered, "there is room for it");
    assert_eq!(back.enqueue_time, client.contact("second").await.enqueue_time);
    let request = v1::ExplainContactRequest { contact_id: "second".into(), ..Default::default() };
    let told = client.supervisors.clone().explain_contact(request).await.expect("told").into_inner();
    assert!(told.summary.starts_with("It is offered to anna"), "{}", told.summary);
}
