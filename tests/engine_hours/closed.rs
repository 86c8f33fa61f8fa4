//! Who comes while a queue is closed.

use super::check;

#[test]
fn a_line_refuses_and_tells_the_next_opening() {
    check(
        "
        wall 2026-09-28T08:00
        enqueue c1 phone line         => !QUEUE_CLOSED queue=line next_opening=2026-09-28T01:00:00Z
        at 2026-09-28T09:00
        enqueue c1 phone line         => in c1 line
        at 2026-09-28T12:00
        enqueue c2 phone line         => !QUEUE_CLOSED queue=line next_opening=2026-09-28T05:00:00Z
        at 2026-09-30T15:00
        # The days off come first.
        enqueue c2 phone line         => !QUEUE_CLOSED queue=line next_opening=2026-10-08T01:00:00Z
        at 2026-10-10T09:00
        enqueue c2 phone line         => in c2 line
        # Closed until further notice, there is no time to tell.
        hours line closed             => hours line closed; closed line
        enqueue c3 phone line         => !QUEUE_CLOSED queue=line
        ",
    );
}

#[test]
fn what_is_held_is_offered_to_nobody_before_the_opening() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        enqueue c1 wechat mail        => in c1 mail held
        show c1                       => waiting mail age=0s held
        signin a2 ready               => signed-in a2; ready a2
        advance 30m                   => -
        at 2026-09-28T09:00           => +30m opened always chain far line mail over ringed shut stop walk
                                      ; +30m offered c1 a1
        ",
    );
}

#[test]
fn who_was_held_is_served_out_at_the_next_closing() {
    check(
        "
        wall 2026-09-28T08:00
        enqueue c1 wechat mail        => in c1 mail held
        at 2026-09-28T12:00
        show c1                       => waiting mail age=4h
        signin a1 ready               => signed-in a1; ready a1; offered c1 a1
        accept a1 c1
        enqueue c2 wechat mail        => in c2 mail held
        at 2026-09-28T12:59           => -
        at 2026-09-28T13:00           => +1m opened always chain far line mail over ringed shut stop walk
                                      ; +1m offered c2 a1
        ",
    );
}

#[test]
fn who_is_accepted_is_served_as_long_as_somebody_is_there() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        enqueue c1 wechat walk        => in c1 walk; offered c1 a1
        ",
    );
}

#[test]
fn overflow_goes_on_to_a_queue_whose_hours_count() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        enqueue c1 wechat over        => in c1 night from=over; offered c1 a1
        enqueue c2 wechat far         => in c2 mail from=far held
        # The one that is asked for, and the earliest opening of all that might take it.
        enqueue c3 phone chain        => !QUEUE_CLOSED queue=chain next_opening=2026-09-28T01:00:00Z
        hours line open               => hours line open; opened line
        enqueue c3 phone chain        => in c3 line from=chain; offered c3 a1
        hours night closed            => hours night closed; closed night
        # Unless told, a queue with a line refuses.
        enqueue c4 wechat over        => !QUEUE_CLOSED queue=over next_opening=2026-09-28T01:00:00Z
        at 2026-09-28T09:00
        enqueue c4 wechat over        => in c4 over
        ",
    );
}

#[test]
fn who_is_held_counts_in_a_full_queue_and_the_queue_in_the_end_counts() {
    check(
        "
        apply set queues.mail.max_waiting=1
        wall 2026-09-28T08:00
        enqueue c1 wechat mail        => in c1 mail held
        enqueue c2 wechat mail        => !QUEUE_FULL
        enqueue c2 wechat far         => !QUEUE_FULL
        ",
    );
}

#[test]
fn who_begins_with_a_bot_comes_whatever_the_hours_and_meets_them_afterwards() {
    check(
        "
        wall 2026-09-28T08:00
        gateway b open
        enqueue c1 wechat mail bot=b  => in c1 mail bot=b
        enqueue c2 phone line bot=b   => in c2 line bot=b
        enqueue c3 phone line bot=b   => in c3 line bot=b
        enqueue c4 wechat over bot=b  => in c4 over bot=b
        enqueue c5 wechat walk bot=b  => in c5 walk bot=b
        frombot b c1                  => left-bot c1 returned mail age=0s held
        frombot b c2                  => !QUEUE_CLOSED queue=line next_opening=2026-09-28T01:00:00Z
        show c2                       => with-bot b line
        frombot b c4                  => left-bot c4 returned night age=0s
        # By itself nobody can be refused.
        advance 5m                    => +5m left-bot c2 time line age=0s held
                                      ; +5m left-bot c3 time line age=0s held; +5m left-bot c5 time walk age=0s
        signin a1 ready               => signed-in a1; ready a1; offered c4 a1; offered c5 a1
        ",
    );
}

