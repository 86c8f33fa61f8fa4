//! What is told of holidays, calendars and shifts.

use super::told;

/// A calendar; what a test adds to it starts on line 14.
#[track_caller]
fn calendar(fields: &str, errors: &[&str]) {
    told(&format!("[calendars.c]\n{fields}"), errors);
}

/// A shift; what a test adds to it starts on line 14.
#[track_caller]
fn shift(fields: &str, errors: &[&str]) {
    told(&format!("[shifts.s]\n{fields}"), errors);
}

#[test]
fn values_of_holidays() {
    told(
        r#"[holidays.cn]
nam = "x"
source = 5
off = { "2026-10-1" = "a", 2026-02-29 = "b", "2026-10-07..2026-10-01" = "c", 2026-10-01 = 7, 2026-10-03 = "a\tb" }
work = ["2026-10-10"]
"#,
        &[
            "14:1 holidays.cn.nam: unknown key `nam`, did you mean `name`?",
            "15:10 holidays.cn.source: is an integer, give a text",
            "16:9 holidays.cn.off.2026-10-1: `2026-10-1` is not a date, write 2026-10-01",
            "16:28 holidays.cn.off.2026-02-29: `2026-02-29` is not a date, 2026-02-28 is the last day of that month",
            "16:46 holidays.cn.off.\"2026-10-07..2026-10-01\": `2026-10-07..2026-10-01` goes backwards, write 2026-10-01..2026-10-07",
            "16:91 holidays.cn.off.2026-10-01: is an integer, give a text",
            "16:107 holidays.cn.off.2026-10-03: has a control character such as a line break, remove it",
            "17:8 holidays.cn.work: is an array, give a table of names by date such as { \"2026-10-01..2026-10-07\" = \"National Day\" }",
        ],
    );
}

#[test]
fn a_day_is_off_or_work_and_once() {
    told(
        r#"[holidays.cn.off]
"2026-10-01..2026-10-07" = "a"
2026-10-07 = "b"
"2026-10-05..2026-10-09" = "c"
2026-10-08 = "d"
2026-10-10 = "e"
[holidays.cn.work]
2026-10-10 = "f"
2026-10-11 = "g"
[holidays.other]
off.2026-10-11 = "h"
"#,
        &[
            "15:14 holidays.cn.off.2026-10-07: has days that `2026-10-05..2026-10-09` has too, name each day once",
            "16:28 holidays.cn.off.\"2026-10-05..2026-10-09\": has days that `2026-10-01..2026-10-07` has too, name each day once",
            "17:14 holidays.cn.off.2026-10-08: has days that `2026-10-05..2026-10-09` has too, name each day once",
            "20:14 holidays.cn.work.2026-10-10: has days that `2026-10-10` of `off` has too, name each day once",
        ],
    );
}

#[test]
fn days_of_holidays_have_a_limit() {
    let days = |last: &str| {
        format!(
            "[holidays.cn]\noff.\"2026-01-01..{last}\" = \"a\"\nwork.2040-01-01 = \"b\"\nwork.2040-01-03 = \"b\"\n"
        )
    };
    told(&days("2031-06-21"), &[]);
    told(
        &days("2031-06-22"),
        &["16:6 holidays.cn.work.2040-01-03: is beyond the 2000 days that there may be"],
    );
    told(
        &days("2031-06-24"),
        &["14:5 holidays.cn.off.\"2026-01-01..2031-06-24\": is beyond the 2000 days that there may be"],
    );
}

