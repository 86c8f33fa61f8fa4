//! A rush: twice as many customers come within two hours, to as many agents as before, and nothing is known when it
//! begins.

use crate::queue::{Queue, SERVICE_MS, Score, Setting};

const RAMP_MS: f64 = 2.0 * 3_600_000.0;

#[test]
fn a_rush_is_told_without_bias() {
    for (agents, seeds) in [(10, 60), (100, 10)] {
        for patience in [5.0, 1.0] {
            let mut score = Score::default();
            let mut lowest = f64::INFINITY;
            for seed in 0..seeds {
                let each_ms = SERVICE_MS / f64::from(agents);
                // As many as come in that time, at a load of 1.05 in the mean.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let customers = (RAMP_MS / each_ms * 1.05) as usize;
                let setting =
                    Setting { agents, patience, load: (0.7, 1.4), ramp_ms: RAMP_MS, customers, seed };
                let of_one = Score::of(&Queue::run(setting).customers);
                lowest = lowest.min(of_one.told.bias());
                score.add(&of_one);
            }
            let what = format!(
                "{agents} agents, patience {patience}: {} waited, {} unknown, bias {:.3}, {:.3} times as wrong as the \
                 best, covered {:.3}",
                score.count(),
                score.unknown,
                score.told.bias(),
                score.excess(),
                score.coverage(),
            );
            println!("{what}");
            assert!(score.count() > 1_000.0, "{what}");
            assert!(score.told.bias().abs() <= 0.05, "{what}");
            assert!((0.75..=0.85).contains(&score.coverage()), "{what}");
        }
    }
}
