//! The way back of what is parked: to its agent, or to its queue.

use kefud::{engine::evolve::Slices, proto::journal::ContactStage};

use super::{check, parked};
use crate::common::{CONVERSATIONS, desk::Desk};

#[test]
fn a_message_brings_it_back_at_once() {
    parked(
        "wechat",
        "
        advance 1h                     => -
        says c1 customer               => said c1 customer left=5 until=48h; resumed c1 a1
        show c1                        => active general a1 turn=1h 10m left=5/48h
        # Nothing was waited for and nothing answered anew.
        show general                   => active=1 entered=1 answered=1
        show a1                        => ready calls=0 fixed=0 chats=30
        advance 10m                    => +10m parked c1; +10m released c1 a1 parked
        says c1 customer               => said c1 customer left=5 until=48h; resumed c1 a1
        says c1 agent                  => said c1 agent left=4 until=48h
        complete a1 c1                 => closed c1 agent_completed; wrap-up c1 a1 10s
        ",
    );
}

#[test]
fn a_conversation_that_was_resumed_has_an_offer_of_its_own() {
    parked(
        "wechat",
        "
        says c1 customer               => said c1 customer left=5 until=48h; resumed c1 a1
        accept a1 c1 offer=1 epoch=1   => !OFFER_ENDED
        accept a1 c1 offer=2 epoch=2   => -
        pull a1 c1                     => -
        ",
    );
}

#[test]
fn above_the_limit_by_the_allowance() {
    check(
        "
        signin a4 ready
        enqueue c1 wechat general
        accept a4 c1
        advance 10m                    => +10m parked c1; +10m released c1 a4 parked
        enqueue c2 wechat general      => in c2 general left=5 until=48h; offered c2 a4
        accept a4 c2
        # The limit is 1, and 1 may come back above it.
        says c1 customer               => said c1 customer left=5 until=48h; resumed c1 a4
        show a4                        => ready calls=0 fixed=0 chats=60
        enqueue c3 wechat general      => in c3 general left=5 until=48h
        advance 10m                    => +10m parked c1; +10m released c1 a4 parked
        ; +10m parked c2; +10m released c2 a4 parked; +10m offered c3 a4
        ",
    );
}

#[test]
fn no_further_above_the_limit_than_allowed() {
    check(
        "
        apply set channels.wechat.park_after=\"1m\"
        signin a4 ready
        enqueue c1 wechat general
        accept a4 c1
        advance 1m                     => +1m parked c1; +1m released c1 a4 parked
        enqueue c2 wechat general
        accept a4 c2
        advance 1m                     => +1m parked c2; +1m released c2 a4 parked
        enqueue c3 wechat general
        accept a4 c3
        says c1 customer               => said c1 customer left=5 until=48h; resumed c1 a4
        says c2 customer               => said c2 customer left=5 until=48h; returned c2 customer_wrote for=a4
        ",
    );
}

#[test]
fn a_channel_that_the_agent_must_not_have_stays_forbidden() {
    parked(
        "wechat",
        "
        apply set agents.a1.limits={wechat=0}
        says c1 customer               => said c1 customer left=5 until=48h; returned c1 customer_wrote
        ",
    );
}

#[test]
fn never_above_the_units() {
    parked(
        "wechat",
        "
        apply set agents.a1.capacity=50
        enqueue m1 email general       => in m1 general; offered m1 a1
        accept a1 m1
        says c1 customer               => said c1 customer left=5 until=48h; returned c1 customer_wrote for=a1
        complete a1 m1                 => closed m1 agent_completed; released m1 a1 finished; offered c1 a1
        ",
    );
}

#[test]
fn as_an_offer() {
    parked(
        "qq",
        "
        signin a2 ready
        advance 1m
        says c1 customer               => said c1 customer; returned c1 customer_wrote; offered c1 a1 by-return
        show c1                        => offered general a1 age=0s turn=11m
        show general                   => offered=1 entered=1 in=1 answered=1
        accept a1 c1                   => accepted c1 a1
        advance 10m                    => +10m parked c1; +10m released c1 a1 parked
        says c1 customer               => said c1 customer; returned c1 customer_wrote; offered c1 a1 by-return
        # Unanswered, it waits in its place.
        advance 20s                    => +20s missed c1 a1; +20s offered c1 a2
        ",
    );
}

