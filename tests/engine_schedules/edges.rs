//! Shifts begin and end by themselves: who is offered what, and when.

use kefud::{engine::command::Command, sim::Sim};

use super::check;
use crate::common::{
    SHIFTS,
    desk::{Desk, check_in},
};

#[test]
fn a_shift_begins_breaks_and_ends_by_itself() {
    check(
        "
        wall 2026-09-28T08:59:50
        shows a1                      => off
        signin a1 ready               => signed-in a1; ready a1
        enqueue c1 wechat help        => in c1 help
        at 2026-09-28T09:00           => +10s shift on a1 a2; +10s offered c1 a1
        accept a1 c1
        at 2026-09-28T11:59:50
        enqueue c2 email help         => in c2 help; offered c2 a1
        # What is offered is withdrawn, what is accepted stays.
        at 2026-09-28T12:00           => +10s shift break a1 a2; +10s agent-gone c2 a1
        show c1                       => active help a1
        show c2                       => waiting help age=10s
        at 2026-09-28T13:00           => +1h shift on a1 a2; +1h offered c2 a1
        accept a1 c2
        complete a1 c2
        # Only mail is served in the last hour but one.
        at 2026-09-28T16:00           => +3h shift on:email a1 a2
        enqueue c3 phone help         => in c3 help
        enqueue c4 email help         => in c4 help; offered c4 a1
        accept a1 c4
        at 2026-09-28T17:00           => +1h shift on a1 a2; +1h noted absent a2
        complete a1 c4
        complete a1 c1                => closed c1 agent_completed; released c1 a1 finished
        shows a1                      => on
        show c3                       => offered help a1 age=1h
        ",
    );
}

#[test]
fn who_has_no_schedule_works_as_before() {
    check(
        "
        wall 2026-09-28T03:00
        signin u1 ready
        shows u1                      => -
        enqueue c1 wechat help        => in c1 help; offered c1 u1
        accept u1 c1
        at 2026-09-28T06:00           => +3h shift off n1
        shows u1                      => -
        enqueue c2 wechat help        => in c2 help; offered c2 u1
        ",
    );
}

#[test]
fn a_rota_knows_nights_days_off_and_days_that_make_up_for_them() {
    check(
        "
        wall 2026-09-30T17:59:59
        at 2026-09-30T18:00           => +1s shift off a1 a2
        at 2026-09-30T22:00           => +4h shift on n1
        # A day off for the desk; nights know nothing of it.
        at 2026-10-01T22:00           => +4h noted absent n1; +8h shift off n1; +24h shift on n1
        at 2026-10-09T08:59:59
        shows a1                      => off
        at 2026-10-09T09:00           => +1s shift on a1 a2
        at 2026-10-10T08:59:59
        # A Saturday on which work is made up for.
        at 2026-10-10T09:00           => +1s shift on a1 a2
        ",
    );
}

#[test]
fn who_comes_on_shift_has_been_idle_since_then() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        advance 10m
        signin u1 ready
        at 2026-09-28T09:00
        # a1 said that it was ready before u1 did, but its shift began after that.
        enqueue c1 phone help         => in c1 help; offered c1 u1
        enqueue c2 phone help         => in c2 help; offered c2 a1
        ",
    );
}

#[test]
fn who_is_not_ready_stays_so_on_shift_and_who_is_ready_counts_from_the_next_edge() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 notready
        signin a2 ready
        enqueue c1 phone help         => in c1 help
        at 2026-09-28T09:00           => +1h shift on a1 a2; +1h offered c1 a2
        enqueue c2 phone help         => in c2 help
        ready a1                      => ready a1; offered c2 a1
        ",
    );
}

#[test]
fn nobody_is_given_work_by_hand_off_shift() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        enqueue c1 phone help         => in c1 help
        assign c1 a1                  => !AGENT_NOT_AVAILABLE
        pull a1 c1                    => !AGENT_OFF_SHIFT
        at 2026-09-28T09:00           => +1h shift on a1 a2; +1h offered c1 a1
        decline a1 c1
        pull a1 c1                    => offered c1 a1 by-pull; accepted c1 a1
        gone c1
        at 2026-09-28T12:30           => +3h shift break a1 a2
        enqueue c2 phone help         => in c2 help
        assign c2 a1                  => !AGENT_NOT_AVAILABLE
        pull a1 c2                    => !AGENT_OFF_SHIFT
        notready a1 lunch
        pull a1 c2                    => !AGENT_OFF_SHIFT
        ",
    );
}

#[test]
fn a_preferred_agent_is_waited_for_on_its_break_but_not_off_shift() {
    check(
        "
        wall 2026-09-28T12:30
        signin a1 ready
        signin a2 ready
        shows a1                      => break
        enqueue c1 email desk agent=a1 => in c1 desk for=a1
        at 2026-09-28T12:36           => +5m free c1 time
        cancel c1
        at 2026-09-28T17:58
        signin u1 ready
        enqueue c2 email desk agent=a1 => in c2 desk for=a1; offered c2 a1
        accept a1 c2
        enqueue c4 phone desk agent=a1 => in c4 desk for=a1
        at 2026-09-28T18:00           => +2m shift off a1 a2; +2m free c4 agent_gone
                                       ; +2m ring c4 1 unstaffed; +2m offered c4 u1
        enqueue c5 email desk agent=a1 => in c5 desk ring=1
        ",
    );
}

