//! One step: a command is decided upon, and what was decided happens as events. Owns the hand-over from
//! deciding to evolving: everything that changes goes through [`Step::emit`].

use crate::proto::journal::{self as j, event::Kind};

use super::{
    command::{Command, Reply, RequestKey},
    consult::NewConsult,
    evolve::{Effect, Slices},
    limits::{OFFERS_PER_STEP, PROFILES_AS_ONE},
    refusal::Refusal,
    state::State,
};

/// Who is told each event, right after it has become part of the state.
pub trait Sink {
    /// `state` includes `event`, whose sequence is `state.sequence()`.
    fn event(&mut self, state: &State, event: j::Event, effect: Effect);
}

impl Sink for Vec<j::Event> {
    fn event(&mut self, _: &State, event: j::Event, _: Effect) {
        self.push(event);
    }
}

/// A command being carried out.
pub(super) struct Step<'a> {
    pub state: &'a mut State,
    pub now_ms: u64,
    /// How much of a change of rules one step carries out.
    pub slices: Slices,
    request: Option<&'a RequestKey>,
    sink: &'a mut dyn Sink,
}

pub(super) type Answer = Result<Reply, Refusal>;

impl<'a> Step<'a> {
    pub fn new(
        state: &'a mut State,
        now_ms: u64,
        slices: Slices,
        request: Option<&'a RequestKey>,
        sink: &'a mut dyn Sink,
    ) -> Self {
        let now_ms = now_ms.max(state.now_ms);
        Self { state, now_ms, slices, request, sink }
    }

    /// Decides upon `command`, then matches what it has made possible; if it is refused, neither.
    pub fn run(&mut self, command: Command) -> Answer {
        if let Some(request) = self.request
            && let Some(fingerprint) = self.state.request_ids.get(&request.id)
        {
            return if *fingerprint == request.fingerprint {
                Ok(Reply::Repeat)
            } else {
                Err(Refusal::exists(
                    "REQUEST_ID_REUSED",
                    "this request_id was used for another request; choose a new one",
                ))
            };
        }
        let answer = self.decide(command);
        // Offers may have been due before: they are not the doing of this request, and a refused command
        // changes nothing at all.
        self.request = None;
        if answer.is_ok() {
            self.match_waiting();
        }
        answer
    }

    fn decide(&mut self, command: Command) -> Answer {
        match command {
            Command::Tick => self.tick(),
            Command::Start => self.start(),
            Command::ObserveClock { wall_offset_ms } => {
                self.emit(Kind::ClockObserved(j::ClockObserved { wall_offset_ms }));
                Ok(Reply::Done)
            }
            Command::ApplyPlan(apply) => self.apply_plan(apply),
            Command::CheckPlan(change) => self.check_plan(&change),
            Command::StagePlan { base, stage, part } => self.stage_plan(base, stage, part),
            Command::CommitPlan { change, stage } => self.commit_plan(&change, stage),
            Command::GatewayAlive { gateway, lease_ms } => self.gateway_alive(&gateway, lease_ms),
            Command::GatewayStreamLost { gateway } => self.gateway_stream_lost(&gateway),
            command @ (Command::Enqueue(_)
            | Command::Update { .. }
            | Command::Cancel { .. }
            | Command::ReportConnection { .. }
            | Command::Complete { .. }
            | Command::Transfer { .. }
            | Command::Assign { .. }
            | Command::Pull { .. }) => self.decide_contact(command),
            command @ (Command::SignIn { .. }
            | Command::AgentStreamLost { .. }
            | Command::AgentAlive { .. }
            | Command::SignOut { .. }
            | Command::SetAvailability { .. }
            | Command::Accept { .. }
            | Command::Decline { .. }
            | Command::FinishWrapUp { .. }) => self.decide_agent(command),
            command @ (Command::RecordActivity { .. }
            | Command::HandToBot { .. }
            | Command::ReturnFromBot { .. }
            | Command::StartConsult { .. }
            | Command::ChangeConsult { .. }
            | Command::MakePromise { .. }
            | Command::ChangePromise { .. }
            | Command::RecordFeedback { .. }
            | Command::Intervene { .. }) => self.decide_conversation(command),
            command @ (Command::OverrideShift { .. }
            | Command::OverrideQueue { .. }
            | Command::SetShifts(_)
            | Command::StageShifts { .. }
            | Command::CommitShifts { .. }) => self.decide_schedule(command),
            command @ (Command::SetSurgeLevel { .. }
            | Command::RequestCallback(_)
            | Command::CancelCallback { .. }
            | Command::ChangeCallback { .. }
            | Command::ReportDial { .. }) => self.decide_surge(command),
        }
    }

    fn decide_contact(&mut self, command: Command) -> Answer {
        match command {
            Command::Enqueue(enqueue) => self.enqueue(*enqueue),
            Command::Update { contact, update } => self.update(&contact, *update),
            Command::Cancel { contact } => self.cancel(&contact),
            Command::ReportConnection { contact, offer, epoch, result } => {
                self.report_connection(&contact, offer, epoch, result)
            }
            Command::Complete { agent: None, contact, ending, promise: _ } => {
                self.complete_by_gateway(&contact, &ending)
            }
            Command::Complete { agent: Some(agent), contact, ending, promise } => {
                self.complete_by_agent(&agent, &contact, &ending, promise.as_deref())
            }
            Command::Transfer { agent, contact, target, other_channel } => {
                self.transfer(agent.as_deref(), &contact, &target, other_channel.as_ref())
            }
            Command::Assign { contact, agent, override_requirements } => {
                self.assign(&contact, &agent, override_requirements)
            }
            Command::Pull { agent, contact } => self.pull(&agent, &contact),
            _ => Ok(Reply::Done),
        }
    }

