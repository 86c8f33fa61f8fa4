//! Working time in TOML and in JSON is the same.

use super::BASE;
use crate::{
    plan::{
        EntryKind, Plan, diff,
        model::{
            Activity, Ageing, Agent, AtShiftEnd, Calendar, Channel, ChannelKind, ClosedPolicy, Closing,
            DateRange, DayKind, DayShifts, Follows, Group, Holidays, Queue, Rota, Settings, Shift,
        },
        parse, render,
        when::{parse_day, parse_range, parse_span},
    },
    schedule::{Day, Span},
};

const ALL: &str = r#"[settings]
zone = "Asia/Shanghai"
adherence_tolerance = "90s"
shift_horizon = "100d"
shifts_keep = "2d"
[channels.chat]
kind = "messaging"
units = 10
offer_timeout = "20s"
break_lead = "2m"
end_lead = "300s"
at_shift_end = "hand_over"
[holidays.cn]
name = "节假日"
source = "council"
[holidays.cn.off]
"2026-10-01..2026-10-07" = "国庆节"
2026-06-19 = ""
[holidays.cn.work]
2026-10-10 = "国庆节"
[calendars.service]
zone = "Europe/Berlin"
holidays = "cn"
[calendars.service.hours]
mon-tue = ["09:00-12:00", "13:00-18:00"]
sat = []
makeup = ["22:00-06:00"]
[calendars.service.days]
2026-11-11 = ["08:00-24:00"]
"2026-12-24..2026-12-26" = []
[shifts.early]
name = "早班"
at = ["07:00-15:00"]
breaks = ["10:00-10:15", "11:30-12:00"]
activities = [{ at = "07:00-09:00", channels = ["phone", "chat"] }, { at = "14:00-15:00", channels = [] }]
[shifts.split]
at = ["16:00-18:00", "19:00-19:00:30"]
[rotas.desk]
name = "三班倒"
zone = "UTC"
holidays = "cn"
from = "2026-01-05"
weeks = [{ mon-tue = "early", wed = ["early", "split"], sat = "", makeup = [] }, {}]
[rotas.four_two]
holidays = "cn"
from = "2026-01-01"
cycle = ["early", ["early", "split"], ""]
on_holiday = ""
on_makeup = ["split"]
[queues.q]
channels = ["chat"]
objective = "1h"
calendar = "service"
closed = "overflow"
closed_queue = "refund2"
closing = "move"
closing_queue = "refund2"
ageing = "always"
[queues.refund2]
channels = ["chat"]
objective = "1h"
[groups.night]
rota = "desk"
rota_offset = 1
valid_from = "2026-09-15"
valid_until = "2026-10-15"
[agents.a2]
groups = ["night"]
rota = ""
[agents.a3]
groups = ["night"]
rota_offset = 0
valid_until = "2026-10-01"
"#;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn range(text: &str) -> DateRange {
    parse_range(text).unwrap()
}

