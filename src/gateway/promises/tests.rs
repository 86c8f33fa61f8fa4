//! Which promises are listed, and in which order.

use super::*;
use crate::proto::journal::{
    Event, PromiseEnd, PromiseEnded, PromiseMade, PromiseRecord, PromiseStage, event::Kind,
};

fn state(promises: &[(u64, u64)], ended: &[u64]) -> State {
    let mut state = State::default();
    let mut happens = |kind| {
        state.evolve(&Event { at_ms: 1_000, kind: Some(kind), ..Event::default() });
    };
    for (promise, due_ms) in promises {
        let record = PromiseRecord {
            promise: *promise,
            id: format!("p{promise}"),
            stage: PromiseStage::Pending.into(),
            case_id: if promise % 2 == 0 { "even".to_owned() } else { "odd".to_owned() },
            due_ms: *due_ms,
            ..PromiseRecord::default()
        };
        happens(Kind::PromiseMade(PromiseMade { promise: Some(Box::new(record)), ..PromiseMade::default() }));
    }
    for promise in ended {
        let end = PromiseEnd::Kept.into();
        happens(Kind::PromiseEnded(PromiseEnded { promise: *promise, end, ..PromiseEnded::default() }));
    }
    state
}

/// All pages of a request, joined by `|`.
fn listed(state: &State, now_ms: u64, request: &v1::ListPromisesRequest) -> String {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListPromisesRequest { page_token: token, ..request.clone() };
        let (page, next) = Filter::new(request).unwrap().page(state, now_ms).unwrap();
        let ids: Vec<String> = page.into_iter().map(|promise| promise.promise_id).collect();
        pages.push(ids.join(" "));
        if next.is_empty() {
            return pages.join("|");
        }
        token = next;
    }
}

#[test]
fn open_ones_by_due_time_then_ended_ones_as_they_were_made() {
    let due = [(1, 5_000), (2, 9_000), (3, 4_000), (4, 5_000), (5, 2_000), (6, 7_000)];
    let state = state(&due, &[6, 2]);
    let all = v1::ListPromisesRequest { ended: true, ..v1::ListPromisesRequest::default() };
    let open = v1::ListPromisesRequest { ended: false, ..all.clone() };
    assert_eq!(listed(&state, 0, &open), "p5 p3 p1 p4");
    assert_eq!(listed(&state, 0, &all), "p5 p3 p1 p4 p2 p6");
    for size in 1..=5 {
        let paged = |request: &v1::ListPromisesRequest| {
            let request = v1::ListPromisesRequest { page_size: size, ..request.clone() };
            listed(&state, 0, &request).replace('|', " ").trim_end().to_owned()
        };
        assert_eq!((paged(&open), paged(&all)), ("p5 p3 p1 p4".to_owned(), "p5 p3 p1 p4 p2 p6".to_owned()));
    }
    let even = v1::ListPromisesRequest { case_id: "even".to_owned(), ..all.clone() };
    assert_eq!(listed(&state, 0, &even), "p4 p2 p6");
    let overdue = v1::ListPromisesRequest { overdue: true, ..all };
    assert_eq!(listed(&state, 5_000, &overdue), "p5 p3 p1 p4");
    assert_eq!(listed(&state, 4_999, &overdue), "p5 p3");
}

#[test]
fn what_is_asked_for_must_make_sense() {
    let state = state(&[], &[]);
    let refused = |request| Filter::new(request).unwrap().page(&state, 0).unwrap_err().reason;
    let request = v1::ListPromisesRequest::default;
    assert_eq!(refused(v1::ListPromisesRequest { agent_id: "a".to_owned(), ..request() }), "AGENT_NOT_FOUND");
    assert_eq!(refused(v1::ListPromisesRequest { queue: "q".to_owned(), ..request() }), "QUEUE_NOT_FOUND");
    for token in ["x", "1.", ".1", "1.x", "-1"] {
        let request = v1::ListPromisesRequest { page_token: token.to_owned(), ..request() };
        assert!(Filter::new(request).is_err(), "{token}");
    }
}
