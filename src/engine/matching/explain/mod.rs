//! Why a contact waits, and what an agent could get: what [`State::explain_contact`] and
//! [`State::explain_agent`] tell. Every answer is taken from the predicates and the orders that matching
//! itself goes by; must not know a rule of its own. It only reads, looks once at each agent of the plan (or
//! each class in which somebody waits), and keeps no more than it is asked to tell. Must be asked of a
//! settled state ([`State::settled`]): while a change of the plan is carried out nobody knows who gets what.

mod agent;
mod changes;
mod contact;
mod groups;
mod place;
mod summary;
mod surge;
mod survey;
#[cfg(test)]
mod tests;

use crate::engine::{requirement::Requirement, state::State};

use super::eligible::Hindrance;

/// Why a contact waits, or what has become of it.
#[derive(Debug, Clone)]
pub struct ContactExplained {
    /// Its number.
    pub contact: u64,
    /// In a sentence or two.
    pub summary: String,
    /// The ring that it is in, or up to which its queue's surge level has opened them.
    pub ring: u32,
    /// The last ring that it can come to; 0: it has none but the first.
    pub last_ring: u32,
    /// Its place in the order, while it waits.
    pub place: Option<Place>,
    /// What its place is made of, while it waits.
    pub urgency: Option<Urgency>,
    /// Nobody in the plan, signed in or not, could serve it, in the last ring at least.
    pub nobody_in_plan: bool,
    /// Nobody who is signed in, ready or not, could serve it in its ring.
    pub nobody_signed_in: bool,
    /// What is asked of agents in its ring.
    pub requirement: Requirement,
    /// The groups that its queue, rings and surge levels name, or all of them, while it waits.
    pub groups: Vec<GroupExplained>,
    /// Groups that are not told.
    pub groups_left_out: usize,
    /// All agents of the plan, while it waits.
    pub everybody: Counts,
    /// Of these, those who are signed in and could serve it, some time.
    pub able: Counts,
    /// The agents nearest to serving it, the nearest first, while it waits.
    pub agents: Vec<AgentHindered>,
    /// Agents that are not told.
    pub agents_left_out: usize,
    /// What will change by itself, the next first.
    pub changes: Vec<Change>,
    /// Changes that are not told.
    pub changes_left_out: usize,
}

/// A contact's place among those who wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From 1, in its queue.
    pub position: usize,
    /// How many wait in its queue, with it.
    pub waiting: usize,
    /// How many of all queues are more urgent.
    pub more_urgent: usize,
}

/// What a contact's place in the order is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Urgency {
    /// Lower is first, whatever the rest.
    pub band: u8,
    /// Waiting time.
    pub age_ms: u64,
    /// Target wait.
    pub objective_ms: u64,
    /// The contact's own.
    pub priority: i32,
    /// Points added by its reply window or promise.
    pub added_priority: i32,
    /// What a point of priority is worth, in thousandths of the objective.
    pub boost_permille: u32,
    /// Urgency in thousandths: 1,000 × age ÷ objective + (priority + added) × boost.
    pub permille: i64,
}

/// How many agents there are of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub agents: usize,
    /// Signed in, connected or not.
    pub signed_in: usize,
    /// Of these, on shift, on a break or without schedule.
    pub on_shift: usize,
    /// Of those signed in, connected and ready, and neither off shift nor on a break.
    pub ready: usize,
    /// Whom nothing hinders: matching is about to give the contact to one of them.
    pub eligible: usize,
    /// Whom nothing hinders but that they have no room.
    pub but_for_room: usize,
    /// The others and those without room, each by its first hindrance in the order of [`Hindrance`]; an
    /// example of it, and how many have one of the same code.
    pub hindered: Vec<(Hindrance, usize)>,
}

/// Whether a group is open to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It is, since this ring.
    Open(u32),
    /// This ring will open it.
    Later(u32),
    /// The plan has closed it.
    Closed,
    /// No ring opens it.
    Never,
    /// No ring opens it, but its queue's surge does at this level.
    BySurge(u32),
}

