//! Doings about schedules, at the time that the wall clock shows then: overrides, dated entries, and a clock that
//! jumps.

use kefud::{
    engine::{
        command::{
            Command, DatedChange, DatedId, DatedKind, ImportSummary, NewDated, NewPart, QueueOverride,
            ShiftOverride, Word,
        },
        state::State,
    },
    proto::journal as j,
    schedule::Zone,
};

use super::{Kind, Op, ids};

const KINDS: [DatedKind; 4] = [DatedKind::Shift, DatedKind::Extra, DatedKind::Off, DatedKind::Break];

fn word(by: u16) -> Word {
    Word { supervisor: format!("v{}", by % 2), reason: "test".to_owned() }
}

impl Op {
    fn some_channels(self, state: &State, by: u16) -> Vec<String> {
        let channels = state.plan().channels.keys().enumerate();
        channels.filter(|(at, _)| by >> at & 1 == 1).map(|(_, id)| id.clone()).collect()
    }

    /// Until when, by the wall clock; sometimes not a time that is allowed.
    fn until_s(self, now_s: i64) -> i64 {
        now_s + [5, 30, 60, 240, 900, 3_600, 90_000, 8 * 86_400, -5, 0][usize::from(self.b / 8 % 10)]
    }

    pub(super) fn shift_command(self, state: &State, now_ms: u64) -> Command {
        let now_s = state.wall_s(now_ms);
        match self.kind {
            Kind::OverrideShift => Command::OverrideShift {
                agent: self.agent(state, self.a),
                state: (!self.b.is_multiple_of(4)).then(|| ShiftOverride {
                    on: self.b.is_multiple_of(2),
                    channels: if self.c.is_multiple_of(3) {
                        self.some_channels(state, self.c / 3)
                    } else {
                        Vec::new()
                    },
                    until_s: self.until_s(now_s),
                }),
                word: word(self.c),
            },
            Kind::OverrideQueue => Command::OverrideQueue {
                queue: self.name(&ids(&state.plan().queues), self.a),
                state: (!self.b.is_multiple_of(4)).then(|| QueueOverride {
                    open: self.b.is_multiple_of(2),
                    until_s: if self.c.is_multiple_of(3) { 0 } else { self.until_s(now_s) },
                }),
                word: word(self.c),
            },
            Kind::Jump => Command::ObserveClock { wall_offset_ms: state.wall_offset_ms() + self.jump_ms() },
            _ => Command::SetShifts(Box::new(self.dated_change(state, now_ms, 0))),
        }
    }

    /// How far the wall clock jumps.
    fn jump_ms(self) -> i64 {
        let by_ms = [0, 400, 700, 45_000, 300_000, 1_500_000, 3_600_000, 86_400_000, 40 * 86_400_000];
        let by_ms = by_ms[usize::from(self.b % 9)];
        if self.a.is_multiple_of(2) { by_ms } else { -by_ms }
    }

    /// An entry about now, or one of those that are there taken away; the next one of an import by `nth`.
    pub fn dated_change(self, state: &State, now_ms: u64, nth: u16) -> DatedChange {
        let (a, b, c) =
            (self.a.wrapping_add(nth * 7), self.b.wrapping_add(nth * 31), self.c.wrapping_mul(1 + nth * 3));
        let agent = self.agent(state, a);
        let kind = KINDS[usize::from(b % 4)];
        let own_zone = c.is_multiple_of(5);
        let zone = if own_zone { "America/New_York" } else { state.plan().settings.zone.as_str() };
        let local_s = Zone::load(zone).map_or(0, |zone| zone.local_s(state.wall_s(now_ms)));
        let start_s = local_s.div_euclid(60) * 60 + i64::from(b % 24) * 60 - 600;
        let minutes = 1 + u32::from(c % 25);
        let mut parts = Vec::new();
        if kind == DatedKind::Shift && minutes > 4 {
            let third_s = minutes / 3 * 60;
            parts.push(NewPart { from_s: third_s, to_s: 2 * third_s, is_break: true, channels: Vec::new() });
            let channels = self.some_channels(state, c);
            parts.push(NewPart { from_s: 2 * third_s, to_s: minutes * 60, is_break: false, channels });
        }
        let set = NewDated {
            id: DatedId {
                agent,
                kind,
                start_s,
                zone: if own_zone { zone.to_owned() } else { String::new() },
            },
            length_s: minutes * 60,
            parts,
            channels: (kind == DatedKind::Extra && c.is_multiple_of(2))
                .then(|| self.some_channels(state, c / 2)),
            reason: String::new(),
            source: if nth == 0 { String::new() } else { "import".to_owned() },
        };
        let known: Vec<DatedId> =
            state.dated().iter().flat_map(|(agent, list)| known(state, agent, list)).collect();
        let removed = if a.is_multiple_of(3) { known.get(usize::from(b) % known.len().max(1)) } else { None };
        let removed: Vec<DatedId> = removed.cloned().into_iter().collect();
        let set = if removed.is_empty() || c.is_multiple_of(4) { vec![set] } else { Vec::new() };
        DatedChange { set, removed }
    }

    pub fn summary(self) -> ImportSummary {
        ImportSummary { source: format!("f{}", self.c % 2), horizon_s: 0, added: 1, changed: 0, removed: 0 }
    }
}

fn known<'a>(
    state: &'a State,
    agent: u32,
    list: &'a [kefud::engine::state::DatedRecord],
) -> impl Iterator<Item = DatedId> + 'a {
    list.iter().map(move |entry| DatedId {
        agent: state.names().id(agent).to_owned(),
        kind: match entry.kind {
            j::DatedKind::Extra => DatedKind::Extra,
            j::DatedKind::Off => DatedKind::Off,
            j::DatedKind::Break => DatedKind::Break,
            _ => DatedKind::Shift,
        },
        start_s: entry.start_s,
        zone: entry.zone_name().to_owned(),
    })
}
