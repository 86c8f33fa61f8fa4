//! Promises by business time.

use super::check;

fn promise(until: &str, lines: &str) {
    check(&format!(
        "
        wall {until}
        signin a1 ready
        enqueue c1 wechat night       => in c1 night; offered c1 a1
        accept a1 c1
        {lines}
        "
    ));
}

#[test]
fn business_time_is_that_of_the_queue() {
    for (from, business, due) in [
        // Within a day, over lunch, over a night, over a weekend, over the days off, from a closed time on.
        ("2026-09-28T09:30", "1h", "1h"),
        ("2026-09-28T11:00", "2h", "3h"),
        ("2026-09-28T17:00", "2h", "17h"),
        ("2026-10-09T17:00", "2h", "17h"),
        ("2026-10-10T17:00", "2h", "41h"),
        ("2026-09-30T14:00", "2h", "188h"),
        ("2026-09-28T12:30", "15m", "45m"),
        // All of the time until the very end of the day.
        ("2026-09-28T17:00", "1h", "1h"),
    ] {
        promise(from, &format!("promise a1 c1 p1 queue=walk business={business} => promised p1 +{due}"));
    }
}

#[test]
fn what_is_moved_goes_by_business_time_as_well() {
    promise(
        "2026-09-28T17:00",
        "
        promise a1 c1 p1 queue=walk in=1h
        chpromise a1 p1 business=2h   => promise p1 +17h
        ",
    );
}

#[test]
fn a_closure_by_hand_counts() {
    promise(
        "2026-09-28T17:00",
        "
        hours mail closed 2026-09-29T10:00  => hours mail closed; closed mail
        promise a1 c1 p1 queue=mail business=1h => promised p1 +18h
        hours mail open 2026-09-28T20:00    => hours mail open; opened mail
        promise a1 c1 p2 queue=mail business=2h => promised p2 +2h
        promise a1 c1 p3 queue=mail business=4h => promised p3 +17h
        hours mail open               => hours mail open
        promise a1 c1 p4 queue=mail business=24h => promised p4 +24h
        hours mail closed             => hours mail closed; closed mail
        promise a1 c1 p5 queue=mail business=1h => !NO_CALENDAR
        ",
    );
}

#[test]
fn a_queue_without_hours_has_no_business_time_and_the_horizon_counts() {
    promise(
        "2026-09-28T17:00",
        "
        promise a1 c1 p1 business=1h  => !NO_CALENDAR
        promise a1 c1 p1 queue=mail business=300h => !PROMISE_BEYOND_HORIZON
        apply set calendars.office.hours={} set calendars.office.days={}
        promise a1 c1 p1 queue=mail business=1h => !PROMISE_BEYOND_HORIZON
        ",
    );
}
