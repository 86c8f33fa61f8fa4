//! What is odd in surges.

use super::{EntryKind, Path, Search};
use crate::plan::{
    contradictions::at_step,
    duration::format_ms,
    model::{ChannelKind, Queue, Surge, SurgeStep},
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
            self.surge_levels(path, surge, &users);
            for (level, index, step) in surge.flat_steps() {
                at_step(path, level, index, |path| self.surge_step(path, step, &users));
            }
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
        let plan = self.plan;
        match step {
            SurgeStep::OpenRings { rings } => {
                let most = users.iter().map(|(_, queue)| queue.rings.len()).max().unwrap_or(0);
                if *rings as usize > most {
                    self.warn_at(&Path::Key(path, "rings"), || {
                        format!("opens {rings}, but no queue with this surge has more than {most}: lower it")
                    });
                }
            }
            SurgeStep::Bot { .. } => {
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
                let Some(every_ms) = message.every_ms.filter(|ms| *ms < HOLD_MIN_MS) else { return };
                let most = users.iter().map(|(_, queue)| queue.max_waiting).max().unwrap_or(0);
                self.warn_at(&Path::Key(path, "every"), || {
                    let rate = u64::from(most) * 1_000 / every_ms;
                    let every = format_ms(every_ms);
                    format!("{every} is {rate} messages a second with {most} waiting: give at least 1m")
                });
            }
            SurgeStep::OpenGroups { .. }
            | SurgeStep::OfferCallback(_)
            | SurgeStep::Overflow { .. }
            | SurgeStep::WrapUp { .. }
            | SurgeStep::Cap { .. } => {}
        }
    }
}
