//! Planned windows: the least level while a calendar is open, or on days before days off.

use super::check;

#[test]
fn a_calendar_holds_the_level_while_it_is_open() {
    check(
        "
        wall 2026-11-11T08:59:58
        advance 1s       => -
        # Agents count from the opening on, though nobody waits.
        advance 1s       => +1s opened desk spare staff; +1s level planned 1 window; +1s step planned open_groups
                          ; +1s level staff 1 agents
        at 2026-11-11T20:59:59 => +9h closed desk spare staff; +9h level staff 0 calm
        # It has been long enough.
        advance 1s       => +1s level planned 0 calm; +1s undone planned open_groups
        ",
    );
}

#[test]
fn eves_are_days_before_days_off() {
    check(
        "
        wall 2026-09-30T08:00
        advance 1h       => +1h opened desk spare staff; +1h level planned 2 window; +1h step planned open_groups
                          ; +1h level staff 1 agents
        advance 11h      => +9h closed desk spare staff; +9h level staff 0 calm
        advance 59m      => -
        # One level after the other.
        advance 2m       => +1m level planned 1 calm; +2m level planned 0 calm; +2m undone planned open_groups
        at 2026-10-07T23:00
        level planned    => 0 calm since=169h 59m
        ",
    );
}
