//! Work that is too much for one step: it is done in slices, between which commands get their turn.

use crate::common::desk::Desk;

/// A hundred chats wait, and the step in which an agent came who could take them all is over.
fn in_the_middle() -> Desk {
    let mut desk = Desk::new();
    desk.run("apply set agents.a1.capacity=10000");
    for chat in 0..100 {
        assert_eq!(desk.run(&format!("enqueue m{chat} qq consultation")), format!("in m{chat} consultation"));
    }
    assert_eq!(desk.run("step signin a1 ready").matches("offered").count(), 64);
    desk
}

#[test]
fn offers_are_made_in_slices_until_nothing_more_is_due() {
    let mut desk = in_the_middle();
    assert_eq!(desk.run("step tick").matches("offered").count(), 36);
    assert_eq!(desk.run("tick"), "-");
}

#[test]
fn a_command_between_slices_gets_its_turn() {
    let mut desk = in_the_middle();
    assert!(desk.run("step accept a1 m0").starts_with("accepted m0 a1; offered m64 a1"));
    let mut desk = in_the_middle();
    assert!(desk.run("step cancel m99").starts_with("closed m99 customer_left; offered m64 a1"));
}

#[test]
fn a_refused_command_between_slices_changes_nothing() {
    let mut desk = in_the_middle();
    let before = desk.sim.state().hash();
    assert_eq!(desk.run("step request=r1 cancel nobody"), "!CONTACT_NOT_FOUND");
    assert!(desk.sim.state().hash() == before);
    assert_eq!(desk.run("tick").matches("offered").count(), 36);
}

#[test]
fn offers_that_were_due_before_a_request_are_not_taken_for_its_doing() {
    let mut desk = in_the_middle();
    desk.run("step request=r1 cancel nobody");
    assert_eq!(desk.run("step request=r1 cancel nobody"), "!CONTACT_NOT_FOUND");
}
