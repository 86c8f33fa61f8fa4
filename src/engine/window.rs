//! What a platform lets us send: how a reply window is renewed, spent, and nears its end. Pure: from the
//! channel's rule, the window as it is, and the time. Must not know contacts or their stages.

use crate::{engine::catalog::ReplyWindowInfo, proto::journal as j};

/// What becomes of a window by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many steps are taken now, and the last one gives so many points of priority.
    Rise {
        /// Steps taken.
        steps: u32,
        /// Points.
        raise: i32,
    },
    /// It is over.
    Over,
}

/// Why a message must not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The time is over.
    Over,
    /// All replies are sent.
    Spent,
    /// What is left is the agent's.
    Reserved,
}

/// How many steps are due at `now_ms`, were none taken, by the window's end.
fn due(rule: &ReplyWindowInfo, until_ms: u64, now_ms: u64) -> u32 {
    let due = rule.rise.iter().take_while(|step| until_ms <= now_ms + step.before_ms).count();
    u32::try_from(due).unwrap_or(u32::MAX)
}

/// The points that so many steps give.
fn raise(rule: &ReplyWindowInfo, steps: u32) -> i32 {
    let last = (steps as usize).checked_sub(1).and_then(|last| rule.rise.get(last));
    last.map_or(0, |step| i32::from(step.priority))
}

/// The window after the customer has written, or (`by_action`) done something else. None: there was none, and
/// this opens none.
#[must_use]
pub fn renewed(
    rule: &ReplyWindowInfo,
    window: Option<&j::Window>,
    by_action: bool,
    now_ms: u64,
) -> Option<j::Window> {
    let allowance = if by_action { rule.action } else { Some(rule.message) };
    let Some(allowance) = allowance else {
        return window.copied();
    };
    let open = window.filter(|window| now_ms < window.until_ms).copied().unwrap_or_default();
    let until_ms = open.until_ms.max(now_ms + allowance.within_ms);
    // Steps whose time is past by the new end too stay taken: a click that wins a minute tells nobody anew.
    let steps = window.map_or(0, |window| window.steps).min(due(rule, until_ms, now_ms));
    let replies_left = open.replies_left.max(allowance.replies);
    Some(j::Window { until_ms, replies_left, steps, raise: raise(rule, steps) })
}

/// The window after the agent has written: who is answered waits no longer.
///
/// # Errors
/// Why the message must not be sent.
pub fn answered(window: &j::Window, now_ms: u64) -> Result<j::Window, Denied> {
    let spent = spent(window, 0, now_ms)?;
    Ok(j::Window { steps: 0, raise: 0, ..spent })
}

/// The window after a message that leaves at least `kept` replies.
///
/// # Errors
/// Why the message must not be sent.
pub fn spent(window: &j::Window, kept: u32, now_ms: u64) -> Result<j::Window, Denied> {
    if now_ms >= window.until_ms {
        return Err(Denied::Over);
    }
    match window.replies_left {
        0 => Err(Denied::Spent),
        left if left <= kept => Err(Denied::Reserved),
        left => Ok(j::Window { replies_left: left - 1, ..*window }),
    }
}

/// When a window takes its next step, or ends; 0: never, for it has never been open.
#[must_use]
pub fn next_ms(rule: &ReplyWindowInfo, window: &j::Window) -> u64 {
    if window.until_ms == 0 {
        return 0;
    }
    let before_ms = rule.rise.get(window.steps as usize).map_or(0, |step| step.before_ms);
    window.until_ms.saturating_sub(before_ms).max(1)
}

