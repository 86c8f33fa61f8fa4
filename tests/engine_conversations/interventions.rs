//! Supervisors who take a contact in hand, at whatever stage it is.

use crate::common::{
    CONVERSATIONS, START_MS,
    desk::{Desk, check_in},
    stages::at_each_stage,
};
use kefud::proto::journal::InterventionKind;

fn check(table: &str) {
    check_in(CONVERSATIONS, table);
}

/// A contact at each stage, with a1 and a2 there.
const STAGES: [(&str, &str); 6] = [
    ("waiting", "enqueue c1 phone general\nadvance 5s"),
    ("offered", "signin a1 ready\nenqueue c1 phone general\nadvance 5s\nsignin a2 ready"),
    ("connecting", "signin a1 ready\nenqueue c1 phone general\naccept a1 c1\nadvance 5s\nsignin a2 ready"),
    ("active", "signin a1 ready\nenqueue c1 qq general\naccept a1 c1\nadvance 5s\nsignin a2 ready"),
    ("with a bot", "signin a2 ready\nenqueue c1 qq general bot=b\nadvance 5s"),
    ("closed", "enqueue c1 phone general\ncancel c1"),
];

#[test]
fn requeue() {
    at_each_stage(
        &STAGES,
        "requeue c1 queue=experts",
        &[
            ("waiting", "by-supervisor c1 requeued; moved c1 experts requeued"),
            (
                "offered",
                "by-supervisor c1 requeued; withdrawn c1 a1; moved c1 experts requeued; offered c1 a1",
            ),
            (
                "connecting",
                "by-supervisor c1 requeued; moved c1 experts requeued; released c1 a1 finished; offered c1 a2",
            ),
            (
                "active",
                "by-supervisor c1 requeued; moved c1 experts requeued; released c1 a1 finished; offered c1 a2",
            ),
            ("with a bot", "by-supervisor c1 requeued; left-bot c1 supervisor experts age=0s; offered c1 a2"),
            ("closed", "!CONTACT_CLOSED"),
        ],
    );
}

#[test]
fn requeue_where_it_is() {
    at_each_stage(
        &STAGES,
        "requeue c1",
        &[
            ("waiting", "by-supervisor c1 requeued; moved c1 general requeued"),
            (
                "offered",
                "by-supervisor c1 requeued; withdrawn c1 a1; moved c1 general requeued; offered c1 a1",
            ),
            (
                "connecting",
                "by-supervisor c1 requeued; moved c1 general requeued; released c1 a1 finished; offered c1 a2",
            ),
            (
                "active",
                "by-supervisor c1 requeued; moved c1 general requeued; released c1 a1 finished; offered c1 a2",
            ),
            ("with a bot", "by-supervisor c1 requeued; left-bot c1 supervisor general age=0s; offered c1 a2"),
            ("closed", "!CONTACT_CLOSED"),
        ],
    );
}

#[test]
fn reassign() {
    at_each_stage(
        &STAGES[1..],
        "reassign c1 a2",
        &[
            ("offered", "by-supervisor c1 reassigned; withdrawn c1 a1; offered c1 a2 by-assign"),
            (
                "connecting",
                "by-supervisor c1 reassigned; moved c1 general reassigned; released c1 a1 finished; offered c1 a2 by-assign",
            ),
            (
                "active",
                "by-supervisor c1 reassigned; moved c1 general reassigned; released c1 a1 finished; offered c1 a2 by-assign",
            ),
            (
                "with a bot",
                "by-supervisor c1 reassigned; left-bot c1 supervisor general age=0s; offered c1 a2 by-assign",
            ),
            ("closed", "!CONTACT_CLOSED"),
        ],
    );
    check(
        "
        signin a2 ready
        enqueue c1 phone general
        signin a1 ready
        notready a2 lunch
        decline a1 c1
        reassign c1 a1                    => by-supervisor c1 reassigned; offered c1 a1 by-assign
        ",
    );
}

