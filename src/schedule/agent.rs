//! What an agent's schedule says at an instant, and when that changes next. Owns which rule counts (README.md has
//! the table) and how near its end new work stops. Must not know whether the agent is there.

use std::sync::Arc;

use super::{
    Day, LOOK_AHEAD_S, Rota,
    flat::{Cover, Flat, cover},
    shift::{ALL, Open, PieceState},
};

/// So many changes without effect are looked through for one that has some, before it's taken that there is none.
const EDGES_MAX: usize = 4_096;

/// Where an agent stands by its schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// It has no schedule: availability alone decides.
    Unscheduled,
    /// On shift.
    On,
    /// On a break.
    Break,
    /// Off shift.
    Off,
}

/// Where an agent stands, and which channels may be newly offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// Where.
    pub presence: Presence,
    /// Channels by slot: all if unscheduled, none on break or off.
    pub open: Open,
}

impl State {
    /// No schedule.
    pub const UNSCHEDULED: Self = Self { presence: Presence::Unscheduled, open: ALL };
    /// On a break.
    pub const BREAK: Self = Self { presence: Presence::Break, open: 0 };
    /// Off shift.
    pub const OFF: Self = Self { presence: Presence::Off, open: 0 };

    /// On shift, serving these channels.
    #[must_use]
    pub fn on(open: Open) -> Self {
        Self { presence: Presence::On, open }
    }
}

impl From<PieceState> for State {
    fn from(state: PieceState) -> Self {
        match state {
            PieceState::On(open) => Self::on(open),
            PieceState::Break => Self::BREAK,
        }
    }
}

/// Which rule gives a state, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A supervisor's override.
    ByHand,
    /// Outside the agent's dates.
    NotValid,
    /// The dated exception of this number.
    Exception(u64),
    /// The dated shift of this number.
    DatedShift(u64),
    /// The rota.
    Rota {
        /// Place of the shift in [`Rota::shifts`].
        shift: u16,
        /// On which day it starts.
        day: Day,
    },
    /// Nothing else.
    Default,
}

/// A supervisor's override.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByHand {
    /// On shift or off.
    pub on: bool,
    /// If on, only these.
    pub open: Open,
    /// Until then.
    pub until_s: i64,
}

/// An agent's dated entries as instants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dated {
    /// Pieces of dated shifts, ordered, without overlaps.
    pub shifts: Box<[Flat]>,
    /// Days of the rota on which a dated shift starts, ordered: the rota's shifts of these don't count.
    pub replaced: Box<[Day]>,
    /// Exceptions, ordered, without overlaps.
    pub exceptions: Box<[Flat]>,
}

/// All that an agent's schedule depends on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgentRules {
    /// Its rota, and how many weeks or days ahead of it the agent is.
    pub base: Option<(Arc<Rota>, u32)>,
    /// From when until when it works at all; none: always.
    pub valid: Option<(i64, i64)>,
    /// Its dated entries.
    pub dated: Dated,
    /// A supervisor's override, over or not.
    pub by_hand: Option<ByHand>,
    /// Off when nothing is said; otherwise unscheduled.
    pub scheduled: bool,
}

/// How long before a change a channel gets no new contacts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Leads {
    /// The longest.
    max_s: u32,
    /// Channel as a bit; before a break or another activity; before the end.
    of: Vec<(Open, u32, u32)>,
}

impl Leads {
    /// Leads by slot: before a break or another activity, and before the end.
    #[must_use]
    pub fn new(of: impl IntoIterator<Item = (u8, u32, u32)>) -> Self {
        let bit = |(slot, break_s, end_s)| (1_u128.checked_shl(u32::from(slot)).unwrap_or(0), break_s, end_s);
        let of =
            of.into_iter().map(bit).filter(|&(bit, break_s, end_s)| bit != 0 && (break_s, end_s) != (0, 0));
        let of: Vec<_> = of.collect();
        let max_s = of.iter().map(|&(_, break_s, end_s): &(Open, u32, u32)| break_s.max(end_s)).max();
        Self { max_s: max_s.unwrap_or(0), of }
    }

