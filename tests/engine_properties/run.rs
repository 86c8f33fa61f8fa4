//! Carries a case out, step by step, and looks at everything after each. Beside the engine go a state that
//! only replays its events, and from some moment on a second engine that was rebuilt from a snapshot or by
//! replay and must decide the same.

use std::{collections::BTreeMap, fmt::Write as _};

use kefud::{
    engine::{
        command::{ApplyPlan, Command, RemovedQueuePolicy, Reply, RequestKey},
        evolve::Slices,
        limits::{CHORES_PER_STEP, OFFERS_PER_STEP},
        refusal::Refusal,
        state::State,
    },
    plan::{self, Plan},
    proto::journal::{self as j, event},
    sim::Sim,
};
use prost::Message;

use crate::{
    called::Called,
    checks::{self, Leftovers},
    decisions::unsettled,
    flow::Flows,
    history::History,
    hours::Clocks,
    levels::Levels,
    naive::{Told, View},
    ops::{Kind, Op},
    shifts::Shifts,
    sweeps::Sweeps,
    tally::Tally,
};

mod calm;
mod cases;
mod follows;
mod fork;
mod parts;

pub use cases::{Case, case, rush, shifts, surge, talk};

/// Engine time at which cases begin.
pub const START_MS: u64 = 50_000_000;
/// Ticks that may be due one after the other.
const TICKS_MAX: usize = 10_000;
/// Offers of a step whose choice is checked each; of those after them one in so many.
const OFFERS_CHECKED: usize = 12;

/// What went wrong, and what had been done.
pub struct Failure {
    pub problem: String,
    transcript: String,
}

impl Failure {
    pub fn text(&self, case: &Case) -> String {
        let mut text = format!("{}\n{}", self.problem, self.transcript);
        for plan in &case.plans {
            let _ = writeln!(text, "--- plan\n{}", plan::render(plan));
        }
        text
    }
}

/// Carries a case out; with `tell` what was done is written down.
pub fn run(case: &Case, tell: bool) -> Result<Tally, Failure> {
    let mut run = Run {
        sim: Sim::new(START_MS),
        mirror: State::default(),
        fork: None,
        fork_ms: 0,
        fork_alike: true,
        tally: Tally::default(),
        history: History::default(),
        clocks: Clocks::default(),
        called: Called::default(),
        flows: Flows::default(),
        levels: Levels::default(),
        sweeps: Sweeps::default(),
        shifts: Shifts::default(),
        leftovers: Leftovers::default(),
        requests: BTreeMap::new(),
        slices: case.slices(),
        fresh: 0,
        steps: 0,
        looked_ms: None,
        transcript: tell.then(String::new),
    };
    run.sim.set_slices(case.slices());
    let outcome = run.case(case);
    match outcome {
        Ok(()) => Ok(run.tally),
        Err(problem) => Err(Failure { problem, transcript: run.transcript.unwrap_or_default() }),
    }
}

struct Run {
    sim: Sim,
    mirror: State,
    fork: Option<Sim>,
    /// By when the rebuilt engine has looked at every queue, and whether it has.
    fork_ms: u64,
    fork_alike: bool,
    tally: Tally,
    history: History,
    clocks: Clocks,
    called: Called,
    flows: Flows,
    levels: Levels,
    sweeps: Sweeps,
    shifts: Shifts,
    leftovers: Leftovers,
    requests: BTreeMap<String, u64>,
    slices: Slices,
    fresh: u32,
    steps: u64,
    /// When it was looked at whether all is settled, if nothing has happened since.
    looked_ms: Option<u64>,
    transcript: Option<String>,
}

type Checked<T = ()> = Result<T, String>;

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(problem()) }
}

/// Events that come only of the end of an offer.
fn unasked(kind: &event::Kind) -> bool {
    match kind {
        event::Kind::ExclusionsCleared(_) => true,
        event::Kind::RingOpened(opened) => opened.cause() == j::RingCause::AllDeclined,
        _ => false,
    }
}

/// Everything that a state is made of.
fn exported(state: &State) -> Vec<j::SnapshotRecord> {
    let mut records = Vec::new();
    state.export(|record| records.push(record));
    records
}

