//! Random doings, given as numbers and made commands by what the state has at that moment: mostly such as make
//! sense, some that don't.

use kefud::{
    engine::{
        command::{
            ApplyPlan, Command, Connection, Ending, Enqueue, RemovedQueuePolicy, RequestKey, Target, Update,
        },
        state::State,
    },
    plan::Plan,
    proto::journal::{AssignmentRecord, AssignmentStage, ContactStage},
};
use proptest::prelude::*;

use crate::{plans::mixed, wants::Dice};

mod mixes;
mod rush;
mod shifts;
mod surge;
mod talk;

pub use mixes::{CALM, Mix, ORDER, PLANS, RUSH, SHIFTS, SURGE, TALK, WILD};

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Enqueue,
    Burst,
    Update,
    Cancel,
    Accept,
    Decline,
    Report,
    Complete,
    Finish,
    Transfer,
    Assign,
    Pull,
    SignIn,
    StreamLost,
    Alive,
    SignOut,
    Ready,
    NotReady,
    Gateway,
    GatewayLost,
    Apply,
    Start,
    Clock,
    Tick,
    Advance,
    Late,
    Fork,
    Says,
    ToBot,
    FromBot,
    Consult,
    ChangeConsult,
    Promise,
    ChangePromise,
    Feedback,
    Intervene,
    Insist,
    Quiet,
    OverrideShift,
    OverrideQueue,
    SetShifts,
    Import,
    Jump,
    AskCallback,
    CancelCallback,
    ChangeCallback,
    Dialled,
    Level,
    Flood,
    Serve,
    Leave,
    CallBack,
}

/// A doing with the numbers that choose its particulars.
#[derive(Debug, Clone, Copy)]
pub struct Op {
    pub kind: Kind,
    pub a: u16,
    pub b: u16,
    pub c: u16,
}

/// A random doing.
pub fn op(mix: Mix) -> impl Strategy<Value = Op> {
    let total = mix.iter().map(|(weight, _)| *weight).sum::<u32>();
    let kinds = (0..total).prop_map(move |mut at| {
        let found = mix.iter().find(|(weight, _)| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here
        });
        found.map_or(Kind::Tick, |(_, kind)| *kind)
    });
    (kinds, any::<u16>(), any::<u16>(), any::<u16>()).prop_map(|(kind, a, b, c)| Op { kind, a, b, c })
}

/// Chooses by a number.
fn choose<T: Copy>(from: &[T], by: u16) -> Option<T> {
    (!from.is_empty()).then(|| from[usize::from(by) % from.len()])
}

fn ids<T>(entries: &std::collections::BTreeMap<String, T>) -> Vec<&str> {
    entries.keys().map(String::as_str).collect()
}

impl Op {
    /// One in so many, by a number that decides nothing else.
    fn odd(self, one_in: u16) -> bool {
        (self.a ^ self.b.rotate_left(5) ^ self.c.rotate_left(9)) % one_in == 1
    }

    /// An agent of the plan, mostly.
    fn agent(self, state: &State, by: u16) -> String {
        let fallback = format!("a{}", by % 7);
        if self.odd(15) {
            return fallback;
        }
        choose(&ids(&state.plan().agents), by).map_or(fallback, str::to_owned)
    }

    /// A contact that has been heard of, mostly.
    fn contact(self, state: &State, by: u16) -> String {
        let live: Vec<&str> = state.live_contacts_after(0).map(|record| record.id.as_str()).collect();
        let fallback = format!("n{}", by % 60);
        if self.odd(7) { fallback } else { choose(&live, by).map_or(fallback, str::to_owned) }
    }

    /// An agent who is signed in, mostly.
    fn somebody(self, state: &State) -> String {
        let here = state.agents().filter(|agent| agent.record.session != 0);
        let here: Vec<u32> = here.map(|agent| agent.record.agent).collect();
        match choose(&here, self.b) {
            Some(agent) if !self.odd(5) => state.names().id(agent).to_owned(),
            _ => self.agent(state, self.b),
        }
    }

    /// A contact that waits or is offered, mostly.
    fn unanswered(self, state: &State) -> String {
        let waits = |stage| matches!(stage, ContactStage::Waiting | ContactStage::Offered);
        let live = state.live_contacts_after(0).filter(|record| waits(record.stage()));
        let live: Vec<&str> = live.map(|record| record.id.as_str()).collect();
        choose(&live, self.a).map_or_else(|| self.contact(state, self.a), str::to_owned)
    }

