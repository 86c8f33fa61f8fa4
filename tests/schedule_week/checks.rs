//! The model that everything is compared with: the plan's words, what was set by hand, and who came into which queue.

use std::collections::{BTreeMap, BTreeSet};

use kefud::{
    engine::state::{Agent, State},
    plan::{
        Plan,
        model::{ChannelKind, ClosedPolicy, Closing},
    },
    proto::journal::{self as j, AssignmentStage, ContactStage, Presence},
};

use crate::{
    roster::{Beside, Does, Hours, Roster},
    staff::{Act, DAY_S, DAYS, Done, begins_s},
};

/// What a queue makes of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Into {
    pub queue: String,
    pub held: bool,
}

pub struct Model {
    plan: Plan,
    beside: BTreeMap<String, Beside>,
    rosters: BTreeMap<String, Roster>,
    hours: BTreeMap<String, Hours>,
    by_hand: BTreeMap<&'static str, Option<(bool, i64)>>,
    /// Contacts that came in while their queue was closed, and are held.
    held: BTreeSet<u64>,
}

fn span() -> (i64, i64) {
    (begins_s() - DAY_S, begins_s() + (DAYS + 1) * DAY_S)
}

impl Model {
    pub fn new(plan: &Plan) -> Self {
        let (from_s, to_s) = span();
        let roster = |id: &String| (id.clone(), Roster::new(plan, id, &Beside::default(), from_s, to_s));
        let hours = |id: &str| Hours::new(plan, &plan.calendars[id], from_s, to_s);
        Self {
            rosters: plan.agents.keys().map(roster).collect(),
            hours: plan
                .queues
                .iter()
                .filter_map(|(id, queue)| Some((id.clone(), hours(queue.calendar.as_deref()?))))
                .collect(),
            plan: plan.clone(),
            beside: BTreeMap::new(),
            by_hand: BTreeMap::new(),
            held: BTreeSet::new(),
        }
    }

    /// Something is set by hand.
    pub fn act(&mut self, act: &Act) {
        if let Done::Queue(queue, state) = &act.does {
            self.by_hand.insert(queue, *state);
            return;
        }
        let beside = self.beside.entry(act.agent.clone()).or_default();
        act.does.put(beside);
        let (from_s, to_s) = span();
        let roster = Roster::new(&self.plan, &act.agent, beside, from_s, to_s);
        self.rosters.insert(act.agent.clone(), roster);
    }

    fn open(&self, queue: &str, at_s: i64) -> bool {
        match self.by_hand.get(queue).copied().flatten() {
            Some((open, until_s)) if until_s == 0 || at_s < until_s => open,
            _ => self.hours.get(queue).is_none_or(|hours| hours.open(at_s)),
        }
    }

    /// Where a contact of a queue goes; none: it is refused.
    pub fn admits(&self, queue: &str, at_s: i64) -> Option<Into> {
        let into = |held| Some(Into { queue: queue.to_owned(), held });
        if self.open(queue, at_s) {
            return into(false);
        }
        let rules = &self.plan.queues[queue];
        match rules.closed.unwrap_or(ClosedPolicy::Refuse) {
            ClosedPolicy::Refuse | ClosedPolicy::Callback => None,
            ClosedPolicy::Hold => into(true),
            ClosedPolicy::Accept => into(false),
            ClosedPolicy::Overflow => self.admits(rules.closed_queue.as_deref()?, at_s),
        }
    }

    pub fn came(&mut self, contact: u64, into: &Into) {
        if into.held {
            self.held.insert(contact);
        }
    }

    /// It goes to another queue, which is open.
    pub fn moved(&mut self, contact: u64) {
        self.held.remove(&contact);
    }

    fn waits_for_opening(&self, record: &j::ContactRecord, queue: &str, at_s: i64) -> bool {
        let holds = self.plan.queues[queue].closing == Closing::Hold || self.held.contains(&record.contact);
        holds && !self.open(queue, at_s)
    }

