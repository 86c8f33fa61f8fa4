//! What is refused, and what is left as it was.

use super::check;

#[test]
fn without_rules_there_are_none() {
    check(
        "
        enqueue c1 phone none
        callback k1 c1                             => !CALLBACK_NOT_OFFERED queue=none level=0
        callback k1 - channel=phone queue=none     => !CALLBACK_NOT_OFFERED queue=none level=0
        callback k1 - channel=phone queue=surge    => !CALLBACK_NOT_OFFERED queue=surge level=0
        show c1                                    => waiting none age=0s
        ",
    );
}

#[test]
fn a_queue_has_so_many() {
    check(
        "
        callback k1 - channel=phone queue=small
        callback k2 - channel=phone queue=small
        callback k3 - channel=phone queue=small    => !TOO_MANY_CALLBACKS
        # One of them is asked for again, or is over.
        callback k4 - channel=phone queue=small number=k1  => merged k1
        uncallback k1
        callback k3 - channel=phone queue=small    => called k3; in callback:k3:1 small age=0s
        ",
    );
}

#[test]
fn fields_are_named() {
    check(
        "
        callback k1 - channel=fax queue=line           => !channel
        callback k1 - channel=phone queue=nowhere      => !queue
        callback k1 - channel=phone category=nothing   => !category
        callback k1 - channel=phone                    => !queue
        callback k1 - queue=line                       => !channel
        callback k1 - channel=wechat queue=own         => !channel
        callback k1 - channel=email queue=line         => !channel
        callback k1 - channel=phone queue=line zone=Mars  => !zone
        callback k1 - channel=phone queue=line case=case:9  => !case_id
        ",
    );
}

#[test]
fn a_full_queue_counts_callbacks() {
    check(
        "
        callback k1 - channel=phone queue=small
        enqueue c1 phone small                         => !QUEUE_FULL callback=offered
        # Which are let in all the same: they have a place.
        callback k2 - channel=phone queue=small        => called k2; in callback:k2:1 small age=0s
        ",
    );
}

#[test]
fn only_what_is_dialled_is_reported() {
    check(
        "
        signin a1 ready
        enqueue c1 phone none
        dialled c1 1 busy                  => !CALLBACK_NOT_DIALLED
        dialled c9 1 busy                  => !CONTACT_NOT_FOUND
        callback k1 - channel=phone queue=line
        dialled callback:k1:1 1 busy       => !CALLBACK_NOT_DIALLED
        accept a1 c1
        connected c1
        complete a1 c1
        finish a1 c1
        accept a1 callback:k1:1
        # Agent first, both are connected or not.
        dialled callback:k1:1 1 answered   => !CALLBACK_NOT_DIALLED
        ",
    );
}
