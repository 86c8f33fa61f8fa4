//! Dates, times of day and kinds of days as text.

use crate::plan::{
    model::DayKind,
    when::{format_span, parse_day, parse_days, parse_range, parse_span},
};

#[test]
fn dates() {
    for text in ["2000-01-01", "2026-10-01", "2028-02-29", "2100-12-31"] {
        assert_eq!(parse_day(text).map(|day| day.to_string()), Ok(text.to_owned()));
    }
    for (text, problem) in [
        ("2026-02-29", "`2026-02-29` is not a date, 2026-02-28 is the last day of that month"),
        ("2026/4/31", "`2026/4/31` is not a date, 2026-04-30 is the last day of that month"),
        ("2026-1-5", "`2026-1-5` is not a date, write 2026-01-05"),
        ("2026/10/01", "`2026/10/01` is not a date, write 2026-10-01"),
        ("20261001", "`20261001` is not a date, write 2026-10-01"),
        ("2026年10月1日", "`2026年10月1日` is not a date, write 2026-10-01"),
        ("2026-13-01", "`2026-13-01` is not a date, write it such as 2026-10-01"),
        ("2026-00-10", "`2026-00-10` is not a date, write it such as 2026-10-01"),
        ("01.10.2026", "`01.10.2026` is not a date, write it such as 2026-10-01"),
        ("99999999999-1-1", "`99999999999-1-1` is not a date, write it such as 2026-10-01"),
        ("tomorrow", "`tomorrow` is not a date, write it such as 2026-10-01"),
        ("", "`` is not a date, write it such as 2026-10-01"),
        ("1999-12-31", "1999-12-31 is out of range, give 2000-01-01 to 2100-12-31"),
        ("2101-01-01", "2101-01-01 is out of range, give 2000-01-01 to 2100-12-31"),
    ] {
        assert_eq!(parse_day(text), Err(problem.to_owned()), "{text}");
    }
}

#[test]
fn ranges_of_dates() {
    for (text, days) in [("2026-10-01", 1), ("2026-10-01..2026-10-07", 7), ("2027-12-31..2028-03-01", 62)] {
        let range = parse_range(text).unwrap();
        assert_eq!((range.len(), range.days().count(), range.to_string()), (days, days, text.to_owned()));
    }
    for (text, problem) in [
        ("2026-10-07..2026-10-01", "`2026-10-07..2026-10-01` goes backwards, write 2026-10-01..2026-10-07"),
        ("2026-10-01..2026-10-01", "`2026-10-01..2026-10-01` is a single day, write 2026-10-01"),
        (
            "2026-10-01 - 2026-10-07",
            "`2026-10-01 - 2026-10-07` is not a range of dates, write 2026-10-01..2026-10-07",
        ),
        (
            "2026-10-1..2026-10-7",
            "`2026-10-1..2026-10-7` is not a range of dates, write 2026-10-01..2026-10-07",
        ),
        ("20261001~20261007", "`20261001~20261007` is not a range of dates, write 2026-10-01..2026-10-07"),
        (
            "2026-10-01..2026-10-32",
            "`2026-10-01..2026-10-32` is not a range of dates, write it such as 2026-10-01..2026-10-07",
        ),
        ("2026-10-01..07", "`2026-10-01..07` is not a date, write it such as 2026-10-01"),
        ("2026-02-30", "`2026-02-30` is not a date, 2026-02-28 is the last day of that month"),
        ("2026-01-01..2101-01-01", "2101-01-01 is out of range, give 2000-01-01 to 2100-12-31"),
        ("..", "`..` is not a date, write it such as 2026-10-01"),
    ] {
        assert_eq!(parse_range(text), Err(problem.to_owned()), "{text}");
    }
}

