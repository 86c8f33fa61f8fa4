//! Gateways that are gone, and the daemon itself starting anew.

use kefud::engine::command::Command;

use crate::common::desk::{Desk, check};

#[test]
fn waiting_calls_of_a_lost_gateway_are_lost_and_nothing_else() {
    check(
        "
        gateway pbx 40s                            => named pbx; leased pbx 40s
        signin a1 ready
        enqueue c1 phone consultation gateway=pbx  => in c1 consultation; offered c1 a1
        accept a1 c1
        connected c1
        enqueue c2 phone consultation gateway=pbx  => in c2 consultation
        enqueue c3 wechat complaints gateway=pbx   => in c3 complaints
        enqueue c4 phone consultation              => in c4 consultation
        signin a2 ready                            => signed-in a2; ready a2; offered c2 a2
        accept a2 c2
        enqueue c5 phone consultation gateway=pbx  => in c5 consultation
        advance 40s                                => +40s lost pbx; +40s closed c5 gateway_lost
        show c4                                    => waiting consultation age=40s
        show c3                                    => waiting complaints age=40s
        show c1                                    => active consultation a1
        # A call that comes back to waiting has no gateway to wait at.
        unreachable c2                             => returned c2 agent_unreachable; released c2 a2 unreachable
                                                    ; not-ready a2 unreachable; closed c2 gateway_lost
        show consultation                          => waiting=1 active=1 entered=4 answered=1 lost=2
        ",
    );
}

#[test]
fn an_offer_of_a_lost_gateways_call_is_withdrawn() {
    check(
        "
        gateway pbx 10s
        signin a1 ready
        enqueue c1 phone consultation gateway=pbx => in c1 consultation; offered c1 a1
        advance 10s                               => +10s lost pbx; +10s ended c1 a1; +10s closed c1 gateway_lost
        # It is back as soon as it is heard of.
        enqueue c2 phone consultation gateway=pbx => in c2 consultation; offered c2 a1
        notready a1 lunch                         => not-ready a1 lunch; agent-gone c2 a1
        show c2                                   => waiting consultation age=0s
        gateway pbx 10s                           => leased pbx 10s
        advance 10s                               => +10s lost pbx; +10s closed c2 gateway_lost
        ",
    );
}

#[test]
fn a_lease_is_renewed_by_keeping_alive_or_held_by_a_stream() {
    check(
        "
        gateway pbx 10s                           => named pbx; leased pbx 10s
        enqueue c1 phone consultation gateway=pbx
        advance 9s
        gateway pbx 10s                           => leased pbx 10s
        advance 9s                                => -
        gateway pbx open                          => leased pbx open
        gateway pbx open                          => -
        advance 1h                                => -
        gateway pbx lost                          => leased pbx 30s
        gateway pbx lost                          => -
        advance 29s                               => -
        advance 1s                                => +1s lost pbx; +1s closed c1 gateway_lost
        gateway pbx lost                          => -
        ",
    );
}

#[test]
fn a_gateway_that_never_had_a_lease_loses_nothing() {
    check(
        "
        enqueue c1 phone consultation gateway=old => named old; in c1 consultation
        advance 24h                               => -
        start                                     => started 30s
        advance 24h                               => -
        show c1                                   => waiting consultation age=48h
        ",
    );
}

#[test]
fn a_daemon_that_starts_gives_everybody_time_to_come_back() {
    check(
        "
        gateway pbx 20s
        gateway web open                           => named web; leased web open
        signin a1 ready
        signin a2 ready
        enqueue c1 wechat consultation             => in c1 consultation; offered c1 a1
        accept a1 c1
        enqueue c2 phone consultation gateway=pbx  => in c2 consultation; offered c2 a2
        enqueue c3 phone complaints gateway=web    => in c3 complaints; offered c3 a1
        reload                                     => -
        # No stream has outlived the process: offers are taken back.
        start                                      => started 30s; agent-gone c2 a2; agent-gone c3 a1
        signin a2 session=2                        => back a2; offered c2 a2
        notready a2 lunch                          => not-ready a2 lunch; agent-gone c2 a2
        advance 19s                                => -
        gateway pbx 20s                            => leased pbx 20s
        advance 11s                                => +11s signed-out a1 grace_over; +11s returned c1 agent_lost
                                                    ; +11s released c1 a1 agent_lost; +11s lost web
                                                    ; +11s closed c3 gateway_lost
        show c2                                    => waiting consultation age=30s
        show a1                                    => signed-out calls=0 fixed=0 chats=0
        ",
    );
}

#[test]
fn wall_clock_changes_are_only_written_down() {
    check(
        "
        clock -3600000                 => clock -3600000
        tick                           => -
        ",
    );
}

#[test]
fn a_channel_that_becomes_realtime_ends_what_a_lost_gateway_has_offered() {
    check(
        "
        gateway g 5s
        signin a1 ready
        enqueue c1 email consultation  => in c1 consultation; offered c1 a1
        advance 5s                     => +5s lost g
        apply set channels.email.kind=\"realtime\"
        => plan 2; ended c1 a1; closed c1 gateway_lost
        ",
    );
}

#[test]
fn a_contact_is_refused_whole_where_its_two_gateways_find_no_room() {
    let mut desk = Desk::new();
    while desk.sim.state().gateways().count() < 9_999 {
        let gateway = format!("g{}", desk.sim.state().gateways().count());
        assert!(desk.sim.step(None, Command::GatewayStreamLost { gateway }).0.is_ok());
    }
    let before = desk.sim.state().sequence();
    let mut refused = |line: &str| desk.run(&format!("enqueue {line}")).contains("!TOO_MANY_GATEWAYS");
    assert!(refused("c1 phone consultation gateway=new bot=other"));
    assert_eq!(desk.sim.state().sequence(), before);
    let mut refused = |line: &str| desk.run(&format!("enqueue {line}")).contains("!TOO_MANY_GATEWAYS");
    assert!(!refused("c1 phone consultation gateway=new bot=new"));
    assert!(refused("c2 phone consultation gateway=another"));
    assert!(!refused("c2 phone consultation gateway=new bot=g1"));
}
