//! Bias and coverage, with those who left made up for.

use fastrand::Rng;

use super::*;

fn answered(expected_ms: u64, bound_ms: u64, wait_ms: u64) -> Answered {
    Answered { expected_ms, bound_ms, wait_ms, lost_per_ms: 0.0 }
}

#[test]
fn bias_is_by_the_waits_and_coverage_by_the_contacts() {
    let latest: VecDeque<_> =
        [answered(120, 200, 100), answered(120, 200, 300), answered(60, 90, 100), answered(240, 400, 100)]
            .into();
    let (bias, coverage) = bias_and_coverage(&latest);
    assert!((bias - (-0.1)).abs() < 1e-9, "{bias}");
    assert!((coverage - 0.5).abs() < 1e-9, "{coverage}");
    assert!(bias_and_coverage(&[answered(0, 0, 0)].into()).0.is_nan());
}

#[test]
fn who_left_is_made_up_for() {
    // Waits of 1 to 9 minutes about the mean that all are told, and customers of whom half leave within 3.5 minutes.
    let mut rng = Rng::with_seed(5);
    let (told_ms, bound_ms, lost_per_ms) = (300_000, 444_000, 1.0 / 300_000.0);
    let (mut weighted, mut plain) = (VecDeque::new(), VecDeque::new());
    while weighted.len() < 20_000 {
        let wait_ms = rng.u64(60_000..540_000);
        let patience = -(1.0 - rng.f64()).ln() / lost_per_ms;
        if patience > wait_ms as f64 {
            weighted.push_back(Answered { lost_per_ms, ..answered(told_ms, bound_ms, wait_ms) });
            plain.push_back(answered(told_ms, bound_ms, wait_ms));
        }
    }
    let (bias, coverage) = bias_and_coverage(&weighted);
    assert!(bias.abs() < 0.02, "{bias}");
    assert!((coverage - 0.8).abs() < 0.02, "{coverage}");
    assert!(bias_and_coverage(&plain).0 > 0.1, "without it, what was told right seems too much");
}

#[test]
fn the_latest_count() {
    let registry = Registry::new();
    let mut latest = Latest::default();
    let queue: Arc<str> = "line".into();
    for _ in 0..LATEST {
        latest.record(&registry, "t", &queue, &Told::Answered(answered(10_000, 1, 5_000)));
    }
    for _ in 0..LATEST {
        latest.record(&registry, "t", &queue, &Told::Answered(answered(10_000, 20_000, 10_000)));
    }
    latest.record(&registry, "t", &queue, &Told::Unknown("stalled"));
    latest.show(&registry, "t");
    let page = registry.render();
    for line in [
        r#"kefud_estimate_bias_ratio{tenant="t",queue="line"} 0"#,
        r#"kefud_estimate_bound_coverage_ratio{tenant="t",queue="line"} 1"#,
        r#"kefud_estimate_error_seconds_count{tenant="t",queue="line"} 1024"#,
        r#"kefud_estimate_error_seconds_bucket{tenant="t",queue="line",le="2.5"} 512"#,
        r#"kefud_estimate_ratio_bucket{tenant="t",queue="line",le="0.5"} 512"#,
        r#"kefud_estimates_unknown_total{tenant="t",queue="line",reason="stalled"} 1"#,
    ] {
        assert!(page.lines().any(|told| told == line), "{line} is not in\n{page}");
    }
}