#[test]
fn end() {
    at_each_stage(
        &STAGES,
        "end c1 disposition=follow_up",
        &[
            ("waiting", "by-supervisor c1 ended; closed c1 supervisor_ended follow_up"),
            ("offered", "by-supervisor c1 ended; ended c1 a1; closed c1 supervisor_ended follow_up"),
            (
                "connecting",
                "by-supervisor c1 ended; closed c1 supervisor_ended follow_up; released c1 a1 finished",
            ),
            (
                "active",
                "by-supervisor c1 ended; closed c1 supervisor_ended follow_up; released c1 a1 finished",
            ),
            ("with a bot", "by-supervisor c1 ended; closed c1 supervisor_ended follow_up"),
            ("closed", "-"),
        ],
    );
}

#[test]
fn change() {
    at_each_stage(
        &STAGES,
        "change c1 category=refund prio=7",
        &[
            ("waiting", "by-supervisor c1 changed; updated c1"),
            ("offered", "by-supervisor c1 changed; updated c1"),
            ("connecting", "by-supervisor c1 changed; updated c1"),
            ("active", "by-supervisor c1 changed; updated c1"),
            ("with a bot", "by-supervisor c1 changed; updated c1"),
            ("closed", "!CONTACT_CLOSED"),
        ],
    );
}

/// Parked, with its agent away for a while and another there.
const PARKED: &str = "signin a1 ready\nenqueue c1 qq general\nadvance 5s\naccept a1 c1\nadvance 12m\nnotready a1 lunch\n\
                      signin a2 ready\nenqueue other qq general\naccept a2 other";

#[test]
fn a_parked_one() {
    at_each_stage(
        &[("requeue", PARKED)],
        "requeue c1 queue=experts",
        &[("requeue", "by-supervisor c1 requeued; moved c1 experts requeued; offered c1 a2")],
    );
    at_each_stage(
        &[("requeue where it is", PARKED)],
        "requeue c1",
        &[("requeue where it is", "by-supervisor c1 requeued; moved c1 general requeued; offered c1 a2")],
    );
    at_each_stage(
        &[("reassign", PARKED)],
        "reassign c1 a2",
        &[("reassign", "by-supervisor c1 reassigned; moved c1 general reassigned; offered c1 a2 by-assign")],
    );
    at_each_stage(
        &[("end", PARKED)],
        "end c1 disposition=follow_up",
        &[("end", "by-supervisor c1 ended; closed c1 supervisor_ended follow_up")],
    );
    at_each_stage(
        &[("change", PARKED)],
        "change c1 category=refund prio=7",
        &[("change", "by-supervisor c1 changed; updated c1")],
    );
}

#[test]
fn how_it_is_counted() {
    check(
        "
        signin a1 ready
        enqueue c1 phone general
        end c1                            => by-supervisor c1 ended; ended c1 a1; closed c1 supervisor_ended
        show c1                           => closed supervisor_ended wait=0s
        enqueue c2 qq general
        accept a1 c2
        end c2                            => by-supervisor c2 ended; closed c2 supervisor_ended; released c2 a1 finished
        enqueue c3 phone general bot=b
        end c3                            => by-supervisor c3 ended; closed c3 supervisor_ended
        end c3                            => -
        show general                      => entered=3 answered=1 expired=2
        enqueue c4 phone general
        requeue c4
        requeue c4 queue=experts
        requeue c4 queue=general
        show general                      => offered=1 entered=4 in=2 out=2 answered=1 expired=2
        show experts                      => in=1 out=1
        ",
    );
}

#[test]
fn its_age() {
    check(
        "
        enqueue c1 phone general
        advance 30s
        requeue c1 queue=experts          => by-supervisor c1 requeued; moved c1 experts requeued
        show c1                           => waiting experts age=30s
        requeue c1 queue=fresh            => by-supervisor c1 requeued; moved c1 fresh age=0s requeued
        advance 5s
        requeue c1 fresh                  => by-supervisor c1 requeued; moved c1 fresh age=0s requeued
        enqueue c2 phone fresh bot=b
        advance 10s
        requeue c2                        => by-supervisor c2 requeued; left-bot c2 supervisor fresh
        tobot c2 b
        requeue c2 fresh                  => by-supervisor c2 requeued; left-bot c2 supervisor fresh age=0s
        show c2                           => waiting fresh age=0s
        enqueue c3 phone general bot=b
        advance 10s
        requeue c3                        => by-supervisor c3 requeued; left-bot c3 supervisor general age=0s
        ",
    );
}

