//! Who could serve whom, and who should come first, by the rules' text over the public state and the plan:
//! everybody is compared with everybody, every time. Shares no code with the engine.

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeMap,
};

use kefud::{
    engine::state::State,
    plan::model::{self, AgentChoice, ChannelKind, Plan},
    proto::journal::{self as j, AgentRule, ContactRecord, ContactStage, Dialling, Presence, PromiseStage},
};

use crate::asked::{Asked, Subject};

/// Its own priority and the points that its reply window or its promise adds, whichever are more.
fn priority(contact: &ContactRecord) -> i32 {
    contact.priority + contact.window().map_or(0, |window| window.raise).max(contact.talk().raise)
}

/// What an agent holds, added up from the assignments.
#[derive(Debug, Clone, Default)]
pub struct Held {
    pub realtime: u32,
    pub fixed: u32,
    pub interruptible: u32,
    pub by_channel: BTreeMap<u32, u32>,
}

impl Held {
    fn units(&mut self, leg: &j::AssignmentRecord) -> &mut u32 {
        match (leg.realtime, leg.interruptible) {
            (true, _) => &mut self.realtime,
            (false, true) => &mut self.interruptible,
            (false, false) => &mut self.fixed,
        }
    }

    /// The same but for this.
    pub fn without(&self, leg: &j::AssignmentRecord) -> Self {
        let mut held = self.clone();
        *held.units(leg) -= leg.units;
        held.by_channel.entry(leg.channel).and_modify(|count| *count -= 1);
        held
    }
}

/// What every agent holds.
pub fn held(state: &State) -> BTreeMap<u32, Held> {
    let mut all: BTreeMap<u32, Held> = BTreeMap::new();
    for leg in state.assignments() {
        let held = all.entry(leg.agent).or_default();
        *held.units(leg) += leg.units;
        *held.by_channel.entry(leg.channel).or_default() += 1;
    }
    all
}

/// Someone who is signed in.
pub struct Person<'a> {
    pub number: u32,
    pub record: &'a j::AgentRecord,
    pub info: &'a model::Agent,
    pub held: Held,
}

impl Person<'_> {
    /// Can be offered something, capacity aside.
    pub fn ready(&self) -> bool {
        self.record.connected && self.record.ready && self.works()
    }

    /// On shift, or without any schedule.
    pub fn works(&self) -> bool {
        self.record.schedule.as_ref().is_none_or(|state| state.presence() == Presence::On)
    }

    /// Held units in thousandths of the capacity.
    fn load(&self) -> u32 {
        let held = self.held.realtime + self.held.fixed + self.held.interruptible;
        u32::try_from(u64::from(held) * 1_000 / u64::from(self.info.capacity)).unwrap_or(u32::MAX)
    }
}

/// An offer as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    pub contact: u64,
    pub agent: u32,
    pub rule: AgentRule,
    pub rank: u32,
    pub preferred_matched: u32,
    pub ring: u32,
    pub idle_ms: u64,
}

impl Pick {
    /// An offer as it was made.
    pub fn made(offer: &j::ContactOffered) -> Self {
        Self {
            contact: offer.contact,
            agent: offer.agent,
            rule: offer.rule(),
            rank: offer.rank,
            preferred_matched: offer.preferred_matched,
            ring: offer.ring,
            idle_ms: offer.idle_ms,
        }
    }
}

/// What a command and the event before tell of the one that is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told {
    /// A supervisor wants the age of a contact to begin anew.
    pub fresh: bool,
    /// A customer comes in by something else than a message.
    pub by_action: bool,
    /// It is given to an agent by name.
    pub to_agent: bool,
    /// This contact has just been pulled from being parked.
    pub pulled: Option<u64>,
}

/// The state as the rules see it.
pub struct View<'a> {
    pub state: &'a State,
    pub plan: &'a Plan,
    pub now_ms: u64,
    pub people: Vec<Person<'a>>,
    pub told: Told,
}

/// Whether a contact is a callback that is still to be made, through a gateway that watches no stream.
pub fn gateway_away(state: &State, record: &ContactRecord) -> bool {
    let talk = record.talk();
    let ordered = matches!(talk.dialling(), Dialling::Dialled | Dialling::Answered);
    let open = || state.promise(talk.promise).is_some_and(|it| it.stage() != PromiseStage::Ended);
    let mut gateways = state.gateways().filter(|it| it.gateway == record.gateway);
    let listens = gateways.any(|it| it.leased && it.deadline_ms == 0);
    talk.callback && !ordered && open() && !listens
}

