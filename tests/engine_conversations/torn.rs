//! A journal that ends in the middle of a step, as daemons before this one could leave it: an assignment is still
//! there whose contact has gone on without it.

use kefud::{
    engine::{command::Command, state::State},
    proto::journal::{self as j, ContactStage, event::Kind},
    sim::Sim,
};

use crate::common::{CONVERSATIONS, desk::Desk};

/// The state without the last event of these lines, which must be the end of an assignment.
fn torn(lines: &str) -> Sim {
    let mut desk = Desk::with(CONVERSATIONS);
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let came = desk.run(line);
        assert!(!came.starts_with('!'), "{line}: {came}");
    }
    let (last, events) = desk.sim.events().split_last().expect("events");
    let ends = matches!(last.kind, Some(Kind::AssignmentEnded(_) | Kind::WrapUpStarted(_)));
    assert!(ends, "{last:?}");
    let mut state = State::default();
    events.iter().for_each(|event| {
        state.evolve(event);
    });
    Sim::from_state(state)
}

fn contact<'a>(sim: &'a Sim, id: &str) -> &'a j::ContactRecord {
    sim.state().contact_by_id(id).expect("the contact")
}

fn sign_out(sim: &mut Sim, agent: &str) {
    sim.settle();
    let agent = agent.to_owned();
    let (answer, _) = sim.step(None, Command::SignOut { agent, session: 0, return_contacts: true });
    assert!(answer.is_ok(), "{answer:?}");
    sim.settle();
}

#[test]
fn who_signs_out_takes_no_contact_along_that_has_gone_on() {
    let parked = "
        signin a1 ready
        enqueue c1 wechat general
        accept a1 c1
        says c1 agent
        advance 10m";
    let mut sim = torn(parked);
    sign_out(&mut sim, "a1");
    assert_eq!(contact(&sim, "c1").stage(), ContactStage::Parked);
    assert_eq!(sim.state().assignments().count(), 0);

    let handed_over = "
        signin a1 ready
        signin a2 ready
        enqueue c1 wechat general
        accept a1 c1
        consult a1 c1 k1 agent=a2
        accept a2 k1
        handover a1 k1";
    let mut sim = torn(handed_over);
    sign_out(&mut sim, "a1");
    let record = contact(&sim, "c1");
    assert_eq!(record.stage(), ContactStage::Active);
    let leg = sim.state().assignment(record.offer).expect("the colleague's assignment");
    assert_eq!(sim.state().names().id(leg.agent), "a2");
    assert_eq!(sim.state().assignments().count(), 1);
}
