//! Lines about the hours of queues: `hours QUEUE open|closed|clear [UNTIL]`.

use kefud::engine::command::{Command, QueueOverride, Word};

use super::{Words, shifts::wall_s};

/// The command of a line; none if the line is about something else.
pub fn command(words: &Words<'_>, zone: &str) -> Option<Command> {
    let until_s = || words.plain.get(3).map_or(0, |until| wall_s(until, zone));
    (words.get(0) == "hours").then(|| Command::OverrideQueue {
        queue: words.text(1),
        state: (words.get(2) != "clear")
            .then(|| QueueOverride { open: words.get(2) == "open", until_s: until_s() }),
        word: Word { supervisor: words.named_text("by"), reason: words.named_text("reason") },
    })
}
