//! A week of a desk of two hundred, by a virtual clock: shifts by turns, nights, breaks, dated entries, overrides,
//! staff of a season and some without schedule; holidays, and a Saturday on which work is made up for. After
//! everything that happens each offer must be to somebody who works then and serves its channel, by a model that
//! only has the plan's words; nobody who works may be idle while somebody waits whom it could serve.
//!
//! The week is the same every time. `KEFUD_TEST_SEED` makes another.

#![allow(clippy::expect_used, clippy::panic)]

mod checks;
#[path = "../roster/mod.rs"]
mod roster;
mod staff;
mod week;

use week::Week;

fn seed() -> u64 {
    std::env::var("KEFUD_TEST_SEED").map_or(20_261_004, |seed| seed.parse().expect("a number"))
}

#[test]
fn nobody_is_offered_anything_off_shift_and_nobody_on_shift_is_idle_for_a_week() {
    let seed = seed();
    println!("KEFUD_TEST_SEED={seed}");
    let mut week = Week::new(seed);
    week.run();
    println!("{}", week.figures);
    week.figures.check();
}