impl Run {
    fn case(&mut self, case: &Case) -> Checked {
        if case.wall_s != 0 {
            let now_ms = i64::try_from(self.sim.now_ms()).unwrap_or(i64::MAX);
            let wall_offset_ms = case.wall_s * 1_000 - now_ms;
            self.step(None, Command::ObserveClock { wall_offset_ms })?;
        }
        let plan = Box::new(case.plans[0].clone());
        let removed_queues = RemovedQueuePolicy::Refuse;
        let first = ApplyPlan { plan, expected_revision: 0, validate_only: false, removed_queues };
        self.step(None, Command::ApplyPlan(first))?;
        for agent in case.agents_present() {
            let sign_in = Command::SignIn { agent, session: 0, ready: Some(true) };
            self.step(None, sign_in)?;
        }
        for op in &case.ops {
            let more = self.op(*op, &case.plans)?;
            // Now and then the next command comes before everything that was due is done.
            if more && !op.c.is_multiple_of(4) {
                self.settle()?;
            }
        }
        self.settle()?;
        self.calms_down()?;
        self.check_hashes()?;
        ensure(self.sim.replayed().hash() == self.sim.state().hash(), || "a whole replay differs".to_owned())
    }

    fn op(&mut self, op: Op, plans: &[Plan]) -> Checked<bool> {
        match op.kind {
            Kind::Advance => self.advance(op.by_ms(self.sim.state(), self.sim.now_ms())).map(|()| false),
            Kind::Late => {
                self.pass(op.by_ms(self.sim.state(), self.sim.now_ms()));
                Ok(false)
            }
            Kind::Fork => self.split(op.a).map(|()| false),
            Kind::Burst => {
                let mut more = false;
                for at in 0..70 + op.a % 40 {
                    let op = Op { a: op.a.wrapping_add(at), c: op.c.wrapping_mul(at), ..op };
                    self.fresh += 1;
                    more = self.step(None, op.enqueue(self.sim.state(), self.fresh))?;
                }
                Ok(more)
            }
            Kind::Quiet => {
                self.fresh += 1;
                self.step(None, op.towards_talk(self.sim.state(), self.fresh))?;
                self.advance(1_000 * u64::from(5 + op.b % 26))?;
                let mut more = false;
                for nth in 0..3 {
                    self.fresh += 1;
                    more = self.step(None, op.wakes(self.sim.state(), self.fresh, nth))?;
                }
                Ok(more)
            }
            Kind::Import => self.import(op),
            Kind::Flood | Kind::Serve | Kind::Leave | Kind::CallBack => self.rushes(op),
            Kind::Insist => {
                let mut more = false;
                for nth in 0..4 + op.c % 9 {
                    self.fresh += 1;
                    more = self.step(None, op.insists(self.sim.state(), self.fresh, nth))?;
                }
                Ok(more)
            }
            _ => {
                self.fresh += 1;
                let command = op.command(self.sim.state(), plans, self.fresh, self.sim.now_ms());
                let request = op.request(self.fresh).filter(|_| !matches!(command, Command::Tick));
                match command {
                    Command::ApplyPlan(apply) if op.c.is_multiple_of(3) && !apply.validate_only => {
                        self.apply_in_parts(op, request.as_ref(), apply)
                    }
                    command => self.step(request.as_ref(), command),
                }
            }
        }
    }

    fn pass(&mut self, by_ms: u64) {
        self.sim.pass(by_ms);
        if let Some(fork) = &mut self.fork {
            fork.pass(by_ms);
        }
    }

    /// Lets time pass, and does what falls due when it does.
    fn advance(&mut self, by_ms: u64) -> Checked {
        let until_ms = self.sim.now_ms() + by_ms;
        self.settle()?;
        while let Some(due_ms) = self.sim.state().next_deadline_ms().filter(|due_ms| *due_ms <= until_ms) {
            let told = self.sim.events().len();
            self.pass(due_ms - self.sim.now_ms());
            self.settle()?;
            if due_ms.is_multiple_of(1_000) && self.sim.events().len() == told {
                let view = View::new(self.sim.state(), due_ms);
                self.levels.quiet(&view)?;
                self.sweeps.quiet(&view)?;
            }
        }
        self.pass(until_ms - self.sim.now_ms());
        Ok(())
    }

    fn settle(&mut self) -> Checked {
        for _ in 0..TICKS_MAX {
            if !self.step(None, Command::Tick)? {
                return Ok(());
            }
        }
        Err(format!("still not settled after {TICKS_MAX} ticks"))
    }

