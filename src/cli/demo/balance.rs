//! Whether it adds up: the gateways' books by themselves, the daemon's counts by themselves, and one with
//! the other. Owns the arithmetic of the summary; must not know where the figures come from.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use super::{book::Key, counts::Counts};
use crate::proto::v1::{CallbackCounts, Contact, ContactState, PromiseCounts, Queue, QueueChannelCounts};

/// What the daemon says of one queue and channel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Its counts.
    pub counts: QueueChannelCounts,
    /// Live contacts that wait for an answer, in line or with a bot, from its list of contacts.
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
    let with_agent = |state| matches!(state, ContactState::Active | ContactState::Parked);
    for contact in live.iter().filter(|contact| !with_agent(contact.state())) {
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
        let [offered, returned, parts @ ..] = ours;
        if offered + returned != parts.iter().sum::<u64>() {
            problems.push(format!("{place}: the gateway counts {}", sum(offered, returned, parts)));
        }
        let theirs = figures_told(told);
        let c = &told.counts;
        let [entered, moved_in, parts @ ..] = theirs;
        if entered + moved_in != parts.iter().sum::<u64>() + c.moved_out {
            problems.push(format!(
                "{place}: the daemon counts {} + {} moved out",
                sum(entered, moved_in, parts),
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

/// What is counted: the first two are the sum of the others.
const NAMES: [&str; 10] = [
    "offered",
    "come back",
    "answered",
    "abandoned",
    "expired",
    "lost",
    "deflected",
    "lapsed",
    "called back",
    "still waiting",
];

fn figures(counts: &Counts, waiting: u64) -> [u64; 10] {
    let Counts {
        offered, returned, answered, abandoned, expired, lost, deflected, lapsed, called_back, ..
    } = *counts;
    [offered, returned, answered, abandoned, expired, lost, deflected, lapsed, called_back, waiting]
}

fn figures_told(told: &Told) -> [u64; 10] {
    let Told { counts: c, waiting } = told;
    let of_customers = [c.answered, c.abandoned, c.expired, c.lost, c.deflected, c.lapsed, c.called_back];
    let [answered, abandoned, expired, lost, deflected, lapsed, called_back] = of_customers;
    let (entered, moved_in) = (c.entered, c.moved_in);
    [entered, moved_in, answered, abandoned, expired, lost, deflected, lapsed, called_back, *waiting]
}

/// What the daemon says of the promises of all queues, in one.
pub fn promises(queues: &[Queue]) -> PromiseCounts {
    let mut all = PromiseCounts::default();
    for counts in queues.iter().filter_map(|queue| queue.promises.as_ref()) {
        all.made += counts.made;
        all.kept += counts.kept;
        all.late += counts.late;
        all.unreached += counts.unreached;
        all.cancelled += counts.cancelled;
        all.open += counts.open;
    }
    all
}

/// What does not add up in the counts of promises.
pub fn promise_problem(counts: &PromiseCounts) -> Option<String> {
    let PromiseCounts { made, kept, late, unreached, cancelled, open, .. } = *counts;
    let ends = kept + late + unreached + cancelled;
    (made != ends + u64::from(open))
        .then(|| format!("the daemon counts {made} promises, of which {ends} have ended and {open} are open"))
}

/// What the daemon says of the callbacks of all queues, in one.
pub fn callbacks(queues: &[Queue]) -> CallbackCounts {
    let mut all = CallbackCounts::default();
    for counts in queues.iter().filter_map(|queue| queue.callbacks.as_ref()) {
        all.made += counts.made;
        all.reached += counts.reached;
        all.exhausted += counts.exhausted;
        all.expired += counts.expired;
        all.cancelled += counts.cancelled;
        all.absorbed += counts.absorbed;
        all.attempts += counts.attempts;
        all.pending += counts.pending;
        all.in_line += counts.in_line;
    }
    all
}

/// What does not add up in the counts of callbacks.
pub fn callback_problem(counts: &CallbackCounts) -> Option<String> {
    let CallbackCounts { made, reached, exhausted, expired, cancelled, absorbed, pending, in_line, .. } =
        *counts;
    let ends = reached + exhausted + expired + cancelled + absorbed;
    let open = u64::from(pending) + u64::from(in_line);
    (made != ends + open).then(|| {
        format!("the daemon counts {made} callbacks, of which {ends} have ended and {open} are open")
    })
}

/// All of a tally: its equation, in words.
pub fn equation(tally: &Tally) -> String {
    let mut all = [0; 10];
    for (counts, waiting) in tally.values() {
        for (all, one) in all.iter_mut().zip(figures(counts, *waiting)) {
            *all += one;
        }
    }
    let [offered, returned, parts @ ..] = all;
    sum(offered, returned, parts)
}

fn sum(offered: u64, returned: u64, parts: [u64; 8]) -> String {
    let mut text = format!("{offered} offered + {returned} come back =");
    for (place, (name, part)) in NAMES[2..].iter().zip(parts).enumerate() {
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

    fn tally(figures: [u64; 10]) -> Tally {
        let [offered, returned, answered, abandoned, expired, lost, deflected, lapsed, called_back, waiting] =
            figures;
        let zero = Counts::new().unwrap();
        let ends = Counts { answered, abandoned, expired, lost, deflected, lapsed, called_back, ..zero };
        let counts = Counts { offered, returned, ..ends };
        Tally::from([(key(), (counts, waiting))])
    }

    fn daemon(figures: [u64; 10], moved_out: u64) -> BTreeMap<Key, Told> {
        let [entered, moved_in, answered, abandoned, expired, lost, deflected, lapsed, called_back, waiting] =
            figures;
        let counts = QueueChannelCounts {
            channel: "phone".into(),
            entered,
            moved_in,
            moved_out,
            answered,
            abandoned,
            expired,
            lost,
            deflected,
            lapsed,
            called_back,
            ..QueueChannelCounts::default()
        };
        BTreeMap::from([(key(), Told { counts, waiting })])
    }

    #[test]
    fn what_adds_up() {
        for figures in [[0; 10], [23, 2, 5, 4, 3, 2, 1, 5, 4, 1], [2, 0, 2, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(problems(&tally(figures), &daemon(figures, 0)), Vec::<String>::new());
        }
        assert!(problems(&Tally::new(), &BTreeMap::new()).is_empty());
        // Nobody came by this channel.
        assert!(problems(&Tally::new(), &daemon([0; 10], 0)).is_empty());
    }

    #[test]
    fn what_does_not() {
        let good = [23, 2, 5, 4, 3, 2, 1, 3, 6, 1];
        let parts = "5 answered + 4 abandoned + 3 expired + 2 lost + 1 deflected + 3 lapsed + 6 called back + 1 still waiting";
        for (ours, theirs, moved_out, expected) in [
            (
                [24, 2, 5, 4, 3, 2, 1, 3, 6, 1],
                good,
                0,
                vec![
                    format!("vip by phone: the gateway counts 24 offered + 2 come back = {parts}"),
                    "vip by phone: the gateway counts 24 offered, the daemon 23".to_owned(),
                ],
            ),
            (
                good,
                [23, 2, 4, 5, 3, 2, 1, 3, 6, 1],
                0,
                vec![
                    "vip by phone: the gateway counts 5 answered, the daemon 4".to_owned(),
                    "vip by phone: the gateway counts 4 abandoned, the daemon 5".to_owned(),
                ],
            ),
            (
                good,
                good,
                1,
                vec![format!(
                    "vip by phone: the daemon counts 23 offered + 2 come back = {parts} + 1 moved out"
                )],
            ),
        ] {
            assert_eq!(problems(&tally(ours), &daemon(theirs, moved_out)), expected);
        }
        assert_eq!(problems(&tally(good), &BTreeMap::new()).len(), 10);
    }

    #[test]
    fn the_daemons_figures() {
        let [(_, expected)] =
            daemon([3, 0, 1, 0, 0, 0, 0, 0, 0, 2], 0).into_iter().collect::<Vec<_>>().try_into().unwrap();
        let queue =
            Queue { queue: "vip".into(), channels: vec![expected.counts.clone()], ..Queue::default() };
        let contact = |state: ContactState| Contact {
            queue: "vip".into(),
            channel: "phone".into(),
            state: state.into(),
            ..Contact::default()
        };
        use ContactState as S;
        let live = [S::Waiting, S::Active, S::WithBot, S::Parked].map(contact);
        let told = told(&[queue], &live);
        assert_eq!(told, BTreeMap::from([(key(), expected)]));
    }

    #[test]
    fn callbacks_of_all_queues() {
        let counts = CallbackCounts {
            made: 6,
            reached: 2,
            exhausted: 1,
            pending: 2,
            in_line: 1,
            ..Default::default()
        };
        let queue = Queue { callbacks: Some(counts), ..Queue::default() };
        let all = callbacks(&[queue.clone(), Queue::default(), queue]);
        assert_eq!((all.made, all.reached, all.pending, all.in_line), (12, 4, 4, 2));
        assert_eq!(callback_problem(&all), None);
        let short = CallbackCounts { made: 7, ..counts };
        let told = "the daemon counts 7 callbacks, of which 3 have ended and 3 are open";
        assert_eq!(callback_problem(&short).as_deref(), Some(told));
    }

    #[test]
    fn promises_of_all_queues() {
        let counts = PromiseCounts { made: 5, kept: 2, late: 1, open: 2, ..PromiseCounts::default() };
        let queue = Queue { promises: Some(counts), ..Queue::default() };
        let all = promises(&[queue.clone(), Queue::default(), queue]);
        assert_eq!((all.made, all.kept, all.late, all.open), (10, 4, 2, 4));
        assert_eq!(promise_problem(&all), None);
        let short = PromiseCounts { open: 1, ..counts };
        let told = "the daemon counts 5 promises, of which 3 have ended and 1 are open";
        assert_eq!(promise_problem(&short).as_deref(), Some(told));
    }
}
