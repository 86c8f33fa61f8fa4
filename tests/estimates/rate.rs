//! The measured pace, under chance.

use fastrand::Rng;
use kefud::engine::estimate::Rate;

const LONGEST_MS: u64 = 4 * 3_600_000;

/// So many events, in the mean one each so many milliseconds.
fn happen(rate: &mut Rate, rng: &mut Rng, count: u32, mean_ms: f64, mut each: impl FnMut(&Rate)) {
    for _ in 0..count {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let ms = (-mean_ms * (1.0 - rng.f64()).ln()) as u64;
        rate.expose(ms, LONGEST_MS);
        rate.add();
        each(rate);
    }
}

#[test]
fn a_steady_pace_is_kept_whole() {
    let mut rate = Rate::default();
    let mut rng = Rng::with_seed(7);
    happen(&mut rate, &mut rng, 5_000, 3_000.0, |_| {});
    let (mut drops, mut sudden) = (0, 0);
    let mut least = u64::MAX;
    happen(&mut rate, &mut rng, 1_000_000, 3_000.0, |rate| {
        let window = rate.window().unwrap();
        drops += u32::from(rate.record().fresh == 64);
        sudden += u32::from(window.events < 64);
        if drops == 0 && !window.fresh {
            least = least.min(window.events);
        }
    });
    println!("{drops} drops, {sudden} times by the open bucket alone, at least {least} events");
    assert!(drops <= 5, "{drops} drops for nothing");
    assert!(least >= 4_096, "{least} events");
    assert!(sudden <= 200, "{sudden} times by the open bucket alone");
}

#[test]
fn a_new_pace_is_told_within_so_many_events() {
    for (mean_ms, within, seeds) in [(1_500.0, 128, 200), (6_000.0, 128, 200), (2_300.0, 1_500, 50)] {
        let mut wrong = 0;
        for seed in 0..seeds {
            let mut rate = Rate::default();
            let mut rng = Rng::with_seed(seed);
            happen(&mut rate, &mut rng, 6_000, 3_000.0, |_| {});
            happen(&mut rate, &mut rng, within, mean_ms, |_| {});
            let (events, exposure_ms) = rate.rate().unwrap();
            let told = exposure_ms as f64 / (events + 1) as f64;
            // 15 % besides what 64 events leave to chance.
            wrong += u32::from((told / mean_ms - 1.0).abs() > 0.15 + 2.0 / (events as f64).sqrt());
        }
        println!("one each {mean_ms} ms after {within} events: {wrong} of {seeds} too far off");
        assert!(f64::from(wrong) <= f64::from(u32::try_from(seeds).unwrap()) * 0.06, "{mean_ms}: {wrong}");
    }
}

#[test]
fn a_standstill_is_hardly_ever_told_for_nothing() {
    let mut rate = Rate::default();
    let mut rng = Rng::with_seed(3);
    let (mut stalled, mut gaps) = (0_u32, 0_u32);
    for _ in 0..200_000 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let ms = (-3_000.0 * (1.0 - rng.f64()).ln()) as u64;
        rate.expose(ms, LONGEST_MS);
        gaps += 1;
        stalled += u32::from(gaps > 5_000 && rate.window().unwrap().stalled);
        rate.add();
    }
    assert!(stalled <= 30, "{stalled} of {gaps} gaps");
}
