//! An agent as the state has it: what is stored, what the plan says, the work and what that takes.

use std::sync::Arc;

use crate::{
    engine::{catalog::AgentInfo, matching::profile::FreeKey},
    proto::journal::{self as j, DeviationKind, Presence},
    schedule::AgentRules,
};

/// Capacity that an agent's work takes. Derived from the work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Load {
    /// Units of realtime channels.
    pub realtime_units: u32,
    /// Units of messaging and deferred channels that are not interruptible.
    pub fixed_units: u32,
    /// Units of interruptible channels.
    pub interruptible_units: u32,
    /// Contacts and offers by channel.
    pub by_channel: Vec<(u32, u32)>,
    /// Offers.
    pub offers: u32,
    /// Contacts connecting or active.
    pub active: u32,
    /// Wrap-ups.
    pub wrap_up: u32,
}

impl Load {
    /// Holds a realtime contact or offer.
    #[must_use]
    pub fn on_call(&self) -> bool {
        self.realtime_units > 0
    }

    /// Contacts and offers of a channel.
    #[must_use]
    pub fn of_channel(&self, channel: u32) -> u32 {
        self.by_channel.iter().find(|(of, _)| *of == channel).map_or(0, |(_, count)| *count)
    }
}

/// An agent, with what the plan says and the work that it has.
#[derive(Debug)]
pub struct Agent {
    /// What is stored.
    pub record: j::AgentRecord,
    /// From the plan; none when the agent is no longer in it.
    pub info: Option<Arc<AgentInfo>>,
    /// Offers and assignments by number.
    pub work: Vec<u64>,
    /// What they take.
    pub load: Load,
    /// The index of which the following tells.
    pub(in crate::engine) epoch: u32,
    /// Its profile in the index.
    pub(in crate::engine) profile: u32,
    /// Under what the index has it as free.
    pub(in crate::engine) free: FreeKey,
    /// Whether the index counts it as there.
    pub(in crate::engine) counted: bool,
    /// Slots of the channels that its schedule lets it be newly offered.
    pub(in crate::engine) open: u128,
    /// What its schedule depends on; none: it has none.
    pub(in crate::engine) rules: Option<Box<AgentRules>>,
    /// The epoch of the index for which they were made; 0: they are to be made anew.
    pub(in crate::engine) rules_epoch: u32,
    /// What its timers are armed for; 0: they are not.
    pub(in crate::engine) shift_due_ms: u64,
    pub(in crate::engine) deviation_due_ms: u64,
}

impl Agent {
    /// One who holds nothing, as far as is known.
    pub(in crate::engine) fn new(record: j::AgentRecord, info: Option<Arc<AgentInfo>>) -> Self {
        Self {
            record,
            info,
            work: Vec::new(),
            load: Load::default(),
            epoch: 0,
            profile: 0,
            free: FreeKey::default(),
            counted: false,
            open: u128::MAX,
            rules: None,
            rules_epoch: 0,
            shift_due_ms: 0,
            deviation_due_ms: 0,
        }
    }

    /// Whether it is signed in and in the plan.
    #[must_use]
    pub fn signed_in(&self) -> bool {
        self.record.session != 0 && !self.record.removed && self.info.is_some()
    }

    /// Whether new work can reach it: signed in, connected, ready, in the plan, and on shift or without a schedule.
    #[must_use]
    pub fn routable(&self) -> bool {
        let record = &self.record;
        let there = record.session != 0 && record.connected && !record.removed && self.info.is_some();
        there && record.ready && self.on_shift()
    }

    /// How it departs from its schedule.
    #[must_use]
    pub(in crate::engine) fn departs(&self) -> DeviationKind {
        let record = &self.record;
        match self.presence() {
            _ if record.removed => DeviationKind::Unspecified,
            Some(Presence::On) if record.session == 0 => DeviationKind::Absent,
            Some(Presence::On) if !record.ready || !record.connected => DeviationKind::NotReady,
            Some(Presence::Off) if record.session != 0 && record.ready => DeviationKind::OffShiftReady,
            _ => DeviationKind::Unspecified,
        }
    }
}
