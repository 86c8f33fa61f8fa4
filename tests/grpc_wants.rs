//! What a contact asks of agents by itself: its limits, how it comes back in answers, what it does; an
//! agent's pull.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{
    client::{GATEWAY, assert_invalid, assert_refused, contact},
    desk,
};
use kefud::proto::v1::{
    self, AgentRule, Availability, ContactCause, ContactState, EnqueueContactRequest, OfferTrigger,
};
use tonic::Code::{FailedPrecondition, NotFound};

fn skill(skill: &str, min_level: u32, max_level: u32) -> v1::SkillRequirement {
    v1::SkillRequirement { skill: skill.into(), min_level, max_level }
}

fn set(skills: &[v1::SkillRequirement]) -> v1::SkillRequirements {
    v1::SkillRequirements { skills: skills.to_vec() }
}

fn ring(seconds: i64) -> v1::Ring {
    v1::Ring {
        after: Some(prost_types::Duration { seconds, nanos: 0 }),
        drop_skills: vec!["refund".into()],
        ..v1::Ring::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_limit_of_what_a_contact_asks_for() {
    let (_place, _daemon, client) = desk().await;
    let right = contact("c", "phone", "service");
    type Case = (&'static [&'static str], EnqueueContactRequest);
    let asked = |required: v1::SkillRequirement| EnqueueContactRequest {
        required_skills: vec![required],
        ..right.clone()
    };
    let rings = |rings: Vec<v1::Ring>| EnqueueContactRequest { rings, ..right.clone() };
    let lower =
        |level| v1::Ring { lower_skills: vec![skill("refund", level, 0)], drop_skills: vec![], ..ring(5) };
    let refund = || EnqueueContactRequest { required_skills: vec![skill("refund", 3, 0)], ..right.clone() };
    let table: Vec<Case> = vec![
        (&["required_skills[0].max_level"], asked(skill("refund", 5, 4))),
        (&["required_skills[0].max_level"], asked(skill("refund", 5, 11))),
        (&["any_of_skills"], EnqueueContactRequest { any_of_skills: vec![set(&[]); 5], ..right.clone() }),
        (
            &["any_of_skills[0].skills"],
            EnqueueContactRequest { any_of_skills: vec![set(&[])], ..right.clone() },
        ),
        (
            &["any_of_skills[0]"],
            EnqueueContactRequest { any_of_skills: vec![set(&[skill("juggling", 1, 0)])], ..right.clone() },
        ),
        (
            &["none_of_skills"],
            EnqueueContactRequest { none_of_skills: vec![skill("refund", 1, 0)], ..refund() },
        ),
        (
            &["preferred_skills"],
            EnqueueContactRequest { preferred_skills: vec![skill("refund", 1, 0); 17], ..right.clone() },
        ),
        (&["rings"], rings(vec![ring(5); 11])),
        (&["rings[0].after"], rings(vec![v1::Ring { after: None, ..ring(5) }])),
        (&["rings[0].after"], rings(vec![ring(0)])),
        (&["rings[1].after"], rings(vec![ring(5), ring(86_401)])),
        (&["rings[0]"], rings(vec![v1::Ring { drop_skills: vec![], ..ring(5) }])),
        (&["rings[0].drop_skills"], rings(vec![v1::Ring { drop_skills: vec!["none".into()], ..ring(5) }])),
        (&["rings[0].groups"], rings(vec![v1::Ring { groups: vec!["none".into()], ..ring(5) }])),
        (&["rings[0].lower_skills"], EnqueueContactRequest { rings: vec![lower(3)], ..refund() }),
        (&["rings[1].lower_skills"], EnqueueContactRequest { rings: vec![lower(2), lower(2)], ..refund() }),
        (
            &["preferred_agent_id"],
            EnqueueContactRequest { preferred_agent_id: "nobody".into(), ..right.clone() },
        ),
    ];
    for (expected, request) in table {
        let told = format!("{request:?}");
        let answer = client.contacts.clone().enqueue_contact(request).await;
        assert!(answer.is_err(), "accepted: {told}");
        assert_invalid(answer, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_contact_asks_for_comes_back_and_can_be_changed() {
    let (_place, _daemon, client) = desk().await;
    let request = EnqueueContactRequest {
        required_skills: vec![skill("refund", 3, 5)],
        any_of_skills: vec![set(&[skill("refund", 1, 10)])],
        none_of_skills: vec![skill("refund", 9, 10)],
        preferred_skills: vec![skill("refund", 4, 10)],
        rings: vec![v1::Ring { groups: vec!["sales".into()], ..ring(600) }],
        preferred_agent_id: "anna".into(),
        ..contact("c", "phone", "service")
    };
    let told = client.try_enqueue(request.clone()).await.expect("accepted");
    assert_eq!(told.required_skills, request.required_skills);
    assert_eq!(told.any_of_skills, request.any_of_skills);
    assert_eq!(told.none_of_skills, request.none_of_skills);
    assert_eq!(told.preferred_skills, request.preferred_skills);
    assert_eq!(told.rings, request.rings);
    assert_eq!(told.preferred_agent_id, "anna");
    assert!(!told.unservable);

    let update = v1::UpdateContactRequest {
        contact_id: "c".into(),
        required_skills: Some(set(&[skill("refund", 6, 0)])),
        any_of_skills: Some(v1::SkillSets::default()),
        none_of_skills: Some(set(&[])),
        preferred_skills: Some(set(&[])),
        preferred_agent_id: Some(String::new()),
        ..v1::UpdateContactRequest::default()
    };
    let answer = client.contacts.clone().update_contact(update).await.expect("updated").into_inner();
    let told = answer.contact.expect("the contact");
    assert_eq!(told.required_skills, [skill("refund", 6, 10)]);
    let rest = (told.any_of_skills, told.none_of_skills, told.preferred_skills, told.preferred_agent_id);
    assert_eq!(rest, (vec![], vec![], vec![], String::new()));
    assert_eq!(told.rings, request.rings, "an update leaves rings as they are");
    assert!(!told.unservable, "nobody has the skill at level 6, but the ring drops it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_tells_why_this_agent_and_why_now() {
    let (_place, _daemon, client) = desk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    // Nobody is there at first, then only somebody whom the ring lets in.
    let request = EnqueueContactRequest {
        required_skills: vec![skill("refund", 3, 0)],
        rings: vec![ring(600)],
        ..contact("c", "phone", "service")
    };
    assert_eq!(client.try_enqueue(request).await.expect("accepted").ring, 0);
    let mut dora = client.sign_in("dora").await;
    let (offer, offered) = dora.offered().await;
    let reason = offer.reason.expect("a reason");
    assert_eq!(
        (reason.trigger(), reason.rule(), reason.ring, offered.ring),
        (OfferTrigger::RingOpened, AgentRule::LongestIdle, 1, 1)
    );
    assert_eq!(gateway.until(ContactCause::RingOpened).await.ring, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_nobody_could_serve_is_told_or_refused() {
    let (place, daemon, client) = desk().await;
    let impossible = |id: &str| EnqueueContactRequest {
        required_skills: vec![skill("refund", 10, 0)],
        ..contact(id, "phone", "service")
    };
    assert!(client.try_enqueue(impossible("c")).await.expect("accepted").unservable);
    let counted =
        daemon.metric(r#"kefud_contacts_unservable_total{tenant="default",queue="service",channel="phone"}"#);
    assert_eq!(counted, Some(1.0));
    let plan = daemon_common::plans::DESK
        .replace("[queues.service]\n", "[queues.service]\nunservable = \"refuse\"\n");
    client.apply(&plan).await;
    assert_refused(client.try_enqueue(impossible("d")).await, FailedPrecondition, "NOBODY_CAN_SERVE");
    drop(place);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_pulls_a_waiting_contact() {
    let (_place, _daemon, client) = desk().await;
    let pull = |agent: &str, contact: &str| {
        let mut agents = client.agents.clone();
        let request = v1::PullContactRequest { agent_id: agent.into(), contact_id: contact.into() };
        async move { agents.pull_contact(request).await.map(tonic::Response::into_inner) }
    };
    client.enqueue("c", "wechat", "service").await;
    assert_refused(pull("dora", "c").await, FailedPrecondition, "AGENT_NOT_AVAILABLE");
    let mut dora = client.sign_in_as("dora", Availability::NotReady).await;
    assert_refused(pull("dora", "d").await, NotFound, "CONTACT_NOT_FOUND");
    for _ in 0..2 {
        let pulled = pull("dora", "c").await.expect("pulled");
        let (contact, assignment) = (pulled.contact.expect("it"), pulled.assignment.expect("an assignment"));
        assert_eq!((contact.state(), assignment.agent_id.as_str()), (ContactState::Active, "dora"));
    }
    let (offer, _) = dora.offered().await;
    let reason = offer.reason.expect("a reason");
    assert_eq!((reason.trigger(), reason.rule()), (OfferTrigger::ByHand, AgentRule::Named));
    client.sign_in_as("anna", Availability::NotReady).await;
    assert_refused(pull("anna", "c").await, FailedPrecondition, "CONTACT_NOT_WAITING");
    assert_invalid(
        client.agents.clone().pull_contact(v1::PullContactRequest::default()).await,
        &["agent_id", "contact_id"],
    );
}
