//! Shifts in the history: a rota, dated entries set by hand and brought by an import, overrides of an agent and of
//! a queue; who is ready off shift, and whose shift ends with a chat; mail that is held while nobody is there.

use kefud::{
    engine::{
        command::{
            Command, DatedChange, DatedId, DatedKind, ImportSummary, NewDated, NewPart, QueueOverride, Reply,
            ShiftOverride, Word,
        },
        state::State,
    },
    plan,
    proto::journal::{self as j, AssignmentEnd, DeviationKind, Presence, event::Kind},
    schedule::Day,
    sim::Sim,
};

use super::{apply, enqueue, offer_of, run};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

/// A Saturday on which work is made up for; Shanghai is 8 h ahead.
const TODAY: Day = Day(20_736);
const ZONE_S: i64 = 8 * 3_600;

/// Local seconds of a time of that day.
fn local_s(hour: i64, minute: i64) -> i64 {
    TODAY.start_local_s() + hour * 3_600 + minute * 60
}

fn wall_s(hour: i64, minute: i64) -> i64 {
    local_s(hour, minute) - ZONE_S
}

/// The sample, in which the WeChat team works by the rota, and mail isn't answered at night.
fn desk() -> plan::Plan {
    let group = "[groups.core_wechat]\n";
    let text = plan::SAMPLE.replace(group, &format!("{group}rota = \"desk\"\n"));
    plan::parse(&text.replace("\nclosed = \"accept\"\n", "\nclosed = \"hold\"\n")).unwrap()
}

fn dated(agent: &str, kind: DatedKind, from: (i64, i64), minutes: u32) -> NewDated {
    NewDated {
        id: DatedId { agent: agent.to_owned(), kind, start_s: local_s(from.0, from.1), zone: String::new() },
        length_s: minutes * 60,
        parts: Vec::new(),
        channels: None,
        reason: String::new(),
        source: String::new(),
    }
}

fn word(reason: &str) -> Word {
    Word { supervisor: "boss".to_owned(), reason: reason.to_owned() }
}

pub fn shifts(sim: &mut Sim) {
    let now_ms = i64::try_from(sim.now_ms()).unwrap();
    run(sim, Command::ObserveClock { wall_offset_ms: wall_s(4, 0) * 1_000 - now_ms });
    run(sim, Command::GatewayAlive { gateway: "pbx".to_owned(), lease_ms: 24 * HOUR });
    // Both are ready; one of them works now.
    for agent in ["a2002", "a2003"] {
        run(sim, Command::SetAvailability { agent: agent.to_owned(), ready: true, reason: String::new() });
    }
    let channels = Some(vec!["wechat".to_owned()]);
    let overtime =
        NewDated { channels, reason: "overtime".to_owned(), ..dated("a2003", DatedKind::Extra, (4, 0), 20) };
    let away = |from| NewDated { reason: "doctor".to_owned(), ..dated("a2002", DatedKind::Off, from, 120) };
    let set = vec![overtime, away((8, 0)), away((14, 0))];
    run(sim, Command::SetShifts(Box::new(DatedChange { set, removed: Vec::new() })));
    let removed = vec![away((14, 0)).id];
    run(sim, Command::SetShifts(Box::new(DatedChange { set: Vec::new(), removed })));
    apply(sim, &desk());
    handed_over(sim);
    enqueue_letter(sim);
    import(sim);
    by_hand(sim);
    sim.advance(4 * HOUR);
}

/// A chat of whom the shift ends.
fn handed_over(sim: &mut Sim) {
    enqueue(sim, "overtime", "wechat");
    let (offer, epoch) = offer_of(sim, "overtime");
    run(sim, Command::Accept { agent: "a2003".to_owned(), offer, epoch });
    sim.advance(30 * MINUTE);
}

fn enqueue_letter(sim: &mut Sim) {
    let mut letter = super::new_contact("letter", "email");
    letter.category = "mail".to_owned();
    run(sim, Command::Enqueue(Box::new(letter)));
}

