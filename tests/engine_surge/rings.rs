//! Rings opened sooner, and how long they stay open for those who were there.

use super::check;

#[test]
fn opened_rings_count_for_who_waits_and_who_comes() {
    check(
        "
        signin a2 ready
        enqueue c1 phone line   => in c1 line ring=1; offered c1 a2
        signin a1
        enqueue c2 phone line   => in c2 line
        enqueue c3 phone line   => in c3 line
        # Ring 1 asks for less.
        advance 1s              => +1s level line 1 waiting; +1s step line open_rings
        accept a2 c1
        connected c1
        complete a2 c1
        finish a2 c1            => released c1 a2 finished; offered c2 a2
        ",
    );
}

#[test]
fn rings_linger_for_those_who_were_in_line() {
    check(
        "
        enqueue c1 phone line   => in c1 line
        enqueue c2 phone line   => in c2 line
        enqueue c3 phone line   => in c3 line
        advance 1s              => +1s level line 1 waiting; +1s step line open_rings
        cancel c1
        cancel c2
        advance 1m              => +1m level line 0 calm; +1m undone line open_rings
        advance 1s              => -
        enqueue c4 phone line   => in c4 line
        # Who was there stands before who has come since, to whom they are open too.
        signin a2 ready         => signed-in a2; ready a2; offered c3 a2
        decline a2 c3           => declined c3 a2; offered c4 a2
        decline a2 c4           => declined c4 a2
        advance 1s              => -
        cancel c3
        # As nobody else is there who could, the ring opens for who has come since too, but by itself.
        advance 1s              => +1s lingered line; +1s ring c4 1 unstaffed
        ",
    );
}
