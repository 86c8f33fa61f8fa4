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

/// The window after the customer has written, or (`by_action`) done something else. Each act sets its own
/// allowance: what a click gives counts for the click's own time only. None: there was none, and this opens none.
#[must_use]
pub fn renewed(
    rule: &ReplyWindowInfo,
    window: Option<&j::Window>,
    by_action: bool,
    now_ms: u64,
) -> Option<j::Window> {
    let before = window.copied().unwrap_or_default();
    if !by_action {
        let (until_ms, replies_left) = (now_ms + rule.message.within_ms, rule.message.replies);
        let steps = before.steps.min(due(rule, until_ms, now_ms));
        return Some(j::Window { until_ms, replies_left, steps, raise: raise(rule, steps), ..before });
    }
    let Some(action) = rule.action else {
        return window.copied();
    };
    let (action_until_ms, action_replies_left) = (now_ms + action.within_ms, action.replies);
    Some(j::Window { action_until_ms, action_replies_left, ..before })
}

/// The window after the agent has written: who is answered waits no longer.
///
/// # Errors
/// Why the message must not be sent.
pub fn answered(window: &j::Window, now_ms: u64) -> Result<j::Window, Denied> {
    let spent = spent(window, 0, now_ms)?;
    Ok(j::Window { steps: 0, raise: 0, ..spent })
}

/// The window after a message that leaves at least `kept` replies. It counts against each allowance, so that
/// nothing adds up.
///
/// # Errors
/// Why the message must not be sent.
pub fn spent(window: &j::Window, kept: u32, now_ms: u64) -> Result<j::Window, Denied> {
    if now_ms >= ends_ms(window) {
        return Err(Denied::Over);
    }
    match window.left(now_ms).replies {
        0 => Err(Denied::Spent),
        left if left <= kept => Err(Denied::Reserved),
        _ => {
            let [replies_left, action_replies_left] =
                window.allowances().map(|allowance| allowance.replies - u32::from(allowance.gives(now_ms)));
            Ok(j::Window { replies_left, action_replies_left, ..*window })
        }
    }
}

/// When all of it is over.
fn ends_ms(window: &j::Window) -> u64 {
    window.until_ms.max(window.action_until_ms)
}

/// When a window takes its next step, or ends; 0: never, for no message has opened it. What a click alone has
/// opened is no answer that somebody waits for: it closes, and nothing is lost with it.
#[must_use]
pub fn next_ms(rule: &ReplyWindowInfo, window: &j::Window) -> u64 {
    if window.until_ms == 0 {
        return 0;
    }
    let step = rule.rise.get(window.steps as usize);
    step.map_or(ends_ms(window), |step| window.until_ms.saturating_sub(step.before_ms)).max(1)
}

/// What becomes of a window at `now_ms`; none: nothing. Steps that are due together are taken as one.
#[must_use]
pub fn step(rule: &ReplyWindowInfo, window: &j::Window, now_ms: u64) -> Option<Step> {
    if window.until_ms == 0 {
        return None;
    }
    if now_ms >= ends_ms(window) {
        return Some(Step::Over);
    }
    let steps = due(rule, window.until_ms, now_ms);
    (steps > window.steps).then(|| Step::Rise { steps, raise: raise(rule, steps) })
}

/// Two windows of the same customer as one: of each allowance the one that was opened later, and of the same the
/// one of which more is spent.
#[must_use]
pub fn merged(one: &j::Window, other: &j::Window) -> j::Window {
    let latest = |[one, other]: [Allowance; 2]| {
        if one.until_ms == other.until_ms {
            Allowance { replies: one.replies.min(other.replies), ..one }
        } else if one.until_ms > other.until_ms {
            one
        } else {
            other
        }
    };
    let ([message, action], [other_message, other_action]) = (one.allowances(), other.allowances());
    let (message, action) = (latest([message, other_message]), latest([action, other_action]));
    j::Window {
        until_ms: message.until_ms,
        replies_left: message.replies,
        action_until_ms: action.until_ms,
        action_replies_left: action.replies,
        ..*one
    }
}

/// So many messages, until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Messages.
    pub replies: u32,
    /// The end.
    pub until_ms: u64,
}

impl Allowance {
    fn gives(self, now_ms: u64) -> bool {
        now_ms < self.until_ms && self.replies > 0
    }
}

/// What may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// So many messages …
    pub replies: u32,
    /// … until then. Without any, when the window is over, or was.
    pub until_ms: u64,
    /// What of it is left after that.
    pub later: Option<Allowance>,
}

impl j::Window {
    /// By the customer's message, and by something else that the customer did.
    fn allowances(&self) -> [Allowance; 2] {
        [
            Allowance { replies: self.replies_left, until_ms: self.until_ms },
            Allowance { replies: self.action_replies_left, until_ms: self.action_until_ms },
        ]
    }

