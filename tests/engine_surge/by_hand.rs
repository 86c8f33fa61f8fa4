//! A supervisor's word about a level.

use super::check;

#[test]
fn a_word_counts_at_once_and_exactly_until_it_ends() {
    check(
        "
        surge line 2 until=1m         => word line 2; level line 2 by_hand; step line open_rings; step line wrap_up
                                      ; step line cap
        level line                    => 2 by_hand since=0s
        enqueue c1 phone line         => in c1 line
        enqueue c2 phone line         => in c2 line
        enqueue c3 phone line         => in c3 line
        enqueue c4 phone line         => in c4 line
        enqueue c5 phone line         => in c5 line
        enqueue c6 phone line         => in c6 line
        # Enough for 3, and yet.
        advance 59s                   => -
        # Then the rules go on from there: up at once, as nothing fell.
        advance 1s                    => +1s level line 2 by_hand_ended; +1s level line 3 waiting; +1s step line open_groups
        ",
    );
}

#[test]
fn a_word_may_be_changed_and_taken_back() {
    check(
        "
        surge line 1 until=1h         => word line 1; level line 1 by_hand; step line open_rings
        request=r surge line 0 until=1h => word line 0; level line 0 by_hand; undone line open_rings
        request=r surge line 0 until=1h => repeat
        surge line clear              => word line -; level line 0 by_hand_ended
        surge line clear              => -
        # One that changes nothing is remembered all the same.
        request=q surge line clear    => word line -
        surge line 1 until=1h         => word line 1; level line 1 by_hand; step line open_rings
        request=q surge line clear    => repeat
        request=s surge line 1 until=1h => word line 1
        request=s surge line 2 until=1h => !REQUEST_ID_REUSED
        ",
    );
}

#[test]
fn what_can_not_be_said_is_refused() {
    check(
        "
        surge nowhere 1 until=1m      => !QUEUE_NOT_FOUND
        surge plain 1 until=1m        => !NO_SURGE_PLAN
        surge line 4 until=1m         => !level
        surge line 3 until=0s         => !until
        surge line 3 until=169h       => !until
        surge planned 3 until=0s      => !level,until
        level line                    => 0
        ",
    );
}