fn import(sim: &mut Sim) {
    let parts = vec![
        NewPart { from_s: 1_200, to_s: 2_400, is_break: true, channels: Vec::new() },
        NewPart { from_s: 7_200, to_s: 9_000, is_break: false, channels: vec!["wechat".to_owned()] },
    ];
    let source = "roster".to_owned();
    let early = NewDated { parts, source, ..dated("a2004", DatedKind::Shift, (8, 0), 240) };
    let meeting = dated("a2001", DatedKind::Break, (11, 0), 30);
    let base = sim.state().dated_revision();
    let mut stage = 0;
    for new in [early, meeting] {
        let part = Box::new(DatedChange { set: vec![new], removed: Vec::new() });
        match sim.run(Command::StageShifts { base, stage, part }) {
            Ok(Reply::Staged(first)) => stage = first,
            other => panic!("{other:?}"),
        }
    }
    let horizon_s = wall_s(24, 0);
    let summary = ImportSummary { source: "roster".to_owned(), horizon_s, added: 2, changed: 0, removed: 0 };
    run(sim, Command::CommitShifts { base, stage, summary });
}

fn by_hand(sim: &mut Sim) {
    let on = |until_s| ShiftOverride { on: true, channels: vec!["wechat".to_owned()], until_s };
    let shift =
        |agent: &str, state| Command::OverrideShift { agent: agent.to_owned(), state, word: word("rush") };
    run(sim, shift("a2005", Some(on(wall_s(12, 0)))));
    run(sim, shift("a2001", Some(on(wall_s(12, 0)))));
    run(sim, shift("a2001", None));
    let queue =
        |queue: &str, state| Command::OverrideQueue { queue: queue.to_owned(), state, word: word("fire") };
    run(sim, queue("complaints", Some(QueueOverride { open: false, until_s: 0 })));
    run(sim, queue("vip", Some(QueueOverride { open: false, until_s: wall_s(12, 0) })));
    run(sim, queue("vip", None));
}

/// How it all ends, half past eight.
pub fn check(state: &State, events: &[j::Event]) {
    let number = |id: &str| state.agent_by_id(id).unwrap().record.agent;
    let stands = |id: &str| {
        let agent = state.agent_by_id(id).unwrap();
        let only = agent.record.schedule.as_ref().filter(|stored| stored.restricted);
        let only = only.map(|stored| stored.channels.iter().map(|id| state.names().id(*id)).collect());
        (agent.presence(), only)
    };
    let rows = [
        ("a1001", None, None),
        ("a2001", Some(Presence::On), Some(vec!["phone"])),
        ("a2002", Some(Presence::Off), None),
        ("a2003", Some(Presence::On), Some(vec!["phone"])),
        ("a2004", Some(Presence::Break), None),
        ("a2005", Some(Presence::On), Some(vec!["wechat"])),
    ];
    for (agent, presence, only) in rows {
        assert_eq!(stands(agent), (presence, only), "{agent}");
    }
    let departs = [
        ("a2001", DeviationKind::NotReady),
        ("a2002", DeviationKind::OffShiftReady),
        ("a2005", DeviationKind::Absent),
    ];
    for (agent, kind) in departs {
        let record = &state.agent_by_id(agent).unwrap().record;
        assert_eq!((record.deviation(), record.deviation_noted), (kind, true), "{agent}");
    }
    let by_hand = state.agent_by_id("a2005").unwrap().record.override_record.clone().unwrap();
    assert_eq!((by_hand.until_s, &*by_hand.supervisor), (wall_s(12, 0), "boss"));
    let entries = |id: &str| {
        let list = state.dated().of(number(id)).iter();
        list.map(|entry| (entry.kind, entry.parts.len(), entry.reason.to_string())).collect::<Vec<_>>()
    };
    assert_eq!(entries("a2002"), [(j::DatedKind::Off, 0, "doctor".to_owned())]);
    assert_eq!(entries("a2004"), [(j::DatedKind::Shift, 2, String::new())]);
    assert_eq!(state.shift_sources().get("roster"), Some(&wall_s(24, 0)));
    let hours = |id: &str| {
        let queues = state.plan().queues.keys().filter_map(|queue| {
            let number = state.names().number(j::PlanKind::Queue, queue)?;
            (queue == id).then(|| state.queue_hours(number).cloned()).flatten()
        });
        queues.last()
    };
    let mail = hours("mail").unwrap();
    assert!(mail.closed && mail.clock_stopped, "{mail:?}");
    assert!(hours("complaints").unwrap().override_record.is_some_and(|record| !record.open));
    assert!(hours("vip").is_some_and(|hours| !hours.closed && hours.override_record.is_none()));
    let letter = state.contact_by_id("letter").unwrap();
    assert_eq!(letter.held, mail.closures);
    assert!(state.is_held(letter));
    let ended = events.iter().filter_map(|event| match event.kind.as_ref()? {
        Kind::AssignmentEnded(ended) => Some(ended.reason()),
        _ => None,
    });
    assert_eq!(ended.filter(|end| *end == AssignmentEnd::ShiftOver).count(), 1);
}
