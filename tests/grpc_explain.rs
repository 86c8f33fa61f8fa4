//! Explanations over gRPC and on the command line: why a contact waits, and what an agent could get.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use std::process::Output;

use daemon_common::{
    Daemon, Place,
    client::{Client, assert_invalid, assert_refused, contact},
    desk, kefud, plans,
};
use kefud::proto::v1::{
    self, AgentRule, Availability, ChangeKind, ContactState, GroupState, HindranceCode, OfferTrigger,
};
use tonic::{Code, Status};

/// [`plans::DESK`] with a queue whose rings do one of everything.
fn rules() -> String {
    plans::DESK.to_owned()
        + r#"
[skills.english]
[skills.trainee]

[groups.helpers]
name = "Helpers"
keep_free = 1

[groups.night]
closed = true

[queues.fussy]
channels = ["phone", "wechat"]
skills = { refund = { min = 4, max = 8 } }
any_of = [{ english = 3, refund = 6 }]
none_of = { trainee = 1 }
preferred_skills = { english = 2 }
groups = ["service", "night"]
rings = [
    { after = "1h", lower = { refund = 3 } },
    { after = "1h", groups = ["helpers"] },
]
objective = "30s"
boost_permille = 1000

[agents.eve]
name = "Eve"
groups = ["helpers"]
skills = { refund = 9, trainee = 2 }
limits = { phone = 0 }

[agents.fay]
groups = ["service"]
skills = { refund = 7 }
"#
}

async fn explain(client: &Client, contact_id: &str) -> v1::ExplainContactResponse {
    let request = v1::ExplainContactRequest { contact_id: contact_id.to_owned(), ..Default::default() };
    client.supervisors.clone().explain_contact(request).await.expect(contact_id).into_inner()
}

async fn explain_agent(client: &Client, agent_id: &str) -> v1::ExplainAgentResponse {
    let request = v1::ExplainAgentRequest { agent_id: agent_id.to_owned(), ..Default::default() };
    client.supervisors.clone().explain_agent(request).await.expect(agent_id).into_inner()
}

fn codes(hindrances: &[v1::Hindrance]) -> Vec<HindranceCode> {
    hindrances.iter().map(v1::Hindrance::code).collect()
}

