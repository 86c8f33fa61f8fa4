//! Surges over gRPC: levels set by hand and told, what gateways are to tell those who wait, who is let in, and how long
//! the wait is.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{
    Daemon, Place,
    client::{Client, GATEWAY, assert_invalid, assert_refused, contact},
    kefud,
    streams::Watching,
};
use kefud::proto::v1::{
    self, ContactCause, EstimateUnknown, NoticeKind, SurgeCause, SurgeStepKind, WaitNoticeKind,
    watch_gateway_response::Update,
};
use tonic::{
    Code::{FailedPrecondition, NotFound, ResourceExhausted},
    Status,
};
use tonic_types::StatusExt;

const PLAN: &str = r#"
[settings]
zone = "Asia/Shanghai"
agent_grace = "1h"

[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "10m"

[surges.rush]
hold = "10s"
[[surges.rush.levels]]
on = { waiting = 1000 }
off = { waiting = 500 }
steps = [
    { do = "message", faq = "https://example.cn/faq", text = { default = "前面 {ahead} 位，约 {wait}。", en = "about {wait}" }, text_unknown = { default = "前面 {ahead} 位。", en = "You are number {position} in {queue}. {faq}" } },
    { do = "offer_callback", text = { default = "回电？" } },
]
[[surges.rush.levels]]
on = { waiting = 2000 }
off = { waiting = 1000 }
steps = [{ do = "cap", waiting = 2, retry = "15m" }]

[surges.shut]
hold = "10s"
[[surges.shut.levels]]
on = { waiting = 1000 }
off = { waiting = 500 }
steps = [{ do = "cap", waiting = 0, retry = "5m" }, { do = "open_groups", groups = ["help"] }]

[queues.line]
name = "consultation"
channels = ["phone"]
groups = ["core"]
objective = "30s"
surge = "rush"
[queues.line.callback]

[queues.shut]
channels = ["phone"]
groups = ["core"]
objective = "30s"
surge = "shut"

[queues.plain]
channels = ["phone"]
groups = ["core"]
objective = "30s"
max_waiting = 1

[groups.core]
[groups.help]

[agents.anna]
groups = ["core"]
"#;

async fn desk() -> (Place, Daemon, Client) {
    let place = Place::new(PLAN, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    (place, daemon, client)
}

/// A time so many seconds after one that the daemon has told.
async fn from_now(client: &Client, seconds: i64) -> prost_types::Timestamp {
    let mut supervisors = client.supervisors.clone();
    let request = v1::ExplainAgentRequest { agent_id: "anna".into(), ..Default::default() };
    let explained = supervisors.explain_agent(request);
    let now = explained.await.expect("explained").into_inner().time.expect("a time");
    prost_types::Timestamp { seconds: now.seconds + seconds, nanos: 0 }
}

/// This level for an hour; none: what the rules say.
async fn word(client: &Client, queue: &str, level: Option<u32>) -> v1::SetSurgeLevelRequest {
    let until = match level {
        Some(_) => Some(from_now(client, 3_600).await),
        None => None,
    };
    v1::SetSurgeLevelRequest {
        queue: queue.into(),
        level,
        until,
        reason: "news".into(),
        supervisor_id: "li".into(),
        request_id: String::new(),
    }
}

async fn try_set(client: &Client, request: v1::SetSurgeLevelRequest) -> Result<v1::QueueSurge, Status> {
    let answer = client.supervisors.clone().set_surge_level(request).await?.into_inner();
    Ok(answer.queue.expect("the queue").surge.expect("it has a plan"))
}

async fn set(client: &Client, queue: &str, level: Option<u32>) -> v1::QueueSurge {
    try_set(client, word(client, queue, level).await).await.expect("set")
}

fn steps(surge: &v1::QueueSurge) -> Vec<SurgeStepKind> {
    surge.steps.iter().map(v1::SurgeStep::kind).collect()
}

/// The next message about waits of a gateway.
async fn told(stream: &mut Watching<v1::WatchGatewayResponse>) -> Vec<v1::WaitNotice> {
    loop {
        if let Some(Update::WaitNotices(notices)) = stream.next().await.update {
            return notices.notices;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_is_set_by_hand_told_and_given_back() {
    use SurgeStepKind::{Cap, Message, OfferCallback};
    let (_place, _daemon, client) = desk().await;
    let mut notices = client.notices(v1::WatchNoticesRequest::default()).await;
    let interval = Some(prost_types::Duration { seconds: 0, nanos: 100_000_000 });
    let queues = client.supervisors.clone().watch_queues(v1::WatchQueuesRequest { interval }).await;
    let mut queues = Watching::new(queues.expect("opened").into_inner());
    let first = queues.next().await.queues;
    assert_eq!(first.iter().find(|queue| queue.queue == "plain").expect("plain").surge, None);
    let calm = first.into_iter().find(|queue| queue.queue == "line").expect("line").surge.expect("a plan");
    assert_eq!((calm.level, calm.since, calm.by_hand), (0, None, None));

    let request =
        v1::SetSurgeLevelRequest { request_id: "r1".into(), ..word(&client, "line", Some(2)).await };
    let until = request.until;
    let surge = try_set(&client, request.clone()).await.expect("set");
    assert_eq!((surge.level, surge.cause(), surge.since.is_some()), (2, SurgeCause::ByHand, true));
    assert_eq!(steps(&surge), [Message, OfferCallback, Cap]);
    let by_hand = surge.by_hand.clone().expect("a word");
    assert_eq!((by_hand.level, by_hand.until, by_hand.reason.as_str()), (2, until, "news"));
    assert_eq!(by_hand.supervisor_id, "li");
    assert_eq!(try_set(&client, request).await.expect("the same"), surge);
    assert_eq!(client.queue("line").await.surge, Some(surge.clone()));
    loop {
        let mut changed = queues.next().await.queues.into_iter();
        if let Some(line) = changed.find(|queue| queue.queue == "line") {
            assert_eq!(line.surge, Some(surge));
            break;
        }
    }

    let surge = set(&client, "line", None).await;
    // The rules go on from there, once the plan's `hold` is over.
    assert_eq!((surge.level, surge.cause(), surge.by_hand), (2, SurgeCause::ByHandEnded, None));
    let surge = set(&client, "line", Some(0)).await;
    assert_eq!((surge.level, steps(&surge)), (0, vec![]));
    let mut all = Vec::new();
    while all.len() < 11 {
        let notice = notices.notice().await;
        assert_eq!((notice.queue.as_str(), &notice.contact), ("line", &None));
        all.push((notice.kind(), notice.text.clone()));
    }
    let all: Vec<(NoticeKind, &str)> = all.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
    let expected = [
        (NoticeKind::SurgeOverridden, "queue line is kept at level 2, overridden by li: news"),
        (NoticeKind::SurgeLevel, "queue line is at level 2 (surge): by hand"),
        (NoticeKind::SurgeStep, "queue line now: tells those who wait how it stands"),
        (NoticeKind::SurgeStep, "queue line now: offers callbacks"),
        (NoticeKind::SurgeStep, "queue line now: lets in up to 2"),
        (NoticeKind::SurgeOverridden, "queue line goes by its surge plan again"),
        (NoticeKind::SurgeLevel, "queue line is at level 2 (surge): no longer by hand"),
        (NoticeKind::SurgeOverridden, "queue line is kept at level 0, overridden by li: news"),
        (NoticeKind::SurgeLevel, "queue line is at level 0 (normal): by hand"),
        (NoticeKind::SurgeStep, "queue line no longer: lets in up to 2"),
        (NoticeKind::SurgeStep, "queue line no longer: offers callbacks"),
    ];
    assert_eq!(all, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_words_about_levels_are_refused() {
    let (_place, _daemon, client) = desk().await;
    let right = word(&client, "line", Some(1)).await;
    let at = |seconds: i64| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let now_s = right.until.expect("a time").seconds - 3_600;
    let table: [(&[&str], v1::SetSurgeLevelRequest); 9] = [
        (&["queue"], v1::SetSurgeLevelRequest { queue: String::new(), ..right.clone() }),
        (&["reason"], v1::SetSurgeLevelRequest { reason: String::new(), ..right.clone() }),
        (&["supervisor_id"], v1::SetSurgeLevelRequest { supervisor_id: "l i".into(), ..right.clone() }),
        (&["request_id"], v1::SetSurgeLevelRequest { request_id: "a b".into(), ..right.clone() }),
        (&["until"], v1::SetSurgeLevelRequest { until: None, ..right.clone() }),
        (&["until"], v1::SetSurgeLevelRequest { level: None, ..right.clone() }),
        (&["until"], v1::SetSurgeLevelRequest { until: at(now_s - 1), ..right.clone() }),
        (&["until"], v1::SetSurgeLevelRequest { until: at(now_s + 8 * 86_400), ..right.clone() }),
        (&["level"], v1::SetSurgeLevelRequest { level: Some(3), ..right.clone() }),
    ];
    for (expected, request) in table {
        assert_invalid(client.supervisors.clone().set_surge_level(request).await, expected);
    }
    // All that is wrong is told at once.
    let wrong = v1::SetSurgeLevelRequest { level: Some(9), until: at(1), ..right.clone() };
    assert_invalid(client.supervisors.clone().set_surge_level(wrong).await, &["level", "until"]);
    let nowhere = v1::SetSurgeLevelRequest { queue: "nowhere".into(), ..right.clone() };
    assert_refused(try_set(&client, nowhere).await, NotFound, "QUEUE_NOT_FOUND");
    let plain = v1::SetSurgeLevelRequest { queue: "plain".into(), ..right };
    assert_refused(try_set(&client, plain).await, FailedPrecondition, "NO_SURGE_PLAN");
    assert_eq!(client.queue("line").await.surge, Some(v1::QueueSurge::default()), "nothing was done");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_tells_what_is_wrong_as_all_its_commands_do() {
    let (_place, daemon, _client) = desk().await;
    let word = ["--level", "9", "--until", "8d", "--reason", "news"];
    let table: [(&[&str], i32, &str); 4] = [
        (
            &[&["line"], &word[..]].concat(),
            2,
            "kefud: level: must be at most 2, the highest of its surge plan\nkefud: until: must be within 7 days\n",
        ),
        (&[&["nowhere"], &word[..]].concat(), 1, "kefud: the plan has no queue nowhere (QUEUE_NOT_FOUND)\n"),
        (&["nowhere"], 1, "kefud: there is no queue nowhere\n"),
        (
            &["line", "--level", "1", "--until", "soon", "--reason", "news"],
            2,
            "kefud: --until: `soon` is not a duration, write it such as `20s`, `5m` or `1h 30m`\n",
        ),
    ];
    for (arguments, code, expected) in table {
        let output = kefud(&["surge", "--server", &daemon.grpc]).args(arguments).output().expect("ran");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        assert_eq!(
            (output.status.code(), text(output.stdout), text(output.stderr)),
            (Some(code), String::new(), expected.to_owned()),
            "{arguments:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gateways_are_told_what_to_tell_those_who_wait() {
    let (_place, daemon, client) = desk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut other = client.watch_gateway("other", 0).await;
    other.snapshot().await;
    for (id, gateway_id, language) in
        [("c1", GATEWAY, "zh-CN"), ("c2", "other", "en"), ("c3", GATEWAY, "en-GB")]
    {
        let request = v1::EnqueueContactRequest {
            gateway_id: gateway_id.into(),
            language: language.into(),
            ..contact(id, "phone", "line")
        };
        client.try_enqueue(request).await.expect("in");
    }
    let surge = set(&client, "line", Some(1)).await;
    assert_eq!((surge.level, surge.steps.len()), (1, 2));
    let before = loop {
        let before = gateway.last_sequence;
        if matches!(gateway.next().await.update, Some(Update::WaitNotices(_))) {
            break before;
        }
    };
    // The same to whoever was away then, message and offer.
    for daemon in [daemon.client().await, client.clone()] {
        let mut again = daemon.watch_gateway(GATEWAY, before).await;
        let notices = told(&mut again).await;
        let all: Vec<(&str, &str, &str)> = notices
            .iter()
            .map(|notice| (notice.contact_id.as_str(), notice.language.as_str(), notice.text.as_str()))
            .collect();
        let expected = [
            ("c1", "", "前面 0 位。"),
            ("c3", "en", "You are number 3 in consultation. https://example.cn/faq"),
        ];
        assert_eq!(all, expected);
        for (notice, position) in notices.iter().zip([1, 3]) {
            assert_eq!(notice.kind(), WaitNoticeKind::Message);
            assert_eq!(notice.faq, "https://example.cn/faq");
            let estimate = notice.estimate.as_ref().expect("an estimate");
            assert_eq!((estimate.position, estimate.expected), (position, None));
            assert_eq!(estimate.unknown(), EstimateUnknown::NobodyStaffed, "the true reason");
        }
        let offers = told(&mut again).await;
        let kinds: Vec<_> = offers.iter().map(|offer| (offer.contact_id.as_str(), offer.kind())).collect();
        assert_eq!(kinds, [("c1", WaitNoticeKind::CallbackOffer), ("c3", WaitNoticeKind::CallbackOffer)]);
        assert_eq!(offers[1].text, "回电？");
    }
    // Each gateway is told of its own contacts alone.
    let others = told(&mut other).await;
    assert_eq!(others.iter().map(|notice| notice.contact_id.as_str()).collect::<Vec<_>>(), ["c2"]);
    let metric = |name: &str, kind: &str| {
        daemon.metric(&format!(r#"{name}{{tenant="default",queue="line",kind="{kind}"}}"#))
    };
    assert_eq!(metric("kefud_wait_notices_total", "message"), Some(3.0));
    assert_eq!(metric("kefud_wait_notices_total", "callback_offer"), Some(3.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_let_in_is_told_when_to_come_back() {
    let (_place, _daemon, client) = desk().await;
    set(&client, "line", Some(2)).await;
    set(&client, "shut", Some(1)).await;
    for id in ["c1", "c2"] {
        client.enqueue(id, "phone", "line").await;
    }
    client.enqueue("p1", "phone", "plain").await;
    type Case = (&'static str, u64, &'static [(&'static str, &'static str)]);
    let table: [Case; 2] = [
        ("line", 900, &[("callback", "offered"), ("level", "2"), ("queue", "line"), ("waiting_max", "2")]),
        ("shut", 300, &[("level", "1"), ("queue", "shut"), ("waiting_max", "0")]),
    ];
    for (queue, retry_s, expected) in table {
        let status = client.try_enqueue(contact("late", "phone", queue)).await.expect_err("full");
        assert_refused::<()>(Err(status.clone()), ResourceExhausted, "QUEUE_FULL");
        let retry = status.get_details_retry_info().and_then(|info| info.retry_delay).expect("a delay");
        assert_eq!(retry.as_secs(), retry_s, "{queue}");
        let metadata = status.get_details_error_info().expect("details").metadata;
        let mut metadata: Vec<(&str, &str)> =
            metadata.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        metadata.sort_unstable();
        assert_eq!(metadata, expected, "{queue}");
    }
    let plain = client.try_enqueue(contact("late", "phone", "plain")).await.expect_err("full");
    assert_refused::<()>(Err(plain.clone()), ResourceExhausted, "QUEUE_FULL");
    assert!(!plain.get_details_error_info().expect("details").metadata.contains_key("callback"));
    // A callback may be asked for instead, and one who has left makes room.
    let callback = v1::RequestCallbackRequest {
        callback_id: "k".into(),
        number: "1380".into(),
        contact_id: "c1".into(),
        ..Default::default()
    };
    client.contacts.clone().request_callback(callback).await.expect("offered");
    assert_refused(
        client.try_enqueue(contact("late", "phone", "line")).await,
        ResourceExhausted,
        "QUEUE_FULL",
    );
    client.cancel("c2").await;
    client.enqueue("late", "phone", "line").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_a_contact_sees_its_place_move() {
    let (_place, _daemon, client) = desk().await;
    for id in ["c1", "c2", "c3"] {
        client.enqueue(id, "phone", "line").await;
    }
    let mut stream = client.watch_contact("c3", 0).await;
    let position = |message: &v1::WatchContactResponse| {
        let estimate = message.contact.as_ref().and_then(|contact| contact.estimate.as_ref());
        estimate.map(|estimate| (estimate.position, estimate.unknown()))
    };
    assert_eq!(position(&stream.next().await), Some((3, EstimateUnknown::NobodyStaffed)));
    client.cancel("c1").await;
    let next = stream.next().await;
    assert_eq!(
        (next.cause(), position(&next)),
        (ContactCause::Estimate, Some((2, EstimateUnknown::NobodyStaffed)))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explanation_tells_level_and_wait() {
    let (_place, daemon, client) = desk().await;
    client.enqueue("c1", "phone", "shut").await;
    set(&client, "shut", Some(1)).await;
    let request = v1::ExplainContactRequest { contact_id: "c1".into(), ..Default::default() };
    let told = client.supervisors.clone().explain_contact(request).await.expect("explained").into_inner();
    let surge = told.surge.as_ref().expect("a surge");
    assert_eq!((surge.level, surge.cause()), (1, SurgeCause::ByHand));
    let help = told.groups.iter().find(|group| group.group == "help").expect("told");
    assert_eq!((help.state(), help.by_surge, help.surge_level), (v1::GroupState::Open, true, 1));
    let estimate = told.estimate.as_ref().expect("an estimate");
    assert_eq!((estimate.position, estimate.unknown()), (1, EstimateUnknown::NobodyStaffed));
    let ends = told.changes.iter().find(|change| change.kind() == v1::ChangeKind::SurgeEnds);
    assert_eq!(ends.and_then(|change| change.time), surge.by_hand.as_ref().and_then(|word| word.until));
    assert!(told.summary.contains("Queue shut is at surge level 1 since "), "{}", told.summary);

    let run = |arguments: &[&str]| {
        let output = kefud(&["explain", "--server", &daemon.grpc]).args(arguments).output().expect("ran");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let text = run(&["c1"]);
    let line = |name: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(name));
        line.unwrap_or_else(|| panic!("no {name} in\n{text}")).trim_start().to_owned()
    };
    assert!(line("wait ").ends_with("unknown: 0 ahead; nobody signed in could serve it"), "{text}");
    assert!(
        line("level ").contains("1 since ") && line("level ").contains(", by hand: lets nobody in;"),
        "{text}"
    );
    // By the same clock as in the summary, and it is told which.
    assert!(line("times ").ends_with(" of Asia/Shanghai"), "{text}");
    let since = jiff::Timestamp::from_second(surge.since.expect("a time").seconds).expect("a time");
    let since = since.in_tz("Asia/Shanghai").expect("a zone").strftime("%H:%M").to_string();
    for told in [&told.summary, &line("level ")] {
        assert!(
            told.contains(&format!("{since} (")) || told.contains(&format!("{since},")),
            "{told}, not {since}"
        );
    }
    assert!(line("help ").contains("open, by surge level 1"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&run(&["c1", "--json"])).expect("JSON");
    assert_eq!((&json["surge"]["level"], &json["surge"]["cause"]), (&1.into(), &"BY_HAND".into()));
    assert_eq!(json["estimate"]["unknown"], "NOBODY_STAFFED");
}
