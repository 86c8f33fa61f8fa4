//! What a platform still lets us send, and what its end does.

mod lapses;

use crate::common::{CONVERSATIONS, desk::check_in};

fn check(table: &str) {
    check_in(CONVERSATIONS, table);
}

/// Runs a table that begins with a chat `c1` of wechat with a1, which is not parked within the table.
fn served(table: &str) {
    check(&format!(
        "
        apply set channels.wechat.park_after=\"30d\"
        signin a1 ready
        enqueue c1 wechat general      => in c1 general left=5 until=48h; offered c1 a1
        accept a1 c1
        {table}
        "
    ));
}

#[test]
fn five_replies() {
    served(
        "
        says c1 agent                  => said c1 agent left=4 until=48h
        says c1 agent                  => said c1 agent left=3 until=48h
        advance 1h
        says c1 agent                  => said c1 agent left=2 until=47h
        says c1 agent                  => said c1 agent left=1 until=47h
        says c1 agent                  => said c1 agent left=0 until=47h
        says c1 agent                  => !REPLY_QUOTA_SPENT
        says c1 auto                   => !REPLY_QUOTA_SPENT
        show c1                        => active general a1 left=0/47h
        says c1 customer               => said c1 customer left=5 until=48h
        says c1 agent                  => said c1 agent left=4 until=48h
        ",
    );
}

#[test]
fn an_action_gives_three_for_a_minute() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat general action
        => in c1 general left=3 until=1m; offered c1 a1
        accept a1 c1
        says c1 agent                  => said c1 agent left=2 until=1m
        says c1 agent                  => said c1 agent left=1 until=1m
        says c1 agent                  => said c1 agent left=0 until=1m
        says c1 agent                  => !REPLY_QUOTA_SPENT
        advance 1m                     => -
        says c1 agent                  => !REPLY_WINDOW_OVER
        says c1 action                 => said c1 action left=3 until=1m
        says c1 agent                  => said c1 agent left=2 until=1m
        ",
    );
}

#[test]
fn allowances_do_not_add_up() {
    served(
        "
        says c1 customer               => said c1 customer left=5 until=48h
        says c1 action                 => said c1 action left=5 until=48h
        says c1 agent
        says c1 agent
        says c1 agent                  => said c1 agent left=2 until=48h
        advance 1h
        # More for a minute, and what is sent then counts against both.
        says c1 action                 => said c1 action left=3 until=1m later=2/47h
        says c1 agent                  => said c1 agent left=2 until=1m later=1/47h
        says c1 customer               => said c1 customer left=5 until=48h
        ",
    );
    check(
        "
        signin a1 ready
        enqueue c1 wechat general action
        says c1 customer               => said c1 customer left=5 until=48h
        ",
    );
}

#[test]
fn what_a_click_gives_counts_for_its_own_time() {
    served(
        "
        says c1 agent
        says c1 agent
        says c1 agent
        says c1 agent
        says c1 agent                  => said c1 agent left=0 until=48h
        says c1 action                 => said c1 action left=3 until=1m
        says c1 agent                  => said c1 agent left=2 until=1m
        show c1                        => active general a1 left=2/1m
        reload
        advance 59999ms                => -
        says c1 agent check            => -
        advance 1ms                    => -
        says c1 agent                  => !REPLY_QUOTA_SPENT
        show c1                        => active general a1 left=0/47h 59m
        ",
    );
    // Just before the end it opens what the message doesn't any more; by then somebody may still answer.
    served(
        "
        advance 172770s
        says c1 action
        show c1                        => active general a1 turn=47h 59m 30s left=5/30s added=8
        advance 30s                    => -
        show c1                        => active general a1 turn=48h left=3/30s added=8
        says c1 agent check            => -
        advance 30s                    => +30s closed c1 window_lapsed; +30s wrap-up c1 a1 10s
        ",
    );
}

#[test]
fn automatic_keeps_one() {
    served(
        "
        says c1 auto                   => said c1 auto left=4 until=48h
        says c1 auto
        says c1 auto
        says c1 auto                   => said c1 auto left=1 until=48h
        says c1 auto                   => !REPLY_QUOTA_RESERVED
        says c1 agent                  => said c1 agent left=0 until=48h
        ",
    );
    // Whoever has it, or nobody yet.
    check(
        "
        apply set channels.wechat.reply_window.keep=4
        enqueue c1 wechat general
        says c1 auto                   => said c1 auto left=4 until=48h
        says c1 auto                   => !REPLY_QUOTA_RESERVED
        signin a1 ready                => signed-in a1; ready a1; offered c1 a1
        says c1 auto                   => !REPLY_QUOTA_RESERVED
        accept a1 c1
        advance 10m                    => +10m parked c1; +10m released c1 a1 parked
        says c1 auto                   => !REPLY_QUOTA_RESERVED
        ",
    );
}

