//! One loss at every stage: a table for each stage in which it may come.

use super::{CONVERSATIONS, desk};

/// Runs, for each stage, its lines and then `loss`, of which the stage's expectation must come (as after `=>`).
/// An expectation may go on with further lines: `released a1; ...\nshow c1 => ...`.
pub fn at_each_stage(setup: &[(&str, &str)], loss: &str, expected: &[(&str, &str)]) {
    assert_eq!(
        setup.iter().map(|(stage, _)| *stage).collect::<Vec<_>>(),
        expected.iter().map(|(stage, _)| *stage).collect::<Vec<_>>(),
        "each stage has lines that lead to it, and an expectation"
    );
    for ((stage, lines), (_, expected)) in setup.iter().zip(expected) {
        // The stage is told with the table, should it come out otherwise.
        desk::check_in(CONVERSATIONS, &format!("# {stage}\n{lines}\n{loss} => {expected}\n"));
    }
}
