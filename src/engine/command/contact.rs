//! Words of the commands about contacts.

use crate::{
    plan::model::{Requirement, Ring, SkillRanges},
    proto::journal as j,
};

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
    /// It begins with the bot of this gateway; empty: in its queue.
    pub bot: String,
    /// The customer opened it by an action, not by a message.
    pub by_action: bool,
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

/// Another channel by which a transferred contact goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByChannel {
    /// The channel.
    pub channel: String,
    /// The gateway that reaches the customer by it.
    pub gateway: String,
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
