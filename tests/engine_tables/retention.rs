//! Limits, and what is remembered for how long: caps, longest waits, closed contacts, request ids.

use crate::common::desk::check;

#[test]
fn a_cap_is_exact() {
    check(
        "
        enqueue c1 phone sales         => in c1 sales
        enqueue c2 wechat sales        => in c2 sales
        enqueue c3 phone sales         => !QUEUE_FULL
        enqueue c3 phone consultation  => in c3 consultation
        # Offered ones wait still, accepted ones don't.
        signin a1 ready                => signed-in a1; ready a1; offered c1 a1
        enqueue c4 phone sales         => !QUEUE_FULL
        accept a1 c1                   => accepted c1 a1
        enqueue c4 phone sales         => in c4 sales
        enqueue c5 phone sales         => !QUEUE_FULL
        # A cap gates admissions only: those who come back or are moved there get in.
        unreachable c1                 => returned c1 agent_unreachable; released c1 a1 unreachable
                                        ; not-ready a1 unreachable
        transfer gateway c3 queue=sales => moved c3 sales
        show sales                     => waiting=4 entered=3 in=1
        cancel c1
        cancel c2
        enqueue c6 phone sales         => !QUEUE_FULL
        cancel c3
        enqueue c6 phone sales         => in c6 sales
        apply set queues.sales.max_waiting=0 => plan 2
        cancel c6
        enqueue c7 phone sales         => !QUEUE_FULL
        ",
    );
}

#[test]
fn a_contact_that_has_waited_too_long_expires() {
    check(
        "
        enqueue c1 phone sales
        advance 59s                    => -
        enqueue c2 phone sales
        advance 1s                     => +1s closed c1 wait_limit
        signin a1 ready                => signed-in a1; ready a1; offered c2 a1
        # Not while it rings or is connected, but at once when it comes back too late.
        advance 10s
        accept a1 c2
        advance 2m                     => -
        unreachable c2                 => returned c2 agent_unreachable; released c2 a1 unreachable
                                        ; not-ready a1 unreachable; closed c2 wait_limit
        show sales                     => entered=2 expired=2
        # Only waiting counts, not the time with an agent.
        ready a1
        enqueue c3 wechat sales        => in c3 sales; offered c3 a1
        advance 10s
        accept a1 c3
        advance 1h
        transfer a1 c3 queue=sales     => moved c3 sales; wrap-up c3 a1 10s; offered c3 a1
        notready a1 lunch              => not-ready a1 lunch; agent-gone c3 a1
        advance 49s                    => +10s released c3 a1 wrap_up_timeout
        advance 1s                     => +1s closed c3 wait_limit
        ",
    );
}

#[test]
fn another_longest_wait_takes_effect_at_once() {
    check(
        "
        enqueue c1 phone sales
        enqueue c2 phone consultation
        advance 30s
        apply set queues.sales.max_wait=\"2m\" set queues.consultation.max_wait=\"20s\" => plan 2; closed c2 wait_limit
        advance 89s                    => -
        transfer gateway c1 queue=complaints => moved c1 complaints
        advance 10m                    => -
        transfer gateway c1 queue=sales => moved c1 sales; closed c1 wait_limit
        ",
    );
}

#[test]
fn enqueueing_again_is_the_same_contact_as_long_as_its_id_is_known() {
    check(
        "
        enqueue c1 phone consultation        => in c1 consultation
        enqueue c1 phone consultation        => same
        enqueue c1 phone consultation prio=1 => !CONTACT_EXISTS
        update c1 prio=5
        enqueue c1 phone consultation        => same
        cancel c1
        enqueue c1 phone consultation        => same
        show c1                              => closed customer_left wait=0s
        advance 2h
        enqueue c2 phone consultation
        cancel c2
        # The next one that closes lets the old one go.
        show c1                              => compacted
        enqueue c1 phone consultation        => !CONTACT_COMPACTED
        cancel c1                            => !CONTACT_COMPACTED
        update c1 prio=1                     => !CONTACT_COMPACTED
        complete gateway c1                  => !CONTACT_COMPACTED
        advance 24h
        enqueue c3 phone consultation
        cancel c3
        # After a day its id is free.
        enqueue c1 phone consultation        => in c1 consultation
        ",
    );
}

#[test]
fn closed_contacts_are_kept_by_number_too_but_not_dropped_in_wrap_up() {
    check(
        "
        apply set settings.closed_contacts_max=2
        signin a1 ready
        enqueue c1 phone consultation
        accept a1 c1
        connected c1
        complete a1 c1
        enqueue c2 phone complaints
        enqueue c3 phone complaints
        enqueue c4 phone complaints
        cancel c2
        cancel c3
        show c1                        => closed agent_completed wait=0s
        show c2                        => compacted
        show c3                        => closed customer_left wait=0s
        finish a1 c1
        cancel c4
        # It takes its turn again behind those that have ended since.
        show c3                        => compacted
        show c1                        => closed agent_completed wait=0s
        reload                         => -
        enqueue c2 phone complaints    => !CONTACT_COMPACTED
        ",
    );
}

#[test]
fn a_request_is_carried_out_once() {
    check(
        "
        signin a1 ready
        enqueue c1 phone consultation
        accept a1 c1
        connected c1
        request=r1 transfer a1 c1 queue=complaints => moved c1 complaints; wrap-up c1 a1 20s
        request=r1 transfer a1 c1 queue=complaints => repeat
        request=r1 transfer a1 c1 queue=sales      => !REQUEST_ID_REUSED
        reload
        request=r1 transfer a1 c1 queue=complaints => repeat
        # A refused request may be tried again.
        request=r2 assign c1 a2 override           => !AGENT_NOT_AVAILABLE
        signin a2 ready
        request=r2 assign c1 a2 override           => offered c1 a2 by-assign
        request=r2 assign c1 a2 override           => repeat
        advance 25h
        # Nothing asked for, nothing remembered.
        request=r3 ready a2                        => -
        request=r4 notready a2 lunch               => not-ready a2 lunch
        # After a day a request id is free.
        request=r1 notready a2 meal                => not-ready a2 meal
        ",
    );
}
