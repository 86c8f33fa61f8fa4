//! Which shift is worked on which day. Owns rounds of weeks, cycles of days, and what covers an instant by them.
//! Must not know agents' own entries.

use std::sync::Arc;

use super::{
    Day, HolidaySet, Zone,
    holidays::{DAY_KINDS, HOLIDAY, MAKEUP, Special, day_kind},
    shift::{Piece, PieceState, Shift},
};

/// Places of the shifts of a day in [`Rota::shifts`].
pub type DayShifts = Box<[u16]>;

/// How the days follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Weeks that go round; each by kind of day.
    Weeks(Vec<[DayShifts; DAY_KINDS]>),
    /// Days that go round, whatever days of the week they fall on.
    Cycle {
        /// The days.
        days: Vec<DayShifts>,
        /// Instead of the day that it falls on; none: the cycle goes on.
        on_holiday: Option<DayShifts>,
        /// Likewise.
        on_makeup: Option<DayShifts>,
    },
}

/// A rota of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rota {
    zone: Arc<Zone>,
    holidays: Option<Arc<HolidaySet>>,
    from: Day,
    form: Form,
    shifts: Vec<Arc<Shift>>,
    /// Each day is like all the others: without work, or one piece from midnight to midnight.
    unchanging: bool,
}

/// A piece of a shift of a rota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// What is done in it.
    pub state: PieceState,
    /// Place of the shift in [`Rota::shifts`].
    pub shift: u16,
    /// On which day the shift starts.
    pub day: Day,
}

impl Rota {
    /// A rota whose first week or cycle begins on `from`.
    #[must_use]
    pub fn new(
        zone: Arc<Zone>,
        holidays: Option<Arc<HolidaySet>>,
        from: Day,
        form: Form,
        shifts: Vec<Arc<Shift>>,
    ) -> Self {
        let mut rota = Self { zone, holidays, from, form, shifts, unchanging: false };
        rota.unchanging = rota.never_changes();
        rota
    }

    /// Its zone.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The shifts that are worked by it.
    #[must_use]
    pub fn shifts(&self) -> &[Arc<Shift>] {
        &self.shifts
    }

    /// The shifts of a day, for those who are so many weeks or days ahead, as places in [`Self::shifts`].
    #[must_use]
    pub fn shifts_on(&self, day: Day, offset: u32) -> &[u16] {
        let holidays = self.holidays.as_deref();
        let turn = |steps: i32, length: usize| {
            let length = i64::try_from(length).unwrap_or(i64::MAX).max(1);
            usize::try_from((i64::from(steps) + i64::from(offset)).rem_euclid(length)).unwrap_or_default()
        };
        match &self.form {
            Form::Weeks(weeks) => {
                let week = turn((day.monday().0 - self.from.0).div_euclid(7), weeks.len());
                weeks.get(week).map_or(&[], |week| &week[day_kind(day, holidays)])
            }
            Form::Cycle { days, on_holiday, on_makeup } => {
                let special = holidays.and_then(|holidays| holidays.special(day));
                let instead = match special {
                    Some(Special::Holiday) => on_holiday.as_ref(),
                    Some(Special::Makeup) => on_makeup.as_ref(),
                    None => None,
                };
                let by_turn = || days.get(turn(day.0 - self.from.0, days.len()));
                instead.or_else(by_turn).map_or(&[], |shifts| shifts)
            }
        }
    }

    /// What covers an instant, and until when nothing begins or ends, `limit_s` at most. The shifts of the days
    /// `replaced`, ordered, don't count.
    #[must_use]
    pub fn stretch(&self, at_s: i64, limit_s: i64, offset: u32, replaced: &[Day]) -> (Option<Found>, i64) {
        let near = self.zone.near(at_s);
        let (first, last) = near.dates(at_s);
        let unchanging = self.unchanging && replaced.is_empty();
        let mut end_s = if unchanging { at_s } else { limit_s };
        let mut found: Option<(Found, (bool, i64))> = None;
        // A shift may begin on one day and end on the day after the next midnight.
        let mut day = first.plus(-1);
        while day <= last || near.earliest_s(day.start_local_s()) < end_s {
            if replaced.binary_search(&day).is_err() {
                for &shift in self.shifts_on(day, offset) {
                    for piece in self.pieces(shift) {
                        let from_local_s = day.start_local_s() + i64::from(piece.from_s);
                        let (from_s, to_s) = near.span(day, piece.from_s, piece.to_s);
                        if to_s <= at_s || to_s <= from_s {
                            continue;
                        }
                        end_s = end_s.min(if from_s > at_s { from_s } else { to_s });
                        let rank = (piece.state == PieceState::Break, from_local_s);
                        if from_s <= at_s && found.is_none_or(|(_, best)| best < rank) {
                            found = Some((Found { state: piece.state, shift, day }, rank));
                        }
                    }
                }
            }
            day = day.plus(1);
        }
        (found.map(|(found, _)| found), if unchanging { limit_s } else { end_s })
    }

    fn pieces(&self, shift: u16) -> &[Piece] {
        self.shifts.get(usize::from(shift)).map_or(&[], |shift| &shift.pieces)
    }

    fn never_changes(&self) -> bool {
        let special = self.holidays.is_some();
        let days: Vec<&DayShifts> = match &self.form {
            Form::Weeks(weeks) => {
                let kinds = if special { DAY_KINDS } else { HOLIDAY.min(MAKEUP) };
                weeks.iter().flat_map(|week| &week[..kinds]).collect()
            }
            Form::Cycle { days, on_holiday, on_makeup } => {
                days.iter().chain(on_holiday).chain(on_makeup).collect()
            }
        };
        let whole = |shifts: &DayShifts| match **shifts {
            [] => Some(None),
            [shift] => match self.pieces(shift) {
                [Piece { from_s: 0, to_s: 86_400, state }] => Some(Some(*state)),
                _ => None,
            },
            _ => None,
        };
        let first = days.first().map(|day| whole(day));
        first.is_none_or(|first| first.is_some() && days.iter().all(|day| whole(day) == first))
    }
}

#[cfg(test)]
mod tests;