    /// One that waits again after it was parked, mostly.
    pub(super) fn back_in_line(self, state: &State) -> String {
        let live = state.live_contacts_after(0).filter(|record| record.stage() == ContactStage::Waiting);
        let live: Vec<&str> =
            live.filter(|record| record.talk().parked_ms != 0).map(|record| record.id.as_str()).collect();
        choose(&live, self.a).map_or_else(|| self.unanswered(state), str::to_owned)
    }

    fn leg(self, state: &State, fits: impl Fn(AssignmentStage) -> bool) -> Option<AssignmentRecord> {
        let legs: Vec<AssignmentRecord> = state.assignments().copied().collect();
        let fitting: Vec<AssignmentRecord> = legs.iter().copied().filter(|leg| fits(leg.stage())).collect();
        if self.odd(9) { choose(&legs, self.a) } else { choose(&fitting, self.a) }
    }

    /// An offer with its epoch, contact and agent; sometimes of somebody else, of before or of nowhere.
    fn offer(self, state: &State, fits: impl Fn(AssignmentStage) -> bool) -> (u64, u32, String, String) {
        let leg = self.leg(state, fits).unwrap_or_default();
        let contact = state.contact(leg.contact).map_or_else(|| "n0".to_owned(), |record| record.id.clone());
        let agent = match state.names().id(leg.agent) {
            "" => self.agent(state, self.b),
            id => id.to_owned(),
        };
        match self.c % 24 {
            0 => (leg.offer, leg.epoch + 1, contact, agent),
            1 => (leg.offer + 1, 1, contact, agent),
            2 => (leg.offer, leg.epoch, contact, self.agent(state, self.b)),
            3 => (leg.offer.saturating_sub(1), 1, self.contact(state, self.b), agent),
            _ => (leg.offer, leg.epoch, contact, agent),
        }
    }

    /// A name of the plan, or one that isn't there.
    fn name(self, of: &[&str], by: u16) -> String {
        if self.odd(31) { "nowhere".to_owned() } else { choose(of, by).unwrap_or("nowhere").to_owned() }
    }

    fn ending(self) -> Ending {
        let disposition = ["", "", "d0", "d1", "d9"][usize::from(self.b % 5)];
        Ending { disposition: disposition.to_owned(), resolution: u32::from(self.c % 3) }
    }

    /// A contact that comes in; `fresh` numbers those that are new.
    pub fn enqueue(self, state: &State, fresh: u32) -> Command {
        let plan = state.plan();
        let known = self.odd(8);
        let id = if known { format!("n{}", self.a % 40) } else { format!("n{fresh}") };
        let queue = self.name(&ids(&plan.queues), self.a);
        let channels: Vec<&str> = plan
            .queues
            .get(&queue)
            .map_or_else(Vec::new, |queue| queue.channels.iter().map(String::as_str).collect());
        let category = if self.b.is_multiple_of(3) && !plan.categories.is_empty() {
            self.name(&ids(&plan.categories), self.c)
        } else {
            String::new()
        };
        let mut dice = Dice::new(self.a, self.b, self.c);
        let case_id = if dice.once_in(3) { format!("x{}", dice.roll(3)) } else { String::new() };
        Command::Enqueue(Box::new(Enqueue {
            id,
            gateway: format!("gw{}", self.c % 3),
            channel: self.name(&channels, self.b),
            queue: if self.odd(11) { String::new() } else { queue },
            category,
            priority: [0, 0, 0, 1, 3, 10][usize::from(self.b % 6)],
            case_id,
            wants: dice.wants(state),
            fingerprint: u64::from(self.b % 2),
            customer: talk::customer(&mut dice),
            bot: if dice.once_in(12) { format!("gw{}", dice.roll(3)) } else { String::new() },
            by_action: dice.once_in(9),
            ..Enqueue::default()
        }))
    }

    fn update(self, state: &State) -> Update {
        let plan = state.plan();
        let category = || self.name(&ids(&plan.categories), self.c);
        let mut dice = Dice::new(self.a, self.b, self.c);
        Update {
            priority: (self.b.is_multiple_of(3)).then(|| i32::from(self.c % 11)),
            category: (self.b.is_multiple_of(4)).then(category),
            case_id: dice.once_in(6).then(|| format!("x{}", self.c % 3)),
            skills: dice.once_in(5).then(|| dice.ranges(plan, 1)),
            any_of: dice.once_in(5).then(|| dice.sets(plan)),
            none_of: dice.once_in(7).then(|| dice.ranges(plan, 1)),
            preferred_skills: dice.once_in(5).then(|| dice.ranges(plan, 2)),
            preferred_agent: dice.once_in(5).then(|| dice.one(&plan.agents).unwrap_or_default()),
            ..Update::default()
        }
    }