    fn step(&mut self, request: Option<&RequestKey>, command: Command) -> Checked<bool> {
        self.steps += 1;
        let (told, legs) = (self.sim.events().len(), self.sim.state().assignments().count());
        let ticks = matches!(command, Command::Tick);
        let settled = self.sim.state().settled();
        let (answer, more) = self.sim.step(request, command.clone());
        let events = self.sim.events()[told..].to_vec();
        self.tell(&command, request, &answer, &events);
        self.tally.seen(&answer, &events, more);
        self.check_request(request, &answer, &events)?;
        let chores = if ticks { CHORES_PER_STEP * 3 } else { 8 };
        let bound = OFFERS_PER_STEP + chores + 2 * legs;
        ensure(events.len() <= bound, || format!("{} events in one step, at most {bound}", events.len()))?;
        if answer.is_err() {
            ensure(events.is_empty(), || "a refused command has made events".to_owned())?;
        }
        self.check_answer(&command, &answer, &events)?;
        self.check_events(&command, &events)?;
        self.check_fork(request, command, &(answer.clone(), more), &events)?;
        let state = self.sim.state();
        // Where nothing has happened nothing is looked at twice.
        let changed = !events.is_empty() || !settled;
        if changed {
            checks::consistent(state)?;
            self.tally.check(state)?;
            self.history.check(state)?;
            self.clocks.check(state)?;
            self.called.check(state)?;
            self.flows.check(state)?;
            self.looked_ms = None;
        }
        if !more && self.looked_ms != Some(self.sim.now_ms()) {
            self.looked_ms = Some(self.sim.now_ms());
            unsettled(state, self.sim.now_ms())?;
            self.shifts.check(state, self.sim.now_ms())?;
            self.tally.covered.settled(state, self.sim.now_ms());
        }
        // A refused command leaves the state as the replay of all events has it.
        if self.steps.is_multiple_of(if answer.is_err() { 2 } else { 8 }) {
            self.check_rebuilt(self.steps.is_multiple_of(16))?;
        }
        Ok(more)
    }

    /// Each event survives the journal, follows the rules, and leaves nobody over capacity.
    fn check_events(&mut self, command: &Command, events: &[j::Event]) -> Checked {
        // With deadlines overdue, an exclusion may be over that the next tick will only notice.
        let overdue = self.sim.state().next_deadline_ms().is_some_and(|due_ms| due_ms <= self.sim.now_ms());
        let mut offers = 0;
        let mut follows = None;
        let mut way = None;
        for event in events {
            let decoded =
                j::Event::decode(event.encode_to_vec().as_slice()).map_err(|error| error.to_string())?;
            ensure(decoded == *event, || format!("journaled, {event:?} is {decoded:?}"))?;
            ensure(event.at_ms >= self.mirror.now_ms(), || "time goes back".to_owned())?;
            let Some(kind) = &event.kind else { return Err("an event of no kind".to_owned()) };
            if let event::Kind::ContactOffered(offer) = kind {
                offers += usize::from(offer.cause() == j::OfferCause::Matched);
            }
            // What came of the end of an offer comes right after it.
            if let Some(follows) = follows.take() {
                ensure(*kind == follows, || format!("{kind:?} is not {follows:?}"))?;
            } else {
                ensure(!unasked(kind), || format!("{kind:?} comes without reason"))?;
            }
            self.check_way(kind, &mut way)?;
            let timely = !overdue && (offers <= OFFERS_CHECKED || offers % OFFERS_CHECKED == 0);
            let told = Told { pulled: self.history.pulled(), ..follows::asked_by(command) };
            let checked = View::new(&self.mirror, event.at_ms).told(told).check(kind, timely);
            checked.map_err(|problem| format!("{problem}: {kind:?}"))?;
            if let Some(event::Kind::OfferAccepted(accepted)) = &event.kind {
                let deadline_ms = self.mirror.assignment(accepted.offer).map_or(0, |leg| leg.deadline_ms);
                let offer = accepted.offer;
                ensure(event.at_ms < deadline_ms, || format!("offer {offer} is accepted late"))?;
            }
            let past = self.history.event(&decoded, &self.mirror);
            past.map_err(|problem| format!("{problem}: {kind:?}"))?;
            self.clocks.event(&decoded, &self.mirror);
            let surging = self.check_surge(command, &decoded, kind);
            surging.map_err(|problem| format!("{problem}: {kind:?}"))?;
            self.tally.count(&decoded, &self.mirror);
            let (ended, left) = (self.ended_offer(kind), self.left_exclusion(kind));
            let wrote = self.parked_writes(kind);
            self.mirror.evolve(&decoded);
            if let Some(record) = wrote.and_then(|contact| self.mirror.contact(contact)) {
                way = Some((record.contact, View::new(&self.mirror, event.at_ms).way_back(record)));
            }
            if let Some((contact, exclusion)) = left {
                let record = self.mirror.contact(contact).ok_or("a contact is gone")?;
                ensure(record.exclusions() == [exclusion], || "not the latest exclusion is left".to_owned())?;
            }
            if let Some((contact, agent, reason)) = ended {
                follows = self.after_offer(event.at_ms, contact, agent, reason)?;
            }
            if let Some(event::Kind::PlanCommitted(_)) = &event.kind {
                self.leftovers.note(&self.mirror);
            }
            // What a consult has taken of the colleague goes on with the contact, by the next event.
            if self.history.handed_over().is_none() {
                self.leftovers.check_capacity(&self.mirror)?;
            }
        }
        ensure(follows.is_none(), || format!("{follows:?} is missing"))?;
        ensure(way.is_none(), || format!("{way:?} back is missing"))?;
        ensure(offers <= OFFERS_PER_STEP, || format!("{offers} offers in one step"))
    }

