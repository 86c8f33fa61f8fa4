//! The only mutator of the state. Owns what each event means; live and on replay it is the same code.
//! Must not decide anything, must not fail, must not depend on anything but the state and the event.

mod activity;
mod agent;
mod assignment;
mod bot;
mod callback;
mod case;
mod clock;
mod consult;
mod contact;
mod feedback;
mod flow;
mod gateway;
mod legs;
mod moving;
mod place;
mod plan;
mod promise;
mod replaced;
mod retention;
mod schedule;
mod settle;
mod supervise;
mod surge;

pub(super) use plan::plan_kind;
pub(super) use replaced::Replaced;
pub(super) use settle::Settling;
pub use settle::Slices;

use crate::proto::journal::{self as j, event::Kind};

use super::state::State;

/// How a wait in a queue ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaitEnd {
    /// Somebody answered.
    Answered,
    /// Somebody has a callback whose customer had not been reached: none waited on the line.
    AnsweredCallback,
    /// The customer left.
    Abandoned,
    /// A limit or an administrator ended it.
    Expired,
    /// The gateway is gone.
    Lost,
    /// It went to another queue.
    Moved,
    /// A bot closed it.
    Deflected,
    /// The reply window ended while the customer waited for an answer.
    Lapsed,
    /// Its customer is called back instead.
    CalledBack,
}

/// What an event was about, for those who tell others: streams and metrics. Numbers are 0 where the
/// event was not about such a thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// The contact.
    pub contact: u64,
    /// Its gateway.
    pub gateway: u32,
    /// The agent.
    pub agent: u32,
    /// The queue (before a transfer).
    pub queue: u32,
    /// The channel.
    pub channel: u32,
    /// The offer or assignment.
    pub offer: u64,
    /// A wait in the queue ended after so many milliseconds.
    pub wait: Option<(WaitEnd, u64)>,
    /// An offer was accepted (or not) after so many milliseconds.
    pub offer_ms: Option<u64>,
    /// An agent was done with the customer after so many milliseconds.
    pub handle_ms: Option<u64>,
    /// A wrap-up took so many milliseconds.
    pub wrap_up_ms: Option<u64>,
    /// The bot's gateway, or the one of another channel, which is told beside the contact's own.
    pub other_gateway: u32,
    /// The contact's category.
    pub category: u32,
    /// An agent wrote for the first time, so many milliseconds after the contact had come in.
    pub first_response_ms: Option<u64>,
    /// An agent answered a turn after so many milliseconds.
    pub response_ms: Option<u64>,
    /// A bot was done with the contact after so many milliseconds.
    pub bot_ms: Option<u64>,
    /// The promise.
    pub promise: u64,
    /// Of a consult: the contact that it is about.
    pub parent: u64,
    /// The contact was parked, and is no longer.
    pub unparked: bool,
    /// The surge level of the queue was this before.
    pub level_before: Option<u32>,
    /// A step had come so far in the line: since when the last contact waits that it has passed, and that contact.
    pub swept_from: (u64, u64),
    /// What happened by schedules, if anything did: apart, so that all other events, which are most, carry little.
    pub by_schedule: Option<Box<BySchedule>>,
}

/// What happened by schedules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BySchedule {
    /// Agents who are told too: those connected whose schedule state, or what comes next by it, is another.
    pub agents: Vec<u32>,
    /// Queues that opened or closed.
    pub queues: Vec<u32>,
    /// So long ago the first of the edges that it tells was due, if they came by themselves.
    pub edge_late_ms: Option<u64>,
    /// Departures from the schedule that had been noted and have ended, each after so many milliseconds.
    pub deviations: Vec<(j::DeviationKind, u64)>,
}

impl Effect {
    /// The effect of what happened by schedules.
    fn by_schedule(schedule: BySchedule) -> Self {
        Self { by_schedule: Some(Box::new(schedule)), ..Self::default() }
    }
}

impl State {
    /// Makes `event` part of the state.
    pub fn evolve(&mut self, event: &j::Event) -> Effect {
        self.sequence += 1;
        self.now_ms = self.now_ms.max(event.at_ms);
        if !event.request_id.is_empty() {
            self.remember_request(event);
        }
        let Some(kind) = &event.kind else {
            self.fault =
                Some(format!("event {} is of a kind that this version does not know", self.sequence));
            return Effect::default();
        };
        self.evolve_plan_and_gateway(kind)
            .or_else(|| self.evolve_contact(kind))
            .or_else(|| self.evolve_conversation(kind))
            .or_else(|| self.evolve_agent(kind))
            .or_else(|| self.evolve_schedule(kind))
            .or_else(|| self.evolve_surge(kind))
            .unwrap_or_default()
    }

