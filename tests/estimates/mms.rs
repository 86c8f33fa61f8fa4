//! Steady queues, from just as much work as agents can do to two fifths more.

use crate::queue::{Queue, Score, Setting};

#[test]
fn steady_queues_are_told_nearly_as_well_as_can_be() {
    for agents in [10, 100] {
        let customers = if agents == 10 { 8_000 } else { 20_000 };
        for load in [1.0, 1.1, 1.2, 1.4] {
            for patience in [5.0, 1.0] {
                let mut score = Score::default();
                for seed in 0..3 {
                    let setting =
                        Setting { agents, patience, load: (load, load), ramp_ms: 1.0, customers, seed };
                    let queue = Queue::run(setting);
                    score.add(&Score::of(&queue.customers[customers / 10..]));
                }
                let [told, head, last] = [score.told, score.head, score.last].map(|error| error.rmse());
                let what = format!(
                    "{agents} agents, load {load}, patience {patience}: {} waited, {} unknown, told {:.3} times as \
                     wrong as the best, by the first in line {:.3}, by the last taken {:.3}, covered {:.3}, bias {:.3}",
                    score.count(),
                    score.unknown,
                    score.excess(),
                    head / score.best.rmse(),
                    last / score.best.rmse(),
                    score.coverage(),
                    score.told.bias(),
                );
                println!("{what}");
                assert!(score.count() > 2_000.0, "{what}");
                assert!(f64::from(score.unknown) < score.count() / 100.0, "{what}");
                assert!(score.excess() <= 1.10, "{what}");
                assert!(told < head && told < last, "{what}");
                assert!((0.75..=0.85).contains(&score.coverage()), "{what}");
                assert!(score.told.bias().abs() <= 0.05, "{what}");
            }
        }
    }
}
