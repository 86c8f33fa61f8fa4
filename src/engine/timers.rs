//! Deadlines of the engine: one named enum, ordered by time. Derived from the state and rebuilt with it,
//! never stored. Must not know the clock: the caller brings the time.

use super::line::Line;

/// What falls due. The order breaks ties between timers of the same millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The offer lapses unanswered.
    Offer(u64),
    /// The wrap-up of the assignment ends.
    WrapUp(u64),
    /// The agent's grace time after a lost stream is over.
    AgentGrace(u32),
    /// The gateway's lease is over.
    GatewayLease(u32),
    /// The contact has waited as long as its queue allows.
    MaxWait(u64),
    /// The contact is no longer kept for one agent.
    Keep(u64),
    /// The contact's next ring opens.
    Ring(u64),
    /// The agent may be offered the contact again.
    Exclusion(u64, u32),
    /// The contact has been in its stage as long as that lasts: idle with an agent, parked, or with a bot.
    Stage(u64),
    /// The contact's reply window takes its next step, or ends.
    Window(u64),
    /// The promise enters its queue, takes its next step, or is past its time.
    Promise(u64),
    /// Whether the case was settled by its first contact is judged.
    FirstContact(u64),
    /// A queue's surge level, what follows from it, and callbacks to be dialled are looked at.
    Surge(u32),
    /// The agent's schedule state may change.
    Shift(u32),
    /// The queue's hours may change.
    Hours(u32),
    /// The agent has departed from its schedule for as long as is tolerated.
    Deviation(u32),
}

/// Kinds of timers.
const KINDS: usize = 16;
/// The first of those that [`Timers::pop_due`] leaves alone, and [`Timers::pop_due_like`] takes.
const SCHEDULES: usize = 13;

impl Timer {
    /// Its kind, in the order of the enum, and what it is about.
    fn parts(self) -> (usize, u64, u32) {
        match self {
            Self::Offer(offer) => (0, offer, 0),
            Self::WrapUp(offer) => (1, offer, 0),
            Self::AgentGrace(agent) => (2, u64::from(agent), 0),
            Self::GatewayLease(gateway) => (3, u64::from(gateway), 0),
            Self::MaxWait(contact) => (4, contact, 0),
            Self::Keep(contact) => (5, contact, 0),
            Self::Ring(contact) => (6, contact, 0),
            Self::Exclusion(contact, agent) => (7, contact, agent),
            Self::Stage(contact) => (8, contact, 0),
            Self::Window(contact) => (9, contact, 0),
            Self::Promise(promise) => (10, promise, 0),
            Self::FirstContact(case) => (11, case, 0),
            Self::Surge(queue) => (12, u64::from(queue), 0),
            Self::Shift(agent) => (13, u64::from(agent), 0),
            Self::Hours(queue) => (14, u64::from(queue), 0),
            Self::Deviation(agent) => (15, u64::from(agent), 0),
        }
    }

    fn of(kind: usize, about: u64, agent: u32) -> Self {
        let number = || u32::try_from(about).unwrap_or(u32::MAX);
        match kind {
            0 => Self::Offer(about),
            1 => Self::WrapUp(about),
            2 => Self::AgentGrace(number()),
            3 => Self::GatewayLease(number()),
            4 => Self::MaxWait(about),
            5 => Self::Keep(about),
            6 => Self::Ring(about),
            7 => Self::Exclusion(about, agent),
            8 => Self::Stage(about),
            9 => Self::Window(about),
            10 => Self::Promise(about),
            11 => Self::FirstContact(about),
            12 => Self::Surge(number()),
            13 => Self::Shift(number()),
            14 => Self::Hours(number()),
            _ => Self::Deviation(number()),
        }
    }
}

/// The armed timers. Whoever arms one remembers what it was armed for, and must disarm it with that.
#[derive(Debug, Default)]
pub struct Timers {
    /// A line for each kind: those of one kind mostly last equally long, so that they come in at the end
    /// and leave from the front.
    kinds: [Line<(u64, u64, u32)>; KINDS],
}

impl Timers {
    /// Arms `timer` for `due_ms`.
    pub fn arm(&mut self, timer: Timer, due_ms: u64) {
        let (kind, about, agent) = timer.parts();
        self.kinds[kind].insert((due_ms, about, agent));
    }

    /// Disarms `timer` that was armed for `due_ms`, if it still is.
    pub fn disarm(&mut self, timer: Timer, due_ms: u64) {
        let (kind, about, agent) = timer.parts();
        self.kinds[kind].remove(&(due_ms, about, agent));
    }

    /// When the first one falls due, in milliseconds of engine time.
    #[must_use]
    pub fn next_ms(&self) -> Option<u64> {
        self.kinds.iter().filter_map(Line::first).map(|(due_ms, ..)| due_ms).min()
    }

    /// Whether one of an agent's shift or a queue's hours is due at `now_ms`.
    #[must_use]
    pub fn edge_due(&self, now_ms: u64) -> bool {
        let lines = [Timer::Shift(0), Timer::Hours(0)].map(|timer| &self.kinds[timer.parts().0]);
        lines.into_iter().filter_map(Line::first).any(|(due_ms, ..)| due_ms <= now_ms)
    }

    /// How many of them are.
    #[must_use]
    pub fn edges_due(&self, now_ms: u64) -> usize {
        let lines = [Timer::Shift(0), Timer::Hours(0)].map(|timer| &self.kinds[timer.parts().0]);
        let due = |line: &Line<(u64, u64, u32)>| line.partition_point(|(due_ms, ..)| *due_ms <= now_ms);
        lines.into_iter().map(due).sum()
    }

    /// Takes out the first one of the kind of `like` that is due at `now_ms`.
    pub fn pop_due_like(&mut self, like: Timer, now_ms: u64) -> Option<Timer> {
        let kind = like.parts().0;
        let (due_ms, about, agent) = self.kinds[kind].first().filter(|(due_ms, ..)| *due_ms <= now_ms)?;
        self.kinds[kind].remove(&(due_ms, about, agent));
        Some(Timer::of(kind, about, agent))
    }

    /// Takes out the first one that is due at `now_ms`, but for those of schedules.
    pub fn pop_due(&mut self, now_ms: u64) -> Option<Timer> {
        let first = |(kind, line): (usize, &Line<(u64, u64, u32)>)| {
            line.first().map(|(due_ms, about, agent)| (due_ms, kind, about, agent))
        };
        let (due_ms, kind, about, agent) =
            self.kinds.iter().take(SCHEDULES).enumerate().filter_map(first).min()?;
        if due_ms > now_ms {
            return None;
        }
        self.kinds[kind].remove(&(due_ms, about, agent));
        Some(Timer::of(kind, about, agent))
    }
}
