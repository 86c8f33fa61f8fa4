//! What the end of a reply window does to who waits for an answer.

use super::{check, served};

/// Runs a table in which three may be sent within a minute of the customer's message.
fn short(table: &str) {
    check(&format!(
        "apply set channels.wechat.reply_window={{message={{replies=3,within=\"1m\"}}}}\n{table}"
    ));
}

#[test]
fn who_came_by_a_click_waits_on_when_its_time_is_over() {
    check(
        "
        enqueue c1 wechat general action => in c1 general left=3 until=1m
        advance 1m                     => -
        show c1                        => waiting general age=1m left=0/0s
        says c1 auto                   => !REPLY_WINDOW_OVER
        signin a1 ready                => signed-in a1; ready a1; offered c1 a1
        accept a1 c1
        says c1 agent                  => !REPLY_WINDOW_OVER
        says c1 customer               => said c1 customer left=5 until=48h
        says c1 agent                  => said c1 agent left=4 until=48h
        ",
    );
    // Its question can lapse, as any.
    check(
        "
        enqueue c1 wechat general action
        advance 30s
        says c1 customer               => said c1 customer left=5 until=48h
        advance 48h
        => +46h near c1 1 raise=3; +47h 40m near c1 2 raise=8; +48h closed c1 window_lapsed
        ",
    );
}

#[test]
fn a_click_tells_nobody_anew() {
    check(
        "
        enqueue c1 wechat general
        advance 47h50m                 => +46h near c1 1 raise=3; +47h 40m near c1 2 raise=8
        says c1 action                 => said c1 action left=5 until=10m
        show c1                        => waiting general age=47h 50m turn=47h 50m left=5/10m added=8
        advance 10m                    => +10m closed c1 window_lapsed
        ",
    );
}

#[test]
fn a_lapse_waiting() {
    short(
        "
        enqueue c1 wechat general
        advance 59s                    => -
        advance 1s                     => +1s closed c1 window_lapsed
        show general                   => entered=1 lapsed=1
        show c1                        => closed window_lapsed wait=1m
        ",
    );
}

#[test]
fn a_lapse_offered() {
    short(
        "
        apply set channels.wechat.offer_timeout=\"90s\"
        signin a1 ready
        enqueue c1 wechat general
        advance 1m                     => +1m ended c1 a1; +1m closed c1 window_lapsed
        show general                   => entered=1 lapsed=1
        show a1                        => ready calls=0 fixed=0 chats=0
        ",
    );
}

#[test]
fn a_lapse_active() {
    short(
        "
        signin a1 ready
        enqueue c1 wechat general
        accept a1 c1
        # What isn't an answer doesn't help.
        says c1 auto
        advance 1m                     => +1m closed c1 window_lapsed; +1m wrap-up c1 a1 10s
        show general                   => entered=1 answered=1
        show c1                        => closed window_lapsed wait=0s
        ",
    );
}

#[test]
fn a_lapse_parked() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat general
        accept a1 c1
        advance 47h
        => +10m parked c1; +10m released c1 a1 parked; +46h near c1 1 raise=3
        advance 1h                     => +40m near c1 2 raise=8; +1h closed c1 window_lapsed
        ",
    );
}

#[test]
fn a_lapse_with_bot() {
    short(
        "
        enqueue c1 wechat general bot=b
        says c1 auto                   => said c1 auto left=2 until=1m
        advance 1m                     => +1m closed c1 window_lapsed
        show general                   => entered=1 lapsed=1
        ",
    );
}

#[test]
fn answered_in_time_never_lapses() {
    served(
        "
        advance 47h
        says c1 agent                  => said c1 agent left=4 until=1h
        advance 10d                    => -
        # Only once the customer waits again.
        says c1 customer               => said c1 customer left=5 until=48h
        advance 2d
        => +46h near c1 1 raise=3; +47h 40m near c1 2 raise=8; +48h closed c1 window_lapsed
        ; +48h wrap-up c1 a1 10s
        ",
    );
}

#[test]
fn a_lapse_is_seen_though_the_time_was_passed_unseen() {
    check(
        "
        enqueue c1 wechat general
        pass 3d
        tick                           => closed c1 window_lapsed
        ",
    );
}
