//! One callback a customer and queue.

use super::check;

#[test]
fn who_asks_again_has_one_callback() {
    check(
        "
        enqueue c1 phone line customer=li
        callback k1 c1 customer=li number=555
        advance 1m
        enqueue c2 phone line
        # By no reference: the number is the same.
        callback k2 c2 number=555   => merged k1; closed c2 callback_requested
        callback k3 - channel=phone queue=line customer=li number=777   => merged k1
        # The same once more.
        callback k3 - channel=phone queue=line customer=li number=777   => -
        show callback:k1            => in-line line expires=23h 59m attempts=0/3 merged=2
        show callback:k2            => in-line line expires=23h 59m attempts=0/3 merged=2
        show callbacks:line         => made=1 merged=2 in-line=1
        # As it was answered.
        callback k2 c2 number=555   => -
        # Somebody else, and the same one in another queue.
        callback k4 - channel=phone queue=line customer=wu number=778   => called k4; in callback:k4:1 line age=0s
        callback k5 - channel=phone queue=own customer=li number=555    => called k5; in callback:k5:1 own age=0s
        ",
    );
}

#[test]
fn the_older_place_counts() {
    check(
        "
        enqueue c1 phone line
        advance 10m
        callback k1 - channel=phone queue=line number=555  => called k1; in callback:k1:1 line age=0s
        callback k2 c1 number=555
        => closed callback:k1:1 callback_postponed; postponed k1; merged k1; closed c1 callback_requested
         ; in callback:k1:2 line age=10m
        ",
    );
}

#[test]
fn another_time_replaces_the_one_before() {
    check(
        "
        enqueue c1 phone line
        callback k1 c1 number=555
        callback k2 - channel=phone queue=line number=555 window=2h-3h
        => closed callback:k1:1 callback_postponed; postponed k1; merged k1 +2h
        show callback:k1   => pending line expires=3h enters=+2h attempts=0/3 merged=1
        # In turn into a time: the time stays, the place is the older one.
        advance 1h
        callback k3 - channel=phone queue=line number=555  => merged k1
        advance 1h         => +1h in callback:k1:2 line age=2h
        ",
    );
}

#[test]
fn what_is_in_somebodys_hands_stays_as_it_is() {
    check(
        "
        callback k1 - channel=phone queue=line number=555
        signin a1 ready
        accept a1 callback:k1:1
        enqueue c2 phone line
        callback k2 c2 number=555 window=2h-3h  => merged k1; closed c2 callback_requested
        show callback:k1  => in-line line expires=24h attempts=1/3 merged=1
        ",
    );
}

#[test]
fn after_its_end_there_is_another() {
    check(
        "
        callback k1 - channel=phone queue=line number=555
        uncallback k1
        callback k2 - channel=phone queue=line number=555  => called k2; in callback:k2:1 line age=0s
        ",
    );
}

#[test]
fn what_became_of_it_is_known_by_the_ids_of_all_who_asked() {
    check(
        "
        callback k1 - channel=phone queue=line number=555
        callback k2 - channel=phone queue=line number=555  => merged k1
        # It is one id, and names one thing.
        callback k2 - channel=phone queue=line number=556  => !CALLBACK_EXISTS
        signin a1 ready
        accept a1 callback:k1:1
        connected callback:k1:1                            => connected callback:k1:1 a1; ended k1 kept
        reload
        show callback:k2                                   => reached line attempts=1/3 merged=1
        callback k2 - channel=phone queue=line number=555  => -
        callback k3 - channel=phone queue=line number=555  => called k3; in callback:k3:1 line age=0s
        callback k4 - channel=phone queue=line number=555  => merged k3
        uncallback k4                  => closed callback:k3:1 callback_postponed; ended k3 cancelled
        show callback:k3                                   => cancelled line attempts=0/3 merged=1
        ",
    );
}

#[test]
fn of_very_many_ids_the_latest_are_known() {
    let mut table = "callback k0 - channel=phone queue=line number=555\n".to_owned();
    for nth in 1..=9 {
        table += &format!("callback k{nth} - channel=phone queue=line number=555 => merged k0\n");
    }
    let merged = "in-line line expires=24h attempts=0/3 merged=9";
    check(&format!("{table}reload\nshow callback:k1 => unknown\nshow callback:k2 => {merged}"));
}

#[test]
fn two_customers_of_one_number_are_both_called() {
    check(
        "
        callback k1 - channel=phone queue=line customer=li number=555  => called k1; in callback:k1:1 line age=0s
        callback k2 - channel=phone queue=line customer=wu number=555  => called k2; in callback:k2:1 line age=0s
        # Whoever has no reference is the one who asked first.
        callback k3 - channel=phone queue=line number=555              => merged k1
        callback k4 - channel=phone queue=line customer=wu number=555  => merged k2
        reload
        callback k5 - channel=phone queue=line customer=wu number=555  => merged k2
        ",
    );
}

#[test]
fn a_customer_known_by_number_is_known_by_the_reference_given_later() {
    check(
        "
        callback k1 - channel=phone queue=line number=555              => called k1; in callback:k1:1 line age=0s
        callback k2 - channel=phone queue=line customer=li number=555  => merged k1
        # Somebody else by the same number.
        callback k3 - channel=phone queue=line customer=wu number=555  => called k3; in callback:k3:1 line age=0s
        # Passed by: that one has another reference, this one has none.
        callback k4 - channel=phone queue=line customer=li number=777  => merged k1
        callback k5 - channel=phone queue=line number=777              => merged k1
        ",
    );
}
