//! Tables and properties of levels.

use proptest::{collection::vec, option, prelude::*};

use super::{Asked, Signals, Standing, next_level};
use crate::{
    engine::catalog::{LevelInfo, SurgeInfo},
    plan::model::Thresholds,
    proto::journal::{SurgeCause, SurgeSignals},
};

fn level(on: u32, off: u32) -> LevelInfo {
    let by = |waiting| Thresholds { waiting: Some(waiting), ..Thresholds::default() };
    LevelInfo { on: by(on), off: by(off) }
}

fn rules() -> SurgeInfo {
    let levels = vec![level(10, 5), level(20, 12), level(40, 30)];
    SurgeInfo { hold_ms: 60_000, levels, ..SurgeInfo::default() }
}

fn waiting(waiting: u32, now_ms: u64) -> Asked {
    let told = SurgeSignals { waiting, ..SurgeSignals::default() };
    Asked { signals: Signals { told, open: true }, floor: 0, by_hand: None, now_ms }
}

#[test]
fn levels_rise_at_once_and_fall_one_by_one() {
    let at = |level, changed_ms, fell| Standing { level, changed_ms, fell };
    for (name, standing, asked, expected) in [
        ("calm", at(0, 0, false), waiting(9, 5_000), None),
        ("reached", at(0, 0, false), waiting(10, 5_000), Some((1, SurgeCause::Waiting))),
        ("passed over", at(0, 0, false), waiting(40, 5_000), Some((3, SurgeCause::Waiting))),
        ("on up while it rises", at(1, 4_000, false), waiting(20, 5_000), Some((2, SurgeCause::Waiting))),
        ("room", at(1, 4_000, false), waiting(6, 900_000), None),
        ("too soon to fall", at(2, 4_000, false), waiting(0, 63_999), None),
        ("falls by one", at(2, 4_000, false), waiting(0, 64_000), Some((1, SurgeCause::Calm))),
        ("again only after hold", at(1, 64_000, true), waiting(0, 123_999), None),
        ("then again", at(1, 64_000, true), waiting(0, 124_000), Some((0, SurgeCause::Calm))),
        ("not up so soon after a fall", at(1, 64_000, true), waiting(40, 123_999), None),
        ("then up", at(1, 64_000, true), waiting(40, 124_000), Some((3, SurgeCause::Waiting))),
        ("needed for a lower level", at(3, 1_000, false), waiting(25, 90_000), Some((2, SurgeCause::Calm))),
        ("the plan has fewer", at(4, 1_000, false), waiting(99, 1_001), Some((3, SurgeCause::Plan))),
    ] {
        assert_eq!(next_level(&rules(), standing, &asked), expected, "{name}");
    }
}

#[test]
fn windows_and_supervisors_come_before_what_is_measured() {
    let at = |level, changed_ms, fell| Standing { level, changed_ms, fell };
    let floor = |floor, asked: Asked| Asked { floor, ..asked };
    let by_hand = |level, asked: Asked| Asked { by_hand: Some(level), ..asked };
    for (name, standing, asked, expected) in [
        ("a window opens", at(0, 0, false), floor(2, waiting(0, 9)), Some((2, SurgeCause::Window))),
        ("more is measured", at(0, 0, false), floor(2, waiting(40, 9)), Some((3, SurgeCause::Waiting))),
        ("as much", at(0, 0, false), floor(1, waiting(10, 9)), Some((1, SurgeCause::Waiting))),
        ("just after a fall", at(0, 8, true), floor(1, waiting(40, 9)), Some((1, SurgeCause::Window))),
        ("no fall below it", at(1, 1, false), floor(1, waiting(0, 900_000)), None),
        ("the window is over", at(1, 1, false), waiting(0, 900_000), Some((0, SurgeCause::Calm))),
        ("by hand up", at(0, 8, true), by_hand(3, waiting(0, 9)), Some((3, SurgeCause::ByHand))),
        ("by hand down", at(3, 8, false), by_hand(0, waiting(99, 9)), Some((0, SurgeCause::ByHand))),
        (
            "by hand in spite of a window",
            at(3, 8, false),
            by_hand(1, floor(2, waiting(99, 9))),
            Some((1, SurgeCause::ByHand)),
        ),
        ("by hand as it is", at(1, 8, false), by_hand(1, waiting(99, 9)), None),
        ("by hand beyond the plan", at(3, 8, false), by_hand(7, waiting(99, 9)), None),
    ] {
        assert_eq!(next_level(&rules(), standing, &asked), expected, "{name}");
    }
}

