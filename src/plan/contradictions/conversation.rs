//! What contradicts what in parking, reply windows and promises.

use super::{Path, Queue, Search, Serving, format_ms, value_of};
use crate::plan::{
    duration, limits,
    model::{Channel, ChannelKind, ParkedReturn, ReplyWindow},
};

impl Search<'_> {
    pub(super) fn conversations(&mut self, path: &Path<'_>, channel: &Channel) {
        if channel.kind != ChannelKind::Messaging {
            for key in ["park_after", "reply_window"] {
                if self.is_written(path, key) {
                    self.error(&Path::Key(path, key), || {
                        "only messaging channels have conversations that fall silent, remove this".to_owned()
                    });
                }
            }
        }
        if channel.kind == ChannelKind::Realtime && channel.reopen_within_ms > 0 {
            self.error(&Path::Key(path, "reopen_within"), || {
                "a call that ended can't be written to, remove this".to_owned()
            });
        }
        self.parking(path, channel);
        if let Some(window) = &channel.reply_window {
            self.rises(&Path::Key(path, "reply_window"), window);
        }
    }

    fn parking(&mut self, path: &Path<'_>, channel: &Channel) {
        if !self.is_written(path, "park_after") {
            for key in ["parked_keep", "parked_return", "return_allowance"] {
                if self.is_written(path, key) {
                    self.idle(&Path::Key(path, key), || {
                        "has no effect without `park_after`, add that or remove this".to_owned()
                    });
                }
            }
        } else if channel.parked_return != ParkedReturn::Agent && self.is_written(path, "return_allowance") {
            self.idle(&Path::Key(path, "return_allowance"), || {
                "has no effect unless `parked_return` is `agent`, change that or remove this".to_owned()
            });
        }
    }

    fn rises(&mut self, path: &Path<'_>, window: &ReplyWindow) {
        let rises = Path::Key(path, "rise");
        let within_ms = window.message.within_ms;
        let mut before: Option<(u64, u8)> = None;
        for (index, step) in window.rise.iter().enumerate() {
            let path = &Path::Item(&rises, index);
            // 0 is the stand-in for what is wrong.
            if within_ms > 0 && step.before_ms >= within_ms {
                self.error(&Path::Key(path, "before"), || {
                    let (before, within) = (format_ms(step.before_ms), format_ms(within_ms));
                    format!("{before} is as long as the window of {within} itself, shorten it")
                });
            } else if let Some((ms, _)) = before.filter(|(ms, _)| step.before_ms >= *ms) {
                self.error(&Path::Key(path, "before"), || {
                    let (before, last) = (format_ms(step.before_ms), format_ms(ms));
                    format!(
                        "{before} is not nearer to the end than the {last} of the step before, shorten it"
                    )
                });
            }
            if let Some((_, last)) = before.filter(|(_, last)| (1..=*last).contains(&step.priority)) {
                self.error(&Path::Key(path, "priority"), || {
                    format!("{} doesn't rise above the {last} of the step before, raise it", step.priority)
                });
            }
            before = (step.before_ms > 0).then_some((step.before_ms, step.priority));
        }
    }

    pub(super) fn promise_steps(&mut self, path: &Path<'_>, queue: &Queue) {
        let steps = Path::Key(path, "promise_steps");
        let mut serving = Serving::of(self.root, path, queue);
        let mut before_ms = None;
        for (index, step) in queue.promise_steps.iter().enumerate() {
            let path = &Path::Item(&steps, index);
            let key = &Path::Key(path, "before");
            let own_ms = self.written_ms(key);
            if let Some((own_ms, last_ms)) = own_ms.zip(before_ms).filter(|(own, last)| own >= last) {
                self.error(key, || {
                    let (before, last) = (format_ms(own_ms), format_ms(last_ms));
                    format!(
                        "{before} is not nearer to its time than the {last} of the step before, shorten it"
                    )
                });
            }
            before_ms = own_ms;
            self.added(&Path::Key(path, "groups"), &step.groups, &mut serving);
        }
    }

    pub(super) fn is_written(&self, path: &Path<'_>, key: &str) -> bool {
        value_of(self.root, &Path::Key(path, key)).is_some()
    }

    /// How long before it is due a step is, unless that is wrong: here 0 is no stand-in.
    fn written_ms(&self, path: &Path<'_>) -> Option<u64> {
        let text = value_of(self.root, path)?.get_ref().as_str()?;
        let ms = duration::parse_ms(text).ok()?;
        limits::PROMISE_STEP_BEFORE_MS.contains(&ms).then_some(ms)
    }
}