#[test]
fn values_of_calendars() {
    told(
        r#"[calendars.c]
zone = "asia/shanghai"
holidays = "cn"
hours = { mon-fri = ["9:00-18:00", 7], wed = [], weekend = ["10:00-16:00"], sun = "10:00-16:00" }
days = { 2026-10-01 = "10:00-16:00", "2026-1-1" = [] }
note = 1
[calendars.d]
zone = "CST"
holidays = 5
hours = []
days = 1
[calendars.e]
zone = "Mars/Olympus"
[calendars.f]
zone = 8
hours.mon = ["01:00-02:00", "02:00-03:00", "03:00-04:00", "04:00-05:00", "05:00-06:00", "06:00-07:00", "07:00-08:00", "08:00-09:00", "09:00-10:00"]
"#,
        &[
            "14:8 calendars.c.zone: there is no time zone `asia/shanghai`, did you mean `Asia/Shanghai`?",
            "15:12 calendars.c.holidays: there is no holiday set `cn`: add it or name another holiday set",
            "16:22 calendars.c.hours.mon-fri[0]: `9:00-18:00` is not a time span, write 09:00-18:00",
            "16:36 calendars.c.hours.mon-fri[1]: is an integer, give a time span such as \"09:00-18:00\"",
            "16:40 calendars.c.hours.wed: says of `wed` what `mon-fri` has said, keep one of them",
            "16:50 calendars.c.hours.weekend: there is no such day as `weekend`, give one of `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`, `holiday`, `makeup`, `mon-fri` or `all`",
            "16:83 calendars.c.hours.sun: is a string, give a list of time spans such as [\"09:00-12:00\", \"13:00-18:00\"]",
            "17:23 calendars.c.days.2026-10-01: is a string, give a list of time spans such as [\"09:00-12:00\", \"13:00-18:00\"]",
            "17:38 calendars.c.days.2026-1-1: `2026-1-1` is not a date, write 2026-01-01",
            "18:1 calendars.c.note: unknown key `note`, the keys here are `name`, `zone`, `holidays`, `hours`, `days`",
            "20:8 calendars.d.zone: there is no time zone `CST`, did you mean `Asia/Shanghai`?",
            "21:12 calendars.d.holidays: is an integer, give the id of a holiday set",
            "22:9 calendars.d.hours: is an array, give a table of lists of time spans such as { mon-fri = [\"09:00-18:00\"] }",
            "23:8 calendars.d.days: is an integer, give a table of lists of time spans such as { 2026-10-01 = [\"09:00-18:00\"] }",
            "25:8 calendars.e.zone: there is no time zone `Mars/Olympus`, give the name of a time zone such as \"Asia/Shanghai\"",
            "27:8 calendars.f.zone: is an integer, give the name of a time zone such as \"Asia/Shanghai\"",
            "28:13 calendars.f.hours.mon: has 9 spans, keep at most 8",
        ],
    );
}

#[test]
fn hours_of_a_day_stay_apart() {
    calendar("hours.all = [\"00:00-24:00\"]\n", &[]);
    calendar("hours.mon = [\"22:00-06:00\"]\nhours.tue = [\"06:00-09:00\", \"09:00-10:00\"]\n", &[]);
    calendar(
        "[calendars.c.hours]\nmon-wed = [\"09:00-12:00\", \"11:59-18:00\"]\nsun = [\"10:00-11:00\", \"10:30-10:40\", \"20:00-21:00\"]\n",
        &[
            "15:27 calendars.c.hours.mon-wed[1]: 09:00-12:00 and 11:59-18:00 overlap, change one of them",
            "16:23 calendars.c.hours.sun[1]: 10:00-11:00 and 10:30-10:40 overlap, change one of them",
        ],
    );
    // Overnight: from Sunday to Monday too, and from each day of a range to the next.
    calendar(
        "hours = { sun = [\"18:00-10:00\"], mon = [\"08:00-09:00\", \"09:30-11:00\"], tue = [\"09:00-10:00\"] }\n",
        &[
            "14:41 calendars.c.hours.mon[0]: 18:00-10:00 of sun reaches into 08:00-09:00 of the day after, change one of them",
        ],
    );
    calendar(
        "hours.mon-fri = [\"05:00-06:00\", \"20:00-05:30\"]\n",
        &[
            "14:18 calendars.c.hours.mon-fri[0]: 20:00-05:30 of mon reaches into 05:00-06:00 of the day after, change one of them",
        ],
    );
    // Holidays come after any day.
    calendar("hours.mon = [\"18:00-10:00\"]\n", &[]);
    told(
        "[holidays.h]\n[calendars.c]\nholidays = \"h\"\n[calendars.c.hours]\nmon = [\"18:00-10:00\"]\nholiday = [\"09:00-18:00\"]\nmakeup = [\"09:00-18:00\", \"17:00-19:00\"]\n",
        &["19:26 calendars.c.hours.makeup[1]: 09:00-18:00 and 17:00-19:00 overlap, change one of them"],
    );
    // What is wrong overlaps nothing.
    calendar(
        "hours.mon = [\"x\", \"y\", \"00:00-24:00\"]\n",
        &[
            "14:14 calendars.c.hours.mon[0]: `x` is not a time span, write it such as 09:00-18:00",
            "14:19 calendars.c.hours.mon[1]: `y` is not a time span, write it such as 09:00-18:00",
        ],
    );
}

