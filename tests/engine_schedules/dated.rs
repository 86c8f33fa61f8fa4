//! Dated entries: set by hand, and brought by imports in parts that count as a whole.

use kefud::{
    engine::{
        command::{Command, DatedChange, DatedId, DatedKind, ImportSummary, NewDated, Reply},
        refusal::Refusal,
    },
    sim::Sim,
};

use super::check;
use crate::common::{SHIFTS, desk::Desk, scribe::shifts::stands};

#[test]
fn entries_are_set_replaced_and_taken_away() {
    check(
        "
        wall 2026-09-28T10:00
        signin a1 ready
        signin a2 ready
        dated a1 off 2026-09-28T09:30 2026-09-28T11:00 reason=sick => dated +1; shift off a1
        # The same time again replaces it.
        dated a1 off 2026-09-28T09:30 2026-09-28T10:30 => dated +1
        at 2026-09-28T10:30           => +30m shift on a1
        dated a1 break 2026-09-28T10:00 2026-09-28T11:00 => dated +1; shift break a1
        undated a1 break 2026-09-28T10:00 => dated -1; shift on a1
        undated a1 break 2026-09-28T10:00 => !replaced_shift_ids[0]
        # Overtime, for chats only.
        dated a1 extra 2026-09-28T18:00 2026-09-28T20:00 channels=wechat => dated +1
        at 2026-09-28T18:00           => +1h 30m shift break a1 a2; +2h 30m shift on a1 a2; +5h 30m shift on:email a1 a2
                                       ; +6h 30m shift on a1 a2; +7h 30m shift on:wechat a1 / off a2
        at 2026-09-28T20:00           => +2h shift off a1
        ",
    );
}

#[test]
fn what_was_set_last_counts() {
    check(
        "
        wall 2026-09-28T10:00
        dated a1 off 2026-09-28T09:00 2026-09-28T12:00 => dated +1; shift off a1
        dated a1 extra 2026-09-28T09:30 2026-09-28T11:00 => dated +1; shift on a1
        dated a1 off 2026-09-28T09:00 2026-09-28T12:00 => dated +1; shift off a1
        ",
    );
}

#[test]
fn a_dated_shift_replaces_the_rotas_of_its_day() {
    check(
        "
        wall 2026-09-28T08:00
        dated a1 shift 2026-09-28T10:00 2026-09-28T16:00 break=12:30-13:30 activity=14:00-15:00/phone
        at 2026-09-28T10:00           => +1h shift on a2; +2h shift on a1
        at 2026-09-28T12:30           => +2h shift break a2; +2h 30m shift break a1
        at 2026-09-28T14:00           => +30m shift on a2; +1h shift on a1; +1h 30m shift on:phone a1
        at 2026-09-28T15:00           => +1h shift on a1
        at 2026-09-28T16:00           => +1h shift on:email a2 / off a1
        # The next day is the rota's.
        at 2026-09-29T09:00           => +1h shift on a2; +1h noted absent a2; +2h shift off a2; +6h shift on n1
                                       ; +10h noted absent n1; +14h shift off n1; +17h shift on a1 a2
        ",
    );
}

#[test]
fn times_are_those_of_the_entrys_zone() {
    check(
        "
        wall 2026-09-28T20:59
        # 09:00 in New York is 21:00 in Shanghai.
        dated u1 shift 2026-09-28T09:00 2026-09-28T10:00 zone=America/New_York => dated +1; shift off u1
        at 2026-09-28T21:00           => +1m shift on u1
        at 2026-09-28T22:00           => +1h shift on n1 / off u1
        undated u1 shift 2026-09-28T09:00 => !replaced_shift_ids[0]
        ",
    );
}

#[test]
fn who_has_dated_shifts_is_off_without_them_until_they_are_taken_away() {
    check(
        "
        wall 2026-09-28T10:00
        shows u1                      => -
        dated u1 extra 2026-09-28T09:00 2026-09-28T10:30 => dated +1; shift on u1
        at 2026-09-28T10:30           => +30m shift - u1
        dated u1 shift 2026-09-28T10:00 2026-09-28T11:00 => dated +1; shift on u1
        at 2026-09-28T11:00           => +30m shift off u1
        # Forgotten after a time, which makes nobody available.
        apply set settings.shifts_keep=\"1d\"
        at 2026-09-30T10:00
        override u1 on 2026-09-30T11:00
        at 2026-09-30T11:00           => +1h shift off u1
        dated u1 shift 2026-10-01T10:00 2026-10-01T11:00 => dated +1
        undated u1 shift 2026-10-01T10:00 => dated -1; shift - u1
        ",
    );
}

#[test]
fn entries_are_forgotten_some_time_after_their_end() {
    let mut desk = Desk::with(SHIFTS);
    desk.run("wall 2026-09-28T10:00");
    desk.run("dated a1 off 2026-09-28T09:00 2026-09-28T12:00");
    desk.run("dated a1 off 2026-12-28T09:00 2026-12-28T12:00");
    let count = |desk: &Desk| desk.sim.state().dated().count();
    assert_eq!(count(&desk), 2);
    desk.run("at 2026-11-02T11:00");
    assert_eq!(count(&desk), 2);
    desk.run("at 2026-11-03T11:00");
    assert_eq!(count(&desk), 1);
    assert!(desk.sim.replayed().hash() == desk.sim.state().hash());
}

