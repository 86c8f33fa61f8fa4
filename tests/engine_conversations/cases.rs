//! Cases: which contacts belong together, whom the customer knows, and how long that is remembered.

use crate::common::{
    CONVERSATIONS,
    desk::{Desk, check_in},
};

fn check(table: &str) {
    check_in(CONVERSATIONS, table);
}

/// u1 has written to a1; a2 is there too.
const WRITTEN: &str = "
    signin a1 ready
    enqueue c1 email general customer=u1
    accept a1 c1
    complete a1 c1
    signin a2 ready";

fn written(table: &str) {
    check(&format!("{WRITTEN}\n{table}"));
}

#[test]
fn a_customer_who_comes_again_has_case_and_agent() {
    written(
        "
        advance 6d
        # Long forgotten as a contact, remembered by its case.
        enqueue c2 email general customer=u2
        accept a1 c2
        complete a1 c2
        enqueue c3 email general customer=u3
        cancel c3
        show c1          => unknown
        enqueue c4 email general customer=u1 => in c4 general for=a1; offered c4 a1
        show case:case:1 => agent=a1 contacts=2 c4,c1
        accept a1 c4
        complete a1 c4
        show case:case:1 => agent=a1 contacts=2 c4,c1
        ",
    );
}

#[test]
fn after_the_time_not() {
    written(
        "
        advance 7d
        enqueue c2 email general customer=u1 => in c2 general for=a1; offered c2 a1
        cancel c2
        advance 7d
        advance 1s
        enqueue c3 email general customer=u1 => in c3 general; offered c3 a1
        show case:case:1 => agent=a1 contacts=2 c2,c1
        ",
    );
}

#[test]
fn only_where_the_channel_says_so() {
    // Who calls again has not come back to what was written.
    written(
        "
        enqueue c2 phone general customer=u1 => in c2 general; judged case:1 no; offered c2 a1
        ",
    );
}

#[test]
fn the_agent_is_waited_for_as_the_queue_says() {
    written(
        "
        notready a1 lunch
        enqueue c2 email general customer=u1 => in c2 general for=a1; judged case:1 no
        advance 10s                          => +10s free c2 time; +10s offered c2 a2
        enqueue c3 email experts customer=u1 => in c3 experts; offered c3 a2
        ",
    );
}

#[test]
fn the_latest_case_of_a_customer() {
    written(
        "
        enqueue c2 email general customer=u1 case=x
        accept a1 c2
        complete a1 c2
        enqueue c3 email general customer=u1
        show case:x      => agent=a1 contacts=2 c3,c2
        show case:case:1 => agent=a1 contacts=1 c1
        ",
    );
}

#[test]
fn not_while_the_customer_is_still_here() {
    written(
        "
        enqueue c2 email general customer=u1
        enqueue c3 email general customer=u1
        show case:case:1 => agent=a1 contacts=2 c2,c1
        ",
    );
}

#[test]
fn history_and_promises() {
    let contacts: String = (2..=9)
        .map(|n| {
            format!(
                "
                enqueue c{n} email general case=case:1
                accept a1 c{n}
                complete a1 c{n}
                "
            )
        })
        .collect();
    written(&format!(
        "
        signout a2
        promise a1 c1 p1 in=5d
        promise a1 c1 p2 in=1d
        {contacts}
        show case:case:1 => agent=a1 contacts=9 c9,c8,c7,c6,c5,c4,c3,c2 promises=2
        chpromise a1 p1 cancel reason=done
        show case:case:1 => agent=a1 contacts=9 c9,c8,c7,c6,c5,c4,c3,c2 promises=1
        "
    ));
}

#[test]
fn a_contact_that_gets_another_case() {
    check(
        "
        enqueue c1 email general case=x
        show case:x      => agent= contacts=1 c1
        update c1 case=y => updated c1
        show case:x      => unknown
        show case:y      => agent= contacts=1 c1
        update c1 case=x
        update c1 case=z
        show case:z      => agent= contacts=1 c1
        update c1 case=
        show case:z      => unknown
        ",
    );
    // Nothing is lost of a case that others belong to, or a promise.
    written(
        "
        signout a2
        promise a1 c1 p1 in=5d
        enqueue c2 email general case=case:1
        accept a1 c2
        promise a1 c2 p2 in=5d
        update c2 case=y
        show case:case:1 => agent=a1 contacts=1 c1 promises=2
        show case:y      => agent= contacts=1 c2
        enqueue c3 email general case=z
        accept a1 c3
        promise a1 c3 p3 in=5d
        update c3 case=y
        show case:z      => agent= contacts=0 promises=1
        ",
    );
}

#[test]
fn many_cases_of_one_contact() {
    let mut desk = Desk::with(CONVERSATIONS);
    desk.run("signin a1 ready");
    desk.run("enqueue c0 email general case=kept");
    desk.run("accept a1 c0");
    desk.run("complete a1 c0");
    desk.run("enqueue c1 email general case=kept");
    for n in 0..200 {
        assert_eq!(desk.run(&format!("update c1 case=x{n}")), "updated c1");
        let cases: Vec<&str> = desk.sim.state().cases().map(|record| record.id.as_str()).collect();
        assert_eq!(cases, ["kept", &format!("x{n}")]);
    }
}

