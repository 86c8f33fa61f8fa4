//! What is odd in callbacks.

use super::{EntryKind, Path, Search};
use crate::plan::{
    duration::format_ms,
    model::{CallbackOffer, CallbackRules, ChannelKind, ClosedPolicy, Closing, Queue, SurgeStep},
    place::value_of,
};

impl Search<'_> {
    pub(super) fn callbacks(&mut self) {
        let plan = self.plan;
        let section = Path::Key(&Path::Root, EntryKind::Queue.section());
        for (id, queue) in &plan.queues {
            let Some(callback) = &queue.callback else { continue };
            let path = &Path::Key(&Path::Key(&section, id), "callback");
            let is_deferred = |id: &String| {
                plan.channels.get(id).is_some_and(|channel| channel.kind == ChannelKind::Deferred)
            };
            if queue.channels.iter().all(is_deferred) {
                self.warn_at(path, || {
                    "all channels of the queue are deferred, nobody can be called back by them: add another or remove \
                     this"
                        .to_owned()
                });
            } else {
                self.never_offered(path, queue, callback);
            }
            self.default_spacing(path, callback);
        }
    }

    /// Callbacks for which nobody can ask, as neither a step nor a closed queue ever offers them.
    fn never_offered(&mut self, path: &Path<'_>, queue: &Queue, callback: &CallbackRules) {
        // A queue without a calendar may be closed by hand.
        let when_closed = queue.closed == Some(ClosedPolicy::Callback) || queue.closing == Closing::Callback;
        if callback.offer == CallbackOffer::Always || when_closed {
            return;
        }
        let surge = queue.surge.as_ref().and_then(|id| self.plan.surges.get_key_value(id));
        let offers = |step: &SurgeStep| matches!(step, SurgeStep::OfferCallback(_));
        if surge.is_some_and(|(_, surge)| surge.flat_steps().any(|(.., step)| offers(step))) {
            return;
        }
        self.warn_at(&Path::Key(path, "offer"), || {
            let missing = match surge {
                Some((id, _)) => format!("add a step `offer_callback` to surge `{id}`"),
                None => "give the queue a surge with a step `offer_callback`".to_owned(),
            };
            format!(
                "is `surge`, but nothing offers callbacks, so nobody gets one: {missing}, or write `always`"
            )
        });
    }

    /// An empty list is no other than none.
    fn default_spacing(&mut self, path: &Path<'_>, callback: &CallbackRules) {
        let key = &Path::Key(path, "spacing");
        let written = value_of(self.root, key).and_then(|value| value.get_ref().as_array());
        if callback.attempts > 1 && written.is_some_and(|list| list.is_empty()) {
            self.warn_at(key, || {
                let list: Vec<String> = callback.spacing_ms.iter().map(|ms| format_ms(*ms)).collect();
                format!("is empty, so {} holds: write that or remove this", list.join(", "))
            });
        }
    }
}