#[test]
fn as_an_offer_only_within_the_limit() {
    parked(
        "qq",
        "
        apply set agents.a1.limits={qq=1}
        enqueue c2 qq general          => in c2 general; offered c2 a1
        says c1 customer               => said c1 customer; returned c1 customer_wrote for=a1
        ",
    );
}

#[test]
fn to_the_queue_by_the_plan() {
    parked(
        "webchat",
        "
        signin a2 ready
        notready a1 break
        # Kept for the agent who had it, as on any entry.
        says c1 customer               => said c1 customer; returned c1 customer_wrote for=a1
        advance 10s                    => +10s free c1 time; +10s offered c1 a2
        cancel c1
        enqueue c2 webchat general     => in c2 general; offered c2 a2
        accept a2 c2
        advance 10m
        says c2 customer               => said c2 customer; returned c2 customer_wrote for=a2; offered c2 a2
        ",
    );
}

#[test]
fn to_the_queue_when_the_agent_is_not_there() {
    let back = |left: &str, how: &str| {
        parked(
            "wechat",
            &format!("signin a2 ready\n{left}\nsays c1 customer => said c1 customer left=5 until=48h; {how}"),
        );
    };
    back("away a1 session=1", "returned c1 customer_wrote for=a1");
    back("notready a1 break", "returned c1 customer_wrote for=a1");
    back("signout a1", "returned c1 customer_wrote; offered c1 a2");
    back("apply remove agents.a1", "returned c1 customer_wrote; offered c1 a2");
    back(
        "enqueue p1 phone general agent=a1\nassign p1 a1\naccept a1 p1\nconnected p1",
        "returned c1 customer_wrote for=a1",
    );
    back(
        "
        notready a2 break
        enqueue w1 wechat general
        accept a1 w1
        enqueue w2 wechat general
        accept a1 w2
        enqueue q1 qq general
        accept a1 q1
        ready a2
        ",
        "returned c1 customer_wrote for=a1",
    );
}

#[test]
fn at_its_age() {
    check(
        "
        enqueue c1 webchat general
        advance 15s
        signin a1 ready                => signed-in a1; ready a1; offered c1 a1
        advance 5s
        accept a1 c1
        advance 30m                    => +10m parked c1; +10m released c1 a1 parked
        show c1                        => parked general wait=20s turn=30m 20s
        # Neither the time with the agent nor the time parked.
        notready a1 break
        says c1 customer               => said c1 customer; returned c1 customer_wrote for=a1
        show c1                        => waiting general age=20s for=a1 turn=30m 20s
        advance 5s
        show c1                        => waiting general age=25s for=a1 turn=30m 25s
        ",
    );
}

#[test]
fn resumed_and_lost_it_still_has_its_age() {
    check(
        "
        enqueue c1 wechat general
        advance 20s
        signin a1 ready
        accept a1 c1
        advance 1h
        says c1 customer               => said c1 customer left=5 until=48h; resumed c1 a1
        advance 1m
        signout a1 return
        => signed-out a1 requested; returned c1 agent_lost; released c1 a1 agent_lost
        show c1                        => waiting general age=20s turn=1h 1m 20s left=5/47h 59m
        ",
    );
}

#[test]
fn a_click_does_not_bring_it_back() {
    parked(
        "wechat",
        "
        says c1 action                 => said c1 action left=5 until=47h 50m
        show c1                        => parked general wait=0s turn=10m left=5/47h 50m
        ",
    );
}

#[test]
fn an_agent_pulls_it() {
    parked(
        "qq",
        "
        signin a2 notready
        says c1 agent                  => !CONTACT_NOT_HELD
        pull a2 c1                     => returned c1 pulled; offered c1 a2 by-pull; accepted c1 a2
        says c1 agent                  => said c1 agent
        show c1                        => active general a2
        # Now a2 is the one to come back to.
        ready a2
        advance 10m                    => +10m parked c1; +10m released c1 a2 parked
        says c1 customer               => said c1 customer; returned c1 customer_wrote; offered c1 a2 by-return
        ",
    );
}

