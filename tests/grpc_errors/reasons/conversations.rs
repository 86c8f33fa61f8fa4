//! Refusals of activity, bots, transfers, consults and feedback.

use super::*;

pub async fn conversations(client: &Client, anna: &mut Desk, reached: &mut Reached) {
    use ActivityKind::{AgentMessage, AutomaticMessage, CustomerMessage};
    client.enqueue("chat", "chat", "care").await;
    client.take(anna, "chat").await;
    client.try_enqueue(with_bot("botted", "chat", "care")).await.expect("in");
    client.enqueue("waits", "chat", "night").await;
    client.says("chat", AutomaticMessage).await.expect("allowed");
    let another = v1::EnqueueContactRequest { priority: 1, ..contact("waits", "chat", "night") };
    let rows: Vec<Row> = vec![
        (AlreadyExists, "CONTACT_EXISTS", call!(client, contacts.enqueue_contact(another))),
        (
            NotFound,
            "QUEUE_NOT_FOUND",
            call!(
                client,
                supervisors
                    .watch_notices(v1::WatchNoticesRequest { queue: "no".into(), ..Default::default() })
            ),
        ),
        (
            FailedPrecondition,
            "REPLY_QUOTA_RESERVED",
            call!(client, contacts.record_activity(says("chat", AutomaticMessage))),
        ),
        (
            FailedPrecondition,
            "CONTACT_NOT_HELD",
            call!(client, contacts.record_activity(says("waits", AgentMessage))),
        ),
        (
            FailedPrecondition,
            "CONTACT_WITH_BOT",
            call!(client, contacts.transfer_contact(transfer("botted", Target::Queue("night".into())))),
        ),
        (
            FailedPrecondition,
            "CONTACT_NOT_WITH_BOT",
            call!(client, contacts.return_from_bot(from_bot("chat"))),
        ),
        (
            FailedPrecondition,
            "CONTACT_NOT_WITH_BOT",
            call!(
                client,
                contacts.return_from_bot(v1::ReturnFromBotRequest {
                    bot_gateway_id: "other".into(),
                    ..closed_by_bot("botted")
                })
            ),
        ),
        (
            FailedPrecondition,
            "CONTACT_NOT_CLOSED",
            call!(client, contacts.record_feedback(feedback("chat", 5))),
        ),
        (
            FailedPrecondition,
            "AGENT_NOT_ELIGIBLE",
            call!(client, supervisors.assign_contact(assign("waits", "chen"))),
        ),
        (
            NotFound,
            "CASE_NOT_FOUND",
            call!(client, contacts.get_case(v1::GetCaseRequest { case_id: "no".into() })),
        ),
    ];
    check(reached, rows).await;
    client.says("chat", AgentMessage).await.expect("the last one");
    for queue in ["calls", "night"] {
        client.transfer("waits", to_queue(queue)).await.expect("moved");
    }
    client.complete("anna", "chat").await;
    let rated = client.contacts.clone().record_feedback(feedback("chat", 9)).await;
    rated.expect("kept");
    let update = |priority| v1::UpdateContactRequest {
        contact_id: "waits".into(),
        priority: Some(priority),
        request_id: "once".into(),
        ..Default::default()
    };
    client.contacts.clone().update_contact(update(1)).await.expect("updated");
    let rows: Vec<Row> = vec![
        (
            FailedPrecondition,
            "TRANSFER_LOOP",
            call!(client, contacts.transfer_contact(transfer("waits", Target::Queue("care".into())))),
        ),
        (
            FailedPrecondition,
            "CONTACT_CLOSED",
            call!(client, contacts.record_activity(says("chat", CustomerMessage))),
        ),
        (AlreadyExists, "FEEDBACK_EXISTS", call!(client, contacts.record_feedback(feedback("chat", 1)))),
        (AlreadyExists, "REQUEST_ID_REUSED", call!(client, contacts.update_contact(update(2)))),
    ];
    check(reached, rows).await;
    client.finish_wrap_up("anna", "chat").await;
}

pub async fn consults(client: &Client, anna: &mut Desk, chen: &mut Desk, reached: &mut Reached) {
    client.enqueue("asked", "chat", "care").await;
    client.take(anna, "asked").await;
    let herself = v1::StartConsultRequest {
        target: Some(Asked::ConsultantId("anna".into())),
        ..consult("anna", "asked", "k", "")
    };
    let rows: Vec<Row> =
        vec![(FailedPrecondition, "CONSULT_WITH_ONESELF", call!(client, agents.start_consult(herself)))];
    check(reached, rows).await;
    client.start_consult(consult("anna", "asked", "k", "chen")).await.expect("asked");
    let bot =
        v1::HandToBotRequest { contact_id: "k".into(), bot_gateway_id: "bot".into(), ..Default::default() };
    let join = v1::ChangeConsultRequest {
        agent_id: "anna".into(),
        consult_id: "k".into(),
        action: ConsultAction::Join.into(),
    };
    let rows: Vec<Row> = vec![
        (
            FailedPrecondition,
            "CONSULT_RUNNING",
            call!(client, agents.start_consult(consult("anna", "asked", "k2", "chen"))),
        ),
        (FailedPrecondition, "CONSULT_NOT_ANSWERED", call!(client, agents.change_consult(join))),
        (FailedPrecondition, "CONTACT_NOT_FOR_BOT", call!(client, contacts.hand_to_bot(bot))),
        (
            FailedPrecondition,
            "CONTACT_NOT_FOR_TRANSFER",
            call!(client, contacts.transfer_contact(transfer("k", Target::Queue("night".into())))),
        ),
    ];
    check(reached, rows).await;
    client.take(chen, "k").await;
    let on_consult = v1::MakePromiseRequest {
        agent_id: "chen".into(),
        contact_id: "k".into(),
        promise: Some(promise("pk", 60)),
    };
    let rows: Vec<Row> = vec![
        (
            FailedPrecondition,
            "CONSULT_OF_CONSULT",
            call!(client, agents.start_consult(consult("chen", "k", "k3", "anna"))),
        ),
        (FailedPrecondition, "PROMISE_ON_CONSULT", call!(client, agents.make_promise(on_consult))),
    ];
    check(reached, rows).await;
}
