//! Entries that may overlap, laid flat: at each instant the strongest alone. Must not know what they mean.

use std::collections::BTreeSet;

use super::agent::State;

/// A stretch of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flat {
    /// From.
    pub from_s: i64,
    /// To.
    pub to_s: i64,
    /// Number of the entry.
    pub number: u64,
    /// What it says.
    pub state: State,
}

/// Where an instant lies in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover<'f> {
    /// In a stretch.
    In(&'f Flat),
    /// In none, and the next one begins then.
    Until(i64),
    /// In none, and none follows.
    End,
}

/// Cuts stretches, each with its rank, so that none overlaps another and the highest rank counts. Ordered by time.
#[must_use]
pub fn flatten<R: Ord + Copy>(stretches: &[(Flat, R)]) -> Box<[Flat]> {
    let indexes = 0..stretches.len();
    let mut bounds: Vec<(i64, bool, usize)> = indexes
        .filter(|&index| stretches[index].0.from_s < stretches[index].0.to_s)
        .flat_map(|index| {
            let flat = &stretches[index].0;
            [(flat.from_s, true, index), (flat.to_s, false, index)]
        })
        .collect();
    bounds.sort_unstable();
    let mut active: BTreeSet<(R, usize)> = BTreeSet::new();
    let mut found: Vec<Flat> = Vec::new();
    let mut from_s = i64::MIN;
    for (at_s, begins, index) in bounds {
        if let Some(&(_, strongest)) = active.last().filter(|_| from_s < at_s) {
            let flat = stretches[strongest].0;
            match found.last_mut() {
                Some(last)
                    if last.to_s == from_s && (last.number, last.state) == (flat.number, flat.state) =>
                {
                    last.to_s = at_s;
                }
                _ => found.push(Flat { from_s, to_s: at_s, ..flat }),
            }
        }
        from_s = at_s;
        if begins {
            active.insert((stretches[index].1, index));
        } else {
            active.remove(&(stretches[index].1, index));
        }
    }
    found.into()
}

/// Where an instant lies in what [`flatten`] gave.
#[must_use]
pub fn cover(flats: &[Flat], at_s: i64) -> Cover<'_> {
    match flats.get(flats.partition_point(|flat| flat.to_s <= at_s)) {
        Some(flat) if flat.from_s <= at_s => Cover::In(flat),
        Some(flat) => Cover::Until(flat.from_s),
        None => Cover::End,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Presence;

    #[test]
    fn the_strongest_counts_at_each_instant() {
        let state = State { presence: Presence::Off, open: 0 };
        let stretch = |(number, from_s, to_s)| (Flat { from_s, to_s, number, state }, number);
        for (given, expected) in [
            (vec![(1, 0, 10)], vec![(1, 0, 10)]),
            (vec![(1, 0, 10), (2, 3, 5)], vec![(1, 0, 3), (2, 3, 5), (1, 5, 10)]),
            (vec![(2, 0, 10), (1, 3, 15)], vec![(2, 0, 10), (1, 10, 15)]),
            (vec![(1, 0, 5), (2, 5, 8), (3, 9, 9), (4, 12, 11)], vec![(1, 0, 5), (2, 5, 8)]),
            (
                vec![(3, 4, 6), (2, 2, 8), (1, 0, 10)],
                vec![(1, 0, 2), (2, 2, 4), (3, 4, 6), (2, 6, 8), (1, 8, 10)],
            ),
        ] {
            let flats = flatten(&given.iter().copied().map(stretch).collect::<Vec<_>>());
            let found: Vec<_> = flats.iter().map(|flat| (flat.number, flat.from_s, flat.to_s)).collect();
            assert_eq!(found, expected, "{given:?}");
            for at_s in -1..16 {
                let strongest = given.iter().filter(|(_, from, to)| (*from..*to).contains(&at_s)).max();
                let next = expected.iter().map(|(_, from, _)| *from).find(|from| *from > at_s);
                match cover(&flats, at_s) {
                    Cover::In(flat) => assert_eq!(Some(flat.number), strongest.map(|(number, ..)| *number)),
                    Cover::Until(from_s) => assert_eq!((None, Some(from_s)), (strongest, next)),
                    Cover::End => assert_eq!((None, None), (strongest, next)),
                }
            }
        }
    }
}