    /// What may be sent at `now_ms`.
    #[must_use]
    pub fn left(&self, now_ms: u64) -> Left {
        let giving = self.allowances().into_iter().filter(|allowance| allowance.gives(now_ms));
        let Some(most) = giving.clone().max_by_key(|allowance| (allowance.replies, allowance.until_ms))
        else {
            return Left { replies: 0, until_ms: ends_ms(self), later: None };
        };
        let later = giving.max_by_key(|allowance| allowance.until_ms);
        let later = later.filter(|later| later.until_ms > most.until_ms);
        Left { replies: most.replies, until_ms: most.until_ms, later }
    }
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
        j::Window { until_ms, replies_left, steps, raise, ..j::Window::default() }
    }

    fn both(message: (u64, u32), action: (u64, u32)) -> j::Window {
        let (action_until_ms, action_replies_left) = action;
        j::Window { action_until_ms, action_replies_left, ..window(message.0, message.1, 0, 0) }
    }

    #[test]
    fn each_act_sets_its_own_allowance() {
        let rule = rule();
        let now = 100 * MIN;
        assert_eq!(renewed(&rule, None, false, now), Some(both((160 * MIN, 5), (0, 0))));
        assert_eq!(renewed(&rule, None, true, now), Some(both((0, 0), (101 * MIN, 3))));
        let spent = both((130 * MIN, 0), (now, 1));
        let clicked = both((130 * MIN, 0), (101 * MIN, 3));
        assert_eq!(renewed(&rule, Some(&spent), true, now), Some(clicked));
        assert_eq!(renewed(&rule, Some(&clicked), false, now), Some(both((160 * MIN, 5), (101 * MIN, 3))));
        // By the plan's numbers, though those of before were larger.
        let larger = both((170 * MIN, 9), (0, 0));
        assert_eq!(renewed(&rule, Some(&larger), false, now), Some(both((160 * MIN, 5), (0, 0))));
        let without = ReplyWindowInfo { action: None, ..rule };
        assert_eq!(renewed(&without, None, true, now), None);
        assert_eq!(renewed(&without, Some(&spent), true, now), Some(spent));
    }

    #[test]
    fn steps_stay_taken_when_the_customer_clicks() {
        let rule = rule();
        let now = 100 * MIN;
        let near = window(now + MIN / 2, 5, 2, 8);
        let clicked = renewed(&rule, Some(&near), true, now).unwrap();
        assert_eq!((clicked.steps, clicked.raise), (2, 8));
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
    fn number_and_end_are_of_the_same_allowance() {
        let left = |window: j::Window| {
            let Left { replies, until_ms, later } = window.left(50);
            (replies, until_ms, later.map(|later| (later.replies, later.until_ms)))
        };
        let cases = [
            (both((100, 5), (0, 0)), (5, 100, None), Ok((4, 0))),
            (both((0, 0), (60, 3)), (3, 60, None), Ok((0, 2))),
            // Spent, and then a click.
            (both((100, 0), (60, 3)), (3, 60, None), Ok((0, 2))),
            // What is sent counts against both.
            (both((100, 2), (60, 3)), (3, 60, Some((2, 100))), Ok((1, 2))),
            (both((100, 4), (60, 3)), (4, 100, None), Ok((3, 2))),
            (both((100, 3), (60, 3)), (3, 100, None), Ok((2, 2))),
            // A click just before the end.
            (both((55, 4), (60, 3)), (4, 55, Some((3, 60))), Ok((3, 2))),
            // What is over counts no more, and isn't touched.
            (both((50, 4), (60, 3)), (3, 60, None), Ok((4, 2))),
            (both((100, 4), (50, 3)), (4, 100, None), Ok((3, 3))),
            (both((100, 0), (50, 3)), (0, 100, None), Err(Denied::Spent)),
            (both((50, 4), (60, 0)), (0, 60, None), Err(Denied::Spent)),
            (both((40, 4), (50, 3)), (0, 50, None), Err(Denied::Over)),
        ];
        for (window, told, after) in cases {
            assert_eq!(left(window), told, "{window:?}");
            let sent = answered(&window, 50).map(|window| (window.replies_left, window.action_replies_left));
            assert_eq!(sent, after, "{window:?}");
        }
    }

    #[test]
    fn of_two_windows_what_was_opened_later_and_is_spent_more_counts() {
        let table = [
            (both((100, 2), (0, 0)), both((90, 5), (95, 3)), both((100, 2), (95, 3))),
            (both((100, 1), (60, 3)), both((100, 2), (70, 3)), both((100, 1), (70, 3))),
            (both((0, 0), (0, 0)), both((100, 1), (60, 2)), both((100, 1), (60, 2))),
        ];
        for (one, other, expected) in table {
            assert_eq!((merged(&one, &other), merged(&other, &one)), (expected, expected));
        }
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
        // A click moves the end on, and no step; alone it ends nothing.
        let clicked = |message| both((message, 5), (until + MIN, 3));
        assert_eq!(next_ms(&rule, &j::Window { steps: 2, ..clicked(until) }), until + MIN);
        assert_eq!(step(&rule, &j::Window { steps: 2, ..clicked(until) }, until), None);
        assert_eq!(step(&rule, &clicked(until), until + MIN), Some(Step::Over));
        assert_eq!(next_ms(&rule, &clicked(0)), 0);
        assert_eq!(step(&rule, &clicked(0), until + MIN), None);
    }
}