impl<'a> View<'a> {
    pub fn new(state: &'a State, now_ms: u64) -> Self {
        let plan = state.plan();
        let mut held = held(state);
        let people = state
            .agents()
            .filter(|agent| agent.record.session != 0)
            // Who is off shift is as good as not there.
            .filter(|agent| agent.presence() != Some(Presence::Off))
            .filter_map(|agent| {
                let number = agent.record.agent;
                let info = plan.agents.get(state.names().id(number))?;
                let held = held.remove(&number).unwrap_or_default();
                Some(Person { number, record: &agent.record, info, held })
            })
            .collect();
        Self { state, plan, now_ms, people, told: Told::default() }
    }

    /// With what is told beside the state.
    pub fn told(self, told: Told) -> Self {
        Self { told, ..self }
    }

    pub fn id(&self, number: u32) -> &'a str {
        self.state.names().id(number)
    }

    pub fn queue(&self, contact: &ContactRecord) -> Option<&'a model::Queue> {
        self.plan.queues.get(self.id(contact.queue))
    }

    pub fn subject(&self, contact: &'a ContactRecord) -> Subject<'a> {
        Subject::of(self.state, contact)
    }

    /// What the contact asks for now.
    pub fn asked(&self, contact: &'a ContactRecord) -> Option<Asked<'a>> {
        self.subject(contact).asked(self.plan, contact.ring)
    }

    /// Those who wait for somebody: not such as are to end because their gateway is gone.
    pub fn waiting(&self) -> impl Iterator<Item = &'a ContactRecord> {
        let lost: Vec<u32> = self.state.gateways().filter(|it| it.lost).map(|it| it.gateway).collect();
        let realtime = |record: &ContactRecord| {
            let channel = self.plan.channels.get(self.id(record.channel));
            channel.is_some_and(|channel| channel.kind == ChannelKind::Realtime)
        };
        let all = self.state.live_contacts_after(0);
        // A customer who has to be on the line first, and is not yet, is nobody's to serve.
        let missing =
            |record: &ContactRecord| matches!(record.talk().dialling(), Dialling::Waits | Dialling::Dialled);
        all.filter(|record| record.stage() == ContactStage::Waiting)
            .filter(move |record| !missing(record) && !self.rests(record))
            .filter(move |record| !(lost.contains(&record.gateway) && realtime(record)))
    }

    /// Whether it is a call that nobody could make.
    pub fn rests(&self, record: &ContactRecord) -> bool {
        let channel = self.plan.channels.get(self.id(record.channel));
        channel.is_some_and(|channel| channel.kind == ChannelKind::Realtime)
            && gateway_away(self.state, record)
    }

    fn objective_ms(&self, contact: &'a ContactRecord) -> u64 {
        let category = self.subject(contact).category_in_force(self.plan);
        let of_queue = self.queue(contact).map_or(1, |queue| queue.objective_ms);
        category.and_then(|category| category.objective_ms).unwrap_or(of_queue)
    }

    /// Whether somebody signed in, ready or not, could serve such a contact in a ring.
    pub fn staffed(&self, subject: &Subject<'a>, ring: u32) -> bool {
        let asked = subject.asked(self.plan, ring);
        asked.is_some_and(|asked| self.people.iter().any(|person| asked.fits(self.plan, person.info)))
    }

    /// The first ring from one on in which somebody signed in could.
    pub fn staffed_from(&self, subject: &Subject<'a>, from: u32) -> Option<u32> {
        (from..=subject.last_ring(self.plan)).find(|ring| self.staffed(subject, *ring))
    }

    /// How many of a group could take one more of the channel.
    fn free_of(&self, group: &str, asked: &Asked<'_>) -> usize {
        let of_group = |person: &&Person<'_>| person.info.groups.iter().any(|id| id == group);
        let able = |person: &&Person<'_>| {
            let forbidden = person.info.limits.get(asked.channel_id) == Some(&0);
            person.ready() && self.open(person, asked) && !forbidden && self.has_room(person, asked)
        };
        self.people.iter().filter(of_group).filter(able).count()
    }

    /// All groups through which the agent could help have too few free.
    pub fn reserved(&self, person: &Person<'a>, asked: &Asked<'a>) -> bool {
        let groups = asked.helps_through(self.plan, person.info);
        !groups.is_empty()
            && groups.iter().all(|group| {
                let keep = self.plan.groups[*group].keep_free as usize;
                keep > 0 && self.free_of(group, asked) <= keep
            })
    }

    /// Nobody answers a consult of its own.
    pub fn asks(contact: &ContactRecord, agent: u32) -> bool {
        contact.talk().asking_agent == agent
    }

    pub fn excluded(&self, contact: &ContactRecord, agent: u32) -> bool {
        Self::asks(contact, agent)
            || contact.exclusions().iter().any(|entry| entry.agent == agent && entry.until_ms > self.now_ms)
    }

    pub fn kept_from(contact: &ContactRecord, agent: u32) -> bool {
        contact.kept_for() != 0 && contact.kept_for() != agent
    }

    /// Everything that matching asks of an agent.
    pub fn can_take(&self, contact: &ContactRecord, asked: &Asked<'a>, person: &Person<'a>) -> bool {
        person.ready()
            && self.open(person, asked)
            && asked.fits(self.plan, person.info)
            && self.has_room(person, asked)
            && !self.reserved(person, asked)
            && !Self::kept_from(contact, person.number)
            && !self.excluded(contact, person.number)
    }

    /// Its schedule lets it be newly offered the channel.
    fn open(&self, person: &Person<'_>, asked: &Asked<'_>) -> bool {
        let only = person.record.schedule.as_ref().filter(|state| state.restricted);
        only.is_none_or(|state| state.channels.iter().any(|channel| self.id(*channel) == asked.channel_id))
    }

    /// One more of the channel keeps calls and fixed work, and chats and fixed work, within the capacity,
    /// and the channel's own limit; no new chat beside a call.
    pub fn has_room(&self, agent: &Person<'_>, asked: &Asked<'_>) -> bool {
        self.room(agent, asked.channel_id, asked.channel, 0)
    }

    /// The same of a channel, with so many above the agent's own limit on it, if that is not 0.
    pub fn room(&self, agent: &Person<'_>, id: &str, channel: &model::Channel, above: u32) -> bool {
        let held = &agent.held;
        let of_channel = |(number, _): &(&u32, &u32)| self.id(**number) == id;
        let count = held.by_channel.iter().find(of_channel).map_or(0, |(_, count)| *count);
        if agent.info.limits.get(id).is_some_and(|limit| *limit == 0 || count >= *limit + above) {
            return false;
        }
        let beside_calls = held.fixed + held.realtime + channel.units <= agent.info.capacity;
        let beside_chats = held.fixed + held.interruptible + channel.units <= agent.info.capacity;
        match (channel.kind, channel.interruptible) {
            (ChannelKind::Realtime, _) => beside_calls,
            (_, true) => beside_chats && held.realtime == 0,
            (_, false) => beside_calls && beside_chats,
        }
    }

    /// `Less` when `a` comes first: band, then age ÷ objective + priority × boost, then number.
    fn order(&self, a: &'a ContactRecord, b: &'a ContactRecord) -> Ordering {
        let standing = |contact: &'a ContactRecord| {
            let queue = &self.plan.queues[self.id(contact.queue)];
            let channel = &self.plan.channels[self.id(contact.channel)];
            let by_kind = match channel.kind {
                ChannelKind::Realtime => 0,
                ChannelKind::Messaging => 1,
                ChannelKind::Deferred => 2,
            };
            let objective = self.objective_ms(contact);
            let age = i128::from(self.now_ms) - i128::from(self.clocked_ms(contact));
            // In thousandths of an objective, times the objective.
            let boost = i128::from(priority(contact)) * i128::from(queue.boost_permille);
            (
                queue.band.unwrap_or(by_kind),
                age * 1_000 + boost * i128::from(objective),
                i128::from(objective),
            )
        };
        let ((band_a, urgency_a, objective_a), (band_b, urgency_b, objective_b)) = (standing(a), standing(b));
        let by_urgency = (urgency_b * objective_a).cmp(&(urgency_a * objective_b));
        band_a.cmp(&band_b).then(by_urgency).then(a.contact.cmp(&b.contact))
    }

    /// By which rule the agent would come to the contact, with its key (less comes first) and what is told.
    fn rank(
        &self,
        contact: &ContactRecord,
        asked: &Asked<'_>,
        person: &Person<'_>,
    ) -> (AgentRule, (u8, Reverse<u32>, u64), u32) {
        let matched = Reverse(asked.preferred_matched(person.info));
        let queue = &self.plan.queues[self.id(contact.queue)];
        let preferred = contact.wants.as_ref().map_or(0, |wants| wants.preferred_agent);
        if preferred == person.number {
            return (AgentRule::PreferredAgent, (0, matched, 0), 0);
        }
        if contact.known_agent == person.number && queue.last_agent_wait_ms > 0 {
            return (AgentRule::LastAgent, (1, matched, 0), 0);
        }
        let all_levels = || person.info.skills.values().map(|level| u32::from(*level)).sum();
        let (rule, key, told) = match queue.agent_choice {
            AgentChoice::LongestIdle => (AgentRule::LongestIdle, 0, 0),
            AgentChoice::LeastLoaded => (AgentRule::LeastLoaded, u64::from(person.load()), person.load()),
            AgentChoice::MostSkilled => {
                let levels = asked.asked_levels(person.info);
                (AgentRule::MostSkilled, 1_000_000 - u64::from(levels), levels)
            }
            AgentChoice::LeastSkilled => (AgentRule::LeastSkilled, u64::from(all_levels()), all_levels()),
            AgentChoice::RoundRobin => (AgentRule::RoundRobin, person.record.offered_sequence, 0),
        };
        (rule, (2, matched, key), told)
    }

    /// The agent to whom a contact goes now.
    fn choice(&self, contact: &'a ContactRecord) -> Option<Pick> {
        let asked = self.asked(contact)?;
        let able = self.people.iter().filter(|person| self.can_take(contact, &asked, person));
        let first =
            able.min_by_key(|person| (self.rank(contact, &asked, person).1, person.record.idle_sequence))?;
        let (rule, (_, Reverse(preferred_matched), _), rank) = self.rank(contact, &asked, first);
        Some(Pick {
            contact: contact.contact,
            agent: first.number,
            // Kept for the last agent, or for one who was preferred then.
            rule: if contact.kept_for() != 0 && rule != AgentRule::PreferredAgent {
                AgentRule::LastAgent
            } else {
                rule
            },
            rank: if contact.kept_for() == 0 { rank } else { 0 },
            preferred_matched,
            ring: contact.ring,
            idle_ms: self.now_ms - first.record.idle_since_ms,
        })
    }

    /// The first contact in order whom anybody can take, and the one to whom it goes.
    pub fn best(&self) -> Option<Pick> {
        let mut waiting: Vec<&ContactRecord> =
            self.servable().filter(|contact| self.queue(contact).is_some()).collect();
        waiting.sort_by(|a, b| self.order(a, b));
        waiting.into_iter().find_map(|contact| self.choice(contact))
    }

    /// No contact that is like this one to agents, came earlier, and could go to the agent instead is passed
    /// over.
    pub fn passed_over(&self, offered: &'a ContactRecord, agent: u32) -> Option<&'a ContactRecord> {
        let person = self.people.iter().find(|person| person.number == agent)?;
        let alike = |other: &&ContactRecord| {
            let lent = (&other.talk().groups, &offered.talk().groups);
            lent.0 == lent.1
                && (other.queue, other.channel, other.category, other.ring, other.kept_for(), &other.wants)
                    == (
                        offered.queue,
                        offered.channel,
                        offered.category,
                        offered.ring,
                        offered.kept_for(),
                        &offered.wants,
                    )
        };
        let earlier = |other: &&ContactRecord| {
            priority(other) >= priority(offered)
                && (self.clocked_ms(other), other.contact) < (self.clocked_ms(offered), offered.contact)
        };
        // An exclusion may be over without having been noticed yet.
        let welcome = |other: &&ContactRecord| other.exclusions().iter().all(|entry| entry.agent != agent);
        self.servable()
            .filter(alike)
            .filter(earlier)
            .filter(welcome)
            .find(|other| self.asked(other).is_some_and(|asked| self.can_take(other, &asked, person)))
    }
}
