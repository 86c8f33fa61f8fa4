//! Random cases: plans, who is there, and what is done.

use kefud::{engine::evolve::Slices, plan::Plan};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    ops::{self, Mix, Op},
    plans,
};

/// Plans, and what is done.
#[derive(Debug, Clone)]
pub struct Case {
    pub plans: Vec<Plan>,
    /// Agents who are there from the beginning, one bit each.
    pub present: u8,
    /// What the wall clock shows at first; 0: it is left alone.
    pub wall_s: i64,
    pub ops: Vec<Op>,
}

impl Case {
    /// Agents who are there from the beginning.
    pub fn agents_present(&self) -> Vec<String> {
        let agents = self.plans[0].agents.keys().enumerate();
        agents.filter(|(at, _)| self.present >> at & 1 == 1).map(|(_, agent)| agent.clone()).collect()
    }

    /// Changes of rules are carried out in slices small enough for commands to come between.
    pub(super) fn slices(&self) -> Slices {
        let present = usize::from(self.present);
        Slices { agents: 1 + present % 3, contacts: 1 + present % 16 }
    }
}

/// Random cases of so many doings.
pub fn case(mix: Mix, count: std::ops::Range<usize>) -> impl Strategy<Value = Case> {
    let present = (any::<u8>(), any::<u8>()).prop_map(|(some, others)| some | others);
    (vec(plans::plan(), 1..=3), present, vec(ops::op(mix), count)).prop_map(|(plans, present, ops)| Case {
        plans,
        present,
        wall_s: 0,
        ops,
    })
}

/// The same where half of the plans ask for little, so that what is answered goes on.
pub fn talk(mix: Mix, count: std::ops::Range<usize>) -> impl Strategy<Value = Case> {
    (case(mix, count), any::<bool>()).prop_map(|(mut case, eased)| {
        if eased {
            case.plans.iter_mut().for_each(plans::ease);
        }
        case
    })
}

/// The same where people work by shifts and queues close.
pub fn shifts(mix: Mix, count: std::ops::Range<usize>) -> impl Strategy<Value = Case> {
    let begins = select(&plans::BEGINNINGS_S[..]);
    (talk(mix, count), begins, vec(any::<u64>(), 3)).prop_map(|(mut case, wall_s, seeds)| {
        case.wall_s = wall_s;
        for (plan, seed) in case.plans.iter_mut().zip(seeds) {
            plans::schedule(plan, seed, wall_s);
        }
        case
    })
}

/// The same where queues have levels and customers are called back.
pub fn surge(mix: Mix, count: std::ops::Range<usize>) -> impl Strategy<Value = Case> {
    let begins = select(&plans::BEGINNINGS_S[..]);
    (talk(mix, count), begins, vec(any::<u64>(), 3), any::<bool>()).prop_map(
        |(mut case, wall_s, seeds, shifts)| {
            case.wall_s = wall_s;
            for (plan, seed) in case.plans.iter_mut().zip(seeds) {
                if seed % 4 > 0 {
                    plans::ease(plan);
                }
                if shifts {
                    plans::schedule(plan, seed, wall_s);
                }
                plans::surge(plan, seed);
            }
            case
        },
    )
}

/// The same with agents who can take more at once than one step gives them.
pub fn rush(mix: Mix, count: std::ops::Range<usize>) -> impl Strategy<Value = Case> {
    case(mix, count).prop_map(|mut case| {
        case.plans.iter_mut().for_each(plans::enlarge);
        case
    })
}
