//! When clocks are changed: every boundary is resolved by itself, by the offset before a gap, and to the first of
//! two passes through an overlap.

use crate::{agent, calendar};

/// Every day this span, and a break.
fn daily(zone: &str, at: &str, breaks: &str) -> String {
    let breaks =
        if breaks.is_empty() { String::new() } else { format!("shifts.s.breaks = [\"{breaks}\"]\n") };
    format!(
        "settings.zone = \"{zone}\"\nshifts.s.at = [\"{at}\"]\n{breaks}rotas.r.weeks = [{{ all = \"s\" }}]\n"
    )
}

#[track_caller]
fn shift(zone: &str, at: &str, breaks: &str, expected: &str) {
    agent(&daily(zone, at, breaks), "", expected);
    if breaks.is_empty() {
        let hours = format!("settings.zone = \"{zone}\"\ncalendars.c.hours.all = [\"{at}\"]\n");
        calendar(&hours, &expected.replace(" on", " open").replace(" off", " closed"));
    }
}

const NEW_YORK: &str = "America/New_York";
const BERLIN: &str = "Europe/Berlin";
const LORD_HOWE: &str = "Australia/Lord_Howe";

#[test]
fn a_day_shift_keeps_its_hours() {
    shift(
        NEW_YORK,
        "09:00-17:00",
        "",
        "
        2026-03-07T00:00-05:00 off
        2026-03-07T09:00-05:00 on
        2026-03-07T17:00-05:00 off
        2026-03-08T09:00-04:00 on
        2026-03-08T17:00-04:00 off
        2026-03-09T09:00-04:00 on",
    );
    shift(
        NEW_YORK,
        "09:00-17:00",
        "",
        "
        2026-10-31T12:00-04:00 on
        2026-10-31T17:00-04:00 off
        2026-11-01T09:00-05:00 on
        2026-11-01T17:00-05:00 off",
    );
    shift(
        BERLIN,
        "09:00-17:00",
        "",
        "
        2026-03-28T17:00+01:00 off
        2026-03-29T09:00+02:00 on
        2026-03-29T17:00+02:00 off",
    );
    shift(
        BERLIN,
        "09:00-17:00",
        "",
        "
        2026-10-24T17:00+02:00 off
        2026-10-25T09:00+01:00 on
        2026-10-25T17:00+01:00 off",
    );
    shift(
        LORD_HOWE,
        "09:00-17:00",
        "",
        "
        2026-04-04T17:00+11:00 off
        2026-04-05T09:00+10:30 on",
    );
    shift(
        LORD_HOWE,
        "09:00-17:00",
        "",
        "
        2026-10-03T17:00+10:30 off
        2026-10-04T09:00+11:00 on",
    );
    shift(
        "Asia/Shanghai",
        "09:00-17:00",
        "",
        "
        2026-03-29T00:00+08:00 off
        2026-03-29T09:00+08:00 on
        2026-03-29T17:00+08:00 off
        2026-03-30T09:00+08:00 on",
    );
}

#[test]
fn an_overnight_shift_has_an_hour_less_or_more() {
    shift(
        NEW_YORK,
        "22:00-06:00",
        "",
        "
        2026-03-07T22:00-05:00 on
        2026-03-08T06:00-04:00 off
        2026-03-08T22:00-04:00 on",
    );
    shift(
        NEW_YORK,
        "22:00-06:00",
        "",
        "
        2026-10-31T22:00-04:00 on
        2026-11-01T06:00-05:00 off
        2026-11-01T22:00-05:00 on",
    );
    shift(
        BERLIN,
        "22:00-06:00",
        "",
        "
        2026-03-28T22:00+01:00 on
        2026-03-29T06:00+02:00 off",
    );
    shift(
        BERLIN,
        "22:00-06:00",
        "",
        "
        2026-10-24T22:00+02:00 on
        2026-10-25T06:00+01:00 off",
    );
    shift(
        LORD_HOWE,
        "22:00-06:00",
        "",
        "
        2026-10-03T22:00+10:30 on
        2026-10-04T06:00+11:00 off",
    );
}

#[test]
fn a_time_in_a_gap_counts_by_the_offset_before_it() {
    shift(
        NEW_YORK,
        "02:15-02:45",
        "",
        "
        2026-03-07T02:15-05:00 on
        2026-03-07T02:45-05:00 off
        2026-03-08T03:15-04:00 on
        2026-03-08T03:45-04:00 off
        2026-03-09T02:15-04:00 on",
    );
    shift(
        NEW_YORK,
        "22:00-02:30",
        "",
        "
        2026-03-07T22:00-05:00 on
        2026-03-08T03:30-04:00 off
        2026-03-08T22:00-04:00 on
        2026-03-09T02:30-04:00 off",
    );
    shift(
        NEW_YORK,
        "02:30-09:00",
        "",
        "
        2026-03-07T09:00-05:00 off
        2026-03-08T03:30-04:00 on
        2026-03-08T09:00-04:00 off",
    );
    shift(
        BERLIN,
        "02:30-09:00",
        "",
        "
        2026-03-28T09:00+01:00 off
        2026-03-29T03:30+02:00 on
        2026-03-29T09:00+02:00 off",
    );
    shift(
        LORD_HOWE,
        "02:15-06:00",
        "",
        "
        2026-10-03T06:00+10:30 off
        2026-10-04T02:45+11:00 on
        2026-10-04T06:00+11:00 off
        2026-10-05T02:15+11:00 on",
    );
    // What ends in the gap before it begins, as the clocks show it then, is nothing.
    shift(
        NEW_YORK,
        "02:30-03:15",
        "",
        "
        2026-03-07T03:15-05:00 off
        2026-03-09T02:30-04:00 on",
    );
}

