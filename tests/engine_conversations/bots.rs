//! Contacts that begin with a bot, or are handed to one while they wait.

mod told;

use crate::common::{CONVERSATIONS, desk::check_in, stages::at_each_stage};

fn check(table: &str) {
    check_in(CONVERSATIONS, table);
}

#[test]
fn begins_with_a_bot() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general bot=b   => named b; in c1 general bot=b
        show c1                           => with-bot b general turn=0s
        show general                      => with-bot=1 entered=1
        advance 30s                       => -
        frombot b c1                      => left-bot c1 returned general age=0s; offered c1 a1
        show c1                           => offered general a1 age=0s turn=30s
        accept a1 c1
        show-legs c1                      => general/qq b wait=0s handle=30s bot_returned
        show general                      => active=1 entered=1 answered=1
        ",
    );
}

#[test]
fn a_call_begins_with_a_bot() {
    check(
        "
        signin a1 ready
        enqueue c1 phone general bot=ivr  => named ivr; in c1 general bot=ivr
        advance 30s
        frombot ivr c1                    => left-bot c1 returned general age=0s; offered c1 a1
        accept a1 c1
        connected c1
        advance 1m
        complete a1 c1                    => closed c1 agent_completed; wrap-up c1 a1 20s
        show c1                           => closed agent_completed wait=0s
        show-legs c1                      => general/phone ivr wait=0s handle=30s bot_returned; general/phone a1 wait=0s handle=1m closed
        show general                      => entered=1 answered=1
        ",
    );
}

#[test]
fn returns_with_category_and_skills() {
    check(
        "
        signin a1 ready
        signin a4 ready
        enqueue c1 qq general bot=b
        frombot b c1 category=fraud prio=4 skills=complaints:5  => left-bot c1 returned experts age=0s; offered c1 a1
        show c1                                                 => offered experts a1 age=0s turn=0s
        show general                                            => entered=1 out=1
        show experts                                            => offered=1 in=1
        # The new category alone says the queue, a queue that is named goes before it.
        enqueue c2 qq general bot=b
        frombot b c2 category=fraud queue=general               => left-bot c2 returned general age=0s; offered c2 a1
        # What makes no sense is refused, and the contact stays where it is.
        apply set queues.general.unservable=\"refuse\"
        enqueue c3 email general bot=b
        frombot b c3 queue=nowhere category=none skills=juggling:1  => !category,queue,required_skills
        frombot b c3 queue=fresh                                => !queue
        frombot b c3 skills=complaints:9                        => !NOBODY_CAN_SERVE
        show c3                                                 => with-bot b general turn=0s
        frombot b c3 customer=u1 prefer=complaints:5 prio=2     => left-bot c3 returned general age=0s; offered c3 a4
        ",
    );
}

#[test]
fn fresh_or_from_its_arrival() {
    check(
        "
        enqueue c1 phone general bot=b
        enqueue c2 phone fresh bot=b
        advance 40s
        frombot b c1       => left-bot c1 returned general age=0s
        frombot b c2       => left-bot c2 returned fresh
        advance 5s
        show c1            => waiting general age=5s
        show c2            => waiting fresh age=45s
        cancel c1
        cancel c2
        # Only people's time is waiting.
        show c1            => closed customer_left wait=5s
        show c2            => closed customer_left wait=5s
        ",
    );
}

#[test]
fn the_longest_wait_leaves_out_the_bot() {
    check(
        "
        enqueue c1 phone small bot=b
        advance 10m
        frombot b c1       => left-bot c1 returned small age=0s
        advance 30s        => -
        tobot c1 b         => bot c1 b
        advance 10m        => -
        frombot b c1       => left-bot c1 returned small
        advance 29s        => -
        advance 1s         => +1s closed c1 wait_limit
        show c1            => closed wait_limit wait=1m
        ",
    );
}

#[test]
fn deflected_keeps_its_place() {
    check(
        "
        enqueue c1 qq general
        advance 1s
        enqueue c2 qq general
        advance 1s
        enqueue c3 qq general
        tobot c2 b         => named b; bot c2 b
        tobot c2 b         => -
        tobot c2 other     => !CONTACT_WITH_BOT
        show c2            => with-bot b general turn=1s
        show general       => waiting=2 with-bot=1 entered=3
        advance 1m
        frombot b c2       => left-bot c2 returned general
        show c2            => waiting general age=1m 1s turn=1m 1s
        # The second of three, as before.
        signin a1 ready    => signed-in a1; ready a1; offered c1 a1; offered c2 a1; offered c3 a1
        accept a1 c1       => accepted c1 a1
        accept a1 c2       => accepted c2 a1
        show-legs c2       => general/qq b wait=1s handle=1m bot_returned
        show general       => offered=1 active=2 entered=3 answered=2
        reload
        show-legs c2       => general/qq b wait=1s handle=1m bot_returned
        ",
    );
}

