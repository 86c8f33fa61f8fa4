//! What is odd in surges.

use super::{EntryKind, Path, Search};
use crate::plan::{
    contradictions::at_step,
    duration::format_ms,
    model::{ChannelKind, Queue, Surge, SurgeStep, WaitMessage},
};

/// Shorter and the level may change more often than anybody can follow.
const HOLD_MIN_MS: u64 = 60_000;

impl Search<'_> {
    pub(super) fn surges(&mut self) {
        let plan = self.plan;
        let section = Path::Key(&Path::Root, EntryKind::Surge.section());
        for (id, surge) in &plan.surges {
            let path = &Path::Key(&section, id);
            let users: Vec<(&String, &Queue)> =
                plan.queues.iter().filter(|(_, queue)| queue.surge.as_ref() == Some(id)).collect();
            if users.is_empty() {
                self.warn(EntryKind::Surge, id, || "no queue names this surge, add it to one".to_owned());
                continue;
            }
            if surge.hold_ms < HOLD_MIN_MS {
                self.warn_at(&Path::Key(path, "hold"), || {
                    let hold = format_ms(surge.hold_ms);
                    format!("{hold} lets the level change very often, give at least 1m")
                });
            }
            self.without_steps(path, id, surge);
            self.surge_levels(path, surge, &users);
            for (level, index, step) in surge.flat_steps() {
                at_step(path, level, index, |path| self.surge_step(path, step, &users));
            }
        }
    }

    /// Levels are told of, but nothing is done about them.
    fn without_steps(&mut self, path: &Path<'_>, id: &str, surge: &Surge) {
        let stepless = surge.levels.iter().all(|level| level.steps.is_empty());
        match (surge.levels.is_empty(), stepless) {
            (true, _) if surge.steps.is_empty() => {
                self.warn(EntryKind::Surge, id, || {
                    "takes no steps, so it changes nothing: add `levels` with some".to_owned()
                });
            }
            (false, true) => self.warn_at(&Path::Key(path, "levels"), || {
                "none of them takes a step, so they are only told of and change nothing: add `steps`"
                    .to_owned()
            }),
            _ => {}
        }
    }

    fn surge_levels(&mut self, path: &Path<'_>, surge: &Surge, users: &[(&String, &Queue)]) {
        let levels = Path::Key(path, "levels");
        let capped = surge.flat_steps().any(|(.., step)| matches!(step, SurgeStep::Cap { .. }));
        if surge.levels.len() == 3 && !capped {
            self.warn_at(&Path::Item(&levels, 2), || {
                "lets the line grow on, add a step `cap` that tells customers to come later".to_owned()
            });
        }
        for (index, level) in surge.levels.iter().enumerate() {
            let level_path = Path::Item(&levels, index);
            let on = Path::Key(&level_path, "on");
            let path = &Path::Key(&on, "expected_wait");
            let Some(expected_ms) = level.on.expected_wait_ms else { continue };
            if level.on.waiting.is_none() && level.on.oldest_wait_ms.is_none() {
                self.warn_at(path, || {
                    "is unknown before anybody has waited to be served: add `waiting` or `oldest_wait`"
                        .to_owned()
                });
            }
            if let Some((id, queue)) = users.iter().find(|(_, queue)| expected_ms < queue.objective_ms) {
                self.warn_at(path, || {
                    let (wait, objective) = (format_ms(expected_ms), format_ms(queue.objective_ms));
                    format!("{wait} is within the objective of {objective} of queue `{id}`: raise it")
                });
            }
        }
    }

    fn surge_step(&mut self, path: &Path<'_>, step: &SurgeStep, users: &[(&String, &Queue)]) {
        match step {
            SurgeStep::OpenRings { rings } => {
                let most = users.iter().map(|(_, queue)| queue.rings.len()).max().unwrap_or(0);
                if *rings as usize > most {
                    self.warn_at(&Path::Key(path, "rings"), || {
                        format!("opens {rings}, but no queue with this surge has more than {most}: lower it")
                    });
                }
            }
            SurgeStep::OpenGroups { groups } => self.open_already(path, groups, users),
            SurgeStep::Bot { .. } => {
                let plan = self.plan;
                let messages = |id: &String| {
                    plan.channels.get(id).is_some_and(|channel| channel.kind == ChannelKind::Messaging)
                };
                let deaf = users.iter().find(|(_, queue)| !queue.channels.iter().any(messages));
                if let Some((id, _)) = deaf {
                    self.warn_at(path, || {
                        format!("queue `{id}` has no messaging channel, so nobody of it goes to the bot")
                    });
                }
            }
            SurgeStep::Message(message) => {
                self.unheard(path, message, users);
                let Some(every_ms) = message.every_ms.filter(|ms| *ms < HOLD_MIN_MS) else { return };
                let most = users.iter().map(|(_, queue)| queue.max_waiting).max().unwrap_or(0);
                self.warn_at(&Path::Key(path, "every"), || {
                    let rate = u64::from(most) * 1_000 / every_ms;
                    let every = format_ms(every_ms);
                    format!("{every} is {rate} messages a second with {most} waiting: give at least 1m")
                });
            }
            SurgeStep::OfferCallback(message) => self.unheard(path, message, users),
            SurgeStep::WrapUp { limit_ms } => self.idle_limit(path, *limit_ms, users),
            SurgeStep::Cap { waiting, .. } => {
                let most = users.iter().map(|(_, queue)| queue.max_waiting).max().unwrap_or(0);
                if *waiting >= most {
                    self.warn_at(&Path::Key(path, "waiting"), || {
                        format!(
                            "{waiting} has no effect, no queue with this surge lets more than {most} wait \
                             (`max_waiting`): lower it"
                        )
                    });
                }
            }
            SurgeStep::Overflow { .. } => {}
        }
    }

    /// Groups that serve every queue with the surge from the beginning. Home counts, so that not even what they keep
    /// free is any different.
    fn open_already(&mut self, path: &Path<'_>, groups: &[String], users: &[(&String, &Queue)]) {
        let key = Path::Key(path, "groups");
        for (index, id) in groups.iter().enumerate() {
            if users.iter().all(|(_, queue)| queue.groups.is_empty() || queue.groups.contains(id)) {
                self.warn_at(&Path::Item(&key, index), || {
                    format!(
                        "group `{id}` serves every queue with this surge from the beginning, opening it has no \
                         effect: remove it"
                    )
                });
            }
        }
    }

    /// Channels by which nobody waits who could be told.
    fn unheard(&mut self, path: &Path<'_>, message: &WaitMessage, users: &[(&String, &Queue)]) {
        let key = Path::Key(path, "channels");
        for (index, id) in message.channels.iter().enumerate() {
            if !users.iter().any(|(_, queue)| queue.channels.contains(id)) {
                self.warn_at(&Path::Item(&key, index), || {
                    format!("no queue with this surge accepts channel `{id}`, remove it")
                });
            }
        }
    }

    /// A limit counts only where it is below the channel's own wrap-up.
    fn idle_limit(&mut self, path: &Path<'_>, limit_ms: u64, users: &[(&String, &Queue)]) {
        let channels = users.iter().flat_map(|(_, queue)| &queue.channels);
        let wrap_ups_ms =
            channels.filter_map(|id| self.plan.channels.get(id)).map(|channel| channel.wrap_up_ms);
        let most_ms = wrap_ups_ms.max().unwrap_or(0);
        if limit_ms >= most_ms {
            self.warn_at(&Path::Key(path, "limit"), || {
                let limit = format_ms(limit_ms);
                if most_ms == 0 {
                    format!("{limit} has no effect, no channel of a queue with this surge has a `wrap_up`: remove it")
                } else {
                    let most = format_ms(most_ms);
                    format!("{limit} has no effect, wrap-ups of queues with this surge last at most {most}: lower it")
                }
            });
        }
    }
}
