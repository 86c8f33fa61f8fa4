//! A day's work. Owns how spans of work, breaks and activities become pieces that don't overlap. Must not know
//! on which day it is worked.

use std::sync::Arc;

use super::{DAY_S, Span};

/// Channels by their slots, a bit each.
pub type Open = u128;

/// All channels, also those that a plan doesn't have yet.
pub const ALL: Open = Open::MAX;

/// What is done in a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceState {
    /// Serving these channels.
    On(Open),
    /// On a break.
    Break,
}

/// A part of a shift, in seconds of the local day on which the shift starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// From.
    pub from_s: u32,
    /// To: may be on the next day, or the one after.
    pub to_s: u32,
    /// What is done.
    pub state: PieceState,
}

/// A shift of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Its id.
    pub id: Arc<str>,
    /// What it shows as.
    pub name: Arc<str>,
    /// Ordered, without overlaps.
    pub pieces: Box<[Piece]>,
}

/// Why spans are no shift. Numbers are places in the list of the kind that is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PieceFault {
    /// Two spans of work.
    #[error("at[{0}] and at[{1}] overlap")]
    AtOverlap(usize, usize),
    /// Not within one span of work.
    #[error("breaks[{0}] is not within at")]
    BreakOutside(usize),
    /// Two breaks.
    #[error("breaks[{0}] and breaks[{1}] overlap")]
    BreaksOverlap(usize, usize),
    /// Not within one span of work.
    #[error("activities[{0}] is not within at")]
    ActivityOutside(usize),
    /// Two activities.
    #[error("activities[{0}] and activities[{1}] overlap")]
    ActivitiesOverlap(usize, usize),
}

/// Cuts spans of work by breaks and activities. Breaks and activities are written as times of day: each is
/// placed where a span of work has room for it, which may be after midnight.
///
/// # Errors
/// One is not within a span of work, or two of a kind overlap.
pub fn pieces(at: &[Span], breaks: &[Span], activities: &[(Span, Open)]) -> Result<Box<[Piece]>, PieceFault> {
    overlap(at).map_or(Ok(()), |(a, b)| Err(PieceFault::AtOverlap(a, b)))?;
    let placed = |(index, span): (usize, Span)| place(at, span).ok_or(index);
    let breaks: Result<Vec<Span>, usize> = breaks.iter().copied().enumerate().map(placed).collect();
    let breaks = breaks.map_err(PieceFault::BreakOutside)?;
    overlap(&breaks).map_or(Ok(()), |(a, b)| Err(PieceFault::BreaksOverlap(a, b)))?;
    let spans = activities.iter().map(|(span, _)| *span);
    let spans: Result<Vec<Span>, usize> = spans.enumerate().map(placed).collect();
    let spans = spans.map_err(PieceFault::ActivityOutside)?;
    overlap(&spans).map_or(Ok(()), |(a, b)| Err(PieceFault::ActivitiesOverlap(a, b)))?;
    let activities: Vec<(Span, Open)> =
        spans.into_iter().zip(activities.iter().map(|(_, open)| *open)).collect();
    Ok(cut(at, &breaks, &activities))
}

/// Where `inner`, written as times of day, lies within one of the spans `at`: in the first that has room, on the
/// day itself or after midnight.
#[must_use]
pub fn place(at: &[Span], inner: Span) -> Option<Span> {
    let day_s = u32::try_from(DAY_S).unwrap_or_default();
    let next_day = Span { from_s: inner.from_s + day_s, to_s: inner.to_s + day_s };
    let mut at: Vec<Span> = at.to_vec();
    at.sort_unstable();
    at.iter().find_map(|outer| [inner, next_day].into_iter().find(|inner| outer.contains(*inner)))
}

