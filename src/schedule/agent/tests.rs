//! Which rule counts, and when new work stops.

use super::*;
use crate::schedule::{
    Zone,
    flat::flatten,
    rota::Form,
    shift::{Piece, Shift},
};

const HOUR_S: i64 = 3600;

/// 2026-09-14, a Monday.
const MONDAY_S: i64 = 1_789_344_000;

/// Every day 9 to 17, a break from 12 to 13, only channel 1 from 15 to 16.
fn rota() -> Arc<Rota> {
    let piece =
        |(from, to, state): (u32, u32, PieceState)| Piece { from_s: from * 3600, to_s: to * 3600, state };
    let on = PieceState::On(ALL);
    let pieces =
        [(9, 12, on), (12, 13, PieceState::Break), (13, 15, on), (15, 16, PieceState::On(2)), (16, 17, on)];
    let shift = Shift { id: "day".into(), name: "day".into(), pieces: pieces.map(piece).into() };
    let form = Form::Cycle { days: vec![[0].into()], on_holiday: None, on_makeup: None };
    Arc::new(Rota::new(Arc::new(Zone::fixed_utc()), None, Day(0), form, vec![Arc::new(shift)]))
}

fn follows_rota() -> AgentRules {
    AgentRules { base: Some((rota(), 0)), scheduled: true, ..AgentRules::default() }
}

/// Hours after Monday's midnight.
fn at(hours: f64) -> i64 {
    MONDAY_S + jiff::SignedDuration::from_secs_f64(hours * 3600.0).as_secs()
}

fn flat(number: u64, from: f64, to: f64, state: State) -> (Flat, u64) {
    (Flat { from_s: at(from), to_s: at(to), number, state }, number)
}

#[test]
fn the_strongest_rule_counts() {
    let monday = Day::of_local(MONDAY_S);
    let by_rota = Rule::Rota { shift: 0, day: monday };
    let mut rules = AgentRules::default();
    assert_eq!(rules.base_at(at(3.0)), (State::UNSCHEDULED, Rule::Default));
    rules.scheduled = true;
    assert_eq!(rules.base_at(at(3.0)), (State::OFF, Rule::Default));
    rules = follows_rota();
    assert_eq!(rules.base_at(at(10.0)), (State::on(ALL), by_rota));
    assert_eq!(rules.base_at(at(12.0)), (State::BREAK, by_rota));
    assert_eq!(rules.base_at(at(15.5)), (State::on(2), by_rota));
    assert_eq!(rules.base_at(at(17.0)), (State::OFF, Rule::Default));
    rules.dated.shifts = flatten(&[flat(7, 10.0, 11.0, State::on(ALL)), flat(8, 20.0, 21.0, State::on(1))]);
    assert_eq!(rules.base_at(at(10.0)), (State::on(ALL), Rule::DatedShift(7)));
    assert_eq!(rules.base_at(at(9.0)), (State::on(ALL), by_rota), "the day isn't replaced");
    rules.dated.replaced = [monday].into();
    assert_eq!(rules.base_at(at(9.0)), (State::OFF, Rule::Default));
    assert_eq!(rules.base_at(at(24.0 + 9.0)).0, State::on(ALL));
    rules.dated.exceptions = flatten(&[flat(9, 10.5, 12.0, State::OFF), flat(10, 11.0, 11.5, State::BREAK)]);
    assert_eq!(rules.base_at(at(10.75)), (State::OFF, Rule::Exception(9)));
    assert_eq!(rules.base_at(at(11.0)), (State::BREAK, Rule::Exception(10)));
    rules.valid = Some((at(0.0), at(11.0)));
    assert_eq!(rules.base_at(at(11.0)), (State::OFF, Rule::NotValid));
    assert_eq!(rules.base_at(at(-1.0)), (State::OFF, Rule::NotValid));
    rules.by_hand = Some(ByHand { on: true, open: 4, until_s: at(30.0) });
    assert_eq!(rules.base_at(at(29.0)), (State::on(4), Rule::ByHand));
    assert_eq!(rules.base_at(at(30.0)), (State::OFF, Rule::NotValid));
    assert!(rules.on_shift(at(29.0)) && !rules.on_shift(at(30.0)));
}

#[test]
fn changes_come_one_after_the_other() {
    let mut rules = follows_rota();
    rules.dated.exceptions = flatten(&[flat(1, 16.5, 18.0, State::on(ALL)), flat(2, 33.0, 41.0, State::OFF)]);
    rules.valid = Some((at(-100.0), at(60.0)));
    let (mut edges, mut now) = (Vec::new(), at(0.0));
    while let Some(next) = rules.next_base_edge(now) {
        edges.push((next - MONDAY_S) as f64 / HOUR_S as f64);
        now = next;
    }
    assert_eq!(edges, [9.0, 12.0, 13.0, 15.0, 16.0, 18.0, 57.0, 60.0]);
    let spans = rules.spans(at(8.0), at(14.0));
    let spans: Vec<_> = spans.iter().map(|span| (span.from_s, span.to_s, span.state)).collect();
    assert_eq!(
        spans,
        [
            (at(8.0), at(9.0), State::OFF),
            (at(9.0), at(12.0), State::on(ALL)),
            (at(12.0), at(13.0), State::BREAK),
            (at(13.0), at(14.0), State::on(ALL)),
        ]
    );
}

#[test]
fn channels_close_before_they_stop_being_served() {
    // Channel 0: half an hour before breaks and other activities, an hour before the end. Channel 2: two hours
    // before the end.
    let leads = Leads::new([(0, 1800, 3600), (2, 0, 7200), (3, 0, 0)]);
    let rules = follows_rota();
    let (mut states, mut now) = (Vec::new(), at(0.0));
    while now < at(24.0) {
        now = rules.next_edge(now, &leads).unwrap();
        let state = rules.state_at(now, &leads);
        let closed: Vec<u32> = (0..3).filter(|slot| state.open & (1 << slot) == 0).collect();
        states.push(((now - MONDAY_S) as f64 / HOUR_S as f64, state.presence, closed));
    }
    assert_eq!(
        states,
        [
            (9.0, Presence::On, vec![]),
            (11.5, Presence::On, vec![0]),
            (12.0, Presence::Break, vec![0, 1, 2]),
            (13.0, Presence::On, vec![]),
            (14.5, Presence::On, vec![0]),
            (15.0, Presence::On, vec![0, 2]),
            (16.0, Presence::On, vec![0, 2]),
            (17.0, Presence::Off, vec![0, 1, 2]),
            (33.0, Presence::On, vec![]),
        ]
    );
}

#[test]
fn who_is_on_shift_by_hand_is_offered_work_to_the_end() {
    let leads = Leads::new([(0, 1800, 3600)]);
    let by_hand = ByHand { on: true, open: ALL, until_s: at(20.0) };
    let rules = AgentRules { by_hand: Some(by_hand), ..follows_rota() };
    assert_eq!(rules.state_at(at(19.99), &leads), State::on(ALL));
    assert_eq!(rules.next_edge(at(16.0), &leads), Some(at(20.0)));
}

#[test]
fn a_schedule_that_never_changes_has_no_edge() {
    let leads = Leads::new([(0, 1800, 3600)]);
    for rules in [AgentRules::default(), AgentRules { scheduled: true, ..AgentRules::default() }] {
        assert_eq!(rules.next_base_edge(at(0.0)), None);
        assert_eq!(rules.next_edge(at(0.0), &leads), None);
        assert_eq!(rules.spans(at(0.0), at(100.0)).len(), 1);
    }
}
