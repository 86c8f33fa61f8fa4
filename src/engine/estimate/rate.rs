//! Events a time, over a window that reaches back as far as the pace has been the same. Pure; whole numbers only.

use crate::proto::journal as j;

/// A bucket with so many events is full …
const FULL: u32 = 64;
/// … and one that was doubled so often is not doubled again: the oldest of them are dropped.
const LEVEL_MAX: u8 = 5;
/// Buckets of a level; with one more, the two oldest become one of the next.
const OF_LEVEL_MAX: usize = 2;
/// Two paces differ if the square of their difference is so many times its variance: |z| > 4.47.
const DEPARTS: u128 = 20;
/// With fewer events a pace that seems higher says nothing yet.
const SUDDEN_MIN: u32 = 32;

/// A stretch of exposure, with what happened in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Events.
    pub n: u32,
    /// Exposure.
    pub t_ms: u64,
    /// How often it was doubled.
    pub level: u8,
}

impl Bucket {
    fn plus(self, other: Self) -> Self {
        let (n, t_ms) = (self.n.saturating_add(other.n), self.t_ms.saturating_add(other.t_ms));
        Self { n, t_ms, level: self.level }
    }

    /// Whether the two can't well be of one pace. Given both, events fall into either by its share of the exposure.
    fn departs(self, other: Self) -> bool {
        let [(n1, t1), (n0, t0)] =
            [self, other].map(|bucket| (u128::from(bucket.n), u128::from(bucket.t_ms >> 3)));
        let apart = (n1 * t0).abs_diff(n0 * t1);
        let spread = DEPARTS.saturating_mul(n0 + n1).saturating_mul(t0).saturating_mul(t1);
        apart.saturating_mul(apart) > spread
    }

    fn slower_than(self, other: Self) -> bool {
        u128::from(self.n) * u128::from(other.t_ms) < u128::from(other.n) * u128::from(self.t_ms)
    }
}

/// What a rate is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Events.
    pub events: u64,
    /// The exposure in which they happened; not 0.
    pub exposure_ms: u64,
    /// The pace has changed not long ago: little is known of how it is now.
    pub fresh: bool,
    /// Nothing has happened for ten times as long as it mostly takes.
    pub stalled: bool,
}

/// How often something happens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rate {
    /// The oldest first.
    pub(in crate::engine) closed: Vec<Bucket>,
    /// The latest.
    pub(in crate::engine) open: Bucket,
    /// Events still to come until it is trusted again, since old ones were dropped.
    pub(in crate::engine) fresh: u32,
    /// Exposure since the latest event.
    pub(in crate::engine) quiet_ms: u64,
}

impl Rate {
    /// It happened.
    pub fn add(&mut self) {
        self.quiet_ms = 0;
        self.fresh = self.fresh.saturating_sub(1);
        self.open.n += 1;
        if self.open.n >= FULL {
            self.close();
        }
    }

    /// What had happened came to nothing.
    pub fn sub(&mut self) {
        let latest = if self.open.n > 0 { Some(&mut self.open) } else { self.closed.last_mut() };
        if let Some(bucket) = latest {
            bucket.n = bucket.n.saturating_sub(1);
        }
    }

    /// So much more exposure. A bucket has at most `longest_ms` of it, so that in how many parts it is told makes no
    /// difference.
    pub fn expose(&mut self, mut ms: u64, longest_ms: u64) {
        self.quiet_ms = self.quiet_ms.saturating_add(ms);
        loop {
            let room_ms = longest_ms.saturating_sub(self.open.t_ms);
            if ms < room_ms {
                break;
            }
            ms -= room_ms;
            self.open.t_ms += room_ms;
            self.close();
        }
        self.open.t_ms += ms;
    }

    fn close(&mut self) {
        self.closed.push(std::mem::take(&mut self.open));
        self.fold();
        self.drop_outdated();
    }

