//! What is counted and shown of schedules that an engine goes by.

use std::sync::Arc;

use super::{super::gauges, duty_of};
use crate::{
    engine::{
        Sink,
        command::{ApplyPlan, Command, Enqueue, RemovedQueuePolicy, ShiftOverride, Word},
        evolve::Effect,
        state::State,
    },
    plan,
    proto::journal::{self as j, event::Kind},
    sim::Sim,
    telemetry::{Duty, Measure, TenantGauges},
};

const PLAN: &str = r#"
[settings]
adherence_tolerance = "5m"
[channels.wechat]
kind = "messaging"
units = 30
offer_timeout = "20s"
[holidays.cn.off]
"2026-10-01..2026-10-07" = "国庆节"
[holidays.none]
[calendars.office.hours]
all = ["09:00-18:00"]
[shifts.day]
at = ["09:00-18:00"]
[rotas.desk]
weeks = [{ all = "day" }]
[queues.help]
channels = ["wechat"]
calendar = "office"
objective = "1m"
groups = ["desk"]
closed = "hold"
[queues.over]
channels = ["wechat"]
calendar = "office"
objective = "1m"
closed = "overflow"
closed_queue = "night"
[queues.night]
channels = ["wechat"]
objective = "1m"
groups = ["free"]
[groups.desk]
rota = "desk"
[groups.free]
[agents.a1]
groups = ["desk"]
[agents.a2]
groups = ["desk"]
[agents.u1]
groups = ["free"]
"#;

/// What is done, and what is counted of it.
type Row<'a> = (&'a str, &'a dyn Fn(&mut Sim), Vec<Duty>);

const MINUTE_MS: u64 = 60_000;
/// 2026-09-28T08:00:00Z.
const EIGHT_S: i64 = 1_790_582_400;
/// 2027-01-01T00:00:00Z.
const NEW_YEAR_S: i64 = 1_798_761_600;

/// An engine of that plan at eight.
fn at_eight() -> Sim {
    let mut sim = Sim::new(1_000);
    run(&mut sim, Command::ObserveClock { wall_offset_ms: EIGHT_S * 1_000 - 1_000 });
    let apply = ApplyPlan {
        plan: Box::new(plan::parse(PLAN).unwrap()),
        expected_revision: 0,
        validate_only: false,
        removed_queues: RemovedQueuePolicy::Refuse,
    };
    run(&mut sim, Command::ApplyPlan(apply));
    sim
}

fn run(sim: &mut Sim, command: Command) {
    let told = format!("{command:?}");
    sim.run(command).unwrap_or_else(|refusal| panic!("{told}: {refusal:?}"));
}

fn enqueue(sim: &mut Sim, id: &str, queue: &str) {
    let contact = Enqueue {
        id: id.to_owned(),
        gateway: "g".to_owned(),
        channel: "wechat".to_owned(),
        queue: queue.to_owned(),
        ..Enqueue::default()
    };
    run(sim, Command::Enqueue(Box::new(contact)));
}

fn sign_in(sim: &mut Sim, agent: &str, ready: bool) {
    run(sim, Command::SignIn { agent: agent.to_owned(), session: 0, ready: Some(ready) });
}

/// What is counted of commands and of time that passes, as they happen.
fn counted(sim: &mut Sim, act: impl FnOnce(&mut Sim)) -> Vec<Duty> {
    struct Duties(Vec<Duty>);
    impl Sink for Duties {
        fn event(&mut self, state: &State, event: j::Event, effect: Effect) {
            let Some(kind) = &event.kind else { return };
            duty_of(state, kind, &effect, &mut |measure| match measure {
                Measure::Duty(duty) => self.0.push(duty),
                other => panic!("{other:?}"),
            });
        }
    }
    let before = sim.events().len();
    act(sim);
    let (mut state, mut duties) = (State::default(), Duties(Vec::new()));
    for (at, event) in sim.events().iter().enumerate() {
        let effect = state.evolve(event);
        if at >= before {
            duties.event(&state, event.clone(), effect);
        }
    }
    duties.0
}

#[test]
fn what_schedules_do_is_counted() {
    let mut sim = Sim::new(1_000);
    let id = |text: &str| -> Arc<str> { text.into() };
    let table: [Row<'_>; 9] = [
        (
            "a plan in force",
            &|sim| *sim = at_eight(),
            vec![
                Duty::QueueEdge(id("help"), "closed"),
                Duty::QueueEdge(id("over"), "closed"),
                Duty::Edges("off", 2),
            ],
        ),
        ("a contact that is held", &|sim| enqueue(sim, "c1", "help"), vec![Duty::Held(id("help"))]),
        (
            "a contact that overflows",
            &|sim| enqueue(sim, "c2", "over"),
            vec![Duty::Overflowed(id("over"), id("night"))],
        ),
        (
            "nine o'clock",
            &|sim| sim.advance(60 * MINUTE_MS),
            vec![
                Duty::QueueEdge(id("help"), "open"),
                Duty::QueueEdge(id("over"), "open"),
                Duty::Edges("on", 2),
            ],
        ),
        ("somebody who isn't ready", &|sim| sign_in(sim, "a1", false), vec![]),
        (
            "five minutes",
            &|sim| sim.advance(5 * MINUTE_MS),
            vec![Duty::Deviated("absent", 1), Duty::Deviated("not_ready", 1)],
        ),
        (
            "ready after ten",
            &|sim| {
                sim.advance(5 * MINUTE_MS);
                let ready =
                    Command::SetAvailability { agent: "a1".to_owned(), ready: true, reason: String::new() };
                run(sim, ready);
            },
            vec![Duty::DeviationEnded("not_ready", 10 * MINUTE_MS)],
        ),
        (
            "an override",
            &|sim| {
                let off = ShiftOverride { on: false, channels: Vec::new(), until_s: EIGHT_S + 90 * 60 };
                let word = Word { supervisor: "s".to_owned(), reason: "ill".to_owned() };
                run(sim, Command::OverrideShift { agent: "a2".to_owned(), state: Some(off), word });
            },
            vec![Duty::Overridden, Duty::DeviationEnded("absent", 10 * MINUTE_MS), Duty::Edges("off", 1)],
        ),
        (
            "its end, after the other has left what was held unanswered",
            &|sim| sim.advance(20 * MINUTE_MS),
            vec![Duty::Deviated("not_ready", 1), Duty::Edges("on", 1)],
        ),
    ];
    for (what, act, expected) in table {
        assert_eq!(counted(&mut sim, act), expected, "{what}");
    }
}

