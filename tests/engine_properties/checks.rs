//! Invariants of a state that hold after every step, added up from the public records.

use std::collections::BTreeMap;

use kefud::{
    engine::state::State,
    plan::model::{Agent, ParkedReturn},
    proto::journal::{AssignmentStage, ContactRecord, ContactStage, Dialling, PromiseStage},
};

use crate::naive::{Held, held};

/// What agents may hold beyond their capacity because a plan has changed: as much as they held then, and less
/// as they finish it.
#[derive(Debug, Default)]
pub struct Leftovers(BTreeMap<(u32, Measure), u32>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Measure {
    BesideCalls,
    BesideChats,
    Channel(u32),
}

/// What is bounded of an agent, with how much of it there is.
fn measures(held: &Held) -> Vec<(Measure, u32)> {
    let of_channel = held.by_channel.iter().map(|(channel, count)| (Measure::Channel(*channel), *count));
    let sums = [
        (Measure::BesideCalls, held.fixed + held.realtime),
        (Measure::BesideChats, held.fixed + held.interruptible),
    ];
    sums.into_iter().chain(of_channel).collect()
}

/// How many contacts of a channel an agent may have: those that come back from being parked may be above the
/// agent's own limit by the channel's allowance.
fn limit(state: &State, info: &Agent, channel: &str) -> u32 {
    let Some(limit) = info.limits.get(channel).copied() else {
        return u32::MAX;
    };
    let rule = state.plan().channels.get(channel);
    let returning = rule.filter(|rule| rule.parked_return == ParkedReturn::Agent && limit > 0);
    limit + returning.map_or(0, |rule| rule.return_allowance)
}

impl Leftovers {
    /// A plan has changed: what is held may stay.
    pub fn note(&mut self, state: &State) {
        self.0.clear();
        for (agent, held) in held(state) {
            self.0.extend(measures(&held).into_iter().map(|(measure, amount)| ((agent, measure), amount)));
        }
    }

    /// Nobody holds more than the plan allows.
    pub fn check_capacity(&mut self, state: &State) -> Result<(), String> {
        let all = held(state);
        for (agent, held) in &all {
            let id = state.names().id(*agent);
            let info = state.plan().agents.get(id);
            for (measure, amount) in measures(held) {
                let limit = match measure {
                    Measure::BesideCalls | Measure::BesideChats => info.map_or(0, |info| info.capacity),
                    Measure::Channel(channel) => {
                        info.map_or(0, |info| limit(state, info, state.names().id(channel)))
                    }
                };
                let left = self.0.get(&(*agent, measure)).copied().unwrap_or(0);
                if amount > limit.max(left) {
                    return Err(format!(
                        "agent {id} holds {amount} of {limit} ({measure:?}, {left} left over)"
                    ));
                }
            }
        }
        self.0.retain(|(agent, measure), left| {
            let now = all.get(agent).map_or(0, |held| {
                measures(held).iter().find(|(of, _)| of == measure).map_or(0, |(_, amount)| *amount)
            });
            *left = now.min(*left);
            *left > 0
        });
        Ok(())
    }
}

/// A contact has at most one live offer or assignment, and its stage says so.
pub fn consistent(state: &State) -> Result<(), String> {
    let mut live: BTreeMap<u64, u32> = BTreeMap::new();
    for leg in state.assignments().filter(|leg| leg.stage() != AssignmentStage::WrapUp) {
        let offer = leg.offer;
        let contact = state.contact(leg.contact).ok_or_else(|| format!("offer {offer} is of no contact"))?;
        *live.entry(leg.contact).or_default() += 1;
        let fits = matches!(
            (leg.stage(), contact.stage()),
            (AssignmentStage::Offered, ContactStage::Offered)
                | (AssignmentStage::Connecting, ContactStage::Connecting)
                | (AssignmentStage::Active, ContactStage::Active)
        );
        if !fits || contact.offer != offer || contact.epoch != leg.epoch {
            return Err(format!("{leg:?} does not fit {contact:?}"));
        }
    }
    let mut lengths: BTreeMap<u32, [u32; 6]> = BTreeMap::new();
    let mut oldest: BTreeMap<u32, u64> = BTreeMap::new();
    for contact in state.live_contacts_after(0) {
        let (at, legs) = match contact.stage() {
            ContactStage::Waiting => (0, 0),
            ContactStage::Offered => (1, 1),
            ContactStage::Connecting => (2, 1),
            ContactStage::Active => (3, 1),
            ContactStage::Parked => (4, 0),
            ContactStage::WithBot => (5, 0),
            other => return Err(format!("contact {} is live and {other:?}", contact.id)),
        };
        let held = live.get(&contact.contact).copied().unwrap_or(0);
        if held != legs {
            return Err(format!("{contact:?} has {held} offers and assignments"));
        }
        lengths.entry(contact.queue).or_default()[at] += 1;
        if contact.waited_ms(state.now_ms()) > state.now_ms() - contact.enqueued_ms {
            return Err(format!("{contact:?} has waited since before it came in"));
        }
        if at < 2 {
            // Callbacks whose customers are not there hold a place, and don't wait.
            if !(contact.talk().callback && contact.talk().dialling() != Dialling::Answered) {
                let first = oldest.entry(contact.queue).or_insert(u64::MAX);
                let talk = contact.talk();
                *first = (contact.effective_arrival_ms + talk.bot_aged_ms + talk.head_start_ms).min(*first);
            }
        }
    }
    for queue in state.catalog().queues.keys().chain(lengths.keys()) {
        let live = state.queue_live(*queue);
        let told = [live.waiting, live.offered, live.connecting, live.active, live.parked, live.with_bot];
        let counted = lengths.get(queue).copied().unwrap_or_default();
        if told != counted || state.oldest_waiting_since_ms(*queue) != oldest.get(queue).copied() {
            return Err(format!("queue {queue} tells {told:?}, has {counted:?}, or tells a wrong oldest"));
        }
    }
    consults(state)?;
    follow_ups(state)?;
    loads(state)
}

/// A consult that lives is about a contact that the agent who asked still has, and which knows of it.
fn consults(state: &State) -> Result<(), String> {
    for contact in state.live_contacts_after(0) {
        let talk = contact.talk();
        let about = state.contact(talk.parent);
        if talk.parent != 0 {
            let leg = about.and_then(|about| state.assignment(about.offer));
            let right = about.is_some_and(|about| {
                about.stage() == ContactStage::Active && about.talk().consult == contact.contact
            });
            if !right || leg.is_none_or(|leg| leg.agent != talk.asking_agent) {
                return Err(format!("consult {contact:?} is about {about:?}, held by {leg:?}"));
            }
            let asked = state.assignment(contact.offer).map(|leg| leg.agent);
            if asked == Some(talk.asking_agent) {
                return Err(format!("consult {} is offered to who asks", contact.id));
            }
        }
        let consult = state.contact(talk.consult);
        let live = |consult: &ContactRecord| {
            consult.stage() != ContactStage::Closed && consult.talk().parent == contact.contact
        };
        if talk.consult != 0 && !consult.is_some_and(live) {
            return Err(format!("contact {} tells of consult {consult:?}", contact.id));
        }
        if (contact.stage() == ContactStage::WithBot) != (talk.bot != 0) {
            return Err(format!("contact {contact:?} is with a bot or not"));
        }
    }
    Ok(())
}

/// A promise has a live follow-up once it has entered and until it has ended, and no other contact is one.
fn follow_ups(state: &State) -> Result<(), String> {
    for promise in state.promises() {
        let contact = state.contact(promise.follow_up);
        let live = contact.is_some_and(|contact| contact.stage() != ContactStage::Closed);
        let right = match promise.stage() {
            // A callback tells of the latest one.
            PromiseStage::Pending if promise.callback.is_some() => !live,
            PromiseStage::Pending => promise.follow_up == 0,
            PromiseStage::Entered => live && contact.is_some_and(|it| it.talk().promise == promise.promise),
            _ => true,
        };
        if !right {
            return Err(format!("{promise:?} has follow-up {contact:?}"));
        }
        let open = promise.stage() != PromiseStage::Ended;
        let said = promise.said_wall_ms.filter(|_| open).map(|wall_ms| wall_ms - state.wall_offset_ms());
        if said.is_some_and(|said_ms| u64::try_from(said_ms).unwrap_or(1) != promise.due_ms) {
            return Err(format!("{promise:?} is due at another time of day"));
        }
    }
    Ok(())
}

/// What is told of agents' work is what the assignments add up to.
fn loads(state: &State) -> Result<(), String> {
    let held = held(state);
    for agent in state.agents() {
        let number = agent.record.agent;
        let work = state.assignments().filter(|leg| leg.agent == number).map(|leg| leg.offer);
        let ours = held.get(&number).cloned().unwrap_or_default();
        let load = &agent.load;
        let told = (load.realtime_units, load.fixed_units, load.interruptible_units);
        if !work.eq(agent.work.iter().copied()) || told != (ours.realtime, ours.fixed, ours.interruptible) {
            return Err(format!("agent {number} is told to have {load:?}, has {ours:?}"));
        }
    }
    if let Some(lost) = held.keys().find(|agent| state.agent(**agent).is_none()) {
        return Err(format!("agent {lost} has work and is gone"));
    }
    state.fault().map_or(Ok(()), |fault| Err(fault.to_owned()))
}