fn of<'a>(answer: &'a v1::ExplainContactResponse, agent: &str) -> &'a [v1::Hindrance] {
    let entry = answer.agents.iter().find(|entry| entry.agent_id == agent);
    &entry.unwrap_or_else(|| panic!("{agent} in {answer:#?}")).hindrances
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_contact_is_explained_with_every_number() {
    let place = Place::new(&rules(), &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let _anna = client.sign_in_as("anna", Availability::NotReady).await;
    let _ben = client.sign_in("ben").await;
    let _eve = client.sign_in("eve").await;
    client
        .try_enqueue(v1::EnqueueContactRequest { priority: 2, ..contact("c", "phone", "fussy") })
        .await
        .expect("c");
    client.enqueue("later", "phone", "fussy").await;
    let answer = explain(&client, "c").await;

    let told = answer.contact.clone().expect("a contact");
    assert_eq!((told.contact_id.as_str(), told.state(), told.ring), ("c", ContactState::Waiting, 0));
    assert_eq!(answer.last_ring, 2);
    let place = answer.place.expect("a place");
    assert_eq!((place.position, place.waiting, place.more_urgent), (1, 2, 0));
    let urgency = answer.urgency.expect("an urgency");
    assert_eq!((urgency.band, urgency.priority, urgency.boost_permille), (0, 2, 1_000));
    assert_eq!(urgency.objective.expect("an objective").seconds, 30);
    let age_ms =
        urgency.age.map(|age| age.seconds * 1_000 + i64::from(age.nanos) / 1_000_000).expect("an age");
    assert_eq!(urgency.urgency_permille, 2_000 + age_ms * 1_000 / 30_000);
    assert_eq!((answer.nobody_in_plan, answer.nobody_signed_in), (false, true));
    assert!(answer.summary.starts_with("Nobody who is signed in could serve it"), "{}", answer.summary);

    let requirement = answer.requirement.clone().expect("a requirement");
    let ask = |skill: &str, min_level, max_level| v1::SkillRequirement {
        skill: skill.into(),
        min_level,
        max_level,
    };
    assert_eq!(requirement.required_skills, [ask("refund", 4, 8)]);
    assert_eq!(requirement.any_of_skills[0].skills.len(), 2);
    assert_eq!(requirement.none_of_skills, [ask("trainee", 1, 10)]);
    assert_eq!(requirement.preferred_skills, [ask("english", 2, 10)]);

    let groups: Vec<_> = answer
        .groups
        .iter()
        .map(|group| {
            (
                group.group.as_str(),
                group.state(),
                group.ring,
                group.counts.as_ref().map_or(0, |counts| counts.agents),
            )
        })
        .collect();
    let expected = [
        ("service", GroupState::Open, 0, 4),
        ("helpers", GroupState::OpensLater, 2, 1),
        ("night", GroupState::Closed, 0, 0),
    ];
    assert_eq!(groups, expected);
    let counts = answer.agent_counts.clone().expect("counts");
    assert_eq!((counts.agents, counts.signed_in, counts.ready, counts.eligible), (6, 3, 2, 0));
    assert_eq!(counts.hindrances.iter().map(|entry| entry.agents).sum::<u32>(), 6);

    let [ben_level, ben_any] = of(&answer, "ben") else { panic!("{answer:#?}") };
    assert_eq!(ben_level.code(), HindranceCode::LevelTooLow);
    assert_eq!((ben_level.skill.as_str(), ben_level.has_level), ("refund", 2));
    assert_eq!((ben_level.min_level, ben_level.max_level), (4, 8));
    assert_eq!(ben_level.text, "has the skill refund at level 2 of 4");
    assert_eq!((ben_any.code(), ben_any.any_of.len()), (HindranceCode::AnyOfMissing, 2));
    use HindranceCode::{AnyOfMissing, ChannelNever, LevelTooHigh, NotReady, RingNotOpen, SkillUnwanted};
    assert_eq!(codes(of(&answer, "anna")), [NotReady, AnyOfMissing]);
    assert_eq!(codes(of(&answer, "eve")), [RingNotOpen, LevelTooHigh, SkillUnwanted, ChannelNever]);
    assert_eq!((of(&answer, "eve")[0].ring, of(&answer, "eve")[2].has_level), (2, 2));
    // Nearest first, and no more than asked for.
    let order: Vec<&str> = answer.agents.iter().map(|entry| entry.agent_id.as_str()).collect();
    assert_eq!(order, ["fay", "anna", "ben", "dora", "chen", "eve"]);
    let request =
        v1::ExplainContactRequest { contact_id: "c".into(), max_agents: 2, agent_id: String::new() };
    let fewer = client.supervisors.clone().explain_contact(request.clone()).await.expect("c").into_inner();
    assert_eq!((fewer.agents.as_slice(), fewer.agents_left_out), (&answer.agents[..2], 4));
    let request = v1::ExplainContactRequest { agent_id: "eve".into(), ..request };
    let alone = client.supervisors.clone().explain_contact(request).await.expect("c").into_inner();
    assert_eq!((alone.agents.as_slice(), alone.agents_left_out), (&answer.agents[5..], 5));

    let changes: Vec<_> = answer.changes.iter().map(|change| (change.kind(), change.ring)).collect();
    assert_eq!(changes, [(ChangeKind::RingOpens, 1), (ChangeKind::RingOpens, 2)]);
    let opened = told.ring_open_time.expect("a time");
    assert_eq!(answer.changes[0].time.expect("a time").seconds - opened.seconds, 3_600);
    assert!(answer.sequence >= told.sequence && answer.time.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn busy_agents_are_told_with_what_comes_first() {
    let (_place, _daemon, client) = desk().await;
    let mut anna = client.sign_in("anna").await;
    client.enqueue("first", "phone", "service").await;
    let offer = anna.offer().await;
    client.enqueue("chat", "wechat", "service").await;
    client.enqueue("call", "phone", "service").await;

    let answer = explain(&client, "chat").await;
    use HindranceCode::{AtCapacity, MoreUrgentContact, OnCall};
    assert_eq!(codes(of(&answer, "anna")), [OnCall, MoreUrgentContact]);
    let rival = &of(&answer, "anna")[1];
    assert_eq!((rival.contact_id.as_str(), rival.band), ("call", 0));
    let [lapses] = answer.changes.as_slice() else { panic!("{answer:#?}") };
    assert_eq!((lapses.kind(), lapses.contact_id.as_str()), (ChangeKind::OfferLapses, "first"));
    let answer = explain(&client, "call").await;
    assert_eq!(codes(of(&answer, "anna")), [AtCapacity]);
    let full = &of(&answer, "anna")[0];
    assert_eq!((full.held, full.needed, full.limit), (100, 100, 100));
    assert_eq!(answer.able_counts.map(|able| (able.agents, able.but_for_room)), Some((1, 1)));

    // One that doesn't wait is told with who has it, and why.
    let offered = explain(&client, "first").await;
    let reason = offered.reason.expect("a reason");
    assert_eq!((offered.agent_id.as_str(), reason.rule()), ("anna", AgentRule::LongestIdle));
    assert_eq!(reason.trigger(), OfferTrigger::ContactWaiting);
    assert!(offered.summary.starts_with("It is offered to anna"), "{}", offered.summary);
    assert_eq!((offered.place, offered.agents.len()), (None, 0));
    assert_eq!(offered.changes[0].kind(), ChangeKind::OfferLapses);
    client.accept(&offer).await.expect("accepted");
    let connecting = explain(&client, "first").await;
    assert!(connecting.summary.starts_with("It is being connected to anna"), "{}", connecting.summary);
    let report = v1::ConnectionResult::Connected;
    client.report("first", &offer, report).await.expect("connected");
    assert!(explain(&client, "first").await.summary.starts_with("It is with anna"));

    let agent = explain_agent(&client, "anna").await;
    assert_eq!(agent.assignments.len(), 1);
    assert_eq!(agent.next_contact_id, "call");
    let rooms: Vec<_> =
        agent.channels.iter().map(|room| (room.channel.as_str(), room.hindrance.is_some())).collect();
    assert_eq!(rooms, [("hasty", true), ("phone", true), ("wechat", true)]);
    let waiting: Vec<_> =
        agent.contacts.iter().map(|entry| (entry.contact_id.as_str(), codes(&entry.hindrances))).collect();
    assert_eq!(waiting, [("call", vec![AtCapacity]), ("chat", vec![OnCall])]);

    client.complete("anna", "first").await;
    let closed = explain(&client, "first").await;
    assert!(closed.summary.starts_with("It was completed by its agent"), "{}", closed.summary);
    assert_eq!((closed.agent_id.as_str(), closed.reason, closed.requirement), ("", None, None));
    let answer = explain(&client, "call").await;
    let [ends] = answer.changes.as_slice() else { panic!("{answer:#?}") };
    assert_eq!((ends.kind(), ends.agent_id.as_str()), (ChangeKind::WrapUpEnds, "anna"));
    assert_eq!(explain_agent(&client, "anna").await.changes, answer.changes);
    let absent = explain_agent(&client, "dora").await.absent.map(|absent| absent.code());
    assert_eq!(absent, Some(HindranceCode::SignedOut));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nobody_could_serve_is_told_and_counted() {
    let (_place, daemon, client) = desk().await;
    client.enqueue("fine", "phone", "service").await;
    let skill = v1::SkillRequirement { skill: "refund".into(), min_level: 9, max_level: 0 };
    let hard =
        v1::EnqueueContactRequest { required_skills: vec![skill], ..contact("hard", "phone", "service") };
    assert!(client.try_enqueue(hard).await.expect("accepted").unservable);
    let answer = explain(&client, "hard").await;
    assert!(answer.nobody_in_plan && answer.nobody_signed_in, "{answer:#?}");
    assert!(answer.summary.starts_with("Nobody in the plan"), "{}", answer.summary);
    assert!(!explain(&client, "fine").await.nobody_in_plan);
    let series = "kefud_contacts_unservable_total{tenant=\"default\",queue=\"service\",channel=\"phone\"}";
    assert_eq!(daemon.metric(series), Some(1.0));

    // The plan is changed: it is computed now.
    client.apply(&plans::DESK.replace("refund = 5", "refund = 10")).await;
    assert!(!explain(&client, "hard").await.nobody_in_plan);

    // A queue that refuses them counts them as rejected.
    client
        .apply(&plans::DESK.replacen(
            "objective = \"30s\"",
            "objective = \"30s\"\nunservable = \"refuse\"",
            1,
        ))
        .await;
    let skill = v1::SkillRequirement { skill: "refund".into(), min_level: 9, max_level: 0 };
    let hard =
        v1::EnqueueContactRequest { required_skills: vec![skill], ..contact("no", "phone", "service") };
    assert_refused(client.try_enqueue(hard).await, Code::FailedPrecondition, "NOBODY_CAN_SERVE");
    let series = "kefud_contacts_rejected_total{tenant=\"default\",queue=\"service\",channel=\"phone\",reason=\"NOBODY_CAN_SERVE\"}";
    assert_eq!(daemon.metric(series), Some(1.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_are_refused() {
    let (_place, _daemon, client) = desk().await;
    client.enqueue("c", "phone", "service").await;
    let contact = |id: &str, max_agents, agent: &str| {
        let request = v1::ExplainContactRequest { contact_id: id.into(), max_agents, agent_id: agent.into() };
        let mut service = client.supervisors.clone();
        async move { service.explain_contact(request).await }
    };
    let agent = |id: &str, max_contacts| {
        let request = v1::ExplainAgentRequest { agent_id: id.into(), max_contacts };
        let mut service = client.supervisors.clone();
        async move { service.explain_agent(request).await }
    };
    assert_invalid(contact("", 201, "a b").await, &["contact_id", "agent_id", "max_agents"]);
    assert_invalid(contact("c c", 0, "").await, &["contact_id"]);
    assert_invalid(agent("", 201).await, &["agent_id", "max_contacts"]);
    let inner = |answer: Result<tonic::Response<_>, Status>| answer.map(tonic::Response::into_inner);
    assert_refused(inner(contact("unknown", 200, "").await), Code::NotFound, "CONTACT_NOT_FOUND");
    assert_refused(inner(contact("c", 1, "unknown").await), Code::NotFound, "AGENT_NOT_FOUND");
    assert_refused(agent("unknown", 200).await, Code::NotFound, "AGENT_NOT_FOUND");

    let forgetful = plans::DESK.replace("[settings]", "[settings]\nclosed_contacts_max = 0");
    client.apply(&forgetful).await;
    client.cancel("c").await;
    client.enqueue("next", "phone", "service").await;
    client.cancel("next").await;
    assert_refused(inner(contact("c", 0, "").await), Code::NotFound, "CONTACT_COMPACTED");
}

fn run(daemon: &Daemon, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        kefud(&["explain", "--server", &daemon.grpc]).args(arguments).output().expect("ran");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_prints_explanations() {
    let place = Place::new(&rules(), &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let _anna = client.sign_in_as("anna", Availability::NotReady).await;
    client.enqueue("c", "wechat", "fussy").await;

    let (code, out, err) = run(&daemon, &["c", "--max", "3"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let expected = [
        "c: WAITING, queue fussy, channel wechat, waited ",
        "Nobody who is signed in could serve it as it is now. It is number 1 of 1 waiting in fussy; in ",
        "  times     of UTC",
        "  wait      unknown: 0 ahead; nobody signed in could serve it",
        "  place     1 of 1 in its queue; more urgent in all queues: 0",
        "  band      1",
        "  urgency   ",
        "  ring      0 of 2",
        "  asks for  refund 4-8",
        "  one of    ",
        "  none of   trainee 1",
        "  prefers   english 2",
        "  agents    6, 1 signed in, 0 ready",
        "  able      0 signed in; without room only: 0",
        "",
        "Groups",
        "                            agents  signed in  ready  hindered by",
        "  service  open                  4          1      0  SIGNED_OUT 3, NOT_READY 1",
        "  helpers  opens in ring 2       1          0      0  SIGNED_OUT 1",
        "  night    closed                0          0      0",
        "",
        "Nearest agents",
        "  fay   SIGNED_OUT: is not signed in",
        "  anna  NOT_READY: is not ready (signed_in)",
        "        ANY_OF_MISSING: has none of the skills of any-of set 1",
        "  ben   SIGNED_OUT: is not signed in",
        "        LEVEL_TOO_LOW: has the skill refund at level 2 of 4",
        "        ANY_OF_MISSING: has none of the skills of any-of set 1",
        "  and 3 more agents",
        "",
        "What changes by itself",
        "  in ",
        "  in ",
    ];
    let lines: Vec<&str> = out.lines().collect();
    let right = lines.len() == expected.len()
        && lines
            .iter()
            .zip(expected)
            .all(|(line, expected)| line.starts_with(expected) && (!expected.is_empty() || line.is_empty()));
    assert!(right, "{out}");
    assert!(lines.iter().all(|line| line.trim_end() == *line), "{out}");

    let (code, out, _) = run(&daemon, &["c", "--json"]);
    assert_eq!(code, Some(0));
    let told: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(told["contact"]["state"], "WAITING");
    assert_eq!(told["place"]["waiting"], 1);
    assert_eq!(told["requirement"]["required_skills"][0]["max_level"], 8);
    assert_eq!(told["groups"][1]["state"], "OPENS_LATER");
    assert_eq!(told["agents"][0]["hindrances"][0]["code"], "SIGNED_OUT");
    assert_eq!(told["agents"].as_array().map(Vec::len), Some(6));
    assert_eq!(told["changes"][0]["kind"], "RING_OPENS");
    assert!(told["urgency"]["age_ms"].is_i64() && told["reason"].is_null(), "{out}");
    let time = told["changes"][0]["time"].as_str().expect("a time");
    assert!(time.ends_with('Z') && time.contains('T'), "{time}");

    let (code, out, _) = run(&daemon, &["c", "--agent", "ben"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\n  ben  SIGNED_OUT: is not signed in\n") && !out.contains("anna"), "{out}");

    let (code, out, err) = run(&daemon, &["--agent", "anna"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.starts_with("anna: CONNECTED, NOT_READY, 0 of 100 units held, 0 interruptible\nThe agent is not ready (signed_in) and has room for "), "{out}");
    assert!(out.contains("\n  wechat  has room\n"), "{out}");
    assert!(
        out.contains("\nWaiting contacts, the most urgent first\n  c  NOT_READY: is not ready (signed_in)\n"),
        "{out}"
    );
    let (code, out, _) = run(&daemon, &["--agent", "anna", "--json"]);
    assert_eq!(code, Some(0));
    let told: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(told["absent"]["code"], "NOT_READY");
    assert_eq!(told["contacts"][0]["contact_id"], "c");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_tells_what_is_wrong() {
    let (_place, daemon, client) = desk().await;
    client.enqueue("c", "phone", "service").await;
    let table: &[(&[&str], i32, &str)] = &[
        (&["unknown"], 1, "kefud: there is no contact unknown (CONTACT_NOT_FOUND)\n"),
        (&["--agent", "unknown"], 1, "kefud: the plan has no agent unknown (AGENT_NOT_FOUND)\n"),
        (&["c", "--max", "201"], 2, "kefud: max_agents: must be 1 to 200\n"),
        (&["c", "--tenant", "unknown"], 1, "kefud: there is no tenant unknown (TENANT_NOT_FOUND)\n"),
    ];
    for (arguments, code, expected) in table {
        let (exit, out, err) = run(&daemon, arguments);
        assert_eq!((exit, out.as_str(), err.as_str()), (Some(*code), "", *expected), "{arguments:?}");
    }
    let (code, _, err) = run(&daemon, &[]);
    assert_eq!(code, Some(2));
    assert!(err.contains("<CONTACT>"), "{err}");
    let Output { status, stderr, .. } =
        kefud(&["explain", "c", "--server", "http://127.0.0.1:1"]).output().expect("ran");
    let stderr = String::from_utf8_lossy(&stderr);
    assert_eq!(status.code(), Some(1));
    assert!(stderr.starts_with("kefud: cannot reach http://127.0.0.1:1: is kefud running?"), "{stderr}");
}