#[test]
fn forgotten_by_age_when_a_contact_changes_its_case() {
    check(
        "
        apply set settings.closed_contacts_max=1
        enqueue c1 email general case=x
        cancel c1
        enqueue c2 email general case=y
        cancel c2
        enqueue c3 email general case=z
        advance 10d
        show case:x      => agent= contacts=1 c1
        update c3 case=z
        show case:x      => agent= contacts=1 c1
        update c3 case=w
        show case:x      => unknown
        ",
    );
}

#[test]
fn forgotten_by_age() {
    written(
        "
        advance 9d
        enqueue c2 email general
        cancel c2
        enqueue c3 email general
        cancel c3
        show case:case:1 => agent=a1 contacts=1 c1
        advance 1d
        enqueue c4 email general
        cancel c4
        show case:case:1 => unknown
        ",
    );
}

#[test]
fn forgotten_by_number() {
    let customers: String = (2..=4)
        .map(|n| {
            format!(
                "
                advance 10m
                enqueue c{n} email general customer=u{n}
                accept a1 c{n}
                complete a1 c{n}
                "
            )
        })
        .collect();
    written(&format!(
        "
        signout a2
        apply set settings.cases_max=2 set settings.closed_contacts_max=1
        {customers}
        show case:case:1 => unknown
        show case:case:2 => unknown
        show case:case:3 => agent=a1 contacts=1 c3 judging
        show case:case:4 => agent=a1 contacts=1 c4 judging
        "
    ));
}

#[test]
fn not_with_live_contacts() {
    let others: String = (3..=6)
        .map(|n| format!("enqueue c{n} email general case=x{n}\n cancel c{n}\n advance 1h\n"))
        .collect();
    written(&format!(
        "
        signout a2
        signout a1
        apply set settings.cases_max=1 set settings.closed_contacts_max=1
        enqueue c2 email general customer=u1
        {others}
        advance 20d
        enqueue c9 email general
        cancel c9
        enqueue c8 email general
        cancel c8
        show c1          => unknown
        show case:case:1 => agent=a1 contacts=2 c2,c1
        show case:x3     => unknown
        cancel c2
        advance 10d
        enqueue c7 email general
        cancel c7
        show case:case:1 => unknown
        "
    ));
}

#[test]
fn not_with_open_promises() {
    written(
        "
        promise a1 c1 p1 in=5d
        apply set settings.cases_max=1 set settings.closed_contacts_max=1
        advance 1d
        enqueue c2 email general customer=u2
        accept a1 c2
        complete a1 c2
        enqueue c3 email general
        cancel c3
        show c1          => unknown
        show case:case:1 => agent=a1 contacts=1 c1 promises=1
        show case:case:2 => unknown
        chpromise a1 p1 cancel reason=done
        show case:case:1 => agent=a1 contacts=1 c1
        advance 10d
        enqueue c4 email general
        cancel c4
        show case:case:1 => unknown
        ",
    );
}

#[test]
fn ended_promises_are_forgotten_by_age() {
    written(
        "
        promise a1 c1 p1 in=5d
        promise a1 c1 p2 in=5d
        chpromise a1 p1 cancel reason=done
        show promise:p1  => cancelled a1 general
        advance 10d
        show promise:p2  => entered a1 general due=-120h entries=1 broken
        chpromise a1 p2 fulfil
        show promise:p1  => unknown
        show promise:p2  => late a1 general entries=1 broken
        ",
    );
}

#[test]
fn none_are_kept() {
    check(
        "
        apply set settings.cases_max=0
        signin a1 ready
        enqueue c1 email general customer=u1
        accept a1 c1
        complete a1 c1   => closed c1 agent_completed; released c1 a1 finished
        show case:case:1 => unknown
        enqueue c2 email general customer=u1 => in c2 general; offered c2 a1
        ",
    );
}

#[test]
fn across_a_restart() {
    written(
        "
        reload
        enqueue c2 email general customer=u1 => in c2 general for=a1; judged case:1 no; offered c2 a1
        cancel c2
        reload
        advance 10d
        enqueue c4 email general
        cancel c4
        enqueue c5 email general
        cancel c5
        show case:case:1 => unknown
        ",
    );
}

#[test]
fn who_comes_again_has_not_come_for_the_first_time() {
    // By mail a customer who comes again has the same case; by phone another one.
    check(
        "
        signin a1 ready
        enqueue c1 phone general customer=u1
        accept a1 c1
        connected c1
        complete a1 c1
        finish a1 c1
        advance 1h
        enqueue c2 phone general customer=u1  => in c2 general; judged case:1 no; offered c2 a1
        accept a1 c2
        connected c2
        complete a1 c2
        finish a1 c2
        # Neither was settled at first contact, for it wasn't the first.
        advance 2d                            => -
        enqueue c3 phone general customer=u1
        accept a1 c3
        connected c3
        complete a1 c3
        finish a1 c3
        advance 1d                            => +24h judged case:3 yes
        ",
    );
}

#[test]
fn the_names_of_cases_to_come_are_kefuds() {
    check(
        "
        enqueue c1 phone general case=case:7  => !case_id
        enqueue c1 phone general case=case:x
        enqueue c2 phone general case=case:1
        update c2 case=case:3                 => !case_id
        update c2 case=case:2
        ",
    );
}
