//! What streams and metrics are told of bots: whom it concerns, and the times.

use kefud::{
    engine::{Engine, Sink, command::Command, evolve::Effect, state::State},
    proto::journal::{Event, event::Kind},
};

use crate::common::{
    CONVERSATIONS, START_MS,
    commands::{self, Line},
    edits::Document,
    scribe::Scribe,
};

/// Gateways, queue and times of each event about a bot.
#[derive(Default)]
struct Told(Vec<String>);

impl Sink for Told {
    fn event(&mut self, state: &State, event: Event, effect: Effect) {
        let what = match event.kind {
            Some(Kind::ContactEnqueued(_)) => "in",
            Some(Kind::ContactHandedToBot(_)) => "bot",
            Some(Kind::ContactLeftBot(_)) => "left",
            Some(Kind::ContactClosed(_)) => "closed",
            Some(Kind::ContactTransferred(_)) => "moved",
            _ => return,
        };
        let (gateway, other) = (state.gateway_id(effect.gateway), state.gateway_id(effect.other_gateway));
        let mut text = format!("{what} {gateway}+{other} {}", state.names().id(effect.queue));
        if let Some((end, ms)) = effect.wait {
            text.push_str(&format!(" {end:?}={ms}"));
        }
        text.extend(effect.bot_ms.map(|ms| format!(" bot={ms}")));
        self.0.push(text);
    }
}

fn told(lines: &[(u64, &str)]) -> Vec<String> {
    let (mut engine, mut told) = (Engine::default(), Told::default());
    let (scribe, document) = (Scribe::default(), Document::new(CONVERSATIONS));
    for (at_ms, line) in lines {
        let command = match commands::read(line, &scribe, &document, 0) {
            Line::Command(command, _) => command,
            Line::Apply(apply, _) => Command::ApplyPlan(apply),
            _ => panic!("no command: {line}"),
        };
        let mut outcome = engine.step(START_MS + at_ms, None, command, &mut told);
        assert!(outcome.answer.is_ok(), "{line}: {:?}", outcome.answer);
        while outcome.more {
            outcome = engine.step(START_MS + at_ms, None, Command::Tick, &mut told);
        }
    }
    told.0
}

#[test]
fn both_gateways_are_told_and_times_without_the_bots() {
    let lines = [
        (0, "apply"),
        (0, "enqueue c1 phone general bot=b"),
        (300, "frombot b c1 queue=fresh"),
        (350, "tobot c1 b"),
        (950, "frombot b c1"),
        (1_000, "tobot c1 b"),
        (1_400, "frombot b c1 queue=general"),
        (1_425, "tobot c1 b"),
        (1_500, "frombot b c1 closed"),
    ];
    let expected = [
        "in g+b general",
        "left g+b general bot=300",
        "bot g+b fresh",
        "left g+b fresh bot=600",
        "bot g+b fresh",
        "left g+b fresh Moved=100 bot=400",
        "bot g+b general",
        "closed g+b general Deflected=25 bot=75",
    ];
    assert_eq!(told(&lines), expected);
}

#[test]
fn a_gateway_that_takes_over_is_told() {
    let lines = [
        (0, "apply"),
        (0, "enqueue c1 qq general"),
        (70, "transfer gateway c1 queue=experts channel=phone gateway=pbx"),
        (100, "cancel c1"),
    ];
    let expected = ["in g+ general", "moved g+pbx general Moved=70", "closed pbx+ experts Abandoned=30"];
    assert_eq!(told(&lines), expected);
}