#[test]
fn an_offered_one_goes_to_a_bot() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general  => in c1 general; offered c1 a1
        tobot c1 b                 => named b; withdrawn c1 a1; bot c1 b
        accept a1 c1               => !OFFER_ENDED
        show a1                    => ready calls=0 fixed=0 chats=0
        show c1                    => with-bot b general turn=0s
        ",
    );
}

#[test]
fn to_another_queue_after_it_waited() {
    check(
        "
        enqueue c1 qq general
        advance 10s
        tobot c1 b
        advance 30s
        frombot b c1 queue=fresh   => left-bot c1 returned fresh
        show c1                    => waiting fresh age=40s turn=40s
        advance 5s
        signin a1 ready
        accept a1 c1
        show-legs c1               => general/qq b wait=10s handle=30s bot_returned
        complete a1 c1
        show c1                    => closed agent_completed wait=15s
        show-legs c1               => general/qq b wait=10s handle=30s bot_returned; fresh/qq a1 wait=5s handle=0s closed
        show general               => entered=1 out=1
        show fresh                 => in=1 answered=1
        ",
    );
}

#[test]
fn closes() {
    check(
        "
        enqueue c1 qq general bot=b
        advance 20s
        frombot b c1 closed disposition=nothing              => !disposition
        frombot b c1 closed disposition=resolved resolution=1 => closed c1 bot_completed resolved/1
        show c1                                              => closed bot_completed resolved/1 wait=0s
        show-legs c1                                         => general/qq b wait=0s handle=20s closed
        show general                                         => entered=1 deflected=1
        # The same again is as good as done, anything else is refused.
        frombot b c1 closed disposition=resolved resolution=1 => -
        frombot b c1 closed                                  => !CONTACT_CLOSED
        frombot b c1                                         => !CONTACT_CLOSED
        tobot c1 b                                           => !CONTACT_CLOSED
        # One that has waited before.
        enqueue c2 phone general
        advance 7s
        tobot c2 b
        advance 7s
        frombot b c2 closed                                  => closed c2 bot_completed
        show c2                                              => closed bot_completed wait=7s
        show general                                         => entered=2 deflected=2
        ",
    );
}

#[test]
fn another_bot_returns() {
    check(
        "
        enqueue c1 qq general bot=b
        enqueue c2 qq general
        frombot other c1           => !CONTACT_NOT_WITH_BOT
        frombot other c1 closed    => !CONTACT_NOT_WITH_BOT
        frombot b c2               => !CONTACT_NOT_WITH_BOT
        frombot b c2 closed        => !CONTACT_NOT_WITH_BOT
        frombot b nobody           => !CONTACT_NOT_FOUND
        frombot b c1               => left-bot c1 returned general age=0s
        frombot b c1               => !CONTACT_NOT_WITH_BOT
        # It is gone from the bot, whoever asks.
        complete gateway c1        => !CONTACT_NOT_ANSWERED
        ",
    );
}

#[test]
fn with_a_bot_it_is_nobody_elses() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general bot=b
        transfer gateway c1 queue=fresh   => !CONTACT_WITH_BOT
        transfer a1 c1 queue=fresh        => !CONTACT_NOT_HELD
        assign c1 a1                      => !CONTACT_WITH_BOT
        complete gateway c1               => !CONTACT_WITH_BOT
        complete a1 c1                    => !CONTACT_NOT_HELD
        update c1 prio=5                  => updated c1
        ",
    );
}

#[test]
fn not_from_an_agent() {
    check(
        "
        signin a1 ready
        enqueue c1 phone general
        accept a1 c1
        tobot c1 b                        => !CONTACT_NOT_WAITING
        connected c1
        tobot c1 b                        => !CONTACT_NOT_WAITING
        complete a1 c1
        tobot c1 b                        => !CONTACT_CLOSED
        ",
    );
}

#[test]
fn bot_gateway_lost() {
    check(
        "
        gateway b 30s
        enqueue c1 qq general bot=b
        enqueue c2 phone general
        tobot c2 b
        advance 30s                       => +30s lost b; +30s left-bot c1 bot-lost general age=0s; +30s left-bot c2 bot-lost general
        show c1                           => waiting general age=0s turn=30s
        show c2                           => waiting general age=30s
        # What comes to it while it is lost doesn't stay.
        enqueue c3 phone general bot=b    => in c3 general bot=b; left-bot c3 bot-lost general age=0s
        tobot c1 b                        => bot c1 b; left-bot c1 bot-lost general
        gateway b 30s                     => leased b 30s
        tobot c1 b                        => bot c1 b
        show general                      => waiting=2 with-bot=1 entered=3
        # With what is there when everything is rebuilt.
        reload
        advance 30s                       => +30s lost b; +30s left-bot c1 bot-lost general
        show-legs c1                      => general/qq b wait=0s handle=30s agent_lost; general/qq b wait=0s handle=0s agent_lost; general/qq b wait=0s handle=30s agent_lost
        ",
    );
}

