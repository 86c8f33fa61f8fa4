//! Runs tables: a desk with the tests' plan, one command after the other, everything written down.

use std::fmt::Write as _;

use kefud::{
    engine::{
        command::{Command, Reply},
        state::State,
    },
    plan::format_ms,
    proto::journal as j,
    sim::Sim,
};

use super::{
    PLAN, START_MS,
    commands::{self, Line},
    edits::Document,
    scribe::{self, Scribe},
    show,
};

/// An engine with the plan in force, and everything that has happened.
pub struct Desk {
    /// The engine on its clock.
    pub sim: Sim,
    journal: Vec<j::Event>,
    told: usize,
    scribe: Scribe,
    document: Document,
}

/// Runs a table and compares.
pub fn check(table: &str) {
    check_in(PLAN, table);
}

/// The same with another plan in force.
pub fn check_in(plan: &str, table: &str) {
    let mut desk = Desk::with(plan);
    let mut transcript = String::new();
    let mut wrong = 0;
    for (line, expected) in rows(table) {
        let at_ms = desk.sim.now_ms() - START_MS;
        let actual = desk.run(&line);
        let right = expected.as_ref().map_or(!actual.starts_with('!'), |expected| *expected == actual);
        let mark = if right { ' ' } else { '>' };
        let _ = writeln!(transcript, "{mark} {:>6} {line} => {actual}", format_ms(at_ms));
        if !right {
            wrong += 1;
            let expected = expected.as_deref().unwrap_or("(accepted)");
            let _ = writeln!(transcript, ">        instead of => {expected}");
        }
    }
    assert_eq!(wrong, 0, "{wrong} lines came out otherwise:\n{transcript}");
    desk.check_history(&transcript);
}

/// The rows of a table: a command, and what is expected if said.
fn rows(table: &str) -> Vec<(String, Option<String>)> {
    let mut rows: Vec<(String, Option<String>)> = Vec::new();
    for line in table.lines().map(|line| line.split('#').next().unwrap_or_default().trim()) {
        if line.starts_with(';') {
            let expected = rows.last_mut().and_then(|(_, expected)| expected.as_mut());
            expected.expect("an expectation to go on with").push_str(line);
        } else if let Some(expected) = line.strip_prefix("=>") {
            rows.last_mut().expect("a command to expect this of").1 = Some(expected.to_owned());
        } else if let Some((command, expected)) = line.split_once("=>") {
            rows.push((command.trim().to_owned(), Some(expected.to_owned())));
        } else if !line.is_empty() {
            rows.push((line.to_owned(), None));
        }
    }
    for expected in rows.iter_mut().filter_map(|(_, expected)| expected.as_mut()) {
        let parts = expected.split(';').map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
        *expected = parts.collect::<Vec<_>>().join("; ");
    }
    rows
}

impl Desk {
    /// The plan in force, the gateway `g` known, nobody signed in.
    pub fn new() -> Self {
        Self::with(PLAN)
    }

    /// The same with another plan.
    pub fn with(plan: &str) -> Self {
        let mut desk = Self {
            sim: Sim::new(START_MS),
            journal: Vec::new(),
            told: 0,
            scribe: Scribe::default(),
            document: Document::new(plan),
        };
        desk.run("apply");
        desk.run("gateway g lost");
        desk
    }

    /// Carries a line out and says what came of it.
    pub fn run(&mut self, line: &str) -> String {
        let from_ms = self.sim.now_ms();
        let mut parts = Vec::new();
        let now_s = self.sim.state().wall_s(from_ms);
        let (line, settle) = line.strip_prefix("step ").map_or((line, true), |line| (line, false));
        match commands::read(line, &self.scribe, &self.document, now_s) {
            Line::Advance(by_ms) => self.sim.advance(by_ms),
            Line::Pass(by_ms) => self.sim.pass(by_ms),
            Line::Wall(wall_s) => {
                let now_ms = i64::try_from(self.sim.now_ms()).expect("a time");
                let wall_offset_ms = wall_s * 1_000 - now_ms;
                let (_, more) = self.sim.step(None, Command::ObserveClock { wall_offset_ms });
                if more && settle {
                    self.sim.settle();
                }
            }
            Line::At(wall_s) => {
                let by_ms = self.sim.state().engine_ms(wall_s).checked_sub(self.sim.now_ms());
                self.sim.advance(by_ms.expect("a time to come"));
            }
            Line::Show(what) => parts.push(show::show(self.sim.state(), self.sim.now_ms(), &what)),
            Line::ShowLegs(contact) => parts.push(show::legs(self.sim.state(), &contact)),
            Line::Reload => self.reload(),
            Line::Apply(apply, document) => {
                let validate_only = apply.validate_only;
                let (answer, more) = self.sim.step(None, Command::ApplyPlan(apply));
                if more && settle {
                    self.sim.settle();
                }
                match answer {
                    Ok(Reply::Plan { added, changed, removed, .. }) if validate_only => {
                        parts.push(format!("would add {added}, change {changed}, remove {removed}"));
                    }
                    Ok(_) => self.document = document,
                    Err(refusal) => parts.push(scribe::refused(&refusal)),
                }
            }
            Line::Command(command, request) => {
                let (answer, more) = self.sim.step(request.as_ref(), command);
                match answer {
                    Ok(Reply::Repeat) => parts.push("repeat".to_owned()),
                    Ok(Reply::Enqueued { created: false, .. }) => parts.push("same".to_owned()),
                    Ok(_) => {}
                    Err(refusal) => parts.push(scribe::refused(&refusal)),
                }
                if more && settle {
                    self.sim.settle();
                }
            }
        }
        self.tell(from_ms, &mut parts);
        if parts.is_empty() { "-".to_owned() } else { parts.join("; ") }
    }

    fn tell(&mut self, from_ms: u64, parts: &mut Vec<String>) {
        for event in &self.sim.events()[self.told..] {
            if let Some(text) = self.scribe.text(event, self.sim.state()) {
                let after_ms = event.at_ms - from_ms;
                let prefix = if after_ms > 0 { format!("+{} ", format_ms(after_ms)) } else { String::new() };
                parts.push(format!("{prefix}{text}"));
            }
            self.journal.push(event.clone());
        }
        self.told = self.sim.events().len();
    }

    fn reload(&mut self) {
        let now_ms = self.sim.now_ms();
        self.sim = Sim::from_state(self.sim.reimported());
        self.told = 0;
        self.sim.settle();
        self.sim.advance(now_ms - self.sim.now_ms());
    }

    /// Replaying all events, and importing an export, must give the state at the end.
    fn check_history(&self, transcript: &str) {
        let state = self.sim.state();
        assert_eq!(state.fault(), None, "after\n{transcript}");
        let mut replayed = State::default();
        for event in &self.journal {
            replayed.evolve(event);
        }
        assert!(replayed.hash() == state.hash(), "replay differs after\n{transcript}");
        assert!(self.sim.reimported().hash() == state.hash(), "an import differs after\n{transcript}");
    }
}
