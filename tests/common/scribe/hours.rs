//! Events of the hours of queues as short text.

use kefud::{engine::state::State, proto::journal::event::Kind};

/// The text of an event about hours; none for any other.
pub fn text(kind: &Kind, state: &State) -> Option<String> {
    let name = |number: u32| state.names().id(number);
    Some(match kind {
        Kind::QueueHours(e) => {
            let of = |word: &str, open: bool| {
                let queues = e.changes.iter().filter(|change| change.open == open);
                let queues: Vec<&str> = queues.map(|change| name(change.queue)).collect();
                (!queues.is_empty()).then(|| format!("{word} {}", queues.join(" ")))
            };
            let parts = [of("opened", true), of("closed", false)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" / ")
        }
        Kind::QueueOverridden(e) => match &e.record {
            None => format!("hours {} -", name(e.queue)),
            Some(record) => {
                format!("hours {} {}", name(e.queue), if record.open { "open" } else { "closed" })
            }
        },
        _ => return None,
    })
}
