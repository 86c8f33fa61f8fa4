//! What contradicts what in how channels and queues go by hours.

use std::collections::BTreeMap;

use super::{EntryKind, Path, Plan, Search, value_of};
use crate::plan::{
    limits,
    model::{AtShiftEnd, Channel, ChannelKind, ClosedPolicy, Closing, Queue},
    words::{CLOSED, CLOSING},
};

/// A way from queue to queue: when it is taken, and where it leads.
struct Way {
    /// The key of the policy.
    policy: &'static str,
    /// The word that takes this way.
    word: &'static str,
    /// Whether a text is a word of that policy.
    is_word: fn(&str) -> bool,
    /// The key of the queue that it leads to.
    key: &'static str,
    is_taken: fn(&Queue) -> bool,
    to: fn(&Queue) -> Option<&String>,
}

const WAYS: [Way; 2] = [
    Way {
        policy: "closed",
        word: "overflow",
        is_word: |text| CLOSED.iter().any(|(word, _)| *word == text),
        key: "closed_queue",
        is_taken: |queue| queue.closed == Some(ClosedPolicy::Overflow),
        to: |queue| queue.closed_queue.as_ref(),
    },
    Way {
        policy: "closing",
        word: "move",
        is_word: |text| CLOSING.iter().any(|(word, _)| *word == text),
        key: "closing_queue",
        is_taken: |queue| queue.closing == Closing::Move,
        to: |queue| queue.closing_queue.as_ref(),
    },
];

impl Search<'_> {
    pub(super) fn channel_hours(&mut self, path: &Path<'_>, channel: &Channel) {
        if channel.kind == ChannelKind::Realtime && channel.at_shift_end == AtShiftEnd::HandOver {
            self.error(&Path::Key(path, "at_shift_end"), || {
                "a realtime contact can't be handed over in the middle, write `finish` or remove this"
                    .to_owned()
            });
        }
    }

    pub(super) fn queue_hours(&mut self, path: &Path<'_>, queue: &Queue, plan: &Plan) {
        for way in &WAYS {
            let key = &Path::Key(path, way.key);
            if !(way.is_taken)(queue) {
                // A policy that is wrong may be this one.
                let policy = value_of(self.root, &Path::Key(path, way.policy));
                let is_known = policy.is_none_or(|word| word.get_ref().as_str().is_some_and(way.is_word));
                if is_known && self.is_written(path, way.key) {
                    self.idle(key, || {
                        let (policy, word) = (way.policy, way.word);
                        format!("has no effect unless `{policy}` is `{word}`, change that or remove this")
                    });
                }
                continue;
            }
            if !self.is_written(path, way.key) {
                self.idle(key, || "is missing, name the queue that contacts go to".to_owned());
            }
            let Some((id, to)) = (way.to)(queue).and_then(|id| Some((id, plan.queues.get(id)?))) else {
                continue;
            };
            let refused = |channel: &&String| !channel.is_empty() && !to.channels.contains(channel);
            if let Some(channel) = queue.channels.iter().find(refused) {
                self.error(key, || {
                    format!(
                        "queue `{id}` does not accept channel `{channel}`, add it there or name another queue"
                    )
                });
            }
        }
    }

    /// Tells of ways that come back to where they began, and of those that are too long.
    pub(super) fn circles(&mut self, plan: &Plan) {
        let section = Path::Key(&Path::Root, EntryKind::Queue.section());
        for way in &WAYS {
            let taken = plan.queues.iter().filter(|(_, queue)| (way.is_taken)(queue));
            let next: BTreeMap<&str, &str> =
                taken.filter_map(|(id, queue)| Some((id.as_str(), (way.to)(queue)?.as_str()))).collect();
            for id in next.keys() {
                let way_on = follow(&next, id);
                let path = &Path::Key(&section, id);
                match way_on {
                    // Each circle once, where its first queue is.
                    Some(passed) if passed.last() == Some(id) && passed.iter().min() == Some(id) => {
                        self.error(&Path::Key(path, way.key), || {
                            format!("{} goes round: {id} → {}", way.word, passed.join(" → "))
                        });
                    }
                    Some(passed)
                        if way.word == "overflow"
                            && passed.len() > limits::OVERFLOW_HOPS_MAX
                            && !next.contains_key(passed[passed.len() - 1]) =>
                    {
                        self.error(&Path::Key(path, way.key), || {
                            let (count, max) = (passed.len(), limits::OVERFLOW_HOPS_MAX);
                            format!("overflow goes on through {count} queues, let it end after {max}")
                        });
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The queues that follow one, until it comes again or there are no more.
fn follow<'p>(next: &BTreeMap<&'p str, &'p str>, from: &str) -> Option<Vec<&'p str>> {
    let mut passed = vec![*next.get(from)?];
    while let Some(to) = passed.last().filter(|last| **last != from).and_then(|last| next.get(last)) {
        // On a circle that it is not part of.
        if passed.len() > next.len() {
            return None;
        }
        passed.push(to);
    }
    Some(passed)
}