/// A group as a contact sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupExplained {
    /// Its number.
    pub group: u32,
    /// Whether it is open.
    pub opening: Opening,
    /// It is open because its queue's surge has taken a step of this level.
    pub by_surge: Option<u32>,
    /// Its agents.
    pub counts: Counts,
}

/// An agent, with what keeps it from a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentHindered {
    /// Its number.
    pub agent: u32,
    /// Everything that does, in the order of [`Hindrance`]. Empty: nothing, and matching is about to bring
    /// them together.
    pub hindrances: Vec<Hindrance>,
    /// Where only room or readiness is missing: what the agent would get first.
    pub rival: Option<Rival>,
}

/// A more urgent contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rival {
    /// Its number.
    pub contact: u64,
    /// Its band; if it is not the same, this decides.
    pub band: u8,
    /// By so much its urgency is greater, in thousandths. Can be less than 0 in a lower band.
    pub margin_permille: i64,
}

/// Something that happens by itself unless something else happens before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// When, in milliseconds of engine time.
    pub at_ms: u64,
    /// What.
    pub what: Happening,
}

/// What happens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// This ring opens.
    RingOpens(u32),
    /// The same, and not before: the queue is closed.
    RingRests(u32),
    /// The contact is no longer kept for this agent.
    KeepEnds(u32),
    /// This agent may be offered the contact again.
    ExclusionEnds(u32),
    /// The contact has waited as long as its queue allows, and ends.
    WaitEnds,
    /// The offer of this contact to this agent lapses.
    OfferLapses(u64, u32),
    /// This agent's wrap-up of this contact ends, at the latest.
    WrapUpEnds(u64, u32),
    /// This agent, whose stream is lost, is signed out.
    GraceEnds(u32),
    /// The conversation, which nobody writes in, is parked.
    Parks,
    /// The parked conversation ends.
    ParkedEnds,
    /// It leaves its bot for its queue.
    LeavesBot,
    /// The end of its reply window is near: its priority rises.
    WindowRises,
    /// Its reply window ends.
    WindowEnds,
    /// Its promise takes a step of escalation, or is past its time.
    PromiseEscalates,
    /// This agent's schedule lets it do something else.
    ShiftChanges(u32),
    /// This queue opens.
    QueueOpens(u32),
    /// This queue closes.
    QueueCloses(u32),
    /// A supervisor's word about the surge level of this queue ends.
    SurgeWordEnds(u32),
    /// A planned window ends, by which this queue's surge level is at least so high.
    SurgeWindowEnds(u32),
    /// The attempt to reach its customer ends, at the latest.
    DialEnds,
    /// Its callback leaves the line until it may be called again.
    CallbackRests,
    /// Its callback expires.
    CallbackExpires,
}

/// What an agent could get, and what keeps it from it.
#[derive(Debug, Clone)]
pub struct AgentExplained {
    /// Its number.
    pub agent: u32,
    /// In a sentence or two.
    pub summary: String,
    /// Why no work reaches it at all, if none does.
    pub absent: Option<Hindrance>,
    /// By channel of the plan: why it has no room for one more contact, or that it has.
    pub channels: Vec<(u32, Option<Hindrance>)>,
    /// Its offers and assignments, by number.
    pub work: Vec<u64>,
    /// The most urgent contact of each class that waits, the most urgent first.
    pub contacts: Vec<ContactHindered>,
    /// Classes that are not told.
    pub contacts_left_out: usize,
    /// What matching is about to offer it, if nobody comes first.
    pub soon: Option<u64>,
    /// What it would get if it were ready and held nothing.
    pub next: Option<u64>,
    /// What will change by itself, the next first.
    pub changes: Vec<Change>,
}

/// A waiting contact, with what keeps it from an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactHindered {
    /// Its number.
    pub contact: u64,
    /// How many wait who are alike, with it.
    pub alike: usize,
    /// What its place in the order is made of.
    pub urgency: Urgency,
    /// What it asks of agents in its ring.
    pub requirement: Requirement,
    /// Everything that keeps the agent from it, in the order of [`Hindrance`].
    pub hindrances: Vec<Hindrance>,
}

impl State {
    /// A contact's id, for people.
    fn contact_name(&self, contact: u64) -> &str {
        self.contact(contact).map_or("", |record| &record.id)
    }
}
