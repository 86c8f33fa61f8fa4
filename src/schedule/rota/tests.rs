//! Which shift falls on which day.

use super::*;
use crate::schedule::{ALL, Presence, State};

const IDS: [&str; 3] = ["early", "middle", "late"];

fn shift(index: usize, from_hour: u32, to_hour: u32) -> Arc<Shift> {
    let piece = Piece { from_s: from_hour * 3600, to_s: to_hour * 3600, state: PieceState::On(ALL) };
    Arc::new(Shift { id: IDS[index].into(), name: IDS[index].into(), pieces: [piece].into() })
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn rota(holidays: Option<HolidaySet>, from: &str, form: Form) -> Rota {
    let shifts = vec![shift(0, 7, 15), shift(1, 12, 20), shift(2, 22, 30)];
    Rota::new(Arc::new(Zone::fixed_utc()), holidays.map(Arc::new), day(from), form, shifts)
}

fn national_day() -> Option<HolidaySet> {
    Some(HolidaySet::new([
        (day("2026-10-01"), day("2026-10-07"), Special::Holiday, "国庆节"),
        (day("2026-10-10"), day("2026-10-10"), Special::Makeup, "国庆节"),
    ]))
}

/// Monday to Friday and days of work by this shift.
fn week(shift: u16) -> [DayShifts; DAY_KINDS] {
    let mut days: [DayShifts; DAY_KINDS] = Default::default();
    for kind in [0, 1, 2, 3, 4, MAKEUP] {
        days[kind] = [shift].into();
    }
    days
}

fn three_weeks() -> Rota {
    rota(national_day(), "2026-09-14", Form::Weeks(vec![week(0), week(1), week(2)]))
}

#[test]
fn weeks_go_round_from_their_first_and_before_it() {
    let rota = three_weeks();
    for (date, offset, expected) in [
        ("2026-09-14", 0, "early"),
        ("2026-09-18", 0, "early"),
        ("2026-09-20", 0, ""),
        ("2026-09-21", 0, "middle"),
        ("2026-09-28", 0, "late"),
        ("2026-10-12", 0, "middle"),
        ("2026-09-11", 0, "late"),
        ("2026-09-04", 0, "middle"),
        ("2026-09-14", 1, "middle"),
        ("2026-09-14", 2, "late"),
        ("2026-09-28", 1, "early"),
        ("2026-10-01", 0, ""),
        ("2026-10-08", 0, "early"),
        ("2026-10-10", 0, "early"),
    ] {
        let shifts: Vec<&str> =
            rota.shifts_on(day(date), offset).iter().map(|&s| IDS[usize::from(s)]).collect();
        assert_eq!(shifts.join(" "), expected, "{date} + {offset}");
    }
}

#[test]
fn a_cycle_goes_on_through_weeks_and_holidays_unless_told() {
    let days = |worked: u16| [vec![[worked].into(); 4], vec![DayShifts::default(); 2]].concat();
    let cycle = |holidays, on_holiday, on_makeup| {
        rota(holidays, "2026-09-28", Form::Cycle { days: days(0), on_holiday, on_makeup })
    };
    let goes_on = cycle(national_day(), None, None);
    let stops = cycle(national_day(), Some(DayShifts::default()), Some([2].into()));
    for (date, offset, by_turn, instead) in [
        ("2026-09-28", 0, "early", "early"),
        ("2026-10-01", 0, "early", ""),
        ("2026-10-02", 0, "", ""),
        ("2026-10-04", 0, "early", ""),
        ("2026-10-08", 0, "", "late"),
        ("2026-10-09", 0, "", ""),
        ("2026-10-10", 0, "early", "late"),
        ("2026-09-27", 0, "", ""),
        ("2026-09-25", 0, "early", "early"),
        ("2026-09-28", 4, "", ""),
        ("2026-09-28", 10, "", ""),
        ("2026-09-30", 4, "early", "early"),
    ] {
        for (rota, expected) in
            [(&goes_on, by_turn), (&stops, if date == "2026-10-08" { by_turn } else { instead })]
        {
            let shifts: Vec<&str> =
                rota.shifts_on(day(date), offset).iter().map(|&s| IDS[usize::from(s)]).collect();
            assert_eq!(shifts.join(" "), expected, "{date} + {offset}");
        }
    }
}

#[test]
fn what_covers_an_instant_and_until_when() {
    let rota = three_weeks();
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
    for (time, covered, until) in [
        ("2026-09-14T06:59:59Z", None, "2026-09-14T07:00:00Z"),
        ("2026-09-14T07:00:00Z", Some(("early", "2026-09-14")), "2026-09-14T15:00:00Z"),
        ("2026-09-14T15:00:00Z", None, "2026-09-15T07:00:00Z"),
        ("2026-09-18T15:00:00Z", None, "2026-09-21T12:00:00Z"),
        ("2026-09-29T05:59:59Z", Some(("late", "2026-09-28")), "2026-09-29T06:00:00Z"),
        ("2026-10-01T05:00:00Z", Some(("late", "2026-09-30")), "2026-10-01T06:00:00Z"),
        ("2026-10-01T06:00:00Z", None, "2026-10-08T07:00:00Z"),
    ] {
        let (found, until_s) = rota.stretch(at(time), at(time) + 400 * 86_400, 0, &[]);
        let found = found.map(|found| (IDS[usize::from(found.shift)], found.day.to_string()));
        assert_eq!(found.as_ref().map(|(id, day)| (*id, &day[..])), covered, "{time}");
        assert_eq!(until_s, at(until), "{time}");
    }
    let (found, until_s) = rota.stretch(at("2026-09-14T08:00:00Z"), i64::MAX, 0, &[day("2026-09-14")]);
    assert_eq!((found, until_s), (None, at("2026-09-15T07:00:00Z")), "the day's shift is replaced");
}

#[test]
fn a_rota_that_never_changes_is_not_searched() {
    let round_the_clock = shift(0, 0, 24);
    let zone = Arc::new(Zone::load("Europe/Berlin").unwrap());
    for (shifts, presence) in [(DayShifts::default(), None), ([0].into(), Some(Presence::On))] {
        let form = Form::Cycle { days: vec![shifts; 3], on_holiday: None, on_makeup: None };
        let rota = Rota::new(Arc::clone(&zone), None, Day(0), form, vec![Arc::clone(&round_the_clock)]);
        assert!(rota.unchanging);
        let (found, until_s) = rota.stretch(1_790_000_000, 1_900_000_000, 0, &[]);
        assert_eq!(found.map(|found| State::from(found.state).presence), presence);
        assert_eq!(until_s, 1_900_000_000);
    }
    assert!(!three_weeks().unchanging);
}