#[test]
fn only_who_can_take_it_pulls_it() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat experts
        accept a1 c1
        advance 10m                    => +10m parked c1; +10m released c1 a1 parked
        pull a3 c1                     => !AGENT_NOT_AVAILABLE
        signin a4 ready
        pull a4 c1                     => !AGENT_NOT_ELIGIBLE
        signin a2 ready
        apply set agents.a2.limits={wechat=0}
        pull a2 c1                     => !AGENT_NOT_AVAILABLE
        show c1                        => parked experts wait=0s turn=10m left=5/47h 50m
        pull a1 c1                     => returned c1 pulled; offered c1 a1 by-pull; accepted c1 a1
        pull a1 c1                     => -
        cancel c1
        pull a1 c1                     => !CONTACT_CLOSED
        ",
    );
}

#[test]
fn nobody_is_kept_free_for_what_an_agent_pulls() {
    check(
        "
        apply set groups.reserve.keep_free=1 set queues.experts.rings=[{after=\"1s\",groups=[\"reserve\"]}]
        signin a3 notready
        signin a1 notready
        enqueue c1 wechat experts
        enqueue c2 wechat experts
        advance 1s                     => +1s ring c1 1 time; +1s ring c2 1 time
        ready a3                       => ready a3
        ready a1                       => ready a1; offered c1 a1; offered c2 a1
        accept a1 c1
        decline a1 c2
        advance 10m
        # Those who wait are for others first; c1 is in nobody's line.
        pull a3 c2                     => !AGENT_NOT_ELIGIBLE
        # It is offered in the ring that lets a3 have it.
        pull a3 c1                     => returned c1 pulled ring=1; offered c1 a3 by-pull; accepted c1 a3
        ",
    );
}

/// The customer writes after so many slices of a change of the plan, and all is as if that were whole.
#[test]
fn it_comes_back_while_the_plan_changes() {
    for ticks in 0..6 {
        let mut desk = Desk::with(CONVERSATIONS);
        desk.sim.set_slices(Slices { agents: 1, contacts: 1 });
        for channel in ["wechat", "qq", "webchat"] {
            desk.run("signin a1 ready");
            desk.run(&format!("enqueue {channel} {channel} general"));
            desk.run(&format!("accept a1 {channel}"));
        }
        desk.run("advance 10m");
        desk.run("step apply set agents.a2.capacity=90");
        (0..ticks).for_each(|_| drop(desk.run("step tick")));
        let says = |channel: &str, desk: &mut Desk| desk.run(&format!("step says {channel} customer"));
        assert_eq!(
            says("wechat", &mut desk),
            "said wechat customer left=5 until=48h; resumed wechat a1",
            "after {ticks} ticks"
        );
        assert_eq!(
            says("qq", &mut desk),
            "said qq customer; returned qq customer_wrote; offered qq a1 by-return",
            "after {ticks} ticks"
        );
        let settled = desk.sim.state().settled();
        let offered = if settled { "; offered webchat a1" } else { "" };
        assert_eq!(
            says("webchat", &mut desk),
            format!("said webchat customer; returned webchat customer_wrote for=a1{offered}"),
            "after {ticks} ticks"
        );
        assert_eq!(desk.run("tick").contains("offered webchat a1"), !settled, "after {ticks} ticks");
    }
}

#[test]
fn pulled_in_the_ring_that_it_had() {
    let mut desk = Desk::with(CONVERSATIONS);
    let rings = "[{after=\"30s\",groups=[\"reserve\"]}]";
    for line in [
        &format!("apply set queues.general.groups=[\"core\"] set queues.general.rings={rings}"),
        "signin a3 ready",
        "enqueue c1 webchat general",
        "accept a3 c1",
        "advance 10m",
        "pull a3 c1",
    ] {
        let told = desk.run(line);
        assert!(!told.starts_with('!'), "{line}: {told}");
    }
    // Before it opens a3 is none of those who may have it.
    let record = desk.sim.state().contact_by_id("c1").unwrap();
    assert_eq!((record.ring, record.stage()), (1, ContactStage::Active));
}
