//! What other plans refuse, and what is too much.

use super::*;

/// What other plans refuse.
pub async fn by_plan(client: &Client, reached: &mut Reached) {
    let plan = plans::TALK;
    let apply = |document: String, expected_revision| v1::ApplyPlanRequest {
        document,
        expected_revision,
        ..Default::default()
    };
    let without_night = plan.replace("[queues.night]", "[queues.instead]");
    let without_chat = plan
        .replace("\"chat\", ", "")
        .replace(", \"chat\"", "")
        .replace("[channels.chat", "[channels.instead");
    let rows: Vec<Row> = vec![
        (Aborted, "REVISION_MISMATCH", call!(client, plans.apply_plan(apply(plan.to_owned(), 99)))),
        (FailedPrecondition, "QUEUE_NOT_EMPTY", call!(client, plans.apply_plan(apply(without_night, 0)))),
        (FailedPrecondition, "CHANNEL_IN_USE", call!(client, plans.apply_plan(apply(without_chat, 0)))),
    ];
    check(reached, rows).await;

    // Nothing may be corrected, no ended ones are kept, one may wait.
    let stricter = plan
        .replace("correction_window = \"1h\"", "correction_window = \"0s\"\nclosed_contacts_max = 0")
        .replace("groups = [\"nobody\"]", "groups = [\"nobody\"]\nmax_waiting = 1")
        .replace(
            "groups = [\"experts\"]\nobjective",
            "groups = [\"experts\"]\nunservable = \"refuse\"\nobjective",
        );
    client.apply(&stricter).await;
    // What happens next makes room.
    client.enqueue("next", "chat", "experts").await;
    client.cancel("next").await;
    client.enqueue("kept", "chat", "experts").await;
    let skill = v1::SkillRequirement { skill: "refund".into(), min_level: 9, max_level: 0 };
    let hard =
        v1::EnqueueContactRequest { required_skills: vec![skill], ..contact("hard", "chat", "experts") };
    let rows: Vec<Row> = vec![
        (NotFound, "CONTACT_COMPACTED", call!(client, contacts.get_contact(get("declined")))),
        (
            AlreadyExists,
            "CONTACT_COMPACTED",
            call!(client, contacts.enqueue_contact(contact("declined", "phone", "care"))),
        ),
        (
            ResourceExhausted,
            "QUEUE_FULL",
            call!(client, contacts.enqueue_contact(contact("full", "chat", "night"))),
        ),
        (FailedPrecondition, "NOBODY_CAN_SERVE", call!(client, contacts.enqueue_contact(hard))),
    ];
    check(reached, rows).await;
    client.apply(&plan.replace("correction_window = \"1h\"", "correction_window = \"0s\"")).await;
    client.complete("anna", "asked").await;
    client.finish_wrap_up("anna", "asked").await;
    // The window is open for the millisecond in which it ended.
    let mut resolution = 1;
    let corrected = |resolution| v1::CompleteContactRequest { resolution, ..completed("asked") };
    while client.contacts.clone().complete_contact(corrected(resolution)).await.is_ok() {
        resolution = 3 - resolution;
    }
    let corrected =
        v1::CompleteContactRequest { disposition: "resolved".into(), resolution: 2, ..completed("asked") };
    let rows: Vec<Row> = vec![(
        FailedPrecondition,
        "CORRECTION_WINDOW_OVER",
        call!(client, contacts.complete_contact(corrected)),
    )];
    check(reached, rows).await;
}

/// More gateways than a tenant may name.
pub async fn full(client: &Client, reached: &mut Reached) {
    let alive = |id: String| v1::KeepAliveRequest { gateway_id: id, lease: None };
    for burst in 0..20 {
        let calls = (0..499).map(|at| {
            let (mut contacts, request) = (client.contacts.clone(), alive(format!("g{burst}-{at}")));
            async move { contacts.keep_alive(request).await }
        });
        try_join_all(calls).await.expect("named");
    }
    let mut names = 0;
    while client.contacts.clone().keep_alive(alive(format!("last{names}"))).await.is_ok() {
        names += 1;
        assert!(names < 100, "never full");
    }
    let rows: Vec<Row> = vec![(
        ResourceExhausted,
        "TOO_MANY_GATEWAYS",
        call!(client, contacts.keep_alive(alive("one more".replace(' ', "-")))),
    )];
    check(reached, rows).await;
}
