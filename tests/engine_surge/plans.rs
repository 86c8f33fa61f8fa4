//! Plans that change while steps are in force.

use kefud::proto::journal::PlanKind;

use super::{check, common::desk::Desk};

#[test]
fn how_a_queue_stood_that_is_gone_is_forgotten() {
    let mut desk = Desk::with(super::SURGE);
    desk.run("surge planned 1 until=1h");
    let queue = desk.sim.state().names().number(PlanKind::Queue, "planned").expect("a queue");
    let known = |desk: &Desk| desk.sim.state().surge(queue).is_some();
    desk.run("apply remove queues.planned");
    desk.run("advance 1s");
    assert!(known(&desk), "until another plan");
    desk.run("apply remove queues.staff");
    assert!(!known(&desk));
}

#[test]
fn steps_go_with_the_plan() {
    check(
        "
        enqueue c1 phone over   => in c1 over
        steps over              => overflow
        apply remove queues.over.surge => plan 2
        advance 1s              => +1s undone over overflow
        steps over              => -
        ",
    );
}