#[test]
fn each_signal_has_its_cause() {
    let on = Thresholds {
        waiting: Some(10),
        oldest_wait_ms: Some(60_000),
        expected_wait_ms: Some(30_000),
        abandoned_permille: Some(200),
        agents_below: Some(4),
    };
    let off = Thresholds {
        waiting: Some(5),
        oldest_wait_ms: Some(30_000),
        expected_wait_ms: Some(10_000),
        abandoned_permille: Some(100),
        agents_below: Some(6),
    };
    let rules = SurgeInfo { hold_ms: 10_000, levels: vec![LevelInfo { on, off }], ..SurgeInfo::default() };
    let calm = SurgeSignals { agents: 6, ..SurgeSignals::default() };
    let next = |told: SurgeSignals, open: bool, level: u32| {
        let asked = Asked { signals: Signals { told, open }, floor: 0, by_hand: None, now_ms: 90_000 };
        next_level(&rules, Standing { level, changed_ms: 1, fell: false }, &asked)
    };
    for (told, between, cause) in [
        (SurgeSignals { waiting: 10, ..calm }, SurgeSignals { waiting: 6, ..calm }, SurgeCause::Waiting),
        (
            SurgeSignals { oldest_ms: 60_000, ..calm },
            SurgeSignals { oldest_ms: 30_001, ..calm },
            SurgeCause::OldestWait,
        ),
        (
            SurgeSignals { expected_ms: 30_000, ..calm },
            SurgeSignals { expected_ms: 10_001, ..calm },
            SurgeCause::ExpectedWait,
        ),
        (
            SurgeSignals { abandoned_permille: 200, ..calm },
            SurgeSignals { abandoned_permille: 101, ..calm },
            SurgeCause::Abandoned,
        ),
        (SurgeSignals { agents: 3, ..calm }, SurgeSignals { agents: 5, ..calm }, SurgeCause::Agents),
    ] {
        assert_eq!(next(told, true, 0), Some((1, cause)));
        assert_eq!(next(told, false, 0), None, "a closed queue has no signals");
        assert_eq!(next(between, true, 0), None, "{cause:?} not on");
        assert_eq!(next(between, true, 1), None, "{cause:?} not off");
    }
    assert_eq!(next(calm, true, 1), Some((0, SurgeCause::Calm)));
    assert_eq!(next(SurgeSignals::default(), false, 1), Some((0, SurgeCause::Calm)), "closed");
}

/// Something that happens to a queue, so long after the last.
#[derive(Debug, Clone)]
struct Moment {
    after_ms: u64,
    told: SurgeSignals,
    open: bool,
    floor: u32,
    by_hand: Option<u32>,
}

fn moment() -> impl Strategy<Value = Moment> {
    let word = prop_oneof![4 => Just(None), 1 => option::of(0..=3_u32)];
    let floor = prop_oneof![4 => Just(0), 1 => 0..=3_u32];
    (0..40_000_u64, 0..60_u32, 0..100_000_u64, 0..9_u32, prop::bool::weighted(0.9), floor, word).prop_map(
        |(after_ms, waiting, expected_ms, agents, open, floor, by_hand)| {
            let told = SurgeSignals { waiting, expected_ms, agents, ..SurgeSignals::default() };
            Moment { after_ms, told, open, floor, by_hand }
        },
    )
}

fn random_rules() -> impl Strategy<Value = SurgeInfo> {
    let step = (1..20_u32, 1..=100_u32, any::<bool>(), any::<bool>());
    (10_000..120_000_u64, vec(step, 0..=3)).prop_map(|(hold_ms, steps)| {
        let (mut on, mut levels) = (0, Vec::new());
        for (more, share, by_wait, by_agents) in steps {
            on += more;
            let off = (on * share / 100).min(on - on.div_ceil(10).max(1).min(on));
            let mut level = level(on, off);
            if by_wait {
                level.on.expected_wait_ms = Some(u64::from(on) * 2_000);
                level.off.expected_wait_ms = Some(u64::from(off) * 1_000);
            }
            if by_agents {
                level.on.agents_below = Some(3);
                level.off.agents_below = Some(5);
            }
            levels.push(level);
        }
        SurgeInfo { hold_ms, levels, ..SurgeInfo::default() }
    })
}

proptest! {
    #[test]
    fn nothing_makes_a_level_flap(rules in random_rules(), moments in vec(moment(), 1..200)) {
        let mut at = Standing::default();
        let mut now_ms = 1_000;
        let mut last: Option<(u64, bool)> = None;
        for moment in moments {
            now_ms += moment.after_ms;
            let Moment { told, open, floor, by_hand, .. } = moment;
            let asked = Asked { signals: Signals { told, open }, floor, by_hand, now_ms };
            if let Some((level, cause)) = next_level(&rules, at, &asked) {
                prop_assert_ne!(level, at.level);
                prop_assert!(level <= rules.top());
                let fell = level < at.level;
                let by_rules = !matches!(cause, SurgeCause::ByHand | SurgeCause::Window);
                if let Some((before_ms, before_fell)) = last
                    && by_rules
                    && before_fell != fell
                {
                    prop_assert!(now_ms >= before_ms + rules.hold_ms, "{:?} too soon", cause);
                }
                prop_assert!(!fell || level + 1 == at.level || cause == SurgeCause::ByHand);
                at = Standing { level, changed_ms: now_ms, fell };
                last = Some((now_ms, fell));
            }
            prop_assert!(by_hand.is_some() || at.level >= floor.min(rules.top()));
            if let Some(level) = by_hand {
                prop_assert_eq!(at.level, level.min(rules.top()));
            }
        }
        // Then all is calm.
        let told = SurgeSignals { agents: 9, ..SurgeSignals::default() };
        for _ in 0..4 {
            now_ms += rules.hold_ms;
            let asked = Asked { signals: Signals { told, open: true }, floor: 0, by_hand: None, now_ms };
            if let Some((level, _)) = next_level(&rules, at, &asked) {
                at = Standing { level, changed_ms: now_ms, fell: level < at.level };
            }
        }
        prop_assert_eq!(at.level, 0);
    }
}
