//! What is odd in parking, reply windows and promises.

use super::{EntryKind, Path, Search};
use crate::plan::model::{Channel, ReplyWindow};

impl Search<'_> {
    pub(super) fn conversations(&mut self) {
        self.forgotten_agents();
        self.early_steps();
        let section = Path::Key(&Path::Root, EntryKind::Channel.section());
        let plan = self.plan;
        for (id, channel) in &plan.channels {
            if let Some(window) = &channel.reply_window {
                self.window(&Path::Key(&section, id), channel, window);
            }
        }
    }

    /// Queues to which customers come back who are known, but don't wait for those who know them.
    fn forgotten_agents(&mut self) {
        let plan = self.plan;
        let brings_back = |id: &&String| {
            let channel = plan.channels.get(*id);
            channel.is_some_and(|channel| channel.reopen_within_ms > 0 || channel.park_after_ms.is_some())
        };
        for (id, queue) in plan.queues.iter().filter(|(_, queue)| queue.last_agent_wait_ms == 0) {
            if let Some(channel) = queue.channels.iter().find(brings_back) {
                self.warn(EntryKind::Queue, id, || {
                    format!(
                        "customers who come back by channel `{channel}` aren't kept for their agent, set \
                         last_agent_wait"
                    )
                });
            }
        }
    }

    fn early_steps(&mut self) {
        let section = Path::Key(&Path::Root, EntryKind::Queue.section());
        for (id, queue) in &self.plan.queues {
            let queue_path = Path::Key(&section, id);
            let steps = Path::Key(&queue_path, "promise_steps");
            for (index, step) in queue.promise_steps.iter().enumerate() {
                if step.before_ms > queue.objective_ms {
                    self.warn_at(&Path::Key(&Path::Item(&steps, index), "before"), || {
                        "comes before the follow-up is in the queue, which it enters by the objective before its \
                         time: it counts at once"
                            .to_owned()
                    });
                }
            }
        }
    }

    fn window(&mut self, channel_path: &Path<'_>, channel: &Channel, window: &ReplyWindow) {
        if channel.park_after_ms.is_some() && channel.parked_keep_ms > window.message.within_ms {
            self.warn_at(&Path::Key(channel_path, "parked_keep"), || {
                "parked conversations outlive the reply window, so nobody can answer in them: shorten it"
                    .to_owned()
            });
        }
        if window.keep >= window.message.replies {
            self.warn_at(&Path::Key(&Path::Key(channel_path, "reply_window"), "keep"), || {
                "leaves nothing for automatic messages to send, lower it".to_owned()
            });
        }
    }
}
