//! New work stops before a break, another activity, and the end.

use crate::agent;

const LEADS: &str = r#"
settings.zone = "Asia/Shanghai"
channels.phone.break_lead = "10m"
channels.phone.end_lead = "30m"
channels.wechat.end_lead = "1h"
shifts.day.at = ["09:00-12:00", "13:00-18:00"]
shifts.day.breaks = ["10:00-10:15"]
shifts.day.activities = [{ at = "16:00-16:30", channels = ["wechat"] }]
rotas.r.weeks = [{ mon = "day" }]
"#;

#[test]
fn each_channel_closes_at_its_own_time() {
    agent(
        LEADS,
        "",
        "
        2026-10-12T00:00+08:00 off
        2026-10-12T09:00+08:00 on
        2026-10-12T09:50+08:00 on email|wechat
        2026-10-12T10:00+08:00 break
        2026-10-12T10:15+08:00 on
        2026-10-12T11:00+08:00 on email|phone
        2026-10-12T11:30+08:00 on email
        2026-10-12T12:00+08:00 off
        2026-10-12T13:00+08:00 on
        2026-10-12T15:50+08:00 on email|wechat
        2026-10-12T16:00+08:00 on wechat
        2026-10-12T16:30+08:00 on
        2026-10-12T17:00+08:00 on email|phone
        2026-10-12T17:30+08:00 on email
        2026-10-12T18:00+08:00 off
        2026-10-19T09:00+08:00 on",
    );
}

#[test]
fn a_short_piece_may_never_open() {
    agent(
        &LEADS.replace("\"10:00-10:15\"", "\"09:30-11:40\""),
        "",
        "
        2026-10-12T09:00+08:00 on
        2026-10-12T09:20+08:00 on email|wechat
        2026-10-12T09:30+08:00 break
        2026-10-12T11:40+08:00 on email
        2026-10-12T12:00+08:00 off",
    );
}

#[test]
fn leave_in_a_shift_is_an_end_and_a_meeting_a_break() {
    agent(
        LEADS,
        "off 2026-10-12T14:00 2026-10-12T14:30\nbreak 2026-10-12T15:00 2026-10-12T15:30",
        "
        2026-10-12T13:00+08:00 on email|phone
        2026-10-12T13:30+08:00 on email
        2026-10-12T14:00+08:00 off
        2026-10-12T14:30+08:00 on
        2026-10-12T14:50+08:00 on email|wechat
        2026-10-12T15:00+08:00 break",
    );
}

#[test]
fn a_break_just_before_the_end_hides_it_from_nobody() {
    // The end is within wechat's hour, though a break lies between.
    agent(
        LEADS,
        "break 2026-10-12T17:40 2026-10-12T17:50",
        "
        2026-10-12T16:30+08:00 on
        2026-10-12T17:00+08:00 on email|phone
        2026-10-12T17:30+08:00 on email
        2026-10-12T17:40+08:00 break
        2026-10-12T17:50+08:00 on email
        2026-10-12T18:00+08:00 off",
    );
}

#[test]
fn an_override_that_ends_within_a_lead_closes_what_is_near_its_end() {
    // All else goes on as it was by hand.
    agent(
        LEADS,
        "override on 2026-10-12T17:45",
        "
        2026-10-12T14:00+08:00 on
        2026-10-12T17:45+08:00 on email
        2026-10-12T18:00+08:00 off",
    );
}

#[test]
fn overtime_moves_the_end() {
    agent(
        LEADS,
        "extra 2026-10-12T18:00 2026-10-12T20:00",
        "
        2026-10-12T16:30+08:00 on
        2026-10-12T19:00+08:00 on email|phone
        2026-10-12T19:30+08:00 on email
        2026-10-12T20:00+08:00 off",
    );
}