#[test]
fn dated_hours_stay_apart() {
    calendar(
        r#"[calendars.c.days]
2026-10-01 = ["18:00-10:00", "20:00-21:00"]
"2026-10-02..2026-10-03" = ["09:00-10:00", "22:00-09:00"]
2026-10-04 = ["08:30-09:00"]
2026-10-06 = ["00:00-24:00"]
"2026-10-06..2026-10-07" = []
"2026-10-08..2026-10-09" = ["08:00-09:00", "22:00-08:30"]
"#,
        &[
            "15:30 calendars.c.days.2026-10-01[1]: 18:00-10:00 and 20:00-21:00 overlap, change one of them",
            "16:29 calendars.c.days.\"2026-10-02..2026-10-03\"[0]: 18:00-10:00 of 2026-10-01 reaches into 09:00-10:00 of the day after, change one of them",
            "17:15 calendars.c.days.2026-10-04[0]: 22:00-09:00 of 2026-10-03 reaches into 08:30-09:00 of the day after, change one of them",
            "19:28 calendars.c.days.\"2026-10-06..2026-10-07\": has days that `2026-10-06` has too, name each day once",
            "20:29 calendars.c.days.\"2026-10-08..2026-10-09\"[0]: 22:00-08:30 of 2026-10-08 reaches into 08:00-09:00 of the day after, change one of them",
        ],
    );
    let days = |last: &str| format!("days.\"2026-01-01..{last}\" = []\ndays.2040-01-01 = []\n");
    calendar(&days("2028-09-25"), &[]);
    calendar(
        &days("2028-09-26"),
        &["15:6 calendars.c.days.2040-01-01: is beyond the 1000 days that there may be"],
    );
}

#[test]
fn hours_of_holidays_that_do_not_count() {
    calendar(
        "hours = { holiday = [], makeup = [\"09:00-18:00\"] }\n",
        &[
            "14:21 calendars.c.hours.holiday: has no effect without `holidays`, add that or remove this",
            "14:34 calendars.c.hours.makeup: has no effect without `holidays`, add that or remove this",
        ],
    );
    // Which holidays were meant is told already.
    calendar(
        "holidays = \"cn\"\nhours.holiday = []\n",
        &["14:12 calendars.c.holidays: there is no holiday set `cn`: add it or name another holiday set"],
    );
}

#[test]
fn values_of_shifts() {
    told(
        r#"[shifts.a]
[shifts.b]
at = []
breaks = "12:00-13:00"
activities = [{ at = 9, channels = ["fax"] }, { channels = [] }, { at = "09:00-10:00" }, 5, { at = "9-10", channels = [], x = 1 }]
[shifts.c]
at = "09:00-18:00"
activities = { at = "09:00-10:00" }
"#,
        &[
            "13:9 shifts.a.at: is missing, give a list of time spans such as [\"09:00-12:00\", \"13:00-18:00\"]",
            "15:6 shifts.b.at: is empty, name at least one span",
            "16:10 shifts.b.breaks: is a string, give a list of time spans such as [\"09:00-12:00\", \"13:00-18:00\"]",
            "17:22 shifts.b.activities[0].at: is an integer, give a time span such as \"09:00-18:00\"",
            "17:37 shifts.b.activities[0].channels[0]: there is no channel `fax`: add it or name another channel",
            "17:47 shifts.b.activities[1].at: is missing, give a time span such as \"09:00-18:00\"",
            "17:66 shifts.b.activities[2].channels: is missing, name the channels that are served then, [] for none",
            "17:90 shifts.b.activities[3]: is an integer, give an activity such as { at = \"09:00-11:00\", channels = [\"some_id\"] }",
            "17:100 shifts.b.activities[4].at: `9-10` is not a time span, write 09:00-10:00",
            "17:123 shifts.b.activities[4].x: unknown key `x`, the keys here are `at`, `channels`",
            "19:6 shifts.c.at: is a string, give a list of time spans such as [\"09:00-12:00\", \"13:00-18:00\"]",
            "20:14 shifts.c.activities: is a table, give a list of activities such as [{ at = \"09:00-11:00\", channels = [\"some_id\"] }]",
        ],
    );
}