#[test]
fn transfers_meet_the_hours_too() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        signin a2 notready
        enqueue c1 wechat night       => in c1 night; offered c1 a1
        accept a1 c1
        transfer a1 c1 queue=shut     => !QUEUE_CLOSED queue=shut next_opening=2026-09-28T01:00:00Z
        show c1                       => active night a1
        transfer a1 c1 queue=far      => moved c1 mail held; released c1 a1 finished
        transfer gateway c1 queue=shut  => !QUEUE_CLOSED queue=shut next_opening=2026-09-28T01:00:00Z
        transfer gateway c1 queue=over  => moved c1 night; offered c1 a1
        accept a1 c1
        # Whoever is asked by name may be, and whoever is given by a supervisor is taken.
        ready a2
        transfer a1 c1 agent=a2 fallback=shut  => moved c1 shut held; released c1 a1 finished; offered c1 a2 by-transfer
        decline a2 c1                 => declined c1 a2
        show c1                       => waiting shut age=0s held turn=0s
        requeue c1 queue=shut         => by-supervisor c1 requeued; moved c1 shut requeued; offered c1 a1
        ",
    );
}

#[test]
fn a_supervisor_or_an_agent_takes_what_is_held_by_hand() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        enqueue c1 wechat mail        => in c1 mail held
        enqueue c2 wechat mail        => in c2 mail held
        assign c1 a1                  => offered c1 a1 by-assign
        decline a1 c1                 => declined c1 a1
        show c1                       => waiting mail age=0s held
        assign c1 a1                  => offered c1 a1 by-assign
        accept a1 c1
        pull a1 c2                    => offered c2 a1 by-pull; accepted c2 a1
        # What comes back is held as it was.
        signout a1 return
        show c1                       => waiting mail age=0s held turn=0s
        signin a2 ready               => signed-in a2; ready a2
        ",
    );
}

#[test]
fn by_hand_a_queue_is_closed_in_an_emergency_and_open_on_a_day_off() {
    check(
        "
        wall 2026-09-28T10:00
        hours line closed 2026-09-28T10:30   => hours line closed; closed line
        enqueue c1 phone line         => !QUEUE_CLOSED queue=line next_opening=2026-09-28T02:30:00Z
        at 2026-09-28T10:30           => +30m opened line
        # Over an edge of the calendar, which changes nothing then.
        hours mail open 2026-09-28T12:30     => hours mail open
        at 2026-09-28T12:00           => +1h 30m closed always chain far line over ringed shut stop walk
        at 2026-09-28T12:30           => +30m closed mail
        hours mail closed 2026-09-28T13:30   => hours mail closed
        at 2026-09-28T13:00           => +30m opened always chain far line over ringed shut stop walk
        hours mail clear              => hours mail -; opened mail
        hours mail closed 2026-09-28T13:00   => !until
        hours mail closed 2028-01-01T00:00   => !until
        hours none closed             => !QUEUE_NOT_FOUND
        at 2026-10-01T10:00
        hours mail open               => hours mail open; opened mail
        hours mail open               => -
        at 2026-10-08T08:00           => -
        hours mail clear              => hours mail -; closed mail
        ",
    );
}

#[test]
fn a_queue_without_calendar_is_closed_by_hand_alone() {
    check(
        "
        wall 2026-09-28T10:00
        signin a1 ready
        hours night closed 2026-09-28T11:00  => hours night closed; closed night
        enqueue c1 wechat night       => !QUEUE_CLOSED queue=night next_opening=2026-09-28T03:00:00Z
        at 2026-09-28T11:00           => +1h opened night
        enqueue c1 wechat night       => in c1 night; offered c1 a1
        ",
    );
}

#[test]
fn the_clock_of_the_wall_may_go_back_and_forth_over_an_edge() {
    check(
        "
        wall 2026-09-28T11:30
        signin a1 notready
        wall 2026-09-28T12:30
        enqueue c1 wechat mail        => in c1 mail held
        ready a1
        wall 2026-09-28T11:59
        show c1                       => offered mail a1 age=0s
        at 2026-09-28T12:00           => +20s missed c1 a1; +50s offered c1 a1
                                      ; +1m closed always chain far line mail over ringed shut stop walk
        ",
    );
}

#[test]
fn a_plan_that_says_otherwise_counts_at_once() {
    check(
        "
        wall 2026-09-28T08:00
        signin a1 ready
        enqueue c1 wechat mail        => in c1 mail held
        apply remove queues.mail.calendar  => plan 2; opened mail; offered c1 a1
        accept a1 c1
        apply set queues.mail.calendar=\"office\"  => plan 3; closed mail
        enqueue c2 wechat mail        => in c2 mail held
        apply set calendars.office.hours={} set calendars.office.days={}  => plan 4
        at 2026-09-28T10:00           => -
        show c2                       => waiting mail age=2h held
        apply remove queues.mail remove queues.far policy=move:night  => plan 5; moved c2 night removed; offered c2 a1
        ",
    );
}