#[test]
fn time_spans() {
    const HOUR_S: u32 = 3_600;
    for (text, from_s, to_s, written) in [
        ("09:00-18:00", 9 * HOUR_S, 18 * HOUR_S, "09:00-18:00"),
        ("22:30-06:00", 22 * HOUR_S + 1_800, 30 * HOUR_S, "22:30-06:00"),
        ("00:00-24:00", 0, 24 * HOUR_S, "00:00-24:00"),
        ("18:00-00:00", 18 * HOUR_S, 24 * HOUR_S, "18:00-24:00"),
        ("09:00:30-09:00:31", 9 * HOUR_S + 30, 9 * HOUR_S + 31, "09:00:30-09:00:31"),
        ("09:00:00-18:00", 9 * HOUR_S, 18 * HOUR_S, "09:00-18:00"),
        ("00:01-00:00:59", 60, 24 * HOUR_S + 59, "00:01-00:00:59"),
    ] {
        let span = parse_span(text).unwrap();
        assert_eq!((span.from_s, span.to_s, format_span(span).as_str()), (from_s, to_s, written), "{text}");
        assert_eq!(parse_span(written), Ok(span));
    }
    for (text, problem) in [
        ("9:00-18:00", "is not a time span, write 09:00-18:00"),
        ("9-18", "is not a time span, write 09:00-18:00"),
        ("0900-1800", "is not a time span, write 09:00-18:00"),
        ("09:00 ~ 18:00", "is not a time span, write 09:00-18:00"),
        ("09：00-18：00", "is not a time span, write 09:00-18:00"),
        ("22:00-30:00", "is not a time span, write 22:00-06:00"),
        ("05:00-30:00", "is not a time span, write it such as 09:00-18:00"),
        ("25:00-26:00", "is not a time span, write it such as 09:00-18:00"),
        ("09:60-18:00", "is not a time span, write it such as 09:00-18:00"),
        ("49:00-50:00", "is not a time span, write it such as 09:00-18:00"),
        ("9am-6pm", "is not a time span, write it such as 09:00-18:00"),
        ("09:00", "is not a time span, write it such as 09:00-18:00"),
        ("nine to five", "is not a time span, write it such as 09:00-18:00"),
        ("", "is not a time span, write it such as 09:00-18:00"),
        ("24:00:01-25:00", "is not a time span, write it such as 09:00-18:00"),
        ("99999999999-1", "is not a time span, write it such as 09:00-18:00"),
        ("09:00-09:00", "lasts no time, write 00:00-24:00 for a whole day"),
        ("24:00-06:00", "begins when the day is over, write 00:00-06:00"),
    ] {
        assert_eq!(parse_span(text), Err(format!("`{text}` {problem}")), "{text}");
    }
}

#[test]
fn kinds_of_days() {
    use DayKind::{Fri, Holiday, Makeup, Mon, Sat, Sun, Thu, Tue, Wed};
    for (text, kinds) in [
        ("mon", &[Mon][..]),
        ("holiday", &[Holiday]),
        ("makeup", &[Makeup]),
        ("mon-fri", &[Mon, Tue, Wed, Thu, Fri]),
        ("sat-sun", &[Sat, Sun]),
        ("sun-thu", &[Sun, Mon, Tue, Wed, Thu]),
        ("all", &[Mon, Tue, Wed, Thu, Fri, Sat, Sun]),
    ] {
        assert_eq!(parse_days(text).as_deref(), Ok(kinds), "{text}");
    }
    let words = "give one of `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`, `holiday`, `makeup`, `mon-fri` or `all`";
    for (text, problem) in [
        ("Monday", "there is no such day as `Monday`, write mon".to_owned()),
        ("MON-Fri", "there is no such day as `MON-Fri`, write mon-fri".to_owned()),
        ("holidays", "there is no such day as `holidays`, write holiday".to_owned()),
        ("mon-mon", "`mon-mon` is a single day, write mon".to_owned()),
        ("monday-monday", "there is no such day as `monday-monday`, write mon".to_owned()),
        ("mon-holiday", format!("there is no such day as `mon-holiday`, {words}")),
        ("mon-tue-wed", format!("there is no such day as `mon-tue-wed`, {words}")),
        ("weekday", format!("there is no such day as `weekday`, {words}")),
        ("", format!("there is no such day as ``, {words}")),
    ] {
        assert_eq!(parse_days(text), Err(problem), "{text}");
    }
}