/// The first two that overlap.
fn overlap(spans: &[Span]) -> Option<(usize, usize)> {
    let pairs = (0..spans.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
    pairs.into_iter().find(|&(a, b)| spans[a].overlaps(spans[b]))
}

/// The pieces of `at`, cut by breaks and activities that are in its own seconds. Breaks come before activities.
#[must_use]
pub fn cut(at: &[Span], breaks: &[Span], activities: &[(Span, Open)]) -> Box<[Piece]> {
    let spans = || at.iter().chain(breaks).copied().chain(activities.iter().map(|(span, _)| *span));
    let mut bounds: Vec<u32> = spans().flat_map(|span| [span.from_s, span.to_s]).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let mut pieces: Vec<Piece> = Vec::new();
    for bound in bounds.windows(2) {
        let part = Span { from_s: bound[0], to_s: bound[1] };
        let within = |spans: &[Span]| spans.iter().any(|span| span.contains(part));
        let activity = || activities.iter().find(|(span, _)| span.contains(part));
        let state = if !within(at) {
            continue;
        } else if within(breaks) {
            PieceState::Break
        } else {
            PieceState::On(activity().map_or(ALL, |(_, open)| *open))
        };
        match pieces.last_mut() {
            Some(last) if last.to_s == part.from_s && last.state == state => last.to_s = part.to_s,
            _ => pieces.push(Piece { from_s: part.from_s, to_s: part.to_s, state }),
        }
    }
    pieces.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> Span {
        let (from, to) = text.split_once('-').unwrap();
        let hours = |text: &str| {
            let hours = jiff::SignedDuration::from_secs_f64(text.parse::<f64>().unwrap() * 3600.0);
            u32::try_from(hours.as_secs()).unwrap()
        };
        Span::between(hours(from), hours(to)).unwrap()
    }

    fn spans(text: &str) -> Vec<Span> {
        text.split_whitespace().map(span).collect()
    }

    fn written(pieces: &[Piece]) -> String {
        let hours = |seconds: u32| f64::from(seconds) / 3600.0;
        let state = |state| match state {
            PieceState::On(ALL) => "on".to_owned(),
            PieceState::On(open) => format!("on:{open}"),
            PieceState::Break => "break".to_owned(),
        };
        let piece =
            |piece: &Piece| format!("{}-{} {}", hours(piece.from_s), hours(piece.to_s), state(piece.state));
        pieces.iter().map(piece).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn spans_become_pieces() {
        for (at, breaks, activities, expected) in [
            ("9-18", "", "", "9-18 on"),
            ("9-18", "12-13", "", "9-12 on, 12-13 break, 13-18 on"),
            ("9-18", "9-10 17-18", "", "9-10 break, 10-17 on, 17-18 break"),
            ("14-18 9-12", "", "", "9-12 on, 14-18 on"),
            ("22-6", "2-2.5", "", "22-26 on, 26-26.5 break, 26.5-30 on"),
            ("22-6", "23-1", "5-6", "22-23 on, 23-25 break, 25-29 on, 29-30 on:5"),
            ("7-15", "8-9", "7-10 14-15", "7-8 on:5, 8-9 break, 9-10 on:5, 10-14 on, 14-15 on:5"),
            ("0-24", "", "0-24", "0-24 on:5"),
            ("9-12 12-15", "", "", "9-15 on"),
        ] {
            let activities: Vec<_> = spans(activities).into_iter().map(|span| (span, 5)).collect();
            let pieces = pieces(&spans(at), &spans(breaks), &activities);
            assert_eq!(pieces.map(|pieces| written(&pieces)).as_deref(), Ok(expected), "{at} {breaks}");
        }
    }

    #[test]
    fn what_is_no_shift_is_told() {
        use PieceFault as F;
        for (at, breaks, activities, fault) in [
            ("9-12 11-14", "", "", F::AtOverlap(0, 1)),
            ("9-12 14-18", "12-13", "", F::BreakOutside(0)),
            ("9-12 14-18", "10-11 11-15", "", F::BreakOutside(1)),
            ("22-6", "6-7", "", F::BreakOutside(0)),
            ("9-18", "10-12 11-13", "", F::BreaksOverlap(0, 1)),
            ("9-18", "", "8-10", F::ActivityOutside(0)),
            ("9-18", "10-11", "9-12 13-14 11-13", F::ActivitiesOverlap(0, 2)),
        ] {
            let activities: Vec<_> = spans(activities).into_iter().map(|span| (span, ALL)).collect();
            assert_eq!(pieces(&spans(at), &spans(breaks), &activities), Err(fault), "{at} {breaks}");
        }
    }
}
