//! What the engine can be told to do, and what it answers. Commands name things as their senders do;
//! the engine resolves the names.

use crate::{
    plan::{
        Diff, EntryKind, Part,
        model::{Plan, Requirement, Ring, SkillRanges},
    },
    proto::journal as j,
};

/// Makes a retry of a command harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Chosen by the client. Not empty.
    pub id: String,
    /// Of what was asked for: the same id with another fingerprint is refused.
    pub fingerprint: u64,
}

/// What a contact asks for by itself, beyond its queue's and category's requirements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wants {
    /// Of an agent's skills.
    pub requirement: Requirement,
    /// Instead of the queue's rings; empty: the queue's.
    pub rings: Vec<Ring>,
    /// The agent who comes first; empty: nobody.
    pub preferred_agent: String,
}

/// A contact that comes in.
#[derive(Debug, Clone, Default)]
pub struct Enqueue {
    /// Chosen by the gateway.
    pub id: String,
    /// Who brings it.
    pub gateway: String,
    /// By which channel.
    pub channel: String,
    /// Into which queue; empty: the category's.
    pub queue: String,
    /// What it is about; empty: not said.
    pub category: String,
    /// Language tag.
    pub language: String,
    /// Case.
    pub case_id: String,
    /// 0 to 10.
    pub priority: i32,
    /// What it asks for by itself.
    pub wants: Wants,
    /// Customer data, possibly encrypted.
    pub customer: j::Sealed,
    /// Of the request.
    pub fingerprint: u64,
}

/// Fields of a contact to change; none keeps.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// 0 to 10.
    pub priority: Option<i32>,
    /// Language tag.
    pub language: Option<String>,
    /// Case.
    pub case_id: Option<String>,
    /// Category; empty removes it.
    pub category: Option<String>,
    /// The contact's own required skills.
    pub skills: Option<SkillRanges>,
    /// Its any-of sets.
    pub any_of: Option<Vec<SkillRanges>>,
    /// Skills that the agent must not have.
    pub none_of: Option<SkillRanges>,
    /// Skills for which an agent comes first.
    pub preferred_skills: Option<SkillRanges>,
    /// The agent who comes first; empty: nobody.
    pub preferred_agent: Option<String>,
    /// Replaces the attributes: the new customer data.
    pub customer: Option<j::Sealed>,
}

/// How a contact was dealt with.
#[derive(Debug, Clone, Default)]
pub struct Ending {
    /// Name of a disposition, or empty.
    pub disposition: String,
    /// The public API's number of the resolution; 0: not said.
    pub resolution: u32,
}

/// Where a contact is to go.
#[derive(Debug, Clone)]
pub enum Target {
    /// To a queue.
    Queue(String),
    /// To an agent at once, and to the queue if unanswered (empty: where it is).
    Agent {
        /// The agent.
        agent: String,
        /// The queue.
        fallback: String,
    },
}

/// How connecting went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// The agent's telephone was picked up.
    Answered,
    /// They talk.
    Connected,
    /// The agent could not be reached.
    AgentUnreachable,
    /// The customer was gone.
    CustomerGone,
}

/// What becomes of contacts in queues that a plan removes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemovedQueuePolicy {
    /// The plan is refused.
    Refuse,
    /// They move to this queue.
    Move(String),
    /// They end.
    End,
}

/// A new plan.
#[derive(Debug, Clone)]
pub struct ApplyPlan {
    /// The whole plan, checked.
    pub plan: Box<Plan>,
    /// Refuse unless this revision is in force; 0: whichever.
    pub expected_revision: u64,
    /// Change nothing.
    pub validate_only: bool,
    /// For queues that are gone.
    pub removed_queues: RemovedQueuePolicy,
}

/// What makes a new plan of the one in force, as far as it is to be checked. It is worked out beforehand,
/// so that it need not be by whoever carries commands out.
#[derive(Debug, Clone)]
pub struct PlanChange {
    /// The revision that is changed: it must still be in force.
    pub base: u64,
    /// Refuse unless this revision is in force; 0: whichever.
    pub expected_revision: u64,
    /// Entries added.
    pub added: u32,
    /// Entries changed.
    pub changed: u32,
    /// Entries removed.
    pub removed: u32,
    /// Channels that are gone.
    pub removed_channels: Vec<String>,
    /// Queues that are gone.
    pub removed_queues: Vec<String>,
    /// What becomes of the contacts in them.
    pub policy: RemovedQueuePolicy,
    /// The channels that the queue accepts to which they move; none: there will be no such queue.
    pub move_accepts: Option<Vec<String>>,
}

impl PlanChange {
    /// What `diff` comes to, which makes `plan` of the plan of revision `base`.
    #[must_use]
    pub fn new(base: u64, diff: &Diff, plan: &Plan, policy: RemovedQueuePolicy) -> Self {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let removed = |kind: EntryKind| {
            let removals = diff.removals.iter().filter(|removal| removal.kind == kind);
            removals.map(|removal| removal.id.clone()).collect()
        };
        let move_accepts = match &policy {
            RemovedQueuePolicy::Move(to) => plan.queues.get(to).map(|queue| queue.channels.clone()),
            RemovedQueuePolicy::Refuse | RemovedQueuePolicy::End => None,
        };
        Self {
            base,
            expected_revision: 0,
            added: count(diff.added()),
            changed: count(diff.changed()),
            removed: count(diff.removed()),
            removed_channels: removed(EntryKind::Channel),
            removed_queues: removed(EntryKind::Queue),
            policy,
            move_accepts,
        }
    }

    /// Whether the plans are the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added == 0 && self.changed == 0 && self.removed == 0
    }
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
    },
    /// The gateway (no agent) or the agent who has it moves the contact.
    Transfer {
        /// The agent's id.
        agent: Option<String>,
        /// Its id.
        contact: String,
        /// Where to.
        target: Target,
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
}

/// What the engine answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Done, nothing to tell.
    Done,
    /// The request id has been answered before; the state tells how things are now.
    Repeat,
    /// About this contact.
    Contact(u64),
    /// The contact is in; `created` unless it was before.
    Enqueued {
        /// Its number.
        contact: u64,
        /// By this command.
        created: bool,
    },
    /// The offer was taken.
    Accepted {
        /// Its number.
        contact: u64,
        /// The assignment.
        offer: u64,
    },
    /// About this agent.
    Agent(u32),
    /// Signed in.
    SignedIn {
        /// Its number.
        agent: u32,
        /// The session.
        session: u64,
        /// An earlier session goes on.
        resumed: bool,
    },
    /// The gateway's lease.
    Gateway {
        /// When it ends; 0: with its stream.
        deadline_ms: u64,
    },
    /// A part of a plan was set aside; the parts after it and the commit must name this.
    Staged(u64),
    /// The plan was applied or checked.
    Plan {
        /// In force now.
        revision: u64,
        /// Entries added.
        added: u32,
        /// Entries changed.
        changed: u32,
        /// Entries removed.
        removed: u32,
    },
}
