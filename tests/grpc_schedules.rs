//! Shifts and the hours of queues as gateways, desktops and supervisors are told them.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use daemon_common::{
    Daemon, Place,
    client::{Client, contact, reason},
    kefud, plans,
    streams::Watching,
};
use jiff::{ToSpan, Zoned, civil::Date, tz::TimeZone};
use kefud::proto::v1::{
    self, ChangeKind, Deviation, HindranceCode, NoticeKind, OverrideState, SchedulePresence, ScheduleRule,
    ShiftKind, watch_gateway_response::Update::QueuesOpened as Opened,
    watch_notices_response::Update::Notice as Told,
};
use prost_types::Timestamp;
use tonic::Code;
use tonic_types::StatusExt;

fn today() -> Zoned {
    jiff::Timestamp::now().to_zoned(TimeZone::UTC)
}

/// The day on which the shut queues open, from nine to five. One, whatever midnight passes.
fn opening_day() -> Date {
    static DAY: LazyLock<Date> = LazyLock::new(|| today().date().checked_add(30.days()).expect("a date"));
    *DAY
}

fn at(date: Date, hour: i8) -> Option<Timestamp> {
    let time = date.at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a time");
    Some(Timestamp { seconds: time.timestamp().as_second(), nanos: 0 })
}

/// [`plans::DESK`] with queues that are shut until then: one holds, one refuses, one sends elsewhere.
fn plan() -> String {
    let day = opening_day();
    plans::DESK
        .replace("[settings]\n", "[settings]\nadherence_tolerance = \"0s\"\n")
        .replace("[channels.phone]\n", "[channels.phone]\nbreak_lead = \"4h\"\n")
        + &format!(
            r#"
[holidays.cn]
off = {{ "2026-10-01..2026-10-07" = "国庆节" }}
[holidays.none]

[calendars.shut]
days = {{ "{day}" = ["09:00-17:00"] }}

[queues.mail]
channels = ["wechat"]
groups = ["service"]
calendar = "shut"
objective = "30s"

[queues.line]
channels = ["phone"]
calendar = "shut"
objective = "30s"

[queues.leaving]
channels = ["wechat"]
closing = "move"
closing_queue = "tiny"
objective = "30s"

[queues.away]
channels = ["wechat"]
calendar = "shut"
closed = "overflow"
closed_queue = "sales"
objective = "30s"
"#
        )
}

