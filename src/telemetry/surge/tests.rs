//! Surges and callbacks in, lines of the metrics page out.

use super::*;

fn id(text: &str) -> Arc<str> {
    Arc::from(text)
}

fn check(registry: &Registry, lines: &[&str]) {
    let page = registry.render();
    for line in lines {
        assert!(page.lines().any(|told| told == *line), "{line} is not in\n{page}");
    }
}

#[test]
fn what_happens_is_counted_by_its_words() {
    let registry = Registry::new();
    let all = [
        Surge::Level(2, "rose", "oldest_wait"),
        Surge::Step(1, "open_rings", "taken"),
        Surge::Told("message", 64),
        Surge::Told("message", 3),
        Surge::Overflowed(id("spare")),
        Surge::OverflowStopped("loop"),
        Surge::Deflected,
        Surge::Callback("made"),
        Surge::Attempt("no_answer"),
        Surge::Reached(90_000),
    ];
    all.iter().for_each(|surge| record(&registry, "t", "line", surge));
    check(
        &registry,
        &[
            r#"kefud_surge_level_changes_total{tenant="t",queue="line",level="2",direction="rose",cause="oldest_wait"} 1"#,
            r#"kefud_surge_steps_total{tenant="t",queue="line",level="1",step="open_rings",action="taken"} 1"#,
            r#"kefud_wait_notices_total{tenant="t",queue="line",kind="message"} 67"#,
            r#"kefud_overflowed_total{tenant="t",queue="line",to="spare"} 1"#,
            r#"kefud_overflows_stopped_total{tenant="t",queue="line",reason="loop"} 1"#,
            r#"kefud_deflections_total{tenant="t",queue="line"} 1"#,
            r#"kefud_callbacks_total{tenant="t",queue="line",outcome="made"} 1"#,
            r#"kefud_callback_attempts_total{tenant="t",queue="line",result="no_answer"} 1"#,
            r#"kefud_callback_wait_seconds_bucket{tenant="t",queue="line",le="60"} 0"#,
            r#"kefud_callback_wait_seconds_sum{tenant="t",queue="line"} 90"#,
        ],
    );
}

#[test]
fn what_is_gone_is_shown_as_calm() {
    let (registry, mut shown) = (Registry::new(), Shown::default());
    let surge = SurgeGauges { level: 3, by_hand: true, steps: [("cap", 1), ("message", 2)].into() };
    let callbacks = Some(CallbackGauges { pending: 4, in_line: 5 });
    let line = QueueGauges { queue: id("line"), surge: Some(surge), callbacks, ..QueueGauges::default() };
    let plain = QueueGauges { queue: id("plain"), ..QueueGauges::default() };
    shown.set(&registry, "t", &[line, plain.clone()]);
    check(
        &registry,
        &[
            r#"kefud_surge_level{tenant="t",queue="line"} 3"#,
            r#"kefud_surge_by_hand{tenant="t",queue="line"} 1"#,
            r#"kefud_surge_steps_in_force{tenant="t",queue="line",step="message"} 2"#,
            r#"kefud_callbacks{tenant="t",queue="line",state="pending"} 4"#,
            r#"kefud_callbacks{tenant="t",queue="line",state="in_line"} 5"#,
        ],
    );
    assert!(!registry.render().contains("plain"), "nothing is told of a queue without either");
    let calm =
        QueueGauges { queue: id("line"), surge: Some(SurgeGauges::default()), ..QueueGauges::default() };
    for queues in [vec![calm], vec![plain]] {
        shown.set(&registry, "t", &queues);
        check(
            &registry,
            &[
                r#"kefud_surge_level{tenant="t",queue="line"} 0"#,
                r#"kefud_surge_by_hand{tenant="t",queue="line"} 0"#,
                r#"kefud_surge_steps_in_force{tenant="t",queue="line",step="cap"} 0"#,
                r#"kefud_callbacks{tenant="t",queue="line",state="in_line"} 0"#,
            ],
        );
    }
}
