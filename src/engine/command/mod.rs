//! What the engine can be told to do, and what it answers. Commands name things as their senders do;
//! the engine resolves the names.

mod callback;
mod contact;
mod plan;
mod reply;
mod schedule;
mod surge;
mod talk;

pub use callback::{CallbackChange, CallbackWindow, NewCallback};
pub use contact::{ByChannel, Connection, Ending, Enqueue, Target, Update, Wants};
pub use plan::{ApplyPlan, PlanChange, RemovedQueuePolicy};
pub use reply::Reply;
pub use schedule::{
    DatedChange, DatedId, DatedKind, ImportSummary, NewDated, NewPart, QueueOverride, ShiftOverride, Word,
};
pub use surge::SurgeLevel;
pub use talk::{
    Activity, BotLeaving, ConsultAction, ConsultTarget, Feedback, FromBot, Hand, Intervention, NewPromise,
    PromiseChange, PromiseDue,
};

use crate::{plan::Part, proto::journal as j};

/// Makes a retry of a command harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Chosen by the client. Not empty.
    pub id: String,
    /// Of what was asked for: the same id with another fingerprint is refused.
    pub fingerprint: u64,
}

/// What the engine can be told.
#[derive(Debug, Clone)]
pub enum Command {
    /// Time has passed, or more was due.
    Tick,
    /// The process has started; streams of the one before are gone.
    Start,
    /// The wall clock's offset to engine time has changed.
    ObserveClock {
        /// Wall clock − engine time.
        wall_offset_ms: i64,
    },
    /// A new plan, all at once.
    ApplyPlan(ApplyPlan),
    /// Whether a change of the plan would be accepted.
    CheckPlan(Box<PlanChange>),
    /// A part of a change is set aside until the change is committed.
    StagePlan {
        /// The revision that is changed.
        base: u64,
        /// What the first part was answered; 0: this is the first.
        stage: u64,
        /// The part.
        part: Part,
    },
    /// What was set aside becomes the plan in force.
    CommitPlan {
        /// What all of it comes to.
        change: Box<PlanChange>,
        /// What its first part was answered.
        stage: u64,
    },
    /// A contact comes in.
    Enqueue(Box<Enqueue>),
    /// Fields of a contact change.
    Update {
        /// Its id.
        contact: String,
        /// The changes.
        update: Box<Update>,
    },
    /// The customer left.
    Cancel {
        /// Its id.
        contact: String,
    },
    /// How connecting went.
    ReportConnection {
        /// Its id.
        contact: String,
        /// The offer.
        offer: u64,
        /// Its epoch.
        epoch: u32,
        /// How it went.
        result: Connection,
    },
    /// The gateway (no agent) or the agent ends the contact.
    Complete {
        /// The agent's id.
        agent: Option<String>,
        /// Its id.
        contact: String,
        /// How.
        ending: Ending,
        /// A follow-up that the agent promises with it.
        promise: Option<Box<NewPromise>>,
    },
    /// The gateway (no agent) or the agent who has it moves the contact.
    Transfer {
        /// The agent's id.
        agent: Option<String>,
        /// Its id.
        contact: String,
        /// Where to.
        target: Target,
        /// By which channel from then on; none: it stays.
        other_channel: Option<ByChannel>,
    },
    /// A supervisor gives a waiting contact to an agent.
    Assign {
        /// Its id.
        contact: String,
        /// The agent's id.
        agent: String,
        /// Skills and groups need not fit.
        override_requirements: bool,
    },
    /// An agent takes a waiting contact by itself.
    Pull {
        /// The agent's id.
        agent: String,
        /// The contact's id.
        contact: String,
    },
    /// A gateway is alive for so long.
    GatewayAlive {
        /// Its id.
        gateway: String,
        /// From now; 0: as long as its stream is open.
        lease_ms: u64,
    },
    /// A gateway's stream is gone: its lease runs from now.
    GatewayStreamLost {
        /// Its id.
        gateway: String,
    },
    /// An agent opens a stream.
    SignIn {
        /// Its id.
        agent: String,
        /// The session to go on with; 0: a new one.
        session: u64,
        /// Ready at once; none: not said.
        ready: Option<bool>,
    },
    /// An agent's stream is gone.
    AgentStreamLost {
        /// Its id.
        agent: String,
        /// The stream's session.
        session: u64,
    },
    /// An agent without a stream is still there.
    AgentAlive {
        /// Its id.
        agent: String,
        /// Its session.
        session: u64,
    },
    /// An agent leaves.
    SignOut {
        /// Its id.
        agent: String,
        /// Only this session; 0: any.
        session: u64,
        /// Held messaging contacts may go back.
        return_contacts: bool,
    },
    /// An agent wants work, or not.
    SetAvailability {
        /// Its id.
        agent: String,
        /// Wants work.
        ready: bool,
        /// Why not.
        reason: String,
    },
    /// An agent takes an offer.
    Accept {
        /// Its id.
        agent: String,
        /// The offer.
        offer: u64,
        /// Its epoch.
        epoch: u32,
    },
    /// An agent refuses an offer.
    Decline {
        /// Its id.
        agent: String,
        /// The offer.
        offer: u64,
        /// Its epoch.
        epoch: u32,
    },
    /// An agent has finished the record.
    FinishWrapUp {
        /// Its id.
        agent: String,
        /// The contact.
        contact: String,
    },
    /// Somebody wrote, or asks whether it may.
    RecordActivity {
        /// The contact's id.
        contact: String,
        /// Who wrote.
        activity: Activity,
        /// Only tell whether it would be allowed.
        check_only: bool,
    },
    /// A waiting contact goes to a bot.
    HandToBot {
        /// Its id.
        contact: String,
        /// The bot's gateway.
        bot: String,
    },
    /// A bot lets a contact go.
    ReturnFromBot {
        /// Its id.
        contact: String,
        /// The bot's gateway.
        bot: String,
        /// Back to people, or ended.
        leaving: BotLeaving,
    },
    /// An agent asks a colleague about a contact.
    StartConsult {
        /// Who asks.
        agent: String,
        /// About which contact.
        contact: String,
        /// Id of the consult's own contact.
        consult: String,
        /// Who is asked.
        target: ConsultTarget,
        /// What it is about, possibly encrypted.
        customer: j::Sealed,
        /// Of the request.
        fingerprint: u64,
    },
    /// Something becomes of a consult.
    ChangeConsult {
        /// Who says so.
        agent: String,
        /// Id of the consult's own contact.
        consult: String,
        /// What becomes of it.
        action: ConsultAction,
    },
    /// An agent promises a follow-up.
    MakePromise {
        /// Who promises.
        agent: String,
        /// On which contact.
        contact: String,
        /// What.
        promise: Box<NewPromise>,
    },
    /// An open promise changes, or ends.
    ChangePromise {
        /// By whom.
        by: Hand,
        /// Its id.
        promise: String,
        /// The change.
        change: PromiseChange,
        /// Why.
        reason: String,
    },
    /// What the customer thought of an ended contact.
    RecordFeedback {
        /// The contact's id.
        contact: String,
        /// What.
        feedback: Feedback,
    },
    /// A supervisor takes a contact in hand.
    Intervene {
        /// The contact's id.
        contact: String,
        /// Who; may be empty.
        supervisor: String,
        /// Why.
        reason: String,
        /// What.
        action: Intervention,
    },
    /// A supervisor says whether an agent is on shift, for a limited time, or no longer does.
    OverrideShift {
        /// The agent's id.
        agent: String,
        /// None: no longer.
        state: Option<ShiftOverride>,
        /// Who and why.
        word: Word,
    },
    /// A supervisor opens or closes a queue, or no longer does.
    OverrideQueue {
        /// The queue's id.
        queue: String,
        /// None: no longer.
        state: Option<QueueOverride>,
        /// Who and why.
        word: Word,
    },
    /// Dated entries change at once.
    SetShifts(Box<DatedChange>),
    /// A part of an import is set aside until the import is committed.
    StageShifts {
        /// The revision of dated entries from which it was worked out.
        base: u64,
        /// What the first part was answered; 0: this is the first.
        stage: u64,
        /// The part.
        part: Box<DatedChange>,
    },
    /// What was set aside comes into force.
    CommitShifts {
        /// As in the parts.
        base: u64,
        /// What the first part was answered.
        stage: u64,
        /// What all of it comes to.
        summary: ImportSummary,
    },
    /// A supervisor holds a queue at a surge level, for a limited time, or no longer does.
    SetSurgeLevel {
        /// The queue's id.
        queue: String,
        /// None: no longer.
        state: Option<SurgeLevel>,
        /// Who and why.
        word: Word,
    },
    /// A customer wants to be called back.
    RequestCallback(Box<NewCallback>),
    /// Its gateway takes a callback back.
    CancelCallback {
        /// Its id.
        callback: String,
        /// Why.
        reason: String,
    },
    /// A supervisor changes an open callback, or ends it.
    ChangeCallback {
        /// Its id.
        callback: String,
        /// The change.
        change: CallbackChange,
        /// Who and why.
        word: Word,
    },
    /// How dialling the customer of a callback went.
    ReportDial {
        /// Its contact's id.
        contact: String,
        /// The attempt.
        attempt: u32,
        /// How it went.
        result: j::DialResult,
    },
}
