//! Words of the commands about conversations: activity, bots, consults, promises, feedback, interventions.

use crate::{plan::model::SkillRanges, proto::journal as j};

use super::{Ending, Update};

/// Who or what wrote, or is about to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// The customer wrote.
    CustomerMessage,
    /// The customer did something that is no question.
    CustomerAction,
    /// The agent writes.
    AgentMessage,
    /// The gateway or a bot writes by itself.
    AutomaticMessage,
}

/// How a bot leaves a contact.
#[derive(Debug, Clone)]
pub enum BotLeaving {
    /// People go on.
    HandedOver(Box<FromBot>),
    /// The matter is settled.
    Closed(Ending),
}

/// What a bot has found out; none keeps.
#[derive(Debug, Clone, Default)]
pub struct FromBot {
    /// Into which queue; empty: the new category's, if one is given, else the contact's.
    pub queue: String,
    /// Category.
    pub category: Option<String>,
    /// The contact's own required skills.
    pub skills: Option<SkillRanges>,
    /// Skills for which an agent comes first.
    pub preferred_skills: Option<SkillRanges>,
    /// 0 to 10.
    pub priority: Option<i32>,
    /// Replaces the attributes: the new customer data.
    pub customer: Option<j::Sealed>,
}

/// Whom a consult asks.
#[derive(Debug, Clone)]
pub enum ConsultTarget {
    /// This agent, at once.
    Agent(String),
    /// Anybody of a queue.
    Queue {
        /// The queue; empty: the contact's own.
        queue: String,
        /// Skills beyond the queue's requirement.
        skills: SkillRanges,
    },
}

/// What becomes of a consult.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsultAction {
    /// The customer hears both.
    Join,
    /// The colleague takes the contact over.
    HandOver,
    /// It ends.
    End,
}

/// By when a promise is to be kept, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseDue {
    /// At this engine time.
    At(u64),
    /// So long from now.
    After(u64),
    /// So much of the queue's business time from now.
    BusinessAfter(u64),
}

/// A follow-up that an agent promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPromise {
    /// Chosen by the desktop.
    pub id: String,
    /// By when.
    pub due: PromiseDue,
    /// Who shall do it; empty: who promises.
    pub agent: String,
    /// The queue that it comes due in; empty: the contact's.
    pub queue: String,
    /// By which channel; empty: the contact's.
    pub channel: String,
    /// The gateway that reaches the customer there; empty: the contact's.
    pub gateway: String,
    /// 0 to 10.
    pub priority: i32,
    /// What was promised.
    pub note: String,
    /// Of what was promised: the same id with another one is refused.
    pub fingerprint: u64,
}

/// By whose hand a promise changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hand {
    /// The agent whose it is.
    Agent(String),
    /// A supervisor's; the name may be empty.
    Supervisor(String),
}

/// What becomes of an open promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromiseChange {
    /// Another time.
    Move(PromiseDue),
    /// Another agent.
    Reassign(String),
    /// It has been kept by other means.
    Fulfil,
    /// It will not be kept.
    Cancel,
}

/// What the customer thought of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// 0 to 10.
    pub score: u32,
    /// Whether the customer says that the matter is settled; none: not asked.
    pub resolved: Option<bool>,
    /// Where the words are.
    pub comment_ref: String,
}

/// What a supervisor does to a contact.
#[derive(Debug, Clone)]
pub enum Intervention {
    /// Back into a queue.
    Requeue {
        /// The queue; empty: the one that it is in.
        queue: String,
        /// Its age begins anew.
        fresh: bool,
    },
    /// To another agent.
    Reassign {
        /// The agent.
        agent: String,
        /// Skills and groups need not fit.
        override_requirements: bool,
    },
    /// It ends.
    End {
        /// Name of a disposition, or empty.
        disposition: String,
    },
    /// Category and priority change, nothing else of this.
    Change(Box<Update>),
}
