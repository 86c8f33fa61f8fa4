//! Dated shifts over gRPC: imported whole or not at all, listed in pages, set and deleted one by one, and drawn.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use daemon_common::{
    Daemon, Place,
    client::{Client, assert_invalid, assert_refused, fields, reason},
    desk, kefud, plans,
};
use futures_util::future::join_all;
use jiff::{ToSpan, civil::Date};
use kefud::proto::v1::{
    self, ImportMode, SchedulePresence, ShiftChangeKind, ShiftFormat, ShiftKind, get_schedule_request::Who,
};
use tonic::{Code, Status};
use tonic_types::StatusExt;

const ZONE: &str = "Asia/Shanghai";

/// A date that is ahead of any clock that runs this, but within the horizon.
fn ahead(days: i32) -> Date {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    today.checked_add((30 + days).days()).expect("a date")
}

fn request(document: impl Into<String>) -> v1::ImportShiftsRequest {
    v1::ImportShiftsRequest { document: document.into(), zone: ZONE.into(), ..Default::default() }
}

async fn import(
    client: &Client,
    request: v1::ImportShiftsRequest,
) -> Result<v1::ImportShiftsResponse, Status> {
    client.plans.clone().import_shifts(request).await.map(tonic::Response::into_inner)
}

async fn list(client: &Client, request: v1::ListShiftsRequest) -> v1::ListShiftsResponse {
    client.plans.clone().list_shifts(request).await.expect("a page").into_inner()
}

/// All entries, in short.
async fn all(client: &Client) -> Vec<String> {
    let page = list(client, v1::ListShiftsRequest { page_size: 1_000, ..Default::default() }).await;
    assert_eq!(page.next_page_token, "");
    page.shifts.iter().map(shown).collect()
}

fn shown(shift: &v1::Shift) -> String {
    let kind = shift.kind().as_str_name().replace("SHIFT_KIND_", "").to_lowercase();
    format!("{} {kind} {} {} {}", shift.agent_id, &shift.start[..16], &shift.end[..16], shift.source)
        .trim_end()
        .to_owned()
}

fn counts(answer: &v1::ImportShiftsResponse) -> [u32; 4] {
    [answer.added, answer.changed, answer.removed, answer.unchanged]
}