    /// The longest.
    #[must_use]
    pub fn max_s(&self) -> u32 {
        self.max_s
    }
}

/// What counts for some time.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    state: State,
    rule: Rule,
    /// Until then for sure; it may go on.
    until_s: i64,
}

/// A part of an agent's schedule, for charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanOf {
    /// From.
    pub from_s: i64,
    /// To.
    pub to_s: i64,
    /// What counts.
    pub state: State,
    /// By which rule.
    pub rule: Rule,
}

impl AgentRules {
    /// Whether the agent works then, and isn't on a break.
    #[must_use]
    pub fn on_shift(&self, at_s: i64) -> bool {
        self.base_at(at_s).0.presence == Presence::On
    }

    /// What the rules say, without leads.
    #[must_use]
    pub fn base_at(&self, at_s: i64) -> (State, Rule) {
        let stretch = self.stretch(at_s, at_s);
        (stretch.state, stretch.rule)
    }

    /// Where the agent stands: as [`Self::base_at`], less the channels that are closed to new work because they
    /// will soon not be served.
    #[must_use]
    pub fn state_at(&self, at_s: i64, leads: &Leads) -> State {
        let ahead_s = if leads.max_s == 0 { at_s } else { at_s + i64::from(leads.max_s) + 1 };
        let mut edges = self.edges(at_s, ahead_s);
        let mut state = edges.now.state;
        if !leads_count(edges.now) {
            return state;
        }
        while let Some(edge) = edges.next() {
            let rest_s = edge.at_s - at_s;
            for &(bit, break_s, end_s) in &leads.of {
                let lead_s = if edge.to.presence == Presence::Off { end_s } else { break_s };
                if edge.lost() & bit != 0 && rest_s <= i64::from(lead_s) {
                    state.open &= !bit;
                }
            }
        }
        state
    }

    /// When [`Self::state_at`] changes next; none: not within [`LOOK_AHEAD_S`].
    #[must_use]
    pub fn next_edge(&self, at_s: i64, leads: &Leads) -> Option<i64> {
        if leads.max_s == 0 {
            return self.next_base_edge(at_s);
        }
        let (now, limit_s) = (self.state_at(at_s, leads), at_s + LOOK_AHEAD_S);
        let mut from_s = at_s;
        for _ in 0..EDGES_MAX {
            from_s = self.candidate(from_s, limit_s, leads).filter(|next_s| *next_s < limit_s)?;
            if self.state_at(from_s, leads) != now {
                return Some(from_s);
            }
        }
        None
    }

    /// When [`Self::base_at`] gives another state next; none: not within [`LOOK_AHEAD_S`].
    #[must_use]
    pub fn next_base_edge(&self, at_s: i64) -> Option<i64> {
        self.edges(at_s, at_s + LOOK_AHEAD_S).next().map(|edge| edge.at_s)
    }

    /// What counts from one instant to another, without leads.
    #[must_use]
    pub fn spans(&self, from_s: i64, until_s: i64) -> Vec<SpanOf> {
        let mut spans: Vec<SpanOf> = Vec::new();
        let mut at_s = from_s;
        while at_s < until_s {
            let Stretch { state, rule, until_s: to_s } = self.stretch(at_s, until_s);
            match spans.last_mut() {
                Some(last) if (last.state, last.rule) == (state, rule) => last.to_s = to_s,
                _ => spans.push(SpanOf { from_s: at_s, to_s, state, rule }),
            }
            at_s = to_s;
        }
        spans
    }

