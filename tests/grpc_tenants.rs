//! Whose requests are whose: repeats are known, tenants are separate.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{
    Place,
    client::{GATEWAY, assert_invalid, assert_refused, contact},
    desk, plans,
};
use kefud::proto::v1::{self, transfer_target::Target};
use tonic::Code;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_is_answered_once_and_not_reused() {
    let (_place, _daemon, client) = desk().await;
    client.enqueue("c", "phone", "service").await;
    let update = |priority, request_id: &str| {
        let request = v1::UpdateContactRequest {
            contact_id: "c".into(),
            priority: Some(priority),
            request_id: request_id.into(),
            ..Default::default()
        };
        let mut contacts = client.contacts.clone();
        async move { contacts.update_contact(request).await.map(|answer| answer.into_inner().contact) }
    };
    let first = update(5, "r1").await.expect("updated").expect("a contact");
    update(8, "r2").await.expect("updated");
    let repeat = update(5, "r1").await.expect("a repeat").expect("a contact");
    assert_eq!((first.priority, repeat.priority), (5, 8), "not carried out again; told as it is now");
    assert_refused(update(6, "r1").await, Code::AlreadyExists, "REQUEST_ID_REUSED");
    // The same id for another method is another request.
    let request = v1::TransferContactRequest {
        contact_id: "c".into(),
        target: Some(v1::TransferTarget {
            target: Some(Target::Queue("sales".into())),
            ..Default::default()
        }),
        request_id: "r1".into(),
    };
    let reused = client.contacts.clone().transfer_contact(request).await;
    assert_refused(reused, Code::AlreadyExists, "REQUEST_ID_REUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_are_separate() {
    let place = Place::with_tenants(&[("east", plans::DESK), ("west", plans::WAITING_ROOM)]);
    let daemon = place.start();
    let (east, west) = (daemon.client_of("east").await, daemon.client_of("west").await);
    for nobody in [daemon.client().await, daemon.client_of("north").await] {
        let refused = nobody.try_enqueue(contact("c", "wechat", "service")).await;
        assert_refused(refused, Code::NotFound, "TENANT_NOT_FOUND");
        let refused = nobody.contacts.clone().watch_gateway(v1::WatchGatewayRequest::default()).await;
        assert_eq!(refused.map(|_| ()).expect_err("refused").code(), Code::NotFound);
    }
    let mut watch = west.watch_gateway(GATEWAY, 0).await;
    watch.snapshot().await;
    let _anna = east.sign_in("anna").await;
    // The same id in both, and neither sees the other's.
    let (first, second) = (contact("same", "wechat", "service"), contact("same", "wechat", "service"));
    east.try_enqueue(v1::EnqueueContactRequest { customer_ref: "east's".into(), ..first }).await.expect("in");
    west.try_enqueue(v1::EnqueueContactRequest { customer_ref: "west's".into(), ..second })
        .await
        .expect("in");
    assert_eq!(watch.change().await.0.customer_ref, "west's");
    assert_eq!(east.contact("same").await.state(), v1::ContactState::Offered);
    assert_eq!(west.contact("same").await.state(), v1::ContactState::Waiting);
    east.cancel("same").await;
    assert_eq!(west.live_contacts().await.len(), 1);
    assert_invalid(
        west.contacts.clone().enqueue_contact(contact("c", "phone", "service")).await,
        &["channel"],
    );
    daemon.kill();

    let daemon = place.start();
    let (east, west) = (daemon.client_of("east").await, daemon.client_of("west").await);
    assert_eq!(east.live_contacts().await.len(), 0);
    assert_eq!(west.live_contacts().await[0].customer_ref, "west's");
}