#[test]
fn what_can_not_be_is_refused_with_its_field() {
    check(
        "
        wall 2026-09-28T10:00
        dated a9 off 2026-09-28T09:00 2026-09-28T12:00 => !shifts[0].agent_id
        dated a1 extra 2026-09-28T09:00 2026-09-28T12:00 channels=fax => !shifts[0].channels
        dated a1 shift 2026-09-28T09:00 2026-09-28T12:00 activity=09:00-10:00/fax => !shifts[0].parts[0].channels
        dated a1 off 2026-09-28T09:00 2026-09-28T12:00 zone=Mars/Base => !shifts
        dated a1 shift 2026-10-08T09:00 2026-10-08T12:00 => dated +1
        dated a1 shift 2026-10-08T11:59 2026-10-08T15:00 => !shifts
        dated a1 shift 2026-10-08T12:00 2026-10-08T15:00 => dated +1
        # In another zone, the same time.
        dated a1 shift 2026-10-08T00:00 2026-10-08T01:00 zone=UTC => dated +1
        dated a1 shift 2026-10-08T05:00 2026-10-08T06:00 zone=UTC => !shifts
        ",
    );
}

fn new(agent: &str, kind: DatedKind, start: &str, hours: u32) -> NewDated {
    let start_s = crate::common::commands::shifts::local_s(start);
    NewDated {
        id: DatedId { agent: agent.to_owned(), kind, start_s, zone: String::new() },
        length_s: hours * 3_600,
        parts: Vec::new(),
        channels: None,
        reason: String::new(),
        source: "roster".to_owned(),
    }
}

fn stage(sim: &mut Sim, base: u64, stage: u64, set: Vec<NewDated>) -> Result<u64, Refusal> {
    let part = Box::new(DatedChange { set, removed: Vec::new() });
    sim.run(Command::StageShifts { base, stage, part }).map(|reply| match reply {
        Reply::Staged(stage) => stage,
        other => panic!("{other:?}"),
    })
}

fn commit(sim: &mut Sim, base: u64, stage: u64) -> Result<Reply, Refusal> {
    let summary =
        ImportSummary { source: "roster".to_owned(), horizon_s: 7, added: 2, ..ImportSummary::default() };
    sim.run(Command::CommitShifts { base, stage, summary })
}

/// Ten in the morning, with the import of two entries staged. Returns its base and stage.
fn staged() -> (Desk, u64, u64) {
    let mut desk = Desk::with(SHIFTS);
    desk.run("wall 2026-09-28T10:00");
    let base = desk.sim.state().dated_revision();
    let first = stage(&mut desk.sim, base, 0, vec![new("a1", DatedKind::Off, "2026-09-28T09:00", 2)]);
    let first = first.expect("a stage");
    let second = stage(&mut desk.sim, base, first, vec![new("u1", DatedKind::Shift, "2026-09-28T11:00", 2)]);
    assert_eq!(second, Ok(first));
    (desk, base, first)
}

#[test]
fn an_import_counts_as_a_whole_once_committed() {
    let (mut desk, base, stage) = staged();
    assert_eq!(desk.sim.state().dated().count(), 0);
    assert_eq!(stands(desk.sim.state(), "a1"), "on");
    assert_eq!(commit(&mut desk.sim, base, stage), Ok(Reply::Done));
    assert_eq!(desk.sim.state().dated().count(), 2);
    assert_eq!(desk.sim.state().shift_sources().get("roster"), Some(&7));
    assert_eq!(stands(desk.sim.state(), "a1"), "off");
    assert_eq!(stands(desk.sim.state(), "u1"), "off");
    for state in [desk.sim.replayed(), desk.sim.reimported()] {
        assert!(state.hash() == desk.sim.state().hash());
    }
    let again = commit(&mut desk.sim, base, stage);
    assert_eq!(again.expect_err("it was committed").reason, "SHIFTS_CHANGED");
}

#[test]
fn an_import_is_refused_if_anything_has_changed_meanwhile() {
    for row in ["dated a2 off 2026-09-29T09:00 2026-09-29T12:00", "apply set agents.a1.capacity=60", "start"]
    {
        let (mut desk, base, stage) = staged();
        desk.run(row);
        let refused = commit(&mut desk.sim, base, stage);
        assert_eq!(refused.expect_err(row).reason, "SHIFTS_CHANGED");
        assert!(desk.sim.replayed().hash() == desk.sim.state().hash(), "{row}");
    }
    // Somebody else has begun another import.
    let (mut desk, base, first) = staged();
    let other = stage(&mut desk.sim, base, 0, vec![new("a2", DatedKind::Off, "2026-09-28T09:00", 2)]);
    let refused = commit(&mut desk.sim, base, first);
    assert_eq!(refused.expect_err("it is another's").reason, "SHIFTS_CHANGED");
    assert_eq!(commit(&mut desk.sim, base, other.expect("a stage")), Ok(Reply::Done));
    assert_eq!(stands(desk.sim.state(), "a1"), "on");
    assert_eq!(stands(desk.sim.state(), "a2"), "off");
}