    fn decide_agent(&mut self, command: Command) -> Answer {
        match command {
            Command::SignIn { agent, session, ready } => self.sign_in(&agent, session, ready),
            Command::AgentStreamLost { agent, session } => self.agent_stream_lost(&agent, session),
            Command::AgentAlive { agent, session } => self.agent_alive(&agent, session),
            Command::SignOut { agent, session, return_contacts } => {
                self.sign_out(&agent, session, return_contacts)
            }
            Command::SetAvailability { agent, ready, reason } => {
                self.set_availability(&agent, ready, &reason)
            }
            Command::Accept { agent, offer, epoch } => self.accept(&agent, offer, epoch),
            Command::Decline { agent, offer, epoch } => self.decline(&agent, offer, epoch),
            Command::FinishWrapUp { agent, contact } => self.finish_wrap_up(&agent, &contact),
            _ => Ok(Reply::Done),
        }
    }

    fn decide_conversation(&mut self, command: Command) -> Answer {
        match command {
            Command::RecordActivity { contact, activity, check_only } => {
                self.record_activity(&contact, activity, check_only)
            }
            Command::HandToBot { contact, bot } => self.hand_to_bot(&contact, &bot),
            Command::ReturnFromBot { contact, bot, leaving } => self.return_from_bot(&contact, &bot, leaving),
            Command::StartConsult { agent, contact, consult, target, customer, fingerprint } => {
                let new = NewConsult { id: consult, target, customer, fingerprint };
                self.start_consult(&agent, &contact, new)
            }
            Command::ChangeConsult { agent, consult, action } => {
                self.change_consult(&agent, &consult, action)
            }
            Command::MakePromise { agent, contact, promise } => self.make_promise(&agent, &contact, &promise),
            Command::ChangePromise { by, promise, change, reason } => {
                self.change_promise(by, &promise, change, &reason)
            }
            Command::RecordFeedback { contact, feedback } => self.record_feedback(&contact, feedback),
            Command::Intervene { contact, supervisor, reason, action } => {
                self.intervene(&contact, &supervisor, &reason, action)
            }
            _ => Ok(Reply::Done),
        }
    }

    fn decide_schedule(&mut self, command: Command) -> Answer {
        match command {
            Command::OverrideShift { agent, state, word } => self.override_shift(&agent, state, word),
            Command::OverrideQueue { queue, state, word } => self.override_queue(&queue, state, word),
            Command::SetShifts(change) => self.set_shifts(&change),
            Command::StageShifts { base, stage, part } => self.stage_shifts(base, stage, &part),
            Command::CommitShifts { base, stage, summary } => self.commit_shifts(base, stage, summary),
            _ => Ok(Reply::Done),
        }
    }

    fn decide_surge(&mut self, command: Command) -> Answer {
        match command {
            Command::SetSurgeLevel { queue, state, word } => self.set_surge_level(&queue, state, word),
            Command::RequestCallback(callback) => self.request_callback(&callback),
            Command::CancelCallback { callback, reason } => self.cancel_callback(&callback, &reason),
            Command::ChangeCallback { callback, change, word } => {
                self.change_callback(&callback, change, word)
            }
            Command::ReportDial { contact, attempt, result } => self.report_dial(&contact, attempt, result),
            _ => Ok(Reply::Done),
        }
    }

    /// Whether the request has an id that nothing has remembered yet: events are what remembers it.
    pub fn is_to_be_remembered(&self) -> bool {
        self.request.is_some()
    }

    /// Makes something happen.
    pub fn emit(&mut self, kind: Kind) {
        let mut event = j::Event { at_ms: self.now_ms, kind: Some(kind), ..j::Event::default() };
        if let Some(request) = self.request.take() {
            event.request_id.clone_from(&request.id);
            event.request_fingerprint = request.fingerprint;
        }
        let effect = self.state.evolve(&event);
        self.sink.event(self.state, event, effect);
    }

    /// Makes the offers that are due, up to the step's bound.
    fn match_waiting(&mut self) {
        if !self.state.settled_schedules(self.now_ms) {
            // Who is on shift now is known only once all are whose shift begins or ends now.
            return;
        }
        let mut left = OFFERS_PER_STEP;
        while left > 0 {
            let Some(pair) = self.state.next_pair(self.now_ms) else {
                break;
            };
            // For each offer all unlike agents who are free are compared.
            left = left.saturating_sub(1 + self.state.index.profiles.open() / PROFILES_AS_ONE);
            if self.state.waited_too_long(pair.contact, self.now_ms) {
                // It came back to waiting after its time, before the timer was looked at.
                self.close(pair.contact, j::ContactEnd::WaitLimit, 0, 0);
            } else {
                self.offer(pair.contact, &pair.chosen, j::OfferCause::Matched, pair.trigger);
            }
        }
    }
}
