//! The order of waiting contacts. First by band, then by urgency = age ÷ objective + priority × boost
//! (boost in objectives), ties by number. Exact: integers only, compared by cross-multiplication.

use std::cmp::Ordering;

/// What a waiting contact's place in the order is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Lower is first.
    pub band: u8,
    /// Virtual arrival, in milliseconds of engine time, put off by as long as the clock of its queue has stood still;
    /// see [`virtual_arrival_ms`]. Made by [`crate::engine::state::State::standing`] alone.
    pub arrival_ms: i64,
    /// Target wait.
    pub objective_ms: u64,
    /// Breaks ties.
    pub contact: u64,
}

/// When the contact would have come in if its priority were age: urgency = (now − this) ÷ objective, less what the
/// queue's clock has stood still in all. Within one objective and clock it orders contacts for ever, whatever the time.
#[must_use]
pub fn virtual_arrival_ms(arrival_ms: i64, priority: i32, boost_permille: u32, objective_ms: u64) -> i64 {
    let head_start = i128::from(priority) * i128::from(boost_permille) * i128::from(objective_ms) / 1_000;
    let arrival = i128::from(arrival_ms) - head_start;
    i64::try_from(arrival).unwrap_or(if arrival < 0 { i64::MIN } else { i64::MAX })
}

/// Urgency in thousandths of the objective, rounded down.
#[must_use]
pub fn urgency_permille(standing: &Standing, now_ms: u64) -> i64 {
    let age = i128::from(now_ms) - i128::from(standing.arrival_ms);
    let permille = (age * 1_000).div_euclid(i128::from(standing.objective_ms.max(1)));
    i64::try_from(permille).unwrap_or(if permille < 0 { i64::MIN } else { i64::MAX })
}

/// `Less` when `a` is served before `b` at `now_ms`.
#[must_use]
pub fn more_urgent(a: &Standing, b: &Standing, now_ms: u64) -> Ordering {
    let age = |standing: &Standing| i128::from(now_ms) - i128::from(standing.arrival_ms);
    let (left, right) = (age(a) * i128::from(b.objective_ms), age(b) * i128::from(a.objective_ms));
    a.band.cmp(&b.band).then_with(|| right.cmp(&left)).then_with(|| a.contact.cmp(&b.contact))
}

/// Where one of this standing would stand among those of a class, who are of one band and objective and whose clock has
/// stood still for `idle_ms` in all: exactly those before it, by (virtual arrival, number), are served before it. Both
/// objectives are above 0.
#[must_use]
pub fn place_among(mine: &Standing, band: u8, objective_ms: u64, idle_ms: i64, now_ms: u64) -> (i64, u64) {
    match band.cmp(&mine.band) {
        Ordering::Less => return (i64::MAX, u64::MAX),
        Ordering::Greater => return (i64::MIN, 0),
        Ordering::Equal => {}
    }
    if mine.objective_ms == objective_ms {
        // As most are, so that nothing need be divided.
        return (mine.arrival_ms.saturating_sub(idle_ms), mine.contact);
    }
    let now_ms = i128::from(now_ms);
    let age = (now_ms - i128::from(mine.arrival_ms)) * i128::from(objective_ms);
    let of_mine = i128::from(mine.objective_ms.max(1));
    // As old as this is as urgent, and what is left over is more than that.
    let (as_old, beyond) = (age.div_euclid(of_mine), age.rem_euclid(of_mine));
    let arrival = now_ms - i128::from(idle_ms) - as_old;
    let arrival_ms = i64::try_from(arrival).unwrap_or(if arrival < 0 { i64::MIN } else { i64::MAX });
    (arrival_ms, if beyond == 0 { mine.contact } else { 0 })
}
