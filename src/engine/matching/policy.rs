//! What the surge steps in force come to for a queue. Derived from the list of applied steps alone, so that undoing
//! one restores what was before it.

use std::sync::LazyLock;

use crate::proto::journal::{self as j, SurgeStepKind};

/// What the surge steps in force come to. Without any it is all empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Who waits counts as in this ring at least.
    pub rings: u32,
    /// Groups that serve the queue too, ordered.
    pub groups: Vec<u32>,
    /// Wrap-ups that begin now last at most so long.
    pub wrap_up_ms: Option<u64>,
    /// At most so many wait, and when trying again makes sense.
    pub cap: Option<(u32, u64)>,
    /// Callbacks are offered.
    pub offers: bool,
}

/// Of a queue without any steps in force.
static CALM: LazyLock<Policy> = LazyLock::new(Policy::default);

impl Policy {
    /// Of a queue without any steps in force.
    #[must_use]
    pub fn calm() -> &'static Self {
        &CALM
    }

    /// What a queue's steps come to.
    #[must_use]
    pub fn of(record: &j::SurgeRecord) -> Self {
        let mut policy = Self { rings: record.linger_rings, ..Self::default() };
        for step in record.steps.iter().filter_map(|applied| applied.step.as_ref()) {
            match step.kind() {
                SurgeStepKind::OpenRings => policy.rings = policy.rings.max(step.rings),
                SurgeStepKind::OpenGroups => policy.groups.extend_from_slice(&step.groups),
                SurgeStepKind::OfferCallback => policy.offers = true,
                SurgeStepKind::WrapUp => {
                    let limit_ms = policy.wrap_up_ms.unwrap_or(u64::MAX).min(step.limit_ms);
                    policy.wrap_up_ms = Some(limit_ms);
                }
                SurgeStepKind::Cap => {
                    let cap = (step.waiting, step.retry_ms);
                    policy.cap = Some(policy.cap.map_or(cap, |before| before.min(cap)));
                }
                SurgeStepKind::Message
                | SurgeStepKind::Bot
                | SurgeStepKind::Overflow
                | SurgeStepKind::Unspecified => {}
            }
        }
        policy.groups.sort_unstable();
        policy.groups.dedup();
        policy
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;
    use crate::proto::journal::{self as j, SurgeStepKind as Kind};

    fn with(kind: Kind) -> j::SurgeStep {
        j::SurgeStep { kind: kind.into(), ..j::SurgeStep::default() }
    }

    fn record(steps: Vec<j::SurgeStep>) -> j::SurgeRecord {
        let applied = |step| j::AppliedStep { step: Some(step), ..j::AppliedStep::default() };
        j::SurgeRecord { steps: steps.into_iter().map(applied).collect(), ..j::SurgeRecord::default() }
    }

    #[test]
    fn the_strictest_step_of_a_kind_counts_and_groups_add_up() {
        let steps = vec![
            j::SurgeStep { rings: 2, ..with(Kind::OpenRings) },
            j::SurgeStep { groups: vec![9, 4], ..with(Kind::OpenGroups) },
            j::SurgeStep { rings: 1, ..with(Kind::OpenRings) },
            j::SurgeStep { groups: vec![4, 7], ..with(Kind::OpenGroups) },
            j::SurgeStep { limit_ms: 10_000, ..with(Kind::WrapUp) },
            j::SurgeStep { limit_ms: 30_000, ..with(Kind::WrapUp) },
            j::SurgeStep { waiting: 400, retry_ms: 60_000, ..with(Kind::Cap) },
            j::SurgeStep { waiting: 300, retry_ms: 90_000, ..with(Kind::Cap) },
            with(Kind::OfferCallback),
        ];
        let expected = Policy {
            rings: 2,
            groups: vec![4, 7, 9],
            wrap_up_ms: Some(10_000),
            cap: Some((300, 90_000)),
            offers: true,
        };
        assert_eq!(Policy::of(&record(steps)), expected);
    }

    #[test]
    fn without_steps_only_rings_that_linger_are_left() {
        let lingering = j::SurgeRecord { linger_rings: 1, ..record(vec![with(Kind::Message)]) };
        assert_eq!(Policy::of(&lingering), Policy { rings: 1, ..Policy::default() });
        assert_eq!(Policy::of(&record(Vec::new())), Policy::default());
    }
}
