//! Random doings of conversations: what is written, bots, consults, promises, feedback, interventions.

use kefud::{
    engine::{
        command::{
            Activity, BotLeaving, ByChannel, Command, ConsultAction, ConsultTarget, Feedback, FromBot, Hand,
            Intervention, NewPromise, PromiseChange, PromiseDue, Target, Update,
        },
        state::State,
    },
    proto::journal::{
        self as j, AssignmentRecord, AssignmentStage, ContactRecord, ContactStage, PromiseRecord,
        PromiseStage,
    },
};

use super::{Dice, Kind, Op, choose, ids};

/// Who comes: mostly somebody who is known.
pub fn customer(dice: &mut Dice) -> j::Sealed {
    if dice.once_in(3) {
        return j::Sealed::default();
    }
    j::Sealed { key: 0, data: vec![1], lookup: dice.roll(4) }
}

impl Op {
    fn dice(self) -> Dice {
        Dice::new(self.a, self.b, self.c)
    }

    /// A contact in one of these stages, mostly.
    pub(super) fn contact_in(self, state: &State, stages: &[ContactStage], by: u16) -> String {
        let live = state.live_contacts_after(0).filter(|record| stages.contains(&record.stage()));
        let live: Vec<&str> = live.map(|record| record.id.as_str()).collect();
        match choose(&live, by) {
            Some(id) if !self.odd(11) => id.to_owned(),
            _ => self.contact(state, by),
        }
    }

    /// Another channel by which a transferred contact is to go on, now and then.
    pub(super) fn other_channel(self, state: &State) -> Option<ByChannel> {
        let mut dice = self.dice();
        dice.once_in(4).then(|| ByChannel {
            channel: dice.one(&state.plan().channels).unwrap_or_default(),
            gateway: format!("gw{}", dice.roll(3)),
        })
    }

    /// A contact that was closed and is kept, if one is found.
    fn closed(self, state: &State, fresh: u32) -> Option<&ContactRecord> {
        let ids = (0..fresh).map(|number| format!("n{number}"));
        let kept = ids.filter_map(|id| state.contact_by_id(&id));
        let closed: Vec<&ContactRecord> =
            kept.filter(|record| record.stage() == ContactStage::Closed).collect();
        choose(&closed, self.a)
    }

    /// The command that comes of it now.
    pub(super) fn talk_command(self, state: &State, fresh: u32) -> Command {
        match self.kind {
            Kind::Says => self.says(state),
            Kind::ToBot => Command::HandToBot {
                contact: self.contact_in(state, &[ContactStage::Waiting, ContactStage::Offered], self.a),
                bot: format!("gw{}", self.b % 3),
            },
            Kind::FromBot => self.leaves_bot(state),
            Kind::Consult => self.consult(state, fresh),
            Kind::ChangeConsult => self.change_consult(state, fresh),
            Kind::Promise => self.promise(state, fresh),
            Kind::ChangePromise => self.change_promise(state, fresh),
            Kind::Feedback => {
                let closed = self.closed(state, fresh).map(|record| record.id.clone());
                let feedback = Feedback {
                    score: u32::from(self.b % 4),
                    resolved: [None, Some(true), Some(false)][usize::from(self.c % 3)],
                    comment_ref: String::new(),
                };
                let contact = closed.filter(|_| !self.odd(9));
                let contact = contact.unwrap_or_else(|| self.contact(state, self.a));
                Command::RecordFeedback { contact, feedback }
            }
            _ => self.intervene(state),
        }
    }

    fn says(self, state: &State) -> Command {
        let activity = [
            Activity::CustomerMessage,
            Activity::CustomerMessage,
            Activity::CustomerMessage,
            Activity::AgentMessage,
            Activity::AgentMessage,
            Activity::AgentMessage,
            Activity::CustomerAction,
            Activity::AutomaticMessage,
        ][usize::from(self.b % 8)];
        let stages: &[ContactStage] = match activity {
            Activity::AgentMessage => &[ContactStage::Active],
            Activity::CustomerMessage if self.c.is_multiple_of(2) => &[ContactStage::Parked],
            _ => &[ContactStage::Active, ContactStage::Parked, ContactStage::WithBot, ContactStage::Waiting],
        };
        let contact = self.contact_in(state, stages, self.a);
        Command::RecordActivity { contact, activity, check_only: self.odd(13) }
    }

    fn leaves_bot(self, state: &State) -> Command {
        let contact = self.contact_in(state, &[ContactStage::WithBot], self.a);
        let bot = state.contact_by_id(&contact).map_or(0, |record| record.talk().bot);
        let bot = state.gateways().find(|gateway| gateway.gateway == bot && !self.odd(7));
        let bot = bot.map_or_else(|| format!("gw{}", self.b % 3), |gateway| gateway.id.clone());
        let plan = state.plan();
        let mut dice = self.dice();
        let leaving = if dice.once_in(3) {
            BotLeaving::Closed(self.ending())
        } else {
            let queue = if dice.once_in(2) { self.name(&ids(&plan.queues), self.c) } else { String::new() };
            BotLeaving::HandedOver(Box::new(FromBot {
                queue,
                category: dice.once_in(3).then(|| dice.one(&plan.categories)).flatten(),
                skills: dice.once_in(5).then(|| dice.ranges(plan, 1)),
                preferred_skills: dice.once_in(3).then(|| dice.ranges(plan, 2)),
                priority: dice.once_in(3).then_some(4),
                customer: None,
            }))
        };
        Command::ReturnFromBot { contact, bot, leaving }
    }