    fn target(self, state: &State) -> Target {
        let queues = ids(&state.plan().queues);
        if self.c.is_multiple_of(2) {
            return Target::Queue(self.name(&queues, self.c / 2));
        }
        let fallback = if self.c.is_multiple_of(3) { String::new() } else { self.name(&queues, self.c / 3) };
        Target::Agent { agent: self.agent(state, self.b), fallback }
    }

    /// Another plan: parts of those at hand.
    fn apply(self, state: &State, plans: &[Plan]) -> ApplyPlan {
        let other = &plans[usize::from(self.a) % plans.len()];
        let queues = ids(&other.queues);
        ApplyPlan {
            plan: Box::new(mixed(state.plan(), other, self.b)),
            expected_revision: if self.odd(9) { u64::from(self.c % 3) } else { 0 },
            validate_only: self.odd(13),
            removed_queues: match self.c % 3 {
                0 => RemovedQueuePolicy::Refuse,
                1 => RemovedQueuePolicy::End,
                _ => RemovedQueuePolicy::Move(self.name(&queues, self.c / 3)),
            },
        }
    }

    /// The command that comes of it now.
    pub fn command(self, state: &State, plans: &[Plan], fresh: u32, now_ms: u64) -> Command {
        let nothing = match self.kind {
            Kind::Accept | Kind::Decline | Kind::Report | Kind::Complete | Kind::Finish => {
                state.assignments().next().is_none()
            }
            Kind::Update
            | Kind::Cancel
            | Kind::Transfer
            | Kind::Assign
            | Kind::Pull
            | Kind::Says
            | Kind::Consult
            | Kind::Intervene => state.live_count() == 0,
            _ => false,
        };
        if nothing && !self.odd(9) {
            return self.enqueue(state, fresh);
        }
        let talks = matches!(self.kind, Kind::Says | Kind::Consult | Kind::ChangeConsult | Kind::Promise);
        if talks && !self.odd(5) && !state.assignments().any(|leg| leg.stage() == AssignmentStage::Active) {
            return self.towards_talk(state, fresh);
        }
        match self.kind {
            Kind::Enqueue | Kind::Burst => self.enqueue(state, fresh),
            Kind::Update => {
                Command::Update { contact: self.contact(state, self.a), update: Box::new(self.update(state)) }
            }
            Kind::Cancel => Command::Cancel { contact: self.contact(state, self.a) },
            Kind::Accept => {
                let (offer, epoch, _, agent) = self.offer(state, |stage| stage == AssignmentStage::Offered);
                Command::Accept { agent, offer, epoch }
            }
            Kind::Decline => {
                let (offer, epoch, _, agent) = self.offer(state, |stage| stage == AssignmentStage::Offered);
                Command::Decline { agent, offer, epoch }
            }
            Kind::Report => {
                let ringing = |stage| matches!(stage, AssignmentStage::Offered | AssignmentStage::Connecting);
                let (offer, epoch, contact, _) = self.offer(state, ringing);
                let result = [
                    Connection::Answered,
                    Connection::Connected,
                    Connection::Connected,
                    Connection::Connected,
                    Connection::AgentUnreachable,
                    Connection::CustomerGone,
                ][usize::from(self.b % 6)];
                Command::ReportConnection { contact, offer, epoch, result }
            }
            Kind::Complete => {
                let (_, _, contact, agent) = self.offer(state, |stage| stage == AssignmentStage::Active);
                let agent = (!self.b.is_multiple_of(4)).then_some(agent);
                let promise = (agent.is_some() && self.c.is_multiple_of(6))
                    .then(|| Box::new(self.new_promise(state, fresh)));
                Command::Complete { agent, contact, ending: self.ending(), promise }
            }
            Kind::Finish => {
                let (_, _, contact, agent) = self.offer(state, |stage| stage == AssignmentStage::WrapUp);
                Command::FinishWrapUp { agent, contact }
            }
            Kind::Transfer if self.a.is_multiple_of(3) => Command::Transfer {
                agent: None,
                contact: self.contact(state, self.b),
                target: self.target(state),
                other_channel: self.other_channel(state),
            },
            Kind::Transfer => {
                let (_, _, contact, agent) = self.offer(state, |stage| stage == AssignmentStage::Active);
                Command::Transfer {
                    agent: Some(agent),
                    contact,
                    target: self.target(state),
                    other_channel: self.other_channel(state),
                }
            }
            Kind::Assign => Command::Assign {
                contact: self.unanswered(state),
                agent: self.somebody(state),
                override_requirements: self.c.is_multiple_of(2),
            },
            Kind::Pull if self.c.is_multiple_of(4) => Command::Pull {
                agent: self.somebody(state),
                contact: self.contact_in(state, &[ContactStage::Parked], self.a),
            },
            Kind::Pull if self.c % 4 == 1 => {
                Command::Pull { agent: self.somebody(state), contact: self.back_in_line(state) }
            }
            Kind::Pull => Command::Pull { agent: self.somebody(state), contact: self.unanswered(state) },
            Kind::Gateway => Command::GatewayAlive {
                gateway: format!("gw{}", self.a % 3),
                lease_ms: u64::from((self.b % 6).saturating_sub(2)) * 10_000,
            },
            Kind::GatewayLost => Command::GatewayStreamLost { gateway: format!("gw{}", self.a % 3) },
            Kind::Apply => Command::ApplyPlan(self.apply(state, plans)),
            Kind::Start => Command::Start,
            Kind::Clock => Command::ObserveClock { wall_offset_ms: i64::from(self.a) },
            Kind::Says
            | Kind::ToBot
            | Kind::FromBot
            | Kind::Consult
            | Kind::ChangeConsult
            | Kind::Promise
            | Kind::ChangePromise
            | Kind::Feedback
            | Kind::Intervene => self.talk_command(state, fresh),
            Kind::OverrideShift | Kind::OverrideQueue | Kind::SetShifts | Kind::Import | Kind::Jump => {
                self.shift_command(state, now_ms)
            }
            Kind::AskCallback | Kind::CancelCallback | Kind::ChangeCallback | Kind::Dialled | Kind::Level => {
                self.surge_command(state, fresh, now_ms)
            }
            _ => self.agent_command(state),
        }
    }

