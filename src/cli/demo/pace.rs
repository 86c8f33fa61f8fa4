//! The demo's time: that of the people in it, which runs faster than the clock, and what is due when. Must
//! not act on anything.

use std::{cmp::Ordering, collections::BinaryHeap, time::Duration};

use tokio::time::{Instant, sleep_until};

/// How much faster the demo's time runs than the clock.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    speed: f64,
    start: Instant,
}

impl Pace {
    /// The demo's time starts now.
    pub fn start(speed: f64) -> Self {
        Self { speed, start: Instant::now() }
    }

    /// How long the clock takes for a while of the demo.
    pub fn real(self, played: Duration) -> Duration {
        scale(played, 1.0 / self.speed)
    }

    /// How long the demo's people find a while of the clock.
    pub fn played(self, real: Duration) -> Duration {
        scale(real, self.speed)
    }

    /// When the clock shows a moment of the demo.
    pub fn at(self, played: Duration) -> Instant {
        self.start + self.real(played)
    }

    /// A while of the demo from now.
    pub fn after(self, played: Duration) -> Instant {
        Instant::now() + self.real(played)
    }

    /// Time since the start, by the clock.
    pub fn elapsed(self) -> Duration {
        self.start.elapsed()
    }
}

/// A year is longer than any demo, and harmless to add to.
fn scale(time: Duration, factor: f64) -> Duration {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3_600);
    Duration::try_from_secs_f64(time.as_secs_f64() * factor).map_or(YEAR, |time| time.min(YEAR))
}

/// What is due when, earliest first; among equals the one added first.
#[derive(Debug)]
pub struct Timers<T> {
    heap: BinaryHeap<Timer<T>>,
    added: u64,
}

#[derive(Debug)]
struct Timer<T> {
    at: Instant,
    number: u64,
    what: T,
}

impl<T> Timers<T> {
    /// Nothing is due.
    pub fn new() -> Self {
        Self { heap: BinaryHeap::new(), added: 0 }
    }

    /// Remembers something.
    pub fn add(&mut self, at: Instant, what: T) {
        self.added += 1;
        self.heap.push(Timer { at, number: self.added, what });
    }

    /// Waits for the next. Nothing is lost when the wait is given up.
    pub async fn next(&mut self) -> T {
        loop {
            let Some(first) = self.heap.peek() else {
                return std::future::pending().await;
            };
            sleep_until(first.at).await;
            if let Some(timer) = self.heap.pop() {
                return timer.what;
            }
        }
    }
}

impl<T> Ord for Timer<T> {
    /// The heap gives the greatest first: that is the earliest.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

impl<T> PartialOrd for Timer<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Timer<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Timer<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn timers_come_in_order() {
        let mut timers = Timers::new();
        let now = Instant::now();
        for (seconds, what) in [(3, 'd'), (1, 'a'), (2, 'b'), (2, 'c')] {
            timers.add(now + Duration::from_secs(seconds), what);
        }
        let mut got = String::new();
        for _ in 0..4 {
            got.push(timers.next().await);
        }
        assert_eq!(got, "abcd");
        assert_eq!(now.elapsed(), Duration::from_secs(3));
    }

    #[tokio::test(start_paused = true)]
    async fn played_time_runs_faster() {
        let pace = Pace::start(60.0);
        assert_eq!(pace.real(Duration::from_secs(60)), Duration::from_secs(1));
        assert_eq!(pace.played(Duration::from_secs(1)), Duration::from_secs(60));
    }
}
