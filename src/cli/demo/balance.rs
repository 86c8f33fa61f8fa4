//! Whether it adds up: the gateways' books by themselves, the daemon's counts by themselves, and one with
//! the other. Owns the arithmetic of the summary; must not know where the figures come from.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use super::{book::Key, counts::Counts};
use crate::proto::v1::{Contact, Queue, QueueChannelCounts};

/// What the daemon says of one queue and channel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Its counts.
    pub counts: QueueChannelCounts,
    /// Live contacts without an answer, from its list of contacts.
    pub waiting: u64,
}

/// The gateways' books in one: counts, and how many wait now.
pub type Tally = BTreeMap<Key, (Counts, u64)>;

/// The daemon's figures by queue and channel.
pub fn told(queues: &[Queue], live: &[Contact]) -> BTreeMap<Key, Told> {
    let mut told: BTreeMap<Key, Told> = BTreeMap::new();
    for queue in queues {
        for counts in &queue.channels {
            let of = told.entry((queue.queue.clone(), counts.channel.clone())).or_default();
            of.counts = counts.clone();
        }
    }
    for contact in live.iter().filter(|contact| contact.answer_time.is_none()) {
        told.entry((contact.queue.clone(), contact.channel.clone())).or_default().waiting += 1;
    }
    told
}

/// What does not add up, one line each; none when all does.
pub fn problems(tally: &Tally, told: &BTreeMap<Key, Told>) -> Vec<String> {
    let keys: BTreeSet<&Key> = tally.keys().chain(told.keys()).collect();
    let nothing = Told::default();
    let mut problems = Vec::new();
    for key in keys {
        let place = format!("{} by {}", key.0, key.1);
        let told = told.get(key).unwrap_or(&nothing);
        let ours = tally.get(key).map(|(counts, waiting)| figures(counts, *waiting)).unwrap_or_default();
        let [offered, parts @ ..] = ours;
        if offered != parts.iter().sum::<u64>() {
            problems.push(format!("{place}: the gateway counts {}", sum(offered, parts)));
        }
        let theirs = figures_told(told);
        let c = &told.counts;
        let into = theirs[0] + c.moved_in;
        if into != theirs[1..].iter().sum::<u64>() + c.moved_out {
            let [_, parts @ ..] = theirs;
            problems.push(format!(
                "{place}: the daemon counts {} + {} moved out",
                sum(into, parts),
                c.moved_out
            ));
        }
        for ((name, ours), theirs) in NAMES.iter().zip(ours).zip(theirs) {
            if ours != theirs {
                problems.push(format!("{place}: the gateway counts {ours} {name}, the daemon {theirs}"));
            }
        }
    }
    problems
}

/// What is counted: the first is the sum of the others.
const NAMES: [&str; 6] = ["offered", "answered", "abandoned", "expired", "lost", "still waiting"];

fn figures(counts: &Counts, waiting: u64) -> [u64; 6] {
    [counts.offered, counts.answered, counts.abandoned, counts.expired, counts.lost, waiting]
}

fn figures_told(told: &Told) -> [u64; 6] {
    let Told { counts: c, waiting } = told;
    [c.entered, c.answered, c.abandoned, c.expired, c.lost, *waiting]
}

/// All of a tally: its equation, in words.
pub fn equation(tally: &Tally) -> String {
    let mut all = [0; 6];
    for (counts, waiting) in tally.values() {
        for (all, one) in all.iter_mut().zip(figures(counts, *waiting)) {
            *all += one;
        }
    }
    let [offered, parts @ ..] = all;
    sum(offered, parts)
}

fn sum(offered: u64, parts: [u64; 5]) -> String {
    let mut text = format!("{offered} offered =");
    for (place, (name, part)) in NAMES[1..].iter().zip(parts).enumerate() {
        let plus = if place == 0 { "" } else { " +" };
        // Writing to a string can't fail.
        write!(text, "{plus} {part} {name}").ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        ("vip".into(), "phone".into())
    }

    fn tally(figures: [u64; 6]) -> Tally {
        let [offered, answered, abandoned, expired, lost, waiting] = figures;
        let counts = Counts { offered, answered, abandoned, expired, lost, ..Counts::new().unwrap() };
        Tally::from([(key(), (counts, waiting))])
    }

    fn daemon(figures: [u64; 6], moved: [u64; 2]) -> BTreeMap<Key, Told> {
        let [entered, answered, abandoned, expired, lost, waiting] = figures;
        let [moved_in, moved_out] = moved;
        let counts = QueueChannelCounts {
            channel: "phone".into(),
            entered,
            moved_in,
            moved_out,
            answered,
            abandoned,
            expired,
            lost,
            answered_wait: None,
        };
        BTreeMap::from([(key(), Told { counts, waiting })])
    }

    #[test]
    fn what_adds_up() {
        for figures in [[0; 6], [15, 5, 4, 3, 2, 1], [2, 2, 0, 0, 0, 0]] {
            assert_eq!(problems(&tally(figures), &daemon(figures, [0, 0])), Vec::<String>::new());
        }
        assert!(problems(&Tally::new(), &BTreeMap::new()).is_empty());
        // Nobody came by this channel.
        assert!(problems(&Tally::new(), &daemon([0; 6], [0, 0])).is_empty());
    }

    #[test]
    fn what_does_not() {
        let good = [15, 5, 4, 3, 2, 1];
        for (ours, theirs, moved, expected) in [
            (
                [16, 5, 4, 3, 2, 1],
                good,
                [0, 0],
                vec![
                    "vip by phone: the gateway counts 16 offered = 5 answered + 4 abandoned + 3 expired + 2 lost \
                     + 1 still waiting",
                    "vip by phone: the gateway counts 16 offered, the daemon 15",
                ],
            ),
            (
                good,
                [15, 4, 5, 3, 2, 1],
                [0, 0],
                vec![
                    "vip by phone: the gateway counts 5 answered, the daemon 4",
                    "vip by phone: the gateway counts 4 abandoned, the daemon 5",
                ],
            ),
            (
                good,
                good,
                [2, 1],
                vec![
                    "vip by phone: the daemon counts 17 offered = 5 answered + 4 abandoned + 3 expired + 2 lost \
                     + 1 still waiting + 1 moved out",
                ],
            ),
        ] {
            assert_eq!(problems(&tally(ours), &daemon(theirs, moved)), expected);
        }
        assert_eq!(problems(&tally(good), &BTreeMap::new()).len(), 6);
    }

    #[test]
    fn the_daemons_figures() {
        let [(_, expected)] =
            daemon([3, 1, 0, 0, 0, 2], [0, 0]).into_iter().collect::<Vec<_>>().try_into().unwrap();
        let queue =
            Queue { queue: "vip".into(), channels: vec![expected.counts.clone()], ..Queue::default() };
        let contact = |answered: bool| Contact {
            queue: "vip".into(),
            channel: "phone".into(),
            answer_time: answered.then(prost_types::Timestamp::default),
            ..Contact::default()
        };
        let told = told(&[queue], &[contact(false), contact(true), contact(false)]);
        assert_eq!(told, BTreeMap::from([(key(), expected)]));
    }
}
