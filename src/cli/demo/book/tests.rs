//! A gateway's book, written from changes in any order.

use prost_types::Timestamp;

use super::*;
use crate::{
    plan,
    proto::v1::{Assignment, CloseReason, Offer},
};

fn book() -> Book {
    let plan = plan::parse(plan::SAMPLE).unwrap();
    Book::new(&plan, "phone", Pace::start(10.0)).unwrap()
}

fn arrival() -> Arrival {
    Arrival {
        at: Duration::ZERO,
        category: "refund".into(),
        customer: "c".into(),
        priority: 0,
        patience: Some(Duration::from_secs(9)),
        talk: Duration::from_secs(60),
        customer_ends: true,
    }
}

fn contact(sequence: u64, state: ContactState, answered: bool, wait_s: i64) -> Contact {
    Contact {
        contact_id: "1".into(),
        queue: "after_sales".into(),
        state: state.into(),
        answer_time: answered.then(Timestamp::default),
        wait: Some(prost_types::Duration { seconds: wait_s, nanos: 0 }),
        sequence,
        ..Contact::default()
    }
}

/// offered, answered, completed, abandoned, expired, lost, waiting
fn figures(book: &Book) -> [u64; 7] {
    let tally = book.tally();
    let (counts, waiting) = &tally[&("after_sales".to_owned(), "phone".to_owned())];
    let Counts { offered, answered, completed, abandoned, expired, lost, .. } = *counts;
    [offered, answered, completed, abandoned, expired, lost, *waiting]
}

#[test]
fn lives() {
    use ContactState as S;
    type Change = (u64, S, bool);
    let table: [(&[Change], [u64; 7]); 8] = [
        (&[(1, S::Waiting, false)], [1, 0, 0, 0, 0, 0, 1]),
        (&[(1, S::Waiting, false), (2, S::Connecting, false)], [1, 0, 0, 0, 0, 0, 1]),
        (&[(1, S::Waiting, false), (3, S::Active, true)], [1, 1, 0, 0, 0, 0, 0]),
        (&[(1, S::Waiting, false), (3, S::Active, true), (4, S::Completed, true)], [1, 1, 1, 0, 0, 0, 0]),
        (&[(1, S::Waiting, false), (2, S::Abandoned, false)], [1, 0, 0, 1, 0, 0, 0]),
        // Ended before the answer to the enqueueing was heard.
        (&[(5, S::Expired, false), (1, S::Waiting, false)], [1, 0, 0, 0, 1, 0, 0]),
        // Older news after newer, and the same twice.
        (&[(3, S::Active, true), (1, S::Waiting, false), (3, S::Active, true)], [1, 1, 0, 0, 0, 0, 0]),
        (&[(1, S::Waiting, false), (2, S::Lost, false), (2, S::Lost, false)], [1, 0, 0, 0, 0, 1, 0]),
    ];
    for (changes, expected) in table {
        let mut book = book();
        book.arrive("1".into(), arrival());
        for (sequence, state, answered) in changes {
            book.see(&contact(*sequence, *state, *answered, 1), ContactCause::Updated);
        }
        assert_eq!(figures(&book), expected, "{changes:?}");
    }
}

#[test]
fn lives_of_conversations() {
    use ContactState as S;
    let ended = |state: S, reason: CloseReason| (state, reason);
    let none = CloseReason::Unspecified;
    // returned, answered, completed, abandoned, expired, deflected, lapsed, waiting
    /// States, how it ended, and what the book counts then.
    type Row<'a> = (&'a [S], (S, CloseReason), [u64; 8]);
    let table: [Row<'_>; 7] = [
        (&[S::WithBot], ended(S::Deflected, CloseReason::BotCompleted), [0, 0, 0, 0, 0, 1, 0, 0]),
        (&[S::WithBot, S::Waiting], ended(S::Active, none), [0, 1, 0, 0, 0, 0, 0, 0]),
        (&[S::Waiting], ended(S::Lapsed, CloseReason::WindowLapsed), [0, 0, 0, 0, 0, 0, 1, 0]),
        (&[S::Active], ended(S::Lapsed, CloseReason::WindowLapsed), [0, 1, 1, 0, 0, 0, 0, 0]),
        (&[S::Active, S::Parked, S::Active], ended(S::Completed, none), [0, 1, 1, 0, 0, 0, 0, 0]),
        (&[S::Active, S::Parked, S::Waiting, S::Active], ended(S::Parked, none), [1, 2, 0, 0, 0, 0, 0, 0]),
        (&[S::Active, S::Waiting], ended(S::Completed, CloseReason::CustomerLeft), [1, 1, 0, 1, 0, 0, 0, 0]),
    ];
    for (states, (last, reason), expected) in table {
        let mut book = book();
        book.arrive("1".into(), arrival());
        let mut answered = false;
        for (place, state) in states.iter().chain([&last]).enumerate() {
            answered |= *state == S::Active;
            let mut contact = contact(place as u64 + 1, *state, answered, 1);
            contact.close_reason = reason.into();
            book.see(&contact, ContactCause::Updated);
        }
        let tally = book.tally();
        let (c, waiting) = &tally[&("after_sales".to_owned(), "phone".to_owned())];
        let Counts { returned, answered, completed, abandoned, expired, deflected, lapsed, .. } = *c;
        let figures = [returned, answered, completed, abandoned, expired, deflected, lapsed, *waiting];
        assert_eq!(figures, expected, "{states:?} {last:?}");
    }
}

