//! Random requirements: of plans by strategies, of contacts by the numbers of a doing.

use kefud::{
    engine::{command::Wants, state::State},
    plan::model::{LEVEL_MAX, LevelRange, Plan, Requirement, Ring, SkillRanges},
};
use proptest::{collection::vec, prelude::*, sample::select};

/// Skills of plans, with some more levels than agents have.
fn range() -> impl Strategy<Value = LevelRange> {
    let at_least = (1..4u8).prop_map(LevelRange::at_least);
    let within = (1..4u8, 0..3u8).prop_map(|(min, more)| LevelRange { min, max: min + more });
    prop_oneof![3 => at_least, 2 => within]
}

fn ranges(most: usize) -> impl Strategy<Value = SkillRanges> {
    vec((0..3usize, range()), 0..=most)
        .prop_map(|list| list.into_iter().map(|(skill, range)| (format!("s{skill}"), range)).collect())
}

/// What a queue or category asks for.
pub fn requirement() -> impl Strategy<Value = Requirement> {
    let skills = prop_oneof![4 => Just(SkillRanges::new()), 1 => ranges(1)];
    let any_of = prop_oneof![7 => Just(Vec::new()), 1 => vec(ranges(2), 1..=2)];
    let none_of = prop_oneof![5 => Just(SkillRanges::new()), 1 => ranges(1)];
    let preferred = prop_oneof![1 => Just(SkillRanges::new()), 1 => ranges(2)];
    (skills, any_of, none_of, preferred).prop_map(|(skills, any_of, none_of, preferred_skills)| Requirement {
        skills,
        any_of,
        none_of,
        preferred_skills,
    })
}

/// Rings that open soon.
pub fn rings() -> impl Strategy<Value = Vec<Ring>> {
    let skills = || vec((0..3usize).prop_map(|skill| format!("s{skill}")), 0..=1);
    let ring = (
        select(&[1_000u64, 2_000, 3_000, 5_000, 10_000, 25_000]),
        skills(),
        skills(),
        1..3u8,
        vec((0..3usize).prop_map(|group| format!("g{group}")), 0..=1),
    );
    let ring = ring.prop_map(|(after_ms, drop, lower, level, groups)| Ring {
        after_ms,
        drop,
        lower: lower.into_iter().map(|skill| (skill, level)).collect(),
        groups,
    });
    prop_oneof![1 => Just(Vec::new()), 2 => vec(ring, 1..=3)]
}

/// Numbers drawn from those of a doing.
pub struct Dice(u64);

impl Dice {
    pub fn new(a: u16, b: u16, c: u16) -> Self {
        Self(u64::from(a) << 32 | u64::from(b) << 16 | u64::from(c))
    }

    /// Below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    pub fn once_in(&mut self, times: u64) -> bool {
        self.roll(times) == 0
    }

    fn small(&mut self, sides: u64) -> u8 {
        u8::try_from(self.roll(sides)).unwrap_or(0)
    }

    /// One of the names, if there are any.
    pub fn one<T>(&mut self, of: &std::collections::BTreeMap<String, T>) -> Option<String> {
        let count = of.len() as u64;
        let at = if count == 0 { return None } else { self.roll(count) };
        of.keys().nth(usize::try_from(at).unwrap_or(0)).cloned()
    }

    pub fn ranges(&mut self, plan: &Plan, most: u64) -> SkillRanges {
        let mut ranges = SkillRanges::new();
        for _ in 0..1 + self.roll(most) {
            let min = 1 + self.small(3);
            let max = if self.once_in(2) { min + self.small(3) } else { LEVEL_MAX };
            ranges.extend(self.one(&plan.skills).map(|skill| (skill, LevelRange { min, max })));
        }
        ranges
    }

    /// Any-of sets; never an empty one.
    pub fn sets(&mut self, plan: &Plan) -> Vec<SkillRanges> {
        let sets = (0..1 + self.roll(2)).map(|_| self.ranges(plan, 2)).collect::<Vec<_>>();
        sets.into_iter().filter(|set| !set.is_empty()).collect()
    }

    fn rings(&mut self, plan: &Plan) -> Vec<Ring> {
        let count = 1 + self.roll(3);
        (0..count)
            .map(|_| Ring {
                after_ms: 1_000 * (1 + self.roll(8)),
                drop: if self.once_in(2) { self.one(&plan.skills).into_iter().collect() } else { Vec::new() },
                lower: if self.once_in(2) {
                    self.one(&plan.skills).map(|skill| (skill, 1 + self.small(2))).into_iter().collect()
                } else {
                    [].into()
                },
                groups: if self.once_in(2) {
                    self.one(&plan.groups).into_iter().collect()
                } else {
                    Vec::new()
                },
            })
            .collect()
    }

    /// What a contact asks for by itself: mostly nothing, sometimes a lot.
    pub fn wants(&mut self, state: &State) -> Wants {
        let plan = state.plan();
        let mut wants = Wants::default();
        if self.once_in(2) {
            return wants;
        }
        let asked = &mut wants.requirement;
        if self.once_in(5) {
            asked.skills = self.ranges(plan, 2);
        }
        if self.once_in(6) {
            asked.any_of = self.sets(plan);
        }
        if self.once_in(9) {
            asked.none_of = self.ranges(plan, 1);
        }
        if self.once_in(3) {
            asked.preferred_skills = self.ranges(plan, 2);
        }
        if self.once_in(4) {
            wants.rings = self.rings(plan);
        }
        if self.once_in(3) {
            let here = state.agents().filter(|agent| agent.record.session != 0 && self.once_in(2));
            let here = here.map(|agent| state.names().id(agent.record.agent).to_owned()).next();
            wants.preferred_agent = here.or_else(|| self.one(&plan.agents)).unwrap_or_default();
        }
        wants
    }
}
