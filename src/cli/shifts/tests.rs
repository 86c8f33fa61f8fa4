//! What is printed of imports and schedules, sign by sign.

use clap::Parser;
use prost_types::Timestamp;

use super::{
    Args,
    chart::{Look, draw},
    json, text,
};
use crate::proto::v1::{self, SchedulePresence, ShiftChangeKind, ShiftKind};

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

#[test]
fn arguments() {
    for (arguments, valid) in [
        ("import a.csv --dry-run --json", true),
        (
            "import - --format ics --source wfm --replace --zone Asia/Shanghai --server http://127.0.0.1:1",
            true,
        ),
        ("import", false),
        ("import a.csv --format xls", false),
        ("show --agent anna", true),
        ("show --queue service --week 2026-10-01 --ascii", true),
        ("show", false),
        ("show --agent anna --group desk", false),
    ] {
        let parsed = Line::try_parse_from(["shifts"].into_iter().chain(arguments.split(' ')));
        assert_eq!(parsed.is_ok(), valid, "{arguments}: {parsed:?}");
    }
}

fn shift(agent: &str, kind: ShiftKind, start: &str, end: &str, reason: &str) -> v1::Shift {
    v1::Shift {
        agent_id: agent.to_owned(),
        kind: kind.into(),
        start: format!("2026-10-{start}:00"),
        end: format!("2026-10-{end}:00"),
        reason: reason.to_owned(),
        source: "wfm".to_owned(),
        ..v1::Shift::default()
    }
}

fn change(kind: ShiftChangeKind, shift: v1::Shift, before: Option<v1::Shift>) -> v1::ShiftChange {
    v1::ShiftChange { kind: kind.into(), shift: Some(shift), before }
}

fn dry_run() -> v1::ImportShiftsResponse {
    let long = shift("anna", ShiftKind::Shift, "02T09:00", "02T18:00", "");
    let short =
        v1::Shift { source: String::new(), ..shift("anna", ShiftKind::Shift, "02T09:00", "02T17:00", "") };
    let lunch = v1::ShiftPart {
        start: "2026-10-01T12:00:00".into(),
        end: "2026-10-01T13:00:00".into(),
        is_break: true,
        channels: vec![],
    };
    let early =
        v1::Shift { parts: vec![lunch], ..shift("anna", ShiftKind::Shift, "01T07:00", "01T15:00", "早班") };
    let sick = v1::Shift {
        zone: "Europe/Berlin".into(),
        ..shift("benedikt", ShiftKind::Off, "03T00:00", "04T00:00", "sick")
    };
    let problem = |line, field: &str, problem: &str, suggestion: &str| v1::ImportProblem {
        line,
        field: field.into(),
        problem: problem.into(),
        suggestion: suggestion.into(),
    };
    v1::ImportShiftsResponse {
        added: 1,
        changed: 1,
        removed: 2,
        unchanged: 7,
        changes: vec![
            change(ShiftChangeKind::Added, early, None),
            change(ShiftChangeKind::Changed, long, Some(short)),
            change(ShiftChangeKind::Removed, sick, None),
        ],
        problems: vec![
            problem(4, "end", "is no local time", "2026-10-01T09:00"),
            problem(9, "", "names no agent", ""),
        ],
        problems_left_out: 3,
        horizon_time: Some(Timestamp { seconds: 1_825_344_000, nanos: 0 }),
        warnings: vec![problem(0, "", "something", "")],
    }
}

#[test]
fn a_dry_run_is_told() {
    let expected = "\
CHANGE  AGENT     KIND   START             END                                  ZONE           DETAIL             REASON
+       anna      shift  2026-10-01 07:00  2026-10-01 15:00                                    break 12:00-13:00  早班
~       anna      shift  2026-10-02 09:00  2026-10-02 17:00 → 2026-10-02 18:00                 was set by hand
-       benedikt  off    2026-10-03 00:00  2026-10-04 00:00                     Europe/Berlin                     sick
and 1 more changes

Problems
  line 4, end: is no local time → 2026-10-01T09:00
  line 9: names no agent

Warnings
  something
and 3 more problems
Recurrences go on beyond 2027-11-04T16:00:00Z and are cut there.

would be added 1, changed 1, removed 2; unchanged 7; refused, while there are problems
";
    assert_eq!(text::import(&dry_run(), true), expected);
    let done = v1::ImportShiftsResponse { added: 3, unchanged: 2, ..Default::default() };
    assert_eq!(text::import(&done, false), "added 3, changed 0, removed 0; unchanged 2\n");
    let json: serde_json::Value = serde_json::from_str(&json::import(&dry_run())).expect("JSON");
    assert_eq!(json["changes"][1]["kind"], "CHANGED");
    assert_eq!(json["changes"][1]["before"]["end"], "2026-10-02T17:00:00");
    assert_eq!(
        (&json["problems"][0]["line"], &json["horizon_time"]),
        (&4.into(), &"2027-11-04T16:00:00Z".into())
    );
}

const HOUR_S: i64 = 3_600;

