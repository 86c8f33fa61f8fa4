//! Chance with a seed: the same seed gives the same demo as far as arrivals, patience and talk go. Each
//! actor has a stream of its own, so that none depends on how the others are scheduled. Must not be used
//! for anything secret.

use std::time::Duration;

/// No drawn time is longer.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// A stream of random draws.
#[derive(Debug)]
pub struct Chance(fastrand::Rng);

impl Chance {
    /// The stream called `name` of a seed.
    pub fn new(seed: u64, name: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes()).update(name.as_bytes());
        let mut bytes = [0; 8];
        hasher.finalize_xof().fill(&mut bytes);
        Self(fastrand::Rng::with_seed(u64::from_le_bytes(bytes)))
    }

    /// A time until something that happens at random moments, once a `mean`.
    pub fn exponential(&mut self, mean: Duration) -> Duration {
        scaled(mean, -self.open_unit().ln())
    }

    /// A time that is `median` in the middle and has a long tail: what people take to do something.
    pub fn lognormal(&mut self, median: Duration, spread: f64) -> Duration {
        // Box and Muller: a normal draw of two uniform ones.
        let radius = (-2.0 * self.open_unit().ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.0.f64()).cos();
        scaled(median, (spread * normal).exp())
    }

    /// Whether something of this probability happens.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.0.f64() < probability
    }

    /// The place of one of the weights, each as often as it weighs; none if all weigh nothing.
    pub fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let total: f64 = weights.iter().sum();
        let mut left = self.0.f64() * total;
        let mut last = None;
        for (place, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            last = Some(place);
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }

    /// A number in a range, all equally likely.
    pub fn between(&mut self, range: std::ops::Range<f64>) -> f64 {
        range.start + (range.end - range.start) * self.0.f64()
    }

    /// A number that stands for somebody.
    pub fn reference(&mut self) -> u32 {
        self.0.u32(..)
    }

    /// More than 0, less than 1.
    fn open_unit(&mut self) -> f64 {
        self.0.f64().max(f64::MIN_POSITIVE)
    }
}

fn scaled(time: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(time.as_secs_f64() * factor).map_or(LONGEST, |time| time.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_seed_repeats_itself_and_names_differ() {
        let draws = |seed, name| {
            let mut chance = Chance::new(seed, name);
            (0..20).map(|_| chance.lognormal(MINUTE, 0.5)).collect::<Vec<_>>()
        };
        assert_eq!(draws(1, "phone"), draws(1, "phone"));
        assert_ne!(draws(1, "phone"), draws(1, "qq"));
        assert_ne!(draws(1, "phone"), draws(2, "phone"));
    }

    #[test]
    fn draws_are_about_what_they_say() {
        let mut chance = Chance::new(1, "means");
        let total: Duration = (0..10_000).map(|_| chance.exponential(MINUTE)).sum();
        let mean = total / 10_000;
        assert!(mean.abs_diff(MINUTE) < Duration::from_secs(2), "{mean:?}");
        let mut draws: Vec<_> = (0..10_001).map(|_| chance.lognormal(MINUTE, 0.6)).collect();
        draws.sort();
        assert!(draws[5_000].abs_diff(MINUTE) < Duration::from_secs(3), "{:?}", draws[5_000]);
        let thirds = (0..9_000).filter(|_| chance.weighted(&[1.0, 0.0, 2.0]) == Some(0)).count();
        assert!(thirds.abs_diff(3_000) < 200, "{thirds}");
    }

    #[test]
    fn nothing_to_choose_from() {
        let mut chance = Chance::new(1, "none");
        assert_eq!(chance.weighted(&[]), None);
        assert_eq!(chance.weighted(&[0.0, 0.0]), None);
    }
}
