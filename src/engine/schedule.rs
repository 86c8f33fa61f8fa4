//! What falls due by schedules, and commands about them. Whatever the cause (an edge's time, a change of rules, an
//! override, the clock), agents and queues are brought in line with the rules in the same way: what the rules say
//! now is compared with what is stored, and what differs becomes an event. Until that is done nothing is offered,
//! so that everybody whose shift begins at nine is there at nine. Must not change anything itself.

mod admission;
mod agents;
mod dated;
mod hours;
mod overrides;
mod queues;
mod rules;
mod tell;

pub use tell::{ScheduleTold, override_text};

pub use admission::Hours;

use super::step::Step;

impl Step<'_> {
    /// Does a slice of what is due by schedules. Whether anything was.
    pub fn schedules_due(&mut self) -> bool {
        self.queue_edges() || self.agent_edges() || self.deviations_due()
    }
}
