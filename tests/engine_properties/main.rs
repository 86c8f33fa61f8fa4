//! Promises of the engine that hold whatever comes: random plans, random commands (wrong ones too), random
//! times, and after every step a look at everything that can be checked without asking the engine itself.
//!
//! Runs are the same every time. `KEFUD_TEST_SEED` begins elsewhere, `KEFUD_TEST_CASES` sets how many cases
//! there are; a failure tells both, and what was done in the smallest case that fails.

#![allow(clippy::expect_used, clippy::panic)]

mod asked;
mod by_hand;
mod called;
mod checks;
mod covered;
mod decisions;
mod flow;
mod history;
mod hours;
mod levels;
mod naive;
mod ops;
mod order;
mod plans;
#[path = "../roster/mod.rs"]
mod roster;
mod run;
mod shifts;
mod sweeps;
mod talk;
mod tally;
mod wants;

use std::cell::RefCell;

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner},
};

use tally::Tally;

/// Cases of each test unless told.
const CASES: u32 = 500;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect("a number"))
}

/// A runner of random cases from the seed plus `part`: a `share`th of what is asked for.
fn runner(part: u64, share: u32) -> (TestRunner, u32) {
    let seed = setting("KEFUD_TEST_SEED", 20_240_601).wrapping_add(part);
    let cases = u32::try_from(setting("KEFUD_TEST_CASES", CASES.into())).expect("a number of cases");
    println!("KEFUD_TEST_SEED={} (part {part}), {} cases", seed.wrapping_sub(part), cases / share);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: cases / share,
        failure_persistence: None,
        max_shrink_iters: 1_000,
        max_shrink_time: 10_000,
        ..Config::default()
    };
    (TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)), cases)
}

/// Runs random cases. All that is `wanted` must happen in one of them.
fn cases(part: u64, share: u32, wanted: &[&'static str], strategy: &impl Strategy<Value = run::Case>) {
    let (mut runner, cases) = runner(part, share);
    let total = RefCell::new(Tally::default());
    let outcome = runner.run(strategy, |case| match run::run(&case, false) {
        Ok(tally) => {
            total.borrow_mut().add(&tally);
            Ok(())
        }
        Err(failure) => Err(TestCaseError::fail(failure.problem)),
    });
    match outcome {
        Ok(()) => {
            let total = total.into_inner();
            println!("{}", total.summary());
            // A few cases need not show everything.
            if cases >= CASES {
                assert_eq!(
                    total.covered.missing(wanted),
                    Vec::<&str>::new(),
                    "never happened in part {part}"
                );
            }
        }
        Err(TestError::Fail(_, case)) => {
            let failure = run::run(&case, true).err();
            panic!("part {part}: {}", failure.map_or_else(|| "passes now".to_owned(), |f| f.text(&case)));
        }
        Err(TestError::Abort(why)) => panic!("part {part}: {why}"),
    }
}

#[test]
fn promises_hold_on_a_good_day() {
    cases(0, 1, covered::CALM, &run::case(ops::CALM, 10..45));
}

#[test]
fn promises_hold_when_everything_goes_wrong() {
    cases(1, 1, covered::RULES, &run::case(ops::WILD, 12..60));
}

#[test]
fn promises_hold_while_plans_change() {
    cases(2, 1, covered::RULES, &run::case(ops::PLANS, 12..50));
}

#[test]
fn promises_hold_in_conversations() {
    cases(5, 1, covered::TALK, &run::talk(ops::TALK, 15..60));
}

#[test]
fn promises_hold_while_shifts_begin_and_end() {
    cases(6, 1, covered::SHIFTS, &run::shifts(ops::SHIFTS, 15..60));
}

#[test]
fn promises_hold_in_a_surge() {
    cases(7, 2, covered::SURGE, &run::surge(ops::SURGE, 20..80));
}

#[test]
fn promises_hold_in_a_rush() {
    cases(3, 25, &[], &run::rush(ops::RUSH, 10..35));
}

#[test]
fn the_order_in_which_names_come_in_decides_nothing() {
    let (mut runner, _) = runner(4, 2);
    let outcome =
        runner.run(&run::case(ops::ORDER, 10..45), |case| order::run(&case).map_err(TestCaseError::fail));
    if let Err(TestError::Fail(_, case)) = outcome {
        let plan = kefud::plan::render(&case.plans[0]);
        panic!("part 4: {:#?}\n{:#?}\n{plan}", order::run(&case), case.ops);
    }
    outcome.expect("cases");
}