    /// What an event tells of surges and callbacks follows their rules.
    fn check_surge(&mut self, command: &Command, event: &j::Event, kind: &event::Kind) -> Checked {
        let view = View::new(&self.mirror, event.at_ms);
        self.levels.event(&view, kind)?;
        let by_hand = matches!(command, Command::HandToBot { .. });
        self.sweeps.event(&view, kind, by_hand)?;
        self.flows.event(event, &self.mirror)?;
        self.called.event(event, &self.mirror)
    }

    /// What the rules say of a command is what it is answered.
    fn check_answer(
        &mut self,
        command: &Command,
        answer: &Result<Reply, Refusal>,
        events: &[j::Event],
    ) -> Checked {
        let reason = answer.as_ref().err().map(|refusal| refusal.reason);
        let view = View::new(&self.mirror, self.sim.now_ms());
        if let Err(refusal) = answer {
            view.refused(command, refusal)?;
        }
        if reason == Some("NOBODY_CAN_SERVE") {
            ensure(view.nobody_can_serve(command), || "somebody could serve it".to_owned())?;
        }
        self.history.refused(command, reason.unwrap_or_default(), &self.mirror)?;
        let repeat = matches!(answer, Ok(Reply::Repeat)) || reason == Some("REQUEST_ID_REUSED");
        if let Some(allowed) = view.allowed(command).filter(|_| !repeat) {
            ensure(allowed.is_ok() == answer.is_ok(), || {
                format!("answered {answer:?}, should be {allowed:?}")
            })?;
        }
        let done = repeat || answer.is_err() || view.done(command, events);
        ensure(done, || format!("answered {answer:?}, not done"))?;
        if let Command::RecordActivity { contact, activity, .. } = command
            && !repeat
        {
            let said = view.said(contact, *activity);
            let gone = reason == Some("CONTACT_COMPACTED");
            ensure(said.as_ref().err().copied() == reason || gone, || {
                format!("answered {answer:?}, should be {said:?}")
            })?;
        }
        self.tally.covered.answered(command, answer);
        Ok(())
    }

    /// Replay gives the same state, record by record; and so does an import, which takes longer.
    fn check_rebuilt(&self, import: bool) -> Checked {
        let records = exported(self.sim.state());
        let replay = exported(&self.mirror) == records;
        ensure(replay, || "replay differs, or a refused command changed the state".to_owned())?;
        ensure(!import || exported(&self.sim.reimported()) == records, || "an import differs".to_owned())
    }

    fn check_hashes(&self) -> Checked {
        let hash = self.sim.state().hash();
        ensure(self.mirror.hash() == hash, || "the hash of a replay differs".to_owned())?;
        ensure(self.sim.reimported().hash() == hash, || "the hash of an import differs".to_owned())
    }

    fn tell(
        &mut self,
        command: &Command,
        request: Option<&RequestKey>,
        answer: &Result<Reply, Refusal>,
        events: &[j::Event],
    ) {
        let Some(transcript) = &mut self.transcript else {
            return;
        };
        let at_ms = self.sim.now_ms() - START_MS;
        let request = request.map_or(String::new(), |request| format!(" as {}", request.id));
        let what = match command {
            Command::ApplyPlan(apply) => {
                format!("ApplyPlan {:?}\n{}", apply.removed_queues, plan::render(&apply.plan))
            }
            other => format!("{other:?}"),
        };
        let _ = writeln!(transcript, "{at_ms} ms{request}: {what}\n    {answer:?}");
        for event in events.iter().filter_map(|event| event.kind.as_ref()) {
            let text = match event {
                event::Kind::PlanStaged(_) => "PlanStaged".to_owned(),
                other => format!("{other:?}"),
            };
            let _ = writeln!(transcript, "    {text}");
        }
    }
}
