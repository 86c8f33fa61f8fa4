//! How long the wait is behind so many others. Pure. Only what IEEE 754 has exact is used (+ − × ÷ √), so that every
//! machine says the same.
//!
//! The one who comes next is taken by an agent at the pace of the queue, and everybody before it may leave first: with
//! `i` still ahead the line gets shorter at `served + i·lost`. A wait is the sum of the times that these steps take.

/// Steps that are added up one by one; the others in panels.
const EXACT: u32 = 64;
/// The 80 % quantile of the standard normal distribution.
const Z: f64 = 0.841_621_233_572_914;

/// How fast a line gets shorter, per millisecond.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// By agents.
    pub served: f64,
    /// For each who is ahead, by their leaving.
    pub lost: f64,
}

/// A wait, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// The mean.
    pub mean: f64,
    /// The variance.
    pub variance: f64,
}

/// The wait of one with so many ahead, were the pace known for certain.
#[must_use]
pub fn wait(ahead: u32, pace: Pace) -> Wait {
    let steps = ahead.saturating_add(1);
    let time = |at: f64| 1.0 / (pace.served + at * pace.lost);
    if pace.lost <= 0.0 {
        let (count, time) = (f64::from(steps), time(0.0));
        return Wait { mean: count * time, variance: count * time * time };
    }
    let mut wait = Wait { mean: 0.0, variance: 0.0 };
    for at in 0..steps.min(EXACT) {
        let time = time(f64::from(at));
        wait.mean += time;
        wait.variance += time * time;
    }
    let mut from = steps.min(EXACT);
    while from < steps {
        let until = steps.min(from.saturating_add((from / 4).max(16)));
        // The sum of the terms from..until is nearly the integral over [from − ½, until − ½]; Simpson's rule.
        let [low, high] = [from, until].map(|at| f64::from(at) - 0.5);
        let [first, middle, last] = [low, f64::midpoint(low, high), high].map(time);
        wait.mean += (high - low) / 6.0 * (first + 4.0 * middle + last);
        wait.variance += (high - low) / 6.0 * (first * first + 4.0 * middle * middle + last * last);
        from = until;
    }
    wait
}

impl Wait {
    /// The same if the pace was measured by so many takes: its relative error adds to the variance.
    #[must_use]
    pub fn measured_by(self, takes: f64) -> Self {
        Self { variance: self.variance + self.mean * self.mean / takes, ..self }
    }

    /// What four of five waits don't exceed: the quantile of the gamma distribution of this mean and variance, by
    /// Wilson and Hilferty.
    #[must_use]
    pub fn bound(self) -> f64 {
        let shape = self.mean * self.mean / self.variance;
        let root = 1.0 - 1.0 / (9.0 * shape) + Z / (3.0 * shape.sqrt());
        self.mean * root * root * root
    }
}

#[cfg(test)]
mod tests {
    use super::{Pace, Wait, wait};

    fn plain(ahead: u32, pace: Pace) -> Wait {
        (0..=ahead).fold(Wait { mean: 0.0, variance: 0.0 }, |sum, at| {
            let time = 1.0 / (pace.served + f64::from(at) * pace.lost);
            Wait { mean: sum.mean + time, variance: sum.variance + time * time }
        })
    }

    fn near(a: f64, b: f64, within: f64) -> bool {
        (a / b - 1.0).abs() <= within
    }

    #[test]
    fn panels_come_to_the_plain_sum() {
        for ahead in [0, 1, 10, 63, 64, 65, 80, 99, 500, 3_000, 20_000, 200_000] {
            for lost in [0.0, 1e-9, 1e-6, 1e-4, 1e-3, 1e-2] {
                let pace = Pace { served: 1e-3, lost };
                let (told, exact) = (wait(ahead, pace), plain(ahead, pace));
                assert!(near(told.mean, exact.mean, 1e-3), "{ahead} {lost}: {told:?} {exact:?}");
                assert!(near(told.variance, exact.variance, 1e-3), "{ahead} {lost}: {told:?} {exact:?}");
            }
        }
    }

    #[test]
    fn more_ahead_is_a_longer_wait() {
        let pace = Pace { served: 1e-3, lost: 1e-5 };
        let waits: Vec<Wait> = (0..3_000).map(|ahead| wait(ahead, pace)).collect();
        assert!(waits.is_sorted_by(|a, b| a.mean < b.mean && a.bound() < b.bound()));
        let patient = wait(500, Pace { lost: 0.0, ..pace });
        assert!(patient.mean > waits[500].mean, "who leaves makes the line shorter");
        assert!(near(patient.mean, 501_000.0, 1e-12));
    }

    /// Quantiles of the gamma distribution of scale 1.
    #[test]
    fn the_bound_is_the_quantile() {
        let table =
            [(1.0, 1.609), (2.0, 2.994), (5.0, 6.721), (10.0, 12.519), (50.0, 55.787), (100.0, 108.304)];
        for (shape, quantile) in table {
            let told = Wait { mean: shape, variance: shape }.bound();
            assert!(near(told, quantile, 0.01), "{shape}: {told}, not {quantile}");
        }
    }

    #[test]
    fn a_pace_that_is_hardly_known_makes_the_bound_higher() {
        let known = wait(99, Pace { served: 1e-3, lost: 0.0 });
        let bounds = [1e9, 1_000.0, 100.0, 10.0].map(|takes| known.measured_by(takes).bound());
        assert!(bounds.is_sorted_by(|a, b| a < b), "{bounds:?}");
        assert!(near(bounds[0], known.bound(), 1e-6));
    }
}
