//! What happens when a conversation falls silent, and to it meanwhile.

use crate::common::{
    CONVERSATIONS,
    desk::{Desk, check_in},
    stages::at_each_stage,
};

mod back;

fn check(table: &str) {
    check_in(CONVERSATIONS, table);
}

/// Runs a table that begins with a chat `c1` of `channel` with a1, parked 10 minutes later.
fn parked(channel: &str, table: &str) {
    check(&format!(
        "
        signin a1 ready
        enqueue c1 {channel} general
        accept a1 c1
        advance 10m                    => +10m parked c1; +10m released c1 a1 parked
        {table}
        "
    ));
}

#[test]
fn an_idle_chat_is_parked_and_frees_its_units() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general          => in c1 general; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        show a1                        => ready calls=0 fixed=0 chats=30
        advance 599999ms               => -
        advance 1ms                    => +1ms parked c1; +1ms released c1 a1 parked
        show a1                        => ready calls=0 fixed=0 chats=0
        show c1                        => parked general wait=0s turn=10m
        show general                   => parked=1 entered=1 answered=1
        ",
    );
}

#[test]
fn whoever_writes_puts_it_off() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general
        accept a1 c1
        advance 9m                     => -
        says c1 customer               => said c1 customer
        advance 9m                     => -
        says c1 agent                  => said c1 agent
        advance 9m                     => -
        says c1 action                 => said c1 action
        advance 9m                     => -
        # Nobody but people.
        says c1 auto                   => said c1 auto
        advance 1m                     => +1m parked c1; +1m released c1 a1 parked
        ",
    );
}

#[test]
fn there_is_no_wrap_up_and_who_waits_gets_the_room() {
    check(
        "
        signin a4 ready
        enqueue c1 wechat general      => in c1 general left=5 until=48h; offered c1 a4
        accept a4 c1
        enqueue c2 wechat general      => in c2 general left=5 until=48h
        advance 10m                    => +10m parked c1; +10m released c1 a4 parked; +10m offered c2 a4
        ",
    );
}

#[test]
fn it_ends_after_its_time() {
    parked(
        "qq",
        "
        advance 30m
        # Not put off by what is no message.
        says c1 action                 => said c1 action
        advance 30m                    => +30m closed c1 idle
        says c1 customer               => !CONTACT_CLOSED
        show c1                        => closed idle wait=0s
        show general                   => entered=1 answered=1
        ",
    );
}

/// A chat of wechat with a1, parked.
const PARKED: &str = "signin a1 ready\nenqueue c1 wechat general\naccept a1 c1\nadvance 10m";

#[test]
fn agent_lost_while_parked() {
    let still = "show c1 => parked general wait=0s turn=10m left=5/47h 50m";
    let lost = |loss: &str, came: &str| {
        at_each_stage(&[("parked", PARKED)], loss, &[("parked", &format!("{came}\n{still}"))]);
    };
    lost("away a1 session=1", "away a1 30s");
    lost("signout a1", "signed-out a1 requested");
    lost("apply remove agents.a1", "plan 2; signed-out a1 removed");
}

#[test]
fn gateway_lost_while_parked() {
    check(&format!(
        "
        {PARKED}
        gateway g 30s                  => leased g 30s
        advance 30s                    => +30s lost g
        show c1                        => parked general wait=0s turn=10m 30s left=5/47h 49m 30s
        says c1 customer               => said c1 customer left=5 until=48h; resumed c1 a1
        "
    ));
}

#[test]
fn customer_gone_while_parked() {
    parked(
        "wechat",
        "
        cancel c1                      => closed c1 customer_left
        # It was answered: nobody was abandoned.
        show general                   => entered=1 answered=1
        ",
    );
}

#[test]
fn its_gateway_or_its_last_agent_completes_it() {
    parked("wechat", "complete gateway c1 disposition=resolved => closed c1 gateway_completed resolved");
    parked(
        "wechat",
        "
        signin a2 ready
        complete a2 c1                 => !CONTACT_NOT_HELD
        complete a1 c1                 => closed c1 agent_completed
        ",
    );
}

