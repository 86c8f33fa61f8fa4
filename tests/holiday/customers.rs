//! Who comes that day, when, and what they are like: everything from the seed, the same for every plan. Chance is drawn
//! by comparing and adding alone, so that every machine has the same day.

use fastrand::Rng;

const MINUTE_MS: u64 = 60_000;
pub const HALF_HOUR_MS: u64 = 30 * MINUTE_MS;
pub const DAY_MS: u64 = 48 * HALF_HOUR_MS;

/// On a normal day so many come within each half hour from midnight on, in the mean.
const USUAL: [u32; 48] = [
    8, 6, 5, 5, 4, 4, 3, 3, 3, 4, 5, 7, 10, 14, 20, 32, 60, 90, 108, 108, 108, 108, 108, 108, 108, 108, 96,
    100, 104, 106, 106, 104, 102, 100, 98, 98, 98, 100, 104, 106, 100, 88, 72, 58, 40, 30, 24, 21,
];

/// From nine to one, two and a half times as many.
const RUSH: std::ops::Range<usize> = 18..26;
const RUSH_TENTHS: u32 = 25;

/// What each customer is like. What depends on what becomes of it is drawn by `chance` as it happens.
#[derive(Debug, Clone)]
pub struct Customer {
    /// After midnight.
    pub comes_ms: u64,
    pub queue: &'static str,
    pub channel: &'static str,
    /// How long an agent is busy with it.
    pub service_ms: u64,
    /// How long it stays in line each time it comes into it.
    pub patience_ms: [u64; 2],
    /// Says yes to an offered callback.
    pub wants_callback: bool,
    /// How long it takes the bot, and whether that settles the matter.
    pub bot_ms: u64,
    pub bot_solves: bool,
    /// Comes again if it is refused, or was called in vain.
    pub comes_again: bool,
    pub chance: Rng,
}

/// With a mean of one, by von Neumann's way: a run of falling numbers of even length is drawn over again.
pub fn exponential(rng: &mut Rng) -> f64 {
    let mut whole = 0.0;
    loop {
        let first = rng.f64();
        let (mut last, mut length) = (first, 1);
        loop {
            let next = rng.f64();
            if next >= last {
                break;
            }
            (last, length) = (next, length + 1);
        }
        if length % 2 == 1 {
            return whole + first;
        }
        whole += 1.0;
    }
}

/// Exponentially long, a second at least.
fn long(rng: &mut Rng, mean_ms: u64) -> u64 {
    scaled(exponential(rng), mean_ms).max(1_000)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
fn scaled(by: f64, ms: u64) -> u64 {
    (by * ms as f64) as u64
}

impl Customer {
    fn new(comes_ms: u64, rng: &mut Rng) -> Self {
        let by_phone = rng.u8(..10) < 7;
        let service_ms = if by_phone { 6 * MINUTE_MS } else { 12 * MINUTE_MS };
        Self {
            comes_ms,
            queue: if rng.u8(..20) == 0 { "general" } else { "hotline" },
            channel: if by_phone { "phone" } else { "wechat" },
            service_ms: long(rng, service_ms),
            patience_ms: [long(rng, 8 * MINUTE_MS), long(rng, 8 * MINUTE_MS)],
            wants_callback: rng.u8(..10) < 5,
            bot_ms: long(rng, 2 * MINUTE_MS),
            bot_solves: rng.u8(..10) < 3,
            comes_again: rng.bool(),
            chance: rng.fork(),
        }
    }
}

/// All of a day, in the order in which they come.
pub fn customers(seed: u64) -> Vec<Customer> {
    let mut rng = Rng::with_seed(seed);
    let mut customers = Vec::new();
    // So many were due by the beginning of the half hour, and the next comes when so many are.
    let (mut due, mut next) = (0.0, exponential(&mut rng));
    for (at, usual) in USUAL.iter().enumerate() {
        let tenths = usual * if RUSH.contains(&at) { RUSH_TENTHS } else { 10 };
        let within = f64::from(tenths) / 10.0;
        while next < due + within {
            let after_ms = scaled((next - due) / within, HALF_HOUR_MS);
            customers.push(Customer::new(at as u64 * HALF_HOUR_MS + after_ms, &mut rng));
            next += exponential(&mut rng);
        }
        due += within;
    }
    customers
}