    /// What brings a contact to an agent: it is connected, accepted, or comes in.
    pub fn towards_talk(self, state: &State, fresh: u32) -> Command {
        let kind = match state.assignments().map(AssignmentRecord::stage).min() {
            Some(AssignmentStage::Offered) => Kind::Accept,
            Some(AssignmentStage::Connecting) => Kind::Report,
            _ => return self.enqueue(state, fresh),
        };
        Op { kind, ..self }.command(state, &[], fresh, 0)
    }

    /// The same for what agents do by themselves.
    fn agent_command(self, state: &State) -> Command {
        let session = |agent: &str| {
            let current = state.agent_by_id(agent).map_or(0, |agent| agent.record.session);
            if self.odd(6) { current + 1 } else { current }
        };
        let agent = self.agent(state, self.a);
        match self.kind {
            Kind::SignIn => {
                let session = if self.b.is_multiple_of(2) { 0 } else { session(&agent) };
                Command::SignIn {
                    agent,
                    session,
                    ready: [Some(true), Some(true), Some(false), None][usize::from(self.c % 4)],
                }
            }
            Kind::StreamLost => Command::AgentStreamLost { session: session(&agent), agent },
            Kind::Alive => Command::AgentAlive { session: session(&agent), agent },
            Kind::SignOut => {
                let session = if self.b.is_multiple_of(2) { 0 } else { session(&agent) };
                Command::SignOut { agent, session, return_contacts: self.c.is_multiple_of(2) }
            }
            Kind::Ready => Command::SetAvailability { agent, ready: true, reason: String::new() },
            Kind::NotReady => {
                Command::SetAvailability { agent, ready: false, reason: format!("r{}", self.b % 3) }
            }
            _ => Command::Tick,
        }
    }

    /// How far time goes on.
    pub fn by_ms(self, state: &State, now_ms: u64) -> u64 {
        let to_deadline = state.next_deadline_ms().map_or(1_000, |due_ms| due_ms.saturating_sub(now_ms));
        // A whole case is shorter than requests and ended contacts are remembered.
        let to_deadline = to_deadline.min(1_200_000);
        match self.a % 8 {
            0 => 1,
            1 => to_deadline,
            2 => to_deadline.saturating_sub(1),
            3 => to_deadline + 1,
            4 => 0,
            5 => u64::from(self.b),
            _ => u64::from(self.b % 20) * 1_000,
        }
    }

    /// Some commands carry a request id, a few of them one that was used before.
    pub fn request(self, fresh: u32) -> Option<RequestKey> {
        let id = if self.a.is_multiple_of(5) { u32::from(self.a % 10) } else { 100 + fresh };
        let fingerprint = u64::from(self.b % 2);
        (self.c.is_multiple_of(3)).then(|| RequestKey { id: format!("r{id}"), fingerprint })
    }
}