#[test]
fn a_bot_has_them_all() {
    check(
        "
        apply set channels.wechat.reply_window.keep=4
        enqueue c1 wechat general bot=b
        says c1 auto                   => said c1 auto left=4 until=48h
        says c1 auto                   => said c1 auto left=3 until=48h
        says c1 auto
        says c1 auto
        says c1 auto                   => said c1 auto left=0 until=48h
        says c1 auto                   => !REPLY_QUOTA_SPENT
        says c1 agent                  => !CONTACT_NOT_HELD
        says c1 customer               => said c1 customer left=5 until=48h
        ",
    );
}

#[test]
fn only_who_has_it_writes() {
    check(
        "
        enqueue c1 wechat general
        says c1 agent                  => !CONTACT_NOT_HELD
        signin a1 ready
        says c1 agent                  => !CONTACT_NOT_HELD
        accept a1 c1
        says c1 agent                  => said c1 agent left=4 until=48h
        complete a1 c1
        says c1 agent                  => !CONTACT_CLOSED
        says c1 customer               => !CONTACT_CLOSED
        says c1 action                 => !CONTACT_CLOSED
        says c1 auto check             => !CONTACT_CLOSED
        says nobody customer           => !CONTACT_NOT_FOUND
        ",
    );
}

#[test]
fn check_only_spends_nothing() {
    served(
        "
        says c1 agent check            => -
        says c1 auto check             => -
        says c1 customer check         => -
        show c1                        => active general a1 left=5/48h
        says c1 agent
        says c1 agent
        says c1 agent
        says c1 agent
        says c1 auto check             => !REPLY_QUOTA_RESERVED
        says c1 agent
        says c1 agent check            => !REPLY_QUOTA_SPENT
        ",
    );
}

#[test]
fn the_same_message_is_spent_once() {
    served(
        "
        request=r1 says c1 agent       => said c1 agent left=4 until=48h
        request=r1 says c1 agent       => repeat
        request=r1 says c1 auto        => !REQUEST_ID_REUSED
        ",
    );
}

#[test]
fn a_window_over_refuses() {
    served(
        "
        says c1 agent                  => said c1 agent left=4 until=48h
        advance 172799999ms            => -
        says c1 agent check            => -
        advance 1ms                    => -
        says c1 agent                  => !REPLY_WINDOW_OVER
        says c1 auto                   => !REPLY_WINDOW_OVER
        says c1 customer               => said c1 customer left=5 until=48h
        ",
    );
}

#[test]
fn priority_rises() {
    check(
        "
        enqueue c1 wechat general
        advance 46h                    => +46h near c1 1 raise=3
        show c1                        => waiting general age=46h left=5/2h added=3
        advance 100m                   => +1h 40m near c1 2 raise=8
        show c1                        => waiting general age=47h 40m left=5/20m added=8
        ",
    );
}