#[test]
fn a_clock_that_stops_is_no_edge_of_its_queue() {
    let mut state = at_eight().replayed();
    let queue = state.names().number(j::PlanKind::Queue, "help").unwrap();
    for (open, clock_stopped, edges) in
        [(false, false, 0), (true, false, 1), (false, true, 1), (false, true, 0)]
    {
        let changes = vec![j::QueueHoursChange { queue, open, clock_stopped }];
        let kind = Kind::QueueHours(j::QueueHours { changes });
        let effect = state.evolve(&j::Event { kind: Some(kind.clone()), ..Default::default() });
        let mut told = Vec::new();
        duty_of(&state, &kind, &effect, &mut |measure| told.push(measure));
        let to = if open { "open" } else { "closed" };
        assert_eq!(told, vec![Measure::Duty(Duty::QueueEdge("help".into(), to)); edges]);
    }
}

#[test]
fn edges_tell_how_late_they_are() {
    /// Delays, as they are told.
    struct Delays(Vec<u64>);
    impl Sink for Delays {
        fn event(&mut self, _: &State, event: j::Event, effect: Effect) {
            if let Some(ms) = effect.by_schedule.and_then(|by| by.edge_late_ms) {
                assert!(matches!(event.kind, Some(Kind::ShiftEdges(_))), "{event:?}");
                self.0.push(ms);
            }
        }
    }
    let mut engine = crate::engine::Engine::new(at_eight().replayed());
    let mut delays = Delays(Vec::new());
    let mut tick = |now_ms| while engine.step(now_ms, None, Command::Tick, &mut delays).more {};
    // What follows from no time is not late.
    tick(2_000);
    tick(1_000 + 60 * MINUTE_MS + 40);
    tick(1_000 + 600 * MINUTE_MS);
    assert_eq!(delays.0, [40, 0]);
}

#[test]
fn gauges_tell_how_schedules_stand() {
    let of = |sim: &Sim| gauges::of(sim.state(), sim.now_ms());
    let queue = |gauges: &TenantGauges, id: &str| {
        let queue = gauges.queues.iter().find(|queue| &*queue.queue == id).unwrap();
        (queue.open, queue.unstaffed, queue.held)
    };
    let on_shift = |gauges: &TenantGauges| -> Vec<(String, u64)> {
        gauges.duty.on_shift.iter().map(|(id, agents)| (id.to_string(), *agents)).collect()
    };
    let crew = |desk, free| vec![("desk".to_owned(), desk), ("free".to_owned(), free)];
    let mut sim = at_eight();
    enqueue(&mut sim, "c1", "help");
    enqueue(&mut sim, "c2", "over");
    sign_in(&mut sim, "a1", false);
    let now = of(&sim);
    assert_eq!(now.duty.scheduled, [("unscheduled", 1), ("on", 0), ("break", 0), ("off", 2)]);
    assert_eq!(now.duty.pending, 0);
    let known = [("cn".into(), Some(NEW_YEAR_S - EIGHT_S)), ("none".into(), None)];
    assert_eq!(now.duty.holidays_known_s, known);
    assert_eq!(now.duty.horizon_s, None);
    assert_eq!([queue(&now, "help"), queue(&now, "night")], [(false, false, 1), (true, true, 0)]);
    assert_eq!(on_shift(&now), crew(0, 0));

    sign_in(&mut sim, "u1", true);
    let now = of(&sim);
    assert_eq!((queue(&now, "night"), on_shift(&now)), ((true, false, 0), crew(0, 1)));

    // At nine two agents and two queues are others, and nobody has looked yet.
    sim.pass(60 * MINUTE_MS);
    assert_eq!(of(&sim).duty.pending, 4);
    sim.settle();
    sim.advance(6 * MINUTE_MS);
    let now = of(&sim);
    assert_eq!(now.duty.scheduled, [("unscheduled", 1), ("on", 2), ("break", 0), ("off", 0)]);
    assert_eq!(now.duty.deviating, [("absent", 1), ("not_ready", 1), ("off_shift_ready", 0)]);
    assert_eq!((now.duty.pending, on_shift(&now)), (0, crew(1, 1)));
    assert_eq!(queue(&now, "help"), (true, false, 0));

    // Of what was imported, that counts which ends first.
    let mut state = sim.replayed();
    for (source, horizon_s) in [("a", EIGHT_S + 900), ("b", EIGHT_S + 800), ("c", 0)] {
        let committed = j::ShiftsCommitted { source: source.to_owned(), horizon_s, ..Default::default() };
        state.evolve(&j::Event { kind: Some(Kind::ShiftsCommitted(committed)), ..Default::default() });
    }
    let at_ms = state.engine_ms(EIGHT_S);
    assert_eq!(gauges::of(&state, at_ms).duty.horizon_s, Some(800));
}