#[test]
fn what_is_wrong_changes_nothing() {
    check(
        "
        signin a1 ready
        signin a2 ready
        enqueue c1 qq general
        accept a1 c1
        requeue c1 queue=nowhere          => !queue
        requeue c1 queue=follow           => !queue
        reassign c1 a1                    => !AGENT_HAS_CONTACT
        reassign c1 a3                    => !AGENT_NOT_AVAILABLE
        reassign c1 nobody                => !AGENT_NOT_FOUND
        end c1 disposition=nothing        => !disposition
        change c1 category=nothing        => !category
        requeue nobody                    => !CONTACT_NOT_FOUND
        show c1                           => active general a1
        # Skills count unless the supervisor says otherwise.
        enqueue c2 phone experts          => in c2 experts; offered c2 a2
        signin a4 ready
        reassign c2 a4 override           => !AGENT_NOT_AVAILABLE
        enqueue c3 qq experts             => in c3 experts; offered c3 a1
        reassign c3 a4                    => !AGENT_NOT_ELIGIBLE
        reassign c3 a4 override           => by-supervisor c3 reassigned; withdrawn c3 a1; offered c3 a4 by-assign
        # The same agent again is as good as done.
        reassign c3 a4                    => -
        apply set queues.general.unservable=\"refuse\" set categories.refund.skills={complaints=9}
        change c1 category=refund         => !NOBODY_CAN_SERVE
        ",
    );
}

#[test]
fn a_repeat_does_it_once() {
    check(
        "
        signin a1 ready
        enqueue c1 qq general
        request=r1 requeue c1             => by-supervisor c1 requeued; withdrawn c1 a1; moved c1 general requeued; offered c1 a1
        request=r1 requeue c1             => repeat
        request=r1 requeue c1 fresh       => !REQUEST_ID_REUSED
        show c1                           => offered general a1 age=0s turn=0s
        ",
    );
}

#[test]
fn a_queue_that_has_gone() {
    check(
        "
        signin a1 ready
        signin a2 ready
        enqueue c1 phone small
        accept a1 c1
        connected c1
        apply remove queues.small policy=move:general
        reassign c1 a2                    => !CONTACT_NOT_WAITING
        requeue c1                        => by-supervisor c1 requeued; moved c1 small requeued; wrap-up c1 a1 20s; moved c1 general removed; offered c1 a2
        ",
    );
}

#[test]
fn reasons_are_on_the_record() {
    let mut desk = Desk::with(CONVERSATIONS);
    let lines = ["signin a1 ready", "enqueue c1 qq general", "advance 5s"];
    lines.iter().for_each(|line| assert!(!desk.run(line).starts_with('!')));
    assert!(!desk.run("requeue c1 by=s1 reason=wrong_queue").starts_with('!'));
    assert!(!desk.run("change c1 prio=3 by=s2 reason=angry").starts_with('!'));
    assert!(desk.run("reassign c1 a3 by=s2 reason=refused").starts_with('!'));
    let told = |desk: &Desk| -> Vec<(InterventionKind, String, String, u64)> {
        let record = desk.sim.state().contact_by_id("c1").expect("it is there");
        let tell = |entry: &kefud::proto::journal::InterventionRecord| {
            (entry.kind(), entry.supervisor.clone(), entry.reason.clone(), entry.at_ms - START_MS)
        };
        record.talk().interventions.iter().map(tell).collect()
    };
    let entry = |kind, by: &str, why: &str| (kind, by.to_owned(), why.to_owned(), 5_000);
    let first = [
        entry(InterventionKind::Requeued, "s1", "wrong_queue"),
        entry(InterventionKind::Changed, "s2", "angry"),
    ];
    assert_eq!(told(&desk), first);
    // The latest are kept, and stay when it has ended.
    for _ in 0..7 {
        desk.run("requeue c1 by=s3 reason=again");
    }
    desk.run("end c1 by=s4 reason=enough");
    let kept = told(&desk);
    assert_eq!(kept.len(), 8);
    assert_eq!(kept[0], entry(InterventionKind::Requeued, "s3", "again"));
    assert_eq!(kept[7], entry(InterventionKind::Ended, "s4", "enough"));
}