#[test]
fn who_has_little_time_left_comes_first() {
    let table = |step: &str| {
        format!(
            "
            apply set queues.general.objective=\"4h\" set queues.general.boost_permille=500
            apply set channels.wechat.reply_window={{message={{replies=5,within=\"3h\"}},rise=[{{before=\"2h\",priority=8}}]}}
            enqueue c1 qq general
            enqueue c2 wechat general
            advance 1h
            {step}
            "
        )
    };
    check(&table("signin a1 ready => signed-in a1; ready a1; offered c2 a1; offered c1 a1"));
    check(&table(
        "says c2 customer                  => said c2 customer left=5 until=3h
        signin a1 ready                   => signed-in a1; ready a1; offered c1 a1; offered c2 a1",
    ));
}

#[test]
fn it_falls_when_the_customer_writes() {
    check(
        "
        enqueue c1 wechat general
        advance 47h                    => +46h near c1 1 raise=3
        says c1 customer               => said c1 customer left=5 until=48h
        show c1                        => waiting general age=47h turn=47h left=5/48h
        advance 46h                    => +46h near c1 1 raise=3
        ",
    );
}

#[test]
fn it_falls_when_the_agent_answers() {
    served(
        "
        advance 47h                    => +46h near c1 1 raise=3
        show c1                        => active general a1 left=5/1h added=3
        says c1 auto                   => said c1 auto left=4 until=1h
        show c1                        => active general a1 turn=47h left=4/1h added=3
        says c1 agent                  => said c1 agent left=3 until=1h
        show c1                        => active general a1 left=3/1h
        ",
    );
}

#[test]
fn a_click_opens_nothing_where_the_plan_says_nothing_of_it() {
    check(
        "
        apply remove channels.wechat.reply_window.action
        signin a1 ready
        enqueue c1 wechat general action => in c1 general left=0 until=0s; offered c1 a1
        accept a1 c1
        says c1 agent                  => !REPLY_WINDOW_OVER
        says c1 action                 => said c1 action left=0 until=0s
        says c1 auto                   => !REPLY_WINDOW_OVER
        says c1 customer               => said c1 customer left=5 until=48h
        says c1 action                 => said c1 action left=5 until=48h
        says c1 agent                  => said c1 agent left=4 until=48h
        ",
    );
}

#[test]
fn no_window_no_rule() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general          => in c1 general; offered c1 a1
        accept a1 c1
        says c1 agent                  => said c1 agent
        says c1 auto                   => said c1 auto
        says c1 customer               => said c1 customer
        enqueue c2 phone general       => in c2 general; offered c2 a1
        ",
    );
}

#[test]
fn the_plan_changes_the_window() {
    served(
        "
        advance 47h                    => +46h near c1 1 raise=3
        # A further step, already past.
        apply set channels.wechat.reply_window.rise=[{before=\"2h\",priority=3},{before=\"90m\",priority=5}]
        => plan 3; near c1 2 raise=5
        # By the new rule from the next message on.
        apply set channels.wechat.reply_window.message={replies=2,within=\"24h\"}
        => plan 4
        show c1                        => active general a1 left=5/1h added=5
        says c1 customer               => said c1 customer left=2 until=24h
        says c1 agent                  => said c1 agent left=1 until=24h
        says c1 customer               => said c1 customer left=2 until=24h
        # No rule: nothing is refused, nothing lapses.
        apply remove channels.wechat.reply_window => plan 5
        advance 7d                     => -
        says c1 agent                  => said c1 agent
        show c1                        => active general a1
        # A rule again: it holds from the customer's next message on.
        apply set channels.wechat.reply_window={message={replies=2,within=\"24h\"}} => plan 6
        says c1 agent                  => said c1 agent
        says c1 customer               => said c1 customer left=2 until=24h
        ",
    );
}

#[test]
fn it_goes_on_after_a_restart() {
    check(
        "
        enqueue c1 wechat general
        advance 47h
        reload
        advance 1h                     => +40m near c1 2 raise=8; +1h closed c1 window_lapsed
        ",
    );
}

#[test]
fn by_another_channel_the_customer_has_yet_to_write() {
    served(
        "
        says c1 agent                  => said c1 agent left=4 until=48h
        # What one platform lets be sent says nothing of another, nor of a call.
        transfer gateway c1 queue=experts channel=phone gateway=pbx => named pbx; moved c1 experts by=phone/pbx; wrap-up c1 a1 10s; offered c1 a1
        notready a1 lunch
        signin a2 ready
        accept a2 c1
        connected c1
        show c1                        => active experts a2
        # Nothing on the platform opens its window but the customer.
        transfer a2 c1 queue=general channel=wechat gateway=g => moved c1 general by=wechat/g left=0 until=0s; wrap-up c1 a2 20s
        says c1 auto                   => !REPLY_WINDOW_OVER
        finish a2 c1                   => released c1 a2 finished; offered c1 a2
        accept a2 c1
        says c1 agent                  => !REPLY_WINDOW_OVER
        reload
        says c1 agent                  => !REPLY_WINDOW_OVER
        # There is no end at which it could lapse.
        advance 3d                     => +10s released c1 a1 wrap_up_timeout
        show c1                        => active general a2 turn=72h left=0/0s
        says c1 action                 => said c1 action left=3 until=1m
        says c1 agent                  => said c1 agent left=2 until=1m
        says c1 customer               => said c1 customer left=5 until=48h
        says c1 agent                  => said c1 agent left=4 until=48h
        ",
    );
}

#[test]
fn by_another_gateway_of_the_channel_it_stays() {
    served(
        "
        says c1 agent                  => said c1 agent left=4 until=48h
        advance 1h
        transfer gateway c1 queue=general channel=wechat gateway=im => named im; moved c1 general by=wechat/im left=4 until=47h; wrap-up c1 a1 10s; offered c1 a1
        accept a1 c1
        says c1 agent                  => said c1 agent left=3 until=47h
        # The end comes when it would have come.
        says c1 customer               => said c1 customer left=5 until=48h
        advance 48h                    => +10s released c1 a1 wrap_up_timeout; +46h near c1 1 raise=3; +47h 40m near c1 2 raise=8; +48h closed c1 window_lapsed; +48h wrap-up c1 a1 10s
        ",
    );
}

#[test]
fn nobody_clicks_on_a_call() {
    check(
        "
        enqueue c1 phone general action  => !by_action
        enqueue c1 email general action  => !by_action
        enqueue c1 qq general action     => in c1 general
        ",
    );
}