fn csv(rows: &[&str]) -> String {
    format!("agent,start,end,kind,breaks,channels,reason\n{}\n", rows.join("\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_is_imported_after_a_dry_run_that_changes_nothing() {
    let (place, daemon, client) = desk().await;
    let document = csv(&[
        "anna,2090-10-01T09:00,2090-10-01T18:00,shift,12:00-13:00,,",
        "anna,2090-10-01T19:00,2090-10-01T21:00,extra,,phone,overtime",
        "ben,2090-10-02T00:00,2090-10-04T00:00,off,,,sick",
    ]);
    let expected = [
        "anna shift 2090-10-01T09:00 2090-10-01T18:00 import",
        "anna extra 2090-10-01T19:00 2090-10-01T21:00 import",
        "ben off 2090-10-02T00:00 2090-10-04T00:00 import",
    ];
    let dry = v1::ImportShiftsRequest { validate_only: true, ..request(document.clone()) };
    let told = import(&client, dry.clone()).await.expect("told");
    assert_eq!((counts(&told), told.problems.len()), ([3, 0, 0, 0], 0));
    let changes: Vec<(ShiftChangeKind, String)> = told
        .changes
        .iter()
        .map(|change| (change.kind(), shown(change.shift.as_ref().expect("a shift"))))
        .collect();
    assert_eq!(changes, expected.map(|shift| (ShiftChangeKind::Added, shift.to_owned())));
    assert_eq!(all(&client).await, [""; 0]);

    assert_eq!(counts(&import(&client, request(document.clone())).await.expect("imported")), [3, 0, 0, 0]);
    assert_eq!(all(&client).await, expected);
    assert_eq!(counts(&import(&client, request(document.clone())).await.expect("again")), [0, 0, 0, 3]);

    let longer = document.replace("T21:00", "T22:00");
    let told = import(&client, v1::ImportShiftsRequest { validate_only: true, ..request(longer) }).await;
    let told = told.expect("told");
    assert_eq!(counts(&told), [0, 1, 0, 2]);
    let [change] = &told.changes[..] else { panic!("{told:?}") };
    let ends = [&change.before, &change.shift].map(|shift| shift.as_ref().expect("a shift").end.clone());
    assert_eq!(ends, ["2090-10-01T21:00:00", "2090-10-01T22:00:00"]);

    // What was imported is there after a crash.
    let page = list(&client, v1::ListShiftsRequest::default()).await;
    let [shift, extra, _] = &page.shifts[..] else { panic!("{page:?}") };
    assert_eq!((shift.zone.as_str(), shift.parts.len(), shift.parts[0].is_break), (ZONE, 1, true));
    assert_eq!(shift.start_time.map(|time| time.seconds % 86_400), Some(3_600));
    assert_eq!((extra.channels.as_slice(), extra.reason.as_str()), (&["phone".to_owned()][..], "overtime"));
    daemon.kill();
    let daemon = place.start();
    let client = daemon.client().await;
    assert_eq!(list(&client, v1::ListShiftsRequest::default()).await.shifts, page.shifts);
}

#[tokio::test(flavor = "multi_thread")]
async fn calendars_are_imported_up_to_the_horizon() {
    let (_place, _daemon, client) = desk().await;
    let start = ahead(0).strftime("%Y%m%d").to_string();
    let event = |uid: &str, more: &str| {
        format!(
            "BEGIN:VEVENT\nUID:{uid}\nDTSTART;TZID=Europe/Berlin:{start}T090000\nDURATION:PT8H\n{more}\nEND:VEVENT\n"
        )
    };
    let calendar = |events: &[String]| format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", events.concat());
    let few = calendar(&[
        event("1", "X-KEFUD-AGENT:anna\nRRULE:FREQ=DAILY;COUNT=3"),
        event("2", "ATTENDEE:mailto:ben@example.com\nCATEGORIES:Training"),
    ]);
    let told = import(&client, request(few)).await.expect("imported");
    assert_eq!((counts(&told), told.horizon_time), ([4, 0, 0, 0], None));
    let page = list(&client, v1::ListShiftsRequest::default()).await;
    let kinds: Vec<(&str, ShiftKind)> =
        page.shifts.iter().map(|shift| (shift.agent_id.as_str(), shift.kind())).collect();
    let shift = ("anna", ShiftKind::Shift);
    assert_eq!(kinds, [shift, shift, shift, ("ben", ShiftKind::Break)]);
    assert!(page.shifts.iter().all(|shift| shift.zone == "Europe/Berlin"));

    // 400 days from now, of which 30 pass before the first.
    let endless = calendar(&[event("3", "X-KEFUD-AGENT:chen\nRRULE:FREQ=DAILY")]);
    let request = v1::ImportShiftsRequest { format: ShiftFormat::Icalendar.into(), ..request(endless) };
    let told = import(&client, request).await.expect("imported");
    assert!((369..=371).contains(&told.added) && told.horizon_time.is_some(), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_wrong_row_keeps_all_out() {
    let (_place, _daemon, client) = desk().await;
    let document = csv(&[
        "anna,2090-10-01T09:00,2090-10-01T18:00,,,,",
        "anne,2090-10-01T09:00,2090-10-01T18:00,,,,",
        "ben,2090-10-01T18:00,2090-10-01T09:00,,,,",
        "ben,2090-10-01T09:00,2090-10-01T18:00,,,fax,",
    ]);
    let refused = import(&client, request(document.clone())).await.expect_err("wrong");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "SHIFTS_INVALID"));
    assert_eq!(fields(&refused), ["line 3, agent", "line 4, end", "line 5, channels"]);
    let told = refused.get_details_bad_request().expect("details").field_violations;
    assert!(told[0].description.ends_with("; instead: anna"), "{told:?}");
    assert!(refused.message().contains("line 3, agent"), "{refused:?}");
    assert_eq!(all(&client).await, [""; 0]);

    let dry = v1::ImportShiftsRequest { validate_only: true, ..request(document) };
    let told = import(&client, dry).await.expect("told");
    let lines: Vec<u32> = told.problems.iter().map(|problem| problem.line).collect();
    assert_eq!((lines, told.added), (vec![3, 4, 5], 1));

    // Shifts don't overlap what is there either.
    import(&client, request(csv(&["anna,2090-10-01T09:00,2090-10-01T18:00,,,,"]))).await.expect("imported");
    let overlapping = csv(&["anna,2090-10-01T17:00,2090-10-01T20:00,,,,"]);
    assert_refused(import(&client, request(overlapping)).await, Code::InvalidArgument, "SHIFTS_INVALID");
    assert_eq!(all(&client).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_checked() {
    let (_place, _daemon, client) = desk().await;
    let wrong = v1::ImportShiftsRequest {
        format: 9,
        mode: 9,
        source: "a b".into(),
        zone: "Asia/Shangai".into(),
        request_id: "a b".into(),
        ..Default::default()
    };
    let answer = client.plans.clone().import_shifts(wrong).await;
    assert_invalid(answer, &["request_id", "document", "format", "mode", "source", "zone"]);
    let wrong = v1::GetScheduleRequest {
        from_date: "1.10.2026".into(),
        days: 15,
        max_agents: 501,
        ..Default::default()
    };
    let answer = client.plans.clone().get_schedule(wrong).await;
    assert_invalid(answer, &["from_date", "days", "max_agents", "who"]);
    for who in [Who::AgentId("anne".into()), Who::Group("anne".into()), Who::Queue("anne".into())] {
        let request = v1::GetScheduleRequest { who: Some(who), ..Default::default() };
        let refused = client.plans.clone().get_schedule(request).await.expect_err("unknown");
        assert_eq!((refused.code(), fields(&refused).len()), (Code::InvalidArgument, 1), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replacing_takes_away_what_the_source_brought_and_nothing_else() {
    let (_place, _daemon, client) = desk().await;
    let row = |agent: &str, day: u32| format!("{agent},2090-10-{day:02}T09:00,2090-10-{day:02}T18:00,,,,");
    let of = |source: &str, rows: &[String]| {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        v1::ImportShiftsRequest {
            source: source.into(),
            mode: ImportMode::Replace.into(),
            ..request(csv(&rows))
        }
    };
    let first = of("wfm", &[row("anna", 1), row("anna", 2), row("ben", 1)]);
    assert_eq!(counts(&import(&client, first).await.expect("imported")), [3, 0, 0, 0]);
    assert_eq!(
        counts(&import(&client, of("swaps", &[row("ben", 5)])).await.expect("imported")),
        [1, 0, 0, 0]
    );
    let merge = v1::ImportShiftsRequest { mode: ImportMode::Merge.into(), ..of("wfm", &[row("anna", 3)]) };
    assert_eq!(counts(&import(&client, merge).await.expect("imported")), [1, 0, 0, 0]);
    let again = of("wfm", &[row("anna", 2), row("chen", 1)]);
    assert_eq!(counts(&import(&client, again).await.expect("imported")), [1, 0, 3, 1]);
    assert_eq!(
        all(&client).await,
        [
            "anna shift 2090-10-02T09:00 2090-10-02T18:00 wfm",
            "ben shift 2090-10-05T09:00 2090-10-05T18:00 swaps",
            "chen shift 2090-10-01T09:00 2090-10-01T18:00 wfm",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_carried_out_once() {
    let (_place, _daemon, client) = desk().await;
    let once = v1::ImportShiftsRequest {
        request_id: "once".into(),
        ..request(csv(&["anna,2090-10-01T09:00,2090-10-01T18:00,,,,"]))
    };
    assert_eq!(import(&client, once.clone()).await.expect("imported").added, 1);
    let [shift] = &list(&client, v1::ListShiftsRequest::default()).await.shifts[..] else { panic!("one") };
    let gone = v1::DeleteShiftRequest { shift_id: shift.shift_id.clone() };
    client.plans.clone().delete_shift(gone).await.expect("deleted");
    // A repeat doesn't bring back what was deleted since.
    assert_eq!(import(&client, once.clone()).await.expect("a repeat").added, 0);
    assert_eq!(all(&client).await, [""; 0]);
    let other = v1::ImportShiftsRequest { source: "other".into(), ..once };
    assert_refused(import(&client, other).await, Code::AlreadyExists, "REQUEST_ID_REUSED");
}

/// 300 agents, and what gives each of them so many shifts.
async fn many() -> (Place, Daemon, Client) {
    let place = Place::new(&plans::agents(300), &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    (place, daemon, client)
}

fn for_all(count: u32) -> v1::ImportShiftsRequest {
    let start = ahead(0).strftime("%Y%m%d").to_string();
    request(format!(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nX-KEFUD-GROUP:service\nDTSTART:{start}T090000\nDURATION:PT8H\n\
         RRULE:FREQ=DAILY;COUNT={count}\nEND:VEVENT\nEND:VCALENDAR\n"
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_in_several_parts_stand_beside_changes_by_hand() {
    let (_place, _daemon, client) = many().await;
    // 4,500 entries: three parts, between which others set shifts.
    let set = |at: i32| {
        let client = client.clone();
        async move {
            let date = ahead(300 + at);
            let shift = v1::Shift {
                agent_id: format!("a{at:06}"),
                kind: ShiftKind::Off.into(),
                start: format!("{date}T00:00"),
                end: format!("{date}T12:00"),
                ..Default::default()
            };
            let request = v1::SetShiftRequest { shifts: vec![shift], ..Default::default() };
            client.plans.clone().set_shift(request).await.expect("set");
        }
    };
    let imported = async {
        loop {
            match import(&client, for_all(15)).await {
                Ok(answer) => return answer,
                // As often as others are faster.
                Err(status) => assert_refused::<()>(Err(status), Code::Aborted, "SHIFTS_CHANGED"),
            }
        }
    };
    let (answer, _) = tokio::join!(imported, join_all((0..20).map(set)));
    assert_eq!(counts(&answer), [4_500, 0, 0, 0]);
    let mut page_token = String::new();
    let (mut imported, mut set) = (0, 0);
    loop {
        let request = v1::ListShiftsRequest { page_size: 1_000, page_token, ..Default::default() };
        let page = list(&client, request).await;
        imported += page.shifts.iter().filter(|shift| shift.source == "import").count();
        set += page.shifts.iter().filter(|shift| shift.source.is_empty()).count();
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!((imported, set), (4_500, 20));
    let replaced = v1::ImportShiftsRequest { mode: ImportMode::Replace.into(), ..for_all(5) };
    assert_eq!(counts(&import(&client, replaced).await.expect("imported")), [0, 0, 3_000, 1_500]);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_listed_in_pages_and_by_what_is_asked() {
    let (_place, _daemon, client) = desk().await;
    let rows: Vec<String> = ["anna", "ben", "chen"]
        .iter()
        .flat_map(|agent| {
            (1..=3).map(move |day| format!("{agent},2090-10-0{day}T09:00,2090-10-0{day}T18:00,,,,"))
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    import(&client, request(csv(&rows))).await.expect("imported");
    let expected = all(&client).await;
    assert_eq!(expected.len(), 9);
    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let page =
            list(&client, v1::ListShiftsRequest { page_size: 2, page_token, ..Default::default() }).await;
        assert!(page.shifts.len() <= 2 && page.sequence > 0);
        listed.extend(page.shifts.iter().map(shown));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, expected);
    let second = |text: &str| {
        let time: jiff::Timestamp = text.parse().expect("a time");
        Some(prost_types::Timestamp { seconds: time.as_second(), nanos: 0 })
    };
    for (request, count) in [
        (v1::ListShiftsRequest { agent_id: "ben".into(), ..Default::default() }, 3),
        (v1::ListShiftsRequest { group: "service".into(), ..Default::default() }, 6),
        (v1::ListShiftsRequest { source: "import".into(), ..Default::default() }, 9),
        (v1::ListShiftsRequest { source: "other".into(), ..Default::default() }, 0),
        // 18:00 in Shanghai is not after itself.
        (v1::ListShiftsRequest { start_time: second("2090-10-02T10:00:00Z"), ..Default::default() }, 3),
        (v1::ListShiftsRequest { end_time: second("2090-10-01T01:00:01Z"), ..Default::default() }, 3),
    ] {
        assert_eq!(list(&client, request.clone()).await.shifts.len(), count, "{request:?}");
    }
    let wrong = v1::ListShiftsRequest { page_size: 1_001, page_token: "x".into(), ..Default::default() };
    assert_invalid(client.plans.clone().list_shifts(wrong).await, &["page_size", "page_token"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_set_swapped_and_deleted() {
    let (_place, _daemon, client) = desk().await;
    let shift = |agent: &str, kind: ShiftKind, start: &str, end: &str| v1::Shift {
        agent_id: agent.into(),
        kind: kind.into(),
        start: format!("2090-10-{start}"),
        end: format!("2090-10-{end}"),
        ..Default::default()
    };
    let set = |shifts: Vec<v1::Shift>, replaced: Vec<String>| {
        let request = v1::SetShiftRequest { shifts, replaced_shift_ids: replaced, ..Default::default() };
        let mut plans = client.plans.clone();
        async move { plans.set_shift(request).await }
    };
    let first = set(vec![shift("anna", ShiftKind::Shift, "01T09:00", "01T17:00")], vec![]).await;
    let first = first.expect("set").into_inner().shifts;
    assert_eq!(first[0].shift_id, "anna/shift/2090-10-01T09:00:00[]");
    // Ben takes it over.
    let swapped = vec![
        shift("anna", ShiftKind::Off, "01T09:00", "01T17:00"),
        shift("ben", ShiftKind::Extra, "01T09:00", "01T17:00"),
    ];
    set(swapped, vec![first[0].shift_id.clone()]).await.expect("swapped");
    assert_eq!(
        all(&client).await,
        ["anna off 2090-10-01T09:00 2090-10-01T17:00", "ben extra 2090-10-01T09:00 2090-10-01T17:00"]
    );
    assert_invalid(set(vec![], vec!["x".into()]).await, &["shifts", "replaced_shift_ids[0]"]);
    let wrong = vec![
        shift("anna", ShiftKind::Unspecified, "01T09:00", "01T17:00"),
        shift("anna", ShiftKind::Shift, "01T17:00", "01T09:00"),
    ];
    assert_invalid(set(wrong, vec![]).await, &["shifts[0].kind", "shifts[1].end"]);
    let unknown = vec![shift("anne", ShiftKind::Shift, "02T09:00", "02T17:00")];
    assert_invalid(set(unknown, vec![]).await, &["shifts[0].agent_id"]);
    let overlapping = vec![
        shift("chen", ShiftKind::Shift, "02T09:00", "02T17:00"),
        shift("chen", ShiftKind::Shift, "02T16:00", "02T20:00"),
    ];
    assert_invalid(set(overlapping, vec![]).await, &["shifts"]);
    assert_eq!(all(&client).await.len(), 2);

    let delete = |id: &str| {
        let request = v1::DeleteShiftRequest { shift_id: id.into() };
        let mut plans = client.plans.clone();
        async move { plans.delete_shift(request).await }
    };
    delete("anna/off/2090-10-01T09:00:00[]").await.expect("deleted");
    assert_eq!(all(&client).await.len(), 1);
    for gone in ["anna/off/2090-10-01T09:00:00[]", "nonsense"] {
        assert_refused(delete(gone).await, Code::NotFound, "SHIFT_NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn schedules_are_told_with_headcounts() {
    let plan = format!("{}\n[calendars.office]\nhours.mon = [\"09:00-18:00\"]\n", plans::DESK)
        .replace("[settings]", &format!("[settings]\nzone = \"{ZONE}\""))
        .replace("[queues.service]\n", "[queues.service]\ncalendar = \"office\"\n");
    let place = Place::new(&plan, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    let document = csv(&[
        "anna,2090-10-02T09:00,2090-10-02T12:00,,10:00-11:00,,",
        "ben,2090-10-02T11:00,2090-10-02T13:00,,,,",
    ]);
    import(&client, request(document)).await.expect("imported");
    let told = |who: Who| {
        let request = v1::GetScheduleRequest {
            who: Some(who),
            from_date: "2090-10-02".into(),
            days: 1,
            ..Default::default()
        };
        let mut plans = client.plans.clone();
        async move { plans.get_schedule(request).await.expect("told").into_inner() }
    };
    let group = told(Who::Group("service".into())).await;
    assert_eq!((group.zone.as_str(), group.unscheduled, group.headcounts.len()), (ZONE, 1, 48));
    assert_eq!(group.headcounts[18..26], [1, 1, 0, 0, 2, 2, 1, 1]);
    assert_eq!(group.headcounts.iter().sum::<u32>(), 8);
    let [anna, ben, dora] = &group.agents[..] else { panic!("{group:?}") };
    let presences: Vec<SchedulePresence> = anna.spans.iter().map(v1::ScheduleSpan::presence).collect();
    assert_eq!(presences, [SchedulePresence::OnShift, SchedulePresence::OnBreak, SchedulePresence::OnShift]);
    assert_eq!((ben.spans.len(), dora.unscheduled), (1, true));
    // A Monday.
    let queue = told(Who::Queue("service".into())).await;
    assert_eq!((queue.headcounts, queue.agents.len()), (group.headcounts, 4));
    let [open] = &queue.open_spans[..] else { panic!("{:?}", queue.open_spans) };
    assert_eq!(
        open.end_time.map_or(0, |end| end.seconds) - open.start_time.map_or(0, |start| start.seconds),
        32_400
    );
    let chen = told(Who::AgentId("chen".into())).await;
    assert_eq!((chen.agents.len(), chen.unscheduled), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_imports_and_draws() {
    let (place, daemon, client) = desk().await;
    let server = daemon.grpc.clone();
    let run = |arguments: &[&str]| {
        let output = kefud(&[&["shifts"], arguments, &["--server", &server]].concat()).output().expect("ran");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let good = place.write("good.csv", &csv(&["anna,2090-10-02T09:00,2090-10-02T18:00,,12:00-13:00,,"]));
    let bad = place.write("bad.csv", &csv(&["anne,2090-10-02T09:00,2090-10-02T18:00,,,,"]));
    let (code, out, err) = run(&["import", &bad, "--dry-run"]);
    assert_eq!(code, Some(1), "{err}");
    assert!(out.contains("line 2, agent: the plan has no agent `anne` → anna"), "{out}");
    let (code, _, err) = run(&["import", &bad]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("bad.csv: line 2, agent: the plan has no agent `anne`; instead: anna"), "{err}");
    let (code, out, err) = run(&["import", &good, "--dry-run", "--source", "wfm"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("break 12:00-13:00") && out.contains("would be added 1"), "{out}");
    assert_eq!(all(&client).await.len(), 0);
    let (code, out, err) = run(&["import", &good, "--source", "wfm", "--json"]);
    assert_eq!(code, Some(0), "{err}");
    let told: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(told["added"], 1);
    let (code, out, err) = run(&["show", "--group", "service", "--week", "2090-10-02", "--ascii"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("######--##########"), "{out}");
    let (code, _, err) = run(&["show", "--agent", "anne"]);
    assert_eq!(code, Some(2), "{err}");
}