/// What becomes of a window at `now_ms`; none: nothing. Steps that are due together are taken as one.
#[must_use]
pub fn step(rule: &ReplyWindowInfo, window: &j::Window, now_ms: u64) -> Option<Step> {
    if window.until_ms == 0 {
        return None;
    }
    if now_ms >= window.until_ms {
        return Some(Step::Over);
    }
    let steps = due(rule, window.until_ms, now_ms);
    (steps > window.steps).then(|| Step::Rise { steps, raise: raise(rule, steps) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::model::{ReplyAllowance, WindowRise};

    const MIN: u64 = 60_000;

    fn rule() -> ReplyWindowInfo {
        ReplyWindowInfo {
            message: ReplyAllowance { replies: 5, within_ms: 60 * MIN },
            action: Some(ReplyAllowance { replies: 3, within_ms: MIN }),
            keep: 1,
            rise: vec![
                WindowRise { before_ms: 20 * MIN, priority: 3 },
                WindowRise { before_ms: 5 * MIN, priority: 8 },
            ],
        }
    }

    fn window(until_ms: u64, replies_left: u32, steps: u32, raise: i32) -> j::Window {
        j::Window { until_ms, replies_left, steps, raise }
    }

    #[test]
    fn the_larger_number_and_the_later_end() {
        let rule = rule();
        let now = 100 * MIN;
        assert_eq!(renewed(&rule, None, false, now), Some(window(160 * MIN, 5, 0, 0)));
        assert_eq!(renewed(&rule, None, true, now), Some(window(101 * MIN, 3, 0, 0)));
        let left = |until, replies, by_action| {
            let window = renewed(&rule, Some(&window(until, replies, 0, 0)), by_action, now).unwrap();
            (window.until_ms / MIN, window.replies_left)
        };
        assert_eq!(left(130 * MIN, 1, false), (160, 5));
        assert_eq!(left(130 * MIN, 1, true), (130, 3));
        assert_eq!(left(130 * MIN, 4, true), (130, 4));
        assert_eq!(left(now + 1, 9, false), (160, 9));
        // What is over counts no more.
        assert_eq!(left(now, 9, false), (160, 5));
        assert_eq!(left(now, 9, true), (101, 3));
        let without = ReplyWindowInfo { action: None, ..rule };
        assert_eq!(renewed(&without, None, true, now), None);
        assert_eq!(renewed(&without, Some(&window(130 * MIN, 1, 1, 3)), true, now).unwrap().replies_left, 1);
    }

    #[test]
    fn steps_stay_taken_while_the_end_is_as_near() {
        let rule = rule();
        let now = 100 * MIN;
        let near = window(now + MIN / 2, 5, 2, 8);
        assert_eq!(renewed(&rule, Some(&near), true, now), Some(window(now + MIN, 5, 2, 8)));
        assert_eq!(renewed(&rule, Some(&near), false, now), Some(window(160 * MIN, 5, 0, 0)));
    }

    #[test]
    fn what_may_be_sent() {
        let open = window(100, 2, 1, 3);
        assert_eq!(spent(&open, 1, 99), Ok(window(100, 1, 1, 3)));
        assert_eq!(answered(&open, 99), Ok(window(100, 1, 0, 0)));
        assert_eq!(spent(&open, 1, 100), Err(Denied::Over));
        assert_eq!(spent(&window(100, 1, 0, 0), 1, 99), Err(Denied::Reserved));
        assert_eq!(spent(&window(100, 0, 0, 0), 1, 99), Err(Denied::Spent));
        assert_eq!(answered(&window(100, 1, 0, 0), 99), Ok(window(100, 0, 0, 0)));
        assert_eq!(answered(&window(0, 0, 0, 0), 99), Err(Denied::Over));
    }

    #[test]
    fn steps_and_end_at_their_very_millisecond() {
        let rule = rule();
        let until = 160 * MIN;
        let at = |steps, now| step(&rule, &window(until, 5, steps, 0), now);
        assert_eq!(next_ms(&rule, &window(until, 5, 0, 0)), 140 * MIN);
        assert_eq!(at(0, 140 * MIN - 1), None);
        assert_eq!(at(0, 140 * MIN), Some(Step::Rise { steps: 1, raise: 3 }));
        assert_eq!(next_ms(&rule, &window(until, 5, 1, 3)), 155 * MIN);
        assert_eq!(at(1, 155 * MIN), Some(Step::Rise { steps: 2, raise: 8 }));
        assert_eq!(at(0, 155 * MIN), Some(Step::Rise { steps: 2, raise: 8 }));
        assert_eq!(next_ms(&rule, &window(until, 5, 2, 8)), until);
        assert_eq!(at(2, until - 1), None);
        assert_eq!(at(0, until), Some(Step::Over));
        // A step that was due before time began is still due.
        assert_eq!(next_ms(&rule, &window(MIN, 3, 0, 0)), 1);
        assert_eq!(next_ms(&rule, &window(0, 0, 0, 0)), 0);
        assert_eq!(step(&rule, &window(0, 0, 0, 0), until), None);
    }
}
