//! What is stored of agents and queues is what the plan, the dated entries and the supervisors say at the time: worked
//! out by a model that shares nothing with the engine.

use std::collections::BTreeMap;

use kefud::{
    engine::{
        command::DatedKind,
        state::{Agent, State},
    },
    proto::journal::{self as j, PlanKind, Presence},
};

use crate::{
    naive::View,
    roster::{Beside, Dated, Does, Hand, Hours, Only, Part, Roster},
};

type Checked = Result<(), String>;

/// What is laid out is good from a day before a time to a day after it.
const DAY_S: i64 = 86_400;

/// What a roster was made from.
#[derive(Debug, PartialEq)]
struct Made {
    plan: u64,
    dated: u64,
    entries: usize,
    hand: Option<j::ShiftOverrideRecord>,
    mark: bool,
    at_s: i64,
}

/// Rosters of agents and hours of queues, kept while they are good.
#[derive(Default)]
pub struct Shifts {
    rosters: BTreeMap<u32, (Made, Roster)>,
    hours: BTreeMap<String, (u64, i64, Hours)>,
}

fn only(state: &State, channels: &[u32]) -> Only {
    let known = |id: &String| state.plan().channels.contains_key(id);
    Some(channels.iter().map(|channel| state.names().id(*channel).to_owned()).filter(known).collect())
}

fn beside(state: &State, agent: &Agent) -> Beside {
    let mut entries: Vec<_> = state.dated().of(agent.record.agent).iter().collect();
    entries.sort_by_key(|entry| entry.number);
    let part = |part: &j::DatedPart| Part {
        from_s: part.from_s,
        to_s: part.to_s,
        channels: if part.is_break { None } else { only(state, &part.channels) },
    };
    let dated = entries.iter().map(|entry| Dated {
        kind: match entry.kind {
            j::DatedKind::Extra => DatedKind::Extra,
            j::DatedKind::Off => DatedKind::Off,
            j::DatedKind::Break => DatedKind::Break,
            _ => DatedKind::Shift,
        },
        start_s: entry.start_s,
        length_s: entry.length_s,
        zone: entry.zone_name().to_owned(),
        parts: entry.parts.iter().map(part).collect(),
        channels: entry.channels.as_deref().and_then(|channels| only(state, channels)),
    });
    let hand = agent.record.override_record.as_ref().map(|hand| Hand {
        on: hand.on,
        channels: if hand.restricted { only(state, &hand.channels) } else { None },
        until_s: hand.until_s,
    });
    Beside { dated: dated.collect(), mark: agent.record.dated, hand }
}

impl Shifts {
    fn roster(&mut self, state: &State, agent: &Agent, id: &str, at_s: i64) -> &Roster {
        let number = agent.record.agent;
        let mut made = Made {
            plan: state.plan_revision(),
            dated: state.dated_revision(),
            entries: state.dated().of(number).len(),
            hand: agent.record.override_record.clone(),
            mark: agent.record.dated,
            at_s,
        };
        let good = self.rosters.get(&number).is_some_and(|(known, _)| {
            made.at_s = known.at_s;
            *known == made && (at_s - known.at_s).abs() < DAY_S / 2
        });
        if !good {
            made.at_s = at_s;
            let beside = beside(state, agent);
            let roster = Roster::new(state.plan(), id, &beside, at_s - DAY_S, at_s + DAY_S);
            self.rosters.insert(number, (made, roster));
        }
        &self.rosters[&number].1
    }

    /// What is stored when nothing more is due.
    pub fn check(&mut self, state: &State, now_ms: u64) -> Checked {
        let at_s = state.wall_s(now_ms);
        for agent in state.agents() {
            let id = state.names().id(agent.record.agent);
            let does = if state.plan().agents.contains_key(id) && !agent.record.removed {
                self.roster(state, agent, id, at_s).does(at_s)
            } else {
                Does::AsItLikes
            };
            let record = &agent.record;
            let told = match agent.presence() {
                None => Does::AsItLikes,
                Some(Presence::On) => Does::Works(None),
                Some(Presence::Break) => Does::Rests,
                _ => Does::Nothing,
            };
            let stored = record.schedule.as_ref().filter(|stored| stored.restricted);
            let serves = |id: &String| {
                stored.is_none_or(|stored| stored.channels.iter().any(|it| state.names().id(*it) == id))
            };
            let channels = state.plan().channels.keys().filter(|id| told.serves(id));
            let mut open = channels.map(|id| (id, serves(id)));
            let alike = std::mem::discriminant(&told) == std::mem::discriminant(&does);
            if !alike || open.any(|(id, open)| open != does.serves(id)) {
                return Err(format!("{record:?} should do {does:?} at {at_s}"));
            }
        }
        self.queues(state, at_s)
    }

    fn queues(&mut self, state: &State, at_s: i64) -> Checked {
        let revision = state.plan_revision();
        for (id, queue) in &state.plan().queues {
            let number = state.names().number(PlanKind::Queue, id).unwrap_or(0);
            let hand = state.queue_hours(number).and_then(|hours| hours.override_record.as_ref());
            let hand = hand.filter(|hand| hand.until_s == 0 || at_s < hand.until_s).map(|hand| hand.open);
            let calendar = queue.calendar.as_ref().map(|id| &*state.plan().calendars[id]);
            let by_calendar = calendar.is_none_or(|calendar| {
                let known = self
                    .hours
                    .get(id)
                    .filter(|(made, made_s, _)| *made == revision && (at_s - made_s).abs() < DAY_S / 2);
                if known.is_none() {
                    let hours = Hours::new(state.plan(), calendar, at_s - DAY_S, at_s + DAY_S);
                    self.hours.insert(id.clone(), (revision, at_s, hours));
                }
                self.hours[id].2.open(at_s)
            });
            let open = hand.unwrap_or(by_calendar);
            if open != state.queue_open(number) {
                return Err(format!("queue {id} should be open: {open}, at {at_s}"));
            }
            let view = View::new(state, state.now_ms());
            let stands = !open && view.clock_stands(queue);
            let told = state.queue_hours(number).is_some_and(|hours| hours.clock_stopped);
            if stands != told {
                return Err(format!("the clock of queue {id} should stand still: {stands}, at {at_s}"));
            }
        }
        Ok(())
    }
}