    /// An offer goes only to who works then and serves the channel, and of no contact that is held.
    pub fn offered(&self, state: &State, offer: &j::ContactOffered, at_s: i64) {
        let agent = state.names().id(offer.agent);
        let Some(record) = state.contact(offer.contact) else { return };
        let (queue, channel) = (state.names().id(record.queue), state.names().id(record.channel));
        let does = self.rosters[agent].does(at_s);
        assert!(
            does.serves(channel),
            "{} by {channel} is offered to {agent}, who {does:?}, at {at_s}",
            record.id
        );
        assert!(!self.waits_for_opening(record, queue, at_s), "{} of {queue} is held at {at_s}", record.id);
    }

    fn has_room(&self, state: &State, agent: &Agent, channel: &str) -> bool {
        let rule = &self.plan.channels[channel];
        let (mut calls, mut fixed, mut chats) = (0, 0, 0);
        for leg in agent.work.iter().filter_map(|offer| state.assignment(*offer)) {
            *match (leg.realtime, leg.interruptible) {
                (true, _) => &mut calls,
                (_, true) => &mut chats,
                (_, false) => &mut fixed,
            } += leg.units;
        }
        let (beside_calls, beside_chats) = (fixed + calls + rule.units, fixed + chats + rule.units);
        match (rule.kind, rule.interruptible) {
            (ChannelKind::Realtime, _) => beside_calls <= 100,
            (_, true) => beside_chats <= 100 && calls == 0,
            (_, false) => beside_calls <= 100 && beside_chats <= 100,
        }
    }

    /// Nobody who works, is there and could serve it, is idle while a contact waits; nobody has an offer who doesn't
    /// work. Whether any waits.
    pub fn settled(&self, state: &State, now_ms: u64, at_s: i64) -> bool {
        let offered = state.assignments().filter(|leg| leg.stage() == AssignmentStage::Offered);
        for leg in offered {
            let agent = state.names().id(leg.agent);
            let does = self.rosters[agent].does(at_s);
            assert!(does.works(), "{agent} has an offer and {does:?} at {at_s}");
        }
        let mut waits = false;
        let mut looked = BTreeSet::new();
        for record in state.live_contacts_after(0).filter(|it| it.stage() == ContactStage::Waiting) {
            let (queue, channel) = (state.names().id(record.queue), state.names().id(record.channel));
            if self.waits_for_opening(record, queue, at_s) {
                continue;
            }
            waits = true;
            // Who waits in the same line, and was declined by nobody, is served by the same.
            let excluded: Vec<u32> =
                record.exclusions().iter().filter(|it| it.until_ms > now_ms).map(|it| it.agent).collect();
            if excluded.is_empty() && !looked.insert((queue, channel)) {
                continue;
            }
            let rules = &self.plan.queues[queue];
            for agent in state.agents().filter(|agent| agent.record.connected && agent.record.ready) {
                let id = state.names().id(agent.record.agent);
                let info = &self.plan.agents[id];
                let fits = info.groups.iter().any(|group| rules.groups.contains(group))
                    && rules.requirement.is_met_by(&info.skills)
                    && !excluded.contains(&agent.record.agent);
                if fits && self.has_room(state, agent, channel) && self.rosters[id].does(at_s).serves(channel)
                {
                    panic!("{} waits in {queue} and {id} is idle at {at_s}", record.id);
                }
            }
        }
        waits
    }

    /// Everybody is where the model has it, nobody off shift has a chat, and queues are open when they should be.
    pub fn whole(&self, state: &State, at_s: i64) {
        for agent in state.agents() {
            let id = state.names().id(agent.record.agent);
            let does = self.rosters[id].does(at_s);
            let presence = match does {
                Does::AsItLikes => None,
                Does::Works(_) => Some(Presence::On),
                Does::Rests => Some(Presence::Break),
                Does::Nothing => Some(Presence::Off),
            };
            assert_eq!(agent.presence(), presence, "{id} at {at_s}");
            let legs = agent.work.iter().filter_map(|offer| state.assignment(*offer));
            let chats = legs.filter(|leg| {
                leg.stage() == AssignmentStage::Active && state.names().id(leg.channel) == "wechat"
            });
            assert!(does != Does::Nothing || chats.count() == 0, "{id} has gone home with a chat at {at_s}");
        }
        for queue in self.plan.queues.keys() {
            let number = state.names().number(j::PlanKind::Queue, queue).expect("a queue");
            assert_eq!(state.queue_open(number), self.open(queue, at_s), "{queue} at {at_s}");
        }
    }
}
