//! Measures in, lines of the metrics page out.

use std::sync::Arc;

use super::super::{Duty, DutyGauges, Measure, Metrics, Place, QueueGauges, Talk, TenantGauges};

fn id(text: &str) -> Arc<str> {
    Arc::from(text)
}

/// The rendered text must hold each of these lines and none of those.
fn check(metrics: &Metrics, present: &[&str], absent: &[&str]) {
    let text = metrics.render();
    for line in present {
        assert!(text.lines().any(|known| known == *line), "no line {line} in\n{text}");
    }
    for part in absent {
        assert!(!text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn measures_become_counters_and_histograms() {
    let (queue, channel) = (id("complaints"), id("phone"));
    let place = || (Arc::clone(&queue), Arc::clone(&channel));
    let metrics = Metrics::new();
    let tenant = metrics.tenant("east");
    let mut measures = Vec::new();
    for wait_ms in [50, 20_000, 20_001, 7_200_000] {
        let (queue, channel) = place();
        measures.push(Measure::ContactEntered { queue, channel });
        let (queue, channel) = place();
        measures.push(Measure::WaitEnded { queue, channel, outcome: "answered", wait_ms });
    }
    let (queue, channel) = place();
    measures.push(Measure::WaitEnded { queue, channel, outcome: "abandoned", wait_ms: 1_000 });
    let (queue, channel) = place();
    measures.push(Measure::ContactUnservable { queue, channel });
    let (queue, channel) = place();
    measures.push(Measure::ContactRejected { queue, channel, reason: "queue_full" });
    let (queue, channel) = place();
    measures.push(Measure::ContactClosed { queue, channel, outcome: "completed" });
    for (result, after_ms) in [("accepted", 2_000), ("no_answer", 15_000)] {
        let (queue, channel) = place();
        measures.push(Measure::OfferEnded { queue, channel, result, after_ms });
    }
    let (queue, channel) = place();
    measures.push(Measure::HandleEnded { queue, channel, handle_ms: 300_000 });
    let (queue, channel) = place();
    measures.push(Measure::WrapUpEnded { queue, channel, wrap_up_ms: 500 });
    for measure in &measures {
        tenant.record(measure);
    }
    check(
        &metrics,
        MEASURED,
        &[
            "quantile",
            "kefud_contact_wait_seconds_bucket{tenant=\"east\",queue=\"complaints\",channel=\"phone\",outcome=\"lost\"",
        ],
    );
}

const MEASURED: &[&str] = &[
    "# HELP kefud_contacts_entered_total Contacts accepted into the queue from a gateway.",
    "# TYPE kefud_contacts_entered_total counter",
    r#"kefud_contacts_entered_total{tenant="east",queue="complaints",channel="phone"} 4"#,
    r#"kefud_contacts_unservable_total{tenant="east",queue="complaints",channel="phone"} 1"#,
    "# TYPE kefud_contact_wait_seconds histogram",
    r#"kefud_contact_wait_seconds_bucket{tenant="east",queue="complaints",channel="phone",outcome="answered",le="0.1"} 1"#,
    r#"kefud_contact_wait_seconds_bucket{tenant="east",queue="complaints",channel="phone",outcome="answered",le="20"} 2"#,
    r#"kefud_contact_wait_seconds_bucket{tenant="east",queue="complaints",channel="phone",outcome="answered",le="30"} 3"#,
    r#"kefud_contact_wait_seconds_bucket{tenant="east",queue="complaints",channel="phone",outcome="answered",le="3600"} 3"#,
    r#"kefud_contact_wait_seconds_bucket{tenant="east",queue="complaints",channel="phone",outcome="answered",le="+Inf"} 4"#,
    r#"kefud_contact_wait_seconds_sum{tenant="east",queue="complaints",channel="phone",outcome="answered"} 7240.051"#,
    r#"kefud_contact_wait_seconds_count{tenant="east",queue="complaints",channel="phone",outcome="answered"} 4"#,
    r#"kefud_contact_wait_seconds_count{tenant="east",queue="complaints",channel="phone",outcome="abandoned"} 1"#,
    r#"kefud_contacts_rejected_total{tenant="east",queue="complaints",channel="phone",reason="queue_full"} 1"#,
    r#"kefud_contacts_closed_total{tenant="east",queue="complaints",channel="phone",outcome="completed"} 1"#,
    r#"kefud_offers_ended_total{tenant="east",queue="complaints",channel="phone",result="accepted"} 1"#,
    r#"kefud_offers_ended_total{tenant="east",queue="complaints",channel="phone",result="no_answer"} 1"#,
    "# TYPE kefud_offer_accept_seconds histogram",
    r#"kefud_offer_accept_seconds_bucket{tenant="east",queue="complaints",channel="phone",le="1"} 0"#,
    r#"kefud_offer_accept_seconds_bucket{tenant="east",queue="complaints",channel="phone",le="2"} 1"#,
    r#"kefud_offer_accept_seconds_count{tenant="east",queue="complaints",channel="phone"} 1"#,
    r#"kefud_contact_handle_seconds_sum{tenant="east",queue="complaints",channel="phone"} 300"#,
    r#"kefud_wrap_up_seconds_bucket{tenant="east",queue="complaints",channel="phone",le="0.5"} 1"#,
];

#[test]
fn conversations_are_measured() {
    let metrics = Metrics::new();
    let tenant = metrics.tenant("east");
    let place = Place { queue: id("q"), channel: id("wechat"), category: id("refund") };
    let talks = [
        Talk::Activity("customer"),
        Talk::Activity("customer"),
        Talk::FirstResponse(25_000),
        Talk::Response(4_000),
        Talk::ParkedEnded("resumed"),
        Talk::BotEnded("returned", 40_000),
        Talk::Transferred("channel"),
        Talk::ConsultEnded("handed_over"),
        Talk::WindowNeared,
        Talk::PromiseEnded("late"),
        Talk::PromiseLateness(90_000),
        Talk::FeedbackScore(9),
        Talk::FeedbackResolved(true),
        Talk::FirstContact(false),
    ];
    for talk in talks {
        tenant.record(&Measure::Talk { place: place.clone(), talk });
    }
    check(
        &metrics,
        &[
            r#"kefud_activities_total{tenant="east",queue="q",channel="wechat",kind="customer"} 2"#,
            r#"kefud_first_response_seconds_bucket{tenant="east",queue="q",channel="wechat",le="20"} 0"#,
            r#"kefud_first_response_seconds_bucket{tenant="east",queue="q",channel="wechat",le="30"} 1"#,
            r#"kefud_response_seconds_sum{tenant="east",queue="q",channel="wechat"} 4"#,
            r#"kefud_parked_ended_total{tenant="east",queue="q",channel="wechat",way="resumed"} 1"#,
            r#"kefud_bot_seconds_sum{tenant="east",queue="q",channel="wechat",outcome="returned"} 40"#,
            r#"kefud_transfers_total{tenant="east",queue="q",channel="wechat",kind="channel"} 1"#,
            r#"kefud_consults_total{tenant="east",queue="q",channel="wechat",outcome="handed_over"} 1"#,
            r#"kefud_windows_near_total{tenant="east",queue="q",channel="wechat"} 1"#,
            r#"kefud_promises_ended_total{tenant="east",queue="q",outcome="late"} 1"#,
            r#"kefud_promise_lateness_seconds_bucket{tenant="east",queue="q",le="60"} 0"#,
            r#"kefud_promise_lateness_seconds_bucket{tenant="east",queue="q",le="90"} 1"#,
            r#"kefud_feedback_score_bucket{tenant="east",queue="q",category="refund",le="8"} 0"#,
            r#"kefud_feedback_score_bucket{tenant="east",queue="q",category="refund",le="9"} 1"#,
            r#"kefud_feedback_resolved_total{tenant="east",queue="q",category="refund",resolved="yes"} 1"#,
            r#"kefud_first_contacts_total{tenant="east",queue="q",category="refund",resolved="no"} 1"#,
        ],
        &[],
    );
}

#[test]
fn schedules_are_measured() {
    let metrics = Metrics::new();
    let tenant = metrics.tenant("east");
    let duties = [
        Duty::Edges("on", 1_000),
        Duty::Edges("on", 7),
        Duty::EdgeDelay(50),
        Duty::EdgeDelay(51),
        Duty::Deviated("absent", 3),
        Duty::DeviationEnded("absent", 360_400),
        Duty::DeviationEnded("absent", 600),
        Duty::QueueEdge(id("q"), "closed"),
        Duty::Overflowed(id("q"), id("night")),
        Duty::Held(id("q")),
        Duty::Overridden,
    ];
    for duty in duties {
        tenant.record(&Measure::Duty(duty));
    }
    check(
        &metrics,
        &[
            r#"kefud_shift_edges_total{tenant="east",presence="on"} 1007"#,
            "# TYPE kefud_shift_edge_delay_seconds histogram",
            r#"kefud_shift_edge_delay_seconds_bucket{tenant="east",le="0.05"} 1"#,
            r#"kefud_shift_edge_delay_seconds_bucket{tenant="east",le="0.1"} 2"#,
            r#"kefud_deviations_total{tenant="east",deviation="absent"} 3"#,
            r#"kefud_deviation_seconds_total{tenant="east",deviation="absent"} 361"#,
            r#"kefud_queue_edges_total{tenant="east",queue="q",to="closed"} 1"#,
            r#"kefud_contacts_overflowed_total{tenant="east",queue="q",to="night"} 1"#,
            r#"kefud_contacts_held_total{tenant="east",queue="q"} 1"#,
            r#"kefud_shift_overrides_total{tenant="east"} 1"#,
            &format!("kefud_time_zones_info{{version=\"{}\"}} 1", crate::schedule::zone::version()),
        ],
        &["quantile"],
    );
}

#[test]
fn journal_and_streams_are_measured() {
    let metrics = Metrics::new();
    let tenant = metrics.tenant("default");
    tenant.journal_synced(0.000_2, 3, 700);
    tenant.journal_failed("sync");
    tenant.snapshot_written(2.0, 4_096);
    tenant.mailbox_overflow("agent");
    tenant.inbox_depth(17);
    check(
        &metrics,
        &[
            r#"kefud_journal_sync_seconds_bucket{tenant="default",le="0.0001"} 0"#,
            r#"kefud_journal_sync_seconds_bucket{tenant="default",le="0.00025"} 1"#,
            r#"kefud_journal_batch_events_bucket{tenant="default",le="2"} 0"#,
            r#"kefud_journal_batch_events_bucket{tenant="default",le="4"} 1"#,
            r#"kefud_journal_written_bytes_total{tenant="default"} 700"#,
            r#"kefud_journal_failures_total{tenant="default",kind="sync"} 1"#,
            r#"kefud_snapshot_bytes{tenant="default"} 4096"#,
            r#"kefud_stream_overflows_total{tenant="default",stream="agent"} 1"#,
            r#"kefud_inbox_commands{tenant="default"} 17"#,
        ],
        &[],
    );
}

#[test]
fn gauges_follow_and_what_left_goes_to_zero() {
    let metrics = Metrics::new();
    let queue = |name: &str, waiting: &[(&str, u64)], oldest_wait_ms| QueueGauges {
        queue: id(name),
        waiting: waiting.iter().map(|(channel, count)| (id(channel), *count)).collect(),
        apart: waiting.iter().map(|(channel, count)| (id(channel), *count + 10, 1)).collect(),
        promises: (7, 2),
        oldest_wait_ms,
        ..QueueGauges::default()
    };
    let first = TenantGauges {
        tenant: id("default"),
        queues: vec![queue("a", &[("phone", 3), ("qq", 1)], 1_500), queue("b", &[("phone", 2)], 9_000)],
        agents_by_state: vec![("ready", 4), ("busy", 1)],
        sequence: 12,
        durable_sequence: 10,
        contacts_live: 6,
        cases: 9,
        plan_revision: 2,
        duty: DutyGauges::default(),
    };
    let second = TenantGauges {
        queues: vec![queue("a", &[("phone", 5)], 0)],
        agents_by_state: vec![("ready", 5)],
        ..first.clone()
    };
    metrics.tenant("default").set_gauges(&first);
    check(
        &metrics,
        &[
            r#"kefud_contacts_waiting{tenant="default",queue="a",channel="phone"} 3"#,
            r#"kefud_contacts_waiting{tenant="default",queue="a",channel="qq"} 1"#,
            r#"kefud_contacts_entered_total{tenant="default",queue="b",channel="phone"} 0"#,
            r#"kefud_oldest_wait_seconds{tenant="default",queue="b"} 9"#,
            r#"kefud_agents{tenant="default",state="busy"} 1"#,
            r#"kefud_sequence{tenant="default"} 12"#,
            r#"kefud_durable_sequence{tenant="default"} 10"#,
            r#"kefud_contacts_live{tenant="default"} 6"#,
            r#"kefud_contacts_parked{tenant="default",queue="b",channel="phone"} 12"#,
            r#"kefud_contacts_with_bot{tenant="default",queue="b",channel="phone"} 1"#,
            r#"kefud_promises_open{tenant="default",queue="b"} 7"#,
            r#"kefud_promises_overdue{tenant="default",queue="b"} 2"#,
            r#"kefud_cases{tenant="default"} 9"#,
            r#"kefud_plan_revision{tenant="default"} 2"#,
        ],
        &[],
    );
    metrics.tenant("default").set_gauges(&second);
    check(
        &metrics,
        &[
            r#"kefud_contacts_waiting{tenant="default",queue="a",channel="phone"} 5"#,
            r#"kefud_contacts_waiting{tenant="default",queue="a",channel="qq"} 0"#,
            r#"kefud_contacts_waiting{tenant="default",queue="b",channel="phone"} 0"#,
            r#"kefud_oldest_wait_seconds{tenant="default",queue="b"} 0"#,
            r#"kefud_contacts_parked{tenant="default",queue="b",channel="phone"} 0"#,
            r#"kefud_contacts_with_bot{tenant="default",queue="b",channel="phone"} 0"#,
            r#"kefud_promises_open{tenant="default",queue="b"} 0"#,
            r#"kefud_agents{tenant="default",state="ready"} 5"#,
            r#"kefud_agents{tenant="default",state="busy"} 0"#,
        ],
        &[],
    );
}

#[test]
fn schedules_are_shown_and_what_left_is_none_or_no_number() {
    let metrics = Metrics::new();
    let queue = |name: &str| QueueGauges {
        queue: id(name),
        open: true,
        unstaffed: name == "b",
        held: 4,
        ..QueueGauges::default()
    };
    let first = TenantGauges {
        tenant: id("default"),
        queues: vec![queue("a"), queue("b")],
        duty: DutyGauges {
            scheduled: vec![("on", 3), ("off", 1)],
            deviating: vec![("absent", 2)],
            on_shift: vec![(id("core"), 3), (id("night"), 1)],
            holidays_known_s: vec![(id("cn"), Some(86_400)), (id("hk"), Some(-5)), (id("none"), None)],
            horizon_s: None,
            pending: 8,
        },
        ..TenantGauges::default()
    };
    let second = TenantGauges {
        queues: vec![queue("a")],
        duty: DutyGauges {
            on_shift: vec![(id("core"), 2)],
            holidays_known_s: vec![(id("hk"), Some(7))],
            horizon_s: Some(90),
            ..first.duty.clone()
        },
        ..first.clone()
    };
    metrics.tenant("default").set_gauges(&first);
    check(
        &metrics,
        &[
            r#"kefud_agents_scheduled{tenant="default",presence="on"} 3"#,
            r#"kefud_agents_deviating{tenant="default",deviation="absent"} 2"#,
            r#"kefud_agents_on_shift{tenant="default",group="night"} 1"#,
            r#"kefud_queue_open{tenant="default",queue="b"} 1"#,
            r#"kefud_queue_unstaffed{tenant="default",queue="a"} 0"#,
            r#"kefud_queue_unstaffed{tenant="default",queue="b"} 1"#,
            r#"kefud_contacts_held{tenant="default",queue="b"} 4"#,
            r#"kefud_holidays_known_seconds{tenant="default",holidays="cn"} 86400"#,
            r#"kefud_holidays_known_seconds{tenant="default",holidays="hk"} -5"#,
            r#"kefud_holidays_known_seconds{tenant="default",holidays="none"} NaN"#,
            r#"kefud_schedule_pending{tenant="default"} 8"#,
        ],
        &["kefud_shift_horizon_seconds{"],
    );
    metrics.tenant("default").set_gauges(&second);
    check(
        &metrics,
        &[
            r#"kefud_agents_on_shift{tenant="default",group="core"} 2"#,
            r#"kefud_agents_on_shift{tenant="default",group="night"} 0"#,
            r#"kefud_queue_open{tenant="default",queue="b"} 0"#,
            r#"kefud_queue_unstaffed{tenant="default",queue="b"} 0"#,
            r#"kefud_contacts_held{tenant="default",queue="b"} 0"#,
            r#"kefud_holidays_known_seconds{tenant="default",holidays="cn"} NaN"#,
            r#"kefud_holidays_known_seconds{tenant="default",holidays="hk"} 7"#,
            r#"kefud_shift_horizon_seconds{tenant="default"} 90"#,
        ],
        &[],
    );
    // All has been imported anew, and nothing was cut.
    let third = TenantGauges { duty: DutyGauges { horizon_s: None, ..second.duty.clone() }, ..second };
    metrics.tenant("default").set_gauges(&third);
    check(&metrics, &[r#"kefud_shift_horizon_seconds{tenant="default"} NaN"#], &[]);
}

#[test]
fn daemons_in_one_process_count_apart() {
    let (one, other) = (Metrics::new(), Metrics::new());
    one.connection_refused();
    check(&one, &["kefud_connections_refused_total 1"], &[]);
    check(&other, &["kefud_connections_refused_total 0"], &[]);
}
