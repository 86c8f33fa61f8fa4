//! Engine time: the last journaled time plus monotonic time since. Owns the only reading of clocks for
//! the engine; jumps of the wall clock neither expire nor freeze anything.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// At a start the time that the process was down counts, by the wall clock, but at most so much: a wrong
/// wall clock must not age everybody by years.
const DOWNTIME_MAX: Duration = Duration::from_secs(24 * 3_600);

/// A running engine clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    base_ms: u64,
    started: Instant,
}

impl Clock {
    /// Goes on after the last journaled engine time, whose wall time was `last_wall_ms`. A tenant without
    /// history (`last_ms` 0) starts at the wall clock's time.
    #[must_use]
    pub fn resume(last_ms: u64, last_wall_ms: i64) -> Self {
        let wall_ms = wall_ms();
        let base_ms = if last_ms == 0 {
            u64::try_from(wall_ms).unwrap_or(1).max(1)
        } else {
            let down_ms = u64::try_from(wall_ms - last_wall_ms).unwrap_or(0);
            let down_max_ms = u64::try_from(DOWNTIME_MAX.as_millis()).unwrap_or(u64::MAX);
            last_ms + down_ms.min(down_max_ms)
        };
        Self { base_ms, started: Instant::now() }
    }

    /// Engine time now.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.base_ms + u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// How long from now until an engine time.
    #[must_use]
    pub fn until(&self, engine_ms: u64) -> Duration {
        let target = Duration::from_millis(engine_ms.saturating_sub(self.base_ms));
        target.saturating_sub(self.started.elapsed())
    }

    /// Wall clock − engine time now.
    #[must_use]
    pub fn wall_offset_ms(&self) -> i64 {
        wall_ms() - i64::try_from(self.now_ms()).unwrap_or(i64::MAX)
    }
}

fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn downtime_counts_up_to_a_day_and_never_backwards() {
        let hour_ms = 3_600_000;
        for (down_ms, counted_ms) in [(0, 0), (hour_ms, hour_ms), (72 * hour_ms, 24 * hour_ms), (-hour_ms, 0)]
        {
            let clock = Clock::resume(1_000, wall_ms() - down_ms);
            let counted = i64::try_from(clock.base_ms).unwrap() - 1_000;
            // The wall clock goes on between the two readings.
            assert!((counted_ms..counted_ms + 1_000).contains(&counted), "{down_ms}: {counted}");
        }
    }
}