#[test]
fn what_the_daemon_makes_is_counted_too() {
    let mut book = book();
    let mut consult = contact(1, ContactState::Waiting, false, 0);
    book.see(&consult, ContactCause::Enqueued);
    assert_eq!(book.live_count(), 0, "somebody else's");
    consult.kind = ContactKind::Consult.into();
    assert_eq!(book.see(&consult, ContactCause::Enqueued).accepted, Some(None), "it waits for ever");
    consult.sequence = 2;
    consult.state = ContactState::Expired.into();
    book.see(&consult, ContactCause::Closed);
    assert_eq!(figures(&book), [1, 0, 0, 0, 1, 0, 0]);
    // What has ended doesn't come again.
    book.see(&consult, ContactCause::Unspecified);
    assert_eq!((book.live_count(), figures(&book)[0]), (0, 1));
}

#[test]
fn news_come_once() {
    let mut book = book();
    book.arrive("1".into(), arrival());
    assert!(!book.waits("1"));
    assert_eq!(book.unheard(), 1);
    let waiting = contact(1, ContactState::Waiting, false, 0);
    let first = book.see(&waiting, ContactCause::Enqueued);
    assert_eq!(first, News { accepted: Some(Some(Duration::from_secs(9))), ..News::default() });
    assert_eq!(book.see(&waiting, ContactCause::Unspecified), News::default());
    assert!(book.waits("1"));
    let talks = book.see(&contact(2, ContactState::Active, true, 4), ContactCause::Connected);
    assert_eq!(talks, News { answered: Some(Some(Duration::from_secs(60))), ..News::default() });
    assert!(!book.waits("1") && book.is_live("1"));
}

#[test]
fn waits_are_in_played_time() {
    let mut book = book();
    for (id, wait_s) in [("1", 2), ("2", 7)] {
        book.arrive(id.into(), arrival());
        let mut contact = contact(1, ContactState::Active, true, wait_s);
        contact.contact_id = id.into();
        book.see(&contact, ContactCause::Accepted);
    }
    let tally = book.tally();
    let (counts, _) = tally.values().next().unwrap();
    // The queue's objective is a minute; the pace is ten.
    assert_eq!((counts.answered, counts.within_objective), (2, 1));
    assert_eq!(counts.wait_sum, Duration::from_secs(90));
    assert!(counts.waits_ms.value_at_quantile(0.99).abs_diff(70_000) < 100);
}

#[test]
fn rejected_and_missing() {
    let mut book = book();
    book.arrive("1".into(), arrival());
    book.arrive("2".into(), arrival());
    book.reject("2", "after_sales");
    book.reject("2", "after_sales");
    book.see(&contact(1, ContactState::Waiting, false, 0), ContactCause::Enqueued);
    assert_eq!(book.tally().values().map(|(counts, _)| counts.rejected).sum::<u64>(), 1);
    assert_eq!(book.missing_from(&[]), ["1"]);
    assert!(book.missing_from(&[contact(1, ContactState::Waiting, false, 0)]).is_empty());
    assert_eq!(book.live_count(), 1);
}

#[test]
fn connecting_is_told_once_with_its_epoch() {
    let mut book = book();
    book.arrive("1".into(), arrival());
    let mut offered = contact(1, ContactState::Offered, false, 0);
    offered.offer = Some(Offer { offer_id: 70, epoch: 3, ..Offer::default() });
    assert_eq!(book.see(&offered, ContactCause::Offered).connect, None);
    let mut accepted = contact(2, ContactState::Connecting, false, 0);
    accepted.assignment = Some(Assignment { offer_id: 70, ..Assignment::default() });
    assert_eq!(book.see(&accepted, ContactCause::Accepted).connect, Some((70, 3)));
    accepted.sequence = 3;
    assert_eq!(book.see(&accepted, ContactCause::Updated).connect, None);
}