    fn consult(self, state: &State, fresh: u32) -> Command {
        let (_, _, contact, agent) = self.offer(state, |stage| stage == AssignmentStage::Active);
        let plan = state.plan();
        let mut dice = self.dice();
        let target = if dice.once_in(2) {
            ConsultTarget::Agent(self.somebody(state))
        } else {
            let queue = if dice.once_in(2) { self.name(&ids(&plan.queues), self.c) } else { String::new() };
            let skills = if dice.once_in(6) { dice.ranges(plan, 1) } else { [].into() };
            ConsultTarget::Queue { queue, skills }
        };
        let consult = if self.odd(9) { format!("k{}", self.a % 30) } else { format!("k{fresh}") };
        let fingerprint = u64::from(self.b % 2);
        Command::StartConsult { agent, contact, consult, target, customer: j::Sealed::default(), fingerprint }
    }

    fn change_consult(self, state: &State, fresh: u32) -> Command {
        let live: Vec<&ContactRecord> =
            state.live_contacts_after(0).filter(|record| record.is_consult()).collect();
        let action =
            [ConsultAction::Join, ConsultAction::HandOver, ConsultAction::End][usize::from(self.c % 3)];
        let Some(record) = choose(&live, self.a) else {
            return self.consult(state, fresh);
        };
        let number = match self.b % 4 {
            0 => state.assignment(record.offer).map_or(0, |leg| leg.agent),
            _ => record.talk().asking_agent,
        };
        let agent = match state.names().id(number) {
            "" => self.agent(state, self.b),
            id => id.to_owned(),
        };
        let consult = if self.odd(11) { self.contact(state, self.a) } else { record.id.clone() };
        Command::ChangeConsult { agent, consult, action }
    }

    fn due(dice: &mut Dice, now_ms: u64) -> PromiseDue {
        match dice.roll(12) {
            0 => PromiseDue::BusinessAfter(5_000),
            1 => PromiseDue::At(now_ms),
            2..=4 => PromiseDue::At(now_ms + 1 + dice.roll(40_000)),
            _ => PromiseDue::After(1_000 * (1 + dice.roll(80))),
        }
    }

    pub(super) fn new_promise(self, state: &State, fresh: u32) -> NewPromise {
        let plan = state.plan();
        let mut dice = self.dice();
        let known: Vec<&PromiseRecord> = state.promises().filter(|_| dice.once_in(3)).collect();
        let known = known.last().filter(|_| dice.once_in(3));
        let id = known.map_or_else(|| format!("p{fresh}"), |record| record.id.clone());
        let due = Self::due(&mut dice, state.now_ms());
        let queue = if dice.once_in(3) { self.name(&ids(&plan.queues), self.c) } else { String::new() };
        let channels: Vec<&str> = plan
            .queues
            .get(&queue)
            .map_or_else(Vec::new, |queue| queue.channels.iter().map(String::as_str).collect());
        let channel = if channels.is_empty() { String::new() } else { self.name(&channels, self.b) };
        NewPromise {
            id,
            due,
            agent: if dice.once_in(3) { self.somebody(state) } else { String::new() },
            queue,
            channel,
            gateway: if dice.once_in(4) { format!("gw{}", dice.roll(3)) } else { String::new() },
            priority: [0, 0, 5][usize::from(self.b % 3)],
            note: String::new(),
            fingerprint: u64::from(self.b % 2),
        }
    }

    fn promise(self, state: &State, fresh: u32) -> Command {
        let promise = Box::new(self.new_promise(state, fresh));
        if let Some(record) = self.closed(state, fresh).filter(|_| self.c.is_multiple_of(3)) {
            let agent = state.names().id(record.last_agent()).to_owned();
            return Command::MakePromise { agent, contact: record.id.clone(), promise };
        }
        let (_, _, contact, agent) = self.offer(state, |stage| stage == AssignmentStage::Active);
        Command::MakePromise { agent, contact, promise }
    }

    /// What happens around the return of one that is parked: its agent or others do something, its customer
    /// writes, and somebody takes what is in line again.
    pub fn wakes(self, state: &State, fresh: u32, nth: u16) -> Command {
        let parked = |record: &&ContactRecord| record.stage() == ContactStage::Parked;
        let parked: Vec<&ContactRecord> = state.live_contacts_after(0).filter(parked).collect();
        let Some(record) = choose(&parked, self.a) else {
            return match nth {
                2 => Command::Pull { agent: self.somebody(state), contact: self.back_in_line(state) },
                _ => self.towards_talk(state, fresh),
            };
        };
        let contact = record.id.clone();
        match (nth, self.c % 4) {
            (0, 0) => Command::SetAvailability {
                agent: state.names().id(record.last_agent()).to_owned(),
                ready: false,
                reason: "break".to_owned(),
            },
            (0 | 2, 1) => self.enqueue(state, fresh),
            (0, 2) | (2, _) => Command::Pull { agent: self.somebody(state), contact },
            _ => Command::RecordActivity { contact, activity: Activity::CustomerMessage, check_only: false },
        }
    }

