//! A supervisor's word against the schedule, for a limited time.

use super::check;
use crate::common::{SHIFTS, desk::Desk};

#[test]
fn an_agent_is_put_on_shift_and_off_it_until_a_time() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        enqueue c1 phone help         => in c1 help
        override a1 on 2026-09-28T08:30 by=li reason=rush => overridden a1 on by=li; shift on a1; offered c1 a1
        accept a1 c1
        connected c1
        # A call goes on, whatever is said.
        override a1 off 2026-09-28T08:20 by=li => overridden a1 off by=li; shift off a1
        complete a1 c1
        finish a1 c1
        enqueue c2 phone help         => in c2 help
        # It ends by itself, and what it replaced does not come back.
        at 2026-09-28T08:25           => -
        shows a1                      => off
        departs a1                    => off_shift_ready 25m
        at 2026-09-28T09:00           => +35m shift on a1 a2; +35m offered c2 a1
        accept a1 c2
        override a1 off 2026-09-28T10:00 => overridden a1 off; shift off a1
        override a1 clear             => overridden a1 -; shift on a1
        override a1 clear             => -
        ",
    );
}

#[test]
fn an_override_may_be_of_some_channels_only() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        override a1 on 2026-09-28T12:30 channels=wechat,email => overridden a1 on; shift on:email,wechat a1
        enqueue c1 phone help         => in c1 help
        enqueue c2 wechat help        => in c2 help; offered c2 a1
        accept a1 c2
        # Over the break too.
        at 2026-09-28T12:00           => +1h shift on a2; +4h shift break a2
        at 2026-09-28T12:30           => +30m shift break a1
        ",
    );
}

#[test]
fn an_override_lifts_nothing_but_the_schedule() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 notready
        override a1 on 2026-09-28T10:00 => overridden a1 on; shift on a1
        enqueue c1 phone help         => in c1 help
        departs a1                    => not_ready 0s
        ready a1                      => ready a1; offered c1 a1
        ",
    );
}

#[test]
fn an_override_counts_over_dates_entries_and_for_those_without_schedule() {
    check(
        "
        apply set agents.a1.valid_until=\"2026-09-27\"
        wall 2026-09-28T10:00
        shows a1                      => off
        dated a1 off 2026-09-28T09:00 2026-09-28T18:00
        override a1 on 2026-09-28T11:00 => overridden a1 on; shift on a1
        at 2026-09-28T11:00           => +1h shift off a1
        override u1 off 2026-09-28T12:00 => overridden u1 off; shift off u1
        at 2026-09-28T12:00           => +1h shift - u1 / break a2
        ",
    );
}

#[test]
fn what_can_not_be_said_is_refused() {
    check(
        "
        wall 2026-09-28T10:00
        override a9 on 2026-09-28T11:00 => !AGENT_NOT_FOUND
        override a1 on 2026-09-28T10:00 => !until
        override a1 on 2026-10-05T10:00:01 => !until
        override a1 on 2026-09-28T09:00 channels=fax => !channels[0],until
        override a1 on 2026-10-05T10:00 => overridden a1 on
        # The same again is nothing new.
        override a1 on 2026-10-05T10:00 => -
        request=r1 override a1 off 2026-09-28T11:00 => overridden a1 off; shift off a1
        request=r1 override a1 off 2026-09-28T11:00 => repeat
        # One that changes nothing is remembered all the same.
        request=r2 override a1 off 2026-09-28T11:00 => overridden a1 off
        request=r2 override a1 off 2026-09-28T12:00 => !REQUEST_ID_REUSED
        request=r3 override a2 clear => overridden a2 -
        request=r3 override a2 off 2026-09-28T11:00 => !REQUEST_ID_REUSED
        apply remove agents.a1
        override a1 on 2026-09-28T11:00 => !AGENT_NOT_FOUND
        ",
    );
}

#[test]
fn an_override_that_is_over_is_forgotten_with_the_edge_that_ends_it() {
    let mut desk = Desk::with(SHIFTS);
    desk.run("wall 2026-09-28T08:00");
    desk.run("override a1 on 2026-09-28T08:30 by=li reason=rush");
    let record = |desk: &Desk| desk.sim.state().agent_by_id("a1").expect("a1").record.override_record.clone();
    assert_eq!(record(&desk).expect("an override").reason, "rush");
    assert_eq!(desk.run("at 2026-09-28T08:30"), "+30m shift off a1");
    assert_eq!(record(&desk), None);
}
