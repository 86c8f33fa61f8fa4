//! What is measured: facts that the runtime takes from durable events, and states that it reads off.

use std::sync::Arc;

use super::{
    duty::{Duty, DutyGauges},
    estimate::Told,
    surge::{CallbackGauges, Surge, SurgeGauges},
    talk::{Place, Talk},
};

/// Something that happened, once it is durable.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // queue and channel are ids in the plan; times are in milliseconds
pub enum Measure {
    /// A contact was accepted into a queue from a gateway.
    ContactEntered { queue: Arc<str>, channel: Arc<str> },
    /// A contact was accepted though nobody in the plan could ever serve it.
    ContactUnservable { queue: Arc<str>, channel: Arc<str> },
    /// A contact was refused.
    ContactRejected { queue: Arc<str>, channel: Arc<str>, reason: &'static str },
    /// A contact stopped waiting in a queue: `answered`, `abandoned`, `expired`, `lost`, `moved`,
    /// `deflected`, `lapsed` or `called_back`.
    WaitEnded { queue: Arc<str>, channel: Arc<str>, outcome: &'static str, wait_ms: u64 },
    /// A contact ended: `completed`, `abandoned`, `expired`, `lost`, `deflected`, `lapsed` or `called_back`.
    ContactClosed { queue: Arc<str>, channel: Arc<str>, outcome: &'static str },
    /// An offer ended, so long after it was made: `accepted`, `no_answer`, `declined` or `withdrawn`.
    OfferEnded { queue: Arc<str>, channel: Arc<str>, result: &'static str, after_ms: u64 },
    /// A contact left its agent.
    HandleEnded { queue: Arc<str>, channel: Arc<str>, handle_ms: u64 },
    /// A wrap-up ended.
    WrapUpEnded { queue: Arc<str>, channel: Arc<str>, wrap_up_ms: u64 },
    /// Something of a conversation.
    Talk { place: Place, talk: Talk },
    /// Something of schedules.
    Duty(Duty),
    /// Something of the waits that are told in this queue.
    Told { queue: Arc<str>, told: Told },
    /// Something of this queue's surge or callbacks.
    Surge { queue: Arc<str>, surge: Surge },
}

impl Measure {
    /// The queue and channel that it is about; none of what is of schedules or queues.
    pub(super) fn place(&self) -> Option<(&Arc<str>, &Arc<str>)> {
        Some(match self {
            Self::ContactEntered { queue, channel }
            | Self::ContactUnservable { queue, channel }
            | Self::ContactRejected { queue, channel, .. }
            | Self::WaitEnded { queue, channel, .. }
            | Self::ContactClosed { queue, channel, .. }
            | Self::OfferEnded { queue, channel, .. }
            | Self::HandleEnded { queue, channel, .. }
            | Self::WrapUpEnded { queue, channel, .. } => (queue, channel),
            Self::Talk { place, .. } => (&place.queue, &place.channel),
            Self::Duty(_) | Self::Told { .. } | Self::Surge { .. } => return None,
        })
    }
}

/// The result of an offer that was accepted.
pub const ACCEPTED: &str = "accepted";

/// How a queue stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueGauges {
    /// Its id in the plan.
    pub queue: Arc<str>,
    /// Contacts that wait, offered ones included, by id of the channel.
    pub waiting: Vec<(Arc<str>, u64)>,
    /// Contacts that are parked and with a bot, by id of the channel.
    pub apart: Vec<(Arc<str>, u64, u64)>,
    /// Promises that are open, and of these past their time.
    pub promises: (u64, u64),
    /// The wait of the one that has waited longest; 0 when nobody waits.
    pub oldest_wait_ms: u64,
    /// Whether it is open.
    pub open: bool,
    /// Whether it is open and none of its agents is there.
    pub unstaffed: bool,
    /// Contacts that nobody is offered before it opens.
    pub held: u64,
    /// How long who comes now will wait, and what that will not exceed in four of five cases; none: not known.
    pub expected_ms: Option<(u64, u64)>,
    /// How it stands in a surge; none: it has no surge plan, and no steps are in force.
    pub surge: Option<SurgeGauges>,
    /// Its open callbacks; none: it makes none.
    pub callbacks: Option<CallbackGauges>,
}

/// How a tenant stands, read off at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantGauges {
    /// The tenant.
    pub tenant: Arc<str>,
    /// The queues of the plan in force. One that is missing here is shown as empty.
    pub queues: Vec<QueueGauges>,
    /// Agents of the plan by state: `ready`, `busy`, `not_ready`, `wrap_up`, `disconnected`,
    /// `signed_out`. A state that is missing is shown as 0.
    pub agents_by_state: Vec<(&'static str, u64)>,
    /// Sequence of the latest event.
    pub sequence: u64,
    /// Sequence of the latest event that is durable.
    pub durable_sequence: u64,
    /// Contacts that have not ended.
    pub contacts_live: u64,
    /// Cases that are kept.
    pub cases: u64,
    /// Revision of the plan in force.
    pub plan_revision: u64,
    /// Where it stands by its schedules.
    pub duty: DutyGauges,
}