#[test]
fn counts_in_shifts() {
    let spans = |count: usize| {
        let spans = (0..count).map(|n| format!("\"{:02}:00-{:02}:30\"", n * 2, n * 2)).collect::<Vec<_>>();
        format!("[{}]", spans.join(", "))
    };
    let activities = |count: usize| {
        let activity = |n: usize| format!("{{ at = \"{:02}:00-{:02}:30\", channels = [] }}", n * 2, n * 2);
        format!("[{}]", (0..count).map(activity).collect::<Vec<_>>().join(", "))
    };
    shift(&format!("at = [\"00:00-20:00\"]\nbreaks = {}\nactivities = {}\n", spans(8), activities(8)), &[]);
    shift(&format!("at = {}\n", spans(4)), &[]);
    shift(
        &format!("at = {}\nbreaks = {}\nactivities = {}\n", spans(5), spans(9), activities(9)),
        &[
            "14:6 shifts.s.at: has 5 spans, keep at most 4",
            "15:10 shifts.s.breaks: has 9 spans, keep at most 8",
            "16:14 shifts.s.activities: has 9 parts, keep at most 8",
        ],
    );
}

#[test]
fn parts_of_a_shift_are_within_it() {
    shift("at = [\"22:00-06:00\"]\nbreaks = [\"22:00-22:15\", \"02:00-02:30\", \"05:45-06:00\"]\n", &[]);
    shift("at = [\"09:00-12:00\", \"13:00-18:00\"]\nbreaks = [\"09:00-12:00\", \"17:00-18:00\"]\n", &[]);
    shift(
        r#"at = ["09:00-12:00", "13:00-18:00", "20:00-02:00"]
breaks = ["11:30-12:30", "12:15-12:45", "19:30-20:15", "01:30-02:15", "02:30-02:45", "08:00-20:00"]
activities = [{ at = "17:30-18:30", channels = [] }, { at = "07:00-08:00", channels = ["phone"] }]
"#,
        &[
            "15:11 shifts.s.breaks[0]: 11:30-12:30 reaches beyond 09:00-12:00 of `at`, write 11:30-12:00",
            "15:26 shifts.s.breaks[1]: 12:15-12:45 is outside `at`, put it into one of its spans",
            "15:41 shifts.s.breaks[2]: 19:30-20:15 reaches beyond 20:00-02:00 of `at`, write 20:00-20:15",
            "15:56 shifts.s.breaks[3]: 01:30-02:15 reaches beyond 20:00-02:00 of `at`, write 01:30-02:00",
            "15:71 shifts.s.breaks[4]: 02:30-02:45 is outside `at`, put it into one of its spans",
            "15:86 shifts.s.breaks[5]: 08:00-20:00 reaches beyond 09:00-12:00 of `at`, write 09:00-12:00",
            "16:22 shifts.s.activities[0].at: 17:30-18:30 reaches beyond 13:00-18:00 of `at`, write 17:30-18:00",
            "16:61 shifts.s.activities[1].at: 07:00-08:00 is outside `at`, put it into one of its spans",
        ],
    );
    // Nothing is compared with what is wrong.
    shift(
        "at = [\"9-12\", \"13:00-18:00\"]\nbreaks = [\"10:00-10:15\", \"x\"]\n",
        &[
            "14:7 shifts.s.at[0]: `9-12` is not a time span, write 09:00-12:00",
            "15:26 shifts.s.breaks[1]: `x` is not a time span, write it such as 09:00-18:00",
        ],
    );
}

#[test]
fn parts_of_a_shift_stay_apart() {
    shift(
        r#"at = ["09:00-18:00", "17:00-19:00"]
breaks = ["12:00-13:00", "12:30-12:45"]
activities = [{ at = "09:00-10:00", channels = [] }, { at = "09:30-10:30", channels = [] }]
"#,
        &[
            "14:22 shifts.s.at[1]: 09:00-18:00 and 17:00-19:00 overlap, change one of them",
            "15:26 shifts.s.breaks[1]: 12:00-13:00 and 12:30-12:45 overlap, change one of them",
            "16:54 shifts.s.activities[1]: 09:00-10:00 and 09:30-10:30 overlap, change one of them",
        ],
    );
    // A break within an activity is one, and after midnight the same times are others.
    shift(
        "at = [\"20:00-04:00\"]\nbreaks = [\"20:30-21:00\", \"03:30-04:00\"]\nactivities = [{ at = \"20:00-03:45\", channels = [\"phone\"] }]\n",
        &[],
    );
    shift(
        "at = [\"20:00-04:00\"]\nbreaks = [\"23:30-00:30\", \"00:00-01:00\"]\n",
        &["15:26 shifts.s.breaks[1]: 23:30-00:30 and 00:00-01:00 overlap, change one of them"],
    );
}
