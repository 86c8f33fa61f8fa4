//! What events tell streams and metrics beside themselves: which queue a time belongs to, and the time.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use kefud::{
    engine::{
        Engine, Sink,
        command::{ApplyPlan, Command, Connection, Enqueue, RemovedQueuePolicy, Target},
        evolve::{Effect, WaitEnd},
        state::State,
    },
    plan,
    proto::journal::Event,
};

/// Times with the queue that they are counted in, as text.
#[derive(Default)]
struct Times(Vec<String>);

impl Sink for Times {
    fn event(&mut self, state: &State, _: Event, effect: Effect) {
        let queue = state.names().id(effect.queue);
        if let Some((end, ms)) = effect.wait {
            let end = match end {
                WaitEnd::Answered => "answered",
                WaitEnd::Abandoned => "abandoned",
                WaitEnd::Expired => "expired",
                WaitEnd::Lost => "lost",
                WaitEnd::Moved => "moved",
            };
            self.0.push(format!("{queue} {end} {ms}"));
        }
        for (name, ms) in
            [("offer", effect.offer_ms), ("handle", effect.handle_ms), ("wrap-up", effect.wrap_up_ms)]
        {
            self.0.extend(ms.map(|ms| format!("{queue} {name} {ms}")));
        }
    }
}

#[test]
fn times_are_counted_in_the_queue_that_they_were_spent_in() {
    let mut engine = Engine::default();
    let plan = Box::new(plan::parse(plan::SAMPLE).unwrap());
    let plan = ApplyPlan {
        plan,
        expected_revision: 0,
        validate_only: false,
        removed_queues: RemovedQueuePolicy::Refuse,
    };
    let call = Enqueue {
        id: "call".to_owned(),
        gateway: "pbx".to_owned(),
        channel: "phone".to_owned(),
        queue: "consultation".to_owned(),
        ..Enqueue::default()
    };
    let contact = || "call".to_owned();
    let agent = || "a1001".to_owned();
    let to_complaints = Target::Queue("complaints".to_owned());
    let steps = [
        (0, Command::ApplyPlan(plan)),
        (0, Command::Enqueue(Box::new(call))),
        (100, Command::SignIn { agent: agent(), session: 0, ready: Some(true) }),
        (130, Command::Accept { agent: agent(), offer: 1, epoch: 1 }),
        (
            150,
            Command::ReportConnection {
                contact: contact(),
                offer: 1,
                epoch: 1,
                result: Connection::Connected,
            },
        ),
        (450, Command::Transfer { agent: Some(agent()), contact: contact(), target: to_complaints }),
        (520, Command::FinishWrapUp { agent: agent(), contact: contact() }),
        (700, Command::Cancel { contact: contact() }),
    ];
    let mut times = Times::default();
    for (at_ms, command) in steps {
        let shown = format!("{command:?}");
        let mut outcome = engine.step(1_000_000 + at_ms, None, command, &mut times);
        if let Err(refusal) = outcome.answer {
            panic!("{shown}: {refusal:?}");
        }
        while outcome.more {
            outcome = engine.step(1_000_000 + at_ms, None, Command::Tick, &mut times);
        }
    }
    let expected = [
        "consultation offer 30",
        "consultation answered 150",
        "consultation handle 300",
        "consultation wrap-up 70",
        "complaints abandoned 250",
    ];
    assert_eq!(times.0, expected);
}
