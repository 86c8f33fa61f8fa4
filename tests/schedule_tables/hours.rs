//! When queues are open: by date, then by kind of day.

use crate::{Centre, calendar};

const SERVICE: &str = r#"
settings.zone = "Asia/Shanghai"
holidays.cn.off."2026-10-01..2026-10-07" = "国庆节"
holidays.cn.work."2026-10-10" = "国庆节"
calendars.c.holidays = "cn"
calendars.c.hours.mon-fri = ["09:00-12:00", "13:00-18:00"]
"#;

#[test]
fn a_holiday_closes_and_a_makeup_day_opens_as_a_monday() {
    calendar(
        SERVICE,
        "
        2026-09-30T08:00+08:00 closed
        2026-09-30T09:00+08:00 open
        2026-09-30T12:00+08:00 closed
        2026-09-30T13:00+08:00 open
        2026-09-30T18:00+08:00 closed
        2026-10-08T09:00+08:00 open
        2026-10-08T12:00+08:00 closed
        2026-10-08T13:00+08:00 open
        2026-10-08T18:00+08:00 closed
        2026-10-09T09:00+08:00 open
        2026-10-09T12:00+08:00 closed
        2026-10-09T13:00+08:00 open
        2026-10-09T18:00+08:00 closed
        2026-10-10T09:00+08:00 open
        2026-10-10T12:00+08:00 closed
        2026-10-10T13:00+08:00 open
        2026-10-10T18:00+08:00 closed
        2026-10-12T09:00+08:00 open",
    );
}

#[test]
fn holidays_and_makeup_days_can_have_hours_of_their_own() {
    calendar(
        &format!(
            "{SERVICE}calendars.c.hours.holiday = [\"10:00-16:00\"]\ncalendars.c.hours.makeup = [\"09:30-17:00\"]\n"
        ),
        "
        2026-10-06T16:00+08:00 closed
        2026-10-07T10:00+08:00 open
        2026-10-07T16:00+08:00 closed
        2026-10-08T09:00+08:00 open
        2026-10-08T12:00+08:00 closed
        2026-10-08T13:00+08:00 open
        2026-10-08T18:00+08:00 closed
        2026-10-09T09:00+08:00 open
        2026-10-09T12:00+08:00 closed
        2026-10-09T13:00+08:00 open
        2026-10-09T18:00+08:00 closed
        2026-10-10T09:30+08:00 open
        2026-10-10T17:00+08:00 closed",
    );
}

#[test]
fn hours_of_a_date_come_before_holidays() {
    calendar(
        &format!(
            "{SERVICE}calendars.c.days.\"2026-10-05..2026-10-06\" = [\"22:00-02:00\"]\ncalendars.c.days.\"2026-10-08\" = []\n"
        ),
        "
        2026-10-01T10:00+08:00 closed
        2026-10-05T22:00+08:00 open
        2026-10-06T02:00+08:00 closed
        2026-10-06T22:00+08:00 open
        2026-10-07T02:00+08:00 closed
        2026-10-09T09:00+08:00 open",
    );
}

#[test]
fn hours_that_touch_are_one() {
    calendar(
        "
settings.zone = \"Europe/Berlin\"
calendars.c.hours = { fri = [\"20:00-24:00\"], sat = [\"00:00-12:00\", \"12:00-24:00\"], sun = [\"00:00-06:00\"] }
",
        "
        2026-10-23T12:00+02:00 closed
        2026-10-23T20:00+02:00 open
        2026-10-25T06:00+01:00 closed
        2026-10-30T20:00+01:00 open",
    );
}

#[test]
fn always_and_never_don_t_change() {
    for (hours, state) in [("all = [\"00:00-24:00\"]", "open"), ("", "closed")] {
        calendar(
            &format!("settings.zone = \"Europe/Berlin\"\ncalendars.c.hours = {{ {hours} }}\n"),
            &format!("2026-10-23T12:00+02:00 {state}\nnever"),
        );
    }
}

#[test]
fn open_time_counts_the_hour_that_comes_twice() {
    let centre =
        Centre::new("settings.zone = \"Europe/Berlin\"\ncalendars.c.hours.all = [\"00:00-06:00\"]\n");
    let calendar = &centre.schedules.calendars["c"];
    for (day, hours) in [("2026-10-24", 6), ("2026-10-25", 7), ("2026-03-29", 5)] {
        let from_s = centre.instant(&format!("{day}T00:00"));
        assert_eq!(
            calendar.open_between(from_s, centre.instant(&format!("{day}T12:00"))),
            hours * 3600,
            "{day}"
        );
        assert_eq!(
            calendar.after_open_s(from_s, hours * 3600),
            Some(centre.instant(&format!("{day}T06:00")))
        );
    }
}
