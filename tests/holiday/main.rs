//! The eve of a holiday, by a virtual clock: a normal day, on which from nine to one two and a half times as many come.
//! Temporary and outsourced staff is there, and helps once a surge step opens its group. Checked are the levels and steps
//! by time, what must hold at every event, and that nobody is lost; the same day without the surge is run beside it, and
//! what both come to is told in the README.
//!
//! The day is the same every time. `KEFUD_TEST_SEED` makes another, of which only what holds for any day is checked.
//! `KEFUD_WRITE_DOCS=1` writes the README's table instead of comparing it.

#![allow(clippy::expect_used, clippy::panic)]

mod accounts;
mod checks;
mod customers;
mod day;
mod figures;
mod reactions;
mod table;

use std::thread;

use day::{Day, plan};
use kefud::plan::{
    Plan,
    model::{CallbackMode, Queue},
};

const SEED: u64 = 5;

fn seed() -> u64 {
    let seed = std::env::var("KEFUD_TEST_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    println!("KEFUD_TEST_SEED={seed}");
    seed
}

fn with_hotline(change: impl FnOnce(&mut Queue)) -> Plan {
    let mut plan = plan();
    let mut hotline = plan.queues["hotline"].clone();
    change(&mut hotline);
    plan.queues.insert("hotline".to_owned(), hotline);
    plan
}

/// What holds for any day.
fn holds(day: &Day) {
    accounts::add_up(day);
    accounts::kept(day);
    let hold_ms = day.sim.state().plan().surges["holiday"].hold_ms;
    table::holds(&day.checks.changes, hold_ms);
    println!("{:?}, {} messages, {} dialled in vain", day.checks.seen, day.messages, day.in_vain);
}

/// A day on which little happens shows little.
fn shows_all(day: &Day) {
    let seen = &day.checks.seen;
    let counts = accounts::counts(day.sim.state());
    let at_least = [
        ("offers", seen.offers, 3_500),
        ("offers with others behind", seen.chosen, 1_000),
        ("offers with callbacks behind", seen.beside_callbacks, 500),
        ("who was let in last", seen.filled, 10),
        ("refused", seen.refused, 10),
        ("in line beyond the cap", seen.beyond, 5),
        ("messages", day.messages, 500),
        ("settled by the bot", counts.deflected, 50),
        ("overflowed", counts.moved_out, 10),
        ("reached by callbacks", counts.callbacks_reached, 300),
        ("absorbed callbacks", counts.callbacks_absorbed, 5),
        ("dialled in vain", day.in_vain, 20),
    ];
    for (what, count, least) in at_least {
        assert!(count >= least, "{what}: {count} of at least {least}");
    }
}

#[test]
fn a_surge_rises_and_falls_once_and_nobody_loses_a_place() {
    let seed = seed();
    let (with, without) = thread::scope(|scope| {
        let with = scope.spawn(|| Day::of(plan(), seed));
        let without = Day::of(with_hotline(|hotline| hotline.surge = None), seed);
        (with.join().expect("a day that holds"), without)
    });
    for day in [&with, &without] {
        holds(day);
    }
    accounts::restored(&with, &without);
    assert!(without.checks.changes.is_empty());
    if seed == SEED {
        shows_all(&with);
        table::does_not_flap(&with.checks.changes);
        table::as_expected(&with.checks.changes);
        table::is_told(&with, &without);
    }
}

#[test]
fn the_same_holds_where_customers_are_dialled_first() {
    let seed = seed();
    let day = Day::of(
        with_hotline(|hotline| {
            let callback = hotline.callback.as_mut().expect("its callbacks");
            (callback.mode, callback.dial_ahead_ms) = (CallbackMode::CustomerFirst, 45_000);
        }),
        seed,
    );
    holds(&day);
    if seed == SEED {
        shows_all(&day);
        table::does_not_flap(&day.checks.changes);
    }
}
