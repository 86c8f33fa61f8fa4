//! Which rule counts: override, validity, dated exception, dated shift, rota, off.

use crate::agent;

/// Every day 9 to 18, lunch from 12 to 13.
const DAILY: &str = r#"
settings.zone = "Asia/Shanghai"
shifts.day.at = ["09:00-18:00"]
shifts.day.breaks = ["12:00-13:00"]
rotas.r.weeks = [{ all = "day" }]
"#;

const NIGHTLY: &str = r#"
settings.zone = "Asia/Shanghai"
shifts.night.at = ["22:00-06:00"]
rotas.r.weeks = [{ all = "night" }]
"#;

const NO_ROTA: &str = "settings.zone = \"Asia/Shanghai\"\n";

#[test]
fn exceptions_are_cut_out_of_the_rota() {
    agent(
        DAILY,
        "off 2026-10-12T10:00 2026-10-12T11:00
         extra 2026-10-12T12:30 2026-10-12T12:45
         break 2026-10-12T15:00 2026-10-12T15:30
         extra 2026-10-12T18:00 2026-10-12T20:00 only:phone
         break 2026-10-12T21:00 2026-10-12T22:00",
        "
        2026-10-12T09:00+08:00 on
        2026-10-12T10:00+08:00 off
        2026-10-12T11:00+08:00 on
        2026-10-12T12:00+08:00 break
        2026-10-12T12:30+08:00 on
        2026-10-12T12:45+08:00 break
        2026-10-12T13:00+08:00 on
        2026-10-12T15:00+08:00 break
        2026-10-12T15:30+08:00 on
        2026-10-12T18:00+08:00 on phone
        2026-10-12T20:00+08:00 off
        2026-10-12T21:00+08:00 break
        2026-10-12T22:00+08:00 off
        2026-10-13T09:00+08:00 on",
    );
}

#[test]
fn the_exception_that_was_set_last_wins() {
    let off = "off 2026-10-12T09:00 2026-10-12T17:00\n";
    let extra = "extra 2026-10-12T11:00 2026-10-12T19:00\n";
    agent(
        DAILY,
        &format!("{off}{extra}"),
        "
        2026-10-12T09:00+08:00 off
        2026-10-12T11:00+08:00 on
        2026-10-12T19:00+08:00 off",
    );
    agent(
        DAILY,
        &format!("{extra}{off}"),
        "
        2026-10-12T09:00+08:00 off
        2026-10-12T17:00+08:00 on
        2026-10-12T19:00+08:00 off",
    );
}

#[test]
fn leave_lasts_for_days() {
    agent(
        DAILY,
        "off 2026-10-12T00:00 2026-10-15T00:00",
        "
        2026-10-11T13:00+08:00 on
        2026-10-11T18:00+08:00 off
        2026-10-15T09:00+08:00 on",
    );
}

#[test]
fn a_dated_shift_replaces_the_rota_s_of_the_day_on_which_it_starts() {
    agent(
        DAILY,
        "shift 2026-10-12T14:00 2026-10-12T22:00 break:2026-10-12T17:00/2026-10-12T17:30 phone:2026-10-12T20:00/2026-10-12T22:00",
        "
        2026-10-11T18:00+08:00 off
        2026-10-12T14:00+08:00 on
        2026-10-12T17:00+08:00 break
        2026-10-12T17:30+08:00 on
        2026-10-12T20:00+08:00 on phone
        2026-10-12T22:00+08:00 off
        2026-10-13T09:00+08:00 on",
    );
    // Sunday's night, which ends on Monday, stays; Monday's doesn't.
    agent(
        NIGHTLY,
        "shift 2026-10-12T09:00 2026-10-12T12:00",
        "
        2026-10-11T22:00+08:00 on
        2026-10-12T06:00+08:00 off
        2026-10-12T09:00+08:00 on
        2026-10-12T12:00+08:00 off
        2026-10-13T22:00+08:00 on",
    );
    // By the rota's date, whatever zone the shift is in: 20:00 in Berlin is 02:00 of the next day.
    agent(
        DAILY,
        "shift 2026-10-12T20:00 2026-10-12T22:00 @Europe/Berlin",
        "
        2026-10-12T13:00+08:00 on
        2026-10-12T18:00+08:00 off
        2026-10-13T02:00+08:00 on
        2026-10-13T04:00+08:00 off
        2026-10-14T09:00+08:00 on",
    );
}

#[test]
fn exceptions_come_before_dated_shifts() {
    agent(
        NO_ROTA,
        "off 2026-10-12T10:00 2026-10-12T11:00
         shift 2026-10-12T09:00 2026-10-12T12:00",
        "
        2026-10-11T00:00+08:00 off
        2026-10-12T09:00+08:00 on
        2026-10-12T10:00+08:00 off
        2026-10-12T11:00+08:00 on
        2026-10-12T12:00+08:00 off
        never",
    );
}

#[test]
fn exceptions_alone_schedule_nobody() {
    agent(
        NO_ROTA,
        "off 2026-10-12T10:00 2026-10-12T11:00
         extra 2026-10-12T11:00 2026-10-12T12:00 only:email",
        "
        2026-10-11T00:00+08:00 unscheduled
        2026-10-12T10:00+08:00 off
        2026-10-12T11:00+08:00 on email
        2026-10-12T12:00+08:00 unscheduled
        never",
    );
}

#[test]
fn dates_alone_schedule_an_agent_as_off() {
    agent(
        &format!("{NO_ROTA}agents.a.valid_from = \"2026-10-12\"\n"),
        "extra 2026-10-11T23:00 2026-10-12T01:00",
        "
        2026-10-11T00:00+08:00 off
        2026-10-12T00:00+08:00 on
        2026-10-12T01:00+08:00 off
        never",
    );
}

#[test]
fn an_override_comes_before_everything_until_it_ends() {
    agent(
        &format!("{DAILY}agents.a.valid_until = \"2026-10-12\"\n"),
        "off 2026-10-12T00:00 2026-10-14T00:00\noverride on 2026-10-13T08:00 phone",
        "
        2026-10-12T12:00+08:00 on phone
        2026-10-13T08:00+08:00 off
        never",
    );
    agent(
        DAILY,
        "override off 2026-10-12T16:00",
        "
        2026-10-12T10:00+08:00 off
        2026-10-12T16:00+08:00 on
        2026-10-12T18:00+08:00 off",
    );
}

#[test]
fn dated_times_are_of_their_zone() {
    agent(
        NO_ROTA,
        "shift 2026-03-08T01:00 2026-03-08T09:00 @America/New_York break:2026-03-08T02:30/2026-03-08T03:45",
        "
        2026-03-08T12:00+08:00 off
        2026-03-08T14:00+08:00 on
        2026-03-08T15:30+08:00 break
        2026-03-08T15:45+08:00 on
        2026-03-08T21:00+08:00 off
        never",
    );
}
