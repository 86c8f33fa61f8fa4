//! What events tell streams and metrics beside themselves: which queue a time belongs to, and the time.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use kefud::{
    engine::{
        Engine, Sink,
        command::{Activity, ApplyPlan, Command, Connection, Enqueue, RemovedQueuePolicy, Target},
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
                WaitEnd::AnsweredCallback => "answered_callback",
                WaitEnd::Answered => "answered",
                WaitEnd::Abandoned => "abandoned",
                WaitEnd::Expired => "expired",
                WaitEnd::Lost => "lost",
                WaitEnd::Moved => "moved",
                WaitEnd::Deflected => "deflected",
                WaitEnd::Lapsed => "lapsed",
                WaitEnd::CalledBack => "called_back",
            };
            self.0.push(format!("{queue} {end} {ms}"));
        }
        for (name, ms) in [
            ("offer", effect.offer_ms),
            ("handle", effect.handle_ms),
            ("wrap-up", effect.wrap_up_ms),
            ("first response", effect.first_response_ms),
            ("response", effect.response_ms),
        ] {
            self.0.extend(ms.map(|ms| format!("{queue} {name} {ms}")));
        }
    }
}

fn sample_plan() -> Command {
    Command::ApplyPlan(ApplyPlan {
        plan: Box::new(plan::parse(plan::SAMPLE).unwrap()),
        expected_revision: 0,
        validate_only: false,
        removed_queues: RemovedQueuePolicy::Refuse,
    })
}

/// What commands tell of times, each with the millisecond at which it comes.
fn told(steps: impl IntoIterator<Item = (u64, Command)>) -> Vec<String> {
    let mut engine = Engine::default();
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
    times.0
}

#[test]
fn times_are_counted_in_the_queue_that_they_were_spent_in() {
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
        (0, sample_plan()),
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
        (
            450,
            Command::Transfer {
                agent: Some(agent()),
                contact: contact(),
                target: to_complaints,
                other_channel: None,
            },
        ),
        (520, Command::FinishWrapUp { agent: agent(), contact: contact() }),
        (700, Command::Cancel { contact: contact() }),
    ];
    let expected = [
        "consultation offer 30",
        "consultation answered 150",
        "consultation handle 300",
        "consultation wrap-up 70",
        "complaints abandoned 250",
    ];
    assert_eq!(told(steps), expected);
}

#[test]
fn responses_are_told_with_the_time_that_the_agent_took() {
    let chat = Enqueue {
        id: "chat".to_owned(),
        gateway: "wx".to_owned(),
        channel: "wechat".to_owned(),
        queue: "consultation".to_owned(),
        ..Enqueue::default()
    };
    let says = |activity| {
        let check_only = false;
        Command::RecordActivity { contact: "chat".to_owned(), activity, check_only }
    };
    let agent = || "a1001".to_owned();
    let steps = [
        (0, sample_plan()),
        (0, Command::Enqueue(Box::new(chat))),
        (100, Command::SignIn { agent: agent(), session: 0, ready: Some(true) }),
        (130, Command::Accept { agent: agent(), offer: 1, epoch: 1 }),
        (150, says(Activity::CustomerMessage)),
        (160, says(Activity::AutomaticMessage)),
        (200, says(Activity::AgentMessage)),
        (250, says(Activity::AgentMessage)),
        (300, says(Activity::CustomerMessage)),
        (390, says(Activity::AgentMessage)),
    ];
    let expected = [
        "consultation answered 130",
        "consultation offer 30",
        "consultation first response 200",
        "consultation response 70",
        "consultation response 90",
    ];
    assert_eq!(told(steps), expected);
}