async fn start() -> (Place, Daemon, Client) {
    let place = Place::new(&plan(), &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    (place, daemon, client)
}

fn soon() -> Option<Timestamp> {
    Some((SystemTime::now() + Duration::from_secs(3_600)).into())
}

async fn set_hours(client: &Client, queue: &str, state: OverrideState) -> v1::Queue {
    let request = v1::OverrideQueueRequest {
        queue: queue.into(),
        state: state.into(),
        reason: "typhoon".into(),
        supervisor_id: "li".into(),
        ..Default::default()
    };
    let answer = client.supervisors.clone().override_queue(request).await.expect("overridden");
    answer.into_inner().queue.expect("a queue")
}

async fn set_shift(client: &Client, agent: &str, state: OverrideState, channels: &[&str]) -> v1::Agent {
    let request = v1::OverrideShiftRequest {
        agent_id: agent.into(),
        state: state.into(),
        channels: channels.iter().map(ToString::to_string).collect(),
        until: soon().filter(|_| state != OverrideState::Clear),
        reason: "swap".into(),
        supervisor_id: "li".into(),
        ..Default::default()
    };
    let answer = client.supervisors.clone().override_shift(request).await.expect("overridden");
    answer.into_inner().agent.expect("an agent")
}

async fn queue(client: &Client, name: &str) -> v1::Queue {
    let answer = client.supervisors.clone().list_queues(v1::ListQueuesRequest::default()).await;
    let queues = answer.expect("listed").into_inner().queues;
    queues.into_iter().find(|queue| queue.queue == name).expect("a queue")
}

/// The queue once its hours are so: an override takes a step after its answer.
async fn queue_once(client: &Client, name: &str, open: bool) -> v1::Queue {
    daemon_common::soon("the hours of a queue", async {
        loop {
            let queue = queue(client, name).await;
            if queue.open == open {
                return queue;
            }
        }
    })
    .await
}

async fn enqueue(client: &Client, request: v1::EnqueueContactRequest) -> v1::EnqueueContactResponse {
    client.contacts.clone().enqueue_contact(request).await.expect("in").into_inner()
}

async fn explain(client: &Client, contact: &str) -> v1::ExplainContactResponse {
    let request = v1::ExplainContactRequest { contact_id: contact.into(), ..Default::default() };
    client.supervisors.clone().explain_contact(request).await.expect("told").into_inner()
}

fn of<'a>(answer: &'a v1::ExplainContactResponse, agent: &str) -> &'a v1::Hindrance {
    let entry = answer.agents.iter().find(|entry| entry.agent_id == agent).expect("an agent");
    &entry.hindrances[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_queue_is_told_to_whoever_comes_or_looks() {
    let (_place, _daemon, client) = start().await;
    let opening = at(opening_day(), 9);
    let mail = queue_once(&client, "mail", false).await;
    assert_eq!((mail.next_change_time, mail.by_hand.clone(), mail.held), (opening, None, 0));
    assert_eq!(mail.hours_text, "closed by calendar shut");
    let service = queue(&client, "service").await;
    assert_eq!((service.open, service.next_change_time, service.hours_text.as_str()), (true, None, ""));

    let request = contact("held", "wechat", "mail");
    let answer = enqueue(&client, request.clone()).await;
    let told = answer.contact.expect("a contact");
    assert_eq!((answer.created, answer.queue_closed, answer.next_opening_time), (true, true, opening));
    assert_eq!((told.held, told.next_opening_time), (true, opening));
    let again = enqueue(&client, request).await;
    assert_eq!((again.created, again.queue_closed, again.next_opening_time), (false, true, opening));
    let answer = enqueue(&client, contact("sent", "wechat", "away")).await;
    let told = answer.contact.expect("a contact");
    assert_eq!((told.queue.as_str(), told.overflowed_from.as_str(), told.held), ("sales", "away", false));
    assert_eq!((answer.queue_closed, answer.next_opening_time), (true, opening));
    let answer = enqueue(&client, contact("open", "wechat", "service")).await;
    assert_eq!((answer.queue_closed, answer.next_opening_time), (false, None));
    // One that came while it was open did so, whatever has happened since.
    set_hours(&client, "service", OverrideState::Off).await;
    queue_once(&client, "service", false).await;
    let again = enqueue(&client, contact("open", "wechat", "service")).await;
    assert_eq!((again.created, again.queue_closed, again.next_opening_time), (false, false, None));
    assert_eq!(queue(&client, "mail").await.held, 1);

    let refused = client.try_enqueue(contact("call", "phone", "line")).await.expect_err("closed");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "QUEUE_CLOSED"));
    let info = refused.get_details_error_info().expect("details");
    let time = format!("{}T09:00:00Z", opening_day());
    assert_eq!(info.metadata.get("queue").map(String::as_str), Some("line"));
    assert_eq!(info.metadata.get("next_opening").map(String::as_str), Some(time.as_str()));
    let retry = refused.get_details_retry_info().and_then(|info| info.retry_delay).expect("a time");
    assert!(retry > Duration::from_secs(28 * 86_400), "{retry:?}");

    // Sent on by an agent, it shows where it was meant for, too.
    let _anna = client.sign_in_as("anna", v1::Availability::NotReady).await;
    let pull = v1::PullContactRequest { agent_id: "anna".into(), contact_id: "open".into() };
    client.agents.clone().pull_contact(pull).await.expect("pulled");
    let target = v1::TransferTarget {
        target: Some(v1::transfer_target::Target::Queue("away".into())),
        ..Default::default()
    };
    let request = v1::AgentServiceTransferContactRequest {
        agent_id: "anna".into(),
        contact_id: "open".into(),
        target: Some(target),
        ..Default::default()
    };
    client.agents.clone().transfer_contact(request).await.expect("transferred");
    let told = client.contact("open").await;
    assert_eq!((told.queue.as_str(), told.overflowed_from.as_str()), ("sales", "away"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_contact_is_explained_and_offered_once_its_queue_opens() {
    let (_place, daemon, client) = start().await;
    let mut anna = client.sign_in("anna").await;
    queue_once(&client, "mail", false).await;
    client.enqueue("held", "wechat", "mail").await;
    let answer = explain(&client, "held").await;
    let opening = at(opening_day(), 9);
    let hindrance = of(&answer, "anna");
    assert_eq!((hindrance.code(), hindrance.until), (HindranceCode::QueueClosed, opening));
    let until = format!("queue mail is closed by calendar shut until {} 09:00", opening_day());
    assert_eq!(hindrance.text, format!("may not be offered it: {until}"));
    assert!(answer.summary.starts_with("Queue mail is closed by calendar shut until "), "{}", answer.summary);
    let change = answer.changes.iter().find(|change| change.kind() == ChangeKind::QueueOpens);
    assert_eq!(change.and_then(|change| change.time), opening, "{:?}", answer.changes);
    assert_eq!(answer.agent_counts.as_ref().map(|counts| (counts.signed_in, counts.on_shift)), Some((1, 1)));
    let request = v1::ExplainAgentRequest { agent_id: "anna".into(), ..Default::default() };
    let agent = client.supervisors.clone().explain_agent(request).await.expect("told").into_inner();
    let codes: Vec<HindranceCode> = agent.contacts[0].hindrances.iter().map(v1::Hindrance::code).collect();
    assert_eq!((codes, agent.next_contact_id.as_str()), (vec![HindranceCode::QueueClosed], ""));
    let run = |arguments: &[&str]| {
        let output = kefud(&["explain", "--server", &daemon.grpc]).args(arguments).output().expect("ran");
        String::from_utf8(output.stdout).expect("text")
    };
    let told: serde_json::Value = serde_json::from_str(&run(&["held", "--json"])).expect("JSON");
    assert_eq!((&told["contact"]["held"], &told["agent_counts"]["on_shift"]), (&true.into(), &1.into()));
    assert_eq!(told["contact"]["next_opening_time"], format!("{}T09:00:00Z", opening_day()));
    let text = run(&["held"]);
    assert!(
        text.contains("\nheld until 20") && text.contains("QUEUE_CLOSED: may not be offered it"),
        "{text}"
    );
    assert!(text.contains("  queue mail opens"), "{text}");

    let mut gateway = client.watch_gateway("gw", 0).await;
    gateway.snapshot().await;
    let mut watched = client.watch_contact("held", 0).await;
    assert!(watched.next().await.contact.expect("a contact").held);
    let interval = Some(prost_types::Duration { seconds: 0, nanos: 100_000_000 });
    let watch = client.supervisors.clone().watch_queues(v1::WatchQueuesRequest { interval }).await;
    let mut queues = Watching::new(watch.expect("opened").into_inner());
    assert!(!queues.next().await.queues.iter().any(|queue| queue.queue == "mail" && queue.open));
    set_hours(&client, "mail", OverrideState::On).await;
    // Its watchers are told that it is held no longer, and gateways which queue opened.
    let opened = watched.next().await;
    let contact = opened.contact.as_ref().expect("a contact");
    assert_eq!(
        (opened.cause(), contact.held, contact.state()),
        (v1::ContactCause::QueueOpened, false, v1::ContactState::Waiting)
    );
    let Some(Opened(queues_opened)) = gateway.next().await.update else { panic!("queues opened") };
    assert_eq!(queues_opened.queues, ["mail"]);
    let (offer, told) = anna.offered().await;
    assert_eq!((told.contact_id.as_str(), told.held, told.next_opening_time), ("held", false, None));
    assert_eq!(offer.reason.expect("a reason").trigger(), v1::OfferTrigger::QueueOpened);
    let mail = loop {
        let message = queues.next().await;
        if let Some(mail) = message.queues.into_iter().find(|queue| queue.queue == "mail" && queue.open) {
            break mail;
        }
    };
    assert_eq!(mail.hours_text, "open by li (typhoon)");
    let by_hand = mail.by_hand.expect("by hand");
    assert_eq!((by_hand.open, by_hand.until, by_hand.supervisor_id.as_str()), (true, None, "li"));
    assert_eq!((mail.next_change_time, mail.held), (None, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_closes_while_somebody_waits_is_a_notice() {
    let (_place, _daemon, client) = start().await;
    client.enqueue("one", "wechat", "service").await;
    client.enqueue("two", "wechat", "service").await;
    let kinds = vec![NoticeKind::QueueClosed.into()];
    let mut notices = client.notices(v1::WatchNoticesRequest { kinds, ..Default::default() }).await;
    // Nobody waits there.
    set_hours(&client, "sales", OverrideState::Off).await;
    queue_once(&client, "sales", false).await;
    set_hours(&client, "service", OverrideState::Off).await;
    let Some(Told(notice)) = notices.next().await.update else { panic!("a notice") };
    assert_eq!((notice.kind(), notice.queue.as_str()), (NoticeKind::QueueClosed, "service"));
    assert_eq!(notice.text, "queue closed: service while 2 waited");

    // Who is sent away is told why.
    client.enqueue("sent", "wechat", "leaving").await;
    let mut watch = client.watch_contact("sent", 0).await;
    watch.next().await;
    set_hours(&client, "leaving", OverrideState::Off).await;
    let sent = watch.next().await;
    let queue = sent.contact.as_ref().map(|contact| contact.queue.as_str());
    assert_eq!((sent.cause(), queue), (v1::ContactCause::QueueClosed, Some("tiny")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_tells_who_departs_from_its_schedule() {
    let (_place, _daemon, client) = start().await;
    let kinds = vec![NoticeKind::Deviation.into()];
    let mut notices = client.notices(v1::WatchNoticesRequest { kinds, ..Default::default() }).await;
    set_shift(&client, "ben", OverrideState::On, &[]).await;
    let Some(Told(notice)) = notices.next().await.update else { panic!("a notice") };
    assert_eq!((notice.agent_id.as_str(), notice.agent_ids.as_slice()), ("ben", &["ben".to_owned()][..]));
    assert_eq!(notice.text, "on shift, but not signed in: ben");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_an_agent_by_its_schedule_is_told_with_rule_and_end() {
    let (_place, daemon, client) = start().await;
    let mut anna = client.sign_in("anna").await;
    let _ben = client.sign_in_as("ben", v1::Availability::NotReady).await;
    set_shift(&client, "anna", OverrideState::Off, &[]).await;
    let changed = loop {
        let schedule = anna.agent_changed().await.schedule.expect("a schedule");
        if schedule.presence() == SchedulePresence::OffShift {
            break schedule;
        }
    };
    assert_eq!(changed.rule(), ScheduleRule::Override);
    assert!(changed.text.starts_with("off shift by li until "), "{}", changed.text);
    let until = changed.by_hand.as_ref().and_then(|hand| hand.until);
    assert_eq!((changed.next_change_time, changed.next_presence()), (until, SchedulePresence::Unscheduled));
    client.enqueue("call", "phone", "service").await;
    let answer = explain(&client, "call").await;
    let hindrance = of(&answer, "anna");
    assert_eq!(
        (hindrance.code(), hindrance.schedule_rule()),
        (HindranceCode::OffShift, ScheduleRule::Override)
    );
    assert_eq!(hindrance.until, until);
    assert!(hindrance.text.starts_with("is off shift by li until "), "{}", hindrance.text);
    let change = answer.changes.iter().find(|change| change.kind() == ChangeKind::ShiftChanges);
    let change = change.expect("a change");
    assert_eq!((change.agent_id.as_str(), change.time), ("anna", until));
    assert_eq!(answer.agent_counts.as_ref().map(|counts| (counts.signed_in, counts.on_shift)), Some((2, 1)));
    let request = v1::ExplainAgentRequest { agent_id: "anna".into(), ..Default::default() };
    let agent = client.supervisors.clone().explain_agent(request.clone()).await.expect("told").into_inner();
    let absent = agent.absent.expect("absent");
    assert_eq!((absent.code(), absent.until), (HindranceCode::OffShift, until));
    assert_eq!((absent.schedule_rule(), &absent.text), (ScheduleRule::Override, &hindrance.text));
    assert_eq!(agent.changes[0].kind(), ChangeKind::ShiftChanges);
    let run = |more: &[&str]| {
        let line = ["explain", "--agent", "anna", "--server", &daemon.grpc];
        String::from_utf8(kefud(&line).args(more).output().expect("ran").stdout).expect("text")
    };
    let text = run(&[]);
    assert!(
        text.contains("\nschedule: off shift by li until ") && text.contains("the schedule of anna changes"),
        "{text}"
    );
    let told: serde_json::Value = serde_json::from_str(&run(&["--json"])).expect("JSON");
    assert_eq!(told["agent"]["schedule"]["presence"], "OFF_SHIFT");
    assert_eq!(
        (&told["absent"]["code"], &told["absent"]["schedule_rule"]),
        (&"OFF_SHIFT".into(), &"OVERRIDE".into())
    );

    // She is ready all the same, which is noted.
    let list = |on_shift, deviating| {
        let request = v1::ListAgentsRequest { on_shift, deviating, ..Default::default() };
        let mut supervisors = client.supervisors.clone();
        async move {
            let page = supervisors.list_agents(request).await.expect("a page").into_inner();
            page.agents.into_iter().map(|agent| agent.agent_id).collect::<Vec<_>>()
        }
    };
    assert_eq!(list(true, false).await, ["ben", "chen", "dora"]);
    daemon_common::soon("her departure", async { while list(false, true).await != ["anna"] {} }).await;
    let noted = client.agent("anna").await.schedule.expect("a schedule");
    assert_eq!(noted.deviation(), Deviation::OffShiftReady);
    assert!(list(true, true).await.is_empty());

    // Only chats.
    set_shift(&client, "anna", OverrideState::On, &["wechat"]).await;
    let answer = daemon_common::soon("another state", async {
        loop {
            let answer = explain(&client, "call").await;
            if of(&answer, "anna").code() == HindranceCode::OtherActivity {
                return answer;
            }
        }
    })
    .await;
    let hindrance = of(&answer, "anna");
    assert_eq!((hindrance.channel.as_str(), hindrance.schedule_rule()), ("phone", ScheduleRule::Override));
    assert!(
        hindrance.until.is_some() && hindrance.text.starts_with("does not serve phone now (on shift by li")
    );
    let agent = client.supervisors.clone().explain_agent(request).await.expect("told").into_inner();
    let room = |channel: &str| {
        let found = agent.channels.iter().find(|room| room.channel == channel).expect("a channel");
        found.hindrance.as_ref().map(v1::Hindrance::code)
    };
    assert_eq!((room("phone"), room("wechat")), (Some(HindranceCode::OtherActivity), None));
}

/// A dated entry of an agent from so many hours from now on, for three.
async fn set_dated(client: &Client, agent: &str, kind: ShiftKind, from_h: i64) {
    let local = |hours: i64| {
        let at = today().checked_add(hours.hours()).expect("a time");
        at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
    };
    let shift = v1::Shift {
        agent_id: agent.into(),
        kind: kind.into(),
        start: local(from_h),
        end: local(from_h + 3),
        reason: "training".into(),
        ..Default::default()
    };
    let request = v1::SetShiftRequest { shifts: vec![shift], ..Default::default() };
    client.plans.clone().set_shift(request).await.expect("set");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_next_is_told_to_a_desktop_when_it_changes() {
    let (_place, _daemon, client) = start().await;
    let mut anna = client.sign_in("anna").await;
    set_dated(&client, "anna", ShiftKind::Shift, -1).await;
    let on = anna.agent_changed().await.schedule.expect("a schedule");
    let ends = on.next_change_time;
    assert!(ends.is_some(), "{on:?}");
    // A break two hours from now, which is not her last.
    let mut told = on;
    set_dated(&client, "anna", ShiftKind::Break, 1).await;
    daemon_common::soon("the break", async {
        while told.next_change_time == ends && !told.restricted {
            told = anna.agent_changed().await.schedule.expect("a schedule");
        }
    })
    .await;
    // Calls end long before a break.
    client.enqueue("call", "phone", "service").await;
    let answer = daemon_common::soon("a lead", async {
        loop {
            let answer = explain(&client, "call").await;
            if of(&answer, "anna").code() == HindranceCode::ShiftLead {
                return answer;
            }
        }
    })
    .await;
    let hindrance = of(&answer, "anna");
    assert_eq!((hindrance.channel.as_str(), hindrance.schedule_rule()), ("phone", ScheduleRule::DatedShift));
    assert!(hindrance.text.contains("(on shift by a dated shift (training) until "), "{}", hindrance.text);

    let mut dora = client.sign_in("dora").await;
    set_dated(&client, "dora", ShiftKind::Off, 2).await;
    let schedule = dora.agent_changed().await.schedule.expect("a schedule");
    // Nothing is different yet.
    let (presence, next) = (schedule.presence(), schedule.next_presence());
    assert_eq!(next, SchedulePresence::OffShift, "{schedule:?}");
    assert!(matches!(presence, SchedulePresence::Unscheduled), "{schedule:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_tells_its_zones_and_what_it_knows_of_holidays() {
    let (_place, _daemon, client) = start().await;
    let answer =
        client.plans.clone().get_plan(v1::GetPlanRequest::default()).await.expect("told").into_inner();
    assert!(answer.time_zones.starts_with("20") && answer.time_zones.len() == 5, "{}", answer.time_zones);
    let known = answer.holidays.iter().map(|known| (known.holidays.as_str(), known.known_until.as_str()));
    assert_eq!(known.collect::<Vec<_>>(), [("cn", "2026-12-31"), ("none", "")]);
}