    fn evolve_plan_and_gateway(&mut self, kind: &Kind) -> Option<Effect> {
        Some(match kind {
            Kind::ClockObserved(e) => self.clock_observed(e),
            Kind::DaemonStarted(e) => self.daemon_started(e),
            Kind::PlanStaged(e) => self.plan_staged(e),
            Kind::PlanCommitted(e) => self.plan_committed(e),
            Kind::GatewayNamed(e) => self.gateway_named(e),
            Kind::GatewayLeased(e) => self.gateway_leased(e),
            Kind::GatewayLost(e) => self.lose_gateway(e),
            _ => return None,
        })
    }

    fn evolve_contact(&mut self, kind: &Kind) -> Option<Effect> {
        Some(match kind {
            Kind::ContactEnqueued(e) => self.contact_enqueued(e),
            Kind::ContactUpdated(e) => self.contact_updated(e),
            Kind::ContactOffered(e) => self.contact_offered(e),
            Kind::OfferEnded(e) => self.offer_ended(e),
            Kind::RingOpened(e) => self.ring_opened(e),
            Kind::KeepEnded(e) => self.keep_ended(e),
            Kind::ExclusionsCleared(e) => self.exclusions_cleared(e),
            Kind::OfferAccepted(e) => self.offer_accepted(e),
            Kind::ContactConnected(e) => self.contact_connected(e.offer),
            Kind::ContactReturned(e) => self.contact_returned(e),
            Kind::ContactTransferred(e) => self.contact_transferred(e),
            Kind::ContactClosed(e) => self.contact_closed(e),
            Kind::DispositionRecorded(e) => self.disposition_recorded(e),
            Kind::WrapUpStarted(e) => self.wrap_up_started(e),
            Kind::AssignmentEnded(e) => self.assignment_ended(e),
            _ => return None,
        })
    }

    fn evolve_conversation(&mut self, kind: &Kind) -> Option<Effect> {
        Some(match kind {
            Kind::ActivityRecorded(e) => self.activity_recorded(e),
            Kind::ContactParked(e) => self.contact_parked(e),
            Kind::ContactResumed(e) => self.contact_resumed(e),
            Kind::WindowNeared(e) => self.window_neared(e),
            Kind::ContactHandedToBot(e) => self.contact_handed_to_bot(e),
            Kind::ContactLeftBot(e) => self.contact_left_bot(e),
            Kind::ConsultJoined(e) => self.consult_joined(e),
            Kind::ConsultHandedOver(e) => self.consult_handed_over(e),
            Kind::PromiseMade(e) => self.promise_made(e),
            Kind::PromiseChanged(e) => self.promise_changed(e),
            Kind::PromiseEscalated(e) => self.promise_escalated(e),
            Kind::PromiseEnded(e) => self.promise_ended(e),
            Kind::FeedbackRecorded(e) => self.feedback_recorded(e),
            Kind::FirstContactJudged(e) => self.first_contact_judged(e),
            Kind::ContactIntervened(e) => self.contact_intervened(e),
            _ => return None,
        })
    }

    fn evolve_agent(&mut self, kind: &Kind) -> Option<Effect> {
        Some(match kind {
            Kind::AgentSignedIn(e) => self.agent_signed_in(e),
            Kind::AgentDisconnected(e) => self.agent_disconnected(e),
            Kind::AgentReconnected(e) => self.agent_reconnected(e),
            Kind::AgentSignedOut(e) => self.agent_signed_out(e),
            Kind::AgentAvailabilitySet(e) => self.agent_availability_set(e),
            _ => return None,
        })
    }

    fn evolve_schedule(&mut self, kind: &Kind) -> Option<Effect> {
        Some(match kind {
            Kind::ShiftEdges(e) => self.shift_edges(e),
            Kind::QueueHours(e) => self.queue_hours_changed(e),
            Kind::ShiftsChanged(e) => self.shifts_changed(e),
            Kind::ShiftsCommitted(e) => self.shifts_committed(e),
            Kind::ShiftOverridden(e) => self.shift_overridden(e),
            Kind::QueueOverridden(e) => self.queue_overridden(e),
            Kind::DeviationsNoted(e) => self.deviations_noted(e),
            _ => return None,
        })
    }

    fn evolve_surge(&mut self, kind: &Kind) -> Option<Effect> {
        Some(match kind {
            Kind::SurgeLevelChanged(e) => self.surge_level_changed(e),
            Kind::SurgeStepChanged(e) => self.surge_step_changed(e),
            Kind::SurgeOverridden(e) => self.surge_overridden(e),
            Kind::SurgeRingsEnded(e) => self.surge_rings_ended(e),
            Kind::WaitersTold(e) => self.waiters_told(e),
            Kind::SurgeSwept(e) => self.surge_swept(e),
            Kind::CallbackChanged(e) => self.callback_changed(e),
            Kind::CallbackDialled(e) => self.callback_dialled(e),
            Kind::CallbackAnswered(e) => self.callback_answered(e),
            _ => return None,
        })
    }
}