    /// Keeps at most two buckets of a level.
    fn fold(&mut self) {
        for level in 0..=LEVEL_MAX {
            let first = self.closed.partition_point(|bucket| bucket.level > level);
            let of_level = self.closed.iter().filter(|bucket| bucket.level == level).count();
            if of_level <= OF_LEVEL_MAX {
                return;
            }
            let oldest = self.closed.remove(first);
            if level < LEVEL_MAX
                && let Some(next) = self.closed.get_mut(first)
            {
                *next = Bucket { level: level + 1, ..next.plus(oldest) };
            }
        }
    }

    /// Drops what is of another pace than what came after it.
    fn drop_outdated(&mut self) {
        let mut newer = Bucket::default();
        for at in (1..self.closed.len()).rev() {
            newer = newer.plus(self.closed[at]);
            if newer.departs(sum(&self.closed[..at])) {
                self.closed.drain(..at);
                self.fresh = FULL;
                return;
            }
        }
    }

    /// What is known of it; none without exposure.
    #[must_use]
    pub fn window(&self) -> Option<Window> {
        self.window_after(0)
    }

    /// The same after so much more exposure, in which nothing happened.
    #[must_use]
    pub fn window_after(&self, ms: u64) -> Option<Window> {
        let closed = sum(&self.closed);
        let open = Bucket { t_ms: self.open.t_ms.saturating_add(ms), ..self.open };
        let all = closed.plus(open);
        // A sudden change shows before a bucket is full.
        let told = open.n >= SUDDEN_MIN || open.slower_than(closed);
        let sudden = !self.closed.is_empty() && told && open.departs(closed);
        let bucket = if sudden { open } else { all };
        let quiet_ms = self.quiet_ms.saturating_add(ms);
        let stalled = u128::from(quiet_ms) * u128::from(all.n) > 10 * u128::from(all.t_ms);
        (bucket.t_ms > 0).then_some(Window {
            events: bucket.n.into(),
            exposure_ms: bucket.t_ms,
            fresh: sudden || self.fresh > 0,
            stalled,
        })
    }

    /// Events, and the exposure in which they happened; none without exposure.
    #[must_use]
    pub fn rate(&self) -> Option<(u64, u64)> {
        self.window().map(|window| (window.events, window.exposure_ms))
    }

    /// As it is stored.
    #[must_use]
    pub fn record(&self) -> j::RateRecord {
        let bucket =
            |bucket: &Bucket| j::RateBucket { n: bucket.n, t_ms: bucket.t_ms, level: bucket.level.into() };
        j::RateRecord {
            closed: self.closed.iter().map(bucket).collect(),
            open_n: self.open.n,
            open_t_ms: self.open.t_ms,
            fresh: self.fresh,
            quiet_ms: self.quiet_ms,
        }
    }

    /// From how it was stored.
    #[must_use]
    pub fn of(record: &j::RateRecord) -> Self {
        let bucket = |bucket: &j::RateBucket| Bucket {
            n: bucket.n,
            t_ms: bucket.t_ms,
            level: u8::try_from(bucket.level).unwrap_or(u8::MAX),
        };
        Self {
            closed: record.closed.iter().map(bucket).collect(),
            open: Bucket { n: record.open_n, t_ms: record.open_t_ms, level: 0 },
            fresh: record.fresh,
            quiet_ms: record.quiet_ms,
        }
    }
}