#[test]
fn a_bot_that_never_leased_is_never_lost() {
    check(
        "
        enqueue c1 phone general bot=b
        advance 29m   => -
        advance 1m    => +1m left-bot c1 time general age=0s
        ",
    );
}

#[test]
fn own_gateway_lost() {
    check(
        "
        gateway pbx 30s
        enqueue c1 phone general bot=b gateway=pbx
        enqueue c2 qq general bot=b gateway=pbx
        advance 30s                       => +30s lost pbx; +30s closed c1 gateway_lost
        show c1                           => closed gateway_lost wait=0s
        show c2                           => with-bot b general turn=30s
        frombot b c2                      => left-bot c2 returned general age=0s
        frombot b c1                      => !CONTACT_CLOSED
        show general                      => waiting=1 entered=2 lost=1
        ",
    );
}

#[test]
fn bot_limit() {
    check(
        "
        apply set channels.qq.bot_limit=\"5m\"
        enqueue c1 qq general bot=b
        advance 1m
        enqueue c2 qq general
        advance 1m
        tobot c2 b
        advance 179s                      => -
        advance 1s                        => +1s left-bot c1 time general age=0s
        show c1                           => waiting general age=0s turn=5m
        advance 2m                        => +2m left-bot c2 time general
        show c2                           => waiting general age=6m turn=6m
        # A new rule counts from when it went there.
        tobot c1 b
        advance 1m
        apply set channels.qq.bot_limit=\"2m\"
        advance 59s                       => -
        advance 1s                        => +1s left-bot c1 time general
        tobot c2 b
        advance 30s
        apply set channels.qq.bot_limit=\"10s\"
        show c2                           => waiting general age=8m 30s turn=8m 30s
        ",
    );
}

#[test]
fn customer_gone() {
    at_each_stage(
        &[
            ("a chat that began there", "enqueue c1 qq general bot=b\nadvance 10s"),
            ("a call that began there", "enqueue c1 phone general bot=b\nadvance 10s"),
            ("a chat that was deflected", "enqueue c1 qq general\nadvance 5s\ntobot c1 b\nadvance 10s"),
            ("a call that was deflected", "enqueue c1 phone general\nadvance 5s\ntobot c1 b\nadvance 10s"),
            (
                "a chat that somebody has answered",
                "signin a1 ready\nenqueue c1 qq general\naccept a1 c1\nadvance 5s\n\
                 signout a1 return\ntobot c1 b\nadvance 10s",
            ),
        ],
        "cancel c1",
        &[
            ("a chat that began there", "closed c1 customer_left"),
            ("a call that began there", "closed c1 customer_left"),
            ("a chat that was deflected", "closed c1 customer_left"),
            ("a call that was deflected", "closed c1 customer_left"),
            ("a chat that somebody has answered", "closed c1 customer_left"),
        ],
    );
}

#[test]
fn nobody_is_offered_what_is_with_a_bot() {
    check(
        "
        enqueue c1 qq general bot=b
        enqueue c2 phone general bot=b
        signin a1 ready                   => signed-in a1; ready a1
        advance 1m                        => -
        enqueue c3 qq general         => in c3 general; offered c3 a1
        tobot c3 b                        => withdrawn c3 a1; bot c3 b
        notready a1 lunch                 => not-ready a1 lunch
        ready a1                          => ready a1
        ",
    );
}

#[test]
fn into_a_full_queue() {
    check(
        "
        enqueue c1 phone small            => in c1 small
        enqueue c2 phone small            => !QUEUE_FULL
        # Who is with a bot is not in line; who comes from it can't be turned away.
        enqueue c2 phone small bot=b      => named b; in c2 small bot=b
        frombot b c2                      => left-bot c2 returned small age=0s
        enqueue c3 phone small            => !QUEUE_FULL
        show small                        => waiting=2 entered=2
        ",
    );
}

#[test]
fn queue_removed_meanwhile() {
    check(
        "
        enqueue c1 phone small bot=b
        enqueue c2 phone small
        tobot c2 b
        apply remove queues.small                       => !QUEUE_NOT_EMPTY
        apply remove queues.small policy=move:general   => plan 2
        show c1                                         => with-bot b small
        frombot b c1                                    => left-bot c1 returned small age=0s; moved c1 general removed
        show c1                                         => waiting general age=0s
        frombot b c2 queue=fresh                        => left-bot c2 returned fresh
        show small                                      => entered=2 out=2
        show general                                    => waiting=1 in=1
        show fresh                                      => waiting=1 in=1
        ",
    );
    check(
        "
        enqueue c1 phone small bot=b
        enqueue c2 phone small
        advance 3s
        tobot c2 b
        apply remove queues.small policy=end            => plan 2
        advance 4s
        frombot b c2                                    => left-bot c2 returned small; closed c2 queue_removed
        show c2                                         => closed queue_removed wait=3s
        advance 5m                                      => -
        show small                                      => with-bot=1 entered=2 expired=1
        ",
    );
}
