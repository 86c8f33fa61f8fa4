//! What is odd in holidays, calendars, shifts, and queues that close.

use super::{EntryKind, Path, Search};
use crate::{
    plan::{
        duration::format_ms,
        model::{ChannelKind, ClosedPolicy, Plan, Shift},
    },
    schedule::{
        Day,
        shift::{PieceState, pieces},
    },
};

/// Holidays are asked for so many days before those that are known end.
const HOLIDAYS_AHEAD_DAYS: i32 = 92;

/// A stretch of a shift in which a channel is served.
struct Stretch {
    length_ms: u64,
    /// A break or another activity comes next, not the end.
    goes_on: bool,
}

impl Search<'_> {
    pub(super) fn schedules(&mut self) {
        self.never_open();
        self.callers_held();
        self.long_leads();
        if let Some(today) = self.today {
            self.unknown_holidays(today);
        }
    }

    fn never_open(&mut self) {
        let plan = self.plan;
        for (id, calendar) in &plan.calendars {
            if calendar.hours.values().chain(calendar.days.values()).all(Vec::is_empty) {
                self.warn(EntryKind::Calendar, id, || "is never open, give it `hours`".to_owned());
            }
        }
    }

    /// Queues that let callers wait until the office opens.
    fn callers_held(&mut self) {
        let plan = self.plan;
        let section = Path::Key(&Path::Root, EntryKind::Queue.section());
        let is_call = |id: &&String| {
            plan.channels.get(*id).is_some_and(|channel| channel.kind == ChannelKind::Realtime)
        };
        for (id, queue) in plan.queues.iter().filter(|(_, queue)| queue.closed == Some(ClosedPolicy::Hold)) {
            if let Some(channel) = queue.channels.iter().find(is_call) {
                self.warn_at(&Path::Key(&Path::Key(&section, id), "closed"), || {
                    format!(
                        "lets callers by channel `{channel}` wait all night: refuse them or let them overflow"
                    )
                });
            }
        }
    }

    /// Channels of which nobody gets a new contact in a part of a shift that serves them, as all of it is a lead.
    fn long_leads(&mut self) {
        let plan = self.plan;
        let section = Path::Key(&Path::Root, EntryKind::Channel.section());
        for (id, channel) in &plan.channels {
            let leads =
                [("break_lead", channel.break_lead_ms, true), ("end_lead", channel.end_lead_ms, false)];
            for (key, lead_ms, goes_on) in leads.into_iter().filter(|(_, lead_ms, _)| *lead_ms > 0) {
                let Some((shift, shortest_ms)) = shortest(plan, id, goes_on) else { continue };
                if lead_ms >= shortest_ms {
                    self.warn_at(&Path::Key(&Path::Key(&section, id), key), || {
                        let (lead, shortest) = (format_ms(lead_ms), format_ms(shortest_ms));
                        format!(
                            "{lead} leaves nothing of the {shortest} for which shift `{shift}` serves this before \
                             it stops: shorten it"
                        )
                    });
                }
            }
        }
    }

    fn unknown_holidays(&mut self, today: Day) {
        let plan = self.plan;
        for (id, holidays) in &plan.holidays {
            if let Some(last) = holidays.known_until().filter(|last| today > last.plus(-HOLIDAYS_AHEAD_DAYS))
            {
                self.warn(EntryKind::Holidays, id, || {
                    format!("knows nothing after {last}, add the days of {}", last.ymd().0 + 1)
                });
            }
        }
    }
}

/// The shortest stretch of any shift that serves a channel and goes on, or doesn't, after that.
fn shortest<'p>(plan: &'p Plan, channel: &str, goes_on: bool) -> Option<(&'p str, u64)> {
    let shifts = plan.shifts.iter().flat_map(|(id, shift)| {
        let stretches = stretches(shift, channel).into_iter();
        stretches.filter(|stretch| stretch.goes_on == goes_on).map(|stretch| (id.as_str(), stretch.length_ms))
    });
    shifts.min_by_key(|(_, length_ms)| *length_ms)
}

fn stretches(shift: &Shift, channel: &str) -> Vec<Stretch> {
    let open = |channels: &[String]| u128::from(channels.iter().any(|id| id == channel));
    let activities: Vec<_> =
        shift.activities.iter().map(|activity| (activity.at, open(&activity.channels))).collect();
    let pieces = pieces(&shift.at, &shift.breaks, &activities).unwrap_or_default();
    let serves = |state| matches!(state, PieceState::On(open) if open & 1 == 1);
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut last_to_s = None;
    for (index, piece) in pieces.iter().enumerate().filter(|(_, piece)| serves(piece.state)) {
        let length_ms = u64::from(piece.to_s - piece.from_s) * 1_000;
        let next = pieces.get(index + 1).filter(|next| next.from_s == piece.to_s);
        let goes_on = next.is_some();
        match stretches.last_mut() {
            // The activity changed, but not for this channel.
            Some(stretch) if last_to_s == Some(piece.from_s) => {
                *stretch = Stretch { length_ms: stretch.length_ms + length_ms, goes_on };
            }
            _ => stretches.push(Stretch { length_ms, goes_on }),
        }
        last_to_s = Some(piece.to_s);
    }
    stretches
}