fn spans(texts: &[&str]) -> Vec<Span> {
    texts.iter().map(|text| parse_span(text).unwrap()).collect()
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn shifts(list: &[&str]) -> DayShifts {
    DayShifts(ids(list))
}

fn holidays() -> Holidays {
    let off = [(range("2026-06-19"), String::new()), (range("2026-10-01..2026-10-07"), "国庆节".to_owned())];
    Holidays {
        name: "节假日".to_owned(),
        source: "council".to_owned(),
        off: off.into(),
        work: [(range("2026-10-10"), "国庆节".to_owned())].into(),
    }
}

fn calendar() -> Calendar {
    let office = spans(&["09:00-12:00", "13:00-18:00"]);
    let hours = [
        (DayKind::Mon, office.clone()),
        (DayKind::Tue, office),
        (DayKind::Sat, Vec::new()),
        (DayKind::Makeup, spans(&["22:00-06:00"])),
    ];
    let days =
        [(range("2026-11-11"), spans(&["08:00-24:00"])), (range("2026-12-24..2026-12-26"), Vec::new())];
    Calendar {
        name: String::new(),
        zone: Some("Europe/Berlin".to_owned()),
        holidays: Some("cn".to_owned()),
        hours: hours.into(),
        days: days.into(),
    }
}

fn early() -> Shift {
    let activity = |at, channels: &[&str]| Activity { at: parse_span(at).unwrap(), channels: ids(channels) };
    Shift {
        name: "早班".to_owned(),
        at: spans(&["07:00-15:00"]),
        breaks: spans(&["10:00-10:15", "11:30-12:00"]),
        activities: vec![activity("07:00-09:00", &["phone", "chat"]), activity("14:00-15:00", &[])],
    }
}

fn desk() -> Rota {
    let week = [
        (DayKind::Mon, shifts(&["early"])),
        (DayKind::Tue, shifts(&["early"])),
        (DayKind::Wed, shifts(&["early", "split"])),
        (DayKind::Sat, shifts(&[])),
        (DayKind::Makeup, shifts(&[])),
    ];
    Rota {
        name: "三班倒".to_owned(),
        zone: Some("UTC".to_owned()),
        holidays: Some("cn".to_owned()),
        from: Some(day("2026-01-05")),
        weeks: vec![week.into(), [].into()],
        ..Rota::default()
    }
}

fn four_two() -> Rota {
    Rota {
        holidays: Some("cn".to_owned()),
        from: Some(day("2026-01-01")),
        cycle: vec![shifts(&["early"]), shifts(&["early", "split"]), shifts(&[])],
        on_holiday: Some(shifts(&[])),
        on_makeup: Some(shifts(&["split"])),
        ..Rota::default()
    }
}

/// What [`ALL`] says, but for what stands in [`BASE`].
fn all() -> Plan {
    let split = Shift { at: spans(&["16:00-18:00", "19:00-19:00:30"]), ..Shift::default() };
    let none = Follows { rota: Some(String::new()), ..Follows::default() };
    let until = Some(day("2026-10-01"));
    let own = Follows { rota_offset: Some(0), valid_until: until, ..Follows::default() };
    Plan {
        settings: Settings {
            zone: "Asia/Shanghai".to_owned(),
            adherence_tolerance_ms: 90_000,
            shift_horizon_ms: 100 * 86_400_000,
            shifts_keep_ms: 2 * 86_400_000,
            ..Settings::default()
        },
        channels: [("chat".to_owned(), chat())].into(),
        holidays: [("cn".to_owned(), holidays().into())].into(),
        calendars: [("service".to_owned(), calendar().into())].into(),
        shifts: [("early".to_owned(), early().into()), ("split".to_owned(), split.into())].into(),
        rotas: [("desk".to_owned(), desk().into()), ("four_two".to_owned(), four_two().into())].into(),
        queues: [("q".to_owned(), queue())].into(),
        groups: [("night".to_owned(), night())].into(),
        agents: [("a2".to_owned(), agent(none).into()), ("a3".to_owned(), agent(own).into())].into(),
        ..Plan::default()
    }
}

fn chat() -> Channel {
    Channel {
        break_lead_ms: 120_000,
        end_lead_ms: 300_000,
        at_shift_end: AtShiftEnd::HandOver,
        ..Channel::new(ChannelKind::Messaging, 10, 20_000)
    }
}

fn queue() -> Queue {
    Queue {
        calendar: Some("service".to_owned()),
        closed: Some(ClosedPolicy::Overflow),
        closed_queue: Some("refund2".to_owned()),
        closing: Closing::Move,
        closing_queue: Some("refund2".to_owned()),
        ageing: Some(Ageing::Always),
        ..Queue::new(vec!["chat".to_owned()], 3_600_000)
    }
}

fn night() -> Group {
    Group {
        follows: Follows {
            rota: Some("desk".to_owned()),
            rota_offset: Some(1),
            valid_from: Some(day("2026-09-15")),
            valid_until: Some(day("2026-10-15")),
        },
        ..parse(BASE).unwrap().groups["core"].clone()
    }
}

fn agent(follows: Follows) -> Agent {
    Agent {
        name: String::new(),
        groups: ids(&["night"]),
        skills: [].into(),
        capacity: 100,
        limits: [].into(),
        follows,
    }
}

/// Takes out of a plan what stands in [`BASE`], and what [`ALL`] has only to be named.
fn added(mut plan: Plan) -> Plan {
    for id in ["refund", "refund2"] {
        plan.queues.remove(id);
    }
    plan.channels.remove("phone");
    plan.skills.clear();
    plan.groups.remove("core");
    plan.agents.remove("a1");
    plan
}

/// Parts of [`ALL`] in canonical form.
const CANONICAL: &[&str] = &[
    "[settings]\nzone = \"Asia/Shanghai\"\n",
    "cases_max = 100000\nadherence_tolerance = \"1m 30s\"\nshift_horizon = \"2400h\"\nshifts_keep = \"48h\"\n",
    "break_lead = \"2m\"\nend_lead = \"5m\"\nat_shift_end = \"hand_over\"\n\n",
    r#"
[holidays.cn]
name = "节假日"
source = "council"
off.2026-06-19 = ""
off."2026-10-01..2026-10-07" = "国庆节"
work.2026-10-10 = "国庆节"

[calendars.service]
zone = "Europe/Berlin"
holidays = "cn"
hours.mon = ["09:00-12:00", "13:00-18:00"]
hours.tue = ["09:00-12:00", "13:00-18:00"]
hours.sat = []
hours.makeup = ["22:00-06:00"]
days.2026-11-11 = ["08:00-24:00"]
days."2026-12-24..2026-12-26" = []

[shifts.early]
name = "早班"
at = ["07:00-15:00"]
breaks = ["10:00-10:15", "11:30-12:00"]
activities = [
    { at = "07:00-09:00", channels = ["phone", "chat"] },
    { at = "14:00-15:00", channels = [] },
]

[shifts.split]
at = ["16:00-18:00", "19:00-19:00:30"]

[rotas.desk]
name = "三班倒"
zone = "UTC"
holidays = "cn"
from = "2026-01-05"
weeks = [
    { mon = "early", tue = "early", wed = ["early", "split"], sat = "", makeup = "" },
    { },
]

[rotas.four_two]
holidays = "cn"
from = "2026-01-01"
cycle = ["early", ["early", "split"], ""]
on_holiday = ""
on_makeup = "split"

[queues.q]
"#,
    r#"
calendar = "service"
closed = "overflow"
closed_queue = "refund2"
closing = "move"
closing_queue = "refund2"
ageing = "always"

"#,
    r#"
rota = "desk"
rota_offset = 1
valid_from = "2026-09-15"
valid_until = "2026-10-15"
"#,
    "rota = \"\"\n",
    "rota_offset = 0\nvalid_until = \"2026-10-01\"\n",
];

#[test]
fn canonical_form() {
    let plan = parse(&format!("{BASE}{ALL}")).unwrap();
    assert_eq!(added(plan.clone()), all());
    let document = render(&plan);
    for part in CANONICAL {
        assert!(document.contains(part), "{part}\n{document}");
    }
    assert_eq!(parse(&document).unwrap(), plan);
}

/// [`ALL`] as it is journaled, but for the settings.
const ENTRIES: [(EntryKind, &str, &str); 11] = [
    (
        EntryKind::Channel,
        "chat",
        r#"{"kind":"messaging","units":10,"offer_timeout":"20s","wrap_up":"0s","interruptible":false,"parked_keep":"48h","parked_return":"agent","bot_limit":"30m","break_lead":"2m","end_lead":"5m","at_shift_end":"hand_over"}"#,
    ),
    (
        EntryKind::Holidays,
        "cn",
        r#"{"name":"节假日","source":"council","off":{"2026-06-19":"","2026-10-01..2026-10-07":"国庆节"},"work":{"2026-10-10":"国庆节"}}"#,
    ),
    (
        EntryKind::Calendar,
        "service",
        r#"{"zone":"Europe/Berlin","holidays":"cn","hours":{"mon":["09:00-12:00","13:00-18:00"],"tue":["09:00-12:00","13:00-18:00"],"sat":[],"makeup":["22:00-06:00"]},"days":{"2026-11-11":["08:00-24:00"],"2026-12-24..2026-12-26":[]}}"#,
    ),
    (
        EntryKind::Shift,
        "early",
        r#"{"name":"早班","at":["07:00-15:00"],"breaks":["10:00-10:15","11:30-12:00"],"activities":[{"at":"07:00-09:00","channels":["phone","chat"]},{"at":"14:00-15:00","channels":[]}]}"#,
    ),
    (EntryKind::Shift, "split", r#"{"at":["16:00-18:00","19:00-19:00:30"]}"#),
    (
        EntryKind::Rota,
        "desk",
        r#"{"name":"三班倒","zone":"UTC","holidays":"cn","from":"2026-01-05","weeks":[{"mon":"early","tue":"early","wed":["early","split"],"sat":"","makeup":""},{}]}"#,
    ),
    (
        EntryKind::Rota,
        "four_two",
        r#"{"holidays":"cn","from":"2026-01-01","cycle":["early",["early","split"],""],"on_holiday":"","on_makeup":"split"}"#,
    ),
    (
        EntryKind::Queue,
        "q",
        r#"{"channels":["chat"],"preferred_agent_wait":"0s","last_agent_wait":"0s","objective":"1h","boost_permille":500,"agent_choice":"longest_idle","all_declined":"wait","unservable":"accept","max_waiting":100000,"transfer_age":"keep","after_bot":"fresh","calendar":"service","closed":"overflow","closed_queue":"refund2","closing":"move","closing_queue":"refund2","ageing":"always"}"#,
    ),
    (
        EntryKind::Group,
        "night",
        r#"{"kind":"core","rota":"desk","rota_offset":1,"valid_from":"2026-09-15","valid_until":"2026-10-15"}"#,
    ),
    (EntryKind::Agent, "a2", r#"{"groups":["night"],"capacity":100,"rota":""}"#),
    (
        EntryKind::Agent,
        "a3",
        r#"{"groups":["night"],"capacity":100,"rota_offset":0,"valid_until":"2026-10-01"}"#,
    ),
];

#[test]
fn entries_are_the_same_in_both_forms() {
    let mut plan = Plan::default();
    for (kind, id, document) in ENTRIES {
        plan.apply_entry(kind, id, document).unwrap();
    }
    let settings =
        r#"{"zone":"Asia/Shanghai","adherence_tolerance":"90s","shift_horizon":"100d","shifts_keep":"2d"}"#;
    plan.apply_entry(EntryKind::Settings, "", settings).unwrap();
    assert_eq!(plan, all());
    let changes = diff(&Plan::default(), &plan).upserts;
    let journaled: Vec<_> = changes
        .iter()
        .skip(1)
        .map(|entry| (entry.kind, entry.id.as_str(), entry.document.as_str()))
        .collect();
    assert_eq!(journaled, ENTRIES);
}

#[test]
fn both_forms_refuse_what_is_wrong() {
    for (kind, document) in [
        (EntryKind::Holidays, r#"{"x":1}"#),
        (EntryKind::Holidays, r#"{"off":{"2026-02-30":"a"}}"#),
        (EntryKind::Holidays, r#"{"off":{"2026-10-02..2026-10-01":"a"}}"#),
        (EntryKind::Calendar, r#"{"x":1}"#),
        (EntryKind::Calendar, r#"{"hours":{"mon-fri":[]}}"#),
        (EntryKind::Calendar, r#"{"hours":{"mon":["9-18"]}}"#),
        (EntryKind::Shift, "{}"),
        (EntryKind::Shift, r#"{"at":["09:00-09:00"]}"#),
        (EntryKind::Shift, r#"{"at":[],"activities":[{"at":"09:00-10:00"}]}"#),
        (EntryKind::Rota, r#"{"x":1}"#),
        (EntryKind::Rota, r#"{"from":"2026-1-5"}"#),
        (EntryKind::Rota, r#"{"cycle":[5]}"#),
        (EntryKind::Group, r#"{"rota_ofset":1}"#),
        (EntryKind::Group, r#"{"valid_from":"2026-09-31"}"#),
        (EntryKind::Agent, r#"{"groups":["g"],"rota_ofset":1}"#),
    ] {
        let mut plan = Plan::default();
        assert!(plan.apply_entry(kind, "x", document).is_err(), "{kind:?} {document}");
        assert_eq!(plan, Plan::default());
    }
}