#[test]
fn a_ring_is_passed_over_when_all_of_it_are_off_shift() {
    check(
        "
        wall 2026-09-28T17:59:50
        signin a1 notready
        signin u1 ready
        enqueue c1 phone desk         => in c1 desk
        # Not ready, but there: the ring has somebody until then.
        at 2026-09-28T18:00           => +10s shift off a1 a2; +10s ring c1 1 unstaffed; +10s offered c1 u1
        ",
    );
}

#[test]
fn a_jump_of_the_clock_is_an_edge_and_a_jump_back_undoes_it() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        shows a1                      => off
        wall 2026-09-28T09:30
        shows a1                      => on
        wall 2026-09-28T08:59:30
        shows a1                      => off
        enqueue c1 phone help         => in c1 help
        advance 29s                   => -
        advance 1s                    => +1s shift on a1 a2; +1s offered c1 a1
        # Back by little: what was armed for the other clock does no harm.
        accept a1 c1
        wall 2026-09-28T11:59
        wall 2026-09-28T11:30
        advance 29m                   => -
        advance 1m                    => +1m shift break a1 a2
        ",
    );
}

#[test]
fn a_change_of_the_plan_is_an_edge_too() {
    check(
        "
        wall 2026-09-28T10:00
        signin a1 ready
        signin u1 ready
        enqueue c1 email help         => in c1 help; offered c1 a1
        apply set agents.a1.rota=\"nights\" => plan 2; shift off a1; agent-gone c1 a1; offered c1 u1
        accept u1 c1
        apply set agents.a1.rota=\"\"       => plan 3; shift - a1
        enqueue c2 email help         => in c2 help; offered c2 u1
        accept u1 c2
        enqueue c3 email help         => in c3 help; offered c3 a1
        accept a1 c3
        # In a group with a rota, at once.
        apply set agents.u1.groups=[\"desk\",\"free\"] set agents.u1.limits={email=5}
                                      => plan 4; shift on u1
        apply remove groups.desk.rota => plan 5; shift - a2 u1
        # A channel that is new is served by whoever serves all, and what is restricted stays so.
        apply set groups.desk.rota=\"desk\" => plan 6; shift on a2 u1
        at 2026-09-28T16:00
        shows a2                      => on:email
        apply set channels.sms={kind=\"messaging\",units=30,offer_timeout=\"20s\"} => plan 7
        shows a2                      => on:email
        apply remove channels.sms     => plan 8
        apply set agents.a2.valid_until=\"2026-09-27\" => plan 9; shift off a2
        apply remove agents.a2        => plan 10
        shows a2                      => unknown
        ",
    );
}

#[test]
fn without_any_schedule_nothing_is_looked_at() {
    let mut desk = Desk::new();
    let more = |desk: &mut Desk, command| desk.sim.step(None, command).1;
    assert!(!more(&mut desk, Command::ObserveClock { wall_offset_ms: 1_790_000_000_000 }));
    assert!(!more(&mut desk, Command::Start));
    desk.run("tick");
    assert_eq!(desk.run("signin a1 ready"), "signed-in a1; ready a1");
    assert!(desk.sim.state().settled_schedules(desk.sim.now_ms()));
}

/// The plan about shifts, with so many more who have the same rota.
fn with_many(agents: usize) -> String {
    let mut plan = SHIFTS.to_owned();
    for agent in 0..agents {
        plan += &format!("[agents.b{agent:04}]\ngroups = [\"desk\"]\n");
    }
    plan
}

#[test]
fn nobody_is_offered_anything_while_half_a_shift_is_in() {
    let mut desk = Desk::with(&with_many(1_500));
    desk.run("wall 2026-09-28T08:59:55");
    for row in ["signin a1 ready", "signin b1400 ready", "signin u1 ready", "enqueue c1 email help"] {
        desk.run(row);
    }
    assert_eq!(desk.run("accept u1 c1"), "accepted c1 u1");
    desk.run("apply set agents.u1.capacity=50");
    assert_eq!(desk.run("enqueue c2 phone help"), "in c2 help");
    assert_eq!(desk.run("enqueue c3 phone help"), "in c3 help");
    assert_eq!(desk.run("enqueue c4 phone help"), "in c4 help");
    desk.sim.pass(5_000);
    // What is due is not done yet, and so nothing is offered.
    assert_eq!(desk.run("step enqueue c5 phone help"), "in c5 help");
    assert_eq!(desk.run("step tick"), "shift on a1..b0997 (1000)");
    assert_eq!(desk.run("shows a1"), "on");
    // Others have their turn between slices.
    assert_eq!(desk.run("step cancel c2"), "closed c2 customer_left");
    assert_eq!(desk.run("step enqueue c6 phone help"), "in c6 help");
    // b1400 is as good as a1: those for whom the shift has begun are looked at together.
    assert_eq!(desk.run("step tick"), "shift on b0998..b1499 (502); offered c3 a1; offered c4 b1400");
    assert_eq!(desk.run("step tick"), "-");
    assert!(desk.sim.replayed().hash() == desk.sim.state().hash());
}

#[test]
fn a_rebuilt_engine_waits_for_the_same_edges() {
    let mut desk = Desk::with(SHIFTS);
    let rows = [
        "wall 2026-09-28T08:00",
        "signin a1 ready",
        "signin n1 ready",
        "override a2 on 2026-09-28T08:45",
        "dated u1 shift 2026-09-28T08:30 2026-09-28T17:00",
        "advance 35m",
        "advance 2h",
        "apply set channels.phone.end_lead=\"5m\"",
        "advance 9h",
    ];
    for row in rows {
        desk.run(row);
        desk.sim.settle();
        for state in [desk.sim.replayed(), desk.sim.reimported()] {
            let mut rebuilt = Sim::from_state(state);
            assert_eq!(rebuilt.state().next_deadline_ms(), desk.sim.state().next_deadline_ms(), "{row}");
            rebuilt.settle();
            assert_eq!(rebuilt.events(), &[], "{row}");
        }
    }
}

#[test]
fn an_edge_that_passed_while_nobody_ran_is_applied_once() {
    let mut desk = Desk::with(SHIFTS);
    desk.run("wall 2026-09-28T08:59");
    desk.run("signin a1 ready");
    desk.run("enqueue c1 phone help");
    desk.run("reload");
    desk.sim.pass(3_600_000);
    let told = desk.run("start");
    assert_eq!(told, "started 30s; shift on a1 a2");
    assert_eq!(desk.run("signin a1 session=1"), "back a1; offered c1 a1");
    assert_eq!(desk.run("tick"), "-");
}

#[test]
fn a_change_that_is_further_off_than_is_looked_is_not_missed() {
    let from = "agents.a1.valid_from=\"2028-06-01\"";
    check_in(
        SHIFTS,
        &format!(
            "
            wall 2026-09-28T08:00
            apply set {from} remove agents.a2 remove agents.n1
            at 2028-05-31T23:00
            shows a1                  => off
            at 2028-06-01T09:00       => +10h shift on a1
            "
        ),
    );
}

/// What is told of an agent: its text, and when and to what that changes.
fn told(desk: &Desk, agent: &str) -> String {
    let state = desk.sim.state();
    let agent = state.agent_by_id(agent).expect("an agent");
    let told = state.agent_schedule(agent, desk.sim.now_ms());
    let next = told.next.map_or_else(String::new, |next| format!(" -> {next:?}"));
    let after_s = told.next_s.map(|next_s| next_s - state.wall_s(desk.sim.now_ms()));
    format!("{}{next}{}", told.text, after_s.map_or_else(String::new, |after_s| format!(" in {after_s} s")))
}

#[test]
fn what_counts_is_told_with_its_rule_and_its_end() {
    let mut desk = Desk::with(SHIFTS);
    desk.run("apply set channels.phone.end_lead=\"5m\"");
    for (row, agent, expected) in [
        ("wall 2026-09-28T08:00", "a1", "off shift until 09:00 -> On in 3600 s"),
        ("wall 2026-09-28T11:00", "a1", "on shift, day of rota desk until 12:00 -> Break in 3600 s"),
        ("wall 2026-09-28T12:30", "a1", "on a break, day of rota desk until 13:00 -> On in 1800 s"),
        ("wall 2026-09-28T17:50", "a1", "on shift, day of rota desk until 18:00 -> On in 300 s"),
        ("wall 2026-09-30T19:00", "a1", "off shift until 2026-10-08 09:00 -> On in 655200 s"),
        (
            "wall 2026-09-28T23:00",
            "n1",
            "on shift, night of rota nights until 2026-09-29 06:00 -> On in 24900 s",
        ),
        ("tick", "u1", "no schedule"),
        (
            "override u1 off 2026-09-28T23:30 by=li",
            "u1",
            "off shift by li until 23:30 -> Unscheduled in 1800 s",
        ),
        (
            "dated a1 off 2026-09-28T22:00 2026-09-29T12:00 reason=sick",
            "a1",
            "off shift by a dated time off (sick) until 2026-09-29 12:00 -> Break in 46800 s",
        ),
        (
            "apply set agents.a2.valid_from=\"2026-10-12\"",
            "a2",
            "off shift: works from 2026-10-12 00:00 -> On in 1159200 s",
        ),
    ] {
        desk.run(row);
        assert_eq!(told(&desk, agent), expected, "{row}");
    }
    // As soon as it is said, before anybody has looked at it.
    desk.run("step override u1 on 2026-09-28T23:10");
    assert_eq!(told(&desk, "u1"), "on shift by a supervisor until 23:10 -> Unscheduled in 600 s");
}