fn sum(buckets: &[Bucket]) -> Bucket {
    buckets.iter().fold(Bucket::default(), |sum, bucket| sum.plus(*bucket))
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Rate};

    const LONGEST_MS: u64 = 4 * 3_600_000;

    /// One event each so many milliseconds.
    fn steady(rate: &mut Rate, count: u32, each_ms: u64) {
        for _ in 0..count {
            rate.expose(each_ms, LONGEST_MS);
            rate.add();
        }
    }

    #[test]
    fn a_rate_is_stored_as_it_is() {
        let rate = Rate {
            closed: vec![Bucket { n: 128, t_ms: 9_000, level: 1 }, Bucket { n: 64, t_ms: 4_000, level: 0 }],
            open: Bucket { n: 7, t_ms: 500, level: 0 },
            fresh: 12,
            quiet_ms: 34,
        };
        assert_eq!(Rate::of(&rate.record()), rate);
        assert_eq!(rate.rate(), Some((199, 13_500)));
        assert_eq!(Rate::default().rate(), None);
    }

    #[test]
    fn many_events_are_kept_in_few_buckets() {
        let mut rate = Rate::default();
        steady(&mut rate, 100_000, 50);
        let levels: Vec<u8> = rate.closed.iter().map(|bucket| bucket.level).collect();
        assert!(levels.len() <= 12 && levels.is_sorted_by(|a, b| a >= b), "{levels:?}");
        let (events, exposure_ms) = rate.rate().unwrap();
        assert!((4_096..8_192).contains(&events), "{events}");
        assert_eq!(exposure_ms, events * 50);
        assert_eq!(rate.fresh, 0, "nothing was dropped for being of another pace");
    }

    #[test]
    fn another_pace_is_followed() {
        // Events until the rate is within a sixth of the new one.
        for (each_ms, within) in [(500, 128), (250, 160), (2_000, 128), (770, 1_500)] {
            let mut rate = Rate::default();
            steady(&mut rate, 5_000, 1_000);
            let (mut events, mut fresh) = (0, false);
            let near = |rate: &Rate| {
                let (events, exposure_ms) = rate.rate().unwrap();
                (exposure_ms / events).abs_diff(each_ms) * 6 <= each_ms
            };
            while !near(&rate) {
                steady(&mut rate, 1, each_ms);
                events += 1;
                fresh |= rate.window().unwrap().fresh;
            }
            assert!(events <= within, "{events} events until one each {each_ms} ms is told");
            assert!(fresh, "little is known of one each {each_ms} ms at first");
        }
    }

    #[test]
    fn a_standstill_is_told() {
        let mut rate = Rate::default();
        steady(&mut rate, 1_000, 1_000);
        let stalled = |rate: &Rate| rate.window().unwrap().stalled;
        rate.expose(10_000, LONGEST_MS);
        assert!(!stalled(&rate), "ten times the mean time between two");
        rate.expose(2_000, LONGEST_MS);
        assert!(stalled(&rate));
        rate.add();
        assert!(!stalled(&rate));
    }

    #[test]
    fn exposure_may_be_told_in_parts() {
        let (mut whole, mut parts) = (Rate::default(), Rate::default());
        steady(&mut whole, 100, 900);
        steady(&mut parts, 100, 900);
        whole.expose(50_000_000, LONGEST_MS);
        for _ in 0..50 {
            parts.expose(1_000_000, LONGEST_MS);
        }
        assert_eq!(whole, parts);
        assert!(whole.closed.len() > 1, "stretches without events end, too");
    }

    #[test]
    fn what_comes_to_nothing_is_not_counted() {
        let mut rate = Rate::default();
        rate.sub();
        steady(&mut rate, 65, 10);
        rate.sub();
        rate.sub();
        assert_eq!(rate.rate(), Some((63, 650)), "the second is in a bucket that is full");
    }

    #[test]
    fn no_exposure_is_too_long() {
        let mut rate = Rate::default();
        for _ in 0..20_000 {
            rate.expose(1 << 53, u64::MAX);
            rate.add();
        }
        assert!(rate.window().is_some_and(|window| window.events > 0));
        let mut rate = Rate { open: Bucket { n: 5, t_ms: 2 * LONGEST_MS, level: 0 }, ..Rate::default() };
        rate.expose(1, LONGEST_MS);
        assert_eq!(rate.open.t_ms, 1, "stored by another version, with longer buckets");
    }
}
