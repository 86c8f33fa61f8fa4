//! Lines about surges: `surge QUEUE LEVEL until=2h`, `surge QUEUE clear`.

use kefud::engine::command::{Command, SurgeLevel, Word};

use super::Words;

/// The command of a line; none if the line is about something else. `now_s`: what the wall clock shows.
pub fn command(words: &Words<'_>, now_s: i64) -> Option<Command> {
    (words.get(0) == "surge").then(|| {
        let until_s = words.ms("until").map_or(0, |ms| i64::try_from(ms / 1_000).expect("a time"));
        let level =
            |level: &str| SurgeLevel { level: level.parse().expect("a level"), until_s: now_s + until_s };
        Command::SetSurgeLevel {
            queue: words.text(1),
            state: Some(words.get(2)).filter(|word| *word != "clear").map(level),
            word: Word { supervisor: words.named_text("by"), reason: words.named_text("reason") },
        }
    })
}