    /// The first instant after `from_s` at which a state may begin or a lead may.
    fn candidate(&self, from_s: i64, limit_s: i64, leads: &Leads) -> Option<i64> {
        let max_s = i64::from(leads.max_s);
        let mut edges = self.edges(from_s, limit_s + max_s);
        let (now, leads_count) = (edges.now, leads_count(edges.now));
        let first_s = edges.next()?.at_s;
        if now.rule == Rule::ByHand {
            // Leads count from there on, though all else may go on as it is by hand.
            return Some(first_s.min(now.until_s));
        }
        if !leads_count {
            return Some(first_s);
        }
        let mut found_s = first_s;
        let mut edges = self.edges(from_s, (first_s + max_s + 1).min(limit_s + max_s));
        while let Some(edge) = edges.next() {
            for &(bit, break_s, end_s) in &leads.of {
                let lead_s = if edge.to.presence == Presence::Off { end_s } else { break_s };
                let begins_s = edge.at_s - i64::from(lead_s);
                if edge.lost() & bit != 0 && begins_s > from_s {
                    found_s = found_s.min(begins_s);
                }
            }
        }
        Some(found_s)
    }

    /// What counts at an instant, and until when that is sure, `limit_s` at most.
    fn stretch(&self, at_s: i64, limit_s: i64) -> Stretch {
        let mut until_s = limit_s;
        let told = |state, rule, until_s| Stretch { state, rule, until_s };
        if let Some(ByHand { on, open, until_s: end_s }) = self.by_hand.filter(|hand| at_s < hand.until_s) {
            return told(if on { State::on(open) } else { State::OFF }, Rule::ByHand, end_s.min(until_s));
        }
        if let Some((valid_from_s, valid_until_s)) = self.valid {
            if at_s < valid_from_s {
                return told(State::OFF, Rule::NotValid, valid_from_s.min(until_s));
            }
            if at_s >= valid_until_s {
                return told(State::OFF, Rule::NotValid, until_s);
            }
            until_s = until_s.min(valid_until_s);
        }
        match cover(&self.dated.exceptions, at_s) {
            Cover::In(flat) => return told(flat.state, Rule::Exception(flat.number), flat.to_s.min(until_s)),
            Cover::Until(next_s) => until_s = until_s.min(next_s),
            Cover::End => {}
        }
        match cover(&self.dated.shifts, at_s) {
            Cover::In(flat) => {
                return told(flat.state, Rule::DatedShift(flat.number), flat.to_s.min(until_s));
            }
            Cover::Until(next_s) => until_s = until_s.min(next_s),
            Cover::End => {}
        }
        if let Some((rota, offset)) = &self.base {
            let (found, until_s) = rota.stretch(at_s, until_s, *offset, &self.dated.replaced);
            return match found {
                Some(found) => {
                    let rule = Rule::Rota { shift: found.shift, day: found.day };
                    told(found.state.into(), rule, until_s)
                }
                None => told(State::OFF, Rule::Default, until_s),
            };
        }
        told(if self.scheduled { State::OFF } else { State::UNSCHEDULED }, Rule::Default, until_s)
    }

    fn edges(&self, at_s: i64, limit_s: i64) -> Edges<'_> {
        Edges { rules: self, limit_s, now: self.stretch(at_s, limit_s) }
    }
}

/// Whether channels are closed before they stop being served: not for who is on shift by hand, since the
/// supervisor said until when.
fn leads_count(now: Stretch) -> bool {
    now.state.presence == Presence::On && now.rule != Rule::ByHand
}

/// The changes of an agent's state before some instant, one after the other.
struct Edges<'r> {
    rules: &'r AgentRules,
    limit_s: i64,
    now: Stretch,
}

/// A change of an agent's state, without leads.
#[derive(Debug, Clone, Copy)]
struct Edge {
    at_s: i64,
    from: State,
    to: State,
}

impl Edge {
    /// Channels that aren't served any more.
    fn lost(self) -> Open {
        self.from.open & !self.to.open
    }
}

impl Edges<'_> {
    fn next(&mut self) -> Option<Edge> {
        for _ in 0..EDGES_MAX {
            let at_s = self.now.until_s;
            if at_s >= self.limit_s {
                return None;
            }
            let from = self.now.state;
            self.now = self.rules.stretch(at_s, self.limit_s);
            if self.now.state != from {
                return Some(Edge { at_s, from, to: self.now.state });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
