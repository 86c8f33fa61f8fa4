//! Every limit of a contact: what is within is kept as it is, what is beyond is told with its field.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{
    client::{assert_invalid, contact},
    desk,
};
use kefud::proto::v1;

fn skill(skill: &str, min_level: u32) -> v1::SkillRequirement {
    v1::SkillRequirement { skill: skill.into(), min_level, max_level: 0 }
}

const LONG: &str = "1234567890123456789012345678901234567890123456789012345678901234567890\
                    12345678901234567890123456789012345678901234567890123456789";

#[tokio::test(flavor = "multi_thread")]
async fn every_limit_of_a_contact() {
    let (_place, _daemon, client) = desk().await;
    assert_eq!(LONG.len(), 129);
    let right = contact("c", "phone", "service");
    let enqueue = |request: v1::EnqueueContactRequest| {
        let mut contacts = client.contacts.clone();
        async move { contacts.enqueue_contact(request).await }
    };
    let many_attributes = (0..33).map(|at| (format!("k{at}"), String::new())).collect();
    type Case = (&'static [&'static str], v1::EnqueueContactRequest);
    let table: Vec<Case> = vec![
        (&["contact_id"], v1::EnqueueContactRequest { contact_id: String::new(), ..right.clone() }),
        (&["contact_id"], v1::EnqueueContactRequest { contact_id: LONG.into(), ..right.clone() }),
        (&["contact_id"], v1::EnqueueContactRequest { contact_id: "a b".into(), ..right.clone() }),
        (&["contact_id"], v1::EnqueueContactRequest { contact_id: "a\u{7}".into(), ..right.clone() }),
        (&["gateway_id"], v1::EnqueueContactRequest { gateway_id: String::new(), ..right.clone() }),
        (&["gateway_id"], v1::EnqueueContactRequest { gateway_id: LONG.into(), ..right.clone() }),
        (&["channel"], v1::EnqueueContactRequest { channel: String::new(), ..right.clone() }),
        (&["channel"], v1::EnqueueContactRequest { channel: "fax".into(), ..right.clone() }),
        (
            &["channel"],
            v1::EnqueueContactRequest { channel: "wechat".into(), queue: "calls".into(), ..right.clone() },
        ),
        (&["queue"], v1::EnqueueContactRequest { queue: String::new(), ..right.clone() }),
        (&["queue"], v1::EnqueueContactRequest { queue: "nowhere".into(), ..right.clone() }),
        (&["category"], v1::EnqueueContactRequest { category: "nothing".into(), ..right.clone() }),
        (&["customer_ref"], v1::EnqueueContactRequest { customer_ref: "x".repeat(257), ..right.clone() }),
        (&["language"], v1::EnqueueContactRequest { language: "x".repeat(36), ..right.clone() }),
        (&["case_id"], v1::EnqueueContactRequest { case_id: LONG.into(), ..right.clone() }),
        (&["priority"], v1::EnqueueContactRequest { priority: 11, ..right.clone() }),
        (&["priority"], v1::EnqueueContactRequest { priority: -1, ..right.clone() }),
        (
            &["required_skills"],
            v1::EnqueueContactRequest { required_skills: vec![skill("refund", 1); 17], ..right.clone() },
        ),
        (
            &["required_skills[0].min_level", "required_skills[1].skill", "required_skills[2].skill"],
            v1::EnqueueContactRequest {
                required_skills: vec![skill("refund", 11), skill("", 1), skill("refund", 1)],
                ..right.clone()
            },
        ),
        (
            &["required_skills"],
            v1::EnqueueContactRequest {
                required_skills: vec![skill("refund", 1), skill("juggling", 1)],
                ..right.clone()
            },
        ),
        (&["attributes"], v1::EnqueueContactRequest { attributes: many_attributes, ..right.clone() }),
        (
            &["attributes"],
            v1::EnqueueContactRequest {
                attributes: [("k".repeat(65), String::new())].into(),
                ..right.clone()
            },
        ),
        (
            &["attributes[k]"],
            v1::EnqueueContactRequest {
                attributes: [("k".into(), "v".repeat(1_025))].into(),
                ..right.clone()
            },
        ),
        // All at once.
        (
            &[
                "contact_id",
                "gateway_id",
                "channel",
                "queue",
                "customer_ref",
                "language",
                "case_id",
                "priority",
            ],
            v1::EnqueueContactRequest {
                customer_ref: "x".repeat(257),
                language: "zh CN".into(),
                case_id: "a b".into(),
                priority: 99,
                ..Default::default()
            },
        ),
        (
            &["channel", "category", "queue"],
            v1::EnqueueContactRequest {
                channel: "fax".into(),
                category: "nothing".into(),
                queue: "nowhere".into(),
                ..right.clone()
            },
        ),
    ];
    for (expected, request) in table {
        assert_invalid(enqueue(request).await, expected);
    }

    // At the limits it is right.
    let widest = v1::EnqueueContactRequest {
        contact_id: "界".repeat(128),
        gateway_id: LONG[1..].into(),
        customer_ref: "x".repeat(256),
        language: "x".repeat(35),
        case_id: LONG[1..].into(),
        priority: 10,
        attributes: (0..32).map(|at| (format!("{at:064}"), "v".repeat(1_024))).collect(),
        ..right.clone()
    };
    let entered = client.try_enqueue(widest.clone()).await.expect("at the limits");
    assert_eq!((entered.attributes, entered.customer_ref), (widest.attributes, widest.customer_ref));

    let update = v1::UpdateContactRequest {
        contact_id: "a b".into(),
        priority: Some(11),
        language: Some("x".repeat(36)),
        case_id: Some(LONG.into()),
        category: Some("a b".into()),
        required_skills: Some(v1::SkillRequirements { skills: vec![skill("refund", 11)] }),
        attributes: Some(v1::Attributes { entries: [(String::new(), String::new())].into() }),
        request_id: "a b".into(),
        ..Default::default()
    };
    let expected = [
        "contact_id",
        "priority",
        "language",
        "case_id",
        "category",
        "required_skills.skills[0].min_level",
        "attributes.entries",
        "request_id",
    ];
    assert_invalid(client.contacts.clone().update_contact(update).await, &expected);
}
