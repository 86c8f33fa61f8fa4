//! Agents' sessions: signing in and out, a stream lost and found again, two desktops at once.

use crate::common::desk::check;

#[test]
fn a_lost_stream_withdraws_offers_at_once_and_the_rest_after_the_grace_time() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat consultation
        advance 5s
        accept a1 c1
        enqueue c2 wechat consultation => in c2 consultation; offered c2 a1
        advance 10s
        away a1 session=1              => away a1 30s; agent-gone c2 a1
        away a1 session=1              => -
        show a1                        => away calls=0 fixed=0 chats=30
        enqueue c3 phone consultation  => in c3 consultation
        advance 29s                    => -
        advance 1s                     => +1s signed-out a1 grace_over; +1s returned c1 agent_lost
                                        ; +1s released c1 a1 agent_lost
        # At the age that it had when it was answered.
        show c1                        => waiting consultation age=5s turn=45s
        show c2                        => waiting consultation age=40s
        show a1                        => signed-out calls=0 fixed=0 chats=0
        show consultation              => waiting=3 entered=3 in=1 answered=1
        ",
    );
}

#[test]
fn coming_back_within_the_grace_time_goes_on_as_before() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat consultation
        accept a1 c1
        away a1 session=1              => away a1 30s
        enqueue c2 wechat consultation => in c2 consultation
        advance 29s
        signin a1 session=1            => back a1; offered c2 a1
        signin a1 session=1            => -
        advance 10s                    => -
        show a1                        => ready calls=0 fixed=0 chats=60
        ",
    );
}

#[test]
fn an_agent_without_a_stream_keeps_itself_alive() {
    check(
        "
        signin a1 ready
        alive a1 session=1             => -
        away a1 session=1              => away a1 30s
        advance 20s
        alive a1 session=1             => away a1 30s
        advance 20s                    => -
        alive a1 session=2             => !SESSION_REPLACED
        advance 10s                    => +10s signed-out a1 grace_over
        alive a1 session=1             => !AGENT_SIGNED_OUT
        alive a9 session=1             => !AGENT_NOT_FOUND
        ",
    );
}

#[test]
fn a_call_outlasts_its_agents_stream() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        accept a1 c1
        connected c1
        away a1 session=1
        advance 30s                    => +30s signed-out a1 grace_over
        show c1                        => active consultation a1
        # Whoever comes back finds the call and no room for another.
        signin a1 ready                => signed-in a1; ready a1
        enqueue c2 phone consultation  => in c2 consultation
        complete gateway c1            => closed c1 gateway_completed; wrap-up c1 a1 20s
        finish a1 c1                   => released c1 a1 finished; offered c2 a1
        ",
    );
}

#[test]
fn a_wrap_up_ends_with_the_session() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        accept a1 c1
        connected c1
        complete a1 c1
        away a1 session=1
        apply set settings.agent_grace=\"5s\"
        alive a1 session=1             => away a1 5s
        advance 5s                     => +5s signed-out a1 grace_over; +5s released c1 a1 agent_lost
        ",
    );
}

#[test]
fn the_second_sign_in_wins() {
    check(
        "
        signin a1 ready                => signed-in a1; ready a1
        enqueue c1 wechat consultation => in c1 consultation; offered c1 a1
        # Work and availability stay.
        signin a1                      => signed-in a1
        show a1                        => ready calls=0 fixed=0 chats=30
        # The first desktop can neither go on nor do harm.
        signin a1 session=1            => !SESSION_REPLACED
        alive a1 session=1             => !SESSION_REPLACED
        away a1 session=1              => -
        signout a1 session=1           => !SESSION_REPLACED
        accept a1 c1                   => accepted c1 a1
        signin a1 notready             => signed-in a1; not-ready a1 signed_in
        # With that one's stream gone, a desktop of before may come back, as a new session.
        away a1 session=3              => away a1 30s
        signin a1 session=2            => signed-in a1
        away a1 session=3              => -
        show a1                        => not-ready signed_in calls=0 fixed=0 chats=30
        signin a9                      => !AGENT_NOT_FOUND
        ",
    );
}

#[test]
fn signing_out_with_contacts() {
    check(
        "
        signout a1                     => -
        signin a1 ready
        enqueue c1 wechat consultation
        enqueue c2 wechat consultation
        accept a1 c1
        # Offers don't keep anybody, contacts do.
        signout a1                     => !AGENT_HAS_CONTACTS
        advance 7s
        signout a1 return              => signed-out a1 requested; agent-gone c2 a1; returned c1 agent_lost
                                        ; released c1 a1 agent_lost
        show c1                        => waiting consultation age=0s turn=7s
        show c2                        => waiting consultation age=7s
        signin a1 ready                => signed-in a1; ready a1; offered c2 a1; offered c1 a1
        decline a1 c1
        decline a1 c2
        enqueue c3 phone consultation  => in c3 consultation; offered c3 a1
        accept a1 c3
        signout a1 return              => !AGENT_HAS_CONTACTS
        connected c3
        signout a1 return session=2    => !AGENT_HAS_CONTACTS
        complete a1 c3
        signout a1 session=2           => signed-out a1 requested; released c3 a1 agent_lost
        show a1                        => signed-out calls=0 fixed=0 chats=0
        signout a9                     => !AGENT_NOT_FOUND
        ",
    );
}
