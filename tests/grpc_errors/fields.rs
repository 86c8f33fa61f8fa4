//! Wrong requests about conversations: the paths of all fields at fault at once.

use kefud::proto::v1::{
    self, promise_due::Due, start_consult_request::Target as Asked,
    supervisor_service_update_promise_request::Change as AnyChange, update_promise_request::Change,
};
use prost_types::Duration;
use tonic::{Code, Response};

use crate::daemon_common::{
    client::{Client, assert_invalid, assert_refused},
    talk::{after, closed_by_bot, consult, from_bot, promise, talk, to_queue, with_bot},
};

/// Longer than any text may be.
fn long() -> String {
    "x".repeat(1_025)
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_of_gateways_about_conversations() {
    let (_place, _daemon, client) = talk().await;
    client.enqueue("c", "chat", "night").await;
    let mut contacts = client.contacts.clone();
    let request = v1::RecordActivityRequest { request_id: "a b".into(), ..Default::default() };
    assert_invalid(contacts.record_activity(request).await, &["contact_id", "kind", "request_id"]);
    let request = v1::RecordActivityRequest { contact_id: "c".into(), kind: 99, ..Default::default() };
    assert_invalid(contacts.record_activity(request).await, &["kind"]);
    let request = with_bot("new", "chat", "care");
    let request = v1::EnqueueContactRequest { bot_gateway_id: "a b".into(), ..request };
    assert_invalid(contacts.enqueue_contact(request).await, &["bot_gateway_id"]);
    let request = v1::HandToBotRequest { request_id: "a b".into(), ..Default::default() };
    assert_invalid(contacts.hand_to_bot(request).await, &["contact_id", "bot_gateway_id", "request_id"]);

    let request = v1::ReturnFromBotRequest { resolution: 99, ..Default::default() };
    let expected = ["contact_id", "bot_gateway_id", "resolution", "result"];
    assert_invalid(contacts.return_from_bot(request).await, &expected);
    // What goes with one result doesn't go with the other.
    let request = v1::ReturnFromBotRequest {
        queue: "care".into(),
        category: "refund".into(),
        required_skills: Some(v1::SkillRequirements::default()),
        preferred_skills: Some(v1::SkillRequirements::default()),
        priority: Some(11),
        attributes: Some(v1::Attributes::default()),
        ..closed_by_bot("c")
    };
    let expected =
        ["priority", "queue", "category", "required_skills", "preferred_skills", "priority", "attributes"];
    assert_invalid(contacts.return_from_bot(request).await, &expected);
    let request = v1::ReturnFromBotRequest {
        disposition: "resolved".into(),
        resolution: v1::Resolution::Resolved.into(),
        ..from_bot("c")
    };
    assert_invalid(contacts.return_from_bot(request).await, &["disposition", "resolution"]);
    // What only the plan can tell.
    client.try_enqueue(with_bot("botted", "chat", "night")).await.expect("in");
    let request =
        v1::ReturnFromBotRequest { queue: "nowhere".into(), category: "no".into(), ..from_bot("botted") };
    assert_invalid(contacts.return_from_bot(request).await, &["category", "queue"]);
    let request = v1::ReturnFromBotRequest { disposition: "no".into(), ..closed_by_bot("botted") };
    assert_invalid(contacts.return_from_bot(request).await, &["disposition"]);

    for (feedback, expected) in [
        (None, vec!["contact_id", "feedback"]),
        (
            Some(v1::Feedback { score: 11, comment_ref: long(), ..Default::default() }),
            vec!["contact_id", "feedback.score", "feedback.comment_ref"],
        ),
    ] {
        let request =
            v1::RecordFeedbackRequest { contact_id: String::new(), feedback, request_id: String::new() };
        assert_invalid(contacts.record_feedback(request).await, &expected);
    }
    assert_invalid(contacts.get_case(v1::GetCaseRequest::default()).await, &["case_id"]);
    let there = to_queue("care").expect("a target");
    for (target, expected) in [
        (v1::TransferTarget { channel: "phone".into(), ..there.clone() }, "target.gateway_id"),
        (v1::TransferTarget { gateway_id: "pbx".into(), ..there.clone() }, "target.gateway_id"),
        (
            v1::TransferTarget { channel: "fax".into(), gateway_id: "pbx".into(), ..there.clone() },
            "target.channel",
        ),
        (
            v1::TransferTarget {
                channel: "quiet".into(),
                gateway_id: "pbx".into(),
                ..to_queue("calls").expect("a target")
            },
            "target.channel",
        ),
    ] {
        let request =
            v1::TransferContactRequest { contact_id: "c".into(), target: Some(target), ..Default::default() };
        assert_invalid(contacts.transfer_contact(request).await, &[expected]);
    }
}

/// Anna has `c`.
async fn served(client: &Client) {
    let mut anna = client.sign_in("anna").await;
    client.enqueue("c", "chat", "care").await;
    client.take(&mut anna, "c").await;
    // Whose stream is lost keeps its contacts for the plan's grace time.
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_of_desktops_about_conversations() {
    let (_place, _daemon, client) = talk().await;
    served(&client).await;
    let mut agents = client.agents.clone();
    let expected = ["agent_id", "contact_id", "consult_id", "required_skills"];
    assert_invalid(agents.start_consult(v1::StartConsultRequest::default()).await, &expected);
    let skill = v1::SkillRequirement { skill: "refund".into(), min_level: 11, max_level: 0 };
    let right = consult("anna", "c", "k", "chen");
    for (target, skills, expected) in [
        (
            Asked::ConsultantId("chen".into()),
            vec![skill.clone()],
            vec!["required_skills[0].min_level", "required_skills"],
        ),
        (Asked::ConsultantId("a b".into()), vec![], vec!["consultant_id"]),
        (Asked::Queue("nowhere".into()), vec![], vec!["queue"]),
        (Asked::Queue(String::new()), vec![], vec!["queue"]),
    ] {
        let request =
            v1::StartConsultRequest { target: Some(target), required_skills: skills, ..right.clone() };
        assert_invalid(agents.start_consult(request).await, &expected);
    }
    let expected = ["agent_id", "consult_id", "action"];
    assert_invalid(agents.change_consult(v1::ChangeConsultRequest::default()).await, &expected);

    assert_invalid(
        agents.make_promise(v1::MakePromiseRequest::default()).await,
        &["agent_id", "contact_id", "promise"],
    );
    let business = Due::BusinessAfter(Duration { seconds: -1, nanos: 0 });
    for (wrong, expected) in [
        (v1::NewPromise::default(), vec!["promise.promise_id", "promise.due"]),
        (v1::NewPromise { promise_id: "x".repeat(101), ..promise("", 60) }, vec!["promise.promise_id"]),
        (promise("p", 0), vec!["promise.due.after"]),
        (
            v1::NewPromise { due: Some(v1::PromiseDue { due: Some(business) }), ..promise("p", 1) },
            vec!["promise.due.business_after"],
        ),
        (
            v1::NewPromise {
                agent_id: "a b".into(),
                queue: "a b".into(),
                channel: "a b".into(),
                gateway_id: "a b".into(),
                priority: 11,
                note: long(),
                ..promise("p", 60)
            },
            vec![
                "promise.agent_id",
                "promise.queue",
                "promise.channel",
                "promise.gateway_id",
                "promise.priority",
                "promise.note",
            ],
        ),
        (
            v1::NewPromise { agent_id: "no".into(), queue: "no".into(), ..promise("p", 60) },
            vec!["promise.queue", "promise.agent_id"],
        ),
        (v1::NewPromise { channel: "quiet".into(), ..promise("p", 60) }, vec!["promise.channel"]),
    ] {
        let request = v1::MakePromiseRequest {
            agent_id: "anna".into(),
            contact_id: "c".into(),
            promise: Some(wrong.clone()),
        };
        assert_invalid(agents.make_promise(request).await, &expected);
        // The same promise with the contact's end is refused in the same words, and ends nothing.
        let request = v1::AgentServiceCompleteContactRequest {
            agent_id: "anna".into(),
            contact_id: "c".into(),
            promise: Some(wrong),
            ..Default::default()
        };
        assert_invalid(agents.complete_contact(request).await, &expected);
    }
    assert_eq!(client.contact("c").await.state(), v1::ContactState::Active);

    client.make_promise("anna", "c", promise("p", 7_200)).await.expect("promised");
    let (text, nobody) = (long(), String::from("nobody"));
    for (change, reason, expected) in [
        (None, "", vec!["change"]),
        (Some(Change::Move(v1::PromiseDue::default())), "", vec!["move", "reason"]),
        (Some(Change::Move(after(-1).expect("a time"))), "why", vec!["move.after"]),
        (Some(Change::ReassignTo("a b".into())), "", vec!["reassign_to", "reason"]),
        (Some(Change::ReassignTo(nobody)), "why", vec!["reassign_to"]),
        (Some(Change::Fulfil(false)), text.as_str(), vec!["fulfil", "reason"]),
        (Some(Change::Cancel(false)), "", vec!["cancel", "reason"]),
    ] {
        let (agent_id, promise_id) = ("anna".to_owned(), "p".to_owned());
        let reason = reason.to_owned();
        let request = v1::UpdatePromiseRequest { agent_id, promise_id, change, reason, ..Default::default() };
        assert_invalid(agents.update_promise(request).await, &expected);
    }
    let request = v1::ListPromisesRequest {
        agent_id: "a b".into(),
        queue: "a b".into(),
        case_id: "a b".into(),
        page_size: 1_001,
        page_token: "nonsense".into(),
        ..Default::default()
    };
    let expected = ["agent_id", "queue", "case_id", "page_size", "page_token"];
    assert_invalid(agents.list_promises(request).await, &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_of_supervisors_about_conversations() {
    let (_place, _daemon, client) = talk().await;
    client.enqueue("c", "chat", "night").await;
    let mut supervisors = client.supervisors.clone();
    let (contact_id, reason) = (String::from("c"), String::from("why"));
    let expected = ["contact_id", "reason"];
    assert_invalid(supervisors.requeue_contact(v1::RequeueContactRequest::default()).await, &expected);
    assert_invalid(supervisors.end_contact(v1::EndContactRequest::default()).await, &expected);
    let request = v1::ReassignContactRequest { supervisor_id: "a b".into(), ..Default::default() };
    let expected = ["contact_id", "supervisor_id", "reason", "agent_id"];
    assert_invalid(supervisors.reassign_contact(request).await, &expected);
    let request = v1::ChangeContactRequest { reason: long(), ..Default::default() };
    assert_invalid(supervisors.change_contact(request).await, &["contact_id", "reason", "category"]);
    let request = v1::RequeueContactRequest {
        contact_id: contact_id.clone(),
        reason: reason.clone(),
        queue: "nowhere".into(),
        ..Default::default()
    };
    assert_invalid(supervisors.requeue_contact(request).await, &["queue"]);
    let request = v1::EndContactRequest {
        contact_id: contact_id.clone(),
        reason: reason.clone(),
        disposition: "no".into(),
        ..Default::default()
    };
    assert_invalid(supervisors.end_contact(request).await, &["disposition"]);
    for (category, priority, expected) in [(Some("no"), None, "category"), (None, Some(11), "priority")] {
        let request = v1::ChangeContactRequest {
            contact_id: contact_id.clone(),
            reason: reason.clone(),
            category: category.map(str::to_owned),
            priority,
            ..Default::default()
        };
        assert_invalid(supervisors.change_contact(request).await, &[expected]);
    }
    assert!(client.contact("c").await.interventions.is_empty(), "what is refused is not on the record");

    let request = v1::SupervisorServiceUpdatePromiseRequest {
        supervisor_id: "a b".into(),
        request_id: "a b".into(),
        change: Some(AnyChange::Cancel(true)),
        ..Default::default()
    };
    let expected = ["supervisor_id", "promise_id", "request_id", "reason"];
    assert_invalid(supervisors.update_promise(request).await, &expected);
    let request = v1::SupervisorServiceListPromisesRequest { page_size: 1_001, ..Default::default() };
    assert_invalid(supervisors.list_promises(request).await, &["page_size"]);
    let request =
        v1::WatchNoticesRequest { kinds: vec![1, 0, 99], queue: "a b".into(), ..Default::default() };
    let answer = supervisors.watch_notices(request).await.map(|_| Response::new(()));
    assert_invalid(answer, &["queue", "kinds[1]", "kinds[2]"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_of_schedules_are_one_short_line() {
    let (_place, _daemon, client) = talk().await;
    let until = Some((std::time::SystemTime::now() + std::time::Duration::from_secs(600)).into());
    for (reason, of_entry, of_word) in [
        ("", true, false),
        (" ", true, false),
        ("swap with li, 换班", true, true),
        (&"客".repeat(64), true, true),
        (&"x".repeat(65), false, false),
        ("sick\nleave", false, false),
        ("sick\u{1b}[2J", false, false),
    ] {
        let shift = v1::Shift {
            agent_id: "anna".into(),
            kind: v1::ShiftKind::Off.into(),
            start: "2090-10-01T09:00".into(),
            end: "2090-10-01T17:00".into(),
            reason: reason.into(),
            ..Default::default()
        };
        let request = v1::SetShiftRequest { shifts: vec![shift], ..Default::default() };
        let set = client.plans.clone().set_shift(request).await.map(drop);
        let state = v1::OverrideState::Off.into();
        let (agent_id, reason) = ("anna".to_owned(), reason.to_owned());
        let request =
            v1::OverrideShiftRequest { agent_id, state, until, reason: reason.clone(), ..Default::default() };
        let shift = client.supervisors.clone().override_shift(request).await.map(drop);
        let request =
            v1::OverrideQueueRequest { queue: "care".into(), state, until, reason, ..Default::default() };
        let queue = client.supervisors.clone().override_queue(request).await.map(drop);
        for (answer, right, field) in
            [(set, of_entry, "shifts[0].reason"), (shift, of_word, "reason"), (queue, of_word, "reason")]
        {
            match right {
                true => answer.expect(field),
                false => assert_invalid(answer.map(Response::new), &[field]),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shifts_that_contradict_each_other_and_unknown_names_are_refused() {
    let (_place, _daemon, client) = talk().await;
    let part = |start: &str, end: &str, is_break: bool| v1::ShiftPart {
        start: format!("2090-10-01T{start}"),
        end: format!("2090-10-01T{end}"),
        is_break,
        channels: Vec::new(),
    };
    let shift = |parts: Vec<v1::ShiftPart>| v1::Shift {
        agent_id: "anna".into(),
        kind: v1::ShiftKind::Shift.into(),
        start: "2090-10-01T09:00".into(),
        end: "2090-10-01T17:00".into(),
        parts,
        ..Default::default()
    };
    let lunch = part("12:00", "13:00", true);
    let overlapping = vec![lunch.clone(), part("12:30", "14:00", false), part("12:59", "13:30", true)];
    for (shifts, wrong) in [
        (vec![shift(overlapping)], "shifts[0].parts[2]"),
        (vec![shift(vec![lunch.clone()]), shift(vec![])], "shifts[1]"),
    ] {
        let request = v1::SetShiftRequest { shifts, ..Default::default() };
        assert_invalid(client.plans.clone().set_shift(request).await, &[wrong]);
    }
    let beside = vec![lunch, part("12:30", "14:00", false), part("13:00", "13:30", true)];
    let request = v1::SetShiftRequest { shifts: vec![shift(beside)], ..Default::default() };
    client.plans.clone().set_shift(request).await.expect("set");
    for (agent, group, reason) in [("nobody", "", "AGENT_NOT_FOUND"), ("", "none", "GROUP_NOT_FOUND")] {
        let (agent_id, group) = (agent.to_owned(), group.to_owned());
        let request = v1::ListShiftsRequest { agent_id, group, ..Default::default() };
        assert_refused(client.plans.clone().list_shifts(request).await, Code::NotFound, reason);
    }
}