#[test]
fn a_break_in_a_gap_is_moved_or_nothing() {
    shift(
        NEW_YORK,
        "22:00-06:00",
        "02:30-02:45",
        "
        2026-03-07T22:00-05:00 on
        2026-03-08T03:30-04:00 break
        2026-03-08T03:45-04:00 on
        2026-03-08T06:00-04:00 off",
    );
    shift(
        NEW_YORK,
        "22:00-06:00",
        "02:30-03:15",
        "
        2026-03-07T22:00-05:00 on
        2026-03-08T06:00-04:00 off
        2026-03-08T22:00-04:00 on
        2026-03-09T02:30-04:00 break
        2026-03-09T03:15-04:00 on",
    );
    shift(
        NEW_YORK,
        "22:00-06:00",
        "01:30-02:15",
        "
        2026-03-07T22:00-05:00 on
        2026-03-08T01:30-05:00 break
        2026-03-08T03:15-04:00 on",
    );
    shift(
        NEW_YORK,
        "22:00-06:00",
        "02:00-03:30",
        "
        2026-03-07T22:00-05:00 on
        2026-03-08T03:00-04:00 break
        2026-03-08T03:30-04:00 on",
    );
}

#[test]
fn a_time_that_comes_twice_is_the_first_one() {
    shift(
        NEW_YORK,
        "01:30-09:00",
        "",
        "
        2026-10-31T09:00-04:00 off
        2026-11-01T01:30-04:00 on
        2026-11-01T09:00-05:00 off
        2026-11-02T01:30-05:00 on",
    );
    shift(
        NEW_YORK,
        "01:15-01:45",
        "",
        "
        2026-11-01T01:15-04:00 on
        2026-11-01T01:45-04:00 off
        2026-11-02T01:15-05:00 on",
    );
    shift(
        NEW_YORK,
        "22:00-01:30",
        "",
        "
        2026-10-31T22:00-04:00 on
        2026-11-01T01:30-04:00 off
        2026-11-01T22:00-05:00 on",
    );
    shift(
        BERLIN,
        "22:00-06:00",
        "02:30-03:00",
        "
        2026-10-24T22:00+02:00 on
        2026-10-25T02:30+02:00 break
        2026-10-25T03:00+01:00 on
        2026-10-25T06:00+01:00 off",
    );
    shift(
        LORD_HOWE,
        "01:45-06:00",
        "",
        "
        2026-04-05T00:00+11:00 off
        2026-04-05T01:45+11:00 on
        2026-04-05T06:00+10:30 off",
    );
}

#[test]
fn midnight_may_not_exist() {
    shift(
        "America/Sao_Paulo",
        "00:00-08:00",
        "",
        "
        2018-11-03T08:00-03:00 off
        2018-11-04T01:00-02:00 on
        2018-11-04T08:00-02:00 off
        2018-11-05T00:00-02:00 on",
    );
    shift(
        "America/Sao_Paulo",
        "00:30-08:00",
        "",
        "
        2018-11-03T08:00-03:00 off
        2018-11-04T01:30-02:00 on",
    );
    shift(
        "America/Sao_Paulo",
        "18:00-24:00",
        "",
        "
        2018-11-03T18:00-03:00 on
        2018-11-04T01:00-02:00 off
        2018-11-04T18:00-02:00 on",
    );
    shift(
        "America/Sao_Paulo",
        "00:00-24:00",
        "",
        "
        2018-11-03T18:00-03:00 on
        never",
    );
}

#[test]
fn a_whole_day_may_not_exist() {
    shift(
        "Pacific/Apia",
        "09:00-17:00",
        "",
        "
        2011-12-29T09:00-10:00 on
        2011-12-29T17:00-10:00 off
        2011-12-31T09:00+14:00 on
        2011-12-31T17:00+14:00 off
        2012-01-01T09:00+14:00 on",
    );
    shift(
        "Pacific/Apia",
        "22:00-06:00",
        "",
        "
        2011-12-29T22:00-10:00 on
        2011-12-31T06:00+14:00 off
        2011-12-31T22:00+14:00 on
        2012-01-01T06:00+14:00 off",
    );
    shift(
        "Pacific/Apia",
        "22:00-20:00",
        "",
        "
        2011-12-29T20:00-10:00 off
        2011-12-29T22:00-10:00 on
        2011-12-31T20:00+14:00 off
        2011-12-31T22:00+14:00 on",
    );
}
