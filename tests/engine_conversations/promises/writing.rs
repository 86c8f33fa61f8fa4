//! What may be sent to the customer of a promise when it comes due: what is left of what the customer opened.

use super::check;

/// Runs a table behind a chat of which one of five replies is sent, and a promise to write in an hour.
fn promised(table: &str) {
    check(&format!(
        "
        signin a1 ready
        enqueue c1 wechat general
        accept a1 c1
        says c1 agent                   => said c1 agent left=4 until=48h
        promise a1 c1 p1 in=2h queue=follow
        {table}"
    ));
}

#[test]
fn what_is_left_when_it_comes_due() {
    promised(
        "
        says c1 agent                   => said c1 agent left=3 until=48h
        complete a1 c1
        advance 1h
        => +10s released c1 a1 wrap_up_timeout; +1h in follow-up:p1:1 follow age=0s for=a1 left=3 until=47h
        ; +1h offered follow-up:p1:1 a1
        accept a1 follow-up:p1:1
        says follow-up:p1:1 agent       => said follow-up:p1:1 agent left=2 until=47h; ended p1 kept
        says follow-up:p1:1 agent       => said follow-up:p1:1 agent left=1 until=47h
        says follow-up:p1:1 agent       => said follow-up:p1:1 agent left=0 until=47h
        says follow-up:p1:1 agent       => !REPLY_QUOTA_SPENT
        ",
    );
}

#[test]
fn on_a_contact_that_still_runs() {
    promised(
        "
        says c1 agent                   => said c1 agent left=3 until=48h
        says c1 customer                => said c1 customer left=5 until=48h
        says c1 agent                   => said c1 agent left=4 until=48h
        promise a1 c1 p2 in=30m queue=follow
        show follow-up:p2:1             => offered follow a1 age=16m 39s 999ms left=4/48h added=3
        ",
    );
}

#[test]
fn though_the_contact_is_forgotten() {
    promised(
        "
        complete a1 c1
        chpromise a1 p1 move=30h reason=later
        advance 2h
        # With the next that ends.
        enqueue c2 email general
        cancel c2
        enqueue c3 email general
        cancel c3
        advance 27h
        show c1                         => compacted
        show follow-up:p1:1             => offered follow a1 age=0s left=4/19h
        reload
        accept a1 follow-up:p1:1
        says follow-up:p1:1 agent       => said follow-up:p1:1 agent left=3 until=19h; ended p1 kept
        ",
    );
}

#[test]
fn promised_when_it_had_ended() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat general
        accept a1 c1
        says c1 agent
        complete a1 c1
        advance 5m
        promise a1 c1 p1 in=30m queue=follow
        show follow-up:p1:1             => offered follow a1 age=21m 39s 999ms left=4/47h 55m added=3
        ",
    );
}

#[test]
fn nothing_when_the_time_is_over() {
    promised(
        "
        complete a1 c1
        chpromise a1 p1 move=60h reason=later
        advance 59h
        show follow-up:p1:1             => offered follow a1 age=0s left=0/0s
        accept a1 follow-up:p1:1
        says follow-up:p1:1 agent       => !REPLY_WINDOW_OVER
        ",
    );
}

#[test]
fn what_is_sent_on_one_follow_up_is_not_left_for_the_next() {
    promised(
        "
        complete a1 c1
        advance 1h
        says follow-up:p1:1 auto        => said follow-up:p1:1 auto left=3 until=47h
        chpromise a1 p1 move=10h reason=later
        advance 9h
        show follow-up:p1:2             => offered follow a1 age=0s left=3/38h
        ",
    );
}

#[test]
fn not_by_another_way() {
    promised(
        "
        promise a1 c1 p2 in=30m queue=follow channel=wechat gateway=im
        show follow-up:p2:1             => offered follow a1 age=16m 39s 999ms left=0/0s added=3
        promise a1 c1 p3 in=30m queue=follow channel=email gateway=g
        show follow-up:p3:1             => waiting follow age=16m 39s 999ms for=a1 added=3
        ",
    );
}

#[test]
fn by_what_the_customer_wrote_in_a_later_contact_of_the_case() {
    for (who, left) in [("customer=u1", "4/39h"), ("customer=u2", "4/19h"), ("", "4/19h")] {
        check(&format!(
            "
            signin a1 ready
            enqueue c1 wechat general customer=u1
            accept a1 c1
            says c1 agent                   => said c1 agent left=4 until=48h
            complete a1 c1 promise=p1 in=30h queue=follow
            advance 20h
            enqueue c2 wechat general case=case:1 {who}
            says c2 auto                    => said c2 auto left=4 until=48h
            cancel c2
            advance 9h
            show follow-up:p1:1             => offered follow a1 age=0s left={left}
            "
        ));
    }
}
