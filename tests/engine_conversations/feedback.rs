//! What customers say of it afterwards, and whether a matter was settled at first contact: judged a day after the
//! first contact of a case has ended, or when it shows that it wasn't.

use crate::common::{CONVERSATIONS, desk::check_in};

/// Runs a table behind a1's first talk with u1, which has ended.
fn after(first: &str, table: &str) {
    check_in(CONVERSATIONS, &format!("signin a1 ready\n{first}\n{table}"));
}

const CALL: &str = "
    enqueue c1 phone general customer=u1
    accept a1 c1
    connected c1
    complete a1 c1 resolution=1
    finish a1 c1";

const MAIL: &str = "
    enqueue c1 email general customer=u1
    accept a1 c1
    complete a1 c1 resolution=1";

#[test]
fn once() {
    for first in [CALL, MAIL] {
        after(first, "feedback c1 8 resolved=yes ref=s-1 => feedback c1 8");
    }
}

#[test]
fn twice() {
    after(
        CALL,
        "
        feedback c1 8
        feedback c1 9              => !FEEDBACK_EXISTS
        feedback c1 8 resolved=yes => !FEEDBACK_EXISTS
        feedback c1 8 ref=s-1      => !FEEDBACK_EXISTS
        ",
    );
}

#[test]
fn the_same_twice() {
    after(
        CALL,
        "
        feedback c1 8 resolved=yes ref=s-1 => feedback c1 8
        advance 1m
        feedback c1 8 resolved=yes ref=s-1 => -
        ",
    );
}

#[test]
fn before_the_end() {
    after(
        "",
        "
        enqueue c1 phone general
        feedback c1 8 => !CONTACT_NOT_CLOSED
        accept a1 c1
        connected c1
        feedback c1 8 => !CONTACT_NOT_CLOSED
        complete a1 c1
        # While the agent wraps up it has ended for the customer.
        feedback c1 8 => feedback c1 8
        feedback c9 8 => !CONTACT_NOT_FOUND
        ",
    );
}

#[test]
fn first_contact_yes() {
    for first in [CALL, MAIL] {
        after(
            first,
            "
            show case:case:1 => agent=a1 contacts=1 c1 judging
            feedback c1 9 resolved=yes
            advance 1d       => +24h judged case:1 yes
            show case:case:1 => agent=a1 contacts=1 c1
            ",
        );
    }
}

#[test]
fn first_contact_no_by_repeat() {
    after(
        CALL,
        "
        advance 23h
        enqueue c2 email general customer=u2 => in c2 general; offered c2 a1
        # By phone nobody comes back to a case; it is the same customer all the same.
        enqueue c3 phone general customer=u1 => in c3 general; judged case:1 no
        enqueue c4 phone general customer=u1 => in c4 general
        advance 2h
        show case:case:1 => agent=a1 contacts=1 c1
        ",
    );
}

#[test]
fn first_contact_no_by_case() {
    after(
        "
        enqueue c1 email general case=x
        accept a1 c1
        complete a1 c1",
        "
        show case:x                    => agent=a1 contacts=1 c1 judging
        enqueue c2 email general case=x => in c2 general for=a1; judged x no; offered c2 a1
        # Only the first is judged.
        accept a1 c2
        complete a1 c2                 => closed c2 agent_completed; released c2 a1 finished
        ",
    );
}

#[test]
fn first_contact_no_by_feedback() {
    after(
        CALL,
        "
        feedback c1 2 resolved=no => feedback c1 2; judged case:1 no
        advance 2d                => -
        ",
    );
}

#[test]
fn first_contact_no_by_resolution() {
    for (resolution, judged) in [(0, ""), (1, ""), (2, "; judged x no"), (3, "; judged x no")] {
        after(
            "
            enqueue c1 email general case=x
            accept a1 c1",
            &format!(
                "complete a1 c1 disposition=resolved resolution={resolution}
                => closed c1 agent_completed resolved{}; released c1 a1 finished{judged}",
                if resolution == 0 { String::new() } else { format!("/{resolution}") }
            ),
        );
    }
}

#[test]
fn first_contact_no_by_correction() {
    after(
        CALL,
        "
        complete a1 c1 disposition=resolved => recorded c1 resolved/1
        complete a1 c1 resolution=2         => recorded c1 resolved/2; judged case:1 no
        complete a1 c1 resolution=1         => recorded c1 resolved/1
        advance 2d                          => -
        ",
    );
}

#[test]
fn first_contact_no_by_promise() {
    after(
        CALL,
        "
        promise a1 c1 p1 in=2d => promised p1 +48h; judged case:1 no
        ",
    );
    after(
        "
        enqueue c1 email general customer=u1
        accept a1 c1",
        "
        complete a1 c1 promise=p1 in=2d
            => promised p1 +48h; closed c1 agent_completed; released c1 a1 finished; judged case:1 no
        ",
    );
}

#[test]
fn follow_ups_are_no_repeats_and_not_judged() {
    after(
        "
        enqueue c1 phone general customer=u1
        accept a1 c1
        connected c1",
        "
        complete a1 c1 promise=p1 in=2h
            => promised p1 +2h; closed c1 agent_completed; wrap-up c1 a1 20s; judged case:1 no
        finish a1 c1
        advance 7180s
        accept a1 follow-up:p1:1
        connected follow-up:p1:1
        complete a1 follow-up:p1:1
            => closed follow-up:p1:1 agent_completed; wrap-up follow-up:p1:1 a1 20s
        advance 2d => +20s released follow-up:p1:1 a1 wrap_up_timeout
        ",
    );
}

#[test]
fn who_is_not_known_is_not_judged() {
    after(
        "",
        "
        enqueue c1 email general
        accept a1 c1
        complete a1 c1                  => closed c1 agent_completed; released c1 a1 finished
        show case:case:1                => unknown
        # Nor who was not answered.
        enqueue c2 email general case=x => in c2 general; offered c2 a1
        cancel c2                       => ended c2 a1; closed c2 customer_left
        enqueue c3 email general case=y
        accept a1 c3
        # A case that a promise made says nothing of who else comes.
        enqueue c4 email general
        accept a1 c4
        complete a1 c4 promise=p1 in=2d => promised p1 +48h; closed c4 agent_completed; released c4 a1 finished
        ",
    );
}

#[test]
fn not_measured() {
    after(
        "apply set settings.first_contact_window=\"0s\"",
        &format!(
            "{MAIL}
            show case:case:1 => agent=a1 contacts=1 c1
            advance 2d       => -"
        ),
    );
}

#[test]
fn across_a_restart() {
    after(
        CALL,
        "
        feedback c1 8
        reload
        feedback c1 8 => -
        advance 1d    => +24h judged case:1 yes
        ",
    );
}
