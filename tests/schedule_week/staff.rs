//! Who is there, and what is set for them by hand: everything from the seed.

use fastrand::Rng;
use kefud::{
    engine::command::{
        Command, DatedChange, DatedId, DatedKind, NewDated, NewPart, QueueOverride, ShiftOverride, Word,
    },
    plan::{
        Plan,
        model::{Agent, Follows},
        parse,
    },
    schedule::Day,
};

use crate::roster::{Beside, Dated, Hand, Part};

/// Sunday, in the middle of holidays, and how many days it goes on from there.
pub const FIRST: Day = Day(20_730);
pub const DAYS: i64 = 8;
/// Shanghai is so far ahead.
pub const ZONE_S: i64 = 8 * 3_600;
pub const DAY_S: i64 = 86_400;

/// The first midnight by the wall clock.
pub fn begins_s() -> i64 {
    FIRST.start_local_s() - ZONE_S
}

/// Groups with how many agents are in them.
const TEAMS: [(&str, u32); 7] =
    [("desk0", 24), ("desk1", 24), ("desk2", 24), ("round", 72), ("parts", 16), ("season", 24), ("free", 16)];

pub fn plan() -> Plan {
    let mut plan = parse(include_str!("desk.toml")).expect("a plan without problems");
    let mut number = 0;
    for (team, count) in TEAMS {
        for of_team in 0..count {
            let writes = of_team % 2 == 0;
            let agent = Agent {
                name: String::new(),
                groups: vec![team.to_owned()],
                skills: [("writing".to_owned(), if writes { 5 } else { 1 })].into(),
                capacity: 100,
                limits: [].into(),
                follows: Follows {
                    rota_offset: (team == "round").then_some(of_team % 6),
                    ..Follows::default()
                },
            };
            plan.agents.insert(agent_id(number), agent.into());
            number += 1;
        }
    }
    plan
}

pub fn agent_id(number: u32) -> String {
    format!("a{number:03}")
}

/// Something that is set by hand at an hour of the week.
#[derive(Debug, Clone)]
pub struct Act {
    pub at_s: i64,
    pub command: Command,
    /// Whose, and what it comes to.
    pub agent: String,
    pub does: Done,
}

#[derive(Debug, Clone)]
pub enum Done {
    Dated(Dated),
    Hand(Option<Hand>),
    Queue(&'static str, Option<(bool, i64)>),
}

impl Done {
    /// What counts for the agent from then on.
    pub fn put(&self, beside: &mut Beside) {
        match self {
            Self::Dated(dated) => {
                beside.dated.push(dated.clone());
                beside.mark |= dated.kind == DatedKind::Shift;
            }
            Self::Hand(hand) => beside.hand.clone_from(hand),
            Self::Queue(..) => {}
        }
    }
}

fn word(reason: &str) -> Word {
    Word { supervisor: "boss".to_owned(), reason: reason.to_owned() }
}

/// Twenty dated entries, for people of all teams, set up to a day before.
pub fn dated(rng: &mut Rng, agents: u32) -> Vec<Act> {
    (0..20).map(|number| entry(rng, agent_id(number * agents / 20), number)).collect()
}

fn entry(rng: &mut Rng, agent: String, number: u32) -> Act {
    let kinds = [DatedKind::Shift, DatedKind::Extra, DatedKind::Off, DatedKind::Break];
    let kind = kinds[number as usize % 4];
    let hours = rng.u32(2..9);
    let start_s = FIRST.start_local_s() + rng.i64(1..DAYS) * DAY_S + rng.i64(0..24) * 3_600;
    let parts = match kind {
        DatedKind::Shift => vec![
            NewPart { from_s: 3_600, to_s: 5_400, is_break: true, channels: Vec::new() },
            NewPart { from_s: 5_400, to_s: 7_200, is_break: false, channels: vec!["phone".to_owned()] },
        ],
        _ => Vec::new(),
    };
    let channels = (kind == DatedKind::Extra && number % 8 == 1).then(|| vec!["wechat".to_owned()]);
    let only = |channels: &Vec<String>| channels.iter().cloned().collect();
    let part = |part: &NewPart| Part {
        from_s: part.from_s,
        to_s: part.to_s,
        channels: (!part.is_break).then(|| only(&part.channels)),
    };
    let dated = Dated {
        kind,
        start_s,
        length_s: hours * 3_600,
        zone: String::new(),
        parts: parts.iter().map(part).collect(),
        channels: channels.as_ref().map(only),
    };
    let set = NewDated {
        id: DatedId { agent: agent.clone(), kind, start_s, zone: String::new() },
        length_s: dated.length_s,
        parts,
        channels,
        reason: "set".to_owned(),
        source: String::new(),
    };
    let command = Command::SetShifts(Box::new(DatedChange { set: vec![set], removed: Vec::new() }));
    Act { at_s: start_s - ZONE_S - rng.i64(-3_600..DAY_S), command, agent, does: Done::Dated(dated) }
}

/// Ten overrides of agents, one of which is taken back, and three of queues.
pub fn by_hand(rng: &mut Rng, agents: u32) -> Vec<Act> {
    let mut acts = Vec::new();
    for number in 0..10 {
        let agent = agent_id(rng.u32(0..agents));
        let at_s = begins_s() + rng.i64(0..(DAYS - 1) * DAY_S);
        let on = number % 3 > 0;
        let channels = if number % 4 == 1 { vec!["phone".to_owned()] } else { Vec::new() };
        let until_s = at_s + rng.i64(1..8) * 3_600;
        let only = (!channels.is_empty()).then(|| channels.iter().cloned().collect());
        let does = Done::Hand(Some(Hand { on, channels: only.filter(|_| on), until_s }));
        let state = Some(ShiftOverride { on, channels, until_s });
        let command = Command::OverrideShift { agent: agent.clone(), state, word: word("rush") };
        acts.push(Act { at_s, command, agent: agent.clone(), does });
        if number == 9 {
            let command = Command::OverrideShift { agent: agent.clone(), state: None, word: word("over") };
            acts.push(Act { at_s: at_s + 1_800, command, agent, does: Done::Hand(None) });
        }
    }
    // Closed in the rush of Thursday, open on a holiday, and closed until somebody says otherwise.
    let hour_s = |day: i64, hour: i64| begins_s() + day * DAY_S + hour * 3_600;
    let queues = [
        ("calls", hour_s(4, 11), Some((false, hour_s(4, 12)))),
        ("letters", hour_s(2, 8), Some((true, hour_s(2, 20)))),
        ("chats", hour_s(5, 14), Some((false, 0))),
        ("chats", hour_s(5, 16), None),
    ];
    acts.extend(queues.map(|(queue, at_s, state)| Act {
        at_s,
        command: Command::OverrideQueue {
            queue: queue.to_owned(),
            state: state.map(|(open, until_s)| QueueOverride { open, until_s }),
            word: word("by hand"),
        },
        agent: String::new(),
        does: Done::Queue(queue, state),
    }));
    acts
}
