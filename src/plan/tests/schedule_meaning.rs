//! What a plan's words on working time mean together: the model's own answers.

use std::collections::BTreeMap;

use super::BASE;
use crate::plan::{
    model::{Ageing, ClosedPolicy, DateRange, Followed, Follows, Holidays, Queue},
    parse,
    when::{parse_day, parse_range},
};

/// A messaging channel.
const CHAT: &str = "[channels.chat]\nkind = \"messaging\"\nunits = 10\noffer_timeout = \"20s\"\n";

#[test]
fn what_a_rota_group_and_agent_say_together() {
    let group = |rota: Option<&str>, rota_offset, from: Option<&str>| Follows {
        rota: rota.map(str::to_owned),
        rota_offset,
        valid_from: from.map(|text| parse_day(text).unwrap()),
        valid_until: None,
    };
    let none = group(None, None, None);
    let dated = group(None, Some(7), Some("2026-01-01"));
    let first = group(Some("first"), Some(2), Some("2026-02-01"));
    let second = group(Some("second"), None, None);
    let followed = |rota, rota_offset, from: Option<&str>| Followed {
        rota,
        rota_offset,
        valid_from: from.map(|text| parse_day(text).unwrap()),
        valid_until: None,
    };
    for (own, groups, expected) in [
        (&none, &[][..], followed(None, 0, None)),
        (&none, &[&dated], followed(None, 0, None)),
        (&none, &[&dated, &first, &second], followed(Some("first"), 2, Some("2026-02-01"))),
        (&none, &[&second, &first], followed(Some("second"), 0, None)),
        (&group(None, Some(0), None), &[&first], followed(Some("first"), 0, Some("2026-02-01"))),
        (&group(None, None, Some("2026-03-01")), &[&first], followed(Some("first"), 2, Some("2026-03-01"))),
        // With a rota of its own, or none, its groups don't count.
        (&second, &[&first], followed(Some("second"), 0, None)),
        (&group(Some("own"), Some(1), None), &[&first], followed(Some("own"), 1, None)),
        (&group(Some(""), None, None), &[&first], followed(None, 0, None)),
        (&dated, &[], followed(None, 7, Some("2026-01-01"))),
    ] {
        assert_eq!(own.over(groups.iter().copied()), expected, "{own:?} {groups:?}");
    }
}

#[test]
fn what_queues_do_unless_told_is_by_their_channels() {
    let plan = parse(&format!("{BASE}{CHAT}")).unwrap();
    let of = |channels: &[&str]| Queue::new(channels.iter().map(|id| (*id).to_owned()).collect(), 1_000);
    for (channels, closed, ageing) in [
        (&["chat"][..], ClosedPolicy::Hold, Ageing::OpenHours),
        (&["phone"], ClosedPolicy::Refuse, Ageing::Always),
        (&["chat", "phone"], ClosedPolicy::Refuse, Ageing::Always),
    ] {
        let queue = of(channels);
        assert_eq!((queue.closed_policy(&plan.channels), queue.ages(&plan.channels)), (closed, ageing));
    }
    let queue = Queue { closed: Some(ClosedPolicy::Accept), ageing: Some(Ageing::Always), ..of(&["chat"]) };
    assert_eq!(queue.closed_policy(&plan.channels), ClosedPolicy::Accept);
    assert_eq!(queue.ages(&plan.channels), Ageing::Always);
}

#[test]
fn the_last_day_that_holidays_know() {
    let known = |off: &[&str], work: &[&str]| {
        let named = |days: &[&str]| {
            days.iter()
                .map(|text| (parse_range(text).unwrap(), String::new()))
                .collect::<BTreeMap<DateRange, String>>()
        };
        let holidays = Holidays { off: named(off), work: named(work), ..Holidays::default() };
        holidays.known_until().map(|day| day.to_string())
    };
    assert_eq!(known(&[], &[]), None);
    assert_eq!(known(&["2025-01-01"], &["2024-12-01"]).as_deref(), Some("2025-12-31"));
    assert_eq!(known(&["2025-01-01"], &["2026-01-04"]).as_deref(), Some("2026-12-31"));
    assert_eq!(known(&["2026-12-31..2027-01-01", "2027-02-01"], &[]).as_deref(), Some("2027-12-31"));
}
