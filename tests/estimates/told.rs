//! What is measured, and what is told when: of single contacts, by the rules.

use kefud::{
    engine::{
        command::{ApplyPlan, Command, Enqueue, RemovedQueuePolicy},
        estimate::Unknown,
    },
    plan,
    sim::Sim,
};

struct Desk(Sim);

impl Desk {
    fn new() -> Self {
        let document = "\
            [channels.chat]\nkind = \"messaging\"\nunits = 100\noffer_timeout = \"20s\"\nwrap_up = \"0s\"\n\
            [groups.all]\n\
            [queues.line]\nchannels = [\"chat\"]\ngroups = [\"all\"]\nobjective = \"1m\"\n\
            [agents.a1]\ngroups = [\"all\"]\n";
        let mut desk = Self(Sim::new(1_000));
        desk.run(Command::ApplyPlan(ApplyPlan {
            plan: Box::new(plan::parse(document).unwrap()),
            expected_revision: 0,
            validate_only: false,
            removed_queues: RemovedQueuePolicy::Refuse,
        }));
        desk
    }

    fn run(&mut self, command: Command) {
        self.0.run(command).unwrap();
    }

    fn sign_in(&mut self) {
        self.run(Command::SignIn { agent: "a1".to_owned(), session: 0, ready: Some(true) });
    }

    fn enqueue(&mut self, id: &str, priority: i32) {
        self.run(Command::Enqueue(Box::new(Enqueue {
            id: id.to_owned(),
            gateway: "web".to_owned(),
            channel: "chat".to_owned(),
            queue: "line".to_owned(),
            priority,
            ..Enqueue::default()
        })));
    }

    fn queue(&self) -> u32 {
        *self.0.state().catalog().queues.keys().next().unwrap()
    }

    /// Takes and exposure.
    fn takes(&self) -> Option<(u64, u64)> {
        self.0.state().flow(self.queue())?.takes.rate()
    }

    /// Of a contact: whether its wait is known, and how many are ahead.
    fn estimate(&self, id: &str) -> (Result<u32, Unknown>, u32) {
        let state = self.0.state();
        let record = state.contact_by_id(id).unwrap();
        let estimated = state.estimate_of(record, self.0.now_ms()).unwrap();
        (estimated.wait.map(|(expected_ms, ..)| expected_ms), estimated.ahead)
    }

    fn of_queue(&self) -> Result<u32, Unknown> {
        self.0
            .state()
            .estimate_of_queue(self.queue(), self.0.now_ms())
            .wait
            .map(|(expected_ms, ..)| expected_ms)
    }
}

#[test]
fn nothing_is_told_where_nothing_is_known() {
    let mut desk = Desk::new();
    assert_eq!(desk.of_queue(), Err(Unknown::NobodyStaffed));
    desk.enqueue("c1", 0);
    desk.enqueue("c2", 0);
    assert_eq!(desk.estimate("c2"), (Err(Unknown::NobodyStaffed), 1));
    assert_eq!(desk.0.state().contact_by_id("c2").unwrap().expected_ms, 0);
    desk.0.advance(60_000);
    desk.sign_in();
    assert_eq!(desk.estimate("c1"), (Ok(1), 0), "it is being offered");
    assert_eq!(desk.estimate("c2"), (Err(Unknown::NoBasis), 0));
    desk.enqueue("urgent", 5);
    desk.enqueue("late", 0);
    let ahead: Vec<u32> = ["urgent", "c2", "late"].map(|id| desk.estimate(id).1).into();
    assert_eq!(ahead, [0, 1, 2], "by the order in which they are served");
}

#[test]
fn takes_are_of_those_who_had_waited_and_came_to_something() {
    let mut desk = Desk::new();
    desk.sign_in();
    assert_eq!(desk.of_queue(), Ok(1), "somebody is free");
    desk.enqueue("c1", 0);
    assert_eq!(desk.takes(), None, "it did not wait");
    desk.run(Command::Decline { agent: "a1".to_owned(), offer: 1, epoch: 1 });
    desk.0.advance(10_000);
    desk.run(Command::Cancel { contact: "c1".to_owned() });
    let before = desk.takes();
    desk.enqueue("c2", 0);
    assert_eq!(desk.takes(), before);
    desk.enqueue("c3", 0);
    desk.0.advance(5_000);
    desk.run(Command::Cancel { contact: "c2".to_owned() });
    let (takes, exposure_ms) = desk.takes().unwrap();
    assert_eq!(takes, before.map_or(0, |(takes, _)| takes) + 1, "c3 had waited");
    assert!(exposure_ms >= 5_000, "{exposure_ms}");
    desk.run(Command::Decline { agent: "a1".to_owned(), offer: 3, epoch: 1 });
    assert_eq!(desk.takes().unwrap().0, takes - 1, "nobody has taken it");
}

#[test]
fn time_in_which_the_process_was_down_is_no_exposure() {
    let mut desk = Desk::new();
    desk.enqueue("c1", 0);
    desk.0.advance(5_000);
    desk.enqueue("c2", 0);
    assert_eq!(desk.takes(), Some((0, 5_000)));
    desk.0.pass(3_600_000);
    desk.run(Command::Start);
    desk.0.advance(1_000);
    desk.enqueue("c3", 0);
    assert_eq!(desk.takes(), Some((0, 6_000)));
    assert_eq!(desk.0.replayed().hash(), desk.0.state().hash());
    assert_eq!(desk.0.reimported().hash(), desk.0.state().hash());
}
