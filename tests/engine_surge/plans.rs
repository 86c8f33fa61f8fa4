//! Plans that change while steps are in force.

use super::check;

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