// Whole minutes.
#[allow(clippy::cast_possible_truncation)]
fn span(
    start_s: i64,
    from_h: f64,
    to_h: f64,
    presence: SchedulePresence,
    channels: Option<&[&str]>,
) -> v1::ScheduleSpan {
    let time = |hours: f64| Some(Timestamp { seconds: start_s + (hours * 3600.0) as i64, nanos: 0 });
    v1::ScheduleSpan {
        start_time: time(from_h),
        end_time: time(to_h),
        presence: presence.into(),
        restricted: channels.is_some(),
        channels: channels.unwrap_or_default().iter().map(ToString::to_string).collect(),
        ..v1::ScheduleSpan::default()
    }
}

fn week() -> v1::GetScheduleResponse {
    use SchedulePresence::{OnBreak, OnShift};
    // 2026-10-01T00:00 in Shanghai.
    let start_s = 1_790_784_000;
    let mut headcounts = vec![0; 96];
    headcounts[14..30].fill(1);
    headcounts[18..24].fill(12);
    let anna = vec![
        span(start_s, 7.0, 9.0, OnShift, Some(&[])),
        span(start_s, 9.0, 12.0, OnShift, None),
        span(start_s, 12.0, 12.5, OnBreak, None),
        span(start_s, 12.5, 15.0, OnShift, None),
        span(start_s, 22.0, 30.0, OnShift, None),
    ];
    let agent = |id: &str, name: &str, spans: Vec<v1::ScheduleSpan>| v1::AgentWeek {
        agent_id: id.into(),
        name: name.into(),
        unscheduled: spans.is_empty(),
        spans,
    };
    v1::GetScheduleResponse {
        agents: vec![agent("anna", "李娜", anna), agent("ben", "", vec![])],
        agents_left_out: 10,
        headcounts,
        start_time: Some(Timestamp { seconds: start_s, nanos: 0 }),
        unscheduled: 1,
        zone: "Asia/Shanghai".into(),
        open_spans: vec![span(start_s, 9.0, 18.0, OnShift, None)],
    }
}

#[test]
fn a_chart_is_drawn() {
    let expected = "\
2026-10-01 Thu  Asia/Shanghai
           0     3     6     9     12    15    18    21
anna 李娜  ··············▒▒▒▒██████░█████··············████  9.5 h
ben        without schedule
on shift                     111111
           000000000000001111222222111111000000000000000000
open                         ══════════════════

2026-10-02 Fri  Asia/Shanghai
           0     3     6     9     12    15    18    21
anna 李娜  ████████████····································  6 h
ben        without schedule
on shift   000000000000000000000000000000000000000000000000
open

10 more agents are counted, but not drawn
1 without schedule are not counted
█ on shift   ▒ for some channels   ░ break   · off
";
    let drawn = draw(&week(), Look { ascii: false, narrow: false }).expect("drawn");
    assert_eq!(drawn, expected, "\n{drawn}");
    let drawn = draw(&week(), Look { ascii: true, narrow: true }).expect("drawn");
    let expected = "\
2026-10-01 Thu  Asia/Shanghai
           0  3  6  9  12 15 18 21
anna 李娜  .......~~###-##.......##  9.5 h
ben        without schedule
on shift            111
           000000011222111000000000
open                =========
";
    assert!(drawn.starts_with(expected), "\n{drawn}");
}

#[test]
fn days_on_which_clocks_change_have_their_own_length() {
    for (start, zone, cells, hours) in [
        ("2026-03-08T05:00:00Z", "America/New_York", 46, "0     3     6     9     12    15    18    21"),
        ("2026-11-01T04:00:00Z", "America/New_York", 50, "0       3     6     9     12    15    18    21"),
    ] {
        let start: jiff::Timestamp = start.parse().expect("a time");
        let start_s = start.as_second();
        let end_h = f64::from(cells) / 2.0;
        let answer = v1::GetScheduleResponse {
            agents: vec![v1::AgentWeek {
                agent_id: "anna".into(),
                spans: vec![span(start_s, 0.0, end_h, SchedulePresence::OnShift, None)],
                ..Default::default()
            }],
            headcounts: vec![1; usize::try_from(cells).expect("a count")],
            start_time: Some(Timestamp { seconds: start_s, nanos: 0 }),
            zone: zone.into(),
            ..Default::default()
        };
        let drawn = draw(&answer, Look { ascii: false, narrow: false }).expect("drawn");
        let lines: Vec<&str> = drawn.lines().collect();
        // 3 comes an hour earlier or later; that is two cells.
        let expected = if cells == 46 { hours.replacen("     3", "   3", 1) } else { hours.to_owned() };
        assert_eq!(lines[1].trim_start(), expected, "{drawn}");
        assert_eq!(lines[2].chars().filter(|c| *c == '█').count(), usize::try_from(cells).expect("a count"));
        assert!(lines[2].ends_with(&format!("{} h", i64::from(cells) * 1_800 / HOUR_S)), "{drawn}");
        assert_eq!(lines.iter().filter(|line| line.contains(zone)).count(), 1, "{drawn}");
    }
}
