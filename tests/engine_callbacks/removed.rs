//! The queue of callbacks leaves the plan.

use super::check;

/// One in line, one that waits for its time, and one whose customer is to be dialled.
const MADE: &str = "
    callback k1 - channel=phone queue=line
    callback k2 - channel=phone queue=line window=2h-3h
    callback k3 - channel=phone queue=first";

#[test]
fn they_end_with_it() {
    check(&format!(
        "{MADE}
        apply remove queues.line remove categories.refund remove categories.rare remove queues.first policy=end
        => plan 2; closed callback:k1:1 queue_removed; ended k1 cancelled; closed callback:k3:1 queue_removed
         ; ended k3 cancelled; ended k2 cancelled
        show callback:k1  => cancelled line attempts=0/3
        show by:k1        => nobody its queue left the plan
        show callback:k2  => cancelled line attempts=0/3
        show callback:k3  => cancelled first attempts=0/2
        reload
        advance 3h        => -
        "
    ));
}

#[test]
fn they_move_to_another_with_their_places() {
    check(&format!(
        "{MADE}
        advance 1m
        apply remove queues.line remove categories.refund remove categories.rare remove queues.first policy=move:own
        => plan 2; moved callback:k1:1 own removed; moved callback:k3:1 own removed; promise k2 queue=own
        show callback:k1:1     => waiting own age=1m
        show callback:k2       => pending own expires=2h 59m enters=+1h 59m attempts=0/3
        show callback:k3:1     => waiting own age=1m
        show callbacks:own     => made=3 in-line=2
        reload
        # Dialled before and dialled after, each in its own way.
        signin a1 ready        => signed-in a1; ready a1; offered callback:k1:1 a1
        signin a2 ready        => signed-in a2; ready a2
        advance 1s             => +1s dials callback:k3:1 1 45s
        "
    ));
}