#[test]
fn an_import_whose_parts_do_not_fit_each_other_is_refused() {
    let (mut desk, base, first) = staged();
    let again = stage(&mut desk.sim, base, first, vec![new("u1", DatedKind::Shift, "2026-09-28T12:00", 2)]);
    assert_eq!(again.expect_err("they overlap").fields[0].0, "shifts");
}

/// Imports an entry of its own under a name.
fn import(desk: &mut Desk, source: &str, at: u32) -> Result<Reply, Refusal> {
    let base = desk.sim.state().dated_revision();
    let start = format!("2026-10-{:02}T{:02}:00", 1 + at / 10, at % 10);
    let new = NewDated { source: source.to_owned(), ..new("a1", DatedKind::Off, &start, 1) };
    let stage = stage(&mut desk.sim, base, 0, vec![new]).expect("a stage");
    let summary = ImportSummary { source: source.to_owned(), added: 1, ..ImportSummary::default() };
    desk.sim.run(Command::CommitShifts { base, stage, summary })
}

#[test]
fn the_name_of_an_import_is_given_back_once_nothing_of_it_is_left() {
    let mut desk = Desk::with(SHIFTS);
    desk.run("wall 2026-09-28T10:00");
    for at in 0..100 {
        assert_eq!(import(&mut desk, &format!("s{at}"), at), Ok(Reply::Done));
    }
    assert_eq!(import(&mut desk, "more", 100).expect_err("too many").reason, "TOO_MANY_SHIFTS");
    assert_eq!(import(&mut desk, "s7", 101), Ok(Reply::Done));
    assert!(desk.run("undated a1 off 2026-10-01T00:00").ends_with("dated -1"));
    // What another import or a hand has said anew is no longer the first one's.
    assert_eq!(import(&mut desk, "s3", 1), Ok(Reply::Done));
    let known = |desk: &Desk, source: &str| desk.sim.state().shift_sources().contains_key(source);
    assert!(known(&desk, "s0") && known(&desk, "s1"));
    for more in ["more", "most"] {
        assert_eq!(import(&mut desk, more, 102), Ok(Reply::Done));
    }
    assert!(!known(&desk, "s0") && !known(&desk, "s1") && known(&desk, "most"));
    // It has taken over the entry of `more`.
    assert_eq!(import(&mut desk, "last", 103), Ok(Reply::Done));
    assert!(!known(&desk, "more"));
    assert_eq!(import(&mut desk, "one too many", 104).expect_err("too many").reason, "TOO_MANY_SHIFTS");
    for state in [desk.sim.replayed(), desk.sim.reimported()] {
        assert!(state.hash() == desk.sim.state().hash());
    }
}

#[test]
fn what_is_staged_outlives_a_snapshot_and_what_is_forgotten_meanwhile() {
    let mut desk = Desk::with(SHIFTS);
    desk.run("wall 2026-09-28T08:00");
    desk.run("apply set settings.shifts_keep=\"1d\"");
    desk.run("dated a1 off 2026-09-24T09:00 2026-09-24T12:00");
    desk.run("dated a1 off 2026-09-27T00:00 2026-09-27T08:30");
    let base = desk.sim.state().dated_revision();
    let stage = stage(&mut desk.sim, base, 0, vec![new("a2", DatedKind::Off, "2026-09-29T09:00", 2)]);
    // The edge at nine would forget an entry that is in the draft.
    desk.run("at 2026-09-28T09:00");
    let told = desk.sim.events().len();
    let mut rebuilt = desk.sim.reimported();
    assert_eq!(commit(&mut desk.sim, base, stage.expect("a stage")), Ok(Reply::Done));
    for event in &desk.sim.events()[told..] {
        rebuilt.evolve(event);
    }
    assert!(rebuilt.hash() == desk.sim.state().hash());
    desk.run("at 2026-09-28T12:00");
    assert_eq!(desk.sim.state().dated().count(), 2);
    assert!(desk.sim.replayed().hash() == desk.sim.state().hash());
}

#[test]
fn the_entries_of_who_leaves_the_plan_go_with_it() {
    let mut desk = Desk::with(SHIFTS);
    desk.run("wall 2026-09-28T10:00");
    desk.run("dated a1 shift 2026-10-08T09:00 2026-10-08T12:00");
    desk.run("override a1 off 2026-09-28T12:00");
    desk.run("apply remove agents.a1");
    assert_eq!(desk.sim.state().dated().count(), 0);
    desk.run("apply set agents.a1={groups=[\"free\"]}");
    assert_eq!(stands(desk.sim.state(), "a1"), "-");
    assert!(desk.sim.replayed().hash() == desk.sim.state().hash());
}
