//! Tests of the numbers that explanations tell of the order.

use proptest::prelude::*;

use crate::engine::matching::order::{
    Standing, more_urgent, place_among, urgency_permille, virtual_arrival_ms,
};

#[test]
fn urgency_is_told_in_thousandths_of_the_objective() {
    // Age, priority, boost, objective, urgency.
    let table = [
        (0, 0, 500, 20_000, 0),
        (20_000, 0, 500, 20_000, 1_000),
        (10_000, 1, 500, 20_000, 1_000),
        (10_000, 2, 1_000, 20_000, 2_500),
        (1, 0, 0, 3, 333),
        (86_400_000, 10, 1_000, 5_000, 17_290_000),
    ];
    for (age_ms, priority, boost_permille, objective_ms, expected) in table {
        let now_ms = 1_000_000_000;
        let arrived_ms = i64::try_from(now_ms - age_ms).unwrap();
        let arrival_ms = virtual_arrival_ms(arrived_ms, priority, boost_permille, objective_ms);
        let standing = Standing { band: 0, arrival_ms, objective_ms, contact: 1 };
        assert_eq!(urgency_permille(&standing, now_ms), expected, "{age_ms} {priority} {objective_ms}");
    }
    // A clock that is behind the arrival still gives an order.
    let early = Standing { band: 0, arrival_ms: 10, objective_ms: 3, contact: 1 };
    assert_eq!(urgency_permille(&early, 9), -334);
}

proptest! {
    #[test]
    fn within_a_band_the_more_urgent_has_no_smaller_urgency(
        first in (0..100_000i64, 1..50_000u64, 1..9u64), second in (0..100_000i64, 1..50_000u64, 1..9u64),
    ) {
        let of = |(arrival_ms, objective_ms, contact)| Standing { band: 1, arrival_ms, objective_ms, contact };
        let (a, b) = (of(first), of(second));
        let now_ms = 100_000;
        if more_urgent(&a, &b, now_ms).is_lt() {
            prop_assert!(urgency_permille(&a, now_ms) >= urgency_permille(&b, now_ms));
        }
    }
    /// Small numbers, so that many are as urgent as each other.
    #[test]
    fn those_before_ones_place_among_a_class_are_the_more_urgent(
        mine in (-9..40i64, 1..7u64, 1..9u64, 0..3u8), class in (1..7u64, 0..3u8, 0..9i64),
        other in (-30..40i64, 1..9u64),
    ) {
        let (now_ms, (arrival_ms, objective_ms, contact, band)) = (20, mine);
        let mine = Standing { band, arrival_ms, objective_ms, contact };
        let ((objective_ms, band, idle_ms), (key, contact)) = (class, other);
        let other = Standing { band, arrival_ms: key + idle_ms, objective_ms, contact };
        let place = place_among(&mine, band, objective_ms, idle_ms, now_ms);
        prop_assert_eq!((key, contact) < place, more_urgent(&other, &mine, now_ms).is_lt(), "{:?}", place);
    }
}
