//! What the plan says of a queue's hours, by numbers.

use std::sync::Arc;

use crate::{
    plan::model::{self, Ageing, ClosedPolicy, Closing},
    proto::journal::PlanKind,
    schedule::{Calendar, compile::Schedules},
};

use super::Open;

/// When a queue is open, and what becomes of its contacts while it isn't.
#[derive(Debug, Clone)]
pub struct HoursInfo {
    /// By which it opens and closes; none: it is open, unless closed by hand.
    pub calendar: Option<Arc<Calendar>>,
    /// What becomes of a contact that comes while it is closed.
    pub closed: ClosedPolicy,
    /// Where such a contact goes; 0: nowhere else.
    pub closed_queue: u32,
    /// What becomes of those who wait when it closes.
    pub closing: Closing,
    /// Where these go; 0: nowhere else.
    pub closing_queue: u32,
    /// Its clock stands still while it is closed.
    pub stands: bool,
}

impl HoursInfo {
    pub(super) fn new(entry: &model::Queue, open: Open<'_>, schedules: &Schedules) -> Self {
        let calendar = entry.calendar.as_ref().and_then(|id| schedules.calendars.get(id)).cloned();
        let queue = |id: &Option<String>| {
            id.as_ref().and_then(|id| open.names.number(PlanKind::Queue, id)).unwrap_or(0)
        };
        let channels = &open.plan.channels;
        Self {
            stands: calendar.is_some() && entry.ages(channels) == Ageing::OpenHours,
            calendar,
            closed: entry.closed_policy(channels),
            closed_queue: queue(&entry.closed_queue),
            closing: entry.closing,
            closing_queue: queue(&entry.closing_queue),
        }
    }
}
