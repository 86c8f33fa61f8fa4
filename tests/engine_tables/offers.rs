//! Offers: taken, refused, missed, taken too late, by somebody else, by the gateway, or withdrawn.

use crate::common::desk::check;

#[test]
fn a_declined_contact_goes_to_the_next_and_not_back_for_a_minute() {
    check(
        "
        signin a1 ready
        enqueue c1 wechat consultation => in c1 consultation; offered c1 a1
        decline a1 c1                  => declined c1 a1
        # What is over needs no declining.
        decline a1 c1                  => -
        signin a2 ready                => signed-in a2; ready a2; offered c1 a2
        decline a2 c1                  => declined c1 a2
        # Only this contact is kept from them.
        enqueue c2 wechat consultation => in c2 consultation; offered c2 a1
        accept a1 c2
        advance 59s                    => -
        advance 1s                     => +1s offered c1 a2
        # a2 has been idle longer: a1 was given work.
        ",
    );
}

#[test]
fn missed_offers_make_the_agent_not_ready() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation  => in c1 consultation; offered c1 a1
        advance 14s                    => -
        advance 1s                     => +1s missed c1 a1
        show c1                        => waiting consultation age=15s
        # Thirty seconds later it may ring there again.
        advance 45s                    => +30s offered c1 a1; +45s missed c1 a1; +45s not-ready a1 missed
        advance 10m                    => -
        ready a1                       => ready a1; offered c1 a1
        advance 15s                    => +15s missed c1 a1
        ",
    );
}

#[test]
fn only_misses_in_a_row_count() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        advance 15s                    => +15s missed c1 a1
        advance 30s                    => +30s offered c1 a1
        decline a1 c1                  => declined c1 a1
        advance 60s                    => +1m offered c1 a1
        advance 15s                    => +15s missed c1 a1
        advance 30s                    => +30s offered c1 a1
        accept a1 c1
        unreachable c1                 => returned c1 agent_unreachable; released c1 a1 unreachable
                                        ; not-ready a1 unreachable
        ready a1                       => ready a1; offered c1 a1
        advance 15s                    => +15s missed c1 a1
        ",
    );
}

#[test]
fn missing_one_too_many_withdraws_the_others() {
    check(
        "
        apply set settings.missed_limit=1  => plan 2
        signin a1 ready
        enqueue c1 wechat consultation
        advance 5s
        enqueue c2 wechat consultation => in c2 consultation; offered c2 a1
        advance 15s                    => +15s missed c1 a1; +15s not-ready a1 missed
                                        ; +15s agent-gone c2 a1
        show a1                        => not-ready missed calls=0 fixed=0 chats=0
        ",
    );
}

#[test]
fn an_offer_is_taken_once_in_time_by_its_agent() {
    check(
        "
        signin a1 ready
        signin a2 notready
        enqueue c1 phone consultation
        accept a2 c1                   => !OFFER_OF_ANOTHER_AGENT
        decline a2 c1                  => !OFFER_OF_ANOTHER_AGENT
        accept a1 c1 epoch=2           => !OFFER_EPOCH_MISMATCH
        accept a1 c1 offer=2           => !OFFER_NOT_FOUND
        accept a1 c1 offer=0           => !OFFER_NOT_FOUND
        accept a9 c1                   => !AGENT_NOT_FOUND
        accept a1 c1                   => accepted c1 a1
        # Again, because the answer was lost: the same answer, and nothing happens.
        accept a1 c1                   => -
        accept a2 c1                   => !OFFER_OF_ANOTHER_AGENT
        decline a1 c1                  => !OFFER_ACCEPTED
        connected c1
        accept a1 c1                   => -
        complete a1 c1
        accept a1 c1                   => -
        finish a1 c1
        accept a1 c1                   => !OFFER_ENDED
        decline a1 c1                  => -
        ",
    );
}

#[test]
fn an_offer_is_not_taken_late() {
    check(
        "
        signin a1 ready
        signin a2 ready
        enqueue c1 phone consultation  => in c1 consultation; offered c1 a1
        advance 15s                    => +15s missed c1 a1; +15s offered c1 a2
        accept a1 c1 offer=1 epoch=1   => !OFFER_ENDED
        connected c1 offer=1 epoch=1   => !OFFER_ENDED
        accept a2 c1 offer=2 epoch=2   => accepted c1 a2
        ",
    );
}

#[test]
fn an_offer_is_over_at_its_deadline_even_if_nobody_has_looked_yet() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation  => in c1 consultation; offered c1 a1
        pass 15s
        step accept a1 c1              => !OFFER_ENDED
        step answered c1               => !OFFER_ENDED
        step connected c1              => !OFFER_ENDED
        tick                           => missed c1 a1
        ",
    );
}

#[test]
fn the_gateway_accepts_for_an_agent_whose_telephone_rings() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        answered c1                    => accepted c1 a1 by-gateway
        answered c1                    => -
        accept a1 c1                   => -
        connected c1                   => connected c1 a1
        connected c1                   => -
        answered c1                    => -
        unreachable c1                 => !ALREADY_CONNECTED
        complete a1 c1
        finish a1 c1
        # Both at once, and for a message.
        enqueue c2 phone consultation
        connected c2                   => accepted c2 a1 by-gateway; connected c2 a1
        cancel c2
        finish a1 c2
        enqueue c3 wechat consultation
        connected c3                   => accepted c3 a1 by-gateway
        show c3                        => active consultation a1
        connected c3                   => -
        connected c1 offer=3 epoch=1   => !OFFER_ENDED
        connected c9                   => !CONTACT_NOT_FOUND
        ",
    );
}

#[test]
fn an_agent_who_cannot_be_reached_is_not_ready_and_the_contact_keeps_its_place() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        advance 10s
        enqueue c2 phone consultation
        accept a1 c1
        advance 5s
        unreachable c1                 => returned c1 agent_unreachable; released c1 a1 unreachable
                                        ; not-ready a1 unreachable
        unreachable c1                 => -
        show c1                        => waiting consultation age=15s
        signin a2 ready                => signed-in a2; ready a2; offered c1 a2
        # Before anybody picked up.
        unreachable c1                 => agent-gone c1 a2; not-ready a2 unreachable
        ready a1                       => ready a1; offered c1 a1
        show consultation              => waiting=1 offered=1 entered=2
        ",
    );
}

#[test]
fn availability_has_a_reason_and_takes_offers_back() {
    check(
        "
        ready a1                       => !AGENT_SIGNED_OUT
        signin a1                      => signed-in a1; not-ready a1 signed_in
        notready a1 lunch              => not-ready a1 lunch
        notready a1 lunch              => -
        notready a1 training           => not-ready a1 training
        enqueue c1 phone consultation  => in c1 consultation
        ready a1                       => ready a1; offered c1 a1
        ready a1                       => -
        notready a1 lunch              => not-ready a1 lunch; agent-gone c1 a1
        show c1                        => waiting consultation age=0s
        # Nobody is to blame: it may ring there at once when they are back.
        ready a1                       => ready a1; offered c1 a1
        accept a1 c1
        notready a1 lunch              => not-ready a1 lunch
        connected c1                   => connected c1 a1
        notready a9 lunch              => !AGENT_NOT_FOUND
        ",
    );
}