#[test]
fn its_queue_goes_while_parked() {
    parked(
        "webchat",
        "
        apply remove queues.general remove categories.refund => !QUEUE_NOT_EMPTY
        apply remove queues.general remove categories.refund policy=move:fresh => plan 2
        show c1                        => parked general wait=0s turn=10m
        says c1 customer               => said c1 customer; returned c1 customer_wrote; moved c1 fresh removed; offered c1 a1
        ",
    );
    parked(
        "webchat",
        "
        apply remove queues.general remove categories.refund policy=end => plan 2
        says c1 customer               => said c1 customer; returned c1 customer_wrote; closed c1 queue_removed
        ",
    );
    // Who has it goes on with it, as with any contact that is being served.
    parked(
        "wechat",
        "
        apply remove queues.general remove categories.refund policy=move:fresh => plan 2
        says c1 customer               => said c1 customer left=5 until=48h; resumed c1 a1
        signout a1 return
        => signed-out a1 requested; returned c1 agent_lost; released c1 a1 agent_lost; moved c1 fresh removed
        ",
    );
}

#[test]
fn a_plan_that_parks_later_or_sooner() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general
        accept a1 c1
        advance 5m
        apply set channels.qq.park_after=\"20m\"
        advance 14m                    => -
        advance 1m                     => +1m parked c1; +1m released c1 a1 parked
        apply set channels.qq.parked_keep=\"5m\"
        advance 4m                     => -
        advance 1m                     => +1m closed c1 idle
        enqueue c2 qq general
        accept a1 c2
        advance 5m
        # What is due already by the new plan.
        apply set channels.qq.park_after=\"1m\" => plan 4; parked c2; released c2 a1 parked
        ",
    );
}

#[test]
fn a_plan_that_parks_no_more() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general
        accept a1 c1
        advance 10m                    => +10m parked c1; +10m released c1 a1 parked
        enqueue c2 qq general
        accept a1 c2
        apply remove channels.qq.park_after remove channels.qq.parked_keep remove channels.qq.parked_return
        advance 1h                     => -
        # What is parked goes on by the defaults.
        says c1 customer               => said c1 customer; resumed c1 a1
        advance 3d                     => -
        ",
    );
    parked(
        "qq",
        "
        apply remove channels.qq.park_after remove channels.qq.parked_keep remove channels.qq.parked_return
        advance 2d                     => +48h closed c1 idle
        ",
    );
}

#[test]
fn calls_never_park() {
    check(
        "
        signin a1 ready
        enqueue c1 phone general       => in c1 general; offered c1 a1
        accept a1 c1                   => accepted c1 a1
        connected c1                   => connected c1 a1
        says c1 customer               => !ACTIVITY_NOT_TRACKED
        says c1 agent check            => !ACTIVITY_NOT_TRACKED
        advance 3d                     => -
        show c1                        => active general a1
        ",
    );
}

#[test]
fn mails_never_park_unless_the_plan_says_so() {
    check(
        "
        signin a1 ready
        enqueue c1 email general
        accept a1 c1
        advance 1d                     => -
        says c1 agent                  => said c1 agent
        ",
    );
}

#[test]
fn it_goes_on_after_a_restart() {
    parked(
        "qq",
        "
        reload
        advance 59m                    => -
        advance 1m                     => +1m closed c1 idle
        enqueue c2 qq general
        accept a1 c2
        advance 5m
        reload
        advance 5m                     => +5m parked c2; +5m released c2 a1 parked
        ",
    );
}

#[test]
fn what_is_told_of_the_way_back_is_the_way() {
    // Where the plan no longer says that anything parks, its defaults hold.
    let gone =
        "apply set channels.wechat={kind=\"messaging\",units=30,offer_timeout=\"20s\",interruptible=true}";
    for (channel, change, told, way) in [
        ("wechat", "tick", "to a1 if there is room, else to queue general", "; resumed c1 a1"),
        ("webchat", "tick", "to queue general", "; returned c1 customer_wrote for=a1; offered c1 a1"),
        ("wechat", gone, "to a1 if there is room, else to queue general", "; resumed c1 a1"),
    ] {
        let mut desk = Desk::with(CONVERSATIONS);
        for line in
            ["signin a1 ready", &format!("enqueue c1 {channel} general"), "accept a1 c1", "advance 10m"]
        {
            desk.run(line);
        }
        let changed = desk.run(change);
        assert!(!changed.starts_with('!'), "{changed}");
        let state = desk.sim.state();
        let contact = state.contact_by_id("c1").expect("the contact").contact;
        let summary = state.explain_contact(contact, desk.sim.now_ms(), 1).expect("an explanation").summary;
        assert!(summary.ends_with(&format!("brings it back {told}.")), "{channel}, {change}: {summary}");
        let came = desk.run("says c1 customer");
        assert!(came.ends_with(way), "{channel}, {change}: {came}");
    }
}