    /// The same again and again, until a bound is reached: promises of one contact, moves of one promise, or
    /// transfers of one contact.
    pub fn insists(self, state: &State, fresh: u32, nth: u16) -> Command {
        let first = state.promises().find(|record| record.stage() != PromiseStage::Ended);
        match (self.a % 3, first) {
            (0, _) => self.passes_on(state, nth),
            (1, Some(record)) => {
                let due = PromiseDue::After(20_000 + u64::from(nth));
                let change = PromiseChange::Move(due);
                Command::ChangePromise {
                    by: Hand::Supervisor(String::new()),
                    promise: record.id.clone(),
                    change,
                    reason: "busy".to_owned(),
                }
            }
            _ => self.promises_again(state, fresh),
        }
    }

    /// The first contact goes to one of the queues that take its channel.
    fn passes_on(self, state: &State, nth: u16) -> Command {
        let mut live = state.live_contacts_after(0);
        let Some(record) = live.find(|record| !record.is_consult()) else {
            return self.enqueue(state, u32::from(nth));
        };
        let channel = state.names().id(record.channel);
        let queues = state.plan().queues.iter();
        let queues = queues.filter(|(_, queue)| queue.channels.iter().any(|id| id == channel));
        let queues: Vec<&str> = queues.map(|(id, _)| id.as_str()).collect();
        let target = Target::Queue(self.name(&queues, self.b.wrapping_add(nth)));
        Command::Transfer { agent: None, contact: record.id.clone(), target, other_channel: None }
    }

    /// The first contact that an agent has is promised one thing more.
    fn promises_again(self, state: &State, fresh: u32) -> Command {
        let active = |leg: &&AssignmentRecord| leg.stage() == AssignmentStage::Active;
        let Some(leg) = state.assignments().filter(active).min_by_key(|leg| leg.contact) else {
            return self.promise(state, fresh);
        };
        let agent = state.names().id(leg.agent).to_owned();
        let contact = state.contact(leg.contact).map_or_else(String::new, |record| record.id.clone());
        let promise = NewPromise {
            id: format!("p{fresh}"),
            due: PromiseDue::After(25_000 + u64::from(self.b % 4_000)),
            agent: String::new(),
            queue: String::new(),
            channel: String::new(),
            gateway: String::new(),
            priority: 0,
            note: String::new(),
            fingerprint: 0,
        };
        Command::MakePromise { agent, contact, promise: Box::new(promise) }
    }

    fn change_promise(self, state: &State, fresh: u32) -> Command {
        let open = |record: &&PromiseRecord| record.stage() != PromiseStage::Ended || self.odd(9);
        let promises: Vec<&PromiseRecord> = state.promises().filter(open).collect();
        let Some(record) = choose(&promises, self.a) else {
            return self.promise(state, fresh);
        };
        let mut dice = self.dice();
        let change = match self.c % 5 {
            0 | 1 => PromiseChange::Move(Self::due(&mut dice, state.now_ms())),
            2 => PromiseChange::Reassign(self.somebody(state)),
            3 => PromiseChange::Fulfil,
            _ => PromiseChange::Cancel,
        };
        let by = match dice.roll(5) {
            0 => Hand::Supervisor("boss".to_owned()),
            1 => Hand::Agent(self.agent(state, self.b)),
            _ => Hand::Agent(state.names().id(record.agent).to_owned()),
        };
        let promise = if self.odd(11) { "p99999".to_owned() } else { record.id.clone() };
        Command::ChangePromise { by, promise, change, reason: String::new() }
    }

    fn intervene(self, state: &State) -> Command {
        let plan = state.plan();
        let mut dice = self.dice();
        let action = match dice.roll(5) {
            0 | 1 => Intervention::Requeue {
                queue: if dice.once_in(2) { self.name(&ids(&plan.queues), self.c) } else { String::new() },
                fresh: dice.once_in(3),
            },
            2 | 3 => {
                Intervention::Reassign { agent: self.somebody(state), override_requirements: dice.once_in(2) }
            }
            _ if dice.once_in(2) => Intervention::End { disposition: String::new() },
            _ => Intervention::Change(Box::new(Update {
                priority: dice.once_in(2).then_some(7),
                category: dice.once_in(2).then(|| dice.one(&plan.categories)).flatten(),
                ..Update::default()
            })),
        };
        let contact = self.contact(state, self.a);
        Command::Intervene { contact, supervisor: "boss".to_owned(), reason: "why".to_owned(), action }
    }
}
