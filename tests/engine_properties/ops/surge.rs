//! Doings in a surge: supervisors set levels, customers ask for callbacks and take them back, gateways dial.

use kefud::{
    engine::{
        command::{CallbackChange, CallbackWindow, Command, NewCallback, SurgeLevel, Word},
        state::State,
    },
    proto::journal::{self as j, ContactStage, DialResult, Dialling, PromiseRecord, PromiseStage},
};

use super::{Dice, Kind, Op, choose, ids, talk};

const ZONES: [&str; 6] = ["", "", "", "Asia/Shanghai", "America/New_York", "Nowhere/Land"];

fn word(by: u16) -> Word {
    Word { supervisor: format!("v{}", by % 2), reason: "test".to_owned() }
}

fn window(dice: &mut Dice, now_ms: u64) -> CallbackWindow {
    let start_ms = (now_ms + dice.roll(60) * 1_000).saturating_sub(10_000);
    let end_ms = start_ms + dice.roll(20) * 20_000;
    CallbackWindow { start_ms, end_ms }
}

impl Op {
    pub(super) fn surge_command(self, state: &State, fresh: u32, now_ms: u64) -> Command {
        match self.kind {
            Kind::Level => self.level(state, now_ms),
            Kind::CancelCallback => Command::CancelCallback {
                callback: self.open_callback(state).map_or("p9999".to_owned(), |record| record.id.clone()),
                reason: String::new(),
            },
            Kind::ChangeCallback => self.change_callback(state, fresh, now_ms),
            Kind::Dialled => self.dialled(state, fresh, now_ms),
            _ => self.ask_callback(state, fresh, now_ms),
        }
    }

    fn level(self, state: &State, now_ms: u64) -> Command {
        let plan = state.plan();
        let surging = plan.queues.iter().filter(|(_, queue)| queue.surge.is_some() || self.odd(13));
        let surging: Vec<&str> = surging.map(|(id, _)| id.as_str()).collect();
        let lasts_s = [3, 10, 30, 60, 300, 3_600, 9 * 86_400, -5][usize::from(self.c % 8)];
        let level = SurgeLevel { level: u32::from(self.b / 4 % 4), until_s: state.wall_s(now_ms) + lasts_s };
        Command::SetSurgeLevel {
            queue: self.name(&surging, self.a),
            state: (!self.b.is_multiple_of(4)).then_some(level),
            word: word(self.c),
        }
    }

    /// A callback that is open, mostly.
    fn open_callback(self, state: &State) -> Option<&PromiseRecord> {
        let open = |record: &&PromiseRecord| record.stage() != PromiseStage::Ended || self.odd(7);
        let records: Vec<&PromiseRecord> = state
            .promises()
            .filter(|record| record.callback.is_some() || self.odd(17))
            .filter(open)
            .collect();
        choose(&records, self.a)
    }

    fn ask_callback(self, state: &State, fresh: u32, now_ms: u64) -> Command {
        let plan = state.plan();
        let mut dice = Dice::new(self.a, self.b, self.c);
        let without = dice.once_in(3);
        let stages = [ContactStage::Waiting, ContactStage::Offered, ContactStage::WithBot];
        let contact = if without { String::new() } else { self.contact_in(state, &stages, self.a) };
        let called = plan.queues.iter().filter(|(_, queue)| queue.callback.is_some());
        let called: Vec<&str> = called.map(|(id, _)| id.as_str()).collect();
        let queue = if without { self.name(&called, self.c) } else { String::new() };
        let channels = plan.queues.get(&queue).map_or(&[][..], |queue| &queue.channels);
        let channels: Vec<&str> = channels.iter().map(String::as_str).collect();
        let channel = if without { self.name(&channels, self.b) } else { String::new() };
        let own = if dice.once_in(4) { dice.roll(6) } else { 100 + u64::from(fresh) };
        let other = dice.once_in(5);
        Command::RequestCallback(Box::new(NewCallback {
            id: if dice.once_in(9) { format!("b{}", self.a % 20) } else { format!("b{fresh}") },
            contact,
            gateway: if without || other { format!("gw{}", dice.roll(3)) } else { String::new() },
            channel: if !without && other { self.name(&ids(&plan.channels), self.b) } else { channel },
            queue,
            category: if without { dice.one(&plan.categories).unwrap_or_default() } else { String::new() },
            language: String::new(),
            case_id: if dice.once_in(3) { format!("x{}", dice.roll(3)) } else { String::new() },
            priority: [0, 0, 3][usize::from(self.b % 3)],
            customer: talk::customer(&mut dice),
            number: 1_000 + own,
            window: dice.once_in(4).then(|| window(&mut dice, now_ms)),
            zone: ZONES[usize::from(self.c % 6)].to_owned(),
            agent: if dice.once_in(4) { self.somebody(state) } else { String::new() },
            fingerprint: u64::from(self.b % 2),
        }))
    }

    fn change_callback(self, state: &State, fresh: u32, now_ms: u64) -> Command {
        let Some(record) = self.open_callback(state) else {
            return self.ask_callback(state, fresh, now_ms);
        };
        let mut dice = Dice::new(self.a, self.b, self.c);
        let change = match self.b % 5 {
            0 | 1 => CallbackChange::Move(window(&mut dice, now_ms)),
            2 => CallbackChange::Reassign(self.somebody(state)),
            3 => CallbackChange::Now,
            _ => CallbackChange::Cancel,
        };
        Command::ChangeCallback { callback: record.id.clone(), change, word: word(self.c) }
    }

    /// How dialling went of a customer who is being dialled; now and then of another one, or of an earlier attempt.
    fn dialled(self, state: &State, fresh: u32, now_ms: u64) -> Command {
        let dialling = |record: &&j::ContactRecord| {
            let first = record.talk().dialling() == Dialling::Dialled;
            first || record.talk().callback && (record.stage() == ContactStage::Connecting || self.odd(5))
        };
        let called: Vec<&j::ContactRecord> = state.live_contacts_after(0).filter(dialling).collect();
        let Some(record) = choose(&called, self.a) else {
            return self.ask_callback(state, fresh, now_ms);
        };
        let own = state.promise(record.talk().promise).and_then(|record| record.callback.as_deref());
        let attempt = own.map_or(1, |own| own.attempts) + u32::from(self.odd(8));
        let result = [
            DialResult::Answered,
            DialResult::Answered,
            DialResult::Answered,
            DialResult::NoAnswer,
            DialResult::Busy,
            DialResult::NoAnswer,
            DialResult::Refused,
            DialResult::Unreachable,
        ][usize::from(self.b % 8)];
        let contact = if self.odd(12) { self.contact(state, self.b) } else { record.id.clone() };
        Command::ReportDial { contact, attempt, result }
    }
}
