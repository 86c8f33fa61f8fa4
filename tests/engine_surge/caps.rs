//! How many are let in, and how long wrap-up lasts.

use super::check;

#[test]
fn nobody_is_let_in_beyond_the_cap_and_nobody_put_out() {
    check(
        "
        enqueue c1 phone line   => in c1 line
        enqueue c2 phone line   => in c2 line
        enqueue c3 phone line   => in c3 line
        enqueue c4 phone line   => in c4 line
        enqueue c5 phone line   => in c5 line
        enqueue c6 phone line   => in c6 line
        enqueue c7 phone line   => in c7 line
        surge line 2 until=1h
        show c7                 => waiting line age=0s
        enqueue c8 phone line   => !QUEUE_FULL queue=line level=2 waiting_max=6
        cancel c1
        enqueue c8 phone line   => !QUEUE_FULL queue=line level=2 waiting_max=6
        cancel c2
        enqueue c8 phone line   => in c8 line
        surge line 1 until=1h   => word line 1; level line 1 by_hand; undone line cap; undone line wrap_up
        enqueue c9 phone line   => in c9 line
        ",
    );
}

#[test]
fn wrap_ups_that_begin_now_are_shorter() {
    check(
        "
        signin a1 ready
        enqueue c1 phone line   => in c1 line; offered c1 a1
        accept a1 c1
        connected c1
        surge line 2 until=1h
        complete a1 c1          => closed c1 agent_completed; wrap-up c1 a1 5s
        surge line 0 until=1h
        # What has begun keeps its end.
        advance 5s              => +5s released c1 a1 wrap_up_timeout
        enqueue c2 phone line   => in c2 line; offered c2 a1
        accept a1 c2
        connected c2
        complete a1 c2          => closed c2 agent_completed; wrap-up c2 a1 20s
        ",
    );
}
